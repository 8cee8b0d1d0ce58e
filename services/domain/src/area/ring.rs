use std::collections::BTreeMap;

use super::{AreaError, Fault, Position, plane::metres_a_degree};

/// Vertices of a polygon, the closing one not counted: a county's boundary, simplified to what a phone can resolve, has fewer.
pub const VERTICES_MIN: usize = 3;
pub const VERTICES_MAX: usize = 500;
/// Metres from north to south and from east to west, at most.
pub const EXTENT_M_MAX: f64 = 500_000.0;
/// Square metres, at least: in less no fix could ever be inside for sure.
pub const AREA_M2_MIN: f64 = 1_000.0;
/// Degrees of latitude, north or south, beyond which a degree of longitude is too short for a plane to stand in.
pub const LAT_DEG_MAX: f64 = 80.0;

/// A ring that bounds an area, without a closing vertex: given closed or not, no vertex comes twice (within 1 cm), no side meets
/// another but its neighbours at their vertex, and area and extent are sensible.
pub(super) fn checked(mut ring: Vec<Position>) -> Result<Vec<Position>, AreaError> {
    if ring.len() > VERTICES_MAX + 1 {
        return Err(AreaError::new("ring", Fault::Vertices));
    }
    let ends = ring.first().zip(ring.last());
    if ring.len() > 1 && ends.is_some_and(|(first, last)| first.e7() == last.e7()) {
        ring.pop();
    }
    if !(VERTICES_MIN..=VERTICES_MAX).contains(&ring.len()) {
        return Err(AreaError::new("ring", Fault::Vertices));
    }
    let polar = |position: &Position| position.lat_deg().abs() > LAT_DEG_MAX;
    if let Some(index) = ring.iter().position(polar) {
        return Err(AreaError::of_vertex(index, Fault::Polar));
    }
    check_extent(&ring)?;
    check_sides(&ring)?;
    if area_m2(&ring) < AREA_M2_MIN {
        return Err(AreaError::new("ring", Fault::Area));
    }
    Ok(ring)
}

fn check_extent(ring: &[Position]) -> Result<(), AreaError> {
    let (south, north) = span(ring.iter().map(|position| position.lat_deg()));
    let (west, east) = span(ring.iter().map(|position| position.lon_deg()));
    if east - west > 180.0 {
        return Err(AreaError::new("ring", Fault::Antimeridian));
    }
    // Where a degree of longitude is longest; a little more than the shortest line.
    let widest = if south < 0.0 && north > 0.0 {
        0.0
    } else {
        south.abs().min(north.abs())
    };
    let tall_m = (north - south) * metres_a_degree(south.abs().max(north.abs())).0;
    let wide_m = (east - west) * metres_a_degree(widest).1;
    if tall_m.max(wide_m) > EXTENT_M_MAX {
        return Err(AreaError::new("ring", Fault::Extent));
    }
    Ok(())
}

fn span(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), value| (least.min(value), most.max(value)),
    )
}

/// Square metres in the plane through the first vertex; within some percent of the truth, which is enough to tell an area from none.
fn area_m2(ring: &[Position]) -> f64 {
    let origin = ring[0];
    let (north_m, east_m) = metres_a_degree(origin.lat_deg());
    let plane = |position: &Position| {
        let x = (position.lon_deg() - origin.lon_deg()) * east_m;
        (x, (position.lat_deg() - origin.lat_deg()) * north_m)
    };
    let mut twice = 0.0;
    let mut before = plane(&ring[ring.len() - 1]);
    for position in ring {
        let after = plane(position);
        twice += before.0 * after.1 - after.0 * before.1;
        before = after;
    }
    (twice / 2.0).abs()
}

/// In whole 10⁻⁷ degrees, so that nothing is rounded.
type Point = (i64, i64);

fn check_sides(ring: &[Position]) -> Result<(), AreaError> {
    let points: Vec<Point> = ring.iter().map(|position| position.e7()).collect();
    let mut seen = BTreeMap::new();
    for (index, point) in points.iter().enumerate() {
        if let Some(other) = seen.insert(point, index) {
            return Err(AreaError::of_vertex(index, Fault::Repeated { other }));
        }
    }
    let count = points.len();
    let side = |index: usize| (points[index], points[(index + 1) % count]);
    for later in 0..count {
        for earlier in 0..later {
            let meet = if earlier + 1 == later {
                turns_back(side(earlier), side(later))
            } else if (later + 1) % count == earlier {
                turns_back(side(later), side(earlier))
            } else {
                meet(side(earlier), side(later))
            };
            if meet {
                let fault = Fault::Crossing { other: earlier };
                return Err(AreaError::of_vertex(later, fault));
            }
        }
    }
    Ok(())
}

/// Does the second of two sides with a common vertex lie on the first?
fn turns_back((a, b): (Point, Point), (_, c): (Point, Point)) -> bool {
    let along =
        |from: i64, middle: i64, to: i64| i128::from(from - middle) * i128::from(to - middle);
    turn(a, b, c) == 0 && along(a.0, b.0, c.0) + along(a.1, b.1, c.1) > 0
}

/// Have two sides a point in common?
fn meet((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let apart = |a: i64, b: i64, c: i64, d: i64| a.max(b) < c.min(d) || c.max(d) < a.min(b);
    if apart(a.0, b.0, c.0, d.0) || apart(a.1, b.1, c.1, d.1) {
        return false;
    }
    // On one line the test above has said all.
    let (first, second) = (turn(a, b, c), turn(a, b, d));
    first != second && turn(c, d, a) != turn(c, d, b) || first == 0 && second == 0
}

/// 1, −1 or 0: `c` lies to one side of the line through `a` and `b`, to the other, or on it.
fn turn(a: Point, b: Point, c: Point) -> i128 {
    let product = |p: i64, q: i64| i128::from(p) * i128::from(q);
    (product(b.0 - a.0, c.1 - a.1) - product(b.1 - a.1, c.0 - a.0)).signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Result<Vec<Position>, AreaError> {
        let at = |&(lat, lon): &(f64, f64)| Position::new(lat, lon).expect("a position on earth");
        checked(points.iter().map(at).collect())
    }

    fn fault(points: &[(f64, f64)]) -> (String, Fault) {
        let error = ring(points).expect_err("a faulty ring");
        (error.field, error.fault)
    }

    const SQUARE: [(f64, f64); 4] = [(30.0, 110.0), (30.0, 110.1), (30.1, 110.1), (30.1, 110.0)];

    #[test]
    fn a_ring_may_be_given_closed_or_open_and_either_way_around() {
        let closed: Vec<_> = SQUARE.into_iter().chain([SQUARE[0]]).collect();
        let reversed: Vec<_> = SQUARE.into_iter().rev().collect();
        assert_eq!(ring(&closed), ring(&SQUARE));
        assert_eq!(ring(&SQUARE).map(|ring| ring.len()), Ok(4));
        assert!(ring(&reversed).is_ok());
    }

    #[test]
    fn a_ring_has_three_to_five_hundred_vertices() {
        let of = |count: usize| -> Vec<_> {
            let angle = |n: usize| n as f64 * std::f64::consts::TAU / count as f64;
            let on = |n| (30.0 + 0.1 * angle(n).sin(), 110.0 + 0.1 * angle(n).cos());
            (0..count).map(on).collect()
        };
        assert!(ring(&of(3)).is_ok() && ring(&of(500)).is_ok());
        for count in [0, 1, 2, 501, 502, 10_000] {
            assert_eq!(fault(&of(count)), ("ring".to_owned(), Fault::Vertices));
        }
        let degenerate = [SQUARE[0], SQUARE[1], SQUARE[0]];
        assert_eq!(fault(&degenerate), ("ring".to_owned(), Fault::Vertices));
    }

    #[test]
    fn sides_meet_their_neighbours_alone() {
        let [a, b, c, d] = SQUARE;
        let middle = (30.0, 110.05);
        for (points, index, expected) in [
            (vec![a, c, b, d], 2, Fault::Crossing { other: 0 }),
            (vec![a, b, c, a, d], 3, Fault::Repeated { other: 0 }),
            // A vertex on another side.
            (vec![a, b, c, middle, d], 2, Fault::Crossing { other: 0 }),
            // There and back.
            (vec![a, b, middle, c, d], 1, Fault::Crossing { other: 0 }),
            (
                vec![middle, b, c, d, a, (30.0, 110.08)],
                4,
                Fault::Crossing { other: 0 },
            ),
        ] {
            assert_eq!(
                fault(&points),
                (format!("ring[{index}]"), expected),
                "{points:?}"
            );
        }
        assert!(
            ring(&[a, middle, b, c, d]).is_ok(),
            "a vertex on a straight side"
        );
    }

    #[test]
    fn sides_may_pass_each_others_ends() {
        // The fifth side crosses the line of the first, but beyond its end.
        let hook = [(0, 0), (10, 10), (12, 3), (16, 3), (13, 9), (8, 12)];
        let at = |(y, x)| (30.0 + f64::from(y) / 100.0, 110.0 + f64::from(x) / 100.0);
        assert!(ring(&hook.map(at)).is_ok());
    }

    #[test]
    fn extent_and_area_are_bounded() {
        let (small, wide, tall) = (0.000_2, 5.4, 4.6);
        let rectangle = |height, width| {
            let (south, west) = (30.0, 110.0);
            [
                (south, west),
                (south, west + width),
                (south + height, west + width),
                (south + height, west),
            ]
        };
        assert_eq!(fault(&rectangle(small, small)).1, Fault::Area);
        assert_eq!(fault(&rectangle(1.0, wide)).1, Fault::Extent);
        assert_eq!(fault(&rectangle(tall, 1.0)).1, Fault::Extent);
        assert!(ring(&rectangle(4.4, 5.1)).is_ok());
        // A needle: 14 km long, 2 cm wide at its base.
        let needle = [(30.0, 110.0), (30.1, 110.1), (30.000_000_2, 110.0)];
        assert_eq!(fault(&needle).1, Fault::Area);
    }

    #[test]
    fn poles_and_the_180th_meridian_are_refused() {
        assert_eq!(
            fault(&[(79.9, 0.0), (80.1, 1.0), (79.9, 2.0)]).1,
            Fault::Polar
        );
        let across = [(30.0, 179.9), (30.0, -179.9), (30.1, 179.9)];
        assert_eq!(fault(&across).1, Fault::Antimeridian);
    }
}

use serde::{Deserialize, Serialize};

use super::{AreaError, Position, plane::Plane, ring};

/// What a ring of straight sides encloses. A side is straight in latitude and longitude, as in `GeoJSON` (RFC 7946 §3.1.1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "UncheckedPolygon")]
pub struct Polygon {
    /// Without a closing vertex.
    ring: Vec<Position>,
}

#[derive(Deserialize)]
struct UncheckedPolygon {
    ring: Vec<Position>,
}

impl Polygon {
    /// From [`VERTICES_MIN`](super::VERTICES_MIN) to [`VERTICES_MAX`](super::VERTICES_MAX) vertices, given closed or not, in either
    /// direction.
    ///
    /// # Errors
    /// When a vertex comes twice, sides meet, or area or extent are beyond their bounds.
    pub fn new(ring: Vec<Position>) -> Result<Self, AreaError> {
        ring::checked(ring).map(|ring| Self { ring })
    }

    /// Its vertices, the first not repeated at the end.
    pub fn ring(&self) -> &[Position] {
        &self.ring
    }

    /// Metres from here to the nearest side, positive inside, negative outside.
    ///
    /// Which side is exact. The nearest point is sought in a plane, its distance taken on the ellipsoid: so the result is never too small,
    /// and too large by less than 1 cm within 10 km, 0.05 % within 300 km and 0.2 % beyond, as measured on 40,000 random polygons and
    /// positions in and around China against a boundary of many points.
    pub(super) fn distance_m(&self, from: Position) -> f64 {
        let plane = Plane::around(from, self.ring[0]);
        let (mut inside, mut nearest) = (false, (f64::INFINITY, self.ring[0]));
        let mut start = self.ring[self.ring.len() - 1];
        for &end in &self.ring {
            let foot = plane.foot(start, end);
            inside ^= foot.crosses;
            if foot.squared_m < nearest.0 {
                nearest = (foot.squared_m, start.towards(end, foot.part));
            }
            start = end;
        }
        let metres = from.distance_m(nearest.1);
        if inside { metres } else { -metres }
    }
}

impl TryFrom<UncheckedPolygon> for Polygon {
    type Error = AreaError;

    fn try_from(unchecked: UncheckedPolygon) -> Result<Self, AreaError> {
        Self::new(unchecked.ring)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::area::{Circle, Shape, plane::metres_a_degree};

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("a position on earth")
    }

    fn polygon(ring: &[(f64, f64)]) -> Polygon {
        let ring = ring.iter().map(|&(lat, lon)| at(lat, lon)).collect();
        Polygon::new(ring).expect("a valid ring")
    }

    /// Vertices all around, each at its share of `size_deg` from the centre.
    fn star(centre: Position, size_deg: f64, radii: &[f64]) -> Polygon {
        let on = |(n, radius): (usize, &f64)| {
            let angle = n as f64 * std::f64::consts::TAU / radii.len() as f64;
            let (north, east) = (angle.sin() * radius, angle.cos() * radius);
            at(
                centre.lat_deg() + north * size_deg,
                centre.lon_deg() + east * size_deg,
            )
        };
        Polygon::new(radii.iter().enumerate().map(on).collect()).expect("a star's sides never meet")
    }

    /// The distance to the nearest of many points of the boundary, the finer the nearer: a reference that knows no plane.
    fn surveyed_m(polygon: &Polygon, from: Position) -> f64 {
        let ring = polygon.ring();
        let sides = (0..ring.len()).map(|n| (ring[n], ring[(n + 1) % ring.len()]));
        let to_side = |(start, end): (Position, Position)| {
            let (mut low, mut high) = (0.0, 1.0);
            let mut best = f64::INFINITY;
            for _ in 0..8 {
                let step: f64 = (high - low) / 20.0;
                let parts = (0..=20).map(|n| low + f64::from(n) * step);
                let metres = parts.map(|part| (from.distance_m(start.towards(end, part)), part));
                let (metres, part) =
                    metres.fold((f64::INFINITY, 0.0), |a, b| if b.0 < a.0 { b } else { a });
                best = best.min(metres);
                (low, high) = ((part - step).max(0.0), (part + step).min(1.0));
            }
            best
        };
        sides.map(to_side).fold(f64::INFINITY, f64::min)
    }

    /// The error that [`Polygon::distance_m`] promises to stay below, metres.
    fn promised_m(distance_m: f64) -> f64 {
        if distance_m <= 10_000.0 {
            0.01
        } else if distance_m <= 300_000.0 {
            distance_m * 0.000_5
        } else {
            distance_m * 0.002
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn distances_to_polygons_hold_their_bound_against_the_ellipsoid(
            (lat, lon) in (18.0..53.0, 74.0..134.0),
            size_deg in 0.01..2.0,
            radii in proptest::collection::vec(0.4..1.0, 3..20),
            (north, east) in (-3.0..3.0, -3.0..3.0),
        ) {
            let polygon = star(at(lat, lon), size_deg, &radii);
            let from = at(lat + north * size_deg, lon + east * size_deg);
            let (metres, surveyed) = (polygon.distance_m(from).abs(), surveyed_m(&polygon, from));
            prop_assert!(metres >= surveyed - 0.001, "{metres} m, surveyed {surveyed} m");
            prop_assert!(metres <= surveyed + promised_m(surveyed), "{metres} m, surveyed {surveyed} m");
        }

        #[test]
        fn a_ring_of_many_vertices_is_nearly_a_circle(radius_m in 500.0..20_000.0, (north, east) in (-2.0..2.0, -2.0..2.0)) {
            let centre = at(39.9, 116.4);
            let (north_m, east_m) = metres_a_degree(39.9);
            let on = |n: i32| {
                let angle = f64::from(n) * std::f64::consts::TAU / 400.0;
                at(39.9 + radius_m * angle.sin() / north_m, 116.4 + radius_m * angle.cos() / east_m)
            };
            let polygon = Shape::Polygon(Polygon::new((0..400).map(on).collect()).expect("a valid ring"));
            let circle = Shape::Circle(Circle::new(centre, radius_m).expect("a valid circle"));
            let from = at(39.9 + north * radius_m / north_m, 116.4 + east * radius_m / east_m);
            let apart = polygon.distance_m(from) - circle.distance_m(from);
            prop_assert!(apart.abs() < radius_m * 0.003, "{apart} m");
        }
    }

    #[test]
    fn the_nearer_of_two_sides_is_found_though_meridians_converge() {
        let rhombus = polygon(&[(48.0, 110.0), (50.0, 112.9), (52.0, 110.0), (50.0, 107.1)]);
        let from = at(50.0, 110.0);
        let (metres, surveyed) = (rhombus.distance_m(from), surveyed_m(&rhombus, from));
        assert!(
            (metres - surveyed).abs() < promised_m(surveyed),
            "{metres} m, {surveyed} m"
        );
    }

    #[test]
    fn an_inward_corner_is_outside() {
        let bay = polygon(&[
            (30.0, 110.0),
            (30.0, 110.2),
            (30.1, 110.1),
            (30.2, 110.2),
            (30.2, 110.0),
        ]);
        assert!(bay.distance_m(at(30.1, 110.05)) > 0.0);
        assert!(bay.distance_m(at(30.1, 110.15)) < 0.0);
        assert!(
            bay.distance_m(at(30.1, 110.1)).abs() < 1e-6,
            "on the boundary"
        );
    }

    #[test]
    fn the_180th_meridian_is_no_wall_for_a_distance() {
        let cape = polygon(&[(50.0, 179.0), (50.0, 179.9), (50.9, 179.5)]);
        let metres = cape.distance_m(at(50.0, -179.9));
        assert!((-14_400.0..-14_200.0).contains(&metres), "{metres}");
    }
}

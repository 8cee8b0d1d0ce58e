//! Where the phone was, drawn like a map without one: the fix with the circle of its accuracy, and the areas that held then. No tiles: a place is told
//! to nobody outside.

use app::review::Placed;
use domain::area::{AreaKind, Fix, Position, Shape};

/// Size of the drawing.
pub const SIZE: f64 = 320.0;
/// Metres from the middle to the edge, at least and at most.
const REACH_M: (f64, f64) = (150.0, 80_000.0);
const METRES_PER_DEGREE: f64 = 111_320.0;

pub struct Drawing {
    pub size: f64,
    pub areas: Vec<DrawnArea>,
    /// Pixels; the circle of 68 %.
    pub accuracy: Option<String>,
    pub scale: Scale,
    pub accuracy_m: Option<String>,
    pub coordinates: String,
}

pub struct DrawnArea {
    pub class: &'static str,
    pub name: String,
    pub kind: super::words::Words,
    pub circle: Option<[String; 3]>,
    /// Points of a polygon.
    pub points: String,
    /// Metres from its boundary, in words.
    pub distance: String,
    pub inside: bool,
}

/// A length that is easy to read, and how long it is drawn.
pub struct Scale {
    pub metres: String,
    pub until: String,
}

/// The whole: the fix in the middle, the nearest boundaries in sight.
pub fn drawn(placed: &Placed) -> Drawing {
    let Placed { fix, areas } = placed;
    let reach = reach(placed);
    let per_metre = SIZE / 2.0 / reach;
    let origin = fix.position();
    let at = |place: Position| {
        let (x, y) = plane(origin, place);
        (SIZE / 2.0 + x * per_metre, SIZE / 2.0 - y * per_metre)
    };
    let area = |rule: &domain::area::AreaRule| {
        let distance = rule.shape.distance_m(origin);
        let (circle, points) = match &rule.shape {
            Shape::Circle(circle) => {
                let (x, y) = at(circle.centre());
                let radius = circle.radius_m() * per_metre;
                (Some([x, y, radius].map(pixels)), String::new())
            }
            Shape::Polygon(polygon) => {
                let points = polygon.ring().iter().map(|place| {
                    let (x, y) = at(*place);
                    format!("{},{}", pixels(x), pixels(y))
                });
                (None, points.collect::<Vec<_>>().join(" "))
            }
        };
        let (class, kind) = match rule.kind {
            AreaKind::Allowed => ("allowed", ("允许活动区域", "allowed")),
            AreaKind::Exclusion => ("exclusion", ("禁止进入区域", "exclusion")),
            AreaKind::KeyPlace => ("key-place", ("重点场所", "key place")),
        };
        DrawnArea {
            class,
            name: rule.name.to_string(),
            kind,
            circle,
            points,
            distance: metres(distance.abs()),
            inside: distance > 0.0,
        }
    };
    Drawing {
        size: SIZE,
        areas: areas.iter().map(area).collect(),
        accuracy: fix.accuracy_m().map(|metres| pixels(metres * per_metre)),
        scale: scale(per_metre),
        accuracy_m: fix.accuracy_m().map(metres),
        coordinates: format!("{:.5}, {:.5}", origin.lat_deg(), origin.lon_deg()),
    }
}

/// Metres from the middle to the edge: the nearest boundary and the accuracy are in sight.
fn reach(placed: &Placed) -> f64 {
    let origin = placed.fix.position();
    let nearest = placed
        .areas
        .iter()
        .map(|rule| rule.shape.distance_m(origin).abs());
    let nearest = nearest.fold(f64::INFINITY, f64::min);
    let nearest = if nearest.is_finite() { nearest } else { 0.0 };
    let wanted = (nearest * 1.35).max(accuracy(&placed.fix) * 2.0);
    wanted.clamp(REACH_M.0, REACH_M.1)
}

fn accuracy(fix: &Fix) -> f64 {
    fix.accuracy_m().unwrap_or(0.0)
}

/// Metres to the east and to the north; good enough for a drawing.
fn plane(origin: Position, place: Position) -> (f64, f64) {
    let east = (place.lon_deg() - origin.lon_deg()) * origin.lat_deg().to_radians().cos();
    let north = place.lat_deg() - origin.lat_deg();
    (east * METRES_PER_DEGREE, north * METRES_PER_DEGREE)
}

/// The longest of 1, 2, 5 times a power of ten that takes a third of the drawing at most.
fn scale(per_metre: f64) -> Scale {
    let most = SIZE / 3.0 / per_metre;
    let ten = 10_f64.powf(most.log10().floor());
    let one = [5.0, 2.0, 1.0].map(|times| times * ten);
    let length = one
        .into_iter()
        .find(|length| *length <= most)
        .unwrap_or(ten);
    Scale {
        metres: metres(length),
        until: pixels(12.0 + length * per_metre),
    }
}

fn metres(metres: f64) -> String {
    if metres < 1_000.0 {
        format!("{metres:.0} m")
    } else if metres < 10_000.0 {
        format!("{:.1} km", metres / 1_000.0)
    } else {
        format!("{:.0} km", metres / 1_000.0)
    }
}

fn pixels(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use domain::{
        AreaId, Micros,
        area::{AreaName, AreaRule, Circle, Hours, Validity},
    };

    use super::*;

    #[test]
    fn the_nearest_boundary_is_in_sight_and_the_scale_is_round() {
        let here = Position::new(39.9, 116.4).expect("a position");
        let centre = Position::new(39.91, 116.4).expect("a position");
        let rule = AreaRule {
            id: AreaId(uuid::Uuid::nil()),
            name: AreaName::new("家").expect("a name"),
            kind: AreaKind::Allowed,
            shape: Shape::Circle(Circle::new(centre, 500.0).expect("a circle")),
            hours: Hours::Always,
            validity: Validity::new(jiff::civil::date(2026, 1, 1), None).expect("valid"),
        };
        let fix = Fix::new(here, Some(20.0), Micros(0)).expect("a fix");
        let drawing = drawn(&Placed {
            fix,
            areas: vec![rule],
        });
        let [x, y, radius] = drawing.areas[0].circle.clone().expect("a circle");
        let [y, radius] = [y, radius].map(|text| text.parse::<f64>().expect("a number"));
        assert_eq!(x, "160.0");
        // It lies to the north, and its southern edge is within the drawing.
        assert!(y < SIZE / 2.0 && y + radius > 0.0, "{y} {radius}");
        assert!(!drawing.areas[0].inside);
        assert_eq!(drawing.scale.metres, "500 m");
    }
}

use serde::{Deserialize, Serialize};

use super::{Fix, Shape};

/// How many times its accuracy a fix has to be away from a boundary before it is on one side of it.
///
/// With errors alike in all directions the circle of 68 % has a radius of 1.51 σ of one direction (63 %: 1.41 σ), so that twice it is
/// 2.8 to 3.0 σ across a straight boundary: on the wrong side once in 400 to 800 fixes. Real errors have longer tails, above all
/// between tall buildings, and taken as one σ, as Android's older documentation has it, twice would be wrong once in
/// 44. Either is rare enough to ask an officer and too often to accuse anybody.
pub const ACCURACY_FACTOR: f64 = 2.0;

/// Metres below which no accuracy is believed: a phone under open sky is right within 4.9 m (GPS.gov, “GPS Accuracy”), and the
/// areas, drawn on maps in shifted coordinates, are no better.
pub const ACCURACY_M_FLOOR: f64 = 5.0;

/// Metres that stand in for the margin when the phone gave no accuracy: more than the 35 km that a phone can be from the mast of an ordinary
/// GSM cell (63 steps of timing advance of 550 m, 3GPP TS 45.010), the coarsest ordinary source of a position.
pub const MARGIN_UNKNOWN_M: f64 = 50_000.0;

/// Which side of a boundary a fix is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Inside,
    Outside,
    /// Too near to the boundary for the fix's accuracy.
    CannotTell,
}

crate::text_enum!(Side {
    Inside = "inside",
    Outside = "outside",
    CannotTell = "cannot_tell",
});

impl Side {
    /// Of a signed distance to the boundary, positive inside, and the margin that it must exceed; both in metres.
    pub fn of(distance_m: f64, margin_m: f64) -> Self {
        if distance_m > margin_m {
            Self::Inside
        } else if distance_m < -margin_m {
            Self::Outside
        } else {
            Self::CannotTell
        }
    }
}

impl Shape {
    /// On which side of its boundary the fix is.
    pub fn side(&self, fix: &Fix) -> Side {
        Side::of(self.distance_m(fix.position()), fix.margin_m())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Micros,
        area::{Circle, Polygon, Position},
    };

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).expect("a position on earth")
    }

    fn fix(position: Position, accuracy_m: Option<f64>) -> Fix {
        Fix::new(position, accuracy_m, Micros(0)).expect("a valid fix")
    }

    /// A circle, and a polygon with an inward corner, both a few kilometres wide around 39.9 N 116.4 E.
    fn shapes() -> [Shape; 2] {
        let ring = [
            (39.88, 116.37),
            (39.88, 116.43),
            (39.90, 116.41),
            (39.92, 116.43),
            (39.92, 116.37),
        ];
        let ring = ring.map(|(lat, lon)| at(lat, lon)).to_vec();
        let circle = Circle::new(at(39.9, 116.4), 2_500.0).expect("a valid circle");
        [
            Shape::Circle(circle),
            Shape::Polygon(Polygon::new(ring).expect("a valid ring")),
        ]
    }

    fn around() -> impl Strategy<Value = Position> {
        (39.85..39.95, 116.33..116.47).prop_map(|(lat, lon)| at(lat, lon))
    }

    proptest! {
        #[test]
        fn nobody_jumps_from_inside_to_outside(from in around(), bearing in 0.0..std::f64::consts::TAU, accuracy in 0.1..500.0, part in 0.0..0.99) {
            for shape in shapes() {
                let a = fix(from, Some(accuracy));
                // Less than both margins together, in degrees.
                let step_deg = part * 2.0 * a.margin_m() / 111_700.0;
                let (north, east) = (bearing.sin() * step_deg, bearing.cos() * step_deg);
                let b = fix(at(from.lat_deg() + north, from.lon_deg() + east), Some(accuracy));
                let sides = (shape.side(&a), shape.side(&b));
                prop_assert!(!matches!(sides, (Side::Inside, Side::Outside) | (Side::Outside, Side::Inside)), "{sides:?}");
            }
        }

        #[test]
        fn a_worse_accuracy_never_decides(position in around(), better in 0.1..2_000.0, worse_by in 0.0..2_000.0) {
            for shape in shapes() {
                let before = shape.side(&fix(position, Some(better)));
                let after = shape.side(&fix(position, Some(better + worse_by)));
                prop_assert!(after == before || after == Side::CannotTell);
            }
        }

        #[test]
        fn no_accuracy_takes_two_fixes_of_one_place_to_opposite_sides(position in around(), first in 0.0..2_000.0, second in 0.0..2_000.0) {
            for shape in shapes() {
                let sides = [first, second].map(|accuracy| shape.side(&fix(position, Some(accuracy))));
                prop_assert!(!(sides.contains(&Side::Inside) && sides.contains(&Side::Outside)));
            }
        }

        #[test]
        fn on_the_boundary_nothing_can_be_told(distance in -10.0..=10.0, accuracy in 0.1..1e5) {
            let margin = fix(at(39.9, 116.4), Some(accuracy)).margin_m();
            prop_assert_eq!(Side::of(distance, margin), Side::CannotTell);
        }
    }

    #[test]
    fn without_an_accuracy_only_the_far_away_can_be_told() {
        for shape in shapes() {
            for (lat, expected) in [
                (39.9, Side::CannotTell),
                (40.3, Side::CannotTell),
                (40.5, Side::Outside),
                (31.2, Side::Outside),
            ] {
                assert_eq!(shape.side(&fix(at(lat, 116.4), None)), expected, "{lat}");
            }
        }
    }
}

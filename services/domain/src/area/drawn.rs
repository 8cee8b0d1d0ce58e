use serde::{Deserialize, Serialize};

use super::{AreaError, Circle, Datum, Fault, Polygon, Position, Shape};

/// A shape as an officer drew it on a map, in the datum of that map. It is kept as it was entered, beside the [`Shape`] that it
/// makes: when a datum's formulas are corrected one day, nothing is lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Drawn {
    Circle {
        datum: Datum,
        centre: Point,
        radius_m: f64,
    },
    Polygon {
        datum: Datum,
        ring: Vec<Point>,
    },
}

/// Degrees in some datum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub lat_deg: f64,
    pub lon_deg: f64,
}

impl Drawn {
    /// The same on the ground.
    ///
    /// # Errors
    /// As the constructors of [`Position`], [`Circle`] and [`Polygon`], with the path of the field from here.
    pub fn shape(&self) -> Result<Shape, AreaError> {
        match self {
            Self::Circle {
                datum,
                centre,
                radius_m,
            } => {
                let centre = centre
                    .on_ground(*datum)
                    .map_err(|error| error.within("centre"))?;
                Circle::new(centre, *radius_m).map(Shape::Circle)
            }
            Self::Polygon { datum, ring } => {
                if ring.len() > super::VERTICES_MAX + 1 {
                    return Err(AreaError::new("ring", Fault::Vertices));
                }
                let place = |(index, point): (usize, &Point)| {
                    let place = point.on_ground(*datum);
                    place.map_err(|error| error.within(&format!("ring[{index}]")))
                };
                let ring: Result<Vec<Position>, AreaError> =
                    ring.iter().enumerate().map(place).collect();
                Polygon::new(ring?).map(Shape::Polygon)
            }
        }
    }
}

impl Point {
    fn on_ground(self, datum: Datum) -> Result<Position, AreaError> {
        Position::from_datum(datum, self.lat_deg, self.lon_deg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(lat_deg: f64, lon_deg: f64) -> Point {
        Point { lat_deg, lon_deg }
    }

    #[test]
    fn what_is_drawn_on_any_map_is_the_same_place_on_the_ground() {
        let here = Position::new(39.9, 116.4).expect("a position");
        for &datum in Datum::ALL {
            let (lat_deg, lon_deg) = here.to_datum(datum);
            let drawn = Drawn::Circle {
                datum,
                centre: point(lat_deg, lon_deg),
                radius_m: 300.0,
            };
            let Ok(Shape::Circle(circle)) = drawn.shape() else {
                panic!("a circle in {datum}");
            };
            assert!(circle.centre().distance_m(here) < 0.001, "{datum}");
        }
    }

    #[test]
    fn a_fault_names_the_field_that_was_drawn() {
        let ring = |points: &[(f64, f64)]| Drawn::Polygon {
            datum: Datum::Gcj02,
            ring: points.iter().map(|&(lat, lon)| point(lat, lon)).collect(),
        };
        let bow_tie = ring(&[(39.0, 116.0), (39.1, 116.1), (39.0, 116.1), (39.1, 116.0)]);
        let circle = |lat_deg, radius_m| Drawn::Circle {
            datum: Datum::Bd09,
            centre: point(lat_deg, 116.0),
            radius_m,
        };
        let far = ring(&[(39.0, 116.0), (39.1, 190.0), (39.0, 116.1)]);
        for (drawn, field) in [
            (bow_tie, "ring[2]"),
            (far, "ring[1].lon_deg"),
            (circle(91.0, 100.0), "centre.lat_deg"),
            (circle(39.0, 1.0), "radius_m"),
            (ring(&[]), "ring"),
            (ring(&[(39.0, 116.0); 502]), "ring"),
        ] {
            let refused = drawn.shape().expect_err("it cannot be");
            assert_eq!(refused.field, field);
        }
    }
}

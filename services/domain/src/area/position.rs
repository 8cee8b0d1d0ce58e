use std::sync::LazyLock;

use geographiclib_rs::{Geodesic, InverseGeodesic};
use serde::{Deserialize, Serialize};

use super::{AreaError, Datum, Fault};

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// A place on the ground: WGS-84 degrees, latitude −90 to 90, longitude −180 to 180, both finite.
///
/// ```
/// use domain::area::Position;
///
/// let read = |json| serde_json::from_str::<Position>(json).map_err(|error| error.to_string());
/// assert!(read(r#"{"lat_deg": 39.9, "lon_deg": 116.4}"#).is_ok());
/// let refused = read(r#"{"lat_deg": 99.9, "lon_deg": 116.4}"#).expect_err("no such latitude");
/// assert!(refused.starts_with("lat_deg: a latitude lies between"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Position {
    lat_deg: f64,
    lon_deg: f64,
}

#[derive(Deserialize)]
struct Unchecked {
    lat_deg: f64,
    lon_deg: f64,
}

impl Position {
    /// From WGS-84 degrees.
    pub fn new(lat_deg: f64, lon_deg: f64) -> Result<Self, AreaError> {
        if !(-90.0..=90.0).contains(&lat_deg) {
            return Err(AreaError::new("lat_deg", Fault::Latitude));
        }
        if !(-180.0..=180.0).contains(&lon_deg) {
            return Err(AreaError::new("lon_deg", Fault::Longitude));
        }
        Ok(Self { lat_deg, lon_deg })
    }

    /// From degrees that a map or phone counts in another datum. Undoes [`Self::to_datum`] within 1 mm in China; how well the formulas
    /// themselves fit stands at [`Datum`].
    pub fn from_datum(datum: Datum, lat_deg: f64, lon_deg: f64) -> Result<Self, AreaError> {
        Self::new(lat_deg, lon_deg)?;
        let (lat_deg, lon_deg) = datum.unshift((lat_deg, lon_deg));
        Self::new(lat_deg, lon_deg)
    }

    /// Latitude and longitude in degrees as maps of another datum show them.
    pub fn to_datum(self, datum: Datum) -> (f64, f64) {
        datum.shift((self.lat_deg, self.lon_deg))
    }

    /// Degrees north.
    pub const fn lat_deg(self) -> f64 {
        self.lat_deg
    }

    /// Degrees east.
    pub const fn lon_deg(self) -> f64 {
        self.lon_deg
    }

    /// Metres along the shortest line on the WGS-84 ellipsoid (C. F. F. Karney, “Algorithms for geodesics”, 2013); right within nanometres.
    pub fn distance_m(self, other: Self) -> f64 {
        WGS84.inverse(self.lat_deg, self.lon_deg, other.lat_deg, other.lon_deg)
    }

    /// The position that divides the straight line, in latitude and longitude, to another: 0 is here, 1 is there.
    pub(super) fn towards(self, other: Self, part: f64) -> Self {
        let between = |from: f64, to: f64| from + part * (to - from);
        Self {
            lat_deg: between(self.lat_deg, other.lat_deg),
            lon_deg: between(self.lon_deg, other.lon_deg),
        }
    }

    /// Latitude and longitude in whole 10⁻⁷ degrees (1 cm), as receivers and Android count them.
    pub(super) fn e7(self) -> (i64, i64) {
        let whole = |degrees: f64| (degrees * 1e7).round() as i64;
        (whole(self.lat_deg), whole(self.lon_deg))
    }
}

impl TryFrom<Unchecked> for Position {
    type Error = AreaError;

    fn try_from(unchecked: Unchecked) -> Result<Self, AreaError> {
        Self::new(unchecked.lat_deg, unchecked.lon_deg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_finite_and_on_earth() {
        let field = |lat, lon| Position::new(lat, lon).map_err(|error| error.field);
        assert!(field(90.0, -180.0).is_ok() && field(-90.0, 180.0).is_ok());
        for lat in [90.001, -91.0, f64::NAN, f64::INFINITY] {
            assert_eq!(field(lat, 0.0), Err("lat_deg".to_owned()));
        }
        for lon in [180.001, -181.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(field(0.0, lon), Err("lon_deg".to_owned()));
        }
        assert!(Position::from_datum(Datum::Gcj02, f64::NAN, 116.0).is_err());
        assert!(Position::from_datum(Datum::Bd09, 39.9, 400.0).is_err());
    }

    #[test]
    fn distances_are_those_of_the_ellipsoid() {
        // Wellington to Salamanca, the example in the documentation of GeographicLib's Python and Java versions.
        let at = |lat, lon| Position::new(lat, lon).expect("a position on earth");
        let metres = at(-41.32, 174.81).distance_m(at(40.96, -5.50));
        assert!((metres - 19_959_679.267).abs() < 0.001, "{metres}");
        // One degree of latitude from the equator on WGS-84.
        let metres = at(0.0, 116.0).distance_m(at(1.0, 116.0));
        assert!((metres - 110_574.389).abs() < 0.001, "{metres}");
    }
}

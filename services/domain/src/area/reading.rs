use super::{AreaError, Datum, Fault, Fix, Position};
use crate::Micros;

/// Where a phone said it was: the numbers as it gave them, checked but not converted. Evidence, never trusted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    datum: Datum,
    lat_deg: f64,
    lon_deg: f64,
    accuracy_m: f64,
    mock: Option<bool>,
}

impl Reading {
    /// `accuracy_m` as in [`Fix::new`]; 0 says that the phone gave none. `mock` is the platform's flag for positions made up by software, where it
    /// has one.
    ///
    /// # Errors
    /// Names `latitude`, `longitude` or `accuracy_m`, as phones call them.
    pub fn new(
        datum: Datum,
        (lat_deg, lon_deg): (f64, f64),
        accuracy_m: f64,
        mock: Option<bool>,
    ) -> Result<Self, AreaError> {
        let reading = Self {
            datum,
            lat_deg,
            lon_deg,
            accuracy_m,
            mock,
        };
        match reading.fix(Micros(0)) {
            Ok(_) => Ok(reading),
            Err(error) if error.fault == Fault::Latitude => {
                Err(AreaError::new("latitude", error.fault))
            }
            Err(error) if error.fault == Fault::Longitude => {
                Err(AreaError::new("longitude", error.fault))
            }
            Err(error) => Err(error),
        }
    }

    /// The place on the ground, taken to be where the phone was at `at`.
    ///
    /// # Errors
    /// When the time lies outside the calendar.
    pub fn fix(&self, at: Micros) -> Result<Fix, AreaError> {
        let position = Position::from_datum(self.datum, self.lat_deg, self.lon_deg)?;
        Fix::new(position, Some(self.accuracy_m), at)
    }

    pub const fn datum(&self) -> Datum {
        self.datum
    }

    /// Degrees north, in the phone's datum.
    pub const fn lat_deg(&self) -> f64 {
        self.lat_deg
    }

    /// Degrees east, in the phone's datum.
    pub const fn lon_deg(&self) -> f64 {
        self.lon_deg
    }

    /// Metres, 0 for none.
    pub const fn accuracy_m(&self) -> f64 {
        self.accuracy_m
    }

    pub const fn mock(&self) -> Option<bool> {
        self.mock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_names_its_field_as_phones_call_it() {
        let read = |lat, lon, accuracy_m| Reading::new(Datum::Gcj02, (lat, lon), accuracy_m, None);
        assert!(read(39.9, 116.4, 0.0).is_ok());
        for (lat, lon, accuracy_m, field) in [
            (90.5, 116.4, 5.0, "latitude"),
            (39.9, -180.5, 5.0, "longitude"),
            (39.9, 116.4, -1.0, "accuracy_m"),
            (39.9, 116.4, 1e9, "accuracy_m"),
            (f64::NAN, 116.4, 5.0, "latitude"),
        ] {
            let refused = read(lat, lon, accuracy_m).expect_err("it cannot be");
            assert_eq!(refused.field, field);
        }
    }
}

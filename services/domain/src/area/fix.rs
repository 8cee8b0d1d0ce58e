use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use crate::Micros;

use super::{ACCURACY_FACTOR, ACCURACY_M_FLOOR, AreaError, Fault, MARGIN_UNKNOWN_M, Position};

/// Half the way around the earth: no radius says less.
pub const ACCURACY_M_MAX: f64 = 20_040_000.0;

/// Where a phone said it was, how sure it was, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fix {
    position: Position,
    accuracy_m: Option<f64>,
    at: Timestamp,
}

impl Fix {
    /// `accuracy_m` is the radius in metres of the circle that holds the true position with 68 % (Android's `Location.getAccuracy`; iOS's
    /// `horizontalAccuracy` holds it with 63 to 68 %), at most [`ACCURACY_M_MAX`]. Nothing, and 0, mean that the phone
    /// gave none: that is what Android says by 0. A negative one is refused: on iOS it says that the position is not valid.
    pub fn new(position: Position, accuracy_m: Option<f64>, at: Micros) -> Result<Self, AreaError> {
        let valid = |metres: f64| (0.0..=ACCURACY_M_MAX).contains(&metres);
        if !accuracy_m.is_none_or(valid) {
            return Err(AreaError::new("accuracy_m", Fault::Accuracy));
        }
        let at = at.timestamp();
        let at = at.ok_or_else(|| AreaError::new("at", Fault::Calendar))?;
        Ok(Self {
            position,
            accuracy_m: accuracy_m.filter(|metres| *metres > 0.0),
            at,
        })
    }

    pub const fn position(&self) -> Position {
        self.position
    }

    /// Metres, more than 0; absent when the phone gave none.
    pub const fn accuracy_m(&self) -> Option<f64> {
        self.accuracy_m
    }

    pub fn at(&self) -> Micros {
        self.at.into()
    }

    /// Metres by which the true position may differ for all practical purposes: [`ACCURACY_FACTOR`] times the accuracy, but not less than
    /// for [`ACCURACY_M_FLOOR`]; [`MARGIN_UNKNOWN_M`] when there is none.
    pub fn margin_m(&self) -> f64 {
        self.accuracy_m.map_or(MARGIN_UNKNOWN_M, |metres| {
            ACCURACY_FACTOR * metres.max(ACCURACY_M_FLOOR)
        })
    }

    /// What a clock on the wall showed.
    pub(super) fn local(&self, zone: &TimeZone) -> DateTime {
        zone.to_datetime(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(accuracy_m: Option<f64>) -> Result<Fix, AreaError> {
        Fix::new(Position::new(39.9, 116.4)?, accuracy_m, Micros(0))
    }

    #[test]
    fn zero_accuracy_is_none_and_a_negative_one_no_fix() {
        assert_eq!(fix(Some(0.0)), fix(None));
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e9] {
            let field = fix(Some(wrong)).map_err(|error| error.field);
            assert_eq!(field, Err("accuracy_m".to_owned()));
        }
    }

    #[test]
    fn no_phone_is_believed_to_be_better_than_the_floor() {
        let margin = |accuracy| fix(accuracy).map(|fix| fix.margin_m());
        assert_eq!(margin(Some(0.01)), margin(Some(ACCURACY_M_FLOOR)));
        assert_eq!(margin(Some(100.0)), Ok(200.0));
        assert_eq!(margin(None), Ok(MARGIN_UNKNOWN_M));
    }

    #[test]
    fn a_time_outside_the_calendar_is_no_time_of_a_fix() {
        let position = Position::new(39.9, 116.4).expect("a position on earth");
        let error = Fix::new(position, None, Micros(i64::MAX)).expect_err("beyond year 9999");
        assert_eq!((error.field.as_str(), error.fault), ("at", Fault::Calendar));
    }
}

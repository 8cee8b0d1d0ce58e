//! What a cell of a workbook says, as text.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime};
use jiff::civil::{Date, DateTime, Time, date};
use jiff::{RoundMode, Unit};

/// From here on a number has more than the 15 digits that a spreadsheet keeps.
const NUMBER_END: f64 = 1e15;

/// The first serial number behind 9999-12-31.
const SERIAL_END: f64 = 2_958_466.0;

/// What serial numbers below 1 show as their date, which is that they have none.
const NO_DATE: Date = date(1899, 12, 31);

const DAY_SECONDS: f64 = 24.0 * 60.0 * 60.0;

/// Why a cell has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It shows this error.
    Shown(String),
    /// It is a number of more than 15 digits.
    Digits,
    /// Its number is no date or time.
    Date,
}

/// The text of a cell.
pub fn text<'a>(value: &'a DataRef<'_>) -> Result<Cow<'a, str>, Fault> {
    Ok(match value {
        DataRef::Empty => "".into(),
        DataRef::String(text) => text.into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::Bool(truth) => if *truth { "true" } else { "false" }.into(),
        DataRef::Int(whole) => number(*whole as f64).ok_or(Fault::Digits)?.into(),
        DataRef::Float(float) => number(*float).ok_or(Fault::Digits)?.into(),
        DataRef::DateTime(serial) => moment(serial).ok_or(Fault::Date)?.into(),
        DataRef::DateTimeIso(written) => iso(written),
        DataRef::DurationIso(written) => written.into(),
        DataRef::Error(error) => return Err(Fault::Shown(error.to_string())),
    })
}

/// A number in digits, to the 15 that a spreadsheet keeps; `None` if there are more in front of the point.
pub fn number(number: f64) -> Option<String> {
    // Infinity and what is no number fail this too.
    let kept = number.abs() < NUMBER_END;
    if !kept {
        return None;
    }
    if number.fract() == 0.0 {
        return Some((number as i64).to_string());
    }
    let rounded = format!("{number:.14e}").parse::<f64>();
    rounded.ok().map(|rounded| rounded.to_string())
}

/// A serial number as what its format shows: a date, a time of day, both, or a duration. `None` if it is too large, negative, or the
/// 29 February 1900, which spreadsheets count though it never was.
fn moment(serial: &ExcelDateTime) -> Option<String> {
    let days = serial.as_f64();
    if !(0.0..SERIAL_END).contains(&days) {
        return None;
    }
    if serial.is_duration() {
        let seconds = (days * DAY_SECONDS).round() as i64;
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        return Some(format!("{hours:02}:{minutes:02}:{:02}", seconds % 60));
    }
    let (year, month, day, hour, minute, second, milli) = serial.to_ymd_hms_milli();
    let date = Date::new(year as i16, month as i8, day as i8).ok()?;
    let nano = i32::from(milli) * 1_000_000;
    let exact = Time::new(hour as i8, minute as i8, second as i8, nano).ok()?;
    let moment = date.to_datetime(exact).round(whole_seconds()).ok()?;
    let timed = moment.time() != Time::midnight();
    Some(if moment.date() == NO_DATE || (days < 1.0 && timed) {
        moment.strftime("%T").to_string()
    } else {
        shown(moment)
    })
}

fn whole_seconds() -> jiff::civil::DateTimeRound {
    let round = jiff::civil::DateTimeRound::new();
    round.smallest(Unit::Second).mode(RoundMode::HalfExpand)
}

/// A date, with its time of day unless that is midnight.
fn shown(moment: DateTime) -> String {
    if moment.time() == Time::midnight() {
        moment.date().to_string()
    } else {
        moment.strftime("%F %T").to_string()
    }
}

/// A date that is stored in the form of ISO 8601. What is none is left as it is written.
fn iso(written: &str) -> Cow<'_, str> {
    let moment = written.trim().parse::<DateTime>();
    let moment = moment.and_then(|moment| moment.round(whole_seconds()));
    moment.map_or_else(|_| written.into(), |moment| shown(moment).into())
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType::{self, TimeDelta};
    use calamine::{CellErrorType, ExcelDateTimeType::DateTime as Dated};

    use super::*;

    fn serial(days: f64, kind: ExcelDateTimeType, is_1904: bool) -> Result<String, Fault> {
        let value = DataRef::DateTime(ExcelDateTime::new(days, kind, is_1904));
        text(&value).map(Cow::into_owned)
    }

    #[test]
    fn a_number_is_written_in_digits() {
        for (value, digits) in [
            (3.0, "3"),
            (-0.0, "0"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (1e-7, "0.0000001"),
            (202_411_230_000_012.0, "202411230000012"),
            (999_999_999_999_999.0, "999999999999999"),
            (123_456_789_012.345_6, "123456789012.346"),
        ] {
            assert_eq!(number(value).as_deref(), Some(digits));
        }
    }

    #[test]
    fn a_number_of_more_digits_than_are_kept_is_refused() {
        for value in [
            1e15,
            110_101_199_003_070_000.0,
            -1e300,
            f64::NAN,
            f64::INFINITY,
        ] {
            assert_eq!(text(&DataRef::Float(value)), Err(Fault::Digits));
        }
        assert_eq!(text(&DataRef::Int(i64::MAX)), Err(Fault::Digits));
    }

    #[test]
    fn a_serial_number_is_a_date() {
        for (days, date) in [
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (61.0, "1900-03-01"),
            (45_292.0, "2024-01-01"),
            (2_958_465.0, "9999-12-31"),
        ] {
            assert_eq!(serial(days, Dated, false).as_deref(), Ok(date));
        }
        assert_eq!(serial(43_830.0, Dated, true).as_deref(), Ok("2024-01-01"));
        assert_eq!(serial(0.0, Dated, true).as_deref(), Ok("1904-01-01"));
    }

    #[test]
    fn a_time_of_day_is_shown_to_the_second() {
        let half_past_eight = 8.5 / 24.0;
        let shown = serial(45_292.0 + half_past_eight, Dated, false);
        assert_eq!(shown.as_deref(), Ok("2024-01-01 08:30:00"));
        let shown = serial(half_past_eight, Dated, false);
        assert_eq!(shown.as_deref(), Ok("08:30:00"));
        let shown = serial(half_past_eight, Dated, true);
        assert_eq!(shown.as_deref(), Ok("08:30:00"));
        let shown = serial(45_292.999_999_99, Dated, false);
        assert_eq!(shown.as_deref(), Ok("2024-01-02"));
        assert_eq!(serial(0.0, Dated, false).as_deref(), Ok("00:00:00"));
    }

    #[test]
    fn a_duration_counts_its_hours_on() {
        assert_eq!(serial(1.5, TimeDelta, false).as_deref(), Ok("36:00:00"));
    }

    #[test]
    fn a_number_that_is_no_date_is_refused() {
        for days in [-1.0, 60.0, 2_958_466.0, 1e300, f64::NAN, f64::INFINITY] {
            assert_eq!(serial(days, Dated, false), Err(Fault::Date), "{days}");
        }
    }

    #[test]
    fn a_date_in_writing_is_a_date() {
        for (written, read) in [
            ("2024-01-01T00:00:00", "2024-01-01"),
            ("2024-01-01", "2024-01-01"),
            ("2024-01-01T08:30:00.000", "2024-01-01 08:30:00"),
            ("someday", "someday"),
        ] {
            assert_eq!(text(&DataRef::DateTimeIso(written.into())).unwrap(), read);
        }
    }

    #[test]
    fn an_error_is_no_text() {
        let shown = text(&DataRef::Error(CellErrorType::Ref));
        assert_eq!(shown, Err(Fault::Shown("#REF!".into())));
    }
}

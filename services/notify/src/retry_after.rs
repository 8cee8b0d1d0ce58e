//! How long a receiver asks us to wait.

use std::time::UNIX_EPOCH;

use http::HeaderMap;
use http::header::RETRY_AFTER;

/// The longest wait that a receiver can ask for, in seconds: a day. More is taken as this.
pub const RETRY_AFTER_S_MAX: u32 = 86_400;

/// Seconds from now that `Retry-After` asks for, be it seconds or a date (RFC 9110 §10.2.3); 0 for a date that has passed.
pub fn read(headers: &HeaderMap, now_unix_s: i64) -> Option<u32> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait_s = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().unwrap_or(u64::MAX)
    } else {
        let date = httpdate::parse_http_date(text).ok()?;
        let date_unix_s = date.duration_since(UNIX_EPOCH).ok()?.as_secs();
        date_unix_s.saturating_sub(u64::try_from(now_unix_s).ok()?)
    };
    Some(u32::try_from(wait_s).map_or(RETRY_AFTER_S_MAX, |wait_s| wait_s.min(RETRY_AFTER_S_MAX)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// 1994-11-06 08:49:37, the date of RFC 9110's examples.
    const DATE_UNIX_S: i64 = 784_111_777;

    fn asked(text: &'static str, now_unix_s: i64) -> Option<u32> {
        let value = HeaderValue::from_static(text);
        read(&HeaderMap::from_iter([(RETRY_AFTER, value)]), now_unix_s)
    }

    #[test]
    fn seconds_and_all_three_forms_of_dates_are_read() {
        let now = DATE_UNIX_S - 90;
        let table = [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(90)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(90)),
            ("Sun Nov  6 08:49:37 1994", Some(90)),
            ("soon", None),
            ("", None),
            ("-5", None),
            ("1.5", None),
        ];
        for (text, expected) in table {
            assert_eq!(asked(text, now), expected, "{text}");
        }
    }

    #[test]
    fn a_date_that_has_passed_asks_for_no_wait() {
        let text = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(asked(text, DATE_UNIX_S + 1), Some(0));
    }

    #[test]
    fn nobody_can_ask_for_more_than_a_day() {
        assert_eq!(asked("86401", 0), Some(RETRY_AFTER_S_MAX));
        assert_eq!(asked("99999999999999999999999", 0), Some(RETRY_AFTER_S_MAX));
        assert_eq!(
            asked("Sun, 06 Nov 1994 08:49:37 GMT", 0),
            Some(RETRY_AFTER_S_MAX)
        );
    }
}

//! The rules of a plan as sentences.

use domain::plan::{Every, On, Rule, Times};
use jiff::civil::Time;

use super::words;

/// One rule: days, hours, with what; Chinese and English.
pub fn rule(rule: &Rule) -> (String, String) {
    let (days, days_en) = days(rule);
    let (factors, factors_en) = words::factors(rule.factors);
    let (place, place_en) = if rule.location_required {
        ("，须定位", ", with a position")
    } else {
        ("", "")
    };
    let (times, times_en) = times(&rule.times);
    let (grace, grace_en) = if rule.grace_min > 0 {
        (
            format!("，宽限{}分钟", rule.grace_min),
            format!(", {} min of grace", rule.grace_min),
        )
    } else {
        (String::new(), String::new())
    };
    (
        format!("{days}{times}：{factors}{place}{grace}"),
        format!("{days_en} {times_en}: {factors_en}{place_en}{grace_en}"),
    )
}

fn days(rule: &Rule) -> (String, String) {
    let (on, on_en) = match rule.on {
        On::Any => ("", ""),
        On::Workdays => ("（工作日）", " (workdays)"),
        On::DaysOff => ("（休息日）", " (days off)"),
        On::NextWorkday => ("（遇休息日顺延）", " (moved to the next workday)"),
    };
    let text = rule.days.as_str();
    let part = |name: &str| {
        let mut parts = text.split(';').filter_map(|part| part.split_once('='));
        parts.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let plain = part("INTERVAL").is_none();
    let (zh, en) = match (part("FREQ"), part("BYDAY"), part("BYMONTHDAY")) {
        (Some("DAILY"), None, None) if plain => ("每天".to_owned(), "daily".to_owned()),
        (Some("WEEKLY"), Some(days), None) if plain => {
            let zh: Vec<&str> = days.split(',').map(weekday).collect();
            (format!("每周{}", zh.join("、")), format!("weekly {days}"))
        }
        (Some("MONTHLY"), None, Some("-1")) if plain => (
            "每月最后一天".to_owned(),
            "last day of the month".to_owned(),
        ),
        (Some("MONTHLY"), None, Some(day)) if plain => {
            (format!("每月{day}日"), format!("day {day} of the month"))
        }
        _ => (text.to_owned(), text.to_owned()),
    };
    (format!("{zh}{on}"), format!("{en}{on_en}"))
}

fn weekday(day: &str) -> &str {
    match day {
        "MO" => "一",
        "TU" => "二",
        "WE" => "三",
        "TH" => "四",
        "FR" => "五",
        "SA" => "六",
        "SU" => "日",
        other => other,
    }
}

fn times(times: &Times) -> (String, String) {
    match *times {
        Times::Window { opens, closes } => {
            let (opens, closes) = (clock(opens), clock(closes));
            (format!(" {opens}–{closes}"), format!("{opens}–{closes}"))
        }
        Times::Random {
            from,
            until,
            count,
            every,
            answer_min,
            ..
        } => {
            let (each, each_en) = match every {
                Every::Day => ("每日", "a day"),
                Every::Week => ("每周", "a week"),
            };
            let (from, until) = (clock(from), clock(until));
            (
                format!(" {from}–{until} 随机抽查{each}{count}次，{answer_min}分钟内应答"),
                format!(
                    "at random {count} {each_en} within {from}–{until}, {answer_min} min to answer"
                ),
            )
        }
    }
}

fn clock(time: Time) -> String {
    time.strftime("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use domain::plan::{SupervisionLevel, template};

    use super::*;

    #[test]
    fn the_templates_read_like_sentences() {
        for level in SupervisionLevel::ALL {
            for one in template(*level) {
                let (zh, en) = rule(&one);
                assert!(zh.starts_with('每') && !zh.contains('='), "{zh}");
                assert!(!en.contains("FREQ"), "{en}");
            }
        }
    }
}

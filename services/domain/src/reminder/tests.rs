use std::collections::BTreeSet;

use jiff::civil::time;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    PersonId, PlanId,
    channel::{Channel, Channels},
    plan::Factors,
};

/// 2026-03-02 00:00 in UTC.
const MIDNIGHT: Micros = Micros(1_772_409_600_000_000);
const MIN_MS: i64 = 60_000;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

/// Opens and closes so many minutes after [`MIDNIGHT`].
fn duty(opens_min: i64, closes_min: i64, unannounced: bool) -> Duty {
    let closes_at = MIDNIGHT.plus_ms(closes_min * MIN_MS);
    Duty {
        id: DutyId(Uuid::from_u128(1)),
        person: PersonId(Uuid::nil()),
        plan: PlanId(Uuid::nil()),
        rule: 0,
        opens_at: MIDNIGHT.plus_ms(opens_min * MIN_MS),
        closes_at,
        late_until: closes_at.plus_ms(30 * MIN_MS),
        factors: Factors::Face,
        channels: Channels::ALL,
        location_required: false,
        unannounced,
    }
}

/// Kinds and local times.
fn told(duty: &Duty, zone_name: &str, quiet: QuietHours) -> Vec<(Kind, String)> {
    let zone = zone(zone_name);
    let hours = Hours { zone: &zone, quiet };
    of_duty(duty, &hours, &Settings::default())
        .iter()
        .map(|reminder| {
            let at = reminder.at.local(&zone).expect("in the calendar");
            (reminder.kind, at.strftime("%d %H:%M").to_string())
        })
        .collect()
}

fn quiet(from: (i8, i8), until: (i8, i8)) -> QuietHours {
    QuietHours {
        from: time(from.0, from.1, 0, 0),
        until: time(until.0, until.1, 0, 0),
    }
}

#[test]
fn a_window_is_told_of_four_times_in_the_persons_time() {
    let expected = |times: [&str; 4]| -> Vec<(Kind, String)> {
        let kinds = Kind::ALL.iter().copied();
        kinds.zip(times.map(str::to_owned)).collect()
    };
    let east = told(&duty(0, 60, false), "Asia/Shanghai", QuietHours::default());
    assert_eq!(
        east,
        expected(["28 18:00", "02 07:00", "02 08:00", "02 08:45"])
    );
    let west = told(&duty(120, 180, false), "Asia/Urumqi", QuietHours::default());
    assert_eq!(
        west,
        expected(["28 18:00", "02 07:00", "02 08:00", "02 08:45"])
    );
}

#[test]
fn a_random_check_is_told_of_from_its_opening() {
    let kinds =
        |duty| -> Vec<(Kind, String)> { told(&duty, "Asia/Shanghai", QuietHours::default()) };
    assert_eq!(
        kinds(duty(0, 30, true)),
        [
            (Kind::Opening, "02 08:00".to_owned()),
            (Kind::Closing, "02 08:15".to_owned())
        ]
    );
    let short = kinds(duty(0, 15, true));
    assert_eq!(short, [(Kind::Opening, "02 08:00".to_owned())]);
}

#[test]
fn what_would_disturb_comes_the_minute_before_or_waits() {
    let told = |quiet| told(&duty(0, 60, false), "Asia/Shanghai", quiet);
    let over_midnight = told(quiet((17, 30), (7, 30)));
    assert_eq!(over_midnight[0].1, "28 17:29");
    assert_eq!(over_midnight[1].1, "01 17:29");
    let over_the_opening = told(quiet((23, 0), (8, 20)));
    assert_eq!(over_the_opening[2], (Kind::Opening, "02 08:20".to_owned()));
    assert_eq!(over_the_opening[3], (Kind::Closing, "02 08:45".to_owned()));
    let over_the_closing = told(quiet((8, 40), (9, 40)));
    assert_eq!(over_the_closing[3], (Kind::Closing, "02 08:39".to_owned()));
    let over_all = told(quiet((22, 0), (9, 0)));
    assert_eq!(over_all.len(), 2, "the window is over when they end");
}

#[test]
fn nothing_goes_out_late_in_vain_or_when_nothing_is_asked() {
    let zone = zone("Asia/Shanghai");
    let quiet = QuietHours::default();
    let hours = Hours { zone: &zone, quiet };
    let duty = duty(0, 60, false);
    let reminders = of_duty(&duty, &hours, &Settings::default());
    let opening = reminders[2];
    for attendance in Attendance::ALL {
        let due = opening.due(*attendance, &hours, duty.opens_at);
        assert_eq!(due, *attendance == Attendance::Due);
    }
    let due = |now| opening.due(Attendance::Due, &hours, now);
    assert!(!due(Micros(duty.opens_at.0 - 1)));
    assert!(!due(reminders[3].at), "the next one says it");
    let ahead = reminders[0];
    let night = ahead.at.plus_ms(5 * 60 * MIN_MS);
    assert!(!ahead.due(Attendance::Due, &hours, night));
    let morning = ahead.at.plus_ms(12 * 60 * MIN_MS);
    assert!(ahead.due(Attendance::Due, &hours, morning));
}

#[test]
fn settings_that_cannot_be_name_the_field() {
    assert_eq!(Settings::default().check(), Ok(()));
    for closing_min in [0, 121] {
        let settings = Settings {
            closing_min,
            ..Settings::default()
        };
        assert_eq!(
            settings.check().map_err(|fault| fault.field),
            Err("closing_min")
        );
    }
}

#[test]
fn a_text_is_short_and_says_nothing_to_others() {
    let zone = zone("Asia/Shanghai");
    let place = Duty {
        channels: Channels::only(Channel::InPerson),
        ..duty(0, 60, false)
    };
    let said = |duty: &Duty, kind| {
        let reminder = Reminder {
            duty: duty.id,
            kind,
            at: MIDNIGHT,
            until: MIDNIGHT,
        };
        reminder.text(duty, &zone)
    };
    let (zh, en) = said(&duty(0, 60, false), Kind::OnTheDay);
    assert_eq!(zh, "请记得3月2日08:00至09:00签到。");
    assert_eq!(
        en,
        "Please remember to check in on 2 March, 08:00 to 09:00."
    );
    let mut texts = Vec::new();
    for duty in [&place, &duty(0, 60, true)] {
        texts.extend(Kind::ALL.iter().map(|kind| said(duty, *kind)));
    }
    for (zh, en) in texts {
        // A gateway adds who sent it, such as 【签到提醒】.
        assert!(zh.chars().count() + 10 <= SMS_CHARS_MAX, "{zh}");
        for word in [
            "矫正", "监管", "监督", "司法", "correct", "supervis", "justice",
        ] {
            assert!(!zh.contains(word) && !en.contains(word), "{zh} {en}");
        }
    }
}

prop_compose! {
    /// Any duty of a few days, any quiet hours, any settings, both zones.
    fn cases()(
        (opens, length, unannounced) in (-3_000_i64..3_000, 1_i64..900, any::<bool>()),
        (from, until) in (0_i64..1_440, 0_i64..1_440),
        (ahead, morning, closing_min) in (0_i64..1_440, 0_i64..1_440, 1_u32..=120),
        east in any::<bool>(),
    ) -> (Duty, QuietHours, Settings, TimeZone) {
        let at = |minute: i64| Time::midnight() + minute.minutes();
        let settings = Settings { ahead: at(ahead), morning: at(morning), closing_min };
        let quiet = QuietHours { from: at(from), until: at(until) };
        let zone = zone(if east { "Asia/Shanghai" } else { "Asia/Urumqi" });
        (duty(opens, opens + length, unannounced), quiet, settings, zone)
    }
}

proptest! {
    #[test]
    fn quiet_hours_are_those_that_a_short_span_reaches_into((minute, from, until) in (0_i64..1_439, 0_i64..1_440, 0_i64..1_440)) {
        let at = |minute: i64| Time::midnight() + minute.minutes();
        let quiet = QuietHours { from: at(from), until: at(until) };
        prop_assert_eq!(quiet.contains(at(minute)), quiet.meet(at(minute), at(minute + 1)));
    }

    #[test]
    fn no_reminder_lies_in_quiet_hours_or_after_closing_or_comes_twice((duty, quiet, settings, zone) in cases()) {
        let hours = Hours { zone: &zone, quiet };
        let reminders = of_duty(&duty, &hours, &settings);
        for reminder in &reminders {
            let local = reminder.at.local(&zone).expect("in the calendar");
            prop_assert!(!quiet.contains(local.time()), "{local} in {quiet:?}");
            prop_assert!(reminder.at < reminder.until && reminder.until <= duty.closes_at);
            if matches!(reminder.kind, Kind::TwoDaysBefore | Kind::OnTheDay) {
                prop_assert!(reminder.at < duty.opens_at);
            } else {
                prop_assert!(reminder.at >= duty.opens_at);
            }
        }
        prop_assert!(reminders.is_sorted_by(|one, next| one.kind < next.kind && one.until == next.at));
        let keys: BTreeSet<String> = reminders.iter().map(Reminder::key).collect();
        prop_assert_eq!(keys.len(), reminders.len());
    }

    #[test]
    fn nothing_is_said_of_a_random_check_before_it_opens((duty, quiet, settings, zone) in cases()) {
        let duty = Duty { unannounced: true, ..duty };
        for reminder in of_duty(&duty, &Hours { zone: &zone, quiet }, &settings) {
            prop_assert!(duty.known(reminder.at));
        }
    }

    #[test]
    fn without_quiet_hours_nothing_is_moved((duty, _, settings, zone) in cases()) {
        let midnight = Time::midnight();
        let quiet = QuietHours { from: midnight, until: midnight };
        for reminder in of_duty(&duty, &Hours { zone: &zone, quiet }, &settings) {
            let local = reminder.at.local(&zone).expect("in the calendar");
            match reminder.kind {
                Kind::TwoDaysBefore => prop_assert_eq!(local.time(), settings.ahead),
                Kind::OnTheDay => prop_assert_eq!(local.time(), settings.morning),
                Kind::Opening => prop_assert_eq!(reminder.at, duty.opens_at),
                Kind::Closing => prop_assert_eq!(duty.closes_at.since_ms(reminder.at), i64::from(settings.closing_min) * MIN_MS),
            }
        }
    }

    #[test]
    fn nothing_goes_out_in_quiet_hours_however_late((duty, quiet, settings, zone) in cases(), minute in -7_000_i64..4_000) {
        let hours = Hours { zone: &zone, quiet };
        let now = MIDNIGHT.plus_ms(minute * MIN_MS);
        let local = now.local(&zone).expect("in the calendar");
        let due: Vec<Reminder> = of_duty(&duty, &hours, &settings)
            .into_iter()
            .filter(|reminder| reminder.due(Attendance::Due, &hours, now))
            .collect();
        prop_assert!(due.len() <= 1);
        prop_assert!(due.is_empty() || !quiet.contains(local.time()));
    }

    #[test]
    fn a_quota_is_kept_and_openings_come_first(kinds in proptest::collection::vec(0_usize..4, 0..60)) {
        let mut sent: Vec<Kind> = Vec::new();
        for kind in kinds.into_iter().map(|index| Kind::ALL[index]) {
            let openings = sent.iter().filter(|kind| **kind == Kind::Opening).count();
            if kind == Kind::Opening {
                prop_assert_eq!(room(kind, &sent), openings < OPENINGS_A_DAY_MAX);
            }
            if room(kind, &sent) {
                sent.push(kind);
            }
        }
        let openings = sent.iter().filter(|kind| **kind == Kind::Opening).count();
        prop_assert!(openings <= OPENINGS_A_DAY_MAX);
        prop_assert!(sent.len() <= OPENINGS_A_DAY_MAX + OTHERS_A_DAY_MAX);
    }
}

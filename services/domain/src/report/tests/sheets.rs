use jiff::tz::TimeZone;
use proptest::{collection::vec, prelude::*, sample::select};
use uuid::Uuid;

use super::*;
use crate::{DutyId, Micros, attendance::Attendance};

/// 2026-02-26T16:00:00Z, midnight in Shanghai.
const FROM_S: i64 = 1_772_121_600;
const DAYS_S: i64 = 40 * 86_400;

fn duties() -> impl Strategy<Value = Vec<DutyRow>> {
    let one = (
        FROM_S..FROM_S + DAYS_S,
        select(Attendance::ALL),
        any::<bool>(),
        any::<u128>(),
    );
    vec(one, 0..60).prop_map(|all| {
        all.into_iter()
            .map(|(opens_s, attendance, unannounced, id)| {
                let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
                let opens_at = Micros::from_unix_s(opens_s);
                DutyRow {
                    duty: DutyId(Uuid::from_u128(id)),
                    opens_at,
                    opens: local(opens_at, &zone),
                    closes: local(opens_at.plus_ms(3_600_000), &zone),
                    unannounced,
                    attendance,
                }
            })
            .collect()
    })
}

fn office() -> impl Strategy<Value = Vec<PersonRows<DutyRow>>> {
    vec(duties(), 0..6).prop_map(|all| {
        (0..)
            .zip(all)
            .map(|(number, rows)| PersonRows {
                who: who(number, CLASS),
                rows,
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn each_duty_of_the_month_is_in_one_column_of_its_day_and_no_other_is(
        persons in office(),
        now_s in FROM_S..FROM_S + DAYS_S,
    ) {
        let (now, month) = (Micros::from_unix_s(now_s), Period::of_month(2026, 3).expect("a month"));
        let sheet = month_of_office("测试司法所".into(), month, &persons, now);
        prop_assert_eq!(sheet.persons.len(), persons.len());
        let mut total = 0;
        for (person, of) in sheet.persons.iter().zip(&persons) {
            let wanted = of.rows.iter().filter(|row| month.contains(row.day()) && row.known(now));
            prop_assert_eq!(person.tally.total() as usize, wanted.clone().count());
            total += person.tally.total();
            for one in Attendance::ALL {
                let marked = wanted.clone().filter(|row| row.attendance == *one).count();
                prop_assert_eq!(person.tally.get(*one) as usize, marked);
            }
            prop_assert!(person.days.iter().map(|day| day.day).eq(month.days()));
            for day in &person.days {
                prop_assert!(day.duties.iter().all(|row| row.day() == day.day && row.known(now)));
                prop_assert!(day.duties.is_sorted_by_key(|row| row.opens_at));
            }
            let listed: usize = person.days.iter().map(|day| day.duties.len()).sum();
            prop_assert_eq!(listed, wanted.count());
        }
        prop_assert_eq!(sheet.tally.total(), total);
        prop_assert_eq!(sheet.rate_permille, sheet.tally.rate_permille());
    }

    #[test]
    fn the_day_view_counts_each_duty_and_each_person_once(
        persons in office(),
        now_s in FROM_S..FROM_S + DAYS_S,
        ahead in 0_i32..40,
    ) {
        let now = Micros::from_unix_s(now_s);
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let day = local(Micros::from_unix_s(FROM_S), &zone).date();
        let day = day.saturating_add(jiff::ToSpan::days(ahead));
        let view = day_view(day, &persons, now);
        let rows = persons.iter().flat_map(|of| &of.rows);
        let wanted: Vec<_> = rows.filter(|row| row.day() == day && row.known(now)).collect();
        prop_assert_eq!(view.duties.total() as usize, wanted.len());
        let upcoming = wanted.iter().filter(|row| row.opens_at > now).count();
        prop_assert_eq!(view.upcoming as usize, upcoming);
        prop_assert_eq!(view.rows.len(), persons.len());
        let asked = view.rows.iter().filter(|row| row.duties.iter().any(|one| one.opens_at <= now));
        prop_assert_eq!(view.persons.total() as usize, asked.count());
        let missed = view.rows.iter().take_while(|row| row.worst == Some(Attendance::Missed));
        prop_assert_eq!(missed.count(), view.persons.missed as usize, "the worst come first");
    }
}

//! Times of random checks: a pure function of the plan's seed, the rule and the day, so that generating duties again finds the
//! same ones, while nobody without the seed can tell them beforehand.

use std::fmt;

use jiff::{ToSpan, civil::Date};
use rand_chacha::{
    ChaCha12Rng,
    rand_core::{Rng, SeedableRng},
};

use crate::calendar::Calendar;

use super::{Every, Rule, Times, rule::second_of};

/// 256 random bits of one plan version; a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(…)")
    }
}

/// Days and seconds from midnight at which a rule's random checks open, for the local days `first..=last`.
pub(super) fn times<'a>(
    rule: &Rule,
    seed: Seed,
    number: u64,
    (first, last): (Date, Date),
    calendar: &'a Calendar,
) -> Box<dyn Iterator<Item = (Date, i64)> + 'a> {
    let Times::Random {
        from,
        until,
        count,
        every,
        answer_min,
        gap_min,
    } = rule.times
    else {
        return Box::new(std::iter::empty());
    };
    let answer = i64::from(answer_min) * 60;
    let gap = answer.max(i64::from(gap_min) * 60);
    let begin = second_of(from);
    let room = second_of(until) - begin - answer;
    match every {
        Every::Day => Box::new(rule.days(first, last, calendar).flat_map(move |day| {
            let mut source = source(seed, number, day);
            let openings = spaced(&mut source, i64::from(count), room, gap);
            openings.into_iter().map(move |at| (day, begin + at))
        })),
        Every::Week => {
            let rule = rule.clone();
            Box::new(
                weeks(first, last)
                    .flat_map(move |(monday, sunday)| {
                        let mut source = source(seed, number, monday);
                        let days: Vec<Date> = rule.days(monday, sunday, calendar).collect();
                        let chosen = chosen(&mut source, days, count as usize);
                        let draw = |day| (day, begin + below(&mut source, room + 1));
                        chosen.into_iter().map(draw).collect::<Vec<_>>()
                    })
                    .filter(move |(day, _)| (first..=last).contains(day)),
            )
        }
    }
}

/// Mondays and Sundays of the weeks that have a day in `first..=last`.
pub(super) fn weeks(first: Date, last: Date) -> impl Iterator<Item = (Date, Date)> {
    let offset = i64::from(first.weekday().to_monday_zero_offset());
    let monday = first.saturating_sub(offset.days());
    monday
        .series(7.days())
        .take_while(move |monday| *monday <= last)
        .map(|monday| (monday, monday.saturating_add(6.days())))
}

/// A source of its own for each rule and day (a week's is its Monday).
fn source(seed: Seed, number: u64, day: Date) -> ChaCha12Rng {
    let mut source = ChaCha12Rng::from_seed(seed.0);
    let year = day.year().unsigned_abs();
    let day = u64::from(year) << 16 | u64::from(day.day_of_year().unsigned_abs());
    source.set_stream(number << 48 | day);
    source
}

/// So many openings in `0..=room`, each `gap` or more after the one before; every such choice is equally probable: draw in what
/// is left of the room without the gaps, sort, and put the gaps back.
fn spaced(source: &mut ChaCha12Rng, count: i64, room: i64, gap: i64) -> Vec<i64> {
    let free = (room - (count - 1) * gap).max(0);
    let mut drawn: Vec<i64> = (0..count).map(|_| below(source, free + 1)).collect();
    drawn.sort_unstable();
    (0..)
        .zip(drawn)
        .map(|(index, at)| at + index * gap)
        .collect()
}

/// So many of the days, in order.
fn chosen(source: &mut ChaCha12Rng, mut days: Vec<Date>, count: usize) -> Vec<Date> {
    let count = count.min(days.len());
    for place in 0..count {
        let other = place + below(source, (days.len() - place) as i64) as usize;
        days.swap(place, other);
    }
    days.truncate(count);
    days.sort_unstable();
    days
}

/// Evenly from `0..limit`, `limit` ≥ 1: what lies beyond the last whole multiple is drawn again.
fn below(source: &mut ChaCha12Rng, limit: i64) -> i64 {
    let limit = limit.max(1) as u64;
    let beyond = u64::MAX - u64::MAX % limit;
    loop {
        let drawn = source.next_u64();
        if drawn < beyond {
            return (drawn % limit) as i64;
        }
    }
}

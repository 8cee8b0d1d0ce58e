//! What must be there, from the log alone: the duties that were ever made for a person, and what became of his attempts.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::{
    CheckinId, DutyId, Micros, PlanId,
    attendance::{Ruling, RulingKind},
    checkin::{Attempt, Decision, State},
    event::{Actor, Event, EventKind},
    plan::{DutyDraft, Obligations, PlanError},
    points::Finding,
    verdict::VerdictKind,
};

/// Plan version, rule and opening: what names a duty without its id.
pub type DutyName = (PlanId, i32, Micros);

/// A stretch of time with the same plans, order and calendar. Leaves may be those of today: a duty follows from what they were when it
/// opened.
#[derive(Debug, Clone)]
pub struct Epoch<'a> {
    pub begins: Micros,
    /// Duties that had not opened when it began were taken back unless it asks for them too. False when it only adds.
    pub replaces: bool,
    /// None once supervision ended: nothing is asked.
    pub obligations: Option<Obligations<'a>>,
    /// When duties were made in it, and for the local days up to which.
    pub makings: Vec<(Micros, Date)>,
}

/// The duties that the epochs, in order of time, leave behind.
///
/// # Errors
/// As [`Obligations::duties`].
pub fn duties(epochs: &[Epoch<'_>]) -> Result<BTreeMap<DutyName, DutyDraft>, PlanError> {
    let mut left = BTreeMap::new();
    for (index, epoch) in epochs.iter().enumerate() {
        let Some(asked) = &epoch.obligations else {
            continue;
        };
        let replaced = epochs[index + 1..].iter().find(|later| later.replaces);
        let until = replaced.map_or(Micros(i64::MAX), |later| later.begins);
        let Some((first, last)) = days(epoch) else {
            continue;
        };
        for (plan, draft) in asked.duties(first, last)? {
            let of_plan = asked.versions.iter().find(|version| version.id == plan);
            let Some(version) = of_plan else { continue };
            let day = version.local_day(draft.opens_at)?;
            let made = |(at, last): &(Micros, Date)| draft.closes_at > *at && day <= *last;
            if draft.opens_at <= until && epoch.makings.iter().any(made) {
                left.insert((plan, draft.rule, draft.opens_at), draft);
            }
        }
    }
    Ok(left)
}

/// The local days of any zone that an epoch's makings can have reached.
fn days(epoch: &Epoch<'_>) -> Option<(Date, Date)> {
    let last = epoch.makings.iter().map(|(_, last)| *last).max()?;
    let earliest = epoch.makings.iter().map(|(at, _)| *at).min()?;
    let first = earliest
        .timestamp()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    Some((first.yesterday().unwrap_or(first), last))
}

/// Puts a file's entries in order: of those at one instant, the one that must have come first.
pub fn in_order(events: &mut [Event]) {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "only an attempt's entries follow from each other"
    )]
    let rank = |event: &Event| match event.kind {
        EventKind::CheckinOpened { .. } => 0,
        EventKind::CheckinSubmitted { .. } => 1,
        EventKind::CheckinConcluded { .. } => 2,
        EventKind::CheckinDecided { .. } => 3,
        EventKind::CheckinAppealDecided { .. } => 4,
        _ => 5,
    };
    events.sort_by_key(|event| (event.at, rank(event)));
}

/// An attempt as the log tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub duty: DutyId,
    pub attempt: Attempt,
}

/// What the log tells of attempts and rulings.
#[derive(Debug, Clone, Default)]
pub struct Deeds {
    pub attempts: HashMap<CheckinId, Told>,
    pub rulings: HashMap<DutyId, Vec<Ruling>>,
}

impl Deeds {
    /// Takes the next entry of a person's file, see [`in_order`].
    pub fn take(&mut self, event: &Event) {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "all other events say nothing of attempts and rulings"
        )]
        match &event.kind {
            EventKind::CheckinOpened { checkin, duty, .. } => {
                let attempt = Attempt {
                    state: State::Open,
                    submitted_at: None,
                    concluded_at: None,
                    failed_match: false,
                };
                let told = Told {
                    duty: *duty,
                    attempt,
                };
                self.attempts.insert(*checkin, told);
            }
            EventKind::CheckinSubmitted { checkin, .. } => {
                self.change(*checkin, |attempt| {
                    attempt.state = State::Queued;
                    attempt.submitted_at = Some(event.at);
                });
            }
            EventKind::CheckinExpired { checkin, .. } => {
                self.change(*checkin, |attempt| attempt.state = State::Expired);
            }
            EventKind::CheckinConcluded {
                checkin, verdict, ..
            } => {
                let state = match verdict.kind() {
                    VerdictKind::Verified => State::Verified,
                    VerdictKind::Retry => State::Retry,
                    VerdictKind::Review => State::Review,
                };
                self.change(*checkin, |attempt| {
                    attempt.state = state;
                    attempt.concluded_at = Some(event.at);
                });
            }
            EventKind::CheckinDecided {
                checkin, decision, ..
            } => {
                let state = match decision {
                    Decision::Accept => State::Accepted,
                    Decision::Decline => State::Declined,
                    Decision::AskAgain => State::AskedAgain,
                };
                self.change(*checkin, |attempt| attempt.state = state);
            }
            EventKind::CheckinAppealDecided {
                checkin,
                finding: Finding::Granted,
                ..
            } => self.change(*checkin, |attempt| attempt.state = State::Accepted),
            EventKind::DutyRuled {
                duty,
                ruling,
                at,
                reason,
            } => self.rule(event.actor, *duty, *ruling, *at, reason),
            _ => {}
        }
    }

    fn change(&mut self, checkin: CheckinId, change: impl FnOnce(&mut Attempt)) {
        if let Some(told) = self.attempts.get_mut(&checkin) {
            change(&mut told.attempt);
        }
    }

    fn rule(&mut self, actor: Actor, duty: DutyId, kind: RulingKind, at: Micros, reason: &str) {
        if let Actor::Officer(officer) = actor {
            self.rulings.entry(duty).or_default().push(Ruling {
                kind,
                at,
                officer,
                reason: reason.to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;
    use crate::{
        PersonId,
        calendar::Calendar,
        channel::Channels,
        order::{Category, SupervisionOrder},
        plan::{
            Factors, On, QuietHours, Recurrence, Rule, Seed, SupervisionLevel, SupervisionPlan,
            Times,
        },
    };

    const ORDER: SupervisionOrder = SupervisionOrder {
        category: Category::Probation,
        level: SupervisionLevel::General,
        starts_on: Date::constant(2026, 1, 1),
        ends_on: Date::constant(2026, 12, 31),
    };

    fn plan(version: i32, written_at: Micros) -> SupervisionPlan {
        SupervisionPlan {
            id: PlanId(Uuid::from_u128(version as u128)),
            person: PersonId(Uuid::nil()),
            version,
            zone: "Asia/Shanghai".into(),
            quiet: QuietHours::default(),
            rules: vec![Rule {
                days: Recurrence::daily(),
                on: On::Any,
                times: Times::Window {
                    opens: time(8, 0, 0, 0),
                    closes: time(9, 0, 0, 0),
                },
                grace_min: 0,
                factors: Factors::Face,
                channels: Channels::ALL,
                location_required: false,
            }],
            seed: Seed([0; 32]),
            effective_from: date(2026, 3, 1),
            written_at,
        }
    }

    /// Noon of a day of March in Shanghai.
    fn noon(day: i8) -> Micros {
        let noon = date(2026, 3, day).at(12, 0, 0, 0);
        let zoned = noon.in_tz("Asia/Shanghai").expect("a bundled zone");
        zoned.timestamp().into()
    }

    #[test]
    fn what_was_never_made_because_nobody_was_there_is_not_expected() {
        let versions = [plan(1, noon(1))];
        let calendar = Calendar::default();
        let asked = Obligations {
            order: &ORDER,
            versions: &versions,
            calendar: &calendar,
            leaves: &[],
        };
        // The house is down from the 4th to the 9th; the days from the 5th on were not made yet.
        let epoch = Epoch {
            begins: noon(1),
            replaces: true,
            obligations: Some(asked),
            makings: vec![(noon(1), date(2026, 3, 4)), (noon(9), date(2026, 3, 12))],
        };
        let left = duties(&[epoch]).expect("the plan is good");
        let days: Vec<_> = left.values().map(|draft| draft.opens_at).collect();
        let expected = [2, 3, 4, 10, 11, 12].map(|day| noon(day).plus_ms(-4 * 3_600_000));
        assert_eq!(days, expected);
    }

    #[test]
    fn a_change_takes_back_what_had_not_opened_and_an_end_asks_for_nothing() {
        let versions = [plan(1, noon(1)), plan(2, noon(3))];
        let calendar = Calendar::default();
        let asked = |count: usize| {
            Some(Obligations {
                order: &ORDER,
                versions: &versions[..count],
                calendar: &calendar,
                leaves: &[],
            })
        };
        let epoch = |day, obligations| Epoch {
            begins: noon(day),
            replaces: true,
            obligations,
            makings: vec![(noon(day), date(2026, 3, 14))],
        };
        let epochs = [epoch(1, asked(1)), epoch(3, asked(2)), epoch(6, None)];
        let left = duties(&epochs).expect("the plans are good");
        let count = |version: u128| {
            let id = PlanId(Uuid::from_u128(version));
            left.keys().filter(|(plan, ..)| *plan == id).count()
        };
        assert_eq!(
            (count(1), count(2)),
            (2, 3),
            "the 2nd and 3rd, then the 4th to 6th"
        );
    }
}

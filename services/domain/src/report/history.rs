use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::{Class, Movement, MovementKind, Period, Who, local};
use crate::{
    Micros, OrgUnitId,
    event::{Event, EventKind},
    order::{EndReason, SupervisionOrder},
    person::Person,
    transfer,
};

/// Where a person stood and stands, told by the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// In order of time; the first is the registration.
    pub turns: Vec<Turn>,
}

/// From here on he stands so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub at: Micros,
    pub unit: OrgUnitId,
    pub class: Class,
    /// Supervision is over.
    pub ended: Option<EndReason>,
}

impl History {
    /// From the events of his file in order ([`crate::replay::in_order`]).
    pub fn of(person: &Person, events: &[Event]) -> Self {
        let mut proposed = HashMap::new();
        let first_unit = events.iter().find_map(|event| {
            if let EventKind::PersonRegistered { unit } = event.kind {
                return Some(unit);
            }
            if let EventKind::TransferProposed { from, .. } = event.kind {
                return Some(from);
            }
            None
        });
        let first_order = events.iter().find_map(|event| {
            if let EventKind::OrderChanged { from, .. } = event.kind {
                Some(from)
            } else {
                None
            }
        });
        let mut turn = Turn {
            at: person.registered_at,
            unit: first_unit.unwrap_or(person.unit),
            class: class(&first_order.unwrap_or(person.order)),
            ended: None,
        };
        let mut turns = vec![turn];
        for event in events {
            #[expect(
                clippy::wildcard_enum_match_arm,
                reason = "all other events leave him where he stands"
            )]
            match &event.kind {
                EventKind::TransferProposed { transfer, to, .. } => {
                    proposed.insert(*transfer, *to);
                }
                EventKind::TransferDecided {
                    transfer,
                    state: transfer::State::Accepted,
                    ..
                } => turn.unit = proposed.get(transfer).copied().unwrap_or(turn.unit),
                EventKind::OrderChanged { to, .. } => turn.class = class(to),
                EventKind::SupervisionEnded { reason, .. } => turn.ended = Some(*reason),
                _ => {}
            }
            let changed = turns.last().is_some_and(|last| {
                Turn {
                    at: last.at,
                    ..turn
                } != *last
            });
            if changed {
                turn.at = event.at;
                turns.push(turn);
            }
        }
        Self { turns }
    }

    /// The class in which he counted for some units just before an instant; none while he did not.
    pub fn class_before(&self, at: Micros, within: impl Fn(OrgUnitId) -> bool) -> Option<Class> {
        let last = self.turns.iter().rfind(|turn| turn.at < at)?;
        (last.ended.is_none() && within(last.unit)).then_some(last.class)
    }

    /// What moved him into, out of and between the classes of some units on the days of a period. `who` names him.
    pub fn movements(
        &self,
        period: Period,
        zone: &TimeZone,
        within: impl Fn(OrgUnitId) -> bool,
        who: &Who,
    ) -> Vec<Movement> {
        let mut all = Vec::new();
        let mut before: Option<&Turn> = None;
        for turn in &self.turns {
            let day = local(turn.at, zone).date();
            let made = moved(before, turn, &within).filter(|_| period.contains(day));
            all.extend(made.map(|(kind, class)| Movement {
                who: Who {
                    category: class.category,
                    level: class.level,
                    ..who.clone()
                },
                day,
                kind,
            }));
            before = Some(turn);
        }
        all
    }
}

/// What a turn is to some units, and the class of the person that it is told of.
fn moved(
    before: Option<&Turn>,
    turn: &Turn,
    within: impl Fn(OrgUnitId) -> bool,
) -> Option<(MovementKind, Class)> {
    let counted = |turn: &Turn| turn.ended.is_none() && within(turn.unit);
    let was = before.filter(|before| counted(before));
    match (was, counted(turn)) {
        (None, true) if before.is_none() => Some((MovementKind::Registered, turn.class)),
        (None, true) => Some((MovementKind::TransferredIn, turn.class)),
        (Some(was), false) => {
            let kind =
                turn.ended
                    .map_or(MovementKind::TransferredOut, |reason| MovementKind::Ended {
                        reason,
                    });
            Some((kind, was.class))
        }
        (Some(was), true) if was.class != turn.class => {
            Some((MovementKind::Changed { from: was.class }, turn.class))
        }
        (Some(_), true) | (None, false) => None,
    }
}

const fn class(order: &SupervisionOrder) -> Class {
    Class {
        category: order.category,
        level: order.level,
    }
}

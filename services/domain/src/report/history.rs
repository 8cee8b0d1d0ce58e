use std::{collections::HashMap, iter};

use jiff::tz::TimeZone;

use super::{Class, Movement, MovementKind, Who, local};
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
        // An answer may stand before its question, where both are of one instant.
        let proposed: HashMap<_, _> = events
            .iter()
            .filter_map(|event| {
                if let EventKind::TransferProposed { transfer, to, .. } = &event.kind {
                    Some((*transfer, *to))
                } else {
                    None
                }
            })
            .collect();
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

    /// What moved him into, out of and between the classes of some units, named here, after the first instant and until the last. `who`
    /// names him.
    pub fn movements(
        &self,
        (after, until): (Micros, Micros),
        zone: &TimeZone,
        units: &HashMap<OrgUnitId, String>,
        who: &Who,
    ) -> Vec<Movement> {
        let counted = |turn: &Turn| turn.ended.is_none() && units.contains_key(&turn.unit);
        let before = iter::once(None).chain(self.turns.iter().map(Some));
        let turns = before.zip(&self.turns);
        let within = turns.filter(|(_, turn)| after < turn.at && turn.at <= until);
        let told = |(before, turn): (Option<&Turn>, &Turn)| {
            let (kind, stood) = moved(before, turn, counted)?;
            Some(Movement {
                who: Who {
                    category: stood.class.category,
                    level: stood.class.level,
                    office: units.get(&stood.unit).cloned().unwrap_or_default(),
                    ..who.clone()
                },
                day: local(turn.at, zone).date(),
                kind,
            })
        };
        within.filter_map(told).collect()
    }
}

/// What a turn is to some units, and how the person stood after it; of one who went, before it.
fn moved(
    before: Option<&Turn>,
    turn: &Turn,
    counted: impl Fn(&Turn) -> bool,
) -> Option<(MovementKind, Turn)> {
    let was = before.filter(|before| counted(before));
    match (was, counted(turn)) {
        (None, true) if before.is_none() => Some((MovementKind::Registered, *turn)),
        (None, true) => Some((MovementKind::TransferredIn, *turn)),
        (Some(was), false) => {
            let kind =
                turn.ended
                    .map_or(MovementKind::TransferredOut, |reason| MovementKind::Ended {
                        reason,
                    });
            Some((kind, *was))
        }
        (Some(was), true) if was.class != turn.class => {
            Some((MovementKind::Changed { from: was.class }, *turn))
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

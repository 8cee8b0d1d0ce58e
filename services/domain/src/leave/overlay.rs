use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Grounds, Leave, Span, day};
use crate::{
    LeaveId, Micros,
    area::{AreaKind, AreaRule, Hours, Validity},
    channel::Channels,
    plan::DutyDraft,
};

/// What leaves make of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "overlay", rename_all = "snake_case")]
pub enum Overlay {
    Unchanged,
    /// He answers from where he is: with a position, so that the place can be seen, and a report at the office over any channel
    /// (by telephone or live picture, 实施办法 §28).
    LocationRequired {
        leave: LeaveId,
    },
    /// He cannot be at the office: it is not asked.
    Excused {
        leave: LeaveId,
    },
}

impl Overlay {
    /// The duty as it is asked; none when it is excused.
    pub fn apply(self, draft: DutyDraft) -> Option<DutyDraft> {
        match self {
            Self::Unchanged => Some(draft),
            Self::LocationRequired { .. } => Some(DutyDraft {
                location_required: true,
                channels: if draft.channels.only_at_office() {
                    Channels::ALL
                } else {
                    draft.channels
                },
                ..draft
            }),
            Self::Excused { .. } => None,
        }
    }
}

/// What a person's leaves make of one duty, by the steps made before it opened.
///
/// Excused is what can only be met at the office and lies wholly within a leave. The rest of what opens in a leave, or under a
/// standing permit, needs a position. A report at the office that begins before a leave or closes after it stays, and so does every
/// one under a permit.
pub fn overlay(draft: &DutyDraft, leaves: &[Leave]) -> Overlay {
    let at_office = draft.channels.only_at_office();
    let holds = |leave: &&Leave| {
        let Some(span) = leave.live_before(draft.opens_at) else {
            return false;
        };
        if at_office {
            !leave.standing() && span.from <= draft.opens_at && draft.closes_at <= span.until
        } else {
            span.contains(draft.opens_at)
        }
    };
    match leaves.iter().find(holds) {
        Some(&Leave { id: leave, .. }) if at_office => Overlay::Excused { leave },
        Some(&Leave { id: leave, .. }) => Overlay::LocationRequired { leave },
        None => Overlay::Unchanged,
    }
}

/// The same for all duties of whole local days of one plan, in their order. No day is left without any contact: where a report at the
/// office is all that was announced for a day, it is answered from where he is. Random checks do not count, since from what is
/// excused nobody may learn of them.
pub fn overlays(drafts: &[DutyDraft], leaves: &[Leave], zone: &TimeZone) -> Vec<Overlay> {
    if leaves.is_empty() {
        return vec![Overlay::Unchanged; drafts.len()];
    }
    let local = |draft: &DutyDraft| day(draft.opens_at, zone);
    let contacts = drafts
        .iter()
        .filter(|draft| !draft.unannounced && !draft.channels.only_at_office());
    let contacts: BTreeSet<_> = contacts.map(local).collect();
    let laid = |draft: &DutyDraft| match overlay(draft, leaves) {
        Overlay::Excused { leave } if !contacts.contains(&local(draft)) => {
            Overlay::LocationRequired { leave }
        }
        other @ (Overlay::Unchanged
        | Overlay::LocationRequired { .. }
        | Overlay::Excused { .. }) => other,
    };
    drafts.iter().map(laid).collect()
}

/// The rules about places that hold for a person at an instant, by the steps made before it. Exclusions and key places stay.
///
/// During a leave no allowed area holds, curfews included, but what the approving officer drew; and on the first and last local day, which
/// are for the way, not even that. Under a standing permit the places drawn are allowed beside those that always are; with none
/// drawn these do not hold, but a curfew does.
pub fn areas(rules: &[AreaRule], leaves: &[Leave], at: Micros, zone: &TimeZone) -> Vec<AreaRule> {
    let live = |leave: &Leave| {
        let span = leave.live_before(at)?;
        span.contains(at).then_some(span)
    };
    let find = |standing| {
        let mut of_kind = leaves
            .iter()
            .filter(move |leave| leave.standing() == standing);
        of_kind.find_map(|leave| Some((leave, live(leave)?)))
    };
    let without = |dropped: fn(&AreaRule) -> bool| -> Vec<AreaRule> {
        rules
            .iter()
            .filter(|rule| !dropped(rule))
            .cloned()
            .collect()
    };
    if let Some((trip, span)) = find(false) {
        let mut all = without(|rule| rule.kind == AreaKind::Allowed);
        let (first, last) = Span {
            from: trip.request.from,
            ..span
        }
        .days(zone);
        if ![first, last].contains(&day(at, zone)) {
            all.extend(drawn(trip, at, zone));
        }
        return all;
    }
    let Some((permit, _)) = find(true) else {
        return rules.to_vec();
    };
    if permit.grounds().is_empty() {
        return without(always);
    }
    let mut all = rules.to_vec();
    // Where nothing is demanded always, a permit demands nothing.
    if rules
        .iter()
        .any(|rule| always(rule) && rule.binds(at, zone))
    {
        all.extend(drawn(permit, at, zone));
    }
    all
}

fn always(rule: &AreaRule) -> bool {
    rule.kind == AreaKind::Allowed && rule.hours == Hours::Always
}

fn drawn(leave: &Leave, at: Micros, zone: &TimeZone) -> Vec<AreaRule> {
    let today = day(at, zone);
    let rule = |grounds: &Grounds| {
        Some(AreaRule {
            id: grounds.id,
            name: grounds.name.clone(),
            kind: AreaKind::Allowed,
            shape: grounds.shape.clone(),
            hours: Hours::Always,
            validity: Validity::new(today, Some(today)).ok()?,
        })
    };
    leave.grounds().iter().filter_map(rule).collect()
}

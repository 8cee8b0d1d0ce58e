use std::collections::BTreeSet;

use jiff::{ToSpan, civil::Date, tz::TimeZone};

use super::{DutyDraft, Fault, Outlook, PlanError, SupervisionPlan};
use crate::{
    LeaveId, Micros, PlanId,
    calendar::Calendar,
    leave::{Leave, Overlay, overlays},
    order::SupervisionOrder,
};

/// Where no plan says otherwise.
pub const ZONE_DEFAULT: &str = "Asia/Shanghai";

/// All that decides what is asked of a person: a pure function of it and of the days, whoever asks and whenever.
#[derive(Debug, Clone, Copy)]
pub struct Obligations<'a> {
    pub order: &'a SupervisionOrder,
    /// All versions of his plan, in any order.
    pub versions: &'a [SupervisionPlan],
    pub calendar: &'a Calendar,
    /// All his leaves with all their steps, in any order. A duty follows from the steps made before it opened.
    pub leaves: &'a [Leave],
}

impl Obligations<'_> {
    /// The duties of the local days `first..=last` with the version that asks for them, by version and opening.
    ///
    /// # Errors
    /// As [`SupervisionPlan::duties`].
    pub fn duties(&self, first: Date, last: Date) -> Result<Vec<(PlanId, DutyDraft)>, PlanError> {
        let all = self.overlaid(first, last)?.into_iter();
        let asked = all.filter_map(|(plan, draft, laid)| Some((plan, laid.apply(draft)?)));
        Ok(asked.collect())
    }

    /// The duties of the local days `first..=last` that would be asked for but for a leave, with that leave.
    ///
    /// # Errors
    /// As [`SupervisionPlan::duties`].
    pub fn excused(
        &self,
        first: Date,
        last: Date,
    ) -> Result<Vec<(PlanId, DutyDraft, LeaveId)>, PlanError> {
        let all = self.overlaid(first, last)?.into_iter();
        let excused = all.filter_map(|(plan, draft, laid)| match laid {
            Overlay::Excused { leave } => Some((plan, draft, leave)),
            Overlay::Unchanged | Overlay::LocationRequired { .. } => None,
        });
        Ok(excused.collect())
    }

    /// What the versions ask for, and what the leaves make of each.
    fn overlaid(
        &self,
        first: Date,
        last: Date,
    ) -> Result<Vec<(PlanId, DutyDraft, Overlay)>, PlanError> {
        let mut all = Vec::new();
        for (plan, first, last) in self.in_force(first, last) {
            let drafts = plan.duties(first, last, self.calendar)?;
            let laid = overlays(&drafts, self.leaves, &plan.time_zone()?);
            let due = drafts.into_iter().zip(laid);
            let due = due.filter(|(draft, _)| plan.reaches(draft));
            all.extend(due.map(|(draft, laid)| (plan.id, draft, laid)));
        }
        Ok(all)
    }

    /// What is asked for on the local days `first..=last`, with the number of the version that does.
    ///
    /// # Errors
    /// As [`SupervisionPlan::outlook`].
    pub fn outlook(&self, first: Date, last: Date) -> Result<Vec<(i32, Outlook)>, PlanError> {
        let mut all = Vec::new();
        for (plan, first, last) in self.in_force(first, last) {
            let entries = plan.outlook(first, last, self.calendar)?;
            all.extend(entries.into_iter().map(|entry| (plan.version, entry)));
        }
        Ok(all)
    }

    /// Each version with the days of `first..=last` that are its own, in order, as far as the order reaches.
    fn in_force(&self, first: Date, last: Date) -> Vec<(&SupervisionPlan, Date, Date)> {
        let (first, last) = self.order.clip(first, last);
        if first > last {
            return Vec::new();
        }
        in_force(self.versions, first, last)
    }
}

/// The clock on the person's wall: the zone of the version in force at an instant, or [`ZONE_DEFAULT`] before there is one.
///
/// # Errors
/// For an unknown zone.
pub fn zone_at(versions: &[SupervisionPlan], at: Micros) -> Result<TimeZone, PlanError> {
    let zone = plan_at(versions, at)?.map_or(ZONE_DEFAULT, |plan| plan.zone.as_str());
    TimeZone::get(zone).map_err(|_| PlanError::new("zone", Fault::Zone))
}

/// The version in force at an instant, if one is.
///
/// # Errors
/// For an unknown zone.
pub fn plan_at(
    versions: &[SupervisionPlan],
    at: Micros,
) -> Result<Option<&SupervisionPlan>, PlanError> {
    let mut newest: Option<&SupervisionPlan> = None;
    for plan in versions {
        let begun = plan.effective_from <= plan.local_day(at)?;
        if begun && newest.is_none_or(|newest| newest.version < plan.version) {
            newest = Some(plan);
        }
    }
    Ok(newest)
}

/// Who is in force when: of a person's versions the one with the highest number whose first day has come. Each of them with the
/// days of `first..=last` that are its own, in order.
pub fn in_force(
    versions: &[SupervisionPlan],
    first: Date,
    last: Date,
) -> Vec<(&SupervisionPlan, Date, Date)> {
    let holds = |day: Date| {
        versions
            .iter()
            .filter(|plan| plan.effective_from <= day)
            .max_by_key(|plan| plan.version)
    };
    // A change can only come on a day on which some version begins.
    let mut changes: BTreeSet<Date> = versions
        .iter()
        .map(|plan| plan.effective_from.max(first))
        .filter(|day| *day <= last)
        .collect();
    changes.insert(first);
    let mut parts: Vec<(&SupervisionPlan, Date, Date)> = Vec::new();
    for day in changes {
        let Some(plan) = holds(day) else { continue };
        if let Some(before) = parts.last_mut() {
            if before.0.id == plan.id {
                continue;
            }
            before.2 = day.saturating_sub(1.day());
        }
        parts.push((plan, day, last));
    }
    parts
}

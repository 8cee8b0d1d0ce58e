//! The duties of the days ahead.

use std::collections::HashSet;

use domain::{
    DutyId, Micros, PlanId,
    calendar::Calendar,
    duty::Duty,
    event::{Actor, EventKind},
    leave::Leave,
    person::Person,
    plan::{DutyDraft, Obligations, SupervisionPlan},
};
use futures::future::try_join_all;
use jiff::{ToSpan, civil::Date};
use store::{Tx, plan::Page};
use tokio::sync::Mutex;

use crate::{Cx, Error, Result, journal::note_at};

/// Persons whose duties one transaction makes: others wait for it.
const PAGE_LEN: u32 = 100;
/// Pages that are worked on at once where more than one may write: a connection of the server works on one processor.
const LANES: usize = 2;

/// What became of duties that have not opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Replanned {
    pub withdrawn: u64,
    pub made: u64,
}

/// When duties are made, and the local days of any zone that are, or may be, today or ahead then.
#[derive(Clone, Copy)]
struct Days {
    now: Micros,
    first: Date,
    last: Date,
}

impl Days {
    fn ahead(cx: &Cx, now: Micros) -> Result<Self> {
        let today = now
            .timestamp()
            .ok_or(Error::Internal("the clock is outside the calendar"))?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date();
        let ahead = i64::from(cx.limits.duties_ahead_days).days();
        Ok(Self {
            now,
            first: today.saturating_sub(1.day()),
            last: today.saturating_add(ahead),
        })
    }
}

/// Makes the duties of the days ahead for all plans; those that exist stay as they are. Returns how many are new.
pub async fn extend(cx: &Cx) -> Result<u64> {
    let lanes = match cx.store.backend() {
        "postgres" => LANES,
        _ => 1,
    };
    extend_in(cx, lanes, PAGE_LEN).await
}

async fn extend_in(cx: &Cx, lanes: usize, page_len: u32) -> Result<u64> {
    let days = Days::ahead(cx, cx.now())?;
    let begun = Mutex::new(None);
    let made = try_join_all((0..lanes).map(|_| lane(cx, days, &begun, page_len))).await?;
    Ok(made.into_iter().sum())
}

/// Makes what the next page lacks, until there is none; `begun` is the last one that any lane took.
///
/// The log hears of it together with the first duties of this very lane, since what another one told may never be committed, and of the rest at
/// the end. So whenever the process dies, no duty is there that nobody told of; only their number may be too small.
async fn lane(cx: &Cx, days: Days, begun: &Mutex<Option<Page>>, page_len: u32) -> Result<u64> {
    let (mut made, mut told) = (0, 0);
    loop {
        let mut begun = begun.lock().await;
        let mut tx = cx.store.read().await?;
        let Some(page) = store::plan::next_page(&mut tx, *begun, page_len).await? else {
            break;
        };
        *begun = Some(page);
        drop(begun);
        let complete = lacking(cx, &mut tx, days, page).await?.is_empty();
        drop(tx);
        // As most are, most of the time: nobody is held for it.
        if complete {
            continue;
        }
        let mut tx = cx.store.write().await?;
        store::plan::hold_page(&mut tx, page).await?;
        let duties = lacking(cx, &mut tx, days, page).await?;
        made += store::duty::insert_missing(&mut tx, &duties).await?;
        if told == 0 && made > 0 {
            tell(cx, &mut tx, days, made).await?;
            told = made;
        }
        tx.commit().await?;
    }
    if made > told {
        let mut tx = cx.store.write().await?;
        tell(cx, &mut tx, days, made - told).await?;
        tx.commit().await?;
    }
    Ok(made)
}

async fn tell(cx: &Cx, tx: &mut Tx, days: Days, made: u64) -> Result<()> {
    let last = days.last;
    let kind = EventKind::DutiesExtended { last, made };
    note_at(cx, tx, days.now, Actor::System, None, kind).await
}

/// The duties that are asked of a page's persons and are not there.
async fn lacking(cx: &Cx, tx: &mut Tx, days: Days, page: Page) -> Result<Vec<Duty>> {
    let calendar = store::calendar::current(tx).await?;
    let there = store::duty::names_of_page(tx, page, days.now).await?;
    let mut duties = Vec::new();
    for of in store::plan::live(tx, page, (days.first, days.last)).await? {
        let terms = (of.versions.as_slice(), of.leaves.as_slice());
        let asked = asked(&of.person, terms, &calendar, days)?.into_iter();
        let new =
            asked.filter(|(plan, draft)| !there.contains(&(*plan, draft.rule, draft.opens_at)));
        duties.extend(new.map(|asked| duty(cx, &of.person, asked)));
    }
    Ok(duties)
}

/// Makes everybody's duties that have not opened fit plans, orders, leaves and the calendar.
pub(crate) async fn replan_all(cx: &Cx) -> Result<Replanned> {
    let days = Days::ahead(cx, cx.now())?;
    let (mut begun, mut all) = (None, Replanned::default());
    loop {
        let mut tx = cx.store.write().await?;
        begun = store::plan::next_page(&mut tx, begun, PAGE_LEN).await?;
        let Some(page) = begun else {
            let kind = EventKind::CalendarApplied {
                last: days.last,
                withdrawn: all.withdrawn,
                made: all.made,
            };
            note_at(cx, &mut tx, days.now, Actor::System, None, kind).await?;
            tx.commit().await?;
            return Ok(all);
        };
        store::plan::hold_page(&mut tx, page).await?;
        let calendar = store::calendar::current(&mut tx).await?;
        for of in store::plan::live(&mut tx, page, (days.first, days.last)).await? {
            let terms = (of.versions.as_slice(), of.leaves.as_slice());
            let one = fit(cx, &mut tx, &of.person, terms, &calendar, days).await?;
            all.withdrawn += one.withdrawn;
            all.made += one.made;
        }
        tx.commit().await?;
    }
}

/// Makes a person's duties that have not opened fit his plan, his order, his leaves and the calendar. The caller holds the person.
pub(crate) async fn replan(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    now: Micros,
) -> Result<Replanned> {
    let versions = store::plan::list(tx, person.id).await?;
    let leaves = store::leave::of_person(tx, person.id).await?;
    let calendar = store::calendar::current(tx).await?;
    let days = Days::ahead(cx, now)?;
    fit(cx, tx, person, (&versions, &leaves), &calendar, days).await
}

/// What has opened stays; of the rest, what is asked for is there afterwards, and nothing else.
async fn fit(
    cx: &Cx,
    tx: &mut Tx,
    person: &Person,
    terms: (&[SupervisionPlan], &[Leave]),
    calendar: &Calendar,
    days: Days,
) -> Result<Replanned> {
    let asked = asked(person, terms, calendar, days)?.into_iter();
    let asked: Vec<Duty> = asked.map(|asked| duty(cx, person, asked)).collect();
    // What a leave makes of a duty belongs to its name: another place or another channel is another duty.
    let name = |duty: &Duty| {
        let (asked, place) = (duty.channels.bits(), duty.location_required);
        (duty.plan, duty.rule, duty.opens_at, asked, place)
    };
    let names: HashSet<_> = asked.iter().map(name).collect();
    let mut withdrawn = 0;
    for duty in store::duty::coming(tx, person.id, days.now).await? {
        if !names.contains(&name(&duty)) && store::duty::withdraw(tx, duty.id, days.now).await? {
            withdrawn += 1;
        }
    }
    let made = store::duty::insert_missing(tx, &asked).await?;
    Ok(Replanned { withdrawn, made })
}

/// What is asked of a person on these days and has not closed; nothing once his supervision ended.
fn asked(
    person: &Person,
    (versions, leaves): (&[SupervisionPlan], &[Leave]),
    calendar: &Calendar,
    days: Days,
) -> Result<Vec<(PlanId, DutyDraft)>> {
    if person.ended.is_some() {
        return Ok(Vec::new());
    }
    let obligations = Obligations {
        order: &person.order,
        versions,
        calendar,
        leaves,
    };
    let mut drafts = obligations.duties(days.first, days.last)?;
    drafts.retain(|(_, draft)| draft.closes_at > days.now);
    Ok(drafts)
}

fn duty(cx: &Cx, person: &Person, (plan, draft): (PlanId, DutyDraft)) -> Duty {
    Duty {
        id: DutyId(cx.id()),
        person: person.id,
        plan,
        rule: draft.rule,
        opens_at: draft.opens_at,
        closes_at: draft.closes_at,
        late_until: draft.late_until,
        factors: draft.factors,
        channels: draft.channels,
        location_required: draft.location_required,
        unannounced: draft.unannounced,
    }
}

#[cfg(test)]
mod tests;

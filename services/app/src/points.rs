//! 计分考核: what a person's month says by the rule book. Everything is proposed from facts and entered by an officer; the person sees each entry
//! and may appeal against what takes from him.

use domain::{
    Micros, PersonId, PointsEntryId, Refusal,
    access::Action,
    event::{Actor, EventKind},
    person::{Device, Person},
    points::{
        Answer, Appeal, AppealText, Decision, Entry, Fact, Finding, Ledger, Month, PointsFault,
        Proposal, RuleBook, Statement, Suggestion, by_hand, in_force, of_attendance, propose,
        statements, suggest,
    },
};
use jiff::tz::TimeZone;
use store::Tx;

use crate::{Cx, Error, Result, Viewer, area, field, journal::note_at};

/// Appeals of one page.
pub const PAGE_LEN: u32 = 100;
/// Duties of one month that are looked at: more than a plan can ask for.
const DUTIES_LEN: u32 = 2_000;
/// Hours of one activity.
const HOURS_MAX: u32 = 24;

/// A person's month: what was entered, what is proposed, and a thought about his level.
#[derive(Debug)]
pub struct Sheet {
    pub statement: Statement,
    /// All entries of the month.
    pub entries: Vec<Entry>,
    pub proposals: Vec<Proposal>,
    pub suggestion: Option<Suggestion>,
    pub book: RuleBook,
    pub zone: TimeZone,
}

/// What an officer enters by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// An item for what he saw, by its code.
    Observed { item: String },
    /// Whole hours of education.
    Education { hours: u32 },
    /// Whole hours of public service.
    Service { hours: u32 },
}

/// What the reckoning of a month stands on.
struct Desk {
    person: Person,
    zone: TimeZone,
    books: Vec<RuleBook>,
    entries: Vec<Entry>,
    now: Micros,
}

impl Desk {
    async fn of(tx: &mut Tx, person: Person, now: Micros) -> Result<Self> {
        let first = Month::of(jiff::civil::date(2020, 1, 1));
        let mut books = vec![RuleBook::standard(first)];
        books.extend(store::points::books(tx).await?);
        Ok(Self {
            zone: area::zone(tx, person.id, now).await?,
            entries: store::points::of_person(tx, person.id).await?,
            books,
            person,
            now,
        })
    }

    fn ledger(&self) -> Ledger<'_> {
        Ledger::new(self.person.id, &self.entries)
    }

    fn book(&self, month: Month) -> Result<&RuleBook> {
        in_force(&self.books, month).ok_or(Error::NotFound("month"))
    }

    fn this_month(&self) -> Result<Month> {
        let local = self.now.local(&self.zone);
        let local = local.ok_or(Error::Internal("the clock is outside the calendar"))?;
        Ok(Month::of(local.date()))
    }

    /// Within the order, and not ahead.
    fn check(&self, month: Month) -> Result<()> {
        let first = Month::of(self.person.order.starts_on);
        if month < first || month > self.this_month()? {
            return Err(Error::NotFound("month"));
        }
        Ok(())
    }

    async fn proposals(&self, tx: &mut Tx, month: Month) -> Result<Vec<Proposal>> {
        let facts = self.facts(tx, month).await?;
        Ok(propose(&self.ledger(), month, self.book(month)?, &facts))
    }

    async fn facts(&self, tx: &mut Tx, month: Month) -> Result<Vec<Fact>> {
        let begins = |month: Month| {
            let midnight = month.first().to_zoned(self.zone.clone());
            midnight.map(|midnight| Micros::from(midnight.timestamp()))
        };
        let outside = |_| Error::NotFound("month");
        let from = begins(month).map_err(outside)?;
        let until = begins(month.next()).map_err(outside)?;
        let person = self.person.id;
        let duties = store::duty::of_person(tx, person, from, until, DUTIES_LEN).await?;
        let known = duties.iter().filter(|one| one.duty.known(self.now));
        let duties: Vec<_> = known
            .map(|one| (one.duty.id, one.duty.opens_at, one.attendance))
            .collect();
        let today = self.now.local(&self.zone).unwrap_or_default().date();
        let mut facts = of_attendance(month, today, &duties);
        let leaves = store::leave::of_person(tx, person).await?;
        let late = leaves.iter().filter(|leave| leave.was_overdue(self.now));
        let late = late.filter(|leave| (from..until).contains(&leave.due_at()));
        facts.extend(late.map(|leave| Fact::OverdueLeave {
            leave: leave.id,
            due_at: leave.due_at(),
        }));
        let alerts = store::points::confirmed_alerts(tx, person, (from, until)).await?;
        let confirmed = alerts
            .iter()
            .filter_map(|(id, rule, at)| Fact::confirmed(*id, rule.as_str(), *at));
        facts.extend(confirmed);
        Ok(facts)
    }

    fn sheet(self, month: Month, proposals: Vec<Proposal>) -> Result<Sheet> {
        let first = Month::of(self.person.order.starts_on);
        let book = self.book(month)?.clone();
        let all = statements(&self.ledger(), &self.books, first, month)?;
        let suggestion = suggest(self.person.order.level, &book.levels, &all);
        let statement = all.into_iter().next_back();
        let statement = statement.ok_or(Error::NotFound("month"))?;
        let of_month = |entry: &Entry| entry.month == month;
        Ok(Sheet {
            statement,
            entries: self.entries.into_iter().filter(of_month).collect(),
            proposals,
            suggestion,
            book,
            zone: self.zone,
        })
    }
}

/// A month of a person of the viewer's scope.
pub async fn month(cx: &Cx, viewer: &Viewer, person: PersonId, month: Month) -> Result<Sheet> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let desk = Desk::of(&mut tx, person, cx.now()).await?;
    desk.check(month)?;
    let proposals = desk.proposals(&mut tx, month).await?;
    desk.sheet(month, proposals)
}

/// A month of the phone's person, as entered. That he was shown it is written down: the time for appeals runs from there.
pub async fn own(cx: &Cx, device: &Device, month: Month) -> Result<Sheet> {
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let person = store::person::get(&mut tx, device.person).await?;
    let person = person.ok_or(Error::NotFound("person"))?;
    let desk = Desk::of(&mut tx, person, now).await?;
    desk.check(month)?;
    if month < desk.this_month()? {
        store::points::tell(&mut tx, device.person, month, now).await?;
    }
    tx.commit().await?;
    desk.sheet(month, Vec::new())
}

/// An officer accepts a proposal, or looks at it and lets it be.
pub async fn decide(
    cx: &Cx,
    viewer: &Viewer,
    (person, month): (PersonId, Month),
    fact: &str,
    answer: Answer,
    reason: &str,
) -> Result<Sheet> {
    let (mut tx, desk, decision) = open(cx, viewer, person, reason).await?;
    desk.check(month)?;
    let proposals = desk.proposals(&mut tx, month).await?;
    let proposal = proposals.into_iter().find(|one| one.fact.key() == fact);
    let proposal = proposal.ok_or(Error::NotFound("proposal"))?;
    let id = PointsEntryId(cx.id());
    let entry = proposal.decide(&desk.ledger(), id, desk.now, answer, decision)?;
    add(cx, tx, desk, entry, viewer).await
}

/// An officer enters what no machine counts.
pub async fn enter(
    cx: &Cx,
    viewer: &Viewer,
    (person, month): (PersonId, Month),
    what: ByHand,
    reason: &str,
) -> Result<Sheet> {
    let (tx, desk, decision) = open(cx, viewer, person, reason).await?;
    desk.check(month)?;
    let book = desk.book(month)?;
    let note = cx.id();
    let invalid = |field, expected| Error::Invalid { field, expected };
    let hours = |hours: u32| {
        let fits = (1..=HOURS_MAX).contains(&hours);
        fits.then_some(hours)
            .ok_or(invalid("hours", "must be 1 to 24"))
    };
    let proposal = match what {
        ByHand::Observed { item } => by_hand(desk.person.id, month, book, &item, note).ok_or(
            invalid("item", "must be an item of the book for what officers see"),
        )?,
        ByHand::Education { hours: count } => {
            let fact = Fact::Education {
                activity: note,
                hours: hours(count)?,
            };
            first(propose(&desk.ledger(), month, book, &[fact]))?
        }
        ByHand::Service { hours: count } => {
            let fact = Fact::Service {
                activity: note,
                hours: hours(count)?,
            };
            first(propose(&desk.ledger(), month, book, &[fact]))?
        }
    };
    let id = PointsEntryId(cx.id());
    let entry = proposal.decide(&desk.ledger(), id, desk.now, Answer::Accept, decision)?;
    add(cx, tx, desk, entry, viewer).await
}

fn first(proposals: Vec<Proposal>) -> Result<Proposal> {
    let first = proposals.into_iter().next();
    first.ok_or(Error::Invalid {
        field: "item",
        expected: "must be in the book",
    })
}

/// An officer takes back a wrong entry: another one that reverses it.
pub async fn reverse(
    cx: &Cx,
    viewer: &Viewer,
    entry: PointsEntryId,
    reason: &str,
) -> Result<Sheet> {
    viewer.allow(Action::Manage)?;
    let mut tx = cx.store.read().await?;
    let owner = store::points::owner(&mut tx, entry).await?;
    drop(tx);
    let owner = owner.ok_or(Error::NotFound("entry"))?;
    let (tx, desk, decision) = open(cx, viewer, owner, reason)
        .await
        .map_err(|error| hidden(error, "entry"))?;
    let ledger = desk.ledger();
    let wrong = ledger.get(entry).ok_or(Error::NotFound("entry"))?;
    let id = PointsEntryId(cx.id());
    let reversal = ledger.reverse(wrong, id, desk.now, decision)?;
    add(cx, tx, desk, reversal, viewer).await
}

/// The phone's person contests what an entry took.
pub async fn appeal(
    cx: &Cx,
    device: &Device,
    entry: PointsEntryId,
    text: String,
) -> Result<Appeal> {
    let text = AppealText::try_from(text)?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    store::plan::hold(&mut tx, device.person).await?;
    let entries = store::points::of_person(&mut tx, device.person).await?;
    let ledger = Ledger::new(device.person, &entries);
    let contested = ledger.get(entry).ok_or(Error::NotFound("entry"))?;
    let told_at = store::points::told_at(&mut tx, device.person, contested.month).await?;
    let earlier = store::points::appeals(&mut tx, device.person).await?;
    let appeal = Appeal::file(&ledger, contested, told_at, &earlier, text, now)?;
    store::points::file(&mut tx, &appeal).await?;
    let kind = EventKind::PointsAppealed { entry };
    let actor = Actor::Device(device.id);
    note_at(cx, &mut tx, now, actor, Some(device.person), kind).await?;
    tx.commit().await?;
    Ok(appeal)
}

/// Appeals of the viewer's scope that wait for an officer.
pub async fn appeals(
    cx: &Cx,
    viewer: &Viewer,
    after: Option<PointsEntryId>,
) -> Result<Vec<(Appeal, Person)>> {
    viewer.allow(Action::Read)?;
    let mut tx = cx.store.read().await?;
    Ok(store::points::open_within(&mut tx, &viewer.scope, after, PAGE_LEN).await?)
}

/// Another officer than the one who took decides an appeal.
pub async fn decide_appeal(
    cx: &Cx,
    viewer: &Viewer,
    entry: PointsEntryId,
    finding: Finding,
    reason: &str,
) -> Result<Appeal> {
    viewer.allow(Action::Decide)?;
    let mut tx = cx.store.read().await?;
    let owner = store::points::owner(&mut tx, entry).await?;
    drop(tx);
    let owner = owner.ok_or(Error::NotFound("appeal"))?;
    let (mut tx, desk, decision) = open(cx, viewer, owner, reason)
        .await
        .map_err(|error| hidden(error, "appeal"))?;
    let waiting = store::points::appeals(&mut tx, owner).await?;
    let appeal = waiting.into_iter().find(|one| one.entry == entry);
    let appeal = appeal.ok_or(Error::NotFound("appeal"))?;
    let id = PointsEntryId(cx.id());
    let (appeal, given_back) = appeal.decide(&desk.ledger(), finding, decision, id, desk.now)?;
    match store::points::settle(&mut tx, &appeal).await {
        Err(store::Error::Lost) => return Err(Refusal::AppealFiled.into()),
        other => other?,
    }
    if let Some(entry) = &given_back {
        insert(cx, &mut tx, &desk, entry, viewer).await?;
    }
    let kind = EventKind::PointsAppealDecided { entry, finding };
    let officer = Actor::Officer(viewer.officer.id);
    note_at(cx, &mut tx, desk.now, officer, Some(owner), kind).await?;
    tx.commit().await?;
    Ok(appeal)
}

/// The books, by version.
pub async fn books(cx: &Cx) -> Result<Vec<RuleBook>> {
    let mut tx = cx.store.read().await?;
    let first = Month::of(jiff::civil::date(2020, 1, 1));
    let mut books = vec![RuleBook::standard(first)];
    books.extend(store::points::books(&mut tx).await?);
    Ok(books)
}

/// Declares the next book, for a month to come; for the top of the house, as all are measured by it.
pub async fn declare(cx: &Cx, viewer: &Viewer, book: RuleBook) -> Result<RuleBook> {
    viewer.allow(Action::Administer)?;
    let now = cx.now();
    let books = books(cx).await?;
    let mut tx = cx.store.write().await?;
    let unit = store::unit::get(&mut tx, viewer.officer.unit).await?;
    if unit.is_none_or(|unit| unit.parent.is_some()) {
        return Err(Error::Forbidden);
    }
    let today = now.local(&TimeZone::UTC).unwrap_or_default().date();
    book.check(books.last(), Month::of(today))?;
    match store::points::add_book(&mut tx, &book, viewer.officer.id, now).await {
        Err(store::Error::Conflict) => return Err(Error::Busy { retry_after_s: 1 }),
        other => other?,
    }
    let kind = EventKind::PointsBookSet {
        version: book.version,
    };
    let officer = Actor::Officer(viewer.officer.id);
    note_at(cx, &mut tx, now, officer, None, kind).await?;
    tx.commit().await?;
    Ok(book)
}

/// The person held, his ledger, and the officer's word.
async fn open(
    cx: &Cx,
    viewer: &Viewer,
    person: PersonId,
    reason: &str,
) -> Result<(Tx, Desk, Decision)> {
    viewer.allow(Action::Decide)?;
    let decision = Decision {
        by: viewer.officer.id,
        reason: field::reason("reason", reason)?,
    };
    let mut tx = cx.store.write().await?;
    crate::person::within(&mut tx, viewer, person).await?;
    store::plan::hold(&mut tx, person).await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let desk = Desk::of(&mut tx, person, cx.now()).await?;
    Ok((tx, desk, decision))
}

/// Whose it is does not exist for the viewer, so neither does it.
fn hidden(error: Error, what: &'static str) -> Error {
    if matches!(error, Error::NotFound(_)) {
        Error::NotFound(what)
    } else {
        error
    }
}

async fn add(cx: &Cx, mut tx: Tx, mut desk: Desk, entry: Entry, viewer: &Viewer) -> Result<Sheet> {
    insert(cx, &mut tx, &desk, &entry, viewer).await?;
    let month = entry.month;
    desk.entries.push(entry);
    let proposals = desk.proposals(&mut tx, month).await?;
    tx.commit().await?;
    desk.sheet(month, proposals)
}

async fn insert(cx: &Cx, tx: &mut Tx, desk: &Desk, entry: &Entry, viewer: &Viewer) -> Result<()> {
    store::points::add(tx, entry).await?;
    let kind = EventKind::PointsEntered {
        entry: entry.clone(),
    };
    let officer = Actor::Officer(viewer.officer.id);
    note_at(cx, tx, desk.now, officer, Some(entry.person), kind).await
}

impl From<PointsFault> for Error {
    fn from(fault: PointsFault) -> Self {
        Self::Field {
            field: fault.field,
            expected: fault.expected,
        }
    }
}

//! Supervision plans. A version is never changed.

use std::collections::BTreeMap;

use domain::{
    Micros, PersonId, PlanId,
    leave::Leave,
    person::Person,
    plan::{QuietHours, Rule, Seed, SupervisionPlan},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    leave,
    person::{self, person_columns},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, person_id, version, zone, terms, seed, effective_from, written_at FROM plan ",
            $rest
        )
    };
}

sql! {
    INSERT = "INSERT INTO plan (id, person_id, version, zone, terms, seed, effective_from, written_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    NEWEST = select!("WHERE person_id = $1 ORDER BY version DESC LIMIT 1");
    LIST = select!("WHERE person_id = $1 ORDER BY version DESC");
    HOLD = "UPDATE person SET name = name WHERE id = $1";
    // The last of the next persons.
    PAGE = "SELECT id FROM (SELECT p.id FROM person p WHERE p.id > $1 AND p.ended_at IS NULL
                              AND EXISTS (SELECT 1 FROM plan WHERE plan.person_id = p.id) ORDER BY p.id LIMIT $2) page
            ORDER BY id DESC LIMIT 1";
    HOLD_PAGE = "UPDATE person SET name = name WHERE id > $1 AND id <= $2 AND ended_at IS NULL";
    PERSONS = concat!(
        "SELECT ", person_columns!("p"), " FROM person p WHERE p.id > $1 AND p.id <= $2 AND p.ended_at IS NULL
           AND EXISTS (SELECT 1 FROM plan WHERE plan.person_id = p.id)"
    );
    LIVE = select!(
        "WHERE person_id > $3 AND person_id <= $4 AND effective_from <= $2
           AND NOT EXISTS (SELECT 1 FROM plan later
                           WHERE later.person_id = plan.person_id AND later.version > plan.version AND later.effective_from <= $1)
         ORDER BY person_id, version"
    );
}

/// [`Error::Conflict`] when the person has a plan of this version.
pub async fn insert(tx: &mut Tx, plan: &SupervisionPlan) -> Result<()> {
    let terms = Terms {
        quiet: plan.quiet,
        rules: plan.rules.clone(),
    };
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(plan.id.0)
        .bind(plan.person.0)
        .bind(plan.version)
        .bind(&plan.zone)
        .bind(Json(&terms))
        .bind(plan.seed.0.as_slice())
        .bind(plan.effective_from.to_string())
        .bind(plan.written_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// The highest version, in effect or not yet.
pub async fn newest(tx: &mut Tx, person: PersonId) -> Result<Option<SupervisionPlan>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(NEWEST)
        .bind(person.0)
        .fetch_optional(c)
        .await?)
    .map(SupervisionPlan::try_from)
    .transpose()
}

/// All versions of a person, newest first.
pub async fn list(tx: &mut Tx, person: PersonId) -> Result<Vec<SupervisionPlan>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(LIST)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(SupervisionPlan::try_from)
    .collect()
}

/// Persons by id: those after the first up to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page(pub(crate) Uuid, pub(crate) Uuid);

/// Keeps everybody else from [`hold`]ing this person until the transaction ends. Take it before a plan is written: whoever makes duties from
/// the versions that there are must not be overtaken by a new one.
pub async fn hold(tx: &mut Tx, person: PersonId) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(HOLD)
        .bind(person.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// A person under supervision with the versions that may be in force.
#[derive(Debug)]
pub struct Planned {
    pub person: Person,
    /// By version; none when all begin later.
    pub versions: Vec<SupervisionPlan>,
    /// All of them, the oldest request first.
    pub leaves: Vec<Leave>,
}

/// The page after `before`, or the first one: at most `persons` who are under supervision and have a plan. None when there are no more.
pub async fn next_page(tx: &mut Tx, before: Option<Page>, persons: u32) -> Result<Option<Page>> {
    let after = before.map_or(Uuid::nil(), |before| before.1);
    let last = on!(tx, |c| sqlx::query_scalar::<_, Uuid>(PAGE)
        .bind(after)
        .bind(i64::from(persons))
        .fetch_optional(c)
        .await?);
    Ok(last.map(|last| Page(after, last)))
}

/// [`hold`]s all persons of a page who are under supervision.
pub async fn hold_page(tx: &mut Tx, page: Page) -> Result<()> {
    on!(tx, |c| sqlx::query(HOLD_PAGE)
        .bind(page.0)
        .bind(page.1)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The persons of a page who are under supervision and have a plan, with the versions that may be in force on any of the local days
/// `first..=last`.
pub async fn live(tx: &mut Tx, page: Page, (first, last): (Date, Date)) -> Result<Vec<Planned>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, person::Row>(PERSONS)
        .bind(page.0)
        .bind(page.1)
        .fetch_all(c)
        .await?);
    let planned = |row| {
        let person = Person::try_from(row)?;
        let (versions, leaves) = (Vec::new(), Vec::new());
        let planned = Planned {
            person,
            versions,
            leaves,
        };
        Ok((planned.person.id, planned))
    };
    let persons: Result<BTreeMap<_, _>> = rows.into_iter().map(planned).collect();
    let mut persons = persons?;
    let plans = on!(tx, |c| sqlx::query_as::<_, Row>(LIVE)
        .bind(first.to_string())
        .bind(last.to_string())
        .bind(page.0)
        .bind(page.1)
        .fetch_all(c)
        .await?);
    for row in plans {
        let plan = SupervisionPlan::try_from(row)?;
        // Whose supervision ended has plans, but is not of the page.
        if let Some(of) = persons.get_mut(&plan.person) {
            of.versions.push(plan);
        }
    }
    for leave in leave::of_page(tx, page).await? {
        if let Some(of) = persons.get_mut(&leave.person) {
            of.leaves.push(leave);
        }
    }
    Ok(persons.into_values().collect())
}

/// What of a plan no query asks for.
#[derive(Serialize, Deserialize)]
struct Terms {
    quiet: QuietHours,
    rules: Vec<Rule>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    version: i32,
    zone: String,
    terms: Json<Terms>,
    seed: Vec<u8>,
    effective_from: String,
    written_at: i64,
}

impl TryFrom<Row> for SupervisionPlan {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let seed = row
            .seed
            .try_into()
            .map_err(|_| Error::corrupt("plan.seed", "not 32 bytes"))?;
        Ok(Self {
            id: PlanId(row.id),
            person: PersonId(row.person_id),
            version: row.version,
            zone: row.zone,
            quiet: row.terms.0.quiet,
            rules: row.terms.0.rules,
            seed: Seed(seed),
            effective_from: parse("plan.effective_from", &row.effective_from)?,
            written_at: Micros(row.written_at),
        })
    }
}

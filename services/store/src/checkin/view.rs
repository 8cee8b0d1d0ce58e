//! What the console shows of attempts, within an officer's subtree.

use domain::{
    CheckinId, Micros, OfficerId, PersonId,
    access::Scope,
    area::Report,
    attendance::Attendance,
    checkin::{Checkin, State},
    duty::Duty,
    person::Person,
    verdict::{Verdict, Weighed},
};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Facts, Row, Ruling, checkin_columns};
use crate::{
    Error, Result, Tx,
    db::{on, sql},
    duty::{self, Marked, duty_columns},
    error::parse,
    person::{self, bind_scope, person_columns, within_scope},
    review_claim::not_seen,
};

sql! {
    DETAIL = concat!(
        "SELECT ", checkin_columns!("k"), ", ", duty_columns!("d"), ", ", person_columns!("p"), ",
                k.facts, k.measurement, k.findings, k.failed_match, k.decision, k.decided_by, k.decision_reason, k.decided_at
         FROM checkin k JOIN duty d ON d.id = k.duty_id JOIN person p ON p.id = k.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE k.id = $4 AND ", within_scope!()
    );
    REVIEW_QUEUE = concat!(
        "SELECT ", checkin_columns!("k"), ", ", duty_columns!("d"), ", ", person_columns!("p"), "
         FROM checkin k JOIN duty d ON d.id = k.duty_id JOIN person p ON p.id = k.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE k.state = 'review' AND (k.submitted_at, k.id) > ($4, $5) AND ", within_scope!(), " AND ", not_seen!(), "
         ORDER BY k.submitted_at, k.id LIMIT $6"
    );
    RECENT = "SELECT k.id, k.state, k.submitted_at, k.verdict, d.opens_at, d.attendance, k.decision_reason
              FROM checkin k JOIN duty d ON d.id = k.duty_id
              WHERE k.person_id = $1 AND k.submitted_at IS NOT NULL ORDER BY k.opened_at DESC, k.id DESC LIMIT $2";
}

/// All that is known of one attempt.
#[derive(Debug, Clone)]
pub struct Detail {
    pub checkin: Checkin,
    pub marked: Marked,
    pub person: Person,
    /// None before submission.
    pub facts: Option<Facts>,
    /// None before the verdict.
    pub weighed: Option<Weighed>,
    /// What its position said about the areas; none without a position, and before the verdict.
    pub place: Option<Report>,
    pub failed_match: bool,
    /// None before an officer decided.
    pub ruling: Option<Ruling>,
}

/// An attempt that waits for an officer.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub checkin: Checkin,
    pub duty: Duty,
    pub person: Person,
}

/// Only when the person lies within the scope.
pub async fn detail(tx: &mut Tx, scope: &Scope, id: CheckinId) -> Result<Option<Detail>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, DetailRow>(DETAIL),
        scope
    )
    .bind(id.0)
    .fetch_optional(c)
    .await?)
    .map(Detail::try_from)
    .transpose()
}

/// The attempts within the scope that wait for this officer, by submission and id, beginning after `after`.
pub async fn review_queue(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<(Micros, CheckinId)>,
    limit: u32,
) -> Result<Vec<Waiting>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, WaitingRow>(REVIEW_QUEUE),
        scope
    )
    .bind(after_at)
    .bind(after_id)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(Waiting::try_from)
    .collect()
}

/// One attempt of a person's file, as a line.
#[derive(Debug, Clone)]
pub struct Recent {
    pub checkin: CheckinId,
    pub state: State,
    pub submitted_at: Option<Micros>,
    pub verdict: Option<Verdict>,
    pub opens_at: Micros,
    pub attendance: Attendance,
    /// Of an officer who decided.
    pub reason: Option<String>,
}

/// The newest attempts of a person that were handed in, the newest first.
pub async fn recent(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<Recent>> {
    on!(tx, |c| sqlx::query_as::<_, RecentRow>(RECENT)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        Ok(Recent {
            checkin: CheckinId(row.id),
            state: parse("checkin.state", &row.state)?,
            submitted_at: row.submitted_at.map(Micros),
            verdict: row.verdict.map(|verdict| verdict.0),
            opens_at: Micros(row.opens_at),
            attendance: parse("duty.attendance", &row.attendance)?,
            reason: row.decision_reason,
        })
    })
    .collect()
}

#[derive(FromRow)]
struct RecentRow {
    id: Uuid,
    state: String,
    submitted_at: Option<i64>,
    verdict: Option<Json<Verdict>>,
    opens_at: i64,
    attendance: String,
    decision_reason: Option<String>,
}

#[derive(FromRow)]
struct DetailRow {
    #[sqlx(flatten)]
    checkin: Row,
    #[sqlx(flatten)]
    duty: duty::Row,
    #[sqlx(flatten)]
    person: person::Row,
    facts: Option<Json<Facts>>,
    measurement: Option<Json<Weighed>>,
    findings: Option<Json<Report>>,
    failed_match: bool,
    decision: Option<String>,
    decided_by: Option<Uuid>,
    decision_reason: Option<String>,
    decided_at: Option<i64>,
}

#[derive(FromRow)]
pub(crate) struct WaitingRow {
    #[sqlx(flatten)]
    checkin: Row,
    #[sqlx(flatten)]
    duty: duty::Row,
    #[sqlx(flatten)]
    person: person::Row,
}

impl TryFrom<WaitingRow> for Waiting {
    type Error = Error;

    fn try_from(row: WaitingRow) -> Result<Self> {
        Ok(Self {
            checkin: row.checkin.try_into()?,
            duty: Marked::try_from(row.duty)?.duty,
            person: row.person.try_into()?,
        })
    }
}

impl TryFrom<DetailRow> for Detail {
    type Error = Error;

    fn try_from(row: DetailRow) -> Result<Self> {
        let ruling = match (row.decision, row.decided_by, row.decided_at) {
            (Some(decision), Some(officer), Some(at)) => Some(Ruling {
                decision: parse("checkin.decision", &decision)?,
                officer: OfficerId(officer),
                reason: row.decision_reason.unwrap_or_default(),
                at: Micros(at),
            }),
            _ => None,
        };
        Ok(Self {
            checkin: row.checkin.try_into()?,
            marked: row.duty.try_into()?,
            person: row.person.try_into()?,
            facts: row.facts.map(|facts| facts.0),
            weighed: row.measurement.map(|weighed| weighed.0),
            place: row.findings.map(|place| place.0),
            failed_match: row.failed_match,
            ruling,
        })
    }
}

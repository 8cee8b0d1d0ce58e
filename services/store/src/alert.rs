//! What an officer must look at.

use domain::{
    AlertId, Micros, OfficerId, PersonId,
    access::Scope,
    alert::{Alert, Cause, Closed, Outcome, Rule, State},
    org::UnitPath,
    person::Person,
};
use jiff::tz::TimeZone;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, parse},
    person::{self, bind_scope, person_columns, within_scope},
};

const CHINA: &str = "Asia/Shanghai";

macro_rules! alert_columns {
    () => {
        // Times are told as the person's newest plan has them.
        "(SELECT zone FROM plan WHERE plan.person_id = p.id ORDER BY version DESC LIMIT 1) AS zone,
         a.id, a.person_id, a.cause, a.state, a.raised_at, a.due_at, a.escalated, a.officer_id, a.closed_by, a.closed_at, a.close_reason, a.outcome"
    };
}

sql! {
    INSERT = "INSERT INTO alert (id, person_id, kind, cause, dedup, state, raised_at, due_at, escalated)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    GET_WITHIN = concat!(
        "SELECT ", alert_columns!(), ", u.path, ", person_columns!("p"), "
         FROM alert a JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE a.id = $4 AND ", within_scope!()
    );
    LIST_WITHIN = concat!(
        "SELECT ", alert_columns!(), ", u.path, ", person_columns!("p"), "
         FROM alert a JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE a.state = $4 AND a.id > $5 AND ", within_scope!(), " ORDER BY a.id LIMIT $6"
    );
    // What this officer did something about since an instant.
    LOOKED_AT = "SELECT COUNT(*) FROM event WHERE actor = 'officer' AND actor_id = $1 AND at >= $2 AND kind = 'alert_moved'";
    FIGURES_WITHIN = concat!(
        "SELECT a.kind, a.outcome FROM alert a JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE a.outcome IS NOT NULL AND a.closed_at >= $4 AND a.closed_at < $5 AND ", within_scope!(), "
         ORDER BY a.closed_at DESC, a.id LIMIT $6"
    );
    OVERDUE = concat!(
        "SELECT ", alert_columns!(), ", u.path, ", person_columns!("p"), "
         FROM alert a JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE a.due_at IS NOT NULL AND a.due_at <= $1 ORDER BY a.due_at, a.id LIMIT $2"
    );
    BY_DEDUP = concat!(
        "SELECT ", alert_columns!(), ", u.path, ", person_columns!("p"), "
         FROM alert a JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = p.unit_id WHERE a.dedup = $1"
    );
    OF_PERSON = concat!(
        "SELECT ", alert_columns!(), ", u.path, ", person_columns!("p"), "
         FROM alert a JOIN person p ON p.id = a.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE a.person_id = $1 ORDER BY a.id DESC LIMIT $2"
    );
    SET_STATE = "UPDATE alert SET state = $3, officer_id = $4, due_at = $5 WHERE id = $1 AND state = $2";
    CLOSE = "UPDATE alert SET state = 'closed', due_at = NULL, closed_by = $3, closed_at = $4, close_reason = $5, outcome = $6
             WHERE id = $1 AND state = $2";
    ESCALATE = "UPDATE alert SET escalated = $3, due_at = $4 WHERE id = $1 AND due_at = $2";
}

/// An alert with whom it is about.
#[derive(Debug, Clone)]
pub struct About {
    pub alert: Alert,
    pub person: Person,
    /// Of the person's unit.
    pub path: UnitPath,
    /// Of the person's newest plan; China's when he has none.
    pub zone: TimeZone,
}

/// Is it new? False when the same was raised before; then nothing is stored.
pub async fn raise(tx: &mut Tx, alert: &Alert) -> Result<bool> {
    let rows = on!(tx, |c| sqlx::query(INSERT)
        .bind(alert.id.0)
        .bind(alert.person.0)
        .bind(alert.cause.kind())
        .bind(Json(&alert.cause))
        .bind(alert.cause.dedup(alert.person))
        .bind(alert.state.as_str())
        .bind(alert.raised_at.0)
        .bind(alert.due_at.map(|at| at.0))
        .bind(alert.escalated)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows == 1)
}

/// Only when its person lies within the scope.
pub async fn get_within(tx: &mut Tx, scope: &Scope, id: AlertId) -> Result<Option<About>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(GET_WITHIN),
        scope
    )
    .bind(id.0)
    .fetch_optional(c)
    .await?)
    .map(About::try_from)
    .transpose()
}

/// The next ones in this state within the scope, oldest first, beginning after `after`.
pub async fn list_within(
    tx: &mut Tx,
    scope: &Scope,
    state: State,
    after: Option<AlertId>,
    limit: u32,
) -> Result<Vec<About>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, Row>(LIST_WITHIN),
        scope
    )
    .bind(state.as_str())
    .bind(after.map_or(Uuid::nil(), |after| after.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(About::try_from)
    .collect()
}

/// How the alerts that officers closed in `from..until` came out, within the scope.
pub async fn outcomes_within(
    tx: &mut Tx,
    scope: &Scope,
    (from, until): (Micros, Micros),
    limit: u32,
) -> Result<Vec<(Rule, Outcome)>> {
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, OutcomeRow>(FIGURES_WITHIN),
        scope
    )
    .bind(from.0)
    .bind(until.0)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(|row| {
        Ok((
            parse("alert.kind", &row.kind)?,
            parse("alert.outcome", &row.outcome)?,
        ))
    })
    .collect()
}

/// How often an officer did something about an alert since an instant.
pub async fn looked_at(tx: &mut Tx, officer: OfficerId, since: Micros) -> Result<i64> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, i64>(LOOKED_AT)
        .bind(officer.0)
        .bind(since.0)
        .fetch_one(c)
        .await?))
}

/// Those at which nobody looked in time, the longest first.
pub async fn overdue(tx: &mut Tx, now: Micros, limit: u32) -> Result<Vec<About>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OVERDUE)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(About::try_from)
    .collect()
}

/// The one that was raised for this cause, if any was.
pub async fn of_cause(tx: &mut Tx, person: PersonId, cause: &Cause) -> Result<Option<About>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(BY_DEDUP)
        .bind(cause.dedup(person))
        .fetch_optional(c)
        .await?)
    .map(About::try_from)
    .transpose()
}

/// Of a person, in any state, the newest first.
pub async fn of_person(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<About>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(About::try_from)
    .collect()
}

/// [`Error::Lost`] when it is not in `from` any more.
pub async fn set_state(
    tx: &mut Tx,
    id: AlertId,
    from: State,
    to: State,
    officer: OfficerId,
    due_at: Option<Micros>,
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SET_STATE)
        .bind(id.0)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(officer.0)
        .bind(due_at.map(|at| at.0))
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`Error::Lost`] when it is not in `from` any more.
pub async fn close(tx: &mut Tx, id: AlertId, from: State, closed: &Closed) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(CLOSE)
        .bind(id.0)
        .bind(from.as_str())
        .bind(closed.by.map(|officer| officer.0))
        .bind(closed.at.0)
        .bind(&closed.reason)
        .bind(closed.outcome.map(Outcome::as_str))
        .execute(c)
        .await?
        .rows_affected()))
}

/// [`Error::Lost`] when it was not due at `due_at` any more.
pub async fn escalate(
    tx: &mut Tx,
    id: AlertId,
    due_at: Micros,
    (escalated, next): (i32, Option<Micros>),
) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(ESCALATE)
        .bind(id.0)
        .bind(due_at.0)
        .bind(escalated)
        .bind(next.map(|at| at.0))
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    cause: Json<Cause>,
    state: String,
    raised_at: i64,
    due_at: Option<i64>,
    escalated: i32,
    officer_id: Option<Uuid>,
    closed_by: Option<Uuid>,
    closed_at: Option<i64>,
    close_reason: Option<String>,
    outcome: Option<String>,
    path: String,
    zone: Option<String>,
    #[sqlx(flatten)]
    person: person::Row,
}

impl TryFrom<Row> for About {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let outcome = row.outcome.as_deref();
        let outcome = outcome
            .map(|outcome| parse("alert.outcome", outcome))
            .transpose()?;
        let closed = row.closed_at.map(|at| Closed {
            by: row.closed_by.map(OfficerId),
            at: Micros(at),
            reason: row.close_reason.unwrap_or_default(),
            outcome,
        });
        Ok(Self {
            alert: Alert {
                id: AlertId(row.id),
                person: PersonId(row.person_id),
                cause: row.cause.0,
                state: parse("alert.state", &row.state)?,
                raised_at: Micros(row.raised_at),
                due_at: row.due_at.map(Micros),
                escalated: row.escalated,
                officer: row.officer_id.map(OfficerId),
                closed,
            },
            person: row.person.try_into()?,
            path: UnitPath(row.path),
            zone: TimeZone::get(row.zone.as_deref().unwrap_or(CHINA))
                .map_err(|_| Error::corrupt("plan.zone", "unknown"))?,
        })
    }
}

#[derive(FromRow)]
struct OutcomeRow {
    kind: String,
    outcome: String,
}

//! Leaves with their steps. Who holds the person ([`crate::plan::hold`]) is the only one who adds to them.

use domain::{
    CheckinId, LeaveId, Micros, OfficerId, PersonId,
    access::Scope,
    checkin::State as CheckinState,
    leave::{Leave, Request, State, Step},
    person::Person,
};
use serde_json::Value;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    person::{self, bind_scope, person_columns, within_scope},
    plan::Page,
};

macro_rules! select {
    ($($rest:expr),+) => {
        concat!(
            "SELECT l.id, l.person_id, l.request, l.asked_at, l.asked_by, s.step
             FROM leave l LEFT JOIN leave_step s ON s.leave_id = l.id ",
            $($rest,)+
            " ORDER BY l.person_id, l.asked_at, l.id, s.number"
        )
    };
}

sql! {
    INSERT = "INSERT INTO leave (id, person_id, request, asked_at, asked_by, state) VALUES ($1, $2, $3, $4, $5, $6)";
    ADD_STEP = "INSERT INTO leave_step (leave_id, number, step, drawn) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    SET_STATE = "UPDATE leave SET state = $2, due_at = $3 WHERE id = $1";
    GET = select!("WHERE l.id = $1");
    OF_PERSON = select!("WHERE l.person_id = $1");
    OF_PAGE = select!("WHERE l.person_id > $1 AND l.person_id <= $2");
    PENDING_WITHIN = concat!(
        "SELECT l.id AS leave_id, ", person_columns!("p"), "
         FROM leave l JOIN person p ON p.id = l.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE l.state IN ('requested', 'reviewed') AND l.id > $4 AND ", within_scope!(), " ORDER BY l.id LIMIT $5"
    );
    WITHIN = select!("JOIN person p ON p.id = l.person_id JOIN org_unit u ON u.id = p.unit_id WHERE l.asked_at >= $4 AND l.asked_at < $5 AND ", within_scope!());
    DUE = "SELECT id FROM leave WHERE due_at < $1 ORDER BY due_at, id LIMIT $2";
    TOLD = "UPDATE leave SET due_at = NULL WHERE id = $1";
    REPORT = "INSERT INTO leave_report (checkin_id, leave_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    REPORTED_BY = "SELECT leave_id FROM leave_report WHERE checkin_id = $1";
    REPORTS = "SELECT k.id, k.state, k.submitted_at FROM leave_report r JOIN checkin k ON k.id = r.checkin_id
               WHERE r.leave_id = $1 ORDER BY k.submitted_at, k.id";
}

/// Inserts a leave that nothing followed yet.
pub async fn insert(tx: &mut Tx, leave: &Leave) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(leave.id.0)
        .bind(leave.person.0)
        .bind(Json(&leave.request))
        .bind(leave.asked_at.0)
        .bind(leave.asked_by.map(|by| by.0))
        .bind(leave.state().as_str())
        .execute(c)
        .await?
        .rows_affected()))
}

/// Stores the last step of a leave, with the coordinates of its grounds as they were entered. [`Error::Lost`] when somebody else
/// stored one of that number.
pub async fn add_step(tx: &mut Tx, leave: &Leave, drawn: Option<&Value>) -> Result<()> {
    let Some(step) = leave.steps.last() else {
        return Err(Error::corrupt("leave_step", "none"));
    };
    let number = i32::try_from(leave.steps.len()).unwrap_or(i32::MAX);
    changed(on!(tx, |c| sqlx::query(ADD_STEP)
        .bind(leave.id.0)
        .bind(number)
        .bind(Json(step))
        .bind(drawn.map(Json))
        .execute(c)
        .await?
        .rows_affected()))?;
    let awaited = matches!(leave.state(), State::Approved | State::Recalled)
        && leave.request.kind != domain::leave::Kind::Standing;
    changed(on!(tx, |c| sqlx::query(SET_STATE)
        .bind(leave.id.0)
        .bind(leave.state().as_str())
        .bind(awaited.then(|| leave.due_at().0))
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: LeaveId) -> Result<Option<Leave>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_all(c)
        .await?);
    Ok(folded(rows).pop())
}

/// All leaves of a person, the oldest request first.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Leave>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(OF_PERSON)
        .bind(person.0)
        .fetch_all(c)
        .await?);
    Ok(folded(rows))
}

/// Leaves of the persons within the scope that were asked for in `from..until`, by person and request.
pub async fn within(
    tx: &mut Tx,
    scope: &Scope,
    (from, until): (Micros, Micros),
) -> Result<Vec<Leave>> {
    let rows = on!(tx, |c| bind_scope!(sqlx::query_as::<_, Row>(WITHIN), scope)
        .bind(from.0)
        .bind(until.0)
        .fetch_all(c)
        .await?);
    Ok(folded(rows))
}

/// All leaves of the persons of a page.
pub(crate) async fn of_page(tx: &mut Tx, page: Page) -> Result<Vec<Leave>> {
    let rows = on!(tx, |c| sqlx::query_as::<_, Row>(OF_PAGE)
        .bind(page.0)
        .bind(page.1)
        .fetch_all(c)
        .await?);
    Ok(folded(rows))
}

/// Leaves within the scope about which nobody has decided, the oldest first, beginning after `after`.
pub async fn pending_within(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<LeaveId>,
    limit: u32,
) -> Result<Vec<(Leave, Person)>> {
    let rows = on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, PendingRow>(PENDING_WITHIN),
        scope
    )
    .bind(after.map_or(Uuid::nil(), |after| after.0))
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?);
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let leave = get(tx, LeaveId(row.leave_id)).await?;
        let leave = leave.ok_or_else(|| Error::corrupt("leave.id", "gone"))?;
        all.push((leave, row.person.try_into()?));
    }
    Ok(all)
}

/// Leaves from which somebody should be back at `now`, the longest overdue first.
pub async fn due(tx: &mut Tx, now: Micros, limit: u32) -> Result<Vec<LeaveId>> {
    let ids = on!(tx, |c| sqlx::query_scalar::<_, Uuid>(DUE)
        .bind(now.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?);
    Ok(ids.into_iter().map(LeaveId).collect())
}

/// Officers were told that nobody came back from it: [`due`] names it no more.
pub async fn told(tx: &mut Tx, id: LeaveId) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(TOLD)
        .bind(id.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// A check-in by which a person says that he is back from a leave.
pub async fn report(tx: &mut Tx, checkin: CheckinId, leave: LeaveId) -> Result<()> {
    on!(tx, |c| sqlx::query(REPORT)
        .bind(checkin.0)
        .bind(leave.0)
        .execute(c)
        .await?
        .rows_affected());
    Ok(())
}

/// The leave from which a check-in says that its person is back.
pub async fn reported_by(tx: &mut Tx, checkin: CheckinId) -> Result<Option<LeaveId>> {
    let id = on!(tx, |c| sqlx::query_scalar::<_, Uuid>(REPORTED_BY)
        .bind(checkin.0)
        .fetch_optional(c)
        .await?);
    Ok(id.map(LeaveId))
}

/// The check-ins by which a person said that he is back, by the time of submission.
pub async fn reports(
    tx: &mut Tx,
    leave: LeaveId,
) -> Result<Vec<(CheckinId, CheckinState, Option<Micros>)>> {
    on!(tx, |c| sqlx::query_as::<_, ReportRow>(REPORTS)
        .bind(leave.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        let state = parse("checkin.state", &row.state)?;
        Ok((CheckinId(row.id), state, row.submitted_at.map(Micros)))
    })
    .collect()
}

/// Rows of one leave follow each other.
fn folded(rows: Vec<Row>) -> Vec<Leave> {
    let mut all: Vec<Leave> = Vec::new();
    for row in rows {
        if all.last().is_none_or(|last| last.id.0 != row.id) {
            all.push(Leave {
                id: LeaveId(row.id),
                person: PersonId(row.person_id),
                request: row.request.0,
                asked_at: Micros(row.asked_at),
                asked_by: row.asked_by.map(OfficerId),
                steps: Vec::new(),
            });
        }
        if let (Some(leave), Some(step)) = (all.last_mut(), row.step) {
            leave.steps.push(step.0);
        }
    }
    all
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    person_id: Uuid,
    request: Json<Request>,
    asked_at: i64,
    asked_by: Option<Uuid>,
    step: Option<Json<Step>>,
}

#[derive(FromRow)]
struct PendingRow {
    leave_id: Uuid,
    #[sqlx(flatten)]
    person: person::Row,
}

#[derive(FromRow)]
struct ReportRow {
    id: Uuid,
    state: String,
    submitted_at: Option<i64>,
}

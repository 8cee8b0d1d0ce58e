//! Appeals (申诉) against check-ins that officers declined, one for an attempt. Those against points are of [`crate::points`].

use domain::{
    CheckinId, Micros, OfficerId, PersonId,
    access::Scope,
    appeal::{Appeal, Outcome},
    person::Person,
    points::AppealText,
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
    person::{self, bind_scope, person_columns, within_scope},
};

sql! {
    FILE = "INSERT INTO checkin_appeal (checkin_id, person_id, text, filed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    OF_CHECKIN = "SELECT checkin_id, person_id, text, filed_at, finding, decided_by, reason, decided_at
                  FROM checkin_appeal WHERE checkin_id = $1";
    SETTLE = "UPDATE checkin_appeal SET finding = $2, decided_by = $3, reason = $4, decided_at = $5
              WHERE checkin_id = $1 AND decided_at IS NULL";
    OPEN_WITHIN = concat!(
        "SELECT f.checkin_id, f.person_id, f.text, f.filed_at, f.finding, f.decided_by, f.reason, f.decided_at, ",
                person_columns!("p"), "
         FROM checkin_appeal f JOIN person p ON p.id = f.person_id JOIN org_unit u ON u.id = p.unit_id
         WHERE f.decided_at IS NULL AND (f.filed_at, f.checkin_id) > ($4, $5) AND ", within_scope!(), "
         ORDER BY f.filed_at, f.checkin_id LIMIT $6"
    );
}

/// [`Error::Conflict`] when the attempt was appealed against before.
pub async fn file(tx: &mut Tx, appeal: &Appeal) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(FILE)
        .bind(appeal.checkin.0)
        .bind(appeal.person.0)
        .bind(appeal.text.as_str())
        .bind(appeal.filed_at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn of_checkin(tx: &mut Tx, checkin: CheckinId) -> Result<Option<Appeal>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(OF_CHECKIN)
        .bind(checkin.0)
        .fetch_optional(c)
        .await?)
    .map(Appeal::try_from)
    .transpose()
}

/// [`Error::Lost`] when it was decided before.
pub async fn settle(tx: &mut Tx, checkin: CheckinId, outcome: &Outcome) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(SETTLE)
        .bind(checkin.0)
        .bind(outcome.finding.as_str())
        .bind(outcome.officer.0)
        .bind(&outcome.reason)
        .bind(outcome.at.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Appeals within the scope that wait for an officer, by filing and attempt, beginning after `after`.
pub async fn open_within(
    tx: &mut Tx,
    scope: &Scope,
    after: Option<(Micros, CheckinId)>,
    limit: u32,
) -> Result<Vec<(Appeal, Person)>> {
    let (after_at, after_id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.0, id.0));
    on!(tx, |c| bind_scope!(
        sqlx::query_as::<_, OpenRow>(OPEN_WITHIN),
        scope
    )
    .bind(after_at)
    .bind(after_id)
    .bind(i64::from(limit))
    .fetch_all(c)
    .await?)
    .into_iter()
    .map(|row| Ok((row.appeal.try_into()?, row.person.try_into()?)))
    .collect()
}

#[derive(FromRow)]
struct Row {
    checkin_id: Uuid,
    person_id: Uuid,
    text: String,
    filed_at: i64,
    finding: Option<String>,
    decided_by: Option<Uuid>,
    reason: Option<String>,
    decided_at: Option<i64>,
}

#[derive(FromRow)]
struct OpenRow {
    #[sqlx(flatten)]
    appeal: Row,
    #[sqlx(flatten)]
    person: person::Row,
}

impl TryFrom<Row> for Appeal {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let outcome = match (row.finding, row.decided_by, row.decided_at) {
            (Some(finding), Some(officer), Some(at)) => Some(Outcome {
                finding: parse("checkin_appeal.finding", &finding)?,
                officer: OfficerId(officer),
                reason: row.reason.unwrap_or_default(),
                at: Micros(at),
            }),
            _ => None,
        };
        let text = AppealText::try_from(row.text);
        Ok(Self {
            checkin: CheckinId(row.checkin_id),
            person: PersonId(row.person_id),
            text: text.map_err(|why| Error::corrupt("checkin_appeal.text", why))?,
            filed_at: Micros(row.filed_at),
            outcome,
        })
    }
}

//! What is stored of one person, counted, and who looked at it.

use domain::{Micros, OfficerId, PersonId, access::Role};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Result, Tx,
    db::{on, sql},
    error::{count, parse},
};

sql! {
    HELD = "SELECT CASE WHEN part = 'voice' OR substr(part, 1, 7) = 'phrase-' THEN 'recording' ELSE 'picture' END AS kind,
                   COUNT(*) AS count, MAX(created_at) AS newest_at
            FROM media WHERE person_id = $1 AND completed_at IS NOT NULL GROUP BY 1
            UNION ALL
            SELECT 'template', COUNT(*), MAX(created_at) FROM template WHERE person_id = $1 AND retired_at IS NULL HAVING COUNT(*) > 0
            UNION ALL
            SELECT 'position', COUNT(*), MAX(at) FROM position WHERE person_id = $1 HAVING COUNT(*) > 0";
    LOOKS = "SELECT e.at, e.kind, o.id AS officer_id, o.role, u.name AS unit
             FROM event e JOIN officer o ON o.id = e.actor_id JOIN org_unit u ON u.id = o.unit_id
             WHERE e.person_id = $1 AND e.actor = 'officer' AND e.kind IN ('media_read', 'positions_read', 'archive_made', 'contact_read')
             ORDER BY e.at DESC, e.id DESC LIMIT $2";
}

/// Kinds of what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Picture,
    Recording,
    Template,
    Position,
}

domain::text_enum!(Kind {
    Picture = "picture",
    Recording = "recording",
    Template = "template",
    Position = "position",
});

/// How much of one kind there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    pub kind: Kind,
    pub count: u64,
    pub newest_at: Micros,
}

/// What an officer looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looked {
    /// A picture or a recording.
    Media,
    /// Where the person was.
    Positions,
    /// Everything, as one file.
    Archive,
    /// His telephone number.
    Contact,
}

domain::text_enum!(Looked {
    Media = "media_read",
    Positions = "positions_read",
    Archive = "archive_made",
    Contact = "contact_read",
});

/// One look of an officer, as it was written down before anything was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub at: Micros,
    pub what: Looked,
    pub officer: OfficerId,
    pub role: Role,
    /// The name of the officer's unit.
    pub unit: String,
}

/// What is stored of a person, kind by kind; kinds of which there is nothing are left out.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<Holding>> {
    on!(tx, |c| sqlx::query_as::<_, HeldRow>(HELD)
        .bind(person.0)
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        Ok(Holding {
            kind: parse("holding.kind", &row.kind)?,
            count: count("holding.count", row.count)?,
            newest_at: Micros(row.newest_at),
        })
    })
    .collect()
}

/// The last looks at what is stored of a person, the newest first.
pub async fn looks(tx: &mut Tx, person: PersonId, limit: u32) -> Result<Vec<Look>> {
    on!(tx, |c| sqlx::query_as::<_, LookRow>(LOOKS)
        .bind(person.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        Ok(Look {
            at: Micros(row.at),
            what: parse("event.kind", &row.kind)?,
            officer: OfficerId(row.officer_id),
            role: parse("officer.role", &row.role)?,
            unit: row.unit,
        })
    })
    .collect()
}

#[derive(FromRow)]
struct HeldRow {
    kind: String,
    count: i64,
    newest_at: i64,
}

#[derive(FromRow)]
struct LookRow {
    at: i64,
    kind: String,
    officer_id: Uuid,
    role: String,
    unit: String,
}

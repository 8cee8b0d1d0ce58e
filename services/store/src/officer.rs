//! Users of the console and what they sign in with.

use domain::{Micros, OfficerId, OrgUnitId, access::Officer, org::UnitPath};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    db::{on, sql},
    error::{changed, inserted, parse},
};

/// Before any time-based code: a step is the Unix time divided by 30.
const NO_STEP: i64 = -1;

/// Columns of [`Row`] from a table or alias.
macro_rules! officer_columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id AS o_id, ",
            $table,
            ".unit_id AS o_unit_id, ",
            $table,
            ".login AS o_login, ",
            $table,
            ".name AS o_name, ",
            $table,
            ".role AS o_role"
        )
    };
}
pub(crate) use officer_columns;

sql! {
    INSERT = "INSERT INTO officer (id, unit_id, login, name, role, password_hash, totp_sealed, totp_last_step, failed_count, created_at)
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9) ON CONFLICT DO NOTHING";
    GET = concat!("SELECT ", officer_columns!("officer"), " FROM officer WHERE id = $1");
    BY_LOGIN = concat!(
        "SELECT ", officer_columns!("officer"), ", password_hash, totp_sealed, totp_last_step, failed_count, locked_until, disabled_at
         FROM officer WHERE login = $1"
    );
    LIST_BELOW = concat!(
        "SELECT ", officer_columns!("o"), ", u.name AS unit_name, o.disabled_at, o.locked_until
         FROM officer o JOIN org_unit u ON u.id = o.unit_id WHERE substr(u.path, 1, length($1)) = $1 ORDER BY u.path, o.login LIMIT $2"
    );
    COUNT = "SELECT COUNT(*) FROM officer";
    NOTE_FAILURE = "UPDATE officer SET failed_count = failed_count + 1 WHERE id = $1 RETURNING failed_count";
    LOCK = "UPDATE officer SET locked_until = $2 WHERE id = $1";
    NOTE_SUCCESS = "UPDATE officer SET totp_last_step = $2, failed_count = 0, locked_until = NULL
                    WHERE id = $1 AND totp_last_step < $2 AND disabled_at IS NULL";
}

/// What a new officer signs in with.
pub struct Credentials {
    /// In the PHC text format.
    pub password_hash: String,
    /// The sealed secret of the time-based code.
    pub totp_sealed: Vec<u8>,
}

/// What signing in needs to know. Never printed.
pub struct Secrets {
    /// In the PHC text format.
    pub password_hash: String,
    /// The sealed secret of the time-based code.
    pub totp_sealed: Vec<u8>,
    /// The step of the last code that was used; −1 before the first.
    pub totp_last_step: i64,
    /// Failures since the last success.
    pub failed_count: i32,
    pub locked_until: Option<Micros>,
    pub disabled_at: Option<Micros>,
}

/// [`Error::Conflict`] when the login is taken.
pub async fn insert(
    tx: &mut Tx,
    officer: &Officer,
    credentials: &Credentials,
    now: Micros,
) -> Result<()> {
    inserted(on!(tx, |c| sqlx::query(INSERT)
        .bind(officer.id.0)
        .bind(officer.unit.0)
        .bind(&officer.login)
        .bind(&officer.name)
        .bind(officer.role.as_str())
        .bind(&credentials.password_hash)
        .bind(&credentials.totp_sealed)
        .bind(NO_STEP)
        .bind(now.0)
        .execute(c)
        .await?
        .rows_affected()))
}

pub async fn get(tx: &mut Tx, id: OfficerId) -> Result<Option<Officer>> {
    on!(tx, |c| sqlx::query_as::<_, Row>(GET)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .map(Officer::try_from)
    .transpose()
}

/// Also one who is disabled: look at [`Secrets::disabled_at`].
pub async fn by_login(tx: &mut Tx, login: &str) -> Result<Option<(Officer, Secrets)>> {
    on!(tx, |c| sqlx::query_as::<_, SecretRow>(BY_LOGIN)
        .bind(login)
        .fetch_optional(c)
        .await?)
    .map(|row| {
        let secrets = Secrets {
            password_hash: row.password_hash,
            totp_sealed: row.totp_sealed,
            totp_last_step: row.totp_last_step,
            failed_count: row.failed_count,
            locked_until: row.locked_until.map(Micros),
            disabled_at: row.disabled_at.map(Micros),
        };
        Ok((Officer::try_from(row.officer)?, secrets))
    })
    .transpose()
}

/// A user as a list shows him.
#[derive(Debug, Clone)]
pub struct Listed {
    pub officer: Officer,
    /// Name of his unit.
    pub unit: String,
    pub disabled_at: Option<Micros>,
    pub locked_until: Option<Micros>,
}

/// The users of a unit and those below it, by unit and login.
pub async fn list_below(tx: &mut Tx, path: &UnitPath, limit: u32) -> Result<Vec<Listed>> {
    on!(tx, |c| sqlx::query_as::<_, ListedRow>(LIST_BELOW)
        .bind(&path.0)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await?)
    .into_iter()
    .map(|row| {
        Ok(Listed {
            officer: row.officer.try_into()?,
            unit: row.unit_name,
            disabled_at: row.disabled_at.map(Micros),
            locked_until: row.locked_until.map(Micros),
        })
    })
    .collect()
}

/// All officers, the disabled ones too: none means a house that was never set up.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    Ok(on!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT)
        .fetch_one(c)
        .await?))
}

/// Counts a failed sign-in and returns the failures since the last success. Several at once are all counted.
///
/// [`Error::Lost`] when there is no such officer.
pub async fn note_failure(tx: &mut Tx, id: OfficerId) -> Result<i32> {
    on!(tx, |c| sqlx::query_scalar::<_, i32>(NOTE_FAILURE)
        .bind(id.0)
        .fetch_optional(c)
        .await?)
    .ok_or(Error::Lost)
}

/// Nobody signs in before `until`.
pub async fn lock(tx: &mut Tx, id: OfficerId, until: Micros) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(LOCK)
        .bind(id.0)
        .bind(until.0)
        .execute(c)
        .await?
        .rows_affected()))
}

/// Uses up a time-based code and forgets the failures.
///
/// [`Error::Lost`] when this step or a later one was used before, or the officer is disabled.
pub async fn note_success(tx: &mut Tx, id: OfficerId, totp_step: i64) -> Result<()> {
    changed(on!(tx, |c| sqlx::query(NOTE_SUCCESS)
        .bind(id.0)
        .bind(totp_step)
        .execute(c)
        .await?
        .rows_affected()))
}

#[derive(FromRow)]
#[expect(
    clippy::struct_field_names,
    reason = "the prefix keeps joined columns apart"
)]
pub(crate) struct Row {
    o_id: Uuid,
    o_unit_id: Uuid,
    o_login: String,
    o_name: String,
    o_role: String,
}

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    officer: Row,
    unit_name: String,
    disabled_at: Option<i64>,
    locked_until: Option<i64>,
}

#[derive(FromRow)]
struct SecretRow {
    #[sqlx(flatten)]
    officer: Row,
    password_hash: String,
    totp_sealed: Vec<u8>,
    totp_last_step: i64,
    failed_count: i32,
    locked_until: Option<i64>,
    disabled_at: Option<i64>,
}

impl TryFrom<Row> for Officer {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: OfficerId(row.o_id),
            unit: OrgUnitId(row.o_unit_id),
            login: row.o_login,
            name: row.o_name,
            role: parse("officer.role", &row.o_role)?,
        })
    }
}

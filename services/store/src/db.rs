use std::{path::Path, time::Duration};

use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePoolOptions,
        SqliteSynchronous,
    },
};

use crate::{
    Error, Result,
    fate::{Death, Fate, died},
};

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// The one writer is never replaced: it has no server that would close it.
const SQLITE_WRITERS: u32 = 1;
/// Pages of the log after which SQLite copies them to the database file: 4 MiB.
const SQLITE_CHECKPOINT_PAGES: &str = "1000";
/// More than there are texts: none is ever prepared a second time.
const SQLITE_STATEMENTS: usize = 1_024;
/// Pages that a connection keeps in memory, as KiB below zero: 16 MiB.
const SQLITE_CACHE: &str = "-16384";
/// The same where one connection does everything, and the file lies in memory anyway: 4 MiB. More would be slower: after each commit that balanced a
/// tree SQLite walks through all pages that it keeps (`balance_nonroot` numbers pages beyond the file's end for a moment, and what lies there
/// is dropped).
const SIMULATED_CACHE: &str = "-4096";
/// Bytes of that file that are read where they lie, without a copy: 2 GiB, as much as SQLite allows.
const SIMULATED_MMAP: &str = "2147418112";

/// Declares the SQL texts of a module, and the list of them that a test prepares on both databases.
macro_rules! sql {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* const $name: &str = $text;)+
        pub(crate) const TEXTS: &[(&str, &str)] =
            &[$((concat!(module_path!(), "::", stringify!($name)), $name)),+];
    };
}
pub(crate) use sql;

/// Runs one expression on whichever database the transaction is on, within its time; errors return.
macro_rules! on {
    ($tx:expr, |$connection:ident| $body:expr) => {{
        let limit = $tx.statement_timeout;
        match &mut $tx.inner {
            $crate::db::Inner::Sqlite(inner) => {
                let $connection = &mut **inner;
                $crate::db::within(limit, async { Ok($body) }).await?
            }
            $crate::db::Inner::Postgres(inner) => {
                let $connection = &mut **inner;
                $crate::db::within(limit, async { Ok($body) }).await?
            }
        }
    }};
}
pub(crate) use on;

sql! {
    PING = "SELECT 1";
}

/// How a database is opened. None of the times is for ever: what takes longer is [`Error::Unavailable`].
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Connections at most: on PostgreSQL all of them, on SQLite those that read (one more writes).
    pub connections_max: u32,
    /// Longest wait for a free connection, milliseconds.
    pub acquire_timeout_ms: u64,
    /// Longest wait for a lock that somebody else holds (SQLite: the write lock; PostgreSQL: a row), milliseconds.
    pub busy_timeout_ms: u64,
    /// Longest time of one statement, milliseconds; above `busy_timeout_ms`, which is part of it. Migrations have no limit.
    pub statement_timeout_ms: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            connections_max: 8,
            acquire_timeout_ms: 3_000,
            busy_timeout_ms: 2_000,
            statement_timeout_ms: 10_000,
        }
    }
}

/// A database, open. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
    statement_timeout: Duration,
    /// Of a simulated process.
    fate: Option<Fate>,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    pub(crate) inner: Inner,
    pub(crate) statement_timeout: Duration,
    fate: Option<Fate>,
}

pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Store {
    /// Opens `sqlite:path` (the file is created when missing, its directory is not) or `postgres://…`.
    ///
    /// [`Error::Unavailable`] when it cannot be reached; [`Error::Other`] for any other kind of address.
    pub async fn open(url: &str, config: &StoreConfig) -> Result<Self> {
        let pools = if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            open_sqlite(Path::new(path), config).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, config).await?
        } else {
            return Err(Error::Other(
                "a database address begins with sqlite: or postgres://".into(),
            ));
        };
        Ok(Self::new(pools, config, None))
    }

    /// As [`Self::open`] for the SQLite file of a simulation: all transactions come one after the other on one connection that has the file
    /// for itself, nothing is synced to the disk, and commits end as `fate` has it.
    pub async fn simulated(path: &Path, config: &StoreConfig, fate: Fate) -> Result<Self> {
        let options = sqlite_options(path, config)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", SIMULATED_CACHE)
            .pragma("mmap_size", SIMULATED_MMAP);
        let writer = sqlite_pool(SQLITE_WRITERS, config);
        let writer = writer.connect_with(options).await?;
        let readers = writer.clone();
        let pools = Pools::Sqlite { readers, writer };
        Ok(Self::new(pools, config, Some(fate)))
    }

    fn new(pools: Pools, config: &StoreConfig, fate: Option<Fate>) -> Self {
        Self {
            pools,
            statement_timeout: Duration::from_millis(config.statement_timeout_ms),
            fate,
        }
    }

    /// Brings the tables up to date, forward only. Several processes may call it at once on PostgreSQL.
    ///
    /// [`Error::Other`] when the database was migrated by a later version, or an applied migration is not the one we know.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => MIGRATIONS.run(writer).await?,
            Pools::Postgres(pool) => {
                // Not given back to the pool, since it has no limits any more.
                let mut connection = pool.acquire().await?.detach();
                sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0;")
                    .execute(&mut connection)
                    .await?;
                MIGRATIONS.run(&mut connection).await?;
            }
        }
        Ok(())
    }

    /// A transaction that sees one moment of the database and refuses every change.
    pub async fn read(&self) -> Result<Tx> {
        self.alive()?;
        let inner = match &self.pools {
            Pools::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Inner::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        };
        Ok(self.tx(inner))
    }

    /// A transaction that may write. On SQLite it holds the one write lock from here on; on PostgreSQL it runs at `READ COMMITTED`, so
    /// that every statement sees what others have committed before it.
    pub async fn write(&self) -> Result<Tx> {
        self.alive()?;
        let inner = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Inner::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?)
            }
            Pools::Postgres(pool) => Inner::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
                    .await?,
            ),
        };
        Ok(self.tx(inner))
    }

    /// Does the database answer?
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.read().await?;
        on!(tx, |c| sqlx::query(PING).execute(c).await?.rows_affected());
        Ok(())
    }

    /// `sqlite` or `postgres`.
    pub const fn backend(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgres",
        }
    }

    /// Closes all connections; whoever still waits for one gets [`Error::Unavailable`].
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    fn alive(&self) -> Result<()> {
        match &self.fate {
            Some(fate) if fate.dead() => Err(died()),
            _ => Ok(()),
        }
    }

    fn tx(&self, inner: Inner) -> Tx {
        Tx {
            inner,
            statement_timeout: self.statement_timeout,
            fate: self.fate.clone(),
        }
    }
}

impl Tx {
    /// Makes all of it last. After [`Error::Unavailable`] it may have been done or not.
    pub async fn commit(self) -> Result<()> {
        let limit = self.statement_timeout;
        let death = self.fate.as_ref().map_or(Ok(None), Fate::meet)?;
        if death == Some(Death::Before) {
            return Err(died());
        }
        match self.inner {
            Inner::Sqlite(inner) => within(limit, inner.commit()).await?,
            Inner::Postgres(inner) => within(limit, inner.commit()).await?,
        }
        if death.is_some() { Err(died()) } else { Ok(()) }
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tx")
    }
}

/// Waits no longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> Result<T> {
    Ok(tokio::time::timeout(limit, work).await??)
}

async fn open_sqlite(path: &Path, config: &StoreConfig) -> Result<Pools> {
    let options = sqlite_options(path, config);
    // The writer comes first: it makes the file.
    let writer = sqlite_pool(SQLITE_WRITERS, config);
    let writer = writer.connect_with(options.clone()).await?;
    let readers = sqlite_pool(config.connections_max, config)
        .connect_with(options.pragma("query_only", "ON"))
        .await?;
    Ok(Pools::Sqlite { readers, writer })
}

/// FULL: a commit is on the disk before it returns, since acknowledged means durable.
fn sqlite_options(path: &Path, config: &StoreConfig) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .statement_cache_capacity(SQLITE_STATEMENTS)
        .pragma("cache_size", SQLITE_CACHE)
        .pragma("wal_autocheckpoint", SQLITE_CHECKPOINT_PAGES)
        .busy_timeout(Duration::from_millis(config.busy_timeout_ms))
}

fn sqlite_pool(connections: u32, config: &StoreConfig) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_millis(config.acquire_timeout_ms))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

async fn open_postgres(url: &str, config: &StoreConfig) -> Result<Pools> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.application_name("muster").options([
        ("lock_timeout", config.busy_timeout_ms),
        ("statement_timeout", config.statement_timeout_ms),
        // A transaction whose process hangs must not hold its locks for ever.
        (
            "idle_in_transaction_session_timeout",
            config.statement_timeout_ms,
        ),
    ]);
    let pool = PgPoolOptions::new()
        .max_connections(config.connections_max)
        .acquire_timeout(Duration::from_millis(config.acquire_timeout_ms))
        .connect_with(options)
        .await?;
    Ok(Pools::Postgres(pool))
}

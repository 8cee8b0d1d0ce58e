use std::{env, panic::AssertUnwindSafe};

use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Names the address of a PostgreSQL whose user may create databases, on loopback. [`crate::cluster::Cluster`] makes one.
pub const POSTGRES_ENV: &str = "MUSTER_TEST_POSTGRES";

/// A fresh, empty database.
pub struct Database {
    /// As `Store::open` takes it.
    pub url: String,
    place: Place,
}

enum Place {
    Sqlite(TempDir),
    Postgres { admin: String, name: String },
}

impl Database {
    /// A file in a directory of its own, both gone when the value is dropped.
    pub fn sqlite() -> Self {
        let dir = TempDir::with_prefix("muster-test-").expect("a temporary directory");
        let file = dir.path().join("muster.sqlite");
        Self {
            url: format!("sqlite:{}", file.display()),
            place: Place::Sqlite(dir),
        }
    }

    /// A database with a name of its own beside the one at `admin`; [`Database::remove`] takes it away.
    pub async fn postgres(admin: &str) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "only the name of a throw-away database"
        )]
        let name = format!("muster_test_{}", Uuid::now_v7().simple());
        run(admin, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let (server, _) = admin
            .rsplit_once('/')
            .expect("the address ends with the name of a database");
        Self {
            url: format!("{server}/{name}"),
            place: Place::Postgres {
                admin: admin.to_owned(),
                name,
            },
        }
    }

    /// Deletes it, whoever is still connected.
    pub async fn remove(self) {
        match self.place {
            Place::Sqlite(dir) => drop(dir),
            Place::Postgres { admin, name } => {
                run(&admin, format!("DROP DATABASE {name} WITH (FORCE)")).await;
            }
        }
    }
}

/// Runs a test on a fresh database of each kind, one after the other, and removes them even when it panics. Without
/// [`POSTGRES_ENV`] it says so and leaves the PostgreSQL half out.
#[expect(clippy::print_stdout, reason = "a test says what it left out")]
pub async fn for_each_database<F>(test: impl Fn(String) -> F)
where
    F: Future<Output = ()>,
{
    run_on(Database::sqlite(), &test).await;
    match env::var(POSTGRES_ENV) {
        Ok(admin) => run_on(Database::postgres(&admin).await, &test).await,
        Err(_) => {
            println!("skipped on PostgreSQL: {POSTGRES_ENV} names no server");
        }
    }
}

#[expect(clippy::print_stdout, reason = "a test says where it ran")]
async fn run_on<F>(database: Database, test: &impl Fn(String) -> F)
where
    F: Future<Output = ()>,
{
    println!("on {}", database.url);
    let outcome = AssertUnwindSafe(test(database.url.clone()))
        .catch_unwind()
        .await;
    database.remove().await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// Runs one statement; `sql` is made of constants and a name of ours.
async fn run(admin: &str, sql: String) {
    let mut connection = PgConnection::connect(admin)
        .await
        .unwrap_or_else(|why| panic!("{POSTGRES_ENV} cannot be reached: {why}"));
    connection
        .execute(AssertSqlSafe(sql))
        .await
        .expect("the user may create and drop databases");
    connection.close().await.expect("the connection can end");
}

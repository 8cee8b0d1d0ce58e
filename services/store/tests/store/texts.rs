use std::{fs, path::Path};

use sqlx::{Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection};
use testkit::for_each_database;

use crate::scene::open;

#[tokio::test]
async fn every_text_prepares_on_both_databases() {
    for_each_database(|url| async move {
        let store = open(&url).await;
        assert!(store::texts().count() > 60);
        for (name, text) in store::texts() {
            let prepared = if url.starts_with("sqlite:") {
                let mut connection = SqliteConnection::connect(&url).await.unwrap();
                connection.prepare(text.into_sql_str()).await.map(drop)
            } else {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                connection.prepare(text.into_sql_str()).await.map(drop)
            };
            prepared.unwrap_or_else(|why| panic!("{name} on {}: {why}", store.backend()));
        }
        store.close().await;
    })
    .await;
}

#[test]
fn no_text_stands_outside_the_registered_ones() {
    fn look(dir: &Path, found: &mut usize) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for (place, _) in source.match_indices("sqlx::query") {
                let call = &source[place..];
                let argument = call.split_once('(').unwrap().1.trim_start();
                assert!(
                    argument.starts_with(|first: char| first.is_ascii_uppercase()),
                    "{}: {}",
                    path.display(),
                    call.lines().next().unwrap()
                );
                *found += 1;
            }
        }
    }
    let mut found = 0;
    look(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    assert!(found > 60);
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    for_each_database(|url| async move {
        let store = open(&url).await;
        store.migrate().await.unwrap();
        store.ping().await.unwrap();
        store.close().await;
    })
    .await;
}

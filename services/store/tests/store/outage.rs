use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, SqliteConnection};
use store::{Error, Store, StoreConfig};
use testkit::{Database, cluster::Cluster, for_each_database};

use crate::scene::{Scene, open, person, scope};

/// Far below what a client waits, with room for a busy machine.
const SOON: Duration = Duration::from_secs(8);

fn impatient() -> StoreConfig {
    StoreConfig {
        connections_max: 2,
        acquire_timeout_ms: 1_000,
        busy_timeout_ms: 300,
        statement_timeout_ms: 2_000,
    }
}

#[tokio::test]
async fn a_locked_file_is_unavailable_and_heals() {
    let database = Database::sqlite();
    let scene = Scene::new(&database.url).await;
    let store = Store::open(&database.url, &impatient()).await.unwrap();
    let mut other = SqliteConnection::connect(&database.url).await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();

    let began = Instant::now();
    let refused = store.write().await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    assert!(began.elapsed() < SOON);
    let mut tx = store.read().await.unwrap();
    let found = store::person::get(&mut tx, scene.person.id).await;
    assert!(found.unwrap().is_some(), "readers go on");
    drop(tx);

    other.execute("ROLLBACK").await.unwrap();
    store.write().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_pool_that_is_used_up_is_unavailable_in_time() {
    for_each_database(|url| async move {
        open(&url).await.close().await;
        let store = Store::open(&url, &impatient()).await.unwrap();
        let held = [store.read().await.unwrap(), store.read().await.unwrap()];
        let began = Instant::now();
        let refused = store.read().await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        assert!(began.elapsed() < SOON);
        drop(held);
        store.read().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_is_unavailable_and_heals() {
    let mut cluster = match Cluster::start() {
        Ok(cluster) => cluster,
        Err(why) => {
            println!("skipped on PostgreSQL: {why:#}");
            return;
        }
    };
    let scene = Scene::new(&cluster.url()).await;
    let mut tx = scene.store.write().await.unwrap();
    let gone = person(&scene.unit);
    store::person::insert(&mut tx, &gone).await.unwrap();

    cluster.stop().unwrap();
    let began = Instant::now();
    let lost = tx.commit().await;
    assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
    for refused in [scene.store.write().await, scene.store.read().await] {
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    }
    let opened = Store::open(&cluster.url(), &impatient()).await;
    assert!(matches!(opened, Err(Error::Unavailable(_))), "{opened:?}");
    assert!(began.elapsed() < SOON * 2);

    cluster.resume().unwrap();
    let mut tx = scene.store.read().await.unwrap();
    let found = store::person::get(&mut tx, gone.id).await.unwrap();
    assert!(found.is_none(), "what was not committed is not there");
    drop(tx);
    scene.store.close().await;
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_half_written() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let (kept, dropped) = (person(&scene.unit), person(&scene.unit));
        let work = async {
            let mut tx = scene.store.write().await.unwrap();
            store::person::insert(&mut tx, &dropped).await.unwrap();
            store::person_key::insert(&mut tx, dropped.id, &[1], "master")
                .await
                .unwrap();
            // The request is cancelled here, as when the client hangs up.
            std::future::pending::<()>().await;
        };
        let cancelled = tokio::time::timeout(Duration::from_millis(300), work).await;
        assert!(cancelled.is_err());

        let mut tx = scene.store.write().await.unwrap();
        store::person::insert(&mut tx, &kept).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = scene.store.read().await.unwrap();
        let found = store::person::get(&mut tx, dropped.id).await.unwrap();
        assert!(found.is_none());
        let key = store::person_key::get(&mut tx, dropped.id).await.unwrap();
        assert!(key.is_none());
        let found = store::person::get(&mut tx, kept.id).await.unwrap();
        assert_eq!(found, Some(kept));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_statement_does_not_spoil_the_connection() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        for _ in 0..20 {
            let work = async {
                let mut tx = scene.store.write().await.unwrap();
                loop {
                    let person = person(&scene.unit);
                    store::person::insert(&mut tx, &person).await.unwrap();
                }
            };
            let cancelled = tokio::time::timeout(Duration::from_millis(7), work).await;
            assert!(cancelled.is_err());
        }
        let mut tx = scene.store.read().await.unwrap();
        let persons =
            store::person::list_within(&mut tx, &scope(&scene.unit), false, None, 10).await;
        assert_eq!(persons.unwrap(), std::slice::from_ref(&scene.person));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_reading_transaction_refuses_to_write() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.read().await.unwrap();
        let refused = store::person::insert(&mut tx, &person(&scene.unit)).await;
        assert!(matches!(refused, Err(Error::Other(_))), "{refused:?}");
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_reading_transaction_sees_one_moment() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut before = scene.store.read().await.unwrap();
        let officers = store::officer::count(&mut before).await.unwrap();
        assert_eq!(officers, 1);
        let late = person(&scene.unit);
        let mut tx = scene.store.write().await.unwrap();
        store::person::insert(&mut tx, &late).await.unwrap();
        tx.commit().await.unwrap();
        let found = store::person::get(&mut before, late.id).await.unwrap();
        assert!(found.is_none());
        drop(before);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_lock_on_a_duty_is_waited_for_but_not_for_ever() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let other = Store::open(&url, &impatient()).await.unwrap();
        let mut tx = scene.store.write().await.unwrap();
        let marked = store::duty::lock(&mut tx, scene.duty.id).await.unwrap();
        assert_eq!(marked.unwrap().duty, scene.duty);
        let second = async {
            let mut tx = other.write().await?;
            store::duty::lock(&mut tx, scene.duty.id).await
        };
        let began = Instant::now();
        let refused = second.await;
        assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
        assert!(began.elapsed() < SOON);
        tx.commit().await.unwrap();
        let mut tx = other.write().await.unwrap();
        store::duty::lock(&mut tx, scene.duty.id).await.unwrap();
        drop(tx);
        other.close().await;
        scene.store.close().await;
    })
    .await;
}

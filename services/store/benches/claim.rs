//! How many attempts a second one worker can take from the queue and conclude, each in two durable transactions.

#[path = "../tests/store/scene.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod scene;

use divan::{Bencher, counter::ItemsCount};
use testkit::{Database, cluster::Cluster};
use tokio::runtime::Runtime;

use scene::{Scene, VERIFIED, at, conclusion, nothing_seen};

const SAMPLES: u32 = 100;
const PER_SAMPLE: u32 = 10;

fn main() {
    divan::main();
}

#[divan::bench(sample_count = SAMPLES, sample_size = PER_SAMPLE)]
fn claim_and_finish_on_sqlite(bencher: Bencher) {
    let runtime = Runtime::new().expect("threads can be started");
    let database = Database::sqlite();
    run(bencher, &runtime, &database.url);
}

#[divan::bench(sample_count = SAMPLES, sample_size = PER_SAMPLE)]
fn claim_and_finish_on_postgres(bencher: Bencher) {
    let runtime = Runtime::new().expect("threads can be started");
    let cluster = Cluster::start_durable().expect("PostgreSQL is installed");
    run(bencher, &runtime, &cluster.url());
}

fn run(bencher: Bencher, runtime: &Runtime, url: &str) {
    let scene = runtime.block_on(async {
        let scene = Scene::new(url).await;
        // One sample more than is measured, since there may be one to warm up.
        scene.submitted((SAMPLES + 1) * PER_SAMPLE).await;
        scene
    });
    let seen = nothing_seen();
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        runtime.block_on(async {
            let mut tx = scene.store.write().await.expect("a connection");
            let claim = store::checkin::claim_next(&mut tx, at(2_000), at(9_000))
                .await
                .expect("the database works")
                .expect("enough was submitted");
            tx.commit().await.expect("the claim is kept");
            let mut tx = scene.store.write().await.expect("a connection");
            store::checkin::finish(&mut tx, &claim, &conclusion(&seen, &VERIFIED, at(2_001)))
                .await
                .expect("the claim holds");
            tx.commit().await.expect("the verdict is kept");
        });
    });
    runtime.block_on(scene.store.close());
}

use std::{sync::atomic::AtomicU64, time::Duration};

use tokio::{task::JoinSet, time::timeout};

use super::{job::Work, *};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A worker that answers with the prompt it was given. "panic" makes it break down, "slow" makes it wait for the gate.
#[derive(Clone, Default)]
pub(super) struct Echo {
    gate: Arc<Mutex<()>>,
    begun: Arc<AtomicU64>,
    answered: Arc<AtomicU64>,
    loads: Arc<AtomicU64>,
    /// It loads this often; then it fails.
    loads_max: Option<u64>,
}

impl Echo {
    pub fn load(&self) -> Result<Self, Error> {
        let loads = self.loads.fetch_add(1, Ordering::SeqCst);
        if self.loads_max.is_some_and(|most| loads >= most) {
            return Err(Error::Absent);
        }
        Ok(self.clone())
    }

    pub fn answer(&self, work: Work) {
        let Work::Verify(probe, reply) = work else {
            return work.refuse(Error::Absent);
        };
        let prompt = probe.prompt.unwrap_or_default();
        assert_ne!(prompt, "panic", "as the test asked");
        self.begun.fetch_add(1, Ordering::SeqCst);
        if prompt == "slow" {
            drop(self.gate.lock());
        }
        self.answered.fetch_add(1, Ordering::SeqCst);
        let measured = Measurement {
            pack: Some(prompt),
            pictures: Vec::new(),
            voice: None,
            presence: None,
        };
        drop(reply.send(Ok(measured)));
    }
}

fn pool(echo: &Echo, threads: usize, queue_len_max: usize) -> Pool {
    let config = PoolConfig {
        threads,
        queue_len_max,
        batch_max: 4,
    };
    Pool::spawn(
        "echo@1".to_owned(),
        calibration(),
        &Arc::new(Source::Echo(echo.clone())),
        config,
    )
    .unwrap()
}

/// Of a pack that says nothing.
fn calibration() -> Calibration {
    Calibration {
        scale: 1.0,
        offset: 0.0,
        llr_min: -1.0,
        llr_max: 1.0,
        data: String::new(),
        data_sha256: String::new(),
        date: String::new(),
        genuine: 0,
        impostor: 0,
    }
}

fn asking(prompt: &str) -> Probe {
    Probe {
        prompt: Some(prompt.to_owned()),
        ..Probe::default()
    }
}

async fn ask(pool: &Pool, prompt: &str) -> Result<Option<String>, Error> {
    let place = pool.reserve().await?;
    place
        .verify(asking(prompt))
        .await
        .map(|measured| measured.pack)
}

#[tokio::test]
async fn every_answer_goes_to_the_one_who_asked() {
    let pool = Arc::new(pool(&Echo::default(), 3, 5));
    let mut asked = JoinSet::new();
    for number in 0..200 {
        let pool = pool.clone();
        asked.spawn(async move {
            let prompt = number.to_string();
            assert_eq!(ask(&pool, &prompt).await.unwrap(), Some(prompt));
        });
    }
    while let Some(done) = timeout(PATIENCE, asked.join_next()).await.unwrap() {
        done.unwrap();
    }
    assert_eq!(pool.timings().queue.count, 200);
}

#[tokio::test]
async fn a_full_pool_refuses_and_lets_others_wait() {
    let pool = pool(&Echo::default(), 1, 2);
    let first = pool.try_reserve().unwrap();
    let second = pool.try_reserve().unwrap();
    assert!(pool.try_reserve().is_none());
    assert!(
        timeout(Duration::from_millis(20), pool.reserve())
            .await
            .is_err()
    );
    drop(first);
    let third = timeout(PATIENCE, pool.reserve()).await.unwrap().unwrap();
    assert_eq!(
        third.verify(asking("third")).await.unwrap().pack.as_deref(),
        Some("third")
    );
    drop(second);
}

#[tokio::test]
async fn the_room_comes_back_after_the_answer() {
    let pool = pool(&Echo::default(), 1, 1);
    for _ in 0..20 {
        assert_eq!(
            timeout(PATIENCE, ask(&pool, "again"))
                .await
                .unwrap()
                .unwrap()
                .as_deref(),
            Some("again")
        );
    }
}

#[tokio::test]
async fn what_nobody_waits_for_is_skipped() {
    let echo = Echo::default();
    let pool = pool(&echo, 1, 8);
    let shut = echo.gate.lock().unwrap();
    let (reply, answer) = oneshot::channel();
    pool.try_reserve()
        .unwrap()
        .send(Work::Verify(asking("slow"), reply))
        .unwrap();
    while echo.begun.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    for _ in 0..3 {
        let (reply, gone) = oneshot::channel();
        pool.try_reserve()
            .unwrap()
            .send(Work::Verify(asking("gone"), reply))
            .unwrap();
        drop(gone);
    }
    drop(shut);
    answer.await.unwrap().unwrap();
    assert_eq!(ask(&pool, "after").await.unwrap().as_deref(), Some("after"));
    assert_eq!(echo.answered.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_thread_that_breaks_down_says_so_and_comes_back() {
    let echo = Echo::default();
    let pool = pool(&echo, 1, 4);
    assert!(matches!(ask(&pool, "panic").await, Err(Error::Lost)));
    assert_eq!(
        timeout(PATIENCE, ask(&pool, "fine"))
            .await
            .unwrap()
            .unwrap()
            .as_deref(),
        Some("fine")
    );
    assert_eq!(echo.loads.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn when_the_last_thread_ends_everyone_is_refused() {
    let pool = pool(
        &Echo {
            loads_max: Some(1),
            ..Echo::default()
        },
        1,
        1,
    );
    let waiting = pool.reserve().await.unwrap();
    let refused = timeout(PATIENCE, async {
        let lost = waiting.verify(asking("panic")).await;
        (lost, ask(&pool, "next").await)
    });
    let (lost, next) = refused.await.unwrap();
    assert!(matches!(lost, Err(Error::Lost)));
    assert!(matches!(next, Err(Error::Closed | Error::Lost)));
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_refuses_what_waits_and_joins() {
    let echo = Echo::default();
    let pool = pool(&echo, 1, 4);
    let kept = pool.try_reserve().unwrap();
    let shut = echo.gate.lock().unwrap();
    let (reply, held) = oneshot::channel();
    pool.try_reserve()
        .unwrap()
        .send(Work::Verify(asking("slow"), reply))
        .unwrap();
    while echo.begun.load(Ordering::SeqCst) == 0 {
        thread::yield_now();
    }
    let (reply, waiting) = oneshot::channel();
    pool.try_reserve()
        .unwrap()
        .send(Work::Verify(asking("late"), reply))
        .unwrap();
    let shared = pool.shared.clone();
    let dropping = thread::spawn(move || drop(pool));
    while !shared.closing.load(Ordering::Acquire) {
        thread::yield_now();
    }
    drop(shut);
    dropping.join().unwrap();
    assert_eq!(held.await.unwrap().unwrap().pack.as_deref(), Some("slow"));
    assert!(matches!(waiting.await.unwrap(), Err(Error::Closed)));
    assert!(matches!(
        kept.verify(asking("too late")).await,
        Err(Error::Closed)
    ));
    assert_eq!(shared.alive.load(Ordering::SeqCst), 0);
}

#[test]
fn a_pool_that_cannot_load_says_why() {
    let echo = Echo {
        loads_max: Some(1),
        ..Echo::default()
    };
    let config = PoolConfig {
        threads: 2,
        queue_len_max: 1,
        batch_max: 1,
    };
    let failed = Pool::spawn(
        "echo@1".to_owned(),
        calibration(),
        &Arc::new(Source::Echo(echo)),
        config,
    );
    assert!(matches!(failed, Err(Error::Absent)));
}

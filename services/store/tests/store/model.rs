use domain::{
    Micros,
    checkin::{Checkin, Decision, Move, State, next},
    verdict::Verdict,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseResult, TestRunner},
};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use store::{
    Error, Tx,
    checkin::{Claim, Facts, Ruling},
};
use testkit::{Database, POSTGRES_ENV};

use crate::scene::{Scene, VERIFIED, at, conclusion, nothing_seen, review};

const CASES: u32 = 40;
const LEASE_MS: i64 = 30_000;

/// What happens to the house; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Op {
    Open,
    Submit(prop::sample::Index),
    Claim,
    Renew(prop::sample::Index),
    Release(prop::sample::Index),
    Finish(prop::sample::Index, bool),
    Decide(prop::sample::Index, bool),
    Expire,
    Wait(i64),
}

fn op() -> impl Strategy<Value = Op> {
    let which = any::<prop::sample::Index>;
    prop_oneof![
        3 => Just(Op::Open),
        4 => which().prop_map(Op::Submit),
        5 => Just(Op::Claim),
        1 => which().prop_map(Op::Renew),
        2 => which().prop_map(Op::Release),
        4 => (which(), any::<bool>()).prop_map(|(which, good)| Op::Finish(which, good)),
        2 => (which(), any::<bool>()).prop_map(|(which, accept)| Op::Decide(which, accept)),
        1 => Just(Op::Expire),
        2 => (1..LEASE_MS).prop_map(Op::Wait),
    ]
}

/// One attempt as it should be.
#[derive(Debug)]
struct Row {
    checkin: Checkin,
    lease_until: Option<Micros>,
    conclusions: u32,
}

struct Model {
    now: Micros,
    rows: Vec<Row>,
    /// All claims ever given, the stale ones too.
    claims: Vec<Claim>,
}

#[test]
fn whatever_happens_an_acknowledged_attempt_is_concluded_at_most_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut databases = vec![Database::sqlite()];
    match std::env::var(POSTGRES_ENV) {
        Ok(admin) => databases.push(runtime.block_on(Database::postgres(&admin))),
        Err(_) => println!("skipped on PostgreSQL: {POSTGRES_ENV} names no server"),
    }
    for database in databases {
        let scene = runtime.block_on(Scene::new(&database.url));
        let mut runner = TestRunner::new(Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&prop::collection::vec(op(), 1..60), |ops| {
            runtime.block_on(async {
                clear(&database.url).await;
                run(&scene, ops).await
            })
        });
        runtime.block_on(async {
            scene.store.close().await;
            database.remove().await;
        });
        outcome.unwrap_or_else(|why| panic!("{why}"));
    }
}

async fn clear(url: &str) {
    const CLEAR: &str = "DELETE FROM checkin";
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        connection.execute(CLEAR).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(CLEAR).await.unwrap();
        connection.close().await.unwrap();
    }
}

async fn run(scene: &Scene, ops: Vec<Op>) -> TestCaseResult {
    let mut model = Model {
        now: at(1_000),
        rows: Vec::new(),
        claims: Vec::new(),
    };
    for op in ops {
        let mut tx = scene.store.write().await.unwrap();
        model.step(scene, &mut tx, &op).await?;
        tx.commit().await.unwrap();
        model.compare(scene).await?;
    }
    Ok(())
}

impl Model {
    async fn step(&mut self, scene: &Scene, tx: &mut Tx, op: &Op) -> TestCaseResult {
        let now = self.now;
        match op {
            Op::Wait(ms) => self.now = now.plus_ms(*ms),
            Op::Open => {
                let mut checkin = scene.checkin();
                checkin.opened_at = now;
                checkin.expires_at = now.plus_ms(LEASE_MS);
                store::checkin::open(tx, &checkin).await.unwrap();
                self.rows.push(Row {
                    checkin,
                    lease_until: None,
                    conclusions: 0,
                });
            }
            Op::Submit(which) if !self.rows.is_empty() => {
                let row = which.get_mut(&mut self.rows);
                let done = store::checkin::submit(tx, row.checkin.id, &Facts::new(), now).await;
                let may = now <= row.checkin.expires_at;
                if apply(&mut row.checkin, Move::Submit, may, &done)? {
                    row.checkin.submitted_at = Some(now);
                }
            }
            Op::Claim => self.claim(tx).await?,
            Op::Renew(_) | Op::Release(_) | Op::Finish(..) => self.work(tx, op).await?,
            Op::Decide(which, accept) if !self.rows.is_empty() => {
                let row = which.get_mut(&mut self.rows);
                let decision = if *accept {
                    Decision::Accept
                } else {
                    Decision::Decline
                };
                let by = Move::Decide(decision);
                let state = next(State::Review, by).unwrap();
                let ruling = Ruling {
                    decision,
                    officer: scene.officer.id,
                    reason: "seen".into(),
                    at: now,
                };
                let done =
                    store::checkin::decide(tx, row.checkin.id, (State::Review, state), &ruling)
                        .await;
                apply(&mut row.checkin, by, true, &done)?;
            }
            Op::Expire => {
                let expired = store::checkin::expire(tx, now, 1_000).await.unwrap();
                let mut expected = 0;
                for row in &mut self.rows {
                    if row.checkin.state == State::Open && row.checkin.expires_at < now {
                        row.checkin.state = next(State::Open, Move::Expire).unwrap();
                        expected += 1;
                    }
                }
                prop_assert_eq!(expired.len(), expected);
            }
            Op::Submit(_) | Op::Decide(..) => {}
        }
        Ok(())
    }

    async fn claim(&mut self, tx: &mut Tx) -> TestCaseResult {
        let until = self.now.plus_ms(LEASE_MS);
        let claim = store::checkin::claim_next(tx, self.now, until)
            .await
            .unwrap();
        let free = self.rows.iter_mut().filter(|row| match row.checkin.state {
            State::Queued => true,
            State::Running => row.lease_until < Some(self.now),
            State::Open
            | State::Verified
            | State::Retry
            | State::Review
            | State::Accepted
            | State::Declined
            | State::AskedAgain
            | State::Expired => false,
        });
        let oldest = free.min_by_key(|row| (row.checkin.submitted_at, row.checkin.id));
        let expected = oldest.map(|row| {
            row.checkin.state = next(row.checkin.state, Move::Claim).unwrap();
            row.checkin.claim += 1;
            row.lease_until = Some(until);
            (row.checkin.id, row.checkin.claim)
        });
        let got = claim.as_ref().map(|claim| (claim.checkin, claim.number));
        prop_assert_eq!(got, expected);
        self.claims.extend(claim);
        Ok(())
    }

    /// What the holder of some claim does, stale or not.
    async fn work(&mut self, tx: &mut Tx, op: &Op) -> TestCaseResult {
        let (Op::Renew(which) | Op::Release(which) | Op::Finish(which, _)) = op else {
            return Ok(());
        };
        if self.claims.is_empty() {
            return Ok(());
        }
        let (now, claim) = (self.now, which.get(&self.claims).clone());
        let row = self
            .rows
            .iter_mut()
            .find(|row| row.checkin.id == claim.checkin)
            .expect("a claim is on an attempt");
        let holds = row.checkin.state == State::Running && row.checkin.claim == claim.number;
        let done = match op {
            Op::Renew(_) => store::checkin::renew(tx, &claim, now.plus_ms(LEASE_MS)).await,
            Op::Release(_) => store::checkin::release(tx, &claim).await,
            Op::Open
            | Op::Submit(_)
            | Op::Claim
            | Op::Finish(..)
            | Op::Decide(..)
            | Op::Expire
            | Op::Wait(_) => {
                let verdict = verdict(op);
                let (seen, by) = (nothing_seen(), Move::Conclude(verdict.kind()));
                let done =
                    store::checkin::finish(tx, &claim, &conclusion(&seen, &verdict, now)).await;
                if apply(&mut row.checkin, by, holds, &done)? {
                    row.conclusions += 1;
                    row.checkin.verdict = Some(verdict);
                    row.checkin.concluded_at = Some(now);
                }
                prop_assert!(row.conclusions <= 1, "concluded once");
                return Ok(());
            }
        };
        prop_assert_eq!(
            done.is_ok(),
            holds,
            "only the present holder may go on: {:?}",
            done
        );
        if holds {
            let released = matches!(op, Op::Release(_));
            row.lease_until = (!released).then(|| now.plus_ms(LEASE_MS));
            row.checkin.state = if released {
                State::Queued
            } else {
                State::Running
            };
        }
        Ok(())
    }

    async fn compare(&self, scene: &Scene) -> TestCaseResult {
        let mut tx = scene.store.read().await.unwrap();
        let stored = store::checkin::of_duty(&mut tx, scene.duty.id)
            .await
            .unwrap();
        let expected: Vec<_> = self.rows.iter().map(|row| row.checkin.clone()).collect();
        prop_assert_eq!(stored, expected);
        Ok(())
    }
}

fn verdict(op: &Op) -> Verdict {
    if matches!(op, Op::Finish(_, true)) {
        VERIFIED
    } else {
        review()
    }
}

/// The store agrees with the domain on whether this may be done; then it is done in the model too.
fn apply(
    checkin: &mut Checkin,
    by: Move,
    also: bool,
    done: &store::Result<()>,
) -> Result<bool, TestCaseError> {
    match next(checkin.state, by) {
        Ok(state) if also => {
            prop_assert!(done.is_ok(), "{:?} of {:?}: {:?}", by, checkin, done);
            checkin.state = state;
            Ok(true)
        }
        _ => {
            prop_assert!(matches!(done, Err(Error::Lost)), "{:?}: {:?}", by, done);
            Ok(false)
        }
    }
}

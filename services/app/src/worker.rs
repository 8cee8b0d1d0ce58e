//! The loops behind the house: measure what is queued, expire what was never handed in, mark what was missed.

use std::time::Duration;

use engine::Room;
use tokio::{sync::watch, task::JoinSet};

use crate::{
    Cx, Error, Result, alert, calendar, enrolment, erasure, idempotency, identify, lapse, leave,
    outbox, plan, report, verify,
};

/// Pause after a failure of the database, so that a broken one is not hammered.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);
/// Lapsed sessions and duties are looked for this often.
const LAPSE_EVERY: Duration = Duration::from_secs(5);
/// Duties ahead are made this often.
const EXTEND_EVERY: Duration = Duration::from_mins(15);
/// A shutdown waits this long for work in flight; what is left is claimed again after its lease.
const DRAIN_LIMIT: Duration = Duration::from_secs(20);

/// Tells the loops to end.
pub type Stop = watch::Receiver<bool>;

enum Job {
    Checkin(store::checkin::Claim),
    Enrolment(store::enrolment::Claim),
}

/// Runs until `stop` turns true: takes room in the engine, then claims work, and never holds work that it has no room for.
pub async fn run(cx: Cx, mut stop: Stop) {
    let mut at_work = JoinSet::new();
    if let Err(error) = identify::fill(&cx).await {
        tracing::error!(error = ?error, "The faces could not be fetched; the first search tries again");
    }
    loop {
        let next = async {
            let room = cx.engine.reserve().await?;
            Ok::<_, Error>((room, claim(&cx).await?))
        };
        tokio::select! {
            () = stopped(&mut stop) => break,
            next = next => match next {
                Ok((room, job)) => {
                    at_work.spawn(work(cx.clone(), room, job));
                }
                Err(error) => {
                    tracing::error!(error = ?error, "No work could be taken");
                    tokio::time::sleep(FAILURE_PAUSE).await;
                }
            },
        }
        while at_work.try_join_next().is_some() {}
    }
    let drained = tokio::time::timeout(DRAIN_LIMIT, async {
        while at_work.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!("Work in flight was left to its lease");
    }
}

/// Expires sessions, marks missed duties and makes duties ahead until `stop` turns true.
pub async fn keep_time(cx: Cx, mut stop: Stop) {
    let mut lapse = tokio::time::interval(LAPSE_EVERY);
    let mut extend = tokio::time::interval(EXTEND_EVERY);
    loop {
        let done = tokio::select! {
            () = stopped(&mut stop) => return,
            _ = lapse.tick() => look_after(&cx).await,
            _ = extend.tick() => make_ahead(&cx).await,
        };
        if let Err(error) = done {
            tracing::error!(error = ?error, "A round of upkeep failed; the next one tries again");
        }
    }
}

/// Takes the oldest work there is and does it; false when there is none. What fails or breaks off is left to its lease.
pub async fn once(cx: &Cx) -> Result<bool> {
    let room = cx.engine.reserve().await?;
    let Some(job) = take(cx).await? else {
        return Ok(false);
    };
    conclude(cx, room, &job).await?;
    Ok(true)
}

/// What is over is marked, and what nobody looked at is told to the unit above.
pub async fn look_after(cx: &Cx) -> Result<()> {
    lapse::run(cx).await?;
    leave::overdue_round(cx).await?;
    alert::escalate(cx).await?;
    Ok(())
}

/// Who is supervised when the procurators' month ends; duties ahead by what is declared and planned; then what was kept for long enough goes.
pub async fn make_ahead(cx: &Cx) -> Result<()> {
    report::take_census(cx).await?;
    calendar::apply(cx).await?;
    plan::extend(cx).await?;
    outbox::remind(cx).await?;
    erasure::run(cx).await?;
    outbox::purge(cx).await?;
    idempotency::sweep(cx).await?;
    Ok(())
}

/// The oldest work there is; waits for some.
async fn claim(cx: &Cx) -> Result<Job> {
    loop {
        if let Some(job) = take(cx).await? {
            return Ok(job);
        }
        cx.signal.work(cx.limits.poll_ms).await;
    }
}

/// The oldest work there is, if there is any. Enrolments go first: an officer and a person sit and wait.
async fn take(cx: &Cx) -> Result<Option<Job>> {
    let now = cx.now();
    let lease_until = now.plus_ms(cx.limits.lease_ms);
    let mut tx = cx.store.read().await?;
    let (enrolments, checkins) = store::checkin::claimable(&mut tx, now).await?;
    drop(tx);
    if !enrolments && !checkins {
        return Ok(None);
    }
    let mut tx = cx.store.write().await?;
    let mut job = None;
    if enrolments {
        job = store::enrolment::claim_next(&mut tx, now, lease_until)
            .await?
            .map(Job::Enrolment);
    }
    if job.is_none() {
        job = store::checkin::claim_next(&mut tx, now, lease_until)
            .await?
            .map(Job::Checkin);
    }
    tx.commit().await?;
    Ok(job)
}

async fn work(cx: Cx, room: Room, job: Job) {
    match conclude(&cx, room, &job).await {
        Ok(()) => {}
        Err(Error::Store(store::Error::Lost)) => tracing::warn!("Another worker took over"),
        Err(error) => {
            tracing::error!(error = ?error, "Work failed; it is given back");
            tokio::time::sleep(FAILURE_PAUSE).await;
            if let Err(error) = give_back(&cx, &job).await {
                tracing::error!(error = ?error, "Work could not be given back; its lease will lapse");
            }
        }
    }
}

async fn conclude(cx: &Cx, room: Room, job: &Job) -> Result<()> {
    match job {
        Job::Checkin(claim) => verify::conclude(cx, room, claim).await,
        Job::Enrolment(claim) => enrolment::conclude(cx, room, claim).await,
    }
}

async fn give_back(cx: &Cx, job: &Job) -> Result<()> {
    let mut tx = cx.store.write().await?;
    match job {
        Job::Checkin(claim) => store::checkin::release(&mut tx, claim).await?,
        Job::Enrolment(claim) => store::enrolment::release(&mut tx, claim).await?,
    }
    tx.commit().await?;
    cx.signal.queued();
    Ok(())
}

async fn stopped(stop: &mut Stop) {
    // The sender is gone: the house is going down.
    let _ = stop.wait_for(|stop| *stop).await;
}

use domain::event::{Actor, EventKind};

use crate::{Cx, Result, checkin, journal::note};

/// Rows of one transaction.
const BATCH_LEN: u32 = 200;

/// Expires capture sessions that were never handed in, then marks duties that nobody fulfilled. Returns how many of both.
/// A missed duty is a fact for an officer, never a penalty.
pub async fn run(cx: &Cx) -> Result<(u64, u64)> {
    Ok((expire(cx).await?, mark_missed(cx).await?))
}

async fn expire(cx: &Cx) -> Result<u64> {
    let mut count = 0;
    loop {
        let mut tx = cx.store.write().await?;
        let expired = store::checkin::expire(&mut tx, cx.now(), BATCH_LEN).await?;
        for attempt in &expired {
            let kind = EventKind::CheckinExpired {
                checkin: attempt.id,
                duty: attempt.duty,
            };
            note(cx, &mut tx, Actor::System, Some(attempt.person), kind).await?;
        }
        tx.commit().await?;
        count += expired.len() as u64;
        if expired.len() < BATCH_LEN as usize {
            return Ok(count);
        }
    }
}

async fn mark_missed(cx: &Cx) -> Result<u64> {
    let mut count = 0;
    loop {
        let now = cx.now();
        let mut tx = cx.store.read().await?;
        let lapsed = store::duty::lapsed(&mut tx, now, BATCH_LEN).await?;
        drop(tx);
        for candidate in &lapsed {
            let mut tx = cx.store.write().await?;
            if let Some(marked) = store::duty::lock(&mut tx, candidate.duty.id).await? {
                checkin::mark_duty(cx, &mut tx, Actor::System, &marked, false, now).await?;
            }
            tx.commit().await?;
        }
        count += lapsed.len() as u64;
        if lapsed.len() < BATCH_LEN as usize {
            return Ok(count);
        }
    }
}

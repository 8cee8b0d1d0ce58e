use std::collections::BTreeMap;

use domain::{CheckinId, checkin::State};
use futures::StreamExt as _;
use phone::{Handed, Phone};
use wire::Verdict;

use crate::prepare::Ready;

/// Check-ins that are asked for again at a time.
const PARALLEL: usize = 16;

/// What one phone saw. Seconds since the beginning of the peak.
#[derive(Debug, Default)]
pub struct Record {
    pub arrived_s: f64,
    /// When the submission was sent.
    pub submitted_s: f64,
    pub acknowledged_s: Option<f64>,
    pub settled_s: Option<f64>,
    pub state: Option<State>,
    pub verdict: Option<Verdict>,
    /// Step and name of what ended it.
    pub error: Option<String>,
    /// Failed tries, repeated or not, by name.
    pub trouble: BTreeMap<String, u64>,
    pub proof: Proof,
    pub handed: Option<Handed>,
}

/// What a second look at an acknowledged check-in showed, after all was over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Proof {
    #[default]
    NotAcknowledged,
    /// One verdict, the same as was told to the waiting phone, and a valid receipt that says so.
    OneVerdict,
    NoVerdict,
    VerdictChanged,
    ReceiptInvalid,
    Unreachable,
}

/// Asks again for every acknowledged check-in, and checks its receipt.
pub async fn look_again(records: Vec<Record>, ready: &[Ready]) -> Vec<Record> {
    futures::stream::iter(records.into_iter().zip(ready))
        .map(|(mut record, ready)| async move {
            if let Some(handed) = &record.handed {
                record.proof = proof(&ready.phone, handed, &record).await;
            }
            record
        })
        .buffered(PARALLEL)
        .collect()
        .await
}

async fn proof(phone: &Phone, handed: &Handed, record: &Record) -> Proof {
    let id: CheckinId = handed.checkin;
    let Ok(now) = phone.checkin(id).await else {
        return Proof::Unreachable;
    };
    if !now.state.settled() || now.verdict.is_none() {
        return Proof::NoVerdict;
    }
    if record.settled_s.is_some()
        && (record.state != Some(now.state) || record.verdict != now.verdict)
    {
        return Proof::VerdictChanged;
    }
    let Ok(receipt) = phone.receipt(id).await else {
        return Proof::Unreachable;
    };
    match phone.check(&receipt.receipt, handed).await {
        Ok(claims) if claims.state == now.state => Proof::OneVerdict,
        Ok(_) | Err(phone::Error::Receipt(_)) => Proof::ReceiptInvalid,
        Err(_) => Proof::Unreachable,
    }
}

use std::{collections::BTreeMap, pin::pin};

use app::{
    Error, Upload,
    checkin::{Announced, Submission},
    idempotency::{self, Answer, Turn},
};
use bytes::Bytes;
use domain::challenge::Can;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Reply, Session, Stage, Visit};
use crate::simulation::Simulation;

/// What the house answers to a phone's next request.
pub(super) async fn request(sim: &Simulation, visit: &Visit) -> app::Result<Reply> {
    let cx = &sim.house.cx;
    let device = &sim.county.subjects[visit.subject].device;
    let session = || visit.session.as_ref().ok_or(Error::NotFound("check-in"));
    match visit.stage {
        Stage::Open => {
            let work = pin!(async {
                let opened = app::checkin::open(cx, device, visit.duty.id, Can::default());
                let (checkin, _) = opened.await?;
                Ok(Session {
                    checkin: checkin.id,
                    nonce: checkin.nonce,
                })
            });
            let duty = visit.duty.id.0;
            once(sim, visit, duty.as_bytes(), work)
                .await
                .map(Reply::Opened)
        }
        Stage::Part(index) => {
            let (part, bytes) = visit.media[index].clone();
            let upload = Upload {
                part,
                offset: 0,
                bytes,
            };
            app::checkin::receive(cx, device, session()?.checkin, upload).await?;
            Ok(Reply::Stored)
        }
        Stage::Submit => {
            let id = session()?.checkin;
            let submission = submission(visit, session()?);
            let work = pin!(async {
                app::checkin::submit(cx, device, id, submission).await?;
                Ok(())
            });
            once(sim, visit, id.0.as_bytes(), work).await?;
            Ok(Reply::Acknowledged)
        }
        Stage::Await(_) => {
            let standing = app::checkin::get(cx, device, session()?.checkin).await?;
            Ok(Reply::Standing(standing.checkin.state))
        }
    }
}

/// As the edge does it: a request that comes again with its key is done once and answered twice.
async fn once<T: Serialize + DeserializeOwned>(
    sim: &Simulation,
    visit: &Visit,
    parameters: &[u8],
    work: impl Future<Output = app::Result<T>>,
) -> app::Result<T> {
    let cx = &sim.house.cx;
    let unreadable = |_| Error::Internal("a kept answer cannot be read");
    let request = idempotency::Request {
        principal: &sim.county.subjects[visit.subject].device.id.to_string(),
        key: &format!("{:016x}", visit.key),
        parameters: &[parameters],
    };
    let ticket = match idempotency::begin(cx, &request).await? {
        Turn::Again(answer) => return serde_json::from_slice(&answer.body).map_err(unreadable),
        Turn::First(ticket) => ticket,
    };
    match work.await {
        Ok(done) => {
            let body = serde_json::to_vec(&done).map_err(unreadable)?;
            idempotency::finish(cx, ticket, &Answer { status: 200, body }).await?;
            Ok(done)
        }
        Err(error) => {
            idempotency::forget(cx, ticket).await?;
            Err(error)
        }
    }
}

fn submission(visit: &Visit, session: &Session) -> Submission {
    let announced = |(name, bytes): &(String, Bytes)| {
        let announced = Announced {
            len: bytes.len() as u64,
            sha256: Sha256::digest(bytes).into(),
        };
        (name.clone(), announced)
    };
    let parts: BTreeMap<String, Announced> = visit.media.iter().map(announced).collect();
    let platform = Value::from("simulated");
    Submission {
        nonce: session.nonce.clone(),
        parts,
        facts: Map::from_iter([("platform".to_owned(), platform)]),
        place: visit.place,
        returns_from: None,
    }
}

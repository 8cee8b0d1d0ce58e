//! 一人一档: all that is kept of one person as one file, written while it is read.

use std::{
    collections::HashSet,
    io::{self, Write},
    time::Duration,
};

use bytes::Bytes;
use domain::{
    CheckinId, PersonId,
    access::Action,
    appeal::Appeal,
    checkin::State,
    event::{Actor, Event, EventKind},
    org::OrgUnit,
    person::Person,
    report::{Period, local},
};
use jiff::{ToSpan, civil::DateTime, tz::TimeZone};
use report::{
    Archive,
    archive::{Cover, Limits},
};
use seal::PersonKey;
use serde::Serialize;
use serde_json::{Value, json};
use store::{
    checkin::Detail,
    media::{Media, Owner},
};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit, mpsc},
    time::timeout,
};

use crate::{
    Cx, Error, Result, Viewer,
    journal::note,
    part, report as reports,
    review::{self, Opinion},
};

/// Archives that are written at a time.
static ROOM: Semaphore = Semaphore::const_new(2);
const RETRY_AFTER_S: u32 = 30;
/// Pieces that wait for whoever reads, of 64 KiB or less.
const PIECES: usize = 16;
const PIECE_LEN: usize = 64 << 10;
/// Whoever reads nothing for so long has gone.
const PATIENCE: Duration = Duration::from_mins(1);
/// Entries of the log that are read at once.
const EVENTS_LEN: u32 = 1_000;
/// Areas, enrolments and the like of one person.
const ROWS_LEN: u32 = 10_000;

/// Pieces of the file in their order. An error as the last one: what came is not whole.
pub type Pieces = mpsc::Receiver<io::Result<Bytes>>;

/// Begins the archive of a person of the viewer's scope: his order, plans, leaves, areas, measures and points, every month's attendance as a
/// page, every check-in with its pictures and recording, and the log of his file. Positions between check-ins are not in it, nor templates,
/// nor addresses. That it went out is written down first.
pub async fn begin(cx: &Cx, viewer: &Viewer, person: PersonId) -> Result<Pieces> {
    viewer.allow(Action::Read)?;
    viewer.allow(Action::ReadMedia)?;
    let room = ROOM.try_acquire().map_err(|_| Error::Busy {
        retry_after_s: RETRY_AFTER_S,
    })?;
    let now = cx.now();
    let mut tx = cx.store.write().await?;
    let person = crate::person::within(&mut tx, viewer, person).await?;
    let unit = store::unit::get(&mut tx, person.unit).await?;
    let unit = unit.ok_or(Error::NotFound("unit"))?;
    // Once it is erased, nothing is left of what it sealed.
    let key = match cx.house.person_key(&mut tx, person.id).await {
        Ok(key) => Some(key),
        Err(Error::NotFound(_)) => None,
        Err(other) => return Err(other),
    };
    let zone = crate::area::zone(&mut tx, person.id, now).await?;
    let checkins = store::checkin::states_of_person(&mut tx, person.id).await?;
    let officer = Actor::Officer(viewer.officer.id);
    let kind = EventKind::ArchiveMade {
        checkins: checkins.len() as u64,
    };
    note(cx, &mut tx, officer, Some(person.id), kind).await?;
    tx.commit().await?;
    let (to, pieces) = mpsc::channel(PIECES);
    let file = File {
        cx: cx.clone(),
        viewer: viewer.clone(),
        settled: checkins
            .iter()
            .filter(|(_, state)| state.settled() && *state != State::Review)
            .map(|(id, _)| *id)
            .collect(),
        checkins: checkins.into_iter().map(|(id, _)| id).collect(),
        person,
        unit,
        key,
        made_at: local(now, &zone),
        zone,
        runtime: Handle::current(),
        _room: room,
    };
    tokio::task::spawn_blocking(move || {
        let (failed, runtime) = (to.clone(), Handle::current());
        if let Err(error) = file.write(Pipe::new(to)) {
            tracing::error!(%error, "an archive broke off");
            let gone = io::Error::other("the archive broke off");
            // Whoever left does not need to hear it, and nobody waits for him.
            drop(runtime.block_on(timeout(PATIENCE, failed.send(Err(gone)))));
        }
    });
    Ok(pieces)
}

/// What is written, on a thread that may wait.
struct File {
    cx: Cx,
    viewer: Viewer,
    person: Person,
    unit: OrgUnit,
    key: Option<PersonKey>,
    zone: TimeZone,
    checkins: Vec<CheckinId>,
    /// Cases that were settled when it began: of others nobody is told what another officer thinks, since a second look is blind.
    settled: HashSet<CheckinId>,
    made_at: DateTime,
    runtime: Handle,
    _room: SemaphorePermit<'static>,
}

type Writing<W> = Result<Archive<W>>;

impl File {
    fn write<W: Write>(&self, to: W) -> Result<W> {
        let cover = Cover {
            name: self.person.name.clone(),
            case_number: self.person.case_number.clone(),
            unit: self.unit.name.clone(),
            made_by: self.viewer.officer.name.clone(),
            made_at: self.made_at,
        };
        let mut archive = Archive::new(to, cover, Limits::default())?;
        archive = self.documents(archive)?;
        archive = self.months(archive)?;
        archive = self.enrolment(archive)?;
        for checkin in &self.checkins {
            archive = self.checkin(archive, *checkin)?;
        }
        archive = self.log(archive)?;
        Ok(archive.finish()?)
    }

    fn documents<W: Write>(&self, mut archive: Archive<W>) -> Writing<W> {
        for (path, title, document) in self.runtime.block_on(self.gather())? {
            archive = add(archive, path, title, &document)?;
        }
        Ok(archive)
    }

    async fn gather(&self) -> Result<Vec<(&'static str, (&'static str, &'static str), Value)>> {
        let id = self.person.id;
        let mut tx = self.cx.store.read().await?;
        let plans = store::plan::list(&mut tx, id).await?;
        let plan = |plan: &domain::plan::SupervisionPlan| {
            json!({ "id": plan.id, "version": plan.version, "zone": plan.zone, "quiet": plan.quiet, "rules": plan.rules,
                    "effective_from": plan.effective_from, "written_at": plan.written_at })
        };
        let areas = store::area::of_person(&mut tx, id, ROWS_LEN).await?;
        let area = |area: &store::area::Area| json!({ "rule": area.rule, "created_by": area.created_by, "created_at": area.created_at, "ended_at": area.ended_at });
        let scope = &self.viewer.scope;
        let calls = store::call::of_person(&mut tx, id, ROWS_LEN).await?;
        let corrections = store::correction::of_person(&mut tx, scope, id, ROWS_LEN).await?;
        let correction = |one: &store::correction::Named| json!({ "unit": one.unit, "correction": one.correction });
        Ok(vec![
            ("person.json", ("基本信息", "Person"), json!(self.person)),
            (
                "plans.json",
                ("矫正方案", "Plans"),
                plans.iter().map(plan).collect(),
            ),
            (
                "leaves.json",
                ("请假销假", "Leaves"),
                json!(store::leave::of_person(&mut tx, id).await?),
            ),
            (
                "areas.json",
                ("活动区域", "Areas"),
                areas.iter().map(area).collect(),
            ),
            (
                "positioning.json",
                ("电子定位审批", "Approvals of continuous positioning"),
                json!(store::positioning::of_person(&mut tx, id).await?),
            ),
            (
                "measures.json",
                ("处置记录", "Measures"),
                json!(store::measure::of_person(&mut tx, id, ROWS_LEN).await?),
            ),
            (
                "calls.json",
                ("电话核实", "Calls"),
                calls
                    .iter()
                    .map(|(call, by)| json!({ "call": call, "by": by }))
                    .collect(),
            ),
            (
                "corrections.json",
                ("检察监督", "Procurators' corrections"),
                corrections.iter().map(correction).collect(),
            ),
            (
                "points.json",
                ("计分考核", "Ledger of points"),
                json!(store::points::of_person(&mut tx, id).await?),
            ),
            (
                "recusals.json",
                ("回避", "Recusals"),
                json!(store::recusal::of_person(&mut tx, id, ROWS_LEN).await?),
            ),
        ])
    }

    /// From the registration to the end, or to today.
    fn months<W: Write>(&self, mut archive: Archive<W>) -> Writing<W> {
        let last = self.person.ended.map_or(self.cx.now(), |ended| ended.at);
        let last = local(last, &self.zone).date();
        let first = local(self.person.registered_at, &self.zone).date();
        let months = first.first_of_month().series(1.month());
        for month in months.take_while(|month| *month <= last) {
            let Some(period) = Period::of_month(month.year(), month.month()) else {
                break;
            };
            let person = (&self.person, &self.unit);
            let page = reports::page_of_person(&self.cx, &self.viewer, person, period);
            let page = self.runtime.block_on(page)?;
            let (path, zh) = (
                format!("months/{:04}-{:02}.html", month.year(), month.month()),
                format!("{}年{}月考勤", month.year(), month.month()),
            );
            let en = format!("Attendance of {:04}-{:02}", month.year(), month.month());
            archive = archive.add(&path, (&zh, &en), &mut page.as_bytes())?;
        }
        Ok(archive)
    }

    fn enrolment<W: Write>(&self, mut archive: Archive<W>) -> Writing<W> {
        let newest = async {
            let mut tx = self.cx.store.read().await?;
            store::enrolment::latest_of_person(&mut tx, self.person.id).await
        };
        let Some(enrolment) = self.runtime.block_on(newest)? else {
            return Ok(archive);
        };
        let owner = Owner::Enrolment(enrolment.id);
        archive = self.media(archive, owner, "enrolment", ("建档采集", "Enrolment"))?;
        Ok(archive)
    }

    fn checkin<W: Write>(&self, mut archive: Archive<W>, id: CheckinId) -> Writing<W> {
        let read = async {
            let mut tx = self.cx.store.read().await?;
            let Some(detail) = store::checkin::detail(&mut tx, &self.viewer.scope, id).await?
            else {
                return Ok(None);
            };
            let said = review::said(&mut tx, &self.viewer, &detail.checkin).await?;
            Ok::<_, Error>(Some((detail, said)))
        };
        let Some((detail, said)) = self.runtime.block_on(read)? else {
            return Ok(archive);
        };
        let opened = local(detail.checkin.opened_at, &self.zone);
        let folder = format!("checkins/{}_{id}", opened.strftime("%Y-%m-%d_%H%M%S"));
        let minute = opened.strftime("%Y-%m-%d %H:%M").to_string();
        let (zh, en) = (format!("签到 {minute}"), format!("Check-in of {minute}"));
        let path = format!("{folder}/checkin.json");
        archive = add(archive, &path, (&zh, &en), &told(&detail, said))?;
        self.media(archive, Owner::Checkin(id), &folder, (&zh, &en))
    }

    /// Whole pictures and recordings of an owner.
    fn media<W: Write>(
        &self,
        mut archive: Archive<W>,
        owner: Owner,
        folder: &str,
        (zh, en): (&str, &str),
    ) -> Writing<W> {
        let Some(key) = &self.key else {
            return Ok(archive);
        };
        let all = async {
            let mut tx = self.cx.store.read().await?;
            store::media::with_chunks(&mut tx, owner).await
        };
        let all = self.runtime.block_on(all)?;
        let complete = |(media, _): &&(Media, _)| media.completed_at.is_some();
        for (media, chunks) in all.iter().filter(complete) {
            let bytes = part::read(&self.cx, media, chunks, key);
            let bytes = self.runtime.block_on(bytes)?;
            let ending = infer::get(&bytes).map_or("bin", |kind| kind.extension());
            let path = format!("{folder}/{}.{ending}", media.part);
            let title = (
                format!("{zh} {}", media.part),
                format!("{en}, {}", media.part),
            );
            archive = archive.add(&path, (&title.0, &title.1), &mut bytes.as_ref())?;
        }
        Ok(archive)
    }

    fn may_tell(&self, event: &Event) -> bool {
        if let EventKind::SecondLookAsked { checkin, .. } = &event.kind {
            self.settled.contains(checkin)
        } else {
            true
        }
    }

    fn log<W: Write>(&self, archive: Archive<W>) -> Writing<W> {
        let (mut lines, mut after) = (Vec::new(), None);
        loop {
            let page = async {
                let mut tx = self.cx.store.read().await?;
                store::event::of_person(&mut tx, self.person.id, after, EVENTS_LEN).await
            };
            let page = self.runtime.block_on(page)?;
            for event in page.iter().filter(|event| self.may_tell(event)) {
                lines.append(&mut document(event)?);
                lines.push(b'\n');
            }
            let Some(last) = page.last() else { break };
            after = Some((last.at, last.id));
        }
        let title = ("日志", "Log, one JSON object a line");
        Ok(archive.add("log.txt", title, &mut lines.as_slice())?)
    }
}

/// An attempt as officers see it.
fn told(detail: &Detail, (opinions, appeal): (Vec<Opinion>, Option<Appeal>)) -> Value {
    let (checkin, duty) = (&detail.checkin, &detail.marked.duty);
    let decided = detail.ruling.as_ref().map(|ruling| {
        json!({ "decision": ruling.decision, "officer": ruling.officer, "reason": ruling.reason, "at": ruling.at })
    });
    json!({
        "id": checkin.id, "state": checkin.state, "device": checkin.device, "opened_at": checkin.opened_at,
        "submitted_at": checkin.submitted_at, "verdict": checkin.verdict, "concluded_at": checkin.concluded_at,
        "duty": { "id": duty.id, "opens_at": duty.opens_at, "closes_at": duty.closes_at, "attendance": detail.marked.attendance },
        "facts": detail.facts, "measurement": detail.weighed, "place": detail.place, "decision": decided,
        "opinions": opinions, "appeal": appeal,
    })
}

fn add<W: Write>(
    archive: Archive<W>,
    path: &str,
    title: (&str, &str),
    value: &Value,
) -> Writing<W> {
    Ok(archive.add(path, title, &mut document(value)?.as_slice())?)
}

fn document(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| Error::Internal("a document could not be written"))
}

/// The writing end of a channel, for a thread that may wait.
struct Pipe {
    to: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
    runtime: Handle,
}

impl Pipe {
    fn new(to: mpsc::Sender<io::Result<Bytes>>) -> Self {
        Self {
            to,
            piece: Vec::with_capacity(PIECE_LEN),
            runtime: Handle::current(),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = PIECE_LEN - self.piece.len();
        let taken = bytes.len().min(room);
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE_LEN {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_LEN));
        let sent = timeout(PATIENCE, self.to.send(Ok(piece.into())));
        let gone = io::Error::from(io::ErrorKind::BrokenPipe);
        match self.runtime.block_on(sent) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(gone),
        }
    }
}

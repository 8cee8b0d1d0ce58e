//! Rounds in which whole check-ins and bare networks take turns, timed by the process's own CPU clock.

use std::{
    hint::black_box,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use domain::{
    evidence::{ContentMethod, Measurement},
    plan::{Factors, SupervisionLevel},
    verdict::{self, Policy, Verdict},
};
use engine::{
    Probe, Sessions, Timings, audio,
    bare::{Bare, Inputs},
    picture,
};
use models::Pack;
use rustix::time::{ClockId, clock_gettime};

use super::{material::Material, report::Report};
use crate::config::Config;

/// Rounds before the measured ones.
const WARM_UP_ROUNDS: usize = 2;
/// What is decided by.
const FACTORS: Factors = Factors::FaceAndVoice;
const LEVEL: SupervisionLevel = SupervisionLevel::General;

/// What one round measures, each on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A whole check-in: everything between the bytes and the verdict.
    Whole,
    /// Its pictures only.
    Face,
    /// Its recording only.
    Voice,
    /// The face networks alone.
    BareFace,
    /// The voice networks alone.
    BareVoice,
}

impl Phase {
    pub const ALL: [Self; 5] = [
        Self::Whole,
        Self::BareFace,
        Self::Face,
        Self::BareVoice,
        Self::Voice,
    ];
}

/// Cost of one phase in one round, for one check-in.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub phase: Phase,
    /// CPU time of the whole process, seconds.
    pub core_s: f64,
    /// Seconds from the first thread's beginning to the last one's end; every thread does one check-in in them.
    pub wall_s: f64,
}

/// One thread's networks, and the check-in that it repeats.
struct Worker<'a> {
    sessions: Sessions,
    bare: Bare,
    inputs: &'a Inputs,
    whole: &'a Probe,
    face: &'a Probe,
    voice: &'a Probe,
    policy: &'a Policy,
    /// Of whole check-ins alone.
    timings: Vec<Timings>,
}

/// Measures the check-in on so many threads for so many rounds.
pub fn measure(
    pack: &Pack,
    config: &Config,
    material: &Material,
    (threads, rounds): (usize, usize),
) -> anyhow::Result<Report> {
    let load = || {
        Sessions::load(pack, &config.home)
            .with_context(|| format!("the models of pack {} cannot be loaded", pack.name))
    };
    let mut sessions = load()?;
    let whole = probe(&mut sessions, material)?;
    let face = Probe {
        voice: None,
        ..whole.clone()
    };
    let voice = Probe {
        pictures: Vec::new(),
        ..whole.clone()
    };
    let seen = sessions.verify(&whole)?;
    let verdict = verdict::decide(&seen, FACTORS, LEVEL, &config.policy);
    let inputs = inputs(pack, &mut sessions, material, &seen)?;
    let mut workers = Vec::with_capacity(threads);
    for _ in 0..threads {
        workers.push(Worker {
            sessions: load()?,
            bare: Bare::load(pack, &config.home)?,
            inputs: &inputs,
            whole: &whole,
            face: &face,
            voice: &voice,
            policy: &config.policy,
            timings: Vec::new(),
        });
    }
    drop(sessions);
    let mut costs = Vec::with_capacity(rounds * Phase::ALL.len());
    for round in 0..WARM_UP_ROUNDS + rounds {
        for step in 0..Phase::ALL.len() {
            // Each round begins with another phase, so that none always follows the same one.
            let phase = Phase::ALL[(round + step) % Phase::ALL.len()];
            let cost = time(&mut workers, phase)?;
            if round >= WARM_UP_ROUNDS {
                costs.push(cost);
            }
        }
    }
    let timings: Vec<Timings> = workers
        .iter()
        .flat_map(|worker| worker.timings.iter().skip(WARM_UP_ROUNDS))
        .copied()
        .collect();
    Ok(Report::new(
        pack.id(),
        (threads, rounds),
        &costs,
        &timings,
        (&seen, verdict),
        inputs.counts(),
    ))
}

/// The person's templates, and the check-in that is compared with them.
fn probe(sessions: &mut Sessions, material: &Material) -> anyhow::Result<Probe> {
    let enrolled = sessions.enrol(&material.enrolment)?;
    Ok(Probe {
        pictures: material.pictures.iter().cloned().map(Into::into).collect(),
        voice: Some(material.recording.clone().into()),
        face_template: Some(
            enrolled
                .face
                .context("no picture has a face that can be enrolled")?,
        ),
        voice_template: Some(
            enrolled
                .voice
                .context("no recording has speech that can be enrolled")?,
        ),
        prompt: material.prompt.clone(),
        presence: None,
    })
}

/// The same shapes and numbers for the bare networks. Every picture must have a face, as its crop is one of them.
fn inputs(
    pack: &Pack,
    sessions: &mut Sessions,
    material: &Material,
    seen: &Measurement,
) -> anyhow::Result<Inputs> {
    if seen
        .pictures
        .iter()
        .any(|picture| picture.comparison.is_none())
    {
        return Err(anyhow!(
            "every picture must have a face, or the bare networks would do more than a check-in"
        ));
    }
    let pictures = material
        .pictures
        .iter()
        .map(|bytes| picture::decode(bytes))
        .collect::<Result<Vec<_>, _>>();
    let pictures = pictures.map_err(|fault| anyhow!("a picture cannot be read: {fault:?}"))?;
    let audio = audio::decode(&material.recording)
        .map_err(|fault| anyhow!("the recording cannot be read: {fault:?}"))?;
    let speech = sessions.voice_networks().uttered(&audio.samples)?;
    let by_network = seen
        .voice
        .as_ref()
        .and_then(|voice| voice.content)
        .is_some_and(|(method, _)| method == ContentMethod::Network);
    Ok(Inputs::new(
        pack,
        &pictures,
        &audio.samples,
        &speech,
        by_network,
        seen.pictures
            .iter()
            .filter(|picture| picture.presentation.is_some())
            .count(),
    )?)
}

/// Every thread does the phase once.
fn time(workers: &mut [Worker<'_>], phase: Phase) -> anyhow::Result<Cost> {
    let count = workers.len() as f64;
    let (began, cpu) = (Instant::now(), process_cpu());
    if let [worker] = workers {
        worker.run(phase)?;
    } else {
        thread::scope(|scope| {
            let started: Vec<_> = workers
                .iter_mut()
                .map(|worker| scope.spawn(|| worker.run(phase)))
                .collect();
            started.into_iter().try_for_each(|thread| {
                thread
                    .join()
                    .map_err(|_| anyhow!("a measuring thread broke down"))?
            })
        })?;
    }
    let core_s = process_cpu().saturating_sub(cpu).as_secs_f64() / count;
    Ok(Cost {
        phase,
        core_s,
        wall_s: began.elapsed().as_secs_f64(),
    })
}

impl Worker<'_> {
    fn run(&mut self, phase: Phase) -> anyhow::Result<()> {
        match phase {
            Phase::Whole => {
                self.sessions.take_timings();
                black_box(self.judge(self.whole)?);
                self.timings.push(self.sessions.take_timings());
            }
            Phase::Face => {
                black_box(self.judge(self.face)?);
            }
            Phase::Voice => {
                black_box(self.judge(self.voice)?);
            }
            Phase::BareFace => self.bare.face(self.inputs)?,
            Phase::BareVoice => self.bare.voice(self.inputs)?,
        }
        Ok(())
    }

    fn judge(&mut self, probe: &Probe) -> anyhow::Result<Verdict> {
        let seen = self.sessions.verify(black_box(probe))?;
        Ok(verdict::decide(&seen, FACTORS, LEVEL, self.policy))
    }
}

/// CPU time of this process on all cores so far.
fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

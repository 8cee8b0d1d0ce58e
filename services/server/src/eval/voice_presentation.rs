//! Presentation attacks by voice: recordings as a phone takes them, and the same from loudspeakers, calls and synthesisers (ISO/IEC 30107-3). Fits on
//! one half of the speakers and tells of the other. Each recording is held against what its speaker's enrolment had.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use anyhow::{Context, anyhow};
use attack::voice::{self, Bitrate, Condition, Room, Species, Surroundings};
use domain::{evidence::Comparison, verdict::Policy};
use engine::{Sessions, audio, voice::presentation};
use models::Pack;
use serde::Serialize;

use super::{
    Common,
    manifest::{self, Role},
    phrase,
    presentation::EVEN,
    statistics::{Fit, exact, percentile},
    trial::{Trial, Trials},
    work::for_each,
};

/// Of a voice against noise, dB.
const SNR_DB: f32 = 10.0;
/// People of a babble.
const VOICES: usize = 6;
/// Bits a second of a call.
const CALL: Bitrate = Bitrate(24_000);

/// What happens to a voice before it is measured.
#[derive(Debug, Clone, Copy)]
enum Way {
    Captured(Condition),
    /// A furnished room from near: T60 0.5 s, the direct sound 3 dB above the rest.
    Furnished,
    /// A microphone whose sound is coded as a call's.
    Coded,
    Presented(Species),
    /// No person's voice, put in the place of one.
    Synthetic,
}

impl Way {
    const ALL: [Self; 13] = [
        Self::Captured(Condition::Clean),
        Self::Captured(Condition::Telephone),
        Self::Captured(Condition::White),
        Self::Captured(Condition::Pink),
        Self::Captured(Condition::Hum),
        Self::Captured(Condition::Babble),
        Self::Captured(Condition::Reverberant),
        Self::Furnished,
        Self::Coded,
        Self::Presented(Species::Loudspeaker),
        Self::Presented(Species::Relay),
        Self::Presented(Species::CallCodec),
        Self::Synthetic,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Captured(condition) => condition.as_str(),
            Self::Furnished => "furnished room",
            Self::Coded => "opus",
            Self::Presented(species) => species.as_str(),
            Self::Synthetic => "synthetic",
        }
    }

    const fn genuine(self) -> bool {
        match self {
            Self::Captured(_) | Self::Furnished | Self::Coded => true,
            Self::Presented(_) | Self::Synthetic => false,
        }
    }

    /// Is it what the cue is made for? A call or a synthesiser that is put into the app never was in the air.
    const fn fitted(self) -> bool {
        match self {
            Self::Presented(species) => matches!(species, Species::Loudspeaker | Species::Relay),
            Self::Captured(_) | Self::Furnished | Self::Coded => true,
            Self::Synthetic => false,
        }
    }

    fn make(self, sound: &[f32], voices: &[&[f32]], seed: u64) -> Vec<f32> {
        let around = Surroundings {
            snr_db: SNR_DB,
            voices,
        };
        let room = Room {
            t60_s: 0.5,
            direct_db: 3.0,
        };
        match self {
            Self::Captured(condition) => condition.make(sound, around, seed),
            Self::Furnished => voice::reverberant(sound, room, seed),
            Self::Coded => voice::opus(sound, CALL),
            Self::Presented(species) => species.make(sound, seed),
            Self::Synthetic => sound.to_vec(),
        }
    }
}

/// One way, on the speakers that the fit has not met.
#[derive(Debug, Serialize)]
struct Row {
    way: &'static str,
    genuine: bool,
    recordings: usize,
    /// Shares: nothing can be told; below the policy's bound, with the ends of its 95 % interval.
    untold: f64,
    doubted: f64,
    doubted_within: [f64; 2],
    /// Of the scores, dB, with what the speaker's voice is allowed: 5 in 100, median, 95 in 100.
    score: [f64; 3],
}

#[derive(Debug, Serialize)]
struct Report {
    pack: String,
    seed: u64,
    doubted_below: f64,
    rows: Vec<Row>,
    /// On the other half of the speakers, beside the calibration in force.
    fit: Option<Fit>,
    genuine: usize,
    attacks: usize,
}

/// What was measured of one recording on one way.
struct Heard {
    way: usize,
    person: u32,
    told: Option<Comparison>,
}

pub(super) fn run(
    pack: (&Pack, &Path),
    threads: usize,
    (data, datasets): (&Path, &[String]),
    (common, policy): (&Common, &Policy),
) -> anyhow::Result<()> {
    let mut persons: HashMap<(String, String), u32> = HashMap::new();
    let (mut sounds, mut enrolled) = (Vec::new(), Vec::new());
    for recording in manifest::recordings(data, datasets)? {
        let next = persons.len() as u32;
        let of = (recording.corpus, recording.speaker);
        let person = *persons.entry(of).or_insert(next);
        let samples = phrase::samples(&recording.file)?;
        match recording.role {
            Role::Enrol => enrolled.push((person, samples)),
            Role::Test => sounds.push((person, samples)),
        }
    }
    let own = own(pack, threads, &enrolled)?;
    let spread = (sounds.len() / VOICES).max(1);
    let voices: Vec<&[f32]> = sounds
        .iter()
        .step_by(spread)
        .map(|one| one.1.as_slice())
        .collect();
    let seeded: Vec<(u64, &(u32, Vec<f32>))> = (common.seed..).zip(&sounds).collect();
    let mut heard: Vec<Heard> = for_each(pack, threads, &seeded, |sessions, (seed, sound)| {
        let (person, sound) = (sound.0, sound.1.as_slice());
        let real = (0..)
            .zip(Way::ALL)
            .filter(|(_, way)| !matches!(way, Way::Synthetic));
        real.map(|(number, way)| {
            let score = score(
                sessions,
                &way.make(sound, &voices[..VOICES.min(voices.len())], *seed),
            )?;
            let own = own.get(&person).copied();
            Ok(Heard {
                way: number,
                person,
                told: score.map(|score| presentation::comparison(score, own)),
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    let synthetic = manifest::synthetic(data)?;
    let scores = for_each(pack, threads, &synthetic, |sessions, file| {
        score(sessions, &phrase::samples(file)?)
    })?;
    // Of nobody whom a fit could meet.
    heard.extend(scores.into_iter().map(|score| Heard {
        way: Way::ALL.len() - 1,
        person: 1,
        told: score.map(|score| presentation::comparison(score, None)),
    }));
    let report = report(
        &heard,
        pack.0.id(),
        common.seed,
        policy.voice_presentation_min,
    );
    crate::output::print(&report, common.json, || report.table())
}

/// What each speaker's enrolment has down there, dB.
fn own(
    pack: (&Pack, &Path),
    threads: usize,
    enrolled: &[(u32, Vec<f32>)],
) -> anyhow::Result<HashMap<u32, f64>> {
    let scores = for_each(pack, threads, enrolled, |sessions, (person, samples)| {
        Ok((*person, score(sessions, samples)?))
    })?;
    let mut phrases: HashMap<u32, Vec<Option<f64>>> = HashMap::new();
    for (person, score) in scores {
        phrases.entry(person).or_default().push(score);
    }
    let own = |(person, scores)| Some((person, presentation::own(scores)?));
    Ok(phrases.into_iter().filter_map(own).collect())
}

fn score(sessions: &mut Sessions, samples: &[f32]) -> anyhow::Result<Option<f64>> {
    let decoded = audio::decode(&voice::wav(samples));
    let audio = decoded.map_err(|fault| anyhow!("what was just made is no sound: {fault:?}"))?;
    let heard = sessions.voice_networks().listen(audio);
    Ok(heard
        .context("a recording cannot be listened to")?
        .presentation)
}

fn report(heard: &[Heard], pack: String, seed: u64, doubted_below: f64) -> Report {
    let met = heard
        .iter()
        .filter(|one| one.person % 2 == 0 && Way::ALL[one.way].fitted());
    let met = Trials::new(met.filter_map(trial).collect());
    let row = |(number, way): (usize, Way)| {
        let own: Vec<&Heard> = heard
            .iter()
            .filter(|one| one.way == number && one.person % 2 == 1)
            .collect();
        let told = || own.iter().filter_map(|one| one.told);
        let mut scores: Vec<f64> = told().map(|told| told.score).collect();
        scores.sort_unstable_by(f64::total_cmp);
        let at = |share| percentile(&scores, share).unwrap_or(f64::NAN);
        let doubted = told().filter(|told| told.llr.get() < doubted_below).count();
        let share = |count: usize| count as f64 / own.len().max(1) as f64;
        Row {
            way: way.name(),
            genuine: way.genuine(),
            recordings: own.len(),
            untold: share(own.len() - scores.len()),
            doubted: share(doubted),
            doubted_within: exact(doubted as u64, own.len() as u64),
            score: [0.05, 0.5, 0.95].map(at),
        }
    };
    Report {
        pack,
        seed,
        doubted_below,
        rows: (0..).zip(Way::ALL).map(row).collect(),
        fit: met.fit(EVEN),
        genuine: met.genuine(),
        attacks: met.impostor(),
    }
}

fn trial(one: &Heard) -> Option<Trial> {
    let told = one.told?;
    let genuine = Way::ALL[one.way].genuine();
    Some(Trial::of_one(
        told.score,
        told.llr.get(),
        one.person,
        genuine,
    ))
}

impl Report {
    fn table(&self) -> String {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let mut text = format!(
            "{}, seed {}, doubted below {:.2} nats\n\n| | presented | recordings | untold | doubted | within | score, dB: 5 %, median, 95 % |\n|---|---|---|---|---|---|---|\n",
            self.pack, self.seed, self.doubted_below
        );
        for row in &self.rows {
            let ([low, middle, high], [from, to]) = (row.score, row.doubted_within);
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} to {} | {low:.1}, {middle:.1}, {high:.1} |",
                if row.genuine { "genuine" } else { "attack" },
                row.way,
                row.recordings,
                percent(row.untold),
                percent(row.doubted),
                percent(from),
                percent(to),
            );
        }
        let _ = writeln!(
            text,
            "\nfitted on {} genuine, {} attacks",
            self.genuine, self.attacks
        );
        text + &self.fit.map_or_else(String::new, |fit| fit.line())
    }
}

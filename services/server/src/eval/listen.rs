//! Listens to the recordings of a speaker evaluation: enrolments in the engine's surroundings, tests in the conditions of capture.

use std::{fs, num::NonZero, path::Path};

use anyhow::Context;
use engine::{
    Embedding, Sessions,
    audio::{self, Audio},
    voice::Everywhere,
};
use models::Pack;

use super::{
    condition::{BABBLE_VOICES, CONDITIONS},
    manifest::{Recording, Role},
    voice::{Comparing, Probe, Speaker, Voices},
    work::for_each,
};

/// What a recording without pauses is taken for, dB.
const SNR_DB_MAX: f32 = 40.0;

/// What was heard of one recording.
struct Sample {
    everywhere: Everywhere,
    /// Of a test recording: in each condition, after each of its changes.
    probes: Vec<(usize, Option<Embedding>, [f32; 2])>,
}

/// Embeds every recording.
pub fn embed<'a>(
    pack: (&Pack, &Path),
    threads: usize,
    recordings: &'a [Recording],
    comparing: Comparing,
) -> anyhow::Result<Voices<'a>> {
    let mut speakers: Vec<Speaker<'a>> = Vec::new();
    let mut voices: Vec<Vec<f32>> = Vec::new();
    let mut items = Vec::with_capacity(recordings.len());
    for recording in recordings {
        let known = speakers
            .iter()
            .position(|known| known.corpus == recording.corpus && known.name == recording.speaker);
        let speaker = known.unwrap_or_else(|| {
            let of_corpus = |one: &&Speaker<'_>| one.corpus == recording.corpus;
            let before = speakers.iter().filter(of_corpus).count();
            speakers.push(Speaker {
                corpus: &recording.corpus,
                name: &recording.speaker,
                group: &recording.group,
                fold: before % comparing.folds.map_or(1, NonZero::get),
                enrolment: Vec::new(),
                template: None,
                embeddings: Vec::new(),
            });
            voices.push(Vec::new());
            speakers.len() - 1
        });
        if recording.role == Role::Enrol && voices[speaker].is_empty() {
            voices[speaker] = decode(recording)?.map_or_else(Vec::new, |audio| audio.samples);
        }
        items.push((items.len(), speaker, recording));
    }
    let samples = for_each(
        pack,
        threads,
        &items,
        |sessions, &(index, speaker, recording)| {
            let others = others(&voices, speaker);
            hear(sessions, recording, &others, index as u64)
        },
    )?;
    let mut probes = Vec::new();
    for (&(_, speaker, recording), sample) in items.iter().zip(samples) {
        let own = &mut speakers[speaker];
        own.embeddings
            .extend(sample.everywhere.iter().flatten().cloned());
        match recording.role {
            Role::Enrol => own.enrolment.push(sample.everywhere),
            Role::Test => {
                probes.extend(sample.probes.into_iter().map(
                    |(condition, embedding, qualities)| Probe {
                        speaker,
                        condition,
                        embedding,
                        qualities,
                    },
                ));
            }
        }
    }
    Ok(Voices {
        speakers,
        probes,
        comparing,
    })
}

/// People for a babble round a speaker, evenly spread over the others.
fn others(voices: &[Vec<f32>], speaker: usize) -> Vec<&[f32]> {
    (1..=BABBLE_VOICES)
        .map(|k| (speaker + k * voices.len() / (BABBLE_VOICES + 1)) % voices.len())
        .filter(|&other| other != speaker)
        .map(|other| voices[other].as_slice())
        .collect()
}

fn decode(recording: &Recording) -> anyhow::Result<Option<Audio>> {
    let bytes = fs::read(&recording.file)
        .with_context(|| format!("{} cannot be read", recording.file.display()))?;
    Ok(audio::decode(&bytes).ok())
}

/// As a check-in's recording: decode, find the speech, raise the level, embed.
fn hear(
    sessions: &mut Sessions,
    recording: &Recording,
    others: &[&[f32]],
    seed: u64,
) -> anyhow::Result<Sample> {
    let (voice, audio) = (sessions.voice_networks(), decode(recording)?);
    let mut probes = Vec::new();
    if recording.role == Role::Test {
        let changes = CONDITIONS
            .iter()
            .enumerate()
            .flat_map(|(index, condition)| {
                condition.changes.iter().map(move |change| (index, change))
            });
        for (condition, change) in changes {
            let samples = audio
                .as_ref()
                .map(|audio| change.of(&audio.samples, others, seed));
            let heard = samples
                .map(|samples| {
                    voice.listen(Audio {
                        samples,
                        clipped: 0.0,
                    })
                })
                .transpose()?;
            let qualities = heard.as_ref().map_or([0.0; 2], |heard| {
                let (snr_db, bandwidth_hz) = (heard.facts.snr_db, heard.facts.bandwidth_hz);
                [
                    snr_db.unwrap_or(SNR_DB_MAX).min(SNR_DB_MAX) / 10.0,
                    bandwidth_hz.unwrap_or_default() / 1_000.0,
                ]
            });
            probes.push((
                condition,
                heard.and_then(|heard| heard.embedding),
                qualities,
            ));
        }
    }
    let heard = audio.map(|audio| voice.listen(audio)).transpose()?;
    let everywhere = heard
        .map(|heard| voice.embed_everywhere(&heard))
        .transpose()?;
    Ok(Sample {
        everywhere: everywhere.unwrap_or_default(),
        probes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_babble_is_of_others() {
        let voices: Vec<Vec<f32>> = (0..20_u16).map(|one| vec![f32::from(one)]).collect();
        for speaker in 0..20 {
            let heard: Vec<f32> = others(&voices, speaker)
                .iter()
                .map(|voice| voice[0])
                .collect();
            assert_eq!(heard.len(), BABBLE_VOICES);
            assert!(!heard.contains(&(speaker as f32)));
        }
        assert!(others(&voices[..1], 0).is_empty());
    }
}

//! What a measured check-in is made of: pictures, a recording, and the enrolment that they are compared with.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow};
use engine::{Phrase, Samples, audio};

use super::Pipeline;
use crate::eval::manifest::{self, Recording, Role};

/// Length of a recording from the data, seconds.
const SECONDS: f64 = 6.0;

/// A check-in's media and its person's enrolment.
pub struct Material {
    pub pictures: Vec<Vec<u8>>,
    pub recording: Vec<u8>,
    /// The digits that the person was asked to speak.
    pub prompt: Option<String>,
    pub enrolment: Samples,
}

/// From the files that were named, the rest from the data.
pub fn gather(wanted: &Pipeline) -> anyhow::Result<Material> {
    let pictures = match &wanted.data {
        Some(data) if wanted.selfie.is_empty() => person_pictures(data)?,
        _ => wanted.selfie.clone(),
    };
    let pictures = pictures
        .iter()
        .map(|path| read(path))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let (recording, phrases, prompt) = match (&wanted.voice, &wanted.data) {
        (Some(voice), _) => {
            let recording = read(voice)?;
            let phrase = Phrase {
                audio: recording.clone().into(),
                text: wanted.text.clone().unwrap_or_default(),
            };
            (recording, vec![phrase], wanted.text.clone())
        }
        (None, Some(data)) => person_recordings(data)?,
        (None, None) => {
            return Err(anyhow!(
                "name a recording with --voice, or a folder with --data"
            ));
        }
    };
    let seconds = wanted
        .seconds
        .or_else(|| wanted.voice.is_none().then_some(SECONDS));
    let recording = match seconds {
        None => recording,
        Some(seconds) => of_length(&recording, seconds)?,
    };
    let enrolment = Samples {
        pictures: pictures.iter().cloned().map(Into::into).collect(),
        phrases,
    };
    let pictures = pictures
        .iter()
        .cycle()
        .take(wanted.pictures)
        .cloned()
        .collect();
    Ok(Material {
        pictures,
        recording,
        prompt,
        enrolment,
    })
}

/// Of the people with several pictures the one whose first is the largest file: nearest to what a phone submits.
fn person_pictures(data: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let all = manifest::pictures(data, &[])?;
    let several = all
        .chunk_by(|a, b| (&a.dataset, &a.identity) == (&b.dataset, &b.identity))
        .filter(|own| own.len() > 1);
    let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
    let person = several
        .max_by_key(|own| size(&own[0].path))
        .context("nobody in the data has two pictures")?;
    Ok(person.iter().map(|picture| picture.path.clone()).collect())
}

/// Of the first speaker who speaks digits, else of the first: test recordings one after the other, and the enrolment.
fn person_recordings(data: &Path) -> anyhow::Result<(Vec<u8>, Vec<Phrase>, Option<String>)> {
    let all = manifest::recordings(data, &[])?;
    let is_digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let tests = || all.iter().filter(|recording| recording.role == Role::Test);
    let test = tests()
        .find(|recording| is_digits(&recording.text))
        .or_else(|| tests().next())
        .context("the data have no test recordings")?;
    let own = |role: Role| {
        let same = move |other: &&Recording| {
            other.role == role && other.corpus == test.corpus && other.speaker == test.speaker
        };
        all.iter().filter(same)
    };
    let phrase = |recording: &Recording| {
        Ok(Phrase {
            audio: read(&recording.file)?.into(),
            text: recording.text.clone(),
        })
    };
    let phrases = own(Role::Enrol)
        .map(phrase)
        .collect::<anyhow::Result<Vec<_>>>()?;
    Ok((
        read(&test.file)?,
        phrases,
        is_digits(&test.text).then(|| test.text.clone()),
    ))
}

/// The recording repeated or cut to this length, as a 16 kHz mono wav of 16 bits.
fn of_length(recording: &[u8], seconds: f64) -> anyhow::Result<Vec<u8>> {
    let audio = audio::decode(recording)
        .map_err(|fault| anyhow!("the recording cannot be read: {fault:?}"))?;
    let count = (seconds * f64::from(audio::RATE_HZ)) as usize;
    let form = hound::WavSpec {
        channels: 1,
        sample_rate: audio::RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Vec::new();
    let mut writer = hound::WavWriter::new(Cursor::new(&mut bytes), form)?;
    for sample in audio.samples.iter().cycle().take(count) {
        writer.write_sample((sample * f32::from(i16::MAX)) as i16)?;
    }
    writer.finalize()?;
    Ok(bytes)
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_repeated_or_cut_to_the_length_asked_for() {
        let form = hound::WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut second = Vec::new();
        let mut writer = hound::WavWriter::new(Cursor::new(&mut second), form).unwrap();
        for at in 0..16_000_i16 {
            writer.write_sample(at % 100 * 50).unwrap();
        }
        writer.finalize().unwrap();
        for seconds in [0.5, 2.5] {
            let made = audio::decode(&of_length(&second, seconds).unwrap()).unwrap();
            assert!((f64::from(made.duration_s()) - seconds).abs() < 1e-3);
        }
    }
}

//! Pictures and voices of the two demo entries, made from sample portraits and spoken digits.

use std::{
    fs::{self, File},
    io::{BufWriter, Cursor},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use hound::{WavReader, WavWriter};
use image::{DynamicImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

use crate::chore::Workspace;

/// Longer side of a picture that a phone would take, pixels.
const SIDE_MAX: u32 = 1_280;
const JPEG_QUALITY: u8 = 88;
/// What is left of the light in the dark picture.
const DARK: f32 = 0.15;
/// Pause around and between digits, milliseconds.
const PAUSE_MS: u32 = 200;
/// Recordings of each digit that an enrolment uses; one more is for check-ins.
const TAKES: usize = 3;
const CHECKIN_TAKE: usize = 4;

/// The spoken digits of two voices.
pub fn voices(workspace: &Workspace) -> PathBuf {
    workspace.root.join("services/xtask/samples/voices")
}

/// What both persons look and sound like.
pub struct Samples {
    pub people: Vec<Person>,
    folder: PathBuf,
}

/// One person's samples.
pub struct Person {
    /// Pictures for the enrolment.
    pub pictures: Vec<PathBuf>,
    /// Digits for check-ins.
    pub speak: PathBuf,
    portrait: DynamicImage,
    voice: PathBuf,
}

impl Samples {
    /// Makes the pictures below `folder`; `faces` holds the sample portraits, `voices` the digits of two voices.
    pub fn prepare(faces: &Path, voices: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let several = ["obama.jpg", "obama2.jpg", "obama3.jpg"].map(|name| faces.join(name));
        let other = load(&faces.join("biden.jpg"))?;
        // One portrait only: three views of it.
        let views = (1..=TAKES as u32).map(|view| {
            let path = folder.join(format!("enrolled-{view}.jpg"));
            save(&taken(&other, view), &path).map(|()| path)
        });
        let views = views.collect::<Result<Vec<_>>>()?;
        let first = person("a", several.to_vec(), load(&several[1])?, voices)?;
        let second = person("b", views, other, voices)?;
        Ok(Self {
            people: vec![first, second],
            folder: folder.to_owned(),
        })
    }

    /// A fresh picture of a person, unlike all others that were taken.
    pub fn selfie(&self, person: usize, number: u32) -> Result<PathBuf> {
        let path = self.folder.join(format!("selfie-{person}-{number}.jpg"));
        save(
            &taken(&self.people[person].portrait, VIEW_FIRST + number),
            &path,
        )?;
        Ok(path)
    }

    /// The same in a room without light.
    pub fn dark(&self, person: usize) -> Result<PathBuf> {
        let path = self.folder.join(format!("dark-{person}.jpg"));
        let mut picture = taken(&self.people[person].portrait, VIEW_FIRST).into_rgb8();
        for value in picture.iter_mut() {
            *value = (f32::from(*value) * DARK) as u8;
        }
        save(&picture.into(), &path)?;
        Ok(path)
    }
}

/// The views before this one are the enrolment's.
const VIEW_FIRST: u32 = TAKES as u32 + 1;

fn person(
    name: &str,
    pictures: Vec<PathBuf>,
    portrait: DynamicImage,
    voices: &Path,
) -> Result<Person> {
    let voice = voices.join(name);
    let speak = voice.join(format!("take{CHECKIN_TAKE}"));
    ensure!(
        speak.join("9.wav").is_file(),
        "the sample voice {} is not there",
        speak.display()
    );
    Ok(Person {
        pictures,
        speak,
        portrait,
        voice,
    })
}

impl Person {
    /// A recording of the `index`-th phrase, WAV.
    pub fn phrase(&self, index: usize, digits: &str) -> Result<Vec<u8>> {
        speak(
            &self.voice.join(format!("take{}", index % TAKES + 1)),
            digits,
        )
    }
}

/// Joins `0.wav` to `9.wav` of a folder, as [`muster phone --speak`] does.
fn speak(folder: &Path, digits: &str) -> Result<Vec<u8>> {
    let mut format = None;
    let mut samples = Vec::new();
    for digit in digits.chars() {
        let path = folder.join(format!("{digit}.wav"));
        let reader = WavReader::open(&path);
        let mut reader = reader.with_context(|| format!("{} cannot be read", path.display()))?;
        let spec = *format.get_or_insert(reader.spec());
        let pause = spec.sample_rate * PAUSE_MS / 1_000 * u32::from(spec.channels);
        if samples.is_empty() {
            samples.resize(pause as usize, 0);
        }
        for sample in reader.samples::<i16>() {
            samples.push(sample?);
        }
        samples.resize(samples.len() + pause as usize, 0);
    }
    let mut said = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut said, format.context("there is nothing to be said")?)?;
    for sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    Ok(said.into_inner())
}

fn load(path: &Path) -> Result<DynamicImage> {
    image::open(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The portrait as another shot: margins, size and light differ a little with `view`.
fn taken(portrait: &DynamicImage, view: u32) -> DynamicImage {
    let (width, height) = (portrait.width(), portrait.height());
    let percent = |of: u32, share: u32| of * share / 100;
    let (left, top) = (percent(width, 1 + view % 4), percent(height, 1 + view % 3));
    let (right, bottom) = (percent(width, 1 + view % 5), percent(height, 1 + view % 2));
    let cut = portrait.crop_imm(left, top, width - left - right, height - top - bottom);
    let side = SIDE_MAX.min(cut.width().max(cut.height())) - 4 * view;
    let scaled = cut.resize(side, side, FilterType::Triangle);
    scaled.brighten(if view.is_multiple_of(2) { 6 } else { -6 })
}

fn save(picture: &DynamicImage, path: &Path) -> Result<()> {
    let file =
        File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let encoder = JpegEncoder::new_with_quality(BufWriter::new(file), JPEG_QUALITY);
    picture.to_rgb8().write_with_encoder(encoder)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_differs() {
        let portrait = DynamicImage::ImageRgb8(image::RgbImage::from_fn(400, 500, |x, y| {
            image::Rgb([x as u8, y as u8, 90])
        }));
        let views: Vec<_> = (1..20).map(|view| taken(&portrait, view)).collect();
        for (index, view) in views.iter().enumerate() {
            assert!(view.width() > 250, "{}", view.width());
            assert!(views[index + 1..].iter().all(|other| other != view));
        }
    }

    #[test]
    fn digits_are_joined_with_pauses() {
        let folder = tempfile::tempdir().unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 16_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        for digit in 0..2 {
            let mut wav =
                WavWriter::create(folder.path().join(format!("{digit}.wav")), spec).unwrap();
            for _ in 0..100 {
                wav.write_sample(7_i16).unwrap();
            }
            wav.finalize().unwrap();
        }
        let said = speak(folder.path(), "010").unwrap();
        let reader = WavReader::new(Cursor::new(said)).unwrap();
        assert_eq!(reader.duration(), 4 * 3_200 + 3 * 100);
        assert!(speak(folder.path(), "9").is_err());
    }
}

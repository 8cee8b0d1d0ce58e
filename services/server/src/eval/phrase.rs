//! Single recorded words joined to phrases.

use std::{fs, ops::Range, path::Path};

use anyhow::{Context, anyhow};
use engine::audio;
use rand::{RngExt, rngs::Xoshiro256PlusPlus};

/// Quiet between two words, samples: 100 to 250 ms.
const PAUSE: Range<usize> = 1_600..4_000;
/// Loudest sample of the quiet: −70 dB of full scale.
const QUIET: f32 = 3e-4;

/// The 16 kHz samples of a file.
pub fn samples(file: &Path) -> anyhow::Result<Vec<f32>> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let audio = audio::decode(&bytes)
        .map_err(|fault| anyhow!("{} is no usable audio: {fault:?}", file.display()))?;
    Ok(audio.samples)
}

/// Joins takes of words with pauses of quiet noise.
pub fn join<'a>(
    takes: impl IntoIterator<Item = &'a Vec<f32>>,
    random: &mut Xoshiro256PlusPlus,
) -> Vec<f32> {
    let mut samples = Vec::new();
    let quiet = |samples: &mut Vec<f32>, random: &mut Xoshiro256PlusPlus| {
        let pause = random.random_range(PAUSE);
        samples.extend((0..pause).map(|_| random.random_range(-QUIET..QUIET)));
    };
    for take in takes {
        quiet(&mut samples, random);
        samples.extend_from_slice(take);
    }
    quiet(&mut samples, random);
    samples
}

//! Recordings: bytes in any format that phones send → 16 kHz mono.
//!
//! Read: wav (PCM 8 to 32 bits, float), mp3, aac (mp4, m4a, fragmented or not, and ADTS), opus (webm and ogg), flac.
//! The first bytes decide the format; names and media types are not trusted.
//!
//! A container that announces more than it holds is damaged. One that announces nothing, as live recorders write
//! (webm, ogg, mp3, wav with a length of 0 or `0xFFFF_FFFF`), is read as far as it goes.

mod container;
mod opus;
mod resample;
mod stream;

use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::evidence::MediaFault;

/// Rate of all audio inside the engine, Hz.
pub const RATE_HZ: u32 = 16_000;
/// Longest recording that is decoded, seconds.
pub const DURATION_S_MAX: u32 = 60;
/// Largest recording that is looked at, bytes.
pub const RECORDING_BYTES_MAX: usize = 16 << 20;
/// A sample counts as clipped from this magnitude on (full scale is 1).
const CLIPPED_MIN: f32 = 0.999;

/// A recording that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// 16 kHz mono, in [-1, 1]; several channels are averaged.
    pub samples: Vec<f32>,
    /// Share of the decoded samples at full scale, 0..1, counted before resampling, in the channel that has most.
    pub clipped: f32,
}

impl Audio {
    /// Length, seconds.
    pub fn duration_s(&self) -> f32 {
        self.samples.len() as f32 / RATE_HZ as f32
    }
}

/// Decodes a recording and resamples it to 16 kHz mono.
///
/// # Errors
/// Says what is wrong with the recording; there is no other kind of failure.
pub fn decode(bytes: &[u8]) -> Result<Audio, MediaFault> {
    if bytes.is_empty() {
        return Err(MediaFault::Empty);
    }
    if bytes.len() > RECORDING_BYTES_MAX {
        return Err(MediaFault::TooLarge);
    }
    // The parsers below are other people's and the bytes are hostile: whatever breaks inside them is a damaged recording.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(MediaFault::Damaged))
}

fn read(bytes: &[u8]) -> Result<Audio, MediaFault> {
    let opened = container::open(bytes)?;
    let pcm = stream::decode(opened)?;
    let clipped = pcm.clipped_share();
    let mut samples = resample::to_16k(pcm.mono(), pcm.rate_hz)?;
    for sample in &mut samples {
        *sample = sample.clamp(-1.0, 1.0);
    }
    if samples.is_empty() {
        Err(MediaFault::Damaged)
    } else {
        Ok(Audio { samples, clipped })
    }
}

/// Decoded samples at their own rate.
#[derive(Debug)]
struct Pcm {
    rate_hz: u32,
    channels: usize,
    /// Frame by frame.
    interleaved: Vec<f32>,
}

impl Pcm {
    fn mono(&self) -> Vec<f32> {
        let share = 1.0 / self.channels as f32;
        self.interleaved
            .chunks_exact(self.channels)
            .map(|frame| frame.iter().sum::<f32>() * share)
            .collect()
    }

    fn clipped_share(&self) -> f32 {
        let frames = self.interleaved.len() / self.channels;
        let clipped = |channel: usize| {
            self.interleaved
                .iter()
                .skip(channel)
                .step_by(self.channels)
                .filter(|sample| sample.abs() >= CLIPPED_MIN)
                .count()
        };
        let most = (0..self.channels).map(clipped).max().unwrap_or(0);
        if frames == 0 {
            0.0
        } else {
            most as f32 / frames as f32
        }
    }
}

//! Any rate → 16 kHz.

use domain::evidence::MediaFault;
use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};

use super::RATE_HZ;

/// Input frames that are worked on at once.
const CHUNK_FRAMES: usize = 1_024;

/// Band-limited resampling by FFT; the filter's delay is taken off, so that the sound stays where it was.
pub(super) fn to_16k(samples: Vec<f32>, rate_hz: u32) -> Result<Vec<f32>, MediaFault> {
    if rate_hz == RATE_HZ || samples.is_empty() {
        return Ok(samples);
    }
    let resampled = || {
        let mut resampler = Fft::<f32>::new(
            rate_hz as usize,
            RATE_HZ as usize,
            CHUNK_FRAMES,
            1,
            FixedSync::Input,
        )
        .ok()?;
        let input = InterleavedSlice::new(&samples, 1, samples.len()).ok()?;
        Some(
            resampler
                .process_all(&input, samples.len(), None)
                .ok()?
                .take_data(),
        )
    };
    resampled().ok_or(MediaFault::Damaged)
}

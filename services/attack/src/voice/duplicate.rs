//! Species that are an old recording again, all but unchanged (evasion E5): `recompressed`, `cropped`.

use super::{Bitrate, RATE_HZ, opus};
use crate::chance::Chance;

/// Through Opus at 20 to 32 kbit/s, as a messenger sends recordings on, 2 dB louder or softer at most.
pub fn recompressed(sound: &[f32], seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed, "recompressed", 0);
    let factor = super::amplitude(chance.around(2.0));
    let level = factor.min(0.99 / super::peak(sound).max(f32::MIN_POSITIVE));
    opus(
        &super::scaled(sound, level),
        Bitrate(chance.whole(20_000..32_000)),
    )
}

/// 20 to 150 ms shorter at each end.
pub fn cropped(sound: &[f32], seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed, "cropped", 0);
    let mut off = || (chance.within(0.02..0.15) * RATE_HZ as f32) as usize;
    let (start, end) = (off(), off());
    let end = sound.len().saturating_sub(end);
    sound[start.min(end)..end].to_vec()
}

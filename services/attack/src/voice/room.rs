//! Reverberation of a room.

use super::{RATE_HZ, amplitude, as_loud_as, filter::convolved};
use crate::chance::Chance;

/// First reflection after the direct sound, seconds: a wall 70 cm away.
const FIRST_S: f32 = 0.004;

/// How a room sounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// Until reverberation has fallen by 60 dB, seconds: 0.2 to 0.5 furnished, 0.6 to 1.2 bare.
    pub t60_s: f32,
    /// Of the direct sound against all reflections, dB: 10 near the mouth, 0 and below across a room.
    pub direct_db: f32,
}

/// A sound in a room, as loud as it was.
///
/// Models: a direct sound and an exponentially decaying tail of noise (Polack 1988), its high tones dying sooner. Does not model: single
/// early reflections, the direction of sound.
pub fn reverberant(sound: &[f32], room: Room, seed: u64) -> Vec<f32> {
    as_loud_as(&convolved(sound, &response(room, seed)), sound)
}

fn response(room: Room, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed, "reverberation", 0);
    let rate = RATE_HZ as f32;
    let (start, end) = ((FIRST_S * rate) as usize, (room.t60_s * rate) as usize);
    let mut response = vec![0.0; end.max(start + 1)];
    // Amplitude falls by 60 dB, a factor of 1,000, within t60.
    let fall = -1_000.0_f32.ln() / room.t60_s.max(1e-3);
    let mut dull = 0.0;
    for (at, value) in response.iter_mut().enumerate().skip(start) {
        let t = at as f32 / rate;
        let keep = 0.15 + 0.5 * (t / room.t60_s).min(1.0);
        dull = keep * dull + (1.0 - keep) * chance.normal();
        *value = dull * (fall * t).exp();
    }
    let energy: f32 = response.iter().map(|value| value * value).sum();
    let scale = amplitude(-room.direct_db) / energy.sqrt().max(f32::MIN_POSITIVE);
    for value in &mut response {
        *value *= scale;
    }
    response[0] = 1.0;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_has_its_share_of_energy_and_falls_as_its_time_says() {
        let room = Room {
            t60_s: 0.4,
            direct_db: 6.0,
        };
        let response = response(room, 5);
        let energy = |from: usize, to: usize| -> f32 {
            response[from..to].iter().map(|value| value * value).sum()
        };
        let direct_db = -10.0 * energy(1, response.len()).log10();
        assert!((direct_db - 6.0).abs() < 0.01, "{direct_db}");
        // 0.2 s later, 30 dB less; the tail also gets duller.
        let fallen = 10.0 * (energy(800, 1_600) / energy(4_000, 4_800)).log10();
        assert!((27.0..40.0).contains(&fallen), "{fallen}");
    }
}

//! All species of attack that are sounds.

use super::{Bitrate, duplicate, loudspeaker, opus, telephone};
use crate::chance::Chance;

/// What is played to the microphone, or put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Species {
    /// A recording that is replayed: see [`loudspeaker()`].
    Loudspeaker,
    /// A call that is put into the app without air between: the telephone in one call of three, else Opus at 16 to 24 kbit/s.
    CallCodec,
    /// The person's voice in a call, from the helper's phone's speaker (evasion E2): `CallCodec`, then `Loudspeaker`.
    Relay,
    /// See [`super::recompressed`].
    Recompressed,
    /// See [`super::cropped`]; shorter than what was given.
    Cropped,
}

domain::text_enum!(Species {
    Loudspeaker = "loudspeaker",
    CallCodec = "call_codec",
    Relay = "relay",
    Recompressed = "recompressed",
    Cropped = "cropped",
});

impl Species {
    /// What the phone records.
    pub fn make(self, sound: &[f32], seed: u64) -> Vec<f32> {
        match self {
            Self::Loudspeaker => loudspeaker(sound, seed),
            Self::CallCodec => called(sound, seed),
            Self::Relay => loudspeaker(&called(sound, seed), seed),
            Self::Recompressed => duplicate::recompressed(sound, seed),
            Self::Cropped => duplicate::cropped(sound, seed),
        }
    }
}

fn called(sound: &[f32], seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed, "call", 0);
    if chance.heads(1.0 / 3.0) {
        return telephone(sound);
    }
    opus(sound, Bitrate(chance.whole(16_000..24_001)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::{share_of_band, voiced};
    use crate::voice::{Noise, noisy};

    #[test]
    fn a_seed_fixes_every_species_and_another_seed_changes_it() {
        let sound = voiced(1.0);
        for &species in Species::ALL {
            let base = species.make(&sound, 7);
            assert_eq!(species.make(&sound, 7), base, "{species}");
            let mut others = (8..16).map(|seed| species.make(&sound, seed));
            assert!(others.any(|other| other != base), "{species}");
            assert!(base.iter().all(|value| value.abs() <= 1.0), "{species}");
            match species {
                Species::Cropped => {
                    assert!(base.len() < sound.len() && base.len() > sound.len() / 2);
                }
                Species::Loudspeaker
                | Species::CallCodec
                | Species::Relay
                | Species::Recompressed => {
                    assert_eq!(base.len(), sound.len());
                }
            }
        }
    }

    #[test]
    fn a_loudspeaker_has_neither_lowest_nor_highest_tones() {
        let hiss = noisy(&vec![0.1; 32_000], Noise::White, 0.0, 3);
        for seed in 0..4 {
            let heard = Species::Loudspeaker.make(&hiss, seed);
            let kept =
                |low, high| share_of_band(&heard, low, high) / share_of_band(&hiss, low, high);
            let middle = kept(600.0, 5_000.0);
            assert!(kept(100.0, 200.0) < 0.3 * middle);
            assert!(kept(7_700.0, 8_000.0) < 0.6 * middle);
        }
    }

    #[test]
    fn silence_and_nothing_are_no_reason_to_panic() {
        for &species in Species::ALL {
            for sound in [vec![], vec![0.0; 1], vec![0.0; 5_000]] {
                let heard = species.make(&sound, 1);
                assert!(heard.iter().all(|value| value.abs() < 0.05), "{species}");
            }
        }
    }
}

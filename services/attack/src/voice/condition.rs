//! All conditions of capture of sounds.

use super::{Noise, Room, amplitude, noisy, peak, reverberant, rms, scaled, telephone};
use crate::chance::Chance;

/// Level of a microphone's own noise, against full scale.
const MICROPHONE_DB: f32 = -72.0;

/// What surroundings, distance and line do to a genuine person's voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// As it is.
    Clean,
    /// See [`telephone`].
    Telephone,
    /// White noise, see [`noisy`].
    White,
    /// Pink noise.
    Pink,
    /// Mains hum.
    Hum,
    /// Other people's voices.
    Babble,
    /// A bare room from some way off: T60 0.6 to 1 s, the direct sound 3 dB below to 3 dB above the rest.
    Reverberant,
    /// 42 to 50 dB below full scale in the mean, with the microphone's own noise 72 dB below it.
    Quiet,
    /// Too loud: 1 to 6 % of all samples at full scale.
    Clipped,
}

domain::text_enum!(Condition {
    Clean = "clean",
    Telephone = "telephone",
    White = "white",
    Pink = "pink",
    Hum = "hum",
    Babble = "babble",
    Reverberant = "reverberant",
    Quiet = "quiet",
    Clipped = "clipped",
});

/// What is heard besides the person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surroundings<'a> {
    /// Of the voice against every noise, dB.
    pub snr_db: f32,
    /// For babble: four to eight others.
    pub voices: &'a [&'a [f32]],
}

impl Condition {
    /// The same voice under this condition, as long as it was.
    pub fn make(self, sound: &[f32], around: Surroundings<'_>, seed: u64) -> Vec<f32> {
        let with = |noise| noisy(sound, noise, around.snr_db, seed);
        let mut chance = Chance::new(seed, self.as_str(), 0);
        match self {
            Self::Clean => sound.to_vec(),
            Self::Telephone => telephone(sound),
            Self::White => with(Noise::White),
            Self::Pink => with(Noise::Pink),
            Self::Hum => with(Noise::Hum),
            Self::Babble => with(Noise::Babble(around.voices)),
            Self::Reverberant => {
                let room = Room {
                    t60_s: chance.within(0.6..1.0),
                    direct_db: chance.around(3.0),
                };
                reverberant(sound, room, seed)
            }
            Self::Quiet => quiet(sound, chance.within(-50.0..-42.0), &mut chance),
            Self::Clipped => clipped(sound, chance.within(0.01..0.06)),
        }
    }
}

fn quiet(sound: &[f32], level_db: f32, chance: &mut Chance) -> Vec<f32> {
    let factor = amplitude(level_db) / rms(sound).max(f32::MIN_POSITIVE);
    let floor = amplitude(MICROPHONE_DB);
    // Steps of 16 bits, as the recording keeps them.
    let kept = |value: f32| (value * f32::from(i16::MAX)).round() / f32::from(i16::MAX);
    let soft = scaled(sound, factor.min(1.0));
    soft.iter()
        .map(|value| kept(value + floor * chance.normal()))
        .collect()
}

/// So loud that this share of the samples reaches full scale.
fn clipped(sound: &[f32], share: f32) -> Vec<f32> {
    if peak(sound) <= 0.0 {
        return sound.to_vec();
    }
    let mut levels: Vec<f32> = sound.iter().map(|value| value.abs()).collect();
    let at = ((1.0 - share) * (levels.len() - 1) as f32) as usize;
    let (_, limit, _) = levels.select_nth_unstable_by(at, f32::total_cmp);
    let factor = 1.0 / limit.max(f32::MIN_POSITIVE);
    let loud = |value: &f32| (value * factor).clamp(-1.0, 1.0);
    sound.iter().map(loud).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tests::{share_of_band, voiced};

    #[test]
    fn a_seed_fixes_every_condition_and_the_length_stays() {
        let (sound, other) = (voiced(1.0), voiced(0.5));
        let around = Surroundings {
            snr_db: 10.0,
            voices: &[&other],
        };
        for &condition in Condition::ALL {
            let made = condition.make(&sound, around, 3);
            assert_eq!(condition.make(&sound, around, 3), made, "{condition}");
            assert_eq!(made.len(), sound.len());
            let chanceless = matches!(condition, Condition::Clean | Condition::Telephone);
            assert_eq!(
                condition.make(&sound, around, 4) == made,
                chanceless,
                "{condition}"
            );
            for silent in [vec![], vec![0.0; 3_000]] {
                let heard = condition.make(&silent, around, 3);
                assert!(heard.iter().all(|value| value.abs() < 0.01), "{condition}");
            }
        }
    }

    #[test]
    fn quiet_is_quiet_clipped_is_at_full_scale_and_a_telephone_narrow() {
        let sound = voiced(1.0);
        let around = Surroundings {
            snr_db: 10.0,
            voices: &[],
        };
        let made = |condition: Condition| condition.make(&sound, around, 5);
        let level_db = 20.0 * rms(&made(Condition::Quiet)).log10();
        assert!((-51.0..-41.0).contains(&level_db), "{level_db}");
        let loud = made(Condition::Clipped);
        let full = loud.iter().filter(|value| value.abs() >= 1.0).count();
        let share = full as f32 / loud.len() as f32;
        assert!((0.009..0.065).contains(&share), "{share}");
        assert!(share_of_band(&made(Condition::Telephone), 3_800.0, 8_000.0) < 1e-3);
        assert!(share_of_band(&made(Condition::Reverberant), 3_800.0, 8_000.0) > 0.02);
    }
}

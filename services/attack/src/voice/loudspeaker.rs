//! A phone's small loudspeaker, and the room between it and the microphone.

use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};

use super::{
    Noise, RATE_HZ, Room, as_loud_as,
    filter::{band, shaped},
    noisy, peak, reverberant,
};
use crate::chance::Chance;

/// Input frames that the resampler works on at once.
const CHUNK_FRAMES: usize = 1_024;
/// Order of the band's ends: 24 dB an octave.
const ORDER: i32 = 4;

/// Played by a small loudspeaker before the microphone, as loud as it was.
///
/// Models: the band of a phone's speaker (from 250 to 450 Hz up to 6 to 7.3 kHz) with two resonances and a dip, soft clipping (tanh, 2.5
/// to 9 dB into it, a little more on one side), a room (T60 0.2 to 0.45 s, direct sound 3 to 11 dB above the rest), and its pink noise
/// at 22 to 35 dB. Does not model: good loudspeakers (which lack the band and the clipping), rattling cases, the speaker's directions.
pub fn loudspeaker(sound: &[f32], seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed, "loudspeaker", 0);
    let pass = band(
        chance.within(250.0..450.0),
        chance.within(6_000.0..7_300.0),
        ORDER,
    );
    let bumps: Vec<(f32, f32)> = [900.0..1_800.0, 2_200.0..4_200.0, 1_500.0..5_000.0]
        .into_iter()
        .zip([2.0..6.0, 2.0..6.0, -8.0..-3.0])
        .map(|(hz, db)| (chance.within(hz), chance.within(db)))
        .collect();
    let gain = |hz: f32| {
        let bump = |&(centre, db): &(f32, f32)| {
            let octaves = (hz.max(20.0) / centre).log2() / 0.35;
            db * (-octaves * octaves).exp()
        };
        let db: f32 = bumps.iter().map(bump).sum();
        pass(hz) * super::amplitude(db)
    };
    let played = shaped(sound, gain);
    let drive = super::amplitude(chance.within(2.5..9.0));
    let lean = chance.within(0.02..0.12);
    let clipped = clipped_softly(&played, drive / peak(&played).max(f32::MIN_POSITIVE), lean);
    // The cone passes no lower tones than before, whatever clipping made.
    let room = Room {
        t60_s: chance.within(0.2..0.45),
        direct_db: chance.within(3.0..11.0),
    };
    let heard = reverberant(&shaped(&clipped, pass), room, seed);
    let level = as_loud_as(&heard, sound);
    noisy(&level, Noise::Pink, chance.within(22.0..35.0), seed)
}

/// At twice the rate, so that the harmonics that it makes do not fold back.
fn clipped_softly(sound: &[f32], drive: f32, lean: f32) -> Vec<f32> {
    let mut fine = resampled(sound, RATE_HZ, 2 * RATE_HZ);
    let rest = lean.tanh();
    for value in &mut fine {
        *value = (*value * drive + lean).tanh() - rest;
    }
    let mut coarse = resampled(&fine, 2 * RATE_HZ, RATE_HZ);
    coarse.resize(sound.len(), 0.0);
    coarse
}

/// At another rate; band-limited, without delay, within a sample of the same duration.
pub(super) fn resampled(sound: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if sound.is_empty() {
        return Vec::new();
    }
    let (from, to) = (from_hz as usize, to_hz as usize);
    let mut resampler = Fft::<f32>::new(from, to, CHUNK_FRAMES, 1, FixedSync::Input)
        .expect("both rates and the chunk are above 0");
    let input = InterleavedSlice::new(sound, 1, sound.len()).expect("one channel fills the slice");
    resampler
        .process_all(&input, sound.len(), None)
        .expect("the input is as long as it says")
        .take_data()
}

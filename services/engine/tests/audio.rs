//! Recordings in every format that phones send, and everything that can be wrong with them.
//! How the files in `media/` were made is in `media/make.sh`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

use std::io::Cursor;

use domain::evidence::MediaFault;
use engine::audio::{self, Audio, DURATION_S_MAX, RATE_HZ, RECORDING_BYTES_MAX};
use proptest::prelude::*;

macro_rules! media {
    ($($name:literal),*) => { [$(($name, include_bytes!(concat!("media/", $name)).as_slice())),*] };
}

const FORMATS: [(&str, &[u8]); 14] = media![
    "pcm8.wav",
    "pcm16.wav",
    "pcm24.wav",
    "pcm32.wav",
    "float.wav",
    "speech.mp3",
    "speech.m4a",
    "fragmented.mp4",
    "speech.aac",
    "live.webm",
    "announced.webm",
    "speech.ogg",
    "stereo.ogg",
    "speech.flac"
];

fn file(name: &str) -> &'static [u8] {
    FORMATS.iter().find(|(known, _)| *known == name).unwrap().1
}

fn fault(bytes: &[u8]) -> MediaFault {
    audio::decode(bytes).unwrap_err()
}

/// 16-bit PCM with the lengths that the header is to claim.
fn wav(rate_hz: u32, channels: u16, claimed: u32, samples: &[i16]) -> Vec<u8> {
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(claimed.saturating_add(36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate_hz.to_le_bytes());
    bytes.extend((rate_hz * u32::from(channels) * 2).to_le_bytes());
    bytes.extend((channels * 2).to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend(claimed.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

fn honest_wav(rate_hz: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    wav(rate_hz, channels, samples.len() as u32 * 2, samples)
}

fn sine(rate_hz: u32, tone_hz: f32, seconds: f32, amplitude: f32) -> Vec<i16> {
    let turn = std::f32::consts::TAU * tone_hz / rate_hz as f32;
    (0..(rate_hz as f32 * seconds) as usize)
        .map(|at| ((at as f32 * turn).sin() * amplitude * 32_767.0) as i16)
        .collect()
}

#[test]
fn every_format_is_read() {
    for (name, bytes) in FORMATS {
        assert!(bytes.len() < 10_000, "{name} is too large to be kept");
        let audio = audio::decode(bytes).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        let short = ["wav", "flac"]
            .iter()
            .any(|ending| name.rsplit('.').next() == Some(ending));
        let seconds = if short { 0.24..0.26 } else { 1.2..1.4 };
        assert!(
            seconds.contains(&audio.duration_s()),
            "{name}: {} s",
            audio.duration_s()
        );
        let loudest = audio
            .samples
            .iter()
            .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
        assert!((0.1..=1.0).contains(&loudest), "{name}: {loudest}");
    }
}

/// Best correlation of two recordings of the same sound, and the shift in samples that gives it.
fn alignment(a: &Audio, b: &Audio) -> (f32, isize) {
    let correlation = |shift: isize| {
        let pairs = || {
            let other = b.samples.iter().skip(shift.max(0) as usize);
            a.samples.iter().skip((-shift).max(0) as usize).zip(other)
        };
        let (mut both, mut ours, mut theirs) = (0.0, 1e-9, 1e-9);
        for (x, y) in pairs() {
            both += x * y;
            ours += x * x;
            theirs += y * y;
        }
        both / (ours * theirs).sqrt()
    };
    (-400..2_400)
        .map(|shift| (correlation(shift), shift))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap()
}

#[test]
fn all_codecs_give_the_same_sound_at_the_same_place() {
    // The lossless formats hold the first quarter of a second of what the others hold.
    let original = audio::decode(file("pcm16.wav")).unwrap();
    for (name, bytes) in FORMATS {
        let decoded = audio::decode(bytes).unwrap();
        let (correlation, shift) = alignment(&original, &decoded);
        // Narrow band and 8 bits change the sound; mp3 and aac begin with their encoder's delay where the stream has no
        // note of it (up to 150 ms), the other formats must not move it.
        let delayed = ["speech.mp3", "speech.aac", "speech.m4a", "fragmented.mp4"].contains(&name);
        assert!(correlation > 0.8, "{name}: correlation {correlation}");
        assert!(
            delayed || shift.abs() <= 16,
            "{name}: shifted by {shift} samples"
        );
    }
}

#[test]
fn stereo_at_48_khz_becomes_mono_at_16_khz_without_moving() {
    let tone = sine(48_000, 440.0, 1.0, 0.5);
    let stereo: Vec<i16> = tone.iter().flat_map(|&sample| [sample, sample]).collect();
    let audio = audio::decode(&honest_wav(48_000, 2, &stereo)).unwrap();
    let expected = sine(RATE_HZ, 440.0, 1.0, 0.5);
    assert_eq!(audio.samples.len(), expected.len());
    let pairs = audio.samples.iter().zip(&expected).enumerate();
    for (at, (sample, expected)) in pairs.skip(800).take(expected.len() - 1_600) {
        let difference = sample - f32::from(*expected) / 32_768.0;
        assert!(
            difference.abs() < 2e-3,
            "sample {at} differs by {difference}"
        );
    }
    let opposite: Vec<i16> = tone.iter().flat_map(|&sample| [sample, -sample]).collect();
    let silent = audio::decode(&honest_wav(48_000, 2, &opposite)).unwrap();
    assert!(
        silent.samples.iter().all(|sample| sample.abs() < 1e-3),
        "opposite channels cancel out"
    );
}

#[test]
fn what_16_khz_cannot_hold_is_taken_out() {
    let audio = audio::decode(&honest_wav(48_000, 1, &sine(48_000, 11_000.0, 0.5, 0.9))).unwrap();
    assert!(
        audio.samples[800..7_000]
            .iter()
            .all(|sample| sample.abs() < 5e-3),
        "11 kHz does not fold back"
    );
}

#[test]
fn clipped_samples_are_counted() {
    let clean = audio::decode(&honest_wav(16_000, 1, &sine(16_000, 200.0, 0.5, 0.8))).unwrap();
    assert!(clean.clipped.abs() < f32::EPSILON);
    let loud: Vec<i16> = sine(16_000, 200.0, 0.5, 0.8)
        .iter()
        .map(|&sample| sample.saturating_mul(3))
        .collect();
    let clipped = audio::decode(&honest_wav(16_000, 1, &loud))
        .unwrap()
        .clipped;
    assert!((0.6..0.8).contains(&clipped), "{clipped}");
}

#[test]
fn half_a_second_is_read_and_ten_minutes_are_too_large() {
    let half = audio::decode(&honest_wav(16_000, 1, &sine(16_000, 200.0, 0.5, 0.5))).unwrap();
    assert_eq!(half.samples.len(), 8_000);
    let ten_minutes = honest_wav(8_000, 1, &vec![0; 8_000 * 600]);
    assert_eq!(fault(&ten_minutes), MediaFault::TooLarge);
    assert_eq!(
        fault(&wav(16_000, 1, 16_000 * 2 * 600, &[0; 1_000])),
        MediaFault::TooLarge,
        "the header alone says so"
    );
    assert_eq!(
        fault(&wav(8_000, 1, u32::MAX, &vec![0; 8_000 * 600])),
        MediaFault::TooLarge,
        "the header is silent"
    );
    let longest = vec![0; 8_000 * DURATION_S_MAX as usize];
    assert!(audio::decode(&honest_wav(8_000, 1, &longest)).is_ok());
    assert_eq!(
        fault(&vec![0; RECORDING_BYTES_MAX + 1]),
        MediaFault::TooLarge
    );
}

#[test]
fn a_stream_without_a_header_that_says_so_stops_at_the_limit() {
    // An ADTS stream is frames and nothing else: a hundred times the same second.
    let stream = file("speech.aac").repeat(100);
    assert_eq!(fault(&stream), MediaFault::TooLarge);
}

#[test]
fn nothing_and_no_recording_are_told_apart() {
    assert_eq!(fault(b""), MediaFault::Empty);
    assert_eq!(
        fault(b"This is a letter, not a recording, whatever its name says."),
        MediaFault::UnknownFormat
    );
    assert_eq!(
        fault(b"\xFF\xD8\xFF\xE0\0\x10JFIF"),
        MediaFault::UnknownFormat
    );
    assert_eq!(fault(b"RIFF\x24\0\0\0WEBPVP8 "), MediaFault::UnknownFormat);
    assert_eq!(fault(b"R"), MediaFault::UnknownFormat);
}

#[test]
fn a_container_that_holds_less_than_it_announces_is_damaged() {
    for name in [
        "pcm16.wav",
        "pcm24.wav",
        "float.wav",
        "speech.m4a",
        "fragmented.mp4",
        "announced.webm",
        "speech.flac",
    ] {
        let bytes = file(name);
        for share in [3, 5, 9] {
            assert_eq!(
                fault(&bytes[..bytes.len() * share / 10]),
                MediaFault::Damaged,
                "{name} cut to {share}0 %"
            );
        }
    }
    assert_eq!(
        fault(&honest_wav(16_000, 1, &[])),
        MediaFault::Damaged,
        "a header and nothing else"
    );
    assert_eq!(
        fault(&wav(0, 1, 200, &[0; 100])),
        MediaFault::Damaged,
        "no rate"
    );
}

#[test]
fn a_stream_that_announces_nothing_is_read_as_far_as_it_goes() {
    for name in ["speech.mp3", "speech.aac", "live.webm", "speech.ogg"] {
        let (whole, bytes) = (audio::decode(file(name)).unwrap(), file(name));
        let part = audio::decode(&bytes[..bytes.len() * 3 / 4])
            .unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert!(part.samples.len() > whole.samples.len() / 3, "{name}");
        assert!(part.samples.len() < whole.samples.len(), "{name}");
    }
    for claimed in [0, u32::MAX] {
        let audio =
            audio::decode(&wav(16_000, 1, claimed, &sine(16_000, 300.0, 0.5, 0.5))).unwrap();
        assert_eq!(
            audio.samples.len(),
            8_000,
            "a recorder that wrote {claimed}"
        );
    }
}

#[test]
fn samples_beyond_full_scale_are_clipped_however_large_they_are() {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut wav = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for at in 0..48_000 {
        let sample = if at % 100 == 0 { f32::MAX } else { 0.01 };
        wav.write_sample(sample).unwrap();
    }
    wav.finalize().unwrap();
    let audio = audio::decode(&bytes.into_inner()).unwrap();
    assert!(audio.samples.iter().all(|sample| sample.abs() <= 1.0));
    assert!((audio.clipped - 0.01).abs() < 1e-3);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_breaks_the_decoder(
        format in 0..FORMATS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        header in prop::collection::vec((0_usize..64, any::<u8>()), 0..3),
        len in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = FORMATS[format].1.to_vec();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for (at, value) in header {
            bytes[at] = value;
        }
        if cut {
            bytes.truncate(len.index(bytes.len()));
        }
        if let Ok(audio) = audio::decode(&bytes) {
            prop_assert!(audio.samples.iter().all(|sample| sample.abs() <= 1.0));
            prop_assert!(audio.duration_s() <= DURATION_S_MAX as f32 + 0.1);
            prop_assert!((0.0..=1.0).contains(&audio.clipped));
        }
    }
}

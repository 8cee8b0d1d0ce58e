//! The voice networks against their references, and a whole enrolment and check-in with the sample voices.

#![expect(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use domain::evidence::{ContentMethod, MediaFault};
use engine::{
    Phrase, audio, runtime,
    voice::{Fbank80, Voice, VoiceEnrolled, ctc},
};

const PACKS: [&str; 2] = ["default", "standard"];

fn voice(pack: &str) -> Option<Voice> {
    let home = support::home()?;
    let pack = support::pack(&home, pack)?;
    runtime::start(&home.join(runtime::LIBRARY)).unwrap();
    Some(Voice::load(&pack, &home.join(runtime::MODELS)).unwrap())
}

fn goldens() -> Option<PathBuf> {
    Some(support::nearest("MUSTER_SHARED", "shared", "models/goldens")?.join("models/goldens"))
}

/// The numbers of a little-endian f32 `.npy` file, whatever their shape.
fn npy(path: &Path) -> Vec<f32> {
    let bytes = fs::read(path).unwrap();
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert!(String::from_utf8_lossy(&bytes[10..10 + header]).contains("'<f4'"));
    bytes[10 + header..]
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&number| f32::from_le_bytes(number))
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn reference() -> Option<(PathBuf, Vec<f32>)> {
    let goldens = goldens()?;
    let audio = audio::decode(&fs::read(goldens.join("reference.wav")).unwrap()).unwrap();
    Some((goldens, audio.samples))
}

#[test]
fn the_networks_give_what_their_references_give() {
    let (Some((goldens, samples)), Some(mut voice)) = (reference(), voice("standard")) else {
        return;
    };
    let probabilities = voice.speech_probabilities(&samples).unwrap();
    assert!(largest_difference(&probabilities, &npy(&goldens.join("silero_probs.npy"))) < 1e-3);
    let log_probs = voice.digit_log_probs(&samples).unwrap().unwrap();
    assert!(largest_difference(&log_probs, &npy(&goldens.join("digits_log_probs.npy"))) < 1e-2);
    assert_eq!(ctc::greedy(&log_probs), [5, 0, 4, 4, 5, 8, 0]);
    // The reference kept its pauses.
    let embedding = voice.embed_speech(&samples).unwrap().unwrap();
    let expected = npy(&goldens.join("resemblyzer_embedding.npy"));
    let cosine: f32 = embedding
        .values()
        .iter()
        .zip(&expected)
        .map(|(a, b)| a * b)
        .sum();
    assert!(cosine > 0.999, "{cosine}");
}

/// Mean and last rows of `kaldi-native-fbank` 1.22 (`snip_edges`, no dither, 80 bins, samples × 32768) after taking the column
/// means off, for the chirp of [`chirp`].
#[test]
fn filter_banks_are_kaldis() {
    let golden: Vec<f32> = include_bytes!("media/fbank80.f32")
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&n| f32::from_le_bytes(n))
        .collect();
    let rows = Fbank80::new().rows(&chirp());
    assert_eq!(rows.len() % Fbank80::BANDS, 0);
    let difference = largest_difference(&rows, &golden);
    assert!(difference < 2e-2, "{difference}");
}

/// 0.2 s of a tone that rises from 100 Hz to 6 kHz over a fixed pattern of noise.
fn chirp() -> Vec<f32> {
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24) - 0.5
    };
    let sample = |at: usize| {
        let t = at as f64 / 16_000.0;
        0.5 * (std::f64::consts::TAU * (100.0 * t + 14_750.0 * t * t)).sin()
    };
    (0..3_200)
        .map(|at| (sample(at) + 0.1 * noise()) as f32)
        .collect()
}

fn samples_of(person: &str, take: usize, digits: &str) -> Vec<i16> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/samples/voices");
    let mut samples = vec![0; 3_200];
    for digit in digits.chars() {
        let mut reader =
            hound::WavReader::open(folder.join(format!("{person}/take{take}/{digit}.wav")))
                .unwrap();
        samples.extend(reader.samples::<i16>().map(Result::unwrap));
        samples.resize(samples.len() + 3_200, 0);
    }
    samples
}

fn wav(samples: &[i16]) -> Vec<u8> {
    wav_at(samples, 16_000)
}

fn wav_at(samples: &[i16], sample_rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
    for &sample in samples {
        writer.write_sample(sample).unwrap();
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn said(person: &str, take: usize, digits: &str) -> Vec<u8> {
    wav(&samples_of(person, take, digits))
}

fn enrolled(voice: &mut Voice, person: &str) -> VoiceEnrolled {
    let texts = ["0123456789", "9516203847", "3074918526"];
    let phrases: Vec<Phrase> = texts
        .iter()
        .enumerate()
        .map(|(at, text)| Phrase {
            audio: Bytes::from(said(person, at + 1, text)),
            text: (*text).to_owned(),
        })
        .collect();
    voice.enrol(&phrases).unwrap()
}

#[test]
fn an_enrolled_voice_is_recognised_and_another_is_not() {
    for pack in PACKS {
        let Some(mut voice) = voice(pack) else { return };
        for (own, other) in [("a", "b"), ("b", "a")] {
            let enrolled = enrolled(&mut voice, own);
            assert!(
                enrolled
                    .facts
                    .iter()
                    .all(|facts| facts.as_ref().is_ok_and(|facts| facts.speech_s > 3.0))
            );
            assert!(
                enrolled
                    .llrs
                    .iter()
                    .all(|llr| llr.is_some_and(|llr| llr.get() > 0.0)),
                "{:?}",
                enrolled.llrs
            );
            let template = enrolled.template.unwrap();
            assert!(
                (0..10).all(|digit| template.takes_of(digit) == 3),
                "{pack} {own}: {template:?}"
            );
            let mut llr = |person: &str| {
                let heard = voice
                    .analyse(&said(person, 4, "27418360"), Some(&template), None)
                    .unwrap();
                heard.speaker.unwrap().llr.get()
            };
            let (genuine, impostor) = (llr(own), llr(other));
            assert!(
                genuine > 2.0 && impostor < -2.0,
                "{pack} {own}: {genuine} {impostor}"
            );
        }
    }
}

/// The samples of a recording as a telephone line leaves them: nothing below 300 Hz, nothing above 3.4 kHz, 8 kHz.
fn over_a_line(samples: &[i16]) -> Vec<u8> {
    const TAPS: i32 = 64;
    let turn = |hz: f32, at: i32| std::f32::consts::TAU * hz / 16_000.0 * at as f32;
    let tap = |at: i32| {
        let sinc = |hz: f32| {
            if at == 0 {
                hz / 8_000.0
            } else {
                turn(hz, at).sin() / (std::f32::consts::PI * at as f32)
            }
        };
        let window = 0.5 + 0.5 * (std::f32::consts::PI * at as f32 / TAPS as f32).cos();
        window * (sinc(3_400.0) - sinc(300.0))
    };
    let taps: Vec<f32> = (-TAPS..=TAPS).map(tap).collect();
    let filtered = samples.windows(taps.len()).step_by(2).map(|window| {
        let sum: f32 = window
            .iter()
            .zip(&taps)
            .map(|(&sample, tap)| f32::from(sample) * tap)
            .sum();
        sum as i16
    });
    wav_at(&filtered.collect::<Vec<_>>(), 8_000)
}

#[test]
fn a_telephone_line_is_heard_and_does_not_make_another_person() {
    for pack in PACKS {
        let Some(mut voice) = voice(pack) else { return };
        for (own, other) in [("a", "b"), ("b", "a")] {
            let template = enrolled(&mut voice, own).template.unwrap();
            let mut heard = |person: &str| {
                let recording = over_a_line(&samples_of(person, 4, "27418360"));
                voice.analyse(&recording, Some(&template), None).unwrap()
            };
            let (genuine, impostor) = (heard(own), heard(other));
            let bandwidth = genuine.facts.unwrap().bandwidth_hz.unwrap();
            assert!((3_000.0..=4_250.0).contains(&bandwidth), "{bandwidth} Hz");
            let llr = |speaker: Option<domain::evidence::Comparison>| speaker.unwrap().llr.get();
            let (genuine, impostor) = (llr(genuine.speaker), llr(impostor.speaker));
            assert!(
                genuine > 0.0 && impostor < genuine - 3.0,
                "{pack} {own}: {genuine} {impostor}"
            );
        }
    }
}

#[test]
fn the_prompt_is_told_from_a_wrong_one() {
    for pack in PACKS {
        let Some(mut voice) = voice(pack) else { return };
        for person in ["a", "b"] {
            let template = enrolled(&mut voice, person).template.unwrap();
            assert_eq!(template.network_understands(), pack == "standard");
            for (spoken, wrong) in [
                ("27418360", "27493360"),
                ("503196", "874200"),
                ("9081726", "9081354"),
            ] {
                let recording = said(person, 4, spoken);
                let mut content = |prompt: &str| {
                    let (method, comparison) = voice
                        .analyse(&recording, Some(&template), Some(prompt))
                        .unwrap()
                        .content
                        .unwrap();
                    let expected = if pack == "standard" {
                        ContentMethod::Network
                    } else {
                        ContentMethod::OwnDigits
                    };
                    assert_eq!(method, expected);
                    comparison.llr.get()
                };
                let (right, wrong) = (content(spoken), content(wrong));
                assert!(
                    right > 0.0 && wrong < 0.0,
                    "{pack} {person} {spoken}: {right} {wrong}"
                );
            }
        }
    }
}

#[test]
fn without_template_or_prompt_nothing_is_compared() {
    let Some(mut voice) = voice("standard") else {
        return;
    };
    let recording = said("a", 4, "503196");
    let heard = voice.analyse(&recording, None, Some("503196")).unwrap();
    assert_eq!((heard.speaker, heard.content), (None, None));
    assert!(heard.facts.is_ok());
    let template = enrolled(&mut voice, "a").template.unwrap();
    for prompt in [
        None,
        Some(""),
        Some("five"),
        Some("123456789012345678901234567890123"),
    ] {
        assert_eq!(
            voice
                .analyse(&recording, Some(&template), prompt)
                .unwrap()
                .content,
            None
        );
    }
    let foreign = voice_of_another_pack(&template);
    assert_eq!(
        voice
            .analyse(&recording, Some(&foreign), None)
            .unwrap()
            .speaker,
        None
    );
}

fn voice_of_another_pack(template: &engine::voice::VoiceTemplate) -> engine::voice::VoiceTemplate {
    let mut bytes = template.to_bytes();
    bytes[2] ^= 1;
    engine::voice::VoiceTemplate::from_bytes(&bytes).unwrap()
}

#[test]
fn a_template_survives_its_bytes_and_stays_small() {
    let Some(mut voice) = voice("default") else {
        return;
    };
    let template = enrolled(&mut voice, "b").template.unwrap();
    let bytes = template.to_bytes();
    assert!(bytes.len() < 32_000, "{} bytes", bytes.len());
    assert_eq!(
        engine::voice::VoiceTemplate::from_bytes(&bytes).unwrap(),
        template
    );
}

#[test]
fn silence_noise_and_half_a_second_are_facts_not_faults() {
    let Some(mut voice) = voice("standard") else {
        return;
    };
    let template = enrolled(&mut voice, "a").template.unwrap();
    let silence = voice
        .analyse(&wav(&vec![0; 16_000]), Some(&template), Some("123"))
        .unwrap();
    let facts = silence.facts.unwrap();
    assert!(
        facts.speech_s < 0.1 && facts.level_dbfs < -90.0 && facts.snr_db.is_none(),
        "{facts:?}"
    );
    assert_eq!((silence.speaker, silence.content), (None, None));
    let half: Vec<i16> = samples_of("a", 4, "7")
        .into_iter()
        .skip(3_200)
        .take(8_000)
        .collect();
    let half = voice
        .analyse(&wav(&half), Some(&template), Some("7"))
        .unwrap();
    assert!(half.facts.unwrap().duration_s < 0.51);
    let clipped: Vec<i16> = samples_of("a", 4, "503196")
        .iter()
        .map(|sample| sample.saturating_mul(20))
        .collect();
    assert!(
        voice
            .analyse(&wav(&clipped), None, None)
            .unwrap()
            .facts
            .unwrap()
            .clipped
            > 0.02
    );
    let sample = voice
        .analyse(&wav(&[5]), Some(&template), Some("1"))
        .unwrap();
    assert_eq!((sample.speaker, sample.content), (None, None));
    let cut = &said("a", 4, "503196")[..5_000];
    assert_eq!(
        voice
            .analyse(cut, Some(&template), Some("1"))
            .unwrap()
            .facts,
        Err(MediaFault::Damaged)
    );
}

#[test]
fn noise_lowers_the_signal_to_noise_ratio() {
    let Some(mut voice) = voice("default") else {
        return;
    };
    let clean = samples_of("b", 4, "503196");
    let mut state = 7_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 22) as i16 - 512
    };
    let noisy: Vec<i16> = clean
        .iter()
        .map(|sample| sample.saturating_add(noise()))
        .collect();
    let snr = |voice: &mut Voice, samples: &[i16]| {
        voice
            .analyse(&wav(samples), None, None)
            .unwrap()
            .facts
            .unwrap()
            .snr_db
    };
    let (clean, noisy) = (
        snr(&mut voice, &clean).unwrap(),
        snr(&mut voice, &noisy).unwrap(),
    );
    assert!(
        clean > noisy + 5.0 && (5.0..35.0).contains(&noisy),
        "{clean} {noisy}"
    );
}

#[test]
fn bad_phrases_are_reported_and_the_others_enrol() {
    let Some(mut voice) = voice("default") else {
        return;
    };
    let phrase = |audio: Vec<u8>, text: &str| Phrase {
        audio: audio.into(),
        text: text.to_owned(),
    };
    let phrases = [
        phrase(Vec::new(), "0123456789"),
        phrase(said("a", 1, "0123456789"), "0123456789"),
        phrase(wav(&vec![0; 16_000]), "0123456789"),
        phrase(said("a", 2, "3141592650"), "3141592650"),
        phrase(b"no recording".to_vec(), "1"),
    ];
    let enrolled = voice.enrol(&phrases).unwrap();
    assert_eq!(enrolled.facts[0], Err(MediaFault::Empty));
    assert_eq!(enrolled.facts[4], Err(MediaFault::UnknownFormat));
    let compared: Vec<bool> = enrolled.llrs.iter().map(Option::is_some).collect();
    assert_eq!(compared, [false, true, false, true, false]);
    let template = enrolled.template.unwrap();
    assert_eq!((template.takes_of(1), template.takes_of(7)), (3, 1));
    assert_eq!(voice.enrol(&phrases[..1]).unwrap().template, None);
    assert_eq!(voice.enrol(&[]).unwrap().template, None);
}

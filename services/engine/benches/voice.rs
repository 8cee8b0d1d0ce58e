//! Each stage of the voice work on one core: 6 s of a sample voice that reads eight digits.
//!
//! Without installed models it measures the decoders alone and says so.

#[path = "../tests/support/mod.rs"]
mod support;

use std::{io::Cursor, path::Path};

use divan::Bencher;
use engine::{
    audio::{self, Audio},
    runtime,
    voice::{Heard, Voice, VoiceTemplate, own_digits_score},
};

/// Length of the recording, samples: 6 s.
const SAMPLES: usize = 96_000;
const DIGITS: &str = "27418360";
const SYMBOLS: [u8; 8] = [2, 7, 4, 1, 8, 3, 6, 0];

fn main() {
    divan::main();
}

fn networks(pack: &str) -> Option<Voice> {
    let home = support::home()?;
    let pack = support::pack(&home, pack)?;
    runtime::start(&home.join(runtime::LIBRARY)).expect("the library loads");
    Some(Voice::load(&pack, &home.join(runtime::MODELS)).expect("the networks load"))
}

/// Digits with pauses of 0.2 s, drawn out with silence or cut to 6 s.
fn recording(take: usize, digits: &str) -> Vec<f32> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/samples/voices/a");
    let mut samples = Vec::with_capacity(SAMPLES);
    for digit in digits.chars() {
        samples.resize(samples.len() + 3_200, 0.0);
        let path = folder.join(format!("take{take}/{digit}.wav"));
        samples.extend(
            audio::decode(&std::fs::read(path).expect("the samples are whole"))
                .expect("it is wav")
                .samples,
        );
    }
    samples
}

fn six_seconds() -> Vec<f32> {
    let mut samples = recording(4, DIGITS);
    samples.resize(SAMPLES, 0.0);
    samples
}

fn wav(samples: &[f32], rate_hz: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("memory takes all");
    for &sample in samples {
        writer
            .write_sample((sample * 32_767.0) as i16)
            .expect("memory takes all");
    }
    writer.finalize().expect("memory takes all");
    bytes.into_inner()
}

fn heard(voice: &mut Voice) -> Heard {
    voice
        .listen(Audio {
            samples: six_seconds(),
            clipped: 0.0,
        })
        .expect("the networks run")
}

fn template(voice: &mut Voice) -> VoiceTemplate {
    let mut phrase = |take: usize| {
        let audio = Audio {
            samples: recording(take, "0123456789"),
            clipped: 0.0,
        };
        (
            voice.listen(audio).expect("the networks run"),
            (0..10).collect(),
        )
    };
    let phrases = vec![phrase(1), phrase(2), phrase(3)];
    voice
        .template(phrases)
        .expect("the networks run")
        .expect("it is speech")
}

#[divan::bench]
fn decoding_wav(bencher: Bencher<'_, '_>) {
    let bytes = wav(&six_seconds(), 16_000);
    bencher.bench_local(|| audio::decode(divan::black_box(&bytes)));
}

#[divan::bench]
fn decoding_and_resampling_48_khz(bencher: Bencher<'_, '_>) {
    let bytes = wav(&six_seconds().repeat(3), 48_000);
    bencher.bench_local(|| audio::decode(divan::black_box(&bytes)));
}

/// One second and a quarter: what is kept of each compressed format.
#[divan::bench(args = ["live.webm", "speech.ogg", "speech.mp3", "speech.m4a"])]
fn decoding_short(bencher: Bencher<'_, '_>, name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/media")
        .join(name);
    let bytes = std::fs::read(path).expect("the recordings are whole");
    bencher.bench_local(|| audio::decode(divan::black_box(&bytes)));
}

#[divan::bench]
fn activity(bencher: Bencher<'_, '_>) {
    let (Some(mut voice), samples) = (networks("default"), six_seconds()) else {
        return;
    };
    bencher.bench_local(|| voice.speech_probabilities(divan::black_box(&samples)));
}

#[divan::bench]
fn speaker(bencher: Bencher<'_, '_>) {
    let (Some(mut voice), samples) = (networks("default"), six_seconds()) else {
        return;
    };
    bencher.bench_local(|| voice.embed_speech(divan::black_box(&samples)));
}

#[divan::bench]
fn digit_network(bencher: Bencher<'_, '_>) {
    let (Some(mut voice), samples) = (networks("standard"), six_seconds()) else {
        return;
    };
    bencher.bench_local(|| voice.digit_log_probs(divan::black_box(&samples)));
}

#[divan::bench]
fn own_digits(bencher: Bencher<'_, '_>) {
    let Some(mut voice) = networks("default") else {
        return;
    };
    let (heard, template) = (heard(&mut voice), template(&mut voice));
    bencher.bench_local(|| own_digits_score(divan::black_box(&heard), &template, &SYMBOLS));
}

/// Six seconds in all the surroundings that an enrolment is compared in.
#[divan::bench]
fn enrolling_a_phrase(bencher: Bencher<'_, '_>) {
    let Some(mut voice) = networks("default") else {
        return;
    };
    let heard = heard(&mut voice);
    bencher.bench_local(|| voice.embed_everywhere(divan::black_box(&heard)));
}

#[divan::bench(args = ["default", "standard"])]
fn whole_check_in(bencher: Bencher<'_, '_>, pack: &str) {
    let Some(mut voice) = networks(pack) else {
        return;
    };
    let (bytes, template) = (wav(&six_seconds(), 16_000), template(&mut voice));
    bencher.bench_local(|| voice.analyse(divan::black_box(&bytes), Some(&template), Some(DIGITS)));
}

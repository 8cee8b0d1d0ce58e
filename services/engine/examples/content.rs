//! How well spoken prompts are told from wrong ones, on single recorded words joined to phrases.
//!
//! `cargo run --release -p engine --example content -- HOME DATA PACK`: HOME holds `models/` and `runtime/`, DATA holds `words.csv`
//! (`corpus,speaker,word,file`; ten words are taken for digits and also given to the digit network), PACK is a pack's TOML file.
//! A prompt that cannot be checked counts as not spoken. At the end stand calibrations fitted on all of it.

#![expect(clippy::print_stdout, reason = "it is a program that prints")]

use std::{collections::BTreeMap, path::Path};

use engine::{
    audio::{self, Audio},
    runtime,
    voice::{Heard, Voice, ctc, own_digits_score},
};

/// Words of a test phrase.
const PHRASE_LEN: usize = 6;
/// Wrong prompts of each kind for each phrase.
const WRONG_PROMPTS: usize = 4;
/// Pauses between words, samples: 100 to 250 ms.
const PAUSE: std::ops::Range<usize> = 1_600..4_000;

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// A speaker's recordings: by word, in order of the file.
type Words = Vec<Vec<Vec<f32>>>;
/// Takes of each word, by corpus and speaker.
type Found = BTreeMap<(String, String), BTreeMap<String, Vec<Vec<f32>>>>;

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().collect();
    let (home, data) = (Path::new(&arguments[1]), Path::new(&arguments[2]));
    let pack = toml::from_str(&std::fs::read_to_string(&arguments[3])?)?;
    runtime::start(&home.join(runtime::LIBRARY))?;
    let mut voice = Voice::load(&pack, &home.join(runtime::MODELS))?;
    let mut by_corpus: BTreeMap<String, (Trials, Trials)> = BTreeMap::new();
    for ((corpus, speaker), words) in load(data)? {
        let (own, network) = by_corpus.entry(corpus.clone()).or_default();
        let started = std::time::Instant::now();
        for fold in 0..2 {
            speaker_trials(&mut voice, &words, fold, own, network)?;
        }
        eprintln!(
            "{corpus} {speaker}: {:.1} s",
            started.elapsed().as_secs_f64()
        );
    }
    for (corpus, (own, network)) in &by_corpus {
        own.print(corpus, "own digits");
        network.print(corpus, "network");
    }
    let (mut all, mut heard) = (Trials::default(), Trials::default());
    for (own, network) in by_corpus.values() {
        all.merge(own);
        heard.merge(network);
    }
    all.print("all", "own digits");
    all.fit();
    heard.print("all", "network");
    heard.fit();
    Ok(())
}

mod anyhow_free {
    pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
}
use anyhow_free::Result;

fn load(data: &Path) -> Result<BTreeMap<(String, String), Words>> {
    let mut found = Found::new();
    for line in std::fs::read_to_string(data.join("words.csv"))?
        .lines()
        .skip(1)
    {
        let fields: Vec<&str> = line.split(',').collect();
        let audio = audio::decode(&std::fs::read(data.join(fields[3]))?)
            .map_err(|fault| format!("{}: {fault:?}", fields[3]))?;
        let speaker = found
            .entry((fields[0].to_owned(), fields[1].to_owned()))
            .or_default();
        speaker
            .entry(fields[2].to_owned())
            .or_default()
            .push(audio.samples);
    }
    Ok(found
        .into_iter()
        .map(|(speaker, words)| (speaker, words.into_values().collect()))
        .collect())
}

/// Joins takes of words with pauses of quiet noise.
fn phrase(
    words: &Words,
    symbols: &[usize],
    mut take: impl FnMut(&mut Random) -> usize,
    random: &mut Random,
) -> Vec<f32> {
    let mut samples = Vec::new();
    for &symbol in symbols {
        let pause = PAUSE.start + random.below(PAUSE.len());
        samples.extend((0..pause).map(|_| (random.below(2_000) as f32 / 1_000.0 - 1.0) * 3e-4));
        samples.extend_from_slice(&words[symbol][take(random) % words[symbol].len()]);
    }
    samples.extend((0..PAUSE.start).map(|_| (random.below(2_000) as f32 / 1_000.0 - 1.0) * 3e-4));
    samples
}

fn shuffled(count: usize, random: &mut Random) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        order.swap(at, random.below(at + 1));
    }
    order
}

fn listen(voice: &mut Voice, samples: Vec<f32>) -> Result<Heard> {
    Ok(voice.listen(Audio {
        samples,
        clipped: 0.0,
    })?)
}

fn speaker_trials(
    voice: &mut Voice,
    words: &Words,
    fold: usize,
    own: &mut Trials,
    network: &mut Trials,
) -> Result {
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ fold as u64);
    let takes = words.iter().map(Vec::len).min().unwrap_or(0);
    let rounds = if takes >= 6 { 3 } else { 1 };
    let mut enrolment = Vec::new();
    for round in 0..rounds {
        for symbols in shuffled(words.len(), &mut random).chunks(10) {
            let samples = phrase(words, symbols, |_| fold * rounds + round, &mut random);
            enrolment.push((
                listen(voice, samples)?,
                symbols.iter().map(|&symbol| symbol as u8).collect(),
            ));
        }
    }
    let Some(template) = voice.template(enrolment)? else {
        return Err("no speech".into());
    };
    own.enrolled += (0..words.len())
        .filter(|&symbol| template.takes_of(symbol as u8) > 0)
        .count();
    own.wanted += words.len();
    own.understood.push(template.network_understands());
    let phrases = if takes >= 6 { 40 } else { 10 };
    for _ in 0..phrases {
        let symbols: Vec<usize> = (0..PHRASE_LEN).map(|_| random.below(words.len())).collect();
        let held_out = |random: &mut Random| {
            if takes >= 6 {
                2 * rounds + random.below(takes - 2 * rounds)
            } else {
                1 - fold
            }
        };
        let samples = phrase(words, &symbols, held_out, &mut random);
        let log_probs = if words.len() == 10 {
            voice.digit_log_probs(&samples)?
        } else {
            None
        };
        let heard = listen(voice, samples)?;
        let right: Vec<u8> = symbols.iter().map(|&symbol| symbol as u8).collect();
        let mut add = |kind: usize, prompt: &[u8]| {
            own.scores[kind]
                .push(own_digits_score(&heard, &template, prompt).unwrap_or(f64::NEG_INFINITY));
            network.scores[kind].extend(
                log_probs
                    .as_ref()
                    .and_then(|log_probs| ctc::score(log_probs, prompt)),
            );
        };
        add(0, &right);
        for _ in 0..WRONG_PROMPTS {
            for (kind, wrong) in [(1, PHRASE_LEN), (2, 2), (3, 1)] {
                let mut prompt = right.clone();
                for at in shuffled(PHRASE_LEN, &mut random).into_iter().take(wrong) {
                    prompt[at] = if kind == 1 {
                        random.below(words.len()) as u8
                    } else {
                        ((usize::from(right[at]) + 1 + random.below(words.len() - 1)) % words.len())
                            as u8
                    };
                }
                if prompt != right {
                    add(kind, &prompt);
                }
            }
        }
    }
    Ok(())
}

/// Scores of the right prompt, of random ones, of ones with two wrong words and with one.
#[derive(Default)]
struct Trials {
    scores: [Vec<f64>; 4],
    enrolled: usize,
    wanted: usize,
    understood: Vec<bool>,
}

impl Trials {
    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.scores.iter_mut().zip(&other.scores) {
            mine.extend(theirs);
        }
    }

    fn print(&self, corpus: &str, method: &str) {
        let [right, random, two, one] = &self.scores;
        let mean = |scores: &[f64]| {
            let finite = || scores.iter().filter(|score| score.is_finite());
            finite().sum::<f64>() / finite().count().max(1) as f64
        };
        println!(
            "{corpus:8} {method:10} {} right prompts; EER random {:.2} %, two wrong {:.2} %, one wrong {:.2} %; means {:.2} {:.2} {:.2} {:.2}; words enrolled {}/{}; network understands {}/{}",
            right.len(),
            100.0 * eer(right, random),
            100.0 * eer(right, two),
            100.0 * eer(right, one),
            mean(right),
            mean(random),
            mean(two),
            mean(one),
            self.enrolled,
            self.wanted,
            self.understood
                .iter()
                .filter(|&&understood| understood)
                .count(),
            self.understood.len(),
        );
    }

    /// Logistic regression with both classes weighted alike: right prompts against random ones and two wrong words.
    /// Newton's method, steps halved until they improve.
    fn fit(&self) {
        let right: Vec<f64> = self.scores[0]
            .iter()
            .copied()
            .filter(|score| score.is_finite())
            .collect();
        let wrong = self.scores[1].iter().chain(&self.scores[2]);
        let wrong: Vec<f64> = wrong.copied().filter(|score| score.is_finite()).collect();
        let loss = |scale: f64, offset: f64| {
            let mean = |scores: &[f64], sign: f64| {
                let one = |score: &f64| (-sign * (scale * score + offset)).exp().ln_1p();
                scores.iter().map(one).sum::<f64>() / scores.len() as f64
            };
            mean(&right, 1.0) + mean(&wrong, -1.0)
        };
        let (mut scale, mut offset) = (0.0, 0.0);
        for _ in 0..100 {
            let (mut gradient, mut hessian) = ([0.0; 2], [1e-9, 0.0, 1e-9]);
            for (scores, target) in [(&right, 1.0), (&wrong, 0.0)] {
                for score in scores {
                    let p = 1.0 / (1.0 + (-(scale * score + offset)).exp());
                    let weight = 1.0 / scores.len() as f64;
                    gradient[0] += weight * (p - target) * score;
                    gradient[1] += weight * (p - target);
                    let curve = weight * p * (1.0 - p);
                    hessian[0] += curve * score * score;
                    hessian[1] += curve * score;
                    hessian[2] += curve;
                }
            }
            let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
            let step = [
                (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
                (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
            ];
            let sizes = (0..30).map(|halvings| 0.5_f64.powi(halvings));
            let better = |size: &f64| {
                loss(scale - size * step[0], offset - size * step[1]) < loss(scale, offset)
            };
            let Some(size) = sizes.into_iter().find(better) else {
                break;
            };
            scale -= size * step[0];
            offset -= size * step[1];
        }
        println!(
            "scale = {scale:.6}\noffset = {offset:.6}\nllr_min = {:.2}\nllr_max = {:.2}\ngenuine = {}\nimpostor = {}",
            -(right.len() as f64).ln(),
            (wrong.len() as f64).ln(),
            right.len(),
            wrong.len()
        );
    }
}

fn eer(genuine: &[f64], impostor: &[f64]) -> f64 {
    let mut all: Vec<(f64, bool)> = genuine
        .iter()
        .map(|&score| (score, true))
        .chain(impostor.iter().map(|&score| (score, false)))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut missed, mut passed) = (0.0, impostor.len() as f64);
    let mut best = (f64::INFINITY, 0.5);
    for (_, right) in all {
        if right {
            missed += 1.0;
        } else {
            passed -= 1.0;
        }
        let (fnr, fpr) = (
            missed / genuine.len() as f64,
            passed / impostor.len() as f64,
        );
        if (fnr - fpr).abs() < best.0 {
            best = ((fnr - fpr).abs(), f64::midpoint(fnr, fpr));
        }
    }
    best.1
}

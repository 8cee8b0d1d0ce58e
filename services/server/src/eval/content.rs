//! What was said: a spoken prompt against the right one and wrong ones, on single recorded words joined to phrases.
//!
//! Every speaker is enrolled several times, with different takes and in different orders, since much hangs on how well the
//! enrolled phrases can be cut into words; takes that were not enrolled are joined to phrases of six. A genuine trial
//! asks for what was said; the impostor trials of the same phrase ask for something else. Two methods are measured: the
//! speaker's own enrolled words, which needs no language, and the pack's digit network where the words are the ten digits.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::Context;
use engine::{
    audio::Audio,
    voice::{Heard, Voice, VoiceTemplate, own_digits_score},
};
use models::{Calibration, Pack};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};

use super::{
    manifest::WordTake,
    phrase::{join, samples},
    report::SetReport,
    trial::{Trial, Trials},
    work::for_each,
};

/// Of the fit: a prompt is asked whether it was more probably spoken than not, so the region around 0 counts.
pub const PRIOR: f64 = 0.5;
/// Words of a test phrase.
const PHRASE_LEN: usize = 6;
/// Wrong prompts of each kind for each phrase.
const WRONG_PROMPTS: usize = 4;
/// Words of a phrase that is enrolled, at most.
const ENROLMENT_PHRASE_LEN: usize = 10;
/// Enrolments of each speaker.
const ENROLMENTS: usize = 8;
/// Test phrases against each enrolment.
const PHRASES: usize = 10;
/// Speakers with this many takes of every word enrol each word three times, others once.
const TAKES_FOR_THREE_ROUNDS: usize = 8;

/// One person's recordings: takes of each word, 16 kHz samples.
struct Speaker<'a> {
    corpus: &'a str,
    name: &'a str,
    words: Vec<Vec<&'a Path>>,
    /// Words are the digits 0 to 9 in this order.
    digits: bool,
}

/// How a prompt differs from what was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prompt {
    Right,
    /// Drawn anew.
    Random,
    TwoWrong,
    OneWrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    OwnWords,
    Network,
}

/// One prompt for one phrase. A prompt that cannot be checked counts as not spoken.
#[derive(Debug, Clone, Copy)]
struct Scored {
    method: Method,
    prompt: Prompt,
    /// −∞ when it cannot be checked.
    score: f64,
}

/// What a speaker's phrases came to.
struct Measured {
    phrases: usize,
    /// Phrases whose right prompt could not be checked against the own words.
    failures_to_acquire: usize,
    enrolled: bool,
    scored: Vec<Scored>,
}

/// Each corpus, then all together: for both methods, wrong prompts of each kind; at the end those that the pack's
/// calibrations are fitted on, random and with two wrong words.
pub fn measure(
    pack: (&Pack, &Path),
    threads: usize,
    words: &[WordTake],
    seed: u64,
) -> anyhow::Result<Vec<(SetReport, Trials)>> {
    let speakers = speakers(words);
    let numbered: Vec<(u64, &Speaker<'_>)> = (0..).zip(&speakers).collect();
    let measured = for_each(pack, threads, &numbered, |sessions, (number, speaker)| {
        let seed = seed.rotate_left(32) ^ number;
        speak(sessions.voice_networks(), speaker, seed)
            .with_context(|| format!("{} {}", speaker.corpus, speaker.name))
    })?;
    let mut corpora: Vec<Option<&str>> = speakers
        .iter()
        .map(|speaker| speaker.corpus)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(Some)
        .collect();
    if corpora.len() > 1 {
        corpora.push(None);
    }
    let network = pack.0.digits.as_ref().map(|digits| &digits.calibration);
    let methods = [
        (Method::OwnWords, Some(&pack.0.content.calibration)),
        (Method::Network, network),
    ];
    let mut sets = Vec::new();
    for corpus in corpora {
        for (method, calibration) in methods {
            let Some(calibration) = calibration else {
                continue;
            };
            for wrong in [
                &[Prompt::Random][..],
                &[Prompt::TwoWrong],
                &[Prompt::OneWrong],
                &[Prompt::Random, Prompt::TwoWrong],
            ] {
                let of_corpus = |speaker: &Speaker<'_>| {
                    corpus.is_none_or(|corpus| speaker.corpus == corpus)
                        && (method == Method::OwnWords || speaker.digits)
                };
                let chosen: Vec<(u32, &Measured)> = (0..)
                    .zip(speakers.iter().zip(&measured))
                    .filter(|(_, (speaker, _))| of_corpus(speaker))
                    .map(|(number, (_, measured))| (number, measured))
                    .collect();
                if !chosen.is_empty() {
                    let name = name(corpus.unwrap_or("all"), method, wrong);
                    sets.push(set(name, &chosen, (method, wrong), calibration));
                }
            }
        }
    }
    Ok(sets)
}

fn name(corpus: &str, method: Method, wrong: &[Prompt]) -> String {
    let method = match method {
        Method::OwnWords => "own words",
        Method::Network => "digit network",
    };
    let wrong: Vec<&str> = wrong
        .iter()
        .map(|prompt| match prompt {
            Prompt::Right => "right",
            Prompt::Random => "random",
            Prompt::TwoWrong => "two wrong",
            Prompt::OneWrong => "one wrong",
        })
        .collect();
    format!("{corpus}, {method}, {}", wrong.join(" + "))
}

fn set(
    name: String,
    speakers: &[(u32, &Measured)],
    (method, wrong): (Method, &[Prompt]),
    calibration: &Calibration,
) -> (SetReport, Trials) {
    let mut trials = Vec::new();
    for (speaker, measured) in speakers {
        for scored in measured.scored.iter().filter(|one| one.method == method) {
            let genuine = scored.prompt == Prompt::Right;
            if genuine || wrong.contains(&scored.prompt) {
                let llr = calibration.llr(scored.score);
                trials.push(Trial::of_one(scored.score, llr, *speaker, genuine));
            }
        }
    }
    let trials = Trials::new(trials);
    let sum = |count: fn(&Measured) -> usize| speakers.iter().map(|(_, one)| count(one)).sum();
    let report = SetReport {
        name,
        persons: speakers.len(),
        samples: sum(|one| one.phrases),
        failures_to_acquire: sum(|one| one.failures_to_acquire),
        failures_to_enrol: sum(|one| usize::from(!one.enrolled)),
        genuine: trials.genuine(),
        impostor: trials.impostor(),
        impostor_all: trials.impostor(),
        fit: trials.fit(PRIOR),
        figures: Vec::new(),
        groups: Vec::new(),
        group_figures: Vec::new(),
        trade_off: Vec::new(),
        reliability: Vec::new(),
    };
    (report, trials)
}

/// Speakers with their takes, in the manifest's order; words sorted, so that digits stand at their own number.
fn speakers(words: &[WordTake]) -> Vec<Speaker<'_>> {
    type Takes<'a> = BTreeMap<&'a str, Vec<&'a Path>>;
    let mut found: BTreeMap<(&str, &str), Takes<'_>> = BTreeMap::new();
    for word in words {
        let takes = found.entry((&word.corpus, &word.speaker)).or_default();
        takes.entry(&word.word).or_default().push(&word.file);
    }
    let digits = |takes: &Takes<'_>| {
        takes
            .keys()
            .copied()
            .eq(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    };
    found
        .into_iter()
        .map(|((corpus, name), takes)| Speaker {
            corpus,
            name,
            digits: digits(&takes),
            words: takes.into_values().collect(),
        })
        .collect()
}

/// Enrols one speaker twice and scores phrases against each enrolment.
fn speak(voice: &mut Voice, speaker: &Speaker<'_>, seed: u64) -> anyhow::Result<Measured> {
    let words = speaker
        .words
        .iter()
        .map(|takes| takes.iter().map(|file| samples(file)).collect())
        .collect::<anyhow::Result<Vec<Vec<Vec<f32>>>>>()?;
    let takes = words.iter().map(Vec::len).min().unwrap_or(0);
    anyhow::ensure!(
        takes >= 2 && words.len() >= 2,
        "every speaker needs two words or more, and two takes or more of each"
    );
    let mut measured = Measured {
        phrases: 0,
        failures_to_acquire: 0,
        enrolled: true,
        scored: Vec::new(),
    };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let rounds = if takes >= TAKES_FOR_THREE_ROUNDS {
        3
    } else {
        1
    };
    for enrolment in 0..ENROLMENTS {
        let fold = enrolment % 2;
        let enrolment = fold * rounds..(fold + 1) * rounds;
        let tests: Vec<usize> = if takes > 2 * rounds {
            (2 * rounds..takes).collect()
        } else {
            vec![1 - fold]
        };
        let Some(template) = enrol(voice, &words, enrolment, &mut random)? else {
            measured.enrolled = false;
            continue;
        };
        for _ in 0..PHRASES {
            phrase(
                voice,
                (&words, &tests),
                (&template, speaker.digits),
                &mut random,
                &mut measured,
            )?;
        }
    }
    Ok(measured)
}

fn enrol(
    voice: &mut Voice,
    words: &[Vec<Vec<f32>>],
    takes: std::ops::Range<usize>,
    random: &mut Xoshiro256PlusPlus,
) -> anyhow::Result<Option<VoiceTemplate>> {
    let mut phrases = Vec::new();
    for take in takes {
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.shuffle(random);
        for symbols in order.chunks(ENROLMENT_PHRASE_LEN) {
            let samples = join(symbols.iter().map(|&symbol| &words[symbol][take]), random);
            let symbols = symbols.iter().map(|&symbol| symbol as u8).collect();
            phrases.push((listen(voice, samples)?, symbols));
        }
    }
    Ok(voice.template(phrases)?)
}

fn listen(voice: &mut Voice, samples: Vec<f32>) -> anyhow::Result<Heard> {
    Ok(voice.listen(Audio {
        samples,
        clipped: 0.0,
    })?)
}

/// Says a random phrase and scores its right and wrong prompts by both methods.
fn phrase(
    voice: &mut Voice,
    (words, tests): (&[Vec<Vec<f32>>], &[usize]),
    (template, digits): (&VoiceTemplate, bool),
    random: &mut Xoshiro256PlusPlus,
    measured: &mut Measured,
) -> anyhow::Result<()> {
    let symbols: Vec<usize> = (0..PHRASE_LEN)
        .map(|_| random.random_range(0..words.len()))
        .collect();
    let takes: Vec<&Vec<f32>> = symbols
        .iter()
        .map(|&symbol| &words[symbol][tests[random.random_range(0..tests.len())]])
        .collect();
    let heard = listen(voice, join(takes, random))?;
    let right: Vec<u8> = symbols.iter().map(|&symbol| symbol as u8).collect();
    for (kind, prompt) in prompts(&right, words.len(), random) {
        let own = own_digits_score(&heard, template, &prompt);
        measured.failures_to_acquire += usize::from(kind == Prompt::Right && own.is_none());
        measured.scored.push(Scored {
            method: Method::OwnWords,
            prompt: kind,
            score: own.unwrap_or(f64::NEG_INFINITY),
        });
        if digits {
            let network = voice.network_score(&heard, &prompt)?;
            measured.scored.push(Scored {
                method: Method::Network,
                prompt: kind,
                score: network.unwrap_or(f64::NEG_INFINITY),
            });
        }
    }
    measured.phrases += 1;
    Ok(())
}

/// The right prompt, then wrong ones of every kind; none of those equals the right one.
fn prompts(
    right: &[u8],
    vocabulary: usize,
    random: &mut Xoshiro256PlusPlus,
) -> Vec<(Prompt, Vec<u8>)> {
    let mut prompts = vec![(Prompt::Right, right.to_vec())];
    for _ in 0..WRONG_PROMPTS {
        let drawn: Vec<u8> = (0..right.len())
            .map(|_| random.random_range(0..vocabulary) as u8)
            .collect();
        if drawn != right {
            prompts.push((Prompt::Random, drawn));
        }
        for (kind, wrong) in [(Prompt::TwoWrong, 2), (Prompt::OneWrong, 1)] {
            let mut places: Vec<usize> = (0..right.len()).collect();
            places.shuffle(random);
            let mut prompt = right.to_vec();
            for &place in places.iter().take(wrong) {
                let step = random.random_range(1..vocabulary);
                prompt[place] = ((usize::from(right[place]) + step) % vocabulary) as u8;
            }
            prompts.push((kind, prompt));
        }
    }
    prompts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_prompts_differ_in_as_many_words_as_they_say() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let right = [1, 2, 3, 3, 2, 1];
        for _ in 0..200 {
            for (kind, prompt) in prompts(&right, 10, &mut random) {
                let different = right
                    .iter()
                    .zip(&prompt)
                    .filter(|(one, other)| one != other)
                    .count();
                match kind {
                    Prompt::Right => assert_eq!(different, 0),
                    Prompt::Random => assert!(different > 0),
                    Prompt::TwoWrong => assert_eq!(different, 2),
                    Prompt::OneWrong => assert_eq!(different, 1),
                }
                assert!(prompt.iter().all(|&symbol| symbol < 10));
            }
        }
    }

    #[test]
    fn only_a_speaker_of_the_ten_digits_is_given_to_the_digit_network() {
        let word = |speaker: &str, word: &str| WordTake {
            corpus: "c".to_owned(),
            speaker: speaker.to_owned(),
            word: word.to_owned(),
            file: word.into(),
        };
        let mut words: Vec<WordTake> = (0..10)
            .rev()
            .map(|digit| word("a", &digit.to_string()))
            .collect();
        words.push(word("b", "数字"));
        words.push(word("b", "0"));
        let speakers = speakers(&words);
        assert!(speakers[0].digits && !speakers[1].digits);
        assert_eq!(
            speakers[0].words[7],
            [Path::new("7")],
            "a digit's number is its place"
        );
    }
}

//! What was said: a spoken prompt against the right one and wrong ones, on single recorded words joined to phrases.
//!
//! Every speaker is enrolled several times, with different takes and in different orders, since much hangs on how well the
//! enrolled phrases can be cut into words; takes that were not enrolled are joined to phrases of six. A genuine trial
//! asks for what was said; the impostor trials of the same phrase ask for something else. Two methods are measured: the
//! speaker's own enrolled words, which needs no language, and the pack's digit network where the words are the ten digits. Some of the phrases are measured
//! once more in each condition of capture.

mod speaker;

use std::{collections::BTreeSet, path::Path};

use anyhow::Context;
use engine::{
    audio::Audio,
    voice::{Heard, Voice, VoiceTemplate, own_digits_score},
};
use models::{Calibration, Pack};
use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};

use self::speaker::{Speaker, crowd, speakers};
use super::{
    condition::{BABBLE_VOICES, CONDITIONS},
    manifest::WordTake,
    phrase::join,
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
/// Of them so many are measured in the other conditions, too, with one wrong prompt of each kind.
const PHRASES_ELSEWHERE: usize = 3;
/// Speakers with this many takes of every word enrol each word three times, others once.
const TAKES_FOR_THREE_ROUNDS: usize = 8;

/// The wrong prompts of a set.
const WRONG: [&[Prompt]; 4] = [
    &[Prompt::Random],
    &[Prompt::TwoWrong],
    &[Prompt::OneWrong],
    &[Prompt::Random, Prompt::TwoWrong],
];

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
    /// Of [`CONDITIONS`].
    condition: usize,
    method: Method,
    prompt: Prompt,
    /// −∞ when it cannot be checked.
    score: f64,
}

/// What a set takes of the trials.
#[derive(Debug, Clone, Copy)]
struct Choice<'a> {
    condition: usize,
    method: Method,
    wrong: &'a [Prompt],
}

/// What a speaker's phrases came to.
struct Measured {
    /// In each of [`CONDITIONS`].
    phrases: [usize; CONDITIONS.len()],
    /// Phrases whose right prompt could not be checked against the own words.
    failures_to_acquire: [usize; CONDITIONS.len()],
    enrolled: bool,
    scored: Vec<Scored>,
}

/// Each corpus, then all together: for both methods, wrong prompts of each kind; then those that the pack's calibrations are fitted on, random and with
/// two wrong words; all together also in each condition of capture.
pub fn measure(
    pack: (&Pack, &Path),
    threads: usize,
    words: &[WordTake],
    seed: u64,
) -> anyhow::Result<Vec<(SetReport, Trials)>> {
    let speakers = speakers(words);
    let crowd = crowd(&speakers)?;
    let numbers: Vec<usize> = (0..speakers.len()).collect();
    let measured = for_each(pack, threads, &numbers, |sessions, &number| {
        let speaker = &speakers[number];
        let others = (1..crowd.len()).map(|step| crowd[(number + step) % crowd.len()].as_slice());
        let others: Vec<&[f32]> = others.take(BABBLE_VOICES).collect();
        let seed = seed.rotate_left(32) ^ number as u64;
        speak(sessions.voice_networks(), speaker, (&others, seed))
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
            for wrong in WRONG {
                let elsewhere = corpus.is_none() && wrong.len() == 1;
                let conditions = if elsewhere { CONDITIONS.len() } else { 1 };
                let of_corpus = |speaker: &Speaker<'_>| {
                    corpus.is_none_or(|corpus| speaker.corpus == corpus)
                        && (method == Method::OwnWords || speaker.digits)
                };
                let chosen: Vec<(u32, &Measured)> = (0..)
                    .zip(speakers.iter().zip(&measured))
                    .filter(|(_, (speaker, _))| of_corpus(speaker))
                    .map(|(number, (_, measured))| (number, measured))
                    .collect();
                for condition in 0..if chosen.is_empty() { 0 } else { conditions } {
                    let choice = Choice {
                        condition,
                        method,
                        wrong,
                    };
                    let name = choice.name(corpus.unwrap_or(ALL));
                    sets.push(set(name, &chosen, choice, calibration));
                }
            }
        }
    }
    Ok(sets)
}

/// Name of all corpora together.
const ALL: &str = "all";

/// Whether a set is told of in a pack: one kind of wrong prompt, as recorded, all corpora together where there are several.
pub fn is_told(name: &str, several: bool) -> bool {
    let parts: Vec<&str> = name.split(", ").collect();
    parts.len() == 3 && !parts[2].contains('+') && (!several || is_of_all(name))
}

/// Whether a set is of all corpora together.
pub fn is_of_all(name: &str) -> bool {
    name.split(", ").next() == Some(ALL)
}

impl Choice<'_> {
    fn name(self, corpus: &str) -> String {
        let method = match self.method {
            Method::OwnWords => "own words",
            Method::Network => "digit network",
        };
        let wrong: Vec<&str> = self
            .wrong
            .iter()
            .map(|prompt| match prompt {
                Prompt::Right => "right",
                Prompt::Random => "random",
                Prompt::TwoWrong => "two wrong",
                Prompt::OneWrong => "one wrong",
            })
            .collect();
        let wrong = wrong.join(" + ");
        match self.condition {
            0 => format!("{corpus}, {method}, {wrong}"),
            condition => format!(
                "{corpus}, {method}, {wrong}, {}",
                CONDITIONS[condition].name
            ),
        }
    }

    fn takes(self, scored: &Scored) -> bool {
        scored.condition == self.condition
            && scored.method == self.method
            && (scored.prompt == Prompt::Right || self.wrong.contains(&scored.prompt))
    }
}

fn set(
    name: String,
    speakers: &[(u32, &Measured)],
    choice: Choice<'_>,
    calibration: &Calibration,
) -> (SetReport, Trials) {
    let mut trials = Vec::new();
    for (speaker, measured) in speakers {
        for scored in measured.scored.iter().filter(|one| choice.takes(one)) {
            let llr = calibration.llr(scored.score);
            let genuine = scored.prompt == Prompt::Right;
            trials.push(Trial::of_one(scored.score, llr, *speaker, genuine));
        }
    }
    let trials = Trials::new(trials);
    let sum = |count: &dyn Fn(&Measured) -> usize| speakers.iter().map(|(_, one)| count(one)).sum();
    let phrases = |one: &Measured| one.phrases[choice.condition];
    let unacquired = |one: &Measured| one.failures_to_acquire[choice.condition];
    let report = SetReport {
        name,
        persons: speakers.len(),
        samples: sum(&phrases),
        failures_to_acquire: sum(&unacquired),
        failures_to_enrol: sum(&|one| usize::from(!one.enrolled)),
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

/// Enrols one speaker again and again and scores phrases against each enrolment.
fn speak(
    voice: &mut Voice,
    speaker: &Speaker<'_>,
    (others, seed): (&[&[f32]], u64),
) -> anyhow::Result<Measured> {
    let words = speaker.sounds()?;
    let takes = words.iter().map(Vec::len).min().unwrap_or(0);
    anyhow::ensure!(
        takes >= 2 && words.len() >= 2,
        "every speaker needs two words or more, and two takes or more of each"
    );
    let mut measured = Measured {
        phrases: [0; _],
        failures_to_acquire: [0; _],
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
        for number in 0..PHRASES {
            let (right, sound) = phrase(&words, &tests, &mut random);
            let conditions = if number < PHRASES_ELSEWHERE {
                &CONDITIONS[..]
            } else {
                &CONDITIONS[..1]
            };
            for (index, condition) in conditions.iter().enumerate() {
                // Each of its changes has its turn.
                let change = condition.changes[number % condition.changes.len()];
                let sound = change.of(&sound, others, random.next_u64());
                let wrong = if index == 0 { WRONG_PROMPTS } else { 1 };
                let prompts = prompts(&right, words.len(), wrong, &mut random);
                let asked = (index, prompts.as_slice());
                ask(
                    voice,
                    sound,
                    asked,
                    (&template, speaker.digits),
                    &mut measured,
                )?;
            }
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

/// A random phrase: its words and how they sound.
fn phrase(
    words: &[Vec<Vec<f32>>],
    tests: &[usize],
    random: &mut Xoshiro256PlusPlus,
) -> (Vec<u8>, Vec<f32>) {
    let symbols: Vec<usize> = (0..PHRASE_LEN)
        .map(|_| random.random_range(0..words.len()))
        .collect();
    let takes: Vec<&Vec<f32>> = symbols
        .iter()
        .map(|&symbol| &words[symbol][tests[random.random_range(0..tests.len())]])
        .collect();
    let sound = join(takes, random);
    (symbols.iter().map(|&symbol| symbol as u8).collect(), sound)
}

/// Scores the prompts for one phrase in a condition by both methods.
fn ask(
    voice: &mut Voice,
    sound: Vec<f32>,
    (condition, prompts): (usize, &[(Prompt, Vec<u8>)]),
    (template, digits): (&VoiceTemplate, bool),
    measured: &mut Measured,
) -> anyhow::Result<()> {
    let heard = listen(voice, sound)?;
    for (kind, prompt) in prompts {
        let own = own_digits_score(&heard, template, prompt);
        measured.failures_to_acquire[condition] +=
            usize::from(*kind == Prompt::Right && own.is_none());
        let mut scored = |method, score: Option<f64>| {
            measured.scored.push(Scored {
                condition,
                method,
                prompt: *kind,
                score: score.unwrap_or(f64::NEG_INFINITY),
            });
        };
        scored(Method::OwnWords, own);
        if digits {
            scored(Method::Network, voice.network_score(&heard, prompt)?);
        }
    }
    measured.phrases[condition] += 1;
    Ok(())
}

/// The right prompt, then so many wrong ones of every kind; none of those equals the right one.
fn prompts(
    right: &[u8],
    vocabulary: usize,
    wrong: usize,
    random: &mut Xoshiro256PlusPlus,
) -> Vec<(Prompt, Vec<u8>)> {
    let mut prompts = vec![(Prompt::Right, right.to_vec())];
    for _ in 0..wrong {
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
    fn a_pack_tells_of_each_kind_of_wrong_prompt_once() {
        let told = |name| is_told(name, true);
        assert!(told("all, own words, one wrong") && told("all, digit network, random"));
        assert!(!told("all, own words, random + two wrong"));
        assert!(!told("all, own words, random, telephone"));
        assert!(!told("fsdd, own words, random") && is_told("fsdd, own words, random", false));
    }

    #[test]
    fn wrong_prompts_differ_in_as_many_words_as_they_say() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(3);
        let right = [1, 2, 3, 3, 2, 1];
        for _ in 0..200 {
            for (kind, prompt) in prompts(&right, 10, WRONG_PROMPTS, &mut random) {
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
}

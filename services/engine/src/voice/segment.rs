//! Cuts a phrase of known length into its words, for the templates of an enrolment.

use std::ops::Range;

use super::{
    cepstra::{Frame, Utterance},
    connected::{Take, align},
};

/// Pauses between words that are tried, longest first, frames of 10 ms.
const PAUSES: Range<usize> = 3..31;
/// Shorter runs of speech frames are clicks, frames of 10 ms.
const CLICK_FRAMES_MAX: usize = 2;
/// Longer pauses between words tell no more than this, frames.
const PAUSE_FRAMES_MAX: usize = 25;
/// Frames of pause that outweigh a word e times as long, or as short, as the phrase's average.
const UNEVEN_COST: f32 = 12.0;
/// Shorter sounds are clicks, not words, frames.
const WORD_FRAMES_MIN: usize = 8;
/// Longer stretches are several words, frames.
const WORD_FRAMES_MAX: usize = 120;
/// The longest word of a phrase may be this many times as long as the shortest.
const RATIO_MAX: usize = 5;
/// Rounds of aligning and cutting anew.
const ROUNDS: usize = 4;

/// The words of a phrase, in order: each the speech frames of one word.
pub type Words = Vec<Vec<Frame>>;

/// Cuts at pauses: where some length of pause leaves exactly `count` plausible words, else where the best grouping does.
fn by_pauses(utterance: &Utterance, count: usize) -> Option<Words> {
    let runs = runs(&utterance.spoken);
    let by_length = PAUSES
        .rev()
        .map(|pause| joined(&runs, pause))
        .find(|cut| cut.len() == count && even(cut));
    let cut = by_length.or_else(|| grouped(&runs, count).filter(|cut| even(cut)))?;
    Some(
        cut.into_iter()
            .map(|word| utterance.speech_in(word))
            .collect(),
    )
}

/// Lengths that the words of one phrase have.
fn even(cut: &[Range<usize>]) -> bool {
    let shortest = cut.iter().map(Range::len).min().unwrap_or(0);
    let longest = cut.iter().map(Range::len).max().unwrap_or(0);
    shortest >= WORD_FRAMES_MIN && longest <= WORD_FRAMES_MAX && longest <= shortest * RATIO_MAX
}

/// Runs with pauses shorter than `pause` closed, and what is shorter than a word left out.
fn joined(runs: &[Range<usize>], pause: usize) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for run in runs {
        match words.last_mut() {
            Some(word) if run.start - word.end < pause => word.end = run.end,
            _ => words.push(run.clone()),
        }
    }
    words.retain(|word| word.len() >= WORD_FRAMES_MIN);
    words
}

fn runs(spoken: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..spoken.len()).filter(|&at| spoken[at]) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs.retain(|run| run.len() > CLICK_FRAMES_MAX);
    runs
}

/// Groups neighbouring runs into `count` words, so that the pauses between words are long and the words of even length:
/// a stop inside a word may be longer than a pause, but seldom both that and uneven.
fn grouped(runs: &[Range<usize>], count: usize) -> Option<Vec<Range<usize>>> {
    if count == 0 || runs.len() < count {
        return None;
    }
    let average = (runs.iter().map(Range::len).sum::<usize>() as f32 / count as f32).max(1.0);
    let word = |from: usize, to: usize| runs[from].start..runs[to - 1].end;
    let gain = |from: usize, to: usize| {
        let uneven = (word(from, to).len() as f32 / average).ln();
        let pause = if from == 0 {
            0
        } else {
            runs[from].start - runs[from - 1].end
        };
        pause.min(PAUSE_FRAMES_MAX) as f32 - UNEVEN_COST * uneven * uneven
    };
    // best[words][runs]: the greatest gain of so many runs grouped into so many words, and where the last word begins.
    let mut best = vec![vec![(f32::NEG_INFINITY, 0_usize); runs.len() + 1]; count + 1];
    best[0][0].0 = 0.0;
    for words in 1..=count {
        for to in words..=runs.len() {
            for from in words - 1..to {
                let total = best[words - 1][from].0 + gain(from, to);
                if total > best[words][to].0 {
                    best[words][to] = (total, from);
                }
            }
        }
    }
    let mut to = runs.len();
    let mut cut = Vec::with_capacity(count);
    for words in (1..=count).rev() {
        let from = best[words][to].1;
        cut.push(word(from, to));
        to = from;
    }
    cut.reverse();
    Some(cut)
}

/// Cuts all phrases of one person. Where pauses do not show the words, they are found by aligning with the same words of
/// the other phrases, beginning from equal parts. A phrase that stays unclear is left out.
pub fn words(phrases: &[(Utterance, Vec<u8>)]) -> Vec<Option<Words>> {
    let by_pauses: Vec<Option<Words>> = phrases
        .iter()
        .map(|(utterance, symbols)| by_pauses(utterance, symbols.len()))
        .collect();
    let speech: Vec<Vec<Frame>> = phrases
        .iter()
        .map(|(utterance, _)| utterance.speech())
        .collect();
    let equal = |at: usize| {
        let (frames, count) = (&speech[at], phrases[at].1.len());
        (frames.len() >= count * WORD_FRAMES_MIN)
            .then(|| cut(frames, &equal_ends(frames.len(), count)))
    };
    let seeded = by_pauses.iter().any(Option::is_some);
    let mut words: Vec<Option<Words>> = by_pauses
        .iter()
        .enumerate()
        .map(|(at, words)| {
            words
                .clone()
                .or_else(|| if seeded { None } else { equal(at) })
        })
        .collect();
    for _ in 0..ROUNDS {
        for at in (0..phrases.len()).filter(|&at| by_pauses[at].is_none()) {
            let takes = takes(phrases, &words, at);
            let ends = align(&speech[at], &phrases[at].1, &takes);
            words[at] = ends
                .map(|ends| cut(&speech[at], &ends))
                .or_else(|| words[at].take())
                .filter(plausible);
        }
    }
    words
}

fn plausible(words: &Words) -> bool {
    words
        .iter()
        .all(|word| (WORD_FRAMES_MIN..=WORD_FRAMES_MAX).contains(&word.len()))
}

fn equal_ends(frames: usize, count: usize) -> Vec<usize> {
    (1..=count).map(|word| word * frames / count).collect()
}

fn cut(frames: &[Frame], ends: &[usize]) -> Words {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts
        .zip(ends)
        .map(|(start, &end)| frames[start..end].to_vec())
        .collect()
}

/// Takes of all phrases but one; of that one too when no other phrase has them.
fn takes<'a>(
    phrases: &[(Utterance, Vec<u8>)],
    words: &'a [Option<Words>],
    but: usize,
) -> Vec<Take<'a>> {
    let of = |at: usize| {
        let symbols = phrases[at].1.clone();
        let words = words[at].iter().flatten();
        symbols
            .into_iter()
            .zip(words)
            .map(|(symbol, frames)| Take { symbol, frames })
    };
    let mut takes: Vec<Take<'a>> = (0..phrases.len())
        .filter(|&at| at != but)
        .flat_map(of)
        .collect();
    let known: Vec<u8> = takes.iter().map(|take| take.symbol).collect();
    takes.extend(of(but).filter(|take| !known.contains(&take.symbol)));
    takes
}

impl Utterance {
    fn speech_in(&self, range: Range<usize>) -> Vec<Frame> {
        let frames = self.frames[range.clone()].iter().zip(&self.spoken[range]);
        frames
            .filter(|&(_, &spoken)| spoken)
            .map(|(&frame, _)| frame)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utterance(spoken: &[(usize, bool)]) -> Utterance {
        let spoken: Vec<bool> = spoken
            .iter()
            .flat_map(|&(len, speech)| vec![speech; len])
            .collect();
        Utterance {
            frames: vec![[0.0; _]; spoken.len()],
            spoken,
        }
    }

    #[test]
    fn pauses_show_the_words_even_with_a_stop_inside_one() {
        let phrase = utterance(&[
            (5, false),
            (30, true),
            (20, false),
            (20, true),
            (6, false),
            (9, true),
            (18, false),
            (25, true),
            (4, false),
        ]);
        let lengths = |count| {
            by_pauses(&phrase, count).map(|words| words.iter().map(Vec::len).collect::<Vec<_>>())
        };
        assert_eq!(lengths(3), Some(vec![30, 29, 25]));
        assert_eq!(lengths(4), Some(vec![30, 20, 9, 25]));
        assert_eq!(lengths(5), None, "there are four runs");
    }
}

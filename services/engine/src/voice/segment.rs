//! Cuts a phrase of known length into its words, for the templates of an enrolment.

use std::ops::Range;

use super::{
    cepstra::{Frame, Utterance},
    connected::{Take, align},
};

/// A pause inside a word counts by its length, up to this, frames of 10 ms: longer ones tell no more.
const PAUSE_FRAMES_MAX: usize = 25;
/// Shorter pauses never part two words, frames.
const BETWEEN_FRAMES_MIN: usize = 4;
/// Frames of pause that outweigh a word e times as long, or as short, as the phrase's average.
const UNEVEN_COST: f32 = 12.0;
/// Frames of pause that outweigh a frame of sound that belongs to no word: a click, a breath, the end of something else.
const STRAY_COST: f32 = 1.0;
/// Shorter sounds are clicks, not words, frames.
const WORD_FRAMES_MIN: usize = 8;
/// Longer stretches are several words, frames, with the pauses inside.
const WORD_FRAMES_MAX: usize = 200;
/// Rounds of aligning and cutting anew.
const ROUNDS: usize = 4;

/// The words of a phrase, in order: each the speech frames of one word.
pub type Words = Vec<Vec<Frame>>;

/// Cuts at pauses.
fn by_pauses(utterance: &Utterance, count: usize) -> Option<Words> {
    let cut = grouped(&runs(&utterance.spoken), count)?;
    Some(
        cut.into_iter()
            .map(|word| utterance.speech_in(word))
            .collect(),
    )
}

fn runs(spoken: &[bool]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for at in (0..spoken.len()).filter(|&at| spoken[at]) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs
}

/// Groups neighbouring runs of sound into `count` words and leaves stray ones out, so that pauses inside words are short, the words of even
/// length, and little is left out: a stop inside a word may be longer than a pause, but seldom both that and uneven.
fn grouped(runs: &[Range<usize>], count: usize) -> Option<Vec<Range<usize>>> {
    if count == 0 || runs.len() < count {
        return None;
    }
    // sums[at]: frames of sound before a run.
    let sums: Vec<usize> = std::iter::once(0)
        .chain(runs.iter().scan(0, |sum, run| {
            *sum += run.len();
            Some(*sum)
        }))
        .collect();
    let sound = |from: usize, to: usize| sums[to] - sums[from];
    let stray = |from: usize, to: usize| STRAY_COST * sound(from, to) as f32;
    let average = (sound(0, runs.len()) as f32 / count as f32).max(1.0);
    let pause = |at: usize| runs[at].start - runs[at - 1].end;
    // best[words][runs]: the least cost of so many words of which the last ends with the last of so many runs, and where this word begins;
    // left[words][runs]: of so many words among so many runs, and where the last word ends.
    let nothing = (f32::INFINITY, 0_usize);
    let mut best = vec![vec![nothing; runs.len() + 1]; count + 1];
    let mut left = vec![vec![nothing; runs.len() + 1]; count + 1];
    for (to, slot) in left[0].iter_mut().enumerate() {
        *slot = (stray(0, to), to);
    }
    for words in 1..=count {
        for to in 1..=runs.len() {
            let mut inside = 0.0;
            for from in (0..to).rev() {
                if from + 1 < to {
                    inside += pause(from + 1).min(PAUSE_FRAMES_MAX) as f32;
                }
                if runs[to - 1].end - runs[from].start > WORD_FRAMES_MAX {
                    break;
                }
                let apart = words == 1 || from > 0 && pause(from) >= BETWEEN_FRAMES_MIN;
                if sound(from, to) < WORD_FRAMES_MIN || !(apart || left[words - 1][from].1 < from) {
                    continue;
                }
                let uneven = (sound(from, to) as f32 / average).ln();
                let cost = left[words - 1][from].0 + inside + UNEVEN_COST * uneven * uneven;
                if cost < best[words][to].0 {
                    best[words][to] = (cost, from);
                }
            }
            let dropped = left[words][to - 1];
            let dropped = (dropped.0 + stray(to - 1, to), dropped.1);
            left[words][to] = if best[words][to].0 <= dropped.0 {
                (best[words][to].0, to)
            } else {
                dropped
            };
        }
    }
    let mut to = runs.len();
    if !left[count][to].0.is_finite() {
        return None;
    }
    let mut cut = Vec::with_capacity(count);
    for words in (1..=count).rev() {
        let end = left[words][to].1;
        let from = best[words][end].1;
        cut.push(runs[from].start..runs[end - 1].end);
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

//! Connected words by dynamic time warping: level building (Myers & Rabiner 1981) over takes of single words.
//!
//! Each step consumes exactly one frame of the test utterance and 0, 1 or 2 frames of a take, so that all paths have the
//! same length and their costs can be compared.

use super::cepstra::Frame;

/// Extra cost of a step that stays on a take's frame, in units of the frame distance.
const HOLD_COST: f32 = 0.3;
/// Extra cost of a step that leaves out a take's frame.
const SKIP_COST: f32 = 0.1;

/// One spoken instance of a symbol.
#[derive(Debug, Clone, Copy)]
pub struct Take<'a> {
    /// What was said: a digit, or any word of a small set.
    pub symbol: u8,
    /// Its features.
    pub frames: &'a [Frame],
}

/// Costs of the best paths, sums over the frames of the test utterance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Costs {
    /// Of the expected string.
    pub expected: f32,
    /// Of the best other string of the same length.
    pub other: f32,
    /// Frames of the test utterance.
    pub frames: usize,
}

impl Costs {
    /// How much better the expected string fits than every other, in frames of average cost; negative when another fits better.
    pub fn margin(&self) -> f64 {
        let average = f64::from(self.expected.min(self.other)) / self.frames as f64;
        f64::from(self.other - self.expected) / average.max(f64::from(f32::EPSILON))
    }
}

/// Both costs in one pass. `None` when a symbol of `expected` has no take, or the utterance is too short for the string.
pub fn costs(test: &[Frame], expected: &[u8], takes: &[Take<'_>]) -> Option<Costs> {
    let known = |symbol: &u8| takes.iter().any(|take| take.symbol == *symbol);
    if expected.is_empty() || !expected.iter().all(known) {
        return None;
    }
    let mut lattice = Lattice::new(expected, takes);
    for frame in test {
        lattice.advance(frame);
    }
    let [expected, other] = *lattice.ends.last()?;
    (expected.is_finite() && other.is_finite()).then_some(Costs {
        expected,
        other,
        frames: test.len(),
    })
}

/// Index of a lane: paths that spelt the expected string so far, or that have left it.
const ON: usize = 0;
const OFF: usize = 1;

struct Lattice<'a> {
    expected: &'a [u8],
    takes: &'a [Take<'a>],
    /// Where each take begins among all takes' frames.
    offsets: Vec<usize>,
    /// Cost of the best path that ends now in a given take's frame: `[level][lane][frame]`.
    paths: Vec<[Vec<f32>; 2]>,
    /// Cost of the best path that has spelt so many symbols and ends now: `[level + 1][lane]`; level 0 is the beginning.
    ends: Vec<[f32; 2]>,
    distances: Vec<f32>,
}

impl<'a> Lattice<'a> {
    fn new(expected: &'a [u8], takes: &'a [Take<'a>]) -> Self {
        let mut offsets = Vec::with_capacity(takes.len());
        let mut frames = 0;
        for take in takes {
            offsets.push(frames);
            frames += take.frames.len();
        }
        let mut ends = vec![[f32::INFINITY; 2]; expected.len() + 1];
        ends[0][ON] = 0.0;
        let paths =
            vec![[vec![f32::INFINITY; frames], vec![f32::INFINITY; frames]]; expected.len()];
        Self {
            expected,
            takes,
            offsets,
            paths,
            ends,
            distances: vec![0.0; frames],
        }
    }

    fn advance(&mut self, frame: &Frame) {
        let all = self.takes.iter().flat_map(|take| take.frames);
        for (slot, other) in self.distances.iter_mut().zip(all) {
            *slot = distance(frame, other);
        }
        let before = self.ends.clone();
        self.ends[0] = [f32::INFINITY; 2];
        for (level, &symbol) in self.expected.iter().enumerate() {
            let [on, off] = before[level];
            let mut ends = [f32::INFINITY; 2];
            for (take, &from) in self.takes.iter().zip(&self.offsets) {
                let range = from..from + take.frames.len();
                let distances = &self.distances[range.clone()];
                let right = take.symbol == symbol;
                if right {
                    ends[ON] = ends[ON].min(step(
                        &mut self.paths[level][ON][range.clone()],
                        distances,
                        on,
                    ));
                }
                let entry = if right { off } else { on.min(off) };
                ends[OFF] =
                    ends[OFF].min(step(&mut self.paths[level][OFF][range], distances, entry));
            }
            self.ends[level + 1] = ends;
        }
    }
}

/// Advances all paths inside one take by one test frame and returns the cost of leaving it. `entry`: cost of arriving at its beginning.
fn step(paths: &mut [f32], distances: &[f32], entry: f32) -> f32 {
    let last = paths.len().saturating_sub(1);
    for at in (0..paths.len()).rev() {
        let diagonal = if at == 0 { entry } else { paths[at - 1] };
        let skipped = match at {
            0 => f32::INFINITY,
            1 => entry,
            _ => paths[at - 2],
        };
        let best = diagonal.min(paths[at] + HOLD_COST).min(skipped + SKIP_COST);
        paths[at] = best + distances[at];
    }
    paths.get(last).copied().unwrap_or(f32::INFINITY).min(
        last.checked_sub(1)
            .map_or(f32::INFINITY, |before| paths[before] + SKIP_COST),
    )
}

fn distance(a: &Frame, b: &Frame) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b) * (a - b))
        .sum::<f32>()
        .sqrt()
}

/// Where each symbol of a known string lies: the end of each in frames of `test`, ascending, the last being its length.
/// `None` as for [`costs`].
pub fn align(test: &[Frame], expected: &[u8], takes: &[Take<'_>]) -> Option<Vec<usize>> {
    // best[level][t]: cheapest way to have spelt `level` symbols in the first t frames, and where the last of them began.
    let mut best = vec![vec![(f32::INFINITY, 0_usize); test.len() + 1]; expected.len() + 1];
    best[0][0] = (0.0, 0);
    for (level, symbol) in expected.iter().enumerate() {
        for take in takes.iter().filter(|take| take.symbol == *symbol) {
            level_ends(test, take.frames, level, &mut best);
        }
    }
    let mut ends = vec![test.len()];
    for level in (1..=expected.len()).rev() {
        let (cost, start) = best[level][*ends.last()?];
        if !cost.is_finite() {
            return None;
        }
        ends.push(start);
    }
    ends.pop();
    ends.reverse();
    Some(ends)
}

fn level_ends(test: &[Frame], take: &[Frame], level: usize, best: &mut [Vec<(f32, usize)>]) {
    let mut paths = vec![(f32::INFINITY, 0_usize); take.len()];
    let cheaper = |a: (f32, usize), b: (f32, usize)| if b.0 < a.0 { b } else { a };
    for (t, frame) in test.iter().enumerate() {
        let entry = (best[level][t].0, t);
        for at in (0..take.len()).rev() {
            let diagonal = if at == 0 { entry } else { paths[at - 1] };
            let mut path = cheaper(diagonal, (paths[at].0 + HOLD_COST, paths[at].1));
            if at > 0 {
                let skipped = if at == 1 { entry } else { paths[at - 2] };
                path = cheaper(path, (skipped.0 + SKIP_COST, skipped.1));
            }
            paths[at] = (path.0 + distance(frame, &take[at]), path.1);
        }
        if let Some(&end) = paths.last() {
            best[level + 1][t + 1] = cheaper(best[level + 1][t + 1], end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(seed: usize, len: usize) -> Vec<Frame> {
        let frame =
            |t: usize| std::array::from_fn(|k| ((seed * 31 + t / 3 * 7 + k * 13) as f32).sin());
        (0..len).map(frame).collect()
    }

    fn stretched(frames: &[Frame], len: usize) -> Vec<Frame> {
        (0..len).map(|at| frames[at * frames.len() / len]).collect()
    }

    #[test]
    fn the_spoken_string_beats_every_other() {
        let words: Vec<Vec<Frame>> = (0..5).map(|seed| word(seed, 20 + seed)).collect();
        let takes: Vec<Take<'_>> = words
            .iter()
            .enumerate()
            .map(|(symbol, frames)| Take {
                symbol: symbol as u8,
                frames,
            })
            .collect();
        let test: Vec<Frame> = [3, 1, 4, 1]
            .iter()
            .flat_map(|&at: &usize| stretched(&words[at], 24))
            .collect();
        assert!(costs(&test, &[3, 1, 4, 1], &takes).unwrap().margin() > 0.0);
        assert!(costs(&test, &[3, 1, 2, 1], &takes).unwrap().margin() < 0.0);
        assert!(
            costs(&test, &[0, 0, 2, 2], &takes).unwrap().margin()
                < costs(&test, &[3, 1, 2, 1], &takes).unwrap().margin()
        );
        assert_eq!(
            costs(&test, &[3, 1, 9, 1], &takes),
            None,
            "a symbol without a take"
        );
        assert_eq!(costs(&test[..2], &[3, 1, 4, 1], &takes), None, "too short");
        assert_eq!(
            align(&test, &[3, 1, 4, 1], &takes).unwrap(),
            [24, 48, 72, 96]
        );
    }
}

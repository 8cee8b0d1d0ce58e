//! Connectionist temporal classification (Graves et al. 2006): how probable is a given string under a network's output.

/// Classes of the digit network: blank, then 0 to 9.
pub const CLASSES: usize = 11;
const BLANK: usize = 0;
/// Lowest score of a string that cannot be aligned at all, nats per digit.
pub const SCORE_MIN: f64 = -50.0;

/// `(log P(prompt) − log P(greedy)) / len(prompt)`: 0 when the prompt is what the network heard, ever more negative the
/// less it is. `log_probs`: row by row, one row of 11 a frame. `None` without frames, or unless the prompt is digits.
pub fn score(log_probs: &[f32], prompt: &[u8]) -> Option<f64> {
    if log_probs.is_empty()
        || prompt.is_empty()
        || prompt
            .iter()
            .any(|&digit| usize::from(digit) + 1 >= CLASSES)
    {
        return None;
    }
    let heard = greedy(log_probs);
    let difference = log_probability(log_probs, prompt) - log_probability(log_probs, &heard);
    Some((difference / prompt.len() as f64).max(SCORE_MIN))
}

/// The string of the most probable class in each frame, repetitions and blanks taken out.
pub fn greedy(log_probs: &[f32]) -> Vec<u8> {
    let mut digits = Vec::new();
    let mut previous = BLANK;
    for row in log_probs.chunks_exact(CLASSES) {
        let best = (0..CLASSES).fold(
            BLANK,
            |best, class| if row[class] > row[best] { class } else { best },
        );
        if best != previous && best != BLANK {
            digits.push((best - 1) as u8);
        }
        previous = best;
    }
    digits
}

/// Natural logarithm of the probability of `digits`, over all alignments: the forward algorithm on the string with blanks
/// between, before and after its digits. Minus infinity when the frames are too few.
pub fn log_probability(log_probs: &[f32], digits: &[u8]) -> f64 {
    let class = |state: usize| {
        if state.is_multiple_of(2) {
            BLANK
        } else {
            usize::from(digits[state / 2]) + 1
        }
    };
    let states = 2 * digits.len() + 1;
    let mut rows = log_probs.chunks_exact(CLASSES);
    let Some(first) = rows.next() else {
        return f64::NEG_INFINITY;
    };
    let mut alpha = vec![f64::NEG_INFINITY; states];
    for (state, alpha) in alpha.iter_mut().enumerate().take(2) {
        *alpha = f64::from(first[class(state)]);
    }
    for row in rows {
        // From the end, so that each state still sees its predecessors of the frame before.
        for state in (0..states).rev() {
            let mut sum = alpha[state];
            if state >= 1 {
                sum = log_add(sum, alpha[state - 1]);
            }
            if state >= 2 && class(state) != BLANK && class(state) != class(state - 2) {
                sum = log_add(sum, alpha[state - 2]);
            }
            alpha[state] = sum + f64::from(row[class(state)]);
        }
    }
    let before_last = states
        .checked_sub(2)
        .map_or(f64::NEG_INFINITY, |state| alpha[state]);
    log_add(alpha[states - 1], before_last)
}

fn log_add(a: f64, b: f64) -> f64 {
    let (high, low) = if a >= b { (a, b) } else { (b, a) };
    if low == f64::NEG_INFINITY {
        high
    } else {
        high + (low - high).exp().ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows with the given probabilities of blank, 0 and 1.
    fn rows(probabilities: &[[f32; 3]]) -> Vec<f32> {
        let row = |p: &[f32; 3]| {
            let mut row = [f32::NEG_INFINITY; CLASSES];
            for (slot, p) in row.iter_mut().zip(p) {
                *slot = p.ln();
            }
            row
        };
        probabilities.iter().flat_map(row).collect()
    }

    #[test]
    fn the_forward_algorithm_sums_over_all_alignments() {
        let p = [[0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.4, 0.4, 0.2]];
        let log_probs = rows(&p);
        for digits in [
            vec![],
            vec![0],
            vec![1],
            vec![0, 1],
            vec![0, 0],
            vec![1, 0, 1],
        ] {
            let mut sum = 0.0_f32;
            for path in 0..27_usize {
                let classes = [path / 9, path / 3 % 3, path % 3];
                let mut string = Vec::new();
                for (at, &class) in classes.iter().enumerate() {
                    if class != 0 && (at == 0 || classes[at - 1] != class) {
                        string.push(class as u8 - 1);
                    }
                }
                if string == digits {
                    sum += (0..3).map(|t| p[t][classes[t]]).product::<f32>();
                }
            }
            let found = log_probability(&log_probs, &digits).exp();
            assert!(
                (found - f64::from(sum)).abs() < 1e-6,
                "{digits:?}: {found} {sum}"
            );
        }
    }

    #[test]
    fn what_was_heard_scores_zero_and_the_impossible_scores_the_minimum() {
        let log_probs = rows(&[[0.1, 0.8, 0.1], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8]]);
        assert_eq!(greedy(&log_probs), [0, 1]);
        assert_eq!(score(&log_probs, &[0, 1]), Some(0.0));
        assert!(score(&log_probs, &[1, 0]).unwrap() < -0.5);
        assert_eq!(score(&log_probs, &[0, 0, 0, 0]), Some(SCORE_MIN));
        assert_eq!(score(&log_probs, &[]), None);
        assert_eq!(score(&log_probs, &[10]), None);
        assert_eq!(score(&[], &[1]), None);
    }
}

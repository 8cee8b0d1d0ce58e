use super::Verdict;
use crate::{Llr, coaching::Coaching, evidence::Measurement};

/// What a duty's earlier attempts came to, of those that were to be taken again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Earlier {
    retries: usize,
    /// Of each that was to be read again: that the prompt was spoken.
    digits: Vec<Llr>,
}

impl Earlier {
    /// One more attempt, with what was measured of it. What was not to be taken again changes nothing.
    pub fn add(&mut self, verdict: &Verdict, seen: &Measurement) {
        let Verdict::Retry { coaching } = verdict else {
            return;
        };
        self.retries += 1;
        if coaching.contains(&Coaching::ReadClearly) {
            self.digits.extend(digits(seen));
        }
    }

    /// How many were to be taken again.
    pub const fn retries(&self) -> usize {
        self.retries
    }

    /// That the prompts were spoken, nats: mean over this attempt and those that were to be read again. Whoever once swallowed a word reads the next
    /// prompt well; whoever does not know a digit says as little of the next one, and trying again must not pay. None where this attempt says nothing.
    pub(super) fn content(&self, seen: &Measurement) -> Option<f64> {
        let sum = self.digits.iter().map(|llr| llr.get()).sum::<f64>();
        let now = digits(seen)?.get();
        Some((sum + now) / (self.digits.len() + 1) as f64)
    }
}

fn digits(seen: &Measurement) -> Option<Llr> {
    let (_, content) = seen.voice.as_ref()?.content?;
    Some(content.llr)
}

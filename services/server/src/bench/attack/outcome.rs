//! What became of the tries.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::verdict::Verdict;
use serde::Serialize;

use super::presented::Presented;
use crate::output;

/// One minus the confidence of the bounds.
const DOUBT: f64 = 0.05;
/// Halvings that find a bound to 2⁻⁵².
const HALVINGS: u32 = 52;
/// Codes that are named in a table.
const CODES_SHOWN: usize = 3;

/// Of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tally {
    pub presented: Presented,
    pub genuine: bool,
    pub tries: u32,
    /// At the first attempt.
    pub verified_at_first: u32,
    /// At any.
    pub verified: u32,
    pub review: u32,
    pub retry: u32,
    /// How often an officer's reason or a coaching was named, by code; those of the last attempt.
    pub codes: BTreeMap<String, u32>,
}

/// The whole run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// `name@version`.
    pub pack: String,
    pub seed: u64,
    pub persons: usize,
    pub voices: usize,
    pub tallies: Vec<Tally>,
}

impl Tally {
    pub const fn new(presented: Presented) -> Self {
        Self {
            presented,
            genuine: presented.genuine(),
            tries: 0,
            verified_at_first: 0,
            verified: 0,
            review: 0,
            retry: 0,
            codes: BTreeMap::new(),
        }
    }

    /// The verdicts of one try's attempts, in their order; one at least.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        self.tries += 1;
        self.verified_at_first += u32::from(verdicts.first() == Some(&Verdict::Verified));
        let mut count = |code: &str| *self.codes.entry(code.to_owned()).or_default() += 1;
        match verdicts.last() {
            None => {}
            Some(Verdict::Verified) => self.verified += 1,
            Some(Verdict::Review { reasons }) => {
                self.review += 1;
                for reason in reasons {
                    count(reason.as_str());
                }
            }
            Some(Verdict::Retry { coaching }) => {
                self.retry += 1;
                for coaching in coaching {
                    count(coaching.as_str());
                }
            }
        }
    }

    /// Share of the tries, 0..1.
    pub fn share(&self, count: u32) -> f64 {
        f64::from(count) / f64::from(self.tries.max(1))
    }

    /// What the share is below with 95 % confidence, one-sided (Clopper & Pearson 1934).
    pub fn at_most(&self, count: u32) -> f64 {
        at_most(count, self.tries)
    }

    /// The most frequent codes first.
    pub fn most_frequent(&self) -> String {
        let mut codes: Vec<(&str, u32)> = self
            .codes
            .iter()
            .map(|(code, &count)| (code.as_str(), count))
            .collect();
        codes.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let shown = codes.iter().take(CODES_SHOWN);
        let shown: Vec<String> = shown
            .map(|(code, count)| format!("{code} {count}"))
            .collect();
        shown.join(", ")
    }
}

/// The share at which as few successes as these, or fewer, have probability 5 %.
fn at_most(successes: u32, tries: u32) -> f64 {
    if successes >= tries {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if as_few(successes, tries, middle) > DOUBT {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// Probability of at most so many successes at this share, 0 < share < 1.
fn as_few(successes: u32, tries: u32, share: f64) -> f64 {
    let odds = (share / (1.0 - share)).ln();
    let mut term = f64::from(tries) * (1.0 - share).ln();
    let mut sum = term.exp();
    for count in 1..=successes {
        term += (f64::from(tries - count + 1) / f64::from(count)).ln() + odds;
        sum += term.exp();
    }
    sum
}

impl Report {
    /// One line of JSON, or the tables.
    pub fn print(&self, json: bool) -> anyhow::Result<()> {
        output::print(self, json, || self.markdown())
    }

    /// Two tables in Markdown, genuine people first.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "{}, {} persons, {} voices, seed {}\n\n",
            self.pack, self.persons, self.voices, self.seed
        );
        text += "| genuine | tries | verified at first | after retries | turned away | 95 % below | most frequent |\n|---|---|---|---|---|---|---|\n";
        for tally in self.tallies.iter().filter(|tally| tally.genuine) {
            let away = tally.tries - tally.verified;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} |",
                tally.presented,
                tally.tries,
                percent(tally.share(tally.verified_at_first)),
                percent(tally.share(tally.verified)),
                percent(tally.share(away)),
                percent(tally.at_most(away)),
                tally.most_frequent(),
            );
        }
        text += "\n| species | tries | verified | 95 % below | review | retry | most frequent |\n|---|---|---|---|---|---|---|\n";
        for tally in self.tallies.iter().filter(|tally| !tally.genuine) {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} |",
                tally.presented,
                tally.tries,
                percent(tally.share(tally.verified)),
                percent(tally.at_most(tally.verified)),
                percent(tally.share(tally.review)),
                percent(tally.share(tally.retry)),
                tally.most_frequent(),
            );
        }
        text
    }
}

/// With one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use domain::{coaching::Coaching, verdict::Reason};

    use super::*;

    #[test]
    fn none_of_three_hundred_is_less_than_one_in_a_hundred() {
        // 1 − 0.05^(1/300), and a table of Clopper and Pearson's.
        assert!(
            (at_most(0, 300) - 0.009_936).abs() < 1e-5,
            "{}",
            at_most(0, 300)
        );
        assert!(
            (at_most(2, 100) - 0.061_622).abs() < 1e-4,
            "{}",
            at_most(2, 100)
        );
        assert!((at_most(3, 3) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_person_who_is_verified_at_the_second_attempt_is_not_turned_away() {
        let mut tally = Tally::new(Presented::Clean);
        let blurred = Verdict::Retry {
            coaching: vec![Coaching::Blurred],
        };
        tally.add(&[Verdict::Verified]);
        tally.add(&[blurred.clone(), Verdict::Verified]);
        tally.add(&[blurred.clone(), blurred]);
        tally.add(&[Verdict::Review {
            reasons: vec![Reason::EvidenceTooWeak],
        }]);
        assert_eq!(
            (tally.tries, tally.verified_at_first, tally.verified),
            (4, 1, 2)
        );
        assert_eq!((tally.review, tally.retry), (1, 1));
        assert_eq!(tally.most_frequent(), "blurred 1, evidence_too_weak 1");
    }
}

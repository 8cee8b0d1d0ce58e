use std::{
    collections::BTreeMap,
    io::{self, Write as _},
};

use serde::Serialize;

use crate::record::{Proof, Record};

/// What was asked for.
#[derive(Debug, Serialize)]
pub struct Setting {
    pub phones: u64,
    pub minutes: u64,
    pub seed: u64,
    pub server: String,
}

/// What came out. Times in seconds since the beginning of the peak, latencies in milliseconds, all as the phones saw them.
#[derive(Debug, Serialize)]
pub struct Figures {
    #[serde(flatten)]
    pub setting: Setting,
    pub acknowledged: u64,
    /// Told a verdict while they waited.
    pub settled: u64,
    /// Acknowledged, with exactly one verdict and a valid receipt at a second look.
    pub proven: u64,
    pub without_verdict: u64,
    pub verdict_changed: u64,
    pub receipt_invalid: u64,
    pub unreachable: u64,
    /// From the first arrival to the last acknowledgement.
    pub acknowledged_per_s_mean: f64,
    /// In the busiest second.
    pub acknowledged_per_s_peak: u64,
    /// The submission alone.
    pub submit_to_acknowledged_ms: Latency,
    /// Open, upload, submit.
    pub arrival_to_acknowledged_ms: Latency,
    /// From sending the submission to hearing the verdict.
    pub submit_to_verdict_ms: Latency,
    pub acknowledged_to_verdict_ms: Latency,
    /// States by name.
    pub verdicts: BTreeMap<String, u64>,
    /// Check-ins that ended before their verdict, by step and problem.
    pub errors: BTreeMap<String, u64>,
    /// Failed tries by problem, also those that a repeat made good.
    pub failed_tries: BTreeMap<String, u64>,
    /// Acknowledged and without verdict at one time, at most.
    pub backlog_max: u64,
    /// When the last verdict was heard.
    pub drained_s: f64,
}

/// Exact quantiles (nearest rank), milliseconds.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    pub count: u64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

impl Latency {
    /// From seconds, in any order.
    pub fn of(seconds: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = seconds.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let rank = |q: f64| {
            let number = (q * sorted.len() as f64).ceil() as usize;
            let value = sorted.get(number.saturating_sub(1)).copied().unwrap_or(0.0);
            (value * 1e4).round() / 10.0
        };
        Self {
            count: sorted.len() as u64,
            p50: rank(0.50),
            p90: rank(0.90),
            p99: rank(0.99),
            max: rank(1.0),
        }
    }
}

impl Figures {
    pub fn of(setting: Setting, records: &[Record]) -> Self {
        let acknowledged: Vec<f64> = records.iter().filter_map(|r| r.acknowledged_s).collect();
        let settled: Vec<f64> = records.iter().filter_map(|r| r.settled_s).collect();
        let first = records
            .iter()
            .map(|r| r.arrived_s)
            .fold(f64::INFINITY, f64::min);
        let last = acknowledged.iter().copied().fold(0.0, f64::max);
        let proofs = |proof: Proof| records.iter().filter(|r| r.proof == proof).count() as u64;
        let count = |names: &mut dyn Iterator<Item = String>| {
            names.fold(BTreeMap::new(), |mut sum: BTreeMap<String, u64>, name| {
                *sum.entry(name).or_default() += 1;
                sum
            })
        };
        let mut failed_tries: BTreeMap<String, u64> = BTreeMap::new();
        for (name, times) in records.iter().flat_map(|r| &r.trouble) {
            *failed_tries.entry(name.clone()).or_default() += times;
        }
        Self {
            setting,
            acknowledged: acknowledged.len() as u64,
            settled: settled.len() as u64,
            proven: proofs(Proof::OneVerdict),
            without_verdict: proofs(Proof::NoVerdict),
            verdict_changed: proofs(Proof::VerdictChanged),
            receipt_invalid: proofs(Proof::ReceiptInvalid),
            unreachable: proofs(Proof::Unreachable),
            acknowledged_per_s_mean: mean_rate(acknowledged.len(), last - first),
            acknowledged_per_s_peak: per_second(&acknowledged).into_iter().max().unwrap_or(0),
            submit_to_acknowledged_ms: latency(records, |r| {
                Some(r.acknowledged_s? - r.submitted_s)
            }),
            arrival_to_acknowledged_ms: latency(records, |r| Some(r.acknowledged_s? - r.arrived_s)),
            submit_to_verdict_ms: latency(records, |r| Some(r.settled_s? - r.submitted_s)),
            acknowledged_to_verdict_ms: latency(records, |r| {
                Some(r.settled_s? - r.acknowledged_s?)
            }),
            verdicts: count(&mut records.iter().filter_map(|r| Some(r.state?.to_string()))),
            errors: count(&mut records.iter().filter_map(|r| r.error.clone())),
            failed_tries,
            backlog_max: backlog(records)
                .into_iter()
                .map(|(_, waiting)| waiting)
                .max()
                .unwrap_or(0),
            drained_s: settled.into_iter().fold(0.0, f64::max),
        }
    }

    /// Every acknowledged check-in has exactly one verdict, told once and told again, and a valid receipt; and there was one.
    pub fn proven(&self) -> bool {
        self.acknowledged > 0 && self.proven == self.acknowledged
    }

    pub fn print(&self, json: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if json {
            let line = serde_json::to_string(self).expect("figures are plain JSON");
            return writeln!(out, "{line}");
        }
        for (what, value) in self.rows() {
            writeln!(out, "{what:<42} {value}")?;
        }
        out.flush()
    }

    /// The figures as a table for people.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let latency = |l: &Latency| {
            format!(
                "p50 {} ms, p90 {} ms, p99 {} ms, max {} ms",
                l.p50, l.p90, l.p99, l.max
            )
        };
        vec![
            (
                "phones, minutes",
                format!("{}, {}", self.setting.phones, self.setting.minutes),
            ),
            ("acknowledged", self.acknowledged.to_string()),
            (
                "with exactly one verdict and valid receipt",
                self.proven.to_string(),
            ),
            (
                "otherwise",
                format!(
                    "{} without verdict, {} changed, {} receipts invalid, {} not reached again",
                    self.without_verdict,
                    self.verdict_changed,
                    self.receipt_invalid,
                    self.unreachable
                ),
            ),
            (
                "acknowledged per second",
                format!(
                    "mean {:.1}, busiest second {}",
                    self.acknowledged_per_s_mean, self.acknowledged_per_s_peak
                ),
            ),
            (
                "submit to acknowledgement",
                latency(&self.submit_to_acknowledged_ms),
            ),
            (
                "arrival to acknowledgement",
                latency(&self.arrival_to_acknowledged_ms),
            ),
            ("submit to verdict", latency(&self.submit_to_verdict_ms)),
            (
                "acknowledgement to verdict",
                latency(&self.acknowledged_to_verdict_ms),
            ),
            ("verdicts", named(&self.verdicts)),
            ("check-ins that ended early", named(&self.errors)),
            (
                "failed tries, also repeated ones",
                named(&self.failed_tries),
            ),
            ("backlog at most", self.backlog_max.to_string()),
            ("drained after", format!("{:.1} s", self.drained_s)),
        ]
    }
}

fn named(counts: &BTreeMap<String, u64>) -> String {
    if counts.is_empty() {
        return "none".to_owned();
    }
    let all: Vec<String> = counts
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    all.join(", ")
}

fn latency(records: &[Record], of: impl Fn(&Record) -> Option<f64>) -> Latency {
    Latency::of(records.iter().filter_map(of))
}

fn mean_rate(count: usize, seconds: f64) -> f64 {
    if count == 0 {
        0.0
    } else {
        count as f64 / seconds.max(1.0)
    }
}

/// How many fell into each second from 0 on.
pub fn per_second(at_s: &[f64]) -> Vec<u64> {
    let mut bins: Vec<u64> = Vec::new();
    for at in at_s {
        let second = at.max(0.0) as usize;
        if bins.len() <= second {
            bins.resize(second + 1, 0);
        }
        bins[second] += 1;
    }
    bins
}

/// How many were acknowledged and had no verdict, after each change.
pub fn backlog(records: &[Record]) -> Vec<(f64, u64)> {
    let mut changes: Vec<(f64, i64)> = Vec::with_capacity(2 * records.len());
    for record in records {
        changes.extend(record.acknowledged_s.map(|at| (at, 1)));
        changes.extend(record.settled_s.map(|at| (at, -1)));
    }
    changes.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut waiting = 0_i64;
    changes
        .into_iter()
        .map(|(at, change)| {
            waiting += change;
            (at, waiting.max(0) as u64)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::checkin::State;

    use super::*;

    fn record(arrived_s: f64, acknowledged_s: f64, settled_s: Option<f64>, proof: Proof) -> Record {
        Record {
            arrived_s,
            submitted_s: acknowledged_s - 0.1,
            acknowledged_s: Some(acknowledged_s),
            settled_s,
            state: settled_s.map(|_| State::Verified),
            proof,
            ..Record::default()
        }
    }

    fn figures(records: &[Record]) -> Figures {
        let setting = Setting {
            phones: records.len() as u64,
            minutes: 1,
            seed: 1,
            server: String::new(),
        };
        Figures::of(setting, records)
    }

    #[test]
    fn quantiles_are_exact_by_nearest_rank() {
        let latency = Latency::of((1..=100).rev().map(|n| f64::from(n) / 1_000.0));
        assert_eq!(
            (latency.p50, latency.p90, latency.p99, latency.max),
            (50.0, 90.0, 99.0, 100.0)
        );
        assert_eq!(Latency::of([]), Latency::default());
    }

    #[test]
    fn the_backlog_is_what_was_acknowledged_and_not_settled() {
        let records = [
            record(0.0, 1.0, Some(4.0), Proof::OneVerdict),
            record(0.5, 2.0, Some(3.0), Proof::OneVerdict),
        ];
        let figures = figures(&records);
        assert_eq!(figures.backlog_max, 2);
        assert_eq!(backlog(&records).last(), Some(&(4.0, 0)));
        assert!((figures.drained_s - 4.0).abs() < 1e-9);
        assert!((figures.acknowledged_per_s_mean - 1.0).abs() < 1e-9);
    }

    #[test]
    fn one_acknowledged_check_in_without_verdict_disproves_the_run() {
        let good = || record(0.0, 1.0, Some(2.0), Proof::OneVerdict);
        assert!(figures(&[good(), good()]).proven());
        assert!(!figures(&[good(), record(0.0, 1.0, None, Proof::NoVerdict)]).proven());
        assert!(!figures(&[good(), record(0.0, 1.0, Some(2.0), Proof::VerdictChanged)]).proven());
        assert!(
            !figures(&[]).proven(),
            "nothing acknowledged proves nothing"
        );
    }

    #[test]
    fn a_phone_that_was_refused_counts_under_its_problem() {
        let refused = Record {
            error: Some("open: window-closed".to_owned()),
            trouble: BTreeMap::from([("window-closed".to_owned(), 1)]),
            ..Record::default()
        };
        let figures = figures(&[refused]);
        assert_eq!(figures.errors["open: window-closed"], 1);
        assert_eq!(figures.failed_tries["window-closed"], 1);
        assert_eq!(figures.acknowledged, 0);
    }
}

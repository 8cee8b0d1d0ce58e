use std::time::Duration;

use domain::{
    evidence::{ContentMethod, Measurement},
    verdict::Verdict,
};
use engine::{Stage, Timings};
use serde::Serialize;

use super::pipeline::{Cost, Phase};
use crate::output;

/// What a check-in costs, and what its networks alone cost. Times are medians over the rounds, core-seconds for one check-in.
#[derive(Debug, Serialize)]
pub struct Report {
    pack: String,
    threads: usize,
    rounds: usize,
    /// Length of the recording, and speech in it, seconds.
    recording_s: f32,
    speech_s: f32,
    /// Who checked the digits: `network`, `own_digits`, or nobody.
    content: Option<ContentMethod>,
    verdict: Verdict,
    network_runs: NetworkRuns,
    whole: Cpu,
    face: Cpu,
    voice: Cpu,
    bare_face: Cpu,
    bare_voice: Cpu,
    /// Check-ins per core-second by those of the bare networks: 1 when nothing but the networks costs anything.
    ratio: f64,
    /// Check-ins per second of the clock on the wall, all threads together.
    checkins_per_s: f64,
    /// Wall time of each stage in one check-in, milliseconds.
    stages_ms: Stages,
}

#[derive(Debug, Serialize)]
struct Cpu {
    core_s: f64,
    /// Of the fastest round: what it costs when nothing else is on the machine.
    core_s_least: f64,
    /// Check-ins (or their parts) per core-second.
    per_core_s: f64,
}

#[derive(Debug, Serialize)]
struct NetworkRuns {
    detector: usize,
    /// Crops and mirrored crops, in one run.
    recogniser_crops: usize,
    voice_activity: usize,
    speaker: usize,
    digits: usize,
    /// Crops, one run of each network for all of them.
    presentation_crops: usize,
}

#[derive(Debug, Serialize)]
struct Stages {
    decode: f64,
    detect: f64,
    align: f64,
    quality: f64,
    embed: f64,
    presentation: f64,
    light: f64,
    voice: f64,
}

impl Report {
    pub fn new(
        pack: String,
        (threads, rounds): (usize, usize),
        costs: &[Cost],
        timings: &[Timings],
        (seen, verdict): (&Measurement, Verdict),
        [
            detector,
            recogniser_crops,
            voice_activity,
            speaker,
            digits,
            presentation_crops,
        ]: [usize; 6],
    ) -> Self {
        let of = |phase: Phase| costs.iter().filter(move |cost| cost.phase == phase);
        let cpu = |phase: Phase| {
            let core_s = median(of(phase).map(|cost| cost.core_s));
            let core_s_least = of(phase)
                .map(|cost| cost.core_s)
                .fold(f64::INFINITY, f64::min);
            Cpu {
                core_s,
                core_s_least,
                per_core_s: 1.0 / core_s,
            }
        };
        // In each round the two are measured within the same moments.
        let bare = of(Phase::BareFace)
            .zip(of(Phase::BareVoice))
            .map(|(face, voice)| face.core_s + voice.core_s);
        let ratio = median(
            bare.zip(of(Phase::Whole))
                .map(|(bare, whole)| bare / whole.core_s),
        );
        let stage = |stage: fn(&Timings) -> Stage| {
            1e3 * median(
                timings
                    .iter()
                    .map(|timings| stage(timings).total)
                    .map(|total: Duration| total.as_secs_f64()),
            )
        };
        let facts = seen
            .voice
            .as_ref()
            .and_then(|voice| voice.facts.as_ref().ok());
        Self {
            pack,
            threads,
            rounds,
            recording_s: facts.map_or(0.0, |facts| facts.duration_s),
            speech_s: facts.map_or(0.0, |facts| facts.speech_s),
            content: seen
                .voice
                .as_ref()
                .and_then(|voice| voice.content)
                .map(|(method, _)| method),
            verdict,
            network_runs: NetworkRuns {
                detector,
                recogniser_crops,
                voice_activity,
                speaker,
                digits,
                presentation_crops,
            },
            whole: cpu(Phase::Whole),
            face: cpu(Phase::Face),
            voice: cpu(Phase::Voice),
            bare_face: cpu(Phase::BareFace),
            bare_voice: cpu(Phase::BareVoice),
            ratio,
            checkins_per_s: threads as f64 / median(of(Phase::Whole).map(|cost| cost.wall_s)),
            stages_ms: Stages {
                decode: stage(|timings| timings.decode),
                detect: stage(|timings| timings.detect),
                align: stage(|timings| timings.align),
                quality: stage(|timings| timings.quality),
                embed: stage(|timings| timings.embed),
                presentation: stage(|timings| timings.presentation),
                light: stage(|timings| timings.light),
                voice: stage(|timings| timings.voice),
            },
        }
    }

    /// One line of JSON, or a table: Chinese first, English beside it.
    pub fn print(&self, json: bool) -> anyhow::Result<()> {
        output::print(self, json, || self.table())
    }

    fn table(&self) -> String {
        let runs = &self.network_runs;
        let head = format!(
            "签到速度 Check-in speed\n模型包 Pack: {}，{} 线程 threads，{} 轮 rounds\n一次签到 One check-in: {} 张图片 pictures，{:.1} s 录音 recording ({:.1} s 语音 speech)\n网络运行 Network runs: detector {}, recogniser {} crops, voice activity {}, speaker {}, digits {}, presentation attack {} crops\n结果 Verdict: {}\n\n",
            self.pack,
            self.threads,
            self.rounds,
            runs.detector,
            self.recording_s,
            self.speech_s,
            runs.detector,
            runs.recogniser_crops,
            runs.voice_activity,
            runs.speaker,
            runs.digits,
            runs.presentation_crops,
            spoken(&self.verdict),
        );
        let rows = [
            ("整次签到 whole check-in", &self.whole),
            ("人脸 face", &self.face),
            ("  仅网络 networks alone", &self.bare_face),
            ("声音 voice", &self.voice),
            ("  仅网络 networks alone", &self.bare_voice),
        ];
        let row = |(name, cpu): (&str, &Cpu)| {
            let Cpu {
                core_s,
                core_s_least,
                per_core_s,
            } = cpu;
            format!(
                "  {core_s:>8.4} core-s  ({core_s_least:.4} 最快一轮 fastest round)  {per_core_s:>8.2} /core-s  {name}\n"
            )
        };
        let stages = &self.stages_ms;
        head + &rows.map(row).concat()
            + &format!(
                "\n比值 Ratio to the networks alone: {:.3}\n每秒签到 Check-ins per second (wall): {:.2}\n各步骤 Stages, ms of wall time: decode {:.2}, detect {:.2}, quality {:.2}, align {:.2}, embed {:.2}, presentation {:.2}, light {:.2}, voice {:.2}\n",
                self.ratio,
                self.checkins_per_s,
                stages.decode,
                stages.detect,
                stages.quality,
                stages.align,
                stages.embed,
                stages.presentation,
                stages.light,
                stages.voice
            )
    }
}

/// A verdict with what it rests on, such as `review (digits_mismatch)`: a repeated recording has other digits than the prompt.
fn spoken(verdict: &Verdict) -> String {
    let kind = verdict.kind();
    match verdict {
        Verdict::Verified => kind.to_string(),
        Verdict::Retry { coaching } => format!("{kind} ({})", joined(coaching)),
        Verdict::Review { reasons } => format!("{kind} ({})", joined(reasons)),
    }
}

fn joined(codes: &[impl ToString]) -> String {
    codes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Middle value; not a number when there is none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count.is_multiple_of(2) => f64::midpoint(values[count / 2 - 1], values[count / 2]),
        count => values[count / 2],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(face: f64, voice: f64, whole: f64) -> [Cost; 5] {
        let cost = |phase, core_s| Cost {
            phase,
            core_s,
            wall_s: core_s,
        };
        [
            cost(Phase::Whole, whole),
            cost(Phase::Face, face * 1.25),
            cost(Phase::Voice, voice * 1.25),
            cost(Phase::BareFace, face),
            cost(Phase::BareVoice, voice),
        ]
    }

    #[test]
    fn the_ratio_is_the_median_over_rounds_of_bare_by_whole() {
        let costs = [
            costs(0.03, 0.05, 0.1),
            costs(0.04, 0.05, 0.1),
            costs(0.03, 0.03, 0.1),
        ]
        .concat();
        let verdict = Verdict::Verified;
        let report = Report::new(
            "default@1".to_owned(),
            (2, 3),
            &costs,
            &[Timings::default()],
            (&Measurement::absent(), verdict),
            [3, 6, 188, 1, 0, 6],
        );
        assert!((report.ratio - 0.8).abs() < 1e-9);
        assert!((report.whole.per_core_s - 10.0).abs() < 1e-9);
        assert!(
            (report.checkins_per_s - 20.0).abs() < 1e-9,
            "two threads, a tenth of a second each"
        );
        assert!((report.bare_face.core_s - 0.03).abs() < 1e-9);
        assert!(
            report.table().contains("0.800")
                && serde_json::to_value(&report).unwrap()["ratio"].is_number()
        );
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_the_middle_two() {
        assert!((median([4.0, 1.0, 3.0, 2.0].into_iter()) - 2.5).abs() < 1e-12);
        assert!(median(std::iter::empty()).is_nan());
    }
}

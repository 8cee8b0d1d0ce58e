//! An evaluation as one page to look at.

use report::{
    Measured, Plot, Section,
    plot::{Axis, Form, Scale, Series},
};

use super::{
    group,
    report::{Kind, Report, SetReport},
    statistics::Fit,
};

/// Least error rate that is drawn.
const RATE_MIN: f64 = 1e-5;
/// Ticks of error rates.
const RATES: [f64; 8] = [1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.4];
/// Ends of the axis of LLRs, nats.
const LLR_ENDS: [f64; 2] = [-10.0, 14.0];
/// Data sets that one drawing holds.
const LINES_MAX: usize = 6;

impl Report {
    /// One HTML file: the error trade-offs of the sets together, then each set with its figures and the worth of its LLRs.
    pub fn page(&self) -> anyhow::Result<String> {
        let overview = self.sets.chunks(LINES_MAX).map(trade_off).collect();
        let mut sections = vec![Section {
            title: "错误权衡 Trade-off of errors".to_owned(),
            facts: Vec::new(),
            tables: Vec::new(),
            plots: overview,
            notes: vec![
                "错误匹配率：冒名比对被接受的比例；错误不匹配率：真匹配被拒绝的比例。FMR: share of impostor comparisons accepted; FNMR: share of genuine \
                 ones not accepted (ISO/IEC 19795-1)."
                    .to_owned(),
            ],
        }];
        sections.extend(self.sets.iter().map(|set| section(self.kind, set)));
        let measured = Measured {
            title: self.kind.title(),
            facts: vec![
                (("模型包", "Pack"), self.pack.clone()),
                (("数据", "Data"), self.data_name()),
                (
                    ("区间", "Intervals"),
                    format!(
                        "95 %, bootstrap over persons, {} samples, seed {}",
                        self.resamples, self.seed
                    ),
                ),
            ],
            sections,
        };
        Ok(measured.page()?)
    }

    /// The folder's own name: where it lies is nobody's business.
    fn data_name(&self) -> String {
        let name = self.data.file_name();
        name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

fn section(kind: Kind, set: &SetReport) -> Section {
    let counts = [
        (("人数", "Persons"), set.persons),
        (kind.samples(), set.samples),
        (kind.lacking(), set.failures_to_acquire),
        (kind.genuine(), set.genuine),
        (kind.impostor(), set.impostor),
    ];
    Section {
        title: set.name.clone(),
        facts: counts.map(|(name, count)| (name, count.to_string())).into(),
        tables: [set.figures_table()]
            .into_iter()
            .chain((!set.group_figures.is_empty()).then(|| group::table(&set.group_figures)))
            .collect(),
        plots: vec![worth(set)],
        notes: set.fit.iter().map(Fit::line).collect(),
    }
}

fn rates(name: (&'static str, &'static str)) -> Axis {
    Axis {
        name,
        scale: Scale::Deviate,
        from: RATE_MIN,
        until: 0.5,
        ticks: RATES.into(),
    }
}

fn trade_off(sets: &[SetReport]) -> Plot {
    let line = |set: &SetReport| Series {
        name: set.name.clone(),
        form: Form::Line,
        points: set.trade_off.clone(),
    };
    Plot {
        title: ("检测错误权衡曲线", "Detection error trade-off"),
        x: rates(("错误匹配率", "FMR")),
        y: rates(("错误不匹配率", "FNMR")),
        series: sets.iter().map(line).collect(),
    }
}

fn worth(set: &SetReport) -> Plot {
    let [from, until] = LLR_ENDS;
    let axis = |name| Axis {
        name,
        scale: Scale::Linear,
        from,
        until,
        ticks: vec![-10.0, -5.0, 0.0, 5.0, 10.0],
    };
    Plot {
        title: ("似然比可靠性", "Reliability of the log-likelihood ratios"),
        x: axis(("声明的对数似然比", "stated LLR, nats")),
        y: axis(("观察到的对数似然比", "observed LLR, nats")),
        series: vec![
            Series {
                name: "相符 as stated".to_owned(),
                form: Form::Guide,
                points: vec![[from, from], [until, until]],
            },
            Series {
                name: set.name.clone(),
                form: Form::Dots,
                points: set.reliability.clone(),
            },
        ],
    }
}

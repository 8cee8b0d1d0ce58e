//! What an evaluation says: one object for machines, a table for people.

use std::path::PathBuf;

use report::{Cell, Column, Table};
use serde::{Serialize, Serializer};

use super::{
    bootstrap::{Bootstrap, intervals},
    group::{self, Group, GroupFigures},
    quantity::Quantity,
    statistics::{self, Fit},
    trial::{Trial, Trials},
};
use crate::output;

/// What was measured, on what, and how sure it is.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `face`, `voice`, `content` or `presentation`.
    pub kind: Kind,
    /// `name@version` of the pack.
    pub pack: String,
    pub data: PathBuf,
    /// Bootstrap samples over persons; the intervals hold 95 % of them.
    pub resamples: u32,
    pub seed: u64,
    pub sets: Vec<SetReport>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Face,
    Voice,
    Content,
    Presentation,
}

/// One data set or corpus.
#[derive(Debug, Serialize)]
pub struct SetReport {
    pub name: String,
    pub persons: usize,
    /// Pictures, or test recordings.
    pub samples: usize,
    /// Of them, those without a usable face (speech); they take part in no comparison.
    pub failures_to_acquire: usize,
    /// Persons without a template.
    pub failures_to_enrol: usize,
    pub genuine: usize,
    pub impostor: usize,
    /// Impostor comparisons that the data have; `impostor` of them were drawn when there are too many.
    pub impostor_all: usize,
    /// The affine calibration that these trials themselves ask for.
    pub fit: Option<Fit>,
    #[serde(serialize_with = "by_key")]
    pub figures: Vec<(Quantity, Figure)>,
    /// Comparisons inside each group of people.
    #[serde(skip)]
    pub groups: Vec<Group>,
    /// The error rates of each group; empty where the manifest names none.
    #[serde(rename = "groups", skip_serializing_if = "Vec::is_empty")]
    pub group_figures: Vec<GroupFigures>,
    /// To draw; see [`statistics::trade_off`].
    #[serde(skip)]
    pub trade_off: Vec<[f64; 2]>,
    /// To draw; see [`statistics::reliability`].
    #[serde(skip)]
    pub reliability: Vec<[f64; 2]>,
}

/// One number. Without trials of a kind there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    pub value: Option<f64>,
    /// Ends of the 95 % interval.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Raw score (LLR for the policy's thresholds) from which on a comparison is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Whether there are enough impostor comparisons for it.
    pub supported: bool,
}

impl SetReport {
    /// Computes the figures.
    #[must_use]
    pub fn with_figures(
        mut self,
        trials: &Trials,
        quantities: &[Quantity],
        bootstrap: Bootstrap,
    ) -> Self {
        let intervals = intervals(trials, quantities, bootstrap);
        let figure = |(&quantity, interval): (&Quantity, Option<[f64; 2]>)| {
            let value = quantity.value(trials, &|_: &Trial| 1.0);
            let figure = Figure {
                value: (!value.is_nan()).then_some(value),
                low: interval.map(|[low, _]| low),
                high: interval.map(|[_, high]| high),
                threshold: quantity.threshold(trials),
                supported: self.genuine > 0 && self.impostor as f64 >= quantity.impostor_min(),
            };
            (quantity, figure)
        };
        self.figures = quantities.iter().zip(intervals).map(figure).collect();
        self.group_figures = group::figures(&self.groups, quantities);
        self.trade_off = statistics::trade_off(trials);
        self.reliability = statistics::reliability(trials);
        self
    }

    pub fn figures_table(&self) -> Table {
        let row = |(quantity, figure): &(Quantity, Figure)| {
            let (zh, en) = quantity.name();
            let [value, low, high] =
                [figure.value, figure.low, figure.high].map(|value| number(*quantity, value));
            let doubt = if figure.supported { "" } else { TOO_FEW };
            let threshold = figure
                .threshold
                .map_or_else(String::new, |at| format!("{at:.4}"));
            let interval = format!("{low} … {high}");
            [zh, &en, &value, &interval, &threshold, doubt]
                .map(Cell::from)
                .into()
        };
        let columns = [
            ("指标", "Figure", 24),
            ("英文", "English", 30),
            ("数值", "Value", 12),
            ("95 % 区间", "95 % interval", 22),
            ("阈值", "Threshold", 12),
            ("说明", "Remark", 30),
        ];
        Table {
            name: ("指标", "Figures"),
            columns: columns
                .map(|(zh, en, width)| Column::text(zh, en, width))
                .into(),
            rows: self.figures.iter().map(row).collect(),
            total: None,
        }
    }
}

/// The impostor comparisons cannot show so small a rate.
const TOO_FEW: &str = "冒名比对太少 too few impostor comparisons for this";

impl Kind {
    pub const fn title(self) -> (&'static str, &'static str) {
        match self {
            Self::Face => ("人脸评测", "Face evaluation"),
            Self::Voice => ("声纹评测", "Voice evaluation"),
            Self::Content => ("口令评测", "Evaluation of spoken prompts"),
            Self::Presentation => ("翻拍评测", "Evaluation against presentation attacks"),
        }
    }

    /// What was measured.
    pub const fn samples(self) -> (&'static str, &'static str) {
        match self {
            Self::Face | Self::Presentation => ("图片", "pictures"),
            Self::Voice => ("测试录音", "test recordings"),
            Self::Content => ("短语", "phrases"),
        }
    }

    /// What took part in no comparison.
    pub const fn lacking(self) -> (&'static str, &'static str) {
        match self {
            Self::Face => ("无可用人脸", "without a usable face"),
            Self::Voice => ("无可用语音", "without usable speech"),
            Self::Content => ("无法核对", "that cannot be checked"),
            Self::Presentation => ("无法评分", "without a score"),
        }
    }

    pub const fn genuine(self) -> (&'static str, &'static str) {
        match self {
            Self::Face | Self::Voice => ("真匹配", "genuine"),
            Self::Content => ("正确口令", "right prompts"),
            Self::Presentation => ("真人", "live faces"),
        }
    }

    pub const fn impostor(self) -> (&'static str, &'static str) {
        match self {
            Self::Face | Self::Voice => ("冒名", "impostor"),
            Self::Content => ("错误口令", "wrong prompts"),
            Self::Presentation => ("攻击", "attacks"),
        }
    }
}

fn by_key<S: Serializer>(figures: &[(Quantity, Figure)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        figures
            .iter()
            .map(|(quantity, figure)| (quantity.key(), figure)),
    )
}

impl Report {
    /// One line of JSON, or a table: Chinese first, English beside it.
    pub fn print(&self, json: bool) -> anyhow::Result<()> {
        output::print(self, json, || self.table())
    }

    fn table(&self) -> String {
        let title = both(self.kind.title());
        let head = format!(
            "{title}\n模型包 Pack: {}\n数据 Data: {}\n区间 Intervals: 95 %, bootstrap over persons, {} samples, seed {}\n",
            self.pack,
            self.data.display(),
            self.resamples,
            self.seed
        );
        self.sets
            .iter()
            .fold(head, |text, set| text + &set.table(self.kind))
    }
}

impl SetReport {
    fn table(&self, kind: Kind) -> String {
        let (samples, lacking) = (both(kind.samples()), both(kind.lacking()));
        let (genuine, impostor) = (both(kind.genuine()), both(kind.impostor()));
        let drawn = if self.impostor < self.impostor_all {
            format!("（抽自 drawn from {}）", self.impostor_all)
        } else {
            String::new()
        };
        let mut text = format!(
            "\n{}\n  {} 人 persons, {} {samples}, {} {lacking} (FTA {:.2} %), {} 人无模板 without a template\n  {} {genuine}, {} {impostor}{drawn}\n",
            self.name,
            self.persons,
            self.samples,
            self.failures_to_acquire,
            100.0 * self.failures_to_acquire as f64 / self.samples.max(1) as f64,
            self.failures_to_enrol,
            self.genuine,
            self.impostor,
        );
        for (quantity, figure) in &self.figures {
            text += &line(*quantity, figure);
        }
        text += &group::lines(&self.group_figures);
        if let Some(fit) = self.fit {
            text += &fit.line();
        }
        text
    }
}

fn both((zh, en): (&str, &str)) -> String {
    format!("{zh} {en}")
}

fn number(quantity: Quantity, value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        // Rare errors need more digits than common ones.
        Some(value) if quantity.is_share() && value < 0.01 => format!("{:.4} %", 100.0 * value),
        Some(value) if quantity.is_share() => format!("{:.2} %", 100.0 * value),
        Some(value) => format!("{value:.4}"),
    }
}

fn line(quantity: Quantity, figure: &Figure) -> String {
    let number = |value| number(quantity, value);
    let interval = format!("[{}, {}]", number(figure.low), number(figure.high));
    let (chinese, english) = quantity.name();
    let threshold = match (quantity, figure.threshold) {
        (Quantity::TarAtFmr(_), Some(threshold)) => format!("  阈值 threshold {threshold:.4}"),
        _ => String::new(),
    };
    let doubt = if figure.supported {
        String::new()
    } else {
        format!("  （{TOO_FEW}）")
    };
    format!(
        "  {:>10}  {interval:<24}  {chinese} {english}{threshold}{doubt}\n",
        number(figure.value)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let pairs = [(0.9, 0, 0), (0.8, 1, 1), (0.3, 0, 1), (0.2, 1, 0)];
        let trials = Trials::new(
            pairs
                .map(|(score, probe, template)| Trial::of_persons(score, score, probe, template))
                .to_vec(),
        );
        let set = SetReport {
            name: "lfw".to_owned(),
            persons: 2,
            samples: 4,
            failures_to_acquire: 1,
            failures_to_enrol: 0,
            genuine: 2,
            impostor: 2,
            impostor_all: 2,
            fit: None,
            figures: Vec::new(),
            groups: Vec::new(),
            group_figures: Vec::new(),
            trade_off: Vec::new(),
            reliability: Vec::new(),
        };
        let quantities = [Quantity::TarAtFmr(1e-3), Quantity::EqualErrorRate];
        let set = set.with_figures(
            &trials,
            &quantities,
            Bootstrap {
                resamples: 20,
                seed: 1,
            },
        );
        Report {
            kind: Kind::Face,
            pack: "default@1".to_owned(),
            data: "data".into(),
            resamples: 20,
            seed: 1,
            sets: vec![set],
        }
    }

    #[test]
    fn machines_find_every_figure_by_its_key() {
        let json = serde_json::to_value(report()).unwrap();
        let figures = &json["sets"][0]["figures"];
        assert_eq!(figures["eer"]["value"], 0.0);
        assert_eq!(figures["tar_at_fmr_1e-3"]["value"], 1.0);
        assert_eq!(figures["tar_at_fmr_1e-3"]["threshold"], 0.8);
        assert_eq!(
            figures["tar_at_fmr_1e-3"]["supported"], false,
            "two impostors cannot show one in a thousand"
        );
    }

    #[test]
    fn the_page_shows_every_set_with_its_curves_and_no_path() {
        let mut report = report();
        report.data = "somewhere/of/mine".into();
        let page = report.page().unwrap();
        for shown in [
            "人脸评测",
            "检测错误权衡曲线",
            "似然比可靠性",
            "lfw",
            "正确接受率",
            "mine",
        ] {
            assert!(page.contains(shown), "{shown}");
        }
        assert!(!page.contains("somewhere"));
    }

    #[test]
    fn people_read_chinese_first_and_are_told_when_there_are_too_few_comparisons() {
        let table = report().table();
        assert!(table.starts_with("人脸评测 Face evaluation\n"), "{table}");
        assert!(table.contains("FTA 25.00 %"), "{table}");
        assert!(
            table.contains("正确接受率 TAR at FMR 1e-3") && table.contains("冒名比对太少"),
            "{table}"
        );
    }
}

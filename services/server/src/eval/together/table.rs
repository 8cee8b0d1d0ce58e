//! The evaluation of everything together, for people: a table, and a page.

use std::fmt::Write as _;

use report::{
    Cell, Column, Measured, Plot, Section, Table,
    plot::{Axis, Form, Scale, Series},
};

use super::figures::{LevelFigures, Report, SetFigures, Share};

/// Least error rate that is drawn.
const RATE_MIN: f64 = 1e-5;
/// Ticks of error rates.
const RATES: [f64; 8] = [1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.2, 0.4];

const TITLE: (&str, &str) = ("综合评测", "Evaluation of everything together");

impl Report {
    /// What to know about the figures.
    fn remarks(&self) -> Vec<String> {
        let [measured, all] = self.content_measured;
        let mut remarks = vec![
            "人物由一人的脸与另一人的声音按种子拼成，每次重新抽取。Persons are chimeric: a face of one, a voice of another, drawn anew by the seed for each attempt; what is \
             common to a person's face and voice (age, sex, room) is lost."
                .to_owned(),
            "冒名者来自同一数据集和同一语料，脸和声音都不是本人，口令总算念对。Impostors show another face of the same data set and another voice of the same corpus, and always speak the prompt."
                .to_owned(),
            format!(
                "真人口令：{measured}/{all} 条测试录音按本人建档核对，其余算念对。Genuine prompts were checked for {measured} of {all} test recordings, whose words their \
                 enrolments hold; the rest count as spoken."
            ),
            "建档最多三张照片，只有两张的人建档一张。At most three pictures are enrolled; who has two enrols one.".to_owned(),
        ];
        remarks.extend(self.notes.iter().cloned());
        remarks
    }
}

/// For a terminal.
pub fn text(report: &Report) -> String {
    let mut text = format!(
        "{} {}\n模型包 Pack: {}\n数据 Data: {}, {} 个声音 voices\n区间 Intervals: 95 %, exact (attempts taken for independent), and bootstrap over persons, {} samples, seed {}\n",
        TITLE.0, TITLE.1, report.pack, report.data, report.speakers, report.resamples, report.seed
    );
    for set in &report.sets {
        let _ = writeln!(
            text,
            "\n{}\n  {} 张脸 faces, {} 个声音 voices; {} 对冒名组合 different impostor pairs",
            title(set),
            set.claimed[0],
            set.claimed[1],
            set.impostor_pairs
        );
        for level in &set.levels {
            let _ = writeln!(text, "  {} (LLR ≥ {:.2})", level.level, level.asked);
            for (name, share, digits) in rows(level) {
                let _ = writeln!(text, "    {name}: {}", shown(share, digits));
            }
            let reasons = level
                .reasons
                .iter()
                .map(|(reason, count)| format!("{reason} {count}"));
            let _ = writeln!(text, "    {}", reasons.collect::<Vec<_>>().join(", "));
        }
    }
    text += "\n";
    for remark in report.remarks() {
        let _ = writeln!(text, "- {remark}");
    }
    text
}

/// One HTML file.
pub fn page(report: &Report) -> Result<String, report::Error> {
    let section = |set: &SetFigures| Section {
        title: title(set),
        facts: vec![
            (("脸", "Faces"), set.claimed[0].to_string()),
            (("声音", "Voices"), set.claimed[1].to_string()),
            (
                ("冒名组合", "Impostor pairs"),
                set.impostor_pairs.to_string(),
            ),
        ],
        tables: vec![table(set)],
        plots: vec![trade_off(set)],
        notes: Vec::new(),
    };
    let mut sections: Vec<Section> = report.sets.iter().map(section).collect();
    sections.push(Section {
        title: "说明 Remarks".to_owned(),
        facts: Vec::new(),
        tables: Vec::new(),
        plots: Vec::new(),
        notes: report.remarks(),
    });
    let measured = Measured {
        title: TITLE,
        facts: vec![
            (("模型包", "Pack"), report.pack.clone()),
            (("数据", "Data"), report.data.clone()),
            (
                ("区间", "Intervals"),
                format!(
                    "95 %, bootstrap over persons, {} samples, seed {}; beside it the exact one",
                    report.resamples, report.seed
                ),
            ),
        ],
        sections,
    };
    measured.page()
}

fn title(set: &SetFigures) -> String {
    let rules = if set.quality {
        "按本系统规则 by the house's rules"
    } else {
        "不计质量与翻拍 without quality and presentation"
    };
    format!("{}: {rules}", set.name)
}

/// Shares with the digits that their rates need.
fn rows(level: &LevelFigures) -> [(&'static str, &Share, usize); 3] {
    [
        ("冒名通过 FMR", &level.false_matches, 4),
        ("真人送审 genuine to an officer", &level.reviewed, 2),
        ("真人重拍 genuine to try again", &level.retried, 2),
    ]
}

fn shown(share: &Share, digits: usize) -> String {
    let percent = |value: f64| format!("{:.digits$} %", 100.0 * value);
    let ends = |[low, high]: [f64; 2]| format!("[{}, {}]", percent(low), percent(high));
    let bootstrap = share.bootstrap.map_or_else(String::new, ends);
    format!(
        "{} ({}/{}), exact {}, persons {bootstrap}",
        percent(share.value()),
        share.count,
        share.of,
        ends(share.exact)
    )
}

fn table(set: &SetFigures) -> Table {
    let columns = [
        ("级别", "Level", 10),
        ("阈值", "LLR asked", 10),
        ("结果", "Outcome", 30),
        ("数值与区间", "Value and intervals", 60),
    ];
    let of_level = |level: &LevelFigures| {
        let asked = format!("{:.2}", level.asked);
        rows(level).map(|(name, share, digits)| {
            [level.level, &asked, name, &shown(share, digits)]
                .map(Cell::from)
                .to_vec()
        })
    };
    Table {
        name: ("通过与送审", "Verdicts"),
        columns: columns
            .map(|(zh, en, width)| Column::text(zh, en, width))
            .into(),
        rows: set.levels.iter().flat_map(of_level).collect(),
        total: None,
    }
}

fn trade_off(set: &SetFigures) -> Plot {
    let rates = |name| Axis {
        name,
        scale: Scale::Deviate,
        from: RATE_MIN,
        until: 0.5,
        ticks: RATES.into(),
    };
    Plot {
        title: ("检测错误权衡曲线", "Detection error trade-off"),
        x: rates(("错误匹配率", "FMR")),
        y: rates(("错误不匹配率", "FNMR")),
        series: vec![Series {
            name: "fused LLR, general".to_owned(),
            form: Form::Line,
            points: set.trade_off.clone(),
        }],
    }
}

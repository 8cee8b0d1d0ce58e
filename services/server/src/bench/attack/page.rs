//! The run as a page to look at.

use report::{Cell, Column, Measured, Section, Table};

use super::outcome::{Report, Tally, percent};

impl Report {
    /// One HTML file.
    pub fn page(&self) -> anyhow::Result<String> {
        let measured = Measured {
            title: ("攻击测试", "Attack bench"),
            facts: vec![
                (("模型包", "Pack"), self.pack.clone()),
                (("人数", "Persons"), self.persons.to_string()),
                (("声音", "Voices"), self.voices.to_string()),
                (("种子", "Seed"), self.seed.to_string()),
            ],
            sections: vec![
                Section {
                    title: "本人 Genuine people".to_owned(),
                    facts: Vec::new(),
                    tables: vec![self.table(("本人", "Genuine"), true)],
                    plots: Vec::new(),
                    notes: vec![
                        "核验不通过包括转人工复核；最多拍三次。Turned away counts what goes to an officer too; three attempts at most. 上限：单侧 95 %（Clopper–Pearson）。Bounds: 95 %, one-sided.".to_owned(),
                    ],
                },
                Section {
                    title: "攻击 Attacks".to_owned(),
                    facts: Vec::new(),
                    tables: vec![self.table(("攻击", "Attacks"), false)],
                    plots: Vec::new(),
                    notes: vec![
                        "攻击由真人照片和录音经模拟制成；未知的器具不在其中。Attacks are simulated from pictures and recordings of real people; instruments that nobody thought of are not among them.".to_owned(),
                        "每种攻击只改动一个因素，其余均为本人真实素材，对系统最不利。Each attack changes one factor; all else is the person's own, which is the hardest case.".to_owned(),
                    ],
                },
            ],
        };
        Ok(measured.page()?)
    }

    fn table(&self, name: (&'static str, &'static str), genuine: bool) -> Table {
        let tallies = self.tallies.iter().filter(|tally| tally.genuine == genuine);
        let columns = if genuine {
            [
                ("首次通过", "Verified at first"),
                ("重拍后通过", "After retries"),
                ("未通过", "Turned away"),
                ("未通过上限", "Below, 95 %"),
            ]
        } else {
            [
                ("通过", "Verified"),
                ("通过上限", "Below, 95 %"),
                ("转人工", "Review"),
                ("要求重拍", "Retry"),
            ]
        };
        let mut all = vec![
            Column::text("项目", "Presented", 18),
            Column::text("代码", "Code", 18),
            Column::count("次数", "Tries", 8),
        ];
        all.extend(columns.map(|(zh, en)| Column::count(zh, en, 12)));
        all.push(Column::text("主要原因", "Most frequent", 40));
        Table {
            name,
            columns: all,
            rows: tallies.map(row).collect(),
            total: None,
        }
    }
}

fn row(tally: &Tally) -> Vec<Cell> {
    let shares = if tally.genuine {
        let away = tally.tries - tally.verified;
        [
            tally.share(tally.verified_at_first),
            tally.share(tally.verified),
            tally.share(away),
            tally.at_most(away),
        ]
    } else {
        [
            tally.share(tally.verified),
            tally.at_most(tally.verified),
            tally.share(tally.review),
            tally.share(tally.retry),
        ]
    };
    let mut cells = vec![
        Cell::from(tally.presented.zh()),
        Cell::from(tally.presented.as_str()),
        Cell::Integer(i64::from(tally.tries)),
    ];
    cells.extend(shares.map(|share| Cell::from(percent(share).as_str())));
    cells.push(Cell::from(tally.most_frequent().as_str()));
    cells
}

//! `muster attendance recompute`: the stored attendance held against the log.

use std::io::Write;

use anyhow::bail;
use app::recompute::{self, Difference, Report};
use clap::Subcommand;
use domain::PersonId;
use serde_json::{Value, json};

use crate::{config::Config, house};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Work duties and attendance out anew from the log, the plans and the calendar; changes nothing.
    Recompute {
        /// Fail when anything stored differs.
        #[arg(long)]
        check: bool,
    },
}

/// Prints one line of JSON for each difference, then one with the counts.
pub async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    let What::Recompute { check } = args.what;
    let cx = house::open(config, false).await?;
    let report = recompute::check(&cx).await?;
    let mut out = std::io::stdout().lock();
    for (person, difference) in &report.told {
        writeln!(out, "{}", line(*person, difference))?;
    }
    writeln!(out, "{}", counts(&report))?;
    if check && report.differences > 0 {
        bail!(
            "考勤与记录不一致，共 {0} 处 / {0} differences between what is stored and the log",
            report.differences
        );
    }
    Ok(())
}

fn counts(report: &Report) -> Value {
    json!({
        "persons": report.persons,
        "duties": report.duties,
        "checkins": report.checkins,
        "pending": report.pending,
        "differences": report.differences,
    })
}

fn line(person: PersonId, difference: &Difference) -> Value {
    let mut line = match difference {
        Difference::DutyGone {
            plan,
            rule,
            opens_at,
        } => {
            json!({ "difference": "duty_gone", "plan": plan, "rule": rule, "opens_at": opens_at.to_string() })
        }
        Difference::DutyUnasked { duty, opens_at } => {
            json!({ "difference": "duty_unasked", "duty": duty, "opens_at": opens_at.to_string() })
        }
        Difference::Attendance {
            duty,
            stored,
            computed,
        } => {
            json!({ "difference": "attendance", "duty": duty, "stored": stored, "computed": computed })
        }
        Difference::Checkin {
            checkin,
            stored,
            told,
        } => {
            json!({ "difference": "checkin", "checkin": checkin, "stored": stored, "told": told })
        }
    };
    line["person"] = json!(person);
    line
}

//! `muster eval together`: zero-effort attempts through the house's whole decision, quality, doubts and fused evidence.
//!
//! No data set has faces and voices of the same people, so persons are made of a face of one and a voice of another (chimeric persons, as in
//! Poh & Bengio 2006, "Database, protocols and tools for evaluating score-level fusion algorithms"), drawn anew for each attempt. Impostors
//! are others of the same data set and the same corpus, where camera, line and language tell nobody apart.

mod attempt;
mod draw;
mod figures;
mod people;
mod table;

use std::path::Path;

use domain::verdict::Policy;

use super::{Common, into, manifest, write_page};
use crate::{config::Config, house::installed, output};
use attempt::Rules;
use draw::{Draw, Drawn};
use figures::{Report, SetFigures};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Impostor attempts on each set of faces; for a rate of 1e-4 the rule of three wants 30,000.
    #[arg(long, default_value_t = 100_000)]
    impostors: usize,
    /// Genuine attempts on each set of faces.
    #[arg(long, default_value_t = 20_000)]
    genuine: usize,
}

/// Of the pictures of a data set, so many must pass the quality rules for the set to be measured with them.
const PASSING_MIN: f64 = 0.5;
/// All data sets together.
const ALL: &str = "all";

pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let common = &args.common;
    let pack = installed(config, &common.pack)?;
    let networks = (&pack, config.home.as_path());
    let pictures = manifest::pictures(&common.data, &common.dataset)?;
    // Names of data sets are not names of corpora: all voices take part.
    let recordings = manifest::recordings(&common.data, &[])?;
    let faces = people::faces(networks, common.threads(), &pictures)?;
    let voices = people::voices(networks, common.threads(), &recordings)?;
    let draw = Draw {
        genuine: args.genuine,
        impostor: args.impostors,
        seed: common.seed,
    };
    let with_rules = Rules::of_house(&config.policy);
    let without = Rules::without_quality(&config.policy);
    let mut sets = Vec::new();
    let mut notes = Vec::new();
    let datasets = faces.datasets();
    let whole = (datasets.len() > 1).then_some(ALL);
    for name in datasets.iter().copied().chain(whole) {
        let chosen = faces.of(|dataset| name == ALL || dataset == name);
        let passing = chosen.passing(&config.policy);
        let with_quality = name != ALL && passing >= PASSING_MIN;
        if name != ALL && !with_quality {
            notes.push(format!(
                "{name}: {:.1} % of its pictures pass the quality rules, so it is measured without them only.",
                100.0 * passing
            ));
        }
        for rules in with_quality
            .then_some(&with_rules)
            .into_iter()
            .chain([&without])
        {
            let drawn = Drawn::new(&chosen, &voices, &pack, draw)?;
            let attempts = drawn.decide(rules);
            sets.push(SetFigures::new(
                name,
                rules,
                &drawn,
                &attempts,
                common.bootstrap(),
            ));
        }
    }
    let report = Report {
        pack: pack.id(),
        data: folder(&common.data),
        resamples: common.resamples,
        seed: common.seed,
        content_measured: voices.content_measured(),
        speakers: voices.len(),
        sets,
        notes,
    };
    if let Some(path) = &common.page {
        write_page(path, &table::page(&report)?)?;
    }
    if let Some(path) = &common.into {
        let rates = report.sets.iter().map(SetFigures::rates).collect();
        into::together(path, (&pack, common), (&pictures, &recordings), rates)?;
    }
    output::print(&report, common.json, || table::text(&report))
}

/// The folder's own name: where it lies is nobody's business.
fn folder(data: &Path) -> String {
    let name = data.file_name();
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The house's policy without rules that a picture or a recording has to pass.
fn without_quality(policy: &Policy) -> Policy {
    Policy {
        eye_distance_min_px: 0.0,
        inside_min: 0.0,
        sharpness_min: 0.0,
        luma_min: 0.0,
        luma_max: 255.0,
        luma_std_min: 0.0,
        luma_entropy_min_bits: 0.0,
        uniformity_min: 0.0,
        eyes_luma_min: 0.0,
        mouth_contrast_min: 0.0,
        overexposed_max: 1.0,
        yaw_max_deg: 180.0,
        pitch_max_deg: 180.0,
        speech_min_s: 0.0,
        level_min_dbfs: f32::MIN,
        snr_min_db: f32::MIN,
        clipped_max: 1.0,
        ..policy.clone()
    }
}

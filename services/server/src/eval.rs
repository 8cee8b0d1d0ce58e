//! `muster eval`: a pack's error rates on a data set, through the project's own decoding, alignment and networks.

mod bootstrap;
mod calibrate;
mod condition;
mod content;
mod copies;
mod face;
mod group;
mod identify;
mod into;
mod listen;
pub mod manifest;
mod page;
pub mod phrase;
pub mod presence;
mod presentation;
mod quantity;
mod report;
mod scatter;
mod statistics;
mod together;
mod trial;
mod voice;
mod voice_presentation;
pub mod work;

use std::{
    fs,
    num::NonZero,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Subcommand;
use domain::plan::{Factors, SupervisionLevel};
use models::Pack;

use crate::{config::Config, house};
use bootstrap::Bootstrap;
use quantity::{Policy, Quantity};
use report::{Kind, Report, SetReport};
use trial::Trials;
use voice::Comparing;

/// Impostor comparisons of one data set, at most; beyond them a seeded sample is drawn.
const IMPOSTOR_MAX: usize = 4_000_000;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// One picture against one picture, all pairs of a data set (`face/index.csv`).
    Face(Common),
    /// One recording against a speaker's enrolment (`voice/manifest.csv`), as it is, over a telephone, in noise, in a room.
    Voice(Voice),
    /// What was said, against right and wrong prompts: single words joined to phrases (`voice/words.csv`).
    Content(Common),
    /// One face among those of all others of its data set, with its person in it and without (`face/index.csv`).
    Identify(Common),
    /// Copies of earlier pictures and recordings, kind by kind, and other captures of the same people (all three manifests).
    Copies(Common),
    /// Answers to a session's own questions: heads that turn, and faces in the light of the screen's colours, made of stills
    /// (`face/index.csv`). Fits on one half of the people and tells of the other.
    Presence(Common),
    /// Live faces against pictures of faces, species by species (`face/index.csv`, `face/pad`). Name data sets of whole camera frames.
    Presentation {
        #[command(flatten)]
        common: Common,
        /// Folder with one folder for each species of attack, and in it pictures named `IDENTITY-….jpg`; may be given several times.
        #[arg(long)]
        attacks: Vec<PathBuf>,
    },
    /// Voices before the microphone against voices from loudspeakers, calls and synthesisers (`voice/manifest.csv`, `voice/spoof`). Fits on one
    /// half of the speakers and tells of the other.
    VoicePresentation(Common),
    /// Fit a calibration, measure it on people whom it has not met, and write it into the pack.
    Calibrate(calibrate::Args),
    /// Everything together: zero-effort attempts through the house's whole decision, a face and a voice of different people as one person.
    Together(together::Args),
}

#[derive(clap::Args)]
struct Voice {
    #[command(flatten)]
    common: Common,
    /// Learn the scatter on the other folds of the speakers, and compare inside folds: figures for people whom it has not met.
    #[arg(long)]
    folds: Option<NonZero<usize>>,
    /// Compare with the enrolment as it was recorded only, and without scatter.
    #[arg(long)]
    as_enrolled: bool,
    /// Learn the scatter on all speakers and write it here, as a pack wants it; its `data`, `data_sha256` and `date` stay empty.
    #[arg(long)]
    scatter: Option<PathBuf>,
}

#[derive(clap::Args)]
struct Common {
    /// Name of a pack, or `auto`: the first that is installed, `standard` before `default`.
    #[arg(long, default_value = "auto")]
    pack: String,
    /// Folder with `face/index.csv`, `voice/manifest.csv` or `voice/words.csv`, or the folder that holds the manifest itself.
    #[arg(long)]
    data: PathBuf,
    /// One line of JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Also write a page with curves (HTML, one file that asks for nothing else).
    #[arg(long)]
    page: Option<PathBuf>,
    /// Also write the error rates at the house's thresholds into this pack's file, in the place of those of the same kind (`face`, `voice`, `content`,
    /// `presentation`, `together`).
    #[arg(long)]
    into: Option<PathBuf>,
    /// Only this data set (corpus); may be given several times.
    #[arg(long)]
    dataset: Vec<String>,
    /// Threads, each with its own networks; one for each core when absent.
    #[arg(long)]
    threads: Option<usize>,
    /// Bootstrap samples for the intervals.
    #[arg(long, default_value_t = 200)]
    resamples: u32,
    /// Seed of the bootstrap, of the drawing of impostor comparisons and of phrases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Common {
    fn threads(&self) -> usize {
        work::threads(self.threads)
    }

    const fn bootstrap(&self) -> Bootstrap {
        Bootstrap {
            resamples: self.resamples,
            seed: self.seed,
        }
    }
}

/// What is measured.
enum Ask<'a> {
    Face,
    Voice(&'a Voice),
    Content,
    /// With the folders of attacks.
    Presentation(&'a [PathBuf]),
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let (common, kind, ask) = match &args.what {
        What::Face(common) => (common, Kind::Face, Ask::Face),
        What::Voice(voice) => (&voice.common, Kind::Voice, Ask::Voice(voice)),
        What::Content(common) => (common, Kind::Content, Ask::Content),
        What::Presentation { common, attacks } => {
            (common, Kind::Presentation, Ask::Presentation(attacks))
        }
        What::Copies(common) => {
            return alone(common, config, |networks, threads, data| {
                copies::run(networks, threads, data, (common.seed, common.json))
            });
        }
        What::Presence(common) => {
            return alone(common, config, |networks, threads, data| {
                presence::run(networks, threads, data, (common, &config.policy))
            });
        }
        What::VoicePresentation(common) => {
            return alone(common, config, |networks, threads, data| {
                voice_presentation::run(networks, threads, data, (common, &config.policy))
            });
        }
        What::Identify(common) => {
            return alone(common, config, |networks, threads, data| {
                identify::run(networks, threads, data, common.json)
            });
        }
        What::Calibrate(args) => return calibrate::run(args, config),
        What::Together(args) => return together::run(args, config),
    };
    let pack = house::installed(config, &common.pack)?;
    let measured = measure(&ask, common, (&pack, config))?;
    if let Some(path) = &common.into {
        into::comparisons(path, (&pack, &config.policy), (&ask, common), &measured)?;
    }
    let quantities = quantities(kind, config);
    let with_figures = |(set, trials): (SetReport, Trials)| {
        set.with_figures(&trials, &quantities, common.bootstrap())
    };
    let report = Report {
        kind,
        pack: pack.id(),
        data: common.data.clone(),
        resamples: common.resamples,
        seed: common.seed,
        sets: measured.into_iter().map(with_figures).collect(),
    };
    if let Some(path) = &common.page {
        write_page(path, &report.page()?)?;
    }
    report.print(common.json)
}

fn write_page(path: &Path, page: &str) -> anyhow::Result<()> {
    fs::write(path, page).with_context(|| format!("无法写入 / could not write {}", path.display()))
}

/// What is no rate of one comparison has a table of its own.
fn alone(
    common: &Common,
    config: &Config,
    run: impl Fn((&Pack, &Path), usize, (&Path, &[String])) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let pack = house::installed(config, &common.pack)?;
    let networks = (&pack, config.home.as_path());
    let data = (common.data.as_path(), common.dataset.as_slice());
    run(networks, common.threads(), data)
}

fn measure(
    ask: &Ask<'_>,
    common: &Common,
    (pack, config): (&Pack, &Config),
) -> anyhow::Result<Vec<(SetReport, Trials)>> {
    let (networks, threads) = ((pack, config.home.as_path()), common.threads());
    match ask {
        Ask::Face => {
            let pictures = manifest::pictures(&common.data, &common.dataset)?;
            face::measure(networks, threads, &pictures, (IMPOSTOR_MAX, common.seed))
        }
        Ask::Voice(options) => {
            let recordings = manifest::recordings(&common.data, &common.dataset)?;
            let comparing = Comparing {
                folds: options.folds,
                as_enrolled: options.as_enrolled,
            };
            let voices = listen::embed(networks, threads, &recordings, comparing)?;
            if let Some(path) = &options.scatter {
                let scatter = voices
                    .scatter()
                    .context("没有可学习的声音 / no voice to learn from")?;
                fs::write(path, toml::to_string_pretty(&scatter)?)
                    .with_context(|| format!("{} cannot be written", path.display()))?;
            }
            Ok(voices.measure(pack))
        }
        Ask::Content => {
            let words = manifest::words(&common.data, &common.dataset)?;
            content::measure(networks, threads, &words, common.seed)
        }
        Ask::Presentation(attacks) => {
            let pictures = manifest::presented(&common.data, &common.dataset, attacks)?;
            presentation::measure(networks, threads, &pictures)
        }
    }
}

/// The figures of a report. A face alone is verified from the same LLR on as face and voice together.
fn quantities(kind: Kind, config: &Config) -> Vec<Quantity> {
    let policy = &config.policy;
    let asked = |factors| policy.stakes.threshold(factors, SupervisionLevel::General);
    let whole = [
        Quantity::EqualErrorRate,
        Quantity::Decidability,
        Quantity::Cost,
        Quantity::CostMin,
    ];
    let (fmrs, accept) = match kind {
        Kind::Face => ([1e-3, 1e-4], asked(Factors::Face)),
        Kind::Voice => ([1e-2, 1e-3], asked(Factors::Voice)),
        Kind::Content => ([1e-1, 1e-2], policy.content_min),
        Kind::Presentation => {
            let doubt = policy.presentation_min;
            let rates = [Quantity::Apcer(doubt), Quantity::Bpcer(doubt)];
            return whole.into_iter().chain(rates).collect();
        }
    };
    let rates = [(Policy::Accept, accept), (Policy::Doubt, policy.factor_min)]
        .into_iter()
        .flat_map(|(name, llr)| {
            [
                Quantity::FmrAtLlr(name, llr),
                Quantity::FnmrAtLlr(name, llr),
            ]
        });
    fmrs.map(Quantity::TarAtFmr)
        .into_iter()
        .chain(whole)
        .chain(rates)
        .collect()
}

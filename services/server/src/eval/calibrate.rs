//! `muster eval calibrate`: fits a pack's calibration and writes it into the pack's text.
//!
//! The figures of a fit on its own trials are too good. So it is also made on folds of the people and measured on those whom it has not met;
//! what is measured there decides how much each person's trials weigh, and stands beside the rest in the report.

mod crossed;
pub mod digest;
mod text;
mod traces;

use std::{
    fmt::Write as _,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use models::{Calibration, Pack, Traces};
use serde::Serialize;

use super::{
    Ask, Common, content, listen, manifest, measure, presentation,
    report::{Kind, SetReport},
    statistics::{FEW_FALSE_MATCHES, Fit},
    trial::Trials,
    voice::{self, Comparing, Voices},
};
use crate::{config::Config, house::installed, output};
use crossed::{Form, Worth};

#[derive(clap::Args)]
pub struct Args {
    /// What is calibrated.
    what: What,
    #[command(flatten)]
    common: Common,
    /// Folders of attacks, as of `muster eval presentation`.
    #[arg(long)]
    attacks: Vec<PathBuf>,
    /// Write the pack with its new calibration into this file.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Write it into `HOME/packs/NAME.toml`.
    #[arg(long)]
    write: bool,
    /// The pack's name from now on; needed to write a built-in one.
    #[arg(long)]
    name: Option<String>,
    /// The pack's version from now on; the next number when absent.
    #[arg(long)]
    pack_version: Option<String>,
    /// The data in words; made of the counts when absent.
    #[arg(long)]
    words: Option<String>,
    /// Folds of the people.
    #[arg(long, default_value = "5")]
    folds: NonZero<usize>,
    /// Also measure a calibration that knows the worse of the two samples' qualities (faces: distance between the eyes and sharpness;
    /// voices: signal-to-noise ratio and bandwidth). It is not written: packs hold affine maps.
    #[arg(long)]
    by_quality: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// `face_recogniser.calibration`, from all comparisons inside each data set.
    Face,
    /// `speaker.calibration`, from all conditions of capture.
    Voice,
    /// `content.calibration`: own words, random and two wrong prompts.
    Content,
    /// `digits.calibration`: the digit network, random and two wrong prompts.
    Digits,
    /// `presentation_attack.calibration`, from all species.
    Presentation,
    /// `presentation_attack.traces` and its calibration: learnt on simulated species and conditions of whole camera frames; name such data sets.
    Traces,
}

impl What {
    const fn table(self) -> &'static str {
        match self {
            Self::Face => "face_recogniser",
            Self::Voice => "speaker",
            Self::Content => "content",
            Self::Digits => "digits",
            Self::Presentation | Self::Traces => "presentation_attack",
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Face => Kind::Face,
            Self::Voice => Kind::Voice,
            Self::Content | Self::Digits => Kind::Content,
            Self::Presentation | Self::Traces => Kind::Presentation,
        }
    }

    /// Where the fit is meant to be best: who someone is, is asked in the region of few false matches; the rest is more probable or not.
    const fn prior(self) -> f64 {
        match self {
            Self::Face | Self::Voice => FEW_FALSE_MATCHES,
            Self::Content | Self::Digits => content::PRIOR,
            Self::Presentation | Self::Traces => presentation::EVEN,
        }
    }
}

/// What came out.
#[derive(Debug, Serialize)]
struct Report {
    what: &'static str,
    /// `name@version` of the pack that measured.
    pack: String,
    set: String,
    persons: usize,
    genuine: usize,
    impostor: usize,
    prior: f64,
    folds: usize,
    /// On its own trials, and on people whom it has not met.
    worths: Vec<Worth>,
    /// What is written.
    calibration: Calibration,
    /// `name@version` of the pack that was written.
    written: Option<String>,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let pack = installed(config, &args.common.pack)?;
    if args.what == What::Traces {
        return learn(args, &pack, config);
    }
    let (set, trials, unmet) = trials(args, &pack, config)?;
    let data_sha256 = digest(args)?;
    let (what, prior, folds) = (args.what, args.what.prior(), args.folds.get());
    let crossing = (prior, folds, args.common.seed);
    let measured_on = unmet.as_ref().unwrap_or(&trials);
    let mut worths = Vec::new();
    for form in Form::AFFINE {
        worths.extend(crossed::worth(&trials, measured_on, form, crossing));
    }
    let cost = |worth: &Worth| {
        worth
            .crossed
            .map_or(f64::INFINITY, |crossed| crossed.at_prior)
    };
    let best = worths
        .iter()
        .min_by(|a, b| cost(a).total_cmp(&cost(b)))
        .context("真假两类没有重叠，无法拟合 / nothing can be fitted: trials of a kind are missing, or the kinds do not overlap")?;
    let (form, fit) = (best.form, best.fit);
    let words = args
        .words
        .clone()
        .unwrap_or_else(|| words(args, &set, best));
    if args.by_quality && matches!(what, What::Face | What::Voice) {
        for form in Form::BY_QUALITY {
            worths.extend(crossed::worth(&trials, measured_on, form, crossing));
        }
    }
    let calibration = fitted((fit, words), data_sha256, (set.genuine, set.impostor));
    let written = write(args, &pack, config, (&calibration, None))?;
    let report = Report {
        what: what.table(),
        pack: pack.id(),
        set: set.name,
        persons: set.persons,
        genuine: set.genuine,
        impostor: set.impostor,
        prior,
        folds,
        worths,
        calibration,
        written,
    };
    report.print(args.common.json, what.kind(), form)
}

/// As a pack holds it: of today, rounded, with bounds that promise no more than the fit's.
fn fitted(
    (fit, data): (Fit, String),
    data_sha256: String,
    (genuine, impostor): (usize, usize),
) -> Calibration {
    Calibration {
        scale: text::rounded(fit.scale),
        offset: text::rounded(fit.offset),
        llr_min: text::inwards(fit.llr_min),
        llr_max: text::inwards(fit.llr_max),
        data,
        data_sha256,
        date: jiff::Zoned::now().date().to_string(),
        genuine: genuine as u64,
        impostor: impostor as u64,
    }
}

/// Learns what artefacts leave in pictures, and calibrates its scores of people whom it has not met.
fn learn(args: &Args, pack: &Pack, config: &Config) -> anyhow::Result<()> {
    let common = &args.common;
    let pictures = manifest::pictures(&common.data, &common.dataset)?;
    let networks = (pack, config.home.as_path());
    let crossing = (args.folds.get(), common.seed);
    let mut learnt = traces::learn(networks, common.threads(), &pictures, crossing)?;
    let fit = learnt.trials.fit(args.what.prior());
    let fit = fit
        .context("真假两类没有重叠，无法拟合 / nothing can be fitted: the kinds do not overlap")?;
    let (genuine, impostor) = (learnt.trials.genuine(), learnt.trials.impostor());
    let names = common.dataset.join(" + ");
    let words = args.words.clone().unwrap_or_else(|| {
        format!(
            "simulated species and conditions of {names}: {} persons, {genuine} live pictures and {impostor} of artefacts; scores of people not met ({} folds)",
            learnt.persons, args.folds
        )
    });
    let bounded = Fit {
        llr_min: fit.llr_min.max(traces::LLR_MIN),
        llr_max: fit.llr_max.min(traces::LLR_MAX),
        ..fit
    };
    let calibration = fitted((bounded, words), digest(args)?, (genuine, impostor));
    learnt.traces.data.clone_from(&calibration.data);
    learnt
        .traces
        .data_sha256
        .clone_from(&calibration.data_sha256);
    learnt.traces.date.clone_from(&calibration.date);
    learnt.traces.people = learnt.persons as u64;
    let written = write(args, pack, config, (&calibration, Some(&learnt.traces)))?;
    output::print(&calibration, common.json, || {
        let doubt = config.policy.presentation_min;
        let mut text = format!(
            "痕迹 Traces of artefacts ({}), doubted below {doubt}\n{}",
            pack.id(),
            learnt.table(|score| calibration.llr(score), doubt)
        );
        text.push_str(&fit.line());
        if let Some(written) = &written {
            let _ = writeln!(text, "已写入 written: {written}");
        }
        text
    })
}

/// The set that the calibration is fitted on, its trials, and, where the pack takes off what it learnt of the same people, trials of people
/// whom that has not met.
fn trials(
    args: &Args,
    pack: &Pack,
    config: &Config,
) -> anyhow::Result<(SetReport, Trials, Option<Trials>)> {
    let common = &args.common;
    let chosen = |sets: Vec<(SetReport, Trials)>, named: &dyn Fn(&str) -> bool| {
        let found = sets.into_iter().rev().find(|(set, _)| named(&set.name));
        found.context("数据里没有可拟合的集合 / the data have no set that this is fitted on")
    };
    let plain = |(set, trials)| (set, trials, None);
    match args.what {
        What::Face => {
            let sets = measure(&Ask::Face, common, (pack, config))?;
            Ok(plain(together(sets)?))
        }
        What::Voice => {
            let comparing = Comparing {
                folds: Some(args.folds),
                as_enrolled: false,
            };
            let recordings = manifest::recordings(&common.data, &common.dataset)?;
            let networks = (pack, config.home.as_path());
            let voices = listen::embed(networks, common.threads(), &recordings, comparing)?;
            let of_all = |sets| chosen(sets, &|name| name == voice::POOLED_CONDITIONS);
            let unmet = pack.speaker.scatter.is_some().then(|| voices.clone());
            let unmet = unmet
                .map(|voices| of_all(voices.measure(pack)))
                .transpose()?;
            let (set, trials) = of_all(without_folds(voices).measure(pack))?;
            Ok((set, trials, unmet.map(|(_, trials)| trials)))
        }
        What::Content | What::Digits => {
            let method = if args.what == What::Digits {
                "digit network, random + two wrong"
            } else {
                "own words, random + two wrong"
            };
            let sets = measure(&Ask::Content, common, (pack, config))?;
            Ok(plain(chosen(sets, &|name| name.ends_with(method))?))
        }
        What::Presentation | What::Traces => {
            let sets = measure(&Ask::Presentation(&args.attacks), common, (pack, config))?;
            Ok(plain(chosen(sets, &|name| name == presentation::ALL)?))
        }
    }
}

fn without_folds(mut voices: Voices<'_>) -> Voices<'_> {
    voices.comparing.folds = None;
    for speaker in &mut voices.speakers {
        speaker.fold = 0;
    }
    voices
}

/// Comparisons inside each data set, under one calibration.
fn together(sets: Vec<(SetReport, Trials)>) -> anyhow::Result<(SetReport, Trials)> {
    let names: Vec<String> = sets.iter().map(|(set, _)| set.name.clone()).collect();
    let mut sets = sets.into_iter();
    let (mut whole, trials) = sets.next().context("there is no data set")?;
    let mut all = trials.all().to_vec();
    for (set, trials) in sets {
        let before = whole.persons as u32;
        all.extend(trials.all().iter().map(|trial| super::trial::Trial {
            probe: trial.probe + before,
            template: trial.template + before,
            ..*trial
        }));
        whole.persons += set.persons;
        whole.samples += set.samples;
        whole.genuine += set.genuine;
        whole.impostor += set.impostor;
    }
    whole.name = names.join(" + ");
    Ok((whole, Trials::new(all)))
}

fn digest(args: &Args) -> anyhow::Result<String> {
    let (data, named) = (args.common.data.as_path(), args.common.dataset.as_slice());
    let (index, files): (&[&str], Vec<PathBuf>) = match args.what {
        What::Face | What::Traces => {
            let rows = manifest::pictures(data, named)?;
            let files = rows.into_iter().map(|row| row.path).collect();
            (&["face/index.csv", "index.csv"], files)
        }
        What::Voice => {
            let rows = manifest::recordings(data, named)?;
            let files = rows.into_iter().map(|row| row.file).collect();
            (&["voice/manifest.csv", "manifest.csv"], files)
        }
        What::Content | What::Digits => {
            let rows = manifest::words(data, named)?;
            let files = rows.into_iter().map(|row| row.file).collect();
            (&["voice/words.csv", "words.csv"], files)
        }
        What::Presentation => {
            let rows = manifest::presented(data, named, &args.attacks)?;
            let files = rows.into_iter().map(|row| row.path).collect();
            (&["face/index.csv", "index.csv"], files)
        }
    };
    let candidates: Vec<PathBuf> = index.iter().map(|name| data.join(name)).collect();
    let manifest = candidates.iter().find(|path| path.is_file());
    digest::of(manifest.map(PathBuf::as_path), &files)
}

/// What an officer's administrator reads in the pack years later.
fn words(args: &Args, set: &SetReport, worth: &Worth) -> String {
    let name = args.common.data.file_name().unwrap_or_default();
    let crossed = worth
        .crossed
        .map_or_else(String::new, |crossed| format!("{:.3}", crossed.cllr));
    format!(
        "{} of the folder {}: {} persons, {} {}; prior {}; {}; Cllr {:.3}, on people whom it has not met {crossed} ({} folds)",
        set.name,
        name.to_string_lossy(),
        set.persons,
        set.samples,
        args.what.kind().samples().1,
        args.what.prior(),
        worth.form.words(),
        worth.own.cllr,
        args.folds,
    )
}

/// The pack's new text into the file that was asked for; `name@version` of it.
fn write(
    args: &Args,
    pack: &Pack,
    config: &Config,
    (calibration, traces): (&Calibration, Option<&Traces>),
) -> anyhow::Result<Option<String>> {
    let name = args.name.as_deref().unwrap_or(&pack.name);
    let path: PathBuf = match (&args.out, args.write) {
        (None, false) => return Ok(None),
        (Some(_), true) => bail!("--out and --write cannot be given together"),
        (Some(path), false) => path.clone(),
        (None, true) => {
            ensure!(
                models::built_in().all(|built_in| built_in != name),
                "内置模型包不能改写：请用 --name 另取名字 / a built-in pack cannot be written: give it another name with --name"
            );
            config.home.join("packs").join(format!("{name}.toml"))
        }
    };
    let version = args
        .pack_version
        .clone()
        .unwrap_or_else(|| text::next_version(&pack.version));
    let source = models::source(&pack.name, &config.home)?;
    let mut edited = text::edit(&source, (name, &version), args.what.table(), calibration)?;
    if let Some(traces) = traces {
        edited = text::edit_traces(&edited, args.what.table(), traces)?;
    }
    let read = models::read(name, &edited).context("the pack could not be read again")?;
    put(&path, &edited)?;
    Ok(Some(read.id()))
}

/// Whole or not at all.
fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)
            .with_context(|| format!("无法写入 / could not make {}", folder.display()))?;
    }
    let beside = path.with_extension("toml.new");
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, path));
    written.with_context(|| format!("无法写入 / could not write {}", path.display()))
}

impl Report {
    fn print(&self, json: bool, kind: Kind, form: Form) -> anyhow::Result<()> {
        output::print(self, json, || self.table(kind, form))
    }

    fn table(&self, kind: Kind, form: Form) -> String {
        let (genuine, impostor) = (kind.genuine(), kind.impostor());
        let mut text = format!(
            "校准 Calibration: {} ({})\n{}: {} 人 persons, {} {} {}, {} {} {}\n先验 prior {}, {} 折 folds by person\n\n  {:<34} {:>8} {:>8} {:>8}   {:>8} {:>8} {:>8}\n",
            self.what,
            self.pack,
            self.set,
            self.persons,
            self.genuine,
            genuine.0,
            genuine.1,
            self.impostor,
            impostor.0,
            impostor.1,
            self.prior,
            self.folds,
            "",
            "Cllr",
            "min",
            "at prior",
            "unmet",
            "min",
            "at prior",
        );
        for worth in &self.worths {
            let mark = if worth.form == form { '*' } else { ' ' };
            let _ = writeln!(text, "{mark} {}", worth.line());
        }
        let one = &self.calibration;
        let _ = writeln!(
            text,
            "\n{}.calibration: scale {}, offset {}, llr_min {}, llr_max {}",
            self.what, one.scale, one.offset, one.llr_min, one.llr_max
        );
        if let Some(written) = &self.written {
            let _ = writeln!(text, "已写入 written: {written}");
        }
        text
    }
}

//! Error rates at the house's thresholds, written into a pack's file, so that whoever reads a threshold reads what it was measured to do.

mod text;

use std::{
    fmt::Write as _,
    fs,
    num::NonZero,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use domain::{
    plan::{Factors, SupervisionLevel},
    verdict::Policy,
};
use models::{Factor, Measured, Pack, Rates};

use super::{
    Ask, Common,
    calibrate::digest,
    content,
    manifest::{self, Picture, Recording},
    presentation,
    report::SetReport,
    statistics::exact,
    trial::Trials,
    voice,
};

const LEVELS: [SupervisionLevel; 3] = [
    SupervisionLevel::Strict,
    SupervisionLevel::General,
    SupervisionLevel::Lenient,
];
/// Thresholds beside the house's own, nats: whoever changes his policy finds a neighbour.
const GRID: [f64; 7] = [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0];
/// Nats between the house's own thresholds and those of the grid, more than.
const APART: f64 = 0.1;
/// Where the manifests lie below the data.
const FACES: [&str; 2] = ["face/index.csv", "index.csv"];
const VOICES: [&str; 2] = ["voice/manifest.csv", "manifest.csv"];
const WORDS: [&str; 2] = ["voice/words.csv", "words.csv"];

/// Of one comparison: each data set, condition or species.
pub fn comparisons(
    path: &Path,
    (pack, policy): (&Pack, &Policy),
    (ask, common): (&Ask<'_>, &Common),
    sets: &[(SetReport, Trials)],
) -> anyhow::Result<()> {
    let (data, named) = (common.data.as_path(), common.dataset.as_slice());
    let asked = |factors| LEVELS.map(|level| policy.stakes.threshold(factors, level));
    let (factor, what, own, index, files) = match ask {
        Ask::Face => {
            let rows = manifest::pictures(data, named)?;
            let files: Vec<PathBuf> = rows.into_iter().map(|row| row.path).collect();
            let own = [&asked(Factors::Face)[..], &[policy.factor_min]].concat();
            (Factor::Face, "face", own, FACES, files)
        }
        Ask::Voice(options) => {
            let rows = manifest::recordings(data, named)?;
            let files = rows.into_iter().map(|row| row.file).collect();
            let own = [&asked(Factors::Voice)[..], &[policy.factor_min]].concat();
            ensure!(
                options.folds.is_some() || pack.speaker.scatter.is_none(),
                "加 --folds：散布由这些人学得 / give --folds: the pack's scatter was learnt on people, and rates are of those whom it has not met"
            );
            (Factor::Voice, "voice", own, VOICES, files)
        }
        Ask::Content => {
            let rows = manifest::words(data, named)?;
            let files = rows.into_iter().map(|row| row.file).collect();
            let own = vec![policy.content_min];
            (Factor::Content, "content", own, WORDS, files)
        }
        Ask::Presentation(attacks) => {
            let rows = manifest::presented(data, named, attacks)?;
            let files = rows.into_iter().map(|row| row.path).collect();
            let own = vec![policy.presentation_min];
            (Factor::Presentation, "presentation", own, FACES, files)
        }
    };
    let folds = match ask {
        Ask::Voice(options) => options.folds,
        Ask::Face | Ask::Content | Ask::Presentation(_) => None,
    };
    let command = command(what, pack, common, folds.map(NonZero::get));
    let told = Told {
        factor,
        command,
        data_sha256: hashed(data, index, &files)?,
    };
    let thresholds = thresholds(own);
    let pooled = sets.iter().any(|(set, _)| is_pooled(&set.name));
    let several = sets.iter().any(|(set, _)| content::is_of_all(&set.name));
    let kept = sets.iter().filter(|(set, _)| match factor {
        // Rates of attacks are of one species each: the easy ones would hide the hard.
        Factor::Presentation => set.name != presentation::ALL,
        // Of voices each condition, all corpora together where there are several.
        Factor::Voice => !pooled || is_pooled(&set.name),
        Factor::Content => content::is_told(&set.name, several),
        Factor::Face | Factor::Together => true,
    });
    let kept = kept.filter(|(set, _)| set.genuine > 0 && set.impostor > 0);
    let measured = kept.map(|(set, trials)| {
        let counts = [set.genuine as u64, set.impostor as u64];
        told.measured(set.name.clone(), counts, rates(trials, &thresholds))
    });
    write(path, pack, factor, &measured.collect::<Vec<_>>())
}

/// Of the whole decision: name, genuine and impostor attempts, and the rates of the levels, set by set.
pub fn together(
    path: &Path,
    (pack, common): (&Pack, &Common),
    (pictures, recordings): (&[Picture], &[Recording]),
    sets: Vec<(String, [u64; 2], Vec<Rates>)>,
) -> anyhow::Result<()> {
    let looked = pictures.iter().map(|row| row.path.clone());
    let files: Vec<PathBuf> = looked
        .chain(recordings.iter().map(|row| row.file.clone()))
        .collect();
    let told = Told {
        factor: Factor::Together,
        command: command("together", pack, common, None),
        data_sha256: hashed(&common.data, FACES, &files)?,
    };
    let measured = sets.into_iter().map(|(name, counts, mut rates)| {
        rates.sort_by(|a, b| a.llr.total_cmp(&b.llr));
        told.measured(name, counts, rates)
    });
    write(path, pack, Factor::Together, &measured.collect::<Vec<_>>())
}

/// What all sets of a run have in common.
struct Told {
    factor: Factor,
    command: String,
    data_sha256: String,
}

impl Told {
    fn measured(&self, set: String, [genuine, impostor]: [u64; 2], at: Vec<Rates>) -> Measured {
        Measured {
            factor: self.factor,
            set,
            data_sha256: self.data_sha256.clone(),
            date: jiff::Zoned::now().date().to_string(),
            command: self.command.clone(),
            genuine,
            impostor,
            at,
        }
    }
}

/// What measures it again. Where the data and the pack's file lie is nobody's business.
fn command(what: &str, pack: &Pack, common: &Common, folds: Option<usize>) -> String {
    let mut text = format!("muster eval {what} --pack {} --data DIR", pack.name);
    for name in &common.dataset {
        let _ = write!(text, " --dataset {name}");
    }
    if let Some(folds) = folds {
        let _ = write!(text, " --folds {folds}");
    }
    let _ = write!(text, " --seed {}", common.seed);
    text
}

fn hashed(data: &Path, index: [&str; 2], files: &[PathBuf]) -> anyhow::Result<String> {
    let candidates = index.map(|name| data.join(name));
    let manifest = candidates.iter().find(|path| path.is_file());
    digest::of(manifest.map(PathBuf::as_path), files)
}

/// Of all corpora, each compared within itself.
fn is_pooled(set: &str) -> bool {
    set.split(',').next() == Some(voice::POOLED)
}

/// The house's own, and those of the grid that lie apart from them, rising.
fn thresholds(own: Vec<f64>) -> Vec<f64> {
    let apart = |at: &f64| own.iter().all(|one| (one - at).abs() > APART);
    let grid = GRID.into_iter().filter(apart).collect::<Vec<_>>();
    let mut all = [own, grid].concat();
    all.sort_unstable_by(f64::total_cmp);
    all
}

fn rates(trials: &Trials, thresholds: &[f64]) -> Vec<Rates> {
    let [genuine, impostor] = [true, false].map(|wanted| {
        let of = trials.all().iter().filter(|trial| trial.genuine == wanted);
        let mut llrs: Vec<f64> = of.map(|trial| trial.llr).collect();
        llrs.sort_unstable_by(f64::total_cmp);
        llrs
    });
    let share = |count: usize, all: usize| {
        let (count, all) = (count as u64, all as u64);
        let [low, high] = exact(count, all);
        [count as f64 / all.max(1) as f64, low, high]
    };
    let at = |&llr: &f64| {
        let below = |llrs: &[f64]| llrs.partition_point(|one| *one < llr);
        let accepted = impostor.len() - below(&impostor);
        Rates {
            llr,
            false_match: share(accepted, impostor.len()),
            false_non_match: share(below(&genuine), genuine.len()),
        }
    };
    thresholds.iter().map(at).collect()
}

fn write(path: &Path, pack: &Pack, factor: Factor, measured: &[Measured]) -> anyhow::Result<()> {
    let source = fs::read_to_string(path)
        .with_context(|| format!("无法读取 / could not read {}", path.display()))?;
    let edited = text::edit(&source, factor, measured)?;
    let read = models::read(&pack.name, &edited).context("the pack could not be read again")?;
    ensure!(
        read.id() == pack.id(),
        "文件是 {}，测的是 {} / the file is another pack than the one that was measured",
        read.id(),
        pack.id()
    );
    fs::write(path, edited)
        .with_context(|| format!("无法写入 / could not write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::trial::Trial;

    #[test]
    fn from_a_threshold_on_is_accepted() {
        let trial = |llr, template| Trial::of_persons(llr, llr, 0, template);
        let trials = Trials::new(vec![
            trial(9.0, 0),
            trial(1.0, 0),
            trial(3.0, 1),
            trial(-5.0, 1),
        ]);
        let found = rates(&trials, &[0.0, 2.0]).into_iter();
        let errors = found.map(|rates| [rates.false_match[0], rates.false_non_match[0]]);
        assert_eq!(errors.collect::<Vec<_>>(), [[0.5, 0.0], [0.5, 0.5]]);
    }

    #[test]
    fn the_houses_own_thresholds_stand_before_the_grid() {
        let own = vec![9.2, 8.006, 2.0];
        assert_eq!(
            thresholds(own),
            [-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.006, 9.2]
        );
    }
}

//! Presentation attacks: live faces against pictures of faces, one species after the other (ISO/IEC 30107-3).

use std::{collections::HashMap, fs, path::Path};

use anyhow::Context;
use engine::Sessions;
use models::Pack;

use super::{
    manifest::Presented,
    report::SetReport,
    trial::{Trial, Trials},
    work::for_each,
};

/// All species together.
pub const ALL: &str = "all";
/// Prior of the fit: what is asked is whether an attack is more probable than not.
pub const EVEN: f64 = 0.5;

/// Each species of attack against all live faces, then all of them.
///
/// # Errors
/// When the pack has no networks for it.
pub fn measure(
    pack: (&Pack, &Path),
    threads: usize,
    pictures: &[Presented],
) -> anyhow::Result<Vec<(SetReport, Trials)>> {
    let part = pack.0.presentation_attack.as_ref();
    let part = part.with_context(|| {
        format!(
            "pack {} has no networks against presentation attacks",
            pack.0.name
        )
    })?;
    let scores = for_each(pack, threads, pictures, score)?;
    let mut persons: HashMap<&str, u32> = HashMap::new();
    let mut rows = Vec::with_capacity(pictures.len());
    for (picture, score) in pictures.iter().zip(scores) {
        let next = persons.len() as u32;
        let person = *persons.entry(&picture.identity).or_insert(next);
        let trial = score.map(|score| {
            let llr = part.calibration.llr(score);
            Trial::of_one(score, llr, person, picture.species.is_none())
        });
        rows.push((picture.species.as_deref(), person, trial));
    }
    let mut species: Vec<&str> = Vec::new();
    for name in rows.iter().filter_map(|(species, ..)| *species) {
        if !species.contains(&name) {
            species.push(name);
        }
    }
    let of_one = |name: &str| {
        let own: Vec<_> = rows
            .iter()
            .filter(|(species, ..)| name == ALL || species.is_none_or(|species| species == name))
            .collect();
        let mut persons: Vec<u32> = own.iter().map(|(_, person, _)| *person).collect();
        persons.sort_unstable();
        persons.dedup();
        let trials = Trials::new(own.iter().filter_map(|(.., trial)| *trial).collect());
        let report = SetReport {
            name: name.to_owned(),
            persons: persons.len(),
            samples: own.len(),
            failures_to_acquire: own.len() - trials.all().len(),
            failures_to_enrol: 0,
            genuine: trials.genuine(),
            impostor: trials.impostor(),
            impostor_all: trials.impostor(),
            fit: trials.fit(EVEN),
            figures: Vec::new(),
            groups: Vec::new(),
            group_figures: Vec::new(),
            trade_off: Vec::new(),
            reliability: Vec::new(),
        };
        (report, trials)
    };
    Ok(species.into_iter().chain([ALL]).map(of_one).collect())
}

/// The way of a check-in's picture. None where nothing can be said.
fn score(sessions: &mut Sessions, picture: &Presented) -> anyhow::Result<Option<f64>> {
    let bytes = fs::read(&picture.path)
        .with_context(|| format!("{} cannot be read", picture.path.display()))?;
    Ok(sessions
        .face(&bytes)?
        .ok()
        .and_then(|seen| seen.presentation))
}

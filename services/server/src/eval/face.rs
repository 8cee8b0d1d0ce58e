//! Faces: one picture against one picture, all pairs of a data set.

use std::{collections::HashMap, fs, path::Path};

use anyhow::Context;
use engine::{Embedding, Sessions, Timings, face::Views, picture};
use models::{Calibration, Pack};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

use super::{
    manifest::Picture,
    report::SetReport,
    statistics::FEW_FALSE_MATCHES,
    trial::{Trial, Trials},
    work::for_each,
};

/// What data sets store grey pictures as; phones do not submit these, so only this command reads them.
const GREYMAP: &[u8] = b"P5";

/// One data set, measured: its counts and its comparisons.
pub type Measured = (SetReport, Trials);

/// Every data set of the pictures, in the order in which they first appear.
pub fn measure(
    pack: (&Pack, &Path),
    threads: usize,
    pictures: &[Picture],
    (impostor_max, seed): (usize, u64),
) -> anyhow::Result<Vec<Measured>> {
    let embeddings = for_each(pack, threads, pictures, embed)?;
    let mut datasets: Vec<&str> = Vec::new();
    for picture in pictures {
        if !datasets.contains(&picture.dataset.as_str()) {
            datasets.push(&picture.dataset);
        }
    }
    let calibration = &pack.0.face_recogniser.calibration;
    let of_one = |dataset: &str| {
        let own = pictures
            .iter()
            .zip(&embeddings)
            .filter(|(picture, _)| picture.dataset == dataset);
        compare(
            dataset,
            &own.collect::<Vec<_>>(),
            calibration,
            (impostor_max, seed),
        )
    };
    Ok(datasets.into_iter().map(of_one).collect())
}

/// The way of a check-in's picture: decode, detect, choose, align, embed.
fn embed(sessions: &mut Sessions, picture: &Picture) -> anyhow::Result<Option<Embedding>> {
    let bytes = fs::read(&picture.path)
        .with_context(|| format!("{} cannot be read", picture.path.display()))?;
    let decoded = if bytes.starts_with(GREYMAP) {
        picture::decode_greymap(&bytes)
    } else {
        picture::decode(&bytes)
    };
    let Ok(decoded) = decoded else {
        return Ok(None);
    };
    let (face, mut timings) = (sessions.face_networks(), Timings::default());
    let (_, crop) = face.find(&decoded, &mut timings)?;
    let Some(crop) = crop else { return Ok(None) };
    Ok(face.embed(&[(crop, Views::Both)], &mut timings)?.pop())
}

fn compare(
    dataset: &str,
    pictures: &[(&Picture, &Option<Embedding>)],
    calibration: &Calibration,
    (impostor_max, seed): (usize, u64),
) -> Measured {
    let mut persons: HashMap<&str, u32> = HashMap::new();
    let mut faces = Vec::new();
    for (picture, embedding) in pictures {
        let next = persons.len() as u32;
        let person = *persons.entry(&picture.identity).or_insert(next);
        faces.extend(
            embedding
                .as_ref()
                .map(|embedding| (person, picture.is_single(), embedding)),
        );
    }
    let pairs = || {
        faces
            .iter()
            .enumerate()
            .flat_map(|(at, one)| faces[at + 1..].iter().map(move |other| (one, other)))
    };
    let impostor_all = pairs().filter(|(one, other)| one.0 != other.0).count();
    let kept = (impostor_max as f64 / impostor_all.max(1) as f64).min(1.0);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let trials = pairs().filter_map(
        |((probe, probe_single, one), (template, template_single, other))| {
            let wanted = if probe == template {
                !probe_single && !template_single
            } else {
                kept >= 1.0 || random.random_bool(kept)
            };
            let score = wanted.then(|| one.cosine(other))?;
            let llr = calibration.llr(score);
            Some(Trial::of_persons(score, llr, *probe, *template))
        },
    );
    let trials = Trials::new(trials.collect());
    let report = SetReport {
        name: dataset.to_owned(),
        persons: persons.len(),
        samples: pictures.len(),
        failures_to_acquire: pictures.len() - faces.len(),
        failures_to_enrol: 0,
        genuine: trials.genuine(),
        impostor: trials.impostor(),
        impostor_all,
        fit: trials.fit(FEW_FALSE_MATCHES),
        figures: Vec::new(),
        trade_off: Vec::new(),
        reliability: Vec::new(),
    };
    (report, trials)
}

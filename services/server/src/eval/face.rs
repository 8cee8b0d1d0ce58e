//! Faces: one picture against one picture, all pairs of a data set.

use std::{collections::HashMap, fs, path::Path};

use anyhow::Context;
use domain::evidence::MediaFault;
use engine::{
    Embedding, Sessions, Timings,
    face::Views,
    picture::{self, Picture},
};
use models::{Calibration, Pack};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

use super::{
    group, manifest,
    report::SetReport,
    statistics::FEW_FALSE_MATCHES,
    trial::{Trial, Trials},
    work::for_each,
};

/// What data sets store grey pictures as; phones do not submit these, so only this command reads them.
const GREYMAP: &[u8] = b"P5";

/// One face that was found.
pub struct Face {
    pub embedding: Embedding,
    /// Natural logarithms of the distance between the eyes, pixels, and of the sharpness.
    qualities: [f32; 2],
}

/// One data set, measured: its counts and its comparisons.
pub type Measured = (SetReport, Trials);

/// Every data set of the pictures, in the order in which they first appear.
pub fn measure(
    pack: (&Pack, &Path),
    threads: usize,
    pictures: &[manifest::Picture],
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

/// A picture as a phone submits it, or a grey one of a data set.
///
/// # Errors
/// A file that cannot be read; what is wrong with the picture stands in the answer.
pub fn decode(path: &Path) -> anyhow::Result<Result<Picture, MediaFault>> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(if bytes.starts_with(GREYMAP) {
        picture::decode_greymap(&bytes)
    } else {
        picture::decode(&bytes)
    })
}

/// The way of a check-in's picture: decode, detect, choose, align, embed. None without a face that can be read.
///
/// # Errors
/// A file that cannot be read, or of a network.
pub fn embed(sessions: &mut Sessions, picture: &manifest::Picture) -> anyhow::Result<Option<Face>> {
    let Ok(decoded) = decode(&picture.path)? else {
        return Ok(None);
    };
    let (face, mut timings) = (sessions.face_networks(), Timings::default());
    let (facts, crop) = face.find(&decoded, &mut timings)?;
    let Some((crop, facts)) = crop.zip(facts.face) else {
        return Ok(None);
    };
    let embedding = face.embed(&[(crop, Views::Both)], &mut timings)?.pop();
    Ok(embedding.map(|embedding| Face {
        embedding,
        qualities: [facts.eye_distance_px, facts.sharpness].map(|value| value.max(1.0).ln()),
    }))
}

fn compare(
    dataset: &str,
    pictures: &[(&manifest::Picture, &Option<Face>)],
    calibration: &Calibration,
    (impostor_max, seed): (usize, u64),
) -> Measured {
    let mut persons: HashMap<&str, u32> = HashMap::new();
    let mut groups: Vec<&str> = Vec::new();
    let mut faces = Vec::new();
    for (picture, face) in pictures {
        let next = persons.len() as u32;
        let person = *persons.entry(&picture.identity).or_insert(next);
        if person == next {
            groups.push(&picture.group);
        }
        faces.extend(
            face.as_ref()
                .map(|face| (person, picture.is_single(), face)),
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
            let score = wanted.then(|| one.embedding.cosine(&other.embedding))?;
            let llr = calibration.llr(score);
            let side = std::array::from_fn(|at| one.qualities[at].min(other.qualities[at]));
            Some(Trial {
                side,
                ..Trial::of_persons(score, llr, *probe, *template)
            })
        },
    );
    let trials: Vec<Trial> = trials.collect();
    let groups = group::split(&trials, |person| groups[person as usize]);
    let trials = Trials::new(trials);
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
        groups,
        group_figures: Vec::new(),
        trade_off: Vec::new(),
        reliability: Vec::new(),
    };
    (report, trials)
}

//! One face among many: is the right person named, and is anybody named for whom there is no file?

use std::{collections::BTreeMap, io::Write, path::Path};

use domain::{Llr, PersonId, identify};
use engine::{Embedding, gallery::Gallery};
use models::Pack;
use serde::Serialize;
use uuid::Uuid;

use super::{face, manifest, work::for_each};

/// What became of the searches of one data set.
#[derive(Debug, Serialize)]
pub struct Row {
    pub dataset: String,
    /// Persons in the gallery, one picture each.
    pub persons: usize,
    /// Searches for faces of other pictures.
    pub searches: usize,
    /// Nats from which on somebody is named.
    pub llr_min: f64,
    /// Of people in the gallery: named rightly, and wrongly.
    pub right: usize,
    pub wrong: usize,
    /// Of the same people taken out of the gallery: somebody else was named.
    pub strangers_named: usize,
}

/// Searches every further picture of a person, with him in the gallery and without.
///
/// # Errors
/// A manifest or file that cannot be read, or networks that cannot be loaded.
pub fn run(
    pack: (&Pack, &Path),
    threads: usize,
    (data, datasets): (&Path, &[String]),
    json: bool,
) -> anyhow::Result<()> {
    let pictures = manifest::pictures(data, datasets)?;
    let embeddings = for_each(pack, threads, &pictures, face::embed)?;
    let mut sets: BTreeMap<&str, Vec<(&str, &Embedding)>> = BTreeMap::new();
    for (picture, embedding) in pictures.iter().zip(&embeddings) {
        let set = sets.entry(&picture.dataset).or_default();
        set.extend(
            embedding
                .as_ref()
                .map(|one| (picture.identity.as_str(), &one.embedding)),
        );
    }
    let calibration = &pack.0.face_recogniser.calibration;
    let nats = |cosine: f64| Llr::new(calibration.llr(cosine)).unwrap_or(Llr::NONE);
    let most = Llr::new(calibration.llr_max).unwrap_or(Llr::NONE);
    let rows: Vec<Row> = sets
        .into_iter()
        .map(|(dataset, faces)| of_one(dataset, &faces, (&nats, most)))
        .collect();
    print(&rows, json)
}

fn of_one(
    dataset: &str,
    faces: &[(&str, &Embedding)],
    (nats, most): (&dyn Fn(f64) -> Llr, Llr),
) -> Row {
    let mut numbers: BTreeMap<&str, PersonId> = BTreeMap::new();
    let (mut gallery, mut probes) = (Gallery::new(), Vec::new());
    for (name, embedding) in faces {
        let next = PersonId(Uuid::from_u128(numbers.len() as u128));
        let known = numbers.contains_key(name);
        let person = *numbers.entry(name).or_insert(next);
        if known {
            probes.push((person, *embedding));
        } else {
            gallery.put(person, embedding);
        }
    }
    let mut row = Row {
        dataset: dataset.to_owned(),
        persons: gallery.len(),
        searches: probes.len(),
        llr_min: identify::llr_min(gallery.len(), most),
        right: 0,
        wrong: 0,
        strangers_named: 0,
    };
    for (person, probe) in probes {
        let nearest = gallery.nearest(probe, 2);
        let named = |but: Option<PersonId>| {
            let others = nearest.iter().filter(|(other, _)| Some(*other) != but);
            let candidates = others.map(|(other, cosine)| (*other, nats(*cosine)));
            identify::named(candidates, gallery.len(), most).map(|found| found.person)
        };
        match named(None) {
            Some(found) if found == person => row.right += 1,
            Some(_) => row.wrong += 1,
            None => {}
        }
        row.strangers_named += usize::from(named(Some(person)).is_some());
    }
    row
}

fn print(rows: &[Row], json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string(rows)?)?;
        return Ok(());
    }
    writeln!(
        out,
        "一对多检索评测 Evaluation of one face among many, one enrolled picture a person"
    )?;
    for row in rows {
        let share = |count: usize| 100.0 * count as f64 / row.searches.max(1) as f64;
        writeln!(
            out,
            "{:<10} {:>6} 人 persons, {:>6} 次 searches, ≥ {:.2} nats: 正确 right {:.2} %, 错误 wrong {:.3} %, 库外误报 strangers named {:.3} % ({})",
            row.dataset,
            row.persons,
            row.searches,
            row.llr_min,
            share(row.right),
            share(row.wrong),
            share(row.strangers_named),
            row.strangers_named,
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_person_is_named_and_a_stranger_is_not() {
        let face = |values: [f32; 3]| Embedding::normalise(values.to_vec()).unwrap();
        let (a, near_a, b) = (
            face([1.0, 0.0, 0.0]),
            face([1.0, 0.05, 0.0]),
            face([0.0, 1.0, 0.0]),
        );
        let faces = [("a", &a), ("b", &b), ("a", &near_a)];
        let nats = |cosine: f64| Llr::new(10.0 * (cosine - 0.5)).unwrap();
        let row = of_one("set", &faces, (&nats, Llr::new(5.0).unwrap()));
        assert_eq!((row.persons, row.searches), (2, 1));
        assert_eq!((row.right, row.wrong, row.strangers_named), (1, 0, 0));
    }
}

//! One face among many: the faces of the house in this process's memory, and who is like a face that was just seen.
//!
//! The database is the truth: before a search what was enrolled since is fetched, and whoever is found is looked up again, so that nobody is
//! named whose template was revoked or erased or whose supervision ended. What is gone leaves memory at the first search
//! after [`PRUNE_MS`].

use std::collections::{HashMap, HashSet};

use domain::{
    Llr, Micros, PersonId,
    evidence::Likeness,
    identify::{Resembling, named},
    org::Level,
};
use engine::{Embedding, FaceTemplate, gallery::Gallery};
use seal::Purpose;
use store::{Tx, template::Face};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::{Cx, Error, Result};

/// Faces kept, at most: with 128 numbers each takes some 620 bytes, so that 100,000 are 62 MB.
const FACES_MAX: usize = 400_000;
/// Faces that one read fetches.
const PAGE_LEN: u32 = 500;
/// Ids that one read fetches.
const IDS_LEN: u32 = 20_000;
/// Persons of a county, at most; real ones have 300 to 1,700.
const COUNTY_LEN_MAX: u32 = 20_000;
/// Searches this soon after the last look at the database do without one; an enrolment always looks.
const FRESH_MS: i64 = 2_000;
/// What was stored this long before the last look is read again: transactions commit in another order than they begin, and clocks differ.
const OVERLAP_MS: i64 = 120_000;
/// What is gone from the database is looked for this often.
const PRUNE_MS: i64 = 600_000;
/// Nearest faces that are looked at closely.
const CANDIDATES: usize = 5;

/// The faces of a house, for one pack. Empty until somebody is searched.
#[derive(Default)]
pub struct Faces(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    gallery: Gallery<PersonId>,
    templates: HashMap<PersonId, Uuid>,
    looked_at: Option<Micros>,
    /// Somebody was enrolled here since.
    stale: bool,
    pruned_at: Option<Micros>,
}

/// Who of the person's county, but himself, is like this face.
pub(crate) async fn in_county(
    cx: &Cx,
    person: PersonId,
    seen: &[Likeness],
) -> Result<Option<Resembling>> {
    let seen = embeddings(seen);
    if seen.is_empty() {
        return Ok(None);
    }
    let mut tx = cx.store.read().await?;
    let county = county_of(&mut tx, person).await?;
    let mut others = store::person::supervised_below(&mut tx, &county, COUNTY_LEN_MAX).await?;
    drop(tx);
    others.retain(|other| *other != person);
    let kept = refreshed(cx, FRESH_MS).await?;
    let among = |probe: &Embedding, count| {
        let others = others.iter().copied();
        kept.gallery.nearest_of(probe, count, others)
    };
    let searched = others.len();
    resembling(cx, &kept, (&seen, searched), &among).await
}

/// Who of the whole house, but the person himself, is like this face.
pub(crate) async fn in_house(
    cx: &Cx,
    person: PersonId,
    seen: &[Embedding],
) -> Result<Option<Resembling>> {
    let kept = refreshed(cx, 0).await?;
    let among = |probe: &Embedding, count| {
        let mut nearest = kept.gallery.nearest(probe, count + 1);
        nearest.retain(|(other, _)| *other != person);
        nearest
    };
    let searched = kept.gallery.len();
    resembling(cx, &kept, (seen, searched), &among).await
}

/// Fetches what there is, so that the first search does not wait for it.
pub(crate) async fn fill(cx: &Cx) -> Result<()> {
    let kept = refreshed(cx, 0).await?;
    tracing::info!(faces = kept.gallery.len(), "Filled the gallery of faces");
    Ok(())
}

/// Somebody was enrolled: the next search looks again.
pub(crate) async fn enrolled(cx: &Cx) {
    cx.faces.0.lock().await.stale = true;
}

/// The nearest so many of some faces, with their cosines.
type Search<'a> = dyn Fn(&Embedding, usize) -> Vec<(PersonId, f64)> + Sync + 'a;

/// Nearest to the middle of what was seen; of these each picture is compared, and their mean decides, as in 1:1.
async fn resembling(
    cx: &Cx,
    kept: &Kept,
    (seen, searched): (&[Embedding], usize),
    among: &Search<'_>,
) -> Result<Option<Resembling>> {
    let Some(middle) = Embedding::centroid(seen) else {
        return Ok(None);
    };
    let Some((_, most)) = cx.engine.face_llr(0.0) else {
        return Ok(None);
    };
    let mut candidates = Vec::with_capacity(CANDIDATES);
    let mut tx = cx.store.read().await?;
    for (other, _) in among(&middle, CANDIDATES) {
        let Some(template) = kept.templates.get(&other) else {
            continue;
        };
        let llr = mean_llr(cx, seen, |probe| {
            let found = kept.gallery.nearest_of(probe, 1, [other]);
            found.first().map(|(_, cosine)| *cosine)
        });
        if let Some(llr) = llr
            && store::template::stands(&mut tx, *template).await?
        {
            candidates.push((other, llr));
        }
    }
    Ok(named(candidates, searched, most))
}

fn mean_llr(
    cx: &Cx,
    seen: &[Embedding],
    cosine: impl Fn(&Embedding) -> Option<f64>,
) -> Option<Llr> {
    let llrs: Vec<f64> = seen
        .iter()
        .filter_map(|probe| Some(cx.engine.face_llr(cosine(probe)?)?.0.get()))
        .collect();
    Llr::new(llrs.iter().sum::<f64>() / llrs.len() as f64)
}

fn embeddings(seen: &[Likeness]) -> Vec<Embedding> {
    let embedding = |one: &Likeness| Embedding::normalise(one.values().to_vec());
    seen.iter().filter_map(embedding).collect()
}

/// The path of the county that the person belongs to; of a unit above a county its own.
async fn county_of(tx: &mut Tx, person: PersonId) -> Result<domain::org::UnitPath> {
    let person = store::person::get(tx, person)
        .await?
        .ok_or(Error::NotFound("person"))?;
    let mut unit = store::unit::get(tx, person.unit)
        .await?
        .ok_or(Error::NotFound("unit"))?;
    while unit.level > Level::County {
        let above = match unit.parent {
            Some(parent) => store::unit::get(tx, parent).await?,
            None => None,
        };
        match above {
            Some(above) => unit = above,
            None => break,
        }
    }
    Ok(unit.path)
}

/// The faces as the database has them, looked at `fresh_ms` ago at most.
async fn refreshed(cx: &Cx, fresh_ms: i64) -> Result<MutexGuard<'_, Kept>> {
    let mut kept = cx.faces.0.lock().await;
    let Some(pack) = cx.engine.pack() else {
        return Ok(kept);
    };
    let now = cx.now();
    let fresh = kept.looked_at.is_some_and(|at| now.since_ms(at) < fresh_ms);
    if fresh && !kept.stale {
        return Ok(kept);
    }
    let since = kept
        .looked_at
        .map_or(Micros(i64::MIN), |at| at.plus_ms(-OVERLAP_MS));
    let mut after = (since, Uuid::nil());
    loop {
        let mut tx = cx.store.read().await?;
        let page = store::template::faces(&mut tx, pack, after, PAGE_LEN).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = (last.created_at, last.id);
        let whole = page.len() < PAGE_LEN as usize;
        for face in page {
            kept.take(cx, &face);
        }
        if whole {
            break;
        }
    }
    kept.looked_at = Some(now);
    kept.stale = false;
    let pruned_at = *kept.pruned_at.get_or_insert(now);
    if now.since_ms(pruned_at) >= PRUNE_MS {
        prune(cx, &mut kept, pack).await?;
        kept.pruned_at = Some(now);
    }
    Ok(kept)
}

/// Takes out whoever has no live template any more.
async fn prune(cx: &Cx, kept: &mut Kept, pack: &str) -> Result<()> {
    let (mut live, mut after) = (HashSet::new(), Uuid::nil());
    loop {
        let mut tx = cx.store.read().await?;
        let page = store::template::face_ids(&mut tx, pack, after, IDS_LEN).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        live.extend(page);
    }
    let gone = |(_, template): &(&PersonId, &Uuid)| !live.contains(*template);
    let gone: Vec<PersonId> = kept
        .templates
        .iter()
        .filter(gone)
        .map(|(of, _)| *of)
        .collect();
    for person in gone {
        kept.gallery.remove(person);
        kept.templates.remove(&person);
    }
    Ok(())
}

impl Kept {
    /// One that cannot be opened is left out: it must not cost others their verdict.
    fn take(&mut self, cx: &Cx, face: &Face) {
        if self.templates.get(&face.person) == Some(&face.id) {
            return;
        }
        if self.gallery.len() >= FACES_MAX {
            tracing::error!(faces = FACES_MAX, "The gallery of faces is full");
            return;
        }
        match opened(cx, face) {
            Ok(template) if self.gallery.put(face.person, template.centroid()) => {
                self.templates.insert(face.person, face.id);
            }
            Ok(_) => {
                tracing::error!(template = %face.id, "A face has another size than the others");
            }
            Err(error) => {
                tracing::error!(template = %face.id, error = ?error, "A face cannot be searched");
            }
        }
    }
}

fn opened(cx: &Cx, face: &Face) -> Result<FaceTemplate> {
    let key = cx.house.unwrap(face.person, &face.wrapped_key)?;
    let bytes = key.open(Purpose::Template, face.id.as_bytes(), &face.sealed)?;
    FaceTemplate::from_bytes(&bytes).map_err(|_| Error::Internal("a face template is damaged"))
}

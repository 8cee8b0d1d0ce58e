//! Faces of many persons in memory, searched one by one (1:N, ISO/IEC 2382-37 "biometric identification").
//!
//! The search is exact: every row is compared, so nothing is missed. Rows lie one behind the other, since it is the memory that bounds the
//! time; `benches/gallery.rs` measures it.

use std::{collections::HashMap, hash::Hash};

use crate::Embedding;

/// Sums that run side by side, so that the processor's vectors are used.
const LANES: usize = 16;

/// One embedding of each person, all of one pack. Its numbers appear in no log.
#[derive(Clone)]
pub struct Gallery<K> {
    /// Numbers of a row; 0 while there is none.
    dimension: usize,
    keys: Vec<K>,
    /// In the order of the keys.
    rows: Vec<f32>,
    places: HashMap<K, usize>,
}

impl<K> Default for Gallery<K> {
    fn default() -> Self {
        Self {
            dimension: 0,
            keys: Vec::new(),
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<K: Copy + Eq + Hash + Ord> Gallery<K> {
    /// Of nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Persons in it.
    pub const fn len(&self) -> usize {
        self.keys.len()
    }

    /// Is nobody in it?
    pub const fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Takes a person in, or replaces his row. False, and nothing is changed, for an embedding that is not of the pack of the others.
    pub fn put(&mut self, key: K, embedding: &Embedding) -> bool {
        let values = embedding.values();
        if self.is_empty() {
            self.dimension = values.len();
        }
        if values.len() != self.dimension {
            return false;
        }
        if let Some(&place) = self.places.get(&key) {
            let from = place * self.dimension;
            self.rows[from..from + self.dimension].copy_from_slice(values);
        } else {
            self.places.insert(key, self.keys.len());
            self.keys.push(key);
            self.rows.extend_from_slice(values);
        }
        true
    }

    /// Takes a person out. False when he is not in it.
    pub fn remove(&mut self, key: K) -> bool {
        let Some(place) = self.places.remove(&key) else {
            return false;
        };
        let last = self.keys.len() - 1;
        self.keys.swap_remove(place);
        let (from, moved) = (place * self.dimension, last * self.dimension);
        self.rows.copy_within(moved.., from);
        self.rows.truncate(moved);
        if let Some(&key) = self.keys.get(place) {
            self.places.insert(key, place);
        }
        true
    }

    /// The `count` persons whose faces lie nearest to a probe, the nearest first, with the cosine, −1..1; of equal ones the lower key first.
    /// Nobody for a probe of another pack.
    pub fn nearest(&self, probe: &Embedding, count: usize) -> Vec<(K, f64)> {
        let probe = probe.values();
        if probe.len() != self.dimension || count == 0 {
            return Vec::new();
        }
        let mut found = Nearest::new(count);
        for (key, row) in self.keys.iter().zip(self.rows.chunks_exact(self.dimension)) {
            found.offer(*key, dot(probe, row));
        }
        found.sorted()
    }

    /// The same among some persons only; whoever is not in the gallery is left out.
    pub fn nearest_of(
        &self,
        probe: &Embedding,
        count: usize,
        persons: impl IntoIterator<Item = K>,
    ) -> Vec<(K, f64)> {
        let probe = probe.values();
        if probe.len() != self.dimension || count == 0 {
            return Vec::new();
        }
        let mut found = Nearest::new(count);
        for key in persons {
            if let Some(&place) = self.places.get(&key) {
                let from = place * self.dimension;
                found.offer(key, dot(probe, &self.rows[from..from + self.dimension]));
            }
        }
        found.sorted()
    }
}

/// The best so far; few, so that a sorted list is quicker than a heap.
struct Nearest<K> {
    count: usize,
    best: Vec<(K, f32)>,
    /// What the next one must beat.
    least: f32,
}

impl<K: Copy + Ord> Nearest<K> {
    const fn new(count: usize) -> Self {
        Self {
            count,
            best: Vec::new(),
            least: f32::NEG_INFINITY,
        }
    }

    fn offer(&mut self, key: K, score: f32) {
        if score < self.least {
            return;
        }
        let place = self.best.partition_point(|(other, better)| {
            score.total_cmp(better).then(other.cmp(&key)).is_lt()
        });
        self.best.insert(place, (key, score));
        self.best.truncate(self.count);
        if self.best.len() == self.count {
            self.least = self.best[self.count - 1].1;
        }
    }

    fn sorted(self) -> Vec<(K, f64)> {
        let wide = |(key, score)| (key, f64::from(score));
        self.best.into_iter().map(wide).collect()
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn embedding(values: &[i8]) -> Option<Embedding> {
        Embedding::normalise(values.iter().copied().map(f32::from).collect())
    }

    #[derive(Debug, Clone)]
    enum Deed {
        Put(u8, Vec<i8>),
        Remove(u8),
    }

    fn deed() -> impl Strategy<Value = Deed> {
        prop_oneof![
            3 => (0..12_u8, vec(-9..9_i8, 19)).prop_map(|(key, values)| Deed::Put(key, values)),
            1 => (0..12_u8).prop_map(Deed::Remove),
        ]
    }

    proptest! {
        #[test]
        fn whatever_came_and_went_the_search_finds_what_comparing_each_finds(
            deeds in vec(deed(), 0..40), probe in vec(-9..9_i8, 19), count in 0..6_usize,
        ) {
            let (mut gallery, mut model) = (Gallery::new(), BTreeMap::new());
            for deed in deeds {
                match deed {
                    Deed::Put(key, values) => {
                        let Some(row) = embedding(&values) else { continue };
                        prop_assert!(gallery.put(key, &row));
                        model.insert(key, row);
                    }
                    Deed::Remove(key) => {
                        prop_assert_eq!(gallery.remove(key), model.remove(&key).is_some());
                    }
                }
                prop_assert_eq!(gallery.len(), model.len());
            }
            let Some(probe) = embedding(&probe) else { return Ok(()) };
            let check = |found: Vec<(u8, f64)>, among: &dyn Fn(&u8) -> bool| {
                let mut all: Vec<(u8, f64)> = model
                    .iter()
                    .filter(|(key, _)| among(key))
                    .map(|(key, row)| (*key, row.cosine(&probe)))
                    .collect();
                all.sort_by(|a, b| b.1.total_cmp(&a.1));
                prop_assert_eq!(found.len(), all.len().min(count));
                for ((key, score), (_, best)) in found.iter().zip(&all) {
                    prop_assert!((score - best).abs() < 1e-5, "{found:?} {all:?}");
                    prop_assert!((model[key].cosine(&probe) - score).abs() < 1e-5);
                }
                Ok(())
            };
            check(gallery.nearest(&probe, count), &|_| true)?;
            check(gallery.nearest_of(&probe, count, 0..5), &|key| *key < 5)?;
        }
    }

    #[test]
    fn another_packs_embedding_neither_enters_nor_finds_anybody() {
        let (of_two, of_three) = (
            embedding(&[1, 2]).expect("one"),
            embedding(&[1, 2, 3]).expect("another"),
        );
        let mut gallery = Gallery::new();
        assert!(gallery.put(1, &of_two) && !gallery.put(2, &of_three));
        assert_eq!(gallery.nearest(&of_three, 3), []);
        assert_eq!(gallery.nearest(&of_two, 3).len(), 1);
        assert!(gallery.remove(1) && gallery.put(2, &of_three));
    }
}

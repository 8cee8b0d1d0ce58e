//! Learns how the embeddings of one person scatter: what a pack's `speaker.scatter` holds.

use engine::Embedding;
use models::Scatter;

/// Directions that are kept: more bring nothing on a hundred people.
const RANK: usize = 16;
/// Rounds of the subspace iteration; scatter falls steeply from direction to direction.
const ROUNDS: usize = 60;

/// From each person's embeddings in all kinds of surroundings; every person counts the same. None without embeddings of one length.
///
/// With `W` the mean of the people's covariances and `λ` its mean eigenvalue, a direction of variance `v` keeps `√(λ / (λ + v))`:
/// the inverse root of `W + λI` (shrunk by as much as it holds, for a hundred people do not fill 256 dimensions).
pub fn learn(people: &[Vec<&Embedding>]) -> Option<Scatter> {
    let people: Vec<&Vec<&Embedding>> = people.iter().filter(|own| !own.is_empty()).collect();
    let dimension = people.first()?[0].values().len();
    let same = |own: &&Vec<&Embedding>| own.iter().all(|one| one.values().len() == dimension);
    if !people.iter().all(same) {
        return None;
    }
    let means: Vec<Vec<f64>> = people.iter().map(|own| mean(own, dimension)).collect();
    let mut centre = vec![0.0; dimension];
    let mut within = vec![0.0; dimension * dimension];
    for (own, mean) in people.iter().zip(&means) {
        let share = 1.0 / people.len() as f64;
        add(&mut centre, mean, share);
        for embedding in *own {
            let off: Vec<f64> = difference(embedding, mean);
            for (row, &value) in within.chunks_exact_mut(dimension).zip(&off) {
                add(row, &off, share * value / own.len() as f64);
            }
        }
    }
    let trace: f64 = within.iter().step_by(dimension + 1).sum();
    let shrinkage = trace / dimension as f64;
    let directions = directions(&within, dimension, RANK.min(dimension));
    let kept = directions.iter().map(|direction| {
        let variance = dot(direction, &product(&within, direction));
        (shrinkage / (shrinkage + variance)).sqrt() as f32
    });
    Some(Scatter {
        mean: centre.iter().map(|&value| value as f32).collect(),
        kept: kept.collect(),
        directions: directions
            .iter()
            .flatten()
            .map(|&value| value as f32)
            .collect(),
        data: String::new(),
        data_sha256: String::new(),
        date: String::new(),
        people: people.len() as u64,
    })
}

fn mean(embeddings: &[&Embedding], dimension: usize) -> Vec<f64> {
    let mut mean = vec![0.0; dimension];
    for embedding in embeddings {
        let none = vec![0.0; dimension];
        add(
            &mut mean,
            &difference(embedding, &none),
            1.0 / embeddings.len() as f64,
        );
    }
    mean
}

fn difference(embedding: &Embedding, from: &[f64]) -> Vec<f64> {
    let pairs = embedding.values().iter().zip(from);
    pairs
        .map(|(&value, from)| f64::from(value) - from)
        .collect()
}

fn add(to: &mut [f64], values: &[f64], weight: f64) {
    for (to, value) in to.iter_mut().zip(values) {
        *to += weight * value;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn product(matrix: &[f64], vector: &[f64]) -> Vec<f64> {
    matrix
        .chunks_exact(vector.len())
        .map(|row| dot(row, vector))
        .collect()
}

/// The first eigenvectors of a symmetric matrix, by subspace iteration from unit vectors.
fn directions(matrix: &[f64], dimension: usize, count: usize) -> Vec<Vec<f64>> {
    // Rows of the matrix itself lie in the space that is looked for, the longest nearest to its first direction.
    let mut basis: Vec<Vec<f64>> = matrix
        .chunks_exact(dimension)
        .map(<[f64]>::to_vec)
        .collect();
    basis.sort_by(|a, b| dot(b, b).total_cmp(&dot(a, a)));
    basis.truncate(count);
    for (k, vector) in basis.iter_mut().enumerate() {
        vector[k] += f64::EPSILON;
    }
    orthonormal(&mut basis);
    for _ in 0..ROUNDS {
        for vector in &mut basis {
            *vector = product(matrix, vector);
        }
        orthonormal(&mut basis);
    }
    basis
}

/// Gram and Schmidt, twice, for what rounding leaves; a vector without a direction of its own becomes zeros.
fn orthonormal(basis: &mut [Vec<f64>]) {
    for k in 0..basis.len() {
        let (before, rest) = basis.split_at_mut(k);
        let vector = &mut rest[0];
        for other in before.iter().chain(before.iter()) {
            let along = dot(other, vector);
            add(vector, other, -along);
        }
        let length = dot(vector, vector).sqrt();
        let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
        for value in vector {
            *value *= scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embedding(values: [f32; 3]) -> Embedding {
        Embedding::normalise(values.to_vec()).unwrap()
    }

    #[test]
    fn the_direction_in_which_people_scatter_shrinks_most() {
        // Two people who differ along the first axis and scatter along the third.
        let all = [
            embedding([0.8, 0.1, 0.5]),
            embedding([0.8, 0.1, -0.5]),
            embedding([-0.8, 0.1, 0.5]),
            embedding([-0.8, 0.1, -0.5]),
        ];
        let scatter = learn(&[vec![&all[0], &all[1]], vec![&all[2], &all[3]]]).unwrap();
        assert_eq!((scatter.people, scatter.kept.len()), (2, 3));
        assert!(
            scatter.directions[2].abs() > 0.999,
            "{:?}",
            scatter.directions
        );
        assert!((scatter.kept[0] - 0.5).abs() < 1e-3, "{:?}", scatter.kept);
        assert!(scatter.mean[0].abs() < 1e-6 && scatter.mean[2].abs() < 1e-6);
        let apart = |a: &Embedding, b: &Embedding| {
            let shrunk = |one: &Embedding| Embedding::normalise(scatter.taken_off(one.values()));
            shrunk(a).unwrap().cosine(&shrunk(b).unwrap())
        };
        assert!(apart(&all[0], &all[1]) > all[0].cosine(&all[1]) + 0.2);
        assert!(apart(&all[0], &all[2]) < -0.6);
    }

    #[test]
    fn nothing_is_learnt_from_nobody_or_from_different_lengths() {
        let (short, long) = (
            Embedding::normalise(vec![1.0, 0.0]).unwrap(),
            embedding([1.0, 0.0, 0.0]),
        );
        assert_eq!(learn(&[]), None);
        assert_eq!(learn(&[vec![], vec![]]), None);
        assert_eq!(learn(&[vec![&short], vec![&long]]), None);
    }
}

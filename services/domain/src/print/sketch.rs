//! A picture's lowest frequencies themselves, a byte each, since signs do not tell what was cut out of a picture.
//!
//! The earlier picture is evaluated on a part of itself, and the part that comes nearest to the new picture is found as Lucas and Kanade register
//! images (1981): by Gauss and Newton's method on its four edges, first on few frequencies, then on more.

use std::{f32::consts::PI, fmt};

/// Frequencies of a sketch along each side.
pub const SIDE: usize = 24;
/// How alike a copy and the part that it was cut from are at least, 0..1.
pub const LIKENESS_MIN: f32 = 0.9983;
/// Most that may be cut off at each side, share of the width or height.
const CUT_MAX: f32 = 0.15;
/// What lies outside a picture is not known; a part found by steps may reach this far beyond.
const BEYOND_MAX: f32 = 0.02;
/// Longest step of an edge.
const STEP_MAX: f32 = 0.04;
/// Frequencies that must be alike as they stand, before any part is looked for, and how much: a tenth cut off each side leaves 0.68.
const GLANCE_SIDE: usize = 6;
const GLANCE_MIN: f32 = 0.65;
/// A mirror image is looked at too where it is not less alike by more than this.
const GLANCE_LEAD: f32 = 0.1;
/// Looks at few frequencies, and what is not this alike there will not be on more.
const COARSE: Grid = Grid {
    kept: 12,
    told: 8,
    rounds: 6,
};
const COARSE_MIN: f32 = 0.95;
const FINE: Grid = Grid {
    kept: 24,
    told: 14,
    rounds: 6,
};
/// Added to the diagonal of the normal equations, a share of it.
const DAMPING: f32 = 1e-4;
/// Unknowns: four edges and the contrast.
const UNKNOWNS: usize = 5;

/// Cosine coefficients of a picture's luma, `SIDE` across times `SIDE` down, larger frequencies in finer steps. Up to a factor.
#[derive(Clone, PartialEq, Eq)]
pub struct Sketch(Vec<i8>);

/// On what two sketches are compared.
struct Grid {
    /// Frequencies of the earlier picture along each side, and places along each side where it is evaluated.
    kept: usize,
    /// Frequencies that are compared. Fewer than are kept: a part's lower frequencies are made of the whole's higher ones.
    told: usize,
    /// Steps of the search.
    rounds: usize,
}

/// Left, right, top and bottom edge, shares of width and height.
type Part = [f32; 4];

const WHOLE: Part = [0.0, 1.0, 0.0, 1.0];

impl Sketch {
    /// Of the coefficients of `cos(π x u) · cos(π y v)`, x and y running from 0 to 1, at `SIDE · v + u`. The mean's is left out; none where
    /// nothing else is.
    pub fn new(coefficients: &[f32]) -> Option<Self> {
        if coefficients.len() != SIDE * SIDE {
            return None;
        }
        let weighed = |(at, value): (usize, &f32)| if at == 0 { 0.0 } else { value * fineness(at) };
        let weighed: Vec<f32> = coefficients.iter().enumerate().map(weighed).collect();
        let most = weighed
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        let step = most / f32::from(i8::MAX);
        (step.is_finite() && step > 0.0).then(|| {
            // Within −127..=127 by the choice of the step.
            Self(
                weighed
                    .iter()
                    .map(|value| (value / step).round() as i8)
                    .collect(),
            )
        })
    }

    /// How alike this picture and the most alike part of an earlier one are, −1..1: a correlation, the higher frequencies counting more. What
    /// differs clearly is not looked at closely.
    pub fn likeness(&self, earlier: &Self) -> f32 {
        let (old, upright) = (earlier.coefficients(), self.coefficients());
        let mirrored = mirror_image(&upright);
        let glances = [&upright, &mirrored].map(|new| glance(&old, new));
        let best = glances[0].max(glances[1]);
        let looked_at = [&upright, &mirrored].into_iter().zip(glances);
        looked_at
            .map(|(new, glance)| {
                if glance < GLANCE_MIN || glance < best - GLANCE_LEAD {
                    return glance.min(COARSE_MIN);
                }
                let (coarse, part) = COARSE.search(&old, new, WHOLE);
                if coarse < COARSE_MIN {
                    return coarse;
                }
                FINE.search(&old, new, part).0
            })
            .fold(-1.0, f32::max)
    }

    pub(super) fn bytes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|value| value.cast_unsigned())
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let values = bytes.iter().map(|byte| byte.cast_signed());
        (bytes.len() == SIDE * SIDE).then(|| Self(values.collect()))
    }

    fn coefficients(&self) -> Vec<f32> {
        let value = |(at, value): (usize, &i8)| f32::from(*value) / fineness(at);
        self.0.iter().enumerate().map(value).collect()
    }
}

/// A picture's outlines appear in no log.
impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sketch(hidden)")
    }
}

/// Natural pictures have amplitudes that fall with the frequency.
fn fineness(at: usize) -> f32 {
    (1 + at % SIDE + at / SIDE) as f32
}

fn mirror_image(coefficients: &[f32]) -> Vec<f32> {
    let turned = |(at, value): (usize, &f32)| if at % SIDE % 2 == 1 { -value } else { *value };
    coefficients.iter().enumerate().map(turned).collect()
}

/// Likeness of the lowest frequencies as they stand.
fn glance(old: &[f32], new: &[f32]) -> f32 {
    let places = (0..GLANCE_SIDE).flat_map(|v| (0..GLANCE_SIDE).map(move |u| (u, v)));
    let lowest = |of: &[f32]| -> Vec<f32> {
        places
            .clone()
            .map(|(u, v)| of[v * SIDE + u] * weight(u, v))
            .collect()
    };
    correlation(&lowest(old), &lowest(new))
}

/// Faces differ in their finer structure, pictures of one room do not in their coarse one.
fn weight(u: usize, v: usize) -> f32 {
    (u as f32).hypot(v as f32)
}

impl Grid {
    /// Greatest likeness, and the part that has it.
    fn search(&self, old: &[f32], new: &[f32], from: Part) -> (f32, Part) {
        let still = waves(self.told, [0.0, 1.0], self.kept).0;
        let all = waves(self.kept, [0.0, 1.0], self.kept).0;
        let (old, new) = (self.lowest(old), self.lowest(new));
        let seen = self.told(&self.surface(&all, &new, &all), &still);
        let (mut part, mut best) = (from, (-1.0, from));
        for _ in 0..self.rounds {
            let (found, slopes) = self.seen_and_slopes(&old, part, &still);
            let alike = correlation(&found, &seen);
            if alike > best.0 {
                best = (alike, part);
            }
            let Some(step) = step(&slopes, &found, &seen) else {
                break;
            };
            for (edge, by) in step.into_iter().enumerate() {
                let (least, most) = if edge % 2 == 0 {
                    (-BEYOND_MAX, CUT_MAX)
                } else {
                    (1.0 - CUT_MAX, 1.0 + BEYOND_MAX)
                };
                part[edge] = (part[edge] + by.clamp(-STEP_MAX, STEP_MAX)).clamp(least, most);
            }
        }
        best
    }

    fn lowest(&self, coefficients: &[f32]) -> Vec<f32> {
        let rows = coefficients.chunks_exact(SIDE).take(self.kept);
        rows.flat_map(|row| &row[..self.kept]).copied().collect()
    }

    /// The frequencies that are compared of a part, and how they change with each edge.
    fn seen_and_slopes(&self, old: &[f32], part: Part, still: &[f32]) -> (Vec<f32>, [Vec<f32>; 4]) {
        let (across, across_slope) = waves(self.kept, [part[0], part[1]], self.kept);
        let (down, down_slope) = waves(self.kept, [part[2], part[3]], self.kept);
        let found = self.told(&self.surface(&down, old, &across), still);
        let sideways = self.surface(&down, old, &across_slope);
        let upwards = self.surface(&down_slope, old, &across);
        let moved = |surface: &[f32], along: &dyn Fn(usize) -> f32| {
            let scaled = surface
                .iter()
                .enumerate()
                .map(|(at, value)| value * along(at));
            self.told(&scaled.collect::<Vec<f32>>(), still)
        };
        let place = |at: usize| (at as f32 + 0.5) / self.kept as f32;
        let (x, y) = (
            |at: usize| place(at % self.kept),
            |at: usize| place(at / self.kept),
        );
        let slopes = [
            moved(&sideways, &|at| 1.0 - x(at)),
            moved(&sideways, &x),
            moved(&upwards, &|at| 1.0 - y(at)),
            moved(&upwards, &y),
        ];
        (found, slopes)
    }

    /// The picture at all places.
    fn surface(&self, down: &[f32], coefficients: &[f32], across: &[f32]) -> Vec<f32> {
        let rows = product(down, coefficients, self.kept);
        product_transposed(&rows, across, self.kept)
    }

    /// The frequencies that are compared of what was evaluated, by their weight.
    fn told(&self, surface: &[f32], still: &[f32]) -> Vec<f32> {
        // Along the rows first: [place down][frequency across].
        let rows = product(surface, still, self.told);
        let mut told = vec![0.0; self.told * self.told];
        for (row, waves) in rows
            .chunks_exact(self.told)
            .zip(still.chunks_exact(self.told))
        {
            for (sums, wave) in told.chunks_exact_mut(self.told).zip(waves) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += wave * value;
                }
            }
        }
        for (at, value) in told.iter_mut().enumerate() {
            *value *= weight(at % self.told, at / self.told);
        }
        told
    }
}

/// `cos(π x u)` and its slope in x, `[place][frequency]`, at `places` places between two edges.
fn waves(frequencies: usize, [from, to]: [f32; 2], places: usize) -> (Vec<f32>, Vec<f32>) {
    let mut waves = Vec::with_capacity(places * frequencies);
    let mut slopes = Vec::with_capacity(places * frequencies);
    for place in 0..places {
        let x = from + (to - from) * (place as f32 + 0.5) / places as f32;
        for frequency in 0..frequencies {
            let turn = PI * frequency as f32;
            let (sin, cos) = (turn * x).sin_cos();
            waves.push(cos);
            slopes.push(-turn * sin);
        }
    }
    (waves, slopes)
}

/// Rows of `a` times a matrix of `width` columns.
fn product(a: &[f32], b: &[f32], width: usize) -> Vec<f32> {
    let inner = b.len() / width;
    let mut out = vec![0.0; a.len() / inner * width];
    for (row, sums) in a.chunks_exact(inner).zip(out.chunks_exact_mut(width)) {
        for (factor, other) in row.iter().zip(b.chunks_exact(width)) {
            for (sum, value) in sums.iter_mut().zip(other) {
                *sum += factor * value;
            }
        }
    }
    out
}

/// Rows of `a` times rows of `b`, both of `width` columns.
fn product_transposed(a: &[f32], b: &[f32], width: usize) -> Vec<f32> {
    let dot =
        |one: &[f32], other: &[f32]| -> f32 { one.iter().zip(other).map(|(a, b)| a * b).sum() };
    let rows = a.chunks_exact(width);
    rows.flat_map(|row| b.chunks_exact(width).map(move |other| dot(row, other)))
        .collect()
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(f32::MIN_POSITIVE)
}

/// By how much the edges have to move, by least squares with a contrast that may differ; none where nothing can be told.
fn step(slopes: &[Vec<f32>; 4], found: &[f32], seen: &[f32]) -> Option<[f32; 4]> {
    let columns: [&[f32]; UNKNOWNS] = [&slopes[0], &slopes[1], &slopes[2], &slopes[3], found];
    let off: Vec<f32> = seen
        .iter()
        .zip(found)
        .map(|(seen, found)| seen - found)
        .collect();
    let dot = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let mut rows = columns.map(|column| {
        let mut row = [0.0; UNKNOWNS + 1];
        for (slot, other) in row.iter_mut().zip(columns) {
            *slot = dot(column, other);
        }
        row[UNKNOWNS] = dot(column, &off);
        row
    });
    for (at, row) in rows.iter_mut().enumerate() {
        row[at] *= 1.0 + DAMPING;
    }
    let solved = solve(rows)?;
    // The edges' slopes hold for the contrast of the earlier picture.
    let contrast = (1.0 + solved[UNKNOWNS - 1]).max(0.5);
    let [left, right, top, bottom, _] = solved.map(|by| by / contrast);
    Some([left, right, top, bottom])
}

/// Gauss's elimination of a symmetric, positive system.
fn solve(mut rows: [[f32; UNKNOWNS + 1]; UNKNOWNS]) -> Option<[f32; UNKNOWNS]> {
    for at in 0..UNKNOWNS {
        let pivot = rows[at];
        if pivot[at].is_nan() || pivot[at] <= f32::MIN_POSITIVE {
            return None;
        }
        for (other, row) in rows.iter_mut().enumerate() {
            if other != at {
                let factor = row[at] / pivot[at];
                for (slot, value) in row.iter_mut().zip(pivot) {
                    *slot -= factor * value;
                }
            }
        }
    }
    let solved = std::array::from_fn(|at| rows[at][UNKNOWNS] / rows[at][at]);
    solved
        .iter()
        .all(|value: &f32| value.is_finite())
        .then_some(solved)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// Light of a drawing at a place, 0..1 across and down: a few blobs where chance wants them.
    fn drawing(blobs: &[(f32, f32, f32, f32)], x: f32, y: f32) -> f32 {
        let one = |&(at, down, size, light): &(f32, f32, f32, f32)| {
            let (u, v) = ((x - at) / size, (y - down) / size);
            light * (-u * u - v * v).exp()
        };
        blobs.iter().map(one).sum()
    }

    /// The sketch of a part of a drawing, by its pixels.
    fn sketch(blobs: &[(f32, f32, f32, f32)], part: Part) -> Option<Sketch> {
        const PIXELS: usize = 64;
        let along =
            |at: usize, from: f32, to: f32| from + (to - from) * (at as f32 + 0.5) / PIXELS as f32;
        let places = (0..PIXELS).flat_map(|y| (0..PIXELS).map(move |x| (x, y)));
        let light: Vec<f32> = places
            .map(|(x, y)| {
                drawing(
                    blobs,
                    along(x, part[0], part[1]),
                    along(y, part[2], part[3]),
                )
            })
            .collect();
        let (cosines, _) = waves(SIDE, [0.0, 1.0], PIXELS);
        let across = product(&light, &cosines, SIDE);
        let mut coefficients = vec![0.0; SIDE * SIDE];
        for (row, waves) in across.chunks_exact(SIDE).zip(cosines.chunks_exact(SIDE)) {
            for (v, wave) in waves.iter().enumerate() {
                for (u, value) in row.iter().enumerate() {
                    coefficients[v * SIDE + u] += wave * value;
                }
            }
        }
        for (at, value) in coefficients.iter_mut().enumerate() {
            let twice = |frequency: usize| if frequency == 0 { 1.0 } else { 2.0 };
            *value *= twice(at % SIDE) * twice(at / SIDE);
        }
        Sketch::new(&coefficients)
    }

    fn blobs() -> impl Strategy<Value = Vec<(f32, f32, f32, f32)>> {
        let one = (0.1_f32..0.9, 0.1_f32..0.9, 0.06_f32..0.2, 0.3_f32..1.0);
        vec(one, 8..14)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_is_cut_out_lies_within_and_so_does_its_mirror_image(
            blobs in blobs(), left in 0.0_f32..0.08, right in 0.92_f32..1.0, top in 0.0_f32..0.08, bottom in 0.92_f32..1.0,
        ) {
            let whole = sketch(&blobs, WHOLE).unwrap();
            for part in [[left, right, top, bottom], [right, left, top, bottom]] {
                let cut = sketch(&blobs, part).unwrap();
                let alike = cut.likeness(&whole);
                prop_assert!(alike >= LIKENESS_MIN, "{alike} for {part:?}");
            }
        }

        #[test]
        fn another_drawing_is_no_part(one in blobs(), other in blobs()) {
            let [one, other] = [one, other].map(|blobs| sketch(&blobs, WHOLE).unwrap());
            prop_assert!(one.likeness(&other) < LIKENESS_MIN);
        }

        #[test]
        fn a_likeness_of_anything_is_a_number(a in vec(any::<i8>(), SIDE * SIDE), b in vec(any::<i8>(), SIDE * SIDE)) {
            let alike = Sketch(a).likeness(&Sketch(b));
            prop_assert!((-1.0..=1.001).contains(&alike));
        }
    }

    #[test]
    fn one_blob_moved_is_no_part() {
        let mut blobs = vec![
            (0.3, 0.3, 0.15, 1.0),
            (0.7, 0.35, 0.12, 0.8),
            (0.5, 0.6, 0.1, 0.6),
            (0.45, 0.85, 0.2, 0.9),
        ];
        let before = sketch(&blobs, WHOLE).unwrap();
        blobs[2].0 += 0.02;
        let after = sketch(&blobs, WHOLE).unwrap();
        assert!(after.likeness(&before) < LIKENESS_MIN);
        assert!(before.likeness(&before) > 0.999_99);
    }

    #[test]
    fn an_even_picture_has_no_sketch() {
        let mut even = vec![0.0; SIDE * SIDE];
        even[0] = 128.0;
        assert_eq!(Sketch::new(&even), None);
        assert_eq!(Sketch::new(&even[1..]), None);
        assert_eq!(Sketch::from_bytes(&[0; 7]), None);
    }
}

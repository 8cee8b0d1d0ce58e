//! Peaks in a face's spectrum, and how its energy is spread.

use std::{f32::consts::TAU, sync::LazyLock};

use realfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::{HEIGHT, Plane, WIDTH};

pub const COUNT: usize = 5;

/// Side of the square about the face's middle, pixels.
const SIDE: usize = 192;
/// Half the side of the square of bins that a bin is held against.
const AROUND: usize = 6;
/// Bins beside the axes that do not count: edges of blocks, of the square, of a shelf.
const AXIS: usize = 1;
/// Cycles a pixel: from periods of 24 pixels to 10, 5 and 2.6.
const RINGS: [f32; 4] = [1.0 / 24.0, 1.0 / 10.0, 1.0 / 5.0, 1.0 / 2.6];
/// The highest peaks whose mean is taken, and the one that is taken by itself: the third, since each peak stands twice.
const PEAKS: usize = 20;
const PEAK: usize = 2;
/// Power below which there is nothing.
const POWER_MIN: f32 = 1e-9;

static FORWARD: LazyLock<std::sync::Arc<dyn Fft<f32>>> =
    LazyLock::new(|| FftPlanner::new().plan_fft_forward(SIDE));

static WINDOW: LazyLock<[f32; SIDE]> = LazyLock::new(|| {
    std::array::from_fn(|at| 0.5 - 0.5 * (TAU * at as f32 / (SIDE - 1) as f32).cos())
});

/// The third highest bin against its surroundings and the mean of the twenty highest, nats; the mean power of three rings, logarithms.
pub fn of(plane: &Plane, coarse: &Plane) -> [f32; COUNT] {
    let power = power(plane, coarse);
    let soft = soft(&power);
    let level = level(&soft);
    let mut heights = Vec::with_capacity(SIDE * SIDE);
    let mut rings = [(0.0_f64, 0_u32); 3];
    for v in 0..SIDE {
        for u in 0..SIDE {
            let (across, down) = (u.min(SIDE - u), v.min(SIDE - v));
            let turns = (across as f32).hypot(down as f32) / SIDE as f32;
            let at = v * SIDE + u;
            let ring = (0..3).find(|&ring| turns > RINGS[ring] && turns <= RINGS[ring + 1]);
            let Some(ring) = ring else { continue };
            rings[ring].0 += f64::from(soft[at].exp());
            rings[ring].1 += 1;
            if across > AXIS && down > AXIS {
                heights.push(soft[at] - level[at]);
            }
        }
    }
    heights.select_nth_unstable_by(PEAKS, |a, b| b.total_cmp(a));
    let highest = &mut heights[..PEAKS];
    highest.sort_unstable_by(|a, b| b.total_cmp(a));
    let mean = highest.iter().sum::<f32>() / PEAKS as f32;
    let [low, middle, high] =
        rings.map(|(sum, count)| ((sum / f64::from(count.max(1))) as f32 + POWER_MIN).ln());
    [highest[PEAK], mean, low, middle, high]
}

/// Logarithm of the power of each bin, of what is finer than `coarse`.
fn power(plane: &Plane, coarse: &Plane) -> Vec<f32> {
    let (left, top) = ((WIDTH - SIDE) / 2, (HEIGHT - SIDE) / 2);
    let window = &*WINDOW;
    let mut bins = Vec::with_capacity(SIDE * SIDE);
    for (y, weight) in window.iter().enumerate() {
        bins.extend(window.iter().enumerate().map(|(x, across)| {
            let (x, y) = (left + x, top + y);
            Complex32::new((plane.at(x, y) - coarse.at(x, y)) * weight * across, 0.0)
        }));
    }
    FORWARD.process(&mut bins);
    let mut turned = turned(&bins);
    FORWARD.process(&mut turned);
    turned
        .iter()
        .map(|bin| (bin.norm_sqr() + POWER_MIN).ln())
        .collect()
}

/// Rows as columns.
fn turned(bins: &[Complex32]) -> Vec<Complex32> {
    (0..SIDE * SIDE)
        .map(|at| bins[at % SIDE * SIDE + at / SIDE])
        .collect()
}

/// A little smoother: a peak between two bins is as high as one upon a bin.
fn soft(power: &[f32]) -> Vec<f32> {
    let along = |at: usize, step: usize, of: usize, values: &[f32]| {
        let base = at - of * step;
        let near = |of: usize| values[base + of % SIDE * step];
        0.166 * near(of + SIDE - 1) + 0.668 * near(of) + 0.166 * near(of + 1)
    };
    let across: Vec<f32> = (0..power.len())
        .map(|at| along(at, 1, at % SIDE, power))
        .collect();
    (0..power.len())
        .map(|at| along(at, SIDE, at / SIDE, &across))
        .collect()
}

/// The mean over a square of bins about each; the spectrum goes round.
fn level(values: &[f32]) -> Vec<f32> {
    let run = |values: &[f32]| -> Vec<f32> {
        let mut means = Vec::with_capacity(values.len());
        for row in values.chunks_exact(SIDE) {
            let mut sum: f32 = (0..=2 * AROUND)
                .map(|at| row[(at + SIDE - AROUND) % SIDE])
                .sum();
            for at in 0..SIDE {
                means.push(sum / (2 * AROUND + 1) as f32);
                sum += row[(at + AROUND + 1) % SIDE] - row[(at + SIDE - AROUND) % SIDE];
            }
        }
        (0..means.len())
            .map(|at| means[at % SIDE * SIDE + at / SIDE])
            .collect()
    };
    run(&run(values))
}

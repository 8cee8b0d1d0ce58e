//! A thin bright line all round the face: the cut edge of a sheet.

use std::f32::consts::TAU;

use super::{HEIGHT, Plane, WIDTH, quantile};

pub const COUNT: usize = 2;

/// Directions from the face's middle.
const ANGLES: usize = 96;
/// Distances from there, and the first and the step of them: shares of the half ellipse.
const RADII: usize = 34;
const NEAREST: f32 = 0.82;
const STEP: f32 = 0.01;
/// The ellipse against half of the box, and how far its middle is above the box's, of the box's height.
const ELLIPSE: [f32; 2] = [1.0, 1.16];
const RAISED: f32 = 0.03;
/// Radii to each side that a line is held against.
const ASIDE: usize = 2;
/// A line brighter than this counts as this bright: an earring is none.
const LINE_MAX: f32 = 0.3;

/// Of the line round the face that is brightest against both its sides, by dynamic programming: what a quarter of it stays
/// below, and its mean; logarithms of luminance.
pub fn of(luma: &Plane, half: [f32; 2]) -> [f32; COUNT] {
    let lines: Vec<[f32; LINES]> = (0..ANGLES).map(|angle| along(luma, half, angle)).collect();
    let mut best = vec![lines[0]];
    let mut from: Vec<[usize; LINES]> = Vec::with_capacity(ANGLES);
    for line in &lines[1..] {
        let before = best[best.len() - 1];
        let came: [usize; LINES] = std::array::from_fn(|at| {
            let near = at.saturating_sub(1)..=(at + 1).min(LINES - 1);
            near.max_by(|&a, &b| before[a].total_cmp(&before[b]))
                .unwrap_or(at)
        });
        best.push(std::array::from_fn(|at| before[came[at]] + line[at]));
        from.push(came);
    }
    let last = best[best.len() - 1];
    let mut at = (0..LINES)
        .max_by(|&a, &b| last[a].total_cmp(&last[b]))
        .unwrap_or(0);
    let mut path = vec![lines[ANGLES - 1][at]];
    for (line, came) in lines.iter().zip(&from).rev() {
        at = came[at];
        path.push(line[at]);
    }
    let mean = path.iter().sum::<f32>() / path.len() as f32;
    [quantile(&mut path, 0.25), mean]
}

const LINES: usize = RADII - 2 * ASIDE;

/// How much brighter each place of one direction is than the mean of those to both sides: a step counts half.
fn along(luma: &Plane, half: [f32; 2], angle: usize) -> [f32; LINES] {
    let (sin, cos) = (angle as f32 / ANGLES as f32 * TAU).sin_cos();
    let centre = [
        WIDTH as f32 / 2.0,
        HEIGHT as f32 / 2.0 - RAISED * 2.0 * half[1],
    ];
    let values: [f32; RADII] = std::array::from_fn(|at| {
        let radius = NEAREST + STEP * at as f32;
        luma.sample(
            centre[0] + cos * radius * half[0] * ELLIPSE[0],
            centre[1] + sin * radius * half[1] * ELLIPSE[1],
        )
    });
    std::array::from_fn(|at| {
        let sides = f32::midpoint(values[at], values[at + 2 * ASIDE]);
        (values[at + ASIDE] - sides).clamp(-LINE_MAX, LINE_MAX)
    })
}

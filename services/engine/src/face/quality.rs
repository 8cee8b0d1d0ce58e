//! Quality facts of a face, alike for every pack: measured on a crop of 112 pixels with the eyes in fixed places.

use domain::evidence::FaceFacts;

use super::{
    Detection,
    align::{Crop, Similarity, warp},
};
use crate::picture::Picture;

/// Side of the crop that quality is measured on, pixels.
pub const SIDE: u32 = 112;

/// Where the five points go in it: 35 pixels between the eyes, from the eyes' line to the mouth's 41.
const PLACES: [[f64; 2]; 5] = [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
];

/// Luma from which a pixel counts as overexposed.
const BRIGHT_MIN: u8 = 250;
/// Luma up to which a pixel counts as underexposed.
const DARK_MAX: u8 = 5;

/// How far the tip of the nose stands before the plane of eyes and mouth, in distances between the eyes: about 0.5 on a
/// mean adult face.
const NOSE_DEPTH: f32 = 0.5;
/// From the eyes' line to the mouth's, in distances between the eyes, on a mean adult face.
const FACE_HEIGHT: f32 = 1.1;
/// How far down from the eyes' line to the mouth's the tip of the nose is when the head is upright, as detectors place
/// it: a share of that way.
const NOSE_LEVEL: f32 = 0.6;

/// All facts of one face, in pixels of the submitted picture.
///
/// - sharpness: variance of the Laplacian (4 · centre − the four neighbours) of the luma;
/// - luma: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), over the crop's pixels that lie within the picture;
/// - pose: see [`pose`].
pub fn measure(picture: &Picture, face: &Detection) -> FaceFacts {
    let factor = picture.reduction() as f32;
    let [left, top, width, height] = face.bounds;
    let [left_eye, right_eye, ..] = face.points;
    let (yaw_deg, pitch_deg, roll_deg) = pose(&face.points);
    let points = face.points.map(|point| point.map(f64::from));
    let crop =
        Similarity::fit(&points, &PLACES).map(|into_crop| warp(picture.pixels(), &into_crop, SIDE));
    let light = crop.as_ref().map_or(Light::default(), Light::measure);
    FaceFacts {
        bounds: [
            picture.submitted(left),
            picture.submitted(top),
            width * factor,
            height * factor,
        ],
        detection: face.score,
        eye_distance_px: (right_eye[0] - left_eye[0]).hypot(right_eye[1] - left_eye[1]) * factor,
        sharpness: light.sharpness,
        luma_mean: light.mean,
        luma_std: light.std,
        overexposed: light.overexposed,
        underexposed: light.underexposed,
        yaw_deg,
        pitch_deg,
        roll_deg,
    }
}

#[derive(Default)]
struct Light {
    sharpness: f32,
    mean: f32,
    std: f32,
    overexposed: f32,
    underexposed: f32,
}

impl Light {
    /// All zero when nothing of the crop lies within the picture.
    fn measure(crop: &Crop) -> Self {
        let (pixels, _) = crop.rgb.as_chunks::<3>();
        let luma: Vec<u8> = pixels.iter().map(|&pixel| luma(pixel)).collect();
        let (mut count, mut sum, mut squares, mut bright, mut dark) =
            (0_u32, 0_u64, 0_u64, 0_u32, 0_u32);
        for (&value, _) in luma.iter().zip(&crop.inside).filter(|&(_, &inside)| inside) {
            count += 1;
            sum += u64::from(value);
            squares += u64::from(value) * u64::from(value);
            bright += u32::from(value >= BRIGHT_MIN);
            dark += u32::from(value <= DARK_MAX);
        }
        if count == 0 {
            return Self::default();
        }
        let share = |part: f64| part / f64::from(count);
        let mean = share(sum as f64);
        Self {
            sharpness: sharpness(&luma, crop),
            mean: mean as f32,
            std: (share(squares as f64) - mean * mean).max(0.0).sqrt() as f32,
            overexposed: share(f64::from(bright)) as f32,
            underexposed: share(f64::from(dark)) as f32,
        }
    }
}

/// In whole numbers: 77 + 150 + 29 = 256.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) >> 8) as u8
}

/// Over the pixels that lie, with their four neighbours, within crop and picture; 0 when there are none.
fn sharpness(luma: &[u8], crop: &Crop) -> f32 {
    let side = crop.side as usize;
    let (mut count, mut sum, mut squares) = (0_u32, 0_i64, 0_i64);
    for y in 1..side - 1 {
        for at in y * side + 1..(y + 1) * side - 1 {
            let neighbours = [at - side, at - 1, at + 1, at + side];
            if !crop.inside[at] || neighbours.iter().any(|&neighbour| !crop.inside[neighbour]) {
                continue;
            }
            let round: i64 = neighbours
                .iter()
                .map(|&neighbour| i64::from(luma[neighbour]))
                .sum();
            let edge = 4 * i64::from(luma[at]) - round;
            count += 1;
            sum += edge;
            squares += edge * edge;
        }
    }
    if count == 0 {
        return 0.0;
    }
    let mean = sum as f64 / f64::from(count);
    (squares as f64 / f64::from(count) - mean * mean) as f32
}

/// (yaw, pitch, roll) in degrees, a coarse estimate from five points under parallel projection.
///
/// Roll is the slope of the eyes' line. With the roll undone, a turn by θ shifts the nose by `depth · sin θ` against the
/// eyes' middle and shrinks their distance by `cos θ`, so `tan θ = shift / distance / depth`; a nod changes the nose's
/// level between eyes and mouth likewise. All zero when eyes or mouth coincide.
pub fn pose(points: &[[f32; 2]; 5]) -> (f32, f32, f32) {
    let [left_eye, right_eye, nose, left_mouth, right_mouth] = *points;
    let roll = (right_eye[1] - left_eye[1]).atan2(right_eye[0] - left_eye[0]);
    let middle = |a: [f32; 2], b: [f32; 2]| [f32::midpoint(a[0], b[0]), f32::midpoint(a[1], b[1])];
    let eyes = middle(left_eye, right_eye);
    let upright = |[x, y]: [f32; 2]| {
        let (x, y) = (x - eyes[0], y - eyes[1]);
        [
            x * roll.cos() + y * roll.sin(),
            y * roll.cos() - x * roll.sin(),
        ]
    };
    let distance = (right_eye[0] - left_eye[0]).hypot(right_eye[1] - left_eye[1]);
    let mouth = upright(middle(left_mouth, right_mouth));
    let nose = upright(nose);
    if distance <= f32::EPSILON || mouth[1].abs() <= f32::EPSILON {
        return (0.0, 0.0, roll.to_degrees());
    }
    // Where the plane of eyes and mouth has its middle line at the nose's level.
    let level = nose[1] / mouth[1];
    let shift = nose[0] - mouth[0] * level;
    let yaw = (shift / distance / NOSE_DEPTH).atan();
    let pitch = ((level - NOSE_LEVEL) * FACE_HEIGHT / NOSE_DEPTH).atan();
    (yaw.to_degrees(), pitch.to_degrees(), roll.to_degrees())
}

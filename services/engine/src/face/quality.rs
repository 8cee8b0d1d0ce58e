//! Quality facts of a face, alike for every pack: measured on a crop of 112 pixels with the eyes in fixed places.

use domain::evidence::FaceFacts;

use super::{
    Detection,
    align::{Crop, Similarity, warp},
    cover,
    light::{Light, Luma, Patch},
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

/// The halves of the face from brows to mouth, without the nose, in that crop.
const HALVES: [Patch; 2] = [[16, 24, 53, 99], [58, 24, 95, 99]];

/// How far the tip of the nose stands before the plane of eyes and mouth, in distances between the eyes: about 0.5 on a
/// mean adult face.
const NOSE_DEPTH: f32 = 0.5;
/// From the eyes' line to the mouth's, in distances between the eyes, on a mean adult face.
const FACE_HEIGHT: f32 = 1.1;
/// How far down from the eyes' line to the mouth's the tip of the nose is when the head is upright, as detectors place
/// it: a share of that way.
const NOSE_LEVEL: f32 = 0.6;

/// All facts of one face, in pixels of the submitted picture; light over the crop's pixels that lie within the picture, pose by
/// [`pose`].
pub fn measure(picture: &Picture, face: &Detection) -> FaceFacts {
    let factor = picture.reduction() as f32;
    let [left, top, width, height] = face.bounds;
    let [left_eye, right_eye, ..] = face.points;
    let (yaw_deg, pitch_deg, roll_deg) = pose(&face.points);
    let crop = crop(picture, face);
    let luma = crop.as_ref().map(Luma::of);
    let light = luma.as_ref().map_or(Light::default(), Luma::light);
    let whole = [0.0, 0.0, picture.width() as f32, picture.height() as f32];
    let bounds = [
        picture.submitted(left),
        picture.submitted(top),
        width * factor,
        height * factor,
    ];
    FaceFacts {
        bounds,
        detection: face.score,
        eye_distance_px: (right_eye[0] - left_eye[0]).hypot(right_eye[1] - left_eye[1]) * factor,
        sharpness: luma.as_ref().map_or(0.0, Luma::sharpness),
        luma_mean: light.mean,
        luma_std: light.std,
        overexposed: light.overexposed,
        underexposed: light.underexposed,
        yaw_deg,
        pitch_deg,
        roll_deg,
        inside: crop
            .as_ref()
            .map(|crop| share_inside(crop).min(share_within(bounds, whole))),
        luma_entropy_bits: luma.as_ref().map(|_| light.entropy_bits),
        uniformity: luma
            .as_ref()
            .and_then(|luma| luma.common(HALVES[0], HALVES[1])),
        eyes_luma: luma.as_ref().and_then(cover::eyes_luma),
        mouth_contrast: luma
            .as_ref()
            .and_then(|luma| cover::mouth_contrast(luma, &light)),
    }
}

/// The face with its points in fixed places; none when they coincide.
pub fn crop(picture: &Picture, face: &Detection) -> Option<Crop> {
    let points = face.points.map(|point| point.map(f64::from));
    let into_crop = Similarity::fit(&points, &PLACES)?;
    Some(warp(picture.pixels(), &into_crop, SIDE))
}

fn share_inside(crop: &Crop) -> f32 {
    let inside = crop.inside.iter().filter(|inside| **inside).count();
    inside as f32 / crop.inside.len() as f32
}

/// Share of a box's area that lies within another.
fn share_within([left, top, width, height]: [f32; 4], [x, y, wide, tall]: [f32; 4]) -> f32 {
    let across = ((left + width).min(x + wide) - left.max(x)).max(0.0);
    let down = ((top + height).min(y + tall) - top.max(y)).max(0.0);
    let area = width * height;
    if area > 0.0 {
        across * down / area
    } else {
        0.0
    }
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

//! Mean light of a face's skin and of what is behind the head.

use domain::evidence::FlashLight;

use crate::{
    face::{Crop, Detection},
    picture::{LINEAR, Picture},
};

/// Left, top, right and bottom pixel in the crop that quality is measured on, ends included: forehead, cheeks, the bridge of the nose.
const SKIN: [[usize; 4]; 4] = [
    [44, 28, 68, 37],
    [30, 66, 42, 78],
    [70, 66, 82, 78],
    [52, 57, 60, 69],
];
/// Level from which a channel is as bright as can be.
const CLIPPED_MIN: u8 = 250;
/// Share of the skin that must lie within the picture.
const SKIN_SHARE_MIN: f32 = 0.5;
/// The head with its hair against its box: so far to each side and above, in widths and heights of the box. What is lower than the chin may
/// be a shoulder, which is lit as the face is.
const HEAD_SIDE: f32 = 0.35;
const HEAD_ABOVE: f32 = 0.5;
const CHIN: f32 = 0.9;
/// Share of the picture that must be behind the head.
const BEHIND_SHARE_MIN: f32 = 0.03;

/// `crop` is that of [`crate::face::quality`]; `face` lies in the pixels that the picture keeps. None where too little of the skin is
/// within the picture.
pub fn light(picture: &Picture, face: &Detection, crop: &Crop) -> Option<FlashLight> {
    let side = crop.side as usize;
    let (pixels, _) = crop.rgb.as_chunks::<3>();
    let (mut skin, mut clipped, mut luma, mut asked) = (Mean::default(), 0_u32, 0.0, 0_u32);
    for [left, top, right, bottom] in SKIN {
        for at in (top..=bottom).flat_map(|y| (left..=right).map(move |x| y * side + x)) {
            asked += 1;
            if !crop.inside.get(at).copied().unwrap_or(false) {
                continue;
            }
            let pixel = pixels[at];
            skin.add(pixel);
            clipped += u32::from(pixel.iter().any(|&level| level >= CLIPPED_MIN));
            let [red, green, blue] = pixel.map(f32::from);
            luma += 0.299 * red + 0.587 * green + 0.114 * blue;
        }
    }
    if (skin.count as f32) < SKIN_SHARE_MIN * asked as f32 {
        return None;
    }
    let count = skin.count as f32;
    Some(FlashLight {
        skin: skin.value()?,
        clipped: clipped as f32 / count,
        luma: luma / count,
        behind: behind(picture, face),
    })
}

/// Mean light beside and above the head. What is as bright as can be says nothing about more light, and is left out.
fn behind(picture: &Picture, face: &Detection) -> Option<[f32; 3]> {
    let rgb = picture.pixels();
    let [left, top, width, height] = face.bounds;
    let (from, to) = (left - HEAD_SIDE * width, left + (1.0 + HEAD_SIDE) * width);
    let (above, below) = (top - HEAD_ABOVE * height, top + CHIN * height);
    let mut mean = Mean::default();
    for (x, y, pixel) in rgb.enumerate_pixels() {
        let (x, y) = (x as f32, y as f32);
        let beside = x < from || x > to;
        let free = y < below && (beside || y < above);
        if free && pixel.0.iter().all(|&level| level < CLIPPED_MIN) {
            mean.add(pixel.0);
        }
    }
    let least = BEHIND_SHARE_MIN * rgb.width() as f32 * rgb.height() as f32;
    if mean.count as f32 >= least {
        mean.value()
    } else {
        None
    }
}

#[derive(Default)]
struct Mean {
    sums: [f64; 3],
    count: u32,
}

impl Mean {
    fn add(&mut self, pixel: [u8; 3]) {
        for (sum, level) in self.sums.iter_mut().zip(pixel) {
            *sum += f64::from(LINEAR[usize::from(level)]);
        }
        self.count += 1;
    }

    fn value(&self) -> Option<[f32; 3]> {
        let count = f64::from(self.count);
        (self.count > 0).then(|| self.sums.map(|sum| (sum / count) as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACE: Detection = Detection {
        bounds: [100.0, 100.0, 80.0, 100.0],
        score: 0.9,
        points: [[0.0; 2]; 5],
    };

    /// Skin of one colour; black wherever it is not looked at.
    fn crop(skin: [u8; 3]) -> Crop {
        let side = 112;
        let mut rgb = vec![0; side * side * 3];
        for [left, top, right, bottom] in SKIN {
            for at in (top..=bottom).flat_map(|y| (left..=right).map(move |x| y * side + x)) {
                rgb[at * 3..at * 3 + 3].copy_from_slice(&skin);
            }
        }
        Crop {
            side: side as u32,
            rgb,
            inside: vec![true; side * side],
        }
    }

    fn picture(behind: impl Fn(u32, u32) -> [u8; 3]) -> Picture {
        let rgb = image::RgbImage::from_fn(280, 320, |x, y| image::Rgb(behind(x, y)));
        Picture::from_rgb(280, 320, rgb.into_raw()).unwrap()
    }

    #[test]
    fn skin_and_background_are_means_of_linear_light() {
        // Level 188 is half of white's light.
        let seen = light(&picture(|_, _| [0, 188, 0]), &FACE, &crop([188, 0, 255])).unwrap();
        let behind = seen.behind.unwrap();
        assert!((seen.skin[0] - 0.503).abs() < 0.002, "{:?}", seen.skin);
        assert!(seen.skin[1] < 1e-6 && (behind[1] - 0.503).abs() < 0.002);
        assert!((seen.clipped - 1.0).abs() < 1e-6, "blue is at its end");
        assert!((seen.luma - 85.3).abs() < 0.2, "{}", seen.luma);
    }

    #[test]
    fn head_and_shoulders_are_not_behind_the_head() {
        let lit = |x: u32, y: u32| {
            let head = (72..=208).contains(&x) && y >= 50;
            if head || y >= 190 {
                [255, 0, 0]
            } else {
                [0, 90, 0]
            }
        };
        let seen = light(&picture(lit), &FACE, &crop([90; 3])).unwrap();
        assert!(seen.behind.unwrap()[0] < 1e-6, "{seen:?}");
    }

    #[test]
    fn where_the_head_fills_the_picture_nothing_is_behind_it() {
        let near = Detection {
            bounds: [10.0, 60.0, 260.0, 250.0],
            ..FACE
        };
        let seen = light(&picture(|_, _| [90; 3]), &near, &crop([90; 3])).unwrap();
        assert_eq!(seen.behind, None);
        let mut cut = crop([90; 3]);
        cut.inside = vec![false; cut.inside.len()];
        assert_eq!(light(&picture(|_, _| [90; 3]), &FACE, &cut), None);
    }
}

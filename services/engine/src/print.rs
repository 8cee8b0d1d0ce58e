//! A picture's print: which way its lowest frequencies go. What a messenger, a screen size or a mirror does to a picture leaves them.
//!
//! Signs of the cosine transform's low coefficients, as pHash takes them (C. Zauner, “Implementation and Benchmarking of Perceptual Image
//! Hash Functions”, 2010), but 255 of them and against zero, so that a mirror only turns those of odd frequencies round.

use std::{f32::consts::PI, sync::LazyLock};

use domain::print::{PicturePrint, SIDE, Signs};
use image::{RgbImage, imageops};

use crate::{face::Crop, picture::Picture};

/// Side of what is transformed, pixels.
const THUMBNAIL: usize = 64;

/// `cos(π/64 · (x + ½) · u)` of frequency u at pixel x.
static COSINES: LazyLock<[[f32; THUMBNAIL]; SIDE]> = LazyLock::new(|| {
    let cosine = |u: usize, x: usize| (PI / THUMBNAIL as f32 * (x as f32 + 0.5) * u as f32).cos();
    std::array::from_fn(|u| std::array::from_fn(|x| cosine(u, x)))
});

/// Of a picture, and of the aligned crop of its face.
pub fn of(picture: &Picture, face: &Crop) -> PicturePrint {
    let crop = RgbImage::from_raw(face.side, face.side, face.rgb.clone());
    PicturePrint {
        whole: signs(picture.pixels()),
        face: signs(&crop.expect("a crop has a side squared of pixels")),
    }
}

fn signs(rgb: &RgbImage) -> Signs {
    let side = THUMBNAIL as u32;
    let small = imageops::thumbnail(rgb, side, side);
    let luma = |pixel: &image::Rgb<u8>| {
        let [red, green, blue] = pixel.0.map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    let luma: Vec<f32> = small.pixels().map(luma).collect();
    // Along the rows first, then down.
    let across: Vec<[f32; SIDE]> = luma
        .chunks_exact(THUMBNAIL)
        .map(|row| COSINES.map(|wave| row.iter().zip(wave).map(|(value, cos)| value * cos).sum()))
        .collect();
    let mut words = [0_u64; 4];
    for (v, wave) in COSINES.iter().enumerate() {
        for u in 0..SIDE {
            let part: f32 = across.iter().zip(wave).map(|(row, cos)| row[u] * cos).sum();
            let bit = v * SIDE + u;
            if bit > 0 && part > 0.0 {
                words[bit / 64] |= 1 << (bit % 64);
            }
        }
    }
    Signs(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Something with all low frequencies in it.
    fn drawn(width: u32, height: u32, turn: f32) -> Picture {
        let level = |x: u32, y: u32| {
            let (x, y) = (x as f32 / width as f32, y as f32 / height as f32);
            let waves = (1..9_u8).map(f32::from).map(|n| {
                ((n * x + turn).mul_add(5.0, n * n) + (9.0 - n) * y * 4.0).sin() / n.sqrt()
            });
            (128.0 + 40.0 * waves.sum::<f32>()).clamp(0.0, 255.0) as u8
        };
        let at = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb = at.flat_map(|(x, y)| [level(x, y); 3]).collect();
        Picture::from_rgb(width, height, rgb).expect("it has its size")
    }

    fn apart(one: &Picture, other: &Picture) -> u32 {
        signs(one.pixels()).distance(signs(other.pixels()))
    }

    #[test]
    fn another_size_and_a_mirror_leave_the_print() {
        let one = drawn(480, 640, 0.0);
        let mirrored = imageops::flip_horizontal(one.pixels()).into_raw();
        let mirrored = Picture::from_rgb(480, 640, mirrored).expect("the same size");
        assert!(apart(&one, &drawn(240, 320, 0.0)) <= 8);
        assert!(apart(&one, &mirrored) <= 4);
        assert!(apart(&one, &drawn(480, 640, 0.6)) > 60);
    }

    #[test]
    fn how_light_a_picture_is_has_no_bit() {
        let grey = Picture::from_rgb(70, 90, vec![200; 70 * 90 * 3]).expect("grey");
        assert_eq!(signs(grey.pixels()).0[0] & 1, 0);
    }
}

//! A picture's print: which way its lowest frequencies go. What a messenger, a screen size or a mirror does to a picture leaves them.
//!
//! Signs of the cosine transform's low coefficients, as pHash takes them (C. Zauner, “Implementation and Benchmarking of Perceptual Image
//! Hash Functions”, 2010), but 255 of them and against zero, so that a mirror only turns those of odd frequencies round.

use std::{f32::consts::PI, sync::LazyLock};

use domain::print::{PicturePrint, SIDE, SKETCH_SIDE, Signs, Sketch};
use image::{RgbImage, imageops};

use crate::{face::Crop, picture::Picture};

/// Side of what is transformed, pixels.
const THUMBNAIL: usize = 64;

/// `cos(π/64 · (x + ½) · u)` of frequency u at pixel x.
static COSINES: LazyLock<[[f32; THUMBNAIL]; SKETCH_SIDE]> = LazyLock::new(|| {
    let cosine = |u: usize, x: usize| (PI / THUMBNAIL as f32 * (x as f32 + 0.5) * u as f32).cos();
    std::array::from_fn(|u| std::array::from_fn(|x| cosine(u, x)))
});

/// Of a picture, and of the aligned crop of its face.
pub fn of(picture: &Picture, face: &Crop) -> PicturePrint {
    let crop = RgbImage::from_raw(face.side, face.side, face.rgb.clone());
    let crop = crop.expect("a crop has a side squared of pixels");
    let whole = transformed(picture.pixels());
    PicturePrint {
        whole: signs(&whole),
        face: signs(&transformed(&crop)),
        sketch: sketch(&whole),
    }
}

/// The lowest frequencies of a picture's luma, `[down][across]`.
type Frequencies = [[f32; SKETCH_SIDE]; SKETCH_SIDE];

fn transformed(rgb: &RgbImage) -> Frequencies {
    let side = THUMBNAIL as u32;
    let small = imageops::thumbnail(rgb, side, side);
    let luma = |pixel: &image::Rgb<u8>| {
        let [red, green, blue] = pixel.0.map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    };
    let luma: Vec<f32> = small.pixels().map(luma).collect();
    // Along the rows first, then down.
    let across: Vec<[f32; SKETCH_SIDE]> = luma
        .chunks_exact(THUMBNAIL)
        .map(|row| COSINES.map(|wave| row.iter().zip(wave).map(|(value, cos)| value * cos).sum()))
        .collect();
    COSINES.map(|wave| {
        std::array::from_fn(|u| across.iter().zip(wave).map(|(row, cos)| row[u] * cos).sum())
    })
}

fn signs(of: &Frequencies) -> Signs {
    let mut words = [0_u64; 4];
    for (v, row) in of.iter().enumerate().take(SIDE) {
        for (u, &part) in row.iter().enumerate().take(SIDE) {
            let bit = v * SIDE + u;
            if bit > 0 && part > 0.0 {
                words[bit / 64] |= 1 << (bit % 64);
            }
        }
    }
    Signs(words)
}

/// The coefficients by which the waves add up to the picture: of a sum over places that of an even wave counts half.
fn sketch(of: &Frequencies) -> Option<Sketch> {
    let share = |at: usize| if at == 0 { 1.0 } else { 2.0 };
    let coefficients = of.iter().enumerate().flat_map(|(v, row)| {
        let of_row = row.iter().enumerate();
        of_row.map(move |(u, part)| part * share(u) * share(v))
    });
    Sketch::new(&coefficients.collect::<Vec<f32>>())
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
        let signs = |picture: &Picture| signs(&transformed(picture.pixels()));
        signs(one).distance(signs(other))
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
        let frequencies = transformed(grey.pixels());
        assert_eq!(signs(&frequencies).0[0] & 1, 0);
    }
}

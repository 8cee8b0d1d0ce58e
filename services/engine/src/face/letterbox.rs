use image::RgbImage;
use models::Colour;

use super::bilinear::bilinear;

/// One output pixel of shrinking along one axis: the input pixels that it covers.
struct Cover {
    /// First input pixel.
    first: usize,
    /// Share of each input pixel in the mean, from `first` on.
    shares: Vec<f32>,
}

/// Writes the picture into the top-left corner of a black `side`² square: `planes` becomes three planes of `side`² values
/// 0..255, whole numbers, in the order of `colour`. Returns the ratio of the square's pixels to the picture's.
///
/// Shrinking averages by covered area, enlarging interpolates between centres, in the arithmetic of the reference
/// implementation: detectors have near ties between cells, and a bias of a tenth of a level turns them over.
pub(super) fn letterbox(rgb: &RgbImage, side: u32, colour: Colour, planes: &mut Vec<f32>) -> f32 {
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    let side = side as usize;
    let ratio = side as f64 / width.max(height) as f64;
    let scaled =
        |length: usize| ((length as f64 * ratio).round_ties_even() as usize).clamp(1, side);
    planes.clear();
    planes.resize(3 * side * side, 0.0);
    let order = match colour {
        Colour::Rgb => [0, 1, 2],
        Colour::Bgr => [2, 1, 0],
    };
    let mut write = |x: usize, y: usize, pixel: [u8; 3]| {
        for (plane, channel) in order.into_iter().enumerate() {
            planes[(plane * side + y) * side + x] = f32::from(pixel[channel]);
        }
    };
    if ratio < 1.0 {
        shrink(rgb, scaled(width), scaled(height), &mut write);
    } else {
        let whole = [0, 0, width, height];
        bilinear(rgb, whole, [scaled(width), scaled(height)], &mut write);
    }
    ratio as f32
}

fn shrink(
    rgb: &RgbImage,
    width: usize,
    height: usize,
    write: &mut impl FnMut(usize, usize, [u8; 3]),
) {
    let columns = covers(rgb.width() as usize, width);
    let stride = rgb.width() as usize * 3;
    let mut blended = vec![0.0_f32; stride];
    for (y, row) in covers(rgb.height() as usize, height).iter().enumerate() {
        blended.fill(0.0);
        for (line, &share) in rgb.as_raw()[row.first * stride..]
            .chunks_exact(stride)
            .zip(&row.shares)
        {
            for (sum, &value) in blended.iter_mut().zip(line) {
                *sum += share * f32::from(value);
            }
        }
        let (pixels, _) = blended.as_chunks::<3>();
        for (x, column) in columns.iter().enumerate() {
            let mut sums = [0.0_f32; 3];
            for (pixel, &share) in pixels[column.first..].iter().zip(&column.shares) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += share * value;
                }
            }
            // Truncation after the half: rounding proper is a library call on the plainest processors.
            write(x, y, sums.map(|sum| (sum + 0.5) as u8));
        }
    }
}

fn covers(from: usize, to: usize) -> Vec<Cover> {
    let scale = from as f64 / to as f64;
    let cover = |index: usize| {
        let start = index as f64 * scale;
        let end = (start + scale).min(from as f64);
        let first = (start as usize).min(from - 1);
        let last = (end.ceil() as usize).clamp(first + 1, from);
        let covered = |pixel: usize| end.min((pixel + 1) as f64) - start.max(pixel as f64);
        Cover {
            first,
            shares: (first..last)
                .map(|pixel| (covered(pixel) / (end - start)) as f32)
                .collect(),
        }
    };
    (0..to).map(cover).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_averages_two_by_two_and_pads_below() {
        let rgb = RgbImage::from_fn(4, 2, |x, _| image::Rgb([x as u8 * 10, 0, 100]));
        let mut planes = Vec::new();
        let ratio = letterbox(&rgb, 2, Colour::Bgr, &mut planes);
        assert!((ratio - 0.5).abs() < f32::EPSILON);
        assert_eq!(
            planes,
            [
                100.0, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 25.0, 0.0, 0.0
            ]
        );
    }

    #[test]
    fn an_uneven_shrink_weighs_by_covered_area() {
        let rgb = RgbImage::from_fn(3, 3, |x, _| image::Rgb([x as u8 * 30; 3]));
        let mut planes = Vec::new();
        letterbox(&rgb, 2, Colour::Rgb, &mut planes);
        // (0 · 1 + 30 · 0.5) / 1.5 and (30 · 0.5 + 60 · 1) / 1.5
        assert_eq!(planes[..2], [10.0, 50.0]);
    }

    #[test]
    fn enlarging_interpolates_between_centres() {
        let rgb = RgbImage::from_fn(2, 2, |x, _| image::Rgb([x as u8 * 100; 3]));
        let mut planes = Vec::new();
        letterbox(&rgb, 4, Colour::Rgb, &mut planes);
        assert_eq!(planes[..4], [0.0, 25.0, 75.0, 100.0]);
    }

    #[test]
    fn a_picture_one_pixel_high_keeps_a_row() {
        let rgb = RgbImage::from_pixel(1_000, 1, image::Rgb([7; 3]));
        let mut planes = Vec::new();
        letterbox(&rgb, 32, Colour::Rgb, &mut planes);
        assert!(
            planes[..32]
                .iter()
                .all(|&value| (value - 7.0).abs() < f32::EPSILON)
        );
        assert!(
            planes[32..64]
                .iter()
                .all(|&value| value.abs() < f32::EPSILON)
        );
    }
}

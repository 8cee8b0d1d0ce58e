//! A person who does not exist, drawn for tests.

use image::{Rgb, RgbImage};

use super::{FaceBox, Shot};

/// Ellipses for head, eyes and mouth before a grey gradient; `tone` changes the colours.
pub fn person(width: u32, height: u32, tone: u8) -> Shot {
    let (w, h) = (width as f32, height as f32);
    let face = FaceBox::from([w * 0.32, h * 0.3, w * 0.36, h * 0.42]);
    let [x0, y0] = face.centre();
    let inside = |x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32| {
        ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0
    };
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let eye = |side: f32| {
            inside(
                x,
                y,
                x0 + side * w * 0.075,
                y0 - h * 0.04,
                w * 0.03,
                h * 0.012,
            )
        };
        let level = if eye(1.0) || eye(-1.0) {
            [40, 30, 30]
        } else if inside(x, y, x0, y0 + h * 0.11, w * 0.06, h * 0.015) {
            [160, 60 + tone, 70]
        } else if inside(x, y, x0, y0, w * 0.19, h * 0.24) {
            [205, 150 + tone, 125 + tone]
        } else {
            [
                (120.0 + 60.0 * x / w) as u8,
                (125.0 + 50.0 * y / h) as u8,
                140,
            ]
        };
        Rgb(level)
    });
    Shot { picture, face }
}

/// Mean absolute difference of two pictures of one size, levels of 255.
pub fn mean_difference(a: &RgbImage, b: &RgbImage) -> f32 {
    assert_eq!(a.dimensions(), b.dimensions());
    let total: u64 = a
        .iter()
        .zip(b.iter())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    total as f32 / a.len() as f32
}

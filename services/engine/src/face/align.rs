//! Alignment: five points to their places in a crop, by the best similarity and bilinear sampling.

use image::RgbImage;

/// A similarity of the plane: `(x, y) ↦ (a·x − b·y + c, b·x + a·y + d)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

impl Similarity {
    /// The similarity (turn, size, shift; no reflection) with the least squared distances from `from` to `to`: Umeyama 1991
    /// in two dimensions, where the singular value decomposition has a closed form. With points as complex numbers about
    /// their means it is `a + ib = Σ conj(f)·t / Σ |f|²`. `None` when the points of `from` coincide or are no numbers.
    pub fn fit(from: &[[f64; 2]; 5], to: &[[f64; 2]; 5]) -> Option<Self> {
        let mean = |points: &[[f64; 2]; 5], axis: usize| {
            points.iter().map(|point| point[axis]).sum::<f64>() / 5.0
        };
        let (from_x, from_y) = (mean(from, 0), mean(from, 1));
        let (to_x, to_y) = (mean(to, 0), mean(to, 1));
        let (mut real, mut imaginary, mut power) = (0.0, 0.0, 0.0);
        for (source, target) in from.iter().zip(to) {
            let (x, y) = (source[0] - from_x, source[1] - from_y);
            let (u, v) = (target[0] - to_x, target[1] - to_y);
            real += x * u + y * v;
            imaginary += x * v - y * u;
            power += x * x + y * y;
        }
        let (a, b) = (real / power, imaginary / power);
        let size = a * a + b * b;
        size.is_normal().then_some(Self {
            a,
            b,
            c: to_x - a * from_x + b * from_y,
            d: to_y - b * from_x - a * from_y,
        })
    }

    /// The similarity that undoes this one.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let size = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / size, -self.b / size);
        Self {
            a,
            b,
            c: -(a * self.c - b * self.d),
            d: -(b * self.c + a * self.d),
        }
    }

    /// Where a point goes.
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [
            self.a * x - self.b * y + self.c,
            self.b * x + self.a * y + self.d,
        ]
    }
}

/// A square of RGB bytes cut from a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crop {
    /// Side in pixels.
    pub side: u32,
    /// `side`² · 3 bytes by rows.
    pub rgb: Vec<u8>,
    /// Whether each pixel lies within the picture, by rows; outside is black.
    pub inside: Vec<bool>,
}

/// Samples a crop: `into_crop` maps the picture's pixel centres to the crop's; black beyond the picture's edges.
pub fn warp(rgb: &RgbImage, into_crop: &Similarity, side: u32) -> Crop {
    let back = into_crop.inverse();
    let count = side as usize * side as usize;
    let mut crop = Crop {
        side,
        rgb: Vec::with_capacity(count * 3),
        inside: Vec::with_capacity(count),
    };
    for y in 0..side {
        for x in 0..side {
            let [from_x, from_y] = back.apply([f64::from(x), f64::from(y)]);
            let (colour, inside) = sample(rgb, from_x as f32, from_y as f32);
            crop.rgb.extend(colour);
            crop.inside.push(inside);
        }
    }
    crop
}

/// Bilinear; neighbours beyond the edges are black.
fn sample(rgb: &RgbImage, x: f32, y: f32) -> ([u8; 3], bool) {
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    let inside = x >= 0.0 && y >= 0.0 && x <= (width - 1) as f32 && y <= (height - 1) as f32;
    if !inside || x >= (width - 1) as f32 || y >= (height - 1) as f32 {
        return (sample_edge(rgb, x, y), inside);
    }
    // Nothing is negative here, so cutting off is rounding down.
    let (left, top) = (x as usize, y as usize);
    let (right_share, lower_share) = (x - left as f32, y - top as f32);
    let at = (top * width + left) * 3;
    let upper: &[u8] = &rgb.as_raw()[at..at + 6];
    let lower: &[u8] = &rgb.as_raw()[at + width * 3..at + width * 3 + 6];
    let colour = std::array::from_fn(|channel| {
        let blend = |row: &[u8]| {
            let (near, far) = (f32::from(row[channel]), f32::from(row[channel + 3]));
            near + (far - near) * right_share
        };
        let (above, below) = (blend(upper), blend(lower));
        (above + (below - above) * lower_share + 0.5) as u8
    });
    (colour, true)
}

/// The same where a neighbour may lie beyond the edges.
fn sample_edge(rgb: &RgbImage, x: f32, y: f32) -> [u8; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let mut sums = [0.0_f32; 3];
    for (row, row_share) in [(top, 1.0 - lower_share), (top + 1.0, lower_share)] {
        for (column, column_share) in [(left, 1.0 - right_share), (left + 1.0, right_share)] {
            let within = row >= 0.0 && column >= 0.0;
            if within && row < rgb.height() as f32 && column < rgb.width() as f32 {
                let pixel = rgb.get_pixel(column as u32, row as u32);
                for (sum, &value) in sums.iter_mut().zip(&pixel.0) {
                    *sum += f32::from(value) * row_share * column_share;
                }
            }
        }
    }
    sums.map(|sum| (sum + 0.5) as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACES: [[f64; 2]; 5] = [
        [38.2946, 51.6963],
        [73.5318, 51.5014],
        [56.0252, 71.7366],
        [41.5493, 92.3655],
        [70.7299, 92.2041],
    ];

    proptest! {
        #[test]
        fn a_similarity_is_found_again(a in 0.1_f64..9.0, b in -9.0_f64..9.0, c in -500.0_f64..500.0, d in -500.0_f64..500.0) {
            let made = Similarity { a, b, c, d };
            let moved = PLACES.map(|point| made.apply(point));
            let found = Similarity::fit(&PLACES, &moved).unwrap();
            let back = Similarity::fit(&moved, &PLACES).unwrap();
            for point in PLACES {
                let [x, y] = found.apply(point);
                let [u, v] = made.apply(point);
                prop_assert!((x - u).abs() < 1e-6 && (y - v).abs() < 1e-6);
                for returned in [back.apply([u, v]), made.inverse().apply([u, v])] {
                    prop_assert!((returned[0] - point[0]).abs() < 1e-6 && (returned[1] - point[1]).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn coinciding_points_have_no_similarity() {
        assert_eq!(Similarity::fit(&[[3.0, 4.0]; 5], &PLACES), None);
        assert_eq!(Similarity::fit(&[[f64::NAN; 2]; 5], &PLACES), None);
    }

    #[test]
    fn a_shift_moves_whole_pixels_and_leaves_black_outside() {
        let rgb = RgbImage::from_fn(4, 4, |x, y| image::Rgb([x as u8 * 10, y as u8 * 10, 5]));
        let shift = Similarity {
            a: 1.0,
            b: 0.0,
            c: -2.0,
            d: -1.0,
        };
        let crop = warp(&rgb, &shift, 4);
        assert_eq!(crop.rgb[..6], [20, 10, 5, 30, 10, 5]);
        assert_eq!(crop.inside[..4], [true, true, false, false]);
        assert_eq!(crop.rgb[9..12], [0, 0, 0]);
    }
}

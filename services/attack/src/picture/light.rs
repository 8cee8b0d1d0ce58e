//! Pictures in linear light.

use std::sync::LazyLock;

use image::RgbImage;

/// Steps of the table from linear light to sRGB: finer than half a level of 8 bits everywhere.
const STEPS: usize = 8_192;
/// Variance that one pass of the kernel [v/2, 1 − v, v/2] may add, pixels²: a flat kernel of three.
const PASS_VARIANCE_MAX: f32 = 2.0 / 3.0;

static LINEAR: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|level| linear_of(level as f32 / 255.0)));

static LEVELS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let step = |at: usize| (display_of(at as f32 / STEPS as f32) * 255.0 + 0.5) as u8;
    (0..=STEPS).map(step).collect()
});

/// Of a displayed value in 0..=1; IEC 61966-2-1.
pub fn linear_of(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// The inverse of [`linear_of`].
pub fn display_of(linear: f32) -> f32 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    }
}

/// Of a displayed level of 8 bits.
pub fn linear(level: u8) -> f32 {
    LINEAR[usize::from(level)]
}

/// Brightness of linear light: Rec. ITU-R BT.709.
pub fn luminance([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Between `a` and `b`: `a` at 0.
pub fn mix(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    [0, 1, 2].map(|channel| a[channel] + (b[channel] - a[channel]) * share)
}

/// From 0 up to `low` to 1 from `high` on, smoothly.
pub fn smoothstep(low: f32, high: f32, value: f32) -> f32 {
    let t = ((value - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A raster of light; 1.0 is what sRGB's white is.
#[derive(Clone)]
pub struct Light {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<[f32; 3]>,
}

impl Light {
    pub fn of(picture: &RgbImage) -> Self {
        let (pixels, _) = picture.as_raw().as_chunks::<3>();
        let table = &*LINEAR;
        let linear = |pixel: &[u8; 3]| pixel.map(|level| table[usize::from(level)]);
        Self {
            width: picture.width(),
            height: picture.height(),
            pixels: pixels.iter().map(linear).collect(),
        }
    }

    /// Computed pixel by pixel; centres are at whole numbers.
    pub fn drawn(width: u32, height: u32, mut pixel: impl FnMut(u32, u32) -> [f32; 3]) -> Self {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            pixels.extend((0..width).map(|x| pixel(x, y)));
        }
        Self {
            width,
            height,
            pixels,
        }
    }

    /// To eight bits; what is brighter than white is white.
    pub fn picture(&self) -> RgbImage {
        let table = &*LEVELS;
        let level = |value: f32| table[(value.clamp(0.0, 1.0) * STEPS as f32 + 0.5) as usize];
        let mut raw = Vec::with_capacity(self.pixels.len() * 3);
        for &[red, green, blue] in &self.pixels {
            raw.extend([level(red), level(green), level(blue)]);
        }
        RgbImage::from_raw(self.width, self.height, raw).expect("three bytes a pixel were made")
    }

    pub fn at(&self, x: u32, y: u32) -> [f32; 3] {
        self.pixels[y as usize * self.width as usize + x as usize]
    }

    /// Bilinear; beyond the edge its last pixel goes on.
    pub fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        let spot = self.spot(x, y);
        [0, 1, 2].map(|channel| spot.of(&self.pixels, channel))
    }

    /// One channel of [`Self::sample`].
    pub fn sample_channel(&self, x: f32, y: f32, channel: usize) -> f32 {
        self.spot(x, y).of(&self.pixels, channel)
    }

    fn spot(&self, x: f32, y: f32) -> Spot {
        let (x, y) = (
            x.clamp(0.0, (self.width - 1) as f32),
            y.clamp(0.0, (self.height - 1) as f32),
        );
        let (column, row) = (x as usize, y as usize);
        let right = usize::from(column + 1 < self.width as usize);
        let below = usize::from(row + 1 < self.height as usize) * self.width as usize;
        let first = row * self.width as usize + column;
        Spot {
            corners: [first, first + right, first + below, first + below + right],
            across: x - column as f32,
            down: y - row as f32,
        }
    }

    /// Cubic convolution (Keys 1981, a = −1/2), which keeps fine detail; beyond the edge its last pixel goes on.
    pub fn sample_sharp(&self, x: f32, y: f32) -> [f32; 3] {
        let (column, row) = (x.floor(), y.floor());
        let (across, down) = (keys(x - column), keys(y - row));
        let within = |at: f32, step: usize, side: u32| {
            (at as i64 + step as i64 - 1).clamp(0, i64::from(side) - 1) as usize
        };
        let columns: [usize; 4] = std::array::from_fn(|step| within(column, step, self.width));
        let mut sum = [0.0; 3];
        for (step, weight) in down.into_iter().enumerate() {
            let start = within(row, step, self.height) * self.width as usize;
            for (column, share) in columns.into_iter().zip(across) {
                let pixel = &self.pixels[start + column];
                let share = share * weight;
                sum[0] += pixel[0] * share;
                sum[1] += pixel[1] * share;
                sum[2] += pixel[2] * share;
            }
        }
        sum.map(|value| value.max(0.0))
    }

    /// Every pixel of this by `change`, which gets its place too.
    pub fn changed(mut self, mut change: impl FnMut(u32, u32, [f32; 3]) -> [f32; 3]) -> Self {
        let width = self.width as usize;
        for (y, row) in self.pixels.chunks_mut(width).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = change(x as u32, y as u32, *pixel);
            }
        }
        self
    }

    /// Blurred nearly as by a Gaussian with this standard deviation, pixels: a three-tap kernel, as often as it takes.
    pub fn softened(mut self, sigma: f32) -> Self {
        let variance = sigma * sigma;
        let passes = (variance / PASS_VARIANCE_MAX).ceil() as u32;
        for _ in 0..passes {
            let side = variance / passes as f32 / 2.0;
            self.pass_across(side);
            self.pass_down(side);
        }
        self
    }

    fn pass_across(&mut self, side: f32) {
        for row in self.pixels.chunks_mut(self.width as usize) {
            let mut before = row[0];
            for at in 0..row.len() {
                let here = row[at];
                let after = row[(at + 1).min(row.len() - 1)];
                row[at] = weighed(before, here, after, side);
                before = here;
            }
        }
    }

    fn pass_down(&mut self, side: f32) {
        let width = self.width as usize;
        let mut before = self.pixels[..width].to_vec();
        for start in (0..self.pixels.len()).step_by(width) {
            let next = if start + width < self.pixels.len() {
                start + width
            } else {
                start
            };
            for (at, above) in before.iter_mut().enumerate() {
                let here = self.pixels[start + at];
                self.pixels[start + at] = weighed(*above, here, self.pixels[next + at], side);
                *above = here;
            }
        }
    }

    /// Mean of all pixels.
    #[cfg(test)]
    pub fn mean(&self) -> [f32; 3] {
        let mut sum = [0.0_f64; 3];
        for pixel in &self.pixels {
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += f64::from(*value);
            }
        }
        sum.map(|sum| (sum / self.pixels.len() as f64) as f32)
    }
}

fn weighed(before: [f32; 3], here: [f32; 3], after: [f32; 3], side: f32) -> [f32; 3] {
    let middle = 1.0 - 2.0 * side;
    [
        here[0] * middle + (before[0] + after[0]) * side,
        here[1] * middle + (before[1] + after[1]) * side,
        here[2] * middle + (before[2] + after[2]) * side,
    ]
}

/// Weights of the four neighbours at −1, 0, 1, 2 for a place `t` behind 0.
fn keys(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        -0.5 * t3 + t2 - 0.5 * t,
        1.5 * t3 - 2.5 * t2 + 1.0,
        -1.5 * t3 + 2.0 * t2 + 0.5 * t,
        0.5 * t3 - 0.5 * t2,
    ]
}

/// Four neighbours and the place between them.
struct Spot {
    corners: [usize; 4],
    across: f32,
    down: f32,
}

impl Spot {
    fn of(&self, pixels: &[[f32; 3]], channel: usize) -> f32 {
        let [a, b, c, d] = self.corners.map(|at| pixels[at][channel]);
        let (upper, lower) = (a + (b - a) * self.across, c + (d - c) * self.across);
        upper + (lower - upper) * self.down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_comes_back_from_linear_light() {
        let picture = RgbImage::from_fn(256, 1, |x, _| image::Rgb([x as u8; 3]));
        assert_eq!(Light::of(&picture).picture(), picture);
    }

    #[test]
    fn softening_keeps_the_mean_and_spreads_a_point_by_its_sigma() {
        let point = Light::drawn(41, 41, |x, y| [f32::from(u8::from((x, y) == (20, 20))); 3]);
        let soft = point.softened(1.5);
        let total: f32 = soft.pixels.iter().map(|pixel| pixel[0]).sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
        let variance: f32 = (0..41)
            .flat_map(|y| (0..41).map(move |x| (x, y)))
            .map(|(x, y)| (x as f32 - 20.0).powi(2) * soft.at(x, y)[0])
            .sum();
        assert!((variance - 2.25).abs() < 0.01, "{variance}");
    }

    fn near(a: [f32; 3], b: [f32; 3]) -> bool {
        a.into_iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-4)
    }

    #[test]
    fn sampling_at_a_pixel_gives_that_pixel() {
        let light = Light::drawn(9, 7, |x, y| [x as f32, y as f32, 1.0]);
        for (x, y) in [(0, 0), (8, 6), (3, 5)] {
            let (u, v) = (x as f32, y as f32);
            assert!(near(light.sample(u, v), light.at(x, y)));
            assert!(near(light.sample_sharp(u, v), light.at(x, y)));
        }
        assert!(near(light.sample(2.5, 3.25), [2.5, 3.25, 1.0]));
    }
}

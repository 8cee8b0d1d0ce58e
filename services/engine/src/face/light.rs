//! Luma of an aligned crop, and what it says about light and focus.

use super::align::Crop;

/// Luma from which a pixel counts as overexposed.
const BRIGHT_MIN: u8 = 250;
/// Luma up to which a pixel counts as underexposed.
const DARK_MAX: u8 = 5;
/// Bins of the halves' histograms: fewer than levels, so that noise does not part two equal halves.
const BINS: usize = 16;

/// A crop's luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), by rows.
pub(super) struct Luma<'a> {
    crop: &'a Crop,
    values: Vec<u8>,
}

/// A part of a crop: left, top, right and bottom pixel, ends included.
pub(super) type Patch = [usize; 4];

#[derive(Debug, Default, PartialEq)]
pub(super) struct Light {
    pub mean: f32,
    pub std: f32,
    pub overexposed: f32,
    pub underexposed: f32,
    pub entropy_bits: f32,
}

impl<'a> Luma<'a> {
    pub fn of(crop: &'a Crop) -> Self {
        let (pixels, _) = crop.rgb.as_chunks::<3>();
        Self {
            crop,
            values: pixels.iter().map(|&pixel| luma(pixel)).collect(),
        }
    }

    /// Over the pixels that lie within the picture; all zero when there are none.
    pub fn light(&self) -> Light {
        let mut counts = [0_u32; 256];
        for (&value, _) in self
            .values
            .iter()
            .zip(&self.crop.inside)
            .filter(|&(_, &inside)| inside)
        {
            counts[usize::from(value)] += 1;
        }
        let count: u32 = counts.iter().sum();
        if count == 0 {
            return Light::default();
        }
        let shares = counts.map(|own| f64::from(own) / f64::from(count));
        let levels = || (0_u8..=255).map(f64::from).zip(&shares);
        let mean: f64 = levels().map(|(level, share)| level * share).sum();
        let variance: f64 = levels()
            .map(|(level, share)| (level - mean).powi(2) * share)
            .sum();
        let entropy: f64 = shares
            .iter()
            .filter(|share| **share > 0.0)
            .map(|share| -share * share.log2())
            .sum();
        let between =
            |from: u8, to: u8| -> f64 { shares[usize::from(from)..=usize::from(to)].iter().sum() };
        Light {
            mean: mean as f32,
            std: variance.sqrt() as f32,
            overexposed: between(BRIGHT_MIN, 255) as f32,
            underexposed: between(0, DARK_MAX) as f32,
            entropy_bits: entropy as f32,
        }
    }

    /// Variance of the Laplacian (4 · centre − the four neighbours) over the pixels that lie, with their four neighbours, within crop
    /// and picture; 0 when there are none.
    pub fn sharpness(&self) -> f32 {
        let side = self.crop.side as usize;
        let (mut count, mut sum, mut squares) = (0_u32, 0_i64, 0_i64);
        for y in 1..side - 1 {
            for at in y * side + 1..(y + 1) * side - 1 {
                let neighbours = [at - side, at - 1, at + 1, at + side];
                let inside = &self.crop.inside;
                if !inside[at] || neighbours.iter().any(|&neighbour| !inside[neighbour]) {
                    continue;
                }
                let round: i64 = neighbours
                    .iter()
                    .map(|&neighbour| i64::from(self.values[neighbour]))
                    .sum();
                let edge = 4 * i64::from(self.values[at]) - round;
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

    /// Share of luma values that two patches have in common, 0..1: the smaller of both histograms, summed over the bins. None when
    /// either reaches beyond the picture.
    pub fn common(&self, one: Patch, other: Patch) -> Option<f32> {
        let (one, other) = (self.histogram(one)?, self.histogram(other)?);
        Some(one.iter().zip(other).map(|(a, b)| a.min(b)).sum())
    }

    fn histogram(&self, patch: Patch) -> Option<[f32; BINS]> {
        let values = self.patch(patch)?;
        let mut bins = [0.0; BINS];
        for value in &values {
            bins[usize::from(*value) * BINS / 256] += 1.0 / values.len() as f32;
        }
        Some(bins)
    }

    /// Mean and standard deviation within a patch; none when it reaches beyond the picture.
    pub fn spread(&self, patch: Patch) -> Option<(f32, f32)> {
        let values = self.patch(patch)?;
        let mean_of = |part: &dyn Fn(f32) -> f32| -> f32 {
            values
                .iter()
                .map(|&value| part(f32::from(value)))
                .sum::<f32>()
                / values.len() as f32
        };
        let mean = mean_of(&|value| value);
        Some((mean, mean_of(&|value| (value - mean).powi(2)).sqrt()))
    }

    fn patch(&self, [left, top, right, bottom]: Patch) -> Option<Vec<u8>> {
        let side = self.crop.side as usize;
        let at = (top..=bottom).flat_map(|y| (left..=right).map(move |x| y * side + x));
        at.map(|at| self.crop.inside[at].then_some(self.values[at]))
            .collect()
    }
}

/// In whole numbers: 77 + 150 + 29 = 256.
fn luma([red, green, blue]: [u8; 3]) -> u8 {
    ((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue) + 128) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crop(side: u32, grey: impl Fn(u32, u32) -> u8) -> Crop {
        let at = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        Crop {
            side,
            rgb: at.flat_map(|(x, y)| [grey(x, y); 3]).collect(),
            inside: vec![true; (side * side) as usize],
        }
    }

    #[test]
    fn two_equal_halves_have_everything_in_common_and_light_and_dark_nothing() {
        let even = crop(16, |_, y| y as u8 * 10);
        let (left, right) = ([0, 0, 7, 15], [8, 0, 15, 15]);
        let common = Luma::of(&even).common(left, right).unwrap();
        assert!((common - 1.0).abs() < 1e-5, "{common}");
        let lit = crop(16, |x, _| if x < 8 { 200 } else { 40 });
        assert_eq!(Luma::of(&lit).common(left, right), Some(0.0));
    }

    #[test]
    fn four_equal_levels_are_two_bits() {
        let light = Luma::of(&crop(16, |x, _| 40 * (x as u8 / 4))).light();
        assert!((light.entropy_bits - 2.0).abs() < 1e-5, "{light:?}");
        assert!((light.mean - 60.0).abs() < 1e-3 && (light.underexposed - 0.25).abs() < 1e-5);
    }

    #[test]
    fn a_patch_beyond_the_picture_says_nothing() {
        let mut cut = crop(16, |_, _| 90);
        cut.inside[5] = false;
        let luma = Luma::of(&cut);
        assert_eq!(luma.spread([4, 0, 6, 2]), None);
        assert_eq!(luma.spread([4, 1, 6, 2]), Some((90.0, 0.0)));
        assert_eq!(luma.common([4, 0, 6, 2], [7, 0, 9, 2]), None);
    }
}

//! The camera that an instrument is held before: a sensor under a mosaic of colours, and what becomes of it.

use image::RgbImage;

use super::light::Light;
use crate::chance::Chance;

/// A phone's front camera.
#[derive(Debug, Clone, Copy)]
pub struct Camera {
    /// On all light.
    pub gain: f32,
    /// White balance that is left over, times each channel.
    pub balance: [f32; 3],
    /// Electrons at white, the square of white's signal-to-noise ratio; 1,500 to 6,000 for small pixels in a room.
    pub electrons: f32,
    /// Read noise as a share of white.
    pub read_noise: f32,
    /// Share of the difference to the neighbours that is added again; 0 to 0.6.
    pub sharpening: f32,
}

impl Camera {
    pub fn indoors(chance: &mut Chance) -> Self {
        Self {
            gain: chance.within(0.95..1.12),
            balance: [1.0 + chance.around(0.03), 1.0, 1.0 + chance.around(0.03)],
            electrons: chance.within(1_500.0..6_000.0),
            read_noise: chance.within(0.001..0.003),
            sharpening: chance.within(0.25..0.55),
        }
    }

    /// A picture of a scene, `scene(x, y, channel)` in linear light.
    ///
    /// Each photosite sees one colour of a Bayer mosaic (RGGB) with the noise of photons (variance in proportion to the light) and of
    /// reading; colours are interpolated linearly, and sharpened on their luminance.
    pub fn shoot(
        &self,
        width: u32,
        height: u32,
        chance: &mut Chance,
        mut scene: impl FnMut(u32, u32, usize) -> f32,
    ) -> RgbImage {
        let mut raw = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                let channel = ((x & 1) + (y & 1)) as usize;
                let light = scene(x, y, channel) * self.gain * self.balance[channel];
                raw.push(light + chance.normal() * self.noise(light));
            }
        }
        sharpened(demosaiced(&raw, width, height), self.sharpening).picture()
    }

    fn noise(&self, light: f32) -> f32 {
        (light.max(0.0) / self.electrons + self.read_noise * self.read_noise).sqrt()
    }
}

/// Linear interpolation of each colour from the sites that have it.
fn demosaiced(raw: &[f32], width: u32, height: u32) -> Light {
    let (columns, rows) = (width as usize, height as usize);
    Light::drawn(width, height, |x, y| {
        let (x, y) = (x as usize, y as usize);
        // Mirrored at the edge, so that a neighbour has the colour that it should have.
        let left = if x > 0 { x - 1 } else { (columns - 1).min(1) };
        let right = if x + 1 < columns {
            x + 1
        } else {
            x.saturating_sub(1)
        };
        let above = if y > 0 { y - 1 } else { (rows - 1).min(1) } * columns;
        let below = if y + 1 < rows {
            y + 1
        } else {
            y.saturating_sub(1)
        } * columns;
        let here = y * columns;
        let level = || f32::midpoint(raw[here + left], raw[here + right]);
        let upright = || f32::midpoint(raw[above + x], raw[below + x]);
        let corners = || {
            (raw[above + left] + raw[above + right] + raw[below + left] + raw[below + right]) / 4.0
        };
        match (x & 1, y & 1) {
            (0, 0) => [raw[here + x], f32::midpoint(level(), upright()), corners()],
            (1, 0) => [level(), raw[here + x], upright()],
            (0, _) => [upright(), raw[here + x], level()],
            (_, _) => [corners(), f32::midpoint(level(), upright()), raw[here + x]],
        }
    })
}

/// Luminance against that of the four neighbours.
fn sharpened(light: Light, strength: f32) -> Light {
    let green: Vec<f32> = light.pixels.iter().map(|pixel| pixel[1]).collect();
    let (columns, rows) = (light.width as usize, light.height as usize);
    light.changed(|x, y, pixel| {
        let (x, y) = (x as usize, y as usize);
        if x == 0 || y == 0 || x + 1 >= columns || y + 1 >= rows {
            return pixel;
        }
        let at = y * columns + x;
        let around = green[at - 1] + green[at + 1] + green[at - columns] + green[at + columns];
        let edge = (green[at] - around / 4.0) * strength;
        pixel.map(|value| (value + edge).max(0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_surface_keeps_its_colour_and_gets_the_noise_of_its_photons() {
        let camera = Camera {
            gain: 1.0,
            balance: [1.0; 3],
            electrons: 2_000.0,
            read_noise: 0.0,
            sharpening: 0.0,
        };
        let surface = [0.5, 0.25, 0.1];
        let mut chance = Chance::new(3, "test", 0);
        let picture = camera.shoot(128, 96, &mut chance, |_, _, channel| surface[channel]);
        let light = Light::of(&picture);
        for (seen, real) in light.mean().into_iter().zip(surface) {
            assert!((seen - real).abs() < 0.003, "{seen} {real}");
        }
        // A green site of an odd column is the sensor's own value, not interpolated.
        let sites = (0..48).flat_map(|y| (0..64).map(move |x| (2 * x + 1, 2 * y)));
        let squares: f32 = sites.map(|(x, y)| (light.at(x, y)[1] - 0.25).powi(2)).sum();
        let variance = squares / (48.0 * 64.0);
        assert!((variance * 2_000.0 / 0.25 - 1.0).abs() < 0.15, "{variance}");
    }
}

//! The grid of a display's subpixels, and how much of it falls on a sensor's pixel.

use crate::chance::Chance;

/// Share of a pixel's height that its subpixels fill.
const TALL: f32 = 0.82;

/// How subpixels are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Red, green and blue stripes side by side in every pixel: LCD.
    Stripes,
    /// Green in every pixel, red and blue in turns, like a chessboard: most OLED phones.
    Diamonds,
}

/// A display's grid.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    layout: Layout,
    /// Width that a subpixel fills of its pixel.
    wide: f32,
}

impl Grid {
    pub fn new(chance: &mut Chance) -> Self {
        if chance.heads(0.5) {
            Self {
                layout: Layout::Stripes,
                wide: chance.within(0.22..0.30),
            }
        } else {
            Self {
                layout: Layout::Diamonds,
                wide: chance.within(0.30..0.45),
            }
        }
    }

    /// Mean brightness of one channel's subpixels over a square of the half side `half` about a place, all in display pixels; 1 in the
    /// mean over the display. Exact for a square that lies along the grid; a sensor's pixel that is turned by a few degrees is taken
    /// for such a one.
    pub fn brightness(self, u: f32, v: f32, half: f32, channel: usize) -> f32 {
        match (self.layout, channel) {
            (Layout::Stripes, _) => {
                let start = channel as f32 / 3.0;
                share(u - start, half, self.wide) / self.wide * (share(v, half, TALL) / TALL)
            }
            (Layout::Diamonds, 1) => {
                share(u, half, self.wide) / self.wide * (share(v, half, self.wide) / self.wide)
            }
            (Layout::Diamonds, _) => {
                // Two lattices of twice the period make a chessboard.
                let (u, v) = (u / 2.0 + channel as f32 / 4.0 + 0.25, v / 2.0 + 0.25);
                let (half, wide) = (half / 2.0, self.wide * 0.75);
                let one = |shift: f32| {
                    share(u + shift, half, wide) / wide * (share(v + shift, half, wide) / wide)
                };
                f32::midpoint(one(0.0), one(0.5))
            }
        }
    }
}

/// Share of `at − half .. at + half` that is covered by bars of this width which begin at every whole number.
fn share(at: f32, half: f32, wide: f32) -> f32 {
    let covered = |end: f32| {
        let whole = end.floor();
        whole * wide + (end - whole).min(wide)
    };
    (covered(at + half) - covered(at - half)) / (2.0 * half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_has_the_mean_one_and_a_wide_pixel_sees_no_grid() {
        for seed in 0..8 {
            let grid = Grid::new(&mut Chance::new(seed, "grid", 0));
            for channel in 0..3 {
                let places = || (0..64).flat_map(|y| (0..64).map(move |x| (x, y)));
                let seen: Vec<f32> = places()
                    .map(|(x, y)| (x as f32 / 32.0, y as f32 / 32.0))
                    .map(|(u, v)| grid.brightness(u, v, 0.2, channel))
                    .collect();
                let mean = seen.iter().sum::<f32>() / seen.len() as f32;
                assert!((mean - 1.0).abs() < 0.02, "{grid:?} {channel} {mean}");
                let most = seen.iter().copied().fold(0.0, f32::max);
                assert!(most > 1.5, "{grid:?} {channel} {most}");
                let wide = grid.brightness(0.37, 0.61, 1.0, channel);
                assert!((wide - 1.0).abs() < 1e-3, "{grid:?} {channel} {wide}");
            }
        }
    }
}

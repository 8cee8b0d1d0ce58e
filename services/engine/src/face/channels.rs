use models::Colour;

/// From RGB bytes to a network's planes: the order of its colours, and `(pixel − mean) / std`.
pub(super) struct Channels([(usize, Box<[f32; 256]>); 3]);

impl Channels {
    /// `mean` and `std` in the order of `colour`, in units of 0..255.
    pub fn new(colour: Colour, mean: [f32; 3], std: [f32; 3]) -> Self {
        Self(std::array::from_fn(|plane| {
            let channel = match colour {
                Colour::Rgb => plane,
                Colour::Bgr => 2 - plane,
            };
            let value = |value| (value as f32 - mean[plane]) / std[plane];
            (channel, Box::new(std::array::from_fn(value)))
        }))
    }

    /// Appends the three planes of rows of `width` pixels, `rgb` three bytes each; every row from right to left when `mirror`.
    pub fn extend(&self, planes: &mut Vec<f32>, rgb: &[u8], width: usize, mirror: bool) {
        for (channel, table) in &self.0 {
            for row in rgb.chunks_exact(width * 3) {
                let (pixels, _) = row.as_chunks::<3>();
                let value = |pixel: &[u8; 3]| table[usize::from(pixel[*channel])];
                if mirror {
                    planes.extend(pixels.iter().rev().map(value));
                } else {
                    planes.extend(pixels.iter().map(value));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_come_in_the_order_of_the_colours_and_rows_may_be_mirrored() {
        let rgb = [10, 20, 30, 40, 50, 60];
        let mut planes = Vec::new();
        let channels = Channels::new(Colour::Bgr, [30.0, 0.0, 0.0], [1.0, 10.0, 1.0]);
        channels.extend(&mut planes, &rgb, 2, true);
        assert_eq!(planes, [30.0, 0.0, 5.0, 2.0, 40.0, 10.0]);
    }
}

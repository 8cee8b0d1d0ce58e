//! Passive presentation attack detection: is the face before the camera, or a picture of it? By networks that see the face with what is
//! around it (Silent-Face-Anti-Spoofing's contract).

use std::path::Path;

use domain::evidence::FaceFacts;
use models::{PresentationAttack, PresentationNetwork};
use ort::{session::Session, value::TensorRef};

use super::{bilinear::bilinear, channels::Channels};
use crate::{Error, picture::Picture, runtime};

const NETWORK: &str = "presentation attack";

/// Most pictures of one run: 16 crops of 80 pixels are 1.2 MB of input.
const BATCH_MAX: usize = 16;
/// Shares of a class are kept this far from 0 and 1 before their log odds are taken: single-precision softmax tells no more.
const SHARE_MIN: f64 = 1e-4;
/// Most that a dark face is brightened; beyond it there is noise to see.
const GAIN_MAX: f32 = 4.0;

/// The networks of one thread.
pub struct Presentation {
    networks: Vec<Network>,
    room_min: f32,
    luma_min: Option<f32>,
}

struct Network {
    session: Session,
    side: usize,
    scale: f32,
    live: usize,
    channels: Channels,
    /// The network's input, kept between runs.
    planes: Vec<f32>,
}

/// A face with what is around it: one square of RGB bytes for each network, in their order.
pub struct Surroundings(Vec<Vec<u8>>);

impl Presentation {
    /// Loads the networks; their hashes are checked.
    pub fn load(part: &PresentationAttack, models_dir: &Path) -> Result<Self, Error> {
        let network = |network: &PresentationNetwork| {
            Ok(Network {
                session: runtime::session(models_dir, &network.file)?,
                side: network.side as usize,
                scale: network.scale,
                live: network.live,
                channels: Channels::new(network.colour, network.mean, network.std),
                planes: Vec::new(),
            })
        };
        Ok(Self {
            networks: part
                .networks
                .iter()
                .map(network)
                .collect::<Result<_, _>>()?,
            room_min: part.room_min,
            luma_min: part.luma_min,
        })
    }

    /// What the networks see of a face; none where the picture ends too near to it.
    pub fn surroundings(&self, picture: &Picture, face: &FaceFacts) -> Option<Surroundings> {
        let pixels = picture.pixels();
        let factor = picture.reduction() as f32;
        let [left, top, width, height] = face.bounds;
        let kept = |submitted: f32| (submitted + 0.5) / factor - 0.5;
        let bounds = [kept(left), kept(top), width / factor, height / factor];
        let size = [pixels.width(), pixels.height()];
        if room(bounds, size) < self.room_min {
            return None;
        }
        let gain = self.luma_min.map_or(1.0, |least| {
            (least / face.luma_mean.max(1.0)).clamp(1.0, GAIN_MAX)
        });
        let crop = |network: &Network| {
            let part = around(bounds, size, network.scale);
            let mut rgb = vec![0; network.side * network.side * 3];
            let mut write = |x: usize, y: usize, pixel: [u8; 3]| {
                let at = (y * network.side + x) * 3;
                // The cast keeps 255 for what is brighter.
                rgb[at..at + 3]
                    .copy_from_slice(&pixel.map(|value| (f32::from(value) * gain) as u8));
            };
            bilinear(pixels, part, [network.side; 2], &mut write);
            rgb
        };
        Some(Surroundings(self.networks.iter().map(crop).collect()))
    }

    /// One score for each face, in their order: the log odds of a live face, mean over the networks, nats.
    pub fn score(&mut self, faces: &[Surroundings]) -> Result<Vec<f64>, Error> {
        let mut sums = vec![0.0; faces.len()];
        for (number, network) in self.networks.iter_mut().enumerate() {
            for (batch, sums) in faces.chunks(BATCH_MAX).zip(sums.chunks_mut(BATCH_MAX)) {
                let crops = batch.iter().map(|face| face.0[number].as_slice());
                for (sum, share) in sums.iter_mut().zip(network.live_shares(crops)?) {
                    let share = f64::from(share).clamp(SHARE_MIN, 1.0 - SHARE_MIN);
                    *sum += (share / (1.0 - share)).ln();
                }
            }
        }
        let count = self.networks.len() as f64;
        Ok(sums.into_iter().map(|sum| sum / count).collect())
    }
}

impl Network {
    /// The share of the live class for each crop.
    fn live_shares<'a>(
        &mut self,
        crops: impl ExactSizeIterator<Item = &'a [u8]>,
    ) -> Result<Vec<f32>, Error> {
        let count = crops.len();
        self.planes.clear();
        for rgb in crops {
            self.channels
                .extend(&mut self.planes, rgb, self.side, false);
        }
        let failed = |source| Error::Inference {
            network: NETWORK,
            source,
        };
        let shape = [count, 3, self.side, self.side];
        let input = TensorRef::from_array_view((shape, self.planes.as_slice())).map_err(failed)?;
        let outputs = self.session.run(ort::inputs![input]).map_err(failed)?;
        let (_, shares) = outputs[0].try_extract_tensor::<f32>().map_err(failed)?;
        let classes = shares.len() / count;
        let whole = shares.len() == classes * count && classes > self.live;
        if !whole || shares.iter().any(|share| !(0.0..=1.0).contains(share)) {
            let detail = format!(
                "{} values for {count} crops are not shares of {} classes or more",
                shares.len(),
                self.live + 1
            );
            return Err(Error::Contract {
                network: NETWORK,
                detail,
            });
        }
        let live = |classes: &[f32]| classes[self.live];
        Ok(shares.chunks_exact(classes).map(live).collect())
    }
}

/// How many times a box of this width and height fits into the picture, along the side where it fits fewer times.
fn room([_, _, width, height]: [f32; 4], size: [u32; 2]) -> f32 {
    let fits = |side: u32, length: f32| (side as f32 - 1.0) / length;
    fits(size[0], width).min(fits(size[1], height))
}

/// The part of the picture (left, top, width, height) that has `scale` times the sides of the box and its centre: less where the picture
/// has no room for it, and moved where it would reach beyond an edge.
fn around(bounds: [f32; 4], size: [u32; 2], scale: f32) -> [usize; 4] {
    let scale = scale.min(room(bounds, size));
    let along = |start: f32, length: f32, side: u32| {
        let (last, reach) = (side as f32 - 1.0, length * scale);
        let first = (start + length / 2.0 - reach / 2.0)
            .min(last - reach)
            .max(0.0);
        // Cut, as the reference does; what rounding adds stays within.
        let end = ((first + reach) as u32).min(side - 1) as usize;
        (first as usize, end + 1 - first as usize)
    };
    let [left, top, width, height] = bounds;
    let ((x, wide), (y, tall)) = (along(left, width, size[0]), along(top, height, size[1]));
    [x, y, wide, tall]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_crop_has_its_scale_about_the_centre_where_there_is_room() {
        assert_eq!(
            around([40.0, 30.0, 20.0, 40.0], [201, 301], 2.0),
            [30, 10, 41, 81]
        );
    }

    #[test]
    fn a_crop_is_moved_off_an_edge_before_it_is_cut() {
        assert_eq!(
            around([0.0, 250.0, 20.0, 40.0], [201, 301], 2.0),
            [0, 220, 41, 81]
        );
    }

    #[test]
    fn without_room_the_whole_of_one_side_is_taken() {
        let bounds = [50.0, 50.0, 100.0, 200.0];
        assert!((room(bounds, [201, 301]) - 1.5).abs() < 1e-6);
        let [_, top, width, height] = around(bounds, [201, 301], 2.7);
        assert_eq!((top, width, height), (0, 151, 301));
    }

    proptest! {
        #[test]
        fn a_crop_lies_within_the_picture(
            left in -300.0_f32..2_000.0, top in -300.0_f32..2_000.0, width in 1.0_f32..3_000.0, height in 1.0_f32..3_000.0,
            wide in 1_u32..2_000, tall in 1_u32..2_000, scale in 1.0_f32..5.0,
        ) {
            let [x, y, across, down] = around([left, top, width, height], [wide, tall], scale);
            prop_assert!(across > 0 && down > 0);
            prop_assert!(x + across <= wide as usize && y + down <= tall as usize);
        }
    }
}

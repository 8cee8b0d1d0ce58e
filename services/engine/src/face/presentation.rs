//! Passive presentation attack detection: is the face before the camera, or a picture of it? By networks that see the face with what is
//! around it (Silent-Face-Anti-Spoofing's contract), and by what an artefact leaves in the light ([`super::traces()`]).

use std::path::Path;

use domain::evidence::FaceFacts;
use models::{PresentationAttack, PresentationNetwork, Traces};
use ort::{session::Session, value::TensorRef};

use super::{
    bilinear::bilinear,
    channels::Channels,
    traces::{self, traces},
};
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
    traces: Option<Traces>,
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

/// A face as it is looked at.
pub struct Surroundings {
    /// One square of RGB bytes for each network, in their order; none where the picture ends too near to the face.
    crops: Option<Vec<Vec<u8>>>,
    /// None where the pack does not ask for them.
    traces: Option<traces::Traces>,
}

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
        let strange = |traces: &Traces| traces.mean.len() != traces::COUNT;
        if part.traces.as_ref().is_some_and(strange) {
            let detail = format!("its traces are not weights of {} numbers", traces::COUNT);
            return Err(Error::Contract {
                network: NETWORK,
                detail,
            });
        }
        Ok(Self {
            networks: part
                .networks
                .iter()
                .map(network)
                .collect::<Result<_, _>>()?,
            room_min: part.room_min,
            luma_min: part.luma_min,
            traces: part.traces.clone(),
        })
    }

    /// What is seen of a face; none where nothing can be said about it.
    pub fn surroundings(&self, picture: &Picture, face: &FaceFacts) -> Option<Surroundings> {
        let wanted = self.traces.as_ref();
        let traces = wanted.and_then(|_| traces(picture, face));
        let crops = self.crops(picture, face);
        let something = match wanted {
            Some(_) => traces.is_some(),
            None => crops.is_some(),
        };
        something.then_some(Surroundings { crops, traces })
    }

    fn crops(&self, picture: &Picture, face: &FaceFacts) -> Option<Vec<Vec<u8>>> {
        let pixels = picture.pixels();
        let factor = picture.reduction() as f32;
        let [left, top, width, height] = face.bounds;
        let kept = |submitted: f32| (submitted + 0.5) / factor - 0.5;
        let bounds = [kept(left), kept(top), width / factor, height / factor];
        let size = [pixels.width(), pixels.height()];
        if self.networks.is_empty() || room(bounds, size) < self.room_min {
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
        Some(self.networks.iter().map(crop).collect())
    }

    /// One score for each face, in their order: the log odds of a live face, nats, by the networks' mean or, where the pack has them, by the traces and
    /// that mean.
    pub fn score(&mut self, faces: &[Surroundings]) -> Result<Vec<f64>, Error> {
        let means = self.means(faces)?;
        let score = |(face, mean): (&Surroundings, Option<f64>)| {
            let traces = self.traces.as_ref().zip(face.traces.as_ref());
            let log_odds =
                |(weights, found): (&Traces, &traces::Traces)| weights.log_odds(&found.0, mean);
            traces.and_then(log_odds).or(mean).unwrap_or(0.0)
        };
        Ok(faces.iter().zip(means).map(score).collect())
    }

    /// Mean log odds of the networks of one face; none where they do not see it.
    pub fn mean(&mut self, picture: &Picture, face: &FaceFacts) -> Result<Option<f64>, Error> {
        let surroundings = Surroundings {
            crops: self.crops(picture, face),
            traces: None,
        };
        Ok(self.means(&[surroundings])?.into_iter().flatten().next())
    }

    /// Mean log odds of the networks; none of a face that they do not see.
    fn means(&mut self, faces: &[Surroundings]) -> Result<Vec<Option<f64>>, Error> {
        let seen = |face: &Surroundings| face.crops.is_some();
        let crops: Vec<&Vec<Vec<u8>>> = faces
            .iter()
            .filter_map(|face| face.crops.as_ref())
            .collect();
        let mut sums = vec![0.0; crops.len()];
        for (number, network) in self.networks.iter_mut().enumerate() {
            for (batch, sums) in crops.chunks(BATCH_MAX).zip(sums.chunks_mut(BATCH_MAX)) {
                let crops = batch.iter().map(|crops| crops[number].as_slice());
                for (sum, share) in sums.iter_mut().zip(network.live_shares(crops)?) {
                    let share = f64::from(share).clamp(SHARE_MIN, 1.0 - SHARE_MIN);
                    *sum += (share / (1.0 - share)).ln();
                }
            }
        }
        let count = self.networks.len().max(1) as f64;
        let mut means = sums.into_iter().map(|sum| sum / count);
        Ok(faces
            .iter()
            .map(|face| if seen(face) { means.next() } else { None })
            .collect())
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

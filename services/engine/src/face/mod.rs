//! From a picture to facts about its face and an embedding: detect → choose → align → quality, embed.

pub mod align;
mod bilinear;
mod centerface;
mod channels;
mod cover;
pub mod detection;
mod detector;
mod letterbox;
mod light;
mod presentation;
pub mod quality;
mod recogniser;
mod traces;
mod yunet;

use std::path::Path;

use domain::evidence::{FlashLight, PictureFacts};

pub use align::{Crop, Similarity};
pub use detection::Detection;
pub use detector::Detector;
pub use presentation::{Presentation, Surroundings};
pub use recogniser::{Recogniser, Views};
pub use traces::{COUNT as TRACES, Traces, traces};

use crate::{Embedding, Error, Timings, picture::Picture, presence};

/// The face networks of one thread.
pub struct Face {
    /// Finds faces.
    pub detector: Detector,
    /// Embeds crops.
    pub recogniser: Recogniser,
}

impl Face {
    /// Loads both networks; their hashes are checked. [`crate::runtime::start`] comes first.
    pub fn load(
        detector: &models::Detector,
        recogniser: &models::Recogniser,
        models_dir: &Path,
    ) -> Result<Self, Error> {
        Ok(Self {
            detector: Detector::load(detector, models_dir)?,
            recogniser: Recogniser::load(recogniser, models_dir)?,
        })
    }

    /// What is in the picture, and the aligned crop of the face that counts: the largest and most central.
    pub fn find(
        &mut self,
        picture: &Picture,
        timings: &mut Timings,
    ) -> Result<(PictureFacts, Option<Crop>), Error> {
        let detections = timings.detect.time(1, || self.detector.detect(picture))?;
        let mut facts = PictureFacts {
            width: picture.width(),
            height: picture.height(),
            faces: detections.len() as u32,
            face: None,
        };
        let Some(chosen) = detection::largest_central(&detections, picture) else {
            return Ok((facts, None));
        };
        facts.face = Some(
            timings
                .quality
                .time(1, || quality::measure(picture, chosen)),
        );
        let crop = timings
            .align
            .time(1, || self.recogniser.align(picture, chosen));
        Ok((facts, crop))
    }

    /// How many faces there are, the light on the one that counts and its aligned crop.
    pub fn lit(
        &mut self,
        picture: &Picture,
        timings: &mut Timings,
    ) -> Result<(u32, Option<FlashLight>, Option<Crop>), Error> {
        let detections = timings.detect.time(1, || self.detector.detect(picture))?;
        let count = detections.len() as u32;
        let Some(chosen) = detection::largest_central(&detections, picture) else {
            return Ok((count, None, None));
        };
        let light = timings.light.time(1, || {
            let crop = quality::crop(picture, chosen)?;
            presence::light(picture, chosen, &crop)
        });
        let crop = timings
            .align
            .time(1, || self.recogniser.align(picture, chosen));
        Ok((count, light, crop))
    }

    /// One embedding for each crop, in their order.
    pub fn embed(
        &mut self,
        crops: &[(Crop, Views)],
        timings: &mut Timings,
    ) -> Result<Vec<Embedding>, Error> {
        timings
            .embed
            .time(crops.len(), || self.recogniser.embed(crops))
    }
}

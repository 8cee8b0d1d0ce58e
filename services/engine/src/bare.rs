//! The networks of a pack alone, on inputs made beforehand: what a check-in would cost if nothing but them ran.
//!
//! For measuring only: it is the mark that [`crate::Sessions`] is compared with. The inputs have the shapes and counts
//! that one check-in gives to the networks; their contents come from the same pictures and the same recording, scaled
//! crudely, for a network's time does not depend on them.

use std::path::Path;

use models::{Colour, DetectorKind, Pack, PresentationNetwork};
use ort::{session::Session, value::TensorRef};

use crate::{Error, audio::RATE_HZ, face::Views, picture::Picture, runtime};

/// Silero's window with its context, and its state: see the pack's contract.
const WINDOW: usize = 512;
const CONTEXT: usize = 64;
const STATE: usize = 2 * 128;

/// The networks, with the session options of the engine.
pub struct Bare {
    detector: Session,
    recogniser: Session,
    activity: Session,
    speaker: Session,
    digits: Option<Session>,
    presentation: Vec<Session>,
}

/// What one check-in gives to the networks.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Side of the detector's input and one input for each picture.
    detector: (usize, Vec<Vec<f32>>),
    /// Side of the crops, their number with mirrored ones, and all of them as one input.
    recogniser: (usize, usize, Vec<f32>),
    /// One input for each window of the recording.
    windows: Vec<Vec<f32>>,
    /// Speech without its pauses.
    speech: Vec<f32>,
    /// The whole recording where the digit network runs.
    digits: Option<Vec<f32>>,
    /// For each network against presentation attacks the side of the crops, their number, and all of them as one input.
    presentation: Vec<(usize, usize, Vec<f32>)>,
}

impl Inputs {
    /// Of a check-in with a face in each picture. `samples`: 16 kHz mono; `speech`: the part of them that the speaker
    /// network gets; `runs_digits`: the digit network runs on the recording; `presented`: so many of the pictures have room round the face,
    /// and are looked at for presentation attacks.
    ///
    /// # Errors
    /// [`Error::Contract`] when the speaker network takes filter-bank features: those are not made here.
    pub fn new(
        pack: &Pack,
        pictures: &[Picture],
        samples: &[f32],
        speech: &[f32],
        runs_digits: bool,
        presented: usize,
    ) -> Result<Self, Error> {
        if pack.speaker.features != models::SpeakerFeatures::Waveform {
            let detail = "it takes filter-bank features, which have no bare form".to_owned();
            return Err(Error::Contract {
                network: "speaker",
                detail,
            });
        }
        let (detector, recogniser) = (&pack.face_detector, &pack.face_recogniser);
        let colour = match detector.kind {
            DetectorKind::Yunet => Colour::Bgr,
            DetectorKind::Centerface => Colour::Rgb,
        };
        let views = Views::of_attempt(pictures.len()).runs(recogniser.mirrored);
        let crop = |picture| {
            planes(
                picture,
                recogniser.side,
                recogniser.colour,
                (recogniser.mean, recogniser.std),
            )
            .repeat(views)
        };
        let looked = |network: &PresentationNetwork| {
            let (shift, pictures) = ((network.mean, network.std), &pictures[..presented]);
            let crops = pictures
                .iter()
                .flat_map(|picture| planes(picture, network.side, network.colour, shift));
            (network.side as usize, presented, crops.collect())
        };
        Ok(Self {
            detector: (
                detector.side as usize,
                pictures
                    .iter()
                    .map(|picture| planes(picture, detector.side, colour, ([0.0; 3], [1.0; 3])))
                    .collect(),
            ),
            recogniser: (
                recogniser.side as usize,
                pictures.len() * views,
                pictures.iter().flat_map(crop).collect(),
            ),
            windows: windows(samples),
            speech: speech.to_vec(),
            digits: runs_digits.then(|| samples.to_vec()),
            presentation: pack.presentation_networks().map(looked).collect(),
        })
    }

    /// Runs of each network: detector, recogniser (crops in its one run), voice activity, speaker, digits, presentation attack (crops in
    /// one run of each network).
    pub fn counts(&self) -> [usize; 6] {
        [
            self.detector.1.len(),
            self.recogniser.1,
            self.windows.len(),
            1,
            usize::from(self.digits.is_some()),
            self.presentation.iter().map(|(_, count, _)| count).sum(),
        ]
    }
}

impl Bare {
    /// Loads the runtime library and the networks below `home`, as [`crate::Sessions::load`] does.
    ///
    /// # Errors
    /// As there.
    pub fn load(pack: &Pack, home: &Path) -> Result<Self, Error> {
        runtime::start(&home.join(runtime::LIBRARY))?;
        let models_dir = home.join(runtime::MODELS);
        let session = |file| runtime::session(&models_dir, file);
        Ok(Self {
            detector: session(&pack.face_detector.file)?,
            recogniser: session(&pack.face_recogniser.file)?,
            activity: session(&pack.voice_activity.file)?,
            speaker: session(&pack.speaker.file)?,
            digits: pack
                .digits
                .as_ref()
                .map(|digits| session(&digits.file))
                .transpose()?,
            presentation: pack
                .presentation_networks()
                .map(|network| session(&network.file))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Runs the face networks: the detector once a picture, the recogniser once, each network against presentation attacks once.
    ///
    /// # Errors
    /// Of a network.
    pub fn face(&mut self, inputs: &Inputs) -> Result<(), Error> {
        let failed = |network| move |source| Error::Inference { network, source };
        let (side, pictures) = &inputs.detector;
        for planes in pictures {
            run(&mut self.detector, &[1, 3, *side, *side], planes)
                .map_err(failed("face detector"))?;
        }
        let (side, count, planes) = &inputs.recogniser;
        if *count > 0 {
            run(&mut self.recogniser, &[*count, 3, *side, *side], planes)
                .map_err(failed("face recogniser"))?;
        }
        for (network, (side, count, planes)) in
            self.presentation.iter_mut().zip(&inputs.presentation)
        {
            if *count > 0 {
                run(network, &[*count, 3, *side, *side], planes)
                    .map_err(failed("presentation attack"))?;
            }
        }
        Ok(())
    }

    /// Runs the voice networks: voice activity window by window, then the speaker, then the digits where asked for.
    ///
    /// # Errors
    /// Of a network.
    pub fn voice(&mut self, inputs: &Inputs) -> Result<(), Error> {
        let failed = |network| move |source| Error::Inference { network, source };
        activity(&mut self.activity, &inputs.windows).map_err(failed("voice activity"))?;
        run(&mut self.speaker, &[1, inputs.speech.len()], &inputs.speech)
            .map_err(failed("speaker"))?;
        if let Some((network, samples)) = self.digits.as_mut().zip(inputs.digits.as_ref()) {
            run(network, &[1, samples.len()], samples).map_err(failed("spoken digits"))?;
        }
        Ok(())
    }
}

fn run(session: &mut Session, shape: &[usize], values: &[f32]) -> ort::Result<()> {
    let input = TensorRef::from_array_view((shape.to_vec(), values))?;
    session.run(ort::inputs![input])?;
    Ok(())
}

fn activity(session: &mut Session, windows: &[Vec<f32>]) -> ort::Result<()> {
    let rate = [i64::from(RATE_HZ)];
    let mut state = vec![0.0_f32; STATE];
    for window in windows {
        let outputs = session.run(ort::inputs! {
            "input" => TensorRef::from_array_view(([1, CONTEXT + WINDOW], window.as_slice()))?,
            "state" => TensorRef::from_array_view(([2, 1, STATE / 2], state.as_slice()))?,
            "sr" => TensorRef::from_array_view(([0_usize; 0], rate.as_slice()))?,
        })?;
        let (_, next) = outputs[1].try_extract_tensor::<f32>()?;
        state.copy_from_slice(next);
    }
    Ok(())
}

fn windows(samples: &[f32]) -> Vec<Vec<f32>> {
    let window = |index: usize| {
        let sample = |at: usize| {
            (index * WINDOW + at)
                .checked_sub(CONTEXT)
                .and_then(|at| samples.get(at))
                .copied()
        };
        (0..CONTEXT + WINDOW)
            .map(|at| sample(at).unwrap_or(0.0))
            .collect()
    };
    (0..samples.len().div_ceil(WINDOW)).map(window).collect()
}

/// The picture squeezed into a square of planes by taking the nearest pixels: `(pixel − mean) / deviation`.
fn planes(
    picture: &Picture,
    side: u32,
    colour: Colour,
    (mean, deviation): ([f32; 3], [f32; 3]),
) -> Vec<f32> {
    let pixels = picture.pixels();
    let order = match colour {
        Colour::Rgb => [0, 1, 2],
        Colour::Bgr => [2, 1, 0],
    };
    let value = |plane: usize, x: u32, y: u32| {
        let pixel = pixels.get_pixel(x * pixels.width() / side, y * pixels.height() / side);
        (f32::from(pixel.0[order[plane]]) - mean[plane]) / deviation[plane]
    };
    let at = |plane: usize| (0..side).flat_map(move |y| (0..side).map(move |x| (plane, x, y)));
    (0..3)
        .flat_map(at)
        .map(|(plane, x, y)| value(plane, x, y))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_overlap_by_their_context_and_the_last_is_filled_up() {
        let samples: Vec<f32> = (1..=600_u16).map(f32::from).collect();
        let windows = windows(&samples);
        assert_eq!(windows.len(), 2);
        assert!(
            windows
                .iter()
                .all(|window| window.len() == CONTEXT + WINDOW)
        );
        let whole = |window: &[f32]| window.iter().map(|value| *value as u16).collect::<Vec<_>>();
        assert_eq!(
            whole(&windows[0][..=CONTEXT]),
            [vec![0; CONTEXT], vec![1]].concat()
        );
        assert_eq!(whole(&windows[1][..2]), [449, 450]);
        assert_eq!(whole(&windows[1][CONTEXT + 87..CONTEXT + 89]), [600, 0]);
    }

    #[test]
    fn planes_hold_the_channels_in_their_order() {
        let picture = Picture::from_rgb(2, 2, [10, 20, 30].repeat(4)).unwrap();
        let planes = planes(&picture, 2, Colour::Bgr, ([0.0; 3], [10.0; 3]));
        let whole: Vec<u8> = planes.iter().map(|value| *value as u8).collect();
        assert_eq!(whole, [[3; 4], [2; 4], [1; 4]].concat());
    }
}

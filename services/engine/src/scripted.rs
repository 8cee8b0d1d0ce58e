//! The engine's twin for tests and simulations: plays prepared measurements, else a genuine one.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{
    Llr,
    evidence::{
        Comparison, ContentMethod, FaceFacts, FlashFrame, FlashLight, FlashMeasurement, Likeness,
        Measurement, PictureFacts, PictureMeasurement, PresenceMeasurement, TurnMeasurement,
        VoiceFacts, VoiceMeasurement,
    },
};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Embedding, Enrolled, Error, FaceTemplate, Probe, Samples, Showing,
    presence::{FLASH, TURN},
    voice::VoiceTemplate,
};

/// Raw score and log-likelihood ratio of a genuine comparison.
const GENUINE: (f64, f64) = (0.9, 6.0);
/// How far a head is turned that is turned as asked, degrees.
const TURNED_DEG: f64 = 30.0;
/// Score of a face that follows the colours.
const FOLLOWED: f64 = 6.0;
/// Numbers of a face.
const LIKENESS_LEN: usize = 128;
/// Nats per unit of a face's score.
const FACE_NATS: f64 = 26.0;

/// An engine that plays what it was told. Clones share their script.
#[derive(Debug, Clone)]
pub struct Scripted {
    pack: &'static str,
    room: Arc<Semaphore>,
    script: Arc<Mutex<Script>>,
    reads: Option<fn(&Probe) -> Measurement>,
}

#[derive(Debug, Default)]
struct Script {
    measurements: VecDeque<Result<Measurement, Error>>,
    probes: Vec<Probe>,
}

impl Scripted {
    /// What its pack is called.
    pub const PACK: &str = "scripted@1";

    /// Holds this many requests at once.
    pub fn new(queue_len_max: usize) -> Self {
        Self {
            pack: Self::PACK,
            room: Arc::new(Semaphore::new(queue_len_max)),
            script: Arc::default(),
            reads: None,
        }
    }

    /// As if its networks were another pack's, `name@version`.
    pub fn of_pack(pack: &'static str, queue_len_max: usize) -> Self {
        Self {
            pack,
            ..Self::new(queue_len_max)
        }
    }

    pub(crate) const fn pack(&self) -> &'static str {
        self.pack
    }

    /// Measures each attempt by what stands in its bytes, and remembers none.
    pub fn reading(queue_len_max: usize, reads: fn(&Probe) -> Measurement) -> Self {
        Self {
            reads: Some(reads),
            ..Self::new(queue_len_max)
        }
    }

    /// The answer to the next attempt that has none prepared yet.
    pub fn play(&self, measured: Result<Measurement, Error>) {
        self.script().measurements.push_back(measured);
    }

    /// The attempts seen so far, in their order.
    pub fn probes(&self) -> Vec<Probe> {
        self.script().probes.clone()
    }

    /// What is measured when nothing was prepared: every picture shows one good face, every recording is clear, and
    /// whatever can be compared is the person's own.
    pub fn genuine(probe: &Probe) -> Measurement {
        let llr = Llr::new(GENUINE.1).expect("the constant is finite");
        let own = Comparison {
            score: GENUINE.0,
            llr,
        };
        let picture = PictureMeasurement {
            facts: Ok(good_picture()),
            comparison: probe.face_template.as_ref().map(|_| own),
            presentation: Some(own),
            coding: None,
            print: None,
            likeness: None,
        };
        let voice = probe.voice.as_ref().map(|_| VoiceMeasurement {
            facts: Ok(good_voice()),
            speaker: probe.voice_template.as_ref().map(|_| own),
            content: probe.prompt.as_ref().map(|_| (ContentMethod::Network, own)),
            presentation: Some(own),
            print: None,
        });
        let presence = probe
            .presence
            .as_ref()
            .map(|shown| followed(shown, &picture));
        Measurement {
            pack: Some(Self::PACK.to_owned()),
            pictures: vec![picture; probe.pictures.len()],
            voice,
            presence,
        }
    }

    /// Where the face lies that a picture shows: of `picture 0 of zhang` zhang's, of anything without ` of ` its own.
    pub fn likeness(picture: &[u8]) -> Likeness {
        const OF: &[u8] = b" of ";
        let named = picture.windows(OF.len()).rposition(|part| part == OF);
        let digest = Sha256::digest(&picture[named.map_or(0, |at| at + OF.len())..]);
        let sign = |bit: usize| f32::from(digest[bit / 8] >> (bit % 8) & 1) - 0.5;
        Likeness::new((0..LIKENESS_LEN).map(sign).collect())
    }

    /// As a pack's calibration has it: one face is 13 nats, two of chance are 11 nats or so against it.
    pub(crate) fn face_llr(score: f64) -> f64 {
        FACE_NATS * (score - 0.5)
    }

    pub(crate) async fn reserve(&self) -> Result<Seat, Error> {
        let permit = self
            .room
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Error::Closed)?;
        Ok(Seat {
            scripted: self.clone(),
            _permit: permit,
        })
    }

    pub(crate) fn try_reserve(&self) -> Option<Seat> {
        let permit = self.room.clone().try_acquire_owned().ok()?;
        Some(Seat {
            scripted: self.clone(),
            _permit: permit,
        })
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One reserved place.
pub(crate) struct Seat {
    scripted: Scripted,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    pub(crate) fn verify(self, probe: Probe) -> Result<Measurement, Error> {
        if let Some(reads) = self.scripted.reads {
            return Ok(reads(&probe));
        }
        let mut script = self.scripted.script();
        let measured = script
            .measurements
            .pop_front()
            .unwrap_or_else(|| Ok(Scripted::genuine(&probe)));
        script.probes.push(probe);
        measured
    }

    pub(crate) fn enrol(self, samples: &Samples) -> Enrolled {
        let llr = Llr::new(GENUINE.1).expect("the constant is finite");
        let llrs = |count: usize| vec![(count > 1).then_some(llr); count];
        let first = samples.pictures.first().map_or(&[][..], |first| &first[..]);
        let likeness = Scripted::likeness(first).values().to_vec();
        let embedding = Embedding::normalise(likeness).expect("no number is 0");
        let (pictures, phrases) = (samples.pictures.len(), samples.phrases.len());
        Enrolled {
            pictures: vec![Ok(good_picture()); pictures],
            picture_llrs: llrs(pictures),
            phrases: vec![Ok(good_voice()); phrases],
            phrase_llrs: llrs(phrases),
            face: FaceTemplate::new(self.scripted.pack, vec![embedding; pictures]),
            voice: (phrases > 0).then(|| VoiceTemplate::scripted(self.scripted.pack)),
            picture_prints: vec![None; pictures],
            phrase_prints: vec![None; phrases],
        }
    }
}

/// Every question that has an answer is answered as it was asked.
fn followed(shown: &Showing, picture: &PictureMeasurement) -> PresenceMeasurement {
    let frame = FlashFrame {
        faces: Ok(1),
        light: Some(FlashLight {
            skin: [0.3; 3],
            clipped: 0.0,
            luma: 140.0,
            behind: Some([0.2; 3]),
        }),
        comparison: picture.comparison,
    };
    let frames: Vec<_> = shown
        .flash
        .iter()
        .map(|came| came.as_ref().map(|_| frame.clone()))
        .collect();
    let whole = frames.iter().all(Option::is_some);
    let any = frames.iter().any(Option::is_some);
    PresenceMeasurement {
        asked: shown.asked.clone(),
        turn: shown.turn.as_ref().map(|_| TurnMeasurement {
            picture: PictureMeasurement {
                presentation: None,
                ..picture.clone()
            },
            followed: Some(TURN.comparison(TURNED_DEG)),
        }),
        flash: any.then(|| FlashMeasurement {
            frames,
            gain: Some(0.2),
            behind: Some(0.1),
            followed: whole.then(|| FLASH.comparison(FOLLOWED)),
        }),
    }
}

/// A sharp, evenly lit face that looks into the camera.
fn good_picture() -> PictureFacts {
    let face = FaceFacts {
        bounds: [200.0, 140.0, 240.0, 300.0],
        detection: 0.95,
        eye_distance_px: 100.0,
        sharpness: 400.0,
        luma_mean: 130.0,
        luma_std: 45.0,
        overexposed: 0.0,
        underexposed: 0.0,
        yaw_deg: 0.0,
        pitch_deg: 0.0,
        roll_deg: 0.0,
        inside: Some(1.0),
        luma_entropy_bits: Some(7.2),
        uniformity: Some(0.85),
        eyes_luma: Some(0.7),
        mouth_contrast: Some(0.4),
    };
    PictureFacts {
        width: 640,
        height: 640,
        faces: 1,
        face: Some(face),
    }
}

/// Four seconds of clear speech.
const fn good_voice() -> VoiceFacts {
    VoiceFacts {
        duration_s: 6.0,
        speech_s: 4.0,
        level_dbfs: -20.0,
        snr_db: Some(30.0),
        clipped: 0.0,
        bandwidth_hz: Some(8_000.0),
    }
}

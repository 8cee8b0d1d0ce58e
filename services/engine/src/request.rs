use bytes::Bytes;
use domain::{
    Llr,
    challenge::Presence,
    evidence::{MediaFault, PictureFacts, VoiceFacts},
    print::{PicturePrint, SoundPrint},
};

use crate::{FaceTemplate, face::Views, voice::VoiceTemplate};

/// What a picture was taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// A template: made once, with care, and an officer stands by.
    Enrolment,
    /// A frontal picture of an attempt: also looked at for presentation attacks.
    Front,
    /// The head turned.
    Turn,
    /// The light of a colour on the face: of the picture nothing but that and the face is needed, so it is made small first.
    Light,
}

/// What is asked of one picture besides its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// What the recogniser sees.
    pub views: Views,
    pub aim: Aim,
}

/// What the person was asked to show besides a frontal face, and the picture files in answer.
#[derive(Debug, Clone, Default)]
pub struct Showing {
    pub asked: Presence,
    /// The head turned.
    pub turn: Option<Bytes>,
    /// In the order of the colours that were asked for; none where no picture came.
    pub flash: Vec<Option<Bytes>>,
}

/// What one attempt submitted, and what it is compared with.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// Picture files.
    pub pictures: Vec<Bytes>,
    /// The recording file.
    pub voice: Option<Bytes>,
    /// The person's face as enrolled.
    pub face_template: Option<FaceTemplate>,
    /// The person's voice as enrolled.
    pub voice_template: Option<VoiceTemplate>,
    /// The digits that the person was asked to speak.
    pub prompt: Option<String>,
    /// None where nothing of the kind was asked.
    pub presence: Option<Showing>,
}

impl Probe {
    /// Its pictures, and what is asked of each: first the frontal ones, then the turned one, then those in the light of colours.
    pub(crate) fn looks(&self) -> impl Iterator<Item = (&[u8], Look)> {
        let front = Look {
            views: Views::of_attempt(self.pictures.len()),
            aim: Aim::Front,
        };
        let of_one = |aim| Look {
            views: Views::One,
            aim,
        };
        let turn = self.presence.iter().filter_map(|shown| shown.turn.as_ref());
        let flash = self.presence.iter().flat_map(|shown| &shown.flash);
        let front = self.pictures.iter().map(move |picture| (picture, front));
        front
            .chain(turn.map(move |picture| (picture, of_one(Aim::Turn))))
            .chain(
                flash
                    .flatten()
                    .map(move |picture| (picture, of_one(Aim::Light))),
            )
            .map(|(picture, look)| (picture.as_ref(), look))
    }
}

/// What an enrolment captured.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// Picture files.
    pub pictures: Vec<Bytes>,
    /// Recordings of known texts.
    pub phrases: Vec<Phrase>,
}

impl Samples {
    /// Its pictures.
    pub(crate) fn looks(&self) -> impl Iterator<Item = (&[u8], Look)> {
        let look = Look {
            views: Views::Both,
            aim: Aim::Enrolment,
        };
        self.pictures
            .iter()
            .map(move |picture| (picture.as_ref(), look))
    }
}

/// One recording of a known text.
#[derive(Debug, Clone)]
pub struct Phrase {
    /// The recording file.
    pub audio: Bytes,
    /// The digits that were read aloud.
    pub text: String,
}

/// What an enrolment became: facts about every sample in its order, and the templates of those that have a face (speech).
#[derive(Debug, Clone)]
pub struct Enrolled {
    /// About each picture.
    pub pictures: Vec<Result<PictureFacts, MediaFault>>,
    /// Each picture's face against the centroid of the other pictures': samples of two people show here. None without a
    /// face, or without another picture that has one.
    pub picture_llrs: Vec<Option<Llr>>,
    /// About each phrase.
    pub phrases: Vec<Result<VoiceFacts, MediaFault>>,
    /// Each phrase's speaker against the others', likewise.
    pub phrase_llrs: Vec<Option<Llr>>,
    /// None when no picture has a face.
    pub face: Option<FaceTemplate>,
    /// None when no phrase has speech.
    pub voice: Option<VoiceTemplate>,
    /// Each picture's; none of one that cannot be read.
    pub picture_prints: Vec<Option<PicturePrint>>,
    /// Each phrase's, likewise.
    pub phrase_prints: Vec<Option<SoundPrint>>,
}

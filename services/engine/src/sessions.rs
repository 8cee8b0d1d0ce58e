use std::path::Path;

use domain::{
    Llr,
    evidence::{
        Coding, Comparison, FlashFrame, FlashLight, Likeness, Measurement, MediaFault,
        PictureFacts, PictureMeasurement, PresenceMeasurement, VoiceMeasurement,
    },
    print::PicturePrint,
};
use models::{Calibration, Pack};

use crate::{
    Aim, Embedding, Enrolled, Error, FaceTemplate, Look, Probe, Samples, Showing, Timings,
    face::{self, Crop, Face, Presentation, Surroundings, Traces, Views},
    picture, presence, print, runtime,
    voice::Voice,
};

/// One picture that was read.
#[derive(Debug, Clone)]
pub struct Seen {
    pub facts: PictureFacts,
    /// Of the face that counts.
    pub embedding: Option<Embedding>,
    /// That it is live: [`Presentation::score`]. None where nobody asked, or nothing can be said.
    pub presentation: Option<f64>,
    /// By what the file was coded.
    pub coding: Option<Coding>,
    /// By which copies are known; none without a face.
    pub print: Option<PicturePrint>,
    /// Of a picture taken for its light, and then facts are no more than the number of faces.
    pub light: Option<FlashLight>,
}

/// One picture, or why it could not be read.
pub type FaceSeen = Result<Seen, MediaFault>;

/// All networks of a pack, owned by one thread.
pub struct Sessions {
    pack: String,
    face_calibration: Calibration,
    face: Face,
    /// With the calibration of its scores.
    presentation: Option<(Presentation, Calibration)>,
    voice: Voice,
    timings: Timings,
}

impl Sessions {
    /// Loads the runtime library and every network below `home` (`runtime/`, `models/`); hashes are checked.
    pub fn load(pack: &Pack, home: &Path) -> Result<Self, Error> {
        runtime::start(&home.join(runtime::LIBRARY))?;
        let models_dir = home.join(runtime::MODELS);
        Ok(Self {
            pack: format!("{}@{}", pack.name, pack.version),
            face_calibration: pack.face_recogniser.calibration.clone(),
            face: Face::load(&pack.face_detector, &pack.face_recogniser, &models_dir)?,
            presentation: pack
                .presentation_attack
                .as_ref()
                .map(|part| {
                    let networks = Presentation::load(part, &models_dir)?;
                    Ok::<_, Error>((networks, part.calibration.clone()))
                })
                .transpose()?,
            voice: Voice::load(pack, &models_dir)?,
            timings: Timings::default(),
        })
    }

    /// `name@version`.
    pub fn pack(&self) -> &str {
        &self.pack
    }

    /// Where the time went since loading, or since the last [`Self::take_timings`].
    pub const fn timings(&self) -> &Timings {
        &self.timings
    }

    /// Reads the timings and begins new ones.
    pub fn take_timings(&mut self) -> Timings {
        std::mem::take(&mut self.timings)
    }

    /// The face networks.
    pub const fn face_networks(&mut self) -> &mut Face {
        &mut self.face
    }

    /// The voice networks.
    pub const fn voice_networks(&mut self) -> &mut Voice {
        &mut self.voice
    }

    /// Decodes one picture file, and finds, aligns, embeds and looks at its face.
    pub fn face(&mut self, bytes: &[u8]) -> Result<FaceSeen, Error> {
        let look = Look {
            views: Views::Both,
            aim: Aim::Front,
        };
        let mut seen = self.faces([(bytes, look)])?;
        Ok(seen.pop().expect("one picture went in"))
    }

    /// The same for several: each network sees all their faces together.
    pub fn faces<'a>(
        &mut self,
        files: impl IntoIterator<Item = (&'a [u8], Look)>,
    ) -> Result<Vec<FaceSeen>, Error> {
        let mut crops: Vec<(Crop, Views)> = Vec::new();
        let mut around: Vec<Surroundings> = Vec::new();
        let mut found = Vec::new();
        for (bytes, look) in files {
            // One decoded picture at a time is in memory; of each only the crops stay.
            let decoded = self.timings.decode.time(1, || picture::decode(bytes));
            found.push(match decoded {
                Err(fault) => Err(fault),
                Ok(picture) if look.aim == Aim::Light => {
                    let small = picture.shrunk(presence::LIT_SIDE_MAX);
                    let (faces, light, crop) = self.face.lit(&small, &mut self.timings)?;
                    let facts = PictureFacts {
                        width: small.width(),
                        height: small.height(),
                        faces,
                        face: None,
                    };
                    let has = (crop.is_some(), false);
                    crops.extend(crop.map(|crop| (crop, look.views)));
                    Ok((facts, (None, None, light), has))
                }
                Ok(picture) => {
                    let (facts, crop) = self.face.find(&picture, &mut self.timings)?;
                    let live = look.aim == Aim::Front;
                    let networks = self.presentation.as_ref().filter(|_| live);
                    let surroundings =
                        networks
                            .zip(facts.face.as_ref())
                            .and_then(|((networks, _), face)| {
                                let cut = || networks.surroundings(&picture, face);
                                self.timings.presentation.time(0, cut)
                            });
                    let coding = picture::coding::of(bytes);
                    let print = crop.as_ref().map(|crop| print::of(&picture, crop));
                    let has = (crop.is_some(), surroundings.is_some());
                    crops.extend(crop.map(|crop| (crop, look.views)));
                    around.extend(surroundings);
                    Ok((facts, (coding, print, None), has))
                }
            });
        }
        let mut embeddings = self.face.embed(&crops, &mut self.timings)?.into_iter();
        let mut scores = self.present(&around)?.into_iter();
        let mut seen = |(facts, (coding, print, light), (has_crop, has_surroundings))| Seen {
            facts,
            coding,
            print,
            light,
            embedding: if has_crop { embeddings.next() } else { None },
            presentation: if has_surroundings {
                scores.next()
            } else {
                None
            },
        };
        Ok(found
            .into_iter()
            .map(|picture| picture.map(&mut seen))
            .collect())
    }

    /// What an artefact would leave in one picture file, and the networks' mean log odds of a live face, where they see it. None without a face.
    ///
    /// # Errors
    /// Of the networks.
    pub fn traces(&mut self, bytes: &[u8]) -> Result<Option<(Traces, Option<f64>)>, Error> {
        let Ok(picture) = picture::decode(bytes) else {
            return Ok(None);
        };
        let (facts, _) = self.face.find(&picture, &mut self.timings)?;
        let Some(face) = facts.face else {
            return Ok(None);
        };
        let Some(traces) = face::traces(&picture, &face) else {
            return Ok(None);
        };
        let mean = self
            .presentation
            .as_mut()
            .map(|(networks, _)| networks.mean(&picture, &face))
            .transpose()?;
        Ok(Some((traces, mean.flatten())))
    }

    /// One score for each face, in their order.
    fn present(&mut self, faces: &[Surroundings]) -> Result<Vec<f64>, Error> {
        let Some((networks, _)) = self.presentation.as_mut() else {
            return Ok(Vec::new());
        };
        self.timings
            .presentation
            .time(faces.len(), || networks.score(faces))
    }

    /// Measures one attempt.
    pub fn verify(&mut self, probe: &Probe) -> Result<Measurement, Error> {
        let seen = self.faces(probe.looks())?;
        self.conclude(probe, seen)
    }

    /// An attempt whose pictures were seen already: compares, and listens to the recording.
    pub(crate) fn conclude(
        &mut self,
        probe: &Probe,
        seen: Vec<FaceSeen>,
    ) -> Result<Measurement, Error> {
        let template = probe
            .face_template
            .as_ref()
            .filter(|template| template.pack() == self.pack);
        let mut seen = seen.into_iter();
        let pictures: Vec<PictureMeasurement> = seen
            .by_ref()
            .take(probe.pictures.len())
            .map(|picture| self.pictured(picture, template))
            .collect();
        let presence = probe
            .presence
            .as_ref()
            .map(|shown| self.shown(shown, &pictures, &mut seen, template));
        let voice = probe
            .voice
            .as_ref()
            .map(|recording| self.hear(recording, probe))
            .transpose()?;
        Ok(Measurement {
            pack: Some(self.pack.clone()),
            pictures,
            voice,
            presence,
        })
    }

    fn pictured(&self, picture: FaceSeen, template: Option<&FaceTemplate>) -> PictureMeasurement {
        let seen = match picture {
            Err(fault) => {
                return PictureMeasurement {
                    facts: Err(fault),
                    comparison: None,
                    presentation: None,
                    coding: None,
                    print: None,
                    likeness: None,
                };
            }
            Ok(seen) => seen,
        };
        let live = seen.presentation.zip(self.presentation.as_ref());
        PictureMeasurement {
            comparison: self.likened(seen.embedding.as_ref(), template),
            facts: Ok(seen.facts),
            presentation: live.map(|(score, (_, calibration))| compared(score, calibration)),
            coding: seen.coding,
            print: seen.print,
            likeness: seen
                .embedding
                .map(|embedding| Likeness::new(embedding.values().to_vec())),
        }
    }

    fn likened(
        &self,
        embedding: Option<&Embedding>,
        template: Option<&FaceTemplate>,
    ) -> Option<Comparison> {
        let score = template?.compare(embedding?);
        Some(compared(score, &self.face_calibration))
    }

    /// The rest of what was seen: the turned head, then the pictures in the light of colours.
    fn shown(
        &self,
        shown: &Showing,
        front: &[PictureMeasurement],
        rest: &mut impl Iterator<Item = FaceSeen>,
        template: Option<&FaceTemplate>,
    ) -> PresenceMeasurement {
        let turn = shown
            .turn
            .as_ref()
            .and_then(|_| rest.next())
            .map(|picture| self.pictured(picture, template));
        let mut lit = |came: &Option<_>| {
            let seen = came.as_ref().and_then(|_| rest.next())?;
            let (faces, light, embedding) = match seen {
                Err(fault) => (Err(fault), None, None),
                Ok(seen) => (Ok(seen.facts.faces), seen.light, seen.embedding),
            };
            Some(FlashFrame {
                faces,
                light,
                comparison: self.likened(embedding.as_ref(), template),
            })
        };
        let flash = shown.flash.iter().map(&mut lit).collect();
        presence::measured(&shown.asked, front, turn, flash)
    }

    fn hear(&mut self, recording: &[u8], probe: &Probe) -> Result<VoiceMeasurement, Error> {
        let (template, prompt) = (probe.voice_template.as_ref(), probe.prompt.as_deref());
        self.timings
            .voice
            .time(1, || self.voice.analyse(recording, template, prompt))
    }

    /// Makes templates from an enrolment's samples.
    pub fn enrol(&mut self, samples: &Samples) -> Result<Enrolled, Error> {
        let seen = self.faces(samples.looks())?;
        self.conclude_enrolment(samples, seen)
    }

    /// An enrolment whose pictures were seen already.
    pub(crate) fn conclude_enrolment(
        &mut self,
        samples: &Samples,
        seen: Vec<FaceSeen>,
    ) -> Result<Enrolled, Error> {
        let embeddings: Vec<Option<Embedding>> = seen
            .iter()
            .map(|picture| picture.as_ref().ok()?.embedding.clone())
            .collect();
        let picture_llrs = self.consistency(&embeddings);
        let picture_prints = seen
            .iter()
            .map(|picture| picture.as_ref().ok()?.print.clone())
            .collect();
        let heard = self
            .timings
            .voice
            .time(samples.phrases.len(), || self.voice.enrol(&samples.phrases))?;
        Ok(Enrolled {
            pictures: seen
                .into_iter()
                .map(|picture| picture.map(|seen| seen.facts))
                .collect(),
            picture_llrs,
            phrases: heard.facts,
            phrase_llrs: heard.llrs,
            face: FaceTemplate::new(&self.pack, embeddings.into_iter().flatten().collect()),
            voice: heard.template,
            picture_prints,
            phrase_prints: heard.prints,
        })
    }

    /// Each embedding against the centroid of the others.
    fn consistency(&self, embeddings: &[Option<Embedding>]) -> Vec<Option<Llr>> {
        let of_one = |(index, embedding): (usize, &Option<Embedding>)| {
            let others = embeddings
                .iter()
                .enumerate()
                .filter(|&(other, _)| other != index);
            let centroid = Embedding::centroid(others.filter_map(|(_, other)| other.as_ref()))?;
            let score = centroid.cosine(embedding.as_ref()?);
            Some(compared(score, &self.face_calibration).llr)
        };
        embeddings.iter().enumerate().map(of_one).collect()
    }
}

/// A calibration's map and bounds are finite for every finite score; a damaged pack's say nothing.
fn compared(score: f64, calibration: &Calibration) -> Comparison {
    Comparison {
        score,
        llr: Llr::new(calibration.llr(score)).unwrap_or(Llr::NONE),
    }
}

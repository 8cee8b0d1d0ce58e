//! Attempts drawn by a seed: who claims to be whom, with which pictures and which recording.

use anyhow::ensure;
use engine::{Embedding, FaceTemplate};
use models::Pack;
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};

use super::people::{Face, Faces, Voices};

/// Pictures of an enrolment, and of an attempt, at most: as the house asks for.
const PICTURES_MAX: usize = 3;

/// How many attempts are drawn, and by which seed.
#[derive(Debug, Clone, Copy)]
pub struct Draw {
    pub genuine: usize,
    pub impostor: usize,
    pub seed: u64,
}

/// One attempt. People are numbers in the lists of faces and of voices.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Whose face is enrolled, and whose is shown.
    pub face: [usize; 2],
    /// The same of the voice.
    pub voice: [usize; 2],
    /// Of the enrolled person's pictures.
    pub template: Vec<usize>,
    /// Of the shown person's pictures.
    pub pictures: Vec<usize>,
    /// Of the heard person's test recordings.
    pub recording: usize,
}

impl Attempt {
    pub const fn genuine(&self) -> bool {
        self.face[0] == self.face[1]
    }
}

/// The attempts on one set of faces.
pub struct Drawn<'a> {
    pub faces: &'a Faces,
    pub voices: &'a Voices,
    pub pack: &'a Pack,
    pub attempts: Vec<Attempt>,
    /// People who can be claimed.
    pub claimed: [usize; 2],
}

impl<'a> Drawn<'a> {
    /// # Errors
    /// When nobody has two pictures, or an enrolment and a test recording, or there is nobody else of his data set or corpus.
    pub fn new(
        faces: &'a Faces,
        voices: &'a Voices,
        pack: &'a Pack,
        draw: Draw,
    ) -> anyhow::Result<Self> {
        let usable = |face: &Face| {
            let with = face.looks.iter().filter(|look| look.embedding.is_some());
            !face.single && with.count() > 1
        };
        let claimable: Vec<usize> = (0..faces.0.len())
            .filter(|&at| usable(&faces.0[at]) && !others(faces, at).is_empty())
            .collect();
        let spoken = |at: usize| {
            let voice = &voices.0[at];
            voice.template.is_some() && !voice.tests.is_empty()
        };
        let speakers: Vec<usize> = (0..voices.0.len())
            .filter(|&at| spoken(at) && other_voices(voices, at).iter().any(|&other| spoken(other)))
            .collect();
        ensure!(
            !claimable.is_empty() && !speakers.is_empty(),
            "数据里没有足够的人 / the data have too few people with pictures, enrolments and test recordings"
        );
        let mut random = Xoshiro256PlusPlus::seed_from_u64(draw.seed);
        let mut attempts = Vec::with_capacity(draw.genuine + draw.impostor);
        for number in 0..draw.genuine + draw.impostor {
            let face = claimable[random.random_range(0..claimable.len())];
            let voice = speakers[random.random_range(0..speakers.len())];
            let (other_face, other_voice) = if number < draw.genuine {
                (face, voice)
            } else {
                let faces = others(faces, face);
                let mut voices = other_voices(voices, voice);
                voices.retain(|&other| spoken(other));
                (
                    faces[random.random_range(0..faces.len())],
                    voices[random.random_range(0..voices.len())],
                )
            };
            let (template, rest) = enrolment(&faces.0[face], &mut random);
            let pictures = if face == other_face {
                rest
            } else {
                let mut all: Vec<usize> = (0..faces.0[other_face].looks.len()).collect();
                all.shuffle(&mut random);
                all
            };
            attempts.push(Attempt {
                face: [face, other_face],
                voice: [voice, other_voice],
                template,
                pictures: pictures.into_iter().take(PICTURES_MAX).collect(),
                recording: random.random_range(0..voices.0[other_voice].tests.len()),
            });
        }
        Ok(Self {
            faces,
            voices,
            pack,
            attempts,
            claimed: [claimable.len(), speakers.len()],
        })
    }

    /// The face as enrolled in an attempt.
    pub fn template(&self, attempt: &Attempt) -> Option<FaceTemplate> {
        let looks = &self.faces.0[attempt.face[0]].looks;
        let enrolled = attempt.template.iter();
        let embeddings: Vec<Embedding> = enrolled
            .filter_map(|&at| looks[at].embedding.clone())
            .collect();
        FaceTemplate::new(&self.pack.id(), embeddings)
    }
}

/// Numbers of the pictures that are enrolled, one at least has a face, and of the others in random order, one at least.
fn enrolment(face: &Face, random: &mut Xoshiro256PlusPlus) -> (Vec<usize>, Vec<usize>) {
    let mut all: Vec<usize> = (0..face.looks.len()).collect();
    all.shuffle(random);
    // Pictures without a face are of no use to an enrolment, whose officer sees them; an attempt may well have one.
    all.sort_by_key(|&at| face.looks[at].embedding.is_none());
    let enrolled = (all.len() - 1).clamp(1, PICTURES_MAX);
    let mut rest = all.split_off(enrolled);
    rest.shuffle(random);
    all.retain(|&at| face.looks[at].embedding.is_some());
    (all, rest)
}

/// Everybody else of the same data set.
fn others(faces: &Faces, face: usize) -> Vec<usize> {
    let dataset = &faces.0[face].dataset;
    (0..faces.0.len())
        .filter(|&other| other != face && faces.0[other].dataset == *dataset)
        .collect()
}

fn other_voices(voices: &Voices, voice: usize) -> Vec<usize> {
    let corpus = &voices.0[voice].corpus;
    (0..voices.0.len())
        .filter(|&other| other != voice && voices.0[other].corpus == *corpus)
        .collect()
}

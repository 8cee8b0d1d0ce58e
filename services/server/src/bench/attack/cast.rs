//! Who plays: persons made of the faces and the voices of the data. The two need not be one human being's; they are only ever used together.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use attack::{FaceBox, Shot, picture, session, voice};
use domain::verdict::{Policy, picture_flaws, voice_flaws};
use engine::{FaceTemplate, Phrase, Samples, Sessions, picture as pictures, voice::VoiceTemplate};
use models::Pack;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};

use crate::eval::{manifest, phrase, work::for_each};

/// Words that a prompt is made of, as digits are.
pub const VOCABULARY: usize = 10;
/// Pictures of an enrolment, as a camera gives them one after the other.
const ENROLMENT_FRAMES: u32 = 3;
/// Quality of an enrolment's JPEG.
const ENROLMENT_QUALITY: u8 = 92;
/// Phrases of an enrolment where there are takes enough to keep others for check-ins.
const ENROLMENT_PHRASES: usize = 3;
/// Pictures of a person beyond the enrolled one.
const LATER_MAX: usize = 4;
/// Who has no picture of sufficient quality among so many takes no part: data sets of small crops would take minutes.
const GIVE_UP: usize = 2;
/// Synthetic recordings that are kept, at most.
const SYNTHETIC_MAX: usize = 200;

/// Somebody with templates.
pub struct Person {
    /// Not those of the enrolment; one at least.
    pub later: Vec<Shot>,
    /// Whose voice: of [`Cast::voices`].
    pub voice: usize,
    pub face_template: FaceTemplate,
    pub voice_template: VoiceTemplate,
}

/// Takes of ten words of one speaker, 16 kHz samples.
pub struct Voice {
    pub corpus: String,
    words: Vec<Vec<Vec<f32>>>,
    /// Takes that are enrolled: the first ones.
    enrolled: usize,
}

/// Everybody.
pub struct Cast {
    pub persons: Vec<Person>,
    pub voices: Vec<Voice>,
    /// Synthetic voices.
    pub synthetic: Vec<Vec<f32>>,
}

impl Cast {
    /// # Errors
    /// Data that cannot be read; fewer than two people with two pictures of sufficient quality, or than two voices of a corpus.
    pub fn gather(
        networks: (&Pack, &Path),
        threads: usize,
        (data, datasets): (&Path, &[String]),
        policy: &Policy,
    ) -> anyhow::Result<Self> {
        let voices = enrollable(networks, threads, voices(data)?, policy)?;
        let mut people: BTreeMap<(String, String), Vec<PathBuf>> = BTreeMap::new();
        for row in manifest::pictures(data, datasets)? {
            let own = people.entry((row.dataset, row.identity)).or_default();
            own.push(row.path);
        }
        let several = people.into_values().filter(|own| own.len() > 1);
        let numbered: Vec<(usize, Vec<PathBuf>)> = several.enumerate().collect();
        let persons = for_each(networks, threads, &numbered, |sessions, (number, own)| {
            let shots = shots(sessions, own, policy)?;
            let number = number % voices.len();
            enrol(sessions, shots, (number, &voices[number]))
        })?;
        let persons: Vec<Person> = persons.into_iter().flatten().collect();
        if persons.len() < 2 {
            bail!(
                "the data have {} people with two pictures of sufficient quality; two are needed at least",
                persons.len()
            );
        }
        Ok(Self {
            persons,
            voices,
            synthetic: synthetic(data)?,
        })
    }

    /// Another voice of the same corpus.
    pub fn stranger(&self, voice: usize, draw: usize) -> &Voice {
        let corpus = &self.voices[voice].corpus;
        let others: Vec<&Voice> = self
            .voices
            .iter()
            .enumerate()
            .filter(|(other, one)| *other != voice && one.corpus == *corpus)
            .map(|(_, one)| one)
            .collect();
        others[draw % others.len()]
    }
}

impl Person {
    /// One of the pictures that were not enrolled.
    pub fn still(&self, draw: usize) -> &Shot {
        &self.later[draw % self.later.len()]
    }
}

impl Voice {
    /// Takes that were not enrolled, of each word of a prompt of digits; `draw` chooses among several.
    pub fn says(&self, prompt: &str, random: &mut Xoshiro256PlusPlus, draw: usize) -> Vec<f32> {
        let take = |(place, digit): (usize, u8)| {
            let takes = &self.words[usize::from(digit - b'0') % VOCABULARY][self.enrolled..];
            &takes[(draw + place) % takes.len()]
        };
        phrase::join(prompt.bytes().enumerate().map(take), random)
    }
}

/// The pictures of one person that a check-in would take, the first of them first.
fn shots(sessions: &mut Sessions, own: &[PathBuf], policy: &Policy) -> anyhow::Result<Vec<Shot>> {
    let mut shots = Vec::new();
    for (looked_at, path) in own.iter().enumerate() {
        if shots.is_empty() && looked_at == GIVE_UP {
            break;
        }
        let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let seen = sessions.face(&bytes)?.map(|seen| seen.facts);
        if !picture_flaws(&seen, policy).is_empty() {
            continue;
        }
        if let (Ok(decoded), Some(face)) = (
            pictures::decode(&bytes),
            seen.ok().and_then(|facts| facts.face),
        ) {
            let kept = face
                .bounds
                .map(|length| length / decoded.reduction() as f32);
            shots.push(Shot {
                picture: decoded.pixels().clone(),
                face: FaceBox::from(kept),
            });
        }
        if shots.len() > LATER_MAX {
            break;
        }
    }
    Ok(shots)
}

/// None without a second picture, or without templates.
fn enrol(
    sessions: &mut Sessions,
    mut shots: Vec<Shot>,
    (number, voice): (usize, &Voice),
) -> anyhow::Result<Option<Person>> {
    if shots.len() < 2 {
        return Ok(None);
    }
    let later = shots.split_off(1);
    let frames = session::alive(&shots[0], ENROLMENT_FRAMES, 0);
    let encode = |shot: &Shot| picture::encode(&shot.picture, ENROLMENT_QUALITY).into();
    let enrolled = sessions.enrol(&Samples {
        pictures: frames.iter().map(encode).collect(),
        phrases: voice.enrolment(),
    })?;
    Ok(enrolled.face.zip(enrolled.voice).map(|templates| Person {
        later,
        voice: number,
        face_template: templates.0,
        voice_template: templates.1,
    }))
}

impl Voice {
    /// Every word once in a phrase, with another take in each.
    fn enrolment(&self) -> Vec<Phrase> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(0);
        let of_take = |take: usize| {
            let mut order: Vec<usize> = (0..VOCABULARY).collect();
            order.shuffle(&mut random);
            let sound = phrase::join(
                order.iter().map(|&word| &self.words[word][take]),
                &mut random,
            );
            Phrase {
                audio: voice::wav(&sound).into(),
                text: order.iter().map(ToString::to_string).collect(),
            }
        };
        (0..self.enrolled).map(of_take).collect()
    }
}

/// Speakers with two takes or more of ten words, beside another one of their corpus.
fn voices(data: &Path) -> anyhow::Result<Vec<Voice>> {
    type Takes = BTreeMap<String, Vec<PathBuf>>;
    let mut found: BTreeMap<(String, String), Takes> = BTreeMap::new();
    for word in manifest::words(data, &[])? {
        let takes = found.entry((word.corpus, word.speaker)).or_default();
        takes.entry(word.word).or_default().push(word.file);
    }
    let mut voices = Vec::new();
    for ((corpus, _), takes) in found {
        let words: Vec<&Vec<PathBuf>> = takes.values().take(VOCABULARY).collect();
        let least = words.iter().map(|takes| takes.len()).min().unwrap_or(0);
        if words.len() < VOCABULARY || least < 2 {
            continue;
        }
        let sounds = words
            .into_iter()
            .map(|takes| takes.iter().map(|file| phrase::samples(file)).collect())
            .collect::<anyhow::Result<Vec<Vec<Vec<f32>>>>>()?;
        voices.push(Voice {
            corpus,
            words: sounds,
            enrolled: ENROLMENT_PHRASES.min(least - 1),
        });
    }
    Ok(voices)
}

/// Those whose phrases an enrolment takes, as of pictures: whoever overdrives the microphone is asked to speak again there. Two of each corpus at least.
fn enrollable(
    networks: (&Pack, &Path),
    threads: usize,
    voices: Vec<Voice>,
    policy: &Policy,
) -> anyhow::Result<Vec<Voice>> {
    let flawless = for_each(networks, threads, &voices, |sessions, voice| {
        let phrases = Samples {
            pictures: Vec::new(),
            phrases: voice.enrolment(),
        };
        let heard = sessions.enrol(&phrases)?.phrases;
        Ok(heard
            .iter()
            .all(|facts| voice_flaws(facts, policy).is_empty()))
    })?;
    let taken = voices.into_iter().zip(flawless);
    let voices: Vec<Voice> = taken
        .filter_map(|(voice, flawless)| flawless.then_some(voice))
        .collect();
    let alone = |voice: &Voice| {
        voices
            .iter()
            .filter(|one| one.corpus == voice.corpus)
            .count()
            < 2
    };
    if voices.is_empty() || voices.iter().any(alone) {
        bail!("each corpus of words.csv needs two speakers at least, with two takes of ten words");
    }
    Ok(voices)
}

/// The recordings of `voice/spoof/manifest.csv`; nothing when there is none.
fn synthetic(data: &Path) -> anyhow::Result<Vec<Vec<f32>>> {
    let files = manifest::synthetic(data)?;
    // Evenly among all synthesisers when there are many.
    let step = files.len().div_ceil(SYNTHETIC_MAX).max(1);
    let some = files.iter().step_by(step);
    some.map(|file| phrase::samples(file)).collect()
}

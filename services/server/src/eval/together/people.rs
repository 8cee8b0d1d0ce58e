//! Faces and voices of the data, each file looked at or listened to once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::Context;
use domain::{
    Llr,
    evidence::{Comparison, ContentMethod, MediaFault, PictureFacts, VoiceFacts},
    verdict::{Policy, picture_flaws},
};
use engine::{
    Embedding, Sessions, Timings, audio,
    face::Views,
    voice::{Heard, VoiceTemplate, own_digits_score},
};
use models::Pack;

use crate::eval::{
    face,
    manifest::{Picture, Recording, Role},
    work::for_each,
};

/// One picture.
#[derive(Debug, Clone)]
pub struct Look {
    pub facts: Result<PictureFacts, MediaFault>,
    pub embedding: Option<Embedding>,
    /// Raw score of a live face.
    pub presentation: Option<f64>,
}

/// One person's pictures.
#[derive(Debug, Clone)]
pub struct Face {
    pub dataset: String,
    /// An impostor only.
    pub single: bool,
    pub looks: Vec<Look>,
}

/// People with faces; where one lies in the list is his number.
pub struct Faces(pub Vec<Face>);

/// One person's voice.
pub struct Voice {
    pub corpus: String,
    pub template: Option<VoiceTemplate>,
    pub tests: Vec<Said>,
}

/// One test recording.
pub struct Said {
    pub facts: VoiceFacts,
    pub embedding: Option<Embedding>,
    /// That its own words were said, against its speaker's enrolment; none where the enrolment does not have them all.
    pub content: Option<(ContentMethod, Comparison)>,
    /// As `engine::voice::Heard::presentation`.
    pub presentation: Option<f64>,
}

/// Speakers; where one lies in the list is his number.
pub struct Voices(pub Vec<Voice>);

impl Faces {
    /// In the order in which they first appear.
    pub fn datasets(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for face in &self.0 {
            if !names.contains(&face.dataset.as_str()) {
                names.push(&face.dataset);
            }
        }
        names
    }

    pub fn of(&self, chosen: impl Fn(&str) -> bool) -> Self {
        let own = self.0.iter().filter(|face| chosen(&face.dataset));
        Self(own.cloned().collect())
    }

    /// Share of the pictures that the quality rules let pass.
    pub fn passing(&self, policy: &Policy) -> f64 {
        let looks: Vec<&Look> = self.0.iter().flat_map(|face| &face.looks).collect();
        let good = looks
            .iter()
            .filter(|look| picture_flaws(&look.facts, policy).is_empty());
        good.count() as f64 / looks.len().max(1) as f64
    }
}

impl Voices {
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Test recordings whose words were checked, of all.
    pub fn content_measured(&self) -> [usize; 2] {
        let tests: Vec<&Said> = self.0.iter().flat_map(|voice| &voice.tests).collect();
        let measured = tests.iter().filter(|said| said.content.is_some());
        [measured.count(), tests.len()]
    }
}

/// Looks at every picture, as a check-in does.
pub fn faces(
    networks: (&Pack, &Path),
    threads: usize,
    pictures: &[Picture],
) -> anyhow::Result<Faces> {
    let looks = for_each(networks, threads, pictures, look)?;
    let mut people: Vec<Face> = Vec::new();
    let mut known: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (picture, look) in pictures.iter().zip(looks) {
        let next = people.len();
        let person = *known
            .entry((&picture.dataset, &picture.identity))
            .or_insert(next);
        if person == next {
            people.push(Face {
                dataset: picture.dataset.clone(),
                single: false,
                looks: Vec::new(),
            });
        }
        people[person].single |= picture.is_single();
        people[person].looks.push(look);
    }
    people.retain(|face| face.looks.iter().any(|look| look.embedding.is_some()));
    Ok(Faces(people))
}

fn look(sessions: &mut Sessions, picture: &Picture) -> anyhow::Result<Look> {
    let bytes = fs::read(&picture.path)
        .with_context(|| format!("{} cannot be read", picture.path.display()))?;
    match sessions.face(&bytes)? {
        Ok(seen) => Ok(Look {
            facts: Ok(seen.facts),
            embedding: seen.embedding,
            presentation: seen.presentation,
        }),
        Err(MediaFault::UnknownFormat) => look_at_research(sessions, picture),
        Err(fault) => Ok(Look {
            facts: Err(fault),
            embedding: None,
            presentation: None,
        }),
    }
}

/// A format that phones do not submit.
fn look_at_research(sessions: &mut Sessions, picture: &Picture) -> anyhow::Result<Look> {
    let (networks, mut timings) = (sessions.face_networks(), Timings::default());
    let (facts, embedding) = match face::decode(&picture.path)? {
        Err(fault) => (Err(fault), None),
        Ok(decoded) => {
            let (facts, crop) = networks.find(&decoded, &mut timings)?;
            let crops: Vec<_> = crop.map(|crop| (crop, Views::Both)).into_iter().collect();
            (Ok(facts), networks.embed(&crops, &mut timings)?.pop())
        }
    };
    Ok(Look {
        facts,
        embedding,
        presentation: None,
    })
}

/// Enrols every speaker and listens to his test recordings.
pub fn voices(
    networks: (&Pack, &Path),
    threads: usize,
    recordings: &[Recording],
) -> anyhow::Result<Voices> {
    let mut speakers: BTreeMap<(&str, &str), Vec<&Recording>> = BTreeMap::new();
    for recording in recordings {
        let of_one = speakers.entry((&recording.corpus, &recording.speaker));
        of_one.or_default().push(recording);
    }
    let speakers: Vec<((&str, &str), Vec<&Recording>)> = speakers.into_iter().collect();
    let voices = for_each(networks, threads, &speakers, |sessions, (name, own)| {
        listen(sessions, own, networks.0).with_context(|| format!("{} {}", name.0, name.1))
    })?;
    let kept = speakers.iter().zip(voices).map(|((name, _), voice)| Voice {
        corpus: name.0.to_owned(),
        ..voice
    });
    Ok(Voices(kept.collect()))
}

fn listen(sessions: &mut Sessions, own: &[&Recording], pack: &Pack) -> anyhow::Result<Voice> {
    let voice = sessions.voice_networks();
    let vocabulary = vocabulary(own);
    let (mut phrases, mut heard_tests) = (Vec::new(), Vec::new());
    for recording in own {
        let bytes = fs::read(&recording.file)
            .with_context(|| format!("{} cannot be read", recording.file.display()))?;
        let Ok(audio) = audio::decode(&bytes) else {
            continue;
        };
        let heard = voice.listen(audio)?;
        let symbols = symbols(&recording.text, &vocabulary);
        match recording.role {
            Role::Enrol => phrases.push((heard, symbols.unwrap_or_default())),
            Role::Test => heard_tests.push((heard, symbols)),
        }
    }
    let template = voice.template(phrases)?;
    let mut tests = Vec::with_capacity(heard_tests.len());
    for (heard, symbols) in heard_tests {
        let asked = template.as_ref().zip(symbols.as_deref());
        tests.push(Said {
            content: asked
                .map(|(template, symbols)| content(voice, &heard, (template, symbols), pack))
                .transpose()?
                .flatten(),
            facts: heard.facts,
            presentation: heard.presentation,
            embedding: heard.embedding,
        });
    }
    Ok(Voice {
        corpus: String::new(),
        template,
        tests,
    })
}

/// As a check-in's: by the digit network where it understood the enrolment, else by the own words.
fn content(
    voice: &mut engine::voice::Voice,
    heard: &Heard,
    (template, symbols): (&VoiceTemplate, &[u8]),
    pack: &Pack,
) -> anyhow::Result<Option<(ContentMethod, Comparison)>> {
    if let Some(digits) = &pack.digits
        && template.network_understands()
        && let Some(score) = voice.network_score(heard, symbols)?
    {
        let compared = compared(score, &digits.calibration);
        return Ok(Some((ContentMethod::Network, compared)));
    }
    let score = own_digits_score(heard, template, symbols);
    let own = |score| {
        (
            ContentMethod::OwnDigits,
            compared(score, &pack.content.calibration),
        )
    };
    Ok(score.map(own))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn vocabulary(own: &[&Recording]) -> Vec<String> {
    let enrolled = own.iter().filter(|one| one.role == Role::Enrol);
    let all: BTreeSet<String> = enrolled.flat_map(|one| words(&one.text)).collect();
    all.into_iter().collect()
}

/// Digits, or else numbers of the words; none when there is no text, or when one of them was not enrolled.
fn symbols(text: &str, vocabulary: &[String]) -> Option<Vec<u8>> {
    if let Some(digits) = engine::voice::symbols(text) {
        return Some(digits);
    }
    let numbers = words(text)
        .iter()
        .map(|word| u8::try_from(vocabulary.binary_search(word).ok()?).ok())
        .collect::<Option<Vec<u8>>>()?;
    (!numbers.is_empty()).then_some(numbers)
}

/// A raw score with the ratio of a calibration.
pub fn compared(score: f64, calibration: &models::Calibration) -> Comparison {
    Comparison {
        score,
        llr: Llr::new(calibration.llr(score)).unwrap_or(Llr::NONE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(role: Role, text: &str) -> Recording {
        let role = if role == Role::Enrol { "enrol" } else { "test" };
        let row = format!("corpus,speaker,role,text,file\nzh,a,{role},{text},x.flac\n");
        let mut rows = csv::Reader::from_reader(row.as_bytes()).into_deserialize();
        rows.next().expect("a row").expect("its columns")
    }

    #[test]
    fn words_are_checked_only_where_all_of_them_were_enrolled() {
        let own = [
            recording(Role::Enrol, "语音 背景 语音"),
            recording(Role::Enrol, "中国 语音"),
            recording(Role::Test, "商行"),
        ];
        let own: Vec<&Recording> = own.iter().collect();
        let vocabulary = vocabulary(&own);
        assert_eq!(vocabulary.len(), 3);
        let found = symbols("中国 背景 中国", &vocabulary).expect("all enrolled");
        assert_eq!((found.len(), found[0]), (3, found[2]));
        assert_eq!(symbols("中国 商行", &vocabulary), None);
        assert_eq!(symbols("", &vocabulary), None);
        assert_eq!(symbols("0470", &vocabulary), Some(vec![0, 4, 7, 0]));
    }
}

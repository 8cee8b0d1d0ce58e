//! Pictures and recordings side by side: those of the enrolment and those of the check-in.

use app::review::{Facts, Media};
use domain::evidence::Measurement;

use super::words::Words;

pub struct Exhibits {
    pub enrolled: Vec<Picture>,
    pub captured: Vec<Picture>,
    /// Of the enrolment, of the check-in.
    pub voices: [Vec<Voice>; 2],
}

pub struct Picture {
    pub id: String,
    pub name: String,
    /// What was measured of it, in a few words.
    pub measured: Option<String>,
}

pub struct Voice {
    pub id: String,
    pub name: Words,
    pub digits: Option<String>,
}

pub fn made(enrolled: &[Media], captured: &[Media], seen: Option<&Measurement>) -> Exhibits {
    let is_voice = |media: &&Media| sound(&media.part);
    let (enrolled_voices, enrolled): (Vec<&Media>, Vec<&Media>) =
        enrolled.iter().partition(is_voice);
    let (captured_voices, captured): (Vec<&Media>, Vec<&Media>) =
        captured.iter().partition(is_voice);
    let measured = |index: usize| {
        let picture = seen?.pictures.get(index)?;
        let comparison = picture.comparison?;
        Some(format!("{:+.1}", comparison.llr.get()))
    };
    Exhibits {
        enrolled: enrolled
            .into_iter()
            .map(|media| picture(media, None))
            .collect(),
        captured: captured
            .into_iter()
            .enumerate()
            .map(|(index, media)| picture(media, measured(index)))
            .collect(),
        voices: [enrolled_voices, captured_voices]
            .map(|side| side.into_iter().map(voice).collect()),
    }
}

/// What the phone says of itself.
pub fn device(facts: Option<&Facts>) -> Option<String> {
    facts?.get("platform")?.as_str().map(str::to_owned)
}

fn sound(part: &str) -> bool {
    part.starts_with("voice") || part.starts_with("phrase")
}

fn picture(media: &Media, measured: Option<String>) -> Picture {
    Picture {
        id: media.id.to_string(),
        name: part(&media.part),
        measured,
    }
}

fn voice(media: &Media) -> Voice {
    Voice {
        id: media.id.to_string(),
        name: if media.part.starts_with("phrase") {
            ("建档录音", "enrolled")
        } else {
            ("签到录音", "check-in")
        },
        digits: media
            .phrase
            .as_ref()
            .map(|phrase| phrase.as_str().to_owned()),
    }
}

/// `照片 1` for `selfie-0` and `picture-0`; what else there is under its own name.
fn part(part: &str) -> String {
    let number = part.rsplit_once('-').and_then(|(kind, number)| {
        let number = number.parse::<u32>().ok()?;
        matches!(kind, "selfie" | "picture").then_some(number + 1)
    });
    number.map_or_else(|| part.to_owned(), |number| format!("照片 {number}"))
}

//! The parts of a session: which it takes, and where each that came belongs, for the engine and for the comparison with earlier sessions.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::{MediaId, challenge::Presence, plan::Factors};
use engine::{Probe, Showing};
use seal::PersonKey;
use store::{
    checkin::Claim,
    media::{Chunk, Media},
};

use crate::{Cx, Result, part};

/// Pictures of one session, at most.
const SELFIES_MAX: usize = 5;
/// Name of the recording's part.
pub const VOICE: &str = "voice";
/// Name of the part with the head turned.
const TURN: &str = "turn";
/// What the names of the parts in the light of colours begin with; a number follows.
const FLASH: &str = "flash-";
/// Bytes of a picture in the light of a colour: far more than a JPEG of 640 pixels has, and the engine needs 320.
const FLASH_LEN_MAX: u64 = 512 << 10;
/// A part that a session takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRule {
    pub name: String,
    pub required: bool,
    /// Bytes.
    pub len_max: u64,
}

/// The parts that a duty's factors ask for, and those that answer what the session asks to be shown. Those may be left out: whether that is
/// enough is a question of the verdict.
pub fn part_rules(cx: &Cx, factors: Factors, presence: Option<&Presence>) -> Vec<PartRule> {
    let mut rules = Vec::new();
    if factors.face() {
        rules.extend((0..SELFIES_MAX).map(|index| PartRule {
            name: format!("selfie-{index}"),
            required: index == 0,
            len_max: cx.limits.picture_len_max,
        }));
    }
    if factors.voice() {
        rules.push(PartRule {
            name: VOICE.to_owned(),
            required: true,
            len_max: cx.limits.voice_len_max,
        });
    }
    let shown = |name: String, len_max: u64| PartRule {
        name,
        required: false,
        len_max: len_max.min(cx.limits.picture_len_max),
    };
    if let Some(presence) = presence {
        let turn = presence.turn.map(|_| shown(TURN.to_owned(), u64::MAX));
        let colours = presence.flash.iter().flat_map(|flash| &flash.colours);
        let flash = (0..colours.count()).map(|at| shown(format!("{FLASH}{at}"), FLASH_LEN_MAX));
        rules.extend(turn.into_iter().chain(flash));
    }
    rules
}

/// A medium that was handed in, with its name.
#[derive(Debug, Clone)]
pub(crate) struct HandedIn {
    pub media: MediaId,
    pub part: String,
}

/// What a session handed in that can be a copy, in the order in which it is measured. Pictures in the light of colours are left out: a screen's
/// light makes them unlike all earlier ones, and each is one of a series that must look alike.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    pub pictures: Vec<HandedIn>,
    pub turn: Option<HandedIn>,
    pub voice: Option<HandedIn>,
}

/// Everything that was handed in, each part in its place.
pub(crate) async fn read(
    cx: &Cx,
    claim: &Claim,
    media: Vec<(Media, Vec<Chunk>)>,
    key: &PersonKey,
) -> Result<(Capture, Probe)> {
    let (mut handed_in, mut probe) = (Capture::default(), Probe::default());
    let mut turn = None;
    let mut flash: BTreeMap<usize, Bytes> = BTreeMap::new();
    for (media, chunks) in media {
        let bytes = part::read(cx, &media, &chunks, key).await?;
        let number = media.part.strip_prefix(FLASH);
        let number = number.and_then(|number| number.parse().ok());
        let one = HandedIn {
            media: media.id,
            part: media.part,
        };
        match (one.part.as_str(), number) {
            (VOICE, _) => {
                handed_in.voice = Some(one);
                probe.voice = Some(bytes);
            }
            (TURN, _) => {
                handed_in.turn = Some(one);
                turn = Some(bytes);
            }
            (_, Some(number)) => {
                flash.insert(number, bytes);
            }
            (_, None) => {
                handed_in.pictures.push(one);
                probe.pictures.push(bytes);
            }
        }
    }
    probe.presence = claim.presence.as_ref().map(|asked| {
        let colours = asked.flash.iter().flat_map(|flash| &flash.colours);
        Showing {
            asked: asked.clone(),
            turn,
            flash: (0..colours.count()).map(|at| flash.remove(&at)).collect(),
        }
    });
    Ok((handed_in, probe))
}

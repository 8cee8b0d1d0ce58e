//! What was handed in against what was handed in before: prints of the person's own media, near enough to be a copy (evasion E5). The same
//! bytes, by anybody, are refused at the door already (`checkin::submit`).

use domain::{
    Micros, PersonId,
    alert::Repeat,
    evidence::Measurement,
    print::Print,
    verdict::{Reason, Verdict},
};
use engine::Enrolled;
use seal::{PersonKey, Purpose};
use store::{
    Tx,
    media_print::{Kept, Kind, MediaPrint},
};
use uuid::Uuid;

use crate::{
    Cx, Result,
    capture::{Capture, HandedIn},
};

/// Prints of a person that are looked at, the newest: of two check-ins a day with five pictures and a recording nearly half a year, with
/// one picture nearly a year and a half.
const PRINTS_MAX: u32 = 2_000;

/// What is known of a session's media and of those before it.
#[derive(Default)]
pub(crate) struct History {
    prints: Vec<(HandedIn, Print)>,
    /// Earlier media that they copy.
    pub repeats: Vec<Repeat>,
}

impl History {
    /// The verdict with a copy as a reason for an officer to look.
    pub fn doubt(&self, verdict: Verdict) -> Verdict {
        if self.repeats.is_empty() {
            verdict
        } else {
            verdict.doubted(Reason::RepeatedMedia)
        }
    }

    /// Keeps the prints, in the transaction of the verdict.
    pub async fn keep(
        &self,
        cx: &Cx,
        tx: &mut Tx,
        (person, key): (PersonId, &PersonKey),
        now: Micros,
    ) -> Result<()> {
        for (handed_in, print) in &self.prints {
            let media = handed_in.media;
            let bytes = print.to_bytes();
            let print = MediaPrint {
                media,
                person,
                kind: match print {
                    Print::Picture(_) => Kind::Picture,
                    Print::Sound(_) => Kind::Voice,
                },
                sealed: key.seal(
                    Purpose::Media,
                    media.0.as_bytes(),
                    cx.entropy.bytes(),
                    &bytes,
                ),
                created_at: now,
            };
            store::media_print::insert(tx, &print).await?;
        }
        Ok(())
    }
}

/// Looks a session's media up among what its person handed in before, in other sessions. An attempt whose quality was too poor is not looked up, only kept: whoever sends the same again will be measured by it.
pub(crate) async fn look(
    cx: &Cx,
    (person, key): (PersonId, &PersonKey),
    but: Uuid,
    capture: &Capture,
    (measurement, verdict): (&Measurement, &Verdict),
) -> Result<History> {
    let seen = measurement.pictures.iter();
    let presence = measurement.presence.as_ref();
    let turned = presence.and_then(|presence| Some(&presence.turn.as_ref()?.picture));
    let seen = capture
        .pictures
        .iter()
        .zip(seen)
        .chain(capture.turn.iter().zip(turned))
        .map(|(of, picture)| (of, picture.print.as_ref()));
    let mut prints: Vec<(HandedIn, Print)> = seen
        .filter_map(|(of, print)| Some((of.clone(), Print::Picture(print?.clone()))))
        .collect();
    let heard = measurement
        .voice
        .as_ref()
        .and_then(|voice| voice.print.clone());
    let heard = capture.voice.clone().zip(heard);
    prints.extend(heard.map(|(of, print)| (of, Print::Sound(print))));
    let retaken = matches!(verdict, Verdict::Retry { .. });
    if prints.is_empty() || retaken || !cx.policy.history {
        let repeats = Vec::new();
        return Ok(History { prints, repeats });
    }
    let mut tx = cx.store.read().await?;
    let kept = store::media_print::newest(&mut tx, person, but, PRINTS_MAX).await?;
    drop(tx);
    let mut repeats = Vec::new();
    for one in &kept {
        let Some(earlier) = opened(key, one) else {
            tracing::error!(media = %one.print.media, "A print cannot be compared");
            continue;
        };
        let copies = prints.iter().filter(|(_, print)| print.copies(&earlier));
        repeats.extend(copies.map(|(of, _)| Repeat {
            part: of.part.clone(),
            media: one.print.media,
            person,
            checkin: one.checkin.map(|(checkin, _)| checkin),
            duty: one.checkin.map(|(_, duty)| duty),
            at: one.print.created_at,
            near: true,
        }));
    }
    Ok(History { prints, repeats })
}

/// Of an enrolment: kept, and nothing is looked up, since an officer stood by.
pub(crate) fn of_enrolment(
    (pictures, phrases): (&[HandedIn], &[HandedIn]),
    enrolled: &Enrolled,
) -> History {
    let seen = pictures.iter().zip(&enrolled.picture_prints);
    let heard = phrases.iter().zip(&enrolled.phrase_prints);
    let seen = seen.filter_map(|(of, print)| Some((of.clone(), Print::Picture(print.clone()?))));
    let heard = heard.filter_map(|(of, print)| Some((of.clone(), Print::Sound(print.clone()?))));
    History {
        prints: seen.chain(heard).collect(),
        repeats: Vec::new(),
    }
}

fn opened(key: &PersonKey, kept: &Kept) -> Option<Print> {
    let media = kept.print.media.0;
    let bytes = key.open(Purpose::Media, media.as_bytes(), &kept.print.sealed);
    Print::from_bytes(&bytes.ok()?)
}

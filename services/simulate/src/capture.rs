//! What a phone took, written into the bytes themselves: the same bytes always measure the same, whichever worker looks at them.

use bytes::Bytes;
use domain::{
    Llr,
    evidence::{Comparison, ContentMethod, Measurement},
};
use engine::{Probe, Scripted};

/// What pictures and recording of one session show. Log-likelihood ratios in nats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    pub face: f64,
    pub speaker: f64,
    /// The digits that were asked for, against anything else.
    pub digits: f64,
    /// Too dark, and too quiet, to judge.
    pub poor: bool,
}

/// Mean luma of a picture that is too dark.
const DARK: f32 = 20.0;
/// Level of a recording that is too quiet, dB below full scale.
const QUIET_DBFS: f32 = -70.0;

impl Shown {
    /// The bytes of a picture or a recording; `salt` makes them unique, as the noise of a camera does.
    pub fn bytes(&self, salt: u64) -> Bytes {
        let Self {
            face,
            speaker,
            digits,
            poor,
        } = self;
        format!("{face:.3} {speaker:.3} {digits:.3} {poor} {salt:016x}").into()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut words = std::str::from_utf8(bytes).ok()?.split(' ');
        Some(Self {
            face: words.next()?.parse().ok()?,
            speaker: words.next()?.parse().ok()?,
            digits: words.next()?.parse().ok()?,
            poor: words.next()?.parse().ok()?,
        })
    }
}

/// What the scripted engine finds: a genuine measurement but for what the bytes say.
pub fn measure(probe: &Probe) -> Measurement {
    let mut measurement = Scripted::genuine(probe);
    for (picture, bytes) in measurement.pictures.iter_mut().zip(&probe.pictures) {
        let Some(shown) = Shown::read(bytes) else {
            continue;
        };
        picture.comparison = picture.comparison.and_then(|_| compared(shown.face));
        if let (true, Ok(facts)) = (shown.poor, &mut picture.facts)
            && let Some(face) = &mut facts.face
        {
            face.luma_mean = DARK;
        }
    }
    let shown = probe.voice.as_deref().and_then(Shown::read);
    if let (Some(voice), Some(shown)) = (&mut measurement.voice, shown) {
        voice.speaker = voice.speaker.and_then(|_| compared(shown.speaker));
        voice.content = compared(shown.digits).map(|digits| (ContentMethod::Network, digits));
        if let (true, Ok(facts)) = (shown.poor, &mut voice.facts) {
            facts.level_dbfs = QUIET_DBFS;
        }
    }
    measurement
}

fn compared(llr: f64) -> Option<Comparison> {
    let llr = Llr::new(llr)?;
    Some(Comparison {
        score: llr.get(),
        llr,
    })
}

#[cfg(test)]
mod tests {
    use domain::{
        plan::{Factors, SupervisionLevel},
        verdict::{Policy, VerdictKind, decide},
    };

    use super::*;

    fn verdict(shown: Shown) -> VerdictKind {
        let probe = Probe {
            pictures: vec![shown.bytes(1)],
            voice: Some(shown.bytes(2)),
            prompt: Some("1".into()),
            ..Probe::default()
        };
        let mut seen = measure(&probe);
        // Without templates nothing is compared: as if there were some.
        for picture in &mut seen.pictures {
            picture.comparison = compared(shown.face);
        }
        if let Some(voice) = &mut seen.voice {
            voice.speaker = compared(shown.speaker);
        }
        decide(
            &seen,
            Factors::FaceAndVoice,
            SupervisionLevel::General,
            &Policy::default(),
        )
        .kind()
    }

    #[test]
    fn what_stands_in_the_bytes_decides_the_verdict() {
        let good = Shown {
            face: 6.0,
            speaker: 6.0,
            digits: 6.0,
            poor: false,
        };
        assert_eq!(verdict(good), VerdictKind::Verified);
        let poor = Shown { poor: true, ..good };
        assert_eq!(verdict(poor), VerdictKind::Retry);
        let other = Shown { face: -4.0, ..good };
        assert_eq!(verdict(other), VerdictKind::Review);
        let old = Shown {
            digits: -2.0,
            ..good
        };
        assert_eq!(verdict(old), VerdictKind::Review);
    }
}

//! What each piece of evidence weighs, in words and as bars.

use domain::{
    Llr,
    verdict::{Against, Attack, Contribution, EvidenceKind, Fused},
};

use super::words::{self, Words};

/// A bar is full from here on, nats: a ratio of 22,000.
const FULL: f64 = 10.0;
/// Beyond this ratio only a power of ten is said.
const PLAIN_MAX: f64 = 10_000.0;

pub struct Weights {
    pub level: Words,
    pub enough: bool,
    /// All evidence together, against what the level asks for.
    pub sum: String,
    pub asked: String,
    pub pieces: Vec<Piece>,
    pub attacks: Vec<Remaining>,
}

/// One piece of evidence.
pub struct Piece {
    pub name: Words,
    pub strength: Words,
    /// How much more probable it is if it is the person, or if it is not.
    pub times: String,
    pub nats: String,
    pub speaks_for: bool,
    /// Where the bar begins and how long it is, of 200, with the middle at 100.
    pub from: String,
    pub len: String,
}

/// What is left of one attack.
pub struct Remaining {
    pub name: Words,
    pub ruled_out: bool,
    pub nats: String,
}

pub fn weights(fused: &Fused) -> Weights {
    Weights {
        level: words::level(fused.level),
        enough: fused.llr.get() >= fused.asked.get(),
        sum: nats(fused.llr),
        asked: nats(fused.asked),
        pieces: fused.contributions.iter().map(piece).collect(),
        attacks: fused.against.iter().map(remaining).collect(),
    }
}

fn piece(one: &Contribution) -> Piece {
    let llr = one.llr.get();
    let share = (llr.abs() / FULL).min(1.0) * 100.0;
    let from = if llr < 0.0 { 100.0 - share } else { 100.0 };
    Piece {
        name: kind(one.kind),
        strength: strength(llr),
        times: times(llr),
        nats: nats(one.llr),
        speaks_for: llr >= 0.0,
        from: format!("{from:.1}"),
        len: format!("{share:.1}"),
    }
}

fn remaining(one: &Against) -> Remaining {
    Remaining {
        name: attack(one.attack),
        ruled_out: one.left() <= 0.0,
        nats: format!("{:+.1}", one.left()),
    }
}

const fn kind(kind: EvidenceKind) -> Words {
    match kind {
        EvidenceKind::Face => ("人脸", "Face"),
        EvidenceKind::Speaker => ("声纹", "Voice"),
        EvidenceKind::Content => ("所读数字", "Spoken digits"),
        EvidenceKind::Presentation => ("活体（非翻拍）", "Live, no recapture"),
        EvidenceKind::VoicePresentation => ("当面说话（非播放）", "Live voice, no playback"),
        EvidenceKind::Turn => ("按要求转头", "Head turned as asked"),
        EvidenceKind::Flash => ("面部随屏幕变色", "Face follows the screen's colours"),
    }
}

const fn attack(attack: Attack) -> Words {
    match attack {
        Attack::OtherPerson => (
            "他人冒名（人脸和声音均为他人）",
            "another person altogether",
        ),
        Attack::OtherFace => ("人脸为他人", "another face"),
        Attack::OtherVoice => ("声音为他人", "another voice"),
        Attack::Artefact => ("照片、屏幕或面具", "print, screen or mask"),
        Attack::VoiceArtefact => ("扬声器播放或合成的声音", "loudspeaker or synthetic voice"),
        Attack::Replay => ("播放旧录音", "an old recording"),
    }
}

/// Jeffreys' steps: ratios of 3, 10, 100.
fn strength(llr: f64) -> Words {
    let size = llr.abs();
    match (llr < 0.0, size) {
        (_, size) if size < 1.1 => ("几乎不说明问题", "says next to nothing"),
        (false, size) if size < 2.3 => ("略支持为本人", "speaks slightly for the person"),
        (false, size) if size < 4.6 => ("支持为本人", "speaks for the person"),
        (false, _) => ("强烈支持为本人", "speaks strongly for the person"),
        (true, size) if size < 2.3 => ("略不支持", "speaks slightly against"),
        (true, size) if size < 4.6 => ("不支持", "speaks against"),
        (true, _) => ("强烈不支持", "speaks strongly against"),
    }
}

fn times(llr: f64) -> String {
    let ratio = llr.abs().exp();
    if ratio < 10.0 {
        format!("{ratio:.1}")
    } else if ratio < PLAIN_MAX {
        format!("{ratio:.0}")
    } else {
        format!("10^{:.0}", ratio.log10())
    }
}

fn nats(llr: Llr) -> String {
    format!("{:+.1}", llr.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_grows_from_the_middle_to_the_side_it_speaks_for() {
        let of = |llr: f64| {
            piece(&Contribution {
                kind: EvidenceKind::Face,
                llr: Llr::new(llr).expect("finite"),
            })
        };
        let (pro, contra, nothing) = (of(5.0), of(-20.0), of(0.2));
        assert_eq!((pro.from.as_str(), pro.len.as_str()), ("100.0", "50.0"));
        assert_eq!(
            (contra.from.as_str(), contra.len.as_str()),
            ("0.0", "100.0")
        );
        assert_eq!(pro.times, "148");
        assert_eq!(contra.times, "10^9");
        assert!(!contra.speaks_for && pro.speaks_for);
        assert_eq!(nothing.strength.0, "几乎不说明问题");
    }
}

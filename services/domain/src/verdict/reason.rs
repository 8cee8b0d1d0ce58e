//! What a verdict is about, in codes and in words for the officer.

use serde::{Deserialize, Serialize};

/// What a verdict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonKind {
    /// Does the evidence speak for this person?
    Match,
    /// Does something speak for a presentation or a replay?
    Attack,
    /// Where was it?
    Place,
    /// We could not judge, through no fault of the person.
    System,
}

/// Why an officer must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The face evidence speaks against this person.
    FaceMismatch,
    /// The voice evidence speaks against this person.
    VoiceMismatch,
    /// Nothing contradicts, but all together is not enough.
    EvidenceTooWeak,
    /// The pictures of one session disagree.
    PicturesDisagree,
    /// The face seems to be on paper or on a screen.
    PresentationAttack,
    /// The voice seems to come from a loudspeaker.
    VoicePresentationAttack,
    /// The head was turned to another side than was asked for.
    TurnNotFollowed,
    /// The face was lit by something else than the colours that were shown.
    FlashNotFollowed,
    /// What was asked to be shown was not seen.
    PresenceMissing,
    /// A picture or the recording is a copy of an earlier one.
    RepeatedMedia,
    /// Something else than the prompt was spoken.
    DigitsMismatch,
    /// The spoken digits could not be checked.
    DigitsUnchecked,
    /// The plan asks for a position, and none came.
    LocationMissing,
    /// The position lies outside the allowed area.
    OutOfArea,
    /// The position lies in an area that the person must not enter.
    InExclusion,
    /// The phone itself says that its position was made up.
    MockLocation,
    /// No models are installed.
    NoModels,
    /// There is no template that these models can compare with.
    NoTemplate,
    /// The engine failed on it again and again.
    NotMeasured,
}

crate::text_enum!(Reason {
    FaceMismatch = "face_mismatch",
    VoiceMismatch = "voice_mismatch",
    EvidenceTooWeak = "evidence_too_weak",
    PicturesDisagree = "pictures_disagree",
    PresentationAttack = "presentation_attack",
    VoicePresentationAttack = "voice_presentation_attack",
    TurnNotFollowed = "turn_not_followed",
    FlashNotFollowed = "flash_not_followed",
    PresenceMissing = "presence_missing",
    RepeatedMedia = "repeated_media",
    DigitsMismatch = "digits_mismatch",
    DigitsUnchecked = "digits_unchecked",
    LocationMissing = "location_missing",
    OutOfArea = "out_of_area",
    InExclusion = "in_exclusion",
    MockLocation = "mock_location",
    NoModels = "no_models",
    NoTemplate = "no_template",
    NotMeasured = "not_measured",
});

impl Reason {
    pub const fn kind(self) -> ReasonKind {
        match self {
            Self::FaceMismatch | Self::VoiceMismatch | Self::EvidenceTooWeak => ReasonKind::Match,
            Self::PicturesDisagree
            | Self::PresentationAttack
            | Self::VoicePresentationAttack
            | Self::TurnNotFollowed
            | Self::FlashNotFollowed
            | Self::RepeatedMedia
            | Self::DigitsMismatch
            | Self::MockLocation => ReasonKind::Attack,
            Self::LocationMissing | Self::OutOfArea | Self::InExclusion => ReasonKind::Place,
            Self::PresenceMissing
            | Self::DigitsUnchecked
            | Self::NoModels
            | Self::NoTemplate
            | Self::NotMeasured => ReasonKind::System,
        }
    }

    /// The sentence for the officer: Chinese, English.
    pub const fn sentence(self) -> (&'static str, &'static str) {
        match self {
            Self::FaceMismatch => ("人脸与建档不符。", "The face does not match the enrolment."),
            Self::VoiceMismatch => (
                "声音与建档不符。",
                "The voice does not match the enrolment.",
            ),
            Self::EvidenceTooWeak => (
                "证据不足以自动核验。",
                "The evidence is too weak for an automatic verification.",
            ),
            Self::PicturesDisagree => (
                "同一次签到的照片不一致。",
                "The pictures of one session disagree.",
            ),
            Self::PresentationAttack => (
                "疑似照片或屏幕翻拍。",
                "The face seems to be on paper or on a screen.",
            ),
            Self::VoicePresentationAttack => (
                "声音疑似由扬声器播放，不是当面说出。",
                "The voice seems to come from a loudspeaker.",
            ),
            Self::TurnNotFollowed => (
                "没有按要求转头，头转向了另一侧。",
                "The head was not turned as asked, but to the other side.",
            ),
            Self::FlashNotFollowed => (
                "脸上的光没有随手机屏幕颜色变化。",
                "The light on the face did not follow the colours of the screen.",
            ),
            Self::PresenceMissing => (
                "没有看到所要求的转头或屏幕变色照片。",
                "The turned head or the screen's colours, which were asked for, were not seen.",
            ),
            Self::RepeatedMedia => (
                "照片或录音疑似翻用以前提交的内容。",
                "A picture or the recording seems to be a copy of an earlier one.",
            ),
            Self::DigitsMismatch => (
                "所读数字与要求不符。",
                "The spoken digits are not the ones asked for.",
            ),
            Self::DigitsUnchecked => (
                "所读数字无法核对。",
                "The spoken digits could not be checked.",
            ),
            Self::LocationMissing => ("没有收到位置信息。", "No position came with the check-in."),
            Self::OutOfArea => (
                "定位点在允许活动区域之外。",
                "The position lies outside the allowed area.",
            ),
            Self::InExclusion => (
                "定位点在禁止进入区域之内。",
                "The position lies in an area that the person must not enter.",
            ),
            Self::MockLocation => (
                "手机报告位置由模拟定位软件提供。",
                "The phone says that its position was made up by software.",
            ),
            Self::NoModels => (
                "系统未安装识别模型。",
                "No recognition models are installed.",
            ),
            Self::NoTemplate => (
                "没有可供比对的特征模板。",
                "There is no template to compare with.",
            ),
            Self::NotMeasured => (
                "系统多次未能完成核验。",
                "The system failed to measure it, several times.",
            ),
        }
    }
}

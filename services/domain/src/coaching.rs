use serde::{Deserialize, Serialize};

/// What the person can do better. Quality only: never blame, never a word about who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coaching {
    PictureUnreadable,
    PictureTooLarge,
    NoFace,
    SeveralFaces,
    FaceTooSmall,
    Cropped,
    Covered,
    TooDark,
    TooBright,
    SideLit,
    LowContrast,
    Blurred,
    LookAhead,
    TurnHead,
    StayInColours,
    VoiceUnreadable,
    VoiceTooLong,
    NoSpeech,
    TooLittleSpeech,
    TooQuiet,
    TooNoisy,
    Clipped,
    ReadClearly,
}

crate::text_enum!(Coaching {
    PictureUnreadable = "picture_unreadable",
    PictureTooLarge = "picture_too_large",
    NoFace = "no_face",
    SeveralFaces = "several_faces",
    FaceTooSmall = "face_too_small",
    Cropped = "cropped",
    Covered = "covered",
    TooDark = "too_dark",
    TooBright = "too_bright",
    SideLit = "side_lit",
    LowContrast = "low_contrast",
    Blurred = "blurred",
    LookAhead = "look_ahead",
    TurnHead = "turn_head",
    StayInColours = "stay_in_colours",
    VoiceUnreadable = "voice_unreadable",
    VoiceTooLong = "voice_too_long",
    NoSpeech = "no_speech",
    TooLittleSpeech = "too_little_speech",
    TooQuiet = "too_quiet",
    TooNoisy = "too_noisy",
    Clipped = "clipped",
    ReadClearly = "read_clearly",
});

impl Coaching {
    /// The sentence for the person: Chinese, English.
    pub const fn sentence(self) -> (&'static str, &'static str) {
        match self {
            Self::PictureUnreadable => (
                "照片无法读取，请重新拍摄。",
                "The picture could not be read: please take it again.",
            ),
            Self::PictureTooLarge => (
                "照片太大，请用普通清晰度拍摄。",
                "The picture is too large: please use normal resolution.",
            ),
            Self::NoFace => (
                "没有看到人脸，请正对镜头。",
                "No face was seen: please face the camera.",
            ),
            Self::SeveralFaces => (
                "画面里不止一个人，请独自拍摄。",
                "More than one face was seen: please be alone in the picture.",
            ),
            Self::FaceTooSmall => (
                "离镜头太远，请靠近一些。",
                "Too far away: please come closer.",
            ),
            Self::Cropped => (
                "脸没有拍全，请让整张脸都在画面里。",
                "Part of the face is cut off: please show the whole face.",
            ),
            Self::Covered => (
                "脸被遮住了，请摘下口罩和墨镜。",
                "The face is covered: please take off mask and dark glasses.",
            ),
            Self::TooDark => (
                "太暗了，请转向窗户或灯光。",
                "Too dark: turn to the window or a lamp.",
            ),
            Self::TooBright => (
                "太亮了，请避开强光。",
                "Too bright: please avoid strong light.",
            ),
            Self::SideLit => (
                "脸一边亮一边暗，请正对光线。",
                "Half of the face is dark: please face the light.",
            ),
            Self::LowContrast => (
                "画面不清楚，请擦拭镜头并避开雾气。",
                "The picture is hazy: please wipe the lens.",
            ),
            Self::Blurred => (
                "照片模糊，请拿稳手机再拍。",
                "Blurred: please hold the phone still.",
            ),
            Self::LookAhead => ("请正视镜头。", "Please look straight at the camera."),
            Self::TurnHead => (
                "请按提示把头向一侧转多一些再拍。",
                "Please turn your head further to the side that is asked for.",
            ),
            Self::StayInColours => (
                "屏幕变色时，请把脸靠近屏幕，不要离开画面。",
                "While the screen changes colour, please keep your face near it and in the picture.",
            ),
            Self::VoiceUnreadable => (
                "录音无法读取，请重新录音。",
                "The recording could not be read: please record again.",
            ),
            Self::VoiceTooLong => (
                "录音太长，请只读出数字。",
                "The recording is too long: please say the digits only.",
            ),
            Self::NoSpeech => (
                "没有听到声音，请对着手机读出数字。",
                "Nothing was heard: please say the digits to the phone.",
            ),
            Self::TooLittleSpeech => (
                "读得太短，请把数字完整读一遍。",
                "Too short: please say all the digits.",
            ),
            Self::TooQuiet => (
                "声音太小，请靠近手机大声一些。",
                "Too quiet: please come closer and speak up.",
            ),
            Self::TooNoisy => (
                "周围太吵，请换一个安静的地方。",
                "Too noisy: please find a quiet place.",
            ),
            Self::Clipped => (
                "声音太近或太大，请离手机远一点。",
                "Too loud: please hold the phone a little further away.",
            ),
            Self::ReadClearly => (
                "数字没有听清，请按屏幕上的数字一个一个慢慢读。",
                "The digits were not clear: please read those on the screen slowly, one by one.",
            ),
        }
    }
}

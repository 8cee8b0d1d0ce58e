//! All that is presented to the pipeline: genuine people under a condition, and species of attack.

use serde::Serialize;

/// A kind of try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presented {
    /// The person, as the data have him.
    Clean,
    /// The voice in white, pink or other people's noise, 10 dB below it.
    Noise,
    /// The voice over a telephone line.
    Telephone,
    /// A bare room.
    Reverberant,
    DimLight,
    SideLight,
    MotionBlur,
    /// Pictures through a JPEG of low quality.
    Compression,
    /// Before the camera that instruments are held before.
    PhoneCamera,
    /// With a veil of stray light.
    Haze,
    /// The screen shows colours, and the face follows them.
    Flash,
    FlashDim,
    /// Outdoors, where the screen adds next to nothing; who is told that it is too bright goes indoors.
    FlashDaylight,
    /// Another person's face, the person's own voice.
    OtherFace,
    /// The person's own face, another person's voice that says the prompt.
    OtherVoice,
    /// Another person.
    OtherPerson,
    /// A print of the person; the voice is his own, as for all pictures below.
    Print,
    Screen,
    Mask,
    /// A video call: the person obeys, the phone films a screen and hears a loudspeaker.
    Relay,
    /// The person, and a helper's face beside his.
    SecondFace,
    /// Frames of two people, one after the other.
    TwoPeople,
    /// An earlier session, byte by byte.
    Replay,
    /// Pictures of an earlier session, compressed again.
    Recompressed,
    /// The same, cut at the edges.
    Cropped,
    /// The same, mirrored.
    Mirrored,
    /// A recording of the person that says another prompt, from a loudspeaker; the face is his own, as for all voices below.
    VoiceReplay,
    /// The person's voice that says the prompt, over a call and from a loudspeaker.
    VoiceRelay,
    /// A synthetic voice, taken to say the prompt.
    SyntheticVoice,
    /// The person says something else.
    WrongDigits,
    /// Two digits of the prompt are wrong.
    TwoWrongDigits,
    /// One is.
    OneWrongDigit,
    /// The phone says that software made its position.
    MockLocation,
    /// The person, lit by other colours than the screen shows: an earlier session, or a camera that is not there.
    FlashNotFollowed,
    /// The person, lit by each colour one picture late, as over a call.
    FlashLate,
    /// The person, lit by nothing: a recording.
    FlashNothing,
    /// A print, lit by the colours over its whole sheet; its pictures are those of `print`.
    FlashPrint,
    /// A screen that throws the colours back from its glass; its pictures are those of `screen`.
    FlashScreen,
    /// A paper mask before a face, lit as a face is; its pictures are those of `mask`.
    FlashMask,
}

domain::text_enum!(Presented {
    Clean = "clean",
    Noise = "noise",
    Telephone = "telephone",
    Reverberant = "reverberant",
    DimLight = "dim_light",
    SideLight = "side_light",
    MotionBlur = "motion_blur",
    Compression = "compression",
    PhoneCamera = "phone_camera",
    Haze = "haze",
    Flash = "flash",
    FlashDim = "flash_dim",
    FlashDaylight = "flash_daylight",
    OtherFace = "other_face",
    OtherVoice = "other_voice",
    OtherPerson = "other_person",
    Print = "print",
    Screen = "screen",
    Mask = "mask",
    Relay = "relay",
    SecondFace = "second_face",
    TwoPeople = "two_people",
    Replay = "replay",
    Recompressed = "recompressed",
    Cropped = "cropped",
    Mirrored = "mirrored",
    VoiceReplay = "voice_replay",
    VoiceRelay = "voice_relay",
    SyntheticVoice = "synthetic_voice",
    WrongDigits = "wrong_digits",
    TwoWrongDigits = "two_wrong_digits",
    OneWrongDigit = "one_wrong_digit",
    MockLocation = "mock_location",
    FlashNotFollowed = "flash_not_followed",
    FlashLate = "flash_late",
    FlashNothing = "flash_nothing",
    FlashPrint = "flash_print",
    FlashScreen = "flash_screen",
    FlashMask = "flash_mask",
});

impl Presented {
    /// A person who does what he should.
    pub const fn genuine(self) -> bool {
        matches!(
            self,
            Self::Clean
                | Self::Noise
                | Self::Telephone
                | Self::Reverberant
                | Self::DimLight
                | Self::SideLight
                | Self::MotionBlur
                | Self::Compression
                | Self::PhoneCamera
                | Self::Haze
                | Self::Flash
                | Self::FlashDim
                | Self::FlashDaylight
        )
    }

    /// The screen shows colours.
    pub const fn in_colours(self) -> bool {
        matches!(
            self,
            Self::Flash
                | Self::FlashDim
                | Self::FlashDaylight
                | Self::FlashNotFollowed
                | Self::FlashLate
                | Self::FlashNothing
                | Self::FlashPrint
                | Self::FlashScreen
                | Self::FlashMask
        )
    }

    /// Made of pictures that were handed in before.
    pub const fn of_an_earlier_session(self) -> bool {
        matches!(
            self,
            Self::Replay | Self::Recompressed | Self::Cropped | Self::Mirrored
        )
    }

    /// Chinese, for people.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Clean => "本人，正常",
            Self::Noise => "本人，嘈杂",
            Self::Telephone => "本人，电话音质",
            Self::Reverberant => "本人，空房间",
            Self::DimLight => "本人，光线暗",
            Self::SideLight => "本人，侧光",
            Self::MotionBlur => "本人，手抖",
            Self::Compression => "本人，压缩严重",
            Self::PhoneCamera => "本人，手机镜头",
            Self::Haze => "本人，逆光发灰",
            Self::Flash => "本人，屏幕变色",
            Self::FlashDim => "本人，暗处变色",
            Self::FlashDaylight => "本人，日光下变色",
            Self::OtherFace => "他人的脸",
            Self::OtherVoice => "他人的声音",
            Self::OtherPerson => "他人顶替",
            Self::Print => "照片打印",
            Self::Screen => "屏幕翻拍",
            Self::Mask => "纸面具",
            Self::Relay => "视频通话转播",
            Self::SecondFace => "旁边另有一人",
            Self::TwoPeople => "前后两人",
            Self::Replay => "重放旧签到",
            Self::Recompressed => "旧照重压缩",
            Self::Cropped => "旧照裁剪",
            Self::Mirrored => "旧照镜像",
            Self::VoiceReplay => "播放旧录音",
            Self::VoiceRelay => "电话转播声音",
            Self::SyntheticVoice => "合成声音",
            Self::WrongDigits => "口令全错",
            Self::TwoWrongDigits => "口令错两位",
            Self::OneWrongDigit => "口令错一位",
            Self::MockLocation => "虚拟定位",
            Self::FlashNotFollowed => "脸上颜色不符",
            Self::FlashLate => "脸上颜色滞后",
            Self::FlashNothing => "脸上颜色不变",
            Self::FlashPrint => "照片随屏幕变色",
            Self::FlashScreen => "屏幕反射变色",
            Self::FlashMask => "面具随屏幕变色",
        }
    }
}

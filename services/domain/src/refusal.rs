use serde::{Deserialize, Serialize};

use crate::{
    Micros, PointsEntryId, alert, channel::Channels, checkin::State, correction, leave, org::Level,
    transfer,
};

/// Why something was not done. Data, not an error: the caller turns it into an answer that says what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    #[error("the window has not opened yet; it opens at {opens_at}")]
    WindowNotOpen { opens_at: Micros },
    #[error("the window closed at {closed_at}")]
    WindowClosed { closed_at: Micros },
    #[error("this duty is already fulfilled")]
    DutyMet,
    #[error("an earlier attempt at this duty waits for its verdict")]
    VerdictPending,
    #[error("too many attempts did not match; the next one may begin at {retry_at}")]
    TooManyTries { retry_at: Micros },
    #[error("too many attempts; please call the justice office")]
    SeeOfficer,
    #[error("another officer looks at this case, until {until}")]
    CaseHeld { until: Micros },
    #[error(
        "you have looked at this case; what you think of it counts when another officer has looked"
    )]
    SecondLookOwed,
    #[error("for this duty no other capture can be asked for; please accept or decline")]
    AskedEnough,
    #[error("the capture session has expired; please open a new one")]
    SessionExpired,
    #[error("the capture session was already used")]
    SessionUsed,
    #[error("the nonce is not the one of this capture session")]
    NonceMismatch,
    #[error("nothing can be changed in state {state}")]
    StateConflict { state: State },
    #[error("part {part:?} is not one that this session takes")]
    PartUnknown { part: String },
    #[error("part {part:?} is missing or incomplete")]
    PartMissing { part: String },
    #[error("part {part:?} does not have the announced length or SHA-256")]
    PartMismatch { part: String },
    #[error("part {part:?} stands at byte {offset}; continue from there")]
    PartOffset { part: String, offset: u64 },
    #[error("part {part:?} would grow beyond {limit} bytes")]
    PartTooLarge { part: String, limit: u64 },
    #[error("part {part:?} was handed in before; please take a new one")]
    MediaRepeated { part: String },
    #[error("face and voice have not been enrolled yet")]
    NotEnrolled,
    #[error("the activation code is wrong, used or expired")]
    ActivationCode,
    #[error("this device is no longer active")]
    DeviceRevoked,
    #[error("this key already belongs to an active device")]
    DeviceKeyTaken,
    #[error("an enrolment needs at least {pictures} pictures and {phrases} phrases")]
    EnrolmentTooSmall { pictures: usize, phrases: usize },
    #[error("the enrolment was already handed in")]
    EnrolmentUsed,
    #[error("this face stands under another name")]
    FaceEnrolled,
    #[error("the phrases must contain every digit from 0 to 9")]
    PhrasesIncomplete,
    #[error("case number {case_number:?} is already registered")]
    CaseNumberTaken { case_number: String },
    #[error("login {login:?} is already taken")]
    LoginTaken { login: String },
    #[error("supervision of this person ended at {ended_at}")]
    SupervisionEnded { ended_at: Micros },
    #[error("the person already belongs to this unit")]
    TransferNowhere,
    #[error("a transfer of this person already waits for an answer")]
    TransferPending,
    #[error("the transfer was already {state}")]
    TransferDecided { state: transfer::State },
    #[error("somebody else declared this year a moment ago; please look again")]
    CalendarOvertaken,
    #[error("nothing more can be done with an alert that is {state}")]
    AlertState { state: alert::State },
    #[error("this duty is not met on this channel")]
    ChannelNotAllowed { channels: Channels },
    #[error("this officer already stands aside from the case")]
    AlreadyRecused,
    #[error("this area no longer counts since {ended_at}")]
    AreaEnded { ended_at: Micros },
    #[error("a person has at most {max} areas at a time")]
    AreasFull { max: u32 },
    #[error("continuous positioning is not approved now")]
    PositioningNotApproved,
    #[error("this approval ended at {ended_at}")]
    PositioningEnded { ended_at: Micros },
    #[error("nobody lifts his own recusal")]
    OwnRecusal,
    #[error("entry {entry} of the ledger settled this fact")]
    PointsSettled { entry: PointsEntryId },
    #[error("this measure was withdrawn before")]
    MeasureWithdrawn,
    #[error("this cannot be done with a correction that is {state}")]
    CorrectionState { state: correction::State },
    #[error("what is not adopted is answered with reasons")]
    CorrectionReasons,
    #[error("the procurators asked again as often as they may here")]
    CorrectionInsisted,
    #[error("only an officer enters this")]
    PointsNeedOfficer,
    #[error("this entry cannot be reversed, or was before")]
    PointsFinal,
    #[error("nothing was taken here that is not given back")]
    AppealNothingTaken,
    #[error("this was appealed against before; the procurators are next")]
    AppealFiled,
    #[error("an appeal could be filed until {until}")]
    AppealLate { until: Micros },
    #[error("nobody decides an appeal against his own decision")]
    AppealOwnDecision,
    #[error("this cannot be done with a leave that is {state}")]
    LeaveState { state: leave::State },
    #[error("this leave is decided at the level of a {level} or above")]
    LeaveAbove { level: Level },
    #[error("a collective review must be noted before this leave is approved")]
    LeaveUnreviewed,
    #[error("this leave began at {from}: it can only end by a return")]
    LeaveBegun { from: Micros },
    #[error("this leave does not begin before {from}")]
    LeaveNotBegun { from: Micros },
    #[error("the time of this leave was over at {until}")]
    LeaveOver { until: Micros },
    #[error("a standing permit is cancelled or runs out: nobody is called back from it or returns")]
    LeaveStanding,
}

impl Refusal {
    /// Stable name of the refusal, for `type` URIs and tests.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WindowNotOpen { .. } => "window-not-open",
            Self::WindowClosed { .. } => "window-closed",
            Self::DutyMet => "duty-met",
            Self::VerdictPending => "verdict-pending",
            Self::TooManyTries { .. } => "too-many-tries",
            Self::SeeOfficer => "see-officer",
            Self::SecondLookOwed => "second-look-owed",
            Self::AskedEnough => "asked-enough",
            Self::SessionExpired => "session-expired",
            Self::SessionUsed => "session-used",
            Self::NonceMismatch => "nonce-mismatch",
            Self::StateConflict { .. } => "state-conflict",
            Self::PartUnknown { .. } => "part-unknown",
            Self::PartMissing { .. } => "part-missing",
            Self::PartMismatch { .. } => "part-mismatch",
            Self::PartOffset { .. } => "part-offset",
            Self::PartTooLarge { .. } => "part-too-large",
            Self::MediaRepeated { .. } => "media-repeated",
            Self::NotEnrolled => "not-enrolled",
            Self::ActivationCode => "activation-code",
            Self::DeviceRevoked => "device-revoked",
            Self::DeviceKeyTaken => "device-key-taken",
            Self::EnrolmentTooSmall { .. } => "enrolment-too-small",
            Self::EnrolmentUsed => "enrolment-used",
            Self::FaceEnrolled => "face-enrolled",
            Self::PhrasesIncomplete => "phrases-incomplete",
            Self::CaseHeld { .. } => "case-held",
            Self::CaseNumberTaken { .. } => "case-number-taken",
            Self::LoginTaken { .. } => "login-taken",
            Self::SupervisionEnded { .. } => "supervision-ended",
            Self::TransferNowhere => "transfer-nowhere",
            Self::TransferPending => "transfer-pending",
            Self::TransferDecided { .. } => "transfer-decided",
            Self::CalendarOvertaken => "calendar-overtaken",
            Self::AlertState { .. } => "alert-state",
            Self::ChannelNotAllowed { .. } => "channel-not-allowed",
            Self::AlreadyRecused => "already-recused",
            Self::AreaEnded { .. } => "area-ended",
            Self::AreasFull { .. } => "areas-full",
            Self::PositioningNotApproved => "positioning-not-approved",
            Self::PositioningEnded { .. } => "positioning-ended",
            Self::OwnRecusal => "own-recusal",
            Self::PointsSettled { .. } => "points-settled",
            Self::MeasureWithdrawn => "measure-withdrawn",
            Self::CorrectionState { .. } => "correction-state",
            Self::CorrectionReasons => "correction-reasons",
            Self::CorrectionInsisted => "correction-insisted",
            Self::PointsNeedOfficer => "points-need-officer",
            Self::PointsFinal => "points-final",
            Self::AppealNothingTaken => "appeal-nothing-taken",
            Self::AppealFiled => "appeal-filed",
            Self::AppealLate { .. } => "appeal-late",
            Self::AppealOwnDecision => "appeal-own-decision",
            Self::LeaveState { .. } => "leave-state",
            Self::LeaveAbove { .. } => "leave-above",
            Self::LeaveUnreviewed => "leave-unreviewed",
            Self::LeaveBegun { .. } => "leave-begun",
            Self::LeaveNotBegun { .. } => "leave-not-begun",
            Self::LeaveOver { .. } => "leave-over",
            Self::LeaveStanding => "leave-standing",
        }
    }
}

//! What goes over the wire: the JSON of phones and of the officers' API, shared by the server, the terminal phone and the
//! load tests. Types only: no server, no client, no rule.

mod alert;
mod at;
mod call;
mod checkin;
mod console;
mod correction;
mod device;
mod duty;
mod enrolment;
mod holding;
mod leave;
mod measure;
mod message;
mod person;
mod place;
mod plan;
mod points;
mod problem;
mod receipt;

pub use alert::{
    Alert, AlertClosed, AlertMove, AlertSettings, AlertsToday, CaseGroup, NewAlertSettings,
    NewBreach, RulePrecision,
};
pub use at::At;
pub use call::{Call, NewCall, Telephone};
pub use checkin::{
    Ability, Checkin, CheckinAppeal, Coached, Facts, Flash, Location, OpenCheckin, OpenPart,
    PartDigest, PartState, Presence, Session, Spoken, Submission, Verdict,
};
pub use console::{
    Activation, AuditEntry, CalendarYear, CheckinDetail, Decided, DeclaredDays, DutyOfDay,
    Evidence, EvidenceMedia, NewOfficer, NewUnit, Officer, OfficerCreated, Opinion, Page,
    ReasonText, ReviewItem, Ruling, SignIn, SignedIn, Unit,
};
pub use correction::{Correction, CorrectionMove, CorrectionStep, NewCorrection};
pub use device::{AccessToken, Activate, Activated};
pub use duty::{Duties, Duty};
pub use enrolment::{Enrolment, EnrolmentFlaw, EnrolmentSubmission};
pub use holding::{Held, Holdings, Look};
pub use leave::{Leave, LeaveDestination, LeaveGround, LeaveMove, LeaveStep, NewLeave};
pub use measure::{Measure, NewMeasure};
pub use message::{Contact, DeadLetter, NewContact, Revived, Subscription, WeChatLogin};
pub use person::{
    Because, EndSupervision, Ended, Imported, NewPerson, NewRecusal, NewTransfer, Order, Person,
    PersonSummary, Recusal, RowFault, TemplatesRevoked, Transfer, TransferDecision,
};
pub use place::{
    Area, AreaHours, AreaShape, Fix, LatLon, NewArea, NewPositioning, PlaceFinding, Positioning,
    PositioningPolicy, Positions, PositionsTaken, TrackPoint,
};
pub use plan::{
    NewPlan, Outlook, Outlooks, Plan, PlanPreview, PlanTemplate, PlanTemplates, Plans, QuietHours,
    Rule, Times,
};
pub use points::{
    AppealDecision, LevelSuggestion, NewAppeal, NewPoints, PointsAppeal, PointsBook,
    PointsDecision, PointsLine, PointsMonth, PointsProposal,
};
pub use problem::Problem;
pub use receipt::{MediaDigest, Receipt, ReceiptClaims};

/// Media type of [`Problem`].
pub const PROBLEM_JSON: &str = "application/problem+json";
/// Header with the byte at which an upload stands.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Header that makes a POST safe to repeat; at most [`IDEMPOTENCY_KEY_LEN_MAX`] characters.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
pub const IDEMPOTENCY_KEY_LEN_MAX: usize = 255;
/// Header with the nonce for the next DPoP proof, RFC 9449 §8.
pub const DPOP_NONCE: &str = "dpop-nonce";
/// Bytes of one uploaded piece, at most: small enough for a bad line, and for five seconds in the background.
pub const CHUNK_LEN_MAX: usize = 256 * 1024;
/// Longest wait that a long poll may ask for, seconds.
pub const WAIT_S_MAX: u32 = 30;

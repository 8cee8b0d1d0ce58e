use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    AlertId, ApprovalId, AreaId, CallId, CheckinId, CorrectionId, DeviceId, DutyId, EnrolmentId,
    EventId, LeaveId, MeasureId, MediaId, MessageId, Micros, OfficerId, OrgUnitId, PersonId,
    PlanId, PointsEntryId, RecusalId, TransferId,
    alert::{self, Cause},
    area::{AreaKind, AreaName},
    attendance::{Attendance, RulingKind},
    call::CallOutcome,
    checkin::Decision,
    correction::{self, CorrectionKind},
    enrolment::Findings,
    leave,
    measure::MeasureKind,
    message::Means,
    order::{EndReason, SupervisionOrder},
    points,
    positioning::Ground,
    transfer,
    verdict::Verdict,
};

/// Who made it happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "actor", content = "actor_id", rename_all = "snake_case")]
pub enum Actor {
    /// The house itself: workers, timers, the command line.
    System,
    Officer(OfficerId),
    Device(DeviceId),
}

/// One entry of the log. Nothing is ever overwritten or taken out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub id: EventId,
    pub at: Micros,
    pub actor: Actor,
    /// Whose file it belongs to, if it is about a person.
    pub person: Option<PersonId>,
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    UnitCreated {
        unit: OrgUnitId,
    },
    OfficerCreated {
        officer: OfficerId,
    },
    OfficerSignedIn {
        officer: OfficerId,
    },
    OfficerSignInFailed {
        login: String,
    },
    PersonRegistered {
        unit: OrgUnitId,
    },
    PersonsImported {
        unit: OrgUnitId,
        persons: u32,
    },
    PersonsExported {
        unit: OrgUnitId,
        persons: u32,
    },
    OrderChanged {
        from: SupervisionOrder,
        to: SupervisionOrder,
        /// Duties outside the new order that had not opened and were taken back.
        withdrawn: u64,
        /// New duties for the days ahead.
        made: u64,
    },
    SupervisionEnded {
        reason: EndReason,
        note: String,
        erase_at: Micros,
        /// Duties that had not opened and were taken back.
        withdrawn: u64,
    },
    PersonErased {
        objects: u64,
    },
    TransferProposed {
        transfer: TransferId,
        from: OrgUnitId,
        to: OrgUnitId,
        reason: String,
    },
    TransferDecided {
        transfer: TransferId,
        state: transfer::State,
        reason: String,
    },
    OfficerRecused {
        recusal: RecusalId,
        officer: OfficerId,
        reason: String,
    },
    RecusalLifted {
        recusal: RecusalId,
        officer: OfficerId,
        reason: String,
    },
    AreaDrawn {
        area: AreaId,
        area_kind: AreaKind,
        name: AreaName,
    },
    AreaEnded {
        area: AreaId,
        reason: String,
    },
    PositioningApproved {
        approval: ApprovalId,
        ground: Ground,
        from: Micros,
        until: Micros,
        reason: String,
    },
    PositioningEnded {
        approval: ApprovalId,
        reason: String,
    },
    /// A phone handed in continuous positions under an approval.
    PositionsReceived {
        approval: ApprovalId,
        stored: u32,
        /// Of times outside the approval.
        left_out: u32,
    },
    /// An officer looked at a person's positions.
    PositionsRead {
        from: Micros,
        until: Micros,
        positions: u32,
    },
    AccessRefused {
        method: String,
        path: String,
        code: String,
    },
    PlanWritten {
        plan: PlanId,
        version: i32,
        /// Duties of earlier versions that had not opened and were taken back.
        withdrawn: u64,
        /// New duties for the days ahead.
        made: u64,
    },
    EnrolmentOpened {
        enrolment: EnrolmentId,
    },
    EnrolmentSubmitted {
        enrolment: EnrolmentId,
        /// Why the officer wants it although the face stands under another name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        despite: Option<String>,
    },
    EnrolmentConcluded {
        enrolment: EnrolmentId,
        findings: Findings,
    },
    /// Templates of another pack were made from what was captured at this enrolment.
    TemplatesRenewed {
        enrolment: EnrolmentId,
        pack: String,
    },
    /// A person's templates were erased; he has to be enrolled anew.
    TemplatesRevoked {
        templates: u64,
        reason: String,
    },
    /// All templates of a pack that is no longer used were erased.
    PackRetired {
        pack: String,
        templates: u64,
    },
    ActivationIssued {
        expires_at: Micros,
    },
    DeviceActivated {
        device: DeviceId,
    },
    DeviceRevoked {
        device: DeviceId,
    },
    CheckinOpened {
        checkin: CheckinId,
        duty: DutyId,
        expires_at: Micros,
    },
    CheckinSubmitted {
        checkin: CheckinId,
        duty: DutyId,
    },
    CheckinRefused {
        checkin: CheckinId,
        code: String,
    },
    CheckinExpired {
        checkin: CheckinId,
        duty: DutyId,
    },
    CheckinConcluded {
        checkin: CheckinId,
        duty: DutyId,
        claim: i32,
        verdict: Verdict,
    },
    CheckinDecided {
        checkin: CheckinId,
        duty: DutyId,
        decision: Decision,
        reason: String,
    },
    /// An officer would decline an attempt: it counts when another one, who does not know of it, has looked.
    SecondLookAsked {
        checkin: CheckinId,
        reason: String,
    },
    /// The person contests that an attempt was declined.
    CheckinAppealed {
        checkin: CheckinId,
    },
    CheckinAppealDecided {
        checkin: CheckinId,
        duty: DutyId,
        finding: points::Finding,
        reason: String,
    },
    /// An officer opened a case that waits for one, and keeps it to himself for a while.
    ReviewClaimed {
        checkin: CheckinId,
    },
    /// Duties of the days ahead, up to `last`, were made for all plans.
    DutiesExtended {
        last: Date,
        made: u64,
    },
    /// What had not opened was made to fit a newly declared calendar, up to `last`, for all plans.
    CalendarApplied {
        last: Date,
        withdrawn: u64,
        made: u64,
    },
    AlertRaised {
        alert: AlertId,
        cause: Cause,
    },
    AlertMoved {
        alert: AlertId,
        state: alert::State,
        reason: String,
        #[serde(default)]
        outcome: Option<alert::Outcome>,
    },
    AlertSettingsSet {
        unit: OrgUnitId,
        version: i32,
    },
    LeaveAsked {
        leave: LeaveId,
        request: leave::Request,
    },
    LeaveStepped {
        leave: LeaveId,
        step: leave::Step,
        /// Duties that had not opened and were taken back, or are asked for in another way.
        withdrawn: u64,
        /// New duties for the days ahead.
        made: u64,
    },
    ReportMade {
        report: String,
        unit: OrgUnitId,
    },
    /// What is kept of a person went out as one file.
    ArchiveMade {
        checkins: u64,
    },
    /// Who is supervised was written down for the procurators' month that ended on this day.
    CensusTaken {
        day: Date,
        persons: u64,
    },
    MeasureEntered {
        measure: MeasureId,
        measure_kind: MeasureKind,
        day: Date,
        reason: String,
    },
    MeasureWithdrawn {
        measure: MeasureId,
        reason: String,
    },
    /// A procurator wrote to a unit.
    CorrectionFiled {
        correction: CorrectionId,
        unit: OrgUnitId,
        correction_kind: CorrectionKind,
    },
    CorrectionStepped {
        correction: CorrectionId,
        step: correction::Step,
    },
    PointsEntered {
        entry: points::Entry,
    },
    PointsAppealed {
        entry: PointsEntryId,
    },
    PointsAppealDecided {
        entry: PointsEntryId,
        finding: points::Finding,
    },
    PointsBookSet {
        version: i32,
    },
    CaseGroupSet {
        group: Option<String>,
    },
    AlertEscalated {
        alert: AlertId,
        escalated: i32,
    },
    ContactSet {
        means: Means,
    },
    ContactRemoved {
        means: Means,
    },
    /// An officer looked at an address of a person, to reach him.
    ContactRead {
        means: Means,
    },
    CallMade {
        call: CallId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        checkin: Option<CheckinId>,
        outcome: CallOutcome,
        note: String,
    },
    MessageDied {
        message: MessageId,
        means: String,
        why: String,
    },
    MessageRevived {
        message: MessageId,
    },
    DutyRuled {
        duty: DutyId,
        ruling: RulingKind,
        at: Micros,
        reason: String,
    },
    CalendarDeclared {
        year: i16,
        version: i32,
    },
    DutyMarked {
        duty: DutyId,
        from: Attendance,
        to: Attendance,
    },
    MediaRead {
        media: MediaId,
    },
}

impl EventKind {
    /// Stable name, as stored.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::UnitCreated { .. } => "unit_created",
            Self::OfficerCreated { .. } => "officer_created",
            Self::OfficerSignedIn { .. } => "officer_signed_in",
            Self::OfficerSignInFailed { .. } => "officer_sign_in_failed",
            Self::PersonRegistered { .. } => "person_registered",
            Self::PersonsImported { .. } => "persons_imported",
            Self::PersonsExported { .. } => "persons_exported",
            Self::OrderChanged { .. } => "order_changed",
            Self::SupervisionEnded { .. } => "supervision_ended",
            Self::PersonErased { .. } => "person_erased",
            Self::TransferProposed { .. } => "transfer_proposed",
            Self::TransferDecided { .. } => "transfer_decided",
            Self::OfficerRecused { .. } => "officer_recused",
            Self::RecusalLifted { .. } => "recusal_lifted",
            Self::AreaDrawn { .. } => "area_drawn",
            Self::AreaEnded { .. } => "area_ended",
            Self::PositioningApproved { .. } => "positioning_approved",
            Self::PositioningEnded { .. } => "positioning_ended",
            Self::PositionsReceived { .. } => "positions_received",
            Self::PositionsRead { .. } => "positions_read",
            Self::AccessRefused { .. } => "access_refused",
            Self::PlanWritten { .. } => "plan_written",
            Self::EnrolmentOpened { .. } => "enrolment_opened",
            Self::EnrolmentSubmitted { .. } => "enrolment_submitted",
            Self::EnrolmentConcluded { .. } => "enrolment_concluded",
            Self::TemplatesRenewed { .. } => "templates_renewed",
            Self::TemplatesRevoked { .. } => "templates_revoked",
            Self::PackRetired { .. } => "pack_retired",
            Self::ActivationIssued { .. } => "activation_issued",
            Self::DeviceActivated { .. } => "device_activated",
            Self::DeviceRevoked { .. } => "device_revoked",
            Self::CheckinOpened { .. } => "checkin_opened",
            Self::CheckinSubmitted { .. } => "checkin_submitted",
            Self::CheckinRefused { .. } => "checkin_refused",
            Self::CheckinExpired { .. } => "checkin_expired",
            Self::CheckinConcluded { .. } => "checkin_concluded",
            Self::CheckinDecided { .. } => "checkin_decided",
            Self::SecondLookAsked { .. } => "second_look_asked",
            Self::CheckinAppealed { .. } => "checkin_appealed",
            Self::CheckinAppealDecided { .. } => "checkin_appeal_decided",
            Self::ReviewClaimed { .. } => "review_claimed",
            Self::DutiesExtended { .. } => "duties_extended",
            Self::CalendarApplied { .. } => "calendar_applied",
            Self::AlertRaised { .. } => "alert_raised",
            Self::AlertMoved { .. } => "alert_moved",
            Self::AlertSettingsSet { .. } => "alert_settings_set",
            Self::LeaveAsked { .. } => "leave_asked",
            Self::LeaveStepped { .. } => "leave_stepped",
            Self::ReportMade { .. } => "report_made",
            Self::ArchiveMade { .. } => "archive_made",
            Self::CensusTaken { .. } => "census_taken",
            Self::MeasureEntered { .. } => "measure_entered",
            Self::MeasureWithdrawn { .. } => "measure_withdrawn",
            Self::CorrectionFiled { .. } => "correction_filed",
            Self::CorrectionStepped { .. } => "correction_stepped",
            Self::PointsEntered { .. } => "points_entered",
            Self::PointsAppealed { .. } => "points_appealed",
            Self::PointsAppealDecided { .. } => "points_appeal_decided",
            Self::PointsBookSet { .. } => "points_book_set",
            Self::CaseGroupSet { .. } => "case_group_set",
            Self::AlertEscalated { .. } => "alert_escalated",
            Self::ContactSet { .. } => "contact_set",
            Self::ContactRead { .. } => "contact_read",
            Self::CallMade { .. } => "call_made",
            Self::ContactRemoved { .. } => "contact_removed",
            Self::MessageDied { .. } => "message_died",
            Self::MessageRevived { .. } => "message_revived",
            Self::DutyRuled { .. } => "duty_ruled",
            Self::CalendarDeclared { .. } => "calendar_declared",
            Self::DutyMarked { .. } => "duty_marked",
            Self::MediaRead { .. } => "media_read",
        }
    }
}

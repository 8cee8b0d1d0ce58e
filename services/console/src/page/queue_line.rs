//! A case that waits for an officer, as one line of a list.

use app::review::Queued;
use domain::{
    Micros,
    verdict::{Reason, ReasonKind, Verdict},
};
use jiff::tz::TimeZone;

use super::words::{self, Words};

pub struct QueueLine {
    pub id: String,
    pub name: String,
    pub case_number: String,
    pub level: Words,
    pub submitted: String,
    /// How long it has waited, in words.
    pub waits: String,
    pub reasons: Vec<ReasonLine>,
    /// Who looks at it now, and until when.
    pub holder: Option<(String, String)>,
}

/// Why an officer must look.
pub struct ReasonLine {
    pub zh: &'static str,
    pub en: &'static str,
    pub tone: &'static str,
    pub kind: Words,
}

pub fn made(queued: &Queued, zone: &TimeZone, now: Micros) -> QueueLine {
    let waiting = &queued.waiting;
    let at = waiting
        .checkin
        .submitted_at
        .unwrap_or(waiting.checkin.opened_at);
    QueueLine {
        id: waiting.checkin.id.to_string(),
        name: waiting.person.name.clone(),
        case_number: waiting.person.case_number.clone(),
        level: words::level(waiting.person.order.level),
        submitted: words::moment(at, zone),
        waits: words::span(now.since_ms(at)),
        reasons: reasons(waiting.checkin.verdict.as_ref()),
        holder: queued
            .claim
            .as_ref()
            .map(|claim| (claim.name.clone(), words::second(claim.expires_at, zone))),
    }
}

pub fn reasons(verdict: Option<&Verdict>) -> Vec<ReasonLine> {
    let line = |&reason: &Reason| {
        let (zh, en) = reason.sentence();
        let (tone, kind) = match reason.kind() {
            ReasonKind::Match => ("look", ("比对", "match")),
            ReasonKind::Attack => ("bad", ("攻击", "attack")),
            ReasonKind::Place => ("look", ("位置", "place")),
            ReasonKind::System => ("calm", ("系统", "system")),
        };
        ReasonLine { zh, en, tone, kind }
    };
    match verdict {
        Some(Verdict::Review { reasons }) => reasons.iter().map(line).collect(),
        Some(Verdict::Verified | Verdict::Retry { .. }) | None => Vec::new(),
    }
}

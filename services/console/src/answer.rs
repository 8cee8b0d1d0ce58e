use std::str::FromStr;

use app::{
    Viewer,
    alert::About,
    calendar::YearVersion,
    contact::Shown,
    duty::{DayEntry, Marked},
    person::Standing,
    review::Case,
};
use axum::http::StatusCode;
use domain::{
    Micros,
    access::{Officer, Recusal},
    area::Explained,
    event::{Actor, Event},
    org::OrgUnit,
    person::Person,
    plan::SupervisionPlan,
    transfer::Transfer,
    verdict::{Reason, Verdict, face_llr},
};
use edge::{Problem, named};

pub fn officer(officer: &Officer) -> wire::Officer {
    wire::Officer {
        id: officer.id,
        unit: officer.unit,
        login: officer.login.clone(),
        name: officer.name.clone(),
        role: officer.role,
    }
}

pub fn signed_in(token: String, viewer: &Viewer) -> wire::SignedIn {
    wire::SignedIn {
        token,
        expires_at: viewer.expires_at.into(),
        officer: officer(&viewer.officer),
    }
}

pub fn unit(unit: OrgUnit) -> wire::Unit {
    wire::Unit {
        id: unit.id,
        parent: unit.parent,
        level: unit.level,
        name: unit.name,
    }
}

pub fn summary(person: &Person) -> wire::PersonSummary {
    wire::PersonSummary {
        id: person.id,
        name: person.name.clone(),
        case_number: person.case_number.clone(),
    }
}

pub fn person(standing: Standing) -> wire::Person {
    let person = standing.person;
    let ended = person.ended.map(|ended| wire::Ended {
        at: ended.at.into(),
        reason: ended.reason,
        erase_at: ended.erase_at.into(),
    });
    wire::Person {
        id: person.id,
        unit: person.unit,
        name: person.name,
        case_number: person.case_number,
        order: person.order.into(),
        minor: person.minor,
        registered_at: person.registered_at.into(),
        ended,
        enrolled: standing.enrolled,
        device_active: standing.device_active,
    }
}

pub fn transfer((transfer, person): (Transfer, Person)) -> wire::Transfer {
    wire::Transfer {
        id: transfer.id,
        person: summary(&person),
        from: transfer.from,
        to: transfer.to,
        state: transfer.state,
        reason: transfer.reason,
        proposed_at: transfer.proposed_at.into(),
        decided_at: transfer.decided_at.map(Into::into),
    }
}

pub fn recusal(recusal: Recusal) -> wire::Recusal {
    wire::Recusal {
        id: recusal.id,
        officer: recusal.officer,
        reason: recusal.reason,
        set_at: recusal.set_at.into(),
        lifted_at: recusal.lifted_at.map(Into::into),
    }
}

pub fn calendar_year(year: YearVersion) -> wire::CalendarYear {
    wire::CalendarYear {
        year: year.year,
        version: year.version,
        days: year.days.0,
    }
}

pub fn alert(about: About) -> wire::Alert {
    let alert = about.alert;
    let (zh, en) = alert.cause.explain(&about.zone);
    let closed = alert.closed.map(|closed| wire::AlertClosed {
        by: closed.by,
        at: closed.at.into(),
        reason: closed.reason,
        outcome: closed.outcome,
    });
    wire::Alert {
        id: alert.id,
        kind: alert.cause.rule(),
        severity: alert.cause.severity(),
        person: summary(&about.person),
        message: wire::Spoken { zh, en },
        state: alert.state,
        raised_at: alert.raised_at.into(),
        due_at: alert.due_at.map(Into::into),
        reached: about.path.above(alert.escalated),
        officer: alert.officer,
        closed,
    }
}

pub fn duty_of_day(entry: &DayEntry, now: Micros) -> wire::DutyOfDay {
    wire::DutyOfDay {
        duty: duty(&entry.marked, now),
        person: summary(&entry.person),
    }
}

/// Only what an officer did.
pub fn audit_entry(event: &Event) -> Option<wire::AuditEntry> {
    let Actor::Officer(officer) = event.actor else {
        return None;
    };
    Some(wire::AuditEntry {
        id: event.id,
        at: event.at.into(),
        officer,
        person: event.person,
        event: serde_json::to_value(&event.kind).unwrap_or_default(),
    })
}

/// Some of many: when the page is full, `next` names the place of the last one.
pub fn page<T>(items: Vec<T>, len_max: u32, next: impl Fn(&T) -> String) -> wire::Page<T> {
    let full = items.len() == len_max as usize;
    let next = items.last().filter(|_| full).map(next);
    wire::Page { items, next }
}

/// Where a list in order of time continues, or that the query does not say it.
pub fn after<T: FromStr>(text: Option<&String>) -> Result<Option<(Micros, T)>, Problem> {
    let bad = || {
        named(
            StatusCode::BAD_REQUEST,
            "query",
            "查询参数有误",
            "after must be the next of an earlier page.",
        )
    };
    text.map(|text| cursor(text).ok_or_else(bad)).transpose()
}

/// `MICROS.ID`, where a list in order of time continues.
pub fn cursor<T: FromStr>(text: &str) -> Option<(Micros, T)> {
    let (at, id) = text.split_once('.')?;
    Some((Micros(at.parse().ok()?), id.parse().ok()?))
}

pub fn duty(marked: &Marked, now: Micros) -> wire::Duty {
    let duty = &marked.duty;
    wire::Duty {
        id: duty.id,
        opens_at: duty.opens_at.into(),
        closes_at: duty.closes_at.into(),
        late_until: duty.late_until.into(),
        factors: duty.factors,
        channels: duty.channels.into(),
        location_required: duty.location_required,
        phase: duty.phase(now),
        attendance: marked.attendance,
    }
}

pub fn reasons(verdict: Option<&Verdict>) -> Vec<wire::ReasonText> {
    let text = |&code: &Reason| wire::ReasonText {
        code,
        kind: code.kind(),
        message: code.sentence().into(),
    };
    match verdict {
        Some(Verdict::Review { reasons }) => reasons.iter().map(text).collect(),
        Some(Verdict::Verified | Verdict::Retry { .. }) | None => Vec::new(),
    }
}

fn place(explained: Explained) -> wire::PlaceFinding {
    let Explained { finding, zh, en } = explained;
    wire::PlaceFinding {
        kind: finding.kind,
        area: finding.rule,
        area_kind: finding.area,
        name: finding.name.into(),
        distance_m: finding.distance_m,
        margin_m: finding.margin_m,
        accuracy_m: finding.accuracy_m,
        message: wire::Spoken { zh, en },
    }
}

pub fn case(case: Case) -> wire::CheckinDetail {
    let Case {
        detail,
        captured,
        enrolled,
        opinions,
        appeal,
    } = case;
    let measurement = detail.weighed.as_ref().map(|weighed| &weighed.seen);
    let voice = measurement.and_then(|seen| seen.voice.as_ref());
    let evidence = wire::Evidence {
        pack: measurement.and_then(|seen| seen.pack.clone()),
        face_llr: measurement
            .and_then(|seen| face_llr(&seen.pictures))
            .map(|(mean, _)| mean.get()),
        voice_llr: voice
            .and_then(|voice| voice.speaker)
            .map(|comparison| comparison.llr.get()),
        content_llr: voice
            .and_then(|voice| voice.content)
            .map(|(_, comparison)| comparison.llr.get()),
        measurement: detail
            .weighed
            .as_ref()
            .and_then(|weighed| serde_json::to_value(weighed).ok()),
    };
    let facts = detail
        .facts
        .and_then(|facts| serde_json::from_value(serde_json::Value::Object(facts)).ok());
    let findings = detail.place.unwrap_or_default().findings;
    let checkin = detail.checkin;
    wire::CheckinDetail {
        id: checkin.id,
        duty: checkin.duty,
        person: summary(&detail.person),
        state: checkin.state,
        attendance: detail.marked.attendance,
        submitted_at: checkin.submitted_at.map(Into::into),
        prompt: checkin.prompt.into(),
        verdict: checkin.verdict.as_ref().map(Verdict::kind),
        reasons: reasons(checkin.verdict.as_ref()),
        evidence,
        facts: facts.unwrap_or_default(),
        place: findings.into_iter().map(place).collect(),
        captured: captured
            .into_iter()
            .map(|media| wire::EvidenceMedia {
                media: media.id,
                part: media.part,
            })
            .collect(),
        enrolled: enrolled
            .into_iter()
            .map(|media| wire::EvidenceMedia {
                media: media.id,
                part: media.part,
            })
            .collect(),
        decision: detail.ruling.map(|ruling| wire::Decided {
            decision: ruling.decision,
            reason: ruling.reason,
        }),
        opinions: opinions
            .into_iter()
            .map(|opinion| wire::Opinion {
                officer: opinion.officer,
                decision: opinion.decision,
                reason: opinion.reason,
                at: opinion.at.into(),
            })
            .collect(),
        appeal: appeal.map(Into::into),
    }
}

pub fn plan(plan: SupervisionPlan, duties: Option<u64>) -> wire::Plan {
    wire::Plan {
        id: plan.id,
        version: plan.version,
        zone: plan.zone,
        quiet: plan.quiet.into(),
        rules: plan.rules.iter().map(Into::into).collect(),
        effective_from: plan.effective_from,
        duties,
    }
}

/// Addresses as they are shown.
pub fn contacts(all: Vec<Shown>) -> Vec<wire::Contact> {
    all.into_iter()
        .map(|shown| wire::Contact {
            means: shown.means,
            masked: shown.masked,
            consents: shown.consents,
        })
        .collect()
}

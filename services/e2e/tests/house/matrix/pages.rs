//! The pages' part of the matrix: what a stranger might open, and what he might send.

use reqwest::Response;
use serde_json::{Value, json};

use super::prey::{Fate, Prey};
use crate::support::Officer;

/// A page, or a form whose fields stand in the body.
pub async fn send(officer: &Officer<'_>, method: &str, path: &str, body: &Value) -> Response {
    if method == "get" {
        return officer.page(path).await;
    }
    let fields = body.as_object().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().expect("fields are texts").to_owned();
    let fields: Vec<(String, String)> = fields
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    officer.form(path, &fields).await
}

impl Prey {
    /// As [`Prey::attack`], for a page. None for one that nobody thought of here.
    pub fn attack_page(&self, method: &str, route: &str) -> Option<(String, Value, Fate)> {
        let id = match route.split('/').nth(2) {
            Some("persons") => self.person.id.to_string(),
            Some("reviews" | "appeals") => self.checkin.to_string(),
            Some("media") => self.media.to_string(),
            Some("alerts") => self.alert.to_string(),
            Some("leaves") => self.leave.to_string(),
            Some("corrections") => self.correction.to_string(),
            _ => String::new(),
        };
        let id = if route.starts_with("/console/points") {
            self.entry.to_string()
        } else {
            id
        };
        let path = route.replace("{id}", &id).replace("{month}", "2026-03");
        let (body, fate) = match method {
            "get" => (Value::Null, opened(route)?),
            "post" => self.sent(route)?,
            _ => return None,
        };
        Some((path, body, fate))
    }

    fn sent(&self, route: &str) -> Option<(Value, Fate)> {
        let body = match route {
            "/console/sign-in" | "/console/sign-out" => return Some((Value::Null, Fate::Open)),
            "/console/persons" => {
                json!({ "unit": self.unit.id, "name": "鼹", "case_number": "STRANGE-3", "category": "probation", "level": "general",
                        "starts_on": "2026-01-01", "ends_on": "2027-01-01" })
            }
            "/console/persons/{id}/activation" => json!({}),
            "/console/persons/{id}/call" => json!({ "outcome": "reached", "note": "好奇" }),
            "/console/persons/{id}/points/{month}/decision" => {
                json!({ "key": "month:2026-03", "answer": "accept", "reason": "好奇" })
            }
            "/console/persons/{id}/points/{month}/entry" => {
                json!({ "what": "education", "hours": "2", "reason": "好奇" })
            }
            "/console/points/{id}/reversal" => {
                json!({ "person": self.person.id, "month": "2026-03", "reason": "好奇" })
            }
            "/console/persons/{id}/contacts" => {
                json!({ "means": "sms", "address": "13900000000" })
            }
            "/console/users" => {
                json!({ "unit": self.unit.id, "login": "mole2", "name": "鼹", "role": "auditor", "password": "a long enough password" })
            }
            "/console/units" => json!({ "parent": self.unit.id, "level": "office", "name": "伪" }),
            "/console/reviews/{id}/claim" | "/console/reviews/{id}/release" => {
                json!({ "claimed_at": "0" })
            }
            "/console/reviews/{id}/decision" => json!({ "decision": "accept", "reason": "好奇" }),
            "/console/alerts/{id}" => {
                json!({ "move": "close", "reason": "好奇", "outcome": "unfounded" })
            }
            "/console/appeals/checkins/{id}" | "/console/appeals/points/{id}" => {
                json!({ "finding": "granted", "reason": "好奇" })
            }
            "/console/corrections" => {
                json!({ "unit": self.unit.id, "kind": "opinion", "found": "好奇", "asked": "好奇" })
            }
            "/console/corrections/{id}" => json!({ "deed": "accept" }),
            "/console/leaves/{id}" => json!({ "deed": "refuse", "reason": "好奇" }),
            _ => return None,
        };
        Some((body, Fate::Refused))
    }
}

fn opened(route: &str) -> Option<Fate> {
    Some(match route {
        // The stream never ends; what it tells is looked at in a test of its own.
        "/console/events" | "/console/sign-in" | "/console/static/{name}" => Fate::Open,
        "/console"
        | "/console/reviews"
        | "/console/persons"
        | "/console/alerts"
        | "/console/leaves"
        | "/console/corrections"
        | "/console/appeals"
        | "/console/reports"
        | "/console/users"
        | "/console/thresholds" => Fate::Blind,
        "/console/audit" => Fate::Log,
        "/console/reviews/{id}"
        | "/console/corrections/{id}"
        | "/console/media/{id}"
        | "/console/media/{id}/waveform.svg"
        | "/console/persons/{id}"
        | "/console/persons/{id}/call"
        | "/console/persons/{id}/points"
        | "/console/persons/{id}/plan"
        | "/console/persons/{id}/enrolment" => Fate::Refused,
        _ => return None,
    })
}

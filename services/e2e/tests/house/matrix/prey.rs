//! Somebody else's data, and every request that a stranger might make for it.

use domain::{access::Role, org::OrgUnit};
use serde_json::{Value, json};
use wire::Facts;

use crate::support::{House, due, impatient, person, upload};

/// What must become of a request for somebody else's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Refused, and written down.
    Refused,
    /// Answered without a word of it, or refused as above.
    Blind,
    /// As blind, but the log of his own unit tells which addresses were tried.
    Log,
    /// The content is refused: it names what does not exist for him.
    Unknown,
    /// Nobody's data.
    Open,
}

/// Somebody else's data: what a stranger might ask for.
pub struct Prey {
    pub unit: OrgUnit,
    pub person: wire::Person,
    duty: domain::DutyId,
    pub checkin: domain::CheckinId,
    enrolment: domain::EnrolmentId,
    pub media: domain::MediaId,
    pub alert: domain::AlertId,
    transfer: domain::TransferId,
    recusal: domain::RecusalId,
    area: domain::AreaId,
    approval: domain::ApprovalId,
    letter: domain::MessageId,
    pub leave: domain::LeaveId,
    pub entry: domain::PointsEntryId,
    measure: domain::MeasureId,
    pub correction: domain::CorrectionId,
}

impl Prey {
    pub async fn new(house: &House, unit: OrgUnit, elsewhere: &OrgUnit) -> Self {
        let officer = house.officer(unit.id, "victim", Role::StationOfficer).await;
        let person = officer.register("PREY-1").await;
        let enrolment = officer.enrol(person.id).await;
        let phone = officer.activate(person.id, impatient()).await;
        let duty = due(&phone).await.id;
        let session = phone.open(duty).await.expect("a session");
        let parts = upload(&phone, &session, "prey").await;
        phone
            .submit(&session, parts, Facts::default())
            .await
            .expect("an acknowledgement");
        let path = format!("/v1/console/persons/{}", person.id);
        let body = json!({ "to": elsewhere.id, "reason": "搬家" });
        let moved = officer.post(&format!("{path}/transfer"), &body).await;
        let transfer: wire::Transfer = moved.json().await.expect("a transfer");
        let second = house
            .officer(unit.id, "recused", Role::StationOfficer)
            .await;
        let body = json!({ "officer": second.id, "reason": "亲属" });
        let set = second.post(&format!("{path}/recusals"), &body).await;
        let recusal: wire::Recusal = set.json().await.expect("a recusal");
        let drawn = officer.post(&format!("{path}/areas"), &area()).await;
        let drawn: wire::Area = drawn.json().await.expect("an area");
        let county = unit.parent.expect("an office of a county");
        let chief = house.officer(county, "chief", Role::CountyHead).await;
        let approved = chief
            .post(&format!("{path}/positioning"), &approval())
            .await;
        let approved: wire::Positioning = approved.json().await.expect("an approval");
        let measure = chief.post(&format!("{path}/measures"), &measure()).await;
        let measure: wire::Measure = measure.json().await.expect("a measure");
        let procurator = house.officer(county, "prosecutor", Role::Procurator).await;
        let path_of_unit = format!("/v1/console/units/{}/corrections", unit.id);
        let written = procurator.post(&path_of_unit, &correction(person.id)).await;
        let written: wire::Correction = written.json().await.expect("a correction");
        let seen = officer
            .get(&format!("/v1/console/checkins/{}", session.checkin))
            .await;
        let detail: wire::CheckinDetail = seen.json().await.expect("a check-in");
        // A duty of another day is missed.
        let missed = domain::AlertId(house.cx.id());
        let alert = domain::alert::Alert {
            id: missed,
            person: person.id,
            cause: domain::alert::Cause::MissedDuty {
                duty,
                opens_at: house.cx.now(),
                late_until: house.cx.now(),
            },
            state: domain::alert::State::Open,
            raised_at: house.cx.now(),
            due_at: None,
            escalated: 0,
            officer: None,
            closed: None,
        };
        let mut tx = house.cx.store.write().await.expect("a transaction");
        let new = store::alert::raise(&mut tx, &alert).await;
        assert!(new.expect("it is stored"));
        tx.commit().await.expect("it lasts");
        let unit_id = unit.id;
        let breach = json!({ "kind": "observed", "item": "breach", "reason": "争吵" });
        let taken = officer
            .post(&format!("{path}/points/2026-03/entry"), &breach)
            .await;
        let taken: wire::PointsMonth = taken.json().await.expect("a month");
        let asked = officer.post(&format!("{path}/leaves"), &leave()).await;
        let asked: wire::Leave = asked.json().await.expect("a leave");
        Self {
            alert: missed,
            media: detail.captured[0].media,
            unit,
            person,
            duty,
            checkin: session.checkin,
            enrolment: enrolment.id,
            transfer: transfer.id,
            recusal: recusal.id,
            area: drawn.id,
            approval: approved.id,
            leave: asked.id,
            entry: taken.lines[0].entry,
            measure: measure.id,
            correction: written.id,
            letter: dead_letter(house, unit_id).await,
        }
    }

    /// Words by which it could be recognised in an answer.
    pub fn traces(&self) -> [String; 3] {
        [
            self.person.id.to_string(),
            self.person.case_number.clone(),
            self.checkin.to_string(),
        ]
    }

    /// The request for a route of the document: address, body, and what must become of it. None for a route that nobody thought of here.
    pub fn attack(&self, method: &str, route: &str) -> Option<(String, Value, Fate)> {
        if route.starts_with("/console") {
            return self.attack_page(method, route);
        }
        let id = self.id_of(route);
        let path = route.replace("{id}", &id).replace("{part}", "picture-0");
        let path = path
            .replace("{month}", "2026-03")
            .replace("{day}", "2026-03-02");
        let path = path.replace("{year}", "2026");
        let route = route.strip_prefix("/v1/console/")?;
        match method {
            "get" => Self::look(path, route),
            "put" if route == "enrolments/{id}/parts/{part}" => {
                Some((path, Value::Null, Fate::Refused))
            }
            "post" => {
                let (body, fate) = match route.strip_prefix("persons/{id}/") {
                    Some(deed) => (self.deed(deed)?, Fate::Refused),
                    None => self.other(route)?,
                };
                Some((path, body, fate))
            }
            _ if route == "session" => Some((path, Value::Null, Fate::Open)),
            _ => None,
        }
    }

    /// What is asked for.
    fn look(path: String, route: &str) -> Option<(String, Value, Fate)> {
        let days = "first=2026-03-02&last=2026-03-09";
        let hours = "from=2026-03-01T00:00:00Z&until=2026-03-09T00:00:00Z";
        let (query, fate) = match route {
            "units" | "persons" | "reviews" | "alerts/today" | "leaves" | "appeals"
            | "corrections" | "checkin-appeals" | "messages/dead" => ("", Fate::Blind),
            "duties" | "alerts/precision" => (hours, Fate::Blind),
            "transfers" => ("state=proposed", Fate::Blind),
            "alerts" => ("state=open", Fate::Blind),
            "roster" => ("format=csv", Fate::Blind),
            "audit" => ("", Fate::Log),
            "session" | "plan-templates" | "calendar/{year}" | "points-books" | "contacts" => {
                ("", Fate::Open)
            }
            "directory" => ("name=x", Fate::Open),
            "persons/{id}/positions" => (hours, Fate::Refused),
            "persons/{id}/outlook" | "units/{id}/exceptions" => (days, Fate::Refused),
            "persons/{id}"
            | "persons/{id}/plan"
            | "persons/{id}/recusals"
            | "persons/{id}/areas"
            | "persons/{id}/contacts"
            | "persons/{id}/leaves"
            | "persons/{id}/positioning"
            | "persons/{id}/points/{month}"
            | "persons/{id}/month/{month}"
            | "persons/{id}/measures"
            | "persons/{id}/telephone"
            | "persons/{id}/calls"
            | "persons/{id}/archive"
            | "units/{id}/reconciliation/{month}"
            | "units/{id}/month/{month}"
            | "units/{id}/day/{day}"
            | "units/{id}/alert-settings"
            | "checkins/{id}"
            | "corrections/{id}"
            | "enrolments/{id}"
            | "media/{id}" => ("", Fate::Refused),
            _ => return None,
        };
        let path = if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        };
        Some((path, Value::Null, fate))
    }

    /// What is done about the person.
    fn deed(&self, deed: &str) -> Option<Value> {
        Some(match deed {
            "order" => {
                json!({ "category": "parole", "level": "lenient", "starts_on": "2026-01-01", "ends_on": "2026-03-01" })
            }
            "end" => json!({ "reason": "died", "note": "好奇" }),
            "plan" => plan(),
            "plan/preview" => {
                json!({ "plan": plan(), "first": "2026-03-02", "last": "2026-03-09" })
            }
            "transfer" => json!({ "to": self.unit.id, "reason": "好奇" }),
            "recusals" => json!({ "officer": self.person.id, "reason": "好奇" }),
            "activation" | "enrolments" => json!({}),
            "areas" => area(),
            "positioning" => approval(),
            "contacts" => json!({ "means": "sms", "address": "13900000000" }),
            "leaves" => leave(),
            "measures" => measure(),
            "calls" => json!({ "outcome": "reached", "note": "好奇" }),
            "templates/revoke" => json!({ "reason": "好奇" }),
            "breaches" => json!({ "at": "2026-03-01T00:00:00Z", "text": "好奇" }),
            "case-group" => json!({ "case_group": "G-1" }),
            "points/{month}/decision" => {
                json!({ "key": "month:2026-03", "answer": "accept", "reason": "好奇" })
            }
            "points/{month}/entry" => json!({ "kind": "education", "hours": 2, "reason": "好奇" }),
            _ => return None,
        })
    }

    /// What else is done.
    fn other(&self, route: &str) -> Option<(Value, Fate)> {
        let body = match route {
            "session" | "points-books" => return Some((Value::Null, Fate::Open)),
            "contacts" => return Some((json!({ "means": "sms" }), Fate::Open)),
            "roster" => {
                let table = "姓名,案号,单位,类别,管理等级,矫正起始日,矫正终止日\n某,STRANGE-2,猎物所,缓刑,普管,2026-01-01,2027-01-01\n";
                return Some((table.into(), Fate::Unknown));
            }
            "persons" => person(self.unit.id, "STRANGE-1"),
            "units" => json!({ "parent": self.unit.id, "level": "office", "name": "伪" }),
            "officers" => {
                json!({ "unit": self.unit.id, "login": "mole", "name": "鼹", "role": "station_officer",
                                  "password": "a long enough password" })
            }
            "calendar/{year}" => json!({ "days": {} }),
            "units/{id}/corrections" => correction(self.person.id),
            "corrections/{id}" => json!({ "move": "accept" }),
            "units/{id}/alert-settings" => json!({ "settings": {} }),
            "alerts/{id}" => json!({ "move": "close", "reason": "好奇", "outcome": "unfounded" }),
            "leaves/{id}" => json!({ "move": "refuse", "reason": "好奇" }),
            "messages/{id}/revive" => json!({}),
            "recusals/{id}/lift"
            | "measures/{id}/withdraw"
            | "areas/{id}/end"
            | "positioning/{id}/end"
            | "points/{id}/reversal" => {
                json!({ "reason": "好奇" })
            }
            "appeals/{id}" => json!({ "finding": "upheld", "reason": "好奇" }),
            "transfers/{id}/decision" => json!({ "move": "withdraw", "reason": "好奇" }),
            "duties/{id}/ruling" => json!({ "kind": "excused", "reason": "好奇" }),
            "checkins/{id}/appeal" => json!({ "finding": "granted", "reason": "好奇" }),
            "checkins/{id}/decision" => json!({ "decision": "accept", "reason": "好奇" }),
            "enrolments/{id}/submit" => json!({ "phrases": {} }),
            _ => return None,
        };
        Some((body, Fate::Refused))
    }

    fn id_of(&self, route: &str) -> String {
        match route.split('/').nth(3) {
            Some("persons") => self.person.id.to_string(),
            Some("units") => self.unit.id.to_string(),
            Some("duties") => self.duty.to_string(),
            Some("checkins") => self.checkin.to_string(),
            Some("enrolments") => self.enrolment.to_string(),
            Some("media") => self.media.to_string(),
            Some("alerts") => self.alert.to_string(),
            Some("transfers") => self.transfer.to_string(),
            Some("areas") => self.area.to_string(),
            Some("positioning") => self.approval.to_string(),
            Some("recusals") => self.recusal.to_string(),
            Some("leaves") => self.leave.to_string(),
            Some("points" | "appeals") => self.entry.to_string(),
            Some("measures") => self.measure.to_string(),
            Some("corrections") => self.correction.to_string(),
            Some("messages") => self.letter.to_string(),
            _ => String::new(),
        }
    }
}

fn correction(person: domain::PersonId) -> Value {
    json!({ "kind": "opinion", "person": person, "found": "好奇", "asked": "好奇" })
}

fn measure() -> Value {
    json!({ "kind": "warning", "day": "2026-03-01", "reason": "好奇" })
}

/// A message of a unit that could not be delivered.
async fn dead_letter(house: &House, unit: domain::OrgUnitId) -> domain::MessageId {
    let now = house.cx.now();
    let message = domain::message::Message {
        id: domain::MessageId(house.cx.id()),
        dedup: "prey".into(),
        kind: "alert.raised".into(),
        unit,
        to: domain::message::To::Webhook,
        duty: None,
        content: domain::message::Content::default(),
        made_at: now,
        due_at: now,
        expires_at: now,
    };
    let mut tx = house.cx.store.write().await.expect("a transaction");
    store::message::put(&mut tx, &message)
        .await
        .expect("it is stored");
    let due = store::message::due(&mut tx, now, 1).await.expect("rows");
    let claim = due.into_iter().next().expect("a message");
    let claim = store::message::claim(&mut tx, claim, now, now)
        .await
        .expect("a claim");
    let dead = domain::message::State::Dead;
    store::message::over(&mut tx, &claim, dead, Some("prey"), now)
        .await
        .expect("it is over");
    tx.commit().await.expect("it lasts");
    message.id
}

fn area() -> Value {
    let centre = json!({ "lat_deg": 39.9, "lon_deg": 116.4 });
    let shape = json!({ "kind": "circle", "datum": "wgs84", "centre": centre, "radius_m": 500 });
    json!({ "kind": "key_place", "name": "车站", "shape": shape })
}

fn plan() -> Value {
    let window = json!({ "kind": "window", "opens": "08:00", "closes": "09:00" });
    json!({ "zone": "Asia/Shanghai", "rules": [{ "times": window, "factors": "face" }] })
}

fn leave() -> Value {
    json!({ "kind": "ordinary", "from": "2026-03-10T00:00:00Z", "until": "2026-03-12T00:00:00Z", "purpose": "medical", "reason": "看病",
            "destinations": [{ "code": "110105", "address": "医院" }] })
}

fn approval() -> Value {
    json!({ "ground": "prohibition_violated", "reason": "进入网吧", "until": "2026-04-01T00:00:00Z" })
}

//! The officer's side, over HTTP: register, plan, enrol, hand out codes, look at a case.

use std::{thread, time::Duration};

use anyhow::{Context, Result, bail};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};
use ureq::{Agent, http::Response};

use crate::{
    chore,
    house::{Account, text},
    samples::Person,
};

/// Longest answer that we wait for: the long polls ask for 30 s.
const CALL_LIMIT: Duration = Duration::from_secs(90);
const POLL_S: u32 = 30;
/// Long polls until an enrolment must be judged.
const POLLS_MAX: u32 = 10;
/// Bytes of one uploaded piece.
const PIECE_LEN: usize = 256 * 1024;
const TOTP_STEP_S: u64 = 30;
const DAY_S: u64 = 86_400;
/// Before this many seconds of its end, a day is too short for the demonstration.
const DAY_END_S: u64 = 3_600;

/// A signed-in officer.
pub struct Office {
    agent: Agent,
    url: String,
    token: String,
    /// Every POST has a key of its own.
    keys: u64,
    /// Every plan of the demonstration opens its window a second after the one before.
    plans: u64,
}

impl Office {
    /// Signs in with password and code.
    pub fn sign_in(url: &str, account: &Account) -> Result<Self> {
        let config = Agent::config_builder()
            .timeout_global(Some(CALL_LIMIT))
            .http_status_as_error(false);
        let mut office = Self {
            agent: config.build().into(),
            url: url.to_owned(),
            token: String::new(),
            keys: 0,
            plans: 0,
        };
        let try_it = |office: &mut Self| {
            let code = account.code(chore::now().as_secs())?;
            let body =
                json!({ "login": account.login, "password": account.password, "totp": code });
            office.post("/v1/console/session", &body)
        };
        let signed_in = try_it(&mut office).or_else(|_| {
            // A code is good once, also after a restart: the next one comes within half a minute.
            let wait = TOTP_STEP_S - chore::now().as_secs() % TOTP_STEP_S;
            thread::sleep(Duration::from_secs(wait));
            try_it(&mut office)
        })?;
        office.token = text(&signed_in, "/token")?;
        Ok(office)
    }

    /// Registers a person; returns the id.
    #[expect(clippy::disallowed_methods, reason = "a chore has no context")]
    pub fn register(&mut self, unit: &str, name: &str, case_number: &str) -> Result<String> {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let order = json!({
            "category": "probation",
            "level": "general",
            "starts_on": today.saturating_sub(30.days()),
            "ends_on": today.saturating_add(1.year()),
        });
        let body =
            json!({ "unit": unit, "name": name, "case_number": case_number, "order": order });
        text(&self.post("/v1/console/persons", &body)?, "/id")
    }

    /// Captures face and voice from samples, and waits until they are judged.
    pub fn enrol(&mut self, person: &str, samples: &Person) -> Result<()> {
        let opened = self.post(
            &format!("/v1/console/persons/{person}/enrolments"),
            &json!({}),
        )?;
        let path = format!("/v1/console/enrolments/{}", text(&opened, "/id")?);
        for (index, picture) in samples.pictures.iter().enumerate() {
            self.put(
                &format!("{path}/parts/picture-{index}"),
                &std::fs::read(picture)?,
            )?;
        }
        let mut phrases = serde_json::Map::new();
        let asked = opened
            .pointer("/phrases")
            .and_then(Value::as_array)
            .context("no phrases are asked for")?;
        for (index, digits) in asked.iter().filter_map(Value::as_str).enumerate() {
            let part = format!("phrase-{index}");
            self.put(
                &format!("{path}/parts/{part}"),
                &samples.phrase(index, digits)?,
            )?;
            phrases.insert(part, digits.into());
        }
        self.post(&format!("{path}/submit"), &json!({ "phrases": phrases }))?;
        for _ in 0..POLLS_MAX {
            let enrolment = self.get(&format!("{path}?wait_s={POLL_S}"))?;
            match enrolment.pointer("/state").and_then(Value::as_str) {
                Some("complete") => return Ok(()),
                Some("refused") => bail!("the samples were refused: {}", enrolment["flaws"]),
                _ => {}
            }
        }
        bail!("the enrolment was not judged in time")
    }

    /// A plan with one window that is open all day, every day.
    pub fn plan_whole_day(&mut self, person: &str) -> Result<()> {
        let day = json!({ "kind": "window", "opens": "00:00:00", "closes": "23:59:59" });
        self.plan(person, "Asia/Shanghai", &day)
    }

    /// A further plan whose window is open now, so that a scenario has a duty of its own: it closes after `lasts_s` seconds, or
    /// at the end of the day.
    pub fn new_duty(&mut self, person: &str, lasts_s: Option<u64>) -> Result<()> {
        let (zone, second) = zone_and_second(chore::now().as_secs());
        self.plans += 1;
        let opens = self.plans;
        let closes = lasts_s.map_or(DAY_S - 1, |lasts_s| second + lasts_s);
        let times = json!({ "kind": "window", "opens": clock(opens), "closes": clock(closes) });
        self.plan(person, zone, &times)
    }

    /// One rule for every day, at any hour: whoever looks at a demonstration wants no quiet hours.
    fn plan(&mut self, person: &str, zone: &str, times: &Value) -> Result<()> {
        let quiet = json!({ "from": "00:00", "until": "00:00" });
        let rule = json!({ "times": times, "factors": "face_and_voice" });
        let body = json!({ "zone": zone, "quiet": quiet, "rules": [rule] });
        self.post(&format!("/v1/console/persons/{person}/plan"), &body)
            .map(drop)
    }

    /// A one-time code for the person's phone; none when he has one.
    pub fn activation(&mut self, person: &str) -> Result<Option<String>> {
        let standing = self.get(&format!("/v1/console/persons/{person}"))?;
        if standing["device_active"] == true {
            return Ok(None);
        }
        let made = self.post(
            &format!("/v1/console/persons/{person}/activation"),
            &json!({}),
        )?;
        text(&made, "/code").map(Some)
    }

    /// An attempt as officers see it.
    pub fn case(&self, checkin: &str) -> Result<Value> {
        self.get(&format!("/v1/console/checkins/{checkin}"))
    }

    fn get(&self, path: &str) -> Result<Value> {
        let call = self.agent.get(format!("{}{path}", self.url));
        read(
            path,
            call.header("authorization", format!("Bearer {}", self.token))
                .call(),
        )
    }

    fn post(&mut self, path: &str, body: &Value) -> Result<Value> {
        self.keys += 1;
        let key = format!("demo-{}-{}", chore::now().as_micros(), self.keys);
        let call = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("idempotency-key", key);
        read(
            path,
            call.header("authorization", format!("Bearer {}", self.token))
                .send_json(body),
        )
    }

    fn put(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut offset = 0;
        for piece in bytes.chunks(PIECE_LEN) {
            let call = self
                .agent
                .put(format!("{}{path}", self.url))
                .header("upload-offset", offset.to_string());
            let call = call.header("content-type", "application/octet-stream");
            read(
                path,
                call.header("authorization", format!("Bearer {}", self.token))
                    .send(piece),
            )?;
            offset += piece.len();
        }
        Ok(())
    }
}

/// The answer's JSON; null when it has no body.
fn read(path: &str, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut answer = answer.with_context(|| format!("{path} was not answered"))?;
    let body = answer.body_mut().read_to_string()?;
    if !answer.status().is_success() {
        bail!("{path} was answered {}: {body}", answer.status());
    }
    if body.is_empty() {
        Ok(Value::Null)
    } else {
        Ok(serde_json::from_str(&body)?)
    }
}

/// A zone of China in which the day is neither beginning nor ending, and the second of its day. Neither has summer time.
fn zone_and_second(unix_s: u64) -> (&'static str, u64) {
    let zones = [("Asia/Shanghai", 8), ("Asia/Urumqi", 6)];
    let local = zones.map(|(name, hours)| (name, (unix_s + hours * 3_600) % DAY_S));
    let fits = |second: u64| (DAY_END_S..DAY_S - DAY_END_S).contains(&second);
    local
        .into_iter()
        .find(|(_, second)| fits(*second))
        .unwrap_or(local[0])
}

fn clock(second: u64) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_open_at_any_hour() {
        for unix_s in (0..DAY_S).step_by(60) {
            let (_, second) = zone_and_second(unix_s);
            assert!((DAY_END_S..DAY_S - DAY_END_S).contains(&second), "{unix_s}");
        }
        // 16:30 UTC is half past midnight in Shanghai, half past ten in the evening in Urumqi.
        assert_eq!(zone_and_second(59_400), ("Asia/Urumqi", 81_000));
        assert_eq!(clock(81_000), "22:30:00");
    }
}

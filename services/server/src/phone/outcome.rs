use std::io::{self, Write as _};

use serde::Serialize;
use serde_json::{Map, Value, json};
use wire::{At, Problem, Spoken};

/// China has one time zone and no summer time.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// What a command came to.
#[derive(Debug)]
pub struct Outcome {
    /// The process's exit code.
    pub code: i32,
    name: String,
    said: Vec<Spoken>,
    facts: Map<String, Value>,
}

/// Why a command came to nothing.
#[derive(Debug)]
pub enum Failure {
    /// By the protocol, the line or the server.
    Phone(phone::Error),
    /// By the folder, a file or the way it was asked.
    Said(Spoken),
}

impl Failure {
    pub fn said(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Said(Spoken {
            zh: zh.into(),
            en: en.into(),
        })
    }
}

impl From<phone::Error> for Failure {
    fn from(error: phone::Error) -> Self {
        Self::Phone(error)
    }
}

impl From<phone::ReceiptError> for Failure {
    fn from(error: phone::ReceiptError) -> Self {
        Self::Phone(error.into())
    }
}

impl From<phone::speech::SpeechError> for Failure {
    fn from(error: phone::speech::SpeechError) -> Self {
        Self::said("不能合成录音", chain(&error))
    }
}

impl Outcome {
    pub fn new(code: i32, name: impl Into<String>) -> Self {
        Self {
            code,
            name: name.into(),
            said: Vec::new(),
            facts: Map::new(),
        }
    }

    /// Adds a sentence for people.
    pub fn say(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.said.push(Spoken {
            zh: zh.into(),
            en: en.into(),
        });
        self
    }

    /// Adds a fact for programs.
    pub fn fact(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("facts are plain JSON");
        self.facts.insert(name.to_owned(), value);
        self
    }

    pub fn print(&self, json: bool) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if json {
            let mut line = Map::new();
            line.insert("outcome".to_owned(), json!(self.name));
            line.insert("exit".to_owned(), json!(self.code));
            line.insert("said".to_owned(), json!(self.said));
            line.extend(self.facts.clone());
            writeln!(out, "{}", Value::Object(line))?;
        } else {
            for sentence in &self.said {
                writeln!(out, "{} · {}", sentence.zh, sentence.en)?;
            }
        }
        out.flush()
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Said(said) => Self::new(1, "error").say(said.zh, said.en),
            Failure::Phone(phone::Error::Problem(problem)) => refused(*problem),
            Failure::Phone(error) => {
                let zh = match &error {
                    phone::Error::Network(_) => "连不上服务器，请检查网络后再试",
                    phone::Error::Receipt(_) => "回执无效，请联系司法所",
                    phone::Error::Address(_) => "服务器地址不对",
                    phone::Error::Key(_) => "手机密钥有问题",
                    phone::Error::Protocol(_) | phone::Error::Problem(_) => {
                        "服务器的回答有问题，请稍后再试"
                    }
                };
                Self::new(1, error.name()).say(zh, chain(&error))
            }
        }
    }
}

fn refused(problem: Problem) -> Outcome {
    let mut detail = format!("{} [{}]", problem.detail, problem.name());
    if let Some(instance) = &problem.instance {
        detail = format!("{detail} (request {instance})");
    }
    // A server in trouble has refused nothing.
    let (code, name) = if problem.status >= 500 {
        (1, "unavailable")
    } else {
        (5, "refused")
    };
    Outcome::new(code, name)
        .say(problem.title.clone(), detail)
        .fact("problem", problem)
}

/// An error with its sources, in one sentence.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Day and minute in Beijing.
pub fn beijing(at: At) -> String {
    const TO_THE_MINUTE: usize = "2026-01-02T08:00".len();
    let text = at.0.plus_ms(BEIJING_MS).to_string();
    text.get(..TO_THE_MINUTE).unwrap_or(&text).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16) -> phone::Error {
        let problem = json!({
            "type": "urn:muster:problem:duty-met", "status": status, "title": "已经签到", "detail": "this duty is already fulfilled",
        });
        phone::Error::Problem(serde_json::from_value(problem).unwrap())
    }

    #[test]
    fn a_refusal_ends_with_5_and_a_server_in_trouble_with_1() {
        assert_eq!(Outcome::from(Failure::from(problem(409))).code, 5);
        assert_eq!(Outcome::from(Failure::from(problem(503))).code, 1);
        assert_eq!(Outcome::from(Failure::said("甲", "a")).code, 1);
    }

    #[test]
    fn beijing_is_eight_hours_ahead() {
        let at: At = serde_json::from_value(json!("2026-01-01T16:00:00Z")).unwrap();
        assert_eq!(beijing(at), "2026-01-02 00:00");
    }
}

//! A person's phone: `muster phone` with a folder of its own.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::house::text;
use crate::muster::Muster;

/// Longest wait for a verdict, seconds.
const VERDICT_WAIT_S: &str = "120";

pub struct Phone<'a> {
    muster: &'a Muster,
    state: PathBuf,
}

/// What a check-in hands in.
pub struct Capture<'a> {
    pub selfie: &'a Path,
    /// Folder with the ten digits of a voice.
    pub speak: &'a Path,
    /// Digits to be spoken instead of those asked for.
    pub say: Option<String>,
}

/// What a call of the phone came to.
pub struct Answer(Value);

impl<'a> Phone<'a> {
    pub fn new(muster: &'a Muster, state: PathBuf) -> Self {
        Self { muster, state }
    }

    pub fn activate(&self, url: &str, code: &str) -> Result<()> {
        let answer = self.ask(&["activate", "--server", url, "--code", code], |_| {})?;
        ensure!(
            answer.outcome() == "activated",
            "the phone was not activated: {answer}"
        );
        Ok(())
    }

    /// The ids of all duties.
    pub fn duties(&self) -> Result<Vec<String>> {
        let answer = self.ask(&["list"], |_| {})?;
        let duties = answer.0["duties"]
            .as_array()
            .with_context(|| format!("no duties: {answer}"))?;
        duties.iter().map(|duty| text(duty, "/id")).collect()
    }

    /// Opens a session; returns the digits to be spoken.
    pub fn open(&self, duty: &str) -> Result<String> {
        let answer = self.ask(&["open", "--duty", duty], |_| {})?;
        text(&answer.0, "/prompt").with_context(|| format!("no session was opened: {answer}"))
    }

    /// Hands in and waits for the verdict, or only for the acknowledgement.
    pub fn check_in(&self, duty: &str, capture: &Capture<'_>, wait: bool) -> Result<Answer> {
        let words = ["check-in", "--duty", duty, "--wait-s", VERDICT_WAIT_S];
        self.ask(&words, |command| {
            command
                .arg("--selfie")
                .arg(capture.selfie)
                .arg("--speak")
                .arg(capture.speak);
            if let Some(digits) = &capture.say {
                command.args(["--say", digits]);
            }
            if !wait {
                command.arg("--no-wait");
            }
        })
    }

    /// Waits until an attempt is settled.
    pub fn status(&self, checkin: &str) -> Result<Answer> {
        self.ask(&["status", checkin, "--wait-s", VERDICT_WAIT_S], |_| {})
    }

    fn ask(&self, words: &[&str], more: impl FnOnce(&mut Command)) -> Result<Answer> {
        let mut command = self.muster.command();
        command
            .args(["phone", "--json", "--state"])
            .arg(&self.state)
            .args(words);
        more(&mut command);
        let said = command.output().context("muster phone cannot be started")?;
        let line = serde_json::from_slice(&said.stdout);
        line.map(Answer).with_context(|| {
            format!(
                "muster phone {}: {}",
                words[0],
                String::from_utf8_lossy(&said.stderr)
            )
        })
    }
}

impl Answer {
    /// `verified`, `retry`, `review`, `queued`, `refused`, …
    pub fn outcome(&self) -> &str {
        self.0["outcome"].as_str().unwrap_or_default()
    }

    pub fn checkin(&self) -> Result<String> {
        text(&self.0, "/checkin")
    }

    /// Was the receipt checked and good?
    pub fn receipt_valid(&self) -> bool {
        self.0["receipt_valid"] == true
    }

    /// What the phone was told: the refusal's name, or what to do better.
    pub fn details(&self) -> Vec<String> {
        let refusal = self.0.pointer("/problem/type").and_then(Value::as_str);
        let refusal = refusal.and_then(|name| name.rsplit(':').next());
        let coaching = self
            .0
            .pointer("/verdict/coaching")
            .and_then(Value::as_array);
        let coaching = coaching
            .into_iter()
            .flatten()
            .filter_map(|advice| advice["code"].as_str());
        refusal
            .into_iter()
            .chain(coaching)
            .map(str::to_owned)
            .collect()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_are_the_refusal_or_the_coaching() {
        let refused = Answer(
            json!({ "outcome": "refused", "problem": { "type": "urn:muster:problem:media-repeated" } }),
        );
        assert_eq!(refused.details(), ["media-repeated"]);
        let retry = Answer(json!({ "verdict": { "coaching": [{ "code": "too_dark" }] } }));
        assert_eq!(retry.details(), ["too_dark"]);
        let verified =
            Answer(json!({ "outcome": "verified", "verdict": null, "receipt_valid": true }));
        assert!(verified.details().is_empty() && verified.receipt_valid());
    }
}

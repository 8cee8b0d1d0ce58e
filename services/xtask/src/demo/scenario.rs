//! What can happen at a check-in, each on a duty of its own, and how it must end.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};

use super::{
    office::Office,
    phone::{Answer, Capture, Phone},
};
use crate::{
    chore,
    house::{API_ONLY, BOTH, House},
    muster::Muster,
    samples::Samples,
};

/// The short window stays open this long, seconds: enough to open a session in it.
const SHORT_WINDOW_S: u64 = 12;
/// Wait for its end, and a little longer.
const SHORT_WINDOW_WAIT: Duration = Duration::from_secs(SHORT_WINDOW_S + 2);
/// A pack that is none.
const NO_PACK: &str = "none";

/// All that the scenarios play with.
pub struct Stage<'a> {
    pub house: House<'a>,
    pub office: Office,
    pub muster: &'a Muster,
    pub samples: Samples,
    /// Ids of the persons.
    pub people: Vec<String>,
    pub pack: String,
    /// Folder for the phones' folders.
    pub phones: PathBuf,
}

/// How an attempt ended, or should end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub outcome: String,
    /// Reasons, advice or the refusal's name. Of what should be, one is enough; none means that nothing is asked for.
    pub details: Vec<String>,
}

impl End {
    fn new(outcome: &str, details: &[&str]) -> Self {
        Self {
            outcome: outcome.to_owned(),
            details: details.iter().map(|detail| (*detail).to_owned()).collect(),
        }
    }

    /// Is this what was expected?
    fn meets(&self, expected: &Self) -> bool {
        let named = expected
            .details
            .iter()
            .any(|detail| self.details.contains(detail));
        self.outcome == expected.outcome && (named || expected.details.is_empty())
    }
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.outcome)?;
        if self.details.is_empty() {
            Ok(())
        } else {
            write!(out, ": {}", self.details.join(" | "))
        }
    }
}

/// One line of the table.
pub struct Row {
    pub scenario: &'static str,
    pub expected: End,
    pub seen: End,
}

impl Row {
    pub fn good(&self) -> bool {
        self.seen.meets(&self.expected)
    }
}

/// A person, the phone, and the number for the next fresh picture.
struct Actor<'a> {
    index: usize,
    phone: Phone<'a>,
    duties: Vec<String>,
}

/// Plays all scenarios; ends with the server stopped.
pub fn play(mut stage: Stage<'_>) -> Result<Vec<Row>> {
    let mut a = stage.actor(0)?;
    let mut b = stage.actor(1)?;
    let voice = |stage: &Stage<'_>, person: usize| stage.samples.people[person].speak.clone();
    let (voice_a, voice_b) = (voice(&stage, 0), voice(&stage, 1));
    let mut rows = Vec::new();
    let mut row = |scenario, outcome: &str, details: &[&str], seen: End| {
        let expected = End::new(outcome, details);
        println!("{scenario}: {seen}");
        rows.push(Row {
            scenario,
            expected,
            seen,
        });
    };

    let own = stage.samples.selfie(0, 1)?;
    row(
        "本人签到（甲） genuine (first person)",
        "verified",
        &[],
        stage.judged(&mut a, &own, &voice_a, None)?,
    );
    let other = stage.samples.selfie(1, 1)?;
    row(
        "本人签到（乙） genuine (second person)",
        "verified",
        &[],
        stage.judged(&mut b, &other, &voice_b, None)?,
    );
    let other = stage.samples.selfie(1, 2)?;
    row(
        "他人的脸 other face",
        "review",
        &["face_mismatch"],
        stage.judged(&mut a, &other, &voice_a, None)?,
    );
    let own_2 = stage.samples.selfie(0, 2)?;
    let seen = stage.judged(&mut a, &own_2, &voice_b, None)?;
    row(
        "他人的声音 other voice",
        "review",
        &["voice_mismatch", "evidence_too_weak"],
        seen,
    );
    let own_3 = stage.samples.selfie(0, 3)?;
    let seen = stage.judged(&mut a, &own_3, &voice_a, Some(shifted))?;
    row(
        "读错数字 wrong digits",
        "review",
        &["digits_mismatch"],
        seen,
    );
    let dark = stage.samples.dark(0)?;
    row(
        "光线太暗 dark picture",
        "retry",
        &["too_dark"],
        stage.judged(&mut a, &dark, &voice_a, None)?,
    );
    row(
        "再次提交同一照片 same media again",
        "refused",
        &["media-repeated"],
        stage.judged(&mut a, &own, &voice_a, None)?,
    );
    let own_4 = stage.samples.selfie(0, 4)?;
    let seen = stage.expired(&mut a, &own_4, &voice_a)?;
    row(
        "会话过期 expired session",
        "refused",
        &["window-closed", "session-expired"],
        seen,
    );
    let own_5 = stage.samples.selfie(0, 5)?;
    row(
        "未安装模型 no weights installed",
        "review",
        &["no_models"],
        stage.without_models(&mut a, &own_5, &voice_a)?,
    );
    let own_6 = stage.samples.selfie(0, 6)?;
    let seen = stage.killed(&mut a, &own_6, &voice_a)?;
    row(
        "确认后服务器被杀死并重启 killed after acknowledgement",
        "verified",
        &["exactly once"],
        seen,
    );

    ensure!(
        !stage.house.panicked(),
        "a thread of the server panicked: see serve.log"
    );
    stage.house.stop()?;
    Ok(rows)
}

impl<'a> Stage<'a> {
    /// A person with a freshly activated phone.
    fn actor(&mut self, index: usize) -> Result<Actor<'a>> {
        let phone = Phone::new(self.muster, self.phones.join(index.to_string()));
        let code = self.office.activation(&self.people[index])?;
        phone.activate(
            &self.house.url(),
            &code.context("the person has a phone already")?,
        )?;
        Ok(Actor {
            index,
            phone,
            duties: Vec::new(),
        })
    }

    /// A duty that is open now, and its session; returns both the duty and the digits to be spoken.
    fn open(&mut self, actor: &mut Actor<'_>, lasts_s: Option<u64>) -> Result<(String, String)> {
        self.office.new_duty(&self.people[actor.index], lasts_s)?;
        let duties = actor.phone.duties()?;
        // The plan makes duties of the days ahead, too: today's comes first.
        let fresh = duties
            .iter()
            .find(|duty| !actor.duties.contains(duty))
            .cloned();
        let duty = fresh.context("the plan made no duty")?;
        actor.duties = duties;
        let prompt = actor.phone.open(&duty)?;
        Ok((duty, prompt))
    }

    /// A whole check-in, and what officers see of it; `say` turns the digits asked for into those spoken.
    fn judged(
        &mut self,
        actor: &mut Actor<'_>,
        selfie: &Path,
        speak: &Path,
        say: Option<fn(&str) -> String>,
    ) -> Result<End> {
        let (duty, prompt) = self.open(actor, None)?;
        let say = say.map(|say| say(&prompt));
        let answer = actor
            .phone
            .check_in(&duty, &Capture { selfie, speak, say }, true)?;
        self.end(&answer)
    }

    fn end(&self, answer: &Answer) -> Result<End> {
        let mut end = End {
            outcome: answer.outcome().to_owned(),
            details: answer.details(),
        };
        if end.outcome == "review" {
            let case = self.office.case(&answer.checkin()?)?;
            let reasons = case["reasons"].as_array().into_iter().flatten();
            let codes = reasons.filter_map(|reason| reason["code"].as_str());
            end.details.extend(codes.map(str::to_owned));
        }
        if end.outcome != "refused" && !answer.receipt_valid() {
            end.outcome.push_str(" without a valid receipt");
        }
        Ok(end)
    }

    /// Opens in time, hands in too late.
    fn expired(&mut self, actor: &mut Actor<'_>, selfie: &Path, speak: &Path) -> Result<End> {
        let (duty, _) = self.open(actor, Some(SHORT_WINDOW_S))?;
        thread::sleep(SHORT_WINDOW_WAIT);
        let answer = actor.phone.check_in(
            &duty,
            &Capture {
                selfie,
                speak,
                say: None,
            },
            true,
        )?;
        self.end(&answer)
    }

    /// A server without models.
    fn without_models(
        &mut self,
        actor: &mut Actor<'_>,
        selfie: &Path,
        speak: &Path,
    ) -> Result<End> {
        self.house.stop()?;
        self.house.start(NO_PACK, BOTH)?;
        let end = self.judged(actor, selfie, speak, None);
        self.house.stop()?;
        self.house.start(&self.pack, BOTH)?;
        end
    }

    /// A server that acknowledges and judges nothing, killed with SIGKILL; one that judges takes over.
    fn killed(&mut self, actor: &mut Actor<'_>, selfie: &Path, speak: &Path) -> Result<End> {
        self.house.stop()?;
        self.house.start(&self.pack, API_ONLY)?;
        let (duty, _) = self.open(actor, None)?;
        let acknowledged = actor.phone.check_in(
            &duty,
            &Capture {
                selfie,
                speak,
                say: None,
            },
            false,
        )?;
        ensure!(
            acknowledged.outcome() == "queued",
            "not acknowledged: {acknowledged}"
        );
        let checkin = acknowledged.checkin()?;
        self.house.kill()?;
        self.house.start(&self.pack, BOTH)?;
        let first = actor.phone.status(&checkin)?;
        let again = actor.phone.status(&checkin)?;
        let case = self.office.case(&checkin)?;
        let mut end = self.end(&first)?;
        if again.outcome() != first.outcome() || case["verdict"] != first.outcome() {
            end.details.push(format!(
                "later {}, to officers {}",
                again.outcome(),
                case["verdict"]
            ));
        }
        end.details.push(match self.verdicts(&checkin)? {
            1 => "exactly once".to_owned(),
            times => format!("{times} times"),
        });
        Ok(end)
    }

    /// How often the log of events says that this attempt was concluded. Python, which the models needed, reads the database.
    fn verdicts(&self, checkin: &str) -> Result<u64> {
        const COUNT: &str = "import sqlite3, sys\n\
            db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)\n\
            text = \"SELECT COUNT(*) FROM event WHERE kind = 'checkin_concluded' AND instr(CAST(body AS TEXT), ?) > 0\"\n\
            print(db.execute(text, (sys.argv[2],)).fetchone()[0])";
        let mut python = Command::new("python3");
        python
            .args(["-c", COUNT])
            .arg(self.house.database())
            .arg(checkin);
        chore::ask(&mut python)?
            .as_u64()
            .context("the events cannot be counted")
    }
}

/// Other digits than those asked for, at every place.
fn shifted(prompt: &str) -> String {
    let other = |c: char| {
        c.to_digit(10)
            .and_then(|digit| char::from_digit((digit + 5) % 10, 10))
    };
    prompt.chars().filter_map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_digits_are_wrong_everywhere() {
        assert_eq!(shifted("0123456789"), "5678901234");
    }

    #[test]
    fn an_end_meets_the_expectation_with_one_of_its_details() {
        let expected = End::new("refused", &["window-closed", "session-expired"]);
        assert!(End::new("refused", &["session-expired"]).meets(&expected));
        assert!(!End::new("refused", &["duty-met"]).meets(&expected));
        assert!(!End::new("review", &["session-expired"]).meets(&expected));
        assert!(End::new("verified", &[]).meets(&End::new("verified", &[])));
        assert_eq!(
            expected.to_string(),
            "refused: window-closed | session-expired"
        );
    }
}

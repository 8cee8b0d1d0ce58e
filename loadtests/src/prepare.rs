//! Before the morning: persons with face, voice, plan and phone. None of this is measured.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, ensure};
use domain::{
    DutyId, OrgUnitId, PersonId,
    channel::Channel,
    duty::Phase,
    order::Category,
    plan::{Factors, On, SupervisionLevel},
};
use futures::{StreamExt as _, TryStreamExt as _};
use jiff::{Timestamp, ToSpan as _, civil::time, tz::TimeZone};
use phone::{DeviceKey, Phone, PhoneConfig, Random, speech::Voice};
use reqwest::Client;
use wire::{Activated, NewPerson, NewPlan, Order, QuietHours, Rule, Times};

use crate::{
    console::{Console, Login},
    media::{marked_jpeg, marked_wav},
};

/// Pictures of one enrolment.
const PICTURES: usize = 3;
/// Minutes after midnight in which the duty still counts, so that a test may run over midnight.
const GRACE_MIN: u32 = 12 * 60;
/// A new plan's duty must appear within this many looks, [`LOOK_PAUSE`] apart.
const LOOKS_MAX: u32 = 60;
const LOOK_PAUSE: Duration = Duration::from_secs(1);

/// Sample pictures and a sample voice, shared by all persons of the test.
pub struct Samples {
    /// At least one JPEG.
    pub pictures: Vec<Vec<u8>>,
    pub voice: Voice,
    /// Different in every run: part of each mark and case number.
    pub run: String,
}

/// A phone that can begin.
pub struct Ready {
    pub phone: Phone,
    pub owner: Activated,
    pub duty: DutyId,
}

/// Where the activation codes come from.
pub enum Source {
    /// Persons who are already enrolled and have a plan.
    Codes(Vec<String>),
    /// New persons in this unit (the officer's own when absent), so many at a time.
    Enrol {
        login: Login,
        unit: Option<OrgUnitId>,
        parallel: usize,
    },
}

impl Samples {
    /// # Errors
    /// When a file cannot be used.
    pub fn load(selfies: &[PathBuf], speak: &std::path::Path) -> anyhow::Result<Self> {
        ensure!(!selfies.is_empty(), "at least one --selfie is needed");
        let read = |path: &PathBuf| {
            fs::read(path).with_context(|| format!("cannot read {}", path.display()))
        };
        Ok(Self {
            pictures: selfies.iter().map(read).collect::<anyhow::Result<_>>()?,
            voice: Voice::load(speak).context("cannot use the voice")?,
            run: Random::System.uuid().simple().to_string()[..12].to_owned(),
        })
    }

    /// A picture that no one has handed in before.
    ///
    /// # Errors
    /// When it is no JPEG.
    pub fn picture(&self, number: usize, mark: &str) -> anyhow::Result<Vec<u8>> {
        let picture = &self.pictures[number % self.pictures.len()];
        marked_jpeg(picture, &format!("{} {mark} {number}", self.run))
    }

    /// A recording of these digits that no one has handed in before.
    ///
    /// # Errors
    /// When there is something else than digits.
    pub fn recording(&self, digits: &str, mark: &str) -> anyhow::Result<Vec<u8>> {
        marked_wav(&self.voice.say(digits)?, &format!("{} {mark}", self.run))
    }
}

/// Codes for so many phones, enrolling their persons where they are new.
///
/// # Errors
/// At the first person who cannot be prepared.
pub async fn codes(
    source: Source,
    phones: usize,
    http: &Client,
    server: &str,
    samples: &Samples,
) -> anyhow::Result<Vec<String>> {
    let (login, unit, parallel) = match source {
        Source::Codes(mut codes) => {
            ensure!(
                codes.len() >= phones,
                "{} codes are not enough for {phones} phones",
                codes.len()
            );
            codes.truncate(phones);
            return Ok(codes);
        }
        Source::Enrol {
            login,
            unit,
            parallel,
        } => (login, unit, parallel),
    };
    let console = Console::sign_in(http.clone(), server, login).await?;
    let unit = match unit {
        Some(unit) => unit,
        None => console.unit().await,
    };
    let (console, done) = (&console, &std::sync::atomic::AtomicUsize::new(0));
    futures::stream::iter(0..phones)
        .map(|number| async move {
            let person = NewPerson {
                unit,
                name: format!("压力测试 {number}"),
                case_number: format!("LT-{}-{number}", samples.run),
                order: order(),
                minor: false,
            };
            let code = enrol(console, &person, samples).await;
            let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            if done.is_multiple_of(50) || done == phones {
                eprintln!("enrolled {done} of {phones} persons");
            }
            code.with_context(|| format!("cannot prepare person {number}"))
        })
        .buffered(parallel)
        .try_collect()
        .await
}

async fn enrol(console: &Console, person: &NewPerson, samples: &Samples) -> anyhow::Result<String> {
    let id = console.register(person).await?.id;
    console.plan(id, &all_day()).await?;
    capture(console, id, samples).await?;
    Ok(console.activation(id).await?.code)
}

async fn capture(console: &Console, person: PersonId, samples: &Samples) -> anyhow::Result<()> {
    let enrolment = console.open_enrolment(person).await?;
    for number in 0..PICTURES {
        let picture = samples.picture(number, &person.to_string())?;
        console
            .upload(enrolment.id, &format!("picture-{number}"), &picture)
            .await?;
    }
    let mut phrases = BTreeMap::new();
    for (number, digits) in enrolment.phrases.iter().enumerate() {
        let part = format!("phrase-{number}");
        let recording = samples.recording(digits, &format!("{person} {part}"))?;
        console.upload(enrolment.id, &part, &recording).await?;
        phrases.insert(part, digits.clone());
    }
    console.conclude(enrolment.id, phrases).await
}

/// Long enough for any run.
#[expect(clippy::disallowed_methods, reason = "a load test has no context")]
fn order() -> Order {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    Order {
        category: Category::Probation,
        level: SupervisionLevel::General,
        starts_on: today.saturating_sub(1.day()),
        ends_on: today.saturating_add(1.year()),
    }
}

/// One window a day from midnight to midnight.
fn all_day() -> NewPlan {
    NewPlan {
        zone: "Asia/Shanghai".to_owned(),
        quiet: Some(QuietHours {
            from: time(0, 0, 0, 0),
            until: time(0, 0, 0, 0),
        }),
        rules: vec![Rule {
            days: "FREQ=DAILY".to_owned(),
            on: On::Any,
            times: Times::Window {
                opens: time(0, 0, 0, 0),
                closes: time(23, 59, 59, 0),
            },
            grace_min: GRACE_MIN,
            factors: Factors::FaceAndVoice,
            channels: vec![Channel::App],
            location_required: false,
        }],
        effective_from: None,
    }
}

/// A phone with a new key, activated, with a duty that it can answer.
///
/// # Errors
/// When the code is refused or no duty can be answered.
pub async fn phone(
    http: &Client,
    server: &str,
    code: &str,
    config: PhoneConfig,
) -> anyhow::Result<Ready> {
    let key = DeviceKey::generate(&config.random);
    let phone = Phone::sharing(http.clone(), server, key, config)?;
    let owner = phone
        .activate(code, "loadtests")
        .await
        .context("cannot activate a phone")?;
    for _ in 0..LOOKS_MAX {
        let duties = phone.duties().await.context("cannot list duties")?.duties;
        let open = duties
            .iter()
            .filter(|duty| matches!(duty.phase, Phase::Open | Phase::Late))
            .find(|duty| !duty.attendance.met());
        if let Some(duty) = open {
            let duty = duty.id;
            return Ok(Ready { phone, owner, duty });
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
    anyhow::bail!("a person has no duty that can be answered now")
}

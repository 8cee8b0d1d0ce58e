//! `muster phone`: a phone in the terminal. It does what a real client does (own key, DPoP proofs, parts, repeats, receipt
//! check) by way of the crate `phone`, and keeps what a phone keeps in one folder.

mod checkin;
mod kept;
mod outcome;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::{CheckinId, DutyId};
use phone::{Clock, DeviceKey, Phone, PhoneConfig};
use wire::Duty;

use kept::{Kept, Pending};
use outcome::{Failure, Outcome, beijing};

const EXIT_CODES: &str = "\
Exit codes: 0 verified, or done; 3 retry; 4 an officer must look; 5 refused by the server; 1 anything else.";

/// A phone in the terminal.
#[derive(Debug, Parser)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// Folder with the phone's key, its open session and its receipts.
    #[arg(long, global = true, default_value = ".muster/phone")]
    state: PathBuf,
    /// One line of JSON instead of sentences.
    #[arg(long, global = true)]
    json: bool,
    /// Seconds that the phone's clock is ahead; behind when negative.
    #[arg(
        long,
        global = true,
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    clock_skew_s: i64,
    /// Allow plain HTTP to another machine. Without TLS everybody on the way can read along.
    #[arg(long, global = true)]
    allow_plain_http: bool,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bind this phone to a person with the one-time code from an officer.
    Activate(Activate),
    /// Show the person's duties.
    List,
    /// Open a capture session, show the digits to be spoken and keep the session for `check-in`.
    Open {
        /// The duty that can be answered now when absent.
        #[arg(long)]
        duty: Option<DutyId>,
        /// What this phone can ask its person for: `turn`, `flash`, or both with a comma between.
        #[arg(long, value_delimiter = ',', value_parser = checkin::ability)]
        can: Vec<wire::Ability>,
    },
    /// Upload pictures and a recording, hand them in and wait for the verdict.
    CheckIn(checkin::Args),
    /// Show where an attempt stands.
    Status {
        checkin: CheckinId,
        /// Wait this long for the verdict, seconds.
        #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=checkin::WAIT_S_MAX))]
        wait_s: u64,
    },
    /// Fetch an attempt's signed receipt.
    Receipt {
        checkin: CheckinId,
        /// Check the signature, and the claims against what this phone handed in.
        #[arg(long)]
        verify: bool,
    },
}

#[derive(Debug, clap::Args)]
struct Activate {
    /// Such as `https://muster.example`, or `http://127.0.0.1:8080` on this machine.
    #[arg(long)]
    server: String,
    #[arg(long)]
    code: String,
    /// What the phone says of itself, at most 200 characters.
    #[arg(long, default_value = "muster phone")]
    label: String,
}

/// Does what was asked, prints the outcome and ends the process with one of [`EXIT_CODES`] when it is not 0.
///
/// # Errors
/// When nothing can be printed.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let json = args.json;
    let outcome = act(args).await.unwrap_or_else(Outcome::from);
    outcome.print(json)?;
    if outcome.code != 0 {
        std::process::exit(outcome.code);
    }
    Ok(())
}

async fn act(args: Args) -> Result<Outcome, Failure> {
    let config = PhoneConfig {
        clock: Clock::System {
            skew_s: args.clock_skew_s,
        },
        allow_plain_http: args.allow_plain_http,
        ..PhoneConfig::default()
    };
    let mut kept = Kept::load(args.state)?;
    match args.what {
        What::Activate(what) => activate(&mut kept, what, config).await,
        What::List => list(&phone(&kept, config)?).await,
        What::Open { duty, can } => {
            let phone = phone(&kept, config)?;
            checkin::open(&phone, &mut kept, duty, &can).await?;
            Ok(checkin::opened(&kept))
        }
        What::CheckIn(what) => {
            checkin::run(&phone(&kept, config)?, &mut kept, what, args.json).await
        }
        What::Status { checkin, wait_s } => {
            checkin::status(&phone(&kept, config)?, &mut kept, checkin, wait_s).await
        }
        What::Receipt { checkin, verify } => {
            checkin::receipt(&phone(&kept, config)?, &mut kept, checkin, verify).await
        }
    }
}

/// The phone that lives in this folder.
fn phone(kept: &Kept, config: PhoneConfig) -> Result<Phone, Failure> {
    if kept.memory.device.is_none() {
        return Err(Failure::said(
            "这台手机还没有激活：请先运行 muster phone activate",
            "this phone is not activated yet: run `muster phone activate` first",
        ));
    }
    let key = DeviceKey::load(&kept.key_path())?;
    Ok(Phone::new(&kept.memory.server, key, config)?)
}

async fn activate(
    kept: &mut Kept,
    what: Activate,
    config: PhoneConfig,
) -> Result<Outcome, Failure> {
    if kept.memory.device.is_some() {
        return Err(Failure::said(
            "这个文件夹里已经有一台激活的手机：请用 --state 另选一个文件夹",
            "this folder already holds an activated phone: choose another one with --state",
        ));
    }
    let path = kept.key_path();
    let key = if path.exists() {
        DeviceKey::load(&path)?
    } else {
        let key = DeviceKey::generate(&config.random);
        key.save(&path)?;
        key
    };
    let phone = Phone::new(&what.server, key, config)?;
    // Kept before it is sent: after a crash the same action is repeated, not a second one begun.
    let request =
        phone::digest(format!("{}\n{}\n{}", what.server, what.code, what.label).as_bytes()).sha256;
    let action = match &kept.memory.activation {
        Some(pending) if pending.request == request => pending.action,
        _ => phone.action(),
    };
    kept.memory.activation = Some(Pending { request, action });
    kept.save()?;
    let activated = phone.activate_as(action, &what.code, &what.label).await?;
    kept.memory.server = what.server;
    kept.memory.activation = None;
    kept.memory.device = Some(activated.clone());
    kept.save()?;
    Ok(Outcome::new(0, "activated")
        .say(
            "激活成功，这台手机现在可以签到",
            "activated: this phone can check in now",
        )
        .fact("device", activated.device)
        .fact("person", activated.person)
        .fact("thumbprint", activated.thumbprint))
}

async fn list(phone: &Phone) -> Result<Outcome, Failure> {
    let duties = phone.duties().await?;
    let mut outcome = Outcome::new(0, "listed");
    if duties.duties.is_empty() {
        outcome = outcome.say("现在没有签到任务", "there are no duties");
    }
    for duty in &duties.duties {
        let (zh, en) = line(duty);
        outcome = outcome.say(zh, en);
    }
    Ok(outcome
        .fact("now", duties.now)
        .fact("duties", duties.duties))
}

fn line(duty: &Duty) -> (String, String) {
    use domain::{attendance::Attendance, duty::Phase, plan::Factors};

    let phase = match duty.phase {
        Phase::Upcoming => "未到时间",
        Phase::Open => "可以签到",
        Phase::Late => "可以补签",
        Phase::Closed => "已经结束",
    };
    let attendance = match duty.attendance {
        Attendance::Due => "待签到",
        Attendance::OnTime => "按时",
        Attendance::Late => "迟到",
        Attendance::UnderReview => "待核查",
        Attendance::Excused => "已准假",
        Attendance::Missed => "未签到",
    };
    let factors = match duty.factors {
        Factors::FaceAndVoice => "人脸和声音",
        Factors::Face => "人脸",
        Factors::Voice => "声音",
    };
    let (opens, closes) = (beijing(duty.opens_at), beijing(duty.closes_at));
    (
        format!("{opens} 至 {closes}（北京时间）{factors}：{phase}，{attendance}"),
        format!(
            "{} to {}, {}: {}, {}; duty {}",
            duty.opens_at.0,
            duty.closes_at.0,
            duty.factors,
            match duty.phase {
                Phase::Upcoming => "upcoming",
                Phase::Open => "open",
                Phase::Late => "late",
                Phase::Closed => "closed",
            },
            duty.attendance,
            duty.id
        ),
    )
}

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{CheckinId, DutyId, Micros, challenge::Side, checkin::State, duty::Phase};
use phone::{Handed, Phone, speech::Voice};
use wire::{Ability, At, Checkin, Facts, PartDigest, Presence, Session};

use super::{
    kept::{HandedIn, Kept, Open},
    outcome::{Failure, Outcome, beijing},
};

/// Longest wait for a verdict, seconds.
pub const WAIT_S_MAX: u64 = 3_600;
/// Bytes of a picture or recording that we read, at most: more than any server takes.
const FILE_LEN_MAX: u64 = 64 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The duty that can be answered now when absent.
    #[arg(long)]
    duty: Option<DutyId>,
    /// Pictures of the face, JPEG, PNG or WebP.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    selfie: Vec<PathBuf>,
    /// A picture with the head turned as `open` asked.
    #[arg(long, value_name = "FILE")]
    turn: Option<PathBuf>,
    /// Pictures in the light of the colours that `open` named, in their order.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    flash: Vec<PathBuf>,
    /// A recording of the digits that `open` showed.
    #[arg(long, value_name = "FILE", conflicts_with = "speak")]
    voice: Option<PathBuf>,
    /// Speak the digits by joining DIR/0.wav to DIR/9.wav.
    #[arg(long, value_name = "DIR")]
    speak: Option<PathBuf>,
    /// Speak these digits instead of those that were asked for.
    #[arg(long, value_name = "DIGITS", requires = "speak")]
    say: Option<String>,
    /// Return after the acknowledgement.
    #[arg(long)]
    no_wait: bool,
    /// Wait this long for the verdict, seconds.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(..=WAIT_S_MAX))]
    wait_s: u64,
}

/// Opens a session for `duty`, or for the duty that can be answered now, and keeps it.
pub async fn open(
    phone: &Phone,
    kept: &mut Kept,
    duty: Option<DutyId>,
    can: &[Ability],
) -> Result<Open, Failure> {
    let duty = match duty {
        Some(duty) => duty,
        None => answerable(phone).await?,
    };
    let open = Open {
        duty,
        session: phone.open_as_able(duty, can).await?,
        submit: phone.action(),
    };
    kept.memory.open = Some(open.clone());
    kept.save()?;
    Ok(open)
}

async fn answerable(phone: &Phone) -> Result<DutyId, Failure> {
    let duties = phone.duties().await?.duties;
    let open = |duty: &&wire::Duty| matches!(duty.phase, Phase::Open | Phase::Late);
    let duty = duties
        .iter()
        .filter(open)
        .find(|duty| !duty.attendance.met());
    duty.map(|duty| duty.id).ok_or_else(|| {
        Failure::said(
            "现在没有可以签到的任务",
            "there is no duty that can be answered now",
        )
    })
}

/// What `open` prints.
pub fn opened(kept: &Kept) -> Outcome {
    let open = kept
        .memory
        .open
        .as_ref()
        .expect("a session was just opened");
    let mut outcome = Outcome::new(0, "opened");
    let (zh, en) = invitation(&open.session);
    outcome = outcome.say(zh, en);
    if let Some(presence) = &open.session.presence {
        let (zh, en) = question(presence);
        outcome = outcome.say(zh, en);
    }
    outcome
        .fact("checkin", open.session.checkin)
        .fact("duty", open.duty)
        .fact("prompt", &open.session.prompt)
        .fact("expires_at", open.session.expires_at)
        .fact("parts", &open.session.parts)
        .fact("presence", &open.session.presence)
}

/// What is to be shown, in words.
fn question(presence: &Presence) -> (String, String) {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    if let Some(side) = presence.turn {
        let zh_side = match side {
            Side::Left => "左",
            Side::Right => "右",
        };
        zh.push(format!("向您的{zh_side}侧转头拍一张（--turn）"));
        en.push(format!("turn your head to your {side} (--turn)"));
    }
    if let Some(flash) = &presence.flash {
        let names: Vec<&str> = flash.colours.iter().map(|colour| colour.as_str()).collect();
        let names = names.join(" ");
        zh.push(format!("屏幕依次显示 {names}，每种颜色拍一张（--flash）"));
        en.push(format!(
            "show {names} on the screen, one picture in each (--flash)"
        ));
    }
    (zh.join("；"), en.join("; "))
}

/// Reads a name given with `--can`.
pub fn ability(name: &str) -> Result<Ability, String> {
    match name {
        "turn" => Ok(Ability::Turn),
        "flash" => Ok(Ability::Flash),
        other => Err(format!("{other} is neither turn nor flash")),
    }
}

fn invitation(session: &Session) -> (String, String) {
    let until = session.expires_at;
    match &session.prompt {
        Some(prompt) => (
            format!("请念：{prompt}（{}（北京时间）以前）", beijing(until)),
            format!(
                "say: {prompt} (before {}), check-in {}",
                until.0, session.checkin
            ),
        ),
        None => (
            format!("请拍照（{}（北京时间）以前）", beijing(until)),
            format!(
                "take a picture (before {}), check-in {}",
                until.0, session.checkin
            ),
        ),
    }
}

pub async fn run(
    phone: &Phone,
    kept: &mut Kept,
    args: Args,
    quiet: bool,
) -> Result<Outcome, Failure> {
    let held = kept.memory.open.clone();
    let held = held.filter(|open| args.duty.is_none_or(|duty| duty == open.duty));
    let open = match held {
        Some(open) => open,
        None if args.voice.is_some() => {
            return Err(Failure::said(
                "请先运行 muster phone open，念出显示的数字并录音",
                "run `muster phone open` first and record the digits that it shows",
            ));
        }
        None if args.turn.is_some() || !args.flash.is_empty() => {
            return Err(Failure::said(
                "请先运行 muster phone open --can turn,flash，按显示的要求拍照",
                "run `muster phone open --can turn,flash` first and take the pictures that it asks for",
            ));
        }
        None => open(phone, kept, args.duty, &[]).await?,
    };
    if !quiet {
        let (zh, en) = invitation(&open.session);
        writeln!(std::io::stdout(), "{zh} · {en}")
            .map_err(|e| Failure::said("不能显示", e.to_string()))?;
    }
    let media = media(&args, &open.session)?;
    let acknowledged = match hand_in(phone, kept, &open, &media).await {
        Err(Failure::Phone(error @ phone::Error::Problem(_))) => {
            // The server judged this session: the next try begins with a new one. After a broken line it goes on.
            if error
                .problem()
                .is_some_and(|problem| problem.status < 500 && problem.status != 429)
            {
                kept.memory.open = None;
                kept.memory.handed.remove(&open.session.checkin);
                kept.save()?;
            }
            return Err(error.into());
        }
        outcome => outcome?,
    };
    if args.no_wait {
        let outcome = settle(phone, kept, &acknowledged).await?;
        return Ok(outcome);
    }
    let checkin = phone
        .wait(open.session.checkin, Duration::from_secs(args.wait_s))
        .await?;
    let mut outcome = settle(phone, kept, &checkin).await?;
    if !checkin.state.settled() {
        outcome.code = 1;
    }
    Ok(outcome)
}

/// The parts of a check-in by name.
fn media(args: &Args, session: &Session) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut media = Vec::new();
    for (number, path) in args.selfie.iter().enumerate() {
        media.push((format!("selfie-{number}"), file(path)?));
    }
    if let Some(path) = &args.turn {
        media.push(("turn".to_owned(), file(path)?));
    }
    for (number, path) in args.flash.iter().enumerate() {
        media.push((format!("flash-{number}"), file(path)?));
    }
    if let Some(path) = &args.voice {
        media.push(("voice".to_owned(), file(path)?));
    } else if let Some(dir) = &args.speak
        && let Some(digits) = args.say.as_ref().or(session.prompt.as_ref())
    {
        media.push(("voice".to_owned(), Voice::load(dir)?.say(digits)?));
    }
    let missing =
        |part: &&wire::OpenPart| part.required && !media.iter().any(|(name, _)| *name == part.name);
    match session.parts.iter().find(missing) {
        None => Ok(media),
        Some(part) => Err(Failure::said(
            format!(
                "还缺少 {}：照片用 --selfie，录音用 --voice 或 --speak",
                part.name
            ),
            format!(
                "{} is missing: give pictures with --selfie, a recording with --voice or --speak",
                part.name
            ),
        )),
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |cause: String| {
        Failure::said(
            format!("不能读取 {}", path.display()),
            format!("cannot read {}: {cause}", path.display()),
        )
    };
    let len = fs::metadata(path)
        .map_err(|e| unreadable(e.to_string()))?
        .len();
    if len > FILE_LEN_MAX {
        return Err(unreadable(format!("it has more than {FILE_LEN_MAX} bytes")));
    }
    fs::read(path).map_err(|e| unreadable(e.to_string()))
}

/// Uploads from where the server stands, remembers, submits.
async fn hand_in(
    phone: &Phone,
    kept: &mut Kept,
    open: &Open,
    media: &[(String, Vec<u8>)],
) -> Result<Checkin, Failure> {
    let session = &open.session;
    let mut parts: BTreeMap<String, PartDigest> = BTreeMap::new();
    for (name, bytes) in media {
        parts.insert(name.clone(), phone.upload(session, name, bytes).await?);
    }
    let handed = HandedIn {
        duty: open.duty,
        parts: parts.clone(),
        receipt: None,
    };
    kept.memory.handed.insert(session.checkin, handed);
    kept.save()?;
    let facts = Facts {
        captured_at: Some(At(Micros::from_unix_s(phone.unix_s()))),
        platform: Some(format!(
            "muster phone {} ({})",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS
        )),
        location: None,
    };
    let checkin = phone.submit_as(open.submit, session, parts, facts).await?;
    kept.memory.open = None;
    kept.save()?;
    Ok(checkin)
}

pub async fn status(
    phone: &Phone,
    kept: &mut Kept,
    id: CheckinId,
    wait_s: u64,
) -> Result<Outcome, Failure> {
    let checkin = if wait_s == 0 {
        phone.checkin(id).await?
    } else {
        phone.wait(id, Duration::from_secs(wait_s)).await?
    };
    settle(phone, kept, &checkin).await
}

/// Says how an attempt stands; checks and keeps its receipt.
async fn settle(phone: &Phone, kept: &mut Kept, checkin: &Checkin) -> Result<Outcome, Failure> {
    let (code, zh) = match checkin.state {
        State::Open => (0, "还没有提交"),
        State::Queued | State::Running => (0, "已收到，正在核验"),
        State::Verified => (0, "核验通过"),
        State::Accepted => (0, "工作人员已确认通过"),
        State::Retry => (3, "请再试一次"),
        State::AskedAgain => (3, "没有拍清楚，请再签到一次"),
        State::Review => (4, "等待工作人员核查"),
        State::Declined => (4, "工作人员没有认可这次签到"),
        State::Expired => (5, "这次签到已过期，请重新开始"),
    };
    let mut outcome = Outcome::new(code, checkin.state.as_str())
        .say(zh, format!("{}: check-in {}", checkin.state, checkin.id))
        .fact("checkin", checkin.id)
        .fact("duty", checkin.duty)
        .fact("state", checkin.state)
        .fact("submitted_at", checkin.submitted_at)
        .fact("verdict", &checkin.verdict);
    if let Some(verdict) = &checkin.verdict {
        outcome = outcome.say(&verdict.message.zh, &verdict.message.en);
        for advice in &verdict.coaching {
            outcome = outcome.say(&advice.message.zh, &advice.message.en);
        }
    }
    let Some(receipt) = &checkin.receipt else {
        return Ok(outcome);
    };
    if !kept.memory.handed.contains_key(&checkin.id) {
        return Ok(outcome.fact("receipt", receipt));
    }
    let claims = checked(phone, kept, checkin.id, receipt).await?;
    if claims.state != checkin.state {
        return Err(phone::ReceiptError::Disagrees("state").into());
    }
    Ok(outcome
        .say("回执有效，已保存", "the receipt is valid and was kept")
        .fact("receipt", receipt)
        .fact("receipt_valid", true)
        .fact("attendance", claims.attendance))
}

pub async fn receipt(
    phone: &Phone,
    kept: &mut Kept,
    id: CheckinId,
    verify: bool,
) -> Result<Outcome, Failure> {
    let receipt = phone.receipt(id).await?.receipt;
    let outcome = Outcome::new(0, "receipt")
        .say(
            format!("回执：{receipt}"),
            format!("receipt of check-in {id}"),
        )
        .fact("checkin", id)
        .fact("receipt", &receipt);
    if !verify {
        return Ok(outcome);
    }
    let claims = checked(phone, kept, id, &receipt).await?;
    Ok(outcome
        .say(
            format!("回执有效：{} 已提交", beijing(claims.submitted_at)),
            format!(
                "the receipt is valid: submitted {}, {}, attendance {}",
                claims.submitted_at.0, claims.state, claims.attendance
            ),
        )
        .fact("receipt_valid", true)
        .fact("claims", claims))
}

/// Checks a receipt against what this phone handed in, and keeps it.
async fn checked(
    phone: &Phone,
    kept: &mut Kept,
    id: CheckinId,
    receipt: &str,
) -> Result<wire::ReceiptClaims, Failure> {
    let Some(handed) = kept.memory.handed.get_mut(&id) else {
        return Err(Failure::said(
            "这台手机没有提交过这次签到",
            format!("this phone does not remember check-in {id}, so it cannot compare"),
        ));
    };
    let device = kept.memory.device.as_ref();
    let mine = Handed {
        checkin: id,
        duty: Some(handed.duty),
        person: device.map(|device| device.person),
        device: device.map(|device| device.device),
        parts: handed.parts.clone(),
    };
    let claims = phone.check(receipt, &mine).await?;
    handed.receipt = Some(receipt.to_owned());
    kept.save()?;
    Ok(claims)
}

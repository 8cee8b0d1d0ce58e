//! The morning peak: a window opens, the reminder goes out, half of the phones come in the first quarter of the time.

use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use domain::OrgUnitId;
use futures::StreamExt as _;
use phone::{Handed, Phone, PhoneConfig, Random};
use reqwest::Url;
use wire::Facts;

use crate::{
    arrival::arrivals,
    console::Login,
    figures::{Figures, Setting},
    page,
    prepare::{self, Ready, Samples, Source},
    record::{Record, look_again},
};

const PHONES_MAX: u64 = 20_000;
const MINUTES_MAX: u64 = 60;
const DRAIN_S_MAX: u64 = 4 * 3_600;
/// Phones that are activated at a time.
const PARALLEL: usize = 16;
/// Enrolments at a time, at most.
const ENROL_PARALLEL_MAX: u64 = 64;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=PHONES_MAX))]
    phones: u64,
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    minutes: u64,
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Allow a server on another machine. Ask whoever runs it.
    #[arg(long)]
    allow_remote: bool,
    /// JSON array of activation codes of persons who are enrolled with these samples and have an open duty.
    #[arg(long, conflicts_with = "officer_login")]
    codes: Option<PathBuf>,
    /// Officer who registers and enrols the persons.
    #[arg(long, required_unless_present = "codes", requires_all = ["password", "totp_secret"])]
    officer_login: Option<String>,
    #[arg(long, env = "MUSTER_OFFICER_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// Base32, or the `otpauth://` URI.
    #[arg(long, env = "MUSTER_OFFICER_TOTP_SECRET", hide_env_values = true)]
    totp_secret: Option<String>,
    /// Unit of the persons; the officer's own when absent.
    #[arg(long)]
    unit: Option<OrgUnitId>,
    /// Enrolments at a time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=ENROL_PARALLEL_MAX))]
    enrol_parallel: u64,
    /// JPEGs of one face; the enrolments take them in turn, the check-ins the last one.
    #[arg(long, num_args = 1.., required = true, value_name = "FILE")]
    selfie: Vec<PathBuf>,
    /// Folder with 0.wav to 9.wav of one voice.
    #[arg(long, value_name = "DIR")]
    speak: PathBuf,
    /// How long the server may take after the last arrival, seconds.
    #[arg(long, default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..=DRAIN_S_MAX))]
    drain_s: u64,
    /// Decides who comes when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value = "report/morning-peak.html")]
    report: PathBuf,
    /// The figures as one line of JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the scenario; true when every acknowledged check-in has exactly one verdict and a valid receipt.
///
/// # Errors
/// When it cannot be prepared or reported.
pub async fn run(args: Args) -> anyhow::Result<bool> {
    let phones = args.phones as usize;
    let within = Duration::from_secs(60 * args.minutes);
    let most = within + Duration::from_secs(args.drain_s);
    ensure!(
        args.allow_remote || loopback(&args.server),
        "{} is not this machine: give --allow-remote if it is yours to load",
        args.server
    );
    let config = PhoneConfig {
        allow_plain_http: args.allow_remote,
        ..PhoneConfig::default()
    };
    let http = Phone::client(&config)?;
    let samples = Samples::load(&args.selfie, &args.speak)?;
    let codes = prepare::codes(source(&args)?, phones, &http, &args.server, &samples).await?;
    let ready = activate(&http, &args.server, &codes, &config).await?;
    eprintln!(
        "{phones} phones are ready; the peak begins and takes {} min",
        args.minutes
    );

    let begun = Instant::now();
    let (records, ready) = peak(
        ready,
        &samples,
        arrivals(phones, within, &Random::seeded(args.seed)),
        begun,
        most,
    )
    .await?;
    let records = look_again(records, &ready).await;

    let setting = Setting {
        phones: args.phones,
        minutes: args.minutes,
        seed: args.seed,
        server: args.server,
    };
    let figures = Figures::of(setting, &records);
    if let Some(folder) = args.report.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let html = page::render(&figures, &records)?;
    fs::write(&args.report, html)
        .with_context(|| format!("cannot write {}", args.report.display()))?;
    figures.print(args.json)?;
    eprintln!("plots: {}", args.report.display());
    Ok(figures.proven())
}

fn source(args: &Args) -> anyhow::Result<Source> {
    if let Some(path) = &args.codes {
        let json = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let codes =
            serde_json::from_slice(&json).context("the codes are no JSON array of texts")?;
        return Ok(Source::Codes(codes));
    }
    let (Some(login), Some(password), Some(secret)) =
        (&args.officer_login, &args.password, &args.totp_secret)
    else {
        anyhow::bail!("give --codes, or --officer-login with --password and --totp-secret");
    };
    Ok(Source::Enrol {
        login: Login::new(login.clone(), password.clone(), secret)?,
        unit: args.unit,
        parallel: args.enrol_parallel as usize,
    })
}

fn loopback(server: &str) -> bool {
    let Ok(url) = Url::parse(server) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

async fn activate(
    http: &reqwest::Client,
    server: &str,
    codes: &[String],
    config: &PhoneConfig,
) -> anyhow::Result<Vec<Ready>> {
    let ready: Vec<anyhow::Result<Ready>> = futures::stream::iter(codes)
        .map(|code| prepare::phone(http, server, code, config.clone()))
        .buffered(PARALLEL)
        .collect()
        .await;
    ready.into_iter().collect()
}

/// Every phone on its own, each at its time.
async fn peak(
    ready: Vec<Ready>,
    samples: &Samples,
    arrivals: Vec<Duration>,
    begun: Instant,
    most: Duration,
) -> anyhow::Result<(Vec<Record>, Vec<Ready>)> {
    let mut running = Vec::with_capacity(ready.len());
    for (number, (ready, at)) in ready.into_iter().zip(arrivals).enumerate() {
        // The last picture, so that with several files the check-in's is not one of the enrolment's where it need not be.
        let picture = samples.picture(samples.pictures.len() - 1, &format!("check-in {number}"))?;
        let (voice, mark) = (
            samples.voice.clone(),
            format!("{} check-in {number}", samples.run),
        );
        running.push(tokio::spawn(async move {
            tokio::time::sleep(at.saturating_sub(begun.elapsed())).await;
            let before = ready.phone.trouble();
            let mut record = Record {
                arrived_s: begun.elapsed().as_secs_f64(),
                ..Record::default()
            };
            let say = |digits: &str| crate::media::marked_wav(&voice.say(digits)?, &mark);
            let outcome = check_in(&ready, &picture, say, begun, most, &mut record).await;
            record.error = outcome.err();
            record.trouble = ready.phone.trouble();
            for (name, count) in before {
                if let Some(since) = record.trouble.get_mut(&name) {
                    *since -= count;
                }
            }
            record.trouble.retain(|_, count| *count > 0);
            (record, ready)
        }));
    }
    let mut records = Vec::with_capacity(running.len());
    let mut phones = Vec::with_capacity(running.len());
    for task in running {
        let (record, ready) = task.await.context("a phone broke down")?;
        records.push(record);
        phones.push(ready);
    }
    Ok((records, phones))
}

/// One whole check-in; the error is step and name.
async fn check_in(
    ready: &Ready,
    picture: &[u8],
    say: impl Fn(&str) -> anyhow::Result<Vec<u8>>,
    begun: Instant,
    most: Duration,
    record: &mut Record,
) -> Result<(), String> {
    let at = |step: &'static str| move |error: phone::Error| format!("{step}: {}", error.name());
    let phone = &ready.phone;
    let session = phone.open(ready.duty).await.map_err(at("open"))?;
    let mut parts = BTreeMap::new();
    let selfie = phone.upload(&session, "selfie-0", picture).await;
    parts.insert("selfie-0".to_owned(), selfie.map_err(at("upload"))?);
    if let Some(prompt) = &session.prompt {
        let recording = say(prompt).map_err(|error| format!("speak: {error}"))?;
        let voice = phone.upload(&session, "voice", &recording).await;
        parts.insert("voice".to_owned(), voice.map_err(at("upload"))?);
    }
    record.submitted_s = begun.elapsed().as_secs_f64();
    let acknowledged = phone
        .submit(&session, parts.clone(), Facts::default())
        .await;
    acknowledged.map_err(at("submit"))?;
    record.acknowledged_s = Some(begun.elapsed().as_secs_f64());
    record.handed = Some(Handed {
        checkin: session.checkin,
        duty: Some(ready.duty),
        person: Some(ready.owner.person),
        device: Some(ready.owner.device),
        parts,
    });
    let left = most.saturating_sub(begun.elapsed());
    let seen = phone
        .wait(session.checkin, left)
        .await
        .map_err(at("wait"))?;
    if !seen.state.settled() {
        return Err("wait: no verdict in time".to_owned());
    }
    record.settled_s = Some(begun.elapsed().as_secs_f64());
    record.state = Some(seen.state);
    record.verdict = seen.verdict;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loaded_without_being_told_so() {
        assert!(
            loopback("http://127.0.0.1:8080")
                && loopback("http://localhost")
                && loopback("http://[::1]:80")
        );
        assert!(
            !loopback("http://192.0.2.1")
                && !loopback("https://muster.example")
                && !loopback("nothing")
        );
    }
}

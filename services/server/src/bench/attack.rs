//! `muster bench attack`: species of attack, and genuine people under bad conditions, each on the way of a real check-in.

mod attempt;
mod cast;
mod outcome;
mod page;
mod presented;
mod showing;

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};
use bytes::Bytes;
use domain::{
    Llr,
    evidence::{Comparison, ContentMethod, Measurement},
    plan::{Factors, SupervisionLevel},
    print::PicturePrint,
    verdict::{Earlier, Policy, Reason, Verdict, decide_after},
};
use engine::{Probe, Sessions};

use self::{
    attempt::Attempt,
    cast::{Cast, Person},
    outcome::{Report, Tally},
    presented::Presented,
};
use crate::{
    config::Config,
    eval::work::{for_each, threads},
    house,
};

/// Attempts of whoever is told to try again, person or attacker: retries are free, and beyond two a verdict that asks for colours goes to an officer.
const ATTEMPTS_MAX: u32 = 3;

#[derive(clap::Args)]
pub struct Args {
    /// Name of a pack, or `auto`: the first that is installed, `standard` before `default`.
    #[arg(long, default_value = "auto")]
    pack: String,
    /// Folder with `face/index.csv`, `voice/words.csv` and synthetic voices in `voice/spoof`.
    #[arg(long)]
    data: PathBuf,
    /// Fixes who meets whom, every instrument, room and noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for `attack.html`, `attack.md` and `attack.json`; made when it is missing.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Tries of each species, and of genuine people in each condition. 300 tries of which none is verified bound its share below 1 %.
    #[arg(long, default_value_t = 300)]
    tries: u32,
    /// Only these, by the names of the table; may be given several times.
    #[arg(long)]
    only: Vec<String>,
    /// Only faces of this data set; may be given several times. Who has no two pictures of sufficient quality takes no part.
    #[arg(long)]
    dataset: Vec<String>,
    /// Threads, each with its own networks; one for each core when absent.
    #[arg(long)]
    threads: Option<usize>,
    /// One line of JSON instead of a table.
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    if args.tries == 0 {
        bail!("--tries must be at least 1");
    }
    let kinds = chosen(&args.only)?;
    let pack = house::installed(config, &args.pack)?;
    let threads = threads(args.threads);
    let networks = (&pack, config.home.as_path());
    let cast = Cast::gather(
        networks,
        threads,
        (&args.data, &args.dataset),
        &config.policy,
    )?;
    let tries: Vec<(Presented, u32)> = kinds
        .iter()
        .flat_map(|&kind| (0..args.tries).map(move |number| (kind, number)))
        .collect();
    let ends = for_each(networks, threads, &tries, |sessions, &(kind, number)| {
        play(sessions, &cast, &config.policy, (kind, number, args.seed))
            .with_context(|| format!("{kind}, try {number}"))
    })?;
    let mut tallies: Vec<Tally> = kinds.iter().map(|&kind| Tally::new(kind)).collect();
    for ((kind, _), end) in tries.iter().zip(ends) {
        let tally = tallies.iter_mut().find(|tally| tally.presented == *kind);
        tally.context("every kind has a tally")?.add(&end);
    }
    let report = Report {
        pack: pack.id(),
        seed: args.seed,
        persons: cast.persons.len(),
        voices: cast.voices.len(),
        tallies,
    };
    if let Some(out) = &args.out {
        fs::create_dir_all(out)
            .with_context(|| format!("无法建立 / could not make {}", out.display()))?;
        let files = [
            ("attack.html", report.page()?),
            ("attack.md", report.markdown()),
            ("attack.json", serde_json::to_string(&report)?),
        ];
        for (name, text) in files {
            let path = out.join(name);
            fs::write(&path, text)
                .with_context(|| format!("无法写入 / could not write {}", path.display()))?;
        }
    }
    report.print(args.json)
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<Presented>> {
    if only.is_empty() {
        return Ok(Presented::ALL.to_vec());
    }
    let known = |name: &String| {
        let kind = Presented::ALL.iter().find(|kind| kind.as_str() == name);
        kind.copied().with_context(|| {
            let names: Vec<&str> = Presented::ALL.iter().map(|kind| kind.as_str()).collect();
            format!("there is no {name}; known are {}", names.join(", "))
        })
    };
    only.iter().map(known).collect()
}

/// How one try went: the verdict of every attempt, in their order. Whoever is told to try again comes again.
fn play(
    sessions: &mut Sessions,
    cast: &Cast,
    policy: &Policy,
    (kind, number, seed): (Presented, u32, u64),
) -> anyhow::Result<Vec<Verdict>> {
    let person = number as usize % cast.persons.len();
    let mut verdicts = Vec::new();
    let mut earlier = Earlier::default();
    for again in 0..ATTEMPTS_MAX {
        let attempt = attempt::make(cast, person, kind, (seed, number, again));
        let verdict = judge(
            sessions,
            &cast.persons[person],
            (attempt, &mut earlier),
            policy,
        )?;
        let told_to_retry = matches!(verdict, Verdict::Retry { .. });
        verdicts.push(verdict);
        if !told_to_retry {
            break;
        }
    }
    Ok(verdicts)
}

/// A check-in's way from its bytes to the verdict, after earlier ones that were to be taken again; it is one more of them then. Colours are judged at the level that asks for them.
fn judge(
    sessions: &mut Sessions,
    person: &Person,
    (attempt, earlier): (Attempt, &mut Earlier),
    policy: &Policy,
) -> anyhow::Result<Verdict> {
    let level = if attempt.showing.is_some() {
        SupervisionLevel::Strict
    } else {
        SupervisionLevel::General
    };
    let mut seen = sessions.verify(&Probe {
        pictures: attempt.pictures,
        voice: Some(attempt.recording),
        face_template: Some(person.face_template.clone()),
        voice_template: Some(person.voice_template.clone()),
        prompt: Some(attempt.prompt),
        presence: attempt.showing,
    })?;
    if attempt.prompt_granted {
        grant(&mut seen, policy)?;
    }
    let factors = Factors::FaceAndVoice;
    let mut verdict = decide_after(earlier, &seen, factors, level, policy);
    earlier.add(&verdict, &seen);
    if copied(sessions, &seen, attempt.earlier)? {
        verdict = verdict.doubted(Reason::RepeatedMedia);
    }
    if attempt.mock_location {
        verdict = verdict.doubted(Reason::MockLocation);
    }
    Ok(verdict)
}

/// Whether a picture copies one that was handed in before.
fn copied(
    sessions: &mut Sessions,
    seen: &Measurement,
    earlier: Vec<Bytes>,
) -> anyhow::Result<bool> {
    if earlier.is_empty() {
        return Ok(false);
    }
    let before = sessions.verify(&Probe {
        pictures: earlier,
        ..Probe::default()
    })?;
    let prints = |of: &Measurement| -> Vec<PicturePrint> {
        of.pictures
            .iter()
            .filter_map(|one| one.print.clone())
            .collect()
    };
    let before = prints(&before);
    let copies = |print: &PicturePrint| before.iter().any(|earlier| print.copies(earlier));
    Ok(prints(seen).iter().any(copies))
}

/// The prompt counts as spoken, as clearly as must be.
fn grant(seen: &mut Measurement, policy: &Policy) -> anyhow::Result<()> {
    let llr = Llr::new(policy.content_min).context("the policy's content_min is no number")?;
    if let Some(voice) = &mut seen.voice {
        let granted = Comparison { score: 0.0, llr };
        voice.content = Some((ContentMethod::OwnDigits, granted));
    }
    Ok(())
}

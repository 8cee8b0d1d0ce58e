//! The demonstration: an office, two persons, their phones, real pictures and voices, and a server on SQLite and disk.

mod office;
mod phone;
mod scenario;
mod table;

use std::{
    fs,
    io::BufRead,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::{
    chore::{self, Workspace},
    house::{Accounts, BOTH, House, Site},
    muster::{Muster, Profile},
    samples::{self, Samples},
};
use office::Office;

/// Anyone can install it.
pub const DEFAULT_PACK: &str = "default";
const STANDARD_PACK: &str = "standard";
/// Where the lasting demonstration lives, below the root.
const LASTING: &str = ".muster/demo";
/// The lasting demonstration's, so that its phones find it again.
const LASTING_PORT: u16 = 8080;
/// Different pictures that the lasting demonstration takes, one a minute.
const SHOTS: u64 = 60;

#[derive(clap::Args)]
pub struct Args {
    /// Run the scenarios, print a table and end.
    #[arg(long)]
    once: bool,
    /// With `--once`: leave the folder with database, media and log.
    #[arg(long, requires = "once")]
    keep: bool,
    /// `default`, `standard` (needs ../shared/models), or `auto`: the best that this machine can have.
    #[arg(long, default_value = DEFAULT_PACK, value_parser = [DEFAULT_PACK, STANDARD_PACK, "auto"])]
    pack: String,
    /// A built `muster` to be used instead of building one.
    #[arg(long, value_name = "FILE")]
    muster: Option<PathBuf>,
}

/// The two demo entries; their pictures and voices are samples.
pub const PERSONS: [(&str, &str); 2] = [("演示对象甲", "DEMO-0001"), ("演示对象乙", "DEMO-0002")];

/// Shows the house, once or until it is interrupted.
///
/// # Errors
/// When something cannot be built, installed or started, or a scenario ends otherwise than it should.
pub fn run(workspace: &Workspace, args: &Args) -> Result<()> {
    let muster = match &args.muster {
        Some(binary) => Muster::at(std::path::absolute(binary)?)?,
        None => Muster::build(workspace, Profile::Dev)?,
    };
    let models = workspace.shared().map(|shared| shared.join("models"));
    let pack = match args.pack.as_str() {
        "auto" if models.is_some() => STANDARD_PACK,
        "auto" => DEFAULT_PACK,
        pack => pack,
    };
    muster.install(pack, models.as_deref().filter(|_| pack == STANDARD_PACK))?;
    if args.once {
        once(workspace, &muster, pack, args.keep)
    } else {
        lasting(workspace, &muster, pack)
    }
}

/// All scenarios on a fresh house that is thrown away afterwards. The pack is installed.
pub fn once(workspace: &Workspace, muster: &Muster, pack: &str, keep: bool) -> Result<()> {
    let folder = TempDir::with_prefix("muster-demo-")?;
    let place = folder.path().to_owned();
    let rows = play(workspace, muster, pack, &place);
    let good = rows
        .as_ref()
        .is_ok_and(|rows| rows.iter().all(scenario::Row::good));
    if keep || !good {
        println!("kept: {}", folder.keep().display());
    }
    let rows = rows?;
    table::print(&rows);
    println!(
        "\n两名对象仅为演示条目，照片和声音均为样本。 Both are demo entries; their pictures and voices are samples."
    );
    println!("签到照片由建档照片裁剪而来：这里演示流程，准确率请用 muster eval 测量。");
    println!(
        "The check-in pictures are crops of the enrolled portraits: this shows the way; `muster eval` measures accuracy."
    );
    ensure!(good, "not every scenario ended as it should");
    Ok(())
}

fn play(
    workspace: &Workspace,
    muster: &Muster,
    pack: &str,
    place: &Path,
) -> Result<Vec<scenario::Row>> {
    let faces = muster.faces();
    let samples = Samples::prepare(&faces, &samples::voices(workspace), &place.join("pictures"))?;
    let mut house = House::make(muster, pack, Site::new(place.join("home")))?;
    let accounts = house.found()?;
    house.start(pack, BOTH)?;
    println!("serving on {}", house.url());
    let mut office = Office::sign_in(&house.url(), &accounts.seeder)?;
    let people = seed(&mut office, &accounts.unit, &samples)?;
    scenario::play(scenario::Stage {
        house,
        office,
        muster,
        samples,
        people,
        pack: pack.to_owned(),
        phones: place.join("phones"),
    })
}

/// Registers and enrols the persons; returns their ids.
fn seed(office: &mut Office, unit: &str, samples: &Samples) -> Result<Vec<String>> {
    let mut people = Vec::new();
    for ((name, case_number), sample) in PERSONS.iter().zip(&samples.people) {
        let person = office.register(unit, name, case_number)?;
        office.enrol(&person, sample)?;
        println!("enrolled {name} (demo entry)");
        people.push(person);
    }
    Ok(people)
}

/// A house that stays: its folder is used again the next time.
fn lasting(workspace: &Workspace, muster: &Muster, pack: &str) -> Result<()> {
    let faces = muster.faces();
    let place = workspace.root.join(LASTING);
    let samples = Samples::prepare(&faces, &samples::voices(workspace), &place.join("pictures"))?;
    let site = Site {
        port: LASTING_PORT,
        ..Site::new(place.join("home"))
    };
    let mut house = House::make(muster, pack, site)?;
    let accounts = house.found()?;
    house.start(pack, BOTH)?;
    let mut office = Office::sign_in(&house.url(), &accounts.seeder)?;
    let registered = place.join("persons.json");
    let people = if let Ok(json) = fs::read(&registered) {
        serde_json::from_slice(&json).context("persons.json cannot be read")?
    } else {
        let people = seed(&mut office, &accounts.unit, &samples)?;
        for person in &people {
            office.plan_whole_day(person)?;
        }
        fs::write(&registered, serde_json::to_vec(&people)?)?;
        people
    };
    tell(&house, &mut office, &accounts, &people, &samples)?;
    for line in std::io::stdin().lock().lines() {
        line?;
        codes(&accounts);
    }
    house.wait()
}

/// The authenticators' codes at this moment.
fn codes(accounts: &Accounts) {
    for account in [&accounts.officer, &accounts.county, &accounts.administrator] {
        println!("{:<13}{}", account.login, account.code_line());
    }
}

/// Five minutes with a webcam: whoever reads it is enrolled himself, and checks in.
fn tour(url: &str) {
    println!(
        "\n== 五分钟体验（需要摄像头和麦克风） a tour of five minutes, with a camera and a microphone"
    );
    let steps = [
        (
            format!("打开 {url}/console ，用司法所工作人员登录；在“矫正对象”页用“登记新对象”登记您自己。"),
            "Sign in as the officer of the office; Persons, register yourself.",
        ),
        (
            "在档案页点“现场采集”，面对摄像头拍照，再按提示读数字。".to_owned(),
            "On your file: enrol face and voice before this machine's camera.",
        ),
        (
            "打开矫正方案，“套用本等级模板”，提交：今天就有签到任务。".to_owned(),
            "Plan: fill in the template of the level, and write it.",
        ),
        (
            "回档案页点“生成激活码”，在本机另一个窗口打开显示的链接（别的设备须经 HTTPS）。".to_owned(),
            "Hand out a code and open its link in another window: that is your phone.",
        ),
        (
            "在签到页按中间的大按钮，拍照、读数字，几秒后看到结论；再请别人替您签一次，回到“核查”看看。".to_owned(),
            "Check in; then let somebody else try, and look at the case under Reviews.",
        ),
    ];
    for (number, (zh, en)) in steps.iter().enumerate() {
        println!("{}. {zh}\n   {en}", number + 1);
    }
}

/// Where to go, and with what.
fn tell(
    house: &House,
    office: &mut Office,
    accounts: &Accounts,
    people: &[String],
    samples: &Samples,
) -> Result<()> {
    let url = house.url();
    println!("\n== 演示环境 demonstration (Ctrl-C ends it; its folder is {LASTING})");
    println!("手机签到 phone page   {url}/h5/");
    println!("接口文档 API          {url}/openapi.json");
    println!("工作人员页面 pages    {url}/console");
    println!("登录 sign in          POST {url}/v1/console/session");
    for (account, who) in [
        (&accounts.officer, "司法所工作人员 officer of the office"),
        (
            &accounts.county,
            "县工作人员 county officer: second looks and appeals",
        ),
        (&accounts.administrator, "管理员 administrator"),
    ] {
        println!("\n{who}");
        println!("  账号 login            {}", account.login);
        println!("  密码 password         {}", account.password);
        println!("  验证器 authenticator  {}", account.totp_uri);
    }
    println!();
    codes(accounts);
    tour(&url);
    // A picture that was handed in is refused for ever: each start takes new ones.
    let shot = (chore::now().as_secs() / 60 % SHOTS) as u32;
    for (index, person) in people.iter().enumerate() {
        let (name, _) = PERSONS[index];
        let state = format!("{LASTING}/phones/{}", index + 1);
        println!("\n{name} (demo entry) {person}");
        match office.activation(person)? {
            Some(code) => {
                println!("  手机页面 page  {url}/h5/#code={code}");
                println!("  muster phone --state {state} activate --server {url} --code {code}");
            }
            None => println!("  has a phone already: {state}"),
        }
        let (sample, selfie) = (&samples.people[index], samples.selfie(index, shot)?);
        println!(
            "  muster phone --state {state} check-in --selfie {} --speak {}",
            selfie.display(),
            sample.speak.display()
        );
    }
    println!(
        "\n(muster = {}) 按回车显示新的验证码 Enter shows a fresh code",
        house.muster.binary.display()
    );
    Ok(())
}

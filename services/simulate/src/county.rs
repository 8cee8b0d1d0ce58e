//! The tree of units with its officers, and the persons registered in it.

use app::{Viewer, officer::NewOfficer, person::NewPerson, plan::NewPlan};
use domain::{
    Micros, SessionId,
    access::{Role, Scope},
    event::Actor,
    message::Means,
    order::{Category, SupervisionOrder},
    org::{Level, OrgUnit},
    plan::{QuietHours, SupervisionLevel, template},
};
use jiff::{ToSpan, civil::Date};

use crate::{
    Fault,
    chance::Chance,
    conduct::REACHED_EVERY,
    house::House,
    subject::{Nature, Subject, activate, enrol, handset, natures, phone_key},
};

/// Persons of one office.
const OFFICE_LEN: usize = 50;
/// Every tenth office lies two hours further west.
const WEST_EVERY: usize = 10;
/// Between two registrations, milliseconds.
const REGISTRATION_MS: i64 = 5_000;
const PASSWORD: &str = "correct horse battery staple";
const LABEL: &str = "simulated phone";

/// A justice office with its officers.
pub struct Office {
    pub unit: OrgUnit,
    pub viewer: Viewer,
    /// Looks where the first would refuse.
    pub colleague: Viewer,
    pub zone: &'static str,
}

/// All who are there.
pub struct County {
    pub offices: Vec<Office>,
    /// Approves, and ends supervision.
    pub head: Viewer,
    /// At the top of the tree.
    pub administrator: Viewer,
    pub subjects: Vec<Subject>,
    /// Phones that were ever made.
    pub phones: u64,
}

/// Builds the tree, and registers, enrols and equips so many persons, whose plans begin on `first_day`.
pub async fn settle(
    house: &House,
    persons: usize,
    first_day: Date,
    chance: &mut Chance,
) -> Result<County, Fault> {
    let mut path: Vec<OrgUnit> = Vec::new();
    for level in [Level::Ministry, Level::Province, Level::City, Level::County] {
        let unit = app::unit::create_by(
            &house.cx,
            Actor::System,
            path.last(),
            level,
            level.to_string(),
        );
        path.push(unit.await?);
    }
    let (ministry, county) = (&path[0], &path[3]);
    let administrator = officer(house, ministry, Role::Administrator, "administrator").await?;
    let head = officer(house, county, Role::CountyHead, "head").await?;
    let mut offices = Vec::new();
    for number in 0..persons.div_ceil(OFFICE_LEN) {
        let name = format!("office-{number}");
        let unit = app::unit::create_by(
            &house.cx,
            Actor::System,
            Some(county),
            Level::Office,
            name.clone(),
        )
        .await?;
        let colleague = format!("{name}-second");
        offices.push(Office {
            viewer: officer(house, &unit, Role::StationOfficer, &name).await?,
            colleague: officer(house, &unit, Role::StationOfficer, &colleague).await?,
            unit,
            zone: if number % WEST_EVERY == WEST_EVERY - 1 {
                "Asia/Urumqi"
            } else {
                "Asia/Shanghai"
            },
        });
    }
    for (number, office) in offices.iter().enumerate() {
        let address = format!("o{number}@example.org");
        let (means, address) = (Means::Mail, Some(address.as_str()));
        app::contact::set_own(&house.cx, &office.viewer, means, address).await?;
    }
    let mut subjects = Vec::new();
    for (number, nature) in natures(persons, chance).into_iter().enumerate() {
        house.pass_to(house.cx.now().plus_ms(REGISTRATION_MS));
        subjects.push(register(house, &offices, (number, nature), first_day, chance).await?);
    }
    Ok(County {
        offices,
        head,
        administrator,
        phones: subjects.len() as u64,
        subjects,
    })
}

/// A user who is signed in: what that takes, half a tenth of a second of Argon2 on purpose, is not simulated.
async fn officer(house: &House, unit: &OrgUnit, role: Role, login: &str) -> Result<Viewer, Fault> {
    let new = NewOfficer {
        unit: unit.id,
        login: login.to_owned(),
        name: login.to_owned(),
        role,
        password: PASSWORD.to_owned(),
    };
    let created = app::officer::create_by(&house.cx, Actor::System, new).await?;
    Ok(Viewer {
        session: SessionId(house.cx.id()),
        scope: Scope::new(&created.officer, unit.path.clone()),
        officer: created.officer,
        expires_at: Micros(i64::MAX),
    })
}

async fn register(
    house: &House,
    offices: &[Office],
    (number, nature): (usize, Nature),
    first_day: Date,
    chance: &mut Chance,
) -> Result<Subject, Fault> {
    let index = number / OFFICE_LEN;
    let office = &offices[index];
    let new = NewPerson {
        unit: office.unit.id,
        name: format!("person {number}"),
        case_number: format!("S-{number}"),
        order: SupervisionOrder {
            category: Category::Probation,
            level: nature.level,
            starts_on: first_day.saturating_sub(30.days()),
            ends_on: first_day.saturating_add(2.years()),
        },
        minor: false,
    };
    let person = app::person::register(&house.cx, &office.viewer, &new)
        .await?
        .id;
    enrol(house, &office.viewer, person, chance).await?;
    let plan = plan(office, nature.level, Some(first_day));
    app::plan::write(&house.cx, &office.viewer, person, plan).await?;
    if number % REACHED_EVERY == 0 {
        let address = format!("p{number}@example.org");
        let (means, address) = (Means::Mail, Some(address.as_str()));
        app::contact::set_of_person(&house.cx, &office.viewer, person, means, address).await?;
    }
    let key = phone_key(number as u64);
    let device = activate(
        house,
        &office.viewer,
        person,
        (&key, LABEL),
        Some(&handset(number as u64)),
    )
    .await?;
    Ok(Subject {
        person,
        office: index,
        level: nature.level,
        habit: nature.habit,
        cheat: nature.cheat,
        shares_with: nature.shares_with,
        device,
        home: (30.0 + chance.share(), 104.0 + chance.share()),
        last_media: Vec::new(),
        ended: false,
    })
}

/// The template of a level, unchanged.
pub fn plan(office: &Office, level: SupervisionLevel, effective_from: Option<Date>) -> NewPlan {
    NewPlan {
        zone: office.zone.to_owned(),
        quiet: QuietHours::default(),
        rules: template(level),
        effective_from,
    }
}

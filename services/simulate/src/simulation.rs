mod day;

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

use domain::{DutyId, Micros, PersonId};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use sha2::{Digest, Sha256};

use crate::{
    Broken, Fault,
    agenda::{Agenda, Event},
    away,
    chance::Chance,
    conduct::{Cheat, Weather},
    county::{self, County},
    house::House,
    invariant,
    ledger::{self, Ledger},
    office,
    report::{Report, Tally},
    truth::Truth,
    visit::{self, Visit},
};

/// A Monday; everything is set up the day before.
pub const FIRST_DAY: Date = date(2026, 3, 2);
const ZONE: &str = "Asia/Shanghai";
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// After the house looked for what is over, officers have their message of it so soon.
const OFFICERS_HEAR_MS: i64 = 61_000;
/// The night's checks, after midnight: nothing is open then in any zone of the country.
const DAWN_MS: i64 = 30 * MINUTE_MS;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Setting {
    pub persons: usize,
    pub seed: u64,
    /// Where the database is made; thrown away at the end when absent.
    pub database: Option<PathBuf>,
    pub weather: Weather,
}

/// A county in its house, on its way through the days.
pub struct Simulation {
    pub(crate) house: House,
    pub(crate) county: County,
    pub(crate) chance: Chance,
    pub(crate) agenda: Agenda,
    pub(crate) truth: Truth,
    pub(crate) ledger: Ledger,
    pub(crate) tally: Tally,
    pub(crate) weather: Weather,
    index: HashMap<PersonId, usize>,
    midnight: Micros,
    /// Days that are over.
    days: i64,
}

impl Simulation {
    /// Builds house and county on the day before [`FIRST_DAY`].
    pub async fn build(setting: &Setting) -> Result<Self, Fault> {
        let midnight = FIRST_DAY.in_tz(ZONE).expect("a bundled zone").timestamp();
        let midnight = Micros::from(midnight);
        let begins = midnight.plus_ms(-18 * HOUR_MS);
        let house = House::build(setting.database.as_deref(), setting.seed, begins).await?;
        let mut chance = Chance::seeded(setting.seed);
        let county = county::settle(&house, setting.persons, FIRST_DAY, &mut chance).await?;
        let numbers = county.subjects.iter().zip(0..);
        let index = numbers
            .map(|(subject, number)| (subject.person, number))
            .collect();
        let cheats = county.subjects.iter();
        let truth = Truth {
            cheats: cheats
                .filter_map(|of| Some((of.person, of.cheat?)))
                .collect(),
            ..Truth::default()
        };
        let mut sim = Self {
            house,
            county,
            chance,
            agenda: Agenda::default(),
            truth,
            ledger: Ledger::default(),
            tally: Tally::default(),
            weather: setting.weather,
            index,
            midnight,
            days: 0,
        };
        sim.agenda.add(midnight.plus_ms(DAWN_MS), Event::Dawn);
        sim.plan_ahead();
        Ok(sim)
    }

    /// The house as it is now.
    pub fn cx(&self) -> &app::Cx {
        &self.house.cx
    }

    /// Where the process dies.
    pub fn fate(&self) -> &store::Fate {
        &self.house.fate
    }

    /// The persons, in the order of their registration.
    pub fn persons(&self) -> impl Iterator<Item = PersonId> {
        self.county.subjects.iter().map(|subject| subject.person)
    }

    /// Lets so many days go by, with the checks of the night after each.
    pub async fn play(&mut self, days: i64) -> Result<(), Fault> {
        let dawn = self.midnight.plus_ms((self.days + days) * DAY_MS + DAWN_MS);
        self.until(dawn).await?;
        self.days += days;
        self.night().await
    }

    /// Lets everything happen that comes before `until`.
    pub async fn until(&mut self, until: Micros) -> Result<(), Fault> {
        while let Some((at, event)) = self.agenda.next(until) {
            self.house.pass_to(at);
            self.happen(event).await?;
            if self.house.fate.dead() {
                self.restart().await?;
            }
        }
        self.house.pass_to(until);
        Ok(())
    }

    /// Checks everything, and tells what it came to.
    pub async fn report(&mut self) -> Result<Report, Fault> {
        ledger::read(self).await?;
        let (attendance, rows) = invariant::everything(self).await?;
        let sha256 = Sha256::new()
            .chain_update(self.ledger.digest())
            .chain_update(rows);
        let alerts = &self.ledger.alerts;
        let told = |cheat: Cheat| {
            let planted = self.truth.cheats.iter().filter(|(_, of)| **of == cheat);
            let (mut count, mut raised) = (0, 0);
            for (person, _) in planted {
                let kinds = alerts.kinds_of.get(person);
                let tells =
                    |kinds: &BTreeSet<&str>| cheat.alerts().iter().any(|kind| kinds.contains(kind));
                count += 1;
                raised += usize::from(kinds.is_some_and(tells));
            }
            (cheat, count, raised)
        };
        Ok(Report {
            persons: self.county.subjects.len(),
            offices: self.county.offices.len(),
            days: self.days,
            tally: self.tally,
            events: self.ledger.events,
            verdicts: self.ledger.verdicts,
            attendance,
            cheats: Cheat::ALL.into_iter().map(told).collect(),
            alerts: alerts.count,
            alerts_by_kind: alerts.by_kind.clone(),
            alerts_founded: alerts.founded,
            alerts_a_day_max: alerts.by_office_day.values().copied().max().unwrap_or(0),
            sha256: sha256.finalize().into(),
        })
    }

    async fn happen(&mut self, event: Event) -> Result<(), Fault> {
        match event {
            Event::Dawn => self.dawn().await,
            Event::LookAfter => {
                let done = app::worker::look_after(&self.house.cx).await;
                let at = self.later(OFFICERS_HEAR_MS, OFFICERS_HEAR_MS + 1);
                self.agenda.add(at, Event::Post);
                self.unless_dead(done).map(|_| ())
            }
            Event::MakeAhead => {
                let done = app::worker::make_ahead(&self.house.cx).await;
                self.unless_dead(done).map(|_| ())
            }
            Event::Work { all } => self.work(all).await,
            Event::Phone(visit) => visit::step(self, visit).await,
            Event::Report { subject, duty } => office::report(self, subject, duty).await,
            Event::Post => self.post().await,
            Event::AskLeave { subject } => away::ask(self, subject).await,
            Event::Back { subject, leave } => away::back(self, subject, leave).await,
            Event::Round { office } => office::round(self, office).await,
            Event::NewPhone { subject } => office::new_phone(self, subject).await,
            Event::NewPlan { subject } => office::new_plan(self, subject).await,
            Event::End { subject } => office::end(self, subject).await,
            Event::Declare { year } => office::declare(self, year).await,
            Event::Approve { subject } => office::approve(self, subject).await,
            Event::Follow { subject } => office::follow(self, subject).await,
            Event::Doom { commits, death } => {
                self.house.fate.doom(commits, death);
                Ok(())
            }
        }
    }

    async fn work(&mut self, all: bool) -> Result<(), Fault> {
        loop {
            let done = app::worker::once(&self.house.cx).await;
            if !self.unless_dead(done)?.unwrap_or(false) || !all {
                return Ok(());
            }
        }
    }

    /// Empties the outbox.
    async fn post(&mut self) -> Result<(), Fault> {
        loop {
            let done = app::outbox::deliver(&self.house.cx).await;
            if self.unless_dead(done)?.unwrap_or(0) == 0 {
                return Ok(());
            }
        }
    }

    /// A new process: its timers come by at once, and what the dead one held is free after its lease.
    async fn restart(&mut self) -> Result<(), Fault> {
        self.tally.deaths += 1;
        self.house.restart().await?;
        let now = self.house.cx.now();
        self.agenda.add(now.plus_ms(1_000), Event::LookAfter);
        self.agenda.add(now.plus_ms(1_000), Event::MakeAhead);
        let free_at = now.plus_ms(self.house.cx.limits.lease_ms + 1_000);
        self.agenda.add(free_at, Event::Work { all: true });
        Ok(())
    }

    /// What must hold after each day.
    async fn night(&mut self) -> Result<(), Fault> {
        ledger::read(self).await?;
        invariant::touched(self).await?;
        invariant::left_in_peace(self).await
    }

    /// Some time from now, evenly between the two.
    pub(crate) fn later(&mut self, from_ms: i64, to_ms: i64) -> Micros {
        let ms = self.chance.between(from_ms, to_ms);
        self.house.cx.now().plus_ms(ms)
    }

    /// What a use-case gave; nothing when its process died meanwhile, whatever it said.
    pub(crate) fn unless_dead<T>(&self, done: app::Result<T>) -> Result<Option<T>, Fault> {
        if self.house.fate.dead() {
            return Ok(None);
        }
        Ok(Some(done?))
    }

    /// The simulated day of an instant, from 0; the day before has −1.
    pub(crate) fn day_of(&self, at: Micros) -> i64 {
        at.since_ms(self.midnight).div_euclid(DAY_MS)
    }

    pub(crate) fn subject_of(&self, person: PersonId) -> usize {
        self.index.get(&person).copied().unwrap_or(0)
    }

    pub(crate) fn office_of(&self, person: PersonId) -> usize {
        let index = self.index.get(&person).copied().unwrap_or(0);
        self.county.subjects[index].office
    }

    pub(crate) fn broken(
        &self,
        person: Option<PersonId>,
        duty: Option<DutyId>,
        what: String,
    ) -> Fault {
        Fault::Broken(Broken {
            at: self.house.cx.now(),
            person,
            duty,
            what,
        })
    }

    pub(crate) fn broken_at(&self, visit: &Visit, what: String) -> Fault {
        self.broken(Some(visit.duty.person), Some(visit.duty.id), what)
    }

    /// The date of a simulated day.
    pub fn date(&self, day: i64) -> Date {
        FIRST_DAY.saturating_add(day.days())
    }
}

//! What is planned: long before, and at the dawn of each day.

use std::collections::BTreeSet;

use domain::{
    Micros,
    access::Scope,
    channel::{Channel, Channels},
    duty::Duty,
};
use store::Death;

use super::{DAWN_MS, DAY_MS, HOUR_MS, MINUTE_MS, Simulation};
use crate::{
    Fault,
    agenda::Event,
    chance::Chance,
    conduct::{BROKEN_PHONE, CHANGE_DAYS, Cheat, ENDS, LEAVES, NEW_PLAN, ROUNDS, followed},
    invariant,
    visit::{self, Visit},
};

/// The house makes duties ahead this often; more would be the same again.
const MAKE_AHEAD_EVERY_DAYS: i64 = 3;
/// After the minute of a duty's last moment, until the house's short timer comes by.
const LAPSE_MS: i64 = 5_000;
/// The outbox is emptied this often, besides when officers have to hear of something.
const POST_EVERY_MS: i64 = 10 * MINUTE_MS;
/// Duties of one look at the day.
const PAGE_LEN: u32 = 1_000;
/// Commits that a doomed process lives, at most.
const DOOM_COMMITS_MAX: i64 = 60;

impl Simulation {
    /// What is known long before.
    pub(super) fn plan_ahead(&mut self) {
        let noon = |day: i64| self.midnight.plus_ms(day * DAY_MS + 12 * HOUR_MS);
        for (day, year) in [(20, 2026), (280, 2027), (300, 2027)] {
            self.agenda.add(noon(day), Event::Declare { year });
        }
        let followed = followed(self.county.subjects.len());
        // From the end, where there are no cheats; the second half without any approval.
        let last = self.county.subjects.len().saturating_sub(1);
        for number in 0..2 * followed {
            let subject = last.saturating_sub(number);
            self.agenda
                .add(noon(1).plus_ms(HOUR_MS), Event::Follow { subject });
            if number < followed {
                self.agenda.add(noon(3), Event::Approve { subject });
            }
        }
        for subject in 0..self.county.subjects.len() {
            if self.county.subjects[subject].cheat == Some(Cheat::Phones) {
                self.change_again(subject);
            }
        }
    }

    /// Another phone after a while, on a workday.
    pub(crate) fn change_again(&mut self, subject: usize) {
        let (least, most) = CHANGE_DAYS;
        let day = self.day_of(self.house.cx.now()) + self.chance.between(least, most);
        let weekend = (day.rem_euclid(7) - 4).max(0);
        let day = if weekend > 0 { day + 3 - weekend } else { day };
        let ms = day * DAY_MS + 10 * HOUR_MS + self.chance.between(0, 5 * HOUR_MS);
        self.agenda
            .add(self.midnight.plus_ms(ms), Event::NewPhone { subject });
    }

    /// Checks the day that is over, and plans the new one.
    pub(super) async fn dawn(&mut self) -> Result<(), Fault> {
        let day = self.day_of(self.house.cx.now());
        if day > 0 {
            self.night().await?;
        }
        if day % 7 == 0 {
            invariant::sample(self, (day / 7) as usize).await?;
            self.house.sweep_media()?;
        }
        let today = self.midnight.plus_ms(day * DAY_MS);
        self.agenda
            .add(today.plus_ms(DAY_MS + DAWN_MS), Event::Dawn);
        if day % MAKE_AHEAD_EVERY_DAYS == 0 {
            self.agenda
                .add(today.plus_ms(DAWN_MS + MINUTE_MS), Event::MakeAhead);
        }
        for number in 0..self.weather.deaths {
            let hours = self.chance.between(7, 21) * HOUR_MS;
            // Some die in the night, at their upkeep.
            let at = if number == 0 && self.chance.hits(0.2) {
                DAWN_MS + 1_000
            } else {
                hours + self.chance.between(0, HOUR_MS)
            };
            let commits = self.chance.between(1, DOOM_COMMITS_MAX) as u64;
            let death = if self.chance.hits(0.5) {
                Death::Before
            } else {
                Death::After
            };
            self.agenda
                .add(today.plus_ms(at), Event::Doom { commits, death });
        }
        for tick in 0..DAY_MS / POST_EVERY_MS {
            self.agenda
                .add(today.plus_ms(DAWN_MS + tick * POST_EVERY_MS), Event::Post);
        }
        self.plan_offices(today, day);
        self.plan_duties(today).await
    }

    fn plan_offices(&mut self, today: Micros, day: i64) {
        let worked = day.rem_euclid(7) < 5;
        if !worked {
            return;
        }
        for office in 0..self.county.offices.len() {
            for hour in ROUNDS {
                let at = i64::from(hour) * HOUR_MS + self.chance.between(0, HOUR_MS);
                self.agenda.add(today.plus_ms(at), Event::Round { office });
            }
        }
        for subject in 0..self.county.subjects.len() {
            let changes = match self.county.subjects[subject].cheat {
                Some(Cheat::Phones) => 0.0,
                Some(_) | None => BROKEN_PHONE,
            };
            let chance = &mut self.chance;
            let at =
                |chance: &mut Chance| today.plus_ms(10 * HOUR_MS + chance.between(0, 5 * HOUR_MS));
            if chance.hits(changes) {
                self.agenda.add(at(chance), Event::NewPhone { subject });
            }
            if chance.hits(LEAVES) {
                self.agenda.add(at(chance), Event::AskLeave { subject });
            }
            if chance.hits(NEW_PLAN) {
                self.agenda.add(at(chance), Event::NewPlan { subject });
            }
            let sole = self.county.subjects[subject].cheat.is_none();
            if sole && self.county.subjects.len() > 1 && chance.hits(ENDS) {
                self.agenda.add(at(chance), Event::End { subject });
            }
        }
    }

    /// Who does what about the duties that open today, as only the simulation can see them beforehand.
    async fn plan_duties(&mut self, today: Micros) -> Result<(), Fault> {
        let (from, until) = (today.plus_ms(DAWN_MS), today.plus_ms(DAWN_MS + DAY_MS));
        let everyone = Scope {
            minors: true,
            ..self.county.administrator.scope.clone()
        };
        let (mut all, mut after) = (Vec::<Duty>::new(), None);
        loop {
            let mut tx = self.house.cx.store.read().await?;
            let page = store::duty::within(&mut tx, &everyone, from, until, after, until, PAGE_LEN)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some((last.marked.duty.opens_at, last.marked.duty.id));
            all.extend(page.into_iter().map(|entry| entry.marked.duty));
        }
        let mut ends = BTreeSet::new();
        self.ledger.duties.clear();
        for duty in all {
            let over_at = duty.late_until.max(duty.closes_at);
            let minute = over_at.unix_s().div_euclid(60) + 1;
            ends.insert(Micros::from_unix_s(minute * 60));
            self.plan_duty(&duty);
            self.ledger.duties.insert(duty.id, duty);
        }
        for minute in ends {
            let at = minute.plus_ms(LAPSE_MS);
            self.agenda.add(at, Event::LookAfter);
        }
        for hour in 0..23 {
            self.agenda
                .add(from.plus_ms(hour * HOUR_MS), Event::LookAfter);
        }
        Ok(())
    }

    fn plan_duty(&mut self, duty: &Duty) {
        let Some(subject) = self.index.get(&duty.person).copied() else {
            return;
        };
        let Some(at) = visit::begins(self, subject, duty) else {
            return;
        };
        let event = if duty.channels == Channels::only(Channel::InPerson) {
            Event::Report {
                subject,
                duty: duty.id,
            }
        } else {
            let key = self.chance.word();
            Event::Phone(Box::new(Visit::new(subject, duty.clone(), key)))
        };
        self.agenda.add(at, event);
    }
}

use std::{collections::BTreeMap, fmt};

use data_encoding::HEXLOWER;
use domain::attendance::Attendance;
use sha2::{Digest, Sha256};

use crate::conduct::Cheat;

/// What went by in the simulated world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub acknowledged: u64,
    pub requests_lost: u64,
    pub answers_lost: u64,
    pub uploads_broken: u64,
    pub media_repeated: u64,
    pub given_up: u64,
    pub deaths: u64,
    pub reviews: u64,
    pub followed: u64,
    pub not_followed: u64,
}

impl Tally {
    fn join(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.requests_lost += other.requests_lost;
        self.answers_lost += other.answers_lost;
        self.uploads_broken += other.uploads_broken;
        self.media_repeated += other.media_repeated;
        self.given_up += other.given_up;
        self.deaths += other.deaths;
        self.reviews += other.reviews;
        self.followed += other.followed;
        self.not_followed += other.not_followed;
    }
}

/// Duties by attendance, in the order of [`Attendance::ALL`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table([u64; Attendance::ALL.len()]);

impl Table {
    pub fn add(&mut self, attendance: Attendance) {
        let counts = Attendance::ALL.iter().zip(&mut self.0);
        for (_, count) in counts.filter(|(of, _)| **of == attendance) {
            *count += 1;
        }
    }

    pub fn count(&self, attendance: Attendance) -> u64 {
        let counts = Attendance::ALL.iter().zip(&self.0);
        counts
            .filter(|(of, _)| **of == attendance)
            .map(|(_, count)| count)
            .sum()
    }

    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// What a simulation came to. The same for the same seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub persons: usize,
    pub offices: usize,
    pub days: i64,
    pub tally: Tally,
    pub events: u64,
    /// Verified, retry, review.
    pub verdicts: [u64; 3],
    pub attendance: Table,
    /// Kind, persons who do it, persons of them about whom an alert that tells of it was raised.
    pub cheats: Vec<(Cheat, usize, usize)>,
    pub alerts: u64,
    /// By stable name.
    pub alerts_by_kind: BTreeMap<&'static str, u64>,
    pub alerts_founded: u64,
    /// Of one office on one day.
    pub alerts_a_day_max: u64,
    /// SHA-256 over the whole log and all attendance; of several counties, over theirs.
    pub sha256: [u8; 32],
}

impl Report {
    /// Of two counties together.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.persons += other.persons;
        self.offices += other.offices;
        self.tally.join(&other.tally);
        self.events += other.events;
        for (count, more) in self.verdicts.iter_mut().zip(other.verdicts) {
            *count += more;
        }
        for (count, more) in self.attendance.0.iter_mut().zip(other.attendance.0) {
            *count += more;
        }
        for (cheat, more) in self.cheats.iter_mut().zip(other.cheats) {
            cheat.1 += more.1;
            cheat.2 += more.2;
        }
        self.alerts += other.alerts;
        self.alerts_founded += other.alerts_founded;
        self.alerts_a_day_max = self.alerts_a_day_max.max(other.alerts_a_day_max);
        for (kind, more) in other.alerts_by_kind {
            *self.alerts_by_kind.entry(kind).or_default() += more;
        }
        let both = Sha256::new()
            .chain_update(self.sha256)
            .chain_update(other.sha256);
        self.sha256 = both.finalize().into();
        self
    }

    /// Mean over all offices and days; each office has one officer.
    pub fn alerts_a_day(&self) -> f64 {
        self.alerts as f64 / (self.offices as f64 * self.days as f64).max(1.0)
    }

    /// Share of alerts that had something behind them; 1 when there were none.
    pub fn precision(&self) -> f64 {
        if self.alerts == 0 {
            return 1.0;
        }
        self.alerts_founded as f64 / self.alerts as f64
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally {
            acknowledged,
            requests_lost,
            answers_lost,
            uploads_broken,
            media_repeated,
            given_up,
            deaths,
            reviews,
            followed,
            not_followed,
        } = self.tally;
        let [verified, retry, review] = self.verdicts;
        writeln!(
            f,
            "persons      {} in {} offices, {} days",
            self.persons, self.offices, self.days
        )?;
        writeln!(f, "duties       {}", self.attendance.total())?;
        for attendance in Attendance::ALL {
            let name = attendance.as_str();
            writeln!(f, "  {name:<11}{}", self.attendance.count(*attendance))?;
        }
        writeln!(
            f,
            "check-ins    {acknowledged} acknowledged: {verified} verified, {retry} retry, {review} review"
        )?;
        writeln!(f, "reviews      {reviews} looks of officers")?;
        writeln!(
            f,
            "lines        {requests_lost} requests, {answers_lost} answers, {uploads_broken} uploads lost; {given_up} gave up"
        )?;
        writeln!(f, "old media    {media_repeated} times refused")?;
        writeln!(
            f,
            "positions    {followed} taken under an approval, {not_followed} refused without one"
        )?;
        writeln!(f, "deaths       {deaths} of the process")?;
        writeln!(f, "cheats       kind, planted, raised")?;
        for (cheat, planted, raised) in &self.cheats {
            writeln!(
                f,
                "  {} {planted:>9} {raised:>6}  {}",
                cheat.number(),
                cheat.alerts().join(", ")
            )?;
        }
        writeln!(
            f,
            "alerts       {}: {:.2} an officer and day, {} at most; precision {:.3}",
            self.alerts,
            self.alerts_a_day(),
            self.alerts_a_day_max,
            self.precision()
        )?;
        for (kind, count) in &self.alerts_by_kind {
            writeln!(f, "  {kind:<24}{count}")?;
        }
        writeln!(f, "events       {}", self.events)?;
        write!(f, "sha256       {}", HEXLOWER.encode(&self.sha256))
    }
}

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use domain::{DutyId, LeaveId, Micros};
use store::Death;

use crate::visit::Visit;

/// What happens next in the simulated world.
pub enum Event {
    /// The night's checks, and the plan of the day.
    Dawn,
    /// The house's short timer: what is over is marked, what nobody looked at is told to the unit above.
    LookAfter,
    /// The house's long timer: duties ahead, erasure.
    MakeAhead,
    /// A worker looks for work: the next piece of it, or all there is.
    Work { all: bool },
    /// A phone goes on with its check-in.
    Phone(Box<Visit>),
    /// A person reports at the office.
    Report { subject: usize, duty: DutyId },
    /// The officers of an office look at what waits.
    Round { office: usize },
    /// The outbox is emptied.
    Post,
    /// A person asks for leave.
    AskLeave { subject: usize },
    /// A person is back from leave, and says so at the office.
    Back { subject: usize, leave: LeaveId },
    /// A person brings another phone to the office.
    NewPhone { subject: usize },
    /// A person's plan is written anew.
    NewPlan { subject: usize },
    /// A person's supervision ends before its term.
    End { subject: usize },
    /// Days off are declared for this year.
    Declare { year: i16 },
    /// The county's head approves that a person is followed.
    Approve { subject: usize },
    /// A phone sends where it is, asked or not.
    Follow { subject: usize },
    /// From here the process has so many commits to live.
    Doom { commits: u64, death: Death },
}

/// All that is to happen, in order of time; at the same time, in the order in which it was put down.
#[derive(Default)]
pub struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
    count: u64,
}

struct Entry {
    at: Micros,
    number: u64,
    event: Event,
}

impl Agenda {
    pub fn add(&mut self, at: Micros, event: Event) {
        self.count += 1;
        let number = self.count;
        self.entries.push(Reverse(Entry { at, number, event }));
    }

    /// The next event before `until`.
    pub fn next(&mut self, until: Micros) -> Option<(Micros, Event)> {
        if self.entries.peek()?.0.at >= until {
            return None;
        }
        let Reverse(entry) = self.entries.pop()?;
        Some((entry.at, entry.event))
    }
}

impl Entry {
    fn key(&self) -> (Micros, u64) {
        (self.at, self.number)
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

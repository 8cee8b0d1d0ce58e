//! 计分考核: what a month is worth by the rule book, entry by entry. Nothing is overwritten, and nothing is taken from a person without an
//! officer's decision (社区矫正法 §28, 实施办法 §32; PIPL §24): a deduction without one cannot be written down.

mod appeal;
mod book;
mod entry;
mod fact;
mod level;
mod month;
mod proposal;
mod statement;

pub use self::{
    appeal::{APPEAL_CHARS_MAX, APPEAL_DAYS, Appeal, AppealText, Finding, Outcome},
    book::{
        CAP_MAX, ITEMS_MAX, Item, Levels, POINTS_MAX, PointsFault, RuleBook, TITLE_CHARS_MAX,
        Trigger, in_force,
    },
    entry::{Change, Decision, Entry, Ledger},
    fact::{COUNTED_ELSEWHERE, Fact, of_attendance},
    level::{Reason, Suggestion, suggest},
    month::Month,
    proposal::{Answer, Proposal, by_hand, propose},
    statement::{Line, MONTHS_MAX, Statement, statements},
};

#[cfg(test)]
mod tests;

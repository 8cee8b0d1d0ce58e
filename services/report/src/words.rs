//! What things are called on paper: Chinese, English.

use domain::{
    attendance::Attendance,
    checkin::State,
    order::{Category, EndReason},
    plan::SupervisionLevel,
    report::{Class, Matter, MovementKind, Tally, Who},
};
use jiff::civil::{Date, DateTime, Weekday};

use crate::table::{Cell, Column, count, text};

pub type Words = (&'static str, &'static str);

pub const fn attendance(attendance: Attendance) -> Words {
    match attendance {
        Attendance::Due => ("待签到", "Due"),
        Attendance::OnTime => ("按时", "On time"),
        Attendance::Late => ("迟到", "Late"),
        Attendance::UnderReview => ("核查中", "Under review"),
        Attendance::Excused => ("免签", "Excused"),
        Attendance::Missed => ("缺席", "Missed"),
    }
}

/// One sign for a duty.
pub const fn sign(attendance: Attendance) -> &'static str {
    match attendance {
        Attendance::Due => "○",
        Attendance::OnTime => "√",
        Attendance::Late => "迟",
        Attendance::UnderReview => "核",
        Attendance::Excused => "免",
        Attendance::Missed => "缺",
    }
}

pub const fn category(category: Category) -> Words {
    let en = match category {
        Category::PublicSurveillance => "public surveillance",
        Category::Probation => "probation",
        Category::Parole => "parole",
        Category::OutsidePrison => "outside prison",
    };
    (category.zh(), en)
}

pub const fn level(level: SupervisionLevel) -> Words {
    let en = match level {
        SupervisionLevel::Strict => "strict",
        SupervisionLevel::General => "general",
        SupervisionLevel::Lenient => "lenient",
    };
    (level.zh(), en)
}

pub const fn end_reason(reason: EndReason) -> Words {
    match reason {
        EndReason::TermServed => ("期满解除", "Term served"),
        EndReason::Pardoned => ("特赦", "Pardoned"),
        EndReason::Revoked => ("撤销缓刑/假释", "Revoked"),
        EndReason::Imprisoned => ("收监执行", "Imprisoned"),
        EndReason::Died => ("死亡", "Died"),
    }
}

pub const fn matter(matter: Matter) -> Words {
    match matter {
        Matter::WrongPlace => ("错位", "Wrong place"),
        Matter::OutOfArea => ("越界", "Out of area"),
        Matter::Missed => ("缺席", "Missed"),
        Matter::Leave => ("请假外出", "Leave"),
        Matter::LeaveOverdue => ("逾期未销假", "Leave overdue"),
        Matter::Admonition => ("训诫", "Admonition"),
        Matter::Warning => ("警告", "Warning"),
        Matter::PenaltyProposed => ("提请治安管理处罚", "Public security penalty proposed"),
        Matter::RevocationProposed => ("提请撤销缓刑、假释", "Revocation proposed"),
        Matter::ImprisonmentProposed => ("提请收监执行", "Imprisonment proposed"),
    }
}

pub const fn movement(kind: MovementKind) -> Words {
    match kind {
        MovementKind::Registered => ("新入矫", "Registered"),
        MovementKind::TransferredIn => ("执行地变更转入", "Transferred in"),
        MovementKind::TransferredOut => ("执行地变更转出", "Transferred out"),
        MovementKind::Changed { .. } => ("类别、等级变更", "Class changed"),
        MovementKind::Ended { reason } => end_reason(reason),
    }
}

pub const fn state(state: State) -> Words {
    match state {
        State::Open => ("进行中", "Open"),
        State::Queued | State::Running => ("核验中", "Being verified"),
        State::Verified => ("已核验", "Verified"),
        State::Retry => ("需重试", "Retry"),
        State::Review => ("待人工核查", "Under review"),
        State::Accepted => ("人工认可", "Accepted"),
        State::Declined => ("人工不认可", "Declined"),
        State::AskedAgain => ("请其重新签到", "Asked again"),
        State::Expired => ("已过期", "Expired"),
    }
}

pub fn weekday(day: Date) -> Words {
    match day.weekday() {
        Weekday::Monday => ("一", "Mo"),
        Weekday::Tuesday => ("二", "Tu"),
        Weekday::Wednesday => ("三", "We"),
        Weekday::Thursday => ("四", "Th"),
        Weekday::Friday => ("五", "Fr"),
        Weekday::Saturday => ("六", "Sa"),
        Weekday::Sunday => ("日", "Su"),
    }
}

/// 缓刑 普管; a dash for none.
pub fn class(class: Option<Class>) -> String {
    class.map_or("—".to_owned(), |class| {
        format!("{} {}", class.category.zh(), class.level.zh())
    })
}

/// `2026-03-02 08:00`.
pub fn minute(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// Both languages in one line.
pub fn both((zh, en): Words) -> String {
    format!("{zh} {en}")
}

/// Who somebody is: the columns, and the cells of a person.
pub fn who_columns() -> Vec<Column> {
    vec![
        text("姓名", "Name", 12),
        text("案号", "Case no.", 20),
        text("类别", "Category", 12),
        text("管理等级", "Level", 8),
    ]
}

pub fn who_cells(who: &Who) -> Vec<Cell> {
    vec![
        who.name.as_str().into(),
        who.case_number.as_str().into(),
        who.category.zh().into(),
        who.level.zh().into(),
    ]
}

/// Columns of a tally and of its rate.
pub fn tally_columns() -> impl Iterator<Item = Column> {
    let counts = SHOWN.iter().map(|one| {
        let (zh, en) = attendance(*one);
        count(zh, en, 8)
    });
    counts.chain([count("出勤率%", "Rate %", 8)])
}

pub fn tally_cells(tally: &Tally) -> impl Iterator<Item = Cell> + '_ {
    let counts = SHOWN.iter().map(|one| Cell::from(tally.get(*one)));
    let rate = tally
        .rate_permille()
        .map(|rate| Cell::Number(f64::from(rate) / 10.0));
    counts.chain([rate.unwrap_or(Cell::Empty)])
}

/// In the order of columns: what is decided, then what is not.
pub const SHOWN: [Attendance; 6] = [
    Attendance::OnTime,
    Attendance::Late,
    Attendance::Missed,
    Attendance::Excused,
    Attendance::UnderReview,
    Attendance::Due,
];

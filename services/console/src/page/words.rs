//! What things are called on the pages: Chinese, English.

use domain::{
    Micros,
    access::Role,
    alert::{self, Rule, Severity},
    attendance::Attendance,
    checkin::State,
    leave,
    org::Level,
    plan::{Factors, SupervisionLevel},
};
use jiff::{
    civil::{Date, Weekday},
    tz::TimeZone,
};

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

/// How much it should catch the eye: a class of the stylesheet.
pub const fn tone(attendance: Attendance) -> &'static str {
    match attendance {
        Attendance::Due | Attendance::Excused => "calm",
        Attendance::OnTime => "good",
        Attendance::Late | Attendance::UnderReview => "look",
        Attendance::Missed => "bad",
    }
}

pub const fn role(role: Role) -> Words {
    match role {
        Role::StationOfficer => ("司法所工作人员", "Station officer"),
        Role::CountyOfficer => ("县级工作人员", "County officer"),
        Role::CountyHead => ("县级负责人", "County head"),
        Role::Operator => ("指挥中心值班员", "Operator"),
        Role::SocialWorker => ("社会工作者", "Social worker"),
        Role::Procurator => ("检察官", "Procurator"),
        Role::Auditor => ("审计员", "Auditor"),
        Role::Administrator => ("系统管理员", "Administrator"),
    }
}

pub const fn level(level: SupervisionLevel) -> Words {
    match level {
        SupervisionLevel::Strict => ("严管", "strict"),
        SupervisionLevel::General => ("普管", "general"),
        SupervisionLevel::Lenient => ("宽管", "lenient"),
    }
}

pub const fn unit_level(level: Level) -> Words {
    match level {
        Level::Ministry => ("部", "Ministry"),
        Level::Province => ("省", "Province"),
        Level::City => ("市", "City"),
        Level::County => ("县", "County"),
        Level::Office => ("司法所", "Office"),
    }
}

pub const fn state(state: State) -> Words {
    match state {
        State::Open => ("采集中", "Open"),
        State::Queued | State::Running => ("核验中", "Being verified"),
        State::Verified => ("已核验", "Verified"),
        State::Retry => ("需重新采集", "Retry"),
        State::Review => ("待人工核查", "Under review"),
        State::Accepted => ("人工认可", "Accepted"),
        State::Declined => ("人工不认可", "Declined"),
        State::AskedAgain => ("请其重新签到", "Asked again"),
        State::Expired => ("已过期", "Expired"),
    }
}

pub const fn factors(factors: Factors) -> Words {
    match factors {
        Factors::FaceAndVoice => ("人脸＋声纹", "face and voice"),
        Factors::Face => ("人脸", "face"),
        Factors::Voice => ("声纹", "voice"),
    }
}

pub const fn severity(severity: Severity) -> Words {
    match severity {
        Severity::Urgent => ("紧急", "Urgent"),
        Severity::High => ("高", "High"),
        Severity::Medium => ("中", "Medium"),
        Severity::Low => ("低", "Low"),
    }
}

pub const fn severity_tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Urgent | Severity::High => "bad",
        Severity::Medium => "look",
        Severity::Low => "calm",
    }
}

pub const fn alert_state(state: alert::State) -> Words {
    match state {
        alert::State::Open => ("待处理", "Open"),
        alert::State::Acknowledged => ("已知悉", "Acknowledged"),
        alert::State::Task => ("核查任务", "Task"),
        alert::State::Closed => ("已办结", "Closed"),
    }
}

pub const fn rule(rule: Rule) -> Words {
    match rule {
        Rule::MissedDuty => ("未签到", "Missed duty"),
        Rule::LostContact => ("疑似失联", "Lost contact"),
        Rule::OverdueLeave => ("逾期未销假", "Overdue leave"),
        Rule::OutOfArea => ("越界", "Out of area"),
        Rule::KeyPlace => ("进入重点场所", "Key place"),
        Rule::Nocturnal => ("昼伏夜出", "Nocturnal"),
        Rule::Gathering => ("同案犯聚集", "Gathering"),
        Rule::Separation => ("人机分离", "Separation"),
        Rule::StandIn => ("冒名顶替", "Stand-in"),
        Rule::RuleBreach => ("违法违规", "Rule breach"),
        Rule::DeviceChange => ("更换手机", "Device change"),
        Rule::SharedDevice => ("一机多人", "Shared device"),
        Rule::RepeatedMedia => ("翻用旧影音", "Repeated media"),
        Rule::EdgeOfWindow => ("总在时段边缘签到", "Edge of window"),
        Rule::ImpossibleSpeed => ("移动速度异常", "Impossible speed"),
        Rule::MockLocation => ("模拟定位", "Mock location"),
        Rule::IdenticalCoordinates => ("坐标重复", "Identical coordinates"),
    }
}

/// `03-02 08:30` on a clock on the wall; a dash for none.
pub fn moment(at: Micros, zone: &TimeZone) -> String {
    told(at, zone, "%m-%d %H:%M")
}

/// `2026-03-02 08:30`.
pub fn minute(at: Micros, zone: &TimeZone) -> String {
    told(at, zone, "%Y-%m-%d %H:%M")
}

/// `08:30`.
pub fn hour(at: Micros, zone: &TimeZone) -> String {
    told(at, zone, "%H:%M")
}

/// `08:30:12`.
pub fn second(at: Micros, zone: &TimeZone) -> String {
    told(at, zone, "%H:%M:%S")
}

fn told(at: Micros, zone: &TimeZone, form: &str) -> String {
    let local = at.local(zone);
    local.map_or_else(|| "—".to_owned(), |local| local.strftime(form).to_string())
}

pub fn weekday(day: Date) -> Words {
    match day.weekday() {
        Weekday::Monday => ("星期一", "Monday"),
        Weekday::Tuesday => ("星期二", "Tuesday"),
        Weekday::Wednesday => ("星期三", "Wednesday"),
        Weekday::Thursday => ("星期四", "Thursday"),
        Weekday::Friday => ("星期五", "Friday"),
        Weekday::Saturday => ("星期六", "Saturday"),
        Weekday::Sunday => ("星期日", "Sunday"),
    }
}

/// How long something has lasted: minutes, hours, days.
pub fn span(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match minutes {
        0..60 => format!("{minutes}分钟"),
        60..2_880 => format!("{}小时", minutes / 60),
        _ => format!("{}天", minutes / 1_440),
    }
}

pub const fn leave_state(state: leave::State) -> Words {
    match state {
        leave::State::Requested => ("待审批", "Requested"),
        leave::State::Reviewed => ("已集体评议，待审批", "Reviewed"),
        leave::State::Approved => ("已批准", "Approved"),
        leave::State::Recalled => ("已责令返回", "Recalled"),
        leave::State::Refused => ("未批准", "Refused"),
        leave::State::Withdrawn => ("本人撤回", "Withdrawn"),
        leave::State::Cancelled => ("已取消", "Cancelled"),
        leave::State::Returned => ("已销假", "Returned"),
        leave::State::Replaced => ("已续假", "Extended"),
    }
}

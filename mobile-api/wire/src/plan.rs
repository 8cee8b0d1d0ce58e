use domain::{
    PlanId,
    channel::{Channel, Channels},
    plan::{self, Every, Factors, Fault, On, PlanError, SupervisionLevel},
};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One rule of a plan: on which days, when, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Recurrence of RFC 5545 by days; every day when absent. An `INTERVAL` counts from Monday, 1 January 2024.
    #[schema(example = "FREQ=WEEKLY;BYDAY=MO,TH")]
    #[serde(default = "daily")]
    pub days: String,
    /// Which of these days count by the calendar: `any`, `workdays`, `days_off`, or `next_workday` (a day off counts as the next workday).
    #[schema(value_type = String, example = "any")]
    #[serde(default)]
    pub on: On,
    pub times: Times,
    /// Minutes after closing in which a check-in still counts, as late.
    #[serde(default)]
    pub grace_min: u32,
    #[schema(value_type = String, example = "face_and_voice")]
    pub factors: Factors,
    /// Ways on which it may be met: `app`, `h5`, `mini_program`, `kiosk`, `in_person`; all when absent.
    #[schema(value_type = Vec<String>)]
    #[serde(default = "all_channels")]
    pub channels: Vec<Channel>,
    /// Without a position an officer has to look.
    #[serde(default)]
    pub location_required: bool,
}

/// When on its days a rule wants a check-in, local time, `HH:MM` or `HH:MM:SS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Times {
    /// Known beforehand.
    Window {
        #[schema(value_type = String, example = "08:00")]
        opens: Time,
        #[schema(value_type = String, example = "09:00")]
        closes: Time,
    },
    /// At times that nobody can know beforehand, each to be answered within some minutes.
    Random {
        #[schema(value_type = String, example = "09:00")]
        from: Time,
        #[schema(value_type = String, example = "20:00")]
        until: Time,
        count: u32,
        /// `day`: so many on each of the rule's days; `week`: so many on different days of each week.
        #[schema(value_type = String, example = "day")]
        every: Every,
        answer_min: u32,
        /// Minutes at least between two openings of a day.
        #[serde(default)]
        gap_min: u32,
    },
}

/// Hours in which nothing is asked of the person, local time; over midnight when `from` is later than `until`. None when both are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    #[schema(value_type = String, example = "22:00")]
    pub from: Time,
    #[schema(value_type = String, example = "06:00")]
    pub until: Time,
}

/// Writes the next version of a person's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    /// IANA name.
    #[schema(example = "Asia/Shanghai")]
    pub zone: String,
    /// 22:00 to 06:00 when absent.
    #[serde(default)]
    pub quiet: Option<QuietHours>,
    pub rules: Vec<Rule>,
    /// First local day, `YYYY-MM-DD`; today when absent.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(default)]
    pub effective_from: Option<Date>,
}

/// What a plan would ask for, before it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPreview {
    pub plan: NewPlan,
    #[schema(value_type = String, format = Date)]
    pub first: Date,
    /// At most 400 days later.
    #[schema(value_type = String, format = Date)]
    pub last: Date,
}

/// One version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    #[schema(value_type = uuid::Uuid)]
    pub id: PlanId,
    pub version: i32,
    pub zone: String,
    pub quiet: QuietHours,
    pub rules: Vec<Rule>,
    #[schema(value_type = String, format = Date)]
    pub effective_from: Date,
    /// Duties that writing it made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duties: Option<u64>,
}

/// All versions of a person's plan, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Plans {
    pub plans: Vec<Plan>,
}

/// Where the plans of a supervision level begin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanTemplate {
    /// `strict`, `general` or `lenient`.
    #[schema(value_type = String, example = "strict")]
    pub level: SupervisionLevel,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanTemplates {
    pub templates: Vec<PlanTemplate>,
}

/// What a rule asks for on a day, or within some days of a week. Of random checks it says how many, and in which hours; never when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outlook {
    /// Version of the plan; absent in a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// Place of the rule in its plan, from 0.
    pub rule: i32,
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    #[schema(value_type = String, format = Date)]
    pub last: Date,
    #[schema(value_type = String)]
    pub opens: Time,
    #[schema(value_type = String)]
    pub closes: Time,
    pub count: u32,
    #[schema(value_type = String)]
    pub factors: Factors,
    #[schema(value_type = Vec<String>)]
    pub channels: Vec<Channel>,
    /// Its times are random.
    pub unannounced: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outlooks {
    pub entries: Vec<Outlook>,
}

fn all_channels() -> Vec<Channel> {
    Channels::ALL.into()
}

fn daily() -> String {
    plan::Recurrence::daily().into()
}

impl NewPlan {
    /// Its rules, for the domain to check.
    ///
    /// # Errors
    /// For days that are no recurrence, and for no channel at all.
    pub fn domain_rules(&self) -> Result<Vec<plan::Rule>, PlanError> {
        let rule = |(index, rule): (usize, &Rule)| {
            let days = rule.days.parse();
            Ok(plan::Rule {
                days: days.map_err(|fault| PlanError::of_rule(index, "days", fault))?,
                on: rule.on,
                times: rule.times.into(),
                grace_min: rule.grace_min,
                factors: rule.factors,
                channels: Channels::try_from(rule.channels.clone())
                    .map_err(|_| PlanError::of_rule(index, "channels", Fault::Channels))?,
                location_required: rule.location_required,
            })
        };
        self.rules.iter().enumerate().map(rule).collect()
    }
}

impl From<&plan::Rule> for Rule {
    fn from(rule: &plan::Rule) -> Self {
        Self {
            days: rule.days.to_string(),
            on: rule.on,
            times: rule.times.into(),
            grace_min: rule.grace_min,
            factors: rule.factors,
            channels: rule.channels.into(),
            location_required: rule.location_required,
        }
    }
}

impl From<Times> for plan::Times {
    fn from(times: Times) -> Self {
        match times {
            Times::Window { opens, closes } => Self::Window { opens, closes },
            Times::Random {
                from,
                until,
                count,
                every,
                answer_min,
                gap_min,
            } => Self::Random {
                from,
                until,
                count,
                every,
                answer_min,
                gap_min,
            },
        }
    }
}

impl From<plan::Times> for Times {
    fn from(times: plan::Times) -> Self {
        match times {
            plan::Times::Window { opens, closes } => Self::Window { opens, closes },
            plan::Times::Random {
                from,
                until,
                count,
                every,
                answer_min,
                gap_min,
            } => Self::Random {
                from,
                until,
                count,
                every,
                answer_min,
                gap_min,
            },
        }
    }
}

impl From<QuietHours> for plan::QuietHours {
    fn from(QuietHours { from, until }: QuietHours) -> Self {
        Self { from, until }
    }
}

impl From<plan::QuietHours> for QuietHours {
    fn from(plan::QuietHours { from, until }: plan::QuietHours) -> Self {
        Self { from, until }
    }
}

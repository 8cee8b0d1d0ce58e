use jiff::tz::TimeZone;

use super::{Kind, Reminder};
use crate::{Micros, channel::Channel, duty::Duty};

/// Characters of a text in Chinese, at most: more would be two messages (70 of UCS-2, 3GPP TS 23.038).
pub const SMS_CHARS_MAX: usize = 70;
/// Channels for which one need not go anywhere.
const ANYWHERE: [Channel; 3] = [Channel::App, Channel::H5, Channel::MiniProgram];

impl Reminder {
    /// What it says, Chinese and English, in the person's time.
    pub fn text(&self, duty: &Duty, zone: &TimeZone) -> (String, String) {
        let (day_zh, day_en) = day(duty.opens_at, zone);
        let (opens, closes) = (time(duty.opens_at, zone), time(duty.closes_at, zone));
        let anywhere = ANYWHERE
            .iter()
            .any(|channel| duty.channels.contain(*channel));
        let (go_zh, go_en) = if anywhere {
            ("签到", "check in")
        } else {
            ("到约定地点签到", "check in at the appointed place")
        };
        match self.kind {
            Kind::TwoDaysBefore | Kind::OnTheDay => (
                format!("请记得{day_zh}{opens}至{closes}{go_zh}。"),
                format!("Please remember to {go_en} on {day_en}, {opens} to {closes}."),
            ),
            Kind::Opening => (
                format!("请在{closes}前{go_zh}，现在已可以开始。"),
                format!("Please {go_en} by {closes}; you may begin now."),
            ),
            Kind::Closing => (
                format!("请尽快{go_zh}，{closes}结束。"),
                format!("Please {go_en} soon: it closes at {closes}."),
            ),
        }
    }
}

/// `3月2日` and `2 March`.
pub(super) fn day(at: Micros, zone: &TimeZone) -> (String, String) {
    let at = at.local(zone).unwrap_or_default();
    let (zh, en) = (at.strftime("%-m月%-d日"), at.strftime("%-d %B"));
    (zh.to_string(), en.to_string())
}

/// `08:00`.
pub(super) fn time(at: Micros, zone: &TimeZone) -> String {
    let at = at.local(zone).unwrap_or_default();
    at.strftime("%H:%M").to_string()
}

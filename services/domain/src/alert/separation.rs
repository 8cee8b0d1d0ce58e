use std::collections::BTreeSet;

use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Seen, limits::limits, local};
use crate::{
    CheckinId, Micros,
    checkin::Decision,
    verdict::{Reason, ReasonKind},
};

/// Reasons that somebody else, or something else, may have answered.
const DOUBTS: [Reason; 9] = [
    Reason::FaceMismatch,
    Reason::VoiceMismatch,
    Reason::PicturesDisagree,
    Reason::PresentationAttack,
    Reason::VoicePresentationAttack,
    Reason::TurnNotFollowed,
    Reason::FlashNotFollowed,
    Reason::RepeatedMedia,
    Reason::DigitsMismatch,
];

limits! {
    /// When doubts are a pattern. Of a genuine person whom one duty in 200 doubts, three of the 28 duties of two weeks are doubted once in
    /// 2,700 fortnights (binomial); one alone is an officer's review already.
    SeparationLimits {
        /// Doubted duties.
        duties = 3 in 2 to 10,
        /// Days to the last of them.
        days = 14 in 1 to 30,
    }
}

/// 人机分离: the phone is here, the person may not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Separation {
    pub checkin: CheckinId,
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    /// An officer looked at this check-in and declined it.
    pub declined: bool,
    /// Doubted duties of the last days, this one counted.
    pub duties: u32,
    pub days: u32,
    /// Of all of them, each once.
    pub reasons: Vec<Reason>,
}

impl Separation {
    /// `file` holds check-ins in the order of time, the last one is looked at. It raises when an officer declined it for what was seen or heard,
    /// or when it is one of several that nobody accepted.
    pub(super) fn find(file: &[&Seen], zone: &TimeZone, limits: SeparationLimits) -> Option<Self> {
        let last = *file.last()?;
        let declined = last.decision == Some(Decision::Decline)
            && last.reasons.iter().any(|reason| of_the_person(*reason));
        if !declined && !doubted(last) {
            return None;
        }
        let since = last
            .submitted_at
            .plus_ms(-i64::from(limits.days) * local::DAY_MS);
        let recent = file.iter().filter(|seen| seen.submitted_at > since);
        let doubted: Vec<_> = recent.filter(|seen| doubted(seen)).collect();
        let duties: BTreeSet<_> = doubted.iter().map(|seen| seen.duty).collect();
        let duties = duties.len() as u32;
        let of_all = |reason: &&Reason| doubted.iter().any(|seen| seen.reasons.contains(reason));
        (declined || duties >= limits.duties).then(|| Self {
            checkin: last.checkin,
            at: last.submitted_at,
            day: local::day(last.submitted_at, zone),
            declined,
            duties,
            days: limits.days,
            reasons: DOUBTS.iter().filter(of_all).copied().collect(),
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let at = local::told(self.at, zone);
        let Self { duties, days, .. } = self;
        let (mut zh, mut en) = if self.declined {
            (
                format!("{at} 的签到经工作人员查看未予认可，疑似人机分离。"),
                format!(
                    "An officer declined the check-in of {at}: somebody else may have answered."
                ),
            )
        } else {
            (
                format!("近 {days} 天有 {duties} 次签到任务疑似人机分离，最近一次为 {at}。"),
                format!(
                    "{duties} duties of the last {days} days may have been answered by somebody else, last at {at}."
                ),
            )
        };
        for (zh_reason, en_reason) in self.reasons.iter().map(|reason| reason.sentence()) {
            zh.push_str(zh_reason);
            en.push(' ');
            en.push_str(en_reason);
        }
        (zh, en)
    }
}

fn doubted(seen: &Seen) -> bool {
    let reasons = seen.reasons.iter().any(|reason| DOUBTS.contains(reason));
    reasons && seen.decision != Some(Decision::Accept)
}

/// Is it about who answered, not about where or about us?
const fn of_the_person(reason: Reason) -> bool {
    match reason.kind() {
        ReasonKind::Match => true,
        ReasonKind::Attack => !matches!(reason, Reason::MockLocation),
        ReasonKind::Place | ReasonKind::System => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::scene::{seen, zone};

    fn doubt(number: u128, day: i64, reason: Reason) -> Seen {
        let mut seen = seen(number, day, 30);
        seen.reasons = vec![reason];
        seen
    }

    fn found(file: &[Seen]) -> Option<Separation> {
        let file: Vec<_> = file.iter().collect();
        Separation::find(&file, &zone(), SeparationLimits::default())
    }

    #[test]
    fn three_doubted_duties_in_a_fortnight_are_a_pattern() {
        let (face, digits) = (Reason::FaceMismatch, Reason::DigitsMismatch);
        let file = [
            doubt(1, 0, digits),
            seen(2, 1, 5),
            doubt(3, 5, face),
            doubt(4, 13, face),
        ];
        let one = found(&file).expect("three");
        assert_eq!((one.duties, one.declined), (3, false));
        assert_eq!(one.reasons, [face, digits]);
        assert_eq!(found(&file[1..]), None, "two");
        assert_eq!(found(&file[..3]), None, "two");
        let late = [file[0].clone(), file[2].clone(), doubt(4, 14, face)];
        assert_eq!(found(&late), None, "fifteen days");
    }

    #[test]
    fn tries_at_one_duty_other_reasons_and_what_was_accepted_do_not_count() {
        let face = Reason::FaceMismatch;
        let mut tries = [1, 2, 3].map(|number| doubt(number, 0, face));
        assert!(found(&tries).is_some());
        let duty = tries[0].duty;
        tries[1].duty = duty;
        assert_eq!(found(&tries), None, "one duty twice");
        let place = [1, 2, 3].map(|number| doubt(number, 0, Reason::OutOfArea));
        assert_eq!(found(&place), None);
        let weak = [1, 2, 3].map(|number| doubt(number, 0, Reason::EvidenceTooWeak));
        assert_eq!(found(&weak), None);
        let mut accepted = [1, 2, 3].map(|number| doubt(number, 0, face));
        accepted[1].decision = Some(Decision::Accept);
        assert_eq!(found(&accepted), None);
    }

    #[test]
    fn a_review_that_an_officer_declines_for_what_he_saw_suffices() {
        let mut declined = doubt(1, 0, Reason::EvidenceTooWeak);
        assert_eq!(found(&[declined.clone()]), None);
        declined.decision = Some(Decision::Decline);
        assert!(found(&[declined.clone()]).expect("declined").declined);
        declined.reasons = vec![Reason::LocationMissing, Reason::MockLocation];
        assert_eq!(found(&[declined]), None, "declined for the place");
    }
}

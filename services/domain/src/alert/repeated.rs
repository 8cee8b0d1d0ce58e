use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::local;
use crate::{CheckinId, DutyId, MediaId, Micros, PersonId};

/// A part of a check-in that repeats earlier media.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// Name of the part, such as `picture-0`.
    pub part: String,
    /// The earlier media, whose they are, and when they came.
    pub media: MediaId,
    pub person: PersonId,
    /// None of an enrolment.
    pub checkin: Option<CheckinId>,
    pub duty: Option<DutyId>,
    pub at: Micros,
    /// Known by its print ([`crate::print`]), not by its SHA-256: the bytes are others, the capture is the same.
    pub near: bool,
}

/// Pictures or a recording were handed in that we had before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatedMedia {
    pub checkin: CheckinId,
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    /// Names of the parts.
    pub parts: Vec<String>,
    /// The earliest of what they repeat.
    pub media: MediaId,
    pub taken_at: Micros,
    /// The check-in that it was handed in with; none of an enrolment, or where it was not noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<CheckinId>,
    /// They are the person's own.
    pub own: bool,
    /// Some were changed on the way: recompressed, cut or mirrored.
    #[serde(default)]
    pub near: bool,
}

impl RepeatedMedia {
    /// A phone may send again the bytes that it took for the same duty, in another session: that does not count. Who changes them knows why.
    pub(super) fn find(
        (checkin, person, duty): (CheckinId, PersonId, DutyId),
        repeats: &[Repeat],
        at: Micros,
        zone: &TimeZone,
    ) -> Option<Self> {
        let counts = |one: &&Repeat| one.near || one.person != person || one.duty != Some(duty);
        let repeats: Vec<_> = repeats.iter().filter(counts).collect();
        let first = repeats.iter().min_by_key(|one| (one.at, one.media))?;
        let mut parts: Vec<_> = repeats.iter().map(|one| one.part.clone()).collect();
        parts.sort_unstable();
        parts.dedup();
        Some(Self {
            checkin,
            at,
            day: local::day(at, zone),
            parts,
            media: first.media,
            taken_at: first.at,
            earlier: first.checkin,
            own: repeats.iter().all(|one| one.person == person),
            near: repeats.iter().any(|one| one.near),
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, taken) = (local::told(self.at, zone), local::told(self.taken_at, zone));
        let parts = self.parts.len();
        let (whose_zh, whose) = if self.own {
            ("本人", "the person's own")
        } else {
            ("他人", "another person's")
        };
        let (alike_zh, alike) = if self.near {
            (
                "出自同一次拍摄或录制，可能经过压缩、裁剪或镜像",
                "though perhaps recompressed, cut or mirrored",
            )
        } else {
            ("完全相同", "byte for byte")
        };
        (
            format!(
                "{at} 提交的 {parts} 份照片或录音与{whose_zh}以前提交的{alike_zh}（最早为 {taken}）。"
            ),
            format!(
                "Pictures or recordings handed in at {at} ({parts}) are {whose} of earlier, {alike} (first of {taken})."
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::alert::scene::{at, person, zone};

    fn repeat(part: &str, of: u128, duty: Option<u128>, day: i64) -> Repeat {
        Repeat {
            part: part.to_owned(),
            media: MediaId(Uuid::from_u128(day.unsigned_abs().into())),
            person: person(of),
            checkin: duty.map(|duty| CheckinId(Uuid::from_u128(duty))),
            duty: duty.map(|duty| DutyId(Uuid::from_u128(duty))),
            at: at(day, 9.0),
            near: false,
        }
    }

    fn found(repeats: &[Repeat]) -> Option<RepeatedMedia> {
        let handed_in = (
            CheckinId(Uuid::nil()),
            person(1),
            DutyId(Uuid::from_u128(5)),
        );
        RepeatedMedia::find(handed_in, repeats, at(20, 9.0), &zone())
    }

    #[test]
    fn what_was_handed_in_before_is_told_of_once_with_the_earliest() {
        let picture = repeat("picture-0", 1, Some(4), 9);
        let one = found(&[picture.clone(), repeat("voice", 1, None, 3)]).expect("a repeat");
        assert_eq!(
            (one.parts.len(), one.taken_at, one.own),
            (2, at(3, 9.0), true)
        );
        let one = found(&[picture, repeat("voice", 2, Some(4), 3)]).expect("a repeat");
        assert!(!one.own);
    }

    #[test]
    fn a_changed_copy_counts_for_the_same_duty_too_and_names_the_earlier_check_in() {
        let mut own = repeat("picture-0", 1, Some(5), 19);
        own.near = true;
        let one = found(&[own]).expect("a copy");
        assert_eq!((one.near, one.own), (true, true));
        assert_eq!(one.earlier, Some(CheckinId(Uuid::from_u128(5))));
        assert!(one.explain(&zone()).0.contains("镜像"));
    }

    #[test]
    fn a_phone_may_send_again_what_it_took_for_the_same_duty() {
        let own = repeat("picture-0", 1, Some(5), 19);
        assert_eq!(found(std::slice::from_ref(&own)), None);
        assert_eq!(found(&[]), None);
        let others = found(&[own, repeat("picture-1", 2, Some(5), 19)]).expect("another's");
        assert_eq!(others.parts, ["picture-1"]);
    }
}

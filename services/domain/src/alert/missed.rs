use crate::{DutyId, Micros, attendance::Attendance, duty::Duty};

use super::Cause;

/// Missed duties in a row after which contact counts as lost (社区矫正法 §30).
pub const LOST_AFTER_MISSED: usize = 2;

/// What a change of attendance raises. `before` are the attendances of the person's duties that closed earlier, the latest first.
pub fn of_attendance(
    duty: &Duty,
    to: Attendance,
    before: &[(DutyId, Micros, Attendance)],
) -> Vec<Cause> {
    if to != Attendance::Missed {
        return Vec::new();
    }
    let mut causes = vec![Cause::MissedDuty {
        duty: duty.id,
        opens_at: duty.opens_at,
        late_until: duty.late_until.max(duty.closes_at),
    }];
    let run = before
        .iter()
        .take_while(|(_, _, attendance)| *attendance == Attendance::Missed);
    let missed = run.clone().count() + 1;
    if missed >= LOST_AFTER_MISSED {
        let (first, since) = run
            .last()
            .map_or((duty.id, duty.opens_at), |(id, opens_at, _)| {
                (*id, *opens_at)
            });
        causes.push(Cause::LostContact {
            duty: first,
            since,
            missed: missed as u32,
        });
    }
    causes
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use uuid::Uuid;

    use super::*;
    use crate::{PersonId, PlanId, channel::Channels, plan::Factors};

    fn id(number: u128) -> DutyId {
        DutyId(Uuid::from_u128(number))
    }

    fn duty(number: u128) -> Duty {
        Duty {
            id: id(number),
            person: PersonId(Uuid::nil()),
            plan: PlanId(Uuid::nil()),
            rule: 0,
            opens_at: Micros::from_unix_s(1_772_409_600),
            closes_at: Micros::from_unix_s(1_772_413_200),
            late_until: Micros::from_unix_s(1_772_415_000),
            factors: Factors::Face,
            channels: Channels::ALL,
            location_required: false,
            unannounced: false,
        }
    }

    #[test]
    fn only_what_is_missed_raises_and_a_second_one_in_a_row_means_lost_contact() {
        let now = Micros(0);
        for attendance in Attendance::ALL {
            let raised = of_attendance(&duty(9), *attendance, &[]);
            assert_eq!(raised.len(), usize::from(*attendance == Attendance::Missed));
        }
        let kinds = |before: &[(DutyId, Micros, Attendance)]| -> Vec<(&str, String)> {
            of_attendance(&duty(9), Attendance::Missed, before)
                .iter()
                .map(|cause| (cause.kind(), cause.dedup(PersonId(Uuid::nil()))))
                .collect()
        };
        let missed = |number| (id(number), now, Attendance::Missed);
        let met = |number| (id(number), now, Attendance::OnTime);
        assert_eq!(kinds(&[met(8), missed(7)]).len(), 1);
        let lost = kinds(&[missed(8), missed(7), met(6), missed(5)]);
        assert_eq!(lost[1], ("lost_contact", format!("lost_contact:{}", id(7))));
        let longer = kinds(&[missed(8), missed(7)]);
        assert_eq!(longer[1].1, lost[1].1, "the same alert as long as it lasts");
    }

    #[test]
    fn an_alert_explains_itself_in_the_persons_time() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a bundled zone");
        let causes = of_attendance(
            &duty(9),
            Attendance::Missed,
            &[(id(8), Micros(0), Attendance::Missed)],
        );
        let (zh, en) = causes[0].explain(&zone);
        assert_eq!(zh, "未在 2026-03-02 08:00 至 2026-03-02 09:30 内签到。");
        assert_eq!(
            en,
            "No check-in between 2026-03-02 08:00 and 2026-03-02 09:30."
        );
        let (zh, _) = causes[1].explain(&zone);
        assert!(zh.contains("连续 2 次未签到"), "{zh}");
    }
}

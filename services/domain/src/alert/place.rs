use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Cause, local};
use crate::{
    Micros,
    area::{Finding, FindingKind},
};

/// Somebody was where he must not be, or where an officer wants to know of it: 越界, 重点场所.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub at: Micros,
    /// The person's local day.
    pub day: Date,
    pub finding: Finding,
}

impl Placed {
    /// What a position's findings raise. What cannot be told is no reason against anybody.
    pub(super) fn find(findings: &[Finding], at: Micros, zone: &TimeZone) -> Vec<Cause> {
        let cause = |finding: &Finding| {
            let placed = Self {
                at,
                day: local::day(at, zone),
                finding: finding.clone(),
            };
            match finding.kind {
                FindingKind::OutOfArea | FindingKind::InExclusion => Some(Cause::OutOfArea(placed)),
                FindingKind::InKeyPlace => Some(Cause::KeyPlace(placed)),
                FindingKind::CannotTell => None,
            }
        };
        findings.iter().filter_map(cause).collect()
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let at = local::told(self.at, zone);
        let (zh, en) = self.finding.explain();
        (format!("{at}，{zh}"), format!("At {at}: {en}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        AreaId,
        alert::{
            Rule,
            scene::{at, person, zone},
        },
        area::{AreaKind, AreaName},
    };

    use super::*;

    fn finding(kind: FindingKind) -> Finding {
        Finding {
            kind,
            rule: AreaId(uuid::Uuid::from_u128(7)),
            area: AreaKind::Exclusion,
            name: AreaName::new("网吧").expect("a name"),
            distance_m: 60.0,
            margin_m: 40.0,
            accuracy_m: Some(20.0),
        }
    }

    #[test]
    fn what_is_sure_is_told_of_and_what_cannot_be_told_is_not() {
        for (kind, rule) in [
            (FindingKind::OutOfArea, Some(Rule::OutOfArea)),
            (FindingKind::InExclusion, Some(Rule::OutOfArea)),
            (FindingKind::InKeyPlace, Some(Rule::KeyPlace)),
            (FindingKind::CannotTell, None),
        ] {
            let causes = Placed::find(&[finding(kind)], at(0, 9.0), &zone());
            assert_eq!(causes.first().map(Cause::rule), rule);
        }
    }

    #[test]
    fn there_is_one_alert_for_a_person_an_area_and_a_local_day() {
        let key = |hour| {
            let found = Placed::find(&[finding(FindingKind::InExclusion)], at(0, hour), &zone());
            found[0].dedup(person(1))
        };
        assert_eq!(key(0.0), key(23.9));
        assert!(key(0.0) != key(24.0) && key(0.0) != key(-0.1));
        let found = Placed::find(&[finding(FindingKind::InExclusion)], at(0, 9.0), &zone());
        assert_ne!(found[0].dedup(person(1)), found[0].dedup(person(2)));
        let (zh, en) = found[0].explain(&zone());
        assert!(
            zh.starts_with("2026-03-02 09:00，定位点在禁止进入区域“网吧”之内"),
            "{zh}"
        );
        assert!(
            en.starts_with("At 2026-03-02 09:00: The position is inside"),
            "{en}"
        );
    }
}

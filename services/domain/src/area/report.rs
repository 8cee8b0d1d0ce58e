use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{AreaKind, AreaRule, Finding, FindingKind, Fix, judge};
use crate::{Micros, verdict::Reason};

/// What a position at a check-in said about the areas, as an officer reads it. Kept with the verdict, in the words of that day.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    pub findings: Vec<Explained>,
}

/// A finding with its sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explained {
    #[serde(flatten)]
    pub finding: Finding,
    pub zh: String,
    pub en: String,
}

impl Report {
    /// Judges a fix against the rules that hold at its time.
    pub fn of(rules: &[AreaRule], fix: &Fix, zone: &TimeZone) -> Self {
        let explained = |finding: Finding| {
            let (zh, en) = finding.explain();
            Explained { finding, zh, en }
        };
        let findings = judge(rules, fix, zone).into_iter().map(explained);
        Self {
            findings: findings.collect(),
        }
    }

    /// Why an officer must look, each reason once. What cannot be told is no reason, nor is a key place: both are shown to whoever looks.
    pub fn doubts(&self) -> Vec<Reason> {
        let kinds = |kind| self.findings.iter().any(|one| one.finding.kind == kind);
        let table = [
            (FindingKind::OutOfArea, Reason::OutOfArea),
            (FindingKind::InExclusion, Reason::InExclusion),
        ];
        let found = table.into_iter().filter(|(kind, _)| kinds(*kind));
        found.map(|(_, reason)| reason).collect()
    }
}

impl AreaRule {
    /// Does this rule ask something of the person at an instant, so that silence about his place leaves it open? Key places ask nothing.
    pub fn binds(&self, at: Micros, zone: &TimeZone) -> bool {
        let asks = match self.kind {
            AreaKind::Allowed | AreaKind::Exclusion => true,
            AreaKind::KeyPlace => false,
        };
        let local = at.timestamp().map(|at| zone.to_datetime(at));
        asks && local.is_some_and(|local| self.in_force(local))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        AreaId,
        area::{AreaName, Circle, Hours, Position, Shape, Validity},
    };

    fn rule(kind: AreaKind) -> AreaRule {
        let centre = Position::new(39.9, 116.4).expect("a position");
        AreaRule {
            id: AreaId(uuid::Uuid::nil()),
            name: AreaName::new("家").expect("a name"),
            kind,
            shape: Shape::Circle(Circle::new(centre, 500.0).expect("a circle")),
            hours: Hours::Always,
            validity: Validity::new(date(2026, 1, 1), None).expect("valid"),
        }
    }

    #[test]
    fn only_what_is_sure_is_a_reason_and_each_is_one_once() {
        let zone = TimeZone::UTC;
        let at = Micros::from_unix_s(1_772_411_400);
        let rules = [
            rule(AreaKind::Allowed),
            rule(AreaKind::Exclusion),
            rule(AreaKind::Exclusion),
            rule(AreaKind::KeyPlace),
        ];
        let doubts = |lat_deg, accuracy_m| {
            let position = Position::new(lat_deg, 116.4).expect("a position");
            let fix = Fix::new(position, Some(accuracy_m), at).expect("a fix");
            Report::of(&rules, &fix, &zone).doubts()
        };
        assert_eq!(doubts(39.9, 10.0), [Reason::InExclusion]);
        assert_eq!(doubts(39.8, 10.0), [Reason::OutOfArea]);
        assert_eq!(doubts(39.9, 1_000.0), []);
        assert!(rules[1].binds(at, &zone) && !rules[3].binds(at, &zone));
        assert!(!rules[0].binds(Micros(0), &zone), "before its first day");
    }

    #[test]
    fn a_report_is_kept_with_its_words() {
        let position = Position::new(39.8, 116.4).expect("a position");
        let fix =
            Fix::new(position, Some(10.0), Micros::from_unix_s(1_772_411_400)).expect("a fix");
        let report = Report::of(&[rule(AreaKind::Allowed)], &fix, &TimeZone::UTC);
        let json = serde_json::to_string(&report).expect("JSON");
        assert!(json.contains("允许活动区域"), "{json}");
        let read: Report = serde_json::from_str(&json).expect("a report");
        let (kept, said) = (&read.findings[0], &report.findings[0]);
        assert_eq!((&kept.zh, &kept.en), (&said.zh, &said.en));
        assert_eq!(kept.finding.kind, said.finding.kind);
        assert!((kept.finding.distance_m - said.finding.distance_m).abs() < 1e-6);
    }
}

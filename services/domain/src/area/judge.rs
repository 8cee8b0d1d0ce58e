use jiff::tz::TimeZone;

use super::{AreaKind, AreaRule, Finding, FindingKind, Fix, Side};

/// What a fix says about the rules that hold at its time, in the order of the rules; nothing where all is well.
///
/// Of allowed areas with the same hours being inside any one suffices: they count as one, and the finding names the one whose boundary is
/// nearest. Allowed areas with other hours must be kept as well. Areas that adjoin should overlap or be drawn as one: between
/// two that only touch nothing can be told.
///
/// [`FindingKind::CannotTell`] comes for every kind of area: a coarse fix that hid a visit to a key place would be an evasion. What of it
/// an officer sees is the caller's choice, by [`Finding::area`].
pub fn judge(rules: &[AreaRule], fix: &Fix, zone: &TimeZone) -> Vec<Finding> {
    let local = fix.local(zone);
    let in_force = rules.iter().filter(|rule| rule.in_force(local));
    let measured: Vec<Measured> = in_force
        .map(|rule| Measured {
            rule,
            distance_m: rule.shape.distance_m(fix.position()),
        })
        .collect();
    let mut findings = Vec::new();
    for (index, one) in measured.iter().enumerate() {
        let about = match one.rule.kind {
            AreaKind::Allowed => {
                let first = !measured[..index].iter().any(|other| other.stands_for(one));
                first.then(|| nearest(one, &measured[index..]))
            }
            AreaKind::Exclusion | AreaKind::KeyPlace => Some(one),
        };
        findings.extend(about.and_then(|one| one.finding(fix)));
    }
    findings
}

/// A rule in force, and metres to its boundary, positive inside.
struct Measured<'a> {
    rule: &'a AreaRule,
    distance_m: f64,
}

/// The one of its group that the fix is deepest inside, or else least far outside. They share one margin, so that its side is the
/// best of the group's.
fn nearest<'a>(one: &'a Measured<'a>, measured: &'a [Measured<'a>]) -> &'a Measured<'a> {
    let group = measured.iter().filter(|other| other.stands_for(one));
    group.fold(one, |best, other| {
        if other.distance_m > best.distance_m {
            other
        } else {
            best
        }
    })
}

impl Measured<'_> {
    /// Are both allowed areas of which either suffices?
    fn stands_for(&self, other: &Self) -> bool {
        self.rule.kind == AreaKind::Allowed
            && other.rule.kind == AreaKind::Allowed
            && self.rule.hours == other.rule.hours
    }

    fn finding(&self, fix: &Fix) -> Option<Finding> {
        let margin_m = fix.margin_m();
        let kind = match (self.rule.kind, Side::of(self.distance_m, margin_m)) {
            (_, Side::CannotTell) => FindingKind::CannotTell,
            (AreaKind::Allowed, Side::Outside) => FindingKind::OutOfArea,
            (AreaKind::Exclusion, Side::Inside) => FindingKind::InExclusion,
            (AreaKind::KeyPlace, Side::Inside) => FindingKind::InKeyPlace,
            (AreaKind::Allowed, Side::Inside)
            | (AreaKind::Exclusion | AreaKind::KeyPlace, Side::Outside) => return None,
        };
        Some(Finding {
            kind,
            rule: self.rule.id,
            area: self.rule.kind,
            name: self.rule.name.clone(),
            distance_m: self.distance_m,
            margin_m,
            accuracy_m: fix.accuracy_m(),
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, date};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        AreaId, Micros,
        area::{AreaName, Circle, Days, Hours, Position, Shape, Validity, Weekly},
    };

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("a bundled zone")
    }

    /// A circle of 1 km, `east` degrees east of 116.4 E on 39.9 N.
    fn rule(id: u128, kind: AreaKind, east: f64, hours: Hours) -> AreaRule {
        let centre = Position::new(39.9, 116.4 + east).expect("a position on earth");
        AreaRule {
            id: AreaId(Uuid::from_u128(id)),
            name: AreaName::new(format!("{kind} {id}")).expect("a valid name"),
            kind,
            shape: Shape::Circle(Circle::new(centre, 1_000.0).expect("a valid circle")),
            hours,
            validity: Validity::new(date(2026, 1, 1), None).expect("valid days"),
        }
    }

    fn night() -> Hours {
        let (from, until) = (Time::constant(22, 0, 0, 0), Time::constant(6, 0, 0, 0));
        Hours::Weekly(Weekly::new(Days::ALL, from, until).expect("some hours"))
    }

    /// At an hour of 2026-03-02 in Shanghai.
    fn fix(east: f64, accuracy_m: Option<f64>, hour: i8) -> Fix {
        let position = Position::new(39.9, 116.4 + east).expect("a position on earth");
        let at = date(2026, 3, 2).at(hour, 0, 0, 0).to_zoned(zone());
        let at = at.expect("a time that exists").timestamp();
        Fix::new(position, accuracy_m, at.into()).expect("a valid fix")
    }

    fn found(rules: &[AreaRule], fix: &Fix) -> Vec<(u128, FindingKind)> {
        let findings = judge(rules, fix, &zone()).into_iter();
        findings
            .map(|finding| (finding.rule.0.as_u128(), finding.kind))
            .collect()
    }

    #[test]
    fn each_kind_of_area_has_its_finding() {
        let table = [
            (AreaKind::Allowed, 0.0, None),
            (AreaKind::Allowed, 0.1, Some(FindingKind::OutOfArea)),
            (AreaKind::Exclusion, 0.0, Some(FindingKind::InExclusion)),
            (AreaKind::Exclusion, 0.1, None),
            (AreaKind::KeyPlace, 0.0, Some(FindingKind::InKeyPlace)),
            (AreaKind::KeyPlace, 0.1, None),
            // 1.025 km to the east: on the boundary, for 20 m.
            (AreaKind::Allowed, 0.012, Some(FindingKind::CannotTell)),
            (AreaKind::Exclusion, 0.012, Some(FindingKind::CannotTell)),
            (AreaKind::KeyPlace, 0.012, Some(FindingKind::CannotTell)),
        ];
        for (kind, east, expected) in table {
            let rules = [rule(1, kind, 0.0, Hours::Always)];
            let expected: Vec<_> = expected.into_iter().map(|kind| (1, kind)).collect();
            assert_eq!(
                found(&rules, &fix(east, Some(20.0), 12)),
                expected,
                "{kind} {east}"
            );
        }
    }

    #[test]
    fn of_allowed_areas_with_the_same_hours_one_suffices() {
        let always = |id, east| rule(id, AreaKind::Allowed, east, Hours::Always);
        let rules = [always(1, 0.0), always(2, 0.2)];
        assert_eq!(found(&rules, &fix(0.2, Some(20.0), 12)), []);
        let out = [(2, FindingKind::OutOfArea)];
        assert_eq!(
            found(&rules, &fix(0.15, Some(20.0), 12)),
            out,
            "one finding, of the nearest"
        );
        assert_eq!(
            found(&rules, &fix(0.012, Some(20.0), 12)),
            [(1, FindingKind::CannotTell)],
            "outside of the other for sure"
        );
    }

    #[test]
    fn a_curfew_holds_beside_the_county_and_only_at_night() {
        let county = rule(1, AreaKind::Allowed, 0.01, Hours::Always);
        let home = rule(2, AreaKind::Allowed, 0.0, night());
        let rules = [county, home];
        assert_eq!(found(&rules, &fix(0.015, Some(10.0), 12)), []);
        let out = (2, FindingKind::OutOfArea);
        assert_eq!(found(&rules, &fix(0.015, Some(10.0), 23)), [out]);
        assert_eq!(
            found(&rules, &fix(0.5, Some(10.0), 23)),
            [(1, FindingKind::OutOfArea), out]
        );
    }

    #[test]
    fn hours_are_those_of_the_zone() {
        let rules = [rule(1, AreaKind::Exclusion, 0.0, night())];
        let evening = fix(0.0, Some(10.0), 23);
        assert_eq!(judge(&rules, &evening, &zone()).len(), 1);
        assert_eq!(judge(&rules, &evening, &TimeZone::UTC), [], "15:00 there");
        let urumqi = TimeZone::get("Asia/Urumqi").expect("a bundled zone");
        assert_eq!(judge(&rules, &evening, &urumqi), [], "21:00 there");
    }

    #[test]
    fn without_an_accuracy_nothing_near_is_held_against_anybody() {
        let rules = [
            rule(1, AreaKind::Allowed, 0.0, Hours::Always),
            rule(2, AreaKind::Exclusion, 0.05, Hours::Always),
        ];
        let unsure = |id| (id, FindingKind::CannotTell);
        assert_eq!(found(&rules, &fix(0.05, None, 12)), [unsure(1), unsure(2)]);
        assert_eq!(
            found(&rules, &fix(2.0, None, 12)),
            [(1, FindingKind::OutOfArea)]
        );
    }

    #[test]
    fn a_rule_outside_its_days_says_nothing() {
        let mut ended = rule(1, AreaKind::Exclusion, 0.0, Hours::Always);
        let (from, until) = (date(2026, 1, 1), date(2026, 3, 1));
        ended.validity = Validity::new(from, Some(until)).expect("valid days");
        assert_eq!(found(&[ended], &fix(0.0, Some(10.0), 12)), []);
    }

    proptest! {
        #[test]
        fn another_allowed_area_of_the_same_hours_never_adds_a_finding(east in -0.1..0.1, first in -0.1..0.1, second in -0.1..0.1, accuracy in 1.0..2_000.0) {
            let always = |id, east| rule(id, AreaKind::Allowed, east, Hours::Always);
            let fix = fix(east, Some(accuracy), 12);
            let alone = found(&[always(1, first)], &fix);
            let both = found(&[always(1, first), always(2, second)], &fix);
            prop_assert!(both.len() <= alone.len());
        }

        #[test]
        fn every_finding_has_its_facts_and_its_words(east in -1.0..1.0, accuracy in proptest::option::of(0.0..1e6), at in 0..2_000_000_000_i64) {
            let kinds = [AreaKind::Allowed, AreaKind::Exclusion, AreaKind::KeyPlace];
            let rules = kinds.map(|kind| rule(1, kind, 0.0, Hours::Always));
            let position = Position::new(39.9, 116.4 + east).expect("a position on earth");
            let fix = Fix::new(position, accuracy, Micros::from_unix_s(at)).expect("a valid fix");
            for finding in judge(&rules, &fix, &zone()) {
                let unsure = finding.distance_m.abs() <= finding.margin_m;
                prop_assert_eq!(unsure, finding.kind == FindingKind::CannotTell);
                let (zh, en) = finding.explain();
                prop_assert!(zh.contains(finding.name.as_str()) && en.contains(finding.name.as_str()));
            }
        }
    }
}

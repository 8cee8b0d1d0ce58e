use serde::{Deserialize, Serialize};

use super::{
    AlertFault, Budget, Cause, DeviceChangeLimits, EdgeLimits, GatheringLimits, IdenticalLimits,
    MockLimits, NocturnalLimits, Rule, SeparationLimits, SharedDeviceLimits, SpeedLimits,
    limits::{Check, Unlimited},
};

const HOUR_MS: i64 = 3_600_000;

/// One rule as a unit set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    default,
    bound(deserialize = "L: Deserialize<'de> + Default")
)]
pub struct Tuning<L> {
    pub on: bool,
    /// Hours in which a unit must look, from 1; none for the rule's own ([`Rule::look_within_h`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look_within_h: Option<u32>,
    pub limits: L,
}

impl<L: Default> Default for Tuning<L> {
    fn default() -> Self {
        Self {
            on: true,
            look_within_h: None,
            limits: L::default(),
        }
    }
}

macro_rules! settings {
    ($($rule:ident: $limits:ty = $variant:ident,)+) => {
        /// What a unit set of the rules, and of its officers' days. What it did not set comes from the nearest unit above that did, a rule as a
        /// whole; at the top from the defaults.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Settings {
            $(
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $rule: Option<Tuning<$limits>>,
            )+
            #[serde(skip_serializing_if = "Option::is_none")]
            pub budget: Option<Budget>,
        }

        impl Settings {
            /// This unit's, and where it set nothing those of the units above.
            #[must_use]
            pub fn under(self, above: Self) -> Self {
                Self {
                    $($rule: self.$rule.or(above.$rule),)+
                    budget: self.budget.or(above.budget),
                }
            }

            /// # Errors
            /// Names the field that cannot be so: out of its range, or a rule that must not be switched off.
            pub fn check(&self) -> Result<(), AlertFault> {
                $(
                    if let Some(tuning) = &self.$rule {
                        check(tuning, Rule::$variant)?;
                    }
                )+
                self.budget().check()
            }

            const fn general(&self, rule: Rule) -> (bool, Option<u32>) {
                match rule {
                    $(
                        Rule::$variant => match &self.$rule {
                            Some(tuning) => (tuning.on, tuning.look_within_h),
                            None => (true, None),
                        },
                    )+
                }
            }
        }
    };
}

settings! {
    missed_duty: Unlimited = MissedDuty,
    lost_contact: Unlimited = LostContact,
    overdue_leave: Unlimited = OverdueLeave,
    out_of_area: Unlimited = OutOfArea,
    key_place: Unlimited = KeyPlace,
    nocturnal: NocturnalLimits = Nocturnal,
    gathering: GatheringLimits = Gathering,
    separation: SeparationLimits = Separation,
    stand_in: Unlimited = StandIn,
    rule_breach: Unlimited = RuleBreach,
    device_change: DeviceChangeLimits = DeviceChange,
    shared_device: SharedDeviceLimits = SharedDevice,
    repeated_media: Unlimited = RepeatedMedia,
    edge_of_window: EdgeLimits = EdgeOfWindow,
    impossible_speed: SpeedLimits = ImpossibleSpeed,
    mock_location: MockLimits = MockLocation,
    identical_coordinates: IdenticalLimits = IdenticalCoordinates,
}

impl Settings {
    /// What holds for a unit: its own settings and those of the units above it, from the unit up.
    pub fn nearest(from_unit_up: impl IntoIterator<Item = Self>) -> Self {
        from_unit_up.into_iter().fold(Self::default(), Self::under)
    }

    /// Does this rule raise alerts?
    pub const fn on(&self, rule: Rule) -> bool {
        self.general(rule).0 || !rule.may_be_off()
    }

    /// Milliseconds in which a unit must look before the one above is told.
    pub const fn look_within_ms(&self, cause: &Cause) -> i64 {
        match self.general(cause.rule()).1 {
            Some(hours) => hours as i64 * HOUR_MS,
            None => cause.look_within_ms(),
        }
    }

    pub fn budget(&self) -> Budget {
        self.budget.unwrap_or_default()
    }
}

/// The limits that hold.
pub(super) fn limits<L: Copy + Default>(tuning: Option<Tuning<L>>) -> L {
    tuning.unwrap_or_default().limits
}

fn check<L: Check>(tuning: &Tuning<L>, rule: Rule) -> Result<(), AlertFault> {
    let fault = |field: &str, expected| Err(AlertFault::new(format!("{rule}.{field}"), expected));
    if !tuning.on && !rule.may_be_off() {
        return fault("on", "cannot be switched off");
    }
    let most = rule.look_within_h_max();
    let fits = |hours: u32| (1..=most).contains(&hours);
    if !tuning.look_within_h.is_none_or(fits) {
        let lost = rule == Rule::LostContact;
        let expected = if lost {
            "must be 1 to 8"
        } else {
            "must be 1 to 168"
        };
        return fault("look_within_h", expected);
    }
    let limits = tuning.limits.check();
    limits.or_else(|(field, expected)| fault(&format!("limits.{field}"), expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Settings {
        serde_json::from_str(json).expect("settings")
    }

    #[test]
    fn every_rule_can_be_set_by_its_name_and_nothing_else() {
        for rule in Rule::ALL {
            let settings = read(&format!(r#"{{"{rule}": {{"on": false}}}}"#));
            let field = settings.check().map_err(|fault| fault.field);
            if rule.may_be_off() {
                assert_eq!(field, Ok(()));
                assert!(!settings.on(*rule));
            } else {
                assert_eq!(field, Err(format!("{rule}.on")));
                assert!(settings.on(*rule), "stored or not");
            }
            assert!(Settings::default().on(*rule));
        }
        for wrong in [
            r#"{"missed": {}}"#,
            r#"{"nocturnal": {"limits": {"night": 3}}}"#,
        ] {
            assert!(serde_json::from_str::<Settings>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_out_of_range_is_refused_by_its_path() {
        for (json, field, expected) in [
            (
                r#"{"nocturnal": {"limits": {"nights": 2}}}"#,
                "nocturnal.limits.nights",
                "must be 3 to 14",
            ),
            (
                r#"{"impossible_speed": {"limits": {"kmh": 349}}}"#,
                "impossible_speed.limits.kmh",
                "must be 350 to 3000",
            ),
            (
                r#"{"missed_duty": {"look_within_h": 169}}"#,
                "missed_duty.look_within_h",
                "must be 1 to 168",
            ),
            (
                r#"{"lost_contact": {"look_within_h": 9}}"#,
                "lost_contact.look_within_h",
                "must be 1 to 8",
            ),
            (
                r#"{"budget": {"a_day": 0}}"#,
                "budget.a_day",
                "must be 1 to 200",
            ),
        ] {
            let fault = read(json).check().expect_err("out of range");
            assert_eq!((fault.field.as_str(), fault.expected), (field, expected));
        }
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn the_nearest_unit_that_set_a_rule_decides_it_as_a_whole() {
        let office = read(r#"{"nocturnal": {"look_within_h": 5}}"#);
        let county =
            read(r#"{"nocturnal": {"limits": {"nights": 9}}, "gathering": {"on": false}}"#);
        let city = read(r#"{"gathering": {"limits": {"minutes": 1}}, "budget": {"a_day": 3}}"#);
        let held = Settings::nearest([office.clone(), county, city]);
        assert_eq!(held.nocturnal, office.nocturnal);
        assert!(!held.on(Rule::Gathering));
        assert_eq!(held.budget(), Budget { a_day: 3 });
        assert_eq!(limits(held.nocturnal), NocturnalLimits::default());
        assert_eq!(Settings::nearest([]), Settings::default());
    }

    #[test]
    fn what_was_not_set_is_not_written() {
        let json = serde_json::to_string(&Settings::default()).expect("json");
        assert_eq!(json, "{}");
        let some = read(r#"{"mock_location":{"on":true,"limits":{"times":2,"days":7}}}"#);
        let json = serde_json::to_string(&some).expect("json");
        assert_eq!(read(&json), some);
    }
}

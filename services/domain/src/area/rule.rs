use std::fmt;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::{AreaError, Fault, Hours, Shape};
use crate::AreaId;

/// Characters of a name, at most.
pub const NAME_CHARS_MAX: usize = 100;

/// What an area is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// The person must be inside: the city or county of residence (社区矫正法 §27), with hours the home at night. Of areas
    /// with the same hours any one will do.
    Allowed,
    /// The person must not be inside: a court's prohibition (禁止令, 刑法 §38, §72).
    Exclusion,
    /// An officer wants to know (重点场所): a station, an airport, a border crossing.
    KeyPlace,
}

crate::text_enum!(AreaKind {
    Allowed = "allowed",
    Exclusion = "exclusion",
    KeyPlace = "key_place",
});

/// What officers call an area: 1 to [`NAME_CHARS_MAX`] characters in one line, not all blank.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaName(String);

/// Local days on which a rule holds: from the first to the last, or to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Validity {
    from: Date,
    until: Option<Date>,
}

#[derive(Deserialize)]
struct Unchecked {
    from: Date,
    #[serde(default)]
    until: Option<Date>,
}

/// An area, what it is for, and when. Every part is checked when it is made, so that none can be wrong here or in JSON.
///
/// ```
/// use domain::area::AreaRule;
///
/// let read = |json: &str| serde_json::from_str::<AreaRule>(json).map_err(|error| error.to_string());
/// let home = r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","name":"家","kind":"allowed","#.to_owned()
///     + r#""shape":{"kind":"circle","centre":{"lat_deg":39.9,"lon_deg":116.4},"radius_m":200.0},"#
///     + r#""hours":{"kind":"always"},"validity":{"from":"2026-03-01","until":"2026-08-31"}}"#;
/// let rule = read(&home).expect("a valid rule");
/// assert_eq!(serde_json::to_string(&rule).ok().as_deref(), Some(home.as_str()));
/// for (right, wrong, because) in [
///     ("家", "", "name: a name has 1 to 100 characters"),
///     ("2026-08-31", "2026-02-28", "until: must not lie before the first day"),
///     ("200.0", "3.0", "radius_m: a radius is 30 to 200000 m"),
/// ] {
///     let refused = read(&home.replace(right, wrong)).expect_err("an invalid rule");
///     assert!(refused.contains(because), "{refused}");
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AreaRule {
    pub id: AreaId,
    pub name: AreaName,
    pub kind: AreaKind,
    pub shape: Shape,
    pub hours: Hours,
    pub validity: Validity,
}

impl AreaRule {
    /// Does it hold at this local time? A night holds to its end if it began on a valid day.
    pub fn in_force(&self, local: DateTime) -> bool {
        let day = self.hours.day_of(local);
        day.is_some_and(|day| self.validity.contains(day))
    }
}

impl AreaName {
    pub fn new(name: impl Into<String>) -> Result<Self, AreaError> {
        let name = name.into();
        let fits = !name.trim().is_empty()
            && name.chars().count() <= NAME_CHARS_MAX
            && !name.chars().any(char::is_control);
        if !fits {
            return Err(AreaError::new("name", Fault::Name));
        }
        Ok(Self(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Validity {
    /// `until` is the last day; without one the rule holds until it is changed.
    pub fn new(from: Date, until: Option<Date>) -> Result<Self, AreaError> {
        if until.is_some_and(|until| until < from) {
            return Err(AreaError::new("until", Fault::Backwards));
        }
        Ok(Self { from, until })
    }

    pub const fn from(&self) -> Date {
        self.from
    }

    pub const fn until(&self) -> Option<Date> {
        self.until
    }

    pub fn contains(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl fmt::Display for AreaName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AreaName {
    type Error = AreaError;

    fn try_from(name: String) -> Result<Self, AreaError> {
        Self::new(name)
    }
}

impl From<AreaName> for String {
    fn from(name: AreaName) -> Self {
        name.0
    }
}

impl TryFrom<Unchecked> for Validity {
    type Error = AreaError;

    fn try_from(unchecked: Unchecked) -> Result<Self, AreaError> {
        Self::new(unchecked.from, unchecked.until)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, date};

    use uuid::Uuid;

    use super::*;
    use crate::area::{Circle, Days, Position, Weekly};

    #[test]
    fn a_name_is_one_line_of_one_to_a_hundred_characters() {
        let name = |text: &str| AreaName::new(text).map(String::from);
        assert_eq!(name("朝阳区").as_deref(), Ok("朝阳区"));
        assert!(name(&"区".repeat(NAME_CHARS_MAX)).is_ok());
        for wrong in ["", "  ", "a\0b", "a\nb", &"区".repeat(NAME_CHARS_MAX + 1)] {
            let error = name(wrong).expect_err("no name");
            assert_eq!((error.field.as_str(), error.fault), ("name", Fault::Name));
        }
    }

    #[test]
    fn the_last_nights_curfew_ends_in_the_morning_after_the_last_day() {
        let (from, until) = (Time::constant(22, 0, 0, 0), Time::constant(6, 0, 0, 0));
        let night = Hours::Weekly(Weekly::new(Days::ALL, from, until).expect("some hours"));
        let validity =
            Validity::new(date(2026, 3, 1), Some(date(2026, 3, 31))).expect("valid days");
        let centre = Position::new(39.9, 116.4).expect("a position on earth");
        let home = AreaRule {
            id: AreaId(Uuid::nil()),
            name: AreaName::new("家").expect("a valid name"),
            kind: AreaKind::Allowed,
            shape: Shape::Circle(Circle::new(centre, 200.0).expect("a valid circle")),
            hours: night,
            validity,
        };
        let holds = |day: Date, hour| home.in_force(day.at(hour, 30, 0, 0));
        assert!(
            !holds(date(2026, 3, 1), 5),
            "the night before the first day"
        );
        assert!(holds(date(2026, 3, 1), 22) && holds(date(2026, 3, 31), 23));
        assert!(holds(date(2026, 4, 1), 5) && !holds(date(2026, 4, 1), 6));
        assert!(!holds(date(2026, 4, 1), 22));
    }

    #[test]
    fn the_last_day_is_not_before_the_first() {
        let day = date(2026, 3, 1);
        assert!(Validity::new(day, Some(day)).is_ok());
        assert!(Validity::new(day, None).is_ok_and(|days| days.contains(date(2099, 1, 1))));
        let error = Validity::new(day, day.yesterday().ok()).expect_err("backwards");
        let expected = ("until", Fault::Backwards);
        assert_eq!((error.field.as_str(), error.fault), expected);
    }
}

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{limits::limits, local};
use crate::{DeviceId, Micros, PersonId, channel::Channel};

/// Days in which the changes of one person are counted.
pub const CHANGES_DAYS: u32 = 90;

limits! {
    /// When another phone is worth a look.
    DeviceChangeLimits {
        /// Days since the last one, at most.
        days = 14 in 1 to 90,
        /// Changes in [`CHANGES_DAYS`], whatever the days between them.
        changes = 2 in 2 to 10,
    }
}

limits! {
    /// When one phone of several persons is.
    SharedDeviceLimits {
        /// Days since another person used it, at most: phones are sold and handed on.
        days = 180 in 1 to 365,
    }
}

/// A phone that began to answer for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    pub person: PersonId,
    pub device: DeviceId,
    pub channel: Channel,
    /// Texts each of which only one handset has: its key's thumbprint, an id of its platform. Never a model's name.
    pub marks: Vec<String>,
    pub at: Micros,
}

/// A person took another phone, soon after the last one or again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceChange {
    pub device: DeviceId,
    pub at: Micros,
    /// When the phone before it was activated.
    pub before_at: Micros,
    /// Changes of the last [`CHANGES_DAYS`], this one counted.
    pub changes: u32,
}

/// One phone answers for several persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedDevice {
    pub device: DeviceId,
    pub at: Micros,
    /// Everybody else for whom it was activated, each once.
    pub others: Vec<PersonId>,
    /// When it last was for one of them.
    pub others_at: Micros,
}

impl Activation {
    /// Is it the phone of one person, and no machine in an office?
    fn personal(&self) -> bool {
        match self.channel {
            Channel::App | Channel::H5 | Channel::MiniProgram => true,
            Channel::Kiosk | Channel::InPerson => false,
        }
    }

    /// The same handset, though it may have got another key?
    fn same(&self, other: &Self) -> bool {
        self.device == other.device || self.marks.iter().any(|mark| other.marks.contains(mark))
    }

    fn days_before(&self, now: Micros) -> i64 {
        now.since_ms(self.at).div_euclid(local::DAY_MS)
    }
}

impl DeviceChange {
    /// `earlier` may hold others' activations too, and in any order.
    pub(super) fn find(
        new: &Activation,
        earlier: &[Activation],
        limits: DeviceChangeLimits,
    ) -> Option<Self> {
        let own = |one: &&Activation| one.person == new.person && one.personal() && one.at < new.at;
        let mut phones: Vec<_> = earlier.iter().filter(own).collect();
        phones.sort_by_key(|one| (one.at, one.device));
        let last = *phones.last()?;
        if !new.personal() || last.same(new) {
            return None;
        }
        phones.push(new);
        let pairs = phones.windows(2);
        let changes = pairs.filter(|pair| {
            !pair[0].same(pair[1]) && pair[1].days_before(new.at) < i64::from(CHANGES_DAYS)
        });
        let changes = changes.count() as u32;
        let soon = last.days_before(new.at) < i64::from(limits.days);
        (soon || changes >= limits.changes).then_some(Self {
            device: new.device,
            at: new.at,
            before_at: last.at,
            changes,
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, before) = (
            local::told(self.at, zone),
            local::told(self.before_at, zone),
        );
        let changes = self.changes;
        (
            format!(
                "{at} 更换手机，上一部手机于 {before} 启用；近 {CHANGES_DAYS} 天共更换 {changes} 次。"
            ),
            format!(
                "Another phone since {at}, the one before since {before}; changes in the last {CHANGES_DAYS} days: {changes}."
            ),
        )
    }
}

impl SharedDevice {
    /// `earlier` may hold the person's own activations too, and in any order.
    pub(super) fn find(
        new: &Activation,
        earlier: &[Activation],
        limits: SharedDeviceLimits,
    ) -> Option<Self> {
        if !new.personal() {
            return None;
        }
        let of_others = earlier.iter().filter(|one| {
            one.person != new.person
                && one.personal()
                && one.same(new)
                && one.at <= new.at
                && one.days_before(new.at) < i64::from(limits.days)
        });
        let others_at = of_others.clone().map(|one| one.at).max()?;
        let others: BTreeSet<_> = of_others.map(|one| one.person).collect();
        Some(Self {
            device: new.device,
            at: new.at,
            others: others.into_iter().collect(),
            others_at,
        })
    }

    pub(super) fn explain(&self, zone: &TimeZone) -> (String, String) {
        let (at, others_at) = (
            local::told(self.at, zone),
            local::told(self.others_at, zone),
        );
        let others = self.others.len();
        (
            format!("{at} 启用的手机也曾为另外 {others} 名对象启用，最近一次为 {others_at}。"),
            format!(
                "The phone activated at {at} was activated for other persons too ({others}), last at {others_at}."
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::alert::scene::{at, person};

    fn phone(number: u128, owner: u128, day: i64, mark: &str) -> Activation {
        Activation {
            person: person(owner),
            device: DeviceId(Uuid::from_u128(number)),
            channel: Channel::App,
            marks: vec![format!("key-{number}"), mark.to_owned()],
            at: at(day, 10.0),
        }
    }

    fn change(new: &Activation, earlier: &[Activation]) -> Option<u32> {
        let found = DeviceChange::find(new, earlier, DeviceChangeLimits::default());
        found.map(|change| change.changes)
    }

    fn shared(new: &Activation, earlier: &[Activation]) -> Option<Vec<PersonId>> {
        let found = SharedDevice::find(new, earlier, SharedDeviceLimits::default());
        found.map(|shared| shared.others)
    }

    #[test]
    fn another_phone_within_a_fortnight_is_worth_a_look() {
        let first = phone(1, 1, 0, "a");
        assert_eq!(change(&first, &[]), None, "the first one is no change");
        assert_eq!(
            change(&phone(2, 1, 13, "b"), std::slice::from_ref(&first)),
            Some(1)
        );
        assert_eq!(
            change(&phone(2, 1, 14, "b"), std::slice::from_ref(&first)),
            None
        );
        let again = phone(2, 1, 3, "a");
        assert_eq!(
            change(&again, std::slice::from_ref(&first)),
            None,
            "installed again"
        );
        let other = phone(1, 2, 0, "x");
        assert_eq!(change(&phone(2, 1, 3, "b"), &[other]), None, "another's");
    }

    #[test]
    fn two_changes_in_ninety_days_are_worth_a_look_however_far_apart() {
        let phones = [phone(1, 1, 0, "a"), phone(2, 1, 40, "b")];
        assert_eq!(change(&phone(3, 1, 129, "c"), &phones), Some(2));
        assert_eq!(change(&phone(3, 1, 130, "c"), &phones), None);
    }

    #[test]
    fn one_handset_of_several_persons_is_told_of_with_all_the_others() {
        let others = [
            phone(1, 3, 0, "a"),
            phone(2, 2, 50, "a"),
            phone(3, 4, 60, "z"),
        ];
        assert_eq!(
            shared(&phone(4, 1, 100, "a"), &others),
            Some(vec![person(2), person(3)])
        );
        assert_eq!(shared(&phone(4, 1, 100, "b"), &others), None);
        assert_eq!(shared(&phone(4, 1, 230, "a"), &others), None, "long ago");
        assert_eq!(shared(&phone(4, 3, 40, "a"), &others), None, "his own");
    }

    #[test]
    fn a_machine_in_an_office_is_everybodys() {
        let mut kiosk = phone(1, 1, 5, "k");
        kiosk.channel = Channel::Kiosk;
        let before = [phone(2, 1, 0, "a"), phone(3, 2, 0, "k")];
        assert_eq!(
            (change(&kiosk, &before), shared(&kiosk, &before)),
            (None, None)
        );
        let kiosks = before.map(|one| Activation {
            channel: Channel::Kiosk,
            ..one
        });
        assert_eq!(shared(&phone(1, 1, 5, "k"), &kiosks), None);
    }

    proptest! {
        #[test]
        fn who_keeps_one_phone_is_never_told_of(days in proptest::collection::vec(0..400_i64, 1..12)) {
            let phones: Vec<_> = (1..).zip(&days).map(|(number, day)| phone(number, 1, *day, "a")).collect();
            for new in &phones {
                prop_assert_eq!((change(new, &phones), shared(new, &phones)), (None, None));
            }
        }
    }
}

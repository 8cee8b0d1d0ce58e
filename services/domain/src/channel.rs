//! Ways on which a duty may be met.

use serde::{Deserialize, Serialize};

use crate::UnknownText;

/// One way to check in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A native application with a key in hardware.
    App,
    /// The page in a browser: the lowest assurance, since a virtual camera is trivial there.
    H5,
    MiniProgram,
    /// A machine that stands in an office.
    Kiosk,
    /// Before an officer, who writes it down.
    InPerson,
}

crate::text_enum!(Channel {
    App = "app",
    H5 = "h5",
    MiniProgram = "mini_program",
    Kiosk = "kiosk",
    InPerson = "in_person",
});

impl Channel {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// One or more channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Channel>", into = "Vec<Channel>")]
pub struct Channels(u8);

impl Channels {
    pub const ALL: Self = Self((1 << Channel::ALL.len()) - 1);

    pub const fn only(channel: Channel) -> Self {
        Self(channel.bit())
    }

    pub const fn contain(self, channel: Channel) -> bool {
        self.0 & channel.bit() != 0
    }

    /// Can none of them be used anywhere else than at the office?
    pub const fn only_at_office(self) -> bool {
        self.0 & !(Channel::Kiosk.bit() | Channel::InPerson.bit()) == 0
    }

    /// The channels, in the order of [`Channel::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Channel> {
        Channel::ALL
            .iter()
            .copied()
            .filter(move |channel| self.contain(*channel))
    }

    /// One bit a channel, in the order of [`Channel::ALL`]: how databases keep them.
    pub const fn bits(self) -> u8 {
        self.0
    }
}

impl Default for Channels {
    fn default() -> Self {
        Self::ALL
    }
}

impl TryFrom<i32> for Channels {
    type Error = UnknownText;

    fn try_from(bits: i32) -> Result<Self, UnknownText> {
        let known = u8::try_from(bits)
            .ok()
            .filter(|bits| *bits != 0 && *bits <= Self::ALL.0);
        known.map(Self).ok_or(UnknownText { kind: "Channels" })
    }
}

impl TryFrom<Vec<Channel>> for Channels {
    type Error = UnknownText;

    /// Refuses an empty list: such a duty could never be met.
    fn try_from(channels: Vec<Channel>) -> Result<Self, UnknownText> {
        let bits = channels
            .into_iter()
            .fold(0, |bits, channel| bits | channel.bit());
        Self::try_from(i32::from(bits))
    }
}

impl From<Channels> for Vec<Channel> {
    fn from(channels: Channels) -> Self {
        channels.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_a_set_that_is_never_empty() {
        let some = Channels::try_from(vec![Channel::InPerson, Channel::App, Channel::App]);
        let some = some.expect("two channels");
        assert_eq!(Vec::from(some), [Channel::App, Channel::InPerson]);
        assert!(some.contain(Channel::App) && !some.contain(Channel::H5));
        assert!(!some.only_at_office() && !Channels::ALL.only_at_office());
        let office = Channels::try_from(vec![Channel::InPerson, Channel::Kiosk]);
        assert!(office.expect("two channels").only_at_office());
        assert!(Channels::try_from(Vec::new()).is_err());
        assert!(Channels::try_from(0).is_err() && Channels::try_from(32).is_err());
        assert_eq!(Channels::try_from(31), Ok(Channels::ALL));
        assert_eq!(Channels::ALL.iter().count(), Channel::ALL.len());
    }
}

//! How people behave: one table of habits, one of cheats, one of the world around them.

/// How an honest person keeps his duties. Shares and probabilities, 0..1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habit {
    pub name: &'static str,
    /// Of all persons.
    pub share: f64,
    /// Of duties that he forgets.
    pub misses: f64,
    /// Of duties that he answers after closing, where there is grace.
    pub late: f64,
    /// Of sessions whose pictures and recording are useless.
    pub poor: f64,
}

pub const HABITS: [Habit; 4] = [
    habit("punctual", 0.70, 0.003, 0.01, 0.02),
    habit("late", 0.12, 0.005, 0.40, 0.02),
    habit("forgetful", 0.10, 0.08, 0.10, 0.02),
    habit("poor camera", 0.08, 0.005, 0.03, 0.35),
];

const fn habit(name: &'static str, share: f64, misses: f64, late: f64, poor: f64) -> Habit {
    Habit {
        name,
        share,
        misses,
        late,
        poor,
    }
}

/// The evasions of MISSION.md that are planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cheat {
    /// E1: always in the first minute of the window, then he travels.
    Edge,
    /// E3: a virtual-location app.
    VirtualLocation,
    /// E5: old media once more, or media out of the gallery.
    Replay,
    /// E7: a relative answers.
    Relative,
    /// E8: one phone for several persons, or another phone again and again.
    Phones,
}

impl Cheat {
    pub const ALL: [Self; 5] = [
        Self::Edge,
        Self::VirtualLocation,
        Self::Replay,
        Self::Relative,
        Self::Phones,
    ];

    /// As in MISSION.md.
    pub const fn number(self) -> &'static str {
        match self {
            Self::Edge => "E1",
            Self::VirtualLocation => "E3",
            Self::Replay => "E5",
            Self::Relative => "E7",
            Self::Phones => "E8",
        }
    }

    /// The alerts that tell of it, by their stable names.
    pub const fn alerts(self) -> &'static [&'static str] {
        match self {
            Self::Edge => &["edge_of_window"],
            Self::VirtualLocation => {
                &["mock_location", "identical_coordinates", "impossible_speed"]
            }
            Self::Replay => &["repeated_media"],
            Self::Relative => &["separation"],
            Self::Phones => &["shared_device", "device_change"],
        }
    }
}

/// Of all persons, for each kind of cheat; at least one (of [`Cheat::Phones`] two) from [`CHEATS_FROM`] persons on.
pub const CHEAT_SHARE: f64 = 0.02;
pub const CHEATS_FROM: usize = 20;

/// Of levels: strict, general; the rest is lenient.
pub const STRICT_SHARE: f64 = 0.05;
pub const GENERAL_SHARE: f64 = 0.40;

/// E3: sessions in which the phone admits that its position is made up, says nothing, or jumps to the other end of the country.
pub const MOCK_TOLD: f64 = 0.30;
pub const MOCK_SILENT: f64 = 0.50;
pub const JUMPS: f64 = 0.10;
/// E5: sessions with old bytes, and with media out of the gallery.
pub const REPLAYS: f64 = 0.30;
pub const GALLERY: f64 = 0.10;
/// E7: sessions that a relative answers.
pub const RELATIVE: f64 = 0.40;
/// E8: days between two changes of the phone, at least and at most, and up to two for a weekend. Who changes it less often than the rule
/// counts, twice in ninety days, cannot be told from somebody whose phone broke.
pub const CHANGE_DAYS: (i64, i64) = (20, 50);
/// E1: the first answer comes within so many seconds of the opening.
pub const EDGE_S: i64 = 50;

/// Sessions that a person tries for one duty.
pub const TRIES_MAX: u32 = 4;
/// Times that a phone repeats one request.
pub const REPEATS_MAX: u32 = 8;

/// Honest persons whose phone breaks, a day.
pub const BROKEN_PHONE: f64 = 0.000_5;
/// Persons whose supervision ends early, a day.
pub const ENDS: f64 = 0.000_1;
/// Persons whose plan is written anew, a day.
pub const NEW_PLAN: f64 = 0.001;

/// Persons who ask for leave, a working day; and those of them who come back too late.
pub const LEAVES: f64 = 0.004;
pub const LATE_BACK: f64 = 0.1;
/// One person of so many, and every office, can be reached by mail.
pub const REACHED_EVERY: usize = 10;

/// Reviews and alerts that an office handles in one round.
pub const ROUND_LEN: usize = 15;
/// Hours of the rounds of an office, on workdays.
pub const ROUNDS: [i8; 3] = [9, 13, 16];
/// Decisions that an officer gets wrong.
pub const OFFICER_ERRS: f64 = 0.02;
/// Alerts that are taken as a task first.
pub const TAKEN: f64 = 0.2;

/// Persons who are followed under an approval, and persons whose phones send positions without any.
const FOLLOWED_SHARE: f64 = 0.01;

/// Of so many persons, those who are followed under an approval; as many again send their positions without any.
pub fn followed(persons: usize) -> usize {
    ((persons as f64 * FOLLOWED_SHARE) as usize).max(1)
}

/// What goes wrong around the persons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// Requests that never arrive.
    pub request_lost: f64,
    /// Answers that never arrive.
    pub answer_lost: f64,
    /// Uploads that break off for good; the session expires.
    pub upload_broken: f64,
    /// Deaths of a house's process, a day.
    pub deaths: u32,
}

impl Default for Weather {
    fn default() -> Self {
        Self {
            request_lost: 0.01,
            answer_lost: 0.01,
            upload_broken: 0.002,
            deaths: 1,
        }
    }
}

impl Weather {
    /// Nothing goes wrong.
    pub const CALM: Self = Self {
        request_lost: 0.0,
        answer_lost: 0.0,
        upload_broken: 0.0,
        deaths: 0,
    };
}

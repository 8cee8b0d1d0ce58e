//! Answers to the colours of a screen, genuine and not.

use attack::{
    Shot,
    flash::{Ambient, Answer},
};
use domain::challenge::{Can, PRESENCE_SEED_LEN, Presence};
use engine::Showing;
use rand::{Rng, rngs::Xoshiro256PlusPlus};

use super::presented::Presented;
use crate::eval::presence::lit;

/// What lights the pictures of this kind, at the first attempt or `again`; none where no colours are asked for.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other kinds show no colours"
)]
const fn answer(kind: Presented, again: bool) -> Option<(Ambient, Answer)> {
    match kind {
        // A mask is worn: it follows as a face does.
        Presented::Flash | Presented::FlashMask => Some((Ambient::Room, Answer::Live)),
        Presented::FlashDim => Some((Ambient::Dim, Answer::Live)),
        Presented::FlashDaylight if again => Some((Ambient::Room, Answer::Live)),
        Presented::FlashDaylight => Some((Ambient::Daylight, Answer::Live)),
        Presented::FlashNotFollowed => Some((Ambient::Room, Answer::Other)),
        Presented::FlashLate => Some((Ambient::Room, Answer::Late)),
        Presented::FlashNothing => Some((Ambient::Room, Answer::Nothing)),
        Presented::FlashPrint => Some((Ambient::Room, Answer::Paper)),
        Presented::FlashScreen => Some((Ambient::Room, Answer::Glass)),
        _ => None,
    }
}

/// A sequence drawn as a session's, and the frames in its light; `frames` show what stands before the phone, one for each colour at least.
pub fn showing(
    (kind, again): (Presented, bool),
    frames: &[Shot],
    (seed, quality): (u64, u8),
    random: &mut Xoshiro256PlusPlus,
) -> Option<Showing> {
    let (ambient, answer) = answer(kind, again)?;
    let mut bytes = [0; PRESENCE_SEED_LEN];
    random.fill_bytes(&mut bytes);
    let can = Can {
        turn: false,
        flash: true,
    };
    let asked = Presence::draw(&bytes, can)?;
    let flash = lit((ambient, answer), frames, &asked, (seed, quality))?;
    Some(Showing {
        asked,
        turn: None,
        flash,
    })
}

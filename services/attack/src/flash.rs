//! A phone's screen that lights a face in a sequence of colours, and what answers it.
//!
//! Light falls on what stands before the camera: recapture first ([`crate::session::recaptured`]), then light the frames as paper or glass.
//!
//! How strong that light is: a screen of 65 × 140 mm at 300 to 500 cd/m² gives 22 to 37 lx at 35 cm (E = L · A / d²), a room has 100 to
//! 500 lx: a `strength` of 0.05 to 0.4 in each primary that the colour has. What is 1 to 3 m away gets (0.35 / d)² of it: a `behind`
//! of 0.01 to 0.12.

mod ambient;

use std::ops::Range;

use crate::{
    Shot,
    chance::Chance,
    picture::{Head, Light, linear},
};

pub use ambient::Ambient;

/// Share of the face's light that shoulders and neck get, a little farther and turned upwards.
const SHOULDERS: f32 = 0.55;

/// A colour as a page shows it: sRGB, 0 to 255.
pub type Colour = [u8; 3];

/// The light that falls on a face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lamp {
    pub colour: Colour,
    /// Its illuminance at the face when it shows white, against the light that the picture was taken in; 0.05 to 0.4 indoors.
    pub strength: f32,
    /// Share of `strength` that arrives behind the face, 0 to 1; 0.01 to 0.12 in a room.
    pub behind: f32,
}

/// A picture taken while a lamp at the camera lights it.
///
/// Models: in linear light, what a surface throws back of the room it throws back of the lamp, channel by channel; Lambert's law on an
/// ellipsoid about the face's box, shoulders at 55 %, the background at `behind`. Exposure and white balance stay as they were.
/// Does not model: gleam on skin and glasses, objects between, a camera that adapts to the colour (many do: ask for fixed exposure).
pub fn lit(shot: &Shot, lamp: Lamp) -> Shot {
    let head = Head::new(shot.face);
    let added = lamp.colour.map(|level| linear(level) * lamp.strength);
    let light = Light::of(&shot.picture).changed(|x, y, pixel| {
        let (x, y) = (x as f32, y as f32);
        let on_head = head.cover(x, y) * (0.25 + 0.75 * head.normal(x, y)[2]);
        let share = on_head
            .max(SHOULDERS * head.shoulders(x, y))
            .max(lamp.behind);
        std::array::from_fn(|channel| pixel[channel] * (1.0 + added[channel] * share))
    });
    Shot {
        picture: light.picture(),
        face: shot.face,
    }
}

/// What stands before the phone, as its answer to colours shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// A head follows, the background hardly: a genuine person.
    Live,
    /// A sheet of paper follows, its printed background as much as its printed face.
    Paper,
    /// A glass surface throws the colour back over its whole picture, whatever that shows, in a patch.
    Glass,
    /// Nothing follows: a recording, or a camera that is not there.
    Nothing,
    /// A head that shows each colour one frame late: the call of a relay.
    Late,
    /// A head that was lit by other colours: an earlier session.
    Other,
}

domain::text_enum!(Answer {
    Live = "live",
    Paper = "paper",
    Glass = "glass",
    Nothing = "nothing",
    Late = "late",
    Other = "other",
});

impl Answer {
    /// Each frame in the light of its colour; frames beyond the colours stay as they are. Strength (0.08 to 0.35) and share behind
    /// (0.01 to 0.12) follow from the seed, and are the session's.
    pub fn make(self, frames: &[Shot], colours: &[Colour], seed: u64) -> Vec<Shot> {
        self.make_within(Ambient::Room.strength(), frames, colours, seed)
    }

    /// The same with a strength from this range.
    pub(crate) fn make_within(
        self,
        strength: Range<f32>,
        frames: &[Shot],
        colours: &[Colour],
        seed: u64,
    ) -> Vec<Shot> {
        let mut chance = Chance::new(seed, "flash", 0);
        let strength = chance.within(strength);
        let behind = chance.within(0.01..0.12);
        let patch = Patch::new(&mut chance);
        let others: Vec<Colour> = colours
            .iter()
            .map(|&colour| other_than(colour, &mut chance))
            .collect();
        let lamp = |colour| Lamp {
            colour,
            strength,
            behind,
        };
        let answer = |(at, frame): (usize, &Shot)| {
            let Some(&colour) = colours.get(at) else {
                return frame.clone();
            };
            match self {
                Self::Live => lit(frame, lamp(colour)),
                Self::Paper => evenly_lit(frame, lamp(colour)),
                Self::Glass => patch.thrown_back(frame, lamp(colour)),
                Self::Nothing => frame.clone(),
                Self::Late => at
                    .checked_sub(1)
                    .map_or_else(|| frame.clone(), |before| lit(frame, lamp(colours[before]))),
                Self::Other => lit(frame, lamp(others[at])),
            }
        };
        frames.iter().enumerate().map(answer).collect()
    }
}

/// A flat thing that throws light back from its colours, a little less towards its edges.
fn evenly_lit(shot: &Shot, lamp: Lamp) -> Shot {
    let added = lamp.colour.map(|level| linear(level) * lamp.strength);
    let light = Light::of(&shot.picture);
    let (columns, rows) = (light.width as f32, light.height as f32);
    let light = light.changed(|x, y, pixel| {
        let (u, v) = (x as f32 / columns - 0.5, y as f32 / rows - 0.5);
        let share = 1.0 - 0.6 * (u * u + v * v);
        std::array::from_fn(|channel| pixel[channel] * (1.0 + added[channel] * share))
    });
    Shot {
        picture: light.picture(),
        face: shot.face,
    }
}

/// Where glass mirrors the phone.
struct Patch {
    centre: [f32; 2],
    radius: f32,
    veil: f32,
    gleam: f32,
}

impl Patch {
    fn new(chance: &mut Chance) -> Self {
        Self {
            centre: [chance.within(0.2..0.8), chance.within(0.2..0.8)],
            radius: chance.within(0.15..0.35),
            veil: chance.within(0.01..0.04),
            gleam: chance.within(0.05..0.3),
        }
    }

    /// Added to the picture, not multiplied: black on the glass gets as much as white. A display's own light stays.
    fn thrown_back(&self, shot: &Shot, lamp: Lamp) -> Shot {
        let colour = lamp.colour.map(linear);
        let light = Light::of(&shot.picture);
        let (columns, rows) = (light.width as f32, light.height as f32);
        let light = light.changed(|x, y, pixel| {
            let (u, v) = (
                (x as f32 / columns - self.centre[0]) / self.radius,
                (y as f32 / rows - self.centre[1]) / self.radius,
            );
            let share = (self.veil + self.gleam * (-u * u - v * v).exp()) * lamp.strength;
            std::array::from_fn(|channel| pixel[channel] + colour[channel] * share)
        });
        Shot {
            picture: light.picture(),
            face: shot.face,
        }
    }
}

/// A primary or mixture of two that is not this colour.
fn other_than(colour: Colour, chance: &mut Chance) -> Colour {
    const COLOURS: [Colour; 6] = [
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
        [255, 255, 0],
        [0, 255, 255],
        [255, 0, 255],
    ];
    let far = |other: &&Colour| {
        let apart = |(a, b): (&u8, &u8)| a.abs_diff(*b) >= 128;
        other.iter().zip(&colour).any(apart)
    };
    let rest: Vec<&Colour> = COLOURS.iter().filter(far).collect();
    *rest[chance.whole(0..rest.len() as u32) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::person;

    const RED: Colour = [255, 0, 0];
    const GREEN: Colour = [0, 255, 0];
    const BLUE: Colour = [0, 0, 255];

    /// Gain in a channel at the face's middle and in the background's corner, linear.
    fn gains(before: &Shot, after: &Shot, channel: usize) -> [f32; 2] {
        let (was, is) = (Light::of(&before.picture), Light::of(&after.picture));
        let [x, y] = before.face.centre();
        [[x, y], [20.0, 20.0]].map(|[x, y]| {
            is.sample_channel(x, y, channel) / was.sample_channel(x, y, channel) - 1.0
        })
    }

    #[test]
    fn a_lamp_raises_its_colour_on_the_face_and_much_less_behind_it() {
        let live = person(320, 400, 0);
        let lamp = Lamp {
            colour: RED,
            strength: 0.3,
            behind: 0.05,
        };
        let [face, behind] = gains(&live, &lit(&live, lamp), 0);
        assert!((face - 0.3).abs() < 0.03, "{face}");
        assert!((behind - 0.015).abs() < 0.015, "{behind}");
        let [face, behind] = gains(&live, &lit(&live, lamp), 2);
        assert!(face.abs() < 0.01 && behind.abs() < 0.01);
    }

    #[test]
    fn only_a_live_face_follows_each_colour_in_its_frame_and_leaves_the_background() {
        let still = person(320, 400, 0);
        let frames = vec![still.clone(); 3];
        let colours = [RED, GREEN, BLUE];
        let seen = |answer: Answer, frame: usize, channel: usize| {
            let made = answer.make(&frames, &colours, 11);
            gains(&still, &made[frame], channel)
        };
        for (frame, channel) in [(0, 0), (1, 1), (2, 2)] {
            let [face, behind] = seen(Answer::Live, frame, channel);
            assert!(face > 0.06 && behind < 0.3 * face, "{face} {behind}");
            let [face, behind] = seen(Answer::Paper, frame, channel);
            assert!(face > 0.06 && behind > 0.5 * face, "{face} {behind}");
            let nothing = seen(Answer::Nothing, frame, channel);
            assert!(nothing.into_iter().all(|gain| gain.abs() < 1e-6));
        }
        assert!(Answer::Late.make(&frames, &colours, 11)[0] == still);
        for (frame, channel) in [(1, 0), (2, 1)] {
            assert!(seen(Answer::Late, frame, channel)[0] > 0.06);
            assert!(seen(Answer::Late, frame, channel + 1)[0].abs() < 0.02);
        }
    }

    #[test]
    fn other_colours_differ_from_those_that_were_asked_for() {
        let mut chance = Chance::new(4, "colours", 0);
        for colour in [RED, GREEN, BLUE, [255; 3], [0; 3], [255, 255, 0]] {
            for _ in 0..20 {
                assert_ne!(other_than(colour, &mut chance), colour);
            }
        }
    }

    #[test]
    fn glass_throws_back_on_black_as_on_white() {
        let black = Shot {
            picture: image::RgbImage::new(200, 200),
            face: [60.0, 50.0, 80.0, 100.0].into(),
        };
        let [glass, paper] = [Answer::Glass, Answer::Paper].map(|answer| {
            let made = answer.make(std::slice::from_ref(&black), &[RED], 1);
            Light::of(&made[0].picture).mean()
        });
        assert!(glass[0] > 0.002 && glass[1] < 1e-6, "{glass:?}");
        assert!(paper[0] < 1e-6, "{paper:?}");
    }
}

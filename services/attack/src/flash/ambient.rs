//! The light that a place has already, and what a screen can add to it.

use std::ops::Range;

use super::{Answer, Colour};
use crate::{
    Shot,
    chance::Chance,
    picture::{Condition, Light, Take},
};

/// Where a phone's screen lights a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ambient {
    /// 100 to 500 lx: the screen adds 8 to 35 %.
    Room,
    /// 20 to 60 lx, with the noise that comes with it: the screen adds 40 to 100 %.
    Dim,
    /// Shade outdoors, 2,000 to 10,000 lx, exposed for more than it should be: the screen adds 0.3 to 2 %.
    Daylight,
}

domain::text_enum!(Ambient { Room = "room", Dim = "dim", Daylight = "daylight" });

impl Ambient {
    /// What a lamp's `strength` is here.
    pub const fn strength(self) -> Range<f32> {
        match self {
            Self::Room => 0.08..0.35,
            Self::Dim => 0.4..1.0,
            Self::Daylight => 0.003..0.02,
        }
    }

    /// The frames as the camera gives them here, each in the light of its colour.
    ///
    /// Models: the ratio of the two lights, noise and smear of a dim room ([`Condition::Dim`]), a bright exposure outdoors. Does not model: a camera
    /// that adapts to each colour, sun and shadow on the face.
    pub fn make(self, answer: Answer, frames: &[Shot], colours: &[Colour], seed: u64) -> Vec<Shot> {
        let gain = Chance::new(seed, "daylight", 0).within(1.3..2.2);
        let placed: Vec<Shot> = match self {
            Self::Room | Self::Dim => frames.to_vec(),
            Self::Daylight => frames.iter().map(|frame| brighter(frame, gain)).collect(),
        };
        let lit = answer.make_within(self.strength(), &placed, colours, seed);
        match self {
            Self::Room | Self::Daylight => lit,
            Self::Dim => (0..)
                .zip(&lit)
                .map(|(frame, shot)| Condition::Dim.make(shot, Take { seed, frame }))
                .collect(),
        }
    }
}

fn brighter(shot: &Shot, gain: f32) -> Shot {
    let light = Light::of(&shot.picture).changed(|_, _, pixel| pixel.map(|value| value * gain));
    Shot {
        picture: light.picture(),
        face: shot.face,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::person;

    /// How much redder the face's middle gets in red light than in blue.
    fn swing(ambient: Ambient) -> f32 {
        let frames = vec![person(320, 400, 0); 2];
        let colours = [[255, 0, 0], [0, 0, 255]];
        let made = ambient.make(Answer::Live, &frames, &colours, 4);
        let [x, y] = frames[0].face.centre();
        let red = |shot: &Shot| {
            let light = Light::of(&shot.picture);
            light.sample_channel(x, y, 0) / light.sample_channel(x, y, 1)
        };
        red(&made[0]) / red(&made[1]) - 1.0
    }

    #[test]
    fn the_less_light_there_is_the_more_the_screen_does() {
        let [room, dim, daylight] = [Ambient::Room, Ambient::Dim, Ambient::Daylight].map(swing);
        assert!(
            daylight < 0.05 && daylight < room && room < dim,
            "{room} {dim} {daylight}"
        );
    }

    #[test]
    fn a_seed_fixes_the_place() {
        let frames = vec![person(160, 200, 0); 2];
        let colours = [[255, 0, 0], [0, 255, 0]];
        for &ambient in Ambient::ALL {
            let make = |seed| ambient.make(Answer::Live, &frames, &colours, seed);
            assert!(make(1) == make(1) && make(1) != make(2), "{ambient}");
        }
    }
}

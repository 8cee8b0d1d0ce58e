//! A room behind an instrument, out of focus.

use super::{
    field::Field,
    light::{Light, mix, smoothstep},
};
use crate::chance::Chance;

/// Pixels of a frame for one of the room: what is out of focus needs no more.
const COARSE: u32 = 8;

/// A wall, uneven light, and a few things in front of it.
pub struct Room(Light);

struct Thing {
    edges: [f32; 4],
    colour: [f32; 3],
}

impl Room {
    /// For a frame of this size.
    pub fn new(width: u32, height: u32, chance: &mut Chance) -> Self {
        let (columns, rows) = (
            width.div_ceil(COARSE).max(2),
            height.div_ceil(COARSE).max(2),
        );
        let level = chance.within(0.10..0.45);
        let warmth = chance.around(0.12);
        let wall = [level * (1.0 + warmth), level, level * (1.0 - warmth)];
        let mottle = Field::new(3, 3, chance);
        let things: Vec<Thing> = (0..chance.whole(3..7)).map(|_| thing(chance)).collect();
        let light = Light::drawn(columns, rows, |x, y| {
            let (u, v) = (x as f32 / columns as f32, y as f32 / rows as f32);
            let uneven = (1.0 + 0.12 * mottle.at(u, v) - 0.25 * v).max(0.2);
            let mut colour = wall;
            for thing in &things {
                colour = mix(colour, thing.colour, thing.cover(u, v));
            }
            colour.map(|value| value * uneven)
        });
        Self(light.softened(0.8))
    }

    /// At a pixel of the frame.
    pub fn channel(&self, x: f32, y: f32, channel: usize) -> f32 {
        let coarse = COARSE as f32;
        self.0.sample_channel(x / coarse, y / coarse, channel)
    }
}

impl Thing {
    fn cover(&self, u: f32, v: f32) -> f32 {
        let [left, top, right, bottom] = self.edges;
        let edge = |from: f32, to: f32, at: f32| {
            smoothstep(from - 0.006, from + 0.006, at)
                * (1.0 - smoothstep(to - 0.006, to + 0.006, at))
        };
        edge(left, right, u) * edge(top, bottom, v)
    }
}

/// A door, a shelf, a window: upright or level, dark, coloured or bright.
fn thing(chance: &mut Chance) -> Thing {
    let (left, top) = (chance.within(-0.2..0.9), chance.within(-0.3..0.8));
    let (width, height) = if chance.heads(0.5) {
        (chance.within(0.08..0.3), chance.within(0.4..1.2))
    } else {
        (chance.within(0.3..0.8), chance.within(0.05..0.3))
    };
    let level = if chance.heads(0.2) {
        chance.within(0.6..1.1)
    } else {
        chance.within(0.01..0.25)
    };
    let tint = chance.around(0.5);
    Thing {
        edges: [left, top, left + width, top + height],
        colour: [level * (1.0 + tint), level, level * (1.0 - tint)],
    }
}

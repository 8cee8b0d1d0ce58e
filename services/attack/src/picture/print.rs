//! Species `print`: a photograph on paper, held before the camera.

use super::{
    Shot, Take,
    camera::Camera,
    field::Field,
    light::{Light, luminance, mix, smoothstep},
    placed::{Hold, Placed},
    room::Room,
};
use crate::chance::Chance;

/// Steps of a turn in the sine table.
const TURN: usize = 1_024;

/// What a printer makes of colours.
///
/// Between ink's black and paper's white (contrast 1:12 to 1:30, against a photograph's 1:500), with less saturated colours, and a
/// shade of warm or cool from the inks.
#[derive(Debug, Clone, Copy)]
pub struct Inks {
    paper: [f32; 3],
    black: f32,
    saturation: f32,
    cast: [f32; 3],
}

impl Inks {
    pub fn new(chance: &mut Chance) -> Self {
        let white = chance.within(0.78..0.92);
        let blue = chance.around(0.04);
        Self {
            paper: [white * (1.0 - blue), white, white * (1.0 + blue)],
            black: chance.within(0.03..0.07),
            saturation: chance.within(0.68..0.92),
            cast: [1.0 + chance.around(0.05), 1.0, 1.0 + chance.around(0.05)],
        }
    }

    pub fn paper(&self) -> [f32; 3] {
        self.paper
    }

    /// Reflectance of the print of a pixel, linear.
    pub fn print(&self, pixel: [f32; 3]) -> [f32; 3] {
        let grey = [luminance(pixel); 3];
        let muted = mix(grey, pixel, self.saturation);
        [0, 1, 2].map(|channel| {
            let share = (muted[channel] * self.cast[channel]).clamp(0.0, 1.0);
            self.black + (self.paper[channel] - self.black) * share
        })
    }
}

/// Dots of ink: clustered dots of three inks in three angles.
pub struct Halftone {
    /// Turns per pixel of the printed picture, along both axes, of each ink's two gratings.
    gratings: [[[f32; 2]; 2]; 3],
    strength: f32,
    sine: Vec<f32>,
}

impl Halftone {
    /// 75 to 150 lines an inch on a picture printed 20 to 25 cm wide, which is `width` pixels: at 640 there are more dots than pixels, and
    /// what a camera sees of them is their beat with its own sites, at 3 to 18 % of their contrast.
    pub fn new(width: u32, chance: &mut Chance) -> Self {
        let frequency = chance.within(590.0..1_480.0) / width as f32;
        let strength = chance.within(0.03..0.18);
        let gratings = [15.0_f32, 75.0, 45.0].map(|angle_deg| {
            let (sin, cos) = angle_deg.to_radians().sin_cos();
            [
                [frequency * cos, frequency * sin],
                [-frequency * sin, frequency * cos],
            ]
        });
        let turn = |at: usize| (std::f32::consts::TAU * at as f32 / TURN as f32).sin();
        Self {
            gratings,
            strength,
            sine: (0..TURN).map(turn).collect(),
        }
    }

    /// Factor on the reflectance in one channel: strongest in middle tones, none in white and full ink.
    pub fn factor(&self, [u, v]: [f32; 2], channel: usize, reflectance: f32) -> f32 {
        let wave = |[a, b]: [f32; 2]| {
            let turns = u * a + v * b;
            self.sine[((turns - turns.floor()) * TURN as f32) as usize & (TURN - 1)]
        };
        let [first, second] = self.gratings[channel];
        let tone = reflectance.clamp(0.0, 1.0).sqrt();
        1.0 + self.strength * 2.0 * tone * (1.0 - tone) * (wave(first) + wave(second))
    }
}

/// The sheet as it is lit.
struct Sheet {
    margin: f32,
    grain: Field,
    shade: Field,
    gloss_across: [f32; 2],
    gloss_at: f32,
    gloss_width: f32,
    gloss: f32,
}

impl Sheet {
    fn new(take: Take, chance: &mut Chance) -> Self {
        let mut shake = Chance::new(take.seed, "gloss", take.frame);
        let angle = chance.within(0.0..std::f32::consts::PI);
        Self {
            margin: chance.within(0.01..0.07),
            grain: Field::new(160, 160, chance),
            shade: Field::new(2, 2, chance),
            gloss_across: [angle.cos(), angle.sin()],
            gloss_at: chance.around(0.45) + 0.02 * shake.normal(),
            gloss_width: chance.within(0.07..0.25),
            gloss: chance.within(0.0..0.22),
        }
    }

    /// (diffuse, glossy) light at a share of the width and of the height: a bent sheet is lit unevenly, and shines in a band.
    fn light(&self, u: f32, v: f32) -> (f32, f32) {
        let diffuse = 1.0 + 0.10 * self.shade.at(u, v) + 0.012 * self.grain.at(u, v);
        let across = (u - 0.5) * self.gloss_across[0] + (v - 0.5) * self.gloss_across[1];
        let off = (across - self.gloss_at) / self.gloss_width;
        let uneven = 1.0 + 0.3 * self.shade.at(v, u);
        (
            diffuse.max(0.3),
            self.gloss * uneven.max(0.0) * (-off * off).exp(),
        )
    }
}

/// A printed photograph of the face, held by hand before a camera in a room.
///
/// Models: the printer's gamut ([`Inks`]) and halftone, white margin, a bent sheet's uneven light with a glossy band, perspective of a
/// sheet held askew (±13°), the room beyond its edges, and a second camera. The face stands where it was, at 0.84 to 1.04 of its size.
/// Does not model: single printers, dithering of inkjets, fingers, textured paper.
pub fn print(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "print", 0);
    let (width, height) = shot.picture.dimensions();
    let camera = Camera::indoors(&mut chance);
    let placed = Placed::new(Hold::by_hand(take, width, &mut chance), shot.face, width);
    let (inks, halftone) = (Inks::new(&mut chance), Halftone::new(width, &mut chance));
    let sheet = Sheet::new(take, &mut chance);
    let room = Room::new(width, height, &mut chance);
    let lamp = chance.within(0.95..1.15);
    let printed = Light::of(&shot.picture)
        .softened(chance.within(0.4..0.9))
        .changed(|_, _, pixel| inks.print(pixel));
    let (columns, rows) = (width as f32, height as f32);
    let margin = sheet.margin * columns;
    let mut noise = Chance::new(take.seed, "sensor", take.frame);
    let picture = camera.shoot(width, height, &mut noise, |x, y, channel| {
        let (x, y) = (x as f32, y as f32);
        let [u, v] = placed.on_thing(x, y);
        // Distance into the sheet and into the printed picture, pixels.
        let within = u.min(v).min(columns - u).min(rows - v);
        let paper = smoothstep(-0.7, 0.7, within + margin);
        if paper <= 0.0 {
            return room.channel(x, y, channel);
        }
        let ink = smoothstep(-0.7, 0.7, within);
        let reflectance = printed.sample_channel(u, v, channel);
        let dots = halftone.factor([u, v], channel, reflectance);
        let white = inks.paper()[channel];
        let (diffuse, gloss) = sheet.light(u / columns, v / rows);
        let lit = (white + (reflectance * dots - white) * ink) * diffuse * lamp + gloss;
        if paper >= 1.0 {
            return lit;
        }
        room.channel(x, y, channel) * (1.0 - paper) + lit * paper
    });
    Shot {
        picture,
        face: placed.in_frame(shot.face),
    }
}

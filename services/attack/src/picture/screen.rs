//! Species `screen`: a picture shown by a phone, a tablet or a monitor, held before the camera.

use super::{
    Shot, Take,
    camera::Camera,
    display::Grid,
    light::{Light, luminance, mix, smoothstep},
    placed::{Hold, Placed},
    room::Room,
};
use crate::chance::Chance;

/// Half the side of a sensor's pixel, in its pitch, with what the lens adds.
const HALF_PIXEL: f32 = 0.52;

/// A display that is switched on.
struct Display {
    grid: Grid,
    /// Display pixels for one pixel of the picture that it shows.
    density: f32,
    /// Share of the grid's contrast that lens and focus leave.
    clarity: f32,
    white: [f32; 3],
    /// Light of its black, with the room's light that its glass throws back.
    black: [f32; 3],
    contrast: f32,
    /// Frame and glass round the picture, pixels of the picture.
    border: [f32; 2],
    bezel: f32,
    bezel_light: [f32; 3],
}

impl Display {
    fn new(width: f32, chance: &mut Chance) -> Self {
        let cold = chance.within(0.02..0.14);
        let black = chance.within(0.006..0.035);
        let sharp = chance.within(0.15..0.5);
        let case = if chance.heads(0.8) {
            chance.within(0.004..0.02)
        } else {
            chance.within(0.25..0.6)
        };
        Self {
            grid: Grid::new(chance),
            density: chance.within(0.55..1.45),
            clarity: sharp * sharp,
            white: [1.0 - cold, 1.0 - 0.2 * cold, 1.0 + 0.6 * cold],
            black: [black * 0.9, black, black * 1.15],
            contrast: chance.within(1.0..1.15),
            border: [
                width * chance.within(0.0..0.03),
                width * chance.within(0.0..0.12),
            ],
            bezel: width * chance.within(0.015..0.06),
            bezel_light: [case, case, case * 1.05],
        }
    }
}

/// Rows are read one after the other while the display's light pulses.
struct Banding {
    period: f32,
    phase: f32,
    depth: f32,
}

impl Banding {
    /// 1.5 (60 Hz) to 9 (dimming pulses) bands a frame, 1 to 9 % deep, anywhere in each frame.
    fn new(take: Take, height: f32, chance: &mut Chance) -> Self {
        Self {
            period: height / chance.within(1.5..9.0),
            phase: Chance::new(take.seed, "band", take.frame).within(0.0..1.0),
            depth: chance.within(0.01..0.09),
        }
    }

    fn factor(&self, y: f32) -> f32 {
        let turns = y / self.period + self.phase;
        // Flat on top, as a pulse that the exposure cuts.
        let wave = (turns * std::f32::consts::TAU).sin() * 1.6;
        1.0 + self.depth * wave.clamp(-1.0, 1.0)
    }
}

/// What the glass throws back: a lamp's spot, and the room's bright places faintly.
struct Glare {
    centre: [f32; 2],
    radii: [f32; 2],
    strength: f32,
    mirror: f32,
}

impl Glare {
    fn new(take: Take, width: f32, height: f32, chance: &mut Chance) -> Self {
        let mut shake = Chance::new(take.seed, "glare", take.frame);
        Self {
            centre: [
                width * (chance.within(0.0..1.0) + 0.01 * shake.normal()),
                height * (chance.within(0.0..1.0) + 0.01 * shake.normal()),
            ],
            radii: [
                width * chance.within(0.03..0.3),
                height * chance.within(0.02..0.2),
            ],
            strength: if chance.heads(0.7) {
                chance.within(0.02..0.35)
            } else {
                0.0
            },
            mirror: chance.within(0.005..0.035),
        }
    }

    fn light(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (
            (x - self.centre[0]) / self.radii[0],
            (y - self.centre[1]) / self.radii[1],
        );
        self.strength * (1.0 - smoothstep(0.3, 1.2, u * u + v * v))
    }
}

/// A picture of the face on a screen that is held before a camera.
///
/// Models: the display's subpixels (stripes or diamonds, 0.55 to 1.45 display pixels for one of the picture), turned and scaled against
/// the sensor's mosaic, so that moiré comes from sampling and not from a pattern drawn (2 to 25 % of the grid's contrast pass the lens); bands of the refresh that wander from frame to
/// frame; bluish white, raised black, glare and faint mirroring of the glass; bezel and room beyond, perspective (±13°); a second
/// camera. The face stands where it was, at 0.84 to 1.04 of its size.
/// Does not model: a sensor that reads four times as many pixels and bins them (fainter moiré), anti-glare films, projectors.
pub fn screen(shot: &Shot, take: Take) -> Shot {
    shown(shot, take, "screen")
}

/// [`screen`] under the name of another species, which draws its own devices.
pub fn shown(shot: &Shot, take: Take, name: &str) -> Shot {
    let mut chance = Chance::new(take.seed, name, 0);
    let (width, height) = shot.picture.dimensions();
    let (columns, rows) = (width as f32, height as f32);
    let camera = Camera::indoors(&mut chance);
    let hold = Hold::by_hand(take, width, &mut chance);
    let placed = Placed::new(hold, shot.face, width);
    let display = Display::new(columns, &mut chance);
    let banding = Banding::new(take, rows, &mut chance);
    let glare = Glare::new(take, columns, rows, &mut chance);
    let room = Room::new(width, height, &mut chance);
    // The camera exposes for a screen that is brighter than its room.
    let room_light = chance.within(0.15..0.9);
    let emitted = emitted(&shot.picture, &display);
    let half = HALF_PIXEL * display.density / hold.scale;
    let mut noise = Chance::new(take.seed, "sensor", take.frame);
    let picture = camera.shoot(width, height, &mut noise, |x, y, channel| {
        let (x, y) = (x as f32, y as f32);
        let [u, v] = placed.on_thing(x, y);
        let glass =
            (u.min(columns - u) + display.border[0]).min(v.min(rows - v) + display.border[1]);
        let device = smoothstep(-0.7, 0.7, glass + display.bezel);
        let behind = || room.channel(x, y, channel) * room_light;
        if device <= 0.0 {
            return behind();
        }
        let mirrored = room.channel(columns - x, y, channel) * glare.mirror * room_light;
        let lit = smoothstep(-0.7, 0.7, glass);
        let within = u.min(columns - u).min(v.min(rows - v));
        let mut light = display.bezel_light[channel] * room_light;
        if lit > 0.0 {
            let content = if within >= 0.0 {
                emitted.sample_channel(u, v, channel)
            } else {
                0.0
            };
            let (du, dv) = (u * display.density, v * display.density);
            let grid = display.grid.brightness(du, dv, half, channel) - 1.0;
            let shown = content * (1.0 + display.clarity * grid) * banding.factor(y)
                + display.black[channel];
            light += (shown - light) * lit;
        }
        light += mirrored + glare.light(x, y);
        behind() * (1.0 - device) + light * device
    });
    Shot {
        picture,
        face: placed.in_frame(shot.face),
    }
}

/// What the display makes of the picture: its white point, and the vivid colours that phones are set to.
fn emitted(picture: &image::RgbImage, display: &Display) -> Light {
    let vivid = display.contrast;
    Light::of(picture).changed(|_, _, pixel| {
        let grey = [luminance(pixel); 3];
        let pixel = mix(grey, pixel, vivid);
        [0, 1, 2].map(|channel| (pixel[channel] * vivid).max(0.0) * display.white[channel])
    })
}

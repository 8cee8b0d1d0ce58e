//! Species `mask`: a face cut out of paper, worn by somebody else.

use super::{
    FaceBox, Shot, Take,
    field::Field,
    head::Head,
    light::{Light, luminance, mix, smoothstep},
    print::{Halftone, Inks},
};
use crate::chance::Chance;

/// Where eyes are in a face's box, shares of width and height, and half the size of a hole for one.
const EYES: [[f32; 2]; 2] = [[0.29, 0.40], [0.71, 0.40]];
const EYE_HALF: [f32; 2] = [0.11, 0.05];

/// From the middle of a sheet to where the face ends on it, widths of the face's box.
const SPAN: f32 = 0.52;
/// How far its shadow reaches, widths of the face's box.
const SHADOW: f32 = 0.07;

/// The cut sheet.
struct Cut {
    centre: [f32; 2],
    half: [f32; 2],
    ragged: Field,
    holes: Option<[f32; 2]>,
    face: FaceBox,
}

impl Cut {
    fn new(face: FaceBox, chance: &mut Chance) -> Self {
        let [x, y] = face.centre();
        Self {
            centre: [x, y - 0.03 * face.height],
            half: [
                face.width * chance.within(0.47..0.53),
                face.height * chance.within(0.54..0.62),
            ],
            ragged: Field::new(14, 1, chance),
            holes: chance
                .heads(0.5)
                .then(|| [chance.within(0.9..1.3), chance.within(0.8..1.4)]),
            face,
        }
    }

    /// Pixels into the sheet; below 0 outside.
    fn within(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (
            (x - self.centre[0]) / self.half[0],
            (y - self.centre[1]) / self.half[1],
        );
        let turn = 0.5 + v.atan2(u) / std::f32::consts::TAU;
        // A chin is narrower than a brow, and scissors do not follow it exactly.
        let narrow = 1.0 + 0.10 * v.max(0.0);
        let radius = (u * u * narrow * narrow + v * v).sqrt();
        let outline =
            1.0 + 0.012 * self.ragged.at(turn, 0.0) * smoothstep(0.0, 0.1, turn.min(1.0 - turn));
        (outline - radius) * self.half[0].min(self.half[1])
    }

    /// How much of the sheet's white core shows at the edge here.
    fn core(&self, x: f32, y: f32) -> f32 {
        let turn = 0.5 + (y - self.centre[1]).atan2(x - self.centre[0]) / std::f32::consts::TAU;
        (0.35 + 0.3 * self.ragged.at(turn, 1.0)).clamp(0.0, 0.8)
    }

    /// 1 in a hole.
    fn hole(&self, x: f32, y: f32) -> f32 {
        let Some([wide, tall]) = self.holes else {
            return 0.0;
        };
        let one = |[eye_x, eye_y]: [f32; 2]| {
            let (u, v) = (
                (x - self.face.left - eye_x * self.face.width)
                    / (EYE_HALF[0] * wide * self.face.width),
                (y - self.face.top - eye_y * self.face.height)
                    / (EYE_HALF[1] * tall * self.face.height),
            );
            1.0 - smoothstep(0.9, 1.05, u * u + v * v)
        };
        EYES.map(one).into_iter().fold(0.0, f32::max)
    }
}

/// The printed sheet, bent about a head.
struct Sheet {
    from: FaceBox,
    to: FaceBox,
    printed: Light,
    inks: Inks,
    halftone: Halftone,
    /// Sine of half the angle that it goes round the head.
    bend: f32,
    /// Where a crease crosses the face, how slanted, how deep.
    crease: [f32; 3],
    shade: Field,
    /// Light that falls on it, against the light that its picture was taken in.
    level: f32,
}

impl Sheet {
    fn new(person: &Shot, helper: &Shot, chance: &mut Chance) -> Self {
        let printed = Light::of(&person.picture).softened(0.5);
        let ambient = face_light(&Light::of(&helper.picture), helper.face);
        // Mask makers print brightly: ink and paper swallow light.
        let bright = chance.within(1.15..1.35);
        Self {
            from: person.face,
            to: helper.face,
            level: bright * ambient / face_light(&printed, person.face).max(1e-3),
            printed,
            inks: Inks::new(chance),
            halftone: Halftone::new(person.picture.width(), chance),
            bend: chance.within(0.55..0.88),
            crease: [
                chance.around(0.3),
                chance.around(0.25),
                chance.within(0.03..0.12),
            ],
            shade: Field::new(3, 3, chance),
        }
    }

    /// The light that comes from it at a pixel of the helper's picture; `core` is how much of the paper's white shows.
    fn light(&self, x: f32, y: f32, core: f32) -> [f32; 3] {
        let ([x0, y0], [from_x, from_y]) = (self.to.centre(), self.from.centre());
        let across = ((x - x0) / (SPAN * self.to.width)).clamp(-1.0, 1.0);
        let down = (y - y0) / self.to.height;
        let arc = (across * self.bend).asin() / self.bend.asin() * SPAN;
        let spot = [
            from_x + arc * self.from.width,
            from_y + down * self.from.height,
        ];
        let [crease, slant, depth] = self.crease;
        let fold = across - crease - slant * down;
        let bent = 1.0 + depth * (fold * 9.0).clamp(-1.0, 1.0) * (-fold * fold * 30.0).exp();
        let uneven = 1.0 + 0.05 * self.shade.at(0.5 + across / 2.0, 0.5 + down);
        let facing = (1.0 - (across * self.bend).powi(2)).sqrt();
        let lamp = self.level * (0.35 + 0.65 * facing) * bent * uneven;
        let reflectance = self.inks.print(self.printed.sample(spot[0], spot[1]));
        [0, 1, 2].map(|channel| {
            let dots = self.halftone.factor(spot, channel, reflectance[channel]);
            let ink = reflectance[channel] * dots;
            (ink + (self.inks.paper()[channel] - ink) * core) * lamp
        })
    }
}

/// The person's printed face, cut out and worn by the helper: a live picture of the helper, whose face is behind the sheet.
///
/// Models: the printer's gamut and halftone, a sheet bent about a head (features crowd towards its sides, light falls off there), a
/// crease, a pale cut edge with its shadow on what is behind, in half of the masks eye holes with the helper's eyes. Light and
/// background are the helper's capture's. The person's face is scaled to the helper's, whose box remains.
/// Does not model: three-dimensional masks of resin or silicone, hair or a hat over the edge, holes for nose or mouth.
pub fn mask(person: &Shot, helper: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "mask", 0);
    let cut = Cut::new(helper.face, &mut chance);
    let sheet = Sheet::new(person, helper, &mut chance);
    let head = Head::new(helper.face);
    let shadow = chance.within(0.25..0.6);
    let reach = SHADOW * helper.face.width;
    let mut noise = Chance::new(take.seed, "sensor", take.frame);
    let light = Light::of(&helper.picture).changed(|x, y, behind| {
        let (x, y) = (x as f32, y as f32);
        let within = cut.within(x, y);
        if within < -reach {
            return behind;
        }
        // The shadow falls a little downwards.
        let near = smoothstep(-reach, 0.0, cut.within(x, y - 0.4 * reach).max(within));
        let shaded = behind.map(|value| value * (1.0 - shadow * near * head.cover(x, y).max(0.4)));
        let cover = smoothstep(-0.8, 0.8, within) * (1.0 - cut.hole(x, y));
        if cover <= 0.0 {
            return shaded;
        }
        let core = cut.core(x, y) * (1.0 - smoothstep(0.3, 1.7, within));
        let paper = sheet.light(x, y, core);
        mix(
            shaded,
            paper.map(|value| value + 0.004 * noise.normal()),
            cover,
        )
    });
    Shot {
        picture: light.picture(),
        face: helper.face,
    }
}

/// Mean luminance of a face's middle.
fn face_light(light: &Light, face: FaceBox) -> f32 {
    let places = (1..8).flat_map(|row| (1..8).map(move |column| (column, row)));
    let seen = places.map(|(column, row)| {
        let (u, v) = (
            0.15 + 0.1 * column as f32 * 0.9,
            0.15 + 0.1 * row as f32 * 0.9,
        );
        luminance(light.sample(face.left + u * face.width, face.top + v * face.height))
    });
    seen.sum::<f32>() / 49.0
}

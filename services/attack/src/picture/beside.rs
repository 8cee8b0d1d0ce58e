//! Species `second_face`: somebody else's face beside the person's.

use super::{
    Shot, Take,
    head::Head,
    light::{Light, mix},
};
use crate::chance::Chance;

/// The helper's head and shoulders before the person's background, at 0.55 to 0.85 of the person's size.
///
/// Models: two people before one camera. The helper stands at that side of the frame that is emptier; the person's box remains.
/// Does not model: shadows of one on the other, one partly behind the other.
pub fn second_face(person: &Shot, helper: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "second_face", 0);
    let mut shake = Chance::new(take.seed, "second_face", take.frame + 1);
    let (base, other) = (Light::of(&person.picture), Light::of(&helper.picture));
    let columns = base.width as f32;
    let [middle, _] = person.face.centre();
    let scale = chance.within(0.55..0.85) * person.face.height / helper.face.height.max(1.0);
    let half = helper.face.width * scale / 2.0;
    let side = if middle < columns / 2.0 { 1.0 } else { -1.0 };
    let room = if side > 0.0 { columns - middle } else { middle };
    let off = (room - half * 1.25).min(person.face.width * chance.within(1.1..1.3));
    let [from_x, from_y] = helper.face.centre();
    // As low as it takes for the helper's picture to reach the frame's lower edge.
    let low = (base.height as f32) - (other.height as f32 - from_y) * scale + 4.0;
    let level = person.face.centre()[1] + person.face.height * chance.around(0.12);
    let spot = [
        middle + side * off + 1.5 * shake.normal(),
        level.max(low) + 1.5 * shake.normal(),
    ];
    let head = Head::new(helper.face);
    let face = person.face;
    let light = base.changed(|x, y, behind| {
        let (x, y) = (x as f32, y as f32);
        let (u, v) = (
            from_x + (x - spot[0]) / scale,
            from_y + (y - spot[1]) / scale,
        );
        let cover = head.cover(u, v).max(head.shoulders(u, v));
        // The person stays in front.
        let in_front = Head::new(face).cover(x, y);
        mix(behind, other.sample(u, v), cover * (1.0 - in_front))
    });
    Shot {
        picture: light.picture(),
        face,
    }
}

//! Species that are an old picture again, all but unchanged (evasion E5): `recompressed`, `cropped`, `mirrored`.

use image::imageops::{self, FilterType};

use super::{FaceBox, Shot, Take, jpeg};
use crate::chance::Chance;

/// Through a JPEG of quality 35 to 80, as a messenger sends pictures on.
pub fn recompressed(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "recompressed", 0);
    Shot {
        picture: jpeg::through_jpeg(&shot.picture, chance.whole(35..81) as u8),
        face: shot.face,
    }
}

/// 1 to 5 % off each side, scaled to the old size, and through a JPEG of quality 75 to 90.
pub fn cropped(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "cropped", 0);
    let (width, height) = shot.picture.dimensions();
    let mut off = |side: u32| (side as f32 * chance.within(0.01..0.05)) as u32;
    let [left, right] = [off(width), off(width)];
    let [top, bottom] = [off(height), off(height)];
    let (wide, tall) = (
        (width - left - right).max(1),
        (height - top - bottom).max(1),
    );
    let kept = imageops::crop_imm(&shot.picture, left, top, wide, tall).to_image();
    let grown = imageops::resize(&kept, width, height, FilterType::CatmullRom);
    let (across, down) = (width as f32 / wide as f32, height as f32 / tall as f32);
    Shot {
        picture: jpeg::through_jpeg(&grown, chance.whole(75..91) as u8),
        face: FaceBox {
            left: (shot.face.left - left as f32) * across,
            top: (shot.face.top - top as f32) * down,
            width: shot.face.width * across,
            height: shot.face.height * down,
        },
    }
}

/// Left for right, and through a JPEG of quality 75 to 90.
pub fn mirrored(shot: &Shot, take: Take) -> Shot {
    let mut chance = Chance::new(take.seed, "mirrored", 0);
    let turned = imageops::flip_horizontal(&shot.picture);
    Shot {
        picture: jpeg::through_jpeg(&turned, chance.whole(75..91) as u8),
        face: FaceBox {
            left: shot.picture.width() as f32 - shot.face.left - shot.face.width,
            ..shot.face
        },
    }
}

//! A flat thing held before a camera: from a frame's pixels to places on it.

use super::{FaceBox, Take};
use crate::chance::Chance;

/// Distance of the camera, in widths of the frame: a field of view of about 45°.
const DISTANCE: f32 = 1.2;

/// How a flat thing is held.
#[derive(Debug, Clone, Copy)]
pub struct Hold {
    /// Pixels of the frame for one pixel of the picture on it, at the face.
    pub scale: f32,
    /// About the camera's axis, the upright and the level axis, degrees.
    pub roll_deg: f32,
    pub yaw_deg: f32,
    pub pitch_deg: f32,
    /// Of the face's centre against where it was in the picture, pixels of the frame.
    pub shift: [f32; 2],
}

impl Hold {
    /// Held so that its face stands where a live face would, and moved by an unsteady hand from frame to frame.
    pub fn by_hand(take: Take, width: u32, chance: &mut Chance) -> Self {
        let mut shake = Chance::new(take.seed, "hand", take.frame);
        let side = width as f32;
        Self {
            scale: chance.within(0.84..1.04) * (1.0 + 0.006 * shake.normal()),
            roll_deg: chance.around(5.0) + 0.5 * shake.normal(),
            yaw_deg: chance.around(13.0) + 0.9 * shake.normal(),
            pitch_deg: chance.around(10.0) + 0.9 * shake.normal(),
            shift: [
                side * (chance.around(0.03) + 0.006 * shake.normal()),
                side * (chance.around(0.03) + 0.006 * shake.normal()),
            ],
        }
    }
}

/// A held thing's projection (pinhole camera): the homography and its inverse.
pub struct Placed {
    forth: [f32; 9],
    back: [f32; 9],
    scale: f32,
}

impl Placed {
    /// In a frame of the picture's own size, about its face.
    pub fn new(hold: Hold, face: FaceBox, width: u32) -> Self {
        let [anchor_x, anchor_y] = face.centre();
        let [x0, y0] = [anchor_x + hold.shift[0], anchor_y + hold.shift[1]];
        let ((roll_sin, roll_cos), (yaw_sin, yaw_cos), (pitch_sin, pitch_cos)) = (
            hold.roll_deg.to_radians().sin_cos(),
            hold.yaw_deg.to_radians().sin_cos(),
            hold.pitch_deg.to_radians().sin_cos(),
        );
        // Columns of Ry · Rx · Rz for the plane's two axes.
        let (a, b) = (
            [
                yaw_cos * roll_cos + yaw_sin * pitch_sin * roll_sin,
                pitch_cos * roll_sin,
                -yaw_sin * roll_cos + yaw_cos * pitch_sin * roll_sin,
            ],
            [
                -yaw_cos * roll_sin + yaw_sin * pitch_sin * roll_cos,
                pitch_cos * roll_cos,
                yaw_sin * roll_sin + yaw_cos * pitch_sin * roll_cos,
            ],
        );
        let s = hold.scale;
        let depth = 1.0 / (DISTANCE * width as f32);
        // Of a point (u, v) relative to the anchor: w = 1 + z · depth.
        let (gu, gv) = (a[2] * s * depth, b[2] * s * depth);
        let forth = [
            a[0] * s + x0 * gu,
            b[0] * s + x0 * gv,
            x0,
            a[1] * s + y0 * gu,
            b[1] * s + y0 * gv,
            y0,
            gu,
            gv,
            1.0,
        ];
        let from_picture = [1.0, 0.0, -anchor_x, 0.0, 1.0, -anchor_y, 0.0, 0.0, 1.0];
        let forth = product(forth, from_picture);
        Self {
            forth,
            back: inverse(forth),
            scale: s,
        }
    }

    /// From the frame to the picture on the thing.
    pub fn on_thing(&self, x: f32, y: f32) -> [f32; 2] {
        apply(&self.back, x, y)
    }

    /// Where a box on the thing's picture stands in the frame.
    pub fn in_frame(&self, face: FaceBox) -> FaceBox {
        let [x, y] = face.centre();
        face.moved(apply(&self.forth, x, y), self.scale)
    }
}

fn apply(m: &[f32; 9], x: f32, y: f32) -> [f32; 2] {
    let w = 1.0 / (m[6] * x + m[7] * y + m[8]);
    [
        (m[0] * x + m[1] * y + m[2]) * w,
        (m[3] * x + m[4] * y + m[5]) * w,
    ]
}

fn product(a: [f32; 9], b: [f32; 9]) -> [f32; 9] {
    std::array::from_fn(|at| {
        let (row, column) = (at / 3 * 3, at % 3);
        (0..3).map(|k| a[row + k] * b[3 * k + column]).sum()
    })
}

/// Up to a factor, which a homography does not have.
fn inverse(m: [f32; 9]) -> [f32; 9] {
    let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
    [
        minor(4, 5, 7, 8),
        -minor(1, 2, 7, 8),
        minor(1, 2, 4, 5),
        -minor(3, 5, 6, 8),
        minor(0, 2, 6, 8),
        -minor(0, 2, 3, 5),
        minor(3, 4, 6, 7),
        -minor(0, 1, 6, 7),
        minor(0, 1, 3, 4),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_face_is_where_its_box_says_and_comes_back_from_there() {
        let face = FaceBox::from([200.0, 180.0, 240.0, 300.0]);
        let hold = Hold {
            scale: 0.9,
            roll_deg: 4.0,
            yaw_deg: -12.0,
            pitch_deg: 8.0,
            shift: [5.0, -3.0],
        };
        let placed = Placed::new(hold, face, 640);
        let [x, y] = placed.in_frame(face).centre();
        assert!(
            (x - 325.0).abs() < 0.1 && (y - 327.0).abs() < 0.1,
            "{x} {y}"
        );
        for point in [[0.0, 0.0], [640.0, 100.0], [320.0, 630.0]] {
            let [x, y] = apply(&placed.forth, point[0], point[1]);
            let [u, v] = placed.on_thing(x, y);
            assert!((u - point[0]).abs() < 0.1 && (v - point[1]).abs() < 0.1);
        }
    }
}

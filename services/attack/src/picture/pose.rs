//! One still picture as several moments of a live person.

use super::{Shot, head::Head, light::Light};

/// How a head and the phone before it moved since the still was taken.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pose {
    /// Of the whole picture, shares of its width: right, down.
    pub shift: [f32; 2],
    /// Growth of the whole picture: 0.02 is 2 % larger.
    pub nearer: f32,
    /// Of the whole picture about the face, degrees, clockwise.
    pub roll_deg: f32,
    /// Of the head alone, degrees: the nose moves to the picture's right, and down. Believable to about 20.
    pub yaw_deg: f32,
    pub pitch_deg: f32,
}

/// The still in another pose; cubic interpolation keeps its detail, the picture's edge goes on beyond itself.
///
/// Models: parallel projection of a head that turns in depth (an ellipsoid with a nose, about the face's box) before a background that
/// stays, and the phone's movement. Does not model: what a turn uncovers, other people's noses, blinking, another expression.
pub fn posed(shot: &Shot, pose: Pose) -> Shot {
    let light = Light::of(&shot.picture);
    let columns = light.width as f32;
    let [x0, y0] = shot.face.centre();
    let [right, down] = pose.shift.map(|share| share * columns);
    let scale = 1.0 + pose.nearer;
    let (sin, cos) = pose.roll_deg.to_radians().sin_cos();
    let head = Head::new(shot.face);
    let turn = [pose.yaw_deg, pose.pitch_deg].map(|angle| angle.to_radians().sin());
    let turned = turn.into_iter().any(|sine| sine.abs() > 1e-6);
    let moved = Light::drawn(light.width, light.height, |x, y| {
        let (x, y) = (x as f32 - x0 - right, y as f32 - y0 - down);
        let (mut u, mut v) = (
            x0 + (x * cos + y * sin) / scale,
            y0 + (y * cos - x * sin) / scale,
        );
        if turned {
            // What is seen here stood where its depth had not yet carried it: two steps towards the fixed point.
            let (to_u, to_v) = (u, v);
            for _ in 0..2 {
                let depth = head.depth(u, v);
                (u, v) = (to_u - depth * turn[0], to_v - depth * turn[1]);
            }
        }
        light.sample_sharp(u, v)
    });
    Shot {
        picture: moved.picture(),
        face: shot.face.moved([x0 + right, y0 + down], scale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{mean_difference, person};

    #[test]
    fn the_pose_of_the_still_is_the_still() {
        let still = person(160, 200, 0);
        assert!(posed(&still, Pose::default()).picture == still.picture);
    }

    #[test]
    fn a_turned_head_moves_its_middle_and_neither_its_outline_nor_the_background() {
        let still = person(320, 400, 0);
        let turned = posed(
            &still,
            Pose {
                yaw_deg: 15.0,
                ..Pose::default()
            },
        );
        // The mouth is the only thing so red.
        let mouth = |shot: &Shot| {
            let pixels = shot.picture.enumerate_pixels();
            let red = pixels.filter(|(_, _, pixel)| pixel.0[0] > 140 && pixel.0[1] < 80);
            let (count, sum) =
                red.fold((0_u32, 0_u32), |(count, sum), (x, ..)| (count + 1, sum + x));
            f64::from(sum) / f64::from(count)
        };
        let moved = mouth(&turned) - mouth(&still);
        assert!((8.0..40.0).contains(&moved), "{moved}");
        let corner =
            |shot: &Shot| image::imageops::crop_imm(&shot.picture, 0, 0, 60, 400).to_image();
        assert!(mean_difference(&corner(&turned), &corner(&still)) < 0.1);
    }
}

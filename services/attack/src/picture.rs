//! Pictures: what they are made of, species of attack and conditions of capture.

mod beside;
mod camera;
mod condition;
mod dim;
mod display;
mod duplicate;
mod field;
mod haze;
mod head;
mod jpeg;
mod light;
mod mask;
mod motion;
mod phone;
mod placed;
mod pose;
mod print;
mod relay;
mod room;
mod screen;
mod side_light;
mod species;
#[cfg(test)]
mod synthetic;

use image::RgbImage;

pub use beside::second_face;
pub use condition::Condition;
pub use dim::dim;
pub use duplicate::{cropped, mirrored, recompressed};
pub use haze::haze;
pub use jpeg::{encode, through_jpeg};
pub use mask::mask;
pub use motion::motion_blur;
pub use phone::phone_camera;
pub use pose::{Pose, posed};
pub use print::print;
pub use relay::relay;
pub use screen::screen;
pub use side_light::side_light;
pub use species::{Cast, Species};

pub(crate) use head::Head;
pub(crate) use light::{Light, linear};
#[cfg(test)]
pub(crate) use synthetic::{mean_difference, person};

/// Where a face is: pixels of its picture, as `domain`'s `FaceFacts::bounds` has them. The box reaches from the brow's middle or the
/// hairline to the chin, and from cheek to cheek.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceBox {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl From<[f32; 4]> for FaceBox {
    fn from([left, top, width, height]: [f32; 4]) -> Self {
        Self {
            left,
            top,
            width,
            height,
        }
    }
}

impl FaceBox {
    pub fn centre(self) -> [f32; 2] {
        [self.left + self.width / 2.0, self.top + self.height / 2.0]
    }

    /// The box with this centre, all lengths times `scale`.
    fn moved(self, [x, y]: [f32; 2], scale: f32) -> Self {
        let (width, height) = (self.width * scale, self.height * scale);
        Self {
            left: x - width / 2.0,
            top: y - height / 2.0,
            width,
            height,
        }
    }
}

/// An upright picture and where its face is.
#[derive(Debug, Clone, PartialEq)]
pub struct Shot {
    pub picture: RgbImage,
    pub face: FaceBox,
}

/// What fixes a simulated capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take {
    /// Fixes the instrument, its surroundings and the camera.
    pub seed: u64,
    /// Number of the frame within a session: fixes the hand's movement, the light's phase and the sensor's noise.
    pub frame: u32,
}

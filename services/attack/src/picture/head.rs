//! A head's shape about a face's box: half an ellipsoid with a nose.

use super::{FaceBox, light::smoothstep};

/// A head with hair, against its face's box: half its width and height.
const HALF_WIDTH: f32 = 0.62;
const HALF_HEIGHT: f32 = 0.74;
/// How far its middle is above the box's, in heights of the box.
const RAISED: f32 = 0.08;
/// Depth from the outline to the front, in half widths.
const DEPTH: f32 = 0.95;
/// How far the nose stands out and how wide its foot is, in widths of the box.
const NOSE: f32 = 0.13;
const NOSE_WIDTH: f32 = 0.10;
/// Where its tip is in the box, downwards.
const NOSE_LEVEL: f32 = 0.62;

/// The shape.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    centre: [f32; 2],
    half: [f32; 2],
    nose: [f32; 2],
    width: f32,
    chin: f32,
}

impl Head {
    pub fn new(face: FaceBox) -> Self {
        let [x, y] = face.centre();
        Self {
            centre: [x, y - RAISED * face.height],
            half: [
                (HALF_WIDTH * face.width).max(1.0),
                (HALF_HEIGHT * face.height).max(1.0),
            ],
            nose: [x, face.top + NOSE_LEVEL * face.height],
            width: face.width.max(1.0),
            chin: face.top + face.height,
        }
    }

    /// Squared distance from its middle: 1 on its outline.
    fn radius2(&self, x: f32, y: f32) -> f32 {
        let (u, v) = (
            (x - self.centre[0]) / self.half[0],
            (y - self.centre[1]) / self.half[1],
        );
        u * u + v * v
    }

    /// 1 within, 0 without, smooth on the outline.
    pub fn cover(&self, x: f32, y: f32) -> f32 {
        1.0 - smoothstep(0.82, 1.06, self.radius2(x, y))
    }

    /// 1 on the shoulders and neck below the chin, 0 elsewhere.
    pub fn shoulders(&self, x: f32, y: f32) -> f32 {
        let below = (y - self.chin) / self.width;
        let half = 0.45 + 1.1 * smoothstep(0.05, 0.55, below);
        let off = (x - self.centre[0]).abs() / self.width;
        smoothstep(-0.15, 0.1, below) * (1.0 - smoothstep(half - 0.12, half + 0.12, off))
    }

    /// Towards the viewer, pixels; 0 outside the head.
    pub fn depth(&self, x: f32, y: f32) -> f32 {
        let bulge = (1.0 - self.radius2(x, y)).max(0.0);
        let (u, v) = (
            (x - self.nose[0]) / (NOSE_WIDTH * self.width),
            (y - self.nose[1]) / (1.3 * NOSE_WIDTH * self.width),
        );
        let nose = NOSE * self.width * (-(u * u + v * v) / 2.0).exp();
        // A paraboloid, smooth at the outline where an ellipsoid is not.
        DEPTH * self.half[0] * bulge + nose
    }

    /// Unit vector that stands on the surface: to the right, down, to the viewer. Flat outside.
    pub fn normal(&self, x: f32, y: f32) -> [f32; 3] {
        let (u, v) = (
            (x - self.centre[0]) / self.half[0],
            (y - self.centre[1]) / self.half[1],
        );
        let radius2 = u * u + v * v;
        if radius2 >= 1.0 {
            let radius = radius2.sqrt();
            return [u / radius, v / radius, 0.0];
        }
        // On an ellipsoid that is as deep as it is wide.
        let [nx, ny, nz] = [u, v * self.half[0] / self.half[1], (1.0 - radius2).sqrt()];
        let norm = (nx * nx + ny * ny + nz * nz).sqrt();
        [nx / norm, ny / norm, nz / norm]
    }
}

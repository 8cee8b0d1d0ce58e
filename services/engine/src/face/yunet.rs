use ort::session::SessionOutputs;

use super::{Detection, detection::Candidate, detector::values};
use crate::Error;

const STRIDES: [usize; 3] = [8, 16, 32];

/// Class, objectness, box and points at each stride.
pub(super) const OUTPUTS: [[&str; 4]; 3] = [
    ["cls_8", "obj_8", "bbox_8", "kps_8"],
    ["cls_16", "obj_16", "bbox_16", "kps_16"],
    ["cls_32", "obj_32", "bbox_32", "kps_32"],
];

/// Anchor-free decoding: one candidate a cell, score √(class · objectness), the centre offset in cells, the logarithm of
/// the size in cells, the points relative to the cell.
pub(super) fn decode(
    outputs: &SessionOutputs<'_>,
    side: usize,
    score_min: f32,
) -> Result<Vec<Candidate>, Error> {
    let mut found = Vec::new();
    for (stride, [class, objectness, bounds, points]) in STRIDES.into_iter().zip(OUTPUTS) {
        let cells = side / stride;
        let count = cells * cells;
        let class = values(outputs, class, count)?;
        let objectness = values(outputs, objectness, count)?;
        let (bounds, _) = values(outputs, bounds, count * 4)?.as_chunks::<4>();
        let (points, _) = values(outputs, points, count * 10)?.as_chunks::<10>();
        for cell in 0..count {
            let score = (class[cell].clamp(0.0, 1.0) * objectness[cell].clamp(0.0, 1.0)).sqrt();
            if score <= score_min {
                continue;
            }
            let (column, row) = ((cell % cells) as f32, (cell / cells) as f32);
            let scale = stride as f32;
            let [x, y, width, height] = bounds[cell];
            let (width, height) = (width.exp() * scale, height.exp() * scale);
            let (left, top) = (
                (column + x) * scale - width / 2.0,
                (row + y) * scale - height / 2.0,
            );
            let (pairs, _) = points[cell].as_chunks::<2>();
            let points = std::array::from_fn(|at| {
                [
                    (pairs[at][0] + column) * scale,
                    (pairs[at][1] + row) * scale,
                ]
            });
            let detection = Detection {
                bounds: [left, top, width, height],
                score,
                points,
            };
            found.push(Candidate {
                detection,
                reach: x.hypot(y),
            });
        }
    }
    Ok(found)
}

use ort::session::SessionOutputs;

use super::{
    Detection,
    detection::Candidate,
    detector::{NETWORK, values},
};
use crate::Error;

const STRIDE: usize = 4;

/// Heatmap, scale, offset, landmarks, in this order; their names differ between exports.
pub(super) const OUTPUT_COUNT: usize = 4;

/// One candidate a heatmap cell: scale is (log height, log width) in cells, offset (y, x) in cells, the points (y, x) in
/// box sizes from the box's corner. The corner is kept within the square.
pub(super) fn decode(
    outputs: &SessionOutputs<'_>,
    side: usize,
    score_min: f32,
) -> Result<Vec<Candidate>, Error> {
    let cells = side / STRIDE;
    let count = cells * cells;
    let names: Vec<&str> = outputs.keys().collect();
    let &[heatmap, scale, offset, landmarks] = names.as_slice() else {
        return Err(Error::Contract {
            network: NETWORK,
            detail: format!("its outputs are {names:?}"),
        });
    };
    let heatmap = values(outputs, heatmap, count)?;
    let scale = values(outputs, scale, count * 2)?;
    let offset = values(outputs, offset, count * 2)?;
    let landmarks = values(outputs, landmarks, count * 10)?;
    let unit = STRIDE as f32;
    let strong = heatmap
        .iter()
        .enumerate()
        .filter(|&(_, &score)| score > score_min);
    Ok(strong
        .map(|(cell, &score)| {
            let plane = |values: &[f32], index: usize| values[index * count + cell];
            let (height, width) = (plane(scale, 0).exp() * unit, plane(scale, 1).exp() * unit);
            let (x, y) = ((cell % cells) as f32, (cell / cells) as f32);
            let (down, right) = (plane(offset, 0), plane(offset, 1));
            let left = ((x + right + 0.5) * unit - width / 2.0).max(0.0);
            let top = ((y + down + 0.5) * unit - height / 2.0).max(0.0);
            let point = |index: usize| {
                [
                    plane(landmarks, 2 * index + 1) * width + left,
                    plane(landmarks, 2 * index) * height + top,
                ]
            };
            let points = std::array::from_fn(point);
            let detection = Detection {
                bounds: [left, top, width, height],
                score,
                points,
            };
            Candidate {
                detection,
                reach: right.hypot(down),
            }
        })
        .collect())
}

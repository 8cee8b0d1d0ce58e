//! Detections: overlap, and the choice of the face that counts.

use crate::picture::Picture;

/// Candidates beyond the strongest of these are dropped before overlaps are compared; a crowd has fewer.
const CANDIDATES_MAX: usize = 1_024;
/// Scores of overlapping candidates that differ by no more than this are equal: the last bits of a picture's decoder
/// move them as far.
const TIE: f32 = 1e-4;

/// One face found, in the pixels that [`Picture`] keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Left, top, width, height; may reach beyond the picture.
    pub bounds: [f32; 4],
    /// 0..1.
    pub score: f32,
    /// Image-left eye, image-right eye, nose, image-left and image-right mouth corner.
    pub points: [[f32; 2]; 5],
}

impl Detection {
    fn is_finite(&self) -> bool {
        self.score.is_finite()
            && self
                .bounds
                .iter()
                .chain(self.points.as_flattened())
                .all(|value| value.is_finite())
    }
}

/// What one cell of a detector's grid says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub detection: Detection,
    /// From the cell's anchor to the centre that it predicts, cells.
    pub reach: f32,
}

impl Candidate {
    /// From the detector's pixels to the picture's.
    pub(crate) fn divided_by(mut self, ratio: f32) -> Self {
        self.detection.bounds = self.detection.bounds.map(|value| value / ratio);
        self.detection.points = self
            .detection
            .points
            .map(|point| point.map(|value| value / ratio));
        self
    }
}

/// Greedy non-maximum suppression: from the strongest down, what overlaps a kept one by more than `overlap_max`
/// (intersection over union) is dropped. Among equally strong ones the cell nearest to the centre that it predicts is
/// kept. Strongest first.
pub(crate) fn suppress(mut candidates: Vec<Candidate>, overlap_max: f32) -> Vec<Detection> {
    candidates.retain(|candidate| candidate.detection.is_finite());
    candidates.sort_by(|a, b| b.detection.score.total_cmp(&a.detection.score));
    candidates.truncate(CANDIDATES_MAX);
    let mut kept: Vec<Detection> = Vec::new();
    while let Some(strongest) = candidates.first().map(|candidate| candidate.detection) {
        let tied = candidates
            .iter()
            .take_while(|other| strongest.score - other.detection.score <= TIE);
        let same =
            tied.filter(|other| overlap(&strongest.bounds, &other.detection.bounds) > overlap_max);
        let best = same
            .min_by(|a, b| a.reach.total_cmp(&b.reach))
            .map_or(strongest, |nearest| nearest.detection);
        let apart = |other: &Detection| {
            overlap(&best.bounds, &other.bounds) <= overlap_max && *other != strongest
        };
        candidates.retain(|candidate| apart(&candidate.detection));
        kept.push(best);
    }
    kept
}

/// Intersection over union, 0..1.
fn overlap(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let width = ((a[0] + a[2]).min(b[0] + b[2]) - a[0].max(b[0])).max(0.0);
    let height = ((a[1] + a[3]).min(b[1] + b[3]) - a[1].max(b[1])).max(0.0);
    let common = width * height;
    let union = a[2] * a[3] + b[2] * b[3] - common;
    if union > 0.0 { common / union } else { 0.0 }
}

/// The face that counts: the greatest area less twice the squared distance of its centre from the picture's centre.
pub fn largest_central<'a>(
    detections: &'a [Detection],
    picture: &Picture,
) -> Option<&'a Detection> {
    let (middle_x, middle_y) = (
        picture.pixels().width() as f32 / 2.0,
        picture.pixels().height() as f32 / 2.0,
    );
    let weight = |detection: &Detection| {
        let [left, top, width, height] = detection.bounds;
        let (x, y) = (left + width / 2.0 - middle_x, top + height / 2.0 - middle_y);
        width * height - 2.0 * (x * x + y * y)
    };
    detections
        .iter()
        .max_by(|a, b| weight(a).total_cmp(&weight(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(left: f32, top: f32, side: f32, score: f32) -> Detection {
        Detection {
            bounds: [left, top, side, side],
            score,
            points: [[0.0; 2]; 5],
        }
    }

    fn candidates(detections: &[Detection]) -> Vec<Candidate> {
        detections
            .iter()
            .map(|&detection| Candidate {
                detection,
                reach: detection.bounds[0],
            })
            .collect()
    }

    #[test]
    fn of_two_overlapping_boxes_the_stronger_stays() {
        let kept = suppress(
            candidates(&[
                at(0.0, 0.0, 10.0, 0.7),
                at(1.0, 1.0, 10.0, 0.9),
                at(50.0, 0.0, 10.0, 0.6),
            ]),
            0.3,
        );
        let scores: Vec<f32> = kept.iter().map(|detection| detection.score).collect();
        assert_eq!(scores, [0.9, 0.6]);
    }

    #[test]
    fn boxes_that_are_not_numbers_are_dropped() {
        let found = candidates(&[
            at(f32::NAN, 0.0, 10.0, 0.9),
            at(0.0, 0.0, f32::INFINITY, 0.9),
        ]);
        assert!(suppress(found, 0.3).is_empty());
    }

    #[test]
    fn of_two_equally_strong_the_nearer_cell_stays() {
        let kept = suppress(
            candidates(&[at(1.0, 1.0, 10.0, 0.900_01), at(0.0, 0.0, 10.0, 0.9)]),
            0.3,
        );
        assert_eq!(kept, [at(0.0, 0.0, 10.0, 0.9)]);
    }

    #[test]
    fn a_central_face_beats_a_slightly_larger_one_at_the_edge() {
        let picture = Picture::from_rgb(100, 100, vec![0; 30_000]).unwrap();
        let faces = [at(0.0, 0.0, 22.0, 0.9), at(40.0, 40.0, 20.0, 0.8)];
        assert_eq!(largest_central(&faces, &picture), Some(&faces[1]));
        assert_eq!(largest_central(&[], &picture), None);
    }
}

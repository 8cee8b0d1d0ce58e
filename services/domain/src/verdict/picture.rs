use super::Policy;
use crate::{
    coaching::Coaching,
    evidence::{FaceFacts, MediaFault, PictureFacts, PictureMeasurement},
};

/// What is wrong with the pictures; empty when every picture can be used. One bad frame of several asks for a new try: a session shows one face throughout.
pub fn picture_coaching(pictures: &[PictureMeasurement], policy: &Policy) -> Vec<Coaching> {
    if pictures.is_empty() {
        return vec![Coaching::NoFace];
    }
    pictures
        .iter()
        .flat_map(|picture| picture_flaws(&picture.facts, policy))
        .collect()
}

/// What is wrong with one picture.
pub fn picture_flaws(facts: &Result<PictureFacts, MediaFault>, policy: &Policy) -> Vec<Coaching> {
    match facts {
        Err(MediaFault::TooLarge) => vec![Coaching::PictureTooLarge],
        Err(MediaFault::Empty | MediaFault::UnknownFormat | MediaFault::Damaged) => {
            vec![Coaching::PictureUnreadable]
        }
        Ok(PictureFacts { face: None, .. }) => vec![Coaching::NoFace],
        Ok(facts) if facts.faces > 1 => vec![Coaching::SeveralFaces],
        Ok(PictureFacts {
            face: Some(face), ..
        }) => face_flaws(face, policy),
    }
}

fn face_flaws(face: &FaceFacts, policy: &Policy) -> Vec<Coaching> {
    let dark = face.luma_mean < policy.luma_min;
    let bright = face.luma_mean > policy.luma_max || face.overexposed > policy.overexposed_max;
    let lit = !dark && !bright;
    // What is not known turns nobody back.
    let below = |fact: Option<f32>, least: f32| fact.is_some_and(|fact| fact < least);
    let cropped = below(face.inside, policy.inside_min);
    let side_lit = below(face.uniformity, policy.uniformity_min);
    let covered = below(face.eyes_luma, policy.eyes_luma_min)
        || below(face.mouth_contrast, policy.mouth_contrast_min);
    let flat = face.luma_std < policy.luma_std_min
        || below(face.luma_entropy_bits, policy.luma_entropy_min_bits);
    let blurred = face.sharpness < policy.sharpness_min;
    let turned =
        face.yaw_deg.abs() > policy.yaw_max_deg || face.pitch_deg.abs() > policy.pitch_max_deg;
    let table = [
        (
            face.eye_distance_px < policy.eye_distance_min_px,
            Coaching::FaceTooSmall,
        ),
        (cropped, Coaching::Cropped),
        (dark, Coaching::TooDark),
        (bright, Coaching::TooBright),
        // A dark or glaring picture is also flat and blurred, and a blurred one has no contrast around the mouth: say only what helps.
        (lit && side_lit, Coaching::SideLit),
        (lit && flat, Coaching::LowContrast),
        (lit && blurred, Coaching::Blurred),
        (lit && !blurred && covered, Coaching::Covered),
        (turned, Coaching::LookAhead),
    ];
    table
        .into_iter()
        .filter_map(|(flawed, coaching)| flawed.then_some(coaching))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::tests::good_face;

    fn flaws(spoil: impl FnOnce(&mut FaceFacts)) -> Vec<Coaching> {
        let mut face = good_face();
        spoil(&mut face);
        face_flaws(&face, &Policy::default())
    }

    #[test]
    fn each_flaw_has_its_own_sentence() {
        type Case = (fn(&mut FaceFacts), Coaching);
        let cases: [Case; 11] = [
            (|face| face.eye_distance_px = 69.0, Coaching::FaceTooSmall),
            (|face| face.inside = Some(0.85), Coaching::Cropped),
            (|face| face.luma_mean = 30.0, Coaching::TooDark),
            (|face| face.overexposed = 0.5, Coaching::TooBright),
            (|face| face.uniformity = Some(0.01), Coaching::SideLit),
            (|face| face.luma_std = 6.0, Coaching::LowContrast),
            (
                |face| face.luma_entropy_bits = Some(3.0),
                Coaching::LowContrast,
            ),
            (|face| face.sharpness = 5.0, Coaching::Blurred),
            (|face| face.eyes_luma = Some(0.2), Coaching::Covered),
            (|face| face.mouth_contrast = Some(0.01), Coaching::Covered),
            (|face| face.yaw_deg = -50.0, Coaching::LookAhead),
        ];
        for (spoil, coaching) in cases {
            assert_eq!(flaws(spoil), [coaching]);
        }
        assert_eq!(flaws(|_| {}), []);
    }

    #[test]
    fn a_dark_picture_is_not_called_flat_blurred_side_lit_or_covered_too() {
        let flaws = flaws(|face| {
            face.luma_mean = 10.0;
            face.luma_std = 2.0;
            face.sharpness = 1.0;
            face.uniformity = Some(0.0);
            face.mouth_contrast = Some(0.0);
        });
        assert_eq!(flaws, [Coaching::TooDark]);
    }

    #[test]
    fn what_an_older_measurement_does_not_know_turns_nobody_back() {
        let mut stored = serde_json::to_value(good_face()).unwrap();
        let fields = stored.as_object_mut().unwrap();
        let new = [
            "inside",
            "luma_entropy_bits",
            "uniformity",
            "eyes_luma",
            "mouth_contrast",
        ];
        for field in new {
            assert!(fields.remove(field).is_some(), "{field}");
        }
        let face: FaceFacts = serde_json::from_value(stored).unwrap();
        assert_eq!(face.inside, None);
        assert_eq!(face_flaws(&face, &Policy::default()), []);
    }
}

//! What one attempt presents: pictures in order and a recording.

use image::RgbImage;

use crate::{
    Shot,
    chance::Chance,
    picture::{self, Cast, Pose, Species, Take, posed},
    voice,
};

/// How far a head turns when it is asked to, degrees.
const TURN_DEG: f32 = 16.0;

/// Pictures as the camera gave them one after the other, and 16 kHz samples in −1..=1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Presented {
    pub frames: Vec<RgbImage>,
    pub sound: Vec<f32>,
}

/// The same as bytes: JPEG files and a WAV.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Media {
    pub pictures: Vec<Vec<u8>>,
    pub recording: Vec<u8>,
}

impl Presented {
    pub fn new(frames: Vec<Shot>, sound: Vec<f32>) -> Self {
        Self {
            frames: frames.into_iter().map(|shot| shot.picture).collect(),
            sound,
        }
    }

    /// JPEG of this quality (1 to 100; phones take 85 to 95), WAV of 16 bits.
    pub fn encode(&self, quality: u8) -> Media {
        let jpeg = |frame| picture::encode(frame, quality);
        Media {
            pictures: self.frames.iter().map(jpeg).collect(),
            recording: voice::wav(&self.sound),
        }
    }
}

/// `count` frames of a person who holds the phone and tries to keep still: of one still picture, the first is that picture.
///
/// Models: a hand's tremor (up to about 1.5 % of the width, 2 % nearer or farther, 1.5° about the axis), a head that is never quite at rest
/// (3°), and a sensor's noise. Does not model: blinking, speaking, changing light; frames of one still stay one still.
pub fn alive(still: &Shot, count: u32, seed: u64) -> Vec<Shot> {
    let moment = |frame| {
        if frame == 0 {
            return still.clone();
        }
        noisy(&posed(still, tremor(seed, frame)), seed, frame)
    };
    (0..count).map(moment).collect()
}

/// As [`alive`], and the head turns about 16° to one side and back in the course of the frames: to the picture's right when
/// `right`. The middle frame is turned farthest.
pub fn turning(still: &Shot, count: u32, right: bool, seed: u64) -> Vec<Shot> {
    let side = if right { TURN_DEG } else { -TURN_DEG };
    let moment = |frame| {
        let along = (frame as f32 + 0.5) / count as f32;
        let yaw = side * (along * std::f32::consts::PI).sin();
        let mut pose = tremor(seed, frame);
        pose.yaw_deg += yaw;
        noisy(&posed(still, pose), seed, frame)
    };
    (0..count).map(moment).collect()
}

/// Each of the person's frames recaptured from one instrument: a video on a screen when they move, a photograph when they are one.
/// The helper's frames go beside them, again from the first when they are fewer; without any there is nothing.
pub fn recaptured(species: Species, person: &[Shot], helper: &[Shot], seed: u64) -> Vec<Shot> {
    let casts = person.iter().zip(helper.iter().cycle());
    (0..)
        .zip(casts)
        .map(|(frame, (person, helper))| {
            species.make(Cast { person, helper }, Take { seed, frame })
        })
        .collect()
}

/// Frames of two people in one session: the first `ours` frames are the person's, the others the helper's, in their own order.
pub fn two_people(person: &[Shot], helper: &[Shot], ours: usize) -> Vec<Shot> {
    let rest = helper.iter().skip(ours.min(person.len()));
    person.iter().take(ours).chain(rest).cloned().collect()
}

fn tremor(seed: u64, frame: u32) -> Pose {
    let mut chance = Chance::new(seed, "tremor", frame);
    Pose {
        shift: [0.006 * chance.normal(), 0.006 * chance.normal()],
        nearer: 0.008 * chance.normal(),
        roll_deg: 0.6 * chance.normal(),
        yaw_deg: 1.2 * chance.normal(),
        pitch_deg: 1.0 * chance.normal(),
    }
}

/// With the noise by which two frames of one camera differ: about one level of 255.
fn noisy(shot: &Shot, seed: u64, frame: u32) -> Shot {
    let mut chance = Chance::new(seed, "sensor", frame);
    let mut picture = shot.picture.clone();
    for level in picture.iter_mut() {
        *level = (f32::from(*level) + 0.5 + chance.normal()).clamp(0.0, 255.0) as u8;
    }
    Shot {
        picture,
        face: shot.face,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{mean_difference, person};

    #[test]
    fn live_frames_begin_with_the_still_and_stay_near_it_without_repeating() {
        let still = person(240, 300, 0);
        let frames = alive(&still, 5, 2);
        assert!(frames[0] == still);
        for (at, frame) in frames.iter().enumerate().skip(1) {
            let apart = mean_difference(&frame.picture, &still.picture);
            assert!((0.5..15.0).contains(&apart), "{at} {apart}");
            assert!(
                frames[..at]
                    .iter()
                    .all(|before| before.picture != frame.picture)
            );
        }
        assert!(alive(&still, 5, 2) == frames);
        assert!(alive(&still, 5, 3) != frames);
    }

    #[test]
    fn a_turn_goes_to_the_side_that_was_asked_for_and_comes_back() {
        let still = person(320, 400, 0);
        let mouth = |shot: &Shot| {
            let pixels = shot.picture.enumerate_pixels();
            let red = pixels.filter(|(_, _, pixel)| pixel.0[0] > 140 && pixel.0[1] < 80);
            let (count, sum) =
                red.fold((0_u32, 0_u32), |(count, sum), (x, ..)| (count + 1, sum + x));
            let [x, _] = shot.face.centre();
            (f64::from(sum) / f64::from(count)) as f32 - x
        };
        for (right, side) in [(true, 1.0), (false, -1.0)] {
            let frames = turning(&still, 5, right, 6);
            let off: Vec<f32> = frames.iter().map(|frame| mouth(frame) * side).collect();
            assert!(off[2] > 8.0, "{off:?}");
            assert!(off[2] > off[0] && off[2] > off[4], "{off:?}");
        }
    }

    #[test]
    fn two_people_share_a_session_in_their_own_order() {
        let (ours, theirs) = (
            alive(&person(80, 100, 0), 4, 1),
            alive(&person(80, 100, 40), 4, 1),
        );
        let mixed = two_people(&ours, &theirs, 3);
        assert_eq!(mixed.len(), 4);
        assert!(mixed[..3] == ours[..3]);
        assert!(mixed[3] == theirs[3]);
    }

    #[test]
    fn what_is_presented_becomes_jpeg_and_wav() {
        let presented = Presented::new(alive(&person(80, 100, 0), 2, 1), vec![0.25; 160]);
        let media = presented.encode(90);
        for (bytes, frame) in media.pictures.iter().zip(&presented.frames) {
            let back = image::load_from_memory(bytes).unwrap().into_rgb8();
            assert!(mean_difference(&back, frame) < 3.0);
        }
        assert_eq!(media.pictures.len(), 2);
        assert!(media.recording.starts_with(b"RIFF"));
        assert_eq!(media.recording.len(), 44 + 320);
    }

    #[test]
    fn a_recaptured_video_moves_with_its_frames() {
        let frames = turning(&person(160, 200, 0), 3, true, 6);
        let shown = recaptured(Species::Screen, &frames, &frames[..1], 8);
        assert_eq!(shown.len(), 3);
        let cast = Cast {
            person: &frames[1],
            helper: &frames[0],
        };
        let again = Species::Screen.make(cast, Take { seed: 8, frame: 1 });
        assert!(shown[1] == again);
    }
}

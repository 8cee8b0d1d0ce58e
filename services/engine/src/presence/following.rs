//! Does a face follow the colours of the screen, and what is behind it not?
//!
//! A camera adapts: what the colours do to exposure and white balance, they do to the whole picture. So it is the skin's light *against* the
//! light behind the head that is held against the colours: `r = ln skin − ln behind` for each channel, less its mean over the pictures. A
//! screen that adds the share `a` of a full primary to the light on the face gives `r ≈ a · colour`.
//!
//! Every sequence that could have been drawn explains `r` more or less well: with noise of unknown size its probability is Student's,
//! `p ∝ (1 + e / νσ²)^(−(ν + d) / 2)`, `e` the squares that are left at the best gain, `d` the freedom of the numbers. The score is
//! `ln p(asked) − ln (½ p(nothing) + ½ mean p(any sequence))`: near 0 when nothing follows anything, at most `ln 1,500`, far below 0 when
//! something else is followed.

use domain::{challenge::Colour, evidence::FlashLight};

/// Pictures with a face that are needed.
const FRAMES_MIN: usize = 3;
/// Longest sequence whose alternatives are counted: 6 · 5⁵ = 18,750.
const COLOURS_MAX: usize = 6;
/// Light below which eight bits are too coarse for a logarithm.
const LIGHT_MIN: f32 = 0.002;
/// Noise of `r`: what movement of head and hand does to the two means. Stated, not measured on phones: the heavy tails of
/// Student's distribution stand for what it does not know.
const NOISE: f64 = 0.02;
/// How well the noise is known, as a number of observations.
const NOISE_FREEDOM: f64 = 6.0;
/// No screen at arm's length doubles the light more often than once.
const GAIN_MAX: f64 = 1.0;
/// Share of the skin as bright as can be, mean over the pictures, above which no light can be added.
const CLIPPED_MAX: f32 = 0.25;
/// Mean luma of skin from which a face that follows nothing may stand in daylight.
const LUMA_FULL: f32 = 165.0;
/// Nats by which some sequence must be better than none before anything was followed.
const SOMETHING_MIN: f64 = 4.0;

/// What the pictures' light says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Followed {
    /// None where light leaves no room to tell.
    pub score: Option<f64>,
    /// Light of a full primary on the face, against the light behind it: share.
    pub gain: f32,
    /// Share of the face's change of colour that shows behind it, too, 0..1.
    pub behind: Option<f32>,
}

/// Three numbers for each picture.
type Rows = Vec<[f64; 3]>;

/// Holds the pictures' light against the colours that were asked for; `lights` has one entry for each. None with too few faces.
pub fn follow(lights: &[Option<FlashLight>], colours: &[Colour]) -> Option<Followed> {
    let bright = |light: &FlashLight| light.skin.iter().all(|&light| light >= LIGHT_MIN);
    let usable: Vec<(usize, FlashLight)> = (0..)
        .zip(lights)
        .filter_map(|(at, light)| Some((at, (*light)?)))
        .filter(|(_, light)| bright(light))
        .collect();
    if usable.len() < FRAMES_MIN || colours.len() != lights.len() || colours.len() > COLOURS_MAX {
        return None;
    }
    let places: Vec<usize> = usable.iter().map(|(at, _)| *at).collect();
    let skin: Rows = usable
        .iter()
        .map(|(_, light)| logarithms(light.skin))
        .collect();
    let behind: Option<Rows> = usable
        .iter()
        .map(|(_, light)| Some(logarithms(light.behind?)))
        .collect();
    let told = match &behind {
        Some(behind) => beside(&skin, behind, &places, colours),
        None => alone(&skin, &places, colours),
    };
    let count = usable.len() as f32;
    let mean =
        |of: fn(&FlashLight) -> f32| usable.iter().map(|(_, one)| of(one)).sum::<f32>() / count;
    let full = mean(|light| light.clipped) > CLIPPED_MAX
        || mean(|light| light.luma) >= LUMA_FULL && told.something < SOMETHING_MIN;
    Some(Followed {
        score: (!full && told.score.is_finite()).then_some(told.score),
        gain: told.gain as f32,
        behind: told.behind.map(|share| share as f32),
    })
}

struct Told {
    score: f64,
    gain: f64,
    behind: Option<f64>,
    /// Nats by which the best sequence is better than none.
    something: f64,
}

/// Face and background. Where the background follows as the face does, a sheet or a glass was lit: that takes back what the face says, and
/// more.
fn beside(skin: &Rows, behind: &Rows, places: &[usize], colours: &[Colour]) -> Told {
    let against: Rows = skin
        .iter()
        .zip(behind)
        .map(|(skin, behind)| [0, 1, 2].map(|channel| skin[channel] - behind[channel]))
        .collect();
    let face = Explained::new(against, false);
    let (hue, hue_behind) = (
        Explained::new(skin.clone(), true),
        Explained::new(behind.clone(), true),
    );
    let (of_face, of_behind) = (hue.gain(colours, places), hue_behind.gain(colours, places));
    let share = if of_behind > 0.0 {
        of_behind / of_face.max(of_behind)
    } else {
        0.0
    };
    let (score, something) = face.score(colours, places);
    let (flat, _) = hue_behind.score(colours, places);
    let weighed = if score > 0.0 {
        score * (1.0 - 2.0 * share)
    } else {
        score
    };
    Told {
        score: weighed - share * flat.max(0.0),
        gain: face.gain(colours, places).max(0.0),
        behind: Some(share),
        something: something.max(hue.score(colours, places).1),
    }
}

/// Only the face's hue, where it fills the picture: a print would follow as well, so this never speaks for anybody.
fn alone(skin: &Rows, places: &[usize], colours: &[Colour]) -> Told {
    let hue = Explained::new(skin.clone(), true);
    let (score, something) = hue.score(colours, places);
    Told {
        score: score.min(0.0),
        gain: hue.gain(colours, places).max(0.0),
        behind: None,
        something,
    }
}

/// Numbers to be explained by colours.
struct Explained {
    rows: Rows,
    /// Without what all channels of a picture share.
    hue: bool,
    energy: f64,
    freedom: f64,
}

impl Explained {
    fn new(mut rows: Rows, hue: bool) -> Self {
        centre(&mut rows, hue);
        let channels = if hue { 2.0 } else { 3.0 };
        Self {
            energy: rows.as_flattened().iter().map(|value| value * value).sum(),
            freedom: channels * (rows.len() as f64 - 1.0),
            rows,
            hue,
        }
    }

    /// Of a full primary, at least squares.
    fn gain(&self, colours: &[Colour], places: &[usize]) -> f64 {
        let (along, power) = self.along(colours, places);
        if power > 0.0 { along / power } else { 0.0 }
    }

    fn along(&self, colours: &[Colour], places: &[usize]) -> (f64, f64) {
        let mut light: Rows = places
            .iter()
            .map(|&at| colours[at].light().map(f64::from))
            .collect();
        centre(&mut light, self.hue);
        let (seen, light) = (self.rows.as_flattened(), light.as_flattened());
        let along = seen
            .iter()
            .zip(light)
            .map(|(seen, light)| seen * light)
            .sum();
        (along, light.iter().map(|light| light * light).sum())
    }

    /// `ln p`, but for what is common to all.
    fn probability(&self, colours: &[Colour], places: &[usize]) -> f64 {
        let (along, power) = self.along(colours, places);
        let gain = if power > 0.0 {
            (along / power).clamp(0.0, GAIN_MAX)
        } else {
            0.0
        };
        self.left((self.energy - 2.0 * gain * along + gain * gain * power).max(0.0))
    }

    fn left(&self, squares: f64) -> f64 {
        let known = NOISE_FREEDOM * NOISE * NOISE;
        -0.5 * (NOISE_FREEDOM + self.freedom) * (squares / known).ln_1p()
    }

    /// The score of the colours, and by how much the best sequence is better than none.
    fn score(&self, colours: &[Colour], places: &[usize]) -> (f64, f64) {
        let asked = self.probability(colours, places);
        let nothing = self.left(self.energy);
        let all = sequences(colours.len());
        let each: Vec<f64> = all
            .iter()
            .map(|other| self.probability(other, places))
            .collect();
        let most = each.iter().copied().fold(nothing, f64::max);
        let sum: f64 = each.iter().map(|one| (one - most).exp()).sum();
        let any = 0.5 * (nothing - most).exp() + 0.5 * sum / each.len() as f64;
        (asked - most - any.ln(), most - nothing)
    }
}

/// Every sequence that could have been drawn.
fn sequences(len: usize) -> Vec<Vec<Colour>> {
    let mut all: Vec<Vec<Colour>> = vec![Vec::new()];
    for _ in 0..len {
        let longer = |one: &Vec<Colour>| {
            let last = one.last().copied();
            let next = Colour::ALL
                .iter()
                .filter(move |&&colour| Some(colour) != last);
            let one = one.clone();
            next.map(move |&colour| [one.as_slice(), &[colour]].concat())
                .collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

fn logarithms(light: [f32; 3]) -> [f64; 3] {
    light.map(|light| f64::from(light.max(LIGHT_MIN)).ln())
}

/// Takes off each channel's mean over the pictures; for hues, before that, each picture's mean over the channels.
fn centre(rows: &mut Rows, hue: bool) {
    if hue {
        for row in rows.iter_mut() {
            let mean = row.iter().sum::<f64>() / 3.0;
            *row = row.map(|value| value - mean);
        }
    }
    let count = rows.len() as f64;
    for channel in 0..3 {
        let mean = rows.iter().map(|row| row[channel]).sum::<f64>() / count;
        for row in rows.iter_mut() {
            row[channel] -= mean;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Colour::{Blue, Cyan, Green, Magenta, Red, Yellow};

    const ASKED: [Colour; 4] = [Red, Blue, Green, Magenta];

    /// Skin and background under room light, lit by these colours with these gains; a hand's tremor on top.
    fn lights(colours: &[Colour], face: f32, behind: f32) -> Vec<Option<FlashLight>> {
        let tremor = [0.004, -0.003, 0.002, -0.003];
        let one = |(at, colour): (usize, &Colour)| {
            let light = colour.light();
            let add = |own: [f32; 3], gain: f32, noise: f32| {
                [0, 1, 2].map(|channel| own[channel] * (1.0 + gain * light[channel] + noise))
            };
            Some(FlashLight {
                skin: add([0.34, 0.21, 0.15], face, tremor[at % 4]),
                clipped: 0.0,
                luma: 135.0,
                behind: Some(add([0.4, 0.42, 0.4], behind, -tremor[(at + 1) % 4])),
            })
        };
        colours.iter().enumerate().map(one).collect()
    }

    fn score(lights: &[Option<FlashLight>]) -> f64 {
        follow(lights, &ASKED).unwrap().score.unwrap()
    }

    #[test]
    fn each_answer_has_its_score() {
        let genuine = follow(&lights(&ASKED, 0.2, 0.015), &ASKED).unwrap();
        assert!(genuine.score.unwrap() > 4.0, "{genuine:?}");
        assert!((genuine.gain - 0.17).abs() < 0.03, "{genuine:?}");
        assert!(genuine.behind.unwrap() < 0.15, "{genuine:?}");
        let others = [
            [Blue, Red, Magenta, Green],
            [Cyan, Yellow, Red, Blue],
            [Green, Red, Blue, Green],
        ];
        for other in others {
            let told = score(&lights(&other, 0.2, 0.015));
            assert!(told < -4.0, "{other:?}: {told}");
        }
        let paper = follow(&lights(&ASKED, 0.2, 0.17), &ASKED).unwrap();
        assert!(paper.score.unwrap() < -2.0, "{paper:?}");
        assert!(paper.behind.unwrap() > 0.7);
        let nothing = score(&lights(&ASKED, 0.0, 0.0));
        assert!((-1.0..1.0).contains(&nothing), "{nothing}");
    }

    #[test]
    fn a_camera_that_adapts_changes_nothing() {
        let mut adapted = lights(&ASKED, 0.2, 0.015);
        for (at, light) in adapted.iter_mut().enumerate() {
            let light = light.as_mut().unwrap();
            // Exposure and white balance pull the picture back towards grey.
            let colour = ASKED[at].light();
            let pull = [0, 1, 2].map(|channel| 1.1 - 0.15 * colour[channel]);
            light.skin = [0, 1, 2].map(|channel| light.skin[channel] * pull[channel]);
            let behind = light.behind.unwrap();
            light.behind = Some([0, 1, 2].map(|channel| behind[channel] * pull[channel]));
        }
        assert!(score(&adapted) > 4.0, "{}", score(&adapted));
    }

    #[test]
    fn a_late_answer_is_another_sequence() {
        let late = [Yellow, Red, Blue, Green];
        assert!(score(&lights(&late, 0.2, 0.01)) < -4.0);
    }

    #[test]
    fn daylight_that_drowns_the_screen_cannot_be_told() {
        let mut bright = lights(&ASKED, 0.004, 0.0);
        for light in bright.iter_mut().flatten() {
            light.luma = 190.0;
        }
        assert_eq!(follow(&bright, &ASKED).unwrap().score, None);
        let mut clipped = lights(&ASKED, 0.2, 0.0);
        for light in clipped.iter_mut().flatten() {
            light.clipped = 0.5;
        }
        assert_eq!(follow(&clipped, &ASKED).unwrap().score, None);
        let mut other = lights(&[Blue, Red, Magenta, Green], 0.2, 0.0);
        for light in other.iter_mut().flatten() {
            light.luma = 190.0;
        }
        assert!(
            score(&other) < -4.0,
            "what follows something else is told in any light"
        );
    }

    #[test]
    fn without_a_background_it_speaks_against_but_never_for_anybody() {
        let strip = |mut lights: Vec<Option<FlashLight>>| {
            for light in lights.iter_mut().flatten() {
                light.behind = None;
            }
            lights
        };
        let near = follow(&strip(lights(&ASKED, 0.3, 0.0)), &ASKED).unwrap();
        assert!(near.score.unwrap().abs() < 1e-9, "{near:?}");
        let other = strip(lights(&[Blue, Red, Magenta, Green], 0.3, 0.0));
        assert!(score(&other) < -2.0, "{}", score(&other));
    }

    #[test]
    fn a_frame_without_a_face_is_left_out_and_two_are_too_many() {
        let mut lights = lights(&ASKED, 0.2, 0.01);
        lights[1] = None;
        let three = score(&lights);
        assert!(three > 2.0, "{three}");
        lights[3] = None;
        assert_eq!(follow(&lights, &ASKED), None);
        assert_eq!(follow(&[], &[]), None);
        assert_eq!(follow(&lights, &ASKED[..3]), None);
    }

    #[test]
    fn all_sequences_are_counted_once() {
        let all = sequences(4);
        assert_eq!(all.len(), 750);
        let apart = |one: &Vec<Colour>| one.windows(2).all(|pair| pair[0] != pair[1]);
        assert!(all.iter().all(apart));
    }
}

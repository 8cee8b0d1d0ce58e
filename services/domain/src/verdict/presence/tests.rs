use proptest::prelude::*;

use super::*;
use crate::{
    challenge::{Colour, Flash, Presence, Side},
    evidence::{FlashLight, MediaFault, PictureFacts, PictureMeasurement},
    plan::Factors,
    verdict::{
        ANSWER_RETRIES_MAX, Earlier, Verdict, VerdictKind, decide, decide_after,
        tests::{comparison, good_face},
        weigh,
    },
};

const LIGHT: FlashLight = FlashLight {
    skin: [0.3; 3],
    clipped: 0.0,
    luma: 140.0,
    behind: Some([0.2; 3]),
};

fn asked() -> Presence {
    Presence {
        turn: Some(Side::Left),
        flash: Some(Flash {
            colours: vec![Colour::Red, Colour::Blue, Colour::Green, Colour::Red],
            each_ms: 600,
        }),
    }
}

fn portrait(face: Option<f64>) -> PictureMeasurement {
    PictureMeasurement {
        facts: Ok(PictureFacts {
            width: 640,
            height: 640,
            faces: 1,
            face: Some(good_face()),
        }),
        comparison: face.map(comparison),
        presentation: None,
        coding: None,
        print: None,
        likeness: None,
    }
}

/// Both questions, both answered: degrees and nats of the turn with its face, nats of the colours with their faces.
pub(in crate::verdict) fn answered(
    (degrees, turn, turned): (Option<f64>, Option<f64>, Option<f64>),
    (flash, lit): (Option<f64>, Option<f64>),
) -> PresenceMeasurement {
    let frame = FlashFrame {
        faces: Ok(1),
        light: Some(LIGHT),
        comparison: lit.map(comparison),
    };
    PresenceMeasurement {
        asked: asked(),
        turn: Some(TurnMeasurement {
            picture: portrait(turned),
            followed: degrees.zip(turn).map(|(degrees, nats)| Comparison {
                score: degrees,
                ..comparison(nats)
            }),
        }),
        flash: Some(FlashMeasurement {
            frames: vec![Some(frame); 4],
            gain: Some(0.2),
            behind: Some(0.1),
            followed: flash.map(comparison),
        }),
    }
}

fn followed_all() -> PresenceMeasurement {
    answered((Some(25.0), Some(0.6), Some(5.0)), (Some(2.0), Some(5.0)))
}

/// An attempt by face that is good but for what it shows here.
fn seen(presence: PresenceMeasurement) -> Measurement {
    Measurement {
        pack: Some("test@1".to_owned()),
        pictures: vec![portrait(Some(12.0))],
        voice: None,
        presence: Some(presence),
    }
}

fn decided(presence: PresenceMeasurement, level: SupervisionLevel) -> Verdict {
    decide(&seen(presence), Factors::Face, level, &Policy::default())
}

fn review(reasons: &[Reason]) -> Verdict {
    Verdict::Review {
        reasons: reasons.to_vec(),
    }
}

fn retry(coaching: &[Coaching]) -> Verdict {
    Verdict::Retry {
        coaching: coaching.to_vec(),
    }
}

const LEVELS: [SupervisionLevel; 3] = [
    SupervisionLevel::Strict,
    SupervisionLevel::General,
    SupervisionLevel::Lenient,
];

#[test]
fn who_does_what_was_asked_is_verified_at_every_level() {
    for level in LEVELS {
        assert_eq!(decided(followed_all(), level), Verdict::Verified, "{level}");
    }
}

#[test]
fn what_contradicts_the_question_is_a_reason_at_every_level() {
    let mut other_side = followed_all();
    let turn = other_side.turn.as_mut().unwrap();
    turn.followed = Some(Comparison {
        score: -20.0,
        ..comparison(-2.0)
    });
    let mut other_colours = followed_all();
    other_colours.flash.as_mut().unwrap().followed = Some(comparison(-3.0));
    for level in LEVELS {
        assert_eq!(
            decided(other_side.clone(), level),
            review(&[Reason::TurnNotFollowed])
        );
        assert_eq!(
            decided(other_colours.clone(), level),
            review(&[Reason::FlashNotFollowed])
        );
        assert!(decided(other_colours.clone(), level).failed_match());
    }
}

#[test]
fn an_answer_with_somebody_elses_face_disagrees_with_the_pictures() {
    let mut turned = followed_all();
    turned.turn.as_mut().unwrap().picture.comparison = Some(comparison(-5.0));
    let mut lit = followed_all();
    let frames = &mut lit.flash.as_mut().unwrap().frames;
    for frame in frames.iter_mut().flatten() {
        frame.comparison = Some(comparison(-5.0));
    }
    for level in LEVELS {
        for strange in [&turned, &lit] {
            assert_eq!(
                decided(strange.clone(), level),
                review(&[Reason::PicturesDisagree])
            );
        }
    }
}

#[test]
fn one_frame_of_the_person_lends_its_face_to_no_other() {
    let mut mixed = followed_all();
    let frames = &mut mixed.flash.as_mut().unwrap().frames;
    frames[2].as_mut().unwrap().comparison = Some(comparison(-4.0));
    assert_eq!(flash_llr(&mixed), Some(Llr::NONE));
    let frames = &mut mixed.flash.as_mut().unwrap().frames;
    frames[2].as_mut().unwrap().comparison = None;
    assert_eq!(flash_llr(&mixed), Some(Llr::NONE));
}

#[test]
fn only_the_strict_level_demands_an_answer() {
    let mut silent = followed_all();
    silent.turn = None;
    silent.flash = None;
    let [strict, general, lenient] = LEVELS.map(|level| decided(silent.clone(), level));
    assert_eq!(strict, review(&[Reason::PresenceMissing]));
    assert!(!strict.failed_match(), "nobody is accused of it");
    assert_eq!([general, lenient], [Verdict::Verified, Verdict::Verified]);
    let mut half = followed_all();
    half.flash.as_mut().unwrap().frames[3] = None;
    let strict = decided(half, SupervisionLevel::Strict);
    assert_eq!(strict, review(&[Reason::PresenceMissing]));
}

#[test]
fn a_phone_that_cannot_ask_owes_nothing_unless_the_policy_says_so() {
    let mut unasked = seen(followed_all());
    unasked.presence = None;
    let level = SupervisionLevel::Strict;
    let decided = |policy: &Policy| decide(&unasked, Factors::Face, level, policy);
    assert_eq!(decided(&Policy::default()), Verdict::Verified);
    let owed = Policy {
        presence_owed: Demanded::Strict,
        ..Policy::default()
    };
    assert_eq!(decided(&owed), review(&[Reason::PresenceMissing]));
}

#[test]
fn what_cannot_be_seen_is_asked_for_again_twice_and_then_an_officer_looks() {
    type Case = (fn(&mut PresenceMeasurement), Coaching);
    let cases: [Case; 6] = [
        (
            |shown| {
                shown
                    .turn
                    .as_mut()
                    .unwrap()
                    .followed
                    .as_mut()
                    .unwrap()
                    .score = 4.0;
            },
            Coaching::TurnHead,
        ),
        (
            |shown| shown.turn.as_mut().unwrap().followed = None,
            Coaching::TurnHead,
        ),
        (
            |shown| {
                let turn = shown.turn.as_mut().unwrap();
                turn.picture.facts = Err(MediaFault::Damaged);
            },
            Coaching::PictureUnreadable,
        ),
        (
            |shown| shown.flash.as_mut().unwrap().followed = None,
            Coaching::TooBright,
        ),
        (
            |shown| {
                let flash = shown.flash.as_mut().unwrap();
                flash.followed = None;
                flash.frames[1].as_mut().unwrap().light = None;
            },
            Coaching::StayInColours,
        ),
        (
            |shown| {
                shown.flash.as_mut().unwrap().frames[0]
                    .as_mut()
                    .unwrap()
                    .faces = Ok(2);
            },
            Coaching::SeveralFaces,
        ),
    ];
    for (spoil, coaching) in cases {
        let mut shown = followed_all();
        spoil(&mut shown);
        let after = |retries, level| {
            let seen = seen(shown.clone());
            let mut earlier = Earlier::default();
            for _ in 0..retries {
                earlier.add(&retry(&[coaching]), &seen);
            }
            decide_after(&earlier, &seen, Factors::Face, level, &Policy::default())
        };
        assert_eq!(after(0, SupervisionLevel::Strict), retry(&[coaching]));
        assert_eq!(after(1, SupervisionLevel::Strict), retry(&[coaching]));
        let third = after(ANSWER_RETRIES_MAX, SupervisionLevel::Strict);
        assert_eq!(third, review(&[Reason::PresenceMissing]), "{coaching}");
        assert_eq!(after(0, SupervisionLevel::General), Verdict::Verified);
    }
}

#[test]
fn light_that_cannot_be_told_is_no_evidence() {
    let mut drowned = followed_all();
    drowned.flash.as_mut().unwrap().followed = None;
    let fused = |presence| {
        let level = SupervisionLevel::General;
        weigh(&seen(presence), Factors::Face, level, &Policy::default())
            .unwrap()
            .llr
    };
    let mut without = followed_all();
    without.flash = None;
    assert_eq!(fused(drowned), fused(without));
}

#[test]
fn a_voice_path_asks_for_no_face_in_any_light() {
    let mut other_colours = followed_all();
    other_colours.flash.as_mut().unwrap().followed = Some(comparison(-3.0));
    let seen = seen(other_colours);
    let level = SupervisionLevel::Strict;
    let verdict = decide(&seen, Factors::Voice, level, &Policy::default());
    assert_eq!(verdict, retry(&[Coaching::NoSpeech]));
}

#[test]
fn an_older_measurement_was_asked_for_nothing() {
    let mut stored = serde_json::to_value(seen(followed_all())).unwrap();
    assert!(stored.as_object_mut().unwrap().remove("presence").is_some());
    let read: Measurement = serde_json::from_value(stored).unwrap();
    assert_eq!(read.presence, None);
    let whole = serde_json::to_string(&seen(followed_all())).unwrap();
    let read: Measurement = serde_json::from_str(&whole).unwrap();
    assert_eq!(read, seen(followed_all()));
}

proptest! {
    /// Leaving out a whole answer is never better than an answer that says nothing, or speaks for the person.
    #[test]
    fn an_answer_that_is_missing_never_raises_the_ratio_nor_verifies_anybody(
        turn in 0.0_f64..0.7, flash in 0.0_f64..3.0, which in 0_usize..3,
        level in prop::sample::select(LEVELS.to_vec()), face in -2.0_f64..12.0,
    ) {
        let with = answered((Some(40.0 * turn), Some(turn), Some(5.0)), (Some(flash), Some(5.0)));
        let mut without = with.clone();
        match which {
            0 => without.turn = None,
            1 => without.flash = None,
            _ => (without.turn, without.flash) = (None, None),
        }
        let measured = |presence| {
            let mut seen = seen(presence);
            seen.pictures[0].comparison = Some(comparison(face));
            seen
        };
        let policy = Policy::default();
        let fused = |seen: &Measurement| weigh(seen, Factors::Face, level, &policy).unwrap().llr.get();
        let (with, without) = (measured(with), measured(without));
        prop_assert!(fused(&without) <= fused(&with) + 1e-9);
        let verified = |seen: &Measurement| decide(seen, Factors::Face, level, &policy).kind() == VerdictKind::Verified;
        prop_assert!(!verified(&without) || verified(&with));
    }
}

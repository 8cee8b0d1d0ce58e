use proptest::prelude::*;

use super::*;
use crate::evidence::{Comparison, ContentMethod, FaceFacts, PictureFacts};

/// A sharp, evenly lit face that looks into the camera.
pub(super) fn good_face() -> FaceFacts {
    FaceFacts {
        bounds: [200.0, 140.0, 240.0, 300.0],
        detection: 0.95,
        eye_distance_px: 100.0,
        sharpness: 400.0,
        luma_mean: 130.0,
        luma_std: 45.0,
        overexposed: 0.0,
        underexposed: 0.0,
        yaw_deg: 0.0,
        pitch_deg: 0.0,
        roll_deg: 0.0,
        inside: Some(1.0),
        luma_entropy_bits: Some(7.2),
        uniformity: Some(0.85),
        eyes_luma: Some(0.7),
        mouth_contrast: Some(0.4),
    }
}

pub(super) fn comparison(nats: f64) -> Comparison {
    Comparison {
        score: nats,
        llr: Llr::new(nats).unwrap(),
    }
}

/// A genuine attempt; one picture for each entry, with what it says about a presentation attack.
fn seen(presentation: &[Option<f64>]) -> Measurement {
    let picture = |nats: &Option<f64>| PictureMeasurement {
        facts: Ok(PictureFacts {
            width: 640,
            height: 640,
            faces: 1,
            face: Some(good_face()),
        }),
        comparison: Some(comparison(8.0)),
        presentation: nats.map(comparison),
        coding: None,
        print: None,
        likeness: None,
    };
    Measurement {
        pack: Some("test@1".to_owned()),
        pictures: presentation.iter().map(picture).collect(),
        voice: None,
        presence: None,
    }
}

fn decided(presentation: &[Option<f64>]) -> Verdict {
    let stakes = Stakes {
        other_person: Stake::try_from(40_000.0).unwrap(),
        ..Stakes::default()
    };
    let policy = Policy {
        stakes,
        ..Policy::default()
    };
    decide(
        &seen(presentation),
        Factors::Face,
        SupervisionLevel::General,
        &policy,
    )
}

#[test]
fn what_seems_to_be_on_paper_goes_to_an_officer_as_an_attack() {
    let reasons = vec![Reason::PresentationAttack];
    assert_eq!(
        decided(&[Some(-1.7), Some(-1.7), Some(-1.7)]),
        Verdict::Review { reasons }
    );
    assert_eq!(Reason::PresentationAttack.kind(), ReasonKind::Attack);
}

#[test]
fn one_turned_head_is_outvoted() {
    assert_eq!(
        decided(&[Some(2.0), Some(-3.0), Some(2.0)]),
        Verdict::Verified
    );
}

#[test]
fn a_measurement_of_an_older_engine_says_nothing_about_attacks() {
    let mut stored = serde_json::to_value(seen(&[Some(-9.0)])).unwrap();
    let picture = stored["pictures"][0].as_object_mut().unwrap();
    assert!(picture.remove("presentation").is_some());
    let old: Measurement = serde_json::from_value(stored).unwrap();
    assert_eq!(old, seen(&[None]));
    assert_eq!(decided(&[None]), Verdict::Verified);
}

proptest! {
    #[test]
    fn attack_evidence_never_asks_for_a_retry_and_missing_evidence_changes_nothing(
        nats in prop::collection::vec(prop::option::of(-5.0_f64..5.0), 1..5), at in 0_usize..5,
    ) {
        let verdict = decided(&nats);
        prop_assert_ne!(verdict.kind(), VerdictKind::Retry);
        let mean = presentation_llr(&seen(&nats).pictures);
        let speaks = mean.is_some_and(|mean| mean.get() < Policy::default().presentation_min);
        prop_assert_eq!(verdict.kind() == VerdictKind::Review, speaks);
        let mut more = nats.clone();
        more.insert(at.min(nats.len()), None);
        prop_assert_eq!(decided(&more), verdict);
    }

    #[test]
    fn evidence_for_a_live_face_never_lifts_a_verdict_above_that_without_any(nats in 0.0_f64..9.0) {
        let mut with = seen(&[Some(nats)]);
        let mut without = seen(&[None]);
        for measured in [&mut with, &mut without] {
            measured.pictures[0].comparison = Some(comparison(1.0));
        }
        let policy = Policy::default();
        let decided = |seen| decide(seen, Factors::Face, SupervisionLevel::General, &policy);
        prop_assert_eq!(decided(&with), decided(&without));
    }
}

/// An attempt by voice alone, with this evidence of what was said.
fn spoken(content_llr: f64, speaker_llr: f64) -> Measurement {
    let mut attempt = seen(&[Some(-9.0)]);
    attempt.voice = Some(VoiceMeasurement {
        facts: Ok(serde_json::from_value(serde_json::json!({
            "duration_s": 6.0, "speech_s": 4.0, "level_dbfs": -20.0, "snr_db": 30.0, "clipped": 0.0,
        }))
        .unwrap()),
        speaker: Some(comparison(speaker_llr)),
        content: Some((ContentMethod::Network, comparison(content_llr))),
        presentation: None,
        print: None,
    });
    attempt
}

#[test]
fn a_voice_path_does_not_look_at_faces() {
    assert_eq!(
        decide(
            &spoken(4.0, 6.0),
            Factors::Voice,
            SupervisionLevel::General,
            &Policy::default()
        ),
        Verdict::Verified
    );
}

/// What follows from a voice after attempts that said so much of their digits and were to be read again.
fn after(earlier: &[f64], seen: &Measurement) -> Verdict {
    let mut told = Earlier::default();
    for &llr in earlier {
        told.add(&read_again(), &spoken(llr, 6.0));
    }
    let general = SupervisionLevel::General;
    decide_after(&told, seen, Factors::Voice, general, &Policy::default())
}

fn read_again() -> Verdict {
    Verdict::Retry {
        coaching: vec![Coaching::ReadClearly],
    }
}

fn review(reasons: &[Reason]) -> Verdict {
    Verdict::Review {
        reasons: reasons.to_vec(),
    }
}

#[test]
fn digits_that_say_nothing_are_asked_for_again_twice_and_then_go_to_an_officer() {
    let unclear = spoken(0.5, 6.0);
    let digits = review(&[Reason::DigitsMismatch]);
    for retries in 0..ANSWER_RETRIES_MAX {
        assert_eq!(after(&vec![0.5; retries], &unclear), read_again());
    }
    assert_eq!(after(&[0.5; ANSWER_RETRIES_MAX], &unclear), digits);
    assert_eq!(
        after(&[], &spoken(-2.0, 6.0)),
        digits,
        "something else was said"
    );
    let stranger = after(&[], &spoken(0.5, -4.0));
    assert_ne!(
        stranger.kind(),
        VerdictKind::Retry,
        "nobody is told to try again whose voice speaks against him"
    );
}

#[test]
fn reading_again_pays_only_who_reads_better() {
    assert_eq!(after(&[], &spoken(1.2, 6.0)), Verdict::Verified);
    // As little as the first time, with luck: the mean of both is below the bound.
    assert_eq!(after(&[0.2], &spoken(1.2, 6.0)), read_again());
    assert_eq!(
        after(&[0.2, 0.4], &spoken(1.2, 6.0)),
        review(&[Reason::DigitsMismatch])
    );
    assert_eq!(after(&[0.2], &spoken(3.0, 6.0)), Verdict::Verified);
}

#[test]
fn what_was_too_dark_or_too_quiet_says_nothing_of_digits() {
    let mut told = Earlier::default();
    let dark = Verdict::Retry {
        coaching: vec![Coaching::TooDark],
    };
    told.add(&dark, &spoken(-3.0, 6.0));
    told.add(&Verdict::Verified, &spoken(-3.0, 6.0));
    assert_eq!(told.retries(), 1);
    let general = SupervisionLevel::General;
    let policy = Policy::default();
    let now = decide_after(&told, &spoken(2.0, 6.0), Factors::Voice, general, &policy);
    assert_eq!(now, Verdict::Verified);
}

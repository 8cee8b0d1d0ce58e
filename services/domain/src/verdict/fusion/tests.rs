use proptest::prelude::*;

use super::*;
use crate::{
    evidence::{
        ContentMethod, PictureFacts, PictureMeasurement, PresenceMeasurement, VoiceFacts,
        VoiceMeasurement,
    },
    verdict::{
        Policy, Reason, ReasonKind, Stake, Verdict, VerdictKind, decide,
        presence::tests::answered,
        tests::{comparison, good_face},
        weigh,
    },
};

const LEVELS: [SupervisionLevel; 3] = [
    SupervisionLevel::Strict,
    SupervisionLevel::General,
    SupervisionLevel::Lenient,
];
const FACTORS: [Factors; 3] = [Factors::FaceAndVoice, Factors::Face, Factors::Voice];

/// What an attempt says, in nats; none where something could not be told.
#[derive(Debug, Clone)]
struct Said {
    /// Face and presentation of each picture.
    pictures: Vec<[Option<f64>; 2]>,
    speaker: Option<f64>,
    content: Option<f64>,
    /// The voice was before the microphone.
    live_voice: Option<f64>,
    /// The turn and its face, the colours and their faces; none when nothing was asked.
    presence: Option<[Option<f64>; 4]>,
}

impl Said {
    fn genuine() -> Self {
        Self {
            pictures: vec![[Some(9.0), Some(2.0)]; 2],
            speaker: Some(4.0),
            content: Some(4.0),
            live_voice: Some(1.0),
            presence: None,
        }
    }

    /// Its pieces of evidence, whether there or not.
    fn pieces(&mut self) -> Vec<&mut Option<f64>> {
        let pictures = self.pictures.iter_mut().flatten();
        pictures
            .chain([&mut self.speaker, &mut self.content, &mut self.live_voice])
            .chain(self.presence.iter_mut().flatten())
            .collect()
    }

    fn measured(&self) -> Measurement {
        let picture = |[face, live]: &[Option<f64>; 2]| PictureMeasurement {
            facts: Ok(PictureFacts {
                width: 640,
                height: 640,
                faces: 1,
                face: Some(good_face()),
            }),
            comparison: face.map(comparison),
            presentation: live.map(comparison),
            coding: None,
            print: None,
            likeness: None,
        };
        Measurement {
            pack: Some("test@1".to_owned()),
            pictures: self.pictures.iter().map(picture).collect(),
            voice: Some(VoiceMeasurement {
                facts: Ok(VoiceFacts {
                    duration_s: 6.0,
                    speech_s: 4.0,
                    level_dbfs: -20.0,
                    snr_db: Some(30.0),
                    clipped: 0.0,
                    bandwidth_hz: None,
                }),
                speaker: self.speaker.map(comparison),
                content: self
                    .content
                    .map(|nats| (ContentMethod::Network, comparison(nats))),
                presentation: self.live_voice.map(comparison),
                print: None,
            }),
            presence: self.shown(),
        }
    }

    fn shown(&self) -> Option<PresenceMeasurement> {
        let [turn, turned, flash, lit] = self.presence?;
        let degrees = turn.map(|nats| 10.0 * nats);
        Some(answered((degrees, turn, turned), (flash, lit)))
    }

    fn fused(&self, factors: Factors, level: SupervisionLevel) -> f64 {
        let fused = weigh(&self.measured(), factors, level, &Policy::default());
        fused.expect("models measured").llr.get()
    }

    fn decided(&self, factors: Factors, level: SupervisionLevel) -> Verdict {
        decide(&self.measured(), factors, level, &Policy::default())
    }
}

fn said() -> impl Strategy<Value = Said> {
    let nats = || prop::option::of(-8.0_f64..14.0);
    (
        prop::collection::vec([nats(), nats()], 1..4),
        [nats(), nats(), nats()],
        prop::option::of([nats(), nats(), nats(), nats()]),
    )
        .prop_map(
            |(pictures, [speaker, content, live_voice], presence)| Said {
                pictures,
                speaker,
                content,
                live_voice,
                presence,
            },
        )
}

fn circumstances() -> impl Strategy<Value = (Factors, SupervisionLevel)> {
    (
        prop::sample::select(FACTORS.to_vec()),
        prop::sample::select(LEVELS.to_vec()),
    )
}

proptest! {
    /// Taking any piece of evidence away is never better than the same piece saying nothing, or speaking for the person, and nothing is
    /// verified without it that would not be verified with it.
    #[test]
    fn evidence_that_is_missing_never_raises_the_ratio(
        said in said(), (factors, level) in circumstances(), at in any::<prop::sample::Index>(), speaks in 0.0_f64..14.0,
    ) {
        let with = |nats: Option<f64>| {
            let mut said = said.clone();
            let mut pieces = said.pieces();
            let at = at.index(pieces.len());
            *pieces[at] = nats;
            said
        };
        let missing = with(None);
        for there in [with(Some(0.0)), with(Some(speaks))] {
            let (missing_llr, llr) = (missing.fused(factors, level), there.fused(factors, level));
            prop_assert!(missing_llr <= llr + 1e-9, "{missing_llr} above {llr}");
            if missing.decided(factors, level) == Verdict::Verified {
                prop_assert_eq!(there.decided(factors, level), Verdict::Verified);
            }
        }
    }

    #[test]
    fn no_piece_of_evidence_that_speaks_more_for_the_person_lowers_the_ratio(
        said in said(), (factors, level) in circumstances(), at in any::<prop::sample::Index>(), more in 0.0_f64..9.0,
    ) {
        let mut better = said.clone();
        let mut pieces = better.pieces();
        let at = at.index(pieces.len());
        if let Some(nats) = pieces[at].as_mut() {
            *nats += more;
        }
        prop_assert!(better.fused(factors, level) >= said.fused(factors, level) - 1e-9);
    }

    #[test]
    fn an_attack_that_nothing_speaks_against_cannot_be_bought_off(
        face in 0.0_f64..1e6, speaker in 0.0_f64..1e6, (factors, level) in circumstances(),
    ) {
        let attempt = Said { pictures: vec![[Some(face), None]], speaker: Some(speaker), content: None, live_voice: None, presence: None };
        let fused = weigh(&attempt.measured(), factors, level, &Policy::default()).unwrap();
        let free = fused.against.iter().filter(|one| one.llr == Llr::NONE);
        for one in free {
            prop_assert!(fused.llr.get() <= fused.asked.get() - one.asked.get() + 1e-9);
        }
    }

    /// The fused ratio lies between the least and the greatest of what speaks against each attack: no bound of a calibration is left.
    #[test]
    fn the_ratio_stays_within_what_its_parts_say(said in said(), (factors, level) in circumstances()) {
        let fused = weigh(&said.measured(), factors, level, &Policy::default()).unwrap();
        let llrs = || fused.against.iter().map(|one| one.llr.get());
        let (least, most) = (llrs().fold(f64::INFINITY, f64::min), llrs().fold(f64::NEG_INFINITY, f64::max));
        prop_assert!((least - 1e-9..=most + 1e-9).contains(&fused.llr.get()), "{fused:?}");
    }

    #[test]
    fn what_a_stricter_level_verifies_a_milder_one_does_too(said in said(), factors in prop::sample::select(FACTORS.to_vec())) {
        let [strict, general, lenient] = LEVELS.map(|level| said.decided(factors, level).kind() == VerdictKind::Verified);
        prop_assert!(strict <= general && general <= lenient);
    }

    #[test]
    fn nothing_is_verified_below_the_threshold_or_without_what_was_asked_for(said in said(), (factors, level) in circumstances()) {
        if said.decided(factors, level) == Verdict::Verified {
            let fused = weigh(&said.measured(), factors, level, &Policy::default()).unwrap();
            prop_assert!(fused.llr >= fused.asked);
            let has = |kind| fused.contributions.iter().any(|one: &Contribution| one.kind == kind);
            prop_assert!(!factors.face() || has(EvidenceKind::Face));
            prop_assert!(!factors.voice() || has(EvidenceKind::Speaker) && has(EvidenceKind::Content));
        }
    }
}

#[test]
fn the_weighted_sum_is_as_by_hand() {
    let (factors, level) = (Factors::FaceAndVoice, SupervisionLevel::General);
    let attempt = Said {
        pictures: vec![[Some(7.0), Some(1.0)]],
        speaker: Some(3.0),
        content: Some(2.0),
        live_voice: Some(0.5),
        presence: None,
    };
    // Odds of 0.01; costs of 10⁶ for another person, of 300 for half another, of 10 for each of the rest. A replay is spoken by a loudspeaker.
    let sum = |llrs: &[f64]| llrs.iter().map(|llr| (-llr).exp()).sum::<f64>();
    let left = 1e4 * (-10.0_f64).exp() + 3.0 * sum(&[7.0, 3.0]) + 0.1 * sum(&[1.0, 0.5, 2.5]);
    let expected = (1e4_f64 + 6.3).ln() - left.ln();
    assert!((attempt.fused(factors, level) - expected).abs() < 1e-9);
    assert_eq!(attempt.decided(factors, level), Verdict::Verified);
}

#[test]
fn a_very_good_face_does_not_make_up_for_signs_of_a_screen_and_a_voice_that_says_little() {
    let (factors, level) = (Factors::FaceAndVoice, SupervisionLevel::General);
    let doubtful = Said {
        pictures: vec![[Some(13.0), Some(-1.6)]; 3],
        speaker: Some(2.0),
        ..Said::genuine()
    };
    // Neither speaks enough against the person to be a reason of its own; what is left of the other person is as good as nothing.
    assert_eq!(doubtful.decided(factors, level), Verdict::Verified);
    let reasons = vec![Reason::EvidenceTooWeak];
    let strict = doubtful.decided(factors, SupervisionLevel::Strict);
    assert_eq!(strict, Verdict::Review { reasons });
}

#[test]
fn a_voice_that_does_not_speak_for_the_person_is_too_weak_beside_his_face() {
    let (factors, level) = (Factors::FaceAndVoice, SupervisionLevel::General);
    let beside = |nats| Said {
        pictures: vec![[Some(13.0), Some(2.0)]; 3],
        speaker: Some(nats),
        ..Said::genuine()
    };
    let reasons = vec![Reason::EvidenceTooWeak];
    let verdict = beside(0.9).decided(factors, level);
    assert_eq!(verdict, Verdict::Review { reasons });
    assert_eq!(beside(1.3).decided(factors, level), Verdict::Verified);
}

#[test]
fn a_voice_from_a_loudspeaker_goes_to_an_officer_as_an_attack_and_one_that_says_little_does_not() {
    let voiced = |live_voice| Said {
        speaker: Some(6.0),
        live_voice,
        ..Said::genuine()
    };
    for factors in [Factors::FaceAndVoice, Factors::Voice] {
        let decided = |nats| voiced(nats).decided(factors, SupervisionLevel::General);
        let reasons = vec![Reason::VoicePresentationAttack];
        assert_eq!(decided(Some(-3.5)), Verdict::Review { reasons });
        assert_eq!(decided(Some(-1.5)), decided(None));
    }
    let unheard = voiced(Some(-3.5)).decided(Factors::Face, SupervisionLevel::General);
    assert_eq!(
        unheard,
        voiced(None).decided(Factors::Face, SupervisionLevel::General)
    );
    assert_eq!(Reason::VoicePresentationAttack.kind(), ReasonKind::Attack);
}

#[test]
fn what_has_a_reason_of_its_own_is_not_told_of_twice() {
    let (factors, level) = (Factors::FaceAndVoice, SupervisionLevel::General);
    let replayed = Said {
        content: Some(-5.0),
        ..Said::genuine()
    };
    let reasons = vec![Reason::DigitsMismatch];
    assert_eq!(
        replayed.decided(factors, level),
        Verdict::Review { reasons }
    );
    let weak = Said {
        pictures: vec![[Some(1.0), Some(2.0)]],
        ..replayed
    };
    let reasons = vec![Reason::DigitsMismatch, Reason::EvidenceTooWeak];
    assert_eq!(weak.decided(factors, level), Verdict::Review { reasons });
}

#[test]
fn higher_costs_ask_for_evidence_against_an_attack_that_has_none() {
    let (factors, level) = (Factors::FaceAndVoice, SupervisionLevel::General);
    let unseen = Said {
        pictures: vec![[Some(12.0), None]],
        ..Said::genuine()
    };
    assert_eq!(unseen.decided(factors, level), Verdict::Verified);
    let dear = Policy {
        stakes: Stakes {
            artefact: Stake::try_from(200.0).unwrap(),
            ..Stakes::default()
        },
        ..Policy::default()
    };
    let verdict = decide(&unseen.measured(), factors, level, &dear);
    let reasons = vec![Reason::EvidenceTooWeak];
    assert_eq!(verdict, Verdict::Review { reasons });
    let decided = decide(&Said::genuine().measured(), factors, level, &dear);
    assert_eq!(decided, Verdict::Verified);
}

#[test]
fn what_was_weighed_is_kept_and_older_rows_are_read() {
    let seen = Said::genuine().measured();
    let (factors, level) = (Factors::FaceAndVoice, SupervisionLevel::Lenient);
    let fused = weigh(&seen, factors, level, &Policy::default());
    assert!(fused.is_some());
    let old = serde_json::to_value(&seen).unwrap();
    let kept = Weighed { seen, fused };
    let stored = serde_json::to_value(&kept).unwrap();
    assert_eq!(stored["fused"]["level"], "lenient");
    assert_eq!(stored["fused"]["contributions"][0]["kind"], "face");
    let read: Weighed = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(read.seen, kept.seen);
    let seen: Measurement = serde_json::from_value(stored).unwrap();
    assert_eq!(
        seen, kept.seen,
        "who knows nothing of it still reads the rest"
    );
    let read: Weighed = serde_json::from_value(old).unwrap();
    assert_eq!((read.seen, read.fused), (kept.seen, None));
}

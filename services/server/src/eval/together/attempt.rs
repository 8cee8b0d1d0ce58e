//! One attempt as the house sees it: a measurement, and what is decided on it at each level.

use domain::{
    Llr,
    evidence::{
        Comparison, ContentMethod, Measurement, PictureMeasurement, VoiceFacts, VoiceMeasurement,
    },
    plan::{Factors, SupervisionLevel},
    verdict::{Policy, Reason, Verdict, decide, weigh},
};
use engine::{
    FaceTemplate,
    voice::{VoiceTemplate, presentation},
};

use super::{
    draw::{Attempt, Drawn},
    people::{Look, Said, compared},
    without_quality,
};

/// The levels, in the order of the figures.
pub const LEVELS: [SupervisionLevel; 3] = [
    SupervisionLevel::Strict,
    SupervisionLevel::General,
    SupervisionLevel::Lenient,
];
/// What is asked for.
const FACTORS: Factors = Factors::FaceAndVoice;

/// By which rules it is decided.
pub struct Rules {
    pub policy: Policy,
    /// Quality counts, and so does evidence of presentation attacks, which wants whole camera frames.
    pub quality: bool,
}

impl Rules {
    pub fn of_house(policy: &Policy) -> Self {
        Self {
            policy: policy.clone(),
            quality: true,
        }
    }

    /// Without the rules of quality, and without evidence of presentation attacks: for data sets of crops.
    pub fn without_quality(policy: &Policy) -> Self {
        Self {
            policy: without_quality(policy),
            quality: false,
        }
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub verdicts: [Verdict; 3],
    /// Fused LLR at the general level, nats; none where it was to be tried again.
    pub llr: Option<f64>,
}

impl Drawn<'_> {
    /// What becomes of each attempt, in their order.
    pub fn decide(&self, rules: &Rules) -> Vec<Decided> {
        let of_one = |attempt: &Attempt| {
            let seen = self.measured(attempt, rules);
            let verdicts = LEVELS.map(|level| decide(&seen, FACTORS, level, &rules.policy));
            let weighed = weigh(&seen, FACTORS, SupervisionLevel::General, &rules.policy);
            let judged = !matches!(verdicts[1], Verdict::Retry { .. });
            Decided {
                llr: weighed.filter(|_| judged).map(|fused| fused.llr.get()),
                verdicts,
            }
        };
        self.attempts.iter().map(of_one).collect()
    }

    fn measured(&self, attempt: &Attempt, rules: &Rules) -> Measurement {
        let template = self.template(attempt);
        let looks = &self.faces.0[attempt.face[1]].looks;
        let pictures = attempt.pictures.iter();
        Measurement {
            pack: Some(self.pack.id()),
            pictures: pictures
                .map(|&at| self.picture(&looks[at], template.as_ref(), rules))
                .collect(),
            voice: Some(self.voice(attempt)),
            presence: None,
        }
    }

    fn picture(
        &self,
        look: &Look,
        template: Option<&FaceTemplate>,
        rules: &Rules,
    ) -> PictureMeasurement {
        let score = template
            .zip(look.embedding.as_ref())
            .map(|(template, probe)| template.compare(probe));
        let part = self.pack.presentation_attack.as_ref();
        let live = look.presentation.zip(part).filter(|_| rules.quality);
        PictureMeasurement {
            facts: look.facts.clone(),
            comparison: score.map(|score| compared(score, &self.pack.face_recogniser.calibration)),
            presentation: live.map(|(score, part)| compared(score, &part.calibration)),
            coding: None,
            print: None,
            likeness: None,
        }
    }

    fn voice(&self, attempt: &Attempt) -> VoiceMeasurement {
        let [claimed, heard] = attempt.voice;
        let said: &Said = &self.voices.0[heard].tests[attempt.recording];
        let template = self.voices.0[claimed].template.as_ref();
        let scatter = self.pack.speaker.scatter.as_ref();
        let score = template
            .zip(said.embedding.as_ref())
            .and_then(|(template, probe)| template.compare(probe, scatter));
        let own = template.and_then(VoiceTemplate::low_end);
        let measured = said.content.filter(|_| attempt.genuine());
        let facts: VoiceFacts = said.facts.clone();
        VoiceMeasurement {
            facts: Ok(facts),
            speaker: score.map(|score| compared(score, &self.pack.speaker.calibration)),
            content: Some(measured.unwrap_or_else(|| self.obeyed())),
            presentation: said
                .presentation
                .map(|score| presentation::comparison(score, own)),
            print: None,
        }
    }

    /// A prompt that was spoken beyond doubt: of impostors always, as nothing keeps them from obeying.
    fn obeyed(&self) -> (ContentMethod, Comparison) {
        let calibration = &self.pack.content.calibration;
        let comparison = Comparison {
            score: 0.0,
            llr: Llr::new(calibration.llr_max).unwrap_or(Llr::NONE),
        };
        (ContentMethod::OwnDigits, comparison)
    }
}

/// The reasons of a review; none of other verdicts.
pub fn reasons(verdict: &Verdict) -> &[Reason] {
    match verdict {
        Verdict::Review { reasons } => reasons,
        Verdict::Verified | Verdict::Retry { .. } => &[],
    }
}

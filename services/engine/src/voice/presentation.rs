//! Passive presentation attack detection by ear: was the voice before the microphone, or did a loudspeaker say it?
//!
//! What is looked at is physics, no network: a phone's loudspeaker is too small to move air below some 250 Hz, and a voice near a microphone has its
//! fundamental there. Where the band was cut behind the microphone (telephony, some headsets) it cannot be told who cut the low end, and nothing is
//! said. A loudspeaker that has a low end passes, and so does a voice that never was in the air: what a synthesiser is fed into. Some voices have little
//! down there themselves: of them less is asked, by what their enrolment shows.

use std::ops::Range;

use domain::evidence::Comparison;

use super::{
    activity::{Speech, WINDOW},
    spectrum::powers,
};
use crate::presence::Affine;

/// Of [`low_end`]. Fitted on 116 recordings of 64 speakers (Mandarin words, English digits, English and Esperanto readings), each in eight conditions of capture, from a
/// simulated loudspeaker and in a simulated call from one (2026-11-30, 928 and 232 less those that nothing is said of). The bounds are stated: microphones differ more than simulated ones, and one
/// loudspeaker in five is taken to be a good one (ln 5). `muster eval voice-presentation` fits a steeper line, 1.09 and 14.2, to half of the recordings at hand: to
/// them alone.
const LOUDSPEAKER: Affine = Affine {
    scale: 0.396,
    offset: 4.92,
    llr_min: -3.5,
    llr_max: 1.5,
};

/// The same of a person whose own low end is known. Stated, between what `muster eval voice-presentation` finds on speakers whose enrolment and check-ins came
/// through one microphone each: 19 of 20 genuine recordings above −6 dB in every condition, 19 of 20 from loudspeakers below −11 dB. Microphones may differ by
/// fourteen decibels before a voice as usual is doubted.
const LOUDSPEAKER_OF_KNOWN: Affine = Affine {
    scale: 0.5,
    offset: 3.5,
    llr_min: -3.5,
    llr_max: 1.5,
};

/// Low end of most voices, dB: the median of the recordings that the fit has not met (`muster eval voice-presentation`).
const USUAL_DB: f64 = 1.7;
/// Most that is made up for a voice, or a microphone, that had little as enrolled, dB: half of what a small loudspeaker takes away.
const MADE_UP_MAX_DB: f64 = 14.0;

/// Fewest windows of speech that anything is said of: 0.3 s.
const VOICED_MIN: usize = 10;
/// Where fundamentals are and small loudspeakers are not, bins of 31.25 Hz: 94 to 188 Hz.
const LOW: Range<usize> = 3..7;
/// 250 to 1,500 Hz.
const MIDDLE: Range<usize> = 8..49;
/// What no telephone has: 4.5 to 7.5 kHz.
const HIGH: Range<usize> = 144..241;
/// Where most windows have less than this share of the middle's power up there, the band was cut behind the microphone: −56 dB. The air brings some noise.
const NARROW: f64 = 2.5e-6;

/// That a voice with this low end was before the microphone; `own`: that of the person as enrolled. dB.
pub fn comparison(low_end: f64, own: Option<f64>) -> Comparison {
    let Some(own) = own else {
        return LOUDSPEAKER.comparison(low_end);
    };
    let lacks = (USUAL_DB - own).clamp(0.0, MADE_UP_MAX_DB);
    LOUDSPEAKER_OF_KNOWN.comparison(low_end + lacks)
}

/// Middle of what the enrolled phrases had, dB; none where nothing could be told of any.
pub fn own(phrases: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let mut told: Vec<f64> = phrases.into_iter().flatten().collect();
    let middle = told.len() / 2;
    (!told.is_empty()).then(|| *told.select_nth_unstable_by(middle, f64::total_cmp).1)
}

/// Power of the low end of speech against its middle, dB; none with too little speech, or where the band was cut behind the microphone.
pub(super) fn low_end(samples: &[f32], speech: &Speech) -> Option<f64> {
    let windows = samples.chunks(WINDOW).zip(&speech.voiced);
    let voiced = windows.filter_map(|(window, &voiced)| voiced.then_some(window));
    let spectra: Vec<Vec<f32>> = powers(voiced).collect();
    if spectra.len() < VOICED_MIN {
        return None;
    }
    let mean = |band: Range<usize>| {
        let count = (band.len() * spectra.len()) as f64;
        spectra
            .iter()
            .map(|powers| sum(&powers[band.clone()]))
            .sum::<f64>()
            / count
    };
    let (low, middle) = (mean(LOW), mean(MIDDLE));
    let mut high: Vec<f64> = spectra
        .iter()
        .map(|powers| sum(&powers[HIGH]) / HIGH.len() as f64)
        .collect();
    let (_, &mut high, _) = high.select_nth_unstable_by(spectra.len() / 2, f64::total_cmp);
    let told = low > 0.0 && middle > 0.0 && high >= NARROW * middle;
    told.then(|| 10.0 * (low / middle).log10())
}

fn sum(powers: &[f32]) -> f64 {
    powers.iter().map(|&power| f64::from(power)).sum()
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;
    use crate::audio::RATE_HZ;

    /// A second of tones: their frequencies and amplitudes.
    fn tones(tones: &[(f32, f32)]) -> Vec<f32> {
        let at = |at: usize| {
            let turn = TAU * at as f32 / RATE_HZ as f32;
            let tone = |&(hz, amplitude): &(f32, f32)| amplitude * (turn * hz).sin();
            tones.iter().map(tone).sum()
        };
        (0..RATE_HZ as usize).map(at).collect()
    }

    fn spoken(samples: &[f32], windows: usize) -> Option<f64> {
        let voiced = vec![true; windows];
        let uttered = voiced.clone();
        low_end(samples, &Speech { voiced, uttered })
    }

    const FUNDAMENTAL: f32 = 156.25;

    #[test]
    fn a_voice_has_a_low_end_and_one_from_a_small_loudspeaker_has_none() {
        let said = |fundamental| {
            let score = spoken(
                &tones(&[(FUNDAMENTAL, fundamental), (1_000.0, 0.1), (6_000.0, 0.01)]),
                31,
            );
            LOUDSPEAKER
                .comparison(score.expect("it can be told"))
                .llr
                .get()
        };
        assert!(said(0.1) > 1.0);
        assert!(said(0.001) < -3.0);
    }

    #[test]
    fn a_voice_that_had_no_low_end_when_enrolled_is_not_doubted_for_it() {
        let said = |low_end, own| comparison(low_end, own).llr.get();
        assert!(said(-20.0, None) < -2.0);
        assert!(said(-15.0, Some(-12.0)) > 1.0);
        assert!(said(-38.0, Some(-12.0)) < -3.0, "a loudspeaker takes more");
        assert!(said(-30.0, Some(-30.0)) < -3.0, "no more is made up");
    }

    #[test]
    fn of_a_known_voice_less_is_forgiven() {
        let said = |low_end, own| comparison(low_end, own).llr.get();
        assert!(said(-14.0, None) > -1.0);
        assert!(said(-14.0, Some(4.0)) < -2.0);
        let more = said(-6.0, Some(1.7)) - said(-6.0, Some(4.0));
        assert!(more.abs() < 1e-9, "nobody is asked for more than is usual");
    }

    #[test]
    fn the_middle_of_the_enrolled_phrases_counts() {
        assert_eq!(own([Some(3.0), None, Some(-30.0), Some(1.0)]), Some(1.0));
        assert_eq!(own([None, None]), None);
    }

    #[test]
    fn the_level_of_a_recording_says_nothing() {
        let loud = tones(&[(FUNDAMENTAL, 0.1), (1_000.0, 0.1), (6_000.0, 0.01)]);
        let quiet: Vec<f32> = loud.iter().map(|sample| sample * 0.01).collect();
        let [loud, quiet] = [loud, quiet].map(|samples| spoken(&samples, 31).expect("told"));
        assert!((loud - quiet).abs() < 1e-3, "{loud} {quiet}");
    }

    #[test]
    fn nothing_is_said_of_a_band_that_was_cut_behind_the_microphone() {
        assert_eq!(spoken(&tones(&[(1_000.0, 0.1)]), 31), None);
        assert!(spoken(&tones(&[(1_000.0, 0.1), (6_000.0, 0.01)]), 31).is_some());
    }

    #[test]
    fn nothing_is_said_of_silence_or_of_too_little_speech() {
        assert_eq!(spoken(&vec![0.0; 16_000], 31), None);
        let voice = tones(&[(FUNDAMENTAL, 0.1), (1_000.0, 0.1), (6_000.0, 0.01)]);
        assert_eq!(spoken(&voice, 9), None);
        assert_eq!(spoken(&[], 0), None);
    }
}

//! Voice calls: the telephone network, and calls over the internet.

use opus_rs::{Application, OpusDecoder, OpusEncoder};

use super::{
    RATE_HZ,
    filter::{band, shaped},
    loudspeaker::resampled,
};

/// The telephone's band, Hz (ITU-T G.712), and the order of its ends.
const TELEPHONE_HZ: [f32; 2] = [300.0, 3_400.0];
const TELEPHONE_ORDER: i32 = 10;
const TELEPHONE_RATE_HZ: u32 = 8_000;

/// Added before the logarithm's segments, and the greatest value, of a 14-bit sample times four (ITU-T G.711, µ-law).
const BIAS: i32 = 132;
const CLIP: i32 = 32_635;

/// One packet: 20 ms.
const PACKET_SAMPLES: usize = 320;
/// Longest packet that Opus makes, bytes (RFC 6716, section 3.2.1).
const PACKET_BYTES_MAX: usize = 1_275;

/// Bits a second of an Opus call: 6,000 to 64,000; messengers use 16,000 to 24,000 for wide-band voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bitrate(pub u32);

/// Through the telephone network and back to 16 kHz: 300 to 3,400 Hz, 8 kHz, µ-law of ITU-T G.711.
///
/// Models: a fixed line, or a mobile call that is handed over to one. Does not model: AMR of mobile networks, lost packets, echo.
pub fn telephone(sound: &[f32]) -> Vec<f32> {
    let narrow = shaped(
        sound,
        band(TELEPHONE_HZ[0], TELEPHONE_HZ[1], TELEPHONE_ORDER),
    );
    let mut line = resampled(&narrow, RATE_HZ, TELEPHONE_RATE_HZ);
    for value in &mut line {
        let sample = (value.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
        *value = f32::from(expanded(compressed(sample))) / f32::from(i16::MAX);
    }
    let mut back = resampled(&line, TELEPHONE_RATE_HZ, RATE_HZ);
    back.resize(sound.len(), 0.0);
    back
}

/// Through a wide-band internet call and back: Opus (RFC 6716) for speech, packets of 20 ms. The codec's delay of some
/// milliseconds stays.
///
/// Models: the coding of messengers' calls. Does not model: lost packets and what covers them, echo cancellation, noise suppression.
pub fn opus(sound: &[f32], bitrate: Bitrate) -> Vec<f32> {
    let rate = RATE_HZ as i32;
    let mut encoder = OpusEncoder::new(rate, 1, Application::Voip).expect("Opus knows 16 kHz mono");
    encoder.bitrate_bps = bitrate.0.clamp(6_000, 64_000) as i32;
    let mut decoder = OpusDecoder::new(rate, 1).expect("Opus knows 16 kHz mono");
    let mut heard = Vec::with_capacity(sound.len() + PACKET_SAMPLES);
    let mut packet = [0; PACKET_BYTES_MAX];
    let mut decoded = [0.0; PACKET_SAMPLES];
    for chunk in sound.chunks(PACKET_SAMPLES) {
        let mut samples = [0.0; PACKET_SAMPLES];
        samples[..chunk.len()].copy_from_slice(chunk);
        let bytes = encoder.encode(&samples, PACKET_SAMPLES, &mut packet);
        // A packet that cannot be made is one that is lost, and is concealed.
        let count = bytes.unwrap_or(0);
        let filled = decoder.decode(&packet[..count], PACKET_SAMPLES, &mut decoded);
        decoded[filled.unwrap_or(0)..].fill(0.0);
        heard.extend_from_slice(&decoded);
    }
    heard.truncate(sound.len());
    heard
}

/// µ-law, 16 bits to 8.
fn compressed(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80_u8 } else { 0 };
    let magnitude = i32::from(sample).abs().min(CLIP) + BIAS;
    // The highest bit is between 7 and 14.
    let segment = 24 - magnitude.leading_zeros();
    let mantissa = (magnitude >> (segment + 3)) & 0x0F;
    !(sign | (segment as u8) << 4 | mantissa as u8)
}

/// µ-law, 8 bits to 16.
fn expanded(code: u8) -> i16 {
    let code = !code;
    let (segment, mantissa) = ((code >> 4) & 0x07, i32::from(code & 0x0F));
    let magnitude = (((mantissa << 3) + BIAS) << segment) - BIAS;
    (if code & 0x80 == 0 {
        magnitude
    } else {
        -magnitude
    }) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::{
        rms,
        tests::{share_of_band, voiced},
    };

    #[test]
    fn mu_law_is_off_by_half_a_step_of_its_segment_at_most() {
        for sample in (-32_635..=32_635_i32).step_by(7) {
            let back = i32::from(expanded(compressed(sample as i16)));
            // Steps double from segment to segment: 1/32 of the biased magnitude bounds half of one.
            let most = (sample.abs() + BIAS) / 32 + 1;
            assert!((back - sample).abs() <= most, "{sample} {back}");
        }
        // Values of the recommendation's table.
        assert_eq!((compressed(0), compressed(32_635)), (0xFF, 0x80));
        assert_eq!(
            (expanded(0xFF), expanded(0x80), expanded(0x00)),
            (0, 32_124, -32_124)
        );
    }

    #[test]
    fn a_telephone_passes_nothing_beyond_its_band() {
        let sound = voiced(1.0);
        assert!(share_of_band(&sound, 4_000.0, 8_000.0) > 0.1);
        let heard = telephone(&sound);
        assert_eq!(heard.len(), sound.len());
        assert!(share_of_band(&heard, 250.0, 3_600.0) > 0.99);
        assert!(share_of_band(&heard, 4_000.0, 8_000.0) < 1e-3);
    }

    #[test]
    fn a_wide_band_call_keeps_what_a_telephone_cuts_and_the_level() {
        let sound = voiced(1.0);
        let heard = opus(&sound, Bitrate(24_000));
        assert_eq!(heard.len(), sound.len());
        assert!(share_of_band(&heard, 3_600.0, 7_500.0) > 0.05);
        let db = 20.0 * (rms(&heard) / rms(&sound)).log10();
        assert!(db.abs() < 2.0, "{db}");
        assert_ne!(opus(&sound, Bitrate(16_000)), heard);
    }
}

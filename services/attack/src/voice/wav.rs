//! WAV in memory.

use std::io::Cursor;

use super::RATE_HZ;

/// Samples as a 16 kHz mono WAV file of 16 bits; what exceeds ±1 is clipped.
pub fn wav(sound: &[f32]) -> Vec<u8> {
    let form = hound::WavSpec {
        channels: 1,
        sample_rate: RATE_HZ,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Vec::new();
    let mut write = || -> hound::Result<()> {
        let mut writer = hound::WavWriter::new(Cursor::new(&mut bytes), form)?;
        for sample in sound {
            writer.write_sample((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16)?;
        }
        writer.finalize()
    };
    write().expect("memory takes all samples");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wav_holds_the_samples_to_sixteen_bits() {
        let sound: Vec<f32> = (-100..=100).map(|at| at as f32 / 80.0).collect();
        let reader = hound::WavReader::new(Cursor::new(wav(&sound))).unwrap();
        assert_eq!(reader.spec().sample_rate, RATE_HZ);
        let back: Vec<i16> = reader.into_samples().map(Result::unwrap).collect();
        assert_eq!(back.len(), sound.len());
        for (sample, value) in back.into_iter().zip(sound) {
            let error = f32::from(sample) / 32_767.0 - value.clamp(-1.0, 1.0);
            assert!(error.abs() < 1.0 / 32_000.0);
        }
    }
}

//! By what a picture was coded: the frames of one session come from one encoder, what was saved by another program does not.
//!
//! The quantisation tables of a JPEG are its encoder's and quality's (H. Farid, “Digital Image Ballistics from JPEG Quantization”, 2006).
//! Facts for the officer: no genuine sessions of phones are at hand to say how often honest ones differ.

use domain::evidence::{Coding, PictureFormat};
use image::ImageFormat;

/// Define quantisation tables; start of scan (ITU-T T.81, B.1.1.3).
const DQT: u8 = 0xDB;
const SOS: u8 = 0xDA;
/// Of a 32-bit FNV-1a.
const FNV_BASIS: u32 = 0x811C_9DC5;
const FNV_PRIME: u32 = 0x0100_0193;

/// None of what is no picture that phones send.
pub fn of(bytes: &[u8]) -> Option<Coding> {
    let (format, tables) = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => (PictureFormat::Jpeg, Some(tables(bytes))),
        Ok(ImageFormat::Png) => (PictureFormat::Png, None),
        Ok(ImageFormat::WebP) => (PictureFormat::Webp, None),
        _ => return None,
    };
    Some(Coding { format, tables })
}

/// A sum over all tables before the first scan.
fn tables(jpeg: &[u8]) -> u32 {
    let (mut sum, mut at) = (FNV_BASIS, 2);
    while let Some(&[mark, marker, high, low]) = jpeg.get(at..at + 4) {
        if mark != 0xFF || marker == SOS {
            break;
        }
        let len = usize::from(u16::from_be_bytes([high, low])).max(2);
        if marker == DQT {
            let payload = jpeg.get(at + 4..at + 2 + len).unwrap_or_default();
            for byte in payload {
                sum = (sum ^ u32::from(*byte)).wrapping_mul(FNV_PRIME);
            }
        }
        at += 2 + len;
    }
    sum
}

#[cfg(test)]
mod tests {
    use image::{RgbImage, codecs::jpeg::JpegEncoder};
    use proptest::prelude::*;

    use super::*;

    fn jpeg(quality: u8, level: u8) -> Vec<u8> {
        let rgb = RgbImage::from_pixel(16, 16, image::Rgb([level; 3]));
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode_image(&rgb)
            .expect("it fits into memory");
        bytes
    }

    #[test]
    fn one_encoder_has_one_sum_whatever_it_codes_and_another_quality_another() {
        assert_eq!(of(&jpeg(90, 10)), of(&jpeg(90, 200)));
        assert_ne!(of(&jpeg(90, 10)), of(&jpeg(75, 10)));
        assert_eq!(of(b"neither"), None);
    }

    proptest! {
        #[test]
        fn no_file_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..400) {
            let mut begun = vec![0xFF, 0xD8, 0xFF];
            begun.extend(&bytes);
            let whole = jpeg(80, 9);
            for file in [&bytes[..], &begun[..], &whole[..cut.min(whole.len())]] {
                let _ = of(file);
            }
        }
    }
}

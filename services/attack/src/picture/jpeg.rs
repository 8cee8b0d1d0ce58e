//! JPEG in memory.

use image::{ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};

/// A picture as the bytes of a JPEG; quality 1 to 100 as the Independent JPEG Group counts it. Sides are 1 to 65,535 pixels.
pub fn encode(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100))
        .encode_image(picture)
        .expect("memory takes all bytes, and the sides fit the format");
    bytes
}

/// Through a JPEG of this quality and back.
pub fn through_jpeg(picture: &RgbImage, quality: u8) -> RgbImage {
    image::load_from_memory_with_format(&encode(picture, quality), ImageFormat::Jpeg)
        .expect("what was just encoded can be read")
        .into_rgb8()
}

//! Pictures as cameras store them: turned, with a note how to turn them back.

/// A JPEG with an EXIF block that says only how to turn it: 1 to 8.
pub fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1, 0, 34]);
    bytes.extend(b"Exif\0\0II*\0");
    // Directory at 8: one entry, tag 0x0112, one 16-bit number; no further directory.
    bytes.extend([
        8,
        0,
        0,
        0,
        1,
        0,
        0x12,
        0x01,
        3,
        0,
        1,
        0,
        0,
        0,
        orientation,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ]);
    bytes.extend(&jpeg[2..]);
    bytes
}

/// The pixels as a camera stores them that asks for `orientation` to be applied.
pub fn stored(upright: &image::RgbImage, orientation: u8) -> image::RgbImage {
    // A quarter turn is undone by its opposite, everything else by itself.
    let undo = match orientation {
        6 => 8,
        8 => 6,
        other => other,
    };
    let mut picture = image::DynamicImage::ImageRgb8(upright.clone());
    picture.apply_orientation(image::metadata::Orientation::from_exif(undo).unwrap());
    picture.into_rgb8()
}

//! From the bytes of a picture to upright RGB pixels.
//!
//! The format is recognised by content, never by name. Limits are checked from the header, before pixels are allocated.

pub mod coding;
mod srgb;

use std::io::Cursor;

use domain::evidence::MediaFault;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, RgbImage,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

pub(crate) use srgb::LINEAR;

/// Longest file, bytes.
pub const FILE_BYTES_MAX: usize = 16 << 20;
/// Most pixels of a picture.
pub const PIXELS_MAX: u64 = 24_000_000;
/// Most bytes that the decoded pixels may take: all of `PIXELS_MAX` at four bytes, fewer at eight.
pub const DECODED_BYTES_MAX: u64 = 4 * PIXELS_MAX;
/// Most bytes that a decoder may take for its side data (profiles, texts, tables).
const SIDE_BYTES_MAX: u64 = 32 << 20;
/// A picture is reduced by a whole factor until its longer side is less than twice this, pixels: detection works at 320,
/// crops at 112 to 150, and a face that fills a tenth of the picture still has that many.
pub const SIDE_KEPT: u32 = 1_000;

/// Upright RGB pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    reduction: u32,
    rgb: RgbImage,
}

impl Picture {
    /// From pixels that are upright already: `width · height · 3` bytes, R G B by rows. `None` when the length does not
    /// fit, or there is no pixel.
    pub fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        if width == 0 || height == 0 || rgb.len() as u64 != u64::from(width) * u64::from(height) * 3
        {
            return None;
        }
        Some(reduce(RgbImage::from_raw(width, height, rgb)?))
    }

    /// Width of the upright picture as submitted, pixels.
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height of the upright picture as submitted, pixels.
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Pixels of the submitted picture for one kept pixel, along each side: 1 or more.
    pub const fn reduction(&self) -> u32 {
        self.reduction
    }

    /// The kept pixels' bytes, R G B by rows.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The kept pixels, reduced by [`Self::reduction`].
    pub const fn pixels(&self) -> &RgbImage {
        &self.rgb
    }

    /// The same picture with its longer side at most so long, pixels; as submitted from now on.
    #[must_use]
    pub fn shrunk(self, side_max: u32) -> Self {
        let (width, height) = self.rgb.dimensions();
        let longer = width.max(height);
        if longer <= side_max {
            return self;
        }
        let scaled = |side: u32| (side * side_max / longer).max(1);
        let rgb = image::imageops::thumbnail(&self.rgb, scaled(width), scaled(height));
        Self {
            width: rgb.width(),
            height: rgb.height(),
            reduction: 1,
            rgb,
        }
    }

    /// A coordinate among the kept pixels (centres at whole numbers), as one of the submitted picture.
    pub(crate) fn submitted(&self, kept: f32) -> f32 {
        let factor = self.reduction as f32;
        (kept + 0.5) * factor - 0.5
    }
}

/// JPEG, PNG or WebP to an upright picture: EXIF orientation applied, transparent parts over white (as people see them),
/// 16 bits cut to 8, grey spread to RGB. Of an animation the first frame.
///
/// # Errors
/// Exactly one fault: `Empty`, `UnknownFormat`, `TooLarge` (bytes or pixels) or `Damaged`.
pub fn decode(bytes: &[u8]) -> Result<Picture, MediaFault> {
    if bytes.is_empty() {
        return Err(MediaFault::Empty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(MediaFault::TooLarge);
    }
    let source = Cursor::new(bytes);
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => {
            if !jpeg_is_whole(bytes) {
                return Err(MediaFault::Damaged);
            }
            read(JpegDecoder::new(source).map_err(fault)?)
        }
        Ok(ImageFormat::Png) => read(PngDecoder::with_limits(source, limits()).map_err(fault)?),
        Ok(ImageFormat::WebP) => read(WebPDecoder::new(source).map_err(fault)?),
        _ => Err(MediaFault::UnknownFormat),
    }
}

/// Binary greymap (P5, 8 bits) of a research data set to a picture. Phones do not submit these, so [`decode`] does not
/// read them.
///
/// # Errors
/// As [`decode`].
pub fn decode_greymap(bytes: &[u8]) -> Result<Picture, MediaFault> {
    let mut rest = bytes.strip_prefix(b"P5").ok_or(MediaFault::UnknownFormat)?;
    let mut header = [0_u32; 3];
    for number in &mut header {
        loop {
            let blank = rest
                .iter()
                .position(|byte| !byte.is_ascii_whitespace())
                .ok_or(MediaFault::Damaged)?;
            rest = &rest[blank..];
            if rest[0] != b'#' {
                break;
            }
            let line = rest
                .iter()
                .position(|&byte| byte == b'\n')
                .ok_or(MediaFault::Damaged)?;
            rest = &rest[line..];
        }
        let digits = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .ok_or(MediaFault::Damaged)?;
        let text = str::from_utf8(&rest[..digits]).map_err(|_| MediaFault::Damaged)?;
        *number = text.parse().map_err(|_| MediaFault::Damaged)?;
        rest = &rest[digits..];
    }
    let [width, height, white] = header;
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(MediaFault::TooLarge);
    }
    let pixels = rest
        .get(1..)
        .filter(|_| white == 255)
        .ok_or(MediaFault::Damaged)?;
    let grey = pixels
        .get(..width as usize * height as usize)
        .ok_or(MediaFault::Damaged)?;
    Picture::from_rgb(
        width,
        height,
        grey.iter().flat_map(|&luma| [luma; 3]).collect(),
    )
    .ok_or(MediaFault::Damaged)
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(SIDE_BYTES_MAX);
    limits
}

fn read(mut source: impl ImageDecoder) -> Result<Picture, MediaFault> {
    let (width, height) = source.dimensions();
    if width == 0 || height == 0 {
        return Err(MediaFault::Damaged);
    }
    if u64::from(width) * u64::from(height) > PIXELS_MAX || source.total_bytes() > DECODED_BYTES_MAX
    {
        return Err(MediaFault::TooLarge);
    }
    // A damaged EXIF block says nothing: the picture is taken as it lies.
    let orientation = source.orientation().unwrap_or(Orientation::NoTransforms);
    let decoded = DynamicImage::from_decoder(source).map_err(fault)?;
    let reduced = reduce(flatten(decoded));
    let mut upright = DynamicImage::ImageRgb8(reduced.rgb);
    upright.apply_orientation(orientation);
    let rgb = upright.into_rgb8();
    let (width, height) = if lies_on_its_side(orientation) {
        (height, width)
    } else {
        (width, height)
    };
    Ok(Picture {
        width,
        height,
        reduction: reduced.reduction,
        rgb,
    })
}

const fn lies_on_its_side(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => true,
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` calls")]
fn fault(error: ImageError) -> MediaFault {
    match error {
        ImageError::Limits(_) => MediaFault::TooLarge,
        ImageError::Unsupported(_) => MediaFault::UnknownFormat,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::IoError(_) => MediaFault::Damaged,
    }
}

/// Transparent parts over white.
fn flatten(decoded: DynamicImage) -> RgbImage {
    if !decoded.color().has_alpha() {
        return decoded.into_rgb8();
    }
    let rgba = decoded.into_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (flat, pixel) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [channels @ .., alpha] = pixel.0;
        let alpha = u32::from(alpha);
        flat.0 = channels
            .map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    rgb
}

/// The mean of each `factor`² block; blocks that are not whole, at the right and lower edges, are dropped.
fn reduce(rgb: RgbImage) -> Picture {
    let (width, height) = rgb.dimensions();
    let factor = (width.max(height) / SIDE_KEPT)
        .max(1)
        .min(width.min(height));
    if factor == 1 {
        return Picture {
            width,
            height,
            reduction: 1,
            rgb,
        };
    }
    let (kept_width, kept_height) = (width / factor, height / factor);
    let stride = width as usize * 3;
    let side = factor as usize;
    let half = factor * factor / 2;
    let mut reduced = Vec::with_capacity(kept_width as usize * kept_height as usize * 3);
    let mut sums = vec![0_u32; kept_width as usize * 3];
    for rows in rgb
        .as_raw()
        .chunks_exact(stride * side)
        .take(kept_height as usize)
    {
        sums.fill(0);
        for row in rows.chunks_exact(stride) {
            for (sum, block) in sums.chunks_exact_mut(3).zip(row.chunks_exact(side * 3)) {
                for pixel in block.chunks_exact(3) {
                    sum[0] += u32::from(pixel[0]);
                    sum[1] += u32::from(pixel[1]);
                    sum[2] += u32::from(pixel[2]);
                }
            }
        }
        reduced.extend(
            sums.iter()
                .map(|sum| ((sum + half) / (factor * factor)) as u8),
        );
    }
    let rgb = RgbImage::from_raw(kept_width, kept_height, reduced)
        .expect("one byte was written for each sum of each row");
    Picture {
        width,
        height,
        reduction: factor,
        rgb,
    }
}

/// Whether the entropy-coded data of a JPEG ends with an end-of-image marker. The decoder fills what is missing with
/// grey and says nothing; a cut file lacks the marker, for in coded data every 0xFF is followed by 0 or a restart
/// number (ITU-T T.81, B.1.1.5). Markers within segments, such as a thumbnail's, are skipped.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    const END: u8 = 0xD9;
    const SCAN: u8 = 0xDA;
    let mut at = 2;
    let mut in_scan = false;
    while let Some(offset) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|&byte| byte == 0xFF))
    {
        let Some(&marker) = bytes.get(at + offset + 1) else {
            return false;
        };
        at += offset + 1;
        match marker {
            // Fill bytes: the next 0xFF may begin the marker.
            0xFF => {}
            // Stuffing, standing alone, restart numbers, start of image.
            0x00 | 0x01 | 0xD0..=0xD8 => at += 1,
            END => return in_scan,
            _ => {
                in_scan |= marker == SCAN;
                let Some(length) = bytes.get(at + 1..at + 3) else {
                    return false;
                };
                at += 1 + usize::from(u16::from_be_bytes([length[0], length[1]]));
            }
        }
    }
    false
}

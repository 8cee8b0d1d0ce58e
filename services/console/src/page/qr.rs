//! Codes to be scanned, as drawings within a page.

use edge::Problem;
use qrcode::{QrCode, render::svg};

/// Pixels of a code.
const PIXELS: u32 = 260;

pub fn drawn(text: &str) -> Result<String, Problem> {
    let code = QrCode::new(text).map_err(|_| app::Error::Internal("a text is too long to scan"))?;
    let picture = code
        .render::<svg::Color<'_>>()
        .min_dimensions(PIXELS, PIXELS)
        .build();
    // Within a page it is an element, not a file.
    let element = picture
        .split_once("?>")
        .map(|(_, element)| element.to_owned());
    Ok(element.unwrap_or(picture))
}

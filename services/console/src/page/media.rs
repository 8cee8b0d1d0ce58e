//! Pictures and recordings, opened as they are sent: whole or in part, and never kept by anybody. Each look is written down.

use std::ops::Range;

use app::evidence;
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::MediaId;
use edge::{Browser, Path, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What a phone may have sent; anything else is shown as data.
const KINDS: [&str; 12] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/x-wav",
    "audio/mpeg",
    "audio/aac",
    "audio/m4a",
    "audio/ogg",
    "audio/opus",
    "audio/x-flac",
    "video/webm",
    "video/mp4",
];
/// Nothing that a phone sent is ever run as a page.
const POLICY: (HeaderName, HeaderValue) = (
    header::CONTENT_SECURITY_POLICY,
    HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"),
);
const DRAWN: (HeaderName, HeaderValue) = (
    header::CONTENT_TYPE,
    HeaderValue::from_static("image/svg+xml"),
);
/// Size of a drawn recording.
const WIDTH: usize = evidence::PEAKS * 3;
const HEIGHT: f32 = 64.0;

/// One picture or recording, or a part of it.
#[utoipa::path(get, path = "/console/media/{id}", params(("id" = uuid::Uuid, Path)), responses((status = 200), (status = 206)))]
async fn read(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let opened = evidence::open(&site.cx, &browser.viewer, id).await?;
    let len = opened.len();
    let kind = kind(&opened.head(&site.cx).await?);
    let own = [
        POLICY,
        (header::CONTENT_TYPE, kind),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("inline"),
        ),
    ];
    let asked = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let (status, range) = match asked.map(|range| wanted(range, len)) {
        None | Some(Wanted::Whole) => (StatusCode::OK, 0..len),
        Some(Wanted::Part(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(Wanted::Nothing) => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{len}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, own, whole).into_response());
        }
    };
    let sizes = [(
        header::CONTENT_LENGTH,
        (range.end - range.start).to_string(),
    )];
    let part = format!(
        "bytes {}-{}/{len}",
        range.start,
        range.end.saturating_sub(1)
    );
    let body = Body::from_stream(opened.stream(site.cx.clone(), range));
    let mut response = (status, own, sizes, body).into_response();
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(part) = HeaderValue::from_str(&part)
    {
        response.headers_mut().insert(header::CONTENT_RANGE, part);
    }
    Ok(response)
}

/// A recording as a drawing: where it is loud.
#[utoipa::path(get, path = "/console/media/{id}/waveform.svg", params(("id" = uuid::Uuid, Path)), responses((status = 200)))]
async fn waveform(
    State(site): State<Site>,
    browser: Browser,
    Path(id): Path<MediaId>,
) -> Result<Response, Problem> {
    let peaks = evidence::waveform(&site.cx, &browser.viewer, id).await?;
    let drawn = drawing(&peaks.unwrap_or_default());
    Ok(([POLICY, DRAWN], drawn).into_response())
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(waveform))
}

fn kind(head: &[u8]) -> HeaderValue {
    let found = infer::get(head).map(|found| found.mime_type());
    let found = found.and_then(|found| KINDS.iter().find(|kind| **kind == found));
    HeaderValue::from_static(found.unwrap_or(&"application/octet-stream"))
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// What cannot be understood is as if it had not been asked (RFC 9110 §14.2), and so are several parts at once.
    Whole,
    Part(Range<u64>),
    Nothing,
}

fn wanted(asked: &str, len: u64) -> Wanted {
    let bounds = asked
        .strip_prefix("bytes=")
        .and_then(|part| part.split_once('-'));
    let Some((from, until)) = bounds else {
        return Wanted::Whole;
    };
    let range = match (from.trim().parse::<u64>(), until.trim().parse::<u64>()) {
        (Ok(from), Ok(last)) if from <= last => from..len.min(last.saturating_add(1)),
        (Ok(from), Err(_)) if until.trim().is_empty() => from..len,
        (Err(_), Ok(last)) if from.trim().is_empty() => len.saturating_sub(last)..len,
        _ => return Wanted::Whole,
    };
    if range.start < range.end {
        Wanted::Part(range)
    } else {
        Wanted::Nothing
    }
}

/// Bars about a line in the middle, as high as the recording is loud there against its loudest.
fn drawing(peaks: &[f32]) -> String {
    use std::fmt::Write;
    let most = peaks.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let middle = HEIGHT / 2.0;
    let mut bars = String::new();
    for (index, peak) in peaks.iter().enumerate() {
        let half = (peak / most * (middle - 2.0)).max(0.5);
        // Writing to a string never fails.
        let _ = write!(
            bars,
            "M{} {:.1}V{:.1}",
            index * 3 + 1,
            middle - half,
            middle + half
        );
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\"><path d=\"M0 {middle}H{WIDTH}\" stroke=\"#9fb0b5\"/><path d=\"{bars}\" stroke=\"#0b4f5c\" stroke-width=\"2\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_the_standard_says() {
        let part = |asked| match wanted(asked, 100) {
            Wanted::Part(range) => Some((range.start, range.end)),
            Wanted::Whole | Wanted::Nothing => None,
        };
        assert_eq!(part("bytes=0-0"), Some((0, 1)));
        assert_eq!(part("bytes=10-19"), Some((10, 20)));
        assert_eq!(part("bytes=90-400"), Some((90, 100)));
        assert_eq!(part("bytes=90-"), Some((90, 100)));
        assert_eq!(part("bytes=-30"), Some((70, 100)));
        assert_eq!(part("bytes=-400"), Some((0, 100)));
        assert_eq!(wanted("bytes=100-", 100), Wanted::Nothing);
        assert_eq!(wanted("bytes=-0", 100), Wanted::Nothing);
        for odd in [
            "bytes=5-4",
            "lines=1-2",
            "bytes=",
            "bytes=a-b",
            "bytes=0-1,4-5",
        ] {
            assert_eq!(wanted(odd, 100), Wanted::Whole, "{odd}");
        }
    }

    #[test]
    fn a_drawing_has_one_bar_for_each_peak() {
        let drawn = drawing(&[0.0, 0.5, 1.0]);
        assert_eq!(drawn.matches('V').count(), 3);
        assert!(drawn.contains("M7 2.0V62.0"), "{drawn}");
    }
}

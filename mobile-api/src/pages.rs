//! The person's page, held in the binary: no build step, no folder to deploy, nothing from anywhere else.

use std::{io::Write as _, sync::LazyLock};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use edge::Site;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

/// Where the page lives.
const HOME: &str = "/h5/";
/// Only what this house serves itself; nothing inline. Stills and recordings are blobs of the page's own.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; object-src 'none'; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PERMISSIONS: &str = "camera=(self), microphone=(self), geolocation=(self), payment=(), usb=(), bluetooth=(), serial=()";
/// Kept by browsers, and asked for each time whether it is still so: after an update nobody has an old page.
const KEEPING: &str = "no-cache";
/// Bytes of the hash that an entity tag shows.
const TAG_LEN: usize = 12;

/// One file of the page.
struct Asset {
    path: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
}

/// The same with what is worked out of it once.
struct Shelved {
    asset: &'static Asset,
    tag: HeaderValue,
    packed: Bytes,
}

macro_rules! assets {
    ($($media_type:literal: $folder:literal => $($name:literal),+;)+) => {
        &[$($(Asset {
            path: concat!("/", $folder, "/", $name),
            media_type: $media_type,
            plain: include_bytes!(concat!("../clients/", $folder, "/", $name)),
        }),+),+]
    };
}

const ASSETS: &[Asset] = assets! {
    "text/html; charset=utf-8": "h5" => "index.html";
    "text/css; charset=utf-8": "h5" => "style.css";
    "image/svg+xml": "h5" => "icon.svg";
    "application/manifest+json": "h5" => "manifest.webmanifest";
    "text/javascript; charset=utf-8": "h5" => "about.js", "activate.js", "app.js", "appeal.js", "camera.js", "capture.js", "courier.js",
        "home.js", "keep.js", "leave.js", "link.js", "moment.js", "old.js", "outcome.js", "place.js", "points.js", "presence.js",
        "reading.js", "receipts.js", "recorder.js", "renewal.js", "speak.js", "sw.js", "today.js", "trouble.js", "view.js", "words.js";
    "text/javascript; charset=utf-8": "protocol" => "bytes.js", "delivery.js", "exchange.js", "pause.js", "phone.js",
        "problem.js", "proof.js", "receipt.js", "upload.js";
};

static SHELF: LazyLock<Vec<Shelved>> = LazyLock::new(|| ASSETS.iter().map(shelve).collect());

/// The page's files. They ask for no proof and tell nothing of anybody.
pub fn routes() -> Router<Site> {
    let mut routes = Router::new()
        .route("/", get(|| async { Redirect::temporary(HOME) }))
        .route("/h5", get(|| async { Redirect::temporary(HOME) }))
        .route(
            HOME,
            get(|headers: HeaderMap| async move { serve(&SHELF[0], &headers) }),
        );
    for (index, asset) in ASSETS.iter().enumerate() {
        let handler = get(move |headers: HeaderMap| async move { serve(&SHELF[index], &headers) });
        routes = routes.route(asset.path, handler);
    }
    routes
}

fn shelve(asset: &'static Asset) -> Shelved {
    let mut tag = data_encoding::HEXLOWER.encode(&Sha256::digest(asset.plain)[..TAG_LEN]);
    tag.insert(0, '"');
    tag.push('"');
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let packed = packer
        .write_all(asset.plain)
        .and_then(|()| packer.finish())
        .expect("memory takes all that is written to it");
    Shelved {
        asset,
        tag: HeaderValue::from_str(&tag).expect("hexadecimal digits are a header's letters"),
        packed: packed.into(),
    }
}

fn serve(shelved: &Shelved, asked: &HeaderMap) -> Response {
    let has = |name: header::HeaderName, what: &str| {
        asked
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(what))
    };
    let tag = shelved.tag.to_str().unwrap_or_default();
    let mut response = if has(header::IF_NONE_MATCH, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if has(header::ACCEPT_ENCODING, "gzip") {
        let encoding = [(header::CONTENT_ENCODING, "gzip")];
        (encoding, shelved.packed.clone()).into_response()
    } else {
        shelved.asset.plain.into_response()
    };
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, shelved.asset.media_type);
    set(header::CACHE_CONTROL, KEEPING);
    set(header::VARY, "accept-encoding");
    set(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    set(
        header::HeaderName::from_static("permissions-policy"),
        PERMISSIONS,
    );
    set(
        header::HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    headers.insert(header::ETAG, shelved.tag.clone());
    response
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _, path::Path};

    use super::*;

    fn text(path: &str) -> &'static str {
        let asset = ASSETS.iter().find(|asset| asset.path == path).unwrap();
        std::str::from_utf8(asset.plain).unwrap()
    }

    #[test]
    fn every_file_of_the_page_is_in_the_binary() {
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
        for folder in ["h5", "protocol"] {
            for entry in fs::read_dir(clients.join(folder)).unwrap() {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                let ours = ["js", "css", "html", "svg", "webmanifest"]
                    .iter()
                    .any(|ending| name.ends_with(&format!(".{ending}")));
                let path = format!("/{folder}/{name}");
                assert!(
                    !ours || ASSETS.iter().any(|asset| asset.path == path),
                    "{path}"
                );
            }
        }
    }

    #[test]
    fn the_worker_keeps_the_whole_shell() {
        let worker = text("/h5/sw.js");
        for asset in ASSETS {
            let left_out = ["/h5/index.html", "/h5/old.js", "/h5/sw.js"].contains(&asset.path);
            let name = name(asset.path);
            assert!(left_out || worker.contains(&format!("'{name}'")), "{name}");
        }
    }

    #[test]
    fn the_page_asks_at_once_for_what_its_first_screen_imports_and_for_nothing_else() {
        let page = text("/h5/index.html");
        let mut first = vec!["/h5/app.js"];
        let mut read = 0;
        while let Some(path) = first.get(read) {
            for asset in imported(path) {
                if !first.contains(&asset) {
                    first.push(asset);
                }
            }
            read += 1;
        }
        for path in &first[1..] {
            let asked = format!("rel=\"modulepreload\" href=\"{}\"", name(path));
            assert!(page.contains(&asked), "{path}");
        }
        assert_eq!(page.matches("modulepreload").count(), first.len() - 1);
    }

    /// What a module of the page imports outright, without which it does not run.
    fn imported(path: &str) -> impl Iterator<Item = &'static str> {
        let folder = path.rsplit_once('/').expect("a path has a folder").0;
        text(path).lines().filter_map(move |line| {
            let from = line
                .strip_prefix("import ")?
                .split_once(" from '")?
                .1
                .strip_suffix("';")?;
            let whole = from
                .strip_prefix("./")
                .map_or_else(|| from.replacen("..", "", 1), |of| format!("{folder}/{of}"));
            let asset = ASSETS.iter().find(|asset| asset.path == whole);
            Some(asset.expect("what is imported is served").path)
        })
    }

    /// A file as the page in its folder names it.
    fn name(path: &str) -> String {
        path.strip_prefix("/h5/")
            .map_or_else(|| format!("..{path}"), str::to_owned)
    }

    #[test]
    fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
        for asset in ASSETS {
            let text = text(asset.path);
            assert!(
                !text.contains("https://") || asset.path == "/h5/words.js",
                "{}",
                asset.path
            );
        }
        let page = text("/h5/index.html");
        for inline in ["<style", " style=", "onclick", "onload", "javascript:"] {
            assert!(!page.contains(inline), "{inline}");
        }
        assert_eq!(
            page.matches("<script").count(),
            page.matches(".js\"></script>").count()
        );
    }

    #[test]
    fn an_answer_is_packed_when_asked_and_spared_when_known() {
        let shelved = &SHELF[0];
        let mut asked = HeaderMap::new();
        let plain = serve(shelved, &asked);
        assert!(plain.headers().get(header::CONTENT_ENCODING).is_none());
        asked.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("br, gzip"),
        );
        assert_eq!(
            serve(shelved, &asked).headers()[header::CONTENT_ENCODING],
            "gzip"
        );
        let mut unpacked = Vec::new();
        let mut packed = flate2::read::GzDecoder::new(shelved.packed.as_ref());
        packed.read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, shelved.asset.plain);
        asked.insert(header::IF_NONE_MATCH, shelved.tag.clone());
        let known = serve(shelved, &asked);
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(
            known.headers()[header::CONTENT_SECURITY_POLICY],
            CONTENT_POLICY
        );
    }
}

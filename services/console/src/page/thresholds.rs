//! The thresholds in force, each with the error rates that the pack in use was measured to have there.

use app::threshold::{Bound, Found, InForce, Share};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::plan::SupervisionLevel;
use edge::{Browser, Problem, Site};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    shell::{Shell, page},
    words::{self, Words},
};

/// Shares below this are told with more digits.
const RARE: f64 = 0.001;
/// Characters of a hash that are shown; the whole stands in its title.
const HASH_LEN: usize = 12;

#[derive(Template)]
#[template(path = "thresholds.html")]
struct Page {
    shell: Shell,
    pack: String,
    measured: bool,
    lines: Vec<Line>,
    sources: Vec<Source>,
}

/// A threshold.
struct Line {
    words: Words,
    level: Option<Words>,
    llr: String,
    rows: Vec<Row>,
}

/// One data set of it.
struct Row {
    set: String,
    /// Number of the run that it is from.
    source: usize,
    impostor: u64,
    false_match: String,
    genuine: u64,
    false_non_match: String,
}

/// A run of the command that measured.
#[derive(PartialEq)]
struct Source {
    command: String,
    date: String,
    hash: String,
    hash_short: String,
}

/// Every threshold in force, with its error rates.
#[utoipa::path(get, path = "/console/thresholds", responses((status = 200)))]
async fn list(State(site): State<Site>, browser: Browser) -> Result<Response, Problem> {
    let cx = &site.cx;
    let in_force = app::threshold::list(cx, &browser.viewer)?;
    let mut sources = Vec::new();
    let lines: Vec<Line> = in_force.iter().map(|one| line(one, &mut sources)).collect();
    page(&Page {
        shell: Shell::new(
            &browser,
            ("阈值与误差", "Thresholds and error rates"),
            "/console/users",
            cx.now(),
        ),
        pack: cx
            .engine
            .pack()
            .map_or_else(|| "—".to_owned(), str::to_owned),
        measured: !sources.is_empty(),
        lines,
        sources,
    })
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(list))
}

fn line(one: &InForce<'_>, sources: &mut Vec<Source>) -> Line {
    let (words, level) = named(one.bound);
    Line {
        words,
        level: level.map(words::level),
        llr: format!("{:.2}", one.llr),
        rows: one.found.iter().map(|found| row(found, sources)).collect(),
    }
}

const fn named(bound: Bound) -> (Words, Option<SupervisionLevel>) {
    match bound {
        Bound::Together(level) => (("人脸和声音合计", "face and voice together"), Some(level)),
        Bound::Face(level) => (("仅人脸", "face alone"), Some(level)),
        Bound::Voice(level) => (("仅声音", "voice alone"), Some(level)),
        Bound::FaceDoubt => (("人脸存疑", "doubt about the face"), None),
        Bound::VoiceDoubt => (("声音存疑", "doubt about the voice"), None),
        Bound::Content => (("所读数字", "spoken digits"), None),
        Bound::Presentation => (("活体", "live face"), None),
        Bound::VoicePresentation => (("当面说话", "live voice"), None),
    }
}

fn row(found: &Found<'_>, sources: &mut Vec<Source>) -> Row {
    let measured = found.measured;
    let source = Source {
        command: measured.command.clone(),
        date: measured.date.clone(),
        hash_short: measured.data_sha256.chars().take(HASH_LEN).collect(),
        hash: measured.data_sha256.clone(),
    };
    let at = sources
        .iter()
        .position(|known| *known == source)
        .unwrap_or_else(|| {
            sources.push(source);
            sources.len() - 1
        });
    Row {
        set: measured.set.clone(),
        source: at + 1,
        impostor: measured.impostor,
        false_match: shown(found.false_match),
        genuine: measured.genuine,
        false_non_match: shown(found.false_non_match),
    }
}

/// A rate with its interval; what was measured beside the threshold is no more than a bound.
fn shown(share: Option<Share>) -> String {
    let Some(share) = share else {
        return "—".to_owned();
    };
    let [low, high] = share.interval;
    let digits = if high < RARE { 4 } else { 2 };
    let percent = |value: f64| format!("{:.digits$}", 100.0 * value);
    let most = if share.exact { "" } else { "≤ " };
    format!(
        "{most}{} % [{}–{}]",
        percent(share.rate),
        percent(low),
        percent(high)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_told_with_its_interval_and_as_a_bound_where_it_is_one() {
        let share = |rate, interval, exact| {
            Some(Share {
                rate,
                interval,
                exact,
            })
        };
        let told = [
            (share(0.0155, [0.0139, 0.0174], true), "1.55 % [1.39–1.74]"),
            (
                share(0.0, [0.0, 3.7e-5], false),
                "≤ 0.0000 % [0.0000–0.0037]",
            ),
            (None, "—"),
        ];
        for (share, text) in told {
            assert_eq!(shown(share), text);
        }
    }
}

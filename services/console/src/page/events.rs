//! Server-sent events: what happens in the officer's scope, as it happens. Each entry of the log is one event with its place as the id, so that a
//! browser that comes back goes on where it was; an event may come twice and never stays away.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, LazyLock},
    time::Duration,
};

use app::live::{Place, since};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event as Sent, KeepAlive, Sse},
    },
};
use domain::{
    EventId, Micros,
    event::{Event, EventKind},
};
use edge::{Browser, Problem, Query, Site, named};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa_axum::{router::OpenApiRouter, routes};

/// Streams of this process at once.
const STREAMS_MAX: usize = 256;
/// The log is looked at this often; a conclusion of this process wakes the stream at once.
const LOOK_MS: u64 = 1_000;
/// After an event the next look waits so long, so that a busy house is told of in bunches.
const REST_MS: u64 = 250;
/// Silent streams say that they live, for proxies and for pages.
const HEARTBEAT_S: u64 = 15;
/// A browser that lost its stream comes back after so long.
const RETRY_MS: u64 = 1_500;
/// The session and what it may see are looked at again this often.
const AGAIN_MS: i64 = 15_000;
/// A stream ends after so long, and the browser opens another one.
const STREAM_MS: i64 = 15 * 60_000;

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(STREAMS_MAX)));

#[derive(Deserialize)]
struct From {
    /// When the page was made, microseconds.
    since: Option<i64>,
}

struct Stream {
    site: Site,
    browser: Browser,
    place: Place,
    listener: app::Listener,
    waiting: VecDeque<Sent>,
    looked_at: Micros,
    ends_at: Micros,
    _room: OwnedSemaphorePermit,
}

/// What happens in the officer's scope.
#[utoipa::path(get, path = "/console/events", params(("since" = Option<i64>, Query)), responses((status = 200, content_type = "text/event-stream")))]
async fn events(
    State(site): State<Site>,
    browser: Browser,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = ROOM.clone().try_acquire_owned().map_err(|_| full())?;
    let now = site.cx.now();
    // Heard before the log is looked at, so that nothing falls between.
    let listener = site.cx.signal.listen();
    let (place, greeting) = begin(&headers, from.since, now);
    let mut stream = Stream {
        place,
        listener,
        waiting: VecDeque::from([greeting]),
        looked_at: now,
        ends_at: now.plus_ms(STREAM_MS),
        _room: room,
        site,
        browser,
    };
    // Whoever may not read at all is told so at once.
    stream.look().await?;
    let events = stream::unfold(stream, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    let alive = KeepAlive::new().interval(Duration::from_secs(HEARTBEAT_S));
    Ok(Sse::new(events).keep_alive(alive).into_response())
}

pub fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(events))
}

impl Stream {
    /// The next event; none when the stream is over.
    async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let cx = &self.site.cx;
            if cx.signal.closing() || cx.now() >= self.ends_at {
                return None;
            }
            self.listener.any(Duration::from_millis(LOOK_MS)).await;
            if self.site.cx.now().since_ms(self.looked_at) >= AGAIN_MS {
                self.browser.viewer = self.browser.again(&self.site).await.ok()?;
                self.looked_at = self.site.cx.now();
            }
            match self.look().await {
                Ok(()) if self.waiting.is_empty() => {}
                Ok(()) => tokio::time::sleep(Duration::from_millis(REST_MS)).await,
                // The browser comes back and goes on from its last event.
                Err(error) => {
                    tracing::warn!(error = ?error, "A stream of events ended early");
                    return None;
                }
            }
        }
    }

    async fn look(&mut self) -> Result<(), app::Error> {
        let viewer = &self.browser.viewer;
        let fresh = since(&self.site.cx, viewer, &mut self.place).await?;
        self.waiting.extend(fresh.iter().map(sent));
        Ok(())
    }
}

/// Where the stream begins: after the last event that the browser got, or when its page was made. Whoever was away for long looks at everything
/// anew.
fn begin(headers: &HeaderMap, since: Option<i64>, now: Micros) -> (Place, Sent) {
    let last = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(crate::answer::cursor::<EventId>);
    let place = match (last, since) {
        (Some((at, id)), _) => Place::after(at.min(now), Some(id)),
        (None, Some(since)) => Place::after(Micros(since).min(now), None),
        (None, None) => Place::after(now, None),
    };
    let hello = Sent::default().retry(Duration::from_millis(RETRY_MS));
    if place.forgotten(now) {
        let anchor = format!("{}.{}", now.0, uuid::Uuid::nil());
        let hello = hello.id(anchor).event("reset").data("{}");
        return (Place::after(now, None), hello);
    }
    (place, hello.event("hello").data("{}"))
}

/// An entry of the log in a few words: enough to know what to look at again, and nothing that a page would not show.
fn sent(event: &Event) -> Sent {
    let about = json!({
        "person": event.person,
        "about": about(&event.kind),
    });
    Sent::default()
        .id(format!("{}.{}", event.at.0, event.id))
        .event(event.kind.as_str())
        .data(about.to_string())
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "pages are told of few kinds, and of the others nothing is to be said"
)]
fn about(kind: &EventKind) -> Value {
    match kind {
        EventKind::CheckinConcluded {
            checkin, verdict, ..
        } => json!({ "checkin": checkin, "verdict": verdict.kind() }),
        EventKind::CheckinDecided {
            checkin, decision, ..
        } => json!({ "checkin": checkin, "decision": decision }),
        // Of a second look nothing but that there is one: it is blind.
        EventKind::ReviewClaimed { checkin }
        | EventKind::SecondLookAsked { checkin, .. }
        | EventKind::CheckinAppealed { checkin }
        | EventKind::CheckinAppealDecided { checkin, .. } => json!({ "checkin": checkin }),
        EventKind::DutyMarked { duty, to, .. } => json!({ "duty": duty, "attendance": to }),
        EventKind::AlertRaised { alert, cause } => json!({ "alert": alert, "kind": cause.kind() }),
        EventKind::AlertMoved { alert, state, .. } => json!({ "alert": alert, "state": state }),
        EventKind::LeaveAsked { leave, .. } | EventKind::LeaveStepped { leave, .. } => {
            json!({ "leave": leave })
        }
        _ => Value::Null,
    }
}

fn full() -> Problem {
    let why = "Too many pages are open; this one asks again by itself.";
    named(
        StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "打开的页面太多，稍后自动重试",
        why,
    )
    .header("retry-after", "5")
}

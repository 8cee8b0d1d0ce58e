//! An officer at a browser: his cookie, his forms, what his pages are told.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::Value;

use super::Officer;

/// A test waits no longer for an event.
const EVENT_LIMIT: Duration = Duration::from_secs(10);

impl Officer<'_> {
    /// A page, as a browser asks for it; redirects are shown, not followed.
    pub async fn page(&self, path: &str) -> Response {
        let request = client().get(format!("{}{path}", self.house.url));
        self.browsing(request).send().await.expect("an answer")
    }

    /// A page that must be there.
    pub async fn read(&self, path: &str) -> String {
        let answer = self.page(path).await;
        let status = answer.status();
        let text = answer.text().await.expect("a text");
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// A form of one of his pages.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let csrf = app::officer::csrf(&self.token);
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let request = client().post(format!("{}{path}", self.house.url));
        let request = self
            .browsing(request)
            .header("sec-fetch-site", "same-origin");
        request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(&all))
            .send()
            .await
            .expect("an answer")
    }

    /// What happens from now on, after the last event that was heard, if there is one.
    pub async fn events(&self, last: Option<&str>) -> Events {
        let request = client().get(format!("{}/console/events", self.house.url));
        let mut request = self.browsing(request).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        Events {
            answer,
            read: String::new(),
        }
    }

    pub fn browsing(&self, request: RequestBuilder) -> RequestBuilder {
        request
            .header("cookie", format!("{}={}", edge::COOKIE, self.token))
            .header("accept", "text/html")
    }
}

/// Shows redirects instead of following them.
pub fn client() -> Client {
    let client = Client::builder().redirect(Policy::none());
    client.build().expect("a client")
}

/// As forms send it.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let byte = |byte: u8| {
            if keep(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        };
        text.bytes().map(byte).collect()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// An open stream of events.
pub struct Events {
    answer: Response,
    read: String,
}

#[derive(Debug)]
pub struct Event {
    pub id: Option<String>,
    pub kind: String,
    pub data: Value,
}

impl Events {
    /// The next event; none when nothing comes for `limit`, or the stream is over.
    pub async fn within(&mut self, limit: Duration) -> Option<Event> {
        let next = async {
            loop {
                if let Some((one, rest)) = self.read.split_once("\n\n") {
                    let (event, rest) = (parsed(one), rest.to_owned());
                    self.read = rest;
                    if let Some(event) = event {
                        return Some(event);
                    }
                    continue;
                }
                let piece = self.answer.chunk().await.ok()??;
                self.read
                    .push_str(std::str::from_utf8(&piece).expect("UTF-8"));
            }
        };
        tokio::time::timeout(limit, next).await.ok()?
    }

    /// The next event of a kind.
    pub async fn next(&mut self, kind: &str) -> Event {
        loop {
            let event = self.within(EVENT_LIMIT).await;
            let event = event.unwrap_or_else(|| panic!("no {kind} came"));
            if event.kind == kind {
                return event;
            }
        }
    }
}

/// None of what only keeps the line alive.
fn parsed(text: &str) -> Option<Event> {
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        let value = lines.find(|(field, _)| *field == name);
        value.map(|(_, value)| value.trim_start().to_owned())
    };
    Some(Event {
        id: field("id"),
        kind: field("event")?,
        data: serde_json::from_str(&field("data")?).expect("JSON"),
    })
}

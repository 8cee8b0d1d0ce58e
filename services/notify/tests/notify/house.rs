//! A message, a configuration, and an HTTP server that says what a test wants.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use notify::{Address, Code, Config, Limits, Message, Notify, Outcome, Reach, Text};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// 2026-01-31T00:00:00Z.
pub const NOW_UNIX_S: i64 = 1_769_817_600;
/// A time-out that a test can wait for.
pub const SHORT_MS: u32 = 400;

/// What must never be seen in an outcome: addresses, tokens, and what a message says.
pub const PRIVATE: [&str; 6] = [
    "hush",
    "13800000000",
    "person@example.org",
    "openid-1",
    "请签到",
    "127.0.0.1",
];

pub fn message(to: Address) -> Message {
    let Value::Object(data) = json!({ "thing1": "上午签到", "count": 2 }) else {
        unreachable!("this is an object")
    };
    Message {
        id: "0198f0c2-m".into(),
        kind: "duty.due".into(),
        at_unix_s: NOW_UNIX_S - 60,
        to,
        title: Text {
            zh: "签到提醒".into(),
            en: "Check-in due".into(),
        },
        body: Text {
            zh: "请签到。".into(),
            en: "Please check in.".into(),
        },
        data,
    }
}

/// A configuration without channels that may reach this machine.
pub fn config() -> Config {
    Config {
        reach: Reach {
            loopback: true,
            private: false,
        },
        ..Config::default()
    }
}

pub fn short() -> Limits {
    Limits {
        timeout_ms: SHORT_MS,
        ..Limits::default()
    }
}

/// Deliver, and see that the outcome tells nothing private.
pub async fn deliver(notify: &Notify, message: &Message) -> Outcome {
    let outcome = notify.deliver(message, NOW_UNIX_S).await;
    let shown = format!("{outcome:?}");
    for private in PRIVATE {
        assert!(!shown.contains(private), "{shown}");
    }
    outcome
}

pub fn delivered(receipt: Option<&str>) -> Outcome {
    Outcome::Delivered {
        receipt: receipt.map(str::to_owned),
    }
}

pub fn assert_later(outcome: &Outcome, code: Code, retry_after_s: Option<u32>) {
    match outcome {
        Outcome::Later {
            why,
            retry_after_s: after_s,
        } => assert_eq!((why.code, *after_s), (code, retry_after_s), "{outcome:?}"),
        Outcome::Delivered { .. } | Outcome::Never { .. } => panic!("{outcome:?} is not later"),
    }
}

pub fn assert_never(outcome: &Outcome, code: Code) {
    match outcome {
        Outcome::Never { why } => assert_eq!(why.code, code, "{outcome:?}"),
        Outcome::Delivered { .. } | Outcome::Later { .. } => panic!("{outcome:?} is not never"),
    }
}

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    pub line: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A status with headers (each ended by CRLF) and a body.
    Say(u16, &'static str, Vec<u8>),
    /// The same after a while.
    Slowly(Duration, Box<Self>),
    /// Headers of a good answer, and then nothing.
    Stall,
    /// Nothing at all.
    Hang,
    /// The connection is closed.
    Close,
}

pub fn status(status: u16) -> Reply {
    Reply::Say(status, "", Vec::new())
}

pub fn says(json: &Value) -> Reply {
    Reply::Say(
        200,
        "content-type: application/json\r\n",
        json.to_string().into(),
    )
}

/// A server on loopback. Every connection has one request.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub async fn new(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (seen, reply) = (Arc::clone(&requests), Arc::new(reply));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (seen, reply) = (Arc::clone(&seen), Arc::clone(&reply));
                tokio::spawn(async move {
                    let Some(request) = read(&mut socket).await else {
                        return;
                    };
                    seen.lock().unwrap().push(request.clone());
                    write(&mut socket, reply(&request)).await;
                });
            }
        });
        Self { address, requests }
    }

    /// A server that always says the same.
    pub async fn saying(reply: Reply) -> Self {
        Self::new(move |_| reply.clone()).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn read(socket: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        if socket.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut head = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(head_len) = head.parse(&bytes).unwrap() else {
            continue;
        };
        let line = format!("{} {}", head.method.unwrap(), head.path.unwrap());
        let headers: HeaderMap = head
            .headers
            .iter()
            .map(|header| {
                let name: HeaderName = header.name.parse().unwrap();
                (name, HeaderValue::from_bytes(header.value).unwrap())
            })
            .collect();
        // A question has no body.
        let body_len: usize = headers
            .get("content-length")
            .map_or(0, |len| len.to_str().unwrap().parse().unwrap());
        if bytes.len() == head_len + body_len {
            let body = bytes.split_off(head_len);
            return Some(Request {
                line,
                headers,
                body,
            });
        }
    }
}

async fn write(socket: &mut TcpStream, reply: Reply) {
    match reply {
        Reply::Say(status, headers, body) => {
            let len = body.len();
            let head = format!(
                "HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {len}\r\n{headers}\r\n"
            );
            // The other end may have heard enough.
            let _ = socket.write_all(head.as_bytes()).await;
            let _ = socket.write_all(&body).await;
            let _ = socket.shutdown().await;
        }
        Reply::Slowly(wait, reply) => {
            tokio::time::sleep(wait).await;
            Box::pin(write(socket, *reply)).await;
        }
        Reply::Stall => {
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
            socket.write_all(head).await.unwrap();
            std::future::pending::<()>().await;
        }
        Reply::Hang => std::future::pending().await,
        Reply::Close => {}
    }
}

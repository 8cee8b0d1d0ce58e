//! A house on loopback, an officer who is signed in, and phones of enrolled persons.

mod beside;
pub mod browser;

use std::{collections::BTreeMap, path::PathBuf, time::SystemTime};

use app::{Clock, Cx, Entropy, House as Keys, Limits, Outside, officer::NewOfficer, worker};
use domain::{
    Micros, OfficerId, OrgUnitId, PersonId,
    access::Role,
    event::{Actor, EventKind},
    org::{Level, OrgUnit, UnitPath},
    verdict::{Demanded, Policy},
};
use edge::Site;
use engine::{Engine, Scripted};
use media::{Disk, DiskConfig, Media};
use notify::Notify;
use phone::{DeviceKey, Phone, PhoneConfig, Random};
use reqwest::{Client, Method, Response, StatusCode};
use seal::MasterKey;
use serde_json::Value;
use store::{Store, StoreConfig};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use wire::{Duty, Facts, PartDigest, Session};

/// 2026-03-02 08:30 in Shanghai.
pub const MORNING: Micros = Micros(1_772_411_400_000_000);
const MASTER: [u8; 32] = [7; 32];
pub const PASSWORD: &str = "correct horse battery staple";

/// How a house is built.
pub struct Plan {
    pub workers: bool,
    pub free_bytes_min: u64,
    pub limits: Limits,
    pub scripted: bool,
    pub notify: notify::Config,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            workers: true,
            free_bytes_min: 0,
            limits: Limits {
                poll_ms: 20,
                ..Limits::default()
            },
            scripted: true,
            notify: notify::Config::default(),
        }
    }
}

/// A running house.
pub struct House {
    pub url: String,
    pub cx: Cx,
    pub scripted: Scripted,
    pub http: Client,
    stop: watch::Sender<bool>,
    loops: Vec<JoinHandle<()>>,
    /// Keeps the media as long as the house stands.
    dir: Option<TempDir>,
}

impl House {
    pub async fn start(database: &str) -> Self {
        Self::with(database, Plan::default()).await
    }

    pub async fn with(database: &str, plan: Plan) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let mut house = Self::at(database, dir.path().join("media"), plan).await;
        house.dir = Some(dir);
        house
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the age of left-over files is taken against the file system's clock"
    )]
    pub async fn at(database: &str, media: PathBuf, plan: Plan) -> Self {
        let config = StoreConfig {
            busy_timeout_ms: 300,
            acquire_timeout_ms: 1_000,
            ..StoreConfig::default()
        };
        let store = Store::open(database, &config)
            .await
            .expect("the database opens");
        store.migrate().await.expect("the database migrates");
        let (clock, entropy) = (Clock::manual(MORNING), Entropy::system());
        let keys = Keys::open(&store, MasterKey::from_bytes(MASTER), &entropy, MORNING)
            .await
            .expect("the keys open");
        let disk = Disk::open(
            &DiskConfig {
                root: media,
                free_bytes_min: plan.free_bytes_min,
            },
            SystemTime::now(),
        )
        .expect("the media folder opens");
        let scripted = Scripted::new(8);
        let engine = if plan.scripted {
            Engine::Scripted(scripted.clone())
        } else {
            Engine::Absent
        };
        let cx = Cx::new(Outside {
            store,
            media: Media::Disk(disk),
            engine,
            notify: Notify::new(&plan.notify).expect("the ways of telling"),
            clock,
            entropy,
            house: keys,
            policy: Policy {
                presence_asked: Demanded::Lenient,
                ..Policy::default()
            },
            limits: plan.limits,
        });
        let (stop, stopped) = watch::channel(false);
        let mut loops = Vec::new();
        if plan.workers {
            loops.push(tokio::spawn(worker::run(cx.clone(), stopped.clone())));
        }
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let routes = server::http::routes(Site {
            cx: cx.clone(),
            public_url: None,
        });
        loops.push(tokio::spawn(async move {
            axum::serve(listener, routes)
                .await
                .expect("the server runs");
        }));
        Self {
            url,
            cx,
            scripted,
            http: Client::new(),
            stop,
            loops,
            dir: None,
        }
    }

    /// As when the power goes: nothing is finished, nothing is told.
    pub fn kill(self) {
        for task in &self.loops {
            task.abort();
        }
    }

    /// A top unit and an office below it.
    pub async fn office(&self) -> OrgUnit {
        let county = self.unit(None, Level::County, "县").await;
        self.unit(Some(&county), Level::Office, "所").await
    }

    pub async fn unit(&self, parent: Option<&OrgUnit>, level: Level, name: &str) -> OrgUnit {
        app::unit::create_by(&self.cx, Actor::System, parent, level, name.into())
            .await
            .expect("a unit")
    }

    /// What an officer was refused, oldest first.
    pub async fn refusals(&self, officer: OfficerId) -> Vec<EventKind> {
        let mut tx = self.cx.store.read().await.expect("a transaction");
        let everywhere = UnitPath(String::new());
        let events = store::event::of_officers(&mut tx, &everywhere, None, 10_000)
            .await
            .expect("events");
        let of = |event: &domain::event::Event| event.actor == Actor::Officer(officer);
        let kinds = events.into_iter().filter(of).map(|event| event.kind);
        kinds
            .filter(|kind| kind.as_str() == "access_refused")
            .collect()
    }

    /// A user of that unit, signed in over HTTP.
    pub async fn officer(&self, unit: OrgUnitId, login: &str, role: Role) -> Officer<'_> {
        let new = NewOfficer {
            unit,
            login: login.into(),
            name: "名".into(),
            role,
            password: PASSWORD.into(),
        };
        let created = app::officer::create_by(&self.cx, Actor::System, new)
            .await
            .expect("an officer");
        let code = totp(&created.totp_uri, self.cx.now());
        let body = serde_json::json!({ "login": login, "password": PASSWORD, "totp": code });
        let answer = self
            .http
            .post(format!("{}/v1/console/session", self.url))
            .json(&body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::CREATED);
        let signed_in: wire::SignedIn = answer.json().await.expect("a session");
        Officer {
            house: self,
            id: created.officer.id,
            token: signed_in.token,
            unit,
            totp_uri: created.totp_uri,
        }
    }

    /// Events of a person, by kind.
    pub async fn events(&self, person: PersonId, kind: &str) -> Vec<EventKind> {
        let mut tx = self.cx.store.read().await.expect("a transaction");
        let events = store::event::of_person(&mut tx, person, None, 1_000)
            .await
            .expect("events");
        events
            .into_iter()
            .map(|event| event.kind)
            .filter(|event| event.as_str() == kind)
            .collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        for task in &self.loops {
            task.abort();
        }
    }
}

/// The authenticator's code at an instant.
pub fn totp(uri: &str, now: Micros) -> String {
    let secret = uri
        .split("secret=")
        .nth(1)
        .and_then(|rest| rest.split('&').next())
        .expect("the URI holds a secret");
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base 32");
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .build()
        .expect("a TOTP");
    totp.generate(u64::try_from(now.unix_s()).expect("after 1970"))
        .to_string()
}

/// An officer at the console.
pub struct Officer<'a> {
    pub house: &'a House,
    pub id: OfficerId,
    pub token: String,
    pub unit: OrgUnitId,
    pub totp_uri: String,
}

impl Officer<'_> {
    pub async fn get(&self, path: &str) -> Response {
        self.house
            .http
            .get(format!("{}{path}", self.house.url))
            .bearer_auth(&self.token)
            .send()
            .await
            .expect("an answer")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        let request = self
            .house
            .http
            .post(format!("{}{path}", self.house.url))
            .bearer_auth(&self.token)
            .json(body);
        request
            .header(wire::IDEMPOTENCY_KEY, self.house.cx.id().to_string())
            .send()
            .await
            .expect("an answer")
    }

    pub async fn put(&self, path: &str, offset: u64, bytes: Vec<u8>) -> Response {
        let request = self
            .house
            .http
            .request(Method::PUT, format!("{}{path}", self.house.url))
            .bearer_auth(&self.token);
        request
            .header(wire::UPLOAD_OFFSET, offset)
            .body(bytes)
            .send()
            .await
            .expect("an answer")
    }

    /// Registers a person with one window, 08:00 to 09:00 and half an hour of grace.
    pub async fn register(&self, case_number: &str) -> wire::Person {
        let body = person(self.unit, case_number);
        let answer = self.post("/v1/console/persons", &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let person: wire::Person = answer.json().await.expect("a person");
        let times = serde_json::json!({ "kind": "window", "opens": "08:00", "closes": "09:00" });
        let rule =
            serde_json::json!({ "times": times, "grace_min": 30, "factors": "face_and_voice" });
        let plan = serde_json::json!({ "zone": "Asia/Shanghai", "rules": [rule] });
        let answer = self
            .post(&format!("/v1/console/persons/{}/plan", person.id), &plan)
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        person
    }

    /// Enrols a person from samples that only a scripted engine understands.
    pub async fn enrol(&self, person: PersonId) -> wire::Enrolment {
        self.enrol_as(person, &person.to_string(), None).await
    }

    /// The same with somebody's face, and why it may be.
    pub async fn enrol_as(
        &self,
        person: PersonId,
        face: &str,
        despite: Option<&str>,
    ) -> wire::Enrolment {
        let (path, answer) = self.hand_in(person, face, despite).await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        self.get(&format!("{path}?wait_s=20"))
            .await
            .json()
            .await
            .expect("an enrolment")
    }

    /// An enrolment's address, and the answer to its submission.
    pub async fn hand_in(
        &self,
        person: PersonId,
        face: &str,
        despite: Option<&str>,
    ) -> (String, Response) {
        let answer = self
            .post(
                &format!("/v1/console/persons/{person}/enrolments"),
                &serde_json::json!({}),
            )
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let enrolment: wire::Enrolment = answer.json().await.expect("an enrolment");
        let path = format!("/v1/console/enrolments/{}", enrolment.id);
        let mut phrases = BTreeMap::new();
        for index in 0..3 {
            for kind in ["picture", "phrase"] {
                let bytes = format!("{kind} {index} of {face}").into_bytes();
                let answer = self
                    .put(&format!("{path}/parts/{kind}-{index}"), 0, bytes)
                    .await;
                assert_eq!(answer.status(), StatusCode::NO_CONTENT);
            }
            phrases.insert(format!("phrase-{index}"), enrolment.phrases[index].clone());
        }
        let answer = self
            .post(
                &format!("{path}/submit"),
                &serde_json::json!({ "phrases": phrases, "despite_likeness": despite }),
            )
            .await;
        (path, answer)
    }

    /// A phone with a key of its own, activated for the person.
    pub async fn activate(&self, person: PersonId, config: PhoneConfig) -> Phone {
        let answer = self
            .post(
                &format!("/v1/console/persons/{person}/activation"),
                &serde_json::json!({}),
            )
            .await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let activation: wire::Activation = answer.json().await.expect("a code");
        let phone = Phone::new(
            &self.house.url,
            DeviceKey::generate(&Random::default()),
            config,
        )
        .expect("a phone");
        phone
            .activate(&activation.code, "test")
            .await
            .expect("the code is good");
        phone
    }

    /// A phone that says which handset it is.
    pub async fn activate_handset(&self, person: PersonId, handset: &str) -> Phone {
        let mut config = impatient();
        config.handset = Some(handset.to_owned());
        self.activate(person, config).await
    }

    /// A person who can check in, and his phone.
    pub async fn ready(&self, case_number: &str) -> (wire::Person, Phone) {
        let person = self.register(case_number).await;
        let enrolment = self.enrol(person.id).await;
        assert_eq!(
            enrolment.state,
            domain::enrolment::State::Complete,
            "{:?}",
            enrolment.flaws
        );
        let phone = self.activate(person.id, impatient()).await;
        (person, phone)
    }
}

/// A registration with an order that has begun long ago.
pub fn person(unit: OrgUnitId, case_number: &str) -> Value {
    let order = serde_json::json!({
        "category": "probation", "level": "general", "starts_on": "2026-01-01", "ends_on": "2027-12-31",
    });
    serde_json::json!({ "unit": unit, "name": "某", "case_number": case_number, "order": order })
}

/// A house with an office, a station officer and one person who can check in.
pub async fn with_phone(database: &str) -> (House, wire::Person, Phone) {
    let house = House::start(database).await;
    let unit = house.office().await;
    let (person, phone) = house
        .officer(unit.id, "officer", Role::StationOfficer)
        .await
        .ready("C-1")
        .await;
    (house, person, phone)
}

/// A phone that does not repeat: tests want the first answer.
pub fn impatient() -> PhoneConfig {
    PhoneConfig {
        tries_max: 1,
        ..PhoneConfig::default()
    }
}

/// The duty that is open now.
pub async fn due(phone: &Phone) -> Duty {
    let duties = phone.duties().await.expect("duties").duties;
    duties
        .into_iter()
        .find(|duty| duty.phase == domain::duty::Phase::Open)
        .expect("a duty is open")
}

/// Uploads a selfie and a recording; `salt` makes their bytes unique.
pub async fn upload(phone: &Phone, session: &Session, salt: &str) -> BTreeMap<String, PartDigest> {
    let mut parts = BTreeMap::new();
    for part in ["selfie-0", "voice"] {
        let digest = phone
            .upload(session, part, format!("{part} {salt}").as_bytes())
            .await
            .expect("the part is stored");
        parts.insert(part.to_owned(), digest);
    }
    parts
}

/// One whole check-in up to the acknowledgement.
pub async fn check_in(phone: &Phone, salt: &str) -> wire::Checkin {
    let session = phone.open(due(phone).await.id).await.expect("a session");
    let parts = upload(phone, &session, salt).await;
    phone
        .submit(&session, parts, Facts::default())
        .await
        .expect("an acknowledgement")
}

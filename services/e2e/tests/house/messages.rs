//! What the house tells officers, persons and other systems, through servers of this machine.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Query, State},
    http::HeaderMap,
    routing::{get, post},
};
use domain::{
    MessageId, PersonId,
    access::Role,
    attendance::RulingKind,
    message::{Content, Means, Message, PER_DAY_MAX, Party, Text, To},
    reminder::OPENINGS_A_DAY_MAX,
};
use notify::{ATTEMPTS_MAX, SigningSecret, verify};
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::for_each_database;
use tokio::net::TcpListener;

use crate::support::{House, Officer, Plan, due};

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// A provider's server: what came, and the status that it answers with.
#[derive(Clone)]
struct Provider {
    url: String,
    came: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    status: Arc<AtomicU16>,
}

impl Provider {
    async fn start() -> Self {
        async fn take(
            State(provider): State<Provider>,
            headers: HeaderMap,
            body: Bytes,
        ) -> (StatusCode, String) {
            provider
                .came
                .lock()
                .expect("no panic")
                .push((headers, body));
            let status = provider.status.load(Ordering::SeqCst);
            let status = StatusCode::from_u16(status).expect("a status");
            (status, json!({ "code": "OK" }).to_string())
        }
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port on loopback");
        let provider = Self {
            url: format!("http://{}/", listener.local_addr().expect("an address")),
            came: Arc::default(),
            status: Arc::new(AtomicU16::new(200)),
        };
        let routes = Router::new()
            .route("/", post(take))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        provider
    }

    /// What came since the last call.
    fn came(&self) -> Vec<(HeaderMap, Bytes)> {
        std::mem::take(&mut *self.came.lock().expect("no panic"))
    }

    fn texts(&self) -> Vec<Value> {
        let json = |(_, body): (HeaderMap, Bytes)| serde_json::from_slice(&body).expect("JSON");
        self.came().into_iter().map(json).collect()
    }
}

/// A house that tells `hook` as a webhook and sends SMS through `sms`.
async fn house(database: &str, hook: &Provider, sms: &Provider) -> House {
    let notify = json!({
        "reach": { "loopback": true },
        "webhook": { "url": hook.url, "secrets": [SECRET] },
        "sms": { "url": sms.url, "body_template": { "to": "{to}", "text": "{zh}" },
                 "ok": { "pointer": "/code", "value": "OK" } },
    });
    let plan = Plan {
        notify: serde_json::from_value(notify).expect("a configuration"),
        ..Plan::default()
    };
    House::with(database, plan).await
}

async fn deliver(house: &House) {
    while app::outbox::deliver(&house.cx).await.expect("a round") > 0 {}
}

async fn set(officer: &Officer<'_>, path: &str, address: &str) -> Vec<wire::Contact> {
    let body = json!({ "means": "sms", "address": address });
    let answer = officer.post(path, &body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.expect("addresses")
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_and_other_systems_hear_of_a_failure_once_and_within_two_minutes() {
    for_each_database(|url| async move {
        let (hook, sms) = (Provider::start().await, Provider::start().await);
        let house = house(&url, &hook, &sms).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "one", Role::StationOfficer).await;
        let aside = house.officer(unit.id, "aside", Role::StationOfficer).await;
        let worker = house.officer(unit.id, "worker", Role::SocialWorker).await;
        for (who, number) in [
            (&officer, "13800000001"),
            (&aside, "13800000002"),
            (&worker, "13800000003"),
        ] {
            let shown = set(who, "/v1/console/contacts", number).await;
            assert!(!shown[0].masked.contains(number), "{}", shown[0].masked);
        }
        let (first, second) = (officer.register("A-1").await, officer.register("A-2").await);
        for person in [&first, &second] {
            let body = json!({ "officer": aside.id, "reason": "亲属" });
            let path = format!("/v1/console/persons/{}/recusals", person.id);
            assert_eq!(aside.post(&path, &body).await.status(), StatusCode::CREATED);
        }
        deliver(&house).await;
        assert!(
            hook.came().is_empty() && sms.came().is_empty(),
            "nothing has happened"
        );

        // Both miss the window of 08:00 to 09:00 with its half hour of grace.
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        house.cx.clock.advance_ms(2 * MINUTE_MS);
        deliver(&house).await;
        deliver(&house).await;
        let texts = sms.texts();
        assert_eq!(
            texts.len(),
            1,
            "one message for both, to the one who may decide: {texts:?}"
        );
        assert_eq!(texts[0]["to"], "13800000001");
        let hooks = hook.came();
        assert_eq!(hooks.len(), 2, "each by itself");
        let secret: SigningSecret = SECRET.parse().expect("a secret");
        let mut persons = Vec::new();
        for (headers, body) in &hooks {
            verify(&secret, headers, body, house.cx.now().unix_s()).expect("it is signed");
            let event: Value = serde_json::from_slice(body).expect("JSON");
            assert_eq!(
                (&event["type"], &event["data"]["what"]),
                (&json!("alert.raised"), &json!("missed_duty"))
            );
            persons.push(event["data"]["person"].as_str().expect("an id").to_owned());
        }
        persons.sort();
        let mut expected = [first.id.to_string(), second.id.to_string()];
        expected.sort();
        assert_eq!(persons, expected);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_delivered_is_tried_as_scheduled_and_ends_where_an_administrator_sees_it() {
    for_each_database(|url| async move {
        let (hook, sms) = (Provider::start().await, Provider::start().await);
        hook.status.store(503, Ordering::SeqCst);
        let house = house(&url, &hook, &sms).await;
        let unit = house.office().await;
        house
            .officer(unit.id, "one", Role::StationOfficer)
            .await
            .register("A-1")
            .await;
        house.cx.clock.advance_ms(HOUR_MS + 1);
        app::lapse::run(&house.cx).await.expect("a round");
        let mut waits = Vec::new();
        let mut last = house.cx.now();
        // 30 hours, in steps of 5 seconds at first and of 5 minutes later.
        for step in 0..500 {
            deliver(&house).await;
            for _ in hook.came() {
                waits.push(house.cx.now().since_ms(last) / 1_000);
                last = house.cx.now();
            }
            house
                .cx
                .clock
                .advance_ms(if step < 5 { 5_000 } else { 5 * MINUTE_MS });
        }
        assert_eq!(waits.len(), ATTEMPTS_MAX as usize, "{waits:?}");
        for (wait, planned) in waits
            .iter()
            .zip([0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000])
        {
            assert!((*wait - planned).abs() <= planned / 10 + 300, "{waits:?}");
        }

        let county = unit.parent.expect("a county");
        let admin = house.officer(county, "admin", Role::Administrator).await;
        let elsewhere = house.unit(None, domain::org::Level::County, "乙县").await;
        let other = house
            .officer(elsewhere.id, "other", Role::Administrator)
            .await;
        let dead: wire::Page<wire::DeadLetter> = admin
            .get("/v1/console/messages/dead")
            .await
            .json()
            .await
            .expect("a page");
        assert_eq!(dead.items.len(), 1);
        assert_eq!(
            (dead.items[0].kind.as_str(), dead.items[0].attempts),
            ("alert.raised", 8)
        );
        assert!(
            dead.items[0].why.starts_with("unavailable"),
            "{}",
            dead.items[0].why
        );
        let path = format!("/v1/console/messages/{}/revive", dead.items[0].id);
        assert_eq!(
            other.post(&path, &json!({})).await.status(),
            StatusCode::NOT_FOUND
        );
        hook.status.store(204, Ordering::SeqCst);
        assert_eq!(admin.post(&path, &json!({})).await.status(), StatusCode::OK);
        deliver(&house).await;
        assert_eq!(hook.came().len(), 1);
        assert_eq!(
            admin.post(&path, &json!({})).await.status(),
            StatusCode::NOT_FOUND,
            "it is no dead letter"
        );
    })
    .await;
}

/// A message to a person about a duty, for the coming day.
async fn put(
    house: &House,
    unit: domain::OrgUnitId,
    person: PersonId,
    duty: Option<domain::DutyId>,
    number: u32,
) -> MessageId {
    let now = house.cx.now();
    let message = Message {
        id: MessageId(house.cx.id()),
        dedup: format!("test:{number}:{now:?}"),
        kind: "duty.opening".into(),
        unit,
        to: To::Party(Party::Person(person), Means::Sms),
        duty,
        content: Content {
            body: Text::new(format!("{number}"), ""),
            ..Content::default()
        },
        made_at: now,
        due_at: now,
        expires_at: now.plus_ms(24 * HOUR_MS),
    };
    let mut tx = house.cx.store.write().await.expect("a transaction");
    assert!(
        store::message::put(&mut tx, &message)
            .await
            .expect("it is stored")
    );
    assert!(
        !store::message::put(&mut tx, &message).await.expect("known"),
        "the same only once"
    );
    tx.commit().await.expect("it lasts");
    message.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_by_day_while_it_is_of_use_and_not_too_often() {
    for_each_database(|url| async move {
        let (hook, sms) = (Provider::start().await, Provider::start().await);
        let house = house(&url, &hook, &sms).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "one", Role::StationOfficer).await;
        let (person, phone) = officer.ready("A-1").await;
        put(&house, unit.id, person.id, None, 0).await;
        deliver(&house).await;
        assert!(sms.came().is_empty(), "there is no address");

        let path = format!("/v1/console/persons/{}/contacts", person.id);
        set(&officer, &path, "13800000009").await;
        let duty = due(&phone).await.id;
        put(&house, unit.id, person.id, Some(duty), 1).await;
        deliver(&house).await;
        assert_eq!(sms.texts(), [json!({ "to": "13800000009", "text": "1" })]);
        // The duty is met before the next one goes out.
        put(&house, unit.id, person.id, Some(duty), 2).await;
        let body = json!({ "kind": RulingKind::Excused, "reason": "住院" });
        let ruled = officer
            .post(&format!("/v1/console/duties/{duty}/ruling"), &body)
            .await;
        assert_eq!(ruled.status(), StatusCode::CREATED);
        deliver(&house).await;
        assert!(sms.came().is_empty(), "it is of no use any more");

        // 22:30 in Shanghai, then 06:00 of the next day.
        house.cx.clock.advance_ms(14 * HOUR_MS);
        put(&house, unit.id, person.id, None, 3).await;
        deliver(&house).await;
        house.cx.clock.advance_ms(7 * HOUR_MS + 29 * MINUTE_MS);
        deliver(&house).await;
        assert!(sms.came().is_empty(), "05:59 is night");
        house.cx.clock.advance_ms(MINUTE_MS);
        deliver(&house).await;
        assert_eq!(sms.texts().len(), 1);

        house.cx.clock.advance_ms(2 * HOUR_MS);
        for number in 10..10 + 2 * PER_DAY_MAX {
            put(&house, unit.id, person.id, None, number).await;
        }
        deliver(&house).await;
        let told = sms.came().len();
        assert_eq!(
            told,
            OPENINGS_A_DAY_MAX - 2,
            "two were sent in the last 24 hours"
        );
        put(&house, unit.id, person.id, None, 99).await;
        deliver(&house).await;
        assert!(sms.came().is_empty(), "it was enough for today");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_cannot_be_names_its_field_and_a_removed_one_is_gone() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "one", Role::StationOfficer).await;
        let person = officer.register("A-1").await;
        let path = format!("/v1/console/persons/{}/contacts", person.id);
        for (body, field) in [
            (json!({ "means": "sms", "address": "12-34" }), "address"),
            (json!({ "means": "sms", "address": "" }), "address"),
            (json!({ "means": "mail", "address": "someone" }), "address"),
            (json!({ "means": "wechat", "address": "o123" }), "means"),
            (json!({ "means": "pigeon", "address": "o123" }), "means"),
        ] {
            let answer = officer.post(&path, &body).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            let problem: wire::Problem = answer.json().await.expect("a problem");
            assert_eq!(problem.facts["field"], field, "{body}");
        }
        set(&officer, &path, "+8613800000009").await;
        let removed = officer.post(&path, &json!({ "means": "sms" })).await;
        assert_eq!(
            removed
                .json::<Vec<wire::Contact>>()
                .await
                .expect("addresses"),
            []
        );
        let events = house.events(person.id, "contact_removed").await;
        assert_eq!(events.len(), 1);
    })
    .await;
}

/// WeChat, as far as logins go: the user of `code-of-…` is `user-…`.
async fn wechat() -> String {
    async fn answer(Query(asked): Query<BTreeMap<String, String>>) -> Json<Value> {
        assert_eq!((&*asked["appid"], &*asked["secret"]), ("app-1", "hush"));
        let number = asked["js_code"].strip_prefix("code-of-");
        Json(match number {
            Some(number) => json!({ "openid": format!("user-{number}"), "session_key": "k" }),
            None => json!({ "errcode": 40163, "errmsg": "code been used" }),
        })
    }
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port on loopback");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let routes = Router::new().route("/sns/jscode2session", get(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_is_good_for_one_message() {
    for_each_database(|url| async move {
        let notify = json!({
            "reach": { "loopback": true },
            "wechat": { "url": wechat().await, "appid": "app-1", "secret": "hush" },
        });
        let plan = Plan {
            notify: serde_json::from_value(notify).expect("a configuration"),
            ..Plan::default()
        };
        let house = House::with(&url, plan).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "one", Role::StationOfficer).await;
        let (person, phone) = officer.ready("A-1").await;
        let consents = async |template_id: &str, consents| {
            let template_id = template_id.to_owned();
            let asked = wire::Subscription {
                template_id,
                consents,
            };
            Ok::<_, phone::Error>(phone.subscribe(asked).await?[0].consents)
        };
        let log_in = async |code: &str| {
            let code = code.to_owned();
            let contacts = phone.log_in(wire::WeChatLogin { code }).await?;
            Ok::<_, phone::Error>(contacts[0].consents)
        };
        assert!(consents("T-1", 1).await.is_err(), "nobody has logged in");
        assert!(log_in("used").await.is_err(), "WeChat does not know it");
        assert_eq!(log_in("code-of-1").await.expect("a login"), Some(0));
        assert_eq!(consents("T-1", 2).await.expect("consents"), Some(2));
        assert_eq!(consents("T-1", 1).await.expect("consents"), Some(3));
        let again = log_in("code-of-1").await.expect("a login");
        assert_eq!(again, Some(3), "the same user's stay his");
        let other = log_in("code-of-2").await.expect("a login");
        assert_eq!(other, Some(0), "another user's are not his");
        assert_eq!(consents("T-1", 1).await.expect("consents"), Some(1));
        assert!(consents("T 1", 1).await.is_err());
        let mut tx = house.cx.store.write().await.expect("a transaction");
        let party = Party::Person(person.id);
        let found = store::contact::get(&mut tx, party, Means::WeChat)
            .await
            .expect("a row");
        let id = found.expect("an address").id;
        store::contact::spend(&mut tx, id)
            .await
            .expect("one is left");
        let lost = store::contact::spend(&mut tx, id).await;
        assert!(matches!(lost, Err(store::Error::Lost)), "none is left");
    })
    .await;
}

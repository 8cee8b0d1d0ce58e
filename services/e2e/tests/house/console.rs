//! The officers' pages over HTTP, as a browser sees them.

use std::time::Duration;

use domain::{Llr, access::Role, checkin::State, evidence::Comparison};
use engine::{Probe, Scripted};
use phone::Phone;
use reqwest::{Response, StatusCode};
use testkit::for_each_database;

use crate::support::{
    House, Officer, PASSWORD,
    browser::{client, encoded},
    check_in, totp, with_phone,
};

const WAIT: Duration = Duration::from_secs(20);
/// An officer is told within this time.
const TOLD: Duration = Duration::from_secs(2);
const STEP_MS: i64 = 30_000;

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().expect("text"))
}

/// Another's face: goes to an officer.
pub async fn review(house: &House, phone: &Phone, salt: &str) -> domain::CheckinId {
    let template = engine::Embedding::normalise(vec![1.0; 4]).expect("a direction");
    let probe = Probe {
        pictures: vec!["x".into()],
        voice: Some("x".into()),
        face_template: engine::FaceTemplate::new(Scripted::PACK, vec![template]),
        voice_template: None,
        prompt: Some("1".into()),
        presence: None,
    };
    let mut seen = Scripted::genuine(&probe);
    seen.pictures[0].comparison = Llr::new(-6.0).map(|llr| Comparison { score: 0.1, llr });
    house.scripted.play(Ok(seen));
    let sent = check_in(phone, salt).await;
    let settled = phone.wait(sent.id, WAIT).await.expect("a verdict");
    assert_eq!(settled.state, State::Review);
    settled.id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_no_script_reads_opens_the_pages_and_signing_out_shuts_them() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "li", Role::StationOfficer).await;
        let stranger = client().get(format!("{}/console/persons?q=x", house.url));
        let answer = stranger
            .header("accept", "text/html")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let door = "/console/sign-in?next=/console/persons%3Fq%3Dx";
        assert_eq!(header(&answer, "location"), door);
        house.cx.clock.advance_ms(STEP_MS);
        let code = totp(&officer.totp_uri, house.cx.now());
        let sign_in = |password: &str, from: &'static str| {
            let body = [
                ("login", "li"),
                ("password", password),
                ("totp", &code),
                ("next", "//a.example"),
            ];
            let request = client().post(format!("{}/console/sign-in", house.url));
            let request = request
                .header("accept", "text/html")
                .header("sec-fetch-site", from);
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(encoded(&body))
                .send()
        };
        let foreign = sign_in(PASSWORD, "cross-site").await.expect("an answer");
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        let wrong = sign_in("wrong horse battery staple", "same-origin")
            .await
            .expect("an answer");
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
        assert!(wrong.text().await.expect("a page").contains("验证码"));
        let right = sign_in(PASSWORD, "same-origin").await.expect("an answer");
        assert_eq!(right.status(), StatusCode::SEE_OTHER);
        assert_eq!(
            header(&right, "location"),
            "/console",
            "it leads nowhere else"
        );
        let cookie = header(&right, "set-cookie").to_owned();
        let (pair, flags) = cookie.split_once("; ").expect("flags");
        assert!(pair.starts_with("__Host-muster="), "{cookie}");
        assert_eq!(flags, "Path=/; Secure; HttpOnly; SameSite=Strict");
        let token = pair.trim_start_matches("__Host-muster=").to_owned();
        let browser = Officer { token, ..officer };
        let page = browser.page("/console").await;
        assert_eq!(page.status(), StatusCode::OK);
        let policy = header(&page, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(header(&page, "cache-control"), "no-store");
        assert!(header(&page, "permissions-policy").contains("camera=()"));
        let html = page.text().await.expect("a page");
        assert!(
            !html.contains("<style") && !html.contains("style=\"") && !html.contains("onclick")
        );
        assert!(
            !html.contains("http://") && !html.contains("https://"),
            "nothing is asked of others"
        );
        let out = browser.form("/console/sign-out", &[]).await;
        assert_eq!(out.status(), StatusCode::SEE_OTHER);
        assert!(header(&out, "set-cookie").contains("Max-Age=0"));
        assert_eq!(
            browser.page("/console").await.status(),
            StatusCode::SEE_OTHER
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_page_makes_a_browser_send_is_refused_and_recorded() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let unit = house.office().await;
        let officer = house.officer(unit.id, "li", Role::StationOfficer).await;
        let csrf = app::officer::csrf(&officer.token);
        let post = |fields: String, site: Option<&'static str>, path: &str| {
            let request = client().post(format!("{}{path}", house.url));
            let request = officer
                .browsing(request)
                .header("content-type", "application/x-www-form-urlencoded");
            let request = match site {
                Some(site) => request.header("sec-fetch-site", site),
                None => request,
            };
            request.body(fields).send()
        };
        let right = encoded(&[("csrf", &csrf)]);
        let other = encoded(&[("csrf", &app::officer::csrf("another session"))]);
        for (fields, site) in [
            (String::new(), Some("same-origin")),
            (other, Some("same-origin")),
            (right.clone(), Some("cross-site")),
            (right.clone(), Some("same-site")),
        ] {
            let answer = post(fields, site, "/console/sign-out")
                .await
                .expect("an answer");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        }
        assert_eq!(house.refusals(officer.id).await.len(), 4);
        // The API by cookie: reading needs nothing more, changing needs the token in a header that no foreign page can set.
        let api = |request: reqwest::RequestBuilder| officer.browsing(request).send();
        let who = format!("{}/v1/console/session", house.url);
        let read = api(client().get(&who)).await.expect("an answer");
        assert_eq!(read.status(), StatusCode::OK);
        let bare = api(client().delete(&who)).await.expect("an answer");
        assert_eq!(bare.status(), StatusCode::FORBIDDEN);
        let own = client().delete(&who).header("x-muster-csrf", &csrf);
        assert_eq!(
            api(own).await.expect("an answer").status(),
            StatusCode::NO_CONTENT
        );
        let after = post(right, None, "/console/sign-out")
            .await
            .expect("an answer");
        assert_eq!(
            header(&after, "location"),
            "/console/sign-in",
            "the session is over"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verdict_reaches_an_open_page_within_two_seconds_and_nothing_is_lost_on_the_way_back() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house.officer(person.unit, "li", Role::StationOfficer).await;
        let elsewhere = house.office().await;
        let stranger = house.officer(elsewhere.id, "wang", Role::CountyHead).await;
        let (mut own, mut foreign) = (officer.events(None).await, stranger.events(None).await);
        assert_eq!(own.next("hello").await.kind, "hello");
        let first = review(&house, &phone, "1").await;
        let told = tokio::time::timeout(TOLD, own.next("checkin_concluded")).await;
        let told = told.expect("within two seconds");
        assert_eq!(told.data["about"]["checkin"], first.to_string());
        assert_eq!(told.data["person"], person.id.to_string());
        assert_eq!(told.data["about"]["verdict"], "review");
        // The line drops, and things happen.
        drop(own);
        let second = review(&house, &phone, "2").await;
        let mut again = officer.events(told.id.as_deref()).await;
        loop {
            let next = again.next("checkin_concluded").await;
            if next.data["about"]["checkin"] == second.to_string() {
                break;
            }
        }
        // Who sees nobody of them is told nothing of them.
        assert_eq!(foreign.next("hello").await.kind, "hello");
        assert!(foreign.within(TOLD).await.is_none());
        // Who was away for hours looks at everything anew.
        house.cx.clock.advance_ms(3 * 3_600_000);
        let mut late = officer.events(told.id.as_deref()).await;
        assert!(
            late.within(TOLD)
                .await
                .is_some_and(|event| event.kind == "reset")
        );
        // The house shuts down: streams end by themselves.
        house.cx.signal.close();
        let over = async { while late.within(WAIT).await.is_some() {} };
        tokio::time::timeout(TOLD, over)
            .await
            .expect("the stream ends");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_never_work_on_one_case() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let one = house.officer(person.unit, "li", Role::StationOfficer).await;
        let other = house
            .officer(person.unit, "wang", Role::StationOfficer)
            .await;
        let id = review(&house, &phone, "1").await;
        let path = format!("/console/reviews/{id}");
        let mine = one.read(&path).await;
        assert!(mine.contains("由您核查") && mine.contains("name=\"decision\""));
        let theirs = other.read(&path).await;
        assert!(theirs.contains("正在核查此案") && !theirs.contains("name=\"decision\""));
        assert!(other.read("/console/reviews").await.contains("正在核查"));
        assert_eq!(
            house.events(person.id, "review_claimed").await.len(),
            1,
            "the first look is recorded"
        );
        let decision = [("decision", "decline"), ("reason", "耳垂不同")];
        let held = other.form(&format!("{path}/decision"), &decision).await;
        assert_eq!(held.status(), StatusCode::CONFLICT);
        let body = serde_json::json!({ "decision": "decline", "reason": "耳垂不同" });
        let held = other
            .post(&format!("/v1/console/checkins/{id}/decision"), &body)
            .await;
        assert_eq!(held.status(), StatusCode::CONFLICT, "nor through the API");
        // The page stays open: it says so again and again.
        let at = house.cx.now().0.to_string();
        house.cx.clock.advance_ms(60_000);
        let kept = one
            .form(&format!("{path}/claim"), &[("claimed_at", &at)])
            .await;
        assert_eq!(kept.status(), StatusCode::NO_CONTENT);
        house.cx.clock.advance_ms(90_000);
        assert!(other.read(&path).await.contains("正在核查此案"));
        // It was left without a word: after a while it is anybody's.
        house.cx.clock.advance_ms(31_000);
        assert!(other.read(&path).await.contains("由您核查"));
        let lost = one
            .form(&format!("{path}/claim"), &[("claimed_at", &at)])
            .await;
        assert_eq!(lost.status(), StatusCode::CONFLICT);
        let decided = other.form(&format!("{path}/decision"), &decision).await;
        assert_eq!(decided.status(), StatusCode::SEE_OTHER);
        let second_look = "/console/reviews?done=second_look";
        assert_eq!(header(&decided, "location"), second_look);
        let after = phone.checkin(id).await.expect("the attempt");
        assert_eq!(after.state, State::Review, "one officer refuses nothing");
        assert!(
            !other
                .read("/console/reviews")
                .await
                .contains(&id.to_string())
        );
        let shown = other.read(&path).await;
        assert!(shown.contains("另一名工作人员独立核查") && !shown.contains("name=\"decision\""));
        let blind = one.read(&path).await;
        assert!(!blind.contains("耳垂不同") && blind.contains("name=\"decision\""));
        let decision = [("decision", "decline"), ("reason", "不像")];
        let decided = one.form(&format!("{path}/decision"), &decision).await;
        assert_eq!(
            header(&decided, "location"),
            "/console/reviews?done=settled"
        );
        let after = phone.checkin(id).await.expect("the attempt");
        assert_eq!(after.state, State::Declined);
        let shown = one.read(&path).await;
        assert!(
            shown.contains("耳垂不同")
                && shown.contains("不像")
                && !shown.contains("name=\"decision\"")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_is_left_is_anybodys_and_a_reader_never_holds_one() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let one = house.officer(person.unit, "li", Role::StationOfficer).await;
        let other = house
            .officer(person.unit, "wang", Role::StationOfficer)
            .await;
        let reader = house.officer(person.unit, "zhao", Role::Procurator).await;
        let id = review(&house, &phone, "1").await;
        let path = format!("/console/reviews/{id}");
        assert!(reader.read(&path).await.contains("只能查看"));
        assert!(one.read(&path).await.contains("由您核查"));
        let at = house.cx.now().0.to_string();
        let left = one
            .form(&format!("{path}/release"), &[("claimed_at", &at)])
            .await;
        assert_eq!(left.status(), StatusCode::NO_CONTENT);
        assert!(other.read(&path).await.contains("由您核查"));
        let kept = reader
            .form(&format!("{path}/claim"), &[("claimed_at", &at)])
            .await;
        assert_eq!(kept.status(), StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_sent_in_parts_and_every_look_is_recorded() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let officer = house.officer(person.unit, "li", Role::StationOfficer).await;
        let id = review(&house, &phone, "1").await;
        let case = officer.get(&format!("/v1/console/checkins/{id}")).await;
        let case: wire::CheckinDetail = case.json().await.expect("a case");
        let voice = case
            .captured
            .iter()
            .find(|one| one.part == "voice")
            .expect("a recording");
        let path = format!("/console/media/{}", voice.media);
        let part = |range: &'static str| {
            let request = client()
                .get(format!("{}{path}", house.url))
                .header("range", range);
            officer.browsing(request).send()
        };
        let whole = officer.page(&path).await;
        assert_eq!(header(&whole, "cache-control"), "no-store");
        assert_eq!(header(&whole, "accept-ranges"), "bytes");
        assert_eq!(whole.text().await.expect("bytes"), "voice 1");
        let middle = part("bytes=2-4").await.expect("an answer");
        assert_eq!(middle.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(header(&middle, "content-range"), "bytes 2-4/7");
        assert_eq!(middle.text().await.expect("bytes"), "ice");
        let beyond = part("bytes=70-").await.expect("an answer");
        assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(header(&beyond, "content-range"), "bytes */7");
        let drawn = officer.page(&format!("{path}/waveform.svg")).await;
        assert_eq!(header(&drawn, "content-type"), "image/svg+xml");
        assert_eq!(house.events(person.id, "media_read").await.len(), 4);
    })
    .await;
}

//! Every role tries every route and every page of the officers on another office's data.

mod pages;
mod prey;

use std::collections::BTreeSet;

use domain::{access::Role, org::Level};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use testkit::for_each_database;

use self::prey::{Fate, Prey};
use crate::support::{House, Officer};

async fn send(officer: &Officer<'_>, method: &str, path: &str, body: &Value) -> Response {
    if path.starts_with("/console") {
        return pages::send(officer, method, path, body).await;
    }
    let method: Method = method.to_ascii_uppercase().parse().expect("a method");
    let house = officer.house;
    let mut request = house
        .http
        .request(method, format!("{}{path}", house.url))
        .bearer_auth(&officer.token)
        .header(wire::IDEMPOTENCY_KEY, house.cx.id().to_string())
        .header(wire::UPLOAD_OFFSET, 0);
    if let Value::String(table) = body {
        request = request
            .header("content-type", "text/csv")
            .body(table.clone());
    } else if !body.is_null() {
        request = request.json(body);
    }
    request.send().await.expect("an answer")
}

/// Method and path of every route and every page of the officers.
fn routes() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for document in [server::http::document(), server::http::pages()] {
        let document = serde_json::to_value(document).expect("JSON");
        let paths = document["paths"].as_object().expect("paths").clone();
        for (path, item) in paths {
            if path.starts_with("/v1/console/") || path.starts_with("/console") {
                let methods = item.as_object().expect("methods").keys();
                all.extend(methods.map(|method| (method.clone(), path.clone())));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_role_of_another_unit_reaches_anything_by_any_route_and_every_try_is_recorded() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let city = house.unit(None, Level::City, "市").await;
        let county = house.unit(Some(&city), Level::County, "甲县").await;
        let home = house.unit(Some(&county), Level::Office, "猎物所").await;
        let sibling = house.unit(Some(&county), Level::Office, "邻所").await;
        let abroad = house.unit(Some(&city), Level::County, "乙县").await;
        let prey = Prey::new(&house, home, &city).await;
        let mut tried = BTreeSet::new();
        for (unit, place) in [(&sibling, "sibling"), (&abroad, "abroad")] {
            for &role in Role::ALL {
                let login = format!("{place}-{role}");
                let stranger = house.officer(unit.id, &login, role).await;
                for (method, route) in routes() {
                    let request = prey.attack(&method, &route);
                    let (path, body, fate) =
                        request.unwrap_or_else(|| panic!("{method} {route} is not in the matrix"));
                    if fate == Fate::Open {
                        continue;
                    }
                    tried.insert((method.clone(), route.clone()));
                    let before = house.refusals(stranger.id).await.len();
                    let answer = send(&stranger, &method, &path, &body).await;
                    let status = answer.status();
                    let text = answer.text().await.expect("a text");
                    let what = format!("{login} {method} {path}: {status} {text}");
                    let refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
                    match fate {
                        Fate::Refused => assert!(refused, "{what}"),
                        Fate::Blind => {
                            assert!(refused || status == StatusCode::OK, "{what}");
                            for trace in prey.traces() {
                                assert!(!text.contains(&trace), "{what}");
                            }
                        }
                        Fate::Log => {
                            assert!(refused || status == StatusCode::OK, "{what}");
                            assert!(!text.contains(&prey.person.case_number), "{what}");
                        }
                        Fate::Unknown => assert!(
                            refused || status == StatusCode::UNPROCESSABLE_ENTITY,
                            "{what}"
                        ),
                        Fate::Open => {}
                    }
                    let recorded = house.refusals(stranger.id).await.len() - before;
                    assert_eq!(recorded, usize::from(refused), "{what}");
                }
            }
        }
        assert!(tried.len() > 30, "{}", tried.len());
        let pages = tried
            .iter()
            .filter(|(_, route)| route.starts_with("/console"));
        assert!(pages.count() > 15);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_stands_aside_from_a_case_reaches_nothing_of_it() {
    for_each_database(|url| async move {
        let house = House::start(&url).await;
        let city = house.unit(None, Level::City, "市").await;
        let county = house.unit(Some(&city), Level::County, "甲县").await;
        let home = house.unit(Some(&county), Level::Office, "猎物所").await;
        let prey = Prey::new(&house, home, &city).await;
        let head = house.officer(county.id, "head", Role::CountyHead).await;
        let officer = house.officer(county.id, "kin", Role::CountyOfficer).await;
        let path = format!("/v1/console/persons/{}", prey.person.id);
        assert_eq!(officer.get(&path).await.status(), StatusCode::OK);
        let body = json!({ "officer": officer.id, "reason": "亲属" });
        let set = head.post(&format!("{path}/recusals"), &body).await;
        assert_eq!(set.status(), StatusCode::CREATED);
        let recusal: wire::Recusal = set.json().await.expect("a recusal");
        let again = head.post(&format!("{path}/recusals"), &body).await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
        for (method, route) in routes() {
            let Some((path, body, fate)) = prey.attack(&method, &route) else {
                panic!("{method} {route} is not in the matrix");
            };
            let of_the_case = route.contains("{id}") || fate == Fate::Blind;
            if !of_the_case || route.contains("units") {
                continue;
            }
            let answer = send(&officer, &method, &path, &body).await;
            let status = answer.status();
            let text = answer.text().await.expect("a text");
            if fate == Fate::Refused {
                let refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
                assert!(refused, "{method} {path}: {status} {text}");
            }
            for trace in prey.traces() {
                assert!(!text.contains(&trace), "{method} {path}: {text}");
            }
        }
        let own = officer
            .post(
                &format!("/v1/console/recusals/{}/lift", recusal.id),
                &json!({ "reason": "好奇" }),
            )
            .await;
        assert_eq!(own.status(), StatusCode::CONFLICT, "nobody lifts his own");
        let lifted = head
            .post(
                &format!("/v1/console/recusals/{}/lift", recusal.id),
                &json!({ "reason": "误会" }),
            )
            .await;
        assert_eq!(lifted.status(), StatusCode::OK);
        assert_eq!(officer.get(&path).await.status(), StatusCode::OK);
    })
    .await;
}

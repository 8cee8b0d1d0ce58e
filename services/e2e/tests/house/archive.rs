//! 一人一档 over HTTP.

use std::io::{Cursor, Read};

use domain::access::Role;
use reqwest::StatusCode;
use serde_json::Value;
use testkit::for_each_database;
use zip::ZipArchive;

use crate::support::{check_in, with_phone};

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_holds_what_was_handed_in_and_says_that_it_went_out() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let checkin = check_in(&phone, "kept").await;
        phone
            .wait(checkin.id, std::time::Duration::from_secs(20))
            .await
            .expect("a verdict");
        let path = format!("/v1/console/persons/{}/archive", person.id);
        let worker = house.officer(person.unit, "w", Role::SocialWorker).await;
        assert_eq!(worker.get(&path).await.status(), StatusCode::FORBIDDEN);
        let officer = house
            .officer(person.unit, "one", Role::StationOfficer)
            .await;
        let answer = officer.get(&path).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/zip");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let bytes = answer.bytes().await.expect("the whole file");
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        let names: Vec<String> = zip
            .file_names()
            .map(|name| name.expect("UTF-8").into_owned())
            .collect();
        for name in [
            "index.html",
            "manifest.json",
            "person.json",
            "plans.json",
            "months/2026-03.html",
            "log.txt",
        ] {
            assert!(names.iter().any(|one| one == name), "{name} of {names:?}");
        }
        let mut read = |name: &str| {
            let mut text = String::new();
            zip.by_name(name)
                .expect(name)
                .read_to_string(&mut text)
                .expect("a text");
            text
        };
        let folder = format!("_{}/", checkin.id);
        let of_checkin: Vec<&String> = names.iter().filter(|name| name.contains(&folder)).collect();
        assert_eq!(of_checkin.len(), 3, "facts, selfie, voice: {of_checkin:?}");
        let selfie = of_checkin
            .iter()
            .find(|name| name.contains("selfie-0"))
            .expect("a selfie");
        assert_eq!(read(selfie), "selfie-0 kept");
        let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
        assert_eq!(
            manifest["entries"].as_array().expect("entries").len(),
            names.len() - 2
        );
        assert!(
            read("log.txt").contains("archive_made"),
            "its own making stands in it"
        );
        assert_eq!(house.events(person.id, "archive_made").await.len(), 1);
    })
    .await;
}

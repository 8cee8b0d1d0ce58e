//! A person is told what is stored of him and who looked at it, and nothing of anybody else.

use std::{collections::BTreeMap, time::Duration};

use domain::access::Role;
use reqwest::StatusCode;
use testkit::for_each_database;

use crate::support::{check_in, with_phone};

const WAIT: Duration = Duration::from_secs(20);

fn counts(told: &wire::Holdings) -> BTreeMap<String, u64> {
    let held = told.held.iter();
    held.map(|held| (held.kind.clone(), held.count)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_what_is_stored_of_him_and_who_looked() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let enrolled = phone.holdings().await.expect("what is stored");
        let attempt = check_in(&phone, "1").await.id;
        phone.wait(attempt, WAIT).await.expect("a verdict");
        let told = phone.holdings().await.expect("what is stored");
        let (before, after) = (counts(&enrolled), counts(&told));
        assert_eq!(before["template"], 2, "a face and a voice: {before:?}");
        assert_eq!(after["picture"], before["picture"] + 1);
        assert_eq!(after["recording"], before["recording"] + 1);
        assert_eq!(told.kept_days, house.cx.limits.retention_days);
        assert!(told.until.zh.contains(&told.kept_days.to_string()));
        assert_eq!(told.looks, []);

        let reviewer = house
            .officer(person.unit, "reviewer", Role::StationOfficer)
            .await;
        let path = format!("/v1/console/checkins/{attempt}");
        let case: wire::CheckinDetail = reviewer.get(&path).await.json().await.expect("a case");
        for media in &case.captured {
            let look = format!("/v1/console/media/{}", media.media);
            assert_eq!(reviewer.get(&look).await.status(), StatusCode::OK);
        }
        let looks = phone.holdings().await.expect("what is stored").looks;
        assert_eq!(looks.len(), 1, "two media of one case are one visit");
        assert!(looks[0].who.zh.contains("司法所工作人员"), "{looks:?}");
        let text = serde_json::to_string(&looks).expect("JSON");
        let named = ["reviewer".to_owned(), reviewer.id.to_string()];
        assert!(!named.iter().any(|name| text.contains(name)), "{text}");

        let (_, stranger) = reviewer.ready("C-2").await;
        let other = stranger.holdings().await.expect("what is stored");
        assert_eq!(other.looks, [], "what is about others is not told");
        assert_eq!(counts(&other), before);
    })
    .await;
}

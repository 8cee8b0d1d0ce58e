//! Old pictures and recordings that were changed on the way are known by their prints, within a person's own history.

use std::time::Duration;

use domain::{
    access::Role,
    alert::{Cause, Rule},
    checkin::State,
    event::EventKind,
    evidence::Measurement,
    print::{PicturePrint, Signs, SoundPrint},
};
use engine::{Probe, Scripted};
use phone::Phone;
use testkit::for_each_database;
use wire::Facts;

use crate::support::{House, check_in, due, upload, with_phone};

const WAIT: Duration = Duration::from_secs(20);
const DAY_MS: i64 = 24 * 3_600_000;

/// A genuine attempt whose picture and recording have prints by these numbers.
fn captured(picture: u64, voice: u16) -> Measurement {
    let face = Scripted::likeness(b"picture").values().to_vec();
    let face = engine::Embedding::normalise(face).expect("a direction");
    let probe = Probe {
        pictures: vec!["x".into()],
        voice: Some("x".into()),
        face_template: engine::FaceTemplate::new(Scripted::PACK, vec![face]),
        voice_template: None,
        prompt: Some("1".into()),
        presence: None,
    };
    let mut seen = Scripted::genuine(&probe);
    let scattered = |number: u64| {
        Signs(std::array::from_fn(|at| {
            (number + at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
        }))
    };
    seen.pictures[0].print = Some(PicturePrint {
        whole: scattered(picture),
        face: scattered(picture + 100),
        sketch: None,
    });
    let heard = seen.voice.as_mut().expect("a voice");
    heard.speaker = heard.content.map(|(_, own)| own);
    let word = |at: u16| {
        (voice + 1)
            .wrapping_mul(40_503)
            .rotate_left(u32::from(at % 16))
            ^ at.wrapping_mul(25_173)
    };
    heard.print = Some(SoundPrint((0..200).map(word).collect()));
    seen
}

async fn settled(house: &House, phone: &Phone, salt: &str, seen: Measurement) -> wire::Checkin {
    house.scripted.play(Ok(seen));
    let id = check_in(phone, salt).await.id;
    phone.wait(id, WAIT).await.expect("a verdict")
}

/// What was raised for a person about repeated media.
async fn raised(house: &House, person: &wire::Person) -> Vec<domain::alert::RepeatedMedia> {
    let events = house.events(person.id, "alert_raised").await;
    let cause = |event| {
        let EventKind::AlertRaised {
            cause: Cause::RepeatedMedia(one),
            ..
        } = event
        else {
            return None;
        };
        Some(one)
    };
    events.into_iter().filter_map(cause).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_copy_of_an_earlier_capture_goes_to_an_officer_with_the_earlier_check_in() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let first = settled(&house, &phone, "1", captured(1, 1)).await;
        assert_eq!(first.state, State::Verified);
        house.cx.clock.advance_ms(DAY_MS);
        let other = settled(&house, &phone, "2", captured(2, 2)).await;
        assert_eq!(other.state, State::Verified, "another capture");
        assert_eq!(raised(&house, &person).await, []);

        house.cx.clock.advance_ms(DAY_MS);
        let mut copy = captured(1, 3);
        let print = copy.pictures[0].print.as_mut().expect("a print");
        print.whole.0[2] ^= 0b1011;
        print.face = Signs([0; 4]);
        let copied = settled(&house, &phone, "3", copy).await;
        assert_eq!(copied.state, State::Review);
        let officer = house
            .officer(person.unit, "reviewer", Role::StationOfficer)
            .await;
        let queue: wire::Page<wire::ReviewItem> = officer
            .get("/v1/console/reviews")
            .await
            .json()
            .await
            .expect("a queue");
        let codes: Vec<_> = queue.items[0]
            .reasons
            .iter()
            .map(|reason| reason.code.as_str())
            .collect();
        assert_eq!(codes, ["repeated_media"]);
        let told = raised(&house, &person).await;
        assert_eq!(told.len(), 1);
        assert_eq!(
            (told[0].checkin, told[0].earlier, told[0].near, told[0].own),
            (copied.id, Some(first.id), true, true)
        );
        assert_eq!(told[0].parts, ["selfie-0"]);
        let page: wire::Page<wire::Alert> = officer
            .get("/v1/console/alerts?state=open")
            .await
            .json()
            .await
            .expect("a page");
        assert_eq!(page.items[0].kind, Rule::RepeatedMedia);
        assert!(page.items[0].message.zh.contains("镜像"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_recording_beside_a_fresh_picture_is_found_too() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        settled(&house, &phone, "1", captured(1, 1)).await;
        house.cx.clock.advance_ms(DAY_MS);
        let replayed = settled(&house, &phone, "2", captured(2, 1)).await;
        assert_eq!(replayed.state, State::Review);
        let told = raised(&house, &person).await;
        assert_eq!(told[0].parts, ["voice"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_session_handed_in_again_is_no_copy_of_itself() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        house.scripted.play(Ok(captured(1, 1)));
        let session = phone.open(due(&phone).await.id).await.expect("a session");
        let parts = upload(&phone, &session, "1").await;
        for _ in 0..2 {
            let submitted = phone
                .submit(&session, parts.clone(), Facts::default())
                .await;
            let id = submitted.expect("acknowledged").id;
            let checkin = phone.wait(id, WAIT).await.expect("a verdict");
            assert_eq!(checkin.state, State::Verified);
        }
        assert_eq!(raised(&house, &person).await, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_back_for_its_quality_counts_when_it_comes_again_in_another_session() {
    for_each_database(|url| async move {
        let (house, person, phone) = with_phone(&url).await;
        let mut dark = captured(1, 1);
        let facts = dark.pictures[0].facts.as_mut().expect("facts");
        facts.face.as_mut().expect("a face").luma_mean = 20.0;
        let sent_back = settled(&house, &phone, "1", dark.clone()).await;
        assert_eq!(sent_back.state, State::Retry);
        let again = settled(&house, &phone, "2", dark).await;
        assert_eq!(again.state, State::Retry, "quality comes first and is free");
        assert_eq!(raised(&house, &person).await, []);
        let brightened = settled(&house, &phone, "3", captured(1, 2)).await;
        assert_eq!(brightened.state, State::Review);
        let told = raised(&house, &person).await;
        let earlier = [sent_back.id, again.id];
        assert!(told[0].earlier.is_some_and(|id| earlier.contains(&id)));
    })
    .await;
}

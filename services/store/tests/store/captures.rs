use domain::{
    EnrolmentId, Micros,
    checkin::{Decision, State},
    enrolment::{self, Enrolment, Findings, Flaw},
};
use store::{
    checkin::Ruling,
    media::{Appended, Chunk, Media, Owner},
    template::{Modality, Template},
};
use testkit::for_each_database;

use crate::scene::{
    Scene, VERIFIED, at, conclusion, conflict, id, lost, nothing_seen, review, scope, submit,
};

#[tokio::test]
async fn a_session_is_submitted_once_and_in_time() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let facts = store::checkin::Facts::new();
        let mut tx = scene.store.write().await.unwrap();
        let [used, late, forgotten] = [(); 3].map(|()| scene.checkin());
        for checkin in [&used, &late, &forgotten] {
            store::checkin::open(&mut tx, checkin).await.unwrap();
            let found = store::checkin::get(&mut tx, checkin.id).await;
            assert_eq!(found.unwrap().as_ref(), Some(checkin));
            let both = store::checkin::with_duty(&mut tx, checkin.id).await;
            let (found, marked) = both.unwrap().unwrap();
            assert_eq!((&found, &marked.duty), (checkin, &scene.duty));
        }
        submit(&mut tx, used.id, used.expires_at).await;
        let twice = store::checkin::submit(&mut tx, used.id, &facts, at(1_100)).await;
        assert!(lost(twice));
        let after = Micros(late.expires_at.0 + 1);
        let too_late = store::checkin::submit(&mut tx, late.id, &facts, after).await;
        assert!(lost(too_late));

        let none = store::checkin::expire(&mut tx, late.expires_at, 10).await;
        assert!(none.unwrap().is_empty());
        let first = store::checkin::expire(&mut tx, after, 1).await.unwrap();
        assert_eq!((first[0].id, first[0].state), (late.id, State::Expired));
        let rest = store::checkin::expire(&mut tx, after, 10).await.unwrap();
        assert_eq!(rest.len(), 1);
        let gone = store::checkin::submit(&mut tx, forgotten.id, &facts, at(1_100)).await;
        assert!(lost(gone));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_officer_decides_once_and_only_what_is_under_review() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let jobs = scene.submitted(2).await;
        let (seen, doubt) = (nothing_seen(), review());
        let mut tx = scene.store.write().await.unwrap();
        for verdict in [&doubt, &VERIFIED] {
            let claim = store::checkin::claim_next(&mut tx, at(2_000), at(2_060)).await;
            let claim = claim.unwrap().unwrap();
            store::checkin::finish(&mut tx, &claim, &conclusion(&seen, verdict, at(2_001)))
                .await
                .unwrap();
        }
        let ruling = Ruling {
            decision: Decision::Accept,
            officer: scene.officer.id,
            reason: "本人已到场 came in person".into(),
            at: at(3_000),
        };
        store::checkin::decide(&mut tx, jobs[0], (State::Review, State::Accepted), &ruling)
            .await
            .unwrap();
        for settled in &jobs {
            assert!(lost(
                store::checkin::decide(
                    &mut tx,
                    *settled,
                    (State::Review, State::Declined),
                    &ruling
                )
                .await
            ));
        }
        let detail = store::checkin::detail(&mut tx, &scope(&scene.unit), jobs[0]).await;
        let detail = detail.unwrap().unwrap();
        assert_eq!(detail.checkin.state, State::Accepted);
        assert_eq!(detail.checkin.verdict, Some(doubt));
        assert_eq!(detail.ruling, Some(ruling));
        assert_eq!(detail.weighed, Some(seen));
        assert_eq!(detail.facts.unwrap()["device"]["os"], "Android 9");
        assert_eq!(detail.person, scene.person);
        assert_eq!(detail.marked.duty, scene.duty);
        assert!(detail.failed_match);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_is_concluded_once_and_its_templates_replace_the_old() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let enrolment = Enrolment {
            id: EnrolmentId(id()),
            person: scene.person.id,
            officer: scene.officer.id,
            state: enrolment::State::Open,
            claim: 0,
            opened_at: at(10),
            submitted_at: None,
            findings: None,
            concluded_at: None,
        };
        let findings = Findings {
            flaws: vec![Flaw {
                part: "picture-0".into(),
                coaching: vec![],
                inconsistent: true,
            }],
            resembles: Some(scene.person.id),
        };
        let mut tx = scene.store.write().await.unwrap();
        store::enrolment::open(&mut tx, &enrolment).await.unwrap();
        let latest = store::enrolment::latest_of_person(&mut tx, scene.person.id).await;
        assert_eq!(latest.unwrap(), Some(enrolment.clone()));
        store::enrolment::submit(&mut tx, enrolment.id, Some("双胞胎"), at(11))
            .await
            .unwrap();
        assert!(lost(
            store::enrolment::submit(&mut tx, enrolment.id, None, at(12)).await
        ));
        let claim = store::enrolment::claim_next(&mut tx, at(12), at(13)).await;
        let stale = claim.unwrap().unwrap();
        assert_eq!(stale.despite.as_deref(), Some("双胞胎"));
        let claim = store::enrolment::claim_next(&mut tx, at(14), at(15)).await;
        let claim = claim.unwrap().unwrap();
        store::enrolment::release(&mut tx, &claim).await.unwrap();
        let claim = store::enrolment::claim_next(&mut tx, at(14), at(15)).await;
        let claim = claim.unwrap().unwrap();
        assert_eq!(claim.number, 3);
        store::enrolment::renew(&mut tx, &claim, at(16))
            .await
            .unwrap();
        assert_eq!(store::enrolment::queue_len(&mut tx).await.unwrap(), 1);
        let refused = enrolment::State::Refused;
        let late = store::enrolment::finish(&mut tx, &stale, refused, &findings, at(15)).await;
        assert!(lost(late));
        store::enrolment::finish(&mut tx, &claim, refused, &findings, at(15))
            .await
            .unwrap();
        let done = store::enrolment::get(&mut tx, enrolment.id).await.unwrap();
        assert_eq!(done.unwrap().findings, Some(findings));

        let template = |modality, pack: &str, seal| Template {
            id: id(),
            enrolment: enrolment.id,
            person: scene.person.id,
            modality,
            pack: pack.into(),
            sealed: vec![seal; 9],
            created_at: at(20),
        };
        assert!(
            !store::template::any_live(&mut tx, scene.person.id)
                .await
                .unwrap()
        );
        let (face, voice) = (
            template(Modality::Face, "a@1", 2),
            template(Modality::Voice, "a@1", 3),
        );
        for template in [
            &template(Modality::Face, "a@1", 1),
            &voice,
            &face,
            &template(Modality::Face, "b@1", 4),
        ] {
            store::template::insert(&mut tx, template).await.unwrap();
        }
        let live = store::template::live(&mut tx, scene.person.id, "a@1").await;
        assert!(live.unwrap() == [face, voice]);
        let retired = store::template::retire_of_person(&mut tx, scene.person.id, at(30)).await;
        assert_eq!(retired.unwrap(), 3);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_medium_grows_only_at_its_end_and_is_taken_once() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let checkin = scene.checkin();
        let owner = Owner::Checkin(checkin.id);
        let media = Media {
            id: domain::MediaId(id()),
            person: scene.person.id,
            owner,
            part: "voice".into(),
            phrase: Some(checkin.prompt.clone()),
            len: 0,
            sha256: None,
            created_at: at(10),
            completed_at: None,
        };
        let chunk = |start, len| Chunk {
            start,
            len,
            object_key: format!("{start}"),
        };
        let mut tx = scene.store.write().await.unwrap();
        store::media::create(&mut tx, &media).await.unwrap();
        assert!(conflict(store::media::create(&mut tx, &media).await));
        for (start, len, expected) in [
            (0, 100, Appended::Stored { len: 100 }),
            (0, 100, Appended::Elsewhere { len: 100 }),
            (200, 5, Appended::Elsewhere { len: 100 }),
            (100, 50, Appended::Stored { len: 150 }),
        ] {
            let appended = store::media::append_chunk(&mut tx, media.id, &chunk(start, len)).await;
            assert_eq!(appended.unwrap(), expected);
        }
        let digest = [7; 32];
        let short = store::media::complete(&mut tx, media.id, 149, &digest, at(11)).await;
        assert!(lost(short));
        store::media::complete(&mut tx, media.id, 150, &digest, at(11))
            .await
            .unwrap();
        assert!(lost(
            store::media::complete(&mut tx, media.id, 150, &digest, at(11)).await
        ));
        let more = store::media::append_chunk(&mut tx, media.id, &chunk(150, 1)).await;
        assert_eq!(more.unwrap(), Appended::Complete { len: 150 });
        let chunks = store::media::chunks(&mut tx, media.id).await.unwrap();
        assert_eq!(chunks, [chunk(0, 100), chunk(100, 50)]);

        let empty = Media {
            id: domain::MediaId(id()),
            part: "selfie-0".into(),
            phrase: None,
            ..media.clone()
        };
        store::media::create(&mut tx, &empty).await.unwrap();
        let whole = Media {
            len: 150,
            sha256: Some(digest),
            completed_at: Some(at(11)),
            ..media.clone()
        };
        let found = store::media::by_part(&mut tx, owner, "voice").await;
        assert_eq!(found.unwrap(), Some(whole.clone()));
        assert_eq!(
            store::media::get(&mut tx, media.id).await.unwrap(),
            Some(whole.clone())
        );
        assert_eq!(
            store::media::of_owner(&mut tx, owner).await.unwrap(),
            [empty.clone(), whole.clone()]
        );
        assert_eq!(
            store::media::with_chunks(&mut tx, owner).await.unwrap(),
            [(empty, Vec::new()), (whole, chunks)]
        );
        let other = Owner::Enrolment(EnrolmentId(checkin.id.0));
        let none = store::media::by_part(&mut tx, other, "voice").await;
        assert_eq!(none.unwrap(), None);

        store::media::seen(&mut tx, &digest, media.id, at(12))
            .await
            .unwrap();
        assert!(conflict(
            store::media::seen(&mut tx, &digest, media.id, at(13)).await
        ));
        store::media::seen(&mut tx, &[8; 32], media.id, at(13))
            .await
            .expect("the transaction goes on");
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

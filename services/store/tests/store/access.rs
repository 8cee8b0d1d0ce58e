use domain::{
    OfficerId, SessionId,
    access::{Officer, Role},
};
use store::{
    activation::Activation, officer::Credentials, officer_session::Session, server_key::ServerKey,
};
use testkit::for_each_database;

use crate::scene::{Scene, at, conflict, device, id, lost, person};

#[tokio::test]
async fn a_person_and_a_key_have_one_live_device() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let second = device(scene.person.id);
        assert!(conflict(
            store::device::insert(&mut tx, &second, &[4; 65]).await
        ));
        let stranger = person(&scene.unit);
        store::person::insert(&mut tx, &stranger).await.unwrap();
        let mut same_key = device(stranger.id);
        same_key.thumbprint.clone_from(&scene.device.thumbprint);
        assert!(conflict(
            store::device::insert(&mut tx, &same_key, &[4; 65]).await
        ));

        let ended = store::device::revoke_of_person(&mut tx, scene.person.id, at(9)).await;
        assert_eq!(ended.unwrap(), Some(scene.device.id));
        let none = store::device::revoke_of_person(&mut tx, scene.person.id, at(9)).await;
        assert_eq!(none.unwrap(), None);
        store::device::insert(&mut tx, &second, &[5; 65])
            .await
            .unwrap();
        store::device::insert(&mut tx, &same_key, &[4; 65])
            .await
            .unwrap();
        let live = store::device::live_of_person(&mut tx, scene.person.id).await;
        assert_eq!(live.unwrap(), Some(second.clone()));
        let found = store::device::live_by_thumbprint(&mut tx, &second.thumbprint).await;
        assert_eq!(found.unwrap(), Some((second, vec![5; 65])));
        let old = store::device::get(&mut tx, scene.device.id).await.unwrap();
        assert_eq!(old.unwrap().revoked_at, Some(at(9)));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_time_based_code_is_used_once() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let officer = scene.officer.id;
        let mut tx = scene.store.write().await.unwrap();
        for failures in 1..=2 {
            let count = store::officer::note_failure(&mut tx, officer).await;
            assert_eq!(count.unwrap(), failures);
        }
        store::officer::lock(&mut tx, officer, at(77))
            .await
            .unwrap();
        let (_, secrets) = store::officer::by_login(&mut tx, "li")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (secrets.failed_count, secrets.locked_until),
            (2, Some(at(77)))
        );

        store::officer::note_success(&mut tx, officer, 50)
            .await
            .unwrap();
        for used in [50, 49] {
            assert!(lost(
                store::officer::note_success(&mut tx, officer, used).await
            ));
        }
        store::officer::note_success(&mut tx, officer, 51)
            .await
            .unwrap();
        let (found, secrets) = store::officer::by_login(&mut tx, "li")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found, scene.officer);
        assert_eq!((secrets.failed_count, secrets.totp_last_step), (0, 51));
        assert_eq!(secrets.locked_until, None);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_role_can_be_stored_and_a_login_is_taken_once() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let credentials = Credentials {
            password_hash: "$argon2id$".into(),
            totp_sealed: vec![1],
        };
        let mut tx = scene.store.write().await.unwrap();
        for role in Role::ALL {
            let officer = Officer {
                id: OfficerId(id()),
                login: role.to_string(),
                role: *role,
                ..scene.officer.clone()
            };
            store::officer::insert(&mut tx, &officer, &credentials, at(0))
                .await
                .unwrap();
            let found = store::officer::get(&mut tx, officer.id).await;
            assert_eq!(found.unwrap(), Some(officer));
        }
        let twin = Officer {
            id: OfficerId(id()),
            ..scene.officer.clone()
        };
        assert!(conflict(
            store::officer::insert(&mut tx, &twin, &credentials, at(0)).await
        ));
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_over_or_revoked() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let session = Session {
            id: SessionId(id()),
            officer: scene.officer.id,
            created_at: at(10),
            expires_at: at(20),
        };
        let mut tx = scene.store.write().await.unwrap();
        store::officer_session::insert(&mut tx, &session, b"hash")
            .await
            .unwrap();
        let found = store::officer_session::by_token_hash(&mut tx, b"hash", at(19)).await;
        let found = found.unwrap().unwrap();
        assert_eq!(
            (found.session, found.officer, found.path),
            (session.id, scene.officer.clone(), scene.unit.path.clone())
        );
        let over = store::officer_session::by_token_hash(&mut tx, b"hash", at(20)).await;
        assert!(over.unwrap().is_none());
        let other = store::officer_session::by_token_hash(&mut tx, b"hush", at(19)).await;
        assert!(other.unwrap().is_none());
        store::officer_session::revoke(&mut tx, session.id, at(15))
            .await
            .unwrap();
        assert!(lost(
            store::officer_session::revoke(&mut tx, session.id, at(15)).await
        ));
        let revoked = store::officer_session::by_token_hash(&mut tx, b"hash", at(16)).await;
        assert!(revoked.unwrap().is_none());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_case_number_is_registered_once_and_the_transaction_goes_on() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let mut twin = person(&scene.unit);
        twin.case_number.clone_from(&scene.person.case_number);
        assert!(conflict(store::person::insert(&mut tx, &twin).await));
        twin.case_number = "another".into();
        store::person::insert(&mut tx, &twin).await.unwrap();
        store::person_key::insert(&mut tx, twin.id, &[9; 40], "m1")
            .await
            .unwrap();
        assert!(conflict(
            store::person_key::insert(&mut tx, twin.id, &[8; 40], "m1").await
        ));
        tx.commit().await.unwrap();

        let mut tx = scene.store.write().await.unwrap();
        let key = store::person_key::get(&mut tx, twin.id).await.unwrap();
        assert_eq!(key.unwrap().wrapped, [9; 40]);
        assert!(store::person_key::erase(&mut tx, twin.id).await.unwrap());
        assert!(!store::person_key::erase(&mut tx, twin.id).await.unwrap());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_activation_code_works_once_and_in_time() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        for code in [b"one", b"two", b"old"] {
            let activation = Activation {
                code_hash: code.to_vec(),
                person: scene.person.id,
                issued_by: scene.officer.id,
                issued_at: at(10),
                expires_at: at(if code == b"old" { 20 } else { 100 }),
            };
            store::activation::insert(&mut tx, &activation)
                .await
                .unwrap();
            assert!(conflict(
                store::activation::insert(&mut tx, &activation).await
            ));
        }
        let person = Some(scene.person.id);
        for (code, expected) in [
            (b"one", person),
            (b"one", None),
            (b"old", None),
            (b"new", None),
        ] {
            let taken = store::activation::take(&mut tx, code, at(50)).await;
            assert_eq!(taken.unwrap(), expected);
        }
        let voided = store::activation::void_of_person(&mut tx, scene.person.id, at(60)).await;
        assert_eq!(voided.unwrap(), 1);
        let taken = store::activation::take(&mut tx, b"two", at(61)).await;
        assert_eq!(taken.unwrap(), None);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_key_is_never_replaced() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let key = |kid: &str, seconds| ServerKey {
            kid: kid.into(),
            purpose: "receipt".into(),
            sealed: vec![seconds as u8],
            created_at: at(seconds),
        };
        let mut tx = scene.store.write().await.unwrap();
        for (kid, seconds, expected) in [("a", 1, true), ("a", 2, false), ("b", 3, true)] {
            let inserted = store::server_key::insert_if_absent(&mut tx, &key(kid, seconds)).await;
            assert_eq!(inserted.unwrap(), expected);
        }
        let keys = store::server_key::by_purpose(&mut tx, "receipt").await;
        assert!(keys.unwrap() == [key("b", 3), key("a", 1)]);
        let none = store::server_key::by_purpose(&mut tx, "token").await;
        assert!(none.unwrap().is_empty());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

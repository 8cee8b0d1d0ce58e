//! Areas, positions and approvals as they are kept.

use domain::{
    ApprovalId, AreaId, CheckinId, PositionId,
    area::{
        AreaKind, AreaName, AreaRule, Datum, Drawn, Fix, Hours, Point, Position, Reading, Report,
        Validity,
    },
    positioning::{Approval, Ground, Sighting, Source},
};
use jiff::{civil::date, tz::TimeZone};
use store::area::Area;
use testkit::for_each_database;

use crate::scene::{Scene, VERIFIED, at, conclusion, conflict, id, lost, nothing_seen, scope};

fn area(scene: &Scene, made_s: i64) -> Area {
    let drawn = Drawn::Circle {
        datum: Datum::Gcj02,
        centre: Point {
            lat_deg: 39.9,
            lon_deg: 116.4,
        },
        radius_m: 500.0,
    };
    Area {
        person: scene.person.id,
        rule: AreaRule {
            id: AreaId(id()),
            name: AreaName::new("家").unwrap(),
            kind: AreaKind::Allowed,
            shape: drawn.shape().unwrap(),
            hours: Hours::Always,
            validity: Validity::new(date(1970, 1, 1), None).unwrap(),
        },
        drawn,
        created_by: scene.officer.id,
        created_at: at(made_s),
        ended_at: None,
    }
}

fn approval(scene: &Scene, (from_s, until_s): (i64, i64)) -> Approval {
    Approval {
        id: ApprovalId(id()),
        person: scene.person.id,
        ground: Ground::WarnedForNotReporting,
        reason: "两次警告".into(),
        from: at(from_s),
        until: at(until_s),
        approved_by: scene.officer.id,
        approved_at: at(from_s),
        ended_at: None,
    }
}

fn sighting(scene: &Scene, at_s: i64, source: Source) -> Sighting {
    Sighting {
        id: PositionId(id()),
        person: scene.person.id,
        device: scene.device.id,
        at: at(at_s),
        said_at: Some(at(at_s - 5)),
        reading: Reading::new(Datum::Bd09, (39.9, 116.4), 12.5, Some(false)).unwrap(),
        source,
    }
}

#[tokio::test]
async fn an_area_counts_from_its_making_to_its_end_and_is_never_gone() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let mut tx = scene.store.write().await.unwrap();
        let mut home = area(&scene, 100);
        store::area::insert(&mut tx, &home).await.unwrap();
        assert!(conflict(store::area::insert(&mut tx, &home).await));
        let found = store::area::get(&mut tx, home.rule.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&home));
        let by = scene.officer.id;
        store::area::end(&mut tx, home.rule.id, by, at(200))
            .await
            .unwrap();
        assert!(lost(
            store::area::end(&mut tx, home.rule.id, by, at(201)).await
        ));
        home.ended_at = Some(at(200));
        for (second, count) in [(99, 0), (100, 1), (199, 1), (200, 0)] {
            let standing = store::area::standing(&mut tx, scene.person.id, at(second)).await;
            assert_eq!(standing.unwrap().len(), count, "{second}");
        }
        let all = store::area::of_person(&mut tx, scene.person.id, 10).await;
        assert_eq!(all.unwrap(), [home]);
        let count = store::area::count_standing(&mut tx, scene.person.id).await;
        assert_eq!(count.unwrap(), 0);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_approval_is_ended_once_and_can_be_held_until_then() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let (person, by) = (scene.person.id, scene.officer.id);
        let mut tx = scene.store.write().await.unwrap();
        let (mut first, second) = (approval(&scene, (10, 20)), approval(&scene, (30, 40)));
        for one in [&second, &first] {
            store::positioning::insert(&mut tx, one).await.unwrap();
        }
        let all = store::positioning::of_person(&mut tx, person).await;
        assert_eq!(all.unwrap(), [first.clone(), second.clone()]);
        store::positioning::hold(&mut tx, first.id).await.unwrap();
        store::positioning::end(&mut tx, first.id, by, at(15))
            .await
            .unwrap();
        first.ended_at = Some(at(15));
        let found = store::positioning::get(&mut tx, first.id).await.unwrap();
        assert_eq!(found, Some(first.clone()));
        assert!(lost(store::positioning::hold(&mut tx, first.id).await));
        assert!(lost(
            store::positioning::end(&mut tx, first.id, by, at(16)).await
        ));
        let ended = store::positioning::end_of_person(&mut tx, person, by, at(35)).await;
        let ended: Vec<_> = ended.unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(ended, [second.id]);
        let none = store::positioning::end_of_person(&mut tx, person, by, at(36)).await;
        assert!(none.unwrap().is_empty());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn positions_are_kept_as_they_came_and_read_in_their_order() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let person = scene.person.id;
        let checkin = scene.submitted(1).await[0];
        let mut tx = scene.store.write().await.unwrap();
        let followed = approval(&scene, (10, 5_000));
        store::positioning::insert(&mut tx, &followed)
            .await
            .unwrap();
        let came = sighting(&scene, 1_001, Source::Checkin(checkin));
        store::position::insert(&mut tx, &came).await.unwrap();
        let again = sighting(&scene, 1_002, Source::Checkin(checkin));
        assert!(conflict(store::position::insert(&mut tx, &again).await));
        let between = [1_003, 1_003, 1_004]
            .map(|second| sighting(&scene, second, Source::Continuous(followed.id)));
        for one in &between {
            store::position::insert(&mut tx, one).await.unwrap();
        }
        let found = store::position::of_checkin(&mut tx, checkin).await;
        assert_eq!(found.unwrap(), Some(came));
        let none = store::position::of_checkin(&mut tx, CheckinId(id())).await;
        assert_eq!(none.unwrap(), None);
        let span = (at(1_001), at(1_004));
        let page = store::position::of_person(&mut tx, person, span, None, 2).await;
        assert_eq!(page.unwrap(), [came, between[0]]);
        let after = Some((between[0].at, between[0].id));
        let rest = store::position::of_person(&mut tx, person, span, after, 9).await;
        assert_eq!(rest.unwrap(), [between[1]], "until does not count");
        let gone = store::position::erase_of_person(&mut tx, person).await;
        assert_eq!(gone.unwrap(), 4);
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn findings_are_kept_with_the_verdict_until_they_are_erased() {
    for_each_database(|url| async move {
        let scene = Scene::new(&url).await;
        let [checkin, other] = scene.submitted(2).await[..] else {
            panic!("two")
        };
        let rule = area(&scene, 0).rule;
        let position = Position::new(38.0, 116.4).unwrap();
        let fix = Fix::new(position, Some(5.0), at(1_001)).unwrap();
        let report = Report::of(&[rule], &fix, &TimeZone::UTC);
        assert_eq!(report.findings.len(), 1);
        let mut tx = scene.store.write().await.unwrap();
        let claim = store::checkin::claim_next(&mut tx, at(1_002), at(1_100)).await;
        let claim = claim.unwrap().unwrap();
        let (seen, verdict) = (nothing_seen(), VERIFIED);
        let mut conclusion = conclusion(&seen, &verdict, at(1_003));
        conclusion.place = Some(&report);
        store::checkin::finish(&mut tx, &claim, &conclusion)
            .await
            .unwrap();
        let came = sighting(&scene, 1_001, Source::Checkin(checkin));
        store::position::insert(&mut tx, &came).await.unwrap();
        let person = scene.person.id;
        for (looked_at, findings) in [(checkin, 1), (other, 0)] {
            let file = store::watch::seen(&mut tx, person, looked_at, at(0), 9).await;
            let file = file.unwrap();
            let of = |id| file.iter().find(|seen| seen.checkin == id).unwrap();
            assert_eq!((file.len(), of(checkin).findings.len()), (2, findings));
            assert_eq!(
                (of(checkin).position, of(other).position),
                (Some(came), None)
            );
            assert_eq!(of(checkin).channel, scene.device.channel);
            assert_eq!(of(checkin).opens_at, scene.duty.opens_at);
        }
        let newest = store::watch::seen(&mut tx, person, other, at(0), 1).await;
        assert_eq!(newest.unwrap().len(), 1);
        let scope = scope(&scene.unit);
        let detail = store::checkin::detail(&mut tx, &scope, checkin).await;
        assert_eq!(detail.unwrap().unwrap().place, Some(report));
        store::checkin::erase_places(&mut tx, scene.person.id)
            .await
            .unwrap();
        let detail = store::checkin::detail(&mut tx, &scope, checkin).await;
        let detail = detail.unwrap().unwrap();
        assert_eq!((detail.place, detail.facts), (None, None));
        assert!(detail.checkin.verdict.is_some());
        drop(tx);
        scene.store.close().await;
    })
    .await;
}

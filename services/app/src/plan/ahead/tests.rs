use std::{collections::BTreeSet, pin::pin, sync::Mutex, task::Poll, time::SystemTime};

use domain::{
    OrgUnitId, PersonId, PlanId,
    channel::Channels,
    order::{Category, SupervisionOrder},
    org::{Level, OrgUnit, UnitPath},
    plan::{Factors, On, QuietHours, Recurrence, Rule, Seed, SupervisionLevel, Times},
    verdict::Policy,
};
use engine::Engine;
use futures::FutureExt;
use jiff::civil::{date, time};
use media::{Disk, DiskConfig, Media};
use notify::Notify;
use seal::MasterKey;
use store::{Store, StoreConfig};
use tempfile::TempDir;
use testkit::for_each_database;

use super::*;
use crate::{
    Clock, Entropy, House, Limits, Outside,
    recompute::{self, Difference},
};

/// 2026-03-02 08:30 in Shanghai.
const MORNING: Micros = Micros(1_772_411_400_000_000);
const DAY_MS: i64 = 86_400_000;
const PERSONS: usize = 7;
/// Four pages of them.
const PAGE_LEN: u32 = 2;

async fn open(url: &str) -> (Cx, TempDir) {
    let store = Store::open(url, &StoreConfig::default())
        .await
        .expect("the database is there");
    store.migrate().await.expect("the migrations fit");
    let (clock, entropy) = (Clock::manual(MORNING), Entropy::seeded(1));
    let house = House::open(&store, MasterKey::from_bytes([7; 32]), &entropy, MORNING)
        .await
        .expect("the keys open");
    let folder = TempDir::new().expect("a folder");
    let config = DiskConfig {
        root: folder.path().into(),
        free_bytes_min: 0,
    };
    let disk = Disk::open(&config, SystemTime::UNIX_EPOCH).expect("the folder opens");
    let cx = Cx::new(Outside {
        store,
        media: Media::Disk(disk),
        engine: Engine::Absent,
        notify: Notify::new(&notify::Config::default()).expect("nothing to be told to"),
        clock,
        entropy,
        house,
        policy: Policy::default(),
        limits: Limits::default(),
    });
    (cx, folder)
}

/// Persons with a window every day and a random check; ids and seeds are the same in each house.
async fn fill(cx: &Cx) {
    let unit = OrgUnitId(cx.id());
    let top = OrgUnit {
        id: unit,
        parent: None,
        level: Level::Office,
        name: "所".into(),
        path: UnitPath::root(unit),
    };
    let window = Times::Window {
        opens: time(8, 0, 0, 0),
        closes: time(9, 0, 0, 0),
    };
    let random = Times::Random {
        from: time(10, 0, 0, 0),
        until: time(18, 0, 0, 0),
        count: 1,
        every: domain::plan::Every::Day,
        answer_min: 30,
        gap_min: 60,
    };
    let rule = |times| Rule {
        days: Recurrence::daily(),
        on: On::Any,
        times,
        grace_min: 0,
        factors: Factors::Face,
        channels: Channels::ALL,
        location_required: false,
    };
    let mut tx = cx.store.write().await.expect("a transaction");
    store::unit::insert(&mut tx, &top, MORNING)
        .await
        .expect("a unit");
    for number in 0..PERSONS {
        let person = Person {
            id: PersonId(cx.id()),
            unit,
            name: "名".into(),
            case_number: number.to_string(),
            order: SupervisionOrder {
                category: Category::Probation,
                level: SupervisionLevel::General,
                starts_on: date(2026, 1, 1),
                ends_on: date(2028, 12, 31),
            },
            minor: false,
            registered_at: MORNING,
            ended: None,
        };
        let plan = SupervisionPlan {
            id: PlanId(cx.id()),
            person: person.id,
            version: 1,
            zone: "Asia/Shanghai".into(),
            quiet: QuietHours::default(),
            rules: vec![rule(window), rule(random)],
            seed: Seed(cx.entropy.bytes()),
            effective_from: date(2026, 3, 2),
            written_at: MORNING,
        };
        store::person::insert(&mut tx, &person)
            .await
            .expect("a person");
        store::plan::insert(&mut tx, &plan).await.expect("a plan");
    }
    tx.commit().await.expect("it lasts");
}

/// All duties without their ids, in one order.
async fn all(cx: &Cx) -> BTreeSet<String> {
    let mut tx = cx.store.read().await.expect("a transaction");
    let persons = store::person::page(&mut tx, None, 1_000).await;
    let mut all = BTreeSet::new();
    for person in persons.expect("persons") {
        let duties = store::duty::all_of_person(&mut tx, person.id).await;
        for marked in duties.expect("duties") {
            let nameless = Duty {
                id: DutyId(uuid::Uuid::nil()),
                ..marked.duty
            };
            assert!(all.insert(format!("{nameless:?}")), "once: {nameless:?}");
        }
    }
    all
}

/// How many duties the log tells of.
async fn told(cx: &Cx) -> u64 {
    let mut tx = cx.store.read().await.expect("a transaction");
    let makings = store::event::of_makings(&mut tx, None, 1_000).await;
    let made = makings.expect("entries").into_iter().map(|event| {
        let EventKind::DutiesExtended { made, .. } = event.kind else {
            panic!("nothing else happened: {event:?}");
        };
        made
    });
    made.sum()
}

#[tokio::test]
async fn lanes_make_together_what_one_makes_alone() {
    let seen = Mutex::new(BTreeSet::new());
    for lanes in 1..=3 {
        for_each_database(async |url| {
            let (cx, _folder) = open(&url).await;
            fill(&cx).await;
            let made = extend_in(&cx, lanes, PAGE_LEN).await.expect("a pass");
            let duties = all(&cx).await;
            assert!(duties.len() > PERSONS * 25, "{made}");
            assert_eq!((duties.len() as u64, told(&cx).await), (made, made));
            seen.lock().expect("no panic").insert(duties);
            let again = extend_in(&cx, lanes, PAGE_LEN).await.expect("a pass");
            assert_eq!((again, told(&cx).await), (0, made), "nothing changes");
            cx.store.close().await;
        })
        .await;
    }
    assert_eq!(seen.lock().expect("no panic").len(), 1);
}

#[tokio::test]
async fn a_pass_that_is_cut_off_anywhere_leaves_no_duty_untold_and_the_next_one_ends_it() {
    for_each_database(async |url| {
        let (cx, _folder) = open(&url).await;
        fill(&cx).await;
        let mut cuts = 0;
        for steps in (0..).step_by(3) {
            let lanes = 1 + steps % 2;
            let before = all(&cx).await.len();
            // Whatever it was doing at this step is never heard of again, like a process that dies.
            let whole = {
                let mut pass = pin!(extend_in(&cx, lanes, PAGE_LEN));
                let mut left = steps;
                std::future::poll_fn(|context| match pass.poll_unpin(context) {
                    Poll::Ready(made) => Poll::Ready(Some(made.expect("a pass"))),
                    Poll::Pending if left == 0 => Poll::Ready(None),
                    Poll::Pending => {
                        left -= 1;
                        Poll::Pending
                    }
                })
                .await
            };
            let report = recompute::check(&cx).await.expect("a report");
            let untold = |(_, difference): &(PersonId, Difference)| {
                !matches!(difference, Difference::DutyGone { .. })
            };
            assert!(!report.told.iter().any(untold), "{steps}: {report:?}");
            if whole.is_some() {
                break;
            }
            cuts += usize::from(all(&cx).await.len() > before);
            extend_in(&cx, lanes, PAGE_LEN).await.expect("a pass");
            let report = recompute::check(&cx).await.expect("a report");
            assert_eq!(report.told, [], "{steps}");
            cx.clock.advance_ms(DAY_MS);
        }
        assert!(cuts > PERSONS / PAGE_LEN as usize, "cut between pages");
        cx.store.close().await;
    })
    .await;
}

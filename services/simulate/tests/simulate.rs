//! Small counties: the same seed, broken invariants, and a death at every commit.

use domain::{Micros, attendance::Attendance, checkin::State};
use simulate::{Fault, Report, Setting, Simulation, Weather};
use store::Death;

fn setting(persons: usize, seed: u64, weather: Weather) -> Setting {
    Setting {
        persons,
        seed,
        database: None,
        weather,
    }
}

async fn played(persons: usize, days: i64, seed: u64) -> Report {
    let setting = setting(persons, seed, Weather::default());
    let mut simulation = Simulation::build(&setting).await.expect("a county");
    simulation.play(days).await.expect("nothing breaks");
    simulation.report().await.expect("nothing breaks")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_log_and_another_seed_another_one() {
    let first = played(20, 20, 7).await;
    let again = played(20, 20, 7).await;
    assert_eq!(first, again);
    let other = played(20, 20, 8).await;
    assert_ne!(first.sha256, other.sha256);

    let tally = first.tally;
    assert!(tally.acknowledged > 300, "{first}");
    assert!(tally.deaths >= 10 && tally.answers_lost > 0, "{first}");
    assert!(tally.media_repeated > 0, "{first}");
    assert!(tally.followed > 0 && tally.not_followed > 0, "{first}");
    assert!(first.verdicts.iter().all(|count| *count > 0), "{first}");
    assert!(first.attendance.count(Attendance::OnTime) > 300, "{first}");
    assert!(first.attendance.count(Attendance::Late) > 0, "{first}");
    assert!(
        first.cheats.iter().all(|(_, planted, _)| *planted > 0),
        "{first}"
    );
}

#[tokio::test]
async fn a_row_changed_behind_the_houses_back_is_named() {
    let setting = setting(3, 1, Weather::CALM);
    let mut simulation = Simulation::build(&setting).await.expect("a county");
    simulation.play(2).await.expect("nothing breaks");
    let person = simulation.persons().next().expect("three persons");
    let mut tx = simulation.cx().store.write().await.expect("a transaction");
    let duties = store::duty::all_of_person(&mut tx, person).await;
    let duties = duties.expect("duties");
    let met = duties.iter().find(|of| of.attendance == Attendance::OnTime);
    let duty = met.expect("one was kept").duty.id;
    let (from, to) = (Attendance::OnTime, Attendance::Missed);
    store::duty::set_attendance(&mut tx, duty, from, to, Micros(0))
        .await
        .expect("it was on time");
    tx.commit().await.expect("it lasts");
    let Err(Fault::Broken(broken)) = simulation.report().await else {
        panic!("it was not found");
    };
    assert_eq!((broken.person, broken.duty), (Some(person), Some(duty)));
    let told = broken.to_string();
    assert!(
        told.contains("attendance is missed, and on_time follows"),
        "{told}"
    );
    assert!(told.contains("2026-03-0"), "{told}");
}

/// One person in calm weather, on the morning of his first check-in.
async fn morning() -> (Simulation, Micros) {
    let mut simulation = Simulation::build(&setting(1, 3, Weather::CALM))
        .await
        .expect("a county");
    let person = simulation.persons().next().expect("one person");
    let mut tx = simulation.cx().store.read().await.expect("a transaction");
    let duties = store::duty::all_of_person(&mut tx, person)
        .await
        .expect("duties");
    drop(tx);
    let opens_at = duties.first().expect("a first duty").duty.opens_at;
    simulation.until(opens_at).await.expect("nothing breaks");
    (simulation, opens_at.plus_ms(2 * 3_600_000))
}

#[tokio::test]
async fn a_death_at_any_commit_of_a_check_in_loses_nothing() {
    let (mut calm, evening) = morning().await;
    let before = calm.fate().commits();
    calm.until(evening).await.expect("nothing breaks");
    let commits = calm.fate().commits() - before;
    assert!(commits > 10, "{commits}");
    for nth in 1..=commits {
        for death in [Death::Before, Death::After] {
            let (mut simulation, evening) = morning().await;
            simulation.fate().doom(nth, death);
            simulation.until(evening).await.expect("nothing breaks");
            let person = simulation.persons().next().expect("one person");
            let mut tx = simulation.cx().store.read().await.expect("a transaction");
            let duties = store::duty::all_of_person(&mut tx, person)
                .await
                .expect("duties");
            let states = store::checkin::states_of_person(&mut tx, person)
                .await
                .expect("attempts");
            drop(tx);
            let verified = states.iter().filter(|(_, state)| *state == State::Verified);
            assert_eq!(verified.count(), 1, "{death:?} {nth}: {states:?}");
            assert_eq!(duties[0].attendance, Attendance::OnTime, "{death:?} {nth}");
            simulation.play(1).await.expect("nothing breaks");
            let report = simulation.report().await.expect("nothing breaks");
            assert_eq!(report.tally.deaths, 1, "{death:?} {nth}");
        }
    }
}

#[tokio::test]
async fn a_death_at_any_commit_of_making_duties_ahead_leaves_none_that_the_log_does_not_tell_of() {
    for nth in 1..=6 {
        for death in [Death::Before, Death::After] {
            let setting = setting(3, 5, Weather::CALM);
            let mut simulation = Simulation::build(&setting).await.expect("a county");
            simulation.fate().doom(nth, death);
            simulation.play(1).await.expect("nothing breaks");
            let report = simulation.report().await.expect("nothing breaks");
            assert_eq!(report.tally.deaths, 1, "{death:?} {nth}");
        }
    }
}

#[tokio::test]
async fn a_database_that_is_there_is_not_touched() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let setting = Setting {
        database: Some(file.path().to_path_buf()),
        ..setting(1, 1, Weather::CALM)
    };
    let refused = Simulation::build(&setting).await;
    assert!(matches!(refused, Err(Fault::Exists(_))));
}

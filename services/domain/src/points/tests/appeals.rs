use super::*;

fn text() -> AppealText {
    AppealText::try_from("手机坏了".to_owned()).expect("a text")
}

#[test]
fn an_appeal_is_filed_once_within_thirty_days_against_what_was_taken() {
    let entries = [deducted(1, march()), granted(2, march())];
    let ledger = Ledger::new(PERSON, &entries);
    let file = |entry, told_at, earlier: &[Appeal], at| {
        Appeal::file(&ledger, entry, told_at, earlier, text(), at)
    };
    let last = NOW.plus_ms(30 * DAY_MS);
    assert!(file(&entries[0], Some(NOW), &[], last).is_ok());
    assert_eq!(
        file(&entries[0], Some(NOW), &[], Micros(last.0 + 1)),
        Err(Refusal::AppealLate { until: last })
    );
    let appeal = file(&entries[0], None, &[], last.plus_ms(DAY_MS)).expect("he was not told yet");
    assert_eq!(
        file(&entries[0], None, &[appeal], NOW),
        Err(Refusal::AppealFiled)
    );
    assert_eq!(
        file(&entries[1], None, &[], NOW),
        Err(Refusal::AppealNothingTaken)
    );
    for bad in [String::new(), "  ".into(), "长".repeat(1_001)] {
        assert!(AppealText::try_from(bad).is_err());
    }
}

#[test]
fn another_officer_decides_an_appeal_once() {
    let entries = [deducted(1, march())];
    let ledger = Ledger::new(PERSON, &entries);
    let appeal = Appeal::file(&ledger, &entries[0], None, &[], text(), NOW).expect("in time");
    let decide = |appeal: Appeal, finding, by| {
        appeal.decide(&ledger, finding, officer(by), entry_id(9), NOW)
    };
    for finding in Finding::ALL {
        assert_eq!(
            decide(appeal.clone(), *finding, 1),
            Err(Refusal::AppealOwnDecision)
        );
        let (decided, entry) = decide(appeal.clone(), *finding, 2).expect("another officer");
        assert_eq!(entry.is_some(), *finding == Finding::Granted);
        for again in Finding::ALL {
            assert_eq!(
                decide(decided.clone(), *again, 3),
                Err(Refusal::AppealFiled)
            );
        }
    }
    let (_, entry) = decide(appeal.clone(), Finding::Granted, 2).expect("another officer");
    let both = [entries[0].clone(), entry.expect("a counter-entry")];
    assert_eq!(totals(&both), [100, 100, 100]);
    let after = Ledger::new(PERSON, &both);
    let (decided, entry) = appeal
        .decide(&after, Finding::Granted, officer(2), entry_id(10), NOW)
        .expect("another officer");
    assert!(
        decided.outcome.is_some() && entry.is_none(),
        "given back before"
    );
    assert_eq!(
        after.reverse(&both[1], entry_id(11), NOW, officer(1)),
        Err(Refusal::PointsFinal),
        "what was given back is not taken again"
    );
}

#[test]
fn a_bonus_that_an_officer_took_back_comes_back_by_appeal() {
    let mut entries = vec![granted(1, march())];
    let ledger = Ledger::new(PERSON, &entries);
    let taken = ledger
        .reverse(&entries[0], entry_id(2), NOW, officer(1))
        .expect("it counts");
    entries.push(taken);
    assert_eq!(totals(&entries), [100, 100, 100]);
    let ledger = Ledger::new(PERSON, &entries);
    let appeal = Appeal::file(&ledger, &entries[1], None, &[], text(), NOW).expect("it took");
    let (_, back) = appeal
        .decide(&ledger, Finding::Granted, officer(2), entry_id(3), NOW)
        .expect("another officer");
    let back = back.expect("a counter-entry");
    entries.push(back);
    assert_eq!(totals(&entries), [103, 100, 100]);
    let ledger = Ledger::new(PERSON, &entries);
    assert_eq!(
        ledger.reverse(&entries[0], entry_id(4), NOW, officer(1)),
        Err(Refusal::PointsFinal),
        "an entry is reversed once"
    );
}

use proptest::prelude::*;

use super::*;

/// What the house and officers make of any facts: of each its kind, the month, and whether it is rejected. Some are reversed afterwards.
fn ledgers() -> impl Strategy<Value = Vec<Entry>> {
    let one = (0_u8..7, 0_u8..3, any::<bool>(), 0_i64..1_000);
    let reversals = proptest::collection::vec(any::<prop::sample::Index>(), 0..8);
    (proptest::collection::vec(one, 1..60), reversals).prop_map(|(facts, reversals)| {
        let mut entries: Vec<Entry> = Vec::new();
        for (number, (kind, later, rejected, at)) in (1_u128..).zip(facts) {
            let month = (0..later).fold(march(), |month, _| month.next());
            let ledger = Ledger::new(PERSON, &entries);
            let mut proposals = propose(&ledger, month, &book(), &[fact(kind, number)]);
            let Some(proposal) = proposals.pop() else {
                continue;
            };
            let (id, at) = (entry_id(number), NOW.plus_ms(at));
            let answer = if rejected {
                Answer::Reject
            } else {
                Answer::Accept
            };
            let entry = proposal
                .clone()
                .enter(&ledger, id, at)
                .or_else(|_| proposal.decide(&ledger, id, at, answer, officer(1)));
            entries.push(entry.expect("nothing settled it"));
        }
        for (number, index) in (1_000_u128..).zip(reversals) {
            let ledger = Ledger::new(PERSON, &entries);
            let wrong = index.get(&entries);
            if let Ok(entry) = ledger.reverse(wrong, entry_id(number), NOW, officer(2)) {
                entries.push(entry);
            }
        }
        entries
    })
}

proptest! {
    #[test]
    fn a_total_is_the_base_and_what_survives_within_caps(entries in ledgers()) {
        let ledger = Ledger::new(PERSON, &entries);
        let book = book();
        let mut balance = 0;
        for statement in months(&entries) {
            let mut expected = 100;
            for item in &book.items {
                let of_item = |entry: &&Entry| entry.month == statement.month && entry.item == item.code;
                let sum: i64 = entries
                    .iter()
                    .filter(of_item)
                    .filter(|entry| ledger.reversed_by(entry.id).is_none())
                    .map(|entry| entry.change.points())
                    .sum();
                let cap = i64::from(item.month_cap);
                expected += sum.clamp(-cap, cap);
            }
            prop_assert_eq!(statement.total, expected);
            prop_assert!(statement.total >= 0);
            prop_assert_eq!(statement.opening, balance);
            balance += statement.total;
            prop_assert_eq!(statement.closing, balance);
        }
    }

    #[test]
    fn nothing_is_taken_without_an_officer(entries in ledgers(), kind in 0_u8..7) {
        for entry in &entries {
            let officer = entry.change.decision().is_some();
            prop_assert!(officer || entry.change.points() > 0);
        }
        // Without what officers decided, the house alone only gives.
        let house: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| entry.change.decision().is_none())
            .collect();
        prop_assert!(totals(&house).iter().all(|total| *total >= 100));
        let proposal = proposal(&[], march(), fact(kind, 1));
        let takes = proposal.points < 0;
        let entered = proposal.enter(&Ledger::new(PERSON, &[]), entry_id(1), NOW);
        prop_assert_eq!(entered == Err(Refusal::PointsNeedOfficer), takes);
    }

    #[test]
    fn a_reversal_brings_back_exactly(entries in ledgers(), index in any::<prop::sample::Index>()) {
        let ledger = Ledger::new(PERSON, &entries);
        let wrong = index.get(&entries);
        if let Ok(reversal) = ledger.reverse(wrong, entry_id(5_000), NOW, officer(2)) {
            let mut reversed = entries.clone();
            reversed.push(reversal);
            let mut never = entries.clone();
            never.retain(|entry| entry.id != wrong.id);
            prop_assert_eq!(totals(&reversed), totals(&never));
            let after = Ledger::new(PERSON, &reversed);
            prop_assert_eq!(after.reverse(wrong, entry_id(5_001), NOW, officer(2)), Err(Refusal::PointsFinal));
        }
    }

    #[test]
    fn the_order_of_entries_does_not_matter_nor_do_repeats_and_others(
        (entries, shuffled) in ledgers().prop_flat_map(|entries| (Just(entries.clone()), Just(entries).prop_shuffle())),
    ) {
        let mut more = shuffled.clone();
        more.push(shuffled[0].clone());
        more.push(Entry { person: PersonId(Uuid::from_u128(7)), ..deducted(9_000, march()) });
        prop_assert_eq!(months(&entries), months(&more));
    }

    #[test]
    fn one_fact_never_counts_twice(entries in ledgers(), index in any::<prop::sample::Index>()) {
        let mut twice = entries.clone();
        twice.push(Entry {
            id: entry_id(5_000),
            at: NOW.plus_ms(DAY_MS),
            ..index.get(&entries).clone()
        });
        prop_assert_eq!(totals(&twice), totals(&entries));
    }
}

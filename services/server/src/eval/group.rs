//! Error rates of groups of people (ISO/IEC 19795-10): inside each group, where the manifest has a column `group`.

use report::{Cell, Column, Table};
use serde::Serialize;

use super::{
    quantity::Quantity,
    statistics::exact,
    trial::{Trial, Trials},
};

/// A group's name and the comparisons among its own people.
pub type Group = (String, Trials);

/// The error rates of one group at the house's thresholds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupFigures {
    pub name: String,
    pub persons: usize,
    pub genuine: usize,
    pub impostor: usize,
    pub rates: Vec<Rate>,
}

/// A counted share with its exact 95 % interval. Comparisons of one person are not independent: the interval is too narrow rather than too
/// wide.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rate {
    pub key: String,
    pub count: u64,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Every group with the comparisons of two of its people, in order of names; people without a group take part in none.
pub fn split<'a>(trials: &[Trial], group_of: impl Fn(u32) -> &'a str) -> Vec<Group> {
    let mut groups: std::collections::BTreeMap<&str, Vec<Trial>> =
        std::collections::BTreeMap::new();
    for trial in trials {
        let (probe, template) = (group_of(trial.probe), group_of(trial.template));
        if probe == template && !probe.is_empty() {
            groups.entry(probe).or_default().push(*trial);
        }
    }
    groups
        .into_iter()
        .map(|(name, trials)| (name.to_owned(), Trials::new(trials)))
        .collect()
}

/// The figures of each group at those quantities that are thresholds of the policy.
pub fn figures(groups: &[Group], quantities: &[Quantity]) -> Vec<GroupFigures> {
    let of_one = |(name, trials): &Group| GroupFigures {
        name: name.clone(),
        persons: trials.persons(),
        genuine: trials.genuine(),
        impostor: trials.impostor(),
        rates: quantities
            .iter()
            .filter_map(|quantity| rate(trials, *quantity))
            .collect(),
    };
    groups.iter().map(of_one).collect()
}

fn rate(trials: &Trials, quantity: Quantity) -> Option<Rate> {
    let (genuine, accepted, from) = match quantity {
        Quantity::FmrAtLlr(_, llr) => (false, true, llr),
        Quantity::FnmrAtLlr(_, llr) => (true, false, llr),
        Quantity::TarAtFmr(_)
        | Quantity::EqualErrorRate
        | Quantity::Decidability
        | Quantity::Cost
        | Quantity::CostMin
        | Quantity::Apcer(_)
        | Quantity::Bpcer(_) => return None,
    };
    let own = || trials.all().iter().filter(|one| one.genuine == genuine);
    let all = own().count() as u64;
    let count = own().filter(|one| (one.llr >= from) == accepted).count() as u64;
    let [low, high] = exact(count, all);
    Some(Rate {
        key: quantity.key(),
        count,
        value: count as f64 / all.max(1) as f64,
        low,
        high,
    })
}

/// For people, on a page.
pub fn table(groups: &[GroupFigures]) -> Table {
    let columns = [
        ("组", "Group", 16),
        ("人数", "Persons", 8),
        ("真匹配", "Genuine", 10),
        ("冒名", "Impostor", 10),
        ("阈值", "Threshold", 18),
        ("数量", "Errors", 8),
        ("比率", "Rate", 10),
        ("95 % 区间", "95 % interval", 22),
    ];
    let row = |group: &GroupFigures, rate: &Rate| {
        let (percent, count) = (
            |share: f64| format!("{:.3} %", 100.0 * share),
            |n: usize| Cell::Integer(n as i64),
        );
        vec![
            Cell::from(group.name.as_str()),
            count(group.persons),
            count(group.genuine),
            count(group.impostor),
            Cell::from(rate.key.as_str()),
            Cell::Integer(rate.count.cast_signed()),
            Cell::from(percent(rate.value).as_str()),
            Cell::from(format!("{} … {}", percent(rate.low), percent(rate.high)).as_str()),
        ]
    };
    Table {
        name: ("分组", "Groups"),
        columns: columns
            .map(|(zh, en, width)| Column::text(zh, en, width))
            .into(),
        rows: groups
            .iter()
            .flat_map(|group| group.rates.iter().map(move |rate| row(group, rate)))
            .collect(),
        total: None,
    }
}

/// For people, in a terminal.
pub fn lines(groups: &[GroupFigures]) -> String {
    let line = |group: &GroupFigures, rate: &Rate| {
        let percent = |share: f64| format!("{:.3} %", 100.0 * share);
        format!(
            "  {} ({} 人 persons, {} + {}): {} {} [{}, {}]\n",
            group.name,
            group.persons,
            group.genuine,
            group.impostor,
            rate.key,
            percent(rate.value),
            percent(rate.low),
            percent(rate.high)
        )
    };
    groups
        .iter()
        .flat_map(|group| group.rates.iter().map(move |rate| line(group, rate)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::quantity::Policy;

    #[test]
    fn errors_are_counted_among_the_people_of_one_group() {
        let of = |person: u32| ["a", "a", "b", "b", ""][person as usize];
        let pairs = [
            (0, 0, 9.0),
            (0, 1, 10.0),
            (1, 0, 1.0),
            (2, 2, 12.0),
            (2, 3, -5.0),
            (0, 2, 99.0),
            (4, 4, 1.0),
            (4, 0, 99.0),
        ];
        let trials: Vec<Trial> = pairs
            .iter()
            .map(|&(probe, template, llr)| Trial::of_persons(llr, llr, probe, template))
            .collect();
        let quantities = [
            Quantity::EqualErrorRate,
            Quantity::FmrAtLlr(Policy::Accept, 9.5),
            Quantity::FnmrAtLlr(Policy::Accept, 9.5),
        ];
        let found = figures(&split(&trials, of), &quantities);
        let counts: Vec<_> = found
            .iter()
            .map(|group| {
                let errors: Vec<u64> = group.rates.iter().map(|rate| rate.count).collect();
                (group.name.as_str(), group.genuine, group.impostor, errors)
            })
            .collect();
        assert_eq!(counts, [("a", 1, 2, vec![1, 1]), ("b", 1, 1, vec![0, 0])]);
        assert!(found[0].rates[0].high > 0.9, "two comparisons prove little");
        assert_eq!(table(&found).rows.len(), 4);
        assert_eq!(lines(&found).lines().count(), 4);
    }
}

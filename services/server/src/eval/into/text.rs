//! A pack's text with other error rates in it: whatever a person wrote stays.

use anyhow::{Context, anyhow};
use models::{Factor, Measured};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

/// The pack's text with these rates in the place of those of the same factor; all else stays as it is.
pub fn edit(source: &str, factor: Factor, measured: &[Measured]) -> anyhow::Result<String> {
    let mut pack: DocumentMut = source.parse().context("the pack is no TOML")?;
    let name = name(factor);
    let tables = pack
        .entry("measured")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| anyhow!("[[measured]] is no list of tables"))?;
    tables.retain(|table| table.get("factor").and_then(Item::as_str) != Some(name));
    for one in measured {
        tables.push(table(name, one));
    }
    Ok(pack.to_string())
}

const fn name(factor: Factor) -> &'static str {
    match factor {
        Factor::Face => "face",
        Factor::Voice => "voice",
        Factor::Content => "content",
        Factor::Presentation => "presentation",
        Factor::Together => "together",
    }
}

fn table(name: &str, measured: &Measured) -> Table {
    let mut at = Array::new();
    for rates in &measured.at {
        let mut line = InlineTable::new();
        line.insert("llr", ((rates.llr * 1e4).round() / 1e4).into());
        line.insert("false_match", share(rates.false_match));
        line.insert("false_non_match", share(rates.false_non_match));
        at.push_formatted(Value::from(line).decorated("\n  ", ""));
    }
    at.set_trailing("\n");
    at.set_trailing_comma(true);
    let mut table = Table::new();
    let values: [(&str, Value); 8] = [
        ("factor", name.into()),
        ("set", measured.set.as_str().into()),
        ("data_sha256", measured.data_sha256.as_str().into()),
        ("date", measured.date.as_str().into()),
        ("command", measured.command.as_str().into()),
        ("genuine", measured.genuine.cast_signed().into()),
        ("impostor", measured.impostor.cast_signed().into()),
        ("at", at.into()),
    ];
    for (key, one) in values {
        table.insert(key, value(one));
    }
    table
}

/// A share and the ends of its interval, outwards, with six decimals.
fn share([rate, low, high]: [f64; 3]) -> Value {
    let unit = 1e6;
    let rounded = [
        (rate * unit).round(),
        (low * unit).floor(),
        (high * unit).ceil(),
    ];
    let array: Array = rounded.map(|number| number / unit).into_iter().collect();
    array.into()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use models::{Pack, Rates};

    use super::*;

    fn measured(factor: Factor, set: &str) -> Measured {
        Measured {
            factor,
            set: set.to_owned(),
            data_sha256: "cd".repeat(32),
            date: "2026-12-01".to_owned(),
            command: "muster eval face --pack default --data DIR --seed 1".to_owned(),
            genuine: 2,
            impostor: 2,
            at: vec![Rates {
                llr: 9.210_44,
                false_match: [1.0 / 3.0, 0.000_000_4, 0.7],
                false_non_match: [0.0, 0.0, 1.0],
            }],
        }
    }

    #[test]
    fn an_interval_is_rounded_outwards() {
        let text = share([1.0 / 3.0, 0.333_333_1, 0.333_333_4]).to_string();
        assert_eq!(text, "[0.333333, 0.333333, 0.333334]");
    }

    #[test]
    fn rates_take_the_place_of_those_of_the_same_factor_and_change_nothing_else() {
        for built_in in models::built_in() {
            let source = models::source(built_in, Path::new("nowhere")).unwrap();
            let pack = models::read(built_in, &source).unwrap();
            let two = [measured(Factor::Face, "a"), measured(Factor::Face, "b")];
            let first = edit(&source, Factor::Face, &two).unwrap();
            let voice = [measured(Factor::Voice, "c")];
            let second = edit(&first, Factor::Voice, &voice).unwrap();
            let again = edit(&second, Factor::Face, &two[..1]).unwrap();
            let read = models::read(built_in, &again).unwrap();
            assert_eq!(read.id(), pack.id());
            let of = |factor| {
                let of = read.measured.iter().filter(|one| one.factor == factor);
                of.map(|one| one.set.as_str()).collect::<Vec<_>>()
            };
            assert_eq!(of(Factor::Face), ["a"]);
            assert_eq!(of(Factor::Voice), ["c"]);
            let bare = |pack: Pack| Pack {
                measured: Vec::new(),
                ..pack
            };
            assert_eq!(bare(read), bare(pack));
        }
    }
}

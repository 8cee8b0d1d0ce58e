//! A pack's text with another calibration in it: whatever a person wrote around it stays.

use anyhow::{Context, anyhow};
use models::{Calibration, Traces};
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

/// Significant digits of a scale and an offset.
const DIGITS: i32 = 7;

/// The text with this name, version and calibration of a role's table. Comments, order and all other values stay as they are.
///
/// # Errors
/// Text that is no TOML, or has no such table.
pub fn edit(
    source: &str,
    (name, version): (&str, &str),
    table: &str,
    calibration: &Calibration,
) -> anyhow::Result<String> {
    let mut pack: DocumentMut = source.parse().context("the pack is no TOML")?;
    put(pack.get_mut("name"), name.into()).context("the pack has no name")?;
    put(pack.get_mut("version"), version.into()).context("the pack has no version")?;
    let role = pack
        .get_mut(table)
        .ok_or_else(|| anyhow!("the pack has no [{table}]"))?;
    let table = role
        .get_mut("calibration")
        .and_then(Item::as_table_like_mut)
        .ok_or_else(|| anyhow!("the pack has no [{table}.calibration]"))?;
    let values: [(&str, Value); 9] = [
        ("scale", calibration.scale.into()),
        ("offset", calibration.offset.into()),
        ("llr_min", calibration.llr_min.into()),
        ("llr_max", calibration.llr_max.into()),
        ("data", calibration.data.as_str().into()),
        ("data_sha256", calibration.data_sha256.as_str().into()),
        ("date", calibration.date.as_str().into()),
        ("genuine", calibration.genuine.cast_signed().into()),
        ("impostor", calibration.impostor.cast_signed().into()),
    ];
    for (key, new) in values {
        if put(table.get_mut(key), new.clone()).is_none() {
            table.insert(key, value(new));
        }
    }
    Ok(pack.to_string())
}

/// The text with these traces in a role's table, in the place of others or behind all.
///
/// # Errors
/// As [`edit`].
pub fn edit_traces(source: &str, table: &str, traces: &Traces) -> anyhow::Result<String> {
    let mut pack: DocumentMut = source.parse().context("the pack is no TOML")?;
    let role = pack.get_mut(table).and_then(Item::as_table_mut);
    let role = role.ok_or_else(|| anyhow!("the pack has no [{table}]"))?;
    let numbers = |numbers: &[f64]| -> Value {
        let list: Array = numbers.iter().map(|&number| rounded(number)).collect();
        list.into()
    };
    let values: [(&str, Value); 11] = [
        ("offset", rounded(traces.offset).into()),
        ("networks", rounded(traces.networks).into()),
        ("networks_alone", numbers(&traces.networks_alone)),
        ("mean", numbers(&traces.mean)),
        ("deviation", numbers(&traces.deviation)),
        ("weight", numbers(&traces.weight)),
        ("square", numbers(&traces.square)),
        ("data", traces.data.as_str().into()),
        ("data_sha256", traces.data_sha256.as_str().into()),
        ("date", traces.date.as_str().into()),
        ("people", traces.people.cast_signed().into()),
    ];
    let mut written = Table::new();
    for (key, one) in values {
        written.insert(key, value(one));
    }
    role.insert("traces", Item::Table(written));
    Ok(pack.to_string())
}

/// Another value where one stands, with the blanks and comments around it.
fn put(item: Option<&mut Item>, new: Value) -> Option<()> {
    let old = item?.as_value_mut()?;
    let around = old.decor().clone();
    *old = new;
    *old.decor_mut() = around;
    Some(())
}

/// The number after a number; a text with `.1` after it.
pub fn next_version(version: &str) -> String {
    version.parse::<u64>().map_or_else(
        |_| format!("{version}.1"),
        |number| (number + 1).to_string(),
    )
}

/// Seven significant digits.
pub fn rounded(number: f64) -> f64 {
    if number.abs() < f64::MIN_POSITIVE {
        return 0.0;
    }
    let places = (DIGITS - 1 - number.abs().log10().floor() as i32).clamp(0, 12);
    let unit = 10_f64.powi(places);
    (number * unit).round() / unit
}

/// Two decimals, towards 0: a bound never promises more than the data support.
pub fn inwards(bound: f64) -> f64 {
    (bound * 100.0).trunc() / 100.0
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn calibration() -> Calibration {
        Calibration {
            scale: 12.5,
            offset: -3.25,
            llr_min: -5.0,
            llr_max: 7.0,
            data: "两个人 \"quoted\"".to_owned(),
            data_sha256: "ab".repeat(32),
            date: "2026-11-21".to_owned(),
            genuine: 600,
            impostor: 9_000,
        }
    }

    #[test]
    fn only_the_calibration_the_name_and_the_version_change() {
        for name in models::built_in() {
            let home = Path::new("nowhere");
            let source = models::source(name, home).unwrap();
            let edited = edit(&source, ("own", "9"), "speaker", &calibration()).unwrap();
            let mut expected = models::load(name, home).unwrap();
            expected.name = "own".to_owned();
            expected.version = "9".to_owned();
            expected.speaker.calibration = calibration();
            assert_eq!(models::read("own", &edited).unwrap(), expected);
            let changed = source
                .lines()
                .zip(edited.lines())
                .filter(|(old, new)| old != new)
                .count();
            assert_eq!(source.lines().count(), edited.lines().count());
            assert!(changed <= 11, "{changed} lines");
        }
    }

    #[test]
    fn a_comment_beside_a_value_stays_beside_it() {
        let source = "# first\nname = \"a\" # its name\nversion = \"1\"\n[content.calibration]\nscale = 1.0   # nats\n";
        let edited = edit(source, ("b", "2"), "content", &calibration()).unwrap();
        assert!(
            edited.starts_with("# first\nname = \"b\" # its name\n"),
            "{edited}"
        );
        assert!(edited.contains("scale = 12.5   # nats\n"), "{edited}");
        assert!(edited.contains("impostor = 9000"), "{edited}");
        assert!(edit(source, ("b", "2"), "speaker", &calibration()).is_err());
    }

    #[test]
    fn bounds_are_cut_and_never_stretched() {
        assert!((inwards(12.949) - 12.94).abs() < 1e-9);
        assert!((inwards(-6.619) + 6.61).abs() < 1e-9);
        assert!((rounded(213.393_812_3) - 213.393_8).abs() < 1e-9);
        assert!((rounded(-0.004_567_891_23) + 0.004_567_891).abs() < 1e-12);
    }

    #[test]
    fn a_version_is_followed_by_another_one() {
        assert_eq!(
            (next_version("2"), next_version("2026-a")),
            ("3".to_owned(), "2026-a.1".to_owned())
        );
    }
}

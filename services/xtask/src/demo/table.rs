//! A table whose columns stay straight with Chinese in them.

use super::scenario::Row;

const HEAD: [&str; 4] = ["场景 scenario", "应为 expected", "实际 seen", ""];
const GAP: usize = 2;

/// Prints what was expected and what was seen.
pub fn print(rows: &[Row]) {
    let mut cells = vec![HEAD.map(str::to_owned)];
    cells.extend(rows.iter().map(|row| {
        let mark = if row.good() { "✓" } else { "✗" };
        [
            row.scenario.to_owned(),
            row.expected.to_string(),
            row.seen.to_string(),
            mark.to_owned(),
        ]
    }));
    println!();
    for line in layout(&cells) {
        println!("{line}");
    }
}

fn layout(cells: &[[String; 4]]) -> Vec<String> {
    let width = |column: usize| {
        cells
            .iter()
            .map(|row| columns(&row[column]))
            .max()
            .unwrap_or(0)
    };
    let widths = [0, 1, 2, 3].map(width);
    let line = |row: &[String; 4]| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - columns(cell) + GAP));
        }
        line.trim_end().to_owned()
    };
    cells.iter().map(line).collect()
}

/// Columns of a terminal: Chinese takes two for each character.
fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}');
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_straight_with_chinese() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned(), String::new(), String::new()];
        let lines = layout(&[row("太暗 dark", "x"), row("abc", "y")]);
        assert_eq!(lines, ["太暗 dark  x", "abc        y"]);
    }
}

//! What commands tell on standard output.

use std::io::Write;

use serde::Serialize;

/// One line of JSON, or a text for people.
///
/// # Errors
/// Of standard output: whoever reads the first lines only closes the pipe.
pub fn print(
    answer: &(impl Serialize + ?Sized),
    json: bool,
    text: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    let text = if json {
        format!("{}\n", serde_json::to_string(answer)?)
    } else {
        text()
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}

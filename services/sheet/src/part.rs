//! What a part of a workbook would cost its reader, found out before the reader sees it.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::error::Error;

/// Elements of markup in all parts. A table as large as the default limits allow has some six million.
const ELEMENTS_MAX: u64 = 1 << 23;

/// Texts that a workbook may list to share them between cells.
const STRINGS_MAX: u64 = 1 << 21;

/// Formats, sheets and relations that a workbook may describe. Real ones have some thousand; Excel ends at some 65 000 formats.
const DESCRIBED_MAX: u64 = 1 << 18;

/// Counts over all parts of one workbook.
///
/// The reader (`calamine`) trusts what a workbook says of itself in three places where a few kilobytes can cost it gigabytes, and a
/// failed allocation cannot be caught:
/// - it makes room for as many shared texts as the list announces;
/// - it copies a number format's code and a font's name into every cell format that uses it;
/// - it copies the path of a part into every sheet that refers to it.
///
/// So the announcement must be credible, and the number of things described, times the longest description, must stay below what
/// the workbook may unpack to.
pub struct Census {
    unpacked_bytes_max: u64,
    elements: u64,
    strings: u64,
    described: u64,
    /// The longest attributes of anything described, in bytes.
    longest: u64,
}

impl Census {
    pub const fn new(unpacked_bytes_max: u64) -> Self {
        Self {
            unpacked_bytes_max,
            elements: 0,
            strings: 0,
            described: 0,
            longest: 0,
        }
    }

    /// Count what is in this part.
    ///
    /// Errors: [`Error::Unpacked`] if there is too much; [`Error::Damaged`] if the part is no XML, or announces what cannot be.
    pub fn take(&mut self, part: &[u8]) -> Result<(), Error> {
        let mut reader = Reader::from_reader(part);
        // As the workbook's reader has it, so that both see the same.
        let config = reader.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Start(element) | Event::Empty(element)) => self.count(&element)?,
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(Error::damaged(error)),
            }
        }
    }

    fn count(&mut self, element: &BytesStart<'_>) -> Result<(), Error> {
        self.elements += 1;
        match element.local_name().as_ref() {
            "sst" => announced(element)?,
            "si" => self.strings += 1,
            "xf" | "font" | "fill" | "border" | "numFmt" | "sheet" | "Relationship" => {
                self.described += 1;
                self.measure(element);
            }
            // A font's.
            "name" => self.measure(element),
            _ => {}
        }
        let grown = self.described.saturating_mul(self.longest);
        if self.elements > ELEMENTS_MAX
            || self.strings > STRINGS_MAX
            || self.described > DESCRIBED_MAX
            || grown > self.unpacked_bytes_max
        {
            return Err(Error::Unpacked {
                unpacked_bytes_max: self.unpacked_bytes_max,
            });
        }
        Ok(())
    }

    fn measure(&mut self, element: &BytesStart<'_>) {
        self.longest = self.longest.max(element.attributes_raw().len() as u64);
    }
}

/// Check how many shared texts are announced.
fn announced(element: &BytesStart<'_>) -> Result<(), Error> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(Error::damaged)?;
        if attribute.key.as_ref() == "uniqueCount" {
            let count = attribute.value.trim().parse::<u64>();
            if count.map_err(Error::damaged)? > STRINGS_MAX {
                return Err(Error::damaged(
                    "more shared texts are announced than can be",
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(part: &str) -> Result<(), Error> {
        Census::new(1 << 20).take(part.as_bytes())
    }

    #[test]
    fn an_announcement_of_more_texts_than_can_be_is_refused() {
        for count in ["2097153", "99999999999999", "-1", "99999999999999999999999"] {
            for name in ["sst", "x:sst"] {
                let part = format!("<{name} uniqueCount=\"{count}\"><si/></{name}>");
                assert!(matches!(census(&part), Err(Error::Damaged(_))), "{part}");
            }
        }
        assert!(census("<sst count='9' uniqueCount='3'/>").is_ok());
    }

    #[test]
    fn a_format_that_would_be_copied_too_often_is_refused() {
        let long = "0".repeat(10_000);
        let formats = "<xf numFmtId='164'/>".repeat(200);
        for described in [
            format!("<numFmt numFmtId='164' formatCode='{long}'/>{formats}"),
            format!("<font><name val='{long}'/></font>{formats}"),
        ] {
            let part = format!("<styleSheet>{described}</styleSheet>");
            assert!(matches!(census(&part), Err(Error::Unpacked { .. })));
        }
        assert!(census(&format!("<styleSheet>{formats}</styleSheet>")).is_ok());
    }

    #[test]
    fn a_path_that_would_be_copied_too_often_is_refused() {
        let mut census = Census::new(1 << 20);
        let relation = format!("<Relationship Target='{}'/>", "a".repeat(100_000));
        assert!(census.take(relation.as_bytes()).is_ok());
        let sheets = "<sheet r:id='a'/>".repeat(20);
        assert!(census.take(sheets.as_bytes()).is_err());
    }

    #[test]
    fn more_formats_than_any_program_writes_are_refused() {
        let part = "<xf/>".repeat(1 + (1 << 18));
        assert!(matches!(census(&part), Err(Error::Unpacked { .. })));
    }

    #[test]
    fn more_markup_than_a_table_needs_is_refused() {
        let part = "<a/>".repeat(1 + (1 << 23));
        assert!(matches!(census(&part), Err(Error::Unpacked { .. })));
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for part in ["<a", "<a b=\"", "<!-- "] {
            assert!(matches!(census(part), Err(Error::Damaged(_))), "{part}");
        }
    }
}

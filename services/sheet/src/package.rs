//! A workbook's parts, unpacked under a limit.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::Error;
use crate::part::Census;

/// The package with only what a table needs, looked through and no longer compressed: whatever reads it sees nothing else, and
/// nothing that grows.
///
/// Errors: [`Error::Unpacked`], both by what the parts declare of themselves and by what comes out of them; [`Error::Damaged`].
pub fn unpacked(bytes: &[u8], unpacked_bytes_max: u64) -> Result<Vec<u8>, Error> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(Error::damaged)?;
    let mut declared = 0_u64;
    let mut needed = Vec::new();
    for index in 0..package.len() {
        let entry = package.by_index_data(index).map_err(Error::damaged)?;
        declared = declared.saturating_add(entry.size());
        let name = entry.name().map_err(Error::damaged)?;
        if is_needed(&name) {
            needed.push((index, name.into_owned()));
        }
    }
    let too_much = Error::Unpacked { unpacked_bytes_max };
    if declared > unpacked_bytes_max {
        return Err(too_much);
    }
    let mut left = unpacked_bytes_max;
    let mut census = Census::new(unpacked_bytes_max);
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut part = Vec::new();
    for (index, name) in needed {
        part.clear();
        let entry = package.by_index(index).map_err(Error::damaged)?;
        let mut entry = entry.take(left.saturating_add(1));
        entry.read_to_end(&mut part).map_err(Error::damaged)?;
        left = match left.checked_sub(part.len() as u64) {
            Some(left) => left,
            None => return Err(too_much),
        };
        census.take(&part)?;
        copy.start_file(name, stored).map_err(Error::damaged)?;
        copy.write_all(&part).map_err(Error::damaged)?;
    }
    let copy = copy.finish().map_err(Error::damaged)?;
    Ok(copy.into_inner())
}

/// Is the part one of the workbook, its sheets, texts and formats, or says where those are? Pictures, programs and the like are
/// not, nor are the relations of sheets, which are links to elsewhere.
fn is_needed(name: &str) -> bool {
    let name = name.replace('\\', "/").to_ascii_lowercase();
    let name = name.strip_prefix('/').unwrap_or(&name);
    match name.rsplit_once('.') {
        Some((_, "xml")) => true,
        Some((_, "rels")) => name.matches('/').count() <= 2,
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_table_needs_is_unpacked() {
        for needed in [
            "_rels/.rels",
            "xl/workbook.xml",
            "xl/_rels/workbook.xml.rels",
            "/xl/worksheets/sheet1.xml",
            "XL\\SharedStrings.XML",
        ] {
            assert!(is_needed(needed), "{needed}");
        }
        for other in [
            "xl/media/image1.png",
            "xl/vbaProject.bin",
            "xl/worksheets/_rels/sheet1.xml.rels",
            "xl/",
            "",
        ] {
            assert!(!is_needed(other), "{other}");
        }
    }
}

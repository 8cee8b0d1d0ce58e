//! Workbooks made by hand, for what no writer would write.
#![expect(dead_code, reason = "no test file uses all of it")]

use std::fmt::Write as _;
use std::io::{Cursor, Read, Write};

use sheet::{Cell, Column, Error, Format, Limits, Sheet, Table};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A part of a package: its name and what is in it.
pub type Part = (String, Vec<u8>);

/// A package of these parts.
pub fn package(parts: &[Part]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name, SimpleFileOptions::default())
            .expect("names are short");
        zip.write_all(content).expect("memory takes it");
    }
    zip.finish().expect("memory takes it").into_inner()
}

/// The parts of a package.
pub fn parts(package: &[u8]) -> Vec<Part> {
    let mut zip = ZipArchive::new(Cursor::new(package)).expect("a package");
    let mut parts = Vec::new();
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("content");
        parts.push((name, content));
    }
    parts
}

/// A workbook by hand.
pub struct Book {
    /// What the workbook says of each sheet besides its name, and the sheet's part.
    pub sheets: Vec<(String, String)>,
    /// The part that lists shared texts.
    pub strings: String,
    /// The part that lists formats.
    pub styles: String,
}

impl Book {
    /// A workbook of one sheet with this data. Format 1 is a date, 2 a Chinese date that is built into programs, 3 a duration, 4 a date
    /// with its time.
    pub fn of(data: &str) -> Self {
        Self {
            sheets: vec![(String::new(), sheet(data))],
            strings: strings(&[]),
            styles: "<styleSheet><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>\
                     <numFmt numFmtId=\"165\" formatCode=\"[h]:mm:ss\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>\
                     <xf numFmtId=\"164\"/><xf numFmtId=\"31\"/><xf numFmtId=\"165\"/><xf numFmtId=\"22\"/>\
                     </cellXfs></styleSheet>"
                .into(),
        }
    }

    /// The parts of the package.
    pub fn parts(&self) -> Vec<Part> {
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut listed = String::new();
        let mut relations = String::new();
        let mut parts = Vec::new();
        for (index, (said, content)) in (1..).zip(&self.sheets) {
            let _ = write!(
                listed,
                "<sheet name=\"Sheet{index}\" sheetId=\"{index}\" {said} r:id=\"rId{index}\"/>"
            );
            let _ = write!(
                relations,
                "<Relationship Id=\"rId{index}\" Type=\"{kind}/worksheet\" Target=\"worksheets/sheet{index}.xml\"/>"
            );
            parts.push((format!("xl/worksheets/sheet{index}.xml"), content.clone()));
        }
        parts.extend([
            (
                "_rels/.rels".into(),
                format!("<Relationships><Relationship Id=\"rId1\" Type=\"{kind}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
            ),
            ("xl/workbook.xml".into(), format!("<workbook><sheets>{listed}</sheets></workbook>")),
            ("xl/_rels/workbook.xml.rels".into(), format!("<Relationships>{relations}</Relationships>")),
            ("xl/sharedStrings.xml".into(), self.strings.clone()),
            ("xl/styles.xml".into(), self.styles.clone()),
        ]);
        let parts = parts.into_iter();
        parts
            .map(|(name, content): (String, String)| (name, content.into_bytes()))
            .collect()
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        package(&self.parts())
    }

    /// What the file is read as.
    pub fn read(&self) -> Result<Table, Error> {
        read(&self.bytes())
    }
}

/// A sheet's part with these rows.
pub fn sheet(data: &str) -> String {
    format!("<worksheet><dimension ref=\"A1\"/><sheetData>{data}</sheetData></worksheet>")
}

/// The part that lists these shared texts.
pub fn strings(texts: &[&str]) -> String {
    let mut listed = String::new();
    for text in texts {
        let _ = write!(listed, "<si><t>{text}</t></si>");
    }
    format!(
        "<sst count=\"1\" uniqueCount=\"{}\">{listed}</sst>",
        texts.len()
    )
}

/// Read a workbook under the default limits.
pub fn read(workbook: &[u8]) -> Result<Table, Error> {
    sheet::read(workbook, Format::Xlsx, &Limits::default())
}

/// A sheet with these titles and rows.
pub fn written(titles: &[&str], rows: Vec<Vec<Cell>>) -> Sheet {
    let columns = titles.iter().map(|title| Column {
        title: (*title).into(),
        width: 12,
    });
    Sheet {
        name: "名单".into(),
        columns: columns.collect(),
        rows,
    }
}

/// The cells of every row.
pub fn cells(table: &Table) -> Vec<Vec<&str>> {
    let rows = table.rows.iter();
    rows.map(|row| row.cells.iter().map(String::as_str).collect())
        .collect()
}

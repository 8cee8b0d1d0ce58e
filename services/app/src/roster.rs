//! Persons as a table: what offices keep in their spreadsheets. An export can be imported again.

use std::collections::HashMap;

use domain::{
    OrgUnitId, PersonId,
    access::Action,
    event::{Actor, EventKind},
    order::{Category, SupervisionOrder},
    org::OrgUnit,
    person::Person,
    plan::SupervisionLevel,
};
use jiff::civil::Date;
pub use sheet::Format;
use sheet::{Cell, Column, Sheet, Table};
use store::Tx;

use crate::{
    Cx, Error, Result, Viewer,
    journal::note,
    person::{self, NewPerson},
};

/// Faulty cells that are told of; all are counted.
const FAULTS_LEN: usize = 100;
/// Persons of one look at the database.
const PAGE_LEN: u32 = 1_000;
/// Persons of one table that goes out.
const EXPORT_LEN_MAX: usize = 100_000;

/// A column: its title as we write it, and the other one by which we know it.
struct Title {
    zh: &'static str,
    en: &'static str,
    width: u16,
}

const fn title(zh: &'static str, en: &'static str, width: u16) -> Title {
    Title { zh, en, width }
}

const NAME: Title = title("姓名", "name", 12);
const CASE_NUMBER: Title = title("案号", "case_number", 24);
const UNIT: Title = title("单位", "unit", 24);
const CATEGORY: Title = title("类别", "category", 14);
const LEVEL: Title = title("管理等级", "level", 10);
const STARTS_ON: Title = title("矫正起始日", "starts_on", 12);
const ENDS_ON: Title = title("矫正终止日", "ends_on", 12);
const MINOR: Title = title("未成年", "minor", 8);
const TITLES: [Title; 8] = [
    NAME,
    CASE_NUMBER,
    UNIT,
    CATEGORY,
    LEVEL,
    STARTS_ON,
    ENDS_ON,
    MINOR,
];

/// A cell that cannot be, or a column that is not there (then `row` is 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    pub row: u32,
    /// Title as it stands in the table, or as we would write it.
    pub column: String,
    pub zh: String,
    pub en: String,
}

/// Registers the persons of a table, all of them or none. With `dry_run` nothing is stored whatever is found. Returns how many.
///
/// # Errors
/// [`Error::Rows`] with every faulty cell, [`Error::Table`] when it is no table.
pub async fn import(
    cx: &Cx,
    viewer: &Viewer,
    bytes: &[u8],
    format: Format,
    dry_run: bool,
) -> Result<u32> {
    viewer.allow(Action::Register)?;
    viewer.allow(Action::Manage)?;
    let table = sheet::read(bytes, format, &sheet::Limits::default())?;
    let mut tx = cx.store.write().await?;
    let units = Units::load(&mut tx, viewer).await?;
    let mut reader = Reader::new(&table, units)?;
    let mut stored = 0;
    for index in 0..table.rows.len() {
        let row = &table.rows[index];
        let Some(new) = reader.person(row) else {
            continue;
        };
        let person = match person::draft(cx, viewer, &new) {
            Ok(person) => person,
            Err(Error::Invalid { field, expected }) => {
                reader.invalid(row.number, field, expected);
                continue;
            }
            Err(Error::Forbidden) => {
                reader.fault(
                    row.number,
                    &MINOR,
                    "无权登记未成年人",
                    "this role has no part in minors' files",
                );
                continue;
            }
            Err(other) => return Err(other),
        };
        if person::insert(cx, &mut tx, viewer, &person).await? {
            stored += 1;
        } else {
            reader.fault(
                row.number,
                &CASE_NUMBER,
                "案号已登记，或在表中重复",
                "is registered already, or twice in this table",
            );
        }
    }
    reader.done()?;
    let kind = EventKind::PersonsImported {
        unit: viewer.officer.unit,
        persons: stored,
    };
    note(cx, &mut tx, Actor::Officer(viewer.officer.id), None, kind).await?;
    if !dry_run {
        tx.commit().await?;
    }
    Ok(stored)
}

/// The supervised persons of the viewer's scope as a table.
pub async fn export(cx: &Cx, viewer: &Viewer, format: Format) -> Result<Vec<u8>> {
    viewer.allow(Action::Manage)?;
    let mut tx = cx.store.write().await?;
    let units = Units::load(&mut tx, viewer).await?;
    let (mut rows, mut after) = (Vec::new(), None::<PersonId>);
    loop {
        let page =
            store::person::list_within(&mut tx, &viewer.scope, false, after, PAGE_LEN).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        rows.extend(page.iter().map(|person| cells(person, &units)));
        if rows.len() >= EXPORT_LEN_MAX {
            break;
        }
    }
    rows.truncate(EXPORT_LEN_MAX);
    let kind = EventKind::PersonsExported {
        unit: viewer.officer.unit,
        persons: rows.len() as u32,
    };
    note(cx, &mut tx, Actor::Officer(viewer.officer.id), None, kind).await?;
    tx.commit().await?;
    let column = |title: &Title| Column {
        title: title.zh.to_owned(),
        width: title.width,
    };
    let sheet = Sheet {
        name: "社区矫正对象".to_owned(),
        columns: TITLES.iter().map(column).collect(),
        rows,
    };
    Ok(sheet::write(&sheet, format)?)
}

fn cells(person: &Person, units: &Units) -> Vec<Cell> {
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        text(&person.name),
        text(&person.case_number),
        text(units.name_of(person.unit)),
        text(person.order.category.zh()),
        text(person.order.level.zh()),
        Cell::Date(person.order.starts_on),
        Cell::Date(person.order.ends_on),
        text(if person.minor { "是" } else { "否" }),
    ]
}

/// The units that the viewer may name: each by its name, where that is clear, and by its names from his own unit down, `县/所`.
struct Units {
    by_name: HashMap<String, Vec<OrgUnitId>>,
    names: HashMap<OrgUnitId, String>,
}

impl Units {
    async fn load(tx: &mut Tx, viewer: &Viewer) -> Result<Self> {
        let units = store::unit::list_below(tx, &viewer.scope.path).await?;
        let mut all = Self {
            by_name: HashMap::new(),
            names: HashMap::new(),
        };
        // Parents come first.
        for OrgUnit {
            id, parent, name, ..
        } in units
        {
            let above = parent.and_then(|parent| all.names.get(&parent));
            let path = above.map_or_else(|| name.clone(), |above| format!("{above}/{name}"));
            if path != name {
                all.by_name.entry(path.clone()).or_default().push(id);
            }
            all.by_name.entry(name).or_default().push(id);
            all.names.insert(id, path);
        }
        Ok(all)
    }

    fn name_of(&self, unit: OrgUnitId) -> &str {
        self.names.get(&unit).map_or("", String::as_str)
    }
}

/// Reads rows and remembers what is wrong with them.
struct Reader {
    units: Units,
    /// Places of [`TITLES`] in the table.
    places: [usize; TITLES.len()],
    header: Vec<String>,
    faults: Vec<RowFault>,
    count: u32,
}

impl Reader {
    /// All columns must be there but the last, which may be absent.
    fn new(table: &Table, units: Units) -> Result<Self> {
        let header = table.header.clone();
        let place = |title: &Title| {
            header
                .iter()
                .position(|found| found == title.zh || found.eq_ignore_ascii_case(title.en))
        };
        let mut reader = Self {
            units,
            places: [usize::MAX; TITLES.len()],
            header: header.clone(),
            faults: Vec::new(),
            count: 0,
        };
        for (index, title) in TITLES.iter().enumerate() {
            match place(title) {
                Some(found) => reader.places[index] = found,
                None if title.en == MINOR.en => {}
                None => reader.fault(1, title, "缺少此列", "this column is missing"),
            }
        }
        if reader.count > 0 {
            reader.done()?;
        }
        Ok(reader)
    }

    /// None when a cell cannot be; all faults of the row are noted.
    fn person(&mut self, row: &sheet::Row) -> Option<NewPerson> {
        let unit = self.unit(row);
        let category = self.one_of(
            row,
            &CATEGORY,
            Category::ALL,
            Category::zh,
            Category::as_str,
        );
        let level = self.one_of(
            row,
            &LEVEL,
            SupervisionLevel::ALL,
            SupervisionLevel::zh,
            SupervisionLevel::as_str,
        );
        let starts_on = self.day(row, &STARTS_ON);
        let ends_on = self.day(row, &ENDS_ON);
        let minor = self.yes(row, &MINOR);
        let order = SupervisionOrder {
            category: category?,
            level: level?,
            starts_on: starts_on?,
            ends_on: ends_on?,
        };
        Some(NewPerson {
            unit: unit?,
            name: self.cell(row, &NAME).to_owned(),
            case_number: self.cell(row, &CASE_NUMBER).to_owned(),
            order,
            minor: minor?,
        })
    }

    fn cell<'a>(&self, row: &'a sheet::Row, title: &Title) -> &'a str {
        let index = TITLES.iter().position(|other| other.en == title.en);
        let place = index.map_or(usize::MAX, |index| self.places[index]);
        row.cells.get(place).map_or("", String::as_str)
    }

    fn unit(&mut self, row: &sheet::Row) -> Option<OrgUnitId> {
        let known = self.units.by_name.get(self.cell(row, &UNIT));
        match known.map(Vec::as_slice) {
            Some([unit]) => Some(*unit),
            Some(_) => {
                self.fault(
                    row.number,
                    &UNIT,
                    "有多个单位同名，请写全称，如“县/所”",
                    "several units have this name: write it in full, such as county/office",
                );
                None
            }
            None => {
                self.fault(
                    row.number,
                    &UNIT,
                    "辖区内没有此单位",
                    "there is no such unit in your area",
                );
                None
            }
        }
    }

    fn one_of<T: Copy>(
        &mut self,
        row: &sheet::Row,
        title: &Title,
        all: &[T],
        zh: impl Fn(T) -> &'static str,
        en: impl Fn(T) -> &'static str,
    ) -> Option<T> {
        let cell = self.cell(row, title);
        let found = all
            .iter()
            .copied()
            .find(|one| cell == zh(*one) || cell == en(*one));
        if found.is_none() {
            let list = |words: Vec<&str>, comma| words.join(comma);
            let zh = list(all.iter().map(|one| zh(*one)).collect(), "、");
            let en = list(all.iter().map(|one| en(*one)).collect(), ", ");
            self.fault(
                row.number,
                title,
                &format!("应为：{zh}"),
                &format!("must be one of {en}"),
            );
        }
        found
    }

    fn day(&mut self, row: &sheet::Row, title: &Title) -> Option<Date> {
        let day = day(self.cell(row, title));
        if day.is_none() {
            self.fault(
                row.number,
                title,
                "应为日期，如 2026-03-01",
                "must be a date such as 2026-03-01",
            );
        }
        day
    }

    fn yes(&mut self, row: &sheet::Row, title: &Title) -> Option<bool> {
        match self.cell(row, title) {
            "" | "否" | "no" | "false" | "0" => Some(false),
            "是" | "yes" | "true" | "1" => Some(true),
            _ => {
                self.fault(row.number, title, "应为：是、否", "must be yes or no");
                None
            }
        }
    }

    /// A field that the registration itself refuses.
    fn invalid(&mut self, row: u32, field: &str, expected: &str) {
        let name = field.rsplit('.').next().unwrap_or(field);
        let title = TITLES
            .iter()
            .find(|title| title.en == name)
            .unwrap_or(&NAME);
        let zh = match name {
            "name" => "应为 1 至 100 个字",
            "case_number" => "应为 1 至 60 个字",
            _ => "终止日不能早于起始日，且最长十年",
        };
        self.fault(row, title, zh, expected);
    }

    fn fault(&mut self, row: u32, title: &Title, zh: &str, en: &str) {
        self.count += 1;
        if self.faults.len() < FAULTS_LEN {
            let known =
                |found: &&String| **found == title.zh || found.eq_ignore_ascii_case(title.en);
            let column = self.header.iter().find(known);
            self.faults.push(RowFault {
                row,
                column: column.map_or_else(|| title.zh.to_owned(), Clone::clone),
                zh: zh.to_owned(),
                en: en.to_owned(),
            });
        }
    }

    fn done(&mut self) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        Err(Error::Rows {
            faults: std::mem::take(&mut self.faults),
            count: self.count,
        })
    }
}

/// `2026-03-01`, and as people write it: `2026/3/1`, `2026.3.1`, `2026年3月1日`.
fn day(cell: &str) -> Option<Date> {
    let plain = cell
        .trim_end_matches('日')
        .replace(['/', '.', '年', '月'], "-");
    let mut parts = plain.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    let day = parts.next()?.parse().ok()?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_date_is_read_as_people_write_it() {
        for text in ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日"] {
            assert_eq!(day(text), Some(date(2026, 3, 1)), "{text}");
        }
        for text in ["", "2026-02-30", "3/1/2026x", "2026-03", "45717"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}

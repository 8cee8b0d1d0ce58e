//! The kinds of file.

/// A kind of file that holds a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Text, a line for each row.
    Csv,
    /// A workbook of Office Open XML, as Excel and WPS save it.
    Xlsx,
}

impl Format {
    /// Every kind there is.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// The media type to send a written file with.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The end of a file's name, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The kind with this media type; parameters and case do not count. `None` for any other.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = essence(media_type);
        Self::ALL
            .into_iter()
            .find(|format| self::essence(format.media_type()).eq_ignore_ascii_case(essence))
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    let (essence, _) = media_type.split_once(';').unwrap_or((media_type, ""));
    essence.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_known_by_its_media_type() {
        for format in Format::ALL {
            assert_eq!(Format::of_media_type(format.media_type()), Some(format));
        }
    }

    #[test]
    fn parameters_and_case_of_a_media_type_do_not_count() {
        for written in ["text/csv", "TEXT/CSV ; header=present", " text/csv;"] {
            assert_eq!(Format::of_media_type(written), Some(Format::Csv));
        }
    }

    #[test]
    fn another_media_type_is_no_format() {
        for other in ["", ";", "text/plain", "application/vnd.ms-excel", "csv"] {
            assert_eq!(Format::of_media_type(other), None);
        }
    }
}

use std::io;

/// Why a page or an archive could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the page could not be filled in")]
    Page(#[from] askama::Error),
    /// Not made of parts of ASCII letters, digits, `-`, `_` and `.` between single `/`, each beginning with a letter or digit; or too long,
    /// or one of the archive's own names.
    #[error("{path:?} cannot be the path of an entry")]
    Path { path: String },
    /// Also when the two differ in case alone.
    #[error("there is a {path:?} already")]
    Twice { path: String },
    #[error("there are more than {entries_max} entries")]
    Entries { entries_max: u32 },
    #[error("{path:?} is longer than {entry_bytes_max} bytes")]
    EntryLong { path: String, entry_bytes_max: u32 },
    #[error("the entries are longer than {bytes_max} bytes together")]
    TooLarge { bytes_max: u64 },
    /// Archives know the years 1980 to 2107.
    #[error("an archive cannot be dated {year}")]
    Year { year: i16 },
    #[error("an entry could not be read")]
    Read(#[source] io::Error),
    #[error("the archive could not be written")]
    Write(#[source] io::Error),
    #[error("the archive could not be put together")]
    Zip(#[from] zip::result::ZipError),
}

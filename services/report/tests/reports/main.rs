//! Reports of made-up persons, as tables and as pages.

mod made;
mod pages;
mod tables;

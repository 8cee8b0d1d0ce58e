//! What was measured, as one page to look at: figures, curves and what to know about them.

use askama::Template;

use crate::{
    Error, Plot, Table,
    page::{Grid, grid},
    table::printable,
    words::Words,
};

/// The page.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub title: Words,
    /// On what, with what, when.
    pub facts: Vec<(Words, String)>,
    pub sections: Vec<Section>,
}

/// One data set, or one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub title: String,
    pub facts: Vec<(Words, String)>,
    pub tables: Vec<Table>,
    pub plots: Vec<Plot>,
    pub notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "measured.html")]
struct Sheet<'a> {
    title: Words,
    facts: Vec<(Words, String)>,
    parts: Vec<Part<'a>>,
}

struct Part<'a> {
    title: String,
    facts: Vec<(Words, String)>,
    grids: Vec<Grid<'a>>,
    /// Name and drawing.
    plots: Vec<(Words, String)>,
    notes: Vec<String>,
}

impl Measured {
    /// One HTML file that asks for nothing else.
    ///
    /// # Errors
    /// [`Error::Page`].
    pub fn page(&self) -> Result<String, Error> {
        let facts = |facts: &[(Words, String)]| {
            let facts = facts.iter().map(|(name, fact)| (*name, printable(fact)));
            facts.collect::<Vec<_>>()
        };
        let mut parts = Vec::with_capacity(self.sections.len());
        for section in &self.sections {
            let mut plots = Vec::with_capacity(section.plots.len());
            for plot in &section.plots {
                plots.push((plot.title, plot.svg()?));
            }
            parts.push(Part {
                title: printable(&section.title),
                facts: facts(&section.facts),
                grids: section.tables.iter().map(grid).collect(),
                plots,
                notes: section.notes.iter().map(|note| printable(note)).collect(),
            });
        }
        let sheet = Sheet {
            title: self.title,
            facts: facts(&self.facts),
            parts,
        };
        Ok(sheet.render()?)
    }
}

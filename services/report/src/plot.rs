//! Plots as SVG, drawn on the server: no script, no font, no address. Lines differ in colour, in dashes and by a name beside them.

mod scale;

use askama::Template;

pub use scale::Scale;

use crate::{Error, table::printable, words::Words};

/// Size of the whole drawing, and of the margins left, right, above and below.
const SIZE: [f64; 2] = [640.0, 420.0];
const MARGINS: [f64; 4] = [64.0, 14.0, 14.0, 52.0];
/// Height of a line of the legend.
const LEGEND_LINE: f64 = 18.0;
/// Colours that also the colour-blind tell apart (Okabe & Ito 2008), dark enough on white, and dashes for whoever sees none.
const STROKES: [(&str, &str); 6] = [
    ("#0072b2", "none"),
    ("#b34700", "6 3"),
    ("#00664d", "2 3"),
    ("#8a3d6b", "9 3 2 3"),
    ("#444444", "12 4"),
    ("#7a6200", "1 2"),
];

/// One drawing: lines and dots over two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    pub title: Words,
    pub x: Axis,
    pub y: Axis,
    /// Six at most are told apart; more begin again.
    pub series: Vec<Series>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    pub name: Words,
    pub scale: Scale,
    /// What is outside is drawn at the edge.
    pub from: f64,
    pub until: f64,
    /// Values that are named.
    pub ticks: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub name: String,
    pub form: Form,
    /// x and y; those that are not finite are left out.
    pub points: Vec<[f64; 2]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Line,
    Dots,
    /// A line that others are compared with.
    Guide,
}

impl Axis {
    /// Share of the way along the axis, 0..1.
    fn place(&self, value: f64) -> f64 {
        let [from, until, value] = [self.from, self.until, value].map(|at| self.scale.of(at));
        ((value - from) / (until - from)).clamp(0.0, 1.0)
    }
}

#[derive(Template)]
#[template(path = "plot.svg")]
struct Drawing<'a> {
    plot: &'a Plot,
    width: f64,
    height: f64,
    /// Left, right, top, bottom of the field.
    field: [f64; 4],
    middle: [f64; 2],
    x_ticks: Vec<(String, String)>,
    y_ticks: Vec<(String, String)>,
    lines: Vec<Line>,
}

struct Line {
    name: String,
    colour: &'static str,
    dashes: &'static str,
    /// Points of a polyline; empty for dots.
    path: String,
    dots: Vec<(String, String)>,
    legend_y: f64,
    legend_text_y: f64,
}

impl Plot {
    /// The drawing as one element, to stand in a page.
    ///
    /// # Errors
    /// [`Error::Page`].
    pub fn svg(&self) -> Result<String, Error> {
        let [left, right, top, bottom] = MARGINS;
        let field = [left, SIZE[0] - right, top, SIZE[1] - bottom];
        let at = |point: &[f64; 2]| {
            let x = field[0] + self.x.place(point[0]) * (field[1] - field[0]);
            let y = field[3] - self.y.place(point[1]) * (field[3] - field[2]);
            (format!("{x:.1}"), format!("{y:.1}"))
        };
        let x_tick = |value: &f64| (at(&[*value, self.y.from]).0, self.x.scale.shown(*value));
        let y_tick = |value: &f64| (at(&[self.x.from, *value]).1, self.y.scale.shown(*value));
        let mut strokes = STROKES.iter().cycle();
        let line = |(index, series): (usize, &Series)| {
            let (colour, dashes) = match series.form {
                Form::Guide => ("#777777", "3 4"),
                Form::Line | Form::Dots => *strokes.next().unwrap_or(&STROKES[0]),
            };
            let finite = |point: &&[f64; 2]| point.iter().all(|value| value.is_finite());
            let places: Vec<_> = series.points.iter().filter(finite).map(at).collect();
            let joined = |places: &[(String, String)]| {
                let pairs: Vec<String> = places.iter().map(|(x, y)| format!("{x},{y}")).collect();
                pairs.join(" ")
            };
            let legend_y = SIZE[1] + LEGEND_LINE * index as f64;
            Line {
                name: printable(&series.name),
                colour,
                dashes,
                path: if series.form == Form::Dots {
                    String::new()
                } else {
                    joined(&places)
                },
                dots: if series.form == Form::Dots {
                    places
                } else {
                    Vec::new()
                },
                legend_y,
                legend_text_y: legend_y + 4.0,
            }
        };
        let lines: Vec<Line> = self.series.iter().enumerate().map(line).collect();
        let drawing = Drawing {
            plot: self,
            width: SIZE[0],
            height: SIZE[1] + LEGEND_LINE * lines.len() as f64,
            middle: [
                f64::midpoint(field[0], field[1]),
                f64::midpoint(field[2], field[3]),
            ],
            field,
            x_ticks: self.x.ticks.iter().map(x_tick).collect(),
            y_ticks: self.y.ticks.iter().map(y_tick).collect(),
            lines,
        };
        Ok(drawing.render()?)
    }
}

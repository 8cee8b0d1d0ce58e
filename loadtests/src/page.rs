//! One HTML page with figures and plots; it asks nobody for anything.

use std::fmt::Write as _;

use anyhow::Context as _;
use plotters::prelude::*;

use crate::{
    figures::{Figures, backlog, per_second},
    record::Record,
};

/// Pixels.
const SIZE: (u32, u32) = (900, 320);
const ARRIVED: RGBColor = RGBColor(0x88, 0x88, 0x88);
const ACKNOWLEDGED: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const SETTLED: RGBColor = RGBColor(0x2c, 0xa0, 0x2c);
const FONT: (&str, u32) = ("sans-serif", 16);

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Morning peak</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0 } th, td { text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
th { font-weight: 600 } svg { max-width: 100%; height: auto } h2 { margin-top: 2rem }
.arrived { color: #888888 } .acknowledged { color: #1f77b4 } .settled { color: #2ca02c }
</style></head><body>
"#;

/// # Errors
/// When a plot cannot be drawn.
pub fn render(figures: &Figures, records: &[Record]) -> anyhow::Result<String> {
    let mut page = HEAD.to_owned();
    page.push_str("<h1>早高峰 · Morning peak</h1>\n<p>");
    page.push_str(if figures.proven() {
        "Every acknowledged check-in got exactly one verdict, and its receipt is valid."
    } else {
        "Not every acknowledged check-in has exactly one verdict and a valid receipt."
    });
    page.push_str(" All times are the phones' own; half of them come in the first quarter of the time.</p>\n<table>\n");
    for (what, value) in figures.rows() {
        let (what, value) = (escape(what), escape(&value));
        writeln!(page, "<tr><th>{what}</th><td>{value}</td></tr>")?;
    }
    page.push_str("</table>\n<h2>Per second</h2>\n<p><span class=\"arrived\">■ arrived</span> <span class=\"acknowledged\">■ acknowledged</span> <span class=\"settled\">■ verdict</span></p>\n");
    page.push_str(&rates(records)?);
    page.push_str("<h2>Acknowledged and without verdict</h2>\n");
    page.push_str(&waiting(records)?);
    page.push_str("<h2>Latency by time of arrival, milliseconds</h2>\n<p><span class=\"acknowledged\">■ submit to acknowledgement</span> <span class=\"settled\">■ submit to verdict</span></p>\n");
    page.push_str(&latencies(records)?);
    page.push_str("</body></html>\n");
    Ok(page)
}

fn rates(records: &[Record]) -> anyhow::Result<String> {
    let series = [
        (
            ARRIVED,
            records.iter().map(|r| r.arrived_s).collect::<Vec<_>>(),
        ),
        (
            ACKNOWLEDGED,
            records.iter().filter_map(|r| r.acknowledged_s).collect(),
        ),
        (
            SETTLED,
            records.iter().filter_map(|r| r.settled_s).collect(),
        ),
    ]
    .map(|(colour, at)| (colour, per_second(&at)));
    let most = series
        .iter()
        .flat_map(|(_, bins)| bins)
        .max()
        .copied()
        .unwrap_or(0);
    draw(|root| {
        let mut chart = axes(root).build_cartesian_2d(0.0..end(records), 0.0..most as f64 + 1.0)?;
        chart
            .configure_mesh()
            .max_light_lines(1)
            .x_desc("seconds")
            .label_style(FONT)
            .axis_desc_style(FONT)
            .draw()?;
        for (colour, bins) in &series {
            let points = bins
                .iter()
                .enumerate()
                .map(|(second, count)| (second as f64 + 0.5, *count as f64));
            chart.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        }
        Ok(())
    })
}

fn waiting(records: &[Record]) -> anyhow::Result<String> {
    let steps = backlog(records);
    let most = steps.iter().map(|(_, waiting)| *waiting).max().unwrap_or(0);
    let mut line = vec![(0.0, 0.0)];
    for (at, waiting) in steps {
        let before = line.last().map_or(0.0, |(_, waiting)| *waiting);
        line.extend([(at, before), (at, waiting as f64)]);
    }
    draw(|root| {
        let mut chart = axes(root).build_cartesian_2d(0.0..end(records), 0.0..most as f64 + 1.0)?;
        chart
            .configure_mesh()
            .max_light_lines(1)
            .x_desc("seconds")
            .label_style(FONT)
            .axis_desc_style(FONT)
            .draw()?;
        chart.draw_series(LineSeries::new(line, ACKNOWLEDGED.stroke_width(2)))?;
        Ok(())
    })
}

fn latencies(records: &[Record]) -> anyhow::Result<String> {
    /// Below this nothing is told apart on the logarithmic scale, milliseconds.
    const LEAST_MS: f64 = 1.0;
    let points = |of: fn(&Record) -> Option<f64>| -> Vec<(f64, f64)> {
        let until =
            |r: &Record| Some((r.arrived_s, ((of(r)? - r.submitted_s) * 1e3).max(LEAST_MS)));
        records.iter().filter_map(until).collect()
    };
    let series = [
        (ACKNOWLEDGED, points(|r| r.acknowledged_s)),
        (SETTLED, points(|r| r.settled_s)),
    ];
    let most = series
        .iter()
        .flat_map(|(_, points)| points)
        .map(|(_, ms)| *ms)
        .fold(1.0, f64::max);
    draw(|root| {
        let mut chart =
            axes(root).build_cartesian_2d(0.0..end(records), (LEAST_MS..most * 2.0).log_scale())?;
        chart
            .configure_mesh()
            .max_light_lines(1)
            .x_desc("seconds")
            .label_style(FONT)
            .axis_desc_style(FONT)
            .draw()?;
        for (colour, points) in &series {
            chart.draw_series(
                points
                    .iter()
                    .map(|at| Circle::new(*at, 2, colour.mix(0.5).filled())),
            )?;
        }
        Ok(())
    })
}

type Root<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw(
    onto: impl FnOnce(&Root<'_>) -> Result<(), Box<dyn std::error::Error>>,
) -> anyhow::Result<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let drawn = root
            .fill(&WHITE)
            .map_err(Into::into)
            .and_then(|()| onto(&root));
        drawn
            .map_err(|e| anyhow::anyhow!("{e}"))
            .context("cannot draw a plot")?;
        root.present()
            .map_err(|e| anyhow::anyhow!("{e}"))
            .context("cannot draw a plot")?;
    }
    // Inside HTML an SVG is an element: no XML declaration.
    Ok(svg.find("<svg").map(|at| svg.split_off(at)).unwrap_or(svg))
}

fn axes<'a, 'b>(root: &'a Root<'b>) -> ChartBuilder<'a, 'b, SVGBackend<'b>> {
    let mut builder = ChartBuilder::on(root);
    builder
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60);
    builder
}

/// The last second of all plots.
fn end(records: &[Record]) -> f64 {
    let last = |r: &Record| r.settled_s.or(r.acknowledged_s).unwrap_or(r.arrived_s);
    records.iter().map(last).fold(1.0, f64::max)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Setting;

    #[test]
    fn the_page_has_three_plots_and_asks_nobody_for_anything() {
        let records: Vec<Record> = (0..20)
            .map(|number| Record {
                arrived_s: f64::from(number),
                submitted_s: f64::from(number) + 0.2,
                acknowledged_s: Some(f64::from(number) + 0.3),
                settled_s: Some(f64::from(number) + 1.0),
                ..Record::default()
            })
            .collect();
        let setting = Setting {
            phones: 20,
            minutes: 1,
            seed: 1,
            server: "http://127.0.0.1:8080".to_owned(),
        };
        let page = render(&Figures::of(setting, &records), &records).unwrap();
        assert_eq!(page.matches("<svg").count(), 3);
        assert_eq!(page.matches("</svg>").count(), 3);
        let addresses =
            page.matches("http").count() - page.matches("http://www.w3.org/2000/svg").count();
        assert_eq!(addresses, 1, "only http-equiv: no address is fetched");
        assert!(
            page.contains(">seconds") || page.contains("seconds\n"),
            "axes are named"
        );
    }

    #[test]
    fn a_run_in_which_nothing_happened_can_be_drawn() {
        let setting = Setting {
            phones: 1,
            minutes: 1,
            seed: 1,
            server: String::new(),
        };
        assert!(render(&Figures::of(setting, &[]), &[]).is_ok());
    }
}

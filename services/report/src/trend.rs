//! How a unit's weeks went: attendance, verdicts and alerts as drawings, each with the numbers that it stands for.

use domain::alert::Precision;
use jiff::civil::Date;

use crate::{
    Error,
    plot::{Axis, Form, Plot, Scale, Series},
    words::Words,
};

/// What a week came to. Weeks begin on Mondays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub first: Date,
    /// Duties whose time is over: on time, late, missed, excused.
    pub on_time: u32,
    pub late: u32,
    pub missed: u32,
    pub excused: u32,
    /// Attempts by what the machine made of them.
    pub verified: u32,
    pub told_to_retry: u32,
    pub to_an_officer: u32,
    /// Alerts that officers closed.
    pub alerts: Precision,
}

/// A drawing and its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub title: Words,
    /// What the numbers are.
    pub hint: Words,
    pub svg: String,
    pub head: Vec<Words>,
    /// A row a week: its first day, then numbers.
    pub rows: Vec<Vec<String>>,
}

/// One line of a chart: its name and the number of a week.
type Part<'a> = (Words, &'a dyn Fn(&Week) -> u32);

/// Attendance, verdicts and the precision of alerts, the oldest week first.
///
/// # Errors
/// [`Error::Page`].
pub fn charts(weeks: &[Week]) -> Result<Vec<Chart>, Error> {
    let attendance: [Part<'_>; 4] = [
        (("按时", "on time"), &|week| week.on_time),
        (("迟到", "late"), &|week| week.late),
        (("缺席", "missed"), &|week| week.missed),
        (("免签", "excused"), &|week| week.excused),
    ];
    let verdicts: [Part<'_>; 3] = [
        (("自动核验", "verified"), &|week| week.verified),
        (("请其重试", "told to retry"), &|week| {
            week.told_to_retry
        }),
        (("转人工", "to an officer"), &|week| week.to_an_officer),
    ];
    let alerts: [Part<'_>; 2] = [
        (("属实", "confirmed"), &|week| week.alerts.confirmed),
        (("不属实", "unfounded"), &|week| week.alerts.unfounded),
    ];
    Ok(vec![
        chart(
            ("出勤", "Attendance"),
            (
                "占已到期任务的百分比",
                "percent of duties whose time is over",
            ),
            weeks,
            &attendance,
        )?,
        chart(
            ("核验结果", "Verdicts"),
            ("占签到次数的百分比", "percent of attempts"),
            weeks,
            &verdicts,
        )?,
        chart(
            ("预警准确率", "Precision of alerts"),
            (
                "占已查清预警的百分比",
                "percent of alerts that were found out about",
            ),
            weeks,
            &alerts,
        )?,
    ])
}

fn chart(title: Words, hint: Words, weeks: &[Week], parts: &[Part<'_>]) -> Result<Chart, Error> {
    let whole = |week: &Week| parts.iter().map(|(_, of)| of(week)).sum::<u32>();
    let back = |index: usize| index as f64 + 1.0 - weeks.len() as f64;
    let points = |of: &dyn Fn(&Week) -> u32| {
        let numbered = weeks.iter().enumerate();
        // A week without any has no share, and no point.
        let known = numbered.filter(|(_, week)| whole(week) > 0);
        known
            .map(|(index, week)| {
                let share = f64::from(of(week)) / f64::from(whole(week));
                [back(index), 100.0 * share]
            })
            .collect()
    };
    let plot = Plot {
        title,
        x: Axis {
            name: ("距本周的周数", "weeks from this one"),
            scale: Scale::Linear,
            from: back(0).min(-1.0),
            until: 0.0,
            ticks: (0..weeks.len()).map(back).collect(),
        },
        y: Axis {
            name: ("百分比", "percent"),
            scale: Scale::Linear,
            from: 0.0,
            until: 100.0,
            ticks: vec![0.0, 25.0, 50.0, 75.0, 100.0],
        },
        series: parts
            .iter()
            .map(|((zh, en), of)| Series {
                name: format!("{zh} {en}"),
                form: Form::Line,
                points: points(of),
            })
            .collect(),
    };
    Ok(Chart {
        title,
        hint,
        svg: plot.svg()?,
        head: parts.iter().map(|(name, _)| *name).collect(),
        rows: weeks
            .iter()
            .map(|week| {
                let numbers = parts.iter().map(|(_, of)| of(week).to_string());
                std::iter::once(week.first.to_string())
                    .chain(numbers)
                    .collect()
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn week(on_time: u32, missed: u32) -> Week {
        Week {
            first: jiff::civil::date(2026, 3, 2),
            on_time,
            late: 0,
            missed,
            excused: 0,
            verified: 0,
            told_to_retry: 0,
            to_an_officer: 0,
            alerts: Precision::default(),
        }
    }

    #[test]
    fn shares_are_drawn_and_numbers_stand_beside_them() {
        let charts = charts(&[week(3, 1), week(0, 0), week(2, 2)]).expect("drawings");
        let attendance = &charts[0];
        assert_eq!(attendance.rows[0], ["2026-03-02", "3", "0", "1", "0"]);
        assert_eq!(attendance.rows.len(), 3);
        // 75 % of the field's height of 354 below its top at 14, then half; the empty week has no point.
        let line = |y: &str| attendance.svg.contains(y);
        assert!(
            line("64.0,102.5") && line("626.0,191.0"),
            "{}",
            attendance.svg
        );
        assert_eq!(attendance.svg.matches("<polyline").count(), 4);
    }

    #[test]
    fn a_unit_without_any_week_has_empty_drawings() {
        let charts = charts(&[]).expect("drawings");
        assert!(charts.iter().all(|chart| chart.rows.is_empty()));
    }
}

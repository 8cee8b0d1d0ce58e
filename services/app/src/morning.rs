//! What an officer's day looks like at this moment: how many are in, late or missed, and what waits for him.

use domain::{Micros, access::Action, plan::ZONE_DEFAULT};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
pub use store::duty::{Counted, DayEntry};
use store::{alert::About, review_claim::Queued};

use crate::{Cx, Error, Result, Viewer, alert, correction};

/// Duties that are shown; the gravest come first.
pub const WANTING_LEN: u32 = 60;
/// Reviews that are shown.
pub const REVIEWS_LEN: u32 = 8;

/// A day as it stands.
pub struct Morning {
    pub day: Date,
    pub at: Micros,
    pub counted: Vec<Counted>,
    /// The gravest first, at most [`WANTING_LEN`].
    pub wanting: Vec<DayEntry>,
    /// The oldest first, at most [`REVIEWS_LEN`], and how many there are.
    pub reviews: (Vec<Queued>, i64),
    /// Procurators' corrections that wait for somebody like the viewer.
    pub corrections: i64,
    /// What today's budget holds, the most severe first, and how many more are open.
    pub alerts: (Vec<About>, u32),
}

/// The viewer's subtree today, on the country's clock. Nobody's file is opened by it, so that no look is written down.
pub async fn look(cx: &Cx, viewer: &Viewer) -> Result<Morning> {
    viewer.allow(Action::Read)?;
    let now = cx.now();
    let zone = zone()?;
    let day = now
        .local(&zone)
        .ok_or(Error::Internal("the clock is outside the calendar"))?
        .date();
    let span = (
        midnight(day, &zone)?,
        midnight(day.saturating_add(1.day()), &zone)?,
    );
    let mut tx = cx.store.read().await?;
    let counted = store::duty::tally(&mut tx, &viewer.scope, span, now).await?;
    let wanting = store::duty::wanting(&mut tx, &viewer.scope, span, now, WANTING_LEN).await?;
    let scope = &viewer.scope;
    let reviews = store::review_claim::queue(&mut tx, scope, None, now, REVIEWS_LEN).await?;
    let waiting = store::review_claim::count(&mut tx, scope).await?;
    drop(tx);
    Ok(Morning {
        day,
        at: now,
        counted,
        wanting,
        reviews: (reviews, waiting),
        corrections: correction::waiting(cx, viewer).await?,
        alerts: alert::today(cx, viewer).await?,
    })
}

/// The country's clock.
pub fn zone() -> Result<TimeZone> {
    TimeZone::get(ZONE_DEFAULT).map_err(|_| Error::Internal("a zone is unknown"))
}

fn midnight(day: Date, zone: &TimeZone) -> Result<Micros> {
    let midnight = day.to_zoned(zone.clone());
    midnight
        .map(|midnight| Micros::from(midnight.timestamp()))
        .map_err(|_| Error::Internal("a day is outside the calendar"))
}

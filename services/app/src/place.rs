//! What the position of a check-in says about the person's areas. Facts and reasons to look; never a violation.

use domain::{
    area::Report,
    positioning::Sighting,
    verdict::{Reason, Verdict},
};
use store::{Tx, checkin::Claim};

use crate::{Error, Result, watch::Ground};

/// What is known of where a check-in was made.
#[derive(Default)]
pub(crate) struct Place {
    /// None without a position.
    pub report: Option<Report>,
    doubts: Vec<Reason>,
    /// What it was judged against; none when nothing was.
    pub ground: Option<Ground>,
}

impl Place {
    /// The verdict with the place's reasons for an officer to look.
    pub fn doubt(&self, verdict: Verdict) -> Verdict {
        let doubts = self.doubts.iter().copied();
        doubts.fold(verdict, Verdict::doubted)
    }
}

/// Judges the position that came with a submission against the areas that counted when it arrived. Where one of them asks something of the
/// person, or the duty does, silence is a reason too: nobody is better off without a position.
pub(crate) async fn look(tx: &mut Tx, claim: &Claim, required: bool) -> Result<Place> {
    let at = claim.submitted_at;
    let sighting = store::position::of_checkin(tx, claim.checkin).await?;
    let ground = Ground::of(tx, claim.person, at).await?;
    let Ground { zone, areas } = &ground;
    let Some(Sighting { reading, .. }) = sighting else {
        let asked = required || areas.iter().any(|rule| rule.binds(at, zone));
        return Ok(Place {
            report: None,
            doubts: asked
                .then_some(Reason::LocationMissing)
                .into_iter()
                .collect(),
            ground: Some(ground),
        });
    };
    let fix = reading
        .fix(at)
        .map_err(|_| Error::Internal("a stored position cannot be"))?;
    let report = Report::of(areas, &fix, zone);
    let mut doubts = report.doubts();
    if reading.mock() == Some(true) {
        doubts.push(Reason::MockLocation);
    }
    Ok(Place {
        report: Some(report),
        doubts,
        ground: Some(ground),
    })
}

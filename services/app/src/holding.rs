//! What is stored of a person, until when, and who looked at it: told to the person himself (PIPL §44, §45).

use domain::person::Device;
pub use store::holding::{Holding, Kind, Look, Looked};

use crate::{Cx, Error, Result};

/// Looks that are told, the newest.
const LOOKS_LEN: u32 = 200;
/// Looks of one officer at one kind of thing so near to each other are one.
const LOOK_MS: i64 = 10 * 60_000;

/// All that a person is told of his data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub holdings: Vec<Holding>,
    /// Days from the end of supervision until it is erased.
    pub kept_days: i32,
    /// The newest first.
    pub looks: Vec<Look>,
}

/// What is stored of the phone's person.
pub async fn own(cx: &Cx, device: &Device) -> Result<Held> {
    let mut tx = cx.store.read().await?;
    store::person::get(&mut tx, device.person)
        .await?
        .ok_or(Error::NotFound("person"))?;
    let holdings = store::holding::of_person(&mut tx, device.person).await?;
    let looks = store::holding::looks(&mut tx, device.person, LOOKS_LEN).await?;
    Ok(Held {
        holdings,
        kept_days: cx.limits.retention_days,
        looks: visits(looks),
    })
}

/// Whoever opens a case looks at a handful of pictures: that is one visit, told by its first moment. Newest first, before and after.
fn visits(looks: Vec<Look>) -> Vec<Look> {
    let mut visits: Vec<Look> = Vec::new();
    for look in looks {
        let near = |visit: &Look| {
            visit.officer == look.officer
                && visit.what == look.what
                && visit.at <= look.at.plus_ms(LOOK_MS)
        };
        match visits.iter_mut().rev().find(|visit| near(visit)) {
            Some(visit) => visit.at = look.at,
            None => visits.push(look),
        }
    }
    visits
}

#[cfg(test)]
mod tests {
    use domain::{Micros, OfficerId, access::Role};
    use uuid::Uuid;

    use super::*;

    fn look(officer: u128, minute: i64, what: Looked) -> Look {
        Look {
            at: Micros(minute * 60_000_000),
            what,
            officer: OfficerId(Uuid::from_u128(officer)),
            role: Role::StationOfficer,
            unit: "所".to_owned(),
        }
    }

    #[test]
    fn pictures_of_one_case_are_one_visit() {
        let all = vec![
            look(1, 100, Looked::Media),
            look(1, 99, Looked::Media),
            look(2, 98, Looked::Media),
            look(1, 97, Looked::Positions),
            look(1, 92, Looked::Media),
            look(1, 50, Looked::Media),
        ];
        let told = visits(all);
        let minutes: Vec<_> = told.iter().map(|look| look.at.0 / 60_000_000).collect();
        assert_eq!(minutes, [92, 98, 97, 50]);
    }
}

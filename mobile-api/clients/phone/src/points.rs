//! Points of a month, and appeals.

use domain::PointsEntryId;
use wire::{NewAppeal, PointsAppeal, PointsMonth};

use crate::{
    Error, Phone,
    message::{Body, Call},
};

impl Phone {
    /// A month such as `2026-03`.
    ///
    /// # Errors
    /// A problem for a month outside the order; otherwise see [`Error`].
    pub async fn points(&self, month: &str) -> Result<PointsMonth, Error> {
        let path = format!("/v1/points/{month}");
        self.send(&Call::get(&path)).await?.read()
    }

    /// Contests an entry that took points.
    ///
    /// # Errors
    /// A problem when it takes none, was contested before, or too late; otherwise see [`Error`].
    pub async fn appeal(&self, entry: PointsEntryId, text: &str) -> Result<PointsAppeal, Error> {
        let path = format!("/v1/points/{entry}/appeal");
        let body = Body::json(&NewAppeal {
            text: text.to_owned(),
        });
        self.send(&Call::post(&path, self.action(), body))
            .await?
            .read()
    }
}

//! Points of a month, and appeals.

use domain::{CheckinId, PointsEntryId};
use serde::de::DeserializeOwned;
use wire::{CheckinAppeal, NewAppeal, PointsAppeal, PointsMonth};

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
        self.contest(&path, text).await
    }

    /// Contests that officers declined a check-in.
    ///
    /// # Errors
    /// A problem when it was not declined, was contested before, or too late; otherwise see [`Error`].
    pub async fn appeal_checkin(&self, id: CheckinId, text: &str) -> Result<CheckinAppeal, Error> {
        let path = format!("/v1/checkins/{id}/appeal");
        self.contest(&path, text).await
    }

    async fn contest<T: DeserializeOwned>(&self, path: &str, text: &str) -> Result<T, Error> {
        let body = Body::json(&NewAppeal {
            text: text.to_owned(),
        });
        self.send(&Call::post(path, self.action(), body))
            .await?
            .read()
    }
}

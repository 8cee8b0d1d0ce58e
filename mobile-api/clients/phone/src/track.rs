//! Positions between check-ins, for persons of whom the head of the county approved it.

use wire::{Fix, PositioningPolicy, Positions, PositionsTaken};

use crate::{
    Error, Phone,
    message::{Body, Call},
};

impl Phone {
    /// Whether to take positions between check-ins, until when, and how often.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn positioning(&self) -> Result<PositioningPolicy, Error> {
        self.send(&Call::get("/v1/positions/policy")).await?.read()
    }

    /// Hands in fixes, 100 at most.
    ///
    /// # Errors
    /// A problem when positioning is not approved now, or a fix cannot be; otherwise see [`Error`].
    pub async fn positions(&self, fixes: Vec<Fix>) -> Result<PositionsTaken, Error> {
        let body = Body::json(&Positions { fixes });
        let call = Call::post("/v1/positions", self.action(), body);
        self.send(&call).await?.read()
    }
}

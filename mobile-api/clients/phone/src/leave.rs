//! Leave: asked for, looked at, taken back.

use domain::LeaveId;
use wire::{Leave, NewLeave};

use crate::{
    Error, Phone,
    message::{Body, Call},
};

impl Phone {
    /// All leaves of the person, the oldest request first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn leaves(&self) -> Result<Vec<Leave>, Error> {
        self.send(&Call::get("/v1/leaves")).await?.read()
    }

    /// Asks for leave.
    ///
    /// # Errors
    /// A problem that names the field when it cannot be asked for; otherwise see [`Error`].
    pub async fn ask_leave(&self, new: &NewLeave) -> Result<Leave, Error> {
        let call = Call::post("/v1/leaves", self.action(), Body::json(new));
        self.send(&call).await?.read()
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// A problem once the leave has begun or is closed; otherwise see [`Error`].
    pub async fn withdraw_leave(&self, id: LeaveId) -> Result<Leave, Error> {
        let path = format!("/v1/leaves/{id}/withdraw");
        let body = Body::json(&serde_json::json!({}));
        self.send(&Call::post(&path, self.action(), body))
            .await?
            .read()
    }
}

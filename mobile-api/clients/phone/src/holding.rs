//! What is stored of the person.

use wire::Holdings;

use crate::{Error, Phone, message::Call};

impl Phone {
    /// What is stored, until when, and who looked at it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn holdings(&self) -> Result<Holdings, Error> {
        self.send(&Call::get("/v1/me")).await?.read()
    }
}

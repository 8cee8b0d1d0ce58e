//! Consents to messages.

use wire::{Contact, Subscription};

use crate::{
    Error, Phone,
    message::{Body, Call},
};

impl Phone {
    /// The person agreed to subscribe messages of the mini-program. Returns how he is reached now.
    ///
    /// # Errors
    /// A problem when openid or template cannot be; otherwise see [`Error`].
    pub async fn subscribe(&self, subscription: Subscription) -> Result<Vec<Contact>, Error> {
        let body = Body::json(&subscription);
        let call = Call::post("/v1/contacts/wechat", self.action(), body);
        self.send(&call).await?.read()
    }
}

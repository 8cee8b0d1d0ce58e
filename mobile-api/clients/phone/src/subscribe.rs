//! Consents to messages.

use wire::{Contact, Subscription, WeChatLogin};

use crate::{
    Error, Phone,
    message::{Body, Call},
};

impl Phone {
    /// The mini-program's user logged in. Returns how he is reached now.
    ///
    /// # Errors
    /// A problem when the code is no good or WeChat cannot be asked; otherwise see [`Error`].
    pub async fn log_in(&self, login: WeChatLogin) -> Result<Vec<Contact>, Error> {
        let body = Body::json(&login);
        let call = Call::post("/v1/contacts/wechat/login", self.action(), body);
        self.send(&call).await?.read()
    }

    /// The person agreed to subscribe messages of the mini-program. Returns how he is reached now.
    ///
    /// # Errors
    /// A problem when the template cannot be, or nobody has logged in; otherwise see [`Error`].
    pub async fn subscribe(&self, subscription: Subscription) -> Result<Vec<Contact>, Error> {
        let body = Body::json(&subscription);
        let call = Call::post("/v1/contacts/wechat", self.action(), body);
        self.send(&call).await?.read()
    }
}

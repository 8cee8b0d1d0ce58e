//! Configurations that cannot be.

use lettre::transport::smtp;

/// Why the channels cannot be set up. Names the setting, never its value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is no URL, has no host, or carries a user, password or fragment.
    #[error("{setting} is not a usable address")]
    Url {
        /// The setting.
        setting: &'static str,
    },
    /// It is not `https`, nor a plain address of loopback that [`Reach::loopback`](crate::Reach) allows.
    #[error("{setting} does not begin with https")]
    Plain {
        /// The setting.
        setting: &'static str,
    },
    /// It leads to an address that [`Reach`](crate::Reach) does not allow.
    #[error("{setting} leads to an address that may not be reached")]
    Forbidden {
        /// The setting.
        setting: &'static str,
    },
    /// A webhook without a secret could not be told from a forged one.
    #[error("webhook.secrets is empty")]
    NoSecret,
    /// A header cannot be sent with this name or value.
    #[error("header {name} cannot be sent")]
    Header {
        /// Its name.
        name: String,
    },
    /// The template of a body has a place that there is not.
    #[error("sms.body_template has no such place: {{{place}}}")]
    Place {
        /// What stands between the braces.
        place: String,
    },
    /// The template of a body has a brace alone; a brace itself is written twice.
    #[error("sms.body_template has a brace that does not close or open")]
    Brace,
    /// It is no JSON pointer, which begins with `/` (RFC 6901).
    #[error("{setting} is not a JSON pointer")]
    Pointer {
        /// The setting.
        setting: &'static str,
    },
    /// It is no mail address.
    #[error("mail.from is not an address")]
    From(#[source] lettre::address::AddressError),
    /// Without TLS, mail may only go to loopback.
    #[error("mail.tls is plain, but mail.server is not an address of loopback")]
    PlainMail,
    /// TLS for mail could not be set up.
    #[error("TLS for mail cannot be set up")]
    MailTls(#[source] smtp::Error),
    /// The HTTP client could not be set up; mostly, no root certificates are installed.
    #[error("HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
    /// A time limit is 0 or above [`TIMEOUT_MS_MAX`](crate::TIMEOUT_MS_MAX).
    #[error("limits.{setting} is not in 1 to {} ms", crate::TIMEOUT_MS_MAX)]
    Limit {
        /// The setting.
        setting: &'static str,
    },
}

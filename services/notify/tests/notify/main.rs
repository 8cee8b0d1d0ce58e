//! The channels against servers that stand in for receivers and providers, on loopback.

#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod house;
mod mail;
mod post_office;
mod setup;
mod sms;
mod webhook;
mod wechat;

//! Envelope encryption: one master key wraps a key per person, the person's key seals templates, media and answers.
//!
//! - [`MasterKey`] wraps and unwraps a [`PersonKey`]. Whoever erases the [`WrappedKey`] of a person has made everything of that
//!   person unreadable, backups included.
//! - [`PersonKey::seal`] and [`PersonKey::open`] are for small things held in memory; [`Sealer`] and [`Opener`] for media of any
//!   length, in segments that can be opened from the middle.
//! - Every [`Purpose`] has its own subkey: a template never opens as media, not even when someone swaps the bytes in storage.
//!
//! Invariants: no I/O, clock or source of randomness. Nonces are passed in by the caller, who draws each of them fresh from the
//! operating system's generator; the 24 bytes of `XChaCha20` (19 for a stream) are wide enough that drawn ones do not repeat. Keys are
//! wiped when dropped and never shown by `Debug`. The cipher is not key-committing: opening proves that a holder of the key
//! sealed the bytes, not that no other key could open them.
//!
//! This crate must not know who stores the bytes, nor where.

mod key;
mod message;
mod stream;

pub use key::{KEY_LEN, KeyId, MasterKey, PersonKey, Purpose, WRAPPED_KEY_LEN, WrappedKey};
pub use message::MESSAGE_OVERHEAD_LEN;
pub use stream::{
    Opener, SEALED_SEGMENT_LEN, SEGMENT_LEN, STREAM_HEADER_LEN, STREAM_NONCE_LEN, Sealer,
    plain_len, sealed_len, segment_of, segment_start,
};

/// Length of the nonce of a wrapped key or a message, in bytes; drawn fresh each time.
pub const NONCE_LEN: usize = 24;

/// Length of the authentication tag, in bytes.
pub const TAG_LEN: usize = 16;

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text or bytes are not a key of 32 bytes.
    #[error("a key must be 32 bytes, written as 64 hexadecimal digits or as base64")]
    Key,
    /// The bytes do not begin like anything this version has sealed.
    #[error("sealed bytes have an unknown form")]
    Format,
    /// The key was wrapped by another master key than the one at hand.
    #[error("key was wrapped by master key {wrapped_by}, at hand is {at_hand}")]
    OtherMaster {
        /// The master key that wrapped it.
        wrapped_by: KeyId,
        /// The master key that was asked to unwrap it.
        at_hand: KeyId,
    },
    /// Wrong key, purpose or context, or the bytes were changed, cut, reordered or extended.
    #[error("sealed bytes do not open with this key in this place")]
    Refused,
    /// More segments than a stream can count (2³² of 64 KiB).
    #[error("stream is too long to seal")]
    TooLong,
}

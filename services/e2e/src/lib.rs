//! Tests of the whole house, as its users meet it: over HTTP, on both databases, with the phone's own client. They live in
//! `tests/`; this crate has no code of its own.

//! What the binary `muster` is made of that tests of the whole house need too: its routes.

pub mod http;

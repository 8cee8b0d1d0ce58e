use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Length and SHA-256 of a part, as a submission names it.
pub fn digest(part: &[u8]) -> wire::PartDigest {
    let hash = Sha256::digest(part);
    let mut sha256 = String::with_capacity(2 * hash.len());
    for byte in hash {
        write!(sha256, "{byte:02x}").expect("a string takes all that is written to it");
    }
    wire::PartDigest {
        len: part.len() as u64,
        sha256,
    }
}

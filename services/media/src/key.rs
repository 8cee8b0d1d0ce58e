//! Names of objects.

use std::fmt;
use std::str::FromStr;

/// Longest name of an object, in bytes.
pub const OBJECT_KEY_LEN_MAX: usize = 200;

/// The name of an object: parts of ASCII letters, digits, `-` and `_`, joined by `/`; such as `checkin/0198f0c2/selfie-1`.
///
/// It has no dots, so it can neither leave the folder nor meet a hidden file. A name must not be another one's folder (`a` and
/// `a/b`): a disk cannot hold both.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey(String);

/// The text is not a name of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a media key is 1 to {OBJECT_KEY_LEN_MAX} letters, digits, '-' and '_', in parts joined by '/'"
)]
pub struct BadKey;

impl ObjectKey {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ObjectKey {
    type Error = BadKey;

    fn try_from(text: String) -> Result<Self, BadKey> {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let good = text.len() <= OBJECT_KEY_LEN_MAX
            && text
                .split('/')
                .all(|part| !part.is_empty() && part.bytes().all(safe));
        if good { Ok(Self(text)) } else { Err(BadKey) }
    }
}

impl FromStr for ObjectKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_keys() {
        let longest = "a".repeat(OBJECT_KEY_LEN_MAX);
        for text in ["a", "Checkin/0198-f0c2/selfie_1", "0/1/2", longest.as_str()] {
            assert_eq!(text.parse::<ObjectKey>().unwrap().as_str(), text);
        }
    }

    #[test]
    fn names_that_could_leave_the_folder_are_refused() {
        let too_long = "a".repeat(OBJECT_KEY_LEN_MAX + 1);
        for text in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            ".incoming",
            "a.jpg",
            "a b",
            "a\\b",
            "a\0",
            "a\n",
            "姓名",
            "a%2fb",
            "C:",
            too_long.as_str(),
        ] {
            assert_eq!(text.parse::<ObjectKey>(), Err(BadKey), "{text:?}");
        }
    }
}

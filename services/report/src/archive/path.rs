use crate::Error;

/// Characters of a path, at most: with a folder before it, it still fits into the 260 of Windows.
const PATH_LEN_MAX: usize = 200;

/// Refuses a path that would mean something else, or nothing, on another system or in a link.
pub fn check(path: &str) -> Result<(), Error> {
    let plain = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric())
            && !part.ends_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if path.len() <= PATH_LEN_MAX && path.split('/').all(plain) {
        return Ok(());
    }
    let path = path.to_owned();
    Err(Error::Path { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_relative_paths_are_taken() {
        for good in ["a.json", "checkins/2026-03-02_0800/face.jpg", "0"] {
            assert!(check(good).is_ok(), "{good}");
        }
        let long = "a".repeat(PATH_LEN_MAX + 1);
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "a/../b",
            ".hidden",
            "a.",
            "a\\b",
            "c:a",
            "a b",
            "张三.json",
            "a\0",
            "-a",
            &long,
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}

//! The character set of a CSV file.

use std::borrow::Cow;

use encoding_rs::GB18030;

use crate::error::Error;

/// The byte order mark, as a character; a mark is no content.
pub const MARK: char = '\u{feff}';

/// The text of the bytes: UTF-8 if they are that, else GB18030, which holds GBK and GB2312 and is what Excel saves in China.
///
/// Errors: [`Error::Charset`] if they are neither, or have NUL characters, which tells of UTF-16 or of no text at all.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // Says it is UTF-8, and is not.
        Err(_) if bytes.starts_with("\u{feff}".as_bytes()) => return Err(Error::Charset),
        Err(_) => GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .ok_or(Error::Charset)?,
    };
    if text.contains('\0') {
        return Err(Error::Charset);
    }
    Ok(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(MARK).unwrap_or(text)),
        Cow::Owned(text) => match text.strip_prefix(MARK) {
            Some(rest) => Cow::Owned(rest.to_owned()),
            None => Cow::Owned(text),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_8_is_read_with_and_without_its_mark() {
        for written in ["姓名", "\u{feff}姓名"] {
            assert_eq!(decode(written.as_bytes()).unwrap(), "姓名");
        }
    }

    #[test]
    fn gb18030_is_read_up_to_its_rarest_characters() {
        // The last one takes four bytes.
        let (bytes, ..) = GB18030.encode("姓名€𠮷");
        assert_eq!(decode(&bytes).unwrap(), "姓名€𠮷");
    }

    #[test]
    fn gb18030_loses_its_mark() {
        assert_eq!(decode(b"\x84\x31\x95\x33\xd0\xd5\xc3\xfb").unwrap(), "姓名");
    }

    #[test]
    fn neither_is_refused() {
        let neither: [&[u8]; 4] = [
            b"\xff\xfea\0,\0b\0",        // UTF-16 with its mark
            b"a\0,\0b\0",                // and without
            b"\xef\xbb\xbf\xd0\xd5",     // the mark of UTF-8 before GB18030
            b"name\r\n\xd0\xd5\xc3\xff", // a broken pair
        ];
        for bytes in neither {
            assert!(matches!(decode(bytes), Err(Error::Charset)), "{bytes:?}");
        }
    }
}

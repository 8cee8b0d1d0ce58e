//! Makes every picture and recording a file of its own, since a server refuses one that it has seen.

use anyhow::{Context as _, ensure};

const JPEG_START: [u8; 2] = [0xff, 0xd8];
const JPEG_COMMENT: [u8; 2] = [0xff, 0xfe];
/// Where a RIFF file says how long it is.
const RIFF_LEN_AT: std::ops::Range<usize> = 4..8;

/// The same picture with `mark` as a comment behind its first marker.
///
/// # Errors
/// When it is no JPEG.
pub fn marked_jpeg(jpeg: &[u8], mark: &str) -> anyhow::Result<Vec<u8>> {
    ensure!(jpeg.starts_with(&JPEG_START), "the picture is no JPEG");
    let len = u16::try_from(mark.len() + 2).context("the mark is too long")?;
    let mut marked = Vec::with_capacity(jpeg.len() + 4 + mark.len());
    marked.extend_from_slice(&JPEG_START);
    marked.extend_from_slice(&JPEG_COMMENT);
    marked.extend_from_slice(&len.to_be_bytes());
    marked.extend_from_slice(mark.as_bytes());
    marked.extend_from_slice(&jpeg[JPEG_START.len()..]);
    Ok(marked)
}

/// The same recording with `mark` as a comment chunk at its end.
///
/// # Errors
/// When it is no WAV.
pub fn marked_wav(wav: &[u8], mark: &str) -> anyhow::Result<Vec<u8>> {
    ensure!(
        wav.starts_with(b"RIFF") && wav.get(8..12) == Some(b"WAVE") && wav.len().is_multiple_of(2),
        "the recording is no WAV"
    );
    let mut text = mark.as_bytes().to_vec();
    text.push(0);
    let text_len = u32::try_from(text.len()).context("the mark is too long")?;
    if !text.len().is_multiple_of(2) {
        text.push(0);
    }
    let mut marked = wav.to_vec();
    marked.extend_from_slice(b"LIST");
    marked.extend_from_slice(&u32::try_from(12 + text.len())?.to_le_bytes());
    marked.extend_from_slice(b"INFOICMT");
    marked.extend_from_slice(&text_len.to_le_bytes());
    marked.extend_from_slice(&text);
    let riff_len =
        u32::try_from(marked.len() - RIFF_LEN_AT.end).context("the recording is too long")?;
    marked[RIFF_LEN_AT].copy_from_slice(&riff_len.to_le_bytes());
    Ok(marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_picture_differs_and_keeps_all_that_follows_its_start() {
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 2, 9, 9];
        let marked = marked_jpeg(&jpeg, "one").unwrap();
        assert_eq!(marked[..4], [0xff, 0xd8, 0xff, 0xfe]);
        assert_eq!(marked[4..6], [0, 5]);
        assert_eq!(marked[6..9], *b"one");
        assert_eq!(marked[9..], jpeg[2..]);
        assert_ne!(marked, marked_jpeg(&jpeg, "two").unwrap());
        assert!(marked_jpeg(b"GIF89a", "one").is_err());
    }

    #[test]
    fn a_marked_recording_says_its_true_length() {
        let mut wav = b"RIFF\x10\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd".to_vec();
        wav[4] = (wav.len() - 8) as u8;
        for mark in ["odd", "even"] {
            let marked = marked_wav(&wav, mark).unwrap();
            let said = u32::from_le_bytes(marked[4..8].try_into().unwrap());
            assert_eq!(said as usize, marked.len() - 8);
            assert_eq!(marked[8..wav.len()], wav[8..]);
        }
        assert!(marked_wav(b"OggS", "x").is_err());
    }
}

//! Which container it is, and whether it holds what it announces. Symphonia does the parsing; what it forgives is checked here.

use std::{borrow::Cow, io::Cursor};

use domain::evidence::MediaFault;
use symphonia::{
    core::{
        errors::Error,
        formats::{FormatOptions, FormatReader},
        io::{MediaSourceStream, MediaSourceStreamOptions},
    },
    default::formats::{
        AdtsReader, FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader, WavReader,
    },
};

use super::DURATION_S_MAX;

/// Length of a wav header's chunk when the recorder did not know it yet.
const UNKNOWN_LENGTHS: [u32; 2] = [0, u32::MAX];

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Wav,
    Mp3,
    Adts,
    Mp4,
    Matroska,
    Ogg,
    Flac,
}

impl Container {
    /// Ends where its bytes end: an end of file in the middle of it is no fault.
    pub(super) const fn open_ended(self) -> bool {
        match self {
            Self::Mp3 | Self::Adts | Self::Matroska | Self::Ogg => true,
            Self::Wav | Self::Mp4 | Self::Flac => false,
        }
    }

    /// The frame count in its header is a promise, not an estimate.
    pub(super) const fn announces_frames(self) -> bool {
        matches!(self, Self::Wav | Self::Flac)
    }
}

/// A container whose headers were read.
pub(super) struct Opened<'a> {
    pub(super) container: Container,
    pub(super) reader: Box<dyn FormatReader + 'a>,
}

/// Reads the headers.
pub(super) fn open(bytes: &[u8]) -> Result<Opened<'_>, MediaFault> {
    let container = sniff(bytes).ok_or(MediaFault::UnknownFormat)?;
    let bytes = match container {
        Container::Wav => wav_with_known_length(bytes)?,
        Container::Mp4 => {
            check_boxes(bytes)?;
            Cow::Borrowed(bytes)
        }
        Container::Matroska => {
            check_segment(bytes)?;
            Cow::Borrowed(bytes)
        }
        Container::Mp3 | Container::Adts | Container::Ogg | Container::Flac => Cow::Borrowed(bytes),
    };
    let source = MediaSourceStream::new(
        Box::new(Cursor::new(bytes)),
        MediaSourceStreamOptions::default(),
    );
    let reader = reader(container, source).map_err(|_| MediaFault::Damaged)?;
    Ok(Opened { container, reader })
}

fn reader<'a>(
    container: Container,
    source: MediaSourceStream<'a>,
) -> Result<Box<dyn FormatReader + 'a>, Error> {
    let options = FormatOptions::default();
    Ok(match container {
        Container::Wav => Box::new(WavReader::try_new(source, options)?),
        Container::Mp3 => Box::new(MpaReader::try_new(source, options)?),
        Container::Adts => Box::new(AdtsReader::try_new(source, options)?),
        Container::Mp4 => Box::new(IsoMp4Reader::try_new(source, options)?),
        Container::Matroska => Box::new(MkvReader::try_new(source, options)?),
        Container::Ogg => Box::new(OggReader::try_new(source, options)?),
        Container::Flac => Box::new(FlacReader::try_new(source, options)?),
    })
}

fn sniff(bytes: &[u8]) -> Option<Container> {
    let at = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
    if at(0, 4) == b"RIFF" {
        return (at(8, 12) == b"WAVE").then_some(Container::Wav);
    }
    match at(0, 4) {
        [0x1A, 0x45, 0xDF, 0xA3] => return Some(Container::Matroska),
        b"OggS" => return Some(Container::Ogg),
        b"fLaC" => return Some(Container::Flac),
        _ => {}
    }
    if [b"ftyp", b"styp", b"moov", b"moof", b"mdat"]
        .iter()
        .any(|kind| at(4, 8) == *kind)
    {
        return Some(Container::Mp4);
    }
    let rest = bytes.get(id3_len(bytes)..)?;
    match *rest.get(..3)? {
        // Sync, then layer 00: ADTS.
        [0xFF, second, _] if second & 0xF6 == 0xF0 => Some(Container::Adts),
        // Sync, a defined version, layer III, a defined bit rate and sample rate.
        [0xFF, second, third]
            if second & 0xE6 == 0xE2
                && second & 0x18 != 0x08
                && third & 0xF0 != 0xF0
                && third & 0x0C != 0x0C =>
        {
            Some(Container::Mp3)
        }
        _ => None,
    }
}

/// Length of the `ID3v2` tag at the beginning, bytes; 0 without one.
fn id3_len(bytes: &[u8]) -> usize {
    match bytes.get(..10) {
        Some([b'I', b'D', b'3', _, _, _, a, b, c, d]) => {
            10 + [a, b, c, d]
                .iter()
                .fold(0_usize, |len, &&byte| len << 7 | usize::from(byte & 0x7F))
        }
        _ => 0,
    }
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..at + 4)?
        .try_into()
        .ok()
        .map(u32::from_le_bytes)
}

/// Finds the data chunk; fills in its length where the recorder left it open, refuses it where it is longer than the file.
fn wav_with_known_length(bytes: &[u8]) -> Result<Cow<'_, [u8]>, MediaFault> {
    let (mut at, mut bytes_per_second) = (12_usize, None);
    loop {
        let len = u32_le(bytes, at + 4).ok_or(MediaFault::Damaged)?;
        let body = at + 8;
        let held = bytes.len() - body;
        match &bytes[at..at + 4] {
            b"fmt " => bytes_per_second = u32_le(bytes, body + 8),
            b"data" => {
                let open = UNKNOWN_LENGTHS.contains(&len);
                if !open && len as usize > held {
                    // Ten minutes cut after one are both; that it is too long is what its owner can change.
                    return Err(if too_long(len, bytes_per_second) {
                        MediaFault::TooLarge
                    } else {
                        MediaFault::Damaged
                    });
                }
                if too_long(if open { held as u32 } else { len }, bytes_per_second) {
                    return Err(MediaFault::TooLarge);
                }
                return Ok(if open {
                    Cow::Owned(with_data_length(bytes, at, held))
                } else {
                    Cow::Borrowed(bytes)
                });
            }
            _ => {}
        }
        let padded = len as usize + (len as usize & 1);
        at = body
            .checked_add(padded)
            .filter(|&next| next < bytes.len())
            .ok_or(MediaFault::Damaged)?;
    }
}

fn too_long(data_len: u32, bytes_per_second: Option<u32>) -> bool {
    bytes_per_second.is_some_and(|rate| {
        rate > 0
            && data_len / rate >= DURATION_S_MAX
            && data_len > rate.saturating_mul(DURATION_S_MAX)
    })
}

fn with_data_length(bytes: &[u8], data_at: usize, data_len: usize) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    mended[4..8].copy_from_slice(&(bytes.len() as u32 - 8).to_le_bytes());
    mended[data_at + 4..data_at + 8].copy_from_slice(&(data_len as u32).to_le_bytes());
    mended
}

/// Every box of the file's top level must end inside the file, and one of them must describe the tracks.
fn check_boxes(bytes: &[u8]) -> Result<(), MediaFault> {
    let (mut at, mut described) = (0_usize, false);
    while at < bytes.len() {
        let head = bytes.get(at..at + 8).ok_or(MediaFault::Damaged)?;
        let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let len = match short {
            0 => bytes.len() - at,
            1 => {
                let long = bytes
                    .get(at + 8..at + 16)
                    .and_then(|long| long.try_into().ok())
                    .ok_or(MediaFault::Damaged)?;
                usize::try_from(u64::from_be_bytes(long)).map_err(|_| MediaFault::Damaged)?
            }
            short => short,
        };
        described |= &head[4..8] == b"moov";
        if len < 8 || len > bytes.len() - at {
            return Err(MediaFault::Damaged);
        }
        at += len;
    }
    if described {
        Ok(())
    } else {
        Err(MediaFault::Damaged)
    }
}

/// A Matroska segment with a known size must end inside the file.
fn check_segment(bytes: &[u8]) -> Result<(), MediaFault> {
    const SEGMENT: [u8; 4] = [0x18, 0x53, 0x80, 0x67];
    let (header_len, header_body) = ebml_size(bytes, 4).ok_or(MediaFault::Damaged)?;
    let at = header_body
        .checked_add(header_len.ok_or(MediaFault::Damaged)?)
        .ok_or(MediaFault::Damaged)?;
    if bytes.get(at..at + 4) != Some(&SEGMENT) {
        return Err(MediaFault::Damaged);
    }
    let (len, body) = ebml_size(bytes, at + 4).ok_or(MediaFault::Damaged)?;
    if len.is_some_and(|len| len > bytes.len() - body) {
        Err(MediaFault::Damaged)
    } else {
        Ok(())
    }
}

/// An EBML size at `at`: the value (none for "unknown"), and where the element's body begins.
fn ebml_size(bytes: &[u8], at: usize) -> Option<(Option<usize>, usize)> {
    let first = *bytes.get(at)?;
    let extra = first.leading_zeros() as usize;
    if extra > 7 {
        return None;
    }
    let tail = bytes.get(at + 1..at + 1 + extra)?;
    let head = u64::from(first) & ((1_u64 << (7 - extra)) - 1);
    let value = tail
        .iter()
        .fold(head, |value, &byte| value << 8 | u64::from(byte));
    let unknown = value == (1_u64 << (7 * (extra + 1))) - 1;
    let value = if unknown {
        None
    } else {
        Some(usize::try_from(value).ok()?)
    };
    Some((value, at + 1 + extra))
}

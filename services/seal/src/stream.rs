//! Streams: media of any length, sealed in segments of 64 KiB by the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár:
//! "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015, <https://eprint.iacr.org/2015/189>).
//!
//! On storage: form 1 byte, nonce prefix 19, then the segments, each cipher text and tag 16. The nonce of segment `n` is the
//! prefix, `n` as 32 bits big-endian, and one byte that is 1 for the last segment only: so a segment that is missing, moved,
//! repeated or appended does not open. All segments but the last are full; the last is empty only when the whole is empty.

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use chacha20poly1305::XChaCha20Poly1305;
use zeroize::Zeroizing;

use crate::{Error, PersonKey, Purpose, TAG_LEN};

/// Length of the nonce prefix of a stream, in bytes; drawn fresh for each stream.
pub const STREAM_NONCE_LEN: usize = 19;

/// Length of what precedes the first segment, in bytes.
pub const STREAM_HEADER_LEN: usize = 1 + STREAM_NONCE_LEN;

/// Length of a full segment before sealing, in bytes.
pub const SEGMENT_LEN: usize = 64 * 1024;

/// Length of a full segment when sealed, in bytes.
pub const SEALED_SEGMENT_LEN: usize = SEGMENT_LEN + TAG_LEN;

const STREAM_V1: u8 = 0x21;
const FORM: &str = "muster/seal/1/stream";

type Stream = StreamBE32<XChaCha20Poly1305>;

/// Seals a stream of media, piece by piece.
pub struct Sealer {
    stream: Stream,
    aad: Vec<u8>,
    header: Option<[u8; STREAM_HEADER_LEN]>,
    position: u32,
    held: Zeroizing<Vec<u8>>,
}

impl Sealer {
    /// Begin a stream under the person's media key. `aad` is the context that must be the same when it is opened (the object's
    /// name); `nonce` is drawn fresh.
    pub fn new(key: &PersonKey, aad: &[u8], nonce: [u8; STREAM_NONCE_LEN]) -> Self {
        let mut header = [STREAM_V1; STREAM_HEADER_LEN];
        header[1..].copy_from_slice(&nonce);
        Self {
            stream: stream(key, nonce),
            aad: aad.to_vec(),
            header: Some(header),
            position: 0,
            held: Zeroizing::default(),
        }
    }

    /// Take plain bytes and append to `out` what is sealed by now.
    ///
    /// Errors: [`Error::TooLong`] after 256 TiB.
    pub fn push(&mut self, mut plain: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while !plain.is_empty() {
            if self.held.len() == SEGMENT_LEN {
                self.seal(false, out)?;
                self.position = self.position.checked_add(1).ok_or(Error::TooLong)?;
            }
            let (taken, rest) = plain.split_at(plain.len().min(SEGMENT_LEN - self.held.len()));
            hold(&mut self.held, taken);
            plain = rest;
        }
        Ok(())
    }

    /// Append the last segment to `out`; without it the stream does not open.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.seal(true, out)
    }

    fn seal(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), Error> {
        if let Some(header) = self.header.take() {
            out.extend_from_slice(&header);
        }
        self.stream
            .encrypt_in_place(self.position, last, &self.aad, &mut *self.held)
            .map_err(|_| Error::TooLong)?;
        out.extend_from_slice(&self.held);
        self.held.clear();
        Ok(())
    }
}

/// Opens a sealed stream, piece by piece.
///
/// What [`Opener::push`] gives is genuine and in its place; that nothing is missing at the end only [`Opener::finish`] can say.
pub struct Opener {
    state: State,
    aad: Vec<u8>,
    position: u32,
    held: Zeroizing<Vec<u8>>,
}

enum State {
    Header(PersonKey),
    Segments(Box<Stream>),
    Broken(Error),
}

impl Opener {
    /// Begin with a stream's first byte. `aad` is what it was sealed with.
    pub fn new(key: &PersonKey, aad: &[u8]) -> Self {
        Self {
            state: State::Header(key.clone()),
            aad: aad.to_vec(),
            position: 0,
            held: Zeroizing::default(),
        }
    }

    /// Begin in the middle: `header` is the stream's first [`STREAM_HEADER_LEN`] bytes, and the first byte pushed is the one at
    /// [`segment_start`] of `segment`.
    ///
    /// Errors: [`Error::Format`] when the header is not one.
    pub fn at_segment(
        key: &PersonKey,
        aad: &[u8],
        header: &[u8],
        segment: u32,
    ) -> Result<Self, Error> {
        let mut opener = Self::new(key, aad);
        opener.state = State::Segments(Box::new(parse_header(key, header)?));
        opener.position = segment;
        Ok(opener)
    }

    /// Take sealed bytes and append to `out` what could be opened by now. After an error nothing more is opened.
    ///
    /// Errors: [`Error::Format`] when the stream does not look sealed, [`Error::Refused`] when a segment does not open.
    pub fn push(&mut self, sealed: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let done = self.take(sealed, out);
        if let Err(error) = done {
            self.state = State::Broken(error);
        }
        done
    }

    /// The stream ends here: append the last segment to `out`.
    ///
    /// Errors: [`Error::Format`] when not even a header came, [`Error::Refused`] when the stream was cut or extended.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.position > 0 && self.held.len() <= TAG_LEN {
            return Err(Error::Refused);
        }
        self.open(true, out)
    }

    /// Stop before the end, after a full segment that is not the last: append it to `out`. For reading a range.
    ///
    /// Errors: [`Error::Refused`] when the bytes pushed do not end with a segment, or end with the last.
    pub fn stop(mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.held.len() != SEALED_SEGMENT_LEN {
            return Err(Error::Refused);
        }
        self.open(false, out)
    }

    fn take(&mut self, mut sealed: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        while !sealed.is_empty() {
            let room = match &self.state {
                State::Header(_) => STREAM_HEADER_LEN,
                State::Segments(_) => SEALED_SEGMENT_LEN,
                State::Broken(error) => return Err(*error),
            };
            if self.held.len() == room {
                self.next(out)?;
                continue;
            }
            let (taken, rest) = sealed.split_at(sealed.len().min(room - self.held.len()));
            hold(&mut self.held, taken);
            sealed = rest;
        }
        Ok(())
    }

    /// What is held is complete and more follows.
    fn next(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        if let State::Header(key) = &self.state {
            self.state = State::Segments(Box::new(parse_header(key, &self.held)?));
            self.held.clear();
            return Ok(());
        }
        self.open(false, out)?;
        self.position = self.position.checked_add(1).ok_or(Error::Refused)?;
        Ok(())
    }

    fn open(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), Error> {
        match &self.state {
            State::Header(_) => Err(Error::Format),
            State::Broken(error) => Err(*error),
            State::Segments(stream) => {
                stream
                    .decrypt_in_place(self.position, last, &self.aad, &mut *self.held)
                    .map_err(|_| Error::Refused)?;
                out.extend_from_slice(&self.held);
                self.held.clear();
                Ok(())
            }
        }
    }
}

/// Adds to what is held, with room for a tag. What outgrows its place moves to another one, and is wiped where it was: a small object need not pay
/// for a whole segment.
fn hold(held: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    let needed = held.len() + bytes.len() + TAG_LEN;
    if held.capacity() < needed {
        let room = needed
            .max(2 * held.capacity())
            .min(SEALED_SEGMENT_LEN + TAG_LEN);
        let mut larger = Zeroizing::new(Vec::with_capacity(room));
        larger.extend_from_slice(held);
        *held = larger;
    }
    held.extend_from_slice(bytes);
}

/// Length of a stream of `plain_len` bytes when sealed, in bytes.
pub fn sealed_len(plain_len: u64) -> u64 {
    let segments = plain_len.div_ceil(SEGMENT_LEN as u64).max(1);
    STREAM_HEADER_LEN as u64 + plain_len + segments * TAG_LEN as u64
}

/// Length of the plain bytes of a stream that is `sealed_len` bytes long; `None` when no stream has that length.
///
/// This is what the length claims; whether it is true, opening shows.
pub fn plain_len(sealed_len: u64) -> Option<u64> {
    let body = sealed_len.checked_sub(STREAM_HEADER_LEN as u64)?;
    let segments = body.div_ceil(SEALED_SEGMENT_LEN as u64);
    let plain = body.checked_sub(segments * TAG_LEN as u64)?;
    (self::sealed_len(plain) == sealed_len).then_some(plain)
}

/// The segment that holds the plain byte at `offset`; `None` beyond the last that a stream can have.
pub fn segment_of(offset: u64) -> Option<u32> {
    u32::try_from(offset / SEGMENT_LEN as u64).ok()
}

/// Where a segment begins in the sealed stream, in bytes from its start.
pub fn segment_start(segment: u32) -> u64 {
    STREAM_HEADER_LEN as u64 + u64::from(segment) * SEALED_SEGMENT_LEN as u64
}

fn parse_header(key: &PersonKey, header: &[u8]) -> Result<Stream, Error> {
    let header: [u8; STREAM_HEADER_LEN] = header.try_into().map_err(|_| Error::Format)?;
    let [STREAM_V1, nonce @ ..] = header else {
        return Err(Error::Format);
    };
    Ok(stream(key, nonce))
}

fn stream(key: &PersonKey, nonce: [u8; STREAM_NONCE_LEN]) -> Stream {
    Stream::from_aead(key.cipher(Purpose::Media, FORM), &nonce.into())
}

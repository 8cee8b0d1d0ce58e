//! Opus packets (RFC 6716) → 48 kHz samples, with the encoder's delay taken off (RFC 7845).

use domain::evidence::MediaFault;
use opus_rs::OpusDecoder;

/// Longest packet, samples per channel at 48 kHz: 120 ms.
const PACKET_FRAMES_MAX: usize = 5_760;
/// Bytes of an identification header without a channel mapping table.
const HEAD_LEN_MIN: usize = 19;

/// A decoder with the state of one stream.
pub(super) struct Opus {
    decoder: OpusDecoder,
    channels: usize,
    /// Frames still to be dropped from the beginning.
    skip: usize,
    packet: Vec<f32>,
}

impl Opus {
    /// Rate of what comes out, Hz; every Opus stream can be decoded at it.
    pub(super) const RATE_HZ: u32 = 48_000;

    /// From the identification header (`OpusHead`), where the container has one. `delay`: frames at 48 kHz to drop, the
    /// container's word on it.
    pub(super) fn new(head: Option<&[u8]>, delay: Option<u32>) -> Result<Self, MediaFault> {
        let head = head.filter(|head| head.len() >= HEAD_LEN_MIN && head.starts_with(b"OpusHead"));
        let (channels, pre_skip, mapping) = match head {
            Some(head) => (
                usize::from(head[9]),
                u32::from(u16::from_le_bytes([head[10], head[11]])),
                head[18],
            ),
            None => (1, 0, 0),
        };
        if mapping != 0 || !(1..=2).contains(&channels) {
            return Err(MediaFault::UnknownFormat);
        }
        let decoder =
            OpusDecoder::new(Self::RATE_HZ as i32, channels).map_err(|_| MediaFault::Damaged)?;
        let skip = if head.is_some() {
            pre_skip
        } else {
            delay.unwrap_or(0)
        } as usize;
        Ok(Self {
            decoder,
            channels,
            skip,
            packet: vec![0.0; PACKET_FRAMES_MAX * channels],
        })
    }

    pub(super) const fn channels(&self) -> usize {
        self.channels
    }

    /// Appends the packet's samples, interleaved; false when it cannot be decoded.
    pub(super) fn decode(&mut self, packet: &[u8], interleaved: &mut Vec<f32>) -> bool {
        let Some(frames) = packet_frames(packet) else {
            return false;
        };
        let Ok(decoded) = self.decoder.decode(packet, frames, &mut self.packet) else {
            return false;
        };
        let dropped = self.skip.min(decoded);
        self.skip -= dropped;
        interleaved
            .extend_from_slice(&self.packet[dropped * self.channels..decoded * self.channels]);
        true
    }
}

/// Samples per channel at 48 kHz that a packet holds, from its first bytes (RFC 6716, section 3.1); none when that is not allowed.
fn packet_frames(packet: &[u8]) -> Option<usize> {
    const SILK: [usize; 4] = [480, 960, 1_920, 2_880];
    const HYBRID: [usize; 2] = [480, 960];
    const CELT: [usize; 4] = [120, 240, 480, 960];
    let toc = *packet.first()?;
    let config = usize::from(toc >> 3);
    let frame = match config {
        0..12 => SILK[config & 3],
        12..16 => HYBRID[config & 1],
        _ => CELT[config & 3],
    };
    let count = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(packet.get(1)? & 0x3F),
    };
    let frames = frame * count;
    (1..=PACKET_FRAMES_MAX).contains(&frames).then_some(frames)
}

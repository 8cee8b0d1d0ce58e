//! Packets → samples, with the limit on their length watched while decoding.

use std::io::ErrorKind;

use domain::evidence::MediaFault;
use symphonia::core::{
    codecs::audio::{
        AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known::CODEC_ID_OPUS,
    },
    errors::Error,
    formats::{Track, TrackType},
    packet::Packet,
};

use super::{
    DURATION_S_MAX, Pcm,
    container::{Container, Opened},
    opus::Opus,
};

/// Rates that are read, Hz: from a telephone to a studio.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=192_000;
/// Most channels that are read.
const CHANNELS_MAX: usize = 8;
/// Packets that may fail in any recording: an mp3 cut from a stream begins with frames that lean on lost ones.
const BAD_PACKETS_FREE: usize = 2;
/// Beyond those, one packet in so many may fail.
const BAD_PACKETS_ONE_IN: usize = 50;
/// Frames that may be missing at the end against the header's count: encoders round.
const MISSING_FRAMES_MAX: u64 = 64;

enum Codec {
    Opus(Box<Opus>),
    Other(Box<dyn AudioDecoder>),
}

/// Decodes the first audio track.
pub(super) fn decode(mut opened: Opened<'_>) -> Result<Pcm, MediaFault> {
    let track = opened
        .reader
        .first_track(TrackType::Audio)
        .ok_or(MediaFault::Damaged)?
        .clone();
    let params = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio())
        .ok_or(MediaFault::Damaged)?
        .clone();
    if announced_s(&track).is_some_and(|seconds| seconds > f64::from(DURATION_S_MAX)) {
        return Err(MediaFault::TooLarge);
    }
    let mut codec = codec(&track, &params)?;
    let mut pcm = Pcm {
        rate_hz: 0,
        channels: 0,
        interleaved: Vec::new(),
    };
    let (mut packets, mut bad) = (0_usize, 0_usize);
    while let Some(packet) = next_packet(&mut opened)? {
        if packet.track_id != track.id {
            continue;
        }
        packets += 1;
        bad += usize::from(!append(&mut codec, &packet, &mut pcm)?);
    }
    let frames = pcm.interleaved.len().checked_div(pcm.channels).unwrap_or(0) as u64;
    let short = |announced: u64| {
        opened.container.announces_frames() && frames + MISSING_FRAMES_MAX < announced
    };
    if frames == 0
        || bad > BAD_PACKETS_FREE + packets / BAD_PACKETS_ONE_IN
        || track.num_frames.is_some_and(short)
    {
        return Err(MediaFault::Damaged);
    }
    Ok(pcm)
}

/// The length that the header promises, seconds.
fn announced_s(track: &Track) -> Option<f64> {
    let base = track.time_base?;
    let ticks = track.duration?.get() as f64;
    Some(ticks * f64::from(base.numer.get()) / f64::from(base.denom.get()))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is the library's and not exhaustive"
)]
fn codec(track: &Track, params: &AudioCodecParameters) -> Result<Codec, MediaFault> {
    if params.codec == CODEC_ID_OPUS {
        let opus = Opus::new(params.extra_data.as_deref(), track.delay)?;
        return Ok(Codec::Opus(Box::new(opus)));
    }
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(params, &AudioDecoderOptions::default());
    decoder.map(Codec::Other).map_err(|error| match error {
        Error::Unsupported(_) => MediaFault::UnknownFormat,
        _ => MediaFault::Damaged,
    })
}

fn next_packet(opened: &mut Opened<'_>) -> Result<Option<Packet>, MediaFault> {
    match opened.reader.next_packet() {
        Ok(packet) => Ok(packet),
        Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
            end_of_file(opened.container)
        }
        Err(_) => Err(MediaFault::Damaged),
    }
}

fn end_of_file(container: Container) -> Result<Option<Packet>, MediaFault> {
    if container.open_ended() {
        Ok(None)
    } else {
        Err(MediaFault::Damaged)
    }
}

/// Appends what the packet holds; false when it cannot be decoded.
fn append(codec: &mut Codec, packet: &Packet, pcm: &mut Pcm) -> Result<bool, MediaFault> {
    let before = pcm.interleaved.len();
    let good = match codec {
        Codec::Opus(opus) => {
            (pcm.rate_hz, pcm.channels) = (Opus::RATE_HZ, opus.channels());
            opus.decode(&packet.data, &mut pcm.interleaved)
        }
        Codec::Other(decoder) => append_decoded(decoder.as_mut(), packet, pcm)?,
    };
    if pcm.interleaved[before..]
        .iter()
        .any(|sample| !sample.is_finite())
    {
        return Err(MediaFault::Damaged);
    }
    // Floating-point formats can hold any number; there is nothing beyond full scale, and resampling must not overflow.
    for sample in &mut pcm.interleaved[before..] {
        *sample = sample.clamp(-1.0, 1.0);
    }
    let frames_max = pcm.rate_hz as usize * DURATION_S_MAX as usize;
    if pcm.interleaved.len() > frames_max * pcm.channels {
        return Err(MediaFault::TooLarge);
    }
    Ok(good)
}

fn append_decoded(
    decoder: &mut dyn AudioDecoder,
    packet: &Packet,
    pcm: &mut Pcm,
) -> Result<bool, MediaFault> {
    let decoded = match decoder.decode(packet) {
        Ok(decoded) => decoded,
        Err(Error::DecodeError(_) | Error::IoError(_)) => return Ok(false),
        Err(_) => return Err(MediaFault::Damaged),
    };
    if decoded.frames() == 0 {
        return Ok(true);
    }
    let (rate_hz, channels) = (decoded.spec().rate(), decoded.num_planes());
    if pcm.channels == 0 {
        (pcm.rate_hz, pcm.channels) = (rate_hz, channels);
    }
    let readable = RATES_HZ.contains(&rate_hz) && (1..=CHANNELS_MAX).contains(&channels);
    if !readable || (rate_hz, channels) != (pcm.rate_hz, pcm.channels) {
        return Err(MediaFault::Damaged);
    }
    let from = pcm.interleaved.len();
    pcm.interleaved
        .resize(from + decoded.samples_interleaved(), 0.0);
    decoded.copy_to_slice_interleaved(&mut pcm.interleaved[from..]);
    Ok(true)
}

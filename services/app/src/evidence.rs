//! Pictures and recordings as officers look at them. Every look is written down before anything is shown.

use std::ops::Range;

use bytes::Bytes;
use domain::{
    MediaId,
    access::Action,
    event::{Actor, EventKind},
};
use futures::{Stream, stream};
use media::ObjectKey;
use seal::PersonKey;
use store::media::{Chunk, Media};

use crate::{Cx, Error, Result, Viewer, journal::note, part};

/// Pieces of a drawn recording.
pub const PEAKS: usize = 240;

/// A medium that may be read now.
pub struct Opened {
    media: Media,
    chunks: Vec<Chunk>,
    key: PersonKey,
}

impl Opened {
    /// Bytes.
    pub const fn len(&self) -> u64 {
        self.media.len
    }

    pub const fn is_empty(&self) -> bool {
        self.media.len == 0
    }

    /// As it was handed in, such as `selfie-0`.
    pub fn part(&self) -> &str {
        &self.media.part
    }

    /// Its beginning: enough to tell what kind of file it is.
    pub async fn head(&self, cx: &Cx) -> Result<Bytes> {
        match self.chunks.first() {
            Some(first) => piece(cx, first, &self.key).await,
            None => Ok(Bytes::new()),
        }
    }

    /// These bytes of it, opened piece by piece as they are asked for.
    pub fn stream(self, cx: Cx, range: Range<u64>) -> impl Stream<Item = Result<Bytes>> + Send {
        let Self { chunks, key, .. } = self;
        let wanted = chunks
            .into_iter()
            .filter(move |chunk| chunk.start < range.end && range.start < chunk.start + chunk.len);
        let begin = (cx, key, wanted.collect::<Vec<_>>().into_iter());
        stream::try_unfold(begin, move |(cx, key, mut rest)| {
            let range = range.clone();
            async move {
                let Some(chunk) = rest.next() else {
                    return Ok(None);
                };
                let whole = piece(&cx, &chunk, &key).await?;
                let from = range.start.saturating_sub(chunk.start);
                let until = (range.end - chunk.start).min(whole.len() as u64);
                let cut = whole.slice(from as usize..until as usize);
                Ok(Some((cut, (cx, key, rest))))
            }
        })
    }
}

/// One picture or recording of a person of the viewer's subtree. The look is written down.
pub async fn open(cx: &Cx, viewer: &Viewer, id: MediaId) -> Result<Opened> {
    viewer.allow(Action::ReadMedia)?;
    let mut tx = cx.store.write().await?;
    let media = store::media::get(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("media"))?;
    store::person::get_within(&mut tx, &viewer.scope, media.person)
        .await?
        .ok_or(Error::NotFound("media"))?;
    let chunks = store::media::chunks(&mut tx, id).await?;
    let key = cx.house.person_key(&mut tx, media.person).await?;
    note(
        cx,
        &mut tx,
        Actor::Officer(viewer.officer.id),
        Some(media.person),
        EventKind::MediaRead { media: id },
    )
    .await?;
    tx.commit().await?;
    Ok(Opened { media, chunks, key })
}

/// The whole of it in memory.
pub async fn read(cx: &Cx, viewer: &Viewer, id: MediaId) -> Result<Bytes> {
    let Opened { media, chunks, key } = open(cx, viewer, id).await?;
    part::read(cx, &media, &chunks, &key).await
}

/// How loud a recording is, from its beginning to its end: [`PEAKS`] values, 0..1; none when it cannot be read. A look like any other.
pub async fn waveform(cx: &Cx, viewer: &Viewer, id: MediaId) -> Result<Option<Vec<f32>>> {
    let bytes = read(cx, viewer, id).await?;
    let drawn = tokio::task::spawn_blocking(move || {
        let audio = engine::audio::decode(&bytes).ok()?;
        Some(peaks(&audio.samples))
    });
    drawn
        .await
        .map_err(|_| Error::Internal("a recording could not be drawn"))
}

fn peaks(samples: &[f32]) -> Vec<f32> {
    let of = |index: usize| {
        let bound = |index: usize| index * samples.len() / PEAKS;
        let piece = &samples[bound(index)..bound(index + 1)];
        piece
            .iter()
            .fold(0.0_f32, |most, sample| most.max(sample.abs()))
    };
    (0..PEAKS).map(of).collect()
}

async fn piece(cx: &Cx, chunk: &Chunk, key: &PersonKey) -> Result<Bytes> {
    let object: ObjectKey = chunk
        .object_key
        .parse()
        .map_err(|_| Error::Internal("an object's name is not valid"))?;
    Ok(cx.media.read(&object, key, chunk.len).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_has_its_loudest_where_the_recording_has_it() {
        let mut samples = vec![0.0; 48_000];
        samples[24_000] = -0.8;
        let drawn = peaks(&samples);
        assert_eq!(drawn.len(), PEAKS);
        let loud: Vec<usize> = (0..PEAKS).filter(|at| drawn[*at] > 0.5).collect();
        assert_eq!(loud, [PEAKS / 2]);
        assert_eq!(peaks(&[0.5]).iter().filter(|peak| **peak > 0.0).count(), 1);
        assert!(peaks(&[]).iter().all(|peak| *peak < f32::EPSILON));
    }
}

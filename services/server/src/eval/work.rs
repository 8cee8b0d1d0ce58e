//! Many samples through the engine's networks, on threads that own their sessions.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context, anyhow};
use engine::{Embedding, Sessions};
use indicatif::{ProgressBar, ProgressStyle};
use models::Pack;

/// Embeds every item, in their order; none where nothing could be acquired.
///
/// # Errors
/// The first error of a thread: networks that cannot be loaded, a file that cannot be read.
pub fn embed_all<T: Sync>(
    (pack, home): (&Pack, &Path),
    threads: usize,
    items: &[T],
    embed: impl Fn(&mut Sessions, &T) -> anyhow::Result<Option<Embedding>> + Sync,
) -> anyhow::Result<Vec<Option<Embedding>>> {
    let bar = ProgressBar::new(items.len() as u64).with_style(ProgressStyle::with_template(
        "{wide_bar} {pos}/{len} {eta}",
    )?);
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<(usize, Option<Embedding>)>> {
        let mut sessions = Sessions::load(pack, home)
            .with_context(|| format!("the models of pack {} cannot be loaded", pack.name))?;
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return Ok(done);
            };
            done.push((index, embed(&mut sessions, item)?));
            bar.inc(1);
        }
    };
    let parts = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.clamp(1, items.len().max(1)))
            .map(|_| scope.spawn(work))
            .collect();
        let joined = workers.into_iter().map(|worker| {
            worker
                .join()
                .map_err(|_| anyhow!("a measuring thread broke down"))?
        });
        joined.collect::<anyhow::Result<Vec<_>>>()
    });
    bar.finish_and_clear();
    let mut embeddings = vec![None; items.len()];
    for (index, embedding) in parts?.into_iter().flatten() {
        embeddings[index] = embedding;
    }
    Ok(embeddings)
}

//! Many samples through the engine's networks, on threads that own their sessions.

use std::{
    num::NonZero,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use anyhow::{Context, anyhow};
use engine::Sessions;
use indicatif::{ProgressBar, ProgressStyle};
use models::Pack;

/// So many as were asked for, else one for each core.
pub fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get))
}

/// What becomes of every item, in their order.
///
/// # Errors
/// The first error of a thread: networks that cannot be loaded, a file that cannot be read.
pub fn for_each<T: Sync, R: Send>(
    (pack, home): (&Pack, &Path),
    threads: usize,
    items: &[T],
    measure: impl Fn(&mut Sessions, &T) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let bar = ProgressBar::new(items.len() as u64).with_style(ProgressStyle::with_template(
        "{wide_bar} {pos}/{len} {eta}",
    )?);
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<(usize, R)>> {
        let mut sessions = Sessions::load(pack, home)
            .with_context(|| format!("the models of pack {} cannot be loaded", pack.name))?;
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return Ok(done);
            };
            done.push((index, measure(&mut sessions, item)?));
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
    let mut done: Vec<(usize, R)> = parts?.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

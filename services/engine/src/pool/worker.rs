use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, atomic::Ordering, mpsc},
    time::Instant,
};

use models::Pack;

use super::{
    Shared,
    job::{Job, Work},
    lock,
};
use crate::{Error, Sessions, Timings, sessions::FaceSeen};

/// What each thread loads.
pub(super) enum Source {
    Onnx {
        pack: Box<Pack>,
        home: PathBuf,
    },
    /// Answers with what it was asked.
    #[cfg(test)]
    Echo(super::tests::Echo),
}

impl Source {
    fn load(&self) -> Result<Worker, Error> {
        match self {
            Self::Onnx { pack, home } => Ok(Worker::Onnx(Box::new(Sessions::load(pack, home)?))),
            #[cfg(test)]
            Self::Echo(echo) => Ok(Worker::Echo(echo.load()?)),
        }
    }
}

/// What a thread has loaded.
enum Worker {
    Onnx(Box<Sessions>),
    #[cfg(test)]
    Echo(super::tests::Echo),
}

/// One thread of the pool.
pub(super) struct Thread {
    pub source: Arc<Source>,
    pub jobs: flume::Receiver<Job>,
    pub shared: Arc<Shared>,
    /// Of the whole pool.
    pub threads: usize,
    pub batch_max: usize,
}

impl Thread {
    /// Loads, says so, and works until the queue ends.
    pub fn run(self, ready: &mpsc::Sender<Result<(), Error>>) {
        let _leaving = Leaving(&self.shared);
        let worker = match self.source.load() {
            Ok(worker) => worker,
            Err(error) => {
                // Whoever started the pool may have gone with another thread's error.
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        self.work(worker);
    }

    fn work(&self, mut worker: Worker) {
        while let Some(batch) = self.take() {
            // The sessions are loaded anew after a panic, and the jobs are gone: nothing half done is seen again.
            let done = catch_unwind(AssertUnwindSafe(|| worker.answer(batch)));
            lock(&self.shared.timings).merge(&worker.take_timings());
            if done.is_ok() {
                continue;
            }
            tracing::error!("An engine thread broke down; it loads its networks anew");
            match self.source.load() {
                Ok(fresh) => worker = fresh,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "An engine thread ends: its networks cannot be loaded"
                    );
                    return;
                }
            }
        }
    }

    /// What waits, up to this thread's share of it; none when the queue has ended.
    fn take(&self) -> Option<Vec<Job>> {
        loop {
            let first = self.jobs.recv().ok()?;
            let share = (1 + self.jobs.len() / self.threads).min(self.batch_max);
            let taken = std::iter::once(first).chain(self.jobs.try_iter().take(share - 1));
            let now = Instant::now();
            let mut waited = Timings::default();
            let mut batch = Vec::with_capacity(share);
            for job in taken {
                if self.shared.closing.load(Ordering::Acquire) {
                    job.work.refuse(Error::Closed);
                } else if !job.work.is_closed() {
                    waited.queue.add(1, now.duration_since(job.queued));
                    batch.push(job);
                }
            }
            lock(&self.shared.timings).merge(&waited);
            if !batch.is_empty() {
                return Some(batch);
            }
        }
    }
}

/// Tells the pool that a thread ends, however it ends.
struct Leaving<'a>(&'a Shared);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Worker {
    fn answer(&mut self, batch: Vec<Job>) {
        match self {
            Self::Onnx(sessions) => answer(sessions, batch),
            #[cfg(test)]
            Self::Echo(echo) => batch.into_iter().for_each(|job| echo.answer(job.work)),
        }
    }

    fn take_timings(&mut self) -> Timings {
        match self {
            Self::Onnx(sessions) => sessions.take_timings(),
            #[cfg(test)]
            Self::Echo(_) => Timings::default(),
        }
    }
}

/// All faces of all jobs first, together; then each job to its end.
fn answer(sessions: &mut Sessions, batch: Vec<Job>) {
    let started = Instant::now();
    let size = batch.len();
    let files = batch.iter().flat_map(|job| job.work.looks());
    match sessions.faces(files) {
        Ok(seen) => {
            let mut seen = seen.into_iter();
            for job in batch {
                let own = seen.by_ref().take(job.work.looks().len()).collect();
                finish(sessions, job, Some(own));
            }
        }
        // One job's pictures must not cost the others their answer.
        Err(_) => batch
            .into_iter()
            .for_each(|job| finish(sessions, job, None)),
    }
    tracing::debug!(
        batch.size = size,
        batch.ms = started.elapsed().as_millis() as u64,
        "Measured {size} requests"
    );
}

/// The rest of one job; its pictures too, where they were not seen yet.
fn finish(sessions: &mut Sessions, job: Job, seen: Option<Vec<FaceSeen>>) {
    if job.work.is_closed() {
        return;
    }
    // Whoever asked may have gone while the work was done: then nobody misses the answer.
    match job.work {
        Work::Verify(probe, reply) => drop(reply.send(match seen {
            Some(seen) => sessions.conclude(&probe, seen),
            None => sessions.verify(&probe),
        })),
        Work::Enrol(samples, reply) => drop(reply.send(match seen {
            Some(seen) => sessions.conclude_enrolment(&samples, seen),
            None => sessions.enrol(&samples),
        })),
    }
}

//! Threads that own their sessions, fed by one bounded queue.
//!
//! A thread takes what waits (its share of it, no timer) and runs the face networks batched over it. When a thread breaks
//! down, those whose requests it held get [`Error::Lost`] and it loads its sessions anew; when it cannot, it ends. When the
//! last one has ended the pool is closed: everyone is refused at once, nobody waits for ever.

mod job;
mod worker;

use std::{
    num::NonZero,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use domain::evidence::Measurement;
use models::{Calibration, Measured, Pack};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use self::{
    job::{Job, Work},
    worker::Source,
};
use crate::{Enrolled, Error, Probe, Samples, Timings};

/// Size of a pool; every number is at least one, smaller ones count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// Threads, each with its own copy of all networks (about 60 MB).
    pub threads: usize,
    /// Requests inside, waiting or at work; beyond them reservations wait or are refused.
    pub queue_len_max: usize,
    /// Requests that one thread takes at once.
    pub batch_max: usize,
}

impl Default for PoolConfig {
    /// A thread for each core, eight requests a thread, four at once.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            threads,
            queue_len_max: threads * 8,
            batch_max: 4,
        }
    }
}

/// Threads that measure. Dropping it refuses what waits ([`Error::Closed`]), lets each thread finish what it holds and
/// joins them: it blocks for as long as one batch takes.
pub struct Pool {
    pack: String,
    face_calibration: Calibration,
    measured: Vec<Measured>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What threads and reservations share.
struct Shared {
    /// Taken away when the pool closes, so that the queue ends although reservations live on.
    queue: Mutex<Option<flume::Sender<Job>>>,
    room: Arc<Semaphore>,
    closing: AtomicBool,
    alive: AtomicUsize,
    timings: Mutex<Timings>,
}

impl Pool {
    /// Loads the networks on every thread; returns when all are ready, or with the first error.
    pub fn start(pack: &Pack, home: &Path, config: PoolConfig) -> Result<Self, Error> {
        let source = Source::Onnx {
            pack: Box::new(pack.clone()),
            home: home.to_path_buf(),
        };
        let mut pool = Self::spawn(
            format!("{}@{}", pack.name, pack.version),
            pack.face_recogniser.calibration.clone(),
            &Arc::new(source),
            config,
        )?;
        pool.measured.clone_from(&pack.measured);
        Ok(pool)
    }

    fn spawn(
        pack: String,
        face_calibration: Calibration,
        source: &Arc<Source>,
        config: PoolConfig,
    ) -> Result<Self, Error> {
        let threads = config.threads.max(1);
        let room = config.queue_len_max.clamp(1, Semaphore::MAX_PERMITS);
        let (queue, jobs) = flume::bounded(room);
        let shared = Arc::new(Shared {
            queue: Mutex::new(Some(queue)),
            room: Arc::new(Semaphore::new(room)),
            closing: AtomicBool::new(false),
            alive: AtomicUsize::new(threads),
            timings: Mutex::default(),
        });
        let mut pool = Self {
            pack,
            face_calibration,
            measured: Vec::new(),
            shared,
            threads: Vec::with_capacity(threads),
        };
        let (ready, loaded) = mpsc::channel();
        for index in 0..threads {
            let thread = worker::Thread {
                source: source.clone(),
                jobs: jobs.clone(),
                shared: pool.shared.clone(),
                threads,
                batch_max: config.batch_max.max(1),
            };
            let ready = ready.clone();
            let builder = thread::Builder::new().name(format!("engine-{index}"));
            pool.threads.push(
                builder
                    .spawn(move || thread.run(&ready))
                    .map_err(Error::Thread)?,
            );
        }
        drop(ready);
        for _ in 0..threads {
            loaded.recv().unwrap_or(Err(Error::Lost))?;
        }
        Ok(pool)
    }

    /// `name@version` of the pack.
    pub fn pack(&self) -> &str {
        &self.pack
    }

    /// Of the pack's face recogniser.
    pub(crate) const fn face_calibration(&self) -> &Calibration {
        &self.face_calibration
    }

    /// How often the pack erred on which data.
    pub fn measured(&self) -> &[Measured] {
        &self.measured
    }

    /// Where the time of all threads went since the start.
    pub fn timings(&self) -> Timings {
        *lock(&self.shared.timings)
    }

    pub(crate) async fn reserve(&self) -> Result<Place, Error> {
        let permit = self
            .shared
            .room
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Error::Closed)?;
        Ok(Place {
            permit,
            shared: self.shared.clone(),
        })
    }

    pub(crate) fn try_reserve(&self) -> Option<Place> {
        let permit = self.shared.room.clone().try_acquire_owned().ok()?;
        Some(Place {
            permit,
            shared: self.shared.clone(),
        })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.close();
        for thread in self.threads.drain(..) {
            // A thread that broke down has said so already.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.room.close();
        lock(&self.queue).take();
    }

    /// A thread ends; the last one closes the pool.
    fn leave(&self) {
        if self.alive.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.close();
        }
    }
}

/// One reserved place in the queue.
pub(crate) struct Place {
    permit: OwnedSemaphorePermit,
    shared: Arc<Shared>,
}

impl Place {
    pub(crate) async fn verify(self, probe: Probe) -> Result<Measurement, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::Verify(probe, reply))?;
        answer.await.unwrap_or(Err(Error::Lost))
    }

    pub(crate) async fn enrol(self, samples: Samples) -> Result<Enrolled, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Work::Enrol(samples, reply))?;
        answer.await.unwrap_or(Err(Error::Lost))
    }

    /// Never waits: whoever holds a permit finds room in the queue.
    fn send(self, work: Work) -> Result<(), Error> {
        let job = Job {
            work,
            queued: Instant::now(),
            _permit: self.permit,
        };
        let queue = lock(&self.shared.queue);
        queue
            .as_ref()
            .ok_or(Error::Closed)?
            .try_send(job)
            .map_err(|_| Error::Closed)
    }
}

/// What is behind these locks is whole at every moment, so a thread that broke down has not spoilt it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

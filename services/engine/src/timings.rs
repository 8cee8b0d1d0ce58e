use std::time::{Duration, Instant};

/// One stage of the work: how often it ran and how long it took together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stage {
    /// Items that passed: pictures, faces, recordings or requests.
    pub count: u64,
    /// Wall time of all of them; the engine's threads do one thing at a time, so it is also their core time.
    pub total: Duration,
}

impl Stage {
    /// Runs `work` as `count` items of this stage.
    pub(crate) fn time<T>(&mut self, count: usize, work: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let done = work();
        self.add(count, started.elapsed());
        done
    }

    pub(crate) fn add(&mut self, count: usize, total: Duration) {
        self.count += count as u64;
        self.total += total;
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.total += other.total;
    }
}

/// Where the engine's time went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// Requests waiting for a thread.
    pub queue: Stage,
    /// Pictures decoded.
    pub decode: Stage,
    /// Pictures searched for faces.
    pub detect: Stage,
    /// Faces aligned.
    pub align: Stage,
    /// Faces whose quality was measured.
    pub quality: Stage,
    /// Faces embedded.
    pub embed: Stage,
    /// Faces looked at for presentation attacks.
    pub presentation: Stage,
    /// Faces whose light was measured, in the light of colours.
    pub light: Stage,
    /// Recordings decoded, measured and compared.
    pub voice: Stage,
}

impl Timings {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.queue.merge(other.queue);
        self.decode.merge(other.decode);
        self.detect.merge(other.detect);
        self.align.merge(other.align);
        self.quality.merge(other.quality);
        self.embed.merge(other.embed);
        self.presentation.merge(other.presentation);
        self.light.merge(other.light);
        self.voice.merge(other.voice);
    }
}

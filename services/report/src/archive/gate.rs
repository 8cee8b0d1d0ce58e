//! What stands between the zip's writer and its target, so that a file that was given up is never ended as if it were whole.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::Error;

/// Passes on what is written until it is shut.
pub struct Gate<W> {
    to: W,
    shut: Arc<AtomicBool>,
}

/// Shuts its gate when it is dropped.
pub struct Latch(Arc<AtomicBool>);

pub fn gate<W>(to: W) -> (Gate<W>, Latch) {
    let shut = Arc::new(AtomicBool::new(false));
    let latch = Latch(Arc::clone(&shut));
    (Gate { to, shut }, latch)
}

impl<W: Write> Gate<W> {
    pub fn into_inner(mut self) -> Result<W, Error> {
        self.to.flush().map_err(Error::Write)?;
        Ok(self.to)
    }
}

impl<W: Write> Write for Gate<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.shut.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.shut.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.to.flush()
    }
}

impl Drop for Latch {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

use std::path::Path;

use domain::{Llr, evidence::Measurement};
use models::{Measured, Pack};

#[cfg(feature = "scripted")]
use crate::scripted::{Scripted, Seat};
use crate::{Enrolled, Error, Pool, PoolConfig, Probe, Samples, pool::Place};

/// What measures attempts.
pub enum Engine {
    /// No models are installed: nothing is measured, so every check-in goes to review.
    Absent,
    /// The networks of a pack.
    Onnx(Pool),
    /// Prepared measurements; tests and simulations only.
    #[cfg(feature = "scripted")]
    Scripted(Scripted),
}

impl Engine {
    /// Starts the networks of a pack installed below `home` (`runtime/`, `models/`).
    ///
    /// # Errors
    /// A runtime library or model file that is missing, damaged or not the one that the pack names.
    pub fn start(pack: &Pack, home: &Path, config: PoolConfig) -> Result<Self, Error> {
        Pool::start(pack, home, config).map(Self::Onnx)
    }

    /// `name@version` of the pack in use; none without one.
    pub fn pack(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Onnx(pool) => Some(pool.pack()),
            #[cfg(feature = "scripted")]
            Self::Scripted(scripted) => Some(scripted.pack()),
        }
    }

    /// How often the pack in use erred on which data; empty while nobody measured it.
    pub fn measured(&self) -> &[Measured] {
        match self {
            Self::Absent => &[],
            Self::Onnx(pool) => pool.measured(),
            #[cfg(feature = "scripted")]
            Self::Scripted(_) => &[],
        }
    }

    /// What the pack's calibration makes of a cosine of two faces; with the most that it ever says. None without models.
    pub fn face_llr(&self, cosine: f64) -> Option<(Llr, Llr)> {
        let (llr, most) = match self {
            Self::Absent => return None,
            Self::Onnx(pool) => {
                let calibration = pool.face_calibration();
                (calibration.llr(cosine), calibration.llr_max)
            }
            #[cfg(feature = "scripted")]
            Self::Scripted(_) => (Scripted::face_llr(cosine), Scripted::face_llr(1.0)),
        };
        Llr::new(llr).zip(Llr::new(most))
    }

    /// Waits for room, first come, first served. [`Error::Closed`] when the engine is closed.
    pub async fn reserve(&self) -> Result<Room, Error> {
        match self {
            Self::Absent => Ok(Room(Kind::Absent)),
            Self::Onnx(pool) => Ok(Room(Kind::Onnx(pool.reserve().await?))),
            #[cfg(feature = "scripted")]
            Self::Scripted(scripted) => Ok(Room(Kind::Scripted(scripted.reserve().await?))),
        }
    }

    /// Room at once, or none: full or closed.
    pub fn try_reserve(&self) -> Option<Room> {
        match self {
            Self::Absent => Some(Room(Kind::Absent)),
            Self::Onnx(pool) => pool.try_reserve().map(|place| Room(Kind::Onnx(place))),
            #[cfg(feature = "scripted")]
            Self::Scripted(scripted) => scripted
                .try_reserve()
                .map(|seat| Room(Kind::Scripted(seat))),
        }
    }
}

/// Room for one request, reserved before the work is taken. Dropping it, or the future of its request, gives it back.
pub struct Room(Kind);

enum Kind {
    Absent,
    Onnx(Place),
    #[cfg(feature = "scripted")]
    Scripted(Seat),
}

impl Room {
    /// Measures one attempt. Without models: [`Measurement::absent`].
    ///
    /// # Errors
    /// [`Error::Lost`] when the thread at work broke down, [`Error::Closed`] when the engine shuts down, an error of a
    /// network. Bad media is no error: it stands in the measurement.
    pub async fn verify(self, probe: Probe) -> Result<Measurement, Error> {
        match self.0 {
            Kind::Absent => Ok(Measurement::absent()),
            Kind::Onnx(place) => place.verify(probe).await,
            #[cfg(feature = "scripted")]
            Kind::Scripted(seat) => seat.verify(probe),
        }
    }

    /// Makes templates from an enrolment's samples.
    ///
    /// # Errors
    /// As [`Self::verify`]; without models [`Error::Absent`].
    pub async fn enrol(self, samples: Samples) -> Result<Enrolled, Error> {
        match self.0 {
            Kind::Absent => Err(Error::Absent),
            Kind::Onnx(place) => place.enrol(samples).await,
            #[cfg(feature = "scripted")]
            Kind::Scripted(seat) => Ok(seat.enrol(&samples)),
        }
    }
}

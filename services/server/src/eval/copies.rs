//! Copies of earlier media: how many are known by their prints, kind by kind, and how near other captures of the same people come.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use anyhow::Context;
use attack::{
    FaceBox, Shot,
    picture::{self, Take},
    voice::{self, Bitrate, Noise},
};
use domain::print::{
    FACE_BITS_MAX, LIKENESS_MIN, PicturePrint, SOUND_DIFFERENCE_MAX, SoundPrint, WHOLE_BITS_MAX,
};
use engine::{Sessions, Timings, audio, picture::Picture, print};
use image::{RgbImage, imageops};
use models::Pack;
use serde::Serialize;

use super::{
    face,
    manifest::{self, Recording},
    work::for_each,
};

/// Words of a phrase that is said twice.
const PHRASE_WORDS: usize = 6;

/// One kind of copy, or other captures of the same or of other people.
#[derive(Debug, Serialize)]
pub struct Row {
    pub of: String,
    pub pairs: usize,
    /// Share that the rule takes for copies.
    pub copies: f64,
    /// Of the distances of the whole (pictures: bits; recordings: thousandths): least, 1 in 1,000, 1 in 100, median, 99 in 100, most.
    pub whole: [u32; 6],
    /// The same of faces; empty of recordings.
    pub face: Option<[u32; 6]>,
    /// The same of how alike the later picture and a part of the earlier one are, in 10,000ths, 0 where they are not alike at all; empty of recordings.
    pub sketch: Option<[u32; 6]>,
}

/// Two media: their distance, of pictures that of their faces and their likeness, and whether the rule takes one for a copy.
struct Pair {
    whole: u32,
    face: Option<u32>,
    sketch: Option<u32>,
    copy: bool,
}

/// Prints the rows of pictures, then of recordings.
///
/// # Errors
/// A manifest or file that cannot be read, or networks that cannot be loaded.
pub fn run(
    pack: (&Pack, &Path),
    threads: usize,
    (data, datasets): (&Path, &[String]),
    (seed, json): (u64, bool),
) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    if let Ok(pictures) = manifest::pictures(data, datasets) {
        let prints = for_each(pack, threads, &pictures, |sessions, one| {
            of_picture(sessions, &one.path, seed)
        })?;
        let named: Vec<_> = pictures
            .iter()
            .map(|one| (one.dataset.as_str(), one.identity.as_str()))
            .collect();
        rows.extend(rows_of(&named, &prints, &pictures_of));
    }
    if let Ok(recordings) = manifest::recordings(data, datasets) {
        let prints = for_each(pack, threads, &recordings, |sessions, one| {
            of_recording(sessions, one, seed)
        })?;
        let named: Vec<_> = recordings
            .iter()
            .map(|one| (one.corpus.as_str(), one.speaker.as_str()))
            .collect();
        rows.extend(rows_of(&named, &prints, &sounds));
    }
    if let Ok(words) = manifest::words(data, datasets) {
        let mut takes: BTreeMap<&str, BTreeMap<&str, Vec<&Path>>> = BTreeMap::new();
        for take in &words {
            let of_speaker = takes.entry(&take.speaker).or_default();
            of_speaker.entry(&take.word).or_default().push(&take.file);
        }
        let mut said_twice: Vec<[Vec<&Path>; 2]> = Vec::new();
        for words in takes.values() {
            let twice: Vec<_> = words.values().filter(|takes| takes.len() > 1).collect();
            let phrases = twice.windows(PHRASE_WORDS);
            said_twice.extend(phrases.map(|phrase| [0, 1].map(|take| takes_of(phrase, take))));
        }
        let prints = for_each(pack, threads, &said_twice, |sessions, both| {
            let mut print = |files: &Vec<&Path>| {
                let samples = files.iter().map(|file| read(file));
                let samples: Vec<Vec<f32>> = samples.collect::<anyhow::Result<_>>()?;
                anyhow::Ok(sessions.voice_networks().print(&samples.concat()))
            };
            Ok((print(&both[0])?, print(&both[1])?))
        })?;
        let pairs: Vec<Pair> = prints.iter().map(|(a, b)| sounds(a, b)).collect();
        rows.push(row("words: the same phrase said again".to_owned(), &pairs));
    }
    print_rows(&rows, json)
}

fn takes_of<'a>(phrase: &[&Vec<&'a Path>], take: usize) -> Vec<&'a Path> {
    phrase.iter().map(|takes| takes[take]).collect()
}

fn sounds(earlier: &SoundPrint, later: &SoundPrint) -> Pair {
    Pair {
        whole: later.difference(earlier).unwrap_or(1_000),
        face: None,
        sketch: None,
        copy: later.copies(earlier),
    }
}

fn pictures_of(earlier: &PicturePrint, later: &PicturePrint) -> Pair {
    let alike = later.likeness(earlier).unwrap_or(0.0);
    Pair {
        whole: later.whole.distance(earlier.whole),
        face: Some(later.face.distance(earlier.face)),
        sketch: Some((10_000.0 * alike.max(0.0)) as u32),
        copy: later.copies(earlier),
    }
}

/// The print of the original, then of each copy by its kind; nothing of what cannot be read.
type Prints<P> = Vec<(&'static str, P)>;

fn of_picture(
    sessions: &mut Sessions,
    path: &Path,
    seed: u64,
) -> anyhow::Result<Prints<PicturePrint>> {
    let Ok(decoded) = face::decode(path)? else {
        return Ok(Vec::new());
    };
    let mut timings = Timings::default();
    let (facts, crop) = sessions.face_networks().find(&decoded, &mut timings)?;
    let Some(crop) = crop else {
        return Ok(Vec::new());
    };
    let mut prints = vec![("original", print::of(&decoded, &crop))];
    let size = (
        decoded.width() / decoded.reduction(),
        decoded.height() / decoded.reduction(),
    );
    let rgb = RgbImage::from_raw(size.0, size.1, decoded.rgb().to_vec());
    let bounds = facts.face.map_or([0.0, 0.0, 1.0, 1.0], |face| face.bounds);
    let shot = Shot {
        picture: rgb.context("a picture has its pixels")?,
        face: FaceBox::from(bounds),
    };
    let take = Take { seed, frame: 0 };
    let half = (size.0.div_ceil(2), size.1.div_ceil(2));
    let copies = [
        ("JPEG 35 to 80", picture::recompressed(&shot, take).picture),
        ("JPEG 20", picture::through_jpeg(&shot.picture, 20)),
        (
            "halved",
            imageops::resize(
                &shot.picture,
                half.0,
                half.1,
                imageops::FilterType::Triangle,
            ),
        ),
        ("mirrored", picture::mirrored(&shot, take).picture),
        ("cropped by 1 to 5 %", picture::cropped(&shot, take).picture),
    ];
    for (kind, rgb) in copies {
        let (width, height) = rgb.dimensions();
        let copy = Picture::from_rgb(width, height, rgb.into_raw());
        let copy = copy.context("a copy has pixels")?;
        let (_, crop) = sessions.face_networks().find(&copy, &mut timings)?;
        // A copy without a face is sent back for it.
        prints.extend(crop.map(|crop| (kind, print::of(&copy, &crop))));
    }
    Ok(prints)
}

fn of_recording(
    sessions: &mut Sessions,
    recording: &Recording,
    seed: u64,
) -> anyhow::Result<Prints<SoundPrint>> {
    let sound = read(&recording.file)?;
    let softer: Vec<f32> = sound.iter().map(|value| value * 0.4).collect();
    let cut = voice::cropped(&voice::telephone(&softer), seed);
    let copies = [
        ("original", sound.clone()),
        ("Opus 20 to 32 kbit/s", voice::recompressed(&sound, seed)),
        ("Opus 12 kbit/s", voice::opus(&sound, Bitrate(12_000))),
        ("8 dB softer", softer),
        ("cut by 20 to 150 ms", voice::cropped(&sound, seed)),
        ("telephone", voice::telephone(&sound)),
        ("softer, telephone, cut", cut),
        (
            "pink noise at 20 dB",
            voice::noisy(&sound, Noise::Pink, 20.0, seed),
        ),
        ("loudspeaker in a room", voice::loudspeaker(&sound, seed)),
    ];
    let networks = sessions.voice_networks();
    let print = |(kind, sound): (_, Vec<f32>)| (kind, networks.print(&sound));
    Ok(copies.into_iter().map(print).collect())
}

fn read(path: &Path) -> anyhow::Result<Vec<f32>> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let decoded = audio::decode(&bytes);
    let decoded = decoded.map_err(|why| anyhow::anyhow!("{}: {why:?}", path.display()))?;
    Ok(decoded.samples)
}

/// Every kind of copy against its original, and the originals against each other: of the same person, set by set, and of others.
fn rows_of<P>(
    named: &[(&str, &str)],
    prints: &[Prints<P>],
    compare: &dyn Fn(&P, &P) -> Pair,
) -> Vec<Row> {
    let mut copies: BTreeMap<&str, Vec<Pair>> = BTreeMap::new();
    let mut same: BTreeMap<&str, Vec<Pair>> = BTreeMap::new();
    let mut others: BTreeMap<&str, Vec<Pair>> = BTreeMap::new();
    let read: Vec<_> = named
        .iter()
        .zip(prints)
        .filter(|(_, of)| !of.is_empty())
        .collect();
    for (at, ((set, person), own)) in read.iter().enumerate() {
        let original = &own[0].1;
        for (kind, copy) in &own[1..] {
            copies
                .entry(kind)
                .or_default()
                .push(compare(original, copy));
        }
        for ((other_set, other), theirs) in &read[at + 1..] {
            if set == other_set {
                let pairs = if person == other {
                    &mut same
                } else {
                    &mut others
                };
                let pair = compare(original, &theirs[0].1);
                pairs.entry(set).or_default().push(pair);
            }
        }
    }
    let copies = copies
        .into_iter()
        .map(|(kind, pairs)| (format!("copy: {kind}"), pairs));
    let same = same
        .into_iter()
        .map(|(set, pairs)| (format!("{set}: the same person again"), pairs));
    let others = others
        .into_iter()
        .map(|(set, pairs)| (format!("{set}: other people"), pairs));
    let all = copies.chain(same).chain(others);
    all.map(|(of, pairs)| row(of, &pairs)).collect()
}

fn row(of: String, pairs: &[Pair]) -> Row {
    let spread = |mut values: Vec<u32>| {
        values.sort_unstable();
        let at = |share: f64| {
            values
                .get(((values.len() - 1) as f64 * share) as usize)
                .copied()
        };
        [0.0, 0.001, 0.01, 0.5, 0.99, 1.0].map(|share| at(share).unwrap_or(0))
    };
    let faces: Vec<u32> = pairs.iter().filter_map(|pair| pair.face).collect();
    let sketches: Vec<u32> = pairs.iter().filter_map(|pair| pair.sketch).collect();
    let copies = pairs.iter().filter(|pair| pair.copy).count();
    Row {
        of,
        pairs: pairs.len(),
        copies: copies as f64 / pairs.len().max(1) as f64,
        whole: spread(pairs.iter().map(|pair| pair.whole).collect()),
        face: (!faces.is_empty()).then(|| spread(faces)),
        sketch: (!sketches.is_empty()).then(|| spread(sketches)),
    }
}

fn print_rows(rows: &[Row], json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string(rows)?)?;
        return Ok(());
    }
    writeln!(
        out,
        "旧媒体复用评测 Evaluation of copies: 照片 pictures ≤ {WHOLE_BITS_MAX} of 255 bits, 人脸 faces ≤ {FACE_BITS_MAX}, 局部 parts ≥ {LIKENESS_MIN}, 录音 recordings ≤ {SOUND_DIFFERENCE_MAX} ‰"
    )?;
    writeln!(
        out,
        "{:<44} {:>9} {:>9}  least, 1 ‰, 1 %, median, 99 %, most",
        "", "pairs", "copies"
    )?;
    for row in rows {
        let spread = |name: &str, of: Option<[u32; 6]>| {
            of.map_or_else(String::new, |of| format!("  {name} {of:?}"))
        };
        let (face, sketch) = (spread("face", row.face), spread("part", row.sketch));
        writeln!(
            out,
            "{:<44} {:>9} {:>8.3} %  {:?}{face}{sketch}",
            row.of,
            row.pairs,
            100.0 * row.copies,
            row.whole,
        )?;
    }
    Ok(())
}

//! The manifest formats: `face/index.csv`, `voice/manifest.csv` and `voice/words.csv`.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use serde::{Deserialize, de::DeserializeOwned};

/// Note of a picture that takes part in impostor comparisons only.
const SINGLE: &str = "single";

/// A row of `index.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Picture {
    pub dataset: String,
    pub identity: String,
    /// Below the manifest's folder; made absolute, or relative to the working folder, when read.
    pub path: PathBuf,
    #[serde(default)]
    note: String,
    /// What the rates are also given apart for: age, sex, device; empty where nobody says. The same for all of a person's pictures.
    #[serde(default)]
    pub group: String,
}

impl Picture {
    /// Takes part in impostor comparisons only.
    pub fn is_single(&self) -> bool {
        self.note == SINGLE
    }
}

/// What a recording is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Enrol,
    Test,
}

/// A row of `manifest.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Recording {
    pub corpus: String,
    pub speaker: String,
    pub role: Role,
    /// What is said.
    pub text: String,
    /// As `Picture::path`.
    pub file: PathBuf,
    /// As `Picture::group`.
    #[serde(default)]
    pub group: String,
}

/// A row of `words.csv`: one take of one word.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WordTake {
    pub corpus: String,
    pub speaker: String,
    pub word: String,
    /// As `Picture::path`.
    pub file: PathBuf,
}

/// The pictures of `DIR/face/index.csv` or `DIR/index.csv`; only these data sets when any are named.
pub fn pictures(data: &Path, datasets: &[String]) -> anyhow::Result<Vec<Picture>> {
    let (folder, mut rows) = rows::<Picture>(data, "face", "index.csv")?;
    rows.retain(|row| datasets.is_empty() || datasets.contains(&row.dataset));
    for row in &mut rows {
        row.path = folder.join(&row.path);
    }
    nonempty(rows, &folder)
}

/// The recordings of `DIR/voice/manifest.csv` or `DIR/manifest.csv`; only these corpora when any are named.
pub fn recordings(data: &Path, corpora: &[String]) -> anyhow::Result<Vec<Recording>> {
    let (folder, mut rows) = rows::<Recording>(data, "voice", "manifest.csv")?;
    rows.retain(|row| corpora.is_empty() || corpora.contains(&row.corpus));
    for row in &mut rows {
        row.file = folder.join(&row.file);
    }
    nonempty(rows, &folder)
}

/// The words of `DIR/voice/words.csv` or `DIR/words.csv`; only these corpora when any are named.
pub fn words(data: &Path, corpora: &[String]) -> anyhow::Result<Vec<WordTake>> {
    let (folder, mut rows) = rows::<WordTake>(data, "voice", "words.csv")?;
    rows.retain(|row| corpora.is_empty() || corpora.contains(&row.corpus));
    for row in &mut rows {
        row.file = folder.join(&row.file);
    }
    nonempty(rows, &folder)
}

/// Synthetic voices: the files of `DIR/voice/spoof/manifest.csv`, below `DIR/voice`; none without it.
pub fn synthetic(data: &Path) -> anyhow::Result<Vec<PathBuf>> {
    #[derive(Deserialize)]
    struct Synthetic {
        file: PathBuf,
    }
    let voice = data.join("voice");
    if !voice.join("spoof/manifest.csv").is_file() {
        return Ok(Vec::new());
    }
    let (_, rows) = rows::<Synthetic>(&voice, "spoof", "manifest.csv")?;
    Ok(rows.into_iter().map(|row| voice.join(row.file)).collect())
}

/// A picture of a live face, or of an attack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Presented {
    /// Species of the attack; none of a live face.
    pub species: Option<String>,
    /// Whose face it shows.
    pub identity: String,
    pub path: PathBuf,
}

/// Live faces: the pictures of [`pictures`], and `DIR/face/pad/NAME_T….jpg` as the samples of Silent-Face-Anti-Spoofing are named. Attacks: of
/// these samples `NAME_F….jpg`, each number a species, and `FOLDER/SPECIES/IDENTITY-….jpg` of every folder of `attacks`.
pub fn presented(
    data: &Path,
    datasets: &[String],
    attacks: &[PathBuf],
) -> anyhow::Result<Vec<Presented>> {
    let live = |picture: Picture| Presented {
        species: None,
        identity: picture.identity,
        path: picture.path,
    };
    let mut all: Vec<Presented> = pictures(data, datasets)?.into_iter().map(live).collect();
    let samples = [data.join("face/pad"), data.join("pad")];
    if let Some(folder) = samples.into_iter().find(|folder| folder.is_dir()) {
        for path in files(&folder)? {
            let (identity, kind) = split(&path, '_');
            all.push(Presented {
                species: (!kind.starts_with('T')).then(|| format!("pad {kind}")),
                identity: format!("pad {identity}"),
                path,
            });
        }
    }
    for folder in attacks {
        for species in files(folder)? {
            let name = split(&species, '/').0;
            for path in files(&species)? {
                all.push(Presented {
                    species: Some(name.clone()),
                    identity: split(&path, '-').0,
                    path,
                });
            }
        }
    }
    Ok(all)
}

/// What stands before and after the first `mark` of a file's name without its ending.
fn split(path: &Path, mark: char) -> (String, String) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (before, after) = stem.split_once(mark).unwrap_or((&stem, ""));
    (before.to_owned(), after.to_owned())
}

/// All that lies in a folder, by name.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = || -> std::io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut paths = listed().with_context(|| format!("{} cannot be read", folder.display()))?;
    paths.sort_unstable();
    Ok(paths)
}

fn rows<T: DeserializeOwned>(
    data: &Path,
    below: &str,
    name: &str,
) -> anyhow::Result<(PathBuf, Vec<T>)> {
    let folders = [data.join(below), data.to_path_buf()];
    let Some(folder) = folders
        .into_iter()
        .find(|folder| folder.join(name).is_file())
    else {
        bail!(
            "there is neither {below}/{name} nor {name} in {}",
            data.display()
        );
    };
    let path = folder.join(name);
    let file = File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let rows = csv::Reader::from_reader(file)
        .into_deserialize()
        .collect::<Result<Vec<T>, _>>();
    let rows = rows.with_context(|| {
        format!(
            "{} does not have the columns or values of its format",
            path.display()
        )
    })?;
    Ok((folder, rows))
}

fn nonempty<T>(rows: Vec<T>, folder: &Path) -> anyhow::Result<Vec<T>> {
    if rows.is_empty() {
        bail!(
            "the manifest in {} names nothing to measure",
            folder.display()
        );
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const INDEX: &str = "dataset,identity,path,note\nlfw,A,lfw/a.jpg,single\natt,s01,att/1.pgm,\n";
    const GROUPED: &str = "dataset,identity,path,note,group\nlfw,A,a.jpg,,old phone\n";

    #[test]
    fn the_folder_above_and_the_folder_itself_are_both_accepted() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("face");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("index.csv"), INDEX).unwrap();
        let rows = pictures(data.path(), &[]).unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].is_single() && !rows[1].is_single());
        assert_eq!(rows[0].path, folder.join("lfw/a.jpg"));
        assert_eq!(
            pictures(&folder, &["att".to_owned()]).unwrap()[0].identity,
            "s01"
        );
        assert!(pictures(&folder, &["other".to_owned()]).is_err());
        assert!(rows.iter().all(|row| row.group.is_empty()));
        fs::write(folder.join("index.csv"), GROUPED).unwrap();
        assert_eq!(pictures(&folder, &[]).unwrap()[0].group, "old phone");
    }

    #[test]
    fn live_faces_and_attacks_are_told_by_their_folders_and_names() {
        let data = tempfile::tempdir().unwrap();
        let attacks = data.path().join("attacks");
        for folder in ["face/pad", "attacks/print"] {
            fs::create_dir_all(data.path().join(folder)).unwrap();
        }
        let names = [
            "face/pad/image_T1.jpg",
            "face/pad/image_F2.jpg",
            "attacks/print/A-1.jpg",
        ];
        for name in names {
            fs::write(data.path().join(name), "").unwrap();
        }
        fs::write(data.path().join("face/index.csv"), INDEX).unwrap();
        let found = presented(data.path(), &["att".to_owned()], &[attacks]).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|picture| (picture.species.as_deref(), picture.identity.as_str()))
            .collect();
        let expected = [
            (None, "s01"),
            (Some("pad F2"), "pad image"),
            (None, "pad image"),
            (Some("print"), "A"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_role_that_does_not_exist_is_refused_with_its_file() {
        let data = tempfile::tempdir().unwrap();
        fs::write(
            data.path().join("manifest.csv"),
            "corpus,speaker,role,text,file\nzh,a,train,x,y.flac\n",
        )
        .unwrap();
        let error = recordings(data.path(), &[]).unwrap_err();
        assert!(error.to_string().contains("manifest.csv"), "{error}");
        assert!(recordings(&data.path().join("nowhere"), &[]).is_err());
    }
}

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

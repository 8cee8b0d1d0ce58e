//! Speakers of single words.

use std::{collections::BTreeMap, path::Path};

use crate::eval::{manifest::WordTake, phrase::samples};

/// One person's recordings: takes of each word.
pub struct Speaker<'a> {
    pub corpus: &'a str,
    pub name: &'a str,
    words: Vec<Vec<&'a Path>>,
    /// Words are the digits 0 to 9 in this order.
    pub digits: bool,
}

impl Speaker<'_> {
    /// 16 kHz samples of each take of each word.
    pub fn sounds(&self) -> anyhow::Result<Vec<Vec<Vec<f32>>>> {
        self.words
            .iter()
            .map(|takes| takes.iter().map(|file| samples(file)).collect())
            .collect()
    }
}

/// Speakers with their takes, in the manifest's order; words sorted, so that digits stand at their own number.
pub fn speakers(words: &[WordTake]) -> Vec<Speaker<'_>> {
    type Takes<'a> = BTreeMap<&'a str, Vec<&'a Path>>;
    let mut found: BTreeMap<(&str, &str), Takes<'_>> = BTreeMap::new();
    for word in words {
        let takes = found.entry((&word.corpus, &word.speaker)).or_default();
        takes.entry(&word.word).or_default().push(&word.file);
    }
    let digits = |takes: &Takes<'_>| {
        takes
            .keys()
            .copied()
            .eq(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    };
    found
        .into_iter()
        .map(|((corpus, name), takes)| Speaker {
            corpus,
            name,
            digits: digits(&takes),
            words: takes.into_values().collect(),
        })
        .collect()
}

/// What each of them says in a crowd: the first take of every word.
pub fn crowd(speakers: &[Speaker<'_>]) -> anyhow::Result<Vec<Vec<f32>>> {
    let said = |speaker: &Speaker<'_>| -> anyhow::Result<Vec<f32>> {
        let mut said = Vec::new();
        for take in speaker.words.iter().filter_map(|takes| takes.first()) {
            said.extend(samples(take)?);
        }
        Ok(said)
    };
    speakers.iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_speaker_of_the_ten_digits_is_given_to_the_digit_network() {
        let word = |speaker: &str, word: &str| WordTake {
            corpus: "c".to_owned(),
            speaker: speaker.to_owned(),
            word: word.to_owned(),
            file: word.into(),
        };
        let mut words: Vec<WordTake> = (0..10)
            .rev()
            .map(|digit| word("a", &digit.to_string()))
            .collect();
        words.push(word("b", "数字"));
        words.push(word("b", "0"));
        let speakers = speakers(&words);
        assert!(speakers[0].digits && !speakers[1].digits);
        assert_eq!(
            speakers[0].words[7],
            [Path::new("7")],
            "a digit's number is its place"
        );
    }
}

//! Voices: activity, quality facts, who speaks, and whether the prompt was spoken.

mod activity;
mod cepstra;
pub mod connected;
pub mod ctc;
mod digits;
mod facts;
pub mod presentation;
mod print;
mod segment;
mod speaker;
mod spectrum;
mod surroundings;
mod template;

use std::path::Path;

use domain::{
    Llr,
    evidence::{Comparison, ContentMethod, MediaFault, VoiceFacts, VoiceMeasurement},
    print::SoundPrint,
};
use models::{Calibration, Pack, Scatter};

use self::{
    activity::{Activity, Speech},
    cepstra::Cepstra,
    connected::Take,
    digits::DigitNetwork,
    print::Printer,
    speaker::SpeakerNetwork,
    template::similarity,
};
pub use self::{
    cepstra::{COEFFICIENTS, Frame, Utterance},
    segment::words,
    spectrum::Fbank80,
    template::VoiceTemplate,
};
use crate::{
    Embedding, Error, Phrase,
    audio::{self, Audio},
};

/// The digit network is used for a person whose own enrolled phrases score at least this on average, nats per digit.
/// See [`ctc::score`]: phrases in its language lie near 0, phrases in another far below −1.
pub const NETWORK_UNDERSTANDS_MIN: f64 = -0.7;
/// Longest prompt that is checked, digits.
const PROMPT_LEN_MAX: usize = 32;
/// Longest speech that is compared with the person's own digits, frames of 10 ms.
const CONTENT_FRAMES_MAX: usize = 2_000;

/// All that can be said about a recording on its own.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Quality.
    pub facts: VoiceFacts,
    /// Who speaks; none without 0.3 s of speech.
    pub embedding: Option<Embedding>,
    /// That the voice was before the microphone: [`presentation::low_end`]; none where nothing can be told.
    pub presentation: Option<f64>,
    /// What is said, as features.
    pub utterance: Utterance,
    samples: Vec<f32>,
    speech: Speech,
}

/// Embeddings of one recording: as it is, and in each of the surroundings of an enrolment.
pub type Everywhere = [Option<Embedding>; 1 + surroundings::COUNT];

/// What an enrolment's phrases became, in their order.
#[derive(Debug, Clone)]
pub struct VoiceEnrolled {
    /// About each phrase.
    pub facts: Vec<Result<VoiceFacts, MediaFault>>,
    /// Each phrase's speaker against the centroid of the others; none without speech in it or in another.
    pub llrs: Vec<Option<Llr>>,
    /// None when no phrase has speech.
    pub template: Option<VoiceTemplate>,
    /// Each phrase's; none of one that cannot be read.
    pub prints: Vec<Option<SoundPrint>>,
}

/// The voice networks of a pack, owned by one thread.
pub struct Voice {
    pack: String,
    activity: Activity,
    speaker: SpeakerNetwork,
    digits: Option<(DigitNetwork, Calibration)>,
    cepstra: Cepstra,
    printer: Printer,
    scatter: Option<Scatter>,
    speaker_calibration: Calibration,
    content_calibration: Calibration,
}

impl Voice {
    /// Loads the networks; hashes are checked. The runtime must have been started.
    ///
    /// # Errors
    /// A file that is missing, damaged or not the one that the pack names; a network that does not keep its contract.
    pub fn load(pack: &Pack, models_dir: &Path) -> Result<Self, Error> {
        let digits = pack.digits.as_ref().map(|digits| {
            DigitNetwork::load(digits, models_dir)
                .map(|network| (network, digits.calibration.clone()))
        });
        Ok(Self {
            pack: format!("{}@{}", pack.name, pack.version),
            activity: Activity::load(&pack.voice_activity, models_dir)?,
            speaker: SpeakerNetwork::load(&pack.speaker, models_dir)?,
            digits: digits.transpose()?,
            cepstra: Cepstra::new(),
            printer: Printer::new(),
            scatter: pack.speaker.scatter.clone(),
            speaker_calibration: pack.speaker.calibration.clone(),
            content_calibration: pack.content.calibration.clone(),
        })
    }

    /// Measures a recording against a person's template and the prompt that they were to speak.
    ///
    /// # Errors
    /// Of a network only; what is wrong with the recording stands in the measurement.
    pub fn analyse(
        &mut self,
        recording: &[u8],
        template: Option<&VoiceTemplate>,
        prompt: Option<&str>,
    ) -> Result<VoiceMeasurement, Error> {
        let (print, heard) = match audio::decode(recording) {
            Ok(audio) => (self.printer.print(&audio.samples), self.listen(audio)?),
            Err(fault) => {
                return Ok(VoiceMeasurement {
                    facts: Err(fault),
                    speaker: None,
                    content: None,
                    presentation: None,
                    print: None,
                });
            }
        };
        let template = template.filter(|template| template.pack() == self.pack);
        let speaker = template
            .zip(heard.embedding.as_ref())
            .and_then(|(template, probe)| template.compare(probe, self.scatter.as_ref()))
            .map(|score| comparison(score, &self.speaker_calibration));
        let spoken = heard.embedding.is_some();
        let content = match prompt.and_then(symbols).filter(|_| spoken) {
            Some(prompt) => self.content(&heard, template, &prompt)?,
            None => None,
        };
        Ok(VoiceMeasurement {
            facts: Ok(heard.facts),
            speaker,
            content,
            presentation: heard.presentation.map(|score| {
                presentation::comparison(score, template.and_then(VoiceTemplate::low_end))
            }),
            print: Some(print),
        })
    }

    /// The prompt by the pack's network where the person's enrolment showed that it understands them, else by their own digits.
    fn content(
        &mut self,
        heard: &Heard,
        template: Option<&VoiceTemplate>,
        prompt: &[u8],
    ) -> Result<Option<(ContentMethod, Comparison)>, Error> {
        let Some(template) = template else {
            return Ok(None);
        };
        if template.network_understands()
            && let Some(score) = self.network_score(heard, prompt)?
            && let Some((_, calibration)) = &self.digits
        {
            return Ok(Some((
                ContentMethod::Network,
                comparison(score, calibration),
            )));
        }
        let score = own_digits_score(heard, template, prompt);
        Ok(score.map(|score| {
            (
                ContentMethod::OwnDigits,
                comparison(score, &self.content_calibration),
            )
        }))
    }

    /// Templates from phrases whose texts are known digits; three or more are wanted, but every phrase counts.
    ///
    /// # Errors
    /// Of a network only.
    pub fn enrol(&mut self, phrases: &[Phrase]) -> Result<VoiceEnrolled, Error> {
        let mut facts = Vec::with_capacity(phrases.len());
        let mut heard = Vec::with_capacity(phrases.len());
        let mut prints = Vec::with_capacity(phrases.len());
        for phrase in phrases {
            match audio::decode(&phrase.audio) {
                Err(fault) => {
                    facts.push(Err(fault));
                    heard.push(None);
                    prints.push(None);
                }
                Ok(audio) => {
                    prints.push(Some(self.printer.print(&audio.samples)));
                    let one = self.listen(audio)?;
                    facts.push(Ok(one.facts.clone()));
                    heard.push(Some(one));
                }
            }
        }
        let embeddings: Vec<Option<&Embedding>> = heard
            .iter()
            .map(|heard| heard.as_ref()?.embedding.as_ref())
            .collect();
        let llrs = self.consistency(&embeddings);
        let known = heard
            .into_iter()
            .zip(phrases)
            .filter_map(|(heard, phrase)| {
                // A phrase of an unreadable text still tells who speaks.
                Some((heard?, symbols(&phrase.text).unwrap_or_default()))
            });
        let template = self.template(known.collect())?;
        Ok(VoiceEnrolled {
            facts,
            llrs,
            template,
            prints,
        })
    }

    /// A template from recordings that were listened to and what was said in them: digits, or numbered words of any
    /// language. `None` when none of them has speech.
    ///
    /// # Errors
    /// Of a network.
    pub fn template(
        &mut self,
        mut phrases: Vec<(Heard, Vec<u8>)>,
    ) -> Result<Option<VoiceTemplate>, Error> {
        phrases.retain(|(heard, _)| heard.embedding.is_some());
        let mut everywhere = Vec::with_capacity(phrases.len());
        for (heard, _) in &phrases {
            everywhere.push(self.embed_everywhere(heard)?);
        }
        let centroids = centroids(&everywhere);
        let low_end = presentation::own(phrases.iter().map(|(heard, _)| heard.presentation));
        phrases.retain(|(_, symbols)| !symbols.is_empty());
        let mut scores = Vec::new();
        for (heard, symbols) in &phrases {
            scores.extend(self.network_score(heard, symbols)?);
        }
        let mean = scores.iter().sum::<f64>() / scores.len().max(1) as f64;
        let understands = !scores.is_empty() && mean >= NETWORK_UNDERSTANDS_MIN;
        let phrases: Vec<(Utterance, Vec<u8>)> = phrases
            .into_iter()
            .map(|(heard, symbols)| (heard.utterance, symbols))
            .collect();
        let words = words(&phrases);
        let takes = phrases
            .into_iter()
            .zip(words)
            .flat_map(|((_, symbols), words)| symbols.into_iter().zip(words.into_iter().flatten()));
        let template = VoiceTemplate::new(&self.pack, centroids, understands, takes);
        Ok(template.map(|template| template.with_low_end(low_end)))
    }

    /// Who speaks, as recorded and then in each of the surroundings that an enrolment is put into; where the speech is, is known.
    ///
    /// # Errors
    /// Of the network.
    pub fn embed_everywhere(&mut self, heard: &Heard) -> Result<Everywhere, Error> {
        let power = facts::speech_power(&heard.samples, &heard.speech);
        let mut embeddings = Everywhere::default();
        embeddings[0].clone_from(&heard.embedding);
        let elsewhere = surroundings::all(&heard.samples, power);
        for (embedding, samples) in embeddings[1..].iter_mut().zip(&elsewhere) {
            *embedding = self.embed_uttered(samples, &heard.speech)?;
        }
        Ok(embeddings)
    }

    fn embed_uttered(
        &mut self,
        samples: &[f32],
        speech: &Speech,
    ) -> Result<Option<Embedding>, Error> {
        let levelled = self.speaker.levelled(samples);
        let uttered = speech.uttered_samples(levelled.as_deref().unwrap_or(samples));
        self.speaker.embed(&uttered)
    }

    /// Each embedding against the centroid of the others.
    fn consistency(&self, embeddings: &[Option<&Embedding>]) -> Vec<Option<Llr>> {
        let of_one = |(index, embedding): (usize, Option<&Embedding>)| {
            let others = embeddings
                .iter()
                .enumerate()
                .filter(|&(other, _)| other != index);
            let centroid = Embedding::centroid(others.filter_map(|(_, other)| *other))?;
            let score = similarity(&centroid, embedding?, self.scatter.as_ref());
            Some(comparison(score, &self.speaker_calibration).llr)
        };
        embeddings.iter().copied().enumerate().map(of_one).collect()
    }

    /// All that can be said about a decoded recording without a template.
    ///
    /// # Errors
    /// Of a network.
    pub fn listen(&mut self, audio: Audio) -> Result<Heard, Error> {
        let speech = self.activity.speech(&audio.samples)?;
        let facts = facts::of(&audio, &speech);
        let embedding = self.embed_uttered(&audio.samples, &speech)?;
        let utterance = self.cepstra.utterance(&audio.samples, &speech);
        Ok(Heard {
            facts,
            embedding,
            presentation: presentation::low_end(&audio.samples, &speech),
            utterance,
            samples: audio.samples,
            speech,
        })
    }

    /// Print of 16 kHz mono samples in [-1, 1].
    pub fn print(&mut self, samples: &[f32]) -> SoundPrint {
        self.printer.print(samples)
    }

    /// Embedding of 16 kHz mono samples in [-1, 1]: level raised, pauses dropped. `None` without 0.3 s of speech.
    ///
    /// # Errors
    /// Of a network.
    pub fn embed(&mut self, samples: &[f32]) -> Result<Option<Embedding>, Error> {
        let uttered = self.uttered(samples)?;
        self.speaker.embed(&uttered)
    }

    /// What the speaker network gets of 16 kHz mono samples: level raised, pauses dropped.
    ///
    /// # Errors
    /// Of the voice activity network.
    pub fn uttered(&mut self, samples: &[f32]) -> Result<Vec<f32>, Error> {
        let speech = self.activity.speech(samples)?;
        let levelled = self.speaker.levelled(samples);
        Ok(speech.uttered_samples(levelled.as_deref().unwrap_or(samples)))
    }

    /// Embedding of samples as they are, for speech whose level was raised and whose pauses were dropped before.
    ///
    /// # Errors
    /// Of the network.
    pub fn embed_speech(&mut self, speech: &[f32]) -> Result<Option<Embedding>, Error> {
        self.speaker.embed(speech)
    }

    /// Probability of speech for each 32 ms of 16 kHz samples.
    ///
    /// # Errors
    /// Of the network.
    pub fn speech_probabilities(&mut self, samples: &[f32]) -> Result<Vec<f32>, Error> {
        self.activity.probabilities(samples)
    }

    /// Output of the pack's digit network for 16 kHz samples, 11 log probabilities a frame; none without such a network.
    ///
    /// # Errors
    /// Of the network.
    pub fn digit_log_probs(&mut self, samples: &[f32]) -> Result<Option<Vec<f32>>, Error> {
        self.digits
            .as_mut()
            .map(|(network, _)| network.log_probs(samples))
            .transpose()
    }

    /// Raw score of a prompt by the pack's digit network, see [`ctc::score`]; none without such a network.
    ///
    /// # Errors
    /// Of the network.
    pub fn network_score(&mut self, heard: &Heard, prompt: &[u8]) -> Result<Option<f64>, Error> {
        Ok(self
            .digit_log_probs(&heard.samples)?
            .and_then(|log_probs| ctc::score(&log_probs, prompt)))
    }
}

/// A centroid of the phrases for each of the surroundings that at least one of them has an embedding in.
pub fn centroids(phrases: &[Everywhere]) -> Vec<Embedding> {
    (0..=surroundings::COUNT)
        .filter_map(|at| {
            Embedding::centroid(phrases.iter().filter_map(|phrase| phrase[at].as_ref()))
        })
        .collect()
}

/// Raw score of a prompt against the person's own digits, see [`connected::Costs::margin`]; none when the enrolment lacks
/// a digit of it, or the speech is too short or too long for it.
pub fn own_digits_score(heard: &Heard, template: &VoiceTemplate, prompt: &[u8]) -> Option<f64> {
    let speech = heard.utterance.speech();
    let takes = template.takes();
    let takes: Vec<Take<'_>> = takes
        .iter()
        .map(|(symbol, frames)| Take {
            symbol: *symbol,
            frames,
        })
        .collect();
    if speech.len() > CONTENT_FRAMES_MAX {
        return None;
    }
    connected::costs(&speech, prompt, &takes).map(|costs| costs.margin())
}

/// The digits of a prompt; none when it has anything else in it, none at all, or too many.
pub fn symbols(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(10).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    (1..=PROMPT_LEN_MAX)
        .contains(&digits.len())
        .then_some(digits)
}

fn comparison(score: f64, calibration: &Calibration) -> Comparison {
    // A calibration's map and bounds are finite for every finite score; a damaged pack's say nothing.
    Comparison {
        score,
        llr: Llr::new(calibration.llr(score)).unwrap_or(Llr::NONE),
    }
}

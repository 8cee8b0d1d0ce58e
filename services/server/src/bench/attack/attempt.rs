//! The media of one try.

use attack::{
    Shot,
    picture::{self, Species, Take},
    session::{Presented as Media, alive, recaptured, two_people},
    voice::{self, Noise, Room},
};
use bytes::Bytes;
use domain::challenge::{FLASH_LEN, PROMPT_LEN, PROMPT_SEED_LEN, Prompt};
use engine::Showing;
use rand::{Rng, RngExt, SeedableRng, rngs::Xoshiro256PlusPlus, seq::SliceRandom};

use super::{
    cast::{Cast, Person},
    presented::Presented,
    showing::showing,
};

/// Pictures of one check-in.
const FRAMES: u32 = 3;
/// Voice above every noise, dB.
const NOISE_DB: f32 = 10.0;
/// Others whose voices make babble.
const BABBLE: usize = 4;
/// Qualities of a phone's JPEG.
const QUALITY: std::ops::Range<u8> = 85..96;

/// What one attempt hands in.
pub struct Attempt {
    pub pictures: Vec<Bytes>,
    pub recording: Bytes,
    /// None where the screen stays as it is.
    pub showing: Option<Showing>,
    /// What was asked for.
    pub prompt: String,
    /// Nobody knows what the recording says; the prompt is taken as spoken, which is the worst case.
    pub prompt_granted: bool,
    pub mock_location: bool,
    /// Pictures of a session before this one; none where there was none. How often a genuine picture resembles an earlier one is another question
    /// (`muster eval copies`): what is made of one still always does.
    pub earlier: Vec<Bytes>,
}

/// What is drawn for one try.
struct Draw<'a> {
    cast: &'a Cast,
    person: &'a Person,
    helper: &'a Person,
    random: Xoshiro256PlusPlus,
    seed: u64,
    number: usize,
    /// Was told to try again.
    again: bool,
    prompt: String,
}

/// Of a person of the cast; seed, number of the try, and how often the person was told to try again before.
pub fn make(
    cast: &Cast,
    person: usize,
    kind: Presented,
    (seed, number, again): (u64, u32, u32),
) -> Attempt {
    let seed = seed.rotate_left(40) ^ u64::from(number) << 8 ^ u64::from(again);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed ^ (kind as u64) << 32);
    let others = cast.persons.len() - 1;
    let helper = (person + random.random_range(1..=others)) % cast.persons.len();
    let mut bytes = [0; PROMPT_SEED_LEN];
    random.fill_bytes(&mut bytes);
    let draw = Draw {
        cast,
        person: &cast.persons[person],
        helper: &cast.persons[helper],
        seed: random.next_u64(),
        random,
        number: number as usize,
        again: again > 0,
        prompt: Prompt::draw(&bytes).as_str().to_owned(),
    };
    draw.attempt(kind)
}

impl Draw<'_> {
    fn attempt(mut self, kind: Presented) -> Attempt {
        let frames = self.frames(kind, FRAMES);
        let sound = self.sound(kind);
        let quality = self.random.random_range(QUALITY);
        let media = Media::new(frames, sound).encode(quality);
        let earlier = if kind.of_an_earlier_session() {
            let before = self.frames(Presented::Clean, FRAMES);
            Media::new(before, Vec::new()).encode(quality).pictures
        } else {
            Vec::new()
        };
        let showing = if kind.in_colours() {
            // After those that look ahead: the hand moves on.
            let later = self.frames(kind, FRAMES + FLASH_LEN as u32);
            let later = &later[FRAMES as usize..];
            showing(
                (kind, self.again),
                later,
                (self.seed, quality),
                &mut self.random,
            )
        } else {
            None
        };
        Attempt {
            showing,
            earlier: earlier.into_iter().map(Bytes::from).collect(),
            pictures: media.pictures.into_iter().map(Bytes::from).collect(),
            recording: media.recording.into(),
            prompt: self.prompt,
            prompt_granted: kind == Presented::SyntheticVoice,
            mock_location: kind == Presented::MockLocation,
        }
    }

    fn frames(&self, kind: Presented, count: u32) -> Vec<Shot> {
        let live = |person: &Person| alive(person.still(self.number), count, self.seed);
        let (own, helper) = (live(self.person), live(self.helper));
        let each = |make: &dyn Fn(&Shot, Take) -> Shot| {
            let take = |frame| Take {
                seed: self.seed,
                frame,
            };
            (0..)
                .zip(&own)
                .map(|(frame, shot)| make(shot, take(frame)))
                .collect()
        };
        let species = |species: Species| recaptured(species, &own, &helper, self.seed);
        let condition =
            |condition: picture::Condition| each(&|shot, take| condition.make(shot, take));
        match kind {
            Presented::DimLight => condition(picture::Condition::Dim),
            Presented::SideLight => condition(picture::Condition::SideLight),
            Presented::MotionBlur => condition(picture::Condition::MotionBlur),
            Presented::Compression => condition(picture::Condition::Compression),
            Presented::PhoneCamera => condition(picture::Condition::PhoneCamera),
            Presented::Haze => condition(picture::Condition::Haze),
            Presented::OtherFace | Presented::OtherPerson => helper,
            Presented::Print | Presented::FlashPrint => species(Species::Print),
            Presented::Screen | Presented::FlashScreen => species(Species::Screen),
            Presented::Mask | Presented::FlashMask => species(Species::Mask),
            Presented::Relay => species(Species::Relay),
            Presented::SecondFace => species(Species::SecondFace),
            Presented::TwoPeople => two_people(&own, &helper, 1),
            Presented::Recompressed => species(Species::Recompressed),
            Presented::Cropped => species(Species::Cropped),
            Presented::Mirrored => species(Species::Mirrored),
            Presented::Clean
            | Presented::Noise
            | Presented::Telephone
            | Presented::Reverberant
            | Presented::OtherVoice
            | Presented::Replay
            | Presented::VoiceReplay
            | Presented::VoiceRelay
            | Presented::SyntheticVoice
            | Presented::WrongDigits
            | Presented::TwoWrongDigits
            | Presented::OneWrongDigit
            | Presented::MockLocation
            | Presented::Flash
            | Presented::FlashDim
            | Presented::FlashDaylight
            | Presented::FlashNotFollowed
            | Presented::FlashLate
            | Presented::FlashNothing => own,
        }
    }

    fn sound(&mut self, kind: Presented) -> Vec<f32> {
        let (prompt, seed) = (self.prompt.clone(), self.seed);
        match kind {
            Presented::Noise => {
                let own = self.own(&prompt);
                self.in_noise(&own)
            }
            Presented::Telephone => voice::telephone(&self.own(&prompt)),
            Presented::Reverberant => {
                let room = Room {
                    t60_s: self.random.random_range(0.3..0.7),
                    direct_db: self.random.random_range(0.0..6.0),
                };
                voice::reverberant(&self.own(&prompt), room, seed)
            }
            Presented::OtherVoice | Presented::OtherPerson => {
                let draw = self.random.random_range(0..usize::MAX);
                let stranger = self.cast.stranger(self.person.voice, draw);
                stranger.says(&prompt, &mut self.random, self.number)
            }
            Presented::Relay | Presented::VoiceRelay => {
                voice::Species::Relay.make(&self.own(&prompt), seed)
            }
            Presented::VoiceReplay => {
                let said = another(&prompt, PROMPT_LEN, &mut self.random);
                voice::Species::Loudspeaker.make(&self.own(&said), seed)
            }
            Presented::SyntheticVoice if !self.cast.synthetic.is_empty() => {
                self.cast.synthetic[self.number % self.cast.synthetic.len()].clone()
            }
            Presented::WrongDigits | Presented::Replay => {
                let said = another(&prompt, PROMPT_LEN, &mut self.random);
                self.own(&said)
            }
            Presented::TwoWrongDigits => {
                let said = another(&prompt, 2, &mut self.random);
                self.own(&said)
            }
            Presented::OneWrongDigit => {
                let said = another(&prompt, 1, &mut self.random);
                self.own(&said)
            }
            Presented::Clean
            | Presented::DimLight
            | Presented::SideLight
            | Presented::MotionBlur
            | Presented::Compression
            | Presented::PhoneCamera
            | Presented::Haze
            | Presented::OtherFace
            | Presented::Print
            | Presented::Screen
            | Presented::Mask
            | Presented::SecondFace
            | Presented::TwoPeople
            | Presented::Recompressed
            | Presented::Cropped
            | Presented::Mirrored
            | Presented::SyntheticVoice
            | Presented::MockLocation
            | Presented::Flash
            | Presented::FlashDim
            | Presented::FlashDaylight
            | Presented::FlashNotFollowed
            | Presented::FlashLate
            | Presented::FlashNothing
            | Presented::FlashPrint
            | Presented::FlashScreen
            | Presented::FlashMask => self.own(&prompt),
        }
    }

    fn own(&mut self, prompt: &str) -> Vec<f32> {
        let voice = &self.cast.voices[self.person.voice];
        voice.says(prompt, &mut self.random, self.number)
    }

    fn in_noise(&mut self, sound: &[f32]) -> Vec<f32> {
        let prompt = self.prompt.clone();
        let others: Vec<Vec<f32>> = (0..BABBLE)
            .map(|_| {
                let draw = self.random.random_range(0..self.cast.voices.len());
                self.cast.voices[draw].says(&prompt, &mut self.random, draw)
            })
            .collect();
        let others: Vec<&[f32]> = others.iter().map(Vec::as_slice).collect();
        let noise = match self.number % 3 {
            0 => Noise::White,
            1 => Noise::Pink,
            _ => Noise::Babble(&others),
        };
        voice::noisy(sound, noise, NOISE_DB, self.seed)
    }
}

/// The prompt with another digit in so many places; in all of them: drawn anew.
fn another(prompt: &str, wrong: usize, random: &mut Xoshiro256PlusPlus) -> String {
    let mut digits: Vec<u8> = prompt.bytes().map(|digit| digit - b'0').collect();
    let mut places: Vec<usize> = (0..digits.len()).collect();
    places.shuffle(random);
    for &place in places.iter().take(wrong) {
        digits[place] = (digits[place] + random.random_range(1..10)) % 10;
    }
    digits.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_prompt_differs_in_as_many_digits_as_it_says() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        for wrong in 0..=PROMPT_LEN {
            let said = another("01234567", wrong, &mut random);
            let pairs = said.bytes().zip("01234567".bytes());
            assert_eq!(pairs.filter(|(said, asked)| said != asked).count(), wrong);
            assert!(Prompt::try_from(said).is_ok());
        }
    }
}

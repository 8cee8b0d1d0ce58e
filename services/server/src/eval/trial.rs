use std::collections::HashMap;

/// One comparison of a probe with a template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Raw score; higher is more alike.
    pub score: f64,
    /// The same after the pack's calibration, nats.
    pub llr: f64,
    /// Index of the person of the probe.
    pub probe: u32,
    /// Index of the person of the template.
    pub template: u32,
    /// A genuine (mated) comparison. Of who someone is, when both persons are the same; of what was said, when the prompt is
    /// what was said.
    pub genuine: bool,
    /// Qualities of the worse of its two samples, in the units of its kind; 0 where they are not known.
    pub side: [f32; 2],
}

impl Trial {
    /// A comparison of persons: genuine when both are the same.
    pub const fn of_persons(score: f64, llr: f64, probe: u32, template: u32) -> Self {
        Self {
            score,
            llr,
            probe,
            template,
            genuine: probe == template,
            side: [0.0; 2],
        }
    }

    /// A question that concerns one person only: what was said, whether it was live.
    pub const fn of_one(score: f64, llr: f64, person: u32, genuine: bool) -> Self {
        Self {
            score,
            llr,
            probe: person,
            template: person,
            genuine,
            side: [0.0; 2],
        }
    }
}

/// Trials by falling score, as every statistic wants them; their persons numbered from 0 without gaps.
#[derive(Debug, Clone, Default)]
pub struct Trials {
    trials: Vec<Trial>,
    persons: usize,
}

impl Trials {
    pub fn new(mut trials: Vec<Trial>) -> Self {
        trials.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        let mut numbers = HashMap::new();
        for trial in &mut trials {
            for person in [&mut trial.probe, &mut trial.template] {
                let next = numbers.len() as u32;
                *person = *numbers.entry(*person).or_insert(next);
            }
        }
        Self {
            trials,
            persons: numbers.len(),
        }
    }

    pub fn all(&self) -> &[Trial] {
        &self.trials
    }

    /// Persons that take part in a trial.
    pub const fn persons(&self) -> usize {
        self.persons
    }

    pub fn genuine(&self) -> usize {
        self.trials.iter().filter(|trial| trial.genuine).count()
    }

    pub fn impostor(&self) -> usize {
        self.trials.len() - self.genuine()
    }
}

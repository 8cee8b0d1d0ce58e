use super::{
    statistics,
    trial::{Trial, Trials},
};

/// One figure of a report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantity {
    /// TAR at the threshold for this FMR.
    TarAtFmr(f64),
    EqualErrorRate,
    Decidability,
    Cost,
    CostMin,
    /// FMR of accepting from this LLR on, nats.
    FmrAtLlr(Policy, f64),
    /// FNMR of accepting from this LLR on, nats.
    FnmrAtLlr(Policy, f64),
    /// ISO/IEC 30107-3: share of attacks that are taken for live faces, doubting below this LLR, nats.
    Apcer(f64),
    /// ISO/IEC 30107-3: share of live faces that are doubted, below this LLR, nats.
    Bpcer(f64),
}

/// Which threshold of the house's policy an LLR is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Enough to be verified by this factor alone.
    Accept,
    /// Less speaks against the person.
    Doubt,
}

impl Quantity {
    pub fn value(self, trials: &Trials, weight: &impl Fn(&Trial) -> f64) -> f64 {
        match self {
            Self::TarAtFmr(fmr) => {
                statistics::at_fmr(trials, weight, fmr).map_or(0.0, |point| point.tar)
            }
            Self::EqualErrorRate => statistics::equal_error_rate(trials, weight),
            Self::Decidability => statistics::decidability(trials, weight),
            Self::Cost => statistics::cllr(trials, weight),
            Self::CostMin => statistics::cllr_min(trials, weight),
            Self::FmrAtLlr(_, llr) | Self::Apcer(llr) => statistics::at_llr(trials, weight, llr).0,
            Self::FnmrAtLlr(_, llr) | Self::Bpcer(llr) => statistics::at_llr(trials, weight, llr).1,
        }
    }

    /// Raw score or LLR at which it was taken.
    pub fn threshold(self, trials: &Trials) -> Option<f64> {
        match self {
            Self::TarAtFmr(fmr) => {
                statistics::at_fmr(trials, &|_: &Trial| 1.0, fmr).map(|point| point.threshold)
            }
            Self::FmrAtLlr(_, llr)
            | Self::FnmrAtLlr(_, llr)
            | Self::Apcer(llr)
            | Self::Bpcer(llr) => Some(llr),
            Self::EqualErrorRate | Self::Decidability | Self::Cost | Self::CostMin => None,
        }
    }

    /// Fewest impostor comparisons that can show it: one false match among them is the rate asked for.
    pub fn impostor_min(self) -> f64 {
        match self {
            Self::TarAtFmr(fmr) => 1.0 / fmr,
            Self::EqualErrorRate
            | Self::Decidability
            | Self::Cost
            | Self::CostMin
            | Self::FmrAtLlr(..)
            | Self::FnmrAtLlr(..)
            | Self::Apcer(_)
            | Self::Bpcer(_) => 1.0,
        }
    }

    /// A share, shown in percent.
    pub const fn is_share(self) -> bool {
        match self {
            Self::TarAtFmr(_)
            | Self::EqualErrorRate
            | Self::FmrAtLlr(..)
            | Self::FnmrAtLlr(..)
            | Self::Apcer(_)
            | Self::Bpcer(_) => true,
            Self::Decidability | Self::Cost | Self::CostMin => false,
        }
    }

    /// Name for machines, such as `tar_at_fmr_1e-3`.
    pub fn key(self) -> String {
        match self {
            Self::TarAtFmr(fmr) => format!("tar_at_fmr_{fmr:e}"),
            Self::EqualErrorRate => "eer".to_owned(),
            Self::Decidability => "d_prime".to_owned(),
            Self::Cost => "cllr".to_owned(),
            Self::CostMin => "cllr_min".to_owned(),
            Self::FmrAtLlr(Policy::Accept, _) => "fmr_at_accept".to_owned(),
            Self::FnmrAtLlr(Policy::Accept, _) => "fnmr_at_accept".to_owned(),
            Self::FmrAtLlr(Policy::Doubt, _) => "fmr_at_doubt".to_owned(),
            Self::FnmrAtLlr(Policy::Doubt, _) => "fnmr_at_doubt".to_owned(),
            Self::Apcer(_) => "apcer".to_owned(),
            Self::Bpcer(_) => "bpcer".to_owned(),
        }
    }

    /// Name for people: Chinese, English.
    pub fn name(self) -> (&'static str, String) {
        match self {
            Self::TarAtFmr(fmr) => ("正确接受率", format!("TAR at FMR {fmr:e}")),
            Self::EqualErrorRate => ("等错误率", "EER".to_owned()),
            Self::Decidability => ("可分性", "d'".to_owned()),
            Self::Cost => ("似然比代价", "Cllr, bits".to_owned()),
            Self::CostMin => ("最小似然比代价", "Cllr min, bits".to_owned()),
            Self::FmrAtLlr(Policy::Accept, llr) => (
                "按策略通过：错误匹配率",
                format!("FMR, verified from LLR {llr}"),
            ),
            Self::FnmrAtLlr(Policy::Accept, llr) => (
                "按策略通过：错误不匹配率",
                format!("FNMR, verified from LLR {llr}"),
            ),
            Self::FmrAtLlr(Policy::Doubt, llr) => (
                "按策略存疑：错误匹配率",
                format!("FMR, no doubt from LLR {llr}"),
            ),
            Self::FnmrAtLlr(Policy::Doubt, llr) => (
                "按策略存疑：错误不匹配率",
                format!("FNMR, no doubt from LLR {llr}"),
            ),
            Self::Apcer(llr) => ("攻击未被发现", format!("APCER, doubt below LLR {llr}")),
            Self::Bpcer(llr) => ("真人被疑", format!("BPCER, doubt below LLR {llr}")),
        }
    }
}

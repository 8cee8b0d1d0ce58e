/// How values lie along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Positive values by their decimal logarithm.
    Log,
    /// Shares between 0 and 1 by the deviate of the normal distribution that leaves so much below it, as detection error trade-off curves have
    /// them (Martin et al. 1997).
    Deviate,
}

/// Smallest share, and smallest positive value, that has a place.
const LEAST: f64 = 1e-9;

impl Scale {
    /// Where a value lies, in no unit.
    pub(super) fn of(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.max(LEAST).log10(),
            Self::Deviate => deviate(value.clamp(LEAST, 1.0 - LEAST)),
        }
    }

    /// A value beside its tick; shares in percent.
    pub(super) fn shown(self, value: f64) -> String {
        match self {
            Self::Linear => format!("{value}"),
            Self::Log => format!("{value:e}"),
            Self::Deviate => format!("{} %", (value * 1e7).round() / 1e5),
        }
    }
}

/// The inverse of the normal distribution's cumulative function for 0 < p < 1, to 1.2e-9 relatively (rational approximation by Acklam 2003).
fn deviate(p: f64) -> f64 {
    const TAIL: f64 = 0.024_25;
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    let polynomial = |of: &[f64], at: f64| of.iter().fold(0.0, |sum, next| sum * at + next);
    let tail = |p: f64| {
        let q = (-2.0 * p.ln()).sqrt();
        polynomial(&C, q) / polynomial(&D, q)
    };
    if p < TAIL {
        tail(p)
    } else if p > 1.0 - TAIL {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        q * polynomial(&A, q * q) / polynomial(&B, q * q)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviates_are_those_of_the_tables() {
        for (p, expected) in [
            (0.5, 0.0),
            (0.975, 1.959_963_985),
            (0.025, -1.959_963_985),
            (1e-3, -3.090_232_306),
            (0.999_9, 3.719_016_485),
            (0.2, -0.841_621_234),
        ] {
            assert!((deviate(p) - expected).abs() < 1e-8, "{p}: {}", deviate(p));
        }
    }

    #[test]
    fn every_value_has_a_place_and_greater_ones_lie_further() {
        for scale in [Scale::Linear, Scale::Log, Scale::Deviate] {
            let places: Vec<f64> = [0.0, 1e-4, 0.03, 0.5, 0.98, 1.0]
                .map(|at| scale.of(at))
                .into();
            assert!(
                places.iter().all(|place| place.is_finite()),
                "{scale:?} {places:?}"
            );
            assert!(
                places.is_sorted() && places[1] < places[4],
                "{scale:?} {places:?}"
            );
        }
        assert_eq!(Scale::Deviate.shown(0.001), "0.1 %");
        assert_eq!(Scale::Log.shown(0.001), "1e-3");
    }
}

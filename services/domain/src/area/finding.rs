use serde::{Deserialize, Serialize};

use super::{AreaKind, AreaName};
use crate::AreaId;

/// What a fix says about an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Outside of every allowed area with the same hours; the nearest is named.
    OutOfArea,
    InExclusion,
    InKeyPlace,
    /// Too near to the boundary for the fix's accuracy, or without an accuracy not far enough from it.
    CannotTell,
}

crate::text_enum!(FindingKind {
    OutOfArea = "out_of_area",
    InExclusion = "in_exclusion",
    InKeyPlace = "in_key_place",
    CannotTell = "cannot_tell",
});

/// One thing that an officer may have to look at: facts, no judgement of the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: FindingKind,
    /// The rule whose area it is about.
    pub rule: AreaId,
    pub area: AreaKind,
    /// Of the area, at the time.
    pub name: AreaName,
    /// Metres to the area's boundary, positive inside.
    pub distance_m: f64,
    /// Metres that the distance had to exceed for a decision.
    pub margin_m: f64,
    /// Metres, as the phone gave it.
    pub accuracy_m: Option<f64>,
}

impl Finding {
    /// The sentence for the officer: Chinese, English.
    pub fn explain(&self) -> (String, String) {
        let name = &self.name;
        let (area_zh, area) = match self.area {
            AreaKind::Allowed => ("允许活动区域", "allowed area"),
            AreaKind::Exclusion => ("禁止进入区域", "exclusion area"),
            AreaKind::KeyPlace => ("重点场所", "key place"),
        };
        let (side_zh, side) = if self.distance_m > 0.0 {
            ("内", "inside")
        } else {
            ("外", "outside")
        };
        let (distance_zh, distance) = rounded(self.distance_m.abs());
        let (margin_zh, margin) = rounded(self.margin_m);
        let (doubt_zh, doubt) = if self.accuracy_m.is_some() {
            (
                format!("定位误差范围{margin_zh}"),
                format!("the position may be off by {margin}"),
            )
        } else {
            (
                format!("手机未提供定位精度，按误差{margin_zh}计"),
                format!(
                    "the phone gave no accuracy, so the position is taken to be off by {margin}"
                ),
            )
        };
        match self.kind {
            FindingKind::OutOfArea | FindingKind::InExclusion | FindingKind::InKeyPlace => (
                format!("定位点在{area_zh}“{name}”之{side_zh}，距边界{distance_zh}；{doubt_zh}。"),
                format!(
                    "The position is {side} the {area} “{name}”, {distance} from its boundary; {doubt}."
                ),
            ),
            FindingKind::CannotTell => (
                format!(
                    "无法判断是否在{area_zh}“{name}”之内：定位点在边界{side_zh}侧，距边界{distance_zh}；{doubt_zh}。"
                ),
                format!(
                    "It cannot be told whether it is inside the {area} “{name}”: the position is {distance} {side} its boundary; {doubt}."
                ),
            ),
        }
    }
}

/// A distance in metres as people say it, no finer than phones can tell: Chinese, English.
fn rounded(metres: f64) -> (String, String) {
    if metres < 10.0 {
        ("不足10米".to_owned(), "less than 10 m".to_owned())
    } else if metres < 995.0 {
        let tens = (metres / 10.0).round() * 10.0;
        (format!("约{tens:.0}米"), format!("about {tens:.0} m"))
    } else {
        let decimals = usize::from(metres < 9_950.0);
        let km = metres / 1_000.0;
        (
            format!("约{km:.decimals$}公里"),
            format!("about {km:.decimals$} km"),
        )
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn finding(kind: FindingKind, area: AreaKind, distance_m: f64, accuracy: bool) -> Finding {
        Finding {
            kind,
            rule: AreaId(Uuid::nil()),
            area,
            name: AreaName::new("朝阳区").expect("a valid name"),
            distance_m,
            margin_m: if accuracy { 40.0 } else { 50_000.0 },
            accuracy_m: accuracy.then_some(20.0),
        }
    }

    #[test]
    fn a_finding_says_where_and_how_sure_in_two_languages() {
        for (finding, zh, en) in [
            (
                finding(FindingKind::OutOfArea, AreaKind::Allowed, -1_234.0, true),
                "定位点在允许活动区域“朝阳区”之外，距边界约1.2公里；定位误差范围约40米。",
                "The position is outside the allowed area “朝阳区”, about 1.2 km from its boundary; the position may be off by about 40 m.",
            ),
            (
                finding(FindingKind::InExclusion, AreaKind::Exclusion, 87.0, true),
                "定位点在禁止进入区域“朝阳区”之内，距边界约90米；定位误差范围约40米。",
                "The position is inside the exclusion area “朝阳区”, about 90 m from its boundary; the position may be off by about 40 m.",
            ),
            (
                finding(FindingKind::CannotTell, AreaKind::KeyPlace, 4.0, false),
                "无法判断是否在重点场所“朝阳区”之内：定位点在边界内侧，距边界不足10米；手机未提供定位精度，按误差约50公里计。",
                "It cannot be told whether it is inside the key place “朝阳区”: the position is less than 10 m inside its boundary; the phone gave no accuracy, so the position is taken to be off by about 50 km.",
            ),
        ] {
            assert_eq!(finding.explain(), (zh.to_owned(), en.to_owned()));
        }
    }

    #[test]
    fn distances_are_rounded_to_what_phones_can_tell() {
        for (metres, en) in [
            (0.0, "less than 10 m"),
            (14.9, "about 10 m"),
            (994.9, "about 990 m"),
            (995.0, "about 1.0 km"),
            (9_949.0, "about 9.9 km"),
            (9_950.0, "about 10 km"),
            (123_456.0, "about 123 km"),
        ] {
            assert_eq!(rounded(metres).1, en);
        }
    }
}

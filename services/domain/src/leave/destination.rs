use serde::{Deserialize, Serialize};

use super::{
    LeaveFault,
    request::{fault, text},
};

/// Divisions of the first level by number (GB/T 2260) and short name; 71, 81 and 82 lie behind a border control.
const PROVINCES: [(&str, &str); 31] = [
    ("11", "北京"),
    ("12", "天津"),
    ("13", "河北"),
    ("14", "山西"),
    ("15", "内蒙古"),
    ("21", "辽宁"),
    ("22", "吉林"),
    ("23", "黑龙江"),
    ("31", "上海"),
    ("32", "江苏"),
    ("33", "浙江"),
    ("34", "安徽"),
    ("35", "福建"),
    ("36", "江西"),
    ("37", "山东"),
    ("41", "河南"),
    ("42", "湖北"),
    ("43", "湖南"),
    ("44", "广东"),
    ("45", "广西"),
    ("46", "海南"),
    ("50", "重庆"),
    ("51", "四川"),
    ("52", "贵州"),
    ("53", "云南"),
    ("54", "西藏"),
    ("61", "陕西"),
    ("62", "甘肃"),
    ("63", "青海"),
    ("64", "宁夏"),
    ("65", "新疆"),
];

/// A division of the country, by number or by names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Division {
    /// Six digits (GB/T 2260).
    Code { code: String },
    Names {
        /// In full or short.
        province: String,
        city: String,
        /// Empty for a city without.
        #[serde(default)]
        county: String,
    },
}

/// Where he goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    pub division: Division,
    pub address: String,
}

impl Destination {
    /// Refuses what lies abroad or behind a border control: who serves a sentence may not leave the country (出境入境管理法 §12).
    pub(super) fn check(&self) -> Result<(), LeaveFault> {
        const MAINLAND: &str =
            "must be in one of the 31 provinces of the mainland: nobody gets leave to go abroad";
        match &self.division {
            Division::Code { code } => {
                if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
                    return fault("division.code", "must be six digits (GB/T 2260)");
                }
                if !PROVINCES.iter().any(|(number, _)| code.starts_with(number)) {
                    return fault("division.code", MAINLAND);
                }
            }
            Division::Names {
                province,
                city,
                county,
            } => {
                text("division.province", province)?;
                if !PROVINCES.iter().any(|(_, name)| province.starts_with(name)) {
                    return fault("division.province", MAINLAND);
                }
                text("division.city", city)?;
                if !county.is_empty() {
                    text("division.county", county)?;
                }
            }
        }
        text("address", &self.address)
    }
}

//! What holds of every report, and tables of what the lists take in.

mod exceptions;
mod sheets;
mod sums;

use uuid::Uuid;

use super::*;
use crate::{PersonId, order::Category, plan::SupervisionLevel};

fn who(number: u128, class: Class) -> Who {
    Who {
        person: PersonId(Uuid::from_u128(number)),
        name: format!("测试对象 {number}"),
        case_number: format!("T-{number:03}"),
        category: class.category,
        level: class.level,
        office: "测试司法所".into(),
    }
}

const CLASS: Class = Class {
    category: Category::Probation,
    level: SupervisionLevel::General,
};

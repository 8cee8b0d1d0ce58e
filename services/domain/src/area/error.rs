use super::{fix, ring, rule, shape};

/// An area, position or rule that cannot be: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {fault}")]
pub struct AreaError {
    /// Path of the field within the value that was made, such as `ring[3]` or `radius_m`.
    pub field: String,
    pub fault: Fault,
}

/// What is wrong with a field of an area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("a latitude lies between -90 and 90 degrees")]
    Latitude,
    #[error("a longitude lies between -180 and 180 degrees")]
    Longitude,
    #[error("an accuracy is a radius of 0 to {} m", fix::ACCURACY_M_MAX)]
    Accuracy,
    #[error("outside the calendar")]
    Calendar,
    #[error("a radius is {} to {} m", shape::RADIUS_M_MIN, shape::RADIUS_M_MAX)]
    Radius,
    #[error(
        "a polygon has {} to {} vertices",
        ring::VERTICES_MIN,
        ring::VERTICES_MAX
    )]
    Vertices,
    #[error("a polygon lies within {} degrees of the equator", ring::LAT_DEG_MAX)]
    Polar,
    #[error("a polygon must not lie across the 180th meridian")]
    Antimeridian,
    #[error(
        "a polygon extends over at most {} m from north to south and from east to west",
        ring::EXTENT_M_MAX
    )]
    Extent,
    #[error("the same place as ring[{other}]")]
    Repeated { other: usize },
    #[error("the side that begins here meets the one that begins at ring[{other}]")]
    Crossing { other: usize },
    #[error("a polygon covers at least {} m²", ring::AREA_M2_MIN)]
    Area,
    #[error("a name has 1 to {} characters in one line", rule::NAME_CHARS_MAX)]
    Name,
    #[error("at least one day of the week")]
    NoDays,
    #[error("not a day of the week")]
    Day,
    #[error("these hours are empty; a whole day is 00:00 to 00:00")]
    NoHours,
    #[error("must not lie before the first day")]
    Backwards,
}

impl AreaError {
    pub(super) fn new(field: impl Into<String>, fault: Fault) -> Self {
        let field = field.into();
        Self { field, fault }
    }

    /// The same fault of a value that stands in a field of something larger.
    #[must_use]
    pub fn within(self, parent: &str) -> Self {
        let field = format!("{parent}.{}", self.field);
        Self { field, ..self }
    }

    pub(super) fn of_vertex(index: usize, fault: Fault) -> Self {
        Self::new(format!("ring[{index}]"), fault)
    }
}

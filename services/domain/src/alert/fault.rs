/// Something an officer set or wrote that cannot be: the field, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {expected}")]
pub struct AlertFault {
    /// Path of the field, such as `nocturnal.limits.nights`.
    pub field: String,
    pub expected: &'static str,
}

impl AlertFault {
    pub(super) fn new(field: impl Into<String>, expected: &'static str) -> Self {
        Self {
            field: field.into(),
            expected,
        }
    }
}

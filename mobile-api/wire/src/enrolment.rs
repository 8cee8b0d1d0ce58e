use std::collections::BTreeMap;

use domain::{EnrolmentId, PersonId, enrolment::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{At, Coached, PartState, Problem};

/// An attended capture of face and voice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Enrolment {
    #[schema(value_type = uuid::Uuid)]
    pub id: EnrolmentId,
    #[schema(value_type = uuid::Uuid)]
    pub person: PersonId,
    #[schema(value_type = String, example = "open")]
    pub state: State,
    pub expires_at: At,
    /// What the person should read aloud; together every digit three times.
    pub phrases: Vec<String>,
    /// Pictures go to `picture-0` …, recordings to `phrase-0` ….
    pub parts: Vec<PartState>,
    /// With `refused`: which samples cannot be used, and why.
    pub flaws: Vec<EnrolmentFlaw>,
    /// With `refused`: `face-enrolled` when the face stands under another name; `person` tells under whose, where the officer may know of him. With
    /// `complete`: it does, and the county wanted it all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// One sample that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EnrolmentFlaw {
    pub part: String,
    pub coaching: Vec<Coached>,
    /// It seems to be of another person than the other samples.
    pub inconsistent: bool,
}

/// Hands in an enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentSubmission {
    /// For each `phrase-N`: the digits that were read aloud.
    pub phrases: BTreeMap<String, String>,
    /// Why the person is enrolled although the face stands under another name, such as a twin's: 1 to 1,000 characters, for the county to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despite_likeness: Option<String>,
}

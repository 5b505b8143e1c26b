//! Identities: of models and results, given by the counter of the document, and of jobs, given by their registry.

use serde::{Deserialize, Serialize};

/// The identity of a model of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(pub u64);

/// The identity of a result: what a search, a training, an import made, or is making.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

/// The identity of a job. Later runs have greater numbers; none is used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

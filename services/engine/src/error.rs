use std::{io, path::PathBuf};

/// Why the engine cannot start, or cannot answer. Never the fault of the media: that is `MediaFault`, a fact in the answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No models are installed.
    #[error("no models are installed")]
    Absent,
    /// The ONNX Runtime library is missing, damaged or too old.
    #[error("the ONNX Runtime library {} cannot be loaded", path.display())]
    Runtime {
        /// Where it was expected.
        path: PathBuf,
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A session was asked for before [`crate::runtime::start`].
    #[error("the ONNX Runtime library was not started")]
    RuntimeNotStarted,
    /// A model file is missing or unreadable.
    #[error("the model file {} cannot be read", path.display())]
    File { path: PathBuf, source: io::Error },
    /// A model file is not the one that the pack names.
    #[error("the model file {} has sha256 {found}, the pack names {expected}", path.display())]
    Hash {
        path: PathBuf,
        found: String,
        expected: String,
    },
    /// A model file is not a network that the runtime can load.
    #[error("the model file {} is not a usable network", path.display())]
    Network { path: PathBuf, source: ort::Error },
    /// A network does not keep the contract of its role.
    #[error("the network {network} does not keep its contract: {detail}")]
    Contract {
        network: &'static str,
        detail: String,
    },
    /// A run of a network failed.
    #[error("a run of the network {network} failed")]
    Inference {
        network: &'static str,
        source: ort::Error,
    },
    /// A thread could not be started.
    #[error("an engine thread could not be started")]
    Thread(#[source] io::Error),
    /// The thread that worked on this request broke down; asking again may succeed.
    #[error("the engine thread that worked on this request broke down")]
    Lost,
    /// The engine is shutting down, or none of its threads is left.
    #[error("the engine is closed")]
    Closed,
}

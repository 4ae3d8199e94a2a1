//! What the program's exit status means.

use std::process::ExitCode;

/// The exit status. The format of the report never changes it. Ordered: the graver one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitStatus {
    /// It looked, and nothing gates.
    Clean = 0,
    /// Failures gate.
    Failures = 1,
    /// It could not do its job: arguments, configuration, or input that could not be read.
    Unable = 2,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(status as u8)
    }
}

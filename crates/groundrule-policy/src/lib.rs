//! Policies, configuration and judging: subjects to verdicts. Pure: nothing here reads a file, and
//! nothing here knows a language.

mod verdict;

pub use verdict::{
    Gate, Judgement, Mode, PolicyInfo, Related, ServiceRow, Severity, Verdict, VerdictKind,
    fingerprint,
};

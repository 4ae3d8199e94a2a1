//! Policies, configuration and judging: subjects to verdicts. Pure: nothing here reads a file, and
//! nothing here knows a language.

mod altered;
mod builtin;
mod change;
mod config;
mod dates;
mod diagnostic;
mod dictionary;
mod expectations;
mod expression;
mod functions;
mod judge;
mod modes;
mod pattern;
mod policy;
mod problem;
mod ratchet;
mod reader;
mod settings;
mod template;
mod types;
mod verdict;
mod waivers;
mod words;

pub use altered::altered;
pub use builtin::builtin;
pub use change::{Base, Fate, Origin, Versions};
pub use config::{Adoption, Config, Scan, ServiceEntry, ServiceKind};
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use expectations::{
    Difference, Example, ExampleFile, Expectation, Malformed, differences, examples, expectations,
};
pub use jiff::civil::Date;
pub use judge::{Case, judge};
pub use policy::{Policies, Policy, PolicyFile};
pub use problem::{Problem, Problems, Source, source};
pub use ratchet::{Ratchet, RatchetChange};
pub use settings::{Setting, SettingValue};
pub use verdict::{
    Gate, Judgement, Mode, PolicyInfo, Related, ServiceRow, Severity, Verdict, VerdictKind,
    fingerprint,
};
pub use waivers::{CodeComment, Covered, Standing, WaiverOrigin, WaiverRow};

/// Reads the policies and, where there is one, the configuration (its name for reports and its
/// text) that is checked against them.
///
/// # Errors
/// Everything that is wrong with any of the files, at once.
pub fn load<'a>(
    files: impl IntoIterator<Item = PolicyFile<'a>>,
    config: Option<(&str, &str)>,
) -> Result<(Policies, Config), Problems> {
    let (policies, mut problems) = Policies::read(files);
    let config = match config {
        None => Config::default(),
        Some((name, text)) => {
            let (config, found) = Config::read(name, text, &policies);
            problems.extend(found);
            config
        }
    };
    Problems::check(problems)?;
    Ok((policies, config))
}

//! What is wrong with a user's own file: each problem underlines the place and names the mend.
//! Rendering is the binary's affair.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use thiserror::Error;

/// A file that a user wrote: its name for reports and its text.
pub type Source = Arc<NamedSource<String>>;

/// Names a text, so that problems in it can be shown.
pub fn source(name: &str, text: &str) -> Source {
    Arc::new(NamedSource::new(name, text.to_owned()))
}

/// One thing that is wrong in a policy or in the configuration.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to write instead; empty where nothing can be proposed.
    pub help: String,
    /// The bytes of the file that are underlined.
    pub span: Range<usize>,
    /// The user's file.
    pub file: Source,
}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&*self.file)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(LabeledSpan::underline(self.span.clone()))))
    }
}

/// Everything that is wrong with the files that were read.
#[derive(Clone, Debug, Error)]
#[error("{} in the policies or the configuration", count(.problems.len()))]
pub struct Problems {
    /// By file and place. Never empty.
    pub problems: Vec<Problem>,
}

impl Diagnostic for Problems {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

impl Problems {
    /// The problems as an error, or nothing where there are none.
    ///
    /// # Errors
    /// When there is a problem.
    pub fn check(mut problems: Vec<Problem>) -> Result<(), Problems> {
        if problems.is_empty() {
            return Ok(());
        }
        problems.sort_by(|a, b| (a.file.name(), a.span.start).cmp(&(b.file.name(), b.span.start)));
        Err(Problems { problems })
    }
}

fn count(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

/// Of the candidates, the one that was probably meant.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|&(distance, candidate)| {
            distance <= 1 + candidate.chars().count().max(written.chars().count()) / 4
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// A sentence that proposes the nearest candidate, or lists them all.
pub(crate) fn did_you_mean<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    if let Some(near) = nearest(written, candidates.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<String> =
        candidates.into_iter().map(|candidate| format!("`{candidate}`")).collect();
    if all.is_empty() { String::new() } else { format!("one of {}", all.join(", ")) }
}

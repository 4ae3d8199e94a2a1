//! Waivers that a change itself writes or takes away: said, since they work after the merge only.

use super::{Waiver, Written};
use crate::change::Versions;
use crate::diagnostic::{Diagnostic, DiagnosticKind};

/// What a change does to the waivers beside the code.
pub(crate) fn edited(
    now: &[Waiver],
    before: &[Waiver],
    versions: &dyn Versions,
) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    let mut left: Vec<&Waiver> = before.iter().collect();
    for waiver in now {
        let path = versions.before(&waiver.path);
        let same = |old: &&Waiver| {
            old.policy == waiver.policy && old.terms == waiver.terms && Some(&*old.path) == path
        };
        match left.iter().position(same) {
            Some(at) => {
                left.remove(at);
            }
            None => said.push(waiver.altered("added")),
        }
    }
    // One that is gone is shown where it was: the file may be gone too.
    said.extend(left.into_iter().map(|waiver| waiver.altered("taken away")));
    said
}

impl Waiver {
    /// Says that a change adds the waiver or takes it away.
    pub(crate) fn altered(&self, what: &str) -> Diagnostic {
        let Written { reason, owner, until, .. } = &self.terms;
        let policy = &self.policy;
        Diagnostic {
            path: self.path.clone(),
            line: self.line,
            kind: DiagnosticKind::WouldAlter,
            message: format!("a waiver of `{policy}` is {what} ({reason}; {owner}, until {until})"),
        }
    }
}

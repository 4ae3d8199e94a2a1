//! What judging has to say about waivers, modes and the ratchet themselves: a closed list. None of
//! them gates: what a waiver no longer covers fails on its own.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiagnosticKind {
    /// Its last day has passed.
    WaiverExpired,
    /// It ends within thirty days.
    WaiverEnding,
    /// Nothing that it names fails.
    WaiverUnused,
    /// It covers nothing where it stands, and would a few lines away or with another scope.
    WaiverMisplaced,
    /// The code runs in services that it does not name.
    WaiverIncomplete,
    /// A comment that addresses groundrule and cannot be read.
    WaiverMalformed,
    /// It names a policy that does not exist.
    WaiverUnknownPolicy,
    /// It lasts longer than the policy allows.
    WaiverTooLong,
    /// The policy demands a plan, and it has none.
    WaiverWithoutPlan,
    /// The configuration speaks of a service that does not exist.
    UnknownService,
    /// More fails than the ratchet holds.
    RatchetExceeded,
    /// Less fails than the ratchet holds.
    RatchetCanShrink,
    /// The change edits what it is judged by.
    WouldAlter,
    /// The change takes code out of what is judged.
    NoLongerJudged,
    /// The change adds code that is not judged.
    AddedUnjudged,
}

impl DiagnosticKind {
    /// Every kind, in the order of the reports.
    pub const ALL: [DiagnosticKind; 15] = [
        DiagnosticKind::WaiverExpired,
        DiagnosticKind::WaiverEnding,
        DiagnosticKind::WaiverUnused,
        DiagnosticKind::WaiverMisplaced,
        DiagnosticKind::WaiverIncomplete,
        DiagnosticKind::WaiverMalformed,
        DiagnosticKind::WaiverUnknownPolicy,
        DiagnosticKind::WaiverTooLong,
        DiagnosticKind::WaiverWithoutPlan,
        DiagnosticKind::UnknownService,
        DiagnosticKind::RatchetExceeded,
        DiagnosticKind::RatchetCanShrink,
        DiagnosticKind::WouldAlter,
        DiagnosticKind::NoLongerJudged,
        DiagnosticKind::AddedUnjudged,
    ];

    /// The stable id: `waiver-expired`.
    pub fn id(self) -> &'static str {
        match self {
            DiagnosticKind::WaiverExpired => "waiver-expired",
            DiagnosticKind::WaiverEnding => "waiver-ending",
            DiagnosticKind::WaiverUnused => "waiver-unused",
            DiagnosticKind::WaiverMisplaced => "waiver-misplaced",
            DiagnosticKind::WaiverIncomplete => "waiver-incomplete",
            DiagnosticKind::WaiverMalformed => "waiver-malformed",
            DiagnosticKind::WaiverUnknownPolicy => "waiver-unknown-policy",
            DiagnosticKind::WaiverTooLong => "waiver-too-long",
            DiagnosticKind::WaiverWithoutPlan => "waiver-without-plan",
            DiagnosticKind::UnknownService => "unknown-service",
            DiagnosticKind::RatchetExceeded => "ratchet-exceeded",
            DiagnosticKind::RatchetCanShrink => "ratchet-can-shrink",
            DiagnosticKind::WouldAlter => "would-alter",
            DiagnosticKind::NoLongerJudged => "no-longer-judged",
            DiagnosticKind::AddedUnjudged => "added-unjudged",
        }
    }

    /// A sentence about the kind.
    pub fn title(self) -> &'static str {
        match self {
            DiagnosticKind::WaiverExpired => "A waiver has ended and no longer works.",
            DiagnosticKind::WaiverEnding => "A waiver ends within 30 days.",
            DiagnosticKind::WaiverUnused => "A waiver covers nothing.",
            DiagnosticKind::WaiverMisplaced => "A waiver covers nothing where it stands.",
            DiagnosticKind::WaiverIncomplete => "A waiver leaves services out that run the code.",
            DiagnosticKind::WaiverMalformed => "A comment to groundrule cannot be read.",
            DiagnosticKind::WaiverUnknownPolicy => "A waiver names a policy that does not exist.",
            DiagnosticKind::WaiverTooLong => "A waiver lasts longer than its policy allows.",
            DiagnosticKind::WaiverWithoutPlan => "A waiver lacks the plan that its policy demands.",
            DiagnosticKind::UnknownService => {
                "The configuration names a service that is not there."
            }
            DiagnosticKind::RatchetExceeded => "More fails than the ratchet holds.",
            DiagnosticKind::RatchetCanShrink => "Less fails than the ratchet holds.",
            DiagnosticKind::WouldAlter => {
                "The change edits what it is judged by, which takes effect after the merge."
            }
            DiagnosticKind::NoLongerJudged => "The change takes code out of what is judged.",
            DiagnosticKind::AddedUnjudged => "The change adds code that is not judged.",
        }
    }

    /// Whether it is housekeeping: worth saying, and no reason to worry.
    pub fn is_note(self) -> bool {
        matches!(self, DiagnosticKind::RatchetCanShrink | DiagnosticKind::AddedUnjudged)
    }
}

/// One of them, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// The file that is to be mended, relative to the repository's root.
    pub path: Arc<str>,
    /// 1-based.
    pub line: u32,
    pub kind: DiagnosticKind,
    /// What is the matter and what to do, without a full stop.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_the_ones_that_are_serialised() {
        let mut ids: Vec<_> = DiagnosticKind::ALL.iter().map(|kind| kind.id()).collect();
        for kind in DiagnosticKind::ALL {
            let json = serde_json::to_value(kind).ok();
            assert_eq!(json.as_ref().and_then(|value| value.as_str()), Some(kind.id()));
            assert!(kind.title().ends_with('.'));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), DiagnosticKind::ALL.len());
    }
}

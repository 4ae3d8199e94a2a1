//! Notices: what a run did not read or not understand, and what there is to say of waivers, modes
//! and the ratchet. A closed list, so that every format can name and count them.

use std::sync::Arc;

use groundrule_policy::{Diagnostic, DiagnosticKind};
use schemars::JsonSchema;
use serde::Serialize;

/// Something that was not read, or not wholly; or that an exception needs mending.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Relative to the repository's root; none for what is about the whole repository.
    pub path: Option<Arc<str>>,
    /// The 1-based line, where one is to blame.
    pub line: Option<u32>,
    pub kind: NoticeKind,
    /// What happened to this file, without its path and without a full stop.
    pub message: String,
}

impl From<Diagnostic> for Notice {
    fn from(said: Diagnostic) -> Self {
        let Diagnostic { path, line, kind, message } = said;
        Self { path: Some(path), line: Some(line), kind: NoticeKind::Judging(kind), message }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The operating system refused to read it.
    Unreadable,
    /// Larger than the size limit.
    TooLarge,
    /// Its bytes are no UTF-8 text.
    NotUtf8,
    /// Its name is no UTF-8.
    NameNotUtf8,
    /// A symbolic link, which is never followed.
    Symlink,
    /// A submodule, which its own repository judges.
    Submodule,
    /// Nested in more folders than the walk goes down.
    TooDeep,
    /// More files than the walk takes in.
    TooMany,
    /// A build, owner, catalogue or configuration file that breaks its own format.
    Malformed,
    /// Parts of the file are no valid syntax; the rest was read.
    SyntaxErrors,
    /// A repository in which no service was found.
    NoService,
    /// A path that was named and is no folder.
    NoRepository,
    /// What judging says of waivers, modes and the ratchet.
    #[serde(untagged)]
    Judging(DiagnosticKind),
}

/// How grave a notice is. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeLevel {
    /// As documented, and said for completeness.
    Note,
    /// Something that would have been judged was not, or not wholly; an exception needs mending.
    Warning,
    /// The system failed where it should have worked.
    Error,
}

/// What reading may meet.
const READING: [NoticeKind; 12] = [
    NoticeKind::Unreadable,
    NoticeKind::TooLarge,
    NoticeKind::NotUtf8,
    NoticeKind::NameNotUtf8,
    NoticeKind::Symlink,
    NoticeKind::Submodule,
    NoticeKind::TooDeep,
    NoticeKind::TooMany,
    NoticeKind::Malformed,
    NoticeKind::SyntaxErrors,
    NoticeKind::NoService,
    NoticeKind::NoRepository,
];

impl NoticeKind {
    /// Every kind, in the order of the reports.
    pub const ALL: [NoticeKind; READING.len() + DiagnosticKind::ALL.len()] = {
        let mut all = [NoticeKind::Unreadable; READING.len() + DiagnosticKind::ALL.len()];
        let mut at = 0;
        while at < all.len() {
            all[at] = if at < READING.len() {
                READING[at]
            } else {
                NoticeKind::Judging(DiagnosticKind::ALL[at - READING.len()])
            };
            at += 1;
        }
        all
    };

    /// The stable id: `too-large`.
    pub fn id(self) -> &'static str {
        match self {
            NoticeKind::Unreadable => "unreadable",
            NoticeKind::TooLarge => "too-large",
            NoticeKind::NotUtf8 => "not-utf8",
            NoticeKind::NameNotUtf8 => "name-not-utf8",
            NoticeKind::Symlink => "symlink",
            NoticeKind::Submodule => "submodule",
            NoticeKind::TooDeep => "too-deep",
            NoticeKind::TooMany => "too-many",
            NoticeKind::Malformed => "malformed",
            NoticeKind::SyntaxErrors => "syntax-errors",
            NoticeKind::NoService => "no-service",
            NoticeKind::NoRepository => "no-repository",
            NoticeKind::Judging(kind) => kind.id(),
        }
    }

    /// A sentence about the kind.
    pub fn title(self) -> &'static str {
        match self {
            NoticeKind::Unreadable => "A file or folder could not be read.",
            NoticeKind::TooLarge => "A file over the size limit was not read.",
            NoticeKind::NotUtf8 => "A file that is no UTF-8 text was not read.",
            NoticeKind::NameNotUtf8 => "A file whose name is no UTF-8 was not read.",
            NoticeKind::Symlink => "A symbolic link was not followed.",
            NoticeKind::Submodule => "A submodule is judged in its own repository.",
            NoticeKind::TooDeep => "A folder nested beyond the limit was not entered.",
            NoticeKind::TooMany => "The repository has more files than the limit.",
            NoticeKind::Malformed => "A file breaks its own format and was not understood.",
            NoticeKind::SyntaxErrors => "Parts of a file are no valid syntax; the rest was read.",
            NoticeKind::NoService => "No service was found.",
            NoticeKind::NoRepository => "A path that was named is no folder.",
            NoticeKind::Judging(kind) => kind.title(),
        }
    }

    /// How grave it is.
    pub fn level(self) -> NoticeLevel {
        match self {
            NoticeKind::Unreadable | NoticeKind::NoRepository => NoticeLevel::Error,
            NoticeKind::Symlink | NoticeKind::Submodule => NoticeLevel::Note,
            NoticeKind::Judging(kind) if kind.is_note() => NoticeLevel::Note,
            _ => NoticeLevel::Warning,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_the_ones_that_are_serialised() {
        let mut ids: Vec<_> = NoticeKind::ALL.iter().map(|kind| kind.id()).collect();
        for kind in NoticeKind::ALL {
            let json = serde_json::to_value(kind).ok();
            assert_eq!(json.as_ref().and_then(|v| v.as_str()), Some(kind.id()));
            assert!(kind.title().ends_with('.'));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), NoticeKind::ALL.len());
    }
}

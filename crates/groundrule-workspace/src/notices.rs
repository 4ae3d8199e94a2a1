//! Notices: what discovery did not read or could not understand. A closed list of kinds, so that
//! a report can count them; a notice never stops a run.

use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// Something that was not read, or not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Notice {
    /// Relative to the repository's root, with forward slashes.
    pub path: Arc<str>,
    pub kind: NoticeKind,
    pub message: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The operating system refused to list or to read it.
    Unreadable,
    /// Larger than the size limit.
    TooLarge,
    /// Its bytes are no UTF-8 text.
    NotUtf8,
    /// Its name is no UTF-8, so no report could name it.
    NameNotUtf8,
    /// A symbolic link: links are never followed.
    Symlink,
    /// A submodule: it is judged in its own repository.
    Submodule,
    /// Nested in more folders than discovery goes down.
    TooDeep,
    /// More files than discovery takes in.
    TooMany,
    /// A build, owner or catalogue file that breaks its own format.
    Malformed,
}

/// Collects notices from several threads.
#[derive(Debug, Default)]
pub(crate) struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    pub(crate) fn add(&self, notice: Notice) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }

    pub(crate) fn malformed(&self, path: &Arc<str>, message: impl std::fmt::Display) {
        // Parsers show an excerpt below the first line of their messages: a notice is one line.
        let message = message.to_string();
        let message = message.split('\n').next().unwrap_or_default().to_string();
        self.add(Notice { path: path.clone(), kind: NoticeKind::Malformed, message });
    }

    /// All notices, sorted, each once.
    pub(crate) fn take(&self) -> Vec<Notice> {
        let mut all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        all.sort();
        all.dedup();
        all
    }
}

//! What one scan parsed, for another scan of nearly the same files.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_workspace::Blob;

use crate::scan::Read;

/// What is known of a file's content.
pub(crate) enum Kept {
    /// Nothing in it that the models look for.
    Dull,
    Read(Box<Read>),
}

/// Files by path and content.
#[derive(Default)]
pub(crate) struct Reuse(HashMap<Arc<str>, (Blob, Kept)>);

impl Reuse {
    pub(crate) fn add(&mut self, path: &Arc<str>, blob: Blob, kept: Kept) {
        self.0.insert(path.clone(), (blob, kept));
    }

    /// What was kept of a file with that content.
    pub(crate) fn take(&mut self, path: &str, blob: Blob) -> Option<Kept> {
        let (known, kept) = self.0.remove(path)?;
        (known == blob).then_some(kept)
    }
}

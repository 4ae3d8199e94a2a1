//! What became of every file that might have been judged: parsed, passed by, or left out, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groundrule_report::NoticeKind;
use groundrule_unit::LeftOutReason;
use groundrule_workspace::{FileKind, left_out_by_content};

use crate::scan::{Scan, globs};

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was parsed, with parts of it unread where a note says so.
    Parsed(Option<String>),
    /// Nothing in it is what a library model speaks of, and no other file needed what it declares.
    PassedBy,
    LeftOut(LeftOutReason),
    /// It could not be read.
    Unread(String),
}

/// The fate of every source file and document, by path.
pub(crate) fn fates(scan: &Scan<'_>) -> BTreeMap<Arc<str>, Fate> {
    let excluded = globs(&scan.rules.config.scan.exclude);
    let parsed: BTreeSet<&str> = scan
        .units
        .iter()
        .map(|unit| &*unit.path)
        .chain(scan.documents.iter().map(|document| &*document.path))
        .collect();
    let taken: BTreeSet<&str> = scan.files.iter().map(|file| &*file.path).collect();
    let notes: BTreeMap<&str, _> =
        scan.notices.iter().filter_map(|notice| Some((&**notice.path.as_ref()?, notice))).collect();
    let repository = scan.repository;
    let found_first: BTreeMap<&str, _> =
        repository.notices.iter().map(|notice| (&*notice.path, notice)).collect();
    let mut found: BTreeMap<Arc<str>, Fate> = repository
        .layout
        .left_out
        .iter()
        .map(|file| (file.path.clone(), Fate::LeftOut(file.reason)))
        .collect();
    for file in repository.files.iter().filter(|file| file.kind != FileKind::Other) {
        if found.contains_key(&file.path) {
            continue;
        }
        let note = notes.get(&*file.path);
        let fate = if parsed.contains(&*file.path) {
            Fate::Parsed(note.map(|note| note.message.clone()))
        } else if let Some(note) = note.filter(|note| note.kind != NoticeKind::SyntaxErrors) {
            Fate::Unread(note.message.clone())
        } else if let Some(note) = found_first.get(&*file.path) {
            Fate::Unread(note.message.clone())
        } else if excluded.is_match(&*file.path) {
            Fate::LeftOut(LeftOutReason::Excluded)
        } else if !taken.contains(&*file.path) {
            Fate::LeftOut(LeftOutReason::NoService)
        } else {
            let text = repository.read(file).unwrap_or_default();
            left_out_by_content(&file.path, &text).map_or(Fate::PassedBy, Fate::LeftOut)
        };
        found.insert(file.path.clone(), fate);
    }
    // Links, and what is no file.
    for (path, note) in found_first {
        if repository.file(path).is_none() {
            found.insert(path.into(), Fate::Unread(note.message.clone()));
        }
    }
    found
}

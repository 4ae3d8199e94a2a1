//! Renamed files: which file of the base a new one was, by equal or mostly equal content.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use groundrule_workspace::{Blob, FileKind, Repository, Snapshot, SourceFile};

/// More new files than this are only known again when they are exactly as they were.
const MOST_COMPARED: usize = 2000;
/// How many pairs of files are compared line by line.
const MOST_PAIRS: usize = 40_000;
/// The share of lines, in percent, that a renamed file has in common with what it was.
const SIMILAR: usize = 50;

/// Files that have another name than at the base.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    before: BTreeMap<Arc<str>, Arc<str>>,
    now: BTreeMap<Arc<str>, Arc<str>>,
}

impl Renames {
    /// Compares the files that only one of the two versions has.
    pub(crate) fn find(before: &Repository, base: &Snapshot, now: &Repository) -> Self {
        let only = |one: &Repository, other: &Repository| -> Vec<SourceFile> {
            let files = one.files.iter();
            let own = files
                .filter(|file| file.kind != FileKind::Other && other.file(&file.path).is_none());
            own.cloned().collect()
        };
        let (gone, new) = (only(before, now), only(now, before));
        let mut found = Self::default();
        if gone.is_empty() || new.is_empty() {
            return found;
        }
        let texts: Vec<Option<String>> = new.iter().map(|file| now.read(file).ok()).collect();
        let mut by_blob: HashMap<Blob, Vec<usize>> = HashMap::new();
        for (at, file) in gone.iter().enumerate() {
            if let Some(blob) = base.blob(&file.path) {
                by_blob.entry(blob).or_default().push(at);
            }
        }
        let (mut gone_left, mut new_left) = (vec![true; gone.len()], vec![true; new.len()]);
        for (at, text) in texts.iter().enumerate() {
            let blob = text.as_ref().and_then(|text| base.blob_of(text.as_bytes()));
            let same = blob.and_then(|blob| by_blob.get_mut(&blob));
            if let Some(old) = same.filter(|same| !same.is_empty()).map(|same| same.remove(0)) {
                found.add(&gone[old], &new[at]);
                (gone_left[old], new_left[at]) = (false, false);
            }
        }
        let left = |left: &[bool]| (0..left.len()).filter(|&at| left[at]).collect::<Vec<_>>();
        let (gone_left, new_left) = (left(&gone_left), left(&new_left));
        if gone_left.len().max(new_left.len()) > MOST_COMPARED
            || gone_left.len().saturating_mul(new_left.len()) > MOST_PAIRS
        {
            return found;
        }
        let olds: Vec<HashSet<String>> = gone_left
            .iter()
            .map(|&at| lines(&before.read(&gone[at]).unwrap_or_default()))
            .collect();
        let mut pairs = Vec::new();
        for &at in &new_left {
            let own = lines(texts[at].as_deref().unwrap_or_default());
            for (old, old_lines) in gone_left.iter().zip(&olds) {
                let same = own.intersection(old_lines).count();
                let share = same * 100 / own.len().max(old_lines.len()).max(1);
                if share >= SIMILAR {
                    pairs.push((share, *old, at));
                }
            }
        }
        // The most alike first.
        pairs.sort_by_key(|&(share, old, at)| (std::cmp::Reverse(share), old, at));
        for (_, old, at) in pairs {
            let is_free = !found.now.contains_key(&gone[old].path)
                && !found.before.contains_key(&new[at].path);
            if is_free {
                found.add(&gone[old], &new[at]);
            }
        }
        found
    }

    fn add(&mut self, old: &SourceFile, new: &SourceFile) {
        self.before.insert(new.path.clone(), old.path.clone());
        self.now.insert(old.path.clone(), new.path.clone());
    }

    /// What a new file was called.
    pub(crate) fn before(&self, path: &str) -> Option<&str> {
        self.before.get(path).map(|path| &**path)
    }

    /// What a file that is gone is called now.
    pub(crate) fn now(&self, path: &str) -> Option<&str> {
        self.now.get(path).map(|path| &**path)
    }
}

/// The lines that say something, without their indentation.
fn lines(text: &str) -> HashSet<String> {
    let lines = text.split('\n').map(str::trim).filter(|line| line.len() > 2);
    lines.map(str::to_string).collect()
}

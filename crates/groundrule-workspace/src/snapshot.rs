//! A snapshot: the files of a commit or of the index, with the ignore rules that they bring.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::bstr::{BStr, ByteSlice as _};

use crate::git::Store;
use crate::ignores::Ignores;
use crate::paths::{ancestors, folder_of};
use crate::tree::head_of;

/// Names content, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Blob(pub(crate) gix::ObjectId);

/// One entry of a tree or an index.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Relative to the root, with forward slashes.
    pub(crate) path: String,
    pub(crate) blob: Blob,
    pub(crate) what: EntryWhat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryWhat {
    File,
    Link,
    /// Another repository, at a commit of its own.
    Submodule,
    /// What no file may be called: its path is for reports only.
    Odd,
}

impl Entry {
    pub(crate) fn odd(folder: &str, name: &BStr) -> Self {
        let name = name.to_str_lossy();
        let path = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
        let blob = Blob(gix::ObjectId::null(gix::hash::Kind::Sha1));
        Self { path, blob, what: EntryWhat::Odd }
    }
}

/// The files of a commit or of the index below one folder.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The folder of the work tree that it stands for, absolute.
    pub(crate) root: PathBuf,
    store: Arc<Store>,
    /// By path.
    entries: Arc<BTreeMap<String, (Blob, EntryWhat)>>,
    ignores: Arc<Ignores>,
}

impl Snapshot {
    pub(crate) fn new(root: PathBuf, store: Arc<Store>, entries: Vec<Entry>) -> Self {
        let entries: BTreeMap<String, (Blob, EntryWhat)> =
            entries.into_iter().map(|entry| (entry.path, (entry.blob, entry.what))).collect();
        let files = entries
            .iter()
            .filter(|(path, (_, what))| *what == EntryWhat::File && Ignores::is_one(path));
        let ignores = Ignores::new(files.map(|(path, (blob, _))| {
            let bytes = store.read(*blob, Ignores::LARGEST).unwrap_or_default();
            (path.as_str(), String::from_utf8_lossy(&bytes).into_owned())
        }));
        Self { root, store, entries: Arc::new(entries), ignores: Arc::new(ignores) }
    }

    /// The folder of the work tree that it stands for.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether it holds a regular file at a path.
    pub fn has(&self, path: &str) -> bool {
        matches!(self.entries.get(path), Some((_, EntryWhat::File)))
    }

    /// What the file at a path holds; none when there is no regular file.
    pub fn blob(&self, path: &str) -> Option<Blob> {
        match self.entries.get(path) {
            Some((blob, EntryWhat::File)) => Some(*blob),
            _ => None,
        }
    }

    /// The regular files of a folder and those below it.
    pub fn files_in<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let prefix = if folder == "." { String::new() } else { format!("{folder}/") };
        let from = self.entries.range(prefix.clone()..);
        from.take_while(move |(path, _)| path.starts_with(&prefix))
            .filter(|(_, (_, what))| *what == EntryWhat::File)
            .map(|(path, _)| path.as_str())
    }

    /// The paths at which it does not hold what the other one does, sorted.
    pub fn differing<'a>(&'a self, other: &'a Self) -> BTreeSet<&'a str> {
        let only = |one: &'a Self, other: &'a Self| {
            let entries = one.entries.iter();
            let own = entries.filter(move |(path, entry)| other.entries.get(*path) != Some(entry));
            own.map(|(path, _)| path.as_str())
        };
        only(self, other).chain(only(other, self)).collect()
    }

    /// The bytes of the file at a path.
    ///
    /// # Errors
    /// When there is none, when it is larger than `limit`, or when git cannot read it.
    pub fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        match self.blob(path) {
            Some(blob) => match self.untouched(path, blob, limit) {
                Some(bytes) => Ok(bytes),
                None => self.store.read(blob, limit),
            },
            None => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
        }
    }

    /// The bytes of a blob from the file of the work tree that still holds them, by their hash:
    /// that is read in a fraction of the time that an object takes.
    fn untouched(&self, path: &str, blob: Blob, limit: u64) -> Option<Vec<u8>> {
        let bytes = head_of(&self.root.join(path), limit).ok()?;
        (self.blob_of(&bytes)? == blob).then_some(bytes)
    }

    /// The text of the file at a path; none where there is none of at most `limit` bytes of UTF-8.
    pub fn text(&self, path: &str, limit: u64) -> Option<String> {
        String::from_utf8(self.read(path, limit).ok()?).ok()
    }

    /// The blob that a file of this content would be.
    pub fn blob_of(&self, content: &[u8]) -> Option<Blob> {
        self.store.blob_of(content)
    }

    pub(crate) fn size(&self, path: &str) -> Option<u64> {
        self.store.size(self.blob(path)?)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, EntryWhat)> {
        self.entries.iter().map(|(path, (_, what))| (path.as_str(), *what))
    }

    /// Whether its ignore files leave a file out.
    pub(crate) fn ignores(&self, path: &str) -> bool {
        self.ignores.ignored(path)
    }

    /// Whether a path is a submodule or lies in one.
    pub(crate) fn in_submodule(&self, path: &str) -> bool {
        let is_one = |at: &str| matches!(self.entries.get(at), Some((_, EntryWhat::Submodule)));
        is_one(path) || ancestors(folder_of(path)).any(is_one)
    }
}

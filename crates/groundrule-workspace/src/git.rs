//! git: the base of a change, `HEAD` and the index as folders of files, straight from objects. The
//! work tree is never changed, nothing is written, and no other program is started.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gix::bstr::{BStr, ByteSlice as _};
use gix::object::tree::EntryKind;

use crate::snapshot::{Blob, Entry, EntryWhat, Snapshot};

/// Trees nested deeper are not entered.
const DEEPEST: usize = 256;
/// How many entries of trees are looked at.
const MOST_ENTRIES: usize = 4_000_000;

/// Why git's objects cannot be used. What to do about it is the caller's to say.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("{} is in no git repository", path.display())]
    NoRepository { path: PathBuf },
    #[error("the git repository of {} cannot be opened: {cause}", path.display())]
    Broken { path: PathBuf, cause: String },
    #[error("the git repository at {} has no work tree to judge", path.display())]
    Bare { path: PathBuf },
    #[error("`{name}` names no commit of this repository")]
    UnknownCommit { name: String, shallow: bool },
    #[error("`{name}` and HEAD have no commit in common")]
    Unrelated { name: String, shallow: bool },
    #[error("{what} cannot be read from git: {cause}")]
    Unreadable { what: String, cause: String },
}

impl GitError {
    /// Whether the whole history would probably help.
    pub fn is_shallow(&self) -> bool {
        matches!(
            self,
            Self::UnknownCommit { shallow: true, .. } | Self::Unrelated { shallow: true, .. }
        )
    }
}

/// The git repository that holds a folder.
#[derive(Clone, Debug)]
pub struct Git {
    store: Arc<Store>,
    /// The folder, absolute.
    root: PathBuf,
    /// The way from the top of the work tree to the folder; empty for the top.
    prefix: String,
}

impl Git {
    /// Opens the repository that holds a folder.
    ///
    /// # Errors
    /// When there is none, when it cannot be opened, or when it has no work tree.
    pub fn open(root: &Path) -> Result<Self, GitError> {
        let broken = |cause: String| GitError::Broken { path: root.to_path_buf(), cause };
        let root = root.canonicalize().map_err(|error| broken(error.kind().to_string()))?;
        let shared = match gix::ThreadSafeRepository::discover(&root) {
            Ok(shared) => shared,
            // What stands there and cannot be opened is another matter than nothing.
            Err(error) if has_git(&root) => return Err(broken(one_line(&error.to_string()))),
            Err(_) => return Err(GitError::NoRepository { path: root }),
        };
        let top = shared.work_dir().and_then(|top| top.canonicalize().ok());
        let Some(top) = top else { return Err(GitError::Bare { path: root }) };
        let Ok(way) = root.strip_prefix(&top) else { return Err(GitError::Bare { path: root }) };
        let parts = way.components().map(|part| part.as_os_str().to_str());
        let Some(parts) = parts.collect::<Option<Vec<_>>>() else {
            return Err(broken("the folder's name is no UTF-8".to_string()));
        };
        let prefix = parts.join("/");
        Ok(Self { store: Arc::new(Store::new(shared)), root, prefix })
    }

    /// The commit at which what `HEAD` holds left what `name` (a commit, a branch, a tag) holds.
    /// A branch that only the remote `origin` has is found as well.
    ///
    /// # Errors
    /// When the name means nothing here, or the two share no commit.
    pub fn merge_base(&self, name: &str) -> Result<String, GitError> {
        self.store.with(|repository| {
            let shallow = repository.is_shallow().unwrap_or_default();
            let commit = |spec: &str| {
                let id = repository.rev_parse_single(spec).ok()?;
                let commit = id.object().ok()?.peel_to_commit().ok()?;
                Some(commit.id)
            };
            let unknown = || GitError::UnknownCommit { name: name.to_string(), shallow };
            // A name that starts with a dash would be an option to others.
            let is_name = !name.is_empty() && !name.starts_with('-');
            let base = is_name.then(|| commit(name)).flatten();
            let base =
                base.or_else(|| is_name.then(|| commit(&format!("origin/{name}"))).flatten());
            let base = base.ok_or_else(unknown)?;
            let head = commit("HEAD")
                .ok_or_else(|| GitError::UnknownCommit { name: "HEAD".to_string(), shallow })?;
            match repository.merge_base(base, head) {
                Ok(Some(id)) => Ok(id.to_string()),
                Ok(None) | Err(_) => Err(GitError::Unrelated { name: name.to_string(), shallow }),
            }
        })
    }

    /// The files of a commit below the folder. None at all where the commit does not have it.
    ///
    /// # Errors
    /// When the commit or one of its trees cannot be read.
    pub fn commit(&self, id: &str) -> Result<Snapshot, GitError> {
        let entries = self.store.with(|repository| {
            let tree = repository
                .rev_parse_single(id)
                .and_then(|id| id.object())
                .and_then(|object| object.peel_to_tree())
                .map_err(|error| unreadable(id, &error))?;
            self.entries_of(repository, tree)
        })?;
        Ok(self.snapshot(entries))
    }

    /// The files of `HEAD` below the folder; none before the first commit.
    ///
    /// # Errors
    /// When a tree cannot be read.
    pub fn head(&self) -> Result<Snapshot, GitError> {
        let entries = self.store.with(|repository| {
            let tree = repository
                .head_tree_id_or_empty()
                .and_then(|id| id.object())
                .and_then(|object| object.peel_to_tree())
                .map_err(|error| unreadable("HEAD", &error))?;
            self.entries_of(repository, tree)
        })?;
        Ok(self.snapshot(entries))
    }

    /// What is staged below the folder. `file` is another index than the repository's own, which
    /// git names to its hooks.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn index(&self, file: Option<&Path>) -> Result<Snapshot, GitError> {
        let entries = self.store.with(|repository| {
            let own = repository.index_path();
            let path = file.unwrap_or(&own);
            if !path.exists() {
                return Ok(Vec::new());
            }
            let options = gix::index::decode::Options::default();
            let index = gix::index::File::at(path, repository.object_hash(), false, options)
                .map_err(|error| unreadable("the index", &error))?;
            Ok(staged(&index, &self.prefix))
        })?;
        Ok(self.snapshot(entries))
    }

    fn snapshot(&self, entries: Vec<Entry>) -> Snapshot {
        Snapshot::new(self.root.clone(), self.store.clone(), entries)
    }

    fn entries_of(
        &self,
        repository: &gix::Repository,
        tree: gix::Tree<'_>,
    ) -> Result<Vec<Entry>, GitError> {
        let mut found = Vec::new();
        let top = match self.prefix.as_str() {
            "" => Some(tree),
            prefix => match tree.lookup_entry_by_path(prefix) {
                Ok(Some(entry)) if entry.mode().is_tree() => {
                    let object = entry.object().map_err(|error| unreadable(prefix, &error))?;
                    Some(object.into_tree())
                }
                Ok(_) => None,
                Err(error) => return Err(unreadable(prefix, &error)),
            },
        };
        let Some(top) = top else { return Ok(found) };
        let mut seen = 0;
        let mut todo = vec![(String::new(), top.id, 0)];
        while let Some((folder, id, depth)) = todo.pop() {
            let tree = repository.find_tree(id).map_err(|error| unreadable(&folder, &error))?;
            for entry in tree.iter() {
                let entry = entry.map_err(|error| unreadable(&folder, &error))?;
                seen += 1;
                if seen > MOST_ENTRIES {
                    let cause = "it has too many entries".to_string();
                    return Err(GitError::Unreadable { what: "the tree".to_string(), cause });
                }
                let Some(name) = proper_name(entry.filename()) else {
                    found.push(Entry::odd(&folder, entry.filename()));
                    continue;
                };
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let what = match entry.mode().kind() {
                    EntryKind::Tree => {
                        if depth < DEEPEST {
                            todo.push((path, entry.object_id(), depth + 1));
                        }
                        continue;
                    }
                    EntryKind::Blob | EntryKind::BlobExecutable => EntryWhat::File,
                    EntryKind::Link => EntryWhat::Link,
                    EntryKind::Commit => EntryWhat::Submodule,
                };
                found.push(Entry { path, blob: Blob(entry.object_id()), what });
            }
        }
        Ok(found)
    }
}

/// The entries of an index below a folder. Of a conflict, our side is taken.
fn staged(index: &gix::index::File, prefix: &str) -> Vec<Entry> {
    use gix::index::entry::{Flags, Mode, Stage};
    let mut found: Vec<Entry> = Vec::new();
    for entry in index.entries() {
        let is_ours = matches!(entry.stage(), Stage::Unconflicted | Stage::Ours);
        if !is_ours || entry.flags.contains(Flags::INTENT_TO_ADD) {
            continue;
        }
        let whole = entry.path(index);
        let Some(path) = whole.to_str().ok().and_then(proper_path) else {
            found.push(Entry::odd("", whole));
            continue;
        };
        let path = match prefix {
            "" => Some(path),
            prefix => path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')),
        };
        let Some(path) = path else { continue };
        let what = match entry.mode {
            Mode::SYMLINK => EntryWhat::Link,
            Mode::COMMIT => EntryWhat::Submodule,
            Mode::DIR => continue,
            _ => EntryWhat::File,
        };
        found.push(Entry { path: path.to_string(), blob: Blob(entry.id), what });
    }
    found
}

/// A name that git would check out: nothing that leads elsewhere.
fn proper_name(name: &BStr) -> Option<String> {
    let name = name.to_str().ok()?;
    let is_proper = !name.is_empty() && !matches!(name, "." | "..") && !name.contains(['/', '\0']);
    is_proper.then(|| name.to_string())
}

fn proper_path(path: &str) -> Option<&str> {
    path.split('/').all(|part| proper_name(part.into()).is_some()).then_some(path)
}

fn unreadable(what: &str, error: &(impl std::fmt::Display + ?Sized)) -> GitError {
    let what = if what.is_empty() { "the tree" } else { what };
    GitError::Unreadable { what: what.to_string(), cause: one_line(&error.to_string()) }
}

fn one_line(text: &str) -> String {
    text.split('\n').next().unwrap_or_default().to_string()
}

/// Whether a folder or one around it looks as if it were a repository.
fn has_git(root: &Path) -> bool {
    root.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok())
}

/// Handles to the repository, one for each thread that is reading.
#[derive(Debug)]
pub(crate) struct Store {
    shared: gix::ThreadSafeRepository,
    idle: Mutex<Vec<gix::Repository>>,
}

impl Store {
    fn new(shared: gix::ThreadSafeRepository) -> Self {
        Self { shared, idle: Mutex::default() }
    }

    fn with<T>(&self, job: impl FnOnce(&gix::Repository) -> T) -> T {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let repository = taken.unwrap_or_else(|| self.shared.to_thread_local());
        let done = job(&repository);
        idle().push(repository);
        done
    }

    /// The size of a blob, in bytes; none when it is not there.
    pub(crate) fn size(&self, blob: Blob) -> Option<u64> {
        self.with(|repository| repository.find_header(blob.0).ok().map(|header| header.size()))
    }

    /// The bytes of a blob of at most `limit` bytes.
    pub(crate) fn read(&self, blob: Blob, limit: u64) -> std::io::Result<Vec<u8>> {
        let failed = |kind, what: &str| std::io::Error::new(kind, what.to_string());
        let missing = || failed(std::io::ErrorKind::NotFound, "the object is not there");
        self.with(|repository| {
            let header = repository.find_header(blob.0).map_err(|_| missing())?;
            if header.size() > limit {
                return Err(failed(std::io::ErrorKind::FileTooLarge, "too large"));
            }
            let mut object = repository.find_object(blob.0).map_err(|_| missing())?;
            Ok(std::mem::take(&mut object.data))
        })
    }

    /// The blob that a file of this content would be.
    pub(crate) fn blob_of(&self, content: &[u8]) -> Option<Blob> {
        let hash = self.with(gix::Repository::object_hash);
        gix::objs::compute_hash(hash, gix::objs::Kind::Blob, content).ok().map(Blob)
    }
}

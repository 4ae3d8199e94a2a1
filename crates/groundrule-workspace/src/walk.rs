//! The walk: which files a repository holds. Ignore files count, links are never followed, and
//! of hidden files only those are taken that deploy or own something.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::notices::{Notice, NoticeKind};
use crate::options::DiscoverOptions;
use crate::paths::{ancestors, depth, file_name, folder_of};
use crate::snapshot::{EntryWhat, Snapshot};
use crate::tree::{Source, Tree};

/// Hidden folders that say how a service is deployed, built or owned.
const HIDDEN_FOLDERS: &[&str] = &[
    ".github",
    ".gitlab",
    ".nais",
    ".docker",
    ".deploy",
    ".deployment",
    ".k8s",
    ".kube",
    ".helm",
    ".kubernetes",
    ".platform",
    ".ebextensions",
    ".config",
    ".azure",
    ".openshift",
    ".cicd",
    ".circleci",
    ".do",
    ".aws",
];

/// Hidden files of the same kind; names that start with `.env` are taken as well.
const HIDDEN_FILES: &[&str] =
    &[".gitlab-ci.yml", ".npmrc", ".yarnrc.yml", ".nvmrc", ".dockerignore", ".platform.app.yaml"];

/// Why no repository could be discovered at all.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// The root does not exist, is no folder or cannot be listed.
    #[error("cannot read the folder {}", path.display())]
    Root { path: PathBuf, source: std::io::Error },
}

/// Walks the folder.
pub(crate) fn walk(root: &Path, options: &DiscoverOptions) -> Result<Tree, DiscoverError> {
    let failed = |source| DiscoverError::Root { path: root.to_path_buf(), source };
    // Without links, so that what lies below is compared with the true root.
    let root = root.canonicalize().map_err(failed)?;
    std::fs::read_dir(&root).map_err(failed)?;

    let found = Mutex::new(Vec::new());
    let notices = Mutex::new(Vec::new());
    let pruned = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    let depth_limit = options.depth_limit;
    let mut builder = WalkBuilder::new(&root);
    builder
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .parents(false)
        .follow_links(false)
        .max_depth(Some(depth_limit + 1))
        .threads(std::thread::available_parallelism().map_or(2, usize::from).min(8))
        .filter_entry(|entry| entry.depth() == 0 || is_wanted(entry));
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            let outcome = match entry {
                Ok(entry) if is_installed(&entry) => {
                    // Never a repository's own code, and large: its files are not even listed.
                    let path = entry.path().strip_prefix(&root).ok().and_then(portable);
                    lock(&pruned).extend(path);
                    return WalkState::Skip;
                }
                Ok(entry) => match in_submodule(&root, &entry, options) {
                    Some(notice) => {
                        lock(&notices).push(notice);
                        return WalkState::Skip;
                    }
                    None => look_at(&root, &entry, depth_limit),
                },
                Err(error) => Err(unreadable(&root, &error)),
            };
            match outcome {
                Ok(Some(file)) => {
                    if count.fetch_add(1, Ordering::Relaxed) >= options.file_limit {
                        let kind = NoticeKind::TooMany;
                        let message = format!("more than {} files", options.file_limit);
                        lock(&notices).push(Notice { path: ".".into(), kind, message });
                        return WalkState::Quit;
                    }
                    lock(&found).push(file);
                }
                Ok(None) => {}
                Err(notice) => lock(&notices).push(notice),
            }
            WalkState::Continue
        })
    });

    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(base) = &options.base {
        ignore_as_in(base, options.tracked.as_ref(), &root, &mut found);
    }
    let mut tree = Tree::new(Source::Folder(root), found, options);
    tree.pruned = pruned.into_inner().unwrap_or_else(PoisonError::into_inner);
    for notice in notices.into_inner().unwrap_or_else(PoisonError::into_inner) {
        tree.notices.add(notice);
    }
    Ok(tree)
}

/// Lets the ignore files of the base decide about every file, so that a change cannot hide code by
/// its own. What a change newly ignores is found in the index.
fn ignore_as_in(
    base: &Snapshot,
    tracked: Option<&Snapshot>,
    root: &Path,
    found: &mut Vec<(String, u64)>,
) {
    let known: HashSet<String> = found.iter().map(|(path, _)| path.clone()).collect();
    let tracked = tracked.into_iter().flat_map(Snapshot::entries);
    let mut links = HashMap::new();
    for (path, what) in tracked {
        let is_hidden = what == EntryWhat::File && !known.contains(path) && is_wanted_path(path);
        if is_hidden && is_reached_without_links(root, folder_of(path), &mut links) {
            let metadata = root.join(path).symlink_metadata().ok();
            let file = metadata.filter(std::fs::Metadata::is_file);
            found.extend(file.map(|file| (path.to_string(), file.len())));
        }
    }
    found.retain(|(path, _)| !base.ignores(path));
}

/// Whether every folder on the way is one, and no link.
fn is_reached_without_links(root: &Path, folder: &str, known: &mut HashMap<String, bool>) -> bool {
    let mut way: Vec<&str> = ancestors(folder).filter(|at| *at != ".").collect();
    way.reverse();
    way.into_iter().all(|at| {
        if let Some(known) = known.get(at) {
            return *known;
        }
        let is_folder = root.join(at).symlink_metadata().is_ok_and(|found| found.is_dir());
        known.insert(at.to_string(), is_folder);
        is_folder
    })
}

/// The files of a snapshot that the walk would take.
pub(crate) fn walk_snapshot(snapshot: &Snapshot, options: &DiscoverOptions) -> Tree {
    let (mut found, mut notices) = (Vec::new(), Vec::new());
    let mut pruned = BTreeSet::new();
    let rules = options.base.as_ref().unwrap_or(snapshot);
    for (path, what) in snapshot.entries() {
        if let Some(installed) = installed_part(path) {
            pruned.insert(installed.to_string());
            continue;
        }
        if !is_wanted_path(path) || rules.ignores(path) {
            continue;
        }
        let mut note = |kind, message: &str| {
            notices.push(Notice { path: path.into(), kind, message: message.to_string() });
        };
        match what {
            EntryWhat::File if depth(folder_of(path)) > options.depth_limit => {
                note(NoticeKind::TooDeep, "nested in too many folders");
            }
            EntryWhat::File if found.len() >= options.file_limit => {
                note(NoticeKind::TooMany, "more files than the limit");
                break;
            }
            EntryWhat::File => found.push((path.to_string(), 0)),
            EntryWhat::Link => note(NoticeKind::Symlink, "links are not followed"),
            EntryWhat::Submodule => note(NoticeKind::Submodule, "it is another repository"),
            EntryWhat::Odd => note(NoticeKind::NameNotUtf8, "no file can be called so"),
        }
    }
    let mut tree = Tree::new(Source::Snapshot(snapshot.clone()), found, options);
    tree.pruned = pruned.into_iter().collect();
    for notice in notices {
        tree.notices.add(notice);
    }
    tree
}

/// Whether the walk would come to a path, by the names on the way.
fn is_wanted_path(path: &str) -> bool {
    let (folder, name) = (folder_of(path), file_name(path));
    let on_the_way = || folder.split('/').filter(|part| *part != ".");
    is_wanted_name(name, false)
        && on_the_way().all(|part| is_wanted_name(part, true) && !is_installed_name(part))
}

/// The folder of installed packages that holds a path.
fn installed_part(path: &str) -> Option<&str> {
    let mut end = 0;
    for part in folder_of(path).split('/') {
        end += part.len();
        if is_installed_name(part) {
            return Some(&path[..end]);
        }
        end += 1;
    }
    None
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the walk goes into a folder or takes a file, by its name.
fn is_wanted(entry: &DirEntry) -> bool {
    // A name that is no UTF-8 is looked at, so that it gets its notice.
    let Some(name) = entry.file_name().to_str() else { return true };
    is_wanted_name(name, entry.file_type().is_some_and(|kind| kind.is_dir()))
}

pub(crate) fn is_wanted_name(name: &str, is_folder: bool) -> bool {
    match (name.starts_with('.'), is_folder) {
        (true, true) => HIDDEN_FOLDERS.contains(&name),
        // Ignore files are read by the walk itself.
        (true, false) => name.starts_with(".env") || HIDDEN_FILES.contains(&name),
        (false, _) => true,
    }
}

/// Whether a folder holds what a package manager installed.
fn is_installed(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && entry.file_name().to_str().is_some_and(is_installed_name)
}

pub(crate) fn is_installed_name(name: &str) -> bool {
    matches!(name, "node_modules" | "__pycache__" | "bower_components" | "site-packages")
}

/// Beside a base, submodules are left to their own repositories: the base has no files of them.
fn in_submodule(root: &Path, entry: &DirEntry, options: &DiscoverOptions) -> Option<Notice> {
    let tracked = options.tracked.as_ref()?;
    let path = entry.path().strip_prefix(root).ok().and_then(portable)?;
    let message = "it is another repository".to_string();
    let notice = || Notice { path: path.as_str().into(), kind: NoticeKind::Submodule, message };
    tracked.in_submodule(&path).then(notice)
}

/// A file with its size, nothing for a folder, or a notice for what is not followed.
fn look_at(
    root: &Path,
    entry: &DirEntry,
    depth_limit: usize,
) -> Result<Option<(String, u64)>, Notice> {
    let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
    let Some(path) = portable(relative) else {
        let path = relative.to_string_lossy().replace('\\', "/").into();
        let message = "its name is no UTF-8".to_string();
        return Err(Notice { path, kind: NoticeKind::NameNotUtf8, message });
    };
    let Some(kind) = entry.file_type() else { return Ok(None) };
    if kind.is_symlink() {
        let message = "links are not followed".to_string();
        return Err(Notice { path: path.into(), kind: NoticeKind::Symlink, message });
    }
    if kind.is_dir() && entry.depth() > depth_limit {
        let message = format!("nested in more than {depth_limit} folders");
        return Err(Notice { path: path.into(), kind: NoticeKind::TooDeep, message });
    }
    if !kind.is_file() {
        return Ok(None);
    }
    match entry.metadata() {
        Ok(metadata) => Ok(Some((path, metadata.len()))),
        Err(error) => {
            Err(Notice { path: path.into(), kind: NoticeKind::Unreadable, message: cause(&error) })
        }
    }
}

fn unreadable(root: &Path, error: &ignore::Error) -> Notice {
    let path = path_in(error).and_then(|path| portable(path.strip_prefix(root).ok()?));
    Notice {
        path: path.unwrap_or_else(|| ".".to_string()).into(),
        kind: NoticeKind::Unreadable,
        message: cause(error),
    }
}

/// The cause without the absolute path that `ignore` puts before it.
fn cause(error: &ignore::Error) -> String {
    match error.io_error() {
        Some(io) => io.kind().to_string(),
        None => "cannot be listed".to_string(),
    }
}

fn path_in(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_in(err)
        }
        _ => None,
    }
}

/// A relative path with forward slashes; none when a part is no UTF-8.
fn portable(relative: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in relative.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(if parts.is_empty() { ".".to_string() } else { parts.join("/") })
}

//! The walk: which files a repository holds. Ignore files count, links are never followed, and
//! of hidden files only those are taken that deploy or own something.

use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::notices::{Notice, NoticeKind};
use crate::options::DiscoverOptions;
use crate::tree::Tree;

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
                Ok(entry) => look_at(&root, &entry, depth_limit),
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

    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut tree = Tree::new(root, found, options);
    tree.pruned = pruned.into_inner().unwrap_or_else(PoisonError::into_inner);
    for notice in notices.into_inner().unwrap_or_else(PoisonError::into_inner) {
        tree.notices.add(notice);
    }
    Ok(tree)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the walk goes into a folder or takes a file, by its name.
fn is_wanted(entry: &DirEntry) -> bool {
    // A name that is no UTF-8 is looked at, so that it gets its notice.
    let Some(name) = entry.file_name().to_str() else { return true };
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    match (name.starts_with('.'), is_folder) {
        (true, true) => HIDDEN_FOLDERS.contains(&name),
        (true, false) => name.starts_with(".env") || HIDDEN_FILES.contains(&name),
        (false, _) => true,
    }
}

/// Whether a folder holds what a package manager installed.
fn is_installed(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && matches!(
            entry.file_name().to_str(),
            Some("node_modules" | "__pycache__" | "bower_components" | "site-packages")
        )
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

//! The repositories that a run judges: the folders that were named, or those side by side in one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::errors::Failure;

/// The root of a repository, and the folder under which its paths are shown.
pub(crate) struct Root {
    pub(crate) path: PathBuf,
    pub(crate) prefix: String,
}

/// The repositories that were named, each once, and what is no folder. Their paths are shown under
/// the way to them from `relative_to`; without it under their names where there are several.
///
/// # Errors
/// When `relative_to` is no folder, or a repository does not lie in it.
pub(crate) fn roots(
    paths: &[PathBuf],
    relative_to: Option<&Path>,
) -> Result<(Vec<Root>, Vec<PathBuf>), Failure> {
    let base = relative_to.map(folder).transpose()?;
    let (mut roots, mut missing) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut folders = Vec::new();
    for path in paths {
        match path.canonicalize() {
            Ok(full) if full.is_dir() => match checkouts_in(&full) {
                Some(checkouts) => folders.extend(checkouts),
                None => folders.push(full),
            },
            _ => missing.push(path.clone()),
        }
    }
    folders.retain(|folder| seen.insert(folder.clone()));
    let several = folders.len() > 1;
    for path in folders {
        let prefix = match &base {
            Some(base) => way(base, &path)?,
            None if several => unique_name(&path, &mut names),
            None => String::new(),
        };
        roots.push(Root { path, prefix });
    }
    Ok((roots, missing))
}

fn folder(path: &Path) -> Result<PathBuf, Failure> {
    match path.canonicalize() {
        Ok(full) if full.is_dir() => Ok(full),
        Ok(_) => Err(Failure::NoFolder { path: path.to_path_buf() }),
        Err(_) => Err(Failure::MissingPath { path: path.to_path_buf() }),
    }
}

/// The way from a folder down to another one, with forward slashes.
fn way(from: &Path, to: &Path) -> Result<String, Failure> {
    let outside = || Failure::Outside {
        path: to.to_path_buf(),
        folder: from.to_path_buf(),
        option: "--relative-to",
    };
    let rest = to.strip_prefix(from).map_err(|_| outside())?;
    let parts = rest.components().map(|part| part.as_os_str().to_string_lossy());
    Ok(parts.collect::<Vec<_>>().join("/"))
}

/// The folder's name; with a number where another root has the same.
fn unique_name(path: &Path, names: &mut BTreeSet<String>) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
    let free = free.unwrap_or(name);
    names.insert(free.clone());
    free
}

/// The repositories that lie side by side in a folder which is none itself: it holds nothing but
/// folders, lies in no git repository, and each of the folders looks like a checkout.
fn checkouts_in(folder: &Path) -> Option<Vec<PathBuf>> {
    if folder.ancestors().any(|around| around.join(".git").exists()) {
        return None;
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).ok()? {
        let entry = entry.ok()?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if !entry.file_type().ok()?.is_dir() || !is_checkout(&entry.path()) {
            return None;
        }
        found.push(entry.path());
    }
    found.sort();
    (found.len() > 1).then_some(found)
}

/// Whether a folder looks like the top of a repository: git's own, or what one shows to readers.
fn is_checkout(folder: &Path) -> bool {
    let Ok(mut entries) = std::fs::read_dir(folder) else { return false };
    entries.any(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name().to_string_lossy().to_lowercase();
            name == ".git" || name.starts_with("readme") || name.starts_with("license")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_of_one_name_are_told_apart() {
        let mut names = BTreeSet::new();
        let name = |path: &str, names: &mut BTreeSet<String>| unique_name(Path::new(path), names);
        assert_eq!(name("/a/shop", &mut names), "shop");
        assert_eq!(name("/b/shop", &mut names), "shop-2");
        assert_eq!(name("/c/shop", &mut names), "shop-3");
    }
}

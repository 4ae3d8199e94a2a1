//! A repository: its files, its layout, and the way to read it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groundrule_unit::{Language, Layout, LeftOut, LeftOutReason};
use rayon::prelude::*;

use crate::browser::Browser;
use crate::catalog;
use crate::deployment::Deployments;
use crate::dockerfiles;
use crate::left_out;
use crate::manifests;
use crate::notices::Notice;
use crate::options::{DiscoverOptions, OverrideKind};
use crate::owners::CodeOwners;
use crate::packages::{Alias, Package, Packages};
use crate::paths::{below, is_inside, join};
use crate::services::{self, Findings};
use crate::snapshot::Snapshot;
use crate::tree::{FileKind, Source, SourceFile, Tree, read_text};
use crate::walk::{DiscoverError, walk, walk_snapshot};

/// A repository as discovery sees it.
#[derive(Debug)]
pub struct Repository {
    /// The folder, absolute and without links; of a commit or the index, the one that it is for.
    pub root: PathBuf,
    /// All files that the walk took, sorted by path.
    pub files: Vec<SourceFile>,
    pub layout: Layout,
    /// What was not read or understood so far, sorted by path.
    pub notices: Vec<Notice>,
    packages: Packages,
    owners: CodeOwners,
    source: Source,
    size_limit: u64,
}

impl Repository {
    /// Discovers the repository at `root`. Malformed and unreadable files become notices.
    ///
    /// # Errors
    /// When `root` itself cannot be listed.
    pub fn discover(root: &Path, options: &DiscoverOptions) -> Result<Self, DiscoverError> {
        Ok(Self::of_tree(walk(root, options)?, options))
    }

    /// Discovers what a commit or the index holds, as if it were checked out.
    pub fn of_snapshot(snapshot: &Snapshot, options: &DiscoverOptions) -> Self {
        Self::of_tree(walk_snapshot(snapshot, options), options)
    }

    fn of_tree(tree: Tree, options: &DiscoverOptions) -> Self {
        let manifest_paths: Vec<Arc<str>> = tree
            .files
            .par_iter()
            .filter(|file| manifests::build_system(&file.path).is_some())
            .filter(|file| left_out::by_path(&file.path).is_none())
            .map(|file| file.path.clone())
            .collect();
        let ((manifests, cargo), (dockerfiles, deployments)) = rayon::join(
            || manifests::read_all(&tree, &manifest_paths),
            || (dockerfiles::read_all(&tree), Deployments::read(&tree)),
        );
        let components = catalog::read(&tree);
        let owners = CodeOwners::read(&tree);
        let mut layout = services::discover(&Findings {
            tree: &tree,
            manifests: &manifests,
            cargo: &cargo,
            dockerfiles: &dockerfiles,
            deployments: &deployments,
            components: &components,
            owners: &owners,
            overrides: &options.overrides,
        });
        let browser = Browser::new(&tree, &manifests);
        layout.left_out = leave_out(&tree, &layout, &browser, options);
        count_languages(&tree, &mut layout);
        let packages = Packages::new(&tree, &manifests);
        Self {
            notices: tree.notices.take(),
            root: tree.source.root().to_path_buf(),
            source: tree.source,
            files: tree.files,
            layout,
            packages,
            owners,
            size_limit: options.size_limit,
        }
    }

    /// The text of a file, without its byte order mark.
    ///
    /// # Errors
    /// A notice when it is too large, no UTF-8, or cannot be read.
    pub fn read(&self, file: &SourceFile) -> Result<String, Notice> {
        read_text(&self.source, file, self.size_limit)
    }

    /// The file at a path relative to the root.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(&self.files[at])
    }

    /// The package that holds a file, by the build system of the file's language.
    pub fn package_of(&self, path: &str) -> Option<&Package> {
        self.packages.package_of(path)
    }

    /// The import aliases that hold for a file of TypeScript or JavaScript.
    pub fn aliases_of(&self, path: &str) -> &[Alias] {
        self.packages.aliases_of(path)
    }

    /// The owners of a file or folder by `CODEOWNERS`.
    pub fn owners_of(&self, path: &str) -> groundrule_unit::Owners {
        self.owners.of(path)
    }

    /// Why a file is left out, as far as its path and place tell.
    pub fn left_out(&self, path: &str) -> Option<LeftOutReason> {
        let left_out = &self.layout.left_out;
        let at = left_out.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(left_out[at].reason)
    }
}

/// Every source and document that is not judged, sorted by path.
fn leave_out(
    tree: &Tree,
    layout: &Layout,
    browser: &Browser,
    options: &DiscoverOptions,
) -> Vec<LeftOut> {
    let ignored: Vec<String> = options
        .overrides
        .iter()
        .filter(|entry| entry.kind == OverrideKind::Ignore)
        .filter_map(|entry| join(".", &entry.path))
        .collect();
    let reason = |path: &str| {
        if ignored.iter().any(|folder| is_inside(path, folder)) {
            return Some(LeftOutReason::NoService);
        }
        left_out::by_path(path)
            .or_else(|| browser.holds(path).then_some(LeftOutReason::Browser))
            .or_else(|| is_script(path, layout).then_some(LeftOutReason::NoService))
    };
    let mut found: Vec<LeftOut> = tree
        .files
        .par_iter()
        .filter(|file| file.kind != FileKind::Other)
        .filter_map(|file| Some(LeftOut { path: file.path.clone(), reason: reason(&file.path)? }))
        .collect();
    // Folders of installed packages stand for all that lies in them.
    found.extend(
        tree.pruned
            .iter()
            .map(|path| LeftOut { path: path.as_str().into(), reason: LeftOutReason::Vendored }),
    );
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Code in a service's folder that helps people who work on it, and that nothing starts.
fn is_script(path: &str, layout: &Layout) -> bool {
    const FOLDERS: &[&str] =
        &["scripts", "script", "hack", "bench", "benchmark", "benchmarks", "xtask"];
    let Some(service) = layout.service_of(path) else { return false };
    let Some(inner) = below(path, &service.folder) else { return false };
    let Some((first, _)) = inner.split_once('/') else { return false };
    let is_python = path.ends_with(".py");
    // A package of Python may well be called `tools`, a folder of Node's programs `bin`.
    let helps = FOLDERS.contains(&first) || first == if is_python { "bin" } else { "tools" };
    let top = match inner.find("/scripts/") {
        _ if helps => first,
        Some(at) => &inner[..at + "/scripts".len()],
        None => return false,
    };
    let folder = join(&service.folder, top).unwrap_or_default();
    // One that starts there is what the folder is for.
    !service.entry.as_ref().is_some_and(|entry| is_inside(&entry.path, &folder))
        && layout.library_of(path).is_none()
}

/// The languages of each service by the number of its files.
fn count_languages(tree: &Tree, layout: &mut Layout) {
    let mut counts: BTreeMap<Arc<str>, BTreeMap<Language, usize>> = BTreeMap::new();
    for file in &tree.files {
        let FileKind::Source(language) = file.kind else { continue };
        if layout.left_out.binary_search_by(|left| left.path.cmp(&file.path)).is_ok() {
            continue;
        }
        if let Some(service) = layout.service_of(&file.path) {
            let folder = service.folder.clone();
            *counts.entry(folder).or_default().entry(language).or_default() += 1;
        }
    }
    for service in &mut layout.services {
        let Some(counts) = counts.remove(&service.folder) else { continue };
        let mut counts: Vec<(Language, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|&(language, count)| (std::cmp::Reverse(count), language));
        service.languages = counts.into_iter().map(|(language, _)| language).collect();
    }
}

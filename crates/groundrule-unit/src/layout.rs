//! The layout of a repository: its services, the libraries they share, what they depend on, who
//! owns them, and what was left out.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::{Language, Name, Place};

/// A repository as discovery sees it. Paths are relative to its root, with forward slashes; the
/// root itself is `"."`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Layout {
    /// Sorted by folder.
    pub services: Vec<Service>,
    /// Folders with a build file but nothing to run, sorted by folder.
    pub libraries: Vec<Library>,
    /// Sorted by path.
    pub left_out: Vec<LeftOut>,
    /// Which services use a library, by the library's folder; found when first asked for.
    #[serde(skip)]
    users: OnceLock<FxHashMap<Arc<str>, Vec<usize>>>,
    /// Services and libraries by their folders; found when first asked for.
    #[serde(skip)]
    folders: OnceLock<Folders>,
}

/// Where services and libraries stand in a layout, by their folders.
#[derive(Clone, Debug, Default)]
struct Folders {
    services: FxHashMap<Arc<str>, usize>,
    libraries: FxHashMap<Arc<str>, usize>,
}

/// A unit that is deployed on its own.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Service {
    /// Its folder, which is its identity in reports.
    pub folder: Arc<str>,
    /// Its name: from `catalog-info.yaml`, `groundrule.toml`, its build file, else its folder.
    pub name: Name,
    /// By number of files, most first.
    pub languages: Vec<Language>,
    pub owners: Owners,
    /// Criticality, from `catalog-info.yaml` (`spec.lifecycle` is not it) or `groundrule.toml`.
    pub tier: Option<Name>,
    /// Build files (`package.json`, `go.mod`, `pom.xml`, …), those of its parents included.
    pub manifests: Vec<Arc<str>>,
    /// Dockerfiles, Compose, Kubernetes, Helm and platform files that deploy it, anywhere in the
    /// repository.
    pub deployment: Vec<Arc<str>>,
    /// Where it starts, if that could be told (`main.go`, `Program.cs`, a class with `main`).
    pub entry: Option<Place>,
    pub dependencies: Vec<Dependency>,
    /// Folders of the repository's libraries that it links, transitively, sorted.
    pub uses: Vec<Arc<str>>,
}

/// A part of the repository that services link and nobody deploys.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Library {
    pub folder: Arc<str>,
    pub name: Name,
    pub manifests: Vec<Arc<str>>,
    pub dependencies: Vec<Dependency>,
    pub uses: Vec<Arc<str>>,
}

/// A package that a service or library depends on.
#[derive(Clone, Debug, Serialize)]
pub struct Dependency {
    /// As its registry names it: `requests`, `@grpc/grpc-js`, `org.slf4j:slf4j-api`,
    /// `google.golang.org/grpc`, `Grpc.Net.Client`, `reqwest`.
    pub name: Name,
    /// The resolved version from a lock file, else the version or range that the build file asks
    /// for; none where neither says.
    pub version: Option<Name>,
    /// Whether `version` was resolved by a lock file or is exact by the build file's rules.
    pub exact: bool,
    pub scope: DependencyScope,
    /// Features or extras asked for (`reqwest`'s `json`, `fastapi[all]`).
    pub features: Vec<Name>,
    /// Where the build file names it.
    pub place: Place,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DependencyScope {
    Runtime,
    Development,
}

/// Who answers for a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Owners {
    /// `@org/team`, `@user`, an e-mail address, or a catalog reference (`group:default/payments`).
    pub names: Vec<Name>,
    /// The file that says so.
    pub source: Option<Arc<str>>,
}

/// A file that is not judged, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub path: Arc<str>,
    pub reason: LeftOutReason,
}

/// Why a file is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOutReason {
    Test,
    Example,
    Generated,
    Vendored,
    Minified,
    /// Code that runs in a browser.
    Browser,
    /// In no service and in no library that one uses.
    NoService,
    /// The repository's configuration says so.
    Excluded,
}

impl Service {
    /// Whether a path lies in the service's own folder.
    pub fn holds(&self, path: &str) -> bool {
        inside(path, &self.folder)
    }
}

impl Library {
    /// Whether a path lies in the library's folder.
    pub fn holds(&self, path: &str) -> bool {
        inside(path, &self.folder)
    }
}

impl Layout {
    /// A layout of services and libraries in any order.
    pub fn new(mut services: Vec<Service>, mut libraries: Vec<Library>) -> Self {
        services.sort_by(|a, b| a.folder.cmp(&b.folder));
        libraries.sort_by(|a, b| a.folder.cmp(&b.folder));
        Self { services, libraries, ..Self::default() }
    }

    /// The service whose folder holds the path, innermost first; none for shared code.
    pub fn service_of(&self, path: &str) -> Option<&Service> {
        let at = |folder| self.folders().services.get(folder);
        folders_around(path).find_map(at).map(|&at| &self.services[at])
    }

    /// The library whose folder holds the path, if it is more deeply nested than any service's.
    pub fn library_of(&self, path: &str) -> Option<&Library> {
        let at = |folder| self.folders().libraries.get(folder);
        let library = folders_around(path).find_map(at).map(|&at| &self.libraries[at])?;
        match self.service_of(path) {
            Some(service) if depth(&service.folder) > depth(&library.folder) => None,
            _ => Some(library),
        }
    }

    /// The services that a file's code runs in: the one whose folder holds it, or those that use
    /// the library it belongs to.
    pub fn services_running(&self, path: &str) -> Vec<&Service> {
        match self.library_of(path) {
            Some(library) => {
                let users = self.users.get_or_init(|| self.find_users());
                let users = users.get(&library.folder).map_or(&[][..], Vec::as_slice);
                users.iter().map(|&at| &self.services[at]).collect()
            }
            None => self.service_of(path).into_iter().collect(),
        }
    }

    fn folders(&self) -> &Folders {
        self.folders.get_or_init(|| Folders {
            services: by_folder(self.services.iter().map(|service| &service.folder)),
            libraries: by_folder(self.libraries.iter().map(|library| &library.folder)),
        })
    }

    /// The services that use each library, by the library's folder.
    fn find_users(&self) -> FxHashMap<Arc<str>, Vec<usize>> {
        let mut users: FxHashMap<Arc<str>, Vec<usize>> = FxHashMap::default();
        for (at, service) in self.services.iter().enumerate() {
            for library in &service.uses {
                users.entry(library.clone()).or_default().push(at);
            }
        }
        users
    }
}

fn by_folder<'f>(folders: impl Iterator<Item = &'f Arc<str>>) -> FxHashMap<Arc<str>, usize> {
    folders.enumerate().map(|(at, folder)| (folder.clone(), at)).collect()
}

fn depth(folder: &str) -> usize {
    if folder == "." { 0 } else { folder.split('/').count() }
}

/// A path and the folders around it, innermost first, the root last.
fn folders_around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |folder| folder.rfind('/').map(|slash| &folder[..slash]))
        .chain(std::iter::once("."))
}

fn inside(path: &str, folder: &str) -> bool {
    folder == "."
        || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(folder: &str, uses: &[&str]) -> Service {
        let uses = uses.iter().map(|&library| library.into()).collect();
        Service { folder: folder.into(), uses, ..Service::default() }
    }

    #[test]
    fn the_innermost_folder_decides() {
        let layout = Layout::new(
            vec![service("a", &["a/lib"]), service("a/b", &[]), service(".", &[])],
            vec![Library { folder: "a/lib".into(), ..Library::default() }],
        );
        let running = |path| -> Vec<&str> {
            layout.services_running(path).iter().map(|s| &*s.folder).collect()
        };
        assert_eq!(running("a/b/main.go"), ["a/b"]);
        assert_eq!(running("a/bc/main.go"), ["a"]);
        assert_eq!(running("main.go"), ["."]);
        assert_eq!(running("a/lib/x.go"), ["a"]);
    }
}

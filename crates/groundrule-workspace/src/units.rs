//! Units: the parts of a repository that have a build file or a Dockerfile, before it is decided
//! which of them are services.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groundrule_unit::{Name, Place};

use crate::deployment::normal;
use crate::manifests::{BuildSystem, Manifest, Role, Workspaces};
use crate::paths::{file_name, folder_of, is_inside};

/// A part of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) folder: String,
    /// Indices of its build files.
    pub(crate) manifests: BTreeSet<usize>,
    pub(crate) role: Role,
    pub(crate) entry: Option<Place>,
    pub(crate) deployment: BTreeSet<Arc<str>>,
    /// Names under which it may be deployed, without case and separators.
    pub(crate) names: BTreeSet<String>,
    /// Whether a Dockerfile builds it.
    pub(crate) has_image: bool,
    /// Whether a Compose, Skaffold or similar file builds it to be run.
    pub(crate) is_deployed: bool,
    /// Folders of the repository that its image takes in beside its own.
    pub(crate) copies: BTreeSet<String>,
}

impl Unit {
    pub(crate) fn new(folder: &str, role: Role, entry: Option<Place>) -> Self {
        let names = (folder != ".").then(|| normal(file_name(folder))).into_iter().collect();
        Self {
            folder: folder.to_string(),
            manifests: BTreeSet::new(),
            role,
            entry,
            deployment: BTreeSet::new(),
            names,
            has_image: false,
            is_deployed: false,
            copies: BTreeSet::new(),
        }
    }

    pub(crate) fn runs(&self) -> bool {
        matches!(self.role, Role::Program | Role::Server)
    }
}

/// The units by folder.
#[derive(Debug, Default)]
pub(crate) struct Units(pub(crate) BTreeMap<String, Unit>);

impl Units {
    /// One unit a folder with a build file. Go's modules come from `go_programs`, since a module
    /// may hold several programs.
    pub(crate) fn of_manifests(manifests: &[Manifest], cargo: &Workspaces) -> Self {
        let mut units = Self::default();
        let roles = cargo_roles(manifests);
        let homes = cargo_homes(manifests, &roles, cargo);
        for (at, manifest) in manifests.iter().enumerate() {
            if manifest.system == BuildSystem::Go {
                continue;
            }
            let role = roles.get(&at).copied().unwrap_or(manifest.role);
            let folder = homes.get(&at).map_or(&*manifest.folder, String::as_str);
            units.add(folder, at, role, manifest.entry.clone());
            if folder != &*manifest.folder {
                units.add_name(folder, file_name(&manifest.folder));
            }
        }
        units
    }

    /// Adds a build file to the unit of a folder; the strongest role counts, with its entry.
    pub(crate) fn add(&mut self, folder: &str, manifest: usize, role: Role, entry: Option<Place>) {
        let unit = self
            .0
            .entry(folder.to_string())
            .or_insert_with(|| Unit::new(folder, role, entry.clone()));
        unit.manifests.insert(manifest);
        if role > unit.role || unit.entry.is_none() && role == unit.role {
            unit.role = role;
            unit.entry = entry;
        }
    }

    fn add_name(&mut self, folder: &str, name: &str) {
        if let Some(unit) = self.0.get_mut(folder) {
            unit.names.insert(normal(name));
        }
    }

    /// The units with something to run at or below a folder.
    pub(crate) fn running_below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Unit> {
        self.0.values().filter(move |unit| unit.runs() && is_inside(&unit.folder, folder))
    }

    /// The nearest unit with something to run at or above a folder.
    pub(crate) fn running_around(&self, folder: &str) -> Option<&Unit> {
        crate::paths::ancestors(folder).find_map(|at| self.0.get(at).filter(|unit| unit.runs()))
    }

    /// Moves a unit to another folder, unless a unit stands there that runs by itself.
    pub(crate) fn relocate(&mut self, from: &str, to: &str) {
        if self.0.get(to).is_some_and(Unit::runs) {
            return;
        }
        let Some(mut unit) = self.0.remove(from) else { return };
        unit.folder = to.to_string();
        if let Some(there) = self.0.remove(to) {
            unit.manifests.extend(there.manifests);
            unit.names.extend(there.names);
            unit.deployment.extend(there.deployment);
        } else if to != "." {
            unit.names.insert(normal(file_name(to)));
        }
        self.0.insert(to.to_string(), unit);
    }
}

/// A crate with a binary that another crate with a binary links is a library with a tool beside.
fn cargo_roles(manifests: &[Manifest]) -> BTreeMap<usize, Role> {
    let bins =
        || manifests.iter().enumerate().filter(|(_, m)| m.system == BuildSystem::Cargo && m.runs());
    bins()
        .filter(|(at, bin)| {
            bins().any(|(other, by)| {
                other != *at
                    && by.links.iter().any(|link| {
                        matches!(link, crate::manifests::Link::Folder(f) if *f == *bin.folder)
                    })
            })
        })
        .map(|(at, _)| (at, Role::Library))
        .collect()
}

/// The one program of a workspace is deployed from the workspace's root.
fn cargo_homes(
    manifests: &[Manifest],
    roles: &BTreeMap<usize, Role>,
    cargo: &Workspaces,
) -> BTreeMap<usize, String> {
    let mut programs: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, manifest) in manifests.iter().enumerate() {
        if manifest.system == BuildSystem::Cargo
            && manifest.runs()
            && !roles.contains_key(&at)
            && !is_tool_folder(&manifest.folder)
            && let Some(root) = cargo.root_of(&manifest.folder)
        {
            programs.entry(root).or_default().push(at);
        }
    }
    let mut homes = BTreeMap::new();
    for (root, members) in programs {
        let servers: Vec<usize> =
            members.iter().copied().filter(|&at| manifests[at].role == Role::Server).collect();
        let chosen = if servers.is_empty() { members } else { servers };
        if let [only] = chosen[..] {
            homes.insert(only, root.to_string());
        }
    }
    homes
}

/// Folders of what helps to build, but is deployed by nobody unless a deployment file says so.
const TOOL_FOLDERS: &[&str] = &[
    "tools",
    "tool",
    "tooling",
    "scripts",
    "script",
    "hack",
    "build",
    "ci",
    "contrib",
    "misc",
    "dev",
    "devtools",
    "bench",
    "benchmark",
    "benchmarks",
    "perf",
    "xtask",
    "workbench",
    "sdk",
    "sdks",
];

/// Words in the name of what puts load on services.
const LOAD_WORDS: &[&str] = &[
    "loadgen",
    "loadtest",
    "stresstest",
    "benchmark",
    "artillery",
    "gatling",
    "jmeter",
    "perftest",
];

/// Whether a folder holds tools rather than services, by its path.
pub(crate) fn is_tool_folder(folder: &str) -> bool {
    let last = normal(file_name(folder));
    folder.split('/').any(|part| {
        TOOL_FOLDERS.contains(&&*part.to_ascii_lowercase())
            || part.starts_with('.') && part.len() > 1
    }) || LOAD_WORDS.iter().any(|word| last.contains(word))
}

/// The folder that a `src` folder belongs to: `cart/src` is the source of `cart`.
pub(crate) fn project_of(folder: &str) -> Option<&str> {
    let parent = folder_of(folder);
    (file_name(folder) == "src" && folder != "src" && parent != ".").then_some(parent)
}

/// The name that a service has by its build file, else by its folder.
pub(crate) fn name_of(unit: &Unit, manifests: &[Manifest], root: &str) -> Name {
    // A build file of something that does not run may lie beside: end-to-end tests, a browser's part.
    let mut own: Vec<&Manifest> = unit.manifests.iter().map(|&at| &manifests[at]).collect();
    own.sort_by_key(|manifest| std::cmp::Reverse(manifest.role));
    let named = own.into_iter().find_map(|manifest| {
        let name = &*manifest.name;
        let name = match manifest.system {
            BuildSystem::Go => {
                // One module may hold several services.
                (*manifest.folder == *unit.folder).then(|| {
                    let mut parts = name.rsplit('/');
                    let last = parts.next().unwrap_or(name);
                    let is_version =
                        last.strip_prefix('v').is_some_and(|v| v.parse::<u32>().is_ok());
                    if is_version { parts.next().unwrap_or(last) } else { last }
                })?
            }
            BuildSystem::Maven => name.rsplit(':').next().unwrap_or(name),
            _ => name,
        };
        (!name.is_empty()).then(|| Name::new(name))
    });
    named.unwrap_or_else(|| {
        let folder = if unit.folder == "." { root } else { &unit.folder };
        file_name(folder).into()
    })
}

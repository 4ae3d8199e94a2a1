//! `Cargo.toml` with its workspace and `Cargo.lock`.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope, Name};
use toml::de::{DeTable, DeValue};

use super::toml_file::{items, parse, string, strings, table};
use super::{BuildSystem, Link, Manifest, Role, Text, build_system};
use crate::entry;
use crate::paths::{ancestors, folder_of, join};
use crate::tree::Tree;

/// Crates that serve, consume or host what does.
const SERVERS: &[&str] = &[
    "actix-web",
    "axum",
    "rocket",
    "warp",
    "tonic",
    "hyper",
    "poem",
    "salvo",
    "tide",
    "gotham",
    "ntex",
    "lambda_runtime",
    "lambda_http",
    "rdkafka",
    "lapin",
    "async-nats",
    "loco-rs",
    "async-graphql",
    "juniper",
    "tower-http",
    "viz",
    "volo",
    "apalis",
    "sqlxmq",
    "pingora",
];

/// The Cargo workspaces of a repository, by the folder of their root.
#[derive(Debug, Default)]
pub(crate) struct Workspaces(HashMap<String, Workspace>);

#[derive(Debug, Default)]
struct Workspace {
    manifest: Arc<str>,
    /// `[workspace.dependencies]`: registry name, version, features, folder.
    dependencies: HashMap<String, Requirement>,
    locked: HashMap<String, Vec<Name>>,
    lock: Option<Arc<str>>,
}

#[derive(Clone, Debug, Default)]
struct Requirement {
    package: Option<Name>,
    version: Option<Name>,
    features: Vec<Name>,
    path: Option<String>,
    inherited: bool,
}

impl Workspaces {
    /// Reads the roots: every `Cargo.toml` with a `[workspace]`, or with a lock file beside it.
    pub(super) fn new(tree: &Tree, paths: &[Arc<str>]) -> Self {
        let mut found = HashMap::new();
        for path in paths.iter().filter(|path| build_system(path) == Some(BuildSystem::Cargo)) {
            let folder = folder_of(path);
            let lock = tree.child(folder, "Cargo.lock").map(|file| file.path.clone());
            let Some(text) = tree.read(path) else { continue };
            if lock.is_none() && !text.contains("[workspace") {
                continue;
            }
            let Ok(document) = DeTable::parse(&text) else { continue };
            let dependencies = items(document.get_ref(), "workspace.dependencies")
                .filter_map(|(key, value)| {
                    Some((key.get_ref().to_string(), requirement(value.get_ref(), folder)?))
                })
                .collect();
            let locked = lock.as_ref().map(|path| locked(tree, path)).unwrap_or_default();
            let workspace = Workspace { manifest: path.clone(), dependencies, locked, lock };
            found.insert(folder.to_string(), workspace);
        }
        Self(found)
    }

    fn around(&self, folder: &str) -> Option<&Workspace> {
        ancestors(folder).find_map(|folder| self.0.get(folder))
    }

    /// The root of the workspace that holds the folder.
    pub(crate) fn root_of<'f>(&self, folder: &'f str) -> Option<&'f str> {
        ancestors(folder).filter(|folder| self.0.contains_key(*folder)).last()
    }
}

/// Reads a `Cargo.toml`.
pub(super) fn read(tree: &Tree, path: &Arc<str>, workspaces: &Workspaces) -> Option<Manifest> {
    let text = tree.read(path)?;
    let document = parse(tree, path, &text)?;
    let places = Text::new(path, &text);
    let mut manifest = Manifest::new(path, BuildSystem::Cargo);
    let folder = manifest.folder.clone();
    let workspace = workspaces.around(&folder);
    if let Some(workspace) = workspace {
        let around = (workspace.manifest != *path).then(|| workspace.manifest.clone());
        manifest.companions.extend(around.into_iter().chain(workspace.lock.clone()));
    }
    for (section, scope) in [
        ("dependencies", DependencyScope::Runtime),
        ("build-dependencies", DependencyScope::Development),
        ("dev-dependencies", DependencyScope::Development),
    ] {
        let targets =
            items(&document, "target").filter_map(|(_, value)| value.get_ref().as_table());
        for root in std::iter::once(&document).chain(targets) {
            for (key, value) in items(root, section) {
                let place = places.place(key.span());
                let Some(own) = requirement(value.get_ref(), &folder) else { continue };
                let inherited = own
                    .inherited
                    .then(|| workspace?.dependencies.get(&**key.get_ref()).cloned())
                    .flatten()
                    .unwrap_or_default();
                let name = own.package.or(inherited.package);
                let name = name.unwrap_or_else(|| Name::new(key.get_ref()));
                if scope == DependencyScope::Runtime {
                    manifest.links.extend(own.path.or(inherited.path).map(Link::Folder));
                }
                let asked = own.version.or(inherited.version);
                let locked =
                    workspace.and_then(|w| resolve(w.locked.get(&*name)?, asked.as_deref()));
                let mut features = inherited.features;
                features.extend(own.features);
                manifest.dependencies.push(Dependency {
                    name,
                    exact: locked.is_some(),
                    version: locked.or(asked),
                    scope,
                    features,
                    place,
                });
            }
        }
    }
    let package = table(&document, "package");
    manifest.name = package.and_then(|p| string(p, "name")).unwrap_or_default().into();
    let bins = document.get("bin").and_then(|bins| bins.get_ref().as_array());
    let named = bins
        .into_iter()
        .flatten()
        .filter_map(|bin| string(bin.get_ref().as_table()?, "path"))
        .filter_map(|path| join(&folder, path));
    let usual = ["src/main.rs".to_string()].into_iter().filter_map(|path| join(&folder, &path));
    let below = format!("{}/src/bin", if &*folder == "." { "" } else { &folder });
    let below = below.trim_start_matches('/').to_string();
    let more = tree.under(&below).iter().filter(|file| file.path.ends_with(".rs"));
    let more = more.map(|file| file.path.to_string()).take(20);
    if package.is_none() {
        manifest.role = Role::Aggregator;
    } else if let Some(place) = usual.chain(named).chain(more).find_map(|p| entry::find(tree, &p)) {
        let serves = manifest.depends_on(|name| SERVERS.contains(&name));
        manifest.role = if serves { Role::Server } else { Role::Program };
        manifest.entry = Some(place);
    }
    Some(manifest)
}

/// What a dependency's value asks for.
fn requirement(value: &DeValue<'_>, folder: &str) -> Option<Requirement> {
    if let Some(version) = value.as_str() {
        return Some(Requirement { version: Some(version.into()), ..Requirement::default() });
    }
    let table = value.as_table()?;
    let inherited = table.get("workspace").and_then(|v| v.get_ref().as_bool()).unwrap_or_default();
    Some(Requirement {
        package: string(table, "package").map(Name::new),
        version: string(table, "version").map(Name::new),
        features: strings(table, "features").map(|(_, feature)| Name::new(feature)).collect(),
        path: string(table, "path").and_then(|path| join(folder, path)),
        inherited,
    })
}

/// The versions in a `Cargo.lock`, by package name.
fn locked(tree: &Tree, path: &str) -> HashMap<String, Vec<Name>> {
    let mut versions: HashMap<String, Vec<Name>> = HashMap::new();
    let Some(text) = tree.head(path, 16 * 1024 * 1024) else { return versions };
    let mut name = "";
    for line in text.split('\n') {
        if let Some(value) = line.strip_prefix("name = ") {
            name = value.trim().trim_matches('"');
        } else if let Some(value) = line.strip_prefix("version = ") {
            versions
                .entry(name.to_string())
                .or_default()
                .push(value.trim().trim_matches('"').into());
        }
    }
    versions
}

/// Of several locked versions the one that starts like what was asked for.
fn resolve(locked: &[Name], asked: Option<&str>) -> Option<Name> {
    let asked = asked.unwrap_or_default().trim_start_matches(['^', '=', '~', '>', '<', ' ']);
    let compatible = |version: &&Name| {
        let major = asked.split('.').next().unwrap_or_default();
        let prefix = if major == "0" {
            asked.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
        } else {
            major.to_string()
        };
        version.strip_prefix(&*prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    locked.iter().find(compatible).or_else(|| locked.first()).cloned()
}

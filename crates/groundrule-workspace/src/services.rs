//! Services and libraries: which units are deployed on their own, what they link, which files
//! deploy them, and who owns them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use groundrule_unit::{Dependency, Layout, Library, Name, Owners, Place, Service};

use crate::catalog::{Component, ComponentKind};
use crate::deployment::{Deployments, is_platform_file, normal};
use crate::dockerfiles::{Dockerfile, is_dockerfile};
use crate::entry;
use crate::go_programs::{self, GoPrograms};
use crate::left_out;
use crate::manifests::{BuildSystem, Link, Manifest, Role, Workspaces};
use crate::options::{OverrideKind, ServiceOverride};
use crate::owners::CodeOwners;
use crate::paths::{ancestors, depth, file_name, is_inside};
use crate::targets;
use crate::tree::{FileKind, Tree};
use crate::units::{Unit, Units, is_tool_folder, name_of};

/// What was read of a repository.
pub(crate) struct Findings<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) manifests: &'a [Manifest],
    pub(crate) cargo: &'a Workspaces,
    pub(crate) dockerfiles: &'a [Dockerfile],
    pub(crate) deployments: &'a Deployments,
    pub(crate) components: &'a [Component],
    pub(crate) owners: &'a CodeOwners,
    pub(crate) overrides: &'a [ServiceOverride],
}

/// The services and libraries of a repository; what is left out comes later.
pub(crate) fn discover(findings: &Findings<'_>) -> Layout {
    let Findings { tree, manifests, dockerfiles, deployments, .. } = *findings;
    let mut units = Units::of_manifests(manifests, findings.cargo);
    let go = go_programs::add_units(tree, manifests, dockerfiles, deployments, &mut units);
    targets::join_images(tree, manifests, dockerfiles, deployments, &mut units);
    for folder in linked_programs(findings, &units) {
        if let Some(unit) = units.0.get_mut(&folder) {
            unit.role = Role::Library;
        }
    }
    let chosen = choose(findings, &mut units);
    let links = Links::new(manifests, &units);
    let mut libraries = libraries(findings, &units, &chosen, &go, &links);
    let services = chosen
        .iter()
        .filter_map(|folder| units.0.get(folder))
        .map(|unit| service(findings, unit, &chosen, &libraries, &go, &links))
        .collect();
    let folders: BTreeSet<Arc<str>> = libraries.iter().map(|l| l.folder.clone()).collect();
    for library in &mut libraries {
        let direct = links.of(&library.folder).filter_map(|to| folders.get(to).cloned());
        library.uses = direct.collect();
    }
    Layout::new(services, libraries)
}

/// Modules of the JVM and packages of npm that others link, and that seem to run (a code generator
/// with a `main`, a start script that watches): libraries, unless an image runs them or they start
/// a framework.
fn linked_programs(findings: &Findings<'_>, units: &Units) -> BTreeSet<String> {
    const FRAMEWORKS: &[&str] = &[
        "@SpringBootApplication",
        "SpringApplication",
        "Quarkus",
        "Micronaut",
        "embeddedServer",
        "io.dropwizard",
        "org.jboss.resteasy",
    ];
    let links = Links::new(findings.manifests, units);
    let is_linkable = |unit: &Unit| {
        unit.manifests.iter().all(|&at| {
            let system = findings.manifests[at].system;
            matches!(system, BuildSystem::Maven | BuildSystem::Gradle | BuildSystem::Npm)
        })
    };
    let starts_framework = |unit: &Unit| {
        let text = unit.entry.as_ref().and_then(|entry| findings.tree.head(&entry.path, 64 * 1024));
        text.is_some_and(|text| FRAMEWORKS.iter().any(|name| text.contains(name)))
    };
    // What documents or tests a program links it too.
    let running = units.0.values().filter(|unit| unit.runs());
    let linked: BTreeSet<&str> = running.flat_map(|unit| links.of(&unit.folder)).collect();
    units
        .0
        .values()
        .filter(|unit| unit.runs() && linked.contains(&*unit.folder))
        .filter(|unit| !unit.has_image && !unit.is_deployed)
        .filter(|unit| is_linkable(unit) && !starts_framework(unit))
        .map(|unit| unit.folder.clone())
        .collect()
}

/// The folders of the services.
fn choose(findings: &Findings<'_>, units: &mut Units) -> BTreeSet<String> {
    let deployments = findings.deployments;
    let is_deployed = |unit: &Unit| {
        unit.is_deployed || unit.names.iter().any(|name| name.len() > 2 && deployments.runs(name))
    };
    let mut chosen: BTreeSet<String> = units
        .0
        .values()
        .filter(|unit| match unit.role {
            _ if is_tool_folder(&unit.folder) => unit.runs() && is_deployed(unit),
            Role::Server => true,
            Role::Program => unit.has_image || is_deployed(unit),
            _ => false,
        })
        .map(|unit| unit.folder.clone())
        .collect();
    if chosen.is_empty() {
        // Nothing says what is deployed: what runs, and is no tool, is taken for it.
        let programs = units.0.values().filter(|unit| unit.runs());
        chosen = programs
            .filter(|unit| !is_tool_folder(&unit.folder))
            .map(|unit| unit.folder.clone())
            .collect();
    }
    for component in findings.components {
        let folder = component_folder(component, findings.components, units);
        match component.kind {
            ComponentKind::Service => {
                units
                    .0
                    .entry(folder.clone())
                    .or_insert_with(|| Unit::new(&folder, Role::Server, None));
                chosen.insert(folder);
            }
            ComponentKind::Library => {
                chosen.remove(&folder);
            }
            ComponentKind::Other => {}
        }
    }
    for entry in findings.overrides {
        let Some(folder) = crate::paths::join(".", &entry.path) else { continue };
        match entry.kind {
            OverrideKind::Service => {
                units
                    .0
                    .entry(folder.clone())
                    .or_insert_with(|| Unit::new(&folder, Role::Server, None));
                chosen.insert(folder);
            }
            OverrideKind::Library => {
                units
                    .0
                    .entry(folder.clone())
                    .or_insert_with(|| Unit::new(&folder, Role::Library, None));
                chosen.remove(&folder);
            }
            OverrideKind::Ignore => {
                chosen.retain(|chosen| !is_inside(chosen, &folder));
                units.0.retain(|at, _| !is_inside(at, &folder));
            }
        }
    }
    chosen
}

/// A component stands for the unit of its name where one file lists several, else for its folder.
fn component_folder(component: &Component, all: &[Component], units: &Units) -> String {
    let alone = all.iter().filter(|other| other.source == component.source).count() == 1;
    if alone {
        return component.folder.to_string();
    }
    let name = normal(&component.name);
    let mut named =
        units.running_below(&component.folder).filter(|unit| unit.names.contains(&name));
    named.next().map_or_else(|| component.folder.to_string(), |unit| unit.folder.clone())
}

/// Which unit refers to which, by folder; every reference is resolved once.
struct Links<'a>(BTreeMap<&'a str, BTreeSet<&'a str>>);

impl<'a> Links<'a> {
    fn new(manifests: &'a [Manifest], units: &'a Units) -> Self {
        let mut by_name = HashMap::new();
        // The unit that a build file's folder became part of.
        let mut homes = HashMap::new();
        for unit in units.0.values() {
            for &at in &unit.manifests {
                let manifest = &manifests[at];
                homes.insert(&*manifest.folder, &*unit.folder);
                if !manifest.name.is_empty() && manifest.system != BuildSystem::Gradle {
                    by_name.insert((manifest.system, &*manifest.name), &*unit.folder);
                }
                for alias in &manifest.aliases {
                    by_name.entry((manifest.system, &**alias)).or_insert(&*unit.folder);
                }
            }
        }
        let mut found = BTreeMap::new();
        for unit in units.0.values() {
            let manifests = unit.manifests.iter().map(|&at| &manifests[at]);
            let targets: BTreeSet<&str> = manifests
                .flat_map(|manifest| manifest.links.iter().map(move |link| (manifest.system, link)))
                .filter_map(|(system, link)| match link {
                    Link::Folder(folder) => homes.get(folder.as_str()).copied(),
                    Link::Package(name) => by_name.get(&(system, &**name)).copied(),
                })
                .filter(|target| *target != unit.folder)
                .collect();
            found.insert(&*unit.folder, targets);
        }
        Self(found)
    }

    /// The units that a unit refers to directly.
    fn of(&self, folder: &str) -> impl Iterator<Item = &'a str> {
        self.0.get(folder).into_iter().flatten().copied()
    }

    /// The units that a unit refers to, directly or not.
    fn reached(&self, folder: &str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = self.of(folder).collect();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(self.of(next));
            }
        }
        seen
    }
}

fn libraries(
    findings: &Findings<'_>,
    units: &Units,
    chosen: &BTreeSet<String>,
    go: &GoPrograms,
    links: &Links<'_>,
) -> Vec<Library> {
    let mut found: BTreeMap<Arc<str>, Library> = BTreeMap::new();
    let linked: BTreeSet<&str> = units.0.keys().flat_map(|folder| links.of(folder)).collect();
    for unit in units.0.values().filter(|unit| !chosen.contains(&unit.folder)) {
        // A build file at the root that only groups or holds tools is no library: all code that
        // belongs to nothing else would seem to be its.
        let is_bare = matches!(unit.role, Role::Aggregator | Role::Test)
            || unit.folder == "." && !linked.contains(".");
        // A package inside a service that nobody links by its name is a part of the service: it is
        // loaded by its path.
        let is_part = unit.role == Role::Library
            && !linked.contains(&*unit.folder)
            && unit.manifests.iter().all(|&at| findings.manifests[at].system == BuildSystem::Npm)
            && ancestors(&unit.folder).any(|at| {
                at != "."
                    && chosen.contains(at)
                    && units.0.get(at).is_some_and(|around| {
                        around
                            .manifests
                            .iter()
                            .any(|&m| findings.manifests[m].system == BuildSystem::Npm)
                    })
            });
        if is_bare || is_part {
            continue;
        }
        let folder: Arc<str> = unit.folder.as_str().into();
        let library = Library {
            folder: folder.clone(),
            name: name_of(unit, findings.manifests, &root_name(findings.tree)),
            manifests: manifest_paths(unit, findings.manifests),
            dependencies: dependencies(unit, findings.manifests),
            uses: Vec::new(),
        };
        found.insert(folder, library);
    }
    let plain = |folder: &str| Library {
        folder: folder.into(),
        name: file_name(folder).into(),
        ..Library::default()
    };
    let copied = chosen.iter().filter_map(|folder| units.0.get(folder)).flat_map(|u| &u.copies);
    // What an image takes in is shared code, unless it belongs to a part of its own.
    let copied = copied.filter(|folder| {
        !units
            .0
            .keys()
            .any(|unit| unit != "." && (is_inside(folder, unit) || is_inside(unit, folder)))
    });
    for folder in go.imports.values().flatten().chain(&go.tools).chain(copied) {
        if !chosen.contains(folder) && !found.contains_key(folder.as_str()) {
            found.insert(folder.as_str().into(), plain(folder));
        }
    }
    for folder in go.imports.values().flatten() {
        let module = ancestors(folder).find_map(|at| {
            findings.manifests.iter().find(|m| m.system == BuildSystem::Go && *m.folder == *at)
        });
        if let (Some(library), Some(module)) = (found.get_mut(folder.as_str()), module)
            && library.manifests.is_empty()
        {
            library.manifests.push(module.path.clone());
            library.dependencies.clone_from(&module.dependencies);
        }
    }
    found.into_values().collect()
}

fn service(
    findings: &Findings<'_>,
    unit: &Unit,
    chosen: &BTreeSet<String>,
    libraries: &[Library],
    go: &GoPrograms,
    links: &Links<'_>,
) -> Service {
    let Findings { tree, manifests, components, overrides, .. } = *findings;
    let folder: Arc<str> = unit.folder.as_str().into();
    let units_of = |component: &&Component| {
        let alone = components.iter().filter(|c| c.source == component.source).count() == 1;
        *component.folder == *unit.folder && (alone || unit.folder != ".")
            || unit.names.contains(&normal(&component.name)) && !alone
    };
    let component = components.iter().find(units_of);
    let entry = overrides
        .iter()
        .find(|entry| crate::paths::join(".", &entry.path).as_deref() == Some(&*unit.folder));
    let mut uses: BTreeSet<Arc<str>> =
        go.imports.get(&unit.folder).into_iter().flatten().map(|at| at.as_str().into()).collect();
    let reached = links.reached(&unit.folder);
    let by_links = libraries.iter().filter(|library| reached.contains(&*library.folder));
    uses.extend(by_links.map(|library| library.folder.clone()));
    uses.extend(
        libraries.iter().filter(|l| unit.copies.contains(&*l.folder)).map(|l| l.folder.clone()),
    );
    let owners = match (
        entry.and_then(|e| e.owner.clone()),
        component.and_then(|c| Some((c.owner.clone()?, c))),
    ) {
        (Some(owner), _) => Owners { names: vec![owner], source: None },
        (None, Some((owner, component))) => {
            Owners { names: vec![owner], source: Some(component.source.clone()) }
        }
        (None, None) => code_owners(findings, unit),
    };
    let name = entry
        .and_then(|entry| entry.name.clone())
        .or_else(|| component.map(|component| component.name.clone()))
        .unwrap_or_else(|| name_of(unit, manifests, &root_name(tree)));
    Service {
        languages: Vec::new(),
        owners,
        tier: entry.and_then(|entry| entry.tier.clone()).or_else(|| component?.tier.clone()),
        manifests: manifest_paths(unit, manifests),
        deployment: deployment(findings, unit, &name, chosen),
        entry: unit.entry.clone().or_else(|| declared_entry(findings, unit)),
        dependencies: dependencies(unit, manifests),
        uses: uses.into_iter().collect(),
        folder,
        name,
    }
}

/// Where a unit starts that has no build file, and is a service since somebody says so.
fn declared_entry(findings: &Findings<'_>, unit: &Unit) -> Option<Place> {
    if !unit.manifests.is_empty() {
        return None;
    }
    let own = findings.tree.under(&unit.folder).iter().filter(|file| {
        matches!(file.kind, FileKind::Source(_)) && left_out::by_path(&file.path).is_none()
    });
    entry::first(findings.tree, own, 100)
}

/// The owners of its build file, else of where it starts, else of what lies in its folder.
fn code_owners(findings: &Findings<'_>, unit: &Unit) -> Owners {
    let manifests = unit.manifests.iter().map(|&at| findings.manifests[at].path.clone());
    let entry = unit.entry.iter().map(|place| place.path.clone());
    let own = manifests.chain(entry).find(|path| is_inside(path, &unit.folder));
    let first = || findings.tree.under(&unit.folder).first().map(|file| file.path.clone());
    own.or_else(first).map(|path| findings.owners.of(&path)).unwrap_or_default()
}

fn root_name(tree: &Tree) -> String {
    tree.source.root().file_name().and_then(|name| name.to_str()).unwrap_or_default().to_string()
}

fn manifest_paths(unit: &Unit, manifests: &[Manifest]) -> Vec<Arc<str>> {
    let mut paths: Vec<Arc<str>> = Vec::new();
    for &at in &unit.manifests {
        let manifest = &manifests[at];
        paths.push(manifest.path.clone());
        paths.extend(manifest.companions.iter().cloned());
    }
    let mut seen = BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    paths
}

fn dependencies(unit: &Unit, manifests: &[Manifest]) -> Vec<Dependency> {
    let mut found: Vec<Dependency> =
        unit.manifests.iter().flat_map(|&at| manifests[at].dependencies.iter().cloned()).collect();
    // One declaration a package and file: the one with a resolved version.
    found.sort_by(|a, b| {
        (&a.name, &a.place.path, a.version.is_none(), &a.place).cmp(&(
            &b.name,
            &b.place.path,
            b.version.is_none(),
            &b.place,
        ))
    });
    found.dedup_by(|b, a| a.name == b.name && a.place.path == b.place.path);
    found
}

/// The files that deploy a unit.
fn deployment(
    findings: &Findings<'_>,
    unit: &Unit,
    name: &Name,
    chosen: &BTreeSet<String>,
) -> Vec<Arc<str>> {
    let tree = findings.tree;
    let mut found = unit.deployment.clone();
    let is_only = chosen.len() == 1;
    let mut names = unit.names.clone();
    names.insert(normal(name));
    names.retain(|name| name.len() > 1);
    let innermost = |path: &str| {
        let holders = chosen.iter().filter(|folder| is_inside(path, folder));
        holders.max_by_key(|folder| depth(folder)).is_some_and(|folder| *folder == unit.folder)
    };
    for (path, mentioned) in &findings.deployments.workloads {
        let is_infrastructure = path.ends_with(".tf") || path.ends_with(".bicep");
        let is_own = innermost(path) && (is_only || unit.folder != ".");
        if !mentioned.is_disjoint(&names) || is_own && !is_infrastructure {
            found.insert(path.clone());
        }
    }
    for dockerfile in findings.dockerfiles.iter().filter(|d| !d.is_infrastructure()) {
        if innermost(&dockerfile.path) && (is_only && !dockerfile.is_proxy() || unit.folder != ".")
        {
            found.insert(dockerfile.path.clone());
        }
    }
    for file in tree.children(&unit.folder) {
        let is_named = is_platform_file(file_name(&file.path)) || is_dockerfile(&file.path);
        if is_named && left_out::by_path(&file.path).is_none() {
            found.insert(file.path.clone());
        }
    }
    found.into_iter().collect()
}

//! Projects that share one `package.json`: Nx's `project.json`, the projects of a `nest-cli.json`.
//! Each application among them is built and deployed on its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use groundrule_unit::Place;
use serde_json::Value;

use super::npm::{self, string};
use super::{BuildSystem, Link, Manifest, Role};
use crate::entry;
use crate::paths::{ancestors, file_name, folder_of, join};
use crate::tree::Tree;

/// Whether a file may declare such projects, by its name.
pub(super) fn is_projects(name: &str) -> bool {
    matches!(name, "project.json" | "nest-cli.json")
}

/// A project as its file declares it.
struct Project {
    /// The file that declares it.
    path: Arc<str>,
    name: String,
    folder: String,
    is_application: bool,
    /// The file that it starts with, where the declaration names one.
    main: Option<String>,
    /// The tools that build and serve it.
    tools: String,
}

/// Adds a build file for each project, with the dependencies of the `package.json` around it, which
/// is then no more than what holds them together.
pub(super) fn add(tree: &Tree, paths: &[Arc<str>], manifests: &mut Vec<Manifest>) {
    let mut packages: HashMap<Arc<str>, usize> = HashMap::new();
    for (at, manifest) in manifests.iter().enumerate() {
        if manifest.system == BuildSystem::Npm {
            packages.insert(manifest.folder.clone(), at);
        }
    }
    let mut workspaces: BTreeMap<usize, Vec<Project>> = BTreeMap::new();
    for path in paths.iter().filter(|path| is_projects(file_name(path))) {
        for project in projects(tree, path) {
            let around = ancestors(&project.folder).find_map(|folder| packages.get(folder));
            if let Some(&package) = around
                && manifests[package].folder.as_ref() != project.folder
            {
                workspaces.entry(package).or_default().push(project);
            }
        }
    }
    for (package, mut projects) in workspaces {
        let mut seen = BTreeSet::new();
        projects.retain(|project| seen.insert(project.folder.clone()));
        let libraries = projects.iter().filter(|project| !project.is_application);
        let shared: Vec<Link> = libraries.map(|p| Link::Folder(p.folder.clone())).collect();
        let added: Vec<Manifest> = projects
            .iter()
            .map(|project| manifest(tree, project, &manifests[package], &shared))
            .collect();
        if added.iter().any(Manifest::runs) {
            manifests[package].role = Role::Aggregator;
            manifests[package].entry = None;
        }
        manifests.extend(added);
    }
}

fn manifest(tree: &Tree, project: &Project, package: &Manifest, shared: &[Link]) -> Manifest {
    let mut manifest = Manifest::new(&project.path, BuildSystem::Npm);
    manifest.folder = project.folder.as_str().into();
    manifest.name = project.name.as_str().into();
    manifest.companions.push(package.path.clone());
    manifest.companions.extend(package.companions.iter().cloned());
    manifest.dependencies.clone_from(&package.dependencies);
    (manifest.role, manifest.entry) = start(tree, project, package);
    if manifest.runs() {
        manifest.links.extend_from_slice(shared);
    }
    manifest
}

fn is_test(project: &Project) -> bool {
    project.folder.ends_with("-e2e") || project.tools.contains("cypress")
}

fn projects(tree: &Tree, path: &Arc<str>) -> Vec<Project> {
    let Some(text) = tree.read(path) else { return Vec::new() };
    let Ok(json) = serde_json::from_str::<Value>(&text) else { return Vec::new() };
    let here = folder_of(path);
    let is_application = |kind: Option<&str>| kind == Some("application");
    if file_name(path) == "project.json" {
        let Some(kind) = string(&json, "projectType") else { return Vec::new() };
        let options = json.pointer("/targets/build/options");
        let targets = json.get("targets").and_then(Value::as_object);
        let tools = targets.into_iter().flat_map(|targets| targets.values());
        return vec![Project {
            path: path.clone(),
            name: string(&json, "name").unwrap_or(file_name(here)).to_string(),
            folder: here.to_string(),
            is_application: is_application(Some(kind)),
            main: options.and_then(|options| string(options, "main")).map(ToString::to_string),
            tools: tools.filter_map(|target| string(target, "executor")).collect(),
        }];
    }
    let Some(all) = json.get("projects").and_then(Value::as_object) else { return Vec::new() };
    all.iter()
        .filter_map(|(name, project)| {
            let folder = join(here, string(project, "root")?)?;
            let sources = string(project, "sourceRoot").unwrap_or(&folder);
            let main = string(project, "entryFile").unwrap_or("main");
            Some(Project {
                path: path.clone(),
                name: name.clone(),
                is_application: is_application(string(project, "type")),
                main: join(here, &format!("{sources}/{main}.ts")),
                tools: "nest".to_string(),
                folder,
            })
        })
        .collect()
}

/// What a project is, and where it starts.
fn start(tree: &Tree, project: &Project, package: &Manifest) -> (Role, Option<Place>) {
    const RENDERERS: &[&str] = &["next:", "remix:", "nuxt:"];
    if is_test(project) {
        return (Role::Test, None);
    }
    let usual = ["src/main.ts", "src/index.ts", "src/server.ts", "src/main.js", "server.ts"];
    let usual = usual.iter().filter_map(|file| join(&project.folder, file));
    let stated = project.main.clone().into_iter().chain(usual);
    let started = stated.into_iter().find_map(|path| entry::find(tree, &path));
    let renders = RENDERERS.iter().any(|tool| project.tools.contains(tool));
    match (project.is_application, started) {
        (false, _) => (Role::Library, None),
        (true, None) if renders => (Role::Server, Some(Place::top_of(package.path.clone()))),
        (true, None) => (Role::Browser, None),
        (true, entry) if npm::is_server_package(package) => (Role::Server, entry),
        (true, entry) => (Role::Program, entry),
    }
}

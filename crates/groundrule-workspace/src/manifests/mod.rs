//! Build files: what each says about names, dependencies, links inside the repository, and about
//! whether there is something to run. One module a build system, all of the same shape.

mod cargo;
mod dotnet;
mod go;
mod gradle;
mod jvm;
mod lines;
mod maven;
mod npm;
mod npm_projects;
mod npm_scripts;
mod php;
mod python;
mod toml_file;
mod xml;

use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope, Name, Place};
use rayon::prelude::*;

pub(crate) use cargo::Workspaces;
pub(crate) use lines::Text;
pub(crate) use npm::is_server_package;
pub(crate) use python::find_entry as python_entry;

use crate::paths::{file_name, folder_of};
use crate::tree::Tree;

/// The tool that reads a build file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum BuildSystem {
    Cargo,
    Dotnet,
    Go,
    Gradle,
    Maven,
    Npm,
    Php,
    Python,
}

/// A build file, read.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) path: Arc<str>,
    pub(crate) folder: Arc<str>,
    pub(crate) system: BuildSystem,
    /// The package's name in its registry's form; empty where the file gives none.
    pub(crate) name: Name,
    /// Other names under which a registry may know it.
    pub(crate) aliases: Vec<Name>,
    /// Further files that take part: parents, lock files, property files.
    pub(crate) companions: Vec<Arc<str>>,
    pub(crate) dependencies: Vec<Dependency>,
    /// References to other parts of the repository.
    pub(crate) links: Vec<Link>,
    pub(crate) role: Role,
    /// Where it starts, for what runs.
    pub(crate) entry: Option<Place>,
}

/// A reference to another part of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// By its folder.
    Folder(String),
    /// By its package name within the same build system.
    Package(Name),
}

/// What a build file builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Groups other build files and has no code of its own.
    Aggregator,
    /// Runs in a browser or on a telephone.
    Browser,
    /// Tests other parts.
    Test,
    /// Something to link, nothing to run.
    Library,
    /// Has an entry point, but nothing says that it serves: a tool, a job, a script.
    Program,
    /// Has an entry point and serves or consumes: a web framework, a worker host.
    Server,
}

impl Manifest {
    /// A manifest about which nothing is known yet.
    fn new(path: &Arc<str>, system: BuildSystem) -> Self {
        Self {
            path: path.clone(),
            folder: folder_of(path).into(),
            system,
            name: Name::default(),
            aliases: Vec::new(),
            companions: Vec::new(),
            dependencies: Vec::new(),
            links: Vec::new(),
            role: Role::Library,
            entry: None,
        }
    }

    /// Whether it has something to run.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.role, Role::Program | Role::Server)
    }

    fn depends_on(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.dependencies.iter().any(|d| d.scope == DependencyScope::Runtime && is_wanted(&d.name))
    }
}

/// The build system of a build file by its name; none for anything else.
pub(crate) fn build_system(path: &str) -> Option<BuildSystem> {
    Some(match file_name(path) {
        "package.json" => BuildSystem::Npm,
        name if npm_projects::is_projects(name) => BuildSystem::Npm,
        "go.mod" => BuildSystem::Go,
        "pom.xml" => BuildSystem::Maven,
        "build.gradle" | "build.gradle.kts" => BuildSystem::Gradle,
        "Cargo.toml" => BuildSystem::Cargo,
        "composer.json" => BuildSystem::Php,
        "pyproject.toml" | "setup.py" | "setup.cfg" | "Pipfile" => BuildSystem::Python,
        name if python::is_requirements(name) => BuildSystem::Python,
        name if name.ends_with(".csproj") || name.ends_with(".fsproj") => BuildSystem::Dotnet,
        _ => return None,
    })
}

/// Reads all build files among `paths`, in parallel; the order is that of `paths`.
pub(crate) fn read_all(tree: &Tree, paths: &[Arc<str>]) -> (Vec<Manifest>, Workspaces) {
    let cargo = Workspaces::new(tree, paths);
    let maven = maven::Poms::read(tree, paths);
    let dotnet = dotnet::Properties::default();
    let one = |path: &Arc<str>| match build_system(path)? {
        BuildSystem::Cargo => cargo::read(tree, path, &cargo),
        BuildSystem::Dotnet => dotnet::read(tree, path, &dotnet),
        BuildSystem::Go => go::read(tree, path),
        BuildSystem::Gradle => gradle::read(tree, path),
        BuildSystem::Maven => maven.manifest(tree, path),
        BuildSystem::Npm => npm::read(tree, path),
        BuildSystem::Php => php::read(tree, path),
        BuildSystem::Python => python::read(tree, path),
    };
    let mut manifests: Vec<Manifest> = paths
        .par_iter()
        .filter(|path| !npm_projects::is_projects(file_name(path)))
        .filter_map(one)
        .collect();
    npm_projects::add(tree, paths, &mut manifests);
    npm::leave_out_of_workspaces(tree, &mut manifests);
    (manifests, cargo)
}

//! `*.csproj` with the property files above it: `Directory.Build.props`, `Directory.Build.targets`
//! and `Directory.Packages.props`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use globset::GlobBuilder;
use groundrule_unit::{Dependency, DependencyScope, Name};
use roxmltree::{Document, Node};

use super::xml::{self, TagName, children};
use super::{BuildSystem, Link, Manifest, Role, Text};
use crate::entry;
use crate::left_out;
use crate::paths::{ancestors, file_name, folder_of, join};
use crate::tree::Tree;

/// Packages that serve, consume or host what does.
const SERVERS: &[&str] = &[
    "Microsoft.Extensions.Hosting",
    "Microsoft.Azure.Functions.Worker",
    "Microsoft.NET.Sdk.Functions",
    "Grpc.AspNetCore",
    "Amazon.Lambda",
    "MassTransit",
    "NServiceBus",
    "Serilog.AspNetCore",
    "Topshelf",
    "Quartz.Extensions.Hosting",
    "Microsoft.AspNetCore",
    "Orleans.Server",
    "Microsoft.Orleans.Server",
    "Hangfire",
    "Rebus",
];

/// Property files, read once for all projects below them.
#[derive(Debug, Default)]
pub(super) struct Properties(Mutex<HashMap<Arc<str>, Option<Arc<str>>>>);

impl Properties {
    fn text(&self, tree: &Tree, path: &Arc<str>) -> Option<Arc<str>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(path.clone()).or_insert_with(|| tree.read(path).map(Into::into)).clone()
    }
}

/// Reads a project file.
pub(super) fn read(tree: &Tree, path: &Arc<str>, shared: &Properties) -> Option<Manifest> {
    let text = tree.read(path)?;
    let mut project = Project::new(path);
    let mut manifest = Manifest::new(path, BuildSystem::Dotnet);
    manifest.name = project.name.as_str().into();
    for name in ["Directory.Build.props", "Directory.Packages.props", "Directory.Build.targets"] {
        // The nearest one counts; it may import the next above, which is then its own concern.
        let nearest = ancestors(&manifest.folder).find_map(|folder| tree.child(folder, name));
        if let Some(file) = nearest
            && let Some(text) = shared.text(tree, &file.path)
        {
            manifest.companions.push(file.path.clone());
            project.read(tree, &file.path, &text);
        }
    }
    project.read(tree, path, &text);
    let sdk = project.sdk.clone();
    manifest.dependencies = project.dependencies();
    manifest.links = project.links(tree);
    // A project of the repository may be taken from a registry like any other package.
    manifest.links.extend(manifest.dependencies.iter().map(|d| Link::Package(d.name.clone())));
    let names = ["PackageId", "AssemblyName"].map(|name| Name::new(project.property(name)));
    manifest.aliases.extend(names.into_iter().filter(|name| !name.is_empty()));

    let is_test = manifest.depends_on(|name| {
        matches!(name, "Microsoft.NET.Test.Sdk" | "xunit" | "NUnit" | "MSTest.TestFramework")
    }) || left_out::by_path(path).is_some();
    let browser = sdk.contains("BlazorWebAssembly") || sdk.contains("Esproj") || project.is_phone();
    let output = project.property("OutputType").to_ascii_lowercase();
    let serves = sdk.contains("Sdk.Web")
        || sdk.contains("Sdk.Worker")
        || sdk.contains("Aspire.AppHost.")
        || !project.property("AzureFunctionsVersion").is_empty()
        || manifest.depends_on(|name| SERVERS.iter().any(|prefix| name.starts_with(prefix)));
    let can_run = output == "exe"
        || output == "winexe"
        || sdk.contains("Sdk.Web") && output != "library"
        || sdk.contains("Sdk.Worker")
        || !project.property("AzureFunctionsVersion").is_empty();
    let is_host = project.property("IsAspireHost") == "true" || sdk.contains("Aspire.AppHost");
    manifest.role = match () {
        () if is_test => Role::Test,
        () if browser || output == "winexe" => Role::Browser,
        // Starts the services on a developer's machine; nobody deploys it.
        () if is_host => Role::Aggregator,
        () if can_run => {
            manifest.entry = find_entry(tree, &manifest.folder);
            match (manifest.entry.is_some(), serves) {
                (true, true) => Role::Server,
                (true, false) => Role::Program,
                // Functions have no statement that starts them.
                (false, _) if !project.property("AzureFunctionsVersion").is_empty() => Role::Server,
                (false, _) => Role::Library,
            }
        }
        () => Role::Library,
    };
    Some(manifest)
}

fn find_entry(tree: &Tree, folder: &str) -> Option<groundrule_unit::Place> {
    let program = tree.child(folder, "Program.cs").map(|file| file.path.clone());
    let from_program = program.as_ref().and_then(|path| {
        // Top-level statements have no marker of their own.
        entry::find(tree, path).or_else(|| Some(groundrule_unit::Place::top_of(path.clone())))
    });
    from_program.or_else(|| {
        let files = tree.under(folder).iter().filter(|file| {
            let name = file_name(&file.path);
            name == "Program.cs"
                || name == "Startup.cs"
                || name == "Main.cs"
                || folder_of(&file.path) == folder && name.ends_with(".cs")
        });
        entry::first(tree, files, 20)
    })
}

/// A project with what the property files above it add.
#[derive(Debug)]
struct Project {
    path: Arc<str>,
    name: String,
    sdk: String,
    properties: HashMap<String, String>,
    packages: Vec<Dependency>,
    central: HashMap<String, Name>,
    references: Vec<String>,
}

impl Project {
    fn new(path: &Arc<str>) -> Self {
        let name = file_name(path);
        let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_string();
        Self {
            path: path.clone(),
            name,
            sdk: String::new(),
            properties: HashMap::new(),
            packages: Vec::new(),
            central: HashMap::new(),
            references: Vec::new(),
        }
    }

    fn property(&self, name: &str) -> &str {
        self.properties.get(name).map_or("", String::as_str)
    }

    fn is_phone(&self) -> bool {
        let targets =
            format!("{}{}", self.property("TargetFramework"), self.property("TargetFrameworks"));
        self.property("UseMaui") == "true"
            || targets.contains("-android")
            || targets.contains("-ios")
    }

    /// Takes in one file: a property file, or the project itself.
    fn read(&mut self, tree: &Tree, path: &Arc<str>, text: &str) {
        let Some(document) = xml::parse(tree, path, text) else { return };
        let document: Document<'_> = document;
        let places = Text::new(path, text);
        let root = document.root_element();
        if let Some(sdk) = root.attribute("Sdk") {
            self.sdk = sdk.to_string();
        }
        for sdk in children(root, "Sdk").filter_map(|node| node.attribute("Name")) {
            self.sdk = format!("{};{sdk}", self.sdk);
        }
        let here = folder_of(path).to_string();
        for group in root.children().filter(|node| node.is_element()) {
            if !self.holds(group) {
                continue;
            }
            for node in group.children().filter(|node| node.is_element()) {
                if !self.holds(node) {
                    continue;
                }
                if group.has_tag_name_any("PropertyGroup") {
                    let value = self.substitute(node.text().unwrap_or_default().trim(), &here);
                    self.properties.insert(node.tag_name().name().to_string(), value);
                    continue;
                }
                let include = node.attribute("Include").or(node.attribute("Update"));
                let Some(include) = include else { continue };
                let version = node
                    .attribute("Version")
                    .or(node.attribute("VersionOverride"))
                    .or_else(|| xml::text_of(node, "Version"))
                    .map(|version| Name::from(self.substitute(version, &here)));
                match node.tag_name().name() {
                    "PackageReference" | "GlobalPackageReference" => {
                        let is_private = node
                            .attribute("PrivateAssets")
                            .is_some_and(|assets| assets.eq_ignore_ascii_case("all"));
                        for name in include.split(';').filter(|name| !name.trim().is_empty()) {
                            self.packages.push(Dependency {
                                name: name.trim().into(),
                                exact: version.is_some(),
                                version: version.clone(),
                                scope: if is_private {
                                    DependencyScope::Development
                                } else {
                                    DependencyScope::Runtime
                                },
                                features: Vec::new(),
                                place: places.place(node.range()),
                            });
                        }
                    }
                    "PackageVersion" => {
                        self.central
                            .extend(version.map(|version| (include.to_ascii_lowercase(), version)));
                    }
                    "ProjectReference" => {
                        let reference = self.substitute(include, &here);
                        self.references.extend(reference.split(';').map(|r| r.trim().to_string()));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Whether the condition of an element holds. What cannot be decided counts as true, except
    /// comparisons of the configuration, of which any may be built.
    fn holds(&self, node: Node<'_, '_>) -> bool {
        node.attribute("Condition").is_none_or(|condition| {
            condition.split(" and ").all(|part| part.split(" or ").any(|one| self.decide(one)))
        })
    }

    fn decide(&self, condition: &str) -> bool {
        let condition = condition.trim().trim_matches(['(', ' ']);
        let (negated, condition) =
            condition.strip_prefix('!').map_or((false, condition), |rest| (true, rest));
        let argument = condition.split('\'').nth(1).unwrap_or_default();
        let full = format!("/{}", self.path);
        let known = if condition.contains("MSBuildProjectName.EndsWith(") {
            Some(self.name.ends_with(argument))
        } else if condition.contains("MSBuildProjectName.StartsWith(") {
            Some(self.name.starts_with(argument))
        } else if condition.contains("MSBuildProjectName.Contains(") {
            Some(self.name.contains(argument))
        } else if condition.contains("MSBuildProjectFullPath.Contains(")
            || condition.contains("MSBuildProjectDirectory.Contains(")
        {
            let wanted = argument
                .replace("$([System.IO.Path]::DirectorySeparatorChar)", "/")
                .replace('\\', "/");
            Some(full.contains(&wanted))
        } else if let Some((left, right)) = condition.split_once("==") {
            let left = self.substitute(left.trim().trim_matches('\''), ".");
            (!left.contains("$(")).then(|| left == right.trim().trim_matches(['\'', ' ', ')']))
        } else {
            None
        };
        known.is_none_or(|known| known != negated)
    }

    /// Puts properties in; what is unknown stays as written.
    fn substitute(&self, text: &str, here: &str) -> String {
        let mut text = text.to_string();
        for _ in 0..8 {
            let Some(start) = text.find("$(") else { break };
            let Some(end) = text[start..].find(')').map(|end| start + end) else { break };
            let value = match &text[start + 2..end] {
                // Marks the root, since what follows is relative to the property file.
                "MSBuildThisFileDirectory" => format!("/{here}/"),
                "MSBuildProjectName" => self.name.clone(),
                "MSBuildProjectDirectory" => format!("/{}", folder_of(&self.path)),
                key => match self.properties.get(key) {
                    Some(value) if value.len() < 1000 => value.clone(),
                    _ => break,
                },
            };
            text.replace_range(start..=end, &value);
        }
        text
    }

    fn dependencies(&self) -> Vec<Dependency> {
        let mut found = self.packages.clone();
        for dependency in &mut found {
            if dependency.version.is_none() {
                dependency.version =
                    self.central.get(&dependency.name.to_ascii_lowercase()).cloned();
                dependency.exact = dependency.version.is_some();
            }
        }
        found
    }

    /// The folders of referenced projects; wildcards are matched against the tree.
    fn links(&self, tree: &Tree) -> Vec<Link> {
        let mut links = Vec::new();
        for reference in &self.references {
            let from_root = reference.starts_with('/');
            let base = if from_root { "." } else { folder_of(&self.path) };
            let Some(path) = join(base, reference) else { continue };
            if !path.contains('*') {
                links.push(Link::Folder(folder_of(&path).to_string()));
                continue;
            }
            let glob = GlobBuilder::new(&path).literal_separator(true).build();
            let Ok(glob) = glob.map(|glob| glob.compile_matcher()) else { continue };
            let fixed = path.split('*').next().unwrap_or_default();
            let projects = tree.under(folder_of(fixed)).iter();
            links.extend(
                projects
                    .filter(|file| file.path.ends_with("proj") && glob.is_match(&*file.path))
                    .map(|file| Link::Folder(folder_of(&file.path).to_string())),
            );
        }
        links
    }
}

//! `build.gradle` and `build.gradle.kts`: Groovy and Kotlin scripts, read line by line for the
//! idioms in which dependencies and plugins are declared, with version catalogues.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope, Name};

use super::toml_file::{items, parse, string, strings};
use super::{BuildSystem, Link, Manifest, Role, Text, jvm};
use crate::paths::{ancestors, join};
use crate::tree::Tree;

/// Reads a build script.
pub(super) fn read(tree: &Tree, path: &Arc<str>) -> Option<Manifest> {
    let text = tree.read(path)?;
    let places = Text::new(path, &text);
    let mut manifest = Manifest::new(path, BuildSystem::Gradle);
    let folder = manifest.folder.clone();
    let holds = |at: &str, names: [&str; 2]| names.iter().any(|n| tree.child(at, n).is_some());
    let mut roots = ancestors(&folder)
        .filter(|at| holds(at, ["settings.gradle", "settings.gradle.kts"]))
        .peekable();
    let root = roots.peek().copied().unwrap_or(&folder).to_string();
    // A project may be a build of its own and part of a larger one.
    let roots: Vec<&str> = roots.collect();
    let project_folder = |project: &str| {
        let mut folders = roots.iter().filter_map(|root| join(root, project));
        folders.find(|at| holds(at, ["build.gradle", "build.gradle.kts"]))
    };
    let catalog = Catalog::read(tree, &root, &mut manifest);
    let mut variables = properties(tree, &root);
    variables.extend(assignments(&text));
    let name = if *folder == *root { "" } else { &folder };
    // Projects are linked by their folder; the name only serves to be shown.
    manifest.name = name.rsplit('/').next().unwrap_or_default().into();

    let mut is_application = false;
    let mut starts_itself = false;
    let mut scope = DependencyScope::Runtime;
    for (at, line) in places.lines() {
        let code = line.trim();
        if code.starts_with("//") || code.starts_with('*') {
            continue;
        }
        let place = || places.place(at + (line.len() - line.trim_start().len())..at + line.len());
        is_application |= code == "application"
            || code.contains("'application'")
            || code.contains("\"application\"")
            || code.contains("mainClass")
            || code.contains("com.google.cloud.tools.jib");
        if let Some(plugin) = plugin(code, &catalog) {
            is_application |= plugin.0.starts_with("org.springframework.boot")
                || plugin.0.starts_with("io.ktor.plugin")
                || plugin.0.starts_with("io.micronaut.application");
            starts_itself |= matches!(&*plugin.0, "io.quarkus" | "war");
            manifest.dependencies.push(Dependency {
                name: plugin.0,
                exact: plugin.1.is_some(),
                version: plugin.1,
                scope: DependencyScope::Runtime,
                features: Vec::new(),
                place: place(),
            });
            continue;
        }
        // A declaration may run over several lines: the configuration of its first counts.
        let word = code.split([' ', '(']).next().unwrap_or_default();
        if CONFIGURATIONS.iter().any(|end| word.to_ascii_lowercase().ends_with(end)) {
            let is_test = word.to_ascii_lowercase().contains("test") || word == "developmentOnly";
            scope = if is_test { DependencyScope::Development } else { DependencyScope::Runtime };
        } else if !code.starts_with(['"', '\'']) {
            continue;
        }
        for project in projects(code) {
            if scope == DependencyScope::Runtime {
                let folder = project_folder(&project).or_else(|| join(&root, &project));
                manifest.links.extend(folder.map(Link::Folder));
            }
        }
        for (name, version) in coordinates(code, &variables).chain(catalog.uses(code)) {
            manifest.dependencies.push(Dependency {
                name,
                exact: version.as_deref().is_some_and(|v| !v.contains(['$', '+', '['])),
                version,
                scope,
                features: Vec::new(),
                place: place(),
            });
        }
    }
    jvm::manage_spring_boot(&mut manifest.dependencies);
    let main_class = main_class(&text);
    if *folder == *root
        && tree
            .under(&folder)
            .iter()
            .any(|f| f.path.ends_with("settings.gradle.kts") || f.path.ends_with("settings.gradle"))
        && !tree
            .under(&folder)
            .iter()
            .any(|f| crate::paths::below(&f.path, &folder).is_some_and(|p| p.starts_with("src/")))
    {
        manifest.role = Role::Aggregator;
        return Some(manifest);
    }
    let (role, entry) = jvm::role_and_entry(
        tree,
        &folder,
        &manifest.dependencies,
        main_class.as_deref(),
        jvm::Start::of(starts_itself, is_application),
        path,
    );
    manifest.role = role;
    manifest.entry = entry;
    Some(manifest)
}

/// How the names of dependency configurations end.
const CONFIGURATIONS: &[&str] = &[
    "implementation",
    "api",
    "compile",
    "compileonly",
    "runtimeonly",
    "runtime",
    "classpath",
    "annotationprocessor",
    "kapt",
    "ksp",
    "platform",
    "developmentonly",
    "mavenbom",
];

/// A plugin with its version: `id("x") version "1"`, `kotlin("jvm")`, `alias(libs.plugins.x)`.
fn plugin(code: &str, catalog: &Catalog) -> Option<(Name, Option<Name>)> {
    let strings = quoted(code);
    let version =
        || code.contains("version").then(|| strings.get(1).map(|v| Name::new(*v))).flatten();
    if code.starts_with("id(") || code.starts_with("id ") {
        Some((Name::new(*strings.first()?), version()))
    } else if code.starts_with("kotlin(") {
        Some((format!("org.jetbrains.kotlin.{}", strings.first()?).into(), version()))
    } else {
        let alias = code.strip_prefix("alias(libs.plugins.")?.split(')').next()?;
        catalog.plugins.get(&normal(alias)).cloned()
    }
}

/// The paths of `project(":a:b")` and `projects.a.b` on a line.
fn projects(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    if code.contains("project(") || code.contains("project ") {
        let names = quoted(code).into_iter().filter(|text| text.starts_with(':'));
        found.extend(names.map(|text| text.trim_matches(':').replace(':', "/")));
    }
    if let Some((_, rest)) = code.split_once("projects.") {
        let name = rest.split([')', ' ', ',']).next().unwrap_or(rest);
        // Accessors write `my-lib` as `myLib`.
        let mut path = String::new();
        for c in name.chars() {
            match c {
                '.' => path.push('/'),
                c if c.is_ascii_uppercase() => {
                    path.push('-');
                    path.push(c.to_ascii_lowercase());
                }
                c => path.push(c),
            }
        }
        found.push(path);
    }
    found
}

/// The quoted `group:name:version` on a line.
fn coordinates(
    code: &str,
    variables: &HashMap<String, Name>,
) -> impl Iterator<Item = (Name, Option<Name>)> {
    let mut found: Vec<(Name, Option<Name>)> = quoted(code)
        .into_iter()
        .filter_map(|text| {
            let mut parts = text.split(':');
            let (group, artifact) = (parts.next()?, parts.next()?);
            if group.is_empty() || artifact.is_empty() || text.contains([' ', '/']) {
                return None;
            }
            let version = parts.next().map(|version| substitute(version, variables));
            Some((format!("{group}:{artifact}").into(), version))
        })
        .collect();
    // Groovy's map form: group: 'x', name: 'y', version: 'z'.
    if code.contains("group:") && code.contains("name:") {
        let value = |key: &str| {
            let rest = code.split_once(key)?.1;
            quoted(rest).first().map(|text| (*text).to_string())
        };
        if let (Some(group), Some(name)) = (value("group:"), value("name:")) {
            let version = value("version:").map(|version| substitute(&version, variables));
            found.push((format!("{group}:{name}").into(), version));
        }
    }
    found.into_iter()
}

fn substitute(version: &str, variables: &HashMap<String, Name>) -> Name {
    let key = version
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
        .or_else(|| version.strip_prefix('$'));
    let key = key.map(|key| key.trim_start_matches("rootProject.").trim_start_matches("ext."));
    key.and_then(|key| variables.get(key)).cloned().unwrap_or_else(|| version.into())
}

/// The quoted strings of a line.
fn quoted(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = &rest[start..=start];
        let Some(end) = rest[start + 1..].find(quote) else { break };
        found.push(&rest[start + 1..start + 1 + end]);
        rest = &rest[start + end + 2..];
    }
    found
}

/// Variables of the script: `def x = "1"`, `val x = "1"`, `ext.x = "1"`, `set("x", "1")`.
fn assignments(text: &str) -> HashMap<String, Name> {
    let mut found = HashMap::new();
    for line in text.split('\n') {
        let line = line.trim();
        let strings = quoted(line);
        if let Some((left, _)) = line.split_once('=') {
            let name = left.split(':').next().unwrap_or(left).split_whitespace().last();
            let name = name.unwrap_or_default().trim_start_matches("ext.");
            let name = name.trim_start_matches("extra[\"").trim_end_matches("\"]");
            if let Some(value) = strings.last() {
                found.insert(name.to_string(), Name::new(*value));
            }
        } else if line.starts_with("set(")
            && let [name, value] = strings[..]
        {
            found.insert(name.to_string(), Name::new(value));
        }
    }
    found
}

/// `gradle.properties` of the root.
fn properties(tree: &Tree, root: &str) -> HashMap<String, Name> {
    let text = tree.child(root, "gradle.properties").and_then(|file| tree.read(&file.path));
    text.unwrap_or_default()
        .split('\n')
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_string(), value.trim().into()))
        .collect()
}

/// The main class that the script names.
fn main_class(text: &str) -> Option<String> {
    let line = text.split('\n').find(|line| {
        let line = line.trim();
        line.starts_with("mainClass") || line.starts_with("application.mainClass")
    })?;
    quoted(line).last().map(|class| (*class).to_string())
}

/// A version catalogue: `gradle/libs.versions.toml`.
#[derive(Debug, Default)]
struct Catalog {
    libraries: HashMap<String, (Name, Option<Name>)>,
    plugins: HashMap<String, (Name, Option<Name>)>,
    bundles: HashMap<String, Vec<String>>,
}

impl Catalog {
    fn read(tree: &Tree, root: &str, manifest: &mut Manifest) -> Self {
        let mut catalog = Self::default();
        let Some(file) = tree.child(root, "gradle/libs.versions.toml") else { return catalog };
        let Some(text) = tree.read(&file.path) else { return catalog };
        let Some(document) = parse(tree, &file.path, &text) else { return catalog };
        manifest.companions.push(file.path.clone());
        let versions: HashMap<&str, Name> = items(&document, "versions")
            .filter_map(|(key, value)| {
                let value = value.get_ref();
                let version = value.as_str().or_else(|| {
                    value.as_table().and_then(|t| string(t, "strictly").or(string(t, "require")))
                })?;
                Some((&**key.get_ref(), version.into()))
            })
            .collect();
        let version = |table: &toml::de::DeTable<'_>| {
            let value = table.get("version")?.get_ref();
            match value.as_str() {
                Some(version) => Some(Name::new(version)),
                None => versions.get(string(value.as_table()?, "ref")?).cloned(),
            }
        };
        for (key, value) in items(&document, "libraries") {
            let found = match value.get_ref().as_str() {
                Some(text) => {
                    let mut parts = text.rsplitn(2, ':');
                    let last = parts.next().unwrap_or_default();
                    parts.next().map(|name| (Name::new(name), Some(Name::new(last))))
                }
                None => value.get_ref().as_table().and_then(|table| {
                    let name = string(table, "module").map(ToString::to_string).or_else(|| {
                        Some(format!("{}:{}", string(table, "group")?, string(table, "name")?))
                    })?;
                    Some((name.into(), version(table)))
                }),
            };
            catalog.libraries.extend(found.map(|found| (normal(key.get_ref()), found)));
        }
        for (key, value) in items(&document, "plugins") {
            let found = match value.get_ref().as_str() {
                Some(text) => text.split_once(':').map(|(id, v)| (id.into(), Some(v.into()))),
                None => value
                    .get_ref()
                    .as_table()
                    .and_then(|table| Some((string(table, "id")?.into(), version(table)))),
            };
            catalog.plugins.extend(found.map(|found| (normal(key.get_ref()), found)));
        }
        for (key, _) in items(&document, "bundles") {
            let Some(bundles) = super::toml_file::table(&document, "bundles") else { continue };
            let members = strings(bundles, key.get_ref()).map(|(_, name)| normal(name)).collect();
            catalog.bundles.insert(normal(key.get_ref()), members);
        }
        catalog
    }

    /// The libraries that a line names by their accessors.
    fn uses<'a>(&'a self, code: &'a str) -> impl Iterator<Item = (Name, Option<Name>)> + 'a {
        let accessors = code.split("libs.").skip(1).filter(|rest| !rest.starts_with("versions"));
        accessors.flat_map(|rest| {
            let end = rest
                .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_')))
                .unwrap_or(rest.len());
            let accessor = normal(rest[..end].trim_end_matches(".get"));
            let names = match accessor.strip_prefix("bundles.") {
                Some(bundle) => self.bundles.get(bundle).cloned().unwrap_or_default(),
                None => vec![accessor],
            };
            names.into_iter().filter_map(|name| self.libraries.get(&name).cloned())
        })
    }
}

/// Aliases as accessors write them: `-` and `_` are dots.
fn normal(alias: &str) -> String {
    alias.replace(['-', '_'], ".")
}

//! Python: `requirements*.txt`, `pyproject.toml` (PEP 621 and Poetry), `Pipfile`, `setup.py` and
//! `setup.cfg`, with the lock files of Poetry, uv and Pipenv.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope, Name, Place};
use toml::de::{DeTable, DeValue};

use super::toml_file::{items, parse, string, strings, table};
use super::{BuildSystem, Link, Manifest, Role, Text};
use crate::entry;
use crate::left_out;
use crate::paths::{ancestors, below, file_name, folder_of, join};
use crate::tree::Tree;

/// Packages that serve, consume or host what does.
const SERVERS: &[&str] = &[
    "flask",
    "fastapi",
    "django",
    "starlette",
    "aiohttp",
    "tornado",
    "sanic",
    "quart",
    "falcon",
    "bottle",
    "pyramid",
    "litestar",
    "celery",
    "grpcio",
    "gunicorn",
    "uvicorn",
    "hypercorn",
    "waitress",
    "uwsgi",
    "connexion",
    "azure-functions",
    "functions-framework",
    "mangum",
    "aws-lambda-powertools",
    "chalice",
    "faust",
    "aiokafka",
    "kafka-python",
    "confluent-kafka",
    "pika",
    "aio-pika",
    "dramatiq",
    "rq",
    "robyn",
    "strawberry-graphql",
    "temporalio",
    "nameko",
];

/// Whether a file lists requirements, by its name.
pub(super) fn is_requirements(name: &str) -> bool {
    name.strip_suffix(".txt")
        .is_some_and(|stem| stem.starts_with("requirements") || stem.ends_with("requirements"))
}

/// Reads any of the build files of Python.
pub(super) fn read(tree: &Tree, path: &Arc<str>) -> Option<Manifest> {
    let text = tree.read(path)?;
    let mut manifest = Manifest::new(path, BuildSystem::Python);
    let places = Text::new(path, &text);
    match file_name(path) {
        "pyproject.toml" => pyproject(&parse(tree, path, &text)?, &places, &mut manifest),
        "Pipfile" => pipfile(&parse(tree, path, &text)?, &places, &mut manifest),
        // A module of a program may have that name too.
        "setup.py" if !BUILDERS.iter().any(|name| text.contains(name)) => return None,
        "setup.py" | "setup.cfg" => setup(&places, &mut manifest),
        _ => requirements(tree, &places, &mut manifest, INCLUDE_LIMIT),
    }
    resolve(tree, &mut manifest);
    manifest.entry = find_entry(tree, &manifest.folder);
    if let Some(entry) = &manifest.entry {
        let serves = manifest
            .depends_on(|name| SERVERS.contains(&name) && !CLIENTS.contains(&name))
            || manifest.depends_on(|name| CLIENTS.contains(&name)) && !is_guard(tree, entry);
        manifest.role = if serves { Role::Server } else { Role::Program };
    }
    Some(manifest)
}

/// Of the packages that serve or consume those that call and send as well: scripts have them too.
const CLIENTS: &[&str] = &[
    "aiohttp",
    "grpcio",
    "tornado",
    "kafka-python",
    "confluent-kafka",
    "aiokafka",
    "pika",
    "aio-pika",
];

/// Whether a program starts by nothing but a guard, in a file that does not speak of serving.
fn is_guard(tree: &Tree, entry: &Place) -> bool {
    const SERVING: &[&str] = &[
        "serve",
        "Server",
        "server",
        "Application",
        "run_app",
        "listen",
        "consume",
        "Consumer",
        "create_app",
        "worker",
        "Worker",
        "bot",
    ];
    let Some(text) = tree.head(&entry.path, 256 * 1024) else { return false };
    let start = text.split('\n').nth(entry.line.saturating_sub(1) as usize).unwrap_or_default();
    start.starts_with("if __name__") && !SERVING.iter().any(|word| text.contains(word))
}

/// What a `setup.py` imports to build a package.
const BUILDERS: &[&str] = &["setuptools", "distutils", "skbuild"];

/// How many lists of requirements may include each other.
const INCLUDE_LIMIT: usize = 4;

/// `requirements.txt`: a requirement a line, `-r` includes another list; other options and
/// comments are passed by.
fn requirements(tree: &Tree, places: &Text<'_>, manifest: &mut Manifest, includes: usize) {
    let here = places.path().clone();
    let name = file_name(&here);
    let is_development = ["dev", "test", "lint", "doc", "ci"].iter().any(|w| name.contains(w));
    let scope =
        if is_development { DependencyScope::Development } else { DependencyScope::Runtime };
    let mut constraints = HashMap::new();
    for (at, line) in places.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim_end_matches('\\').trim_end();
        let included = line.strip_prefix("-r ").or_else(|| line.strip_prefix("--requirement "));
        if let Some(path) = included {
            let path = join(folder_of(&here), path.trim());
            let file = path.and_then(|path| tree.file(&path)).filter(|_| includes > 0);
            if let Some(file) = file
                && !is_requirements(file_name(&file.path))
                && let Some(text) = tree.read(&file.path)
            {
                manifest.companions.push(file.path.clone());
                requirements(tree, &Text::new(&file.path, &text), manifest, includes - 1);
            }
        } else if let Some(path) =
            line.strip_prefix("-c ").or_else(|| line.strip_prefix("--constraint "))
        {
            let path = join(folder_of(&here), path.trim());
            let file = path.and_then(|path| tree.file(&path));
            if let Some((file, text)) = file.and_then(|file| Some((file, tree.read(&file.path)?))) {
                manifest.companions.push(file.path.clone());
                constraints.extend(pins(&text));
            }
        } else if let Some(path) = line.strip_prefix("-e ") {
            manifest.links.extend(join(&manifest.folder, path.trim()).map(Link::Folder));
        } else if line.starts_with("./") || line.starts_with("../") {
            manifest.links.extend(join(&manifest.folder, line).map(Link::Folder));
        } else if !line.starts_with(['#', '-', ' ', '\t']) {
            let place = places.place(at..at + line.len());
            manifest.dependencies.extend(dependency(line, scope, place));
        }
    }
    settle(manifest, &constraints);
}

/// Puts pinned versions in the place of ranges.
fn settle(manifest: &mut Manifest, versions: &HashMap<Name, Name>) {
    for dependency in manifest.dependencies.iter_mut().filter(|dependency| !dependency.exact) {
        if let Some(version) = versions.get(&dependency.name) {
            dependency.version = Some(version.clone());
            dependency.exact = true;
        }
    }
}

/// A requirement of PEP 508: name, extras, version; markers are cut off.
fn dependency(text: &str, scope: DependencyScope, place: Place) -> Option<Dependency> {
    let text = text.split(';').next().unwrap_or(text).trim();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let mut features = Vec::new();
    if let Some((extras, after)) =
        rest.trim_start().strip_prefix('[').and_then(|r| r.split_once(']'))
    {
        features = extras.split(',').map(|extra| extra.trim().into()).collect();
        rest = after;
    }
    let rest = rest.trim().trim_start_matches('(').trim_end_matches(')');
    let pinned = rest.strip_prefix("==").filter(|v| !v.contains([',', '*']));
    let version = pinned.unwrap_or(rest).split_whitespace().next().unwrap_or_default();
    Some(Dependency {
        name: normal(name),
        version: (!version.is_empty() && !version.starts_with('@')).then(|| version.into()),
        exact: pinned.is_some(),
        scope,
        features,
        place,
    })
}

/// Names as the index compares them: lower case, runs of `-`, `_`, `.` as one `-`.
fn normal(name: &str) -> Name {
    let lower = name.to_ascii_lowercase().replace(['_', '.'], "-");
    lower.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-").into()
}

fn pyproject(document: &DeTable<'_>, places: &Text<'_>, manifest: &mut Manifest) {
    let project = table(document, "project");
    let poetry = table(document, "tool.poetry");
    let name = project.and_then(|t| string(t, "name")).or(poetry.and_then(|t| string(t, "name")));
    manifest.name = name.map(normal).unwrap_or_default();
    if let Some(project) = project {
        for (range, text) in strings(project, "dependencies") {
            let place = places.place(range);
            manifest.dependencies.extend(dependency(text, DependencyScope::Runtime, place));
        }
        for (key, _) in items(project, "optional-dependencies") {
            let Some(group) = table(project, "optional-dependencies") else { continue };
            for (range, text) in strings(group, key.get_ref()) {
                let place = places.place(range);
                let scope = group_scope(key.get_ref());
                manifest.dependencies.extend(dependency(text, scope, place));
            }
        }
    }
    if let Some(groups) = table(document, "dependency-groups") {
        for (key, _) in groups {
            for (range, text) in strings(groups, key.get_ref()) {
                let place = places.place(range);
                manifest.dependencies.extend(dependency(text, DependencyScope::Development, place));
            }
        }
    }
    keyed(document, "tool.poetry.dependencies", DependencyScope::Runtime, places, manifest);
    keyed(document, "tool.poetry.dev-dependencies", DependencyScope::Development, places, manifest);
    let groups: Vec<String> =
        items(document, "tool.poetry.group").map(|(key, _)| key.get_ref().to_string()).collect();
    for group in groups.iter().filter(|group| !group.contains('.')) {
        let section = format!("tool.poetry.group.{group}.dependencies");
        keyed(document, &section, group_scope(group), places, manifest);
    }
    for (key, value) in items(document, "tool.uv.sources") {
        let path = value.get_ref().as_table().and_then(|source| string(source, "path"));
        manifest.links.extend(path.and_then(|p| join(&manifest.folder, p)).map(Link::Folder));
        manifest.links.push(Link::Package(normal(key.get_ref())));
    }
}

fn group_scope(name: &str) -> DependencyScope {
    match name {
        "dev" | "test" | "tests" | "testing" | "lint" | "docs" | "doc" | "typing" | "develop" => {
            DependencyScope::Development
        }
        _ => DependencyScope::Runtime,
    }
}

fn pipfile(document: &DeTable<'_>, places: &Text<'_>, manifest: &mut Manifest) {
    keyed(document, "packages", DependencyScope::Runtime, places, manifest);
    keyed(document, "dev-packages", DependencyScope::Development, places, manifest);
}

/// Poetry's and Pipenv's form: `name = "version"` or `name = { version = …, extras = […] }`.
fn keyed(
    document: &DeTable<'_>,
    section: &str,
    scope: DependencyScope,
    places: &Text<'_>,
    manifest: &mut Manifest,
) {
    for (key, value) in items(document, section) {
        if key.get_ref() == "python" {
            continue;
        }
        let (version, features) = match value.get_ref() {
            DeValue::String(version) => (Some(&**version), Vec::new()),
            DeValue::Table(table) => {
                let path = string(table, "path");
                manifest
                    .links
                    .extend(path.and_then(|p| join(&manifest.folder, p)).map(Link::Folder));
                let extras = strings(table, "extras").map(|(_, extra)| extra.into()).collect();
                (string(table, "version"), extras)
            }
            _ => (None, Vec::new()),
        };
        let version = version.filter(|version| *version != "*");
        let pinned = version.and_then(|version| version.strip_prefix("=="));
        let plain = version.filter(|version| version.starts_with(|c: char| c.is_ascii_digit()));
        manifest.dependencies.push(Dependency {
            name: normal(key.get_ref()),
            version: pinned.or(version).map(Into::into),
            exact: pinned.is_some() || plain.is_some(),
            scope,
            features,
            place: places.place(key.span()),
        });
    }
}

/// `install_requires` of setuptools: quoted strings of a list, or the lines below the key.
fn setup(places: &Text<'_>, manifest: &mut Manifest) {
    let Some(start) = places.text.find("install_requires") else { return };
    let is_python = manifest.path.ends_with(".py");
    let mut inside = false;
    for (at, line) in places.lines().filter(|(at, line)| at + line.len() >= start) {
        let text = line.trim();
        if is_python {
            for part in line.split(['"', '\'']).skip(1).step_by(2) {
                let offset = part.as_ptr() as usize - line.as_ptr() as usize;
                let place = places.place(at + offset..at + offset + part.len());
                manifest.dependencies.extend(dependency(part, DependencyScope::Runtime, place));
            }
            if text.contains(']') {
                break;
            }
        } else if inside {
            if text.is_empty() || !line.starts_with([' ', '\t']) {
                break;
            }
            let place = places.place(at..at + line.len());
            manifest.dependencies.extend(dependency(text, DependencyScope::Runtime, place));
        }
        inside = true;
    }
}

/// Puts the versions of a lock file beside or above the build file in the place of ranges.
fn resolve(tree: &Tree, manifest: &mut Manifest) {
    let folder = manifest.folder.clone();
    // A list of pinned requirements is its own lock file.
    if is_requirements(file_name(&manifest.path)) {
        return;
    }
    let lock = ancestors(&folder).find_map(|folder| {
        ["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock", "requirements.txt"]
            .iter()
            .find_map(|name| tree.child(folder, name))
    });
    let Some(lock) = lock else { return };
    let Some(text) = tree.head(&lock.path, 8 * 1024 * 1024) else { return };
    let versions = match file_name(&lock.path) {
        "Pipfile.lock" => pipfile_lock(&text),
        "requirements.txt" => pins(&text),
        _ => packages(&text),
    };
    manifest.companions.push(lock.path.clone());
    for dependency in &mut manifest.dependencies {
        if let Some(version) = versions.get(&dependency.name) {
            dependency.version = Some(version.clone());
            dependency.exact = true;
        }
    }
}

/// Lock files that are TOML with `[[package]]` tables.
fn packages(text: &str) -> HashMap<Name, Name> {
    let mut versions = HashMap::new();
    let mut name = Name::default();
    for line in text.split('\n') {
        if let Some(value) = line.strip_prefix("name = ") {
            name = normal(value.trim().trim_matches('"'));
        } else if let Some(value) = line.strip_prefix("version = ") {
            versions.insert(name.clone(), value.trim().trim_matches('"').into());
        }
    }
    versions
}

fn pipfile_lock(text: &str) -> HashMap<Name, Name> {
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else { return HashMap::new() };
    ["develop", "default"]
        .iter()
        .filter_map(|section| json.get(section)?.as_object())
        .flatten()
        .filter_map(|(name, package)| {
            let version = package.get("version")?.as_str()?.trim_start_matches("==");
            Some((normal(name), version.into()))
        })
        .collect()
}

fn pins(text: &str) -> HashMap<Name, Name> {
    text.split('\n')
        .filter_map(|line| {
            let place = Place::top_of("".into());
            let found = dependency(
                line.trim_end_matches(['\\', '\r', ' ']),
                DependencyScope::Runtime,
                place,
            )?;
            found.exact.then_some((found.name, found.version?))
        })
        .collect()
}

/// The program below the folder: in files with usual names first, then in any other near it.
pub(crate) fn find_entry(tree: &Tree, folder: &str) -> Option<Place> {
    const USUAL: &[&str] = &[
        "main.py",
        "app.py",
        "server.py",
        "manage.py",
        "wsgi.py",
        "asgi.py",
        "run.py",
        "__main__.py",
        "application.py",
        "api.py",
        "service.py",
        "locustfile.py",
        "function_app.py",
        "worker.py",
        "lambda_function.py",
        "handler.py",
        "__init__.py",
        "factory.py",
    ];
    let near: Vec<_> = tree
        .under(folder)
        .iter()
        .filter(|file| file.path.ends_with(".py"))
        .filter(|file| {
            below(&file.path, folder).is_some_and(|path| {
                let depth = path.matches('/').count();
                depth == 0 || depth <= 3 && USUAL.contains(&file_name(path))
            })
        })
        .filter(|file| left_out::by_path(&file.path).is_none())
        // A build file of its own takes what lies below it.
        .filter(|file| {
            let own = ancestors(folder_of(&file.path)).take_while(|at| *at != folder);
            let manifests =
                ["pyproject.toml", "requirements.txt", "setup.py", "Pipfile", "Dockerfile"];
            !own.into_iter().any(|at| manifests.iter().any(|name| tree.child(at, name).is_some()))
        })
        .take(400)
        .collect();
    let usual = |name: &str| {
        near.iter().copied().filter(move |f| file_name(&f.path) == name).collect::<Vec<_>>()
    };
    USUAL.iter().find_map(|name| entry::first(tree, usual(name).into_iter(), 4)).or_else(|| {
        let rest = near.iter().copied().filter(|file| {
            let name = file_name(&file.path);
            !name.ends_with("client.py")
                && !matches!(name, "setup.py" | "conftest.py" | "noxfile.py" | "tasks.py")
        });
        entry::first(tree, rest, 40)
    })
}

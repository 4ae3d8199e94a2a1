//! `package.json` with its lock files: npm, pnpm and Yarn.

use std::collections::HashMap;
use std::sync::Arc;

use globset::{Glob, GlobSetBuilder};
use groundrule_unit::{Dependency, DependencyScope, Name, Place};
use serde_json::Value;

use super::npm_scripts::{find_entry, start_command};
use super::{BuildSystem, Link, Manifest, Role, Text};
use crate::paths::{ancestors, below, file_name, folder_of, join};
use crate::tree::Tree;

/// Packages that serve, consume or render on a server.
const SERVERS: &[&str] = &[
    "express",
    "fastify",
    "koa",
    "@koa/router",
    "@hapi/hapi",
    "hapi",
    "restify",
    "polka",
    "next",
    "nuxt",
    "@nestjs/core",
    "@sveltejs/kit",
    "astro",
    "hono",
    "@hono/node-server",
    "elysia",
    "@strapi/strapi",
    "strapi",
    "@azure/functions",
    "@azure/web-pubsub-socket.io",
    "aws-lambda",
    "@google-cloud/functions-framework",
    "serverless-http",
    "@grpc/grpc-js",
    "grpc",
    "socket.io",
    "ws",
    "apollo-server",
    "@apollo/server",
    "apollo-server-express",
    "graphql-yoga",
    "@remix-run/node",
    "@remix-run/serve",
    "@remix-run/express",
    "@react-router/node",
    "@react-router/serve",
    "kafkajs",
    "amqplib",
    "bullmq",
    "bull",
    "moleculer",
    "@feathersjs/feathers",
    "@adonisjs/core",
    "sails",
    "@loopback/core",
    "@trpc/server",
    "@temporalio/worker",
    "probot",
    "json-server",
    "@medusajs/medusa",
    "@keystone-6/core",
    "payload",
    "@middy/core",
    "h3",
    "nitropack",
    "http-proxy-middleware",
    "@analogjs/platform",
    "@tanstack/start",
];

/// Packages that run in a browser or on a telephone.
const BROWSERS: &[&str] = &[
    "react",
    "react-dom",
    "@angular/core",
    "vue",
    "svelte",
    "preact",
    "solid-js",
    "lit",
    "jquery",
    "ember-source",
    "react-native",
    "expo",
    "electron",
    "@ionic/core",
    "@stencil/core",
    "alpinejs",
    "backbone",
    "angular",
    "react-scripts",
    "@vitejs/plugin-react",
    "@vitejs/plugin-vue",
];

/// Tools that test other parts.
const TESTERS: &[&str] = &[
    "cypress",
    "@playwright/test",
    "playwright",
    "puppeteer",
    "webdriverio",
    "newman",
    "artillery",
    "nightwatch",
    "testcafe",
];

/// Reads a `package.json`.
pub(super) fn read(tree: &Tree, path: &Arc<str>) -> Option<Manifest> {
    let text = tree.read(path)?;
    let json: Value = serde_json::from_str(&text)
        .inspect_err(|error| tree.notices.malformed(path, error))
        .ok()?;
    let mut manifest = Manifest::new(path, BuildSystem::Npm);
    manifest.name = string(&json, "name").unwrap_or_default().into();
    let locked = Lock::around(tree, &manifest.folder);
    if let Some(lock) = &locked {
        manifest.companions.push(lock.path.clone());
    }
    let places = Text::new(path, &text);
    for (section, scope) in [
        ("dependencies", DependencyScope::Runtime),
        ("optionalDependencies", DependencyScope::Runtime),
        ("peerDependencies", DependencyScope::Runtime),
        ("devDependencies", DependencyScope::Development),
    ] {
        read_section(&json, section, scope, &places, locked.as_ref(), &mut manifest);
    }
    manifest.role = role(tree, &json, &manifest);
    if manifest.runs() {
        // Frameworks that start by a command (Next.js, Strapi) start where the script stands.
        manifest.entry = find_entry(tree, &json, &manifest.folder)
            .or_else(|| start_command(&json).map(|_| places.find("\"start\"")));
    }
    Some(manifest)
}

/// Whether the package has a framework that serves; such code is no browser code as a whole.
pub(crate) fn is_server_package(manifest: &Manifest) -> bool {
    manifest.depends_on(|name| SERVERS.contains(&name) || name.starts_with("@nestjs/"))
}

fn read_section(
    json: &Value,
    section: &str,
    scope: DependencyScope,
    places: &Text<'_>,
    lock: Option<&Lock>,
    manifest: &mut Manifest,
) {
    let Some(Value::Object(entries)) = json.get(section) else { return };
    let quoted = format!("\"{section}\"");
    let mut start = memchr::memmem::find(places.text.as_bytes(), quoted.as_bytes()).unwrap_or(0);
    for (name, range) in entries {
        let Some(range) = range.as_str() else { continue };
        let key = format!("\"{name}\"");
        let at = memchr::memmem::find(&places.text.as_bytes()[start..], key.as_bytes());
        // Entries keep their order, so each search goes on where the last one ended.
        let place = match at {
            Some(at) => {
                let found = start + at;
                start = found + key.len();
                places.place(found..start)
            }
            None => Place::top_of(manifest.path.clone()),
        };
        if let Some(path) = range.strip_prefix("file:").or_else(|| range.strip_prefix("link:")) {
            manifest.links.extend(join(&manifest.folder, path).map(Link::Folder));
        } else {
            manifest.links.push(Link::Package(name.as_str().into()));
        }
        let locked = lock.and_then(|lock| lock.version(&manifest.folder, name, range));
        let exact = locked.is_some() || range.starts_with(|c: char| c.is_ascii_digit());
        let version = locked.unwrap_or_else(|| range.into());
        manifest.dependencies.push(Dependency {
            name: name.as_str().into(),
            version: Some(version),
            exact,
            scope,
            features: Vec::new(),
            place,
        });
    }
}

fn role(tree: &Tree, json: &Value, manifest: &Manifest) -> Role {
    let folder = &*manifest.folder;
    let any = |names: &[&str]| manifest.dependencies.iter().any(|d| names.contains(&&*d.name));
    let is_functions = tree.child(folder, "host.json").is_some();
    if is_server_package(manifest) || is_functions {
        let starts = is_functions
            || start_command(json).is_some()
            || find_entry(tree, json, folder).is_some();
        return match (starts, is_published(json)) {
            (true, false) => Role::Server,
            // A command-line tool or a library with a server of its own to be tried out.
            (true, true) => Role::Program,
            (false, _) => Role::Library,
        };
    }
    if any(BROWSERS)
        || tree.child(folder, "angular.json").is_some()
        || tree.child(folder, "index.html").is_some() && any(&["vite", "parcel", "webpack"])
    {
        return Role::Browser;
    }
    if any(TESTERS) && !tree.contains(&format!("{folder}/Dockerfile")) {
        return Role::Test;
    }
    let is_group = json.get("workspaces").is_some()
        || tree.child(folder, "pnpm-workspace.yaml").is_some()
        || tree.child(folder, "lerna.json").is_some();
    if is_group {
        return Role::Aggregator;
    }
    let starts = start_command(json).is_some() || find_entry(tree, json, folder).is_some();
    if starts { Role::Program } else { Role::Library }
}

/// Whether the package is made to be installed from a registry.
fn is_published(json: &Value) -> bool {
    let is_private = json.get("private").is_some_and(|v| v == true || v == "true");
    let has = |key: &str| json.get(key).is_some();
    has("publishConfig") || !is_private && (has("files") || has("exports") || has("types"))
}

pub(super) fn string<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

/// A package that a workspace around it excludes is built and deployed with nothing: it is no
/// program of this repository unless a deployment file says otherwise.
pub(super) fn leave_out_of_workspaces(tree: &Tree, manifests: &mut [Manifest]) {
    let mut exclusions: Vec<(String, globset::GlobSet)> = Vec::new();
    for manifest in manifests.iter().filter(|m| m.system == BuildSystem::Npm) {
        let Some(text) = tree.read(&manifest.path) else { continue };
        if !text.contains("\"workspaces\"") {
            continue;
        }
        let Ok(json) = serde_json::from_str::<Value>(&text) else { continue };
        let workspaces = json.get("workspaces");
        let patterns = workspaces.and_then(|w| w.get("packages")).or(workspaces);
        let Some(Value::Array(patterns)) = patterns else { continue };
        let mut excluded = GlobSetBuilder::new();
        for pattern in patterns.iter().filter_map(Value::as_str) {
            if let Some(Ok(glob)) = pattern.strip_prefix('!').map(Glob::new) {
                excluded.add(glob);
            }
        }
        if let Ok(set) = excluded.build() {
            exclusions.push((manifest.folder.to_string(), set));
        }
    }
    for manifest in manifests.iter_mut().filter(|m| m.system == BuildSystem::Npm) {
        let is_excluded = exclusions.iter().any(|(root, set)| {
            below(&manifest.folder, root).is_some_and(|path| set.is_match(path))
        });
        if is_excluded && manifest.role == Role::Server {
            manifest.role = Role::Program;
        }
    }
}

/// The resolved versions of one lock file.
#[derive(Debug)]
struct Lock {
    path: Arc<str>,
    /// By key: npm's `node_modules/x` below the lock's folder, `x@range` for Yarn, `x` otherwise.
    versions: HashMap<String, Name>,
}

impl Lock {
    /// The nearest lock file at or above the folder.
    fn around(tree: &Tree, folder: &str) -> Option<Self> {
        for folder in ancestors(folder) {
            for name in ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"]
            {
                if let Some(file) = tree.child(folder, name) {
                    let versions = Self::versions_in(tree, &file.path);
                    return Some(Self { path: file.path.clone(), versions });
                }
            }
        }
        None
    }

    fn versions_in(tree: &Tree, path: &Arc<str>) -> HashMap<String, Name> {
        // Lock files are long; they get more room than sources, and are skipped beyond it.
        let Some(text) = tree.head(path, 16 * 1024 * 1024) else { return HashMap::new() };
        match file_name(path) {
            "yarn.lock" => yarn(&text),
            "pnpm-lock.yaml" => pnpm(&text),
            _ => npm(&text),
        }
    }

    fn version(&self, folder: &str, name: &str, range: &str) -> Option<Name> {
        let nested = below(folder, folder_of(&self.path))
            .filter(|path| *path != ".")
            .map(|path| format!("{path}/node_modules/{name}"));
        nested
            .and_then(|key| self.versions.get(&key))
            .or_else(|| self.versions.get(&format!("node_modules/{name}")))
            .or_else(|| self.versions.get(&format!("{name}@{range}")))
            .or_else(|| self.versions.get(&format!("{name}@npm:{range}")))
            .or_else(|| self.versions.get(name))
            .cloned()
    }
}

/// npm: `packages` by path (version 2 and 3), else `dependencies` by name (version 1).
fn npm(text: &str) -> HashMap<String, Name> {
    #[derive(serde::Deserialize)]
    struct File {
        #[serde(default)]
        packages: HashMap<String, Package>,
        #[serde(default)]
        dependencies: HashMap<String, Package>,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        version: Option<Name>,
    }
    let Ok(file) = serde_json::from_str::<File>(text) else { return HashMap::new() };
    file.packages
        .into_iter()
        .chain(file.dependencies)
        .filter_map(|(key, package)| Some((key, package.version?)))
        .collect()
}

/// Yarn: a line of `name@range, name@range:` and a `version` below it.
fn yarn(text: &str) -> HashMap<String, Name> {
    let mut versions = HashMap::new();
    let mut keys: Vec<&str> = Vec::new();
    for line in text.split('\n') {
        if !line.starts_with([' ', '#']) && line.trim_end().ends_with(':') {
            let line = line.trim_end().trim_end_matches(':').trim_matches('"');
            keys = line.split(", ").map(|key| key.trim_matches('"')).collect();
        } else if let Some(version) = line.trim_start().strip_prefix("version") {
            let version = version.trim_start_matches(':').trim().trim_matches('"');
            for key in keys.drain(..) {
                versions.insert(key.to_string(), version.into());
            }
        }
    }
    versions
}

/// pnpm: in `importers` (or at the top, in old files) a name and its resolved `version`.
fn pnpm(text: &str) -> HashMap<String, Name> {
    let mut versions = HashMap::new();
    let mut importer = String::new();
    let mut name = String::new();
    for line in text.split('\n') {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if indent == 0 && matches!(line, "packages:" | "snapshots:") {
            break;
        }
        let Some((key, value)) = line.split_once(": ").or_else(|| line.split_once(':')) else {
            continue;
        };
        let key = key.trim_matches(['\'', '"']);
        let value = value.trim().trim_matches(['\'', '"']);
        let version = value.split('(').next().unwrap_or(value);
        match (indent, value.is_empty()) {
            (2, true) => importer = if key == "." { String::new() } else { format!("{key}/") },
            (4.., true) => name = key.to_string(),
            (2..=4, false)
                if key != "specifier" && version.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                versions.insert(key.to_string(), version.into());
            }
            (_, false) if key == "version" => {
                versions.insert(format!("{importer}node_modules/{name}"), version.into());
            }
            _ => {}
        }
    }
    versions
}

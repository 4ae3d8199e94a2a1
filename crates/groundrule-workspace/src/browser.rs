//! Browser code: scripts that a server hands out, or that a bundler builds for browsers. Only
//! JavaScript and TypeScript are asked about.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::manifests::{BuildSystem, Manifest, Role, is_server_package};
use crate::paths::{ancestors, below, file_name, folder_of};
use crate::tree::Tree;

/// Folders that servers hand out as they are.
const STATIC_FOLDERS: &[&str] =
    &["public", "static", "wwwroot", "assets", "webapp", "www", "htdocs"];
/// Folders of the browser's part in a package that serves as well.
const CLIENT_FOLDERS: &[&str] =
    &["client", "frontend", "clientapp", "webapp", "browser", "webclient"];
/// Frameworks that render the same components on the server.
const RENDERERS: &[&str] = &[
    "next",
    "nuxt",
    "@remix-run/node",
    "@sveltejs/kit",
    "astro",
    "@react-router/node",
    "@tanstack/start",
];

/// What is known about the folders of a repository.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    packages: HashMap<Arc<str>, Package>,
    /// Folders with an `index.html`.
    pages: HashSet<String>,
    /// Folders with a build file of another language than JavaScript.
    others: HashSet<Arc<str>>,
}

#[derive(Clone, Copy, Debug)]
struct Package {
    is_browser: bool,
    serves: bool,
    renders: bool,
    is_strapi: bool,
}

impl Browser {
    pub(crate) fn new(tree: &Tree, manifests: &[Manifest]) -> Self {
        let mut found = Self::default();
        for manifest in manifests {
            if manifest.system != BuildSystem::Npm {
                found.others.insert(manifest.folder.clone());
                continue;
            }
            let has =
                |names: &[&str]| manifest.dependencies.iter().any(|d| names.contains(&&*d.name));
            let package = Package {
                is_browser: manifest.role == Role::Browser,
                serves: is_server_package(manifest),
                renders: has(RENDERERS),
                is_strapi: has(&["@strapi/strapi", "strapi"]),
            };
            found.packages.insert(manifest.folder.clone(), package);
        }
        found.pages = tree
            .files
            .iter()
            .filter(|file| file_name(&file.path) == "index.html")
            .map(|file| folder_of(&file.path).to_string())
            .collect();
        found
    }

    /// Whether a script runs in a browser.
    pub(crate) fn holds(&self, path: &str) -> bool {
        let Some((_, ending)) = file_name(path).rsplit_once('.') else { return false };
        if !matches!(ending, "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts") {
            return false;
        }
        let folder = folder_of(path);
        let package = ancestors(folder).find_map(|at| Some((at, self.packages.get(at)?)));
        let Some((root, package)) = package else {
            // A script in a project of another language, with nothing that would run it there.
            return ancestors(folder).any(|at| self.others.contains(at))
                || self.has_page(folder, ".")
                || in_static(path, ".", ending);
        };
        let inner = ancestors(folder).take_while(|at| *at != root);
        // A package at the root for tools only says nothing about a project nested below it.
        let in_other = inner.into_iter().any(|at| self.others.contains(at));
        if package.is_browser || in_other && !package.serves {
            return true;
        }
        if in_static(path, root, ending) || self.has_page(folder, root) {
            return true;
        }
        let Some(inner) = below(path, root) else { return false };
        let first = |names: &[&str]| {
            inner.split('/').rev().skip(1).any(|part| names.contains(&&*part.to_ascii_lowercase()))
        };
        package.is_strapi && inner.starts_with("src/admin/")
            || package.serves
                && !package.renders
                && (matches!(ending, "jsx" | "tsx") || first(CLIENT_FOLDERS))
                && !inner.to_ascii_lowercase().contains("email")
                && (matches!(ending, "jsx" | "tsx") || self.has_markup(root, inner))
    }

    /// Whether the folder or one around it, below the package's own, has an `index.html`.
    fn has_page(&self, folder: &str, root: &str) -> bool {
        ancestors(folder).take_while(|at| *at != root).any(|at| self.pages.contains(at))
    }

    /// A folder named `client` may hold a client of an API: only one with a page is the browser's.
    fn has_markup(&self, root: &str, inner: &str) -> bool {
        let Some(first) = inner.split('/').next() else { return false };
        let top = if root == "." { first.to_string() } else { format!("{root}/{first}") };
        self.pages.iter().any(|page| below(page, &top).is_some())
    }
}

fn in_static(path: &str, root: &str, ending: &str) -> bool {
    // TypeScript is never handed out as it is: `public/users.ts` is a module for public routes.
    matches!(ending, "js" | "mjs")
        && below(folder_of(path), root).is_some_and(|inner| {
            inner.split('/').any(|part| STATIC_FOLDERS.contains(&&*part.to_ascii_lowercase()))
        })
}

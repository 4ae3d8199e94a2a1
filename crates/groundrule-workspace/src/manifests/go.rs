//! `go.mod`: a module with its requirements; mains and imports are found by `services`.

use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope};

use super::{BuildSystem, Link, Manifest, Text};
use crate::paths::join;
use crate::tree::Tree;

/// Reads a `go.mod`.
pub(super) fn read(tree: &Tree, path: &Arc<str>) -> Option<Manifest> {
    let text = tree.read(path)?;
    let places = Text::new(path, &text);
    let mut manifest = Manifest::new(path, BuildSystem::Go);
    let mut block = "";
    let mut replaced: Vec<(&str, &str)> = Vec::new();
    for (start, line) in places.lines() {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let words: Vec<&str> = code.split_whitespace().collect();
        let (verb, words) = match (block, &words[..]) {
            (_, []) => continue,
            ("", [verb, "("]) => {
                block = verb;
                continue;
            }
            (_, [")"]) => {
                block = "";
                continue;
            }
            ("", [verb, rest @ ..]) => (*verb, rest),
            (verb, rest) => (verb, rest),
        };
        match (verb, words) {
            ("module", [name, ..]) => manifest.name = name.trim_matches('"').into(),
            ("require", [name, version, ..]) => {
                let at = start + line.find(name).unwrap_or(0);
                manifest.links.push(Link::Package((*name).into()));
                // What only other modules need is no dependency that the code names.
                if comment.trim() != "indirect" {
                    manifest.dependencies.push(Dependency {
                        name: (*name).into(),
                        version: Some((*version).into()),
                        exact: true,
                        scope: DependencyScope::Runtime,
                        features: Vec::new(),
                        place: places.place(at..at + name.len()),
                    });
                }
            }
            ("replace", words) => {
                let target = words.iter().skip_while(|word| **word != "=>").nth(1);
                if let Some(target) = target.filter(|target| target.starts_with('.')) {
                    manifest.links.extend(join(&manifest.folder, target).map(Link::Folder));
                } else if let ([name, ..], Some(version)) = (words, words.last())
                    && version.starts_with('v')
                {
                    replaced.push((name, version));
                }
            }
            _ => {}
        }
    }
    for (name, version) in replaced {
        for dependency in manifest.dependencies.iter_mut().filter(|d| d.name == name) {
            dependency.version = Some(version.into());
        }
    }
    if manifest.name.is_empty() {
        tree.notices.malformed(path, "names no module");
    }
    Some(manifest)
}

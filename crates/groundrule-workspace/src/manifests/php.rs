//! `composer.json`: PHP has no front end; its packages are known so that services are complete.

use std::sync::Arc;

use groundrule_unit::{Dependency, DependencyScope};
use serde_json::Value;

use super::{BuildSystem, Manifest, Role, Text};
use crate::tree::Tree;

/// Reads a `composer.json`.
pub(super) fn read(tree: &Tree, path: &Arc<str>) -> Option<Manifest> {
    let text = tree.read(path)?;
    let json: Value = serde_json::from_str(&text)
        .inspect_err(|error| tree.notices.malformed(path, error))
        .ok()?;
    let places = Text::new(path, &text);
    let mut manifest = Manifest::new(path, BuildSystem::Php);
    manifest.name = json.get("name").and_then(Value::as_str).unwrap_or_default().into();
    for (section, scope) in
        [("require", DependencyScope::Runtime), ("require-dev", DependencyScope::Development)]
    {
        for (name, version) in json.get(section).and_then(Value::as_object).into_iter().flatten() {
            manifest.dependencies.push(Dependency {
                name: name.as_str().into(),
                version: version.as_str().map(Into::into),
                exact: false,
                scope,
                features: Vec::new(),
                place: places.find(&format!("\"{name}\"")),
            });
        }
    }
    let starts = ["index.php", "public/index.php", "artisan", "bin/console"];
    if let Some(file) = starts.iter().find_map(|name| tree.child(&manifest.folder, name)) {
        manifest.role = Role::Server;
        manifest.entry = Some(groundrule_unit::Place::top_of(file.path.clone()));
    }
    Some(manifest)
}

//! Backstage's `catalog-info.yaml`: components with their owners.

use std::sync::Arc;

use groundrule_unit::Name;

use crate::left_out;
use crate::paths::{file_name, folder_of};
use crate::tree::Tree;
use crate::yaml::{documents, string};

/// A component of the catalogue.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) source: Arc<str>,
    pub(crate) folder: Arc<str>,
    pub(crate) name: Name,
    pub(crate) owner: Option<Name>,
    pub(crate) tier: Option<Name>,
    pub(crate) kind: ComponentKind,
}

/// What a component is, as far as discovery cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComponentKind {
    Service,
    Library,
    /// Documentation, a mobile app, a website: nothing that serves.
    Other,
}

/// All components of a repository.
pub(crate) fn read(tree: &Tree) -> Vec<Component> {
    let files = tree.files.iter().filter(|file| {
        matches!(file_name(&file.path), "catalog-info.yaml" | "catalog-info.yml")
            && left_out::by_path(&file.path).is_none()
    });
    let mut found = Vec::new();
    for file in files {
        for document in documents(tree, &file.path) {
            if string(&document, &["kind"]) != Some("Component") {
                continue;
            }
            let Some(name) = string(&document, &["metadata", "name"]) else {
                tree.notices.malformed(&file.path, "a component without `metadata.name`");
                continue;
            };
            let kind = match string(&document, &["spec", "type"]).map(str::to_ascii_lowercase) {
                Some(kind) => match &*kind {
                    "library" | "package" | "module" => ComponentKind::Library,
                    "website" | "documentation" | "app" | "mobile" | "tool" => ComponentKind::Other,
                    _ => ComponentKind::Service,
                },
                None => ComponentKind::Service,
            };
            let tier = string(&document, &["spec", "tier"])
                .or_else(|| string(&document, &["metadata", "labels", "tier"]));
            found.push(Component {
                source: file.path.clone(),
                folder: folder_of(&file.path).into(),
                name: name.into(),
                owner: string(&document, &["spec", "owner"]).map(reference),
                tier: tier.map(Name::new),
                kind,
            });
        }
    }
    found
}

/// An entity reference in full: a bare name is a group of the default namespace.
fn reference(owner: &str) -> Name {
    let (kind, rest) = owner.split_once(':').unwrap_or(("group", owner));
    let (namespace, name) = rest.split_once('/').unwrap_or(("default", rest));
    format!("{}:{namespace}/{name}", kind.to_ascii_lowercase()).into()
}

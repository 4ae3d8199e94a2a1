//! YAML of the repository's configuration, as values without places.

use std::sync::Arc;

use serde_json::Value;

use crate::tree::Tree;

/// Larger files are no hand-written configuration.
pub(crate) const SIZE_LIMIT: u64 = 256 * 1024;

/// The documents of a YAML file; a notice is kept when it is malformed.
pub(crate) fn documents(tree: &Tree, path: &Arc<str>) -> Vec<Value> {
    if tree.file(path).is_none_or(|file| file.size > SIZE_LIMIT) {
        return Vec::new();
    }
    let Some(text) = tree.read(path) else { return Vec::new() };
    serde_saphyr::from_multiple(&text)
        .inspect_err(|error| tree.notices.malformed(path, error))
        .unwrap_or_default()
}

/// Whether a file is YAML, by its name.
pub(crate) fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

/// The string at a path of keys.
pub(crate) fn string<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().try_fold(value, |at, key| at.get(key))?.as_str()
}

//! `[[route-file]]`: routes that are declared by where a file lies and what it exports.

use std::collections::BTreeMap;

use groundrule_unit::Name;
use serde::Deserialize;

/// A framework's folder whose files are routes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RouteFile {
    /// Shown in reports.
    pub name: Name,
    /// Packages one of which the service depends on.
    pub packages: Vec<Name>,
    /// Folders below the service's own whose files are routes, and what their paths start with.
    pub folders: BTreeMap<Name, Name>,
    /// Names of files, without their endings, that are routes (`route`, `+server`); any if empty.
    /// Otherwise a file's name is the last part of the path.
    #[serde(default)]
    pub files: Vec<Name>,
    /// Exports that serve a method each, with the HTTP method; `default` for the default export.
    pub exports: BTreeMap<Name, Name>,
    /// The file's name may end in the method: `users.post`.
    #[serde(default)]
    pub method_in_name: bool,
    /// Texts one of which such a file holds.
    #[serde(default)]
    pub literals: Vec<Name>,
}

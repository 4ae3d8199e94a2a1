//! Module names: a file's own, and what an import's specifier stands for.

use groundrule_unit::Name;

const ENDINGS: [&str; 9] = [".d.ts", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/// The module that a file is, by its path relative to the repository's root.
pub(super) fn module_of(path: &str) -> Name {
    canonical(path)
}

/// What a specifier names, seen from the file at `from`.
pub(super) struct Specified {
    pub(super) module: Name,
    /// Whether it is a file of the repository rather than a package.
    pub(super) is_file: bool,
}

/// Resolves a specifier by its text alone: relative ones against the file's folder, then the
/// project's aliases, the longest prefix first; anything else is a package. Node's own modules
/// lose their `node:`, since both spellings name the same module.
pub(super) fn resolve(specifier: &str, from: &str, aliases: &[(Name, Name)]) -> Specified {
    let relative = matches!(specifier, "." | "..")
        || specifier.starts_with("./")
        || specifier.starts_with("../");
    if relative {
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        return match join(folder, specifier) {
            Some(path) => Specified { module: canonical(&path), is_file: true },
            // It leaves the repository.
            None => Specified { module: Name::new(specifier), is_file: true },
        };
    }
    let alias = aliases
        .iter()
        .filter_map(|(prefix, target)| {
            let rest = behind(specifier, prefix.trim_end_matches('*'))?;
            Some((prefix.len(), rest, target))
        })
        .max_by_key(|&(length, ..)| length);
    if let Some((_, rest, target)) = alias {
        let target = target.trim_end_matches('*');
        let path = join(target, rest).unwrap_or_else(|| format!("{target}/{rest}"));
        return Specified { module: canonical(&path), is_file: true };
    }
    let package = specifier.strip_prefix("node:").unwrap_or(specifier);
    Specified { module: Name::new(package), is_file: false }
}

/// What follows an alias, where it is a prefix of the specifier's whole parts.
fn behind<'a>(specifier: &'a str, prefix: &str) -> Option<&'a str> {
    if prefix.is_empty() {
        return None;
    }
    let rest = specifier.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/')).then_some(rest)
}

/// Joins two paths textually; none where the result would lie outside the root.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn canonical(path: &str) -> Name {
    let path = ENDINGS.iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(path);
    let path = path.strip_suffix("/index").unwrap_or(path);
    Name::new(if path.is_empty() || path == "index" { "." } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(specifier: &str) -> Name {
        let aliases = [
            (Name::new("@/"), Name::new("src")),
            (Name::new("@/gen/*"), Name::new("generated/*")),
            (Name::new("config"), Name::new("src/config/index.ts")),
        ];
        resolve(specifier, "src/api/users.ts", &aliases).module
    }

    #[test]
    fn a_file_is_named_by_its_path_without_ending_and_index() {
        assert_eq!(module_of("src/lib/index.ts"), "src/lib");
        assert_eq!(module_of("src/users.service.ts"), "src/users.service");
        assert_eq!(module_of("types/api.d.ts"), "types/api");
        assert_eq!(module_of("index.js"), ".");
    }

    #[test]
    fn relative_imports_are_resolved_against_the_folder() {
        assert_eq!(module("./b"), "src/api/b");
        assert_eq!(module("../lib/b.js"), "src/lib/b");
        assert_eq!(module(".."), "src");
        assert_eq!(module("../lib/"), "src/lib");
        assert_eq!(module("./users.service"), "src/api/users.service");
        assert_eq!(module("../../index"), ".");
        assert_eq!(module("../../../x"), "../../../x");
    }

    #[test]
    fn the_longest_alias_wins_and_packages_stay_as_written() {
        assert_eq!(module("@/db/client"), "src/db/client");
        assert_eq!(module("@/gen/api"), "generated/api");
        assert_eq!(module("config"), "src/config");
        assert_eq!(module("configure"), "configure");
        assert_eq!(module("@grpc/grpc-js"), "@grpc/grpc-js");
        assert_eq!(module("node:http"), "http");
    }
}

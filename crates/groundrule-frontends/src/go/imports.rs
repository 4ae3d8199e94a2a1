//! Import paths: a file's own, and the local names that imported ones get.
//!
//! A package's name stands in its own source, so the name of an import without an alias is a
//! guess from its path; of several good guesses the file's use of them decides.

use std::collections::HashSet;

use groundrule_unit::{Import, Name, Span, Target};
use tree_sitter::Node;

use super::{Lowering, field};
use crate::{Source, syntax};

/// Files with more imports that no guess fits than this are left alone: they are not written by
/// people, and each import is compared with each name.
const MOST_UNMATCHED: usize = 32;

/// An import as written.
pub(super) struct Spec<'s> {
    alias: Option<&'s str>,
    path: Name,
    span: Span,
}

/// The import path of the package that a file belongs to.
pub(super) fn module(source: &Source<'_>) -> Name {
    let folder = source.path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let Some(package) = source.package else {
        return Name::new(folder);
    };
    let inner = match package.root {
        "." | "" => folder,
        root => folder.strip_prefix(root).unwrap_or(folder).trim_start_matches('/'),
    };
    match inner {
        "." | "" => Name::new(package.name),
        inner => Name::from(format!("{}/{inner}", package.name)),
    }
}

impl<'s> Lowering<'s> {
    pub(super) fn import_declaration(&mut self, node: Node<'_>) {
        for child in syntax::children(node) {
            match child.kind() {
                "import_spec" => self.import_spec(child),
                "import_spec_list" => {
                    syntax::children(child).into_iter().for_each(|spec| self.import_spec(spec));
                }
                _ => {}
            }
        }
    }

    fn import_spec(&mut self, node: Node<'_>) {
        if let Some(path) = field(node, "path") {
            let path = self.decoded(path);
            let alias = field(node, "name").map(|name| self.str(name));
            self.imports.push(Spec { alias, path, span: syntax::span(node) });
        }
    }

    /// Writes the imports, when it is known which names the file uses. One that no guess fits
    /// gets its likeliest guess, and a name that the file uses and nothing else explains.
    pub(super) fn resolve_imports(&mut self) {
        let mut rows = Vec::new();
        let mut unmatched = Vec::new();
        for Spec { alias, path, span } in std::mem::take(&mut self.imports) {
            let row = |local: &str, wildcard| Import {
                local: Name::new(local),
                module: path.clone(),
                item: None,
                wildcard,
                reexport: false,
                span,
            };
            match alias {
                Some(".") => rows.push(row("", true)),
                Some("_") => rows.push(row("", false)),
                Some(alias) => rows.push(row(alias, false)),
                None => {
                    let guesses = local_names(&path);
                    let plain = guesses.first().map_or("", String::as_str);
                    rows.push(row(plain, false));
                    match guesses.iter().find(|name| self.qualifiers.contains(name.as_str())) {
                        Some(used) if used != plain => rows.push(row(used, false)),
                        Some(_) => {}
                        None => unmatched.push(rows.len() - 1),
                    }
                }
            }
        }
        if (1..=MOST_UNMATCHED).contains(&unmatched.len()) {
            self.match_rest(&unmatched, &mut rows);
        }
        self.build.unit().imports = rows;
    }

    fn match_rest(&mut self, unmatched: &[usize], rows: &mut Vec<Import>) {
        let mut free = self.unexplained_qualifiers(rows);
        let mut found = Vec::new();
        for &at in unmatched {
            let plain = &rows[at].local;
            let akin = |name: &&str| name.contains(plain.as_str()) || plain.contains(*name);
            let alone = || (unmatched.len() == 1 && free.len() == 1).then_some(0);
            if let Some(name) = free.iter().position(akin).or_else(alone) {
                found.push(Import { local: Name::new(free.remove(name)), ..rows[at].clone() });
            }
        }
        rows.extend(found);
    }

    /// What stands before a dot, and is neither imported nor declared in the file; sorted.
    fn unexplained_qualifiers(&mut self, rows: &[Import]) -> Vec<&'s str> {
        let unit = self.build.unit();
        let bound = unit.bindings.iter().filter_map(|binding| match &binding.target {
            Target::Name(name) => Some(name.as_str()),
            Target::Place(_) => None,
        });
        let functions = unit.functions.iter();
        let params = functions.flat_map(|function| {
            function.params.iter().map(|param| &param.name).chain(&function.receiver)
        });
        let declared: HashSet<&str> = bound
            .chain(params.map(Name::as_str))
            .chain(unit.types.iter().map(|ty| ty.name.as_str()))
            .chain(rows.iter().map(|row| row.local.as_str()))
            .collect();
        let free = self.qualifiers.iter().copied().filter(|name| !declared.contains(name));
        let mut free: Vec<&str> = free.collect();
        free.sort_unstable();
        free
    }
}

/// The names that the package behind an import path may have, the likeliest first: the last
/// segment, or the one before a major version; without a sign of the language; with the signs
/// that an identifier cannot hold replaced, dropped, or taken as a border.
fn local_names(path: &str) -> Vec<String> {
    let mut segments = path.rsplit('/');
    let last = segments.next().unwrap_or_default();
    let mut names = Vec::new();
    match segments.next() {
        Some(before) if is_version(last) => {
            add_names(before, &mut names);
            names.push(last.to_owned());
            names.push(format!("{before}{last}"));
        }
        _ => add_names(last, &mut names),
    }
    names
}

fn add_names(segment: &str, names: &mut Vec<String>) {
    // `gopkg.in/yaml.v3`
    let plain = match segment.rsplit_once('.') {
        Some((name, version)) if is_version(version) => name,
        _ => segment,
    };
    names.push(plain.to_owned());
    let short = ["go-", "go.", "golang-"].iter().find_map(|sign| plain.strip_prefix(sign));
    let short = short.unwrap_or(plain);
    let bare = ["-go", ".go", "-golang", "_go"].iter().find_map(|sign| short.strip_suffix(sign));
    let bare = bare.unwrap_or(short);
    for name in [short, bare, plain] {
        if name.contains(['-', '.']) {
            names.push(name.replace(['-', '.'], "_"));
            names.push(name.replace(['-', '.'], ""));
        } else if name != plain {
            names.push(name.to_owned());
        }
    }
    if let Some((_, end)) = bare.rsplit_once(['-', '.']) {
        names.push(end.to_owned());
    }
}

fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likeliest_name_of_a_package_comes_first() {
        let first = |path| local_names(path).into_iter().next().unwrap_or_default();
        assert_eq!(first("net/http"), "http");
        assert_eq!(first("github.com/go-chi/chi/v5"), "chi");
        assert_eq!(first("gopkg.in/yaml.v3"), "yaml");
        assert_eq!(first("fmt"), "fmt");
    }

    #[test]
    fn a_sign_of_the_language_is_no_part_of_the_name() {
        let names = |path, name: &str| local_names(path).iter().any(|guess| guess == name);
        assert!(names("github.com/redis/go-redis/v9", "redis"));
        assert!(names("github.com/getsentry/sentry-go", "sentry"));
        assert!(names("github.com/nats-io/nats.go", "nats"));
        assert!(names("github.com/hashicorp/golang-lru", "lru"));
        assert!(names("github.com/grpc-ecosystem/go-grpc-middleware", "grpc_middleware"));
        assert!(names("example.com/gen/payment/v1", "paymentv1"));
    }
}

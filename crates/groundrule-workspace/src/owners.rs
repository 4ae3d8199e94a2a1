//! CODEOWNERS with GitHub's meaning: the last pattern that matches decides, and one without
//! owners takes ownership away. GitLab's sections are read as far as they mean the same.

use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use groundrule_unit::{Name, Owners};

use crate::tree::Tree;

/// GitHub ignores larger files.
const SIZE_LIMIT: u64 = 3 * 1024 * 1024;

/// The places in which the file is looked for; the first one counts.
const PLACES: &[&str] =
    &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// The rules of a repository.
#[derive(Debug, Default)]
pub(crate) struct CodeOwners {
    source: Option<Arc<str>>,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// The pattern for the path itself, and for what lies below it.
    matchers: Vec<GlobMatcher>,
    owners: Vec<Name>,
}

impl CodeOwners {
    pub(crate) fn read(tree: &Tree) -> Self {
        let file = PLACES.iter().find_map(|path| tree.file(path));
        let Some(file) = file.filter(|file| file.size < SIZE_LIMIT) else { return Self::default() };
        let Some(text) = tree.read(&file.path) else { return Self::default() };
        Self { source: Some(file.path.clone()), rules: rules(tree, &file.path, &text) }
    }

    /// The owners of a file or folder; empty when nobody owns it.
    pub(crate) fn of(&self, path: &str) -> Owners {
        let rule = self
            .rules
            .iter()
            .rev()
            .find(|rule| rule.matchers.iter().any(|matcher| matcher.is_match(path)));
        match rule {
            Some(rule) if !rule.owners.is_empty() => {
                Owners { names: rule.owners.clone(), source: self.source.clone() }
            }
            _ => Owners::default(),
        }
    }
}

fn rules(tree: &Tree, path: &Arc<str>, text: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    let mut section: Vec<Name> = Vec::new();
    for line in text.split('\n').map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let header = line.strip_prefix('^').unwrap_or(line);
        if let Some((_, rest)) = header.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = owners(rest.split_whitespace().filter(|word| !word.starts_with('[')));
            continue;
        }
        let mut words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
        let Some(pattern) = words.next() else { continue };
        let mut found = owners(words);
        if found.is_empty() {
            found.clone_from(&section);
        }
        match matchers(pattern) {
            Some(matchers) => rules.push(Rule { matchers, owners: found }),
            None => tree.notices.malformed(path, format!("`{pattern}` is no pattern")),
        }
    }
    rules
}

fn owners<'a>(words: impl Iterator<Item = &'a str>) -> Vec<Name> {
    words.filter(|word| word.contains('@')).map(Name::new).collect()
}

/// A pattern with a `/` before its end is anchored at the root; others match at any depth. Without
/// a trailing `/*` a match takes all that lies below it. `!` and `[…]` have no meaning.
fn matchers(pattern: &str) -> Option<Vec<GlobMatcher>> {
    if pattern.starts_with('!') || pattern.contains(['[', ']']) || pattern.starts_with("\\#") {
        return None;
    }
    let is_folder = pattern.ends_with('/');
    let body = pattern.trim_end_matches('/');
    let is_anchored = body.contains('/');
    let body = body.trim_start_matches('/').replace('{', "\\{").replace('}', "\\}");
    let body = match (&*body, is_anchored) {
        // A lone `/`: the root, and so everything.
        ("", _) => "**".to_string(),
        (body, true) => body.to_string(),
        (body, false) => format!("**/{body}"),
    };
    let one_level = body.ends_with("/*") && is_anchored;
    let glob = |text: &str| {
        GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .ok()
            .map(|glob| glob.compile_matcher())
    };
    let mut found = Vec::new();
    if !is_folder {
        found.push(glob(&body)?);
    }
    if !one_level {
        found.push(glob(&format!("{body}/**"))?);
    }
    Some(found)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn is_match(pattern: &str, path: &str) -> bool {
        matchers(pattern).unwrap().iter().any(|matcher| matcher.is_match(path))
    }

    #[test]
    fn patterns_are_anchored_by_a_slash_inside() {
        assert!(is_match("*", "a/b.go"));
        assert!(is_match("*.go", "a/b.go"));
        assert!(is_match("apps/", "x/apps/a/b.go"));
        assert!(!is_match("/apps/", "x/apps/a/b.go"));
        assert!(is_match("/apps/", "apps/a/b.go"));
        assert!(is_match("src/cart", "src/cart/a/b.go"));
        assert!(!is_match("src/cart", "x/src/cart/b.go"));
        assert!(is_match("foo", "a/foo"));
        assert!(is_match("foo", "a/foo/b"));
    }

    #[test]
    fn a_star_at_the_end_of_a_path_matches_one_level() {
        assert!(is_match("docs/*", "docs/a.md"));
        assert!(!is_match("docs/*", "docs/a/b.md"));
        assert!(is_match("docs/**", "docs/a/b.md"));
        assert!(is_match("**/logs", "a/b/logs/x"));
    }

    #[test]
    fn negation_and_ranges_are_no_patterns() {
        assert!(matchers("!src/").is_none());
        assert!(matchers("src/[ab]").is_none());
    }
}

//! Ignore files that are not on disk: `.gitignore` and `.ignore` of a commit or of the index, with
//! the meaning that the walk gives to those in a folder.

use std::collections::BTreeMap;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::paths::{ancestors, below, file_name, folder_of};

/// The rules of every folder.
#[derive(Debug, Default)]
pub(crate) struct Ignores {
    /// `.ignore`, which goes before the others.
    own: BTreeMap<String, Gitignore>,
    git: BTreeMap<String, Gitignore>,
}

impl Ignores {
    /// Larger ones are not read, in bytes.
    pub(crate) const LARGEST: u64 = 1 << 20;

    pub(crate) fn is_one(path: &str) -> bool {
        matches!(file_name(path), ".gitignore" | ".ignore")
    }

    /// Reads ignore files, by path and text.
    pub(crate) fn new<'a>(files: impl Iterator<Item = (&'a str, String)>) -> Self {
        let mut all = Self::default();
        for (path, text) in files {
            let mut builder = GitignoreBuilder::new("");
            for line in text.split('\n') {
                // A line that is no pattern hides nothing; the walk does not mind it either.
                let _ = builder.add_line(None, line.trim_end_matches('\r'));
            }
            let Ok(rules) = builder.build() else { continue };
            let kind = if file_name(path) == ".ignore" { &mut all.own } else { &mut all.git };
            kind.insert(folder_of(path).to_string(), rules);
        }
        all
    }

    /// Whether a file is left out, by its own name or by a folder that it lies in.
    pub(crate) fn ignored(&self, path: &str) -> bool {
        if self.own.is_empty() && self.git.is_empty() {
            return false;
        }
        let mut folders: Vec<&str> = ancestors(folder_of(path)).filter(|at| *at != ".").collect();
        folders.reverse();
        folders.into_iter().any(|folder| self.matches(folder, true)) || self.matches(path, false)
    }

    fn matches(&self, path: &str, is_folder: bool) -> bool {
        let decided = |kind: &BTreeMap<String, Gitignore>| {
            ancestors(folder_of(path)).find_map(|folder| {
                let inner = below(path, folder)?;
                match kind.get(folder)?.matched(inner, is_folder) {
                    Match::None => None,
                    Match::Ignore(_) => Some(true),
                    Match::Whitelist(_) => Some(false),
                }
            })
        };
        decided(&self.own).or_else(|| decided(&self.git)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(files: &[(&'static str, &str)]) -> Ignores {
        Ignores::new(files.iter().map(|(path, text)| (*path, (*text).to_string())))
    }

    #[test]
    fn rules_hold_below_their_folder_and_the_nearest_decides() {
        let rules =
            rules(&[(".gitignore", "build/\n*.log\n"), ("web/.gitignore", "!keep.log\n/app.py\n")]);
        assert!(rules.ignored("build/a.py"));
        assert!(rules.ignored("web/build/a.py"));
        assert!(rules.ignored("x.log"));
        assert!(!rules.ignored("web/keep.log"));
        assert!(rules.ignored("web/app.py"));
        assert!(!rules.ignored("app.py"));
        assert!(!rules.ignored("web/src/app.py"));
    }

    #[test]
    fn own_rules_go_before_those_of_git() {
        let rules = rules(&[(".ignore", "!web/\nlegacy/\n"), (".gitignore", "web/\n")]);
        assert!(!rules.ignored("web/app.py"));
        assert!(rules.ignored("legacy/app.py"));
    }
}

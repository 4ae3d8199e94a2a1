//! Packages and import aliases: by which name the code below a folder is imported.

use std::collections::BTreeMap;
use std::sync::Arc;

use groundrule_unit::Name;
use serde_json::Value;

use crate::left_out;
use crate::manifests::{BuildSystem, Manifest};
use crate::paths::{ancestors, file_name, folder_of, join};
use crate::tree::Tree;

/// How many configurations may extend each other.
const EXTENDS_LIMIT: usize = 8;

/// What a build file says of the code below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// `module` of `go.mod`, `name` of `Cargo.toml` or `package.json`.
    pub name: Name,
    /// The build file's folder, relative to the repository's root.
    pub root: Arc<str>,
}

/// An alias: a prefix of specifiers, and the folder or file that it stands for.
pub type Alias = (Name, Name);

/// The packages and aliases of a repository.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    packages: BTreeMap<(BuildSystem, Arc<str>), Package>,
    aliases: BTreeMap<Arc<str>, Vec<Alias>>,
    /// Packages of the repository that its other packages import by name.
    shared: Vec<Alias>,
}

impl Packages {
    pub(crate) fn new(tree: &Tree, manifests: &[Manifest]) -> Self {
        let mut found = Self::default();
        for manifest in manifests.iter().filter(|manifest| !manifest.name.is_empty()) {
            let package = Package { name: manifest.name.clone(), root: manifest.folder.clone() };
            found.packages.insert((manifest.system, manifest.folder.clone()), package);
        }
        let linked: Vec<&Manifest> = manifests
            .iter()
            .filter(|manifest| manifest.system == BuildSystem::Npm && !manifest.name.is_empty())
            .filter(|manifest| {
                manifests.iter().any(|other| {
                    other.system == BuildSystem::Npm
                        && other.dependencies.iter().any(|d| d.name == manifest.name)
                })
            })
            .collect();
        for manifest in linked {
            let start = ["src/index.ts", "index.ts", "src/main.ts", "src/index.js", "index.js"];
            let start = start.iter().find_map(|name| tree.child(&manifest.folder, name));
            if let Some(file) = start {
                found.shared.push((manifest.name.clone(), Name::new(&*file.path)));
            }
            let folder = format!("{}/", manifest.folder);
            found.shared.push((format!("{}/", manifest.name).into(), folder.into()));
        }
        found.shared.sort();
        for file in &tree.files {
            if matches!(file_name(&file.path), "tsconfig.json" | "jsconfig.json")
                && left_out::by_path(&file.path).is_none()
            {
                let mut aliases = aliases(tree, &file.path);
                aliases.extend(found.shared.iter().cloned());
                found.aliases.insert(folder_of(&file.path).into(), aliases);
            }
        }
        found
    }

    /// The package that holds a file, by the build system of the file's language.
    pub(crate) fn package_of(&self, path: &str) -> Option<&Package> {
        let system = match path.rsplit_once('.')?.1 {
            "go" => BuildSystem::Go,
            "rs" => BuildSystem::Cargo,
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => BuildSystem::Npm,
            "py" => BuildSystem::Python,
            _ => return None,
        };
        ancestors(folder_of(path)).find_map(|at| self.packages.get(&(system, at.into())))
    }

    /// The aliases that hold for a file; none where no configuration lies around it.
    pub(crate) fn aliases_of(&self, path: &str) -> &[Alias] {
        let around = ancestors(folder_of(path)).find_map(|folder| self.aliases.get(folder));
        around.map_or(&self.shared, |aliases| aliases)
    }
}

/// The `paths` that hold for a configuration, own or extended.
fn aliases(tree: &Tree, path: &Arc<str>) -> Vec<Alias> {
    let mut found = Vec::new();
    let mut base: Option<String> = None;
    let mut at = path.to_string();
    for _ in 0..EXTENDS_LIMIT {
        let Some(text) = tree.read(&at) else { break };
        let json: Value = match serde_json::from_str(&without_comments(&text)) {
            Ok(json) => json,
            Err(error) => {
                tree.notices.malformed(&at.into(), error);
                break;
            }
        };
        let folder = folder_of(&at).to_string();
        let options = json.get("compilerOptions");
        let own = options.and_then(|o| o.get("baseUrl")).and_then(Value::as_str);
        let own = own.and_then(|own| join(&folder, own));
        base = base.or_else(|| own.clone());
        if found.is_empty()
            && let Some(Value::Object(paths)) = options.and_then(|o| o.get("paths"))
        {
            // Without a base of its own, paths are relative to the file that names them.
            let base = own.as_deref().or(base.as_deref()).unwrap_or(&folder);
            for (pattern, targets) in paths {
                let target =
                    targets.as_array().into_iter().flatten().filter_map(Value::as_str).next();
                let target = target.and_then(|target| join(base, target));
                found.extend(target.map(|target| (pattern.as_str().into(), target.into())));
            }
        }
        let next = json.get("extends").and_then(Value::as_str).and_then(|next| {
            let next =
                if next.ends_with(".json") { next.to_string() } else { format!("{next}.json") };
            next.starts_with('.').then(|| join(&folder, &next)).flatten()
        });
        match next {
            Some(next) if next != at => at = next,
            _ => break,
        }
    }
    if let Some(base) = base {
        found.extend(top_level(tree, &base));
    }
    found
}

/// With a base, every folder in it can be imported without a prefix.
fn top_level(tree: &Tree, base: &str) -> Vec<Alias> {
    let mut folders: Vec<String> = Vec::new();
    for file in tree.under(base) {
        let Some((top, _)) = crate::paths::below(&file.path, base).and_then(|p| p.split_once('/'))
        else {
            continue;
        };
        let is_script =
            matches!(file.path.rsplit_once('.'), Some((_, "ts" | "tsx" | "js" | "jsx")));
        if is_script && folders.last().is_none_or(|last| last != top) {
            folders.push(top.to_string());
        }
    }
    folders.sort();
    folders.dedup();
    folders
        .into_iter()
        .take(200)
        .filter_map(|top| {
            Some((format!("{top}/").into(), format!("{}/", join(base, &top)?).into()))
        })
        .collect()
}

/// JSON without the comments and trailing commas that these files may have.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(&next)) if in_string => {
                out.push(c);
                out.push(next);
                chars.next();
                continue;
            }
            ('"', _) => in_string = !in_string,
            ('/', Some('/')) if !in_string => {
                while chars.next_if(|&c| c != '\n').is_some() {}
                continue;
            }
            ('/', Some('*')) if !in_string => {
                let mut before = ' ';
                for c in chars.by_ref().skip(1) {
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
                continue;
            }
            ('}' | ']', _) if !in_string => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_taken_out_but_strings_stay() {
        let text = "{ // a\n \"@/*\": [\"./src/*\",], /* b */ \"c\": \"//d\", }";
        assert_eq!(
            without_comments(text),
            "{ \n \"@/*\": [\"./src/*\"],  \"c\": \"//d\" }".replace(" }", "}")
        );
    }
}

//! What an image starts by name: a script that its command names, or a module, need no guard and
//! no usual name to be where a program starts.

use groundrule_unit::Place;

use crate::dockerfiles::Dockerfile;
use crate::entry;
use crate::left_out;
use crate::manifests::{BuildSystem, Manifest, Role};
use crate::paths::{ancestors, file_name, folder_of, join};
use crate::tree::Tree;
use crate::units::{Unit, Units};

const ENDINGS: [&str; 6] = [".py", ".js", ".mjs", ".cjs", ".ts", ".mts"];
/// Servers that are given a module and an object in it: `uvicorn shop.main:app`.
const SERVERS: [&str; 7] =
    ["uvicorn", "gunicorn", "hypercorn", "waitress-serve", "daphne", "granian", "uwsgi"];

/// Makes the part that holds what an image starts something that runs. Gives back its folder.
pub(crate) fn mark(
    tree: &Tree,
    dockerfile: &Dockerfile,
    contexts: &[String],
    manifests: &[Manifest],
    units: &mut Units,
) -> Option<String> {
    let (path, is_server) = script(tree, dockerfile, contexts)?;
    let holds = |unit: &Unit| {
        unit.manifests.iter().any(|&at| {
            let system = manifests[at].system;
            (system == BuildSystem::Python) == path.ends_with(".py")
                && matches!(system, BuildSystem::Python | BuildSystem::Npm)
        })
    };
    let home = ancestors(folder_of(&path)).find(|at| units.0.get(*at).is_some_and(&holds))?;
    let home = home.to_string();
    let unit = units.0.get_mut(&home)?;
    if matches!(unit.role, Role::Library | Role::Program) && !unit.runs() {
        let start = entry::find(tree, &path).unwrap_or_else(|| Place::top_of(path.as_str().into()));
        unit.role = if is_server { Role::Server } else { Role::Program };
        unit.entry = Some(start);
    }
    unit.runs().then_some(home)
}

/// The file in the repository that an image's command names, and whether a server is given it.
fn script(tree: &Tree, dockerfile: &Dockerfile, contexts: &[String]) -> Option<(String, bool)> {
    let words: Vec<&str> = dockerfile.command.iter().map(String::as_str).collect();
    let is_server = words.iter().any(|word| SERVERS.contains(&file_name(word)));
    let module = |name: &str| {
        let path = name.split(':').next().unwrap_or(name).replace('.', "/");
        [format!("{path}.py"), format!("{path}/__main__.py"), format!("{path}/__init__.py")]
    };
    let named: Vec<String> = words
        .iter()
        .enumerate()
        .filter(|(_, word)| !word.starts_with('-'))
        .flat_map(|(at, word)| {
            if ENDINGS.iter().any(|ending| word.ends_with(ending)) {
                vec![(*word).to_string()]
            } else if at > 0 && words[at - 1] == "-m" || is_server && word.contains(':') {
                module(word).to_vec()
            } else {
                Vec::new()
            }
        })
        .collect();
    // Folders of the build context whose content may be where the command is run.
    let copied = || {
        let copies = dockerfile.copies.iter().map(|word| word.trim_end_matches(['/', '*', '.']));
        std::iter::once("").chain(copies)
    };
    let file = named.iter().find_map(|name| {
        let name = name.trim_start_matches('/');
        contexts.iter().find_map(|context| {
            copied().find_map(|copy| {
                let folder = join(context, copy)?;
                // An image's own folders (`/app/main.py`) are not those of the repository.
                let inner = name.split_once('/').map(|(_, inner)| inner);
                [Some(name), inner].into_iter().flatten().find_map(|name| {
                    let path = join(&folder, name)?;
                    tree.contains(&path).then_some(path)
                })
            })
        })
    })?;
    left_out::by_path(&file).is_none().then_some((file, is_server))
}

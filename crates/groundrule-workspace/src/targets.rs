//! Targets: which unit a Dockerfile or a deployment file deploys, and units that have nothing but
//! a Dockerfile.

use std::collections::{BTreeMap, BTreeSet};

use groundrule_unit::Place;

use crate::deployment::{Deployments, normal};
use crate::dockerfiles::Dockerfile;
use crate::entry;
use crate::manifests::{BuildSystem, Manifest, Role, python_entry};
use crate::paths::{ancestors, file_name, folder_of, is_inside, join};
use crate::started;
use crate::tree::{FileKind, Tree};
use crate::units::{Unit, Units, project_of};

/// Joins images and deployment files to units, and adds units for images with code of their own.
pub(crate) fn join_images(
    tree: &Tree,
    manifests: &[Manifest],
    dockerfiles: &[Dockerfile],
    deployments: &Deployments,
    units: &mut Units,
) {
    for dockerfile in dockerfiles.iter().filter(|d| !d.is_infrastructure()) {
        let contexts = contexts(dockerfile, deployments);
        let started = started::mark(tree, dockerfile, &contexts, manifests, units);
        let mut targets = targets(dockerfile, &contexts, units);
        if targets.is_empty() && !dockerfile.is_proxy() {
            targets.extend(started);
        }
        if targets.is_empty()
            && let Some(unit) = image_unit(tree, dockerfile, units)
        {
            targets.insert(unit.folder.clone());
            let there = units.0.entry(unit.folder.clone()).or_insert_with(|| unit.clone());
            there.role = unit.role;
            there.entry = unit.entry;
        }
        if targets.is_empty() && !dockerfile.is_proxy() {
            // Another image of what lies around it: `orders/docker/Dockerfile`.
            let around = units.running_around(&dockerfile.folder).filter(|u| u.folder != ".");
            targets.extend(around.map(|unit| unit.folder.clone()));
        }
        for folder in &targets {
            let copies = copied_folders(tree, dockerfile, &contexts, folder);
            let Some(unit) = units.0.get_mut(folder) else { continue };
            unit.has_image = true;
            unit.deployment.insert(dockerfile.path.clone());
            unit.copies.extend(copies);
            for built in deployments.built.iter().filter(|b| builds(b, dockerfile)) {
                unit.is_deployed = true;
                unit.deployment.insert(built.source.clone());
                unit.names.extend(built.names.iter().map(|name| normal(name)));
            }
        }
        if let [only] = targets.iter().collect::<Vec<_>>()[..] {
            widen(dockerfile, only, manifests, units);
        }
    }
    for built in &deployments.built {
        let has_image = dockerfiles.iter().any(|d| builds(built, d));
        if has_image && !built.is_project {
            continue;
        }
        if let Some(unit) = units.0.get_mut(&built.context) {
            unit.is_deployed = true;
            unit.deployment.insert(built.source.clone());
            unit.names.extend(built.names.iter().map(|name| normal(name)));
        }
    }
    let moves: Vec<(String, String)> = units
        .0
        .values()
        .filter(|unit| unit.runs())
        .filter_map(|unit| Some((unit.folder.clone(), project_of(&unit.folder)?.to_string())))
        .collect();
    for (from, to) in moves {
        units.relocate(&from, &to);
    }
}

fn builds(built: &crate::deployment::Built, dockerfile: &Dockerfile) -> bool {
    match &built.dockerfile {
        Some(path) => **path == *dockerfile.path,
        None => {
            built.context == *dockerfile.folder
                && matches!(file_name(&dockerfile.path), "Dockerfile" | "Containerfile")
        }
    }
}

/// The folders from which the image may be built, likeliest first.
fn contexts(dockerfile: &Dockerfile, deployments: &Deployments) -> Vec<String> {
    let named = deployments.built.iter().filter(|b| builds(b, dockerfile) && !b.is_project);
    let mut found: Vec<String> = named.map(|built| built.context.clone()).collect();
    found.extend(ancestors(&dockerfile.folder).map(ToString::to_string));
    let mut seen = BTreeSet::new();
    found.retain(|context| seen.insert(context.clone()));
    found
}

/// The units that the image is built from.
fn targets(dockerfile: &Dockerfile, contexts: &[String], units: &Units) -> BTreeSet<String> {
    let own = units.0.get(&*dockerfile.folder).filter(|unit| unit.runs());
    // A proxy in front of a service is another thing than the service, even in its folder.
    if let Some(unit) = own.filter(|_| !dockerfile.is_proxy()) {
        return BTreeSet::from([unit.folder.clone()]);
    }
    // The image of a browser's bundle takes in libraries, and runs none of them.
    let there = units.0.get(&*dockerfile.folder).filter(|unit| unit.folder != ".");
    if there.is_some_and(|unit| matches!(unit.role, Role::Browser | Role::Test | Role::Library)) {
        return BTreeSet::new();
    }
    let mut weights: BTreeMap<&str, usize> = BTreeMap::new();
    let copies = dockerfile.copies.iter().map(|word| (word, 1));
    for (word, weight) in copies.chain(dockerfile.words.iter().map(|word| (word, 2))) {
        if matches!(&**word, "." | "./" | "/" | "*") || word.starts_with('-') {
            continue;
        }
        let word = word.trim_end_matches('*').trim_start_matches('/');
        let unit = contexts.iter().find_map(|context| {
            let path = join(context, word).filter(|path| path != ".")?;
            let unit = units.0.get(&path).or_else(|| units.0.get(folder_of(&path)));
            unit.filter(|unit| unit.runs() && unit.folder != "." && unit.folder != *context)
        });
        if let Some(unit) = unit {
            *weights.entry(&unit.folder).or_default() += weight;
        }
    }
    if let Some(&best) = weights.values().max() {
        let chosen = weights.iter().filter(|&(_, &weight)| weight == best);
        return chosen.map(|(folder, _)| (*folder).to_string()).collect();
    }
    let takes_all = dockerfile.copies.iter().any(|word| matches!(&**word, "." | "./" | "*"));
    let context = contexts.first().map_or(".", String::as_str);
    if takes_all
        && !dockerfile.is_proxy()
        && let Some(unit) = units.0.get(context).filter(|unit| unit.runs())
    {
        return BTreeSet::from([unit.folder.clone()]);
    }
    let below: Vec<&Unit> = units.running_below(&dockerfile.folder).collect();
    if let [only] = below[..]
        && !dockerfile.is_proxy()
    {
        return BTreeSet::from([only.folder.clone()]);
    }
    BTreeSet::new()
}

/// A unit that has nothing but a Dockerfile and its code, or a proxy's settings.
fn image_unit(tree: &Tree, dockerfile: &Dockerfile, units: &Units) -> Option<Unit> {
    let folder = &*dockerfile.folder;
    if folder.split('/').any(|part| part.starts_with('.') && part.len() > 1) {
        return None;
    }
    let own = |endings: &[&str]| {
        tree.under(folder).iter().find(|file| {
            endings.iter().any(|ending| file.path.ends_with(ending))
                && crate::left_out::by_path(&file.path).is_none()
                && units
                    .running_around(folder_of(&file.path))
                    .is_none_or(|unit| !is_inside(&unit.folder, folder) || unit.folder == folder)
        })
    };
    let has_units_below = units.running_below(folder).next().is_some();
    if dockerfile.is_proxy() {
        let is_bundle = units
            .0
            .values()
            .any(|unit| unit.role == Role::Browser && is_inside(&unit.folder, folder));
        let is_served = units.0.get(folder).is_some_and(Unit::runs);
        return (!is_bundle && !is_served && !has_units_below && !dockerfile.copies.is_empty())
            .then(|| {
                Unit::new(folder, Role::Server, Some(Place::top_of(dockerfile.path.clone())))
            });
    }
    if has_units_below || units.0.get(folder).is_some_and(|unit| unit.role < Role::Library) {
        return None;
    }
    let near = tree
        .children(folder)
        .filter(|file| matches!(file.kind, FileKind::Source(_)) && !is_build_script(&file.path));
    let entry = entry::first(tree, near, 100).or_else(|| {
        // A folder of nothing but deployment files has code only by accident below it.
        (folder != ".").then(|| python_entry(tree, folder)).flatten()
    });
    let entry = entry.or_else(|| {
        let starts = dockerfile.starts || own(&[".php"]).is_some();
        let file = own(&[".php", ".rb", ".ex", ".exs", ".scala", ".clj"])?;
        let file = ["index.php", "public/index.php", "html/index.php", "config.ru", "mix.exs"]
            .iter()
            .find_map(|name| tree.child(folder, name))
            .unwrap_or(file);
        (starts && folder != ".").then(|| Place::top_of(file.path.clone()))
    });
    entry.map(|entry| Unit::new(folder, Role::Server, Some(entry)))
}

/// A part whose Dockerfile stands in a folder around it is that folder, where nothing else that
/// runs lies in it. Projects of the JVM and of .NET keep the folder of their build file.
fn widen(dockerfile: &Dockerfile, target: &str, manifests: &[Manifest], units: &mut Units) {
    let outer = &*dockerfile.folder;
    if outer == "." || outer == target || !is_inside(target, outer) {
        return;
    }
    let keeps = units.0.get(target).is_none_or(|unit| {
        unit.manifests.iter().any(|&at| {
            !matches!(
                manifests[at].system,
                BuildSystem::Npm | BuildSystem::Python | BuildSystem::Go | BuildSystem::Php
            )
        })
    });
    if !keeps && units.running_below(outer).count() == 1 {
        units.relocate(target, outer);
    }
}

/// Folders with sources that the image takes in, and that lie outside of the unit's own.
fn copied_folders(
    tree: &Tree,
    dockerfile: &Dockerfile,
    contexts: &[String],
    unit: &str,
) -> BTreeSet<String> {
    let Some(context) = contexts.first() else { return BTreeSet::new() };
    dockerfile
        .copies
        .iter()
        .filter_map(|word| join(context, word.trim_end_matches('*')))
        .filter(|path| path != "." && !is_inside(unit, path) && !is_inside(path, unit))
        .filter(|path| tree.under(path).iter().any(|file| matches!(file.kind, FileKind::Source(_))))
        .collect()
}

/// A program that runs while others are built.
fn is_build_script(path: &str) -> bool {
    matches!(file_name(path), "build.rs" | "setup.py" | "magefile.go")
}

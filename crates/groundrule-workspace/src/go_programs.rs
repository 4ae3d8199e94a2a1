//! Go's programs: the `main` packages of a module, which of them are deployed on their own, and
//! which packages of the module each of those imports.

use std::collections::{BTreeMap, BTreeSet};

use groundrule_unit::Place;
use rayon::prelude::*;

use crate::deployment::{Deployments, normal};
use crate::dockerfiles::Dockerfile;
use crate::entry;
use crate::left_out;
use crate::manifests::{BuildSystem, Manifest, Role};
use crate::paths::{ancestors, below, file_name, folder_of, is_inside, join};
use crate::tree::{SourceFile, Tree};
use crate::units::{Unit, Units, is_tool_folder};

/// How many files of a module are searched for `func main`.
const FILE_LIMIT: usize = 2000;
/// Imports stand at the top of a file, in bytes.
const HEAD: u64 = 16 * 1024;

/// Modules that serve or consume.
const SERVERS: &[&str] = &[
    "google.golang.org/grpc",
    "github.com/gin-gonic/gin",
    "github.com/labstack/echo",
    "github.com/go-chi/chi",
    "github.com/gorilla/mux",
    "github.com/gofiber/fiber",
    "github.com/julienschmidt/httprouter",
    "connectrpc.com/connect",
    "github.com/bufbuild/connect-go",
    "github.com/segmentio/kafka-go",
    "github.com/IBM/sarama",
    "github.com/Shopify/sarama",
    "github.com/aws/aws-lambda-go",
    "github.com/nats-io/nats.go",
    "go.uber.org/fx",
    "go.temporal.io/sdk",
    "github.com/go-kratos/kratos",
    "github.com/zeromicro/go-zero",
    "github.com/streadway/amqp",
    "github.com/rabbitmq/amqp091-go",
    "github.com/valyala/fasthttp",
    "github.com/go-kit/kit",
    "github.com/micro/",
    "go-micro.dev",
    "github.com/beego/beego",
    "github.com/cloudwego",
    "github.com/twitchtv/twirp",
    "github.com/99designs/gqlgen",
];

/// Names of programs that serve.
const LIKELY: &[&str] =
    &["server", "api", "app", "main", "service", "svc", "web", "http", "backend"];

/// What the Go modules of a repository add to its parts.
#[derive(Debug, Default)]
pub(crate) struct GoPrograms {
    /// By the folder of a service: the packages outside of it that it imports.
    pub(crate) imports: BTreeMap<String, BTreeSet<String>>,
    /// Folders of programs that nobody deploys.
    pub(crate) tools: BTreeSet<String>,
}

/// One `main` package.
struct Main {
    folder: String,
    entry: Place,
}

/// Adds a unit for each module, or for each program in it that is deployed on its own.
pub(crate) fn add_units(
    tree: &Tree,
    manifests: &[Manifest],
    dockerfiles: &[Dockerfile],
    deployments: &Deployments,
    units: &mut Units,
) -> GoPrograms {
    let mut found = GoPrograms::default();
    let modules: BTreeMap<&str, usize> = manifests
        .iter()
        .enumerate()
        .filter(|(_, manifest)| manifest.system == BuildSystem::Go)
        .map(|(at, manifest)| (&*manifest.folder, at))
        .collect();
    if modules.is_empty() {
        add_without_module(tree, units);
    }
    for (&module, &at) in &modules {
        let files: Vec<&SourceFile> = tree
            .under(module)
            .iter()
            .filter(|file| file.path.ends_with(".go") && left_out::by_path(&file.path).is_none())
            .filter(|file| {
                ancestors(folder_of(&file.path)).find(|a| modules.contains_key(a)) == Some(module)
            })
            .collect();
        let (tools, mains): (Vec<Main>, Vec<Main>) = mains(tree, module, &files)
            .into_iter()
            .partition(|main| below(&main.folder, module).is_some_and(is_tool_folder));
        found.tools.extend(tools.into_iter().map(|main| main.folder));
        let manifest = &manifests[at];
        let mut homes: BTreeMap<String, Place> = BTreeMap::new();
        let mut rest: Vec<Main> = Vec::new();
        let count = mains.len();
        for main in mains {
            match own_folder(module, &main.folder, count, dockerfiles, deployments) {
                Some(folder) => {
                    homes.entry(folder).or_insert(main.entry);
                }
                None => rest.push(main),
            }
        }
        let root_entry = rest.iter().position(|main| main.folder == module).or_else(|| {
            // The program that is named like the module, or like a server, is the module's.
            let last = normal(manifest.name.rsplit('/').next().unwrap_or_default());
            let named = |main: &Main| normal(file_name(&main.folder)) == last;
            let likely = |is: fn(&str, &str) -> bool| {
                rest.iter().position(|main| {
                    let name = normal(file_name(&main.folder));
                    LIKELY.iter().any(|likely| is(&name, likely))
                })
            };
            rest.iter()
                .position(named)
                .or_else(|| likely(|name, likely| name == likely))
                .or_else(|| likely(|name, likely| name.ends_with(likely)))
                .or((!rest.is_empty()).then_some(0))
        });
        let serves = |entry: &Place| {
            manifest.dependencies.iter().any(|d| SERVERS.iter().any(|s| d.name.starts_with(s)))
                || tree.head(&entry.path, HEAD).is_some_and(|text| text.contains("\"net/http\""))
        };
        let role = |entry: &Place| if serves(entry) { Role::Server } else { Role::Program };
        let is_root_program = rest.iter().any(|main| main.folder == module)
            || tree.child(module, "Dockerfile").is_some();
        match root_entry {
            Some(main) if homes.is_empty() || is_root_program => {
                let entry = rest.swap_remove(main).entry;
                units.add(module, at, role(&entry), Some(entry));
            }
            _ => {
                found.tools.extend(rest.into_iter().map(|main| main.folder));
                // Without a program of its own the module is what its programs share.
                if homes.is_empty() {
                    units.add(module, at, Role::Library, None);
                }
            }
        }
        for (folder, entry) in &homes {
            units.add(folder, at, role(entry), Some(entry.clone()));
        }
        if !homes.is_empty() {
            let imports = imports(tree, module, &manifest.name, &files);
            for folder in homes.keys() {
                found.imports.insert(folder.clone(), reached(&imports, folder, &homes));
            }
        }
    }
    found
}

/// A program from before Go had modules: the root holds it, unless it lies in a part that another
/// build file describes.
fn add_without_module(tree: &Tree, units: &mut Units) {
    let files: Vec<&SourceFile> = tree
        .files
        .iter()
        .filter(|file| file.path.ends_with(".go") && left_out::by_path(&file.path).is_none())
        .collect();
    let mains: Vec<Main> = mains(tree, ".", &files)
        .into_iter()
        .filter(|main| main.folder.starts_with("cmd/") && !is_tool_folder(&main.folder))
        .collect();
    if let [main] = &mains[..]
        && !units.0.contains_key(".")
    {
        let unit = Unit::new(".", Role::Server, Some(main.entry.clone()));
        units.0.insert(".".to_string(), unit);
    }
}

/// The `main` packages among the files of a module.
fn mains(tree: &Tree, module: &str, files: &[&SourceFile]) -> Vec<Main> {
    let likely: Vec<&SourceFile> = files
        .iter()
        .copied()
        .filter(|file| {
            let folder = folder_of(&file.path);
            file_name(&file.path) == "main.go"
                || folder == module
                || below(folder, module).is_some_and(|p| p.split('/').any(|part| part == "cmd"))
                || tree.child(folder, "Dockerfile").is_some()
        })
        .take(FILE_LIMIT)
        .collect();
    let places: Vec<Option<Place>> =
        likely.par_iter().map(|file| entry::find(tree, &file.path)).collect();
    let mut found: BTreeMap<String, Place> = BTreeMap::new();
    for place in places.into_iter().flatten() {
        found.entry(folder_of(&place.path).to_string()).or_insert(place);
    }
    found.into_iter().map(|(folder, entry)| Main { folder, entry }).collect()
}

/// The folder of a program that is deployed on its own; none for one that belongs to its module.
fn own_folder(
    module: &str,
    folder: &str,
    count: usize,
    dockerfiles: &[Dockerfile],
    deployments: &Deployments,
) -> Option<String> {
    if folder == module {
        return None;
    }
    let inner = below(folder, module)?;
    let has_image = |at: &str| {
        dockerfiles.iter().any(|d| *d.folder == *at && !d.is_infrastructure())
            || deployments.built.iter().any(|built| built.context == at)
    };
    let image = ancestors(folder).take_while(|at| *at != module).find(|at| has_image(at));
    if let Some(image) = image {
        // `cmd` alone is no part of its own.
        return (file_name(image) != "cmd" && (count > 1 || !inner.starts_with("cmd/")))
            .then(|| image.to_string());
    }
    let mut parts = inner.split('/');
    if let (Some("services" | "apps" | "microservices" | "svc"), Some(name)) =
        (parts.next(), parts.next())
    {
        let top = join(module, &format!("{}/{name}", inner.split('/').next().unwrap_or_default()));
        return top.filter(|_| count > 1);
    }
    if count < 2 {
        return None;
    }
    // A Dockerfile elsewhere that builds this program and no other.
    let names = |d: &Dockerfile, path: &str| {
        let last = file_name(path);
        d.words
            .iter()
            .chain(&d.copies)
            .any(|word| word.trim_start_matches("./").trim_end_matches('/').ends_with(path))
            || d.name() == Some(last)
            || file_name(&d.folder) == last
    };
    // One Dockerfile for several programs, which an argument chooses from: those that some
    // deployment file names.
    let chooses = |d: &Dockerfile| {
        let program = normal(file_name(folder));
        d.words.iter().any(|word| is_chosen_by(word.trim_start_matches("./"), inner))
            && deployments.workloads.values().any(|names| names.contains(&program))
    };
    let is_built_alone = dockerfiles.iter().any(|d| names(d, inner) || chooses(d));
    (is_built_alone || inner.starts_with("cmd/") && deployments.runs(file_name(folder)))
        .then(|| folder.to_string())
}

/// Whether a word with one argument in it can stand for a folder: `cmd/shop-${TARGET}`.
fn is_chosen_by(word: &str, folder: &str) -> bool {
    let Some((before, rest)) = word.split_once("${") else { return false };
    let Some((_, after)) = rest.split_once('}') else { return false };
    before.contains('/')
        && folder.len() > before.len() + after.len()
        && folder.starts_with(before)
        && folder.ends_with(after)
        && !folder[before.len()..].contains('/')
}

/// The folders of the module's packages with those they import.
fn imports(
    tree: &Tree,
    module: &str,
    name: &str,
    files: &[&SourceFile],
) -> BTreeMap<String, BTreeSet<String>> {
    let read: Vec<(String, BTreeSet<String>)> = files
        .par_iter()
        .filter_map(|file| {
            let text = tree.head(&file.path, HEAD)?;
            let prefix = format!("\"{name}/");
            let imported = text
                .split('\n')
                .take_while(|line| !line.starts_with("func "))
                .filter_map(|line| {
                    let (_, rest) = line.split_once(&prefix)?;
                    join(module, rest.split('"').next()?)
                })
                .collect();
            Some((folder_of(&file.path).to_string(), imported))
        })
        .collect();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (folder, imported) in read {
        found.entry(folder).or_default().extend(imported);
    }
    found
}

/// The packages outside of every service that the packages of one service reach.
fn reached(
    imports: &BTreeMap<String, BTreeSet<String>>,
    service: &str,
    homes: &BTreeMap<String, Place>,
) -> BTreeSet<String> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> =
        imports.keys().map(String::as_str).filter(|at| is_inside(at, service)).collect();
    while let Some(at) = open.pop() {
        if seen.insert(at) {
            open.extend(imports.get(at).into_iter().flatten().map(String::as_str));
        }
    }
    seen.into_iter()
        .filter(|at| imports.contains_key(*at))
        .filter(|at| !homes.keys().any(|home| is_inside(at, home)))
        .map(ToString::to_string)
        .collect()
}

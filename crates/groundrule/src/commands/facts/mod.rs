//! `groundrule facts`: what was understood of a repository, a service or a file, so that a wrong
//! verdict can be traced to the stage that made it.

mod human;
mod view;

use std::path::{Path, PathBuf};

use groundrule_report::write_json;

use super::threads;
use crate::cli::{FactsArgs, ListFormat};
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;
use crate::pipeline;
use crate::rules::{CONFIG_NAME, RuleTree, Rules};
use crate::seen::fates;
use crate::terminal::Progress;
use view::{Facts, Gathered, Scope};

/// What shows that a folder is a repository's root.
const ROOT_SIGNS: [&str; 4] = [CONFIG_NAME, ".git", ".github", "CODEOWNERS"];

/// Prints what was understood.
///
/// # Errors
/// When the path does not exist, lies outside of the root, or the configuration is wrong.
pub(crate) fn facts(args: &FactsArgs) -> Result<ExitStatus, Failure> {
    let missing = |_| Failure::MissingPath { path: args.path.clone() };
    let path = args.path.canonicalize().map_err(missing)?;
    let root = root_of(&path, args.root.as_deref())?;
    let inner = path.strip_prefix(&root).map_err(|_| Failure::Outside {
        path: args.path.clone(),
        folder: root.clone(),
        option: "--root",
    })?;
    let inner: Vec<_> = inner.components().map(|c| c.as_os_str().to_string_lossy()).collect();
    let scope = Scope { path: inner.join("/"), is_file: path.is_file() };

    let rules = Rules::load_or_fail(RuleTree::Folder(&root), &args.rules)?;
    let limits = args.limits.limits()?;
    let pool = threads::start(args.limits.jobs)?;
    let progress = Progress::new();
    let (judged, (subjects, fates, calls)) = pool.install(|| {
        pipeline::run_and_show(&root, &rules, limits, &progress, |understood| {
            let calls = match scope.is_file {
                true => understood.scan.with_program(|program| program.calls_in(&scope.path)),
                false => Vec::new(),
            };
            (understood.subjects, fates(understood.scan), calls)
        })
    })?;
    drop(progress);
    let facts = Facts::new(&scope, Gathered { judged: &judged, subjects: &subjects, fates, calls });
    match args.format {
        ListFormat::Human => print(&human::text(&facts))?,
        ListFormat::Json => {
            let mut bytes = Vec::new();
            write_json(&mut bytes, &facts).map_err(|source| Failure::Stdout { source })?;
            print(&(String::from_utf8_lossy(&bytes).into_owned() + "\n"))?;
        }
    }
    Ok(ExitStatus::Clean)
}

/// The root of the repository that holds a path.
fn root_of(path: &Path, asked: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(asked) = asked {
        let full =
            asked.canonicalize().map_err(|_| Failure::MissingPath { path: asked.to_path_buf() })?;
        if !full.is_dir() {
            return Err(Failure::NoFolder { path: asked.to_path_buf() });
        }
        return Ok(full);
    }
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let is_root = |folder: &&Path| ROOT_SIGNS.iter().any(|sign| folder.join(sign).exists());
    Ok(folder.ancestors().find(is_root).unwrap_or(folder).to_path_buf())
}

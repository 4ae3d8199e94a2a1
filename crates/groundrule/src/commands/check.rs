//! `groundrule check`: the main job.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use groundrule_policy::Config;
use groundrule_report::{
    AdoptionSettings, Level, Notice, NoticeKind, NoticeLevel, Report, Repository as Reported,
    Sources,
};
use groundrule_workspace::{DiscoverError, Repository};

use super::threads;
use crate::change::Change;
use crate::cli::{ChangeArgs, CheckArgs, ColorArg, FailOn};
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::Outputs;
use crate::pipeline::{self, Judged, Limits};
use crate::rules::{RuleTree, Rules, RulesError};
use crate::terminal::Progress;

/// Judges repositories, writes the reports, and says whether something gates.
///
/// # Errors
/// When the configuration is wrong, in which case nothing is scanned, or a report cannot be
/// written.
pub(crate) fn check(args: &CheckArgs, color: ColorArg) -> Result<ExitStatus, Failure> {
    let outputs = Outputs::new(&args.report, args.change.show_old, color)?;
    let (roots, missing) = roots(&args.paths, args.report.relative_to.as_deref())?;
    let limits = args.limits.limits()?;
    let jobs = load_rules(&roots, args, limits)?;
    let pool = threads::start(args.limits.jobs)?;

    let progress = Progress::new();
    let mut texts = Texts::default();
    let mut reported: Vec<Reported> = missing.iter().map(|path| no_folder(path)).collect();
    for (root, job) in roots.iter().zip(&jobs) {
        let prefix = root.prefix.clone();
        match pool.install(|| job.judge(&root.path, limits, &progress)) {
            Ok(judged) => {
                reported.push(Reported { prefix: prefix.clone(), ..judged.report });
                texts.0.push((prefix, judged.repository));
            }
            Err(DiscoverError::Root { source, .. }) => {
                reported.push(Reported { prefix, ..unreadable(&source) });
            }
        }
    }
    drop(progress);

    let settings = adoption_settings(jobs.first().map(|job| &job.rules().config));
    let report = Report::new(reported, &settings);
    outputs.write(&report, &texts)?;
    Ok(status(&report, args.fail_on))
}

/// What the report means for the gate. A run that did not look at something it should have, or
/// that found no service to judge, is never clean.
fn status(report: &Report, fail_on: FailOn) -> ExitStatus {
    let failed = report.notices.iter().any(|notice| notice.kind.level() == NoticeLevel::Error);
    if failed || report.services.is_empty() {
        return ExitStatus::Unable;
    }
    let gates = |level: Level| match fail_on {
        FailOn::Error => level == Level::Error,
        FailOn::Warning => level >= Level::Warning,
        FailOn::Never => false,
    };
    if report.active().any(|finding| gates(finding.level)) {
        ExitStatus::Failures
    } else {
        ExitStatus::Clean
    }
}

/// The root of a repository, and the folder under which its paths are shown.
struct Root {
    path: PathBuf,
    prefix: String,
}

/// The folders that were named, each once, and what is no folder. Their paths are shown under the
/// way to them from `relative_to`; without it under their names where several are named.
fn roots(
    paths: &[PathBuf],
    relative_to: Option<&Path>,
) -> Result<(Vec<Root>, Vec<PathBuf>), Failure> {
    let base = relative_to.map(folder).transpose()?;
    let (mut roots, mut missing) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    for path in paths {
        match path.canonicalize() {
            Ok(full) if full.is_dir() => {
                if !seen.insert(full.clone()) {
                    continue;
                }
                let prefix = match &base {
                    Some(base) => way(base, &full)?,
                    None if paths.len() > 1 => unique_name(&full, &mut names),
                    None => String::new(),
                };
                roots.push(Root { path: full, prefix });
            }
            _ => missing.push(path.clone()),
        }
    }
    Ok((roots, missing))
}

fn folder(path: &Path) -> Result<PathBuf, Failure> {
    match path.canonicalize() {
        Ok(full) if full.is_dir() => Ok(full),
        Ok(_) => Err(Failure::NoFolder { path: path.to_path_buf() }),
        Err(_) => Err(Failure::MissingPath { path: path.to_path_buf() }),
    }
}

/// The way from a folder down to another one, with forward slashes.
fn way(from: &Path, to: &Path) -> Result<String, Failure> {
    let outside = || Failure::Outside {
        path: to.to_path_buf(),
        folder: from.to_path_buf(),
        option: "--relative-to",
    };
    let rest = to.strip_prefix(from).map_err(|_| outside())?;
    let parts = rest.components().map(|part| part.as_os_str().to_string_lossy());
    Ok(parts.collect::<Vec<_>>().join("/"))
}

/// The folder's name; with a number where another root has the same.
fn unique_name(path: &Path, names: &mut BTreeSet<String>) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
    let free = free.unwrap_or(name);
    names.insert(free.clone());
    free
}

/// How a root is judged.
enum Job {
    /// Every failure counts.
    Whole(Box<Rules>),
    /// What a change brings in does.
    Change(Box<Change>),
}

impl Job {
    fn load(root: &Path, args: &CheckArgs, limits: Limits) -> Result<Self, RulesError> {
        let change = match &args.change {
            ChangeArgs { base: Some(base), .. } => Change::since(root, base, &args.rules, limits)?,
            ChangeArgs { staged: true, .. } => {
                // git gives its hooks another index where not all that is staged is committed.
                let index = std::env::var_os("GIT_INDEX_FILE").map(PathBuf::from);
                Change::staged(root, index.as_deref(), &args.rules)?
            }
            _ => {
                return Rules::load(RuleTree::Folder(root), &args.rules)
                    .map(Box::new)
                    .map(Self::Whole);
            }
        };
        Ok(Self::Change(Box::new(change)))
    }

    fn rules(&self) -> &Rules {
        match self {
            Self::Whole(rules) => rules,
            Self::Change(change) => &change.rules,
        }
    }

    fn judge(
        &self,
        root: &Path,
        limits: Limits,
        progress: &Progress,
    ) -> Result<Judged, DiscoverError> {
        match self {
            Self::Whole(rules) => pipeline::run(root, rules, limits, progress),
            Self::Change(change) => change.judge(root, limits, progress),
        }
    }
}

/// The rules of every root; what is wrong with any of them is said at once.
fn load_rules(roots: &[Root], args: &CheckArgs, limits: Limits) -> Result<Vec<Job>, Failure> {
    let mut all = Vec::new();
    let mut problems = Vec::new();
    for root in roots {
        match Job::load(&root.path, args, limits) {
            Ok(rules) => all.push(rules),
            Err(RulesError::Failure(failure)) => return Err(failure),
            Err(RulesError::Problems(found)) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(all) } else { Err(Failure::configuration(problems)) }
}

fn adoption_settings(config: Option<&Config>) -> AdoptionSettings {
    config.map_or_else(AdoptionSettings::default, |config| AdoptionSettings {
        threshold: config.adoption.threshold,
    })
}

fn no_folder(path: &Path) -> Reported {
    let message = if path.exists() { "it is no folder" } else { "it does not exist" };
    let notice = Notice {
        path: Some(path.to_string_lossy().into()),
        line: None,
        kind: NoticeKind::NoRepository,
        message: message.to_string(),
    };
    Reported { notices: vec![notice], ..Reported::default() }
}

fn unreadable(source: &std::io::Error) -> Reported {
    let notice = Notice {
        path: Some(".".into()),
        line: None,
        kind: NoticeKind::Unreadable,
        message: source.kind().to_string(),
    };
    Reported { notices: vec![notice], ..Reported::default() }
}

/// The texts of the run's repositories, by the paths that the report uses.
#[derive(Default)]
struct Texts(Vec<(String, Repository)>);

impl Sources for Texts {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        let (repository, path) = self.0.iter().find_map(|(prefix, repository)| {
            let inner = match prefix.as_str() {
                "" => Some(path),
                prefix => path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')),
            };
            inner.map(|inner| (repository, inner))
        })?;
        repository.read(repository.file(path)?).ok().map(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_of_one_name_are_told_apart() {
        let mut names = BTreeSet::new();
        let name = |path: &str, names: &mut BTreeSet<String>| unique_name(Path::new(path), names);
        assert_eq!(name("/a/shop", &mut names), "shop");
        assert_eq!(name("/b/shop", &mut names), "shop-2");
        assert_eq!(name("/c/shop", &mut names), "shop-3");
    }

    #[test]
    fn a_run_that_found_nothing_to_judge_is_not_clean() {
        assert_eq!(status(&Report::default(), FailOn::Never), ExitStatus::Unable);
    }
}

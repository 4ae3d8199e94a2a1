//! `groundrule check`: the main job.

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
use crate::roots::{Root, roots};
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
    fn a_run_that_found_nothing_to_judge_is_not_clean() {
        assert_eq!(status(&Report::default(), FailOn::Never), ExitStatus::Unable);
    }
}

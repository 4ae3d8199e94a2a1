//! The way of one repository through the house: discover, parse, link, judge.

use std::path::Path;

use groundrule_facts::Subject;
use groundrule_frontends::{document_kind, language_of};
use groundrule_policy::{Case, Date, Judgement, ServiceKind, judge};
use groundrule_report::{Notice, NoticeKind, Repository as Reported};
use groundrule_workspace::{
    DiscoverError, DiscoverOptions, NoticeKind as Found, OverrideKind, Repository, ServiceOverride,
};

use crate::rules::Rules;
use crate::scan::{Scan, Scanned};
use crate::terminal::Progress;

/// What the command line says about how to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_file_size: Option<u64>,
    pub(crate) filter: bool,
    /// The day on which modes and waivers are looked at.
    pub(crate) today: Date,
}

/// A repository that was judged, and what there is to report of it.
pub(crate) struct Judged {
    pub(crate) repository: Repository,
    pub(crate) report: Reported,
}

/// Judges the repository at `root`.
///
/// # Errors
/// When the root cannot be listed.
pub(crate) fn run(
    root: &Path,
    rules: &Rules,
    limits: Limits,
    progress: &Progress,
) -> Result<Judged, DiscoverError> {
    run_and_show(root, rules, limits, progress, |_| ()).map(|(judged, ())| judged)
}

/// What was understood of a repository, before it is dropped.
pub(crate) struct Understood<'u, 'a> {
    pub(crate) scan: &'u mut Scan<'a>,
    pub(crate) subjects: Vec<Subject>,
}

/// The same, and gives back what `look` takes from what was understood.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_and_show<T>(
    root: &Path,
    rules: &Rules,
    limits: Limits,
    progress: &Progress,
    look: impl FnOnce(Understood<'_, '_>) -> T,
) -> Result<(Judged, T), DiscoverError> {
    progress.say("looking for services");
    let repository = Repository::discover(root, &options(rules, limits))?;
    let mut scan = Scan::new(&repository, rules);
    let linked = scan.read_and_link(limits.filter, progress);
    progress.say("judging");
    let case = Case {
        subjects: &linked.subjects,
        services: &repository.layout.services,
        comments: &scan.comments(),
        today: limits.today,
        base: None,
    };
    let judgement = judge(&case, &rules.policies, &rules.config);
    let shown = look(Understood { scan: &mut scan, subjects: linked.subjects });
    let report = report(&repository, scan.finish(Vec::new()), judgement);
    Ok((Judged { repository, report }, shown))
}

/// What there is to report of a repository that was judged.
pub(crate) fn report(repository: &Repository, scanned: Scanned, judgement: Judgement) -> Reported {
    let Scanned { mut notices, left_out, files, .. } = scanned;
    notices.extend(repository.notices.iter().cloned().map(notice));
    if repository.layout.services.is_empty() {
        notices.push(Notice {
            path: None,
            line: None,
            kind: NoticeKind::NoService,
            message: "name the folders of services in groundrule.toml: [[service]]".to_string(),
        });
    }
    Reported { judgement, notices, left_out, files, ..Reported::default() }
}

/// How a repository without a configuration is discovered.
pub(crate) fn default_options() -> DiscoverOptions {
    DiscoverOptions::new(language_of, |path| document_kind(path).is_some())
}

/// How a repository is discovered by its rules.
pub(crate) fn options(rules: &Rules, limits: Limits) -> DiscoverOptions {
    let config = &rules.config;
    let mut options = default_options();
    options.size_limit = limits.max_file_size.unwrap_or(config.scan.max_file_size);
    options.overrides = config
        .services
        .iter()
        .map(|entry| ServiceOverride {
            path: entry.path.clone(),
            name: entry.name.as_deref().map(Into::into),
            owner: entry.owners.first().map(|owner| owner.as_str().into()),
            tier: entry.tier.as_deref().map(Into::into),
            kind: match entry.kind {
                ServiceKind::Service => OverrideKind::Service,
                ServiceKind::Library => OverrideKind::Library,
                ServiceKind::Ignored => OverrideKind::Ignore,
            },
        })
        .collect();
    options
}

/// Discovery's notice as the report knows it.
pub(crate) fn notice(found: groundrule_workspace::Notice) -> Notice {
    Notice {
        path: Some(found.path),
        line: None,
        kind: match found.kind {
            Found::Unreadable => NoticeKind::Unreadable,
            Found::TooLarge => NoticeKind::TooLarge,
            Found::NotUtf8 => NoticeKind::NotUtf8,
            Found::NameNotUtf8 => NoticeKind::NameNotUtf8,
            Found::Symlink => NoticeKind::Symlink,
            Found::Submodule => NoticeKind::Submodule,
            Found::TooDeep => NoticeKind::TooDeep,
            Found::TooMany => NoticeKind::TooMany,
            Found::Malformed => NoticeKind::Malformed,
        },
        message: found.message,
    }
}

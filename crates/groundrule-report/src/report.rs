//! The report: everything a run has to say, sorted, with every path as a reader knows it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use groundrule_policy::{
    Judgement, Mode, Origin, PolicyInfo, ServiceRow, Severity, Verdict, VerdictKind,
};
use groundrule_unit::{LeftOutReason, Place};

use crate::{Adoption, AdoptionSettings, Notice};

/// What one repository brings to the report.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// The folder under which its paths are shown when a run has several repositories; empty for
    /// the only one.
    pub prefix: String,
    pub judgement: Judgement,
    pub notices: Vec<Notice>,
    /// How many files were left out, by reason.
    pub left_out: BTreeMap<LeftOutReason, usize>,
    /// How many source files and documents there were to judge.
    pub files: usize,
    /// The base that the change was held against.
    pub base: Option<Base>,
}

/// The version of a repository that a change starts from.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// As the user named it.
    pub name: String,
    pub services: Vec<ServiceRow>,
    pub verdicts: Vec<Verdict>,
}

/// What a change does, beside its new failures.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What the base is called.
    pub base: String,
    /// Failures of the base that are none any more, as they were there, by path and span.
    pub mended: Vec<Verdict>,
    /// How far the standards had spread at the base.
    pub adoption: Adoption,
}

/// How a verdict is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// No failure, one that its policy only measures, one that the ratchet knows, or an old one.
    None,
    /// A failure that is shown and can gate as a warning.
    Warning,
    /// A failure that gates.
    Error,
}

/// A verdict with what its policy's mode makes of it.
#[derive(Clone, Debug)]
pub struct Finding {
    pub verdict: Verdict,
    pub level: Level,
    /// What it would be if nothing were known of a base.
    pub alone: Level,
}

impl Finding {
    /// Whether it is a failure that the base has too, and that would be shown without it.
    pub fn is_old(&self) -> bool {
        self.level == Level::None && self.alone > Level::None
    }

    /// Whether it is a failure to be shown without being asked.
    pub fn is_active(&self) -> bool {
        self.level > Level::None
    }
}

/// Everything a run has to say. Paths and folders carry their repository's prefix.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By id. Where repositories configure a policy differently, as the first one does.
    pub policies: Vec<PolicyInfo>,
    /// By folder.
    pub services: Vec<ServiceRow>,
    /// By path, span and policy.
    pub findings: Vec<Finding>,
    pub adoption: Adoption,
    /// By path.
    pub notices: Vec<Notice>,
    pub left_out: BTreeMap<LeftOutReason, usize>,
    pub files: usize,
    /// Where only what a change brings in counts.
    pub change: Option<Change>,
}

impl Report {
    /// Joins what the repositories of a run bring.
    pub fn new(repositories: Vec<Repository>, settings: &AdoptionSettings) -> Self {
        let mut report = Self::default();
        let mut bases = Vec::new();
        for repository in repositories {
            bases.extend(report.add(repository));
        }
        report.policies.sort_by(|a, b| a.id.cmp(&b.id));
        report.services.sort_by(|a, b| a.folder.cmp(&b.folder));
        report.notices.sort();
        report.notices.dedup();
        report.findings.sort_by(|a, b| order(&a.verdict).cmp(&order(&b.verdict)));
        report.adoption = Adoption::count(
            &report.policies,
            &report.services,
            report.findings.iter().map(|finding| &finding.verdict),
            settings,
        );
        report.compare(bases, settings);
        report
    }

    /// What is known of the bases of all repositories.
    fn compare(&mut self, bases: Vec<Base>, settings: &AdoptionSettings) {
        let Some(change) = &mut self.change else { return };
        change.mended.sort_by(|a, b| order(a).cmp(&order(b)));
        if let Some(first) = bases.first() {
            change.base.clone_from(&first.name);
        }
        let mut services: Vec<ServiceRow> =
            bases.iter().flat_map(|base| base.services.iter().cloned()).collect();
        services.sort_by(|a, b| a.folder.cmp(&b.folder));
        let verdicts = bases.iter().flat_map(|base| &base.verdicts);
        change.adoption = Adoption::count(&self.policies, &services, verdicts, settings);
    }

    /// The failures that the base has too, by path, span and policy.
    pub fn old(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_old())
    }

    /// The policy with that id.
    pub fn policy(&self, id: &str) -> Option<&PolicyInfo> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    /// The service with that folder.
    pub fn service(&self, folder: &str) -> Option<&ServiceRow> {
        self.services.iter().find(|service| &*service.folder == folder)
    }

    /// The failures to be shown without being asked.
    pub fn active(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_active())
    }

    /// The failures to be shown without being asked, gravest first, then by place: where a host
    /// takes only so many, the end is what it does not get.
    pub fn gravest(&self) -> Vec<&Finding> {
        let mut active: Vec<&Finding> = self.active().collect();
        active.sort_by_key(|finding| Reverse(finding.level));
        active
    }

    /// The findings of one kind.
    pub fn of_kind(&self, kind: VerdictKind) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.verdict.kind == kind)
    }

    fn add(&mut self, repository: Repository) -> Option<Base> {
        let prefix = Prefix(&repository.prefix);
        let Judgement { policies, verdicts, services, diagnostics, waivers: _, mended } =
            repository.judgement;
        for verdict in verdicts {
            let (level, alone) = (level(&verdict), level_alone(&verdict));
            self.findings.push(Finding { verdict: prefix.verdict(verdict), level, alone });
        }
        let base = repository.base.map(|base| Base {
            services: base.services.into_iter().map(|row| prefix.row(row)).collect(),
            verdicts: base.verdicts.into_iter().map(|verdict| prefix.verdict(verdict)).collect(),
            ..base
        });
        if base.is_some() {
            let change = self.change.get_or_insert_default();
            change.mended.extend(mended.into_iter().map(|verdict| prefix.verdict(verdict)));
        }
        for policy in policies {
            if self.policy(&policy.id).is_none() {
                self.policies.push(policy);
            }
        }
        self.services.extend(services.into_iter().map(|row| prefix.row(row)));
        let said = diagnostics.into_iter().map(Notice::from);
        self.notices.extend(repository.notices.into_iter().chain(said).map(|notice| Notice {
            path: match notice.path {
                Some(path) => Some(prefix.folder(&path)),
                None if repository.prefix.is_empty() => None,
                None => Some(repository.prefix.as_str().into()),
            },
            ..notice
        }));
        for (reason, count) in repository.left_out {
            *self.left_out.entry(reason).or_default() += count;
        }
        self.files += repository.files;
        base
    }
}

fn order(verdict: &Verdict) -> (&Place, &str, &str, &str) {
    (&verdict.place, &verdict.policy, &verdict.label, &verdict.fingerprint)
}

fn level(verdict: &Verdict) -> Level {
    match verdict.origin {
        Some(Origin::Old) => Level::None,
        _ => level_alone(verdict),
    }
}

fn level_alone(verdict: &Verdict) -> Level {
    match (verdict.kind, verdict.mode, verdict.severity) {
        _ if verdict.known => Level::None,
        (VerdictKind::Fail, Mode::Enforce, Severity::Error) => Level::Error,
        (VerdictKind::Fail, Mode::Enforce | Mode::Warn, _) => Level::Warning,
        _ => Level::None,
    }
}

/// Puts a repository's name before its paths.
struct Prefix<'a>(&'a str);

impl Prefix<'_> {
    fn folder(&self, path: &Arc<str>) -> Arc<str> {
        match (self.0, &**path) {
            ("", _) => path.clone(),
            (prefix, ".") => prefix.into(),
            (prefix, path) => format!("{prefix}/{path}").into(),
        }
    }

    fn row(&self, row: ServiceRow) -> ServiceRow {
        ServiceRow { folder: self.folder(&row.folder), ..row }
    }

    fn place(&self, place: Place) -> Place {
        Place { path: self.folder(&place.path), ..place }
    }

    fn verdict(&self, mut verdict: Verdict) -> Verdict {
        if self.0.is_empty() {
            return verdict;
        }
        verdict.place = self.place(verdict.place);
        for service in &mut verdict.services {
            *service = self.folder(service);
        }
        for related in &mut verdict.related {
            related.place = self.place(related.place.clone());
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn report(prefix: &str) -> Report {
        let repository = Repository {
            prefix: prefix.into(),
            judgement: samples::mixed(),
            ..Repository::default()
        };
        Report::new(vec![repository], &AdoptionSettings::default())
    }

    #[test]
    fn a_mode_decides_what_a_failure_is() {
        let fail = |mode| {
            let verdict = samples::verdict("timeouts", VerdictKind::Fail, "a.py");
            Verdict { mode, ..verdict }
        };
        assert_eq!(level(&fail(Mode::Enforce)), Level::Error);
        assert_eq!(level(&fail(Mode::Warn)), Level::Warning);
        assert_eq!(level(&fail(Mode::Measure)), Level::None);
        assert_eq!(level(&Verdict { known: true, ..fail(Mode::Enforce) }), Level::None);
        assert_eq!(level(&samples::verdict("timeouts", VerdictKind::Pass, "a.py")), Level::None);
    }

    #[test]
    fn prefixes_change_names_and_no_number() {
        let plain = report("");
        let prefixed = report("shop");
        assert!(prefixed.findings.iter().all(|f| f.verdict.place.path.starts_with("shop/")));
        for (one, other) in plain.adoption.standards.iter().zip(&prefixed.adoption.standards) {
            assert_eq!(one, other);
        }
    }

    #[test]
    fn two_repositories_keep_services_of_the_same_name_apart() {
        let one = Repository {
            prefix: "one".into(),
            judgement: samples::mixed(),
            ..Repository::default()
        };
        let other = Repository { prefix: "two".into(), ..one.clone() };
        let both = Report::new(vec![other, one], &AdoptionSettings::default());
        assert_eq!(both.services.len(), 2 * samples::mixed().services.len());
        assert_eq!(both.policies.len(), samples::mixed().policies.len());
        assert!(both.findings.is_sorted_by_key(|f| f.verdict.place.path.clone()));
    }
}

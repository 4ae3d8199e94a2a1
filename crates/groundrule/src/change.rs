//! A change: a repository judged beside the version that it starts from, by the same rules, so that
//! only what the change brings in gates.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use groundrule_policy::{Base, Case, DiagnosticKind, Fate, Judgement, Versions, altered, judge};
use groundrule_report::{Base as ReportedBase, Notice, NoticeKind};
use groundrule_unit::{Owners, Place};
use groundrule_workspace::{
    DiscoverError, FileKind, Git, NoticeKind as Found, Repository, Snapshot,
};

use crate::affected::{affected, keep_affected, narrow};
use crate::cli::RuleArgs;
use crate::errors::Failure;
use crate::pipeline::{Judged, Limits, options, report};
use crate::renames::Renames;
use crate::rules::{RuleTree, Rules, RulesError};
use crate::scan::Scan;
use crate::terminal::Progress;

/// How many lines of a statement tell it from others.
const LONGEST_STATEMENT: usize = 12;

/// The two versions of a repository, and the rules for both.
pub(crate) struct Change {
    base: Snapshot,
    index: Snapshot,
    /// What is judged is the index, and not the work tree.
    staged: bool,
    /// As reports name the base.
    name: String,
    pub(crate) rules: Rules,
    /// What the change does to its own rules.
    said: Vec<Notice>,
}

impl Change {
    /// The work tree beside the commit at which it left `name`. The base's rules hold.
    ///
    /// # Errors
    /// When git cannot say what the base is, or when rules of either version are wrong.
    pub(crate) fn since(
        root: &Path,
        name: &str,
        args: &RuleArgs,
        limits: Limits,
    ) -> Result<Self, RulesError> {
        let git = Git::open(root).map_err(Failure::from)?;
        let commit = git.merge_base(name).map_err(Failure::from)?;
        let base = git.commit(&commit).map_err(Failure::from)?;
        let index = git.index(None).map_err(Failure::from)?;
        let rules = Rules::load(RuleTree::Snapshot(&base), args)?;
        // What is wrong with the change's own rules would be found after the merge otherwise.
        let own = Rules::load(RuleTree::Folder(root), args)?;
        let before = (&rules.policies, &rules.config);
        let edited = altered(before, (&own.policies, &own.config), limits.today);
        let mut said: Vec<Notice> = edited.into_iter().map(Notice::from).collect();
        for path in rules.own.keys().chain(own.own.keys()) {
            if rules.own.get(path) != own.own.get(path) {
                let message = "a file of rules is edited".to_string();
                said.push(note(DiagnosticKind::WouldAlter, path.as_str().into(), message));
            }
        }
        said.sort();
        said.dedup();
        let short: String = commit.chars().take(12).collect();
        let name = format!("{name} ({short})");
        Ok(Self { base, index, staged: false, name, rules, said })
    }

    /// The index beside `HEAD`. The index's own rules hold: who commits may change them.
    ///
    /// # Errors
    /// When git cannot be read, or when the rules are wrong.
    pub(crate) fn staged(
        root: &Path,
        index: Option<&Path>,
        args: &RuleArgs,
    ) -> Result<Self, RulesError> {
        let git = Git::open(root).map_err(Failure::from)?;
        let base = git.head().map_err(Failure::from)?;
        let index = git.index(index).map_err(Failure::from)?;
        let rules = Rules::load(RuleTree::Snapshot(&index), args)?;
        Ok(Self { base, index, staged: true, name: "HEAD".to_string(), rules, said: Vec::new() })
    }

    /// Judges both versions.
    ///
    /// # Errors
    /// When the root cannot be listed.
    pub(crate) fn judge(
        &self,
        root: &Path,
        limits: Limits,
        progress: &Progress,
    ) -> Result<Judged, DiscoverError> {
        progress.say("looking for services");
        let plain = options(&self.rules, limits);
        let before = Repository::of_snapshot(&self.base, &plain);
        let mut now = if self.staged {
            Repository::of_snapshot(&self.index, &plain)
        } else {
            let mut options = plain;
            options.base = Some(self.base.clone());
            options.tracked = Some(self.index.clone());
            Repository::discover(root, &options)?
        };
        let mut said = self.said.clone();
        if !self.staged {
            said.extend(keep_owners(&before, &mut now));
        }

        let affected =
            self.staged.then(|| affected((&before, &self.base), (&now, &self.index))).flatten();
        let scan_of = |repository| {
            let scan = Scan::new(repository, &self.rules);
            match &affected {
                Some(affected) => scan.within(affected),
                None => scan,
            }
        };
        let mut scan = scan_of(&now).naming(&self.base);
        if !self.staged {
            scan = scan.trusting(&self.base);
        }
        let mut scanned = scan.run(limits.filter, progress);
        let reuse = std::mem::take(&mut scanned.reuse);
        progress.say("judging the base");
        let base_scan = scan_of(&before).reusing(reuse, &now, &self.base);
        let mut base_scanned = base_scan.run(limits.filter, progress);
        if let Some(affected) = &affected {
            keep_affected(&mut scanned.subjects, affected);
            keep_affected(&mut base_scanned.subjects, affected);
        }
        let judged = |case: &Case<'_>| judge(case, &self.rules.policies, &self.rules.config);
        let mut base_judgement = judged(&Case {
            subjects: &base_scanned.subjects,
            services: &before.layout.services,
            comments: &base_scanned.comments,
            today: limits.today,
            base: None,
        });

        progress.say("judging");
        let pair = Pair::new(&before, &self.base, &now, &scanned.judged);
        let base = Base {
            judgement: &base_judgement,
            comments: &base_scanned.comments,
            versions: &pair,
            trusted: !self.staged,
        };
        let mut judgement = judged(&Case {
            subjects: &scanned.subjects,
            services: &now.layout.services,
            comments: &scanned.comments,
            today: limits.today,
            base: Some(base),
        });
        drop(pair);
        if let Some(affected) = &affected {
            narrow(&mut judgement, affected);
            narrow(&mut base_judgement, affected);
        }
        let mut reported = report(&now, scanned, judgement);
        reported.notices.extend(said);
        let Judgement { services, verdicts, .. } = base_judgement;
        reported.base = Some(ReportedBase { name: self.name.clone(), services, verdicts });
        Ok(Judged { repository: now, report: reported })
    }
}

fn note(kind: DiagnosticKind, path: Arc<str>, message: String) -> Notice {
    Notice { path: Some(path), line: Some(1), kind: NoticeKind::Judging(kind), message }
}

/// Services that the base has keep their owners and tiers until the merge.
fn keep_owners(before: &Repository, now: &mut Repository) -> Vec<Notice> {
    let mut said = Vec::new();
    for service in &mut now.layout.services {
        let same = before.layout.services.iter().find(|old| old.folder == service.folder);
        let Some(old) = same else { continue };
        if old.owners.names != service.owners.names {
            let source = service.owners.source.clone().or_else(|| old.owners.source.clone());
            let message = format!(
                "the owners of {} go from {} to {}",
                service.folder,
                names(&old.owners),
                names(&service.owners)
            );
            let path = source.unwrap_or_else(|| service.folder.clone());
            said.push(note(DiagnosticKind::WouldAlter, path, message));
            service.owners = old.owners.clone();
        }
        service.tier.clone_from(&old.tier);
    }
    said
}

fn names(owners: &Owners) -> String {
    match owners.names.as_slice() {
        [] => "nobody".to_string(),
        names => names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "),
    }
}

/// Both versions of a repository, for what compares them.
struct Pair<'a> {
    now: &'a Repository,
    judged: &'a HashSet<Arc<str>>,
    /// What the change has in the place of files and folders, and nobody follows.
    elsewhere: HashMap<&'a str, &'static str>,
    renames: Renames,
    before: &'a Repository,
    texts: Texts<'a>,
    texts_before: Texts<'a>,
}

impl<'a> Pair<'a> {
    fn new(
        before: &'a Repository,
        base: &'a Snapshot,
        now: &'a Repository,
        judged: &'a HashSet<Arc<str>>,
    ) -> Self {
        let elsewhere = now.notices.iter().filter_map(|notice| match notice.kind {
            Found::Symlink => Some((&*notice.path, "a symbolic link stands in its place")),
            Found::Submodule => Some((&*notice.path, "a submodule stands in its place")),
            _ => None,
        });
        Self {
            elsewhere: elsewhere.collect(),
            renames: Renames::find(before, base, now),
            now,
            judged,
            before,
            texts: Texts::new(now),
            texts_before: Texts::new(before),
        }
    }

    fn elsewhere(&self, path: &str) -> Option<&'static str> {
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.into_iter().find_map(|end| self.elsewhere.get(&path[..end]).copied())
    }

    /// Why the file at a path of the change is not judged.
    fn why(&self, path: &str) -> Option<String> {
        if let Some(why) = self.elsewhere(path) {
            return Some(why.to_string());
        }
        let file = self.now.file(path)?;
        if file.kind == FileKind::Other || self.judged.contains(path) {
            return None;
        }
        let reason = self.now.left_out(path).and_then(|reason| {
            let word = serde_json::to_value(reason).ok()?;
            Some(format!("it is left out ({})", word.as_str()?))
        });
        Some(reason.unwrap_or_else(|| "it belongs to no service, or could not be read".to_string()))
    }
}

impl Versions for Pair<'_> {
    fn before(&self, path: &str) -> Option<&str> {
        match self.before.file(path) {
            Some(file) => Some(&file.path),
            None => self.renames.before(path),
        }
    }

    fn fate(&self, path: &str) -> Fate {
        let is_there = self.now.file(path).is_some() || self.elsewhere(path).is_some();
        let path = if is_there { Some(path) } else { self.renames.now(path) };
        let Some(path) = path else { return Fate::Deleted };
        match self.why(path) {
            Some(why) => Fate::NotJudged { path: path.into(), why },
            None => Fate::Judged,
        }
    }

    fn text(&self, place: &Place) -> String {
        self.texts.of(place)
    }

    fn text_before(&self, place: &Place) -> String {
        self.texts_before.of(place)
    }
}

/// The files of a repository, each read once.
struct Texts<'a> {
    repository: &'a Repository,
    known: RefCell<HashMap<Arc<str>, Option<Arc<str>>>>,
}

impl<'a> Texts<'a> {
    fn new(repository: &'a Repository) -> Self {
        Self { repository, known: RefCell::default() }
    }

    /// The lines of a place, as far as the statement that begins there goes on.
    fn of(&self, place: &Place) -> String {
        let mut known = self.known.borrow_mut();
        let text = known.entry(place.path.clone()).or_insert_with(|| {
            let file = self.repository.file(&place.path)?;
            self.repository.read(file).ok().map(Into::into)
        });
        let Some(text) = text else { return String::new() };
        let first = (place.line as usize).saturating_sub(1);
        let least = place.end_line.saturating_sub(place.line) as usize + 1;
        statement(text.split('\n').skip(first), least)
    }
}

/// So many lines, and more as long as brackets are open.
fn statement<'a>(lines: impl Iterator<Item = &'a str>, least: usize) -> String {
    let (mut text, mut open) = (String::new(), 0_isize);
    for (at, line) in lines.take(LONGEST_STATEMENT.max(least)).enumerate() {
        if at >= least && open <= 0 {
            break;
        }
        for c in line.chars() {
            open += match c {
                '(' | '[' | '{' => 1,
                ')' | ']' | '}' => -1,
                _ => 0,
            };
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

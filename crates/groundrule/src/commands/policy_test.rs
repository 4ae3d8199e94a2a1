//! `groundrule policy test`: pages and fixtures against the expectations in their comments.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path};

use groundrule_policy::{Date, Example, Policy, Verdict, differences, examples, expectations};
use groundrule_report::escape;

use super::threads;
use crate::cli::{RuleArgs, TestArgs};
use crate::errors::Failure;
use crate::exit::ExitStatus;
use crate::outputs::print;
use crate::pipeline::{self, Limits};
use crate::rules::{RuleTree, Rules};
use crate::terminal::Progress;

/// The day of pages and fixtures, for good: their waivers do not end.
const LIMITS: Limits =
    Limits { max_file_size: None, filter: true, today: Date::constant(2026, 1, 1) };

/// Judges what carries expectations and prints where verdicts differ from them.
///
/// # Errors
/// When policies, models or the folder cannot be read.
pub(crate) fn policy_test(args: &TestArgs) -> Result<ExitStatus, Failure> {
    let pool = threads::start(0)?;
    let mut tested = Tested::default();
    pool.install(|| match &args.folder {
        Some(folder) if !holds_policies(folder)? => test_services(folder, args, &mut tested),
        folder => test_pages(folder.as_deref(), args, &mut tested),
    })?;
    print(&tested.text())?;
    Ok(if tested.misses.is_empty() { ExitStatus::Clean } else { ExitStatus::Failures })
}

/// What was compared, and what differs.
#[derive(Default)]
struct Tested {
    /// By file and line, each once.
    misses: BTreeSet<(String, u32, String)>,
    expectations: usize,
    files: usize,
}

impl Tested {
    /// Compares the verdicts on a file with the comments in it. `first_line` is the line of the
    /// file called `name` on which the text starts.
    fn compare(&mut self, at: Placed<'_>, text: &str, verdicts: &[Verdict], policies: &[&str]) {
        let (expected, malformed) = expectations(text);
        self.expectations += expected.len();
        self.files += usize::from(!expected.is_empty());
        let found = policies
            .iter()
            .flat_map(|policy| differences(&expected, verdicts, at.path, Some(policy)))
            .map(|difference| (difference.line, difference.message))
            .chain(malformed.into_iter().map(|malformed| (malformed.line, malformed.message)));
        for (line, message) in found {
            self.misses.insert((at.name.to_string(), at.first_line + line - 1, message));
        }
    }

    fn miss(&mut self, name: &str, line: u32, message: &str) {
        self.misses.insert((name.to_string(), line, message.to_string()));
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (name, line, message) in &self.misses {
            text.push_str(&format!("{}:{line}: {}\n", escape::line(name), escape::line(message)));
        }
        let sum = format!("{} expectations in {} files", self.expectations, self.files);
        match self.misses.len() {
            0 => text + &format!("✓ {sum} hold\n"),
            misses => text + &format!("✗ {misses} differences, {sum}\n"),
        }
    }
}

/// Where a text stands: its path in the small repository, and where a reader finds it.
#[derive(Clone, Copy)]
struct Placed<'a> {
    path: &'a str,
    name: &'a str,
    first_line: u32,
}

/// Whether a folder holds policies: a TOML file with a page beside it.
fn holds_policies(folder: &Path) -> Result<bool, Failure> {
    let unreadable = |source| Failure::Unreadable { path: folder.into(), source };
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(unreadable)?;
    Ok(entries.iter().map(fs::DirEntry::path).any(|path| {
        path.extension().is_some_and(|ending| ending == "toml")
            && path.with_extension("md").is_file()
    }))
}

fn test_pages(folder: Option<&Path>, args: &TestArgs, tested: &mut Tested) -> Result<(), Failure> {
    let rules = Rules::for_pages(folder, args.libraries.as_deref())?;
    for policy in rules.policies.iter() {
        let page = &policy.info.help_markdown;
        let name = format!("{}.md", policy.info.id);
        let before = tested.expectations;
        for example in examples(page) {
            test_example(&example, policy, &name, &rules, tested)?;
        }
        if before == tested.expectations {
            tested.miss(&name, 1, "the page expects nothing: its examples test nothing");
        }
    }
    Ok(())
}

/// Lays an example out as a repository of one service and judges it.
fn test_example(
    example: &Example,
    policy: &Policy,
    name: &str,
    rules: &Rules,
    tested: &mut Tested,
) -> Result<(), Failure> {
    let unwritten = |source| Failure::Write { path: std::env::temp_dir(), source };
    let folder = tempfile::tempdir().map_err(unwritten)?;
    for file in &example.files {
        if !is_inner(&file.path) {
            tested.miss(name, file.line, "the title leaves the example's folder");
            return Ok(());
        }
        let path = folder.path().join(&file.path);
        let parent = path.parent().unwrap_or(folder.path());
        fs::create_dir_all(parent).map_err(unwritten)?;
        fs::write(&path, &file.text).map_err(unwritten)?;
    }
    let verdicts = judge(folder.path(), rules)?;
    for file in &example.files {
        let at = Placed { path: &file.path, name, first_line: file.line };
        tested.compare(at, &file.text, &verdicts, &[&policy.info.id]);
    }
    Ok(())
}

fn is_inner(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Judges a folder of services as a repository and compares every file that carries expectations.
fn test_services(folder: &Path, args: &TestArgs, tested: &mut Tested) -> Result<(), Failure> {
    let wanted = RuleArgs { libraries: args.libraries.clone(), ..RuleArgs::default() };
    let rules = Rules::load_or_fail(RuleTree::Folder(folder), &wanted)?;
    let judged = run(folder, &rules)?;
    let ids: Vec<&str> = rules.policies.iter().map(|policy| policy.info.id.as_str()).collect();
    for file in &judged.repository.files {
        // What cannot be read carries no expectations, and `check` says so.
        let Ok(text) = judged.repository.read(file) else { continue };
        let name = folder.join(&*file.path).display().to_string();
        let at = Placed { path: &file.path, name: &name, first_line: 1 };
        tested.compare(at, &text, &judged.report.judgement.verdicts, &ids);
    }
    if tested.expectations == 0 {
        tested.miss(&folder.display().to_string(), 1, "no file carries an expectation");
    }
    Ok(())
}

fn judge(folder: &Path, rules: &Rules) -> Result<Vec<Verdict>, Failure> {
    Ok(run(folder, rules)?.report.judgement.verdicts)
}

fn run(folder: &Path, rules: &Rules) -> Result<pipeline::Judged, Failure> {
    let progress = Progress::new();
    Ok(pipeline::run(folder, rules, LIMITS, &progress)?)
}

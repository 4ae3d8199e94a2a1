//! JUnit's XML: a suite for each service, a test case for each policy and subject.
//!
//! Viewers follow a case over time by its suite, class and name, so that these hold no line number.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use groundrule_policy::VerdictKind;

use crate::notice::NoticeLevel;
use crate::report::{Finding, Level};
use crate::{Format, Options, Report, Sources, escape};

/// The suite of what was not read. No folder of a service has this name.
const UNREAD: &str = "//not-read";

/// Test cases for viewers of test results.
#[derive(Debug)]
pub(crate) struct JUnit;

struct Case<'a> {
    name: String,
    class: &'a str,
    file: Option<&'a str>,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    /// With a line, what failed, and where.
    Failure(String, String),
    Error(String),
    Skipped(String),
}

impl Format for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn ending(&self) -> &'static str {
        ".xml"
    }

    fn write(
        &self,
        report: &Report,
        _sources: &dyn Sources,
        _options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut by_service: HashMap<&str, Vec<Case<'_>>> = HashMap::new();
        for finding in &report.findings {
            for service in &finding.verdict.services {
                by_service.entry(service).or_default().push(of_finding(finding));
            }
        }
        let services = report.services.iter().map(|service| &*service.folder);
        let mut suites: Vec<(&str, Vec<Case<'_>>)> = services
            .map(|folder| (folder, by_service.remove(folder).unwrap_or_default()))
            .collect();
        if !report.notices.is_empty() {
            suites.push((UNREAD, unread(report)));
        }
        for (_, cases) in &mut suites {
            tell_apart(cases);
        }
        let all = suites.iter().flat_map(|(_, cases)| cases);
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"groundrule\" {}>", sums(all))?;
        for (name, cases) in &suites {
            let name = escape::xml(&escape::line(name));
            writeln!(out, "  <testsuite name=\"{name}\" {}>", sums(cases))?;
            for case in cases {
                write_case(case, out)?;
            }
            writeln!(out, "  </testsuite>")?;
        }
        writeln!(out, "</testsuites>")
    }
}

/// What fails is a failure where its policy shows it; what cannot be decided or is excused counts
/// for neither side, as in every rate.
fn of_finding(finding: &Finding) -> Case<'_> {
    let verdict = &finding.verdict;
    let place = &verdict.place;
    let mut name = verdict.label.to_string();
    if !verdict.symbol.is_empty() {
        let _ = write!(name, " in {}", verdict.symbol);
    }
    let _ = write!(name, " ({})", place.path);
    let reasons = verdict.reasons.join("; ");
    let outcome = match (verdict.kind, finding.level) {
        (VerdictKind::Pass, _) => Outcome::Passed,
        (VerdictKind::Fail, Level::None) if verdict.known => {
            Outcome::Skipped(format!("known to the ratchet: {}", verdict.message))
        }
        (VerdictKind::Fail, Level::None) if finding.is_old() => {
            Outcome::Skipped(format!("failed before the change: {}", verdict.message))
        }
        (VerdictKind::Fail, Level::None) => {
            Outcome::Skipped(format!("only measured: {}", verdict.message))
        }
        (VerdictKind::Fail, _) => {
            let mut text = format!("{}:{}: {}", place.path, place.line, verdict.message);
            for related in &verdict.related {
                let at = &related.place;
                let _ = write!(text, "\n{}:{}: {}", at.path, at.line, related.note);
            }
            if !verdict.help.is_empty() {
                let _ = write!(text, "\nhelp: {}", verdict.help);
            }
            Outcome::Failure(verdict.message.clone(), text)
        }
        (VerdictKind::Review, _) => {
            Outcome::Skipped(format!("to review: {} {reasons}", verdict.message))
        }
        (VerdictKind::Exempt, _) => Outcome::Skipped(format!("exempt: {reasons}")),
    };
    Case {
        name: escape::line(&name).into_owned(),
        class: &verdict.policy,
        file: Some(&place.path),
        outcome,
    }
}

fn unread(report: &Report) -> Vec<Case<'_>> {
    let cases = report.notices.iter().map(|notice| {
        let kind = notice.kind;
        let said = format!("{} {}", kind.title(), notice.message);
        Case {
            name: escape::line(notice.path.as_deref().unwrap_or("the run")).into_owned(),
            class: kind.id(),
            file: notice.path.as_deref(),
            outcome: match kind.level() {
                NoticeLevel::Error => Outcome::Error(said),
                NoticeLevel::Warning | NoticeLevel::Note => Outcome::Skipped(said),
            },
        }
    });
    cases.collect()
}

/// Equal calls in one function are numbered in the order of the source.
fn tell_apart(cases: &mut [Case<'_>]) {
    let mut times: HashMap<(&str, String), usize> = HashMap::new();
    let mut taken = HashSet::new();
    for case in cases {
        let number = times.entry((case.class, case.name.clone())).or_default();
        let plain = std::mem::take(&mut case.name);
        while case.name.is_empty() || !taken.insert((case.class, case.name.clone())) {
            *number += 1;
            case.name = if *number == 1 { plain.clone() } else { format!("{plain} #{number}") };
        }
    }
}

fn sums<'a>(cases: impl IntoIterator<Item = &'a Case<'a>>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Failure(..) => failures += 1,
            Outcome::Error(_) => errors += 1,
            Outcome::Skipped(_) => skipped += 1,
        }
    }
    format!(
        "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" \
         time=\"0\""
    )
}

fn write_case(case: &Case<'_>, out: &mut dyn Write) -> io::Result<()> {
    let attribute = |text: &str| escape::xml(&escape::line(text));
    let (name, class) = (escape::xml(&case.name), attribute(case.class));
    write!(out, "    <testcase name=\"{name}\" classname=\"{class}\"")?;
    if let Some(file) = case.file {
        write!(out, " file=\"{}\"", attribute(file))?;
    }
    write!(out, " time=\"0\"")?;
    match &case.outcome {
        Outcome::Passed => return writeln!(out, "/>"),
        Outcome::Failure(message, text) => write!(
            out,
            "><failure message=\"{}\" type=\"{class}\">{}</failure>",
            attribute(message),
            escape::xml(text),
        )?,
        Outcome::Error(message) => {
            write!(out, "><error message=\"{}\" type=\"{class}\"/>", attribute(message))?;
        }
        Outcome::Skipped(message) => {
            write!(out, "><skipped message=\"{}\"/>", attribute(message))?;
        }
    }
    writeln!(out, "</testcase>")
}

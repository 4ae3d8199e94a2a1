//! GitHub's workflow commands: an annotation on the line of every failure that the host shows.
//!
//! The host keeps ten of each type a step and drops the rest without a word, so that the gravest
//! come first and one last annotation says what is missing.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::columns::Region;
use crate::counts::{Counts, count, extent};
use crate::format::{LastText, region_of};
use crate::notice::{Notice, NoticeLevel};
use crate::report::{Finding, Level};
use crate::{Format, Options, Report, Sources, escape, sarif};

/// How many annotations of one type a host shows for a step.
const MOST: usize = 10;
/// How long a title may be, in characters.
const LONGEST_TITLE: usize = 200;
/// How long a message may be, in characters.
const LONGEST_MESSAGE: usize = 4000;

/// Annotations for GitHub.
#[derive(Debug)]
pub(crate) struct GitHub;

impl Format for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn ending(&self) -> &'static str {
        ".annotations"
    }

    fn write(
        &self,
        report: &Report,
        sources: &dyn Sources,
        _options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut texts = LastText::new(sources);
        let gravest = report.gravest();
        let failures = |level| {
            gravest.iter().filter(move |finding| finding.level == level).map(|f| Item::Failure(f))
        };
        let unread = |level| {
            report.notices.iter().filter(move |n| n.kind.level() == level).map(Item::Unread)
        };
        // What should have been read outweighs a failure; what was left aside does not.
        let errors = unread(NoticeLevel::Error).chain(failures(Level::Error)).collect::<Vec<_>>();
        let warnings = failures(Level::Warning).chain(unread(NoticeLevel::Warning)).collect();
        let mut more = Vec::new();
        for (kind, items) in [("error", errors), ("warning", warnings)] {
            for item in items.iter().take(MOST) {
                let command = match item {
                    Item::Failure(finding) => of_finding(kind, finding, &mut texts),
                    Item::Unread(notice) => of_notice(kind, notice),
                };
                writeln!(out, "{command}")?;
            }
            if items.len() > MOST {
                more.push(count(items.len() - MOST, &format!("more {kind}")));
            }
        }
        if let Some(last) = last(report, &more) {
            writeln!(out, "{last}")?;
        }
        writeln!(out, "groundrule: {} in {}", Counts::of(report).words(), extent(report))
    }
}

enum Item<'a> {
    Failure(&'a Finding),
    Unread(&'a Notice),
}

/// A failure. Columns are given for places on one line only: hosts refuse others.
fn of_finding(kind: &str, finding: &Finding, texts: &mut LastText<'_>) -> String {
    let verdict = &finding.verdict;
    let place = &verdict.place;
    let text = texts.get(&place.path);
    let region = region_of(place, text.as_deref());
    let region = text.map_or(region, |text| region.first_line(&text));
    let title = match verdict.class.as_str() {
        "" => verdict.policy.to_string(),
        class => format!("{} ({class})", verdict.policy),
    };
    let message = format!("{}\n{}", verdict.message, verdict.help);
    command(kind, Some((&place.path, Some(region))), &title, message.trim_end())
}

fn of_notice(kind: &str, notice: &Notice) -> String {
    let line = notice.line.map(|line| Region {
        start_line: line,
        start_column: 1,
        end_line: line,
        end_column: 2,
    });
    let place = notice.path.as_deref().map(|path| (path, line));
    let message = match notice.message.as_str() {
        "" => notice.kind.title().to_string(),
        said => format!("{} {said}.", notice.kind.title()),
    };
    command(kind, place, notice.kind.id(), &message)
}

/// Of a type of its own, so that it is never the one that is dropped.
fn last(report: &Report, more: &[String]) -> Option<String> {
    let mut said = Vec::new();
    if !more.is_empty() {
        let more = more.join(" and ");
        said.push(format!("{more} than the host shows as annotations: read the whole report."));
    }
    let results = report.active().count();
    if results > sarif::MOST_RESULTS {
        let left_out = results - sarif::MOST_RESULTS;
        said.push(format!("{left_out} of the least grave failures are not in the SARIF log."));
    }
    (!said.is_empty()).then(|| command("notice", None, "groundrule", &said.join(" ")))
}

fn command(kind: &str, place: Option<(&str, Option<Region>)>, title: &str, text: &str) -> String {
    let mut properties = String::new();
    if let Some((path, region)) = place {
        let _ = write!(properties, "file={},", escape::command_property(path));
        if let Some(region) = region {
            let _ = write!(properties, "line={},endLine={},", region.start_line, region.end_line);
            if region.start_line == region.end_line {
                let (from, to) = (region.start_column, region.end_column);
                let _ = write!(properties, "col={from},endColumn={to},");
            }
        }
    }
    let title = escape::command_property(&escape::cut(title, LONGEST_TITLE));
    let text = escape::command_data(&escape::cut(text, LONGEST_MESSAGE));
    format!("::{kind} {properties}title={title}::{text}")
}

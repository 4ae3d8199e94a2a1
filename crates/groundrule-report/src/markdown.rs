//! Markdown for the summary of a workflow step: adoption, failures, what to review, what was not
//! read. It stays within the size that hosts show, and says what was cut.

use std::io::{self, Write};

use groundrule_policy::{Verdict, VerdictKind};

use crate::adoption::{Adoption, Rate, State};
use crate::cells::{cell_text, rate_text, symbol};
use crate::counts::{Counts, count, extent, outcome};
use crate::notice::{NoticeKind, NoticeLevel};
use crate::report::{Finding, Level};
use crate::{Format, Notice, Options, Report, Sources, escape};

/// How many bytes the whole text may have. Hosts show nothing at all of a summary over 1 MiB, and
/// other programs may write to the same one.
const MOST_BYTES: usize = 900 << 10;
/// How many bytes stay free for the titles and sentences that say what was cut.
const RESERVE: usize = 4 << 10;
/// How long a cell may be, in characters before escaping.
const LONGEST_CELL: usize = 400;

/// The summary of a workflow step.
#[derive(Debug)]
pub(crate) struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn ending(&self) -> &'static str {
        ".md"
    }

    fn write(
        &self,
        report: &Report,
        _sources: &dyn Sources,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut page = Page { text: String::new(), most: MOST_BYTES - RESERVE };
        let sign = symbol(outcome(report));
        page.text = format!(
            "## {sign} groundrule: {} in {}\n\n",
            Counts::of(report).words(),
            extent(report)
        );
        if let Some(change) = &report.change {
            let base = code(&change.base);
            page.text.push_str(&format!(
                "Only what the change brings in counts, compared with {base}.\n\n"
            ));
        }
        // A table of ten thousand services must not hide the failures.
        page.within_half(|page| adoption(report, page));
        let failures = if report.change.is_some() { "New failures" } else { "Failures" };
        page.table(failures, FINDINGS, report.gravest(), |finding| finding_row(finding, true));
        if let Some(change) = &report.change {
            page.table("Mended", FINDINGS, &change.mended, |verdict| row(verdict, ""));
        }
        if options.old {
            page.table("Old failures", FINDINGS, report.old(), |f| finding_row(f, false));
        }
        for (title, kind) in [("To review", VerdictKind::Review), ("Exempt", VerdictKind::Exempt)] {
            page.table(title, FINDINGS, report.of_kind(kind), |finding| {
                finding_row(finding, false)
            });
        }
        if options.evidence {
            let passes = report.of_kind(VerdictKind::Pass);
            page.table("Passes", FINDINGS, passes, |finding| finding_row(finding, false));
        }
        let is_judging = |notice: &&Notice| matches!(notice.kind, NoticeKind::Judging(_));
        let exceptions = report.notices.iter().filter(is_judging);
        page.table(
            "Exceptions",
            "| what | place | why |\n| --- | --- | --- |\n",
            exceptions,
            notice_row,
        );
        let unread = report.notices.iter().filter(|notice| !is_judging(notice));
        page.table("Not read", "| what | place | why |\n| --- | --- | --- |\n", unread, notice_row);
        out.write_all(page.text.trim_end().as_bytes())?;
        writeln!(out)
    }
}

const FINDINGS: &str = "| policy | place | what |\n| --- | --- | --- |\n";

/// The text so far, and how long it may become.
struct Page {
    text: String,
    most: usize,
}

impl Page {
    /// Writes a table, as many rows as there is room for; nothing where there are none.
    fn table<T>(
        &mut self,
        title: &str,
        header: &str,
        rows: impl IntoIterator<Item = T>,
        row: impl Fn(T) -> String,
    ) {
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return;
        }
        self.text.push_str(&format!("### {title}\n\n{header}"));
        let mut left_out = 0;
        for item in rows {
            // Once something is left out, so is the rest: shorter rows would look like the worst.
            let row = if left_out == 0 { row(item) } else { String::new() };
            if left_out > 0 || self.text.len() + row.len() > self.most {
                left_out += 1;
            } else {
                self.text.push_str(&row);
            }
        }
        self.text.push('\n');
        if left_out > 0 {
            let rows = count(left_out, "more row");
            self.text.push_str(&format!("{rows} left out: a summary has room for so many.\n\n"));
        }
    }

    fn within_half(&mut self, write: impl FnOnce(&mut Self)) {
        let most = std::mem::replace(&mut self.most, MOST_BYTES / 2);
        write(self);
        self.most = most;
    }
}

/// Services by standards; the rates first, which are never left out.
fn adoption(report: &Report, page: &mut Page) {
    let adoption = &report.adoption;
    if adoption.services.is_empty() || adoption.standards.is_empty() {
        return;
    }
    let standards = &adoption.standards;
    let line = |first: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.collect();
        format!("| {first} | {} |\n", cells.join(" | "))
    };
    let rates = |rate: &dyn Fn(usize) -> Option<Rate>| {
        (0..standards.len()).map(|at| rate_text(rate(at))).collect::<Vec<_>>().into_iter()
    };
    let mut header = line("service", &mut standards.iter().map(|s| cell(&s.policy)));
    header.push_str(&line("---", &mut standards.iter().map(|_| "---".to_string())));
    header.push_str(&line("**adoption rate**", &mut rates(&|at| standards[at].services.rate())));
    header.push_str(&line("**site rate**", &mut rates(&|at| standards[at].sites.rate())));
    let before = report.change.as_ref().map(|change| &change.adoption);
    if let Some(before) = before.filter(|before| before.standards.len() == standards.len()) {
        let rate = |at: usize| before.standards[at].services.rate();
        header.push_str(&line("adoption rate of the base", &mut rates(&rate)));
        let rate = |at: usize| before.standards[at].sites.rate();
        header.push_str(&line("site rate of the base", &mut rates(&rate)));
    }
    page.table("Adoption", &header, adoption.services.iter().enumerate(), |(row, service)| {
        let states = &mut standards.iter().enumerate().map(|(at, standard)| {
            let cell = standard.cells[row];
            match before.and_then(|before| state_at(before, at, service)) {
                Some(was) if was != cell.state => {
                    format!("**{}** (was {})", cell_text(cell), was.word())
                }
                _ => cell_text(cell),
            }
        });
        line(&code(service), states)
    });
}

/// Where a service of the base stood with a standard.
fn state_at(before: &Adoption, standard: usize, service: &str) -> Option<State> {
    let row = before.services.iter().position(|folder| **folder == *service)?;
    Some(before.standards.get(standard)?.cells[row].state)
}

fn finding_row(finding: &Finding, with_level: bool) -> String {
    let sign = match finding.level {
        _ if !with_level => "",
        Level::Error => "error: ",
        Level::Warning | Level::None => "warning: ",
    };
    row(&finding.verdict, sign)
}

fn row(verdict: &Verdict, sign: &str) -> String {
    let place = format!("{}:{}", verdict.place.path, verdict.place.line);
    let mut said = escape::markdown_message(&escape::cut(&verdict.message, LONGEST_CELL));
    if verdict.kind != VerdictKind::Pass && !verdict.reasons.is_empty() {
        said.push_str(&format!(" ({})", cell(&verdict.reasons.join("; "))));
    }
    format!("| {sign}{} | {} | {said} |\n", cell(&verdict.policy), code(&place))
}

fn notice_row(notice: &Notice) -> String {
    let place = match (&notice.path, notice.line) {
        (Some(path), Some(line)) => code(&format!("{path}:{line}")),
        (Some(path), None) => code(path),
        (None, _) => String::new(),
    };
    let sign = if notice.kind.level() == NoticeLevel::Error { "error: " } else { "" };
    format!("| {sign}{} | {place} | {} |\n", cell(notice.kind.id()), cell(&notice.message))
}

fn cell(text: &str) -> String {
    escape::markdown(&escape::cut(text, LONGEST_CELL))
}

/// Hosts look for mentions and references outside of code only.
fn code(text: &str) -> String {
    format!("<code>{}</code>", cell(text))
}

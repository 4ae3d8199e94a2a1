//! The terminal's format: failures with their source, what to review, what was not read, and the
//! adoption summary.

mod finding;
mod paint;
mod summary;

pub use summary::reason_words;

use std::collections::BTreeMap;
use std::io::{self, Write};

use groundrule_policy::{Verdict, VerdictKind};

use crate::counts::count;
use crate::escape;
use crate::report::Finding;
use crate::{Format, Options, Report, Sources};
use finding::Excerpts;
use paint::Paint;

/// Graphical reports for people.
#[derive(Debug)]
pub(crate) struct Human;

impl Format for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn ending(&self) -> &'static str {
        ".txt"
    }

    fn write(
        &self,
        report: &Report,
        sources: &dyn Sources,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let paint = Paint::new(options.color);
        write_failures(report, sources, options, paint, out)?;
        if let Some(change) = &report.change {
            let mended: Vec<&Verdict> = change.mended.iter().collect();
            write_verdicts(&mended, VerdictKind::Pass, "Mended", paint, out)?;
        }
        if options.old {
            let old: Vec<&Verdict> = report.old().map(|finding| &finding.verdict).collect();
            write_verdicts(&old, VerdictKind::Fail, "Old failures", paint, out)?;
        }
        write_list(report, VerdictKind::Review, "To review", paint, out)?;
        if options.evidence {
            write_list(report, VerdictKind::Pass, "Passes", paint, out)?;
        }
        write_list(report, VerdictKind::Exempt, "Exempt", paint, out)?;
        summary::write_unread(report, paint, out)?;
        summary::write_adoption(report, paint, out)?;
        summary::write_totals(report, paint, out)
    }
}

/// Failures, grouped by the first service that they count for, in the services' order.
fn write_failures(
    report: &Report,
    sources: &dyn Sources,
    options: &Options,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut by_service: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.active() {
        by_service.entry(first_service(finding)).or_default().push(finding);
    }
    let mut excerpts = Excerpts::new(sources);
    for (folder, findings) in by_service {
        let owners = report.service(folder).map(|service| service.owners.join(" "));
        let owners = owners.filter(|owners| !owners.is_empty());
        let title = match owners {
            Some(owners) => format!("{folder}  {owners}"),
            None => folder.to_string(),
        };
        let count = count(findings.len(), "failure");
        let title = escape::line(&title);
        let title = paint.heading(&escape::line_starts(&title));
        writeln!(out, "{title}  {}\n", paint.dim(&count))?;
        for finding in findings {
            finding::write(finding, &mut excerpts, options, out)?;
        }
    }
    Ok(())
}

/// One line each: for what needs no excerpt.
fn write_list(
    report: &Report,
    kind: VerdictKind,
    title: &str,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let verdicts: Vec<&Verdict> = report.of_kind(kind).map(|finding| &finding.verdict).collect();
    write_verdicts(&verdicts, kind, title, paint, out)
}

fn write_verdicts(
    verdicts: &[&Verdict],
    kind: VerdictKind,
    title: &str,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    if verdicts.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}  {}", paint.heading(title), paint.dim(&verdicts.len().to_string()))?;
    for verdict in verdicts {
        let place = format!("{}:{}", verdict.place.path, verdict.place.line);
        let mut said = verdict.message.clone();
        if kind != VerdictKind::Pass && !verdict.reasons.is_empty() {
            said = format!("{said} ({})", verdict.reasons.join("; "));
        }
        writeln!(
            out,
            "  {} {}  {}",
            paint.kind(kind, &verdict.policy),
            escape::line(&place),
            paint.dim(&escape::line(&said)),
        )?;
    }
    writeln!(out)
}

fn first_service(finding: &Finding) -> &str {
    finding.verdict.services.first().map_or(".", |service| &**service)
}

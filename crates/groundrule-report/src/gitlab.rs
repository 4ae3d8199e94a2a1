//! GitLab's Code Quality report: an array with one item a failure.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use groundrule_policy::fingerprint;
use serde::Serialize;

use crate::notice::{Notice, NoticeLevel};
use crate::report::{Finding, Level};
use crate::{Format, Options, Report, Sources, safe_json};

/// The report that GitLab compares between branches.
#[derive(Debug)]
pub(crate) struct GitLab;

#[derive(Debug, Serialize)]
struct Item {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: Arc<str>,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
}

impl Format for GitLab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn ending(&self) -> &'static str {
        "code-quality-report.json"
    }

    fn write(
        &self,
        report: &Report,
        _sources: &dyn Sources,
        _options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let unread = report.notices.iter().filter_map(of_notice);
        let mut items: Vec<Item> =
            unread.chain(report.gravest().into_iter().map(of_finding)).collect();
        tell_apart(&mut items);
        safe_json::write(out, &items)?;
        writeln!(out)
    }
}

fn of_finding(finding: &Finding) -> Item {
    let verdict = &finding.verdict;
    Item {
        description: verdict.message.clone(),
        check_name: verdict.policy.to_string(),
        fingerprint: verdict.fingerprint.clone(),
        severity: if finding.level == Level::Error { "major" } else { "minor" },
        location: Location {
            path: verdict.place.path.clone(),
            lines: Lines { begin: verdict.place.line },
        },
    }
}

/// What was not read, where there is a file to show it at: the report has no other room for it.
fn of_notice(notice: &Notice) -> Option<Item> {
    let path = notice.path.clone()?;
    Some(Item {
        description: format!("{} {}.", notice.kind.title(), notice.message),
        check_name: notice.kind.id().to_string(),
        fingerprint: fingerprint(notice.kind.id(), &[], &path, "", &notice.message, 0),
        severity: match notice.kind.level() {
            NoticeLevel::Error => "critical",
            NoticeLevel::Warning | NoticeLevel::Note => "info",
        },
        location: Location { path, lines: Lines { begin: notice.line.unwrap_or(1) } },
    })
}

/// Two repositories of one run can hold the same code; the host makes one of equal fingerprints.
fn tell_apart(items: &mut [Item]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for item in items {
        let times = seen.entry(item.fingerprint.clone()).or_default();
        *times += 1;
        if *times > 1 {
            item.fingerprint = format!("{}-{times}", item.fingerprint);
        }
    }
}

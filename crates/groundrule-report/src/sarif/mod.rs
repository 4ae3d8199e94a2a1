//! SARIF 2.1.0, as GitHub's code scanning and other viewers read it.
//!
//! Hosts open an alert for every result, whatever its kind, so that a log carries active failures
//! only unless evidence is asked for.

mod log;
mod results;
mod rules;

use std::io::{self, Write};

use serde_json::{Map, json};

use crate::json::adoption_of;
use crate::notice::{Notice, NoticeKind, NoticeLevel};
use crate::{Format, Options, Report, Sources, escape, safe_json};
use log::{
    ArtifactLocation, AutomationDetails, Driver, Invocation, Location, Log, Notification,
    PhysicalLocation, Reference, RegionObject, Run, Text, Tool,
};
use results::Results;

/// The name of the base that all URIs are relative to. It has no URI of its own: the place of a
/// check-out is nobody's business.
const ROOT: &str = "%SRCROOT%";
/// The category under which hosts keep the alerts of one run apart from those of others.
const CATEGORY: &str = "groundrule/";

/// How many results a run may have: GitHub refuses a log with more.
pub(crate) const MOST_RESULTS: usize = 25_000;
/// How many places beside its own a result may name: GitHub stores a hundred.
const MOST_RELATED: usize = 100;
/// Says that results were left out. The only notification that is about the log itself.
const RESULTS_LEFT_OUT: &str = "results-left-out";

/// The static analysis results interchange format.
#[derive(Debug)]
pub(crate) struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn ending(&self) -> &'static str {
        ".sarif"
    }

    fn write(
        &self,
        report: &Report,
        sources: &dyn Sources,
        options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let log = Log {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: vec![run(report, sources, options)],
        };
        safe_json::write(out, &log)?;
        writeln!(out)
    }
}

fn run(report: &Report, sources: &dyn Sources, options: &Options) -> Run {
    let mut bases = Map::new();
    bases.insert(
        ROOT.to_string(),
        json!({ "description": { "text": "The root of the repository." } }),
    );
    let Results { results, left_out } = results::results(report, sources, options);
    let mut notifications: Vec<Notification> = report.notices.iter().map(notification).collect();
    if left_out > 0 {
        notifications.push(results_left_out(left_out));
    }
    Run {
        tool: Tool {
            driver: Driver {
                name: "groundrule",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: report.policies.iter().map(rules::rule).collect(),
                notifications: rules::notifications(),
            },
        },
        automation_details: AutomationDetails { id: CATEGORY },
        column_kind: "utf16CodeUnits",
        original_uri_base_ids: bases,
        invocations: vec![Invocation {
            execution_successful: report
                .notices
                .iter()
                .all(|notice| notice.kind.level() < NoticeLevel::Error),
            tool_execution_notifications: notifications,
        }],
        results,
        properties: options.evidence.then(|| json!({ "adoption": adoption_of(report) })),
    }
}

fn notification(notice: &Notice) -> Notification {
    let index = NoticeKind::ALL.iter().position(|&kind| kind == notice.kind).unwrap_or_default();
    let title = notice.kind.title();
    let said = escape::sarif_message(&notice.message);
    Notification {
        descriptor: Reference { id: notice.kind.id().to_string(), index },
        level: match notice.kind.level() {
            NoticeLevel::Error => "error",
            NoticeLevel::Warning => "warning",
            NoticeLevel::Note => "note",
        },
        message: Text::plain(if said.is_empty() {
            title.to_string()
        } else {
            format!("{title} {said}.")
        }),
        locations: notice.path.iter().map(|path| place_of_notice(path, notice.line)).collect(),
    }
}

/// One run holds all services under one category, so that only the number of results is bounded.
fn results_left_out(left_out: usize) -> Notification {
    Notification {
        descriptor: Reference { id: RESULTS_LEFT_OUT.to_string(), index: NoticeKind::ALL.len() },
        level: "warning",
        message: Text::plain(format!(
            "{left_out} of the least grave results are not in this log, since hosts take no more \
             than {MOST_RESULTS} in a run. Other formats hold them all."
        )),
        locations: Vec::new(),
    }
}

fn place_of_notice(path: &str, line: Option<u32>) -> Location {
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(path),
            region: line.map(|line| RegionObject {
                start_line: line,
                start_column: 1,
                end_line: line,
                end_column: 2,
            }),
        },
        logical_locations: Vec::new(),
        message: None,
    }
}

fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation { uri: escape::uri(path), uri_base_id: ROOT }
}

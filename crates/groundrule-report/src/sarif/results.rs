//! Results: one a verdict that is to be shown.

use std::cmp::Reverse;
use std::sync::Arc;

use groundrule_policy::{Origin, Verdict, VerdictKind, WaiverOrigin};
use groundrule_unit::Place;
use serde_json::{Map, Value, json};

use super::log::{
    Location, LogicalLocation, PhysicalLocation, RegionObject, ResultObject, Suppression, Text,
};
use super::{MOST_RELATED, MOST_RESULTS, artifact};
use crate::columns::Region;
use crate::format::region_of;
use crate::line_hash::LineHashes;
use crate::report::{Finding, Level};
use crate::{Options, Report, Sources, escape};

/// What a log shows of a report.
pub(super) struct Results {
    /// Gravest first, then by place: hosts show the first few thousand.
    pub(super) results: Vec<ResultObject>,
    /// How many of the least grave are not among them.
    pub(super) left_out: usize,
}

pub(super) fn results(report: &Report, sources: &dyn Sources, options: &Options) -> Results {
    let mut files = Files { sources, last: None };
    // Hosts compare with the alerts of the base themselves: old failures belong into the log.
    let is_shown = |finding: &&Finding| finding.alone > Level::None || options.evidence;
    let mut shown: Vec<&Finding> = report.findings.iter().filter(is_shown).collect();
    shown.sort_by_key(|finding| {
        (Reverse(finding.level), Reverse(finding.alone), rank(finding.verdict.kind))
    });
    let mut results: Vec<ResultObject> = shown
        .iter()
        .take(MOST_RESULTS)
        .map(|finding| result(finding, report, &mut files, options))
        .collect();
    let mut left_out = shown.len() - results.len();
    // A host that does not know of states would open an alert for what is mended.
    if let Some(change) = report.change.as_ref().filter(|_| options.evidence) {
        let room = MOST_RESULTS - results.len();
        left_out += change.mended.len().saturating_sub(room);
        results.extend(change.mended.iter().take(room).map(|verdict| absent(verdict, report)));
    }
    Results { left_out, results }
}

/// A failure that is mended, at the place that it had.
fn absent(verdict: &Verdict, report: &Report) -> ResultObject {
    let line = verdict.place.line;
    let region = Region { start_line: line, start_column: 1, end_line: line, end_column: 2 };
    let mut fingerprints = Map::new();
    fingerprints.insert("groundruleFingerprint/v1".into(), verdict.fingerprint.as_str().into());
    let plain = Verdict { related: Vec::new(), ..verdict.clone() };
    let index = report.policies.iter().position(|policy| policy.id == verdict.policy);
    ResultObject {
        rule_id: verdict.policy.to_string(),
        rule_index: index.unwrap_or_default(),
        kind: "fail",
        level: "note",
        message: Text::plain(message(&plain)),
        locations: vec![Location {
            id: None,
            physical_location: physical(&verdict.place.path, region),
            logical_locations: logical(&verdict.symbol),
            message: None,
        }],
        related_locations: Vec::new(),
        baseline_state: Some("absent"),
        partial_fingerprints: fingerprints,
        suppressions: Some(Vec::new()),
        properties: properties(verdict),
    }
}

fn rank(kind: VerdictKind) -> usize {
    match kind {
        VerdictKind::Fail => 0,
        VerdictKind::Review => 1,
        VerdictKind::Exempt => 2,
        VerdictKind::Pass => 3,
    }
}

fn result(
    finding: &Finding,
    report: &Report,
    files: &mut Files<'_>,
    options: &Options,
) -> ResultObject {
    let verdict = &finding.verdict;
    let file = files.get(&verdict.place.path);
    let text = file.text.as_deref();
    let region = region_of(&verdict.place, text);
    let region = text.map_or(region, |text| region.first_line(text));
    let mut fingerprints = Map::new();
    if let Some(hash) = file.hashes.get(region.start_line) {
        fingerprints.insert("primaryLocationLineHash".into(), hash.into());
    }
    fingerprints.insert("groundruleFingerprint/v1".into(), verdict.fingerprint.as_str().into());
    let related = related_locations(verdict, files);
    let index = report.policies.iter().position(|policy| policy.id == verdict.policy);
    ResultObject {
        rule_id: verdict.policy.to_string(),
        rule_index: index.unwrap_or_default(),
        kind: kind(verdict.kind),
        level: level(finding),
        message: Text::plain(message(verdict)),
        locations: vec![Location {
            id: None,
            physical_location: physical(&verdict.place.path, region),
            logical_locations: logical(&verdict.symbol),
            message: None,
        }],
        related_locations: related,
        baseline_state: report.change.as_ref().map(|_| match verdict.origin {
            Some(Origin::Old) => "unchanged",
            _ => "new",
        }),
        partial_fingerprints: fingerprints,
        suppressions: options.evidence.then(|| suppressions(verdict)),
        properties: properties(verdict),
    }
}

/// An exempt place is a failure that is suppressed; the standard knows no kind of its own for it.
fn kind(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Pass => "pass",
        VerdictKind::Fail | VerdictKind::Exempt => "fail",
        VerdictKind::Review => "review",
    }
}

/// The standard allows a level beside `none` for failures only.
fn level(finding: &Finding) -> &'static str {
    match (finding.verdict.kind, finding.alone) {
        (VerdictKind::Pass | VerdictKind::Review, _) => "none",
        (VerdictKind::Exempt, _) => finding.verdict.severity.id(),
        (VerdictKind::Fail, Level::Error) => "error",
        (VerdictKind::Fail, Level::Warning) => "warning",
        (VerdictKind::Fail, Level::None) => "note",
    }
}

/// The message, the reasons of a review, and a link to each related place, which is what makes
/// hosts show it.
fn message(verdict: &Verdict) -> String {
    let mut said = escape::sarif_message(&verdict.message);
    if verdict.kind == VerdictKind::Review {
        for reason in &verdict.reasons {
            said.push_str(&format!(" {}.", escape::sarif_message(reason.trim_end_matches('.'))));
        }
    }
    for (at, related) in verdict.related.iter().take(MOST_RELATED).enumerate() {
        said.push_str(&format!(" See: [{}]({}).", escape::sarif_message(&related.note), at + 1));
    }
    said
}

fn suppressions(verdict: &Verdict) -> Vec<Suppression> {
    if verdict.kind != VerdictKind::Exempt {
        return Vec::new();
    }
    let reasons = verdict.reasons.join("; ");
    vec![Suppression {
        kind: match verdict.waived {
            Some(WaiverOrigin::Comment) => "inSource",
            _ => "external",
        },
        status: "accepted",
        justification: escape::lines(&reasons).into_owned(),
    }]
}

fn related_locations(verdict: &Verdict, files: &mut Files<'_>) -> Vec<Location> {
    let related = verdict.related.iter().take(MOST_RELATED).enumerate();
    related
        .map(|(at, related)| {
            let place: &Place = &related.place;
            let region = region_of(place, files.get(&place.path).text.as_deref());
            Location {
                id: Some(at + 1),
                physical_location: physical(&place.path, region),
                logical_locations: Vec::new(),
                message: Some(Text::plain(escape::sarif_message(&related.note))),
            }
        })
        .collect()
}

fn properties(verdict: &Verdict) -> Value {
    let services: Vec<&str> = verdict.services.iter().map(|service| &**service).collect();
    let mut properties = json!({
        "service": services.first().copied().unwrap_or("."),
        "services": services,
        "subject": verdict.subject,
        "label": escape::line(&verdict.label),
    });
    if let Some(map) = properties.as_object_mut() {
        if !verdict.class.is_empty() {
            map.insert("class".into(), verdict.class.as_str().into());
        }
        if !verdict.help.is_empty() {
            map.insert("help".into(), escape::lines(&verdict.help).into());
        }
        if !verdict.reasons.is_empty() {
            map.insert("reasons".into(), json!(verdict.reasons));
        }
    }
    properties
}

fn physical(path: &str, region: Region) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: artifact(path),
        region: Some(RegionObject {
            start_line: region.start_line,
            start_column: region.start_column,
            end_line: region.end_line,
            end_column: region.end_column,
        }),
    }
}

fn logical(symbol: &str) -> Vec<LogicalLocation> {
    if symbol.is_empty() {
        return Vec::new();
    }
    vec![LogicalLocation { fully_qualified_name: escape::line(symbol).into_owned() }]
}

/// The file that was asked for last, with the hashes of its lines: findings come sorted by path.
struct Files<'a> {
    sources: &'a dyn Sources,
    last: Option<(Arc<str>, FileText)>,
}

#[derive(Clone, Default)]
struct FileText {
    text: Option<Arc<str>>,
    hashes: Arc<LineHashes>,
}

impl Files<'_> {
    fn get(&mut self, path: &Arc<str>) -> FileText {
        match &self.last {
            Some((known, file)) if known == path => file.clone(),
            _ => {
                let text = self.sources.text(path);
                let hashes = text.as_deref().map(LineHashes::of).unwrap_or_default();
                let file = FileText { text, hashes: Arc::new(hashes) };
                self.last = Some((path.clone(), file.clone()));
                file
            }
        }
    }
}

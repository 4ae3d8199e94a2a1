//! JSON with a versioned schema: verdicts, adoption, notices. For programs.
//!
//! The schema is generated from these types and kept beside the crate; a test compares the two.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use groundrule_policy::{Severity, Verdict, VerdictKind};
use groundrule_unit::Place;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::adoption::{Adoption, Rate, Sites, State, Totals};
use crate::format::{LastText, region_of};
use crate::notice::NoticeKind;
use crate::report::{Finding, Level};
use crate::{Format, Options, Report, Sources, safe_json};

/// Changes when a reader of the old form would break. Keys that are added do not change it.
pub const SCHEMA_VERSION: &str = "1.0";

/// The report for programs. It always holds every verdict.
#[derive(Debug)]
pub(crate) struct Json;

/// The whole document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "groundrule report")]
struct Document {
    schema_version: &'static str,
    tool: ToolObject,
    policies: Vec<PolicyObject>,
    services: Vec<ServiceObject>,
    /// Sorted by path, place and policy.
    verdicts: Vec<VerdictObject>,
    adoption: AdoptionObject,
    notices: Vec<NoticeObject>,
    /// How many files were left out by design, by reason.
    left_out: BTreeMap<String, usize>,
    /// How many source files and documents there were to judge.
    files: usize,
    /// Where only what a change brings in counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<ChangeObject>,
}

/// What a change does to the base that it starts from.
#[derive(Debug, Serialize, JsonSchema)]
struct ChangeObject {
    /// The base as it was named.
    base: String,
    /// Failures that the change brings in and that are shown.
    new_failures: usize,
    /// Failures that the base has too and that would be shown without it.
    old_failures: usize,
    /// Failures of the base that are none any more.
    mended: Vec<MendedObject>,
    /// The adoption of the base.
    adoption: AdoptionObject,
}

/// A failure of the base; its place is the one that it had there.
#[derive(Debug, Serialize, JsonSchema)]
struct MendedObject {
    policy: String,
    services: Vec<Arc<str>>,
    path: Arc<str>,
    line: u32,
    symbol: String,
    label: String,
    message: String,
    fingerprint: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToolObject {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PolicyObject {
    id: String,
    title: String,
    category: String,
    severity: String,
    mode: String,
    blueprint: String,
    tags: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ServiceObject {
    /// Relative to the repository's root: the service's identity.
    folder: Arc<str>,
    name: String,
    owners: Vec<String>,
    languages: Vec<String>,
    /// Empty where unknown.
    tier: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct VerdictObject {
    policy: String,
    /// `pass`, `fail`, `review` or `exempt`.
    verdict: String,
    /// Whether it is a failure that its policy's mode shows and that is not known or old.
    active: bool,
    /// `new` or `old`, where there is a base: whether the change brings it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    /// `enforce`, `warn` or `measure`: the strictest mode of its policy in its services.
    mode: String,
    /// Whether it is within the ratchet: a failure that is known and does not gate.
    known: bool,
    /// Where the waiver is written that makes it exempt: `comment` or `configuration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    waived: Option<String>,
    severity: Severe,
    class: String,
    /// The folders of the services that it counts for; never empty.
    services: Vec<Arc<str>>,
    location: LocationObject,
    symbol: String,
    subject: String,
    label: String,
    message: String,
    help: String,
    reasons: Vec<String>,
    related: Vec<RelatedObject>,
    /// The same for the same place in another version of the repository.
    fingerprint: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Severe {
    Error,
    Warning,
}

/// Lines and columns are 1-based, columns count UTF-16 code units, the end is one past the last.
#[derive(Debug, Serialize, JsonSchema)]
struct LocationObject {
    path: Arc<str>,
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RelatedObject {
    location: LocationObject,
    note: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NoticeObject {
    kind: NoticeKind,
    path: Option<Arc<str>>,
    line: Option<u32>,
    message: String,
}

/// How far each standard has spread.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AdoptionObject {
    /// How many services there are.
    services: usize,
    standards: Vec<StandardObject>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StandardObject {
    policy: String,
    /// The share of adopting services among those that pass or fail; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    adoption_rate: Option<f64>,
    /// The share of passing places among those that pass or fail; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    site_rate: Option<f64>,
    /// Services by state: they add up to the number of services.
    services: Totals,
    /// Places by verdict, each once even where services share it.
    sites: Sites,
    by_service: Vec<CellObject>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CellObject {
    service: Arc<str>,
    state: State,
    sites: Sites,
}

/// The schema of the documents that this format writes.
pub fn json_schema() -> Schema {
    schemars::schema_for!(Document)
}

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn ending(&self) -> &'static str {
        ".json"
    }

    fn write(
        &self,
        report: &Report,
        sources: &dyn Sources,
        _options: &Options,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        safe_json::write(out, &document(report, sources))?;
        writeln!(out)
    }
}

fn document(report: &Report, sources: &dyn Sources) -> Document {
    let mut texts = LastText::new(sources);
    Document {
        schema_version: SCHEMA_VERSION,
        tool: ToolObject { name: "groundrule", version: env!("CARGO_PKG_VERSION") },
        policies: report
            .policies
            .iter()
            .map(|policy| PolicyObject {
                id: policy.id.to_string(),
                title: policy.title.clone(),
                category: policy.category.clone(),
                severity: policy.severity.id().to_string(),
                mode: policy.mode.id().to_string(),
                blueprint: policy.blueprint.clone(),
                tags: policy.tags.clone(),
            })
            .collect(),
        services: report
            .services
            .iter()
            .map(|service| ServiceObject {
                folder: service.folder.clone(),
                name: service.name.clone(),
                owners: service.owners.clone(),
                languages: service.languages.clone(),
                tier: service.tier.clone(),
            })
            .collect(),
        verdicts: report.findings.iter().map(|finding| verdict(finding, &mut texts)).collect(),
        adoption: adoption_of(report),
        notices: report
            .notices
            .iter()
            .map(|notice| NoticeObject {
                kind: notice.kind,
                path: notice.path.clone(),
                line: notice.line,
                message: notice.message.clone(),
            })
            .collect(),
        left_out: report
            .left_out
            .iter()
            .map(|(reason, count)| (reason_id(*reason), *count))
            .collect(),
        files: report.files,
        change: report.change.as_ref().map(|change| ChangeObject {
            base: change.base.clone(),
            new_failures: report.active().count(),
            old_failures: report.old().count(),
            mended: change.mended.iter().map(mended).collect(),
            adoption: object_of(&change.adoption),
        }),
    }
}

fn verdict(finding: &Finding, texts: &mut LastText<'_>) -> VerdictObject {
    let verdict = &finding.verdict;
    VerdictObject {
        policy: verdict.policy.to_string(),
        verdict: verdict.kind.id().to_string(),
        active: finding.is_active(),
        origin: verdict.origin.map(|origin| plain_id(serde_json::to_value(origin))),
        mode: verdict.mode.id().to_string(),
        known: verdict.known,
        waived: verdict.waived.map(|origin| plain_id(serde_json::to_value(origin))),
        severity: match (verdict.kind, finding.alone, verdict.severity) {
            (VerdictKind::Fail, Level::Warning, _) | (_, _, Severity::Warning) => Severe::Warning,
            _ => Severe::Error,
        },
        class: verdict.class.to_string(),
        services: verdict.services.clone(),
        location: location(&verdict.place, texts),
        symbol: verdict.symbol.to_string(),
        subject: subject_id(verdict.subject),
        label: verdict.label.to_string(),
        message: verdict.message.clone(),
        help: verdict.help.clone(),
        reasons: verdict.reasons.clone(),
        related: verdict
            .related
            .iter()
            .map(|related| RelatedObject {
                location: location(&related.place, texts),
                note: related.note.clone(),
            })
            .collect(),
        fingerprint: verdict.fingerprint.clone(),
    }
}

/// The adoption of a report, as JSON and as SARIF's evidence carry it.
pub(crate) fn adoption_of(report: &Report) -> AdoptionObject {
    object_of(&report.adoption)
}

fn mended(verdict: &Verdict) -> MendedObject {
    MendedObject {
        policy: verdict.policy.to_string(),
        services: verdict.services.clone(),
        path: verdict.place.path.clone(),
        line: verdict.place.line,
        symbol: verdict.symbol.to_string(),
        label: verdict.label.to_string(),
        message: verdict.message.clone(),
        fingerprint: verdict.fingerprint.clone(),
    }
}

fn object_of(adoption: &Adoption) -> AdoptionObject {
    let standards = adoption.standards.iter().map(|standard| StandardObject {
        policy: standard.policy.to_string(),
        adoption_rate: standard.services.rate().map(Rate::decimal),
        site_rate: standard.sites.rate().map(Rate::decimal),
        services: standard.services,
        sites: standard.sites,
        by_service: adoption
            .services
            .iter()
            .zip(&standard.cells)
            .map(|(service, cell)| CellObject {
                service: service.clone(),
                state: cell.state,
                sites: cell.sites,
            })
            .collect(),
    });
    AdoptionObject { services: adoption.services.len(), standards: standards.collect() }
}

fn subject_id(kind: groundrule_facts::SubjectKind) -> String {
    plain_id(serde_json::to_value(kind))
}

fn reason_id(reason: groundrule_unit::LeftOutReason) -> String {
    plain_id(serde_json::to_value(reason))
}

/// The string that an enum without data is serialised as.
fn plain_id(value: serde_json::Result<serde_json::Value>) -> String {
    value.ok().and_then(|value| value.as_str().map(str::to_string)).unwrap_or_default()
}

fn location(place: &Place, texts: &mut LastText<'_>) -> LocationObject {
    let region = region_of(place, texts.get(&place.path).as_deref());
    LocationObject {
        path: place.path.clone(),
        start_line: region.start_line,
        start_column: region.start_column,
        end_line: region.end_line,
        end_column: region.end_column,
    }
}

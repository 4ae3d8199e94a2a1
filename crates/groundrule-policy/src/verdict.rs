//! Verdicts: what judging says of every place where a standard applies. Reports render these and
//! decide nothing of their own.

use std::sync::Arc;

use groundrule_facts::SubjectKind;
use groundrule_unit::{Name, Place};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::change::Origin;
use crate::diagnostic::Diagnostic;
use crate::waivers::{WaiverOrigin, WaiverRow};

/// What is said of one subject under one policy. What the policy does not apply to has no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    /// The standard applies here and is met.
    Pass,
    /// The standard applies here and is not met.
    Fail,
    /// It cannot be decided from the repository. Counts for neither side of a rate.
    Review,
    /// Not met, or not known to be met, under a waiver that holds. Counts on its own.
    Exempt,
}

impl VerdictKind {
    /// The name used in expectations, policies and reports.
    pub fn id(self) -> &'static str {
        match self {
            VerdictKind::Pass => "pass",
            VerdictKind::Fail => "fail",
            VerdictKind::Review => "review",
            VerdictKind::Exempt => "exempt",
        }
    }
}

/// How grave a failure is. Ordered: a warning is less than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Warning,
    Error,
}

impl Severity {
    /// The name used in policies, settings and reports.
    pub fn id(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// What the failures of a policy lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Not judged at all.
    Off,
    /// Judged and counted; failures are no results.
    Measure,
    /// Failures are shown and do not gate.
    Warn,
    /// Failures gate, as far as the severity demands.
    Enforce,
}

impl Mode {
    /// The name used in settings and reports.
    pub fn id(self) -> &'static str {
        match self {
            Mode::Off => "off",
            Mode::Measure => "measure",
            Mode::Warn => "warn",
            Mode::Enforce => "enforce",
        }
    }
}

/// What a comparison with a base looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Each failing place on its own: a new one gates.
    Line,
    /// The service as a whole: losing the standard gates.
    Service,
}

/// Another place that belongs to a verdict: where a knob was turned, where a field is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    pub place: Place,
    /// A short clause: `timeout set to 0`, `email is declared here`.
    pub note: String,
}

/// What one policy says of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The policy's id.
    pub policy: Name,
    pub kind: VerdictKind,
    /// A finer sort within the policy (`credential`, `http`, `default`, `unbounded`); may be empty.
    pub class: Name,
    /// Where the report points.
    pub place: Place,
    /// The folders of the services that it counts for. Never empty.
    pub services: Vec<Arc<str>>,
    /// The enclosing function and type; empty at the top of a file.
    pub symbol: Name,
    /// The subject's name, without positions: `requests.get`, `POST /v1/orders`.
    pub label: Name,
    /// One or two sentences that end with a full stop.
    pub message: String,
    /// What to do about it; empty for passes.
    pub help: String,
    /// In the order in which a reader wants them.
    pub related: Vec<Related>,
    /// What could not be resolved, for reviews; who answers for it and why, for what is exempt.
    pub reasons: Vec<String>,
    /// The strictest mode of its policy in its services, on the day of the run.
    pub mode: Mode,
    /// Within the ratchet: a failure that is known and does not gate.
    pub known: bool,
    /// Whether the change brings a failure in; none where nothing is compared.
    pub origin: Option<Origin>,
    /// Where the waiver is written that makes it exempt.
    pub waived: Option<WaiverOrigin>,
    pub severity: Severity,
    pub subject: SubjectKind,
    pub gates: Gate,
    /// Recognises the verdict in another version of the repository: see [`fingerprint`].
    pub fingerprint: String,
}

/// A policy as reports name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyInfo {
    pub id: Name,
    pub title: String,
    pub category: String,
    /// As configured.
    pub severity: Severity,
    /// As configured for services without a mode of their own, on the day of the run.
    pub mode: Mode,
    pub gates: Gate,
    /// One or two sentences in plain text: the page's opening.
    pub summary: String,
    /// The policy's page; empty where a policy has none.
    pub help_markdown: String,
    /// The part of the blueprint that the standard comes from.
    pub blueprint: String,
    pub tags: Vec<String>,
    /// The kinds of subjects that it judges.
    pub subjects: Vec<SubjectKind>,
}

/// A service as reports name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceRow {
    /// Relative to the repository's root, with forward slashes; `.` for the root.
    pub folder: Arc<str>,
    pub name: String,
    pub owners: Vec<String>,
    pub languages: Vec<String>,
    /// Empty where unknown.
    pub tier: String,
}

/// Everything that judging says of one repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// Those that ran, by id.
    pub policies: Vec<PolicyInfo>,
    /// By path, span, policy.
    pub verdicts: Vec<Verdict>,
    /// By folder.
    pub services: Vec<ServiceRow>,
    /// What there is to say of waivers, modes and the ratchet, by path and line.
    pub diagnostics: Vec<Diagnostic>,
    /// Those of the configuration, then those of comments, in the order in which they are written.
    pub waivers: Vec<WaiverRow>,
    /// Failures of the base that are none any more, as they were there, by path and span.
    pub mended: Vec<Verdict>,
}

/// A hash, in hexadecimal, that stays the same when code moves, is reindented or gains lines above:
/// it knows the policy, the services, the path, the enclosing symbol, the label without its white
/// space, and which of several equal ones this is (`occurrence`, from 0, in source order).
pub fn fingerprint(
    policy: &str,
    services: &[Arc<str>],
    path: &str,
    symbol: &str,
    label: &str,
    occurrence: usize,
) -> String {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update([0]);
    };
    add(policy);
    for service in services {
        add(service);
    }
    add("");
    add(path);
    add(symbol);
    add(&normalised(label));
    add(&occurrence.to_string());
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The label without white space and quotes, so that a formatter does not make it new.
fn normalised(label: &str) -> String {
    label.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(label: &str, occurrence: usize) -> String {
        fingerprint(
            "timeouts",
            &["src/web".into()],
            "src/web/app.py",
            "Client.fetch",
            label,
            occurrence,
        )
    }

    #[test]
    fn a_fingerprint_survives_reformatting() {
        assert_eq!(sample("requests.get(url)", 0), sample("requests.get(\n    url)", 0));
    }

    #[test]
    fn equal_places_differ_by_occurrence() {
        assert_ne!(sample("requests.get", 0), sample("requests.get", 1));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let one = fingerprint("p", &["a".into()], "b", "", "", 0);
        let other = fingerprint("p", &[], "a", "b", "", 0);
        assert_ne!(one, other);
    }

    #[test]
    fn an_error_is_graver_than_a_warning() {
        assert!(Severity::Error > Severity::Warning);
        assert!(Mode::Enforce > Mode::Off);
    }
}

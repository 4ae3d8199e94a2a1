//! Waivers, modes and the ratchet over verdicts of the built-in policies.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod modes;
mod ratchet;
mod waivers;

use std::sync::Arc;

use groundrule_facts::{Attributes, Knob, KnobState, OutboundCall, Protocol, Subject};
use groundrule_policy::{
    Case, CodeComment, Date, Judgement, Policies, Problem, builtin, judge, load,
};
use groundrule_unit::{Place, Service, Span};

pub(crate) const TODAY: Date = Date::constant(2026, 11, 23);

/// A call that waits forever.
pub(crate) fn failing(path: &str, line: u32, services: &[&str]) -> Subject {
    call(path, (line, line), services, KnobState::None)
}

pub(crate) fn call(
    path: &str,
    (line, end_line): (u32, u32),
    services: &[&str],
    deadline: KnobState,
) -> Subject {
    Subject {
        place: Place {
            path: path.into(),
            line,
            end_line,
            span: Span { start: line * 10, end: line * 10 + 5 },
        },
        services: services.iter().copied().map(Arc::from).collect(),
        language: None,
        symbol: "billing.Client.fetch".into(),
        label: "requests.get".into(),
        attributes: Attributes::OutboundCall(OutboundCall {
            protocol: Protocol::Http,
            is_client: false,
            callee: "requests.get".to_owned(),
            library: "requests".to_owned(),
            method: "GET".to_owned(),
            deadline: Knob { state: deadline, ..Knob::none() },
            retry: Knob::none(),
            idempotency_key: false,
        }),
        unresolved: Vec::new(),
    }
}

/// A comment alone on its line where `alone`.
pub(crate) fn comment(path: &str, line: u32, alone: bool, text: &str) -> CodeComment {
    CodeComment { path: path.into(), text: text.into(), line, end_line: line, alone }
}

pub(crate) fn service(folder: &str, name: &str) -> Service {
    Service { folder: folder.into(), name: name.into(), ..Service::default() }
}

/// Judges on a day, with the configuration's text.
pub(crate) fn judged_on(
    today: Date,
    subjects: &[Subject],
    comments: &[CodeComment],
    config: &str,
) -> Judgement {
    judged_with(today, subjects, comments, config, |_| {})
}

pub(crate) fn judged_with(
    today: Date,
    subjects: &[Subject],
    comments: &[CodeComment],
    config: &str,
    change: impl FnOnce(&mut Policies),
) -> Judgement {
    let (mut policies, config) = load(builtin(), Some(("groundrule.toml", config))).unwrap();
    change(&mut policies);
    let services = [service("src/web", "shop"), service("src/cart", "cart")];
    judge(&Case { subjects, services: &services, comments, today, base: None }, &policies, &config)
}

/// The kinds of the verdicts, in order.
pub(crate) fn kinds(judgement: &Judgement) -> Vec<&'static str> {
    judgement.verdicts.iter().map(|verdict| verdict.kind.id()).collect()
}

/// `path:line id: message` of each diagnostic.
pub(crate) fn said(judgement: &Judgement) -> Vec<String> {
    let line = |d: &groundrule_policy::Diagnostic| {
        format!("{}:{} {}: {}", d.path, d.line, d.kind.id(), d.message)
    };
    judgement.diagnostics.iter().map(line).collect()
}

/// What is underlined, and what is said of it.
pub(crate) fn problems(config: &str) -> Vec<(String, String)> {
    let found = load(builtin(), Some(("groundrule.toml", config))).err();
    let shown = |problem: &Problem| {
        let under = problem.file.inner()[problem.span.clone()].to_owned();
        (under, format!("{}; {}", problem.message, problem.help))
    };
    found.map(|found| found.problems.iter().map(shown).collect()).unwrap_or_default()
}

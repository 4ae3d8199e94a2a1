//! A repository of one service in memory, and its subjects as short lines.

use std::sync::Arc;

use groundrule_facts::{Attributes, Linked, Models, Program, link};
use groundrule_frontends::{Source, document_kind, language_of, parse, parse_document};
use groundrule_unit::{
    Dependency, DependencyScope, Layout, LeftOut, LeftOutReason, Name, Place, Service,
};

/// A service at the root that depends on packages, each `name` or `name@version`.
pub(crate) fn service(packages: &[&str], files: &[(&str, &str)]) -> Linked {
    linked(packages, &[], files)
}

/// The same, with files that were left out as generated.
pub(crate) fn linked(packages: &[&str], generated: &[&str], files: &[(&str, &str)]) -> Linked {
    let dependencies = packages.iter().map(|package| {
        let at = package[1..].find('@').map_or(package.len(), |at| at + 1);
        Dependency {
            name: Name::new(&package[..at]),
            version: package.get(at + 1..).map(Name::new),
            exact: true,
            scope: DependencyScope::Runtime,
            features: Vec::new(),
            place: Place::top_of(Arc::from("manifest")),
        }
    });
    let service = Service {
        folder: ".".into(),
        name: Name::new("shop"),
        languages: files.iter().filter_map(|(path, _)| language_of(path)).take(1).collect(),
        dependencies: dependencies.collect(),
        entry: Some(Place::top_of(Arc::from(files[0].0))),
        ..Service::default()
    };
    let left_out = generated
        .iter()
        .map(|&path| LeftOut { path: path.into(), reason: LeftOutReason::Generated })
        .collect();
    let mut layout = Layout::default();
    layout.services = vec![service];
    layout.left_out = left_out;
    let mut units = Vec::new();
    let mut documents = Vec::new();
    for &(path, text) in files {
        let shared: Arc<str> = path.into();
        if let Some(language) = language_of(path) {
            let source = Source { path: shared.clone(), text, package: None, aliases: &[] };
            units.push(parse(language, &source));
        } else if let Some(kind) = document_kind(path) {
            documents.push(parse_document(kind, shared, text));
        }
    }
    let models = Models::built_in().unwrap_or_else(|errors| panic!("{errors:?}"));
    let program = Program::new(&layout, &models, units, documents, Vec::new());
    link(&program)
}

/// `line: deadline` of each outbound call, in source order.
pub(crate) fn deadlines(linked: &Linked) -> Vec<String> {
    calls(linked, |call| word(&call.deadline.state))
}

/// `line: retry` of each outbound call, in source order.
pub(crate) fn retries(linked: &Linked) -> Vec<String> {
    calls(linked, |call| word(&call.retry.state))
}

fn calls(linked: &Linked, say: impl Fn(&groundrule_facts::OutboundCall) -> String) -> Vec<String> {
    let found = linked.subjects.iter().filter_map(|subject| match &subject.attributes {
        Attributes::OutboundCall(call) => Some(format!("{}: {}", subject.place.line, say(call))),
        _ => None,
    });
    found.collect()
}

/// `METHOD /path` of each route, sorted.
pub(crate) fn routes(linked: &Linked) -> Vec<String> {
    let found = linked.subjects.iter().filter_map(|subject| match &subject.attributes {
        Attributes::HttpRoute(route) => Some(format!("{} {}", route.method, route.path)),
        _ => None,
    });
    let mut found: Vec<String> = found.collect();
    found.sort();
    found
}

/// `METHOD /path: what it serves` of each route, sorted.
pub(crate) fn served(linked: &Linked) -> Vec<String> {
    let found = linked.subjects.iter().filter_map(|subject| match &subject.attributes {
        Attributes::HttpRoute(route) => {
            Some(format!("{} {}: {}", route.method, route.path, word(&route.serves)))
        }
        _ => None,
    });
    let mut found: Vec<String> = found.collect();
    found.sort();
    found
}

/// How the service is traced.
pub(crate) fn tracing(linked: &Linked) -> String {
    of_service(linked, |service| word(&service.tracing.state))
}

/// What repeats the service's outbound calls.
pub(crate) fn retry(linked: &Linked) -> String {
    of_service(linked, |service| word(&service.retry.state))
}

fn of_service(linked: &Linked, say: impl Fn(&groundrule_facts::ServiceFacts) -> String) -> String {
    let found = linked.subjects.iter().find_map(|subject| match &subject.attributes {
        Attributes::Service(service) => Some(say(service)),
        _ => None,
    });
    found.unwrap_or_default()
}

/// `line: bounded, delay` of each loop that retries by hand, in source order.
pub(crate) fn loops(linked: &Linked) -> Vec<String> {
    let found = linked.subjects.iter().filter_map(|subject| match &subject.attributes {
        Attributes::RetryLoop(found) => {
            let bounded = if found.bounded { "bounded" } else { "unbounded" };
            Some(format!("{}: {bounded}, {}", subject.place.line, word(&found.delay)))
        }
        _ => None,
    });
    found.collect()
}

fn word(state: &impl std::fmt::Debug) -> String {
    format!("{state:?}")
}

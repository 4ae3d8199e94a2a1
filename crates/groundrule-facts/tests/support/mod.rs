//! Small repositories of one service, linked with the built-in models, and what was found in them
//! as lines to compare.

use std::sync::Arc;

use groundrule_facts::{Attributes, Models, Program, ProtoDecl, ProtoServiceDecl, Subject, link};
use groundrule_frontends::{Package, Source, document_kind, language_of, parse, parse_document};
use groundrule_unit::{Dependency, DependencyScope, Layout, Name, Place, Service};

/// A repository under test.
#[derive(Default)]
pub(crate) struct Repository<'a> {
    pub(crate) files: &'a [(&'a str, &'a str)],
    /// Names and versions of the service's dependencies.
    pub(crate) dependencies: &'a [(&'a str, &'a str)],
    /// Names of protobuf services.
    pub(crate) rpc_services: &'a [&'a str],
}

/// Links source files of one service.
pub(crate) fn linked(files: &[(&str, &str)]) -> Vec<Subject> {
    Repository { files, ..Repository::default() }.linked()
}

impl Repository<'_> {
    /// Links the repository: all its files belong to the one service at its root.
    pub(crate) fn linked(&self) -> Vec<Subject> {
        let models = Models::built_in().expect("built-in models are well formed");
        let dependencies = self.dependencies.iter().map(|&(name, version)| Dependency {
            name: Name::new(name),
            version: (!version.is_empty()).then(|| Name::new(version)),
            exact: true,
            scope: DependencyScope::Runtime,
            features: Vec::new(),
            place: Place::top_of("Cargo.toml".into()),
        });
        let languages = self.files.iter().filter_map(|(path, _)| language_of(path)).take(1);
        let service = Service {
            folder: ".".into(),
            name: Name::new("shop"),
            languages: languages.collect(),
            dependencies: dependencies.collect(),
            ..Service::default()
        };
        let mut layout = Layout::default();
        layout.services.push(service);
        let package = Some(Package { name: "shop", root: "." });
        let mut units = Vec::new();
        let mut documents = Vec::new();
        for (path, text) in self.files {
            let path: Arc<str> = (*path).into();
            if let Some(language) = language_of(&path) {
                units.push(parse(language, &Source { path, text, package, aliases: &[] }));
            } else if let Some(kind) = document_kind(&path) {
                documents.push(parse_document(kind, path, text));
            }
        }
        let services = self.rpc_services.iter().map(|name| ProtoServiceDecl {
            name: Name::new(name),
            span: groundrule_unit::Span::default(),
            rpcs: Vec::new(),
        });
        let protos = vec![ProtoDecl {
            path: "shop.proto".into(),
            package: None,
            services: services.collect(),
        }];
        link(&Program::new(&layout, &models, units, documents, protos)).subjects
    }
}

/// `line callee deadline-state [by]` of each outbound call.
pub(crate) fn deadlines(subjects: &[Subject]) -> Vec<String> {
    let line = |subject: &Subject| match &subject.attributes {
        Attributes::OutboundCall(call) => Some(
            format!(
                "{} {} {:?} {}",
                subject.place.line, call.callee, call.deadline.state, call.deadline.by
            )
            .trim()
            .to_owned(),
        ),
        _ => None,
    };
    subjects.iter().filter_map(line).collect()
}

/// `METHOD path` of each route, with how a version is enforced beside the path.
pub(crate) fn routes(subjects: &[Subject]) -> Vec<String> {
    let line = |subject: &Subject| match &subject.attributes {
        Attributes::HttpRoute(route) if route.versioned_by.is_empty() => {
            Some(format!("{} {}", route.method, route.path))
        }
        Attributes::HttpRoute(route) => {
            Some(format!("{} {} by {}", route.method, route.path, route.versioned_by))
        }
        _ => None,
    };
    subjects.iter().filter_map(line).collect()
}

/// The service's own `tracing: …, retry: …`.
pub(crate) fn service(subjects: &[Subject]) -> String {
    let line = |subject: &Subject| match &subject.attributes {
        Attributes::Service(service) => {
            Some(format!("tracing: {:?}, retry: {:?}", service.tracing.state, service.retry.state))
        }
        _ => None,
    };
    subjects.iter().find_map(line).unwrap_or_default()
}

/// `line bounded delay` of each retry loop and of policies without an end or a wait.
pub(crate) fn loops(subjects: &[Subject]) -> Vec<String> {
    let line = |subject: &Subject| match &subject.attributes {
        Attributes::RetryLoop(retry) => {
            let bounded = if retry.bounded { "bounded" } else { "endless" };
            Some(format!("{} {bounded} {:?}", subject.place.line, retry.delay))
        }
        _ => None,
    };
    subjects.iter().filter_map(line).collect()
}

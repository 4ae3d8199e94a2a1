//! A program from named sources, and its subjects in a short form.

use groundrule_facts::{
    Attributes, KnobState, Models, Program, ProtoDecl, ProtoServiceDecl, ServiceFacts, Subject,
    link,
};
use groundrule_frontends::{Package, Source, document_kind, language_of, parse, parse_document};
use groundrule_unit::{Dependency, DependencyScope, Language, Layout, Name, Place, Service, Span};

/// A service in the repository's root.
#[derive(Default)]
pub(crate) struct Repository<'s> {
    pub(crate) files: &'s [(&'s str, &'s str)],
    /// Names and versions.
    pub(crate) dependencies: &'s [(&'s str, &'s str)],
    pub(crate) deployment: &'s [&'s str],
    pub(crate) rpc_services: &'s [&'s str],
}

impl Repository<'_> {
    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let models = Models::built_in().unwrap();
        let mut units = Vec::new();
        let mut documents = Vec::new();
        let package = Package { name: "github.com/acme/shop", root: "." };
        for &(path, text) in self.files {
            if let Some(language) = language_of(path) {
                let source =
                    Source { path: path.into(), text, package: Some(package), aliases: &[] };
                units.push(parse(language, &source));
            } else if let Some(kind) = document_kind(path) {
                documents.push(parse_document(kind, path.into(), text));
            }
        }
        let layout = self.layout();
        let service = |name: &&str| ProtoServiceDecl {
            name: Name::new(name),
            span: Span::default(),
            rpcs: Vec::new(),
        };
        let proto = ProtoDecl {
            path: "shop.proto".into(),
            package: None,
            services: self.rpc_services.iter().map(service).collect(),
        };
        let program = Program::new(&layout, &models, units, documents, vec![proto]);
        link(&program).subjects
    }

    fn layout(&self) -> Layout {
        let dependency = |&(name, version): &(&str, &str)| Dependency {
            name: Name::new(name),
            version: (!version.is_empty()).then(|| Name::new(version)),
            exact: true,
            scope: DependencyScope::Runtime,
            features: Vec::new(),
            place: Place::top_of("build".into()),
        };
        let service = Service {
            folder: ".".into(),
            name: "shop".into(),
            languages: vec![Language::Go],
            deployment: self.deployment.iter().map(|&path| path.into()).collect(),
            dependencies: self.dependencies.iter().map(dependency).collect(),
            ..Service::default()
        };
        let mut layout = Layout::default();
        layout.services.push(service);
        layout
    }

    /// `LINE CALLEE DEADLINE` of each outbound call.
    pub(crate) fn deadlines(&self) -> Vec<String> {
        let mut found = Vec::new();
        for subject in self.subjects() {
            if let Attributes::OutboundCall(call) = &subject.attributes {
                let state = state(call.deadline.state);
                found.push(format!("{} {} {state}", subject.place.line, call.callee));
            }
        }
        found
    }

    /// `LINE METHOD PATH` of each route; one whose path is not known ends in a question mark.
    pub(crate) fn routes(&self) -> Vec<String> {
        let mut found = Vec::new();
        for subject in self.subjects() {
            if let Attributes::HttpRoute(route) = &subject.attributes {
                let open = if route.path_known { "" } else { " ?" };
                let (line, method, path) = (subject.place.line, &route.method, &route.path);
                found.push(format!("{line} {method} {path}{open}"));
            }
        }
        found
    }

    pub(crate) fn service(&self) -> ServiceFacts {
        let facts = self.subjects().into_iter().find_map(|subject| match subject.attributes {
            Attributes::Service(facts) => Some(facts),
            _ => None,
        });
        facts.unwrap()
    }
}

fn state(state: KnobState) -> &'static str {
    match state {
        KnobState::Finite => "finite",
        KnobState::LibraryDefault => "default",
        KnobState::Unbounded => "unbounded",
        KnobState::Unknown => "unknown",
        KnobState::Inherited => "inherited",
        KnobState::None => "none",
    }
}

/// The deadlines in one file.
pub(crate) fn deadlines(path: &str, text: &str) -> Vec<String> {
    Repository { files: &[(path, text)], ..Repository::default() }.deadlines()
}

/// The routes of one file.
pub(crate) fn routes(path: &str, text: &str) -> Vec<String> {
    Repository { files: &[(path, text)], ..Repository::default() }.routes()
}

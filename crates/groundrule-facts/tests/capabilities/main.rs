//! Every language finds every kind of subject, or declares that it does not. A kind without a
//! sample, or a sample in which nothing is found, is an undeclared gap.
#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

mod csharp;
mod go;
mod java;
mod kotlin;
mod protobuf;
mod python;
mod rust;
mod typescript;

use groundrule_facts::{
    Attributes, Capability, Effect, KnobState, Models, Program, ProtoDecl, ProtoRpcDecl,
    ProtoServiceDecl, Protocol, Subject, Support, TracingState, link,
};
use groundrule_frontends::{Package, Source, language_of, parse, parse_proto};
use groundrule_unit::{Dependency, DependencyScope, Language, Layout, Name, Place, Service};

/// A small service of one file that shows one kind, and the packages that it depends on.
struct Sample {
    shows: Capability,
    path: &'static str,
    packages: &'static [&'static str],
    text: &'static str,
}

fn samples(language: Language) -> &'static [Sample] {
    match language {
        Language::Python => python::SAMPLES,
        Language::Go => go::SAMPLES,
        Language::TypeScript => typescript::SAMPLES,
        Language::Java => java::SAMPLES,
        Language::Kotlin => kotlin::SAMPLES,
        Language::CSharp => csharp::SAMPLES,
        Language::Rust => rust::SAMPLES,
        Language::Protobuf => protobuf::SAMPLES,
    }
}

#[test]
fn what_is_supported_is_found_and_nothing_else_is_shown() {
    let mut wrong = Vec::new();
    for language in Capability::languages() {
        for kind in Capability::ALL {
            let sample = samples(language).iter().find(|sample| sample.shows == kind);
            let at = format!("{} in {}", kind.title(), language.id());
            match (kind.support(language), sample) {
                (Support::Supported, None) => wrong.push(format!("{at}: no sample")),
                (Support::Supported, Some(sample)) => {
                    let found = subjects(sample);
                    if !found.iter().any(|subject| shows(subject, kind)) {
                        wrong.push(format!("{at}: not found, but {found:#?}"));
                    }
                }
                (Support::Unsupported(why), None) => assert!(!why.is_empty(), "{at}: no reason"),
                (Support::Unsupported(_), Some(_)) => {
                    wrong.push(format!("{at}: declared as a gap, but has a sample"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_declared_gap_gives_nothing() {
    for language in Capability::languages() {
        let found: Vec<Subject> = samples(language).iter().flat_map(subjects).collect();
        for kind in Capability::ALL {
            if kind.support(language) != Support::Supported {
                let given: Vec<&Subject> = found.iter().filter(|s| shows(s, kind)).collect();
                assert!(given.is_empty(), "{} in {}: {given:#?}", kind.title(), language.id());
            }
        }
    }
}

#[test]
fn every_language_with_a_front_end_is_listed() {
    for row in groundrule_frontends::LANGUAGES {
        assert!(
            Capability::languages().any(|language| language == row.language),
            "{:?}",
            row.language
        );
    }
}

/// Whether a subject is what the samples of a kind are to show.
fn shows(subject: &Subject, kind: Capability) -> bool {
    match (&subject.attributes, kind) {
        (Attributes::OutboundCall(call), Capability::HttpCall) => call.protocol == Protocol::Http,
        (Attributes::OutboundCall(call), Capability::GrpcCall) => call.protocol == Protocol::Grpc,
        (Attributes::OutboundCall(call), Capability::Connection) => {
            matches!(call.protocol, Protocol::Db | Protocol::Cache | Protocol::Broker)
        }
        (Attributes::LogStatement(log), Capability::LogStatement) => {
            log.values.iter().any(|value| value.fields.iter().any(|field| field.name == "email"))
        }
        (Attributes::HttpRoute(route), Capability::HttpRoute) => {
            route.path == "/v1/orders" && route.path_known
        }
        (Attributes::HttpRoute(route), Capability::Handler) => route.effect == Effect::Writes,
        (Attributes::MessageConsumer(consumer), Capability::MessageConsumer) => {
            consumer.effect == Effect::Writes
        }
        (Attributes::RetryLoop(retry), Capability::RetryLoop) => !retry.bounded,
        (Attributes::Service(service), Capability::RetryPolicy) => {
            service.retry.state == KnobState::Finite
        }
        (Attributes::Service(service), Capability::Tracing) => {
            service.tracing.state == TracingState::SetUp
        }
        (Attributes::RpcService(_), Capability::RpcService) => true,
        _ => false,
    }
}

fn subjects(sample: &Sample) -> Vec<Subject> {
    let language = language_of(sample.path).expect("a sample's file has a known ending");
    let package = Some(Package { name: "example.com/shop", root: "." });
    let source = Source { path: sample.path.into(), text: sample.text, package, aliases: &[] };
    let dependencies = sample.packages.iter().map(|name| Dependency {
        name: Name::new(name),
        version: None,
        exact: false,
        scope: DependencyScope::Runtime,
        features: Vec::new(),
        place: Place::top_of("build".into()),
    });
    let service = Service {
        folder: ".".into(),
        name: Name::new("shop"),
        languages: vec![language],
        dependencies: dependencies.collect(),
        ..Service::default()
    };
    let layout = Layout::new(vec![service], Vec::new());
    let models = Models::built_in().expect("built-in models are well formed");
    let protos = match language {
        Language::Protobuf => vec![contract(&source)],
        _ => vec![stubs()],
    };
    let units = vec![parse(language, &source)];
    link(&Program::new(&layout, &models, units, Vec::new(), protos)).subjects
}

/// The contract behind the stubs that samples of gRPC call: nothing but its name is known.
fn stubs() -> ProtoDecl {
    let service = ProtoServiceDecl {
        name: Name::new("Prices"),
        span: groundrule_unit::Span::default(),
        rpcs: Vec::new(),
    };
    ProtoDecl { path: "prices.proto".into(), package: None, services: vec![service] }
}

fn contract(source: &Source<'_>) -> ProtoDecl {
    let file = parse_proto(source);
    let services = file.services.into_iter().map(|service| ProtoServiceDecl {
        name: service.name,
        span: service.span,
        rpcs: service
            .rpcs
            .into_iter()
            .map(|rpc| ProtoRpcDecl {
                name: rpc.name,
                request: rpc.request,
                span: rpc.span,
                routes: rpc.routes.into_iter().map(|r| (r.method, r.path, r.span)).collect(),
            })
            .collect(),
    });
    ProtoDecl { path: source.path.clone(), package: file.package, services: services.collect() }
}

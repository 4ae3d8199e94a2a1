//! Contracts: the routes of OpenAPI documents, and the services and HTTP bindings of protobuf.

use groundrule_unit::{Document, Entry, Language, Name, Node, Place};

use crate::handlers::Handlers;
use crate::prefixes::{Prefix, join};
use crate::program::{Program, ProtoDecl};
use crate::{Attributes, Effect, Guard, HttpRoute, Repeat, RpcService, Serves, Subject};

/// The operations that an OpenAPI path item may hold (OpenAPI 3.1, Path Item Object).
const OPERATIONS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Program<'_> {
    /// The routes of a document, if it is an OpenAPI document: one subject a path.
    pub(crate) fn openapi_routes(&self, document: &Document) -> Vec<Subject> {
        if is_of_a_client(&document.path) {
            return Vec::new();
        }
        document
            .roots
            .iter()
            .filter(|root| {
                (root.get("openapi").is_some() || root.get("swagger").is_some())
                    && root.get("paths").is_some()
            })
            .flat_map(|root| {
                let base = base_path(root);
                let paths = root.get("paths").map(Node::entries).unwrap_or_default();
                paths
                    .iter()
                    .filter(|path| path.key.starts_with('/'))
                    .map(move |path| self.openapi_route(document, &base, path))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    fn openapi_route(&self, document: &Document, base: &str, path: &Entry) -> Subject {
        let methods: Vec<String> = path
            .value
            .entries()
            .iter()
            .filter(|entry| OPERATIONS.contains(&entry.key.as_str()))
            .map(|entry| entry.key.to_uppercase())
            .collect();
        let method = if methods.is_empty() { "ANY".to_owned() } else { methods.join(",") };
        self.contract_route(
            document.place(path.key_span),
            None,
            &method,
            &join(base, &path.key),
            "openapi",
            Name::default(),
        )
    }

    /// The services of a protobuf file, and the HTTP routes that its options bind them to.
    pub(crate) fn proto_subjects(
        &self,
        proto: &ProtoDecl,
        handlers: &Handlers<'_, '_>,
    ) -> Vec<Subject> {
        let Some((_, unit)) = self.iter_units().find(|(_, unit)| unit.path == proto.path) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if let Some((package, span)) = &proto.package
            && !proto.services.is_empty()
        {
            let methods = proto.services.iter().flat_map(|service| &service.rpcs);
            let services: Vec<&str> = proto.services.iter().map(|s| s.name.as_str()).collect();
            found.push(Subject {
                place: unit.place(*span),
                services: self.services_of(&unit.path),
                language: Some(Language::Protobuf),
                symbol: package.clone(),
                label: Name::new(format!("package {package}")),
                attributes: Attributes::RpcService(RpcService {
                    package: package.to_string(),
                    service: services.join(","),
                    methods: methods.map(|rpc| rpc.name.to_string()).collect(),
                }),
                unresolved: Vec::new(),
            });
        }
        for service in &proto.services {
            for rpc in &service.rpcs {
                for (method, path, span) in &rpc.routes {
                    let place = unit.place(*span);
                    let language = Some(Language::Protobuf);
                    let name = rpc.name.clone();
                    let mut subject =
                        self.contract_route(place, language, method, path, "proto", name);
                    let handling = handlers.rpc(&rpc.name, &rpc.request, path, method);
                    if let Attributes::HttpRoute(route) = &mut subject.attributes {
                        route.effect = handling.effect;
                        route.repeat = handling.repeat;
                        route.request_keys = handling.request_keys;
                    }
                    found.push(subject);
                }
            }
        }
        found
    }

    fn contract_route(
        &self,
        place: Place,
        language: Option<Language>,
        method: &str,
        path: &str,
        source: &str,
        handler: Name,
    ) -> Subject {
        let path = Prefix::root().then(path).path;
        Subject {
            services: self.services_of(&place.path),
            place,
            language,
            symbol: handler.clone(),
            label: Name::new(format!("{method} {path}")),
            attributes: Attributes::HttpRoute(HttpRoute {
                method: method.to_owned(),
                path,
                path_known: true,
                versioned_by: String::new(),
                framework: String::new(),
                handler: handler.to_string(),
                serves: Serves::Api,
                source: source.to_owned(),
                effect: Effect::Unknown,
                repeat: Repeat { guard: Guard::Unknown, by: String::new(), place: None },
                request_keys: Vec::new(),
            }),
            unresolved: Vec::new(),
        }
    }
}

/// Whether a document is the contract of an interface that is called and not served: clients keep
/// it beside their code.
fn is_of_a_client(path: &str) -> bool {
    let mut folders = path.split('/').rev().skip(1);
    folders.any(|folder| matches!(folder, "client" | "clients" | "sdk" | "sdks" | "external"))
}

/// The path that a document's servers put before its paths: that of the first server, or
/// Swagger 2.0's `basePath`.
fn base_path(root: &Node) -> String {
    if let Some(base) = root.get("basePath").and_then(Node::text) {
        return base.to_owned();
    }
    let url = root
        .get("servers")
        .and_then(|servers| servers.items().first())
        .and_then(|server| server.get("url"))
        .and_then(Node::text)
        .unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url,
    };
    path.trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use groundrule_unit::DocumentKind;

    #[test]
    fn a_server_url_gives_its_path() {
        let text = "openapi: 3.0.0\nservers:\n  - url: https://api.example.com/v2\npaths: {}\n";
        let document =
            groundrule_frontends::parse_document(DocumentKind::Yaml, "openapi.yaml".into(), text);
        assert_eq!(base_path(&document.roots[0]), "/v2");
    }

    #[test]
    fn a_relative_server_url_is_the_path() {
        let text = "openapi: 3.0.0\nservers:\n  - url: /api\npaths: {}\n";
        let document =
            groundrule_frontends::parse_document(DocumentKind::Yaml, "openapi.yaml".into(), text);
        assert_eq!(base_path(&document.roots[0]), "/api");
    }
}

//! Services with their rpcs, and the HTTP bindings of those.

use groundrule_unit::{Name, Span};
use tree_sitter::Node;

use super::{ProtoFile, ProtoRoute, ProtoRpc, ProtoService, child, decoded, dotted, option_name};
use crate::Source;
use crate::syntax::{self, MAX_DEPTH};

/// The option that binds an rpc to HTTP, and the methods that have a field of their own in it.
const HTTP: &str = "google.api.http";
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Reads packages and services. What cannot be read is left out.
pub fn parse_proto(source: &Source<'_>) -> ProtoFile {
    let mut file = ProtoFile::default();
    let Some(tree) = super::parse(source) else {
        return file;
    };
    for node in syntax::children(tree.root_node()) {
        match node.kind() {
            "package" => {
                let name = child(node, "full_ident").map(|name| dotted(name, source.text));
                file.package = name.map(|name| (name, syntax::span(node)));
            }
            "service" => file.services.push(service(node, source.text)),
            _ => {}
        }
    }
    file
}

fn service(node: Node<'_>, source: &str) -> ProtoService {
    let children = syntax::children(node);
    let rpcs = children.iter().filter(|child| child.kind() == "rpc");
    ProtoService {
        name: name(node, "service_name", source),
        span: syntax::span(node),
        rpcs: rpcs.map(|node| rpc(*node, source)).collect(),
    }
}

fn rpc(node: Node<'_>, source: &str) -> ProtoRpc {
    let mut types = Vec::new();
    let mut routes = Vec::new();
    for part in syntax::children(node) {
        match part.kind() {
            "message_or_enum_type" => types.push(dotted(part, source)),
            "option" => http_option(part, source, &mut routes),
            _ => {}
        }
    }
    let mut types = types.into_iter();
    ProtoRpc {
        name: name(node, "rpc_name", source),
        request: types.next().unwrap_or_default(),
        response: types.next().unwrap_or_default(),
        span: syntax::span(node),
        routes,
    }
}

fn name(node: Node<'_>, kind: &str, source: &str) -> Name {
    child(node, kind).map(|name| Name::new(syntax::text(name, source))).unwrap_or_default()
}

/// `option (google.api.http) = {…}`, or a field of it alone: `option (google.api.http).get = "…"`.
fn http_option(node: Node<'_>, source: &str, routes: &mut Vec<ProtoRoute>) {
    let name = option_name(node, source);
    let Some(constant) = child(node, "constant") else { return };
    match name.strip_prefix(HTTP) {
        Some("") => {
            if let Some(rule) = child(constant, "block_lit") {
                http_rule(rule, source, MAX_DEPTH, routes);
            }
        }
        Some(field) => {
            let key = field.trim_start_matches('.');
            let span = syntax::span(node);
            http_field(key, constant, span, source, MAX_DEPTH, routes);
        }
        None => {}
    }
}

/// An `HttpRule`; `depth` bounds how deep rules nest.
fn http_rule(rule: Node<'_>, source: &str, depth: u32, routes: &mut Vec<ProtoRoute>) {
    let mut key = None;
    for part in syntax::children(rule) {
        match (part.kind(), key) {
            ("identifier", _) => key = Some(part),
            ("constant", Some(name)) => {
                let span = Span::new(name.start_byte(), part.end_byte());
                let name = syntax::text(name, source);
                http_field(name, part, span, source, depth, routes);
            }
            _ => {}
        }
    }
}

fn http_field(
    key: &str,
    value: Node<'_>,
    span: Span,
    source: &str,
    depth: u32,
    routes: &mut Vec<ProtoRoute>,
) {
    let Some(depth) = depth.checked_sub(1) else { return };
    if METHODS.contains(&key) {
        if let Some(path) = child(value, "string") {
            let method = Name::from(key.to_ascii_uppercase());
            routes.push(ProtoRoute { method, path: decoded(path, source), span });
        }
        return;
    }
    let Some(inner) = child(value, "block_lit") else { return };
    match key {
        "additional_bindings" => http_rule(inner, source, depth, routes),
        "custom" => {
            let field = |wanted| block_string(inner, wanted, source);
            if let (Some(kind), Some(path)) = (field("kind"), field("path")) {
                let method = Name::from(kind.to_ascii_uppercase());
                routes.push(ProtoRoute { method, path, span });
            }
        }
        _ => {}
    }
}

/// The string under a key of a block.
fn block_string(block: Node<'_>, wanted: &str, source: &str) -> Option<Name> {
    let mut found = false;
    for part in syntax::children(block) {
        match part.kind() {
            "identifier" => found = syntax::text(part, source) == wanted,
            "constant" if found => return child(part, "string").map(|path| decoded(path, source)),
            _ => {}
        }
    }
    None
}

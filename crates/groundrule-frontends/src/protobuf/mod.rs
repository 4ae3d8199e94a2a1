//! Protocol buffers: packages, services and their HTTP bindings; messages are lowered to types.

mod lower;
mod services;
#[cfg(test)]
mod tests;

use groundrule_unit::{Name, Span};
use tree_sitter::{Node, Tree};

use crate::{Source, syntax};

pub(crate) use lower::lower;
pub use services::parse_proto;

/// What a `.proto` file declares beside its messages.
#[derive(Clone, Debug, Default)]
pub struct ProtoFile {
    /// The package's name and the place of its statement.
    pub package: Option<(Name, Span)>,
    pub services: Vec<ProtoService>,
}

/// A `service`.
#[derive(Clone, Debug)]
pub struct ProtoService {
    pub name: Name,
    pub span: Span,
    pub rpcs: Vec<ProtoRpc>,
}

/// An `rpc` of a service.
#[derive(Clone, Debug)]
pub struct ProtoRpc {
    pub name: Name,
    /// The message's name as written, without a leading dot.
    pub request: Name,
    pub response: Name,
    pub span: Span,
    /// Its `google.api.http` bindings, additional ones included.
    pub routes: Vec<ProtoRoute>,
}

/// A binding of an rpc to HTTP (google/api/http.proto).
#[derive(Clone, Debug)]
pub struct ProtoRoute {
    /// In upper case.
    pub method: Name,
    pub path: Name,
    pub span: Span,
}

fn parse(source: &Source<'_>) -> Option<Tree> {
    syntax::parse(&tree_sitter_proto::LANGUAGE.into(), source.text)
}

/// The first child of that kind.
fn child<'t>(node: Node<'t>, kind: &str) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| child.kind() == kind)
}

/// A dotted name as written, without white space, comments and a leading dot.
fn dotted(node: Node<'_>, source: &str) -> Name {
    let parts = syntax::children(node);
    if parts.len() < 2 {
        return Name::new(syntax::text(node, source).trim_start_matches('.').trim());
    }
    let parts: Vec<&str> = parts.into_iter().map(|part| syntax::text(part, source)).collect();
    Name::from(parts.join("."))
}

/// The name of an option: its parts joined by dots, without parentheses.
fn option_name(node: Node<'_>, source: &str) -> Name {
    let parts = syntax::children(node).into_iter();
    let parts = parts.take_while(|part| matches!(part.kind(), "identifier" | "full_ident"));
    let parts: Vec<Name> = parts.map(|part| dotted(part, source)).collect();
    Name::from(parts.join("."))
}

/// A string's value; adjacent strings are one.
fn decoded(node: Node<'_>, source: &str) -> Name {
    let text = syntax::text(node, source);
    let mut value = String::with_capacity(text.len());
    let mut chars = text.chars();
    let mut quote = None;
    while let Some(sign) = chars.next() {
        match quote {
            None if matches!(sign, '"' | '\'') => quote = Some(sign),
            None => {}
            Some(open) if open == sign => quote = None,
            Some(_) if sign == '\\' => {
                let Some(escaped) = chars.next() else { break };
                match escaped {
                    'n' => value.push('\n'),
                    'r' => value.push('\r'),
                    't' => value.push('\t'),
                    '\\' | '"' | '\'' | '?' => value.push(escaped),
                    // Names and paths hold no codes: those of others stay as written.
                    _ => value.extend(['\\', escaped]),
                }
            }
            Some(_) => value.push(sign),
        }
    }
    Name::from(value)
}

//! Documents: YAML, JSON, TOML, XML, properties, Dockerfiles and SQL as one tree with places.
//!
//! Reading never fails: what a notation's reader could not read is noted, the rest is there.

mod dockerfile;
mod json;
mod properties;
mod sql;
mod templates;
mod toml;
mod xml;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use groundrule_unit::{Document, DocumentKind, LineIndex, Node, NodeValue, Span};
use tree_sitter::Tree;

use crate::comments;

/// The notation of a file by its name; none for what is no document.
pub fn document_kind(path: &str) -> Option<DocumentKind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_dockerfile(name) {
        return Some(DocumentKind::Dockerfile);
    }
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("yaml" | "yml") => Some(DocumentKind::Yaml),
        Some("json") => Some(DocumentKind::Json),
        Some("toml") => Some(DocumentKind::Toml),
        Some("xml" | "csproj" | "fsproj" | "props" | "targets") => Some(DocumentKind::Xml),
        Some("properties" | "env") => Some(DocumentKind::Properties),
        Some("sql" | "ddl") => Some(DocumentKind::Sql),
        _ if name.starts_with(".env.") => Some(DocumentKind::Properties),
        _ => None,
    }
}

/// `Dockerfile`, `Containerfile`, with anything before or after that is set apart by a dot, and
/// with what people append by `_` or `-`.
fn is_dockerfile(name: &str) -> bool {
    let rest = name.strip_prefix("Dockerfile").or_else(|| name.strip_prefix("Containerfile"));
    match rest {
        Some("") => true,
        Some(rest) if rest.starts_with(['_', '-']) => !rest.contains('.'),
        Some(rest) => {
            rest.starts_with('.')
                && !matches!(rest, ".dockerignore" | ".md")
                && crate::language_of(name).is_none()
        }
        None => {
            name == "dockerfile"
                || [".Dockerfile", ".dockerfile", ".Containerfile"]
                    .iter()
                    .any(|ending| name.ends_with(ending))
        }
    }
}

/// Reads a document. What could not be read is noted in it.
pub fn parse_document(kind: DocumentKind, path: Arc<str>, text: &str) -> Document {
    let mut read = match kind {
        DocumentKind::Yaml => yaml::read(text),
        DocumentKind::Json => json::read(text),
        DocumentKind::Toml => toml::read(text),
        DocumentKind::Xml => xml::read(text),
        DocumentKind::Properties => {
            let name = path.rsplit('/').next().unwrap_or_default();
            properties::read(text, !name.ends_with(".properties"))
        }
        DocumentKind::Dockerfile => dockerfile::read(text),
        DocumentKind::Sql => sql::read(text),
    };
    read.unread.sort_unstable();
    Document {
        path,
        kind,
        roots: read.roots,
        comments: comments::of_document(kind, text),
        unread: read.unread,
        lines: LineIndex::new(text),
    }
}

/// What a notation's reader gives back.
#[derive(Debug, Default)]
struct Read {
    roots: Vec<Node>,
    unread: Vec<Span>,
}

fn scalar(text: impl AsRef<str>, span: Span) -> Node {
    Node { value: NodeValue::Scalar(text.as_ref().into()), span }
}

fn null(span: Span) -> Node {
    Node { value: NodeValue::Null, span }
}

/// The regions that a grammar could not read.
fn unread_of(tree: &Tree) -> Vec<Span> {
    let mut unread = Vec::new();
    let mut cursor = tree.walk();
    'walk: loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            unread.push(crate::syntax::span(node));
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                break 'walk;
            }
        }
    }
    unread
}

/// Decodes the four hexadecimal digits after `\u`, and the second half of a surrogate pair.
fn unicode_escape(rest: &str) -> Option<(char, usize)> {
    let digits = |at: usize| u32::from_str_radix(rest.get(at..at + 4)?, 16).ok();
    let high = digits(0)?;
    if (0xD800..0xDC00).contains(&high)
        && rest.get(4..6) == Some("\\u")
        && let Some(low @ 0xDC00..0xE000) = digits(6)
    {
        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return char::from_u32(code).map(|c| (c, 10));
    }
    Some((char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), 4))
}

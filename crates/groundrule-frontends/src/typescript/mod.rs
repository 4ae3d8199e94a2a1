//! The front end for TypeScript, TSX and JavaScript.
//!
//! Plain JavaScript is read with its own grammar: its tables are a third of the size, it knows
//! newer syntax (`using`), and `a < b > (c)` is no generic call there. A JavaScript file that
//! this grammar cannot read may carry Flow's types, which the TSX grammar mostly reads.

mod classes;
mod exports;
mod exprs;
mod functions;
mod imports;
mod literals;
mod loops;
mod paths;
mod patterns;
mod stmts;
mod types;

#[cfg(test)]
mod tests;

use groundrule_unit::{ExprId, Language, Name, Span, Unit, UnitBuilder};
use tree_sitter::{Node, Tree};

use crate::{
    Source,
    syntax::{self, MAX_DEPTH, span},
};

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let mut lowering = Lowering::new(source);
    match parse(source) {
        Some(tree) => {
            lowering.statements(tree.root_node());
            syntax::note_extras(&tree, source.text, lowering.build.unit());
        }
        None => lowering.unread(Span::new(0, source.text.len())),
    }
    lowering.build.finish()
}

fn parse(source: &Source<'_>) -> Option<Tree> {
    let tsx = || syntax::parse(&tree_sitter_typescript::LANGUAGE_TSX.into(), source.text);
    match source.path.rsplit('.').next() {
        Some("ts" | "mts" | "cts") => {
            syntax::parse(&tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), source.text)
        }
        Some("tsx") => tsx(),
        _ => {
            let plain = syntax::parse(&tree_sitter_javascript::LANGUAGE.into(), source.text)?;
            if !plain.root_node().has_error() {
                return Some(plain);
            }
            tsx().filter(|typed| !typed.root_node().has_error()).or(Some(plain))
        }
    }
}

/// How many levels a function or a type counts for: it takes a handful of calls to get into one,
/// and a thread's stack has to hold them.
const DECLARATION_DEPTH: u32 = 3;

/// The state of lowering one file.
struct Lowering<'s> {
    build: UnitBuilder,
    source: &'s Source<'s>,
    /// How deeply the node at hand is nested.
    depth: u32,
    /// What the functions around give back, innermost last.
    results: Vec<Vec<ExprId>>,
    /// Inside `declare`, where functions have no bodies.
    ambient: bool,
    /// Names that stand for whole packages.
    packages: Vec<Name>,
}

impl<'s> Lowering<'s> {
    fn new(source: &'s Source<'s>) -> Self {
        let mut build = UnitBuilder::new(source.path.clone(), Language::TypeScript, source.text);
        build.unit().module = paths::module_of(&source.path);
        Self { build, source, depth: 0, results: Vec::new(), ambient: false, packages: Vec::new() }
    }

    fn text(&self, node: Node<'_>) -> &'s str {
        self.source.text.get(node.byte_range()).unwrap_or_default()
    }

    fn name(&self, node: Node<'_>) -> Name {
        Name::new(self.text(node))
    }

    fn unread(&mut self, span: Span) {
        self.build.unit().unread.push(span);
    }

    /// Goes one level down, unless the nesting is too deep: then the node is noted as unread.
    fn descend(&mut self, node: Node<'_>) -> bool {
        if self.depth >= MAX_DEPTH {
            self.unread(span(node));
            return false;
        }
        self.depth += 1;
        true
    }

    fn ascend(&mut self) {
        self.depth -= 1;
    }
}

/// The child that stands under a field's name.
fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

/// The first named child that is no comment.
fn first<'t>(node: Node<'t>) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).find(|child| !child.is_extra())
}

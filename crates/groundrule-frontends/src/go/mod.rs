//! The front end for Go.
//!
//! What the specification leaves to the type checker stays open here: a call of a name may be a
//! conversion, and the name of an imported package is guessed from its path.

mod decls;
mod exprs;
#[cfg(test)]
mod hostile;
mod imports;
mod literals;
mod stmts;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{HashMap, HashSet};

use groundrule_unit::{FunctionId, Language, Name, TypeRef, Unit, UnitBuilder};
use tree_sitter::Node;

use crate::{Source, syntax};

/// Lowers a Go file. The module is the import path where the `go.mod` is known, else the folder
/// relative to the repository's root.
pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let mut lowering = Lowering {
        build: UnitBuilder::new(source.path.clone(), Language::Go, source.text),
        text: source.text,
        depth: 0,
        iota: None,
        function: None,
        breaks_switch: false,
        collections: HashMap::new(),
        anonymous: HashSet::new(),
        qualifiers: HashSet::new(),
        imports: Vec::new(),
    };
    lowering.build.unit().module = imports::module(source);
    if let Some(tree) = syntax::parse(&tree_sitter_go::LANGUAGE.into(), source.text) {
        lowering.file(tree.root_node());
        syntax::note_extras(&tree, source.text, lowering.build.unit());
    }
    lowering.build.finish()
}

/// The state of one file's lowering.
struct Lowering<'s> {
    build: UnitBuilder,
    text: &'s str,
    /// How deeply the node that is being lowered nests in others.
    depth: u32,
    /// The value of `iota` inside a constant's declaration.
    iota: Option<usize>,
    /// The function whose body is being lowered.
    function: Option<Frame>,
    /// Whether a plain `break` leaves a `switch` or `select`, and not a loop.
    breaks_switch: bool,
    /// Slice, array and map types with a name of their own, whose literals elide the types of
    /// their elements.
    collections: HashMap<Name, TypeRef>,
    /// The anonymous struct types that are declared already, by their offset.
    anonymous: HashSet<usize>,
    /// What stands before a dot: the names that may be those of imported packages.
    qualifiers: HashSet<&'s str>,
    imports: Vec<imports::Spec<'s>>,
}

/// The function that a `return` belongs to.
struct Frame {
    id: FunctionId,
    named_results: Vec<Name>,
}

impl<'s> Lowering<'s> {
    fn file(&mut self, root: Node<'_>) {
        let nodes = syntax::children(root);
        for node in nodes.iter().filter(|node| node.kind() == "type_declaration") {
            self.note_collections(*node);
        }
        for node in nodes {
            self.stmt(node);
        }
        self.resolve_imports();
    }

    fn str(&self, node: Node<'_>) -> &'s str {
        syntax::text(node, self.text)
    }
}

/// The first child under a field's name.
fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

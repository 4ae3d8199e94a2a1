//! The front end for Python: tree-sitter's syntax to the unit.
//!
//! Bindings stand in the scope in which they are written (a branch, a loop), although Python's
//! names live in the whole function: control flow is kept, and lookup is the reader's matter.

mod decls;
mod exprs;
mod imports;
mod loops;
mod patterns;
mod stmts;
mod strings;
mod types;

#[cfg(test)]
mod tests;

use groundrule_unit::{
    Binding, BindingKind, ExprId, Language, Name, ScopeId, ScopeKind, Span, Target, TypeRef, Unit,
    UnitBuilder,
};
use tree_sitter::Node;

use crate::Source;
use crate::syntax::{self, MAX_DEPTH};

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let mut build = UnitBuilder::new(source.path.clone(), Language::Python, source.text);
    let module = imports::module_of(&source.path);
    build.unit().module = Name::new(&module);
    let Some(tree) = syntax::parse(&tree_sitter_python::LANGUAGE.into(), source.text) else {
        return build.finish();
    };
    let mut lowering = Lowering {
        build,
        source: source.text,
        package: imports::package_of(&source.path, &module),
        is_package: source.path.ends_with("__init__.py"),
        depth: 0,
        frames: vec![Frame::default()],
    };
    for statement in children(tree.root_node()) {
        lowering.stmt(statement);
    }
    let mut build = lowering.build;
    syntax::note_extras(&tree, source.text, build.unit());
    build.finish()
}

/// The state of one file's lowering.
struct Lowering<'s> {
    build: UnitBuilder,
    source: &'s str,
    /// The dotted package that relative imports start from.
    package: String,
    is_package: bool,
    depth: u32,
    /// The functions around, the file itself first.
    frames: Vec<Frame>,
}

/// What a function's body says about its names, and what it gives back.
#[derive(Debug)]
struct Frame {
    scope: ScopeId,
    /// The name of `self`, also that of a method around.
    receiver: Option<Name>,
    globals: Vec<Name>,
    nonlocals: Vec<Name>,
    results: Vec<ExprId>,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            scope: ScopeId(0),
            receiver: None,
            globals: Vec::new(),
            nonlocals: Vec::new(),
            results: Vec::new(),
        }
    }
}

impl<'s> Lowering<'s> {
    fn text(&self, node: Node<'_>) -> &'s str {
        syntax::text(node, self.source)
    }

    /// Goes one level deeper. False, and the span is noted as unread, where the nesting is too
    /// deep; every success is paired with [`Self::rise`].
    fn descend(&mut self, span: Span) -> bool {
        if self.depth >= MAX_DEPTH {
            self.build.unit().unread.push(span);
            return false;
        }
        self.depth += 1;
        true
    }

    fn rise(&mut self) {
        self.depth -= 1;
    }

    fn scope_kind(&mut self) -> ScopeKind {
        let open = self.build.scope();
        self.build.unit().scope(open).kind
    }

    fn set_scope_kind(&mut self, scope: ScopeId, kind: ScopeKind) {
        self.build.unit().scopes[scope.0 as usize].kind = kind;
    }

    fn is_receiver(&self, name: &str) -> bool {
        self.frames.last().and_then(|frame| frame.receiver.as_ref()).is_some_and(|own| own == name)
    }

    /// Gives a value to a name, in the scope where `global` or `nonlocal` say it lives.
    fn bind(
        &mut self,
        name: &str,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
        span: Span,
    ) {
        let scope = self.home_of(name);
        let target = Target::Name(name.into());
        self.build.unit().bindings.push(Binding { target, value, ty, kind, scope, span });
    }

    fn home_of(&self, name: &str) -> ScopeId {
        let Some((frame, around)) = self.frames.split_last() else { return self.build.scope() };
        if frame.globals.iter().any(|global| global == name) {
            ScopeId(0)
        } else if frame.nonlocals.iter().any(|outer| outer == name) {
            around.last().map_or(ScopeId(0), |outer| outer.scope)
        } else {
            self.build.scope()
        }
    }
}

/// A node's named children; comments and continued lines left out.
fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    let mut parts = syntax::children(node);
    parts.retain(|part| part.kind() != "line_continuation");
    parts
}

/// The first of these children.
fn first<'t>(node: Node<'t>) -> Option<Node<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .find(|part| !matches!(part.kind(), "comment" | "line_continuation"))
}

/// The child that stands under a field's name.
fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

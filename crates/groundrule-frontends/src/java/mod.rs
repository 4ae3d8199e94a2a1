//! The front end for Java. Lambdas and anonymous classes are lowered where they stand, in scopes of
//! their own; an anonymous class is a type without a name whose span is that of its `new` call.

mod decls;
mod exprs;
mod imports;
mod members;
mod stmts;
mod strings;
mod types;

#[cfg(test)]
mod tests;

use groundrule_unit::{ExprId, Function, FunctionId, Language, ScopeKind, Unit, UnitBuilder};
use tree_sitter::Node;

use crate::{Source, syntax};

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let mut java = Java {
        b: UnitBuilder::new(source.path.clone(), Language::Java, source.text),
        text: source.text,
        depth: 0,
        results: Vec::new(),
        yields: Vec::new(),
    };
    if let Some(tree) = syntax::parse(&tree_sitter_java::LANGUAGE.into(), source.text) {
        for child in syntax::children(tree.root_node()) {
            java.stmt(child);
        }
        syntax::note_extras(&tree, source.text, java.b.unit());
    }
    java.b.finish()
}

/// The state of one lowering.
struct Java<'s> {
    b: UnitBuilder,
    text: &'s str,
    depth: u32,
    /// What the functions that are open return, innermost last.
    results: Vec<Vec<ExprId>>,
    /// What the `switch`es that are open yield, innermost last.
    yields: Vec<Vec<ExprId>>,
}

impl<'s> Java<'s> {
    fn str(&self, node: Node<'_>) -> &'s str {
        syntax::text(node, self.text)
    }

    /// Goes one level down, unless that is too deep: then `None`.
    fn deeper<T>(&mut self, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= syntax::MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let lowered = lower(self);
        self.depth -= 1;
        Some(lowered)
    }

    /// Adds a function and opens its scope.
    fn open_function(&mut self, function: Function) -> FunctionId {
        let span = function.span;
        let id = self.b.function(|_| function);
        let scope = self.b.enter(ScopeKind::Function(id), span);
        self.b.unit().functions[id.0 as usize].scope = scope;
        self.results.push(Vec::new());
        id
    }

    /// Closes the scope of a function and notes what it returns.
    fn close_function(&mut self, id: FunctionId) {
        let results = self.results.pop().unwrap_or_default();
        self.b.unit().functions[id.0 as usize].results = results;
        self.b.leave();
    }

    fn function(&mut self, id: FunctionId) -> &mut Function {
        &mut self.b.unit().functions[id.0 as usize]
    }
}

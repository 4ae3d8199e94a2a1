//! The front end for Kotlin. Members of a companion are static members of the type around it;
//! what runs in a primary constructor (initialisers, `init`) sees its parameters.

mod calls;
mod control;
mod decls;
mod exprs;
mod functions;
mod modifiers;
mod properties;
mod repair;
mod strings;
mod types;

#[cfg(test)]
mod tests;

use groundrule_unit::{
    ExprId, Function, FunctionId, Import, Language, Name, ScopeKind, Unit, UnitBuilder,
};
use tree_sitter::Node;

use crate::{Source, syntax};

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let mut kotlin = Kotlin {
        b: UnitBuilder::new(source.path.clone(), Language::Kotlin, source.text),
        text: source.text,
        depth: 0,
        open: Vec::new(),
    };
    if let Some(tree) = repair::parse(&tree_sitter_kotlin_ng::LANGUAGE.into(), source.text) {
        for child in syntax::children(tree.root_node()) {
            kotlin.stmt(child);
        }
        syntax::note_extras(&tree, source.text, kotlin.b.unit());
        kotlin.b.unit().unread.retain(|&span| !repair::is_complete(source.text, span));
    }
    kotlin.b.finish()
}

/// The state of one lowering.
struct Kotlin<'s> {
    b: UnitBuilder,
    text: &'s str,
    depth: u32,
    /// The functions that are open, innermost last.
    open: Vec<Open>,
}

/// A function whose body is being lowered.
struct Open {
    name: Name,
    /// `return` without a label leaves the function around a lambda.
    is_lambda: bool,
    results: Vec<ExprId>,
}

impl<'s> Kotlin<'s> {
    fn str(&self, node: Node<'_>) -> &'s str {
        syntax::text(node, self.text)
    }

    /// An identifier without the back quotes that may stand around it.
    fn ident(&self, node: Node<'_>) -> &'s str {
        self.str(node).trim_matches('`')
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
    fn open_function(&mut self, function: Function, is_lambda: bool) -> FunctionId {
        let span = function.span;
        self.open.push(Open { name: function.name.clone(), is_lambda, results: Vec::new() });
        let id = self.b.function(|_| function);
        let scope = self.b.enter(ScopeKind::Function(id), span);
        self.b.unit().functions[id.0 as usize].scope = scope;
        id
    }

    /// Closes the scope of a function and notes what it returns.
    fn close_function(&mut self, id: FunctionId) {
        let results = self.open.pop().map(|open| open.results).unwrap_or_default();
        self.function(id).results = results;
        self.b.leave();
    }

    fn function(&mut self, id: FunctionId) -> &mut Function {
        &mut self.b.unit().functions[id.0 as usize]
    }

    /// Notes what the innermost open function returns at its end.
    fn result(&mut self, value: Option<ExprId>) {
        if let (Some(open), Some(value)) = (self.open.last_mut(), value) {
            open.results.push(value);
        }
    }

    /// Notes what a `return` gives back: to the function with the label's name, to the innermost
    /// lambda for another label, and to the innermost function for none.
    fn returned(&mut self, value: ExprId, label: Option<&str>) {
        let mut open = self.open.iter_mut().rev();
        let found = match label {
            None => open.find(|open| !open.is_lambda),
            Some(label) => open.find(|open| open.is_lambda || open.name == label),
        };
        if let Some(found) = found {
            found.results.push(value);
        }
    }

    fn package(&mut self, node: Node<'_>) {
        if let Some(&name) = syntax::children(node).first() {
            self.b.unit().module = self.dotted(name);
        }
    }

    fn import(&mut self, node: Node<'_>) {
        let children = syntax::children(node);
        let Some(&path) = children.first() else { return };
        let path = self.dotted(path);
        let wildcard = syntax::has(node, "*");
        let alias = children.get(1).map(|&alias| Name::new(self.ident(alias)));
        let (module, item) = match path.rsplit_once('.') {
            Some((module, item)) if !wildcard => (Name::new(module), Some(Name::new(item))),
            _ => (path, None),
        };
        self.b.unit().imports.push(Import {
            local: alias.or_else(|| item.clone()).unwrap_or_default(),
            module,
            item,
            wildcard,
            reexport: false,
            span: syntax::span(node),
        });
    }

    /// A dotted name without white space and back quotes.
    fn dotted(&self, node: Node<'_>) -> Name {
        let text = self.str(node);
        if text.contains(|c: char| c == '`' || c.is_whitespace()) {
            let parts: Vec<_> = syntax::children(node).iter().map(|&c| self.ident(c)).collect();
            Name::new(parts.join("."))
        } else {
            Name::new(text)
        }
    }
}

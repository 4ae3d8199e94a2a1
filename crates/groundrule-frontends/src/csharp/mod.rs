//! The front end for C#: compilation units, namespaces and imports. Declarations, statements,
//! expressions, patterns, strings and types stand in files of their own.

mod calls;
mod decls;
mod exprs;
mod literals;
mod members;
mod patterns;
mod stmts;
#[cfg(test)]
mod tests;
mod types;

use groundrule_unit::{
    ExprId, Function, FunctionId, Import, Language, Name, Owner, ScopeId, ScopeKind, Span, TypeId,
    TypeRef, Unit, UnitBuilder, Visibility,
};
use tree_sitter::Node;

use crate::Source;
use crate::syntax;

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let builder = UnitBuilder::new(source.path.clone(), Language::CSharp, source.text);
    let mut lowering = Lowering {
        out: builder,
        source: source.text,
        depth: 0,
        types: Vec::new(),
        results: Vec::new(),
        returns: Vec::new(),
    };
    if let Some(tree) = syntax::parse(&tree_sitter_c_sharp::LANGUAGE.into(), source.text) {
        lowering.top_level(tree.root_node());
        syntax::note_extras(&tree, source.text, lowering.out.unit());
    }
    lowering.out.finish()
}

/// What is known while one file is lowered.
struct Lowering<'s> {
    out: UnitBuilder,
    source: &'s str,
    depth: u32,
    /// The types whose bodies are open, innermost last.
    types: Vec<TypeId>,
    /// The values that the open functions give back, innermost last.
    results: Vec<Vec<ExprId>>,
    /// What the open functions say they return, for `return new()`.
    returns: Vec<Option<TypeRef>>,
}

impl<'s> Lowering<'s> {
    /// Runs `descend` unless the nesting is too deep, which is noted as unread.
    fn deeper<T>(&mut self, node: Node<'_>, descend: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= syntax::MAX_DEPTH {
            self.out.unit().unread.push(syntax::span(node));
            return None;
        }
        self.depth += 1;
        let value = descend(self);
        self.depth -= 1;
        Some(value)
    }

    fn text(&self, node: Node<'_>) -> &'s str {
        syntax::text(node, self.source)
    }

    /// An identifier as a name; the `@` that makes a keyword one is no part of it.
    fn ident(&self, node: Node<'_>) -> Name {
        let text = self.text(node);
        Name::new(text.strip_prefix('@').unwrap_or(text))
    }

    /// The identifier under the field `name`, with its span.
    fn named(&self, node: Node<'_>) -> (Name, Span) {
        match node.child_by_field_name("name") {
            Some(name) => (self.ident(name), syntax::span(name)),
            None => (Name::default(), syntax::span(node)),
        }
    }

    /// Compilation unit, namespace body, or what the preprocessor includes there.
    fn top_level(&mut self, node: Node<'_>) {
        for child in parts(node) {
            self.deeper(child, |this| this.top_level_item(child));
        }
    }

    fn top_level_item(&mut self, node: Node<'_>) {
        match node.kind() {
            "using_directive" => self.using(node),
            "namespace_declaration" => {
                self.note_module(node);
                if let Some(body) = node.child_by_field_name("body") {
                    self.top_level(body);
                }
            }
            "file_scoped_namespace_declaration" => {
                self.note_module(node);
                // Some versions of the grammar nest what follows below the namespace.
                for child in parts(node) {
                    if decls::is_declaration(child.kind()) {
                        self.declaration(child);
                    }
                }
            }
            "global_statement" => {
                for child in parts(node) {
                    self.statement(child);
                }
            }
            "global_attribute" => {
                for attribute in parts(node) {
                    self.attribute(attribute);
                }
            }
            "preproc_if" | "preproc_elif" | "preproc_else" => {
                for child in included(node) {
                    self.deeper(child, |this| this.top_level_item(child));
                }
            }
            "extern_alias_directive" | "shebang_directive" => {}
            "ERROR" => self.top_level(node),
            kind if decls::is_declaration(kind) => self.declaration(node),
            _ => self.statement(node),
        }
    }

    /// The first namespace names the module.
    fn note_module(&mut self, node: Node<'_>) {
        if self.out.unit().module.is_empty()
            && let Some(name) = node.child_by_field_name("name")
        {
            self.out.unit().module = self.type_ref(name).name;
        }
    }

    fn using(&mut self, node: Node<'_>) {
        let alias = node.child_by_field_name("name").map(|name| self.ident(name));
        let children = parts(node);
        let Some(&named) = children.last() else { return };
        let import = Import {
            wildcard: alias.is_none(),
            local: alias.unwrap_or_default(),
            module: self.type_ref(named).name,
            item: None,
            reexport: syntax::has(node, "global"),
            span: syntax::span(node),
        };
        self.out.unit().imports.push(import);
    }

    /// Opens a function and its scope; [`Self::close_function`] closes both.
    fn open_function(&mut self, name: Name, node: Node<'_>, name_span: Span) -> FunctionId {
        let declared_in = self.out.scope();
        let span = syntax::span(node);
        let id = self.out.function(|_| Function {
            name,
            owner: None,
            implements: None,
            receiver: None,
            params: Vec::new(),
            returns: None,
            type_params: Vec::new(),
            annotations: Vec::new(),
            results: Vec::new(),
            scope: declared_in,
            declared_in,
            visibility: Visibility::Private,
            is_static: false,
            is_async: false,
            is_constructor: false,
            is_extension: false,
            has_body: true,
            span,
            name_span,
        });
        let scope = self.out.enter(ScopeKind::Function(id), span);
        self.edit(id).scope = scope;
        self.results.push(Vec::new());
        self.returns.push(None);
        id
    }

    fn close_function(&mut self, id: FunctionId) {
        self.out.leave();
        self.returns.pop();
        self.edit(id).results = self.results.pop().unwrap_or_default();
    }

    fn edit(&mut self, id: FunctionId) -> &mut Function {
        &mut self.out.unit().functions[id.0 as usize]
    }

    /// The owner of a member of the innermost open type.
    fn owner(&self) -> Option<Owner> {
        self.types.last().copied().map(Owner::Type)
    }

    fn within<T>(
        &mut self,
        kind: ScopeKind,
        node: Node<'_>,
        body: impl FnOnce(&mut Self) -> T,
    ) -> (ScopeId, T) {
        let scope = self.out.enter(kind, syntax::span(node));
        let value = body(self);
        self.out.leave();
        (scope, value)
    }
}

/// The children that mean something: named ones, `this` and `base`; no comments, no directives
/// that stand between tokens.
fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children(&mut cursor)
        .filter(|child| match child.is_named() {
            true => !child.is_extra() || child.is_error(),
            false => matches!(child.kind(), "this" | "base"),
        })
        .collect()
}

/// What a preprocessor's conditional includes, on all its branches: which of them is compiled is
/// not known.
fn included(node: Node<'_>) -> Vec<Node<'_>> {
    let condition = node.child_by_field_name("condition");
    parts(node).into_iter().filter(|child| Some(*child) != condition).collect()
}

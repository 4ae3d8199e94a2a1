//! Exports: ES exports of every form, and CommonJS's `module.exports` and `exports.x`.

use groundrule_unit::{Export, ExprId, ExprKind, Name, Span, Target};
use tree_sitter::Node;

use super::{Lowering, field, first};
use crate::syntax::{children, fields, has, span};

const DEFAULT: Name = Name::new_static("default");

impl Lowering<'_> {
    /// `export …`.
    pub(super) fn export(&mut self, node: Node<'_>) {
        if let Some(source) = field(node, "source") {
            return self.export_from(node, source);
        }
        let is_default = has(node, "default");
        if let Some(declaration) = field(node, "declaration") {
            return self.export_declaration(node, declaration, is_default);
        }
        if let Some(value) = field(node, "value") {
            return self.export_default(node, value);
        }
        for child in children(node) {
            match child.kind() {
                "export_clause" => self.export_clause(child),
                "decorator" => {}
                // `export as namespace X` names no value.
                _ if has(node, "namespace") => {}
                _ => self.export_default(node, child),
            }
        }
    }

    fn export_from(&mut self, node: Node<'_>, source: Node<'_>) {
        let at = span(node);
        for child in children(node) {
            match child.kind() {
                "export_clause" => {
                    for specifier in children(child) {
                        let Some(item) = field(specifier, "name") else { continue };
                        let local = field(specifier, "alias").unwrap_or(item);
                        let (local, item) = (self.module_name(local), self.module_name(item));
                        self.import_item(local, source, Some(&item), true, at);
                    }
                    return;
                }
                "namespace_export" => {
                    if let Some(local) = first(child) {
                        let local = self.module_name(local);
                        self.import_item(local, source, None, true, at);
                    }
                    return;
                }
                _ => {}
            }
        }
        self.import_all(source, at);
    }

    fn export_clause(&mut self, clause: Node<'_>) {
        for specifier in children(clause) {
            let Some(item) = field(specifier, "name") else { continue };
            let name = self.module_name(field(specifier, "alias").unwrap_or(item));
            let value = self.build.name(self.text(item), span(item));
            self.give_out(name, value, span(specifier));
        }
    }

    fn export_declaration(&mut self, node: Node<'_>, declaration: Node<'_>, is_default: bool) {
        let unit = self.build.unit();
        let bound = unit.bindings.len();
        match declaration.kind() {
            "class_declaration" | "abstract_class_declaration" => {
                let decorators = fields(node, "decorator");
                let decorators = self.annotations(&decorators);
                self.class(declaration, None, decorators);
            }
            _ => self.statement(declaration),
        }
        match declaration.kind() {
            "interface_declaration"
            | "type_alias_declaration"
            | "import_alias"
            | "ambient_declaration"
            | "module"
            | "internal_module" => {}
            "lexical_declaration" | "variable_declaration" | "using_declaration" => {
                let scope = self.build.scope();
                let names: Vec<(Name, Span)> = self.build.unit().bindings[bound..]
                    .iter()
                    .filter(|binding| binding.scope == scope)
                    .filter_map(|binding| match &binding.target {
                        Target::Name(name) => Some((name.clone(), binding.span)),
                        Target::Place(_) => None,
                    })
                    .collect();
                for (name, at) in names {
                    let value = self.build.name(name.clone(), at);
                    self.give_out(name, value, at);
                }
            }
            _ => {
                if let Some(name) = field(declaration, "name") {
                    let value = self.build.name(self.text(name), span(name));
                    let given = if is_default { DEFAULT } else { self.name(name) };
                    self.give_out(given, value, span(node));
                }
            }
        }
    }

    fn export_default(&mut self, node: Node<'_>, value: Node<'_>) {
        let value = if value.kind() == "class" && field(value, "name").is_none() {
            let decorators = fields(node, "decorator");
            let decorators = self.annotations(&decorators);
            self.class(value, Some(&DEFAULT), decorators);
            self.build.name(DEFAULT, span(value))
        } else {
            self.expr(value)
        };
        self.give_out(DEFAULT, value, span(node));
    }

    /// Whether an assignment's left side is what a CommonJS module gives out, and under which
    /// name.
    pub(super) fn exported_name(&self, place: Node<'_>) -> Option<Name> {
        let (object, property) = member_of(place)?;
        match self.text(object) {
            "module" => (self.text(property) == "exports").then_some(DEFAULT),
            "exports" | "module.exports" => Some(self.name(property)),
            _ => None,
        }
    }

    /// `module.exports = …`, `exports.x = …`. The fields of an object that is given out whole are
    /// given out too.
    pub(super) fn export_assigned(&mut self, name: Name, value: ExprId, node: Node<'_>) {
        let at = span(node);
        if name == DEFAULT {
            let fields = match &self.build.unit().expr(value).kind {
                ExprKind::Record(record) => record
                    .fields
                    .iter()
                    .filter(|field| !field.name.is_empty())
                    .map(|field| (field.name.clone(), field.value, field.span))
                    .collect(),
                _ => Vec::new(),
            };
            for (name, value, at) in fields {
                self.give_out(name, value, at);
            }
            if let Some(specifier) = field(node, "right").and_then(|it| self.required_module(it)) {
                self.import_all(specifier, at);
            }
        }
        self.give_out(name, value, at);
    }

    fn give_out(&mut self, name: Name, value: ExprId, span: Span) {
        self.build.unit().exports.push(Export { name, value, span });
    }
}

fn member_of<'t>(node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
    match node.kind() {
        "member_expression" => Some((field(node, "object")?, field(node, "property")?)),
        _ => None,
    }
}

//! Imports: ES imports of every form, and `require` or `import()` whose value gets a name.

use groundrule_unit::{ExprId, Import, Name, Span};
use tree_sitter::Node;

use super::{Lowering, field, first, literals, paths};
use crate::syntax::{children, has, span};

/// A `require("x")` or `import("x")`, perhaps with a member taken of it.
struct Required<'t> {
    specifier: Node<'t>,
    member: Option<Node<'t>>,
}

impl Lowering<'_> {
    /// `import …`.
    pub(super) fn import(&mut self, node: Node<'_>) {
        let at = span(node);
        let mut binds = false;
        for child in children(node) {
            match child.kind() {
                "import_clause" => {
                    if let Some(source) = field(node, "source") {
                        self.import_clause(child, source, at);
                    }
                    binds = true;
                }
                "import_require_clause" => {
                    if let (Some(local), Some(source)) = (first(child), field(child, "source")) {
                        let local = self.name(local);
                        self.import_item(local, source, None, false, at);
                    }
                    binds = true;
                }
                _ => {}
            }
        }
        if let (false, Some(source)) = (binds, field(node, "source")) {
            self.import_item(Name::default(), source, None, false, at);
        }
    }

    fn import_clause(&mut self, clause: Node<'_>, source: Node<'_>, at: Span) {
        for child in children(clause) {
            match child.kind() {
                "identifier" => {
                    let local = self.name(child);
                    self.import_item(local, source, Some("default"), false, at);
                }
                "namespace_import" => {
                    if let Some(local) = first(child) {
                        let local = self.name(local);
                        self.import_item(local, source, None, false, at);
                    }
                }
                "named_imports" => {
                    for specifier in children(child) {
                        let Some(item) = field(specifier, "name") else { continue };
                        let local = field(specifier, "alias").unwrap_or(item);
                        let local = self.name(local);
                        let item = self.module_name(item);
                        self.import_item(local, source, Some(&item), false, at);
                    }
                }
                _ => {}
            }
        }
    }

    /// Adds an import of `item` (none for the module itself) of the module that `source` names.
    pub(super) fn import_item(
        &mut self,
        local: Name,
        source: Node<'_>,
        item: Option<&str>,
        reexport: bool,
        at: Span,
    ) {
        let specifier = literals::constant(self.text(source));
        let specified = paths::resolve(&specifier, &self.source.path, self.source.aliases);
        // A package's default export is what requiring it gives.
        let item = item.filter(|&item| specified.is_file || item != "default").map(Name::new);
        if item.is_none() && !specified.is_file {
            self.packages.push(local.clone());
        }
        self.build.unit().imports.push(Import {
            local,
            module: specified.module,
            item,
            wildcard: false,
            reexport,
            span: at,
        });
    }

    /// `export * from`: everything that the module gives out is handed on.
    pub(super) fn import_all(&mut self, source: Node<'_>, at: Span) {
        self.import_item(Name::default(), source, None, true, at);
        if let Some(import) = self.build.unit().imports.last_mut() {
            import.wildcard = true;
        }
    }

    /// An item's name in an import or export: an identifier or a string.
    pub(super) fn module_name(&self, node: Node<'_>) -> Name {
        match node.kind() {
            "string" => literals::constant(self.text(node)),
            _ => self.name(node),
        }
    }

    /// Turns `const x = require("x")`, `const { a, b: c } = require("x")`,
    /// `const y = require("x").y` and the same with `await import("x")` into imports. False where
    /// the value is none of these, or is taken apart further than an import can say.
    pub(super) fn import_required(&mut self, target: Node<'_>, value: Node<'_>, at: Span) -> bool {
        let Some(required) = self.required(value) else { return false };
        match (target.kind(), required.member) {
            ("identifier", member) => {
                let local = self.name(target);
                let item = member.map(|member| self.name(member));
                self.import_item(local, required.specifier, item.as_deref(), false, at);
                true
            }
            ("object_pattern", None) => {
                let parts = children(target);
                let Some(names) = parts.iter().map(|&part| self.imported_part(part)).collect()
                else {
                    return false;
                };
                let names: Vec<(Name, Name)> = names;
                for (item, local) in names {
                    self.import_item(local, required.specifier, Some(&item), false, at);
                }
                true
            }
            _ => false,
        }
    }

    /// The item and the local name of a part of a destructured module.
    fn imported_part(&self, part: Node<'_>) -> Option<(Name, Name)> {
        match part.kind() {
            "shorthand_property_identifier_pattern" => Some((self.name(part), self.name(part))),
            "pair_pattern" => {
                let (key, value) = (field(part, "key")?, field(part, "value")?);
                let local = match value.kind() {
                    "identifier" => self.name(value),
                    _ => return None,
                };
                match key.kind() {
                    "property_identifier" | "string" => Some((self.module_name(key), local)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn required<'t>(&self, node: Node<'t>) -> Option<Required<'t>> {
        let mut node = node;
        let mut member = None;
        loop {
            node = match node.kind() {
                "call_expression" => {
                    let specifier = self.required_specifier(node)?;
                    return Some(Required { specifier, member });
                }
                "member_expression" if member.is_none() => {
                    member = field(node, "property");
                    field(node, "object")?
                }
                "await_expression"
                | "parenthesized_expression"
                | "non_null_expression"
                | "as_expression"
                | "satisfies_expression" => first(node)?,
                _ => return None,
            };
        }
    }

    /// The constant specifier of a call of `require` or `import`.
    fn required_specifier<'t>(&self, call: Node<'t>) -> Option<Node<'t>> {
        let function = field(call, "function")?;
        let loads = match function.kind() {
            "import" => true,
            "identifier" => self.text(function) == "require",
            _ => false,
        };
        if !loads {
            return None;
        }
        let specifier = first(field(call, "arguments")?)?;
        let constant = match specifier.kind() {
            "string" => true,
            "template_string" => !has(specifier, "template_substitution"),
            _ => false,
        };
        constant.then_some(specifier)
    }

    /// `require("./tracing");` alone, which binds no name.
    pub(super) fn import_for_effect(&mut self, statement: Node<'_>) -> bool {
        let call = first(statement).filter(|it| it.kind() == "call_expression");
        let Some(specifier) = call.and_then(|call| self.required_specifier(call)) else {
            return false;
        };
        self.import_item(Name::default(), specifier, None, false, span(statement));
        true
    }

    /// A module that is loaded in the middle of an expression: `require("./tracing")`,
    /// `require("debug")("app")`, `import("./page").then(…)`. It becomes a name that the source
    /// cannot have, and an import of that name, so that it is resolved as any other import is.
    pub(super) fn loaded(&mut self, call: Node<'_>) -> Option<ExprId> {
        let specifier = self.required_specifier(call)?;
        let at = span(call);
        let literal = literals::constant(self.text(specifier));
        let module = paths::resolve(&literal, &self.source.path, self.source.aliases).module;
        let local = Name::from(format!("require({module})"));
        self.import_item(local.clone(), specifier, None, false, at);
        Some(self.build.name(local, at))
    }

    /// Whether a name stands for a package as a whole, whose member `default` it is then, too.
    pub(super) fn is_package(&self, name: &str) -> bool {
        self.packages.iter().any(|local| local == name)
    }

    /// Whether a value is a required module itself: `module.exports = require("./x")`.
    pub(super) fn required_module<'t>(&self, value: Node<'t>) -> Option<Node<'t>> {
        self.required(value).filter(|it| it.member.is_none()).map(|it| it.specifier)
    }
}

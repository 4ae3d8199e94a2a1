//! Fields, methods, constructors, parameters, modifiers and annotations.

use groundrule_unit::{
    Annotation, Arg, CallForm, ExprId, ExprKind, Field, Name, Owner, Param, ParamKind, TypeId,
    Visibility,
};
use tree_sitter::Node;

use super::{Java, types::is_annotation};
use crate::{jvm, syntax};

/// The modifiers of a declaration.
#[derive(Default)]
pub(super) struct Modifiers {
    pub(super) annotations: Vec<Annotation>,
    visibility: Option<Visibility>,
    pub(super) is_static: bool,
    pub(super) is_abstract: bool,
    pub(super) is_final: bool,
}

impl Modifiers {
    pub(super) fn visibility(&self, in_interface: bool) -> Visibility {
        let default = if in_interface { Visibility::Public } else { Visibility::Internal };
        self.visibility.unwrap_or(default)
    }
}

impl Java<'_> {
    pub(super) fn modifiers(&mut self, node: Node<'_>) -> Modifiers {
        let mut modifiers = Modifiers::default();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            if is_annotation(child) {
                modifiers.annotations.push(self.annotation(child));
            } else if child.kind() == "modifiers" {
                let mut inner = child.walk();
                for modifier in child.children(&mut inner) {
                    match modifier.kind() {
                        "public" => modifiers.visibility = Some(Visibility::Public),
                        "protected" => modifiers.visibility = Some(Visibility::Internal),
                        "private" => modifiers.visibility = Some(Visibility::Private),
                        "static" => modifiers.is_static = true,
                        "abstract" => modifiers.is_abstract = true,
                        "final" => modifiers.is_final = true,
                        _ if is_annotation(modifier) => {
                            modifiers.annotations.push(self.annotation(modifier));
                        }
                        _ => {}
                    }
                }
            }
        }
        modifiers
    }

    fn annotation(&mut self, node: Node<'_>) -> Annotation {
        let (callee, args) = self.annotation_parts(node);
        Annotation { callee, args: args.into(), span: syntax::span(node) }
    }

    /// An annotation where a value stands, inside another: a call.
    pub(super) fn nested_annotation(&mut self, node: Node<'_>) -> ExprId {
        let (callee, args) = self.annotation_parts(node);
        self.b.call(callee, args, CallForm::Call, syntax::span(node))
    }

    fn annotation_parts(&mut self, node: Node<'_>) -> (ExprId, Vec<Arg>) {
        let callee = match node.child_by_field_name("name") {
            Some(name) => self.expr(name),
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        };
        let mut args = Vec::new();
        if let Some(list) = node.child_by_field_name("arguments") {
            for child in syntax::children(list) {
                if child.kind() == "element_value_pair" {
                    let name = child.child_by_field_name("key").map(|key| self.str(key));
                    if let Some(value) = child.child_by_field_name("value") {
                        let value = self.expr(value);
                        args.push(Arg { name: name.map(Name::new), ..jvm::arg(value) });
                    }
                } else {
                    let value = self.expr(child);
                    args.push(jvm::arg(value));
                }
            }
        }
        (callee, args)
    }

    pub(super) fn field(&mut self, id: TypeId, node: Node<'_>) {
        let in_interface = self.in_interface();
        let modifiers = self.modifiers(node);
        let visibility = modifiers.visibility(in_interface);
        let ty = node.child_by_field_name("type");
        for declarator in syntax::fields(node, "declarator") {
            let Some(name) = declarator.child_by_field_name("name") else { continue };
            let default = declarator.child_by_field_name("value").map(|value| self.expr(value));
            let field = Field {
                name: Name::new(self.str(name)),
                ty: ty.and_then(|ty| self.declared_type(ty, declarator)),
                default,
                annotations: modifiers.annotations.clone(),
                visibility,
                is_static: modifiers.is_static || in_interface,
                embedded: false,
                in_header: false,
                getter: None,
                tag: Name::default(),
                span: syntax::span(node),
            };
            self.decl(id).fields.push(field);
        }
    }

    /// A method, constructor, or element of an annotation type; also a method outside any type.
    pub(super) fn method(&mut self, owner: Option<TypeId>, node: Node<'_>) {
        self.deeper(|java| java.method_inner(owner, node));
    }

    fn method_inner(&mut self, owner: Option<TypeId>, node: Node<'_>) {
        let in_interface = self.in_interface();
        let modifiers = self.modifiers(node);
        let name = node.child_by_field_name("name");
        let body = node.child_by_field_name("body");
        let is_constructor =
            matches!(node.kind(), "constructor_declaration" | "compact_constructor_declaration");
        let mut function = jvm::blank_function(
            match name {
                _ if is_constructor => Name::new("new"),
                Some(name) => Name::new(self.str(name)),
                None => Name::default(),
            },
            self.b.scope(),
            syntax::span(node),
            syntax::span(name.unwrap_or(node)),
        );
        function.owner = owner.map(Owner::Type);
        function.visibility = modifiers.visibility(in_interface);
        function.is_static = modifiers.is_static;
        function.annotations = modifiers.annotations;
        function.is_constructor = is_constructor;
        function.has_body = body.is_some();
        function.type_params = self.type_params(node);
        function.returns =
            node.child_by_field_name("type").and_then(|ty| self.declared_type(ty, node));
        let id = self.open_function(function);
        let params = match node.child_by_field_name("parameters") {
            Some(params) => self.params(params),
            None if node.kind() == "compact_constructor_declaration" => self.header_params(node),
            None => Vec::new(),
        };
        self.function(id).params = params;
        if let Some(body) = body {
            self.stmts(body);
        }
        if let Some(value) = node.child_by_field_name("value") {
            let value = self.expr(value);
            self.result(value);
        }
        self.close_function(id);
        if let Some(owner) = owner {
            self.decl(owner).methods.push(id);
        }
    }

    /// The parameters of a compact constructor are those of the record's header.
    fn header_params(&mut self, constructor: Node<'_>) -> Vec<Param> {
        let header = constructor
            .parent()
            .and_then(|body| body.parent())
            .and_then(|record| record.child_by_field_name("parameters"));
        header.map(|header| self.params(header)).unwrap_or_default()
    }

    /// Notes what the innermost open function returns.
    pub(super) fn result(&mut self, value: ExprId) {
        if let Some(results) = self.results.last_mut() {
            results.push(value);
        }
    }

    pub(super) fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut params = Vec::new();
        for node in syntax::children(list) {
            let (name, ty, kind) = match node.kind() {
                "formal_parameter" => (
                    node.child_by_field_name("name"),
                    node.child_by_field_name("type"),
                    ParamKind::Normal,
                ),
                "spread_parameter" => {
                    let children = syntax::children(node);
                    let declarator = children.iter().find(|c| c.kind() == "variable_declarator");
                    let ty = children.iter().find(|child| {
                        !is_annotation(**child)
                            && !matches!(child.kind(), "modifiers" | "variable_declarator")
                    });
                    (
                        declarator.and_then(|d| d.child_by_field_name("name")),
                        ty.copied(),
                        ParamKind::Rest,
                    )
                }
                // The parameter of a lambda without a type.
                "identifier" => (Some(node), None, ParamKind::Normal),
                _ => continue,
            };
            let annotations = self.modifiers(node).annotations;
            params.push(Param {
                name: name.map(|name| Name::new(self.str(name))).unwrap_or_default(),
                ty: ty.and_then(|ty| self.declared_type(ty, node)),
                default: None,
                annotations,
                kind,
                span: syntax::span(node),
            });
        }
        params
    }

    pub(super) fn lambda(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let scope = self.b.scope();
        let id = self.open_function(jvm::blank_function(Name::default(), scope, at, at));
        let params = match node.child_by_field_name("parameters") {
            Some(one) if one.kind() == "identifier" => vec![Param {
                name: Name::new(self.str(one)),
                ty: None,
                default: None,
                annotations: Vec::new(),
                kind: ParamKind::Normal,
                span: syntax::span(one),
            }],
            Some(list) => self.params(list),
            None => Vec::new(),
        };
        self.function(id).params = params;
        match node.child_by_field_name("body") {
            Some(body) if body.kind() == "block" => self.stmts(body),
            Some(body) => {
                let value = self.expr(body);
                self.result(value);
            }
            None => {}
        }
        self.close_function(id);
        self.b.expr(ExprKind::Lambda(id), at)
    }
}

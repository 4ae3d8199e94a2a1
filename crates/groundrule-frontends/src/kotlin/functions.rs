//! Functions, constructors and parameters.

use groundrule_unit::{
    CallForm, ExprKind, FunctionId, Name, Owner, Param, ParamKind, TypeId, TypeRef,
};
use tree_sitter::Node;

use super::{Kotlin, types::is_type};
use crate::{jvm, syntax};

/// The parts of a function's declaration, which the grammar tells apart by their order alone.
#[derive(Default)]
pub(super) struct Signature<'t> {
    pub(super) receiver: Option<TypeRef>,
    pub(super) params: Option<Node<'t>>,
    pub(super) returns: Option<TypeRef>,
    pub(super) body: Option<Node<'t>>,
}

/// The type that a member belongs to.
#[derive(Clone, Copy)]
pub(super) struct Member {
    pub(super) owner: TypeId,
    /// In a companion or an object: reached by the type's name.
    pub(super) is_static: bool,
    /// The primary constructor, where it has parameters that are no properties: what initialises
    /// the type can see them.
    pub(super) constructor: Option<FunctionId>,
}

impl Kotlin<'_> {
    pub(super) fn signature<'t>(&mut self, node: Node<'t>) -> Signature<'t> {
        let mut signature = Signature::default();
        for child in syntax::children(node) {
            match child.kind() {
                "function_value_parameters" => signature.params = Some(child),
                "function_body" | "block" => signature.body = Some(child),
                _ if is_type(child) && signature.params.is_some() => {
                    signature.returns = Some(self.type_ref(child));
                }
                _ if is_type(child) => signature.receiver = Some(self.type_ref(child)),
                _ => {}
            }
        }
        signature
    }

    pub(super) fn function_decl(&mut self, node: Node<'_>, member: Option<Member>) {
        let modifiers = self.modifiers(node);
        let name = node.child_by_field_name("name");
        let signature = self.signature(node);
        let mut function = jvm::blank_function(
            name.map(|name| Name::new(self.ident(name))).unwrap_or_default(),
            self.b.scope(),
            syntax::span(node),
            syntax::span(name.unwrap_or(node)),
        );
        function.is_extension = signature.receiver.is_some();
        function.owner = match (signature.receiver, member) {
            (Some(receiver), _) => Some(Owner::Named(receiver)),
            (None, Some(member)) => Some(Owner::Type(member.owner)),
            (None, None) => None,
        };
        function.visibility = modifiers.visibility;
        function.is_async = modifiers.has("suspend");
        function.annotations = modifiers.annotations;
        function.is_static = member.is_some_and(|member| member.is_static);
        function.has_body = signature.body.is_some();
        function.returns = signature.returns;
        function.type_params = self.type_params(node);
        let id = self.open_function(function, false);
        self.finish_function(id, signature.params, signature.body);
        if let Some(member) = member {
            self.decl(member.owner).methods.push(id);
        }
    }

    /// Lowers parameters and body of a function whose scope is open, and closes it.
    pub(super) fn finish_function(
        &mut self,
        id: FunctionId,
        params: Option<Node<'_>>,
        body: Option<Node<'_>>,
    ) {
        if let Some(params) = params {
            let params = self.params(params);
            self.function(id).params = params;
        }
        if let Some(body) = body {
            self.function_body(body);
        }
        self.close_function(id);
    }

    /// `{ … }` returns what its `return`s say, `= x` returns `x`.
    fn function_body(&mut self, body: Node<'_>) {
        if body.kind() == "block" {
            self.stmts(&syntax::children(body), false);
            return;
        }
        for part in syntax::children(body) {
            if part.kind() == "block" {
                self.stmts(&syntax::children(part), false);
            } else {
                let value = self.value(part);
                self.result(value);
            }
        }
    }

    /// Parameters: modifiers stand before and defaults behind the parameter that they belong to.
    fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut annotations = Vec::new();
        let mut kind = ParamKind::Normal;
        for child in syntax::children(list) {
            match child.kind() {
                "parameter_modifiers" => {
                    for modifier in syntax::children(child) {
                        if modifier.kind() == "annotation" {
                            self.annotation(modifier, &mut annotations);
                        } else if self.str(modifier) == "vararg" {
                            kind = ParamKind::Rest;
                        }
                    }
                }
                "parameter" => {
                    let (name, ty) = self.variable(child);
                    params.push(Param {
                        name,
                        ty,
                        default: None,
                        annotations: std::mem::take(&mut annotations),
                        kind,
                        span: syntax::span(child),
                    });
                    kind = ParamKind::Normal;
                }
                _ => {
                    let default = self.expr(child);
                    if let Some(param) = params.last_mut() {
                        param.default = Some(default);
                    }
                }
            }
        }
        params
    }

    pub(super) fn secondary_constructor(&mut self, node: Node<'_>, member: Member) {
        let modifiers = self.modifiers(node);
        let at = syntax::span(node);
        let mut function = jvm::blank_function(Name::new_static("new"), self.b.scope(), at, at);
        function.owner = Some(Owner::Type(member.owner));
        function.visibility = modifiers.visibility;
        function.annotations = modifiers.annotations;
        function.is_constructor = true;
        let id = self.open_function(function, false);
        for child in syntax::children(node) {
            match child.kind() {
                "function_value_parameters" => {
                    let params = self.params(child);
                    self.function(id).params = params;
                }
                "constructor_delegation_call" => self.delegation_call(child),
                "block" => {
                    self.stmts(&syntax::children(child), false);
                }
                _ => {}
            }
        }
        self.close_function(id);
        self.decl(member.owner).methods.push(id);
    }

    /// `this(…)` and `super(…)`.
    fn delegation_call(&mut self, node: Node<'_>) {
        let at = syntax::span(node);
        let callee = self.b.expr(ExprKind::This, at);
        let args = match syntax::children(node).first() {
            Some(&list) => self.args(list),
            None => Vec::new(),
        };
        self.b.call(callee, args, CallForm::Call, at);
    }
}

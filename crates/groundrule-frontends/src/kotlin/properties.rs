//! Properties: of a type, of a function, and of the file.

use groundrule_unit::{
    BindingKind, Field, FunctionId, Name, Owner, Param, ParamKind, ScopeKind, TypeRef,
};
use tree_sitter::Node;

use super::{Kotlin, functions::Member, types::is_type};
use crate::{jvm, syntax};

/// The parts of a property's declaration.
#[derive(Default)]
struct Parts<'t> {
    receiver: Option<Node<'t>>,
    variable: Option<Node<'t>>,
    several: Option<Node<'t>>,
    value: Option<Node<'t>>,
    getter: Option<Node<'t>>,
    setter: Option<Node<'t>>,
}

fn parts(node: Node<'_>) -> Parts<'_> {
    let mut parts = Parts::default();
    for child in syntax::children(node) {
        match child.kind() {
            "variable_declaration" => parts.variable = Some(child),
            "multi_variable_declaration" => parts.several = Some(child),
            "property_delegate" => parts.value = syntax::children(child).first().copied(),
            "getter" => parts.getter = Some(child),
            "setter" => parts.setter = Some(child),
            "modifiers" | "type_parameters" | "type_constraints" | "type_modifiers" => {}
            _ if is_type(child) => parts.receiver = Some(child),
            _ => parts.value = Some(child),
        }
    }
    parts
}

impl Kotlin<'_> {
    /// A property of a function or of the file: a binding. One with a getter, and an extension,
    /// is a function too.
    pub(super) fn property(&mut self, node: Node<'_>) {
        let parts = parts(node);
        let is_constant = syntax::has(node, "val");
        let kind = if is_constant { BindingKind::Constant } else { BindingKind::Variable };
        let modifiers = self.modifiers(node);
        let value = parts.value.and_then(|value| self.value(value));
        if let (Some(several), Some(value)) = (parts.several, value) {
            self.destructure(several, value, kind);
        }
        let Some(variable) = parts.variable else { return };
        let (name, ty) = self.variable(variable);
        let getter = self.getter(&parts, &name, ty.clone(), None);
        if let Some(id) = getter {
            self.function(id).visibility = modifiers.visibility;
            self.function(id).annotations = modifiers.annotations;
        }
        self.setter(&parts, None);
        if parts.receiver.is_some() {
            return;
        }
        let computed = getter.and_then(|id| match self.function(id).results.as_slice() {
            &[one] => Some(one),
            _ => None,
        });
        self.b.bind(name, value.or(computed), ty, kind, syntax::span(node));
    }

    /// A property of a type: a field.
    pub(super) fn member_property(&mut self, node: Node<'_>, member: Member) {
        let parts = parts(node);
        let modifiers = self.modifiers(node);
        let default = parts.value.and_then(|value| {
            let Some(constructor) = member.constructor else { return self.value(value) };
            self.b.enter(ScopeKind::Function(constructor), syntax::span(value));
            let default = self.value(value);
            self.b.leave();
            default
        });
        let Some(variable) = parts.variable else { return };
        let (name, ty) = self.variable(variable);
        let getter = self.getter(&parts, &name, ty.clone(), Some(member));
        self.setter(&parts, Some(member));
        if parts.receiver.is_some() {
            return;
        }
        let field = Field {
            name,
            ty,
            default,
            annotations: modifiers.annotations,
            visibility: modifiers.visibility,
            is_static: member.is_static,
            embedded: false,
            in_header: false,
            getter,
            tag: Name::default(),
            span: syntax::span(node),
        };
        self.decl(member.owner).fields.push(field);
    }

    /// The function that computes a property, named like it.
    fn getter(
        &mut self,
        parts: &Parts<'_>,
        name: &Name,
        ty: Option<TypeRef>,
        member: Option<Member>,
    ) -> Option<FunctionId> {
        let node = parts.getter?;
        let signature = self.signature(node);
        let body = signature.body?;
        let id = self.open_accessor(parts, node, name.clone(), member);
        self.function(id).returns = ty.or(signature.returns);
        self.finish_function(id, None, Some(body));
        Some(id)
    }

    /// The function that sets a property, named `set`.
    fn setter(&mut self, parts: &Parts<'_>, member: Option<Member>) {
        let Some(node) = parts.setter else { return };
        let children = syntax::children(node);
        let Some(&body) = children.iter().find(|child| child.kind() == "function_body") else {
            return;
        };
        let id = self.open_accessor(parts, node, Name::new_static("set"), member);
        if let Some(&param) = children.iter().find(|child| child.kind() == "identifier") {
            let param = Param {
                name: Name::new(self.ident(param)),
                ty: None,
                default: None,
                annotations: Vec::new(),
                kind: ParamKind::Normal,
                span: syntax::span(param),
            };
            self.function(id).params.push(param);
        }
        self.finish_function(id, None, Some(body));
    }

    fn open_accessor(
        &mut self,
        parts: &Parts<'_>,
        node: Node<'_>,
        name: Name,
        member: Option<Member>,
    ) -> FunctionId {
        let at = syntax::span(node);
        let name_at = syntax::span(parts.variable.unwrap_or(node));
        let mut function = jvm::blank_function(name, self.b.scope(), at, name_at);
        function.owner = match (parts.receiver, member) {
            (Some(receiver), _) => Some(Owner::Named(self.type_ref(receiver))),
            (None, Some(member)) => Some(Owner::Type(member.owner)),
            (None, None) => None,
        };
        function.is_extension = parts.receiver.is_some();
        function.is_static = member.is_some_and(|member| member.is_static);
        self.open_function(function, false)
    }
}

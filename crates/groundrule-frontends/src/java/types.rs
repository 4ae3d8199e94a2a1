//! Types as written, and type parameters.

use groundrule_unit::{ExprId, Name, TypeParam, TypeRef};
use tree_sitter::Node;

use super::Java;
use crate::syntax;

impl Java<'_> {
    /// A type as written. A union of exceptions (`A | B`) is named `|`, its members are arguments.
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        self.deeper(|java| java.type_ref_inner(node)).unwrap_or_default()
    }

    fn type_ref_inner(&mut self, node: Node<'_>) -> TypeRef {
        match node.kind() {
            "generic_type" => {
                let mut ty = TypeRef::default();
                for child in syntax::children(node) {
                    if child.kind() == "type_arguments" {
                        ty.args = self.type_args(child);
                    } else {
                        ty.name = self.type_ref(child).name;
                    }
                }
                ty
            }
            "scoped_type_identifier" => {
                let mut name = String::new();
                for child in syntax::children(node) {
                    if !is_annotation(child) {
                        if !name.is_empty() {
                            name.push('.');
                        }
                        name.push_str(&self.type_ref(child).name);
                    }
                }
                TypeRef::named(name)
            }
            "array_type" => {
                let element = node.child_by_field_name("element");
                let ty = element.map(|element| self.type_ref(element)).unwrap_or_default();
                array_of(ty, self.dimensions(node))
            }
            "annotated_type" | "wildcard" => {
                match syntax::children(node).into_iter().rfind(|child| is_type(*child)) {
                    Some(inner) => self.type_ref(inner),
                    None => TypeRef::named("?"),
                }
            }
            "catch_type" => {
                let mut types: Vec<_> =
                    syntax::children(node).into_iter().map(|child| self.type_ref(child)).collect();
                match types.len() {
                    1 => types.remove(0),
                    _ => TypeRef { name: Name::new("|"), args: types.into() },
                }
            }
            _ => TypeRef::named(self.dotted(node)),
        }
    }

    /// The type of a declarator: with the brackets that stand behind its name; none for `var`.
    pub(super) fn declared_type(&mut self, ty: Node<'_>, declarator: Node<'_>) -> Option<TypeRef> {
        let written = self.type_ref(ty);
        if written.name == "var" {
            return None;
        }
        Some(array_of(written, self.dimensions(declarator)))
    }

    pub(super) fn type_args(&mut self, node: Node<'_>) -> Box<[TypeRef]> {
        syntax::children(node).into_iter().map(|child| self.type_ref(child)).collect()
    }

    /// Explicit type arguments of a call or a declaration, where it has any.
    pub(super) fn type_args_of(&mut self, node: Node<'_>) -> Box<[TypeRef]> {
        match node.child_by_field_name("type_arguments") {
            Some(args) => self.type_args(args),
            None => Box::default(),
        }
    }

    pub(super) fn type_params(&mut self, node: Node<'_>) -> Vec<TypeParam> {
        let Some(list) = node.child_by_field_name("type_parameters") else { return Vec::new() };
        let mut params = Vec::new();
        for param in syntax::children(list) {
            let mut lowered = TypeParam { name: Name::default(), bounds: Vec::new() };
            for child in syntax::children(param) {
                match child.kind() {
                    "type_bound" => {
                        for bound in syntax::children(child) {
                            lowered.bounds.push(self.type_ref(bound));
                        }
                    }
                    "type_identifier" | "identifier" => lowered.name = Name::new(self.str(child)),
                    _ => {}
                }
            }
            params.push(lowered);
        }
        params
    }

    /// A type where a value stands: the receiver of `Type::method`, the callee of `new Type()`.
    pub(super) fn type_as_value(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let name = self.type_ref(node).name;
        let mut parts = name.split('.');
        let mut value = self.b.name(parts.next().unwrap_or_default(), at);
        for part in parts {
            value = self.b.member(value, part, at);
        }
        value
    }

    fn dimensions(&self, node: Node<'_>) -> usize {
        node.child_by_field_name("dimensions")
            .map_or(0, |brackets| self.str(brackets).matches('[').count())
    }
}

fn array_of(mut ty: TypeRef, dimensions: usize) -> TypeRef {
    for _ in 0..dimensions.min(syntax::MAX_DEPTH as usize) {
        ty = TypeRef { name: Name::new("[]"), args: Box::new([ty]) };
    }
    ty
}

pub(super) fn is_annotation(node: Node<'_>) -> bool {
    matches!(node.kind(), "annotation" | "marker_annotation")
}

/// Whether the node is a type and nothing else.
pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "type_identifier"
            | "scoped_type_identifier"
            | "generic_type"
            | "array_type"
            | "annotated_type"
            | "integral_type"
            | "floating_point_type"
            | "boolean_type"
            | "void_type"
    )
}

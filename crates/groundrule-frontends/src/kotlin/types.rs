//! Types as written, type parameters, and types where a value stands.

use groundrule_unit::{ExprId, Name, TypeParam, TypeRef};
use tree_sitter::Node;

use super::Kotlin;
use crate::syntax;

impl Kotlin<'_> {
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        self.deeper(|kotlin| kotlin.type_ref_inner(node)).unwrap_or_default()
    }

    fn type_ref_inner(&mut self, node: Node<'_>) -> TypeRef {
        match node.kind() {
            "user_type" => {
                let mut name = String::new();
                let mut args = Box::default();
                for child in syntax::children(node) {
                    match child.kind() {
                        "identifier" => {
                            if !name.is_empty() {
                                name.push('.');
                            }
                            name.push_str(self.ident(child));
                        }
                        "type_arguments" => args = self.type_args(child),
                        _ => {}
                    }
                }
                TypeRef { name: Name::new(name), args }
            }
            "function_type" => {
                let result = syntax::children(node).into_iter().rfind(|child| is_type(*child));
                let args = result.map(|result| self.type_ref(result)).into_iter().collect();
                TypeRef { name: Name::new_static("()"), args }
            }
            "nullable_type" | "non_nullable_type" | "parenthesized_type" | "type_projection" => {
                match syntax::children(node).into_iter().find(|child| is_type(*child)) {
                    Some(inner) => self.type_ref(inner),
                    None => TypeRef::named(self.str(node).trim()),
                }
            }
            _ => TypeRef::named(self.ident(node)),
        }
    }

    pub(super) fn type_args(&mut self, node: Node<'_>) -> Box<[TypeRef]> {
        syntax::children(node).into_iter().map(|child| self.type_ref(child)).collect()
    }

    /// Type parameters, with the bounds that a `where` clause adds.
    pub(super) fn type_params(&mut self, node: Node<'_>) -> Vec<TypeParam> {
        let mut params: Vec<TypeParam> = Vec::new();
        for clause in syntax::children(node) {
            match clause.kind() {
                "type_parameters" => {
                    for param in syntax::children(clause) {
                        let (name, bounds) = self.bounded(param);
                        params.push(TypeParam { name, bounds });
                    }
                }
                "type_constraints" => {
                    for constraint in syntax::children(clause) {
                        let (name, bounds) = self.bounded(constraint);
                        if let Some(param) = params.iter_mut().find(|param| param.name == name) {
                            param.bounds.extend(bounds);
                        }
                    }
                }
                _ => {}
            }
        }
        params
    }

    fn bounded(&mut self, node: Node<'_>) -> (Name, Vec<TypeRef>) {
        let mut name = Name::default();
        let mut bounds = Vec::new();
        for child in syntax::children(node) {
            if child.kind() == "identifier" {
                name = Name::new(self.ident(child));
            } else if is_type(child) {
                bounds.push(self.type_ref(child));
            }
        }
        (name, bounds)
    }

    /// A type where a value stands: an annotation's name, the right side of `is`.
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
}

/// Whether the node is a type.
pub(super) fn is_type(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "user_type"
            | "nullable_type"
            | "non_nullable_type"
            | "parenthesized_type"
            | "function_type"
            | "dynamic"
    )
}

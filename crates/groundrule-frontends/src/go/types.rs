//! Types as they are written: references, type parameters, and anonymous structs.

use groundrule_unit::{Name, TypeKind, TypeParam, TypeRef};
use tree_sitter::Node;

use super::{Lowering, field};
use crate::syntax::{self, MAX_DEPTH};

impl Lowering<'_> {
    /// A type without its pointers. An anonymous struct is declared on the way, under a name that
    /// no other type can have.
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        if self.depth >= MAX_DEPTH {
            return TypeRef::default();
        }
        self.depth += 1;
        let ty = self.type_ref_at(node);
        self.depth -= 1;
        ty
    }

    fn type_ref_at(&mut self, node: Node<'_>) -> TypeRef {
        match node.kind() {
            "qualified_type" => {
                let package = field(node, "package").map_or("", |package| self.str(package));
                let name = field(node, "name").map_or("", |name| self.str(name));
                self.qualifiers.insert(package);
                TypeRef::named(format!("{package}.{name}"))
            }
            "generic_type" => {
                let ty = self.type_field(node, "type");
                let args = field(node, "type_arguments");
                let args = args.map_or_else(Vec::new, |args| self.type_args(args));
                TypeRef { name: ty.name, args: args.into() }
            }
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                let element = self.type_field(node, "element");
                TypeRef { name: Name::new_static("[]"), args: Box::new([element]) }
            }
            "map_type" => {
                let key = self.type_field(node, "key");
                let value = self.type_field(node, "value");
                TypeRef { name: Name::new_static("{}"), args: Box::new([key, value]) }
            }
            "channel_type" => {
                let value = self.type_field(node, "value");
                TypeRef { name: Name::new_static("chan"), args: Box::new([value]) }
            }
            "function_type" => {
                let returns = field(node, "result").and_then(|result| self.result_type(result));
                TypeRef { name: Name::new_static("()"), args: returns.into_iter().collect() }
            }
            "struct_type" => self.anonymous_struct(node),
            "interface_type" if node.named_child_count() == 0 => TypeRef::named("any"),
            "interface_type" => TypeRef::named("interface"),
            "type_identifier" | "identifier" => TypeRef::named(self.str(node)),
            // Pointers, parentheses, `~T`, and the elements of type lists.
            _ => match syntax::children(node).first() {
                Some(&inner) => self.type_ref(inner),
                None => TypeRef::named(self.str(node)),
            },
        }
    }

    fn type_field(&mut self, node: Node<'_>, name: &str) -> TypeRef {
        field(node, name).map(|ty| self.type_ref(ty)).unwrap_or_default()
    }

    /// The types of a list of type arguments.
    pub(super) fn type_args(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        syntax::children(node).into_iter().map(|arg| self.type_ref(arg)).collect()
    }

    /// What a function returns: several results make a tuple.
    pub(super) fn result_type(&mut self, node: Node<'_>) -> Option<TypeRef> {
        if node.kind() != "parameter_list" {
            return Some(self.type_ref(node));
        }
        let mut types = Vec::new();
        for result in syntax::children(node) {
            let ty = self.type_field(result, "type");
            let times = syntax::fields(result, "name").len().max(1);
            types.extend(std::iter::repeat_n(ty, times));
        }
        match types.len() {
            0 | 1 => types.pop(),
            _ => Some(TypeRef { name: Name::new_static("(,)"), args: types.into() }),
        }
    }

    pub(super) fn type_params(&mut self, node: Node<'_>) -> Vec<TypeParam> {
        let Some(list) = field(node, "type_parameters") else {
            return Vec::new();
        };
        let mut params = Vec::new();
        for declaration in syntax::children(list) {
            let constraint = field(declaration, "type");
            let bounds = constraint.map_or_else(Vec::new, |bounds| self.type_args(bounds));
            for name in syntax::fields(declaration, "name") {
                let name = Name::new(self.str(name));
                params.push(TypeParam { name, bounds: bounds.clone() });
            }
        }
        params
    }

    fn anonymous_struct(&mut self, node: Node<'_>) -> TypeRef {
        let at = node.start_byte();
        let name = Name::from(format!("struct@{at}"));
        if self.anonymous.insert(at) {
            let span = syntax::span(node);
            self.declare(name.clone(), TypeKind::Struct, Vec::new(), node, [span, span]);
        }
        TypeRef::named(name)
    }
}

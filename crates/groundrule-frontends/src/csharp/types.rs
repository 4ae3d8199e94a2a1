//! Types as written, type parameters and their constraints.

use groundrule_unit::{Name, TypeParam, TypeRef};
use tree_sitter::Node;

use super::{Lowering, parts};

impl Lowering<'_> {
    /// A type, or a name in the place of one.
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        self.deeper(node, |this| this.type_ref_inner(node)).unwrap_or_default()
    }

    fn type_ref_inner(&mut self, node: Node<'_>) -> TypeRef {
        match node.kind() {
            "identifier" => TypeRef::named(self.ident(node)),
            "generic_name" => {
                let children = parts(node);
                let name = children.first().map(|name| self.ident(*name)).unwrap_or_default();
                TypeRef { name, args: self.type_args(node).into() }
            }
            "qualified_name" | "member_access_expression" => {
                let left = node
                    .child_by_field_name("qualifier")
                    .or_else(|| node.child_by_field_name("expression"))
                    .map(|left| self.type_ref(left).name)
                    .unwrap_or_default();
                let right = self.type_field(node, "name");
                TypeRef { name: Name::from(format!("{left}.{}", right.name)), args: right.args }
            }
            "alias_qualified_name" => {
                let right = self.type_field(node, "name");
                match node.child_by_field_name("alias").map(|alias| self.text(alias)) {
                    None | Some("global") => right,
                    Some(alias) => TypeRef {
                        name: Name::from(format!("{alias}.{}", right.name)),
                        args: right.args,
                    },
                }
            }
            "nullable_type" | "pointer_type" | "ref_type" | "scoped_type" | "type_pattern" => {
                self.type_field(node, "type")
            }
            "array_type" => TypeRef {
                name: Name::new_static("[]"),
                args: Box::new([self.type_field(node, "type")]),
            },
            "tuple_type" => {
                let elements = parts(node);
                let args = elements.into_iter().map(|part| self.type_field(part, "type")).collect();
                TypeRef { name: Name::new_static("(,)"), args }
            }
            "function_pointer_type" => TypeRef::named("()"),
            _ => TypeRef::named(self.text(node)),
        }
    }

    fn type_field(&mut self, node: Node<'_>, field: &str) -> TypeRef {
        match node.child_by_field_name(field) {
            Some(child) => self.type_ref(child),
            None => TypeRef::default(),
        }
    }

    /// The declared type under a field; none for `var`.
    pub(super) fn declared_type(&mut self, node: Node<'_>, field: &str) -> Option<TypeRef> {
        let ty = node.child_by_field_name(field)?;
        match ty.kind() {
            "implicit_type" => None,
            "ref_type" | "scoped_type" => self.declared_type(ty, "type"),
            _ => Some(self.type_ref(ty)),
        }
    }

    /// The type arguments of a `generic_name`.
    pub(super) fn type_args(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        let list = parts(node).into_iter().find(|child| child.kind() == "type_argument_list");
        match list {
            Some(list) => parts(list).into_iter().map(|ty| self.type_ref(ty)).collect(),
            None => Vec::new(),
        }
    }

    /// The type parameters of a declaration, with what its `where` clauses ask of them.
    pub(super) fn type_params(&mut self, children: &[Node<'_>]) -> Vec<TypeParam> {
        let mut params = Vec::new();
        for list in children.iter().filter(|child| child.kind() == "type_parameter_list") {
            for param in parts(*list) {
                params.push(TypeParam { name: self.named(param).0, bounds: Vec::new() });
            }
        }
        for clause in children {
            if clause.kind() != "type_parameter_constraints_clause" {
                continue;
            }
            let mut constraints = parts(*clause).into_iter();
            let Some(name) = constraints.next().map(|name| self.ident(name)) else { continue };
            let bounds: Vec<TypeRef> = constraints
                .filter_map(|constraint| constraint.child_by_field_name("type"))
                .map(|ty| self.type_ref(ty))
                .collect();
            if let Some(param) = params.iter_mut().find(|param| param.name == name) {
                param.bounds.extend(bounds);
            }
        }
        params
    }
}

/// What is awaited: `Task<T>` and `ValueTask<T>` hand out a `T`.
pub(super) fn awaited(ty: TypeRef) -> TypeRef {
    let name = ty.name.rsplit('.').next().unwrap_or_default();
    match (name, &*ty.args) {
        ("Task" | "ValueTask", [inner]) => inner.clone(),
        _ => ty,
    }
}

//! Types as written: annotations, type arguments, type parameters with their bounds.

use groundrule_unit::{Name, TypeKind, TypeParam, TypeRef};
use tree_sitter::Node;

use super::{Lowering, field, first};
use crate::syntax::{children, has};

impl Lowering<'_> {
    /// The type behind the colon of an annotation; none where it says nothing (`x is T`).
    pub(super) fn annotated_type(&mut self, annotation: Node<'_>) -> Option<TypeRef> {
        match annotation.kind() {
            "type_annotation" => {
                let ty = self.type_ref(first(annotation)?);
                (!ty.name.is_empty()).then_some(ty)
            }
            _ => Some(TypeRef::named("boolean")),
        }
    }

    pub(super) fn type_args(&mut self, node: Option<Node<'_>>) -> Box<[TypeRef]> {
        let Some(node) = node else { return Box::default() };
        children(node).into_iter().map(|child| self.type_ref(child)).collect()
    }

    pub(super) fn type_params(&mut self, node: Node<'_>) -> Vec<TypeParam> {
        let Some(list) = field(node, "type_parameters") else { return Vec::new() };
        children(list)
            .into_iter()
            .filter_map(|param| {
                let name = self.name(field(param, "name")?);
                let bound = field(param, "constraint").and_then(first);
                let bounds = match bound.map(|bound| self.type_ref(bound)) {
                    Some(all) if all.name == "&" => all.args.into_vec(),
                    Some(one) => vec![one],
                    None => Vec::new(),
                };
                Some(TypeParam { name, bounds })
            })
            .collect()
    }

    /// A type. One that the vocabulary cannot say has an empty name; a union or an intersection
    /// of several is named `|` or `&`; `typeof x` is named `typeof` with `x` as its argument; an
    /// object type written in place is declared as a type of its own, named by its position.
    pub(super) fn type_ref(&mut self, node: Node<'_>) -> TypeRef {
        if !self.descend(node) {
            return TypeRef::default();
        }
        let ty = self.type_of(node);
        self.ascend();
        ty
    }

    fn type_of(&mut self, node: Node<'_>) -> TypeRef {
        match node.kind() {
            "type_identifier"
            | "nested_type_identifier"
            | "predefined_type"
            | "identifier"
            | "nested_identifier"
            | "member_expression" => TypeRef::named(self.text(node)),
            "generic_type" => {
                let name = field(node, "name").map_or("", |name| self.text(name));
                let args = self.type_args(field(node, "type_arguments"));
                generic(name, args)
            }
            "array_type" => self.composed("[]", node),
            "tuple_type" => {
                let items = children(node).into_iter().map(|item| self.type_ref(item)).collect();
                TypeRef { name: "(,)".into(), args: items }
            }
            "union_type" => {
                let items = self.flat(node);
                united(items)
            }
            "intersection_type" => {
                let mut items = self.flat(node);
                match items.len() {
                    1 => items.remove(0),
                    _ => TypeRef { name: "&".into(), args: items.into() },
                }
            }
            "parenthesized_type" | "readonly_type" | "optional_type" | "rest_type"
            | "flow_maybe_type" | "type_annotation" => {
                first(node).map_or_else(TypeRef::default, |inner| self.type_ref(inner))
            }
            "required_parameter" | "optional_parameter" => match field(node, "type") {
                Some(annotation) => self.annotated_type(annotation).unwrap_or_default(),
                None => TypeRef::default(),
            },
            "literal_type" => match first(node).map(|literal| literal.kind()) {
                Some("string") => TypeRef::named("string"),
                Some("number" | "unary_expression") => TypeRef::named("number"),
                Some("true" | "false") => TypeRef::named("boolean"),
                Some("undefined") => TypeRef::named("undefined"),
                _ => TypeRef::named("null"),
            },
            "template_literal_type" => TypeRef::named("string"),
            "this_type" => TypeRef::named("this"),
            "function_type" => {
                let returned = field(node, "return_type").map(|it| self.type_ref(it));
                TypeRef { name: "()".into(), args: returned.into_iter().collect() }
            }
            "type_query" => self.composed("typeof", node),
            "index_type_query" => self.composed("keyof", node),
            "object_type" => self.object_type(node),
            _ => TypeRef::default(),
        }
    }

    /// An object type in place: a map where it has an index signature alone, else a declaration.
    fn object_type(&mut self, node: Node<'_>) -> TypeRef {
        let members = children(node);
        match members.as_slice() {
            [] => TypeRef::named("object"),
            [index] if index.kind() == "index_signature" => {
                let key = match field(*index, "index_type") {
                    Some(key) => self.type_ref(key),
                    None => TypeRef::named("string"),
                };
                let value = field(*index, "type").and_then(first);
                let value = value.map_or_else(TypeRef::default, |it| self.type_ref(it));
                TypeRef { name: "{}".into(), args: Box::new([key, value]) }
            }
            _ => {
                let name = Name::from(format!("{{}}@{}", node.start_byte()));
                self.structure(node, Some(name.clone()), TypeKind::Struct);
                TypeRef::named(name)
            }
        }
    }

    /// The members of a union or an intersection, nested ones of the same kind included.
    pub(super) fn flat_nodes<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let kind = node.kind();
        let mut flat = Vec::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            if node.kind() == kind {
                open.extend(children(node).into_iter().rev());
            } else {
                flat.push(node);
            }
        }
        flat
    }

    fn flat(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        self.flat_nodes(node).into_iter().map(|member| self.type_ref(member)).collect()
    }

    fn composed(&mut self, name: &'static str, node: Node<'_>) -> TypeRef {
        let inner = first(node).map_or_else(TypeRef::default, |inner| self.type_ref(inner));
        TypeRef { name: Name::new_static(name), args: Box::new([inner]) }
    }

    /// A base class as written behind `extends`; a mixin's call is named by its callee, and the
    /// classes that it is called with are its arguments.
    pub(super) fn base_type(&mut self, value: Node<'_>, args: Option<Node<'_>>) -> TypeRef {
        match value.kind() {
            "call_expression" => {
                let name = field(value, "function").map_or("", |callee| self.text(callee));
                let mixed = field(value, "arguments").map(children).unwrap_or_default();
                let args = mixed
                    .into_iter()
                    .filter(|arg| matches!(arg.kind(), "identifier" | "member_expression"))
                    .map(|arg| TypeRef::named(self.text(arg)))
                    .collect();
                TypeRef { name: name.into(), args }
            }
            _ => TypeRef { name: self.name(value), args: self.type_args(args) },
        }
    }

    /// Whether an alias stands for an object type, alone or as a part of an intersection.
    pub(super) fn is_object_alias(&self, value: Node<'_>) -> bool {
        match value.kind() {
            "object_type" => !is_map(value),
            "intersection_type" => {
                self.flat_nodes(value).iter().any(|part| part.kind() == "object_type")
            }
            _ => false,
        }
    }
}

fn is_map(object: Node<'_>) -> bool {
    has(object, "index_signature") && children(object).len() == 1
}

/// The names under which arrays and maps are known in the vocabulary.
fn generic(name: &str, args: Box<[TypeRef]>) -> TypeRef {
    let name = match (name, args.len()) {
        ("Array" | "ReadonlyArray", 1) => "[]",
        ("Record" | "Map" | "ReadonlyMap", 2) => "{}",
        // `Readonly` changes nothing about what a value holds.
        ("Readonly", 1) => return args.into_iter().next().unwrap_or_default(),
        _ => name,
    };
    TypeRef { name: Name::new(name), args }
}

/// A union without nullability and repetitions.
fn united(items: Vec<TypeRef>) -> TypeRef {
    let mut distinct: Vec<TypeRef> = Vec::new();
    for item in items {
        let nothing = matches!(item.name.as_str(), "null" | "undefined");
        // A union with thousands of members is data: what tells them apart is not needed.
        if !nothing && distinct.len() < 64 && !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    match distinct.len() {
        0 => TypeRef::named("null"),
        1 => distinct.remove(0),
        _ => TypeRef { name: "|".into(), args: distinct.into() },
    }
}

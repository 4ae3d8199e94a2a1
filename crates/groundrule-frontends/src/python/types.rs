//! Annotations of types: optional and wrapped types stripped, collections by their neutral names.

use groundrule_unit::{Annotation, TypeRef};
use tree_sitter::Node;

use super::{Lowering, children, first};
use crate::syntax::{fields, span};

impl Lowering<'_> {
    /// The type that a node names. What `Annotated[T, …]` says beside the type is added to
    /// `metadata`.
    pub(super) fn type_ref(&mut self, node: Node<'_>, metadata: &mut Vec<Annotation>) -> TypeRef {
        if !self.descend(span(node)) {
            return TypeRef::default();
        }
        let ty = self.type_inside(node, metadata);
        self.rise();
        ty
    }

    fn type_inside(&mut self, node: Node<'_>, metadata: &mut Vec<Annotation>) -> TypeRef {
        match node.kind() {
            "type" | "parenthesized_expression" | "constrained_type" | "splat_type" => {
                first(node).map(|inner| self.type_ref(inner, metadata)).unwrap_or_default()
            }
            "identifier" | "attribute" | "member_type" | "none" | "ellipsis" | "dotted_name" => {
                TypeRef::named(compact(self.text(node)))
            }
            "string" | "concatenated_string" => quoted_type(&self.quoted(node)),
            "generic_type" => {
                let parts = children(node);
                let args = parts.get(1).copied().map(children).unwrap_or_default();
                let base = parts.first().map(|base| self.text(*base)).unwrap_or_default();
                self.generic(base, &args, metadata)
            }
            "subscript" => {
                let base = node.child_by_field_name("value");
                let base = base.map(|base| self.text(base)).unwrap_or_default();
                self.generic(base, &fields(node, "subscript"), metadata)
            }
            "union_type" | "binary_operator" | "tuple" => {
                let parts = self.type_refs(&children(node), metadata);
                union_of(parts)
            }
            "call" => {
                self.expr(node);
                let callee = node.child_by_field_name("function");
                TypeRef::named(callee.map(|callee| compact(self.text(callee))).unwrap_or_default())
            }
            _ => TypeRef::default(),
        }
    }

    fn type_refs(&mut self, nodes: &[Node<'_>], metadata: &mut Vec<Annotation>) -> Vec<TypeRef> {
        nodes.iter().map(|&node| self.type_ref(node, metadata)).collect()
    }

    fn generic(
        &mut self,
        base: &str,
        args: &[Node<'_>],
        metadata: &mut Vec<Annotation>,
    ) -> TypeRef {
        let base = compact(base);
        let last = base.rsplit('.').next().unwrap_or_default();
        match (last, args) {
            ("Annotated", [ty, rest @ ..]) => {
                let ty = self.type_ref(*ty, metadata);
                for said in rest {
                    let said = if said.kind() == "type" { first(*said) } else { Some(*said) };
                    if let Some(said) = said {
                        let annotation = self.annotation(said, span(said));
                        metadata.push(annotation);
                    }
                }
                ty
            }
            ("Callable", [params, result @ ..]) => {
                let list = if params.kind() == "type" { first(*params) } else { Some(*params) };
                let params = list.filter(|list| list.kind() == "list").map(children);
                let mut args = self.type_refs(&params.unwrap_or_default(), metadata);
                args.extend(self.type_refs(result, metadata));
                TypeRef { name: "()".into(), args: args.into() }
            }
            _ => {
                let args = self.type_refs(args, metadata);
                generic_of(&base, args)
            }
        }
    }
}

/// A generic type by its neutral name.
fn generic_of(base: &str, mut args: Vec<TypeRef>) -> TypeRef {
    match (base.rsplit('.').next().unwrap_or_default(), args.len()) {
        ("Optional" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly", 1) => {
            args.remove(0)
        }
        ("Union", _) => union_of(args),
        (
            "list" | "List" | "Sequence" | "MutableSequence" | "Iterable" | "Iterator"
            | "Collection" | "set" | "Set" | "frozenset" | "FrozenSet" | "deque" | "Deque"
            | "AsyncIterable" | "AsyncIterator",
            1,
        ) => TypeRef { name: "[]".into(), args: args.into() },
        ("tuple" | "Tuple", 2) if args[1].name == "..." => {
            args.truncate(1);
            TypeRef { name: "[]".into(), args: args.into() }
        }
        (
            "dict" | "Dict" | "Mapping" | "MutableMapping" | "defaultdict" | "DefaultDict"
            | "OrderedDict",
            2,
        ) => TypeRef { name: "{}".into(), args: args.into() },
        _ => TypeRef { name: base.into(), args: args.into() },
    }
}

/// One of several types; `None` among them only makes the rest optional.
pub(super) fn union_of(mut types: Vec<TypeRef>) -> TypeRef {
    if types.len() > 1 {
        types.retain(|ty| ty.name != "None");
    }
    match types.len() {
        0 => TypeRef::named("None"),
        1 => types.remove(0),
        _ => TypeRef { name: "Union".into(), args: types.into() },
    }
}

/// A type in quotes: `"Order"`, `"list[Order]"`, `"Order | None"`.
fn quoted_type(text: &str) -> TypeRef {
    let text = text.trim();
    let alternatives = split_outside(text, '|');
    if alternatives.len() > 1 {
        return union_of(alternatives.into_iter().map(quoted_type).collect());
    }
    match text.split_once('[') {
        Some((base, rest)) => {
            let inside = rest.strip_suffix(']').unwrap_or(rest);
            // One level is enough for what people quote, and keeps hostile text cheap.
            let args = split_outside(inside, ',')
                .into_iter()
                .map(|arg| TypeRef::named(compact(arg.split('[').next().unwrap_or_default())))
                .collect();
            generic_of(&compact(base), args)
        }
        None => TypeRef::named(compact(text)),
    }
}

/// Splits at a sign that stands in no brackets.
fn split_outside(text: &str, sign: char) -> Vec<&str> {
    let mut depth = 0_i32;
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ if c == sign && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

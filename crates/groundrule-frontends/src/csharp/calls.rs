//! Calls, creations and their initializers, arrays and collections.

use groundrule_unit::{
    Arg, BindingKind, Call, CallForm, ExprId, ExprKind, Name, Record, RecordField, Span, TypeRef,
};
use tree_sitter::Node;

use super::{Lowering, parts};
use crate::syntax::{has, span};

/// A variable that a call fills: its name, its type, whether it is declared there, and its place.
pub(super) struct Out {
    name: Name,
    ty: Option<TypeRef>,
    kind: BindingKind,
    span: Span,
}

impl Lowering<'_> {
    pub(super) fn invocation(&mut self, node: Node<'_>) -> ExprId {
        let Some(function) = node.child_by_field_name("function") else {
            return self.unknown(node);
        };
        let type_args = self.explicit_type_args(function);
        let callee = self.expr(function);
        let (args, outs) = match node.child_by_field_name("arguments") {
            Some(list) => {
                let (args, outs, _) = self.args(list);
                (args, outs)
            }
            None => (Vec::new(), Vec::new()),
        };
        let call = Call {
            callee,
            args: args.into(),
            form: CallForm::Call,
            type_args: type_args.into(),
            initializer: None,
        };
        let call = self.out.expr(ExprKind::Call(Box::new(call)), span(node));
        self.bind_outs(call, outs);
        call
    }

    /// `f<T>(…)`, `x.f<T>(…)`, `x?.f<T>(…)`.
    fn explicit_type_args(&mut self, function: Node<'_>) -> Vec<TypeRef> {
        let name = match function.kind() {
            "generic_name" => Some(function),
            "member_access_expression" => function.child_by_field_name("name"),
            "conditional_access_expression" => {
                parts(function).last().and_then(|binding| binding.child_by_field_name("name"))
            }
            _ => None,
        };
        match name {
            Some(name) if name.kind() == "generic_name" => self.type_args(name),
            _ => Vec::new(),
        }
    }

    /// The arguments of a list, the variables that the call fills, and the list's span.
    pub(super) fn args(&mut self, list: Node<'_>) -> (Vec<Arg>, Vec<Out>, Span) {
        let mut args = Vec::new();
        let mut outs = Vec::new();
        for argument in parts(list) {
            let name = argument.child_by_field_name("name");
            let Some(value) = parts(argument).into_iter().rfind(|part| Some(*part) != name) else {
                continue;
            };
            let is_out = has(argument, "out");
            if is_out && let Some(out) = self.out_variable(value) {
                outs.push(out);
            }
            let value = match value.kind() {
                "declaration_expression" if is_out => {
                    let (name, at) = self.named(value);
                    self.out.name(name, at)
                }
                _ => self.expr(value),
            };
            let name = name.map(|name| self.ident(name));
            args.push(Arg { name, value, spread: false, sigil: None });
        }
        (args, outs, span(list))
    }

    fn out_variable(&mut self, value: Node<'_>) -> Option<Out> {
        match value.kind() {
            "declaration_expression" => {
                let ty = self.declared_type(value, "type");
                let name = self.named(value).0;
                Some(Out { name, ty, kind: BindingKind::Variable, span: span(value) })
            }
            "identifier" if self.text(value) != "_" => {
                let name = self.ident(value);
                Some(Out { name, ty: None, kind: BindingKind::Assign, span: span(value) })
            }
            _ => None,
        }
    }

    /// What a call hands out beside its value: the elements after the first.
    pub(super) fn bind_outs(&mut self, call: ExprId, outs: Vec<Out>) {
        for (at, out) in outs.into_iter().enumerate() {
            let element = ExprKind::Element { of: call, index: at as u32 + 1 };
            let element = self.out.expr(element, out.span);
            self.out.bind(out.name, Some(element), out.ty, out.kind, out.span);
        }
    }

    pub(super) fn creation(&mut self, node: Node<'_>) -> ExprId {
        let Some(ty) = node.child_by_field_name("type") else { return self.unknown(node) };
        let made = self.type_ref(ty);
        let callee = self.chain(&made.name, ty);
        self.construct(node, callee, Some(made))
    }

    /// `new(…)`: what it makes is said by the place that it is written in, or not known.
    pub(super) fn implicit_creation(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let callee = match ty {
            Some(ty) => self.chain(&ty.name, node),
            None => self.out.unknown(Vec::new(), span(node)),
        };
        self.construct(node, callee, ty.cloned())
    }

    fn construct(&mut self, node: Node<'_>, callee: ExprId, made: Option<TypeRef>) -> ExprId {
        let mut args = Vec::new();
        let mut outs = Vec::new();
        let mut initializer = None;
        for part in parts(node) {
            match part.kind() {
                "argument_list" => (args, outs, _) = self.args(part),
                "initializer_expression" => {
                    initializer = Some(self.initializer_record(part, made.clone()));
                }
                _ => {}
            }
        }
        let call = Call {
            callee,
            args: args.into(),
            form: CallForm::New,
            type_args: made.map(|made| made.args).unwrap_or_default(),
            initializer,
        };
        let call = self.out.expr(ExprKind::Call(Box::new(call)), span(node));
        self.bind_outs(call, outs);
        call
    }

    /// `{ A = 1, ["k"] = 2, { "k", 3 }, 4 }`: members, elements, entries and items.
    fn initializer_record(&mut self, node: Node<'_>, ty: Option<TypeRef>) -> ExprId {
        let fields: Vec<RecordField> =
            parts(node).into_iter().map(|entry| self.initializer_field(entry)).collect();
        let record = Record { ty, fields: fields.into(), spreads: Box::default() };
        self.out.expr(ExprKind::Record(Box::new(record)), span(node))
    }

    fn initializer_field(&mut self, entry: Node<'_>) -> RecordField {
        let at = span(entry);
        let none = Name::default;
        match entry.kind() {
            "assignment_expression" => {
                let left = entry.child_by_field_name("left");
                let value = match entry.child_by_field_name("right") {
                    Some(right) => self.expr(right),
                    None => self.out.unknown(Vec::new(), at),
                };
                match left {
                    Some(left) if left.kind() == "identifier" => {
                        RecordField { name: self.ident(left), key: None, value, span: at }
                    }
                    Some(left) => {
                        let key = match left.kind() {
                            "element_binding_expression" => parts(left).into_iter().next(),
                            _ => Some(left),
                        };
                        let (name, key) = key.map(|key| self.key(key)).unwrap_or_default();
                        RecordField { name, key, value, span: at }
                    }
                    None => RecordField { name: none(), key: None, value, span: at },
                }
            }
            "initializer_expression" => match *parts(entry).as_slice() {
                [key, value] => {
                    let (name, key) = self.key(key);
                    let value = self.expr(value);
                    RecordField { name, key, value, span: at }
                }
                _ => {
                    let value = self.expr(entry);
                    RecordField { name: none(), key: None, value, span: at }
                }
            },
            _ => {
                let value = self.expr(entry);
                RecordField { name: none(), key: None, value, span: at }
            }
        }
    }

    /// A key as a name where it is a constant string, else as an expression.
    fn key(&mut self, key: Node<'_>) -> (Name, Option<ExprId>) {
        let inner = match key.kind() {
            "argument" => parts(key).pop().unwrap_or(key),
            _ => key,
        };
        match self.constant_string(inner) {
            Some(name) => (name, None),
            None => (Name::default(), Some(self.expr(inner))),
        }
    }

    /// A nested `{ … }`: members to set on what is there, or items to add to it.
    pub(super) fn initializer_value(&mut self, node: Node<'_>) -> ExprId {
        let children = parts(node);
        if children
            .iter()
            .any(|c| matches!(c.kind(), "assignment_expression" | "initializer_expression"))
        {
            return self.initializer_record(node, None);
        }
        let items: Box<[ExprId]> = children.into_iter().map(|item| self.expr(item)).collect();
        self.out.expr(ExprKind::List(items), span(node))
    }

    pub(super) fn anonymous_object(&mut self, node: Node<'_>) -> ExprId {
        let mut fields = Vec::new();
        let mut cursor = node.walk();
        let tokens: Vec<Node<'_>> =
            node.children(&mut cursor).filter(|child| !child.is_extra()).collect();
        let mut at = 0;
        while let Some(&token) = tokens.get(at) {
            let is_part = token.is_named() || matches!(token.kind(), "this" | "base");
            let assigned = tokens.get(at + 1).is_some_and(|next| next.kind() == "=");
            if is_part
                && assigned
                && let Some(&value_node) = tokens.get(at + 2)
            {
                let name = self.ident(token);
                let value = self.expr(value_node);
                let span = Span::new(token.start_byte(), value_node.end_byte());
                fields.push(RecordField { name, key: None, value, span });
                at += 3;
                continue;
            }
            if is_part {
                let value = self.expr(token);
                let name = self.projected_name(token);
                fields.push(RecordField { name, key: None, value, span: span(token) });
            }
            at += 1;
        }
        let record = Record { ty: None, fields: fields.into(), spreads: Box::default() };
        self.out.expr(ExprKind::Record(Box::new(record)), span(node))
    }

    /// The name that `new { a.B }` gives its member.
    fn projected_name(&self, node: Node<'_>) -> Name {
        match node.kind() {
            "identifier" => self.ident(node),
            "member_access_expression" => self.member_name(node),
            "conditional_access_expression" => {
                parts(node).last().map(|binding| self.member_name(*binding)).unwrap_or_default()
            }
            _ => Name::default(),
        }
    }

    pub(super) fn array(&mut self, node: Node<'_>) -> ExprId {
        let children = parts(node);
        let items = children.iter().find(|child| child.kind() == "initializer_expression");
        if let Some(items) = items {
            let items: Box<[ExprId]> =
                parts(*items).into_iter().map(|item| self.expr(item)).collect();
            return self.out.expr(ExprKind::List(items), span(node));
        }
        // Only its size is said.
        let sizes = node
            .child_by_field_name("type")
            .and_then(|ty| ty.child_by_field_name("rank"))
            .map(parts)
            .unwrap_or_default();
        let sizes = sizes.into_iter().map(|size| self.expr(size)).collect();
        self.out.unknown(sizes, span(node))
    }

    pub(super) fn collection(&mut self, node: Node<'_>) -> ExprId {
        let mut items = Vec::new();
        for element in parts(node) {
            let inner = parts(element).into_iter().next().unwrap_or(element);
            if inner.kind() == "spread_element" {
                let of = self.last_part(inner);
                items.push(self.out.expr(ExprKind::Each(of), span(inner)));
            } else {
                items.push(self.expr(element));
            }
        }
        self.out.expr(ExprKind::List(items.into()), span(node))
    }
}

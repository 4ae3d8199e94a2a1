//! Targets of assignments and patterns of `match`: each part becomes a binding of its own.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Span, TypeRef};
use tree_sitter::Node;

use super::{Lowering, children, field, first};
use crate::syntax::span;

impl Lowering<'_> {
    /// Gives `value` to a target: a name, a member, an element, or several of these.
    pub(super) fn assign(
        &mut self,
        target: Node<'_>,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
        at: Span,
    ) {
        if self.descend(span(target)) {
            self.assign_inside(target, value, ty, kind, at);
            self.rise();
        }
    }

    fn assign_inside(
        &mut self,
        target: Node<'_>,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
        at: Span,
    ) {
        match target.kind() {
            "identifier" => self.bind(self.text(target), value, ty, kind, at),
            "attribute" | "subscript" => {
                let place = self.expr(target);
                self.build.assign(place, value, kind, at);
                if let Some(binding) = self.build.unit().bindings.last_mut() {
                    binding.ty = ty;
                }
            }
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list"
            | "expression_list" => self.assign_parts(target, value, kind, at),
            "as_pattern_target" | "parenthesized_expression" => {
                if let Some(inner) = first(target) {
                    self.assign(inner, value, ty, kind, at);
                }
            }
            _ => {
                self.expr(target);
            }
        }
    }

    fn assign_parts(
        &mut self,
        target: Node<'_>,
        value: Option<ExprId>,
        kind: BindingKind,
        at: Span,
    ) {
        let parts = children(target);
        let items = value.and_then(|value| self.items_of(value, parts.len()));
        let mut after_rest = false;
        for (index, part) in parts.into_iter().enumerate() {
            if matches!(part.kind(), "list_splat_pattern" | "list_splat") {
                after_rest = true;
                if let Some(inner) = first(part) {
                    let rest = value.map(|value| self.rest_of(value, span(part)));
                    self.assign(inner, rest, None, kind, at);
                }
                continue;
            }
            let value = match (&items, value) {
                (Some(items), _) if !after_rest => items.get(index).copied(),
                (_, Some(of)) if after_rest => {
                    Some(self.build.expr(ExprKind::Each(of), span(part)))
                }
                (_, Some(of)) => {
                    let element = ExprKind::Element { of, index: index as u32 };
                    Some(self.build.expr(element, span(part)))
                }
                (_, None) => None,
            };
            self.assign(part, value, None, kind, at);
        }
    }

    /// The items of a list literal of that length, if none of them stands for several.
    fn items_of(&mut self, value: ExprId, length: usize) -> Option<Box<[ExprId]>> {
        let unit = self.build.unit();
        match &unit.expr(value).kind {
            ExprKind::List(items) if items.len() == length => {
                let several = |&id: &ExprId| matches!(unit.expr(id).kind, ExprKind::Each(_));
                (!items.iter().any(several)).then(|| items.clone())
            }
            _ => None,
        }
    }

    fn rest_of(&mut self, value: ExprId, at: Span) -> ExprId {
        let each = self.build.expr(ExprKind::Each(value), at);
        self.build.expr(ExprKind::List([each].into()), at)
    }

    /// Binds what a pattern captures from `subject`, and gives back what it tests, if that is a
    /// value or a class.
    pub(super) fn pattern(&mut self, node: Node<'_>, subject: ExprId) -> Option<ExprId> {
        if !self.descend(span(node)) {
            return None;
        }
        let test = self.pattern_inside(node, subject);
        self.rise();
        test
    }

    fn pattern_inside(&mut self, node: Node<'_>, subject: ExprId) -> Option<ExprId> {
        match node.kind() {
            "case_pattern" => first(node).and_then(|inner| self.pattern(inner, subject)),
            "dotted_name" if !self.text(node).contains('.') => {
                self.bind(self.text(node), Some(subject), None, BindingKind::Assign, span(node));
                None
            }
            "as_pattern" => self.as_pattern(node, subject),
            "union_pattern" => {
                let tests: Vec<_> = children(node)
                    .into_iter()
                    .filter_map(|part| self.pattern(part, subject))
                    .collect();
                tests.into_iter().reduce(|left, right| {
                    let kind = ExprKind::Binary { op: "or".into(), left, right };
                    self.build.expr(kind, span(node))
                })
            }
            "list_pattern" | "tuple_pattern" => {
                self.sequence_pattern(&children(node), subject);
                None
            }
            "dict_pattern" => {
                self.dict_pattern(node, subject);
                None
            }
            "class_pattern" => self.class_pattern(node, subject),
            "splat_pattern" => {
                self.splat_pattern(node, subject);
                None
            }
            _ => {
                let mut right = self.expr(node);
                let sign = node.prev_sibling().filter(|sign| sign.kind() == "-");
                if let Some(sign) = sign {
                    let at = Span::new(sign.start_byte(), node.end_byte());
                    let kind = ExprKind::Unary { op: "-".into(), operand: right };
                    right = self.build.expr(kind, at);
                }
                let kind = ExprKind::Binary { op: "==".into(), left: subject, right };
                Some(self.build.expr(kind, span(node)))
            }
        }
    }

    fn as_pattern(&mut self, node: Node<'_>, subject: ExprId) -> Option<ExprId> {
        let parts = children(node);
        let [inner, alias] = parts[..] else { return None };
        let ty = first(inner)
            .filter(|inner| inner.kind() == "class_pattern")
            .and_then(first)
            .map(|class| TypeRef::named(self.text(class)));
        self.bind(self.text(alias), Some(subject), ty, BindingKind::Assign, span(alias));
        self.pattern(inner, subject)
    }

    pub(super) fn sequence_pattern(&mut self, parts: &[Node<'_>], subject: ExprId) {
        for (index, &part) in parts.iter().enumerate() {
            let splat = first(part).filter(|inner| inner.kind() == "splat_pattern");
            if let Some(splat) = splat {
                let rest = self.rest_of(subject, span(part));
                self.splat_pattern(splat, rest);
            } else {
                let element = ExprKind::Element { of: subject, index: index as u32 };
                let element = self.build.expr(element, span(part));
                self.pattern(part, element);
            }
        }
    }

    fn splat_pattern(&mut self, node: Node<'_>, rest: ExprId) {
        if let Some(name) = first(node) {
            self.bind(self.text(name), Some(rest), None, BindingKind::Assign, span(name));
        }
    }

    fn dict_pattern(&mut self, node: Node<'_>, subject: ExprId) {
        let mut key = None;
        let mut cursor = node.walk();
        let parts: Vec<_> = node.children(&mut cursor).collect();
        for (at, part) in parts.into_iter().enumerate() {
            match node.field_name_for_child(at as u32) {
                Some("key") => key = Some(part),
                Some("value") => {
                    if let Some(key) = key.take() {
                        let index = self.expr(key);
                        let kind = ExprKind::Index { object: subject, index };
                        let item = self.build.expr(kind, span(key));
                        self.pattern(part, item);
                    }
                }
                _ if part.kind() == "splat_pattern" => self.splat_pattern(part, subject),
                _ => {}
            }
        }
    }

    fn class_pattern(&mut self, node: Node<'_>, subject: ExprId) -> Option<ExprId> {
        let mut test = None;
        for (index, part) in children(node).into_iter().enumerate() {
            if index == 0 {
                test = Some(self.expr(part));
                continue;
            }
            let keyword = first(part).filter(|inner| inner.kind() == "keyword_pattern");
            let parts = keyword.map(children).unwrap_or_default();
            let (kind, inner) = match parts[..] {
                [name, inner] => {
                    let name = self.text(name).into();
                    (ExprKind::Member { object: subject, name }, inner)
                }
                _ => (ExprKind::Element { of: subject, index: index as u32 - 1 }, part),
            };
            let value = self.build.expr(kind, span(part));
            self.pattern(inner, value);
        }
        test
    }

    /// The parts of an assignment as an expression: `a = b = f()`, `x += 1`. Its value is what it
    /// hands on; a mere declaration (`x: int`) has none.
    pub(super) fn assignment(&mut self, node: Node<'_>) -> Option<ExprId> {
        let value = field(node, "right").map(|right| self.expr(right));
        let mut metadata = Vec::new();
        let ty = field(node, "type").map(|ty| self.type_ref(ty, &mut metadata));
        let kind = match node.kind() {
            "augmented_assignment" => BindingKind::Augment,
            _ => BindingKind::Assign,
        };
        if let Some(left) = field(node, "left") {
            self.assign(left, value, ty, kind, span(node));
        }
        value
    }
}

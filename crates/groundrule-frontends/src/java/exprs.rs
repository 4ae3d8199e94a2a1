//! Expressions.

use groundrule_unit::{Arg, BindingKind, CallForm, ExprId, ExprKind, Name, Span, TypeRef};
use tree_sitter::Node;

use super::{Java, types::is_type};
use crate::{jvm, syntax};

impl Java<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        match self.deeper(|java| java.expr_inner(node)) {
            Some(id) => id,
            None => {
                self.b.unit().unread.push(syntax::span(node));
                self.b.unknown(Vec::new(), syntax::span(node))
            }
        }
    }

    fn expr_inner(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        match node.kind() {
            "identifier" | "type_identifier" => self.b.name(self.str(node), at),
            "scoped_identifier" => self.member_of(node.child_by_field_name("scope"), "name", node),
            "this" | "super" => self.b.expr(ExprKind::This, at),
            "string_literal" => self.string(node),
            "character_literal" => self.character(node),
            "true" => self.b.expr(ExprKind::Bool(true), at),
            "false" => self.b.expr(ExprKind::Bool(false), at),
            "null_literal" => self.b.expr(ExprKind::Null, at),
            "decimal_integer_literal"
            | "hex_integer_literal"
            | "octal_integer_literal"
            | "binary_integer_literal"
            | "decimal_floating_point_literal"
            | "hex_floating_point_literal" => {
                self.b.expr(ExprKind::Number(Name::new(self.str(node))), at)
            }
            "parenthesized_expression" | "template_expression" => self.wrapped(node),
            "field_access" => self.field_access(node),
            "method_invocation" => self.invocation(node),
            "object_creation_expression" => self.creation(node),
            "array_creation_expression" => self.array_creation(node),
            "array_initializer" | "element_value_array_initializer" => self.list(node),
            "array_access" => self.array_access(node),
            "assignment_expression" => self.assignment(node),
            "update_expression" => self.update(node),
            "binary_expression" => self.binary(node),
            "unary_expression" => self.unary(node),
            "ternary_expression" => self.ternary(node),
            "cast_expression" => self.cast(node),
            "instanceof_expression" => self.instance_of(node),
            "lambda_expression" => self.lambda(node),
            "method_reference" => self.method_reference(node),
            "class_literal" => self.class_literal(node),
            "switch_expression" => self.switch(node),
            "annotation" | "marker_annotation" => self.nested_annotation(node),
            _ if is_type(node) => self.type_as_value(node),
            _ => {
                let parts = syntax::children(node).into_iter().map(|child| self.expr(child));
                let parts = parts.collect();
                self.b.unknown(parts, at)
            }
        }
    }

    /// The field of a node as an expression; unknown where broken text has none.
    fn part(&mut self, node: Node<'_>, field: &str) -> ExprId {
        match node.child_by_field_name(field) {
            Some(part) => self.expr(part),
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        }
    }

    /// What a wrapper hands through: its last part, which for string templates is the string.
    pub(super) fn wrapped(&mut self, node: Node<'_>) -> ExprId {
        let mut last = None;
        for child in syntax::children(node) {
            last = Some(self.expr(child));
        }
        match last {
            Some(value) => value,
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        }
    }

    fn member_of(&mut self, object: Option<Node<'_>>, field: &str, node: Node<'_>) -> ExprId {
        let object = match object {
            Some(object) => self.expr(object),
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        };
        let name = node.child_by_field_name(field).map(|name| self.str(name));
        self.b.member(object, name.unwrap_or_default(), syntax::span(node))
    }

    fn field_access(&mut self, node: Node<'_>) -> ExprId {
        let field = node.child_by_field_name("field").map(|field| field.kind());
        // `Outer.this` and `Outer.super.x`.
        if field == Some("this") {
            return self.b.expr(ExprKind::This, syntax::span(node));
        }
        if let Some(outer) = self.super_of(node) {
            let name = node.child_by_field_name("field").map(|name| self.str(name));
            return self.b.member(outer, name.unwrap_or_default(), syntax::span(node));
        }
        self.member_of(node.child_by_field_name("object"), "field", node)
    }

    /// The `Outer.super` that a member may be reached through.
    fn super_of(&mut self, node: Node<'_>) -> Option<ExprId> {
        let mut cursor = node.walk();
        let found = node.children(&mut cursor).find(|child| child.kind() == "super")?;
        Some(self.b.expr(ExprKind::This, syntax::span(found)))
    }

    fn invocation(&mut self, node: Node<'_>) -> ExprId {
        let name = node.child_by_field_name("name");
        let text = name.map(|name| self.str(name)).unwrap_or_default();
        let name_at = syntax::span(name.unwrap_or(node));
        let object = match node.child_by_field_name("object") {
            Some(object) => {
                let is_outer = object.kind() != "super" && syntax::has(node, "super");
                let through = if is_outer { self.super_of(node) } else { None };
                Some(through.unwrap_or_else(|| self.expr(object)))
            }
            None => None,
        };
        let callee = match object {
            Some(object) => {
                let start = syntax::span(node).start as usize;
                let at = Span::new(start, name_at.end as usize);
                self.b.member(object, text, at)
            }
            None => self.b.name(text, name_at),
        };
        let args = match node.child_by_field_name("arguments") {
            Some(args) => self.args(args),
            None => Vec::new(),
        };
        let type_args = self.type_args_of(node);
        self.call(callee, args, CallForm::Call, type_args, node)
    }

    fn call(
        &mut self,
        callee: ExprId,
        args: Vec<Arg>,
        form: CallForm,
        type_args: Box<[TypeRef]>,
        node: Node<'_>,
    ) -> ExprId {
        let id = self.b.call(callee, args, form, syntax::span(node));
        if !type_args.is_empty()
            && let ExprKind::Call(call) = &mut self.b.unit().exprs[id.0 as usize].kind
        {
            call.type_args = type_args;
        }
        id
    }

    pub(super) fn args(&mut self, list: Node<'_>) -> Vec<Arg> {
        syntax::children(list).into_iter().map(|child| jvm::arg(self.expr(child))).collect()
    }

    fn creation(&mut self, node: Node<'_>) -> ExprId {
        let Some(ty) = node.child_by_field_name("type") else {
            return self.wrapped(node);
        };
        let children = syntax::children(node);
        let outer = children.first().filter(|child| child.end_byte() <= ty.start_byte());
        let outer = outer.filter(|child| {
            !matches!(child.kind(), "type_arguments" | "annotation" | "marker_annotation")
        });
        let callee = match outer {
            Some(outer) => {
                let object = self.expr(*outer);
                let name = self.type_ref(ty).name;
                self.b.member(object, name, syntax::span(ty))
            }
            None => self.type_as_value(ty),
        };
        let args = match node.child_by_field_name("arguments") {
            Some(args) => self.args(args),
            None => Vec::new(),
        };
        let made = self.type_ref(ty);
        let id = self.call(callee, args, CallForm::New, made.args.clone(), node);
        if let Some(body) = children.iter().find(|child| child.kind() == "class_body") {
            self.anonymous_type(*body, made, syntax::span(node));
        }
        id
    }

    /// `super(…)` and `this(…)` at the start of a constructor.
    pub(super) fn constructor_call(&mut self, node: Node<'_>) -> ExprId {
        if let Some(object) = node.child_by_field_name("object") {
            self.expr(object);
        }
        let callee = self.part(node, "constructor");
        let args = match node.child_by_field_name("arguments") {
            Some(args) => self.args(args),
            None => Vec::new(),
        };
        self.b.call(callee, args, CallForm::Call, syntax::span(node))
    }

    /// An array with its items; one with a size alone has no known value.
    fn array_creation(&mut self, node: Node<'_>) -> ExprId {
        if let Some(items) = node.child_by_field_name("value") {
            return self.list(items);
        }
        let mut sizes = Vec::new();
        for dimension in syntax::fields(node, "dimensions") {
            for size in syntax::children(dimension) {
                sizes.push(self.expr(size));
            }
        }
        self.b.unknown(sizes, syntax::span(node))
    }

    fn list(&mut self, node: Node<'_>) -> ExprId {
        let items = syntax::children(node).into_iter().map(|child| self.expr(child)).collect();
        self.b.expr(ExprKind::List(items), syntax::span(node))
    }

    fn array_access(&mut self, node: Node<'_>) -> ExprId {
        let object = self.part(node, "array");
        let index = self.part(node, "index");
        self.b.expr(ExprKind::Index { object, index }, syntax::span(node))
    }

    fn assignment(&mut self, node: Node<'_>) -> ExprId {
        let operator = node.child_by_field_name("operator").map_or("=", |op| op.kind());
        let left = node.child_by_field_name("left");
        let place = left.filter(|left| left.kind() != "identifier").map(|left| self.expr(left));
        let value = self.part(node, "right");
        let kind = if operator == "=" { BindingKind::Assign } else { BindingKind::Augment };
        let at = syntax::span(node);
        match (place, left) {
            (Some(place), _) => self.b.assign(place, Some(value), kind, at),
            (None, Some(left)) => self.b.bind(self.str(left), Some(value), None, kind, at),
            (None, None) => {}
        }
        value
    }

    fn update(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let op = if syntax::has(node, "++") { "++" } else { "--" };
        let operand = self.wrapped(node);
        match &self.b.unit().expr(operand).kind {
            ExprKind::Name(name) => {
                let target = name.clone();
                self.b.bind(target, None, None, BindingKind::Augment, at);
            }
            _ => self.b.assign(operand, None, BindingKind::Augment, at),
        }
        self.b.expr(ExprKind::Unary { op: Name::new(op), operand }, at)
    }

    fn binary(&mut self, node: Node<'_>) -> ExprId {
        let left = self.part(node, "left");
        let right = self.part(node, "right");
        let op = node.child_by_field_name("operator").map_or("", |op| op.kind());
        self.b.expr(ExprKind::Binary { op: Name::new(op), left, right }, syntax::span(node))
    }

    fn unary(&mut self, node: Node<'_>) -> ExprId {
        let operand = self.part(node, "operand");
        let op = node.child_by_field_name("operator").map_or("", |op| op.kind());
        self.b.expr(ExprKind::Unary { op: Name::new(op), operand }, syntax::span(node))
    }

    fn ternary(&mut self, node: Node<'_>) -> ExprId {
        self.part(node, "condition");
        let yes = self.part(node, "consequence");
        let no = self.part(node, "alternative");
        self.b.expr(ExprKind::Choice(Box::new([yes, no])), syntax::span(node))
    }

    fn cast(&mut self, node: Node<'_>) -> ExprId {
        let operand = self.part(node, "value");
        let ty = node.child_by_field_name("type").map(|ty| self.type_ref(ty)).unwrap_or_default();
        self.b.expr(ExprKind::Cast { ty, operand }, syntax::span(node))
    }

    /// `x instanceof T t`: a comparison with the type, and a variable that is `x`.
    fn instance_of(&mut self, node: Node<'_>) -> ExprId {
        let left = self.part(node, "left");
        let right = match (node.child_by_field_name("right"), node.child_by_field_name("pattern")) {
            (Some(ty), _) => {
                if let Some(name) = node.child_by_field_name("name") {
                    let ty = Some(self.type_ref(ty));
                    let at = syntax::span(name);
                    self.b.bind(self.str(name), Some(left), ty, BindingKind::Constant, at);
                }
                self.type_as_value(ty)
            }
            (None, Some(pattern)) => self.pattern(pattern, left),
            (None, None) => self.b.unknown(Vec::new(), syntax::span(node)),
        };
        let op = Name::new_static("instanceof");
        self.b.expr(ExprKind::Binary { op, left, right }, syntax::span(node))
    }

    /// Binds the variables of a pattern (`T name`, `T(…)`) to `value` and its parts, and gives the
    /// pattern's type.
    pub(super) fn pattern(&mut self, node: Node<'_>, value: ExprId) -> ExprId {
        self.bind_pattern(node, value);
        match syntax::children(node).first() {
            Some(&ty) => self.type_as_value(ty),
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        }
    }

    fn bind_pattern(&mut self, node: Node<'_>, value: ExprId) {
        let children = syntax::children(node);
        let [ty, rest] = children.as_slice() else { return };
        if rest.kind() == "record_pattern_body" {
            self.deeper(|java| {
                for (index, component) in syntax::children(*rest).into_iter().enumerate() {
                    let of = ExprKind::Element { of: value, index: index as u32 };
                    let element = java.b.expr(of, syntax::span(component));
                    java.bind_pattern(component, element);
                }
            });
        } else if rest.kind() == "identifier" && self.str(*rest) != "_" {
            let ty = self.declared_type(*ty, node);
            let at = syntax::span(node);
            self.b.bind(self.str(*rest), Some(value), ty, BindingKind::Constant, at);
        }
    }

    fn method_reference(&mut self, node: Node<'_>) -> ExprId {
        let mut cursor = node.walk();
        let children: Vec<_> = node.children(&mut cursor).collect();
        let object = match children.first() {
            Some(&object) => self.expr(object),
            None => self.b.unknown(Vec::new(), syntax::span(node)),
        };
        let name = children.last().map(|name| self.str(*name)).unwrap_or_default();
        self.b.member(object, name, syntax::span(node))
    }

    fn class_literal(&mut self, node: Node<'_>) -> ExprId {
        let object = self.wrapped(node);
        self.b.member(object, "class", syntax::span(node))
    }
}

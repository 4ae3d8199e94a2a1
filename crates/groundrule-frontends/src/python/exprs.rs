//! Expressions: calls, operators, literals, comprehensions, lambdas.

use groundrule_unit::{
    Arg, BindingKind, CallForm, ExprId, ExprKind, Function, Name, Record, RecordField, ScopeKind,
    Visibility,
};
use tree_sitter::Node;

use super::{Frame, Lowering, children, field, first};
use crate::syntax::{fields, has, span};

impl Lowering<'_> {
    /// Lowers an expression whose value is used.
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        self.lower_expr(node, false)
    }

    /// Lowers an expression of which only the truth is used: `or` is an operator there, and no
    /// choice of values.
    pub(super) fn condition(&mut self, node: Node<'_>) -> ExprId {
        self.lower_expr(node, true)
    }

    fn lower_expr(&mut self, node: Node<'_>, truth: bool) -> ExprId {
        if !self.descend(span(node)) {
            return self.build.unknown(Vec::new(), span(node));
        }
        let id = self.expr_inside(node, truth);
        self.rise();
        id
    }

    fn expr_inside(&mut self, node: Node<'_>, truth: bool) -> ExprId {
        match node.kind() {
            "identifier" => self.name(node),
            "attribute" => self.attribute(node),
            "call" => self.call(node),
            "string" | "concatenated_string" => self.string(node),
            "integer" | "float" => self.leaf(ExprKind::Number(self.text(node).into()), node),
            "true" => self.leaf(ExprKind::Bool(true), node),
            "false" => self.leaf(ExprKind::Bool(false), node),
            "none" => self.leaf(ExprKind::Null, node),
            "ellipsis" => self.leaf(ExprKind::Name("Ellipsis".into()), node),
            "parenthesized_expression"
            | "await"
            | "type"
            | "as_pattern"
            | "as_pattern_target"
            | "dictionary_splat"
            | "chevron"
            | "if_clause"
            | "case_pattern" => match first(node) {
                Some(inner) => self.lower_expr(inner, truth),
                None => self.build.unknown(Vec::new(), span(node)),
            },
            "boolean_operator" => self.boolean(node, truth),
            "binary_operator" => self.binary(node),
            "comparison_operator" => self.comparison(node),
            "not_operator" | "unary_operator" => self.unary(node),
            "conditional_expression" => self.conditional(node),
            "lambda" => self.lambda(node),
            "list" | "tuple" | "set" | "expression_list" | "pattern_list" => self.list(node),
            "list_comprehension"
            | "set_comprehension"
            | "generator_expression"
            | "dictionary_comprehension" => self.comprehension(node),
            "dictionary" => self.dictionary(node),
            "subscript" => self.subscript(node),
            "slice" => self.slice(node),
            "named_expression" => self.walrus(node),
            "list_splat" | "list_splat_pattern" => self.splat(node),
            "yield" => self.yielded(node),
            "assignment" | "augmented_assignment" => match self.assignment(node) {
                Some(value) => value,
                None => self.build.unknown(Vec::new(), span(node)),
            },
            "dotted_name" => self.dotted_value(node),
            _ => self.unknown(node),
        }
    }

    fn leaf(&mut self, kind: ExprKind, node: Node<'_>) -> ExprId {
        self.build.expr(kind, span(node))
    }

    fn unknown(&mut self, node: Node<'_>) -> ExprId {
        let parts = children(node).into_iter().map(|part| self.expr(part)).collect();
        self.build.unknown(parts, span(node))
    }

    fn part(&mut self, node: Node<'_>, name: &str) -> ExprId {
        match field(node, name) {
            Some(part) => self.expr(part),
            None => self.build.unknown(Vec::new(), span(node)),
        }
    }

    fn name(&mut self, node: Node<'_>) -> ExprId {
        let name = self.text(node);
        let kind =
            if self.is_receiver(name) { ExprKind::This } else { ExprKind::Name(name.into()) };
        self.leaf(kind, node)
    }

    /// A dotted name where a pattern compares with it.
    fn dotted_value(&mut self, node: Node<'_>) -> ExprId {
        let mut value = None;
        for part in children(node) {
            value = Some(match value {
                None => self.name(part),
                Some(object) => self.build.member(object, self.text(part), span(node)),
            });
        }
        value.unwrap_or_else(|| self.build.unknown(Vec::new(), span(node)))
    }

    fn attribute(&mut self, node: Node<'_>) -> ExprId {
        let object = self.part(node, "object");
        let name = field(node, "attribute").map(|name| self.text(name)).unwrap_or_default();
        self.build.member(object, name, span(node))
    }

    fn call(&mut self, node: Node<'_>) -> ExprId {
        let callee = field(node, "function");
        if callee
            .is_some_and(|callee| callee.kind() == "identifier" && self.text(callee) == "super")
        {
            if let Some(arguments) = field(node, "arguments") {
                self.args(arguments);
            }
            return self.leaf(ExprKind::This, node);
        }
        let callee = self.part(node, "function");
        let args = field(node, "arguments").map(|args| self.args(args)).unwrap_or_default();
        self.build.call(callee, args, CallForm::Call, span(node))
    }

    /// The arguments of a call: a list, or one generator expression.
    pub(super) fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        if node.kind() != "argument_list" {
            let value = self.expr(node);
            return vec![Arg { name: None, value, spread: false, sigil: None }];
        }
        children(node).into_iter().map(|arg| self.arg(arg)).collect()
    }

    fn arg(&mut self, node: Node<'_>) -> Arg {
        let plain = |value| Arg { name: None, value, spread: false, sigil: None };
        match node.kind() {
            "keyword_argument" => {
                let name = field(node, "name").map(|name| Name::new(self.text(name)));
                Arg { name, ..plain(self.part(node, "value")) }
            }
            "list_splat" | "dictionary_splat" => match first(node) {
                Some(inner) => Arg { spread: true, ..plain(self.expr(inner)) },
                None => plain(self.unknown(node)),
            },
            _ => plain(self.expr(node)),
        }
    }

    fn boolean(&mut self, node: Node<'_>, truth: bool) -> ExprId {
        let op = field(node, "operator").map(|op| self.text(op)).unwrap_or_default();
        let both = |own: &mut Self, name| match field(node, name) {
            Some(part) => own.lower_expr(part, truth),
            None => own.build.unknown(Vec::new(), span(node)),
        };
        let left = both(self, "left");
        let right = both(self, "right");
        if op == "or" && !truth {
            return self.leaf(ExprKind::Choice([left, right].into()), node);
        }
        self.leaf(ExprKind::Binary { op: op.into(), left, right }, node)
    }

    fn binary(&mut self, node: Node<'_>) -> ExprId {
        let op = field(node, "operator").map(|op| self.text(op)).unwrap_or_default();
        let left = self.part(node, "left");
        let right = self.part(node, "right");
        self.leaf(ExprKind::Binary { op: op.into(), left, right }, node)
    }

    /// `a < b < c` becomes `(a < b) < c`: both operators and all operands are there.
    fn comparison(&mut self, node: Node<'_>) -> ExprId {
        let mut cursor = node.walk();
        let operators: Vec<_> = node
            .children_by_field_name("operators", &mut cursor)
            .map(|op| Name::new(self.text(op)))
            .collect();
        let operands: Vec<_> = children(node).into_iter().filter(|part| part.is_named()).collect();
        let mut value = None;
        for (at, operand) in operands.into_iter().enumerate() {
            let right = self.expr(operand);
            value = Some(match value {
                None => right,
                Some(left) => {
                    let op = operators.get(at - 1).cloned().unwrap_or_default();
                    self.leaf(ExprKind::Binary { op, left, right }, node)
                }
            });
        }
        value.unwrap_or_else(|| self.build.unknown(Vec::new(), span(node)))
    }

    fn unary(&mut self, node: Node<'_>) -> ExprId {
        let not = node.kind() == "not_operator";
        let op = match field(node, "operator") {
            Some(op) if !not => self.text(op),
            _ => "not",
        };
        let operand = match field(node, "argument") {
            Some(operand) => self.lower_expr(operand, not),
            None => self.build.unknown(Vec::new(), span(node)),
        };
        self.leaf(ExprKind::Unary { op: op.into(), operand }, node)
    }

    fn conditional(&mut self, node: Node<'_>) -> ExprId {
        let parts = children(node);
        let [then, condition, otherwise] = parts[..] else { return self.unknown(node) };
        self.condition(condition);
        let choice = [self.expr(then), self.expr(otherwise)];
        self.leaf(ExprKind::Choice(choice.into()), node)
    }

    fn list(&mut self, node: Node<'_>) -> ExprId {
        let items = children(node).into_iter().map(|item| self.expr(item)).collect();
        self.leaf(ExprKind::List(items), node)
    }

    fn splat(&mut self, node: Node<'_>) -> ExprId {
        match first(node) {
            Some(inner) => {
                let all = self.expr(inner);
                self.leaf(ExprKind::Each(all), node)
            }
            None => self.unknown(node),
        }
    }

    fn dictionary(&mut self, node: Node<'_>) -> ExprId {
        let mut fields = Vec::new();
        let mut spreads = Vec::new();
        for part in children(node) {
            match part.kind() {
                "pair" => fields.push(self.pair(part)),
                _ => spreads.push(self.expr(part)),
            }
        }
        let record = Record { ty: None, fields: fields.into(), spreads: spreads.into() };
        self.leaf(ExprKind::Record(Box::new(record)), node)
    }

    fn pair(&mut self, node: Node<'_>) -> RecordField {
        let key = field(node, "key");
        let (name, key) = match key.map(|key| (self.plain_string(key), key)) {
            Some((Some(name), _)) => (name, None),
            Some((None, key)) => (String::new(), Some(self.expr(key))),
            None => (String::new(), None),
        };
        let value = self.part(node, "value");
        RecordField { name: Name::new(name), key, value, span: span(node) }
    }

    /// A comprehension is the literal of the one item that its body is, inside a loop.
    fn comprehension(&mut self, node: Node<'_>) -> ExprId {
        let mut opened = 0;
        for clause in children(node) {
            match clause.kind() {
                "for_in_clause" => self.for_in_clause(clause, node),
                "if_clause" => {
                    let condition = first(clause).map(|condition| self.condition(condition));
                    self.build.enter(ScopeKind::Branch(condition), span(node));
                }
                _ => continue,
            }
            opened += 1;
        }
        let body = field(node, "body");
        let kind = match body {
            Some(body) if body.kind() == "pair" => {
                let fields = [self.pair(body)].into();
                ExprKind::Record(Box::new(Record { ty: None, fields, spreads: Box::default() }))
            }
            Some(body) => ExprKind::List([self.expr(body)].into()),
            None => ExprKind::Unknown(Box::default()),
        };
        for _ in 0..opened {
            self.build.leave();
        }
        self.leaf(kind, node)
    }

    fn for_in_clause(&mut self, clause: Node<'_>, whole: Node<'_>) {
        let rights = fields(clause, "right");
        let head = match rights[..] {
            [only] => self.expr(only),
            _ => {
                let items = rights.into_iter().map(|right| self.expr(right)).collect();
                self.leaf(ExprKind::List(items), clause)
            }
        };
        self.build.enter(ScopeKind::Loop { head: Some(head), bounded: true }, span(whole));
        if let Some(left) = field(clause, "left") {
            let item = self.build.expr(ExprKind::Each(head), span(left));
            self.assign(left, Some(item), None, BindingKind::Each, span(left));
        }
    }

    fn subscript(&mut self, node: Node<'_>) -> ExprId {
        let object = self.part(node, "value");
        let indices: Vec<_> =
            fields(node, "subscript").into_iter().map(|index| self.expr(index)).collect();
        let index = match indices[..] {
            [only] => only,
            _ => self.leaf(ExprKind::List(indices.into()), node),
        };
        self.leaf(ExprKind::Index { object, index }, node)
    }

    /// `a:b` inside brackets: a binary `:`, with null for a border that is left out.
    fn slice(&mut self, node: Node<'_>) -> ExprId {
        let mut borders = [None, None, None];
        let mut at = 0;
        let mut cursor = node.walk();
        let parts: Vec<_> = node.children(&mut cursor).filter(|part| !part.is_extra()).collect();
        for part in parts {
            if part.kind() == ":" {
                at = (at + 1).min(2);
            } else {
                borders[at] = Some(self.expr(part));
            }
        }
        let mut border = |border: Option<ExprId>| {
            border.unwrap_or_else(|| self.build.expr(ExprKind::Null, span(node)))
        };
        let left = border(borders[0]);
        let right = border(borders[1]);
        let slice = self.leaf(ExprKind::Binary { op: ":".into(), left, right }, node);
        match borders[2] {
            Some(right) => self.leaf(ExprKind::Binary { op: ":".into(), left: slice, right }, node),
            None => slice,
        }
    }

    fn walrus(&mut self, node: Node<'_>) -> ExprId {
        let value = self.part(node, "value");
        if let Some(name) = field(node, "name") {
            self.bind(self.text(name), Some(value), None, BindingKind::Assign, span(node));
        }
        value
    }

    /// A `yield`: what it gives out is a result, what it evaluates to comes from outside.
    fn yielded(&mut self, node: Node<'_>) -> ExprId {
        let inner = first(node).map(|inner| self.expr(inner));
        if let Some(inner) = inner {
            let from = has(node, "from");
            let result = if from { self.leaf(ExprKind::Each(inner), node) } else { inner };
            if let Some(frame) = self.frames.last_mut() {
                frame.results.push(result);
            }
        }
        self.build.unknown(inner.into_iter().collect(), span(node))
    }

    fn lambda(&mut self, node: Node<'_>) -> ExprId {
        let (params, _) = match field(node, "parameters") {
            Some(params) => self.params(params, false),
            None => (Vec::new(), None),
        };
        let receiver = self.inherited_receiver(&params);
        let declared_in = self.build.scope();
        let id = self.build.function(|_| Function {
            name: Name::default(),
            owner: None,
            implements: None,
            receiver: None,
            params,
            returns: None,
            type_params: Vec::new(),
            annotations: Vec::new(),
            results: Vec::new(),
            scope: declared_in,
            declared_in,
            visibility: Visibility::Public,
            is_static: false,
            is_async: false,
            is_constructor: false,
            is_extension: false,
            has_body: true,
            span: span(node),
            name_span: span(node),
        });
        let body = field(node, "body");
        let scope = self.build.enter(ScopeKind::Function(id), body.map_or(span(node), span));
        self.frames.push(Frame { scope, receiver, ..Frame::default() });
        let result = body.map(|body| self.expr(body));
        let frame = self.frames.pop().unwrap_or_default();
        self.build.leave();
        let function = &mut self.build.unit().functions[id.0 as usize];
        function.scope = scope;
        function.results = result.into_iter().chain(frame.results).collect();
        self.leaf(ExprKind::Lambda(id), node)
    }
}

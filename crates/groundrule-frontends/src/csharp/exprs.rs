//! Expressions, except calls and creations.

use groundrule_unit::{
    BindingKind, CallForm, ExitKind, ExprId, ExprKind, Name, Param, ParamKind, Record, RecordField,
    ScopeKind, TypeRef,
};
use tree_sitter::Node;

use super::{Lowering, parts, stmts::is_pattern};
use crate::syntax::{has, span};

impl Lowering<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        self.expr_as(node, None)
    }

    /// An expression where a value of type `ty` is wanted: it names what `new()` makes.
    pub(super) fn expr_as(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        match self.deeper(node, |this| this.expr_inner(node, ty)) {
            Some(id) => id,
            None => self.out.unknown(Vec::new(), span(node)),
        }
    }

    fn expr_inner(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let at = span(node);
        match node.kind() {
            "identifier" | "predefined_type" | "implicit_type" | "discard" => {
                let name = self.ident(node);
                self.out.name(name, at)
            }
            "generic_name" => {
                let name = parts(node).first().map(|n| self.ident(*n)).unwrap_or_default();
                self.out.name(name, at)
            }
            "this" | "base" => self.out.expr(ExprKind::This, at),
            "member_access_expression" | "qualified_name" => self.access(node),
            "alias_qualified_name" => {
                let ty = self.type_ref(node);
                self.chain(&ty.name, node)
            }
            "conditional_access_expression" => self.conditional_access(node),
            "element_access_expression" => self.element_access(node),
            "invocation_expression" => self.invocation(node),
            "object_creation_expression" => self.creation(node),
            "implicit_object_creation_expression" => self.implicit_creation(node, ty),
            "anonymous_object_creation_expression" => self.anonymous_object(node),
            "with_expression" => self.with_expression(node),
            "initializer_expression" => self.initializer_value(node),
            "array_creation_expression"
            | "implicit_array_creation_expression"
            | "stackalloc_expression"
            | "implicit_stackalloc_expression" => self.array(node),
            "collection_expression" => self.collection(node),
            "tuple_expression" => {
                let items = parts(node)
                    .into_iter()
                    .map(|argument| self.last_part(argument))
                    .collect::<Box<[_]>>();
                self.out.expr(ExprKind::List(items), at)
            }
            "parenthesized_expression"
            | "checked_expression"
            | "await_expression"
            | "ref_expression"
            | "argument"
            | "expression_element"
            | "collection_element"
            | "constant_pattern"
            | "expression_statement" => match parts(node).first() {
                Some(inner) => self.expr_as(*inner, ty),
                None => self.out.unknown(Vec::new(), at),
            },
            "string_literal"
            | "verbatim_string_literal"
            | "raw_string_literal"
            | "character_literal"
            | "integer_literal"
            | "real_literal"
            | "boolean_literal"
            | "null_literal" => self.literal(node),
            "default_expression" => self.out.expr(ExprKind::Null, at),
            "interpolated_string_expression" => self.template(node),
            "assignment_expression" => self.assignment(node),
            "binary_expression" => self.binary(node, ty),
            "prefix_unary_expression" => self.prefix(node),
            "postfix_unary_expression" => self.postfix(node, ty),
            "conditional_expression" => self.conditional(node, ty),
            "switch_expression" => self.switch_expression(node, ty),
            "throw_expression" => self.throw(node),
            "is_expression" => self.type_test(node),
            "is_pattern_expression" => self.pattern_test(node),
            "as_expression" => self.cast(node, "right", "left"),
            "cast_expression" => self.cast(node, "type", "value"),
            "lambda_expression" | "anonymous_method_expression" => self.lambda(node),
            "typeof_expression" | "sizeof_expression" => self.type_operator(node),
            "range_expression" => self.range(node),
            "query_expression" => self.within(ScopeKind::Block, node, |this| this.query(node)).1,
            "declaration_expression" => {
                let ty = self.declared_type(node, "type");
                let (name, _) = self.named(node);
                self.out.bind(name.clone(), None, ty, BindingKind::Variable, at);
                self.out.name(name, at)
            }
            kind if is_pattern(kind) => self.pattern(node, None),
            _ => self.unknown(node),
        }
    }

    /// What is not known: its parts are still lowered.
    pub(super) fn unknown(&mut self, node: Node<'_>) -> ExprId {
        let mut lowered = Vec::new();
        for part in super::included(node) {
            if part.kind().ends_with("_statement") || part.kind() == "block" {
                self.statement(part);
            } else if !part.kind().ends_with("_list") {
                lowered.push(self.expr(part));
            }
        }
        self.out.unknown(lowered, span(node))
    }

    pub(super) fn last_part(&mut self, node: Node<'_>) -> ExprId {
        match parts(node).last() {
            Some(part) => self.expr(*part),
            None => self.out.unknown(Vec::new(), span(node)),
        }
    }

    /// `a.b.c` as names and members, all with the span of `node`.
    pub(super) fn chain(&mut self, path: &str, node: Node<'_>) -> ExprId {
        let at = span(node);
        let mut steps = path.split('.');
        let mut object = self.out.name(steps.next().unwrap_or_default(), at);
        for step in steps.take(crate::syntax::MAX_DEPTH as usize) {
            object = self.out.member(object, step, at);
        }
        object
    }

    fn access(&mut self, node: Node<'_>) -> ExprId {
        let object = node
            .child_by_field_name("expression")
            .or_else(|| node.child_by_field_name("qualifier"));
        let name = self.member_name(node);
        match object {
            Some(object) => {
                let object = self.expr(object);
                self.out.member(object, name, span(node))
            }
            None => self.out.name(name, span(node)),
        }
    }

    /// The name under the field `name`, without type arguments.
    pub(super) fn member_name(&self, node: Node<'_>) -> Name {
        let Some(name) = node.child_by_field_name("name") else { return Name::default() };
        match name.kind() {
            "generic_name" => parts(name).first().map(|n| self.ident(*n)).unwrap_or_default(),
            _ => self.ident(name),
        }
    }

    fn conditional_access(&mut self, node: Node<'_>) -> ExprId {
        let children = parts(node);
        let (Some(object), Some(binding)) = (children.first(), children.last()) else {
            return self.unknown(node);
        };
        let object = self.expr(*object);
        match binding.kind() {
            "member_binding_expression" => {
                let name = self.member_name(*binding);
                self.out.member(object, name, span(node))
            }
            _ => self.index(object, *binding, node),
        }
    }

    fn element_access(&mut self, node: Node<'_>) -> ExprId {
        let object = node.child_by_field_name("expression").map(|object| self.expr(object));
        match (object, node.child_by_field_name("subscript")) {
            (Some(object), Some(subscript)) => self.index(object, subscript, node),
            _ => self.unknown(node),
        }
    }

    fn index(&mut self, object: ExprId, subscript: Node<'_>, node: Node<'_>) -> ExprId {
        let mut indexes: Vec<ExprId> =
            parts(subscript).into_iter().map(|argument| self.last_part(argument)).collect();
        let index = match indexes.pop() {
            Some(only) if indexes.is_empty() => only,
            last => {
                indexes.extend(last);
                self.out.expr(ExprKind::List(indexes.into()), span(subscript))
            }
        };
        self.out.expr(ExprKind::Index { object, index }, span(node))
    }

    /// The value of an assignment is what is assigned.
    fn assignment(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(right)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return self.unknown(node);
        };
        let op = node.child_by_field_name("operator").map_or("=", |op| op.kind());
        let value = self.expr(right);
        match op {
            "=" => {
                self.assign_to(left, value, BindingKind::Assign);
                value
            }
            "??=" => {
                let old = self.expr(left);
                let either = ExprKind::Choice(Box::new([old, value]));
                let either = self.out.expr(either, span(node));
                self.assign_to(left, either, BindingKind::Assign);
                either
            }
            _ => {
                self.assign_to(left, value, BindingKind::Augment);
                value
            }
        }
    }

    /// Gives `value` to a variable, a place, or the parts of a tuple.
    pub(super) fn assign_to(&mut self, left: Node<'_>, value: ExprId, kind: BindingKind) {
        let at = span(left);
        match left.kind() {
            "identifier" => {
                let name = self.ident(left);
                self.out.bind(name, Some(value), None, kind, at);
            }
            "discard" => {}
            "declaration_expression" => {
                let ty = self.declared_type(left, "type");
                let (name, _) = self.named(left);
                self.out.bind(name, Some(value), ty, BindingKind::Variable, at);
            }
            "tuple_expression" | "tuple_pattern" => {
                for (index, part) in parts(left).into_iter().enumerate() {
                    let element = ExprKind::Element { of: value, index: index as u32 };
                    let element = self.out.expr(element, span(part));
                    let target =
                        if part.kind() == "argument" { parts(part).pop() } else { Some(part) };
                    if let Some(target) = target {
                        self.deeper(target, |this| this.assign_to(target, element, kind));
                    }
                }
            }
            "parenthesized_expression" => {
                if let Some(inner) = parts(left).first() {
                    self.deeper(*inner, |this| this.assign_to(*inner, value, kind));
                }
            }
            _ => {
                let place = self.expr(left);
                self.out.assign(place, Some(value), kind, at);
            }
        }
    }

    fn binary(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let (Some(left), Some(right)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return self.unknown(node);
        };
        let op = node.child_by_field_name("operator").map_or("", |op| op.kind());
        if op == "??" {
            let left = self.expr_as(left, ty);
            let is_throw = right.kind() == "throw_expression";
            let right = self.expr_as(right, ty);
            // What throws hands out no value.
            return if is_throw { left } else { self.choice(vec![left, right], node) };
        }
        let left = self.expr(left);
        let right = self.expr(right);
        self.out.expr(ExprKind::Binary { op: Name::new(op), left, right }, span(node))
    }

    fn choice(&mut self, mut values: Vec<ExprId>, node: Node<'_>) -> ExprId {
        match (values.len(), values.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                values.extend(last);
                self.out.expr(ExprKind::Choice(values.into()), span(node))
            }
        }
    }

    fn prefix(&mut self, node: Node<'_>) -> ExprId {
        let Some(operand) = parts(node).into_iter().next() else { return self.unknown(node) };
        let op = node.child(0).map(|op| op.kind()).unwrap_or_default();
        match op {
            // Address-of and dereference hand their value through.
            "&" | "*" => self.expr(operand),
            "++" => self.step("++", operand, node),
            "--" => self.step("--", operand, node),
            _ => {
                let operand = self.expr(operand);
                self.out.expr(ExprKind::Unary { op: Name::new(op), operand }, span(node))
            }
        }
    }

    fn postfix(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let Some(operand) = parts(node).into_iter().next() else { return self.unknown(node) };
        if has(node, "!") {
            return self.expr_as(operand, ty);
        }
        self.step(if has(node, "++") { "++" } else { "--" }, operand, node)
    }

    fn step(&mut self, op: &'static str, target: Node<'_>, node: Node<'_>) -> ExprId {
        let operand = self.expr(target);
        let stepped = ExprKind::Unary { op: Name::new_static(op), operand };
        let stepped = self.out.expr(stepped, span(node));
        match target.kind() {
            "identifier" => {
                let name = self.ident(target);
                self.out.bind(name, Some(stepped), None, BindingKind::Augment, span(node));
            }
            _ => self.out.assign(operand, Some(stepped), BindingKind::Augment, span(node)),
        }
        stepped
    }

    fn conditional(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let condition = node.child_by_field_name("condition").map(|c| self.expr(c));
        let mut values = Vec::new();
        for field in ["consequence", "alternative"] {
            let Some(branch) = node.child_by_field_name(field) else { continue };
            let kind = ScopeKind::Branch(condition);
            let (_, value) = self.within(kind, branch, |this| this.expr_as(branch, ty));
            if branch.kind() != "throw_expression" {
                values.push(value);
            }
        }
        self.choice(values, node)
    }

    fn switch_expression(&mut self, node: Node<'_>, ty: Option<&TypeRef>) -> ExprId {
        let mut children = parts(node).into_iter();
        let Some(subject) = children.next() else { return self.unknown(node) };
        let subject = self.expr(subject);
        let mut values = Vec::new();
        for arm in children {
            self.within(ScopeKind::Branch(Some(subject)), arm, |this| {
                let arm_parts = parts(arm);
                let Some((&value, before)) = arm_parts.split_last() else { return };
                for part in before {
                    match part.kind() {
                        "when_clause" => {
                            this.last_part(*part);
                        }
                        _ => {
                            this.pattern(*part, Some(subject));
                        }
                    }
                }
                let lowered = this.expr_as(value, ty);
                if value.kind() != "throw_expression" {
                    values.push(lowered);
                }
            });
        }
        self.choice(values, node)
    }

    fn throw(&mut self, node: Node<'_>) -> ExprId {
        let value = self.last_part(node);
        self.out.exit(ExitKind::Throw, Some(value), span(node));
        self.out.unknown(vec![value], span(node))
    }

    fn type_test(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(ty)) =
            (node.child_by_field_name("left"), node.child_by_field_name("right"))
        else {
            return self.unknown(node);
        };
        let left = self.expr(left);
        let name = self.type_ref(ty).name;
        let right = self.chain(&name, ty);
        self.out.expr(ExprKind::Binary { op: Name::new_static("is"), left, right }, span(node))
    }

    fn pattern_test(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(pattern)) =
            (node.child_by_field_name("expression"), node.child_by_field_name("pattern"))
        else {
            return self.unknown(node);
        };
        let left = self.expr(left);
        let right = self.pattern(pattern, Some(left));
        self.out.expr(ExprKind::Binary { op: Name::new_static("is"), left, right }, span(node))
    }

    fn cast(&mut self, node: Node<'_>, ty: &str, operand: &str) -> ExprId {
        match (node.child_by_field_name(ty), node.child_by_field_name(operand)) {
            (Some(ty), Some(operand)) => {
                let operand = self.expr(operand);
                let ty = self.type_ref(ty);
                self.out.expr(ExprKind::Cast { ty, operand }, span(node))
            }
            _ => self.unknown(node),
        }
    }

    /// `typeof(T)` and `sizeof(T)`: calls of that name with a type argument.
    fn type_operator(&mut self, node: Node<'_>) -> ExprId {
        let name = if node.kind() == "typeof_expression" { "typeof" } else { "sizeof" };
        let callee = self.out.name(name, span(node));
        let type_args = self.declared_type(node, "type").into_iter().collect();
        let call = groundrule_unit::Call {
            callee,
            args: Box::default(),
            form: CallForm::Call,
            type_args,
            initializer: None,
        };
        self.out.expr(ExprKind::Call(Box::new(call)), span(node))
    }

    fn range(&mut self, node: Node<'_>) -> ExprId {
        let ends: Vec<ExprId> = parts(node).into_iter().map(|end| self.expr(end)).collect();
        let op = Name::new_static("..");
        match *ends.as_slice() {
            [left, right] => self.out.expr(ExprKind::Binary { op, left, right }, span(node)),
            [operand] => self.out.expr(ExprKind::Unary { op, operand }, span(node)),
            _ => self.out.unknown(ends, span(node)),
        }
    }

    fn lambda(&mut self, node: Node<'_>) -> ExprId {
        let children = parts(node);
        let words = self.modifiers(&children);
        let id = self.open_function(Name::default(), node, span(node));
        let params = match node.child_by_field_name("parameters") {
            Some(list) if list.kind() == "parameter_list" => self.params(list),
            Some(single) => vec![Param {
                name: self.ident(single),
                ty: None,
                default: None,
                annotations: Vec::new(),
                kind: ParamKind::Normal,
                span: span(single),
            }],
            None => Vec::new(),
        };
        let annotations = self.annotations(&children);
        let function = self.edit(id);
        function.params = params;
        function.annotations = annotations;
        function.is_async = words.is_async;
        function.is_static = words.is_static;
        let body = node
            .child_by_field_name("body")
            .or_else(|| children.last().copied().filter(|last| last.kind() == "block"));
        if let Some(body) = body {
            self.body(body);
        }
        self.close_function(id);
        self.out.expr(ExprKind::Lambda(id), span(node))
    }

    /// A LINQ query: its variables are items of what they range over, its value is not known.
    fn query(&mut self, node: Node<'_>) -> ExprId {
        let mut lowered = Vec::new();
        for clause in parts(node) {
            let name = clause.child_by_field_name("name");
            let children: Vec<_> = parts(clause)
                .into_iter()
                .filter(|child| Some(*child) != clause.child_by_field_name("type"))
                .collect();
            match (clause.kind(), children.as_slice()) {
                ("identifier", _) => {}
                ("from_clause", [.., over]) if name.is_some() => {
                    let over_id = self.expr(*over);
                    self.range_variable(name, over_id);
                    lowered.push(over_id);
                }
                ("join_clause", [variable, over, rest @ ..]) => {
                    let over_id = self.expr(*over);
                    self.range_variable(Some(*variable), over_id);
                    lowered.push(over_id);
                    for key in rest.iter().filter(|c| c.kind() != "join_into_clause") {
                        lowered.push(self.expr(*key));
                    }
                }
                ("let_clause", [variable, value]) => {
                    let value = self.expr(*value);
                    let name = self.ident(*variable);
                    self.out.bind(name, Some(value), None, BindingKind::Constant, span(clause));
                    lowered.push(value);
                }
                (_, children) => lowered.extend(children.iter().map(|c| self.expr(*c))),
            }
        }
        self.out.unknown(lowered, span(node))
    }

    fn range_variable(&mut self, name: Option<Node<'_>>, over: ExprId) {
        let Some(name) = name else { return };
        let item = self.out.expr(ExprKind::Each(over), span(name));
        let ident = self.ident(name);
        self.out.bind(ident, Some(item), None, BindingKind::Each, span(name));
    }

    fn with_expression(&mut self, node: Node<'_>) -> ExprId {
        let mut children = parts(node).into_iter();
        let spreads = children.next().map(|base| self.expr(base)).into_iter().collect();
        let mut fields = Vec::new();
        for setting in children {
            if let [name, value] = *parts(setting).as_slice() {
                let name = self.ident(name);
                let value = self.expr(value);
                fields.push(RecordField { name, key: None, value, span: span(setting) });
            }
        }
        let record = Record { ty: None, fields: fields.into(), spreads };
        self.out.expr(ExprKind::Record(Box::new(record)), span(node))
    }
}

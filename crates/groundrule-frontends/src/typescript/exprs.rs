//! Expressions. Wrappers that hand their value through leave no trace.

use groundrule_unit::{Arg, BindingKind, Call, CallForm, ExprId, ExprKind, Name, Span, TypeRef};
use tree_sitter::Node;

use super::{Lowering, field, first, literals};
use crate::syntax::{MAX_DEPTH, children, has, span};

impl Lowering<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        if !self.descend(node) {
            return self.build.unknown(Vec::new(), span(node));
        }
        let id = self.lower_expr(node);
        self.ascend();
        id
    }

    fn lower_expr(&mut self, node: Node<'_>) -> ExprId {
        let at = span(node);
        match node.kind() {
            "identifier"
            | "property_identifier"
            | "shorthand_property_identifier"
            | "private_property_identifier" => self.build.name(self.text(node), at),
            "member_expression" | "nested_identifier" => self.member(node),
            "subscript_expression" => self.index(node),
            "call_expression" => self.call(node),
            "new_expression" => self.construction(node),
            "string" => self.string(node),
            "template_string" => self.template(node),
            "number" => self.build.expr(ExprKind::Number(self.name(node)), at),
            "true" => self.build.expr(ExprKind::Bool(true), at),
            "false" => self.build.expr(ExprKind::Bool(false), at),
            "null" | "undefined" => self.build.expr(ExprKind::Null, at),
            "this" | "super" => self.build.expr(ExprKind::This, at),
            "object" => self.object(node),
            "array" => self.array(node),
            "arrow_function" | "function_expression" | "generator_function" => self.lambda(node),
            "class" => self.class_value(node),
            "binary_expression" => self.binary(node, true),
            "ternary_expression" => self.ternary(node),
            "unary_expression" => self.unary(node),
            "update_expression" => self.update(node),
            "assignment_expression" => self.assignment(node),
            "augmented_assignment_expression" => self.augmented(node),
            "yield_expression" => self.yielded(node),
            "as_expression" | "type_assertion" => self.cast(node),
            "parenthesized_expression"
            | "await_expression"
            | "non_null_expression"
            | "satisfies_expression"
            | "instantiation_expression"
            | "spread_element"
            | "jsx_expression" => self.inner(node),
            "sequence_expression" => self.sequence(node),
            "regex" => self.regex(node),
            "meta_property" => self.meta_property(node),
            "import" => self.build.name("import", at),
            "jsx_element" | "jsx_self_closing_element" => {
                let mut parts = Vec::new();
                self.jsx_parts(node, &mut parts);
                self.build.unknown(parts, at)
            }
            _ => self.unknown(node),
        }
    }

    /// A construct without a meaning here: statements inside are lowered, expressions are parts.
    fn unknown(&mut self, node: Node<'_>) -> ExprId {
        let mut parts = Vec::new();
        for child in children(node) {
            if !is_type(child) && !self.known_statement(child) {
                parts.push(self.expr(child));
            }
        }
        self.build.unknown(parts, span(node))
    }

    /// A wrapper: the value of what it holds.
    fn inner(&mut self, node: Node<'_>) -> ExprId {
        match first(node) {
            Some(inner) => self.expr(inner),
            None => self.build.unknown(Vec::new(), span(node)),
        }
    }

    fn member(&mut self, node: Node<'_>) -> ExprId {
        let (Some(object), Some(property)) = (field(node, "object"), field(node, "property"))
        else {
            return self.unknown(node);
        };
        let object = self.expr(object);
        let name = self.text(property);
        if name == "default"
            && let ExprKind::Name(local) = &self.build.unit().expr(object).kind
        {
            let local = local.clone();
            if self.is_package(&local) {
                return object;
            }
        }
        self.build.member(object, name, span(node))
    }

    fn index(&mut self, node: Node<'_>) -> ExprId {
        let (Some(object), Some(index)) = (field(node, "object"), field(node, "index")) else {
            return self.unknown(node);
        };
        let object = self.expr(object);
        let index = self.expr(index);
        self.build.expr(ExprKind::Index { object, index }, span(node))
    }

    fn call(&mut self, node: Node<'_>) -> ExprId {
        let Some(function) = field(node, "function") else { return self.unknown(node) };
        if let Some(module) = self.loaded(node) {
            return module;
        }
        let callee = self.expr(function);
        self.call_of(node, callee, CallForm::Call)
    }

    fn construction(&mut self, node: Node<'_>) -> ExprId {
        let Some(constructor) = field(node, "constructor") else { return self.unknown(node) };
        let callee = self.expr(constructor);
        self.call_of(node, callee, CallForm::New)
    }

    fn call_of(&mut self, node: Node<'_>, callee: ExprId, form: CallForm) -> ExprId {
        let args = field(node, "arguments").map(|it| self.args(it)).unwrap_or_default();
        let type_args = self.type_args(field(node, "type_arguments"));
        let call = Call { callee, args: args.into(), form, type_args, initializer: None };
        self.build.expr(ExprKind::Call(Box::new(call)), span(node))
    }

    /// Arguments in parentheses, or the template that a tag is called with.
    pub(super) fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        let arg = |value, spread| Arg { name: None, value, spread, sigil: None };
        if node.kind() == "template_string" {
            let template = self.expr(node);
            return vec![arg(template, false)];
        }
        children(node)
            .into_iter()
            .map(|child| arg(self.expr(child), child.kind() == "spread_element"))
            .collect()
    }

    /// An expression that is asked for its truth alone: `||` joins conditions there, not values.
    pub(super) fn condition(&mut self, node: Node<'_>) -> ExprId {
        let mut node = node;
        while let "parenthesized_expression" | "expression_statement" = node.kind() {
            match first(node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        if node.kind() != "binary_expression" {
            return self.expr(node);
        }
        if !self.descend(node) {
            return self.build.unknown(Vec::new(), span(node));
        }
        let id = self.binary(node, false);
        self.ascend();
        id
    }

    /// A binary operation. A chain (`a + b + c + …`) leans to the left and is walked in a loop,
    /// since generated code has chains of thousands.
    fn binary(&mut self, node: Node<'_>, mut is_value: bool) -> ExprId {
        let mut chain = Vec::new();
        let mut base = node;
        while base.kind() == "binary_expression"
            && let (Some(left), Some(op), Some(right)) =
                (field(base, "left"), field(base, "operator"), field(base, "right"))
        {
            let op = self.text(op);
            chain.push((span(base), op, right, is_value));
            is_value = match op {
                "||" => is_value,
                "&&" => false,
                _ => true,
            };
            base = left;
        }
        if chain.is_empty() {
            return self.unknown(node);
        }
        if chain.len() > MAX_DEPTH as usize {
            let nodes = std::iter::once(base).chain(chain.iter().rev().map(|link| link.2));
            let parts = nodes.collect::<Vec<_>>().into_iter().map(|it| self.expr(it)).collect();
            return self.build.unknown(parts, span(node));
        }
        let mut left = if is_value { self.expr(base) } else { self.condition(base) };
        // The values of a choice that goes on: `a ?? b ?? c` is one choice of three.
        let mut options = Vec::new();
        let mut choice_at = span(node);
        for (at, op, right, is_value) in chain.into_iter().rev() {
            let chooses = match op {
                "??" => true,
                "||" => is_value && (!options.is_empty() || !self.is_truth(left)),
                _ => false,
            };
            if !chooses && !options.is_empty() {
                left = self.choice(&mut options, choice_at);
            }
            let right = match op {
                "||" | "&&" if !is_value => self.condition(right),
                _ => self.expr(right),
            };
            if chooses {
                if options.is_empty() {
                    options.push(left);
                }
                options.push(right);
                choice_at = at;
            } else {
                left = self.build.expr(ExprKind::Binary { op: op.into(), left, right }, at);
            }
        }
        if options.is_empty() { left } else { self.choice(&mut options, choice_at) }
    }

    fn choice(&mut self, options: &mut Vec<ExprId>, at: Span) -> ExprId {
        let options = std::mem::take(options);
        self.build.expr(ExprKind::Choice(options.into()), at)
    }

    /// Whether an expression is a truth value, so that `||` after it chooses nothing.
    fn is_truth(&mut self, id: ExprId) -> bool {
        match &self.build.unit().expr(id).kind {
            ExprKind::Binary { op, .. } => matches!(
                op.as_str(),
                "==" | "===" | "!=" | "!==" | "<" | "<=" | ">" | ">=" | "in" | "instanceof" | "||"
            ),
            ExprKind::Unary { op, .. } => op == "!",
            ExprKind::Bool(_) => true,
            _ => false,
        }
    }

    fn ternary(&mut self, node: Node<'_>) -> ExprId {
        if let Some(condition) = field(node, "condition") {
            self.condition(condition);
        }
        let branches = [field(node, "consequence"), field(node, "alternative")];
        let options = branches.into_iter().flatten().map(|it| self.expr(it)).collect();
        self.build.expr(ExprKind::Choice(options), span(node))
    }

    fn unary(&mut self, node: Node<'_>) -> ExprId {
        let (Some(op), Some(operand)) = (field(node, "operator"), field(node, "argument")) else {
            return self.unknown(node);
        };
        let op = self.text(op);
        let operand = if op == "!" { self.condition(operand) } else { self.expr(operand) };
        self.build.expr(ExprKind::Unary { op: op.into(), operand }, span(node))
    }

    /// `i++`, `--n`.
    fn update(&mut self, node: Node<'_>) -> ExprId {
        let (Some(op), Some(target)) = (field(node, "operator"), field(node, "argument")) else {
            return self.unknown(node);
        };
        let operand = self.expr(target);
        self.set(operand, None, BindingKind::Augment, span(node));
        let op = Name::new(self.text(op));
        self.build.expr(ExprKind::Unary { op, operand }, span(node))
    }

    /// Gives a value to what a lowered left side names.
    fn set(&mut self, place: ExprId, value: Option<ExprId>, kind: BindingKind, at: Span) {
        match &self.build.unit().expr(place).kind {
            ExprKind::Name(name) => {
                let name = name.clone();
                self.build.bind(name, value, None, kind, at);
            }
            _ => self.build.assign(place, value, kind, at),
        }
    }

    /// `a = b`: its value is what was assigned.
    fn assignment(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return self.unknown(node);
        };
        let at = span(node);
        let exported = self.exported_name(left);
        let is_class = right.kind() == "class" && field(right, "name").is_none();
        let value = match &exported {
            Some(name) if is_class => {
                self.class(right, Some(name), Vec::new());
                self.build.name(name.clone(), span(right))
            }
            _ => self.expr(right),
        };
        // The TypeScript grammar reads `using x = …` as an assignment.
        let kind = if has(node, "using") { BindingKind::Resource } else { BindingKind::Assign };
        self.bind_pattern(left, Some(value), None, kind, at);
        if let Some(name) = exported {
            self.export_assigned(name, value, node);
        }
        value
    }

    /// `a += b`, and `a ??= b`, which keeps `a` where it has a value.
    fn augmented(&mut self, node: Node<'_>) -> ExprId {
        let (Some(left), Some(op), Some(right)) =
            (field(node, "left"), field(node, "operator"), field(node, "right"))
        else {
            return self.unknown(node);
        };
        let at = span(node);
        let op = self.text(op);
        if left.kind() == "identifier" && !matches!(op, "??=" | "||=") {
            let value = self.expr(right);
            self.build.bind(self.text(left), Some(value), None, BindingKind::Augment, at);
            return value;
        }
        let place = self.expr(left);
        let value = self.expr(right);
        match op {
            "??=" | "||=" => {
                let choice = ExprKind::Choice(Box::new([place, value]));
                let choice = self.build.expr(choice, at);
                self.set(place, Some(choice), BindingKind::Assign, at);
                choice
            }
            _ => {
                self.set(place, Some(value), BindingKind::Augment, at);
                value
            }
        }
    }

    /// `yield x`: what the generator gives back, and an expression of its own.
    fn yielded(&mut self, node: Node<'_>) -> ExprId {
        match first(node) {
            Some(inner) => {
                let value = self.expr(inner);
                self.result(value);
                value
            }
            None => self.build.expr(ExprKind::Null, span(node)),
        }
    }

    /// `x as T`, `<T>x`; `as const` says nothing of the type.
    fn cast(&mut self, node: Node<'_>) -> ExprId {
        let parts = children(node);
        let (ty, operand) = match (node.kind(), parts.as_slice()) {
            ("as_expression", [operand, ty]) => (*ty, *operand),
            ("type_assertion", [ty, operand]) => (*ty, *operand),
            _ => return self.inner(node),
        };
        let operand = self.expr(operand);
        let ty = match ty.kind() {
            "type_arguments" => first(ty).map_or_else(TypeRef::default, |it| self.type_ref(it)),
            _ => self.type_ref(ty),
        };
        self.build.expr(ExprKind::Cast { ty, operand }, span(node))
    }

    /// `a, b`: its value is the last one's.
    fn sequence(&mut self, node: Node<'_>) -> ExprId {
        let mut last = None;
        for child in children(node) {
            last = Some(self.expr(child));
        }
        last.unwrap_or_else(|| self.build.unknown(Vec::new(), span(node)))
    }

    fn regex(&mut self, node: Node<'_>) -> ExprId {
        let pattern = field(node, "pattern").map_or("", |pattern| self.text(pattern));
        self.build.expr(ExprKind::String(pattern.into()), span(node))
    }

    /// `import.meta`, `new.target`.
    fn meta_property(&mut self, node: Node<'_>) -> ExprId {
        let (object, name) = self.text(node).split_once('.').unwrap_or_default();
        let object = self.build.name(object.trim(), span(node));
        self.build.member(object, name.trim(), span(node))
    }

    /// The expressions inside JSX: attributes, children, nested elements.
    fn jsx_parts(&mut self, node: Node<'_>, parts: &mut Vec<ExprId>) {
        for child in children(node) {
            match child.kind() {
                "jsx_opening_element" | "jsx_attribute" => self.jsx_parts(child, parts),
                "jsx_expression" => {
                    parts.extend(children(child).into_iter().map(|inner| self.expr(inner)));
                }
                "jsx_element" | "jsx_self_closing_element" => parts.push(self.expr(child)),
                "string" => {
                    let value = literals::constant(self.text(child));
                    parts.push(self.build.expr(ExprKind::String(value), span(child)));
                }
                _ => {}
            }
        }
    }
}

/// Whether a node is a type, which holds no expressions.
fn is_type(node: Node<'_>) -> bool {
    let kind = node.kind();
    kind.ends_with("_type")
        || kind.starts_with("type_")
        || matches!(kind, "accessibility_modifier" | "override_modifier" | "generic_type")
}

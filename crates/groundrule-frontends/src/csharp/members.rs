//! Members of types: fields, properties, methods, constructors, operators, and their parameters.

use groundrule_unit::{Field, FunctionId, Name, Owner, Param, ParamKind, Span, TypeRef};
use tree_sitter::Node;

use super::{Lowering, parts, types::awaited};
use crate::syntax::{has, span};

impl Lowering<'_> {
    pub(super) fn member(&mut self, node: Node<'_>) {
        match node.kind() {
            "field_declaration" => self.field(node),
            "event_field_declaration" => self.event_field(node),
            "property_declaration" => self.property(node),
            "indexer_declaration" => {
                self.accessors(node, &Name::new_static("Item"));
            }
            "event_declaration" => {
                let name = self.named(node).0;
                self.accessors(node, &name);
            }
            "method_declaration" => {
                self.method(node);
            }
            "constructor_declaration" => self.constructor(node),
            "destructor_declaration" => self.plain(node, Name::new_static("Finalize")),
            "operator_declaration" => {
                let op = node.child_by_field_name("operator").map(|op| self.text(op));
                self.plain(node, Name::from(format!("operator {}", op.unwrap_or_default())));
            }
            "conversion_operator_declaration" => self.plain(node, Name::new_static("operator")),
            // A statement among members is a region that the parser could not place.
            _ => self.statement(node),
        }
    }

    pub(super) fn add_method(&mut self, id: FunctionId) {
        if let Some(&owner) = self.types.last() {
            self.edit_type(owner).methods.push(id);
        }
    }

    fn field(&mut self, node: Node<'_>) {
        let children = parts(node);
        let words = self.modifiers(&children);
        let visibility = words.visibility.unwrap_or(self.member_default());
        let Some(declaration) = children.iter().find(|c| c.kind() == "variable_declaration") else {
            return;
        };
        let ty = self.declared_type(*declaration, "type");
        for declarator in parts(*declaration) {
            if declarator.kind() != "variable_declarator" {
                continue;
            }
            // Every declarator has annotations of its own: they are expressions in the arena.
            let annotations = self.annotations(&children);
            let default = initializer(declarator).map(|value| self.expr_as(value, ty.as_ref()));
            let name = self.named(declarator).0;
            self.add_field(Field {
                name,
                ty: ty.clone(),
                default,
                annotations,
                visibility,
                is_static: words.is_static,
                embedded: false,
                in_header: false,
                getter: None,
                tag: Name::default(),
                span: span(declarator),
            });
        }
    }

    /// Events are no fields, yet what they start with is lowered.
    fn event_field(&mut self, node: Node<'_>) {
        for declaration in parts(node) {
            for declarator in parts(declaration) {
                if declarator.kind() == "variable_declarator"
                    && let Some(value) = initializer(declarator)
                {
                    self.expr(value);
                }
            }
        }
    }

    fn property(&mut self, node: Node<'_>) {
        let children = parts(node);
        let words = self.modifiers(&children);
        let visibility = words.visibility.unwrap_or(self.member_default());
        let ty = self.declared_type(node, "type");
        let annotations = self.annotations(&children);
        let name = self.named(node).0;
        let value = node.child_by_field_name("value");
        let default = value
            .filter(|value| value.kind() != "arrow_expression_clause")
            .map(|value| self.expr_as(value, ty.as_ref()));
        let getter = self.accessors(node, &name);
        self.add_field(Field {
            name,
            ty,
            default,
            annotations,
            visibility,
            is_static: words.is_static,
            embedded: false,
            in_header: false,
            getter,
            tag: Name::default(),
            span: span(node),
        });
    }

    /// The accessors with a body, named as .NET names them (`get_X`, `set_X`); gives the getter.
    fn accessors(&mut self, node: Node<'_>, name: &Name) -> Option<FunctionId> {
        let mut getter = None;
        if let Some(value) = node.child_by_field_name("value")
            && value.kind() == "arrow_expression_clause"
        {
            getter = Some(self.accessor(node, node, value, Name::from(format!("get_{name}"))));
        }
        let Some(list) = node.child_by_field_name("accessors") else { return getter };
        for accessor in parts(list) {
            let Some(body) = accessor.child_by_field_name("body") else { continue };
            let what = accessor.child_by_field_name("name").map(|n| self.text(n));
            let what = what.unwrap_or_default();
            let id = self.accessor(node, accessor, body, Name::from(format!("{what}_{name}")));
            match what {
                "get" => getter = Some(id),
                _ => {
                    let ty = self.declared_type(node, "type");
                    self.edit(id).returns = None;
                    self.edit(id).params.push(Param {
                        name: Name::new_static("value"),
                        ty,
                        default: None,
                        annotations: Vec::new(),
                        kind: ParamKind::Implicit,
                        span: span(accessor),
                    });
                }
            }
        }
        getter
    }

    fn accessor(
        &mut self,
        property: Node<'_>,
        node: Node<'_>,
        body: Node<'_>,
        name: Name,
    ) -> FunctionId {
        let words = self.modifiers(&parts(property));
        let visibility = words.visibility.unwrap_or(self.member_default());
        let name_span = property.child_by_field_name("name").map_or(span(node), span);
        let id = self.open_function(name, node, name_span);
        let returns = self.declared_type(property, "type");
        let params = property.child_by_field_name("parameters");
        let params = params.map(|list| self.params(list)).unwrap_or_default();
        let owner = self.owner();
        self.expect_result(returns.clone());
        let function = self.edit(id);
        function.returns = returns;
        function.params = params;
        function.owner = owner;
        function.visibility = visibility;
        function.is_static = words.is_static;
        self.body(body);
        self.close_function(id);
        id
    }

    /// Methods of types, and functions inside functions.
    pub(super) fn method(&mut self, node: Node<'_>) {
        let children = parts(node);
        let is_local = node.kind() == "local_function_statement";
        let (name, name_span) = self.named(node);
        let id = self.open_function(name, node, name_span);
        let returns = self.declared_type(node, if is_local { "type" } else { "returns" });
        let (receiver, params) = self.parameters(node);
        let implements = children
            .iter()
            .find(|child| child.kind() == "explicit_interface_specifier")
            .and_then(|specifier| parts(*specifier).first().copied())
            .map(|ty| self.type_ref(ty));
        self.expect_result(returns.clone().map(awaited));
        self.fill(id, &children, receiver, params);
        let function = self.edit(id);
        function.returns = returns;
        function.implements = implements;
        if is_local {
            function.owner = None;
        }
        self.finish_function(id, node);
        if !is_local {
            self.add_method(id);
        }
    }

    fn constructor(&mut self, node: Node<'_>) {
        let children = parts(node);
        let id = self.open_function(Name::new_static("new"), node, self.named(node).1);
        let (_, params) = self.parameters(node);
        self.fill(id, &children, None, params);
        self.edit(id).is_constructor = true;
        for part in &children {
            if part.kind() == "constructor_initializer"
                && let Some(args) = parts(*part).into_iter().find(|c| c.kind() == "argument_list")
            {
                self.base_call(args);
            }
        }
        self.finish_function(id, node);
        self.add_method(id);
    }

    /// Operators and finalizers.
    fn plain(&mut self, node: Node<'_>, name: Name) {
        let children = parts(node);
        let id = self.open_function(name, node, self.named(node).1);
        let returns = self.declared_type(node, "type");
        let (_, params) = self.parameters(node);
        self.expect_result(returns.clone());
        self.fill(id, &children, None, params);
        self.edit(id).returns = returns;
        self.finish_function(id, node);
        self.add_method(id);
    }

    fn expect_result(&mut self, ty: Option<TypeRef>) {
        if let Some(last) = self.returns.last_mut() {
            *last = ty;
        }
    }

    fn fill(
        &mut self,
        id: FunctionId,
        children: &[Node<'_>],
        receiver: Option<Param>,
        params: Vec<Param>,
    ) {
        let words = self.modifiers(children);
        let annotations = self.annotations(children);
        let type_params = self.type_params(children);
        let visibility = words.visibility.unwrap_or(self.member_default());
        let owner = match &receiver {
            Some(receiver) => Some(Owner::Named(receiver.ty.clone().unwrap_or_default())),
            None => self.owner(),
        };
        let function = self.edit(id);
        function.owner = owner;
        function.is_extension = receiver.is_some();
        function.receiver = receiver.map(|receiver| receiver.name);
        function.params = params;
        function.annotations = annotations;
        function.type_params = type_params;
        function.visibility = visibility;
        function.is_static = words.is_static;
        function.is_async = words.is_async;
    }

    fn finish_function(&mut self, id: FunctionId, node: Node<'_>) {
        match node.child_by_field_name("body") {
            Some(body) => self.body(body),
            None => self.edit(id).has_body = false,
        }
        self.close_function(id);
    }

    /// A block, or what follows the arrow.
    pub(super) fn body(&mut self, body: Node<'_>) {
        if body.kind() == "block" {
            self.statements(body);
            return;
        }
        let value = match body.kind() {
            "arrow_expression_clause" => parts(body).first().copied(),
            _ => Some(body),
        };
        if let Some(value) = value {
            let expected = self.returns.last().cloned().flatten();
            let is_throw = value.kind() == "throw_expression";
            let result = self.expr_as(value, expected.as_ref());
            if !is_throw && let Some(results) = self.results.last_mut() {
                results.push(result);
            }
        }
    }

    /// The parameters; that of an extension method which is marked `this` stands apart.
    fn parameters(&mut self, node: Node<'_>) -> (Option<Param>, Vec<Param>) {
        let Some(list) = node.child_by_field_name("parameters") else {
            return (None, Vec::new());
        };
        let mut params = self.params(list);
        let extends = parts(list).first().is_some_and(|first| {
            first.kind() == "parameter"
                && parts(*first).iter().any(|c| c.kind() == "modifier" && self.text(*c) == "this")
        });
        let receiver = (extends && !params.is_empty()).then(|| params.remove(0));
        (receiver, params)
    }

    pub(super) fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut params = Vec::new();
        let children = parts(list);
        for child in &children {
            if child.kind() == "parameter" {
                params.push(self.param(*child));
            }
        }
        // `params T[] rest` has no node of its own: its parts are children of the list.
        if let (Some(name), true) = (list.child_by_field_name("name"), has(list, "params")) {
            let ty = self.declared_type(list, "type");
            let annotations = self.annotations(&children);
            let start =
                list.child_by_field_name("type").map_or(name.start_byte(), |t| t.start_byte());
            params.push(Param {
                name: self.ident(name),
                ty,
                default: None,
                annotations,
                kind: ParamKind::Rest,
                span: Span::new(start, name.end_byte()),
            });
        }
        params
    }

    fn param(&mut self, node: Node<'_>) -> Param {
        let children = parts(node);
        let ty = self.declared_type(node, "type");
        let annotations = self.annotations(&children);
        let name = node.child_by_field_name("name");
        let default = children
            .last()
            .filter(|last| has(node, "=") && Some(**last) != name)
            .map(|value| self.expr_as(*value, ty.as_ref()));
        Param {
            name: name.map(|name| self.ident(name)).unwrap_or_default(),
            ty,
            default,
            annotations,
            kind: ParamKind::Normal,
            span: span(node),
        }
    }
}

/// The value after a declarator's `=`.
pub(super) fn initializer(declarator: Node<'_>) -> Option<Node<'_>> {
    if !has(declarator, "=") {
        return None;
    }
    let mut cursor = declarator.walk();
    let mut after = declarator.children(&mut cursor).skip_while(|child| child.kind() != "=");
    after.next();
    after.find(|child| !child.is_extra())
}

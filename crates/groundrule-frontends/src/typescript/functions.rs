//! Functions of every kind: declarations, methods, arrows; their parameters and decorators.

use groundrule_unit::{
    Annotation, Arg, BindingKind, ExprKind, Field, Function, FunctionId, Name, Owner, Param,
    ParamKind, ScopeKind, TypeId, Visibility,
};
use tree_sitter::Node;

use super::{DECLARATION_DEPTH, Lowering, field, first};
use crate::syntax::{children, fields, has, span};

/// What is known of a function before its parameters and its body are read.
pub(super) struct Head<'t> {
    pub(super) node: Node<'t>,
    pub(super) name: Option<Node<'t>>,
    pub(super) place: Place,
    pub(super) annotations: Vec<Annotation>,
}

/// Where a function stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Free,
    Member(TypeId),
}

impl Lowering<'_> {
    pub(super) fn function(&mut self, head: Head<'_>) -> FunctionId {
        let Head { node, name, place, annotations } = head;
        let text = name.map_or("", |name| self.text(name));
        let is_constructor = place != Place::Free && text == "constructor";
        let function = Function {
            name: match name {
                _ if is_constructor => Name::new_static("new"),
                Some(name) if name.kind() == "string" => self.module_name(name),
                _ => Name::new(text),
            },
            owner: match place {
                Place::Free => None,
                Place::Member(owner) => Some(Owner::Type(owner)),
            },
            implements: None,
            receiver: None,
            params: Vec::new(),
            returns: field(node, "return_type").and_then(|it| self.annotated_type(it)),
            type_params: self.type_params(node),
            annotations,
            results: Vec::new(),
            scope: self.build.scope(),
            declared_in: self.build.scope(),
            visibility: self.visibility(node, text),
            is_static: has(node, "static"),
            is_async: has(node, "async"),
            is_constructor,
            is_extension: false,
            has_body: field(node, "body").is_some(),
            span: span(node),
            name_span: span(name.unwrap_or(node)),
        };
        let id = self.build.function(|_| function);
        let scope = self.build.enter(ScopeKind::Function(id), span(node));
        self.results.push(Vec::new());
        self.depth += DECLARATION_DEPTH;
        let params = self.params(node, if is_constructor { place } else { Place::Free });
        if let Some(body) = field(node, "body") {
            self.body(body);
        }
        self.depth -= DECLARATION_DEPTH;
        self.build.leave();
        let results = self.results.pop().unwrap_or_default();
        let function = &mut self.build.unit().functions[id.0 as usize];
        function.scope = scope;
        function.params = params;
        function.results = results;
        id
    }

    /// A body of statements, or the expression that an arrow gives back.
    fn body(&mut self, body: Node<'_>) {
        if body.kind() == "statement_block" {
            self.statements(body);
        } else {
            let value = self.expr(body);
            self.result(value);
        }
    }

    /// Reads parameters. In a constructor of the type given by `place`, those with a modifier are
    /// fields too, to which the constructor assigns them.
    fn params(&mut self, node: Node<'_>, place: Place) -> Vec<Param> {
        let nodes = match field(node, "parameters") {
            Some(list) => children(list),
            None => field(node, "parameter").into_iter().collect(),
        };
        let mut params = Vec::new();
        for node in nodes {
            let pattern = field(node, "pattern").unwrap_or(node);
            // A function's `this` parameter is a type annotation, no parameter.
            if pattern.kind() == "this" {
                continue;
            }
            let param = self.param(node, pattern, params.len());
            if let Place::Member(owner) = place
                && is_property(node)
            {
                self.parameter_property(owner, node, &param);
            }
            params.push(param);
        }
        params
    }

    fn param(&mut self, node: Node<'_>, pattern: Node<'_>, index: usize) -> Param {
        let annotations = {
            let decorators = fields(node, "decorator");
            self.annotations(&decorators)
        };
        let ty = field(node, "type").and_then(|it| self.annotated_type(it));
        let (pattern, default) = match pattern.kind() {
            "assignment_pattern" => {
                (field(pattern, "left").unwrap_or(pattern), field(pattern, "right"))
            }
            _ => (pattern, field(node, "value")),
        };
        let default = default.map(|default| self.expr(default));
        let (pattern, kind) = match pattern.kind() {
            "rest_pattern" => (first(pattern).unwrap_or(pattern), ParamKind::Rest),
            _ => (pattern, ParamKind::Normal),
        };
        let name = match pattern.kind() {
            "object_pattern" | "array_pattern" => {
                let source = self.build.name(format!("{{}}{index}"), span(pattern));
                let kind = BindingKind::Variable;
                self.bind_pattern(pattern, Some(source), None, kind, span(pattern));
                Name::default()
            }
            _ => self.name(pattern),
        };
        Param { name, ty, default, annotations, kind, span: span(node) }
    }

    /// `constructor(private readonly http: HttpService)` declares a field and assigns to it.
    fn parameter_property(&mut self, owner: TypeId, node: Node<'_>, param: &Param) {
        let at = param.span;
        let this = self.build.expr(ExprKind::This, at);
        let place = self.build.member(this, param.name.clone(), at);
        let value = self.build.name(param.name.clone(), at);
        self.build.assign(place, Some(value), BindingKind::Assign, at);
        let visibility = self.visibility(node, &param.name);
        self.build.unit().types[owner.0 as usize].fields.push(Field {
            name: param.name.clone(),
            ty: param.ty.clone(),
            default: None,
            annotations: param.annotations.clone(),
            visibility,
            is_static: false,
            embedded: false,
            in_header: true,
            getter: None,
            tag: Name::default(),
            span: at,
        });
    }

    /// The visibility of a member: its modifier, or a name that starts with `#`.
    pub(super) fn visibility(&self, node: Node<'_>, name: &str) -> Visibility {
        if name.starts_with('#') {
            return Visibility::Private;
        }
        let modifier =
            children(node).into_iter().find(|child| child.kind() == "accessibility_modifier");
        match modifier.map(|modifier| self.text(modifier)) {
            Some("private") => Visibility::Private,
            Some("protected") => Visibility::Internal,
            _ => Visibility::Public,
        }
    }

    pub(super) fn annotations(&mut self, decorators: &[Node<'_>]) -> Vec<Annotation> {
        decorators.iter().filter_map(|&decorator| self.annotation(decorator)).collect()
    }

    /// A decorator: `@Name`, `@name.member`, `@Name(…)`.
    pub(super) fn annotation(&mut self, decorator: Node<'_>) -> Option<Annotation> {
        let mut inner = first(decorator)?;
        if inner.kind() == "parenthesized_expression" {
            inner = first(inner)?;
        }
        let (callee, args) = match (inner.kind(), field(inner, "function")) {
            ("call_expression", Some(function)) => {
                let callee = self.expr(function);
                (callee, field(inner, "arguments").map(|it| self.args(it)).unwrap_or_default())
            }
            _ => (self.expr(inner), Vec::<Arg>::new()),
        };
        Some(Annotation { callee, args: args.into(), span: span(decorator) })
    }
}

fn is_property(param: Node<'_>) -> bool {
    let mut cursor = param.walk();
    param.children(&mut cursor).any(|child| {
        matches!(child.kind(), "accessibility_modifier" | "readonly" | "override_modifier")
    })
}

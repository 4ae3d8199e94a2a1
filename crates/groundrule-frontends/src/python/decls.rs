//! Declarations: functions with their parameters, classes with their fields, decorators.

use groundrule_unit::{
    Annotation, ExprId, ExprKind, Field, Function, FunctionId, Name, Owner, Param, ParamKind,
    ScopeKind, Span, TypeDecl, TypeId, TypeKind, TypeParam, TypeRef, Unit, Visibility,
};
use tree_sitter::Node;

use super::{Frame, Lowering, children, field, first};
use crate::syntax::{has, span};

/// Methods whose first parameter is the instance or the class although nothing decorates them,
/// and that are called on the class.
const CALLED_ON_CLASS: &[&str] = &["__new__", "__init_subclass__", "__class_getitem__"];

impl Lowering<'_> {
    pub(super) fn decorated(&mut self, node: Node<'_>) {
        let mut annotations = Vec::new();
        for part in children(node) {
            if part.kind() == "decorator"
                && let Some(inner) = first(part)
            {
                let at = Span::new(part.start_byte(), inner.end_byte());
                annotations.push(self.annotation(inner, at));
            }
        }
        match field(node, "definition") {
            Some(class) if class.kind() == "class_definition" => {
                self.class(class, annotations, span(node));
            }
            Some(function) => {
                self.function(function, annotations, span(node));
            }
            None => {}
        }
    }

    /// A decorator or another call-like note: `name` or `name(args)`.
    pub(super) fn annotation(&mut self, node: Node<'_>, at: Span) -> Annotation {
        let callee = field(node, "function").filter(|_| node.kind() == "call");
        let (callee, args) = match callee {
            Some(callee) => {
                let callee = self.expr(callee);
                (callee, field(node, "arguments").map(|args| self.args(args)).unwrap_or_default())
            }
            None => (self.expr(node), Vec::new()),
        };
        Annotation { callee, args: args.into(), span: at }
    }

    pub(super) fn function(
        &mut self,
        node: Node<'_>,
        annotations: Vec<Annotation>,
        at: Span,
    ) -> FunctionId {
        let name_node = field(node, "name");
        let name = name_node.map(|name| self.text(name)).unwrap_or_default();
        let unit = self.build.unit();
        let is_staticmethod = is_annotated(unit, &annotations, "staticmethod");
        let is_static = is_staticmethod
            || is_annotated(unit, &annotations, "classmethod")
            || CALLED_ON_CLASS.contains(&name);
        let is_abstract = is_annotated(unit, &annotations, "abstractmethod");
        let is_property = is_annotated(unit, &annotations, "property")
            || is_annotated(unit, &annotations, "cached_property");
        let owner = match self.scope_kind() {
            ScopeKind::Type(id) => Some(id),
            _ => None,
        };
        let takes_receiver = owner.is_some() && !is_staticmethod;
        let type_params = self.type_params(node);
        let (params, receiver) = match field(node, "parameters") {
            Some(params) => self.params(params, takes_receiver),
            None => (Vec::new(), None),
        };
        let mut metadata = Vec::new();
        let returns = field(node, "return_type").map(|ty| self.type_ref(ty, &mut metadata));
        let own = receiver.clone().or_else(|| self.inherited_receiver(&params));
        let declared_in = self.build.scope();
        let is_constructor = owner.is_some() && name == "__init__";
        let body = field(node, "body");
        let id = self.build.function(|_| Function {
            name: if is_constructor { "new".into() } else { name.into() },
            owner: owner.map(Owner::Type),
            implements: None,
            receiver,
            params,
            returns: returns.clone(),
            type_params,
            annotations,
            results: Vec::new(),
            scope: declared_in,
            declared_in,
            visibility: visibility(name),
            is_static,
            is_async: has(node, "async"),
            is_constructor,
            is_extension: false,
            has_body: !is_abstract && !body.is_some_and(is_stub),
            span: at,
            name_span: name_node.map_or(at, span),
        });
        if let Some(owner) = owner {
            let unit = self.build.unit();
            let decl = &mut unit.types[owner.0 as usize];
            decl.methods.push(id);
            if is_property {
                let mut field = plain_field(name, returns, at);
                field.getter = Some(id);
                decl.fields.push(field);
            }
        }
        let scope = self.build.enter(ScopeKind::Function(id), body.map_or(at, span));
        self.frames.push(Frame { scope, receiver: own, ..Frame::default() });
        if let Some(body) = body {
            self.block(body);
        }
        let frame = self.frames.pop().unwrap_or_default();
        self.build.leave();
        let function = &mut self.build.unit().functions[id.0 as usize];
        function.scope = scope;
        function.results = frame.results;
        id
    }

    /// The `self` of a method around, unless a parameter has the same name.
    pub(super) fn inherited_receiver(&self, params: &[Param]) -> Option<Name> {
        let outer = self.frames.last()?.receiver.clone()?;
        (!params.iter().any(|param| param.name == outer)).then_some(outer)
    }

    /// Parameters, and the receiver's name where the first one is the receiver.
    pub(super) fn params(
        &mut self,
        node: Node<'_>,
        takes_receiver: bool,
    ) -> (Vec<Param>, Option<Name>) {
        let mut params: Vec<Param> =
            children(node).into_iter().filter_map(|part| self.param(part)).collect();
        let first_is_receiver = takes_receiver
            && params
                .first()
                .is_some_and(|first| first.kind == ParamKind::Normal && !first.name.is_empty());
        let receiver = first_is_receiver.then(|| params.remove(0).name);
        (params, receiver)
    }

    fn param(&mut self, node: Node<'_>) -> Option<Param> {
        if matches!(node.kind(), "keyword_separator" | "positional_separator") {
            return None;
        }
        let pattern = match node.kind() {
            "typed_parameter" => first(node)?,
            "default_parameter" | "typed_default_parameter" => field(node, "name")?,
            _ => node,
        };
        let (kind, name) = match pattern.kind() {
            "list_splat_pattern" => (ParamKind::Rest, first(pattern)),
            "dictionary_splat_pattern" => (ParamKind::Keywords, first(pattern)),
            _ => (ParamKind::Normal, Some(pattern)),
        };
        let name = name.filter(|name| name.kind() == "identifier").map(|name| self.text(name));
        let mut annotations = Vec::new();
        let ty = field(node, "type").map(|ty| self.type_ref(ty, &mut annotations));
        let default = field(node, "value").map(|value| self.expr(value));
        let name = name.unwrap_or_default().into();
        Some(Param { name, ty, default, annotations, kind, span: span(node) })
    }

    /// `def f[T: Bound]`, `class C[T]`.
    fn type_params(&mut self, node: Node<'_>) -> Vec<TypeParam> {
        let Some(list) = field(node, "type_parameters") else { return Vec::new() };
        let mut params = Vec::new();
        for ty in children(list) {
            let bounded = first(ty).filter(|inner| inner.kind() == "constrained_type");
            let parts = bounded.map_or_else(|| vec![ty], children);
            let mut types = parts.into_iter().map(|part| self.type_ref(part, &mut Vec::new()));
            let name = types.next().unwrap_or_default().name;
            params.push(TypeParam { name, bounds: types.collect() });
        }
        params
    }

    pub(super) fn class(&mut self, node: Node<'_>, annotations: Vec<Annotation>, at: Span) {
        let name_node = field(node, "name");
        let name = name_node.map(|name| self.text(name)).unwrap_or_default();
        let type_params = self.type_params(node);
        let mut supers = Vec::new();
        let mut is_abstract = false;
        for base in field(node, "superclasses").map(children).unwrap_or_default() {
            match base.kind() {
                "keyword_argument" => {
                    is_abstract |= field(base, "value")
                        .is_some_and(|value| self.text(value).ends_with("ABCMeta"));
                    if let Some(value) = field(base, "value") {
                        self.expr(value);
                    }
                }
                "list_splat" | "dictionary_splat" => {
                    self.expr(base);
                }
                _ => supers.push(self.type_ref(base, &mut Vec::new())),
            }
        }
        is_abstract |= supers.iter().any(|base| last_part(&base.name) == "ABC");
        let kind = kind_of(self.build.unit(), &supers, &annotations);
        let declared_in = self.build.scope();
        let body = field(node, "body");
        let id = self.build.type_decl(|_| TypeDecl {
            name: name.into(),
            kind,
            type_params,
            supers,
            annotations,
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of: None,
            scope: declared_in,
            declared_in,
            visibility: visibility(name),
            is_abstract,
            span: at,
            name_span: name_node.map_or(at, span),
        });
        let scope = self.build.enter(ScopeKind::Type(id), body.map_or(at, span));
        self.build.unit().types[id.0 as usize].scope = scope;
        // A class's own statements know no `self`, even inside a method.
        self.frames.push(Frame { scope, ..Frame::default() });
        for statement in body.map(children).unwrap_or_default() {
            if !self.class_field(statement, id, kind) {
                self.stmt(statement);
            }
        }
        self.frames.pop();
        self.build.leave();
    }

    /// Lowers a class attribute to a field. False where the statement is something else.
    fn class_field(&mut self, statement: Node<'_>, class: TypeId, kind: TypeKind) -> bool {
        let assignment = first(statement).filter(|inner| {
            statement.kind() == "expression_statement" && inner.kind() == "assignment"
        });
        let Some(assignment) = assignment else { return false };
        let Some(left) = field(assignment, "left").filter(|left| left.kind() == "identifier")
        else {
            return false;
        };
        let right = field(assignment, "right");
        if right.is_some_and(|right| right.kind() == "assignment") {
            return false;
        }
        let written = field(assignment, "type");
        let of_class = written.is_some_and(|ty| {
            let base = self.text(ty).split('[').next().unwrap_or_default();
            last_part(base.trim()) == "ClassVar"
        });
        let mut annotations = Vec::new();
        let ty = written.map(|ty| self.type_ref(ty, &mut annotations));
        let default = right.map(|right| self.expr(right));
        let name = self.text(left);
        let declared = ty.is_some() && !of_class;
        let in_header =
            declared && matches!(kind, TypeKind::DataClass | TypeKind::Record | TypeKind::Struct);
        let is_constant = !declared && !name.chars().any(char::is_lowercase);
        let mut field = plain_field(name, ty, span(assignment));
        field.default = default;
        field.annotations = annotations;
        field.is_static = of_class || is_constant || kind == TypeKind::Enum && !declared;
        field.in_header = in_header;
        self.build.unit().types[class.0 as usize].fields.push(field);
        true
    }

    /// `type X = A | B`.
    pub(super) fn type_alias(&mut self, node: Node<'_>) {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return;
        };
        let name = self.type_ref(left, &mut Vec::new()).name;
        let alias_of = Some(self.type_ref(right, &mut Vec::new()));
        let declared_in = self.build.scope();
        self.build.type_decl(|_| TypeDecl {
            visibility: visibility(&name),
            name,
            kind: TypeKind::Alias,
            type_params: Vec::new(),
            supers: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of,
            scope: declared_in,
            declared_in,
            is_abstract: false,
            span: span(node),
            name_span: span(left),
        });
    }
}

fn plain_field(name: &str, ty: Option<TypeRef>, span: Span) -> Field {
    Field {
        name: name.into(),
        ty,
        default: None,
        annotations: Vec::new(),
        visibility: visibility(name),
        is_static: false,
        embedded: false,
        in_header: false,
        getter: None,
        tag: Name::default(),
        span,
    }
}

/// What the standard library's bases and decorators make of a class.
fn kind_of(unit: &Unit, supers: &[TypeRef], annotations: &[Annotation]) -> TypeKind {
    if is_annotated(unit, annotations, "dataclass") {
        return TypeKind::DataClass;
    }
    supers
        .iter()
        .find_map(|base| match last_part(&base.name) {
            "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag" => Some(TypeKind::Enum),
            "Protocol" => Some(TypeKind::Interface),
            "NamedTuple" => Some(TypeKind::Record),
            "TypedDict" => Some(TypeKind::Struct),
            _ => None,
        })
        .unwrap_or(TypeKind::Class)
}

/// Whether a decorator of that name is there, whatever module it is written with.
fn is_annotated(unit: &Unit, annotations: &[Annotation], wanted: &str) -> bool {
    let name = |id: ExprId| match &unit.expr(id).kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => name == wanted,
        _ => false,
    };
    annotations.iter().any(|annotation| name(annotation.callee))
}

/// Python's convention: one leading underscore makes a name private.
fn visibility(name: &str) -> Visibility {
    let dunder = name.starts_with("__") && name.ends_with("__");
    if name.starts_with('_') && !dunder { Visibility::Private } else { Visibility::Public }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// A body that is nothing but `...`, with or without documentation.
fn is_stub(body: Node<'_>) -> bool {
    let statements = children(body);
    let Some((last, before)) = statements.split_last() else { return false };
    let holds = |statement: &Node<'_>, kind: &str| {
        first(*statement).is_some_and(|inner| inner.kind() == kind)
    };
    holds(last, "ellipsis") && before.iter().all(|statement| holds(statement, "string"))
}

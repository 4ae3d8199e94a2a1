//! Type declarations: classes, interfaces, object type aliases, enums.

use groundrule_unit::{
    Annotation, BindingKind, ExprId, ExprKind, Field, FunctionId, Name, ScopeKind, Span, TypeDecl,
    TypeId, TypeKind, TypeRef, Visibility,
};
use tree_sitter::Node;

use super::{
    DECLARATION_DEPTH, Lowering, field,
    functions::{Head, Place},
};
use crate::syntax::{children, fields, has, span};

impl Lowering<'_> {
    /// A class. One without a name of its own gets `hint`. `outer` are decorators that stand
    /// before its `export`.
    pub(super) fn class(
        &mut self,
        node: Node<'_>,
        hint: Option<&str>,
        outer: Vec<Annotation>,
    ) -> TypeId {
        let mut annotations = outer;
        let decorators = fields(node, "decorator");
        annotations.extend(self.annotations(&decorators));
        let name = field(node, "name");
        let supers = children(node)
            .into_iter()
            .filter(|child| child.kind() == "class_heritage")
            .flat_map(|heritage| self.heritage(heritage))
            .collect();
        let mut decl = self.declare(node, name, TypeKind::Class);
        if name.is_none() {
            decl.name = Name::new(hint.unwrap_or_default());
        }
        decl.supers = supers;
        decl.annotations = annotations;
        decl.is_abstract = node.kind() == "abstract_class_declaration";
        let id = self.enter_type(decl, span(node));
        if let Some(body) = field(node, "body") {
            self.class_body(id, body);
        }
        self.leave_type();
        id
    }

    /// A type declaration without its members.
    fn declare(&mut self, node: Node<'_>, name: Option<Node<'_>>, kind: TypeKind) -> TypeDecl {
        TypeDecl {
            name: name.map_or_else(Name::default, |name| self.name(name)),
            kind,
            type_params: self.type_params(node),
            supers: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of: None,
            scope: self.build.scope(),
            declared_in: self.build.scope(),
            visibility: Visibility::Public,
            is_abstract: false,
            span: span(node),
            name_span: span(name.unwrap_or(node)),
        }
    }

    fn enter_type(&mut self, decl: TypeDecl, at: Span) -> TypeId {
        let id = self.build.type_decl(|_| decl);
        let scope = self.build.enter(ScopeKind::Type(id), at);
        self.decl(id).scope = scope;
        self.depth += DECLARATION_DEPTH;
        id
    }

    fn leave_type(&mut self) {
        self.depth -= DECLARATION_DEPTH;
        self.build.leave();
    }

    fn decl(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.build.unit().types[id.0 as usize]
    }

    /// What a class extends and implements. A base that is an expression is lowered as one too.
    fn heritage(&mut self, heritage: Node<'_>) -> Vec<TypeRef> {
        let mut supers = Vec::new();
        for clause in children(heritage) {
            match clause.kind() {
                "extends_clause" => {
                    let args = field(clause, "type_arguments");
                    for value in fields(clause, "value") {
                        supers.push(self.base(value, args));
                    }
                }
                "implements_clause" => {
                    supers.extend(children(clause).into_iter().map(|it| self.type_ref(it)));
                }
                _ => supers.push(self.base(clause, None)),
            }
        }
        supers
    }

    fn base(&mut self, value: Node<'_>, args: Option<Node<'_>>) -> TypeRef {
        if value.kind() != "identifier" {
            self.expr(value);
        }
        self.base_type(value, args)
    }

    fn class_body(&mut self, id: TypeId, body: Node<'_>) {
        let mut decorators = Vec::new();
        for member in children(body) {
            match member.kind() {
                // The TypeScript grammar puts a method's decorators beside it.
                "decorator" => decorators.extend(self.annotation(member)),
                "method_definition" | "abstract_method_signature" => {
                    let before = std::mem::take(&mut decorators);
                    self.method(id, member, before);
                }
                // Without a body it is an overload of a method that follows.
                "method_signature" => {
                    let before = std::mem::take(&mut decorators);
                    if self.ambient {
                        self.method(id, member, before);
                    }
                }
                "public_field_definition" | "field_definition" => {
                    let before = std::mem::take(&mut decorators);
                    self.field_definition(id, member, before);
                }
                "class_static_block" => {
                    if let Some(block) = field(member, "body") {
                        self.build.enter(ScopeKind::Block, span(member));
                        self.statements(block);
                        self.build.leave();
                    }
                }
                "index_signature" => {}
                _ => self.statement(member),
            }
        }
    }

    fn method(&mut self, id: TypeId, node: Node<'_>, before: Vec<Annotation>) {
        let mut annotations = before;
        let decorators = fields(node, "decorator");
        annotations.extend(self.annotations(&decorators));
        let Some(name) = field(node, "name") else { return };
        let is_getter = has(node, "get");
        let getter_annotations = if is_getter { annotations.clone() } else { Vec::new() };
        let head = Head { node, name: Some(name), place: Place::Member(id), annotations };
        let function = self.function(head);
        self.decl(id).methods.push(function);
        if is_getter {
            self.computed_field(id, node, function, getter_annotations);
        }
    }

    /// `get x()`: a field whose value a function computes.
    fn computed_field(
        &mut self,
        id: TypeId,
        node: Node<'_>,
        getter: FunctionId,
        annotations: Vec<Annotation>,
    ) {
        let function = self.build.unit().function(getter);
        let computed = Field {
            name: function.name.clone(),
            ty: function.returns.clone(),
            default: None,
            annotations,
            visibility: function.visibility,
            is_static: function.is_static,
            embedded: false,
            in_header: false,
            getter: Some(getter),
            tag: Name::default(),
            span: span(node),
        };
        self.decl(id).fields.push(computed);
    }

    fn field_definition(&mut self, id: TypeId, node: Node<'_>, before: Vec<Annotation>) {
        let Some(key) = field(node, "name").or_else(|| field(node, "property")) else { return };
        let mut annotations = before;
        let decorators = fields(node, "decorator");
        annotations.extend(self.annotations(&decorators));
        let (name, _) = self.key(key);
        let ty = field(node, "type").and_then(|it| self.annotated_type(it));
        let default = field(node, "value").map(|value| self.expr(value));
        let made = Field {
            visibility: self.visibility(node, &name),
            is_static: has(node, "static"),
            name,
            ty,
            default,
            annotations,
            embedded: false,
            in_header: false,
            getter: None,
            tag: Name::default(),
            span: span(node),
        };
        self.decl(id).fields.push(made);
    }

    pub(super) fn interface(&mut self, node: Node<'_>) {
        self.structure(node, None, TypeKind::Interface);
    }

    /// `type X = …`: an object type (or an intersection with one) has fields, anything else is an
    /// alias.
    pub(super) fn type_alias(&mut self, node: Node<'_>) {
        let Some(value) = field(node, "value") else { return };
        if self.is_object_alias(value) {
            self.structure(node, None, TypeKind::Struct);
            return;
        }
        let mut decl = self.declare(node, field(node, "name"), TypeKind::Alias);
        decl.alias_of = Some(self.type_ref(value));
        self.enter_type(decl, span(node));
        self.leave_type();
    }

    /// An interface, an object type alias, or an object type in place, which gets `name`.
    pub(super) fn structure(&mut self, node: Node<'_>, name: Option<Name>, kind: TypeKind) {
        let mut decl = self.declare(node, field(node, "name"), kind);
        decl.name = name.unwrap_or(decl.name);
        let mut bodies = Vec::new();
        match (field(node, "body"), field(node, "value")) {
            (Some(body), _) => bodies.push(body),
            (None, Some(value)) if value.kind() == "intersection_type" => {
                for part in self.flat_nodes(value) {
                    if part.kind() == "object_type" {
                        bodies.push(part);
                    } else {
                        decl.supers.push(self.type_ref(part));
                    }
                }
            }
            (None, Some(value)) => bodies.push(value),
            (None, None) => bodies.push(node),
        }
        for clause in children(node) {
            if matches!(clause.kind(), "extends_type_clause" | "extends_clause") {
                decl.supers.extend(children(clause).into_iter().map(|it| self.type_ref(it)));
            }
        }
        let id = self.enter_type(decl, span(node));
        for body in bodies {
            for member in children(body) {
                self.signature(id, member);
            }
        }
        self.leave_type();
    }

    /// A member of an interface or an object type.
    fn signature(&mut self, id: TypeId, member: Node<'_>) {
        match member.kind() {
            "property_signature" => self.field_definition(id, member, Vec::new()),
            "method_signature" => self.method(id, member, Vec::new()),
            _ => {}
        }
    }

    pub(super) fn enumeration(&mut self, node: Node<'_>) {
        let decl = self.declare(node, field(node, "name"), TypeKind::Enum);
        let enum_name = decl.name.clone();
        let id = self.enter_type(decl, span(node));
        for variant in field(node, "body").map(children).unwrap_or_default() {
            let key = field(variant, "name").unwrap_or(variant);
            let (name, _) = self.key(key);
            let default = field(variant, "value").map(|value| self.expr(value));
            let made = Field {
                name,
                ty: Some(TypeRef::named(enum_name.clone())),
                default,
                annotations: Vec::new(),
                visibility: Visibility::Public,
                is_static: true,
                embedded: false,
                in_header: false,
                getter: None,
                tag: Name::default(),
                span: span(variant),
            };
            self.decl(id).fields.push(made);
        }
        self.leave_type();
    }

    /// A class as a value: its name, where it has one.
    pub(super) fn class_value(&mut self, node: Node<'_>) -> ExprId {
        let id = self.class(node, None, Vec::new());
        let name = self.decl(id).name.clone();
        let kind =
            if name.is_empty() { ExprKind::Unknown(Box::default()) } else { ExprKind::Name(name) };
        self.build.expr(kind, span(node))
    }

    /// `const X = class { … }`: the class is known by the variable's name. False where the value
    /// is no class without a name.
    pub(super) fn named_class(&mut self, target: Node<'_>, value: Node<'_>) -> bool {
        let nameless = value.kind() == "class" && field(value, "name").is_none();
        if nameless && target.kind() == "identifier" {
            let hint = self.name(target);
            self.class(value, Some(&hint), Vec::new());
            return true;
        }
        false
    }

    /// `import A = B.C`: another name for a part of a namespace.
    pub(super) fn import_alias(&mut self, node: Node<'_>) {
        let parts = children(node);
        if let [local, value] = parts.as_slice() {
            let value = self.expr(*value);
            let kind = BindingKind::Constant;
            self.build.bind(self.text(*local), Some(value), None, kind, span(node));
        }
    }
}

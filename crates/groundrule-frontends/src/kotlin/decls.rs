//! Types: classes, interfaces, enums, objects, companions, aliases, object expressions.

use groundrule_unit::{
    CallForm, ExprId, ExprKind, Field, FunctionId, Name, Owner, Param, ParamKind, ScopeKind, Span,
    TypeDecl, TypeId, TypeKind, TypeRef, Visibility,
};
use tree_sitter::Node;

use super::{Kotlin, functions::Member, modifiers::Modifiers, types::is_type};
use crate::{jvm, syntax};

/// What a type extends: the types, and the call of the base's constructor.
#[derive(Default)]
pub(super) struct Bases {
    types: Vec<TypeRef>,
    pub(super) call: Option<ExprId>,
}

impl Kotlin<'_> {
    pub(super) fn decl(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.b.unit().types[id.0 as usize]
    }

    /// A class, interface, enum or object.
    pub(super) fn type_decl(&mut self, node: Node<'_>) {
        self.deeper(|kotlin| kotlin.type_decl_inner(node));
    }

    fn type_decl_inner(&mut self, node: Node<'_>) {
        let modifiers = self.modifiers(node);
        let kind = type_kind(node, &modifiers);
        let name = node.child_by_field_name("name");
        let mut decl = jvm::blank_type(
            name.map(|name| Name::new(self.ident(name))).unwrap_or_default(),
            self.b.scope(),
            syntax::span(node),
            syntax::span(name.unwrap_or(node)),
        );
        decl.kind = kind;
        decl.visibility = modifiers.visibility;
        decl.is_abstract =
            kind == TypeKind::Interface || modifiers.has("abstract") || modifiers.has("sealed");
        decl.annotations = modifiers.annotations;
        decl.type_params = self.type_params(node);
        let id = self.open_type(decl);
        let mut member =
            Member { owner: id, is_static: kind == TypeKind::Object, constructor: None };
        let children = syntax::children(node);
        let header = children.iter().find(|child| child.kind() == "primary_constructor");
        if let Some(&header) = header {
            member.constructor = self.primary_constructor(header, id);
        }
        let bases = self.bases(node, member.constructor);
        self.decl(id).supers = bases.types;
        for body in children {
            if matches!(body.kind(), "class_body" | "enum_class_body") {
                self.type_body(body, member);
            }
        }
        self.b.leave();
    }

    fn open_type(&mut self, decl: TypeDecl) -> TypeId {
        let span = decl.span;
        let id = self.b.type_decl(|_| decl);
        let scope = self.b.enter(ScopeKind::Type(id), span);
        self.decl(id).scope = scope;
        id
    }

    pub(super) fn anonymous_type(&mut self, node: Node<'_>, bases: &Bases, at: Span) {
        let mut decl = jvm::blank_type(Name::default(), self.b.scope(), at, at);
        decl.visibility = Visibility::Private;
        decl.supers.clone_from(&bases.types);
        let id = self.open_type(decl);
        let member = Member { owner: id, is_static: false, constructor: None };
        for body in syntax::children(node) {
            if body.kind() == "class_body" {
                self.type_body(body, member);
            }
        }
        self.b.leave();
    }

    /// What stands behind the colon. Arguments see the primary constructor's parameters.
    pub(super) fn bases(&mut self, node: Node<'_>, constructor: Option<FunctionId>) -> Bases {
        let mut bases = Bases::default();
        let is_literal = node.kind() == "object_literal";
        let clause =
            syntax::children(node).into_iter().find(|c| c.kind() == "delegation_specifiers");
        let Some(clause) = clause else { return bases };
        if let Some(constructor) = constructor {
            self.b.enter(ScopeKind::Function(constructor), syntax::span(clause));
        }
        for specifier in syntax::children(clause) {
            for base in syntax::children(specifier) {
                match base.kind() {
                    "constructor_invocation" => {
                        let parts = syntax::children(base);
                        let (Some(&ty), args) = (parts.first(), parts.get(1)) else { continue };
                        bases.types.push(self.type_ref(ty));
                        let callee = if is_literal {
                            self.type_as_value(ty)
                        } else {
                            self.b.expr(ExprKind::This, syntax::span(ty))
                        };
                        let args = args.map(|&list| self.args(list)).unwrap_or_default();
                        let at = syntax::span(if is_literal { node } else { base });
                        bases.call = Some(self.b.call(callee, args, CallForm::Call, at));
                    }
                    "explicit_delegation" => {
                        for part in syntax::children(base) {
                            if is_type(part) {
                                bases.types.push(self.type_ref(part));
                            } else {
                                self.expr(part);
                            }
                        }
                    }
                    _ if is_type(base) => {
                        bases.types.push(self.type_ref(base));
                        if is_literal && bases.call.is_none() {
                            let callee = self.type_as_value(base);
                            let at = syntax::span(node);
                            let call = self.b.call(callee, Vec::new(), CallForm::Call, at);
                            bases.call = Some(call);
                        }
                    }
                    _ => {}
                }
            }
        }
        if constructor.is_some() {
            self.b.leave();
        }
        bases
    }

    fn type_body(&mut self, body: Node<'_>, member: Member) {
        for node in syntax::children(body) {
            self.member(node, member);
        }
    }

    fn member(&mut self, node: Node<'_>, member: Member) {
        match node.kind() {
            "property_declaration" => self.member_property(node, member),
            "function_declaration" => {
                self.deeper(|kotlin| kotlin.function_decl(node, Some(member)));
            }
            "secondary_constructor" => self.secondary_constructor(node, member),
            "companion_object" => self.companion(node, member),
            "anonymous_initializer" => {
                let kind = match member.constructor {
                    Some(constructor) => ScopeKind::Function(constructor),
                    None => ScopeKind::Block,
                };
                self.b.enter(kind, syntax::span(node));
                for block in syntax::children(node) {
                    self.stmts(&syntax::children(block), false);
                }
                self.b.leave();
            }
            "enum_entry" => self.enum_entry(node, member),
            "ERROR" => {
                self.deeper(|kotlin| kotlin.type_body(node, member));
            }
            _ => self.stmt(node),
        }
    }

    /// Its members are static members of the type around it. Where it has bases or a name, it is
    /// a type too, without members.
    fn companion(&mut self, node: Node<'_>, member: Member) {
        let modifiers = self.modifiers(node);
        let name = node.child_by_field_name("name");
        let bases = self.bases(node, None);
        if name.is_some() || !bases.types.is_empty() {
            let at = syntax::span(node);
            let text = name.map_or("Companion", |name| self.ident(name));
            let mut decl = jvm::blank_type(Name::new(text), self.b.scope(), at, at);
            decl.kind = TypeKind::Object;
            decl.supers = bases.types;
            decl.visibility = modifiers.visibility;
            decl.annotations = modifiers.annotations;
            self.open_type(decl);
            self.b.leave();
        }
        let member = Member { is_static: true, constructor: None, ..member };
        for body in syntax::children(node) {
            if body.kind() == "class_body" {
                self.type_body(body, member);
            }
        }
    }

    fn enum_entry(&mut self, node: Node<'_>, member: Member) {
        let modifiers = self.modifiers(node);
        let owner = self.decl(member.owner).name.clone();
        let at = syntax::span(node);
        let mut field = field(Name::default(), Some(TypeRef::named(owner.clone())), at);
        field.annotations = modifiers.annotations;
        field.is_static = true;
        for child in syntax::children(node) {
            match child.kind() {
                "identifier" => field.name = Name::new(self.ident(child)),
                "value_arguments" => {
                    let callee = self.b.name(owner.clone(), at);
                    let args = self.args(child);
                    field.default = Some(self.b.call(callee, args, CallForm::Call, at));
                }
                "class_body" => {
                    let types = vec![TypeRef::named(owner.clone())];
                    self.anonymous_type(node, &Bases { types, call: None }, at);
                }
                _ => {}
            }
        }
        self.decl(member.owner).fields.push(field);
    }

    /// The header: parameters, and properties among them. Gives the constructor if some of its
    /// parameters are no properties.
    fn primary_constructor(&mut self, node: Node<'_>, id: TypeId) -> Option<FunctionId> {
        let modifiers = self.modifiers(node);
        let at = syntax::span(node);
        let mut function = jvm::blank_function(Name::new_static("new"), self.b.scope(), at, at);
        function.owner = Some(Owner::Type(id));
        function.is_constructor = true;
        function.has_body = false;
        function.visibility = modifiers.visibility;
        function.annotations = modifiers.annotations;
        let constructor = self.open_function(function, false);
        let mut has_plain = false;
        for list in syntax::children(node) {
            if list.kind() != "class_parameters" {
                continue;
            }
            for param in syntax::children(list) {
                has_plain |= !self.class_parameter(param, id, constructor);
            }
        }
        self.close_function(constructor);
        self.decl(id).methods.push(constructor);
        has_plain.then_some(constructor)
    }

    /// Whether the parameter is a property.
    fn class_parameter(&mut self, node: Node<'_>, id: TypeId, constructor: FunctionId) -> bool {
        let modifiers = self.modifiers(node);
        let at = syntax::span(node);
        let mut name = Name::default();
        let mut ty = None;
        let mut default = None;
        for child in syntax::children(node) {
            match child.kind() {
                "modifiers" => {}
                "identifier" if name.is_empty() => name = Name::new(self.ident(child)),
                _ if is_type(child) && ty.is_none() => ty = Some(self.type_ref(child)),
                _ => default = Some(self.expr(child)),
            }
        }
        let is_property = syntax::has(node, "val") || syntax::has(node, "var");
        if is_property {
            let mut field = field(name.clone(), ty.clone(), at);
            field.default = default;
            field.annotations.clone_from(&modifiers.annotations);
            field.visibility = modifiers.visibility;
            field.in_header = true;
            self.decl(id).fields.push(field);
        }
        let kind = if modifiers.has("vararg") { ParamKind::Rest } else { ParamKind::Normal };
        let annotations = modifiers.annotations;
        let param = Param { name, ty, default, annotations, kind, span: at };
        self.function(constructor).params.push(param);
        is_property
    }

    pub(super) fn type_alias(&mut self, node: Node<'_>) {
        let modifiers = self.modifiers(node);
        let name = node.child_by_field_name("type");
        let mut decl = jvm::blank_type(
            name.map(|name| Name::new(self.ident(name))).unwrap_or_default(),
            self.b.scope(),
            syntax::span(node),
            syntax::span(name.unwrap_or(node)),
        );
        decl.kind = TypeKind::Alias;
        decl.visibility = modifiers.visibility;
        decl.annotations = modifiers.annotations;
        decl.type_params = self.type_params(node);
        let target = syntax::children(node).into_iter().rfind(|child| is_type(*child));
        decl.alias_of = target.map(|target| self.type_ref(target));
        self.b.type_decl(|_| decl);
    }
}

fn field(name: Name, ty: Option<TypeRef>, span: Span) -> Field {
    Field {
        name,
        ty,
        default: None,
        annotations: Vec::new(),
        visibility: Visibility::Public,
        is_static: false,
        embedded: false,
        in_header: false,
        getter: None,
        tag: Name::default(),
        span,
    }
}

/// A value class prints its property, as a data class does.
fn type_kind(node: Node<'_>, modifiers: &Modifiers<'_>) -> TypeKind {
    if node.kind() == "object_declaration" {
        TypeKind::Object
    } else if syntax::has(node, "interface") {
        TypeKind::Interface
    } else if modifiers.has("enum") {
        TypeKind::Enum
    } else if modifiers.has("data") || modifiers.has("value") || modifiers.has("inline") {
        TypeKind::DataClass
    } else {
        TypeKind::Class
    }
}

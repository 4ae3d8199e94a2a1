//! Types: classes, structs, records, interfaces, enums, delegates, and their attributes.

use groundrule_unit::{
    Annotation, Arg, BindingKind, CallForm, ExprKind, Field, Name, ScopeKind, Span, TypeDecl,
    TypeId, TypeKind, TypeRef, Visibility,
};
use tree_sitter::Node;

use super::{Lowering, included, parts};
use crate::syntax::{has, span};

/// Whether a node of that kind is a declaration of a type or of a type's member.
pub(super) fn is_declaration(kind: &str) -> bool {
    kind.ends_with("_declaration") && kind != "variable_declaration" && kind != "catch_declaration"
}

/// The words before a declaration.
#[derive(Clone, Copy, Default)]
pub(super) struct Modifiers {
    pub(super) visibility: Option<Visibility>,
    pub(super) is_static: bool,
    pub(super) is_async: bool,
    pub(super) is_abstract: bool,
    pub(super) is_const: bool,
}

impl Lowering<'_> {
    pub(super) fn modifiers(&self, children: &[Node<'_>]) -> Modifiers {
        let mut found = Modifiers::default();
        for word in children.iter().filter(|child| child.kind() == "modifier") {
            match self.text(*word) {
                "public" => found.visibility = Some(Visibility::Public),
                "private" => found.visibility = Some(Visibility::Private),
                // `private protected` stays private; `protected` alone is seen by subclasses.
                "internal" | "protected" if found.visibility.is_none() => {
                    found.visibility = Some(Visibility::Internal);
                }
                "static" => found.is_static = true,
                "const" => (found.is_static, found.is_const) = (true, true),
                "async" => found.is_async = true,
                "abstract" => found.is_abstract = true,
                _ => {}
            }
        }
        found
    }

    /// A declaration of a type or a member, wherever it stands.
    pub(super) fn declaration(&mut self, node: Node<'_>) {
        self.deeper(node, |this| match node.kind() {
            "class_declaration"
            | "struct_declaration"
            | "record_declaration"
            | "interface_declaration" => this.type_declaration(node),
            "enum_declaration" => this.enum_declaration(node),
            "delegate_declaration" => this.delegate(node),
            "namespace_declaration" | "using_directive" => this.top_level_item(node),
            "preproc_if" | "preproc_elif" | "preproc_else" => {
                included(node).into_iter().for_each(|child| this.declaration(child));
            }
            "ERROR" => parts(node).into_iter().for_each(|child| this.stray(child)),
            _ => this.member(node),
        });
    }

    /// What stands inside a region that the parser could not read.
    fn stray(&mut self, node: Node<'_>) {
        let kind = node.kind();
        if kind == "ERROR" || kind == "preproc_if" || is_declaration(kind) {
            self.declaration(node);
        } else if kind.ends_with("_statement") || kind == "block" {
            self.statement(node);
        } else if kind == "declaration_list" {
            parts(node).into_iter().for_each(|child| self.declaration(child));
        }
    }

    fn new_type(&mut self, name: Name, kind: TypeKind, node: Node<'_>, name_span: Span) -> TypeId {
        let declared_in = self.out.scope();
        let span = span(node);
        self.out.type_decl(|_| TypeDecl {
            name,
            kind,
            type_params: Vec::new(),
            supers: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of: None,
            scope: declared_in,
            declared_in,
            visibility: Visibility::Internal,
            is_abstract: false,
            span,
            name_span,
        })
    }

    pub(super) fn edit_type(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.out.unit().types[id.0 as usize]
    }

    pub(super) fn add_field(&mut self, field: Field) {
        if let Some(&id) = self.types.last() {
            self.edit_type(id).fields.push(field);
        }
    }

    fn type_declaration(&mut self, node: Node<'_>) {
        let children = parts(node);
        let words = self.modifiers(&children);
        let kind = match node.kind() {
            "record_declaration" => TypeKind::Record,
            "struct_declaration" => TypeKind::Struct,
            "interface_declaration" => TypeKind::Interface,
            _ if words.is_static => TypeKind::Object,
            _ => TypeKind::Class,
        };
        let (name, name_span) = self.named(node);
        let id = self.new_type(name, kind, node, name_span);
        let annotations = self.annotations(&children);
        let type_params = self.type_params(&children);
        let bases = children.iter().find(|child| child.kind() == "base_list");
        let supers = bases.map(|bases| self.supers(*bases)).unwrap_or_default();
        let decl = self.edit_type(id);
        decl.annotations = annotations;
        decl.type_params = type_params;
        decl.supers = supers;
        decl.is_abstract = words.is_abstract;
        if let Some(visibility) = words.visibility.or(self.nested_default()) {
            self.edit_type(id).visibility = visibility;
        }
        let scope = self.out.enter(ScopeKind::Type(id), span(node));
        self.edit_type(id).scope = scope;
        self.types.push(id);
        self.primary_constructor(node, &children, kind);
        if let Some(body) = node.child_by_field_name("body") {
            parts(body).into_iter().for_each(|child| self.declaration(child));
        }
        self.types.pop();
        self.out.leave();
    }

    /// Types inside types are private unless they say otherwise.
    fn nested_default(&mut self) -> Option<Visibility> {
        (!self.types.is_empty()).then_some(self.member_default())
    }

    /// What a member without a word on its visibility has.
    pub(super) fn member_default(&mut self) -> Visibility {
        match self.types.last().copied().map(|id| self.edit_type(id).kind) {
            Some(TypeKind::Interface | TypeKind::Enum) => Visibility::Public,
            _ => Visibility::Private,
        }
    }

    fn supers(&mut self, bases: Node<'_>) -> Vec<TypeRef> {
        let mut supers = Vec::new();
        for base in parts(bases) {
            match base.kind() {
                "argument_list" => {}
                "primary_constructor_base_type" => {
                    if let Some(ty) = base.child_by_field_name("type") {
                        supers.push(self.type_ref(ty));
                    }
                }
                _ => supers.push(self.type_ref(base)),
            }
        }
        supers
    }

    /// The header's parameters: a record's are properties; a class's or a struct's are parameters
    /// of a constructor, captured in private fields of the same names. The base's arguments are a
    /// call of the base's constructor.
    fn primary_constructor(&mut self, node: Node<'_>, children: &[Node<'_>], kind: TypeKind) {
        let list = children.iter().find(|child| child.kind() == "parameter_list");
        let base_args = children
            .iter()
            .find(|child| child.kind() == "base_list")
            .and_then(|bases| base_arguments(*bases));
        if kind == TypeKind::Record {
            for param in list.map(|list| self.params(*list)).unwrap_or_default() {
                self.add_field(Field {
                    name: param.name,
                    ty: param.ty,
                    default: param.default,
                    annotations: param.annotations,
                    visibility: Visibility::Public,
                    is_static: false,
                    embedded: false,
                    in_header: true,
                    getter: None,
                    tag: Name::default(),
                    span: param.span,
                });
            }
            if let Some(args) = base_args {
                self.base_call(args);
            }
        } else if let Some(list) = list {
            let id = self.open_function(Name::new_static("new"), node, span(*list));
            let params = self.params(*list);
            for param in &params {
                let object = self.out.expr(ExprKind::This, param.span);
                let place = self.out.member(object, param.name.clone(), param.span);
                let value = self.out.name(param.name.clone(), param.span);
                self.out.assign(place, Some(value), BindingKind::Assign, param.span);
                self.add_field(Field {
                    name: param.name.clone(),
                    ty: param.ty.clone(),
                    default: None,
                    annotations: Vec::new(),
                    visibility: Visibility::Private,
                    is_static: false,
                    embedded: false,
                    in_header: false,
                    getter: None,
                    tag: Name::default(),
                    span: param.span,
                });
            }
            if let Some(args) = base_args {
                self.base_call(args);
            }
            let owner = self.owner();
            let function = self.edit(id);
            function.span = span(*list);
            function.params = params;
            function.owner = owner;
            function.is_constructor = true;
            function.visibility = Visibility::Public;
            self.close_function(id);
            self.add_method(id);
        }
    }

    /// `base(…)` or `this(…)`.
    pub(super) fn base_call(&mut self, args: Node<'_>) {
        let callee = self.out.expr(ExprKind::This, span(args));
        let (args, outs, at) = self.args(args);
        let call = self.out.call(callee, args, CallForm::Call, at);
        self.bind_outs(call, outs);
    }

    fn enum_declaration(&mut self, node: Node<'_>) {
        let children = parts(node);
        let words = self.modifiers(&children);
        let (name, name_span) = self.named(node);
        let id = self.new_type(name, TypeKind::Enum, node, name_span);
        let annotations = self.annotations(&children);
        let visibility = words.visibility.or(self.nested_default());
        let scope = self.out.enter(ScopeKind::Type(id), span(node));
        let decl = self.edit_type(id);
        decl.annotations = annotations;
        decl.scope = scope;
        if let Some(visibility) = visibility {
            decl.visibility = visibility;
        }
        self.types.push(id);
        if let Some(body) = node.child_by_field_name("body") {
            self.enum_members(body);
        }
        self.types.pop();
        self.out.leave();
    }

    fn enum_members(&mut self, body: Node<'_>) {
        for member in included(body) {
            if member.kind() != "enum_member_declaration" {
                self.deeper(member, |this| this.enum_members(member));
                continue;
            }
            let annotations = self.annotations(&parts(member));
            let default = member.child_by_field_name("value").map(|value| self.expr(value));
            let name = self.named(member).0;
            self.add_field(Field {
                name,
                ty: None,
                default,
                annotations,
                visibility: Visibility::Public,
                is_static: true,
                embedded: false,
                in_header: false,
                getter: None,
                tag: Name::default(),
                span: span(member),
            });
        }
    }

    /// A delegate is a name for a function type.
    fn delegate(&mut self, node: Node<'_>) {
        let children = parts(node);
        let (name, name_span) = self.named(node);
        let id = self.new_type(name, TypeKind::Alias, node, name_span);
        let annotations = self.annotations(&children);
        let type_params = self.type_params(&children);
        let args = self.declared_type(node, "type").into_iter().collect();
        let visibility = self.modifiers(&children).visibility.or(self.nested_default());
        let decl = self.edit_type(id);
        decl.annotations = annotations;
        decl.type_params = type_params;
        decl.alias_of = Some(TypeRef { name: Name::new_static("()"), args });
        decl.visibility = visibility.unwrap_or(Visibility::Internal);
    }

    /// The attributes in the attribute lists among `children`.
    pub(super) fn annotations(&mut self, children: &[Node<'_>]) -> Vec<Annotation> {
        let mut found = Vec::new();
        for list in children {
            match list.kind() {
                "attribute_list" => {
                    found.extend(parts(*list).into_iter().filter_map(|a| self.attribute(a)));
                }
                "preproc_if" => {
                    let inside: Vec<_> = included(*list)
                        .into_iter()
                        .filter(|child| child.kind() == "attribute_list")
                        .collect();
                    found.extend(
                        self.deeper(*list, |this| this.annotations(&inside)).into_iter().flatten(),
                    );
                }
                _ => {}
            }
        }
        found
    }

    pub(super) fn attribute(&mut self, node: Node<'_>) -> Option<Annotation> {
        if node.kind() != "attribute" {
            return None;
        }
        let name = node.child_by_field_name("name")?;
        let callee = self.expr(name);
        let mut args = Vec::new();
        let list = parts(node).into_iter().find(|c| c.kind() == "attribute_argument_list");
        for argument in list.map(parts).unwrap_or_default() {
            let name = argument.child_by_field_name("name");
            let value = parts(argument).into_iter().rfind(|part| Some(*part) != name);
            if let Some(value) = value {
                let value = self.expr(value);
                let name = name.map(|name| self.ident(name));
                args.push(Arg { name, value, spread: false, sigil: None });
            }
        }
        Some(Annotation { callee, args: args.into(), span: span(node) })
    }
}

/// The arguments that a base list hands to the base's constructor.
fn base_arguments(bases: Node<'_>) -> Option<Node<'_>> {
    if !has(bases, "argument_list") && !has(bases, "primary_constructor_base_type") {
        return None;
    }
    parts(bases).into_iter().find_map(|base| match base.kind() {
        "argument_list" => Some(base),
        "primary_constructor_base_type" => {
            parts(base).into_iter().find(|part| part.kind() == "argument_list")
        }
        _ => None,
    })
}

//! Types: classes, records, interfaces, enums, annotation types, and anonymous classes.

use groundrule_unit::{
    CallForm, Field, Name, Owner, ScopeKind, Span, TypeDecl, TypeId, TypeKind, TypeRef, Visibility,
};
use tree_sitter::Node;

use super::{Java, members::Modifiers};
use crate::{jvm, syntax};

impl Java<'_> {
    /// A named type. None if the node is none, or lies too deep.
    pub(super) fn type_decl(&mut self, node: Node<'_>) -> Option<TypeId> {
        self.deeper(|java| java.type_decl_inner(node))?
    }

    fn type_decl_inner(&mut self, node: Node<'_>) -> Option<TypeId> {
        let kind = match node.kind() {
            "class_declaration" => TypeKind::Class,
            "record_declaration" => TypeKind::Record,
            "enum_declaration" => TypeKind::Enum,
            "interface_declaration" | "annotation_type_declaration" => TypeKind::Interface,
            _ => return None,
        };
        let in_interface = self.in_interface();
        let modifiers = self.modifiers(node);
        let name = node.child_by_field_name("name");
        let mut decl = jvm::blank_type(
            name.map(|name| Name::new(self.str(name))).unwrap_or_default(),
            self.b.scope(),
            syntax::span(node),
            syntax::span(name.unwrap_or(node)),
        );
        decl.kind = kind;
        decl.visibility = modifiers.visibility(in_interface);
        decl.is_abstract = modifiers.is_abstract || kind == TypeKind::Interface;
        decl.annotations = modifiers.annotations;
        decl.type_params = self.type_params(node);
        decl.supers = self.supers(node);
        let id = self.open_type(decl);
        if let Some(header) = node.child_by_field_name("parameters") {
            self.record_header(id, header);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.type_body(id, body);
        }
        if kind == TypeKind::Record {
            self.canonical_constructor(id, node);
        }
        self.b.leave();
        Some(id)
    }

    /// The body of `new T() { … }` or of an enum's constant, as a type without a name.
    pub(super) fn anonymous_type(&mut self, body: Node<'_>, base: TypeRef, at: Span) {
        self.deeper(|java| {
            let mut decl = jvm::blank_type(Name::default(), java.b.scope(), at, at);
            decl.visibility = Visibility::Private;
            decl.supers.push(base);
            let id = java.open_type(decl);
            java.type_body(id, body);
            java.b.leave();
        });
    }

    fn open_type(&mut self, decl: TypeDecl) -> TypeId {
        let span = decl.span;
        let id = self.b.type_decl(|_| decl);
        let scope = self.b.enter(ScopeKind::Type(id), span);
        self.decl(id).scope = scope;
        id
    }

    pub(super) fn decl(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.b.unit().types[id.0 as usize]
    }

    /// Whether what is declared here is a member of an interface, and so public by default.
    pub(super) fn in_interface(&mut self) -> bool {
        let open = self.b.scope();
        let unit = self.b.unit();
        match unit.scope(open).kind {
            ScopeKind::Type(id) => unit.type_decl(id).kind == TypeKind::Interface,
            _ => false,
        }
    }

    fn supers(&mut self, node: Node<'_>) -> Vec<TypeRef> {
        let mut supers = Vec::new();
        for clause in syntax::children(node) {
            if !matches!(clause.kind(), "superclass" | "super_interfaces" | "extends_interfaces") {
                continue;
            }
            for child in syntax::children(clause) {
                if child.kind() == "type_list" {
                    for ty in syntax::children(child) {
                        supers.push(self.type_ref(ty));
                    }
                } else {
                    supers.push(self.type_ref(child));
                }
            }
        }
        supers
    }

    fn type_body(&mut self, id: TypeId, body: Node<'_>) {
        for member in syntax::children(body) {
            self.member(id, member);
        }
    }

    pub(super) fn member(&mut self, id: TypeId, node: Node<'_>) {
        match node.kind() {
            "field_declaration" | "constant_declaration" => self.field(id, node),
            "method_declaration"
            | "constructor_declaration"
            | "compact_constructor_declaration" => {
                self.method(Some(id), node);
            }
            "annotation_type_element_declaration" => self.method(Some(id), node),
            "static_initializer" => {
                for block in syntax::children(node) {
                    self.stmt(block);
                }
            }
            "enum_constant" => self.enum_constant(id, node),
            "enum_body_declarations" | "ERROR" => {
                self.deeper(|java| java.type_body(id, node));
            }
            _ => self.stmt(node),
        }
    }

    fn enum_constant(&mut self, id: TypeId, node: Node<'_>) {
        let modifiers = self.modifiers(node);
        let name = node.child_by_field_name("name");
        let owner = self.decl(id).name.clone();
        let at = syntax::span(node);
        let default = node.child_by_field_name("arguments").map(|args| {
            let callee = self.b.name(owner.clone(), syntax::span(name.unwrap_or(node)));
            let args = self.args(args);
            self.b.call(callee, args, CallForm::New, at)
        });
        if let Some(body) = node.child_by_field_name("body") {
            self.anonymous_type(body, TypeRef::named(owner.clone()), at);
        }
        let field = Field {
            name: name.map(|name| Name::new(self.str(name))).unwrap_or_default(),
            ty: Some(TypeRef::named(owner)),
            default,
            annotations: modifiers.annotations,
            visibility: Visibility::Public,
            is_static: true,
            embedded: false,
            in_header: false,
            getter: None,
            tag: Name::default(),
            span: at,
        };
        self.decl(id).fields.push(field);
    }

    fn record_header(&mut self, id: TypeId, header: Node<'_>) {
        for component in syntax::children(header) {
            let Modifiers { annotations, .. } = self.modifiers(component);
            let (Some(name), Some(ty)) =
                (component.child_by_field_name("name"), component.child_by_field_name("type"))
            else {
                continue;
            };
            let field = Field {
                name: Name::new(self.str(name)),
                ty: self.declared_type(ty, component),
                default: None,
                annotations,
                // The field is private, its accessor is not: what counts is who can read it.
                visibility: Visibility::Public,
                is_static: false,
                embedded: false,
                in_header: true,
                getter: None,
                tag: Name::default(),
                span: syntax::span(component),
            };
            self.decl(id).fields.push(field);
        }
    }

    /// A record's constructor that nobody wrote, unless its compact form was.
    fn canonical_constructor(&mut self, id: TypeId, node: Node<'_>) {
        let Some(header) = node.child_by_field_name("parameters") else { return };
        let count = syntax::children(header).len();
        let unit = self.b.unit();
        let is_written = unit.type_decl(id).methods.iter().any(|&method| {
            let method = unit.function(method);
            method.is_constructor && method.params.len() == count
        });
        if is_written {
            return;
        }
        let at = syntax::span(header);
        let mut function = jvm::blank_function(Name::new("new"), self.b.scope(), at, at);
        function.owner = Some(Owner::Type(id));
        function.is_constructor = true;
        function.has_body = false;
        let constructor = self.open_function(function);
        let params = self.params(header);
        self.function(constructor).params = params;
        self.close_function(constructor);
        self.decl(id).methods.push(constructor);
    }
}

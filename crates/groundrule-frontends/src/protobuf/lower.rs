//! Messages, enums and services as types, options as annotations.

use groundrule_unit::{
    Annotation, Arg, ExprId, ExprKind, Field, Function, Import, Language, Name, Owner, Param,
    ParamKind, Record, RecordField, ScopeId, ScopeKind, Span, TypeDecl, TypeId, TypeKind, TypeRef,
    Unit, UnitBuilder, Visibility,
};
use tree_sitter::Node;

use super::{child, decoded, dotted, option_name};
use crate::Source;
use crate::syntax::{self, MAX_DEPTH};

/// Lowers messages to types, so that what a message prints can be told, and services to
/// interfaces. The module is the package.
pub(crate) fn lower(source: &Source<'_>) -> Unit {
    let build = UnitBuilder::new(source.path.clone(), Language::Protobuf, source.text);
    let mut lowering = Lowering { build, text: source.text, depth: 0 };
    if let Some(tree) = super::parse(source) {
        for node in syntax::children(tree.root_node()) {
            lowering.declaration(node);
        }
        syntax::note_extras(&tree, source.text, lowering.build.unit());
    }
    lowering.build.finish()
}

struct Lowering<'s> {
    build: UnitBuilder,
    text: &'s str,
    depth: u32,
}

impl Lowering<'_> {
    fn declaration(&mut self, node: Node<'_>) {
        match node.kind() {
            "package" => {
                if let Some(name) = child(node, "full_ident") {
                    self.build.unit().module = dotted(name, self.text);
                }
            }
            "import" => self.import(node),
            "message" => self.message(node, child(node, "message_body")),
            "enum" => self.enumeration(node),
            "service" => self.service(node),
            _ => {}
        }
    }

    /// An import names a file, and brings all of its package in.
    fn import(&mut self, node: Node<'_>) {
        if let Some(path) = node.child_by_field_name("path") {
            let import = Import {
                local: Name::default(),
                module: decoded(path, self.text),
                item: None,
                wildcard: true,
                reexport: syntax::has(node, "public"),
                span: syntax::span(node),
            };
            self.build.unit().imports.push(import);
        }
    }

    /// Opens a type, which [`UnitBuilder::leave`] closes.
    fn declare(&mut self, node: Node<'_>, name_kind: &str, kind: TypeKind) -> TypeId {
        let span = syntax::span(node);
        let name = child(node, name_kind);
        let declared_in = self.build.scope();
        let id = self.build.type_decl(|_| TypeDecl {
            name: name.map(|name| Name::new(syntax::text(name, self.text))).unwrap_or_default(),
            kind,
            type_params: Vec::new(),
            supers: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of: None,
            scope: declared_in,
            declared_in,
            visibility: Visibility::Public,
            is_abstract: kind == TypeKind::Interface,
            span,
            name_span: name.map_or(span, syntax::span),
        });
        self.decl(id).scope = self.build.enter(ScopeKind::Type(id), span);
        id
    }

    fn decl(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.build.unit().types[id.0 as usize]
    }

    fn message(&mut self, node: Node<'_>, body: Option<Node<'_>>) {
        if self.depth >= MAX_DEPTH {
            return;
        }
        self.depth += 1;
        let id = self.declare(node, "message_name", TypeKind::Struct);
        for part in body.map(syntax::children).unwrap_or_default() {
            self.member(id, part);
        }
        self.build.leave();
        self.depth -= 1;
    }

    fn member(&mut self, id: TypeId, node: Node<'_>) {
        match node.kind() {
            "field" | "oneof_field" | "map_field" => self.field(id, node),
            "oneof" => {
                for part in syntax::children(node) {
                    match part.kind() {
                        "oneof_field" => self.field(id, part),
                        "group" => self.group(id, part),
                        _ => {}
                    }
                }
            }
            "group" => self.group(id, node),
            "option" => {
                let annotation = self.option(node);
                self.decl(id).annotations.push(annotation);
            }
            _ => self.declaration(node),
        }
    }

    /// A group is a message and a field of it, whose name is the message's in lower case.
    fn group(&mut self, id: TypeId, node: Node<'_>) {
        if let Some(name) = child(node, "message_name") {
            let ty = Name::new(syntax::text(name, self.text));
            let name = Name::from(ty.to_ascii_lowercase());
            let ty = repeated(node, TypeRef::named(ty));
            let annotations = self.field_options(node);
            self.decl(id).fields.push(field(name, Some(ty), annotations, syntax::span(node)));
        }
        self.message(node, child(node, "message_body"));
    }

    fn field(&mut self, id: TypeId, node: Node<'_>) {
        let Some(name) = child(node, "identifier") else { return };
        let name = Name::new(syntax::text(name, self.text));
        let ty = child(node, "type").map(|ty| self.type_ref(ty)).unwrap_or_default();
        let ty = match child(node, "key_type") {
            Some(key) => {
                let key = TypeRef::named(syntax::text(key, self.text));
                TypeRef { name: Name::new_static("{}"), args: Box::new([key, ty]) }
            }
            None => repeated(node, ty),
        };
        let annotations = self.field_options(node);
        self.decl(id).fields.push(field(name, Some(ty), annotations, syntax::span(node)));
    }

    fn type_ref(&self, node: Node<'_>) -> TypeRef {
        match child(node, "message_or_enum_type") {
            Some(name) => TypeRef::named(dotted(name, self.text)),
            None => TypeRef::named(syntax::text(node, self.text)),
        }
    }

    fn field_options(&mut self, node: Node<'_>) -> Vec<Annotation> {
        let options = child(node, "field_options").map(syntax::children).unwrap_or_default();
        options.into_iter().map(|option| self.option(option)).collect()
    }

    /// `name = value` is an annotation with one argument.
    fn option(&mut self, node: Node<'_>) -> Annotation {
        let span = syntax::span(node);
        let callee = self.build.name(option_name(node, self.text), span);
        let value = child(node, "constant").map(|constant| self.constant(constant));
        let arg = |value| Arg { name: None, value, spread: false, sigil: None };
        Annotation { callee, args: value.into_iter().map(arg).collect(), span }
    }

    fn constant(&mut self, node: Node<'_>) -> ExprId {
        let span = syntax::span(node);
        let Some(inner) = child_of_constant(node) else {
            return self.build.unknown(Vec::new(), span);
        };
        if self.depth >= MAX_DEPTH {
            return self.build.unknown(Vec::new(), span);
        }
        self.depth += 1;
        let kind = match inner.kind() {
            "string" => ExprKind::String(decoded(inner, self.text)),
            "bool" => ExprKind::Bool(syntax::text(inner, self.text) == "true"),
            "int_lit" | "float_lit" => ExprKind::Number(Name::new(syntax::text(node, self.text))),
            "full_ident" => ExprKind::Name(dotted(inner, self.text)),
            "block_lit" => self.block(inner),
            _ => ExprKind::Unknown(Box::default()),
        };
        self.depth -= 1;
        self.build.expr(kind, span)
    }

    /// A message value: a key is followed by one value, or by a list of them in brackets.
    fn block(&mut self, node: Node<'_>) -> ExprKind {
        let mut fields = Vec::new();
        let mut cursor = node.walk();
        let parts: Vec<_> = node.children(&mut cursor).filter(|part| !part.is_extra()).collect();
        let mut parts = parts.into_iter();
        let mut key = None;
        while let Some(part) = parts.next() {
            let value = match part.kind() {
                "identifier" | "extension_name" => {
                    key = Some(part);
                    continue;
                }
                "constant" => self.constant(part),
                "[" => {
                    let items = parts.by_ref().take_while(|part| part.kind() != "]");
                    let items: Vec<_> = items.filter(|part| part.is_named()).collect();
                    let end = items.last().map_or(part.end_byte(), |item| item.end_byte());
                    let items = items.into_iter().map(|item| self.constant(item)).collect();
                    self.build.expr(ExprKind::List(items), Span::new(part.start_byte(), end))
                }
                _ => continue,
            };
            if let Some(key) = key.take() {
                let name = Name::new(syntax::text(key, self.text).trim_matches(['[', ']']));
                let span = Span::new(key.start_byte(), part.end_byte());
                fields.push(RecordField { name, key: None, value, span });
            }
        }
        let fields = fields.into();
        ExprKind::Record(Box::new(Record { ty: None, fields, spreads: Box::default() }))
    }

    fn enumeration(&mut self, node: Node<'_>) {
        let id = self.declare(node, "enum_name", TypeKind::Enum);
        for part in child(node, "enum_body").map(syntax::children).unwrap_or_default() {
            match part.kind() {
                "enum_field" => {
                    let Some(name) = child(part, "identifier") else { continue };
                    let name = Name::new(syntax::text(name, self.text));
                    let number = child(part, "int_lit").map(|number| {
                        let sign = if syntax::has(part, "-") { "-" } else { "" };
                        let text = format!("{sign}{}", syntax::text(number, self.text));
                        self.build.expr(ExprKind::Number(Name::from(text)), syntax::span(number))
                    });
                    let options = syntax::children(part).into_iter();
                    let options = options.filter(|option| option.kind() == "enum_value_option");
                    let annotations = options.map(|option| self.option(option)).collect();
                    let made = field(name, None, annotations, syntax::span(part));
                    let made = Field { default: number, is_static: true, ..made };
                    self.decl(id).fields.push(made);
                }
                "option" => {
                    let annotation = self.option(part);
                    self.decl(id).annotations.push(annotation);
                }
                _ => {}
            }
        }
        self.build.leave();
    }

    fn service(&mut self, node: Node<'_>) {
        let id = self.declare(node, "service_name", TypeKind::Interface);
        for part in syntax::children(node) {
            match part.kind() {
                "rpc" => self.rpc(id, part),
                "option" => {
                    let annotation = self.option(part);
                    self.decl(id).annotations.push(annotation);
                }
                _ => {}
            }
        }
        self.build.leave();
    }

    fn rpc(&mut self, owner: TypeId, node: Node<'_>) {
        let span = syntax::span(node);
        let declared_in = self.build.scope();
        let name = child(node, "rpc_name");
        let id = self.build.function(|_| Function {
            name: name.map(|name| Name::new(syntax::text(name, self.text))).unwrap_or_default(),
            owner: Some(Owner::Type(owner)),
            implements: None,
            receiver: None,
            params: Vec::new(),
            returns: None,
            type_params: Vec::new(),
            annotations: Vec::new(),
            results: Vec::new(),
            scope: ScopeId(0),
            declared_in,
            visibility: Visibility::Public,
            is_static: false,
            is_async: false,
            is_constructor: false,
            is_extension: false,
            has_body: false,
            span,
            name_span: name.map_or(span, syntax::span),
        });
        let scope = self.build.enter(ScopeKind::Function(id), span);
        let mut types = Vec::new();
        let mut annotations = Vec::new();
        for part in syntax::children(node) {
            match part.kind() {
                "message_or_enum_type" => types.push(part),
                "option" => annotations.push(self.option(part)),
                _ => {}
            }
        }
        self.build.leave();
        let param = types.first().map(|ty| Param {
            name: Name::default(),
            ty: Some(TypeRef::named(dotted(*ty, self.text))),
            default: None,
            annotations: Vec::new(),
            kind: ParamKind::Normal,
            span: syntax::span(*ty),
        });
        let returns = types.get(1).map(|ty| TypeRef::named(dotted(*ty, self.text)));
        let function = &mut self.build.unit().functions[id.0 as usize];
        function.scope = scope;
        function.params = param.into_iter().collect();
        function.returns = returns;
        function.annotations = annotations;
        self.decl(owner).methods.push(id);
    }
}

/// The part of a constant that says what it is.
fn child_of_constant(node: Node<'_>) -> Option<Node<'_>> {
    syntax::children(node).into_iter().next()
}

fn repeated(node: Node<'_>, ty: TypeRef) -> TypeRef {
    match syntax::has(node, "repeated") {
        true => TypeRef { name: Name::new_static("[]"), args: Box::new([ty]) },
        false => ty,
    }
}

fn field(name: Name, ty: Option<TypeRef>, annotations: Vec<Annotation>, span: Span) -> Field {
    Field {
        name,
        ty,
        default: None,
        annotations,
        visibility: Visibility::Public,
        is_static: false,
        embedded: false,
        in_header: false,
        getter: None,
        tag: Name::default(),
        span,
    }
}

//! Declarations: types with their fields, functions, methods, constants, variables.

use groundrule_unit::{
    BindingKind, Field, Function, FunctionId, Name, Owner, Param, ParamKind, ScopeId, ScopeKind,
    Span, TypeDecl, TypeId, TypeKind, TypeParam, TypeRef, Visibility,
};
use tree_sitter::Node;

use super::{Frame, Lowering, field};
use crate::syntax;

/// Constants without an expression of their own repeat the one above them; one that is longer
/// than this many bytes is not repeated, so that a group's cost stays linear.
const LONGEST_REPEATED: usize = 256;

impl Lowering<'_> {
    /// Remembers which of the declared types are collections.
    pub(super) fn note_collections(&mut self, declaration: Node<'_>) {
        for spec in syntax::children(declaration) {
            if let (Some(name), Some(ty)) = (field(spec, "name"), field(spec, "type"))
                && matches!(ty.kind(), "slice_type" | "array_type" | "map_type")
            {
                let name = Name::new(self.str(name));
                let ty = self.type_ref(ty);
                self.collections.insert(name, ty);
            }
        }
    }

    pub(super) fn type_declaration(&mut self, node: Node<'_>) {
        self.note_collections(node);
        for spec in syntax::children(node) {
            let (Some(name), Some(ty)) = (field(spec, "name"), field(spec, "type")) else {
                continue;
            };
            let kind = match ty.kind() {
                "struct_type" => TypeKind::Struct,
                "interface_type" => TypeKind::Interface,
                _ => TypeKind::Alias,
            };
            let params = self.type_params(spec);
            let spans = [syntax::span(spec), syntax::span(name)];
            self.declare(Name::new(self.str(name)), kind, params, ty, spans);
        }
    }

    /// Declares a type; the spans are its own and its name's.
    pub(super) fn declare(
        &mut self,
        name: Name,
        kind: TypeKind,
        type_params: Vec<TypeParam>,
        node: Node<'_>,
        [span, name_span]: [Span; 2],
    ) {
        let declared_in = self.build.scope();
        let visibility = visibility(&name);
        let id = self.build.type_decl(|_| TypeDecl {
            name,
            kind,
            type_params,
            supers: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of: None,
            scope: declared_in,
            declared_in,
            visibility,
            is_abstract: kind == TypeKind::Interface,
            span,
            name_span,
        });
        self.decl(id).scope = self.build.enter(ScopeKind::Type(id), span);
        match kind {
            TypeKind::Struct => self.struct_body(id, node),
            TypeKind::Interface => self.interface_body(id, node),
            _ => {
                let ty = self.type_ref(node);
                self.decl(id).alias_of = Some(ty);
            }
        }
        self.build.leave();
    }

    fn decl(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.build.unit().types[id.0 as usize]
    }

    fn struct_body(&mut self, id: TypeId, node: Node<'_>) {
        for list in syntax::children(node) {
            for declaration in syntax::children(list) {
                if declaration.kind() == "field_declaration" {
                    self.field_declaration(id, declaration);
                }
            }
        }
    }

    fn field_declaration(&mut self, id: TypeId, node: Node<'_>) {
        let Some(ty) = field(node, "type") else { return };
        let ty = self.type_ref(ty);
        let tag = field(node, "tag").map(|tag| self.decoded(tag)).unwrap_or_default();
        let span = syntax::span(node);
        let make = |name: Name, ty: TypeRef, embedded: bool| Field {
            visibility: visibility(&name),
            name,
            ty: Some(ty),
            default: None,
            annotations: Vec::new(),
            is_static: false,
            embedded,
            in_header: false,
            getter: None,
            tag: tag.clone(),
            span,
        };
        let names = syntax::fields(node, "name");
        if names.is_empty() {
            let name = ty.name.rsplit('.').next().map(Name::new).unwrap_or_default();
            self.decl(id).fields.push(make(name, ty.clone(), true));
            self.decl(id).supers.push(ty.clone());
        }
        for name in names {
            let field = make(Name::new(self.str(name)), ty.clone(), false);
            self.decl(id).fields.push(field);
        }
    }

    fn interface_body(&mut self, id: TypeId, node: Node<'_>) {
        for element in syntax::children(node) {
            match element.kind() {
                "method_elem" => {
                    let method = self.function(element, Some(Owner::Type(id)));
                    self.decl(id).methods.push(method);
                }
                // A list of several types is a constraint, and no interface to inherit from.
                "type_elem" if element.named_child_count() == 1 => {
                    let ty = self.type_ref(element);
                    self.decl(id).supers.push(ty);
                }
                _ => {}
            }
        }
    }

    /// A function, a method, an interface's method or a function literal, with its body.
    pub(super) fn function(&mut self, node: Node<'_>, owner: Option<Owner>) -> FunctionId {
        let span = syntax::span(node);
        let declared_in = self.build.scope();
        let (name, name_span) = match field(node, "name") {
            Some(name) => (Name::new(self.str(name)), syntax::span(name)),
            None => (Name::default(), Span { end: span.start, ..span }),
        };
        let body = field(node, "body");
        let id = self.build.function(|_| Function {
            visibility: visibility(&name),
            name,
            owner,
            implements: None,
            receiver: None,
            params: Vec::new(),
            returns: None,
            type_params: Vec::new(),
            annotations: Vec::new(),
            results: Vec::new(),
            scope: ScopeId(0),
            declared_in,
            is_static: false,
            is_async: false,
            is_constructor: false,
            is_extension: false,
            has_body: body.is_some(),
            span,
            name_span,
        });
        let scope = self.build.enter(ScopeKind::Function(id), span);
        let type_params = self.type_params(node);
        let params = field(node, "parameters").map_or_else(Vec::new, |list| self.params(list));
        let result = field(node, "result");
        let returns = result.and_then(|result| self.result_type(result));
        let function = self.func(id);
        function.scope = scope;
        function.type_params = type_params;
        function.params = params;
        function.returns = returns;
        if let Some(receiver) = field(node, "receiver") {
            self.receiver(id, receiver);
        }
        if let Some(body) = body {
            let named_results = result.map_or_else(Vec::new, |result| self.named_results(result));
            let outer = self.function.replace(Frame { id, named_results });
            let breaks_switch = std::mem::replace(&mut self.breaks_switch, false);
            self.stmts(body);
            self.breaks_switch = breaks_switch;
            self.function = outer;
        }
        self.build.leave();
        id
    }

    pub(super) fn func(&mut self, id: FunctionId) -> &mut Function {
        &mut self.build.unit().functions[id.0 as usize]
    }

    fn receiver(&mut self, id: FunctionId, list: Node<'_>) {
        let Some(receiver) = self.params(list).into_iter().next() else { return };
        let function = self.func(id);
        let ty = receiver.ty.unwrap_or_default();
        // `func (s *Set[T]) …` declares T.
        function.type_params.extend(
            ty.args.iter().map(|arg| TypeParam { name: arg.name.clone(), bounds: Vec::new() }),
        );
        function.receiver = Some(receiver.name).filter(|name| !matches!(name.as_str(), "" | "_"));
        function.owner = Some(Owner::Named(ty));
    }

    fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        let mut params = Vec::new();
        for declaration in syntax::children(list) {
            let kind = match declaration.kind() {
                "parameter_declaration" => ParamKind::Normal,
                "variadic_parameter_declaration" => ParamKind::Rest,
                _ => continue,
            };
            let ty = field(declaration, "type").map(|ty| self.type_ref(ty));
            let mut add = |name: Name, span| {
                let annotations = Vec::new();
                params.push(Param { name, ty: ty.clone(), default: None, annotations, kind, span });
            };
            let names = syntax::fields(declaration, "name");
            if names.is_empty() {
                add(Name::default(), syntax::span(declaration));
            }
            for name in names {
                add(Name::new(syntax::text(name, self.text)), syntax::span(name));
            }
        }
        params
    }

    /// Named results are variables of the function.
    fn named_results(&mut self, node: Node<'_>) -> Vec<Name> {
        if node.kind() != "parameter_list" {
            return Vec::new();
        }
        let results = self.params(node);
        let named = results.into_iter().filter(|result| !result.name.is_empty());
        named
            .map(|Param { name, ty, span, .. }| {
                if name != "_" {
                    self.build.bind(name.clone(), None, ty, BindingKind::Variable, span);
                }
                name
            })
            .collect()
    }

    pub(super) fn var_declaration(&mut self, node: Node<'_>) {
        for child in syntax::children(node) {
            match child.kind() {
                "var_spec" => self.var_spec(child),
                "var_spec_list" => {
                    syntax::children(child).into_iter().for_each(|spec| self.var_spec(spec));
                }
                _ => {}
            }
        }
    }

    fn var_spec(&mut self, spec: Node<'_>) {
        let ty = field(spec, "type").map(|ty| self.type_ref(ty));
        let values = field(spec, "value").map(syntax::children).unwrap_or_default();
        let names = syntax::fields(spec, "name");
        self.give(&names, &values, ty, BindingKind::Variable, syntax::span(spec));
    }

    pub(super) fn const_declaration(&mut self, node: Node<'_>) {
        let outer = self.iota;
        let mut ty = None;
        let mut values = Vec::new();
        let specs = syntax::children(node).into_iter().filter(|spec| spec.kind() == "const_spec");
        for (iota, spec) in specs.enumerate() {
            self.iota = Some(iota);
            if let Some(list) = field(spec, "value") {
                ty = field(spec, "type").map(|ty| self.type_ref(ty));
                values = syntax::children(list);
                self.constants(spec, &values, ty.clone());
                if list.byte_range().len() > LONGEST_REPEATED {
                    values.clear();
                }
            } else {
                self.constants(spec, &values, ty.clone());
            }
        }
        self.iota = outer;
    }

    fn constants(&mut self, spec: Node<'_>, values: &[Node<'_>], ty: Option<TypeRef>) {
        let names = syntax::fields(spec, "name");
        self.give(&names, values, ty, BindingKind::Constant, syntax::span(spec));
    }
}

/// Exported names start with a capital letter.
fn visibility(name: &str) -> Visibility {
    match name.chars().next() {
        Some(first) if first.is_uppercase() => Visibility::Public,
        _ => Visibility::Private,
    }
}

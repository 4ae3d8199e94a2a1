//! Items: modules, types, traits, implementations, constants.

use groundrule_unit::{
    BindingKind, Field, Name, Owner, ScopeKind, Span, TypeDecl, TypeId, TypeKind, TypeRef,
    Visibility,
};
use syn::spanned::Spanned;
use syn::{Fields, ImplItem, Item, TraitItem};

use super::functions::Around;
use super::{Lowering, ident};

impl Lowering<'_> {
    pub(super) fn items(&mut self, items: &[Item]) {
        for item in items {
            self.deeper(Span::default(), |this| this.item(item));
        }
    }

    pub(super) fn item(&mut self, item: &Item) {
        match item {
            Item::Use(item) => self.use_item(item),
            Item::ExternCrate(item) => self.extern_crate(item),
            Item::Mod(item) => self.module(item),
            Item::Fn(item) => {
                let visible = visibility(&item.vis);
                self.function(
                    &item.attrs,
                    visible,
                    &item.sig,
                    Some(&item.block),
                    Around::default(),
                );
            }
            Item::Struct(item) => self.structure(item),
            Item::Enum(item) => self.enumeration(item),
            Item::Union(item) => {
                let end = item.fields.brace_token.span.close();
                let id = self.new_type(&item.ident, TypeKind::Struct, end);
                self.describe(id, &item.attrs, &item.vis, &item.generics);
                let fields = Fields::Named(item.fields.clone());
                self.fields(id, &fields, None);
                self.out.leave();
            }
            Item::Trait(item) => self.trait_item(item),
            Item::TraitAlias(item) => {
                let id = self.new_type(&item.ident, TypeKind::Trait, item.semi_token.span);
                let supers = self.bounds(item.bounds.iter());
                self.edit_type(id).supers = supers;
                self.out.leave();
            }
            Item::Type(item) => {
                let id = self.new_type(&item.ident, TypeKind::Alias, item.semi_token.span);
                self.describe(id, &item.attrs, &item.vis, &item.generics);
                let alias_of = self.type_ref(&item.ty);
                self.edit_type(id).alias_of = Some(alias_of);
                self.out.leave();
            }
            Item::Impl(item) => self.implementation(item),
            Item::Const(item) => {
                let kind = BindingKind::Constant;
                self.constant(&item.ident, &item.ty, Some(&item.expr), kind);
            }
            Item::Static(item) => {
                let kind = match item.mutability {
                    syn::StaticMutability::None => BindingKind::Constant,
                    _ => BindingKind::Variable,
                };
                self.constant(&item.ident, &item.ty, Some(&item.expr), kind);
            }
            Item::Macro(item) => self.item_macro(item),
            Item::ForeignMod(_) => {}
            _ => {}
        }
    }

    fn module(&mut self, item: &syn::ItemMod) {
        self.declares_module(item);
        let Some((brace, items)) = &item.content else {
            return self.note_test(&item.attrs, item.ident.span());
        };
        self.note_test(&item.attrs, brace.span.close());
        let span = self.between(item.mod_token.span, brace.span.close());
        self.inline += 1;
        self.within(ScopeKind::Block, span, |this| this.items(items));
        self.inline -= 1;
    }

    fn constant(
        &mut self,
        name: &syn::Ident,
        ty: &syn::Type,
        value: Option<&syn::Expr>,
        kind: BindingKind,
    ) {
        let ty = self.type_ref(ty);
        let value = value.map(|value| self.expr(value));
        let span = self.span(name.span());
        self.out.bind(ident(name), value, Some(ty), kind, span);
    }

    /// Declares a type and opens its scope.
    fn new_type(&mut self, name: &syn::Ident, kind: TypeKind, end: proc_macro2::Span) -> TypeId {
        let declared_in = self.out.scope();
        let span = self.between(name.span(), end);
        let name_span = self.span(name.span());
        let id = self.out.type_decl(|_| TypeDecl {
            name: ident(name),
            kind,
            type_params: Vec::new(),
            supers: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            alias_of: None,
            scope: declared_in,
            declared_in,
            visibility: Visibility::Private,
            is_abstract: false,
            span,
            name_span,
        });
        let scope = self.out.enter(ScopeKind::Type(id), span);
        self.edit_type(id).scope = scope;
        id
    }

    fn edit_type(&mut self, id: TypeId) -> &mut TypeDecl {
        &mut self.out.unit().types[id.0 as usize]
    }

    fn describe(
        &mut self,
        id: TypeId,
        attributes: &[syn::Attribute],
        visible: &syn::Visibility,
        generics: &syn::Generics,
    ) {
        let annotations = self.annotations(attributes);
        let type_params = self.type_params(generics);
        let decl = self.edit_type(id);
        decl.annotations = annotations;
        decl.type_params = type_params;
        decl.visibility = visibility(visible);
    }

    fn structure(&mut self, item: &syn::ItemStruct) {
        let end = match (&item.fields, &item.semi_token) {
            (_, Some(semi)) => semi.span,
            (Fields::Named(fields), None) => fields.brace_token.span.close(),
            _ => item.ident.span(),
        };
        self.note_test(&item.attrs, end);
        let id = self.new_type(&item.ident, TypeKind::Struct, end);
        self.describe(id, &item.attrs, &item.vis, &item.generics);
        self.fields(id, &item.fields, None);
        self.out.leave();
    }

    /// Named fields by name, those of a tuple by position. `visible` overrides what they say.
    fn fields(&mut self, id: TypeId, fields: &Fields, visible: Option<Visibility>) {
        for (index, field) in fields.iter().enumerate() {
            let ty = self.type_ref(&field.ty);
            let annotations = self.annotations(&field.attrs);
            let (name, first) = match &field.ident {
                Some(name) => (ident(name), name.span()),
                None => (Name::from(index.to_string()), field.ty.span()),
            };
            let span = self.between(first, field.ty.span());
            let visibility = visible.unwrap_or(visibility(&field.vis));
            let field = Field { visibility, ..plain_field(name, Some(ty), span) };
            let field = Field { annotations, ..field };
            self.edit_type(id).fields.push(field);
        }
    }

    /// A variant is a static field. One with a single unnamed part has that part's type, one with
    /// several a tuple, and one with named parts a type of its own inside the enum.
    fn enumeration(&mut self, item: &syn::ItemEnum) {
        let end = item.brace_token.span.close();
        self.note_test(&item.attrs, end);
        let id = self.new_type(&item.ident, TypeKind::Enum, end);
        self.describe(id, &item.attrs, &item.vis, &item.generics);
        for variant in &item.variants {
            let annotations = self.annotations(&variant.attrs);
            let ty = self.payload(&item.ident, variant);
            let default = variant.discriminant.as_ref().map(|(_, value)| self.expr(value));
            let span = self.span(variant.ident.span());
            let field = plain_field(ident(&variant.ident), ty, span);
            let field = Field { annotations, default, is_static: true, ..field };
            self.edit_type(id).fields.push(field);
        }
        self.out.leave();
    }

    fn payload(&mut self, enumeration: &syn::Ident, variant: &syn::Variant) -> Option<TypeRef> {
        match &variant.fields {
            Fields::Unit => None,
            Fields::Unnamed(parts) => {
                let mut types: Vec<TypeRef> =
                    parts.unnamed.iter().map(|part| self.type_ref(&part.ty)).collect();
                match types.len() {
                    1 => types.pop(),
                    _ => Some(TypeRef { name: Name::new_static("(,)"), args: types.into() }),
                }
            }
            Fields::Named(parts) => {
                let end = parts.brace_token.span.close();
                let id = self.new_type(&variant.ident, TypeKind::Struct, end);
                self.edit_type(id).visibility = Visibility::Public;
                self.fields(id, &variant.fields, Some(Visibility::Public));
                self.out.leave();
                let name = format!("{}.{}", ident(enumeration), ident(&variant.ident));
                Some(TypeRef::named(name))
            }
        }
    }

    fn trait_item(&mut self, item: &syn::ItemTrait) {
        let end = item.brace_token.span.close();
        self.note_test(&item.attrs, end);
        let id = self.new_type(&item.ident, TypeKind::Trait, end);
        self.describe(id, &item.attrs, &item.vis, &item.generics);
        let supers = self.bounds(item.supertraits.iter());
        self.edit_type(id).supers = supers;
        let around = Around {
            owner: Some(Owner::Type(id)),
            implements: None,
            visibility: Some(Visibility::Public),
        };
        for inside in &item.items {
            match inside {
                TraitItem::Fn(method) => {
                    let block = method.default.as_ref();
                    let (attributes, signature) = (&method.attrs, &method.sig);
                    let method = self.function(
                        attributes,
                        Visibility::Public,
                        signature,
                        block,
                        around.clone(),
                    );
                    self.edit_type(id).methods.push(method);
                }
                TraitItem::Const(constant) => {
                    let ty = self.type_ref(&constant.ty);
                    let default = constant.default.as_ref().map(|(_, value)| self.expr(value));
                    let span = self.span(constant.ident.span());
                    let field = plain_field(ident(&constant.ident), Some(ty), span);
                    let field = Field { default, is_static: true, ..field };
                    self.edit_type(id).fields.push(field);
                }
                TraitItem::Macro(inside) => {
                    self.macro_call(&inside.mac);
                }
                _ => {}
            }
        }
        self.out.leave();
    }

    fn implementation(&mut self, item: &syn::ItemImpl) {
        let end = item.brace_token.span.close();
        self.note_test(&item.attrs, end);
        let span = self.between(item.impl_token.span, end);
        let annotations = self.annotations(&item.attrs);
        let own = self.type_ref(&item.self_ty);
        let implements = item.trait_.as_ref().map(|(_, path, _)| self.path_type(None, path));
        let declared = self.declared_type(&own);
        if let (Some(id), Some(implements)) = (declared, &implements) {
            self.edit_type(id).supers.push(implements.clone());
            self.edit_type(id).annotations.extend(annotations);
        }
        let outer_type = self.self_type.replace(own.clone());
        let params = self.type_params(&item.generics);
        let outer_params = std::mem::replace(&mut self.outer_params, params);
        let around = Around {
            owner: Some(Owner::Named(own)),
            visibility: implements.is_some().then_some(Visibility::Public),
            implements,
        };
        self.within(ScopeKind::Block, span, |this| {
            for inside in &item.items {
                match inside {
                    ImplItem::Fn(method) => {
                        let (attributes, visible) = (&method.attrs, visibility(&method.vis));
                        let block = Some(&method.block);
                        this.function(attributes, visible, &method.sig, block, around.clone());
                    }
                    ImplItem::Const(constant) => this.associated(constant, declared),
                    ImplItem::Macro(inside) => {
                        this.macro_call(&inside.mac);
                    }
                    _ => {}
                }
            }
        });
        self.self_type = outer_type;
        self.outer_params = outer_params;
    }

    /// A constant of a type declared in this file is a field of it, else a binding.
    fn associated(&mut self, constant: &syn::ImplItemConst, declared: Option<TypeId>) {
        let Some(id) = declared else {
            let (name, kind) = (&constant.ident, BindingKind::Constant);
            return self.constant(name, &constant.ty, Some(&constant.expr), kind);
        };
        let ty = self.type_ref(&constant.ty);
        let default = Some(self.expr(&constant.expr));
        let span = self.span(constant.ident.span());
        let field = plain_field(ident(&constant.ident), Some(ty), span);
        let visibility = visibility(&constant.vis);
        let field = Field { default, is_static: true, visibility, ..field };
        self.edit_type(id).fields.push(field);
    }

    /// The type of that name in this file, where it stands before.
    fn declared_type(&mut self, ty: &TypeRef) -> Option<TypeId> {
        let at = self.out.unit().types.iter().rposition(|decl| decl.name == ty.name)?;
        Some(TypeId(at as u32))
    }
}

/// A public field with a name, a type, and nothing else.
fn plain_field(name: Name, ty: Option<TypeRef>, span: Span) -> Field {
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

/// `pub` is public, `pub(crate)` and the like are internal.
pub(super) fn visibility(visibility: &syn::Visibility) -> Visibility {
    match visibility {
        syn::Visibility::Public(_) => Visibility::Public,
        syn::Visibility::Restricted(_) => Visibility::Internal,
        syn::Visibility::Inherited => Visibility::Private,
    }
}

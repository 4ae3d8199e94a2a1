//! Types as written, paths, and type parameters with their bounds.

use groundrule_unit::{Name, Span, TypeParam, TypeRef};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::{Lowering, ident};

impl Lowering<'_> {
    pub(super) fn type_ref(&mut self, ty: &Type) -> TypeRef {
        // A type is noted as unread at the file's start only if it nests absurdly.
        self.deeper(Span::default(), |this| this.type_ref_inner(ty)).unwrap_or_default()
    }

    fn type_ref_inner(&mut self, ty: &Type) -> TypeRef {
        match ty {
            Type::Path(path) => self.path_type(path.qself.as_ref(), &path.path),
            Type::Reference(inner) => self.type_ref(&inner.elem),
            Type::Ptr(inner) => self.type_ref(&inner.elem),
            Type::Paren(inner) => self.type_ref(&inner.elem),
            Type::Group(inner) => self.type_ref(&inner.elem),
            Type::Array(list) => self.list_type(&list.elem),
            Type::Slice(list) => self.list_type(&list.elem),
            Type::Tuple(tuple) => {
                let args = tuple.elems.iter().map(|ty| self.type_ref(ty)).collect();
                TypeRef { name: Name::new_static("(,)"), args }
            }
            Type::BareFn(function) => self.function_type(&function.output),
            Type::ImplTrait(ty) => self.first_bound(ty.bounds.iter()),
            Type::TraitObject(ty) => self.first_bound(ty.bounds.iter()),
            Type::Never(_) => TypeRef::named("!"),
            Type::Macro(mac) => {
                let steps = self.path_steps(&mac.mac.path);
                TypeRef::named(steps.join("."))
            }
            _ => TypeRef::default(),
        }
    }

    fn list_type(&mut self, element: &Type) -> TypeRef {
        TypeRef { name: Name::new_static("[]"), args: Box::new([self.type_ref(element)]) }
    }

    fn function_type(&mut self, output: &ReturnType) -> TypeRef {
        let args = self.returned_type(output).into_iter().collect();
        TypeRef { name: Name::new_static("()"), args }
    }

    pub(super) fn returned_type(&mut self, output: &ReturnType) -> Option<TypeRef> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.type_ref(ty)),
        }
    }

    fn first_bound<'a>(&mut self, bounds: impl Iterator<Item = &'a TypeParamBound>) -> TypeRef {
        self.bounds(bounds).into_iter().next().unwrap_or_default()
    }

    /// The traits among bounds; lifetimes are left out.
    pub(super) fn bounds<'a>(
        &mut self,
        bounds: impl Iterator<Item = &'a TypeParamBound>,
    ) -> Vec<TypeRef> {
        bounds
            .filter_map(|bound| match bound {
                TypeParamBound::Trait(bound) => Some(self.path_type(None, &bound.path)),
                _ => None,
            })
            .collect()
    }

    pub(super) fn path_type(&mut self, own: Option<&syn::QSelf>, path: &syn::Path) -> TypeRef {
        if own.is_none()
            && path.is_ident("Self")
            && let Some(own) = &self.self_type
        {
            return own.clone();
        }
        if let Some(last) = path.segments.last()
            && let PathArguments::Parenthesized(signature) = &last.arguments
        {
            return self.function_type(&signature.output);
        }
        let steps = self.qualified_steps(own, path);
        let args = path.segments.last().map(|last| self.generic_args(&last.arguments));
        TypeRef { name: Name::from(steps.join(".")), args: args.unwrap_or_default().into() }
    }

    pub(super) fn generic_args(&mut self, arguments: &PathArguments) -> Vec<TypeRef> {
        let PathArguments::AngleBracketed(arguments) = arguments else { return Vec::new() };
        arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(self.type_ref(ty)),
                GenericArgument::AssocType(ty) => Some(self.type_ref(&ty.ty)),
                _ => None,
            })
            .collect()
    }

    /// A path's names, with `crate`, `self`, `super` and `Self` replaced by what they stand for.
    pub(super) fn path_steps(&mut self, path: &syn::Path) -> Vec<Name> {
        let mut steps: Vec<Name> =
            path.segments.iter().map(|segment| ident(&segment.ident)).collect();
        if steps.len() > 1 && steps[0] == "Self" {
            if let Some(own) = &self.self_type {
                let own: Vec<Name> = own.name.split('.').map(Name::new).collect();
                steps.splice(..1, own);
            }
            return steps;
        }
        if steps.len() > 1 && path.leading_colon.is_none() {
            return self.absolute(steps);
        }
        steps
    }

    /// `<T as Trait>::name` is read as `T::name`.
    pub(super) fn qualified_steps(
        &mut self,
        own: Option<&syn::QSelf>,
        path: &syn::Path,
    ) -> Vec<Name> {
        let Some(own) = own else { return self.path_steps(path) };
        let ty = self.type_ref(&own.ty).name;
        let mut steps: Vec<Name> = ty.split('.').map(Name::new).collect();
        steps.extend(path.segments.iter().skip(own.position).map(|segment| ident(&segment.ident)));
        steps
    }

    pub(super) fn type_params(&mut self, generics: &syn::Generics) -> Vec<TypeParam> {
        let mut params = Vec::new();
        for param in generics.type_params() {
            let bounds = self.bounds(param.bounds.iter());
            params.push(TypeParam { name: ident(&param.ident), bounds });
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            let syn::WherePredicate::Type(predicate) = predicate else { continue };
            let bounded = self.type_ref(&predicate.bounded_ty).name;
            let bounds = self.bounds(predicate.bounds.iter());
            if let Some(param) = params.iter_mut().find(|param| param.name == bounded) {
                param.bounds.extend(bounds);
            }
        }
        params
    }

    /// A path's span: paths are short, so joining their tokens is cheap.
    pub(super) fn path_span(&self, path: &syn::Path) -> Span {
        self.span(path.span())
    }
}

//! Patterns: the variables that they bind, and to which part of the value.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Name, Span, TypeRef};
use syn::Pat;
use syn::spanned::Spanned;

use super::{Lowering, ident};

impl Lowering<'_> {
    pub(super) fn pat_span(&self, pat: &Pat) -> Span {
        self.span(pat.span())
    }

    pub(super) fn bind(&mut self, pat: &Pat, value: Option<ExprId>) {
        self.bind_as(pat, value, None, BindingKind::Constant);
    }

    pub(super) fn bind_typed(&mut self, pat: &Pat, value: Option<ExprId>, ty: Option<TypeRef>) {
        self.bind_as(pat, value, ty, BindingKind::Constant);
    }

    /// Binds a pattern's variables in the open scope. `Some(x)` and `Ok(x)` bind to the value
    /// itself, `Err(e)` to a caught error, the other result of the value.
    pub(super) fn bind_as(
        &mut self,
        pat: &Pat,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
    ) {
        self.deeper(Span::default(), |this| this.bind_inner(pat, value, ty, kind));
    }

    fn bind_inner(
        &mut self,
        pat: &Pat,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
    ) {
        match pat {
            Pat::Ident(pat) => self.bind_name(pat, value, ty, kind),
            Pat::Type(typed) => {
                let ty = Some(self.type_ref(&typed.ty));
                self.bind_as(&typed.pat, value, ty, kind);
            }
            Pat::Paren(inner) => self.bind_as(&inner.pat, value, ty, kind),
            Pat::Reference(inner) => self.bind_as(&inner.pat, value, ty, kind),
            Pat::Or(either) => {
                for case in &either.cases {
                    self.bind_as(case, value, ty.clone(), kind);
                }
            }
            Pat::Tuple(tuple) => self.bind_elements(tuple.elems.iter(), value, kind),
            Pat::Slice(list) => self.bind_elements(list.elems.iter(), value, kind),
            Pat::TupleStruct(wrapper) => self.bind_wrapped(wrapper, value, kind),
            Pat::Struct(record) => {
                for field in &record.fields {
                    let name = match &field.member {
                        syn::Member::Named(name) => ident(name),
                        syn::Member::Unnamed(index) => Name::from(index.index.to_string()),
                    };
                    let span = self.pat_span(&field.pat);
                    let member = value.map(|value| self.out.member(value, name, span));
                    self.bind_as(&field.pat, member, None, kind);
                }
            }
            Pat::Lit(literal) => {
                let span = self.span(literal.lit.span());
                self.literal(&literal.lit, span);
            }
            Pat::Path(path) => {
                self.path(path.qself.as_ref(), &path.path);
            }
            Pat::Const(block) => {
                self.block(groundrule_unit::ScopeKind::Block, &block.block);
            }
            Pat::Range(range) => {
                for end in [&range.start, &range.end].into_iter().flatten() {
                    self.expr(end);
                }
            }
            Pat::Macro(mac) => {
                self.macro_call(&mac.mac);
            }
            _ => {}
        }
    }

    fn bind_name(
        &mut self,
        pat: &syn::PatIdent,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
    ) {
        let name = ident(&pat.ident);
        let span = self.span(pat.ident.span());
        // A constant or a variant without a payload looks the same but for its first letter.
        if pat.subpat.is_none() && name.chars().next().is_some_and(char::is_uppercase) {
            match name.as_str() {
                "None" => self.out.expr(ExprKind::Null, span),
                _ => self.out.name(name, span),
            };
            return;
        }
        let kind = match kind {
            BindingKind::Constant if pat.mutability.is_some() => BindingKind::Variable,
            kind => kind,
        };
        self.out.bind(name, value, ty, kind, span);
        if let Some((_, inner)) = &pat.subpat {
            self.bind_as(inner, value, None, kind);
        }
    }

    fn bind_wrapped(
        &mut self,
        wrapper: &syn::PatTupleStruct,
        value: Option<ExprId>,
        kind: BindingKind,
    ) {
        let last = wrapper.path.segments.last().map(|last| ident(&last.ident));
        let single = if wrapper.elems.len() == 1 { wrapper.elems.first() } else { None };
        match (last.as_deref(), single) {
            (Some("Some" | "Ok"), Some(inner)) => self.bind_as(inner, value, None, kind),
            (Some("Err"), Some(inner)) => {
                let span = self.pat_span(inner);
                let element =
                    value.map(|of| self.out.expr(ExprKind::Element { of, index: 1 }, span));
                self.bind_as(inner, element, None, BindingKind::Caught);
            }
            _ => {
                // The variant is compared with, so that it can be seen.
                self.path(None, &wrapper.path);
                self.bind_elements(wrapper.elems.iter(), value, kind);
            }
        }
    }

    fn bind_elements<'p>(
        &mut self,
        parts: impl Iterator<Item = &'p Pat>,
        value: Option<ExprId>,
        kind: BindingKind,
    ) {
        let known: Box<[ExprId]> = match value.map(|value| &self.out.unit().expr(value).kind) {
            Some(ExprKind::List(items)) => items.clone(),
            _ => Box::default(),
        };
        let mut after_rest = false;
        for (index, part) in parts.enumerate() {
            if matches!(part, Pat::Rest(_)) {
                after_rest = true;
                continue;
            }
            let span = self.pat_span(part);
            let element = match (known.get(index), value) {
                (Some(item), _) if !after_rest => Some(*item),
                (_, Some(of)) if after_rest => Some(self.out.expr(ExprKind::Each(of), span)),
                (_, Some(of)) => {
                    Some(self.out.expr(ExprKind::Element { of, index: index as u32 }, span))
                }
                (_, None) => None,
            };
            self.bind_as(part, element, None, kind);
        }
    }
}

//! Functions, closures and async blocks, with their parameters.

use groundrule_unit::{
    ExprId, ExprKind, Function, FunctionId, Name, Owner, Param, ParamKind, ScopeKind, Span,
    TypeRef, Visibility,
};
use syn::{FnArg, Pat};

use super::{Lowering, ident, spans};

/// What surrounds a function: a trait, an `impl`, or nothing.
#[derive(Clone, Default)]
pub(super) struct Around {
    pub(super) owner: Option<Owner>,
    pub(super) implements: Option<TypeRef>,
    pub(super) visibility: Option<Visibility>,
}

impl Lowering<'_> {
    pub(super) fn open_function(&mut self, name: Name, span: Span, name_span: Span) -> FunctionId {
        let declared_in = self.out.scope();
        let id = self.out.function(|_| Function {
            name,
            owner: None,
            implements: None,
            receiver: None,
            params: Vec::new(),
            returns: None,
            type_params: Vec::new(),
            annotations: Vec::new(),
            results: Vec::new(),
            scope: declared_in,
            declared_in,
            visibility: Visibility::Private,
            is_static: false,
            is_async: false,
            is_constructor: false,
            is_extension: false,
            has_body: true,
            span,
            name_span,
        });
        let scope = self.out.enter(ScopeKind::Function(id), span);
        self.edit(id).scope = scope;
        self.results.push(Vec::new());
        id
    }

    pub(super) fn close_function(&mut self, id: FunctionId) {
        self.out.leave();
        self.edit(id).results = self.results.pop().unwrap_or_default();
    }

    pub(super) fn edit(&mut self, id: FunctionId) -> &mut Function {
        &mut self.out.unit().functions[id.0 as usize]
    }

    pub(super) fn gives(&mut self, value: Option<ExprId>) {
        if let (Some(results), Some(value)) = (self.results.last_mut(), value) {
            results.push(value);
        }
    }

    pub(super) fn function(
        &mut self,
        attributes: &[syn::Attribute],
        visibility: Visibility,
        signature: &syn::Signature,
        block: Option<&syn::Block>,
        around: Around,
    ) -> FunctionId {
        let end = match block {
            Some(block) => spans::close(block),
            None => signature.paren_token.span.close(),
        };
        self.note_test(attributes, end);
        let span = self.between(signature.fn_token.span, end);
        let name_span = self.span(signature.ident.span());
        let annotations = self.annotations(attributes);
        let id = self.open_function(ident(&signature.ident), span, name_span);
        let mut type_params = self.type_params(&signature.generics);
        type_params.extend(self.outer_params.iter().cloned());
        let params = self.signature_params(signature);
        let returns = self.returned_type(&signature.output);
        let receiver = signature.receiver().map(|_| Name::new_static("self"));
        let function = self.edit(id);
        function.is_static = receiver.is_none() && around.owner.is_some();
        function.owner = around.owner;
        function.implements = around.implements;
        function.receiver = receiver;
        function.params = params;
        function.returns = returns;
        function.type_params = type_params;
        function.annotations = annotations;
        function.visibility = around.visibility.unwrap_or(visibility);
        function.is_async = signature.asyncness.is_some();
        function.has_body = block.is_some();
        if let Some(block) = block {
            let tail = self.statements(block);
            self.gives(tail);
        }
        self.close_function(id);
        id
    }

    fn signature_params(&mut self, signature: &syn::Signature) -> Vec<Param> {
        let mut params = Vec::new();
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input {
                let ty = self.type_ref(&typed.ty);
                let annotations = self.annotations(&typed.attrs);
                let mut param = self.param(&typed.pat, Some(ty), params.len());
                param.annotations = annotations;
                params.push(param);
            }
        }
        params
    }

    /// A parameter; the parts of a destructured one are bound in the open scope.
    fn param(&mut self, pat: &Pat, ty: Option<TypeRef>, index: usize) -> Param {
        let span = self.pat_span(pat);
        let name = match pat {
            Pat::Ident(pat) if pat.subpat.is_none() => ident(&pat.ident),
            Pat::Wild(_) => Name::new_static("_"),
            _ => {
                let value = self.out.name(format!("{{}}{index}"), span);
                self.bind_param(pat, value, ty.as_ref());
                Name::default()
            }
        };
        Param { name, ty, default: None, annotations: Vec::new(), kind: ParamKind::Normal, span }
    }

    /// `Json(body): Json<Body>`: the type of the part is known too.
    fn bind_param(&mut self, pat: &Pat, value: ExprId, ty: Option<&TypeRef>) {
        if let Pat::TupleStruct(wrapper) = pat
            && let (Some(last), [inner]) =
                (wrapper.path.segments.last(), wrapper.elems.iter().collect::<Vec<_>>().as_slice())
            && let Some(ty) = ty
            && ty.name.rsplit('.').next() == Some(ident(&last.ident).as_str())
            && let [inside] = &*ty.args
        {
            let span = self.pat_span(inner);
            let element = self.out.expr(ExprKind::Element { of: value, index: 0 }, span);
            self.bind_typed(inner, Some(element), Some(inside.clone()));
            return;
        }
        self.bind(pat, Some(value));
    }

    pub(super) fn closure(&mut self, closure: &syn::ExprClosure, span: Span) -> ExprId {
        let id = self.open_function(Name::default(), span, span);
        let mut params = Vec::new();
        for input in &closure.inputs {
            let param = match input {
                Pat::Type(typed) => {
                    let ty = self.type_ref(&typed.ty);
                    self.param(&typed.pat, Some(ty), params.len())
                }
                pat => self.param(pat, None, params.len()),
            };
            params.push(param);
        }
        let returns = self.returned_type(&closure.output);
        let function = self.edit(id);
        function.params = params;
        function.returns = returns;
        function.is_async = closure.asyncness.is_some();
        let tail = match &*closure.body {
            // The block's scope would be the function's own again.
            syn::Expr::Block(body) if body.label.is_none() => self.statements(&body.block),
            body => self.value(body),
        };
        self.gives(tail);
        self.close_function(id);
        self.out.expr(ExprKind::Lambda(id), span)
    }

    /// An async block is a function without parameters that somebody else runs.
    pub(super) fn async_block(&mut self, block: &syn::Block, span: Span) -> ExprId {
        let id = self.open_function(Name::default(), span, span);
        self.edit(id).is_async = true;
        let tail = self.statements(block);
        self.gives(tail);
        self.close_function(id);
        self.out.expr(ExprKind::Lambda(id), span)
    }
}

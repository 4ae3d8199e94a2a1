//! Expressions. Those that hand no value out (`return`, loops, assignments) give none.

use groundrule_unit::{
    Arg, BindingKind, Call, CallForm, ExitKind, ExprId, ExprKind, Name, Record, RecordField,
    ScopeKind, Span,
};
use syn::{BinOp, Expr, Lit, Member, UnOp};

use super::{Lowering, ident, spans};

impl Lowering<'_> {
    pub(super) fn expr_span(&self, expr: &Expr) -> Span {
        self.between(spans::first(expr), spans::last(expr))
    }

    /// An expression; the unit `()` stands for one without a value.
    pub(super) fn expr(&mut self, expr: &Expr) -> ExprId {
        match self.value(expr) {
            Some(id) => id,
            None => {
                let span = self.expr_span(expr);
                self.out.expr(ExprKind::List(Box::default()), span)
            }
        }
    }

    /// An expression's value, where it has one.
    pub(super) fn value(&mut self, expr: &Expr) -> Option<ExprId> {
        let span = self.expr_span(expr);
        match self.deeper(span, |this| this.value_inner(expr, span)) {
            Some(value) => value,
            None => Some(self.out.unknown(Vec::new(), span)),
        }
    }

    fn value_inner(&mut self, expr: &Expr, span: Span) -> Option<ExprId> {
        match expr {
            Expr::Paren(e) => self.value(&e.expr),
            Expr::Group(e) => self.value(&e.expr),
            Expr::Reference(e) => self.value(&e.expr),
            Expr::RawAddr(e) => self.value(&e.expr),
            Expr::Try(e) => self.value(&e.expr),
            Expr::Await(e) => self.value(&e.base),
            Expr::Block(e) => self.block(ScopeKind::Block, &e.block),
            Expr::Unsafe(e) => self.block(ScopeKind::Block, &e.block),
            Expr::TryBlock(e) => self.block(ScopeKind::Try, &e.block),
            Expr::Const(e) => self.block(ScopeKind::Block, &e.block),
            Expr::Async(e) => Some(self.async_block(&e.block, span)),
            Expr::Closure(e) => Some(self.closure(e, span)),
            Expr::If(e) => self.if_else(e, span),
            Expr::Match(e) => self.match_on(e, span),
            Expr::Loop(e) => self.endless(e, span),
            Expr::While(e) => {
                self.while_loop(e);
                None
            }
            Expr::ForLoop(e) => {
                self.for_loop(e);
                None
            }
            Expr::Return(e) => {
                self.leave_by(ExitKind::Return, e.expr.as_deref(), span);
                None
            }
            Expr::Break(e) => {
                self.leave_by(ExitKind::Break, e.expr.as_deref(), span);
                None
            }
            Expr::Continue(_) => {
                self.leave_by(ExitKind::Continue, None, span);
                None
            }
            Expr::Yield(e) => {
                let value = e.expr.as_ref().map(|value| self.expr(value));
                self.gives(value);
                value
            }
            Expr::Assign(e) => {
                let value = self.expr(&e.right);
                self.assign_to(&e.left, value, span);
                None
            }
            Expr::Binary(e) => self.binary(e, span),
            Expr::Let(e) => {
                let value = self.expr(&e.expr);
                self.bind(&e.pat, Some(value));
                Some(value)
            }
            Expr::Macro(e) => Some(self.macro_call(&e.mac)),
            other => Some(self.plain(other, span)),
        }
    }

    /// An expression that always has a value.
    fn plain(&mut self, expr: &Expr, span: Span) -> ExprId {
        match expr {
            Expr::Path(e) => self.path(e.qself.as_ref(), &e.path),
            Expr::Lit(e) => self.literal(&e.lit, span),
            Expr::Call(e) => self.call(e, span),
            Expr::MethodCall(e) => self.method_call(e, span),
            Expr::Field(e) => {
                let object = self.expr(&e.base);
                let name = match &e.member {
                    Member::Named(name) => ident(name),
                    Member::Unnamed(index) => Name::from(index.index.to_string()),
                };
                self.out.member(object, name, span)
            }
            Expr::Index(e) => {
                let object = self.expr(&e.expr);
                let index = self.expr(&e.index);
                self.out.expr(ExprKind::Index { object, index }, span)
            }
            Expr::Unary(e) => {
                let operand = self.expr(&e.expr);
                let op = match e.op {
                    UnOp::Not(_) => Name::new_static("!"),
                    UnOp::Neg(_) => Name::new_static("-"),
                    _ => return operand,
                };
                self.out.expr(ExprKind::Unary { op, operand }, span)
            }
            Expr::Cast(e) => {
                let operand = self.expr(&e.expr);
                let ty = self.type_ref(&e.ty);
                self.out.expr(ExprKind::Cast { ty, operand }, span)
            }
            Expr::Array(e) => self.list(e.elems.iter(), span),
            Expr::Tuple(e) => self.list(e.elems.iter(), span),
            Expr::Repeat(e) => {
                let item = self.expr(&e.expr);
                self.expr(&e.len);
                self.out.expr(ExprKind::List(Box::new([item])), span)
            }
            Expr::Range(e) => self.range(e, span),
            Expr::Struct(e) => self.struct_literal(e, span),
            Expr::Infer(_) => self.out.name("_", span),
            _ => self.out.unknown(Vec::new(), span),
        }
    }

    pub(super) fn list<'e>(&mut self, items: impl Iterator<Item = &'e Expr>, span: Span) -> ExprId {
        let items: Box<[ExprId]> = items.map(|item| self.expr(item)).collect();
        self.out.expr(ExprKind::List(items), span)
    }

    /// A path as names and members; `self` is this, `None` is null.
    pub(super) fn path(&mut self, own: Option<&syn::QSelf>, path: &syn::Path) -> ExprId {
        let span = self.path_span(path);
        if own.is_none() && path.is_ident("self") {
            return self.out.expr(ExprKind::This, span);
        }
        if own.is_none() && path.is_ident("None") {
            return self.out.expr(ExprKind::Null, span);
        }
        if own.is_none() && path.is_ident("Self") {
            let name = self.self_type.as_ref().map(|own| own.name.clone());
            return self.chain(name.unwrap_or(Name::new_static("Self")).split('.'), span);
        }
        let steps = self.qualified_steps(own, path);
        self.chain(steps.iter().map(Name::as_str), span)
    }

    fn chain<'n>(&mut self, mut steps: impl Iterator<Item = &'n str>, span: Span) -> ExprId {
        let mut object = self.out.name(steps.next().unwrap_or_default(), span);
        for step in steps.take(crate::syntax::MAX_DEPTH as usize) {
            object = self.out.member(object, step, span);
        }
        object
    }

    pub(super) fn literal(&mut self, lit: &Lit, span: Span) -> ExprId {
        let kind = match lit {
            Lit::Str(text) => ExprKind::String(Name::from(text.value())),
            Lit::ByteStr(bytes) => {
                ExprKind::String(Name::from(String::from_utf8_lossy(&bytes.value()).as_ref()))
            }
            Lit::CStr(text) => {
                ExprKind::String(Name::from(text.value().to_string_lossy().as_ref()))
            }
            Lit::Char(one) => ExprKind::String(Name::from(one.value().to_string())),
            Lit::Bool(value) => ExprKind::Bool(value.value),
            Lit::Byte(_) | Lit::Int(_) | Lit::Float(_) => {
                let written = self.source.get(span.start as usize..span.end as usize);
                ExprKind::Number(Name::new(written.unwrap_or_default()))
            }
            _ => ExprKind::Unknown(Box::default()),
        };
        self.out.expr(kind, span)
    }

    fn args<'e>(&mut self, args: impl Iterator<Item = &'e Expr>) -> Vec<Arg> {
        args.map(|arg| {
            let value = self.expr(arg);
            Arg { name: None, value, spread: false, sigil: None }
        })
        .collect()
    }

    /// A call. `Some(x)` and `Ok(x)` hand `x` through, as their patterns do.
    fn call(&mut self, call: &syn::ExprCall, span: Span) -> ExprId {
        if let Expr::Path(function) = &*call.func
            && (function.path.is_ident("Some") || function.path.is_ident("Ok"))
            && call.args.len() == 1
            && let Some(inner) = call.args.first()
        {
            return self.expr(inner);
        }
        let type_args = match &*call.func {
            // The arguments of the last part that has some: `f::<T>()`, `Vec::<T>::new()`.
            Expr::Path(function) => function
                .path
                .segments
                .iter()
                .rev()
                .map(|segment| self.generic_args(&segment.arguments))
                .find(|args| !args.is_empty())
                .unwrap_or_default(),
            _ => Vec::new(),
        };
        let callee = self.expr(&call.func);
        let args = self.args(call.args.iter());
        let call = Call {
            callee,
            args: args.into(),
            form: CallForm::Call,
            type_args: type_args.into(),
            initializer: None,
        };
        self.out.expr(ExprKind::Call(Box::new(call)), span)
    }

    fn method_call(&mut self, call: &syn::ExprMethodCall, span: Span) -> ExprId {
        let object = self.expr(&call.receiver);
        let start = self.out.unit().expr(object).span.start.min(span.start);
        let name_end = self.span(call.method.span()).end;
        let callee_span = Span { start, end: name_end };
        let callee = self.out.member(object, ident(&call.method), callee_span);
        let type_args = match &call.turbofish {
            Some(turbofish) => {
                let arguments = syn::PathArguments::AngleBracketed(turbofish.clone());
                self.generic_args(&arguments)
            }
            None => Vec::new(),
        };
        let args = self.args(call.args.iter());
        let call = Call {
            callee,
            args: args.into(),
            form: CallForm::Call,
            type_args: type_args.into(),
            initializer: None,
        };
        self.out.expr(ExprKind::Call(Box::new(call)), span)
    }

    fn struct_literal(&mut self, literal: &syn::ExprStruct, span: Span) -> ExprId {
        let ty = self.path_type(literal.qself.as_ref(), &literal.path);
        let mut fields = Vec::new();
        for field in &literal.fields {
            let (name, start) = match &field.member {
                Member::Named(name) => (ident(name), name.span()),
                Member::Unnamed(index) => (Name::from(index.index.to_string()), index.span),
            };
            let value = self.expr(&field.expr);
            let at = self.between(start, spans::last(&field.expr));
            fields.push(RecordField { name, key: None, value, span: at });
        }
        let spreads = literal.rest.iter().map(|rest| self.expr(rest)).collect();
        let record = Record { ty: Some(ty), fields: fields.into(), spreads };
        self.out.expr(ExprKind::Record(Box::new(record)), span)
    }

    fn range(&mut self, range: &syn::ExprRange, span: Span) -> ExprId {
        let op = match range.limits {
            syn::RangeLimits::HalfOpen(_) => Name::new_static(".."),
            syn::RangeLimits::Closed(_) => Name::new_static("..="),
        };
        let start = range.start.as_ref().map(|start| self.expr(start));
        let end = range.end.as_ref().map(|end| self.expr(end));
        match (start, end) {
            (Some(left), Some(right)) => self.out.expr(ExprKind::Binary { op, left, right }, span),
            (Some(operand), None) | (None, Some(operand)) => {
                self.out.expr(ExprKind::Unary { op, operand }, span)
            }
            (None, None) => self.out.name("..", span),
        }
    }

    fn binary(&mut self, binary: &syn::ExprBinary, span: Span) -> Option<ExprId> {
        let (op, augments) = operator(&binary.op);
        if augments {
            let value = self.expr(&binary.right);
            match simple_name(&binary.left) {
                Some(name) => {
                    self.out.bind(name, Some(value), None, BindingKind::Augment, span);
                }
                None => {
                    let place = self.expr(&binary.left);
                    self.out.assign(place, Some(value), BindingKind::Augment, span);
                }
            }
            return None;
        }
        let left = self.expr(&binary.left);
        let right = self.expr(&binary.right);
        let op = Name::new_static(op);
        Some(self.out.expr(ExprKind::Binary { op, left, right }, span))
    }

    /// Gives `value` to a variable, a place, or the parts of a tuple.
    fn assign_to(&mut self, left: &Expr, value: ExprId, span: Span) {
        if let Some(name) = simple_name(left) {
            self.out.bind(name, Some(value), None, BindingKind::Assign, span);
            return;
        }
        match left {
            Expr::Infer(_) => {}
            Expr::Tuple(tuple) => {
                for (index, part) in tuple.elems.iter().enumerate() {
                    let at = self.expr_span(part);
                    let element = ExprKind::Element { of: value, index: index as u32 };
                    let element = self.out.expr(element, at);
                    self.deeper(at, |this| this.assign_to(part, element, at));
                }
            }
            _ => {
                let place = self.expr(left);
                self.out.assign(place, Some(value), BindingKind::Assign, span);
            }
        }
    }
}

/// The name of a local variable.
fn simple_name(expr: &Expr) -> Option<Name> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => {
            path.path.get_ident().filter(|name| *name != "self").map(ident)
        }
        // `*x = v` gives the variable's referent a value.
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => match &*unary.expr {
            Expr::Path(path) if path.qself.is_none() => {
                path.path.get_ident().filter(|name| *name != "self").map(ident)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The operator as written, and whether it assigns as well.
fn operator(op: &BinOp) -> (&'static str, bool) {
    match op {
        BinOp::Add(_) => ("+", false),
        BinOp::Sub(_) => ("-", false),
        BinOp::Mul(_) => ("*", false),
        BinOp::Div(_) => ("/", false),
        BinOp::Rem(_) => ("%", false),
        BinOp::And(_) => ("&&", false),
        BinOp::Or(_) => ("||", false),
        BinOp::BitXor(_) => ("^", false),
        BinOp::BitAnd(_) => ("&", false),
        BinOp::BitOr(_) => ("|", false),
        BinOp::Shl(_) => ("<<", false),
        BinOp::Shr(_) => (">>", false),
        BinOp::Eq(_) => ("==", false),
        BinOp::Lt(_) => ("<", false),
        BinOp::Le(_) => ("<=", false),
        BinOp::Ne(_) => ("!=", false),
        BinOp::Ge(_) => (">=", false),
        BinOp::Gt(_) => (">", false),
        _ => ("=", true),
    }
}

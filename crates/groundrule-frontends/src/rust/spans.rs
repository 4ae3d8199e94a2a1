//! Where expressions start and end, by walking down their first and last parts: `Spanned` would
//! write out all tokens of every nested expression anew.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Block, Expr, RangeLimits};

/// The span of the first token.
pub(super) fn first(expr: &Expr) -> Span {
    let mut at = expr;
    loop {
        at = match at {
            Expr::Assign(e) => &e.left,
            Expr::Await(e) => &e.base,
            Expr::Binary(e) => &e.left,
            Expr::Call(e) => &e.func,
            Expr::Cast(e) => &e.expr,
            Expr::Field(e) => &e.base,
            Expr::Index(e) => &e.expr,
            Expr::MethodCall(e) => &e.receiver,
            Expr::Try(e) => &e.expr,
            Expr::Range(e) => match &e.start {
                Some(start) => start,
                None => return limits(&e.limits),
            },
            _ => return first_token(at),
        };
    }
}

fn first_token(expr: &Expr) -> Span {
    match expr {
        Expr::Array(e) => e.bracket_token.span.open(),
        Expr::Async(e) => e.async_token.span,
        Expr::Block(e) => match &e.label {
            Some(label) => label.name.apostrophe,
            None => e.block.brace_token.span.open(),
        },
        Expr::Break(e) => e.break_token.span,
        Expr::Closure(e) => {
            let word = e.asyncness.map(|t| t.span).or(e.movability.map(|t| t.span));
            word.or(e.capture.map(|t| t.span)).unwrap_or(e.or1_token.span)
        }
        Expr::Const(e) => e.const_token.span,
        Expr::Continue(e) => e.continue_token.span,
        Expr::ForLoop(e) => e.label.as_ref().map_or(e.for_token.span, |l| l.name.apostrophe),
        Expr::Group(e) => e.group_token.span,
        Expr::If(e) => e.if_token.span,
        Expr::Infer(e) => e.underscore_token.span,
        Expr::Let(e) => e.let_token.span,
        Expr::Lit(e) => e.lit.span(),
        Expr::Loop(e) => e.label.as_ref().map_or(e.loop_token.span, |l| l.name.apostrophe),
        Expr::Macro(e) => e.mac.path.span(),
        Expr::Match(e) => e.match_token.span,
        Expr::Paren(e) => e.paren_token.span.open(),
        Expr::Path(e) => match &e.qself {
            Some(own) => own.lt_token.span,
            None => e.path.span(),
        },
        Expr::RawAddr(e) => e.and_token.span,
        Expr::Reference(e) => e.and_token.span,
        Expr::Repeat(e) => e.bracket_token.span.open(),
        Expr::Return(e) => e.return_token.span,
        Expr::Struct(e) => e.path.span(),
        Expr::TryBlock(e) => e.try_token.span,
        Expr::Tuple(e) => e.paren_token.span.open(),
        Expr::Unary(e) => e.op.span(),
        Expr::Unsafe(e) => e.unsafe_token.span,
        Expr::While(e) => e.label.as_ref().map_or(e.while_token.span, |l| l.name.apostrophe),
        Expr::Yield(e) => e.yield_token.span,
        other => other.span(),
    }
}

/// The span of the last token.
pub(super) fn last(expr: &Expr) -> Span {
    let mut at = expr;
    loop {
        at = match at {
            Expr::Assign(e) => &e.right,
            Expr::Binary(e) => &e.right,
            Expr::Closure(e) => &e.body,
            Expr::Let(e) => &e.expr,
            Expr::RawAddr(e) => &e.expr,
            Expr::Reference(e) => &e.expr,
            Expr::Unary(e) => &e.expr,
            Expr::Break(e) => match (&e.expr, &e.label) {
                (Some(inner), _) => inner,
                (None, Some(label)) => return label.ident.span(),
                (None, None) => return e.break_token.span,
            },
            Expr::Return(e) => match &e.expr {
                Some(inner) => inner,
                None => return e.return_token.span,
            },
            Expr::Yield(e) => match &e.expr {
                Some(inner) => inner,
                None => return e.yield_token.span,
            },
            Expr::Range(e) => match &e.end {
                Some(end) => end,
                None => return limits(&e.limits),
            },
            Expr::If(e) => match &e.else_branch {
                Some((_, inner)) => inner,
                None => return close(&e.then_branch),
            },
            _ => return last_token(at),
        };
    }
}

fn last_token(expr: &Expr) -> Span {
    match expr {
        Expr::Array(e) => e.bracket_token.span.close(),
        Expr::Async(e) => close(&e.block),
        Expr::Await(e) => e.await_token.span,
        Expr::Block(e) => close(&e.block),
        Expr::Call(e) => e.paren_token.span.close(),
        Expr::Cast(e) => e.ty.span(),
        Expr::Const(e) => close(&e.block),
        Expr::Continue(e) => match &e.label {
            Some(label) => label.ident.span(),
            None => e.continue_token.span,
        },
        Expr::Field(e) => e.member.span(),
        Expr::ForLoop(e) => close(&e.body),
        Expr::Group(e) => e.group_token.span,
        Expr::Index(e) => e.bracket_token.span.close(),
        Expr::Infer(e) => e.underscore_token.span,
        Expr::Lit(e) => e.lit.span(),
        Expr::Loop(e) => close(&e.body),
        Expr::Macro(e) => e.mac.delimiter.span().close(),
        Expr::Match(e) => e.brace_token.span.close(),
        Expr::MethodCall(e) => e.paren_token.span.close(),
        Expr::Paren(e) => e.paren_token.span.close(),
        Expr::Path(e) => e.path.span(),
        Expr::Repeat(e) => e.bracket_token.span.close(),
        Expr::Struct(e) => e.brace_token.span.close(),
        Expr::Try(e) => e.question_token.span,
        Expr::TryBlock(e) => close(&e.block),
        Expr::Tuple(e) => e.paren_token.span.close(),
        Expr::Unsafe(e) => close(&e.block),
        Expr::While(e) => close(&e.body),
        other => other.span(),
    }
}

/// The span of a block's closing brace.
pub(super) fn close(block: &Block) -> Span {
    block.brace_token.span.close()
}

fn limits(limits: &RangeLimits) -> Span {
    match limits {
        RangeLimits::HalfOpen(token) => token.spans[0],
        RangeLimits::Closed(token) => token.spans[0],
    }
}

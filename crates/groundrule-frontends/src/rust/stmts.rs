//! Statements and the expressions that steer: blocks, branches, loops, ways out.

use groundrule_unit::{BindingKind, ExitKind, ExprId, ExprKind, ScopeKind, Span};
use syn::{BinOp, Block, Expr, Lit, Pat, RangeLimits, Stmt};

use super::{Lowering, spans};

impl Lowering<'_> {
    fn block_span(&self, block: &Block) -> Span {
        self.between(block.brace_token.span.open(), spans::close(block))
    }

    /// A block in a scope of its own; gives its last expression.
    pub(super) fn block(&mut self, kind: ScopeKind, block: &Block) -> Option<ExprId> {
        let span = self.block_span(block);
        self.within(kind, span, |this| this.statements(block)).1
    }

    /// A block's statements in the open scope; gives its last expression.
    pub(super) fn statements(&mut self, block: &Block) -> Option<ExprId> {
        self.statement_list(&block.stmts)
    }

    pub(super) fn statement_list(&mut self, statements: &[Stmt]) -> Option<ExprId> {
        let mut tail = None;
        for statement in statements {
            tail = match statement {
                Stmt::Local(local) => {
                    self.local(local);
                    None
                }
                Stmt::Item(item) => {
                    self.deeper(Span::default(), |this| this.item(item));
                    None
                }
                Stmt::Expr(expr, semicolon) => {
                    let value = self.value(expr);
                    if semicolon.is_some() { None } else { value }
                }
                Stmt::Macro(mac) => {
                    let value = self.macro_call(&mac.mac);
                    if mac.semi_token.is_some() { None } else { Some(value) }
                }
            };
        }
        tail
    }

    fn local(&mut self, local: &syn::Local) {
        let value = local.init.as_ref().map(|init| self.expr(&init.expr));
        let (pat, ty) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(self.type_ref(&typed.ty))),
            pat => (pat, None),
        };
        self.bind_typed(pat, value, ty);
        if let Some((_, otherwise)) = local.init.as_ref().and_then(|init| init.diverge.as_ref()) {
            self.branch(value, otherwise);
        }
    }

    /// A branch that is a block or an expression; gives its value.
    pub(super) fn branch(&mut self, condition: Option<ExprId>, body: &Expr) -> Option<ExprId> {
        let span = self.expr_span(body);
        let kind = ScopeKind::Branch(condition);
        self.within(kind, span, |this| this.body(body)).1
    }

    /// A body whose scope is open already.
    pub(super) fn body(&mut self, body: &Expr) -> Option<ExprId> {
        match body {
            Expr::Block(block) if block.label.is_none() => self.statements(&block.block),
            other => self.value(other),
        }
    }

    /// A condition, and the patterns in it that bind where it holds.
    fn condition<'e>(&mut self, condition: &'e Expr, binds: &mut Vec<(&'e Pat, ExprId)>) -> ExprId {
        match condition {
            Expr::Let(test) => {
                let value = self.expr(&test.expr);
                binds.push((&test.pat, value));
                value
            }
            Expr::Paren(inner) => self.condition(&inner.expr, binds),
            Expr::Binary(both) if matches!(both.op, BinOp::And(_)) => {
                let span = self.expr_span(condition);
                let lowered = self.deeper(span, |this| {
                    let left = this.condition(&both.left, binds);
                    let right = this.condition(&both.right, binds);
                    let op = groundrule_unit::Name::new_static("&&");
                    this.out.expr(ExprKind::Binary { op, left, right }, span)
                });
                lowered.unwrap_or_else(|| self.out.unknown(Vec::new(), span))
            }
            other => self.expr(other),
        }
    }

    fn bind_all(&mut self, binds: Vec<(&Pat, ExprId)>) {
        for (pat, value) in binds {
            self.bind(pat, Some(value));
        }
    }

    /// `if` with its `else`s; its value is one of those of its branches.
    pub(super) fn if_else(&mut self, expr: &syn::ExprIf, span: Span) -> Option<ExprId> {
        let mut values = Vec::new();
        let mut next = expr;
        loop {
            let mut binds = Vec::new();
            let condition = self.condition(&next.cond, &mut binds);
            let kind = ScopeKind::Branch(Some(condition));
            let at = self.block_span(&next.then_branch);
            let (_, value) = self.within(kind, at, |this| {
                this.bind_all(binds);
                this.statements(&next.then_branch)
            });
            values.extend(value);
            match next.else_branch.as_ref().map(|(_, otherwise)| &**otherwise) {
                Some(Expr::If(otherwise)) => next = otherwise,
                Some(otherwise) => {
                    values.extend(self.branch(Some(condition), otherwise));
                    break;
                }
                None => break,
            }
        }
        self.choice(values, span)
    }

    pub(super) fn choice(&mut self, mut values: Vec<ExprId>, span: Span) -> Option<ExprId> {
        match values.len() {
            0 | 1 => values.pop(),
            _ => Some(self.out.expr(ExprKind::Choice(values.into()), span)),
        }
    }

    pub(super) fn match_on(&mut self, expr: &syn::ExprMatch, span: Span) -> Option<ExprId> {
        let subject = self.expr(&expr.expr);
        let mut values = Vec::new();
        for arm in &expr.arms {
            let start = self.pat_span(&arm.pat);
            let end = self.expr_span(&arm.body);
            let at = Span { start: start.start, end: end.end.max(start.end) };
            let kind = ScopeKind::Branch(Some(subject));
            let (_, value) = self.within(kind, at, |this| {
                this.bind(&arm.pat, Some(subject));
                if let Some((_, guard)) = &arm.guard {
                    let mut binds = Vec::new();
                    this.condition(guard, &mut binds);
                    this.bind_all(binds);
                }
                this.body(&arm.body)
            });
            values.extend(value);
        }
        self.choice(values, span)
    }

    pub(super) fn endless(&mut self, expr: &syn::ExprLoop, span: Span) -> Option<ExprId> {
        self.breaks.push(Vec::new());
        self.block(ScopeKind::Loop { head: None, bounded: false }, &expr.body);
        let values = self.breaks.pop().unwrap_or_default();
        self.choice(values, span)
    }

    pub(super) fn while_loop(&mut self, expr: &syn::ExprWhile) {
        let mut binds = Vec::new();
        let endless =
            matches!(&*expr.cond, Expr::Lit(lit) if matches!(&lit.lit, Lit::Bool(b) if b.value));
        let head = (!endless).then(|| self.condition(&expr.cond, &mut binds));
        let bounded = is_limit(&expr.cond, 0);
        let span = self.block_span(&expr.body);
        self.within(ScopeKind::Loop { head, bounded }, span, |this| {
            this.bind_all(binds);
            this.statements(&expr.body)
        });
    }

    pub(super) fn for_loop(&mut self, expr: &syn::ExprForLoop) {
        let over = self.expr(&expr.expr);
        let bounded = !is_open_range(&expr.expr);
        let span = self.block_span(&expr.body);
        self.within(ScopeKind::Loop { head: Some(over), bounded }, span, |this| {
            let at = this.pat_span(&expr.pat);
            let item = this.out.expr(ExprKind::Each(over), at);
            this.bind_as(&expr.pat, Some(item), None, BindingKind::Each);
            this.statements(&expr.body)
        });
    }

    pub(super) fn leave_by(&mut self, kind: ExitKind, value: Option<&Expr>, span: Span) {
        let value = value.map(|value| self.expr(value));
        match kind {
            ExitKind::Return => self.gives(value),
            ExitKind::Break => {
                if let (Some(breaks), Some(value)) = (self.breaks.last_mut(), value) {
                    breaks.push(value);
                }
            }
            _ => {}
        }
        self.out.exit(kind, value, span);
    }
}

/// Whether a condition sets a limit: it compares by order, as one with a counter or a clock does.
fn is_limit(condition: &Expr, depth: u32) -> bool {
    match condition {
        Expr::Paren(inner) if depth < 8 => is_limit(&inner.expr, depth + 1),
        Expr::Binary(binary) if depth < 8 => match binary.op {
            BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) => true,
            BinOp::And(_) => {
                is_limit(&binary.left, depth + 1) || is_limit(&binary.right, depth + 1)
            }
            BinOp::Or(_) => is_limit(&binary.left, depth + 1) && is_limit(&binary.right, depth + 1),
            _ => false,
        },
        _ => false,
    }
}

/// `0..`, which has no end.
fn is_open_range(over: &Expr) -> bool {
    match over {
        Expr::Range(range) => {
            range.end.is_none() && matches!(range.limits, RangeLimits::HalfOpen(_))
        }
        Expr::Paren(inner) => is_open_range(&inner.expr),
        _ => false,
    }
}

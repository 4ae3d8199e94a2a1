//! Retries: policies of libraries that cover outbound calls, loops written by hand, and what a
//! service amounts to.

use groundrule_unit::{
    Arg, Binding, BindingKind, ExitKind, Expr, ExprId, ExprKind, FunctionId, Name, ScopeId,
    ScopeKind, Span, Target,
};

use crate::define::Definition;
use crate::models::{RetryReach, RetryRow, last_part};
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::{Attributes, Delay, Knob, KnobState, Protocol, RetryLoop, Subject};

/// How many calls deep a function is searched for outbound calls.
const DEPTH: u32 = 3;

/// How many callers of a function that repeats what it is given are looked at.
const MOST_CALLERS: usize = 8;

/// A retry policy found in a unit.
#[derive(Clone, Debug)]
pub(crate) struct FoundRetry {
    pub(crate) at: ExprRef,
    pub(crate) by: String,
    pub(crate) bounded: bool,
    pub(crate) delay: Delay,
    /// Whether it covers an outbound call, as far as can be told.
    pub(crate) covers: bool,
}

impl Program<'_> {
    /// The retry policies of a unit.
    pub(crate) fn retry_policies(&self, ix: UnitIx) -> Vec<FoundRetry> {
        let unit = self.unit(ix);
        let table = &self.models.of(unit.language).retries;
        let mut found = Vec::new();
        for (id, expr) in unit.iter_exprs() {
            let (callee, args): (ExprId, &[Arg]) = match &expr.kind {
                ExprKind::Call(call) => (call.callee, &call.args),
                _ => continue,
            };
            if let Some(name) = last_name(unit, callee)
                && self.may_denote(ix, name, |name| table.may_match(name))
                && !unit.is_test(expr.span)
                && let Some(row) = self.retry_row((ix, callee))
                && self.says((ix, id), row)
            {
                let covers = row.reach == RetryReach::Clients
                    || args.iter().any(|arg| self.reaches_out((ix, arg.value)))
                    || self.chain_reaches_out((ix, id))
                    || self.neighbour_reaches_out((ix, id))
                    || self.keeper_reaches_out((ix, id));
                found.push(self.found_retry((ix, id), callee, row, covers));
            }
        }
        for (id, expr) in unit.iter_exprs() {
            if let ExprKind::Record(record) = &expr.kind
                && let Some(ty) = &record.ty
                && table.may_match(last_part(&ty.name))
            {
                let paths = self.paths((ix, id));
                if let Some(policy) = paths.iter().find_map(|path| table.find(path).next()) {
                    let covers = policy.row.reach == RetryReach::Clients;
                    found.push(self.found_retry((ix, id), id, &policy.row, covers));
                }
            }
        }
        for (id, function) in unit.functions.iter().enumerate() {
            let id = FunctionId(id as u32);
            for annotation in &function.annotations {
                if let Some(name) = last_name(unit, annotation.callee)
                    && self.may_denote(ix, name, |name| table.may_match(name))
                    && let Some(row) = self.retry_row((ix, annotation.callee))
                {
                    let covers = row.reach == RetryReach::Clients
                        || self.function_calls_out((ix, id), DEPTH);
                    let settings = self.argument_options(ix, &annotation.args);
                    found.push(self.judged_retry(
                        (ix, annotation.callee),
                        annotation.callee,
                        row,
                        covers,
                        &settings,
                    ));
                }
            }
        }
        found
    }

    /// Whether an argument's text holds what makes the call a retry policy.
    fn says(&self, at: ExprRef, row: &RetryRow) -> bool {
        row.says.is_empty() || {
            let settings = self.settings(at);
            let named = settings
                .list
                .iter()
                .any(|setting| row.says.iter().any(|said| setting.name.eq_ignore_ascii_case(said)));
            named
                || settings.texts().any(|value| {
                    let text = self.text_with_holes(value);
                    row.says.iter().any(|said| text.contains(said.as_str()))
                })
        }
    }

    fn retry_row(&self, callee: ExprRef) -> Option<&RetryRow> {
        let table = &self.models.of(self.unit(callee.0).language).retries;
        let paths = self.paths(callee);
        let found = paths.iter().find_map(|path| table.position(path))?;
        Some(&table.rows()[found].row)
    }

    fn found_retry(&self, at: ExprRef, callee: ExprId, row: &RetryRow, covers: bool) -> FoundRetry {
        let settings = self.settings(at);
        self.judged_retry(at, callee, row, covers, &settings)
    }

    fn judged_retry(
        &self,
        at: ExprRef,
        callee: ExprId,
        row: &RetryRow,
        covers: bool,
        settings: &crate::settings::Settings,
    ) -> FoundRetry {
        let says = |model: &crate::models::KnobModel| {
            let unsaid = model.set.is_empty() && model.default.is_empty();
            unsaid || self.knob(model, settings, at).state != KnobState::None
        };
        FoundRetry {
            at,
            by: self.text((at.0, callee)),
            bounded: says(&row.stop),
            delay: if says(&row.wait) { Delay::Unknown } else { Delay::None },
            covers,
        }
    }

    /// Whether a function handed over, or a call made, goes out over the network; one that is only
    /// handed on does where a caller's does.
    fn reaches_out(&self, at: ExprRef) -> bool {
        self.goes_out(at)
            || match self.kind(at) {
                ExprKind::Name(name) => match self.definition(at, name) {
                    Definition::Param(function, index) => self
                        .arguments_for(function, index, MOST_CALLERS)
                        .into_iter()
                        .any(|given| self.goes_out(given)),
                    _ => false,
                },
                _ => false,
            }
    }

    fn goes_out(&self, at: ExprRef) -> bool {
        match self.kind(at) {
            ExprKind::Lambda(function) => self.function_calls_out((at.0, *function), DEPTH),
            ExprKind::Call(_) => self.is_outbound(at) || self.callee_calls_out(at, DEPTH - 1),
            _ => self.entities_within(at, 6).into_iter().any(|entity| match entity {
                Entity::Function(function) => self.function_calls_out(function, DEPTH),
                Entity::Value(value) => match self.kind(value) {
                    ExprKind::Lambda(f) => self.function_calls_out((value.0, *f), DEPTH),
                    _ => false,
                },
                _ => false,
            }),
        }
    }

    /// `policy.retry(…).execute(lambda)`: what is chained after it.
    fn chain_reaches_out(&self, (ix, id): ExprRef) -> bool {
        let unit = self.unit(ix);
        let mut top = id;
        while let Some((_, outer)) = crate::settings::chained(unit, top) {
            if let ExprKind::Call(call) = &unit.expr(outer).kind
                && call.args.iter().any(|arg| self.reaches_out((ix, arg.value)))
            {
                return true;
            }
            top = outer;
        }
        // What it is chained on, or handed to a method of: `client.get().retry(3)`,
        // `http.get(url).pipe(retry(3))`.
        let ExprKind::Call(call) = &unit.expr(id).kind else { return false };
        let mut under = match unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => unit.expr(id).parent.and_then(|parent| match &unit.expr(parent).kind {
                ExprKind::Call(outer) if outer.callee != id => Some(outer.callee),
                _ => None,
            }),
        };
        while let Some(at) = under {
            if self.is_outbound((ix, at)) {
                return true;
            }
            under = match &unit.expr(at).kind {
                ExprKind::Call(call) => Some(call.callee),
                ExprKind::Member { object, .. } => Some(*object),
                _ => None,
            };
        }
        false
    }

    /// `send.retry(Backoff::default())`, `retry(Backoff::default(), send)`: what stands beside a
    /// policy in the call that it is given to.
    fn neighbour_reaches_out(&self, (ix, id): ExprRef) -> bool {
        let unit = self.unit(ix);
        let mut top = id;
        while let Some((_, outer)) = crate::settings::chained(unit, top) {
            top = outer;
        }
        let Some(parent) = unit.expr(top).parent else { return false };
        let ExprKind::Call(call) = &unit.expr(parent).kind else { return false };
        if call.callee == top {
            return false;
        }
        let receiver = match unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let beside = call.args.iter().map(|arg| arg.value).filter(|&value| value != top);
        beside.chain(receiver).any(|value| self.reaches_out((ix, value)))
    }

    /// `policy.execute(send)` where `policy` is the variable or field that keeps it.
    fn keeper_reaches_out(&self, (ix, id): ExprRef) -> bool {
        let unit = self.unit(ix);
        let mut top = id;
        while let Some((_, outer)) = crate::settings::chained(unit, top) {
            top = outer;
        }
        let index = self.unit_index(ix);
        for &binding in index.by_value.get(&top).into_iter().flatten() {
            let name = match &unit.bindings[binding as usize].target {
                Target::Name(name) => name,
                Target::Place(place) => match last_name(unit, *place) {
                    Some(name) => name,
                    None => continue,
                },
            };
            if self.keeper_used_out(ix, name) {
                return true;
            }
        }
        // A field's own initial value.
        let field = unit.types.iter().flat_map(|ty| &ty.fields).find(|f| f.default == Some(top));
        field.is_some_and(|field| self.keeper_used_out(ix, &field.name))
    }

    /// Whether a call on what a name of the file keeps, or beside it, is given something that goes
    /// out over the network.
    fn keeper_used_out(&self, ix: UnitIx, name: &Name) -> bool {
        let unit = self.unit(ix);
        unit.iter_exprs().any(|(usage, expr)| {
            matches!(&expr.kind, ExprKind::Name(used) | ExprKind::Member { name: used, .. }
                if used == name)
                && self.used_in_call(ix, usage).is_some_and(|call| {
                    let ExprKind::Call(call) = &unit.expr(call).kind else { return false };
                    call.args
                        .iter()
                        .filter(|arg| arg.value != usage)
                        .any(|arg| self.reaches_out((ix, arg.value)))
                })
        })
    }

    /// The call that has an expression for its receiver or among its arguments.
    fn used_in_call(&self, ix: UnitIx, usage: ExprId) -> Option<ExprId> {
        let unit = self.unit(ix);
        if let Some((_, call)) = crate::settings::chained(unit, usage) {
            return Some(call);
        }
        let parent = unit.expr(usage).parent?;
        matches!(unit.expr(parent).kind, ExprKind::Call(_)).then_some(parent)
    }

    /// Whether a call goes out over HTTP or gRPC: a one-shot call, or a method of a client.
    pub(crate) fn is_outbound(&self, at: ExprRef) -> bool {
        let (ix, _) = at;
        let unit = self.unit(ix);
        let ExprKind::Call(call) = self.kind(at) else { return false };
        let Some(name) = last_name(unit, call.callee) else { return false };
        let models = self.models.of(unit.language);
        let remote = |path: &str| {
            models
                .outbound
                .find(path)
                .any(|outbound| matches!(outbound.row.protocol, Protocol::Http | Protocol::Grpc))
        };
        if models.outbound.may_match(name)
            && self.paths((ix, call.callee)).iter().any(|path| remote(path))
        {
            return true;
        }
        let is_remote = |ty: &str| remote(ty) || models.types.get(ty).is_some_and(|ty| ty.remote);
        matches!(self.kind((ix, call.callee)), ExprKind::Member { .. })
            && self
                .paths((ix, call.callee))
                .iter()
                .any(|path| path.rsplit_once('.').is_some_and(|(ty, _)| is_remote(ty)))
    }

    fn callee_calls_out(&self, at: ExprRef, depth: u32) -> bool {
        let ExprKind::Call(call) = self.kind(at) else { return false };
        depth > 0
            && self.entities_within((at.0, call.callee), 6).into_iter().any(|entity| match entity {
                Entity::Function(function) => self.function_calls_out(function, depth),
                _ => false,
            })
    }

    /// Whether a function makes an outbound call, itself or through functions that it calls.
    pub(crate) fn function_calls_out(&self, (ix, id): FunctionRef, depth: u32) -> bool {
        if depth == 0 {
            return false;
        }
        if self.is_of_declared_client((ix, id)) {
            return true;
        }
        let unit = self.unit(ix);
        let body = unit.function(id).span;
        let calls: Vec<ExprId> = unit
            .iter_exprs()
            .filter(|(_, expr)| body.contains(expr.span) && matches!(expr.kind, ExprKind::Call(_)))
            .map(|(call, _)| call)
            .take(200)
            .collect();
        calls.iter().any(|&call| self.is_outbound((ix, call)))
            || depth > 1
                && calls.iter().take(60).any(|&call| self.callee_calls_out((ix, call), depth - 1))
    }

    /// Whether a function belongs to a client that is only declared: `@FeignClient`.
    fn is_of_declared_client(&self, (ix, id): FunctionRef) -> bool {
        let unit = self.unit(ix);
        let declared = &self.models.of(unit.language).declared_clients;
        !unit.function(id).has_body
            && !declared.is_empty()
            && self.owner_of((ix, id)).is_some_and(|owner| {
                declared.iter().any(|outbound| self.bears(owner, &outbound.row.annotations))
            })
    }

    /// Retry policies without an end or without a wait, as the loops that they are.
    pub(crate) fn retry_policy_subjects(&self, policies: &[(UnitIx, FoundRetry)]) -> Vec<Subject> {
        policies
            .iter()
            .filter(|(_, policy)| policy.covers && (!policy.bounded || policy.delay == Delay::None))
            .map(|(ix, policy)| {
                let unit = self.unit(*ix);
                Subject {
                    place: self.head(*ix, unit.expr(policy.at.1).span),
                    services: self.services_of(&unit.path),
                    language: Some(unit.language),
                    symbol: self.symbol(*ix, unit.expr(policy.at.1).scope),
                    label: Name::new(&policy.by),
                    attributes: Attributes::RetryLoop(RetryLoop {
                        bounded: policy.bounded,
                        delay: policy.delay,
                        jitter: false,
                        repeats: "outbound".to_owned(),
                    }),
                    unresolved: Vec::new(),
                }
            })
            .collect()
    }

    /// The hand-written retry loops of a unit that repeat outbound calls.
    pub(crate) fn retry_loops(&self, ix: UnitIx) -> Vec<Subject> {
        let unit = self.unit(ix);
        let mut found = Vec::new();
        for (id, scope) in unit.scopes.iter().enumerate() {
            let ScopeKind::Loop { head, bounded } = scope.kind else { continue };
            if unit.is_test(scope.span) {
                continue;
            }
            let id = ScopeId(id as u32);
            if let Some(attributes) = self.retry_loop(ix, id, scope.span, head, bounded) {
                let place =
                    self.head(ix, Span { start: scope.span.start, end: scope.span.start + 1 });
                found.push(Subject {
                    place,
                    services: self.services_of(&unit.path),
                    language: Some(unit.language),
                    symbol: self.symbol(ix, id),
                    label: Name::new_static("retry loop"),
                    attributes: Attributes::RetryLoop(attributes),
                    unresolved: Vec::new(),
                });
            }
        }
        found
    }

    fn retry_loop(
        &self,
        ix: UnitIx,
        id: ScopeId,
        span: Span,
        head: Option<ExprId>,
        bounded: bool,
    ) -> Option<RetryLoop> {
        let unit = self.unit(ix);
        // A loop over a collection does something else each time.
        if bounded && head.is_some_and(|head| self.is_collection((ix, head))) {
            return None;
        }
        let inside = |scope: ScopeId| {
            unit.scopes_around(scope)
                .take_while(|(_, s)| !matches!(s.kind, ScopeKind::Function(_)))
                .any(|(at, _)| at == id)
        };
        let caught =
            |binding: &Binding| binding.kind == BindingKind::Caught && inside(binding.scope);
        // What goes wrong with one item of a collection is no try of what is around.
        let of_items = |scope: ScopeId| {
            unit.scopes_around(scope).take_while(|(at, _)| *at != id).any(|(_, s)| match s.kind {
                ScopeKind::Loop { head: Some(head), bounded: true } => {
                    self.is_collection((ix, head))
                }
                _ => false,
            })
        };
        let handles_failure =
            unit.scopes.iter().any(|s| {
                matches!(s.kind, ScopeKind::Catch)
                    && span.contains(s.span)
                    && s.parent.is_none_or(|parent| !of_items(parent))
                    && !self.ends(ix, s.span)
            }) || unit.exprs.iter().any(|e| {
                span.contains(e.span)
                    && is_error_check(unit, &e.kind)
                    && !of_items(e.scope)
                    && !self.gives_up(ix, e)
            }) || unit.bindings.iter().any(|b| {
                caught(b) && !of_items(b.scope) && !self.ends(ix, unit.scope(b.scope).span)
            }) || self.leaves_by_success(ix, span);
        // `while let Err(e) = send().await`: it leaves when what its head calls succeeds.
        let in_head = |binding: &Binding| caught(binding) && !span.contains(binding.span);
        let head_calls_out = unit.bindings.iter().any(in_head)
            && head.is_some_and(|head| {
                self.is_outbound((ix, head)) || self.callee_calls_out((ix, head), 2)
            });
        let leaves = head_calls_out
            || unit.exits.iter().any(|exit| {
                matches!(exit.kind, ExitKind::Return | ExitKind::Break) && inside(exit.scope)
            });
        if !handles_failure || !leaves || self.takes_what_comes(ix, inside) {
            return None;
        }
        let calls: Vec<ExprId> = unit
            .iter_exprs()
            .filter(|(_, e)| {
                span.contains(e.span) && matches!(e.kind, ExprKind::Call(_)) && inside(e.scope)
            })
            .map(|(call, _)| call)
            .collect();
        if calls.len() > 60
            || !head_calls_out
                && !calls.iter().any(|&call| {
                    self.is_outbound((ix, call)) || self.callee_calls_out((ix, call), 2)
                })
        {
            return None;
        }
        // `await new Promise((done) => setTimeout(done, 100))` waits inside a lambda.
        let inner: Vec<ExprId> = unit
            .iter_exprs()
            .filter(|(_, e)| span.contains(e.span) && matches!(e.kind, ExprKind::Call(_)))
            .map(|(call, _)| call)
            .collect();
        let delay = self.loop_delay(ix, span, &inner);
        let jitter = calls.iter().any(|&call| {
            let ExprKind::Call(call) = &unit.expr(call).kind else { return false };
            last_name(unit, call.callee).is_some_and(|name| {
                ["random", "Intn", "nextInt", "gen_range", "jitter", "uniform"]
                    .contains(&name.as_str())
            })
        });
        Some(RetryLoop { bounded, delay, jitter, repeats: "outbound".to_owned() })
    }

    /// Whether a loop is left where an outbound call succeeds, and goes on where it does not:
    /// `if let Ok(answer) = get().await { return answer }`.
    fn leaves_by_success(&self, ix: UnitIx, span: Span) -> bool {
        let unit = self.unit(ix);
        let leaves = |branch: Span| {
            unit.exits.iter().any(|exit| {
                matches!(exit.kind, ExitKind::Return | ExitKind::Break)
                    && branch.contains(exit.span)
            })
        };
        let inner = || unit.scopes.iter().enumerate().filter(|(_, s)| span.contains(s.span));
        inner().any(|(id, scope)| {
            let ScopeKind::Branch(Some(tried)) = scope.kind else { return false };
            let unwrapped = || {
                unit.bindings.iter().any(|binding| {
                    binding.value == Some(tried)
                        && binding.kind != BindingKind::Caught
                        && binding.scope == ScopeId(id as u32)
                })
            };
            let mut others =
                inner().filter(|(other, s)| *other != id && s.kind == scope.kind).peekable();
            matches!(unit.expr(tried).kind, ExprKind::Call(_))
                && leaves(scope.span)
                && unwrapped()
                && (others.peek().is_none() || others.any(|(_, other)| !leaves(other.span)))
                && (self.is_outbound((ix, tried)) || self.callee_calls_out((ix, tried), 2))
        })
    }

    /// Whether each turn of a loop takes something new out of a channel: a worker, which tries
    /// nothing again.
    fn takes_what_comes(&self, ix: UnitIx, inside: impl Fn(ScopeId) -> bool) -> bool {
        let unit = self.unit(ix);
        let received = |at: ExprId| match &unit.expr(at).kind {
            // A timer's or a context's channel only says when.
            ExprKind::Unary { op, operand } => {
                op == "<-"
                    && match &unit.expr(*operand).kind {
                        ExprKind::Call(_) => false,
                        ExprKind::Member { name, .. } => name != "C",
                        _ => true,
                    }
            }
            _ => false,
        };
        unit.bindings.iter().any(|binding| {
            inside(binding.scope)
                && binding.value.is_some_and(|value| match unit.expr(value).kind {
                    ExprKind::Element { of, .. } => received(of),
                    _ => received(value),
                })
        })
    }

    /// Whether what stands in a block leaves the loop or function around it in any case.
    fn ends(&self, ix: UnitIx, block: Span) -> bool {
        let unit = self.unit(ix);
        unit.exits.iter().any(|exit| {
            unit.scope(exit.scope).span == block && !matches!(exit.kind, ExitKind::Continue)
        })
    }

    /// Whether a check for a failure is the condition of a branch that leaves: what goes wrong is
    /// handed on, as a loop over pages does, and not tried again.
    fn gives_up(&self, ix: UnitIx, check: &Expr) -> bool {
        let unit = self.unit(ix);
        let is_failure = match &check.kind {
            ExprKind::Binary { op, right, .. } => match op.as_str() {
                "==" | "===" => !is_success(&unit.expr(*right).kind),
                "<" => false,
                _ => true,
            },
            _ => true,
        };
        is_failure
            && unit.scopes.iter().any(|scope| match scope.kind {
                ScopeKind::Branch(Some(condition)) => {
                    unit.expr(condition).span.contains(check.span) && self.ends(ix, scope.span)
                }
                _ => false,
            })
    }

    fn is_collection(&self, at: ExprRef) -> bool {
        match self.kind(at) {
            ExprKind::Call(call) => !matches!(
                last_name(self.unit(at.0), call.callee).map(Name::as_str),
                Some("range" | "count" | "times" | "repeat" | "Range")
            ),
            ExprKind::Binary { .. } | ExprKind::Number(_) | ExprKind::Unknown(_) => false,
            _ => true,
        }
    }

    fn loop_delay(&self, ix: UnitIx, span: Span, calls: &[ExprId]) -> Delay {
        let unit = self.unit(ix);
        let waits = calls.iter().filter_map(|&call| {
            let ExprKind::Call(call) = &unit.expr(call).kind else { return None };
            let name = last_name(unit, call.callee)?;
            let waits = [
                "sleep",
                "Sleep",
                "delay",
                "Delay",
                "wait",
                "After",
                "setTimeout",
                "backoff",
                "sleep_until",
                "NextBackOff",
                "Wait",
            ];
            waits.contains(&name.as_str()).then_some(call)
        });
        let mut delay = Delay::None;
        for call in waits {
            if delay == Delay::None {
                delay = Delay::Constant;
            }
            for arg in &call.args {
                if self.grows(ix, arg.value, span) {
                    delay = Delay::Growing;
                }
            }
        }
        delay
    }

    /// Whether an argument depends on the number of tries: a product, a power, a variable that the
    /// loop changes.
    fn grows(&self, ix: UnitIx, value: ExprId, span: Span) -> bool {
        let unit = self.unit(ix);
        let mut open = vec![value];
        while let Some(at) = open.pop() {
            match &unit.expr(at).kind {
                ExprKind::Binary { op, .. } if matches!(op.as_str(), "**" | "<<") => return true,
                ExprKind::Name(name) => {
                    let changed = unit.bindings.iter().any(|binding| {
                        matches!(&binding.target, Target::Name(bound) if bound == name)
                            && span.contains(binding.span)
                    });
                    if changed {
                        return true;
                    }
                }
                ExprKind::Call(call)
                    if last_name(unit, call.callee)
                        .is_some_and(|name| matches!(name.as_str(), "pow" | "Pow" | "powi")) =>
                {
                    return true;
                }
                other => other.for_each_part(|part| open.push(part)),
            }
        }
        false
    }

    /// The best retry policy over a service's outbound calls; where none is, the knob's place is
    /// that of the first outbound call.
    pub(crate) fn service_retry(&self, outbound: &[&Subject], policies: &[FoundRetry]) -> Knob {
        let mut best: Option<Knob> = None;
        for subject in outbound {
            let Attributes::OutboundCall(call) = &subject.attributes else { continue };
            let mut knob = call.retry.clone();
            if knob.place.is_none() || knob.state == KnobState::None {
                knob.place = Some(subject.place.clone());
            }
            let better = best
                .as_ref()
                .is_none_or(|have| knob.state < have.state && knob.state != KnobState::None);
            if better {
                best = Some(knob);
            }
        }
        for policy in policies.iter().filter(|policy| policy.covers) {
            let knob = Knob {
                state: if policy.bounded { KnobState::Finite } else { KnobState::Unbounded },
                value: String::new(),
                by: policy.by.clone(),
                place: Some(self.place(policy.at)),
            };
            let covered = best.as_ref().is_some_and(|have| {
                matches!(have.state, KnobState::Finite | KnobState::LibraryDefault)
            });
            if !covered {
                best = Some(knob);
            }
        }
        best.unwrap_or_else(Knob::none)
    }
}

/// What an error or a status is compared with where all went well.
fn is_success(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Null => true,
        ExprKind::Number(number) => number.starts_with('2'),
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            let name = name.to_lowercase();
            name == "nil" || name.ends_with("ok") || name.contains("success")
        }
        ExprKind::String(text) => text.to_lowercase().contains("success"),
        _ => false,
    }
}

/// `err != nil`, `if (error)`, `response.ok`, `status == 200`.
fn is_error_check(unit: &groundrule_unit::Unit, kind: &ExprKind) -> bool {
    let names_failure = |id: ExprId| {
        last_name(unit, id).is_some_and(|name| {
            let name = name.to_lowercase();
            name.contains("err")
                || name == "ok"
                || name.contains("status")
                || name.contains("success")
        })
    };
    match kind {
        ExprKind::Binary { op, left, .. } => {
            matches!(op.as_str(), "!=" | "==" | "===" | "!==" | ">=" | "<" | ">")
                && names_failure(*left)
        }
        ExprKind::Unary { op, operand } => op == "!" && names_failure(*operand),
        _ => false,
    }
}

//! What makes a repeat safe, among all that a handler reaches: a key made for it, a constraint, a
//! look before the write, a state.

use std::collections::BTreeSet;

use groundrule_unit::{ExitKind, ExprId, ExprKind, Name, ScopeId, ScopeKind, Span, TypeRef};

use crate::constraints::{Constraints, key};
use crate::effects::{Act, Effects};
use crate::models::{Deed, GuardWord, last_part};
use crate::program::{ExprRef, FunctionRef, UnitIx, last_name};
use crate::reach::Reached;
use crate::words::{joined, words};
use crate::{Guard, Repeat};

/// How deep below a handler a look or a rule still speaks of what the handler writes.
const NEAR: u32 = 6;

impl Effects<'_, '_> {
    /// What makes a repeat of what was reached safe. `about` holds the words of the route: the
    /// handler's and the path's.
    pub(crate) fn repeat(
        &self,
        from: &[FunctionRef],
        reached: &Reached,
        constraints: &Constraints,
        about: &BTreeSet<String>,
    ) -> Repeat {
        if let Some(key) = self.key_guard(from, reached) {
            return key;
        }
        if let Some(unique) = self.unique_guard(from, reached, constraints, about) {
            return unique;
        }
        if let Some(check) = self.check_guard(reached, about) {
            return check;
        }
        if let Some(state) = self.state_guard(reached) {
            return state;
        }
        if !reached.creates()
            && let Some((_, act)) = reached.writes().next()
        {
            return self.guard(Guard::State, act.name.as_str(), act.at);
        }
        Repeat { guard: Guard::None, by: String::new(), place: None }
    }

    fn guard(&self, guard: Guard, by: &str, at: ExprRef) -> Repeat {
        Repeat { guard, by: by.to_owned(), place: Some(self.program.place(at)) }
    }

    /// A key made for de-duplication: an annotation, a table of such keys, a look or write by one.
    fn key_guard(&self, from: &[FunctionRef], reached: &Reached) -> Option<Repeat> {
        let program = self.program;
        for &(ix, function) in from {
            let unit = program.unit(ix);
            for annotation in &unit.function(function).annotations {
                if let Some(name) = last_name(unit, annotation.callee)
                    && self.says(ix, GuardWord::Key, name)
                {
                    return Some(self.guard(Guard::Key, name, (ix, annotation.callee)));
                }
            }
        }
        let stores = |act: &Act| !matches!(act.deed, Deed::Send | Deed::Delete);
        for (_, act) in reached.acts.iter().filter(|(_, act)| stores(act)) {
            let (ix, _) = act.at;
            if self.says(ix, GuardWord::Key, &act.to) && act.deed != Deed::Look {
                return Some(self.guard(Guard::Key, &act.to, act.at));
            }
            if let Some(name) = self.key_among(act.at) {
                return Some(self.guard(Guard::Key, &name, act.at));
            }
        }
        None
    }

    /// A name among a call's arguments, or in a statement, that says what it is for.
    fn key_among(&self, (ix, id): ExprRef) -> Option<Name> {
        let unit = self.program.unit(ix);
        let mut open: Vec<ExprId> = match &unit.expr(id).kind {
            ExprKind::Call(call) => call.args.iter().map(|arg| arg.value).collect(),
            ExprKind::String(text) if self.says(ix, GuardWord::Key, text) => {
                let all = words(text);
                let at = (0..all.len()).find(|&at| {
                    (at + 1..=all.len().min(at + 3))
                        .any(|end| self.says(ix, GuardWord::Key, &all[at..end].join("_")))
                })?;
                return Some(Name::new(all[at..all.len().min(at + 2)].join("_")));
            }
            _ => return None,
        };
        let mut steps = 0;
        while let Some(at) = open.pop() {
            steps += 1;
            if steps > 200 {
                break;
            }
            match &unit.expr(at).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. }
                    if self.says(ix, GuardWord::Key, name) =>
                {
                    return Some(name.clone());
                }
                ExprKind::Record(record) => {
                    for field in &record.fields {
                        if self.says(ix, GuardWord::Key, &field.name) {
                            return Some(field.name.clone());
                        }
                    }
                }
                _ => {}
            }
            unit.expr(at).kind.for_each_part(|part| open.push(part));
        }
        None
    }

    /// A unique constraint on something that the client sends, or an upsert.
    fn unique_guard(
        &self,
        from: &[FunctionRef],
        reached: &Reached,
        constraints: &Constraints,
        about: &BTreeSet<String>,
    ) -> Option<Repeat> {
        let creates: Vec<&(u32, Act)> = reached
            .acts
            .iter()
            .filter(|(_, act)| matches!(act.deed, Deed::Create | Deed::Upsert | Deed::Send))
            .collect();
        let nearest = creates.iter().map(|(depth, _)| *depth).min()?;
        // What the route is about; where no name tells, what stands nearest.
        let shares = |act: &Act| {
            words(&act.to).iter().any(|word| word.len() > 2 && about.contains(&key(word)))
        };
        let named = creates.iter().any(|(_, act)| act.deed != Deed::Send && shares(act));
        let meant = |depth: u32, act: &Act| {
            if named { shares(act) } else { depth <= nearest + 2 }
        };
        let client = self.client_names(from, reached);
        for &&(depth, ref act) in &creates {
            if act.deed == Deed::Send || !meant(depth, act) {
                continue;
            }
            for constraint in constraints.on(&act.to) {
                let from_client = |column: &Name| {
                    let column = joined(column);
                    client.iter().any(|name| {
                        *name == column
                            || name.len() > 4
                                && (column.ends_with(name) || column.starts_with(name))
                    })
                };
                let timed = constraint.columns.iter().any(|column| {
                    words(column)
                        .iter()
                        .any(|word| matches!(word.as_str(), "date" | "time" | "at" | "created"))
                });
                let server_made = constraint.primary
                    && match constraint.columns.as_slice() {
                        [only] => words(only).last().is_none_or(|last| {
                            matches!(last.as_str(), "id" | "uuid" | "guid" | "key")
                        }),
                        all => !all.iter().all(from_client),
                    };
                if !timed && !server_made && constraint.columns.iter().any(from_client) {
                    let columns: Vec<&str> = constraint.columns.iter().map(Name::as_str).collect();
                    return Some(Repeat {
                        guard: Guard::Unique,
                        by: format!("{}({})", act.to, columns.join(", ")),
                        place: Some(constraint.place.clone()),
                    });
                }
            }
        }
        // An upsert counts where it is all that is done, or is done first.
        let upsert = creates.iter().find(|(_, act)| act.deed == Deed::Upsert)?;
        let only = creates.iter().all(|(_, act)| act.deed == Deed::Upsert);
        let reads_first = reached.acts.iter().any(|(_, act)| {
            act.deed == Deed::Look && key(&act.to) == key(&upsert.1.to) && act.at.0 == upsert.1.at.0
        });
        let first = std::ptr::eq(*upsert, creates[0]) && !only;
        if (only || first) && (!reads_first || self.is_statement(upsert.1.at)) {
            return Some(self.guard(Guard::Unique, &upsert.1.name, upsert.1.at));
        }
        None
    }

    fn is_statement(&self, at: ExprRef) -> bool {
        !matches!(self.program.kind(at), ExprKind::Call(_))
    }

    /// Names of what the client sends, in one style: fields of the types that the handler takes,
    /// and what its body names.
    fn client_names(&self, from: &[FunctionRef], reached: &Reached) -> BTreeSet<String> {
        let program = self.program;
        let mut found = BTreeSet::new();
        // What the handler hands on as a whole is told by those that take it.
        for &((ix, function), _) in reached.functions.iter().filter(|(_, depth)| *depth == 1) {
            let declared = program.unit(ix).function(function);
            for ty in declared.params.iter().filter_map(|param| param.ty.as_ref()) {
                self.fields_of(ix, declared.scope, ty, 2, &mut found);
            }
        }
        for &(ix, function) in from {
            let unit = program.unit(ix);
            let declared = unit.function(function);
            for param in &declared.params {
                found.insert(joined(&param.name));
                if let Some(ty) = &param.ty {
                    self.fields_of(ix, declared.scope, ty, 3, &mut found);
                }
            }
            for binding in unit.bindings.iter().filter(|b| declared.span.contains(b.span)) {
                if let Some(ty) = &binding.ty {
                    self.fields_of(ix, binding.scope, ty, 3, &mut found);
                }
            }
            for &id in self.body((ix, function)) {
                match &unit.expr(id).kind {
                    ExprKind::Member { name, .. } => {
                        let name = joined(name);
                        found.extend(name.strip_prefix("get").map(str::to_owned));
                        found.insert(name);
                    }
                    ExprKind::String(text) if text.len() < 40 => {
                        found.insert(joined(text));
                    }
                    ExprKind::Record(record) => {
                        if let Some(ty) = &record.ty {
                            self.fields_of(ix, unit.expr(id).scope, ty, 2, &mut found);
                        }
                        found.extend(record.fields.iter().map(|field| joined(&field.name)));
                    }
                    ExprKind::Call(call) => {
                        for ty in &call.type_args {
                            self.fields_of(ix, unit.expr(id).scope, ty, 3, &mut found);
                        }
                    }
                    ExprKind::Cast { ty, .. } => {
                        self.fields_of(ix, unit.expr(id).scope, ty, 3, &mut found);
                    }
                    _ => {}
                }
            }
        }
        found.remove("");
        found
    }

    pub(crate) fn fields_of(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        ty: &TypeRef,
        depth: u32,
        found: &mut BTreeSet<String>,
    ) {
        if depth == 0 || found.len() > 400 {
            return;
        }
        for arg in &ty.args {
            self.fields_of(ix, scope, arg, depth, found);
        }
        let Some((tx, id)) = self.program.repository_type_in(ix, scope, ty) else { return };
        let decl = self.program.unit(tx).type_decl(id);
        for field in &decl.fields {
            let new = found.insert(joined(&field.name));
            if new && let Some(ty) = &field.ty {
                self.fields_of(tx, decl.scope, ty, depth - 1, found);
            }
        }
    }

    /// A look before the write, or a rule by its name.
    fn check_guard(&self, reached: &Reached, about: &BTreeSet<String>) -> Option<Repeat> {
        let written: BTreeSet<String> =
            reached.writes().map(|(_, act)| key(&act.to)).filter(|to| !to.is_empty()).collect();
        // A look at something else decides about something else.
        let related = |looked: &str| {
            let looked_key = key(looked);
            looked_key.is_empty()
                || written.contains(&looked_key)
                || words(looked).iter().any(|word| word.len() > 3 && about.contains(&key(word)))
        };
        for (function, leads) in self.deciding(reached, NEAR) {
            let (ix, _) = function;
            if let Some((by, at)) = self.refusal(function, leads, &related) {
                let held = self.is_held(function);
                let guard = if held { Guard::Unique } else { Guard::Check };
                return Some(self.guard(guard, &by, at));
            }
            for (name, at) in &self.doing(function).named {
                if self.says(ix, GuardWord::Check, name) {
                    return Some(self.guard(Guard::Check, name, *at));
                }
            }
        }
        None
    }

    /// Whether a function looks and writes under a lock, in memory: nothing comes between.
    fn is_held(&self, function: FunctionRef) -> bool {
        let doing = self.doing(function);
        doing.named.iter().any(|(name, _)| matches!(name.as_str(), "Lock" | "lock"))
            && doing.acts.iter().any(|act| act.name == "assign")
            && doing.acts.iter().all(|act| act.name == "assign" || !act.deed.writes())
    }

    /// A way out that a function takes where something is there already.
    fn refusal(
        &self,
        function: FunctionRef,
        leads: bool,
        related: &dyn Fn(&str) -> bool,
    ) -> Option<(String, ExprRef)> {
        let (ix, id) = function;
        let program = self.program;
        let unit = program.unit(ix);
        let body = unit.function(id).span;
        let doing = self.doing(function);
        let inside = |span: Span| body.contains(span);
        for exit in unit.exits.iter().filter(|exit| inside(exit.span)) {
            if let Some(value) = exit.value
                && exit.kind == ExitKind::Throw
                && self.tells_of_repeat(ix, value)
            {
                return Some((program.text((ix, value)), (ix, value)));
            }
        }
        for (at, scope) in unit.scopes.iter().enumerate() {
            let ScopeKind::Branch(Some(condition)) = scope.kind else { continue };
            if !inside(scope.span) {
                continue;
            }
            let at = ScopeId(at as u32);
            let writes_inside = doing.acts.iter().any(|act| {
                act.at.0 == ix && act.deed.writes() && scope.span.contains(unit.expr(act.at.1).span)
            });
            let leaves = unit.exits.iter().any(|exit| {
                (exit.kind == ExitKind::Throw || leads && exit.kind != ExitKind::Break)
                    && unit.scopes_around(exit.scope).any(|(around, _)| around == at)
            });
            let parent = scope.parent;
            let else_writes = unit.scopes.iter().any(|other| {
                other.parent == parent
                    && matches!(other.kind, ScopeKind::Branch(_))
                    && other.span.start >= scope.span.end
                    && doing.acts.iter().any(|act| {
                        act.at.0 == ix
                            && act.deed.writes()
                            && other.span.contains(unit.expr(act.at.1).span)
                    })
            });
            if !writes_inside
                && (leaves || else_writes)
                && self.finds((ix, condition), 4).is_some_and(|to| related(&to))
            {
                return Some((program.text((ix, condition)), (ix, condition)));
            }
        }
        if !leads {
            return None;
        }
        // `find(…) ?: create(…)`: what is there is given back.
        for &id in self.body(function) {
            if let ExprKind::Choice(options) = &unit.expr(id).kind
                && let [first, .., last] = &**options
                && self.looked((ix, *first), 3).is_some_and(|to| related(&to))
                && doing.acts.iter().any(|act| {
                    act.at.0 == ix
                        && act.deed.writes()
                        && unit.expr(*last).span.contains(unit.expr(act.at.1).span)
                })
            {
                return Some((program.text((ix, *first)), (ix, *first)));
            }
        }
        None
    }

    /// A condition on something that is set on the way, which leaves or guards what follows.
    fn state_guard(&self, reached: &Reached) -> Option<Repeat> {
        let program = self.program;
        for ((ix, id), _) in self.deciding(reached, NEAR) {
            let unit = program.unit(ix);
            let body = unit.function(id).span;
            for scope in unit.scopes.iter().filter(|scope| body.contains(scope.span)) {
                let ScopeKind::Branch(Some(condition)) = scope.kind else { continue };
                if let Some(name) = self.state_in((ix, condition), &reached.assigned) {
                    return Some(self.guard(Guard::State, &name, (ix, condition)));
                }
            }
            for (name, at) in &self.doing((ix, id)).named {
                if self.says(ix, GuardWord::State, last_part(name)) {
                    return Some(self.guard(Guard::State, name, *at));
                }
            }
        }
        None
    }

    /// A member in a condition that something reached assigns, and whose name says that it is a
    /// state.
    fn state_in(&self, (ix, condition): ExprRef, assigned: &BTreeSet<Name>) -> Option<Name> {
        let unit = self.program.unit(ix);
        let mut open = vec![condition];
        let mut steps = 0;
        while let Some(at) = open.pop() {
            steps += 1;
            if steps > 40 {
                break;
            }
            match &unit.expr(at).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    let own = joined(name);
                    let set = assigned.iter().any(|other| joined(other) == own);
                    if set && self.says(ix, GuardWord::StateField, name) {
                        return Some(name.clone());
                    }
                }
                ExprKind::Call(call) => {
                    if let Some(name) = last_name(unit, call.callee)
                        && self.says(ix, GuardWord::StateField, name)
                    {
                        let own = joined(name);
                        let own = own.strip_prefix("get").unwrap_or(&own);
                        if assigned.iter().any(|other| joined(other) == own) {
                            return Some(name.clone());
                        }
                    }
                }
                _ => {}
            }
            // What stands first is looked at first.
            let from = open.len();
            unit.expr(at).kind.for_each_part(|part| open.push(part));
            open[from..].reverse();
        }
        None
    }
}

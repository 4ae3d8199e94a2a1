//! Stores: what a call is made on, what it is done to, and what a function assigns outside itself.

use groundrule_unit::{BindingKind, Call, ExprId, ExprKind, Name, Target};

use crate::define::Definition;
use crate::effects::{Act, Doing, Effects};
use crate::models::{Deed, GuardWord, last_part};
use crate::program::{ExprRef, FunctionRef, UnitIx, last_name};
use crate::resolve::Entity;
use crate::words::words;

impl Effects<'_, '_> {
    /// `{ upsert: true }`, `upsert=True`, `onConflict`, `.on_conflict_do_nothing()` after it.
    pub(crate) fn asks_for_upsert(&self, at: ExprRef, call: &Call) -> bool {
        let unit = self.program.unit(at.0);
        let named = call.args.iter().any(|arg| {
            let says = |name: &str, value: ExprId| {
                name == "upsert" && !matches!(unit.expr(value).kind, ExprKind::Bool(false))
            };
            match (&arg.name, &unit.expr(arg.value).kind) {
                (Some(name), _) => says(name, arg.value),
                (None, ExprKind::Record(record)) => {
                    record.fields.iter().any(|field| says(&field.name, field.value))
                }
                (None, ExprKind::Call(inner)) => last_name(unit, inner.callee)
                    .is_some_and(|n| n.to_lowercase().contains("upsert")),
                _ => false,
            }
        });
        named || {
            let mut top = at.1;
            let mut found = false;
            while let Some((name, outer)) = crate::settings::chained(unit, top) {
                let name = crate::words::joined(name);
                found |= name.starts_with("onconflict") || name.contains("upsert");
                top = outer;
            }
            found
        }
    }

    /// What a write is done to: the type of what is stored, else the receiver's name.
    pub(crate) fn target_of(&self, ix: UnitIx, call: &Call) -> Name {
        let program = self.program;
        let unit = program.unit(ix);
        for arg in call.args.iter().take(2) {
            for entity in program.entities_within((ix, arg.value), 5) {
                if let Entity::Object((tx, ty)) = entity {
                    return program.unit(tx).type_decl(ty).name.clone();
                }
            }
            // `insert_into(users::table)`
            if let ExprKind::Member { object, name } = &unit.expr(arg.value).kind
                && name == "table"
                && let Some(table) = last_name(unit, *object)
            {
                return table.clone();
            }
        }
        let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else {
            return Name::default();
        };
        // `mongo.collection("orders").insertOne(…)`, `db["orders"].insert_one(…)`
        match &unit.expr(object).kind {
            ExprKind::Call(inner) => inner
                .args
                .first()
                .and_then(|arg| program.constant_text((ix, arg.value)))
                .map(Name::new)
                .or_else(|| match unit.expr(inner.callee).kind {
                    ExprKind::Member { object, .. } => last_name(unit, object).cloned(),
                    _ => None,
                })
                .unwrap_or_default(),
            ExprKind::Index { index, .. } => {
                program.constant_text((ix, *index)).map(Name::new).unwrap_or_default()
            }
            _ => last_name(unit, object).cloned().unwrap_or_default(),
        }
    }

    /// Words of the receiver's name, last first, and of its type's.
    pub(crate) fn receiver_words(
        &self,
        (ix, _): ExprRef,
        call: &Call,
        paths: &[Name],
    ) -> Vec<String> {
        let unit = self.program.unit(ix);
        let mut found = Vec::new();
        let mut at = match unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let mut steps = 0;
        while let Some(object) = at
            && steps < 4
        {
            steps += 1;
            at = match &unit.expr(object).kind {
                ExprKind::Name(name) => {
                    found.extend(words(name).into_iter().rev());
                    None
                }
                ExprKind::Member { object, name } => {
                    found.extend(words(name).into_iter().rev());
                    Some(*object)
                }
                ExprKind::Call(inner) => Some(inner.callee),
                ExprKind::Index { object, .. } => Some(*object),
                _ => None,
            };
        }
        for path in paths {
            let mut parts = path.rsplit('.').skip(1);
            if let Some(ty) = parts.next() {
                found.extend(words(last_part(ty.rsplit('/').next().unwrap_or(ty))));
            }
        }
        // The type as it was declared, where the repository does not know it.
        if let ExprKind::Member { object, .. } = unit.expr(call.callee).kind
            && let ExprKind::Name(name) = &unit.expr(object).kind
        {
            let definition = self.program.definition((ix, object), name);
            if let Some((_, _, ty)) = self.program.declared_type(definition) {
                found.extend(words(last_part(&ty.name)));
            }
        }
        found
    }

    /// Whether a receiver is a collection that the function itself has made.
    pub(crate) fn is_fresh_collection(&self, ix: UnitIx, call: &Call) -> bool {
        let program = self.program;
        let unit = program.unit(ix);
        let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else { return false };
        let ExprKind::Name(name) = &unit.expr(object).kind else {
            return matches!(unit.expr(object).kind, ExprKind::List(_) | ExprKind::Record(_));
        };
        let Definition::Bindings(bx, bindings) = program.definition((ix, object), name) else {
            return false;
        };
        bindings.iter().all(|&id| {
            let binding = &program.unit(bx).bindings[id as usize];
            let local = unit.function_around(binding.scope).is_some();
            let value = binding.value.map(|value| program.kind((bx, value)));
            local
                && match value {
                    Some(ExprKind::List(_) | ExprKind::Record(_)) => true,
                    Some(ExprKind::Call(made)) => last_name(program.unit(bx), made.callee)
                        .is_some_and(|name| {
                            let made = crate::words::joined(name);
                            ["list", "map", "set", "dict", "array", "vec", "buffer", "builder"]
                                .iter()
                                .any(|kind| made.ends_with(kind) || made.starts_with(kind))
                        }),
                    _ => binding
                        .ty
                        .as_ref()
                        .is_some_and(|ty| matches!(ty.name.as_str(), "[]" | "{}")),
                }
        })
    }

    /// Members, elements and variables of the outside that the function assigns.
    pub(crate) fn assignments(&self, function: FunctionRef, doing: &mut Doing) {
        let (ix, id) = function;
        let program = self.program;
        let unit = program.unit(ix);
        let body = unit.function(id).span;
        for binding in unit.bindings.iter().filter(|binding| body.contains(binding.span)) {
            let own = match unit.named_function_around(binding.scope) {
                Some(around) => {
                    around == id || body.contains(unit.function(around).span) == (around == id)
                }
                None => true,
            };
            if !own || !matches!(binding.kind, BindingKind::Assign | BindingKind::Augment) {
                continue;
            }
            let Some(value) = binding.value else { continue };
            match &binding.target {
                Target::Place(place) => self.place_assigned((ix, *place), value, function, doing),
                // A constructor fills what it makes.
                Target::Name(_) if unit.function(id).is_constructor => {}
                Target::Name(name) => {
                    // A field without `this`, or a variable of the file.
                    let scope = binding.scope;
                    let outside = match program.definition_in(ix, scope, binding.span.start, name) {
                        Definition::Field(..) => true,
                        Definition::Bindings(bx, bindings) => bindings.iter().all(|&b| {
                            let declared = &program.unit(bx).bindings[b as usize];
                            program.unit(bx).function_around(declared.scope).is_none()
                        }),
                        _ => false,
                    };
                    if outside {
                        doing.assigned.push(name.clone());
                    }
                }
            }
        }
    }

    fn place_assigned(
        &self,
        place: ExprRef,
        value: ExprId,
        function: FunctionRef,
        doing: &mut Doing,
    ) {
        let (ix, _) = place;
        let program = self.program;
        match program.kind(place) {
            ExprKind::Member { object, name } => {
                let constructor = program.unit(ix).function(function.1).is_constructor;
                if !(constructor && program.is_receiver((ix, *object))) {
                    doing.assigned.push(name.clone());
                }
            }
            // `store[id] = order`: memory that outlives the call.
            ExprKind::Index { object, index } if self.outlives_call((ix, *object)) => {
                let to = last_name(program.unit(ix), *object).cloned().unwrap_or_default();
                let at = (ix, value);
                let made = self.is_generated((ix, *index));
                let deed = if made { Deed::Create } else { Deed::Update };
                doing.acts.push(Act { deed, at, name: Name::new("assign"), to });
            }
            _ => {}
        }
    }

    /// Whether a value is made afresh each time: an id of the server's own.
    fn is_generated(&self, at: ExprRef) -> bool {
        self.program.sources(at).into_iter().any(|(ix, id)| {
            let unit = self.program.unit(ix);
            let mut open = vec![id];
            let mut steps = 0;
            while let Some(at) = open.pop() {
                steps += 1;
                if steps > 20 {
                    break;
                }
                match &unit.expr(at).kind {
                    ExprKind::Name(name) | ExprKind::Member { name, .. }
                        if self.says(ix, GuardWord::Generator, name) =>
                    {
                        return true;
                    }
                    kind => kind.for_each_part(|part| open.push(part)),
                }
            }
            false
        })
    }

    /// Whether something lives longer than a call: a field, or a variable of the file.
    pub(crate) fn outlives_call(&self, at: ExprRef) -> bool {
        let program = self.program;
        match program.kind(at) {
            ExprKind::Member { object, .. } => {
                program.is_receiver((at.0, *object)) || self.outlives_call((at.0, *object))
            }
            ExprKind::Name(name) => match program.definition(at, name) {
                Definition::Field(..) => true,
                Definition::Bindings(ix, bindings) => bindings.iter().all(|&id| {
                    let binding = &program.unit(ix).bindings[id as usize];
                    program.unit(ix).function_around(binding.scope).is_none()
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

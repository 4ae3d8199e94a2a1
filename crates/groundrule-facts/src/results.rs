//! What calls give back: of functions of the repository, of libraries, of what only hands on.

use groundrule_unit::{Call, CallForm, ExprKind, Language, Name};

use crate::models::last_part;
use crate::program::{ExprRef, FunctionRef, Program};
use crate::resolve::{ALTERNATIVES, Entity, HOLDERS};
use crate::written_types::item_type;

impl Program<'_> {
    /// What a call gives back.
    pub(crate) fn call_result(&self, at: ExprRef, call: &Call, steps: u32) -> Vec<Entity> {
        let (ix, _) = at;
        if let Some(through) = self.handed_through(at, call) {
            return self.entities_within(through, steps - 1);
        }
        let callees = self.entities_within((ix, call.callee), steps - 1);
        self.results_of(callees, at, call, steps)
    }

    /// What a call hands through unchanged: Rust's `x.unwrap()`, `Arc::new(x)`.
    pub(crate) fn handed_through(&self, (ix, _): ExprRef, call: &Call) -> Option<ExprRef> {
        let unit = self.unit(ix);
        let ExprKind::Member { object, name } = &unit.expr(call.callee).kind else { return None };
        if unit.language == Language::Rust
            && let [only] = &*call.args
            && matches!(name.as_str(), "new" | "from" | "clone" | "pin")
            && crate::program::last_name(unit, *object)
                .is_some_and(|holder| HOLDERS.contains(&holder.as_str()))
        {
            return Some((ix, only.value));
        }
        hands_through(unit.language, name).then_some((ix, *object))
    }

    /// What calls of these give back.
    pub(crate) fn results_of(
        &self,
        callees: Vec<Entity>,
        at: ExprRef,
        call: &Call,
        steps: u32,
    ) -> Vec<Entity> {
        let (ix, _) = at;
        let language = self.unit(ix).language;
        callees
            .into_iter()
            .flat_map(|callee| match callee {
                Entity::Path(path) => vec![self.library_result(at, path, call, language)],
                Entity::Instance(ty) => vec![Entity::Instance(ty)],
                Entity::Type(ty) => vec![Entity::Object(ty)],
                Entity::Function(function) => self.function_result(function, steps - 1),
                Entity::Value(value) => match self.kind(value) {
                    ExprKind::Lambda(function) => {
                        self.function_result((value.0, *function), steps - 1)
                    }
                    _ => Vec::new(),
                },
                // CommonJS: what `require` gives back is the module's default export.
                Entity::Module(module) => self
                    .item_of_module(ix, &module, "default", steps - 1)
                    .unwrap_or_default()
                    .into_iter()
                    .flat_map(|default| match default {
                        Entity::Type(ty) => vec![Entity::Object(ty)],
                        Entity::Function(function) => self.function_result(function, steps - 1),
                        Entity::Value((vx, value)) => match self.kind((vx, value)) {
                            ExprKind::Lambda(f) => self.function_result((vx, *f), steps - 1),
                            _ => Vec::new(),
                        },
                        _ => Vec::new(),
                    })
                    .collect(),
                Entity::Object(_) => Vec::new(),
            })
            .collect()
    }

    /// What a function of a library gives back, by the models and by the habits of names.
    fn library_result(&self, at: ExprRef, path: Name, call: &Call, language: Language) -> Entity {
        let models = self.models.of(language);
        if models.made_by.may_match(last_part(&path))
            && let Some(ty) = models.made_by.find(&path).find(|ty| {
                let given = models.types.get(*ty).map_or(&[][..], |model| &model.given);
                given.is_empty() || self.is_given(at, given)
            })
        {
            return Entity::Instance(ty.clone());
        }
        if let Entity::Instance(ty) = self.settle(path.clone(), language) {
            return Entity::Instance(ty);
        }
        let last = last_part(&path);
        // `T.new()`, `T.builder()`: without a model, an associated function is taken to make a T.
        if call.form == CallForm::New || models.types.contains_key(&path) {
            return Entity::Instance(path);
        }
        if language.constructs_by_call() && last.starts_with(char::is_uppercase) {
            return Entity::Instance(path);
        }
        if language == Language::Rust
            && matches!(last, "new" | "default" | "from" | "connect" | "try_from")
            && let Some((ty, _)) = path.rsplit_once('.')
        {
            return Entity::Instance(Name::new(ty));
        }
        Entity::Path(Name::new(format!("{path}()")))
    }

    /// What a function of the repository gives back: its declared type, else its results.
    pub(crate) fn function_result(&self, (ix, id): FunctionRef, steps: u32) -> Vec<Entity> {
        if steps == 0 {
            return Vec::new();
        }
        let unit = self.unit(ix);
        let function = unit.function(id);
        if function.is_constructor {
            return self.owner_of((ix, id)).map(Entity::Object).into_iter().collect();
        }
        // Of several results the first one is what the call is made for.
        let returns = function.returns.as_ref().map(|ty| match ty.name.as_str() {
            "(,)" => ty.args.first().unwrap_or(ty),
            _ => ty,
        });
        let declared = returns.map(|ty| self.instance(ix, function.scope, ty)).unwrap_or_default();
        if !declared.is_empty() && !self.is_vague(&declared) {
            return declared;
        }
        let given: Vec<Entity> = function
            .results
            .iter()
            .take(ALTERNATIVES)
            .flat_map(|&result| self.entities_within((ix, result), steps - 1))
            .collect();
        if given.is_empty() { declared } else { given }
    }

    /// One of several results of a value; of what gives back one, the first.
    pub(crate) fn element(&self, of: ExprRef, index: u32, steps: u32) -> Vec<Entity> {
        self.entities_within(of, steps)
            .into_iter()
            .flat_map(|entity| match entity {
                Entity::Value((vx, value)) => match self.kind((vx, value)) {
                    ExprKind::List(items) => {
                        items.get(index as usize).map_or_else(Vec::new, |&item| {
                            self.entities_within((vx, item), steps.saturating_sub(1))
                        })
                    }
                    _ if index == 0 => vec![Entity::Value((vx, value))],
                    _ => Vec::new(),
                },
                other if index == 0 => vec![other],
                _ => Vec::new(),
            })
            .collect()
    }

    /// What the items of a collection are.
    pub(crate) fn items(&self, at: ExprRef, steps: u32) -> Vec<Entity> {
        if steps == 0 {
            return Vec::new();
        }
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::List(items) => items
                .iter()
                .take(2)
                .flat_map(|&item| self.entities_within((ix, item), steps - 1))
                .collect(),
            ExprKind::Name(name) => match self.declared_type(self.definition(at, name)) {
                Some((ix, scope, ty)) => match item_type(&ty) {
                    Some(item) => self.instance(ix, scope, item),
                    None => Vec::new(),
                },
                None => self.modelled(at, steps - 1),
            },
            _ => self.modelled(at, steps - 1),
        }
    }

    /// A library's collection, by its model, is taken for what it holds.
    fn modelled(&self, at: ExprRef, steps: u32) -> Vec<Entity> {
        let types = &self.models.of(self.unit(at.0).language).types;
        let mut found = self.entities_within(at, steps);
        found.retain(|entity| matches!(entity, Entity::Instance(ty) if types.contains_key(ty)));
        found
    }
}

/// Whether a method gives back its receiver, or what that holds, as far as look-ups care.
pub(crate) fn hands_through(language: Language, method: &str) -> bool {
    match language {
        Language::Rust => matches!(
            method,
            "unwrap"
                | "expect"
                | "clone"
                | "cloned"
                | "as_ref"
                | "as_mut"
                | "borrow"
                | "into_inner"
                | "get_ref"
                | "to_owned"
                | "into"
                | "unwrap_or_default"
                | "unwrap_or_else"
                | "map_err"
                | "context"
                | "with_context"
                | "wrap_err"
                | "ok"
                | "ok_or"
                | "ok_or_else"
                | "lock"
                | "boxed"
        ),
        Language::CSharp => matches!(method, "ConfigureAwait" | "GetAwaiter" | "GetResult"),
        _ => false,
    }
}

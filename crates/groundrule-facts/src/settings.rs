//! Settings: everything that was set on the way an object was made, a call was prepared, or a
//! client was changed afterwards.

use groundrule_unit::{
    Arg, Call, ExprId, ExprKind, FunctionId, Language, Name, ParamKind, Record, Target,
};

use crate::define::Definition;
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;

/// How deep options inside options are followed.
const DEPTH: u32 = 7;

/// A setting on the way: a keyword argument, a field of a literal, a builder call, a setter, an
/// assignment.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) name: Name,
    /// What it was set to; none for a builder call without arguments.
    pub(crate) value: Option<ExprRef>,
    /// The expression to point at.
    pub(crate) at: ExprRef,
}

/// All settings on the way, outermost first, and what could not be looked into.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) list: Vec<Setting>,
    /// Positional arguments of the call itself.
    pub(crate) positional: Vec<ExprRef>,
    /// Values that may hold settings but come from outside.
    pub(crate) opaque: Vec<ExprRef>,
    seen: Vec<ExprRef>,
}

impl Settings {
    /// Every value on the way whose text may hold settings.
    pub(crate) fn texts(&self) -> impl Iterator<Item = ExprRef> {
        self.positional.iter().copied().chain(self.list.iter().filter_map(|s| s.value))
    }

    /// Adds a setting that stands for itself.
    pub(crate) fn add(&mut self, name: &Name, value: ExprRef) {
        self.push(name, Some(value), value);
    }

    fn push(&mut self, name: &Name, value: Option<ExprRef>, at: ExprRef) {
        if self.list.len() < 400 {
            self.list.push(Setting { name: name.clone(), value, at });
        }
    }
}

impl Program<'_> {
    /// Notes a call on the way: by its own name, and where it is given a key and a value
    /// (`option(KEY, value)`, `put("key", value)`) by the key's.
    fn push_call(&self, name: &Name, ix: UnitIx, call: &Call, settings: &mut Settings) {
        let at = (ix, call.callee);
        settings.push(name, call.args.first().map(|arg| (ix, arg.value)), at);
        if let [key, value] = &*call.args
            && key.name.is_none()
        {
            let named = match self.kind((ix, key.value)) {
                ExprKind::String(text) => Some(text),
                ExprKind::Name(_) | ExprKind::Member { .. } => last_name(self.unit(ix), key.value)
                    .filter(|name| name.starts_with(char::is_uppercase)),
                _ => None,
            };
            if let Some(named) = named {
                settings.push(named, Some((ix, value.value)), at);
            }
        }
    }

    /// The settings of a call or construction: on the way down its receiver, in its arguments,
    /// in the calls chained after it, and on the variable that it is kept in.
    pub(crate) fn settings(&self, at: ExprRef) -> Settings {
        let mut settings = Settings::default();
        if let ExprKind::Call(call) = self.kind(at) {
            settings.positional = call
                .args
                .iter()
                .filter(|arg| arg.name.is_none() && !arg.spread)
                .map(|arg| (at.0, arg.value))
                .collect();
        }
        self.collect_settings(at, &mut settings, DEPTH);
        if let Some(receiver) = self.extended_receiver(at) {
            settings.opaque.retain(|&opaque| opaque != receiver);
        }
        self.settings_after(at, &mut settings);
        settings
    }

    /// The parameter that a method is called on: `options.UseNpgsql(…)` adds to what it is handed,
    /// which holds none of the method's own settings.
    fn extended_receiver(&self, at: ExprRef) -> Option<ExprRef> {
        let ExprKind::Call(call) = self.kind(at) else { return None };
        let ExprKind::Member { object, .. } = *self.kind((at.0, call.callee)) else { return None };
        let receiver = (at.0, object);
        let ExprKind::Name(name) = self.kind(receiver) else { return None };
        let handed = matches!(self.definition(receiver, name), Definition::Param(..));
        (handed && self.unit(at.0).language == Language::CSharp).then_some(receiver)
    }

    /// The options of a call alone: its keyword arguments, the fields of literals among its
    /// arguments, and the calls chained after it. Functions among the arguments are not looked into.
    pub(crate) fn options(&self, at: ExprRef) -> Settings {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let mut settings = match &unit.expr(id).kind {
            ExprKind::Call(call) => self.argument_options(ix, &call.args),
            _ => Settings::default(),
        };
        let mut top = id;
        while let Some((name, outer)) = chained(unit, top) {
            if let ExprKind::Call(call) = &unit.expr(outer).kind {
                let value = call.args.first().map(|arg| (ix, arg.value));
                settings.push(name, value, (ix, call.callee));
            }
            top = outer;
        }
        settings
    }

    /// The calls that a callee is chained on: `r.Methods("GET").HandlerFunc(h)`.
    pub(crate) fn options_before(&self, (ix, callee): ExprRef, settings: &mut Settings) {
        let unit = self.unit(ix);
        let mut under = callee;
        while let ExprKind::Member { object, .. } = &unit.expr(under).kind
            && let ExprKind::Call(call) = &unit.expr(*object).kind
        {
            if let Some(name) = last_name(unit, call.callee) {
                self.push_call(name, ix, call, settings);
            }
            under = call.callee;
        }
    }

    /// The options among the arguments of a call or decorator.
    pub(crate) fn argument_options(&self, ix: UnitIx, args: &[Arg]) -> Settings {
        let mut settings = Settings::default();
        for arg in args {
            let value = (ix, arg.value);
            match &arg.name {
                Some(name) => settings.push(name, Some(value), value),
                None => self.collect_fields(value, &mut settings, 3),
            }
        }
        settings
    }

    /// The fields of an object literal, through names and spreads.
    pub(crate) fn collect_fields(&self, at: ExprRef, settings: &mut Settings, depth: u32) {
        match self.kind(at) {
            ExprKind::Record(record) => {
                for field in record.fields.iter().filter(|field| !field.name.is_empty()) {
                    let value = (at.0, field.value);
                    settings.push(&field.name, Some(value), value);
                }
                for &spread in record.spreads.iter().filter(|_| depth > 0) {
                    self.collect_fields((at.0, spread), settings, depth - 1);
                }
            }
            ExprKind::Name(_) | ExprKind::Member { .. } if depth > 0 => {
                for source in self.sources(at).into_iter().filter(|&source| source != at) {
                    self.collect_fields(source, settings, depth - 1);
                }
            }
            _ => {}
        }
    }

    fn collect_settings(&self, at: ExprRef, settings: &mut Settings, depth: u32) {
        if depth == 0 || settings.seen.contains(&at) {
            return;
        }
        settings.seen.push(at);
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::Call(call) => {
                self.collect_arguments(ix, &call.args, settings, depth);
                if let Some(initializer) = call.initializer {
                    self.collect_settings((ix, initializer), settings, depth.saturating_sub(1));
                }
                if let ExprKind::Member { object, name } = self.kind((ix, call.callee)) {
                    self.push_call(name, ix, call, settings);
                    self.collect_settings((ix, *object), settings, depth);
                }
                // An operator among the arguments: `pipe(timeout(5000))`.
                if let ExprKind::Name(name) = self.kind((ix, call.callee)) {
                    self.push_call(name, ix, call, settings);
                }
                self.collect_factory((ix, call.callee), settings, depth);
            }
            ExprKind::Record(record) => self.collect_record(ix, record, settings, depth),
            ExprKind::Choice(items) | ExprKind::List(items) => {
                // `[("statement_timeout", "5s")]`
                if let [key, value] = **items
                    && let ExprKind::String(name) = self.kind((ix, key))
                    && matches!(self.kind(at), ExprKind::List(_))
                {
                    settings.push(name, Some((ix, value)), (ix, key));
                }
                for &item in items {
                    self.collect_settings((ix, item), settings, depth.saturating_sub(1));
                }
            }
            ExprKind::Cast { operand, .. } => {
                self.collect_settings((ix, *operand), settings, depth);
            }
            ExprKind::Lambda(function) => {
                self.collect_lambda((ix, *function), settings, depth.saturating_sub(1));
            }
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Element { .. } => {
                self.collect_reference(at, settings, depth);
            }
            _ => {}
        }
    }

    fn collect_arguments(&self, ix: UnitIx, args: &[Arg], settings: &mut Settings, depth: u32) {
        for arg in args {
            let value = (ix, arg.value);
            match &arg.name {
                Some(name) => {
                    settings.push(name, Some(value), value);
                    self.collect_settings(value, settings, depth.saturating_sub(1));
                }
                None if arg.spread => self.collect_spread(value, settings, depth),
                None => self.collect_settings(value, settings, depth.saturating_sub(1)),
            }
        }
    }

    fn collect_record(&self, ix: UnitIx, record: &Record, settings: &mut Settings, depth: u32) {
        for field in &record.fields {
            let value = (ix, field.value);
            if !field.name.is_empty() {
                settings.push(&field.name, Some(value), value);
            } else if let Some(key) = field.key {
                let name = match last_name(self.unit(ix), key) {
                    Some(name) => name.clone(),
                    None => Name::new(self.text_with_holes((ix, key))),
                };
                settings.push(&name, Some(value), value);
                if let Some(text) = self.constant_text((ix, key)) {
                    settings.push(&Name::new(text), Some(value), value);
                }
            }
            self.collect_settings(value, settings, depth.saturating_sub(1));
        }
        for &spread in &record.spreads {
            self.collect_spread((ix, spread), settings, depth);
        }
    }

    /// `...options`, `**kwargs`: what callers pass counts.
    fn collect_spread(&self, at: ExprRef, settings: &mut Settings, depth: u32) {
        if let ExprKind::Name(name) = self.kind(at)
            && let Definition::Param(function, index) = self.definition(at, name)
        {
            let declared = self.unit(function.0).function(function.1);
            if declared.params[index].kind == ParamKind::Keywords {
                let known: Vec<&Name> = declared.params.iter().map(|param| &param.name).collect();
                let callers = self.callers(function, &declared.name);
                if callers.is_empty() {
                    self.want_called(&declared.name);
                    settings.opaque.push(at);
                }
                for caller in callers {
                    let ExprKind::Call(call) = self.kind(caller) else { continue };
                    for arg in &call.args {
                        if let Some(name) = &arg.name
                            && !known.contains(&name)
                        {
                            let value = (caller.0, arg.value);
                            settings.push(name, Some(value), value);
                        }
                    }
                }
                return;
            }
        }
        self.collect_settings(at, settings, depth.saturating_sub(1));
    }

    /// A function or constructor of the repository that makes the object: what it sets counts.
    fn collect_factory(&self, callee: ExprRef, settings: &mut Settings, depth: u32) {
        for entity in self.entities_within(callee, 6) {
            if let Entity::Function((fx, function)) = entity {
                for &result in &self.unit(fx).function(function).results {
                    self.collect_settings((fx, result), settings, depth.saturating_sub(1));
                }
            }
        }
    }

    /// A configuration callback: everything that its body sets or calls.
    fn collect_lambda(&self, (ix, function): FunctionRef, settings: &mut Settings, depth: u32) {
        if depth == 0 {
            return;
        }
        let unit = self.unit(ix);
        let body = unit.function(function).span;
        for binding in unit.bindings.iter().filter(|b| body.contains(b.span)) {
            let value = binding.value.map(|value| (ix, value));
            let name = match &binding.target {
                Target::Name(name) => name,
                Target::Place(place) => match last_name(unit, *place) {
                    Some(name) => name,
                    None => continue,
                },
            };
            if let Some(value) = value {
                settings.push(name, Some(value), value);
            }
        }
        for (_, expr) in unit.iter_exprs().filter(|(_, expr)| body.contains(expr.span)) {
            if let ExprKind::Call(call) = &expr.kind
                && let Some(name) = last_name(unit, call.callee)
            {
                self.push_call(name, ix, call, settings);
                for arg in call.args.iter().filter(|arg| arg.name.is_some()) {
                    if let Some(name) = &arg.name {
                        settings.push(name, Some((ix, arg.value)), (ix, arg.value));
                    }
                }
            }
            if let ExprKind::Record(record) = &expr.kind {
                self.collect_record(ix, record, settings, depth.min(2));
            }
        }
    }

    /// A name or member: where it comes from, and what was changed on it.
    fn collect_reference(&self, at: ExprRef, settings: &mut Settings, depth: u32) {
        let sources = self.sources(at);
        let unresolved = sources.is_empty() || sources == [at];
        if unresolved && !self.is_library_name(at) {
            settings.opaque.push(at);
        }
        for source in sources {
            if source != at {
                self.collect_settings(source, settings, depth.saturating_sub(1));
                self.settings_on_keeper(source, settings, depth.saturating_sub(1));
            }
        }
        if let ExprKind::Name(name) = self.kind(at)
            && let Definition::Bindings(ix, bindings) = self.definition(at, name)
        {
            for binding in bindings {
                self.settings_on_variable(ix, binding, settings, depth.saturating_sub(1));
            }
        }
    }

    /// A name that stands for something of a library rather than for an unknown value. A parameter
    /// is a value, also where its type is declared in the repository.
    fn is_library_name(&self, at: ExprRef) -> bool {
        let is_param = || match self.kind(at) {
            ExprKind::Name(name) => matches!(self.definition(at, name), Definition::Param(..)),
            _ => false,
        };
        self.entities_within(at, 5).iter().any(|entity| match entity {
            Entity::Value(_) => false,
            Entity::Object(_) => !is_param(),
            _ => true,
        })
    }

    /// What happens to an object after it was made: calls chained after it, and what is set on
    /// the variable or field that keeps it.
    fn settings_after(&self, at: ExprRef, settings: &mut Settings) {
        let top = self.chain_up(at, settings);
        self.settings_on_keeper(top, settings, DEPTH - 2);
    }

    /// Follows `made().a(x).b(y)` upwards; gives back the outermost call.
    fn chain_up(&self, (ix, id): ExprRef, settings: &mut Settings) -> ExprRef {
        let unit = self.unit(ix);
        let mut top = id;
        while let Some((name, outer)) = chained(unit, top) {
            if let ExprKind::Call(call) = &unit.expr(outer).kind {
                self.push_call(name, ix, call, settings);
                self.collect_arguments(ix, &call.args, settings, DEPTH - 1);
            }
            top = outer;
        }
        (ix, top)
    }

    /// What is set on the variable or field that an expression is the value of.
    fn settings_on_keeper(&self, (ix, value): ExprRef, settings: &mut Settings, depth: u32) {
        if depth == 0 {
            return;
        }
        let unit = self.unit(ix);
        let mut value = value;
        for _ in 0..4 {
            if let Some(bindings) = self.unit_index(ix).by_value.get(&value) {
                for &binding in bindings {
                    self.settings_on_variable(ix, binding, settings, depth);
                }
            }
            match unit.expr(value).parent {
                Some(parent)
                    if matches!(
                        unit.expr(parent).kind,
                        ExprKind::Choice(_) | ExprKind::Cast { .. } | ExprKind::Element { .. }
                    ) =>
                {
                    value = parent;
                }
                _ => return,
            }
        }
    }

    fn settings_on_variable(&self, ix: UnitIx, id: u32, settings: &mut Settings, depth: u32) {
        let unit = self.unit(ix);
        let binding = &unit.bindings[id as usize];
        match &binding.target {
            Target::Name(name) => {
                let home = unit.function_around(binding.scope);
                for &usage in self.unit_index(ix).uses.get(name).into_iter().flatten() {
                    let inside = home.is_none_or(|home| {
                        unit.scopes_around(unit.expr(usage).scope).any(|(_, scope)| {
                            matches!(scope.kind, groundrule_unit::ScopeKind::Function(f) if f == home)
                        })
                    });
                    if inside && unit.expr(usage).span.start > binding.span.start {
                        self.settings_at_use(ix, usage, settings, depth);
                    }
                }
            }
            Target::Place(place) => {
                let ExprKind::Member { object, name } = &unit.expr(*place).kind else { return };
                if !self.is_receiver((ix, *object)) {
                    return;
                }
                for (usage, expr) in unit.iter_exprs() {
                    if let ExprKind::Member { object, name: used } = &expr.kind
                        && used == name
                        && usage != *place
                        && self.is_receiver((ix, *object))
                    {
                        self.settings_at_use(ix, usage, settings, depth);
                    }
                }
            }
        }
    }

    /// `x.timeout = 5`, `x.setTimeout(5)`, `install(x, {…})`.
    fn settings_at_use(&self, ix: UnitIx, usage: ExprId, settings: &mut Settings, depth: u32) {
        let unit = self.unit(ix);
        let Some(parent) = unit.expr(usage).parent else { return };
        match &unit.expr(parent).kind {
            ExprKind::Member { object, name } if *object == usage => {
                if let Some(value) = self.assigned_to_place(ix, parent) {
                    settings.push(name, Some((ix, value)), (ix, parent));
                    self.collect_settings((ix, value), settings, depth.saturating_sub(1));
                    return;
                }
                let mut top = usage;
                while let Some((name, outer)) = chained(unit, top) {
                    // What another call is given bounds that one only.
                    if self.is_call_of_its_own((ix, outer)) {
                        return;
                    }
                    if let ExprKind::Call(call) = &unit.expr(outer).kind {
                        self.push_call(name, ix, call, settings);
                        // What one call over the network is given holds for that call only.
                        if !self.is_single_call((ix, outer)) {
                            self.collect_arguments(ix, &call.args, settings, depth.min(3));
                        }
                    }
                    top = outer;
                }
                // `client.defaults.timeout = 5`
                if top == usage
                    && let Some(outer) = unit.expr(parent).parent
                    && let ExprKind::Member { name, .. } = &unit.expr(outer).kind
                    && let Some(value) = self.assigned_to_place(ix, outer)
                {
                    settings.push(name, Some((ix, value)), (ix, outer));
                }
            }
            ExprKind::Call(call) if call.callee != usage => {
                if let Some(name) = last_name(unit, call.callee)
                    && call.args.first().is_some_and(|arg| arg.value == usage)
                {
                    settings.push(name, Some((ix, parent)), (ix, parent));
                    for arg in call.args.iter().filter(|arg| arg.value != usage) {
                        self.collect_settings((ix, arg.value), settings, depth.min(3));
                    }
                }
            }
            _ => {}
        }
    }

    fn assigned_to_place(&self, ix: UnitIx, place: ExprId) -> Option<ExprId> {
        let unit = self.unit(ix);
        let name = last_name(unit, place)?;
        self.unit_index(ix).members.get(name)?.iter().find_map(|&id| {
            let binding = &unit.bindings[id as usize];
            match binding.target {
                Target::Place(target) if target == place => binding.value,
                _ => None,
            }
        })
    }

    /// The function whose body or lambda holds an expression, from the inside out, with the
    /// lambda's own expression.
    pub(crate) fn functions_around(&self, (ix, id): ExprRef) -> Vec<FunctionId> {
        let unit = self.unit(ix);
        unit.scopes_around(unit.expr(id).scope)
            .filter_map(|(_, scope)| match scope.kind {
                groundrule_unit::ScopeKind::Function(function) => Some(function),
                _ => None,
            })
            .collect()
    }
}

/// The method called on an expression, with the call.
pub(crate) fn chained(unit: &groundrule_unit::Unit, id: ExprId) -> Option<(&Name, ExprId)> {
    let parent = unit.expr(id).parent?;
    let ExprKind::Member { object, name } = &unit.expr(parent).kind else { return None };
    if *object != id {
        return None;
    }
    let outer = unit.expr(parent).parent?;
    match &unit.expr(outer).kind {
        ExprKind::Call(call) if call.callee == parent => Some((name, outer)),
        _ => None,
    }
}

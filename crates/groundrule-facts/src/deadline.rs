//! Knobs: what a setting is set to, deadlines that a context or signal carries, and constructs
//! that bound every call inside them.

use groundrule_unit::{Dependency, DocumentKind, ExprKind, Name, NodeValue, ScopeKind};

use crate::define::Definition;
use crate::models::{Carrier, CarrierState, KnobModel, ZeroMeans, glob_matches, last_part};
use crate::program::{ExprRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::settings::Settings;
use crate::values::Value;
use crate::{Knob, KnobState};

/// How far a context is followed.
const STEPS: u32 = 8;

impl Program<'_> {
    /// What a knob is set to at a call with these settings.
    pub(crate) fn knob(&self, model: &KnobModel, settings: &Settings, at: ExprRef) -> Knob {
        let mut best: Option<Knob> = None;
        let mut keep = |knob: Knob| {
            let better = match &best {
                None => true,
                Some(have) => rank(knob.state) < rank(have.state),
            };
            if better {
                best = Some(knob);
            }
        };
        for setting in &settings.list {
            if model.disabled_by.contains(&setting.name) {
                return Knob {
                    state: KnobState::None,
                    value: String::new(),
                    by: setting.name.to_string(),
                    place: Some(self.place(setting.at)),
                };
            }
            if model.set.contains(&setting.name)
                && !(model.ignores_assignment && self.is_assigned(setting.at))
            {
                keep(self.turned(&setting.name, setting.value, setting.at, model.zero));
            }
            if model.inherited_by.contains(&setting.name) {
                keep(Knob {
                    state: KnobState::Inherited,
                    value: setting.name.to_string(),
                    by: setting.name.to_string(),
                    place: Some(self.place(setting.at)),
                });
            }
            if model.carriers.contains(&setting.name)
                && let Some(value) = setting.value
            {
                keep(self.carried(value, STEPS));
            }
        }
        for &position in &model.positions {
            if let Some(&value) = settings.positional.get(position as usize) {
                keep(self.turned(
                    &Name::new(format!("argument {}", position + 1)),
                    Some(value),
                    value,
                    model.zero,
                ));
            }
        }
        for at in settings.texts().filter(|_| !model.text.is_empty()) {
            let text = self.text_with_holes(at);
            if let Some(key) = model.text.iter().find(|key| text.contains(key.as_str())) {
                let value = text.split(key.as_str()).nth(1).unwrap_or_default();
                let value = value.trim_start_matches(['=', ' ', ':']);
                let none = value.starts_with('0') || value.starts_with('-');
                keep(Knob {
                    state: if none { KnobState::None } else { KnobState::Finite },
                    value: value.split(['&', ';', ' ']).next().unwrap_or_default().to_owned(),
                    by: key.to_string(),
                    place: Some(self.place(at)),
                });
            }
        }
        if let Some(context) = model.context
            && let Some(&value) = settings.positional.get(context as usize)
        {
            keep(self.carried(value, STEPS));
        }
        if let Some(knob) = best.take_if(|knob| knob.state == KnobState::Finite) {
            return knob;
        }
        if let Some(knob) = self.configured(model, at.0) {
            return knob;
        }
        if let Some(knob) = self.set_elsewhere(model, at.0) {
            return knob;
        }
        match best {
            Some(knob) => knob,
            None => self.knob_left_alone(model, settings),
        }
    }

    /// Whether a setting is an assignment to a member.
    fn is_assigned(&self, (ix, id): ExprRef) -> bool {
        let unit = self.unit(ix);
        matches!(unit.expr(id).kind, ExprKind::Member { .. })
            && !unit.expr(id).parent.is_some_and(|parent| {
                matches!(&unit.expr(parent).kind, ExprKind::Call(call) if call.callee == id)
            })
    }

    /// What a call or an assignment anywhere in the service sets for every client.
    fn set_elsewhere(&self, model: &KnobModel, ix: UnitIx) -> Option<Knob> {
        if model.elsewhere.is_empty() {
            return None;
        }
        let own = KnobModel { elsewhere: Vec::new(), ..model.clone() };
        let services = self.services_of(&self.unit(ix).path);
        let language = self.unit(ix).language;
        let units = self.iter_units().filter(|(_, unit)| {
            unit.language == language
                && self.services_of(&unit.path).iter().any(|service| services.contains(service))
        });
        for (ux, unit) in units {
            for wanted in &model.elsewhere {
                let last = last_part(wanted);
                for call in self.calls_of(ux, last) {
                    let ExprKind::Call(callee) = &unit.expr(call).kind else { continue };
                    let paths = self.paths((ux, callee.callee));
                    if !paths.iter().any(|path| glob_matches(wanted, path)) {
                        continue;
                    }
                    let settings = self.settings((ux, call));
                    let knob = match settings.positional.first() {
                        Some(&value) if matches!(self.kind(value), ExprKind::Number(_)) => {
                            self.turned(&Name::new(last), Some(value), value, model.zero)
                        }
                        _ => self.knob(&own, &settings, (ux, call)),
                    };
                    if matches!(
                        knob.state,
                        KnobState::Finite | KnobState::LibraryDefault | KnobState::Inherited
                    ) {
                        return Some(knob);
                    }
                }
                let places = self.unit_index(ux).members.get(last);
                for &binding in places.into_iter().flatten() {
                    let binding = &unit.bindings[binding as usize];
                    let groundrule_unit::Target::Place(place) = binding.target else { continue };
                    if let Some(value) = binding.value
                        && self.paths((ux, place)).contains(wanted)
                    {
                        let at = (ux, place);
                        return Some(self.turned(wanted, Some((ux, value)), at, model.zero));
                    }
                }
            }
        }
        None
    }

    /// Whether a timer ends what a call makes: `setTimeout(() => controller.abort(), 5000)`.
    fn timed_out(&self, (ix, made): ExprRef) -> Option<bool> {
        let unit = self.unit(ix);
        let bindings = self.unit_index(ix).by_value.get(&made)?;
        let names: Vec<&Name> = bindings
            .iter()
            .filter_map(|&id| match &unit.bindings[id as usize].target {
                groundrule_unit::Target::Name(name) => Some(name),
                groundrule_unit::Target::Place(place) => last_name(unit, *place),
            })
            .collect();
        let mut handed_on = false;
        for (id, expr) in unit.iter_exprs() {
            let ended = match &expr.kind {
                ExprKind::Member { object, name } if name == "abort" => {
                    last_name(unit, *object).is_some_and(|name| names.contains(&name))
                }
                ExprKind::Name(name) if names.contains(&name) => {
                    handed_on |= expr.parent.is_some_and(|parent| {
                        matches!(&unit.expr(parent).kind, ExprKind::Call(call) if call.callee != id)
                    });
                    false
                }
                _ => false,
            };
            if ended && self.is_in_timer((ix, id)) {
                return Some(true);
            }
        }
        (!handed_on).then_some(false)
    }

    /// Whether an expression stands in what `setTimeout` is given.
    fn is_in_timer(&self, (ix, id): ExprRef) -> bool {
        let unit = self.unit(ix);
        let mut at = id;
        for _ in 0..24 {
            while let Some(parent) = unit.expr(at).parent {
                if let ExprKind::Call(call) = &unit.expr(parent).kind
                    && call.callee != at
                    && last_name(unit, call.callee).is_some_and(|name| name == "setTimeout")
                {
                    return true;
                }
                at = parent;
            }
            let lambda = unit
                .function_around(unit.expr(at).scope)
                .and_then(|function| self.unit_index(ix).lambdas.get(&function));
            match lambda {
                Some(&lambda) => at = lambda,
                None => return false,
            }
        }
        false
    }

    /// Nobody turned it.
    fn knob_left_alone(&self, model: &KnobModel, settings: &Settings) -> Knob {
        let opaque = settings.opaque.first();
        let (state, place) = match opaque {
            Some(&value)
                if model.opaque_arguments
                    || !model.set.is_empty() && !settings.opaque_is_harmless(self) =>
            {
                (KnobState::Unknown, Some(self.place(value)))
            }
            _ if model.default_unknown => (KnobState::Unknown, None),
            _ if model.default.is_empty() => (KnobState::None, None),
            _ => (KnobState::LibraryDefault, None),
        };
        Knob { state, value: String::new(), by: model.default.to_string(), place }
    }

    /// A setting's value as a knob.
    pub(crate) fn turned(
        &self,
        name: &Name,
        value: Option<ExprRef>,
        at: ExprRef,
        zero: ZeroMeans,
    ) -> Knob {
        let state = match value {
            None => KnobState::Finite,
            Some(value) => state_of(&self.values(value), zero),
        };
        Knob {
            state,
            value: value.map(|value| self.text(value)).unwrap_or_default(),
            by: name.to_string(),
            place: Some(self.place(at)),
        }
    }

    /// The deadline that a context, signal, token or prepared request carries.
    pub(crate) fn carried(&self, at: ExprRef, steps: u32) -> Knob {
        let knob = |state, by: &str| Knob {
            state,
            value: self.text(at),
            by: by.to_owned(),
            place: Some(self.place(at)),
        };
        if steps == 0 {
            return knob(KnobState::Unknown, "");
        }
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::Null => knob(KnobState::None, ""),
            ExprKind::Element { of, .. } => self.carried((ix, *of), steps - 1),
            ExprKind::Choice(options) => options
                .iter()
                .map(|&option| self.carried((ix, option), steps - 1))
                .max_by_key(|knob| rank(knob.state))
                .unwrap_or_else(|| knob(KnobState::Unknown, "")),
            ExprKind::Call(call) => {
                let carriers = &self.models.of(self.unit(ix).language).carriers;
                let paths = self.paths((ix, call.callee));
                for path in &paths {
                    let fits = |model: &&Carrier| call.args.len() >= model.arguments;
                    if let Some(model) = carriers.find(path).find(fits) {
                        let bounded = !model.sets.is_empty()
                            && self.settings(at).list.iter().any(|s| model.sets.contains(&s.name));
                        return match model.state {
                            _ if bounded => knob(KnobState::Finite, last_part(path)),
                            CarrierState::Finite => knob(KnobState::Finite, last_part(path)),
                            CarrierState::None => knob(KnobState::None, last_part(path)),
                            CarrierState::Inherited => knob(KnobState::Inherited, last_part(path)),
                            CarrierState::Timer => match self.timed_out(at) {
                                Some(true) => knob(KnobState::Finite, "setTimeout"),
                                Some(false) => knob(KnobState::None, last_part(path)),
                                None => knob(KnobState::Unknown, last_part(path)),
                            },
                            CarrierState::Any => {
                                let parts = call.args.iter().flat_map(|arg| {
                                    match self.kind((ix, arg.value)) {
                                        ExprKind::List(items) => items.to_vec(),
                                        _ => vec![arg.value],
                                    }
                                });
                                let best = parts
                                    .map(|part| self.carried((ix, part), steps - 1))
                                    .min_by_key(|knob| rank(knob.state));
                                best.unwrap_or_else(|| knob(KnobState::Unknown, ""))
                            }
                        };
                    }
                }
                // A function of the repository that prepares it.
                for entity in self.entities_within((ix, call.callee), 6) {
                    if let Entity::Function((fx, function)) = entity
                        && let Some(&result) = self.unit(fx).function(function).results.first()
                    {
                        let result = match self.kind((fx, result)) {
                            ExprKind::List(items) if !items.is_empty() => items[0],
                            _ => result,
                        };
                        return self.carried((fx, result), steps - 1);
                    }
                }
                // `WithValue(ctx, …)`, `NewRequestWithContext(ctx, …)`, `request.WithContext(ctx)`:
                // what is wrapped decides.
                let own = match call.args.first() {
                    Some(arg) if !self.is_constant(ix, arg.value) => {
                        Some(self.carried((ix, arg.value), steps - 1))
                    }
                    _ => None,
                };
                match own {
                    Some(own) if own.state != KnobState::Unknown => own,
                    _ => match self.kind((ix, call.callee)) {
                        ExprKind::Member { object, .. } => {
                            let under = self.carried((ix, *object), steps - 1);
                            if under.state == KnobState::Unknown {
                                knob(KnobState::Inherited, "")
                            } else {
                                under
                            }
                        }
                        _ => knob(KnobState::Unknown, ""),
                    },
                }
            }
            ExprKind::Member { object, .. } => {
                // `controller.signal`, `source.Token`: the object decides.
                let sources = self.sources(at);
                match sources.as_slice() {
                    [source, ..] if *source != at => self.carried(*source, steps - 1),
                    _ => self.carried((ix, *object), steps - 1),
                }
            }
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => {
                    let unit = self.unit(bx);
                    bindings
                        .iter()
                        .filter_map(|&id| unit.bindings[id as usize].value)
                        .map(|value| self.carried((bx, value), steps - 1))
                        .max_by_key(|knob| rank(knob.state))
                        .unwrap_or_else(|| knob(KnobState::Unknown, ""))
                }
                Definition::Param(function, index) => {
                    let passed: Vec<Knob> = self
                        .arguments_for(function, index, 6)
                        .into_iter()
                        .map(|value| self.carried(value, steps.min(4) - 1))
                        .collect();
                    let bounded = !passed.is_empty()
                        && passed.iter().all(|knob| knob.state == KnobState::Finite);
                    let unbounded = !passed.is_empty()
                        && passed.iter().all(|knob| knob.state == KnobState::None);
                    match passed.into_iter().next() {
                        Some(first) if bounded || unbounded => first,
                        _ => knob(KnobState::Inherited, name),
                    }
                }
                _ => knob(KnobState::Inherited, name),
            },
            _ => knob(KnobState::Unknown, ""),
        }
    }

    fn is_constant(&self, ix: UnitIx, id: groundrule_unit::ExprId) -> bool {
        matches!(
            self.kind((ix, id)),
            ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Template(_)
        )
    }

    /// A construct around an expression that bounds it: a `with` block, a wrapping call, an
    /// annotation of the function.
    pub(crate) fn bounding_scope(&self, at: ExprRef) -> Option<Knob> {
        let scopes = &self.models.of(self.unit(at.0).language).deadline_scopes;
        let used = scopes.names().any(|name| !self.calls_named(last_part(name)).is_empty());
        self.bounding_scope_within(at, if used { 3 } else { 1 })
    }

    /// The construct around an expression, or around every call of the function that it stands in.
    fn bounding_scope_within(&self, at: ExprRef, depth: u32) -> Option<Knob> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let scopes = &self.models.of(unit.language).deadline_scopes;
        let mut inner = id;
        for _ in 0..40 {
            // Outwards through the expressions around it.
            while let Some(parent) = unit.expr(inner).parent {
                if let ExprKind::Call(call) = &unit.expr(parent).kind
                    && call.callee != inner
                    && let Some(knob) = self.bounding_call((ix, call.callee), scopes)
                {
                    return Some(knob);
                }
                inner = parent;
            }
            // Through the blocks around the statement, up to the function.
            let mut lambda = None;
            for (_, scope) in unit.scopes_around(unit.expr(inner).scope) {
                match scope.kind {
                    ScopeKind::With(head) => {
                        if let ExprKind::Call(call) = &unit.expr(head).kind
                            && let Some(knob) = self.bounding_call((ix, call.callee), scopes)
                        {
                            return Some(knob);
                        }
                    }
                    ScopeKind::Function(function) => {
                        let declared = unit.function(function);
                        for annotation in &declared.annotations {
                            if let Some(knob) = self.bounding_call((ix, annotation.callee), scopes)
                            {
                                return Some(knob);
                            }
                        }
                        lambda = self.unit_index(ix).lambdas.get(&function).copied();
                        if depth > 1 && (lambda.is_none() || !declared.name.is_empty()) {
                            let callers = self.callers((ix, function), &declared.name);
                            let around: Option<Vec<Knob>> = callers
                                .into_iter()
                                .map(|caller| self.bounding_scope_within(caller, depth - 1))
                                .collect();
                            if let Some(knob) = around.and_then(|all| all.into_iter().next()) {
                                return Some(knob);
                            }
                        }
                        break;
                    }
                    _ => {}
                }
            }
            inner = lambda?;
        }
        None
    }

    fn bounding_call(
        &self,
        callee: ExprRef,
        scopes: &crate::models::PatternTable<crate::models::DeadlineScope>,
    ) -> Option<Knob> {
        let name = last_name(self.unit(callee.0), callee.1)?;
        if !scopes.may_match(name) {
            return None;
        }
        let path =
            self.paths(callee).into_iter().find(|path| scopes.find(path).next().is_some())?;
        Some(Knob {
            state: KnobState::Finite,
            value: self.text(callee),
            by: path.to_string(),
            place: Some(self.place(callee)),
        })
    }

    /// What configuration files of the service set.
    fn configured(&self, model: &KnobModel, ix: UnitIx) -> Option<Knob> {
        if model.config.is_empty() {
            return None;
        }
        let path = &self.unit(ix).path;
        let services = self.layout.services_running(path);
        let documents = services
            .into_iter()
            .flat_map(|service| self.documents_of(&service.folder))
            .filter(|document| document.kind != DocumentKind::Dockerfile);
        for document in documents {
            for key in &model.config {
                for root in &document.roots {
                    if let Some(entry) = find_key(root, key)
                        && let NodeValue::Scalar(value) = &entry.value.value
                    {
                        return Some(Knob {
                            state: KnobState::Finite,
                            value: value.to_string(),
                            by: key.to_string(),
                            place: Some(document.place(entry.key_span)),
                        });
                    }
                }
            }
        }
        None
    }

    /// What the services running a file depend on of a library: the package that is named first,
    /// with the version that is surest.
    pub(crate) fn dependency_on(&self, path: &str, packages: &[Name]) -> Option<&Dependency> {
        let services = self.layout.services_running(path);
        let all: Vec<&Dependency> = services
            .iter()
            .flat_map(|service| &service.dependencies)
            .chain(self.layout.library_of(path).into_iter().flat_map(|l| &l.dependencies))
            .collect();
        packages.iter().find_map(|package| {
            let mut named: Vec<&Dependency> =
                all.iter().copied().filter(|dependency| dependency.name == *package).collect();
            named.sort_by_key(|dependency| (!dependency.exact, dependency.version.is_none()));
            named.first().copied()
        })
    }
}

impl Settings {
    /// Whether what could not be looked into is too plain to hold settings: a URL, a name, a body.
    pub(crate) fn opaque_is_harmless(&self, program: &Program<'_>) -> bool {
        self.opaque.iter().all(|&at| {
            let name = last_name(program.unit(at.0), at.1).map(|name| name.to_lowercase());
            !name.is_some_and(|name| {
                [
                    "option", "opts", "config", "settings", "kwargs", "params", "init", "client",
                    "axios",
                ]
                .iter()
                .any(|word| name.contains(word))
            })
        })
    }
}

/// An entry by a dotted key in which a `*` part stands for any.
fn find_key<'n>(node: &'n groundrule_unit::Node, key: &str) -> Option<&'n groundrule_unit::Entry> {
    match key.split_once(".*.") {
        Some((front, rest)) => {
            node.at(front)?.value.entries().iter().find_map(|entry| entry.value.at(rest))
        }
        None => node.at(key),
    }
}

/// The smaller, the more it says: a bound wins over anything else.
fn rank(state: KnobState) -> u8 {
    match state {
        KnobState::Finite => 0,
        KnobState::LibraryDefault => 1,
        KnobState::Unbounded => 2,
        KnobState::Unknown => 3,
        KnobState::Inherited => 4,
        KnobState::None => 5,
    }
}

/// What a knob's values amount to.
fn state_of(values: &[Value], zero: ZeroMeans) -> KnobState {
    let states = values.iter().map(|value| match value {
        Value::Null | Value::Bool(false) => KnobState::None,
        Value::Number(number) if *number == 0.0 => match zero {
            ZeroMeans::None => KnobState::None,
            ZeroMeans::Default => KnobState::LibraryDefault,
            ZeroMeans::Finite => KnobState::Finite,
        },
        Value::Number(number) if *number < 0.0 => KnobState::None,
        Value::Text(text) if text.trim() == "0" => KnobState::None,
        _ => KnobState::Finite,
    });
    states.min_by_key(|&state| rank(state)).unwrap_or(KnobState::Finite)
}

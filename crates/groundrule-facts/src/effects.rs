//! What a function does itself: its calls sorted by what they do, the functions that it calls, and
//! the looks by which it refuses a repeat. Computed once a function, and only for those reached.

use std::sync::OnceLock;

use groundrule_unit::{Call, ExprId, ExprKind, FunctionId, Name, ScopeKind, Unit};

use crate::dispatch::Dispatch;
use crate::models::{Deed, GuardWord, last_part};
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::words::words;

/// How many steps a callee is followed: it stands at an injected field or a parameter at most.
const STEPS: u32 = 9;

/// Something that a function does.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    pub(crate) deed: Deed,
    pub(crate) at: ExprRef,
    /// What was called: `save`, or the statement's verb.
    pub(crate) name: Name,
    /// What it is done to, by name: a type, a table, a collection. Empty where unknown.
    pub(crate) to: Name,
}

/// What is known of one function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doing {
    pub(crate) acts: Vec<Act>,
    /// Writes by their names alone, which the repository's own function behind them seems not to
    /// do: a unit of work does them later.
    pub(crate) later: Vec<Act>,
    /// Functions of the repository that it calls, in source order.
    pub(crate) callees: Vec<FunctionRef>,
    /// Calls on something that keeps state, of which nothing is known.
    pub(crate) open: Vec<ExprRef>,
    /// Members and variables of the outside that it assigns.
    pub(crate) assigned: Vec<Name>,
    /// Names of types that it makes and functions that it calls, with their places.
    pub(crate) named: Vec<(Name, ExprRef)>,
}

/// Function by function what was found so far, filled on demand.
#[derive(Debug)]
pub(crate) struct Effects<'p, 'a> {
    pub(crate) program: &'p Program<'a>,
    pub(crate) dispatch: Dispatch,
    functions: Vec<Vec<OnceLock<Doing>>>,
    /// The expressions of each function, its lambdas' included, by unit.
    bodies: Vec<OnceLock<Vec<Vec<ExprId>>>>,
}

impl<'p, 'a> Effects<'p, 'a> {
    pub(crate) fn new(program: &'p Program<'a>) -> Self {
        let functions = program
            .units
            .iter()
            .map(|unit| unit.functions.iter().map(|_| OnceLock::new()).collect())
            .collect();
        let bodies = program.units.iter().map(|_| OnceLock::new()).collect();
        Self { program, dispatch: Dispatch::new(program), functions, bodies }
    }

    /// The expressions of a function's body, those of lambdas in it included, of named functions
    /// in it not.
    pub(crate) fn body(&self, (ix, function): FunctionRef) -> &[ExprId] {
        let unit = self.program.unit(ix);
        &self.bodies[ix.0 as usize].get_or_init(|| bodies(unit))[function.0 as usize]
    }

    /// What a function does itself.
    pub(crate) fn doing(&self, function: FunctionRef) -> &Doing {
        let (ix, id) = function;
        self.functions[ix.0 as usize][id.0 as usize].get_or_init(|| self.look_at(function))
    }

    fn look_at(&self, function: FunctionRef) -> Doing {
        let (ix, id) = function;
        let unit = self.program.unit(ix);
        let mut doing = Doing::default();
        for annotation in &unit.function(id).annotations {
            for arg in &annotation.args {
                self.statement((ix, arg.value), &mut doing);
            }
        }
        for &at in self.body(function) {
            match &unit.expr(at).kind {
                ExprKind::Call(call) => self.call((ix, at), call, &mut doing),
                ExprKind::String(_) | ExprKind::Template(_) => self.statement((ix, at), &mut doing),
                _ => {}
            }
        }
        self.assignments(function, &mut doing);
        let mut seen = std::collections::BTreeSet::new();
        doing.callees.retain(|callee| *callee != function && seen.insert(*callee));
        doing
    }

    /// The functions of one name that a call's arguments fit.
    fn overloads(&self, function: FunctionRef, call: &Call) -> Vec<FunctionRef> {
        let program = self.program;
        let (ix, id) = function;
        let unit = program.unit(ix);
        let declared = unit.function(id);
        let overloads = matches!(
            unit.language,
            groundrule_unit::Language::Java
                | groundrule_unit::Language::Kotlin
                | groundrule_unit::Language::CSharp
        );
        let owner = match &declared.owner {
            Some(groundrule_unit::Owner::Type(ty)) if overloads => Some((ix, *ty)),
            _ => None,
        };
        let Some(owner) = owner else { return vec![function] };
        let fits = |&(fx, f): &FunctionRef| {
            let params = &program.unit(fx).function(f).params;
            let needed = params
                .iter()
                .filter(|p| p.default.is_none() && p.kind == groundrule_unit::ParamKind::Normal)
                .count();
            let rest = params.iter().any(|p| p.kind == groundrule_unit::ParamKind::Rest);
            call.args.len() >= needed && (rest || call.args.len() <= params.len())
        };
        let all: Vec<FunctionRef> =
            program.methods_of(owner, &declared.name).into_iter().filter(fits).take(4).collect();
        if all.is_empty() { vec![function] } else { all }
    }

    /// A string that is a statement of SQL.
    fn statement(&self, at: ExprRef, doing: &mut Doing) {
        let (ix, id) = at;
        let unit = self.program.unit(ix);
        let starts = |id: ExprId| match &unit.expr(id).kind {
            ExprKind::String(text) => looks_like_sql(text),
            ExprKind::Template(parts) => parts.first().is_some_and(|part| match part {
                groundrule_unit::Part::Text(text) => looks_like_sql(text),
                groundrule_unit::Part::Value { .. } => false,
            }),
            _ => false,
        };
        if !starts(id) {
            return;
        }
        // A statement that is put together from pieces is read as a whole.
        let mut whole = id;
        while let Some(parent) = unit.expr(whole).parent
            && matches!(&unit.expr(parent).kind, ExprKind::Binary { op, .. } if op == "+")
        {
            whole = parent;
        }
        let text = self.program.text_with_holes((ix, whole));
        if let Some((deed, table)) = crate::sql::deed(&text) {
            let verb = words(&text).into_iter().next().unwrap_or_default();
            doing.acts.push(Act { deed, at, name: Name::new(verb), to: table });
        }
    }

    fn call(&self, at: ExprRef, call: &Call, doing: &mut Doing) {
        let (ix, _) = at;
        let program = self.program;
        let unit = program.unit(ix);
        let Some(name) = last_name(unit, call.callee) else { return };
        doing.named.push((name.clone(), at));
        let handled = self.handed_over(ix, call, doing);
        if self.annotated_client(at, call, doing) {
            return;
        }
        let table = &program.models.of(unit.language).effects;
        let entities = program.entities_within((ix, call.callee), STEPS);
        let mut functions: Vec<FunctionRef> = Vec::new();
        let mut paths: Vec<Name> = Vec::new();
        for entity in entities {
            match entity {
                Entity::Function(function) => functions.push(function),
                Entity::Type(ty) => {
                    doing.named.push((program.unit(ty.0).type_decl(ty.1).name.clone(), at));
                    functions.extend(self.dispatch.constructors(program, ty));
                }
                Entity::Value((vx, value)) => {
                    if let ExprKind::Lambda(function) = program.kind((vx, value)) {
                        functions.push((vx, *function));
                    }
                }
                Entity::Path(path) | Entity::Instance(path) => paths.push(path),
                Entity::Object(_) | Entity::Module(_) => {}
            }
        }
        // A plain name that nothing parsed so far declares.
        if functions.is_empty()
            && let ExprKind::Name(name) = &unit.expr(call.callee).kind
            && paths.iter().all(|path| !path.contains(['.', '/']))
        {
            program.want_declared(name);
        }
        if let Some(deed) = paths.iter().find_map(|path| table.of_path(path)) {
            self.act(deed, at, call, name, doing);
            return;
        }
        if let Some((deed, method)) = self.request(at, &paths) {
            self.act(deed, at, call, &method, doing);
            return;
        }
        let mut bodies: Vec<FunctionRef> = functions
            .iter()
            .flat_map(|&function| self.overloads(function, call))
            .flat_map(|function| self.dispatch.bodies(program, function))
            .collect();
        // A method of a mapper that an annotation describes: what the annotation does counts.
        if bodies.is_empty() {
            let described =
                |&&(fx, f): &&FunctionRef| !program.unit(fx).function(f).annotations.is_empty();
            let described: Vec<FunctionRef> = functions.iter().filter(described).copied().collect();
            if described.iter().any(|&f| !self.doing(f).acts.is_empty()) {
                bodies = described;
            }
        }
        // A constant that holds a statement: `db.Exec(insertOrder, …)`.
        self.named_statements(ix, call, doing);
        let receiver = self.receiver_words(at, call, &paths);
        let habit = table.of_name(name, &receiver);
        // What a mediator sends goes to the handlers, and nowhere else.
        if handled && habit == Some(Deed::Send) && functions.is_empty() && hands_over(name) {
            return;
        }
        if bodies.is_empty() && functions.is_empty() && habit != Some(Deed::Nothing) {
            bodies = self.by_name(at, call, name, &paths, &receiver);
        }
        if !bodies.is_empty() {
            let stores = receiver.iter().any(|word| self.says(ix, GuardWord::Store, word));
            if let Some(deed) = habit
                && deed.writes()
                && stores
            {
                let to = self.target_of(ix, call);
                doing.later.push(Act { deed, at, name: name.clone(), to });
            }
            doing.callees.extend(bodies);
            return;
        }
        match habit {
            Some(Deed::Nothing) => {}
            Some(deed) if self.is_fresh_collection(ix, call) && deed != Deed::Send => {}
            Some(deed) => self.act(deed, at, call, name, doing),
            // Nothing is known of it, but what it is called on keeps state.
            None if self.outside_state(&receiver, ix, call) => doing.open.push(at),
            None => {}
        }
    }

    /// What a request does whose method is an option: `fetch(url, { method: "POST" })`.
    fn request(&self, at: ExprRef, paths: &[Name]) -> Option<(Deed, Name)> {
        let program = self.program;
        let outbound = paths.iter().find_map(|path| program.outbound_row(at, path))?;
        if outbound.row.method.is_some() {
            return None;
        }
        let method = program.requested_method(outbound, at)?;
        let deed = match method.as_str() {
            "POST" | "PUT" | "PATCH" | "DELETE" => Deed::Send,
            "GET" | "HEAD" => Deed::Look,
            _ => return None,
        };
        Some((deed, Name::new(method.to_lowercase())))
    }

    fn act(&self, deed: Deed, at: ExprRef, call: &Call, name: &Name, doing: &mut Doing) {
        if deed == Deed::Nothing {
            return;
        }
        let to = self.target_of(at.0, call);
        let deed = match deed {
            Deed::Send if name.to_lowercase().starts_with("post") && self.is_in_a_look(at) => {
                Deed::Look
            }
            Deed::Update | Deed::Create if self.asks_for_upsert(at, call) => Deed::Upsert,
            other => other,
        };
        doing.acts.push(Act { deed, at, name: name.clone(), to });
    }

    /// Whether the function around a call says by its name that it only looks something up: what
    /// is posted there is a question.
    fn is_in_a_look(&self, (ix, id): ExprRef) -> bool {
        let unit = self.program.unit(ix);
        let table = &self.program.models.of(unit.language).effects;
        unit.named_function_around(unit.expr(id).scope).is_some_and(|function| {
            let store = ["repository".to_owned()];
            table.of_name(&unit.function(function).name, &store) == Some(Deed::Look)
        })
    }

    /// Functions of the repository that a callee without a known receiver may be, where its name
    /// leaves few.
    fn by_name(
        &self,
        (ix, _): ExprRef,
        call: &Call,
        name: &Name,
        paths: &[Name],
        receiver: &[String],
    ) -> Vec<FunctionRef> {
        let program = self.program;
        let unit = program.unit(ix);
        let ExprKind::Member { .. } = unit.expr(call.callee).kind else { return Vec::new() };
        // A library's own function is known by its module.
        if paths.iter().any(|path| names_a_type(path) || self.is_known_outside(ix, path)) {
            return self.dispatch.rpc(program, name);
        }
        // What a library's method is called too needs more than its name.
        let is_telling = words(name).len() > 1;
        if is_telling {
            program.want_declared(name);
        }
        let tells = |word: &String| word.len() > 3 && !self.says(ix, GuardWord::Store, word);
        let receiver: Vec<&String> = receiver.iter().filter(|word| tells(word)).collect();
        receiver.iter().for_each(|word| program.want_method(name, word));
        let named: Vec<FunctionRef> = program
            .functions_named(name)
            .iter()
            .copied()
            .filter(|&(fx, function)| {
                let other = program.unit(fx);
                let declared = other.function(function);
                other.language == unit.language
                    && declared.owner.is_some()
                    && !declared.is_constructor
                    && declared.params.len() >= call.args.len().min(1)
                    && !other.is_test(declared.span)
            })
            .collect();
        let telling = is_telling && named.len() == 1;
        let named: Vec<FunctionRef> = named
            .into_iter()
            .filter(|&(fx, function)| {
                telling || {
                    let unit = program.unit(fx);
                    let owner = match &unit.function(function).owner {
                        Some(groundrule_unit::Owner::Type(ty)) => unit.type_decl(*ty).name.clone(),
                        Some(groundrule_unit::Owner::Named(ty)) => Name::new(last_part(&ty.name)),
                        None => Name::default(),
                    };
                    words(&owner).iter().any(|word| receiver.contains(&word))
                }
            })
            .collect();
        if named.is_empty() || named.len() > 3 {
            return self.dispatch.rpc(program, name);
        }
        named.iter().flat_map(|&function| self.dispatch.bodies(program, function)).collect()
    }

    /// Whether a qualified name surely is outside the repository: its first part is imported.
    fn is_known_outside(&self, ix: UnitIx, path: &str) -> bool {
        self.program.models.of(self.program.unit(ix).language).knows(path)
            || self
                .program
                .unit(ix)
                .imports
                .iter()
                .any(|import| !import.module.is_empty() && path.starts_with(import.module.as_str()))
    }

    /// What is handed to a call: messages that have handlers, and functions that it will call.
    /// Gives back whether a message has handlers.
    fn handed_over(&self, ix: UnitIx, call: &Call, doing: &mut Doing) -> bool {
        let mut handled = false;
        let program = self.program;
        let unit = program.unit(ix);
        for arg in &call.args {
            let value = (ix, arg.value);
            match program.kind(value) {
                ExprKind::Call(_) | ExprKind::Record(_) => {}
                ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                    if !program.functions_named(name).is_empty() {
                        for entity in program.entities_within(value, 5) {
                            if let Entity::Function(function) = entity {
                                doing.callees.extend(self.dispatch.bodies(program, function));
                            }
                        }
                    }
                }
                _ => continue,
            }
            for entity in program.entities_within(value, 5) {
                if let Entity::Object((tx, ty)) = entity {
                    let name = &program.unit(tx).type_decl(ty).name;
                    let handlers = self.dispatch.handlers_of(name);
                    if handlers.is_empty() && crate::dispatch::is_message(name) {
                        program.want_extended(name);
                    }
                    let before = doing.callees.len();
                    let same = handlers
                        .iter()
                        .copied()
                        .filter(|&(hx, _)| program.unit(hx).language == unit.language);
                    doing.callees.extend(same);
                    handled |= doing.callees.len() > before;
                }
            }
        }
        handled
    }

    /// A method of a client interface that an annotation describes: `@PostMapping` on a Feign
    /// client, `@POST` of Retrofit.
    fn annotated_client(&self, at: ExprRef, call: &Call, doing: &mut Doing) -> bool {
        let program = self.program;
        let (ix, _) = at;
        let unit = program.unit(ix);
        let Some(name) = last_name(unit, call.callee) else { return false };
        let bodiless = program.functions_named(name).iter().copied().find(|&(fx, function)| {
            let declared = program.unit(fx).function(function);
            !declared.has_body && !declared.annotations.is_empty()
        });
        let Some((fx, function)) = bodiless else { return false };
        let declared = program.unit(fx);
        let annotated = declared.function(function).annotations.iter().find_map(|annotation| {
            let name = crate::words::joined(last_name(declared, annotation.callee)?);
            match name.trim_end_matches("mapping").trim_end_matches("exchange") {
                "post" | "put" | "patch" | "delete" => Some(Deed::Send),
                "get" => Some(Deed::Look),
                "modifying" | "insert" | "update" => Some(Deed::Update),
                _ => None,
            }
        });
        let Some(deed) = annotated else { return false };
        let denoted = program.entities_within((ix, call.callee), STEPS);
        if denoted.contains(&Entity::Function((fx, function)))
            && self.dispatch.bodies(program, (fx, function)).is_empty()
        {
            self.act(deed, at, call, name, doing);
            return true;
        }
        false
    }

    /// Constants among the arguments that hold statements.
    fn named_statements(&self, ix: UnitIx, call: &Call, doing: &mut Doing) {
        for arg in call.args.iter().take(2) {
            let value = (ix, arg.value);
            if let ExprKind::Name(_) | ExprKind::Member { .. } = self.program.kind(value)
                && let Some(text) = self.program.constant_text(value)
                && looks_like_sql(&text)
                && let Some((deed, to)) = crate::sql::deed(&text)
            {
                let verb = words(&text).into_iter().next().unwrap_or_default();
                doing.acts.push(Act { deed, at: value, name: Name::new(verb), to });
            }
        }
    }

    /// Whether a call of which nothing is known is made on something that keeps state outside.
    fn outside_state(&self, receiver: &[String], ix: UnitIx, call: &Call) -> bool {
        let unit = self.program.unit(ix);
        let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else { return false };
        // What is called on a result asks nothing of the store.
        matches!(unit.expr(object).kind, ExprKind::Name(_) | ExprKind::Member { .. })
            && receiver.iter().any(|word| self.says(ix, GuardWord::Store, word))
    }

    /// Whether a name holds words of a guard, in the language of a unit.
    pub(crate) fn says(&self, ix: UnitIx, means: GuardWord, name: &str) -> bool {
        self.program.models.of(self.program.unit(ix).language).effects.says(means, name)
    }
}

/// The expressions of each function of a unit: those in its scope and in lambdas' inside it, up to
/// the next function with a name.
fn bodies(unit: &Unit) -> Vec<Vec<ExprId>> {
    let mut found: Vec<Vec<ExprId>> = vec![Vec::new(); unit.functions.len()];
    // By scope: the functions that hold it.
    let holders: Vec<Vec<FunctionId>> = unit
        .scopes
        .iter()
        .enumerate()
        .map(|(at, _)| {
            let mut holders = Vec::new();
            for (_, scope) in unit.scopes_around(groundrule_unit::ScopeId(at as u32)) {
                if let ScopeKind::Function(function) = scope.kind {
                    holders.push(function);
                    if !unit.function(function).name.is_empty() || holders.len() > 16 {
                        break;
                    }
                }
            }
            holders
        })
        .collect();
    for (id, expr) in unit.iter_exprs() {
        for function in &holders[expr.scope.0 as usize] {
            found[function.0 as usize].push(id);
        }
    }
    found
}

/// Whether a path leads through a package to a type: it was resolved, and is of a library.
fn names_a_type(path: &str) -> bool {
    let parts: Vec<&str> = path.split('.').collect();
    parts.len() > 2
        && parts[1..parts.len() - 1].iter().any(|part| part.starts_with(char::is_uppercase))
        && parts[0].starts_with(char::is_lowercase)
}

/// Whether a text may be a statement of SQL at all.
fn looks_like_sql(text: &str) -> bool {
    let text = text.trim_start();
    let verbs = ["insert", "update", "delete", "merge", "replace", "select", "with", "upsert"];
    verbs.iter().any(|verb| {
        text.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb))
            && text[verb.len()..].starts_with(char::is_whitespace)
    })
}

/// Whether a method's name says that a message goes to the one that handles it.
fn hands_over(name: &str) -> bool {
    words(name).first().is_some_and(|verb| {
        matches!(
            verb.as_str(),
            "send" | "execute" | "dispatch" | "ask" | "query" | "invoke" | "run"
        )
    })
}

//! Entities: what an expression denotes, in the repository or outside it.

use groundrule_unit::{
    Call, CallForm, ExprId, ExprKind, Import, Language, Library, Name, ScopeId, Target, TypeRef,
};

use crate::define::Definition;
use crate::models::last_part;
use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef, UnitIx};

/// How many steps from expression to expression a look-up may take.
pub(crate) const STEPS: u32 = 14;
/// The same from type to type.
const TYPE_STEPS: u32 = 8;
/// How many alternatives are followed at each step.
const ALTERNATIVES: usize = 6;

/// What an expression denotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entity {
    /// Something outside the repository, by its qualified name: `requests.get`,
    /// `net/http.Client.Do`. What an unknown function gives back is its name with `()`.
    Path(Name),
    /// An instance of a type outside the repository.
    Instance(Name),
    /// A module of the repository.
    Module(Name),
    Function(FunctionRef),
    Type(TypeIxRef),
    /// An instance of a type of the repository.
    Object(TypeIxRef),
    /// A literal, lambda or other value of the repository.
    Value(ExprRef),
}

impl Entity {
    fn declared_type(self) -> Option<TypeIxRef> {
        match self {
            Entity::Type(ty) => Some(ty),
            _ => None,
        }
    }
}

/// How many calls chained on one another are followed.
const CHAIN: usize = 2_000;

/// Types of Rust whose constructors only hold what they are given.
const HOLDERS: &[&str] = &[
    "Arc",
    "Rc",
    "Box",
    "Data",
    "Mutex",
    "RwLock",
    "RefCell",
    "Cell",
    "Extension",
    "State",
    "Pin",
];

/// Generic types that stand for what they hold: what is called on them is called on their content.
pub(crate) const TRANSPARENT: &[&str] = &[
    "Annotated",
    "Arc",
    "Awaitable",
    "Box",
    "ComponentProvider",
    "CompletableFuture",
    "Data",
    "Deferred",
    "Extension",
    "Form",
    "Future",
    "IOptions",
    "IOptionsMonitor",
    "IOptionsSnapshot",
    "Json",
    "Lazy",
    "Mono",
    "ObjectFactory",
    "ObjectProvider",
    "Observable",
    "Option",
    "Optional",
    "Promise",
    "Provider",
    "Query",
    "Rc",
    "ReqData",
    "Result",
    "RefCell",
    "State",
    "Supplier",
    "Task",
    "Uni",
    "ValueTask",
    "Single",
    "CompletionStage",
    "RwLock",
    "Mutex",
    "OnceCell",
    "OnceLock",
    "LazyLock",
    "Coroutine",
    "Partial",
    "Readonly",
    "ThreadLocal",
    "AtomicReference",
    "ActionResult",
    "ResponseEntity",
    "Pin",
];

impl Program<'_> {
    /// What an expression denotes; empty where nothing is known.
    pub(crate) fn entities(&self, at: ExprRef) -> Vec<Entity> {
        self.entities_within(at, STEPS)
    }

    /// The qualified names outside the repository that a callee may have, for look-ups in models.
    ///
    /// A method of an unknown receiver is `_.method` where anything may have extension methods.
    pub(crate) fn paths(&self, at: ExprRef) -> Vec<Name> {
        let found = self.entities(at);
        if found.is_empty()
            && self.unit(at.0).language.extends_anything()
            && let ExprKind::Member { name, .. } = self.kind(at)
        {
            return vec![Name::new(format!("_.{name}"))];
        }
        found
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Path(path) | Entity::Instance(path) => Some(path),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn entities_within(&self, at: ExprRef, steps: u32) -> Vec<Entity> {
        if steps == 0 {
            return Vec::new();
        }
        match self.kind(at) {
            ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Call(_) => {
                self.denoted.get(at, steps, |&steps| self.find_entities(at, steps))
            }
            _ => self.find_entities(at, steps),
        }
    }

    fn find_entities(&self, at: ExprRef, steps: u32) -> Vec<Entity> {
        let (ix, _) = at;
        let mut found = match self.kind(at) {
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Outside => {
                    let implicit = self.of_implicit_receiver(at, name, steps);
                    if implicit.is_empty() {
                        self.defined(Definition::Outside, ix, name, steps)
                    } else {
                        implicit
                    }
                }
                definition => self.defined(definition, ix, name, steps),
            },
            ExprKind::This => self.this(at),
            ExprKind::Member { object, name } => {
                let objects = self.entities_within((ix, *object), steps - 1);
                match self.only_extension(name, self.unit(ix).language) {
                    Some(function) if objects.is_empty() => vec![Entity::Function(function)],
                    _ => objects
                        .into_iter()
                        .flat_map(|object| self.member_of(object, name, ix, steps))
                        .collect(),
                }
            }
            ExprKind::Call(call) => match self.chain_under(at) {
                Some((root, links)) => self.chain_result(root, &links, steps),
                None => self.call_result(at, call, steps),
            },
            ExprKind::Choice(options) => {
                options.iter().flat_map(|&o| self.entities_within((ix, o), steps - 1)).collect()
            }
            ExprKind::Cast { ty, .. } => {
                let scope = self.unit(ix).expr(at.1).scope;
                self.instance(ix, scope, ty)
            }
            ExprKind::Element { of, index } => self.element((ix, *of), *index, steps - 1),
            ExprKind::Record(record) => match &record.ty {
                Some(ty) => {
                    let scope = self.unit(ix).expr(at.1).scope;
                    self.instance(ix, scope, ty)
                }
                None => vec![Entity::Value(at)],
            },
            ExprKind::Lambda(_)
            | ExprKind::List(_)
            | ExprKind::String(_)
            | ExprKind::Template(_)
            | ExprKind::Number(_) => vec![Entity::Value(at)],
            ExprKind::Each(of) => self.items((ix, *of), steps - 1),
            ExprKind::Index { object, .. } => self.items((ix, *object), steps - 1),
            _ => Vec::new(),
        };
        found.dedup();
        found.truncate(ALTERNATIVES);
        found
    }

    /// A name that a lambda's implicit receiver brings along: `router { GET("/x") { … } }`.
    fn of_implicit_receiver(&self, at: ExprRef, name: &str, steps: u32) -> Vec<Entity> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        if models.receivers.rows().is_empty() || steps < 3 {
            return Vec::new();
        }
        for (_, scope) in unit.scopes_around(unit.expr(id).scope) {
            let groundrule_unit::ScopeKind::Function(function) = scope.kind else { continue };
            let Some(&lambda) = self.unit_index(ix).lambdas.get(&function) else { continue };
            let Some(parent) = unit.expr(lambda).parent else { continue };
            let ExprKind::Call(call) = &unit.expr(parent).kind else { continue };
            let Some(callee) = crate::program::last_name(unit, call.callee) else { continue };
            if call.callee == id || !models.receivers.may_match(callee) {
                continue;
            }
            for path in self.paths_within((ix, call.callee), steps.min(6) - 1) {
                let Some(ty) = models.receivers.find(&path).next() else { continue };
                let member = Name::new(format!("{ty}.{name}"));
                if models.knows(&member)
                    || models.types.get(ty).is_some_and(|model| model.members.contains_key(name))
                {
                    return vec![Entity::Path(member)];
                }
            }
        }
        Vec::new()
    }

    /// The calls chained on one another below a call, innermost first, with what the chain starts
    /// from; none where nothing is.
    fn chain_under(&self, (ix, id): ExprRef) -> Option<(ExprRef, Vec<ExprId>)> {
        let unit = self.unit(ix);
        let mut links = Vec::new();
        let mut under = id;
        while let ExprKind::Call(call) = &unit.expr(under).kind
            && let ExprKind::Member { object, .. } = unit.expr(call.callee).kind
            && matches!(unit.expr(object).kind, ExprKind::Call(_))
            && links.len() < CHAIN
        {
            links.push(under);
            under = object;
        }
        links.reverse();
        (!links.is_empty()).then_some(((ix, under), links))
    }

    /// What a long chain gives back, link by link: a builder's chain may be longer than any number
    /// of steps.
    fn chain_result(&self, root: ExprRef, links: &[ExprId], steps: u32) -> Vec<Entity> {
        let ix = root.0;
        let unit = self.unit(ix);
        let mut found = self.entities_within(root, steps - 1);
        for &link in links {
            let ExprKind::Call(call) = &unit.expr(link).kind else { return Vec::new() };
            let ExprKind::Member { name, .. } = &unit.expr(call.callee).kind else {
                return Vec::new();
            };
            if hands_through(unit.language, name) {
                continue;
            }
            let callees: Vec<Entity> = found
                .into_iter()
                .flat_map(|entity| self.member_of(entity, name, ix, steps))
                .collect();
            found = self.results_of(callees, (ix, link), call, steps);
            found.dedup();
            found.truncate(ALTERNATIVES);
            if found.is_empty() {
                break;
            }
        }
        found
    }

    /// A member of what an expression denotes: values of libraries are instances of their types,
    /// and a module may be a function too (`express()` and `express.Router`).
    fn member_of(&self, object: Entity, name: &str, ix: UnitIx, steps: u32) -> Vec<Entity> {
        let language = self.unit(ix).language;
        let settled = self.settled(object.clone(), language);
        let mut all = Vec::new();
        if let Entity::Path(path) = &object
            && settled != object
        {
            let plain = Name::new(format!("{path}.{name}"));
            if self.models.of(language).knows(&plain) {
                all.push(Entity::Path(plain));
            }
        }
        all.extend(self.member(settled, name, ix, steps - 1));
        all
    }

    fn settled(&self, entity: Entity, language: Language) -> Entity {
        match entity {
            Entity::Path(path) => self.settle(path, language),
            other => other,
        }
    }

    /// A value of a library with a known type is an instance of it.
    pub(crate) fn settle(&self, path: Name, language: Language) -> Entity {
        let models = self.models.of(language);
        if models.made_by.may_match(last_part(&path))
            && let Some(ty) = models.made_by.find(&path).find(|ty| !self.needs_given(ty, language))
        {
            return Entity::Instance(ty.clone());
        }
        if let Some(ty) = self.generated(&path, language) {
            return Entity::Instance(ty);
        }
        match self.library_member(&path, language) {
            Some(ty) => Entity::Instance(ty),
            None => Entity::Path(path),
        }
    }

    /// Whether a type's factories count only with certain arguments.
    fn needs_given(&self, ty: &str, language: Language) -> bool {
        self.models.of(language).types.get(ty).is_some_and(|model| !model.given.is_empty())
    }

    /// The type for which a generated type or factory stands, by the name of a protobuf service.
    fn generated(&self, path: &str, language: Language) -> Option<Name> {
        let models = self.models.of(language);
        let last = last_part(path);
        models
            .generated
            .iter()
            .find(|&ty| {
                models.types[ty].generated.iter().any(|pattern| {
                    let Some((front, back)) = pattern.split_once('$') else { return false };
                    last.strip_prefix(front)
                        .and_then(|rest| rest.strip_suffix(back))
                        .is_some_and(|service| self.is_rpc_service(service))
                })
            })
            .cloned()
    }

    /// The type of `Type.member` by the models.
    fn library_member(&self, path: &str, language: Language) -> Option<Name> {
        let (ty, member) = path.rsplit_once('.')?;
        self.library_member_of(ty, member, language, 0)
    }

    fn library_member_of(
        &self,
        ty: &str,
        member: &str,
        language: Language,
        depth: u32,
    ) -> Option<Name> {
        let model = self.models.of(language).types.get(ty)?;
        match model.members.get(member) {
            Some(name) if name == "self" => Some(Name::new(ty)),
            Some(name) => Some(name.clone()),
            None if depth < 4 => model
                .extends
                .iter()
                .find_map(|base| self.library_member_of(base, member, language, depth + 1))
                .or_else(|| model.fluent.then(|| Name::new(ty))),
            None => None,
        }
    }

    /// What a definition denotes.
    pub(crate) fn defined(
        &self,
        definition: Definition,
        ix: UnitIx,
        name: &str,
        steps: u32,
    ) -> Vec<Entity> {
        if steps == 0 {
            return Vec::new();
        }
        match definition {
            Definition::Bindings(ix, bindings) => {
                let unit = self.unit(ix);
                bindings
                    .iter()
                    .rev()
                    .take(ALTERNATIVES)
                    .flat_map(|&id| {
                        let binding = &unit.bindings[id as usize];
                        match (&binding.ty, binding.value) {
                            (Some(ty), value) => {
                                let typed = self.instance(ix, binding.scope, ty);
                                match value {
                                    // A declared interface says less than the value does.
                                    Some(value) if self.is_vague(&typed) => {
                                        let exact = self.entities_within((ix, value), steps - 1);
                                        if exact.is_empty() { typed } else { exact }
                                    }
                                    _ => typed,
                                }
                            }
                            (None, Some(value)) => self.entities_within((ix, value), steps - 1),
                            (None, None) => Vec::new(),
                        }
                    })
                    .collect()
            }
            Definition::Param(function, index) => self.parameter(function, index, steps),
            Definition::Receiver(function) => match self.owner_of(function) {
                Some(owner) => vec![Entity::Object(owner)],
                None => self.extended(function),
            },
            Definition::Field(ty, index) => self.field(ty, index, steps),
            Definition::Function(function) => vec![Entity::Function(function)],
            Definition::Type(ty) => vec![Entity::Type(ty)],
            Definition::Import(ix, import) => {
                let import = self.unit(ix).imports[import as usize].clone();
                self.imported(ix, &import, steps - 1)
            }
            Definition::Outside => match self.module_of_path(ix, name) {
                Some(module) => vec![Entity::Module(module)],
                None => self.outside(ix, name).into_iter().map(Entity::Path).collect(),
            },
        }
    }

    /// The module that a path in Rust starts with: a crate of the repository, which may be named
    /// anywhere, or a module below one that is imported as a whole.
    fn module_of_path(&self, ix: UnitIx, name: &str) -> Option<Name> {
        let unit = self.unit(ix);
        if unit.language != Language::Rust {
            return None;
        }
        if unit.module.split('.').next() == Some(name) || !self.module(name).is_empty() {
            return Some(Name::new(name));
        }
        let wildcards = unit.imports.iter().filter(|import| import.wildcard);
        wildcards
            .map(|import| Name::new(format!("{}.{name}", import.module)))
            .find(|module| !self.module(module).is_empty())
    }

    /// An instance of the type outside the repository that a function extends.
    fn extended(&self, (ix, id): FunctionRef) -> Vec<Entity> {
        let function = self.unit(ix).function(id);
        match &function.owner {
            Some(groundrule_unit::Owner::Named(ty)) => self.instance(ix, function.declared_in, ty),
            _ => Vec::new(),
        }
    }

    /// The qualified names that a name not declared in the repository may have: through wildcard
    /// imports those that some model knows, else the name itself.
    pub(crate) fn outside(&self, ix: UnitIx, name: &str) -> Vec<Name> {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let own = unit.language.shares_module().then_some(&unit.module);
        let candidates = unit
            .imports
            .iter()
            .filter(|i| i.wildcard)
            .map(|i| &i.module)
            .chain(own)
            .chain(self.global_imports(ix));
        let mut known: Vec<Name> = candidates
            .map(|module| Name::new(format!("{module}.{name}")))
            .filter(|path| models.knows(path))
            .collect();
        for module in unit.language.implicit_imports() {
            let path = Name::new(format!("{module}.{name}"));
            if models.knows(&path) {
                known.push(path);
            }
        }
        if known.is_empty() {
            known.push(Name::new(name));
        }
        known
    }

    /// A declared type that says little: an interface or an outside type that no model knows.
    fn is_vague(&self, entities: &[Entity]) -> bool {
        entities.iter().all(|entity| match entity {
            Entity::Object((ix, ty)) => {
                let decl = self.unit(*ix).type_decl(*ty);
                decl.is_abstract
                    || matches!(
                        decl.kind,
                        groundrule_unit::TypeKind::Interface | groundrule_unit::TypeKind::Trait
                    )
            }
            Entity::Instance(path) => {
                !Language::ALL.iter().any(|&language| self.models.of(language).knows(path))
            }
            _ => true,
        })
    }

    /// `this`: the enclosing type, or what an extension extends.
    fn this(&self, (ix, id): ExprRef) -> Vec<Entity> {
        let unit = self.unit(ix);
        let scope = unit.expr(id).scope;
        for (_, around) in unit.scopes_around(scope) {
            match around.kind {
                groundrule_unit::ScopeKind::Function(function) => {
                    let declared = unit.function(function);
                    if let Some(groundrule_unit::Owner::Named(ty)) = &declared.owner {
                        return self.instance(ix, declared.declared_in, ty);
                    }
                }
                groundrule_unit::ScopeKind::Type(ty) => return vec![Entity::Object((ix, ty))],
                _ => {}
            }
        }
        Vec::new()
    }

    /// A parameter: its declared type, the type that a framework hands to a callback, or what the
    /// repository's callers pass.
    pub(crate) fn parameter(&self, function: FunctionRef, index: usize, steps: u32) -> Vec<Entity> {
        let (ix, id) = function;
        let unit = self.unit(ix);
        let declared = unit.function(id);
        let Some(param) = declared.params.get(index) else { return Vec::new() };
        if let Some(ty) = &param.ty {
            return self.instance(ix, declared.scope, ty);
        }
        let handed = self.handed_by_library(function, index, steps);
        if !handed.is_empty() || !unit.language.is_dynamic() {
            return handed;
        }
        let passed = self.arguments_within(function, index, 3, steps - 1);
        if passed.is_empty()
            && let Some(default) = param.default
        {
            return self.entities_within((ix, default), steps - 1);
        }
        let given: Vec<Entity> = passed
            .into_iter()
            .flat_map(|value| self.entities_within(value, steps.min(6) - 1))
            .collect();
        if given.is_empty() { self.conventional(function, index) } else { given }
    }

    /// What a library hands to a function that is passed to one of its methods.
    fn handed_by_library(&self, (ix, id): FunctionRef, index: usize, steps: u32) -> Vec<Entity> {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let handed_on: Vec<groundrule_unit::ExprId> = if function.name.is_empty() {
            self.unit_index(ix).lambdas.get(&id).copied().into_iter().collect()
        } else {
            self.unit_index(ix).uses.get(&function.name).cloned().unwrap_or_default()
        };
        for expr in handed_on {
            let Some(parent) = unit.expr(expr).parent else { continue };
            let ExprKind::Call(call) = &unit.expr(parent).kind else { continue };
            if call.callee == expr {
                continue;
            }
            let Some(method) = crate::program::last_name(unit, call.callee) else { continue };
            let models = self.models.of(unit.language);
            for path in self.paths_within((ix, call.callee), steps.min(8) - 1) {
                let Some((ty, _)) = path.rsplit_once('.') else { continue };
                if let Some(types) = models.types.get(ty).and_then(|m| m.callbacks.get(method))
                    && let Some(handed) = types.get(index)
                    && !handed.is_empty()
                {
                    return vec![Entity::Instance(handed.clone())];
                }
            }
        }
        Vec::new()
    }

    pub(crate) fn paths_within(&self, at: ExprRef, steps: u32) -> Vec<Name> {
        self.entities_within(at, steps)
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Path(path) | Entity::Instance(path) => Some(path),
                _ => None,
            })
            .collect()
    }

    /// The values that callers in the repository pass for a parameter, at most `most` of them.
    pub(crate) fn arguments_for(
        &self,
        function: FunctionRef,
        index: usize,
        most: usize,
    ) -> Vec<ExprRef> {
        self.arguments_within(function, index, most, STEPS)
    }

    /// The same within a look-up: functions may hand each other what they were called with.
    fn arguments_within(
        &self,
        (ix, id): FunctionRef,
        index: usize,
        most: usize,
        steps: u32,
    ) -> Vec<ExprRef> {
        let function = self.unit(ix).function(id);
        let name = match (&function.name, function.is_constructor) {
            (_, true) => match self.owner_of((ix, id)) {
                Some((tx, ty)) => self.unit(tx).type_decl(ty).name.clone(),
                None => return Vec::new(),
            },
            (name, false) => name.clone(),
        };
        let callers = self.callers_within((ix, id), &name, steps);
        if callers.is_empty() {
            self.want_called(&name);
        }
        callers
            .into_iter()
            .filter_map(|(cx, call)| {
                let ExprKind::Call(call) = self.kind((cx, call)) else { return None };
                self.argument(call, function, index).map(|value| (cx, value))
            })
            .take(most)
            .collect()
    }

    /// Calls of a function of the repository, by name and by what is known of the receiver.
    pub(crate) fn callers(&self, function: FunctionRef, name: &str) -> Vec<ExprRef> {
        self.callers_within(function, name, STEPS)
    }

    fn callers_within(&self, function: FunctionRef, name: &str, steps: u32) -> Vec<ExprRef> {
        self.find_callers(function, name, steps, 24)
    }

    /// All calls of a function, where each of them stands for something of its own.
    pub(crate) fn all_callers(&self, function: FunctionRef, name: &str) -> Vec<ExprRef> {
        self.find_callers(function, name, STEPS, 1_000)
    }

    fn find_callers(
        &self,
        function: FunctionRef,
        name: &str,
        steps: u32,
        most: usize,
    ) -> Vec<ExprRef> {
        let (ix, id) = function;
        let own = self.unit(ix);
        let declared = own.function(id);
        let is_method = declared.owner.is_some();
        let alone = self.functions_named(&declared.name).len() <= 1;
        let renamed = match own.language.is_dynamic() && !is_method && !declared.is_constructor {
            true => self.renamed_calls(function),
            false => Vec::new(),
        };
        if name.is_empty() {
            return renamed;
        }
        self.calls_named(name)
            .iter()
            .copied()
            .filter(|at| !renamed.contains(at))
            .filter(|&(cx, call)| {
                let unit = self.unit(cx);
                if unit.language != own.language {
                    return false;
                }
                let ExprKind::Call(call) = &unit.expr(call).kind else { return false };
                match &unit.expr(call.callee).kind {
                    _ if declared.is_constructor => true,
                    ExprKind::Name(name) => match self.definition((cx, call.callee), name) {
                        Definition::Function(found) => found == function,
                        Definition::Import(..) => {
                            let denoted = self.entities_within((cx, call.callee), steps.min(4));
                            denoted.contains(&Entity::Function(function))
                        }
                        Definition::Outside => alone && !is_method,
                        _ => false,
                    },
                    ExprKind::Member { .. } if is_method && alone => true,
                    ExprKind::Member { .. } => {
                        let denoted = self.entities_within((cx, call.callee), steps.min(6));
                        denoted.iter().any(|denoted| match denoted {
                            Entity::Function(found) => {
                                *found == function || self.implements(function, *found, steps)
                            }
                            _ => false,
                        })
                    }
                    _ => false,
                }
            })
            .chain(renamed.iter().copied())
            .take(most)
            .collect()
    }

    /// Whether a method is one of a type that extends the other method's type.
    fn implements(&self, function: FunctionRef, declared: FunctionRef, steps: u32) -> bool {
        let Some(base) = self.owner_of(declared) else { return false };
        self.owner_of(function).is_some_and(|owner| self.extends(owner, base, steps.min(6)))
    }

    /// Whether a type of the repository extends another, over at most so many steps.
    fn extends(&self, ty: TypeIxRef, base: TypeIxRef, steps: u32) -> bool {
        let supers = self.super_types_within(ty, steps);
        supers.contains(&base)
            || steps > 1 && supers.into_iter().any(|above| self.extends(above, base, steps - 1))
    }

    /// The argument of a call that fills a parameter.
    pub(crate) fn argument(
        &self,
        call: &Call,
        function: &groundrule_unit::Function,
        index: usize,
    ) -> Option<groundrule_unit::ExprId> {
        let param = function.params.get(index)?;
        if let Some(arg) = call.args.iter().find(|arg| arg.name.as_ref() == Some(&param.name)) {
            return Some(arg.value);
        }
        let arg = call.args.get(index)?;
        (arg.name.is_none() && !arg.spread).then_some(arg.value)
    }

    /// A field's type, else what is assigned to it.
    pub(crate) fn field(&self, (ix, ty): TypeIxRef, index: usize, steps: u32) -> Vec<Entity> {
        let decl = self.unit(ix).type_decl(ty);
        let field = &decl.fields[index];
        if let Some(declared) = &field.ty {
            let typed = self.instance(ix, decl.scope, declared);
            if !self.is_vague(&typed) || steps < 2 {
                return typed;
            }
            let given = self.field_values((ix, ty), &field.name, field.default, steps);
            return if given.is_empty() { typed } else { given };
        }
        self.field_values((ix, ty), &field.name, field.default, steps)
    }

    fn field_values(
        &self,
        (ix, ty): TypeIxRef,
        name: &str,
        default: Option<groundrule_unit::ExprId>,
        steps: u32,
    ) -> Vec<Entity> {
        let default = default.map(|value| (ix, value));
        let assigned = self.assigned_to_member((ix, ty), name);
        default
            .into_iter()
            .chain(assigned)
            .chain(self.filled_by_literals((ix, ty), name))
            .take(ALTERNATIVES)
            .flat_map(|value| self.entities_within(value, steps - 1))
            .collect()
    }

    /// What is assigned to a member of a type through its receiver, in the type's own file.
    pub(crate) fn assigned_to_member(&self, (ix, ty): TypeIxRef, name: &str) -> Vec<ExprRef> {
        let unit = self.unit(ix);
        let bindings = self.unit_index(ix).members.get(name).map_or(&[][..], Vec::as_slice);
        let in_literals = self.in_literals((ix, ty), name);
        bindings
            .iter()
            .filter_map(|&id| {
                let binding = &unit.bindings[id as usize];
                let Target::Place(place) = binding.target else { return None };
                let ExprKind::Member { object, .. } = unit.expr(place).kind else { return None };
                let own = self.is_receiver((ix, object))
                    && unit
                        .function_around(binding.scope)
                        .is_none_or(|f| self.type_of_function((ix, f)) == Some((ix, ty)));
                own.then_some((ix, binding.value?))
            })
            .chain(in_literals)
            .collect()
    }

    /// What object literals of a type give a field: Go and Rust construct by them.
    fn in_literals(&self, (ix, ty): TypeIxRef, name: &str) -> Vec<ExprRef> {
        let language = self.unit(ix).language;
        if !matches!(language, Language::Go | Language::Rust) {
            return Vec::new();
        }
        let decl = self.unit(ix).type_decl(ty);
        let mut found = Vec::new();
        for &(rx, record) in self.records_named(&decl.name).iter().take(64) {
            let unit = self.unit(rx);
            let ExprKind::Record(literal) = &unit.expr(record).kind else { continue };
            let Some(field) = literal.fields.iter().find(|field| field.name == name) else {
                continue;
            };
            let scope = unit.expr(record).scope;
            if unit.language == language
                && let Some(written) = &literal.ty
                && self.repository_type_in(rx, scope, written) == Some((ix, ty))
            {
                found.push((rx, field.value));
            }
        }
        found.truncate(ALTERNATIVES);
        found
    }

    /// What composite literals of a type fill a field with, at most a handful.
    pub(crate) fn filled_by_literals(&self, (ix, ty): TypeIxRef, field: &str) -> Vec<ExprRef> {
        let decl = self.unit(ix).type_decl(ty);
        self.literals_named(&decl.name)
            .iter()
            .filter_map(|&(lx, literal)| {
                let ExprKind::Record(record) = self.kind((lx, literal)) else { return None };
                let filled = record.fields.iter().find(|filled| filled.name == field)?;
                let scope = self.unit(lx).expr(literal).scope;
                let own = self.repository_type_in(lx, scope, record.ty.as_ref()?) == Some((ix, ty));
                own.then_some((lx, filled.value))
            })
            .take(8)
            .collect()
    }

    /// The type whose method encloses a function.
    fn type_of_function(&self, (ix, function): FunctionRef) -> Option<TypeIxRef> {
        let unit = self.unit(ix);
        if let Some(owner) = self.owner_of((ix, function)) {
            return Some(owner);
        }
        unit.type_around(unit.function(function).declared_in).map(|ty| (ix, ty)).or_else(|| {
            let outer = unit.function_around(unit.function(function).declared_in)?;
            self.type_of_function((ix, outer))
        })
    }

    /// What an import denotes.
    pub(crate) fn imported(&self, ix: UnitIx, import: &Import, steps: u32) -> Vec<Entity> {
        let module = &import.module;
        let Some(item) = &import.item else {
            if !self.modules_of(ix, module).is_empty() {
                return vec![Entity::Module(module.clone())];
            }
            if self.unit(ix).language.is_dynamic() {
                self.want_module(module);
            }
            return vec![Entity::Path(module.clone())];
        };
        self.item_of_module(ix, module, item, steps)
            .unwrap_or_else(|| vec![Entity::Path(Name::new(format!("{module}.{item}")))])
    }

    /// The units of a module as a file imports it: of several that fit, the nearest.
    pub(crate) fn units_imported(&self, ix: UnitIx, module: &str) -> Vec<UnitIx> {
        let mut units = self.modules_of(ix, module);
        if units.len() > 1 {
            let near = |other: &UnitIx| common_prefix(&self.unit(ix).path, &self.unit(*other).path);
            let best = units.iter().map(near).max().unwrap_or_default();
            units.retain(|unit| near(unit) == best);
        }
        if units.is_empty() {
            units = self.library_units(module);
        }
        units
    }

    /// What a module of TypeScript or JavaScript gives out as a whole.
    pub(crate) fn default_of_module(&self, ix: UnitIx, module: &str) -> Vec<Entity> {
        self.item_of_module(ix, module, "default", TYPE_STEPS).unwrap_or_default()
    }

    /// An item of a module of the repository; none if the module is not of the repository.
    fn item_of_module(
        &self,
        ix: UnitIx,
        module: &str,
        item: &str,
        steps: u32,
    ) -> Option<Vec<Entity>> {
        if steps == 0 {
            return None;
        }
        let language = self.unit(ix).language;
        let units = self.units_imported(ix, module);
        if let Some(definition) = self.declared(&units, item) {
            let unit = match &definition {
                Definition::Bindings(ix, _) => *ix,
                _ => ix,
            };
            return Some(self.defined(definition, unit, item, steps - 1));
        }
        for &unit in &units {
            if let Some(export) = self.unit(unit).exports.iter().find(|e| e.name == item) {
                return Some(self.entities_within((unit, export.value), steps - 1));
            }
            if let Some(value) = self.field_of_default(unit, item) {
                return Some(self.entities_within((unit, value), steps - 1));
            }
            for import in self.unit(unit).imports.iter().filter(|i| i.reexport) {
                if import.wildcard {
                    let found = self.item_of_module(unit, &import.module, item, steps - 1);
                    if found.is_some() {
                        return found;
                    }
                } else if import.local == item {
                    return Some(self.imported(unit, import, steps - 1));
                }
            }
        }
        let below = format!("{module}.{item}");
        if !self.modules_of(ix, &below).is_empty() {
            return Some(vec![Entity::Module(Name::new(below))]);
        }
        // A member of a type: Java's static imports, Rust's associated functions.
        if let Some((outer, ty)) = module.rsplit_once(['.', '/'])
            && let Some(Definition::Type(ty)) = self.declared(self.module(outer), ty)
        {
            return Some(self.member(Entity::Type(ty), item, ix, steps - 1));
        }
        if language == Language::Rust {
            let krate = module.split('.').next().unwrap_or(module);
            let found = self
                .types_named(item)
                .iter()
                .find(|&&(tx, _)| self.unit(tx).module.split('.').next() == Some(krate));
            if let Some(&ty) = found {
                return Some(vec![Entity::Type(ty)]);
            }
            let found = self.functions_named(item).iter().find(|&&(fx, function)| {
                self.unit(fx).module.split('.').next() == Some(krate)
                    && self.unit(fx).function(function).owner.is_none()
            });
            if let Some(&function) = found {
                return Some(vec![Entity::Function(function)]);
            }
        }
        if units.is_empty() && language.is_dynamic() {
            self.want_module(module);
            self.want_module(&below);
        }
        if !units.is_empty() || !language.is_dynamic() || self.is_library(module) {
            self.want_declared(item);
        }
        // What a module of the repository seems not to declare is generated: its name is known.
        None
    }

    /// What a field of the object is that a module gives out as a whole: `module.exports = { a }`.
    fn field_of_default(&self, ix: UnitIx, name: &str) -> Option<ExprId> {
        let unit = self.unit(ix);
        let default = unit.exports.iter().find(|export| export.name == "default")?;
        let ExprKind::Record(record) = &unit.expr(default.value).kind else { return None };
        record.fields.iter().find(|field| field.name == name).map(|field| field.value)
    }

    fn is_library(&self, module: &str) -> bool {
        self.library_named(module).is_some()
    }

    /// The library of the repository that a module is of by its package's name.
    fn library_named(&self, module: &str) -> Option<&Library> {
        self.layout.libraries.iter().find(|library| {
            !library.name.is_empty()
                && module
                    .strip_prefix(library.name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The units of a library of the repository that is imported by its package's name.
    fn library_units(&self, module: &str) -> Vec<UnitIx> {
        match self.library_named(module) {
            Some(library) => self
                .iter_units()
                .filter(|(_, unit)| library.holds(&unit.path))
                .map(|(ix, _)| ix)
                .collect(),
            None => Vec::new(),
        }
    }

    /// A member of an entity.
    pub(crate) fn member(&self, object: Entity, name: &str, ix: UnitIx, steps: u32) -> Vec<Entity> {
        if steps == 0 {
            return Vec::new();
        }
        match object {
            Entity::Path(path) => {
                if self.is_own_module(&path, self.unit(ix).language) {
                    self.want_declared(name);
                }
                vec![Entity::Path(Name::new(format!("{path}.{name}")))]
            }
            Entity::Instance(ty) => {
                let mut all = vec![Entity::Path(Name::new(format!("{ty}.{name}")))];
                let models = self.models.of(self.unit(ix).language);
                if let Some(model) = models.types.get(&ty) {
                    let bases = model.extends.iter();
                    all.extend(bases.map(|b| Entity::Path(Name::new(format!("{b}.{name}")))));
                }
                let language = self.unit(ix).language;
                all.extend(self.extension(last_part(&ty), name, language).map(Entity::Function));
                all
            }
            Entity::Module(module) => {
                self.item_of_module(ix, &module, name, steps - 1).unwrap_or_else(|| {
                    // A package of Go may hold generated files beside others.
                    let language = self.unit(ix).language;
                    let path = Name::new(format!("{module}.{name}"));
                    let is_known =
                        language == Language::Go || self.generated(&path, language).is_some();
                    if is_known { vec![Entity::Path(path)] } else { Vec::new() }
                })
            }
            Entity::Type(ty) | Entity::Object(ty) => self.member_of_type(ty, name, ix, steps),
            Entity::Function(function) => {
                // A static of a function object, or a decorated function: `app.get` where `app`
                // is made by a function of the repository without a known result.
                let _ = function;
                Vec::new()
            }
            Entity::Value(at) => match self.kind(at) {
                ExprKind::Record(record) => record
                    .fields
                    .iter()
                    .filter(|field| field.name == name)
                    .flat_map(|field| self.entities_within((at.0, field.value), steps - 1))
                    .collect(),
                ExprKind::List(_) => Vec::new(),
                _ => Vec::new(),
            },
        }
    }

    fn member_of_type(&self, ty: TypeIxRef, name: &str, ix: UnitIx, steps: u32) -> Vec<Entity> {
        if let Some(definition) = self.member_definition(ty, name, 0) {
            return self.defined(definition, ix, name, steps - 1);
        }
        let assigned = self.assigned_to_member(ty, name);
        if !assigned.is_empty() {
            return assigned
                .into_iter()
                .take(ALTERNATIVES)
                .flat_map(|value| self.entities_within(value, steps - 1))
                .collect();
        }
        // What a base outside the repository brings along.
        let mut inherited = Vec::new();
        for base in self.outside_bases(ty) {
            inherited.extend(self.member(Entity::Instance(base), name, ix, steps - 1));
        }
        if inherited.is_empty() {
            let (tx, id) = ty;
            let decl = &self.unit(tx).type_decl(id).name;
            let language = self.unit(ix).language;
            inherited.extend(self.extension(decl, name, language).map(Entity::Function));
        }
        inherited
    }

    /// The extension function of that name, where the repository has no other function so named:
    /// what it is called on need not be known.
    fn only_extension(&self, name: &str, language: Language) -> Option<FunctionRef> {
        if language == Language::Rust || !language.has_extensions() {
            return None;
        }
        match self.functions_named(name) {
            &[(fx, function)] if self.unit(fx).language == language => {
                self.unit(fx).function(function).is_extension.then_some((fx, function))
            }
            _ => None,
        }
    }

    /// An extension function on a type named so.
    fn extension(&self, ty: &str, name: &str, language: Language) -> Option<FunctionRef> {
        if !language.has_extensions() {
            return None;
        }
        self.functions_named(name).iter().copied().find(|&(fx, function)| {
            let unit = self.unit(fx);
            let function = unit.function(function);
            let general = |owner: &str| {
                matches!(owner, "Any" | "object")
                    || function.type_params.iter().any(|param| param.name == owner)
            };
            function.is_extension
                && unit.language == language
                && matches!(&function.owner, Some(groundrule_unit::Owner::Named(owner))
                    if last_part(&owner.name) == ty || general(&owner.name))
        })
    }

    /// The bases of a type, its bases' included, that the repository does not declare.
    pub(crate) fn outside_bases(&self, ty: TypeIxRef) -> Vec<Name> {
        let mut found = Vec::new();
        let mut open = vec![ty];
        let mut seen = Vec::new();
        while let Some((ix, id)) = open.pop() {
            if seen.contains(&(ix, id)) || seen.len() > 16 {
                continue;
            }
            seen.push((ix, id));
            let decl = self.unit(ix).type_decl(id);
            for base in &decl.supers {
                for entity in self.type_entities(ix, decl.declared_in, base) {
                    match entity {
                        Entity::Type(base) => open.push(base),
                        Entity::Path(path) => found.push(path),
                        _ => {}
                    }
                }
            }
        }
        found
    }

    /// The bases of a type that the repository declares.
    pub(crate) fn super_types(&self, ty: TypeIxRef) -> Vec<TypeIxRef> {
        self.super_types_within(ty, STEPS)
    }

    fn super_types_within(&self, (ix, id): TypeIxRef, steps: u32) -> Vec<TypeIxRef> {
        let decl = self.unit(ix).type_decl(id);
        decl.supers
            .iter()
            .filter_map(|base| {
                let denoted =
                    self.type_entities_within(ix, decl.declared_in, base, steps.min(TYPE_STEPS));
                denoted.into_iter().find_map(Entity::declared_type)
            })
            .filter(|&base| base != (ix, id))
            .collect()
    }

    /// What a call gives back.
    fn call_result(&self, at: ExprRef, call: &Call, steps: u32) -> Vec<Entity> {
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
    fn results_of(
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
    fn element(&self, of: ExprRef, index: u32, steps: u32) -> Vec<Entity> {
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
    fn items(&self, at: ExprRef, steps: u32) -> Vec<Entity> {
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

    /// The type as written at a definition, with the scope it is read in.
    pub(crate) fn declared_type(
        &self,
        definition: Definition,
    ) -> Option<(UnitIx, ScopeId, TypeRef)> {
        match definition {
            Definition::Bindings(ix, bindings) => {
                let binding = &self.unit(ix).bindings[*bindings.last()? as usize];
                Some((ix, binding.scope, binding.ty.clone()?))
            }
            Definition::Param((ix, function), index) => {
                let function = self.unit(ix).function(function);
                Some((ix, function.scope, function.params.get(index)?.ty.clone()?))
            }
            Definition::Field((ix, ty), index) => {
                let decl = self.unit(ix).type_decl(ty);
                Some((ix, decl.scope, decl.fields[index].ty.clone()?))
            }
            _ => None,
        }
    }

    /// Instances of a type as written.
    pub(crate) fn instance(&self, ix: UnitIx, scope: ScopeId, ty: &TypeRef) -> Vec<Entity> {
        if let [inner, ..] = &*ty.args
            && TRANSPARENT.contains(&last_part(&ty.name))
        {
            return self.instance(ix, scope, inner);
        }
        self.type_entities(ix, scope, ty)
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Type(ty) => Some(Entity::Object(ty)),
                Entity::Path(path) => {
                    let language = self.unit(ix).language;
                    let models = self.models.of(language);
                    let other = models.made_by.find(&path).next().cloned();
                    let known = other.or_else(|| self.generated(&path, language));
                    Some(Entity::Instance(known.unwrap_or(path)))
                }
                _ => None,
            })
            .collect()
    }

    /// A type as written, if the repository declares it.
    pub(crate) fn repository_type(&self, ix: UnitIx, ty: &TypeRef) -> Option<TypeIxRef> {
        self.repository_type_in(ix, ScopeId(0), ty)
    }

    pub(crate) fn repository_type_in(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        ty: &TypeRef,
    ) -> Option<TypeIxRef> {
        self.type_entities(ix, scope, ty).into_iter().find_map(Entity::declared_type)
    }

    /// What a type as written denotes: types of the repository or qualified names outside it.
    pub(crate) fn type_entities(&self, ix: UnitIx, scope: ScopeId, ty: &TypeRef) -> Vec<Entity> {
        self.type_entities_within(ix, scope, ty, TYPE_STEPS)
    }

    /// The same; aliases and bounds may name each other in a circle.
    fn type_entities_within(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        ty: &TypeRef,
        steps: u32,
    ) -> Vec<Entity> {
        if steps == 0 || ty.name.is_empty() || matches!(ty.name.as_str(), "[]" | "{}" | "()") {
            return Vec::new();
        }
        let key = (ty.name.clone(), ty.args.len(), steps);
        self.typed.get((ix, scope), key, |(name, arity, steps)| {
            self.find_type_entities(ix, scope, (name, *arity), *steps)
        })
    }

    fn find_type_entities(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        (name, arity): (&Name, usize),
        steps: u32,
    ) -> Vec<Entity> {
        if let Some(bounds) = self.type_parameter(ix, scope, name) {
            return bounds
                .iter()
                .take(2)
                .filter(|bound| bound.name != *name)
                .flat_map(|bound| self.type_entities_within(ix, ScopeId(0), bound, steps - 1))
                .collect();
        }
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or(name);
        let definition = match self.definition_in(ix, scope, u32::MAX, first) {
            // A variable may share a type's name (Go's `item := item.New()`).
            Definition::Bindings(..) | Definition::Param(..) | Definition::Field(..) => {
                self.type_definition(ix, first)
            }
            other => other,
        };
        let mut found = self.defined(definition, ix, first, steps.min(6));
        for part in parts {
            found = found
                .into_iter()
                .flat_map(|entity| match entity {
                    // A field is no type, and its own type may lead back here.
                    Entity::Type(outer) => match self.member_definition(outer, part, 0) {
                        Some(Definition::Type(inner)) => vec![Entity::Type(inner)],
                        _ => Vec::new(),
                    },
                    other => self.member(other, part, ix, steps.min(6)),
                })
                .collect();
        }
        let found: Vec<Entity> = found
            .into_iter()
            .map(|entity| match entity {
                Entity::Type(found) => Entity::Type(self.of_arity(found, arity)),
                other => other,
            })
            .flat_map(|entity| match entity {
                Entity::Type((tx, id)) => {
                    let decl = self.unit(tx).type_decl(id);
                    match &decl.alias_of {
                        Some(target) if target.name != *name => {
                            let aliased =
                                self.type_entities_within(tx, decl.declared_in, target, steps - 1);
                            if aliased.is_empty() { vec![Entity::Type((tx, id))] } else { aliased }
                        }
                        _ => vec![Entity::Type((tx, id))],
                    }
                }
                other => vec![other],
            })
            .collect();
        if found.iter().all(|entity| matches!(entity, Entity::Path(path) if !path.contains('.'))) {
            self.want_declared(last_part(name));
        }
        found
    }

    /// C# tells types of one name apart by the number of their parameters.
    fn of_arity(&self, (tx, id): TypeIxRef, arity: usize) -> TypeIxRef {
        let unit = self.unit(tx);
        let decl = unit.type_decl(id);
        if unit.language != Language::CSharp || decl.type_params.len() == arity {
            return (tx, id);
        }
        let fits = |&&(ox, other): &&TypeIxRef| {
            let other_unit = self.unit(ox);
            other_unit.module == unit.module
                && other_unit.type_decl(other).type_params.len() == arity
        };
        self.types_named(&decl.name).iter().find(fits).copied().unwrap_or((tx, id))
    }

    /// The definition of a type's name, variables left aside.
    fn type_definition(&self, ix: UnitIx, name: &str) -> Definition {
        let index = self.unit_index(ix);
        if let Some(ty) = index.types.get(name).and_then(|all| all.first()) {
            return Definition::Type((ix, *ty));
        }
        match index.imports.get(name).and_then(|all| all.last()) {
            Some(import) => Definition::Import(ix, *import),
            None => Definition::Outside,
        }
    }

    /// The bounds of a type parameter visible in a scope.
    fn type_parameter(&self, ix: UnitIx, scope: ScopeId, name: &str) -> Option<Vec<TypeRef>> {
        let unit = self.unit(ix);
        unit.scopes_around(scope).find_map(|(_, around)| {
            let params = match around.kind {
                groundrule_unit::ScopeKind::Function(f) => &unit.function(f).type_params,
                groundrule_unit::ScopeKind::Type(t) => &unit.type_decl(t).type_params,
                _ => return None,
            };
            params.iter().find(|param| param.name == name).map(|param| param.bounds.clone())
        })
    }
}

/// Whether a method gives back its receiver, or what that holds, as far as look-ups care.
fn hands_through(language: Language, method: &str) -> bool {
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

/// The type of a collection's items.
pub(crate) fn item_type(ty: &TypeRef) -> Option<&TypeRef> {
    match (ty.name.as_str(), &*ty.args) {
        ("{}", [_, value]) => Some(value),
        (_, [item]) => Some(item),
        (_, [_, value]) => Some(value),
        _ => None,
    }
}

/// How many leading folders two paths share.
fn common_prefix(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

//! Entities: what an expression denotes, in the repository or outside it.

use groundrule_unit::{ExprId, ExprKind, Language, Name};

use crate::define::Definition;
use crate::models::last_part;
use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef, UnitIx};
use crate::results::hands_through;

/// How many steps from expression to expression a look-up may take.
pub(crate) const STEPS: u32 = 14;
/// The same from type to type.
pub(crate) const TYPE_STEPS: u32 = 8;
/// How many alternatives are followed at each step.
pub(crate) const ALTERNATIVES: usize = 6;

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
    pub(crate) fn declared_type(self) -> Option<TypeIxRef> {
        match self {
            Entity::Type(ty) => Some(ty),
            _ => None,
        }
    }
}

/// How many calls chained on one another are followed.
pub(crate) const CHAIN: usize = 2_000;

/// Types of Rust whose constructors only hold what they are given.
pub(crate) const HOLDERS: &[&str] = &[
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
    pub(crate) fn generated(&self, path: &str, language: Language) -> Option<Name> {
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
    pub(crate) fn is_vague(&self, entities: &[Entity]) -> bool {
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

    pub(crate) fn paths_within(&self, at: ExprRef, steps: u32) -> Vec<Name> {
        self.entities_within(at, steps)
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Path(path) | Entity::Instance(path) => Some(path),
                _ => None,
            })
            .collect()
    }
}

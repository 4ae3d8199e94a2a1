//! The program: all that was parsed of a repository, with indexes over it. Read-only while linking.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use groundrule_unit::{
    BindingKind, Document, DocumentKind, ExprId, ExprKind, FunctionId, Import, Language, Layout,
    Name, Node, NodeValue, Place, ScopeId, Span, Target, TypeId, Unit,
};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Tracing;
use crate::memo::{Memo, MemoOf};
use crate::models::Models;
use crate::resolve::Entity;

/// The index of a unit in [`Program::units`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitIx(pub u32);

/// An expression of the program.
pub(crate) type ExprRef = (UnitIx, ExprId);
/// A function of the program.
pub(crate) type FunctionRef = (UnitIx, FunctionId);
/// A type of the program.
pub(crate) type TypeIxRef = (UnitIx, TypeId);

/// A protobuf file's declarations, beside the unit that holds its messages.
#[derive(Clone, Debug)]
pub struct ProtoDecl {
    /// The file, whose unit holds the messages.
    pub path: Arc<str>,
    pub package: Option<(Name, Span)>,
    pub services: Vec<ProtoServiceDecl>,
}

/// A protobuf service.
#[derive(Clone, Debug)]
pub struct ProtoServiceDecl {
    pub name: Name,
    pub span: Span,
    pub rpcs: Vec<ProtoRpcDecl>,
}

/// An rpc with its HTTP bindings: method, path and place of each.
#[derive(Clone, Debug)]
pub struct ProtoRpcDecl {
    pub name: Name,
    pub request: Name,
    pub span: Span,
    pub routes: Vec<(Name, Name, Span)>,
}

/// What linking would like to know more about: names that files not parsed so far may declare or
/// call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Types, functions, constants that nothing parsed declares.
    pub declared: BTreeSet<Name>,
    /// Functions whose callers decide something.
    pub called: BTreeSet<Name>,
    /// Types whose implementations or handlers decide something.
    pub extended: BTreeSet<Name>,
    /// Modules that are looked into as a whole, in the form of [`Unit::module`].
    pub modules: BTreeSet<Name>,
    /// Methods of types of which only a word of their names is known.
    pub methods: BTreeSet<(Name, Name)>,
}

impl Wanted {
    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        let Self { declared, called, extended, modules, methods } = self;
        let names = [declared, called, extended, modules];
        names.iter().all(|names| names.is_empty()) && methods.is_empty()
    }

    /// What is wanted here and was not asked for before, noted there as asked for.
    #[must_use]
    pub fn beyond(self, asked: &mut Self) -> Self {
        fn new<T: Ord + Clone>(wanted: BTreeSet<T>, asked: &mut BTreeSet<T>) -> BTreeSet<T> {
            wanted.into_iter().filter(|name| asked.insert(name.clone())).collect()
        }
        Self {
            declared: new(self.declared, &mut asked.declared),
            called: new(self.called, &mut asked.called),
            extended: new(self.extended, &mut asked.extended),
            modules: new(self.modules, &mut asked.modules),
            methods: new(self.methods, &mut asked.methods),
        }
    }
}

/// All that was parsed of a repository.
#[derive(Debug)]
pub struct Program<'a> {
    pub layout: &'a Layout,
    pub models: &'a Models,
    /// Sorted by path.
    pub units: Vec<Unit>,
    /// Sorted by path.
    pub documents: Vec<Document>,
    pub protos: Vec<ProtoDecl>,
    indexes: Vec<UnitIndex>,
    modules: FxHashMap<Name, Vec<UnitIx>>,
    /// Modules by their last part.
    module_ends: FxHashMap<Name, Vec<UnitIx>>,
    types: FxHashMap<Name, Vec<TypeIxRef>>,
    functions: FxHashMap<Name, Vec<FunctionRef>>,
    calls: FxHashMap<Name, Vec<ExprRef>>,
    /// Composite literals of the repository by the last part of their type's name.
    literals: FxHashMap<Name, Vec<ExprRef>>,
    extending: FxHashMap<Name, Vec<TypeIxRef>>,
    /// The documents of each service, by its folder.
    service_documents: FxHashMap<Arc<str>, Vec<usize>>,
    /// What each document holds of the texts that attach tracing, once it is searched.
    pub(crate) deployment_texts: Vec<OnceLock<Option<FxHashSet<Name>>>>,
    /// Object literals by the last part of their type's name.
    records: FxHashMap<Name, Vec<ExprRef>>,
    /// Files that generators wrote, which are not parsed.
    generated: Vec<Arc<str>>,
    /// Imports by the module that they name, Python's by its last part.
    importers: FxHashMap<(Language, Name), Vec<(UnitIx, u32)>>,
    /// The languages in which what star patterns of outbound calls name is imported.
    pub(crate) stars: OnceLock<Vec<Language>>,
    /// What modules of the repository start with: Go's module paths, Python's top packages.
    own_modules: FxHashMap<Language, FxHashSet<Name>>,
    /// Names of the repository's protobuf services.
    rpc_services: BTreeSet<Name>,
    /// C#'s global usings: the folder below which one holds, and the namespace.
    globals: Vec<(String, Name)>,
    wanted: Mutex<Wanted>,
    /// What expressions denote, by the steps that were left.
    pub(crate) denoted: Memo<ExprId, u32, Vec<Entity>>,
    /// What types as written in a scope denote, by name, number of arguments, and steps left.
    pub(crate) typed: Memo<ScopeId, (Name, usize, u32), Vec<Entity>>,
    /// Where values come from.
    pub(crate) traced: Memo<ExprId, (), Vec<ExprRef>>,
    /// What shows tracing in each unit.
    pub(crate) tracing: MemoOf<UnitIx, Vec<Tracing>>,
}

/// What is looked up by name inside one unit.
#[derive(Debug, Default)]
pub(crate) struct UnitIndex {
    /// Bindings of variables by name.
    pub(crate) names: FxHashMap<Name, Vec<u32>>,
    /// Bindings of members by the member's name (`self.timeout = …`, `client.timeout = …`).
    pub(crate) members: FxHashMap<Name, Vec<u32>>,
    pub(crate) functions: FxHashMap<Name, Vec<FunctionId>>,
    pub(crate) types: FxHashMap<Name, Vec<TypeId>>,
    pub(crate) imports: FxHashMap<Name, Vec<u32>>,
    /// Imports whose local name is not their own.
    pub(crate) renamed: Vec<u32>,
    /// Calls by the last part of the callee's name, in source order.
    pub(crate) calls: FxHashMap<Name, Vec<ExprId>>,
    /// Expressions that are a given name, in source order.
    pub(crate) uses: FxHashMap<Name, Vec<ExprId>>,
    /// The function that a lambda expression stands for, reversed.
    pub(crate) lambdas: FxHashMap<FunctionId, ExprId>,
    /// Composite literals by the last part of their type's name.
    pub(crate) literals: FxHashMap<Name, Vec<ExprId>>,
    /// Bindings by the expression that is their value.
    pub(crate) by_value: FxHashMap<ExprId, Vec<u32>>,
}

impl<'a> Program<'a> {
    /// Indexes what was parsed. `units` and `documents` are sorted here, so that the order in
    /// which threads parsed them does not matter.
    pub fn new(
        layout: &'a Layout,
        models: &'a Models,
        mut units: Vec<Unit>,
        mut documents: Vec<Document>,
        mut protos: Vec<ProtoDecl>,
    ) -> Self {
        protos.sort_by(|a, b| a.path.cmp(&b.path));
        units.sort_by(|a, b| a.path.cmp(&b.path));
        documents.sort_by(|a, b| a.path.cmp(&b.path));
        let deployment_texts = documents.iter().map(|_| OnceLock::new()).collect();
        let indexes: Vec<UnitIndex> = units.par_iter().map(UnitIndex::new).collect();
        let count = units.len();
        let mut program = Self {
            layout,
            models,
            units,
            documents,
            protos,
            indexes,
            modules: FxHashMap::default(),
            module_ends: FxHashMap::default(),
            types: FxHashMap::default(),
            functions: FxHashMap::default(),
            calls: FxHashMap::default(),
            literals: FxHashMap::default(),
            extending: FxHashMap::default(),
            service_documents: FxHashMap::default(),
            deployment_texts,
            records: FxHashMap::default(),
            generated: layout
                .left_out
                .iter()
                .filter(|file| file.reason == groundrule_unit::LeftOutReason::Generated)
                .map(|file| file.path.clone())
                .collect(),
            importers: FxHashMap::default(),
            stars: OnceLock::new(),
            own_modules: FxHashMap::default(),
            rpc_services: BTreeSet::new(),
            globals: Vec::new(),
            wanted: Mutex::default(),
            denoted: Memo::new(count),
            typed: Memo::new(count),
            tracing: MemoOf::default(),
            traced: Memo::new(count),
        };
        program.index();
        program
    }

    fn index(&mut self) {
        for (at, document) in self.documents.iter().enumerate() {
            let mut folders: Vec<&Arc<str>> =
                self.layout.services_running(&document.path).iter().map(|s| &s.folder).collect();
            let named = self.layout.services.iter().filter(|service| {
                service.deployment.contains(&document.path)
                    || service.manifests.contains(&document.path)
            });
            folders.extend(named.map(|service| &service.folder));
            folders.sort();
            folders.dedup();
            for folder in folders {
                self.service_documents.entry(folder.clone()).or_default().push(at);
            }
        }
        for (at, unit) in self.units.iter().enumerate() {
            let ix = UnitIx(at as u32);
            self.modules.entry(unit.module.clone()).or_default().push(ix);
            if let Some(root) = own_root(unit) {
                self.own_modules.entry(unit.language).or_default().insert(root);
            }
            for (import, declared) in unit.imports.iter().enumerate() {
                let key = importer_key(&declared.module, unit.language);
                let all = self.importers.entry((unit.language, key)).or_default();
                all.push((ix, import as u32));
            }
            let border = if unit.language == Language::Python { '.' } else { '/' };
            let last = Name::new(unit.module.rsplit(border).next().unwrap_or_default());
            self.module_ends.entry(last).or_default().push(ix);
            for (id, decl) in unit.types.iter().enumerate() {
                for base in &decl.supers {
                    let name = Name::new(crate::models::last_part(&base.name));
                    self.extending.entry(name).or_default().push((ix, TypeId(id as u32)));
                }
                if !decl.name.is_empty() {
                    self.types.entry(decl.name.clone()).or_default().push((ix, TypeId(id as u32)));
                }
            }
            for (id, expr) in unit.iter_exprs() {
                if let ExprKind::Record(record) = &expr.kind
                    && let Some(ty) = &record.ty
                {
                    let name = Name::new(crate::models::last_part(&ty.name));
                    self.records.entry(name).or_default().push((ix, id));
                }
            }
            for (id, function) in unit.functions.iter().enumerate() {
                if !function.name.is_empty() {
                    self.functions
                        .entry(function.name.clone())
                        .or_default()
                        .push((ix, FunctionId(id as u32)));
                }
            }
        }
        let services = self.protos.iter().flat_map(|proto| &proto.services);
        self.rpc_services = services.map(|service| service.name.clone()).collect();
        self.index_globals();
        for (at, index) in self.indexes.iter().enumerate() {
            for (name, literals) in &index.literals {
                let all = self.literals.entry(name.clone()).or_default();
                all.extend(literals.iter().map(|&literal| (UnitIx(at as u32), literal)));
            }
            for (name, calls) in &index.calls {
                let all = self.calls.entry(name.clone()).or_default();
                all.extend(calls.iter().map(|&call| (UnitIx(at as u32), call)));
            }
        }
    }

    /// The documents of a service: in its folder, in the libraries that it uses, and what deploys
    /// it, in path order.
    pub(crate) fn documents_of(&self, folder: &str) -> impl Iterator<Item = &Document> {
        let found = self.service_documents.get(folder).map_or(&[][..], Vec::as_slice);
        found.iter().map(|&at| &self.documents[at])
    }

    /// Notes the namespaces that files of a project need not import: `global using` in any of its
    /// files, `<Using Include="…"/>` in its build file.
    fn index_globals(&mut self) {
        let mut projects: Vec<&str> = self
            .documents
            .iter()
            .filter(|document| document.path.ends_with("proj"))
            .map(|document| folder(&document.path))
            .collect();
        projects.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
        let home = |path: &str| {
            let own = folder(path);
            let inside = |project: &&&str| is_below(own, project);
            projects.iter().find(inside).map_or(own, |project| project).to_owned()
        };
        let mut globals: Vec<(String, Name)> = Vec::new();
        for unit in self.units.iter().filter(|unit| unit.language == Language::CSharp) {
            for import in unit.imports.iter().filter(|i| i.wildcard && i.reexport) {
                globals.push((home(&unit.path), import.module.clone()));
            }
        }
        for document in &self.documents {
            if document.kind == DocumentKind::Xml {
                for root in &document.roots {
                    usings(root, &mut |module| {
                        globals.push((folder(&document.path).to_owned(), Name::new(module)));
                    });
                }
            }
        }
        self.globals = globals;
    }

    /// The namespaces that a file's project imports for all its files.
    pub(crate) fn global_imports(&self, ix: UnitIx) -> impl Iterator<Item = &Name> {
        let unit = self.unit(ix);
        let globals: &[(String, Name)] =
            if unit.language == Language::CSharp { &self.globals } else { &[] };
        let own = folder(&unit.path);
        globals.iter().filter(move |(below, _)| is_below(own, below)).map(|(_, module)| module)
    }

    /// Adds files that are known to be generated since their text was read.
    pub fn know_generated(&mut self, paths: &[Arc<str>]) {
        self.generated.extend_from_slice(paths);
    }

    /// Whether a module, by its name or path, is one of the generated files or holds some.
    pub(crate) fn is_generated(&self, module: &str) -> bool {
        self.generated.iter().any(|path| {
            path.match_indices(module).any(|(start, text)| {
                (start == 0 || path[..start].ends_with('/'))
                    && path[start + text.len()..].starts_with(['/', '.'])
            })
        })
    }

    /// Gives back what was parsed, for the next round.
    pub fn into_parts(self) -> (Vec<Unit>, Vec<Document>, Vec<ProtoDecl>) {
        (self.units, self.documents, self.protos)
    }

    /// The unit behind an index.
    pub fn unit(&self, ix: UnitIx) -> &Unit {
        &self.units[ix.0 as usize]
    }

    pub(crate) fn unit_index(&self, ix: UnitIx) -> &UnitIndex {
        &self.indexes[ix.0 as usize]
    }

    /// All units with their indexes.
    pub fn iter_units(&self) -> impl Iterator<Item = (UnitIx, &Unit)> {
        self.units.iter().enumerate().map(|(at, unit)| (UnitIx(at as u32), unit))
    }

    /// The expression's kind.
    pub fn kind(&self, (unit, expr): ExprRef) -> &ExprKind {
        &self.unit(unit).expr(expr).kind
    }

    /// Where an expression stands.
    pub fn place(&self, (ix, expr): ExprRef) -> Place {
        let unit = self.unit(ix);
        unit.place(unit.expr(expr).span)
    }

    /// The units of a module of the repository.
    pub(crate) fn module(&self, name: &str) -> &[UnitIx] {
        self.modules.get(name).map_or(&[], Vec::as_slice)
    }

    /// Types of the repository by their simple name.
    pub(crate) fn types_named(&self, name: &str) -> &[TypeIxRef] {
        self.types.get(name).map_or(&[], Vec::as_slice)
    }

    /// Types of the repository that name one of that name among their bases.
    pub(crate) fn extending(&self, name: &str) -> &[TypeIxRef] {
        self.extending.get(name).map_or(&[], Vec::as_slice)
    }

    /// Functions of the repository by their simple name.
    pub(crate) fn functions_named(&self, name: &str) -> &[FunctionRef] {
        self.functions.get(name).map_or(&[], Vec::as_slice)
    }

    /// Composite literals of types named so.
    pub(crate) fn literals_named(&self, name: &str) -> &[ExprRef] {
        self.literals.get(name).map_or(&[], Vec::as_slice)
    }

    /// Calls whose callee ends in that name.
    pub(crate) fn calls_named(&self, name: &str) -> &[ExprRef] {
        self.calls.get(name).map_or(&[], Vec::as_slice)
    }

    /// Object literals of a type with that simple name.
    pub(crate) fn records_named(&self, name: &str) -> &[ExprRef] {
        self.records.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether a protobuf file of the repository declares a service of that name.
    pub(crate) fn is_rpc_service(&self, name: &str) -> bool {
        self.rpc_services.contains(name)
    }

    /// Units whose module ends in `suffix` at a part's border, in path order. Go's imports are
    /// whole: `log` is never `shop.example/log`.
    pub(crate) fn modules_ending(&self, suffix: &str, language: Language) -> Vec<UnitIx> {
        let exact = self.module(suffix);
        if !exact.is_empty() || language == Language::Go {
            return exact.to_vec();
        }
        let border = if language == Language::Python { '.' } else { '/' };
        let last = suffix.rsplit(border).next().unwrap_or(suffix);
        self.module_ends
            .get(last)
            .into_iter()
            .flatten()
            .copied()
            .filter(|&ix| {
                let unit = self.unit(ix);
                unit.language == language
                    && unit.module.strip_suffix(suffix).is_some_and(|front| front.ends_with(border))
            })
            .collect()
    }

    /// Whether a name is that of a module of the repository, though none of its files may have
    /// been parsed.
    pub(crate) fn is_own_module(&self, name: &str, language: Language) -> bool {
        let (separator, is_module) = match language {
            Language::Go => ('/', name.rsplit('/').next().is_some_and(|last| !last.contains('.'))),
            Language::Python => ('.', !name.contains(char::is_uppercase)),
            _ => return false,
        };
        let fronts = std::iter::successors(Some(name), |name| Some(name.rsplit_once(separator)?.0));
        let own = self.own_modules.get(&language).filter(|_| is_module);
        own.is_some_and(|own| fronts.into_iter().any(|front| own.contains(front)))
    }

    /// Imports that may name a module.
    pub(crate) fn importers_of(&self, module: &str, language: Language) -> &[(UnitIx, u32)] {
        let key = (language, importer_key(module, language));
        self.importers.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Modules and items that units of each language import.
    pub(crate) fn imported_texts(&self) -> BTreeMap<Language, BTreeSet<Name>> {
        let mut all: BTreeMap<Language, BTreeSet<Name>> = BTreeMap::new();
        for unit in &self.units {
            let known = all.entry(unit.language).or_default();
            for import in &unit.imports {
                known.insert(import.module.clone());
                known.extend(import.item.clone());
            }
        }
        all
    }

    /// Notes that a declaration of that name was looked for in vain.
    pub(crate) fn want_declared(&self, name: &str) {
        if !name.is_empty()
            && let Ok(mut wanted) = self.wanted.lock()
        {
            wanted.declared.insert(Name::new(name));
        }
    }

    /// Notes that a module was looked into that may be a file not parsed so far.
    pub(crate) fn want_module(&self, module: &str) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.modules.insert(Name::new(module));
        }
    }

    /// Notes that a method was looked for in vain among types with a word in their names.
    pub(crate) fn want_method(&self, name: &str, word: &str) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.methods.insert((Name::new(name), Name::new(word)));
        }
    }

    /// Notes that callers of a function decide something.
    pub(crate) fn want_called(&self, name: &str) {
        if !name.is_empty()
            && let Ok(mut wanted) = self.wanted.lock()
        {
            wanted.called.insert(Name::new(name));
        }
    }

    /// Notes that what extends, implements or handles a type decides something.
    pub(crate) fn want_extended(&self, name: &str) {
        if !name.is_empty()
            && let Ok(mut wanted) = self.wanted.lock()
        {
            wanted.extended.insert(Name::new(name));
        }
    }

    /// What linking looked for in vain so far.
    pub fn wanted(&self) -> Wanted {
        self.wanted.lock().map(|wanted| wanted.clone()).unwrap_or_default()
    }
}

impl UnitIndex {
    fn new(unit: &Unit) -> Self {
        let mut index = Self::default();
        for (at, binding) in unit.bindings.iter().enumerate() {
            let at = at as u32;
            match &binding.target {
                Target::Name(name) => index.names.entry(name.clone()).or_default().push(at),
                Target::Place(place) => {
                    if let ExprKind::Member { name, .. } = &unit.expr(*place).kind {
                        index.members.entry(name.clone()).or_default().push(at);
                    }
                }
            }
            if let Some(value) = binding.value
                && binding.kind != BindingKind::Each
            {
                index.by_value.entry(value).or_default().push(at);
            }
        }
        for (at, function) in unit.functions.iter().enumerate() {
            if !function.name.is_empty() {
                let id = FunctionId(at as u32);
                index.functions.entry(function.name.clone()).or_default().push(id);
            }
        }
        for (at, decl) in unit.types.iter().enumerate() {
            index.types.entry(decl.name.clone()).or_default().push(TypeId(at as u32));
        }
        for (at, import) in unit.imports.iter().enumerate() {
            index.imports.entry(import.local.clone()).or_default().push(at as u32);
            if !import.local.is_empty() && own_name(import) != import.local {
                index.renamed.push(at as u32);
            }
        }
        for (id, expr) in unit.iter_exprs() {
            match &expr.kind {
                ExprKind::Call(call) => {
                    if let Some(name) = last_name(unit, call.callee) {
                        index.calls.entry(name.clone()).or_default().push(id);
                    }
                }
                ExprKind::Record(record) => {
                    if let Some(ty) = &record.ty {
                        let name = Name::new(crate::models::last_part(&ty.name));
                        index.literals.entry(name).or_default().push(id);
                    }
                }
                ExprKind::Name(name) => index.uses.entry(name.clone()).or_default().push(id),
                ExprKind::Lambda(function) => {
                    index.lambdas.insert(*function, id);
                }
                _ => {}
            }
        }
        index
    }
}

/// What the modules around a unit's start with, where its language has such a thing.
fn own_root(unit: &Unit) -> Option<Name> {
    match unit.language {
        Language::Go => {
            let root = match folder(&unit.path) {
                "" => &*unit.module,
                folder => unit.module.strip_suffix(folder)?.strip_suffix('/')?,
            };
            Some(Name::new(root))
        }
        Language::Python => unit.module.split_once('.').map(|(top, _)| Name::new(top)),
        _ => None,
    }
}

/// What an import is called where it comes from.
pub(crate) fn own_name(import: &Import) -> &str {
    import.item.as_deref().unwrap_or_else(|| crate::models::last_part(&import.module))
}

/// The folder of a path, empty for the root.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a folder is another or lies in it.
fn is_below(folder: &str, other: &str) -> bool {
    other.is_empty()
        || folder.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The namespaces that `<Using Include="…"/>` names in a project file.
fn usings(node: &Node, found: &mut impl FnMut(&str)) {
    for entry in node.entries() {
        let items = match &entry.value.value {
            NodeValue::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&entry.value),
        };
        for item in items {
            if entry.key == "Using" {
                if let Some(module) = item.get("@Include").and_then(Node::text) {
                    found(module);
                }
            } else if matches!(entry.key.as_str(), "Project" | "ItemGroup") {
                usings(item, found);
            }
        }
    }
}

/// What imports are found by: Python's modules may be named from any folder on its path.
fn importer_key(module: &str, language: Language) -> Name {
    match language {
        Language::Python => Name::new(crate::models::last_part(module)),
        _ => Name::new(module),
    }
}

/// The last part of a name or member chain: `get` in `requests.get`.
pub(crate) fn last_name(unit: &Unit, expr: ExprId) -> Option<&Name> {
    match &unit.expr(expr).kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

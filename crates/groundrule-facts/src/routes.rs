//! Routes declared by calls on routers, with their full paths.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_unit::{
    Arg, Call, CallForm, ExprId, ExprKind, Function, FunctionId, Language, Name, Owner,
};

use crate::define::Definition;
use crate::memo::MemoOf;
use crate::models::{Framework, last_part};
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::route_tables::Row;
use crate::settings::{Settings, chained};

/// How many routers inside routers are followed.
const STEPS: u32 = 20;
/// How many paths one declaration may have: a router may be mounted more than once.
const MOST: usize = 8;

/// A part of a path, and whether all of it could be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub(crate) path: String,
    pub(crate) known: bool,
    /// Whether the framework enforces a version below it.
    pub(crate) versioned: bool,
}

impl Prefix {
    pub(crate) fn root() -> Self {
        Self { path: String::new(), known: true, versioned: false }
    }

    /// The same prefix below another.
    pub(crate) fn below(&self, front: &str) -> Self {
        Self { path: join(front, &self.path), ..self.clone() }
    }

    /// Fills ASP.NET's `{version:apiVersion}`; gives back whether there was one.
    pub(crate) fn fill_version(&mut self, version: &str) -> bool {
        let Some(end) = self.path.find(":apiVersion}") else { return false };
        let Some(start) = self.path[..end].rfind('{') else { return false };
        let back = &self.path[end + ":apiVersion}".len()..];
        self.path = format!("{}{version}{back}", &self.path[..start]);
        true
    }

    pub(crate) fn open() -> Self {
        Self { known: false, ..Self::root() }
    }

    pub(crate) fn then(&self, part: &str) -> Self {
        let path = join(&self.path, part);
        Self { path, known: self.known && !is_open(part), versioned: self.versioned }
    }
}

/// A route found in code, before it is judged what its handler does.
#[derive(Clone, Debug)]
pub(crate) struct FoundRoute {
    /// The declaration to point at.
    pub(crate) at: ExprRef,
    pub(crate) method: String,
    pub(crate) path: Prefix,
    pub(crate) framework: Name,
    /// The handler, where it is a function of the repository.
    pub(crate) function: Option<FunctionRef>,
    pub(crate) versioned_by: Name,
    /// Annotated methods: whether the result names a page.
    pub(crate) page: bool,
}

/// What the routes of a table stand below.
struct Below<'u> {
    framework: &'u Framework,
    prefixes: &'u [Prefix],
    mounts: &'u Mounts,
}

/// A declaration by a call or a decorator.
pub(crate) struct Declared<'u> {
    pub(crate) at: ExprRef,
    callee: ExprId,
    pub(crate) args: &'u [Arg],
    pub(crate) options: Settings,
    /// The function that a decorator stands on.
    pub(crate) function: Option<FunctionRef>,
}

/// Where routers are mounted: by the expression that makes the router, or by the function that is
/// given one.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    routers: HashMap<ExprRef, Vec<Mounted>>,
    functions: HashMap<FunctionRef, Vec<Mounted>>,
    /// Members of routers that are lists of their routes (`router.urls`), by the router.
    lists: HashMap<ExprRef, Vec<ExprRef>>,
    /// Prefixes for all routes of an application, with the file that sets them.
    global: Vec<(UnitIx, String)>,
    /// The same, set by annotated classes, by the framework.
    annotated: Vec<(Name, UnitIx, String)>,
    /// The prefixes of whole services, by framework, as they are found.
    prefixes: PerService<String>,
    /// How services switch a framework's versioning on, by framework, as it is found.
    pub(crate) styles: PerService<Option<String>>,
}

/// What holds for all routes that services serve through a framework.
type PerService<T> = MemoOf<(Vec<Arc<str>>, Name), T>;

impl Mounts {
    /// Where a function is mounted, as prefixes.
    pub(crate) fn prefixes_of(
        &self,
        program: &Program<'_>,
        function: FunctionRef,
        framework: &Framework,
    ) -> Vec<String> {
        let mounted = self.functions.get(&function).into_iter().flatten().take(MOST);
        let mut found: Vec<Prefix> = mounted
            .flat_map(|mount| {
                let below = program.prefixes(mount.parent, framework, self, STEPS);
                below.into_iter().map(|prefix| prefix.then(&mount.path)).collect::<Vec<_>>()
            })
            .collect();
        dedup(&mut found);
        found.into_iter().map(|prefix| prefix.path).collect()
    }
}

#[derive(Clone, Debug)]
struct Mounted {
    /// The router that it is mounted on.
    parent: ExprRef,
    path: String,
    replaces: bool,
    at: ExprRef,
}

impl Program<'_> {
    /// Finds where routers are mounted, once for the whole program.
    pub(crate) fn find_mounts(&self) -> Mounts {
        let mut mounts = Mounts::default();
        for language in Language::ALL {
            for framework in &self.models.of(language).frameworks {
                let found = self.annotated_prefixes(language, framework).into_iter();
                let found = found.map(|(ix, prefix)| (framework.name.clone(), ix, prefix));
                mounts.annotated.extend(found);
            }
        }
        for (ix, unit) in self.iter_units() {
            let models = self.models.of(unit.language);
            for framework in &models.frameworks {
                for (method, mount) in &framework.mounts {
                    for &call in self.unit_index(ix).calls.get(method).into_iter().flatten() {
                        self.find_mount((ix, call), framework, mount, &mut mounts);
                    }
                }
                if !framework.list_member.is_empty() {
                    self.find_lists(ix, framework, &mut mounts);
                }
                for (method, position) in &framework.scopes {
                    let last = last_part(method);
                    for &call in self.unit_index(ix).calls.get(last).into_iter().flatten() {
                        self.find_scope((ix, call), framework, *position, &mut mounts);
                    }
                }
                for member in &framework.global_prefix_members {
                    for &id in self.unit_index(ix).members.get(member).into_iter().flatten() {
                        if let Some(value) = unit.bindings[id as usize].value {
                            mounts.global.push((ix, self.path_with_holes((ix, value))));
                        }
                    }
                }
                for (method, position) in &framework.global_prefix {
                    for &call in self.unit_index(ix).calls.get(method).into_iter().flatten() {
                        if let ExprKind::Call(call) = &unit.expr(call).kind
                            && let Some(arg) = call.args.get(*position as usize)
                        {
                            mounts.global.push((ix, self.path_with_holes((ix, arg.value))));
                        }
                    }
                }
            }
        }
        mounts
    }

    /// Finds the uses of routers as lists of their routes.
    fn find_lists(&self, ix: UnitIx, framework: &Framework, mounts: &mut Mounts) {
        for (id, expr) in self.unit(ix).iter_exprs() {
            if let ExprKind::Member { object, name } = &expr.kind
                && *name == framework.list_member
            {
                for source in self.sources((ix, *object)) {
                    let root = self.router_root(source, framework);
                    mounts.lists.entry(root).or_default().push((ix, id));
                }
            }
        }
    }

    /// A plugin that mounts every module of a folder, the folders' names being prefixes.
    fn find_autoload(
        &self,
        at: ExprRef,
        framework: &Framework,
        object: ExprId,
        mounts: &mut Mounts,
    ) -> bool {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let ExprKind::Call(call) = &unit.expr(id).kind else { return false };
        let Some(plugin) = call.args.first() else { return false };
        let loads = self.entities((ix, plugin.value)).iter().any(|entity| match entity {
            Entity::Path(path) | Entity::Instance(path) => framework.autoload.contains(path),
            _ => false,
        });
        if !loads {
            return false;
        }
        let settings = self.settings(at);
        let text = |name: &str| {
            let setting = settings.list.iter().find(|setting| setting.name == name)?;
            setting.value.map(|value| self.path_with_holes(value))
        };
        let Some(folder) = text("dir") else { return true };
        let folder = folder.trim_start_matches("{}").trim_matches('/').trim_start_matches("./");
        let own = unit.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let folder = join(own, folder);
        let folder = folder.trim_start_matches('/');
        let start = text("prefix").unwrap_or_default();
        for (ux, other) in self.iter_units() {
            let Some(rest) = other.path.strip_prefix(folder).and_then(|r| r.strip_prefix('/'))
            else {
                continue;
            };
            let path = rest.rsplit_once('/').map_or("", |(folders, _)| folders);
            let path = join(&start, &path.replace("/_", "/:"));
            let mounted = Mounted { parent: (ix, object), path, replaces: false, at };
            let exported = other.exports.iter().filter(|export| export.name == "default");
            let functions =
                exported.filter_map(|export| self.handler_function((ux, export.value))).chain(
                    self.unit_index(ux)
                        .functions
                        .get("default")
                        .into_iter()
                        .flatten()
                        .map(|f| (ux, *f)),
                );
            for function in functions {
                mounts.functions.entry(function).or_default().push(mounted.clone());
            }
        }
        true
    }

    fn find_mount(
        &self,
        at: ExprRef,
        framework: &Framework,
        mount: &crate::models::Mount,
        mounts: &mut Mounts,
    ) {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let ExprKind::Call(call) = &unit.expr(id).kind else { return };
        let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else { return };
        // Frameworks of one language share the names of such methods.
        let is_own = self.is_router((ix, object), framework);
        let is_other = !is_own
            && (mount.path.is_none() && mount.path_names.is_empty()
                || self.is_any_router((ix, object)));
        if is_other || call.form == CallForm::Macro {
            return;
        }
        if !framework.autoload.is_empty() && self.find_autoload(at, framework, object, mounts) {
            return;
        }
        let mut path = None;
        let mut positional: Vec<ExprId> =
            call.args.iter().filter(|arg| arg.name.is_none()).map(|arg| arg.value).collect();
        if let Some(position) = mount.path {
            let given = positional.get(position as usize).copied();
            match given {
                // `use(router)` and `use("/x", router)`: the path may be left out.
                Some(given) if self.is_textual((ix, given)) => {
                    path = Some(self.path_with_holes((ix, given)));
                }
                _ if position < mount.router => positional.insert(position as usize, id),
                _ => {}
            }
        }
        let settings = self.options(at);
        for setting in &settings.list {
            if mount.path_names.contains(&setting.name)
                && let Some(value) = setting.value
                && path.is_none()
            {
                path = Some(self.path_with_holes(value));
            }
        }
        let replaces = mount.replaces && path.is_some();
        let named = call
            .args
            .iter()
            .filter(|arg| arg.name.as_ref().is_some_and(|name| mount.router_names.contains(name)));
        let named: Vec<ExprId> = named.map(|arg| arg.value).collect();
        let mounted =
            Mounted { parent: (ix, object), path: path.unwrap_or_default(), replaces, at };
        for &router in positional.iter().skip(mount.router as usize).chain(&named) {
            if router != id {
                self.note_mounted((ix, router), framework, &mounted, mounts);
            }
        }
    }

    /// Notes that a router, or a function that adds routes to one, is mounted.
    fn note_mounted(
        &self,
        at: ExprRef,
        framework: &Framework,
        mounted: &Mounted,
        mounts: &mut Mounts,
    ) {
        self.note_mounted_within(at, framework, mounted, mounts, 6);
    }

    fn note_mounted_within(
        &self,
        at: ExprRef,
        framework: &Framework,
        mounted: &Mounted,
        mounts: &mut Mounts,
        steps: u32,
    ) {
        match self.kind(at) {
            ExprKind::Lambda(function) => {
                mounts.functions.entry((at.0, *function)).or_default().push(mounted.clone());
                return;
            }
            // `.service((a, b))`, `.mount("/v1", routes![a, b])`
            ExprKind::List(items) => {
                for &item in items.iter().filter(|_| steps > 0) {
                    self.note_mounted_within((at.0, item), framework, mounted, mounts, steps - 1);
                }
                return;
            }
            ExprKind::Call(call) if call.form == CallForm::Macro => {
                for arg in call.args.iter().filter(|_| steps > 0) {
                    let item = (at.0, arg.value);
                    self.note_mounted_within(item, framework, mounted, mounts, steps - 1);
                }
                return;
            }
            _ => {}
        }
        for entity in self.entities(at) {
            if let Entity::Function(function) = entity {
                mounts.functions.entry(function).or_default().push(mounted.clone());
            }
            if let Entity::Value(value) = entity
                && let ExprKind::Lambda(function) = self.kind(value)
            {
                mounts.functions.entry((value.0, *function)).or_default().push(mounted.clone());
            }
        }
        // `router.routes()`: what hands its router through is that router.
        if let ExprKind::Call(call) = self.kind(at)
            && let ExprKind::Member { object, name } = self.kind((at.0, call.callee))
            && !framework.groups.contains_key(name)
            && !matches!(self.kind((at.0, *object)), ExprKind::Call(_))
            && self.is_router((at.0, *object), framework)
            && self.is_router(at, framework)
        {
            self.note_mounted((at.0, *object), framework, mounted, mounts);
            return;
        }
        if !framework.annotations.is_empty() && steps > 0 {
            for item in self.gathered(at) {
                self.note_mounted_within(item, framework, mounted, mounts, steps - 1);
            }
        }
        for source in self.sources(at) {
            let listed = match self.kind(source) {
                ExprKind::List(_) => true,
                ExprKind::Call(call) => call.form == CallForm::Macro,
                _ => false,
            };
            if listed && source != at && steps > 0 {
                self.note_mounted_within(source, framework, mounted, mounts, steps - 1);
                continue;
            }
            let root = self.router_root(source, framework);
            mounts.routers.entry(root).or_default().push(mounted.clone());
            // `StripPrefix("/v1", router)`, `withAuth(router)`: what is wrapped is mounted.
            if let ExprKind::Call(call) = self.kind(source)
                && !self.is_router(source, framework)
            {
                for arg in call.args.iter().filter(|arg| arg.name.is_none()) {
                    let inner = (source.0, arg.value);
                    if self.is_router(inner, framework) {
                        let steps = steps.saturating_sub(1);
                        self.note_mounted_within(inner, framework, mounted, mounts, steps);
                    }
                }
            }
        }
    }

    /// What a list that a variable keeps is filled with: `routes.append(&mut orders::routes())`;
    /// of a call, the list that its function gives back.
    fn gathered(&self, at: ExprRef) -> Vec<ExprRef> {
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::Call(call) => self
                .entities_within((ix, call.callee), 6)
                .into_iter()
                .filter_map(|entity| match entity {
                    Entity::Function((fx, function)) => Some((fx, function)),
                    _ => None,
                })
                .flat_map(|(fx, function)| {
                    let results = self.unit(fx).function(function).results.iter();
                    results.map(move |&result| (fx, result)).filter(|&result| result != at)
                })
                .collect(),
            ExprKind::Name(name) if matches!(self.definition(at, name), Definition::Bindings(bx, _) if bx == ix) =>
            {
                let unit = self.unit(ix);
                let around = unit.function_around(unit.expr(at.1).scope);
                let uses = self.unit_index(ix).uses.get(name).into_iter().flatten();
                uses.filter(|&&usage| unit.function_around(unit.expr(usage).scope) == around)
                    .filter_map(|&usage| chained(unit, usage))
                    .filter(|(method, _)| {
                        matches!(
                            method.as_str(),
                            "append" | "extend" | "extend_from_slice" | "push"
                        )
                    })
                    .filter_map(|(_, call)| match &unit.expr(call).kind {
                        ExprKind::Call(call) => call.args.first().map(|arg| (ix, arg.value)),
                        _ => None,
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a handler is a router, or one inside wrappers: it is a mount, no route.
    fn is_mounted_router(&self, at: ExprRef, framework: &Framework) -> bool {
        self.is_router(at, framework)
            || match self.kind(at) {
                ExprKind::Call(call) => call
                    .args
                    .iter()
                    .any(|arg| arg.name.is_none() && self.is_router((at.0, arg.value), framework)),
                _ => false,
            }
    }

    /// `r.Route("/x", func(r) {…})`: the function is given a router below the path.
    fn find_scope(&self, at: ExprRef, framework: &Framework, position: i32, mounts: &mut Mounts) {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let ExprKind::Call(call) = &unit.expr(id).kind else { return };
        let parent = match unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => (ix, object),
            _ => at,
        };
        let path = usize::try_from(position)
            .ok()
            .and_then(|position| call.args.get(position))
            .map(|arg| {
                let value = (ix, arg.value);
                let path = self.predicate(value).map_or(value, |(_, path)| path);
                self.path_with_holes(path)
            })
            .unwrap_or_default();
        let mounted = Mounted { parent, path, replaces: false, at };
        for arg in &call.args {
            let function = match self.kind((ix, arg.value)) {
                ExprKind::Lambda(function) => Some((ix, *function)),
                ExprKind::Name(_) | ExprKind::Member { .. } => {
                    self.entities((ix, arg.value)).into_iter().find_map(|entity| match entity {
                        Entity::Function(function) => Some(function),
                        _ => None,
                    })
                }
                _ => None,
            };
            if let Some(function) = function {
                mounts.functions.entry(function).or_default().push(mounted.clone());
            }
        }
        let _ = framework;
    }

    fn is_textual(&self, at: ExprRef) -> bool {
        match self.kind(at) {
            ExprKind::String(_) | ExprKind::Template(_) | ExprKind::Binary { .. } => true,
            ExprKind::List(items) => {
                items.first().is_some_and(|&item| self.is_textual((at.0, item)))
            }
            ExprKind::Name(_) | ExprKind::Member { .. } => self.constant_text(at).is_some(),
            ExprKind::Call(call) => {
                matches!(
                    last_name(self.unit(at.0), call.callee).map(Name::as_str),
                    Some("Sprintf" | "format" | "join" | "concat")
                )
            }
            _ => false,
        }
    }

    /// The innermost call of a chain on a router, through the variables that keep it on the way:
    /// the one that makes it.
    fn router_root(&self, at: ExprRef, framework: &Framework) -> ExprRef {
        let (mut ix, mut id) = at;
        for _ in 0..1_000 {
            let unit = self.unit(ix);
            let ExprKind::Call(call) = &unit.expr(id).kind else { break };
            let ExprKind::Member { object, name } = &unit.expr(call.callee).kind else { break };
            if framework.groups.contains_key(name) {
                break;
            }
            match &unit.expr(*object).kind {
                ExprKind::Call(_) => id = *object,
                ExprKind::Name(kept)
                    if matches!(self.definition((ix, *object), kept), Definition::Bindings(..))
                        && self.is_router((ix, *object), framework) =>
                {
                    match self.sources((ix, *object)).first() {
                        Some(&source) if source != (ix, id) && source != (ix, *object) => {
                            (ix, id) = source;
                        }
                        _ => break,
                    }
                }
                _ => break,
            }
        }
        (ix, id)
    }

    /// The routes that a unit declares by calls.
    pub(crate) fn called_routes(&self, ix: UnitIx, mounts: &Mounts) -> Vec<FoundRoute> {
        let unit = self.unit(ix);
        let mut found = Vec::new();
        for framework in &self.models.of(unit.language).frameworks {
            let index = self.unit_index(ix);
            for (verb, method) in &framework.verbs {
                for &call in index.calls.get(verb).into_iter().flatten() {
                    if !unit.is_test(unit.expr(call).span)
                        && let ExprKind::Call(declared) = &unit.expr(call).kind
                    {
                        let mut options = self.options((ix, call));
                        if !framework.method_names.is_empty() {
                            self.options_before((ix, declared.callee), &mut options);
                        }
                        let declared = Declared {
                            at: (ix, call),
                            callee: declared.callee,
                            args: &declared.args,
                            options,
                            function: None,
                        };
                        self.called_route(&declared, framework, method, mounts, &mut found);
                    }
                }
            }
            self.decorated_routes(ix, framework, mounts, &mut found);
            if unit.language == Language::TypeScript && !framework.verbs.is_empty() {
                self.indexed_routes(ix, framework, mounts, &mut found);
            }
            for (function, method) in &framework.functions {
                for call in self.calls_of(ix, last_part(function)) {
                    let ExprKind::Call(callee) = &unit.expr(call).kind else { continue };
                    // `route()` alone starts a builder.
                    if !callee.args.is_empty()
                        && !unit.is_test(unit.expr(call).span)
                        && self.paths((ix, callee.callee)).contains(function)
                    {
                        let own = Name::new(last_part(function));
                        let method = if method == "NAME" { &own } else { method };
                        let mut prefixes = match framework.has_lists() {
                            true => self.listed_prefixes((ix, call), framework, mounts, STEPS),
                            false => self.enclosing_prefixes((ix, call), framework, mounts, STEPS),
                        };
                        self.version_beside((ix, call), framework, &mut prefixes);
                        let declared = Declared {
                            at: (ix, call),
                            callee: callee.callee,
                            args: &callee.args,
                            options: self.options((ix, call)),
                            function: None,
                        };
                        self.route_at(&declared, framework, method, prefixes, mounts, &mut found);
                    }
                }
            }
        }
        // One call may be a verb of several router types of one framework family.
        found.sort_by(|a, b| (a.at, &a.method, &a.path.path).cmp(&(b.at, &b.method, &b.path.path)));
        found.dedup_by(|a, b| (a.at, &a.method, &a.path.path) == (b.at, &b.method, &b.path.path));
        found
    }

    /// `Version(1)` beside `Get("/x")`: a version that the same function declares.
    fn version_beside(&self, at: ExprRef, framework: &Framework, prefixes: &mut [Prefix]) {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let around = unit.function_around(unit.expr(id).scope);
        let beside = |name: &Name| {
            let mut calls = self.unit_index(ix).calls.get(name).into_iter().flatten().copied();
            calls.find(|&call| unit.function_around(unit.expr(call).scope) == around)
        };
        for name in &framework.version_segments {
            if let Some(call) = beside(name)
                && let ExprKind::Call(call) = &unit.expr(call).kind
                && let Some(arg) = call.args.first()
            {
                let version = self.path_with_holes((ix, arg.value));
                for prefix in &mut *prefixes {
                    *prefix = prefix.then(&format!("v{version}"));
                }
            }
        }
        if framework.version_calls.iter().any(|name| beside(name).is_some()) {
            prefixes.iter_mut().for_each(|prefix| prefix.versioned = true);
        }
    }

    /// `@app.get("/x")`: a verb of a router as a decorator.
    fn decorated_routes(
        &self,
        ix: UnitIx,
        framework: &Framework,
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let unit = self.unit(ix);
        let classes = unit.types.iter().enumerate();
        for (id, decl) in classes.filter(|_| !framework.class_verbs.is_empty()) {
            for annotation in &decl.annotations {
                let Some(verb) = last_name(unit, annotation.callee) else { continue };
                let ExprKind::Member { object, .. } = *self.kind((ix, annotation.callee)) else {
                    continue;
                };
                if framework.verbs.contains_key(verb)
                    && !unit.is_test(decl.span)
                    && self.is_given_router((ix, object), framework, mounts, 6)
                {
                    let declared = Declared {
                        at: (ix, annotation.callee),
                        callee: annotation.callee,
                        args: &annotation.args,
                        options: self.argument_options(ix, &annotation.args),
                        function: None,
                    };
                    let prefixes = self.prefixes((ix, object), framework, mounts, STEPS);
                    let class = (ix, groundrule_unit::TypeId(id as u32));
                    self.class_routes(&declared, framework, class, &prefixes, mounts, found);
                }
            }
        }
        for (id, function) in unit.functions.iter().enumerate() {
            for annotation in &function.annotations {
                let Some(verb) = last_name(unit, annotation.callee) else { continue };
                if let Some(method) = framework.verbs.get(verb)
                    && !unit.is_test(function.span)
                {
                    let declared = Declared {
                        at: (ix, annotation.callee),
                        callee: annotation.callee,
                        args: &annotation.args,
                        options: self.argument_options(ix, &annotation.args),
                        function: Some((ix, FunctionId(id as u32))),
                    };
                    self.called_route(&declared, framework, method, mounts, found);
                }
            }
        }
    }

    fn called_route(
        &self,
        declared: &Declared<'_>,
        framework: &Framework,
        method: &Name,
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let ix = declared.at.0;
        let ExprKind::Member { object, .. } = *self.kind((ix, declared.callee)) else { return };
        if declared.args.len() < framework.arguments && declared.function.is_none()
            || !self.is_given_router((ix, object), framework, mounts, 6)
        {
            return;
        }
        let prefixes = self.prefixes((ix, object), framework, mounts, STEPS);
        // A list of routes as literals: `server.route([{ method, path, handler }])`.
        if let [only] = declared.args
            && !framework.path_names.is_empty()
        {
            for source in self.sources((ix, only.value)) {
                let ExprKind::List(items) = self.kind(source) else { continue };
                for &item in items {
                    let mut options = Settings::default();
                    self.collect_fields((source.0, item), &mut options, 3);
                    let one = Declared {
                        at: (source.0, item),
                        callee: declared.callee,
                        args: &[],
                        options,
                        function: None,
                    };
                    if one.options.list.iter().any(|s| framework.path_names.contains(&s.name)) {
                        self.route_at(&one, framework, method, prefixes.clone(), mounts, found);
                    }
                }
                if !items.is_empty() {
                    return;
                }
            }
        }
        self.route_at(declared, framework, method, prefixes, mounts, found);
    }

    /// Whether an expression is a router of the framework, also one that a mount hands to the
    /// function whose parameter it is.
    fn is_given_router(
        &self,
        at: ExprRef,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> bool {
        if let ExprKind::Name(name) = self.kind(at)
            && let Definition::Param(function, 0) = self.definition(at, name)
            && let Some(mounted) = mounts.functions.get(&function).and_then(|all| all.first())
            && steps > 0
            && mounted.parent != at
            && self.is_given_router(mounted.parent, framework, mounts, steps - 1)
        {
            return true;
        }
        self.is_router(at, framework)
    }

    /// Whether an expression is a router of the framework.
    fn is_router(&self, at: ExprRef, framework: &Framework) -> bool {
        self.denotes_router(at, |ty| framework.is_router(ty))
    }

    fn denotes_router(&self, at: ExprRef, is_router: impl Fn(&str) -> bool) -> bool {
        self.entities(at).into_iter().any(|entity| match entity {
            Entity::Instance(ty) => is_router(&ty),
            Entity::Path(path) => {
                let language = self.unit(at.0).language;
                matches!(self.settle(path, language), Entity::Instance(ty) if is_router(&ty))
            }
            Entity::Object(ty) => self.outside_bases(ty).iter().any(|base| is_router(base)),
            _ => false,
        })
    }

    fn route_at(
        &self,
        declared: &Declared<'_>,
        framework: &Framework,
        method: &Name,
        prefixes: Vec<Prefix>,
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let at = declared.at;
        let (ix, _) = at;
        let args = declared.args;
        let options = &declared.options;
        let named = |names: &[Name]| {
            options
                .list
                .iter()
                .find(|setting| names.contains(&setting.name))
                .and_then(|setting| setting.value)
        };
        let path_value = named(&framework.path_names).or_else(|| {
            args.get(framework.path as usize)
                .filter(|arg| arg.name.is_none())
                .map(|arg| (ix, arg.value))
                // `resource("/x").route(post().to(h))`: what stands there is the handler.
                .filter(|&value| {
                    args.len() > 1 || method != "name" || !self.is_handling_call(value)
                })
        });
        let predicate = path_value.and_then(|value| self.predicate(value));
        let path_value = predicate.as_ref().map(|(_, path)| *path).or(path_value);
        let paths: Vec<String> = match path_value.map(|value| (value, self.kind(value))) {
            Some((value, ExprKind::List(items))) => {
                items.iter().map(|&item| self.path_with_holes((value.0, item))).collect()
            }
            Some((value, ExprKind::Lambda(_)))
                if Some(value.1) != args.first().map(|a| a.value) =>
            {
                return;
            }
            // `get { … }` without a path.
            Some((_, ExprKind::Lambda(_))) => vec![String::new()],
            Some((_, _)) if framework.more_paths => args[framework.path as usize..]
                .iter()
                .filter(|arg| arg.name.is_none())
                .map(|arg| self.path_with_holes((ix, arg.value)))
                .collect(),
            Some((value, _)) => vec![self.path_with_holes(value)],
            None => vec![String::new()],
        };
        let handler_at = named(&framework.handler_names).or_else(|| {
            let arg = match framework.handler {
                Some(position) => args.get(position as usize),
                None => args.iter().rev().find(|arg| arg.name.is_none()),
            }?;
            Some((ix, arg.value))
        });
        // `r.Path(route.path).Handler(route.handler)`: the path may stand in the chain before.
        let chained = match path_value {
            Some(path) => Some((path, None)),
            None => self.group_before(declared.callee, ix, framework),
        };
        if let Some((path, router)) = chained {
            let position = method.strip_prefix("argument:").and_then(|at| at.parse::<usize>().ok());
            let given = position.and_then(|at| args.get(at)).map(|arg| (ix, arg.value));
            let by = given.or_else(|| named(&framework.method_names));
            let row = Row { at, path, method: by, handler: handler_at };
            let rows = self.route_rows(row);
            if !rows.is_empty() {
                let fixed = self.methods(declared, framework, method, None, None);
                let fixed = fixed.into_iter().next().map_or("ANY".to_owned(), |(name, _)| name);
                let own = router.map(|router| self.prefixes(router, framework, mounts, STEPS));
                let prefixes = own.as_deref().unwrap_or(&prefixes);
                let below = Below { framework, prefixes, mounts };
                self.declare_rows(&rows, &fixed, &below, found);
                return;
            }
        }
        let verb = last_name(self.unit(ix), declared.callee);
        if verb.is_some_and(|verb| framework.mounts.contains_key(verb))
            && handler_at.is_some_and(|handler| self.is_mounted_router(handler, framework))
        {
            return;
        }
        let callee = self.paths((ix, declared.callee));
        let regular = framework.regular.iter().any(|name| callee.contains(name));
        let paths: Vec<String> = paths
            .iter()
            .map(|path| match framework.path_after.as_str() {
                "" => self.pattern_text(path, regular),
                mark => path.rsplit(mark).next().unwrap_or_default().to_owned(),
            })
            .collect();
        let prefixes: Vec<Prefix> = match self.version_segment(options, framework) {
            Some(version) => prefixes.iter().map(|prefix| prefix.below(&version)).collect(),
            None => prefixes,
        };
        if let Some(handler) = handler_at {
            if self.only_includes(handler, framework) {
                return;
            }
            if !framework.class_verbs.is_empty()
                && let Some(class) = self.handler_class(handler)
            {
                let prefixes: Vec<Prefix> = prefixes
                    .iter()
                    .flat_map(|prefix| paths.iter().map(|path| prefix.then(path)))
                    .collect();
                let own = self.class_methods(class, Some(handler), framework);
                self.routes_of_class(at, framework, class, &own, &prefixes, mounts, found);
                return;
            }
        }
        let mut methods =
            self.methods(declared, framework, method, handler_at, named(&framework.method_names));
        if let Some((verb, _)) = &predicate {
            methods = vec![(verb.clone(), handler_at)];
        }
        let global = self.global_prefix(ix, framework, mounts);
        let function = declared
            .function
            .or_else(|| handler_at.and_then(|handler| self.handler_function(handler)));
        if let Some(function) = function
            && !framework.handler_methods.is_empty()
        {
            let named = self.methods_of_handler(function, framework);
            if !named.is_empty() {
                methods = named.into_iter().map(|method| (method, handler_at)).collect();
            }
        }
        for path in &paths {
            let mut path = path.as_str();
            if framework.method_in_path
                && let Some((front, rest)) = path.split_once(' ')
                && front.chars().all(|c| c.is_ascii_uppercase())
            {
                methods = vec![(front.to_owned(), handler_at)];
                path = rest.trim_start();
                // A host may stand before the path.
                path = path.find('/').map_or(path, |slash| &path[slash..]);
            }
            for prefix in prefixes.iter().take(MOST) {
                let mut full = prefix.below(&global).then(path);
                let versioned = full.fill_version("1")
                    || full.versioned
                    || options.list.iter().any(|s| framework.version_calls.contains(&s.name));
                for (method, handler) in &methods {
                    let function = match handler {
                        Some(handler) if *handler != handler_at.unwrap_or(*handler) => {
                            self.handler_function(*handler)
                        }
                        _ => function,
                    };
                    found.push(FoundRoute {
                        at,
                        method: method.clone(),
                        path: full.clone(),
                        framework: framework.name.clone(),
                        function,
                        versioned_by: Name::new(if versioned { "query" } else { "" }),
                        page: false,
                    });
                }
            }
        }
    }

    /// The path of the nearest call in a chain that goes below one, and what it is called on.
    fn group_before(
        &self,
        callee: ExprId,
        ix: UnitIx,
        framework: &Framework,
    ) -> Option<(ExprRef, Option<ExprRef>)> {
        let unit = self.unit(ix);
        let mut at = callee;
        loop {
            at = match &unit.expr(at).kind {
                ExprKind::Member { object, .. } => *object,
                ExprKind::Call(call) => {
                    let position =
                        last_name(unit, call.callee).and_then(|n| framework.groups.get(n));
                    if let Some(&position) = position
                        && let Some(arg) = call.args.get(position as usize)
                        && let ExprKind::Member { object, .. } = unit.expr(call.callee).kind
                    {
                        return Some(((ix, arg.value), Some((ix, object))));
                    }
                    call.callee
                }
                _ => return None,
            };
        }
    }

    /// `router[route.method](route.path, route.handler)` for routes of a table.
    fn indexed_routes(
        &self,
        ix: UnitIx,
        framework: &Framework,
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let unit = self.unit(ix);
        for (id, expr) in unit.iter_exprs() {
            let ExprKind::Call(call) = &expr.kind else { continue };
            let ExprKind::Index { object, index } = unit.expr(call.callee).kind else { continue };
            let Some(path) = call.args.get(framework.path as usize) else { continue };
            if call.args.len() < 2 || unit.is_test(expr.span) {
                continue;
            }
            let handler = call.args.last().map(|arg| (ix, arg.value));
            let at = (ix, id);
            let row = Row { at, path: (ix, path.value), method: Some((ix, index)), handler };
            let rows = self.route_rows(row);
            if !rows.is_empty() && self.is_given_router((ix, object), framework, mounts, 6) {
                let prefixes = self.prefixes((ix, object), framework, mounts, STEPS);
                let below = Below { framework, prefixes: &prefixes, mounts };
                self.declare_rows(&rows, "ANY", &below, found);
            }
        }
    }

    fn declare_rows(
        &self,
        rows: &[Row],
        fixed: &str,
        below: &Below<'_>,
        found: &mut Vec<FoundRoute>,
    ) {
        for row in rows {
            let method = row.method.and_then(|method| self.method_of_row(method));
            let global = self.global_prefix(row.at.0, below.framework, below.mounts);
            let path = self.path_with_holes(row.path);
            for prefix in below.prefixes.iter().take(MOST) {
                let mut full = prefix.below(&global).then(&path);
                let versioned = full.fill_version("1") || full.versioned;
                found.push(FoundRoute {
                    at: row.at,
                    method: method.clone().unwrap_or_else(|| fixed.to_owned()),
                    path: full,
                    framework: below.framework.name.clone(),
                    function: row.handler.and_then(|handler| self.handler_function(handler)),
                    versioned_by: Name::new(if versioned { "query" } else { "" }),
                    page: false,
                });
            }
        }
    }

    /// `GET("/x").and(accept(…))` in the place of a path: the method, and where the path stands.
    fn predicate(&self, at: ExprRef) -> Option<(String, ExprRef)> {
        let (ix, mut id) = at;
        let unit = self.unit(ix);
        loop {
            let ExprKind::Call(call) = &unit.expr(id).kind else { return None };
            let name = last_name(unit, call.callee)?;
            let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "path"];
            if known.contains(&name.as_str()) {
                let path = (ix, call.args.first()?.value);
                let method = if name == "path" { "ANY" } else { name };
                return self.is_textual(path).then(|| (method.to_owned(), path));
            }
            match unit.expr(call.callee).kind {
                ExprKind::Member { object, .. } => id = object,
                _ => return None,
            }
        }
    }

    /// Whether an expression is a handler wrapped by the name of a method: `post().to(h)`.
    fn is_handling_call(&self, at: ExprRef) -> bool {
        matches!(self.kind(at), ExprKind::Call(_)) && !self.wrapped_methods(at).is_empty()
    }

    /// The HTTP methods of a declaration, each with its handler.
    fn methods(
        &self,
        declared: &Declared<'_>,
        framework: &Framework,
        method: &Name,
        handler: Option<ExprRef>,
        named: Option<ExprRef>,
    ) -> Vec<(String, Option<ExprRef>)> {
        if method == "name" {
            return handler.map(|handler| self.wrapped_methods(handler)).unwrap_or_default();
        }
        if let Some(position) = method.strip_prefix("argument:") {
            let value = position.parse::<usize>().ok().and_then(|at| declared.args.get(at));
            let ix = declared.at.0;
            let text = value.map(|arg| self.method_names((ix, arg.value))).unwrap_or_default();
            return match text.is_empty() {
                true => vec![("ANY".to_owned(), handler)],
                false => text.into_iter().map(|method| (method, handler)).collect(),
            };
        }
        if let Some(named) = named {
            let names = self.all_method_names(named);
            if !names.is_empty() {
                return names.into_iter().map(|method| (method, handler)).collect();
            }
        }
        let default = framework.default_method.as_deref().unwrap_or("ANY");
        let method = if method.is_empty() { default } else { method };
        vec![(method.to_owned(), handler)]
    }

    /// The names that stand beside the first one in its call: `Methods("GET", "POST")`.
    fn all_method_names(&self, first: ExprRef) -> Vec<String> {
        let (ix, id) = first;
        let unit = self.unit(ix);
        let beside = unit.expr(id).parent.and_then(|parent| match &unit.expr(parent).kind {
            ExprKind::Call(call) if call.args.first().is_some_and(|arg| arg.value == id) => {
                Some(call.args.iter().filter(|arg| arg.name.is_none()).map(|arg| arg.value))
            }
            _ => None,
        });
        match beside {
            Some(values) => values.flat_map(|value| self.method_names((ix, value))).collect(),
            None => self.method_names(first),
        }
    }

    /// `["GET", "POST"]`, `"POST"`, `HttpMethod.Post`, `http.MethodPost`.
    pub(crate) fn method_names(&self, at: ExprRef) -> Vec<String> {
        if let ExprKind::List(items) = self.kind(at) {
            return items.iter().flat_map(|&item| self.method_names((at.0, item))).collect();
        }
        let text = match self.constant_text(at) {
            Some(text) => text,
            None => last_name(self.unit(at.0), at.1).map(ToString::to_string).unwrap_or_default(),
        };
        let text = text.trim_start_matches("Method").to_uppercase();
        let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
        known.iter().filter(|known| **known == text).map(|known| (*known).to_owned()).collect()
    }

    /// axum's `get(a).post(b)`, actix's `web::post().to(h)`: methods by the wrapping functions.
    fn wrapped_methods(&self, at: ExprRef) -> Vec<(String, Option<ExprRef>)> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let mut found = Vec::new();
        let mut open = Some(id);
        let mut handler = None;
        while let Some(at) = open {
            let ExprKind::Call(call) = &unit.expr(at).kind else { break };
            let Some(name) = last_name(unit, call.callee) else { break };
            let own = call.args.first().map(|arg| (ix, arg.value));
            let method = name.trim_end_matches("_service").trim_end_matches("_with").to_uppercase();
            match method.as_str() {
                // `on(MethodFilter::POST, h)`, `web::method(Method::POST).to(h)`
                "ON" | "METHOD" if own.is_some() => {
                    let by_name = own.map(|own| self.method_names(own)).unwrap_or_default();
                    let given = call.args.get(1).map(|arg| (ix, arg.value)).or(handler);
                    found.extend(by_name.into_iter().map(|method| (method, given)));
                }
                "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" | "TRACE" => {
                    found.push((method, own.or(handler)));
                }
                "ANY" => found.push(("ANY".to_owned(), own.or(handler))),
                "TO" => handler = own,
                _ => {}
            }
            open = match unit.expr(call.callee).kind {
                ExprKind::Member { object, .. }
                    if matches!(unit.expr(object).kind, ExprKind::Call(_)) =>
                {
                    Some(object)
                }
                _ => None,
            };
        }
        if found.is_empty() && handler.is_some() {
            found.push(("ANY".to_owned(), handler));
        }
        found.reverse();
        found
    }

    /// The function of the repository behind a handler expression; wrappers such as
    /// `asyncHandler(f)` and `http.HandlerFunc(f)` hand theirs on.
    pub(crate) fn handler_function(&self, at: ExprRef) -> Option<FunctionRef> {
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::Lambda(function) => Some((ix, *function)),
            ExprKind::Call(call) => {
                // `h.create()` gives back a handler; `wrap(h.create)` is given one.
                let wrapped = call.args.iter().rev().find_map(|arg| {
                    matches!(
                        self.kind((ix, arg.value)),
                        ExprKind::Lambda(_)
                            | ExprKind::Name(_)
                            | ExprKind::Member { .. }
                            | ExprKind::Call(_)
                    )
                    .then(|| self.handler_function((ix, arg.value)))
                    .flatten()
                    .filter(|&function| !self.makes_an_object(function))
                });
                wrapped.or_else(|| {
                    self.entities((ix, call.callee)).into_iter().find_map(|entity| match entity {
                        Entity::Function(function) => Some(function),
                        _ => None,
                    })
                })
            }
            _ => self.entities(at).into_iter().find_map(|entity| self.function_denoted(ix, entity)),
        }
    }

    /// Whether a function gives back what is no function: `place(store.New(db))` is handled by
    /// what `place` gives back.
    fn makes_an_object(&self, (ix, id): FunctionRef) -> bool {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let is_record = |&at: &ExprId| matches!(unit.expr(at).kind, ExprKind::Record(_));
        function.is_constructor
            || !function.results.is_empty() && function.results.iter().all(is_record)
    }

    /// The function that an entity is; a module of CommonJS may be one itself.
    pub(crate) fn function_denoted(&self, ix: UnitIx, entity: Entity) -> Option<FunctionRef> {
        match entity {
            Entity::Function(function) => Some(function),
            Entity::Value(value) => match self.kind(value) {
                ExprKind::Lambda(function) => Some((value.0, *function)),
                _ => None,
            },
            Entity::Module(module) => {
                self.default_of_module(ix, &module).into_iter().find_map(|default| match default {
                    Entity::Module(_) => None,
                    default => self.function_denoted(ix, default),
                })
            }
            // It may be what a file that was not parsed so far gives out, as a whole or by a name.
            Entity::Path(path) => {
                self.want_module(&path);
                path.match_indices('.').for_each(|(end, _)| self.want_module(&path[..end]));
                None
            }
            _ => None,
        }
    }

    /// The prefix that an application sets for all its routes, in code or configuration.
    pub(crate) fn global_prefix(
        &self,
        ix: UnitIx,
        framework: &Framework,
        mounts: &Mounts,
    ) -> String {
        let path = &self.unit(ix).path;
        let key = (self.services_of(path), framework.name.clone());
        mounts
            .prefixes
            .get(key, |(services, _)| self.find_global_prefix(path, services, framework, mounts))
    }

    fn find_global_prefix(
        &self,
        path: &str,
        services: &[Arc<str>],
        framework: &Framework,
        mounts: &Mounts,
    ) -> String {
        let is_own = |ux: UnitIx| *self.services_of(&self.unit(ux).path) == *services;
        let mut annotated = mounts.annotated.iter().filter(|(name, ..)| *name == framework.name);
        if let Some((_, _, annotated)) = annotated.find(|(_, ux, _)| is_own(*ux)) {
            let configured = self.configured_prefix(path, framework).unwrap_or_default();
            return join(&configured, annotated);
        }
        if !framework.global_prefix.is_empty()
            && let Some((_, prefix)) = mounts.global.iter().find(|(ux, _)| is_own(*ux))
        {
            return prefix.clone();
        }
        self.configured_prefix(path, framework)
            .unwrap_or_else(|| framework.default_prefix.to_string())
    }

    /// The full prefixes of a router.
    pub(crate) fn prefixes(
        &self,
        at: ExprRef,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        if steps == 0 {
            return vec![Prefix::open()];
        }
        let (ix, id) = at;
        let mut found = match self.kind(at) {
            ExprKind::Call(_) => {
                let (start, versioned) = self.chain_start(at, framework);
                let ExprKind::Call(call) = self.kind(start) else { return vec![Prefix::open()] };
                let mut found = self.prefixes_of_call(start, call, framework, mounts, steps);
                found.iter_mut().for_each(|prefix| prefix.versioned |= versioned);
                found
            }
            ExprKind::Name(name) => {
                let definition = self.definition(at, name);
                self.prefixes_of_definition(definition, at, framework, mounts, steps)
            }
            ExprKind::This => self.enclosing_prefixes(at, framework, mounts, steps - 1),
            ExprKind::Element { of, .. } => self.prefixes((ix, *of), framework, mounts, steps - 1),
            ExprKind::Cast { operand, .. } => {
                self.prefixes((ix, *operand), framework, mounts, steps - 1)
            }
            _ => {
                let sources = self.sources(at);
                if sources.is_empty() || sources == [at] {
                    self.mounted_prefixes((ix, id), &Prefix::root(), framework, mounts, steps)
                } else {
                    sources
                        .into_iter()
                        .flat_map(|source| self.prefixes(source, framework, mounts, steps - 1))
                        .collect()
                }
            }
        };
        if found.is_empty() {
            found.push(Prefix::root());
        }
        dedup(&mut found);
        found
    }

    /// Goes down a chain of calls on one router to the call that makes it or puts it below a path;
    /// says whether the chain binds it to a version.
    fn chain_start(&self, at: ExprRef, framework: &Framework) -> (ExprRef, bool) {
        let (ix, mut id) = at;
        let unit = self.unit(ix);
        let mut versioned = false;
        while let ExprKind::Call(call) = &unit.expr(id).kind
            && let ExprKind::Member { object, name } = &unit.expr(call.callee).kind
        {
            versioned |= framework.version_calls.contains(name);
            let passes = framework.verbs.contains_key(name) || framework.mounts.contains_key(name);
            if framework.groups.contains_key(name)
                || !matches!(unit.expr(*object).kind, ExprKind::Call(_))
                || !(passes || self.is_router((ix, *object), framework))
            {
                break;
            }
            id = *object;
        }
        ((ix, id), versioned)
    }

    fn prefixes_of_call(
        &self,
        at: ExprRef,
        call: &Call,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        let (ix, _) = at;
        let member = match self.kind((ix, call.callee)) {
            ExprKind::Member { object, name } => Some((*object, name)),
            _ => None,
        };
        if let Some((object, name)) = member
            && let Some(&position) = framework.groups.get(name)
        {
            let part = call
                .args
                .get(position as usize)
                .map(|arg| self.path_with_holes((ix, arg.value)))
                .unwrap_or_default();
            let below = self.prefixes((ix, object), framework, mounts, steps - 1);
            return below.iter().map(|prefix| prefix.then(&part)).collect();
        }
        // `web::scope("/x")`: a router made below a path by a free function.
        let paths = self.paths((ix, call.callee));
        let grouped = paths.iter().find_map(|path| framework.groups.get(path));
        if let Some((object, _)) = member
            && grouped.is_none()
            && self.is_given_router((ix, object), framework, mounts, 6)
            && !self.makes_router((ix, call.callee))
        {
            return self.prefixes((ix, object), framework, mounts, steps - 1);
        }
        let repository = self.entities((ix, call.callee)).into_iter().find_map(|e| match e {
            Entity::Function(function) => Some(function),
            _ => None,
        });
        if let Some((fx, function)) = repository
            && !self.unit(fx).function(function).is_constructor
        {
            let results = &self.unit(fx).function(function).results;
            return results
                .iter()
                .flat_map(|&result| self.prefixes((fx, result), framework, mounts, steps - 1))
                .collect();
        }
        let mut own = Prefix::root();
        if let Some(&position) = grouped.or(framework.prefix.as_ref())
            && let Some(arg) = call.args.get(position as usize)
            && (grouped.is_some() || self.is_textual((ix, arg.value)))
        {
            own = own.then(&self.path_with_holes((ix, arg.value)));
        }
        if !framework.prefix_names.is_empty() {
            let settings = self.options(at);
            for setting in &settings.list {
                if framework.prefix_names.contains(&setting.name)
                    && let Some(value) = setting.value
                {
                    own = Prefix::root().then(&self.path_with_holes(value));
                    break;
                }
            }
        }
        if let Some(version) = self.version_segment(&self.options(at), framework) {
            own = own.below(&version);
        }
        if let Some(position) = framework.on
            && let Some(arg) = call.args.get(position as usize)
            && arg.name.is_none()
            && self.is_any_router((ix, arg.value))
        {
            let below = self.prefixes_of_any((ix, arg.value), mounts, steps - 1);
            return below.into_iter().map(|prefix| prefix.then(&own.path)).collect();
        }
        self.mounted_prefixes(at, &own, framework, mounts, steps)
    }

    /// Whether a function of a library makes a router, though its module is one too:
    /// `express.Router()`.
    fn makes_router(&self, callee: ExprRef) -> bool {
        let models = self.models.of(self.unit(callee.0).language);
        self.paths(callee).iter().any(|path| {
            models.made_by.find(path).next().is_some() || models.types.contains_key(path)
        })
    }

    /// Whether an expression is a router of some framework: one may stand on another's.
    fn is_any_router(&self, at: ExprRef) -> bool {
        self.denotes_router(at, |ty| {
            let frameworks = &self.models.of(self.unit(at.0).language).frameworks;
            frameworks.iter().any(|framework| framework.is_router(ty))
        })
    }

    fn prefixes_of_any(&self, at: ExprRef, mounts: &Mounts, steps: u32) -> Vec<Prefix> {
        let frameworks = &self.models.of(self.unit(at.0).language).frameworks;
        let framework =
            frameworks.iter().find(|framework| self.is_given_router(at, framework, mounts, 6));
        framework.map_or_else(
            || vec![Prefix::root()],
            |framework| self.prefixes(at, framework, mounts, steps),
        )
    }

    /// The segment that a version among the options adds.
    fn version_segment(&self, options: &Settings, framework: &Framework) -> Option<String> {
        if framework.version_names.is_empty() {
            return None;
        }
        let setting =
            options.list.iter().find(|setting| framework.version_names.contains(&setting.name))?;
        let text = self.path_with_holes(setting.value?);
        let version = text.trim_start_matches('v');
        version.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("v{version}"))
    }

    /// A router's own prefix below everywhere that it is mounted.
    fn mounted_prefixes(
        &self,
        at: ExprRef,
        own: &Prefix,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        if let Some(lists) = mounts.lists.get(&at)
            && !framework.list_member.is_empty()
        {
            return lists
                .iter()
                .take(MOST)
                .flat_map(|&list| self.listed_prefixes(list, framework, mounts, steps - 1))
                .map(|prefix| prefix.then(&own.path))
                .collect();
        }
        let Some(mounted) = mounts.routers.get(&at) else {
            let mut found = self.prefix_by_nesting(at, own, framework, mounts, steps);
            if self.is_handed_away(at, 3) {
                found.iter_mut().for_each(|prefix| prefix.known = false);
            }
            return found;
        };
        mounted
            .iter()
            .take(MOST)
            .filter(|mount| mount.at != at)
            .flat_map(|mount| {
                let below = self.prefixes(mount.parent, framework, mounts, steps - 1);
                let own = if mount.replaces { Prefix::root() } else { own.clone() };
                below.into_iter().map(move |prefix| {
                    let mut path = prefix.then(&mount.path).then(&own.path);
                    path.known &= own.known;
                    path.versioned |= own.versioned;
                    path
                })
            })
            .collect()
    }

    /// Whether a router that nothing mounts leaves through a value that cannot be followed: a
    /// field of a literal, or the result of a function that is only passed on.
    fn is_handed_away(&self, (ix, id): ExprRef, steps: u32) -> bool {
        let unit = self.unit(ix);
        let Some(function) = unit.function_around(unit.expr(id).scope) else { return false };
        let declared = unit.function(function);
        let returned = declared.results.iter().any(|&result| {
            result == id || steps > 0 && self.sources((ix, result)).contains(&(ix, id))
        });
        if !returned || steps == 0 {
            return false;
        }
        if let Some(&lambda) = self.unit_index(ix).lambdas.get(&function) {
            return is_kept_in_literal(unit, lambda);
        }
        let callers = self.callers((ix, function), &declared.name);
        if callers.is_empty() {
            return self.module(&unit.module).iter().any(|&ux| {
                let uses = self.unit_index(ux).uses.get(&declared.name).into_iter().flatten();
                uses.into_iter().any(|&usage| is_kept_in_literal(self.unit(ux), usage))
            });
        }
        callers.iter().all(|&caller| self.is_handed_away(caller, steps - 1))
    }

    /// `app.service(web::scope("/x")…)`: the router is made inside the argument of its mount.
    fn prefix_by_nesting(
        &self,
        (ix, id): ExprRef,
        own: &Prefix,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        let unit = self.unit(ix);
        let mut top = id;
        while let Some((_, outer)) = chained(unit, top) {
            top = outer;
        }
        if let Some(parent) = unit.expr(top).parent
            && let ExprKind::Call(call) = &unit.expr(parent).kind
            && call.callee != top
            && let ExprKind::Member { object, name } = unit.expr(call.callee).kind.clone()
            && framework.mounts.contains_key(&name)
        {
            let below = self.prefixes((ix, object), framework, mounts, steps - 1);
            return below
                .into_iter()
                .map(|prefix| {
                    let mut path = prefix.then(&own.path);
                    path.known &= own.known;
                    path.versioned |= own.versioned;
                    path
                })
                .collect();
        }
        vec![own.clone()]
    }

    fn prefixes_of_definition(
        &self,
        definition: Definition,
        at: ExprRef,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        match definition {
            Definition::Bindings(ix, bindings) => {
                let unit = self.unit(ix);
                bindings
                    .iter()
                    .filter_map(|&id| unit.bindings[id as usize].value)
                    .flat_map(|value| self.prefixes((ix, value), framework, mounts, steps - 1))
                    .collect()
            }
            Definition::Param(function, index) => {
                self.prefixes_of_parameter(function, index, framework, mounts, steps)
            }
            Definition::Receiver(function) => {
                self.prefixes_of_extension(function, framework, mounts, steps)
            }
            Definition::Function((ix, function)) => self
                .unit(ix)
                .function(function)
                .results
                .iter()
                .flat_map(|&result| self.prefixes((ix, result), framework, mounts, steps - 1))
                .collect(),
            _ => {
                let sources = self.sources(at);
                if sources == [at] {
                    return vec![Prefix::root()];
                }
                sources
                    .into_iter()
                    .flat_map(|source| self.prefixes(source, framework, mounts, steps - 1))
                    .collect()
            }
        }
    }

    /// A router that a function is given: by a mount or scope, or by its callers.
    fn prefixes_of_parameter(
        &self,
        function: FunctionRef,
        index: usize,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        if let Some(mounted) = mounts.functions.get(&function) {
            return mounted
                .iter()
                .take(MOST)
                .flat_map(|mount| {
                    let below = self.prefixes(mount.parent, framework, mounts, steps - 1);
                    below.into_iter().map(|prefix| prefix.then(&mount.path)).collect::<Vec<_>>()
                })
                .collect();
        }
        let given = self.arguments_for(function, index, MOST);
        // Called through an interface of the repository, in a way that could not be followed.
        if given.is_empty() && self.is_implementation(function) {
            return vec![Prefix::open()];
        }
        given
            .into_iter()
            .flat_map(|value| self.prefixes(value, framework, mounts, steps - 1))
            .collect()
    }

    /// Whether a method is one that an interface or base of the repository declares.
    fn is_implementation(&self, function: FunctionRef) -> bool {
        let name = &self.unit(function.0).function(function.1).name;
        self.owner_of(function).is_some_and(|owner| {
            self.super_types(owner)
                .into_iter()
                .any(|base| self.member_definition(base, name, 0).is_some())
        })
    }

    /// A router that an extension function is called on.
    fn prefixes_of_extension(
        &self,
        function: FunctionRef,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        let (ix, id) = function;
        let name = self.unit(ix).function(id).name.clone();
        let callers = self.calls_named(&name).to_vec();
        if callers.is_empty() {
            self.want_called(&name);
        }
        callers
            .into_iter()
            .take(MOST)
            .filter_map(|(cx, call)| match self.kind((cx, call)) {
                ExprKind::Call(inner) => Some(match self.kind((cx, inner.callee)) {
                    ExprKind::Member { object, .. } => {
                        self.prefixes((cx, *object), framework, mounts, steps - 1)
                    }
                    _ => self.enclosing_prefixes((cx, call), framework, mounts, steps - 1),
                }),
                _ => None,
            })
            .flatten()
            .collect()
    }

    /// The prefix of the implicit router at an expression: that of the blocks around it.
    pub(crate) fn enclosing_prefixes(
        &self,
        at: ExprRef,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        if steps == 0 {
            return vec![Prefix::open()];
        }
        let (ix, _) = at;
        for function in self.functions_around(at) {
            let declared: &Function = self.unit(ix).function(function);
            if let Some(mounted) = mounts.functions.get(&(ix, function)) {
                return mounted
                    .iter()
                    .take(MOST)
                    .flat_map(|mount| {
                        let below = if mount.parent == mount.at || self.is_plain_text(mount.parent)
                        {
                            self.enclosing_prefixes(mount.at, framework, mounts, steps - 1)
                        } else {
                            self.prefixes(mount.parent, framework, mounts, steps - 1)
                        };
                        let path = if self.is_plain_text(mount.parent) {
                            self.path_with_holes(mount.parent)
                        } else {
                            mount.path.clone()
                        };
                        below.into_iter().map(move |prefix| prefix.then(&path)).collect::<Vec<_>>()
                    })
                    .collect();
            }
            if declared.is_extension && matches!(declared.owner, Some(Owner::Named(_))) {
                let found = self.prefixes_of_extension((ix, function), framework, mounts, steps);
                // What nobody here calls is called by the framework's own start.
                return if found.is_empty() { vec![Prefix::root()] } else { found };
            }
        }
        vec![Prefix::root()]
    }

    /// `"/v1".nest { … }`: the receiver is the path.
    fn is_plain_text(&self, at: ExprRef) -> bool {
        matches!(self.kind(at), ExprKind::String(_) | ExprKind::Template(_))
    }
}

impl Framework {
    /// Whether its routes may stand in lists.
    pub(crate) fn has_lists(&self) -> bool {
        !self.list_groups.is_empty()
            || !self.list_mounts.is_empty()
            || !self.list_modules.is_empty()
    }

    /// Whether a type is one of the framework's routers.
    pub(crate) fn is_router(&self, ty: &str) -> bool {
        self.routers.iter().any(|router| router == ty)
    }
}

/// Whether an expression is an item or a field of a literal.
fn is_kept_in_literal(unit: &groundrule_unit::Unit, id: ExprId) -> bool {
    unit.expr(id).parent.is_some_and(|parent| {
        matches!(unit.expr(parent).kind, ExprKind::Record(_) | ExprKind::List(_))
    })
}

/// Joins two parts of a path with one slash.
pub(crate) fn join(front: &str, back: &str) -> String {
    let front = front.trim_end_matches('/');
    let back = back.trim_matches('/');
    match (front.is_empty(), back.is_empty()) {
        (_, true) => front.to_owned(),
        (true, false) => format!("/{back}"),
        (false, false) if front.starts_with('/') => format!("{front}/{back}"),
        (false, false) => format!("/{front}/{back}"),
    }
}

/// Whether a part holds something that could not be resolved where a version could stand: a whole
/// segment that is no parameter of the path's own notation.
fn is_open(part: &str) -> bool {
    part.trim_matches('/') == "{}" || part.starts_with("{}/") || part.starts_with("{}")
}

fn dedup(prefixes: &mut Vec<Prefix>) {
    let mut seen: Vec<Prefix> = Vec::new();
    prefixes.retain(|prefix| {
        let new = !seen.contains(prefix);
        if new {
            seen.push(prefix.clone());
        }
        new
    });
    prefixes.truncate(MOST);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_join_with_one_slash() {
        assert_eq!(join("", "orders"), "/orders");
        assert_eq!(join("/v1/", "/orders/"), "/v1/orders");
        assert_eq!(join("api", "orders"), "/api/orders");
        assert_eq!(join("/v1", "/"), "/v1");
    }
}

//! Where routers are mounted: on other routers, by scopes, by lists, by functions.

use std::collections::HashMap;
use std::sync::Arc;

use groundrule_unit::{CallForm, ExprId, ExprKind, Language, Name};

use crate::define::Definition;
use crate::memo::MemoOf;
use crate::models::{Framework, last_part};
use crate::prefixes::{Prefix, dedup, join};
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::routes::{MOST, STEPS};
use crate::settings::chained;

/// Where routers are mounted: by the expression that makes the router, or by the function that is
/// given one.
#[derive(Debug, Default)]
pub(crate) struct Mounts {
    pub(crate) routers: HashMap<ExprRef, Vec<Mounted>>,
    pub(crate) functions: HashMap<FunctionRef, Vec<Mounted>>,
    /// Members of routers that are lists of their routes (`router.urls`), by the router.
    pub(crate) lists: HashMap<ExprRef, Vec<ExprRef>>,
    /// Prefixes for all routes of an application, with the file that sets them.
    pub(crate) global: Vec<(UnitIx, String)>,
    /// The same, set by annotated classes, by the framework.
    pub(crate) annotated: Vec<(Name, UnitIx, String)>,
    /// The prefixes of whole services, by framework, as they are found.
    pub(crate) prefixes: PerService<String>,
    /// How services switch a framework's versioning on, by framework, as it is found.
    pub(crate) styles: PerService<Option<String>>,
}

/// What holds for all routes that services serve through a framework.
pub(crate) type PerService<T> = MemoOf<(Vec<Arc<str>>, Name), T>;

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
pub(crate) struct Mounted {
    /// The router that it is mounted on.
    pub(crate) parent: ExprRef,
    pub(crate) path: String,
    pub(crate) replaces: bool,
    pub(crate) at: ExprRef,
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
    pub(crate) fn is_mounted_router(&self, at: ExprRef, framework: &Framework) -> bool {
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

    pub(crate) fn is_textual(&self, at: ExprRef) -> bool {
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
}

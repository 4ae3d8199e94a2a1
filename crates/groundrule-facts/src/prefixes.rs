//! The full prefixes of routers, followed from where they are used to where they are mounted.

use std::sync::Arc;

use groundrule_unit::{Call, ExprId, ExprKind, Function, Owner};

use crate::define::Definition;
use crate::models::Framework;
use crate::mounts::Mounts;
use crate::program::{ExprRef, FunctionRef, Program, UnitIx};
use crate::resolve::Entity;
use crate::routes::MOST;
use crate::settings::{Settings, chained};

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

impl Program<'_> {
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
    pub(crate) fn is_any_router(&self, at: ExprRef) -> bool {
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
    pub(crate) fn version_segment(
        &self,
        options: &Settings,
        framework: &Framework,
    ) -> Option<String> {
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

/// Whether an expression is an item or a field of a literal.
pub(crate) fn is_kept_in_literal(unit: &groundrule_unit::Unit, id: ExprId) -> bool {
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
pub(crate) fn is_open(part: &str) -> bool {
    part.trim_matches('/') == "{}" || part.starts_with("{}/") || part.starts_with("{}")
}

pub(crate) fn dedup(prefixes: &mut Vec<Prefix>) {
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

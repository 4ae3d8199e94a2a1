//! Routes declared by calls on routers, with their full paths.

use groundrule_unit::{Arg, ExprId, ExprKind, FunctionId, Language, Name};

use crate::define::Definition;
use crate::models::{Framework, last_part};
use crate::mounts::Mounts;
use crate::prefixes::Prefix;
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::route_tables::Row;
use crate::settings::Settings;

/// How many routers inside routers are followed.
pub(crate) const STEPS: u32 = 20;
/// How many paths one declaration may have: a router may be mounted more than once.
pub(crate) const MOST: usize = 8;

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
pub(crate) struct Below<'u> {
    pub(crate) framework: &'u Framework,
    pub(crate) prefixes: &'u [Prefix],
    pub(crate) mounts: &'u Mounts,
}

/// A declaration by a call or a decorator.
pub(crate) struct Declared<'u> {
    pub(crate) at: ExprRef,
    pub(crate) callee: ExprId,
    pub(crate) args: &'u [Arg],
    pub(crate) options: Settings,
    /// The function that a decorator stands on.
    pub(crate) function: Option<FunctionRef>,
}

impl Program<'_> {
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
    pub(crate) fn is_given_router(
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
    pub(crate) fn is_router(&self, at: ExprRef, framework: &Framework) -> bool {
        self.denotes_router(at, |ty| framework.is_router(ty))
    }

    pub(crate) fn denotes_router(&self, at: ExprRef, is_router: impl Fn(&str) -> bool) -> bool {
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

//! Which function handles a route, behind wrappers, tables and modules.

use groundrule_unit::{ExprId, ExprKind, Name};

use crate::models::Framework;
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::routes::Declared;

impl Program<'_> {
    /// `GET("/x").and(accept(…))` in the place of a path: the method, and where the path stands.
    pub(crate) fn predicate(&self, at: ExprRef) -> Option<(String, ExprRef)> {
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
    pub(crate) fn is_handling_call(&self, at: ExprRef) -> bool {
        matches!(self.kind(at), ExprKind::Call(_)) && !self.wrapped_methods(at).is_empty()
    }

    /// The HTTP methods of a declaration, each with its handler.
    pub(crate) fn methods(
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
}

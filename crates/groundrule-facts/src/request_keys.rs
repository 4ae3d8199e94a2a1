//! The names under which handlers, and middleware over them, read values of a request.

use std::collections::BTreeSet;
use std::sync::Arc;

use groundrule_unit::{Annotation, ExprId, ExprKind, Name, Place, TypeRef};

use crate::RequestKey;
use crate::effects::Effects;
use crate::models::{Deed, GuardWord, last_part};
use crate::program::{FunctionRef, UnitIx, last_name};
use crate::reach::Reached;
use crate::words::{joined, words};

/// How deep below a handler a value is still read from the request itself.
const NEAR: u32 = 3;
/// How many names of one handler are kept.
const MOST: usize = 40;
/// Words of names that may identify a request.
const IDENTIFYING: &[&str] =
    &["id", "ids", "uuid", "guid", "key", "token", "nonce", "reference", "ref", "number", "hash"];
/// Words of bases by which middleware is known.
const MIDDLEWARE: &[&str] = &["middleware", "filter", "interceptor", "transform", "aspect"];
/// Calls that put middleware over handlers.
const COVERING: &[&str] = &[
    "use",
    "Use",
    "wrap",
    "layer",
    "from_fn",
    "from_fn_with_state",
    "UseMiddleware",
    "addFilter",
    "addInterceptor",
    "add_middleware",
    "before_request",
    "addHook",
    "UseBefore",
    "middleware",
    "intercept",
    "With",
];

/// Middleware that recognises a repeat by a header.
#[derive(Debug)]
pub(crate) struct Cover {
    header: Name,
    place: Place,
    services: Vec<Arc<str>>,
    /// The type of what must be there for it to act (a logged-in user).
    requires: Option<Name>,
}

/// What is handed to calls that put middleware over handlers.
#[derive(Debug, Default)]
struct Handed {
    /// Names of functions, or of what makes them.
    names: BTreeSet<Name>,
    lambdas: BTreeSet<(UnitIx, ExprId)>,
}

impl Effects<'_, '_> {
    /// The middleware of the program that recognises repeats.
    pub(crate) fn covers(&self) -> Vec<Cover> {
        let program = self.program;
        let handed = self.handed_to_covers();
        let mut found = Vec::new();
        for (ix, unit) in program.iter_units() {
            for (id, function) in unit.functions.iter().enumerate() {
                let function_ref = (ix, groundrule_unit::FunctionId(id as u32));
                if unit.is_test(function.span) || !self.is_middleware(function_ref, &handed) {
                    continue;
                }
                for (header, at) in self.headers_read(function_ref) {
                    if self.recognises(function_ref, &header) {
                        found.push(Cover {
                            header,
                            place: program.place((ix, at)),
                            services: program.services_of(&unit.path),
                            requires: self.required_extension(function_ref),
                        });
                    }
                }
            }
        }
        found
    }

    /// Whether middleware uses a header to recognise repeats, rather than to log it.
    fn recognises(&self, function: FunctionRef, header: &str) -> bool {
        if self.says(function.0, GuardWord::Key, header) {
            return true;
        }
        let reached = self.reach(&[function]);
        let looks = reached.acts.iter().any(|(_, act)| act.deed == Deed::Look);
        looks && reached.writes().next().is_some()
    }

    fn is_middleware(&self, (ix, id): FunctionRef, handed: &Handed) -> bool {
        let program = self.program;
        let unit = program.unit(ix);
        let function = unit.function(id);
        let names_it = |ty: &TypeRef| {
            let name = last_part(&ty.name);
            words(name).iter().any(|word| MIDDLEWARE.contains(&word.as_str()))
                || name == "Service"
                    && ty.args.first().is_some_and(|arg| last_part(&arg.name) == "ServiceRequest")
        };
        if function.implements.as_ref().is_some_and(names_it) {
            return true;
        }
        if let Some((tx, ty)) = program.owner_of((ix, id)) {
            let decl = program.unit(tx).type_decl(ty);
            let named = TypeRef::named(decl.name.clone());
            if decl.supers.iter().any(names_it) || names_it(&named) {
                return true;
            }
        }
        let annotated = function.annotations.iter().any(|annotation| {
            last_name(unit, annotation.callee).is_some_and(|name| COVERING.contains(&name.as_str()))
        });
        annotated || self.is_put_over((ix, id), handed)
    }

    /// Whether a function is handed to a call that puts middleware over handlers, itself or as
    /// what a function gives back.
    fn is_put_over(&self, (ix, id): FunctionRef, handed: &Handed) -> bool {
        let program = self.program;
        let unit = program.unit(ix);
        let function = unit.function(id);
        if !function.name.is_empty() {
            return handed.names.contains(&function.name);
        }
        let Some(&lambda) = program.unit_index(ix).lambdas.get(&id) else { return false };
        handed.lambdas.contains(&(ix, lambda))
            // What a function that makes middleware gives back.
            || unit.function_around(function.declared_in).is_some_and(|outer| {
                let outer = unit.function(outer);
                outer.results.contains(&lambda) && handed.names.contains(&outer.name)
            })
    }

    /// What is handed to calls that put middleware over handlers, anywhere in the program.
    fn handed_to_covers(&self) -> Handed {
        let program = self.program;
        let mut handed = Handed::default();
        for (ix, unit) in program.iter_units() {
            let index = program.unit_index(ix);
            let calls = COVERING.iter().filter_map(|name| index.calls.get(*name)).flatten();
            for &call in calls {
                let ExprKind::Call(call) = &unit.expr(call).kind else { continue };
                let mut open: Vec<(ExprId, u32)> =
                    call.args.iter().map(|arg| (arg.value, 0)).collect();
                while let Some((at, depth)) = open.pop() {
                    match &unit.expr(at).kind {
                        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                            handed.names.insert(name.clone());
                        }
                        ExprKind::Lambda(_) => {
                            handed.lambdas.insert((ix, at));
                        }
                        other if depth < 3 => {
                            other.for_each_part(|part| open.push((part, depth + 1)));
                        }
                        _ => {}
                    }
                }
            }
        }
        handed
    }

    /// `req.extensions().get::<User>()`, `extensions.get().map(|user: &User| …)`: what must be
    /// there.
    fn required_extension(&self, (ix, id): FunctionRef) -> Option<Name> {
        let unit = self.program.unit(ix);
        self.body((ix, id)).iter().find_map(|&at| {
            let ExprKind::Call(call) = &unit.expr(at).kind else { return None };
            let ExprKind::Member { object, name } = &unit.expr(call.callee).kind else {
                return None;
            };
            let extensions = |(ox, at)| match self.program.kind((ox, at)) {
                ExprKind::Call(inner) => last_name(self.program.unit(ox), inner.callee)
                    .is_some_and(|name| name == "extensions"),
                _ => false,
            };
            if name != "get" || !self.program.sources((ix, *object)).into_iter().any(extensions) {
                return None;
            }
            let chained = || {
                let (_, outer) = crate::settings::chained(unit, at)?;
                let ExprKind::Call(outer) = &unit.expr(outer).kind else { return None };
                let ExprKind::Lambda(function) = unit.expr(outer.args.first()?.value).kind else {
                    return None;
                };
                unit.function(function).params.first()?.ty.as_ref()
            };
            let ty = call.type_args.first().or_else(chained)?;
            Some(Name::new(last_part(&ty.name)))
        })
    }

    /// The keys that middleware over a handler reads.
    pub(crate) fn covering_keys(
        &self,
        covers: &[Cover],
        (ix, id): FunctionRef,
        keys: &mut Vec<RequestKey>,
    ) {
        let unit = self.program.unit(ix);
        let services = self.program.services_of(&unit.path);
        for cover in covers {
            let together = cover.services.iter().any(|service| services.contains(service));
            let takes = cover.requires.as_ref().is_none_or(|ty| {
                let params = &unit.function(id).params;
                params.iter().any(|param| param.ty.as_ref().is_some_and(|t| mentions(t, ty)))
            });
            if together && takes {
                push(keys, &cover.header, "header", Some(cover.place.clone()));
            }
        }
    }

    /// The names that a handler reads itself, or near below it.
    pub(crate) fn request_keys(&self, from: &[FunctionRef], reached: &Reached) -> Vec<RequestKey> {
        let program = self.program;
        let mut keys = Vec::new();
        let mut body_names = BTreeSet::new();
        for &(ix, id) in from {
            let unit = program.unit(ix);
            let function = unit.function(id);
            for param in &function.params {
                if let Some(header) = self.header_parameter(ix, &param.annotations, &param.name) {
                    push(&mut keys, &header, "header", Some(unit.place(param.span)));
                } else if let Some(default) = param.default
                    && let ExprKind::Call(call) = program.kind((ix, default))
                    && last_name(unit, call.callee).is_some_and(|name| name == "Header")
                {
                    let named = call.args.iter().find(|a| a.name.as_deref() == Some("alias"));
                    let name = named
                        .and_then(|arg| program.constant_text((ix, arg.value)))
                        .unwrap_or_else(|| param.name.replace('_', "-"));
                    push(&mut keys, &name.to_lowercase(), "header", Some(unit.place(param.span)));
                } else if let Some(ty) = &param.ty {
                    self.fields_of(ix, function.scope, ty, 2, &mut body_names);
                }
            }
            for binding in unit.bindings.iter().filter(|b| function.span.contains(b.span)) {
                if let Some(ty) = &binding.ty {
                    self.fields_of(ix, binding.scope, ty, 2, &mut body_names);
                }
            }
        }
        for &(function, _) in reached.functions.iter().take_while(|(_, depth)| *depth <= NEAR) {
            let (ix, _) = function;
            for (header, at) in self.headers_read(function) {
                push(&mut keys, &header, "header", Some(program.place((ix, at))));
            }
            self.body_keys(function, &body_names, &mut keys);
        }
        keys.truncate(MOST);
        keys
    }

    /// Fields of the request's body that are read, by names that may identify a request.
    fn body_keys(
        &self,
        function: FunctionRef,
        fields: &BTreeSet<String>,
        keys: &mut Vec<RequestKey>,
    ) {
        let (ix, _) = function;
        let unit = self.program.unit(ix);
        for &id in self.body(function) {
            let expr = unit.expr(id);
            let name = match &expr.kind {
                ExprKind::Member { object, name } => {
                    let plain = name
                        .strip_prefix("get")
                        .filter(|rest| rest.starts_with(char::is_uppercase))
                        .unwrap_or(name);
                    let known = fields.contains(&joined(plain));
                    (known || self.is_body(ix, *object)).then(|| Name::new(plain))
                }
                ExprKind::Index { object, index } if self.is_body(ix, *object) => {
                    match &unit.expr(*index).kind {
                        ExprKind::String(text) => Some(text.clone()),
                        _ => None,
                    }
                }
                ExprKind::Call(call) => match &unit.expr(call.callee).kind {
                    ExprKind::Member { object, name }
                        if matches!(
                            name.as_str(),
                            "get" | "FormValue" | "PostForm" | "getParameter"
                        ) && (name != "get" || self.is_body(ix, *object)) =>
                    {
                        call.args.first().and_then(|arg| match &unit.expr(arg.value).kind {
                            // A header's name: `req.get("X-Key")`.
                            ExprKind::String(text) if !text.contains('-') => Some(text.clone()),
                            _ => None,
                        })
                    }
                    _ => None,
                },
                _ => None,
            };
            if let Some(name) = name
                && words(&name).iter().any(|word| IDENTIFYING.contains(&word.as_str()))
            {
                push(keys, &name, "body", Some(unit.place(expr.span)));
            }
        }
        // Destructured: `const { requestId } = req.body`.
        let span = unit.function(function.1).span;
        for binding in unit.bindings.iter().filter(|b| span.contains(b.span)) {
            if let Some(value) = binding.value
                && let ExprKind::Member { object, name } = &unit.expr(value).kind
                && self.is_body(ix, *object)
                && words(name).iter().any(|word| IDENTIFYING.contains(&word.as_str()))
            {
                push(keys, name, "body", Some(unit.place(binding.span)));
            }
        }
    }

    /// Whether an expression is the body of a request by its name: `req.body`, `request.form`,
    /// `payload`.
    fn is_body(&self, ix: UnitIx, at: ExprId) -> bool {
        let unit = self.program.unit(ix);
        let name = match &unit.expr(at).kind {
            ExprKind::Call(call) => last_name(unit, call.callee),
            _ => last_name(unit, at),
        };
        name.is_some_and(|name| {
            let last = words(name).pop().unwrap_or_default();
            matches!(
                last.as_str(),
                "body"
                    | "form"
                    | "json"
                    | "payload"
                    | "input"
                    | "dto"
                    | "request"
                    | "req"
                    | "command"
                    | "data"
            )
        })
    }

    /// A parameter that a header fills.
    fn header_parameter(
        &self,
        ix: UnitIx,
        annotations: &[Annotation],
        name: &Name,
    ) -> Option<Name> {
        let unit = self.program.unit(ix);
        let annotation = annotations.iter().find(|annotation| {
            last_name(unit, annotation.callee).is_some_and(|name| {
                matches!(
                    name.as_str(),
                    "RequestHeader"
                        | "FromHeader"
                        | "HeaderParam"
                        | "Headers"
                        | "Header"
                        | "RestHeader"
                )
            })
        })?;
        let named = annotation.args.iter().find_map(|arg| {
            let fits = arg
                .name
                .as_ref()
                .is_none_or(|name| matches!(name.as_str(), "value" | "name" | "Name"));
            fits.then(|| self.program.constant_text((ix, arg.value))).flatten()
        });
        let header = named.unwrap_or_else(|| words(name).join("-"));
        Some(Name::new(header.to_lowercase()))
    }

    /// The headers that a function reads by a constant name.
    fn headers_read(&self, function: FunctionRef) -> Vec<(Name, ExprId)> {
        let (ix, _) = function;
        let unit = self.program.unit(ix);
        let mut found = Vec::new();
        let about_headers = |at: ExprId| {
            let name = match &unit.expr(at).kind {
                ExprKind::Call(call) => last_name(unit, call.callee),
                _ => last_name(unit, at),
            };
            name.is_some_and(|name| {
                words(name).iter().any(|word| matches!(word.as_str(), "header" | "headers"))
            })
        };
        for &id in self.body(function) {
            let value = match &unit.expr(id).kind {
                ExprKind::Call(call) => {
                    let Some(name) = last_name(unit, call.callee) else { continue };
                    let parts = words(name);
                    let verb = parts.first().map(String::as_str).unwrap_or_default();
                    let reads = !matches!(
                        verb,
                        "set"
                            | "add"
                            | "with"
                            | "append"
                            | "put"
                            | "remove"
                            | "insert"
                            | "del"
                            | "write"
                    );
                    let on_headers = match unit.expr(call.callee).kind {
                        ExprKind::Member { object, .. } => about_headers(object),
                        _ => false,
                    };
                    let header = parts.iter().any(|word| word == "header" || word == "headers");
                    // express: `req.get("X-Key")`
                    let gets = matches!(name.as_str(), "get" | "Get") && call.args.len() == 1;
                    if !(reads && (on_headers || header || gets)) || call.args.len() > 2 {
                        continue;
                    }
                    let Some(arg) = call.args.first() else { continue };
                    if gets && !on_headers && !header {
                        match &unit.expr(arg.value).kind {
                            ExprKind::String(text) if text.contains('-') => {}
                            _ => continue,
                        }
                    }
                    arg.value
                }
                ExprKind::Index { object, index } if about_headers(*object) => *index,
                _ => continue,
            };
            if let Some(text) = self.program.constant_text((ix, value))
                && !text.is_empty()
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            {
                found.push((Name::new(text.to_lowercase()), id));
            }
        }
        found
    }
}

fn mentions(ty: &TypeRef, name: &str) -> bool {
    last_part(&ty.name) == name || ty.args.iter().any(|arg| mentions(arg, name))
}

fn push(keys: &mut Vec<RequestKey>, name: &str, source: &str, place: Option<Place>) {
    if !keys.iter().any(|key| key.name == name && key.source == source) {
        keys.push(RequestKey { name: Name::new(name), source: source.to_owned(), place });
    }
}

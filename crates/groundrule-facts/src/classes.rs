//! Classes as handlers: views, resources and view sets whose methods serve one HTTP method each.

use groundrule_unit::{ExprKind, FunctionId, Name};

use crate::models::{Framework, last_part};
use crate::mounts::Mounts;
use crate::prefixes::Prefix;
use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef};
use crate::resolve::Entity;
use crate::routes::{Declared, FoundRoute};

/// An HTTP method that a class serves.
#[derive(Clone, Debug)]
pub(crate) struct ClassMethod {
    pub(crate) method: String,
    /// What it adds to the path.
    pub(crate) below: String,
    pub(crate) function: Option<FunctionRef>,
}

impl Program<'_> {
    /// The class that a handler expression stands for: `Users`, `Users()`, `Users.as_view()`.
    pub(crate) fn handler_class(&self, at: ExprRef) -> Option<TypeIxRef> {
        let (ix, _) = at;
        let denoted = match self.kind(at) {
            ExprKind::Call(call) => match self.kind((ix, call.callee)) {
                ExprKind::Member { object, name } if name.starts_with("as_") => {
                    self.entities((ix, *object))
                }
                _ => {
                    // `login_required(Users.as_view())`
                    let inner = call.args.iter().find_map(|arg| match self.kind((ix, arg.value)) {
                        ExprKind::Call(_) => self.handler_class((ix, arg.value)),
                        _ => None,
                    });
                    if inner.is_some() {
                        return inner;
                    }
                    self.entities(at)
                }
            },
            _ => self.entities(at),
        };
        denoted.into_iter().find_map(|entity| match entity {
            Entity::Type(ty) | Entity::Object(ty) => Some(ty),
            _ => None,
        })
    }

    /// The methods that a class serves.
    pub(crate) fn class_methods(
        &self,
        class: TypeIxRef,
        handler: Option<ExprRef>,
        framework: &Framework,
    ) -> Vec<ClassMethod> {
        let named = handler.map(|at| self.mapped_methods(at, class)).unwrap_or_default();
        if !named.is_empty() {
            return named;
        }
        let inherited: Vec<Name> = self
            .outside_bases(class)
            .iter()
            .filter_map(|base| framework.class_bases.get(base))
            .flatten()
            .cloned()
            .collect();
        let allowed = self.allowed_methods(class);
        framework
            .class_verbs
            .iter()
            .filter_map(|(name, serves)| {
                let function = match self.member_definition(class, name, 0) {
                    Some(crate::define::Definition::Function(function)) => Some(function),
                    _ => None,
                };
                if function.is_none() && !inherited.contains(name) {
                    return None;
                }
                let (method, below) = serves.split_once(' ').unwrap_or((serves, ""));
                let method = if method.is_empty() { last_word(name) } else { method.to_owned() };
                let served = allowed.is_empty() || allowed.contains(&method);
                served.then(|| ClassMethod { method, below: below.to_owned(), function })
            })
            .collect()
    }

    /// Django's `http_method_names`.
    fn allowed_methods(&self, (ix, ty): TypeIxRef) -> Vec<String> {
        let decl = self.unit(ix).type_decl(ty);
        let field = decl.fields.iter().find(|field| field.name == "http_method_names");
        let Some(value) = field.and_then(|field| field.default) else { return Vec::new() };
        match self.kind((ix, value)) {
            ExprKind::List(items) => items
                .iter()
                .filter_map(|&item| self.constant_text((ix, item)))
                .map(|text| text.to_uppercase())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// `UserViewSet.as_view({"get": "list", "post": "create"})`.
    fn mapped_methods(&self, (ix, id): ExprRef, class: TypeIxRef) -> Vec<ClassMethod> {
        let ExprKind::Call(call) = self.kind((ix, id)) else { return Vec::new() };
        let Some(arg) = call.args.first() else { return Vec::new() };
        let ExprKind::Record(record) = self.kind((ix, arg.value)) else { return Vec::new() };
        record
            .fields
            .iter()
            .filter(|field| !field.name.is_empty())
            .map(|field| ClassMethod {
                method: field.name.to_uppercase(),
                below: String::new(),
                function: self
                    .constant_text((ix, field.value))
                    .and_then(|name| self.method_of(class, &name)),
            })
            .collect()
    }

    /// The HTTP methods that annotations of a handler allow.
    pub(crate) fn methods_of_handler(
        &self,
        (ix, id): FunctionRef,
        framework: &Framework,
    ) -> Vec<String> {
        let function = self.unit(ix).function(id);
        for annotation in &function.annotations {
            let names = framework.handler_methods.keys();
            let Some(path) = self.annotation_in(ix, annotation, names) else { continue };
            let method = &framework.handler_methods[&path];
            if !method.starts_with("argument:") {
                return method.split(',').map(str::to_owned).collect();
            }
            let Some(arg) = annotation.args.first() else { return vec!["GET".to_owned()] };
            return self.method_names((ix, arg.value));
        }
        Vec::new()
    }

    /// The routes of a class that a decorator declares.
    pub(crate) fn class_routes(
        &self,
        declared: &Declared<'_>,
        framework: &Framework,
        class: TypeIxRef,
        prefixes: &[Prefix],
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let ix = declared.at.0;
        let paths = declared.args.iter().filter(|arg| arg.name.is_none());
        let paths: Vec<String> = paths.map(|arg| self.path_with_holes((ix, arg.value))).collect();
        let full: Vec<Prefix> =
            prefixes.iter().flat_map(|prefix| paths.iter().map(|path| prefix.then(path))).collect();
        let methods = self.class_methods(class, None, framework);
        self.routes_of_class(declared.at, framework, class, &methods, &full, mounts, found);
    }

    /// One route for each method of a class and each of its paths, and for each of its actions.
    #[expect(clippy::too_many_arguments, reason = "a route is all of this")]
    pub(crate) fn routes_of_class(
        &self,
        at: ExprRef,
        framework: &Framework,
        class: TypeIxRef,
        methods: &[ClassMethod],
        paths: &[Prefix],
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let global = self.global_prefix(at.0, framework, mounts);
        let mut push = |at: ExprRef, method: &ClassMethod, path: &Prefix| {
            found.push(FoundRoute {
                at,
                method: method.method.clone(),
                path: path.below(&global).then(&method.below),
                framework: framework.name.clone(),
                function: method.function,
                versioned_by: Name::default(),
                page: false,
            });
        };
        for path in paths {
            for method in methods {
                push(at, method, path);
            }
        }
        if framework.class_actions.is_empty() || methods.iter().all(|m| m.below.is_empty()) {
            return;
        }
        let (cx, ty) = class;
        let unit = self.unit(cx);
        for &id in &unit.type_decl(ty).methods {
            for (place, method) in self.actions_of((cx, id), framework) {
                for path in paths {
                    push(place, &method, path);
                }
            }
        }
    }

    /// `@action(detail=True, methods=["post"], url_path="pay")`.
    fn actions_of(
        &self,
        (ix, id): (crate::program::UnitIx, FunctionId),
        framework: &Framework,
    ) -> Vec<(ExprRef, ClassMethod)> {
        let function = self.unit(ix).function(id);
        let mut found = Vec::new();
        for annotation in &function.annotations {
            let names = framework.class_actions.iter();
            if self.annotation_in(ix, annotation, names).is_none() {
                continue;
            }
            let options = self.argument_options(ix, &annotation.args);
            let value = |name: &str| {
                options.list.iter().find(|s| s.name == name).and_then(|setting| setting.value)
            };
            let methods = value("methods").map(|at| self.method_names(at)).unwrap_or_default();
            let methods = if methods.is_empty() { vec!["GET".to_owned()] } else { methods };
            let detail =
                value("detail").is_some_and(|at| matches!(self.kind(at), ExprKind::Bool(true)));
            let own = value("url_path")
                .map_or_else(|| function.name.to_string(), |at| self.path_with_holes(at));
            let below = if detail { format!("{{pk}}/{own}") } else { own };
            for method in methods {
                let served = ClassMethod { method, below: below.clone(), function: Some((ix, id)) };
                found.push(((ix, annotation.callee), served));
            }
        }
        found
    }
}

/// `on_post` serves POST.
fn last_word(name: &str) -> String {
    last_part(name).trim_start_matches("on_").to_uppercase()
}

//! Routes declared by annotations on the methods of controllers, with class-level prefixes.

use std::sync::Arc;

use groundrule_unit::{Annotation, Arg, ExprKind, FunctionId, Language, Name, TypeRef};

use crate::models::{Framework, last_part};
use crate::mounts::Mounts;
use crate::prefixes::Prefix;
use crate::program::{Program, TypeIxRef, UnitIx, last_name};
use crate::routes::FoundRoute;

const METHODS: &[&str] =
    &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

/// More annotations than any type bears, with what they are made of; a circle of them ends here.
const MOST_ANNOTATIONS: usize = 64;

impl Program<'_> {
    /// The routes that the annotated methods of a unit declare.
    pub(crate) fn annotated_routes(&self, ix: UnitIx, mounts: &Mounts) -> Vec<FoundRoute> {
        let unit = self.unit(ix);
        let mut found = Vec::new();
        let frameworks = &self.models.of(unit.language).frameworks;
        for framework in frameworks.iter().filter(|f| !f.param_annotations.is_empty()) {
            for (id, function) in unit.functions.iter().enumerate() {
                if !unit.is_test(function.span) {
                    let id = FunctionId(id as u32);
                    self.triggered_routes(ix, id, framework, mounts, &mut found);
                }
            }
        }
        for framework in frameworks.iter().filter(|f| !f.annotations.is_empty()) {
            for (id, function) in unit.functions.iter().enumerate() {
                if function.annotations.is_empty() || unit.is_test(function.span) {
                    continue;
                }
                let id = FunctionId(id as u32);
                let owner = self.owner_of((ix, id));
                if owner.is_some_and(|owner| self.is_client_or_no_controller(owner, framework)) {
                    continue;
                }
                self.annotated_route(ix, id, owner, framework, mounts, &mut found);
            }
        }
        found
    }

    fn annotated_route(
        &self,
        ix: UnitIx,
        id: FunctionId,
        owner: Option<TypeIxRef>,
        framework: &Framework,
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let mounted = mounts.prefixes_of(self, (ix, id), framework);
        if framework.only_mounted && mounted.is_empty() {
            return;
        }
        for annotation in &function.annotations {
            let Some(path) = self.annotation_in(ix, annotation, framework.annotations.keys())
            else {
                continue;
            };
            let mut method = &framework.annotations[&path];
            let alone = method.strip_prefix("alone:").map(Name::new);
            if let Some(alone) = &alone {
                let others = function.annotations.iter().filter(|a| a.span != annotation.span);
                let declared = others
                    .filter_map(|a| self.annotation_in(ix, a, framework.annotations.keys()))
                    .any(|other| !framework.annotations[&other].starts_with("alone:"));
                if declared {
                    continue;
                }
                method = alone;
            }
            let methods = match method.strip_prefix("argument:") {
                _ if method == "first" => {
                    let first = annotation.args.first().map(|arg| (ix, arg.value));
                    let named = first
                        .and_then(|(ix, value)| last_name(unit, value).map(|name| (ix, name)))
                        .map(|(_, name)| name.to_uppercase());
                    vec![named.unwrap_or_else(|| "ANY".to_owned())]
                }
                Some(attribute) => {
                    let named = self.annotation_values(ix, annotation, &[Name::new(attribute)]);
                    // The unnamed argument is the path.
                    let named: Vec<String> = named
                        .iter()
                        .map(|value| last_part(value).to_uppercase())
                        .filter(|method| METHODS.contains(&method.as_str()))
                        .collect();
                    if named.is_empty() { vec!["ANY".to_owned()] } else { named }
                }
                None => vec![method.to_string()],
            };
            let own = match method == "first" {
                true => framework
                    .path_attributes
                    .iter()
                    .filter_map(|name| self.named_annotation_value(ix, annotation, name))
                    .collect(),
                false => self.annotation_values(ix, annotation, &framework.path_attributes),
            };
            let beside = || {
                function
                    .annotations
                    .iter()
                    .filter(|other| {
                        other.span != annotation.span
                            && self
                                .annotation_in(ix, other, framework.path_annotations.iter())
                                .is_some()
                    })
                    .flat_map(|other| self.annotation_values(ix, other, &framework.path_attributes))
                    .collect::<Vec<_>>()
            };
            let paths = if own.is_empty() { beside() } else { own };
            let paths = if paths.is_empty() { vec![String::new()] } else { paths };
            let global = self.global_prefix(ix, framework, mounts);
            let classes = match owner {
                Some(owner) => self.class_prefixes(owner, framework, 0),
                None if !mounted.is_empty() => mounted.clone(),
                None => vec![String::new()],
            };
            let (versioned_by, version) =
                self.annotated_version((ix, annotation), id, owner, framework, mounts);
            let number = self.version_number(ix, id, owner, framework);
            for class in &classes {
                for path in &paths {
                    let path = match owner {
                        Some(owner) => self.fill_tokens(path, owner, &function.name),
                        None => path.clone(),
                    };
                    let absolute = framework.absolute_paths && path.starts_with(['/', '~']);
                    let front = Prefix::root().then(&global).then(&version);
                    let front = if absolute { front } else { front.then(class) };
                    let path = path.split_once('?').map_or(path.as_str(), |(path, _)| path);
                    let mut path = front.then(path.trim_start_matches('~'));
                    let versioned_by = match path.fill_version(&number) {
                        true => Name::new_static("path"),
                        false => versioned_by.clone(),
                    };
                    for method in &methods {
                        found.push(FoundRoute {
                            at: (ix, annotation.callee),
                            method: method.clone(),
                            path: path.clone(),
                            framework: framework.name.clone(),
                            function: Some((ix, id)),
                            versioned_by: versioned_by.clone(),
                            page: self.names_a_page(ix, id, owner, framework),
                        });
                    }
                }
            }
        }
    }

    /// The name in a list that an annotation has after resolution.
    pub(crate) fn annotation_in<'n>(
        &self,
        ix: UnitIx,
        annotation: &Annotation,
        names: impl Iterator<Item = &'n Name>,
    ) -> Option<Name> {
        let written = last_name(self.unit(ix), annotation.callee)?.clone();
        let mut names = names.filter(|name| same_attribute(last_part(name), &written)).peekable();
        names.peek()?;
        let paths = self.paths((ix, annotation.callee));
        names
            .find(|name| {
                paths.iter().any(|path| {
                    path == *name
                        || !path.contains('.') && self.may_bring(ix, name)
                        || path.rsplit_once('.').map(|(front, _)| front)
                            == name.rsplit_once('.').map(|(front, _)| front)
                })
            })
            .cloned()
    }

    /// Whether a library may bring a name that nothing in the file imports: Rust's `macro_use`
    /// brings those of a crate that the service depends on.
    fn may_bring(&self, ix: UnitIx, name: &str) -> bool {
        let unit = self.unit(ix);
        let library = name.split('.').next().unwrap_or(name);
        unit.language != Language::Rust
            || self
                .layout
                .services_running(&unit.path)
                .iter()
                .flat_map(|service| &service.dependencies)
                .any(|dependency| dependency.name.replace('-', "_") == library)
    }

    /// Whether a type bears one of the annotations.
    pub(crate) fn bears(&self, ty: TypeIxRef, names: &[Name]) -> bool {
        !names.is_empty()
            && self
                .annotations_of(ty)
                .iter()
                .any(|(ix, annotation)| self.annotation_in(*ix, annotation, names.iter()).is_some())
    }

    /// The annotations of a type, and those that stand on annotations of the repository which it
    /// bears: a composed annotation means all that it is made of.
    fn annotations_of(&self, (ix, ty): TypeIxRef) -> Vec<(UnitIx, &Annotation)> {
        let own = self.unit(ix).type_decl(ty).annotations.iter().map(|own| (ix, own));
        let mut found: Vec<_> = own.collect();
        let mut at = 0;
        while at < found.len().min(MOST_ANNOTATIONS) {
            let (ix, annotation) = found[at];
            at += 1;
            if !matches!(self.unit(ix).language, Language::Java | Language::Kotlin) {
                continue;
            }
            let named = last_name(self.unit(ix), annotation.callee);
            let declared =
                named.and_then(|name| self.repository_type(ix, &TypeRef::named(name.clone())));
            if let Some((cx, composed)) = declared {
                let parts = &self.unit(cx).type_decl(composed).annotations;
                found.extend(parts.iter().map(|part| (cx, part)));
            }
        }
        found
    }

    fn is_client_or_no_controller(&self, owner: TypeIxRef, framework: &Framework) -> bool {
        if self.bears(owner, &framework.clients) {
            return true;
        }
        if framework.controllers.is_empty() || self.bears(owner, &framework.controllers) {
            return false;
        }
        // Interfaces that controllers implement carry the annotations, and so may base classes.
        let (ix, ty) = owner;
        let decl = self.unit(ix).type_decl(ty);
        if self.super_types(owner).iter().any(|&base| self.bears(base, &framework.controllers)) {
            return false;
        }
        !self
            .implementers(&decl.name)
            .into_iter()
            .any(|implementer| self.bears(implementer, &framework.controllers))
    }

    /// Types that name another among their bases.
    pub(crate) fn implementers(&self, name: &str) -> Vec<TypeIxRef> {
        let mut found = self.extending(name).to_vec();
        found.dedup();
        found
    }

    /// The texts that an annotation holds under the unnamed attribute or under names.
    pub(crate) fn annotation_values(
        &self,
        ix: UnitIx,
        annotation: &Annotation,
        names: &[Name],
    ) -> Vec<String> {
        let unnamed = |arg: &&Arg| arg.name.is_none();
        let named = annotation
            .args
            .iter()
            .filter(|arg| arg.name.as_ref().is_some_and(|name| names.contains(name)));
        let positional = annotation.args.iter().filter(unnamed).take(1);
        named
            .chain(positional)
            .flat_map(|arg| match self.kind((ix, arg.value)) {
                ExprKind::List(items) => {
                    items.iter().map(|&item| self.annotation_text(ix, item)).collect()
                }
                ExprKind::Record(record) => record
                    .fields
                    .iter()
                    .filter(|field| names.contains(&field.name))
                    .map(|field| self.annotation_text(ix, field.value))
                    .collect(),
                _ => vec![self.annotation_text(ix, arg.value)],
            })
            .collect()
    }

    fn annotation_text(&self, ix: UnitIx, value: groundrule_unit::ExprId) -> String {
        let text = self.path_with_holes((ix, value));
        match self.kind((ix, value)) {
            ExprKind::Member { name, .. } if text == "{}" => name.to_string(),
            ExprKind::Name(name) if text == "{}" => name.to_string(),
            _ => self.with_configuration(ix, &text),
        }
    }

    /// Fills `${api.prefix}` from the service's configuration.
    fn with_configuration(&self, ix: UnitIx, text: &str) -> String {
        let Some(start) = text.find("${") else { return text.to_owned() };
        let Some(end) = text[start..].find('}') else { return text.to_owned() };
        let key = &text[start + 2..start + end];
        let (key, default) = key.split_once(':').unwrap_or((key, ""));
        let value =
            self.configuration(&self.unit(ix).path, key).unwrap_or_else(|| default.to_owned());
        format!("{}{value}{}", &text[..start], &text[start + end + 1..])
    }

    /// The prefixes of a controller: its own annotations, else those of what it extends.
    fn class_prefixes(&self, owner: TypeIxRef, framework: &Framework, depth: u32) -> Vec<String> {
        let mut found = Vec::new();
        for (ix, annotation) in self.annotations_of(owner) {
            if self.annotation_in(ix, annotation, framework.path_annotations.iter()).is_some()
                || self.annotation_in(ix, annotation, framework.controllers.iter()).is_some()
                    && !framework.path_attributes.is_empty()
                    && framework.path_annotations.is_empty()
            {
                found.extend(self.annotation_values(ix, annotation, &framework.path_attributes));
            }
        }
        for prefix in &mut found {
            *prefix = self.fill_tokens(prefix, owner, "");
        }
        if found.is_empty() && depth < 4 {
            for base in self.super_types(owner) {
                let inherited = self.class_prefixes(base, framework, depth + 1);
                if inherited.iter().any(|prefix| !prefix.is_empty()) {
                    return inherited
                        .iter()
                        .map(|prefix| self.fill_tokens(prefix, owner, ""))
                        .collect();
                }
            }
        }
        if found.is_empty() { vec![String::new()] } else { found }
    }

    /// The prefixes that annotated classes set for all routes of a service, with their files.
    pub(crate) fn annotated_prefixes(
        &self,
        language: Language,
        framework: &Framework,
    ) -> Vec<(UnitIx, String)> {
        if framework.prefix_annotations.is_empty() {
            return Vec::new();
        }
        let prefix = |ux: UnitIx, annotation: &Annotation| {
            self.annotation_in(ux, annotation, framework.prefix_annotations.iter())?;
            self.annotation_values(ux, annotation, &framework.path_attributes).into_iter().next()
        };
        self.iter_units()
            .filter(|(_, unit)| unit.language == language)
            .filter_map(|(ux, unit)| {
                let mut annotations = unit.types.iter().flat_map(|decl| &decl.annotations);
                Some((ux, annotations.find_map(|annotation| prefix(ux, annotation))?))
            })
            .collect()
    }

    /// ASP.NET's `[controller]` and `[action]`.
    fn fill_tokens(&self, path: &str, (ix, ty): TypeIxRef, action: &str) -> String {
        if !path.contains('[') {
            return path.to_owned();
        }
        let name = &self.unit(ix).type_decl(ty).name;
        let controller = name.strip_suffix("Controller").unwrap_or(name);
        let action = action.strip_suffix("Async").unwrap_or(action);
        path.replace("[controller]", controller).replace("[action]", action)
    }

    /// The version that fills a template's `{version:apiVersion}`: the first that an annotation of
    /// the method or its class names, else 1.
    fn version_number(
        &self,
        ix: UnitIx,
        id: FunctionId,
        owner: Option<TypeIxRef>,
        framework: &Framework,
    ) -> String {
        let of_class = owner.into_iter().flat_map(|(ox, ty)| {
            self.unit(ox).type_decl(ty).annotations.iter().map(move |a| (ox, a))
        });
        let own = self.unit(ix).function(id).annotations.iter().map(|a| (ix, a));
        own.chain(of_class)
            .filter(|(ax, a)| self.annotation_in(*ax, a, framework.versions.keys()).is_some())
            .find_map(|(ax, a)| self.annotation_values(ax, a, &[]).into_iter().next())
            .filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
            .unwrap_or_else(|| "1".to_owned())
    }

    /// Routes by an annotated parameter: Azure Functions' `[HttpTrigger(…, "post", Route = "x")]`.
    fn triggered_routes(
        &self,
        ix: UnitIx,
        id: FunctionId,
        framework: &Framework,
        mounts: &Mounts,
        found: &mut Vec<FoundRoute>,
    ) {
        let function = self.unit(ix).function(id);
        let annotations = function.params.iter().flat_map(|param| &param.annotations);
        for annotation in annotations {
            if self.annotation_in(ix, annotation, framework.param_annotations.iter()).is_none() {
                continue;
            }
            let texts = annotation.args.iter().filter(|arg| arg.name.is_none());
            let mut methods: Vec<String> = texts
                .filter_map(|arg| self.constant_text((ix, arg.value)))
                .map(|method| method.to_uppercase())
                .collect();
            if methods.is_empty() {
                methods.push("ANY".to_owned());
            }
            let named = annotation
                .args
                .iter()
                .find(|arg| {
                    arg.name.as_ref().is_some_and(|name| framework.path_attributes.contains(name))
                })
                .map(|arg| self.annotation_text(ix, arg.value))
                .filter(|path| path != "{}");
            let path = named.unwrap_or_else(|| {
                let names = function.annotations.iter().filter(|a| {
                    self.annotation_in(ix, a, framework.name_annotations.iter()).is_some()
                });
                names
                    .flat_map(|a| self.annotation_values(ix, a, &[]))
                    .map(|name| if name == "{}" { function.name.to_string() } else { name })
                    .next()
                    .unwrap_or_else(|| function.name.to_string())
            });
            let global = self.global_prefix(ix, framework, mounts);
            let path = Prefix::root().then(&global).then(&path);
            for method in methods {
                found.push(FoundRoute {
                    at: (ix, annotation.callee),
                    method,
                    path: path.clone(),
                    framework: framework.name.clone(),
                    function: Some((ix, id)),
                    versioned_by: Name::default(),
                    page: false,
                });
            }
        }
    }

    /// How a version annotation lets requests carry the version, and the segment that it adds.
    fn annotated_version(
        &self,
        (ix, route): (UnitIx, &Annotation),
        id: FunctionId,
        owner: Option<TypeIxRef>,
        framework: &Framework,
        mounts: &Mounts,
    ) -> (Name, String) {
        if framework.versions.is_empty() {
            return (Name::default(), String::new());
        }
        let unit = self.unit(ix);
        let Some(how) = self.version_style(ix, framework, mounts) else {
            return (Name::default(), String::new());
        };
        let of_class = owner.into_iter().flat_map(|(ox, ty)| {
            self.unit(ox).type_decl(ty).annotations.iter().map(move |a| (ox, a))
        });
        let own = unit.function(id).annotations.iter().map(|a| (ix, a));
        for (ax, annotation) in own.chain(of_class) {
            if let Some(name) = self.annotation_in(ax, annotation, framework.versions.keys()) {
                let style = &framework.versions[&name];
                let values = self.annotation_values(
                    ax,
                    annotation,
                    &[Name::new("version"), Name::new("value")],
                );
                let is_route = annotation.span == route.span;
                let is_controller =
                    self.annotation_in(ax, annotation, framework.controllers.iter()).is_some();
                let version = match (is_route || is_controller, values.first()) {
                    (true, _) => {
                        self.named_annotation_value(ax, annotation, "version").unwrap_or_default()
                    }
                    (false, Some(value)) => value.clone(),
                    (false, None) => String::new(),
                };
                if version.is_empty() {
                    continue;
                }
                return match how.as_str() {
                    "path" => (Name::default(), format!("v{version}")),
                    // Only a template with the version's place has it.
                    "segment" => (Name::default(), String::new()),
                    "" => (style.clone(), String::new()),
                    other => (Name::new(other), String::new()),
                };
            }
        }
        (Name::default(), String::new())
    }

    fn named_annotation_value(
        &self,
        ix: UnitIx,
        annotation: &Annotation,
        name: &str,
    ) -> Option<String> {
        annotation.args.iter().find_map(|arg| {
            if arg.name.as_deref() == Some(name) {
                return Some(self.path_with_holes((ix, arg.value)));
            }
            match self.kind((ix, arg.value)) {
                ExprKind::Record(record) => record
                    .fields
                    .iter()
                    .find(|field| field.name == name)
                    .map(|field| self.path_with_holes((ix, field.value))),
                _ => None,
            }
        })
    }

    /// How the service switches its framework's versioning on: `path`, `header`, `query`,
    /// `media-type`, or empty where the annotation's own style holds. None where it does not.
    fn version_style(&self, ix: UnitIx, framework: &Framework, mounts: &Mounts) -> Option<String> {
        if framework.versions_need.is_empty() {
            return Some(String::new());
        }
        let key = (self.services_of(&self.unit(ix).path), framework.name.clone());
        mounts.styles.get(key, |(services, _)| self.find_version_style(services, framework))
    }

    fn find_version_style(&self, services: &[Arc<str>], framework: &Framework) -> Option<String> {
        let calls =
            framework.versions_need.iter().flat_map(|name| self.calls_named(last_part(name)));
        let mut own = calls.filter(|(ux, _)| *self.services_of(&self.unit(*ux).path) == *services);
        let &(ux, call) = own.next()?;
        let settings = self.settings((ux, call));
        let said: Vec<String> = settings
            .list
            .iter()
            .map(|s| {
                let value = s.value.map(|v| self.text(v)).unwrap_or_default();
                format!("{} {value}", s.name).to_lowercase()
            })
            .collect();
        let says = |word: &str| said.iter().any(|said| said.contains(word));
        let style = if says("urlsegment") && !says("header") && !says("query") {
            "segment"
        } else if says("uri") {
            "path"
        } else if says("mediatype") || says("media_type") {
            "media-type"
        } else if says("header") || says("custom") {
            "header"
        } else if says("query") {
            "query"
        } else if self.unit(ux).language == Language::TypeScript {
            "path"
        } else {
            ""
        };
        Some(style.to_owned())
    }

    /// Whether the method's result names a page rather than being the reply's body.
    fn names_a_page(
        &self,
        ix: UnitIx,
        id: FunctionId,
        owner: Option<TypeIxRef>,
        framework: &Framework,
    ) -> bool {
        if framework.body_annotations.is_empty() {
            return false;
        }
        let function = self.unit(ix).function(id);
        let bodied = function
            .annotations
            .iter()
            .any(|a| self.annotation_in(ix, a, framework.body_annotations.iter()).is_some())
            || owner.is_some_and(|owner| {
                self.bears(owner, &framework.body_annotations)
                    || self
                        .implementers(&self.unit(owner.0).type_decl(owner.1).name)
                        .into_iter()
                        .any(|implementer| self.bears(implementer, &framework.body_annotations))
            });
        if bodied {
            return false;
        }
        let mut returns = function.returns.as_ref();
        while let Some(inner) = returns
            && matches!(last_part(&inner.name), "Mono" | "CompletableFuture" | "Callable" | "Task")
            && let [only] = &*inner.args
        {
            returns = Some(only);
        }
        returns.is_none_or(|ty| {
            matches!(
                last_part(&ty.name),
                "String" | "ModelAndView" | "View" | "Rendering" | "RedirectView"
            )
        })
    }

    /// What the configuration of the services running a file sets for a key.
    pub(crate) fn configuration(&self, path: &str, key: &str) -> Option<String> {
        self.layout
            .services_running(path)
            .into_iter()
            .flat_map(|service| self.documents_of(&service.folder))
            .flat_map(|document| &document.roots)
            .find_map(|root| root.at(key))
            .and_then(|entry| entry.value.text())
            .map(str::to_owned)
    }

    /// The prefix that configuration sets for all routes of the service.
    pub(crate) fn configured_prefix(&self, path: &str, framework: &Framework) -> Option<String> {
        let filled = |value: String| {
            if !value.starts_with("${") {
                return value;
            }
            // `${CONTEXT_PATH:/api}`
            let inner = value.trim_start_matches("${").trim_end_matches('}');
            inner.split_once(':').map(|(_, default)| default.to_owned()).unwrap_or_default()
        };
        let mut all: Vec<String> = framework
            .config_prefix
            .iter()
            .filter_map(|key| self.configuration(path, key))
            .map(filled)
            .collect();
        all.retain(|prefix| !prefix.is_empty());
        (!all.is_empty()).then(|| all.join("/"))
    }
}

/// Names of attributes are compared without C#'s optional ending.
fn same_attribute(known: &str, written: &str) -> bool {
    known == written || written.strip_suffix("Attribute") == Some(known)
}

//! `[[framework]]`: how a web framework declares routes and how their full paths are assembled.
//!
//! Two ways are told apart: calls on routers (`router.get("/x", h)`, also as decorators), and
//! annotations on methods of controllers (`@GetMapping("/x")`).

use std::collections::BTreeMap;

use groundrule_unit::Name;
use serde::Deserialize;

use super::pattern::expand;

/// A web framework.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Framework {
    /// Shown in reports.
    pub name: Name,
    /// Qualified names of the types that routes are declared on.
    #[serde(default)]
    pub routers: Vec<String>,
    /// Methods of routers that declare a route, with the HTTP method: `GET`, `ANY`,
    /// `argument:N` (a constant argument), `name` (the function that wraps the handler names it:
    /// axum's `get(handler)`), or empty where `method-names` says it.
    #[serde(default)]
    pub verbs: BTreeMap<Name, Name>,
    /// Free functions, by qualified name, that declare a route; the router is the enclosing block
    /// or extension receiver. The method may be `NAME`, the function's own.
    #[serde(default)]
    pub functions: BTreeMap<Name, Name>,
    /// The position of the path.
    #[serde(default)]
    pub path: u32,
    /// Names under which options give the path (`url`, `route`).
    #[serde(default)]
    pub path_names: Vec<Name>,
    /// All arguments from `path` on are paths (`add_resource(Users, "/users", "/people")`).
    #[serde(default)]
    pub more_paths: bool,
    /// Only what follows the last of this text in a path counts.
    #[serde(default)]
    pub path_after: Name,
    /// It is a declaration only where this many arguments or more are given: `app.get("port")`
    /// reads a setting.
    #[serde(default)]
    pub arguments: usize,
    /// The position of the handler; the last argument if it is left out.
    #[serde(default)]
    pub handler: Option<u32>,
    /// Names under which options give the handler.
    #[serde(default)]
    pub handler_names: Vec<Name>,
    /// Names under which keyword arguments, options, or calls chained after it give the methods
    /// (`methods`).
    #[serde(default)]
    pub method_names: Vec<Name>,
    /// The method where nothing says one; `ANY` if left out.
    #[serde(default)]
    pub default_method: Option<Name>,
    /// The path may start with a method and a space (`POST /orders`).
    #[serde(default)]
    pub method_in_path: bool,
    /// Methods, or free functions by qualified name, that give back a router below a path: the
    /// position of the path.
    #[serde(default)]
    pub groups: BTreeMap<Name, u32>,
    /// Methods or free functions that hand a router below a path to a function: the position of
    /// the path, or -1 for none.
    #[serde(default)]
    pub scopes: BTreeMap<Name, i32>,
    /// Free functions, by qualified name, that put what is listed in their arguments below a path:
    /// the position of the path (Starlette's `Mount`).
    #[serde(default)]
    pub list_groups: BTreeMap<Name, u32>,
    /// Methods of routers that are given a list of routes.
    #[serde(default)]
    pub list_mounts: Vec<Name>,
    /// Functions, by qualified name, that stand for the list of a module given by its name
    /// (Django's `include`).
    #[serde(default)]
    pub list_modules: Vec<Name>,
    /// The variable of such a module that holds its routes.
    #[serde(default)]
    pub list_name: Name,
    /// The member of a router that is the list of its routes (`router.urls`).
    #[serde(default)]
    pub list_member: Name,
    /// Functions whose path is a regular expression.
    #[serde(default)]
    pub regular: Vec<Name>,
    /// Methods of a class given as handler that serve one HTTP method each, with it and what they
    /// add to the path: `retrieve = "GET {pk}"`.
    #[serde(default)]
    pub class_verbs: BTreeMap<Name, Name>,
    /// What base classes of the library serve: names out of `class-verbs`.
    #[serde(default)]
    pub class_bases: BTreeMap<Name, Vec<Name>>,
    /// Annotations of methods of such a class that declare a route below the class's.
    #[serde(default)]
    pub class_actions: Vec<Name>,
    /// Annotations of handlers that say which HTTP methods they take: the method, or `argument:0`.
    #[serde(default)]
    pub handler_methods: BTreeMap<Name, Name>,
    /// Methods that put one router below another.
    #[serde(default)]
    pub mounts: BTreeMap<Name, Mount>,
    /// Names under which a router's construction gives its prefix.
    #[serde(default)]
    pub prefix_names: Vec<Name>,
    /// The position of the prefix in a router's construction.
    #[serde(default)]
    pub prefix: Option<u32>,
    /// The position of the router that a new router stands on in its construction.
    #[serde(default)]
    pub on: Option<u32>,
    /// Names under which a router or route is given its version, which adds a first segment `v…`.
    #[serde(default)]
    pub version_names: Vec<Name>,
    /// Plugins, by qualified name, that mount every module of a folder: the folder's name is the
    /// prefix.
    #[serde(default)]
    pub autoload: Vec<Name>,
    /// Methods of the application that set a prefix for all routes, by position.
    #[serde(default)]
    pub global_prefix: BTreeMap<Name, u32>,
    /// Annotations of a class that set a prefix for all routes of the service.
    #[serde(default)]
    pub prefix_annotations: Vec<Name>,
    /// Configuration keys that set a prefix for all routes of the service.
    #[serde(default)]
    pub config_prefix: Vec<Name>,
    /// The prefix where no configuration sets one (Azure Functions' `api`).
    #[serde(default)]
    pub default_prefix: Name,
    /// Annotations of methods that declare a route, by qualified name, with the HTTP method,
    /// `argument:NAME` for an attribute that lists them, `first` for the first argument, or
    /// `alone:METHOD` for one that declares a route only where no other does.
    #[serde(default)]
    pub annotations: BTreeMap<Name, Name>,
    /// Annotations of methods and classes that give (a part of) the path, by qualified name.
    #[serde(default)]
    pub path_annotations: Vec<Name>,
    /// Attributes of annotations that hold the path, beside the unnamed one.
    #[serde(default)]
    pub path_attributes: Vec<Name>,
    /// Annotations one of which a class must bear for its methods to be routes; empty for any.
    #[serde(default)]
    pub controllers: Vec<Name>,
    /// Annotations of classes whose methods only describe a client (`@FeignClient`).
    #[serde(default)]
    pub clients: Vec<Name>,
    /// Annotations or attributes that give a version, and how requests carry it.
    #[serde(default)]
    pub versions: BTreeMap<Name, Name>,
    /// Calls, by qualified name, without which `versions` have no effect.
    #[serde(default)]
    pub versions_need: Vec<String>,
    /// Methods chained on a route or a router, and functions called beside a route, that bind it to
    /// a version which the framework enforces.
    #[serde(default)]
    pub version_calls: Vec<Name>,
    /// Functions called beside a route that add a segment `v<argument>` to its path.
    #[serde(default)]
    pub version_segments: Vec<Name>,
    /// Members whose assigned value is a prefix for all routes of the service.
    #[serde(default)]
    pub global_prefix_members: Vec<Name>,
    /// Annotated functions are routes only where they are mounted.
    #[serde(default)]
    pub only_mounted: bool,
    /// Annotations of parameters that make their function a route: the positional arguments after
    /// the first are methods, `path-attributes` name the path.
    #[serde(default)]
    pub param_annotations: Vec<Name>,
    /// Annotations of functions that give the path where `param-annotations` give none.
    #[serde(default)]
    pub name_annotations: Vec<Name>,
    /// Annotations that make a method's result the reply's body; without one of them, on the
    /// method or the class, the result names a page. Empty: results are bodies.
    #[serde(default)]
    pub body_annotations: Vec<Name>,
    /// Method names, without the receiver, that answer with a page (`render`).
    #[serde(default)]
    pub pages: Vec<Name>,
    /// Method names that answer with a redirect.
    #[serde(default)]
    pub redirects: Vec<Name>,
    /// A path of a method that starts with `/` or `~/` replaces the class's.
    #[serde(default)]
    pub absolute_paths: bool,
}

impl Framework {
    /// Writes Rust's `::` as a dot and expands braces, so that names compare as they are.
    pub(super) fn dotted(&mut self) {
        self.routers = self.routers.iter().flat_map(|n| expand(n)).map(String::from).collect();
        for map in [
            &mut self.verbs,
            &mut self.functions,
            &mut self.annotations,
            &mut self.versions,
            &mut self.class_verbs,
            &mut self.handler_methods,
        ] {
            *map = std::mem::take(map)
                .into_iter()
                .flat_map(|(name, to)| expand(&name).into_iter().map(move |n| (n, to.clone())))
                .collect();
        }
        self.groups = std::mem::take(&mut self.groups)
            .into_iter()
            .flat_map(|(name, to)| expand(&name).into_iter().map(move |n| (n, to)))
            .collect();
        self.scopes = std::mem::take(&mut self.scopes)
            .into_iter()
            .flat_map(|(name, to)| expand(&name).into_iter().map(move |n| (n, to)))
            .collect();
        self.list_groups = std::mem::take(&mut self.list_groups)
            .into_iter()
            .flat_map(|(name, to)| expand(&name).into_iter().map(move |n| (n, to)))
            .collect();
        self.class_bases = std::mem::take(&mut self.class_bases)
            .into_iter()
            .flat_map(|(name, to)| expand(&name).into_iter().map(move |n| (n, to.clone())))
            .collect();
        for list in [
            &mut self.list_modules,
            &mut self.regular,
            &mut self.class_actions,
            &mut self.autoload,
            &mut self.path_annotations,
            &mut self.controllers,
            &mut self.clients,
            &mut self.body_annotations,
            &mut self.prefix_annotations,
            &mut self.param_annotations,
            &mut self.name_annotations,
        ] {
            *list = list.iter().flat_map(|name| expand(name)).collect();
        }
    }

    /// The qualified names that the model speaks of.
    pub(super) fn names(&self) -> Vec<Name> {
        let routers = self.routers.iter().map(Name::new);
        let maps = [&self.functions, &self.annotations, &self.versions, &self.handler_methods];
        let maps = maps.into_iter().flat_map(|map| map.keys().cloned());
        let groups = self.groups.keys().chain(self.scopes.keys()).filter(|n| n.contains('.'));
        let groups = groups.chain(self.list_groups.keys()).chain(self.class_bases.keys());
        let lists = [
            &self.list_modules,
            &self.class_actions,
            &self.autoload,
            &self.path_annotations,
            &self.controllers,
            &self.clients,
            &self.body_annotations,
            &self.prefix_annotations,
            &self.param_annotations,
            &self.name_annotations,
        ];
        let lists = lists.into_iter().flatten().cloned();
        routers.chain(maps).chain(groups.cloned()).chain(lists).collect()
    }
}

/// How a router is put below another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mount {
    /// The position of the router, or of the function that is given one.
    pub router: u32,
    /// Names under which the router is given.
    #[serde(default)]
    pub router_names: Vec<Name>,
    /// The position of the path.
    #[serde(default)]
    pub path: Option<u32>,
    /// Names under which the path is given.
    #[serde(default)]
    pub path_names: Vec<Name>,
    /// The path given here replaces the router's own prefix.
    #[serde(default)]
    pub replaces: bool,
}

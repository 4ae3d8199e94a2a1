//! What imports and conventions say beyond names: calls under another name, importers of a
//! module's item, and the types of parameters that nothing declares.

use std::collections::BTreeSet;

use groundrule_unit::{ExprId, Language, Name, Target};

use crate::program::{ExprRef, FunctionRef, Program, UnitIx, own_name};
use crate::resolve::Entity;

/// Modules of Python's library that files of a repository are often named like.
const PYTHON: &[&str] = &[
    "asyncio",
    "calendar",
    "code",
    "email",
    "http",
    "io",
    "json",
    "logging",
    "operator",
    "platform",
    "queue",
    "random",
    "secrets",
    "select",
    "signal",
    "socket",
    "ssl",
    "statistics",
    "string",
    "time",
    "token",
    "types",
    "typing",
    "urllib",
    "uuid",
    "xmlrpc",
];
/// Modules of Node's library that files of a repository are often named like.
const NODE: &[&str] = &[
    "assert", "crypto", "events", "fs", "http", "http2", "https", "net", "os", "path", "process",
    "stream", "timers", "url", "util",
];
/// How many importers of an item are looked at.
const MOST: usize = 64;

impl Program<'_> {
    /// The units of the repository that a file means by a module's name, itself left out. A
    /// package that the service depends on is none of them, though a file may be named like it.
    pub(crate) fn modules_of(&self, ix: UnitIx, module: &str) -> Vec<UnitIx> {
        let unit = self.unit(ix);
        let mut units = self.modules_ending(module, unit.language);
        if unit.language.is_dynamic() {
            units.retain(|&found| found != ix);
            let by_suffix = units.iter().any(|&found| *self.unit(found).module != *module);
            if by_suffix && self.is_package(ix, module) {
                units.clear();
            }
        }
        units
    }

    /// Whether a module is one of the language's own, or of a package that the service depends on.
    fn is_package(&self, ix: UnitIx, module: &str) -> bool {
        let unit = self.unit(ix);
        let package = match unit.language {
            Language::Python => module.split('.').next().unwrap_or(module),
            _ => match module.split_once('/') {
                Some((scope, rest)) if scope.starts_with('@') => {
                    &module[..scope.len() + 1 + rest.find('/').unwrap_or(rest.len())]
                }
                Some((package, _)) => package,
                None => module,
            },
        };
        let own: &[&str] = match unit.language {
            Language::Python => PYTHON,
            _ => NODE,
        };
        if own.contains(&package) {
            return true;
        }
        let services = self.layout.services_running(&unit.path);
        let mut dependencies = services.iter().flat_map(|service| &service.dependencies).peekable();
        if dependencies.peek().is_none() {
            return self.models.of(unit.language).knows(package);
        }
        dependencies.any(|dependency| {
            let name = dependency.name.to_lowercase().replace('-', "_");
            name == package.replace('-', "_")
                || unit.language == Language::Python
                    && name.strip_prefix(package).is_some_and(|rest| rest.starts_with('_'))
        })
    }

    /// Whether a name in a unit may stand for something whose last part `matches` accepts: by
    /// itself, or because it is imported under another name.
    pub(crate) fn may_denote(
        &self,
        ix: UnitIx,
        name: &str,
        matches: impl Fn(&str) -> bool,
    ) -> bool {
        matches(name)
            || self.unit_index(ix).imports.get(name).into_iter().flatten().any(|&import| {
                let import = &self.unit(ix).imports[import as usize];
                matches(own_name(import))
            })
    }

    /// The calls in a unit whose callee's last part is `last`, or was before it was imported under
    /// another name.
    pub(crate) fn calls_of(&self, ix: UnitIx, last: &str) -> Vec<ExprId> {
        let index = self.unit_index(ix);
        let mut found: Vec<ExprId> = index.calls.get(last).into_iter().flatten().copied().collect();
        for &import in &index.renamed {
            let import = &self.unit(ix).imports[import as usize];
            if own_name(import) == last {
                found.extend(index.calls.get(&import.local).into_iter().flatten());
            }
        }
        found
    }

    /// Calls of a function of the repository under the names that other files import it by.
    pub(crate) fn renamed_calls(&self, (ix, id): FunctionRef) -> Vec<ExprRef> {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let mut found = Vec::new();
        let mut names: Vec<&str> = vec![&function.name];
        let lambda = self.unit_index(ix).lambdas.get(&id).copied();
        if let Some(lambda) = lambda {
            for &binding in self.unit_index(ix).by_value.get(&lambda).into_iter().flatten() {
                if let Target::Name(name) = &unit.bindings[binding as usize].target {
                    names.push(name);
                    let calls = self.unit_index(ix).calls.get(name).into_iter().flatten();
                    found.extend(calls.map(|&call| (ix, call)));
                }
            }
        }
        let is_default = unit.exports.iter().any(|export| {
            export.name == "default"
                && (Some(export.value) == lambda
                    || matches!(&unit.expr(export.value).kind, groundrule_unit::ExprKind::Name(n) if names.contains(&n.as_str())))
        });
        for (ux, import) in self.importers(ix) {
            let taken = match &import.item {
                Some(item) if item == "default" => is_default,
                Some(item) => names.contains(&item.as_str()),
                None => is_default,
            };
            if taken && (import.local != function.name || function.name.is_empty()) {
                let calls = self.unit_index(ux).calls.get(&import.local).into_iter().flatten();
                found.extend(calls.map(|&call| (ux, call)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The imports of other units that name a unit's module.
    pub(crate) fn importers(
        &self,
        ix: UnitIx,
    ) -> impl Iterator<Item = (UnitIx, &groundrule_unit::Import)> {
        let unit = self.unit(ix);
        self.importers_of(&unit.module, unit.language)
            .iter()
            .take(MOST)
            .filter(move |&&(ux, _)| ux != ix)
            .map(|&(ux, import)| (ux, &self.unit(ux).imports[import as usize]))
            .filter(move |(_, import)| {
                unit.module == import.module
                    || unit.language == Language::Python
                        && unit
                            .module
                            .strip_suffix(import.module.as_str())
                            .is_some_and(|front| front.ends_with('.'))
            })
    }

    /// What an untyped parameter is by the type that its function is declared to be of, or by the
    /// convention of its name where the service uses the library.
    pub(crate) fn conventional(&self, (ix, id): FunctionRef, index: usize) -> Vec<Entity> {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let lambda = self.unit_index(ix).lambdas.get(&id);
        let bound = lambda.and_then(|lambda| self.unit_index(ix).by_value.get(lambda));
        for &binding in bound.into_iter().flatten() {
            let binding = &unit.bindings[binding as usize];
            let Some(ty) = &binding.ty else { continue };
            for entity in self.type_entities(ix, binding.scope, ty) {
                if let Entity::Path(path) = entity
                    && let Some(model) = models.types.get(&path)
                    && let Some(handed) = model.callbacks.get("").and_then(|all| all.get(index))
                {
                    return vec![Entity::Instance(handed.clone())];
                }
            }
        }
        let Some(param) = unit.function(id).params.get(index) else { return Vec::new() };
        let Some(types) = models.parameters.get(&param.name) else { return Vec::new() };
        let services = self.layout.services_running(&unit.path);
        let used = |ty: &Name| {
            services.iter().flat_map(|service| &service.dependencies).any(|dependency| {
                ty.strip_prefix(dependency.name.to_lowercase().as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        types.iter().filter(|ty| used(ty)).take(1).cloned().map(Entity::Instance).collect()
    }

    /// The functions of the repository that a callee stands for; a module stands for what it
    /// gives out.
    pub(crate) fn functions_called(&self, callee: ExprRef) -> Vec<FunctionRef> {
        self.entities_within(callee, 6)
            .into_iter()
            .filter_map(|entity| match entity {
                Entity::Function(function) => Some(function),
                Entity::Value(value) => self.handler_function(value),
                Entity::Module(module) => {
                    self.modules_of(callee.0, &module).into_iter().find_map(|ux| {
                        let exports = self.unit(ux).exports.iter();
                        let default = exports.into_iter().find(|e| e.name == "default")?;
                        self.handler_function((ux, default.value))
                    })
                }
                _ => None,
            })
            .collect()
    }

    /// Whether some star pattern of outbound calls, which any call could match, is worth a look:
    /// what it names is imported somewhere.
    pub(crate) fn stars_in_use(&self, language: Language) -> bool {
        let in_use = |&(language, texts): &(&Language, &BTreeSet<Name>)| {
            let holds = |hint: &str| texts.iter().any(|text| text.contains(hint));
            self.models.of(*language).outbound.stars().any(|outbound| {
                let hints = &outbound.row.imports;
                hints.is_empty() || hints.iter().any(|hint| holds(hint))
            })
        };
        let languages = self.stars.get_or_init(|| {
            let all = self.imported_texts();
            all.iter().filter(in_use).map(|(&language, _)| language).collect()
        });
        languages.contains(&language)
    }
}

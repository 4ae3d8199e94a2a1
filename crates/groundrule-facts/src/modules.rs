//! Modules and what they give out, as imports name them.

use groundrule_unit::{ExprId, ExprKind, Import, Language, Library, Name};

use crate::define::Definition;
use crate::program::{Program, UnitIx};
use crate::resolve::{Entity, TYPE_STEPS};

impl Program<'_> {
    /// What an import denotes.
    pub(crate) fn imported(&self, ix: UnitIx, import: &Import, steps: u32) -> Vec<Entity> {
        let module = &import.module;
        let Some(item) = &import.item else {
            if !self.modules_of(ix, module).is_empty() {
                return vec![Entity::Module(module.clone())];
            }
            if self.unit(ix).language.is_dynamic() {
                self.want_module(module);
            }
            return vec![Entity::Path(module.clone())];
        };
        self.item_of_module(ix, module, item, steps)
            .unwrap_or_else(|| vec![Entity::Path(Name::new(format!("{module}.{item}")))])
    }

    /// The units of a module as a file imports it: of several that fit, the nearest.
    pub(crate) fn units_imported(&self, ix: UnitIx, module: &str) -> Vec<UnitIx> {
        let mut units = self.modules_of(ix, module);
        if units.len() > 1 {
            let near = |other: &UnitIx| common_prefix(&self.unit(ix).path, &self.unit(*other).path);
            let best = units.iter().map(near).max().unwrap_or_default();
            units.retain(|unit| near(unit) == best);
        }
        if units.is_empty() {
            units = self.library_units(module);
        }
        units
    }

    /// What a module of TypeScript or JavaScript gives out as a whole.
    pub(crate) fn default_of_module(&self, ix: UnitIx, module: &str) -> Vec<Entity> {
        self.item_of_module(ix, module, "default", TYPE_STEPS).unwrap_or_default()
    }

    /// An item of a module of the repository; none if the module is not of the repository.
    pub(crate) fn item_of_module(
        &self,
        ix: UnitIx,
        module: &str,
        item: &str,
        steps: u32,
    ) -> Option<Vec<Entity>> {
        if steps == 0 {
            return None;
        }
        let language = self.unit(ix).language;
        let units = self.units_imported(ix, module);
        if let Some(definition) = self.declared(&units, item) {
            let unit = match &definition {
                Definition::Bindings(ix, _) => *ix,
                _ => ix,
            };
            return Some(self.defined(definition, unit, item, steps - 1));
        }
        for &unit in &units {
            if let Some(export) = self.unit(unit).exports.iter().find(|e| e.name == item) {
                return Some(self.entities_within((unit, export.value), steps - 1));
            }
            if let Some(value) = self.field_of_default(unit, item) {
                return Some(self.entities_within((unit, value), steps - 1));
            }
            for import in self.unit(unit).imports.iter().filter(|i| i.reexport) {
                if import.wildcard {
                    let found = self.item_of_module(unit, &import.module, item, steps - 1);
                    if found.is_some() {
                        return found;
                    }
                } else if import.local == item {
                    return Some(self.imported(unit, import, steps - 1));
                }
            }
        }
        let below = format!("{module}.{item}");
        if !self.modules_of(ix, &below).is_empty() {
            return Some(vec![Entity::Module(Name::new(below))]);
        }
        // A member of a type: Java's static imports, Rust's associated functions.
        if let Some((outer, ty)) = module.rsplit_once(['.', '/'])
            && let Some(Definition::Type(ty)) = self.declared(self.module(outer), ty)
        {
            return Some(self.member(Entity::Type(ty), item, ix, steps - 1));
        }
        if language == Language::Rust {
            let krate = module.split('.').next().unwrap_or(module);
            let found = self
                .types_named(item)
                .iter()
                .find(|&&(tx, _)| self.unit(tx).module.split('.').next() == Some(krate));
            if let Some(&ty) = found {
                return Some(vec![Entity::Type(ty)]);
            }
            let found = self.functions_named(item).iter().find(|&&(fx, function)| {
                self.unit(fx).module.split('.').next() == Some(krate)
                    && self.unit(fx).function(function).owner.is_none()
            });
            if let Some(&function) = found {
                return Some(vec![Entity::Function(function)]);
            }
        }
        if units.is_empty() && language.is_dynamic() {
            self.want_module(module);
            self.want_module(&below);
        }
        if !units.is_empty() || !language.is_dynamic() || self.is_library(module) {
            self.want_declared(item);
        }
        // What a module of the repository seems not to declare is generated: its name is known.
        None
    }

    /// What a field of the object is that a module gives out as a whole: `module.exports = { a }`.
    fn field_of_default(&self, ix: UnitIx, name: &str) -> Option<ExprId> {
        let unit = self.unit(ix);
        let default = unit.exports.iter().find(|export| export.name == "default")?;
        let ExprKind::Record(record) = &unit.expr(default.value).kind else { return None };
        record.fields.iter().find(|field| field.name == name).map(|field| field.value)
    }

    fn is_library(&self, module: &str) -> bool {
        self.library_named(module).is_some()
    }

    /// The library of the repository that a module is of by its package's name.
    fn library_named(&self, module: &str) -> Option<&Library> {
        self.layout.libraries.iter().find(|library| {
            !library.name.is_empty()
                && module
                    .strip_prefix(library.name.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The units of a library of the repository that is imported by its package's name.
    fn library_units(&self, module: &str) -> Vec<UnitIx> {
        match self.library_named(module) {
            Some(library) => self
                .iter_units()
                .filter(|(_, unit)| library.holds(&unit.path))
                .map(|(ix, _)| ix)
                .collect(),
            None => Vec::new(),
        }
    }
}

/// How many leading folders two paths share.
pub(crate) fn common_prefix(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

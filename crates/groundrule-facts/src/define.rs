//! What a name in a file stands for: the bindings, parameter, field, declaration or import that
//! it reaches.

use groundrule_unit::{
    BindingKind, ExprKind, FunctionId, Name, Owner, ScopeId, ScopeKind, Target, TypeId,
};

use crate::program::{ExprRef, FunctionRef, Program, TypeIxRef, UnitIx};

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Definition {
    /// Variables: the bindings that may reach the use, in source order.
    Bindings(UnitIx, Vec<u32>),
    Param(FunctionRef, usize),
    /// The receiver's own name (Go's `s` in `func (s *Server)`).
    Receiver(FunctionRef),
    /// A field of the enclosing type or of one it extends.
    Field(TypeIxRef, usize),
    Function(FunctionRef),
    Type(TypeIxRef),
    Import(UnitIx, u32),
    /// Nothing in the repository declares it.
    Outside,
}

impl Program<'_> {
    /// What the name at an expression stands for.
    pub(crate) fn definition(&self, (ix, id): ExprRef, name: &str) -> Definition {
        let expr = self.unit(ix).expr(id);
        self.definition_in(ix, expr.scope, expr.span.start, name)
    }

    /// What a name stands for when used in `scope` at byte `at`.
    pub(crate) fn definition_in(
        &self,
        ix: UnitIx,
        scope: ScopeId,
        at: u32,
        name: &str,
    ) -> Definition {
        let unit = self.unit(ix);
        let index = self.unit_index(ix);
        let around: Vec<ScopeId> = unit.scopes_around(scope).map(|(id, _)| id).collect();
        for (depth, &id) in around.iter().enumerate() {
            match unit.scope(id).kind {
                ScopeKind::Function(function) => {
                    let reached = self.reaching(ix, name, &around[..=depth], at, Some(function));
                    if !reached.is_empty() {
                        return Definition::Bindings(ix, reached);
                    }
                    let declared = unit.function(function);
                    if let Some(param) = declared.params.iter().position(|p| p.name == name) {
                        return Definition::Param((ix, function), param);
                    }
                    if declared.receiver.as_deref() == Some(name) {
                        return Definition::Receiver((ix, function));
                    }
                    if let Some(local) = self.function_in(ix, name, id) {
                        return Definition::Function(local);
                    }
                }
                ScopeKind::Type(ty) if unit.language.members_in_scope() => {
                    if let Some(member) = self.member_definition((ix, ty), name, 0) {
                        return member;
                    }
                }
                ScopeKind::Type(ty) => {
                    // A type's own constants are visible in its body, not in its methods.
                    if depth == 0
                        && let Some(field) = self.field_of((ix, ty), name)
                    {
                        return Definition::Field((ix, ty), field);
                    }
                }
                ScopeKind::File => {
                    let reached = self.reaching(ix, name, &around[..=depth], u32::MAX, None);
                    if !reached.is_empty() && !self.is_imported_value(ix, &reached) {
                        return Definition::Bindings(ix, reached);
                    }
                }
                _ => {}
            }
        }
        if let Some(ty) = index.types.get(name).and_then(|all| all.first()) {
            return Definition::Type((ix, *ty));
        }
        if let Some(function) = self.free_function(ix, name) {
            return Definition::Function(function);
        }
        if let Some(import) = index.imports.get(name).and_then(|all| all.last()) {
            return Definition::Import(ix, *import);
        }
        self.declared_in_module(ix, name).unwrap_or(Definition::Outside)
    }

    /// The bindings of a variable that may reach a use: the last one in a scope around the use,
    /// and later assignments in blocks beside it.
    fn reaching(
        &self,
        ix: UnitIx,
        name: &str,
        around: &[ScopeId],
        at: u32,
        function: Option<FunctionId>,
    ) -> Vec<u32> {
        let unit = self.unit(ix);
        let Some(all) = self.unit_index(ix).names.get(name) else { return Vec::new() };
        let inside: Vec<u32> = all
            .iter()
            .copied()
            .filter(|&id| {
                let binding = &unit.bindings[id as usize];
                let early = binding.span.start < at
                    && binding.value.is_none_or(|value| {
                        let span = unit.expr(value).span;
                        !(span.start <= at && at < span.end)
                    });
                early && unit.function_around(binding.scope) == function
            })
            .collect();
        let dominating = inside
            .iter()
            .copied()
            .filter(|&id| around.contains(&unit.bindings[id as usize].scope))
            .max_by_key(|&id| unit.bindings[id as usize].span.start);
        match dominating {
            Some(last) => inside
                .into_iter()
                .filter(|&id| {
                    let binding = &unit.bindings[id as usize];
                    id == last
                        || binding.span.start > unit.bindings[last as usize].span.start
                            && matches!(binding.kind, BindingKind::Assign | BindingKind::Augment)
                })
                .collect(),
            None if unit.language.declares_by_assignment() || function.is_none() => inside,
            None => Vec::new(),
        }
    }

    /// Whether the bindings only repeat an import (`const x = require("x")`).
    fn is_imported_value(&self, ix: UnitIx, bindings: &[u32]) -> bool {
        let unit = self.unit(ix);
        bindings.iter().all(|&id| {
            let binding = &unit.bindings[id as usize];
            let Target::Name(name) = &binding.target else { return false };
            self.unit_index(ix).imports.get(name).is_some_and(|imports| {
                imports.iter().any(|&import| {
                    let span = unit.imports[import as usize].span;
                    span.contains(binding.span) || binding.span.contains(span)
                })
            })
        })
    }

    /// A function declared directly in a function's body.
    fn function_in(&self, ix: UnitIx, name: &str, scope: ScopeId) -> Option<FunctionRef> {
        let unit = self.unit(ix);
        let found = self.unit_index(ix).functions.get(name)?.iter().copied().find(|&id| {
            let declared = unit.function(id).declared_in;
            unit.scopes_around(declared).any(|(around, _)| around == scope)
        })?;
        Some((ix, found))
    }

    /// A function of the file that belongs to no type.
    fn free_function(&self, ix: UnitIx, name: &str) -> Option<FunctionRef> {
        let unit = self.unit(ix);
        let found = self.unit_index(ix).functions.get(name)?.iter().copied().find(|&id| {
            let function = unit.function(id);
            function.owner.is_none() && unit.function_around(function.declared_in).is_none()
        })?;
        Some((ix, found))
    }

    /// What other files of the same module declare, and what wildcard imports bring from modules
    /// of the repository.
    fn declared_in_module(&self, ix: UnitIx, name: &str) -> Option<Definition> {
        let unit = self.unit(ix);
        let wildcards =
            unit.imports.iter().filter(|i| i.wildcard && !i.reexport).map(|i| &i.module);
        let own = unit.language.shares_module().then_some(&unit.module);
        own.into_iter()
            .chain(wildcards)
            .chain(self.global_imports(ix))
            .find_map(|module| self.declared(self.module(module), name))
    }

    /// A declaration at the top of one of the units.
    pub(crate) fn declared(&self, units: &[UnitIx], name: &str) -> Option<Definition> {
        units.iter().find_map(|&ix| {
            let index = self.unit_index(ix);
            let unit = self.unit(ix);
            if let Some(ty) = index.types.get(name).and_then(|all| all.first()) {
                return Some(Definition::Type((ix, *ty)));
            }
            if let Some(function) = self.free_function(ix, name) {
                return Some(Definition::Function(function));
            }
            let bindings: Vec<u32> = index
                .names
                .get(name)?
                .iter()
                .copied()
                .filter(|&id| unit.scope(unit.bindings[id as usize].scope).parent.is_none())
                .collect();
            (!bindings.is_empty()).then_some(Definition::Bindings(ix, bindings))
        })
    }

    /// A field by name.
    pub(crate) fn field_of(&self, (ix, ty): TypeIxRef, name: &str) -> Option<usize> {
        self.unit(ix).type_decl(ty).fields.iter().position(|field| field.name == name)
    }

    /// A member of a type or of one that it extends in the repository.
    pub(crate) fn member_definition(
        &self,
        ty: TypeIxRef,
        name: &str,
        depth: u32,
    ) -> Option<Definition> {
        if let Some(field) = self.field_of(ty, name) {
            return Some(Definition::Field(ty, field));
        }
        if let Some(method) = self.method_of(ty, name) {
            return Some(Definition::Function(method));
        }
        let (ix, id) = ty;
        let nested = self.unit_index(ix).types.get(name).into_iter().flatten().copied();
        let scope = self.unit(ix).type_decl(id).scope;
        for inner in nested {
            if self.unit(ix).type_decl(inner).declared_in == scope {
                return Some(Definition::Type((ix, inner)));
            }
        }
        if depth >= 6 {
            return None;
        }
        self.super_types(ty)
            .into_iter()
            .find_map(|base| self.member_definition(base, name, depth + 1))
    }

    /// A method of a type by name: in its body, or in a block of its own (`impl`, receivers,
    /// extensions) in the same module.
    pub(crate) fn method_of(&self, (ix, ty): TypeIxRef, name: &str) -> Option<FunctionRef> {
        self.methods_of((ix, ty), name).into_iter().next()
    }

    /// All methods of that name; those with a body first.
    pub(crate) fn methods_of(&self, (ix, ty): TypeIxRef, name: &str) -> Vec<FunctionRef> {
        let unit = self.unit(ix);
        let decl = unit.type_decl(ty);
        let mut found: Vec<FunctionRef> = self
            .functions_named(name)
            .iter()
            .copied()
            .filter(|&(fx, function)| match &self.unit(fx).function(function).owner {
                Some(Owner::Type(owner)) => fx == ix && *owner == ty,
                Some(Owner::Named(owner)) => {
                    crate::models::last_part(&owner.name) == decl.name
                        && self.unit(fx).language == unit.language
                }
                None => false,
            })
            .collect();
        found.sort_by_key(|&(fx, function)| {
            let declared = self.unit(fx);
            (!declared.function(function).has_body, declared.module != unit.module, fx, function)
        });
        found
    }

    /// The type that a function belongs to, if the repository declares it.
    pub(crate) fn owner_of(&self, (ix, function): FunctionRef) -> Option<TypeIxRef> {
        match &self.unit(ix).function(function).owner {
            Some(Owner::Type(ty)) => Some((ix, *ty)),
            Some(Owner::Named(name)) => self.repository_type(ix, name),
            None => None,
        }
    }

    /// The name of what encloses a scope, for reports and fingerprints: `OrderService.create`.
    pub(crate) fn symbol(&self, ix: UnitIx, scope: ScopeId) -> Name {
        let unit = self.unit(ix);
        let function = unit.named_function_around(scope).map(|id| unit.function(id));
        let ty: Option<Name> = match function.and_then(|f| f.owner.as_ref()) {
            Some(Owner::Named(name)) => Some(name.name.clone()),
            _ => unit.type_around(scope).map(|id: TypeId| unit.type_decl(id).name.clone()),
        };
        match (ty.filter(|name| !name.is_empty()), function) {
            (Some(ty), Some(function)) => Name::new(format!("{ty}.{}", function.name)),
            (Some(name), None) => name,
            (None, Some(function)) => function.name.clone(),
            (None, None) => Name::default(),
        }
    }

    /// Whether the expression is `this`, or the enclosing method's receiver by name.
    pub(crate) fn is_receiver(&self, at: ExprRef) -> bool {
        match self.kind(at) {
            ExprKind::This => true,
            ExprKind::Name(name) => {
                matches!(self.definition(at, name), Definition::Receiver(_))
            }
            _ => false,
        }
    }
}

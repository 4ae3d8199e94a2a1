//! Calls that find their function at run time: interfaces, mediators with message handlers, stubs
//! of the repository's own rpc services.

use std::collections::{BTreeMap, HashMap};

use groundrule_unit::{FunctionId, Language, Name, Owner, TypeId, TypeKind};

use crate::models::last_part;
use crate::program::{FunctionRef, Program, TypeIxRef, last_name};
use crate::words::{joined, words};

/// How many implementations of one method are looked at.
const MOST: usize = 8;

/// Who implements what and who handles which message, by simple names.
#[derive(Debug, Default)]
pub(crate) struct Dispatch {
    /// Types by what they extend or implement.
    implementers: HashMap<Name, Vec<TypeIxRef>>,
    /// Functions of Rust's trait implementations, by the trait's name and their own.
    traits: HashMap<(Name, Name), Vec<FunctionRef>>,
    /// Functions by the type of the message that they handle.
    handlers: HashMap<Name, Vec<FunctionRef>>,
    /// Rpcs and the names of their requests, by the rpc's name in one style.
    rpcs: BTreeMap<String, (Name, Name)>,
}

impl Dispatch {
    pub(crate) fn new(program: &Program<'_>) -> Self {
        let mut dispatch = Self::default();
        for (ix, unit) in program.iter_units() {
            for (id, decl) in unit.types.iter().enumerate() {
                let ty = (ix, TypeId(id as u32));
                for base in &decl.supers {
                    let name = Name::new(last_part(&base.name));
                    dispatch.implementers.entry(name.clone()).or_default().push(ty);
                    if handles_messages(&name)
                        && let Some(message) = base.args.first()
                        && !decl.type_params.iter().any(|param| param.name == message.name)
                    {
                        let message = Name::new(last_part(&message.name));
                        dispatch.note_handler(program, ty, &message);
                    }
                }
                // NestJS: `@CommandHandler(CreateOrder)`.
                for annotation in &decl.annotations {
                    if let Some(name) = last_name(unit, annotation.callee)
                        && handles_messages(name)
                    {
                        for arg in &annotation.args {
                            if let Some(message) = last_name(unit, arg.value) {
                                dispatch.note_handler(program, ty, message);
                            }
                        }
                    }
                }
            }
            for (id, function) in unit.functions.iter().enumerate() {
                let function_ref = (ix, FunctionId(id as u32));
                if let Some(implemented) = &function.implements {
                    let name = Name::new(last_part(&implemented.name));
                    if handles_messages(&name)
                        && let Some(message) = implemented.args.first()
                    {
                        let message = Name::new(last_part(&message.name));
                        dispatch.handlers.entry(message).or_default().push(function_ref);
                    }
                    let key = (name, function.name.clone());
                    dispatch.traits.entry(key).or_default().push(function_ref);
                }
                let listens = function.annotations.iter().any(|annotation| {
                    last_name(unit, annotation.callee).is_some_and(|name| {
                        handles_messages(name) || name.ends_with("EventListener")
                    })
                });
                if listens && let Some(ty) = function.params.first().and_then(|p| p.ty.as_ref()) {
                    let message = Name::new(last_part(&ty.name));
                    dispatch.handlers.entry(message).or_default().push(function_ref);
                }
            }
        }
        for rpc in program.protos.iter().flat_map(|p| &p.services).flat_map(|s| &s.rpcs) {
            let request = Name::new(last_part(&rpc.request));
            dispatch.rpcs.insert(joined(&rpc.name), (rpc.name.clone(), request));
        }
        dispatch
    }

    /// Notes the methods of a type that take the message.
    fn note_handler(&mut self, program: &Program<'_>, (ix, ty): TypeIxRef, message: &Name) {
        let unit = program.unit(ix);
        for &method in &unit.type_decl(ty).methods {
            let function = unit.function(method);
            let takes = function.params.iter().any(|param| {
                param.ty.as_ref().is_some_and(|ty| last_part(&ty.name) == message.as_str())
            });
            if takes && !function.is_constructor {
                self.handlers.entry(message.clone()).or_default().push((ix, method));
            }
        }
    }

    /// The handlers of a message by its type's name.
    pub(crate) fn handlers_of(&self, message: &str) -> &[FunctionRef] {
        self.handlers.get(message).map_or(&[], |found| &found[..found.len().min(MOST)])
    }

    /// Types that extend or implement a type of that name.
    pub(crate) fn implementers_of(&self, name: &str) -> &[TypeIxRef] {
        self.implementers.get(name).map_or(&[], Vec::as_slice)
    }

    /// The constructors of a type that have a body.
    pub(crate) fn constructors(
        &self,
        program: &Program<'_>,
        (ix, ty): TypeIxRef,
    ) -> Vec<FunctionRef> {
        let unit = program.unit(ix);
        let own = unit.type_decl(ty).methods.iter().copied();
        own.filter(|&method| unit.function(method).is_constructor && unit.function(method).has_body)
            .map(|method| (ix, method))
            .take(3)
            .collect()
    }

    /// The functions that run when a function is called: itself, or what implements or overrides
    /// it.
    pub(crate) fn bodies(&self, program: &Program<'_>, function: FunctionRef) -> Vec<FunctionRef> {
        let (ix, id) = function;
        let unit = program.unit(ix);
        let declared = unit.function(id);
        let owner = match &declared.owner {
            Some(Owner::Type(ty)) => Some((ix, *ty)),
            _ => None,
        };
        let mut found = Vec::new();
        if declared.has_body {
            found.push(function);
        }
        let Some(owner) = owner else { return found };
        let decl = unit.type_decl(owner.1);
        let open = !declared.has_body
            || decl.is_abstract
            || matches!(decl.kind, TypeKind::Interface | TypeKind::Trait);
        if !open {
            return found;
        }
        program.want_extended(&decl.name);
        let mut open = vec![(decl.name.clone(), 0)];
        while let Some((name, depth)) = open.pop() {
            for &(tx, ty) in self.implementers_of(&name).iter().take(MOST * 2) {
                if program.unit(tx).language != unit.language {
                    continue;
                }
                let own = program.methods_of((tx, ty), &declared.name);
                found.extend(own.into_iter().filter(|&(fx, f)| {
                    let method = program.unit(fx).function(f);
                    method.has_body && method.params.len() == declared.params.len()
                }));
                if depth < 3 {
                    open.push((program.unit(tx).type_decl(ty).name.clone(), depth + 1));
                }
            }
        }
        if unit.language == Language::Rust {
            let key = (decl.name.clone(), declared.name.clone());
            found.extend(self.traits.get(&key).into_iter().flatten().copied());
        }
        if unit.language == Language::Go && decl.kind == TypeKind::Interface {
            program.want_declared(&declared.name);
            found.extend(self.structural(program, owner, &declared.name, declared.params.len()));
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(MOST);
        found
    }

    /// Go: methods of types that have every method of the interface.
    fn structural(
        &self,
        program: &Program<'_>,
        (ix, ty): TypeIxRef,
        name: &Name,
        params: usize,
    ) -> Vec<FunctionRef> {
        let unit = program.unit(ix);
        let wanted: Vec<&Name> =
            unit.type_decl(ty).methods.iter().map(|&m| &unit.function(m).name).collect();
        let receiver = |(fx, f): FunctionRef| match &program.unit(fx).function(f).owner {
            Some(Owner::Named(owner)) => {
                Some((program.unit(fx).module.clone(), owner.name.clone()))
            }
            _ => None,
        };
        program
            .functions_named(name)
            .iter()
            .copied()
            .filter(|&(fx, f)| {
                let function = program.unit(fx).function(f);
                function.has_body && function.params.len() == params
            })
            .filter(|&candidate| {
                let Some(own) = receiver(candidate) else { return false };
                let missing = wanted.iter().filter(|method| {
                    let known = program.functions_named(method);
                    !known.iter().any(|&f| receiver(f).as_ref() == Some(&own))
                });
                // Each may stand in a file of its own.
                missing.inspect(|method| program.want_declared(method)).count() == 0
            })
            .take(MOST)
            .collect()
    }

    /// The repository's own implementation of an rpc that is called through a stub.
    pub(crate) fn rpc(&self, program: &Program<'_>, name: &Name) -> Vec<FunctionRef> {
        let own = joined(name);
        let own = own.strip_suffix("async").unwrap_or(&own);
        let Some((rpc, request)) = self.rpcs.get(own) else { return Vec::new() };
        self.rpc_functions(program, rpc, request)
    }

    /// The functions that implement an rpc: of its name, with its request among the parameters.
    pub(crate) fn rpc_functions(
        &self,
        program: &Program<'_>,
        rpc: &Name,
        request: &Name,
    ) -> Vec<FunctionRef> {
        let request = last_part(request);
        program.want_declared(rpc);
        let mut lower = rpc.to_string();
        if let Some(first) = lower.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        let snake = words(rpc).join("_");
        let mut names = vec![rpc.to_string(), lower, snake];
        names.dedup();
        names
            .iter()
            .flat_map(|name| program.functions_named(name))
            .copied()
            .filter(|&(fx, f)| {
                let unit = program.unit(fx);
                let function = unit.function(f);
                function.has_body
                    && function.owner.is_some()
                    && !unit.is_test(function.span)
                    && (unit.language.is_dynamic()
                        || function
                            .params
                            .iter()
                            .any(|param| param.ty.as_ref().is_some_and(|ty| mentions(ty, request))))
            })
            .take(MOST)
            .collect()
    }
}

fn mentions(ty: &groundrule_unit::TypeRef, name: &str) -> bool {
    last_part(&ty.name) == name || ty.args.iter().any(|arg| mentions(arg, name))
}

/// Whether a type's name says that it is a message that something handles.
pub(crate) fn is_message(name: &str) -> bool {
    words(name).last().is_some_and(|last| {
        matches!(
            last.as_str(),
            "command" | "query" | "event" | "request" | "message" | "notification" | "cmd" | "job"
        )
    })
}

/// Whether a base type's or decorator's name says that messages are handled: `ICommandHandler`,
/// `EventsHandler`, `IConsumer`.
fn handles_messages(name: &str) -> bool {
    let parts = words(name);
    parts.len() > 1
        && parts.last().is_some_and(|last| {
            matches!(
                last.as_str(),
                "handler" | "consumer" | "subscriber" | "executor" | "processor"
            )
        })
        || name == "Handler"
}

//! Message consumers: what handles the messages of a queue or topic, and what a repeated one does.

use groundrule_unit::{
    Annotation, Arg, ExprId, ExprKind, Function, FunctionId, Name, Span, TypeId,
};

use crate::handlers::{Handlers, Handling};
use crate::models::{ConsumerRow, last_part};
use crate::program::{ExprRef, FunctionRef, Program, UnitIx, last_name};
use crate::{Attributes, MessageConsumer, Subject};

/// A consumer found in a unit.
struct Found<'m> {
    row: &'m ConsumerRow,
    ix: UnitIx,
    span: Span,
    handlers: Vec<FunctionRef>,
    topic: String,
}

impl Program<'_> {
    /// The consumers of a unit, in source order.
    pub(crate) fn message_consumers(
        &self,
        ix: UnitIx,
        handlers: &Handlers<'_, '_>,
    ) -> Vec<Subject> {
        let unit = self.unit(ix);
        let mut found = Vec::new();
        for row in &self.models.of(unit.language).consumers {
            self.annotated_consumers(ix, row, &mut found);
            self.implementing_consumers(ix, row, &mut found);
            self.called_consumers(ix, row, &mut found);
        }
        found.sort_by_key(|consumer| consumer.span);
        found.dedup_by(|a, b| {
            a.span == b.span || !a.handlers.is_empty() && a.handlers == b.handlers
        });
        found.retain(|consumer| !unit.is_test(consumer.span));
        found.into_iter().map(|consumer| self.consumer(consumer, handlers)).collect()
    }

    fn consumer(&self, found: Found<'_>, handlers: &Handlers<'_, '_>) -> Subject {
        let unit = self.unit(found.ix);
        let Handling { effect, repeat, .. } = handlers.handled_by(&found.handlers, "", "MESSAGE");
        let handler = match found.handlers.first() {
            Some(&(fx, function)) => self.unit(fx).function(function).name.clone(),
            None => Name::default(),
        };
        let scope = found.handlers.first().map(|&(fx, function)| {
            let function = self.unit(fx).function(function);
            self.symbol(fx, function.scope)
        });
        let label = if found.topic.is_empty() {
            Name::new(format!("{} consumer", found.row.broker))
        } else {
            Name::new(format!("{} consumer of {}", found.row.broker, found.topic))
        };
        Subject {
            place: self.head(found.ix, found.span),
            services: self.services_of(&unit.path),
            language: Some(unit.language),
            symbol: scope.unwrap_or_default(),
            label,
            attributes: Attributes::MessageConsumer(MessageConsumer {
                broker: found.row.broker.to_string(),
                topic: found.topic,
                handler: handler.to_string(),
                effect,
                repeat,
            }),
            unresolved: Vec::new(),
        }
    }

    /// Functions, or classes, that an annotation makes consumers.
    fn annotated_consumers<'m>(
        &self,
        ix: UnitIx,
        row: &'m ConsumerRow,
        found: &mut Vec<Found<'m>>,
    ) {
        if row.annotations.is_empty() {
            return;
        }
        let unit = self.unit(ix);
        // A job that takes nothing is started by a clock, and no message is delivered twice to it.
        let takes = |function: &Function| function.params.iter().any(|param| param.name != "self");
        for (id, function) in unit.functions.iter().enumerate().filter(|(_, f)| takes(f)) {
            for annotation in &function.annotations {
                if self.is_consumer_annotation(ix, annotation, row) {
                    found.push(Found {
                        row,
                        ix,
                        span: annotation.span,
                        handlers: vec![(ix, FunctionId(id as u32))],
                        topic: self.topic(ix, &annotation.args, row),
                    });
                }
            }
        }
        for (id, decl) in unit.types.iter().enumerate() {
            let id = TypeId(id as u32);
            for annotation in &decl.annotations {
                if self.is_consumer_annotation(ix, annotation, row) {
                    let handlers = self.handling_methods(ix, id, row);
                    if !handlers.is_empty() {
                        let topic = self.topic(ix, &annotation.args, row);
                        found.push(Found { row, ix, span: annotation.span, handlers, topic });
                    }
                }
            }
        }
    }

    fn is_consumer_annotation(
        &self,
        ix: UnitIx,
        annotation: &Annotation,
        row: &ConsumerRow,
    ) -> bool {
        let Some(written) = last_name(self.unit(ix), annotation.callee) else { return false };
        let fits = |name: &&String| {
            let last = last_part(name);
            last == written || written.strip_suffix("Attribute") == Some(last)
        };
        let mut fitting = row.annotations.iter().filter(fits).peekable();
        if fitting.peek().is_none() {
            return false;
        }
        let paths = self.paths((ix, annotation.callee));
        fitting.any(|name| {
            !name.contains('.')
                || paths.iter().any(|path| path == name.as_str() || !path.contains('.'))
        })
    }

    /// Classes that extend or implement what the library calls.
    fn implementing_consumers<'m>(
        &self,
        ix: UnitIx,
        row: &'m ConsumerRow,
        found: &mut Vec<Found<'m>>,
    ) {
        if row.implements.is_empty() {
            return;
        }
        let unit = self.unit(ix);
        for (id, decl) in unit.types.iter().enumerate() {
            let id = TypeId(id as u32);
            if decl.is_abstract || matches!(decl.kind, groundrule_unit::TypeKind::Interface) {
                continue;
            }
            let implemented = decl.supers.iter().any(|base| {
                let last = last_part(&base.name);
                row.implements.iter().any(|name| {
                    last_part(name) == last
                        && (!name.contains('.')
                            || self.repository_type_in(ix, decl.declared_in, base).is_none())
                })
            });
            // Go: the methods alone make the type a handler.
            let structural = decl.supers.is_empty()
                && unit.language == groundrule_unit::Language::Go
                && !row.methods.is_empty()
                && unit.imports.iter().any(|import| {
                    row.implements.iter().any(|name| name.starts_with(import.module.as_str()))
                })
                && row.methods.iter().all(|method| self.method_of((ix, id), method).is_some());
            if !implemented && !structural {
                continue;
            }
            let handlers = self.handling_methods(ix, id, row);
            if !handlers.is_empty() {
                let span = match handlers.first() {
                    Some(&(fx, function)) if structural && fx == ix => {
                        unit.function(function).name_span
                    }
                    _ => decl.name_span,
                };
                found.push(Found { row, ix, span, handlers, topic: String::new() });
            }
        }
    }

    fn handling_methods(&self, ix: UnitIx, ty: TypeId, row: &ConsumerRow) -> Vec<FunctionRef> {
        row.methods
            .iter()
            .flat_map(|method| self.methods_of((ix, ty), method))
            .filter(|&(fx, function)| self.unit(fx).function(function).has_body)
            .collect()
    }

    /// Calls that are given a handler, or that hand out messages.
    fn called_consumers<'m>(&self, ix: UnitIx, row: &'m ConsumerRow, found: &mut Vec<Found<'m>>) {
        let unit = self.unit(ix);
        let index = self.unit_index(ix);
        let mut names: Vec<&str> = row.calls.iter().map(|call| last_part(call)).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            for &id in index.calls.get(name).into_iter().flatten() {
                let ExprKind::Call(call) = &unit.expr(id).kind else { continue };
                let paths = self.paths((ix, call.callee));
                let fits = row.calls.iter().any(|wanted| {
                    paths.iter().any(|path| crate::models::glob_matches(wanted, path))
                });
                if !fits {
                    continue;
                }
                let handlers = self.given_handlers((ix, id), &call.args, row);
                if handlers.is_empty() && !row.polls {
                    continue;
                }
                let topic = self.topic(ix, &call.args, row);
                let span = unit.expr(call.callee).span;
                found.push(Found { row, ix, span, handlers, topic });
            }
        }
    }

    /// The handler that a call is given; of a call that hands out messages, the function around it
    /// or, where that only hands them on, what takes them.
    fn given_handlers(
        &self,
        (ix, id): ExprRef,
        args: &[Arg],
        row: &ConsumerRow,
    ) -> Vec<FunctionRef> {
        let unit = self.unit(ix);
        if row.polls {
            return unit
                .function_around(unit.expr(id).scope)
                .map(|f| (ix, f))
                .into_iter()
                .collect();
        }
        let mut found = Vec::new();
        let mut add = |at: ExprId| found.extend(self.handler_function((ix, at)));
        if !row.handler_names.is_empty() {
            for setting in &self.options((ix, id)).list {
                if row.handler_names.contains(&setting.name)
                    && let Some((vx, value)) = setting.value
                    && vx == ix
                {
                    add(value);
                }
            }
        }
        match row.handler {
            Some(position) => {
                if let Some(arg) = args.get(position as usize) {
                    add(arg.value);
                }
            }
            None if row.handler_names.is_empty() => {
                for arg in args {
                    add(arg.value);
                }
            }
            None => {}
        }
        // A record field that is written as a method, and handlers given as keyword arguments.
        for arg in args
            .iter()
            .filter(|arg| arg.name.as_ref().is_some_and(|name| row.handler_names.contains(name)))
        {
            found.extend(self.handler_function((ix, arg.value)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn topic(&self, ix: UnitIx, args: &[Arg], row: &ConsumerRow) -> String {
        let options = self.argument_options(ix, args);
        let named = options
            .list
            .iter()
            .find(|setting| row.topic_names.contains(&setting.name))
            .and_then(|setting| setting.value);
        let positional = row
            .topic
            .and_then(|position| args.get(position as usize))
            .filter(|arg| arg.name.is_none())
            .map(|arg| (ix, arg.value));
        let Some(value) = named.or(positional) else { return String::new() };
        let first = match self.kind(value) {
            ExprKind::List(items) => items.first().map(|&item| (value.0, item)),
            _ => Some(value),
        };
        first.and_then(|at| self.constant_text(at)).unwrap_or_default()
    }
}

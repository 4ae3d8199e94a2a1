//! Outbound calls: where services call over the network, and what bounds and repeats the calls.

use groundrule_unit::{ExprKind, Language, Name, Place, Span};

use crate::models::{Outbound, Uses, expand, glob_matches, is_open, last_part};
use crate::program::{ExprRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::settings::Settings;
use crate::{Attributes, Knob, KnobState, OutboundCall, Subject, Unresolved};

impl Program<'_> {
    /// The outbound calls of a unit, in source order.
    pub(crate) fn outbound_calls(&self, ix: UnitIx) -> Vec<Subject> {
        let unit = self.unit(ix);
        let table = &self.models.of(unit.language).outbound;
        let mut found: Vec<Subject> = Vec::new();
        let stars = self.stars_in_use(unit.language);
        let may_match = |name: &str| self.may_denote(ix, name, |name| table.may_match_named(name));
        for (id, expr) in unit.iter_exprs() {
            let name = match &expr.kind {
                ExprKind::Call(call) => last_name(unit, call.callee).map(Name::as_str),
                // The members set right after a construction are a part of it.
                ExprKind::Record(_) if is_initializer(unit, id) => None,
                ExprKind::Record(record) => record.ty.as_ref().map(|ty| last_part(&ty.name)),
                _ => None,
            };
            if name.is_some_and(|name| stars || may_match(name))
                && !unit.is_test(expr.span)
                && let Some(subject) = self.outbound_call((ix, id))
            {
                found.push(subject);
            }
        }
        found.extend(self.declared_clients(ix));
        found.extend(self.extended_clients(ix));
        found
    }

    /// Classes that extend a client: their bodies are its settings.
    fn extended_clients(&self, ix: UnitIx) -> Vec<Subject> {
        let unit = self.unit(ix);
        let table = &self.models.of(unit.language).outbound;
        let mut found = Vec::new();
        if !table.rows().iter().any(|outbound| outbound.row.subclass) {
            return found;
        }
        for (id, decl) in unit.types.iter().enumerate() {
            if decl.supers.is_empty() || unit.is_test(decl.span) {
                continue;
            }
            let ty = (ix, groundrule_unit::TypeId(id as u32));
            let bases = self.outside_bases(ty);
            let outbound = bases
                .iter()
                .find_map(|base| table.find(base).find(|outbound| outbound.row.subclass));
            let Some(outbound) = outbound else { continue };
            let row = &outbound.row;
            let mut settings = Settings::default();
            for field in &decl.fields {
                if let Some(value) = field.default {
                    settings.add(&field.name, (ix, value));
                }
            }
            let at = (ix, groundrule_unit::ExprId(0));
            let deadline = self.knob(&row.deadline, &settings, at);
            let retry = self.knob(&row.retry, &settings, at);
            let callee = decl.supers[0].name.to_string();
            found.push(Subject {
                services: self.services_of(&unit.path),
                language: Some(unit.language),
                symbol: decl.name.clone(),
                label: Name::new(&callee),
                place: self.head(ix, decl.name_span),
                unresolved: unresolved(&deadline, &retry),
                attributes: Attributes::OutboundCall(OutboundCall {
                    protocol: row.protocol,
                    is_client: true,
                    callee,
                    library: outbound.library.name.to_string(),
                    method: String::new(),
                    deadline,
                    retry,
                    idempotency_key: false,
                }),
            });
        }
        found
    }

    /// Whether a call goes over the network and is judged by itself, not by its client.
    pub(crate) fn is_single_call(&self, at: ExprRef) -> bool {
        let ExprKind::Call(call) = self.kind(at) else { return false };
        let unit = self.unit(at.0);
        let table = &self.models.of(unit.language).outbound;
        last_name(unit, call.callee).is_some_and(|name| table.may_match(name))
            && self
                .paths((at.0, call.callee))
                .iter()
                .any(|path| table.find(path).any(|outbound| !outbound.row.client))
    }

    /// Clients that annotations of types declare: the annotation is the place of construction.
    fn declared_clients(&self, ix: UnitIx) -> Vec<Subject> {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let mut found = Vec::new();
        for outbound in &models.declared_clients {
            let row = &outbound.row;
            for decl in unit.types.iter().filter(|decl| !unit.is_test(decl.span)) {
                let annotations = decl.annotations.iter();
                let Some(annotation) = annotations
                    .into_iter()
                    .find(|a| self.annotation_in(ix, a, row.annotations.iter()).is_some())
                else {
                    continue;
                };
                if !self.row_holds(outbound, ix) {
                    continue;
                }
                let at = (ix, annotation.callee);
                let settings = self.argument_options(ix, &annotation.args);
                let deadline = self.knob(&row.deadline, &settings, at);
                let retry = self.knob(&row.retry, &settings, at);
                let callee = format!("@{}", self.text(at));
                found.push(Subject {
                    services: self.services_of(&unit.path),
                    language: Some(unit.language),
                    symbol: decl.name.clone(),
                    label: Name::new(&callee),
                    place: self.head(ix, annotation.span),
                    unresolved: unresolved(&deadline, &retry),
                    attributes: Attributes::OutboundCall(OutboundCall {
                        protocol: row.protocol,
                        is_client: true,
                        callee,
                        library: outbound.library.name.to_string(),
                        method: String::new(),
                        deadline,
                        retry,
                        idempotency_key: false,
                    }),
                });
            }
        }
        found
    }

    fn outbound_call(&self, at: ExprRef) -> Option<Subject> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let expr = unit.expr(id);
        let (paths, callee_end, arguments) = match &expr.kind {
            ExprKind::Call(call) => {
                (self.paths((ix, call.callee)), unit.expr(call.callee).span.end, call.args.len())
            }
            ExprKind::Record(_) => (self.paths(at), expr.span.end, 0),
            _ => return None,
        };
        let generated = self.generated_clients(ix, &paths);
        let outbound =
            paths.iter().chain(&generated).find_map(|path| self.outbound_row(at, path))?;
        let row = &outbound.row;
        if !row.of.is_empty()
            && !matches!(&expr.kind, ExprKind::Call(call) if call.type_args.iter().any(|ty| {
                row.of.iter().any(|of| last_part(&ty.name) == of)
            }))
        {
            return None;
        }
        // `client.clone()` is a method of every type.
        if !row.client
            && matches!(&expr.kind, ExprKind::Call(call) if self.handed_through(at, call).is_some())
        {
            return None;
        }
        let constructs = matches!(&expr.kind, ExprKind::Call(call)
            if call.form == groundrule_unit::CallForm::New);
        if row.methods && constructs || self.is_made(&row.unless_made_by, ix) {
            return None;
        }
        if row.connection || arguments < row.arguments || row.injected && self.receiver_is_made(at)
        {
            return None;
        }
        let settings = self.settings(at);
        if settings.list.iter().any(|setting| row.unless.contains(&setting.name))
            || self.stays_local(&settings, &row.unless_text)
        {
            return None;
        }
        let mut deadline = self.knob(&row.deadline, &settings, at);
        if matches!(deadline.state, KnobState::None | KnobState::Inherited)
            && let Some(bound) = row.uses.as_ref().and_then(|uses| self.bounded_uses(ix, uses))
        {
            deadline = bound;
        }
        // A client that leaves its bound to each caller's context has none of its own.
        if row.client && deadline.state == KnobState::Inherited {
            deadline.state = KnobState::None;
        }
        if deadline.state != KnobState::Finite
            && let Some(bound) = self.bounding_scope(at)
        {
            deadline = bound;
        }
        if row.wraps && deadline.state != KnobState::Finite {
            return None;
        }
        let mut retry = self.knob(&row.retry, &settings, at);
        if retry.state == KnobState::Inherited {
            retry.state = KnobState::Unknown;
        }
        let callee = match &expr.kind {
            ExprKind::Call(call) => self.text((ix, call.callee)),
            _ => self.text(at),
        };
        let mut unresolved = unresolved(&deadline, &retry);
        if deadline.state != KnobState::Finite {
            unresolved.extend(self.version_in_doubt(outbound, at.0, &paths));
        }
        let method = self.requested_method(outbound, at);
        let place = self.head(ix, Span { start: expr.span.start, end: callee_end });
        Some(Subject {
            services: self.services_of(&unit.path),
            language: Some(unit.language),
            symbol: self.symbol(ix, expr.scope),
            label: Name::new(&callee),
            place,
            attributes: Attributes::OutboundCall(OutboundCall {
                protocol: row.protocol,
                is_client: row.client,
                callee,
                library: outbound.library.name.to_string(),
                method: method.unwrap_or_default(),
                deadline,
                retry,
                idempotency_key: settings.list.iter().any(|setting| {
                    let name = setting.name.to_lowercase().replace(['-', '_'], "");
                    name.contains("idempotencykey")
                }),
            }),
            unresolved,
        })
    }

    /// The row for a call of that path which holds for the version and the packages in use.
    pub(crate) fn outbound_row<'s>(&'s self, at: ExprRef, path: &'s str) -> Option<&'s Outbound> {
        self.models.of(self.unit(at.0).language).outbound.find(path).find(|outbound| {
            !outbound.row.except.iter().any(|glob| glob_matches(glob, last_part(path)))
                && self.row_holds(outbound, at.0)
                && (outbound.row.given.is_empty() || self.is_given(at, &outbound.row.given))
        })
    }

    /// That the version of a library cannot be told, where its defaults depend on it: then the older
    /// ones count.
    fn version_in_doubt(
        &self,
        outbound: &Outbound,
        ix: UnitIx,
        paths: &[Name],
    ) -> Option<Unresolved> {
        let unit = self.unit(ix);
        let table = &self.models.of(unit.language).outbound;
        let depends = paths.iter().flat_map(|path| table.find(path)).any(|other| {
            other.library.name == outbound.library.name && other.row.versions.is_some()
        });
        if !depends {
            return None;
        }
        let library = &outbound.library;
        let dependency = self.dependency_on(&unit.path, &library.packages);
        let asked = dependency.and_then(|dependency| dependency.version.as_deref());
        let reason = match dependency {
            Some(dependency) if dependency.exact || !is_open(asked) => return None,
            Some(dependency) if asked.is_some() => format!(
                "`{} {}` leaves the version open and no lock file settles it, so the older default \
                 counts",
                dependency.name,
                asked.unwrap_or_default()
            ),
            _ => format!(
                "no build or lock file says which version of `{}` is used, so the older default \
                 counts",
                library.packages.first().unwrap_or(&library.name)
            ),
        };
        let place = dependency.map(|dependency| dependency.place.clone());
        Some(Unresolved { attribute: Name::new_static("version"), reason, place })
    }

    fn row_holds(&self, outbound: &Outbound, ix: UnitIx) -> bool {
        let file = &self.unit(ix).path;
        outbound.row.versions.as_ref().is_none_or(|range| {
            let dependency = self.dependency_on(file, &outbound.library.packages);
            range.holds(dependency.and_then(|dependency| dependency.version.as_deref()))
        }) && (outbound.row.with.is_empty()
            || self.layout.services_running(file).iter().any(|service| {
                service.dependencies.iter().any(|d| outbound.row.with.contains(&d.name))
            }))
    }

    /// Whether a call is an outbound one that is judged by itself and not with its client.
    pub(crate) fn is_call_of_its_own(&self, at: ExprRef) -> bool {
        let unit = self.unit(at.0);
        let ExprKind::Call(call) = self.kind(at) else { return false };
        let Some(name) = last_name(unit, call.callee) else { return false };
        let table = &self.models.of(unit.language).outbound;
        (table.may_match_named(name) || self.stars_in_use(unit.language))
            && self
                .paths((at.0, call.callee))
                .iter()
                .any(|path| self.outbound_row(at, path).is_some_and(|found| !found.row.client))
    }

    /// Names of classes out of generated files, which are not parsed, with `generated` for their
    /// module: `generated.OrdersApi`.
    fn generated_clients(&self, ix: UnitIx, paths: &[Name]) -> Vec<Name> {
        let table = &self.models.of(self.unit(ix).language).outbound;
        paths
            .iter()
            .filter_map(|path| {
                let (module, name) = path.rsplit_once('.')?;
                let known = Name::new(format!("generated.{name}"));
                table.find(&known).next()?;
                let is_generated =
                    self.is_generated(module) || self.is_generated(&module.replace('.', "/"));
                is_generated.then_some(known)
            })
            .collect()
    }

    /// Whether the service that runs a file calls one of the names.
    fn is_made(&self, calls: &[String], ix: UnitIx) -> bool {
        if calls.is_empty() {
            return false;
        }
        let services = self.services_of(&self.unit(ix).path);
        calls.iter().flat_map(|call| expand(call)).any(|wanted| {
            let called = self.calls_named(last_part(&wanted)).iter().any(|&(cx, call)| {
                let ExprKind::Call(call) = self.kind((cx, call)) else { return false };
                let own = self.services_of(&self.unit(cx).path);
                own.iter().any(|service| services.contains(service))
                    && self.paths((cx, call.callee)).contains(&wanted)
            });
            called
                || self.implementers(last_part(&wanted)).into_iter().any(|ty| {
                    self.services_of(&self.unit(ty.0).path) == services
                        && self.outside_bases(ty).contains(&wanted)
                })
        })
    }

    /// What bounds the calls on a client in its own package (Go) or service, where each is bounded.
    fn bounded_uses(&self, ix: UnitIx, uses: &Uses) -> Option<Knob> {
        let unit = self.unit(ix);
        let services = self.services_of(&unit.path);
        let mut first = None;
        for name in &uses.calls {
            let wanted = format!("{}.{name}", uses.object);
            for &(ux, id) in self.calls_named(name) {
                let other = self.unit(ux);
                let near = match unit.language {
                    Language::Go => other.module == unit.module,
                    language => {
                        other.language == language && self.services_of(&other.path) == services
                    }
                };
                let ExprKind::Call(call) = self.kind((ux, id)) else { continue };
                if !near
                    || other.is_test(other.expr(id).span)
                    || !self.paths((ux, call.callee)).iter().any(|path| *path == wanted)
                {
                    continue;
                }
                let mut settings = self.options((ux, id));
                settings.list.retain(|setting| setting.value.is_some());
                settings.positional = call.args.iter().map(|arg| (ux, arg.value)).collect();
                let mut knob = self.knob(&uses.deadline, &settings, (ux, id));
                if knob.state != KnobState::Finite {
                    knob = self.bounding_scope((ux, id))?;
                }
                first.get_or_insert(knob);
            }
        }
        first
    }

    /// Whether an argument says that nothing goes over the network.
    fn stays_local(&self, settings: &Settings, local: &[Name]) -> bool {
        let says = |text: &str| local.iter().any(|word| text.contains(word.as_str()));
        !local.is_empty()
            && settings.texts().any(|value| {
                says(&self.text_with_holes(value))
                    || self.paths_within(value, 6).iter().any(|path| says(path))
            })
    }

    /// The first place in the units where a connection for outbound calls is opened.
    pub(crate) fn first_connection(&self, units: &[UnitIx]) -> Option<Place> {
        units.iter().find_map(|&ix| {
            let unit = self.unit(ix);
            let table = &self.models.of(unit.language).outbound;
            let rows = table.rows().iter().filter(|outbound| outbound.row.connection);
            let names: Vec<Name> =
                rows.flat_map(|o| o.row.calls.iter().flat_map(|call| expand(call))).collect();
            names.iter().find_map(|name| {
                let calls = self.unit_index(ix).calls.get(last_part(name))?;
                calls.iter().find_map(|&call| {
                    let ExprKind::Call(made) = self.kind((ix, call)) else { return None };
                    let known = self.paths((ix, made.callee)).contains(name);
                    known.then(|| self.place((ix, made.callee)))
                })
            })
        })
    }

    /// Whether one of a call's arguments denotes one of the names.
    pub(crate) fn is_given(&self, (ix, id): ExprRef, names: &[Name]) -> bool {
        let ExprKind::Call(call) = self.kind((ix, id)) else { return false };
        call.args.iter().any(|arg| {
            self.entities_within((ix, arg.value), 8).iter().any(|entity| match entity {
                Entity::Path(path) | Entity::Instance(path) => names.contains(path),
                _ => false,
            })
        })
    }

    /// Whether a function of the repository gives back what the call's receiver is declared as, as
    /// a factory method of a container does (`@Bean`).
    fn receiver_is_made(&self, (ix, id): ExprRef) -> bool {
        let ExprKind::Call(call) = self.kind((ix, id)) else { return false };
        let mut root = call.callee;
        loop {
            root = match self.kind((ix, root)) {
                ExprKind::Member { object, .. } => *object,
                ExprKind::Call(call) => call.callee,
                _ => break,
            };
        }
        let ExprKind::Name(name) = self.kind((ix, root)) else { return false };
        let Some((tx, scope, ty)) = self.declared_type(self.definition((ix, root), name)) else {
            return false;
        };
        let wanted = self.type_entities(tx, scope, &ty);
        self.iter_units().any(|(ux, unit)| {
            unit.functions.iter().any(|function| {
                !function.annotations.is_empty()
                    && function.has_body
                    && function.returns.as_ref().is_some_and(|returns| {
                        last_part(&returns.name) == last_part(&ty.name)
                            && self.type_entities(ux, function.scope, returns) == wanted
                    })
            })
        })
    }

    /// The HTTP method of a call, as its name, an argument or an option says.
    pub(crate) fn requested_method(&self, outbound: &Outbound, at: ExprRef) -> Option<String> {
        let named = outbound.row.method.as_deref().and_then(|how| self.http_method(how, at));
        named.or_else(|| {
            if outbound.row.protocol != crate::Protocol::Http || outbound.row.client {
                return None;
            }
            let options = self.options(at);
            let option = options.list.iter().find(|option| option.name == "method")?;
            let method = self.constant_text(option.value?)?;
            method.chars().all(char::is_alphabetic).then(|| method.to_uppercase())
        })
    }

    fn http_method(&self, how: &str, (ix, id): ExprRef) -> Option<String> {
        let unit = self.unit(ix);
        let ExprKind::Call(call) = &unit.expr(id).kind else { return None };
        let method = match how.strip_prefix("argument:") {
            Some(index) => {
                let arg = call.args.get(index.parse::<usize>().ok()?)?;
                self.constant_text((ix, arg.value))?
            }
            None => last_name(unit, call.callee)?.to_string(),
        };
        let method = method.trim_end_matches("Async").to_uppercase();
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
            .iter()
            .find(|known| method.starts_with(**known))
            .map(|known| (*known).to_owned())
    }

    /// The place of a span, cut to at most three lines so that reports stay short.
    pub(crate) fn head(&self, ix: UnitIx, span: Span) -> Place {
        let unit = self.unit(ix);
        let place = unit.place(span);
        match unit.lines.start(place.line + 3) {
            Some(end) if end < span.end => unit.place(Span { start: span.start, end: end - 1 }),
            _ => place,
        }
    }

    /// The folders of the services that a file's code runs in.
    pub(crate) fn services_of(&self, path: &str) -> Vec<std::sync::Arc<str>> {
        let running = self.layout.services_running(path);
        if !running.is_empty() {
            return running.iter().map(|service| service.folder.clone()).collect();
        }
        match self.layout.library_of(path) {
            Some(library) => vec![library.folder.clone()],
            None => vec![".".into()],
        }
    }
}

/// What could not be told of a call's knobs.
fn unresolved(deadline: &Knob, retry: &Knob) -> Vec<Unresolved> {
    [("deadline", deadline), ("retry", retry)]
        .into_iter()
        .filter_map(|(attribute, knob)| reason(attribute, knob))
        .collect()
}

/// Whether a literal is the block of members set right after a construction.
fn is_initializer(unit: &groundrule_unit::Unit, id: groundrule_unit::ExprId) -> bool {
    unit.expr(id).parent.is_some_and(|parent| {
        matches!(&unit.expr(parent).kind, ExprKind::Call(call) if call.initializer == Some(id))
    })
}

/// Why a knob is open, in words.
fn reason(attribute: &str, knob: &Knob) -> Option<Unresolved> {
    let reason = match knob.state {
        KnobState::Inherited => format!(
            "the {attribute} can only come from the caller's context `{}`, and nothing in the \
             repository sets one",
            knob.value
        ),
        KnobState::Unknown if knob.value.is_empty() => {
            format!("what sets the {attribute} comes from outside the repository")
        }
        KnobState::Unknown => {
            format!("the {attribute} depends on `{}`, which could not be resolved", knob.value)
        }
        _ => return None,
    };
    Some(Unresolved { attribute: Name::new(attribute), reason, place: knob.place.clone() })
}

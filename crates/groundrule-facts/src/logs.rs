//! Log statements: calls that print, and what each of them prints.

use groundrule_unit::{
    Call, ExprId, ExprKind, FunctionId, Language, Name, ParamKind, Span, TypeRef,
};

use crate::message::{Message, Piece};
use crate::models::{Logger, ShapeModel, Sink, last_part};
use crate::printed::{Printed, Rendering, is_boolean, is_number, type_name};
use crate::program::{ExprRef, Program, UnitIx, last_name};
use crate::resolve::Entity;
use crate::settings::chained;
use crate::treatment::words;
use crate::typed::{Resolved, Type};
use crate::{Attributes, LogStatement, LogValue, Shape, Subject, Treatment};

/// How far a chain of calls is followed from a step to the statement that ends it.
const MOST_LINKS: usize = 12;

impl Program<'_> {
    /// The log statements of a unit, in source order.
    pub(crate) fn log_statements(&self, ix: UnitIx) -> Vec<Subject> {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let mut found = Vec::new();
        let apart = !models.printing.declared_by.is_empty();
        if apart {
            self.want_declared_statements(ix);
        }
        for (id, expr) in unit.iter_exprs() {
            let ExprKind::Call(call) = &expr.kind else { continue };
            let Some(name) = last_name(unit, call.callee) else { continue };
            if unit.is_test(expr.span) {
                continue;
            }
            let may = models.loggers.may_match(name) || models.printing.habits.contains_key(name);
            if may && let Some(subject) = self.log_statement((ix, id), call, name) {
                found.push(subject);
            } else if apart
                && unit.language != Language::Rust
                && let Some(subject) = self.declared_statement((ix, id), call, name)
            {
                found.push(subject);
            }
        }
        if unit.language == Language::Rust {
            found.extend(self.instrumented(ix));
        }
        found
    }

    fn log_statement(&self, at: ExprRef, call: &Call, name: &str) -> Option<Subject> {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let logger = self.logger_of(at, call, name)?;
        if logger.row.extends && self.is_chained_on(ix, id) {
            return None;
        }
        let mut message = self.message_of(at, call, &logger.row);
        self.chained_fields(ix, call.callee, &mut message);
        if logger.row.extends && message.pieces.is_empty() {
            return None;
        }
        let level = match logger.row.level.as_str() {
            "" => level_of(name),
            level => level,
        };
        let span = unit.expr(id).span;
        Some(self.statement(at, span, message, &logger, level))
    }

    /// The row of the models that a call belongs to.
    fn logger_of(&self, (ix, _): ExprRef, call: &Call, name: &str) -> Option<Logger> {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let callee = (ix, call.callee);
        let entities = self.entities(callee);
        for entity in &entities {
            if let Entity::Path(path) | Entity::Instance(path) = entity
                && let Some(logger) = models.loggers.find(path).next()
            {
                return Some(logger.clone());
            }
        }
        let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind else { return None };
        let rows = models.printing.habits.get(name)?;
        // A method of the repository is a wrapper: what it prints is judged inside it.
        let own = entities.iter().any(|entity| match entity {
            Entity::Function((fx, function)) => self.unit(*fx).function(*function).has_body,
            Entity::Path(_) | Entity::Instance(_) => false,
            _ => true,
        });
        if own {
            return None;
        }
        let receivers = self.receivers_of_habit(ix, *object);
        rows.iter()
            .find(|logger| {
                let named = |word: &String| logger.row.names.iter().any(|name| name == word);
                receivers.iter().any(|receiver| words(receiver).iter().any(named))
            })
            .cloned()
    }

    /// The names by which a receiver may be known as a logger: its own, and that of the logger
    /// that a chain of extensions starts with.
    fn receivers_of_habit(&self, ix: UnitIx, object: ExprId) -> Vec<Name> {
        let unit = self.unit(ix);
        let habits = &self.models.of(unit.language).printing.habits;
        let mut found = Vec::new();
        let mut at = object;
        loop {
            match &unit.expr(at).kind {
                ExprKind::Name(name) | ExprKind::Member { name, .. } => found.push(name.clone()),
                ExprKind::Call(call) => {
                    let Some(name) = last_name(unit, call.callee) else { break };
                    found.push(name.clone());
                    let extends = |rows: &Vec<Logger>| rows.iter().any(|row| row.row.extends);
                    if (habits.get(name).is_some_and(extends) || name.starts_with("With"))
                        && let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind
                    {
                        at = *object;
                        continue;
                    }
                }
                _ => {}
            }
            break;
        }
        found
    }

    /// Whether a call that extends a logger is only a step of a longer call.
    fn is_chained_on(&self, ix: UnitIx, id: ExprId) -> bool {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let later = std::iter::successors(chained(unit, id), |&(_, call)| chained(unit, call));
        later.take(MOST_LINKS).any(|(name, _)| {
            models.loggers.may_match(name) || models.printing.habits.contains_key(name)
        })
    }

    /// Fields that were put on the logger on the way to the call: `log.WithField("k", v).Info()`.
    fn chained_fields(&self, ix: UnitIx, callee: ExprId, message: &mut Message) {
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        for receiver in self.chain_of((ix, callee)) {
            let ExprKind::Call(call) = &unit.expr(receiver).kind else { continue };
            let Some(name) = last_name(unit, call.callee) else { continue };
            let by_type = models.loggers.may_match(name).then(|| {
                let paths = self.paths((ix, call.callee));
                paths.iter().find_map(|path| models.loggers.find(path).next().cloned())
            });
            let by_name = || {
                let rows = models.printing.habits.get(name)?;
                rows.iter().find(|logger| logger.row.extends).cloned()
            };
            let Some(logger) = by_type.flatten().or_else(by_name) else { continue };
            if logger.row.extends {
                let more = self.message_of((ix, receiver), call, &logger.row);
                message.structured = true;
                message.pieces.extend(more.pieces);
            }
        }
    }

    /// Whether a file declares commands that people run at a terminal.
    fn declares_commands(&self, ix: UnitIx) -> bool {
        let unit = self.unit(ix);
        let commands = &self.models.of(unit.language).printing.commands;
        let is_one =
            |ty: &TypeRef| commands.contains(&ty.name) || commands.contains(last_part(&ty.name));
        !commands.is_empty()
            && (unit.types.iter().flat_map(|ty| &ty.supers).any(is_one)
                || unit.functions.iter().any(|function| {
                    function.params.iter().filter_map(|param| param.ty.as_ref()).any(is_one)
                        || function.annotations.iter().any(|annotation| {
                            last_name(unit, annotation.callee).is_some_and(|name| {
                                words(name).last().is_some_and(|word| commands.contains(&**word))
                            })
                        })
                }))
    }

    /// Whether an annotation makes a function print its arguments.
    fn declares_statement(&self, ix: UnitIx, annotation: &groundrule_unit::Annotation) -> bool {
        let unit = self.unit(ix);
        let declared_by = &self.models.of(unit.language).printing.declared_by;
        last_name(unit, annotation.callee).is_some_and(|name| declared_by.contains(name))
    }

    /// Statements that are declared apart from their calls: the calls may be anywhere.
    fn want_declared_statements(&self, ix: UnitIx) {
        let unit = self.unit(ix);
        for function in unit.functions.iter().filter(|function| !function.has_body) {
            if function.annotations.iter().any(|annotation| self.declares_statement(ix, annotation))
            {
                self.want_called(&function.name);
            }
        }
    }

    fn statement(
        &self,
        at: ExprRef,
        span: Span,
        message: Message,
        logger: &Logger,
        level: &str,
    ) -> Subject {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let (callee, receiver) = match self.kind(at) {
            ExprKind::Call(call) => (self.callee_text(ix, call), self.logger_name(ix, call)),
            _ => (self.text(at), String::new()),
        };
        let mut values: Vec<LogValue> = Vec::new();
        for piece in &message.pieces {
            if let Some(value) = self.log_value(piece)
                && !values
                    .iter()
                    .any(|known| known.expression == value.expression && known.names == value.names)
            {
                values.push(value);
            }
        }
        Subject {
            place: self.head(ix, span),
            services: self.services_of(&unit.path),
            language: Some(unit.language),
            symbol: self.symbol(ix, unit.expr(id).scope),
            label: Name::new(&callee),
            attributes: Attributes::LogStatement(LogStatement {
                library: logger.library.name.to_string(),
                level: level.to_owned(),
                sink: logger.row.sink.id().to_owned(),
                logger: receiver,
                command: logger.row.sink == Sink::Console && self.declares_commands(ix),
                structured: message.structured,
                message: message.text.replace('\u{fffc}', ""),
                values,
            }),
            unresolved: Vec::new(),
        }
    }

    /// The callee with the steps between the logger and the method left out.
    fn callee_text(&self, ix: UnitIx, call: &Call) -> String {
        let unit = self.unit(ix);
        let chain = self.chain_of((ix, call.callee));
        let base = chain.iter().rev().find(|&&id| !matches!(unit.expr(id).kind, ExprKind::Call(_)));
        match (base, last_name(unit, call.callee)) {
            (Some(&base), Some(name)) => format!("{}.{name}", self.text((ix, base))),
            _ => self.text((ix, call.callee)),
        }
    }

    /// The logger's own name, or that of the function that prints.
    fn logger_name(&self, ix: UnitIx, call: &Call) -> String {
        let unit = self.unit(ix);
        let chain = self.chain_of((ix, call.callee));
        let named = chain.iter().rev().find_map(|&id| match &unit.expr(id).kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
            ExprKind::Call(inner) => last_name(unit, inner.callee),
            _ => None,
        });
        let first = chain.first().and_then(|&id| last_name(unit, id));
        first
            .or(named)
            .or_else(|| last_name(unit, call.callee))
            .map(Name::to_string)
            .unwrap_or_default()
    }

    /// A value as policies see it; none for constants.
    fn log_value(&self, piece: &Piece) -> Option<LogValue> {
        let at = piece.at;
        if self.is_constant_value(at) {
            return None;
        }
        let (ix, id) = at;
        let unit = self.unit(ix);
        let treatment = match piece.treatment {
            Treatment::Plain => self.treatment_of(at),
            treatment => treatment,
        };
        let mut value = LogValue {
            expression: self.text(at),
            names: self.names_of(at, piece.key.as_ref()),
            ty: String::new(),
            number: false,
            shape: Shape::Unknown,
            treatment,
            fields: Vec::new(),
            complete: true,
            place: unit.place(unit.expr(id).span),
        };
        if treatment != Treatment::Plain {
            value.shape = Shape::Scalar;
            return Some(value);
        }
        if let Some(exception) = self.exception_value(at) {
            value.shape = Shape::Exception;
            // The call that failed says nothing of what the error's text holds.
            value.names.truncate(1);
            value.ty = exception.ty;
            value.complete = exception.printed.complete;
            value.fields = exception.printed.fields;
            return Some(value);
        }
        let (shown, how) = match self.serialised(at) {
            Some(inner) => (inner, Rendering::Fields),
            None => (at, piece.how),
        };
        let ty = self.type_of(shown);
        if ty.as_ref().is_some_and(is_boolean) {
            value.treatment = Treatment::Derived;
            value.shape = Shape::Scalar;
            return Some(value);
        }
        value.ty = ty.as_ref().map(|ty| self.name_of_type(ty)).unwrap_or_default();
        value.number = ty.as_ref().is_some_and(is_number);
        let printed = ty.as_ref().map(|ty| self.printed(ty, how, unit.language));
        let given = self.given_shape(at);
        self.shape_value(&mut value, ty.as_ref(), printed, given);
        if matches!(value.shape, Shape::Scalar | Shape::Unknown) && self.carries_password(at) {
            value.names.insert(value.names.len().min(1), Name::new(ADDRESS_WITH_PASSWORD));
        }
        Some(value)
    }

    fn shape_value(
        &self,
        value: &mut LogValue,
        ty: Option<&Type>,
        printed: Option<Printed>,
        given: Option<ShapeModel>,
    ) {
        let printed = printed.unwrap_or(Printed { complete: false, ..Printed::default() });
        if printed.masked {
            value.treatment = Treatment::Masked;
            value.shape = Shape::Scalar;
            return;
        }
        let modelled = given.or(printed.shape);
        value.complete = printed.complete;
        value.fields = printed.fields;
        value.shape = match modelled {
            Some(ShapeModel::Request) => Shape::Request,
            Some(ShapeModel::Response) => Shape::Response,
            Some(ShapeModel::Headers) => Shape::Headers,
            Some(ShapeModel::Body) => Shape::Body,
            Some(ShapeModel::Exception) => Shape::Exception,
            Some(ShapeModel::Opaque) => Shape::Opaque,
            Some(ShapeModel::Masked) => {
                value.treatment = Treatment::Masked;
                Shape::Scalar
            }
            Some(ShapeModel::Scalar) => Shape::Scalar,
            None if !value.fields.is_empty() => Shape::Object,
            None if printed.scalar && printed.complete => Shape::Scalar,
            None => match ty.and_then(|ty| self.resolve_type(ty)) {
                Some(Resolved::Repository(_) | Resolved::Literal(_)) if printed.complete => {
                    Shape::Opaque
                }
                Some(Resolved::Repository(_)) => Shape::Object,
                Some(Resolved::Holds(_)) if printed.complete => Shape::Opaque,
                _ => Shape::Unknown,
            },
        };
    }

    fn name_of_type(&self, ty: &Type) -> String {
        match ty {
            Type::Repository((ix, id)) => self.unit(*ix).type_decl(*id).name.to_string(),
            Type::Many(item) => self.name_of_type(item),
            _ => type_name(ty),
        }
    }

    /// C#'s `[LoggerMessage]`: a partial method whose body is generated from its attribute.
    fn declared_statement(&self, at: ExprRef, call: &Call, name: &str) -> Option<Subject> {
        let (ix, id) = at;
        let &(fx, function) = self.functions_named(name).iter().find(|&&(fx, function)| {
            let unit = self.unit(fx);
            unit.function(function)
                .annotations
                .iter()
                .any(|annotation| self.declares_statement(fx, annotation))
        })?;
        let declared = self.unit(fx).function(function);
        let mut message = Message { structured: true, ..Message::default() };
        for annotation in &declared.annotations {
            for arg in &annotation.args {
                if let Some(text) = self.constant_text((fx, arg.value)) {
                    message.text.push_str(&text);
                }
            }
        }
        // As an extension method it has its receiver in front of the dot.
        let skipped = usize::from(declared.is_extension && call.args.len() < declared.params.len());
        for (param, arg) in declared.params.iter().skip(skipped).zip(&call.args) {
            let ty = param.ty.as_ref().map_or("", |ty| crate::models::last_part(&ty.name));
            if matches!(ty, "ILogger" | "LogLevel") {
                continue;
            }
            message.pieces.push(Piece {
                at: (ix, arg.value),
                key: Some(param.name.clone()),
                how: Rendering::Text,
                treatment: Treatment::Plain,
            });
        }
        let models = self.models.of(Language::CSharp);
        let logger = models.printing.habits.get("LogInformation")?.first()?.clone();
        let span = self.unit(ix).expr(id).span;
        Some(self.statement(at, span, message, &logger, ""))
    }

    /// Rust's `#[instrument]`: a span that records the function's arguments.
    fn instrumented(&self, ix: UnitIx) -> Vec<Subject> {
        let unit = self.unit(ix);
        let mut found = Vec::new();
        for (at, function) in unit.functions.iter().enumerate() {
            for annotation in &function.annotations {
                if !self.declares_statement(ix, annotation) || unit.is_test(annotation.span) {
                    continue;
                }
                let id = FunctionId(at as u32);
                if let Some(subject) = self.instrument(ix, id, annotation) {
                    found.push(subject);
                }
            }
        }
        found
    }

    fn instrument(
        &self,
        ix: UnitIx,
        id: FunctionId,
        annotation: &groundrule_unit::Annotation,
    ) -> Option<Subject> {
        let unit = self.unit(ix);
        let function = unit.function(id);
        let mut skipped: Vec<Name> = Vec::new();
        let mut skip_all = false;
        let mut values = Vec::new();
        for arg in &annotation.args {
            let value = &unit.expr(arg.value).kind;
            match value {
                ExprKind::Name(name) if name == "skip_all" => skip_all = true,
                ExprKind::Call(call) => {
                    let name = last_name(unit, call.callee).map_or("", Name::as_str);
                    for arg in &call.args {
                        match name {
                            "skip" => skipped.extend(last_name(unit, arg.value).cloned()),
                            "fields" => {
                                let how = match arg.sigil {
                                    Some('?') => Rendering::Debug,
                                    _ => Rendering::Text,
                                };
                                let empty =
                                    last_name(unit, arg.value).is_some_and(|name| name == "Empty");
                                if !empty {
                                    let piece = Piece {
                                        at: (ix, arg.value),
                                        key: arg.name.clone(),
                                        how,
                                        treatment: Treatment::Plain,
                                    };
                                    values.extend(self.log_value(&piece));
                                }
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        if !skip_all {
            for param in &function.params {
                let own = param.name == "self" || param.name.is_empty();
                if own || skipped.contains(&param.name) || param.kind == ParamKind::Implicit {
                    continue;
                }
                let ty = param.ty.clone().map(|ty| Type::Written(ix, function.scope, ty));
                let mut value = LogValue {
                    expression: param.name.to_string(),
                    names: vec![param.name.clone()],
                    ty: ty.as_ref().map(|ty| self.name_of_type(ty)).unwrap_or_default(),
                    number: false,
                    shape: Shape::Unknown,
                    treatment: Treatment::Plain,
                    fields: Vec::new(),
                    complete: true,
                    place: unit.place(param.span),
                };
                let printed =
                    ty.as_ref().map(|ty| self.printed(ty, Rendering::Debug, Language::Rust));
                self.shape_value(&mut value, ty.as_ref(), printed, None);
                values.push(value);
            }
        }
        let models = self.models.of(Language::Rust);
        let library =
            models.loggers.find("tracing.info").next().map(|l| l.library.name.to_string());
        Some(Subject {
            place: self.head(ix, annotation.span),
            services: self.services_of(&unit.path),
            language: Some(Language::Rust),
            symbol: self.symbol(ix, function.scope),
            label: Name::new("#[instrument]"),
            attributes: Attributes::LogStatement(LogStatement {
                library: library.unwrap_or_default(),
                level: "info".to_owned(),
                sink: "span".to_owned(),
                command: false,
                logger: "instrument".to_owned(),
                structured: true,
                message: std::iter::once(&function.name)
                    .chain(&skipped)
                    .map(Name::as_str)
                    .collect::<Vec<_>>()
                    .join(" "),
                values,
            }),
            unresolved: Vec::new(),
        })
    }
}

/// What an address that carries a password is called.
const ADDRESS_WITH_PASSWORD: &str = "connectionString";

/// The level that a method's name tells.
fn level_of(name: &str) -> &'static str {
    const LEVELS: &[(&str, &str)] = &[
        ("trace", "trace"),
        ("verbose", "trace"),
        ("finest", "trace"),
        ("finer", "trace"),
        ("debug", "debug"),
        ("dbg", "debug"),
        ("fine", "debug"),
        ("info", "info"),
        ("notice", "info"),
        ("success", "info"),
        ("warn", "warn"),
        ("fatal", "fatal"),
        ("critical", "fatal"),
        ("panic", "fatal"),
        ("severe", "error"),
        ("error", "error"),
        ("err", "error"),
        ("exception", "error"),
    ];
    let name = name.to_lowercase();
    LEVELS.iter().find(|(word, _)| name.contains(word)).map_or("", |&(_, level)| level)
}

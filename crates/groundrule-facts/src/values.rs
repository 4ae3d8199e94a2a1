//! Values: constants behind names, and what a setting is set to.

use groundrule_unit::{ExprKind, Import, Language, Name, Part};

use crate::define::Definition;
use crate::program::{ExprRef, Program, UnitIx};

/// How many steps a value is followed.
const STEPS: u32 = 8;
/// What stands in a text for a part that is no constant.
const HOLE: &str = "{}";

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
    /// Something that only running the program can tell, or that is no constant.
    Computed,
    /// A parameter that no caller in the repository fills.
    Parameter,
}

impl Program<'_> {
    /// What an expression's value may be, as far as constants reach.
    pub(crate) fn values(&self, at: ExprRef) -> Vec<Value> {
        self.values_within(at, STEPS)
    }

    /// The same within a number of steps: a value may be made of itself.
    fn values_within(&self, at: ExprRef, steps: u32) -> Vec<Value> {
        let mut found = Vec::new();
        self.collect_values(at, steps, &mut found);
        found.truncate(8);
        found
    }

    /// The constant text of an expression, if there is just one.
    pub(crate) fn constant_text(&self, at: ExprRef) -> Option<String> {
        match self.values(at).as_slice() {
            [Value::Text(text)] => Some(text.clone()),
            _ => None,
        }
    }

    /// The text of an expression in which each part that is no constant is `{}`.
    pub(crate) fn text_with_holes(&self, at: ExprRef) -> String {
        self.holed(at, STEPS, false)
    }

    /// The same for a route's path, in which a base path that only a deployment sets is left out:
    /// `baseUrl + "/orders"`.
    pub(crate) fn path_with_holes(&self, at: ExprRef) -> String {
        self.holed(at, STEPS, true)
    }

    fn holed(&self, at: ExprRef, steps: u32, is_path: bool) -> String {
        let text = self.holed_text(at, steps, is_path);
        if is_path && text == HOLE && self.is_base_path(at) { String::new() } else { text }
    }

    /// Whether a name, a member or what is read from the environment is called a base path.
    fn is_base_path(&self, at: ExprRef) -> bool {
        let (ix, id) = at;
        let unit = self.unit(ix);
        let read = match self.kind(at) {
            ExprKind::Call(call) => call.args.first().map(|arg| (ix, arg.value)),
            ExprKind::Index { index, .. } => Some((ix, *index)),
            _ => None,
        };
        let read = read.and_then(|key| self.constant_text(key));
        let name = read.or_else(|| crate::program::last_name(unit, id).map(Name::to_string));
        let words = crate::treatment::words(&name.unwrap_or_default());
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        has(&["base", "root", "context", "sub"])
            && has(&["path", "url", "uri", "prefix"])
            && !has(&["api", "version"])
    }

    fn holed_text(&self, at: ExprRef, steps: u32, is_path: bool) -> String {
        let (ix, _) = at;
        if steps == 0 {
            return HOLE.to_owned();
        }
        match self.kind(at) {
            ExprKind::String(text) => text.to_string(),
            ExprKind::Number(number) => number.to_string(),
            ExprKind::Template(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.to_string(),
                    Part::Value { value, .. } => self.holed((ix, *value), steps - 1, is_path),
                })
                .collect(),
            ExprKind::Binary { op, left, right } if op == "+" => {
                self.holed((ix, *left), steps - 1, is_path)
                    + &self.holed((ix, *right), steps - 1, is_path)
            }
            ExprKind::Cast { operand, .. } => self.holed((ix, *operand), steps - 1, is_path),
            ExprKind::Call(call) => self.formatted(at, call, steps, is_path),
            _ => match self.values_within(at, steps - 1).as_slice() {
                [Value::Text(text)] => text.clone(),
                [Value::Number(number)] => number.to_string(),
                // A constant that the environment may replace.
                [Value::Text(text), rest @ ..] | [rest @ .., Value::Text(text)]
                    if rest.iter().all(|value| *value == Value::Computed) =>
                {
                    text.clone()
                }
                _ => match self.sources(at).as_slice() {
                    &[source] if source != at => self.holed(source, steps - 1, is_path),
                    _ => HOLE.to_owned(),
                },
            },
        }
    }

    /// `Sprintf("/v%d", n)`, `"…".format(…)`, `join(a, b)`: text with holes.
    fn formatted(
        &self,
        (ix, _): ExprRef,
        call: &groundrule_unit::Call,
        steps: u32,
        is_path: bool,
    ) -> String {
        let unit = self.unit(ix);
        let name = crate::program::last_name(unit, call.callee).map(Name::as_str).unwrap_or("");
        let mut args = call.args.iter().map(|arg| self.holed((ix, arg.value), steps - 1, is_path));
        // `[base, "/api"].concat()`
        if let ExprKind::Member { object, .. } = unit.expr(call.callee).kind
            && let ExprKind::List(parts) = &unit.expr(object).kind
            && matches!(name, "concat" | "join")
        {
            let between = args.next().unwrap_or_default();
            let parts: Vec<String> =
                parts.iter().map(|&part| self.holed((ix, part), steps - 1, is_path)).collect();
            return parts.join(&between);
        }
        match name {
            "Sprintf" | "format" | "String.format" if !call.args.is_empty() => {
                let Some(template) = args.next() else { return "{}".to_owned() };
                if !template.contains('%') {
                    // Rust's `format!` has the filled template as its first argument.
                    return template;
                }
                let mut out = String::new();
                let mut rest = template.as_str();
                while let Some(at) = rest.find('%') {
                    out.push_str(&rest[..at]);
                    let verb = rest[at + 1..].find(|c: char| c.is_ascii_alphabetic() || c == '%');
                    let Some(verb) = verb else { break };
                    if rest[at + 1..].starts_with('%') {
                        out.push('%');
                    } else {
                        out.push_str(&args.next().unwrap_or_else(|| "{}".to_owned()));
                    }
                    rest = &rest[at + 2 + verb..];
                }
                out.push_str(rest);
                out
            }
            "join" | "Join" | "JoinPath" | "urljoin" => {
                let parts: Vec<String> = args.collect();
                parts
                    .iter()
                    .map(|part| part.trim_matches('/'))
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join("/")
            }
            "String" | "str" | "toString" | "to_string" | "trim" => {
                args.next().unwrap_or_else(|| "{}".to_owned())
            }
            _ => "{}".to_owned(),
        }
    }

    fn collect_values(&self, at: ExprRef, steps: u32, found: &mut Vec<Value>) {
        if steps == 0 || found.len() > 8 {
            found.push(Value::Computed);
            return;
        }
        let (ix, id) = at;
        match self.kind(at) {
            ExprKind::String(text) => found.push(Value::Text(text.to_string())),
            ExprKind::Number(number) => found.push(number_value(number)),
            ExprKind::Bool(value) => found.push(Value::Bool(*value)),
            ExprKind::Null => found.push(Value::Null),
            ExprKind::Choice(options) => {
                options.iter().for_each(|&o| self.collect_values((ix, o), steps - 1, found));
            }
            ExprKind::Cast { operand, .. } => {
                self.collect_values((ix, *operand), steps - 1, found);
            }
            ExprKind::Unary { op, operand } if op == "-" => {
                let mut inner = Vec::new();
                self.collect_values((ix, *operand), steps - 1, &mut inner);
                found.extend(inner.into_iter().map(|value| match value {
                    Value::Number(number) => Value::Number(-number),
                    _ => Value::Computed,
                }));
            }
            ExprKind::Binary { op, left, right } => {
                found.push(self.arithmetic(op, (ix, *left), (ix, *right), steps));
            }
            ExprKind::Template(_) => {
                let text = self.holed(at, steps - 1, false);
                found.push(if text.contains("{}") { Value::Computed } else { Value::Text(text) });
            }
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                let sources = self.sources(at);
                if sources.is_empty() || sources == [at] {
                    found.push(self.unresolved_value(at));
                } else {
                    for source in sources {
                        self.collect_values(source, steps - 1, found);
                    }
                }
            }
            ExprKind::Call(call) => {
                // Durations and conversions: their value is that of their argument.
                match &*call.args {
                    [only] if only.name.is_none() => {
                        let mut inner = Vec::new();
                        self.collect_values((ix, only.value), steps - 1, &mut inner);
                        found.extend(inner.into_iter().map(|value| match value {
                            Value::Number(number) => Value::Number(number),
                            Value::Null => Value::Null,
                            _ => Value::Computed,
                        }));
                    }
                    _ => found.push(Value::Computed),
                }
            }
            _ => {
                let _ = id;
                found.push(Value::Computed);
            }
        }
    }

    /// A name without a source: words of libraries for nothing, or unknown.
    fn unresolved_value(&self, at: ExprRef) -> Value {
        let unit = self.unit(at.0);
        match crate::program::last_name(unit, at.1).map(Name::as_str) {
            Some("None" | "nil" | "null" | "undefined") => Value::Null,
            Some(
                "InfiniteTimeSpan"
                | "Infinite"
                | "Infinity"
                | "INFINITE"
                | "INFINITE_TIMEOUT_MS"
                | "NEVER"
                | "DO_NOT_WAIT_FOREVER",
            ) => Value::Null,
            Some("MAX") if self.text(at).contains("Duration") => Value::Null,
            Some("Zero" | "ZERO") => Value::Number(0.0),
            _ => {
                if let ExprKind::Name(name) = self.kind(at)
                    && let Definition::Param(..) = self.definition(at, name)
                {
                    return Value::Parameter;
                }
                Value::Computed
            }
        }
    }

    fn arithmetic(&self, op: &str, left: ExprRef, right: ExprRef, steps: u32) -> Value {
        let one = |at| {
            let mut found = Vec::new();
            self.collect_values(at, steps - 1, &mut found);
            if found.len() == 1 { found.remove(0) } else { Value::Computed }
        };
        match (op, one(left), one(right)) {
            ("*", Value::Number(a), Value::Number(b)) => Value::Number(a * b),
            ("*", Value::Number(a), _) | ("*", _, Value::Number(a)) if a == 0.0 => Value::Number(a),
            ("+", Value::Number(a), Value::Number(b)) => Value::Number(a + b),
            ("+", Value::Text(a), Value::Text(b)) => Value::Text(a + &b),
            _ => Value::Computed,
        }
    }

    /// The expressions that a name, member or call of the repository takes its value from: through
    /// variables, constants, fields, defaults, parameters and results. An expression that has no
    /// further source is its own.
    pub(crate) fn sources(&self, at: ExprRef) -> Vec<ExprRef> {
        self.traced.get(at, (), |()| self.find_sources(at))
    }

    fn find_sources(&self, at: ExprRef) -> Vec<ExprRef> {
        let mut found = Vec::new();
        self.collect_sources(at, STEPS, &mut found);
        let mut seen: Vec<ExprRef> = Vec::with_capacity(found.len());
        found.retain(|source| {
            let new = !seen.contains(source);
            seen.push(*source);
            new
        });
        found
    }

    fn collect_sources(&self, at: ExprRef, steps: u32, found: &mut Vec<ExprRef>) {
        if steps == 0 || found.len() > 12 {
            return;
        }
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::Name(name) => {
                let definition = self.definition(at, name);
                // Another file of the package may declare it.
                if matches!(definition, Definition::Outside) && !self.unit(ix).language.is_dynamic()
                {
                    self.want_declared(name);
                }
                self.definition_sources(definition, at, name, steps, found);
            }
            ExprKind::Member { object, name } => {
                let before = found.len();
                if self.is_receiver((ix, *object)) {
                    let ty = match self.entities_within((ix, *object), 4).first() {
                        Some(crate::resolve::Entity::Object(ty)) => Some(*ty),
                        _ => None,
                    };
                    if let Some(definition) = ty.and_then(|ty| self.member_definition(ty, name, 0))
                    {
                        self.definition_sources(definition, at, name, steps, found);
                    } else if let Some(ty) = ty {
                        for value in self.assigned_to_member(ty, name) {
                            self.collect_sources(value, steps - 1, found);
                        }
                    }
                } else {
                    self.member_sources(at, (ix, *object), name, steps, found);
                }
                if found.len() == before {
                    found.push(at);
                }
            }
            ExprKind::Choice(options) => {
                options.iter().for_each(|&o| self.collect_sources((ix, o), steps - 1, found));
            }
            ExprKind::Cast { operand, .. } => {
                self.collect_sources((ix, *operand), steps - 1, found);
            }
            ExprKind::Call(call) => {
                let before = found.len();
                for (fx, function) in self.functions_called((ix, call.callee)) {
                    if !self.unit(fx).function(function).is_constructor {
                        for &result in &self.unit(fx).function(function).results {
                            self.collect_sources((fx, result), steps - 1, found);
                        }
                    }
                }
                if found.len() == before {
                    found.push(at);
                }
            }
            ExprKind::Element { of, index } => {
                let mut inner = Vec::new();
                self.collect_sources((ix, *of), steps - 1, &mut inner);
                for source in inner {
                    match self.kind(source) {
                        ExprKind::List(items) if items.len() > *index as usize => {
                            let item = (source.0, items[*index as usize]);
                            self.collect_sources(item, steps - 1, found);
                        }
                        _ if *index == 0 => found.push(source),
                        _ => found.push(at),
                    }
                }
            }
            _ => found.push(at),
        }
    }

    fn definition_sources(
        &self,
        definition: Definition,
        at: ExprRef,
        name: &str,
        steps: u32,
        found: &mut Vec<ExprRef>,
    ) {
        if steps == 0 {
            found.push(at);
            return;
        }
        match definition {
            Definition::Bindings(ix, bindings) => {
                let before = found.len();
                for id in bindings {
                    if let Some(value) = self.unit(ix).bindings[id as usize].value {
                        self.collect_sources((ix, value), steps - 1, found);
                    }
                }
                if found.len() == before {
                    found.push(at);
                }
            }
            Definition::Param(function, index) => {
                let passed = self.arguments_for(function, index, 8);
                let declared = &self.unit(function.0).function(function.1).params[index];
                let default = declared.default.map(|value| (function.0, value));
                if passed.is_empty() && default.is_none() {
                    found.push(at);
                }
                for value in passed.into_iter().chain(default) {
                    if value != at {
                        self.collect_sources(value, steps.min(5) - 1, found);
                    }
                }
            }
            Definition::Field((ix, ty), index) => {
                let before = found.len();
                let field = &self.unit(ix).type_decl(ty).fields[index];
                if let Some(default) = field.default {
                    self.collect_sources((ix, default), steps - 1, found);
                }
                for value in self.assigned_to_member((ix, ty), name) {
                    self.collect_sources(value, steps - 1, found);
                }
                if let Some(getter) = field.getter {
                    for &result in &self.unit(ix).function(getter).results {
                        self.collect_sources((ix, result), steps - 1, found);
                    }
                }
                for value in self.filled_by_literals((ix, ty), name) {
                    if value != at {
                        self.collect_sources(value, steps.min(5) - 1, found);
                    }
                }
                if found.len() == before {
                    for value in self.header_arguments((ix, ty), &field.name) {
                        self.collect_sources(value, steps.min(5) - 1, found);
                    }
                }
                if found.len() == before {
                    found.push(at);
                }
            }
            Definition::Import(ix, import) => {
                let import = self.unit(ix).imports[import as usize].clone();
                let before = found.len();
                self.imported_sources(ix, &import, steps - 1, found);
                if found.len() == before {
                    found.push(at);
                }
            }
            _ => found.push(at),
        }
    }

    /// The sources of a value that another module of the repository declares or exports.
    fn imported_sources(&self, ix: UnitIx, import: &Import, steps: u32, found: &mut Vec<ExprRef>) {
        // CommonJS: what `require` gives is what the module gives out.
        let default = Name::new_static("default");
        let item = match &import.item {
            Some(item) => item,
            None if self.unit(ix).language == Language::TypeScript => &default,
            None => return,
        };
        if steps == 0 {
            return;
        }
        let units = self.units_imported(ix, &import.module);
        match self.declared(&units, item) {
            Some(Definition::Bindings(bx, bindings)) => {
                for id in bindings {
                    if let Some(value) = self.unit(bx).bindings[id as usize].value {
                        self.collect_sources((bx, value), steps, found);
                    }
                }
                return;
            }
            Some(_) => return,
            None => {}
        }
        for unit in units {
            for export in self.unit(unit).exports.iter().filter(|export| export.name == *item) {
                self.collect_sources((unit, export.value), steps, found);
            }
            for inner in self.unit(unit).imports.iter().filter(|inner| inner.reexport) {
                if inner.wildcard {
                    let through = Import { module: inner.module.clone(), ..import.clone() };
                    self.imported_sources(unit, &through, steps - 1, found);
                } else if inner.local == *item {
                    self.imported_sources(unit, inner, steps - 1, found);
                }
            }
        }
    }

    /// What fills a field through the constructor: record literals and parameters of its name.
    pub(crate) fn header_arguments(
        &self,
        (ix, ty): crate::program::TypeIxRef,
        field: &str,
    ) -> Vec<ExprRef> {
        let constructor = self.functions_named("new").iter().copied().find(|&(fx, f)| {
            fx == ix
                && self.unit(fx).function(f).is_constructor
                && self.owner_of((fx, f)) == Some((ix, ty))
        });
        match constructor {
            Some(function) => {
                let params = &self.unit(ix).function(function.1).params;
                match params.iter().position(|param| param.name == field) {
                    Some(index) => self.arguments_for(function, index, 4),
                    None => Vec::new(),
                }
            }
            None => Vec::new(),
        }
    }

    /// A member of something that is not the receiver: a field of a literal, a constant of a type
    /// or module.
    fn member_sources(
        &self,
        at: ExprRef,
        object: ExprRef,
        name: &str,
        steps: u32,
        found: &mut Vec<ExprRef>,
    ) {
        for entity in self.entities_within(object, steps.min(6)) {
            match entity {
                crate::resolve::Entity::Value(value) => {
                    if let ExprKind::Record(record) = self.kind(value) {
                        for field in record.fields.iter().filter(|field| field.name == name) {
                            self.collect_sources((value.0, field.value), steps - 1, found);
                        }
                    }
                }
                crate::resolve::Entity::Type(ty) | crate::resolve::Entity::Object(ty) => {
                    if let Some(Definition::Field((ix, ty), index)) =
                        self.member_definition(ty, name, 0)
                    {
                        let definition = Definition::Field((ix, ty), index);
                        self.definition_sources(definition, at, name, steps - 1, found);
                    }
                }
                crate::resolve::Entity::Module(module) => {
                    let language = self.unit(at.0).language;
                    let units = self.modules_ending(&module, language);
                    if let Some(definition) = self.declared(&units, name) {
                        self.definition_sources(definition, at, name, steps - 1, found);
                    }
                }
                // A file of the repository that was not parsed so far may declare it.
                crate::resolve::Entity::Path(path)
                    if self.is_own_module(&path, self.unit(at.0).language) =>
                {
                    self.want_declared(name);
                }
                _ => {}
            }
        }
        found.retain(|source| *source != at);
    }

    /// An expression as written, put on one line and shortened to 80 characters.
    pub(crate) fn text(&self, at: ExprRef) -> String {
        let mut out = String::new();
        self.write(at, &mut out, 6);
        if out.chars().count() > 80 {
            out = out.chars().take(79).collect();
            out.push('…');
        }
        out
    }

    fn write(&self, at: ExprRef, out: &mut String, depth: u32) {
        let (ix, _) = at;
        if depth == 0 || out.len() > 200 {
            out.push('…');
            return;
        }
        match self.kind(at) {
            ExprKind::Name(name) => out.push_str(name),
            ExprKind::This => out.push_str(match self.unit(ix).language {
                Language::Python | Language::Rust => "self",
                _ => "this",
            }),
            ExprKind::Member { object, name } => {
                self.write((ix, *object), out, depth - 1);
                out.push_str(
                    if self.unit(ix).language == Language::Rust && self.is_type_like((ix, *object))
                    {
                        "::"
                    } else {
                        "."
                    },
                );
                out.push_str(name);
            }
            ExprKind::Call(call) => {
                if call.form == groundrule_unit::CallForm::New {
                    out.push_str("new ");
                }
                self.write((ix, call.callee), out, depth - 1);
                out.push_str(if call.args.is_empty() { "()" } else { "(…)" });
            }
            ExprKind::Index { object, index } => {
                self.write((ix, *object), out, depth - 1);
                out.push('[');
                self.write((ix, *index), out, depth - 1);
                out.push(']');
            }
            ExprKind::String(text) => {
                out.push('"');
                out.push_str(text);
                out.push('"');
            }
            ExprKind::Number(number) => out.push_str(number),
            ExprKind::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            ExprKind::Null => out.push_str("null"),
            ExprKind::Record(record) => {
                if let Some(ty) = &record.ty {
                    out.push_str(&ty.name);
                }
                out.push_str("{…}");
            }
            ExprKind::Template(_) => out.push_str(&self.text_with_holes(at)),
            ExprKind::Binary { op, left, right } => {
                self.write((ix, *left), out, depth - 1);
                out.push(' ');
                out.push_str(op);
                out.push(' ');
                self.write((ix, *right), out, depth - 1);
            }
            ExprKind::Cast { operand, .. } | ExprKind::Unary { operand, .. } => {
                self.write((ix, *operand), out, depth - 1);
            }
            ExprKind::Element { of, .. } => self.write((ix, *of), out, depth - 1),
            _ => out.push('…'),
        }
    }

    fn is_type_like(&self, at: ExprRef) -> bool {
        // `reqwest::blocking::Client`: what a path starts with decides.
        if let ExprKind::Member { object, name } = self.kind(at)
            && name.starts_with(char::is_lowercase)
        {
            return self.is_type_like((at.0, *object));
        }
        let name: Option<&Name> = crate::program::last_name(self.unit(at.0), at.1);
        name.is_some_and(|name| {
            name.starts_with(char::is_uppercase)
                || matches!(self.kind(at), ExprKind::Name(n)
                    if matches!(self.definition(at, n), Definition::Import(..) | Definition::Outside))
        })
    }
}

/// A number as written, suffixes and separators left aside.
pub(crate) fn number_value(text: &str) -> Value {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    let end = digits
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E')))
        .unwrap_or(digits.len());
    match digits[..end].trim_end_matches(['e', 'E']).parse() {
        Ok(number) => Value::Number(number),
        Err(_) => Value::Computed,
    }
}

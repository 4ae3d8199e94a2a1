//! Messages: the values inside a text, however it is put together, and the pieces that a log
//! statement prints by its library's rules.

use groundrule_unit::{Arg, Call, CallForm, ExprId, ExprKind, Language, Name, Part};

use crate::Treatment;
use crate::define::Definition;
use crate::models::{Builder, Format, LoggerRow, Rest};
use crate::printed::Rendering;
use crate::program::{ExprRef, Program, last_name};
use crate::resolve::Entity;

/// How many texts inside texts are opened.
const STEPS: u32 = 9;
/// How many values one statement is judged by.
const MOST_PIECES: usize = 60;

/// A value that is printed.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) at: ExprRef,
    /// The key it is printed under.
    pub(crate) key: Option<Name>,
    pub(crate) how: Rendering,
    /// What the template makes of it, beside what was done to it before.
    pub(crate) treatment: Treatment,
}

/// What a statement prints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message {
    /// The constant parts, with `{}` for values.
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
    /// Whether values are passed apart from the message.
    pub(crate) structured: bool,
}

impl Message {
    fn push(&mut self, at: ExprRef, key: Option<Name>, how: Rendering) {
        self.push_treated(at, key, how, Treatment::Plain);
    }

    fn push_treated(
        &mut self,
        at: ExprRef,
        key: Option<Name>,
        how: Rendering,
        treatment: Treatment,
    ) {
        if self.pieces.len() < MOST_PIECES {
            self.pieces.push(Piece { at, key, how, treatment });
        }
    }
}

/// A place in a template that a value fills.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hole {
    /// `{Name}`, `%(name)s`; a number in `{0}`.
    name: Name,
    how: Rendering,
    treatment: Treatment,
}

impl Program<'_> {
    /// What a call of a logger prints.
    pub(crate) fn message_of(&self, at: ExprRef, call: &Call, row: &LoggerRow) -> Message {
        let (ix, _) = at;
        let mut message = Message::default();
        let python = self.unit(ix).language == Language::Python;
        let by_name = python || call.form == CallForm::Macro;
        let (named, rest): (Vec<&Arg>, Vec<&Arg>) =
            call.args.iter().partition(|arg| arg.name.is_some() && by_name);
        let mut rest: Vec<&Arg> = rest.into_iter().skip(row.before as usize).collect();
        if row.format == Format::Fields {
            self.rest_of(at, &rest, row, &mut message);
        } else {
            if row.format == Format::Named {
                // An exception or an event's id may stand in front of the message.
                while rest.len() > 1 && !self.is_text((ix, rest[0].value), 4) {
                    let front = rest.remove(0);
                    if self.is_text((ix, rest[0].value), 4) {
                        message.push((ix, front.value), None, Rendering::Text);
                    }
                }
            }
            if let Some((first, others)) = rest.split_first() {
                let structured =
                    matches!(self.kind((ix, first.value)), ExprKind::Record(_) | ExprKind::List(_));
                if structured && row.rest == Rest::Printed {
                    self.rest_of(at, &rest, row, &mut message);
                } else {
                    self.filled(at, first, others, row, &named, &mut message);
                }
            }
        }
        if row.keywords {
            for arg in named {
                let how = match (arg.sigil, call.form) {
                    (Some('?'), _) => Rendering::Debug,
                    (_, CallForm::Macro) => Rendering::Text,
                    _ => Rendering::Fields,
                };
                message.structured = true;
                message.push((ix, arg.value), arg.name.clone(), how);
            }
        } else if python
            && let Some(extra) = named.iter().find(|arg| arg.name.as_deref() == Some("extra"))
        {
            self.field_pieces((ix, extra.value), &mut message, 3);
        }
        message
    }

    /// A message and the arguments that fill it.
    fn filled(
        &self,
        at: ExprRef,
        first: &Arg,
        others: &[&Arg],
        row: &LoggerRow,
        named: &[&Arg],
        message: &mut Message,
    ) {
        let (ix, _) = at;
        let template = (ix, first.value);
        let how = match (first.sigil, row.rest) {
            (Some('?'), _) => Rendering::Debug,
            (None, Rest::Printed) if !self.is_text(template, 4) => Rendering::Fields,
            _ => Rendering::Text,
        };
        self.text_pieces(template, None, how, STEPS, message);
        let holes = match row.format {
            Format::Printf => printf_holes(&message.text, self.unit(ix).language),
            Format::Braces => brace_holes(&message.text),
            Format::Named => named_holes(&message.text),
            Format::Text | Format::Fields => Vec::new(),
        };
        let filled = message.pieces.len();
        // A template that cannot be read prints all it is given.
        let unread = row.format != Format::Text && filled > 0 && holes.is_empty();
        let mut rest = others.iter();
        for hole in &holes {
            let by_key = named.iter().find(|arg| arg.name.as_ref() == Some(&hole.name));
            let Some(arg) = by_key.or_else(|| rest.next()) else { break };
            let key = (!hole.name.is_empty() && !hole.name.starts_with(char::is_numeric))
                .then(|| hole.name.clone());
            if let ExprKind::Record(record) = self.kind((ix, arg.value))
                && let Some(key) = &key
                && let Some(field) = record.fields.iter().find(|field| field.name == *key)
            {
                message.push_treated(
                    (ix, field.value),
                    Some(key.clone()),
                    hole.how,
                    hole.treatment,
                );
                continue;
            }
            message.structured |= row.format == Format::Named;
            if hole.how == Rendering::Text && hole.treatment == Treatment::Plain {
                self.text_pieces((ix, arg.value), key, Rendering::Text, STEPS - 2, message);
            } else {
                message.push_treated((ix, arg.value), key, hole.how, hole.treatment);
            }
        }
        let rest: Vec<&Arg> = rest.copied().collect();
        if unread && row.rest == Rest::Dropped {
            for arg in rest {
                self.text_pieces((ix, arg.value), None, Rendering::Text, STEPS - 2, message);
            }
        } else {
            self.rest_of(at, &rest, row, message);
        }
    }

    /// Arguments that do not fill the message.
    fn rest_of(&self, (ix, _): ExprRef, args: &[&Arg], row: &LoggerRow, message: &mut Message) {
        match row.rest {
            Rest::Printed => {
                for arg in args {
                    let value = (ix, arg.value);
                    message.structured = true;
                    if self.is_text(value, 4) {
                        self.text_pieces(value, None, Rendering::Text, STEPS - 2, message);
                    } else {
                        self.field_pieces(value, message, 3);
                    }
                }
            }
            Rest::Text => {
                for arg in args {
                    self.text_pieces((ix, arg.value), None, Rendering::Text, STEPS - 2, message);
                }
            }
            Rest::Dropped => {
                for arg in args {
                    if self.is_exception((ix, arg.value)) {
                        message.push((ix, arg.value), None, Rendering::Text);
                    }
                }
            }
            Rest::Pairs => {
                let mut args = args.iter();
                while let Some(arg) = args.next() {
                    let value = (ix, arg.value);
                    message.structured = true;
                    match self.constant_text(value) {
                        Some(key) => {
                            if let Some(next) = args.next() {
                                let value = (ix, next.value);
                                message.push(value, Some(Name::new(key)), Rendering::Fields);
                            }
                        }
                        None => self.field_pieces(value, message, 4),
                    }
                }
            }
        }
    }

    /// A structured argument: a field made by a constructor, a record of fields, or a value.
    fn field_pieces(&self, at: ExprRef, message: &mut Message, steps: u32) {
        let (ix, _) = at;
        let unit = self.unit(ix);
        let printing = self.printing_at(at);
        match self.kind(at) {
            ExprKind::Call(call) if steps > 0 => {
                if let Some(name) = last_name(unit, call.callee)
                    && let Some(positions) = printing.fields.get(name)
                    && self.field_of_call(at, call, positions, message, steps)
                {
                    return;
                }
                message.push(at, None, Rendering::Fields);
            }
            ExprKind::Record(record) if steps > 0 && record.ty.as_ref().is_none_or(is_map_name) => {
                for field in &record.fields {
                    let key = match field.key {
                        Some(key) => self.constant_text((ix, key)).map(Name::new),
                        None => Some(field.name.clone()).filter(|name| !name.is_empty()),
                    };
                    let value = (ix, field.value);
                    match self.kind(value) {
                        ExprKind::Record(_) => self.field_pieces(value, message, steps - 1),
                        _ => message.push(value, key, Rendering::Fields),
                    }
                }
                for &spread in &record.spreads {
                    message.push((ix, spread), None, Rendering::Fields);
                }
            }
            ExprKind::List(items) if steps > 0 => {
                for &item in items {
                    self.field_pieces((ix, item), message, steps - 1);
                }
            }
            ExprKind::Lambda(_) => {}
            _ if self.is_text(at, 3) => {
                self.text_pieces(at, None, Rendering::Text, STEPS - 3, message);
            }
            _ => message.push(at, None, Rendering::Fields),
        }
    }

    /// `zap.String("k", v)`: whether the call is such a field.
    fn field_of_call(
        &self,
        (ix, _): ExprRef,
        call: &Call,
        positions: &[u32],
        message: &mut Message,
        steps: u32,
    ) -> bool {
        let arg = |at: &u32| call.args.get(*at as usize).map(|arg| (ix, arg.value));
        match positions {
            // A group: a key, then fields.
            [key] if *key == 0 && call.args.len() > 1 => {
                for arg in call.args.iter().skip(1) {
                    self.field_pieces((ix, arg.value), message, steps - 1);
                }
                true
            }
            [value] => match arg(value) {
                Some(value) => {
                    message.push(value, None, Rendering::Fields);
                    true
                }
                None => false,
            },
            [key, value] => {
                let Some(value) = arg(value) else { return false };
                let key = arg(key).and_then(|key| self.constant_text(key)).map(Name::new);
                if self.is_text(value, 4) {
                    self.text_pieces(value, key, Rendering::Text, STEPS - 3, message);
                } else {
                    message.push(value, key, Rendering::Fields);
                }
                true
            }
            _ => false,
        }
    }

    /// The values inside a text that is put together from parts; the value itself where it is not.
    pub(crate) fn text_pieces(
        &self,
        at: ExprRef,
        key: Option<Name>,
        how: Rendering,
        steps: u32,
        message: &mut Message,
    ) {
        let (ix, id) = at;
        let unit = self.unit(ix);
        if steps == 0 {
            message.push(at, key, how);
            return;
        }
        match self.kind(at) {
            ExprKind::String(text) => message.text.push_str(text),
            ExprKind::Template(parts) => {
                for part in parts {
                    match part {
                        Part::Text(text) => message.text.push_str(text),
                        Part::Value { value, format } => {
                            let how = if format.contains('?') || format.contains("!r") {
                                Rendering::Debug
                            } else {
                                Rendering::Text
                            };
                            let text = std::mem::take(&mut message.text);
                            self.text_pieces((ix, *value), None, how, steps - 1, message);
                            message.text = text + "\u{fffc}";
                        }
                    }
                }
            }
            ExprKind::Binary { op, .. } if op == "+" => {
                for part in summands(unit, id) {
                    self.text_pieces((ix, part), None, how, steps - 1, message);
                }
            }
            ExprKind::Binary { op, left, right }
                if op == "%" && self.is_text((ix, *left), steps - 1) =>
            {
                self.percent((ix, *left), (ix, *right), steps, message);
            }
            ExprKind::Choice(options) if self.is_text(at, steps) => {
                for &option in options.iter().take(6) {
                    self.text_pieces((ix, option), None, how, steps - 1, message);
                }
            }
            ExprKind::Lambda(function) => {
                for &result in &unit.function(*function).results {
                    self.text_pieces((ix, result), None, how, steps - 1, message);
                }
            }
            ExprKind::Cast { operand, .. } => {
                self.text_pieces((ix, *operand), key, how, steps - 1, message);
            }
            ExprKind::Call(call) => {
                if !self.text_by_call(at, call, how, steps, message) {
                    message.push(at, key, how);
                }
            }
            ExprKind::Name(name) if self.is_text(at, steps) => {
                if let Definition::Bindings(bx, bindings) = self.definition(at, name) {
                    let text = std::mem::take(&mut message.text);
                    for &id in bindings.iter().take(8) {
                        if let Some(value) = self.unit(bx).bindings[id as usize].value {
                            self.text_pieces((bx, value), key.clone(), how, steps - 1, message);
                        }
                    }
                    message.text.insert_str(0, &text);
                }
            }
            _ => message.push(at, key, how),
        }
    }

    /// A call that builds text; false where it is no such call.
    fn text_by_call(
        &self,
        (ix, id): ExprRef,
        call: &Call,
        how: Rendering,
        steps: u32,
        message: &mut Message,
    ) -> bool {
        if !self.is_text((ix, id), steps) {
            return false;
        }
        let unit = self.unit(ix);
        let printing = self.printing_at((ix, id));
        let Some(name) = last_name(unit, call.callee) else { return false };
        let receiver = match &unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some((ix, *object)),
            _ => None,
        };
        let builder = printing.builders.get(name).copied();
        let on_text = receiver.filter(|&receiver| {
            self.is_text(receiver, steps - 1) || self.is_builder_chain(receiver, name)
        });
        match builder {
            Some(Builder::Joined) => {
                if let Some(receiver) = on_text {
                    self.text_pieces(receiver, None, how, steps - 1, message);
                }
                for arg in &call.args {
                    self.text_pieces((ix, arg.value), None, how, steps - 1, message);
                }
                true
            }
            Some(builder) => {
                let mut args = call.args.iter();
                let template = match on_text {
                    Some(receiver) => receiver,
                    None => match args.next() {
                        Some(arg) => (ix, arg.value),
                        None => return false,
                    },
                };
                let mut inner = Message::default();
                self.text_pieces(template, None, how, steps - 1, &mut inner);
                let holes = match builder {
                    Builder::Printf => printf_holes(&inner.text, unit.language),
                    _ => brace_holes(&inner.text),
                };
                let mut holes = holes.into_iter();
                for arg in args {
                    let hole = match &arg.name {
                        Some(_) => None,
                        None => holes.next(),
                    };
                    match hole {
                        Some(hole) if hole.treatment != Treatment::Plain => {
                            inner.push_treated((ix, arg.value), None, hole.how, hole.treatment)
                        }
                        Some(hole) if hole.how != Rendering::Text => {
                            inner.push((ix, arg.value), None, hole.how);
                        }
                        _ => self.text_pieces((ix, arg.value), None, how, steps - 1, &mut inner),
                    }
                }
                message.text.push_str(&inner.text);
                message.pieces.extend(inner.pieces);
                true
            }
            None if printing.through.contains(name) && on_text.is_some() => {
                if let Some(receiver) = on_text {
                    self.text_pieces(receiver, None, how, steps - 1, message);
                }
                true
            }
            None if printing.through.contains(name) => match call.args.first() {
                Some(arg) => {
                    self.text_pieces((ix, arg.value), None, how, steps - 1, message);
                    true
                }
                None => false,
            },
            None if printing.maps.contains(name) => {
                for arg in &call.args {
                    if let ExprKind::Lambda(_) = self.kind((ix, arg.value)) {
                        self.text_pieces((ix, arg.value), None, how, steps - 1, message);
                    }
                }
                true
            }
            None if self.is_changed_text((ix, id), call, receiver) => {
                if let Some(receiver) = receiver {
                    self.text_pieces(receiver, None, how, steps - 1, message);
                }
                true
            }
            None => {
                let before = message.pieces.len();
                for entity in self.entities_within((ix, call.callee), 5).into_iter().take(1) {
                    if let Entity::Function((fx, function)) = entity {
                        for &result in &self.unit(fx).function(function).results {
                            let result = (fx, result);
                            self.text_pieces(result, None, how, steps.min(3) - 1, message);
                        }
                    }
                }
                message.pieces.len() > before
            }
        }
    }

    /// `sb.append(x)`: what was appended before counts too.
    fn is_builder_chain(&self, (ix, id): ExprRef, name: &str) -> bool {
        match self.kind((ix, id)) {
            ExprKind::Call(call) => {
                last_name(self.unit(ix), call.callee).is_some_and(|inner| inner == name)
            }
            _ => false,
        }
    }

    /// `"…%s…" % value`, `"…%s %s…" % (a, b)`, `"…%(k)s…" % {"k": v}`.
    fn percent(&self, template: ExprRef, values: ExprRef, steps: u32, message: &mut Message) {
        let mut inner = Message::default();
        self.text_pieces(template, None, Rendering::Text, steps - 1, &mut inner);
        let (ix, _) = values;
        match self.kind(values) {
            ExprKind::List(items) => {
                for &item in items {
                    self.text_pieces((ix, item), None, Rendering::Text, steps - 1, &mut inner);
                }
            }
            ExprKind::Record(record) => {
                for field in &record.fields {
                    inner.push((ix, field.value), Some(field.name.clone()), Rendering::Text);
                }
            }
            _ => self.text_pieces(values, None, Rendering::Text, steps - 1, &mut inner),
        }
        message.text.push_str(&inner.text);
        message.pieces.extend(inner.pieces);
    }

    /// Whether an expression is a text put together from parts, or a literal one.
    pub(crate) fn is_text(&self, at: ExprRef, steps: u32) -> bool {
        if steps == 0 {
            return false;
        }
        let (ix, _) = at;
        let unit = self.unit(ix);
        match self.kind(at) {
            ExprKind::String(_) | ExprKind::Template(_) => true,
            ExprKind::Binary { op, .. } if op == "+" => {
                summands(unit, at.1).into_iter().any(|part| self.is_text((ix, part), steps - 1))
            }
            ExprKind::Binary { op, left, .. } if op == "%" => self.is_text((ix, *left), steps - 1),
            ExprKind::Choice(options) => {
                options.iter().any(|&option| self.is_text((ix, option), steps - 1))
            }
            ExprKind::Cast { operand, .. } => self.is_text((ix, *operand), steps - 1),
            ExprKind::Lambda(function) => unit
                .function(*function)
                .results
                .iter()
                .any(|&result| self.is_text((ix, result), steps - 1)),
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => bindings.iter().any(|&id| {
                    let value = self.unit(bx).bindings[id as usize].value;
                    value.is_some_and(|value| self.is_text((bx, value), steps - 1))
                }),
                _ => false,
            },
            ExprKind::Call(call) => self.is_text_call(at, call, steps),
            _ => false,
        }
    }

    fn is_text_call(&self, at: ExprRef, call: &Call, steps: u32) -> bool {
        let (ix, _) = at;
        let unit = self.unit(ix);
        let printing = self.printing_at(at);
        let Some(name) = last_name(unit, call.callee) else { return false };
        let receiver = match &unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some((ix, *object)),
            _ => None,
        };
        let first = call.args.first().map(|arg| (ix, arg.value));
        let text = |at: Option<ExprRef>| at.is_some_and(|at| self.is_text(at, steps - 1));
        match printing.builders.get(name) {
            Some(Builder::Joined) => !call.args.is_empty(),
            Some(_) => text(receiver) || text(first),
            None if printing.through.contains(name) => match receiver {
                Some(receiver) if !self.is_type_or_module(receiver) => text(Some(receiver)),
                _ => text(first),
            },
            None if printing.maps.contains(name) => call.args.iter().any(|arg| {
                matches!(self.kind((ix, arg.value)), ExprKind::Lambda(_))
                    && text(Some((ix, arg.value)))
            }),
            None if self.is_changed_text(at, call, receiver) => true,
            None if steps > 3 => {
                let entities = self.entities_within((ix, call.callee), 5);
                match entities.first() {
                    Some(Entity::Function((fx, function))) => {
                        let function = self.unit(*fx).function(*function);
                        !function.is_constructor
                            && function
                                .results
                                .iter()
                                .any(|&result| self.is_built_text((*fx, result)))
                    }
                    _ => false,
                }
            }
            None => false,
        }
    }

    /// Some other function on a text with values in it: they are still in what it gives.
    fn is_changed_text(&self, at: ExprRef, call: &Call, receiver: Option<ExprRef>) -> bool {
        let printing = self.printing_at(at);
        let Some(name) = last_name(self.unit(at.0), call.callee) else { return false };
        receiver.is_some_and(|receiver| self.is_built_text(receiver))
            && !printing.derived.contains(name)
            && !printing.cuts.contains(name)
            && !crate::origins::is_mask(printing, name)
    }

    /// A text with values in it.
    fn is_built_text(&self, at: ExprRef) -> bool {
        match self.kind(at) {
            ExprKind::Template(_) => true,
            ExprKind::Binary { op, .. } => op == "+" && self.is_text(at, 3),
            ExprKind::Call(call) => {
                let printing = self.printing_at(at);
                let Some(name) = last_name(self.unit(at.0), call.callee) else { return false };
                let receiver = match &self.unit(at.0).expr(call.callee).kind {
                    ExprKind::Member { object, .. } => Some((at.0, *object)),
                    _ => None,
                };
                if printing.builders.contains_key(name) || printing.maps.contains(name) {
                    return self.is_text(at, 3);
                }
                self.is_changed_text(at, call, receiver)
            }
            _ => false,
        }
    }

    /// The parts of an expression that are printed where it stands alone.
    pub(crate) fn pieces_of_text(&self, at: ExprRef) -> Vec<Piece> {
        let mut message = Message::default();
        self.text_pieces(at, None, Rendering::Text, STEPS - 2, &mut message);
        message.pieces
    }

    /// The name of the receiver that a chain of calls starts with, and the receivers on the way.
    pub(crate) fn chain_of(&self, (ix, callee): ExprRef) -> Vec<ExprId> {
        let unit = self.unit(ix);
        let mut chain = Vec::new();
        let mut at = callee;
        while let ExprKind::Member { object, .. } = &unit.expr(at).kind {
            chain.push(*object);
            match &unit.expr(*object).kind {
                ExprKind::Call(call) => at = call.callee,
                _ => break,
            }
        }
        chain
    }
}

/// The parts of a sum of any length, from left to right.
fn summands(unit: &groundrule_unit::Unit, id: ExprId) -> Vec<ExprId> {
    let mut parts = Vec::new();
    let mut at = id;
    while let ExprKind::Binary { op, left, right } = &unit.expr(at).kind {
        if op != "+" {
            break;
        }
        parts.push(*right);
        at = *left;
    }
    parts.push(at);
    parts.reverse();
    parts
}

fn is_map_name(ty: &groundrule_unit::TypeRef) -> bool {
    matches!(crate::models::last_part(&ty.name), "{}" | "[]" | "Fields" | "F" | "M" | "H" | "D")
}

fn printf_holes(text: &str, language: Language) -> Vec<Hole> {
    let mut holes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            rest = after;
            continue;
        }
        let mut name = "";
        if let Some(after) = rest.strip_prefix('(')
            && let Some(end) = after.find(')')
        {
            name = &after[..end];
            rest = &after[end + 1..];
        }
        let Some(verb_at) = rest.find(|c: char| c.is_alphabetic()) else { break };
        let (flags, verb) = rest.split_at(verb_at);
        // Too far away to belong to the sign: it was a plain per cent.
        if flags.chars().any(|c| !"0123456789.+-# *[]'$ ".contains(c)) || flags.len() > 8 {
            continue;
        }
        let verb = verb.chars().next().unwrap_or('s');
        rest = &rest[verb_at + verb.len_utf8()..];
        let treatment = match (language, verb) {
            (Language::Go, 'T' | 'p' | 't') => Treatment::Derived,
            _ => Treatment::Plain,
        };
        let how = match (language, verb) {
            (Language::Python, 'r') => Rendering::Debug,
            (Language::TypeScript, 'o' | 'O' | 'j') => Rendering::Fields,
            _ => Rendering::Text,
        };
        holes.push(Hole { name: Name::new(name), how, treatment });
    }
    holes
}

fn brace_holes(text: &str) -> Vec<Hole> {
    holes_between(text, |inside| inside.is_empty() || !inside.contains([' ', '"', '\n']))
}

fn named_holes(text: &str) -> Vec<Hole> {
    holes_between(text, |inside| !inside.is_empty() && !inside.contains([' ', '"', '\n']))
}

fn holes_between(text: &str, counts: impl Fn(&str) -> bool) -> Vec<Hole> {
    let mut holes = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let inside = &rest[..close];
        rest = &rest[close + 1..];
        if !counts(inside) {
            continue;
        }
        let how = if inside.starts_with('@') {
            Rendering::Properties
        } else if inside.contains("!r") || inside.contains(":?") {
            Rendering::Debug
        } else {
            Rendering::Text
        };
        let name = inside.trim_start_matches(['@', '$']);
        let name = name.split([':', '!', ',', '.', '[']).next().unwrap_or("");
        holes.push(Hole { name: Name::new(name), how, treatment: Treatment::Plain });
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_and_holes_are_read_as_their_languages_write_them() {
        let names = |holes: Vec<Hole>| -> Vec<String> {
            holes.into_iter().map(|hole| hole.name.to_string()).collect()
        };
        assert_eq!(printf_holes("100%% of %+v at %-5.2f", Language::Go).len(), 2);
        assert_eq!(printf_holes("%T", Language::Go)[0].treatment, Treatment::Derived);
        assert_eq!(names(printf_holes("%(user)s, %d%%", Language::Python)), ["user", ""]);
        assert_eq!(printf_holes("50% (of all)", Language::Python).len(), 0);
        assert_eq!(names(brace_holes("{} and {0} and {x!r}")), ["", "0", "x"]);
        assert_eq!(names(named_holes("{A} {@B:F2} {{C}} {}")), ["A", "B"]);
        assert_eq!(named_holes("{@B}")[0].how, Rendering::Properties);
    }
}

//! Texts that are put together from parts: templates, sums, formats, functions that give one.

use groundrule_unit::{Call, ExprId, ExprKind, Name, Part};

use crate::Treatment;
use crate::define::Definition;
use crate::message::{Message, Piece, STEPS};
use crate::models::Builder;
use crate::printed::Rendering;
use crate::program::{ExprRef, Program, last_name};
use crate::resolve::Entity;
use crate::templates::{brace_holes, printf_holes};

impl Program<'_> {
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
            && !crate::treatment::is_mask(printing, name)
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

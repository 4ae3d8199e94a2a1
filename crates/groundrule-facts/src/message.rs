//! Messages: the pieces that a log statement prints by its library's rules.

use groundrule_unit::{Arg, Call, CallForm, ExprId, ExprKind, Language, Name};

use crate::Treatment;
use crate::models::{Format, LoggerRow, Rest};
use crate::printed::Rendering;
use crate::program::{ExprRef, Program, last_name};
use crate::templates::{brace_holes, named_holes, printf_holes};

/// How many texts inside texts are opened.
pub(crate) const STEPS: u32 = 9;
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
    pub(crate) fn push(&mut self, at: ExprRef, key: Option<Name>, how: Rendering) {
        self.push_treated(at, key, how, Treatment::Plain);
    }

    pub(crate) fn push_treated(
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
            // A marker may stand in front of the message.
            if matches!(self.unit(ix).language, Language::Java | Language::Kotlin)
                && row.format == Format::Braces
                && rest.len() > 1
                && !self.is_text((ix, rest[0].value), 4)
                && self.is_text((ix, rest[1].value), 4)
            {
                rest.remove(0);
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
                    let key = self.constant_text(value).or_else(|| {
                        // A constant of another repository.
                        let name = last_name(self.unit(ix), arg.value)?;
                        (args.len() > 0 && is_constant_name(name)).then(|| name.to_string())
                    });
                    match key {
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

fn is_map_name(ty: &groundrule_unit::TypeRef) -> bool {
    matches!(crate::models::last_part(&ty.name), "{}" | "[]" | "Fields" | "F" | "M" | "H" | "D")
}

/// Whether a name is written like a constant: `ORDER_ID`.
fn is_constant_name(name: &str) -> bool {
    name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

//! Messages with holes: `{{ call.callee }} can wait forever`.

use cel::{Context, Value};

use crate::expression::{Expression, Names, Position};
use crate::reader::{Sink, Text};

/// A message whose holes are compiled.
#[derive(Debug, Default)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Hole(Expression),
}

impl Template {
    /// Compiles what was written and notes everything that is wrong with it.
    pub(crate) fn compile(text: &Text, names: &Names, sink: &Sink) -> Self {
        let mut parts = Vec::new();
        let mut rest = text.value.as_str();
        let mut offset = 0;
        while let Some(open) = rest.find("{{") {
            let Some(length) = rest[open..].find("}}") else {
                sink.add(text.span.clone(), "a hole `{{` is never closed", "close it with `}}`");
                break;
            };
            parts.push(Part::Text(rest[..open].to_owned()));
            let code = &rest[open + 2..open + length];
            let trimmed = code.trim_start();
            let start = offset + open + 2 + (code.len() - trimmed.len());
            let trimmed = trimmed.trim_end();
            let position = Position::within(text, trimmed, start, sink);
            if let Some(hole) = Expression::compile_at(trimmed, &position, names, sink) {
                parts.push(Part::Hole(hole));
            }
            offset += open + length + 2;
            rest = &rest[open + length + 2..];
        }
        parts.push(Part::Text(rest.to_owned()));
        Self { parts }
    }

    /// The message for one subject. A hole that cannot be evaluated stays empty.
    pub(crate) fn render(&self, context: &Context<'_, '_>) -> String {
        let mut message = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => message.push_str(text),
                Part::Hole(hole) => {
                    if let Ok(value) = hole.evaluate(context) {
                        message.push_str(&one_line(&text_of(&value)));
                    }
                }
            }
        }
        message
    }
}

/// Code of any length and shape as a part of a sentence.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for char in text.chars() {
        match char.is_whitespace() || char.is_control() {
            true if line.ends_with(' ') => {}
            true => line.push(' '),
            false => line.push(char),
        }
    }
    if let Some((end, _)) = line.char_indices().nth(MAX_HOLE) {
        line.truncate(end);
        line.push('…');
    }
    line
}

/// In characters: what is longer is cut.
const MAX_HOLE: usize = 160;

/// A value as a reader wants it.
pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::List(items) => items.iter().map(text_of).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_in_a_sentence_is_one_short_line() {
        assert_eq!(one_line("a(\n    b,\n)"), "a( b, )");
        assert_eq!(one_line(&"ä".repeat(500)).chars().count(), MAX_HOLE + 1);
    }
}

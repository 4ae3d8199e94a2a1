//! Conditions: compiled once, checked against the types of what they name, then evaluated for each
//! subject.

use std::collections::BTreeMap;
use std::ops::Range;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo};
use cel::{Context, Program, Value};

use crate::functions;
use crate::problem::did_you_mean;
use crate::reader::{Sink, Text};
use crate::types::Type;

/// The variables that an expression may name.
pub(crate) type Names = BTreeMap<String, Type>;

/// A compiled condition.
#[derive(Debug)]
pub(crate) struct Expression {
    program: Program,
}

impl Expression {
    /// Compiles what was written in a file and notes everything that is wrong with it. None where
    /// it does not compile.
    pub(crate) fn compile(text: &Text, names: &Names, sink: &Sink) -> Option<Self> {
        let position = Position::of(text, sink);
        Self::compile_at(&text.value, &position, names, sink)
    }

    /// As [`Expression::compile`], for a part of a longer text: `{{ … }}` in a message.
    pub(crate) fn compile_at(
        code: &str,
        position: &Position,
        names: &Names,
        sink: &Sink,
    ) -> Option<Self> {
        if code.len() > MAX_LENGTH {
            sink.add(position.whole.clone(), "this condition is too long", "");
            return None;
        }
        let program = match Program::compile(code) {
            Ok(program) => program,
            Err(errors) => {
                let error = errors.errors.first();
                let at = error.map_or(0, |error| byte_of(code, error.pos));
                let message =
                    error.map_or_else(|| "no expression".to_owned(), |error| error.msg.clone());
                sink.add(
                    position.span(at..code.len().min(at + 1).max(at)),
                    format!("this is no valid CEL: {message}"),
                    "",
                );
                return None;
            }
        };
        Checker { code, position, info: program.source_info(), sink }
            .check(program.expression(), names);
        Some(Self { program })
    }

    /// The value for one subject; an error counts as unknown.
    pub(crate) fn evaluate(&self, context: &Context<'_, '_>) -> Result<Value, String> {
        self.program.execute(context).map_err(|error| error.to_string())
    }

    /// The truth for one subject.
    ///
    /// # Errors
    /// When the evaluation fails, or its value is no truth.
    pub(crate) fn holds(&self, context: &Context<'_, '_>) -> Result<bool, String> {
        match self.evaluate(context)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(format!("a condition must be true or false, and is {}", other.type_of())),
        }
    }
}

/// Conditions are short; what is longer is no condition.
const MAX_LENGTH: usize = 10_000;

/// Where a piece of CEL stands in its file.
pub(crate) struct Position {
    /// The first byte of the code, where the file holds it without escapes.
    exact: Option<usize>,
    /// The whole string.
    whole: Range<usize>,
}

impl Position {
    pub(crate) fn of(text: &Text, sink: &Sink) -> Self {
        Self::within(text, &text.value, 0, sink)
    }

    /// The position of `code`, which starts at `offset` in the text.
    pub(crate) fn within(text: &Text, code: &str, offset: usize, sink: &Sink) -> Self {
        let raw = sink.text().get(text.span.clone()).unwrap_or_default();
        let exact = raw.find(text.value.as_str()).filter(|_| !text.value.is_empty());
        let exact = exact.map(|at| text.span.start + at + offset);
        let whole = match exact {
            Some(at) => at..at + code.len(),
            None => text.span.clone(),
        };
        Self { exact, whole }
    }

    fn span(&self, part: Range<usize>) -> Range<usize> {
        match self.exact {
            Some(at) => at + part.start..at + part.end,
            None => self.whole.clone(),
        }
    }
}

/// The byte of a 1-based line and column.
fn byte_of(code: &str, (line, column): (isize, isize)) -> usize {
    let start: usize =
        code.split_inclusive('\n').take(usize::try_from(line - 1).unwrap_or(0)).map(str::len).sum();
    let column = usize::try_from(column - 1).unwrap_or(0);
    let rest = &code[start.min(code.len())..];
    start.min(code.len()) + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

struct Checker<'a> {
    code: &'a str,
    position: &'a Position,
    info: &'a SourceInfo,
    sink: &'a Sink,
}

impl Checker<'_> {
    /// The type of the expression; problems are noted on the way.
    fn check(&self, expression: &IdedExpr, names: &Names) -> Type {
        match &expression.expr {
            Expr::Ident(name) => self.check_name(expression, name, names),
            Expr::Select(select) => {
                let owner = self.check(&select.operand, names);
                let field = self.check_field(expression, &owner, &select.field);
                if select.test { Type::Bool } else { field }
            }
            Expr::Call(call) => self.check_call(expression, call, names),
            Expr::Comprehension(comprehension) => {
                let range = self.check(&comprehension.iter_range, names);
                self.check(&comprehension.accu_init, names);
                let mut inner = names.clone();
                let item = match range {
                    Type::List(item) => *item,
                    _ => Type::Any,
                };
                inner.insert(comprehension.iter_var.clone(), item);
                if let Some(second) = &comprehension.iter_var2 {
                    inner.insert(second.clone(), Type::Any);
                }
                inner.insert(comprehension.accu_var.clone(), Type::Any);
                self.check(&comprehension.loop_cond, &inner);
                self.check(&comprehension.loop_step, &inner);
                self.check(&comprehension.result, &inner);
                Type::Any
            }
            Expr::List(list) => {
                let mut item = Type::Any;
                for element in &list.elements {
                    item = self.check(element, names);
                }
                Type::List(Box::new(item))
            }
            Expr::Literal(LiteralValue::String(_)) => Type::String,
            Expr::Literal(LiteralValue::Boolean(_)) => Type::Bool,
            _ => Type::Any,
        }
    }

    fn check_name(&self, expression: &IdedExpr, name: &str, names: &Names) -> Type {
        if let Some(found) = names.get(name) {
            return found.clone();
        }
        if !name.starts_with('@') {
            self.sink.add(
                self.span(expression, name),
                format!("there is no variable `{name}` here"),
                did_you_mean(name, names.keys().map(String::as_str).collect::<Vec<_>>()),
            );
        }
        Type::Any
    }

    fn check_field(&self, expression: &IdedExpr, owner: &Type, field: &str) -> Type {
        match owner {
            Type::Object(fields) => {
                if let Some(found) = fields.get(field) {
                    return found.clone();
                }
                self.sink.add(
                    self.span(expression, field),
                    format!("there is no attribute `{field}`"),
                    did_you_mean(field, fields.keys().map(String::as_str).collect::<Vec<_>>()),
                );
                Type::Any
            }
            Type::Any => Type::Any,
            _ => {
                self.sink.add(
                    self.span(expression, field),
                    format!("there is no attribute `{field}`: this is no object"),
                    "",
                );
                Type::Any
            }
        }
    }

    fn check_call(&self, expression: &IdedExpr, call: &CallExpr, names: &Names) -> Type {
        let target = call.target.as_ref().map(|target| self.check(target, names));
        let args: Vec<Type> = call.args.iter().map(|arg| self.check(arg, names)).collect();
        let name = call.func_name.as_str();
        match (name, args.as_slice()) {
            ("_==_" | "_!=_", [left, right]) => {
                self.check_choice(left, &call.args[1]);
                self.check_choice(right, &call.args[0]);
                Type::Bool
            }
            ("@in" | "_in_", [left, _]) => {
                if let Expr::List(list) = &call.args[1].expr {
                    for element in &list.elements {
                        self.check_choice(left, element);
                    }
                }
                Type::Bool
            }
            ("_[_]", [Type::List(item), _]) => (**item).clone(),
            ("_?_:_", [_, then, _]) => match then {
                Type::Choice(_) => Type::String,
                other => other.clone(),
            },
            _ => {
                let named = name.starts_with(|c: char| c.is_ascii_alphabetic());
                if named && !functions::NAMES.contains(&name) {
                    self.sink.add(
                        self.span(expression, name),
                        format!("there is no function `{name}`"),
                        did_you_mean(name, functions::NAMES),
                    );
                }
                let _ = target;
                Type::Any
            }
        }
    }

    /// A constant that is compared with a choice must be one of it.
    fn check_choice(&self, choice: &Type, other: &IdedExpr) {
        let (Type::Choice(names), Expr::Literal(LiteralValue::String(text))) =
            (choice, &other.expr)
        else {
            return;
        };
        if !names.iter().any(|name| name == text.inner()) {
            self.sink.add(
                self.span(other, text.inner()),
                format!("`{}` is no value of this attribute", text.inner()),
                did_you_mean(text.inner(), names.iter().map(String::as_str).collect::<Vec<_>>()),
            );
        }
    }

    /// The bytes of a name inside an expression: from its recorded place on, the first that fits.
    fn span(&self, expression: &IdedExpr, name: &str) -> Range<usize> {
        let from = self.info.offset_for(expression.id).map_or(0, |(start, _)| start as usize);
        let from = self.code.char_indices().nth(from).map_or(0, |(at, _)| at);
        let found = whole_word(&self.code[from..], name)
            .map(|at| from + at)
            .or_else(|| whole_word(self.code, name));
        match found {
            Some(at) => self.position.span(at..at + name.len()),
            None => self.position.whole.clone(),
        }
    }
}

/// The first place of a word that is no part of a longer one.
fn whole_word(text: &str, word: &str) -> Option<usize> {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).find(|&at| {
        !text[..at].ends_with(part_of_name) && !text[at + word.len()..].starts_with(part_of_name)
    })
}

//! What log statements print, over small snippets of every language, both ways.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod dotnet;
mod go;
mod jvm;
mod python;
mod rust;
mod typescript;

use std::sync::LazyLock;

use groundrule_facts::{Attributes, LogStatement, LogValue, Models, Program, link};
use groundrule_frontends::{Source, language_of, parse};
use groundrule_unit::Layout;

static MODELS: LazyLock<Models> = LazyLock::new(|| Models::built_in().unwrap());

/// The log statements of a file, with the lines that they stand on.
fn statements(path: &str, text: &str) -> Vec<(u32, LogStatement)> {
    let layout = Layout::default();
    let source = Source { path: path.into(), text, package: None, aliases: &[] };
    let units = vec![parse(language_of(path).unwrap(), &source)];
    let program = Program::new(&layout, &MODELS, units, Vec::new(), Vec::new());
    link(&program)
        .subjects
        .into_iter()
        .filter_map(|subject| match subject.attributes {
            Attributes::LogStatement(statement) => Some((subject.place.line, statement)),
            _ => None,
        })
        .collect()
}

/// The values of the one log statement in a file.
fn values(path: &str, text: &str) -> Vec<LogValue> {
    let found = statements(path, text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    found.into_iter().next().unwrap().1.values
}

/// The one value of the one log statement.
fn value(path: &str, text: &str) -> LogValue {
    let found = values(path, text);
    assert_eq!(found.len(), 1, "{text}\n{found:#?}");
    found.into_iter().next().unwrap()
}

fn names(value: &LogValue) -> Vec<&str> {
    value.names.iter().map(|name| name.as_str()).collect()
}

fn fields(value: &LogValue) -> Vec<&str> {
    value.fields.iter().map(|field| field.path.as_str()).collect()
}

/// The first names of all values of the one statement.
fn first_names(path: &str, text: &str) -> Vec<String> {
    let first = |value: LogValue| value.names.first().map(ToString::to_string).unwrap_or_default();
    values(path, text).into_iter().map(first).collect()
}

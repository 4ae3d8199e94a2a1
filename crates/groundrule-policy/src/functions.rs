//! The functions that conditions have beside those of CEL itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use cel::{Context, Value};
use regex::Regex;

use crate::words::{Phrase, has_words};

/// The names of the functions and macros that a condition may call: CEL's own, then ours.
pub(crate) const NAMES: [&str; 26] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "string",
    "int",
    "uint",
    "double",
    "bool",
    "bytes",
    "duration",
    "timestamp",
    "type",
    "dyn",
    "has",
    "all",
    "exists",
    "exists_one",
    "existsOne",
    "map",
    "filter",
    "matches_any",
    "has_words",
    "one_of",
    "tail",
];

/// Adds ours to a context:
/// - `matches_any(text, patterns)`: whether one of the regular expressions matches;
/// - `has_words(name, phrases)`: whether one of the phrases stands in the name as whole words;
/// - `one_of(text, list)`: whether the text is in the list, case aside;
/// - `tail(path)`: the last two segments of a path that are no parameters.
pub(crate) fn add_to(context: &mut Context<'_, '_>) {
    // Adding fails only for a name that CEL has itself, which a test rules out.
    let _ = context.add_function("matches_any", matches_any);
    let _ = context.add_function("has_words", words_any);
    let _ = context.add_function("one_of", one_of);
    let _ = context.add_function("tail", tail);
}

thread_local! {
    static PATTERNS: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
    static PHRASES: RefCell<HashMap<String, Phrase>> = RefCell::default();
}

fn matches_any(text: Arc<String>, patterns: Arc<Vec<Value>>) -> bool {
    PATTERNS.with_borrow_mut(|cache| {
        strings(&patterns).any(|pattern| {
            if !cache.contains_key(pattern) {
                cache.insert(pattern.to_owned(), Regex::new(pattern).ok());
            }
            cache.get(pattern).and_then(Option::as_ref).is_some_and(|regex| regex.is_match(&text))
        })
    })
}

fn words_any(name: Arc<String>, phrases: Arc<Vec<Value>>) -> bool {
    PHRASES.with_borrow_mut(|cache| {
        let phrases: Vec<Phrase> = strings(&phrases)
            .map(|text| cache.entry(text.to_owned()).or_insert_with(|| Phrase::new(text)).clone())
            .filter(|phrase| !phrase.joined().is_empty())
            .collect();
        has_words(&name, &phrases)
    })
}

fn one_of(text: Arc<String>, list: Arc<Vec<Value>>) -> bool {
    let text = text.to_lowercase();
    strings(&list).any(|item| item.to_lowercase() == text)
}

fn tail(path: Arc<String>) -> Arc<String> {
    let is_constant =
        |segment: &&str| !segment.is_empty() && !segment.starts_with(['{', ':', '<', '*']);
    let mut last: Vec<&str> = path.rsplit('/').filter(is_constant).take(2).collect();
    last.reverse();
    Arc::new(last.join("/"))
}

fn strings(list: &[Value]) -> impl Iterator<Item = &str> {
    list.iter().filter_map(|value| match value {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(condition: &str) -> Value {
        let mut context = Context::default();
        add_to(&mut context);
        let program = cel::Program::compile(condition).unwrap_or_else(|e| panic!("{e}"));
        program.execute(&context).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn patterns_match_anywhere_in_the_text() {
        assert_eq!(run("matches_any('/api/v1/x', ['/v[0-9]+/'])"), Value::Bool(true));
        assert_eq!(run("matches_any('/api/x', ['/v[0-9]+/'])"), Value::Bool(false));
        assert_eq!(run("matches_any('/api/x', [])"), Value::Bool(false));
    }

    #[test]
    fn phrases_match_whole_words() {
        assert_eq!(run("has_words('userLogIn', ['login'])"), Value::Bool(true));
        assert_eq!(run("has_words('blogIndex', ['login'])"), Value::Bool(false));
    }

    #[test]
    fn the_tail_of_a_path_leaves_parameters_out() {
        assert_eq!(run("tail('/v1/orders/{id}/cancel') == 'orders/cancel'"), Value::Bool(true));
        assert_eq!(run("tail('/:id') == ''"), Value::Bool(true));
    }

    #[test]
    fn lists_are_searched_without_regard_to_case() {
        assert_eq!(run("one_of('Idempotency-Key', ['idempotency-key'])"), Value::Bool(true));
    }
}

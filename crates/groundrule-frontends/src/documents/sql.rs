//! SQL files: the statements that declare something, one scalar each.
//!
//! Dialects differ in nearly everything but how statements end, so nothing here parses them.

use groundrule_unit::Span;

use super::{Read, scalar};

/// Reads the `CREATE` and `ALTER` statements of a migration or schema. A statement ends at a
/// semicolon, or at a line that only says `GO`. Comments are left out.
pub(super) fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut statement = String::new();
    let mut start = None;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if matches!(c, '\'' | '"' | '`') {
            let end = rest[1..].find(c).map_or(rest.len(), |end| end + 2);
            start.get_or_insert(at);
            statement.push_str(&rest[..end]);
            end
        } else if c == ';' || is_batch_end(text, at) {
            finish(&mut statement, start.take(), at, &mut read);
            if c == ';' { 1 } else { 2 }
        } else {
            if c.is_whitespace() {
                statement.push(' ');
            } else {
                start.get_or_insert(at);
                statement.push(c);
            }
            c.len_utf8()
        };
        at += length;
    }
    finish(&mut statement, start, text.len(), &mut read);
    read
}

/// Transact-SQL ends a batch by `GO` on a line of its own.
fn is_batch_end(text: &str, at: usize) -> bool {
    text.get(at..at + 2).is_some_and(|word| word.eq_ignore_ascii_case("go"))
        && text[..at].chars().rev().find(|c| !matches!(c, ' ' | '\t')).is_none_or(|c| c == '\n')
        && text[at + 2..]
            .trim_start_matches([' ', '\t', '\r'])
            .chars()
            .next()
            .is_none_or(|c| c == '\n')
}

fn finish(statement: &mut String, start: Option<usize>, end: usize, read: &mut Read) {
    let whole = std::mem::take(statement);
    let Some(start) = start else { return };
    let declares = ["create", "alter"].iter().any(|verb| {
        whole.trim_start().get(..verb.len()).is_some_and(|word| word.eq_ignore_ascii_case(verb))
    });
    if declares {
        read.roots.push(scalar(whole.trim(), Span::new(start, end)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<String> {
        read(text).roots.iter().filter_map(|root| root.text().map(str::to_owned)).collect()
    }

    #[test]
    fn declarations_are_kept_and_data_is_not() {
        let text = "-- users\nCREATE TABLE users (id int); INSERT INTO users VALUES (';');\n\
                    alter table users add unique (name)";
        assert_eq!(
            statements(text),
            ["CREATE TABLE users (id int)", "alter table users add unique (name)"]
        );
    }

    #[test]
    fn a_batch_ends_at_go() {
        assert_eq!(
            statements("CREATE TABLE a (x int)\nGO\nCREATE TABLE b (category int)\nGO\n").len(),
            2
        );
    }

    #[test]
    fn text_that_never_ends_is_read_to_its_end() {
        assert_eq!(statements("create table a ('").len(), 1);
        assert!(statements("/* create table a").is_empty());
    }
}

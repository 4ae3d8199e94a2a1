//! SQL as far as repeats need it: which tables a statement writes, and what a declaration keeps
//! unique. Words and parentheses only, since every dialect has those.

use groundrule_unit::Name;

use crate::models::Deed;

/// What a statement in a string does, and to which table.
pub(crate) fn deed(text: &str) -> Option<(Deed, Name)> {
    let text = text.trim_start();
    let head = text.get(..text.len().min(8)).or_else(|| text.get(..6))?.to_lowercase();
    let verbs = ["insert", "update", "delete", "merge", "replace", "select", "with", "upsert"];
    if !verbs.iter().any(|verb| head.starts_with(verb)) {
        return None;
    }
    let tokens = tokens(text);
    let word = |at: usize| tokens.get(at).map_or("", |token| token.as_str());
    let name = |at: usize| Name::new(last(word(at)));
    let has = |wanted: &[&str]| {
        tokens.windows(wanted.len()).any(|window| window.iter().zip(wanted).all(|(a, b)| a == b))
    };
    let insert = tokens.iter().take(400).position(|token| token == "into").filter(|&at| at > 0);
    match word(0) {
        "insert" | "replace" | "upsert" | "with" if insert.is_some() => {
            let at = insert?;
            let keyed = word(0) == "replace"
                || word(0) == "upsert"
                || has(&["on", "conflict"])
                || has(&["on", "duplicate", "key"])
                || has(&["not", "exists"])
                || matches!(word(at.saturating_sub(1)), "ignore" | "replace" | "overwrite");
            Some((if keyed { Deed::Upsert } else { Deed::Create }, name(at + 1)))
        }
        "insert" if word(1) == "ignore" => Some((Deed::Upsert, name(2))),
        "merge" => Some((Deed::Upsert, name(if word(1) == "into" { 2 } else { 1 }))),
        "update" if has(&["set"]) => Some((Deed::Update, name(1))),
        "delete" if word(1) == "from" => Some((Deed::Delete, name(2))),
        "select" | "with" => {
            let from = tokens.iter().position(|token| token == "from")?;
            Some((Deed::Look, name(from + 1)))
        }
        _ => None,
    }
}

/// What a declaration keeps unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unique {
    pub(crate) table: Name,
    pub(crate) columns: Vec<Name>,
    /// A primary key rather than a constraint beside it.
    pub(crate) primary: bool,
}

/// The unique constraints of a `CREATE TABLE`, `CREATE UNIQUE INDEX` or `ALTER TABLE`.
pub(crate) fn uniques(statement: &str) -> Vec<Unique> {
    let tokens = tokens(statement);
    let word = |at: usize| tokens.get(at).map_or("", |token| token.as_str());
    let position = |wanted: &str| tokens.iter().position(|token| token == wanted);
    let Some(kind) = tokens.iter().take(8).position(|token| token == "table" || token == "index")
    else {
        return Vec::new();
    };
    if word(kind) == "index" {
        if !tokens[..kind].iter().any(|token| token == "unique") {
            return Vec::new();
        }
        let Some(on) = position("on") else { return Vec::new() };
        let table = on + 1 + usize::from(word(on + 1) == "only");
        let Some(open) = (table + 1..tokens.len()).find(|&at| word(at) == "(") else {
            return Vec::new();
        };
        return unique(word(table), columns(&tokens, open), false).into_iter().collect();
    }
    let mut at = kind + 1;
    while matches!(word(at), "if" | "not" | "exists" | "only") {
        at += 1;
    }
    let table = word(at).to_owned();
    let mut found = Vec::new();
    // The column whose definition is read: the word after an opening parenthesis or comma.
    let mut column = String::new();
    let mut depth = 0_u32;
    let mut fresh = false;
    for at in at + 1..tokens.len() {
        match word(at) {
            "(" => {
                depth += 1;
                fresh = depth == 1;
            }
            ")" => depth = depth.saturating_sub(1),
            "," if depth <= 1 => fresh = true,
            "add" | "column" if depth == 0 => fresh = true,
            keyword @ ("unique" | "primary") => {
                fresh = false;
                let primary = keyword == "primary";
                let own = (at + 1..tokens.len().min(at + 7)).find(|&next| {
                    !matches!(
                        word(next),
                        "key"
                            | "clustered"
                            | "nonclustered"
                            | "index"
                            | "nulls"
                            | "not"
                            | "distinct"
                    )
                });
                let listed = own.and_then(|next| match word(next) {
                    "(" => Some(next),
                    // `UNIQUE KEY name (column)`
                    _ if word(next + 1) == "(" && word(at + 1) != "," => Some(next + 1),
                    _ => None,
                });
                let columns = match listed {
                    Some(open) if depth <= 1 => columns(&tokens, open),
                    _ => vec![Name::new(&column)],
                };
                found.extend(unique(&table, columns, primary));
            }
            "constraint" | "foreign" | "check" | "key" if fresh => fresh = false,
            name if fresh && !matches!(name, "add" | "column" | "constraint") => {
                column = last(name).to_owned();
                fresh = false;
            }
            _ => {}
        }
    }
    found
}

fn unique(table: &str, columns: Vec<Name>, primary: bool) -> Option<Unique> {
    let columns: Vec<Name> = columns.into_iter().filter(|name| !name.is_empty()).collect();
    let table = Name::new(last(table));
    (!columns.is_empty() && !table.is_empty()).then_some(Unique { table, columns, primary })
}

/// The first word of each item of a list; of an expression (`lower(name)`) the word inside.
fn columns(tokens: &[String], open: usize) -> Vec<Name> {
    let mut found = Vec::new();
    let mut depth = 0_u32;
    let mut taken = false;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" => depth += 1,
            ")" => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            "," if depth == 1 => taken = false,
            name if !taken && tokens.get(at + 1).map(String::as_str) != Some("(") => {
                found.push(Name::new(last(name)));
                taken = true;
            }
            _ => {}
        }
    }
    found
}

/// Words in lower case without their quotes, parentheses and commas. A qualified name is one word.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let push = |word: &mut String, found: &mut Vec<String>| {
        if !word.is_empty() {
            found.push(std::mem::take(word).to_lowercase());
        }
    };
    let mut text_literal = false;
    for c in text.chars().take(60_000) {
        match c {
            '\'' => {
                text_literal = !text_literal;
                push(&mut word, &mut found);
            }
            _ if text_literal => {}
            '"' | '`' | '[' | ']' => {}
            '(' | ')' | ',' => {
                push(&mut word, &mut found);
                found.push(c.to_string());
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '@' | ':' | '{' | '}') => {
                word.push(c);
            }
            _ => push(&mut word, &mut found),
        }
    }
    push(&mut word, &mut found);
    found
}

fn last(name: &str) -> &str {
    crate::models::last_part(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(statement: &str) -> Vec<String> {
        uniques(statement)
            .iter()
            .map(|u| {
                format!("{}({}){}", u.table, u.columns.join(","), if u.primary { "!" } else { "" })
            })
            .collect()
    }

    #[test]
    fn statements_say_what_they_do() {
        let says = |text: &str| deed(text).map(|(deed, table)| (deed, table.to_string()));
        assert_eq!(
            says("INSERT INTO [meetings].[Inbox] (Id) VALUES (@Id)"),
            Some((Deed::Create, "inbox".to_owned()))
        );
        assert_eq!(
            says(" insert into a (x) values ($1) on conflict do nothing"),
            Some((Deed::Upsert, "a".to_owned()))
        );
        assert_eq!(says("UPDATE a SET x = 1"), Some((Deed::Update, "a".to_owned())));
        assert_eq!(says("select x from a"), Some((Deed::Look, "a".to_owned())));
        assert_eq!(says("Update the order please"), None);
        assert_eq!(says("delete me"), None);
    }

    #[test]
    fn constraints_of_a_table_are_found() {
        let text = "CREATE TABLE IF NOT EXISTS public.users (id uuid PRIMARY KEY, \
                    email VARCHAR(64) NOT NULL UNIQUE, a int, b int, UNIQUE (a, b), \
                    UNIQUE KEY k (b))";
        assert_eq!(listed(text), ["users(id)!", "users(email)", "users(a,b)", "users(b)"]);
    }

    #[test]
    fn unique_indexes_and_added_constraints_are_found() {
        assert_eq!(listed("create unique index i on t (lower(name), kind desc)"), ["t(name,kind)"]);
        assert_eq!(listed("create index i on t (name)"), Vec::<String>::new());
        assert_eq!(listed("ALTER TABLE t ADD CONSTRAINT u UNIQUE (x)"), ["t(x)"]);
        assert_eq!(listed("ALTER TABLE t ADD COLUMN x text UNIQUE"), ["t(x)"]);
        assert_eq!(
            listed(
                "CREATE TABLE [s].[T] ([Id] uniqueidentifier, CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Id] ASC))"
            ),
            ["t(id)!"]
        );
    }
}

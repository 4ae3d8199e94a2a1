//! Reads TOML with places: typed getters that collect what is wrong instead of stopping at it, and
//! refuse keys that nobody asked for.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::dates::date_of;
use crate::problem::{Problem, Source, did_you_mean};

/// Collects problems of one file.
pub(crate) struct Sink {
    pub(crate) source: Source,
    problems: RefCell<Vec<Problem>>,
}

impl Sink {
    pub(crate) fn new(source: Source) -> Self {
        Self { source, problems: RefCell::default() }
    }

    /// Notes a problem.
    pub(crate) fn add(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.problems.borrow_mut().push(Problem {
            message: message.into(),
            help: help.into(),
            span,
            file: self.source.clone(),
        });
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    /// The 1-based line of a byte.
    pub(crate) fn line(&self, at: usize) -> u32 {
        let before = &self.text().as_bytes()[..at.min(self.text().len())];
        1 + before.iter().filter(|&&byte| byte == b'\n').count() as u32
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> &str {
        self.source.inner()
    }
}

/// Parses a file; what is no TOML is noted, and the rest is still read.
pub(crate) fn parse<'i>(text: &'i str, sink: &Sink) -> Spanned<DeTable<'i>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        sink.add(error.span().unwrap_or_default(), error.message(), "");
    }
    table
}

/// A string with the bytes at which it was written, its quotes included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    pub(crate) span: Range<usize>,
}

/// One table of the file.
pub(crate) struct Reader<'t, 'i> {
    table: &'t DeTable<'i>,
    /// The table's own bytes.
    pub(crate) span: Range<usize>,
    /// What it is, for messages: `a check`.
    what: &'static str,
    known: RefCell<Vec<&'static str>>,
    open: Cell<bool>,
    pub(crate) sink: &'t Sink,
}

impl<'t, 'i> Reader<'t, 'i> {
    pub(crate) fn new(
        table: &'t DeTable<'i>,
        span: Range<usize>,
        what: &'static str,
        sink: &'t Sink,
    ) -> Self {
        Self { table, span, what, known: RefCell::default(), open: Cell::new(false), sink }
    }

    /// The value of a key, which counts as known from now on.
    pub(crate) fn value(&self, key: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.known.borrow_mut().push(key);
        self.table.get(key)
    }

    fn wrong(&self, value: &Spanned<DeValue<'i>>, key: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.sink.add(
            value.span(),
            format!("`{key}` must be {wanted}, and is {} {found}", article(found)),
            "",
        );
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<Text> {
        let value = self.value(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Text { value: text.to_owned(), span: value.span() }),
            None => {
                self.wrong(value, key, "a string");
                None
            }
        }
    }

    /// A string that must be there.
    pub(crate) fn required(&self, key: &'static str) -> Text {
        if !self.table.contains_key(key) {
            self.sink.add(
                self.head(),
                format!("{} needs `{key}`", self.what),
                format!("add `{key} = \"…\"`"),
            );
        }
        self.text(key).unwrap_or(Text { value: String::new(), span: self.head() })
    }

    /// The first line of the table: for problems about what is missing.
    pub(crate) fn head(&self) -> Range<usize> {
        let text = &self.sink.text()[self.span.start.min(self.sink.text().len())..];
        let line = text.find('\n').unwrap_or(text.len());
        self.span.start..self.span.start + line
    }

    pub(crate) fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.value(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(integer) => integer.to_string().parse().ok(),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(value, key, "a number");
        }
        number
    }

    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(value, key, "`true` or `false`");
        }
        flag
    }

    pub(crate) fn date(&self, key: &'static str) -> Option<Date> {
        let value = self.value(key)?;
        let date = date_of(value);
        if date.is_none() {
            self.sink.add(
                value.span(),
                format!("`{key}` must be a day"),
                format!("write `{key} = 2027-03-31`"),
            );
        }
        date
    }

    /// A path that stays inside the repository.
    pub(crate) fn inner_path(&self, key: &'static str) -> Option<String> {
        let path = self.text(key)?;
        if path.value.starts_with('/') || path.value.split(['/', '\\']).any(|part| part == "..") {
            self.sink.add(
                path.span,
                format!("`{key}` must lie inside the repository"),
                "a path relative to the root, without `..`",
            );
            return None;
        }
        Some(path.value)
    }

    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<Text>> {
        let value = self.value(key)?;
        let texts = texts_of(value);
        if texts.is_none() {
            self.wrong(value, key, "a list of strings");
        }
        texts
    }

    /// The strings of a list, without their places.
    pub(crate) fn strings(&self, key: &'static str) -> Vec<String> {
        self.texts(key).unwrap_or_default().into_iter().map(|text| text.value).collect()
    }

    /// A string that is one of some.
    pub(crate) fn choice<T: Copy>(
        &self,
        key: &'static str,
        choices: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == text.value).map(|(_, value)| *value);
        if found.is_none() {
            self.sink.add(
                text.span,
                format!("`{}` is no value of `{key}`", text.value),
                did_you_mean(
                    &text.value,
                    choices.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                ),
            );
        }
        found
    }

    pub(crate) fn table(&self, key: &'static str, what: &'static str) -> Option<Reader<'t, 'i>> {
        let value = self.value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(Reader::new(table, value.span(), what, self.sink)),
            None => {
                self.wrong(value, key, "a table");
                None
            }
        }
    }

    /// `[[key]]` tables.
    pub(crate) fn tables(&self, key: &'static str, what: &'static str) -> Vec<Reader<'t, 'i>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value, key, &format!("a list of tables: `[[{key}]]`"));
            return Vec::new();
        };
        let mut readers = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_table() {
                Some(table) => readers.push(Reader::new(table, item.span(), what, self.sink)),
                None => self.wrong(item, key, "a table"),
            }
        }
        readers
    }

    /// All entries, for tables whose keys are the user's own. Every key counts as known.
    pub(crate) fn entries(&self) -> Vec<(Text, &'t Spanned<DeValue<'i>>)> {
        self.open.set(true);
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| {
                (Text { value: key.get_ref().to_string(), span: key.span() }, value)
            })
            .collect();
        entries.sort_by_key(|(key, _)| key.span.start);
        entries
    }

    /// Refuses the keys that nobody asked for.
    pub(crate) fn finish(self) {
        if self.open.get() {
            return;
        }
        let known = self.known.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                self.sink.add(
                    key.span(),
                    format!("{} has no key `{name}`", self.what),
                    did_you_mean(name, known.iter().copied().collect::<Vec<_>>()),
                );
            }
        }
    }
}

/// The strings of a list of strings.
pub(crate) fn texts_of(value: &Spanned<DeValue<'_>>) -> Option<Vec<Text>> {
    value
        .get_ref()
        .as_array()?
        .iter()
        .map(|item| {
            let value = item.get_ref().as_str()?.to_owned();
            Some(Text { value, span: item.span() })
        })
        .collect()
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

//! `[[effect]]`: what a call does to the world, by its qualified name or by the habits of names.
//! `[[guard]]`: the words by which a guard against a repeat is known.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::PatternTable;
use crate::words::{joined, words};

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// Nothing that matters here, whatever its name says: a builder, a log, a metric.
    Nothing,
    /// It looks up what is stored.
    Look,
    /// It stores something, new or changed: a second time may store it again.
    Create,
    /// It changes what is there.
    Update,
    /// It stores under a key that the caller gives: a second time replaces the first.
    Upsert,
    Delete,
    /// It leaves the service: a message, a mail, a request that changes something elsewhere.
    Send,
}

impl Deed {
    /// Whether it changes something.
    pub fn writes(self) -> bool {
        !matches!(self, Deed::Nothing | Deed::Look)
    }
}

/// A row of `[[effect]]`. Earlier rows win.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EffectRow {
    pub does: Deed,
    /// Qualified names of calls.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Names of methods or functions in any style (`insert one` is `insertOne` and `insert_one`).
    #[serde(default)]
    pub names: Vec<String>,
    /// First words of names.
    #[serde(default)]
    pub verbs: Vec<String>,
    /// Words one of which the receiver's name, or its type's, must hold; empty for any receiver.
    /// Of what does nothing, the last word of the receiver's own name: an `orderWriter` writes
    /// orders, a `writerRepository` is no writer.
    #[serde(default)]
    pub receivers: Vec<String>,
}

/// A row of `[[guard]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct GuardRow {
    pub means: GuardWord,
    /// Words, or groups of words that stand together, in any style.
    pub words: Vec<String>,
}

/// What a word says of a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuardWord {
    /// A key, table or annotation that is made for de-duplication.
    Key,
    /// A refusal of what is there already.
    Check,
    /// A state that an object goes through.
    State,
    /// The whole name of a field of a request that only the client can have made.
    ClientId,
    /// What keeps state by its name: a repository, a store. Not a guard, but what guards stand
    /// before.
    Store,
    /// A first word of functions that are there to read, whatever they keep on the way.
    Reading,
    /// A word of functions that are there to write.
    Writing,
    /// What makes ids that differ each time.
    Generator,
    /// A field that holds the state of what goes through one.
    StateField,
}

/// The rows of a language, found by name.
#[derive(Debug, Default)]
pub struct EffectTable {
    calls: PatternTable<Deed>,
    rows: Vec<(Deed, BTreeSet<String>)>,
    names: HashMap<String, Vec<usize>>,
    verbs: HashMap<String, Vec<usize>>,
    /// Rows for every name on receivers of some words.
    of_receivers: Vec<usize>,
    guards: Vec<(GuardWord, Vec<String>)>,
}

impl EffectTable {
    pub(super) fn add(&mut self, row: &EffectRow) {
        self.calls.add(&row.calls, row.does);
        let at = self.rows.len();
        self.rows.push((row.does, row.receivers.iter().map(|w| w.to_lowercase()).collect()));
        for name in &row.names {
            self.names.entry(joined(name)).or_default().push(at);
        }
        for verb in &row.verbs {
            self.verbs.entry(verb.to_lowercase()).or_default().push(at);
        }
        if row.names.is_empty() && row.verbs.is_empty() && !row.receivers.is_empty() {
            self.of_receivers.push(at);
        }
    }

    pub(super) fn add_guard(&mut self, row: &GuardRow) {
        for group in &row.words {
            self.guards.push((row.means, words(group)));
        }
    }

    /// What a call of that qualified name does, if a row says so.
    pub fn of_path(&self, path: &str) -> Option<Deed> {
        self.calls.find(path).next().copied()
    }

    /// What a call of that name does by habit, on a receiver whose name and type hold the words;
    /// the first is the last word of its own name.
    pub fn of_name(&self, name: &str, receiver: &[String]) -> Option<Deed> {
        let mut parts = words(name);
        if parts.last().is_some_and(|last| last == "async") && parts.len() > 1 {
            parts.pop();
        }
        let verb = parts.first()?;
        let whole: String = parts.concat();
        let named = self.names.get(&whole).into_iter().flatten();
        let verbs = self.verbs.get(verb).into_iter().flatten();
        named
            .chain(verbs)
            .chain(&self.of_receivers)
            .copied()
            .filter(|&at| {
                let (does, wanted) = &self.rows[at];
                let most = if *does == Deed::Nothing { 1 } else { receiver.len() };
                wanted.is_empty() || receiver.iter().take(most).any(|word| wanted.contains(word))
            })
            .min()
            .map(|at| self.rows[at].0)
    }

    /// Whether a name holds words of a guard.
    pub fn says(&self, means: GuardWord, name: &str) -> bool {
        let parts = words(name);
        self.guards.iter().any(|(of, group)| {
            *of == means
                && !group.is_empty()
                && match means {
                    GuardWord::ClientId => parts == *group,
                    GuardWord::Reading => parts.starts_with(group),
                    _ => parts.windows(group.len()).any(|window| window == group.as_slice()),
                }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> EffectTable {
        let mut table = EffectTable::default();
        let row = |does, names: &[&str], verbs: &[&str], receivers: &[&str]| EffectRow {
            does,
            calls: Vec::new(),
            names: names.iter().map(ToString::to_string).collect(),
            verbs: verbs.iter().map(ToString::to_string).collect(),
            receivers: receivers.iter().map(ToString::to_string).collect(),
        };
        table.add(&row(Deed::Nothing, &[], &[], &["logger"]));
        table.add(&row(Deed::Create, &["insert one"], &[], &[]));
        table.add(&row(Deed::Create, &[], &["add"], &["repository"]));
        table
    }

    #[test]
    fn a_name_counts_in_any_style() {
        assert_eq!(table().of_name("insertOne", &[]), Some(Deed::Create));
        assert_eq!(table().of_name("insert_one", &[]), Some(Deed::Create));
        assert_eq!(table().of_name("InsertOneAsync", &[]), Some(Deed::Create));
    }

    #[test]
    fn a_verb_counts_on_its_receivers_alone() {
        assert_eq!(table().of_name("addItem", &["repository".to_owned()]), Some(Deed::Create));
        assert_eq!(table().of_name("addItem", &["list".to_owned()]), None);
    }

    #[test]
    fn an_earlier_row_wins() {
        assert_eq!(table().of_name("insertOne", &["logger".to_owned()]), Some(Deed::Nothing));
    }

    #[test]
    fn words_of_a_guard_stand_together() {
        let mut table = EffectTable::default();
        let words = vec!["request uuid".to_owned()];
        table.add_guard(&GuardRow { means: GuardWord::Key, words });
        assert!(table.says(GuardWord::Key, "getRequestUuid"));
        assert!(!table.says(GuardWord::Key, "requestBodyUuid"));
    }
}

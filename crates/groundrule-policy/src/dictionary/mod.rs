//! Which names say that a value is sensitive. The words are data of a policy; here is how they are
//! matched.
//!
//! A name is split into words. Every entry that stands in it as whole words in a row is found.
//! Harmless compounds (`page token`) take out what they cover. What stands behind a preposition
//! says where the value came from, not what it is (`userByEmail`), unless nothing else is said. The
//! longest entry left decides, unless the name is about the value rather than the value: its last
//! word is a neutral noun (`token_count`) or its first is a neutral verb (`hasPassword`), and the
//! entry does not reach there.

use std::collections::BTreeMap;

use groundrule_facts::{LogValue, PrintedField, Shape};

use crate::words::{MAX_PHRASE, split};

/// The words of a policy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    /// By joined words.
    entries: BTreeMap<String, Entry>,
    neutral_first: Vec<String>,
    neutral_last: Vec<String>,
    /// Last words of names of values that are what they are called, whatever they came from: `id`.
    itself_last: Vec<String>,
    /// Words of what is text: `email`, `password`.
    never_numbers: Vec<String>,
    cut_at: Vec<String>,
    /// Words in front of a preposition that say nothing: `get`, `find`.
    fetching: Vec<String>,
    /// Names of fields that hold the whole value of their type: `value`, `raw`.
    wrapped: Vec<String>,
    /// Words of objects that are likely to carry sensitive fields.
    carriers: Vec<String>,
    together: Vec<Together>,
}

/// Entries that only together are sensitive: a first name and a last name.
#[derive(Clone, Debug)]
struct Together {
    class: String,
    sides: Vec<Vec<String>>,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Harmless,
    Sensitive { class: String, certain: bool },
}

/// What a name, a type, or a value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It says nothing of sensitive things.
    Nothing,
    /// It speaks of something sensitive, and is not it: `token_count`.
    Neutral,
    Sensitive {
        class: String,
        /// False where a reader has to look: `location`, a role's mailbox.
        certain: bool,
    },
}

/// What a printed value is, by its names, its type and its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Empty where nothing was found.
    pub(crate) class: String,
    pub(crate) certain: bool,
    /// The name that decided.
    pub(crate) word: String,
    /// The path of the printed field that decided; empty where the value itself did.
    pub(crate) field: String,
    /// Whether a name of the value says that it may carry sensitive fields.
    pub(crate) carrier: bool,
}

/// The words of a policy before they are indexed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    /// Class, certain, phrase.
    pub(crate) sensitive: Vec<(String, bool, String)>,
    pub(crate) harmless: Vec<String>,
    pub(crate) neutral_first: Vec<String>,
    pub(crate) neutral_last: Vec<String>,
    pub(crate) itself_last: Vec<String>,
    pub(crate) never_numbers: Vec<String>,
    pub(crate) cut_at: Vec<String>,
    pub(crate) fetching: Vec<String>,
    pub(crate) wrapped: Vec<String>,
    pub(crate) carriers: Vec<String>,
    pub(crate) together: Vec<(String, Vec<Vec<String>>)>,
    /// Words that stand for one another: `<person> name`.
    pub(crate) groups: BTreeMap<String, Vec<String>>,
}

impl Dictionary {
    /// Indexes the words. Later entries of the same words win over earlier ones, harmless over
    /// sensitive.
    pub(crate) fn new(lists: &Lists) -> Self {
        let mut entries = BTreeMap::new();
        for (class, certain, phrase) in &lists.sensitive {
            for phrase in lists.expand(phrase) {
                let entry = Entry::Sensitive { class: class.clone(), certain: *certain };
                entries.insert(split(&phrase).concat(), entry);
            }
        }
        for phrase in &lists.harmless {
            for phrase in lists.expand(phrase) {
                entries.insert(split(&phrase).concat(), Entry::Harmless);
            }
        }
        let words = |list: &[String]| -> Vec<String> {
            list.iter().map(|word| split(word).concat()).collect()
        };
        let together = lists
            .together
            .iter()
            .map(|(class, sides)| Together {
                class: class.clone(),
                sides: sides.iter().map(|side| words(side)).collect(),
            })
            .collect();
        Self {
            entries,
            neutral_first: words(&lists.neutral_first),
            neutral_last: words(&lists.neutral_last),
            itself_last: words(&lists.itself_last),
            never_numbers: words(&lists.never_numbers),
            cut_at: words(&lists.cut_at),
            fetching: words(&lists.fetching),
            wrapped: words(&lists.wrapped),
            carriers: words(&lists.carriers),
            together,
        }
    }

    /// What a name says.
    pub(crate) fn read(&self, name: &str) -> Reading {
        self.read_ending_in(name, usize::MAX)
    }

    /// What a member path says: an owner that is sensitive as a whole says it of a member only
    /// where that is the value itself (`fnr.value`, `newIdent.ident`) and no part (`token.kind`).
    fn read_member(&self, path: &str, own: usize) -> Reading {
        let words = split(path);
        let (owner, member) = words.split_at(words.len().saturating_sub(own));
        let whole = self.wrapped.contains(&member.concat()) || owner.ends_with(member);
        self.read_ending_in(path, if whole { usize::MAX } else { own })
    }

    /// What a name says by the entries that reach into its last words, that many.
    fn read_ending_in(&self, name: &str, own: usize) -> Reading {
        let words = split(name);
        let owner = words.len().saturating_sub(own);
        let cut = self.cut(&words);
        let found = self.matches(&words);
        let covered = |from: usize, to: usize| {
            found.iter().any(|(other_from, other_to, entry)| {
                **entry == Entry::Harmless && *other_from <= from && to <= *other_to
            })
        };
        let best = found
            .iter()
            .filter(|(from, to, _)| *from < cut && *to > owner)
            .filter_map(|&(from, to, entry)| match entry {
                Entry::Sensitive { class, certain } if !covered(from, to) => {
                    Some((from, to, class, *certain))
                }
                _ => None,
            })
            .max_by_key(|&(from, to, _, _)| (to - from, to));
        let Some((from, to, class, certain)) = best else {
            return if found.is_empty() { Reading::Nothing } else { Reading::Neutral };
        };
        if self.is_about(&words[..cut], from, to) {
            return Reading::Neutral;
        }
        Reading::Sensitive { class: class.clone(), certain }
    }

    /// Whether a text speaks of anything in the dictionary.
    pub(crate) fn mentions(&self, text: &str) -> bool {
        let words = split(text);
        self.matches(&words).iter().any(|(_, _, entry)| **entry != Entry::Harmless)
    }

    /// What a printed value is.
    pub(crate) fn find(&self, value: &LogValue) -> Finding {
        let mut finding = if self.fields_decide(value) {
            self.find_in_fields(&value.fields)
        } else {
            self.find_in_names(value)
        };
        let names = value.names.iter().map(|name| name.as_str()).chain([value.ty.as_str()]);
        finding.carrier = names.map(|name| self.carries(name)).find_map(|said| said) == Some(true);
        finding
    }

    /// Whether a name is that of an object which is likely to carry sensitive fields. None where
    /// it says neither; a `user_id` is about a user, and carries nothing.
    fn carries(&self, name: &str) -> Option<bool> {
        let words = split(name);
        let at = words.iter().rposition(|word| self.carriers.contains(word))?;
        Some(!self.is_about(&words, at, at + 1))
    }

    /// What several values of one statement are together: the class, where they make one up.
    pub(crate) fn find_together<'a>(
        &self,
        names: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<&str> {
        let says = |side: &[String]| {
            names.clone().any(|name| {
                let words = split(name);
                let cut = self.cut(&words);
                side.iter().any(|entry| {
                    spans(&words).any(|(from, to, joined)| {
                        joined == *entry && from < cut && !self.is_about(&words[..cut], from, to)
                    })
                })
            })
        };
        self.together
            .iter()
            .find(|together| together.sides.iter().all(|side| says(side)))
            .map(|together| together.class.as_str())
    }

    /// An object's fields say what it prints, unless its one field is the value itself.
    fn fields_decide(&self, value: &LogValue) -> bool {
        let wrapper = |field: &PrintedField| self.wrapped.contains(&split(&field.name).concat());
        !value.fields.is_empty() && !value.fields.iter().all(wrapper)
    }

    fn find_in_fields(&self, fields: &[PrintedField]) -> Finding {
        let mut perhaps = Finding::default();
        for field in fields {
            let reading = match self.read(&field.name) {
                Reading::Nothing => self.read_type(&field.ty),
                reading => reading,
            };
            if let Reading::Sensitive { class, certain } = reading {
                let finding = Finding {
                    class,
                    certain,
                    word: field.name.to_string(),
                    field: field.path.clone(),
                    carrier: false,
                };
                if certain {
                    return finding;
                }
                if perhaps.class.is_empty() {
                    perhaps = finding;
                }
            }
        }
        if let Some(class) = self.find_together(fields.iter().map(|field| field.name.as_str())) {
            return Finding {
                class: class.to_owned(),
                certain: true,
                word: fields[0].name.to_string(),
                field: fields[0].path.clone(),
                carrier: false,
            };
        }
        perhaps
    }

    fn find_in_names(&self, value: &LogValue) -> Finding {
        let path = path_of(&value.expression);
        let mut perhaps = Finding::default();
        let is_own = |word: &str| value.names.first().is_some_and(|own| own == word);
        let mut identifies = false;
        if path.as_ref().is_some_and(|(path, own)| self.is_harmless_member(path, *own)) {
            return perhaps;
        }
        let named = value.names.iter().map(|name| (name.as_str(), self.read(name)));
        let path = path.iter().map(|(path, own)| (path.as_str(), self.read_member(path, *own)));
        for (word, reading) in
            named.chain(path).chain([(value.ty.as_str(), self.read_type(&value.ty))])
        {
            match reading {
                Reading::Nothing => identifies |= self.is_itself(word) && is_own(word),
                Reading::Neutral => break,
                Reading::Sensitive { .. } if value.number && self.is_text(word) => {}
                // What was made from a token may be an id; an account's id may be its number.
                Reading::Sensitive { class, .. }
                    if identifies && matches!(&*class, "credential" | "contact") => {}
                Reading::Sensitive { class, certain } => {
                    // An object of a type that could not be read may print less than it is.
                    let opaque = value.shape == Shape::Object && !value.complete;
                    let finding = Finding {
                        class,
                        certain: certain && !opaque,
                        word: word.to_owned(),
                        ..Finding::default()
                    };
                    if certain {
                        return finding;
                    }
                    if perhaps.class.is_empty() {
                        perhaps = finding;
                    }
                }
            }
        }
        perhaps
    }

    /// Whether owner and member together are a harmless compound: `repo.fullName`.
    fn is_harmless_member(&self, path: &str, own: usize) -> bool {
        let words = split(path);
        let owner = words.len().saturating_sub(own);
        self.matches(&words).iter().any(|(from, to, entry)| {
            **entry == Entry::Harmless && *from < owner && *to == words.len()
        })
    }

    fn is_itself(&self, name: &str) -> bool {
        split(name).last().is_some_and(|last| self.itself_last.contains(last))
    }

    fn is_text(&self, name: &str) -> bool {
        split(name).iter().any(|word| self.never_numbers.contains(word))
    }

    /// What a type's name says: its own, without its module and its arguments' brackets.
    fn read_type(&self, ty: &str) -> Reading {
        let own = ty.split(['<', '[', '(']).next().unwrap_or_default();
        let own = own.rsplit(['.', ':', '*', '&', ' ', '/']).next().unwrap_or_default();
        self.read(own)
    }

    fn matches<'s>(&'s self, words: &[String]) -> Vec<(usize, usize, &'s Entry)> {
        spans(words)
            .filter_map(|(from, to, joined)| {
                self.entries.get(&joined).map(|entry| (from, to, entry))
            })
            .collect()
    }

    /// Where what the name says ends: at the first preposition, unless only a verb of fetching
    /// stands in front of it.
    fn cut(&self, words: &[String]) -> usize {
        (1..words.len())
            .find(|&at| {
                let by = words[at] == "by";
                self.cut_at.contains(&words[at])
                    && (by || !words[..at].iter().all(|word| self.fetching.contains(word)))
            })
            .unwrap_or(words.len())
    }

    fn is_about(&self, words: &[String], from: usize, to: usize) -> bool {
        let numbered = |word: &String| word.chars().all(char::is_numeric);
        let last = words.iter().rposition(|word| !numbered(word)).unwrap_or(0);
        (from > 0 && self.neutral_first.contains(&words[0]))
            || (last >= to && self.neutral_last.contains(&words[last]))
    }
}

impl Lists {
    /// An entry with its groups written out: `<person> name` is one entry a person.
    fn expand(&self, phrase: &str) -> Vec<String> {
        let Some((before, rest)) = phrase.split_once('<') else { return vec![phrase.to_owned()] };
        let Some((group, after)) = rest.split_once('>') else { return vec![phrase.to_owned()] };
        let words = self.groups.get(group).map(Vec::as_slice).unwrap_or_default();
        words.iter().flat_map(|word| self.expand(&format!("{before}{word}{after}"))).collect()
    }

    /// The groups that an entry names.
    pub(crate) fn groups_of(phrase: &str) -> impl Iterator<Item = &str> {
        phrase.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default())
    }
}

/// Every row of words, from, to (one past), joined.
fn spans(words: &[String]) -> impl Iterator<Item = (usize, usize, String)> {
    (0..words.len()).flat_map(move |from| {
        let mut joined = String::new();
        (from + 1..=words.len().min(from + MAX_PHRASE)).map(move |to| {
            joined.push_str(&words[to - 1]);
            (from, to, joined.clone())
        })
    })
}

/// The last two names of a plain member path, and the number of words of the last: `customer.name`,
/// `card.getNumber()`. None where the expression is anything else.
fn path_of(expression: &str) -> Option<(String, usize)> {
    let plain = expression.trim_end_matches("()");
    let names: Vec<&str> = plain
        .split(['.', '>', '?', '!', '-', ':', '(', ')'])
        .filter(|name| !name.is_empty())
        .collect();
    let is_name = |name: &&str| name.chars().all(|c| c.is_alphanumeric() || c == '_');
    match names.as_slice() {
        [.., owner, name] if is_name(owner) && is_name(name) && names.iter().all(is_name) => {
            let name = name.strip_prefix("get").filter(|rest| !rest.is_empty()).unwrap_or(name);
            Some((format!("{owner} {name}"), split(name).len()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;

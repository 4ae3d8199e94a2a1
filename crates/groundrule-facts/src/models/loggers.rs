//! `[[logger]]`, `[[printing]]`, `[[shape]]`: calls that print, how they fill their messages, and
//! what printing a value shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use groundrule_unit::Name;
use serde::Deserialize;

use super::pattern::expand;
use super::{Library, PatternTable, last_part};

/// A call that prints, with the library that it belongs to.
#[derive(Clone, Debug)]
pub struct Logger {
    pub library: Library,
    pub row: LoggerRow,
}

/// A row of the table `[[logger]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LoggerRow {
    /// Qualified names of functions, macros, or methods of logger types.
    pub calls: Vec<String>,
    /// Words of a receiver's name that make a call of one of these methods a log statement where
    /// the receiver's type is not known.
    #[serde(default)]
    pub names: Vec<Name>,
    #[serde(default)]
    pub sink: Sink,
    /// The level, where the call's name does not tell it.
    #[serde(default)]
    pub level: Name,
    /// How many arguments stand in front of the message: a context, a level.
    #[serde(default)]
    pub before: u32,
    /// How the message is filled.
    #[serde(default)]
    pub format: Format,
    /// What becomes of arguments that do not fill the message.
    #[serde(default)]
    pub rest: Rest,
    /// Whether keyword arguments are printed as fields.
    #[serde(default)]
    pub keywords: bool,
    /// It gives back a logger that prints its arguments at every later call.
    #[serde(default)]
    pub extends: bool,
}

/// Where printed text goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sink {
    #[default]
    Log,
    Console,
    Span,
}

impl Sink {
    /// The name that policies use.
    pub fn id(self) -> &'static str {
        match self {
            Sink::Log => "log",
            Sink::Console => "console",
            Sink::Span => "span",
        }
    }
}

/// How arguments fill a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The message is printed as it is.
    #[default]
    Text,
    /// `%s`, `%+v`, `%(name)s`.
    Printf,
    /// `{}`, in order.
    Braces,
    /// `{Name}` and `{@Name}`, in order.
    Named,
    /// There is no message: every argument is a field.
    Fields,
}

/// What becomes of arguments that do not fill the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rest {
    /// They are printed one after the other, objects with their fields.
    Printed,
    /// They are printed as text.
    Text,
    /// They are left out, but for an exception.
    #[default]
    Dropped,
    /// Keys and values in turn, or fields made by a constructor of the library.
    Pairs,
}

/// A row of the table `[[printing]]`: what a language's functions do to a value that is printed.
/// Functions are known by the last part of their name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PrintingRow {
    /// Functions that build text from their arguments, and how.
    #[serde(default)]
    pub builders: BTreeMap<Name, Builder>,
    /// Functions that hand their receiver or first argument through.
    #[serde(default)]
    pub through: Vec<Name>,
    /// Functions that read a value of the type that they are told.
    #[serde(default)]
    pub deserialisers: Vec<Name>,
    /// Functions that write a value with its fields: JSON.
    #[serde(default)]
    pub serialisers: Vec<Name>,
    /// Functions of collections that give back what their lambda gives for each item.
    #[serde(default)]
    pub maps: Vec<Name>,
    /// Functions and types that put values side by side: `Pair`, Kotlin's `to`.
    #[serde(default)]
    pub pairs: Vec<Name>,
    /// Functions of collections that give back one of the items.
    #[serde(default)]
    pub picks: Vec<Name>,
    /// Functions whose constant argument names what they give back: headers, environment.
    #[serde(default)]
    pub getters: Vec<Name>,
    /// Words of the names of functions that mask, hash or encrypt.
    #[serde(default)]
    pub masks: Vec<Name>,
    /// Functions that cut a value down to a part.
    #[serde(default)]
    pub cuts: Vec<Name>,
    /// Functions and properties that only tell a number, a yes or no, or a type.
    #[serde(default)]
    pub derived: Vec<Name>,
    /// Functions that make a field of a log statement: the positions of key and value.
    #[serde(default)]
    pub fields: BTreeMap<Name, Vec<u32>>,
    /// Methods and properties that give an exception's text.
    #[serde(default)]
    pub exception_texts: Vec<Name>,
    /// Methods by which a type says what it prints of itself.
    #[serde(default)]
    pub own_text: Vec<Name>,
    /// Annotations, or their arguments, that keep a field out of a type's text.
    #[serde(default)]
    pub hidden_by: Vec<Name>,
    /// Types without fields of their own that print as one value.
    #[serde(default)]
    pub scalars: Vec<Name>,
    /// Generic types that print what they hold.
    #[serde(default)]
    pub containers: Vec<Name>,
    /// Annotations that make a class print its fields.
    #[serde(default)]
    pub printed_by: Vec<Name>,
    /// Annotations that make a function print its arguments.
    #[serde(default)]
    pub declared_by: Vec<Name>,
    /// Annotations of functions, by a last word of their names, base classes, and types of
    /// parameters that make a command which people run at a terminal.
    #[serde(default)]
    pub commands: Vec<Name>,
}

/// How a function builds text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Builder {
    /// The first argument, or the receiver, is a template with verbs.
    Printf,
    /// The same with braces.
    Braces,
    /// All arguments, and the receiver, one after the other.
    Joined,
}

/// A row of the table `[[shape]]`: what kind of value a type or a member is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ShapeRow {
    pub shape: ShapeModel,
    /// Qualified names of types.
    #[serde(default)]
    pub types: Vec<String>,
    /// Qualified names of functions and members that give such a value.
    #[serde(default)]
    pub gives: Vec<String>,
    /// `owner.member` as written, where the owner's type is not known. The owner may be a word of
    /// its name.
    #[serde(default)]
    pub habits: Vec<Name>,
    /// Annotations of parameters that hold such a value.
    #[serde(default)]
    pub annotations: Vec<Name>,
}

/// The kinds of values that models know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShapeModel {
    Scalar,
    Opaque,
    Request,
    Response,
    Headers,
    Body,
    Exception,
    /// It masks itself when it is printed.
    Masked,
}

/// All that models say about printing in one language.
#[derive(Debug, Default)]
pub struct Printing {
    pub builders: BTreeMap<Name, Builder>,
    pub through: BTreeSet<Name>,
    pub deserialisers: BTreeSet<Name>,
    pub serialisers: BTreeSet<Name>,
    pub maps: BTreeSet<Name>,
    pub pairs: BTreeSet<Name>,
    pub picks: BTreeSet<Name>,
    pub getters: BTreeSet<Name>,
    pub masks: BTreeSet<Name>,
    pub cuts: BTreeSet<Name>,
    pub derived: BTreeSet<Name>,
    pub fields: BTreeMap<Name, Vec<u32>>,
    pub exception_texts: BTreeSet<Name>,
    pub own_text: BTreeSet<Name>,
    pub hidden_by: BTreeSet<Name>,
    pub scalars: BTreeSet<Name>,
    pub containers: BTreeSet<Name>,
    pub printed_by: BTreeSet<Name>,
    pub declared_by: BTreeSet<Name>,
    pub commands: BTreeSet<Name>,
    pub shape_types: PatternTable<ShapeModel>,
    pub shape_gives: PatternTable<ShapeModel>,
    pub shape_habits: BTreeMap<Name, ShapeModel>,
    pub shape_annotations: BTreeMap<Name, ShapeModel>,
    /// Loggers by the last part of their calls, for receivers without a known type.
    pub habits: HashMap<Name, Vec<Logger>>,
}

impl Printing {
    pub(super) fn add(&mut self, row: &PrintingRow) {
        self.builders.extend(row.builders.clone());
        self.through.extend(row.through.iter().cloned());
        self.deserialisers.extend(row.deserialisers.iter().cloned());
        self.serialisers.extend(row.serialisers.iter().cloned());
        self.maps.extend(row.maps.iter().cloned());
        self.pairs.extend(row.pairs.iter().cloned());
        self.picks.extend(row.picks.iter().cloned());
        self.getters.extend(row.getters.iter().cloned());
        self.masks.extend(row.masks.iter().cloned());
        self.cuts.extend(row.cuts.iter().cloned());
        self.derived.extend(row.derived.iter().cloned());
        self.fields.extend(row.fields.clone());
        self.exception_texts.extend(row.exception_texts.iter().cloned());
        self.own_text.extend(row.own_text.iter().cloned());
        self.hidden_by.extend(row.hidden_by.iter().cloned());
        self.scalars.extend(row.scalars.iter().cloned());
        self.containers.extend(row.containers.iter().cloned());
        self.printed_by.extend(row.printed_by.iter().cloned());
        self.declared_by.extend(row.declared_by.iter().cloned());
        self.commands.extend(row.commands.iter().cloned());
    }

    pub(super) fn add_shape(&mut self, row: &ShapeRow) {
        self.shape_types.add(&row.types, row.shape);
        self.shape_gives.add(&row.gives, row.shape);
        let habits = row.habits.iter().map(|habit| (habit.clone(), row.shape));
        self.shape_habits.extend(habits);
        let annotations = row.annotations.iter().map(|name| (name.clone(), row.shape));
        self.shape_annotations.extend(annotations);
    }

    pub(super) fn add_habits(&mut self, logger: &Logger) {
        if logger.row.names.is_empty() {
            return;
        }
        for call in logger.row.calls.iter().flat_map(|call| expand(call)) {
            let rows = self.habits.entry(Name::new(last_part(&call))).or_default();
            rows.push(logger.clone());
        }
    }
}

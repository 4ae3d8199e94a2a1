//! `[[type]]`: what constructors, factories, methods and fields of a library give back.

use std::collections::BTreeMap;

use groundrule_unit::Name;
use serde::Deserialize;

/// A type of a library, as far as later look-ups need to know it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypeModel {
    /// Its qualified name. `self` in `members` stands for it.
    pub name: Name,
    /// Functions and values that give an instance, beside the type's own name: factories,
    /// `net/http.DefaultClient`.
    #[serde(default)]
    pub made_by: Vec<String>,
    /// What methods and fields give back: another type's qualified name, or `self`.
    #[serde(default)]
    pub members: BTreeMap<Name, Name>,
    /// Types whose members and patterns count for this one too.
    #[serde(default)]
    pub extends: Vec<Name>,
    /// The types of the parameters of functions that are handed to a method: `use = ["express.Request"]`.
    #[serde(default)]
    pub callbacks: BTreeMap<Name, Vec<Name>>,
    /// Every method that is not in `members` gives back the same type: builders.
    #[serde(default)]
    pub fluent: bool,
}

impl TypeModel {
    /// Adds what another file says of the same type.
    pub(super) fn merge(&mut self, other: Self) {
        self.made_by.extend(other.made_by);
        self.members.extend(other.members);
        self.extends.extend(other.extends);
        self.callbacks.extend(other.callbacks);
        self.fluent |= other.fluent;
    }
}

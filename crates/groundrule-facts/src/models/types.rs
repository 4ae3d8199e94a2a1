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
    /// `made-by` counts only for calls one of whose arguments is an instance of one of these types.
    #[serde(default)]
    pub given: Vec<Name>,
    /// Names of generated types and factories in which `$` stands for the name of a protobuf
    /// service of the repository: `New$Client`, `$Grpc.$BlockingStub`.
    #[serde(default)]
    pub generated: Vec<Name>,
    /// What is called on it goes out over HTTP or gRPC.
    #[serde(default)]
    pub remote: bool,
    /// Texts one of which a source file that uses a generated type holds.
    #[serde(default)]
    pub literals: Vec<Name>,
    /// Functions, by qualified name, whose lambda has an instance for its implicit receiver.
    #[serde(default)]
    pub receiver_in: Vec<Name>,
    /// What methods and fields give back: another type's qualified name, or `self`.
    #[serde(default)]
    pub members: BTreeMap<Name, Name>,
    /// Types whose members and patterns count for this one too.
    #[serde(default)]
    pub extends: Vec<Name>,
    /// The types of the parameters of functions that are handed to a method: `use = ["express.Request"]`.
    /// Under the empty name, those of a function that is declared to be of this type.
    #[serde(default)]
    pub callbacks: BTreeMap<Name, Vec<Name>>,
    /// Names that untyped parameters of this type have by convention (`fastify`, `app`).
    #[serde(default)]
    pub parameters: Vec<Name>,
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
        self.given.extend(other.given);
        self.generated.extend(other.generated);
        self.literals.extend(other.literals);
        self.receiver_in.extend(other.receiver_in);
        self.fluent |= other.fluent;
        self.remote |= other.remote;
    }
}

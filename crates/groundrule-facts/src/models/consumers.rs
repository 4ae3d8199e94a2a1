//! `[[consumer]]`: how a library hands the messages of a queue or topic to a handler.

use groundrule_unit::Name;
use serde::Deserialize;

use super::pattern::expand;

/// A way in which messages are consumed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConsumerRow {
    /// `kafka`, `rabbitmq`, `sqs`; of a task queue its own name.
    pub broker: Name,
    /// Qualified names of annotations or decorators of functions, or of classes whose methods
    /// handle (`methods` names them).
    #[serde(default)]
    pub annotations: Vec<String>,
    /// Qualified names, or simple ones, of types that a handling class extends or implements.
    #[serde(default)]
    pub implements: Vec<String>,
    /// The methods that handle in such a class.
    #[serde(default)]
    pub methods: Vec<Name>,
    /// Qualified names of calls that are given a handler, or that hand out messages one by one, in
    /// which case the handler is the function around them.
    #[serde(default)]
    pub calls: Vec<String>,
    /// The position of the handler.
    #[serde(default)]
    pub handler: Option<u32>,
    /// Names under which the handler is given (`eachMessage`).
    #[serde(default)]
    pub handler_names: Vec<Name>,
    /// The call hands out messages; what handles them stands around it or after it.
    #[serde(default)]
    pub polls: bool,
    /// The position of the topic.
    #[serde(default)]
    pub topic: Option<u32>,
    /// Names under which the topic is given.
    #[serde(default)]
    pub topic_names: Vec<Name>,
}

impl ConsumerRow {
    /// Writes out braces, so that names compare as they are.
    pub(super) fn expanded(mut self) -> Self {
        for list in [&mut self.annotations, &mut self.implements, &mut self.calls] {
            *list = list.iter().flat_map(|name| expand(name)).map(String::from).collect();
        }
        self
    }

    /// The qualified names that the row speaks of.
    pub(super) fn names(&self) -> Vec<Name> {
        let lists = [&self.annotations, &self.implements, &self.calls];
        lists.into_iter().flatten().flat_map(|name| expand(name)).collect()
    }
}

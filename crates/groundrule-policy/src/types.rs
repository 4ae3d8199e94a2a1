//! The types of what conditions can name: derived from the subjects' schemas, checked against the
//! compiled expression, so that a misspelt attribute is found before anything is judged.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is known of a value's type before it is evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Anything: nothing is checked.
    Any,
    Bool,
    Number,
    String,
    /// A string that is one of these.
    Choice(Vec<String>),
    List(Box<Type>),
    Object(BTreeMap<String, Type>),
}

impl Type {
    /// The type that a JSON schema describes.
    pub(crate) fn of_schema(schema: &Value) -> Type {
        convert(schema, schema, 0)
    }
}

fn convert(schema: &Value, root: &Value, depth: usize) -> Type {
    if depth > 16 {
        return Type::Any;
    }
    if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
        let name = target.rsplit('/').next().unwrap_or_default();
        return match root.get("$defs").and_then(|defs| defs.get(name)) {
            Some(found) => convert(found, root, depth + 1),
            None => Type::Any,
        };
    }
    if let Some(names) = strings(schema.get("enum")) {
        return Type::Choice(names);
    }
    if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
        let mut names = Vec::new();
        for variant in variants {
            if let Some(name) = variant.get("const").and_then(Value::as_str) {
                names.push(name.to_owned());
            } else if let Some(more) = strings(variant.get("enum")) {
                names.extend(more);
            } else {
                return Type::Any;
            }
        }
        return Type::Choice(names);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => Type::Bool,
        Some("integer" | "number") => Type::Number,
        Some("string") => Type::String,
        Some("array") => Type::List(Box::new(
            schema.get("items").map_or(Type::Any, |items| convert(items, root, depth + 1)),
        )),
        Some("object") => match schema.get("properties").and_then(Value::as_object) {
            Some(fields) => Type::Object(
                fields
                    .iter()
                    .map(|(name, field)| (name.clone(), convert(field, root, depth + 1)))
                    .collect(),
            ),
            None => Type::Any,
        },
        _ => Type::Any,
    }
}

fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    value?.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use groundrule_facts::SubjectKind;

    use super::*;

    #[test]
    fn every_kind_of_subject_is_an_object_with_known_attributes() {
        for kind in SubjectKind::ALL {
            let Type::Object(fields) = Type::of_schema(kind.schema().as_value()) else {
                panic!("{kind:?} is no object");
            };
            assert!(!fields.is_empty());
            assert!(!fields.values().any(|field| *field == Type::Any), "{kind:?}: {fields:?}");
        }
    }

    #[test]
    fn documented_variants_are_choices() {
        let Type::Object(fields) = Type::of_schema(SubjectKind::OutboundCall.schema().as_value())
        else {
            panic!("no object");
        };
        let Type::Object(knob) = &fields["deadline"] else { panic!("no knob") };
        let Type::Choice(states) = &knob["state"] else { panic!("no choice") };
        assert!(states.contains(&"library-default".to_owned()), "{states:?}");
    }
}

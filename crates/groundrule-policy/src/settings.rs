//! Settings of a policy: declared by it with a type, given by the configuration.

use std::ops::Range;

use serde_json::{Value, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::problem::did_you_mean;
use crate::reader::{Reader, Sink, Text, texts_of};
use crate::types::Type;

/// A setting that a policy declares.
#[derive(Clone, Debug)]
pub struct Setting {
    /// In kebab-case; conditions name it with underscores.
    pub name: String,
    /// What it decides, in a sentence.
    pub doc: String,
    pub default: SettingValue,
    pub(crate) kind: Kind,
    /// The part of the dictionary that its words are added to.
    pub(crate) adds_to: Option<Text>,
    pub(crate) span: Range<usize>,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    Bool(bool),
    String(String),
    Strings(Vec<String>),
    Integer(i64),
    /// In seconds.
    Duration(f64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    String,
    Strings,
    Integer,
    Duration,
    Choice(Vec<String>),
}

const KINDS: [(&str, Kind); 6] = [
    ("bool", Kind::Bool),
    ("string", Kind::String),
    ("strings", Kind::Strings),
    ("integer", Kind::Integer),
    ("duration", Kind::Duration),
    ("enum", Kind::Choice(Vec::new())),
];

impl Setting {
    /// Reads `[settings.<name>]`.
    pub(crate) fn read(name: Text, reader: Reader<'_, '_>) -> Option<Self> {
        let written = reader.required("type");
        let doc = reader.required("doc").value;
        let values = reader.texts("values").unwrap_or_default();
        let adds_to = reader.text("adds-to");
        let mut kind =
            KINDS.iter().find(|(id, _)| *id == written.value).map(|(_, kind)| kind.clone());
        if kind.is_none() && !written.value.is_empty() {
            reader.sink.add(
                written.span,
                format!("`{}` is no type of a setting", written.value),
                did_you_mean(&written.value, KINDS.map(|(id, _)| id)),
            );
        }
        if let Some(Kind::Choice(names)) = &mut kind {
            *names = values.into_iter().map(|text| text.value).collect();
            if names.is_empty() {
                reader.sink.add(reader.head(), "an enum needs its values", "add `values = […]`");
            }
        }
        let default = match (reader.value("default"), &kind) {
            (Some(value), Some(kind)) => kind.read("default", value, reader.sink),
            (None, _) => {
                reader.sink.add(reader.head(), "a setting needs `default`", "");
                None
            }
            _ => None,
        };
        reader.finish();
        Some(Self {
            span: name.span,
            name: name.value,
            doc,
            default: default?,
            kind: kind?,
            adds_to,
        })
    }

    /// The name in conditions.
    pub(crate) fn variable(&self) -> String {
        self.name.replace('-', "_")
    }

    /// The type for the check of conditions.
    pub(crate) fn ty(&self) -> Type {
        match &self.kind {
            Kind::Bool => Type::Bool,
            Kind::String => Type::String,
            Kind::Strings => Type::List(Box::new(Type::String)),
            Kind::Integer | Kind::Duration => Type::Number,
            Kind::Choice(names) => Type::Choice(names.clone()),
        }
    }
}

impl Kind {
    /// Reads a value of this type; what is none is noted.
    pub(crate) fn read(
        &self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        sink: &Sink,
    ) -> Option<SettingValue> {
        let text = value.get_ref().as_str().map(str::to_owned);
        let found = match self {
            Kind::Bool => value.get_ref().as_bool().map(SettingValue::Bool),
            Kind::String => text.map(SettingValue::String),
            Kind::Strings => texts_of(value)
                .map(|texts| SettingValue::Strings(texts.into_iter().map(|t| t.value).collect())),
            Kind::Integer => value
                .get_ref()
                .as_integer()
                .and_then(|integer| integer.to_string().parse().ok())
                .map(SettingValue::Integer),
            Kind::Duration => text.and_then(|text| seconds(&text)).map(SettingValue::Duration),
            Kind::Choice(names) => {
                if let Some(text) = &text
                    && !names.contains(text)
                {
                    sink.add(
                        value.span(),
                        format!("`{text}` is no value of `{name}`"),
                        did_you_mean(text, names.iter().map(String::as_str).collect::<Vec<_>>()),
                    );
                    return None;
                }
                text.map(SettingValue::String)
            }
        };
        if found.is_none() {
            let wanted = match self {
                Kind::Bool => "`true` or `false`",
                Kind::String | Kind::Choice(_) => "a string",
                Kind::Strings => "a list of strings",
                Kind::Integer => "a whole number",
                Kind::Duration => "a duration such as `\"30s\"`, `\"5m\"`, `\"500ms\"`",
            };
            sink.add(value.span(), format!("`{name}` must be {wanted}"), "");
        }
        found
    }
}

impl SettingValue {
    /// As conditions see it.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            SettingValue::Bool(value) => json!(value),
            SettingValue::String(value) => json!(value),
            SettingValue::Strings(value) => json!(value),
            SettingValue::Integer(value) => json!(value),
            SettingValue::Duration(value) => json!(value),
        }
    }
}

/// `500ms`, `30s`, `5m`, `2h`, `7d` in seconds.
fn seconds(text: &str) -> Option<f64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let number: f64 = text[..split].trim().parse().ok()?;
    let unit = match &text[split..] {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Some(number * unit)
}

//! What handlers and consumers do with a request or message, and with a repeated one.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a failing test may panic")]

#[path = "../support/mod.rs"]
#[allow(dead_code, reason = "each test crate uses a part")]
mod support;

mod consumers;
mod csharp;
mod go;
mod jvm;
mod python;
mod rust;
mod typescript;

use groundrule_facts::{Attributes, Subject};

/// `METHOD path: effect guard [by]` of each route that may write, and `broker topic: …` of each
/// consumer.
fn repeats(files: &[(&str, &str)]) -> Vec<String> {
    let line = |subject: &Subject| {
        let (label, effect, repeat) = match &subject.attributes {
            Attributes::HttpRoute(route) if route.method != "GET" => {
                (format!("{} {}", route.method, route.path), route.effect, &route.repeat)
            }
            Attributes::MessageConsumer(consumer) => (
                format!("{} {}", consumer.broker, consumer.topic).trim().to_owned(),
                consumer.effect,
                &consumer.repeat,
            ),
            _ => return None,
        };
        let text = format!("{label}: {effect:?} {:?} {}", repeat.guard, repeat.by);
        Some(text.trim().to_owned())
    };
    support::linked(files).iter().filter_map(line).collect()
}

/// The names that the first route reads of its request, with where they stand in it.
fn keys(files: &[(&str, &str)]) -> Vec<String> {
    let subjects = support::linked(files);
    let route = subjects.iter().find_map(|subject| match &subject.attributes {
        Attributes::HttpRoute(route) => Some(route),
        _ => None,
    });
    let keys = route.map(|route| route.request_keys.as_slice()).unwrap_or_default();
    keys.iter().map(|key| format!("{} {}", key.source, key.name)).collect()
}

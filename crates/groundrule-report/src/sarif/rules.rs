//! Descriptors: policies as SARIF's rules, kinds of notices as its notifications.

use groundrule_policy::{PolicyInfo, Severity};

use super::RESULTS_LEFT_OUT;
use super::log::{Configuration, Descriptor, RuleProperties, Text};
use crate::notice::NoticeKind;

/// How long a description may be, in characters, before hosts cut or refuse it.
const LONGEST: usize = 1024;
/// How long a rule's name may be, in characters.
const LONGEST_NAME: usize = 255;
/// How many tags a host stores.
const MOST_TAGS: usize = 10;

pub(super) fn rule(policy: &PolicyInfo) -> Descriptor {
    let summary = if policy.summary.is_empty() { &policy.title } else { &policy.summary };
    let page = if policy.help_markdown.is_empty() {
        summary.clone()
    } else {
        policy.help_markdown.clone()
    };
    // A severity number makes a host show the result as a security alert, which a missing timeout
    // is not.
    let is_security = policy.category == "security" || policy.tags.iter().any(|t| t == "security");
    Descriptor {
        id: policy.id.to_string(),
        name: Some(pascal_case(&policy.title)),
        short_description: Text::plain(sentence(&policy.title)),
        full_description: Some(Text::plain(sentence(summary))),
        default_configuration: Some(Configuration { level: policy.severity.id() }),
        help: Some(Text { text: page.clone(), markdown: Some(page) }),
        properties: Some(RuleProperties {
            tags: tags(policy),
            precision: "high",
            problem_severity: policy.severity.id(),
            security_severity: is_security.then_some(match policy.severity {
                Severity::Error => "7.5",
                Severity::Warning => "5.0",
            }),
        }),
    }
}

/// In the order of the kinds of notices, and last the log's own.
pub(super) fn notifications() -> Vec<Descriptor> {
    let kinds = NoticeKind::ALL.into_iter().map(|kind| (kind.id(), kind.title()));
    let own = (RESULTS_LEFT_OUT, "Results were left out to keep to the limits of hosts.");
    kinds.chain([own]).map(|(id, title)| notification(id, title)).collect()
}

fn notification(id: &str, title: &str) -> Descriptor {
    Descriptor {
        id: id.to_string(),
        name: None,
        short_description: Text::plain(title),
        full_description: Some(Text::plain(title)),
        default_configuration: None,
        help: Some(Text::plain(title)),
        properties: None,
    }
}

fn tags(policy: &PolicyInfo) -> Vec<String> {
    let category = Some(policy.category.clone()).filter(|category| !category.is_empty());
    let mut tags: Vec<String> = category.into_iter().chain(policy.tags.iter().cloned()).collect();
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    tags.truncate(MOST_TAGS);
    tags
}

/// A title as an identifier: `No sensitive value is logged` as `NoSensitiveValueIsLogged`. It must
/// differ from the id, and must not be too long.
fn pascal_case(title: &str) -> String {
    let word = |part: &str| {
        let mut chars = part.chars();
        chars
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect::<String>())
    };
    let name: String = title.split(|c: char| !c.is_alphanumeric()).map(word).collect();
    name.chars().take(LONGEST_NAME).collect()
}

/// Cut to what a host takes, with a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() >= LONGEST {
        let cut: String = text.chars().take(LONGEST - 2).collect();
        return format!("{cut}….");
    }
    if text.ends_with(['.', '!', '?']) { text.to_string() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn only_security_policies_carry_a_security_severity() {
        let severity = |id: &str| {
            let policy = samples::mixed().policies.into_iter().find(|p| p.id == id);
            policy.map(|p| rule(&p)).and_then(|r| r.properties).and_then(|p| p.security_severity)
        };
        assert_eq!(severity("sensitive-logs"), Some("7.5"));
        assert_eq!(severity("timeouts"), None);
    }

    #[test]
    fn descriptions_fit_the_host_and_end_as_sentences() {
        assert_eq!(sentence("Every call ends"), "Every call ends.");
        assert_eq!(sentence("Every call ends."), "Every call ends.");
        assert_eq!(sentence(&"ä".repeat(5000)).chars().count(), LONGEST);
        assert_eq!(pascal_case("Every call ends"), "EveryCallEnds");
    }
}

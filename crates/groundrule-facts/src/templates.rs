//! Templates: the places in a text that values fill, in each notation.

use groundrule_unit::{Language, Name};

use crate::Treatment;
use crate::printed::Rendering;

/// A place in a template that a value fills.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    /// `{Name}`, `%(name)s`; a number in `{0}`.
    pub(crate) name: Name,
    pub(crate) how: Rendering,
    pub(crate) treatment: Treatment,
}

pub(crate) fn printf_holes(text: &str, language: Language) -> Vec<Hole> {
    let mut holes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            rest = after;
            continue;
        }
        let mut name = "";
        if let Some(after) = rest.strip_prefix('(')
            && let Some(end) = after.find(')')
        {
            name = &after[..end];
            rest = &after[end + 1..];
        }
        let Some(verb_at) = rest.find(|c: char| c.is_alphabetic()) else { break };
        let (flags, verb) = rest.split_at(verb_at);
        // Too far away to belong to the sign: it was a plain per cent.
        if flags.chars().any(|c| !"0123456789.+-# *[]'$ ".contains(c)) || flags.len() > 8 {
            continue;
        }
        let verb = verb.chars().next().unwrap_or('s');
        rest = &rest[verb_at + verb.len_utf8()..];
        let treatment = match (language, verb) {
            (Language::Go, 'T' | 'p' | 't') => Treatment::Derived,
            _ => Treatment::Plain,
        };
        let how = match (language, verb) {
            (Language::Python, 'r') => Rendering::Debug,
            (Language::TypeScript, 'o' | 'O' | 'j') => Rendering::Fields,
            _ => Rendering::Text,
        };
        holes.push(Hole { name: Name::new(name), how, treatment });
    }
    holes
}

pub(crate) fn brace_holes(text: &str) -> Vec<Hole> {
    holes_between(text, |inside| inside.is_empty() || !inside.contains([' ', '"', '\n']))
}

pub(crate) fn named_holes(text: &str) -> Vec<Hole> {
    holes_between(text, |inside| !inside.is_empty() && !inside.contains([' ', '"', '\n']))
}

fn holes_between(text: &str, counts: impl Fn(&str) -> bool) -> Vec<Hole> {
    let mut holes = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            rest = after;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let inside = &rest[..close];
        rest = &rest[close + 1..];
        if !counts(inside) {
            continue;
        }
        let how = if inside.starts_with('@') {
            Rendering::Properties
        } else if inside.contains("!r") || inside.contains(":?") {
            Rendering::Debug
        } else {
            Rendering::Text
        };
        let name = inside.trim_start_matches(['@', '$']);
        let name = name.split([':', '!', ',', '.', '[']).next().unwrap_or("");
        holes.push(Hole { name: Name::new(name), how, treatment: Treatment::Plain });
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_and_holes_are_read_as_their_languages_write_them() {
        let names = |holes: Vec<Hole>| -> Vec<String> {
            holes.into_iter().map(|hole| hole.name.to_string()).collect()
        };
        assert_eq!(printf_holes("100%% of %+v at %-5.2f", Language::Go).len(), 2);
        assert_eq!(printf_holes("%T", Language::Go)[0].treatment, Treatment::Derived);
        assert_eq!(names(printf_holes("%(user)s, %d%%", Language::Python)), ["user", ""]);
        assert_eq!(printf_holes("50% (of all)", Language::Python).len(), 0);
        assert_eq!(names(brace_holes("{} and {0} and {x!r}")), ["", "0", "x"]);
        assert_eq!(names(named_holes("{A} {@B:F2} {{C}} {}")), ["A", "B"]);
        assert_eq!(named_holes("{@B}")[0].how, Rendering::Properties);
    }
}

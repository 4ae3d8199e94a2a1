//! Comments that address groundrule, the same for every notation: the front end knows what a
//! comment is, this module what it says and whether it stands alone on its lines.

use groundrule_unit::{Comment, DocumentKind, Name, Span};

/// What a comment must hold to be kept.
pub(crate) const ADDRESS: &str = "groundrule:";

/// The comment in the bytes from `start` to `end`, if it addresses groundrule.
pub(crate) fn addressed(text: &str, start: usize, end: usize) -> Option<Comment> {
    let whole = text.get(start..end)?;
    let at = whole.match_indices(ADDRESS).map(|(at, _)| at).find(|&at| {
        let before = whole[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.' | '/' | '`'))
            || whole[..at].ends_with("//")
    })?;
    let said = whole[at..].trim_end_matches("*/").trim_end_matches("-->").trim();
    Some(Comment {
        text: Name::new(said),
        span: Span::new(start, end),
        alone: is_alone(text, start, end),
    })
}

/// Whether nothing but the braces that JSX puts around comments stands on its lines beside it.
fn is_alone(text: &str, start: usize, end: usize) -> bool {
    let blank = |part: &str| part.chars().all(|c| c.is_whitespace() || matches!(c, '{' | '}'));
    let before = text[..start].rsplit('\n').next().unwrap_or_default();
    let after = text[end..].split('\n').next().unwrap_or_default();
    blank(before) && blank(after)
}

/// The comments of a document: those that have their line to themselves. A `#` behind a value may
/// be a part of it, which only each notation's own reader could tell.
pub(crate) fn of_document(kind: DocumentKind, text: &str) -> Vec<Comment> {
    let sign = match kind {
        DocumentKind::Yaml
        | DocumentKind::Toml
        | DocumentKind::Properties
        | DocumentKind::Dockerfile => "#",
        DocumentKind::Xml => "<!--",
        DocumentKind::Sql => "--",
        DocumentKind::Json => return Vec::new(),
    };
    if !text.contains(ADDRESS) {
        return Vec::new();
    }
    let mut comments = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let inner = line.trim();
        if inner.starts_with(sign) {
            let from = start + (line.len() - line.trim_start().len());
            comments.extend(addressed(text, from, from + inner.len()));
        }
        start += line.len() + 1;
    }
    comments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, comment: &str) -> Option<(String, bool)> {
        let start = text.find(comment)?;
        addressed(text, start, start + comment.len())
            .map(|comment| (comment.text.to_string(), comment.alone))
    }

    #[test]
    fn a_comment_stands_alone_or_behind_code() {
        let alone = Some(("groundrule: allow(x)".to_owned(), true));
        let beside = Some(("groundrule: allow(x)".to_owned(), false));
        assert_eq!(said("a\n  # groundrule: allow(x)\nb", "# groundrule: allow(x)"), alone);
        assert_eq!(said("a # groundrule: allow(x)\nb", "# groundrule: allow(x)"), beside);
        assert_eq!(said("/* groundrule: allow(x) */ b", "/* groundrule: allow(x) */"), beside);
        assert_eq!(said("{/* groundrule: allow(x) */}", "/* groundrule: allow(x) */"), alone);
    }

    #[test]
    fn other_words_that_end_alike_do_not_address() {
        assert_eq!(said("# see my-groundrule: x", "# see my-groundrule: x"), None);
        assert_eq!(said("# `groundrule: x`", "# `groundrule: x`"), None);
        assert!(said("//groundrule: x", "//groundrule: x").is_some());
    }

    #[test]
    fn documents_have_comments_on_lines_of_their_own() {
        let yaml = "a: 1\n  # groundrule: allow(tracing) x\nb: \"# groundrule: y\"\n";
        let found = of_document(DocumentKind::Yaml, yaml);
        let texts: Vec<&str> = found.iter().map(|comment| comment.text.as_str()).collect();
        assert_eq!(texts, ["groundrule: allow(tracing) x"]);
        assert!(of_document(DocumentKind::Json, "# groundrule: x").is_empty());
        let xml = of_document(DocumentKind::Xml, "<!-- groundrule: allow(x) -- y -->\n<a/>");
        assert_eq!(xml[0].text, "groundrule: allow(x) -- y");
    }
}

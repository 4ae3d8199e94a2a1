//! Valid Kotlin that the grammar cannot read, made readable without moving a byte.

use std::borrow::Cow;

use groundrule_unit::Span;

/// The text as it is parsed. Labels may hold any letter, but the grammar knows ASCII alone, and
/// loses the whole file at any other: those letters are replaced, byte for byte.
pub(super) fn readable(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut labels = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        let label = before.len()..at;
        let is_label = text[at + 1..].starts_with([' ', '{', '\n', '\r', '\t']);
        if is_label && !text[label.clone()].is_ascii() {
            labels.push(label);
        }
    }
    if labels.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut copy = String::with_capacity(text.len());
    let mut done = 0;
    for label in labels {
        copy.push_str(&text[done..label.start]);
        for char in text[label.clone()].chars() {
            if char.is_ascii() {
                copy.push(char);
            } else {
                (0..char.len_utf8()).for_each(|_| copy.push('x'));
            }
        }
        done = label.end;
    }
    copy.push_str(&text[done..]);
    Cow::Owned(copy)
}

/// Whether the span is the item that the grammar misses in `[]`.
pub(super) fn is_empty_list(text: &str, span: Span) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    start == end
        && text.get(..start).is_some_and(|before| before.trim_end().ends_with('['))
        && text.get(end..).is_some_and(|after| after.trim_start().starts_with(']'))
}

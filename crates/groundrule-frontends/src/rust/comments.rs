//! Comments that address groundrule: `syn` leaves comments out, so they are found by a scan that
//! knows comments from strings and nothing more.

use groundrule_unit::Unit;

use crate::comments::{ADDRESS, addressed};

/// Notes the comments of `text` that address groundrule.
pub(super) fn note(text: &str, unit: &mut Unit) {
    if !text.contains(ADDRESS) {
        return;
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let len = match rest {
            [b'/', b'/', ..] => {
                let len = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                unit.comments.extend(addressed(text, at, at + len));
                len
            }
            [b'/', b'*', ..] => {
                let len = block_comment(rest);
                unit.comments.extend(addressed(text, at, at + len));
                len
            }
            [b'"', ..] => string(rest),
            [b'r', b'"' | b'#', ..] if !is_word(bytes, at) => raw_string(rest),
            [b'b', b'r', b'"' | b'#', ..] if !is_word(bytes, at) => 1 + raw_string(&rest[1..]),
            // A quote or an escape as a character; everything else between single quotes is as
            // harmless as a lifetime.
            [b'\'', b'"', b'\'', ..] => 3,
            [b'\'', b'\\', _, ..] => 3,
            _ => 1,
        };
        at += len;
    }
}

fn is_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string(rest: &[u8]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&b| b == b'#').count();
    let open = 1 + hashes;
    if rest.get(open) != Some(&b'"') {
        return 1;
    }
    let mut at = open + 1;
    while at < rest.len() {
        let closes = rest[at] == b'"'
            && rest.len() > at + hashes
            && rest[at + 1..at + 1 + hashes].iter().all(|&b| b == b'#');
        if closes {
            return at + 1 + hashes;
        }
        at += 1;
    }
    rest.len()
}

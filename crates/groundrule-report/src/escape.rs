//! Escaping: text from a repository is shown, and never interpreted, by whatever shows it.
//!
//! File names and lines of code are written by others. A terminal would obey their escape
//! sequences, a Markdown viewer their links, a SARIF viewer their brackets.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character moves the cursor, changes colours or direction, or hides: control
/// characters, bidirectional marks, invisible joiners, line and paragraph separators, tags.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}'
            | '\u{061c}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// One line of plain text: what cannot be printed becomes its code, `<U+001B>`.
pub fn line(text: &str) -> Cow<'_, str> {
    visible(text, |_| false)
}

/// Plain text of several lines: line ends stay, everything else as in [`line`].
pub fn lines(text: &str) -> Cow<'_, str> {
    visible(text, |c| c == '\n')
}

fn visible(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let odd = |c: char| is_unprintable(c) && !keep(c);
    if !text.contains(odd) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            c if odd(c) => push_code(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn push_code(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "<U+{:04X}>", u32::from(c));
}

/// A source text for an excerpt: what cannot be printed is replaced by as many bytes as it had, so
/// that places in the text stay true. Line ends and tabs stay.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let keep = |at: usize, c: char| match c {
        '\n' | '\t' => true,
        '\r' => bytes.get(at + 1) == Some(&b'\n'),
        c => !is_unprintable(c),
    };
    if text.char_indices().all(|(at, c)| keep(at, c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if keep(at, c) {
            out.push(c);
        } else {
            out.push_str(match c.len_utf8() {
                1 => "?",
                2 => "??",
                3 => "\u{fffd}",
                _ => "\u{fffd}?",
            });
        }
    }
    Cow::Owned(out)
}

/// A SARIF `message.text`: brackets would be links, and unprintable characters are shown by code.
pub fn sarif_message(text: &str) -> String {
    let text = lines(text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if matches!(c, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text inside Markdown prose.
pub fn markdown(text: &str) -> String {
    let text = line(text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A zero-width break keeps `@team` and `#1` from notifying and linking.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!'
            | '|' | '~' | '.' | ':' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A relative URI of a path with forward slashes: percent-encoded, without a leading slash.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 8);
    for byte in path.trim_start_matches('/').bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_are_shown_by_code() {
        assert_eq!(line("a\u{1b}[31mb\u{7}"), "a<U+001B>[31mb<U+0007>");
        assert_eq!(line("a\u{9b}31m"), "a<U+009B>31m");
        assert_eq!(line("a\nb\tc"), "a<U+000A>b c");
        assert_eq!(lines("a\nb\r"), "a\nb<U+000D>");
        assert_eq!(line("\u{202e}txt.exe"), "<U+202E>txt.exe");
        assert_eq!(line("größe 名前"), "größe 名前");
    }

    #[test]
    fn an_excerpt_keeps_every_place() {
        let text = "a\u{1b}b\u{85}c\u{202e}d\u{e0041}e\tf\r\ng\rh";
        let shown = excerpt(text);
        assert_eq!(shown.len(), text.len());
        assert!(!shown.contains(|c| is_unprintable(c) && !matches!(c, '\n' | '\t' | '\r')));
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_alphabetic()) {
            assert_eq!(shown[at..].chars().next(), Some(c));
        }
    }

    #[test]
    fn sarif_messages_hold_no_links() {
        assert_eq!(sarif_message("see [x](1)"), r"see \[x\](1)");
        assert_eq!(sarif_message(r"\[x]"), r"\\\[x\]");
    }

    #[test]
    fn markdown_is_inert() {
        let shown = markdown("<img src=x> [a](b) @team `x` | #1 https://x");
        assert_eq!(shown, r"&lt;img src=x&gt; \[a\]\(b\) &#64;team \`x\` \| \#1 https\://x");
    }

    #[test]
    fn uris_are_relative_and_encoded() {
        assert_eq!(uri("src/a b.js"), "src/a%20b.js");
        assert_eq!(uri("/etc/x"), "etc/x");
        assert_eq!(uri("ä#?%:.py"), "%C3%A4%23%3F%25%3A.py");
    }
}

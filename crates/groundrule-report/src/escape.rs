//! Escaping: text from a repository is shown, and never interpreted, by whatever shows it.
//!
//! File names and lines of code are written by others. A terminal would obey their escape
//! sequences, the runner of a workflow their commands, a Markdown viewer their links, a SARIF
//! viewer their brackets.

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
            | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Whether `text` starts with what the runners of pipelines obey in the middle of a line:
/// `##[error]`, `##vso[task.complete]`.
pub(crate) fn is_runner_command(text: &str) -> bool {
    let rest = text.strip_prefix("##").map(|rest| rest.trim_start_matches(char::is_alphabetic));
    rest.is_some_and(|rest| rest.starts_with('['))
}

/// One line of plain text: what cannot be printed or begins a runner's command becomes its code,
/// `<U+001B>`.
pub fn line(text: &str) -> Cow<'_, str> {
    visible(text, |_| false)
}

/// Plain text of several lines: line ends stay, everything else as in [`line`].
pub fn lines(text: &str) -> Cow<'_, str> {
    visible(text, |c| c == '\n')
}

fn visible(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let odd = |c: char| is_unprintable(c) && !keep(c);
    if !text.contains(|c: char| odd(c) || c == '#') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            '\t' => out.push(' '),
            '#' if is_runner_command(&text[at..]) => push_code(&mut out, c),
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

/// Text of several lines of which none begins with a workflow command, `::error::`.
pub fn line_starts(text: &str) -> Cow<'_, str> {
    let is_command = |line: &str| line.trim_start().starts_with("::");
    if !text.split('\n').any(is_command) {
        return Cow::Borrowed(text);
    }
    let broken = |line: &str| match is_command(line) {
        true => line.replacen("::", "<U+003A>:", 1),
        false => line.to_string(),
    };
    Cow::Owned(text.split('\n').map(broken).collect::<Vec<_>>().join("\n"))
}

/// A source text for an excerpt: what cannot be printed is replaced by as many bytes as it had, so
/// that places in the text stay true. Line ends and tabs stay.
pub fn excerpt(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let keep = |at: usize, c: char| match c {
        '\n' | '\t' => true,
        '\r' => bytes.get(at + 1) == Some(&b'\n'),
        '#' => !is_runner_command(&text[at..]),
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
            // The empty comment keeps `@team` from notifying: hosts look for it in text nodes.
            '@' => out.push_str("@<!-- -->"),
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

/// A message inside Markdown prose: what stands between backticks is shown as code.
pub fn markdown_message(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut parts = text.split('`').peekable();
    let mut is_code = false;
    while let Some(part) = parts.next() {
        match (is_code, parts.peek().is_some()) {
            // A backtick without its partner stands for itself.
            (true, false) => out.push_str(&format!("\\`{}", markdown(part))),
            (true, true) => out.push_str(&format!("<code>{}</code>", markdown(part))),
            (false, _) => out.push_str(&markdown(part)),
        }
        is_code = !is_code;
    }
    out
}

/// Text and attributes of XML 1.0.
pub fn xml(text: &str) -> String {
    let text = lines(text);
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // Readers would make a blank of it in an attribute.
            '\n' => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
    out
}

/// The data of a workflow command of GitHub's runner.
pub fn command_data(text: &str) -> String {
    lines(text).replace('%', "%25").replace('\n', "%0A")
}

/// A property of a workflow command of GitHub's runner.
pub fn command_property(text: &str) -> String {
    command_data(&line(text)).replace(':', "%3A").replace(',', "%2C")
}

/// The first `longest` characters, with a mark where something was cut.
pub fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
        None => Cow::Borrowed(text),
    }
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
    fn commands_of_a_runner_are_broken() {
        assert_eq!(line("a ##[error]b"), "a <U+0023>#[error]b");
        assert_eq!(line("####[group]"), "##<U+0023>#[group]");
        assert_eq!(lines("##vso[task.complete]"), "<U+0023>#vso[task.complete]");
        assert_eq!(excerpt("a\n##[stop-commands]x\n"), "a\n?#[stop-commands]x\n");
        assert_eq!(line("## heading [x]"), "## heading [x]");
    }

    #[test]
    fn no_line_begins_with_a_command() {
        assert_eq!(line_starts("a\n  ::error::x::y"), "a\n  <U+003A>:error::x::y");
        assert_eq!(line_starts("std::error::Error"), "std::error::Error");
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
        assert_eq!(shown, r"&lt;img src=x&gt; \[a\]\(b\) @<!-- -->team \`x\` \| \#1 https\://x");
    }

    #[test]
    fn code_in_a_message_cannot_end_itself() {
        assert_eq!(markdown_message("`a*` waits"), r"<code>a\*</code> waits");
        assert_eq!(markdown_message("`</code>` `"), "<code>&lt;/code&gt;</code> \\`");
    }

    #[test]
    fn xml_holds_no_markup_and_nothing_illegal() {
        assert_eq!(xml("]]><a b='\"&\n"), "]]&gt;&lt;a b=&apos;&quot;&amp;&#10;");
        assert_eq!(xml("\u{0}\u{fffe}"), "&lt;U+0000&gt;&lt;U+FFFE&gt;");
    }

    #[test]
    fn a_workflow_command_ends_where_it_should() {
        assert_eq!(command_data("100%\n::error::x\r"), "100%25%0A::error::x<U+000D>");
        assert_eq!(command_property("a,b:c\n%"), "a%2Cb%3Ac<U+000A>%25");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("größe", 3), "grö…");
        assert_eq!(cut("größe", 5), "größe");
    }

    #[test]
    fn uris_are_relative_and_encoded() {
        assert_eq!(uri("src/a b.js"), "src/a%20b.js");
        assert_eq!(uri("/etc/x"), "etc/x");
        assert_eq!(uri("ä#?%:.py"), "%C3%A4%23%3F%25%3A.py");
    }
}

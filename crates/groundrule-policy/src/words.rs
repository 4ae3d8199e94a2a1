//! Splits names into words, as people read them: `passCode`, `pass_code`, `PASS-CODE` are the same
//! two words, and `tokenizer` is one that is not `token`.

/// The words of a name or a sentence, in lower case and in the singular. Ends of words are
/// punctuation, a step from small to capital, the last capital of a row that a small letter
/// follows (`APIKey`), and a step between letters and digits.
pub(crate) fn split(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().take(MAX_NAME).collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &char) in chars.iter().enumerate() {
        if !char.is_alphanumeric() {
            flush(&mut word, &mut words);
            continue;
        }
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        if before.is_some_and(|before| starts_word(before, char, after)) {
            flush(&mut word, &mut words);
        }
        word.extend(char.to_lowercase());
    }
    flush(&mut word, &mut words);
    words
}

/// Names are short; a sentence that is longer than this is not read to its end.
const MAX_NAME: usize = 2_000;

fn starts_word(before: char, char: char, after: Option<char>) -> bool {
    if before.is_numeric() != char.is_numeric() {
        return true;
    }
    // The plural of an abbreviation (`URLs`, `IPs`) is no new word.
    let plural = |next: char| next == 's';
    char.is_uppercase()
        && (before.is_lowercase()
            || (before.is_uppercase()
                && after.is_some_and(|next| next.is_lowercase() && !plural(next))))
}

fn flush(word: &mut String, words: &mut Vec<String>) {
    if !word.is_empty() {
        words.push(singular(word));
        word.clear();
    }
}

/// One form for the singular and the plural of an English word; other words stay as they are.
fn singular(word: &str) -> String {
    // `cookies` and `cookie` must meet, and `identities` and `identity`.
    if let Some(stem) = word.strip_suffix("ie").filter(|stem| stem.len() > 3) {
        return format!("{stem}y");
    }
    if word.len() <= 3 || !word.ends_with('s') {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    if let Some(stem) = word.strip_suffix("sses") {
        return format!("{stem}ss");
    }
    if ["ss", "us", "is", "as"].iter().any(|end| word.ends_with(end)) {
        return word.to_owned();
    }
    word[..word.len() - 1].to_owned()
}

/// Words to look for, one or several in a row, and a row of words to find them in. Compared as
/// they are joined, so that `access token`, `accesstoken` and `access_token` are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    joined: String,
}

impl Phrase {
    pub(crate) fn new(text: &str) -> Self {
        Self { joined: split(text).concat() }
    }

    pub(crate) fn joined(&self) -> &str {
        &self.joined
    }
}

/// Whether the name holds one of the phrases as whole words in a row.
pub(crate) fn has_words(name: &str, phrases: &[Phrase]) -> bool {
    let words = split(name);
    (0..words.len()).any(|from| {
        let mut joined = String::new();
        words[from..].iter().take(MAX_PHRASE).any(|word| {
            joined.push_str(word);
            phrases.iter().any(|phrase| phrase.joined == joined)
        })
    })
}

/// The longest phrase, in words.
pub(crate) const MAX_PHRASE: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_as_people_read_them() {
        for (name, words) in [
            ("passCode", "pass code"),
            ("pass_code", "pass code"),
            ("PASS-CODE", "pass code"),
            ("APIKey", "api key"),
            ("userIDs", "user ids"),
            ("oauth2Token", "oauth 2 token"),
            ("addresses", "address"),
            ("addressLine1", "address line 1"),
            ("next_page_token", "next page token"),
            ("tokenizer", "tokenizer"),
            ("aktivtFødselsnummer", "aktivt fødselsnummer"),
            ("statuses", "statuse"),
            ("cookies", "cooky"),
            ("identities", "identity"),
            ("", ""),
            ("__", ""),
        ] {
            assert_eq!(split(name).join(" "), words, "{name}");
        }
    }

    #[test]
    fn phrases_are_found_as_whole_words_however_they_are_joined() {
        let phrases = [Phrase::new("access token"), Phrase::new("login")];
        for name in ["accessToken", "accesstoken", "my-access_tokens", "userLogin", "/log-in"] {
            assert!(has_words(name, &phrases), "{name}");
        }
        for name in ["accessTokenizer", "token", "blogIndex"] {
            assert!(!has_words(name, &phrases), "{name}");
        }
    }
}

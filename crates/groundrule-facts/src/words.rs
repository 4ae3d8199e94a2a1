//! Names taken apart: `insertOne`, `insert_one` and `InsertOne` hold the same words.

/// The words of a name, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut chars = name.chars().peekable();
    let mut before_lower = false;
    while let Some(c) = chars.next() {
        if !c.is_alphanumeric() {
            take(&mut word, &mut found);
            before_lower = false;
            continue;
        }
        // `userId`, and the `S` of `HTTPServer`.
        let starts = c.is_uppercase()
            && (before_lower
                || chars.peek().is_some_and(|next| next.is_lowercase()) && !word.is_empty());
        if starts {
            take(&mut word, &mut found);
        }
        before_lower = c.is_lowercase() || c.is_numeric();
        word.extend(c.to_lowercase());
    }
    take(&mut word, &mut found);
    found
}

/// The words of a name put together without anything between: how names are compared whose style
/// differs (`userName`, `user_name`).
pub(crate) fn joined(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn take(word: &mut String, found: &mut Vec<String>) {
    if !word.is_empty() {
        found.push(std::mem::take(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_every_style() {
        assert_eq!(words("insertOne"), ["insert", "one"]);
        assert_eq!(words("insert_one"), ["insert", "one"]);
        assert_eq!(words("HTTPServer"), ["http", "server"]);
        assert_eq!(words("_userId"), ["user", "id"]);
        assert_eq!(joined("user_Name"), "username");
    }
}

//! Version ranges of a model: `">=8"`, `"<0.36"`, `">=1.0, <2"`.

use serde::Deserialize;

/// A range of versions, compared number by number: registries differ in what else a version may
/// hold, and a default changes with a number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct VersionRange {
    bounds: Vec<(Bound, Vec<u64>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    AtLeast,
    Below,
}

impl TryFrom<String> for VersionRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bounds = text
            .split(',')
            .map(|part| {
                let part = part.trim();
                let (bound, version) = if let Some(rest) = part.strip_prefix(">=") {
                    (Bound::AtLeast, rest)
                } else if let Some(rest) = part.strip_prefix('<') {
                    (Bound::Below, rest)
                } else {
                    return Err(format!("`{part}` is neither `>=VERSION` nor `<VERSION`"));
                };
                Ok((bound, numbers(version)))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { bounds })
    }
}

impl VersionRange {
    /// Whether a version, or the lower end of what a build file asks for, lies in the range. A
    /// version that is not known is taken for the oldest.
    pub fn holds(&self, version: Option<&str>) -> bool {
        let version = version.and_then(lower_end).map(numbers).unwrap_or_default();
        self.bounds.iter().all(|(bound, limit)| match bound {
            Bound::AtLeast => version >= *limit,
            Bound::Below => version < *limit,
        })
    }
}

/// Whether what a build file asks for leaves open which major version it is: `>=5`, `*`, `latest`,
/// a branch. `^5.1`, `~=5.1`, `5.x` and `>=5,<6` do not.
pub(crate) fn is_open(asked: Option<&str>) -> bool {
    let Some(lower) = asked.and_then(lower_end) else { return true };
    let unbounded =
        asked.is_some_and(|asked| asked.trim().starts_with('>') && !asked.contains('<'));
    numbers(lower).is_empty() || unbounded
}

/// The part of a requirement that says which version it is at least; none where nothing does: only
/// an upper end, a property that was not resolved, an address, a branch.
fn lower_end(asked: &str) -> Option<&str> {
    let text = match asked.strip_prefix("npm:") {
        // Another package under this name.
        Some(alias) => alias.rsplit_once('@')?.1,
        None => asked,
    };
    if text.contains(['$', '/', '#', '@']) || text.contains(':') || text.starts_with(['(', '[']) {
        // Maven's ranges: `[4.0,5.0)` starts somewhere, `(,5.0)` does not.
        let inner = text.strip_prefix(['(', '['])?;
        let lower = inner.split(',').next()?.trim().trim_end_matches([']', ')']);
        return (!lower.is_empty() && !lower.contains(['$', '/', ':'])).then_some(lower);
    }
    text.split([',', ' ', '|'])
        .map(str::trim)
        .find(|part| !part.starts_with(['<', '!']) && part.contains(|c: char| c.is_ascii_digit()))
}

/// The leading numbers of a version or of a range's lower end: `^3.5.3`, `v1.2.0+incompatible`.
fn numbers(version: &str) -> Vec<u64> {
    let start = version.find(|c: char| c.is_ascii_digit()).unwrap_or(version.len());
    version[start..]
        .split('.')
        .map_while(|part| {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]
    use super::*;

    #[test]
    fn a_version_is_compared_number_by_number() {
        let range = VersionRange::try_from(">=8, <10".to_owned()).unwrap();
        assert!(
            range.holds(Some("8.1.0")) && range.holds(Some("v9.9")) && range.holds(Some("^8.0"))
        );
        assert!(!range.holds(Some("7.1.0")) && !range.holds(Some("10")));
    }

    #[test]
    fn the_lower_end_of_what_is_asked_for_counts() {
        let newer = VersionRange::try_from(">=8".to_owned()).unwrap();
        for asked in ["^8.0", ">=8.1,<9", "<9,>=8", "[8.0,9.0)", "~> 8.2", "8.x", "npm:redis@^8.1"]
        {
            assert!(newer.holds(Some(asked)), "{asked}");
        }
        for asked in [
            ">=5",
            "<9",
            "<=9.1",
            "!=8.0",
            "(,9.0)",
            "*",
            "latest",
            "${redis9.version}",
            "github:redis/redis#v9",
            "^7 || ^8",
        ] {
            assert!(!newer.holds(Some(asked)), "{asked}");
        }
    }

    #[test]
    fn a_requirement_without_an_upper_end_is_open() {
        for asked in [">=5", "> 4.2", "*", "latest", "<9", "${v}", ""] {
            assert!(is_open(Some(asked)), "{asked}");
        }
        for asked in ["^5.1", "~=5.1", "5.x", ">=5,<6", ">=5 <6", "5.1.0", "v1.2.3", "[4.0,5.0)"] {
            assert!(!is_open(Some(asked)), "{asked}");
        }
        assert!(is_open(None));
    }

    #[test]
    fn an_unknown_version_is_the_oldest() {
        assert!(!VersionRange::try_from(">=8".to_owned()).unwrap().holds(None));
        assert!(VersionRange::try_from("<8".to_owned()).unwrap().holds(None));
    }
}

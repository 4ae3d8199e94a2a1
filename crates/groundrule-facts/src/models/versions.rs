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
    /// Whether a version lies in the range. A version that is not known is taken for the oldest.
    pub fn holds(&self, version: Option<&str>) -> bool {
        let version = version.map(numbers).unwrap_or_default();
        self.bounds.iter().all(|(bound, limit)| match bound {
            Bound::AtLeast => version >= *limit,
            Bound::Below => version < *limit,
        })
    }
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
    fn an_unknown_version_is_the_oldest() {
        assert!(!VersionRange::try_from(">=8".to_owned()).unwrap().holds(None));
        assert!(VersionRange::try_from("<8".to_owned()).unwrap().holds(None));
    }
}

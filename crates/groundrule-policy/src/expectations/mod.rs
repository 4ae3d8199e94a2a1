//! Expectations: comments that say what a policy must say of the line they are about. Pages and
//! fixture services carry them, so that documentation is a test. Pure: who runs them is elsewhere.
//!
//! A comment `expect: <verdict> <policy>` stands at the end of the line that it is about, or alone
//! on the line before (several may stand above each other). The verdict is `pass`, `fail`,
//! `review`, `exempt`, or `none` where there must be no verdict; the policy may be followed by
//! `/<class>`. Several are separated by commas.

mod page;

use crate::verdict::{Verdict, VerdictKind};

pub use page::{Example, ExampleFile, examples};

/// What must be said of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// 1-based, in the file that carries the comment.
    pub line: u32,
    /// None where nothing must be said.
    pub kind: Option<VerdictKind>,
    pub policy: String,
    /// None where any class will do.
    pub class: Option<String>,
}

/// A comment that looks like an expectation and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// 1-based.
    pub line: u32,
    /// What is wrong, without a full stop.
    pub message: String,
}

/// A difference between what is expected of a file and what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// 1-based, in the file.
    pub line: u32,
    /// A sentence.
    pub message: String,
}

const LEADERS: [&str; 6] = ["#", "//", "/*", "--", "<!--", "*"];
const MARKER: &str = "expect:";

/// The expectations of a text, in any language whose comments start with `#`, `//`, `/*`, `--` or
/// `<!--`; and those that could not be read.
pub fn expectations(text: &str) -> (Vec<Expectation>, Vec<Malformed>) {
    let mut found = Vec::new();
    let mut malformed = Vec::new();
    let mut waiting: Vec<Expectation> = Vec::new();
    for (line, content) in (1..).zip(text.split('\n')) {
        let Some((code, marker)) = split_marker(content) else {
            for mut expectation in waiting.drain(..) {
                expectation.line = line;
                found.push(expectation);
            }
            continue;
        };
        let alone = code.trim().is_empty();
        if !alone {
            for mut expectation in waiting.drain(..) {
                expectation.line = line;
                found.push(expectation);
            }
        }
        for part in marker.split(',') {
            match read(part, line) {
                Ok(expectation) if alone => waiting.push(expectation),
                Ok(expectation) => found.push(expectation),
                Err(message) => malformed.push(Malformed { line, message }),
            }
        }
    }
    malformed.extend(waiting.into_iter().map(|expectation| Malformed {
        line: expectation.line,
        message: "no line follows this expectation".to_owned(),
    }));
    (found, malformed)
}

/// The code in front of the comment, and what stands behind the marker.
fn split_marker(line: &str) -> Option<(&str, &str)> {
    let at = line.find(MARKER)?;
    let before = line[..at].trim_end();
    let leader =
        LEADERS.iter().filter(|leader| before.ends_with(**leader)).max_by_key(|l| l.len())?;
    let code = &before[..before.len() - leader.len()];
    let rest = line[at + MARKER.len()..].trim();
    let rest = rest.strip_suffix("*/").or_else(|| rest.strip_suffix("-->")).unwrap_or(rest);
    Some((code, rest.trim()))
}

fn read(part: &str, line: u32) -> Result<Expectation, String> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let [verdict, standard] = words.as_slice() else {
        return Err(
            "write `expect: <verdict> <policy>` or `expect: <verdict> <policy>/<class>`".to_owned()
        );
    };
    let kind = match *verdict {
        "pass" => Some(VerdictKind::Pass),
        "fail" => Some(VerdictKind::Fail),
        "review" => Some(VerdictKind::Review),
        "exempt" => Some(VerdictKind::Exempt),
        "none" => None,
        other => {
            return Err(format!("`{other}` is no verdict: pass, fail, review, exempt or none"));
        }
    };
    let (policy, class) = match standard.split_once('/') {
        Some((policy, class)) => (policy, Some(class.to_owned())),
        None => (*standard, None),
    };
    Ok(Expectation { line, kind, policy: policy.to_owned(), class })
}

/// What differs between the expectations of one file and the verdicts on it. Failures and reviews
/// that nothing expects are differences, for `policy` and for every policy that an expectation of
/// the file names; passes are not.
pub fn differences(
    expectations: &[Expectation],
    verdicts: &[Verdict],
    path: &str,
    policy: Option<&str>,
) -> Vec<Difference> {
    let here: Vec<&Verdict> =
        verdicts.iter().filter(|verdict| &*verdict.place.path == path).collect();
    let mut differences = Vec::new();
    for expectation in expectations {
        let said: Vec<&&Verdict> = here
            .iter()
            .filter(|v| v.policy == expectation.policy && v.place.line == expectation.line)
            .collect();
        let met = match expectation.kind {
            None => said.is_empty(),
            Some(kind) => {
                said.iter().any(|verdict| verdict.kind == kind && expectation.fits(verdict))
            }
        };
        if !met {
            let found: Vec<String> = said.iter().map(|verdict| name(verdict)).collect();
            let found =
                if found.is_empty() { "nothing was said".to_owned() } else { found.join(", ") };
            let message = format!("expected {}, but {found}", expectation.name());
            differences.push(Difference { line: expectation.line, message });
        }
    }
    for verdict in here {
        let judged = policy == Some(verdict.policy.as_str())
            || expectations.iter().any(|expectation| verdict.policy == expectation.policy);
        let expected =
            expectations.iter().any(|e| e.line == verdict.place.line && verdict.policy == e.policy);
        if judged && !expected && matches!(verdict.kind, VerdictKind::Fail | VerdictKind::Review) {
            let message = format!("nothing expects {}: {}", name(verdict), verdict.message);
            differences.push(Difference { line: verdict.place.line, message });
        }
    }
    differences.sort_by_key(|difference| difference.line);
    differences
}

impl Expectation {
    fn fits(&self, verdict: &Verdict) -> bool {
        self.class.as_ref().is_none_or(|class| verdict.class == *class)
    }

    fn name(&self) -> String {
        let kind = self.kind.map_or("no verdict of", VerdictKind::id);
        match &self.class {
            Some(class) => format!("{kind} {}/{class}", self.policy),
            None => format!("{kind} {}", self.policy),
        }
    }
}

fn name(verdict: &Verdict) -> String {
    let kind = verdict.kind.id();
    if verdict.class.is_empty() {
        format!("{kind} {}", verdict.policy)
    } else {
        format!("{kind} {}/{}", verdict.policy, verdict.class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: u32, kind: Option<VerdictKind>, policy: &str, class: Option<&str>) -> Expectation {
        Expectation { line, kind, policy: policy.to_owned(), class: class.map(str::to_owned) }
    }

    #[test]
    fn an_expectation_at_the_end_of_a_line_is_about_that_line() {
        let (found, malformed) =
            expectations("import requests\nrequests.get(url)  # expect: fail timeouts/http\n");
        assert_eq!(found, [one(2, Some(VerdictKind::Fail), "timeouts", Some("http"))]);
        assert!(malformed.is_empty());
    }

    #[test]
    fn an_expectation_alone_is_about_the_next_line_of_code() {
        let text = "// expect: pass timeouts\n/* expect: fail retries */\nhttp.Get(url)\n";
        let (found, _) = expectations(text);
        assert_eq!(
            found,
            [
                one(3, Some(VerdictKind::Pass), "timeouts", None),
                one(3, Some(VerdictKind::Fail), "retries", None)
            ]
        );
    }

    #[test]
    fn several_expectations_stand_in_one_comment() {
        let (found, _) = expectations("x <!-- expect: none tracing, review timeouts -->");
        assert_eq!(
            found,
            [one(1, None, "tracing", None), one(1, Some(VerdictKind::Review), "timeouts", None)]
        );
    }

    #[test]
    fn what_is_no_verdict_is_malformed() {
        let (found, malformed) = expectations("a # expect: fails timeouts\nb # expect: pass\n");
        assert!(found.is_empty());
        assert_eq!(malformed.iter().map(|m| m.line).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn an_expectation_after_the_last_line_is_malformed() {
        let (_, malformed) = expectations("a\n# expect: fail timeouts");
        assert_eq!(malformed.len(), 1);
    }

    #[test]
    fn code_that_mentions_the_word_is_no_expectation() {
        let (found, malformed) = expectations("let expect: bool = true;\nexpect: fail timeouts");
        assert!(found.is_empty() && malformed.is_empty());
    }
}

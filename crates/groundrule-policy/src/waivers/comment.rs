//! Waivers as comments beside the code:
//! `groundrule: allow(timeouts) until=2027-03-31 owner=@payments plan=URL -- reason`.

use std::collections::BTreeMap;
use std::sync::Arc;

use groundrule_unit::{Comment, LineIndex, Name};

use super::{Scope, Waiver, WaiverOrigin, Written};
use crate::dates::day;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::policy::Policies;
use crate::problem::did_you_mean;

const FORM: &str = "groundrule: allow(POLICY) until=YYYY-MM-DD owner=WHO -- REASON";

/// A comment that addresses groundrule, where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeComment {
    pub path: Arc<str>,
    /// From `groundrule:` on, without the comment's own signs.
    pub text: Name,
    /// 1-based.
    pub line: u32,
    /// Where the comment ends.
    pub end_line: u32,
    /// Nothing else stands on its lines: it is about the next one.
    pub alone: bool,
}

impl CodeComment {
    /// The comment of a unit or document.
    pub fn new(path: &Arc<str>, lines: &LineIndex, comment: &Comment) -> Self {
        let last = comment.span.end.saturating_sub(1).max(comment.span.start);
        Self {
            path: path.clone(),
            text: comment.text.clone(),
            line: lines.line(comment.span.start),
            end_line: lines.line(last),
            alone: comment.alone,
        }
    }
}

/// The waivers in comments, and what is wrong with the others.
pub(crate) fn read_comments(
    comments: &[CodeComment],
    policies: &Policies,
) -> (Vec<Waiver>, Vec<Diagnostic>) {
    // Those that stand alone are about the first line below that is none of them.
    let alone: BTreeMap<(&str, u32), u32> = comments
        .iter()
        .filter(|comment| comment.alone)
        .map(|comment| ((&*comment.path, comment.line), comment.end_line))
        .collect();
    let mut waivers = Vec::new();
    let mut diagnostics = Vec::new();
    for comment in comments {
        let mut note = |kind, message| {
            let (path, line) = (comment.path.clone(), comment.line);
            diagnostics.push(Diagnostic { path, line, kind, message });
        };
        let (ids, terms) = match parse(&comment.text) {
            Ok(parsed) => parsed,
            Err(message) => {
                note(DiagnosticKind::WaiverMalformed, message);
                continue;
            }
        };
        let mut line = if comment.alone { comment.end_line + 1 } else { comment.line };
        while comment.alone
            && let Some(end) = alone.get(&(&*comment.path, line))
        {
            line = end + 1;
        }
        for id in ids {
            if !policies.knows(id) {
                let known = policies.iter().map(|policy| policy.info.id.as_str());
                let near = did_you_mean(id, known.collect::<Vec<_>>());
                let message = format!("there is no policy `{id}`: {near}");
                note(DiagnosticKind::WaiverUnknownPolicy, message);
                continue;
            }
            waivers.push(Waiver {
                policy: id.into(),
                scope: Scope::Line { line, behind: !comment.alone },
                terms: terms.clone(),
                path: comment.path.clone(),
                line: comment.line,
                origin: WaiverOrigin::Comment,
            });
        }
    }
    (waivers, diagnostics)
}

/// The policies and the terms of a comment.
fn parse(text: &str) -> Result<(Vec<&str>, Written), String> {
    let line = text.split('\n').next().unwrap_or_default().trim();
    let said = line.strip_prefix("groundrule:").unwrap_or(line).trim();
    let allowed = said.strip_prefix("allow").map(str::trim_start);
    let Some((ids, rest)) =
        allowed.and_then(|rest| rest.strip_prefix('(')).and_then(|rest| rest.split_once(')'))
    else {
        return Err(format!("write `{FORM}`"));
    };
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(format!("it names no policy: write `{FORM}`"));
    }
    Ok((ids, terms(rest)?))
}

fn terms(text: &str) -> Result<Written, String> {
    let (fields, reason) = split_reason(text);
    let mut values: BTreeMap<&str, &str> = BTreeMap::new();
    for field in fields.split_whitespace() {
        let Some((key, value)) = field.split_once('=').filter(|(_, value)| !value.is_empty())
        else {
            return Err(format!("`{field}` is no field: write `{FORM}`"));
        };
        const KEYS: [&str; 4] = ["until", "owner", "plan", "since"];
        if !KEYS.contains(&key) {
            return Err(format!("there is no field `{key}`: {}", did_you_mean(key, KEYS)));
        }
        if values.insert(key, value).is_some() {
            return Err(format!("`{key}` is given twice"));
        }
    }
    let date = |key: &str| match values.get(key) {
        None => Ok(None),
        Some(value) => match day(value) {
            Some(day) => Ok(Some(day)),
            None => Err(format!("`{value}` is no day: write `{key}=YYYY-MM-DD`")),
        },
    };
    let (until, since) = (date("until")?, date("since")?);
    let owner = values.get("owner");
    let mut missing = Vec::new();
    missing.extend(until.is_none().then_some("`until=YYYY-MM-DD`"));
    missing.extend(owner.is_none().then_some("`owner=WHO`"));
    missing.extend(reason.is_empty().then_some("`-- REASON`"));
    match (until, owner) {
        (Some(until), Some(owner)) if missing.is_empty() => Ok(Written {
            reason: reason.to_owned(),
            owner: (*owner).to_owned(),
            until,
            since,
            plan: values.get("plan").map(|plan| (*plan).to_owned()),
        }),
        _ => Err(format!("it lacks {}", missing.join(", "))),
    }
}

/// The fields, and what stands behind `--`. XML allows no `--` in comments: a dash will do.
fn split_reason(text: &str) -> (&str, &str) {
    let split = ["--", "—", "–"]
        .iter()
        .filter_map(|sign| {
            let at = text
                .match_indices(sign)
                .map(|(at, _)| at)
                .find(|&at| text[..at].ends_with(char::is_whitespace) || text[..at].is_empty())?;
            Some((at, at + sign.len()))
        })
        .min();
    match split {
        Some((at, end)) => (&text[..at], text[end..].trim()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_whole_form_is_read() {
        let text = "groundrule: allow(timeouts, retries) until=2027-03-31 owner=@payments \
                    plan=https://a.b/c?d=1--2 since=2026-11-01 -- moves to the queue -- soon";
        let (ids, terms) = parse(text).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(ids, ["timeouts", "retries"]);
        assert_eq!(terms.until, date(2027, 3, 31));
        assert_eq!(terms.since, Some(date(2026, 11, 1)));
        assert_eq!(terms.owner, "@payments");
        assert_eq!(terms.plan.as_deref(), Some("https://a.b/c?d=1--2"));
        assert_eq!(terms.reason, "moves to the queue -- soon");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let says = |text: &str| parse(text).err().unwrap_or_default();
        assert!(says("groundrule: ignore").contains("allow(POLICY)"));
        assert!(says("groundrule: allow() -- x").contains("names no policy"));
        let bare = says("groundrule: allow(timeouts)");
        assert_eq!(bare, "it lacks `until=YYYY-MM-DD`, `owner=WHO`, `-- REASON`");
        assert_eq!(
            says("groundrule: allow(timeouts) until=2027-01-01 owner=@a"),
            "it lacks `-- REASON`"
        );
        assert!(says("groundrule: allow(timeouts) until=soon owner=@a -- x").contains("`soon`"));
        assert!(says("groundrule: allow(timeouts) untli=x -- y").contains("did you mean `until`?"));
        assert!(says("groundrule: allow(timeouts) owner=@a owner=@b -- y").contains("twice"));
        assert!(says("groundrule: allow(timeouts) because -- y").contains("`because`"));
    }
}

//! Waivers: exceptions that are tracked. Read from the configuration and from comments beside the
//! code, applied to verdicts, listed.

mod apply;
mod comment;
mod configured;
mod edited;

use std::sync::Arc;

use groundrule_unit::{Name, Place};
use jiff::civil::Date;
use serde::Serialize;

use crate::dates::Term;
use crate::pattern::Pattern;
use crate::reader::Reader;

pub(crate) use apply::{Scene, apply};
pub use comment::CodeComment;
pub(crate) use comment::read_comments;
pub(crate) use configured::read_waivers;
pub(crate) use edited::edited;

/// An exception: who answers for it, why, and how long.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiver {
    pub(crate) policy: Name,
    pub(crate) scope: Scope,
    pub(crate) terms: Written,
    /// The file and the line where it is written.
    pub(crate) path: Arc<str>,
    pub(crate) line: u32,
    pub(crate) origin: WaiverOrigin,
}

/// What people write into a waiver beside its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) reason: String,
    pub(crate) owner: String,
    /// The last day on which it works.
    pub(crate) until: Date,
    pub(crate) since: Option<Date>,
    pub(crate) plan: Option<String>,
}

/// Where a waiver is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaiverOrigin {
    /// Beside the code.
    Comment,
    /// In `groundrule.toml`.
    Configuration,
}

/// What a waiver covers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope {
    /// What stands on a line of the file that holds the comment.
    Line {
        line: u32,
        /// The comment stands behind code: the last line of a place will do as well.
        behind: bool,
    },
    /// Whatever fits all that is given.
    Area(Box<Area>),
}

/// A part of the repository; what is not given fits everything.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) service: Option<Pattern>,
    pub(crate) path: Option<Pattern>,
    pub(crate) symbol: Option<String>,
    pub(crate) label: Option<String>,
}

/// What a policy demands of its waivers. None leaves it to the next wider setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Demands {
    pub(crate) plan_required: Option<bool>,
    pub(crate) longest_term: Option<Term>,
}

impl Demands {
    /// Reads a `[waivers]` table.
    pub(crate) fn read(parent: &Reader<'_, '_>) -> Self {
        let Some(table) = parent.table("waivers", "the demands on waivers") else {
            return Self::default();
        };
        let longest_term = table.text("longest-term").and_then(|text| {
            let term = Term::parse(&text.value);
            if term.is_none() {
                let message = format!("`{}` is no term", text.value);
                table.sink.add(text.span, message, "write `90 days`, `6 months`, `1 year`");
            }
            term
        });
        let demands = Self { plan_required: table.flag("plan-required"), longest_term };
        table.finish();
        demands
    }

    /// These, and the others where these say nothing.
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            plan_required: self.plan_required.or(others.plan_required),
            longest_term: self.longest_term.or(others.longest_term),
        }
    }
}

/// Whether a waiver works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It does.
    Holds,
    /// Its last day has passed.
    Expired,
    /// It asks for more than its policy allows, or lacks what the policy demands.
    Refused,
    /// Its policy is off or was left out of the run.
    NotJudged,
}

impl Standing {
    /// The name used in lists.
    pub fn id(self) -> &'static str {
        match self {
            Standing::Holds => "holds",
            Standing::Expired => "expired",
            Standing::Refused => "refused",
            Standing::NotJudged => "not-judged",
        }
    }
}

/// A waiver as lists name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaiverRow {
    pub policy: Name,
    pub owner: String,
    pub reason: String,
    pub plan: Option<String>,
    /// The last day on which it works.
    pub until: Date,
    /// The first day, where it says so.
    pub since: Option<Date>,
    /// Negative where it has ended.
    pub days_left: i32,
    /// None where it does not say since when it is there.
    pub age_days: Option<i32>,
    pub origin: WaiverOrigin,
    pub standing: Standing,
    pub path: Arc<str>,
    /// 1-based.
    pub line: u32,
    /// What it names, in words.
    pub scope: String,
    /// What it covers, in the order of the verdicts; of one that does not work, what it would.
    pub covers: Vec<Covered>,
}

/// A verdict under a waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    pub place: Place,
    pub label: Name,
    pub services: Vec<Arc<str>>,
    pub fingerprint: String,
}

impl Scope {
    /// In words.
    fn text(&self) -> String {
        let Scope::Area(area) = self else {
            return "its line".to_owned();
        };
        let Area { service, path, symbol, label } = &**area;
        let pattern = |pattern: &Option<Pattern>| pattern.as_ref().map(|p| p.text.clone());
        let parts = [
            ("service", pattern(service)),
            ("path", pattern(path)),
            ("symbol", symbol.clone()),
            ("label", label.clone()),
        ];
        let parts = parts.into_iter().filter_map(|(key, value)| Some(format!("{key} {}", value?)));
        parts.collect::<Vec<_>>().join(", ")
    }
}

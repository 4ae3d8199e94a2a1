//! The calls of a file by their qualified names, as library models are compared with them: to show
//! why a call is a subject, or why it is none.

use groundrule_unit::{ExprKind, Name, Place};

use crate::program::{Program, UnitIx};

/// A call and what it denotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCall {
    pub place: Place,
    /// As written in the source, shortened.
    pub written: String,
    /// Qualified names that the callee may have outside the repository; empty where it is the
    /// repository's own or cannot be told.
    pub names: Vec<Name>,
    /// Whether some library model speaks of one of the names.
    pub known: bool,
}

impl Program<'_> {
    /// The calls in a file, in source order; none where it was not parsed.
    pub fn calls_in(&self, path: &str) -> Vec<NamedCall> {
        let Ok(at) = self.units.binary_search_by(|unit| (*unit.path).cmp(path)) else {
            return Vec::new();
        };
        let ix = UnitIx(at as u32);
        let unit = self.unit(ix);
        let models = self.models.of(unit.language);
        let mut found: Vec<NamedCall> = unit
            .iter_exprs()
            .filter_map(|(_, expr)| {
                let ExprKind::Call(call) = &expr.kind else { return None };
                let names: Vec<Name> = self
                    .paths((ix, call.callee))
                    .into_iter()
                    .filter(|name| !name.starts_with("_."))
                    .collect();
                Some(NamedCall {
                    place: self.place((ix, call.callee)),
                    written: self.text((ix, call.callee)),
                    known: names.iter().any(|name| models.knows(name)),
                    names,
                })
            })
            .collect();
        found.sort_by_key(|call| (call.place.span.start, call.place.span.end));
        found
    }
}

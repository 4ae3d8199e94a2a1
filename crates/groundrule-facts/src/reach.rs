//! What a handler reaches: the functions that run when it is called, and what they do.

use std::collections::{BTreeSet, VecDeque};

use groundrule_unit::Name;

use crate::effects::{Act, Effects};
use crate::models::Deed;
use crate::program::{ExprRef, FunctionRef};

/// How many calls deep a handler is followed.
const DEPTH: u32 = 9;
/// How many functions of one handler are looked at.
const MOST: usize = 260;

/// What a handler reaches.
#[derive(Debug, Default)]
pub(crate) struct Reached {
    /// In the order of the search: nearest first.
    pub(crate) functions: Vec<(FunctionRef, u32)>,
    /// What they do, with how deep it stands.
    pub(crate) acts: Vec<(u32, Act)>,
    /// Calls on something that keeps state, of which nothing is known.
    pub(crate) open: Vec<ExprRef>,
    pub(crate) assigned: BTreeSet<Name>,
    /// There was more than could be looked at.
    pub(crate) cut: bool,
}

impl Reached {
    /// What changes something, nearest first.
    pub(crate) fn writes(&self) -> impl Iterator<Item = &(u32, Act)> {
        self.acts.iter().filter(|(_, act)| act.deed.writes())
    }

    /// Whether something is done that a repeat would do again: all but setting and deleting.
    pub(crate) fn creates(&self) -> bool {
        self.acts
            .iter()
            .any(|(_, act)| matches!(act.deed, Deed::Create | Deed::Upsert | Deed::Send))
    }
}

impl Effects<'_, '_> {
    /// Everything that runs when one of the functions is called.
    pub(crate) fn reach(&self, from: &[FunctionRef]) -> Reached {
        let mut reached = Reached::default();
        let mut seen: BTreeSet<FunctionRef> = from.iter().copied().collect();
        let mut open: VecDeque<(FunctionRef, u32)> = from.iter().map(|&f| (f, 0)).collect();
        while let Some((function, depth)) = open.pop_front() {
            if reached.functions.len() >= MOST {
                reached.cut = true;
                break;
            }
            let doing = self.doing(function);
            reached.functions.push((function, depth));
            reached.acts.extend(doing.acts.iter().map(|act| (depth, act.clone())));
            reached.open.extend(&doing.open);
            reached.assigned.extend(doing.assigned.iter().cloned());
            if depth >= DEPTH {
                reached.cut |= !doing.callees.is_empty();
                continue;
            }
            for &callee in &doing.callees {
                if seen.insert(callee) {
                    open.push_back((callee, depth + 1));
                }
            }
        }
        reached
    }
}

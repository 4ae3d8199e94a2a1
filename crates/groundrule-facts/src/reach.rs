//! What a handler reaches: the functions that run when it is called, and what they do.

use std::collections::{BTreeSet, VecDeque};

use groundrule_unit::Name;

use crate::effects::{Act, Effects};
use crate::models::{Deed, GuardWord};
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
    /// Functions from which something is written.
    pub(crate) leading: BTreeSet<FunctionRef>,
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
        let mut seen: BTreeSet<(FunctionRef, bool)> = BTreeSet::new();
        let mut open: VecDeque<(FunctionRef, u32, bool)> = VecDeque::new();
        for &function in from {
            let reads = self.only_reads(function);
            seen.insert((function, reads));
            open.push_back((function, 0, reads));
        }
        let mut later = Vec::new();
        while let Some((function, depth, reads)) = open.pop_front() {
            if reached.functions.len() >= MOST {
                reached.cut = true;
                break;
            }
            let doing = self.doing(function);
            // What is written while something is read (a copy that is kept, a row for a newcomer)
            // is no effect of its own.
            let counts = |act: &&Act| !reads || !act.deed.writes();
            if !reached.functions.iter().any(|(other, _)| *other == function) {
                reached.functions.push((function, depth));
            }
            reached.acts.extend(doing.acts.iter().filter(counts).map(|act| (depth, act.clone())));
            reached.open.extend(&doing.open);
            if !reads {
                later.extend(doing.later.iter().map(|act| (depth, act.clone())));
                reached.assigned.extend(doing.assigned.iter().cloned());
            }
            if depth >= DEPTH {
                reached.cut |= !doing.callees.is_empty();
                continue;
            }
            for &callee in &doing.callees {
                let reads = reads || self.only_reads(callee);
                if !seen.contains(&(callee, false)) && seen.insert((callee, reads)) {
                    open.push_back((callee, depth + 1, reads));
                }
            }
        }
        // What is done later counts where nothing is done at once.
        if reached.writes().next().is_none() {
            reached.acts.extend(later);
        }
        self.find_leading(&mut reached);
        reached
    }

    /// Whether a function says by its name that it is there to read.
    fn only_reads(&self, (ix, id): FunctionRef) -> bool {
        let name = &self.program.unit(ix).function(id).name;
        self.says(ix, GuardWord::Reading, name) && !self.says(ix, GuardWord::Writing, name)
    }

    /// Marks the functions from which something is written.
    fn find_leading(&self, reached: &mut Reached) {
        let written: BTreeSet<ExprRef> = reached.writes().map(|(_, act)| act.at).collect();
        loop {
            let before = reached.leading.len();
            for &(function, _) in reached.functions.iter().rev() {
                let doing = self.doing(function);
                let leads = doing.acts.iter().chain(&doing.later).any(|a| written.contains(&a.at))
                    || doing.callees.iter().any(|callee| reached.leading.contains(callee));
                if leads {
                    reached.leading.insert(function);
                }
            }
            if reached.leading.len() == before {
                return;
            }
        }
    }

    /// The functions that decide whether something is written: those from which it is, and what
    /// they call, with whether a way out of them is one out of the whole.
    pub(crate) fn deciding(&self, reached: &Reached, depth: u32) -> Vec<(FunctionRef, bool)> {
        let mut beside = BTreeSet::new();
        for &function in &reached.leading {
            for &callee in &self.doing(function).callees {
                beside.insert(callee);
                beside.extend(self.doing(callee).callees.iter().copied());
            }
        }
        reached
            .functions
            .iter()
            .take_while(|(_, at)| *at <= depth)
            .filter_map(|&(function, _)| match reached.leading.contains(&function) {
                true => Some((function, true)),
                false => beside.contains(&function).then_some((function, false)),
            })
            .collect()
    }
}

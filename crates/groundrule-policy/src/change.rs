//! A change: verdicts held against those of the base that it starts from. What was there before is
//! old, wherever it has moved to; what was not is new.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use groundrule_unit::Place;
use serde::Serialize;

use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::verdict::{Gate, Judgement, Verdict, VerdictKind};
use crate::waivers::{CodeComment, WaiverOrigin};

/// Where a failure comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The change brings it in.
    New,
    /// The base has it too.
    Old,
}

/// What became of a file of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is judged, under its own name or another one.
    Judged,
    Deleted,
    /// It is there, under this path, and is not judged.
    NotJudged {
        path: Arc<str>,
        why: String,
    },
}

/// The two versions of a repository.
pub trait Versions {
    /// What the file at a path was called at the base; none for a new one.
    fn before(&self, path: &str) -> Option<&str>;

    /// What became of the file that the base has at a path.
    fn fate(&self, path: &str) -> Fate;

    /// The code of a place that is judged.
    fn text(&self, place: &Place) -> String;

    /// The code of a place of the base.
    fn text_before(&self, place: &Place) -> String;
}

/// The base of a change, judged by the same rules.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    pub judgement: &'a Judgement,
    /// Comments in the base's code that address groundrule.
    pub comments: &'a [CodeComment],
    pub versions: &'a dyn Versions,
    /// Waivers beside the code hold as the base has them: what the change itself writes does not
    /// work yet.
    pub trusted: bool,
}

impl std::fmt::Debug for Base<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Base").field("trusted", &self.trusted).finish_non_exhaustive()
    }
}

impl Base<'_> {
    /// Tells new failures from old ones, and lets the base's waivers in comments go on. Gives back
    /// the failures of the base that are mended, and what is no longer looked at.
    pub(crate) fn apply(
        &self,
        verdicts: &mut [Verdict],
        services: &BTreeMap<&str, &str>,
    ) -> (Vec<Verdict>, Vec<Diagnostic>) {
        let before = &self.judgement.verdicts;
        let mut pairs = Pairs::new(self, verdicts);
        pairs.find();
        let Pairs { now, .. } = pairs;
        let folders = self.folders(services);
        let mut matched: BTreeSet<usize> = BTreeSet::new();
        for (at, verdict) in verdicts.iter_mut().enumerate() {
            if !is_open(verdict.kind) {
                continue;
            }
            let partners = match verdict.gates {
                Gate::Line => now.get(&at).copied().into_iter().collect(),
                Gate::Service => self.same_service(verdict, &folders),
            };
            let old = partners.iter().map(|at| &before[*at]).min_by_key(|old| rank(old.kind));
            self.settle(verdict, old);
            matched.extend(partners);
        }
        let known: BTreeSet<&str> = before.iter().map(|old| old.fingerprint.as_str()).collect();
        for verdict in verdicts.iter_mut().filter(|v| v.kind != VerdictKind::Fail) {
            let is_known = known.contains(verdict.fingerprint.as_str());
            verdict.origin = Some(if is_known { Origin::Old } else { Origin::New });
        }
        let mended = before.iter().enumerate().filter(|(at, verdict)| {
            verdict.kind == VerdictKind::Fail
                && !matched.contains(at)
                && matches!(self.versions.fate(&verdict.place.path), Fate::Judged | Fate::Deleted)
        });
        (mended.map(|(_, verdict)| verdict.clone()).collect(), self.not_judged())
    }

    /// What a verdict is, beside the one that stood for the same place.
    fn settle(&self, verdict: &mut Verdict, old: Option<&Verdict>) {
        let waived = old.filter(|old| {
            self.trusted
                && old.kind == VerdictKind::Exempt
                && old.waived == Some(WaiverOrigin::Comment)
        });
        if let Some(old) = waived
            && verdict.kind != VerdictKind::Exempt
        {
            verdict.kind = VerdictKind::Exempt;
            verdict.reasons.clone_from(&old.reasons);
            verdict.waived = old.waived;
        } else if verdict.kind == VerdictKind::Fail {
            let failed = old.is_some_and(|old| old.kind == VerdictKind::Fail);
            verdict.origin = Some(if failed { Origin::Old } else { Origin::New });
        }
    }

    /// The verdicts on the same services, under whatever names: what they failed or were excused
    /// from. None where one of several did neither.
    fn same_service(
        &self,
        verdict: &Verdict,
        folders: &BTreeMap<Arc<str>, Arc<str>>,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        for service in &verdict.services {
            let Some(folder) = folders.get(service) else { return Vec::new() };
            let all = self.judgement.verdicts.iter().enumerate().filter(|(_, old)| {
                old.policy == verdict.policy && is_open(old.kind) && old.services.contains(folder)
            });
            let before = found.len();
            found.extend(all.map(|(at, _)| at));
            if found.len() == before {
                return Vec::new();
            }
        }
        found
    }

    /// The folders that services had at the base, by the ones that they have.
    fn folders(&self, services: &BTreeMap<&str, &str>) -> BTreeMap<Arc<str>, Arc<str>> {
        let rows = &self.judgement.services;
        let gone: Vec<_> = rows.iter().filter(|row| !services.contains_key(&*row.folder)).collect();
        let mut found = BTreeMap::new();
        for (folder, name) in services {
            let same = rows.iter().find(|row| &*row.folder == *folder);
            let renamed = || {
                gone.iter().find(|row| row.name == *name).or_else(|| {
                    // Nothing of it is left where it was: it was moved as a whole.
                    gone.iter().find(|row| self.moved(&row.folder, folder))
                })
            };
            if let Some(row) = same.or_else(|| renamed().copied()) {
                found.insert((*folder).into(), row.folder.clone());
            }
        }
        found
    }

    /// Whether something that was judged in one folder is now in the other.
    fn moved(&self, from: &str, to: &str) -> bool {
        let inside = |path: &str, folder: &str| {
            path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        self.judgement.verdicts.iter().any(|old| {
            let Some(rest) = old.place.path.strip_prefix(from).filter(|rest| rest.starts_with('/'))
            else {
                return false;
            };
            let path = format!("{to}{rest}");
            inside(&path, to) && self.versions.before(&path) == Some(&*old.place.path)
        })
    }

    /// Files of the base that are there and no longer looked at.
    fn not_judged(&self) -> Vec<Diagnostic> {
        let mut sums: BTreeMap<&Arc<str>, (usize, usize)> = BTreeMap::new();
        for old in &self.judgement.verdicts {
            let (all, failed) = sums.entry(&old.place.path).or_default();
            *all += 1;
            *failed += usize::from(old.kind == VerdictKind::Fail);
        }
        let mut said = Vec::new();
        for (was, (all, failed)) in sums {
            if let Fate::NotJudged { path, why } = self.versions.fate(was) {
                let of = if all == 1 { "1 place".to_owned() } else { format!("{all} places") };
                let message = format!(
                    "{of} of `{was}` ({failed} failing) are no longer judged with this change: {why}"
                );
                let kind = DiagnosticKind::NoLongerJudged;
                said.push(Diagnostic { path, line: 1, kind, message });
            }
        }
        said
    }
}

/// A service that failed did fail, whatever else is said of it.
fn rank(kind: VerdictKind) -> usize {
    match kind {
        VerdictKind::Fail => 0,
        VerdictKind::Exempt => 1,
        VerdictKind::Review | VerdictKind::Pass => 2,
    }
}

fn is_open(kind: VerdictKind) -> bool {
    kind != VerdictKind::Pass
}

/// How much of a place must agree. Each round is looser than the one before, and takes only what
/// is still alone on both sides, so that the number of old failures never exceeds the base's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Nothing but its line has changed.
    Whole,
    /// The code was edited where it is.
    Edited,
    /// Its file has another name, and was changed so much that git would not know it.
    Renamed,
    /// The function around it has another name.
    Around,
    /// It was moved to another file as it is.
    Moved,
}

const ROUNDS: [Round; 5] =
    [Round::Whole, Round::Edited, Round::Renamed, Round::Around, Round::Moved];

type Key = [String; 5];

struct Pairs<'a> {
    base: &'a Base<'a>,
    verdicts: &'a [Verdict],
    /// Texts by index.
    texts: Vec<String>,
    texts_before: Vec<String>,
    /// By index in the verdicts: the index in those of the base.
    now: BTreeMap<usize, usize>,
    taken: BTreeSet<usize>,
}

impl<'a> Pairs<'a> {
    fn new(base: &'a Base<'a>, verdicts: &'a [Verdict]) -> Self {
        let text = |verdict: &Verdict, of: &dyn Fn(&Place) -> String| {
            if is_open(verdict.kind) { squeezed(&of(&verdict.place)) } else { String::new() }
        };
        let now = |place: &Place| base.versions.text(place);
        let before = |place: &Place| base.versions.text_before(place);
        Self {
            base,
            verdicts,
            texts: verdicts.iter().map(|verdict| text(verdict, &now)).collect(),
            texts_before: base.judgement.verdicts.iter().map(|v| text(v, &before)).collect(),
            now: BTreeMap::new(),
            taken: BTreeSet::new(),
        }
    }

    fn find(&mut self) {
        for round in ROUNDS {
            let mut groups: BTreeMap<Key, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
            for (at, verdict) in self.verdicts.iter().enumerate() {
                if is_open(verdict.kind) && !self.now.contains_key(&at) {
                    let path = self.base.versions.before(&verdict.place.path);
                    if let Some(key) = key(round, verdict, path, &self.texts[at]) {
                        groups.entry(key).or_default().0.push(at);
                    }
                }
            }
            for (at, verdict) in self.base.judgement.verdicts.iter().enumerate() {
                if is_open(verdict.kind) && !self.taken.contains(&at) {
                    let path = &*verdict.place.path;
                    // A name that is still in use is no old one.
                    let is_gone = || self.base.versions.fate(path) == Fate::Deleted;
                    let path = (round != Round::Renamed || !is_gone()).then_some(path);
                    if let Some(key) = key(round, verdict, path, &self.texts_before[at]) {
                        groups.entry(key).or_default().1.push(at);
                    }
                }
            }
            for (now, before) in groups.into_values() {
                self.pair(&now, &before);
            }
        }
    }

    /// Equal ones in the order of the source. Where their numbers differ, those of one kind first.
    fn pair(&mut self, now: &[usize], before: &[usize]) {
        let mut add = |now: usize, before: usize| {
            self.now.insert(now, before);
            self.taken.insert(before);
        };
        if now.len() == before.len() {
            now.iter().zip(before).for_each(|(now, before)| add(*now, *before));
            return;
        }
        let kind = |at: usize| self.verdicts[at].kind;
        let kind_before = |at: usize| self.base.judgement.verdicts[at].kind;
        let mut left: Vec<usize> = before.to_vec();
        let mut alone: Vec<usize> = Vec::new();
        for at in now {
            match left.iter().position(|old| kind_before(*old) == kind(*at)) {
                Some(found) => add(*at, left.remove(found)),
                None => alone.push(*at),
            }
        }
        alone.into_iter().zip(left).for_each(|(now, before)| add(now, before));
    }
}

fn key(round: Round, verdict: &Verdict, path: Option<&str>, text: &str) -> Option<Key> {
    if verdict.gates == Gate::Service {
        return None;
    }
    let path = match round {
        // Only among files that the other side does not have.
        Round::Renamed if path.is_some() => return None,
        Round::Renamed | Round::Moved => "",
        _ => path?,
    };
    let symbol = match round {
        Round::Around | Round::Moved => "",
        _ => verdict.symbol.as_str(),
    };
    let text = match round {
        Round::Edited | Round::Renamed => "",
        // Too little to be known again elsewhere.
        Round::Around | Round::Moved if text.is_empty() => return None,
        _ => text,
    };
    let sort = format!("{}\0{}", verdict.policy, verdict.class);
    let label = squeezed(&verdict.label);
    Some([sort, path.to_owned(), symbol.to_owned(), label, text.to_owned()])
}

/// Without white space, so that a formatter changes nothing.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

//! Waivers over verdicts: what is exempt, and what is to be said of the waivers themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Covered, Demands, Scope, Standing, Waiver, WaiverRow};
use crate::dates::days_between;
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::verdict::{Related, Verdict, VerdictKind};

/// How many days before its end a waiver is announced.
const ANNOUNCED: i32 = 30;
/// How many lines away a failure may be for a comment to be called misplaced.
const NEAR: u32 = 3;

/// What waivers are held against.
pub(crate) struct Scene<'a> {
    pub(crate) today: Date,
    /// The services' names, by folder.
    pub(crate) names: &'a BTreeMap<&'a str, &'a str>,
    /// Policies that ran, and what they demand.
    pub(crate) demands: &'a BTreeMap<&'a str, Demands>,
    /// Every policy ran: what covers nothing is of no use.
    pub(crate) complete: bool,
}

/// Makes covered verdicts exempt. Gives back the waivers as lists name them, in their order, and
/// what is to be said of them.
pub(crate) fn apply(
    waivers: &[Waiver],
    verdicts: &mut [Verdict],
    scene: &Scene<'_>,
) -> (Vec<WaiverRow>, Vec<Diagnostic>) {
    let mut open: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let policies: Vec<_> = verdicts.iter().map(|verdict| verdict.policy.clone()).collect();
    for (at, policy) in policies.iter().enumerate() {
        if matches!(verdicts[at].kind, VerdictKind::Fail | VerdictKind::Review) {
            open.entry(policy.as_str()).or_default().push(at);
        }
    }
    let empty = Vec::new();
    let judged: Vec<Judged<'_>> = waivers
        .iter()
        .map(|waiver| {
            let open = open.get(waiver.policy.as_str()).unwrap_or(&empty);
            let fits = |at: &&usize| waiver.fits(&verdicts[**at], scene);
            let covers = open.iter().filter(fits).copied().collect();
            let (standing, trouble) = standing(waiver, scene);
            Judged { waiver, standing, trouble, covers }
        })
        .collect();
    let rows = judged.iter().map(|judged| judged.row(verdicts, scene)).collect();
    let partly = exempt(&judged, verdicts, scene);
    let mut diagnostics = Vec::new();
    for (at, judged) in judged.iter().enumerate() {
        if judged.standing == Standing::Expired {
            judged.point_at(verdicts);
        }
        let open = open.get(judged.waiver.policy.as_str()).unwrap_or(&empty);
        let partly = partly.get(&at).map(Vec::as_slice).unwrap_or_default();
        diagnostics.extend(judged.diagnostics(verdicts, open, partly, scene));
    }
    (rows, diagnostics)
}

/// A waiver with what it covers.
struct Judged<'a> {
    waiver: &'a Waiver,
    standing: Standing,
    /// Why it does not work.
    trouble: Option<(DiagnosticKind, String)>,
    /// Indexes of verdicts.
    covers: Vec<usize>,
}

/// Whether a waiver works, and why not.
fn standing(waiver: &Waiver, scene: &Scene<'_>) -> (Standing, Option<(DiagnosticKind, String)>) {
    let Some(demands) = scene.demands.get(waiver.policy.as_str()) else {
        return (Standing::NotJudged, None);
    };
    let (terms, today) = (&waiver.terms, scene.today);
    let refused = |kind, message| (Standing::Refused, Some((kind, message)));
    if terms.until < today {
        let message = format!("it ended on {}", terms.until);
        return (Standing::Expired, Some((DiagnosticKind::WaiverExpired, message)));
    }
    if let Some(since) = terms.since.filter(|since| *since > today) {
        let message = format!("`since` is {since}, which is still to come");
        return refused(DiagnosticKind::WaiverMalformed, message);
    }
    if demands.plan_required == Some(true) && terms.plan.is_none() {
        let message = format!("`{}` demands a plan: add a link as `plan`", waiver.policy);
        return refused(DiagnosticKind::WaiverWithoutPlan, message);
    }
    if let Some(term) = demands.longest_term {
        let latest = term.end(terms.since.unwrap_or(today));
        if terms.until > latest {
            let message = format!(
                "`{}` allows {term}, until {latest} here, and it asks for {}",
                waiver.policy, terms.until
            );
            return refused(DiagnosticKind::WaiverTooLong, message);
        }
    }
    (Standing::Holds, None)
}

impl Waiver {
    /// Whether a verdict of its policy is meant, in some service at least.
    fn fits(&self, verdict: &Verdict, scene: &Scene<'_>) -> bool {
        match &self.scope {
            Scope::Line { line, behind } => {
                let place = &verdict.place;
                place.path == self.path
                    && (place.line == *line || (*behind && place.end_line == *line))
            }
            Scope::Area(area) => {
                let fits = |wanted: &Option<String>, is: &str, fit: fn(&str, &str) -> bool| {
                    wanted.as_ref().is_none_or(|wanted| fit(wanted, is))
                };
                self.fits_area(verdict, scene)
                    && fits(&area.symbol, &verdict.symbol, is_symbol)
                    && fits(&area.label, &verdict.label, |wanted, is| wanted == is)
            }
        }
    }

    /// Whether a verdict lies where an area does, whatever its symbol and label.
    fn fits_area(&self, verdict: &Verdict, scene: &Scene<'_>) -> bool {
        let Scope::Area(area) = &self.scope else { return false };
        area.path.as_ref().is_none_or(|path| path.fits_path(&verdict.place.path))
            && verdict.services.iter().any(|service| self.names(service, scene))
    }

    /// Whether it speaks of a service.
    fn names(&self, folder: &Arc<str>, scene: &Scene<'_>) -> bool {
        let Scope::Area(area) = &self.scope else { return true };
        let Some(service) = &area.service else { return true };
        let name = scene.names.get(&**folder).copied().unwrap_or_default();
        service.fits_service(folder, name)
    }

    fn justification(&self) -> String {
        let terms = &self.terms;
        let plan = terms.plan.as_ref().map(|plan| format!(", {plan}")).unwrap_or_default();
        format!("{} ({}, until {}{plan})", terms.reason, terms.owner, terms.until)
    }
}

/// The symbol itself, or the last parts of a longer one.
fn is_symbol(wanted: &str, symbol: &str) -> bool {
    symbol.strip_suffix(wanted).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Makes verdicts exempt of which every service is covered. Gives back, by waiver, the verdicts of
/// which some are not.
fn exempt(
    judged: &[Judged<'_>],
    verdicts: &mut [Verdict],
    scene: &Scene<'_>,
) -> BTreeMap<usize, Vec<usize>> {
    let mut by_verdict: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, judged) in judged.iter().enumerate() {
        if judged.standing == Standing::Holds {
            for verdict in &judged.covers {
                by_verdict.entry(*verdict).or_default().push(at);
            }
        }
    }
    let mut partly: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, by) in by_verdict {
        let verdict = &mut verdicts[at];
        let covered =
            |service| by.iter().any(|waiver| judged[*waiver].waiver.names(service, scene));
        if verdict.services.iter().all(covered) {
            verdict.kind = VerdictKind::Exempt;
            verdict.reasons = by.iter().map(|w| judged[*w].waiver.justification()).collect();
            verdict.waived = by.first().map(|waiver| judged[*waiver].waiver.origin);
        } else {
            for waiver in by {
                partly.entry(waiver).or_default().push(at);
            }
        }
    }
    partly
}

impl Judged<'_> {
    fn row(&self, verdicts: &[Verdict], scene: &Scene<'_>) -> WaiverRow {
        let Waiver { policy, scope, terms, path, line, origin } = self.waiver;
        let covered = |at: &usize| {
            let Verdict { place, label, services, fingerprint, .. } = verdicts[*at].clone();
            Covered { place, label, services, fingerprint }
        };
        WaiverRow {
            policy: policy.clone(),
            owner: terms.owner.clone(),
            reason: terms.reason.clone(),
            plan: terms.plan.clone(),
            until: terms.until,
            since: terms.since,
            days_left: days_between(scene.today, terms.until),
            age_days: terms.since.map(|since| days_between(since, scene.today)),
            origin: *origin,
            standing: self.standing,
            path: path.clone(),
            line: *line,
            scope: scope.text(),
            covers: self.covers.iter().map(covered).collect(),
        }
    }

    /// Shows a waiver that has ended beside what fails again.
    fn point_at(&self, verdicts: &mut [Verdict]) {
        for at in &self.covers {
            let verdict = &mut verdicts[*at];
            if verdict.kind == VerdictKind::Fail {
                let place = groundrule_unit::Place {
                    line: self.waiver.line,
                    end_line: self.waiver.line,
                    ..groundrule_unit::Place::top_of(self.waiver.path.clone())
                };
                let note = format!("the waiver here ended on {}", self.waiver.terms.until);
                verdict.related.push(Related { place, note });
            }
        }
    }

    fn diagnostics(
        &self,
        verdicts: &[Verdict],
        open: &[usize],
        partly: &[usize],
        scene: &Scene<'_>,
    ) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let mut note = |kind, message: String| {
            let (path, line) = (self.waiver.path.clone(), self.waiver.line);
            found.push(Diagnostic { path, line, kind, message });
        };
        if let Some((kind, message)) = &self.trouble {
            let again = match (kind, self.covers.len()) {
                (DiagnosticKind::WaiverExpired, 0) => ", and covers nothing: remove it".to_owned(),
                (_, 0) => String::new(),
                (_, 1) => ": 1 place is judged without it".to_owned(),
                (_, count) => format!(": {count} places are judged without it"),
            };
            note(*kind, format!("{message}{again}"));
        }
        if self.standing != Standing::Holds {
            return found;
        }
        if self.covers.is_empty() {
            if scene.complete {
                let (kind, message) = self.idle(verdicts, open, scene);
                note(kind, message);
            }
            return found;
        }
        let left = days_between(scene.today, self.waiver.terms.until);
        if left <= ANNOUNCED {
            let when = match left {
                0 => "today".to_owned(),
                1 => "tomorrow".to_owned(),
                left => format!("in {left} days, on {}", self.waiver.terms.until),
            };
            let Waiver { policy, terms, .. } = self.waiver;
            note(
                DiagnosticKind::WaiverEnding,
                format!("`{policy}` is enforced again {when}: {} mends it by then", terms.owner),
            );
        }
        let left_out: BTreeSet<&str> = partly
            .iter()
            .flat_map(|at| &verdicts[*at].services)
            .filter(|service| !self.waiver.names(service, scene))
            .map(|service| &**service)
            .collect();
        if !left_out.is_empty() {
            let services = left_out.into_iter().collect::<Vec<_>>().join(", ");
            note(
                DiagnosticKind::WaiverIncomplete,
                format!("the code also runs in {services}: name it by its path instead"),
            );
        }
        found
    }

    /// What a waiver that covers nothing would have to be changed to.
    fn idle(
        &self,
        verdicts: &[Verdict],
        open: &[usize],
        scene: &Scene<'_>,
    ) -> (DiagnosticKind, String) {
        let failing = || {
            let open = open.iter().map(|at| &verdicts[*at]);
            open.filter(|verdict| matches!(verdict.kind, VerdictKind::Fail | VerdictKind::Review))
        };
        let policy = &self.waiver.policy;
        match &self.waiver.scope {
            Scope::Line { line, .. } => {
                let here = failing().filter(|verdict| verdict.place.path == self.waiver.path);
                let away = |verdict: &Verdict| {
                    let (start, end) = (verdict.place.line, verdict.place.end_line);
                    if *line < start { start - line } else { line.saturating_sub(end) }
                };
                let near = here
                    .map(|verdict| (away(verdict), verdict.place.line))
                    .filter(|(away, _)| *away <= NEAR)
                    .min();
                if let Some((_, line)) = near {
                    let before = match line {
                        1 => String::new(),
                        line => format!(", or alone on the line before it ({})", line - 1),
                    };
                    let message = format!("`{policy}` fails on line {line}: put it there{before}");
                    return (DiagnosticKind::WaiverMisplaced, message);
                }
            }
            Scope::Area(area) => {
                let near = failing().find(|verdict| self.waiver.fits_area(verdict, scene));
                if let Some(Verdict { place, symbol, label, .. }) = near {
                    let message = format!(
                        "its symbol or label fits nothing: `{policy}` fails at {}:{}, where the \
                         symbol is `{symbol}` and the label `{label}`",
                        place.path, place.line
                    );
                    return (DiagnosticKind::WaiverMisplaced, message);
                }
                if let Some(service) = &area.service
                    && !scene.names.iter().any(|(folder, name)| service.fits_service(folder, name))
                {
                    let message = format!("no service is `{}`", service.text);
                    return (DiagnosticKind::WaiverUnused, message);
                }
            }
        }
        let message = format!("`{policy}` does not fail here: remove it");
        (DiagnosticKind::WaiverUnused, message)
    }
}

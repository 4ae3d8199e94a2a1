//! Adoption: how far each standard has spread, by service and by site. The same numbers for every
//! format.

use std::collections::BTreeMap;
use std::sync::Arc;

use groundrule_policy::{PolicyInfo, ServiceRow, Verdict, VerdictKind};
use groundrule_unit::Name;
use schemars::JsonSchema;
use serde::Serialize;

/// How adoption is counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdoptionSettings {
    /// The share of passing sites, among those that pass or fail, from which on a service adopts a
    /// standard: from 0 to 1. At 1 a single failure keeps it from adopting.
    pub threshold: f64,
}

impl Default for AdoptionSettings {
    fn default() -> Self {
        Self { threshold: 1.0 }
    }
}

/// Where a service stands with a standard. Exactly one for each pair of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It adopts the standard.
    Pass,
    /// It does not.
    Fail,
    /// It cannot be told: nothing passes or fails, and something is to review.
    Review,
    /// All that there is to judge is under a waiver.
    Exempt,
    /// The standard does not apply to anything in it.
    NotApplicable,
}

impl State {
    /// Every state, in the order of the reports.
    pub const ALL: [State; 5] =
        [State::Pass, State::Fail, State::Review, State::Exempt, State::NotApplicable];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::Pass => "pass",
            State::Fail => "fail",
            State::Review => "review",
            State::Exempt => "exempt",
            State::NotApplicable => "not applicable",
        }
    }
}

/// A count for each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sites {
    pub pass: usize,
    pub fail: usize,
    pub review: usize,
    pub exempt: usize,
}

impl Sites {
    fn add(&mut self, kind: VerdictKind) {
        match kind {
            VerdictKind::Pass => self.pass += 1,
            VerdictKind::Fail => self.fail += 1,
            VerdictKind::Review => self.review += 1,
            VerdictKind::Exempt => self.exempt += 1,
        }
    }

    /// Passing over passing plus failing; none where neither is.
    pub fn rate(self) -> Option<Rate> {
        Rate::new(self.pass, self.pass + self.fail)
    }

    /// Where a service with these sites stands.
    pub fn state(self, settings: &AdoptionSettings) -> State {
        match self.rate() {
            Some(_) if self.fail == 0 => State::Pass,
            Some(rate) if rate.share() >= settings.threshold => State::Pass,
            Some(_) => State::Fail,
            None if self.review > 0 => State::Review,
            None if self.exempt > 0 => State::Exempt,
            None => State::NotApplicable,
        }
    }
}

/// A share of a whole that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub part: usize,
    pub whole: usize,
}

impl Rate {
    fn new(part: usize, whole: usize) -> Option<Self> {
        (whole > 0).then_some(Self { part, whole })
    }

    /// The share of all their wholes together; none where there is no rate.
    pub fn sum(rates: impl IntoIterator<Item = Self>) -> Option<Self> {
        let add = |a: Self, b: Self| Self { part: a.part + b.part, whole: a.whole + b.whole };
        rates.into_iter().reduce(add)
    }

    /// From 0 to 1 with four decimals, cut off and not rounded: 1 means all of them.
    pub fn decimal(self) -> f64 {
        (self.part as u128 * 10_000 / self.whole as u128) as f64 / 10_000.0
    }

    /// From 0 to 1.
    pub fn share(self) -> f64 {
        self.part as f64 / self.whole as f64
    }

    /// In percent with one decimal, cut off and not rounded: 100 % means all of them.
    pub fn percent(self) -> String {
        let tenths = self.part as u128 * 1000 / self.whole as u128;
        match tenths % 10 {
            0 => format!("{}%", tenths / 10),
            rest => format!("{}.{rest}%", tenths / 10),
        }
    }
}

/// One service under one standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub state: State,
    pub sites: Sites,
}

/// A count for each state. They add up to the number of services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Totals {
    pub pass: usize,
    pub fail: usize,
    pub review: usize,
    pub exempt: usize,
    pub not_applicable: usize,
}

impl Totals {
    fn add(&mut self, state: State) {
        match state {
            State::Pass => self.pass += 1,
            State::Fail => self.fail += 1,
            State::Review => self.review += 1,
            State::Exempt => self.exempt += 1,
            State::NotApplicable => self.not_applicable += 1,
        }
    }

    /// The number of services in that state.
    pub fn of(self, state: State) -> usize {
        match state {
            State::Pass => self.pass,
            State::Fail => self.fail,
            State::Review => self.review,
            State::Exempt => self.exempt,
            State::NotApplicable => self.not_applicable,
        }
    }

    /// Services that adopt over those that do or do not; none where neither is.
    pub fn rate(self) -> Option<Rate> {
        Rate::new(self.pass, self.pass + self.fail)
    }
}

/// One standard over all services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    pub policy: Name,
    /// One a service, in the order of [`Adoption::services`].
    pub cells: Vec<Cell>,
    /// Services by state.
    pub services: Totals,
    /// Places by verdict, each counted once even where several services share it.
    pub sites: Sites,
}

/// Services by standards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adoption {
    /// The folders of the services, as reports name them.
    pub services: Vec<Arc<str>>,
    /// In the order of the policies.
    pub standards: Vec<Standard>,
}

impl Adoption {
    /// Counts verdicts. A verdict of shared code counts for each service that it names.
    pub fn count<'a>(
        policies: &[PolicyInfo],
        services: &[ServiceRow],
        verdicts: impl IntoIterator<Item = &'a Verdict>,
        settings: &AdoptionSettings,
    ) -> Self {
        let rows: BTreeMap<&str, usize> =
            services.iter().enumerate().map(|(at, row)| (&*row.folder, at)).collect();
        let columns: BTreeMap<&str, usize> =
            policies.iter().enumerate().map(|(at, policy)| (policy.id.as_str(), at)).collect();
        let mut by_service = vec![vec![Sites::default(); services.len()]; policies.len()];
        let mut by_place = vec![Sites::default(); policies.len()];
        for verdict in verdicts {
            let Some(&column) = columns.get(verdict.policy.as_str()) else { continue };
            by_place[column].add(verdict.kind);
            for service in &verdict.services {
                if let Some(&row) = rows.get(&**service) {
                    by_service[column][row].add(verdict.kind);
                }
            }
        }
        let standards = policies
            .iter()
            .zip(by_service.into_iter().zip(by_place))
            .map(|(policy, (services, sites))| standard(policy, &services, sites, settings))
            .collect();
        Self { services: services.iter().map(|row| row.folder.clone()).collect(), standards }
    }
}

fn standard(
    policy: &PolicyInfo,
    services: &[Sites],
    sites: Sites,
    settings: &AdoptionSettings,
) -> Standard {
    let cells: Vec<Cell> =
        services.iter().map(|&sites| Cell { state: sites.state(settings), sites }).collect();
    let mut totals = Totals::default();
    for cell in &cells {
        totals.add(cell.state);
    }
    Standard { policy: policy.id.clone(), cells, services: totals, sites }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn sites(pass: usize, fail: usize, review: usize, exempt: usize) -> Sites {
        Sites { pass, fail, review, exempt }
    }

    #[test]
    fn a_service_adopts_when_something_passes_and_nothing_fails() {
        let strict = AdoptionSettings::default();
        assert_eq!(sites(2, 0, 3, 1).state(&strict), State::Pass);
        assert_eq!(sites(99, 1, 0, 0).state(&strict), State::Fail);
        assert_eq!(sites(0, 0, 1, 1).state(&strict), State::Review);
        assert_eq!(sites(0, 0, 0, 1).state(&strict), State::Exempt);
        assert_eq!(sites(0, 0, 0, 0).state(&strict), State::NotApplicable);
    }

    #[test]
    fn a_lower_threshold_forgives_some_failures() {
        let lenient = AdoptionSettings { threshold: 0.9 };
        assert_eq!(sites(9, 1, 0, 0).state(&lenient), State::Pass);
        assert_eq!(sites(8, 1, 0, 0).state(&lenient), State::Fail);
    }

    #[test]
    fn only_all_of_them_are_a_hundred_percent() {
        assert_eq!(Rate::new(9999, 10_000).map(Rate::percent).as_deref(), Some("99.9%"));
        assert_eq!(Rate::new(2, 2).map(Rate::percent).as_deref(), Some("100%"));
        assert_eq!(Rate::new(1, 3).map(Rate::percent).as_deref(), Some("33.3%"));
        assert_eq!(Rate::new(9999, 10_000).map(Rate::decimal), Some(0.9999));
        assert_eq!(Rate::new(99_999, 100_000).map(Rate::decimal), Some(0.9999));
        assert_eq!(Rate::new(0, 0), None);
    }

    #[test]
    fn states_add_up_to_the_services() {
        let judgement = samples::mixed();
        let adoption = Adoption::count(
            &judgement.policies,
            &judgement.services,
            &judgement.verdicts,
            &AdoptionSettings::default(),
        );
        for standard in &adoption.standards {
            let total: usize = State::ALL.iter().map(|&state| standard.services.of(state)).sum();
            assert_eq!(total, judgement.services.len());
        }
    }

    #[test]
    fn shared_code_counts_for_each_service_and_once_as_a_site() {
        let mut judgement = samples::mixed();
        let mut shared = samples::verdict("timeouts", VerdictKind::Pass, "lib/http.py");
        shared.services = judgement.services.iter().map(|row| row.folder.clone()).collect();
        judgement.verdicts = vec![shared];
        let adoption = Adoption::count(
            &judgement.policies,
            &judgement.services,
            &judgement.verdicts,
            &AdoptionSettings::default(),
        );
        let standard = &adoption.standards[1];
        assert_eq!(standard.policy, "timeouts");
        assert_eq!(standard.services.pass, judgement.services.len());
        assert_eq!(standard.sites.pass, 1);
    }
}

//! Services as subjects: what their code, build and deployment amount to.

use std::collections::{BTreeSet, HashMap};

use groundrule_unit::{Name, Place, Service};

use rayon::prelude::*;

use crate::program::{Program, UnitIx};
use crate::retries::FoundRetry;
use crate::{Attributes, Knob, Protocol, ServiceFacts, Subject};

impl Program<'_> {
    /// One subject a service, from what was found in its code and in the libraries that it uses.
    pub(crate) fn service_subjects(
        &self,
        subjects: &[Subject],
        policies: &[(UnitIx, FoundRetry)],
    ) -> Vec<Subject> {
        let mut units: HashMap<&str, Vec<UnitIx>> = HashMap::new();
        for (ix, unit) in self.iter_units() {
            for service in self.layout.services_running(&unit.path) {
                units.entry(&service.folder).or_default().push(ix);
            }
        }
        let mut own: HashMap<&str, Vec<&Subject>> = HashMap::new();
        for subject in subjects {
            for service in &subject.services {
                own.entry(service).or_default().push(subject);
            }
        }
        self.layout
            .services
            .par_iter()
            .map(|service| {
                let units = units.get(&*service.folder).map_or(&[][..], Vec::as_slice);
                let own = own.get(&*service.folder).map_or(&[][..], Vec::as_slice);
                self.service(service, units, own, policies)
            })
            .collect()
    }

    fn service(
        &self,
        service: &Service,
        units: &[UnitIx],
        subjects: &[&Subject],
        policies: &[(UnitIx, FoundRetry)],
    ) -> Subject {
        let own = || subjects.iter().copied();
        let outbound: Vec<&Subject> = own()
            .filter(|subject| match &subject.attributes {
                Attributes::OutboundCall(call) => {
                    matches!(call.protocol, Protocol::Http | Protocol::Grpc)
                }
                _ => false,
            })
            .collect();
        let frameworks: BTreeSet<String> = own()
            .filter_map(|subject| match &subject.attributes {
                Attributes::HttpRoute(route) if !route.framework.is_empty() => {
                    Some(route.framework.clone())
                }
                _ => None,
            })
            .collect();
        let mut covering: Vec<FoundRetry> = policies
            .iter()
            .filter(|(ix, _)| units.binary_search(ix).is_ok())
            .map(|(_, policy)| policy.clone())
            .collect();
        covering.sort_by_key(|policy| policy.at);
        let mut retry = self.service_retry(&outbound, &covering);
        if retry.state == crate::KnobState::None
            && let Some(by_hand) = own().find(|subject| {
                matches!(&subject.attributes, Attributes::RetryLoop(l)
                    if l.bounded && l.delay != crate::Delay::None
                        || l.delay == crate::Delay::Growing)
            })
        {
            retry = Knob {
                state: crate::KnobState::Finite,
                value: String::new(),
                by: "a loop that waits between tries".to_owned(),
                place: Some(by_hand.place.clone()),
            };
        }
        let connection = match outbound.is_empty() {
            true => self.first_connection(units),
            false => None,
        };
        if retry.state == crate::KnobState::None && retry.place.is_none() {
            retry.place.clone_from(&connection);
        }
        let place = service.entry.clone().unwrap_or_else(|| {
            let file = service.manifests.first().or(service.deployment.first());
            Place::top_of(file.cloned().unwrap_or_else(|| service.folder.clone()))
        });
        let mut tracing = self.tracing_of(service, units);
        if tracing.place.is_none() {
            tracing.place = Some(place.clone());
        }
        Subject {
            place,
            services: vec![service.folder.clone()],
            language: service.languages.first().copied(),
            symbol: Name::default(),
            label: service.name.clone(),
            attributes: Attributes::Service(ServiceFacts {
                name: service.name.to_string(),
                languages: service.languages.iter().map(|l| l.id().to_owned()).collect(),
                frameworks: frameworks.into_iter().collect(),
                owners: service.owners.names.iter().map(ToString::to_string).collect(),
                tier: service.tier.clone().unwrap_or_default().to_string(),
                calls_out: !outbound.is_empty() || connection.is_some(),
                tracing,
                retry,
            }),
            unresolved: Vec::new(),
        }
    }
}

//! Services as subjects: what their code, build and deployment amount to.

use std::collections::BTreeSet;

use groundrule_unit::{Name, Place, Service};

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
        self.layout
            .services
            .iter()
            .map(|service| self.service(service, subjects, policies))
            .collect()
    }

    fn service(
        &self,
        service: &Service,
        subjects: &[Subject],
        policies: &[(UnitIx, FoundRetry)],
    ) -> Subject {
        let units: Vec<UnitIx> = self
            .iter_units()
            .filter(|(_, unit)| {
                self.layout.services_running(&unit.path).iter().any(|s| s.folder == service.folder)
            })
            .map(|(ix, _)| ix)
            .collect();
        let own = || subjects.iter().filter(|s| s.services.contains(&service.folder));
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
            .filter(|(ix, _)| units.contains(ix))
            .map(|(_, policy)| policy.clone())
            .collect();
        covering.sort_by_key(|policy| policy.at);
        let mut retry = self.service_retry(&outbound, &covering);
        if retry.state == crate::KnobState::None
            && let Some(by_hand) = own().find(|subject| {
                matches!(&subject.attributes, Attributes::RetryLoop(l) if l.bounded && l.delay != crate::Delay::None)
            })
        {
            retry = Knob {
                state: crate::KnobState::Finite,
                value: String::new(),
                by: "a loop that gives up and waits between tries".to_owned(),
                place: Some(by_hand.place.clone()),
            };
        }
        let place = service.entry.clone().unwrap_or_else(|| {
            let file = service.manifests.first().or(service.deployment.first());
            Place::top_of(file.cloned().unwrap_or_else(|| service.folder.clone()))
        });
        let mut tracing = self.tracing_of(service, &units);
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
                calls_out: !outbound.is_empty(),
                tracing,
                retry,
            }),
            unresolved: Vec::new(),
        }
    }
}

//! Linking: the program's units and documents become finished subjects.

use rayon::prelude::*;

use crate::Subject;
use crate::handlers::Handlers;
use crate::program::{Program, UnitIx, Wanted};
use crate::retries::FoundRetry;

/// What linking a program gives.
#[derive(Debug, Default)]
pub struct Linked {
    /// Sorted by place and kind.
    pub subjects: Vec<Subject>,
    /// What was looked for in vain: with the files that declare it, more could be said.
    pub wanted: Wanted,
}

/// Finds every subject of the program.
pub fn link(program: &Program<'_>) -> Linked {
    let units: Vec<UnitIx> = program.iter_units().map(|(ix, _)| ix).collect();
    let mounts = program.find_mounts();
    let handlers = Handlers::new(program);
    let mut subjects: Vec<Subject> = units
        .par_iter()
        .flat_map_iter(|&ix| {
            let mut found = program.outbound_calls(ix);
            found.extend(program.http_routes(ix, &mounts, &handlers));
            found.extend(program.message_consumers(ix, &handlers));
            found.extend(program.retry_loops(ix));
            found.extend(program.log_statements(ix));
            found
        })
        .collect();
    let policies: Vec<(UnitIx, FoundRetry)> = units
        .par_iter()
        .flat_map_iter(|&ix| program.retry_policies(ix).into_iter().map(move |policy| (ix, policy)))
        .collect();
    subjects.extend(program.documents.iter().flat_map(|d| program.openapi_routes(d)));
    subjects
        .extend(program.protos.iter().flat_map(|proto| program.proto_subjects(proto, &handlers)));
    subjects.extend(program.retry_policy_subjects(&policies));
    subjects.extend(program.service_subjects(&subjects, &policies));
    subjects.sort_by(|a, b| {
        (&a.place, a.attributes.kind(), &a.label).cmp(&(&b.place, b.attributes.kind(), &b.label))
    });
    Linked { subjects, wanted: program.wanted() }
}

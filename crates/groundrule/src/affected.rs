//! What a change can affect: where only code changes, the services that run it. Whatever reaches
//! further (a build file, a document, a contract, another set of services) affects all of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use groundrule_facts::Subject;
use groundrule_policy::{DiagnosticKind, Judgement};
use groundrule_unit::{Language, Layout};
use groundrule_workspace::{FileKind, Repository, Snapshot};

/// Endings of files that say nothing of a service.
const IDLE: &[&str] = &[
    "md", "rst", "adoc", "png", "jpg", "jpeg", "gif", "svg", "ico", "css", "scss", "html", "csv",
    "pdf", "woff2",
];

/// The folders of the services that a change affects.
pub(crate) type Affected = BTreeSet<Arc<str>>;

/// The services between two versions of which verdicts can differ; none where that is not known.
pub(crate) fn affected(
    (before, base): (&Repository, &Snapshot),
    (now, index): (&Repository, &Snapshot),
) -> Option<Affected> {
    let folders = |layout: &Layout| -> BTreeSet<Arc<str>> {
        layout.services.iter().map(|service| service.folder.clone()).collect()
    };
    if folders(&before.layout) != folders(&now.layout) {
        return None;
    }
    let mut found = Affected::new();
    for path in index.differing(base) {
        for repository in [before, now] {
            let Some(file) = repository.file(path) else { continue };
            match file.kind {
                FileKind::Source(Language::Protobuf) | FileKind::Document => return None,
                FileKind::Source(_) if is_build_file(path, &repository.layout) => return None,
                FileKind::Source(_) => {
                    let services = repository.layout.services_running(path);
                    found.extend(services.into_iter().map(|service| service.folder.clone()));
                }
                FileKind::Other if is_idle(path) => {}
                FileKind::Other => return None,
            }
        }
        if before.file(path).is_none() && now.file(path).is_none() && !is_idle(path) {
            return None;
        }
    }
    // Who uses the code of a service is affected with it.
    loop {
        let services = before.layout.services.iter().chain(&now.layout.services);
        let more: Affected = services
            .filter(|service| service.uses.iter().any(|folder| found.contains(folder)))
            .map(|service| service.folder.clone())
            .filter(|folder| !found.contains(folder))
            .collect();
        if more.is_empty() {
            return Some(found);
        }
        found.extend(more);
    }
}

fn is_build_file(path: &str, layout: &Layout) -> bool {
    let services = layout.services.iter().flat_map(|s| s.manifests.iter().chain(&s.deployment));
    let libraries = layout.libraries.iter().flat_map(|library| &library.manifests);
    services.chain(libraries).any(|file| **file == *path)
}

fn is_idle(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| IDLE.contains(&ending))
}

/// Takes out what a judgement cannot say when only some services were looked at.
pub(crate) fn narrow(judgement: &mut Judgement, affected: &Affected) {
    // Where nothing is affected, the services are still there.
    if !affected.is_empty() {
        judgement.services.retain(|service| affected.contains(&service.folder));
    }
    judgement.diagnostics.retain(|said| {
        !matches!(
            said.kind,
            DiagnosticKind::WaiverUnused
                | DiagnosticKind::WaiverMisplaced
                | DiagnosticKind::RatchetCanShrink
        )
    });
}

/// Of what was found in files that were looked at, what is about a service that is affected.
pub(crate) fn keep_affected(subjects: &mut Vec<Subject>, affected: &Affected) {
    subjects.retain(|subject| subject.services.iter().any(|folder| affected.contains(folder)));
}

//! What is shown: the part of a run's facts that a path is about, as data. Its JSON is the machine
//! format.

use std::collections::BTreeMap;
use std::sync::Arc;

use groundrule_facts::{Attributes, NamedCall, Subject, SubjectKind, Unresolved};
use groundrule_policy::{Verdict, VerdictKind};
use groundrule_unit::{Dependency, DependencyScope, LeftOutReason, Library, Place, Service};
use serde::Serialize;
use serde_json::{Value, json};

use crate::pipeline::Judged;
use crate::seen::Fate;

/// Changes when a reader of the old form would break.
const SCHEMA_VERSION: &str = "1.0";

/// The path that was asked about, relative to the root; empty for the root itself.
pub(super) struct Scope {
    pub(super) path: String,
    pub(super) is_file: bool,
}

impl Scope {
    fn holds(&self, path: &str) -> bool {
        self.path.is_empty()
            || path
                .strip_prefix(self.path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What a run gave.
pub(super) struct Gathered<'a> {
    pub(super) judged: &'a Judged,
    pub(super) subjects: &'a [Subject],
    pub(super) fates: BTreeMap<Arc<str>, Fate>,
    pub(super) calls: Vec<NamedCall>,
}

/// Everything that is shown.
#[derive(Debug, Serialize)]
pub(super) struct Facts {
    pub(super) schema_version: &'static str,
    /// `.` for the root.
    pub(super) path: String,
    pub(super) services: Vec<ServiceView>,
    pub(super) libraries: Vec<LibraryView>,
    /// By place.
    pub(super) subjects: Vec<SubjectView>,
    /// Of one file: its calls by their qualified names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) calls: Vec<CallView>,
    /// By path.
    pub(super) files: Vec<FileView>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Spot {
    pub(super) path: Arc<str>,
    pub(super) line: u32,
}

impl From<&Place> for Spot {
    fn from(place: &Place) -> Self {
        Self { path: place.path.clone(), line: place.line }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct ServiceView {
    pub(super) folder: Arc<str>,
    pub(super) name: String,
    /// Whether what is shown lies in its folder, or it in what is shown; else it only runs shared
    /// code of it.
    pub(super) within: bool,
    pub(super) languages: Vec<&'static str>,
    pub(super) owners: Vec<String>,
    pub(super) owners_from: Option<Arc<str>>,
    pub(super) tier: Option<String>,
    pub(super) entry: Option<Spot>,
    pub(super) manifests: Vec<Arc<str>>,
    pub(super) deployment: Vec<Arc<str>>,
    pub(super) uses: Vec<Arc<str>>,
    pub(super) dependencies: Vec<DependencyView>,
}

#[derive(Debug, Serialize)]
pub(super) struct DependencyView {
    pub(super) name: String,
    pub(super) version: Option<String>,
    /// Whether the version is the one that is used: resolved by a lock file, or asked for exactly.
    pub(super) exact: bool,
    pub(super) scope: DependencyScope,
    pub(super) at: Spot,
}

#[derive(Debug, Serialize)]
pub(super) struct LibraryView {
    pub(super) folder: Arc<str>,
    pub(super) name: String,
    pub(super) used_by: Vec<Arc<str>>,
}

#[derive(Debug, Serialize)]
pub(super) struct SubjectView {
    pub(super) kind: SubjectKind,
    pub(super) label: String,
    pub(super) at: Spot,
    pub(super) services: Vec<Arc<str>>,
    pub(super) language: Option<&'static str>,
    pub(super) symbol: String,
    /// What policies judge, with `at` for each setting that stands somewhere.
    pub(super) attributes: Value,
    pub(super) unresolved: Vec<OpenView>,
    pub(super) verdicts: Vec<VerdictView>,
}

/// What could not be resolved.
#[derive(Debug, Serialize)]
pub(super) struct OpenView {
    pub(super) attribute: String,
    pub(super) reason: String,
    pub(super) at: Option<Spot>,
}

#[derive(Debug, Serialize)]
pub(super) struct VerdictView {
    pub(super) policy: String,
    pub(super) verdict: VerdictKind,
    pub(super) class: String,
    pub(super) message: String,
}

#[derive(Debug, Serialize)]
pub(super) struct CallView {
    pub(super) line: u32,
    pub(super) written: String,
    pub(super) names: Vec<String>,
    pub(super) known: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct FileView {
    pub(super) path: Arc<str>,
    pub(super) state: FileState,
    /// Why it was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<LeftOutReason>,
    /// What else there is to say of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FileState {
    Parsed,
    PassedBy,
    LeftOut,
    Unread,
}

impl Facts {
    pub(super) fn new(scope: &Scope, gathered: Gathered<'_>) -> Self {
        let Gathered { judged, subjects, fates, calls } = gathered;
        let layout = &judged.repository.layout;
        let concerns = |service: &&Service| {
            scope.holds(&service.folder)
                || scope.path.is_empty()
                || layout.services_running(&scope.path).iter().any(|s| s.folder == service.folder)
        };
        let services: Vec<&Service> = layout.services.iter().filter(concerns).collect();
        // Shared code runs in services that lie elsewhere: they are named, and no more.
        let own: Vec<&Service> = services
            .iter()
            .copied()
            .filter(|service| scope.holds(&service.folder) || service.holds(&scope.path))
            .collect();
        let shown = |subject: &&Subject| {
            scope.holds(&subject.place.path)
                || matches!(subject.attributes, Attributes::Service(_))
                    && own.iter().any(|service| subject.services.contains(&service.folder))
        };
        Self {
            schema_version: SCHEMA_VERSION,
            path: if scope.path.is_empty() { ".".to_string() } else { scope.path.clone() },
            libraries: layout
                .libraries
                .iter()
                .filter(|library| {
                    scope.holds(&library.folder)
                        || own.iter().any(|s| s.uses.contains(&library.folder))
                        || library.holds(&scope.path)
                })
                .map(|library| library_view(library, &layout.services))
                .collect(),
            subjects: subjects
                .iter()
                .filter(shown)
                .map(|subject| subject_view(subject, &judged.report.judgement.verdicts))
                .collect(),
            services: services
                .into_iter()
                .map(|service| ServiceView {
                    within: own.iter().any(|own| own.folder == service.folder),
                    ..service_view(service)
                })
                .collect(),
            calls: calls.into_iter().map(call_view).collect(),
            files: fates
                .into_iter()
                .filter(|(path, _)| scope.holds(path) || scope.is_file && **path == *scope.path)
                .map(|(path, fate)| file_view(path, fate))
                .collect(),
        }
    }
}

fn service_view(service: &Service) -> ServiceView {
    let text = |name: &groundrule_unit::Name| name.to_string();
    ServiceView {
        folder: service.folder.clone(),
        name: text(&service.name),
        within: true,
        languages: service.languages.iter().map(|language| language.id()).collect(),
        owners: service.owners.names.iter().map(text).collect(),
        owners_from: service.owners.source.clone(),
        tier: service.tier.as_ref().map(text),
        entry: service.entry.as_ref().map(Spot::from),
        manifests: service.manifests.clone(),
        deployment: service.deployment.clone(),
        uses: service.uses.clone(),
        dependencies: service.dependencies.iter().map(dependency_view).collect(),
    }
}

fn dependency_view(dependency: &Dependency) -> DependencyView {
    DependencyView {
        name: dependency.name.to_string(),
        version: dependency.version.as_ref().map(ToString::to_string),
        exact: dependency.exact,
        scope: dependency.scope,
        at: Spot::from(&dependency.place),
    }
}

fn library_view(library: &Library, services: &[Service]) -> LibraryView {
    let users = services.iter().filter(|service| service.uses.contains(&library.folder));
    LibraryView {
        folder: library.folder.clone(),
        name: library.name.to_string(),
        used_by: users.map(|service| service.folder.clone()).collect(),
    }
}

fn call_view(call: NamedCall) -> CallView {
    CallView {
        line: call.place.line,
        written: call.written,
        names: call.names.iter().map(ToString::to_string).collect(),
        known: call.known,
    }
}

fn file_view(path: Arc<str>, fate: Fate) -> FileView {
    let (state, reason, note) = match fate {
        Fate::Parsed(note) => (FileState::Parsed, None, note),
        Fate::PassedBy => (FileState::PassedBy, None, None),
        Fate::LeftOut(reason) => (FileState::LeftOut, Some(reason), None),
        Fate::Unread(note) => (FileState::Unread, None, Some(note)),
    };
    FileView { path, state, reason, note }
}

fn subject_view(subject: &Subject, verdicts: &[Verdict]) -> SubjectView {
    let open = |open: &Unresolved| OpenView {
        attribute: open.attribute.to_string(),
        reason: open.reason.clone(),
        at: open.place.as_ref().map(Spot::from),
    };
    let said = verdicts.iter().filter(|verdict| is_about(verdict, subject));
    SubjectView {
        kind: subject.attributes.kind(),
        label: subject.label.to_string(),
        at: Spot::from(&subject.place),
        services: subject.services.clone(),
        language: subject.language.map(|language| language.id()),
        symbol: subject.symbol.to_string(),
        attributes: with_places(subject),
        unresolved: subject.unresolved.iter().map(open).collect(),
        verdicts: said
            .map(|verdict| VerdictView {
                policy: verdict.policy.to_string(),
                verdict: verdict.kind,
                class: verdict.class.to_string(),
                message: verdict.message.clone(),
            })
            .collect(),
    }
}

/// Whether a verdict was passed on a subject. It may point at one of the subject's settings.
fn is_about(verdict: &Verdict, subject: &Subject) -> bool {
    let settings = ["deadline", "retry", "tracing", "repeat"];
    verdict.subject == subject.attributes.kind()
        && verdict.label == subject.label
        && verdict.symbol == subject.symbol
        && verdict.services == subject.services
        && (verdict.place == subject.place
            || settings.iter().any(|name| subject.place_of(name) == Some(&verdict.place)))
}

/// The attributes with the places of what was set and of what is printed.
fn with_places(subject: &Subject) -> Value {
    let mut attributes = serde_json::to_value(&subject.attributes).unwrap_or(Value::Null);
    for name in ["deadline", "retry", "tracing", "repeat"] {
        if let (Some(Value::Object(setting)), Some(place)) =
            (attributes.get_mut(name), subject.place_of(name))
        {
            setting.insert("at".to_string(), json!(Spot::from(place)));
        }
    }
    if let Attributes::LogStatement(log) = &subject.attributes
        && let Some(Value::Array(values)) = attributes.get_mut("values")
    {
        for (value, found) in values.iter_mut().zip(&log.values) {
            let fields = value.get_mut("fields").and_then(Value::as_array_mut);
            for (field, found) in fields.into_iter().flatten().zip(&found.fields) {
                if let (Value::Object(field), Some(place)) = (field, &found.place) {
                    field.insert("at".to_string(), json!(Spot::from(place)));
                }
            }
        }
    }
    attributes
}

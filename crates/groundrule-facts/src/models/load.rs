//! Reads model files: built-in and users' own through one loader and one schema.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use groundrule_unit::{Language, Name};
use serde::Deserialize;

use super::consumers::ConsumerRow;
use super::effects::{EffectRow, GuardRow};
use super::outbound::OutboundRow;
use super::outbound::RetryRow;
use super::pattern::expand;
use super::{
    Carrier, DeadlineScope, Framework, LanguageModels, Library, Logger, LoggerRow, Outbound,
    PrintingRow, RetryPolicy, RouteFile, ShapeRow, TracingModel, TypeModel,
};

/// All library models, by language.
#[derive(Debug, Default)]
pub struct Models {
    pub(super) by_language: BTreeMap<Language, LanguageModels>,
    pub(super) empty: LanguageModels,
    /// What attaches tracing in deployment, searched all at once.
    pub(super) deployment: OnceLock<Option<(AhoCorasick, Vec<Name>)>>,
}

/// A model file to be read.
#[derive(Clone, Debug)]
pub struct ModelSource<'a> {
    /// For messages.
    pub path: &'a str,
    pub text: &'a str,
}

/// A model file that could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{path}: {message}")]
pub struct ModelError {
    pub path: String,
    pub message: String,
    /// Bytes in the file that the message is about.
    pub span: Option<std::ops::Range<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ModelFile {
    language: Languages,
    library: Name,
    docs: Name,
    #[serde(default)]
    packages: Vec<Name>,
    #[serde(default, rename = "type")]
    types: Vec<TypeModel>,
    #[serde(default)]
    outbound: Vec<OutboundRow>,
    #[serde(default)]
    deadline_scope: Vec<DeadlineScope>,
    #[serde(default)]
    carrier: Vec<Carrier>,
    #[serde(default)]
    retry: Vec<RetryRow>,
    #[serde(default)]
    framework: Vec<Framework>,
    #[serde(default)]
    route_file: Vec<RouteFile>,
    #[serde(default)]
    tracing: Vec<TracingModel>,
    #[serde(default)]
    logger: Vec<LoggerRow>,
    #[serde(default)]
    printing: Vec<PrintingRow>,
    #[serde(default)]
    shape: Vec<ShapeRow>,
    #[serde(default)]
    effect: Vec<EffectRow>,
    #[serde(default)]
    guard: Vec<GuardRow>,
    #[serde(default)]
    consumer: Vec<ConsumerRow>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Languages {
    One(Language),
    Many(Vec<Language>),
}

impl Models {
    /// The models that come with groundrule.
    pub fn built_in() -> Result<Self, Vec<ModelError>> {
        Self::load(BUILT_IN.iter().map(|&(path, text)| ModelSource { path, text }))
    }

    /// The built-in models and others beside them.
    pub fn with_built_in<'a>(
        others: impl IntoIterator<Item = ModelSource<'a>>,
    ) -> Result<Self, Vec<ModelError>> {
        let built_in = BUILT_IN.iter().map(|&(path, text)| ModelSource { path, text });
        Self::load(built_in.chain(others))
    }

    /// Reads model files; all that is wrong is collected.
    pub fn load<'a>(
        sources: impl IntoIterator<Item = ModelSource<'a>>,
    ) -> Result<Self, Vec<ModelError>> {
        let mut models = Self::default();
        let mut errors = Vec::new();
        for source in sources {
            match toml::from_str::<ModelFile>(source.text) {
                Ok(file) => models.add(&file),
                Err(error) => errors.push(ModelError {
                    path: source.path.to_owned(),
                    message: error.message().to_owned(),
                    span: error.span(),
                }),
            }
        }
        if errors.is_empty() { Ok(models) } else { Err(errors) }
    }

    fn add(&mut self, file: &ModelFile) {
        let languages = match &file.language {
            Languages::One(language) => std::slice::from_ref(language),
            Languages::Many(languages) => languages,
        };
        for &language in languages {
            let library = Library {
                name: file.library.clone(),
                packages: file.packages.clone(),
                docs: file.docs.clone(),
            };
            self.by_language.entry(language).or_default().add(file, &library);
        }
    }
}

impl LanguageModels {
    fn add(&mut self, file: &ModelFile, library: &Library) {
        for model in &file.types {
            let mut model = model.clone();
            model.name = expand(&model.name).swap_remove(0);
            self.know(std::slice::from_ref(&String::from(model.name.as_str())));
            self.know(&model.made_by);
            self.made_by.add(&model.made_by, model.name.clone());
            for function in &model.receiver_in {
                self.know(std::slice::from_ref(&function.to_string()));
                self.receivers.add(&[function.to_string()], model.name.clone());
            }
            if !model.generated.is_empty() {
                self.generated.push(model.name.clone());
            }
            for parameter in &model.parameters {
                self.parameters.entry(parameter.clone()).or_default().push(model.name.clone());
            }
            match self.types.get_mut(&model.name) {
                Some(known) => known.merge(model),
                None => {
                    self.types.insert(model.name.clone(), model);
                }
            }
        }
        for row in &file.outbound {
            let mut row = row.clone();
            row.annotations = row.annotations.iter().flat_map(|name| expand(name)).collect();
            row.given = row.given.iter().flat_map(|name| expand(name)).collect();
            self.know(&row.calls);
            self.know_names(row.annotations.iter().chain(&row.given).cloned());
            let calls = row.calls.clone();
            let outbound = Outbound { library: library.clone(), row };
            if !outbound.row.annotations.is_empty() {
                self.declared_clients.push(outbound.clone());
            }
            self.outbound.add(&calls, outbound);
        }
        for scope in &file.deadline_scope {
            self.know(&scope.calls);
            self.deadline_scopes.add(&scope.calls, scope.clone());
        }
        for carrier in &file.carrier {
            self.know(&carrier.calls);
            self.carriers.add(&carrier.calls, carrier.clone());
        }
        for framework in &file.framework {
            let mut framework = framework.clone();
            framework.dotted();
            self.know_names(framework.names());
            self.frameworks.push(framework);
        }
        self.route_files.extend(file.route_file.iter().cloned());
        for tracing in &file.tracing {
            self.know(&tracing.calls);
            let patterns = tracing.calls.iter().flat_map(|call| expand(call)).collect();
            self.tracing.push(TracingModel { patterns, ..tracing.clone() });
        }
        for row in &file.logger {
            self.know(&row.calls);
            let logger = Logger { library: library.clone(), row: row.clone() };
            self.printing.add_habits(&logger);
            self.loggers.add(&row.calls, logger);
        }
        for row in &file.printing {
            self.printing.add(row);
        }
        for row in &file.shape {
            self.know(&row.types);
            self.know(&row.gives);
            self.printing.add_shape(row);
        }
        for row in &file.effect {
            self.know(&row.calls);
            self.effects.add(row);
        }
        for row in &file.guard {
            self.effects.add_guard(row);
        }
        for row in &file.consumer {
            self.know_names(row.names());
            self.consumers.push(row.clone().expanded());
        }
        for row in &file.retry {
            self.know(&row.calls);
            self.retries
                .add(&row.calls, RetryPolicy { library: library.clone(), row: row.clone() });
        }
    }

    /// Notes the names of patterns and their prefixes as known.
    fn know(&mut self, patterns: &[String]) {
        self.know_names(patterns.iter().flat_map(|pattern| expand(pattern)));
    }

    fn know_names(&mut self, names: impl IntoIterator<Item = Name>) {
        for name in names {
            let mut rest = name.as_str();
            while rest.contains('*') && !rest.starts_with('*') {
                if !rest.ends_with(".**")
                    && !rest.ends_with(".*")
                    && self.known.insert(Name::new(rest))
                {
                    self.known_globs.add(Name::new(rest), 0);
                }
                rest = rest.rsplit_once('.').map_or("", |(front, _)| front);
            }
            while !self.known.contains(rest) {
                self.known.insert(Name::new(rest));
                match rest.rsplit_once('.') {
                    Some((front, _)) => rest = front,
                    None => break,
                }
            }
        }
    }
}

include!(concat!(env!("OUT_DIR"), "/built_in_models.rs"));

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]
    use super::*;

    #[test]
    fn built_in_models_are_well_formed() {
        if let Err(errors) = Models::built_in() {
            let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n"));
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place() {
        let text = "language = \"go\"\nlibrary = \"x\"\ndocs = \"x\"\ncolour = 1\n";
        let errors = Models::load([ModelSource { path: "x.toml", text }]).unwrap_err();
        assert!(errors[0].message.contains("colour"));
        assert!(errors[0].span.is_some());
    }

    #[test]
    fn prefixes_of_patterns_are_known() {
        let text = "language = \"go\"\nlibrary = \"x\"\ndocs = \"x\"\n\
            [[outbound]]\ncalls = [\"net/http.Client.Do\"]\nprotocol = \"http\"\ndeadline = {}\n";
        let models = Models::load([ModelSource { path: "x.toml", text }]).unwrap();
        assert!(models.of(Language::Go).knows("net/http.Client"));
        assert!(!models.of(Language::Go).knows("net/http.Server"));
    }
}

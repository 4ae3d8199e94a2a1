//! Library models: what groundrule knows of a client, a framework, a logger, as TOML.
//!
//! A model speaks of qualified names, after import resolution: `requests.get`,
//! `net/http.Client.Do`, `org.springframework.web.client.RestTemplate`. A construction is the name
//! of the type. `{a,b}` stands for either, `*` at the end of a part for anything but a dot. Rust's
//! `::` may be written. This file holds what all tables share; each table is a file beside it.

mod consumers;
mod effects;
mod literals;
mod load;
mod loggers;
mod outbound;
mod pattern;
mod route_files;
mod routes;
mod tracing;
mod types;
mod versions;

use std::collections::HashMap;

use aho_corasick::AhoCorasick;
use groundrule_unit::{Language, Name};
use rustc_hash::FxHashSet;

pub(crate) use consumers::ConsumerRow;
pub(crate) use effects::{Deed, EffectTable, GuardWord};
pub use load::{ModelError, ModelSource, Models};
pub(crate) use loggers::{
    Builder, Format, Logger, LoggerRow, Printing, PrintingRow, Rest, ShapeModel, ShapeRow, Sink,
};
pub(crate) use outbound::{
    Carrier, CarrierState, DeadlineScope, KnobModel, Outbound, RetryPolicy, RetryReach, RetryRow,
    Uses, ZeroMeans,
};
use pattern::Globs;
pub(crate) use pattern::PatternTable;
pub(crate) use pattern::{expand, glob_matches, last_part};
pub(crate) use route_files::RouteFile;
pub(crate) use routes::{Framework, Mount};
pub(crate) use tracing::TracingModel;
pub(crate) use types::TypeModel;
pub(crate) use versions::{VersionRange, is_open};

/// Which library a row of a table belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    pub name: Name,
    /// Names of its packages in build files, for versions.
    pub packages: Vec<Name>,
    /// Where the facts come from.
    pub docs: Name,
}

/// Per-language lookups over all models.
#[derive(Debug, Default)]
pub struct LanguageModels {
    pub outbound: PatternTable<Outbound>,
    pub carriers: PatternTable<Carrier>,
    pub deadline_scopes: PatternTable<DeadlineScope>,
    pub frameworks: Vec<Framework>,
    pub tracing: Vec<TracingModel>,
    pub effects: EffectTable,
    pub consumers: Vec<ConsumerRow>,
    pub retries: PatternTable<RetryPolicy>,
    pub loggers: PatternTable<Logger>,
    pub printing: Printing,
    /// Clients that an annotation of a type declares.
    pub declared_clients: Vec<Outbound>,
    /// Types by the calls that make them.
    pub made_by: PatternTable<Name>,
    /// Types by the functions whose lambdas have an instance for their implicit receiver.
    pub receivers: PatternTable<Name>,
    /// Types by the conventional names of parameters.
    pub parameters: HashMap<Name, Vec<Name>>,
    pub route_files: Vec<RouteFile>,
    /// Types of which a generator makes one for each protobuf service.
    pub generated: Vec<Name>,
    pub types: HashMap<Name, TypeModel>,
    /// Every qualified name that some pattern mentions, and its prefixes: to choose among the
    /// candidates of wildcard imports.
    pub known: FxHashSet<Name>,
    /// The same of patterns with a star that say where they start.
    pub known_globs: Globs,
}

impl LanguageModels {
    /// Whether some model speaks of that name or of something below it.
    pub fn knows(&self, path: &str) -> bool {
        self.known.contains(path) || self.known_globs.matches(path)
    }
}

impl Models {
    /// The tables for a language.
    pub fn of(&self, language: Language) -> &LanguageModels {
        self.by_language.get(&language).unwrap_or(&self.empty)
    }

    /// The texts that attach tracing in deployment which stand in a text, compared without case.
    /// None where they are too many to be searched at once.
    pub(crate) fn deployment_texts(&self, text: &str) -> Option<FxHashSet<Name>> {
        let search = self.deployment.get_or_init(|| {
            let texts: Vec<Name> =
                self.tracing().flat_map(|model| &model.deployment).cloned().collect();
            let mut search = AhoCorasick::builder();
            let search = search.ascii_case_insensitive(true);
            Some((search.build(texts.iter().map(Name::as_str)).ok()?, texts))
        });
        let (search, texts) = search.as_ref()?;
        let found = search.find_overlapping_iter(text);
        Some(found.map(|found| texts[found.pattern().as_usize()].clone()).collect())
    }

    /// Every model of tracing, whatever its language: agents and starters are found outside code.
    pub(crate) fn tracing(&self) -> impl Iterator<Item = &TracingModel> {
        self.by_language.values().flat_map(|models| &models.tracing)
    }
}

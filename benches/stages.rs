//! One benchmark a stage, over the example services in `fixtures/`: `cargo bench`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::{Bencher, black_box};
use groundrule_facts::{Linked, Models, Program, link};
use groundrule_frontends::{Source, document_kind, language_of, parse, parse_document};
use groundrule_policy::{Case, Config, Date, Judgement, Policies, judge};
use groundrule_report::{
    AdoptionSettings, FORMATS, Options, Report, Repository as Reported, Sources, format_named,
};
use groundrule_unit::{Document, Language, Unit};
use groundrule_workspace::{DiscoverOptions, FileKind, Repository};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")
}

fn discover_shop() -> Repository {
    let options = DiscoverOptions::new(language_of, |path| document_kind(path).is_some());
    Repository::discover(&root(), &options).unwrap()
}

/// Everything up to a stage, so that the stage alone is measured.
struct Shop {
    repository: Repository,
    models: Models,
    policies: Policies,
    config: Config,
}

impl Shop {
    fn new() -> Self {
        let (policies, config) = rules();
        let models = Models::built_in().unwrap();
        Self { repository: discover_shop(), models, policies, config }
    }

    fn texts(&self) -> Vec<(Arc<str>, FileKind, String)> {
        let files = self.repository.files.iter();
        files
            .filter_map(|file| {
                Some((file.path.clone(), file.kind, self.repository.read(file).ok()?))
            })
            .collect()
    }

    fn parse(&self) -> (Vec<Unit>, Vec<Document>) {
        let (mut units, mut documents) = (Vec::new(), Vec::new());
        for (path, kind, text) in self.texts() {
            match kind {
                FileKind::Source(language) => units.push(lower(language, path, &text)),
                FileKind::Document => {
                    let kind = document_kind(&path).unwrap();
                    documents.push(parse_document(kind, path, &text));
                }
                FileKind::Other => {}
            }
        }
        (units, documents)
    }

    fn link(&self, units: Vec<Unit>, documents: Vec<Document>) -> Linked {
        let layout = &self.repository.layout;
        link(&Program::new(layout, &self.models, units, documents, Vec::new()))
    }

    fn judge(&self, linked: &Linked) -> Judgement {
        let services = &self.repository.layout.services;
        let today = Date::constant(2026, 1, 1);
        let case = Case { subjects: &linked.subjects, services, comments: &[], today, base: None };
        judge(&case, &self.policies, &self.config)
    }
}

impl Sources for Shop {
    fn text(&self, path: &str) -> Option<Arc<str>> {
        self.repository.read(self.repository.file(path)?).ok().map(Into::into)
    }
}

fn rules() -> (Policies, Config) {
    groundrule_policy::load(groundrule_policy::builtin(), None).unwrap()
}

fn lower(language: Language, path: Arc<str>, text: &str) -> Unit {
    parse(language, &Source { path, text, package: None, aliases: &[] })
}

#[divan::bench]
fn load_rules() -> (Policies, Config) {
    rules()
}

#[divan::bench]
fn load_models() -> Models {
    Models::built_in().unwrap()
}

#[divan::bench]
fn discover() -> Repository {
    discover_shop()
}

#[divan::bench(args = ["python", "go", "typescript", "java"])]
fn parse_language(bencher: Bencher<'_, '_>, language: &str) {
    let texts: Vec<_> = Shop::new()
        .texts()
        .into_iter()
        .filter_map(|(path, kind, text)| match kind {
            FileKind::Source(known) if known.id() == language => Some((known, path, text)),
            _ => None,
        })
        .collect();
    let bytes: usize = texts.iter().map(|(_, _, text)| text.len()).sum();
    bencher.counter(divan::counter::BytesCount::new(bytes)).bench(|| {
        for (language, path, text) in &texts {
            black_box(lower(*language, path.clone(), text));
        }
    });
}

#[divan::bench]
fn link_services(bencher: Bencher<'_, '_>) {
    let shop = Shop::new();
    bencher
        .with_inputs(|| shop.parse())
        .bench_values(|(units, documents)| shop.link(units, documents));
}

#[divan::bench]
fn judge_services(bencher: Bencher<'_, '_>) {
    let shop = Shop::new();
    let (units, documents) = shop.parse();
    let linked = shop.link(units, documents);
    bencher.bench(|| shop.judge(&linked));
}

#[divan::bench(args = FORMATS.iter().map(|format| format.name()))]
fn report(bencher: Bencher<'_, '_>, format: &str) {
    let shop = Shop::new();
    let (units, documents) = shop.parse();
    let judgement = shop.judge(&shop.link(units, documents));
    let repository = Reported { judgement, ..Reported::default() };
    let report = Report::new(vec![repository], &AdoptionSettings::default());
    let format = format_named(format).unwrap();
    let options = Options { evidence: true, ..Options::default() };
    bencher.bench(|| {
        let mut out = Vec::new();
        format.write(&report, &shop, &options, &mut out).unwrap();
        out
    });
}

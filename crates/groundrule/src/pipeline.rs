//! The way of one repository through the house: discover, parse, link, judge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use groundrule_facts::{
    Linked, Program, ProtoDecl, ProtoRpcDecl, ProtoServiceDecl, Subject, Wanted, link,
};
use groundrule_frontends::{
    Package, Source, document_kind, language_of, parse, parse_document, parse_proto,
};
use groundrule_policy::{Case, CodeComment, Date, ServiceKind, judge};
use groundrule_report::{Notice, NoticeKind, Repository as Reported};
use groundrule_unit::{Document, Language, LeftOutReason, Span, Unit};
use groundrule_workspace::{
    DiscoverError, DiscoverOptions, FileKind, NoticeKind as Found, OverrideKind, Repository,
    ServiceOverride, SourceFile, left_out_by_content,
};
use rayon::prelude::*;

use crate::filter::Filter;
use crate::rules::Rules;
use crate::terminal::Progress;

/// How often linking may ask for more files. Each round parses at least one more.
const MOST_ROUNDS: usize = 8;

/// What the command line says about how to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_file_size: Option<u64>,
    pub(crate) filter: bool,
    /// The day on which modes and waivers are looked at.
    pub(crate) today: Date,
}

/// A repository that was judged, and what there is to report of it.
pub(crate) struct Judged {
    pub(crate) repository: Repository,
    pub(crate) report: Reported,
}

/// Judges the repository at `root`.
///
/// # Errors
/// When the root cannot be listed.
pub(crate) fn run(
    root: &Path,
    rules: &Rules,
    limits: Limits,
    progress: &Progress,
) -> Result<Judged, DiscoverError> {
    run_and_show(root, rules, limits, progress, |_| ()).map(|(judged, ())| judged)
}

/// What was understood of a repository, before it is dropped.
pub(crate) struct Understood<'u, 'a> {
    pub(crate) scan: &'u mut Scan<'a>,
    pub(crate) subjects: Vec<Subject>,
}

/// The same, and gives back what `look` takes from what was understood.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_and_show<T>(
    root: &Path,
    rules: &Rules,
    limits: Limits,
    progress: &Progress,
    look: impl FnOnce(Understood<'_, '_>) -> T,
) -> Result<(Judged, T), DiscoverError> {
    progress.say("looking for services");
    let repository = Repository::discover(root, &options(rules, limits))?;
    let mut scan = Scan::new(&repository, rules, limits);

    progress.say("reading");
    let filter = if limits.filter {
        Filter::new(&rules.models, &repository.layout)
    } else {
        Filter::everything()
    };
    // A comment to groundrule is read even where nothing is left that it could be about.
    scan.parse_where(|file, text| {
        filter.wants(&file.path, file.kind, text) || text.contains("groundrule:")
    });
    let linked = scan.link(progress);

    progress.say("judging");
    let case = Case {
        subjects: &linked.subjects,
        services: &repository.layout.services,
        comments: &scan.comments(),
        today: limits.today,
    };
    let judgement = judge(&case, &rules.policies, &rules.config);
    let shown = look(Understood { scan: &mut scan, subjects: linked.subjects });
    let Scan { notices: mut found, left_out, files, .. } = scan;
    let files = files.len();
    found.extend(repository.notices.iter().cloned().map(notice));
    if repository.layout.services.is_empty() {
        found.push(Notice {
            path: None,
            line: None,
            kind: NoticeKind::NoService,
            message: "name the folders of services in groundrule.toml: [[service]]".to_string(),
        });
    }
    let report = Reported { prefix: String::new(), judgement, notices: found, left_out, files };
    Ok((Judged { repository, report }, shown))
}

/// How a repository without a configuration is discovered.
pub(crate) fn default_options() -> DiscoverOptions {
    DiscoverOptions::new(language_of, |path| document_kind(path).is_some())
}

fn options(rules: &Rules, limits: Limits) -> DiscoverOptions {
    let config = &rules.config;
    let mut options = default_options();
    options.size_limit = limits.max_file_size.unwrap_or(config.scan.max_file_size);
    options.overrides = config
        .services
        .iter()
        .map(|entry| ServiceOverride {
            path: entry.path.clone(),
            name: entry.name.as_deref().map(Into::into),
            owner: entry.owners.first().map(|owner| owner.as_str().into()),
            tier: entry.tier.as_deref().map(Into::into),
            kind: match entry.kind {
                ServiceKind::Service => OverrideKind::Service,
                ServiceKind::Library => OverrideKind::Library,
                ServiceKind::Ignored => OverrideKind::Ignore,
            },
        })
        .collect();
    options
}

/// The files of a repository that may be judged, and what was parsed of them so far.
pub(crate) struct Scan<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) rules: &'a Rules,
    pub(crate) files: Vec<&'a SourceFile>,
    /// By index in `files`.
    done: Vec<bool>,
    pub(crate) units: Vec<Unit>,
    pub(crate) documents: Vec<Document>,
    protos: Vec<ProtoDecl>,
    pub(crate) notices: Vec<Notice>,
    left_out: BTreeMap<LeftOutReason, usize>,
    /// Files whose text says that they are generated.
    generated: Vec<Arc<str>>,
}

/// What reading one file gives.
enum Read {
    /// Nothing in it can matter so far.
    Skipped,
    LeftOut(LeftOutReason),
    Unread(Notice),
    Unit(Box<Unit>, Option<ProtoDecl>),
    Document(Document),
}

impl<'a> Scan<'a> {
    fn new(repository: &'a Repository, rules: &'a Rules, _limits: Limits) -> Self {
        let layout = &repository.layout;
        let excluded = globs(&rules.config.scan.exclude);
        let mut left_out: BTreeMap<LeftOutReason, usize> = BTreeMap::new();
        for file in &layout.left_out {
            *left_out.entry(file.reason).or_default() += 1;
        }
        let deployment: BTreeSet<&str> = layout
            .services
            .iter()
            .flat_map(|service| service.deployment.iter().chain(&service.manifests))
            .map(|path| &**path)
            .collect();
        let mut files = Vec::new();
        for file in &repository.files {
            if file.kind == FileKind::Other || repository.left_out(&file.path).is_some() {
                continue;
            }
            // Contracts may stand beside the services that keep them.
            let may_be_contract =
                matches!(file.kind, FileKind::Document | FileKind::Source(Language::Protobuf));
            let runs = may_be_contract
                || deployment.contains(&*file.path)
                || !layout.services_running(&file.path).is_empty();
            if excluded.is_match(&*file.path) {
                *left_out.entry(LeftOutReason::Excluded).or_default() += 1;
            } else if runs {
                files.push(file);
            } else {
                *left_out.entry(LeftOutReason::NoService).or_default() += 1;
            }
        }
        Self {
            repository,
            rules,
            done: vec![false; files.len()],
            files,
            units: Vec::new(),
            documents: Vec::new(),
            protos: Vec::new(),
            notices: Vec::new(),
            left_out,
            generated: Vec::new(),
        }
    }

    /// Reads every file that was not parsed yet and parses those that are wanted. Gives back how
    /// many were.
    fn parse_where(&mut self, wanted: impl Fn(&SourceFile, &str) -> bool + Sync) -> usize {
        let todo: Vec<usize> = (0..self.files.len()).filter(|&at| !self.done[at]).collect();
        let read: Vec<(usize, Read)> = todo
            .into_par_iter()
            .map(|at| (at, read_file(self.repository, self.files[at], &wanted)))
            .collect();
        let mut parsed = 0;
        for (at, read) in read {
            self.done[at] = !matches!(read, Read::Skipped);
            match read {
                Read::Skipped => {}
                Read::LeftOut(reason) => {
                    *self.left_out.entry(reason).or_default() += 1;
                    if reason == LeftOutReason::Generated {
                        self.generated.push(self.files[at].path.clone());
                    }
                }
                Read::Unread(notice) => self.notices.push(notice),
                Read::Unit(unit, proto) => {
                    self.note_errors(&unit.path, &unit.unread, |span| unit.place(span).line);
                    self.protos.extend(proto);
                    self.units.push(*unit);
                    parsed += 1;
                }
                Read::Document(document) => {
                    let line = |span| document.place(span).line;
                    self.note_errors(&document.path, &document.unread, line);
                    self.documents.push(document);
                    parsed += 1;
                }
            }
        }
        parsed
    }

    /// Links what was parsed, and again with the files that declare or call what was missed.
    fn link(&mut self, progress: &Progress) -> Linked {
        let mut round = 0;
        // Files that hold nothing of what was asked for once need not be searched for it again.
        let mut asked = Wanted::default();
        loop {
            progress.say("linking");
            let mut linked = self.link_once();
            round += 1;
            let wanted = std::mem::take(&mut linked.wanted).beyond(&mut asked);
            if wanted.is_empty() || round == MOST_ROUNDS {
                return linked;
            }
            let wanted = Filter::names(&wanted);
            if self.parse_where(|file, text| wanted.wants(&file.path, file.kind, text)) == 0 {
                return linked;
            }
        }
    }

    fn link_once(&mut self) -> Linked {
        self.with_program(link)
    }

    /// Asks something of all that was parsed so far.
    pub(crate) fn with_program<T>(&mut self, ask: impl FnOnce(&Program<'_>) -> T) -> T {
        let units = std::mem::take(&mut self.units);
        let documents = std::mem::take(&mut self.documents);
        let layout = &self.repository.layout;
        let protos = std::mem::take(&mut self.protos);
        let mut program = Program::new(layout, &self.rules.models, units, documents, protos);
        program.know_generated(&self.generated);
        let answer = ask(&program);
        (self.units, self.documents, self.protos) = program.into_parts();
        answer
    }

    /// Comments that address groundrule, by path and line. Those in test code are about nothing.
    fn comments(&self) -> Vec<CodeComment> {
        let of_units = self.units.iter().flat_map(|unit| {
            let comments = unit.comments.iter().filter(|comment| !unit.is_test(comment.span));
            comments.map(|comment| CodeComment::new(&unit.path, &unit.lines, comment))
        });
        let of_documents = self.documents.iter().flat_map(|document| {
            let of = |comment| CodeComment::new(&document.path, &document.lines, comment);
            document.comments.iter().map(of)
        });
        let mut comments: Vec<CodeComment> = of_units.chain(of_documents).collect();
        comments.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        comments
    }

    fn note_errors(&mut self, path: &Arc<str>, unread: &[Span], line: impl Fn(Span) -> u32) {
        let Some(first) = unread.first() else { return };
        let parts = if unread.len() == 1 { "part" } else { "parts" };
        self.notices.push(Notice {
            path: Some(path.clone()),
            line: Some(line(*first)),
            kind: NoticeKind::SyntaxErrors,
            message: format!("{} {parts} of the file could not be read", unread.len()),
        });
    }
}

fn read_file(
    repository: &Repository,
    file: &SourceFile,
    wanted: &(impl Fn(&SourceFile, &str) -> bool + Sync),
) -> Read {
    let text = match repository.read(file) {
        Ok(text) => text,
        Err(unread) => return Read::Unread(notice(unread)),
    };
    if !wanted(file, &text) {
        return Read::Skipped;
    }
    if let Some(reason) = left_out_by_content(&file.path, &text) {
        return Read::LeftOut(reason);
    }
    match file.kind {
        FileKind::Source(language) => parse_source(repository, file, language, &text),
        FileKind::Document => match document_kind(&file.path) {
            Some(kind) => Read::Document(parse_document(kind, file.path.clone(), &text)),
            None => Read::Skipped,
        },
        FileKind::Other => Read::Skipped,
    }
}

fn parse_source(
    repository: &Repository,
    file: &SourceFile,
    language: Language,
    text: &str,
) -> Read {
    let package = repository.package_of(&file.path);
    let source = Source {
        path: file.path.clone(),
        text,
        package: package.map(|package| Package { name: &package.name, root: &package.root }),
        aliases: repository.aliases_of(&file.path),
    };
    let proto = (language == Language::Protobuf).then(|| proto_decl(&source));
    Read::Unit(Box::new(parse(language, &source)), proto)
}

fn proto_decl(source: &Source<'_>) -> ProtoDecl {
    let file = parse_proto(source);
    let services = file.services.into_iter().map(|service| ProtoServiceDecl {
        name: service.name,
        span: service.span,
        rpcs: service
            .rpcs
            .into_iter()
            .map(|rpc| ProtoRpcDecl {
                name: rpc.name,
                request: rpc.request,
                span: rpc.span,
                routes: rpc.routes.into_iter().map(|r| (r.method, r.path, r.span)).collect(),
            })
            .collect(),
    });
    ProtoDecl { path: source.path.clone(), package: file.package, services: services.collect() }
}

/// Globs that were checked when the configuration was read.
pub(crate) fn globs(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()) {
        builder.add(glob);
    }
    builder.build().unwrap_or_default()
}

/// Discovery's notice as the report knows it.
fn notice(found: groundrule_workspace::Notice) -> Notice {
    Notice {
        path: Some(found.path),
        line: None,
        kind: match found.kind {
            Found::Unreadable => NoticeKind::Unreadable,
            Found::TooLarge => NoticeKind::TooLarge,
            Found::NotUtf8 => NoticeKind::NotUtf8,
            Found::NameNotUtf8 => NoticeKind::NameNotUtf8,
            Found::Symlink => NoticeKind::Symlink,
            Found::TooDeep => NoticeKind::TooDeep,
            Found::TooMany => NoticeKind::TooMany,
            Found::Malformed => NoticeKind::Malformed,
        },
        message: found.message,
    }
}

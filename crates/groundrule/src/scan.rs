//! One scan of a repository: its files read, parsed and linked, as far as something in them can
//! matter.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};
use groundrule_facts::{
    Linked, Program, ProtoDecl, ProtoRpcDecl, ProtoServiceDecl, Subject, Wanted, link,
};
use groundrule_frontends::{Package, Source, document_kind, parse, parse_document, parse_proto};
use groundrule_policy::{CodeComment, DiagnosticKind};
use groundrule_report::{Notice, NoticeKind};
use groundrule_unit::{Document, Language, LeftOutReason, Span, Unit};
use groundrule_workspace::{Blob, FileKind, Repository, Snapshot, SourceFile, left_out_by_content};
use rayon::prelude::*;

use crate::affected::Affected;
use crate::filter::Filter;
use crate::pipeline::notice;
use crate::reuse::{Kept, Reuse};
use crate::rules::Rules;
use crate::terminal::Progress;

/// How often linking may ask for more files. Each round parses at least one more.
const MOST_ROUNDS: usize = 8;

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
    /// What files hold, by index; known where it is asked for.
    blobs: Vec<Option<Blob>>,
    /// By index: nothing in the text that the models look for, as another scan found out.
    dull: Vec<bool>,
    /// Names content, where another scan is to know it again.
    namer: Option<&'a Snapshot>,
    /// What decides whether a file is generated or minified, rather than the file itself.
    base: Option<&'a Snapshot>,
    not_judged: HashSet<Arc<str>>,
}

/// What a scan found.
pub(crate) struct Scanned {
    pub(crate) subjects: Vec<Subject>,
    /// Comments that address groundrule.
    pub(crate) comments: Vec<CodeComment>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) left_out: BTreeMap<LeftOutReason, usize>,
    /// How many files there were to judge.
    pub(crate) files: usize,
    /// The files that were looked at.
    pub(crate) judged: HashSet<Arc<str>>,
    /// What was parsed, for another scan.
    pub(crate) reuse: Reuse,
}

/// What reading one file gives.
pub(crate) enum Read {
    /// Nothing in it can matter so far.
    Skipped,
    LeftOut(LeftOutReason),
    Unread(Notice),
    Unit(Box<Unit>, Option<ProtoDecl>),
    Document(Document),
}

impl<'a> Scan<'a> {
    pub(crate) fn new(repository: &'a Repository, rules: &'a Rules) -> Self {
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
            blobs: vec![None; files.len()],
            dull: vec![false; files.len()],
            files,
            units: Vec::new(),
            documents: Vec::new(),
            protos: Vec::new(),
            notices: Vec::new(),
            left_out,
            generated: Vec::new(),
            namer: None,
            base: None,
            not_judged: HashSet::new(),
        }
    }

    /// Looks only at files that run in these services, and at documents, which may be about any.
    pub(crate) fn within(mut self, folders: &Affected) -> Self {
        let layout = &self.repository.layout;
        self.files.retain(|file| {
            matches!(file.kind, FileKind::Document | FileKind::Source(Language::Protobuf))
                || layout
                    .services_running(&file.path)
                    .iter()
                    .any(|service| folders.contains(&service.folder))
        });
        if folders.is_empty() {
            self.files.clear();
        }
        let files = self.files.len();
        self.done.truncate(files);
        self.blobs.truncate(files);
        self.dull.truncate(files);
        self
    }

    /// Names what it reads, so that another scan can use what was parsed.
    pub(crate) fn naming(mut self, namer: &'a Snapshot) -> Self {
        self.namer = Some(namer);
        self
    }

    /// Lets the base say what is generated, minified or for the browser: a header that a change
    /// adds takes nothing out of its own judgement.
    pub(crate) fn trusting(mut self, base: &'a Snapshot) -> Self {
        self.base = Some(base);
        self
    }

    /// Takes what another scan, of `other`, parsed of the same content under the same path.
    pub(crate) fn reusing(mut self, mut reuse: Reuse, other: &Repository, own: &Snapshot) -> Self {
        for at in 0..self.files.len() {
            let path = self.files[at].path.clone();
            let same_package = self.repository.package_of(&path) == other.package_of(&path)
                && self.repository.aliases_of(&path) == other.aliases_of(&path);
            let blob = own.blob(&path).filter(|_| same_package);
            match blob.and_then(|blob| reuse.take(&path, blob)) {
                Some(Kept::Dull) => self.dull[at] = true,
                Some(Kept::Read(read)) => {
                    self.done[at] = true;
                    self.settle(at, *read);
                }
                None => {}
            }
        }
        self
    }

    /// Reads, parses and links as much as can matter, and keeps what is to be known of it.
    pub(crate) fn run(mut self, filtered: bool, progress: &Progress) -> Scanned {
        let linked = self.read_and_link(filtered, progress);
        self.finish(linked.subjects)
    }

    /// Reads, parses and links as much as can matter.
    pub(crate) fn read_and_link(&mut self, filtered: bool, progress: &Progress) -> Linked {
        progress.say("reading");
        let filter = if filtered {
            Filter::new(&self.rules.models, &self.repository.layout)
        } else {
            Filter::everything()
        };
        let dull: HashSet<Arc<str>> = (0..self.files.len())
            .filter(|&at| self.dull[at] && filtered && !filter.always(&self.files[at].path))
            .map(|at| self.files[at].path.clone())
            .collect();
        // A comment to groundrule is read even where nothing is left that it could be about.
        self.parse_where(
            |file, text| filter.wants(&file.path, file.kind, text) || text.contains("groundrule:"),
            &dull,
        );
        self.link(progress)
    }

    /// What is to be known of the scan.
    pub(crate) fn finish(mut self, subjects: Vec<Subject>) -> Scanned {
        let comments = self.comments();
        let judged = self.files.iter().map(|file| file.path.clone());
        let judged = judged.filter(|path| !self.not_judged.contains(path)).collect();
        let (files, notices) = (self.files.len(), std::mem::take(&mut self.notices));
        let left_out = std::mem::take(&mut self.left_out);
        Scanned { subjects, comments, notices, left_out, files, judged, reuse: self.into_reuse() }
    }

    /// What was parsed, by path and content.
    fn into_reuse(self) -> Reuse {
        let mut reuse = Reuse::default();
        if self.namer.is_none() {
            return reuse;
        }
        let mut protos: HashMap<Arc<str>, ProtoDecl> =
            self.protos.into_iter().map(|proto| (proto.path.clone(), proto)).collect();
        let mut reads: HashMap<Arc<str>, Read> = HashMap::new();
        for unit in self.units {
            let path = unit.path.clone();
            let proto = protos.remove(&path);
            reads.insert(path, Read::Unit(Box::new(unit), proto));
        }
        for document in self.documents {
            reads.insert(document.path.clone(), Read::Document(document));
        }
        for (at, file) in self.files.iter().enumerate() {
            let Some(blob) = self.blobs[at] else { continue };
            if let Some(read) = reads.remove(&file.path) {
                reuse.add(&file.path, blob, Kept::Read(Box::new(read)));
            } else if !self.done[at] {
                reuse.add(&file.path, blob, Kept::Dull);
            }
        }
        reuse
    }

    /// Reads every file that was not parsed yet and parses those that are wanted. Gives back how
    /// many were.
    fn parse_where(
        &mut self,
        wanted: impl Fn(&SourceFile, &str) -> bool + Sync,
        but: &HashSet<Arc<str>>,
    ) -> usize {
        let todo: Vec<usize> = (0..self.files.len())
            .filter(|&at| !self.done[at] && !but.contains(&self.files[at].path))
            .collect();
        let this = &*self;
        let read: Vec<(usize, Option<Blob>, Read)> = todo
            .into_par_iter()
            .map(|at| {
                let (blob, read) = this.read_file(this.files[at], &wanted);
                (at, blob, read)
            })
            .collect();
        let mut parsed = 0;
        for (at, blob, read) in read {
            self.done[at] = !matches!(read, Read::Skipped);
            self.blobs[at] = blob;
            parsed += usize::from(self.settle(at, read));
        }
        parsed
    }

    /// Keeps what reading a file gave. Whether it was parsed.
    fn settle(&mut self, at: usize, read: Read) -> bool {
        match read {
            Read::Skipped => return false,
            Read::LeftOut(reason) => {
                *self.left_out.entry(reason).or_default() += 1;
                let path = self.files[at].path.clone();
                if reason == LeftOutReason::Generated {
                    self.generated.push(path.clone());
                }
                if self.base.is_some_and(|base| !base.has(&path)) {
                    let message = format!("its own text says that it is {}", words(reason));
                    self.say(DiagnosticKind::AddedUnjudged, &path, message);
                }
                self.not_judged.insert(path);
                return false;
            }
            Read::Unread(notice) => {
                self.notices.push(notice);
                self.not_judged.insert(self.files[at].path.clone());
                return false;
            }
            Read::Unit(unit, proto) => {
                self.note_errors(&unit.path, &unit.unread, |span| unit.place(span).line);
                self.protos.extend(proto);
                self.units.push(*unit);
            }
            Read::Document(document) => {
                let line = |span| document.place(span).line;
                self.note_errors(&document.path, &document.unread, line);
                self.documents.push(document);
            }
        }
        true
    }

    fn say(&mut self, kind: DiagnosticKind, path: &Arc<str>, message: String) {
        let (path, line) = (Some(path.clone()), Some(1));
        self.notices.push(Notice { path, line, kind: NoticeKind::Judging(kind), message });
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
            let wants = |file: &SourceFile, text: &str| wanted.wants(&file.path, file.kind, text);
            if self.parse_where(wants, &HashSet::new()) == 0 {
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
    pub(crate) fn comments(&self) -> Vec<CodeComment> {
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

    fn read_file(
        &self,
        file: &SourceFile,
        wanted: &(impl Fn(&SourceFile, &str) -> bool + Sync),
    ) -> (Option<Blob>, Read) {
        let text = match self.repository.read(file) {
            Ok(text) => text,
            Err(unread) => return (None, Read::Unread(notice(unread))),
        };
        let blob = self.namer.and_then(|namer| namer.blob_of(text.as_bytes()));
        if !wanted(file, &text) {
            return (blob, Read::Skipped);
        }
        if let Some(reason) = left_out_by_content(&file.path, &text)
            && !self.was_judged(&file.path)
        {
            return (blob, Read::LeftOut(reason));
        }
        let read = match file.kind {
            FileKind::Source(language) => parse_source(self.repository, file, language, &text),
            FileKind::Document => match document_kind(&file.path) {
                Some(kind) => Read::Document(parse_document(kind, file.path.clone(), &text)),
                None => Read::Skipped,
            },
            FileKind::Other => Read::Skipped,
        };
        (blob, read)
    }

    /// Whether the base has the file and takes it for code that people write.
    fn was_judged(&self, path: &str) -> bool {
        let text = self.base.and_then(|base| base.text(path, self.rules.config.scan.max_file_size));
        text.is_some_and(|text| left_out_by_content(path, &text).is_none())
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

fn words(reason: LeftOutReason) -> &'static str {
    match reason {
        LeftOutReason::Generated => "generated",
        LeftOutReason::Minified => "minified",
        LeftOutReason::Browser => "for the browser",
        _ => "no code of a service",
    }
}

/// Globs that were checked when the configuration was read.
pub(crate) fn globs(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for glob in patterns.iter().filter_map(|pattern| Glob::new(pattern).ok()) {
        builder.add(glob);
    }
    builder.build().unwrap_or_default()
}

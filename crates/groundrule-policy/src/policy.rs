//! The model of a policy, and how it is read from TOML. Built-in policies and users' own pass
//! through the same reader.

use std::collections::{BTreeMap, BTreeSet};

use groundrule_facts::SubjectKind;
use groundrule_unit::Name;

use crate::dictionary::Lists;
use crate::expression::{Expression, Names};
use crate::problem::{Problem, did_you_mean, source};
use crate::reader::{Reader, Sink, Text, parse};
use crate::settings::{Setting, SettingValue};
use crate::template::Template;
use crate::types::Type;
use crate::verdict::{Gate, Mode, PolicyInfo, Severity};
use crate::waivers::Demands;

/// A policy as it was written: `timeouts.toml`, with the page beside it.
#[derive(Clone, Copy, Debug)]
pub struct PolicyFile<'a> {
    /// The file's name for reports.
    pub name: &'a str,
    pub text: &'a str,
    /// The Markdown beside it; empty where there is none.
    pub page: &'a str,
}

/// A policy, compiled.
#[derive(Debug)]
pub struct Policy {
    /// What reports say of it, before the configuration.
    pub info: PolicyInfo,
    /// By name.
    pub settings: Vec<Setting>,
    pub(crate) lists: Option<Lists>,
    pub(crate) checks: Vec<Check>,
    pub(crate) demands: Demands,
}

/// One question that a policy asks of one kind of subject.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) subject: SubjectKind,
    /// None applies to every subject of the kind.
    pub(crate) applies: Option<Expression>,
    pub(crate) pass: Expression,
    pub(crate) review: Option<Expression>,
    /// A list of the subject whose worst item decides.
    pub(crate) each: Option<Each>,
    pub(crate) class: ClassOf,
    /// The attribute whose place the report points at.
    pub(crate) at: Option<String>,
    /// Attributes whose places are shown beside.
    pub(crate) related: Vec<String>,
    pub(crate) message: Template,
    pub(crate) message_pass: Template,
    pub(crate) message_review: Template,
    pub(crate) help: Template,
    pub(crate) gates: Gate,
}

/// `each = "log.values"`.
#[derive(Debug)]
pub(crate) struct Each {
    pub(crate) attribute: String,
}

/// The class of a verdict: a constant, or what an expression says.
#[derive(Debug)]
pub(crate) enum ClassOf {
    Constant(Name),
    Expression(Expression),
}

/// Every policy that was read, by id.
#[derive(Debug, Default)]
pub struct Policies {
    list: Vec<Policy>,
    /// Ids of policies that could not be read: what is said of them is not held against anybody.
    broken: Vec<String>,
    /// Ids of policies that were left out of the run.
    left_out: Vec<Name>,
}

const SUBJECTS: [(&str, SubjectKind); 7] = [
    ("outbound-call", SubjectKind::OutboundCall),
    ("log-statement", SubjectKind::LogStatement),
    ("http-route", SubjectKind::HttpRoute),
    ("rpc-service", SubjectKind::RpcService),
    ("message-consumer", SubjectKind::MessageConsumer),
    ("retry-loop", SubjectKind::RetryLoop),
    ("service", SubjectKind::Service),
];

pub(crate) const SEVERITIES: [(&str, Severity); 2] =
    [("error", Severity::Error), ("warning", Severity::Warning)];

pub(crate) const MODES: [(&str, Mode); 4] = [
    ("enforce", Mode::Enforce),
    ("warn", Mode::Warn),
    ("measure", Mode::Measure),
    ("off", Mode::Off),
];

const GATES: [(&str, Gate); 2] = [("line", Gate::Line), ("service", Gate::Service)];

/// Keys of `[policies.<id>]` that no setting may be named after; some are for later.
pub(crate) const RESERVED: [&str; 8] =
    ["mode", "severity", "from", "until", "services", "waivers", "ratchet", "settings"];

impl Policies {
    /// Reads policies; everything that is wrong is returned beside what could be read.
    pub(crate) fn read<'a>(
        files: impl IntoIterator<Item = PolicyFile<'a>>,
    ) -> (Self, Vec<Problem>) {
        let mut list: Vec<Policy> = Vec::new();
        let mut problems = Vec::new();
        let mut ids = BTreeMap::new();
        let mut broken = Vec::new();
        for file in files {
            let (policy, id, found) = read_policy(&file);
            problems.extend(found);
            if let Some(first) = ids.get(&id.value) {
                problems.push(Problem {
                    message: format!("there is a policy `{}` already, in {first}", id.value),
                    help: "give this one an id of its own; a policy's settings are changed in \
                           groundrule.toml"
                        .to_owned(),
                    span: id.span,
                    file: source(file.name, file.text),
                });
                continue;
            }
            match policy {
                Some(policy) => list.push(policy),
                None => broken.push(id.value.clone()),
            }
            ids.insert(id.value, file.name.to_owned());
        }
        list.sort_by(|a, b| a.info.id.cmp(&b.info.id));
        (Self { list, broken, left_out: Vec::new() }, problems)
    }

    /// Whether a policy with this id was there and could not be read.
    pub(crate) fn is_broken(&self, id: &str) -> bool {
        self.broken.iter().any(|broken| broken == id)
    }

    /// By id.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.list.iter()
    }

    /// The policy with this id.
    pub fn get(&self, id: &str) -> Option<&Policy> {
        self.list.iter().find(|policy| policy.info.id == id)
    }

    /// Keeps the policies that the predicate wants: for `--only` and `--skip`.
    pub fn retain(&mut self, mut wanted: impl FnMut(&Policy) -> bool) {
        let left_out = &mut self.left_out;
        self.list.retain(|policy| {
            let keep = wanted(policy);
            if !keep {
                left_out.push(policy.info.id.clone());
            }
            keep
        });
    }

    /// Whether there is a policy with this id, though it may be left out of the run.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.get(id).is_some() || self.is_broken(id) || self.left_out.iter().any(|left| left == id)
    }

    /// Whether none is left out of the run.
    pub(crate) fn is_complete(&self) -> bool {
        self.left_out.is_empty()
    }

    /// The kinds of subjects that some policy judges: the others need not be extracted.
    pub fn subjects(&self) -> BTreeSet<SubjectKind> {
        self.list.iter().flat_map(|policy| policy.info.subjects.iter().copied()).collect()
    }
}

fn read_policy(file: &PolicyFile<'_>) -> (Option<Policy>, Text, Vec<Problem>) {
    let sink = Sink::new(source(file.name, file.text));
    let table = parse(file.text, &sink);
    let reader = Reader::new(table.get_ref(), 0..file.text.len(), "a policy", &sink);
    let id = reader.required("id");
    let policy = read_table(reader, &id, file);
    let problems = sink.into_problems();
    (policy.filter(|_| problems.is_empty()), id, problems)
}

fn read_table(reader: Reader<'_, '_>, id: &Text, file: &PolicyFile<'_>) -> Option<Policy> {
    check_id(id, reader.sink);
    let title = reader.required("title").value;
    let category = reader.required("category").value;
    let severity = reader.choice("severity", &SEVERITIES).unwrap_or(Severity::Error);
    let mode = reader.choice("mode", &MODES).unwrap_or(Mode::Enforce);
    let blueprint = reader.text("blueprint").map(|text| text.value).unwrap_or_default();
    let tags = reader.strings("tags");
    let settings = read_settings(&reader);
    let lists = reader.table("dictionary", "a dictionary").map(read_dictionary);
    check_targets(&settings, lists.as_ref(), reader.sink);
    let demands = Demands::read(&reader);
    let help = reader.text("help");
    let checks: Vec<Check> = reader
        .tables("check", "a check")
        .into_iter()
        .filter_map(|check| read_check(check, &settings, lists.is_some(), help.as_ref()))
        .collect();
    if checks.is_empty() {
        let message = "a policy needs at least one check";
        reader.sink.add(reader.head(), message, "add a `[[check]]` table");
    }
    let mut subjects: Vec<SubjectKind> = checks.iter().map(|check| check.subject).collect();
    subjects.sort();
    subjects.dedup();
    let gates = checks.first().map_or(Gate::Line, |check| check.gates);
    reader.finish();
    Some(Policy {
        info: PolicyInfo {
            id: id.value.as_str().into(),
            summary: summary(file.page).unwrap_or_else(|| title.clone()),
            title,
            category,
            severity,
            mode,
            gates,
            help_markdown: file.page.to_owned(),
            blueprint,
            tags,
            subjects,
        },
        settings,
        lists,
        checks,
        demands,
    })
}

fn check_id(id: &Text, sink: &Sink) {
    let kebab = id.value.split('-').all(|part| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    });
    if !kebab && !id.value.is_empty() {
        sink.add(
            id.span.clone(),
            "a policy's id is written in kebab-case",
            "small letters, digits and single hyphens: `dead-letters`",
        );
    }
}

fn read_settings(reader: &Reader<'_, '_>) -> Vec<Setting> {
    let Some(table) = reader.table("settings", "the settings") else { return Vec::new() };
    let mut settings = Vec::new();
    for (name, value) in table.entries() {
        if RESERVED.contains(&name.value.as_str()) {
            let message = format!("no setting can be named `{}`", name.value);
            reader.sink.add(name.span, message, "groundrule.toml uses this key itself");
            continue;
        }
        match value.get_ref().as_table() {
            Some(inner) => {
                let inner = Reader::new(inner, value.span(), "a setting", reader.sink);
                settings.extend(Setting::read(name, inner));
            }
            None => reader.sink.add(value.span(), "a setting is a table", ""),
        }
    }
    settings.sort_by(|a, b| a.name.cmp(&b.name));
    settings
}

/// `[[dictionary.together]]` tables.
fn read_together(dictionary: &Reader<'_, '_>) -> Vec<(String, Vec<Vec<String>>)> {
    dictionary
        .tables("together", "words together")
        .into_iter()
        .map(|table| {
            let class = table.required("class").value;
            let sides = vec![table.strings("one"), table.strings("other")];
            table.finish();
            (class, sides)
        })
        .collect()
}

fn read_dictionary(reader: Reader<'_, '_>) -> Lists {
    let mut lists = Lists {
        harmless: reader.strings("harmless"),
        neutral_first: reader.strings("neutral-first"),
        neutral_last: reader.strings("neutral-last"),
        itself_last: reader.strings("itself-last"),
        never_numbers: reader.strings("never-numbers"),
        cut_at: reader.strings("cut-at"),
        fetching: reader.strings("fetching"),
        wrapped: reader.strings("wrapped"),
        carriers: reader.strings("carriers"),
        together: read_together(&reader),
        ..Lists::default()
    };
    if let Some(groups) = reader.table("groups", "the groups") {
        for (name, value) in groups.entries() {
            let words = crate::reader::texts_of(value).unwrap_or_default();
            let words = words.into_iter().map(|text| text.value).collect();
            lists.groups.insert(name.value, words);
        }
    }
    if let Some(classes) = reader.table("classes", "the classes") {
        for (name, value) in classes.entries() {
            let Some(table) = value.get_ref().as_table() else {
                reader.sink.add(value.span(), "a class is a table", "");
                continue;
            };
            let class = Reader::new(table, value.span(), "a class of words", reader.sink);
            for (key, certain) in [("perhaps", false), ("words", true)] {
                for phrase in class.texts(key).unwrap_or_default() {
                    for group in Lists::groups_of(&phrase.value) {
                        if !lists.groups.contains_key(group) {
                            let message = format!("there is no group `{group}`");
                            let groups = lists.groups.keys().map(String::as_str);
                            let help = did_you_mean(group, groups.collect::<Vec<_>>());
                            reader.sink.add(phrase.span.clone(), message, help);
                        }
                    }
                    lists.sensitive.push((name.value.clone(), certain, phrase.value));
                }
            }
            class.finish();
        }
    }
    reader.finish();
    lists
}

/// `adds-to` must name a part of the dictionary.
fn check_targets(settings: &[Setting], lists: Option<&Lists>, sink: &Sink) {
    for setting in settings {
        let Some(target) = &setting.adds_to else { continue };
        let classes = lists.map(Lists::targets).unwrap_or_default();
        if !classes.contains(&target.value.as_str()) {
            sink.add(
                target.span.clone(),
                format!("the dictionary has no part `{}`", target.value),
                did_you_mean(&target.value, classes),
            );
        }
        if !matches!(setting.default, SettingValue::Strings(_)) {
            sink.add(setting.span.clone(), "only `strings` can add to the dictionary", "");
        }
    }
}

impl Lists {
    /// The parts that settings may add to.
    pub(crate) fn targets(&self) -> Vec<&str> {
        let mut targets: Vec<&str> =
            self.sensitive.iter().map(|(class, _, _)| class.as_str()).collect();
        targets.push("harmless");
        targets.sort_unstable();
        targets.dedup();
        targets
    }

    /// Adds words to a part.
    pub(crate) fn add(&mut self, target: &str, words: &[String]) {
        if target == "harmless" {
            self.harmless.extend_from_slice(words);
        } else {
            let words = words.iter().map(|word| (target.to_owned(), true, word.clone()));
            self.sensitive.extend(words);
        }
    }
}

fn read_check(
    reader: Reader<'_, '_>,
    settings: &[Setting],
    has_dictionary: bool,
    policy_help: Option<&Text>,
) -> Option<Check> {
    let sink = reader.sink;
    let subject_text = reader.required("subject");
    let subject = reader.choice("subject", &SUBJECTS);
    let names = subject.map(|kind| names_of(kind, settings, has_dictionary)).unwrap_or_default();
    let each = reader.text("each").and_then(|text| read_each(&text, subject, &names, sink));
    let mut inner = names.clone();
    if let Some((_, item)) = &each {
        inner.insert("value".to_owned(), item.clone());
    }
    // Without a subject nothing can be said of names: only that is reported then.
    let known = subject.is_some();
    let condition = |text: Option<Text>, names: &Names| {
        text.filter(|_| known).and_then(|text| Expression::compile(&text, names, sink))
    };
    let applies = condition(reader.text("applies"), &names);
    let pass = condition(Some(reader.required("pass")), &inner);
    let review = condition(reader.text("review"), &inner);
    let class = match reader.text("class") {
        None => Some(ClassOf::Constant(Name::default())),
        Some(text) if text.value.chars().all(|c| c.is_ascii_lowercase() || c == '-') => {
            Some(ClassOf::Constant(text.value.as_str().into()))
        }
        Some(text) => condition(Some(text), &inner).map(ClassOf::Expression),
    };
    let attributes = top_attributes(subject, &names);
    let attribute = |text: Text| {
        let found = attributes.contains(&text.value);
        if !found && known {
            sink.add(
                text.span.clone(),
                format!("`{}` is no attribute of a {}", text.value, subject_text.value),
                did_you_mean(
                    &text.value,
                    attributes.iter().map(String::as_str).collect::<Vec<_>>(),
                ),
            );
        }
        text.value
    };
    let at = reader.text("at").map(attribute);
    let related = reader.texts("related").unwrap_or_default().into_iter().map(attribute).collect();
    let template = |text: Option<Text>| match text {
        Some(text) if known => Template::compile(&text, &inner, sink),
        _ => Template::default(),
    };
    let message = template(Some(reader.required("message")));
    let message_pass = template(reader.text("message-pass"));
    let message_review = template(reader.text("message-review"));
    let help = template(reader.text("help").or_else(|| policy_help.cloned()));
    let gates = reader.choice("gates", &GATES).unwrap_or(match subject {
        Some(SubjectKind::Service) => Gate::Service,
        _ => Gate::Line,
    });
    reader.finish();
    Some(Check {
        subject: subject?,
        applies,
        pass: pass?,
        review,
        each: each.map(|(each, _)| each),
        class: class?,
        at,
        related,
        message,
        message_pass,
        message_review,
        help,
        gates,
    })
}

/// The variables of a check: the subject, the settings.
fn names_of(kind: SubjectKind, settings: &[Setting], has_dictionary: bool) -> Names {
    let mut subject = Type::of_schema(kind.schema().as_value());
    if has_dictionary && kind == SubjectKind::LogStatement {
        add_dictionary_attributes(&mut subject);
    }
    let fields = settings.iter().map(|setting| (setting.variable(), setting.ty())).collect();
    BTreeMap::from([
        (kind.variable().to_owned(), subject),
        ("settings".to_owned(), Type::Object(fields)),
    ])
}

/// What the dictionary says, as attributes of a log statement and its values.
fn add_dictionary_attributes(log: &mut Type) {
    let Type::Object(fields) = log else { return };
    fields.insert("tempting".to_owned(), Type::Bool);
    if let Some(Type::List(item)) = fields.get_mut("values")
        && let Type::Object(value) = &mut **item
    {
        value.insert("class".to_owned(), Type::String);
        value.insert("certain".to_owned(), Type::Bool);
        value.insert("word".to_owned(), Type::String);
        value.insert("field".to_owned(), Type::String);
        value.insert("carrier".to_owned(), Type::Bool);
    }
}

fn read_each(
    text: &Text,
    subject: Option<SubjectKind>,
    names: &Names,
    sink: &Sink,
) -> Option<(Each, Type)> {
    let kind = subject?;
    let attribute =
        text.value.strip_prefix(kind.variable()).and_then(|rest| rest.strip_prefix('.'));
    let found = match names.get(kind.variable()) {
        Some(Type::Object(fields)) => attribute.and_then(|name| fields.get_key_value(name)),
        _ => None,
    };
    match found {
        Some((name, Type::List(item))) => {
            Some((Each { attribute: name.clone() }, (**item).clone()))
        }
        _ => {
            let message = format!("`{}` is no list of this subject", text.value);
            sink.add(text.span.clone(), message, "");
            None
        }
    }
}

fn top_attributes(subject: Option<SubjectKind>, names: &Names) -> Vec<String> {
    match subject.and_then(|kind| names.get(kind.variable())) {
        Some(Type::Object(fields)) => fields.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// The first paragraph of a page, in one line and without marks of Markdown.
fn summary(page: &str) -> Option<String> {
    let paragraph = page
        .split("\n\n")
        .map(str::trim)
        .find(|part| !part.is_empty() && !part.starts_with(['#', '`', '<', '|', '-']))?;
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(line.replace(['`', '*'], ""))
}

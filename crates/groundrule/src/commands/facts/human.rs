//! Facts for a reader: services with what they are made of, then their subjects file by file, then
//! what became of the files.

use std::fmt::Write as _;

use groundrule_facts::SubjectKind;
use groundrule_policy::VerdictKind;
use groundrule_report::{escape, reason_words};
use groundrule_unit::DependencyScope;
use serde_json::Value;

use super::view::{
    CallView, DependencyView, Facts, FileState, FileView, ServiceView, Spot, SubjectView,
};

/// How many files of one fate are named.
const MOST_FILES: usize = 12;
/// How many names stand in a list before the rest is counted.
const MOST_NAMES: usize = 40;
const WIDTH: usize = 100;
/// The column at which what is said of a service starts.
const COLUMN: usize = 15;

/// The whole text.
pub(super) fn text(facts: &Facts) -> String {
    let mut page = Page::default();
    for service in facts.services.iter().filter(|service| service.within) {
        page.service(service, facts);
    }
    page.users(facts);
    page.shared(facts);
    page.calls(&facts.calls);
    page.files(&facts.files);
    page.totals(facts);
    page.0
}

/// The text so far.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, indent: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{:indent$}{}", "", escape::line(text));
    }

    /// A name and what is said of it, broken where it gets too long.
    fn row(&mut self, name: &str, parts: &[String], separator: &str) {
        let mut line = format!("{name:<width$}", width = COLUMN - 2);
        let mut room = WIDTH.saturating_sub(COLUMN);
        for (at, part) in parts.iter().enumerate() {
            let end = if at + 1 == parts.len() { "" } else { separator };
            let long = part.chars().count() + end.chars().count();
            if at > 0 && long > room {
                self.line(2, line.trim_end());
                line = " ".repeat(COLUMN - 2);
                room = WIDTH.saturating_sub(COLUMN);
            }
            line.push_str(part);
            line.push_str(end);
            room = room.saturating_sub(long);
        }
        if !parts.is_empty() {
            self.line(2, line.trim_end());
        }
    }

    fn service(&mut self, service: &ServiceView, facts: &Facts) {
        self.line(0, &format!("service {}  {}", service.name, service.folder));
        let words = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        self.row("languages", &words(&service.languages), ", ");
        if let Some(entry) = &service.entry {
            self.row("starts at", &[place(entry)], "");
        }
        let paths = |list: &[std::sync::Arc<str>]| {
            list.iter().map(|path| path.to_string()).collect::<Vec<_>>()
        };
        self.row("built by", &paths(&service.manifests), ", ");
        self.row("deployed by", &paths(&service.deployment), ", ");
        let mut owners = service.owners.clone();
        if let (Some(last), Some(source)) = (owners.last_mut(), &service.owners_from) {
            last.push_str(&format!(" ({source})"));
        }
        self.row("owned by", &owners, ", ");
        self.row("tier", service.tier.as_slice(), "");
        self.row("links", &paths(&service.uses), ", ");
        self.dependencies(&service.dependencies);
        let own =
            facts.subjects.iter().filter(|subject| *subject.services == [service.folder.clone()]);
        let (whole, inner): (Vec<_>, Vec<_>) =
            own.partition(|subject| subject.kind == SubjectKind::Service);
        for subject in whole {
            self.row("frameworks", &texts(&subject.attributes["frameworks"]), ", ");
            self.row("tracing", &[tracing(&subject.attributes["tracing"])], "");
            let calls_out = subject.attributes["calls_out"].as_bool().unwrap_or_default();
            let retries = match calls_out {
                true => knob(&subject.attributes["retry"]),
                false => "no outbound HTTP or gRPC call".to_string(),
            };
            self.row("retries", &[retries], "");
            self.row("verdicts", &verdicts(subject), ", ");
        }
        self.0.push('\n');
        self.subjects(&inner);
    }

    fn dependencies(&mut self, all: &[DependencyView]) {
        let mut names: Vec<String> = all
            .iter()
            .filter(|dependency| dependency.scope == DependencyScope::Runtime)
            .map(|dependency| match &dependency.version {
                Some(version) if dependency.exact => format!("{} {version}", dependency.name),
                Some(version) => format!("{} {version} (not locked)", dependency.name),
                None => format!("{} (version unknown)", dependency.name),
            })
            .collect();
        if names.len() > MOST_NAMES {
            let more = names.len() - MOST_NAMES;
            names.truncate(MOST_NAMES);
            names.push(format!("and {more} more"));
        }
        self.row("depends on", &names, ", ");
    }

    fn subjects(&mut self, subjects: &[&SubjectView]) {
        let mut file: &str = "";
        for subject in subjects {
            if *subject.at.path != *file {
                file = &subject.at.path;
                self.line(2, file);
            }
            self.subject(subject);
        }
        if !subjects.is_empty() {
            self.0.push('\n');
        }
    }

    fn subject(&mut self, subject: &SubjectView) {
        let within = match subject.symbol.as_str() {
            "" => String::new(),
            symbol => format!("  in {symbol}"),
        };
        let kind = kind_id(subject.kind);
        self.line(4, &format!("{:>4}  {kind}  {}{within}", subject.at.line, subject.label));
        for text in details(subject) {
            self.line(10, &text);
        }
        for open in &subject.unresolved {
            let at = open.at.as_ref().map(|at| format!("  {}", place(at))).unwrap_or_default();
            self.line(10, &format!("? {}: {}{at}", open.attribute, open.reason));
        }
        let said = verdicts(subject);
        if !said.is_empty() {
            self.line(10, &said.join(", "));
        }
    }

    /// Services elsewhere that run the code that is shown.
    fn users(&mut self, facts: &Facts) {
        let elsewhere: Vec<_> = facts.services.iter().filter(|service| !service.within).collect();
        for service in &elsewhere {
            self.line(0, &format!("runs in service {}  {}", service.name, service.folder));
        }
        if !elsewhere.is_empty() {
            self.0.push('\n');
        }
    }

    /// Code of libraries, and what belongs to no service.
    fn shared(&mut self, facts: &Facts) {
        for library in &facts.libraries {
            let users = match library.used_by.is_empty() {
                true => "no service".to_string(),
                false => library.used_by.join(", "),
            };
            self.line(0, &format!("library {}  {}  used by {users}", library.name, library.folder));
        }
        if !facts.libraries.is_empty() {
            self.0.push('\n');
        }
        let has_service = |subject: &&SubjectView| {
            matches!(&*subject.services, [only]
                if facts.services.iter().any(|s| s.within && s.folder == *only))
        };
        let rest: Vec<&SubjectView> =
            facts.subjects.iter().filter(|subject| !has_service(subject)).collect();
        if !rest.is_empty() {
            self.line(0, "in shared code");
            self.subjects(&rest);
        }
    }

    fn calls(&mut self, calls: &[CallView]) {
        if calls.is_empty() {
            return;
        }
        self.line(0, "calls by their qualified names (* a library model speaks of it)");
        for call in calls {
            let names = match call.names.is_empty() {
                true => "the repository's own, or cannot be told".to_string(),
                false => call.names.join(" | "),
            };
            let mark = if call.known { "*" } else { " " };
            self.line(2, &format!("{:>4} {mark} {}  {names}", call.line, call.written));
        }
        self.0.push('\n');
    }

    fn files(&mut self, files: &[FileView]) {
        let mut groups: Vec<(String, Vec<&FileView>)> = Vec::new();
        for file in files {
            let name = match (file.state, file.reason) {
                (FileState::Parsed, _) if file.note.is_none() => continue,
                (FileState::Parsed, _) => "read in part".to_string(),
                (FileState::PassedBy, _) => "nothing in it matters to any policy".to_string(),
                (FileState::LeftOut, Some(reason)) => format!("left out: {}", reason_words(reason)),
                (FileState::LeftOut, None) => "left out".to_string(),
                (FileState::Unread, _) => "could not be read".to_string(),
            };
            match groups.iter_mut().find(|(known, _)| *known == name) {
                Some((_, group)) => group.push(file),
                None => groups.push((name, vec![file])),
            }
        }
        groups.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (name, group) in groups {
            self.line(0, &format!("{name}  {}", group.len()));
            for file in group.iter().take(MOST_FILES) {
                let note = file.note.as_ref().map(|note| format!("  {note}")).unwrap_or_default();
                self.line(2, &format!("{}{note}", file.path));
            }
            if group.len() > MOST_FILES {
                self.line(2, &format!("and {} more", group.len() - MOST_FILES));
            }
            self.0.push('\n');
        }
    }

    fn totals(&mut self, facts: &Facts) {
        let parsed = facts.files.iter().filter(|file| file.state == FileState::Parsed).count();
        let open = facts.subjects.iter().filter(|subject| !subject.unresolved.is_empty()).count();
        self.line(
            0,
            &format!(
                "{}, {} of which {open} not wholly resolved, {parsed} of {} parsed",
                count(facts.services.len(), "service"),
                count(facts.subjects.len(), "subject"),
                count(facts.files.len(), "file"),
            ),
        );
    }
}

fn count(number: usize, noun: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{end}")
}

fn place(spot: &Spot) -> String {
    format!("{}:{}", spot.path, spot.line)
}

fn kind_id(kind: SubjectKind) -> String {
    serde_json::to_value(kind)
        .ok()
        .and_then(|id| Some(id.as_str()?.to_string()))
        .unwrap_or_default()
}

fn verdicts(subject: &SubjectView) -> Vec<String> {
    let said = subject.verdicts.iter();
    said.map(|verdict| {
        let mark = match verdict.verdict {
            VerdictKind::Pass => '✓',
            VerdictKind::Fail => '✗',
            VerdictKind::Review => '?',
            VerdictKind::Exempt => '○',
        };
        let class = match verdict.class.as_str() {
            "" => String::new(),
            class => format!("/{class}"),
        };
        format!("{mark} {} {}{class}", verdict.verdict.id(), verdict.policy)
    })
    .collect()
}

/// What is known of a subject, a line each.
fn details(subject: &SubjectView) -> Vec<String> {
    let of = &subject.attributes;
    let yes = |name: &str| of[name].as_bool().unwrap_or_default();
    match subject.kind {
        SubjectKind::OutboundCall => {
            let kind = if yes("is_client") { "client" } else { "call" };
            let mut lines = vec![
                joined(&[
                    &text_of(&of["protocol"]),
                    kind,
                    &text_of(&of["library"]),
                    &text_of(&of["method"]),
                ]),
                format!("deadline  {}", knob(&of["deadline"])),
                format!("retry     {}", knob(&of["retry"])),
            ];
            if yes("idempotency_key") {
                lines.push("carries an idempotency key".to_string());
            }
            lines
        }
        SubjectKind::LogStatement => {
            let mut lines = vec![joined(&[
                &text_of(&of["library"]),
                &text_of(&of["level"]),
                &text_of(&of["sink"]),
                if yes("structured") { "structured" } else { "" },
            ])];
            lines.extend(of["values"].as_array().into_iter().flatten().map(log_value));
            lines
        }
        SubjectKind::HttpRoute => {
            let handler = text_of(&of["handler"]);
            let handler = if handler.is_empty() { handler } else { format!("handler {handler}") };
            let path = if yes("path_known") { "" } else { "path not wholly known" };
            let by = text_of(&of["versioned_by"]);
            let by = if by.is_empty() { by } else { format!("versioned by {by}") };
            let mut lines = vec![joined(&[
                &text_of(&of["framework"]),
                &text_of(&of["source"]),
                &format!("serves {}", text_of(&of["serves"])),
                &handler,
                path,
                &by,
            ])];
            lines.extend(repeats(of));
            lines
        }
        SubjectKind::RpcService => vec![joined(&[
            &format!("package {}", text_of(&of["package"])),
            &format!("methods {}", texts(&of["methods"]).join(", ")),
        ])],
        SubjectKind::MessageConsumer => {
            let topic = text_of(&of["topic"]);
            let topic = if topic.is_empty() { topic } else { format!("topic {topic}") };
            let mut lines =
                vec![joined(&[&text_of(&of["broker"]), &topic, &text_of(&of["handler"])])];
            lines.extend(repeats(of));
            lines
        }
        SubjectKind::RetryLoop => vec![joined(&[
            if yes("bounded") { "bounded" } else { "unbounded" },
            &format!("delay {}", text_of(&of["delay"])),
            if yes("jitter") { "jitter" } else { "no jitter" },
            &format!("repeats {}", text_of(&of["repeats"])),
        ])],
        SubjectKind::Service => Vec::new(),
    }
}

/// What a repeated request or message does.
fn repeats(of: &Value) -> Vec<String> {
    match (text_of(&of["effect"]).as_str(), of["method"].as_str()) {
        ("writes", _) => {}
        (_, Some("GET" | "HEAD" | "OPTIONS" | "TRACE")) => return Vec::new(),
        ("reads", _) => return vec!["only reads".to_string()],
        _ => return vec!["whether it writes could not be told".to_string()],
    }
    let repeat = &of["repeat"];
    let by = text_of(&repeat["by"]);
    let by = if by.is_empty() { by } else { format!(" {by}") };
    let mut lines = vec![format!(
        "writes, guard against a repeat: {}{by}{}",
        text_of(&repeat["guard"]),
        at(repeat)
    )];
    let keys: Vec<String> = of["request_keys"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|key| format!("{} {}", text_of(&key["source"]), text_of(&key["name"])))
        .collect();
    if !keys.is_empty() {
        lines.push(format!("reads {}", keys.join(", ")));
    }
    lines
}

fn log_value(value: &Value) -> String {
    let ty = text_of(&value["ty"]);
    let fields: Vec<String> = value["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .take(MOST_NAMES)
        .map(|field| text_of(&field["path"]))
        .collect();
    let fields =
        if fields.is_empty() { String::new() } else { format!("prints {}", fields.join(", ")) };
    let whole = value["complete"].as_bool().unwrap_or(true) || fields.is_empty();
    format!(
        "value  {}",
        joined(&[
            &text_of(&value["expression"]),
            &ty,
            &text_of(&value["shape"]),
            &text_of(&value["treatment"]),
            &fields,
            if whole { "" } else { "and perhaps more" },
        ])
    )
}

fn tracing(value: &Value) -> String {
    let by = text_of(&value["by"]);
    match text_of(&value["state"]).as_str() {
        "set-up" => format!("{by}{}", at(value)),
        "none" => "none".to_string(),
        state if by.is_empty() => state.to_string(),
        state => format!("{state}: {by}{}", at(value)),
    }
}

/// A setting: what it is set to, by what, and where.
fn knob(value: &Value) -> String {
    let (by, set) = (text_of(&value["by"]), text_of(&value["value"]));
    let what = match (by.as_str(), set.as_str()) {
        ("", "") => String::new(),
        (by, "") => format!(": {by}"),
        ("", set) => format!(": {set}"),
        (by, set) => format!(": {by} = {set}"),
    };
    format!("{}{what}{}", text_of(&value["state"]), at(value))
}

fn at(value: &Value) -> String {
    match (value["at"]["path"].as_str(), value["at"]["line"].as_u64()) {
        (Some(path), Some(line)) => format!("  {path}:{line}"),
        _ => String::new(),
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text_of).collect()
}

/// The parts that say something, apart from each other.
fn joined(parts: &[&str]) -> String {
    parts.iter().copied().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

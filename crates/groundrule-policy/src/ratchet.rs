//! The ratchet: how many failures each service is known to have, by policy. The numbers only fall:
//! what is within them is known and does not gate, one more and all of them do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use groundrule_unit::Name;
use toml::Spanned;
use toml::de::DeValue;

use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::policy::Policies;
use crate::problem::{Problem, did_you_mean, source};
use crate::reader::{Reader, Sink, parse};
use crate::verdict::{Judgement, Mode, Verdict, VerdictKind};

/// Known failures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ratchet {
    /// A file of its own, relative to the root; none where `groundrule.toml` holds the numbers.
    pub file: Option<String>,
    /// By policy. One without services is under the ratchet and has no failures left.
    policies: BTreeMap<Name, BTreeMap<String, Held>>,
    /// Where the numbers stand, for reports.
    name: Arc<str>,
}

/// How many failures one service may have under one policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    count: usize,
    /// 1-based; 0 for what is not written yet.
    line: u32,
}

/// A number that `groundrule baseline` changes, or would have to raise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatchetChange {
    pub policy: Name,
    /// The service's folder.
    pub service: String,
    /// None where the policy was not under the ratchet.
    pub from: Option<usize>,
    pub to: usize,
}

type Counts = BTreeMap<Name, BTreeMap<String, usize>>;

impl Ratchet {
    /// The file that a configuration names for the numbers, whatever else is wrong with it.
    pub fn file_of(config: &str) -> Option<String> {
        let sink = Sink::new(source("", config));
        let table = parse(config, &sink);
        let reader = Reader::new(table.get_ref(), 0..config.len(), "", &sink);
        reader.table("ratchet", "")?.inner_path("file")
    }

    /// Reads `[ratchet]` of the configuration.
    pub(crate) fn read(reader: &Reader<'_, '_>, name: &str, policies: &Policies) -> Self {
        let Some(table) = reader.table("ratchet", "the ratchet") else {
            return Self { name: name.into(), ..Self::default() };
        };
        let file = table.inner_path("file");
        let policies = read_policies(&table, policies, file.is_some());
        Self { file, policies, name: name.into() }
    }

    /// Reads the file that holds the numbers.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read_file(
        &mut self,
        name: &str,
        text: &str,
        policies: &Policies,
    ) -> Result<(), Vec<Problem>> {
        let sink = Sink::new(source(name, text));
        let table = parse(text, &sink);
        let reader = Reader::new(table.get_ref(), 0..text.len(), "the ratchet", &sink);
        self.policies = read_policies(&reader, policies, false);
        self.name = name.into();
        let problems = sink.into_problems();
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// How the numbers of a change differ from those of its base.
    pub(crate) fn altered(&self, before: &Self) -> Vec<Diagnostic> {
        let mut said = Vec::new();
        let mut say = |line: u32, message: String| {
            let (path, line) = (self.name.clone(), line.max(1));
            said.push(Diagnostic { path, line, kind: DiagnosticKind::WouldAlter, message });
        };
        let policies: BTreeSet<&Name> =
            self.policies.keys().chain(before.policies.keys()).collect();
        let none = BTreeMap::new();
        for policy in policies {
            let now = self.policies.get(policy).unwrap_or(&none);
            let old = before.policies.get(policy).unwrap_or(&none);
            let services: BTreeSet<&String> = now.keys().chain(old.keys()).collect();
            for service in services {
                let count = |held: Option<&Held>| held.map_or(0, |held| held.count);
                let (from, to) = (count(old.get(service)), count(now.get(service)));
                let line = now.get(service).map_or(1, |held| held.line);
                match to.cmp(&from) {
                    std::cmp::Ordering::Equal => {}
                    std::cmp::Ordering::Greater => say(
                        line,
                        format!(
                            "the ratchet of `{policy}` in {service} is raised from {from} to {to}: \
                             its numbers only fall"
                        ),
                    ),
                    std::cmp::Ordering::Less => say(
                        line,
                        format!("the ratchet of `{policy}` in {service} falls from {from} to {to}"),
                    ),
                }
            }
        }
        said
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// Marks the failures that are known, and says where the numbers do not fit.
    pub(crate) fn apply(&self, verdicts: &mut [Verdict], ran: &[Name]) -> Vec<Diagnostic> {
        let counts = counts(verdicts.iter());
        let count = |policy: &Name, service: &str| {
            counts.get(policy).and_then(|services| services.get(service)).copied()
        };
        let held = |policy: &Name, service: &str| self.policies.get(policy)?.get(service);
        for verdict in verdicts.iter_mut().filter(|verdict| is_counted(verdict)) {
            let policy = &verdict.policy;
            let within = |service: &Arc<str>| {
                held(policy, service)
                    .is_some_and(|held| count(policy, service).unwrap_or_default() <= held.count)
            };
            verdict.known = verdict.services.iter().all(within);
        }
        let mut diagnostics = Vec::new();
        for (policy, services) in self.policies.iter().filter(|(policy, _)| ran.contains(policy)) {
            for (service, held) in services {
                let fails = count(policy, service).unwrap_or_default();
                let (kind, message) = match fails.cmp(&held.count) {
                    std::cmp::Ordering::Equal => continue,
                    std::cmp::Ordering::Greater => (
                        DiagnosticKind::RatchetExceeded,
                        format!(
                            "`{policy}` fails {fails} times in {service}, and {} are known: \
                             mend {}, or waive it",
                            held.count,
                            fails - held.count
                        ),
                    ),
                    std::cmp::Ordering::Less => (
                        DiagnosticKind::RatchetCanShrink,
                        format!(
                            "`{policy}` fails {fails} times in {service}, and {} are known: it \
                             can shrink by {} with `groundrule baseline`",
                            held.count,
                            held.count - fails
                        ),
                    ),
                };
                let (path, line) = (self.name.clone(), held.line.max(1));
                diagnostics.push(Diagnostic { path, line, kind, message });
            }
        }
        diagnostics
    }

    /// The ratchet after a run: numbers fall to what fails, services without failures go, and
    /// policies that were not under it come in. Nothing rises: what would have to is given back
    /// beside the changes.
    pub fn tightened(
        &self,
        judgement: &Judgement,
    ) -> (Self, Vec<RatchetChange>, Vec<RatchetChange>) {
        let counts = counts(judgement.verdicts.iter());
        let mut next = self.clone();
        let (mut changes, mut refused) = (Vec::new(), Vec::new());
        for policy in &judgement.policies {
            let fails = counts.get(&policy.id);
            let known = self.policies.get(&policy.id);
            if known.is_none() && fails.is_none() {
                continue;
            }
            let services: BTreeSet<&String> = fails
                .into_iter()
                .flat_map(BTreeMap::keys)
                .chain(known.into_iter().flat_map(BTreeMap::keys))
                .collect();
            let entry = next.policies.entry(policy.id.clone()).or_default();
            for service in services {
                let to = fails.and_then(|fails| fails.get(service)).copied().unwrap_or_default();
                let from = known.map(|known| known.get(service).map_or(0, |held| held.count));
                let change =
                    RatchetChange { policy: policy.id.clone(), service: service.clone(), from, to };
                match from {
                    Some(from) if to > from => {
                        refused.push(change);
                        continue;
                    }
                    Some(from) if to == from => continue,
                    _ => changes.push(change),
                }
                if to == 0 {
                    entry.remove(service);
                } else {
                    entry.insert(service.clone(), Held { count: to, line: 0 });
                }
            }
        }
        (next, changes, refused)
    }

    /// A file of its own, sorted.
    pub fn to_file(&self) -> String {
        let mut text = String::from(
            "# Failures that are known, by policy and service. They only fall: `groundrule \
             baseline`\n# writes this file.\n",
        );
        for (policy, services) in &self.policies {
            let _ = write!(text, "\n[{policy}]\n");
            for (service, held) in services {
                let _ = writeln!(text, "{} = {}", key(service), held.count);
            }
        }
        text
    }

    /// The configuration with these numbers in the place of its own; everything else stays as it
    /// is written.
    ///
    /// # Errors
    /// When the configuration is no TOML.
    pub fn write_into(&self, config: &str) -> Result<String, toml_edit::TomlError> {
        let mut document: toml_edit::DocumentMut = config.parse()?;
        let mut ratchet = toml_edit::Table::new();
        ratchet.set_implicit(true);
        for (policy, services) in &self.policies {
            let mut table = toml_edit::Table::new();
            for (service, held) in services {
                let count = i64::try_from(held.count).unwrap_or(i64::MAX);
                table.insert(service, toml_edit::value(count));
            }
            ratchet.insert(policy, toml_edit::Item::Table(table));
        }
        document.insert("ratchet", toml_edit::Item::Table(ratchet));
        Ok(document.to_string())
    }
}

/// Failures by policy and service. What is only measured does not count.
fn counts<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Counts {
    let mut counts = Counts::new();
    for verdict in verdicts.filter(|verdict| is_counted(verdict)) {
        let services = counts.entry(verdict.policy.clone()).or_default();
        for service in &verdict.services {
            *services.entry(service.to_string()).or_default() += 1;
        }
    }
    counts
}

fn is_counted(verdict: &Verdict) -> bool {
    verdict.kind == VerdictKind::Fail && verdict.mode >= Mode::Warn
}

fn read_policies(
    table: &Reader<'_, '_>,
    policies: &Policies,
    elsewhere: bool,
) -> BTreeMap<Name, BTreeMap<String, Held>> {
    let mut read = BTreeMap::new();
    for (id, value) in table.entries() {
        if elsewhere || (id.value == "file" && value.get_ref().is_str()) {
            if id.value != "file" {
                let help = "move it there, or take `file` away";
                table.sink.add(id.span, "the ratchet has a file of its own", help);
            }
            continue;
        }
        if !policies.knows(&id.value) {
            let ids: Vec<&str> = policies.iter().map(|policy| policy.info.id.as_str()).collect();
            let message = format!("there is no policy `{}`", id.value);
            table.sink.add(id.span, message, did_you_mean(&id.value, ids));
            continue;
        }
        match value.get_ref().as_table() {
            Some(inner) => {
                let inner = Reader::new(inner, value.span(), "a policy's ratchet", table.sink);
                read.insert(id.value.as_str().into(), read_services(&inner));
            }
            None => {
                let help = "write `\"path/of/service\" = 3` below `[ratchet.<policy>]`";
                table.sink.add(value.span(), "a policy's ratchet is a table", help);
            }
        }
    }
    read
}

fn read_services(table: &Reader<'_, '_>) -> BTreeMap<String, Held> {
    let mut services = BTreeMap::new();
    for (service, value) in table.entries() {
        match count_of(value) {
            Some(count) => {
                let line = table.sink.line(service.span.start);
                services.insert(service.value, Held { count, line });
            }
            None => table.sink.add(value.span(), "a known number of failures is from 1 up", ""),
        }
    }
    services
}

fn count_of(value: &Spanned<DeValue<'_>>) -> Option<usize> {
    let count = value.get_ref().as_integer()?.to_string().parse().ok()?;
    (count > 0).then_some(count)
}

/// A key of TOML, on one line whatever is in it.
fn key(text: &str) -> String {
    toml_edit::Key::new(text).to_string()
}

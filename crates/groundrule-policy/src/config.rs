//! `groundrule.toml`: which policies hold how strictly, their settings, waivers, and what discovery
//! cannot know by itself.

use std::collections::BTreeMap;

use globset::Glob;
use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::modes::{Schedule, ServiceModes, mode_in};
use crate::policy::{Policies, Policy, RESERVED, SEVERITIES};
use crate::problem::{Problem, Source, did_you_mean, source};
use crate::ratchet::Ratchet;
use crate::reader::{Reader, Sink, Text, parse};
use crate::settings::SettingValue;
use crate::verdict::{Mode, Severity};
use crate::waivers::{Demands, Waiver, read_waivers};

/// The configuration of one repository.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub scan: Scan,
    pub adoption: Adoption,
    /// In the order in which they are written.
    pub services: Vec<ServiceEntry>,
    pub ratchet: Ratchet,
    /// In the order in which they are written.
    pub(crate) waivers: Vec<Waiver>,
    /// What every policy demands of its waivers that says nothing itself.
    pub(crate) demands: Demands,
    /// Its name for reports, and its text.
    source: Option<Source>,
    pub(crate) policies: BTreeMap<String, PolicyConfig>,
}

/// `[scan]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scan {
    /// In bytes; larger files are not read, and said so.
    pub max_file_size: u64,
    /// Globs of paths that are left out, relative to the root.
    pub exclude: Vec<String>,
    /// A folder of the organisation's own policies, relative to the root.
    pub policies: Option<String>,
    /// A folder of the organisation's own library models, relative to the root.
    pub libraries: Option<String>,
}

impl Default for Scan {
    fn default() -> Self {
        Self { max_file_size: 1 << 20, exclude: Vec::new(), policies: None, libraries: None }
    }
}

/// `[adoption]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Adoption {
    /// The adoption rate that is aimed at, from 0 to 1.
    pub target: Option<f64>,
    /// The share of a service's subjects that must pass for it to count as adopting, from 0 to 1.
    pub threshold: f64,
}

impl Default for Adoption {
    fn default() -> Self {
        Self { target: None, threshold: 1.0 }
    }
}

/// `[[service]]`: what is known better here than by looking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceEntry {
    /// The folder, relative to the root; `.` for the root.
    pub path: String,
    pub name: Option<String>,
    pub owners: Vec<String>,
    pub tier: Option<String>,
    pub kind: ServiceKind,
}

/// What a folder is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServiceKind {
    /// Deployed on its own.
    #[default]
    Service,
    /// Linked by services.
    Library,
    /// Neither: left out.
    Ignored,
}

/// `[policies.<id>]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PolicyConfig {
    pub(crate) schedule: Schedule,
    pub(crate) services: Vec<ServiceModes>,
    pub(crate) demands: Demands,
    pub(crate) severity: Option<Severity>,
    /// By name, in kebab-case.
    pub(crate) settings: BTreeMap<String, SettingValue>,
}

/// Keys of `[policies.<id>]` that are no settings of the policy.
const OWN_KEYS: [&str; 5] = ["mode", "severity", "from", "services", "waivers"];

impl Config {
    /// Only `[scan]`, whatever else is wrong: to find the policies against which the rest is read.
    pub fn scan_of(text: &str) -> Scan {
        let sink = Sink::new(source("", text));
        let table = parse(text, &sink);
        read_scan(&Reader::new(table.get_ref(), 0..text.len(), "", &sink))
    }

    /// Reads the configuration; everything that is wrong is returned beside what could be read.
    pub(crate) fn read(name: &str, text: &str, policies: &Policies) -> (Self, Vec<Problem>) {
        let sink = Sink::new(source(name, text));
        let table = parse(text, &sink);
        let reader = Reader::new(table.get_ref(), 0..text.len(), "groundrule.toml", &sink);
        let config = Self {
            scan: read_scan(&reader),
            adoption: read_adoption(&reader),
            services: reader
                .tables("service", "a service")
                .into_iter()
                .filter_map(read_service)
                .collect(),
            ratchet: Ratchet::read(&reader, name, policies),
            waivers: read_waivers(&reader, name, policies),
            demands: Demands::read(&reader),
            source: Some(sink.source.clone()),
            policies: read_policies(&reader, policies),
        };
        reader.finish();
        (config, sink.into_problems())
    }

    /// Its name for reports; none where there is no configuration.
    pub(crate) fn name(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.name())
    }

    /// How strictly a policy holds on a day, in services without a mode of their own.
    pub fn mode(&self, policy: &Policy, today: Date) -> Mode {
        self.of(policy).and_then(|config| config.schedule.at(today)).unwrap_or(policy.info.mode)
    }

    /// How strictly a policy holds in a service, by its folder and name, on a day.
    pub fn mode_in(&self, policy: &Policy, service: (&str, &str), today: Date) -> Mode {
        self.of(policy)
            .and_then(|config| mode_in(&config.services, service, today))
            .unwrap_or_else(|| self.mode(policy, today))
    }

    /// Whether a policy is judged anywhere on a day.
    pub(crate) fn is_judged(&self, policy: &Policy, today: Date) -> bool {
        let own = self.of(policy).map(|config| config.services.as_slice()).unwrap_or_default();
        let on = |mode| mode != Mode::Off;
        on(self.mode(policy, today)) || own.iter().any(|s| s.at_day(today).is_some_and(on))
    }

    /// What a policy demands of its waivers.
    pub(crate) fn demands(&self, policy: &Policy) -> Demands {
        let own = self.of(policy).map(|config| config.demands).unwrap_or_default();
        own.or(policy.demands).or(self.demands)
    }

    /// Services that the configuration gives modes to and that do not exist.
    pub(crate) fn unknown_services(&self, services: &BTreeMap<&str, &str>) -> Vec<Diagnostic> {
        let Some(source) = &self.source else { return Vec::new() };
        let entries = self.policies.values().flat_map(|config| &config.services);
        let unknown = entries.filter(|entry| {
            !services.iter().any(|(folder, name)| entry.services.fits_service(folder, name))
        });
        unknown
            .map(|entry| Diagnostic {
                path: source.name().into(),
                line: Sink::new(source.clone()).line(entry.at),
                kind: DiagnosticKind::UnknownService,
                message: format!("no service is `{}`", entry.services.text),
            })
            .collect()
    }

    /// How grave a policy's failures are.
    pub fn severity(&self, policy: &Policy) -> Severity {
        self.of(policy).and_then(|config| config.severity).unwrap_or(policy.info.severity)
    }

    /// The value of a policy's setting.
    pub fn setting<'a>(&'a self, policy: &'a Policy, name: &str) -> Option<&'a SettingValue> {
        let given = self.of(policy).and_then(|config| config.settings.get(name));
        given.or_else(|| {
            policy.settings.iter().find(|setting| setting.name == name).map(|s| &s.default)
        })
    }

    fn of(&self, policy: &Policy) -> Option<&PolicyConfig> {
        self.policies.get(policy.info.id.as_str())
    }
}

fn read_scan(reader: &Reader<'_, '_>) -> Scan {
    let mut scan = Scan::default();
    let Some(table) = reader.table("scan", "[scan]") else { return scan };
    if let Some(value) = table.value("max-file-size") {
        match size_of(value) {
            Some(size) => scan.max_file_size = size,
            None => table.sink.add(
                value.span(),
                "`max-file-size` must be a size",
                "a number of bytes, or a string such as `\"2 MiB\"`",
            ),
        }
    }
    for glob in table.texts("exclude").unwrap_or_default() {
        match Glob::new(&glob.value) {
            Ok(_) => scan.exclude.push(glob.value),
            Err(error) => {
                table.sink.add(glob.span, format!("this is no valid glob: {}", error.kind()), "");
            }
        }
    }
    scan.policies = table.inner_path("policies");
    scan.libraries = table.inner_path("libraries");
    table.finish();
    scan
}

/// Bytes, from a number or from a string with a unit.
fn size_of(value: &Spanned<DeValue<'_>>) -> Option<u64> {
    if let Some(integer) = value.get_ref().as_integer() {
        return integer.to_string().parse().ok();
    }
    let text = value.get_ref().as_str()?;
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let number: u64 = text[..split].trim().parse().ok()?;
    let unit = match text[split..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" | "k" => 1 << 10,
        "kb" => 1_000,
        "mib" | "m" => 1 << 20,
        "mb" => 1_000_000,
        _ => return None,
    };
    number.checked_mul(unit)
}

fn read_adoption(reader: &Reader<'_, '_>) -> Adoption {
    let mut adoption = Adoption::default();
    let Some(table) = reader.table("adoption", "[adoption]") else { return adoption };
    adoption.target = share(&table, "target");
    adoption.threshold = share(&table, "threshold").unwrap_or(adoption.threshold);
    table.finish();
    adoption
}

fn share(table: &Reader<'_, '_>, key: &'static str) -> Option<f64> {
    let number = table.number(key)?;
    if (0.0..=1.0).contains(&number) {
        return Some(number);
    }
    let span = table.value(key).map(|value| value.span()).unwrap_or_default();
    table.sink.add(span, format!("`{key}` must be from 0 to 1"), "write 0.9 for 90 %");
    None
}

fn read_service(table: Reader<'_, '_>) -> Option<ServiceEntry> {
    let path = table.required("path");
    let owner = table.text("owner").map(|text| text.value);
    let mut owners = table.strings("owners");
    owners.extend(owner);
    let kinds = [
        ("service", ServiceKind::Service),
        ("library", ServiceKind::Library),
        ("ignored", ServiceKind::Ignored),
    ];
    let entry = ServiceEntry {
        path: path.value.trim_end_matches('/').trim_start_matches("./").to_owned(),
        name: table.text("name").map(|text| text.value),
        owners,
        tier: table.text("tier").map(|text| text.value),
        kind: table.choice("kind", &kinds).unwrap_or_default(),
    };
    table.finish();
    let path = if entry.path.is_empty() { ".".to_owned() } else { entry.path.clone() };
    Some(ServiceEntry { path, ..entry })
}

fn read_policies(reader: &Reader<'_, '_>, policies: &Policies) -> BTreeMap<String, PolicyConfig> {
    let mut configs = BTreeMap::new();
    let Some(table) = reader.table("policies", "[policies]") else { return configs };
    for (id, value) in table.entries() {
        let Some(policy) = policies.get(&id.value) else {
            if policies.is_broken(&id.value) {
                continue;
            }
            let ids: Vec<&str> = policies.iter().map(|policy| policy.info.id.as_str()).collect();
            let message = format!("there is no policy `{}`", id.value);
            reader.sink.add(id.span, message, did_you_mean(&id.value, ids));
            continue;
        };
        match value.get_ref().as_table() {
            Some(inner) => {
                let config = read_policy(inner, value, policy, reader.sink);
                configs.insert(id.value, config);
            }
            None => reader.sink.add(
                value.span(),
                "a policy's configuration is a table",
                format!("write `[policies.{}]` with `mode = \"…\"` below it", id.value),
            ),
        }
    }
    configs
}

fn read_policy(
    inner: &DeTable<'_>,
    value: &Spanned<DeValue<'_>>,
    policy: &Policy,
    sink: &Sink,
) -> PolicyConfig {
    let table = Reader::new(inner, value.span(), "a policy's configuration", sink);
    let mut config = PolicyConfig {
        schedule: Schedule::read(&table),
        services: table
            .table("services", "the modes of services")
            .map(|services| ServiceModes::read(&services))
            .unwrap_or_default(),
        demands: Demands::read(&table),
        severity: table.choice("severity", &SEVERITIES),
        settings: BTreeMap::new(),
    };
    for (key, value) in table.entries() {
        if OWN_KEYS.contains(&key.value.as_str()) {
            continue;
        }
        match policy.settings.iter().find(|setting| setting.name == key.value) {
            Some(setting) => {
                if let Some(value) = setting.kind.read(&setting.name, value, sink) {
                    config.settings.insert(key.value, value);
                }
            }
            None => unknown_setting(key, policy, sink),
        }
    }
    config
}

fn unknown_setting(key: Text, policy: &Policy, sink: &Sink) {
    let message = if RESERVED.contains(&key.value.as_str()) {
        format!("`{}` is not supported here", key.value)
    } else {
        format!("`{}` has no setting `{}`", policy.info.id, key.value)
    };
    let names = policy.settings.iter().map(|setting| setting.name.as_str());
    let names: Vec<&str> = OWN_KEYS.into_iter().chain(names).collect();
    sink.add(key.span, message, did_you_mean(&key.value, names));
}

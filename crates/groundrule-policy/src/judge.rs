//! Judging: every policy over every subject that it is about. Waivers, modes and baselines belong
//! here and nowhere else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cel::objects::{Key, Map};
use cel::{Context, Value};
use groundrule_facts::{Attributes, Knob, LogStatement, Shape, Subject, Treatment, Unresolved};
use groundrule_unit::{Name, Place, Service};
use jiff::civil::Date;

use crate::change::Base;
use crate::config::Config;
use crate::dictionary::{Dictionary, Finding};
use crate::functions;
use crate::policy::{Check, ClassOf, Policies, Policy};
use crate::settings::SettingValue;
use crate::template::{one_line, text_of};
use crate::verdict::{
    Judgement, Mode, PolicyInfo, Related, ServiceRow, Verdict, VerdictKind, fingerprint,
};
use crate::waivers::{CodeComment, Scene, Waiver, apply, edited, read_comments};

/// What is judged, and on which day.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub subjects: &'a [Subject],
    pub services: &'a [Service],
    /// Comments in the code that address groundrule.
    pub comments: &'a [CodeComment],
    pub today: Date,
    /// The version that a change starts from, where only what it brings in counts.
    pub base: Option<Base<'a>>,
}

/// What the policies say of the subjects. The same for the same input, in whatever order the
/// subjects come.
pub fn judge(case: &Case<'_>, policies: &Policies, config: &Config) -> Judgement {
    let today = case.today;
    let judged: Vec<&Policy> =
        policies.iter().filter(|policy| config.is_judged(policy, today)).collect();
    let mut verdicts = Vec::new();
    for policy in &judged {
        Judge::new(policy, config).judge(case.subjects, &mut verdicts);
    }
    verdicts.sort_by(|a: &Verdict, b| order(a).cmp(&order(b)));
    number(&mut verdicts);

    let names: BTreeMap<&str, &str> =
        case.services.iter().map(|service| (&*service.folder, service.name.as_str())).collect();
    let (mut found, mut diagnostics) = read_comments(case.comments, policies);
    if let Some(base) = case.base.filter(|base| base.trusted) {
        let (before, _) = read_comments(base.comments, policies);
        diagnostics.extend(edited(&found, &before, base.versions));
        found.clear();
    }
    let waivers: Vec<Waiver> = config.waivers.iter().cloned().chain(found).collect();
    let demands =
        judged.iter().map(|policy| (policy.info.id.as_str(), config.demands(policy))).collect();
    let complete = policies.is_complete();
    let scene = Scene { today, names: &names, demands: &demands, complete };
    let (rows, said) = apply(&waivers, &mut verdicts, &scene);
    diagnostics.extend(said);
    let mut mended = Vec::new();
    if let Some(base) = &case.base {
        let (found, said) = base.apply(&mut verdicts, &names);
        mended = found;
        diagnostics.extend(said);
    }
    for policy in &judged {
        set_modes(policy, config, &names, today, &mut verdicts);
    }
    // Of what is off in all of its services nothing is said.
    verdicts.retain(|verdict| !verdict.services.is_empty());
    let ran: Vec<Name> = judged.iter().map(|policy| policy.info.id.clone()).collect();
    diagnostics.extend(config.ratchet.apply(&mut verdicts, &ran));
    diagnostics.extend(config.unknown_services(&names));
    diagnostics.sort();
    diagnostics.dedup();
    Judgement {
        policies: judged.iter().map(|policy| info(policy, config, today)).collect(),
        verdicts,
        services: case.services.iter().map(row).collect(),
        diagnostics,
        waivers: rows,
        mended,
    }
}

/// The modes of a policy's verdicts. One in several services has the strictest of them, and is
/// taken out of those where the policy is off.
fn set_modes(
    policy: &Policy,
    config: &Config,
    names: &BTreeMap<&str, &str>,
    today: Date,
    verdicts: &mut [Verdict],
) {
    let mut known: BTreeMap<Arc<str>, Mode> = BTreeMap::new();
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.policy == policy.info.id) {
        let mut mode_of = |folder: &Arc<str>| {
            *known.entry(folder.clone()).or_insert_with(|| {
                let name = names.get(&**folder).copied().unwrap_or_default();
                config.mode_in(policy, (folder, name), today)
            })
        };
        verdict.services.retain(|service| mode_of(service) != Mode::Off);
        verdict.mode = verdict.services.iter().map(mode_of).max().unwrap_or(Mode::Off);
    }
}

fn order(verdict: &Verdict) -> (&Place, &str, &str, VerdictKind, &str) {
    (&verdict.place, &verdict.policy, &verdict.label, verdict.kind, &verdict.message)
}

/// Fingerprints, once the order of equal ones is known.
fn number(verdicts: &mut [Verdict]) {
    let print = |verdict: &Verdict, occurrence| {
        let Verdict { policy, services, place, symbol, label, .. } = verdict;
        fingerprint(policy, services, &place.path, symbol, label, occurrence)
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for verdict in verdicts {
        let first = print(verdict, 0);
        let occurrence = seen.entry(first.clone()).or_default();
        verdict.fingerprint = if *occurrence == 0 { first } else { print(verdict, *occurrence) };
        *occurrence += 1;
    }
}

fn info(policy: &Policy, config: &Config, today: Date) -> PolicyInfo {
    PolicyInfo {
        severity: config.severity(policy),
        mode: config.mode(policy, today),
        ..policy.info.clone()
    }
}

fn row(service: &Service) -> ServiceRow {
    ServiceRow {
        folder: service.folder.clone(),
        name: service.name.to_string(),
        owners: service.owners.names.iter().map(ToString::to_string).collect(),
        languages: service.languages.iter().map(|language| language.id().to_owned()).collect(),
        tier: service.tier.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

/// One policy under one configuration.
struct Judge<'a> {
    policy: &'a Policy,
    config: &'a Config,
    context: Context<'a, 'a>,
    dictionary: Option<Dictionary>,
}

/// What is said of a subject or of one of its items.
struct Outcome {
    kind: VerdictKind,
    class: Name,
    message: String,
    help: String,
    /// Why a condition could not be evaluated.
    trouble: Option<String>,
    /// Which item of `each` decided.
    item: Option<usize>,
}

impl<'a> Judge<'a> {
    fn new(policy: &'a Policy, config: &'a Config) -> Self {
        let mut context = Context::default();
        functions::add_to(&mut context);
        let settings: serde_json::Map<String, serde_json::Value> = policy
            .settings
            .iter()
            .filter_map(|setting| {
                let value = config.setting(policy, &setting.name)?;
                Some((setting.variable(), value.to_json()))
            })
            .collect();
        context.add_variable_from_value("settings", to_value(&settings));
        Self { policy, config, context, dictionary: dictionary(policy, config) }
    }

    fn judge(&self, subjects: &[Subject], verdicts: &mut Vec<Verdict>) {
        for check in &self.policy.checks {
            for subject in subjects.iter().filter(|s| s.attributes.kind() == check.subject) {
                verdicts.extend(self.judge_one(check, subject));
            }
        }
    }

    fn judge_one(&self, check: &Check, subject: &Subject) -> Option<Verdict> {
        let (value, findings) = self.value_of(subject);
        let items = check.each.as_ref().map(|each| items_of(&value, &each.attribute));
        let mut context = self.context.new_inner_scope();
        context.add_variable_from_value(check.subject.variable(), value);
        let applies = check.applies.as_ref().map_or(Ok(true), |applies| applies.holds(&context));
        let outcome = match applies {
            Ok(false) => return None,
            Err(trouble) => undecided(check, &context, trouble),
            Ok(true) => match items {
                Some(items) => worst(check, &context, &items),
                None => decide(check, &context),
            },
        };
        Some(self.verdict(check, subject, outcome, &findings))
    }

    fn verdict(
        &self,
        check: &Check,
        subject: &Subject,
        outcome: Outcome,
        findings: &[Finding],
    ) -> Verdict {
        let place = check.at.as_ref().and_then(|at| subject.place_of(at)).unwrap_or(&subject.place);
        let mut related: Vec<Related> =
            check.related.iter().filter_map(|name| knob_note(subject, name)).collect();
        related.extend(outcome.item.and_then(|at| field_note(subject, at, findings.get(at)?)));
        related.retain(|other| other.place != *place);
        // What is assumed where a version cannot be told is said with every verdict.
        let (assumed, open): (Vec<&Unresolved>, Vec<&Unresolved>) =
            subject.unresolved.iter().partition(|open| open.attribute == "version");
        let mut reasons = Vec::new();
        if outcome.kind == VerdictKind::Review {
            reasons.extend(outcome.trouble);
            reasons.extend(open.iter().map(|open| open.reason.clone()));
        }
        let mut message = outcome.message;
        for open in assumed {
            message.push_str(&format!(" {}.", sentence(&open.reason)));
        }
        Verdict {
            policy: self.policy.info.id.clone(),
            kind: outcome.kind,
            class: outcome.class,
            place: place.clone(),
            services: subject.services.clone(),
            symbol: subject.symbol.clone(),
            label: subject.label.clone(),
            message,
            help: outcome.help,
            related,
            reasons,
            mode: Mode::Enforce,
            known: false,
            origin: None,
            waived: None,
            severity: self.config.severity(self.policy),
            subject: check.subject,
            gates: check.gates,
            fingerprint: String::new(),
        }
    }

    /// The subject for conditions, with what the dictionary says of it.
    fn value_of(&self, subject: &Subject) -> (Value, Vec<Finding>) {
        let value = to_value(&subject.attributes);
        match (&subject.attributes, &self.dictionary) {
            (Attributes::LogStatement(log), Some(dictionary)) => {
                let findings = findings_of(log, dictionary);
                let tempting = dictionary.mentions(&log.message)
                    || findings.iter().any(|finding| !finding.class.is_empty());
                (annotated(value, tempting, &findings), findings)
            }
            _ => (value, Vec::new()),
        }
    }
}

/// A clause with a first letter of a sentence.
fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The dictionary of a policy with the words that its settings add.
fn dictionary(policy: &Policy, config: &Config) -> Option<Dictionary> {
    let mut lists = policy.lists.clone()?;
    for setting in &policy.settings {
        if let (Some(target), Some(SettingValue::Strings(words))) =
            (&setting.adds_to, config.setting(policy, &setting.name))
        {
            lists.add(&target.value, words);
        }
    }
    Some(Dictionary::new(&lists))
}

/// What each value of a log statement is, those that only together are something included.
fn findings_of(log: &LogStatement, dictionary: &Dictionary) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        log.values.iter().map(|value| dictionary.find(value)).collect();
    let plain = |value: &&groundrule_facts::LogValue| {
        value.treatment == Treatment::Plain && matches!(value.shape, Shape::Scalar | Shape::Unknown)
    };
    let names = log.values.iter().filter(plain).filter_map(|v| v.names.first());
    if let Some(class) = dictionary.find_together(names.map(|name| name.as_str()))
        && let Some(at) = log.values.iter().position(|value| plain(&value))
        && (findings[at].class.is_empty() || !findings[at].certain)
    {
        findings[at].class = class.to_owned();
        findings[at].certain = true;
    }
    findings
}

/// Adds what the dictionary says to a log statement's value.
fn annotated(value: Value, tempting: bool, findings: &[Finding]) -> Value {
    let Value::Map(mut log) = value else { return value };
    let fields = Arc::make_mut(&mut log.map);
    fields.insert(key("tempting"), Value::Bool(tempting));
    if let Some(Value::List(values)) = fields.get_mut(&key("values")) {
        for (value, finding) in Arc::make_mut(values).iter_mut().zip(findings) {
            let Value::Map(value) = value else { continue };
            let fields = Arc::make_mut(&mut value.map);
            fields.insert(key("class"), text(&finding.class));
            fields.insert(key("certain"), Value::Bool(finding.certain));
            fields.insert(key("word"), text(&finding.word));
            fields.insert(key("field"), text(&finding.field));
            fields.insert(key("carrier"), Value::Bool(finding.carrier));
        }
    }
    Value::Map(Map { map: log.map })
}

fn key(name: &str) -> Key {
    Key::String(Arc::new(name.to_owned()))
}

fn text(text: &str) -> Value {
    Value::String(Arc::new(text.to_owned()))
}

fn to_value<T: serde::Serialize>(value: &T) -> Value {
    cel::to_value(value).unwrap_or(Value::Null)
}

fn items_of(value: &Value, attribute: &str) -> Vec<Value> {
    match value {
        Value::Map(map) => match map.map.get(&key(attribute)) {
            Some(Value::List(items)) => items.to_vec(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The verdict on one subject or item.
fn decide(check: &Check, context: &Context<'_, '_>) -> Outcome {
    let kind = match (check.pass.holds(context), &check.review) {
        (Ok(true), _) => VerdictKind::Pass,
        (Err(trouble), _) => return undecided(check, context, trouble),
        (Ok(false), None) => VerdictKind::Fail,
        (Ok(false), Some(review)) => match review.holds(context) {
            Ok(true) => VerdictKind::Review,
            Ok(false) => VerdictKind::Fail,
            Err(trouble) => return undecided(check, context, trouble),
        },
    };
    outcome(check, context, kind)
}

/// The worst verdict on the items: a failure before a review before a pass, the first of equals.
fn worst(check: &Check, context: &Context<'_, '_>, items: &[Value]) -> Outcome {
    let rank = |kind: VerdictKind| match kind {
        VerdictKind::Fail => 2,
        VerdictKind::Review => 1,
        VerdictKind::Pass | VerdictKind::Exempt => 0,
    };
    let mut found: Option<Outcome> = None;
    for (at, item) in items.iter().enumerate() {
        let mut inner = context.new_inner_scope();
        inner.add_variable_from_value("value", item.clone());
        let mut next = decide(check, &inner);
        next.item = Some(at);
        if found.as_ref().is_none_or(|found| rank(next.kind) > rank(found.kind)) {
            found = Some(next);
        }
    }
    found.unwrap_or_else(|| outcome(check, context, VerdictKind::Pass))
}

fn undecided(check: &Check, context: &Context<'_, '_>, trouble: String) -> Outcome {
    let trouble = Some(format!("a condition could not be evaluated: {trouble}"));
    Outcome { trouble, ..outcome(check, context, VerdictKind::Review) }
}

fn outcome(check: &Check, context: &Context<'_, '_>, kind: VerdictKind) -> Outcome {
    let template = match kind {
        VerdictKind::Pass => &check.message_pass,
        VerdictKind::Review => &check.message_review,
        VerdictKind::Fail | VerdictKind::Exempt => &check.message,
    };
    let class = match &check.class {
        ClassOf::Constant(class) => class.clone(),
        ClassOf::Expression(expression) => {
            expression.evaluate(context).map(|value| text_of(&value).into()).unwrap_or_default()
        }
    };
    let help = match kind {
        VerdictKind::Pass => String::new(),
        _ => check.help.render(context),
    };
    Outcome { kind, class, message: template.render(context), help, trouble: None, item: None }
}

/// Where a knob was turned, and to what.
fn knob_note(subject: &Subject, attribute: &str) -> Option<Related> {
    let place = subject.place_of(attribute)?.clone();
    let note = match knob_of(subject, attribute) {
        Some(knob) if !knob.value.is_empty() && !knob.by.is_empty() => {
            Cow::from(format!("{} is `{}` here", one_line(&knob.by), one_line(&knob.value)))
        }
        Some(knob) if !knob.by.is_empty() => Cow::from(one_line(&knob.by)),
        _ => Cow::from(format!("the {attribute} is decided here")),
    };
    Some(Related { place, note: note.into_owned() })
}

fn knob_of<'a>(subject: &'a Subject, attribute: &str) -> Option<&'a Knob> {
    match (&subject.attributes, attribute) {
        (Attributes::OutboundCall(call), "deadline") => Some(&call.deadline),
        (Attributes::OutboundCall(call), "retry") => Some(&call.retry),
        (Attributes::Service(service), "retry") => Some(&service.retry),
        _ => None,
    }
}

/// Where the printed field that decided is declared.
fn field_note(subject: &Subject, at: usize, finding: &Finding) -> Option<Related> {
    let Attributes::LogStatement(log) = &subject.attributes else { return None };
    let field = log.values.get(at)?.fields.iter().find(|field| field.path == finding.field)?;
    let place = field.place.clone()?;
    Some(Related { place, note: format!("`{}` is declared here, and printed with it", field.path) })
}

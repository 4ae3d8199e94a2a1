//! What a change does to the rules that it is judged by: said, since it takes effect after the
//! merge.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::config::{Config, PolicyConfig};
use crate::diagnostic::{Diagnostic, DiagnosticKind};
use crate::policy::{Policies, Policy};
use crate::waivers::Waiver;

/// Every difference between the rules of the base and those that a change brings, in words.
pub fn altered(
    before: (&Policies, &Config),
    now: (&Policies, &Config),
    today: Date,
) -> Vec<Diagnostic> {
    let mut said = Said {
        name: now.1.name().or(before.1.name()).unwrap_or("groundrule.toml"),
        all: Vec::new(),
    };
    let of = |policies: &Policies| -> BTreeSet<String> {
        policies.iter().map(|policy| policy.info.id.to_string()).collect()
    };
    let (old, new) = (of(before.0), of(now.0));
    for id in old.union(&new) {
        match (before.0.get(id), now.0.get(id)) {
            (Some(_), None) => said.add(format!("the policy `{id}` is taken away")),
            (None, Some(_)) => said.add(format!("the policy `{id}` is added")),
            (Some(old), Some(new)) => policy((old, before.1), (new, now.1), today, &mut said),
            (None, None) => {}
        }
    }
    waivers(&before.1.waivers, &now.1.waivers, &mut said);
    let sections = [
        ("[scan]", before.1.scan == now.1.scan),
        ("[adoption]", before.1.adoption == now.1.adoption),
        ("[[service]]", before.1.services == now.1.services),
        ("[waivers]", before.1.demands == now.1.demands),
    ];
    for (section, is_same) in sections {
        if !is_same {
            said.add(format!("`{section}` is edited"));
        }
    }
    let numbers = now.1.ratchet.altered(&before.1.ratchet);
    said.all.extend(numbers);
    said.all
}

struct Said<'a> {
    name: &'a str,
    all: Vec<Diagnostic>,
}

impl Said<'_> {
    fn add(&mut self, message: String) {
        let kind = DiagnosticKind::WouldAlter;
        self.all.push(Diagnostic { path: self.name.into(), line: 1, kind, message });
    }
}

fn policy(
    (old, before): (&Policy, &Config),
    (new, now): (&Policy, &Config),
    today: Date,
    said: &mut Said<'_>,
) {
    let id = &new.info.id;
    let (was, is) = (before.mode(old, today), now.mode(new, today));
    if was != is {
        said.add(format!("the mode of `{id}` goes from {} to {}", was.id(), is.id()));
    }
    let default = PolicyConfig::default();
    let config = |config: &'_ Config| config.policies.get(id.as_str()).cloned();
    let (a, b) =
        (config(before).unwrap_or_else(|| default.clone()), config(now).unwrap_or(default));
    if a.schedule != b.schedule && was == is {
        said.add(format!("the modes of `{id}` are edited"));
    }
    let modes = |config: &PolicyConfig| {
        let all = config.services.iter();
        all.map(|own| (own.services.text.clone(), own.at_day(today))).collect::<Vec<_>>()
    };
    if modes(&a) != modes(&b) {
        said.add(format!("the modes of `{id}` in services are edited"));
    }
    let (was, is) = (before.severity(old), now.severity(new));
    if was != is {
        said.add(format!("the severity of `{id}` goes from {} to {}", was.id(), is.id()));
    }
    let names: BTreeSet<&String> =
        old.settings.iter().chain(&new.settings).map(|setting| &setting.name).collect();
    for name in names {
        if before.setting(old, name) != now.setting(new, name) {
            said.add(format!("the setting `{name}` of `{id}` is edited"));
        }
    }
    if before.demands(old) != now.demands(new) && before.demands == now.demands {
        said.add(format!("what `{id}` demands of waivers is edited"));
    }
}

fn waivers(before: &[Waiver], now: &[Waiver], said: &mut Said<'_>) {
    let same =
        |a: &Waiver, b: &Waiver| a.policy == b.policy && a.scope == b.scope && a.terms == b.terms;
    let mut left: Vec<&Waiver> = before.iter().collect();
    for waiver in now {
        match left.iter().position(|old| same(old, waiver)) {
            Some(at) => {
                left.remove(at);
            }
            None => said.all.push(waiver.altered("added")),
        }
    }
    for waiver in left {
        said.add(waiver.altered("taken away").message);
    }
}

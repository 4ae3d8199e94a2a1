//! Waivers in `groundrule.toml`: `[[waiver]]`, scoped by service, path, symbol and label, and so
//! independent of lines.

use super::{Area, Scope, Waiver, WaiverOrigin, Written};
use crate::pattern::Pattern;
use crate::policy::Policies;
use crate::problem::did_you_mean;
use crate::reader::Reader;

/// Reads the waivers; what is wrong with one is noted, and it is left out.
pub(crate) fn read_waivers(
    reader: &Reader<'_, '_>,
    name: &str,
    policies: &Policies,
) -> Vec<Waiver> {
    let tables = reader.tables("waiver", "a waiver");
    tables.into_iter().filter_map(|table| read_waiver(table, name, policies)).collect()
}

fn read_waiver(table: Reader<'_, '_>, name: &str, policies: &Policies) -> Option<Waiver> {
    let sink = table.sink;
    let policy = table.required("policy");
    if !policy.value.is_empty() && !policies.knows(&policy.value) {
        let ids: Vec<&str> = policies.iter().map(|policy| policy.info.id.as_str()).collect();
        let message = format!("there is no policy `{}`", policy.value);
        sink.add(policy.span, message, did_you_mean(&policy.value, ids));
    }
    let pattern = |key| table.text(key).and_then(|text| Pattern::read(&text, sink));
    let (service, path) = (pattern("service"), pattern("path"));
    if service.is_none() && path.is_none() {
        let help = "add `service = \"…\"` or `path = \"…\"`: a file, a folder or a glob";
        sink.add(table.head(), "a waiver needs a scope", help);
    }
    let text = |key| table.text(key).map(|text| text.value).filter(|text| !text.is_empty());
    let (symbol, label, plan) = (text("symbol"), text("label"), text("plan"));
    let (reason, owner) = (filled(&table, "reason"), filled(&table, "owner"));
    if table.value("until").is_none() {
        let help = "add the last day on which it works: `until = 2027-03-31`";
        sink.add(table.head(), "a waiver needs `until`", help);
    }
    let (until, since) = (table.date("until"), table.date("since"));
    let line = sink.line(table.span.start);
    table.finish();
    Some(Waiver {
        policy: policy.value.as_str().into(),
        scope: Scope::Area(Box::new(Area { service, path, symbol, label })),
        terms: Written { reason, owner, until: until?, since, plan },
        path: name.into(),
        line,
        origin: WaiverOrigin::Configuration,
    })
}

/// A string that must be there and say something.
fn filled(table: &Reader<'_, '_>, key: &'static str) -> String {
    let text = table.required(key);
    if text.value.trim().is_empty() && table.value(key).is_some_and(|v| v.get_ref().is_str()) {
        table.sink.add(text.span, format!("`{key}` says nothing"), "");
    }
    text.value
}

//! Routes that stand in lists: Django's `urlpatterns`, Starlette's `routes=[…]`, aiohttp's
//! `add_routes([…])`. A list is followed from a route outwards to what it is handed to.

use groundrule_unit::{ExprKind, Name, Target};

use crate::models::{Framework, last_part};
use crate::mounts::Mounts;
use crate::prefixes::Prefix;
use crate::program::{ExprRef, Program, UnitIx, last_name};
use crate::resolve::Entity;

/// How many lists one list may be part of.
const MOST: usize = 8;

impl Program<'_> {
    /// The full prefixes of what stands at an expression inside lists of routes.
    pub(crate) fn listed_prefixes(
        &self,
        at: ExprRef,
        framework: &Framework,
        mounts: &Mounts,
        steps: u32,
    ) -> Vec<Prefix> {
        let (ix, id) = at;
        if steps == 0 {
            return vec![Prefix::open()];
        }
        let unit = self.unit(ix);
        let mut parts: Vec<String> = Vec::new();
        let mut top = id;
        while let Some(parent) = unit.expr(top).parent {
            if let ExprKind::Call(call) = &unit.expr(parent).kind
                && call.callee != top
            {
                let paths = self.paths((ix, call.callee));
                let group = paths
                    .iter()
                    .find_map(|path| Some((path, *framework.list_groups.get(path)? as usize)));
                if let Some((path, position)) = group {
                    if let Some(arg) = call.args.get(position)
                        && arg.value != top
                    {
                        let text = self.path_with_holes((ix, arg.value));
                        parts.push(self.pattern_text(&text, framework.regular.contains(path)));
                    }
                } else if let ExprKind::Member { object, name } = &unit.expr(call.callee).kind
                    && framework.list_mounts.contains(name)
                {
                    let below = self.prefixes((ix, *object), framework, mounts, steps - 1);
                    return extended(below, &parts);
                } else if self
                    .entities((ix, parent))
                    .iter()
                    .any(|entity| matches!(entity, Entity::Instance(ty) if framework.is_router(ty)))
                {
                    let below = self.prefixes((ix, parent), framework, mounts, steps - 1);
                    return extended(below, &parts);
                }
            }
            top = parent;
        }
        let users = self.list_users((ix, top), framework);
        let below: Vec<Prefix> = users
            .into_iter()
            .take(MOST)
            .flat_map(|user| self.listed_prefixes(user, framework, mounts, steps - 1))
            .collect();
        extended(if below.is_empty() { vec![Prefix::root()] } else { below }, &parts)
    }

    /// Where the list that an expression is, or gives to a variable, is used.
    fn list_users(&self, (ix, top): ExprRef, framework: &Framework) -> Vec<ExprRef> {
        let unit = self.unit(ix);
        let mut found = Vec::new();
        let bindings = self.unit_index(ix).by_value.get(&top);
        for &binding in bindings.into_iter().flatten() {
            let Target::Name(name) = &unit.bindings[binding as usize].target else { continue };
            let own = self.unit_index(ix).uses.get(name).into_iter().flatten();
            found.extend(own.map(|&usage| (ix, usage)).filter(|&usage| self.is_other(usage, name)));
            for (ux, import) in self.importers(ix) {
                if import.item.as_ref() == Some(name) {
                    let uses = self.unit_index(ux).uses.get(&import.local);
                    found.extend(uses.into_iter().flatten().map(|&usage| (ux, usage)));
                }
            }
            if *name == framework.list_name {
                found.extend(self.module_lists(ix, framework));
            }
        }
        // A function that gives back the list.
        for function in self.functions_around((ix, top)).into_iter().take(1) {
            let declared = unit.function(function);
            if declared.results.contains(&top) && !declared.name.is_empty() {
                found.extend(self.callers((ix, function), &declared.name));
            }
        }
        found
    }

    /// Whether a use of a list's name hands it to something else than itself.
    fn is_other(&self, (ix, usage): ExprRef, name: &Name) -> bool {
        let unit = self.unit(ix);
        let mut top = usage;
        while let Some(parent) = unit.expr(top).parent {
            top = parent;
        }
        let bindings = self.unit_index(ix).by_value.get(&top);
        top != usage
            && !bindings.into_iter().flatten().any(|&binding| {
                matches!(&unit.bindings[binding as usize].target, Target::Name(own) if own == name)
            })
    }

    /// Calls that stand for the list of a module by its name: `include("shop.urls")`.
    fn module_lists(&self, ix: UnitIx, framework: &Framework) -> Vec<ExprRef> {
        let own = self.unit(ix);
        let mut found = Vec::new();
        for wanted in &framework.list_modules {
            let last = last_part(wanted);
            for (ux, unit) in self.iter_units().filter(|(_, unit)| unit.language == own.language) {
                for call in self.calls_of(ux, last) {
                    let ExprKind::Call(included) = &unit.expr(call).kind else { continue };
                    let Some(arg) = included.args.first() else { continue };
                    let arg = match self.kind((ux, arg.value)) {
                        ExprKind::List(items) if !items.is_empty() => items[0],
                        _ => arg.value,
                    };
                    let named = match self.constant_text((ux, arg)) {
                        Some(text) => text,
                        None => match self.entities((ux, arg)).first() {
                            Some(Entity::Module(module) | Entity::Path(module)) => {
                                module.to_string()
                            }
                            _ => continue,
                        },
                    };
                    let same = *own.module == *named
                        || own
                            .module
                            .strip_suffix(named.as_str())
                            .is_some_and(|f| f.ends_with('.'));
                    if same && self.paths((ux, included.callee)).contains(wanted) {
                        found.push((ux, call));
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// A path as written, or the path that a regular expression stands for.
    pub(crate) fn pattern_text(&self, text: &str, regular: bool) -> String {
        if regular { without_regex(text) } else { text.to_owned() }
    }

    /// Whether a call only puts other routes below its path.
    pub(crate) fn only_includes(&self, at: ExprRef, framework: &Framework) -> bool {
        if framework.list_modules.is_empty() {
            return false;
        }
        match self.kind(at) {
            ExprKind::Call(call) => self
                .paths((at.0, call.callee))
                .iter()
                .any(|path| framework.list_modules.contains(path)),
            ExprKind::Member { .. } => {
                last_name(self.unit(at.0), at.1) == Some(&framework.list_member)
            }
            _ => false,
        }
    }
}

fn extended(below: Vec<Prefix>, parts: &[String]) -> Vec<Prefix> {
    below
        .into_iter()
        .map(|prefix| parts.iter().rev().fold(prefix, |prefix, part| prefix.then(part)))
        .collect()
}

/// `^users/(?P<pk>[0-9]+)/$` as `users/{pk}/`. A group that spells versions out stays.
fn without_regex(text: &str) -> String {
    let text = text.trim_start_matches('^').trim_start_matches("\\A");
    let text = text.trim_end_matches('$').trim_end_matches("\\Z").trim_end_matches('?');
    let mut out = String::new();
    let mut depth = 0_u32;
    let mut group = String::new();
    let mut escaped = false;
    for c in text.chars() {
        if depth > 0 {
            match c {
                '(' if !escaped => depth += 1,
                ')' if !escaped => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                out.push_str(&group_text(&group));
                group.clear();
            } else {
                group.push(c);
            }
        } else if c == '(' && !escaped {
            depth = 1;
        } else if c != '\\' || escaped {
            out.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

fn group_text(group: &str) -> String {
    let named = group.strip_prefix("?P<").and_then(|rest| rest.split_once('>'));
    let (name, body) = named.unwrap_or(("id", group));
    let alternatives = body.trim_matches(['(', ')']);
    let version = alternatives.strip_prefix('v').is_some_and(|rest| {
        let rest = rest.trim_start_matches(['(', '[', '?', ':']);
        rest.starts_with(|c: char| c.is_ascii_digit()) || rest.starts_with("\\d")
    });
    if version { "v1".to_owned() } else { format!("{{{name}}}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_expression_becomes_a_path() {
        assert_eq!(without_regex("^users/(?P<pk>[0-9]+)/$"), "users/{pk}/");
        assert_eq!(without_regex(r"^api/(?P<version>(v1|v2))/items/(\d+)$"), "api/v1/items/{id}");
        assert_eq!(without_regex(r"^feed\.xml$"), "feed.xml");
    }
}

//! Tracing: whether a service sets up distributed tracing, and what shows it.

use groundrule_unit::{
    Document, DocumentKind, ExprKind, Language, Name, Node, NodeValue, Place, Service, Span,
};

use crate::models::{TracingModel, ZeroMeans, last_part};
use crate::program::{ExprRef, Program, UnitIx, last_name};
use crate::{KnobState, Tracing, TracingState};

impl Program<'_> {
    /// How a service takes part in distributed tracing.
    pub(crate) fn tracing_of(&self, service: &Service, units: &[UnitIx]) -> Tracing {
        let mut best =
            Tracing { state: TracingState::None, by: String::new(), place: service.entry.clone() };
        let mut keep = |found: Tracing| {
            if found.state < best.state {
                best = found;
            }
        };
        for &ix in units {
            let found = self.tracing.get(ix, |&ix| {
                let models = &self.models.of(self.unit(ix).language).tracing;
                models.iter().flat_map(|model| self.tracing_in_unit(ix, model)).collect()
            });
            found.into_iter().for_each(&mut keep);
        }
        for model in self.models.tracing() {
            if let Some(found) = tracing_dependency(service, model) {
                keep(found);
            }
            if let Some(found) = self.tracing_in_deployment(service, model) {
                keep(found);
            }
        }
        let readable = service.languages.iter().any(|l| Language::ALL.contains(l));
        if best.state == TracingState::None && !readable {
            best.state = TracingState::Unknown;
            best.by = "no code in a language that is read here".to_owned();
        }
        best
    }

    fn tracing_in_unit(&self, ix: UnitIx, model: &TracingModel) -> Vec<Tracing> {
        let unit = self.unit(ix);
        let state = if model.incomplete { TracingState::Incomplete } else { TracingState::SetUp };
        let mut found = Vec::new();
        for import in &unit.imports {
            let starts = |module: &Name| {
                import.module == *module
                    || import
                        .module
                        .strip_prefix(module.as_str())
                        .is_some_and(|rest| rest.starts_with(['.', '/']))
                    || import.item.as_ref().is_some_and(|item| {
                        module.strip_prefix(import.module.as_str()).is_some_and(|rest| {
                            rest.trim_start_matches(['.', '/']) == item.as_str()
                        })
                    })
            };
            if model.imports.iter().any(starts) {
                found.push(Tracing {
                    state,
                    by: format!("import of {}", import.module),
                    place: Some(unit.place(import.span)),
                });
            }
        }
        for pattern in &model.patterns {
            let last = last_part(pattern);
            let matches = |path: &Name| match pattern.contains('*') {
                true => crate::models::glob_matches(pattern, path),
                false => path == pattern,
            };
            let calls: Vec<ExprRef> = if last.contains('*') {
                Vec::new()
            } else {
                self.calls_of(ix, last).into_iter().map(|call| (ix, call)).collect()
            };
            for call in calls {
                let ExprKind::Call(inner) = self.kind(call) else { continue };
                if unit.is_test(unit.expr(call.1).span)
                    || !self.paths((ix, inner.callee)).iter().any(matches)
                {
                    continue;
                }
                let reached = self.is_reached(call);
                let state =
                    if self.has_needed(call, model) { state } else { TracingState::Incomplete };
                found.push(Tracing {
                    state: if reached { state } else { TracingState::Unknown },
                    by: match reached {
                        true => self.text((ix, inner.callee)),
                        false => {
                            format!(
                                "{} in a function that nothing calls",
                                self.text((ix, inner.callee))
                            )
                        }
                    },
                    place: Some(self.place((ix, inner.callee))),
                });
            }
        }
        found
    }

    /// Whether a call has one of the settings without which it sends nowhere, or may have.
    fn has_needed(&self, call: ExprRef, model: &TracingModel) -> bool {
        if model.needs.is_empty() {
            return true;
        }
        let settings = self.settings(call);
        let spread = match self.kind(call) {
            ExprKind::Call(made) => made.args.iter().any(|arg| arg.spread),
            _ => false,
        };
        spread
            || !settings.opaque_is_harmless(self)
            || settings.list.iter().any(|setting| {
                model.needs.contains(&setting.name)
                    && self.turned(&setting.name, setting.value, setting.at, ZeroMeans::None).state
                        != KnobState::None
            })
    }

    /// Whether the function around an expression is called or handed on anywhere, is an entry
    /// point, or is called by a framework.
    fn is_reached(&self, (ix, id): ExprRef) -> bool {
        let unit = self.unit(ix);
        let Some(function) = unit.named_function_around(unit.expr(id).scope) else { return true };
        let declared = unit.function(function);
        if declared.owner.is_some()
            || declared.is_constructor
            || !declared.annotations.is_empty()
            || matches!(declared.name.as_str(), "main" | "Main" | "init" | "register" | "run")
        {
            return true;
        }
        if !self.calls_named(&declared.name).is_empty() {
            return true;
        }
        let used = self.iter_units().any(|(ux, _)| {
            self.unit_index(ux)
                .uses
                .get(&declared.name)
                .into_iter()
                .flatten()
                .any(|&usage| self.is_handed_on((ux, usage)))
        });
        if !used {
            self.want_called(&declared.name);
        }
        used
    }

    /// Whether a name is used as a value, and not only exported.
    fn is_handed_on(&self, (ix, usage): ExprRef) -> bool {
        let unit = self.unit(ix);
        !unit.exports.iter().any(|export| export.value == usage)
            && unit.expr(usage).parent.is_some_and(|parent| {
                last_name(unit, parent).is_none()
                    || matches!(unit.expr(parent).kind, ExprKind::Member { .. })
            })
    }

    /// Whether one of the texts stands anywhere in a document.
    fn may_hold(&self, document: &Document, texts: &[Name]) -> bool {
        let at = self.documents.binary_search_by(|other| other.path.cmp(&document.path));
        at.is_ok_and(|at| {
            let held = self.deployment_texts[at]
                .get_or_init(|| self.models.deployment_texts(&texts_of(document)));
            held.as_ref().is_none_or(|held| texts.iter().any(|text| held.contains(text)))
        })
    }

    fn tracing_in_deployment(&self, service: &Service, model: &TracingModel) -> Option<Tracing> {
        if model.deployment.is_empty() && model.config.is_empty() {
            return None;
        }
        let state = if model.incomplete { TracingState::Incomplete } else { TracingState::SetUp };
        for document in self.documents_of(&service.folder) {
            for root in &document.roots {
                if document.kind != DocumentKind::Xml
                    && self.may_hold(document, &model.deployment)
                    && let Some((span, text)) = find_text(root, &model.deployment)
                {
                    return Some(Tracing { state, by: text, place: Some(document.place(span)) });
                }
                for key in &model.config {
                    if let Some((span, value)) = find_setting(root, key) {
                        return Some(Tracing {
                            state,
                            by: format!("{key}: {value}"),
                            place: Some(document.place(span)),
                        });
                    }
                }
            }
        }
        None
    }
}

/// A document's keys and scalars, a line each.
fn texts_of(document: &Document) -> String {
    fn add(node: &Node, texts: &mut String) {
        match &node.value {
            NodeValue::Scalar(text) => {
                texts.push_str(text);
                texts.push('\n');
            }
            NodeValue::List(items) => items.iter().for_each(|item| add(item, texts)),
            NodeValue::Map(entries) => entries.iter().for_each(|entry| {
                texts.push_str(&entry.key);
                texts.push('\n');
                add(&entry.value, texts);
            }),
            _ => {}
        }
    }
    let mut texts = String::new();
    document.roots.iter().for_each(|root| add(root, &mut texts));
    texts
}

fn tracing_dependency(service: &Service, model: &TracingModel) -> Option<Tracing> {
    let state = if model.incomplete { TracingState::Incomplete } else { TracingState::SetUp };
    let found = service.dependencies.iter().find(|dependency| {
        dependency.scope == groundrule_unit::DependencyScope::Runtime
            && model.dependencies.contains(&dependency.name)
            && (model.features.is_empty()
                || dependency.features.iter().any(|feature| model.features.contains(feature)))
    })?;
    let place: Place = found.place.clone();
    Some(Tracing { state, by: found.name.to_string(), place: Some(place) })
}

/// A scalar, or a key, that holds one of the texts, compared without case.
fn find_text(node: &Node, texts: &[Name]) -> Option<(Span, String)> {
    let holds = |text: &str| texts.iter().any(|wanted| contains_ignoring_case(text, wanted));
    match &node.value {
        NodeValue::Scalar(text) if holds(text) => {
            Some((node.span, text.chars().take(80).collect()))
        }
        NodeValue::List(items) => items.iter().find_map(|item| find_text(item, texts)),
        NodeValue::Map(entries) => entries.iter().find_map(|entry| {
            let off = entry.value.text().is_some_and(is_off);
            if holds(&entry.key) && !off {
                Some((entry.key_span, entry.key.to_string()))
            } else {
                find_text(&entry.value, texts)
            }
        }),
        _ => None,
    }
}

fn contains_ignoring_case(text: &str, wanted: &str) -> bool {
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    text.len() >= wanted.len()
        && text.windows(wanted.len()).any(|window| window.eq_ignore_ascii_case(wanted))
}

/// A setting at a dotted path anywhere below the root, unless it switches off.
fn find_setting(node: &Node, key: &str) -> Option<(Span, String)> {
    if let Some(entry) = node.at(key) {
        let value = entry.value.text().unwrap_or("…");
        return (!is_off(value)).then(|| (entry.key_span, value.to_owned()));
    }
    node.entries()
        .iter()
        .map(|entry| &entry.value)
        .chain(node.items())
        .find_map(|inner| find_setting(inner, key))
}

fn is_off(value: &str) -> bool {
    matches!(
        value.trim().to_lowercase().as_str(),
        "false" | "0" | "off" | "none" | "no" | "disabled"
    )
}

//! Handlers: what the function behind a route does with a request, and with a repeated one.

use std::collections::BTreeSet;

use groundrule_unit::{ExprId, ExprKind, Name};

use crate::constraints::{Constraints, key};
use crate::effects::Effects;
use crate::models::{Deed, Framework, GuardWord};
use crate::program::{FunctionRef, Program, last_name};
use crate::reach::Reached;
use crate::request_keys::Cover;
use crate::routes::FoundRoute;
use crate::words::words;
use crate::{Effect, Guard, Repeat, RequestKey, Serves};

/// How many calls of a handler are followed to see what it answers with.
const MOST_HELPERS: usize = 40;

/// What is known of a handler.
#[derive(Clone, Debug)]
pub(crate) struct Handling {
    pub(crate) serves: Serves,
    pub(crate) effect: Effect,
    pub(crate) repeat: Repeat,
    pub(crate) request_keys: Vec<RequestKey>,
}

/// What is computed once for all handlers of a program.
#[derive(Debug)]
pub(crate) struct Handlers<'p, 'a> {
    effects: Effects<'p, 'a>,
    constraints: Constraints,
    covers: Vec<Cover>,
}

impl<'p, 'a> Handlers<'p, 'a> {
    pub(crate) fn new(program: &'p Program<'a>) -> Self {
        let effects = Effects::new(program);
        let covers = effects.covers();
        Self { effects, constraints: Constraints::new(program), covers }
    }

    /// What a route's handler does.
    pub(crate) fn handling(&self, route: &FoundRoute) -> Handling {
        let from: Vec<FunctionRef> = route.function.into_iter().collect();
        let mut handling = self.handled_by(&from, &route.path.path, &route.method);
        handling.serves = self.serves(route, &from);
        if handling.serves == Serves::Form
            && handling.repeat.guard == Guard::None
            && from.len() == 1
        {
            // A form that is only handed on: whether a repeat is recognised is up to who gets it.
            let reached = self.effects.reach(&from);
            if reached.writes().all(|(_, act)| act.deed == Deed::Send) {
                handling.repeat.guard = Guard::Unknown;
            }
        }
        handling
    }

    /// What the repository's implementation of an rpc does.
    pub(crate) fn rpc(&self, rpc: &Name, request: &Name, path: &str, method: &str) -> Handling {
        let from = self.effects.dispatch.rpc_functions(self.effects.program, rpc, request);
        self.handled_by(&from, path, method)
    }

    /// What happens when one of the functions is called.
    pub(crate) fn handled_by(&self, from: &[FunctionRef], path: &str, method: &str) -> Handling {
        let unknown = Repeat { guard: Guard::Unknown, by: String::new(), place: None };
        let mut handling = Handling {
            serves: Serves::Api,
            effect: Effect::Unknown,
            repeat: unknown,
            request_keys: Vec::new(),
        };
        // What reads is no subject of standards about repeats.
        if from.is_empty() || matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE") {
            return handling;
        }
        let reached = self.effects.reach(from);
        handling.effect = effect(&reached);
        handling.request_keys = self.effects.request_keys(from, &reached);
        for &function in from {
            self.effects.covering_keys(&self.covers, function, &mut handling.request_keys);
        }
        if handling.effect != Effect::Writes {
            return handling;
        }
        let about = self.words_of(from, path);
        handling.repeat = self.effects.repeat(from, &reached, &self.constraints, &about);
        let weak = !matches!(handling.repeat.guard, Guard::Key | Guard::Unique);
        let client_id = handling.request_keys.iter().find(|key| {
            let ix = from[0].0;
            key.source == "body" && self.effects.says(ix, GuardWord::ClientId, &key.name)
        });
        if weak
            && reached.creates()
            && let Some(key) = client_id
        {
            let (by, place) = (key.name.to_string(), key.place.clone());
            handling.repeat = Repeat { guard: Guard::Key, by, place };
        }
        handling
    }

    /// What a route is about: the words of the handler's name, and of the last part of the path
    /// that is no parameter.
    fn words_of(&self, from: &[FunctionRef], path: &str) -> BTreeSet<String> {
        let program = self.effects.program;
        let last =
            path.rsplit('/').find(|part| !part.is_empty() && !part.starts_with(['{', ':', '<']));
        let mut found: BTreeSet<String> =
            words(last.unwrap_or_default()).iter().map(|word| key(word)).collect();
        for &(ix, id) in from {
            let name = &program.unit(ix).function(id).name;
            found.extend(words(name).iter().map(|word| key(word)));
        }
        found
    }

    fn serves(&self, route: &FoundRoute, from: &[FunctionRef]) -> Serves {
        let unsafe_method = matches!(route.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
        let program = self.effects.program;
        let language = program.unit(route.at.0).language;
        let framework =
            program.models.of(language).frameworks.iter().find(|f| f.name == route.framework);
        let (mut page, mut redirect) = (route.page, false);
        if let Some(framework) = framework {
            for &function in from {
                let (pages, redirects) = self.answers(function, framework, 2);
                page |= pages;
                redirect |= redirects;
            }
        }
        match (page, redirect, unsafe_method) {
            (true, _, true) => Serves::Form,
            (false, true, true) if self.renders_pages(route) => Serves::Form,
            (true, _, false) => Serves::Page,
            (false, true, false) => Serves::Redirect,
            _ => Serves::Api,
        }
    }

    /// Whether a function, or one that it calls, answers with a page, and whether with a redirect.
    fn answers(&self, function: FunctionRef, framework: &Framework, depth: u32) -> (bool, bool) {
        let (ix, _) = function;
        let unit = self.effects.program.unit(ix);
        let (mut page, mut redirect) = (false, false);
        let mut called = Vec::new();
        for &id in self.effects.body(function) {
            match &unit.expr(id).kind {
                ExprKind::Call(call) => {
                    if let Some(name) = last_name(unit, call.callee).filter(|n| !n.is_empty()) {
                        called.push((id, name));
                        page |= framework.pages.contains(name) || is_html(name);
                        redirect |= framework.redirects.contains(name);
                    }
                }
                ExprKind::String(text) => page |= text.starts_with("text/html"),
                ExprKind::Member { name, .. } => page |= is_html(name),
                _ => {}
            }
        }
        // Helpers, but for those that say what went wrong: an interface may have a page for that.
        if depth > 0 && !page {
            for (callee, name) in called.into_iter().take(MOST_HELPERS) {
                if words(name).iter().any(|word| matches!(word.as_str(), "error" | "fail" | "err"))
                {
                    continue;
                }
                for helper in self.helpers(function, callee, name) {
                    let (below, also) = self.answers(helper, framework, depth - 1);
                    page |= below;
                    redirect |= also;
                }
            }
        }
        (page, redirect)
    }

    /// The functions that a call in a handler may run: those of the same file by name alone, those
    /// of other files where they are handed what the handler was given.
    fn helpers(&self, function: FunctionRef, call: ExprId, name: &str) -> Vec<FunctionRef> {
        let program = self.effects.program;
        let (ix, id) = function;
        let unit = program.unit(ix);
        let own = program.unit_index(ix).functions.get(name).into_iter().flatten().take(2);
        let own: Vec<FunctionRef> =
            own.filter(|&&helper| helper != id).map(|&helper| (ix, helper)).collect();
        let ExprKind::Call(call) = &unit.expr(call).kind else { return own };
        let params = &unit.function(id).params;
        let is_given = |value: ExprId| match &unit.expr(value).kind {
            ExprKind::Name(name) => params.iter().any(|param| param.name == *name),
            _ => false,
        };
        if !own.is_empty() || !call.args.iter().any(|arg| is_given(arg.value)) {
            return own;
        }
        let denoted = program.entities_within((ix, call.callee), 6).into_iter().take(2);
        denoted.filter_map(|entity| program.function_denoted(ix, entity)).collect()
    }

    /// Whether the service renders pages anywhere: what redirects there is a form's answer.
    fn renders_pages(&self, route: &FoundRoute) -> bool {
        let program = self.effects.program;
        let services = program.services_of(&program.unit(route.at.0).path);
        program.iter_units().any(|(ux, unit)| {
            let models = &program.models.of(unit.language).frameworks;
            program.services_of(&unit.path) == services
                && (models
                    .iter()
                    .flat_map(|f| &f.pages)
                    .any(|page| program.unit_index(ux).calls.contains_key(page))
                    || unit.exprs.iter().any(|expr| match &expr.kind {
                        ExprKind::Member { name, .. } => is_html(name),
                        _ => false,
                    }))
        })
    }
}

/// Names by which HTML is known in every framework: `ContentType::html()`, `HTMLResponse`.
fn is_html(name: &str) -> bool {
    matches!(name, "html" | "HTML" | "Html" | "HTMLResponse" | "TEXT_HTML" | "TEXT_HTML_VALUE")
}

fn effect(reached: &Reached) -> Effect {
    if reached.writes().next().is_some() {
        Effect::Writes
    } else if reached.open.is_empty() && !reached.cut {
        Effect::Reads
    } else {
        Effect::Unknown
    }
}

//! HTTP routes as subjects: what was declared, with what its handler does.

use groundrule_unit::{ExprKind, Name, Span};

use crate::handlers::Handlers;
use crate::mounts::Mounts;
use crate::program::{Program, UnitIx};
use crate::routes::FoundRoute;
use crate::{Attributes, HttpRoute, Subject, Unresolved};

impl Program<'_> {
    /// The routes of a unit as subjects, in source order.
    pub(crate) fn http_routes(
        &self,
        ix: UnitIx,
        mounts: &Mounts,
        handlers: &Handlers<'_, '_>,
    ) -> Vec<Subject> {
        let mut routes = self.called_routes(ix, mounts);
        routes.extend(self.annotated_routes(ix, mounts));
        routes.extend(self.filed_routes(ix));
        routes.into_iter().map(|route| self.http_route(route, handlers)).collect()
    }

    fn http_route(&self, route: FoundRoute, handlers: &Handlers<'_, '_>) -> Subject {
        let (ix, id) = route.at;
        let unit = self.unit(ix);
        let expr = unit.expr(id);
        // `app.get("/x", …)` points at its own name and path, not at the chain before it.
        let span = match &expr.kind {
            ExprKind::Call(call) => {
                let callee = unit.expr(call.callee);
                let start = match callee.kind {
                    ExprKind::Member { object, .. }
                        if matches!(unit.expr(object).kind, ExprKind::Call(_)) =>
                    {
                        member_start(unit, object, callee.span)
                    }
                    _ => callee.span.start,
                };
                let end =
                    call.args.first().map_or(expr.span.end, |arg| unit.expr(arg.value).span.end);
                Span { start, end: end.max(start) }
            }
            _ => expr.span,
        };
        let handling = handlers.handling(&route);
        let path =
            if route.path.path.is_empty() { "/".to_owned() } else { route.path.path.clone() };
        let handler = match route.function {
            Some((fx, function)) => self.unit(fx).function(function).name.clone(),
            None => Name::default(),
        };
        let unresolved = (!route.path.known).then(|| Unresolved {
            attribute: Name::new("path"),
            reason: format!("a part of the path `{path}` could not be resolved"),
            place: Some(unit.place(span)),
        });
        Subject {
            place: self.head(ix, span),
            services: self.services_of(&unit.path),
            language: Some(unit.language),
            symbol: self.symbol(ix, expr.scope),
            label: Name::new(format!("{} {path}", route.method)),
            attributes: Attributes::HttpRoute(HttpRoute {
                method: route.method,
                path,
                path_known: route.path.known,
                versioned_by: route.versioned_by.to_string(),
                framework: route.framework.to_string(),
                handler: handler.to_string(),
                serves: handling.serves,
                source: "code".to_owned(),
                effect: handling.effect,
                repeat: handling.repeat,
                request_keys: handling.request_keys,
            }),
            unresolved: unresolved.into_iter().collect(),
        }
    }
}

/// Where the member's own name starts in a chain that may span lines.
fn member_start(
    unit: &groundrule_unit::Unit,
    object: groundrule_unit::ExprId,
    callee: Span,
) -> u32 {
    let end = unit.expr(object).span.end;
    if unit.lines.line(end) == unit.lines.line(callee.end) {
        end
    } else {
        callee.end.saturating_sub(1)
    }
}

//! Routes by the place of a file: Next.js route handlers, SvelteKit endpoints and their like.

use groundrule_unit::{ExprId, ExprKind, FunctionId, Name};

use crate::models::RouteFile;
use crate::prefixes::{Prefix, join};
use crate::program::{ExprRef, FunctionRef, Program, UnitIx};
use crate::routes::FoundRoute;

impl Program<'_> {
    /// The routes that a unit declares by where it lies.
    pub(crate) fn filed_routes(&self, ix: UnitIx) -> Vec<FoundRoute> {
        let unit = self.unit(ix);
        let models = &self.models.of(unit.language).route_files;
        let mut found = Vec::new();
        for model in models {
            let Some((path, method)) = self.file_path(ix, model) else { continue };
            for (export, verb) in &model.exports {
                let Some((at, function)) = self.exported(ix, export) else { continue };
                let verb = method.clone().unwrap_or_else(|| verb.to_string());
                found.push(FoundRoute {
                    at,
                    method: verb,
                    path: Prefix::root().then(&path),
                    framework: model.name.clone(),
                    function,
                    versioned_by: Name::default(),
                    page: false,
                });
            }
        }
        found
    }

    /// The path that a file serves, with the method that its name ends in.
    fn file_path(&self, ix: UnitIx, model: &RouteFile) -> Option<(String, Option<String>)> {
        let unit = self.unit(ix);
        let services = self.layout.services_running(&unit.path);
        let service = services.iter().find(|service| {
            service.holds(&unit.path)
                && service.dependencies.iter().any(|d| model.packages.contains(&d.name))
        })?;
        let below = match &*service.folder {
            "." => &unit.path,
            folder => unit.path.strip_prefix(folder)?.strip_prefix('/')?,
        };
        let (rest, start) = model.folders.iter().find_map(|(folder, start)| {
            let rest = below.strip_prefix(folder.as_str())?.strip_prefix('/')?;
            Some((rest, start))
        })?;
        let (folders, file) = rest.rsplit_once('/').unwrap_or(("", rest));
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let mut path = folders
            .split('/')
            .filter(|part| !part.starts_with(['(', '@']))
            .fold(start.to_string(), |path, part| join(&path, &segment(part)));
        let mut method = None;
        if model.files.is_empty() {
            let mut stem = stem;
            if model.method_in_name
                && let Some((front, verb)) = stem.rsplit_once('.')
            {
                stem = front;
                method = Some(verb.to_uppercase());
            }
            if stem != "index" {
                path = join(&path, &segment(stem));
            }
        } else if !model.files.iter().any(|name| name == stem) {
            return None;
        }
        Some((path, method))
    }

    /// What a unit exports under a name: where, and the function behind it.
    fn exported(&self, ix: UnitIx, name: &str) -> Option<(ExprRef, Option<FunctionRef>)> {
        let unit = self.unit(ix);
        if let Some(export) = unit.exports.iter().find(|export| export.name == name) {
            let at = (ix, export.value);
            return Some((at, self.handler_function(at)));
        }
        let function = self.unit_index(ix).functions.get(name)?.iter().copied().find(|&id| {
            unit.function(id).owner.is_none()
                && unit.function_around(unit.function(id).declared_in).is_none()
        })?;
        Some(((ix, self.first_inside(ix, function)), Some((ix, function))))
    }

    /// An expression to stand for a function: the first in it.
    fn first_inside(&self, ix: UnitIx, function: FunctionId) -> ExprId {
        let unit = self.unit(ix);
        let body = unit.function(function).span;
        let inside = unit.iter_exprs().find(|(_, expr)| {
            body.contains(expr.span) && !matches!(expr.kind, ExprKind::Lambda(_))
        });
        inside.map_or(ExprId(0), |(id, _)| id)
    }
}

/// `[id]`, `[...rest]`, `_id` and `$id` as parameters.
fn segment(part: &str) -> String {
    match part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(name) => format!("{{{}}}", name.trim_matches(['[', ']', '.'])),
        None => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_brackets_is_a_parameter() {
        assert_eq!(segment("[id]"), "{id}");
        assert_eq!(segment("[[...rest]]"), "{rest}");
        assert_eq!(segment("orders"), "orders");
    }
}

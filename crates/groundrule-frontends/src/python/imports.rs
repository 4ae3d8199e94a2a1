//! Modules by their dotted names, and imports made absolute.

use groundrule_unit::{Import, Name, Span};
use tree_sitter::Node;

use super::{Lowering, field};
use crate::syntax::{self, fields, span};

/// The dotted module of a file: `src/api/client.py` is `src.api.client`.
pub(super) fn module_of(path: &str) -> String {
    let path = path.strip_suffix(".py").unwrap_or(path);
    let path = match path.strip_suffix("__init__") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => path,
    };
    path.trim_matches('/').replace('/', ".")
}

/// The package that a file's relative imports start from.
pub(super) fn package_of(path: &str, module: &str) -> String {
    if path.ends_with("__init__.py") { module.to_owned() } else { parent_of(module).to_owned() }
}

fn parent_of(module: &str) -> &str {
    module.rsplit_once('.').map_or("", |(parent, _)| parent)
}

impl Lowering<'_> {
    /// `import a.b, c as d`. `import a.b` binds `a`; a second import without a local name says
    /// that `a.b` is loaded.
    pub(super) fn import(&mut self, node: Node<'_>) {
        for name in fields(node, "name") {
            let at = span(name);
            if name.kind() == "aliased_import" {
                let module = field(name, "name").map(|n| self.dotted(n)).unwrap_or_default();
                let local = field(name, "alias").map(|n| self.text(n)).unwrap_or_default();
                self.push_import(local, &module, None, at);
                continue;
            }
            let module = self.dotted(name);
            match module.split_once('.') {
                Some((root, _)) => {
                    self.push_import(root, root, None, at);
                    self.push_import("", &module, None, at);
                }
                None => self.push_import(&module, &module, None, at),
            }
        }
    }

    /// `from m import a, b as c`, `from m import *`.
    pub(super) fn import_from(&mut self, node: Node<'_>) {
        let Some(from) = field(node, "module_name") else { return };
        let module = match from.kind() {
            "relative_import" => self.absolute(from),
            _ => self.dotted(from),
        };
        if syntax::has(node, "wildcard_import") {
            self.push_import("", &module, None, span(node));
            if let Some(import) = self.build.unit().imports.last_mut() {
                import.wildcard = true;
            }
            return;
        }
        for name in fields(node, "name") {
            let (item, local) = match name.kind() {
                "aliased_import" => (
                    field(name, "name").map(|n| self.dotted(n)).unwrap_or_default(),
                    field(name, "alias").map(|n| self.text(n).to_owned()),
                ),
                _ => (self.dotted(name), None),
            };
            let local = local.as_deref().unwrap_or(&item);
            self.push_import(local, &module, Some(Name::new(&item)), span(name));
        }
    }

    fn push_import(&mut self, local: &str, module: &str, item: Option<Name>, span: Span) {
        let reexport = self.is_package;
        self.build.unit().imports.push(Import {
            local: local.into(),
            module: module.into(),
            item,
            wildcard: false,
            reexport,
            span,
        });
    }

    fn dotted(&self, node: Node<'_>) -> String {
        self.text(node).chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
    }

    fn absolute(&self, relative: Node<'_>) -> String {
        let written = self.dotted(relative);
        let rest = written.trim_start_matches('.');
        let ups = written.len() - rest.len();
        let mut package = self.package.as_str();
        for _ in 1..ups {
            package = parent_of(package);
        }
        match (package.is_empty(), rest.is_empty()) {
            (true, _) => rest.to_owned(),
            (false, true) => package.to_owned(),
            (false, false) => format!("{package}.{rest}"),
        }
    }
}

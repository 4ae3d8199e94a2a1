//! `use` trees, `mod` and `extern crate`: what a name stands for in other modules, made absolute.

use groundrule_unit::{Import, Name, Span};
use syn::UseTree;
use syn::spanned::Spanned;

use super::{Lowering, ident};

impl Lowering<'_> {
    pub(super) fn use_item(&mut self, item: &syn::ItemUse) {
        let span = self.between(item.use_token.span, item.semi_token.span);
        let reexport = !matches!(item.vis, syn::Visibility::Inherited);
        self.use_tree(&item.tree, Vec::new(), reexport, span);
    }

    fn use_tree(&mut self, tree: &UseTree, mut path: Vec<Name>, reexport: bool, all: Span) {
        match tree {
            UseTree::Path(step) => {
                path.push(ident(&step.ident));
                self.deeper(all, |this| this.use_tree(&step.tree, path, reexport, all));
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    let path = path.clone();
                    self.deeper(all, |this| this.use_tree(tree, path, reexport, all));
                }
            }
            UseTree::Glob(glob) => {
                let module = self.absolute(path);
                let module = Name::from(module.join("."));
                let span = self.span(glob.star_token.span);
                self.import(Name::default(), module, None, true, reexport, span);
            }
            UseTree::Name(name) => {
                let span = self.span(name.ident.span());
                let local = ident(&name.ident);
                self.use_name(path, local.clone(), local, reexport, span);
            }
            UseTree::Rename(rename) => {
                let span = self.span(rename.span());
                // `as _` brings a trait's methods in and binds no name.
                let local = match ident(&rename.rename) {
                    local if local == "_" => Name::default(),
                    local => local,
                };
                self.use_name(path, ident(&rename.ident), local, reexport, span);
            }
        }
    }

    fn use_name(
        &mut self,
        mut path: Vec<Name>,
        item: Name,
        local: Name,
        reexport: bool,
        span: Span,
    ) {
        let local = match (item.as_str(), path.last()) {
            ("self", Some(last)) if local == "self" => last.clone(),
            _ => local,
        };
        if item != "self" {
            path.push(item);
        }
        let mut path = self.absolute(path);
        let item = if path.len() > 1 && !self.is_own_module(&path) { path.pop() } else { None };
        self.import(local, Name::from(path.join(".")), item, false, reexport, span);
    }

    /// `use crate::module::{self}` and `use super` name a module.
    fn is_own_module(&self, path: &[Name]) -> bool {
        path == self.module || path.is_empty()
    }

    /// A path with `crate`, `self` and `super` replaced by the names that they stand for.
    pub(super) fn absolute(&self, path: Vec<Name>) -> Vec<Name> {
        let mut steps = path.into_iter().peekable();
        let mut inline = self.inline;
        let mut base = match steps.peek().map(Name::as_str) {
            Some("crate") => {
                steps.next();
                self.module[..1].to_vec()
            }
            Some("self" | "super") => {
                if steps.peek().is_some_and(|step| step == "self") {
                    steps.next();
                }
                let mut base = self.module.clone();
                while steps.peek().is_some_and(|step| step == "super") {
                    steps.next();
                    // An inline module keeps the name of the file's.
                    match inline {
                        0 if base.len() > 1 => drop(base.pop()),
                        0 => {}
                        _ => inline -= 1,
                    }
                }
                base
            }
            _ => Vec::new(),
        };
        base.extend(steps);
        base
    }

    /// Paths that start with a module declared in this file are this module's, and an inline
    /// module keeps the file's name.
    pub(super) fn settle_imports(&mut self, items: &[syn::Item]) {
        let declared: Vec<(Name, bool)> = items
            .iter()
            .filter_map(|item| match item {
                syn::Item::Mod(item) => Some((ident(&item.ident), item.content.is_some())),
                _ => None,
            })
            .collect();
        if declared.is_empty() {
            return;
        }
        let own = Name::from(self.module.join("."));
        for import in &mut self.out.unit().imports {
            let inside = import.module.strip_prefix(own.as_str()).and_then(|m| m.strip_prefix('.'));
            let path = inside.unwrap_or(&import.module);
            let first = path.split('.').next().unwrap_or_default();
            let Some((_, is_inline)) = declared.iter().find(|(name, _)| name == first) else {
                continue;
            };
            let path = if *is_inline { &path[first.len()..] } else { path };
            let path = path.trim_start_matches('.');
            import.module = match path {
                "" => own.clone(),
                path => Name::from(format!("{own}.{path}")),
            };
        }
    }

    /// A module declared here can be named here.
    pub(super) fn declares_module(&mut self, item: &syn::ItemMod) {
        let mut module = self.module.clone();
        if item.content.is_none() {
            module.push(ident(&item.ident));
        }
        let reexport = !matches!(item.vis, syn::Visibility::Inherited);
        let span = self.between(item.mod_token.span, item.ident.span());
        let module = Name::from(module.join("."));
        self.import(ident(&item.ident), module, None, false, reexport, span);
    }

    pub(super) fn extern_crate(&mut self, item: &syn::ItemExternCrate) {
        let name = ident(&item.ident);
        let local = match &item.rename {
            Some((_, rename)) => ident(rename),
            None => name.clone(),
        };
        let span = self.between(item.extern_token.span, item.semi_token.span);
        let name = if name == "self" { self.module[0].clone() } else { name };
        self.import(local, name, None, false, false, span);
    }

    fn import(
        &mut self,
        local: Name,
        module: Name,
        item: Option<Name>,
        wildcard: bool,
        reexport: bool,
        span: Span,
    ) {
        let import = Import { local, module, item, wildcard, reexport, span };
        self.out.unit().imports.push(import);
    }
}

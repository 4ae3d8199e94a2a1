//! Attributes: annotations with their arguments, and which of them mark test code.

use groundrule_unit::{Annotation, Arg};
use syn::{Attribute, Meta};

use super::{Lowering, ident};

/// Attributes that say nothing about what the code does; `doc` alone would be every comment.
const SILENT: &[&str] =
    &["doc", "allow", "warn", "deny", "forbid", "expect", "inline", "must_use", "cfg", "rustfmt"];

impl Lowering<'_> {
    pub(super) fn annotations(&mut self, attributes: &[Attribute]) -> Vec<Annotation> {
        let mut found = Vec::new();
        for attribute in attributes {
            self.annotation(&attribute.meta, &mut found);
        }
        found
    }

    fn annotation(&mut self, meta: &Meta, found: &mut Vec<Annotation>) {
        let path = meta.path();
        if path.segments.len() == 1 && SILENT.iter().any(|word| path.is_ident(word)) {
            return;
        }
        // `cfg_attr(condition, derive(…), …)` stands for what it switches on.
        if path.is_ident("cfg_attr")
            && let Meta::List(list) = meta
        {
            let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
            if let Ok(metas) = list.parse_args_with(parser) {
                let span = self.path_span(path);
                for meta in metas.iter().skip(1) {
                    self.deeper(span, |this| this.annotation(meta, found));
                }
            }
            return;
        }
        let callee = self.path(None, path);
        let start = self.path_span(path);
        let (args, end) = match meta {
            Meta::Path(_) => (Vec::new(), start),
            Meta::List(list) => {
                let args = self.token_args(list.tokens.clone());
                (args, self.span(list.delimiter.span().close()))
            }
            Meta::NameValue(pair) => {
                let value = self.expr(&pair.value);
                let end = self.span(super::spans::last(&pair.value));
                (vec![Arg { name: None, value, spread: false, sigil: None }], end)
            }
        };
        let span = groundrule_unit::Span { start: start.start, end: end.end.max(start.end) };
        found.push(Annotation { callee, args: args.into(), span });
    }

    /// Notes an item that is test code.
    pub(super) fn note_test(&mut self, attributes: &[Attribute], end: proc_macro2::Span) {
        if let Some(first) = attributes.first()
            && attributes.iter().any(is_test)
        {
            let span = self.between(first.pound_token.span, end);
            self.out.unit().tests.push(span);
        }
    }
}

/// `#[cfg(test)]`, `#[cfg(all(test, …))]`, and any attribute whose last name is `test`.
pub(super) fn is_test(attribute: &Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("cfg") {
        let Meta::List(list) = &attribute.meta else { return false };
        return list.parse_args::<Meta>().is_ok_and(|condition| asks_for_test(&condition, 0));
    }
    path.segments.last().is_some_and(|last| {
        matches!(
            ident(&last.ident).as_str(),
            "test" | "rstest" | "test_case" | "proptest" | "bench"
        )
    })
}

fn asks_for_test(condition: &Meta, depth: u32) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") && depth < 8 => {
            let parser = syn::punctuated::Punctuated::<Meta, syn::Token![,]>::parse_terminated;
            list.parse_args_with(parser)
                .is_ok_and(|metas| metas.iter().any(|meta| asks_for_test(meta, depth + 1)))
        }
        _ => false,
    }
}

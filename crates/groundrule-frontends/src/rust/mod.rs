//! The front end for Rust: the crate's and the module's name, the file's lexing and parsing, and
//! what all its parts share. `syn` parses, since the interesting calls stand inside macros.

mod attributes;
mod comments;
mod exprs;
mod format;
mod functions;
mod guard;
mod imports;
mod items;
mod macros;
mod patterns;
mod spans;
mod stmts;
#[cfg(test)]
mod tests;
mod tokens;
mod types;

use std::str::FromStr;

use groundrule_unit::{
    ExprId, Language, Name, ScopeId, ScopeKind, Span, TypeParam, TypeRef, Unit, UnitBuilder,
};
use proc_macro2::TokenStream;
use syn::ext::IdentExt;

use self::guard::Nesting;
use crate::syntax::MAX_DEPTH;
use crate::{Package, Source};

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    match lower_within(source, Nesting::Shallow) {
        Some(unit) => unit,
        None => lower_deep(source),
    }
}

/// Reads a file that nests deeply on a thread with a larger stack.
fn lower_deep(source: &Source<'_>) -> Unit {
    let unit = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(guard::DEEP_STACK);
        let read = thread.spawn_scoped(scope, || lower_within(source, Nesting::Deep));
        read.ok().and_then(|thread| thread.join().ok()).flatten()
    });
    unit.unwrap_or_else(|| {
        let mut lowering = Lowering::new(source);
        lowering.refuse_all();
        lowering.out.finish()
    })
}

/// Lowers a file unless it nests more deeply than `allowed`.
fn lower_within(source: &Source<'_>, allowed: Nesting) -> Option<Unit> {
    let mut lowering = Lowering::new(source);
    let read = lowering.file(allowed);
    // Spans live in a table of the thread; without this it would grow with every file.
    proc_macro2::extra::invalidate_current_thread_spans();
    read.then(|| lowering.out.finish())
}

/// What is known while one file is lowered.
struct Lowering<'s> {
    out: UnitBuilder,
    source: &'s str,
    /// Where what `syn` reads starts: after a byte order mark and a `#!` line.
    offset: u32,
    depth: u32,
    macro_depth: u32,
    /// The path of the file's module, the crate's name first.
    module: Vec<Name>,
    /// How many inline modules are open.
    inline: usize,
    /// The type that `Self` stands for.
    self_type: Option<TypeRef>,
    /// The type parameters of the `impl` that is open.
    outer_params: Vec<TypeParam>,
    /// The values that the open functions give back, innermost last.
    results: Vec<Vec<ExprId>>,
    /// The values with which the open `loop`s are left, innermost last.
    breaks: Vec<Vec<ExprId>>,
}

impl<'s> Lowering<'s> {
    fn new(source: &Source<'s>) -> Self {
        let mut out = UnitBuilder::new(source.path.clone(), Language::Rust, source.text);
        let module = module_path(&source.path, source.package);
        out.unit().module = Name::from(module.join("."));
        Self {
            out,
            source: source.text,
            offset: 0,
            depth: 0,
            macro_depth: 0,
            module,
            inline: 0,
            self_type: None,
            outer_params: Vec::new(),
            results: Vec::new(),
            breaks: Vec::new(),
        }
    }

    /// Gives false for a file that nests more deeply than `allowed`.
    fn file(&mut self, allowed: Nesting) -> bool {
        comments::note(self.source, self.out.unit());
        let prefix = unlexed_prefix(self.source);
        self.offset = prefix as u32;
        let tokens = match TokenStream::from_str(&self.source[prefix..]) {
            Ok(tokens) => tokens,
            Err(error) => {
                self.refuse(error.span());
                return true;
            }
        };
        let nesting = guard::nesting(&tokens);
        if nesting != Nesting::Shallow && nesting != allowed {
            return false;
        }
        match syn::parse2::<syn::File>(tokens) {
            Ok(file) => self.read(&file),
            Err(error) => self.refuse(error.span()),
        }
        true
    }

    fn read(&mut self, file: &syn::File) {
        if file.attrs.iter().any(attributes::is_test) {
            let whole = Span::new(0, self.source.len());
            self.out.unit().tests.push(whole);
        }
        self.items(&file.items);
        self.settle_imports(&file.items);
    }

    /// Notes where the parser stopped; nothing of the file is known.
    fn refuse(&mut self, at: proc_macro2::Span) {
        let span = self.span(at);
        self.out.unit().unread.push(span);
    }

    fn refuse_all(&mut self) {
        let whole = Span::new(0, self.source.len());
        self.out.unit().unread.push(whole);
    }

    fn span(&self, span: proc_macro2::Span) -> Span {
        let range = span.byte_range();
        let shift = |at: usize| (at + self.offset as usize).min(self.source.len());
        Span::new(shift(range.start), shift(range.end))
    }

    fn between(&self, first: proc_macro2::Span, last: proc_macro2::Span) -> Span {
        let first = self.span(first);
        let last = self.span(last);
        Span { start: first.start, end: last.end.max(first.start) }
    }

    /// Runs `descend` unless the nesting is too deep, which is noted as unread.
    fn deeper<T>(&mut self, at: Span, descend: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            self.out.unit().unread.push(at);
            return None;
        }
        self.depth += 1;
        let value = descend(self);
        self.depth -= 1;
        Some(value)
    }

    fn within<T>(
        &mut self,
        kind: ScopeKind,
        span: Span,
        body: impl FnOnce(&mut Self) -> T,
    ) -> (ScopeId, T) {
        let scope = self.out.enter(kind, span);
        let value = body(self);
        self.out.leave();
        (scope, value)
    }
}

/// An identifier as a name, without `r#`.
fn ident(ident: &syn::Ident) -> Name {
    Name::from(ident.unraw().to_string())
}

/// The length of a byte order mark and a `#!` line.
fn unlexed_prefix(text: &str) -> usize {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let rest = &text[mark..];
    let is_attribute = rest.strip_prefix("#!").is_some_and(|r| r.trim_start().starts_with('['));
    if !rest.starts_with("#!") || is_attribute {
        return mark;
    }
    mark + rest.find('\n').unwrap_or(rest.len())
}

/// The module of a file: the crate's name, then the folders and the file below `src`. A binary
/// of its own under `src/bin` is a crate of its own.
fn module_path(path: &str, package: Option<Package<'_>>) -> Vec<Name> {
    let (name, below) = match package {
        Some(package) => {
            let below = match package.root {
                "." | "" => path,
                root => path.strip_prefix(root).map_or(path, |p| p.trim_start_matches('/')),
            };
            (package.name, below)
        }
        None => {
            let (before, below) = match path.rfind("src/") {
                Some(at) if at == 0 || path[..at].ends_with('/') => (&path[..at], &path[at..]),
                _ => ("", path),
            };
            (before.trim_end_matches('/').rsplit('/').next().unwrap_or_default(), below)
        }
    };
    let name = if name.is_empty() { "crate" } else { name };
    let mut module = vec![Name::from(name.replace('-', "_"))];
    let below = below.strip_suffix(".rs").unwrap_or(below);
    let inside = below.strip_prefix("src/").unwrap_or(below);
    if let Some(own) = inside.strip_prefix("bin/") {
        module.clear();
        module.extend(own.split('/').filter(|part| *part != "main").map(crate_name));
        return module;
    }
    if matches!(inside, "lib" | "main") {
        return module;
    }
    let parts: Vec<&str> = inside.split('/').collect();
    let last = parts.len() - 1;
    for (at, part) in parts.into_iter().enumerate() {
        if at < last || part != "mod" {
            module.push(Name::new(part));
        }
    }
    module
}

fn crate_name(part: &str) -> Name {
    Name::from(part.replace('-', "_"))
}

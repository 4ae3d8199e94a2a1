//! The unit: one source file, lowered.

use std::sync::Arc;

use crate::{
    Expr, ExprId, Function, FunctionId, Language, LineIndex, Name, Place, Span, TypeDecl, TypeId,
    TypeRef,
};

/// The index of a scope in [`Unit::scopes`]; the file's own is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// One source file in the language-neutral form.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Relative to the repository's root, with forward slashes.
    pub path: Arc<str>,
    pub language: Language,
    /// The name by which other files import what this one declares: Python's dotted module
    /// (`src.api.client`), Go's import path, Java's, Kotlin's package or C#'s namespace,
    /// TypeScript's path without its ending, Rust's module path joined by `.` with the crate's
    /// name first.
    pub module: Name,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub types: Vec<TypeDecl>,
    pub functions: Vec<Function>,
    pub exprs: Vec<Expr>,
    pub scopes: Vec<Scope>,
    /// In source order.
    pub bindings: Vec<Binding>,
    /// In source order.
    pub exits: Vec<Exit>,
    /// Comments that address groundrule (`groundrule: …`), and no others.
    pub comments: Vec<Comment>,
    /// Test code inside a production file (`#[cfg(test)]`, `if __name__` self-tests are not).
    pub tests: Vec<Span>,
    /// What the parser could not read.
    pub unread: Vec<Span>,
    pub lines: LineIndex,
}

/// A name that comes from another module.
#[derive(Clone, Debug)]
pub struct Import {
    /// The name it has here; empty for an import that binds no name (`import "./tracing"`).
    /// A module that TypeScript loads in the middle of an expression (`require("debug")("app")`)
    /// has a name that no source can have, `require(<module>)`, which stands in the expression.
    pub local: Name,
    /// The module, in the form of [`Unit::module`]: relative imports are made absolute.
    pub module: Name,
    /// The item of that module; none when `local` stands for the module itself. A default import
    /// of a package is the module itself; one of a file of the repository is the item `default`.
    pub item: Option<Name>,
    /// `import x.*`, `from x import *`, C#'s `using Namespace`, `use x::*`, `export * from`.
    pub wildcard: bool,
    /// It is handed on: `export … from`, `pub use`, a name imported in `__init__.py`.
    pub reexport: bool,
    pub span: Span,
}

/// A value that a TypeScript or JavaScript module gives out: `export default x`,
/// `module.exports = x` (both named `default`), `exports.f = x`, `export { a as b }`.
#[derive(Clone, Debug)]
pub struct Export {
    pub name: Name,
    pub value: ExprId,
    pub span: Span,
}

/// A region in which names live and control flow is bounded.
#[derive(Clone, Debug)]
pub struct Scope {
    pub parent: Option<ScopeId>,
    pub kind: ScopeKind,
    pub span: Span,
}

/// What a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    File,
    Type(TypeId),
    Function(FunctionId),
    Block,
    /// A branch of `if`, `switch`, `match`, `when`, `select`; the condition where there is one.
    Branch(Option<ExprId>),
    /// A loop's body: the condition (or the collection), none for `for {}` and `while true`.
    Loop {
        head: Option<ExprId>,
        bounded: bool,
    },
    Try,
    Catch,
    Finally,
    /// `with e:`, `using (e)`, `try (e)`, `synchronized`.
    With(ExprId),
}

/// A value given to a name or a place.
#[derive(Clone, Debug)]
pub struct Binding {
    pub target: Target,
    pub value: Option<ExprId>,
    pub ty: Option<TypeRef>,
    pub kind: BindingKind,
    pub scope: ScopeId,
    pub span: Span,
}

/// What is given a value.
#[derive(Clone, Debug)]
pub enum Target {
    /// A variable.
    Name(Name),
    /// A member or an element: `client.timeout = 5`, `headers["X"] = v`.
    Place(ExprId),
}

/// How a value is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// A new variable, `final`, `const`, `val`, `let`.
    Constant,
    /// A new variable that can change.
    Variable,
    /// An assignment to one that exists (in Python and Go's `:=` with an existing name: either).
    Assign,
    /// `+=` and its kin.
    Augment,
    /// A loop's variable.
    Each,
    /// The exception of a catch clause; `ty` is its type.
    Caught,
    /// `with e as x`, `using var x = e`, `try (x = e)`.
    Resource,
}

/// A way out of a block.
#[derive(Clone, Debug)]
pub struct Exit {
    pub kind: ExitKind,
    pub value: Option<ExprId>,
    pub scope: ScopeId,
    pub span: Span,
}

/// Which way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitKind {
    Return,
    Break,
    Continue,
    Throw,
}

/// A comment that addresses groundrule; `text` is without the comment's own signs.
#[derive(Clone, Debug)]
pub struct Comment {
    pub text: Name,
    pub span: Span,
    /// Nothing else stands on its lines: it is about the next one.
    pub alone: bool,
}

impl Unit {
    /// The expression behind an id.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// The function behind an id.
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// The type behind an id.
    pub fn type_decl(&self, id: TypeId) -> &TypeDecl {
        &self.types[id.0 as usize]
    }

    /// The scope behind an id.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// The scope and those around it, innermost first.
    pub fn scopes_around(&self, id: ScopeId) -> impl Iterator<Item = (ScopeId, &Scope)> {
        std::iter::successors(Some(id), |&at| self.scope(at).parent).map(|at| (at, self.scope(at)))
    }

    /// The innermost function whose body holds the scope.
    pub fn function_around(&self, scope: ScopeId) -> Option<FunctionId> {
        self.scopes_around(scope).find_map(|(_, s)| match s.kind {
            ScopeKind::Function(id) => Some(id),
            _ => None,
        })
    }

    /// The innermost function with a name of its own (no lambda) whose body holds the scope.
    pub fn named_function_around(&self, scope: ScopeId) -> Option<FunctionId> {
        self.scopes_around(scope).find_map(|(_, s)| match s.kind {
            ScopeKind::Function(id) if !self.function(id).name.is_empty() => Some(id),
            _ => None,
        })
    }

    /// The innermost type whose body holds the scope.
    pub fn type_around(&self, scope: ScopeId) -> Option<TypeId> {
        self.scopes_around(scope).find_map(|(_, s)| match s.kind {
            ScopeKind::Type(id) => Some(id),
            _ => None,
        })
    }

    /// Where a span of this file stands.
    pub fn place(&self, span: Span) -> Place {
        Place {
            path: self.path.clone(),
            line: self.lines.line(span.start),
            end_line: self.lines.line(span.end.saturating_sub(1).max(span.start)),
            span,
        }
    }

    /// Whether the span lies in test code inside this production file.
    pub fn is_test(&self, span: Span) -> bool {
        self.tests.iter().any(|test| test.contains(span))
    }

    /// All expressions with their ids, in the order in which they were lowered.
    pub fn iter_exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.exprs.iter().enumerate().map(|(at, expr)| (ExprId(at as u32), expr))
    }
}

//! The language-neutral unit: the vocabulary that front ends write and extraction reads.
//!
//! A [`Unit`] is one source file without its grammar; a [`Document`] is one configuration file
//! without its notation; a [`Layout`] is a repository without its files. Nothing here parses,
//! reads or judges.

mod build;
mod decl;
mod document;
mod expr;
mod language;
mod layout;
mod span;
mod unit;

pub use build::UnitBuilder;
pub use decl::{
    Annotation, Field, Function, FunctionId, Owner, Param, ParamKind, TypeDecl, TypeId, TypeKind,
    TypeParam, TypeRef, Visibility,
};
pub use document::{Document, DocumentKind, Entry, Node, NodeValue};
pub use expr::{Arg, Call, CallForm, Expr, ExprId, ExprKind, Part, Record, RecordField};
pub use language::Language;
pub use layout::{
    Dependency, DependencyScope, Layout, LeftOut, LeftOutReason, Library, Owners, Service,
};
pub use smol_str::SmolStr as Name;
pub use span::{LineIndex, Place, Span};
pub use unit::{
    Binding, BindingKind, Comment, Exit, ExitKind, Export, Import, Scope, ScopeId, ScopeKind,
    Target, Unit,
};

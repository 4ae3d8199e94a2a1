//! Declarations: types with their fields, functions with their parameters, annotations.

use crate::{Arg, ExprId, Name, ScopeId, Span};

/// The index of a type declaration in [`crate::Unit::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

/// The index of a function in [`crate::Unit::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u32);

/// A type as written, without pointers, references, nullability and array brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TypeRef {
    /// The name as written, parts joined by `.` (`http.Client`, `java.util.List`).
    pub name: Name,
    /// Type arguments; an array, slice or list type of `T` is `name: "[]"` with one argument,
    /// a map `name: "{}"` with two, a function type `name: "()"` with what it returns. A tuple,
    /// and what a Go function with several results returns, is `name: "(,)"`. TypeScript's unions
    /// are `name: "|"`, its intersections `name: "&"`, `typeof x` is `name: "typeof"` with `x`.
    pub args: Box<[TypeRef]>,
}

impl TypeRef {
    /// A type without arguments.
    pub fn named(name: impl Into<Name>) -> Self {
        Self { name: name.into(), args: Box::default() }
    }
}

/// What kind of type a declaration makes, as far as it decides what the type prints of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeKind {
    Class,
    /// Kotlin `data class`.
    DataClass,
    /// Java and C# `record`.
    Record,
    /// Go, Rust and C# `struct`, protobuf `message`, TypeScript object type alias.
    Struct,
    Interface,
    Trait,
    Enum,
    /// Kotlin and Scala `object`, C# `static class`.
    Object,
    Alias,
}

/// A type declared in the unit.
#[derive(Clone, Debug)]
pub struct TypeDecl {
    pub name: Name,
    pub kind: TypeKind,
    pub type_params: Vec<TypeParam>,
    /// Base classes, interfaces, embedded or implemented types, in source order.
    pub supers: Vec<TypeRef>,
    /// Annotations, attributes, decorators; Rust's `#[derive(Debug)]` is one named `derive` whose
    /// arguments are names.
    pub annotations: Vec<Annotation>,
    pub fields: Vec<Field>,
    /// Functions declared inside the type's body.
    pub methods: Vec<FunctionId>,
    /// What an alias stands for.
    pub alias_of: Option<TypeRef>,
    /// The scope of the type's body.
    pub scope: ScopeId,
    /// The scope in which the type is declared.
    pub declared_in: ScopeId,
    pub visibility: Visibility,
    pub is_abstract: bool,
    pub span: Span,
    pub name_span: Span,
}

/// A type parameter with its bounds: `T : ICommand<R>`, `where T: Debug`.
#[derive(Clone, Debug)]
pub struct TypeParam {
    pub name: Name,
    pub bounds: Vec<TypeRef>,
}

/// Who can see a field. Languages without such a notion write [`Visibility::Public`]; Go's and
/// Python's conventions (lower case, leading underscore) count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    Public,
    Internal,
    Private,
}

/// A field, property, record component or constructor property.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: Name,
    pub ty: Option<TypeRef>,
    pub default: Option<ExprId>,
    pub annotations: Vec<Annotation>,
    pub visibility: Visibility,
    pub is_static: bool,
    /// Go's embedded fields.
    pub embedded: bool,
    /// Kotlin: declared in the primary constructor (what a data class prints). C#: a property of
    /// a record's header. Java: a record component.
    pub in_header: bool,
    /// A property with a computed getter: the function that computes it.
    pub getter: Option<FunctionId>,
    /// Go's struct tag, as written between the back quotes.
    pub tag: Name,
    pub span: Span,
}

/// What a function belongs to.
#[derive(Clone, Debug)]
pub enum Owner {
    /// A type whose body it stands in.
    Type(TypeId),
    /// A type named elsewhere: Go's receiver, Rust's `impl`, a Kotlin or C# extension.
    Named(TypeRef),
}

/// A function, method, constructor, or lambda.
#[derive(Clone, Debug)]
pub struct Function {
    /// Empty for lambdas. A constructor has the name `new` with `is_constructor` set.
    pub name: Name,
    pub owner: Option<Owner>,
    /// The trait or interface that a Rust `impl … for` names.
    pub implements: Option<TypeRef>,
    /// The receiver's own name, where it has one: Go's `(s *Server)`; C#'s `this` parameter.
    pub receiver: Option<Name>,
    pub params: Vec<Param>,
    pub returns: Option<TypeRef>,
    pub type_params: Vec<TypeParam>,
    pub annotations: Vec<Annotation>,
    /// What it gives back: values of its return statements, and of a last expression where the
    /// language returns that. `yield`ed values too.
    pub results: Vec<ExprId>,
    /// The scope of its body; parameters are looked up through it.
    pub scope: ScopeId,
    /// The scope in which the function is declared.
    pub declared_in: ScopeId,
    pub visibility: Visibility,
    pub is_static: bool,
    pub is_async: bool,
    pub is_constructor: bool,
    pub is_extension: bool,
    /// False for an interface's or an abstract method.
    pub has_body: bool,
    pub span: Span,
    pub name_span: Span,
}

/// How arguments reach a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamKind {
    Normal,
    /// `*args`, `...xs`, `vararg`.
    Rest,
    /// `**kwargs`.
    Keywords,
    /// Kotlin's and Scala's implicit `it`, with no name of its own in the source.
    Implicit,
}

/// A parameter. A destructured one (`({ip, path}) =>`) has an empty name, and its parts are
/// bindings in the function's scope whose value is a member of a name `"{}<index>"`, where index
/// is the parameter's position.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: Name,
    pub ty: Option<TypeRef>,
    pub default: Option<ExprId>,
    pub annotations: Vec<Annotation>,
    pub kind: ParamKind,
    pub span: Span,
}

/// An annotation, attribute or decorator.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// The name, a [`crate::ExprKind::Name`] or a member (`app.route`).
    pub callee: ExprId,
    /// Its arguments. A decorator or annotation written without parentheses has none.
    pub args: Box<[Arg]>,
    pub span: Span,
}

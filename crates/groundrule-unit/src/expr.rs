//! Expressions: one arena a unit, addressed by [`ExprId`].

use crate::{FunctionId, Name, ScopeId, Span, TypeRef};

/// The index of an expression in [`crate::Unit::exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// An expression with its place and the scope it is evaluated in.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    pub scope: ScopeId,
    /// The expression that this one is a direct part of; filled in by [`crate::UnitBuilder::finish`].
    pub parent: Option<ExprId>,
}

/// What an expression is. Parentheses, `await`, address-of, dereference, `!!`, `?` and similar
/// wrappers that hand their value through are left out by the front ends.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A simple name as written.
    Name(Name),
    /// `this`, `self` (also Python's first parameter), `super`, C#'s `base`.
    This,
    /// `object.name`, `object?.name`, `object->name`, `Path::name`.
    Member {
        object: ExprId,
        name: Name,
    },
    /// `object[index]`. A constant string index is lowered to it too, not to a member.
    Index {
        object: ExprId,
        index: ExprId,
    },
    Call(Box<Call>),
    /// A string without interpolation, decoded.
    String(Name),
    /// A number as written.
    Number(Name),
    Bool(bool),
    /// `null`, `nil`, `None`, `undefined`.
    Null,
    /// An interpolated string: template literal, f-string, `$"…"`, Kotlin's `"$x"`.
    Template(Box<[Part]>),
    /// An object literal, composite literal, struct expression, dict, or C# initializer.
    Record(Box<Record>),
    /// An array, tuple, set, or list literal.
    List(Box<[ExprId]>),
    /// A function as a value: lambda, closure, arrow function, anonymous function, trailing block.
    Lambda(FunctionId),
    /// One of several values: ternary, `??`, `||` and `or` as values, elvis, `if`/`when`/`match`
    /// as expressions. The first is the preferred one (`a` in `a ?? b`).
    Choice(Box<[ExprId]>),
    /// A binary operation, with the operator as the language writes it (`+`, `*`, `==`, `&&`).
    Binary {
        op: Name,
        left: ExprId,
        right: ExprId,
    },
    /// `!x`, `-x`, `not x`.
    Unary {
        op: Name,
        operand: ExprId,
    },
    /// `x as T`, `(T) x`, a type assertion.
    Cast {
        ty: TypeRef,
        operand: ExprId,
    },
    /// The `index`th of several results of one value: `a, b = f()`, `[a, b] = xs`.
    Element {
        of: ExprId,
        index: u32,
    },
    /// One of the items of a collection: what a loop variable is bound to.
    Each(ExprId),
    /// A construct that the front end does not know: its parts are still there to be walked, its
    /// value is unknown.
    Unknown(Box<[ExprId]>),
}

/// A call, a construction or a macro invocation.
#[derive(Clone, Debug)]
pub struct Call {
    pub callee: ExprId,
    pub args: Box<[Arg]>,
    pub form: CallForm,
    /// Explicit type arguments: `f<T>()`, `<T>f()`.
    pub type_args: Box<[TypeRef]>,
    /// The block of members set right after a construction: C# `new X { A = 1 }`,
    /// Java's anonymous class body has none.
    pub initializer: Option<ExprId>,
}

/// How a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallForm {
    Call,
    /// `new T(…)`. In languages without `new` a construction is a plain call of a type's name.
    New,
    /// A Rust macro, `name!(…)`: the callee is the name without the exclamation mark.
    Macro,
}

/// An argument of a call or an annotation.
#[derive(Clone, Debug)]
pub struct Arg {
    /// The name of a keyword argument (`timeout=5`, `timeout: 5`), of a field in a Rust log macro
    /// (`user = %name`) or of an annotation's attribute.
    pub name: Option<Name>,
    pub value: ExprId,
    /// `*args`, `**kwargs`, `...xs`.
    pub spread: bool,
    /// How a Rust log macro or a template prints the value: `%` Display, `?` Debug.
    pub sigil: Option<char>,
}

/// A part of an interpolated string.
#[derive(Clone, Debug)]
pub enum Part {
    Text(Name),
    /// An interpolated value; `format` is what follows the colon (`:?`, `!r`, `:F2`), or empty.
    Value {
        value: ExprId,
        format: Name,
    },
}

/// An object literal of any kind.
#[derive(Clone, Debug)]
pub struct Record {
    /// `http.Client` in `&http.Client{}`, the struct's name in Rust; none for dicts and objects.
    pub ty: Option<TypeRef>,
    pub fields: Box<[RecordField]>,
    /// `...defaults`, `**defaults`, `..Default::default()`.
    pub spreads: Box<[ExprId]>,
}

/// A field of an object literal.
#[derive(Clone, Debug)]
pub struct RecordField {
    /// The key where it is a name or a constant string; empty where it is positional.
    pub name: Name,
    /// The key where it is computed (`[header]: …`, a constant's name in a dict).
    pub key: Option<ExprId>,
    pub value: ExprId,
    pub span: Span,
}

impl ExprKind {
    /// Calls `visit` for each direct part of this expression, in source order.
    pub fn for_each_part(&self, mut visit: impl FnMut(ExprId)) {
        match self {
            ExprKind::Name(_)
            | ExprKind::This
            | ExprKind::String(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Lambda(_) => {}
            ExprKind::Member { object, .. } => visit(*object),
            ExprKind::Index { object, index } => {
                visit(*object);
                visit(*index);
            }
            ExprKind::Call(call) => {
                visit(call.callee);
                call.args.iter().for_each(|arg| visit(arg.value));
                call.initializer.into_iter().for_each(visit);
            }
            ExprKind::Template(parts) => {
                for part in parts {
                    if let Part::Value { value, .. } = part {
                        visit(*value);
                    }
                }
            }
            ExprKind::Record(record) => {
                for field in &record.fields {
                    field.key.into_iter().for_each(&mut visit);
                    visit(field.value);
                }
                record.spreads.iter().copied().for_each(visit);
            }
            ExprKind::List(items) | ExprKind::Choice(items) | ExprKind::Unknown(items) => {
                items.iter().copied().for_each(visit);
            }
            ExprKind::Binary { left, right, .. } => {
                visit(*left);
                visit(*right);
            }
            ExprKind::Unary { operand, .. } | ExprKind::Cast { operand, .. } => visit(*operand),
            ExprKind::Element { of, .. } => visit(*of),
            ExprKind::Each(of) => visit(*of),
        }
    }
}

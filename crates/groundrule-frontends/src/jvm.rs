//! What the front ends of Java and Kotlin share: blank declarations, decoded strings, and which
//! loops come to an end by counting. Knows no grammar.

use groundrule_unit::{
    Arg, Binding, BindingKind, ExprId, ExprKind, Function, Name, ScopeId, ScopeKind, Span, Target,
    TypeDecl, TypeKind, Unit, UnitBuilder, Visibility,
};

/// An unnamed argument.
pub(crate) fn arg(value: ExprId) -> Arg {
    Arg { name: None, value, spread: false, sigil: None }
}

/// A function with nothing in it, declared in `scope`.
pub(crate) fn blank_function(name: Name, scope: ScopeId, span: Span, name_span: Span) -> Function {
    Function {
        name,
        owner: None,
        implements: None,
        receiver: None,
        params: Vec::new(),
        returns: None,
        type_params: Vec::new(),
        annotations: Vec::new(),
        results: Vec::new(),
        scope,
        declared_in: scope,
        visibility: Visibility::Public,
        is_static: false,
        is_async: false,
        is_constructor: false,
        is_extension: false,
        has_body: true,
        span,
        name_span,
    }
}

/// A public class with nothing in it, declared in `scope`.
pub(crate) fn blank_type(name: Name, scope: ScopeId, span: Span, name_span: Span) -> TypeDecl {
    TypeDecl {
        name,
        kind: TypeKind::Class,
        type_params: Vec::new(),
        supers: Vec::new(),
        annotations: Vec::new(),
        fields: Vec::new(),
        methods: Vec::new(),
        alias_of: None,
        scope,
        declared_in: scope,
        visibility: Visibility::Public,
        is_abstract: false,
        span,
        name_span,
    }
}

/// Appends what an escape sequence (`\n`, `\u0041`, `\12`) stands for.
pub(crate) fn push_escape(out: &mut String, escape: &str) {
    let body = escape.strip_prefix('\\').unwrap_or(escape);
    let Some(first) = body.chars().next() else { return };
    match first {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        's' => out.push(' '),
        // A line that a text block continues.
        '\n' | '\r' => {}
        'u' => {
            let digits = body.trim_start_matches('u').trim_matches(['{', '}']);
            let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        '0'..='7' => {
            let code = u32::from_str_radix(body, 8).ok().and_then(char::from_u32);
            out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        _ => out.push_str(body),
    }
}

/// Says of the loop whose scope is `scope` what it runs over, and whether it comes to an end by
/// itself: by a counter that is changed in one of the bindings from `mark` on, or by an iterator.
pub(crate) fn close_loop(
    builder: &mut UnitBuilder,
    scope: ScopeId,
    head: Option<ExprId>,
    mark: usize,
) {
    let unit = builder.unit();
    let head = head.filter(|&head| !matches!(unit.expr(head).kind, ExprKind::Bool(true)));
    let bounded = head.is_some_and(|head| {
        ends_by_itself(unit, head, unit.bindings.get(mark..).unwrap_or_default())
    });
    if let Some(scope) = unit.scopes.get_mut(scope.0 as usize) {
        scope.kind = ScopeKind::Loop { head, bounded };
    }
}

fn ends_by_itself(unit: &Unit, head: ExprId, body: &[Binding]) -> bool {
    match &unit.expr(head).kind {
        ExprKind::Binary { op, left, right } => match op.as_str() {
            "&&" => ends_by_itself(unit, *left, body) || ends_by_itself(unit, *right, body),
            "||" => ends_by_itself(unit, *left, body) && ends_by_itself(unit, *right, body),
            "<" | "<=" | ">" | ">=" | "!=" => {
                counts(unit, *left, body) || counts(unit, *right, body)
            }
            _ => false,
        },
        ExprKind::Call(call) => matches!(
            &unit.expr(call.callee).kind,
            ExprKind::Member { name, .. }
                if matches!(name.as_str(), "hasNext" | "hasMoreElements" | "hasMoreTokens")
        ),
        _ => false,
    }
}

/// Whether the expression is a counter: a name that the loop steps, or something that steps itself
/// (`--left`, `attempts.incrementAndGet()`).
fn counts(unit: &Unit, side: ExprId, body: &[Binding]) -> bool {
    match &unit.expr(side).kind {
        ExprKind::Unary { op, .. } if matches!(op.as_str(), "++" | "--") => true,
        ExprKind::Call(call) => match &unit.expr(call.callee).kind {
            ExprKind::Member { name, .. } => {
                name.contains("ncrementAnd")
                    || name.contains("ecrementAnd")
                    || name.contains("AndIncrement")
                    || name.contains("AndDecrement")
            }
            _ => false,
        },
        _ => variable(unit, side).is_some_and(|name| body.iter().any(|b| steps(unit, b, name))),
    }
}

fn steps(unit: &Unit, binding: &Binding, counter: &str) -> bool {
    let target = match &binding.target {
        Target::Name(name) => Some(name.as_str()),
        Target::Place(place) => variable(unit, *place),
    };
    if target != Some(counter) {
        return false;
    }
    match (binding.kind, binding.value) {
        (BindingKind::Augment, _) => true,
        (BindingKind::Assign, Some(value)) => match &unit.expr(value).kind {
            ExprKind::Binary { left, right, .. } => {
                [*left, *right].into_iter().any(|side| variable(unit, side) == Some(counter))
            }
            _ => false,
        },
        _ => false,
    }
}

/// The name of a variable or of a field of `this`.
fn variable(unit: &Unit, id: ExprId) -> Option<&str> {
    match &unit.expr(id).kind {
        ExprKind::Name(name) => Some(name),
        ExprKind::Member { object, name } => {
            matches!(unit.expr(*object).kind, ExprKind::This).then_some(name.as_str())
        }
        _ => None,
    }
}

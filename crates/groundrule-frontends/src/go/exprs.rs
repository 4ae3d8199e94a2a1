//! Expressions.

use groundrule_unit::{Arg, Call, CallForm, ExprId, ExprKind, Name, Span, TypeRef};
use tree_sitter::Node;

use super::{Lowering, field};
use crate::syntax::{self, MAX_DEPTH};

impl Lowering<'_> {
    pub(super) fn expr(&mut self, node: Node<'_>) -> ExprId {
        let node = unwrapped(node);
        if self.depth >= MAX_DEPTH {
            return self.build.unknown(Vec::new(), syntax::span(node));
        }
        self.depth += 1;
        let id = self.expr_at(node);
        self.depth -= 1;
        id
    }

    fn expr_at(&mut self, node: Node<'_>) -> ExprId {
        let span = syntax::span(node);
        let kind = match node.kind() {
            "identifier" | "type_identifier" | "field_identifier" | "package_identifier"
            | "blank_identifier" => ExprKind::Name(Name::new(self.str(node))),
            "interpreted_string_literal" | "raw_string_literal" => {
                ExprKind::String(self.decoded(node))
            }
            "int_literal" | "float_literal" | "imaginary_literal" | "rune_literal" => {
                ExprKind::Number(Name::new(self.str(node)))
            }
            "nil" => ExprKind::Null,
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "iota" => match self.iota {
                Some(iota) => ExprKind::Number(Name::from(iota.to_string())),
                None => ExprKind::Name(Name::new_static("iota")),
            },
            "selector_expression" => self.selector(node),
            "qualified_type" => self.qualified(node),
            "call_expression" => return self.call(node),
            "composite_literal" => return self.composite(node),
            "func_literal" => ExprKind::Lambda(self.function(node, None)),
            "index_expression" => {
                let object = self.part(node, "operand");
                let index = self.part(node, "index");
                ExprKind::Index { object, index }
            }
            "slice_expression" => self.slice(node),
            "binary_expression" => {
                let left = self.part(node, "left");
                let right = self.part(node, "right");
                ExprKind::Binary { op: self.operator(node), left, right }
            }
            "unary_expression" => {
                let operand = self.part(node, "operand");
                ExprKind::Unary { op: self.operator(node), operand }
            }
            "type_assertion_expression" | "type_conversion_expression" => {
                let operand = self.part(node, "operand");
                let ty = field(node, "type").map(|ty| self.type_ref(ty)).unwrap_or_default();
                ExprKind::Cast { ty, operand }
            }
            // The function or type that gets its type arguments stands for the result.
            "generic_type" | "type_instantiation_expression" => {
                return match field(node, "type") {
                    Some(ty) => self.expr(ty),
                    None => self.build.unknown(Vec::new(), span),
                };
            }
            "slice_type" | "array_type" | "map_type" | "channel_type" | "function_type"
            | "struct_type" | "interface_type" => ExprKind::Unknown(Box::default()),
            _ => {
                let parts = syntax::children(node).into_iter().map(|part| self.expr(part));
                ExprKind::Unknown(parts.collect())
            }
        };
        self.build.expr(kind, span)
    }

    /// The expression under a field's name.
    pub(super) fn part(&mut self, node: Node<'_>, name: &str) -> ExprId {
        match field(node, name) {
            Some(part) => self.expr(part),
            None => self.build.unknown(Vec::new(), syntax::span(node)),
        }
    }

    fn operator(&self, node: Node<'_>) -> Name {
        field(node, "operator").map(|op| Name::new(self.str(op))).unwrap_or_default()
    }

    fn selector(&mut self, node: Node<'_>) -> ExprKind {
        if let Some(operand) = field(node, "operand")
            && operand.kind() == "identifier"
        {
            self.qualifiers.insert(self.str(operand));
        }
        let object = self.part(node, "operand");
        let name = field(node, "field").map_or("", |name| self.str(name));
        ExprKind::Member { object, name: Name::new(name) }
    }

    /// A type of another package, where an expression is expected.
    fn qualified(&mut self, node: Node<'_>) -> ExprKind {
        if let Some(package) = field(node, "package") {
            self.qualifiers.insert(self.str(package));
        }
        let object = self.part(node, "package");
        let name = field(node, "name").map_or("", |name| self.str(name));
        ExprKind::Member { object, name: Name::new(name) }
    }

    /// `a[i:j]` is an index that is a range.
    fn slice(&mut self, node: Node<'_>) -> ExprKind {
        let object = self.part(node, "operand");
        let brackets = Span::new(
            field(node, "operand").map_or(node.start_byte(), |operand| operand.end_byte()),
            node.end_byte(),
        );
        let mut bound = |name| match field(node, name) {
            Some(bound) => self.expr(bound),
            None => self.build.expr(ExprKind::Null, brackets),
        };
        let (left, right) = (bound("start"), bound("end"));
        if let Some(capacity) = field(node, "capacity") {
            self.expr(capacity);
        }
        let range = ExprKind::Binary { op: Name::new_static(":"), left, right };
        ExprKind::Index { object, index: self.build.expr(range, brackets) }
    }

    fn call(&mut self, node: Node<'_>) -> ExprId {
        let span = syntax::span(node);
        let args = field(node, "arguments").map(syntax::children).unwrap_or_default();
        let callee = field(node, "function");
        let name = callee.filter(|callee| callee.kind() == "identifier");
        let name = name.map_or("", |callee| self.str(callee));
        match (name, &*args) {
            ("new", [ty]) if is_type(*ty) => {
                let ty = self.type_ref(*ty);
                return self.zero(ty, span);
            }
            ("make", [ty, sizes @ ..]) if is_type(*ty) => {
                let type_args = vec![self.type_ref(*ty)];
                return self.call_of(node, sizes, type_args);
            }
            (name, [operand])
                if is_predeclared_type(name) && operand.kind() != "variadic_argument" =>
            {
                let operand = self.expr(*operand);
                let ty = TypeRef::named(name);
                return self.build.expr(ExprKind::Cast { ty, operand }, span);
            }
            _ => {}
        }
        let type_args = match (field(node, "type_arguments"), callee) {
            (Some(list), _) => self.type_args(list),
            (None, Some(callee)) if callee.kind() == "type_instantiation_expression" => {
                let types = syntax::children(callee);
                types.into_iter().skip(1).map(|ty| self.type_ref(ty)).collect()
            }
            _ => Vec::new(),
        };
        self.call_of(node, &args, type_args)
    }

    fn call_of(&mut self, node: Node<'_>, args: &[Node<'_>], type_args: Vec<TypeRef>) -> ExprId {
        let callee = self.part(node, "function");
        let args = args.iter().map(|arg| {
            let spread = arg.kind() == "variadic_argument";
            let value = if spread { syntax::children(*arg).first().copied() } else { None };
            let value = self.expr(value.unwrap_or(*arg));
            Arg { name: None, value, spread, sigil: None }
        });
        let args = args.collect();
        let form = CallForm::Call;
        let call = Call { callee, args, form, type_args: type_args.into(), initializer: None };
        self.build.expr(ExprKind::Call(Box::new(call)), syntax::span(node))
    }
}

/// The expression without its parentheses, and without taking or following its address.
pub(super) fn unwrapped(mut node: Node<'_>) -> Node<'_> {
    loop {
        let inner = match node.kind() {
            "parenthesized_expression" => syntax::children(node).first().copied(),
            "unary_expression" => field(node, "operator")
                .filter(|op| matches!(op.kind(), "&" | "*"))
                .and_then(|_| field(node, "operand")),
            "go_statement" | "defer_statement" | "expression_statement" => {
                syntax::children(node).first().copied()
            }
            _ => None,
        };
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}

fn is_type(node: Node<'_>) -> bool {
    node.kind().ends_with("_type") || node.kind() == "type_identifier"
}

/// A call of such a name converts its operand.
fn is_predeclared_type(name: &str) -> bool {
    matches!(
        name,
        "any"
            | "bool"
            | "byte"
            | "complex64"
            | "complex128"
            | "error"
            | "float32"
            | "float64"
            | "int"
            | "int8"
            | "int16"
            | "int32"
            | "int64"
            | "rune"
            | "string"
            | "uint"
            | "uint8"
            | "uint16"
            | "uint32"
            | "uint64"
            | "uintptr"
    )
}

//! Calls, arguments, lambdas and object expressions.

use groundrule_unit::{
    Arg, BindingKind, CallForm, ExprId, ExprKind, FunctionId, Name, Param, ParamKind, Span, TypeRef,
};
use tree_sitter::Node;

use super::Kotlin;
use crate::{jvm, syntax};

/// Functions of the standard library whose lambda has a receiver, and so no `it`.
const WITH_RECEIVER: &[&str] =
    &["apply", "run", "with", "buildString", "buildList", "buildMap", "buildSet"];

/// The pieces of a call, gathered from the nodes that the grammar spreads them over.
#[derive(Default)]
struct Pieces<'t> {
    callee: Option<Node<'t>>,
    type_args: Option<Node<'t>>,
    args: Option<Node<'t>>,
    lambda: Option<Node<'t>>,
}

impl<'t> Pieces<'t> {
    fn read(&mut self, node: Node<'t>) {
        for child in syntax::children(node) {
            match child.kind() {
                "type_arguments" => self.type_args = Some(child),
                "value_arguments" => self.args = Some(child),
                "annotated_lambda" => self.lambda = Some(child),
                _ => self.callee = Some(child),
            }
        }
    }
}

impl<'s> Kotlin<'s> {
    pub(super) fn call_expr(&mut self, node: Node<'_>) -> ExprId {
        let mut pieces = Pieces::default();
        pieces.read(node);
        // `f(a) { … }` is one call, but the grammar has a call of `f(a)` with the lambda.
        if let (None, Some(inner)) = (pieces.args, pieces.callee)
            && inner.kind() == "call_expression"
            && !syntax::has(inner, "annotated_lambda")
        {
            let lambda = pieces.lambda;
            pieces.read(inner);
            pieces.lambda = lambda;
        }
        let at = syntax::span(node);
        let callee = match pieces.callee {
            Some(callee) => self.expr(callee),
            None => self.b.unknown(Vec::new(), at),
        };
        let mut args = match pieces.args {
            Some(list) => self.args(list),
            None => Vec::new(),
        };
        if let Some(lambda) = pieces.lambda {
            let name = self.last_name(callee);
            let inner = syntax::children(lambda).into_iter().find(|c| c.kind() == "lambda_literal");
            let value = self.lambda(inner.unwrap_or(lambda), name);
            args.push(jvm::arg(value));
        }
        let type_args = match pieces.type_args {
            Some(list) => self.type_args(list),
            None => Box::default(),
        };
        self.call(callee, args, type_args, at)
    }

    fn last_name(&mut self, callee: ExprId) -> Option<Name> {
        match &self.b.unit().expr(callee).kind {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.clone()),
            _ => None,
        }
    }

    fn call(
        &mut self,
        callee: ExprId,
        args: Vec<Arg>,
        type_args: Box<[TypeRef]>,
        at: Span,
    ) -> ExprId {
        let id = self.b.call(callee, args, CallForm::Call, at);
        if let ExprKind::Call(call) = &mut self.b.unit().exprs[id.0 as usize].kind {
            call.type_args = type_args;
        }
        id
    }

    pub(super) fn args(&mut self, list: Node<'_>) -> Vec<Arg> {
        let mut args = Vec::new();
        for node in syntax::children(list) {
            let children = syntax::children(node);
            let is_named = children.len() > 1 && syntax::has(node, "=");
            let name = children.first().filter(|_| is_named).map(|&n| Name::new(self.ident(n)));
            let Some(&value) = children.last() else { continue };
            let spread = value.kind() == "spread_expression" || syntax::has(node, "*");
            let value = self.expr(value);
            args.push(Arg { name, value, spread, sigil: None });
        }
        args
    }

    /// `a to b` calls `to` on `a`.
    pub(super) fn infix(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let children = syntax::children(node);
        let [left, name, right] = children.as_slice() else {
            let parts = children.into_iter().map(|child| self.expr(child)).collect();
            return self.b.unknown(parts, at);
        };
        let left = self.expr(*left);
        let callee_at = Span::new(node.start_byte(), name.end_byte());
        let callee = self.b.member(left, self.ident(*name), callee_at);
        let right = self.expr(*right);
        self.call(callee, vec![jvm::arg(right)], Box::default(), at)
    }

    /// A lambda; `given_to` is the name of the function that it is given to.
    pub(super) fn lambda(&mut self, node: Node<'_>, given_to: Option<Name>) -> ExprId {
        let at = syntax::span(node);
        let function = jvm::blank_function(Name::default(), self.b.scope(), at, at);
        let id = self.open_function(function, true);
        if let Some(label) = given_to.clone()
            && let Some(open) = self.open.last_mut()
        {
            open.name = label;
        }
        let mut children = syntax::children(node);
        let has_params = children.first().is_some_and(|c| c.kind() == "lambda_parameters");
        if has_params {
            let list = children.remove(0);
            self.lambda_params(list, id);
        } else if !syntax::has(node, "->")
            && !given_to.is_some_and(|name| WITH_RECEIVER.contains(&name.as_str()))
        {
            let start = node.start_byte();
            let param = Param {
                name: Name::new_static("it"),
                ty: None,
                default: None,
                annotations: Vec::new(),
                kind: ParamKind::Implicit,
                span: Span::new(start, start),
            };
            self.function(id).params.push(param);
        }
        let value = self.stmts(&children, true);
        self.result(value);
        self.close_function(id);
        self.b.expr(ExprKind::Lambda(id), at)
    }

    fn lambda_params(&mut self, list: Node<'_>, id: FunctionId) {
        for (index, node) in syntax::children(list).into_iter().enumerate() {
            let at = syntax::span(node);
            let mut param = Param {
                name: Name::default(),
                ty: None,
                default: None,
                annotations: Vec::new(),
                kind: ParamKind::Normal,
                span: at,
            };
            if node.kind() == "multi_variable_declaration" {
                let whole = self.b.name(format!("{{}}{index}"), at);
                self.destructure(node, whole, BindingKind::Constant);
            } else {
                let (name, ty) = self.variable(node);
                param.name = name;
                param.ty = ty;
            }
            self.function(id).params.push(param);
        }
    }

    pub(super) fn anonymous_function(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let mut function = jvm::blank_function(Name::default(), self.b.scope(), at, at);
        let signature = self.signature(node);
        function.returns = signature.returns;
        let id = self.open_function(function, false);
        self.finish_function(id, signature.params, signature.body);
        self.b.expr(ExprKind::Lambda(id), at)
    }

    /// `object : T(…) { … }`: a call of `T`, and a type without a name with the same span.
    pub(super) fn object_literal(&mut self, node: Node<'_>) -> ExprId {
        let at = syntax::span(node);
        let bases = self.bases(node, None);
        self.anonymous_type(node, &bases, at);
        match bases.call {
            Some(call) => call,
            None => self.b.unknown(Vec::new(), at),
        }
    }
}

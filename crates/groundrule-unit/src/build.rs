//! The builder with which front ends write a unit: ids, scopes and parents in one place.

use std::sync::Arc;

use crate::{
    Arg, Binding, BindingKind, Call, CallForm, Exit, ExitKind, Expr, ExprId, ExprKind, Function,
    FunctionId, Language, LineIndex, Name, Scope, ScopeId, ScopeKind, Span, Target, TypeDecl,
    TypeId, TypeRef, Unit,
};

/// Writes one unit. A front end enters a scope before it lowers what lies inside and leaves it
/// afterwards; expressions, bindings and exits are put into the scope that is open.
#[derive(Debug)]
pub struct UnitBuilder {
    unit: Unit,
    open: ScopeId,
}

impl UnitBuilder {
    /// Starts a unit; the file's own scope is open.
    pub fn new(path: Arc<str>, language: Language, text: &str) -> Self {
        let unit = Unit {
            path,
            language,
            module: Name::default(),
            imports: Vec::new(),
            exports: Vec::new(),
            types: Vec::new(),
            functions: Vec::new(),
            exprs: Vec::new(),
            scopes: vec![Scope {
                parent: None,
                kind: ScopeKind::File,
                span: Span::new(0, text.len()),
            }],
            bindings: Vec::new(),
            exits: Vec::new(),
            comments: Vec::new(),
            tests: Vec::new(),
            unread: Vec::new(),
            lines: LineIndex::new(text),
        };
        Self { unit, open: ScopeId(0) }
    }

    /// The unit so far, for what needs no help from the builder (imports, exports, comments, …).
    pub fn unit(&mut self) -> &mut Unit {
        &mut self.unit
    }

    /// The scope that is open.
    pub fn scope(&self) -> ScopeId {
        self.open
    }

    /// Opens a scope inside the one that is open, and gives it back for [`Self::leave`].
    pub fn enter(&mut self, kind: ScopeKind, span: Span) -> ScopeId {
        let id = ScopeId(self.unit.scopes.len() as u32);
        self.unit.scopes.push(Scope { parent: Some(self.open), kind, span });
        self.open = id;
        id
    }

    /// Closes the innermost open scope. The file's own stays open.
    pub fn leave(&mut self) {
        if let Some(parent) = self.unit.scope(self.open).parent {
            self.open = parent;
        }
    }

    /// Adds an expression in the open scope.
    pub fn expr(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(self.unit.exprs.len() as u32);
        self.unit.exprs.push(Expr { kind, span, scope: self.open, parent: None });
        id
    }

    /// Adds a name.
    pub fn name(&mut self, name: impl Into<Name>, span: Span) -> ExprId {
        self.expr(ExprKind::Name(name.into()), span)
    }

    /// Adds a member access.
    pub fn member(&mut self, object: ExprId, name: impl Into<Name>, span: Span) -> ExprId {
        self.expr(ExprKind::Member { object, name: name.into() }, span)
    }

    /// Adds a plain call.
    pub fn call(&mut self, callee: ExprId, args: Vec<Arg>, form: CallForm, span: Span) -> ExprId {
        let call =
            Call { callee, args: args.into(), form, type_args: Box::default(), initializer: None };
        self.expr(ExprKind::Call(Box::new(call)), span)
    }

    /// Adds a construct that the front end does not know, with the parts that it could lower.
    pub fn unknown(&mut self, parts: Vec<ExprId>, span: Span) -> ExprId {
        self.expr(ExprKind::Unknown(parts.into()), span)
    }

    /// Gives a value to a variable in the open scope.
    pub fn bind(
        &mut self,
        name: impl Into<Name>,
        value: Option<ExprId>,
        ty: Option<TypeRef>,
        kind: BindingKind,
        span: Span,
    ) {
        let scope = self.open;
        let target = Target::Name(name.into());
        self.unit.bindings.push(Binding { target, value, ty, kind, scope, span });
    }

    /// Gives a value to a member or an element.
    pub fn assign(&mut self, place: ExprId, value: Option<ExprId>, kind: BindingKind, span: Span) {
        let scope = self.open;
        let target = Target::Place(place);
        self.unit.bindings.push(Binding { target, value, ty: None, kind, scope, span });
    }

    /// Adds a way out of a block.
    pub fn exit(&mut self, kind: ExitKind, value: Option<ExprId>, span: Span) {
        let scope = self.open;
        self.unit.exits.push(Exit { kind, value, scope, span });
    }

    /// Reserves the id of a function, so that its body can be lowered before it is complete.
    /// `make` gets the id.
    pub fn function(&mut self, make: impl FnOnce(FunctionId) -> Function) -> FunctionId {
        let id = FunctionId(self.unit.functions.len() as u32);
        let function = make(id);
        self.unit.functions.push(function);
        id
    }

    /// The same for a type.
    pub fn type_decl(&mut self, make: impl FnOnce(TypeId) -> TypeDecl) -> TypeId {
        let id = TypeId(self.unit.types.len() as u32);
        let decl = make(id);
        self.unit.types.push(decl);
        id
    }

    /// Finishes the unit: parents are filled in.
    pub fn finish(mut self) -> Unit {
        for at in 0..self.unit.exprs.len() {
            let mut parts = Vec::new();
            self.unit.exprs[at].kind.for_each_part(|part| parts.push(part));
            for part in parts {
                self.unit.exprs[part.0 as usize].parent = Some(ExprId(at as u32));
            }
        }
        self.unit
    }
}

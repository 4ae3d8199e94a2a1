//! Types that say themselves what they print: which fields their own text method mentions.

use groundrule_unit::{ExprId, ExprKind, Language, TypeKind, Unit};

use crate::Treatment;
use crate::define::Definition;
use crate::models::last_part;
use crate::printed::{Rendering, Walk};
use crate::program::{ExprRef, FunctionRef, TypeIxRef, UnitIx};
use crate::typed::property_of_getter;

impl Walk<'_, '_> {
    /// The method by which a type, or one that it extends, says what it prints.
    pub(crate) fn own_text(&self, ty: TypeIxRef, how: Rendering) -> Option<FunctionRef> {
        let (ix, _) = ty;
        let program = self.program;
        let language = program.unit(ix).language;
        if language == Language::Rust {
            let wanted = if how == Rendering::Debug { "Debug" } else { "Display" };
            return program.methods_of(ty, "fmt").into_iter().find(|&(fx, function)| {
                let function = program.unit(fx).function(function);
                function.implements.as_ref().is_some_and(|t| last_part(&t.name) == wanted)
            });
        }
        let names = &self.printing().own_text;
        let mut open = vec![ty];
        let mut seen = Vec::new();
        while let Some(next) = open.pop() {
            if seen.contains(&next) || seen.len() > 6 {
                continue;
            }
            seen.push(next);
            let (nx, id) = next;
            let own = names.iter().find_map(|name| {
                program.method_of(next, name).filter(|&(fx, function)| {
                    let function = program.unit(fx).function(function);
                    function.has_body && (function.params.is_empty() || language == Language::Go)
                })
            });
            if own.is_some() {
                return own;
            }
            let kind = program.unit(nx).type_decl(id).kind;
            // What a data class or record generates hides what it would inherit.
            if matches!(kind, TypeKind::DataClass | TypeKind::Record) {
                return None;
            }
            open.extend(program.super_types(next));
        }
        None
    }

    /// What a type's own text method mentions of its fields.
    pub(crate) fn mentioned(
        &mut self,
        ty: TypeIxRef,
        (fx, function): FunctionRef,
        how: Rendering,
        path: &str,
    ) {
        let program = self.program;
        let unit = program.unit(fx);
        let body = unit.function(function).span;
        let inner = if how == Rendering::Fields { how } else { Rendering::Text };
        for (id, expr) in unit.iter_exprs() {
            if !body.contains(expr.span) {
                continue;
            }
            let name = match &expr.kind {
                ExprKind::Name(name) => name,
                ExprKind::Member { object, name } if program.is_receiver((fx, *object)) => name,
                _ => continue,
            };
            let at = (fx, id);
            let Some((owner, index)) = self.field_named(at, ty, name) else { continue };
            let top = chain_top(unit, id);
            if self.is_condition(unit, top) || self.is_treated(fx, id, top) {
                continue;
            }
            let place = Some(unit.place(expr.span));
            if top == id {
                let declared = self.shown_type(owner, index);
                self.field(name, declared.as_ref(), inner, path, place);
            } else {
                let names = program.names_of((fx, top), None);
                let shown = names.first().unwrap_or(name).clone();
                let declared = program.type_of((fx, top));
                self.field(&shown, declared.as_ref(), inner, path, place);
            }
        }
    }

    fn field_named(
        &self,
        (fx, id): ExprRef,
        ty: TypeIxRef,
        name: &str,
    ) -> Option<(TypeIxRef, usize)> {
        let program = self.program;
        let unit = program.unit(fx);
        let found = match &unit.expr(id).kind {
            ExprKind::Name(_) if unit.language.members_in_scope() => {
                // A member access's own name is no expression of its own.
                match program.definition((fx, id), name) {
                    found @ Definition::Field(..) => Some(found),
                    Definition::Function(_) | Definition::Outside => {
                        let field = property_of_getter(name)?;
                        program.member_definition(ty, &field, 0)
                    }
                    _ => None,
                }
            }
            ExprKind::Name(_) => None,
            _ => program
                .member_definition(ty, name, 0)
                .filter(|d| matches!(d, Definition::Field(..)))
                .or_else(|| {
                    let field = property_of_getter(name)?;
                    program.member_definition(ty, &field, 0)
                }),
        };
        match found {
            Some(Definition::Field(owner, index)) => Some((owner, index)),
            _ => None,
        }
    }

    /// A part of a condition is not printed.
    fn is_condition(&self, unit: &Unit, id: ExprId) -> bool {
        let mut at = id;
        while let Some(parent) = unit.expr(at).parent {
            match &unit.expr(parent).kind {
                ExprKind::Binary { op, .. } if op != "+" => return true,
                ExprKind::Unary { .. } => return true,
                _ => at = parent,
            }
        }
        unit.scopes.iter().any(|scope| match scope.kind {
            groundrule_unit::ScopeKind::Branch(Some(head)) => head == at,
            _ => false,
        })
    }

    /// Whether something between a field and what prints it masks it or only counts it.
    fn is_treated(&self, ix: UnitIx, from: ExprId, top: ExprId) -> bool {
        let unit = self.program.unit(ix);
        if self.program.treatment_of((ix, top)) != Treatment::Plain {
            return true;
        }
        let mut at = Some(from);
        while let Some(id) = at {
            if matches!(unit.expr(id).kind, ExprKind::Call(_))
                && self.program.treatment_of((ix, id)) != Treatment::Plain
            {
                return true;
            }
            at = unit.expr(id).parent;
        }
        false
    }
}

/// The end of the chain of members and calls that starts at an expression: `a.b().c` for `a`.
fn chain_top(unit: &Unit, id: ExprId) -> ExprId {
    let mut top = id;
    while let Some(parent) = unit.expr(top).parent {
        match &unit.expr(parent).kind {
            ExprKind::Member { object, .. } if *object == top => top = parent,
            ExprKind::Call(call) if call.callee == top => top = parent,
            ExprKind::Index { object, .. } if *object == top => top = parent,
            _ => break,
        }
    }
    top
}

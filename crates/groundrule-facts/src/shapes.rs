//! What kind of value an expression gives, by the models: a request, its body, headers, a reply.

use groundrule_unit::{BindingKind, ExprKind};

use crate::define::Definition;
use crate::models::ShapeModel;
use crate::program::{ExprRef, Program, last_name};
use crate::resolve::Entity;

/// How far a value is followed back.
const STEPS: u32 = 6;
/// How many alternatives are followed at each step.
const ALTERNATIVES: usize = 4;

impl Program<'_> {
    /// What kind of value an expression gives, by the models: a request, its body, headers, …
    pub(crate) fn given_shape(&self, at: ExprRef) -> Option<ShapeModel> {
        self.given_shape_within(at, STEPS)
    }

    fn given_shape_within(&self, at: ExprRef, steps: u32) -> Option<ShapeModel> {
        if steps == 0 {
            return None;
        }
        let (ix, _) = at;
        let printing = self.printing_at(at);
        match self.kind(at) {
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => {
                    let unit = self.unit(bx);
                    bindings.iter().rev().take(ALTERNATIVES).find_map(|&id| {
                        let binding = &unit.bindings[id as usize];
                        match binding.kind {
                            BindingKind::Caught => Some(ShapeModel::Exception),
                            _ => self.given_shape_within((bx, binding.value?), steps - 1),
                        }
                    })
                }
                Definition::Param((fx, function), index) => {
                    let unit = self.unit(fx);
                    let param = &unit.function(function).params[index];
                    let annotated = param.annotations.iter().find_map(|annotation| {
                        let name = last_name(unit, annotation.callee)?;
                        printing.shape_annotations.get(name).copied()
                    });
                    match annotated {
                        Some(shape) if self.is_untyped(param.ty.as_ref()) => Some(shape),
                        _ if param.ty.is_none() && steps > 2 => self
                            .arguments_for((fx, function), index, 2)
                            .into_iter()
                            .find_map(|value| self.given_shape_within(value, steps.min(5) - 1)),
                        _ => None,
                    }
                }
                _ => None,
            }
            .or_else(|| self.shape_by_type(at)),
            ExprKind::Member { object, name } => {
                if self.is_property_through(at, name) {
                    return self.given_shape_within((ix, *object), steps - 1);
                }
                self.shape_by_path(at, (ix, *object), name).or_else(|| self.shape_by_type(at))
            }
            ExprKind::Call(call) => {
                let unit = self.unit(ix);
                let name = last_name(unit, call.callee)?;
                if let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind
                    && let Some(shape) = self.shape_by_path((ix, call.callee), (ix, *object), name)
                {
                    return Some(shape);
                }
                if let ExprKind::Name(_) = &unit.expr(call.callee).kind
                    && printing.shape_gives.may_match(name)
                    && let Some(shape) = self
                        .paths((ix, call.callee))
                        .iter()
                        .find_map(|path| printing.shape_gives.find(path).next().copied())
                {
                    return Some(shape);
                }
                if printing.through.contains(name) || printing.serialisers.contains(name) {
                    let receiver = match &unit.expr(call.callee).kind {
                        ExprKind::Member { object, .. } => Some((ix, *object)),
                        _ => None,
                    };
                    let first = call.args.first().map(|arg| (ix, arg.value));
                    return receiver
                        .and_then(|receiver| self.given_shape_within(receiver, steps - 1))
                        .or_else(|| self.given_shape_within(first?, steps - 1));
                }
                self.shape_by_type(at)
            }
            ExprKind::Cast { operand, .. } => self.given_shape_within((ix, *operand), steps - 1),
            ExprKind::Element { of, index: 0 } => self.given_shape_within((ix, *of), steps - 1),
            ExprKind::Choice(options) => {
                options.iter().find_map(|&o| self.given_shape_within((ix, o), steps - 1))
            }
            // A comprehension over a request's fields holds them all.
            ExprKind::Record(_) => {
                let head = self.comprehended(at)?;
                self.given_shape_within((ix, head), steps - 1)
            }
            _ => None,
        }
    }

    /// The collection that a dictionary comprehension goes over.
    fn comprehended(&self, (ix, id): ExprRef) -> Option<groundrule_unit::ExprId> {
        let unit = self.unit(ix);
        let ExprKind::Record(record) = &unit.expr(id).kind else { return None };
        let [field] = &*record.fields else { return None };
        field.key?;
        let outer = unit.expr(id).scope;
        unit.scopes_around(unit.expr(field.value).scope)
            .take_while(|&(scope, _)| scope != outer)
            .find_map(|(_, scope)| match scope.kind {
                groundrule_unit::ScopeKind::Loop { head, .. } => head,
                _ => None,
            })
    }

    /// A declared type that says nothing of what it holds.
    fn is_untyped(&self, ty: Option<&groundrule_unit::TypeRef>) -> bool {
        ty.is_none_or(|ty| {
            matches!(
                crate::models::last_part(&ty.name),
                "String"
                    | "string"
                    | "str"
                    | "any"
                    | "unknown"
                    | "object"
                    | "Object"
                    | "Any"
                    | "{}"
                    | "Map"
                    | "dict"
                    | "JsonNode"
                    | "JsonElement"
                    | "byte"
                    | "[]"
            )
        })
    }

    fn shape_by_path(&self, at: ExprRef, object: ExprRef, name: &str) -> Option<ShapeModel> {
        let printing = self.printing_at(at);
        if printing.shape_gives.may_match(name) {
            let paths = self.paths(at);
            if let Some(shape) =
                paths.iter().find_map(|path| printing.shape_gives.find(path).next().copied())
            {
                return Some(shape);
            }
        }
        let owner = match self.kind(object) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name,
            _ => return None,
        };
        let habits = &printing.shape_habits;
        let shape = habits.get(format!("{owner}.{name}").as_str());
        let shape = shape.or_else(|| habits.get(format!("*.{name}").as_str())).copied()?;
        // A type of the repository says itself what it is.
        let declared = self
            .entities_within(object, 5)
            .iter()
            .any(|entity| matches!(entity, Entity::Object(_) | Entity::Value(_) | Entity::Type(_)));
        (!declared).then_some(shape)
    }

    fn shape_by_type(&self, at: ExprRef) -> Option<ShapeModel> {
        let printing = self.printing_at(at);
        self.entities_within(at, 6).into_iter().find_map(|entity| match entity {
            Entity::Instance(path) => printing.shape_types.find(&path).next().copied(),
            Entity::Path(path) => printing.shape_gives.find(&path).next().copied(),
            _ => None,
        })
    }
}

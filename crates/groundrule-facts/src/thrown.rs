//! Printed exceptions: which values the repository itself put into their text.

use groundrule_unit::{BindingKind, ExprId, ExprKind, Name};

use crate::define::Definition;
use crate::message::Piece;
use crate::models::{ShapeModel, last_part};
use crate::printed::{Printed, Rendering};
use crate::program::{ExprRef, Program, TypeIxRef, last_name};
use crate::resolve::Entity;
use crate::typed::{Resolved, Type};
use crate::{PrintedField, Treatment};

/// An exception type that is built in more places says little of each single one.
const MOST_CONSTRUCTIONS: usize = 10;
/// How many names of one value are told.
const MOST_NAMES: usize = 4;

/// An exception that is printed, or its text.
#[derive(Clone, Debug)]
pub(crate) struct Thrown {
    pub(crate) ty: String,
    pub(crate) printed: Printed,
}

impl Program<'_> {
    /// Whether a value is an exception, or the text of one.
    pub(crate) fn is_exception(&self, at: ExprRef) -> bool {
        self.exception_behind(at, 4).is_some()
    }

    /// What is known of a printed exception; none where the value is none.
    pub(crate) fn exception_value(&self, at: ExprRef) -> Option<Thrown> {
        let (declared, part) = self.exception_behind(at, 4)?;
        let mut thrown = Thrown {
            ty: declared.as_ref().map(crate::printed::type_name).unwrap_or_default(),
            printed: Printed { complete: true, ..Printed::default() },
        };
        let resolved = declared.as_ref().and_then(|ty| self.resolve_type(ty));
        let Some(Resolved::Repository(ty)) = resolved else {
            thrown.printed.fields = self.put_into_error(at);
            return Some(thrown);
        };
        let (ix, id) = ty;
        thrown.ty = self.unit(ix).type_decl(id).name.to_string();
        let how = Rendering::Text;
        if part.is_none()
            && let Some(declared) = &declared
        {
            let own = self.printed(declared, how, self.unit(ix).language);
            thrown.printed.fields.extend(own.fields);
        }
        thrown.printed.fields.extend(self.put_into(ty, part.as_deref()));
        Some(thrown)
    }

    /// The values in the text of an error that a function of the repository gives back beside its
    /// result: Rust's `Err(format!(…))`, Go's `fmt.Errorf(…)`.
    fn put_into_error(&self, at: ExprRef) -> Vec<PrintedField> {
        let ExprKind::Name(name) = self.kind(at) else { return Vec::new() };
        let Definition::Bindings(ix, bindings) = self.definition(at, name) else {
            return Vec::new();
        };
        let unit = self.unit(ix);
        let mut found = Vec::new();
        for &id in bindings.iter().take(4) {
            let Some(value) = unit.bindings[id as usize].value else { continue };
            let ExprKind::Element { of, index: 1 } = unit.expr(value).kind else { continue };
            let ExprKind::Call(call) = &unit.expr(of).kind else { continue };
            for entity in self.entities_within((ix, call.callee), 6).into_iter().take(2) {
                let Entity::Function((fx, function)) = entity else { continue };
                for &result in &self.unit(fx).function(function).results {
                    found.extend(self.put_into_result((fx, result)));
                }
            }
        }
        found
    }

    fn put_into_result(&self, (fx, result): ExprRef) -> Vec<PrintedField> {
        let unit = self.unit(fx);
        if let ExprKind::Choice(options) = &unit.expr(result).kind {
            let given = options.iter().take(6);
            return given.flat_map(|&option| self.put_into_result((fx, option))).collect();
        }
        let error = match &unit.expr(result).kind {
            ExprKind::Call(call)
                if last_name(unit, call.callee).is_some_and(|name| name == "Err") =>
            {
                call.args.first().map(|arg| arg.value)
            }
            ExprKind::List(items) => items.get(1).copied(),
            _ => None,
        };
        let Some(error) = error else { return Vec::new() };
        self.pieces_of_text((fx, error))
            .iter()
            .filter(|piece| piece.at != (fx, error))
            .flat_map(|piece| self.fields_of_piece(piece))
            .collect()
    }

    /// The exception behind an expression, with the part of it that is printed.
    fn exception_behind(&self, at: ExprRef, steps: u32) -> Option<(Option<Type>, Option<Name>)> {
        if steps == 0 {
            return None;
        }
        let (ix, _) = at;
        let unit = self.unit(ix);
        let printing = self.printing_at(at);
        match self.kind(at) {
            ExprKind::Name(name) => {
                let definition = self.definition(at, name);
                match &definition {
                    Definition::Bindings(bx, bindings) => {
                        for &id in bindings.iter().rev().take(4) {
                            let binding = &self.unit(*bx).bindings[id as usize];
                            if binding.kind == BindingKind::Caught {
                                let ty = binding.ty.clone();
                                let ty = ty.map(|ty| Type::Written(*bx, binding.scope, ty));
                                return Some((ty, None));
                            }
                            if let Some(value) = binding.value
                                && let Some(found) = self.exception_behind((*bx, value), steps - 1)
                            {
                                return Some(found);
                            }
                        }
                        self.is_error_name(name, &definition).then_some((None, None))
                    }
                    Definition::Param(..) | Definition::Field(..) => {
                        let ty = self.type_of(at);
                        if self.is_error_name(name, &definition)
                            || ty.as_ref().is_some_and(|ty| self.is_exception_type(ty))
                        {
                            return Some((ty, None));
                        }
                        None
                    }
                    _ => None,
                }
            }
            ExprKind::Member { object, name } => {
                let (ty, part) = self.exception_behind((ix, *object), steps - 1)?;
                match &ty {
                    _ if printing.exception_texts.contains(name) => Some((ty, Some(name.clone()))),
                    Some(known) => match self.resolve_type(known) {
                        Some(Resolved::Repository(_)) => Some((ty, Some(name.clone()))),
                        _ => None,
                    },
                    None => part.map(|part| (None, Some(part))),
                }
            }
            ExprKind::Call(call) => {
                let name = last_name(unit, call.callee)?;
                if let ExprKind::Member { object, .. } = &unit.expr(call.callee).kind
                    && printing.exception_texts.contains(name)
                    && let Some((ty, _)) = self.exception_behind((ix, *object), steps - 1)
                {
                    return Some((ty, Some(name.clone())));
                }
                if printing.through.contains(name) && call.args.len() == 1 {
                    return self.exception_behind((ix, call.args[0].value), steps - 1);
                }
                None
            }
            ExprKind::Cast { operand, .. } => self.exception_behind((ix, *operand), steps - 1),
            ExprKind::Choice(options) => {
                options.iter().find_map(|&o| self.exception_behind((ix, o), steps - 1))
            }
            _ => None,
        }
    }

    /// `err`, where nothing says that it is something else.
    fn is_error_name(&self, name: &str, definition: &Definition) -> bool {
        let error = matches!(name, "err" | "error" | "e" | "ex" | "exc" | "exception" | "cause")
            || name.ends_with("Err")
            || name.ends_with("Error")
            || name.ends_with("Exception");
        if !error {
            return false;
        }
        match self.declared_type(definition.clone()) {
            Some((_, _, ty)) => {
                let last = last_part(&ty.name);
                last.ends_with("rror") || last.ends_with("Exception") || last == "Throwable"
            }
            None => true,
        }
    }

    fn is_exception_type(&self, ty: &Type) -> bool {
        let by_name = |name: &str| {
            let last = last_part(name);
            last.ends_with("Exception")
                || last.ends_with("Error")
                || last == "Throwable"
                || last == "error"
        };
        match self.resolve_type(ty) {
            Some(Resolved::Outside(name)) => by_name(&name),
            Some(Resolved::Repository(own)) => {
                let printed = self.outside_bases(own);
                printed.iter().any(|base| by_name(base))
                    || self.printed(ty, Rendering::Text, self.unit(own.0).language).shape
                        == Some(ShapeModel::Exception)
            }
            _ => false,
        }
    }

    /// The values that constructions of an exception put into its text, or into one part of it.
    fn put_into(&self, ty: TypeIxRef, part: Option<&str>) -> Vec<PrintedField> {
        let (tx, id) = ty;
        let decl = self.unit(tx).type_decl(id);
        let constructions: Vec<ExprRef> = self
            .calls_named(&decl.name)
            .iter()
            .copied()
            .filter(|&(cx, _)| self.unit(cx).language == self.unit(tx).language)
            .filter(|&(cx, call)| self.makes((cx, call), ty))
            .take(MOST_CONSTRUCTIONS + 1)
            .collect();
        if constructions.len() > MOST_CONSTRUCTIONS {
            return Vec::new();
        }
        let own_part = part.filter(|part| self.field_of(ty, part).is_some());
        let mut found: Vec<PrintedField> = Vec::new();
        for (cx, call) in constructions {
            let ExprKind::Call(call) = self.kind((cx, call)) else { continue };
            for arg in &call.args {
                let other = match (own_part, &arg.name) {
                    (Some(part), Some(name)) => name != part,
                    _ => false,
                };
                if other {
                    continue;
                }
                for piece in self.pieces_of_text((cx, arg.value)) {
                    if piece.at != (cx, arg.value) {
                        found.extend(self.fields_of_piece(&piece));
                    }
                }
            }
        }
        found
    }

    fn makes(&self, (cx, call): (crate::program::UnitIx, ExprId), ty: TypeIxRef) -> bool {
        let ExprKind::Call(call) = self.kind((cx, call)) else { return false };
        self.entities_within((cx, call.callee), 4).iter().any(|entity| match entity {
            Entity::Type(found) => *found == ty,
            Entity::Function(function) => self.owner_of(*function) == Some(ty),
            _ => false,
        })
    }

    /// A value in an exception's text, under each of its names: what it was called where it came
    /// from may tell more than what it is called here.
    fn fields_of_piece(&self, piece: &Piece) -> Vec<PrintedField> {
        if self.is_constant_value(piece.at) || self.treatment_of(piece.at) != Treatment::Plain {
            return Vec::new();
        }
        let (ix, id) = piece.at;
        let unit = self.unit(ix);
        let names = self.names_of(piece.at, None);
        let path = names.iter().rev().map(Name::as_str).collect::<Vec<_>>().join(".");
        let ty = self.type_of(piece.at).as_ref().map(crate::printed::type_name);
        let place = unit.place(unit.expr(id).span);
        names
            .into_iter()
            .take(MOST_NAMES)
            .map(|name| PrintedField {
                path: path.clone(),
                name,
                ty: ty.clone().unwrap_or_default(),
                place: Some(place.clone()),
            })
            .collect()
    }
}

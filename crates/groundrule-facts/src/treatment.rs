//! What was done to a value before it is printed, and which values say nothing: constants.

use groundrule_unit::{Call, ExprKind, TypeKind};

use crate::Treatment;
use crate::define::Definition;
use crate::models::Printing;
use crate::program::{ExprRef, Program, last_name};
use crate::resolve::Entity;
use crate::values::Value;

/// How far a value is followed back.
const STEPS: u32 = 6;

impl Program<'_> {
    /// What was done to a value before it is printed.
    pub(crate) fn treatment_of(&self, at: ExprRef) -> Treatment {
        self.treatment_within(at, STEPS)
    }

    fn treatment_within(&self, at: ExprRef, steps: u32) -> Treatment {
        if steps == 0 {
            return Treatment::Plain;
        }
        let (ix, _) = at;
        let printing = self.printing_at(at);
        match self.kind(at) {
            ExprKind::Name(name) => {
                let Definition::Bindings(ix, bindings) = self.definition(at, name) else {
                    return Treatment::Plain;
                };
                let unit = self.unit(ix);
                let mut all = bindings.iter().filter_map(|&id| unit.bindings[id as usize].value);
                let Some(first) = all.next() else { return Treatment::Plain };
                let treatment = self.treatment_within((ix, first), steps - 1);
                if all.all(|value| self.treatment_within((ix, value), steps - 1) == treatment) {
                    treatment
                } else {
                    Treatment::Plain
                }
            }
            ExprKind::Member { object, name } => {
                if printing.derived.contains(name) {
                    return Treatment::Derived;
                }
                self.treatment_within((ix, *object), steps - 1)
            }
            ExprKind::Call(call) => self.treatment_by_call(at, call, steps),
            ExprKind::Binary { op, left, right } => match op.as_str() {
                "+" | "-" | "*" | "/" | "|" | "&" | ".." => {
                    let left = self.treatment_within((ix, *left), steps - 1);
                    let right = self.treatment_within((ix, *right), steps - 1);
                    if left == right { left } else { Treatment::Plain }
                }
                _ => Treatment::Derived,
            },
            ExprKind::Unary { op, operand } => match op.as_str() {
                "!" | "not" | "typeof" | "instanceof" => Treatment::Derived,
                _ => self.treatment_within((ix, *operand), steps - 1),
            },
            ExprKind::Index { object, index } => match self.kind((ix, *index)) {
                // A slice.
                ExprKind::Binary { op, .. } if matches!(op.as_str(), ":" | ".." | "..=") => {
                    Treatment::Masked
                }
                ExprKind::String(_) => Treatment::Plain,
                _ => self.treatment_within((ix, *object), steps - 1),
            },
            ExprKind::Cast { operand, .. } => self.treatment_within((ix, *operand), steps - 1),
            ExprKind::Element { of, .. } | ExprKind::Each(of) => {
                self.treatment_within((ix, *of), steps - 1)
            }
            ExprKind::Choice(options) => {
                let mut treated = options
                    .iter()
                    .filter(|&&option| !self.is_constant_value((ix, option)))
                    .map(|&option| self.treatment_within((ix, option), steps - 1));
                match treated.next() {
                    Some(first) if treated.all(|next| next == first) => first,
                    _ => Treatment::Plain,
                }
            }
            _ => Treatment::Plain,
        }
    }

    fn treatment_by_call(&self, at: ExprRef, call: &Call, steps: u32) -> Treatment {
        let (ix, _) = at;
        let unit = self.unit(ix);
        let printing = self.printing_at(at);
        let Some(name) = last_name(unit, call.callee) else { return Treatment::Plain };
        if printing.derived.contains(name) {
            return Treatment::Derived;
        }
        if is_mask(printing, name) {
            return Treatment::Masked;
        }
        let receiver = match &unit.expr(call.callee).kind {
            ExprKind::Member { object, .. } => Some((ix, *object)),
            _ => None,
        };
        if printing.cuts.contains(name) && !call.args.is_empty() {
            return Treatment::Masked;
        }
        for arg in &call.args {
            if let ExprKind::Lambda(function) = self.kind((ix, arg.value))
                && printing.maps.contains(name)
            {
                let results = &unit.function(*function).results;
                if let Some(&result) = results.first() {
                    return self.treatment_within((ix, result), steps - 1);
                }
            }
        }
        if printing.through.contains(name) || printing.picks.contains(name) {
            let from_type = receiver.is_some_and(|receiver| self.is_type_or_module(receiver));
            let first = call.args.first().map(|arg| (ix, arg.value));
            if let Some(inner) = receiver.filter(|_| !from_type).or(first) {
                return self.treatment_within(inner, steps - 1);
            }
        }
        if let Some(receiver) = receiver {
            match self.treatment_within(receiver, steps - 1) {
                Treatment::Plain => {}
                treatment => return treatment,
            }
        }
        for entity in self.entities_within((ix, call.callee), 5).into_iter().take(1) {
            if let Entity::Function((fx, function)) = entity {
                let results = &self.unit(fx).function(function).results;
                if let [result] = **results {
                    return self.treatment_within((fx, result), steps.min(3) - 1);
                }
            }
        }
        Treatment::Plain
    }

    /// Whether an expression is a literal, a constant, or one of an enumeration's values: printing
    /// it says nothing.
    pub(crate) fn is_constant_value(&self, at: ExprRef) -> bool {
        self.is_constant_within(at, 5)
    }

    fn is_constant_within(&self, at: ExprRef, steps: u32) -> bool {
        if steps == 0 {
            return false;
        }
        let (ix, _) = at;
        match self.kind(at) {
            ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => true,
            ExprKind::Choice(options) => {
                options.iter().all(|&option| self.is_constant_within((ix, option), steps - 1))
            }
            ExprKind::Cast { operand, .. } | ExprKind::Unary { operand, .. } => {
                self.is_constant_within((ix, *operand), steps - 1)
            }
            ExprKind::Binary { left, right, .. } => {
                self.is_constant_within((ix, *left), steps - 1)
                    && self.is_constant_within((ix, *right), steps - 1)
            }
            ExprKind::Name(name) => match self.definition(at, name) {
                Definition::Bindings(bx, bindings) => bindings.iter().all(|&id| {
                    let binding = &self.unit(bx).bindings[id as usize];
                    binding
                        .value
                        .is_some_and(|value| self.is_constant_within((bx, value), steps - 1))
                }),
                Definition::Field((tx, ty), index) => self.is_constant_field((tx, ty), index),
                Definition::Import(..) if is_capital(name) => self.has_constant_values(at),
                Definition::Type(_) => true,
                _ => false,
            },
            ExprKind::Member { object, name } => {
                self.entities_within((ix, *object), 4).iter().any(|entity| match entity {
                    Entity::Type((tx, ty)) => {
                        let decl = self.unit(*tx).type_decl(*ty);
                        match self.field_of((*tx, *ty), name) {
                            Some(index) => self.is_constant_field((*tx, *ty), index),
                            None => decl.kind == TypeKind::Enum,
                        }
                    }
                    Entity::Module(_) if is_capital(name) => self.has_constant_values(at),
                    _ => false,
                })
            }
            _ => false,
        }
    }

    fn is_constant_field(
        &self,
        (tx, ty): (crate::program::UnitIx, groundrule_unit::TypeId),
        index: usize,
    ) -> bool {
        let decl = self.unit(tx).type_decl(ty);
        let field = &decl.fields[index];
        if decl.kind == TypeKind::Enum && field.is_static {
            return true;
        }
        (field.is_static || is_capital(&field.name))
            && field.default.is_some_and(|value| self.is_constant_within((tx, value), 3))
    }

    fn has_constant_values(&self, at: ExprRef) -> bool {
        let values = self.values(at);
        !values.is_empty()
            && values.iter().all(|value| {
                matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_) | Value::Null)
            })
    }
}

fn is_capital(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

/// Whether one of the words of a function's name says that it masks.
pub(crate) fn is_mask(printing: &Printing, name: &str) -> bool {
    words(name).iter().any(|word| printing.masks.contains(word.as_str()))
}

/// The words of a name, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in name.chars() {
        let ends = !c.is_alphanumeric() || (c.is_uppercase() && before_lower);
        if ends && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

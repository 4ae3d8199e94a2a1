//! What a value prints of itself: the fields that each language shows of its types.

use groundrule_unit::{
    Annotation, ExprKind, Field, Language, Name, TypeDecl, TypeKind, TypeRef, Unit, Visibility,
};

use crate::models::{Printing, ShapeModel, last_part};
use crate::program::{ExprRef, Program, TypeIxRef, last_name};
use crate::typed::{Resolved, Type};
use crate::{PrintedField, Treatment};

/// How deep fields inside fields are followed.
const DEPTH: usize = 4;
/// How many fields are enough to judge a value by.
const MOST_FIELDS: usize = 80;
/// How many types an interface may stand for.
const MOST_IMPLEMENTERS: usize = 24;

/// How a value is turned into text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rendering {
    /// The language's conversion to text: `toString`, `str`, `{}`, `%v`.
    Text,
    /// For developers: `{:?}`, `!r`.
    Debug,
    /// With its fields, as JSON or a structured logger does.
    Fields,
    /// Public properties only: `{@X}`.
    Properties,
}

/// What printing a value of a type shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Printed {
    pub(crate) fields: Vec<PrintedField>,
    /// False where some type could not be resolved.
    pub(crate) complete: bool,
    /// The value itself is printed: it is a string, a number, a date.
    pub(crate) scalar: bool,
    /// Its type masks it.
    pub(crate) masked: bool,
    /// What the models say of its type.
    pub(crate) shape: Option<ShapeModel>,
}

impl Program<'_> {
    /// What printing a value of that type shows.
    pub(crate) fn printed(&self, ty: &Type, how: Rendering, language: Language) -> Printed {
        let mut walk = Walk {
            program: self,
            language,
            found: Printed { complete: true, ..Printed::default() },
            stack: Vec::new(),
        };
        walk.value(ty, how, String::new());
        walk.found
    }

    /// The types that implement or extend one, however many steps away, and can be constructed.
    fn subtypes(&self, ty: TypeIxRef) -> Vec<TypeIxRef> {
        let mut found = Vec::new();
        let mut open = vec![ty];
        let mut seen = vec![ty];
        while let Some(base) = open.pop() {
            let (bx, id) = base;
            let name = &self.unit(bx).type_decl(id).name;
            self.want_extended(name);
            for &(ix, sub) in self.extending(name) {
                let decl = self.unit(ix).type_decl(sub);
                if seen.contains(&(ix, sub)) || !self.super_types((ix, sub)).contains(&base) {
                    continue;
                }
                seen.push((ix, sub));
                open.push((ix, sub));
                if !is_bound(decl) {
                    found.push((ix, sub));
                }
            }
        }
        found.truncate(MOST_IMPLEMENTERS);
        found
    }
}

/// Whether a type only stands for others.
fn is_bound(decl: &TypeDecl) -> bool {
    decl.is_abstract || matches!(decl.kind, TypeKind::Interface | TypeKind::Trait)
}

pub(crate) struct Walk<'w, 'p> {
    pub(crate) program: &'w Program<'p>,
    /// Whose rules hold: that of the log statement.
    language: Language,
    found: Printed,
    /// The types that are being printed, for recursive ones.
    stack: Vec<TypeIxRef>,
}

impl Walk<'_, '_> {
    pub(crate) fn printing(&self) -> &Printing {
        &self.program.models.of(self.language).printing
    }

    /// Prints a value; `path` is empty for the value itself.
    fn value(&mut self, ty: &Type, how: Rendering, path: String) {
        let Some(resolved) = self.program.resolve_type(ty) else {
            self.found.complete = false;
            return;
        };
        match resolved {
            Resolved::Holds(inner) => {
                let how = if self.language == Language::Python { Rendering::Debug } else { how };
                for ty in &inner {
                    self.value(ty, how, path.clone());
                }
                if inner.is_empty() {
                    self.found.complete = false;
                }
            }
            Resolved::Literal(at) => self.literal(at, how, &path),
            Resolved::Outside(name) => self.outside(&name, &path),
            Resolved::Repository(ty) => self.declared(ty, how, &path),
        }
    }

    fn outside(&mut self, name: &str, path: &str) {
        let printing = self.printing();
        let last = last_part(name);
        let shape = printing.shape_types.find(name).next().copied();
        let scalar = printing.scalars.contains(last) || printing.scalars.contains(name);
        match shape {
            Some(ShapeModel::Masked) => self.found.masked |= path.is_empty(),
            Some(ShapeModel::Scalar) => self.found.scalar |= path.is_empty(),
            Some(ShapeModel::Opaque) => {}
            Some(_) if path.is_empty() => self.found.shape = shape,
            Some(_) => {}
            None if scalar => self.found.scalar |= path.is_empty(),
            None => self.found.complete = false,
        }
    }

    fn literal(&mut self, at: ExprRef, how: Rendering, path: &str) {
        let program = self.program;
        let ExprKind::Record(record) = program.kind(at) else {
            self.found.complete = false;
            return;
        };
        if self.language == Language::TypeScript && how == Rendering::Text {
            return;
        }
        for field in &record.fields {
            let value = (at.0, field.value);
            if field.name.is_empty() {
                self.found.complete = false;
                continue;
            }
            if program.treatment_of(value) != Treatment::Plain {
                continue;
            }
            let ty = program.type_of(value);
            let place = Some(program.unit(at.0).place(field.span));
            self.field(&field.name, ty.as_ref(), how, path, place);
        }
        if !record.spreads.is_empty() {
            self.found.complete = false;
        }
    }

    /// Prints one field, and what is inside it.
    pub(crate) fn field(
        &mut self,
        name: &str,
        ty: Option<&Type>,
        how: Rendering,
        path: &str,
        place: Option<groundrule_unit::Place>,
    ) {
        if self.found.fields.len() >= MOST_FIELDS {
            return;
        }
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let before = self.found.fields.len();
        // A yes or no tells nothing of what the name speaks of.
        let mut opaque = ty.is_some_and(is_boolean);
        if let Some(ty) = ty {
            if path.split('.').count() >= DEPTH {
                opaque = matches!(self.program.resolve_type(ty), Some(Resolved::Repository(_)));
            } else {
                let objects = self.stack.len();
                self.value(ty, how, path.clone());
                self.stack.truncate(objects);
                opaque |= self.prints_nothing_of_itself(ty);
            }
        }
        if self.found.fields.len() == before && !opaque {
            let ty = ty.map(type_name).unwrap_or_default();
            self.found.fields.push(PrintedField { path, name: Name::new(name), ty, place });
        }
    }

    /// A declared type without any printed field: nothing of it is seen. Enumerations are values.
    fn prints_nothing_of_itself(&self, ty: &Type) -> bool {
        match self.program.resolve_type(ty) {
            Some(Resolved::Repository((ix, id))) => {
                !matches!(self.program.unit(ix).type_decl(id).kind, TypeKind::Alias)
            }
            Some(Resolved::Holds(inner)) => {
                !inner.is_empty() && inner.iter().all(|ty| self.prints_nothing_of_itself(ty))
            }
            Some(Resolved::Outside(name)) => matches!(
                self.printing().shape_types.find(&name).next(),
                Some(ShapeModel::Masked | ShapeModel::Opaque)
            ),
            _ => false,
        }
    }

    /// Prints a value of a type that the repository declares.
    fn declared(&mut self, ty: TypeIxRef, how: Rendering, path: &str) {
        if self.stack.contains(&ty) || self.stack.len() > 12 {
            return;
        }
        self.stack.push(ty);
        let (ix, id) = ty;
        let decl = self.program.unit(ix).type_decl(id);
        let language = self.program.unit(ix).language;
        if decl.kind == TypeKind::Enum && language != Language::Rust {
            self.found.scalar |= path.is_empty();
        } else if let Some(target) = &decl.alias_of {
            self.alias(ty, target, how, path);
        } else {
            match how {
                Rendering::Fields => self.as_fields(ty, how, path),
                Rendering::Properties => self.as_properties(ty, path),
                Rendering::Text | Rendering::Debug => self.as_text(ty, how, path),
            }
            if is_bound(decl) {
                for sub in self.program.subtypes(ty) {
                    self.declared(sub, how, path);
                }
            }
        }
        self.stack.pop();
    }

    fn alias(
        &mut self,
        ty: TypeIxRef,
        target: &groundrule_unit::TypeRef,
        how: Rendering,
        path: &str,
    ) {
        if let Some(own) = self.own_text(ty, how) {
            self.mentioned(ty, own, how, path);
            return;
        }
        let (ix, id) = ty;
        let scope = self.program.unit(ix).type_decl(id).declared_in;
        self.value(&Type::Written(ix, scope, target.clone()), how, path.to_owned());
    }

    /// As JSON or a structured logger prints it.
    fn as_fields(&mut self, ty: TypeIxRef, how: Rendering, path: &str) {
        let (ix, _) = ty;
        let language = self.program.unit(ix).language;
        if language == Language::Go
            && let Some(own) = self.program.method_of(ty, "MarshalJSON")
        {
            self.mentioned(ty, own, how, path);
            return;
        }
        self.all_fields(ty, how, path, &|field, _| {
            !(language == Language::Go
                && (field.visibility != Visibility::Public || field.tag.contains("json:\"-\"")))
        });
    }

    /// As Serilog destructures it.
    fn as_properties(&mut self, ty: TypeIxRef, path: &str) {
        self.all_fields(ty, Rendering::Properties, path, &|field, _| {
            field.visibility == Visibility::Public && (field.getter.is_some() || is_property(field))
        });
    }

    /// As the language's conversion to text prints it.
    fn as_text(&mut self, ty: TypeIxRef, how: Rendering, path: &str) {
        if let Some(own) = self.own_text(ty, how) {
            self.mentioned(ty, own, how, path);
            return;
        }
        let (ix, id) = ty;
        let unit = self.program.unit(ix);
        let decl = unit.type_decl(id);
        let annotated = self.prints_by_annotation(unit, decl, how);
        match unit.language {
            Language::Kotlin if decl.kind == TypeKind::DataClass => {
                self.all_fields(ty, how, path, &|field, own| own && field.in_header);
            }
            Language::Java if decl.kind == TypeKind::Record => {
                self.all_fields(ty, how, path, &|field, own| own && field.in_header);
            }
            Language::CSharp if decl.kind == TypeKind::Record => {
                self.all_fields(ty, how, path, &|field, _| field.visibility == Visibility::Public);
            }
            Language::Go | Language::Protobuf => self.all_fields(ty, how, path, &|_, _| true),
            Language::Java if annotated => self.lombok(ty, how, path),
            Language::Python if annotated => self.all_fields(ty, how, path, &|_, _| true),
            Language::Rust if annotated => self.all_fields(ty, how, path, &|_, _| true),
            Language::Python => {
                // What a base outside the repository prints of itself.
                let printed_by = &self.printing().printed_by;
                let bases = self.program.outside_bases(ty);
                if bases.iter().any(|base| printed_by.contains(last_part(base))) {
                    self.all_fields(ty, how, path, &|_, _| true);
                } else if bases.iter().any(|base| is_exception(base)) && path.is_empty() {
                    self.found.shape = Some(ShapeModel::Exception);
                }
            }
            _ => {
                let bases = self.program.outside_bases(ty);
                if bases.iter().any(|base| is_exception(base)) && path.is_empty() {
                    self.found.shape = Some(ShapeModel::Exception);
                }
            }
        }
    }

    /// `@Data`, `@ToString(exclude = "x")`, `@dataclass`, `#[derive(Debug)]`.
    fn prints_by_annotation(&self, unit: &Unit, decl: &TypeDecl, how: Rendering) -> bool {
        let printed_by = &self.printing().printed_by;
        decl.annotations.iter().any(|annotation| {
            let name = last_name(unit, annotation.callee).map_or("", Name::as_str);
            if unit.language == Language::Rust {
                let wanted = if how == Rendering::Debug { "Debug" } else { "Display" };
                return name == "derive"
                    && annotation
                        .args
                        .iter()
                        .any(|arg| last_name(unit, arg.value).is_some_and(|name| name == wanted))
                    && how == Rendering::Debug;
            }
            printed_by.contains(name)
        })
    }

    fn lombok(&mut self, ty: TypeIxRef, how: Rendering, path: &str) {
        let (ix, id) = ty;
        let program = self.program;
        let unit = program.unit(ix);
        let decl = unit.type_decl(id);
        let named = |attribute: &str| -> Vec<String> {
            let values = decl.annotations.iter().flat_map(|annotation| &annotation.args);
            values
                .filter(|arg| arg.name.as_deref() == Some(attribute))
                .flat_map(|arg| match &unit.expr(arg.value).kind {
                    ExprKind::List(items) => items.to_vec(),
                    _ => vec![arg.value],
                })
                .filter_map(|value| program.constant_text((ix, value)))
                .collect()
        };
        let (exclude, of) = (named("exclude"), named("of"));
        let explicit = decl.annotations.iter().flat_map(|a| &a.args).any(|arg| {
            arg.name.as_deref() == Some("onlyExplicitlyIncluded")
                && matches!(unit.expr(arg.value).kind, ExprKind::Bool(true))
        });
        self.all_fields(ty, how, path, &|field, own| {
            let included =
                field.annotations.iter().any(|a| self_named(unit, a, "ToString.Include"));
            own && !exclude.iter().any(|name| name == field.name.as_str())
                && (of.is_empty() || of.iter().any(|name| name == field.name.as_str()))
                && (!explicit || included)
        });
    }

    /// All fields of a type and of those it extends that `shows` lets through; the second argument
    /// says whether the field is the type's own.
    fn all_fields(
        &mut self,
        ty: TypeIxRef,
        how: Rendering,
        path: &str,
        shows: &dyn Fn(&Field, bool) -> bool,
    ) {
        let mut open = vec![(ty, true)];
        let mut seen = Vec::new();
        while let Some((next, own)) = open.pop() {
            if seen.contains(&next) || seen.len() > 8 {
                continue;
            }
            seen.push(next);
            let (ix, id) = next;
            let unit = self.program.unit(ix);
            let decl = unit.type_decl(id);
            for (index, field) in decl.fields.iter().enumerate() {
                if field.is_static || !shows(field, own) || self.is_hidden(unit, field, how) {
                    continue;
                }
                let declared = self.shown_type(next, index);
                let place = Some(unit.place(field.span));
                if field.embedded
                    && let Some(declared) = &declared
                {
                    self.value(declared, how, path.to_owned());
                    continue;
                }
                self.field(&field.name, declared.as_ref(), how, path, place);
            }
            open.extend(self.program.super_types(next).into_iter().map(|base| (base, false)));
        }
    }

    /// A field's type; where its declaration says nothing, those of what constructors are given.
    pub(crate) fn shown_type(&self, owner: TypeIxRef, index: usize) -> Option<Type> {
        let program = self.program;
        let declared = program.type_of_field(owner, index, 3);
        let vague = match &declared {
            Some(Type::Written(_, _, ty)) => crate::typed::is_vague(ty),
            _ => false,
        };
        if !vague {
            return declared;
        }
        let name = &program.unit(owner.0).type_decl(owner.1).fields[index].name;
        let given = program.header_arguments(owner, name);
        let types: Vec<Type> = given.into_iter().filter_map(|at| program.type_of(at)).collect();
        if types.is_empty() { declared } else { Some(Type::OneOf(types)) }
    }

    /// A field that an annotation keeps out: `@ToString.Exclude`, `field(repr=False)`.
    fn is_hidden(&self, unit: &Unit, field: &Field, how: Rendering) -> bool {
        let hidden_by = &self.printing().hidden_by;
        let by_annotation = field.annotations.iter().any(|annotation| {
            let json = |name: &str| name.starts_with("Json");
            let mut names = hidden_by.iter().filter(|name| how == Rendering::Fields || !json(name));
            names.any(|name| self_named(unit, annotation, name))
                || annotation.args.iter().any(|arg| {
                    last_name(unit, arg.value).is_some_and(|name| hidden_by.contains(name))
                })
        });
        let by_default = field.default.is_some_and(|value| match &unit.expr(value).kind {
            ExprKind::Call(call) => call.args.iter().any(|arg| {
                arg.name.as_ref().is_some_and(|name| hidden_by.contains(name))
                    && matches!(unit.expr(arg.value).kind, ExprKind::Bool(false))
            }),
            _ => false,
        });
        by_annotation || by_default
    }
}

/// Whether an annotation has that name; of a dotted one the last two parts count.
fn self_named(unit: &Unit, annotation: &Annotation, name: &str) -> bool {
    match &unit.expr(annotation.callee).kind {
        ExprKind::Name(own) => own == name || own.ends_with(&format!(".{name}")),
        ExprKind::Member { object, name: own } => {
            own == name
                || last_name(unit, *object)
                    .is_some_and(|outer| name == format!("{outer}.{own}").as_str())
        }
        _ => false,
    }
}

fn is_property(field: &Field) -> bool {
    field.in_header || field.name.starts_with(char::is_uppercase)
}

fn is_exception(base: &str) -> bool {
    let last = last_part(base);
    last.ends_with("Exception") || last.ends_with("Error") || last == "Throwable"
}

/// Whether a type only says yes or no.
pub(crate) fn is_boolean(ty: &Type) -> bool {
    match ty {
        Type::Written(_, _, ty) => is_boolean_name(ty),
        Type::Outside(name) => name == "bool",
        _ => false,
    }
}

/// The same of a type as written; what may be missing is one too: `Option<bool>`.
fn is_boolean_name(ty: &TypeRef) -> bool {
    match &*ty.args {
        [] => matches!(ty.name.as_str(), "Boolean" | "boolean" | "bool"),
        [only] => matches!(&*ty.name, "Option" | "Optional" | "Nullable") && is_boolean_name(only),
        _ => false,
    }
}

/// Whether a type is that of a number.
pub(crate) fn is_number(ty: &Type) -> bool {
    const NUMBERS: &[&str] = &[
        "int",
        "float",
        "number",
        "Int",
        "Integer",
        "Long",
        "long",
        "Double",
        "double",
        "Float",
        "Decimal",
        "BigDecimal",
        "decimal",
        "short",
        "Short",
        "uint",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float32",
        "float64",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "usize",
        "f32",
        "f64",
    ];
    match ty {
        Type::Written(_, _, ty) => NUMBERS.contains(&ty.name.as_str()),
        Type::Outside(name) => name == "number",
        _ => false,
    }
}

/// A type's name as a reader knows it.
pub(crate) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Written(_, _, ty) => written_name(ty, 0),
        Type::Outside(name) => name.to_string(),
        Type::Many(item) => type_name(item),
        Type::Repository(_) | Type::Literal(_) | Type::OneOf(_) => String::new(),
    }
}

fn written_name(ty: &groundrule_unit::TypeRef, depth: u32) -> String {
    if ty.args.is_empty() || depth > 3 {
        return ty.name.to_string();
    }
    let args: Vec<String> = ty.args.iter().map(|arg| written_name(arg, depth + 1)).collect();
    if ty.name == "[]" {
        return args.join(", ");
    }
    format!("{}<{}>", ty.name, args.join(", "))
}

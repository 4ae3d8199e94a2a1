//! Unique constraints: what a database refuses to hold twice, by table, type or collection.

use std::collections::BTreeMap;

use groundrule_unit::{
    Annotation, Arg, DocumentKind, ExprId, ExprKind, Name, Place, ScopeKind, Target, TypeDecl,
};

use crate::models::last_part;
use crate::program::{ExprRef, Program, UnitIx, last_name};
use crate::settings::chained;
use crate::words::{joined, words};

/// What is kept unique, and where that is said.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    pub(crate) columns: Vec<Name>,
    /// A primary key: it counts where its columns are no ids that the server makes.
    pub(crate) primary: bool,
    pub(crate) place: Place,
}

/// Constraints by what they are on.
#[derive(Debug, Default)]
pub(crate) struct Constraints {
    of: BTreeMap<String, Vec<Constraint>>,
    /// The tables that types are kept in, where those have names of their own.
    tables: BTreeMap<String, String>,
}

impl Constraints {
    pub(crate) fn new(program: &Program<'_>) -> Self {
        let mut found = Self::default();
        for document in &program.documents {
            if document.kind != DocumentKind::Sql {
                continue;
            }
            for root in &document.roots {
                for unique in root.text().map(crate::sql::uniques).unwrap_or_default() {
                    let place = document.place(root.span);
                    found.add(&unique.table, unique.columns, unique.primary, place);
                }
            }
        }
        for (ix, unit) in program.iter_units() {
            for decl in &unit.types {
                found.of_type(program, ix, decl);
            }
            found.of_literals(program, ix);
            found.of_calls(program, ix);
            for expr in &unit.exprs {
                if let ExprKind::String(text) = &expr.kind
                    && text.len() > 20
                    && starts_a_declaration(text)
                {
                    for unique in crate::sql::uniques(text) {
                        let place = unit.place(expr.span);
                        found.add(&unique.table, unique.columns, unique.primary, place);
                    }
                }
            }
        }
        found
    }

    /// The constraints on a table, type or collection of that name.
    pub(crate) fn on(&self, name: &str) -> impl Iterator<Item = &Constraint> {
        let own = key(name);
        let table = self.tables.get(&own).filter(|table| **table != own);
        let of = |key: Option<&String>| key.and_then(|key| self.of.get(key)).into_iter().flatten();
        of(Some(&own)).chain(of(table)).collect::<Vec<_>>().into_iter()
    }

    fn add(&mut self, on: &str, columns: Vec<Name>, primary: bool, place: Place) {
        let key = key(on);
        if !key.is_empty() && !columns.is_empty() {
            self.of.entry(key).or_default().push(Constraint { columns, primary, place });
        }
    }

    /// Annotations, tags and defaults of a type's fields, and annotations of the type itself.
    fn of_type(&mut self, program: &Program<'_>, ix: UnitIx, decl: &TypeDecl) {
        let unit = program.unit(ix);
        if let Some(table) = table_of(program, ix, decl) {
            self.tables.insert(key(&decl.name), key(&table));
        }
        let mut columns: Vec<(Vec<Name>, Place)> = Vec::new();
        for field in &decl.fields {
            let place = || unit.place(field.span);
            let annotated = field.annotations.iter().any(|a| keeps_unique(program, ix, a));
            let tag = field.tag.to_lowercase();
            let tagged = tag.contains("unique");
            let made = field.default.is_some_and(|value| match program.kind((ix, value)) {
                ExprKind::Call(call) => says_unique(program, ix, &call.args),
                ExprKind::Record(_) => record_says_unique(program, (ix, value)),
                _ => false,
            });
            if annotated || tagged || made {
                columns.push((vec![field.name.clone()], place()));
            }
        }
        for annotation in &decl.annotations {
            let names = listed_columns(program, ix, annotation);
            columns.extend(names.into_iter().map(|names| (names, unit.place(annotation.span))));
        }
        if columns.is_empty() {
            return;
        }
        let mut names = vec![decl.name.clone()];
        names.extend(table_of(program, ix, decl));
        for name in &names {
            for (columns, place) in &columns {
                self.add(name, columns.clone(), false, place.clone());
            }
        }
    }

    /// `{ email: { type: String, unique: true } }` in a schema, and `Column("name", unique=True)`
    /// in a table.
    fn of_literals(&mut self, program: &Program<'_>, ix: UnitIx) {
        let unit = program.unit(ix);
        for (id, expr) in unit.iter_exprs() {
            match &expr.kind {
                ExprKind::Record(record) => {
                    for field in &record.fields {
                        if matches!(unit.expr(field.value).kind, ExprKind::Record(_))
                            && record_says_unique(program, (ix, field.value))
                        {
                            for name in names_around(program, (ix, id)) {
                                let column = vec![field.name.clone()];
                                self.add(&name, column, false, unit.place(field.span));
                            }
                        }
                    }
                }
                ExprKind::Call(call)
                    if last_name(unit, call.callee).is_some_and(|name| {
                        matches!(name.as_str(), "Column" | "mapped_column" | "UniqueConstraint")
                    }) =>
                {
                    let all =
                        last_name(unit, call.callee).is_some_and(|name| name == "UniqueConstraint");
                    if !all && !says_unique(program, ix, &call.args) {
                        continue;
                    }
                    let texts =
                        call.args.iter().filter_map(|arg| match program.kind((ix, arg.value)) {
                            ExprKind::String(text) => Some(text.clone()),
                            _ => None,
                        });
                    let columns: Vec<Name> = texts.take(if all { 6 } else { 1 }).collect();
                    for name in names_around(program, (ix, id)) {
                        self.add(&name, columns.clone(), false, unit.place(expr.span));
                    }
                }
                _ => {}
            }
        }
    }

    /// `createIndex({name: 1}, {unique: true})`, `HasIndex(x => x.Login).IsUnique()`,
    /// `table.string("email").unique()`.
    fn of_calls(&mut self, program: &Program<'_>, ix: UnitIx) {
        let unit = program.unit(ix);
        let index = program.unit_index(ix);
        for name in [
            "createIndex",
            "ensureIndex",
            "create_index",
            "CreateOne",
            "index",
            "addIndex",
            "addConstraint",
        ] {
            for &id in index.calls.get(name).into_iter().flatten() {
                let ExprKind::Call(call) = &unit.expr(id).kind else { continue };
                let unique = call.args.iter().any(|arg| {
                    arg.name.as_deref() == Some("unique")
                        && !matches!(unit.expr(arg.value).kind, ExprKind::Bool(false))
                        || record_says_unique(program, (ix, arg.value))
                });
                let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else { continue };
                let columns = call.args.first().map(|arg| keys(program, (ix, arg.value)));
                if unique && let Some(columns) = columns {
                    for on in receiver_names(program, (ix, object)) {
                        self.add(&on, columns.clone(), false, unit.place(unit.expr(id).span));
                    }
                }
            }
        }
        for name in ["HasIndex", "HasAlternateKey", "unique", "string", "uuid"] {
            for &id in index.calls.get(name).into_iter().flatten() {
                let ExprKind::Call(call) = &unit.expr(id).kind else { continue };
                let mut top = id;
                let mut unique =
                    name == "HasAlternateKey" || name == "unique" && !call.args.is_empty();
                while let Some((next, outer)) = chained(unit, top) {
                    unique |= matches!(next.as_str(), "IsUnique" | "unique");
                    top = outer;
                }
                if !unique {
                    continue;
                }
                let mut columns: Vec<Name> = Vec::new();
                for arg in &call.args {
                    columns.extend(keys(program, (ix, arg.value)));
                }
                let mut on = names_around(program, (ix, id));
                on.extend(configured_types(program, (ix, id)));
                for on in on {
                    self.add(&on, columns.clone(), false, unit.place(unit.expr(id).span));
                }
            }
        }
    }
}

/// How tables, types and collections are compared: without style, plural, and what schemas and
/// entities add to their names.
pub(crate) fn key(name: &str) -> String {
    let mut parts = words(last_part(name));
    while parts.len() > 1
        && parts.last().is_some_and(|last| {
            matches!(
                last.as_str(),
                "schema"
                    | "entity"
                    | "model"
                    | "table"
                    | "collection"
                    | "repository"
                    | "repo"
                    | "dao"
                    | "store"
                    | "document"
                    | "form"
                    | "record"
                    | "row"
                    | "tbl"
            )
        })
    {
        parts.pop();
    }
    if parts.len() > 1 && matches!(parts[0].as_str(), "tbl" | "i" | "t") {
        parts.remove(0);
    }
    let whole = parts.concat();
    let singular = whole
        .strip_suffix("ies")
        .map(|front| format!("{front}y"))
        .or_else(|| whole.strip_suffix("sses").map(|front| format!("{front}ss")))
        .or_else(|| {
            (!whole.ends_with("ss")).then(|| whole.strip_suffix('s').map(str::to_owned)).flatten()
        });
    singular.unwrap_or(whole)
}

fn starts_a_declaration(text: &str) -> bool {
    let text = text.trim_start();
    ["create", "alter"].iter().any(|verb| {
        text.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb))
            && text[verb.len()..].starts_with(char::is_whitespace)
    })
}

/// The table or collection that a type is kept in, where it says so: `@Table(name = "orders")`,
/// `[Table("orders")]`, `#[diesel(table_name = orders)]`, `__tablename__ = "orders"`.
fn table_of(program: &Program<'_>, ix: UnitIx, decl: &TypeDecl) -> Option<Name> {
    let unit = program.unit(ix);
    let annotated = decl.annotations.iter().find_map(|annotation| {
        let written = joined(last_name(unit, annotation.callee)?);
        let kept = ["table", "entity", "document", "collection", "diesel", "tablename"];
        if !kept.contains(&written.as_str()) {
            return None;
        }
        annotation.args.iter().find_map(|arg| {
            let named = arg.name.as_ref().map(|name| joined(name));
            match named.as_deref() {
                None if written == "diesel" => None,
                None | Some("name" | "value" | "tablename" | "collection") => program
                    .constant_text((ix, arg.value))
                    .map(Name::new)
                    .or_else(|| last_name(unit, arg.value).cloned()),
                _ => None,
            }
        })
    });
    annotated.or_else(|| {
        let field = decl.fields.iter().find(|field| {
            matches!(field.name.as_str(), "__tablename__" | "db_table" | "collection_name")
        })?;
        program.constant_text((ix, field.default?)).map(Name::new)
    })
}

/// Whether an annotation of a field keeps its column unique.
fn keeps_unique(program: &Program<'_>, ix: UnitIx, annotation: &Annotation) -> bool {
    let Some(name) = last_name(program.unit(ix), annotation.callee) else { return false };
    let parts = words(name);
    parts.iter().any(|word| word == "unique")
        || parts == ["natural", "id"]
        || says_unique(program, ix, &annotation.args)
}

/// `unique = true`, `{ unique: true }` among arguments.
fn says_unique(program: &Program<'_>, ix: UnitIx, args: &[Arg]) -> bool {
    args.iter().any(|arg| match &arg.name {
        Some(name) => {
            matches!(joined(name).as_str(), "unique" | "isunique" | "primarykey" if is_true(program, (ix, arg.value)))
                && joined(name) != "primarykey"
        }
        None => record_says_unique(program, (ix, arg.value)),
    })
}

fn record_says_unique(program: &Program<'_>, at: ExprRef) -> bool {
    let ExprKind::Record(record) = program.kind(at) else { return false };
    record.fields.iter().any(|field| {
        matches!(joined(&field.name).as_str(), "unique" | "isunique")
            && is_true(program, (at.0, field.value))
    })
}

fn is_true(program: &Program<'_>, at: ExprRef) -> bool {
    !matches!(program.kind(at), ExprKind::Bool(false) | ExprKind::Null)
}

/// `@Table(uniqueConstraints = @UniqueConstraint(columnNames = …))`, `@Unique(["a", "b"])`,
/// `[Index(nameof(Login), IsUnique = true)]`: lists of columns.
fn listed_columns(program: &Program<'_>, ix: UnitIx, annotation: &Annotation) -> Vec<Vec<Name>> {
    let unit = program.unit(ix);
    let Some(name) = last_name(unit, annotation.callee) else { return Vec::new() };
    let mut found = Vec::new();
    let own = words(name).iter().any(|word| word == "unique")
        || words(name).last().is_some_and(|word| word == "index")
            && says_unique(program, ix, &annotation.args);
    if own {
        let columns: Vec<Name> =
            annotation.args.iter().flat_map(|arg| texts(program, (ix, arg.value), 0)).collect();
        found.push(columns);
    }
    // Nested annotations are calls or records inside.
    let mut open: Vec<ExprId> = annotation.args.iter().map(|arg| arg.value).collect();
    while let Some(at) = open.pop() {
        let expr = unit.expr(at);
        if let ExprKind::Call(call) = &expr.kind
            && let Some(name) = last_name(unit, call.callee)
        {
            let parts = words(name);
            let unique = parts.iter().any(|word| word == "unique")
                || parts.last().is_some_and(|word| word == "index")
                    && says_unique(program, ix, &call.args);
            if unique {
                let named = call.args.iter().filter(|arg| {
                    arg.name.as_ref().is_none_or(|name| joined(name).starts_with("column"))
                });
                let columns =
                    named.flat_map(|arg| texts(program, (ix, arg.value), 0)).collect::<Vec<_>>();
                found.push(columns);
            }
        }
        expr.kind.for_each_part(|part| open.push(part));
        if found.len() > 16 {
            break;
        }
    }
    found
}

/// The texts in a list of columns; `"a, b"` are two. Names stand for themselves (`nameof(Login)`).
fn texts(program: &Program<'_>, at: ExprRef, depth: u32) -> Vec<Name> {
    let inner = |items: &[ExprId]| {
        items.iter().flat_map(|&item| texts(program, (at.0, item), depth + 1)).collect()
    };
    match program.kind(at) {
        ExprKind::String(text) => text.split(',').map(|part| Name::new(part.trim())).collect(),
        ExprKind::List(items) if depth < 4 => inner(items),
        ExprKind::Call(call) if depth < 4 => {
            call.args.iter().flat_map(|arg| texts(program, (at.0, arg.value), depth + 1)).collect()
        }
        ExprKind::Name(name) | ExprKind::Member { name, .. } => vec![name.clone()],
        _ => Vec::new(),
    }
}

/// The keys of an index: fields of a literal, texts, members that a lambda gives back.
fn keys(program: &Program<'_>, at: ExprRef) -> Vec<Name> {
    let unit = program.unit(at.0);
    match program.kind(at) {
        ExprKind::Record(record) => record
            .fields
            .iter()
            .filter(|field| !matches!(field.name.as_str(), "" | "unique"))
            .map(|field| field.name.clone())
            .collect(),
        ExprKind::Lambda(function) => {
            let results = &unit.function(*function).results;
            results
                .iter()
                .flat_map(|&result| match &unit.expr(result).kind {
                    ExprKind::Member { name, .. } => vec![name.clone()],
                    ExprKind::Record(record) => record
                        .fields
                        .iter()
                        .filter_map(|field| {
                            last_name(unit, field.value)
                                .cloned()
                                .or_else(|| Some(field.name.clone()))
                        })
                        .collect(),
                    _ => Vec::new(),
                })
                .collect()
        }
        ExprKind::List(items) => items
            .iter()
            .flat_map(|&item| match program.kind((at.0, item)) {
                // pymongo: `[("name", 1)]`
                ExprKind::List(pair) => {
                    pair.first().map(|&first| texts(program, (at.0, first), 0)).unwrap_or_default()
                }
                _ => texts(program, (at.0, item), 0),
            })
            .collect(),
        _ => texts(program, at, 0),
    }
}

/// What an index is made on: `db.users`, `users`, `db.collection("users")`.
fn receiver_names(program: &Program<'_>, at: ExprRef) -> Vec<Name> {
    let unit = program.unit(at.0);
    match &unit.expr(at.1).kind {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => vec![name.clone()],
        ExprKind::Call(call) => {
            call.args.iter().flat_map(|arg| texts(program, (at.0, arg.value), 0)).collect()
        }
        ExprKind::Index { index, .. } => texts(program, (at.0, *index), 0),
        _ => Vec::new(),
    }
}

/// Names of what is declared around a literal: the variable that it is kept in, the first text of
/// the calls around it (`define("users", {…})`), the type whose body holds it.
fn names_around(program: &Program<'_>, (ix, id): ExprRef) -> Vec<Name> {
    let unit = program.unit(ix);
    let mut found = Vec::new();
    let mut at = id;
    for _ in 0..6 {
        for &binding in program.unit_index(ix).by_value.get(&at).into_iter().flatten() {
            match &unit.bindings[binding as usize].target {
                Target::Name(name) => found.push(name.clone()),
                Target::Place(place) => found.extend(last_name(unit, *place).cloned()),
            }
        }
        let Some(parent) = unit.expr(at).parent else { break };
        if let ExprKind::Call(call) = &unit.expr(parent).kind {
            let text = call.args.first().and_then(|arg| program.constant_text((ix, arg.value)));
            found.extend(text.map(Name::new));
        }
        at = parent;
    }
    // A literal inside a lambda: what the lambda is handed to (`createTable("users", t => …)`).
    for (_, scope) in unit.scopes_around(unit.expr(id).scope).take(6) {
        match scope.kind {
            ScopeKind::Function(function) => {
                if let Some(&lambda) = program.unit_index(ix).lambdas.get(&function)
                    && let Some(parent) = unit.expr(lambda).parent
                    && let ExprKind::Call(call) = &unit.expr(parent).kind
                    && let Some(arg) = call.args.first()
                {
                    found.extend(program.constant_text((ix, arg.value)).map(Name::new));
                }
            }
            ScopeKind::Type(ty) => found.push(unit.type_decl(ty).name.clone()),
            _ => {}
        }
    }
    found
}

/// Entity Framework: the type that a configuration is about.
fn configured_types(program: &Program<'_>, (ix, id): ExprRef) -> Vec<Name> {
    let unit = program.unit(ix);
    let mut found = Vec::new();
    let mut at = id;
    for _ in 0..8 {
        let ExprKind::Call(call) = &unit.expr(at).kind else { break };
        found.extend(call.type_args.iter().map(|ty| Name::new(last_part(&ty.name))));
        let ExprKind::Member { object, .. } = unit.expr(call.callee).kind else { break };
        at = object;
    }
    for (_, scope) in unit.scopes_around(unit.expr(id).scope) {
        if let ScopeKind::Type(ty) = scope.kind {
            let supers = unit.type_decl(ty).supers.iter();
            found.extend(supers.flat_map(|base| &base.args).map(|a| Name::new(last_part(&a.name))));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_thing_are_one() {
        assert_eq!(key("meetings.InboxMessages"), "inboxmessage");
        assert_eq!(key("InboxMessageEntity"), "inboxmessage");
        assert_eq!(key("userSchema"), key("users"));
        assert_eq!(key("categories"), key("Category"));
        assert_eq!(key("address"), "address");
    }
}

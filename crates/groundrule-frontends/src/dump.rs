//! A compact, readable picture of a unit for the front ends' snapshots, and the checks that hold
//! for every unit. Scopes are indented; values are written as short pseudo-code.

use std::fmt::Write;
use std::sync::Arc;

use groundrule_unit::{
    Annotation, Arg, Binding, BindingKind, CallForm, Document, Exit, ExitKind, ExprId, ExprKind,
    Field, Function, FunctionId, Name, Node, NodeValue, Owner, ParamKind, Part, Scope, ScopeId,
    ScopeKind, Span, Target, TypeDecl, TypeParam, TypeRef, Unit, Visibility,
};

use crate::Source;

/// A source file without a package and aliases.
pub(crate) fn source<'a>(path: &str, text: &'a str) -> Source<'a> {
    Source { path: Arc::from(path), text, package: None, aliases: &[] }
}

/// The whole unit. Legend: `let` a constant, `var` a variable, `x = v` an assignment, `x += v` an
/// augmented one, `each`, `caught` and `resource` bindings as named; `λ3` the function with the
/// index 3; `(a | b)` a choice; `x.#0` an element; `each(x)` an item; `?(…)` an unknown.
pub(crate) fn dump(unit: &Unit) -> String {
    let mut out = Dump { unit, text: String::new(), depth: 0, items: items_by_scope(unit) };
    out.file();
    out.text
}

/// Checks what must hold for every unit of `text`: all spans lie inside the text and on character
/// borders, and all ids point into their tables.
pub(crate) fn assert_sound(unit: &Unit, text: &str) {
    let check = |span: Span, what: &str| {
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{what} at {span:?} in a text of {} bytes", text.len());
    };
    unit.exprs.iter().for_each(|expr| {
        check(expr.span, "expression");
        assert!((expr.scope.0 as usize) < unit.scopes.len());
        expr.kind.for_each_part(|part| assert!((part.0 as usize) < unit.exprs.len()));
    });
    unit.scopes.iter().for_each(|scope| check(scope.span, "scope"));
    unit.bindings.iter().for_each(|binding| check(binding.span, "binding"));
    unit.exits.iter().for_each(|exit| check(exit.span, "exit"));
    unit.imports.iter().for_each(|import| check(import.span, "import"));
    unit.comments.iter().for_each(|comment| check(comment.span, "comment"));
    unit.exports.iter().for_each(|export| check(export.span, "export"));
    unit.unread.iter().chain(&unit.tests).for_each(|&span| check(span, "region"));
    for function in &unit.functions {
        check(function.span, "function");
        check(function.name_span, "function's name");
        function.params.iter().for_each(|param| check(param.span, "parameter"));
    }
    for decl in &unit.types {
        check(decl.span, "type");
        check(decl.name_span, "type's name");
        decl.fields.iter().for_each(|field| check(field.span, "field"));
    }
}

/// Checks what must hold for every document of `text`: keys and values lie inside it.
pub(crate) fn assert_document_sound(document: &Document, text: &str) {
    let check = |span: Span| {
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{span:?} in a text of {} bytes", text.len());
    };
    document.unread.iter().for_each(|&span| check(span));
    let mut open: Vec<&Node> = document.roots.iter().collect();
    while let Some(node) = open.pop() {
        check(node.span);
        open.extend(node.items());
        for entry in node.entries() {
            check(entry.key_span);
            open.push(&entry.value);
        }
    }
}

/// The document, one line a key or item: its path, and its text with its line.
pub(crate) fn dump_document(document: &Document) -> String {
    let mut out = String::new();
    for (at, root) in document.roots.iter().enumerate() {
        if at > 0 {
            out.push_str("---\n");
        }
        dump_node(document, root, 0, &mut out);
    }
    for &span in &document.unread {
        writeln!(out, "unread line {}", document.lines.line(span.start)).ok();
    }
    out
}

fn dump_node(document: &Document, node: &Node, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    let line = document.lines.line(node.span.start);
    match &node.value {
        NodeValue::Scalar(text) => {
            writeln!(out, "{pad}{text:?} @{line}").ok();
        }
        NodeValue::Null => {
            writeln!(out, "{pad}null").ok();
        }
        NodeValue::List(items) => {
            for item in items {
                writeln!(out, "{pad}-").ok();
                dump_node(document, item, depth + 1, out);
            }
        }
        NodeValue::Map(entries) => {
            for entry in entries {
                let line = document.lines.line(entry.key_span.start);
                match &entry.value.value {
                    NodeValue::Scalar(text) => {
                        writeln!(out, "{pad}{}: {text:?} @{line}", entry.key).ok();
                    }
                    NodeValue::Null => {
                        writeln!(out, "{pad}{}: null @{line}", entry.key).ok();
                    }
                    _ => {
                        writeln!(out, "{pad}{}: @{line}", entry.key).ok();
                        dump_node(document, &entry.value, depth + 1, out);
                    }
                }
            }
        }
    }
}

enum Item {
    Binding(usize),
    Exit(usize),
    Scope(ScopeId),
    Expr(ExprId),
    Bodiless(FunctionId),
}

/// What stands directly in each scope, in source order. Of the expressions only those that
/// nothing else shows.
fn items_by_scope(unit: &Unit) -> Vec<Vec<(u32, Item)>> {
    let mut items: Vec<Vec<(u32, Item)>> = unit.scopes.iter().map(|_| Vec::new()).collect();
    let mut put = |scope: ScopeId, span: Span, item: Item| {
        items[scope.0 as usize].push((span.start, item));
    };
    let mut shown = vec![false; unit.exprs.len()];
    let mut show = |id: ExprId| shown[id.0 as usize] = true;
    for (at, binding) in unit.bindings.iter().enumerate() {
        binding.value.into_iter().for_each(&mut show);
        if let Target::Place(place) = binding.target {
            show(place);
        }
        put(binding.scope, binding.span, Item::Binding(at));
    }
    for (at, exit) in unit.exits.iter().enumerate() {
        exit.value.into_iter().for_each(&mut show);
        put(exit.scope, exit.span, Item::Exit(at));
    }
    let annotated = |annotations: &[Annotation], show: &mut dyn FnMut(ExprId)| {
        for annotation in annotations {
            show(annotation.callee);
            annotation.args.iter().for_each(|arg| show(arg.value));
        }
    };
    for function in &unit.functions {
        function.results.iter().copied().for_each(&mut show);
        annotated(&function.annotations, &mut show);
        for param in &function.params {
            param.default.into_iter().for_each(&mut show);
            annotated(&param.annotations, &mut show);
        }
    }
    for decl in &unit.types {
        annotated(&decl.annotations, &mut show);
        for field in &decl.fields {
            field.default.into_iter().for_each(&mut show);
            annotated(&field.annotations, &mut show);
        }
    }
    unit.exports.iter().for_each(|export| show(export.value));
    for (at, scope) in unit.scopes.iter().enumerate() {
        match scope.kind {
            ScopeKind::Branch(Some(head))
            | ScopeKind::Loop { head: Some(head), .. }
            | ScopeKind::With(head) => show(head),
            _ => {}
        }
        if let Some(parent) = scope.parent {
            put(parent, scope.span, Item::Scope(ScopeId(at as u32)));
        }
    }
    for (at, function) in unit.functions.iter().enumerate() {
        let id = FunctionId(at as u32);
        if unit.scope(function.scope).kind != ScopeKind::Function(id) {
            put(function.declared_in, function.span, Item::Bodiless(id));
        }
    }
    for (id, expr) in unit.iter_exprs() {
        if expr.parent.is_none() && !shown[id.0 as usize] {
            put(expr.scope, expr.span, Item::Expr(id));
        }
    }
    for list in &mut items {
        list.sort_by_key(|&(start, _)| start);
    }
    items
}

struct Dump<'u> {
    unit: &'u Unit,
    text: String,
    depth: usize,
    items: Vec<Vec<(u32, Item)>>,
}

impl<'u> Dump<'u> {
    fn line(&mut self, line: impl AsRef<str>) {
        writeln!(self.text, "{}{}", "  ".repeat(self.depth), line.as_ref()).ok();
    }

    fn file(&mut self) {
        let unit = self.unit;
        self.line(format!("module {}", unit.module));
        for import in &unit.imports {
            let item = import.item.as_ref().map(|item| format!(" item {item}")).unwrap_or_default();
            let wildcard = if import.wildcard { " wildcard" } else { "" };
            let reexport = if import.reexport { " reexport" } else { "" };
            let local = &import.local;
            self.line(format!("import {local} <- {}{item}{wildcard}{reexport}", import.module));
        }
        for export in &unit.exports {
            let value = self.expr(export.value);
            self.line(format!("export {} = {value}", export.name));
        }
        for comment in &unit.comments {
            self.line(format!("comment {:?}", comment.text));
        }
        for &span in &unit.tests {
            self.line(format!("tests {}..{}", self.at(span), unit.lines.line(span.end)));
        }
        for &span in &unit.unread {
            self.line(format!("unread {}", self.at(span)));
        }
        for decl in unit.types.iter().enumerate().filter_map(|(at, decl)| {
            let kind = &unit.scope(decl.scope).kind;
            let own = matches!(kind, ScopeKind::Type(id) if id.0 as usize == at);
            (!own).then_some(decl)
        }) {
            self.type_decl(decl);
        }
        self.scope_items(ScopeId(0));
    }

    fn at(&self, span: Span) -> u32 {
        self.unit.lines.line(span.start)
    }

    fn scope_items(&mut self, id: ScopeId) {
        for (_, item) in std::mem::take(&mut self.items[id.0 as usize]) {
            match item {
                Item::Binding(at) => self.binding(&self.unit.bindings[at]),
                Item::Exit(at) => self.exit(&self.unit.exits[at]),
                Item::Expr(id) => {
                    let value = self.expr(id);
                    self.line(value);
                }
                Item::Scope(id) => self.scope(id),
                Item::Bodiless(id) => self.function(id),
            }
        }
    }

    fn scope(&mut self, id: ScopeId) {
        let Scope { kind, .. } = self.unit.scope(id);
        match *kind {
            ScopeKind::File => self.line("file"),
            ScopeKind::Type(id) => self.type_decl(self.unit.type_decl(id)),
            ScopeKind::Function(id) => self.function(id),
            ScopeKind::Block => self.line("block"),
            ScopeKind::Branch(head) => {
                let head = self.head(head);
                self.line(format!("branch{head}"));
            }
            ScopeKind::Loop { head, bounded } => {
                let head = self.head(head);
                self.line(format!("loop{head}{}", if bounded { " bounded" } else { "" }));
            }
            ScopeKind::Try => self.line("try"),
            ScopeKind::Catch => self.line("catch"),
            ScopeKind::Finally => self.line("finally"),
            ScopeKind::With(head) => {
                let head = self.expr(head);
                self.line(format!("with {head}"));
            }
        }
        self.depth += 1;
        self.scope_items(id);
        self.depth -= 1;
    }

    fn head(&self, head: Option<ExprId>) -> String {
        head.map(|head| format!(" {}", self.expr(head))).unwrap_or_default()
    }

    fn binding(&mut self, binding: &Binding) {
        let target = match &binding.target {
            Target::Name(name) => name.to_string(),
            Target::Place(place) => self.expr(*place),
        };
        let ty = binding.ty.as_ref().map(|ty| format!(": {}", type_ref(ty))).unwrap_or_default();
        let word = match binding.kind {
            BindingKind::Constant => "let ",
            BindingKind::Variable => "var ",
            BindingKind::Assign | BindingKind::Augment => "",
            BindingKind::Each => "each ",
            BindingKind::Caught => "caught ",
            BindingKind::Resource => "resource ",
        };
        let sign = if binding.kind == BindingKind::Augment { "+=" } else { "=" };
        let value =
            binding.value.map(|value| format!(" {sign} {}", self.expr(value))).unwrap_or_default();
        self.line(format!("{word}{target}{ty}{value}"));
    }

    fn exit(&mut self, exit: &Exit) {
        let word = match exit.kind {
            ExitKind::Return => "return",
            ExitKind::Break => "break",
            ExitKind::Continue => "continue",
            ExitKind::Throw => "throw",
        };
        let value = self.head(exit.value);
        self.line(format!("{word}{value}"));
    }

    fn type_decl(&mut self, decl: &TypeDecl) {
        self.annotations(&decl.annotations);
        let supers: Vec<_> = decl.supers.iter().map(type_ref).collect();
        let supers =
            if supers.is_empty() { String::new() } else { format!(" : {}", supers.join(", ")) };
        let alias =
            decl.alias_of.as_ref().map(|ty| format!(" = {}", type_ref(ty))).unwrap_or_default();
        let params = type_params(&decl.type_params);
        let kind = format!("{:?}", decl.kind).to_lowercase();
        let abstract_ = if decl.is_abstract { "abstract " } else { "" };
        let visibility = visibility(decl.visibility);
        self.line(format!("{visibility}{abstract_}{kind} {}{params}{supers}{alias}", decl.name));
        self.depth += 1;
        decl.fields.iter().for_each(|field| self.field(field));
        self.depth -= 1;
    }

    fn field(&mut self, field: &Field) {
        self.annotations(&field.annotations);
        let mut line = format!("{}field {}", visibility(field.visibility), field.name);
        if let Some(ty) = &field.ty {
            write!(line, ": {}", type_ref(ty)).ok();
        }
        if let Some(default) = field.default {
            write!(line, " = {}", self.expr(default)).ok();
        }
        if !field.tag.is_empty() {
            write!(line, " tag {:?}", field.tag).ok();
        }
        if let Some(getter) = field.getter {
            write!(line, " getter λ{}", getter.0).ok();
        }
        for (is, word) in [
            (field.is_static, " static"),
            (field.embedded, " embedded"),
            (field.in_header, " header"),
        ] {
            line.push_str(if is { word } else { "" });
        }
        self.line(line);
    }

    fn annotations(&mut self, annotations: &[Annotation]) {
        for annotation in annotations {
            let callee = self.expr(annotation.callee);
            let args = self.args(&annotation.args);
            self.line(format!("@{callee}({args})"));
        }
    }

    fn function(&mut self, id: FunctionId) {
        let function = self.unit.function(id);
        self.annotations(&function.annotations);
        let mut line = visibility(function.visibility).to_owned();
        for (is, word) in [
            (function.is_static, "static "),
            (function.is_async, "async "),
            (function.is_constructor, "constructor "),
            (function.is_extension, "extension "),
            (!function.has_body, "bodiless "),
        ] {
            line.push_str(if is { word } else { "" });
        }
        line.push_str("fn ");
        match &function.owner {
            Some(Owner::Type(id)) => write!(line, "{}::", self.unit.type_decl(*id).name).ok(),
            Some(Owner::Named(ty)) => write!(line, "<{}>::", type_ref(ty)).ok(),
            None => None,
        };
        if function.name.is_empty() {
            write!(line, "λ{}", id.0).ok();
        } else {
            line.push_str(&function.name);
        }
        line.push_str(&type_params(&function.type_params));
        write!(line, "({})", self.params(function)).ok();
        if let Some(ty) = &function.returns {
            write!(line, " -> {}", type_ref(ty)).ok();
        }
        if let Some(ty) = &function.implements {
            write!(line, " for {}", type_ref(ty)).ok();
        }
        if !function.results.is_empty() {
            let results: Vec<_> = function.results.iter().map(|&id| self.expr(id)).collect();
            write!(line, " => {}", results.join("; ")).ok();
        }
        self.line(line);
    }

    fn params(&self, function: &Function) -> String {
        let mut parts = Vec::new();
        if let Some(receiver) = &function.receiver {
            parts.push(format!("receiver {receiver}"));
        }
        for param in &function.params {
            let mut part = String::new();
            for annotation in &param.annotations {
                let callee = self.expr(annotation.callee);
                write!(part, "@{callee}({}) ", self.args(&annotation.args)).ok();
            }
            part.push_str(match param.kind {
                ParamKind::Normal => "",
                ParamKind::Rest => "*",
                ParamKind::Keywords => "**",
                ParamKind::Implicit => "implicit ",
            });
            part.push_str(&param.name);
            if let Some(ty) = &param.ty {
                write!(part, ": {}", type_ref(ty)).ok();
            }
            if let Some(default) = param.default {
                write!(part, " = {}", self.expr(default)).ok();
            }
            parts.push(part);
        }
        parts.join(", ")
    }

    fn args(&self, args: &[Arg]) -> String {
        let args: Vec<_> = args
            .iter()
            .map(|arg| {
                let name = arg.name.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
                let spread = if arg.spread { "..." } else { "" };
                let sigil = arg.sigil.map(String::from).unwrap_or_default();
                format!("{name}{spread}{sigil}{}", self.expr(arg.value))
            })
            .collect();
        args.join(", ")
    }

    fn list(&self, ids: &[ExprId], between: &str) -> String {
        let parts: Vec<_> = ids.iter().map(|&id| self.expr(id)).collect();
        parts.join(between)
    }

    fn expr(&self, id: ExprId) -> String {
        match &self.unit.expr(id).kind {
            ExprKind::Name(name) | ExprKind::Number(name) => name.to_string(),
            ExprKind::This => "this".to_owned(),
            ExprKind::Member { object, name } => format!("{}.{name}", self.expr(*object)),
            ExprKind::Index { object, index } => {
                format!("{}[{}]", self.expr(*object), self.expr(*index))
            }
            ExprKind::Call(call) => {
                let callee = self.expr(call.callee);
                let args = self.args(&call.args);
                let types: Vec<_> = call.type_args.iter().map(type_ref).collect();
                let types = if types.is_empty() {
                    String::new()
                } else {
                    format!("<{}>", types.join(", "))
                };
                let tail = self.head(call.initializer);
                match call.form {
                    CallForm::Call => format!("{callee}{types}({args}){tail}"),
                    CallForm::New => format!("new {callee}{types}({args}){tail}"),
                    CallForm::Macro => format!("{callee}!{types}({args}){tail}"),
                }
            }
            ExprKind::String(text) => format!("{text:?}"),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Null => "null".to_owned(),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Record(record) => {
                let mut parts: Vec<String> = record
                    .fields
                    .iter()
                    .map(|field| {
                        let value = self.expr(field.value);
                        match field.key {
                            Some(key) => format!("[{}]: {value}", self.expr(key)),
                            None if field.name.is_empty() => value,
                            None => format!("{}: {value}", key_name(&field.name)),
                        }
                    })
                    .collect();
                parts.extend(record.spreads.iter().map(|&id| format!("...{}", self.expr(id))));
                let ty = record.ty.as_ref().map(type_ref).unwrap_or_default();
                format!("{ty}{{{}}}", parts.join(", "))
            }
            ExprKind::List(items) => format!("[{}]", self.list(items, ", ")),
            ExprKind::Lambda(id) => format!("λ{}", id.0),
            ExprKind::Choice(items) => format!("({})", self.list(items, " | ")),
            ExprKind::Binary { op, left, right } => {
                format!("({} {op} {})", self.expr(*left), self.expr(*right))
            }
            ExprKind::Unary { op, operand } => format!("({op} {})", self.expr(*operand)),
            ExprKind::Cast { ty, operand } => {
                format!("({} as {})", self.expr(*operand), type_ref(ty))
            }
            ExprKind::Element { of, index } => format!("{}.#{index}", self.expr(*of)),
            ExprKind::Each(of) => format!("each({})", self.expr(*of)),
            ExprKind::Unknown(parts) => format!("?({})", self.list(parts, ", ")),
        }
    }

    fn template(&self, parts: &[Part]) -> String {
        let mut out = String::from("`");
        for part in parts {
            match part {
                Part::Text(text) => out.push_str(&text.escape_debug().to_string()),
                Part::Value { value, format } => {
                    write!(out, "${{{}{format}}}", self.expr(*value)).ok();
                }
            }
        }
        out.push('`');
        out
    }
}

fn key_name(name: &Name) -> String {
    let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if plain { name.to_string() } else { format!("{name:?}") }
}

fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "",
        Visibility::Internal => "internal ",
        Visibility::Private => "private ",
    }
}

fn type_params(params: &[TypeParam]) -> String {
    if params.is_empty() {
        return String::new();
    }
    let params: Vec<_> = params
        .iter()
        .map(|param| {
            let bounds: Vec<_> = param.bounds.iter().map(type_ref).collect();
            let sign = if bounds.is_empty() { "" } else { ": " };
            format!("{}{sign}{}", param.name, bounds.join(" + "))
        })
        .collect();
    format!("<{}>", params.join(", "))
}

/// A type as the dump writes it.
fn type_ref(ty: &TypeRef) -> String {
    if ty.args.is_empty() {
        return ty.name.to_string();
    }
    let args: Vec<_> = ty.args.iter().map(type_ref).collect();
    format!("{}<{}>", ty.name, args.join(", "))
}

#[cfg(test)]
mod tests {
    use groundrule_unit::{Language, UnitBuilder};

    use super::*;

    #[test]
    fn a_dump_shows_bindings_scopes_and_loose_expressions() {
        let text = "x = f(1)\ng()";
        let mut build = UnitBuilder::new("a.py".into(), Language::Python, text);
        let callee = build.name("f", Span::new(4, 5));
        let one = build.expr(ExprKind::Number("1".into()), Span::new(6, 7));
        let arg = Arg { name: None, value: one, spread: false, sigil: None };
        let call = build.call(callee, vec![arg], CallForm::Call, Span::new(4, 8));
        build.bind("x", Some(call), None, BindingKind::Assign, Span::new(0, 8));
        build.enter(ScopeKind::Branch(None), Span::new(9, 12));
        let callee = build.name("g", Span::new(9, 10));
        build.call(callee, Vec::new(), CallForm::Call, Span::new(9, 12));
        build.leave();
        let unit = build.finish();
        assert_sound(&unit, text);
        assert_eq!(dump(&unit), "module \nx = f(1)\nbranch\n  g()\n");
    }
}

//! Format strings of macros: literal text, and the values that stand in it by position or name.

use groundrule_unit::{Arg, ExprId, ExprKind, Name, Part, Span};

use super::Lowering;

/// A placeholder's argument.
enum Which<'t> {
    Next,
    Position(usize),
    Name(&'t str),
}

impl Lowering<'_> {
    /// Turns the format string among `args` into a template whose values are the arguments after
    /// it and the variables that it names. `sure` says that the macro takes a format string; for
    /// another one a string is one only if its placeholders and the arguments match.
    pub(super) fn template_args(&mut self, args: &[Arg], sure: bool) {
        let is_message = |this: &mut Self, arg: &Arg| {
            arg.name.is_none()
                && arg.sigil.is_none()
                && matches!(this.out.unit().expr(arg.value).kind, ExprKind::String(_))
        };
        let Some(at) = (0..args.len()).find(|&at| is_message(self, &args[at])) else { return };
        let message = args[at].value;
        let expr = self.out.unit().expr(message);
        let (text, span) = match &expr.kind {
            ExprKind::String(text) => (text.clone(), expr.span),
            _ => return,
        };
        let rest = &args[at + 1..];
        if !text.contains('{') || (!sure && !fits(&text, rest)) {
            return;
        }
        let template = self.template(&text, span, rest);
        // The literal itself becomes the template.
        self.out.unit().exprs[message.0 as usize].kind = template;
    }

    fn template(&mut self, text: &str, span: Span, rest: &[Arg]) -> ExprKind {
        // Positions count in the source only where nothing is escaped.
        let written = self.source.get(span.start as usize + 1..span.end.saturating_sub(1) as usize);
        let is_exact = written == Some(text);
        let positional: Vec<ExprId> =
            rest.iter().filter(|arg| arg.name.is_none()).map(|arg| arg.value).collect();
        let mut next = 0;
        let mut parts = Vec::new();
        let mut pending = String::new();
        for piece in pieces(text) {
            let (inside, offset) = match piece {
                Piece::Text(text) => {
                    pending.push_str(text);
                    continue;
                }
                Piece::Value(inside, offset) => (inside, offset),
            };
            let (which, format) = placeholder(inside);
            if format.contains(".*") {
                next += 1;
            }
            let value = match which {
                Which::Next => {
                    next += 1;
                    positional.get(next - 1).copied()
                }
                Which::Position(at) => positional.get(at).copied(),
                Which::Name(name) => {
                    let named = rest.iter().find(|arg| arg.name.as_deref() == Some(name));
                    Some(match named {
                        Some(arg) => arg.value,
                        None => {
                            let start = span.start + 1 + offset as u32;
                            let exact = Span { start, end: start + name.len() as u32 };
                            let at = if is_exact { exact } else { span };
                            self.out.name(name.strip_prefix("r#").unwrap_or(name), at)
                        }
                    })
                }
            };
            if !pending.is_empty() {
                parts.push(Part::Text(Name::from(std::mem::take(&mut pending))));
            }
            match value {
                Some(value) => parts.push(Part::Value { value, format: Name::new(format) }),
                // An argument is missing: the code would not compile.
                None => pending.push_str("{}"),
            }
        }
        if !pending.is_empty() {
            parts.push(Part::Text(Name::from(pending)));
        }
        match parts.as_slice() {
            [Part::Text(text)] => ExprKind::String(text.clone()),
            _ => ExprKind::Template(parts.into()),
        }
    }
}

/// Whether the placeholders take just the arguments that follow, and there are some.
fn fits(text: &str, rest: &[Arg]) -> bool {
    let mut taken = 0;
    for piece in pieces(text) {
        if let Piece::Value(inside, _) = piece {
            match placeholder(inside).0 {
                Which::Next => taken += 1,
                Which::Position(at) => taken = taken.max(at + 1),
                Which::Name(_) => {}
            }
        }
    }
    taken > 0 && taken == rest.iter().filter(|arg| arg.name.is_none()).count()
}

enum Piece<'t> {
    Text(&'t str),
    /// What stands between the braces, and where.
    Value(&'t str, usize),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let Some(brace) = rest.find(['{', '}']) else {
            found.push(Piece::Text(rest));
            break;
        };
        if brace > 0 {
            found.push(Piece::Text(&rest[..brace]));
        }
        let open = at + brace;
        let is_doubled = text.as_bytes().get(open + 1) == text.as_bytes().get(open);
        if is_doubled {
            found.push(Piece::Text(&text[open..=open]));
            at = open + 2;
            continue;
        }
        match text[open..].find('}') {
            Some(len) if text.as_bytes()[open] == b'{' => {
                found.push(Piece::Value(&text[open + 1..open + len], open + 1));
                at = open + len + 1;
            }
            _ => {
                found.push(Piece::Text(&text[open..=open]));
                at = open + 1;
            }
        }
    }
    found
}

/// Which argument a placeholder takes, and its format from the colon on.
fn placeholder(inside: &str) -> (Which<'_>, &str) {
    let (name, format) = match inside.find(':') {
        Some(colon) => (&inside[..colon], &inside[colon..]),
        None => (inside, ""),
    };
    let name = name.trim();
    let which = match name.parse::<usize>() {
        Ok(at) => Which::Position(at),
        Err(_) if name.is_empty() => Which::Next,
        Err(_) => Which::Name(name),
    };
    (which, format)
}

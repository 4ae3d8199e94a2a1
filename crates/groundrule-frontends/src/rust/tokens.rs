//! Arguments in token lists, of attributes and of macros: names, sigils, nested calls, values.

use groundrule_unit::{Arg, CallForm, ExprId, Name};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;

use super::Lowering;

/// How deeply macros and token lists may nest: each level is parsed anew.
pub(super) const MAX_MACROS: u32 = 16;

/// One argument as tokens, with the name and the sigil before it taken off.
struct Piece {
    name: Option<Name>,
    sigil: Option<char>,
    value: Vec<TokenTree>,
}

impl Lowering<'_> {
    /// The arguments in a list of tokens, separated by commas, or by a semicolon as `log` does.
    pub(super) fn token_args(&mut self, tokens: TokenStream) -> Vec<Arg> {
        if self.macro_depth >= MAX_MACROS {
            return Vec::new();
        }
        self.macro_depth += 1;
        let mut args = Vec::new();
        for piece in split(tokens) {
            if let Some(fields) = block_of_fields(&piece) {
                args.extend(self.token_args(fields));
                continue;
            }
            let piece = take_name(piece);
            let name = match (&piece.name, piece.sigil) {
                // `%user.name` is a field of that name.
                (None, Some(_)) => shorthand(&piece.value),
                _ => piece.name,
            };
            let value = self.token_value(piece.value);
            args.push(Arg { name, value, spread: false, sigil: piece.sigil });
        }
        self.macro_depth -= 1;
        args
    }

    /// A value: an expression, else `name(arguments)` as attributes write it, else an unknown
    /// with what can be read of it.
    fn token_value(&mut self, tokens: Vec<TokenTree>) -> ExprId {
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return self.out.unknown(Vec::new(), groundrule_unit::Span::default());
        };
        let span = self.between(first.span(), last.span());
        if let Some((path, arguments)) = nested_list(&tokens) {
            let callee = self.path(None, &path);
            let args = self.token_args(arguments);
            return self.out.call(callee, args, CallForm::Call, span);
        }
        let stream: TokenStream = tokens.iter().cloned().collect();
        if let Ok(expr) = syn::parse2::<syn::Expr>(stream) {
            return self.expr(&expr);
        }
        let mut parts = Vec::new();
        let sides = split_arrows(&tokens);
        if sides.len() > 1 {
            for side in sides.into_iter().filter(|side| !side.is_empty()) {
                parts.push(self.token_value(side));
            }
            return self.out.unknown(parts, span);
        }
        for token in tokens {
            let TokenTree::Group(group) = token else { continue };
            let inside = self.span(group.span());
            if group.delimiter() == Delimiter::Brace && self.code(group.stream(), inside) {
                continue;
            }
            parts.extend(self.token_args(group.stream()).into_iter().map(|arg| arg.value));
        }
        self.out.unknown(parts, span)
    }
}

/// Splits at commas and semicolons; those inside generic arguments stay (`HashMap<K, V>`).
pub(super) fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<TokenTree> = Vec::new();
    let mut turbofish = 0_u32;
    let mut colons = 0;
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' if turbofish > 0 || colons >= 2 => turbofish += 1,
                '>' => turbofish = turbofish.saturating_sub(1),
                ',' | ';' if turbofish == 0 => {
                    colons = 0;
                    pieces.push(std::mem::take(&mut piece));
                    continue;
                }
                _ => {}
            }
            colons = if punct.as_char() == ':' { colons + 1 } else { 0 };
        } else {
            colons = 0;
        }
        piece.push(token);
    }
    pieces.push(piece);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The sides of `a => b`.
fn split_arrows(tokens: &[TokenTree]) -> Vec<Vec<TokenTree>> {
    let mut sides = vec![Vec::new()];
    let mut skip = false;
    for (at, token) in tokens.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let equals = matches!(token, TokenTree::Punct(punct) if punct.as_char() == '=');
        if equals && is_joined(tokens, at, &['>']) {
            sides.push(Vec::new());
            skip = true;
        } else if let Some(side) = sides.last_mut() {
            side.push(token.clone());
        }
    }
    sides
}

/// `{ a = 1, b = %c }`, the fields before the message of `tracing`'s macros.
fn block_of_fields(piece: &[TokenTree]) -> Option<TokenStream> {
    let [TokenTree::Group(group)] = piece else { return None };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
    let named = take_name(inner);
    (named.name.is_some() || named.sigil.is_some()).then(|| group.stream())
}

/// Takes `name =`, `name:`, `"name" =`, `"name" =>`, `name:? =` and a sigil off.
fn take_name(tokens: Vec<TokenTree>) -> Piece {
    let (len, name) = dotted(&tokens);
    if len == 0 {
        return take_sigil(None, tokens);
    }
    let is = |at: usize, wanted: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == wanted);
    let joint = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.spacing() == Spacing::Joint);
    let rest = |at: usize| tokens.get(at..).unwrap_or_default().to_vec();
    if is(len, '=') && !is_joined(&tokens, len, &['=']) {
        let arrow = is(len + 1, '>') && joint(len);
        return take_sigil(Some(name), rest(if arrow { len + 2 } else { len + 1 }));
    }
    if is(len, ':') && !is(len + 1, ':') {
        // `log` puts the sigil, or a word for it, behind the name: `key:? = value`.
        let sigil = match tokens.get(len + 1) {
            Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '?' | '%') => {
                Some(punct.as_char())
            }
            Some(TokenTree::Ident(word)) if is(len + 2, '=') => match word.to_string().as_str() {
                "debug" => Some('?'),
                "display" => Some('%'),
                _ => Some(':'),
            },
            _ => None,
        };
        if let Some(sigil) = sigil {
            if is(len + 2, '=') {
                let sigil = Some(sigil).filter(|sigil| *sigil != ':');
                return Piece { name: Some(name), sigil, value: rest(len + 3) };
            }
            let value = tokens[..len].to_vec();
            return Piece { name: Some(name), sigil: Some(sigil), value };
        }
        return take_sigil(Some(name), rest(len + 1));
    }
    take_sigil(None, tokens)
}

/// Whether the token at `at` is glued to one of `next` (`==`), which makes another operator.
fn is_joined(tokens: &[TokenTree], at: usize, next: &[char]) -> bool {
    match (tokens.get(at), tokens.get(at + 1)) {
        (Some(TokenTree::Punct(one)), Some(TokenTree::Punct(two))) => {
            one.spacing() == Spacing::Joint && next.contains(&two.as_char())
        }
        _ => false,
    }
}

fn take_sigil(name: Option<Name>, mut tokens: Vec<TokenTree>) -> Piece {
    let sigil = match tokens.first() {
        Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '?' | '%') => {
            Some(punct.as_char())
        }
        _ => None,
    };
    if sigil.is_some() {
        tokens.remove(0);
    }
    Piece { name, sigil, value: tokens }
}

/// The length of `a.b.c` or of a string literal at the start, and the name that it makes.
fn dotted(tokens: &[TokenTree]) -> (usize, Name) {
    match tokens.first() {
        Some(TokenTree::Ident(word)) => {
            let mut name = word.unraw().to_string();
            let mut len = 1;
            while let (Some(TokenTree::Punct(dot)), Some(TokenTree::Ident(word))) =
                (tokens.get(len), tokens.get(len + 1))
                && dot.as_char() == '.'
            {
                name.push('.');
                name.push_str(&word.unraw().to_string());
                len += 2;
            }
            (len, Name::from(name))
        }
        Some(TokenTree::Literal(literal)) => {
            match syn::parse2::<syn::LitStr>(TokenTree::Literal(literal.clone()).into()) {
                Ok(text) => (1, Name::from(text.value())),
                Err(_) => (0, Name::default()),
            }
        }
        _ => (0, Name::default()),
    }
}

/// The field name that a value without one has: its own dotted path.
fn shorthand(tokens: &[TokenTree]) -> Option<Name> {
    let (len, name) = dotted(tokens);
    (len > 0 && len == tokens.len()).then_some(name)
}

/// `path(tokens)` whose tokens are no plain arguments: `fields(x = %y)`, `skip(a)`.
fn nested_list(tokens: &[TokenTree]) -> Option<(syn::Path, TokenStream)> {
    let (last, before) = tokens.split_last()?;
    let TokenTree::Group(group) = last else { return None };
    let is_list = group.delimiter() == Delimiter::Parenthesis && !before.is_empty();
    let is_path = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    };
    if !is_list || !before.iter().all(is_path) {
        return None;
    }
    let has_fields = split(group.stream()).into_iter().any(|piece| {
        let piece = take_name(piece);
        piece.name.is_some() || piece.sigil.is_some()
    });
    if !has_fields {
        return None;
    }
    let path = syn::parse2::<syn::Path>(before.iter().cloned().collect()).ok()?;
    Some((path, group.stream()))
}

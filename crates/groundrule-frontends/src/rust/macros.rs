//! Macro invocations: their tokens read as what the well-known macros take, else as arguments,
//! statements or items; what is none of these stays as an unknown.

use groundrule_unit::{
    Arg, BindingKind, CallForm, ExitKind, ExprId, ExprKind, Name, Record, RecordField, ScopeKind,
    Span,
};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Block, Expr, Macro, MacroDelimiter, Pat, Token};

use super::tokens::{MAX_MACROS, split};
use super::{Lowering, ident};

/// Macros that take a format string.
const FORMATTING: &[&str] = &[
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "unreachable",
    "todo",
    "unimplemented",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "event",
    "log",
    "span",
    "bail",
    "anyhow",
    "ensure",
    "eyre",
    "crit",
    "info_span",
    "debug_span",
    "trace_span",
    "warn_span",
    "error_span",
];

impl Lowering<'_> {
    /// A macro in the place of an expression or a statement.
    pub(super) fn macro_call(&mut self, mac: &Macro) -> ExprId {
        let path = self.path_span(&mac.path);
        let close = self.span(mac.delimiter.span().close());
        let span = Span { start: path.start, end: close.end.max(path.end) };
        if self.macro_depth >= MAX_MACROS {
            self.out.unit().unread.push(span);
            return self.out.unknown(Vec::new(), span);
        }
        self.macro_depth += 1;
        let id = self.macro_inner(mac, span);
        self.macro_depth -= 1;
        id
    }

    fn macro_inner(&mut self, mac: &Macro, span: Span) -> ExprId {
        let name = mac.path.segments.last().map(|last| ident(&last.ident)).unwrap_or_default();
        let tokens = mac.tokens.clone();
        let args = match name.as_str() {
            "vec" | "smallvec" => return self.vec(tokens, span),
            "matches" | "assert_matches" => self.matches(tokens),
            "select" | "select_biased" => self.select(tokens),
            "json" => {
                let value = self.json(tokens.into_iter().collect(), span);
                vec![positional(value)]
            }
            _ => self.generic(mac, &name, tokens),
        };
        let callee = self.path(None, &mac.path);
        let call = self.out.call(callee, args, CallForm::Macro, span);
        if matches!(name.as_str(), "bail" | "yeet") {
            self.out.exit(ExitKind::Throw, Some(call), span);
        }
        call
    }

    /// A macro among items, which may declare some.
    pub(super) fn item_macro(&mut self, item: &syn::ItemMacro) {
        // The patterns and templates of a macro's own definition are no code yet.
        if !item.mac.path.is_ident("macro_rules") {
            self.macro_call(&item.mac);
        }
    }

    fn generic(&mut self, mac: &Macro, name: &str, tokens: TokenStream) -> Vec<Arg> {
        let formats = FORMATTING.contains(&name);
        if !formats && self.as_code(mac, tokens.clone()) {
            return Vec::new();
        }
        let args = self.token_args(tokens);
        self.template_args(&args, formats);
        args
    }

    /// Statements or items, as `stream! { … }`, `thread_local! { … }` and `lazy_static! { … }`
    /// take them.
    fn as_code(&mut self, mac: &Macro, tokens: TokenStream) -> bool {
        if !matches!(mac.delimiter, MacroDelimiter::Brace(_)) {
            return false;
        }
        let whole = mac.delimiter.span();
        let span = self.between(whole.open(), whole.close());
        if let Some(statics) = lazy_statics(&tokens) {
            for (name, ty, value) in statics {
                let ty = self.type_ref(&ty);
                let value = self.expr(&value);
                let at = self.span(name.span());
                self.out.bind(ident(&name), Some(value), Some(ty), BindingKind::Constant, at);
            }
            return true;
        }
        self.code(tokens, span)
    }

    /// Items or statements, lowered as such; false where the tokens are neither.
    pub(super) fn code(&mut self, tokens: TokenStream, span: Span) -> bool {
        if self.macro_depth >= MAX_MACROS {
            return false;
        }
        if let Ok(file) = syn::parse2::<syn::File>(tokens.clone()) {
            self.items(&file.items);
            return true;
        }
        match Block::parse_within.parse2(tokens) {
            Ok(statements) if statements.len() > 1 => {
                self.within(ScopeKind::Block, span, |this| this.statement_list(&statements));
                true
            }
            _ => false,
        }
    }

    /// `vec![a, b]` and `vec![x; n]` are lists.
    fn vec(&mut self, tokens: TokenStream, span: Span) -> ExprId {
        let items: Box<[ExprId]> =
            self.token_args(tokens.clone()).into_iter().map(|arg| arg.value).collect();
        let repeats = tokens
            .into_iter()
            .any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
        let items = if repeats { items.into_iter().take(1).collect() } else { items };
        self.out.expr(ExprKind::List(items), span)
    }

    fn matches(&mut self, tokens: TokenStream) -> Vec<Arg> {
        let Ok(test) = syn::parse2::<Matches>(tokens.clone()) else {
            return self.token_args(tokens);
        };
        let value = self.expr(&test.subject);
        let span = self.expr_span(&test.subject);
        self.within(ScopeKind::Block, span, |this| {
            this.bind(&test.pat, Some(value));
            test.guard.iter().for_each(|guard| {
                this.expr(guard);
            });
        });
        vec![positional(value)]
    }

    /// Each branch binds what its future gives and runs its body; the value is one of theirs.
    fn select(&mut self, tokens: TokenStream) -> Vec<Arg> {
        let Ok(select) = syn::parse2::<Select>(tokens.clone()) else {
            return self.token_args(tokens);
        };
        let mut args = Vec::new();
        for branch in &select.branches {
            let awaited = branch.awaited.as_ref().map(|(_, future)| self.expr(future));
            args.extend(awaited.map(positional));
            let span = self.expr_span(&branch.body);
            self.within(ScopeKind::Branch(awaited), span, |this| {
                if let Some((pat, _)) = &branch.awaited {
                    this.bind(pat, awaited);
                }
                if let Some(guard) = &branch.guard {
                    this.expr(guard);
                }
                this.body(&branch.body)
            });
        }
        args
    }

    /// JSON with Rust expressions as values.
    fn json(&mut self, tokens: Vec<TokenTree>, span: Span) -> ExprId {
        let json = self.deeper(span, |this| this.json_inner(tokens, span));
        json.unwrap_or_else(|| self.out.unknown(Vec::new(), span))
    }

    fn json_inner(&mut self, tokens: Vec<TokenTree>, span: Span) -> ExprId {
        match tokens.as_slice() {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
                self.json_object(group)
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                let at = self.span(group.span());
                let items: Box<[ExprId]> = split(group.stream())
                    .into_iter()
                    .map(|item| {
                        let span = self.tokens_span(&item, at);
                        self.json(item, span)
                    })
                    .collect();
                self.out.expr(ExprKind::List(items), at)
            }
            [TokenTree::Ident(word)] if word == "null" => self.out.expr(ExprKind::Null, span),
            _ => match syn::parse2::<Expr>(tokens.into_iter().collect()) {
                Ok(value) => self.expr(&value),
                Err(_) => self.out.unknown(Vec::new(), span),
            },
        }
    }

    fn json_object(&mut self, group: &proc_macro2::Group) -> ExprId {
        let at = self.span(group.span());
        let mut fields = Vec::new();
        for entry in split(group.stream()) {
            let span = self.tokens_span(&entry, at);
            let colon = entry.iter().enumerate().position(|(at, token)| {
                let glued =
                    |at: Option<usize>| at.and_then(|at| entry.get(at)).is_some_and(is_colon);
                is_colon(token) && !glued(Some(at + 1)) && !glued(at.checked_sub(1))
            });
            let Some(colon) = colon else {
                let value = self.json(entry, span);
                fields.push(RecordField { name: Name::default(), key: None, value, span });
                continue;
            };
            let value = entry[colon + 1..].to_vec();
            let value_span = self.tokens_span(&value, span);
            let value = self.json(value, value_span);
            let key: TokenStream = entry[..colon].iter().cloned().collect();
            let (name, key) = match syn::parse2::<Expr>(key) {
                Ok(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => {
                    (Name::from(text.value()), None)
                }
                Ok(key) => (Name::default(), Some(self.expr(&key))),
                Err(_) => (Name::default(), None),
            };
            fields.push(RecordField { name, key, value, span });
        }
        let record = Record { ty: None, fields: fields.into(), spreads: Box::default() };
        self.out.expr(ExprKind::Record(Box::new(record)), at)
    }

    fn tokens_span(&self, tokens: &[TokenTree], otherwise: Span) -> Span {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => self.between(first.span(), last.span()),
            _ => otherwise,
        }
    }
}

fn positional(value: ExprId) -> Arg {
    Arg { name: None, value, spread: false, sigil: None }
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}

/// `static ref NAME: Type = value;`, repeated.
fn lazy_statics(tokens: &TokenStream) -> Option<Vec<(syn::Ident, syn::Type, Expr)>> {
    let parser = |input: ParseStream<'_>| {
        let mut found = Vec::new();
        while !input.is_empty() {
            input.call(syn::Attribute::parse_outer)?;
            input.parse::<syn::Visibility>()?;
            input.parse::<Token![static]>()?;
            input.parse::<Token![ref]>()?;
            let name: syn::Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            let ty: syn::Type = input.parse()?;
            input.parse::<Token![=]>()?;
            let value: Expr = input.parse()?;
            input.parse::<Token![;]>()?;
            found.push((name, ty, value));
        }
        Ok(found)
    };
    parser.parse2(tokens.clone()).ok().filter(|found| !found.is_empty())
}

/// `subject, pattern if guard`.
struct Matches {
    subject: Expr,
    pat: Pat,
    guard: Option<Expr>,
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let subject = input.parse()?;
        input.parse::<Token![,]>()?;
        let pat = Pat::parse_multi_with_leading_vert(input)?;
        let guard = match input.parse::<Option<Token![if]>>()? {
            Some(_) => Some(input.parse()?),
            None => None,
        };
        input.parse::<Option<Token![,]>>()?;
        // `assert_matches!` takes a message; it is not worth a parser of its own.
        if !input.is_empty() {
            input.parse::<TokenStream>()?;
        }
        Ok(Self { subject, pat, guard })
    }
}

/// The branches of `select!`.
struct Select {
    branches: Vec<SelectBranch>,
}

struct SelectBranch {
    /// None for `else` and `default`.
    awaited: Option<(Pat, Expr)>,
    guard: Option<Expr>,
    body: Expr,
}

impl Parse for Select {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Ident) && input.peek2(Token![;]) {
            input.parse::<syn::Ident>()?;
            input.parse::<Token![;]>()?;
        }
        let mut branches = Vec::new();
        while !input.is_empty() {
            let alone =
                input.peek(Token![else]) || (input.peek(syn::Ident) && input.peek2(Token![=>]));
            let (awaited, guard) = if alone {
                input.parse::<TokenTree>()?;
                (None, None)
            } else {
                let pat = Pat::parse_single(input)?;
                input.parse::<Token![=]>()?;
                let future: Expr = input.parse()?;
                let guard = match input.parse::<Option<Token![,]>>()? {
                    Some(_) => {
                        input.parse::<Token![if]>()?;
                        Some(input.parse()?)
                    }
                    None => None,
                };
                (Some((pat, future)), guard)
            };
            input.parse::<Token![=>]>()?;
            // A block ends a branch without a comma, whatever follows.
            let body = if input.peek(syn::token::Brace) {
                Expr::Block(input.parse()?)
            } else {
                input.parse()?
            };
            input.parse::<Option<Token![,]>>()?;
            branches.push(SelectBranch { awaited, guard, body });
        }
        Ok(Self { branches })
    }
}

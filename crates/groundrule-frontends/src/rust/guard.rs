//! How deep a file nests, before `syn` is let at it: `syn` descends by recursion, and a stack that
//! overflows cannot be caught.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The weight up to which a thread's usual stack of 2 MiB is enough. Nearly all real code.
const SHALLOW: usize = 150;

/// The weight up to which a stack of [`DEEP_STACK`] bytes is enough.
const DEEP: usize = 4_000;

/// Only what is used of it costs memory.
pub(super) const DEEP_STACK: usize = 256 << 20;

/// What reading a file asks of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    Shallow,
    Deep,
    TooDeep,
}

/// What parsing `tokens` asks of the stack.
pub(super) fn nesting(tokens: &TokenStream) -> Nesting {
    match weight(tokens) {
        weight if weight <= SHALLOW => Nesting::Shallow,
        weight if weight <= DEEP => Nesting::Deep,
        _ => Nesting::TooDeep,
    }
}

/// An upper bound of the parser's descent: delimiters around a token, and in each delimiter the
/// tokens that make a parser descend without one (operators, prefixes, generics, arrows) since
/// the last separator.
fn weight(tokens: &TokenStream) -> usize {
    let mut most = 0;
    let mut open = vec![(tokens.clone().into_iter().peekable(), 0_usize, 0_usize)];
    while let Some((rest, base, segment)) = open.last_mut() {
        let Some(token) = rest.next() else {
            open.pop();
            continue;
        };
        match token {
            TokenTree::Group(group) => {
                let inner = *base + *segment + 1;
                most = most.max(inner);
                let goes_on = match rest.peek() {
                    Some(TokenTree::Punct(next)) => next.as_char() != '#',
                    Some(TokenTree::Ident(next)) => next == "else",
                    _ => false,
                };
                if group.delimiter() == Delimiter::Brace && !goes_on {
                    *segment = 0;
                } else {
                    *segment += 1;
                }
                open.push((group.stream().into_iter().peekable(), inner, 0));
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' | ';' => *segment = 0,
                // `use a::b::c` descends with every step.
                ':' if punct.spacing() == Spacing::Alone => {}
                '#' | '\'' | '$' => {}
                _ => *segment += 1,
            },
            TokenTree::Ident(word) => {
                if matches!(
                    word.to_string().as_str(),
                    "return"
                        | "break"
                        | "yield"
                        | "else"
                        | "as"
                        | "dyn"
                        | "impl"
                        | "mut"
                        | "const"
                        | "if"
                        | "let"
                        | "for"
                        | "in"
                        | "ref"
                        | "async"
                        | "move"
                        | "unsafe"
                        | "fn"
                ) {
                    *segment += 1;
                }
            }
            TokenTree::Literal(_) => {}
        }
        if let Some((_, base, segment)) = open.last() {
            most = most.max(base + segment);
        }
    }
    most
}

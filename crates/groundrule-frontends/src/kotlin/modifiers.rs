//! Modifiers and annotations.

use groundrule_unit::{Annotation, Arg, Visibility};
use tree_sitter::Node;

use super::{Kotlin, types::is_type};
use crate::syntax;

/// The modifiers of a declaration.
pub(super) struct Modifiers<'s> {
    pub(super) annotations: Vec<Annotation>,
    pub(super) visibility: Visibility,
    words: Vec<&'s str>,
}

impl Modifiers<'_> {
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }
}

impl<'s> Kotlin<'s> {
    /// The modifiers among a declaration's direct children.
    pub(super) fn modifiers(&mut self, node: Node<'_>) -> Modifiers<'s> {
        let mut found = Modifiers {
            annotations: Vec::new(),
            visibility: Visibility::Public,
            words: Vec::new(),
        };
        if let Some(before) = node.prev_named_sibling()
            && before.kind() == "annotated_expression"
        {
            self.stranded(before, &mut found.annotations);
        }
        for child in syntax::children(node) {
            if matches!(child.kind(), "modifiers" | "parameter_modifiers") {
                self.read_modifiers(child, &mut found);
            } else if child.kind() == "annotation" {
                self.annotation(child, &mut found.annotations);
            }
        }
        found
    }

    /// Annotations that the grammar takes for a statement of their own: an argument in parentheses
    /// (`@RequestMapping("/x")`) on the line before a declaration reads like an annotated value.
    fn stranded(&mut self, node: Node<'_>, into: &mut Vec<Annotation>) {
        let mut open = Some(node);
        while let Some(node) = open.take() {
            for part in syntax::children(node) {
                match part.kind() {
                    "annotation" => self.annotation(part, into),
                    "annotated_expression" => open = Some(part),
                    "parenthesized_expression" => {
                        let Some(last) = into.last_mut() else { continue };
                        if !last.args.is_empty() || last.span.end as usize != part.start_byte() {
                            continue;
                        }
                        let arguments = syntax::children(part);
                        last.span.end = part.end_byte() as u32;
                        let args: Vec<Arg> = arguments
                            .into_iter()
                            .map(|value| Arg {
                                name: None,
                                value: self.expr(value),
                                spread: false,
                                sigil: None,
                            })
                            .collect();
                        if let Some(last) = into.last_mut() {
                            last.args = args.into();
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn read_modifiers(&mut self, node: Node<'_>, found: &mut Modifiers<'s>) {
        for modifier in syntax::children(node) {
            match modifier.kind() {
                "annotation" => self.annotation(modifier, &mut found.annotations),
                "visibility_modifier" => {
                    found.visibility = match self.str(modifier) {
                        "private" => Visibility::Private,
                        "public" => Visibility::Public,
                        _ => Visibility::Internal,
                    };
                }
                _ => found.words.push(self.str(modifier)),
            }
        }
    }

    /// `@A(…)`, `@get:A`, `@[A B]`: the target is left out.
    pub(super) fn annotation(&mut self, node: Node<'_>, into: &mut Vec<Annotation>) {
        let span = syntax::span(node);
        for child in syntax::children(node) {
            if child.kind() == "constructor_invocation" {
                let parts = syntax::children(child);
                let Some(&ty) = parts.first() else { continue };
                let callee = self.type_as_value(ty);
                let args = match parts.get(1) {
                    Some(&list) => self.args(list),
                    None => Vec::new(),
                };
                into.push(Annotation { callee, args: args.into(), span });
            } else if is_type(child) {
                let callee = self.type_as_value(child);
                into.push(Annotation { callee, args: Box::default(), span });
            }
        }
    }
}

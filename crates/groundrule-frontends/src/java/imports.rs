//! Package and imports.

use groundrule_unit::{Import, Name};
use tree_sitter::Node;

use super::Java;
use crate::syntax;

impl Java<'_> {
    pub(super) fn package(&mut self, node: Node<'_>) {
        let name = syntax::children(node)
            .into_iter()
            .find(|child| matches!(child.kind(), "identifier" | "scoped_identifier"));
        if let Some(name) = name {
            self.b.unit().module = self.dotted(name);
        }
    }

    /// `import a.b.C` is the item `C` of `a.b`; a static import is a member of the class, whose
    /// full name is the module.
    pub(super) fn import(&mut self, node: Node<'_>) {
        let children = syntax::children(node);
        let Some(path) = children.first().map(|&path| self.dotted(path)) else { return };
        let wildcard = children.iter().any(|child| child.kind() == "asterisk");
        let (module, item) = match path.rsplit_once('.') {
            Some((module, item)) if !wildcard => (Name::new(module), Some(Name::new(item))),
            _ => (path, None),
        };
        self.b.unit().imports.push(Import {
            local: item.clone().unwrap_or_default(),
            module,
            item,
            wildcard,
            reexport: false,
            span: syntax::span(node),
        });
    }

    /// A dotted name without the white space that may stand in it.
    pub(super) fn dotted(&self, node: Node<'_>) -> Name {
        let text = self.str(node);
        if text.contains(char::is_whitespace) {
            text.split_whitespace().collect()
        } else {
            Name::new(text)
        }
    }
}

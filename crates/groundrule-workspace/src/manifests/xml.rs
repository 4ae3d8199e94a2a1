//! XML build files: parsing within bounds, and the few ways in which they are looked at.

use std::sync::Arc;

use roxmltree::{Document, Node, ParsingOptions};

use crate::tree::Tree;

/// More nodes than any build file has.
const NODE_LIMIT: u32 = 200_000;
/// More open elements than any build file has: the parser goes down one call a level.
const DEPTH_LIMIT: usize = 200;

/// Parses a build file; a notice is kept when it is malformed.
pub(crate) fn parse<'a>(tree: &Tree, path: &Arc<str>, text: &'a str) -> Option<Document<'a>> {
    if !is_shallow(text) {
        tree.notices.malformed(path, "elements are nested too deeply");
        return None;
    }
    let options = ParsingOptions { nodes_limit: NODE_LIMIT, ..ParsingOptions::default() };
    Document::parse_with_options(text, options)
        .inspect_err(|error| tree.notices.malformed(path, error))
        .ok()
}

/// A bound from above on the nesting: opening tags may not run away from closing ones.
fn is_shallow(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut depth: usize = 0;
    for at in memchr::memchr_iter(b'<', bytes) {
        match bytes.get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') => {}
            _ => {
                let end = memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |n| at + n);
                if bytes.get(end.wrapping_sub(1)) != Some(&b'/') {
                    depth += 1;
                }
            }
        }
        if depth > DEPTH_LIMIT {
            return false;
        }
    }
    true
}

/// The child elements with that name, whatever the namespace.
pub(crate) fn children<'a, 'i>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name_any(name))
}

/// The trimmed text of the first child element with that name.
pub(crate) fn text_of<'a>(node: Node<'a, '_>, name: &'static str) -> Option<&'a str> {
    children(node, name).next()?.text().map(str::trim)
}

/// Element names are compared without their namespace, since build files write them with and
/// without.
pub(crate) trait TagName {
    fn has_tag_name_any(&self, name: &str) -> bool;
}

impl TagName for Node<'_, '_> {
    fn has_tag_name_any(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

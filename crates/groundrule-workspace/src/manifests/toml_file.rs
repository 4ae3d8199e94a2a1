//! TOML build files with places: typed look-ups over the spanned tree.

use std::borrow::Cow;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::tree::Tree;

/// A key with its range of bytes, and the value.
pub(super) type Item<'t, 'i> = (&'t Spanned<Cow<'i, str>>, &'t Spanned<DeValue<'i>>);

/// Parses a build file; a notice is kept when it is malformed.
pub(super) fn parse<'i>(tree: &Tree, path: &Arc<str>, text: &'i str) -> Option<DeTable<'i>> {
    DeTable::parse(text)
        .inspect_err(|error| tree.notices.malformed(path, error.message()))
        .ok()
        .map(Spanned::into_inner)
}

/// The table at a dotted path.
pub(super) fn table<'t, 'i>(root: &'t DeTable<'i>, path: &str) -> Option<&'t DeTable<'i>> {
    path.split('.').try_fold(root, |at, key| at.get(key)?.get_ref().as_table())
}

/// The items of the table at a dotted path; none when there is no such table.
pub(super) fn items<'t, 'i>(
    root: &'t DeTable<'i>,
    path: &str,
) -> impl Iterator<Item = Item<'t, 'i>> {
    table(root, path).into_iter().flatten()
}

/// The string at a key.
pub(super) fn string<'t>(table: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    table.get(key)?.get_ref().as_str()
}

/// The strings of the array at a key, each with its range of bytes.
pub(super) fn strings<'t>(
    table: &'t DeTable<'_>,
    key: &str,
) -> impl Iterator<Item = (std::ops::Range<usize>, &'t str)> {
    let array = table.get(key).and_then(|value| value.get_ref().as_array());
    array.into_iter().flatten().filter_map(|item| Some((item.span(), item.get_ref().as_str()?)))
}

//! The front end for Python.

use groundrule_unit::{Language, Unit, UnitBuilder};

use crate::Source;

pub(crate) fn lower(source: &Source<'_>) -> Unit {
    UnitBuilder::new(source.path.clone(), Language::Python, source.text).finish()
}

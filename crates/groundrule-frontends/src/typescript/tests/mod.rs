//! What the lowering says of small sources, and what it survives.

mod code;
mod decls;
mod hostile;
mod modules;

use groundrule_unit::Unit;

use crate::dump::{assert_sound, dump, source};

fn unit(path: &str, text: &str) -> Unit {
    let unit = super::lower(&source(path, text));
    assert_sound(&unit, text);
    unit
}

fn ts(text: &str) -> String {
    dump(&unit("src/app/main.ts", text))
}

fn js(text: &str) -> String {
    dump(&unit("src/app/main.js", text))
}

#[test]
fn flow_types_in_javascript_are_read() {
    let unit = unit("a.js", "function f(x: string): number { return g(x); }");
    assert!(unit.unread.is_empty());
    insta::assert_snapshot!(dump(&unit), @r#"
    module a
    fn f(x: string) -> number => g(x)
      return g(x)
    "#);
}

#[test]
fn comments_that_address_groundrule_are_kept() {
    let unit = unit("a.ts", "// groundrule: allow(timeouts) -- reason\nf(); // plain\n");
    assert_eq!(unit.comments.len(), 1);
}

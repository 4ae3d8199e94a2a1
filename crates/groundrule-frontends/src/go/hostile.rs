//! Sources that nobody would write: they must do no harm.

use super::lower;
use crate::dump::{assert_sound, source};

fn lowered(text: &str) {
    assert_sound(&lower(&source("svc/pay/main.go", text)), text);
}

#[test]
fn hostile_sources_are_lowered_without_harm() {
    const DEEP: usize = 100_000;
    let nested = |open: &str, close: &str| {
        format!("package p\nfunc f() {{ x := {}1{} }}", open.repeat(DEEP), close.repeat(DEEP))
    };
    let sources = [
        String::new(),
        "\u{fffd}\u{0}\u{fffd}{{{ package ) func é".to_owned(),
        "package p\nfunc (s *S) f(a int) (e error) { if x := g(); x { return []T{{".to_owned(),
        nested("(", ")"),
        nested("f(", ")"),
        nested("!", ""),
        nested("a && ", ""),
        nested("[]T{{", "}}"),
        nested("func() { x := ", "}"),
        nested("[]", ""),
        format!("package p\nfunc f() {}", "{ if x {".repeat(DEEP)),
        format!("package p\nfunc f() {{ {} }}", "if a {} else ".repeat(DEEP)),
        format!("package p\nvar x {}int", "[]".repeat(DEEP)),
        format!("package p\nfunc f() {{ x{} }}", ".y()".repeat(DEEP)),
        format!("package p\nfunc f() {{ for a {} {{}} }}", "&& a".repeat(DEEP)),
    ];
    for text in sources {
        lowered(&text);
    }
}

#[test]
fn a_source_cut_off_anywhere_is_lowered_without_harm() {
    let text = r#"package p
import ("fmt"; x "y/z")
type T[K any] struct { a, b *int `t`; C }
const ( A = iota; B )
func (t *T[K]) f(a ...int) (n int, err error) {
	for i := range []T{{a: 1}} { switch v := x.(type) { case *T: return v[1:2], nil } }
	select { case m := <-c: go func() { x.y++ }() }
}
"#;
    for end in 0..text.len() {
        lowered(&text[..end]);
    }
}

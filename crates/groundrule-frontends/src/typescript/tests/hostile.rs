//! Text that nobody would write: no panic, no hang, spans inside the file.

use super::unit;
use crate::dump::dump;

#[test]
fn what_cannot_be_read_is_noted_and_the_rest_is_lowered() {
    let text = "const a = f(1);\nconst = = ;\nconst b = g(2);";
    let unit = unit("a.ts", text);
    assert!(!unit.unread.is_empty());
    let dumped = dump(&unit);
    assert!(dumped.contains("let a = f(1)") && dumped.contains("g(2)"), "{dumped}");
}

#[test]
fn hostile_sources_are_survived() {
    let deep = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(100_000), close.repeat(100_000))
    };
    let sources = [
        String::new(),
        "\u{FEFF}".to_owned(),
        String::from_utf8_lossy(&[0xff, 0xfe, b'(', 0x00, b'`', b'$', b'{', 0x80]).into_owned(),
        deep("(", "x", ")"),
        deep("[", "x", "]"),
        deep("{", "x", "}"),
        deep("f(", "x", ")"),
        deep("!", "x", ""),
        deep("if (a) {", "x", "}"),
        deep("() => ", "x", ""),
        deep("x = ", "y", ""),
        deep("a ? ", "b", " : c"),
        deep("`${", "x", "}`"),
        deep("class A { m() { ", "", "}}"),
        deep("x", ".then(f)", ""),
        format!("x{}", ".then(f)".repeat(100_000)),
        format!("module{}.exports = 1", ".exports".repeat(100_000)),
        format!("const x = {}require('y'){}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("x = a{}", " + b".repeat(100_000)),
        format!("x = a{}", " || b".repeat(100_000)),
        format!("if (a) b; {}", "else if (c) d; ".repeat(100_000)),
        format!("const {} = x", deep("[", "a", "]")),
        format!("let x: {}", deep("Array<", "string", ">")),
        format!("let x: {}", deep("{ a: ", "string", "}")),
        format!("type T = a{}", " | b".repeat(100_000)),
        format!("let x = {}", deep("<a>", "", "</a>")),
        "const { a, b: { c }".to_owned(),
        "export const f = async ({ a }: { a: str".to_owned(),
        "`${a".to_owned(),
        "'abc\\".to_owned(),
        "@Dec(".to_owned(),
    ];
    for text in &sources {
        let paths: &[&str] = match text {
            // One grammar is enough for what takes long.
            long if long.len() > 1000 && !long.contains("<a>") => &["a.ts"],
            _ => &["a.ts", "a.tsx", "a.js"],
        };
        for path in paths {
            unit(path, text);
        }
    }
}

#[test]
fn every_prefix_of_a_source_is_survived() {
    let text = "import a, { b as c } from 'd';\n@E('f') export class G<H> extends I { constructor(private j: K) { super() } @L() m({ n = 1 }: { n: number }) { return `o${this.j?.n!}` } }\nfor (const [p] of q) { try { r ||= s } catch { switch (t) { case 1: } } }";
    for end in 0..text.len() {
        unit("a.ts", &text[..end]);
        unit("a.js", &text[..end]);
    }
}

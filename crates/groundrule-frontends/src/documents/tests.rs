//! Snapshots of each notation, and hostile input.

use groundrule_unit::{Document, DocumentKind, Node, NodeValue};

use super::{document_kind, parse_document};
use crate::dump::{assert_document_sound, dump_document};

const KINDS: [DocumentKind; 6] = [
    DocumentKind::Yaml,
    DocumentKind::Json,
    DocumentKind::Toml,
    DocumentKind::Xml,
    DocumentKind::Properties,
    DocumentKind::Dockerfile,
];

fn read_at(path: &str, text: &str) -> Document {
    let kind = document_kind(path).unwrap_or(DocumentKind::Yaml);
    let document = parse_document(kind, path.into(), text);
    assert_document_sound(&document, text);
    document
}

fn picture(path: &str, text: &str) -> String {
    dump_document(&read_at(path, text))
}

/// Every key and scalar as the source has it.
fn said<'t>(document: &Document, text: &'t str) -> Vec<&'t str> {
    fn walk<'t>(node: &Node, text: &'t str, out: &mut Vec<&'t str>) {
        if let NodeValue::Scalar(_) = node.value {
            out.push(&text[node.span.start as usize..node.span.end as usize]);
        }
        node.items().iter().for_each(|item| walk(item, text, out));
        for entry in node.entries() {
            out.push(&text[entry.key_span.start as usize..entry.key_span.end as usize]);
            walk(&entry.value, text, out);
        }
    }
    let mut out = Vec::new();
    document.roots.iter().for_each(|root| walk(root, text, &mut out));
    out
}

#[test]
fn a_file_is_known_by_its_name() {
    let kinds =
        |names: &[&str]| -> Vec<_> { names.iter().map(|name| document_kind(name)).collect() };
    for (kind, names) in [
        (DocumentKind::Yaml, &["k8s/app.yaml", "application.yml"][..]),
        (DocumentKind::Json, &["src/appsettings.json", "http.env.json"]),
        (DocumentKind::Toml, &["pyproject.toml"]),
        (
            DocumentKind::Xml,
            &["pom.xml", "A.csproj", "A.fsproj", "Directory.Build.props", "a.targets", "web.xml"],
        ),
        (
            DocumentKind::Properties,
            &["application.properties", ".env", "a/.env.production", "prod.env"],
        ),
        (
            DocumentKind::Dockerfile,
            &[
                "Dockerfile",
                "a/Dockerfile.dev",
                "api.Dockerfile",
                "Containerfile",
                "Dockerfile_Migrator",
                "Dockerfile-arm",
            ],
        ),
    ] {
        assert_eq!(kinds(names), vec![Some(kind); names.len()], "{names:?}");
    }
    let none = [
        "a.py",
        "README.md",
        ".dockerignore",
        "Dockerfile.dockerignore",
        "yaml",
        "env",
        "Dockerfiles",
        "Dockerfile.py",
    ];
    assert_eq!(kinds(&none), vec![None; none.len()]);
}

#[test]
fn yaml_keeps_documents_scalars_and_places() {
    let text = r#"# comment
server:
  port: 8080
  "context path": '/v1/it''s'
empty:
none: ~
list:
- name: A
  value: "a\tb\u00e9"
-
- [1, {k: v, lone}]
folded: >-
  one
  two

  three
literal: |
  a
    b
plain: several
  lines
tagged: !Ref Bucket
---
second: true
"#;
    insta::assert_snapshot!(picture("a.yaml", text), @r#"
    server: @2
      port: "8080" @3
      context path: "/v1/it's" @4
    empty: null @5
    none: null @6
    list: @7
      -
        name: "A" @8
        value: "a\tbé" @9
      -
        null
      -
        -
          "1" @11
        -
          k: "v" @11
          lone: null @11
    folded: "one two\nthree" @12
    literal: "a\n  b\n" @17
    plain: "several lines" @20
    tagged: "Bucket" @22
    ---
    second: "true" @24
"#);
    let document = read_at("a.yaml", text);
    let said = said(&document, text);
    assert!(said.contains(&"'/v1/it''s'") && said.contains(&"8080") && said.contains(&"second"));
}

#[test]
fn yaml_anchors_aliases_and_merge_keys_are_resolved() {
    insta::assert_snapshot!(picture("a.yml", "
base: &base
  image: x
  retries: 3
other: &other {image: y, extra: 1}
one:
  <<: *base
  image: own
two:
  <<: [*base, *other]
three: *base
four: *missing
"), @r#"
    base: @2
      image: "x" @3
      retries: "3" @4
    other: @5
      image: "y" @5
      extra: "1" @5
    one: @6
      image: "own" @8
      retries: "3" @4
    two: @9
      image: "x" @3
      retries: "3" @4
      extra: "1" @5
    three: @11
      image: "x" @3
      retries: "3" @4
    unread line 12
"#);
}

#[test]
fn templates_of_yaml_are_read_as_far_as_possible() {
    insta::assert_snapshot!(picture("templates/deployment.yaml", r#"
{{- if .Values.enabled }}
apiVersion: apps/v1
metadata:
  name: {{ include "app.name" . }}
  labels:
    {{- include "labels" . | nindent 4 }}
  {{ .Values.key }}: fixed
spec:
  env:
    {{- range $k, $v := .Values.env }}
    - name: {{ $k | quote }}
      value: "{{ $v | default "x" }}"
    {{- end }}
  image: "{{ .Values.image }}:{{ .Chart.Version }}"
  timeout: {{ .Values.timeout | default 5 }}s
{{- end }}
{% if jinja %}
tail: ${{ secrets.TOKEN }}
{% endif %}
open: {{ never
after: 1
"#), @r#"
    apiVersion: "apps/v1" @3
    metadata: @4
      name: "{{ include \"app.name\" . }}" @5
      labels: null @6
      {{ .Values.key }}: "fixed" @8
    spec: @9
      env: @10
        -
          name: "{{ $k | quote }}" @12
          value: "{{ $v | default \"x\" }}" @13
      image: "{{ .Values.image }}:{{ .Chart.Version }}" @15
      timeout: "{{ .Values.timeout | default 5 }}s" @16
    tail: "${{ secrets.TOKEN }}" @19
    open: "{{ never" @21
    after: "1" @22
"#);
}

#[test]
fn templates_inside_block_scalars_leave_the_text_around() {
    insta::assert_snapshot!(picture("values.yaml", "
image: ${image}
%{ if traced }
traced: true
%{ endif }
config: |
      {{- if .Values.long.condition.that.is.indented }}
  a: {{ .Values.a }}
{{- end }}
  b: 2
after: 1
"), @r#"
    image: "${image}" @2
    traced: "true" @4
    config: "a: {{ .Values.a }}\n        \nb: 2\n" @6
    after: "1" @11
"#);
}

#[test]
fn yaml_lines_that_cannot_be_read_cost_only_themselves() {
    insta::assert_snapshot!(picture("a.yaml", "
jobs:
  paths: [
    'a',
    'é'
  ]
  env: {
    A: 1
  }
broken: a: b
@bad
after: 1
"), @r#"
    jobs: @2
      paths: @3
        -
          "a" @4
        -
          "é" @5
      env: @7
        A: "1" @8
    after: "1" @12
    unread line 10
    unread line 11
"#);
}

#[test]
fn json_tolerates_comments_and_trailing_commas() {
    let text = r#"// settings
{
  "Logging": { "Level": "Info\u00e9\ud83d\ude00\n" }, /* more */
  "Hosts": ["a", 1.5, null, true, {}],
  "Empty": "",
}"#;
    insta::assert_snapshot!(picture("appsettings.json", text), @r#"
    Logging: @3
      Level: "Infoé😀\n" @3
    Hosts: @4
      -
        "a" @4
      -
        "1.5" @4
      -
        null
      -
        "true" @4
      -
    Empty: "" @5
"#);
    assert!(said(&read_at("a.json", text), text).contains(&"\"Logging\""));
    insta::assert_snapshot!(picture("a.json", r#"{"a": 1, "b": , "c": 3"#), @r#"
    a: "1" @1
    b: null @1
    c: "3" @1
    unread line 1
    unread line 1
"#);
}

#[test]
fn toml_keeps_the_order_of_the_file() {
    let text = r#"
[package]
name = "x"
b.c = [1, 0x10, 1.5]
a = { version = "1", on = true, at = 2020-01-01 }
[[bin]]
path = "a.rs"
[[bin]]
path = '''
b.rs'''
"#;
    insta::assert_snapshot!(picture("Cargo.toml", text), @r#"
    package: @2
      name: "x" @3
      b: @4
        c: @4
          -
            "1" @4
          -
            "0x10" @4
          -
            "1.5" @4
      a: @5
        version: "1" @5
        on: "true" @5
        at: "2020-01-01" @5
    bin: @6
      -
        path: "a.rs" @7
      -
        path: "b.rs" @9
"#);
    assert!(said(&read_at("Cargo.toml", text), text).contains(&"\"a.rs\""));
    insta::assert_snapshot!(picture("a.toml", "a = 1\nb = \n[c\nd = 2"), @r#"
    a: "1" @1
    b: "" @2
    d: @4
    unread line 2
    unread line 3
"#);
}

#[test]
fn xml_elements_and_attributes_are_entries() {
    let text = r#"<?xml version="1.0"?>
<!DOCTYPE project [<!ENTITY v "1.2">]>
<project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:x="y" x:s="1">
  <!-- comment -->
  <version> &v; </version>
  <dependencies>
    <dependency><groupId>org.a</groupId></dependency>
    <dependency><groupId>org.b</groupId></dependency>
  </dependencies>
  <empty/>
  <PackageReference Include="Polly" Version="8.0"/>
  <level value='info'>text<![CDATA[ & more]]></level>
</project>"#;
    insta::assert_snapshot!(picture("pom.xml", text), @r#"
    project: @3
      @s: "1" @3
      version: "1.2" @5
      dependencies: @6
        dependency: @7
          groupId: "org.a" @7
        dependency: @8
          groupId: "org.b" @8
      empty: null @10
      PackageReference: @11
        @Include: "Polly" @11
        @Version: "8.0" @11
      level: @12
        @value: "info" @12
        #text: "text & more" @12
"#);
    let said = said(&read_at("pom.xml", text), text).join(" ");
    assert!(said.contains("Include Polly Version 8.0"), "{said}");
    insta::assert_snapshot!(picture("a.csproj", "\u{feff}<Project Sdk=\"Web\"><a>b</a></Project>"), @r#"
    Project: @1
      @Sdk: "Web" @1
      a: "b" @1
"#);
    insta::assert_snapshot!(picture("a.xml", "<a><b></a>"), @r"unread line 1");
}

#[test]
fn properties_have_flat_keys() {
    let text = "# c\n! d\nserver.port=8080\r\n  spaced.key : v a l \nlong=a,\\\n  b\nkey\\ x only\nu=\\u00e9\\n\nempty=\n";
    insta::assert_snapshot!(picture("application.properties", text), @r#"
    server.port: "8080" @3
    spaced.key: "v a l" @4
    long: "a,b" @5
    key x: "only" @7
    u: "é\n" @8
    empty: "" @9
"#);
    assert!(said(&read_at("a.properties", text), text).contains(&"v a l"));
    let text = "# c\nexport A=1 # said\nB=\"x # y\\n\"\nC='$raw'\nD=\nE=\"two\nlines\"\nF=a#b\nG\n";
    insta::assert_snapshot!(picture(".env", text), @r#"
    A: "1" @2
    B: "x # y\n" @3
    C: "$raw" @4
    D: "" @5
    E: "two\nlines" @6
    F: "a#b" @8
    G: "" @9
"#);
    assert!(said(&read_at(".env", text), text).contains(&"x # y\\n"));
}

#[test]
fn dockerfiles_have_one_entry_an_instruction() {
    let text = "# syntax=docker/dockerfile:1\nFROM --platform=linux/amd64 node:20 AS build\nRUN a && \\\n    # why\n\n    b \\\r\n  -c\nenv A=1 \\\n  B=\"two words\"\nRUN <<EOF sh\necho 1\n# kept\nEOF\nENTRYPOINT [\"java\", \"-javaagent:/otel.jar\"]\nRUN x <<<y\nCMD x \\";
    insta::assert_snapshot!(picture("Dockerfile", text), @r#"
    FROM: "--platform=linux/amd64 node:20 AS build" @2
    RUN: "a && b -c" @3
    ENV: "A=1 B=\"two words\"" @8
    RUN: "<<EOF sh\necho 1\n# kept" @10
    ENTRYPOINT: "[\"java\", \"-javaagent:/otel.jar\"]" @14
    RUN: "x <<<y" @15
    CMD: "x" @16
"#);
    assert!(said(&read_at("Dockerfile", text), text).contains(&"RUN"));
    insta::assert_snapshot!(picture("win.Dockerfile", "# escape=`\nRUN a `\n b\\"), @r#"RUN: "a b\\" @2"#);
}

#[test]
fn aliases_that_multiply_are_cut() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let inner = format!("*a{}", level - 1);
        let items = vec![inner; 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    assert!(!read_at("a.yaml", &text).unread.is_empty());
}

#[test]
fn any_nesting_and_any_bytes_are_survived() {
    let deep = 100_000;
    let texts = [
        "[".repeat(deep),
        format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
        "{\"a\":".repeat(deep),
        "- ".repeat(20_000),
        "{{".repeat(deep),
        "{{\n".repeat(deep),
        "{{a}}".repeat(deep),
        "{% ".repeat(deep),
        "<a>".repeat(deep),
        format!("{}{}", "<a>".repeat(deep), "</a>".repeat(deep)),
        "<a/".repeat(deep),
        "a.".repeat(deep),
        format!("x = {}", "[".repeat(deep)),
        format!("{} = 1", "a.".repeat(deep) + "a"),
        (0..1_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
        "A='\nB=\"\n".repeat(10_000),
        "RUN <<A\n".repeat(10_000),
        "a \\\n".repeat(deep),
        "&a *a ".repeat(10_000),
        "<<: *a\n".repeat(1_000),
        String::from_utf8_lossy(&(0..=255).collect::<Vec<u8>>().repeat(20)).into_owned(),
        String::new(),
        "\u{feff}".to_owned(),
        "é: 'ü\\".to_owned(),
        "\"\\".to_owned(),
        "export".to_owned(),
    ];
    for text in &texts {
        for kind in KINDS {
            let document = parse_document(kind, "a".into(), text);
            assert_document_sound(&document, text);
        }
    }
}

#[test]
fn a_document_cut_anywhere_is_survived() {
    let text = "a: &x {b: 'é', c: [\"\\u00e9\", *x]}\n<<: *x\n{{ if }}\nd: >-\n  e\n# x = \"\"\"é\"\"\"\n<a b='é'/>\\\n";
    for (at, _) in text.char_indices() {
        for kind in KINDS {
            assert_document_sound(&parse_document(kind, ".env".into(), &text[..at]), &text[..at]);
        }
    }
}

//! What is not judged: tests, examples, generated, vendored and minified files, told by path, and
//! by content once a file has been read. Browser code is told in `browser`.

use groundrule_unit::LeftOutReason;

use crate::paths::file_name;

/// Lines in which a generator's mark is looked for.
const HEADER_LINES: usize = 48;
/// Average line length, in bytes, from which a script counts as minified.
const MINIFIED_AVERAGE: usize = 400;
/// Shorter scripts are not called minified.
const MINIFIED_SIZE: usize = 2000;

/// The reason that a path alone gives.
pub(crate) fn by_path(path: &str) -> Option<LeftOutReason> {
    let name = file_name(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    folders(path, ending).or_else(|| file(path, name, ending))
}

fn folders(path: &str, ending: &str) -> Option<LeftOutReason> {
    let is_jvm = matches!(ending, "java" | "kt" | "kts" | "scala" | "groovy");
    let mut before = "";
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        if segments.peek().is_none() {
            break;
        }
        let lower = segment.to_ascii_lowercase();
        // Below `src/main` folders are packages: `com.example`, `spec` and `test` are names there.
        if before == "src" && segment == "main" {
            return (path.contains("/generated/") || path.contains("/generated-sources/"))
                .then_some(LeftOutReason::Generated);
        }
        let is_source_set = before == "src" && is_jvm;
        if is_source_set && (lower == "it" || lower.ends_with("test") || lower.starts_with("test"))
        {
            return Some(LeftOutReason::Test);
        }
        let reason = match &*lower {
            "vendor" | "vendored" | "_vendor" | "godeps" | "pods"
                if !is_jvm && !matches!(ending, "cs" | "ts" | "tsx" | "rs") =>
            {
                Some(LeftOutReason::Vendored)
            }
            "node_modules" | "bower_components" | "third_party" | "third-party" | "thirdparty"
            | "3rdparty" | "site-packages" => Some(LeftOutReason::Vendored),
            "lib" if before == "wwwroot" => Some(LeftOutReason::Vendored),
            "spec" | "specs" if matches!(ending, "ts" | "tsx" | "js" | "jsx" | "rb" | "mjs") => {
                Some(LeftOutReason::Test)
            }
            "testing" if ending == "go" || before == "packages" => Some(LeftOutReason::Test),
            _ if is_test_folder(&lower) => Some(LeftOutReason::Test),
            "example" | "examples" | "sample" | "samples" | "playground" | "playgrounds"
                if !is_jvm || !matches!(before, "com" | "org" | "io" | "net" | "dev") =>
            {
                Some(LeftOutReason::Example)
            }
            "docs" | "doc" | "documentation" | "tutorial" | "tutorials" | "stories"
            | ".storybook" | "storybook" | "apidocs" => Some(LeftOutReason::Example),
            "generated" | "__generated__" | "generated-sources" | "generated_sources" => {
                Some(LeftOutReason::Generated)
            }
            "obj" if ending == "cs" => Some(LeftOutReason::Generated),
            "dist" if matches!(ending, "js" | "mjs" | "cjs") => Some(LeftOutReason::Generated),
            "target" if is_jvm => Some(LeftOutReason::Generated),
            _ => None,
        };
        if reason.is_some() {
            return reason;
        }
        before = segment;
    }
    None
}

/// Whether a folder's name, in lower case, says that it holds tests or what supports them.
fn is_test_folder(name: &str) -> bool {
    match name {
        "test" | "tests" | "__tests__" | "__test__" | "testdata" | "test-data" | "test_data"
        | "e2e" | "cypress" | "playwright" | "__mocks__" | "__snapshots__" | "__fixtures__"
        | "mocks" | "mock" | "fakes" | "fixtures" | "fixture" | "testutil" | "testutils"
        | "test-utils" | "test_utils" | "testhelper" | "testhelpers" | "test-helpers"
        | "test_helpers" | "testsupport" | "test-support" | "androidtest" | "testfixtures"
        | "testpkg" | "testlib" | "testserver" | "functionaltest" | "integrationtest"
        | "integration-test" | "integration_test" | "unittest" | "sut" | "benches" => true,
        "ab-test" | "ab_test" | "contests" | "protests" => false,
        _ if name.starts_with("tests_") || name.starts_with("tests-") => true,
        _ => {
            let last = name.rsplit(['.', '-', '_']).next().unwrap_or(name);
            let whole = last.len() == name.len();
            match last {
                "test" | "tests" | "specs" => !whole,
                "unittests" | "integrationtests" | "functionaltests" | "archtests"
                | "acceptancetests" | "apitests" | "systemtests" | "endtoendtests"
                | "contracttests" | "componenttests" | "smoketests" | "loadtests" | "uitests"
                | "e2etests" | "architecturetests" | "performancetests" => true,
                "e2e" => true,
                _ => false,
            }
        }
    }
}

fn file(path: &str, name: &str, ending: &str) -> Option<LeftOutReason> {
    let stem = name.strip_suffix(ending).and_then(|s| s.strip_suffix('.')).unwrap_or(name);
    let in_main = path.contains("src/main/");
    let reason = match ending {
        "go" if stem.ends_with("_test") => LeftOutReason::Test,
        "go" if stem.ends_with(".pb")
            || stem.ends_with(".pb.gw")
            || stem.ends_with(".gen")
            || stem.ends_with("_generated")
            || stem.ends_with(".connect")
            || stem.starts_with("zz_generated")
            || stem == "wire_gen"
            || stem == "bindata" =>
        {
            LeftOutReason::Generated
        }
        "py" if stem.starts_with("test_")
            || stem.ends_with("_test")
            || stem == "conftest"
            || stem == "tests" =>
        {
            LeftOutReason::Test
        }
        "py" | "pyi" if stem.ends_with("_pb2") || stem.ends_with("_pb2_grpc") => {
            LeftOutReason::Generated
        }
        "rs" if matches!(stem, "tests" | "test" | "test_utils" | "test_util")
            || stem.ends_with("_test")
            || stem.ends_with("_tests") =>
        {
            LeftOutReason::Test
        }
        "ts" | "tsx" | "js" | "jsx" | "mjs" | "cjs" | "mts" | "cts" => return script(stem, ending),
        "java" | "kt" if !in_main && is_jvm_test(stem) => LeftOutReason::Test,
        "cs" if stem.ends_with("Tests") => LeftOutReason::Test,
        "cs" if stem.ends_with(".g")
            || stem.ends_with(".g.i")
            || stem.ends_with(".Designer")
            || stem.ends_with(".designer")
            || stem.ends_with(".generated")
            || stem.ends_with("ModelSnapshot")
            || stem.ends_with(".AssemblyInfo") =>
        {
            LeftOutReason::Generated
        }
        _ => return None,
    };
    Some(reason)
}

fn is_jvm_test(stem: &str) -> bool {
    let lower_before = |end: &str| {
        stem.strip_suffix(end)
            .is_some_and(|rest| rest.ends_with(|c: char| c.is_lowercase() || c.is_ascii_digit()))
    };
    stem.ends_with("Test")
        || stem.ends_with("Tests")
        || stem.ends_with("TestCase")
        || lower_before("IT")
}

fn script(stem: &str, ending: &str) -> Option<LeftOutReason> {
    let last = stem.rsplit_once('.').map_or("", |(_, last)| last);
    Some(match last {
        "spec" | "test" | "e2e-spec" | "cy" | "e2e" | "mock" | "fixture" => LeftOutReason::Test,
        "stories" => LeftOutReason::Example,
        "min" => LeftOutReason::Minified,
        "bundle" => LeftOutReason::Minified,
        "gen" | "generated" | "pb" => LeftOutReason::Generated,
        "d" if stem.ends_with("_pb.d") || stem == "next-env.d" => LeftOutReason::Generated,
        _ if stem.ends_with("_pb") => LeftOutReason::Generated,
        "config"
            if matches!(
                stem,
                "jest.config" | "vitest.config" | "cypress.config" | "playwright.config"
            ) =>
        {
            LeftOutReason::Test
        }
        _ if matches!(stem, "setupTests" | "karma.conf" | "test-setup" | "test-utils") => {
            LeftOutReason::Test
        }
        _ if is_library(stem) && ending == "js" => LeftOutReason::Vendored,
        _ => return None,
    })
}

/// Well-known browser libraries that people check in by file: `jquery-3.6.0`, `bootstrap.bundle`.
fn is_library(stem: &str) -> bool {
    [
        "jquery",
        "bootstrap",
        "angular",
        "react-dom",
        "vue",
        "lodash",
        "moment",
        "d3",
        "chart",
        "popper",
    ]
    .iter()
    .any(|library| {
        stem.strip_prefix(library).is_some_and(|rest| {
            let rest = rest.trim_start_matches(['-', '.', 'v']);
            !rest.is_empty() && rest.starts_with(|c: char| c.is_ascii_digit())
                || *library == "jquery" && (rest.is_empty() || rest.starts_with("ui"))
        })
    })
}

/// The reason that the text of a file gives: a generator's header, a minified script, a module
/// that declares itself browser code (`'use client'`).
pub fn left_out_by_content(path: &str, text: &str) -> Option<LeftOutReason> {
    let ending = file_name(path).rsplit_once('.').map_or("", |(_, ending)| ending);
    let is_script = matches!(ending, "js" | "mjs" | "cjs" | "ts" | "tsx" | "jsx");
    if is_generated(text, ending) {
        return Some(LeftOutReason::Generated);
    }
    if is_script && text.len() >= MINIFIED_SIZE {
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
        if text.len() / lines >= MINIFIED_AVERAGE {
            return Some(LeftOutReason::Minified);
        }
    }
    // What Alembic runs migrations with is written from its template.
    if path.ends_with("env.py") && text.contains("from alembic import context") {
        return Some(LeftOutReason::Generated);
    }
    if is_script && is_client_module(text) {
        return Some(LeftOutReason::Browser);
    }
    None
}

fn is_generated(text: &str, ending: &str) -> bool {
    let mut in_block = false;
    for line in text.split('\n').take(HEADER_LINES) {
        let line = line.trim();
        let opens =
            line.starts_with("/*") || line.starts_with("<!--") || line.starts_with("\"\"\"");
        in_block |= opens;
        let is_comment = in_block
            || line.starts_with("//")
            || line.starts_with('#')
            || line.starts_with("--")
            || line.starts_with('*');
        if line.ends_with("*/") || line.ends_with("-->") || (!opens && line.ends_with("\"\"\"")) {
            in_block = false;
        }
        if is_comment && is_generators_mark(line) {
            return true;
        }
    }
    // Generators of Java mark the class instead.
    matches!(ending, "java" | "kt" | "cs")
        && text.split('\n').take(120).any(|line| {
            line.starts_with('@') && line.contains("Generated(")
                || line.trim_start().starts_with("[GeneratedCode(")
        })
}

fn is_generators_mark(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let text = lower.trim_start_matches(['/', '*', '#', '-', '<', '!', ' ', '"', '@']);
    let says = |words: &str| lower.contains(words);
    says("do not edit") && !says("do not edit below") && !says("unless")
        || says("@generated")
        || says("<auto-generated")
        || says("auto generated by")
        || says("auto-generated by")
        || says("autogenerated by")
        || says("automatically generated")
        || says("this file is auto")
        || text.starts_with("generated by ")
        || text.starts_with("code generated")
        || text.starts_with("this file was generated")
        || text.starts_with("this file is generated")
        || text.starts_with("generated from ")
        || text.starts_with("generated code")
}

fn is_client_module(text: &str) -> bool {
    let mut in_block = false;
    for line in text.split('\n').take(40) {
        let line = line.trim();
        if line.starts_with("/*") {
            in_block = true;
        }
        if in_block || line.is_empty() || line.starts_with("//") {
            in_block &= !line.contains("*/");
            continue;
        }
        return matches!(line.trim_end_matches(';'), "'use client'" | "\"use client\"");
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use LeftOutReason::{Browser, Example, Generated, Minified, Test, Vendored};

    #[test]
    fn tests_are_told_by_folder_and_by_each_languages_idiom() {
        for path in [
            "src/cart/cart_test.go",
            "app/tests/x.py",
            "test_app.py",
            "conftest.py",
            "web/a.spec.ts",
            "web/__tests__/a.js",
            "svc/src/test/java/A.java",
            "svc/src/integrationTest/kotlin/A.kt",
            "svc/src/it/java/A.java",
            "lib/OrderIT.java",
            "src/Shop.Orders.UnitTests/OrderTests.cs",
            "Tests/Shop/A.cs",
            "e2e/a.ts",
            "cypress/x.js",
            "pkg/mocks/store.go",
            "crates/a/src/tests.rs",
            "api_tests/src/a.ts",
            "tests_smoke/smoke/common.py",
            "src/test-setup.ts",
            "internal/testing/x.go",
        ] {
            assert_eq!(by_path(path), Some(Test), "{path}");
        }
    }

    #[test]
    fn production_code_with_a_testing_name_stays_in() {
        for path in [
            "src/testing-service/main.go",
            "src/contests/api.py",
            "src/latest/x.ts",
            "src/main/java/com/example/test/A.java",
            "svc/src/main/java/org/spec/Api.java",
            "src/main/kotlin/Test.kt",
            "internal/spec/model.go",
            "app/CREDIT.java",
            "src/attest/a.rs",
            "src/ab-test/main.go",
            "spec/openapi.yaml",
        ] {
            assert_eq!(by_path(path), None, "{path}");
        }
    }

    #[test]
    fn examples_and_documentation_are_left_out() {
        for path in ["examples/a.go", "docs/conf.py", "samples/x/Program.cs", "src/a.stories.tsx"] {
            assert_eq!(by_path(path), Some(Example), "{path}");
        }
        assert_eq!(by_path("app/com/example/App.java"), None);
    }

    #[test]
    fn generated_files_are_told_by_name() {
        for path in [
            "genproto/demo.pb.go",
            "a/demo_pb2_grpc.py",
            "X.Designer.cs",
            "X.g.cs",
            "Migrations/ShopModelSnapshot.cs",
            "api/zz_generated.deepcopy.go",
            "x.pb.gw.go",
            "src/demo_pb.js",
            "src/__generated__/types.ts",
        ] {
            assert_eq!(by_path(path), Some(Generated), "{path}");
        }
    }

    #[test]
    fn vendored_files_are_told_by_folder_but_vendors_are_a_business_too() {
        for path in [
            "vendor/github.com/x/y.go",
            "third_party/a.py",
            "web/wwwroot/lib/x.js",
            "static/jquery-3.6.0.js",
        ] {
            assert_eq!(by_path(path), Some(Vendored), "{path}");
        }
        assert_eq!(by_path("src/vendor/VendorController.java"), None);
        assert_eq!(by_path("src/vendor/vendor.service.ts"), None);
    }

    #[test]
    fn generators_mark_their_files_in_the_header_only() {
        let generated = |text: &str| left_out_by_content("a.go", text) == Some(Generated);
        assert!(generated("// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n"));
        assert!(generated("/*\n * This file is auto generated by a tool.\n */\n"));
        assert!(!generated("package a\n// ids are generated by the database\n"));
        assert!(!generated(&format!("package a\n{}// DO NOT EDIT\n", "\n".repeat(60))));
        assert!(!generated("package a\nvar s = \"DO NOT EDIT\"\n"));
        let java = "package a;\n@jakarta.annotation.Generated(\"tool\")\npublic class A {}\n";
        assert_eq!(left_out_by_content("A.java", java), Some(Generated));
    }

    #[test]
    fn migrations_are_generated_with_what_runs_them() {
        let text = "from logging.config import fileConfig\nfrom alembic import context\n";
        assert_eq!(left_out_by_content("migrations/env.py", text), Some(Generated));
        assert_eq!(left_out_by_content("app/env.py", "import os\n"), None);
    }

    #[test]
    fn minified_scripts_and_client_modules_are_told_by_content() {
        let long = "x=1;".repeat(1000);
        assert_eq!(left_out_by_content("a.js", &long), Some(Minified));
        assert_eq!(left_out_by_content("a.py", &long), None);
        assert_eq!(by_path("static/app.min.js"), Some(Minified));
        let client = "// page\n'use client';\nimport x from 'x';\n";
        assert_eq!(left_out_by_content("a.tsx", client), Some(Browser));
        assert_eq!(left_out_by_content("a.tsx", "import x from 'x';\n'use client';\n"), None);
    }
}

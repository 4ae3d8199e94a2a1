//! Help, `explain`, `policy` and `init`.

use insta::assert_snapshot;

use crate::harness::Folder;

#[test]
fn help_of_the_program() {
    assert_snapshot!(Folder::empty().run(&["--help"]).stdout);
}

#[test]
fn help_of_check() {
    assert_snapshot!(Folder::empty().run(&["check", "--help"]).stdout);
}

#[test]
fn explain_prints_the_page() {
    let folder = Folder::empty();
    let run = folder.run(&["explain", "timeouts"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.starts_with("# "), "{}", run.stdout);
    let json = folder.run(&["explain", "timeouts", "--format", "json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["id"], "timeouts");
}

#[test]
fn explain_names_the_policies_there_are() {
    let run = Folder::empty().run(&["explain", "timeout"]);
    assert_eq!(run.status, 2);
    assert_snapshot!(run.stderr);
}

#[test]
fn policies_are_listed_with_their_modes() {
    let folder = Folder::empty();
    folder.write("groundrule.toml", "[policies.timeouts]\nmode = \"measure\"\n");
    let run = folder.run(&["policy", "list"]);
    assert_eq!(run.status, 0);
    assert_snapshot!(run.stdout);
}

#[test]
fn what_is_found_in_which_language_is_listed() {
    let run = Folder::empty().run(&["policy", "list", "--capabilities"]);
    assert_eq!(run.status, 0);
    assert_snapshot!(run.stdout);
}

#[test]
fn a_policy_of_ones_own_is_tested_by_its_page() {
    let folder = Folder::empty();
    folder.write(
        "own/one-caller.toml",
        r#"
id = "one-caller"
title = "Calls go through the gateway"
category = "own"
severity = "error"

[[check]]
subject = "outbound-call"
pass = 'call.callee == "gateway.get"'
message = "`{{ call.callee }}` passes the gateway by."
help = "use the gateway"
"#,
    );
    let page = |verdict: &str| {
        format!(
            "# One caller\n\nWhy.\n\n```python\nimport requests\n\nrequests.get(\"x\")  \
             # expect: {verdict} one-caller\n```\n"
        )
    };
    folder.write("own/one-caller.md", page("fail"));
    let run = folder.run(&["policy", "test", "own"]);
    let said: Vec<&str> = run.stdout.lines().filter(|l| l.starts_with("one-caller")).collect();
    assert!(said.is_empty(), "{}\n{}", run.stdout, run.stderr);
    folder.write("own/one-caller.md", page("pass"));
    let run = folder.run(&["policy", "test", "own"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("one-caller.md:8: expected pass one-caller"), "{}", run.stdout);
}

#[test]
fn services_are_tested_by_their_comments() {
    let folder = Folder::with_service();
    let app = |verdict: &str| {
        format!("import requests\n\nrequests.get(\"https://x\")  # expect: {verdict} timeouts\n")
    };
    folder.write("groundrule.toml", only_timeouts());
    folder.write("web/app.py", app("fail"));
    let run = folder.run(&["policy", "test", "."]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    folder.write("web/app.py", app("pass"));
    let run = folder.run(&["policy", "test", "."]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("web/app.py:3"), "{}", run.stdout);
}

fn only_timeouts() -> String {
    let others = ["api-versioning", "idempotency", "retries", "sensitive-logs", "tracing"];
    others.iter().map(|id| format!("[policies.{id}]\nmode = \"off\"\n")).collect()
}

#[test]
fn init_writes_what_fits_and_never_overwrites() {
    let folder = Folder::with_service();
    let run = folder.run(&["init"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_snapshot!(folder.read("groundrule.toml"));
    // What was written holds as it is.
    assert_eq!(folder.run(&["check", "--only", "timeouts"]).status, 1);
    folder.write("groundrule.toml", "# mine\n");
    let run = folder.run(&["init"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("exists already"), "{}", run.stderr);
    assert_eq!(folder.read("groundrule.toml"), "# mine\n");
}

/// A folder of this repository.
pub(crate) fn own(path: &str) -> String {
    format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_built_in_pages_say_what_happens() {
    let run = Folder::empty().run(&["policy", "test"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn the_example_services_show_the_verdicts_that_they_say() {
    let run = Folder::empty().run(&["policy", "test", &own("fixtures/shop")]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

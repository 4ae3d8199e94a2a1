//! `check --base`: only what a change brings in gates.

use serde_json::Value;

use crate::harness::{APP, Folder, Run};

const MORE: &str = "\n\ndef more():\n    return requests.get(\"https://more.example/\").json()\n";

/// Judges the folder beside `main`, by `timeouts` alone.
fn check(folder: &Folder, args: &[&str]) -> Run {
    let all = ["check", "--base", "main", "--only", "timeouts"];
    folder.run(&all.iter().chain(args).copied().collect::<Vec<_>>())
}

/// New and old failures, mended ones.
fn counts(folder: &Folder) -> (usize, usize, usize) {
    let run = check(folder, &["--format", "counts"]);
    let number = |name: &str| {
        let line = run.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("{name}: {}{}", run.stdout, run.stderr)).parse().unwrap()
    };
    let all = (number("new-failures"), number("old-failures"), number("mended-failures"));
    assert_eq!(run.status, i32::from(all.0 > 0));
    all
}

#[test]
fn what_was_there_before_does_not_gate_and_what_is_new_does() {
    let folder = Folder::committed();
    assert_eq!(counts(&folder), (0, 1, 0));
    folder.write("web/app.py", format!("{APP}{MORE}"));
    assert_eq!(counts(&folder), (1, 1, 0));
    let run = check(&folder, &[]);
    assert!(run.stdout.contains("web/app.py:13"), "{}", run.stdout);
    assert!(!run.stdout.contains("web/app.py:5"), "{}", run.stdout);
    assert!(run.stdout.contains("1 new error, 0 new warnings, 1 old"), "{}", run.stdout);
    let old = check(&folder, &["--show-old"]);
    assert!(old.stdout.contains("timeouts web/app.py:5"), "{}", old.stdout);
}

#[test]
fn what_is_mended_is_named() {
    let folder = Folder::committed();
    folder.write("web/app.py", APP.replace("latest\")", "latest\", timeout=3)"));
    assert_eq!(counts(&folder), (0, 0, 1));
    let run = check(&folder, &[]);
    assert!(run.stdout.contains("Mended  1\n  ✓ timeouts web/app.py:5"), "{}", run.stdout);
    folder.remove("web/app.py");
    assert_eq!(counts(&folder), (0, 0, 1));
}

#[test]
fn moved_reindented_and_renamed_code_is_not_new() {
    let folder = Folder::committed();
    let edits = [
        ("lines above", format!("\"\"\"Rates.\"\"\"\n\n\nLIMIT = 3\n{APP}")),
        (
            "reindented",
            APP.replace("requests.get(\"https://r", "requests.get(\n        \"https://r"),
        ),
        ("another argument", APP.replace("/latest", "/today")),
        ("another function", APP.replace("def rates", "def exchange_rates")),
    ];
    for (what, text) in edits {
        folder.write("web/app.py", text);
        assert_eq!(counts(&folder), (0, 1, 0), "{what}");
    }
    folder.write("web/app.py", APP);
    folder.rename("web/app.py", "web/rates.py");
    assert_eq!(counts(&folder), (0, 1, 0), "another file");
    folder.write("web/rates.py", format!("\"\"\"Rates.\"\"\"\n{APP}\nLIMIT = 3\n"));
    assert_eq!(counts(&folder), (0, 1, 0), "another file, edited");
    folder.write("web/rates.py", format!("{APP}{MORE}"));
    assert_eq!(counts(&folder), (1, 1, 0), "another file with a new failure");
    folder.rename("web/rates.py", "web/app.py");
    let function = APP.split("\n\n\n").nth(1).unwrap();
    folder.write("web/app.py", APP.replace(function, "LIMIT = 3"));
    folder.write("web/more.py", format!("import requests\n\n\n{function}\n"));
    assert_eq!(counts(&folder), (0, 1, 0), "another module");
    folder.git(&["checkout", "--quiet", "."]);
    folder.remove("web/more.py");
    folder.rename("web", "services/frontend");
    assert_eq!(counts(&folder), (0, 1, 0), "another folder");
}

#[test]
fn a_failure_cannot_be_paid_for_with_another_one() {
    let folder = Folder::committed();
    let mended = APP.replace("latest\")", "latest\", timeout=3)");
    folder.write("web/app.py", format!("{mended}{MORE}"));
    assert_eq!(counts(&folder), (1, 0, 1));
}

#[test]
fn a_service_gates_when_it_loses_a_standard_or_is_new_without_it() {
    let folder = Folder::committed();
    let status = || folder.run(&["check", "--base", "main", "--only", "tracing"]).status;
    assert_eq!(status(), 0, "it never had it");
    folder.service("mail");
    assert_eq!(status(), 1, "a new one lacks it");
    folder.remove("mail");
    let docker = folder.read("web/Dockerfile");
    let traced = docker.replace("CMD [\"python\"", "CMD [\"opentelemetry-instrument\", \"python\"");
    folder.write("web/Dockerfile", &traced);
    folder.write(
        "web/requirements.txt",
        "requests==2.32.3\nflask==3.1.0\nopentelemetry-distro==0.50b0\n",
    );
    folder.commit();
    assert_eq!(status(), 0);
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/Dockerfile", docker);
    folder.write("web/requirements.txt", "requests==2.32.3\nflask==3.1.0\n");
    assert_eq!(status(), 1, "it lost it");
}

#[test]
fn the_merge_base_counts_and_not_what_the_branch_has_since() {
    let folder = Folder::committed();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/other.py", "LIMIT = 3\n");
    folder.commit();
    folder.git(&["checkout", "--quiet", "main"]);
    folder.write("web/app.py", APP.replace("latest\")", "latest\", timeout=3)"));
    folder.commit();
    folder.git(&["checkout", "--quiet", "change"]);
    assert_eq!(counts(&folder), (0, 1, 0), "main mended it meanwhile");
}

#[test]
fn a_folder_of_the_repository_is_compared_with_itself() {
    let folder = Folder::committed();
    folder.write("web/app.py", format!("{APP}{MORE}"));
    let run = folder.run(&["check", "web", "--base", "main", "--only", "timeouts"]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("1 new error, 0 new warnings, 1 old"), "{}", run.stdout);
}

#[test]
fn the_state_of_the_change_is_in_json_and_sarif() {
    let folder = Folder::committed();
    folder.write("web/app.py", format!("{APP}{MORE}"));
    let json: Value = serde_json::from_str(&check(&folder, &["--format", "json"]).stdout).unwrap();
    let fails = json["verdicts"].as_array().unwrap().iter().filter(|v| v["verdict"] == "fail");
    let origins: Vec<&str> = fails.map(|verdict| verdict["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["old", "new"]);
    assert!(json["change"]["base"].as_str().unwrap().starts_with("main ("));
    let sarif = check(&folder, &["--format", "sarif"]).stdout;
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let states: Vec<&str> =
        results.iter().map(|result| result["baselineState"].as_str().unwrap()).collect();
    assert_eq!(states, ["new", "unchanged"]);
}

#[test]
fn the_same_is_said_whatever_the_number_of_threads() {
    let folder = Folder::committed();
    folder.write("web/app.py", format!("{APP}{MORE}"));
    let one = check(&folder, &["--format", "json", "--jobs", "1"]).stdout;
    assert_eq!(one, check(&folder, &["--format", "json", "--jobs", "4"]).stdout);
}

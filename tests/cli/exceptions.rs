//! Waivers, modes and the ratchet as a user meets them, and the examples of their page.

use groundrule_policy::{ExampleFile, examples};
use serde_json::Value;

use crate::harness::{Folder, Run};

/// Monday, 23 November 2026.
const TODAY: &str = "1795392000";
const PAGE: &str = include_str!("../../docs/exceptions.md");

fn run_at(folder: &Folder, day: &str, args: &[&str]) -> Run {
    folder.run_with(args, &[("SOURCE_DATE_EPOCH", day)])
}

fn check(folder: &Folder, args: &[&str]) -> Run {
    let args: Vec<&str> = ["check", "--only", "timeouts"].iter().chain(args).copied().collect();
    run_at(folder, TODAY, &args)
}

/// The files of the page, by heading.
fn files(heading: &str) -> Vec<ExampleFile> {
    let mut found = Vec::new();
    for example in examples(PAGE) {
        if example.heading == heading {
            found.extend(example.files);
        }
    }
    assert!(!found.is_empty(), "nothing stands under {heading}");
    found
}

fn allow(until: &str) -> String {
    format!(
        "import requests\n\n# groundrule: allow(timeouts) until={until} owner=@payments -- slow\n\
         rates = requests.get(\"https://rates.example/latest\")\n"
    )
}

#[test]
fn a_waived_failure_does_not_gate_and_is_shown_with_its_reason() {
    let folder = Folder::with_service();
    let [app] = &files("Beside the code")[..] else { panic!("one file") };
    folder.write(&app.path, &app.text);
    let run = check(&folder, &[]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("1 exempt"), "{}", run.stdout);
    assert!(run.stdout.contains("the partner streams for hours"), "{}", run.stdout);
    let sarif = |args: &[&str]| -> Value {
        let args: Vec<&str> = ["--format", "sarif"].iter().chain(args).copied().collect();
        serde_json::from_str(&check(&folder, &args).stdout).unwrap()
    };
    assert_eq!(sarif(&[])["runs"][0]["results"].as_array().unwrap().len(), 0);
    let results = sarif(&["--evidence"])["runs"][0]["results"].as_array().unwrap().clone();
    let suppressed: Vec<_> =
        results.iter().filter_map(|result| result["suppressions"].get(0)).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["kind"], "inSource");
    let justification = suppressed[0]["justification"].as_str().unwrap();
    assert!(justification.contains("@payments, until 2027-03-31"), "{justification}");
}

#[test]
fn an_expired_waiver_fails_the_ordinary_run_in_every_format() {
    let folder = Folder::with_service();
    folder.write("web/app.py", allow("2026-11-22"));
    let run = check(&folder, &[]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("waiver-expired web/app.py:3"), "{}", run.stdout);
    let sarif: Value =
        serde_json::from_str(&check(&folder, &["--format", "sarif"]).stdout).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "waiver-expired");
    let json: Value = serde_json::from_str(&check(&folder, &["--format", "json"]).stdout).unwrap();
    assert_eq!(json["notices"][0]["kind"], "waiver-expired");
    assert_eq!(json["notices"][0]["line"], 3);

    folder.write("web/app.py", allow("2026-11-23"));
    let run = check(&folder, &[]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("waiver-ending web/app.py:3"), "{}", run.stdout);
}

#[test]
fn a_misplaced_comment_is_told_its_line_when_every_policy_ran() {
    let folder = Folder::with_service();
    let far = allow("2027-03-31").replace("slow\n", "slow\n\n");
    folder.write("web/app.py", far);
    let run = run_at(&folder, TODAY, &["check"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("waiver-misplaced web/app.py:3"), "{}", run.stdout);
    assert!(run.stdout.contains("`timeouts` fails on line 5"), "{}", run.stdout);
    assert!(!check(&folder, &[]).stdout.contains("waiver-misplaced"));
}

#[test]
fn a_waiver_in_a_file_that_nothing_else_makes_worth_parsing_is_unused() {
    let folder = Folder::with_service();
    folder.write("web/other.py", "# groundrule: allow(timeouts) until=2027-03-31 owner=@a -- x\n");
    let run = run_at(&folder, TODAY, &["check"]);
    assert!(run.stdout.contains("waiver-unused web/other.py:1"), "{}", run.stdout);
}

#[test]
fn the_configurations_of_the_page_are_valid_and_do_what_it_says() {
    let folder = Folder::with_service();
    let mut seen = 0;
    for example in examples(PAGE) {
        for file in example.files.iter().filter(|file| file.path == "groundrule.toml") {
            folder.write("groundrule.toml", &file.text);
            let run = check(&folder, &[]);
            assert!(run.status <= 1, "line {}: {}", file.line, run.stderr);
            seen += 1;
        }
    }
    assert_eq!(seen, 5);
    let waiver = &files("In `groundrule.toml`")[0];
    folder.write("groundrule.toml", &waiver.text);
    assert_eq!(check(&folder, &[]).status, 0);
    let held = &files("The ratchet")[0];
    folder.write("groundrule.toml", &held.text);
    assert_eq!(check(&folder, &[]).status, 0);
    let modes = &files("Modes")[0];
    folder.write("groundrule.toml", modes.text.replace("\"web\" = \"enforce\"\n", ""));
    assert_eq!(check(&folder, &[]).status, 0, "warn does not gate");
    let new_year = "1798761600";
    let run = run_at(&folder, new_year, &["check", "--only", "timeouts"]);
    assert_eq!(run.status, 1, "enforced from 2027 on: {}", run.stdout);
}

#[test]
fn waivers_are_listed_for_people_and_programs() {
    let folder = Folder::with_service();
    folder.write("web/app.py", allow("2027-03-31"));
    folder.write("groundrule.toml", &files("In `groundrule.toml`")[0].text);
    let run = run_at(&folder, TODAY, &["waivers"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
    let json = run_at(&folder, TODAY, &["waivers", "--format", "json"]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["today"], "2026-11-23");
    let rows = json["waivers"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        assert_eq!(row["until"], "2027-03-31");
        assert_eq!(row["days_left"], 128);
        assert_eq!(row["covers"][0]["place"]["path"], "web/app.py");
    }
}

#[test]
fn a_baseline_makes_old_failures_known_and_only_falls() {
    for config in ["", "[ratchet]\nfile = \"known.toml\"\n"] {
        let folder = Folder::with_service();
        folder.write("groundrule.toml", config);
        let baseline = || run_at(&folder, TODAY, &["baseline", "--only", "timeouts"]);
        assert_eq!(check(&folder, &[]).status, 1);
        let run = baseline();
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.stdout.contains("timeouts  web  1 known"), "{}", run.stdout);
        let run = check(&folder, &[]);
        assert_eq!(run.status, 0, "{}", run.stdout);
        assert!(run.stdout.contains("1 known"), "{}", run.stdout);

        let app = folder.read("web/app.py");
        let more = "def more():\n    return requests.get(\"https://more.example\")\n";
        folder.write("web/app.py", format!("{app}\n\n{more}"));
        let run = check(&folder, &[]);
        assert_eq!(run.status, 1);
        assert!(run.stdout.contains("ratchet-exceeded"), "{}", run.stdout);
        let refused = baseline();
        assert_eq!(refused.status, 1);
        assert!(refused.stdout.contains("2 fail and 1 are known"), "{}", refused.stdout);

        folder.write("web/app.py", app.replace("latest\")", "latest\", timeout=3)"));
        let run = check(&folder, &[]);
        assert_eq!(run.status, 0);
        assert!(run.stdout.contains("ratchet-can-shrink"), "{}", run.stdout);
        assert!(baseline().stdout.contains("1 → 0"));
        folder.write("web/app.py", app);
        assert_eq!(check(&folder, &[]).status, 1, "what was mended once stays mended");
        assert_eq!(baseline().status, 1);
    }
}

#[test]
fn a_day_that_is_none_ends_with_2() {
    let folder = Folder::with_service();
    let run = run_at(&folder, "tomorrow", &["check"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("SOURCE_DATE_EPOCH"), "{}", run.stderr);
}

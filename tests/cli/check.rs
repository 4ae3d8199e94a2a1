//! `check`: what it prints, where reports go, and how it ends.

use std::io::Read as _;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::Folder;

const FORMATS: [&str; 8] =
    ["human", "sarif", "json", "github", "gitlab", "junit", "markdown", "counts"];

#[test]
fn failures_are_shown_with_their_source_and_the_adoption() {
    let folder = Folder::with_service();
    let run = folder.run(&["check", "--only", "timeouts"]);
    assert_eq!(run.status, 1);
    assert_eq!(run.stderr, "");
    assert_snapshot!(run.stdout);
}

#[test]
fn evidence_shows_what_passes() {
    let folder = Folder::with_service();
    let run = folder.run(&["check", "--only", "timeouts", "--evidence"]);
    assert!(run.stdout.contains("✓ timeouts web/app.py:9"), "{}", run.stdout);
}

#[test]
fn a_clean_repository_ends_with_0() {
    let folder = Folder::with_service();
    folder.write("web/app.py", "print('ready')\n");
    assert_eq!(folder.run(&["check", "--only", "timeouts"]).status, 0);
}

#[test]
fn fail_on_decides_what_gates() {
    let folder = Folder::with_service();
    folder.write("groundrule.toml", "[policies.timeouts]\nmode = \"warn\"\n");
    let status = |args: &[&str]| {
        let args: Vec<&str> = ["check", "--only", "timeouts"].iter().chain(args).copied().collect();
        folder.run(&args).status
    };
    assert_eq!(status(&[]), 0);
    assert_eq!(status(&["--fail-on", "warning"]), 1);
    assert_eq!(status(&["--fail-on", "never"]), 0);
}

#[test]
fn a_measured_policy_is_counted_and_no_result() {
    let folder = Folder::with_service();
    folder.write("groundrule.toml", "[policies.timeouts]\nmode = \"measure\"\n");
    let run = folder.run(&["check", "--only", "timeouts", "--fail-on", "warning"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("1 failing and only measured"), "{}", run.stdout);
    let sarif = folder.run(&["check", "--only", "timeouts", "--format", "sarif"]).stdout;
    let log: Value = serde_json::from_str(&sarif).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), 0);
}

#[test]
fn the_format_never_changes_the_status() {
    let folder = Folder::with_service();
    for format in FORMATS {
        assert_eq!(folder.run(&["check", "--only", "timeouts", "--format", format]).status, 1);
    }
}

#[test]
fn several_reports_come_from_one_run() {
    let folder = Folder::with_service();
    let args = ["check", "--output", "out.sarif", "--output", "json=report.data"];
    let run = folder.run(&args);
    assert!(run.stdout.contains("Adoption"), "the terminal's report stays: {}", run.stdout);
    let sarif: Value = serde_json::from_str(&folder.read("out.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let json: Value = serde_json::from_str(&folder.read("report.data")).unwrap();
    assert_eq!(json["schema_version"], "1.0");
}

#[test]
fn a_format_that_goes_to_a_file_is_not_printed_too() {
    let folder = Folder::with_service();
    let run = folder.run(&["check", "--format", "sarif", "--output", "out.sarif"]);
    assert_eq!(run.stdout, "");
    assert!(folder.read("out.sarif").contains("2.1.0"));
}

#[test]
fn an_output_that_cannot_be_made_is_told_before_the_scan() {
    let folder = Folder::with_service();
    let run = folder.run(&["check", "--output", "missing/out.sarif"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("missing"), "{}", run.stderr);
    let run = folder.run(&["check", "--output", "out.data"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("FORMAT=FILE"), "{}", run.stderr);
}

#[test]
fn several_roots_are_several_repositories() {
    let folder = Folder::empty();
    folder.service("one/web");
    folder.service("two/web");
    let run = folder.run(&["check", "one", "two", "--only", "timeouts", "--format", "json"]);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    let services: Vec<&str> = json["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|service| service["folder"].as_str().unwrap())
        .collect();
    assert_eq!(services, ["one/web", "two/web"]);
    let path = json["verdicts"][0]["location"]["path"].as_str().unwrap();
    assert_eq!(path, "one/web/app.py");
    let alone = folder.run(&["check", "one", "--only", "timeouts", "--format", "json"]);
    assert!(alone.stdout.contains("\"path\": \"web/app.py\""));
}

#[test]
fn every_ending_asks_for_its_format() {
    let folder = Folder::with_service();
    let files = ["r.txt", "r.sarif", "r.json", "r.annotations", "gl-code-quality-report.json"];
    let mut args = vec!["check", "--only", "timeouts"];
    for file in files.iter().chain(&["r.xml", "r.md", "r.env"]) {
        args.extend(["--output", file]);
    }
    assert_eq!(folder.run(&args).status, 1);
    assert!(folder.read("r.annotations").starts_with("::error file=web/app.py,line=5,"));
    assert!(folder.read("gl-code-quality-report.json").starts_with('['));
    assert!(folder.read("r.xml").starts_with("<?xml"));
    assert!(folder.read("r.md").starts_with("## ✗ groundrule"));
    assert!(folder.read("r.env").contains("\nadoption-rate=0\n"));
}

#[test]
fn paths_can_be_shown_as_the_whole_repository_knows_them() {
    let folder = Folder::empty();
    folder.service("teams/one/web");
    folder.service("teams/two/web");
    let args = ["check", "--only", "timeouts", "--format", "github", "--relative-to"];
    let run = |rest: &[&str]| folder.run(&[&args[..], rest].concat());
    let one = run(&[".", "teams/one"]);
    assert!(one.stdout.starts_with("::error file=teams/one/web/app.py,line=5,"), "{}", one.stdout);
    let two = run(&[".", "teams/one", "teams/two"]).stdout;
    assert!(two.contains("file=teams/two/web/app.py,"), "{two}");
    let own = run(&["teams", "teams"]).stdout;
    assert!(own.starts_with("::error file=one/web/app.py,line=5,"), "{own}");
    let outside = run(&["teams/one", "teams/two"]);
    assert_eq!(outside.status, 2);
    assert!(outside.stderr.contains("--relative-to"), "{}", outside.stderr);
}

#[test]
fn checkouts_side_by_side_in_a_folder_are_repositories_of_their_own() {
    let folder = Folder::empty();
    for name in ["one", "two"] {
        folder.service(name);
        folder.write(&format!("{name}/README.md"), "# A repository\n");
        folder.write(&format!("{name}/groundrule.toml"), "[scan]\nexclude = [\"none/**\"]\n");
    }
    let named = folder.run(&["check", "one", "two", "--format", "json"]);
    let found = folder.run(&["check", ".", "--format", "json"]);
    assert_eq!(named.stdout, found.stdout);
    assert!(found.stdout.contains("two/app.py"), "{}", found.stdout);
    // What stands beside them makes the folder the repository.
    folder.write("README.md", "# One repository\n");
    let services = |run: &crate::harness::Run| run.stdout.matches("\"folder\"").count();
    let whole = folder.run(&["check", ".", "--format", "json"]);
    assert_ne!(whole.stdout, found.stdout);
    assert_eq!(services(&whole), services(&found));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = Folder::empty();
    for name in ["a", "b", "c", "d", "e"] {
        folder.service(name);
    }
    for format in FORMATS {
        let run = |jobs| folder.run(&["check", "--evidence", "--format", format, "--jobs", jobs]);
        let one = run("1");
        assert_eq!(one.stdout, run("2").stdout, "{format}");
        assert_eq!(one.stdout, run("7").stdout, "{format}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::empty();
    // More than a pipe holds.
    for number in 0..40 {
        folder.service(&format!("service-{number}"));
    }
    let mut child = folder
        .command(&["check", "--evidence", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn colours_are_used_when_asked_for() {
    let folder = Folder::with_service();
    let run = folder.run(&["check", "--color", "always"]);
    assert!(run.stdout.contains("\u{1b}["));
    let run = folder.run(&["check"]);
    assert!(!run.stdout.contains('\u{1b}'));
}

#[test]
fn a_default_that_depends_on_an_unknown_version_is_the_older_one_and_says_so() {
    let said = |requirements: &str, more: &[(&str, &str)]| {
        let folder = Folder::with_service();
        folder.write("web/requirements.txt", requirements);
        folder.write("web/app.py", "import redis\n\ncache = redis.Redis(host=\"cache\")\n");
        for (path, text) in more {
            folder.write(path, text);
        }
        let run = folder.run(&["check", "--only", "timeouts", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let verdict = &json["verdicts"][0];
        (verdict["verdict"].clone(), verdict["message"].as_str().unwrap_or_default().to_owned())
    };
    let (verdict, message) = said("flask\n", &[]);
    assert_eq!(verdict, "fail");
    assert!(message.contains("No build or lock file says which version of `redis`"), "{message}");
    let (verdict, message) = said("redis>=5\n", &[]);
    assert_eq!(verdict, "fail");
    assert!(message.contains("`redis >=5` leaves the version open"), "{message}");
    let constraints = [("web/constraints.txt", "redis==8.1.0\n")];
    let (verdict, message) = said("redis>=5\n-c constraints.txt\n", &constraints);
    assert!(verdict.is_null() || !message.contains("leaves the version open"), "{message}");
    let (verdict, message) = said("redis==5.2.0\n", &[]);
    assert_eq!(verdict, "fail");
    assert!(!message.contains("version"), "{message}");
}

//! Configuration, policies and models that are wrong: everything is said at once, under the
//! user's own line, and nothing is scanned.

use insta::assert_snapshot;

use crate::harness::Folder;

#[test]
fn every_problem_is_shown_under_its_line() {
    let folder = Folder::with_service();
    folder.write(
        "groundrule.toml",
        "[scan]\nmax-file-sise = 3\nexclude = \"web\"\n\n[policies.timeout]\nmode = \"enforce\"\n\n\
         [policies.retries]\nmode = \"enforced\"\n",
    );
    let run = folder.run(&["check"]);
    assert_eq!(run.status, 2);
    assert_eq!(run.stdout, "", "nothing is scanned");
    assert_snapshot!(run.stderr);
}

#[test]
fn a_condition_that_names_no_attribute_is_shown() {
    let folder = Folder::with_service();
    folder.write(
        "own/mine.toml",
        r#"id = "mine"
title = "Mine"
category = "own"
severity = "error"

[[check]]
subject = "outbound-call"
pass = 'call.dedline.state == "finite"'
message = "No."
help = "do"
"#,
    );
    let run = folder.run(&["check", "--policies", "own"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("own/mine.toml:8"), "{}", run.stderr);
    assert!(run.stderr.contains("deadline"), "{}", run.stderr);
}

#[test]
fn a_model_that_is_wrong_is_shown() {
    let folder = Folder::with_service();
    folder.write("own/x.toml", "language = \"python\"\nlibrary = \"x\"\ndocs = \"x\"\nwhat = 1\n");
    let run = folder.run(&["check", "--libraries", "own"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("own/x.toml:4"), "{}", run.stderr);
}

#[test]
fn a_configuration_that_is_named_and_missing_stops_the_run() {
    let folder = Folder::with_service();
    let run = folder.run(&["check", "--config", "nowhere.toml"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("nowhere.toml"), "{}", run.stderr);
}

#[test]
fn an_unknown_policy_on_the_command_line_stops_the_run() {
    let run = Folder::with_service().run(&["check", "--only", "timeots"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("timeouts"), "{}", run.stderr);
}

#[test]
fn a_configuration_cannot_speak_to_the_terminal() {
    let folder = Folder::with_service();
    folder.write("groundrule.toml", "[scan]\n\u{1b}[31mevil\u{7} = 1\n");
    let run = folder.run(&["check"]);
    assert_eq!(run.status, 2);
    assert!(!run.stderr.contains(['\u{1b}', '\u{7}']), "{:?}", run.stderr);
}

#[test]
fn settings_of_a_policy_reach_its_verdicts() {
    let folder = Folder::with_service();
    assert_eq!(folder.run(&["check", "--only", "timeouts"]).status, 1);
    folder.write("groundrule.toml", "[policies.timeouts]\nprotocols = [\"grpc\"]\n");
    let run = folder.run(&["check", "--only", "timeouts"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("1 not applicable = 1 service"), "{}", run.stdout);
}

#[test]
fn excluded_paths_are_counted() {
    let folder = Folder::with_service();
    folder.write("groundrule.toml", "[scan]\nexclude = [\"web/app.py\"]\n");
    let run = folder.run(&["check", "--only", "timeouts"]);
    assert_eq!(run.status, 0);
    assert!(run.stdout.contains("1 excluded"), "{}", run.stdout);
}

//! `check --staged`: what is in the index, beside `HEAD`.

use crate::harness::{APP, Folder, Run};

const MORE: &str = "\n\ndef more():\n    return requests.get(\"https://more.example/\").json()\n";

fn check(folder: &Folder) -> Run {
    folder.run(&["check", "--staged", "--only", "timeouts"])
}

#[test]
fn what_is_staged_gates_and_what_is_not_does_not() {
    let folder = Folder::committed();
    folder.write("web/app.py", format!("{APP}{MORE}"));
    assert_eq!(check(&folder).status, 0, "nothing is staged");
    folder.git(&["add", "web/app.py"]);
    folder.write("web/app.py", "");
    let run = check(&folder);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("1 new error, 0 new warnings, 1 old"), "{}", run.stdout);
    assert!(run.stdout.contains("https://more.example/"), "the staged text: {}", run.stdout);
}

#[test]
fn the_first_commit_is_all_new() {
    let folder = Folder::with_service();
    folder.git(&["init", "--quiet"]);
    folder.git(&["add", "."]);
    let run = check(&folder);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("0 old"), "{}", run.stdout);
}

#[test]
fn a_waiver_that_is_staged_works() {
    let folder = Folder::committed();
    let waived = MORE.replace(
        "    return",
        "    # groundrule: allow(timeouts) until=2027-03-31 owner=@me -- streams\n    return",
    );
    folder.write("web/app.py", format!("{APP}{waived}"));
    folder.git(&["add", "."]);
    let args = ["check", "--staged", "--only", "timeouts"];
    let run = folder.run_with(&args, &[("SOURCE_DATE_EPOCH", "1795392000")]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn the_index_that_git_names_to_its_hooks_is_read() {
    let folder = Folder::committed();
    folder.write("web/app.py", format!("{APP}{MORE}"));
    let other = folder.path("other-index");
    std::fs::copy(folder.path(".git/index"), &other).unwrap();
    folder.git(&["add", "web/app.py"]);
    assert_eq!(check(&folder).status, 1);
    let args = ["check", "--staged", "--only", "timeouts"];
    let run = folder.run_with(&args, &[("GIT_INDEX_FILE", other.to_str().unwrap())]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn nothing_is_staged_against_a_base() {
    let folder = Folder::committed();
    assert_eq!(folder.run(&["check", "--staged", "--base", "main"]).status, 2);
}

/// The services that the report is about.
fn services(folder: &Folder) -> Vec<String> {
    let run = folder.run(&["check", "--staged", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let all = json["services"].as_array().unwrap().iter();
    all.map(|service| service["folder"].as_str().unwrap().to_string()).collect()
}

#[test]
fn code_that_is_staged_has_the_services_judged_that_run_it() {
    let folder = Folder::committed();
    folder.service("mail");
    folder.commit();
    let stage = |path: &str, text: &str| {
        folder.write(path, text);
        folder.git(&["add", "."]);
    };
    stage("web/app.py", &format!("{APP}{MORE}"));
    assert_eq!(services(&folder), ["web"]);
    assert_eq!(check(&folder).status, 1);
    stage("mail/app.py", &format!("{APP}\n"));
    assert_eq!(services(&folder), ["mail", "web"]);
    folder.git(&["reset", "--quiet", "--hard"]);
    stage("README.md", "Nothing to judge\n");
    assert_eq!(check(&folder).status, 0, "nothing is affected");
    stage("web/Dockerfile", "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"main.py\", \"x\"]\n");
    assert_eq!(services(&folder), ["mail", "web"], "a build file reaches further");
}

#[test]
fn the_waivers_of_services_that_are_not_looked_at_are_no_matter() {
    let folder = Folder::committed();
    folder.service("mail");
    folder.write(
        "groundrule.toml",
        "[[waiver]]\npolicy = \"timeouts\"\nservice = \"mail\"\nreason = \"streams\"\n\
         owner = \"@me\"\nuntil = 2027-03-31\n",
    );
    folder.commit();
    folder.write("web/app.py", format!("{APP}{MORE}"));
    folder.git(&["add", "."]);
    let run = folder.run_with(&["check", "--staged"], &[("SOURCE_DATE_EPOCH", "1795392000")]);
    assert_eq!(run.status, 1);
    assert!(!run.stdout.contains("Exceptions"), "{}", run.stdout);
}

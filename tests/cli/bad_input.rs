//! What bad input gets: no crash, no silent skip, a line in the report and in SARIF's
//! notifications.

use serde_json::Value;

use crate::harness::{APP, Folder, Run};

/// The kinds of notices in a SARIF log, each with the file that it is about.
fn notices(run: &Run) -> Vec<(String, String)> {
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let notifications = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let place = |notice: &Value| {
        let location = &notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        location.as_str().unwrap_or_default().to_string()
    };
    let notices = notifications.as_array().unwrap().iter();
    notices.map(|n| (n["descriptor"]["id"].as_str().unwrap().to_string(), place(n))).collect()
}

/// Checks in both formats; the human report names the kind and the file.
fn check(folder: &Folder, args: &[&str], kind: &str, path: &str) -> Run {
    let args: Vec<&str> = [&["check", "--only", "timeouts"], args].concat();
    let human = folder.run(&args);
    assert!(human.stdout.contains(kind), "{}{}", human.stdout, human.stderr);
    assert!(human.stdout.contains(path), "{}", human.stdout);
    let sarif = folder.run(&[&args[..], &["--format", "sarif"]].concat());
    let found = notices(&sarif);
    assert!(found.contains(&(kind.to_string(), path.to_string())), "{found:?}");
    assert_eq!(human.status, sarif.status);
    human
}

#[test]
fn a_path_that_does_not_exist() {
    let folder = Folder::with_service();
    let run = check(&folder, &["nowhere"], "no-repository", "nowhere");
    assert_eq!(run.status, 2);
    let run = check(&folder, &[".", "nowhere"], "no-repository", "nowhere");
    assert_eq!(run.status, 2, "the other repository is judged, and the run is not clean");
    assert!(run.stdout.contains("app.py"), "{}", run.stdout);
}

#[test]
fn a_path_that_is_a_file() {
    let folder = Folder::with_service();
    assert_eq!(check(&folder, &["web/app.py"], "no-repository", "web/app.py").status, 2);
}

#[test]
fn a_folder_without_a_service() {
    let folder = Folder::empty();
    folder.write("README.md", "# Nothing\n");
    assert_eq!(check(&folder, &[], "no-service", "").status, 2);
}

#[test]
#[cfg(unix)]
fn a_file_that_cannot_be_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::with_service();
    folder.write("web/secret.py", APP);
    let path = folder.path("web/secret.py");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // The superuser reads everything: there is nothing to see.
        return;
    }
    assert_eq!(check(&folder, &[], "unreadable", "web/secret.py").status, 2);
}

#[test]
fn a_file_that_is_no_utf8() {
    let folder = Folder::with_service();
    folder.write("web/latin.py", b"# caf\xe9\nimport requests\n");
    let run = check(&folder, &[], "not-utf8", "web/latin.py");
    assert_eq!(run.status, 1, "the rest is judged");
}

#[test]
fn a_file_over_the_limit() {
    let folder = Folder::with_service();
    folder.write("web/long.py", APP.repeat(20));
    let run = check(&folder, &["--max-file-size", "1000"], "too-large", "web/long.py");
    assert_eq!(run.status, 1);
    folder.write("web/huge.py", "x = 1\n".repeat(200_000));
    check(&folder, &[], "too-large", "web/huge.py");
}

#[test]
fn a_file_with_syntax_errors_is_judged_as_far_as_it_can_be_read() {
    let folder = Folder::with_service();
    folder.write("web/app.py", format!("{APP}\ndef broken(:\n    ]\n"));
    let run = check(&folder, &[], "syntax-errors", "web/app.py");
    assert_eq!(run.status, 1);
}

#[test]
fn nesting_beyond_reason() {
    let folder = Folder::with_service();
    let depth = 60_000;
    let parens = format!("import requests\nx = {}1{}\n", "(".repeat(depth), ")".repeat(depth));
    folder.write("web/deep.py", parens);
    let braces = format!("{}{}", "{".repeat(depth), "}".repeat(depth));
    folder.write("web/deep.js", &braces);
    folder.write("web/Deep.java", format!("class Deep {braces}"));
    folder.write("web/deep.go", format!("package deep\nfunc f() {braces}"));
    folder.write("web/deep.yaml", "- ".repeat(depth));
    folder.write("web/deep.json", "[".repeat(depth));
    let run = folder.run(&["check", "--only", "timeouts"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stdout.contains("web/app.py"));
}

#[test]
fn empty_and_garbage_files() {
    let folder = Folder::with_service();
    let endings = ["py", "go", "ts", "tsx", "js", "java", "kt", "cs", "rs", "proto", "yml", "toml"];
    for ending in endings {
        folder.write(&format!("web/empty.{ending}"), "");
        folder.write(&format!("web/garbage.{ending}"), "\u{0}(((\"`'<<{[%$€ \u{1}\u{fffd}\n;;");
    }
    assert_eq!(folder.run(&["check", "--only", "timeouts"]).status, 1);
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;

    let outside = Folder::with_service();
    let folder = Folder::with_service();
    symlink(outside.path("web/app.py"), folder.path("web/outside.py")).unwrap();
    symlink(folder.path("web"), folder.path("web/circle")).unwrap();
    let run = check(&folder, &[], "symlink", "web/outside.py");
    assert_eq!(run.status, 1);
    check(&folder, &[], "symlink", "web/circle");
    assert!(!run.stdout.contains("outside.py:"), "nothing in it is judged: {}", run.stdout);
}

#[test]
#[cfg(unix)]
fn hostile_names_are_shown_by_code() {
    let folder = Folder::with_service();
    folder.write("web/\u{1b}[31mred\n::error::x.py", APP);
    let run = folder.run(&["check", "--only", "timeouts"]);
    assert!(!run.stdout.contains('\u{1b}'), "{:?}", run.stdout);
    assert!(run.stdout.contains("<U+001B>[31mred<U+000A>::error::x.py"), "{}", run.stdout);
    let sarif = folder.run(&["check", "--only", "timeouts", "--format", "sarif"]).stdout;
    assert!(sarif.contains("web/%1B%5B31mred%0A%3A%3Aerror%3A%3Ax.py"), "{sarif}");
}

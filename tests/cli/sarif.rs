//! SARIF logs against the official schema, and against what the schema does not say.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::harness::{APP, Folder};

/// The schema that the crate `serde-sarif` ships.
fn schema() -> Value {
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // For this platform alone: crates for others need not have been downloaded.
    let version = run("rustc", &["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let args = ["metadata", "--format-version=1", "--offline", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&run(cargo, &args)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let text = std::fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // The standard's own slip: a bracket too many, which is no regular expression by ECMA-262.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        language.as_object_mut().unwrap().remove("pattern");
    }
    schema
}

fn logs() -> Vec<(&'static str, Value)> {
    let failing = Folder::with_service();
    let clean = Folder::with_service();
    clean.write("web/app.py", "print('ready')\n");
    let unread = Folder::with_service();
    unread.write("web/latin.py", b"# caf\xe9\n");
    unread.write("web/broken.py", "import requests\ndef f(:\n");
    let hostile = Folder::with_service();
    hostile.write("web/a b#[x](y)%\u{202e}.py", APP);
    let log = |folder: &Folder, args: &[&str]| {
        let run = folder.run(&[&["check", "--format", "sarif"], args].concat());
        serde_json::from_str(&run.stdout).unwrap()
    };
    vec![
        ("failing", log(&failing, &[])),
        ("evidence", log(&failing, &["--evidence"])),
        ("clean", log(&clean, &["--only", "timeouts"])),
        ("unread", log(&unread, &["--evidence"])),
        ("hostile", log(&hostile, &["--evidence"])),
        ("nothing", log(&Folder::empty(), &[])),
        ("missing", log(&Folder::empty(), &["nowhere"])),
    ]
}

#[test]
fn every_log_keeps_to_the_official_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for (name, log) in logs() {
        let errors: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn every_log_keeps_to_what_hosts_require() {
    for (name, log) in logs() {
        assert!(log["$schema"].is_string());
        let run = &log["runs"][0];
        assert!(run["tool"]["driver"]["semanticVersion"].is_string());
        assert!(run["automationDetails"]["id"].as_str().unwrap().ends_with('/'));
        let text = log.to_string();
        assert!(!text.contains("/tmp/"), "{name}: no path of this machine");
        for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
            let security = &rule["properties"]["security-severity"];
            let is_security = rule["id"] == "sensitive-logs";
            assert_eq!(security.is_string(), is_security, "{}", rule["id"]);
        }
        for result in run["results"].as_array().unwrap() {
            let level = result["level"].as_str().unwrap();
            assert_eq!(result["kind"] != "fail", level == "none", "{name}");
            let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
            assert!(hash.contains(':'), "{name}: {hash}");
            assert_eq!(result["locations"].as_array().unwrap().len(), 1);
            assert!(result["properties"]["service"].is_string());
        }
    }
}

#[test]
fn a_run_that_could_not_look_is_not_successful() {
    for (name, log) in logs() {
        let successful = &log["runs"][0]["invocations"][0]["executionSuccessful"];
        assert_eq!(*successful, name != "missing", "{name}");
    }
}

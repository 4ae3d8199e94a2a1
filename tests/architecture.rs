//! Which crate may use which, as the table in CONTRIBUTING.md says it, against `cargo metadata`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::disallowed_methods, reason = "the test asks cargo about the workspace")]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

const UNIT: &str = "groundrule-unit";
const FRONTENDS: &str = "groundrule-frontends";
const FACTS: &str = "groundrule-facts";
const POLICY: &str = "groundrule-policy";
const WORKSPACE: &str = "groundrule-workspace";
const REPORT: &str = "groundrule-report";

/// A crate, and the crates of the workspace that its code may use.
const ARROWS: &[(&str, &[&str])] = &[
    (UNIT, &[]),
    (FRONTENDS, &[UNIT]),
    (FACTS, &[UNIT]),
    (POLICY, &[UNIT, FACTS]),
    (WORKSPACE, &[UNIT]),
    (REPORT, &[UNIT, FACTS, POLICY]),
    ("groundrule", &[UNIT, FRONTENDS, FACTS, POLICY, WORKSPACE, REPORT]),
];

/// Crates that reach what only the two crates that read and print may reach.
const SIDE_EFFECTS: &[&str] = &["ignore", "clap", "terminal_size", "tempfile", "gix"];

fn packages() -> Vec<Value> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let args = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = Command::new(cargo).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn dependencies(package: &Value) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().unwrap();
    let normal = all.iter().filter(|dependency| dependency["kind"].is_null());
    normal.map(|dependency| dependency["name"].as_str().unwrap().to_string()).collect()
}

#[test]
fn arrows_point_one_way() {
    let packages = packages();
    let names: BTreeSet<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, known, "a crate is missing in the table, or the table is out of date");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let (_, allowed) = ARROWS.iter().find(|(known, _)| *known == name).unwrap();
        for used in dependencies(package).iter().filter(|used| names.contains(used.as_str())) {
            assert!(allowed.contains(&used.as_str()), "{name} must not use {used}");
        }
    }
}

#[test]
fn pure_crates_cannot_reach_the_outside() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        if name == WORKSPACE || name == "groundrule" {
            continue;
        }
        let used = dependencies(&package);
        for outside in SIDE_EFFECTS {
            assert!(!used.contains(*outside), "{name} must not use {outside}");
        }
    }
}

#[test]
fn every_manifest_says_what_its_crate_is_for() {
    let mut descriptions = BTreeSet::new();
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let description = package["description"].as_str().unwrap_or_default().to_string();
        assert!(description.len() > 20, "{name} needs a description of its own");
        assert!(descriptions.insert(description), "{name} has the description of another crate");
    }
}

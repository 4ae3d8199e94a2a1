//! The README, held to what it says: its output, its files, its options.

use groundrule_policy::{ExampleFile, examples};

use crate::commands::own;
use crate::harness::Folder;

const README: &str = include_str!("../../README.md");
const COMMANDS: [&[&str]; 9] = [
    &["check"],
    &["explain"],
    &["facts"],
    &["policy"],
    &["policy", "list"],
    &["policy", "test"],
    &["waivers"],
    &["baseline"],
    &["init"],
];

fn files() -> Vec<ExampleFile> {
    examples(README).into_iter().flat_map(|example| example.files).collect()
}

/// A folder with the README's files of these folders and names.
fn laid_out(starts: &[&str]) -> Folder {
    let folder = Folder::empty();
    let wanted = |file: &&ExampleFile| starts.iter().any(|start| file.path.starts_with(start));
    for file in files().iter().filter(wanted) {
        folder.write(&file.path, &file.text);
    }
    folder
}

#[test]
fn the_output_shown_is_that_of_the_program() {
    let run = Folder::empty().run(&["check", &own("fixtures/shop")]);
    let (_, shown) = README.split_once("```text\n…\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert!(run.stdout.ends_with(shown), "{}", run.stdout);
    let facts = Folder::empty().run(&["facts", &own("fixtures/shop")]).stdout;
    let (_, shown) = README.split_once("```text\n  payments").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert!(facts.contains(shown), "{facts}");
}

#[test]
fn every_toml_file_says_what_it_is() {
    let lines = README.lines().filter(|line| line.starts_with("```toml"));
    for line in lines {
        let known = ["groundrule.toml", "policies/", "libraries/"];
        let title = line.split('"').nth(1).unwrap_or_default();
        assert!(known.iter().any(|start| title.starts_with(start)), "what is this file? {line}");
    }
}

#[test]
fn the_configurations_are_accepted() {
    let mut count = 0;
    for file in files().iter().filter(|file| file.path.starts_with("groundrule.toml")) {
        let folder = Folder::with_service();
        folder.write("groundrule.toml", &file.text);
        let run = folder.run(&["check"]);
        assert_eq!(run.status, 1, "{}\n{}", file.text, run.stderr);
        count += 1;
    }
    assert!(count > 0, "the README shows no configuration");
}

#[test]
fn the_policy_is_accepted_and_listed() {
    let folder = laid_out(&["policies/"]);
    let run = folder.run(&["policy", "list", "--policies", "policies"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.stdout.contains("grpc-deadlines"), "{}", run.stdout);
}

#[test]
fn a_wrapper_is_taught_by_one_file() {
    let folder = laid_out(&["libraries/", "services/"]);
    let run = folder.run(&["policy", "test", "services", "--libraries", "libraries"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("✓ 4 expectations"), "{}", run.stdout);
    // Without the file nothing is known of it.
    let run = folder.run(&["policy", "test", "services"]);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("expected pass timeouts/http, but nothing was said"));
    // From 2.0 on, the library bounds its calls itself.
    folder.write("services/prices/requirements.txt", "acme-http==2.1.0\nflask==3.1.0\n");
    let args = ["check", "services", "--libraries", "libraries", "--only", "timeouts"];
    assert_eq!(folder.run(&args).status, 0);
    // Where the version cannot be told, the older default counts.
    folder.write("services/prices/requirements.txt", "acme-http>=1\nflask==3.1.0\n");
    let run = folder.run(&args);
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("so the older default"), "{}", run.stdout);
}

#[test]
fn every_option_and_command_exists() {
    let mut help = String::new();
    for command in COMMANDS {
        let run = Folder::empty().run(&[command, &["--help"]].concat());
        assert_eq!(run.status, 0, "{command:?}");
        help.push_str(&run.stdout);
    }
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
    // Other programs have options of their own.
    let own_lines = README.lines().filter(|line| !is_foreign(line));
    for line in own_lines {
        for (at, _) in line.match_indices("--") {
            let before = line[..at].chars().last();
            let name = line[at + 2..].split(is_end).next().unwrap_or_default();
            if name.is_empty() || before.is_some_and(|c| !matches!(c, ' ' | '`' | '(' | '[')) {
                continue;
            }
            assert!(help.contains(&format!("--{name}")), "--{name} in: {line}");
        }
        for (at, _) in line.match_indices("`groundrule ") {
            let name = line[at + 12..].split(is_end).next().unwrap_or_default();
            assert!(COMMANDS.iter().any(|command| command[0] == name), "{name} in: {line}");
        }
    }
}

/// A line of code or of a workflow that calls another program.
fn is_foreign(line: &str) -> bool {
    ["cargo ", "git ", "pip ", "docker ", "curl "].iter().any(|program| line.contains(program))
        || line.trim_start().starts_with("# groundrule:")
}

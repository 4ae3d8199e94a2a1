//! One small staged file in a repository of 3,000, as the hook judges it: `cargo bench --bench
//! staged`. The limit is 100 ms.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop")]
#![expect(clippy::disallowed_methods, reason = "it lays out a repository and starts the program")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use divan::Bencher;
use tempfile::TempDir;

const SERVICES: usize = 30;
const FILES: usize = 100;

fn main() {
    divan::main();
}

/// Services of a hundred modules each, half of which call out; one of them staged with one call
/// more.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for service in 0..SERVICES {
        let at = root.join(format!("services/service-{service}"));
        fs::create_dir_all(&at).unwrap();
        write(&at, "requirements.txt", "requests==2.32.3\nflask==3.1.0\n");
        write(&at, "Dockerfile", "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"main.py\"]\n");
        write(&at, "main.py", "import module_0\n\nif __name__ == \"__main__\":\n    print(1)\n");
        for file in 0..FILES - 3 {
            write(&at, &format!("module_{file}.py"), &module(file, file % 2 == 0));
        }
    }
    git(root, &["init", "--quiet"]);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "all"]);
    let staged = root.join("services/service-7");
    write(&staged, "module_1.py", &module(1, true));
    git(root, &["add", "."]);
    folder
}

fn module(number: usize, calls: bool) -> String {
    let mut text = String::from("import logging\n\nimport requests\n\n");
    for function in 0..10 {
        text.push_str(&format!("\ndef work_{number}_{function}(items):\n    total = 0\n"));
        text.push_str("    for item in items:\n        total += item.price * item.count\n");
        if calls && function == 5 {
            text.push_str("    requests.post(\"https://bank.example/charge\", json=total)\n");
        }
        text.push_str("    return total\n");
    }
    text
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

fn git(folder: &Path, args: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]).args(args);
    assert!(command.current_dir(folder).status().unwrap().success());
}

#[divan::bench]
fn one_small_file_among_three_thousand(bencher: Bencher<'_, '_>) {
    let folder = repository();
    bencher.bench(|| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_groundrule"));
        command.args(["check", "--staged"]).current_dir(folder.path());
        let status = command.stdout(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(1));
    });
}

//! The scripts of `action.yml`, run as GitHub's runner runs them: with its variables set, over a
//! workspace of their own, and with stand-ins for the programs that reach the network.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::disallowed_methods, reason = "tests lay out repositories and start programs")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const APP: &str = r#"import requests


def rates():
    return requests.get("https://rates.example/latest").json()
"#;

/// A runner with an empty workspace.
struct Runner {
    dir: TempDir,
}

struct Step {
    status: i32,
    log: String,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { dir: tempfile::tempdir().unwrap() };
        for folder in ["workspace", "temp", "bin"] {
            fs::create_dir(runner.path(folder)).unwrap();
        }
        runner
    }

    fn with_service(folder: &str) -> Self {
        let runner = Self::new();
        runner.service(folder);
        runner
    }

    fn service(&self, folder: &str) {
        let file = |name: &str| format!("workspace/{folder}/{name}");
        self.write(&file("requirements.txt"), "requests==2.32.3\n");
        self.write(
            &file("Dockerfile"),
            "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"main.py\"]\n",
        );
        self.write(
            &file("main.py"),
            "import app\n\nif __name__ == \"__main__\":\n    app.rates()\n",
        );
        self.write(&file("app.py"), APP);
    }

    fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A program that is found before the machine's own.
    fn stand_in(&self, name: &str, script: &str) {
        let path = format!("bin/{name}");
        self.write(&path, &format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(self.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    /// A step's output; empty where it was not written.
    fn output(&self, name: &str) -> String {
        let outputs = self.read("output");
        let line = outputs.lines().rev().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_default().to_string()
    }

    /// Runs one of the action's scripts. The machine's `cargo` and `curl` are out of reach.
    fn step(&self, script: &str, inputs: &[(&str, &str)]) -> Step {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        let output = Command::new("bash")
            .arg(root.join(".github/action").join(script))
            .current_dir(self.path("workspace"))
            .env_clear()
            .env("PATH", path)
            .env("GITHUB_ACTION_PATH", root)
            .env("GITHUB_WORKSPACE", self.path("workspace"))
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_STEP_SUMMARY", self.path("summary"))
            .env("RUNNER_TEMP", self.path("temp"))
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .envs(inputs.iter().copied())
            .output()
            .unwrap();
        let log =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
        Step { status: output.status.code().unwrap(), log }
    }

    fn check(&self, inputs: &[(&str, &str)]) -> Step {
        let defaults = [
            ("PROGRAM", env!("CARGO_BIN_EXE_groundrule")),
            ("INPUT_PATHS", "."),
            ("INPUT_BASE", ""),
            ("INPUT_FAIL_ON", "error"),
            ("INPUT_FORMATS", "github markdown sarif"),
        ];
        self.step("check.sh", &[&defaults[..], inputs].concat())
    }

    fn install(&self, inputs: &[(&str, &str)]) -> Step {
        let defaults = [("INPUT_VERSION", ""), ("ACTION_REPOSITORY", "example/groundrule")];
        self.step("install.sh", &[&defaults[..], inputs].concat())
    }

    /// A release with the program in an archive, served in the place of the network.
    fn release(&self, checksum: Option<&str>) {
        let name = "groundrule-x86_64-unknown-linux-musl";
        self.write(&format!("release/{name}/groundrule"), "#!/bin/sh\necho released\n");
        let tar = Command::new("tar")
            .args(["-cJf", &format!("{name}.tar.xz"), name])
            .current_dir(self.path("release"))
            .status();
        assert!(tar.unwrap().success());
        let sums = Command::new("sha256sum")
            .arg(format!("{name}.tar.xz"))
            .current_dir(self.path("release"))
            .output();
        let right = String::from_utf8(sums.unwrap().stdout).unwrap();
        let sum = checksum.map_or(right, |sum| format!("{sum}  {name}.tar.xz\n"));
        self.write(&format!("release/{name}.tar.xz.sha256"), &sum);
        let serve = format!(
            "for last; do :; done\necho \"$last\" >>'{log}'\n\
             while [ \"$1\" != --output ]; do shift; done\n\
             cp '{release}'/\"${{last##*/}}\" \"$2\"",
            log = self.path("downloads").display(),
            release = self.path("release").display(),
        );
        self.stand_in("curl", &serve);
    }

    /// Notes what it is asked to build, and builds nothing.
    fn cargo(&self) {
        let note = format!("echo \"$@\" >'{}'", self.path("cargo-log").display());
        self.stand_in("cargo", &note);
    }

    fn no_network(&self) {
        self.stand_in("curl", "exit 22");
    }
}

/// What the runner would obey: a command is a line's beginning, and none is heard between
/// `stop-commands` and its token.
fn commands(log: &str) -> Vec<&str> {
    let mut token: Option<&str> = None;
    let mut heard = Vec::new();
    for line in log.lines().map(str::trim_start) {
        match token {
            Some(end) if line == format!("::{end}::") => token = None,
            None if line.starts_with("::stop-commands::") => {
                token = line.strip_prefix("::stop-commands::");
            }
            None if line.starts_with("::") => heard.push(line),
            _ => {}
        }
    }
    assert_eq!(token, None, "commands are heard again at the end");
    heard
}

#[test]
fn a_failure_is_an_annotation_a_row_of_the_summary_a_result_and_a_number() {
    let runner = Runner::with_service("services/web");
    let step = runner.check(&[]);
    assert_eq!(step.status, 1, "{}", step.log);
    let place = "file=services/web/app.py,line=5,";
    let heard = commands(&step.log);
    assert!(heard.iter().any(|line| line.starts_with(&format!("::error {place}"))), "{heard:?}");
    assert!(step.log.contains("Adoption"), "the terminal's report is in the log: {}", step.log);
    let summary = runner.read("summary");
    assert!(summary.starts_with("## ✗ groundrule: "), "{summary}");
    assert!(summary.contains("### Adoption"), "{summary}");
    assert!(runner.output("failures").parse::<usize>().unwrap() >= 1);
    assert_eq!(runner.output("adoption-rate"), "0");
    assert_eq!(runner.output("new-failures"), "", "nothing was compared");
    let sarif = fs::read_to_string(runner.output("sarif-file")).unwrap();
    assert!(sarif.contains("\"uri\": \"services/web/app.py\""), "{sarif}");
}

#[test]
fn beside_a_base_only_new_failures_are_annotated_and_fail_the_step() {
    let runner = Runner::with_service("web");
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]).args(args);
        command.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE").env_remove("GIT_WORK_TREE");
        command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")]);
        assert!(command.current_dir(runner.path("workspace")).status().unwrap().success());
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "base"]);
    let step = runner.check(&[("INPUT_BASE", "main")]);
    assert_eq!(step.status, 0, "{}", step.log);
    assert_eq!(runner.output("new-failures"), "0");
    assert_eq!(commands(&step.log), [""; 0]);

    let app = runner.read("workspace/web/app.py");
    let more = "\n\ndef more():\n    return requests.get(\"https://more.example/\")\n";
    runner.write("workspace/web/app.py", &format!("{app}{more}"));
    let step = runner.check(&[("INPUT_BASE", "main")]);
    assert_eq!(step.status, 1, "{}", step.log);
    assert_eq!(runner.output("new-failures"), "1");
    assert_eq!(commands(&step.log).len(), 1, "{}", step.log);
    assert!(runner.read("summary").contains("### New failures"));

    let step = runner.check(&[("INPUT_BASE", "gone")]);
    assert_eq!(step.status, 2, "{}", step.log);
    assert!(step.log.contains("`gone` names no commit"), "{}", step.log);
}

#[test]
fn a_clean_run_passes_and_still_has_a_log_to_upload() {
    let runner = Runner::with_service("web");
    runner.write("workspace/web/app.py", "print('ready')\n");
    runner.write("workspace/groundrule.toml", "[policies.tracing]\nmode = \"measure\"\n");
    let step = runner.check(&[]);
    assert_eq!(step.status, 0, "{}", step.log);
    assert_eq!(commands(&step.log), [""; 0]);
    assert_eq!(runner.output("failures"), "0");
    assert!(Path::new(&runner.output("sarif-file")).is_file());
}

#[test]
fn fail_on_and_formats_are_the_users_choice() {
    let runner = Runner::with_service("web");
    let formats = "json,junit\ngitlab";
    let step = runner.check(&[("INPUT_FAIL_ON", "never"), ("INPUT_FORMATS", formats)]);
    assert_eq!(step.status, 0, "{}", step.log);
    assert_eq!(commands(&step.log), [""; 0], "no annotations were asked for");
    assert_eq!(runner.read("summary"), "");
    assert_eq!(runner.output("sarif-file"), "");
    let reports = PathBuf::from(runner.output("reports"));
    for file in ["groundrule.json", "groundrule.xml", "gl-code-quality-report.json"] {
        assert!(reports.join(file).is_file(), "{file}");
    }
}

#[test]
fn several_paths_are_one_run_with_paths_of_the_workspace() {
    let runner = Runner::with_service("a folder/web");
    runner.service("two/web");
    let step = runner.check(&[("INPUT_PATHS", "a folder\n\ntwo\n")]);
    assert_eq!(step.status, 1, "{}", step.log);
    let heard = commands(&step.log).join("\n");
    assert!(heard.contains("file=a folder/web/app.py,"), "{heard}");
    assert!(heard.contains("file=two/web/app.py,"), "{heard}");
}

#[test]
fn what_cannot_be_done_fails_the_step_with_an_error_of_its_own() {
    let runner = Runner::with_service("web");
    runner.write("workspace/groundrule.toml", "[policies.timeouts]\nmode = \"strict\"\n");
    let step = runner.check(&[]);
    assert_eq!(step.status, 2, "{}", step.log);
    assert!(commands(&step.log)[0].starts_with("::error title=groundrule::The job could not"));
    assert_eq!(runner.output("sarif-file"), "");
    for (input, value) in [
        ("INPUT_FORMATS", "github html"),
        ("INPUT_FORMATS", "../../x"),
        ("INPUT_PATHS", "\n"),
        ("INPUT_PATHS", "nowhere"),
        ("INPUT_FAIL_ON", "sometimes"),
        ("INPUT_FAIL_ON", "--help"),
    ] {
        let step = Runner::with_service("web").check(&[(input, value)]);
        assert_eq!(step.status, 2, "{input}={value}: {}", step.log);
        let heard = commands(&step.log);
        assert!(heard.iter().any(|line| line.starts_with("::error title=")), "{value}: {heard:?}");
    }
}

#[test]
fn a_crash_is_no_failure_of_the_gate() {
    let runner = Runner::with_service("web");
    runner.stand_in("crash", "exit 101");
    let crash = runner.path("bin/crash");
    let step = runner.check(&[("PROGRAM", crash.to_str().unwrap())]);
    assert_eq!(step.status, 2, "{}", step.log);
}

#[test]
fn nothing_in_a_repository_speaks_to_the_runner() {
    let runner = Runner::with_service("web");
    let name = "workspace/web/x,line=1::y\n::error::forged\n##[error]forged.py";
    let text =
        format!("{APP}\n# ::set-output name=a::b\n::add-mask::x ##[group]y $(touch pwned)\n");
    runner.write(name, &text);
    let step = runner.check(&[]);
    assert_eq!(step.status, 1, "{}", step.log);
    for line in commands(&step.log) {
        let forged = line.contains("::error::forged") && !line.starts_with("::error file=");
        assert!(!forged, "{line}");
        assert!(["error", "warning", "notice"].iter().any(|kind| line[2..].starts_with(kind)));
    }
    assert!(!step.log.contains("##["), "{}", step.log);
    assert!(!runner.read("output").contains("forged"));
    assert!(!runner.path("workspace/pwned").exists());
}

#[test]
fn inputs_are_words_and_never_script() {
    let runner = Runner::with_service("web");
    for input in ["INPUT_PATHS", "INPUT_FAIL_ON", "INPUT_FORMATS", "INPUT_BASE"] {
        let step = runner.check(&[(input, "$(touch pwned); `touch pwned` \"; touch pwned")]);
        assert_eq!(step.status, 2, "{input}: {}", step.log);
    }
    let step = runner.install(&[("INPUT_VERSION", "1.0.0/../../x; touch pwned")]);
    assert_eq!(step.status, 2, "{}", step.log);
    assert!(!runner.path("workspace/pwned").exists());
}

#[test]
fn a_release_is_taken_where_its_checksum_is_right() {
    let runner = Runner::new();
    runner.release(None);
    let step = runner.install(&[("INPUT_VERSION", "v9.8.7")]);
    assert_eq!(step.status, 0, "{}", step.log);
    let released = Command::new(runner.output("program")).output().unwrap();
    assert_eq!(released.stdout, b"released\n");
    let asked = runner.read("downloads");
    let url = "https://github.com/example/groundrule/releases/download/v9.8.7/\
        groundrule-x86_64-unknown-linux-musl.tar.xz";
    assert_eq!(asked, format!("{url}\n{url}.sha256\n"));
}

#[test]
fn a_release_with_another_checksum_is_refused_and_nothing_is_built_instead() {
    let runner = Runner::new();
    runner.release(Some(&"0".repeat(64)));
    runner.cargo();
    let step = runner.install(&[]);
    assert_eq!(step.status, 2, "{}", step.log);
    assert!(commands(&step.log)[0].contains("checksum"), "{}", step.log);
    assert_eq!(runner.output("program"), "");
    assert_eq!(runner.read("cargo-log"), "");
}

#[test]
fn without_a_release_the_source_is_built() {
    for inputs in [
        &[][..],
        &[("INPUT_VERSION", "source")],
        &[("ACTION_REPOSITORY", "")],
        &[("RUNNER_ARCH", "RISCV64")],
    ] {
        let runner = Runner::new();
        runner.no_network();
        runner.cargo();
        let step = runner.install(inputs);
        assert_eq!(step.status, 0, "{inputs:?}: {}", step.log);
        let program = runner.output("program");
        let place = program.strip_suffix("/bin/groundrule").unwrap();
        let root = env!("CARGO_MANIFEST_DIR");
        let expected = format!("install --path {root} --locked --root {place}\n");
        assert_eq!(runner.read("cargo-log"), expected, "{inputs:?}");
    }
}

#[test]
fn another_version_than_the_sources_is_not_built_from_it() {
    let runner = Runner::new();
    runner.no_network();
    runner.cargo();
    let step = runner.install(&[("INPUT_VERSION", "99.0.0")]);
    assert_eq!(step.status, 2, "{}", step.log);
    assert_eq!(runner.read("cargo-log"), "");
}

#[test]
fn without_a_release_and_cargo_the_runner_is_told_so() {
    let runner = Runner::new();
    runner.no_network();
    let step = runner.install(&[]);
    // A machine may have a cargo among its system's programs.
    if !Path::new("/usr/bin/cargo").exists() {
        assert_eq!(step.status, 2, "{}", step.log);
        assert!(commands(&step.log)[0].contains("no cargo"), "{}", step.log);
    }
}

#[test]
fn every_input_is_used_and_none_inside_a_script() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = fs::read_to_string(root.join("action.yml")).unwrap();
    let (head, runs) = action.split_once("\nruns:").unwrap();
    let inputs = head.split_once("\ninputs:\n").unwrap().1.split_once("\noutputs:").unwrap().0;
    let names = inputs.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<&str> = names.map(|line| line.trim().trim_end_matches(':')).collect();
    assert_eq!(names, ["paths", "base", "fail-on", "formats", "upload", "version"]);
    for name in names {
        assert!(runs.contains(&format!("inputs.{name}")), "{name}");
    }
    for line in runs.lines().filter(|line| line.trim_start().starts_with("run:")) {
        assert!(!line.contains("${{"), "{line}");
    }
    for line in action.lines().filter(|line| line.contains("uses:")) {
        let pin = line.split_once('@').unwrap().1.split(' ').next().unwrap();
        assert!(pin.len() == 40 && pin.chars().all(|c| c.is_ascii_hexdigit()), "{line}");
    }
}

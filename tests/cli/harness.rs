//! Repositories for tests, and the program run over them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A service that fails and passes `timeouts`, whatever else is judged.
pub(crate) const APP: &str = r#"import requests


def rates():
    return requests.get("https://rates.example/latest").json()


def prices():
    return requests.get("https://prices.example/", timeout=5).json()
"#;

/// A folder that is gone when the test is over.
pub(crate) struct Folder {
    dir: TempDir,
}

/// What the program did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A repository with one Python service, `web`.
    pub(crate) fn with_service() -> Self {
        let folder = Self::empty();
        folder.service("web");
        folder
    }

    /// Adds a Python service in a folder of its own.
    pub(crate) fn service(&self, name: &str) {
        self.write(&format!("{name}/requirements.txt"), "requests==2.32.3\nflask==3.1.0\n");
        let docker = "FROM python:3.13\nCOPY . .\nCMD [\"python\", \"main.py\"]\n";
        self.write(&format!("{name}/Dockerfile"), docker);
        let main = "import app\n\nif __name__ == \"__main__\":\n    print(app)\n";
        self.write(&format!("{name}/main.py"), main);
        self.write(&format!("{name}/app.py"), APP);
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A git repository with one Python service, `web`, committed on the branch `main`.
    pub(crate) fn committed() -> Self {
        let folder = Self::with_service();
        folder.git(&["init", "--quiet", "--initial-branch=main"]);
        folder.commit();
        folder
    }

    /// Runs git in the folder, heedless of the user's settings.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
        command.args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"]);
        command.args(args).current_dir(self.dir.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")]);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_string()
    }

    /// Commits everything.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "change"]);
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// The program, to be run in the folder, heedless of the user's environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_groundrule"));
        command.args(args).current_dir(self.dir.path()).env_clear().stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, &[])
    }

    /// With variables of the environment.
    pub(crate) fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = self.command(args);
        command.envs(environment.iter().copied());
        let output = command.output().unwrap();
        let root = self.dir.path().canonicalize().unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            redact(redact(text, &root), self.dir.path())
        };
        Run {
            status: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

fn redact(text: String, folder: &Path) -> String {
    text.replace(folder.to_str().unwrap(), "[FOLDER]")
}

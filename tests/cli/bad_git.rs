//! What git can be in: a base that cannot be compared with is never a clean run.

use crate::harness::{APP, Folder, Run};

fn against(folder: &Folder, base: &str) -> Run {
    folder.run(&["check", "--base", base, "--only", "timeouts"])
}

#[track_caller]
fn refused(run: &Run, said: &str) {
    assert_eq!(run.status, 2, "{}{}", run.stdout, run.stderr);
    assert_eq!(run.stdout, "");
    let words = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
    assert!(words.contains(said), "{words}");
}

#[test]
fn a_base_that_means_nothing_is_refused_with_the_mend() {
    let folder = Folder::committed();
    refused(&against(&folder, "nowhere"), "`nowhere` names no commit of this repository");
    for odd in
        ["", "-x", "0000000000000000000000000000000000000000", "main\n::error::x", "HEAD:web"]
    {
        let run = folder.run(&["check", &format!("--base={odd}")]);
        assert_eq!(run.status, 2, "{odd}: {}", run.stdout);
        assert!(!run.stderr.lines().any(|line| line.starts_with("::")), "{}", run.stderr);
    }
}

#[test]
fn a_shallow_clone_is_told_to_fetch_its_history() {
    let folder = Folder::committed();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.commit();
    let clone = Folder::empty();
    let url = format!("file://{}", folder.path("").display());
    clone.git(&["clone", "--quiet", "--depth=1", "--branch=change", &url, "shallow"]);
    let run = clone.run(&["check", "shallow", "--base", "main"]);
    refused(&run, "fetch-depth: 0");
    let main = folder.git(&["rev-parse", "main"]);
    refused(&clone.run(&["check", "shallow", "--base", &main]), "fetch-depth: 0");
}

#[test]
fn a_branch_that_only_the_remote_has_is_found() {
    let folder = Folder::committed();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.commit();
    let clone = Folder::empty();
    let url = format!("file://{}", folder.path("").display());
    clone.git(&["clone", "--quiet", "--branch=change", &url, "whole"]);
    let run = clone.run(&["check", "whole", "--base", "main", "--only", "timeouts"]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn branches_without_a_common_commit_are_refused() {
    let folder = Folder::committed();
    folder.git(&["checkout", "--quiet", "--orphan", "other"]);
    folder.write("README.md", "Another beginning\n");
    folder.commit();
    refused(&against(&folder, "main"), "no commit in common");
}

#[test]
fn a_folder_without_a_repository_or_with_a_broken_one_is_refused() {
    let folder = Folder::with_service();
    refused(&against(&folder, "main"), "is in no git repository");
    folder.write(".git", "gitdir: /nowhere\n");
    assert_eq!(against(&folder, "main").status, 2);
    folder.remove(".git");
    folder.write(".git/HEAD", "nonsense");
    assert_eq!(against(&folder, "main").status, 2);

    let folder = Folder::committed();
    folder.remove(".git/objects");
    folder.write(".git/objects/pack/.keep", "");
    assert_eq!(against(&folder, "main").status, 2, "its objects are gone");
    assert_eq!(folder.run(&["check", "--staged"]).status, 2);
}

#[test]
fn a_bare_repository_is_refused() {
    let folder = Folder::committed();
    let clone = Folder::empty();
    let url = format!("file://{}", folder.path("").display());
    clone.git(&["clone", "--quiet", "--bare", &url, "bare.git"]);
    refused(&clone.run(&["check", "bare.git", "--base", "main"]), "no work tree");
}

#[test]
fn a_linked_work_tree_is_one() {
    let folder = Folder::committed();
    folder.git(&["worktree", "add", "--quiet", "linked", "-b", "change"]);
    folder.write("linked/web/app.py", format!("{APP}\n\nprice = requests.get(\"https://a\")\n"));
    let run = folder.run(&["check", "linked", "--base", "main", "--only", "timeouts"]);
    assert_eq!(run.status, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("1 new error, 0 new warnings, 1 old"), "{}", run.stdout);
}

#[test]
fn a_submodule_is_left_to_its_own_repository_and_said() {
    let other = Folder::committed();
    let folder = Folder::committed();
    let url = format!("file://{}", other.path("").display());
    folder.git(&["submodule", "add", "--quiet", &url, "library"]);
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    let run = against(&folder, "HEAD~1");
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("submodule library"), "{}", run.stdout);
    folder.run(&["check", "--staged"]);
}

#[test]
fn a_base_without_services_makes_all_new() {
    let folder = Folder::empty();
    folder.git(&["init", "--quiet", "--initial-branch=main"]);
    folder.write("README.md", "Nothing yet\n");
    folder.commit();
    folder.service("web");
    let run = against(&folder, "main");
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("1 new error, 0 new warnings, 0 old"), "{}", run.stdout);
}

#[test]
fn a_deleted_service_is_mended() {
    let folder = Folder::committed();
    folder.service("mail");
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.remove("mail");
    let run = against(&folder, "main");
    assert_eq!(run.status, 0, "{}", run.stdout);
    assert!(run.stdout.contains("1 old, 1 mended"), "{}", run.stdout);
}

#[test]
fn a_change_of_a_hundred_thousand_lines_is_compared() {
    let folder = Folder::committed();
    let function = |at: usize| format!("def of_{at}():\n    return requests.get(url_{at})\n\n");
    let many: String = (0..1000).map(function).collect();
    folder.write("web/many.py", format!("import requests\n\n{many}"));
    for file in 0..30 {
        let lines: String = (0..3300).map(|at| format!("VALUE_{at} = {file}\n")).collect();
        folder.write(&format!("web/values_{file}.py"), lines);
    }
    let run = against(&folder, "main");
    assert_eq!(run.status, 1);
    assert!(run.stdout.contains("1000 new errors, 0 new warnings, 1 old"), "{}", run.stderr);
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    folder.write("web/many.py", format!("import requests\n\nLIMIT = 3\n\n{many}"));
    let run = against(&folder, "main");
    assert_eq!(run.status, 0, "a line above a thousand failures makes none new");
}

#[test]
#[cfg(unix)]
fn names_of_files_say_nothing_in_any_format() {
    let folder = Folder::committed();
    let names = [
        "web/a\n::error::forged.py",
        "web/::set-output name=x::y.py",
        "web/q\"'`|<b>[x](http://evil).py",
        "web/\u{1b}[31mred\u{202e}.py",
    ];
    for name in names {
        folder.write(name, APP);
    }
    folder.commit();
    folder.git(&["checkout", "--quiet", "-b", "change"]);
    for name in names {
        folder.write(name, format!("{APP}\n\nmore = requests.get(\"https://a.example\")\n"));
    }
    for format in ["human", "sarif", "json", "github", "gitlab", "junit", "markdown", "counts"] {
        let run = folder.run(&[
            "check",
            "--base",
            "main",
            "--only",
            "timeouts",
            "--show-old",
            "--format",
            format,
        ]);
        assert_eq!(run.status, 1, "{format}: {}", run.stderr);
        for line in run.stdout.lines().map(str::trim_start) {
            let is_ours = format == "github" && line.starts_with("::error file=web/");
            assert!(!line.starts_with("::") || is_ours, "{format}: {line}");
        }
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}']), "{format}: {}", run.stdout);
        assert!(format != "markdown" || !run.stdout.contains("[x](http"), "{}", run.stdout);
    }
}
